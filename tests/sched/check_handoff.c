/*
 * check_handoff.c - the direct switch from one goroutine to the next: who must
 * not be passed over by it, what must survive it, and the locks of plock.h
 * while the number of Ps changes.
 */
#include <xmmintrin.h>

#include "chan/chan.h"
#include "diag/diag.h"
#include "lock/plock.h"
#include "tests/sched/sched_test.h"

static _Atomic int32_t done;
static _Atomic bool stop;

struct pair {
	struct hchan *a, *b;
	bool yields; /* asks does, now and then */
};

static struct pair *
new_pair(bool yields)
{
	static struct pair pairs[64];
	static int n;
	struct pair *p = &pairs[n++];

	REQUIRE(n <= 64);
	p->a = rt_makechan(NULL, sizeof(int64_t), true, 0);
	p->b = rt_makechan(NULL, sizeof(int64_t), true, 0);
	p->yields = yields;
	return p;
}

static void
answers(void *arg)
{
	struct hchan *a = ((struct pair *)arg)->a, *b = ((struct pair *)arg)->b;
	int64_t v;
	bool ok;

	while (rt_chanrecv(a, &v, true, &ok) && ok) {
		v++;
		rt_chansend(b, &v, true, 0);
	}
	rt_closechan(b);
	atomic_fetch_add(&done, 1);
}

static void
asks(void *arg)
{
	struct pair *p = arg;
	struct hchan *a = p->a, *b = p->b;
	int64_t v = 0, w;
	bool ok;

	for (int64_t i = 0; !atomic_load(&stop); i++) {
		if (p->yields && i % 64 == 0)
			rt_gosched();
		rt_chansend(a, &v, true, 0);
		rt_chanrecv(b, &w, true, &ok);
		REQUIRE(ok && w == v + 1);
		v = w;
	}
	rt_closechan(a);
	rt_chanrecv(b, &w, true, &ok);
	REQUIRE(!ok && w == 0);
	atomic_fetch_add(&done, 1);
}

static void
start_pair(bool yields)
{
	struct pair *p = new_pair(yields);

	go(answers, p);
	go(asks, p);
}

/* ---- who is tied to a thread has its turns beside pairs that talk ---- */

static void
tied(void *arg)
{
	(void)arg;
	rt_lock_os_thread();
	for (int i = 0; i < 20; i++)
		rt_gosched();
	rt_unlock_os_thread();
	atomic_store(&stop, true);
	atomic_fetch_add(&done, 1);
}

static int
tied_has_its_turns(void *arg)
{
	(void)arg;
	start_pair(false); /* whose slice it has to sit out */
	start_pair(true);
	go(tied, NULL);
	WAIT_UNTIL(atomic_load(&done) == 5);
	return 0;
}

/* ---- who only waits in line has its turns ---- */

static void
in_line(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++)
		rt_gosched();
	atomic_store(&stop, true);
	atomic_fetch_add(&done, 1);
}

/* A pair alone goes from runnext to runnext: only its slice ends it. */
static int
bystander_has_its_turns(void *arg)
{
	(void)arg;
	start_pair(false);
	go(in_line, NULL);
	WAIT_UNTIL(atomic_load(&done) == 3);
	return 0;
}

/* ---- a signal between two goroutines finds the thread ---- */

#define ALARMS 2000

/* Each alarm sets the next: one that the handler can't attribute is the last. */
static int
alarms_go_on(void *arg)
{
	(void)arg;
#ifdef RT_SANITIZED
	return 0; /* everybody goes by g0 there: nothing lies between two */
#endif
	rt_debug.preemptstress = 1;
	start_pair(false);
	start_pair(true);
	WAIT_UNTIL(atomic_load(&rt_allp[0]->npreempt) >= ALARMS);
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&done) == 4);
	return 0;
}

/* ---- a goroutine that has not begun is switched to, and begins ---- */

static void
begins(void *arg)
{
	int64_t v = 7;

	rt_chansend(arg, &v, true, 0);
}

