/*
 * check_world.c - the world stops, starts and changes its size while
 * goroutines work, yield and sit in system calls.
 */
#include <string.h>
#include <time.h>

#include "tests/sched/sched_test.h"

#define WORKERS 8

static _Atomic bool stop;
static _Atomic int32_t ended;
static _Atomic int64_t progress; /* of the workers, all together */
static _Atomic int32_t inside;   /* workers in a critical stretch */

static void
spin_a_little(void)
{
	for (volatile int i = 0; i < 50; i++)
		;
}

/* Never stopped but at the check. */
static void
computes(void *arg)
{
	while (!atomic_load(&stop)) {
		atomic_fetch_add(&inside, 1);
		spin_a_little();
		atomic_fetch_add(&progress, 1);
		atomic_fetch_sub(&inside, 1);
		rt_preempt_check();
	}
	atomic_fetch_add(&ended, 1);
}

static void
yields(void *arg)
{
	while (!atomic_load(&stop)) {
		atomic_fetch_add(&inside, 1);
		atomic_fetch_add(&progress, 1);
		atomic_fetch_sub(&inside, 1);
		rt_gosched();
	}
	atomic_fetch_add(&ended, 1);
}

/* In and out of system calls; outside of them it holds a P. */
static void
calls(void *arg)
{
	while (!atomic_load(&stop)) {
		rt_entersyscall();
		usleep(20);
		rt_exitsyscall();
		atomic_fetch_add(&inside, 1);
		atomic_fetch_add(&progress, 1);
		atomic_fetch_sub(&inside, 1);
		rt_gosched();
	}
	atomic_fetch_add(&ended, 1);
}

static void
start_workers(void)
{
	/* one of these is enough: it takes whole slices */
	go(computes, NULL);
	for (int i = 0; i < WORKERS; i++) {
		go(yields, NULL);
		go(calls, NULL);
	}
}

static void
end_workers(void)
{
	atomic_store(&stop, true);
	WAIT_UNTIL(atomic_load(&ended) == 2 * WORKERS + 1);
	WAIT_UNTIL(rt_gcount() == 1);
}

static int
stands_still(void *arg)
{
	start_workers();
	for (int round = 0; round < SCALE(60) + 10; round++) {
		int64_t seen;

		rt_stop_the_world("test");
		seen = atomic_load(&progress);
		REQUIRE(atomic_load(&inside) == 0);
		for (int i = 0; i < 20; i++)
			spin_a_little();
		REQUIRE(atomic_load(&progress) == seen);
		REQUIRE(rt_sched.stopwait == 0);
		rt_start_the_world();
		rt_gosched();
	}
	end_workers();
	return 0;
}

static int
changes_size(void *arg)
{
	int32_t sizes[] = { 1, 4, 2, 7, 3, 1, 5 };
	int32_t now = rt_gomaxprocs;

	start_workers();
	for (int round = 0; round < SCALE(56) + 14; round++) {
		int32_t want = sizes[round % 7];
		int64_t seen;

		REQUIRE(rt_gomaxprocs_set(want) == now);
		now = want;
		REQUIRE(rt_gomaxprocs == now);
		REQUIRE(rt_gomaxprocs_set(0) == now); /* only asks */
		seen = atomic_load(&progress);
		WAIT_UNTIL(atomic_load(&progress) > seen + 10);
	}
	end_workers();
	return 0;
}

/* ---- one function on each P ---- */

static _Atomic int32_t visits[16];

static void
visit(struct p *pp)
{
	atomic_fetch_add(&visits[pp->id], 1);
}

static void
for_each_on_g0(void *arg)
{
	rt_for_each_p(visit);
}

static int
each_p_once(void *arg)
{
	int rounds = SCALE(60) + 10;

	start_workers();
	for (int round = 1; round <= rounds; round++) {
		rt_worldsema_acquire();
		rt_systemstack(for_each_on_g0, NULL);
		rt_worldsema_release();
		for (int i = 0; i < rt_gomaxprocs; i++)
			REQUIRE(atomic_load(&visits[i]) == round);
		rt_gosched();
	}
	end_workers();
	return 0;
}

/* ---- several want to stop it ---- */

static void
stopper(void *arg)
{
	for (int i = 0; i < 20; i++) {
		rt_stop_the_world("one of many");
		REQUIRE(atomic_load(&inside) == 0);
		rt_start_the_world();
		rt_gosched();
	}
	atomic_fetch_add((_Atomic int32_t *)arg, 1);
}

static int
many_stoppers(void *arg)
{
	static _Atomic int32_t done;

	start_workers();
	for (int i = 0; i < 4; i++)
		go(stopper, &done);
	WAIT_UNTIL(atomic_load(&done) == 4);
	atomic_store(&stop, true);
	WAIT_UNTIL(rt_gcount() == 1);
	return 0;
}

static const struct row rows[] = {
	{ stands_still, 1 },
	{ stands_still, 2 },
	{ stands_still, 4 },
	{ changes_size, 2 },
	{ each_p_once, 1 },
	{ each_p_once, 4 },
	{ many_stoppers, 3 },
};

ROWS("world")
