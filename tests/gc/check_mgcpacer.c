/*
 * check_mgcpacer.c - the pacer's arithmetic and the parsers, as tables. Nothing
 * is booted.
 */
#include "mem/heap_test.h"

#include "gc/mgcpacer.h"

#define MB ((uint64_t)1 << 20)
#define NONE INT64_MAX

static const struct goal_row {
	struct gc_pace in;
	uint64_t goal;
} goals[] = {
	/* live, stacks, globals, GOGC, limit, beside, waste */
	{ { 0, 0, 0, 100, NONE, 0, 0 }, 4 * MB },
	{ { 1 * MB, 0, 0, 100, NONE, 0, 0 }, 4 * MB },
	{ { 10 * MB, 0, 0, 100, NONE, 0, 0 }, 20 * MB },
	{ { 10 * MB, 2 * MB, 1 * MB, 100, NONE, 0, 0 }, 23 * MB },
	{ { 10 * MB, 0, 0, 50, NONE, 0, 0 }, 15 * MB },
	{ { 0, 0, 0, 200, NONE, 0, 0 }, 8 * MB },
	/* a step above the live heap, also where GOGC asks for none */
	{ { 10 * MB, 0, 0, 0, NONE, 0, 0 }, 11 * MB },
	{ { 1 * MB, 0, 0, 1, NONE, 0, 0 }, 2 * MB },
	{ { 10 * MB, 0, 0, -1, NONE, 0, 0 }, GC_GOAL_NONE },
	{ { (uint64_t)1 << 62, 0, 0, INT32_MAX, NONE, 0, 0 }, GC_GOAL_NONE },
	/* the limit leaves 100 - 10 - 5 - 3 */
	{ { 60 * MB, 0, 0, 100, 100 * MB, 10 * MB, 5 * MB },
	    100 * MB - 10 * MB - 5 * MB - 100 * MB / 100 * 3 },
	/* the same without GOGC */
	{ { 10 * MB, 0, 0, -1, 100 * MB, 10 * MB, 5 * MB },
	    100 * MB - 10 * MB - 5 * MB - 100 * MB / 100 * 3 },
	/* a small reserve is 1 MiB */
	{ { 1 * MB, 0, 0, -1, 10 * MB, 1 * MB, 0 }, 8 * MB },
	/* GOGC asks for less than the limit allows */
	{ { 10 * MB, 0, 0, 100, 1000 * MB, 0, 0 }, 20 * MB },
	/* a limit that can't be held: a step above the live heap */
	{ { 160 * MB, 0, 0, 100, 100 * MB, 0, 0 }, 170 * MB },
	{ { 1 * MB, 0, 0, 100, 0, 0, 0 }, 1 * MB + 256 * 1024 },
	{ { 1 * MB, 0, 0, 100, 1, 50 * MB, 0 }, 1 * MB + 256 * 1024 },
};

START_TEST(goal_follows_row)
{
	uint64_t got = rt_pacer_goal(&goals[_i].in);

	/* 100 MiB is no multiple of 100: the reserve is cut, not rounded */
	ck_assert_uint_eq(got, goals[_i].goal);
}
END_TEST

static const struct helper_row {
	uint64_t bytes;
	int32_t procs, ncpu, want;
} helpers[] = {
	{ 0, 8, 8, 0 },
	{ 1 * MB, 8, 8, 0 },
	{ 8 * MB, 8, 8, 1 },
	{ 30 * MB, 8, 8, 3 },
	{ 100 * MB, 8, 2, 1 },
	{ 100 * MB, 1, 8, 0 },
	{ 100 * MB, 64, 64, 7 },
};

START_TEST(helpers_follow_row)
{
	ck_assert_int_eq(rt_pacer_helpers(helpers[_i].bytes, helpers[_i].procs,
	                     helpers[_i].ncpu),
	    helpers[_i].want);
}
END_TEST

START_TEST(share_of_cpu)
{
	ck_assert_uint_eq(rt_pacer_permille(0, 100, 2), 0);
	ck_assert_uint_eq(rt_pacer_permille(10, 0, 2), 0);
	ck_assert_uint_eq(rt_pacer_permille(10, 100, 1), 100);
	ck_assert_uint_eq(rt_pacer_permille(10, 100, 2), 50);
	ck_assert_uint_eq(rt_pacer_permille(900, 100, 2), 1000);
}
END_TEST

static const struct percent_row {
	const char *text;
	int32_t want;
} percents[] = {
	{ NULL, 100 }, { "", 100 }, { "off", -1 }, { "OFF", 100 },
	{ "0", 0 }, { "-0", 0 }, { "-1", -1 }, { "-200", -1 }, { "50", 50 },
	{ "+50", 50 }, { " 50", 100 }, { "50 ", 100 }, { "abc", 100 },
	{ "50%", 100 }, { "99999999999", 100 }, { "2147483647", INT32_MAX },
	{ "2147483648", 100 }, { "-2147483648", -1 }, { "-2147483649", 100 },
	{ "1e3", 100 }, { "0x10", 100 }, { "-", 100 },
};

START_TEST(percent_follows_row)
{
	ck_assert_int_eq(
	    rt_gc_parse_percent(percents[_i].text), percents[_i].want);
}
END_TEST

static const struct limit_row {
	const char *text;
	bool ok;
	int64_t want;
} limits[] = {
	{ NULL, true, INT64_MAX }, { "", true, INT64_MAX },
	{ "off", true, INT64_MAX }, { "0", true, 0 }, { "1B", true, 1 },
	{ "123", true, 123 }, { "1KiB", true, 1024 },
	{ "10MiB", true, 10 << 20 }, { "3GiB", true, (int64_t)3 << 30 },
	{ "2TiB", true, (int64_t)2 << 40 }, { "007KiB", true, 7 << 10 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "9223372036854775808", false, 0 }, { "8388608TiB", false, 0 },
	{ "8388607TiB", true, (int64_t)8388607 << 40 },
	{ "99999999999999999999", false, 0 },
	{ "18446744073709551616", false, 0 }, { "10MB", false, 0 },
	{ "10kB", false, 0 }, { "10mib", false, 0 }, { "10 MiB", false, 0 },
	{ " 10MiB", false, 0 }, { "10MiB ", false, 0 }, { "1.5GiB", false, 0 },
	{ "1e3", false, 0 }, { "-1", false, 0 }, { "+1", false, 0 },
	{ "MiB", false, 0 }, { "Off", false, 0 }, { "10KiBB", false, 0 },
	{ "10K", false, 0 }, { "0x10", false, 0 },
};

START_TEST(limit_follows_row)
{
	int64_t got = -7;

	ck_assert_int_eq(
	    rt_gc_parse_memlimit(limits[_i].text, &got), limits[_i].ok);
	ck_assert_int_eq(got, limits[_i].ok ? limits[_i].want : -7);
}
END_TEST

#define N(rows) (int)(sizeof(rows) / sizeof((rows)[0]))

int
main(void)
{
	Suite *s = suite_create("mgcpacer");
	TCase *tc = tcase_create("arithmetic");

	tcase_add_loop_test(tc, goal_follows_row, 0, N(goals));
	tcase_add_loop_test(tc, helpers_follow_row, 0, N(helpers));
	tcase_add_test(tc, share_of_cpu);
	tcase_add_loop_test(tc, percent_follows_row, 0, N(percents));
	tcase_add_loop_test(tc, limit_follows_row, 0, N(limits));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
