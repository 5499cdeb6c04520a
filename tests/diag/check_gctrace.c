/*
 * check_gctrace.c - Go's own lines, made again from numbers.
 */
#include "boot/boot.h"
#include "diag/diag.h"
#include "gc/gc.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	int64_t ns;
	const char *text;
} times[] = {
	{ 0, "0" }, { -5, "0" }, { 999, "0" }, { 1000, "0.001" },
	{ 1999, "0.001" }, { 37000, "0.037" }, { 37999, "0.037" },
	{ 99999, "0.099" }, { 100000, "0.10" }, { 304999, "0.30" },
	{ 880000, "0.88" }, { 999999, "0.99" }, { 1000000, "1.0" },
	{ 5699999, "5.6" }, { 9999999, "9.9" }, { 10000000, "10" },
	{ 12999999, "12" }, { 123456789, "123" }, { 10000000000, "10000" },
};

START_TEST(milliseconds_are_cut)
{
	char b[32];
	int n = rt_gctrace_ms(times[_i].ns, b, sizeof(b));

	ck_assert_str_eq(b, times[_i].text);
	ck_assert_int_eq(n, (int)strlen(b));
}
END_TEST

#define MB ((uint64_t)1 << 20)

static const struct {
	struct rt_gc_cycle c;
	const char *line;
} lines[] = {
	{ { .cycle = 4, .procs = 2, .cpu_permille = 19, .start_ns = 42900000,
	      .stw_sweep_ns = 38100, .mark_ns = 889000, .stw_mark_ns = 3900,
	      .stw_sweep_cpu_ns = 77000, .assist_ns = 37000,
	      .bg_ns = 240000, .idle_ns = 0, .stw_mark_cpu_ns = 7000,
	      .heap_start = 7 * MB, .heap_end = 8 * MB + 5,
	      .heap_live = 9 * MB - 1, .goal = 8 * MB },
	    "gc 4 @0.042s 1%: 0.038+0.88+0.003 ms clock, "
	    "0.077+0.037/0.24/0+0.007 ms cpu, 7->8->8 MB, 8 MB goal, "
	    "0 MB stacks, 0 MB globals, 2 P" },
	{ { .cycle = 5, .procs = 2, .cpu_permille = 12, .forced = 1,
	      .start_ns = 52000000, .stw_sweep_ns = 86000, .mark_ns = 300000,
	      .stw_mark_ns = 2000, .stw_sweep_cpu_ns = 170000, .assist_ns = 0,
	      .bg_ns = 140000, .idle_ns = 98000, .stw_mark_cpu_ns = 5000,
	      .heap_start = 11 * MB, .heap_end = 11 * MB, .heap_live = 0,
	      .goal = 16 * MB },
	    "gc 5 @0.052s 1%: 0.086+0.30+0.002 ms clock, "
	    "0.17+0/0.14/0.098+0.005 ms cpu, 11->11->0 MB, 16 MB goal, "
	    "0 MB stacks, 0 MB globals, 2 P (forced)" },
	{ { .cycle = 100, .procs = 16, .cpu_permille = 999,
	      .start_ns = 3661123000000, .mark_ns = 123000000,
	      .goal = UINT64_MAX, .stacks = 3 * MB, .globals = 4 * MB },
	    "gc 100 @3661.123s 99%: 0+123+0 ms clock, 0+0/0/0+0 ms cpu, "
	    "0->0->0 MB, 17592186044415 MB goal, 3 MB stacks, 4 MB globals, "
	    "16 P" },
};

/* The origin is 0 here: the runtime was not booted. */
START_TEST(line_is_gos)
{
	char b[512];

	ck_assert_int_eq(rt_runtime_init_time_ns(), 0);
	rt_gctrace_format(&lines[_i].c, b, sizeof(b));
	ck_assert_str_eq(b, lines[_i].line);
}
END_TEST

START_TEST(last_cycle_is_kept)
{
	struct rt_gc_cycle c = { .cycle = 1 };

	ck_assert_ptr_null(rt_gctrace_last());
	rt_gctrace(&c);
	c.cycle = 2;
	rt_gctrace(&c);
	ck_assert_uint_eq(rt_gctrace_last()->cycle, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("gctrace");
	TCase *tc = tcase_create("gctrace");

	tcase_add_loop_test(tc, milliseconds_are_cut, 0,
	    (int)(sizeof(times) / sizeof(times[0])));
	tcase_add_loop_test(
	    tc, line_is_gos, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(tc, last_cycle_is_kept);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
