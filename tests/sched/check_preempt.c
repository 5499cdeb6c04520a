/*
 * check_preempt.c - goroutines stopped while they run: the thread's alarm, and
 * what must and must not be interrupted.
 *
 * The bodies spin in functions that call nothing. Under the sanitizers that
 * rule signals out (preempt_signal.c) those that would spin for ever are not
 * run.
 */
#define _GNU_SOURCE
#include "preempt_bodies.h"
#include "sched_test.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

#include "fault/fault.h"
#include "sched/mtimer.h"
#include "sched/sched_priv.h"

#ifdef RT_SANITIZED
#define COOPERATIVE 1
#else
#define COOPERATIVE 0
#endif

/* A goroutine that finds itself asked to stop, as only its alarm could. */
static int
alarm_rings_here(void *arg)
{
	struct g *gp = rt_getg();

	(void)arg;
	for (int i = 0; i < 3; i++) {
		struct m *mp = gp->m;

		REQUIRE(rt_mtimer_arm(mp, RT_MTIMER_DUE,
		    rt_nanotime() + 1000000));
		/* it may have rung already */
		REQUIRE(rt_mtimer_armed(mp, RT_MTIMER_DUE) != 0 ||
		    atomic_load(&gp->preempt));
		body_await(&mp->mtimer.when_ns[RT_MTIMER_DUE], &gp->preempt);
		rt_gosched(); /* takes the request back */
	}
	return 0;
}

/* A later time does not move an earlier one, an earlier one does. */
static int
alarm_moves_earlier_only(void *arg)
{
	struct m *mp = rt_getg()->m;
	int64_t now = rt_nanotime(), far = now + (int64_t)3600 * 1000000000;

	(void)arg;
	REQUIRE(rt_mtimer_arm(mp, RT_MTIMER_SLICE, far));
	REQUIRE(rt_mtimer_arm(mp, RT_MTIMER_SLICE, far + 1));
	REQUIRE(rt_mtimer_armed(mp, RT_MTIMER_SLICE) == far);
	REQUIRE(rt_mtimer_arm(mp, RT_MTIMER_DUE, now + 1000));
	while (rt_mtimer_armed(mp, RT_MTIMER_DUE) != 0)
		;
	REQUIRE(rt_mtimer_armed(mp, RT_MTIMER_SLICE) == far);
	REQUIRE(rt_mtimer_arm(mp, RT_MTIMER_SLICE, now));
	while (rt_mtimer_armed(mp, RT_MTIMER_SLICE) == now)
		;
	return 0;
}

/* ---- armed from outside, by many, while the thread comes and goes ---- */

static _Atomic int left;

static void
armer(void *arg)
{
	struct m *mp = arg;

	for (int i = 0; i < SCALE(20000); i++) {
		rt_mtimer_arm(mp, i % RT_MTIMER_USES, rt_nanotime() + i % 977);
		if (i % 16 == 0)
			rt_gosched();
	}
	atomic_fetch_sub(&left, 1);
}

static void
ender(void *arg)
{
	rt_lock_os_thread(); /* the thread ends with us */
	(void)arg;
	for (int i = 0; i < 3; i++)
		go(armer, rt_getg()->m);
	for (int i = 0; i < 100; i++)
		rt_gosched();
}

static int
alarms_of_threads_that_end(void *arg)
{
	(void)arg;
	atomic_store(&left, 30);
	for (int i = 0; i < 10; i++)
		go(ender, NULL);
	WAIT_UNTIL(atomic_load(&left) == 0);
	return 0;
}

/* ---- loops without calls ---- */

static _Atomic bool stop, other_ran;
static _Atomic int running;

static void
spin(void *arg)
{
	(void)arg;
	atomic_fetch_add(&running, 1);
	body_spin(&stop);
	atomic_fetch_sub(&running, 1);
}

/* One P: whoever runs next does so because the loop was interrupted. */
static int
loop_gives_way(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++)
		go(spin, NULL);
	WAIT_UNTIL(atomic_load(&running) == 3);
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&running) == 0);
	return 0;
}

static int
loop_lets_the_world_stop(void *arg)
{
	(void)arg;
	go(spin, NULL);
	WAIT_UNTIL(atomic_load(&running) == 1);
	for (int i = 0; i < 50; i++) {
		rt_stop_the_world("a loop runs");
		rt_start_the_world();
	}
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&running) == 0);
	return 0;
}

/* ---- what a stop leaves as it was ---- */

#define STOPS 30

static uint64_t
preempted(void)
{
	uint64_t n = 0;

	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		n += atomic_load(&rt_allp[i]->npreempt);
	return n;
}

static void
holder(void *arg)
{
	uint64_t x = (uint64_t)(uintptr_t)arg * 0x9e3779b97f4a7c15u + 1;
	struct m *mp = rt_getg()->m;
	struct regs was, is;

	for (size_t i = 0; i < sizeof was / sizeof x; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		memcpy((char *)&was + i * sizeof x, &x, sizeof x);
	}
	is = was;
	errno = 1000 + (int)(intptr_t)arg;
	atomic_fetch_add(&running, 1);
	body_hold(&is, &stop);
	REQUIRE(errno == 1000 + (int)(intptr_t)arg);
	REQUIRE(memcmp(&is, &was, sizeof is) == 0);
	REQUIRE(rt_getg()->m == mp); /* C goes on on its own thread */
	REQUIRE(rt_getg()->lockedcount == 0 && mp->lockedg == NULL);
	atomic_fetch_sub(&running, 1);
}

