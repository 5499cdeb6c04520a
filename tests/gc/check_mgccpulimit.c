/*
 * check_mgccpulimit.c - the bucket that holds the collector at half of the CPU.
 * Nothing is booted; time is a number.
 */
#include "gc/mgccpulimit.h"
#include "tests/suite.h"

#include <check.h>

#define MS ((int64_t)1000000)
#define SEC (1000 * MS)

/* A collector that takes its half, for ever. */
START_TEST(half_is_allowed)
{
	struct gc_cpulimit l = { 0 };

	for (int i = 0; i < 10000; i++)
		ck_assert(!rt_cpulimit_step(&l, 5 * MS, 10 * MS, 1));
	ck_assert_int_eq(l.fill_ns, 0);
}
END_TEST

/* The bucket holds a second for each processor, and not a nanosecond more. */
START_TEST(a_burst_fits)
{
	struct gc_cpulimit l = { 0 };
	int32_t procs = 1 << _i;

	ck_assert(
	    !rt_cpulimit_step(&l, procs * SEC - 1, procs * SEC - 1, procs));
	ck_assert(rt_cpulimit_step(&l, 1, 1, procs));
	ck_assert(rt_cpulimit_step(&l, 7, 7, procs));
	/* the program gets its time back first */
	ck_assert(rt_cpulimit_step(&l, 0, 7, procs));
	ck_assert(!rt_cpulimit_step(&l, 0, 1, procs));
	ck_assert_int_eq(l.fill_ns, procs * SEC - 1);
	/* and as long as it took it takes to empty */
	ck_assert(!rt_cpulimit_step(&l, 0, procs * SEC, procs));
	ck_assert_int_eq(l.fill_ns, 0);
}
END_TEST

/* A collector that takes all it may get: 95 % while it is let, its quarter
 * otherwise. In the long run half. */
START_TEST(in_the_long_run_half)
{
	struct gc_cpulimit l = { 0 };
	int64_t gc = 0, all = 0, step = MS / 4;
	bool limiting = false;

	for (int i = 0; i < 400000; i++) {
		int64_t part = limiting ? step / 4 : step / 100 * 95;

		gc += part;
		all += step;
		limiting = rt_cpulimit_step(&l, part, step, 2);
		ck_assert_int_le(
		    gc - (all - gc), l.capacity_ns + step);
	}
	ck_assert_int_gt(gc, all / 100 * 49);
	ck_assert_int_lt(gc, all / 100 * 52);
}
END_TEST

START_TEST(clocks_that_disagree)
{
	struct gc_cpulimit l = { 0 };

	ck_assert(!rt_cpulimit_step(&l, 50 * SEC, MS, 1));
	ck_assert_int_eq(l.fill_ns, MS);
	ck_assert(!rt_cpulimit_step(&l, 5, -5, 1));
	ck_assert_int_le(l.fill_ns, MS);
}
END_TEST

/* Fewer processors, a smaller bucket: at once. */
START_TEST(processors_go)
{
	struct gc_cpulimit l = { 0 };

	ck_assert(!rt_cpulimit_step(&l, 3 * SEC, 3 * SEC, 8));
	ck_assert(rt_cpulimit_step(&l, 0, 0, 2));
	ck_assert_int_eq(l.fill_ns, 3 * SEC);
	ck_assert(rt_cpulimit_step(&l, 9 * SEC, 9 * SEC, 2));
	ck_assert_int_eq(l.fill_ns, 4 * SEC);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mgccpulimit");
	TCase *tc = tcase_create("bucket");

	tcase_add_test(tc, half_is_allowed);
	tcase_add_loop_test(tc, a_burst_fits, 0, 7);
	tcase_add_test(tc, in_the_long_run_half);
	tcase_add_test(tc, clocks_that_disagree);
	tcase_add_test(tc, processors_go);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