static int
fresh_begins(void *arg)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int64_t), true, 0);
	int64_t v;

	(void)arg;
	for (int i = 0; i < SCALE(10000); i++) {
		v = 0;
		go(begins, c);
		rt_chanrecv(c, &v, true, NULL);
		REQUIRE(v == 7);
	}
	return 0;
}

/* ---- each keeps its floating-point control word ---- */

static void
rounds_down(void *arg)
{
	struct pair *p = arg;
	int64_t v;
	bool ok;

	_MM_SET_ROUNDING_MODE(_MM_ROUND_DOWN);
	while (rt_chanrecv(p->a, &v, true, &ok) && ok) {
		REQUIRE(_MM_GET_ROUNDING_MODE() == _MM_ROUND_DOWN);
		rt_chansend(p->b, &v, true, 0);
		REQUIRE(_MM_GET_ROUNDING_MODE() == _MM_ROUND_DOWN);
	}
	_MM_SET_ROUNDING_MODE(_MM_ROUND_NEAREST);
	atomic_fetch_add(&done, 1);
}

static int
control_words_stay(void *arg)
{
	struct pair *p = new_pair(false);
	int64_t v = 1;

	(void)arg;
	go(rounds_down, p);
	for (int i = 0; i < 1000; i++) {
		rt_chansend(p->a, &v, true, 0);
		REQUIRE(_MM_GET_ROUNDING_MODE() == _MM_ROUND_NEAREST);
		rt_chanrecv(p->b, &v, true, NULL);
		REQUIRE(_MM_GET_ROUNDING_MODE() == _MM_ROUND_NEAREST);
	}
	rt_closechan(p->a);
	WAIT_UNTIL(atomic_load(&done) == 1);
	return 0;
}

/* ---- the number of Ps changes under busy channels ---- */

static int
procs_change(void *arg)
{
	(void)arg;
	for (int i = 0; i < 4; i++)
		start_pair(true);
	for (int i = 0; i < SCALE(200); i++) {
		rt_gomaxprocs_set(i % 2 == 0 ? 4 : 1);
		rt_gosched();
	}
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&done) == 8);
	return 0;
}

/* ---- a select gives its locks back on the next one's stack ---- */

#define FEEDERS 4
static struct hchan *feeds[FEEDERS];
static int64_t feed_turns;

static void
feeds_one(void *arg)
{
	for (int64_t i = 0; i < feed_turns; i++)
		rt_chansend(arg, &i, true, 0);
}

static int
select_serves_all(void *arg)
{
	struct rt_scase k[FEEDERS + 1];
	uint16_t order[2 * (FEEDERS + 1)];
	int64_t next[FEEDERS] = { 0 }, v;
	struct rt_selres r;

	(void)arg;
	feed_turns = SCALE(20000);
	for (int i = 0; i < FEEDERS; i++) {
		feeds[i] = rt_makechan(NULL, sizeof(int64_t), true, 0);
		go(feeds_one, feeds[i]);
	}
	for (int64_t n = 0; n < FEEDERS * feed_turns; n++) {
		int at;

		for (int i = 0; i < FEEDERS; i++)
			k[i] = (struct rt_scase){ feeds[i], &v };
		k[FEEDERS] = (struct rt_scase){ feeds[0], &v }; /* twice */
		r = rt_selectgo(k, order, 0, FEEDERS + 1, true);
		REQUIRE(r.recv_ok && r.index >= 0 && r.index <= FEEDERS);
		at = r.index == FEEDERS ? 0 : (int)r.index;
		REQUIRE(v == next[at]); /* in order, none twice, none lost */
		next[at]++;
	}
	return 0;
}

static const struct row rows[] = {
	{ tied_has_its_turns, 1 },
	{ tied_has_its_turns, 4 },
	{ bystander_has_its_turns, 1 },
	{ bystander_has_its_turns, 2 },
	{ alarms_go_on, 1 },
	{ fresh_begins, 1 },
	{ fresh_begins, 4 },
	{ control_words_stay, 1 },
	{ control_words_stay, 2 },
	{ procs_change, 1 },
	{ select_serves_all, 1 },
	{ select_serves_all, 2 },
	{ select_serves_all, 4 },
};

ROWS("handoff")
