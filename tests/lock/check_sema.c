/*
 * check_sema.c - semaphores and condition lists under many goroutines.
 */
#include "lock/lock.h"
#include "lock/plock.h"
#include "os/os.h"
#include "sched/sched.h"
#include "tests/sched/sched_test.h"

static _Atomic uint32_t sema[600];
static _Atomic int32_t inside[600], ended, stage;
static long order[64];
static int norder;

/* ---- mutual exclusion, many addresses, few roots ---- */

/* The 600 addresses below, which make the table's trees, matter more. */
#ifdef RT_TSAN
#define ROUNDS 10
#else
#define ROUNDS 50
#endif

static void
in_and_out(void *arg)
{
	long k = (long)arg;

	for (int i = 0; i < ROUNDS; i++) {
		rt_semacquire(&sema[k], WAIT_SYNC_MUTEX_LOCK, i & 1);
		REQUIRE(atomic_fetch_add(&inside[k], 1) == 0);
		rt_gosched();
		REQUIRE(atomic_fetch_sub(&inside[k], 1) == 1);
		rt_semrelease(&sema[k], i % 3 == 0);
	}
	atomic_fetch_add(&ended, 1);
}

static int
excludes(void *arg)
{
	int n = 600, each = 4;

	for (int k = 0; k < n; k++)
		atomic_store(&sema[k], 1);
	for (int i = 0; i < each; i++)
		for (long k = 0; k < n; k++)
			go(in_and_out, (void *)k);
	WAIT_UNTIL(atomic_load(&ended) == n * each);
	for (int k = 0; k < n; k++)
		REQUIRE(atomic_load(&sema[k]) == 1);
	return 0;
}

/* ---- order ---- */

struct waiter {
	long id;
	bool lifo;
};

static void
waits(void *arg)
{
	struct waiter *w = arg;

	atomic_fetch_add(&stage, 1);
	rt_semacquire(&sema[0], WAIT_SEMACQUIRE, w->lifo);
	order[norder++] = w->id;
	atomic_fetch_add(&ended, 1);
}

static int
fifo_but_for_lifo(void *arg)
{
	struct waiter w[] = { { 1, false }, { 2, false }, { 3, true },
		{ 4, false } };
	long want[] = { 3, 1, 2, 4 };

	for (int i = 0; i < 4; i++) {
		go(waits, &w[i]);
		WAIT_UNTIL(atomic_load(&stage) == i + 1);
	}
	for (int i = 0; i < 4; i++) {
		rt_semrelease(&sema[0], false);
		WAIT_UNTIL(atomic_load(&ended) == i + 1);
	}
	for (int i = 0; i < 4; i++)
		REQUIRE(order[i] == want[i]);
	return 0;
}

/* With hand-off the waiter runs before the releaser goes on. */
static int
handoff_runs_at_once(void *arg)
{
	struct waiter w = { 1, false };

	go(waits, &w);
	WAIT_UNTIL(atomic_load(&stage) == 1);
	rt_semrelease(&sema[0], true);
	REQUIRE(atomic_load(&ended) == 1);
	return 0;
}

/* ---- condition lists ---- */

static struct rt_notifylist list;

static void
waits_on_list(void *arg)
{
	uint32_t t = rt_notifylist_add(&list);

	atomic_fetch_add(&stage, 1);
	rt_notifylist_wait(&list, t);
	order[norder++] = (long)arg;
	atomic_fetch_add(&ended, 1);
}

static int
one_then_all(void *arg)
{
	for (long i = 0; i < 5; i++) {
		go(waits_on_list, (void *)i);
		WAIT_UNTIL(atomic_load(&stage) == i + 1);
	}
	rt_notifylist_notifyone(&list);
	WAIT_UNTIL(atomic_load(&ended) == 1);
	REQUIRE(order[0] == 0);
	rt_notifylist_notifyone(&list);
	WAIT_UNTIL(atomic_load(&ended) == 2);
	REQUIRE(order[1] == 1);
	rt_notifylist_notifyall(&list);
	WAIT_UNTIL(atomic_load(&ended) == 5);
	rt_notifylist_notifyone(&list); /* nobody there */
	rt_notifylist_notifyall(&list);
	return 0;
}

/* A notification between taking the ticket and waiting is not lost. */
static int
ticket_before_wait(void *arg)
{
	uint32_t t = rt_notifylist_add(&list);

	rt_notifylist_notifyone(&list);
	rt_notifylist_wait(&list, t);
	t = rt_notifylist_add(&list);
	rt_notifylist_notifyall(&list);
	rt_notifylist_wait(&list, t);
	return 0;
}

/* ---- the locks below, with more Ps than processors: some must sleep ---- */

#define ADDERS 16

static struct rt_mutex plain;
static long sum; /* plain */

static void
adds(void *arg)
{
	for (int i = 0; i < 20 * ROUNDS; i++) {
		struct m *mp = rt_getg()->m;
		long was;

		rt_plock(mp, &plain);
		was = sum;
		if (i % 8 == 0)
			rt_osyield(); /* others come and find it held */
		sum = was + 1;
		rt_punlock(mp, &plain);
		rt_gosched();
	}
	atomic_fetch_add(&ended, 1);
}

static int
plock_excludes(void *arg)
{
	rt_lock_init(&plain, RANK_HCHAN);
	for (int i = 0; i < ADDERS; i++)
		go(adds, NULL);
	WAIT_UNTIL(atomic_load(&ended) == ADDERS);
	REQUIRE(sum == ADDERS * 20l * ROUNDS);
	REQUIRE(plain.key == RT_MUTEX_FREE);
	return 0;
}

static const struct row rows[] = {
	{ plock_excludes, 1 },
	{ plock_excludes, 8 },
	{ excludes, 1 },
	{ excludes, 4 },
	{ fifo_but_for_lifo, 1 },
	{ handoff_runs_at_once, 1 },
	{ one_then_all, 1 },
	{ ticket_before_wait, 1 },
	{ ticket_before_wait, 2 },
};

ROWS("sema")
