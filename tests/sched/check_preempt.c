/*
 * check_preempt.c - goroutines stopped while they run: the thread's alarm.
 */
#include "sched_test.h"

#include "sched/mtimer.h"

/* A goroutine that finds itself asked to stop, as only its alarm could. */
static int
alarm_rings_here(void *arg)
{
	struct g *gp = rt_getg();

	(void)arg;
	for (int use = 0; use < RT_MTIMER_USES; use++) {
		struct m *mp = gp->m;

		REQUIRE(rt_mtimer_arm(mp, use, rt_nanotime() + 1000000));
		REQUIRE(rt_mtimer_armed(mp, use) != 0);
		while (rt_mtimer_armed(mp, use) != 0)
			;
		while (!atomic_load(&gp->preempt))
			;
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
	while (rt_mtimer_armed(mp, RT_MTIMER_SLICE) != 0)
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

struct row {
	int (*body)(void *);
	int procs;
};

static const struct row rows[] = {
	{ alarm_rings_here, 1 },
	{ alarm_rings_here, 2 },
	{ alarm_moves_earlier_only, 1 },
	{ alarms_of_threads_that_end, 1 },
	{ alarms_of_threads_that_end, 4 },
};

START_TEST(row_holds)
{
	with_procs(rows[_i].procs);
	rt_boot_test(rows[_i].body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("preempt");
	TCase *tc = tcase_create("preempt");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(tc, row_holds, 0, 0,
	    (int)(sizeof rows / sizeof rows[0]));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
