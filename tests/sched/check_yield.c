/*
 * check_yield.c - goroutines that yield change directly to the next: nobody
 * runs twice at once, each finds its stack as it left it, and whoever has to
 * be heard meanwhile is.
 */
#include <string.h>

#include "gort.h"
#include "tests/sched/sched_test.h"

#define NYIELDERS 40

static _Atomic int32_t left;
static _Atomic uint32_t inside[NYIELDERS];
static _Atomic int64_t others;

/* Words on the stack and in registers that only this goroutine knows. */
static void
yield_and_look(uintptr_t me, int rounds)
{
	volatile uintptr_t mine[8];

	for (int i = 0; i < 8; i++)
		mine[i] = me * 1000 + (uintptr_t)i;
	for (int r = 0; r < rounds; r++) {
		REQUIRE(atomic_exchange(&inside[me], 1) == 0);
		REQUIRE(rt_getg()->m->curg == rt_getg());
		atomic_store(&inside[me], 0);
		rt_gosched();
		for (int i = 0; i < 8; i++)
			REQUIRE(mine[i] == me * 1000 + (uintptr_t)i);
	}
}

static void
yielder(void *arg)
{
	yield_and_look((uintptr_t)arg, SCALE(20000));
	atomic_fetch_sub(&left, 1);
}

/* Its thread is its own: who yields may not take it along. */
static void
locked_yielder(void *arg)
{
	struct m *mp;

	rt_lock_os_thread();
	mp = rt_getg()->m;
	for (int i = 0; i < SCALE(2000); i++) {
		rt_gosched();
		REQUIRE(rt_getg()->m == mp);
	}
	rt_unlock_os_thread();
	atomic_fetch_sub(&left, 1);
}

static int
all_come_back(void *arg)
{
	atomic_store(&left, NYIELDERS + 2);
	for (uintptr_t i = 0; i < NYIELDERS; i++)
		go(yielder, (void *)i);
	go(locked_yielder, NULL);
	go(locked_yielder, NULL);
	WAIT_UNTIL(atomic_load(&left) == 0);
	return 0;
}

static int
all_come_back_while_procs_change(void *arg)
{
	int n = 1;

	atomic_store(&left, NYIELDERS);
	for (uintptr_t i = 0; i < NYIELDERS; i++)
		go(yielder, (void *)i);
	while (atomic_load(&left) > 0) {
		rt_gomaxprocs_set(n);
		n = n % 4 + 1;
		for (int i = 0; i < 100; i++)
			rt_gosched();
	}
	return 0;
}

static void
until_heard(void *arg)
{
	while (atomic_load(&others) == 0)
		rt_gosched();
	atomic_fetch_sub(&left, 1);
}

static void
be_heard(void *arg)
{
	atomic_fetch_add(&others, 1);
}

/* The ring never runs dry. Who waits in the global queue has its turn. */
static int
the_global_queue_is_heard(void *arg)
{
	atomic_store(&left, 3);
	for (int i = 0; i < 3; i++)
		go(until_heard, NULL);
	rt_gosched();
	for (int i = 0; i < RT_RUNQ_LEN * 2; i++) {
		go(be_heard, NULL);
		if (i % 8 == 0)
			rt_goyield();
	}
	WAIT_UNTIL(atomic_load(&left) == 0);
	return 0;
}

/* The same for a timer: nobody but those who yield could run it. */
static int
a_timer_is_heard(void *arg)
{
	gort_timer *t = gort_afterfunc(1000000, be_heard, NULL);

	REQUIRE(t != NULL);
	atomic_store(&left, 3);
	for (int i = 0; i < 3; i++)
		go(until_heard, NULL);
	WAIT_UNTIL(atomic_load(&left) == 0);
	return 0;
}

static const struct row rows[] = {
	{ all_come_back, 1 },
	{ all_come_back, 4 },
	{ all_come_back_while_procs_change, 2 },
	{ the_global_queue_is_heard, 1 },
	{ a_timer_is_heard, 1 },
};

ROWS("yield")