static int
nothing_is_lost(void *arg)
{
	uint64_t from;

	(void)arg;
	for (intptr_t i = 0; i < 5; i++)
		go(holder, (void *)i);
	WAIT_UNTIL(atomic_load(&running) == 5);
	from = preempted();
	WAIT_UNTIL(preempted() - from >= STOPS);
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&running) == 0);
	return 0;
}

/* ---- where nobody may be stopped ---- */

static void
other(void *arg)
{
	(void)arg;
	atomic_store(&other_ran, true);
}

/* Spin while the alarm rings a few times, with a request each time. */
static void
let_it_ring(void)
{
	struct m *mp = rt_getg()->m;
	struct g *gp = mp->curg;

	for (int i = 0; i < 5; i++) {
		rt_mtimer_arm(mp, RT_MTIMER_DUE, rt_nanotime() + 1000000);
		body_await(&mp->mtimer.when_ns[RT_MTIMER_DUE], &gp->preempt);
	}
	REQUIRE(!atomic_load(&other_ran));
}

static void
in_qsort(void)
{
	REQUIRE(body_qsort(let_it_ring));
}

static void
in_a_pin(void)
{
	struct m *mp = rt_acquirem();

	let_it_ring();
	rt_releasem(mp);
}

static void
beside_the_stack(void *arg)
{
	(void)arg;
	let_it_ring();
}

static void
on_g0(void)
{
	rt_systemstack(beside_the_stack, NULL);
}

/* One P, so `other` runs only when we are stopped; afterwards we may be. */
static int
not_stopped(void (*body)(void), bool ever)
{
	go(other, NULL);
	body();
	if (!ever)
		return 0;
	body_spin(&other_ran);
	return 0;
}

static int
libc_is_left_alone(void *arg)
{
	(void)arg;
	return not_stopped(in_qsort, true);
}

static int
pins_are_left_alone(void *arg)
{
	(void)arg;
	return not_stopped(in_a_pin, true);
}

static int
g0_is_left_alone(void *arg)
{
	(void)arg;
	return not_stopped(on_g0, true);
}

/* Linked once, for the program and for libgort; as the stub of memset is. */
extern char support[] __asm__("__popcountdi2");

static bool
ask_places(void *ucontext)
{
	greg_t *r = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
	struct g *gp = rt_getg();

	REQUIRE(rt_stop_place(gp, ucontext) == RT_STOP_C);
	/* as if called where we were: that left its return address there */
	r[REG_RIP] = (greg_t)(uintptr_t)support;
	r[REG_RSP] -= (greg_t)sizeof(uintptr_t);
	REQUIRE(rt_stop_place(gp, ucontext) == RT_STOP_NOT);
	__asm__("leaq memset@PLT(%%rip), %0" : "=r"(r[REG_RIP]));
	return rt_stop_place(gp, ucontext) == RT_STOP_NOT;
}

static int
what_is_shared_is_left_alone(void *arg)
{
	(void)arg;
	REQUIRE(body_asks(ask_places));
	return 0;
}

static int
off_is_off(void *arg)
{
	(void)arg;
	return not_stopped(let_it_ring, false);
}

struct debug_row {
	int (*body)(void *);
	int procs;
	const char *debug;
	bool spins; /* for ever, unless signals stop it */
};

#define OFF "asyncpreemptoff=1"
#define STRESS "preemptstress=1"

static const struct debug_row rows[] = {
	{ alarm_rings_here, 1, OFF, false },
	{ alarm_rings_here, 2, OFF, false },
	{ alarm_moves_earlier_only, 1, OFF, false },
	{ alarms_of_threads_that_end, 1, "", false },
	{ alarms_of_threads_that_end, 4, "", false },
	{ loop_gives_way, 1, "", true },
	{ loop_gives_way, 2, "", true },
	{ loop_gives_way, 1, STRESS, true },
	{ loop_lets_the_world_stop, 2, "", true },
	{ loop_lets_the_world_stop, 4, STRESS, true },
	{ nothing_is_lost, 1, STRESS, true },
	{ nothing_is_lost, 3, STRESS, true },
	{ libc_is_left_alone, 1, "", true },
	{ pins_are_left_alone, 1, "", true },
	{ g0_is_left_alone, 1, "", true },
	{ what_is_shared_is_left_alone, 1, "", true },
	{ off_is_off, 1, OFF, false },
};

START_TEST(row_holds)
{
	const struct debug_row *r = &rows[_i];

	if (r->spins && COOPERATIVE)
		exit(0);
	setenv("GODEBUG", r->debug, 1);
	with_procs(r->procs);
	rt_boot_test(r->body, NULL);
}
END_TEST

int
main(void)
{
	TCase *tc;

	return suite_run(rows_suite("preempt", row_holds, NROWS, &tc));
}
