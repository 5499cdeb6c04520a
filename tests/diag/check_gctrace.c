/*
 * check_gctrace.c - Go's own lines, made again from numbers: gctrace, gcpacertrace,
 * scavtrace.
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

static const struct {
	struct rt_gc_pace t;
	const char *line;
} paces[] = {
	{ { .assist_ratio = 0.9674182, .scan_bytes = 1 * MB - 1,
	      .heap_bytes = 7 * MB, .goal = 8 * MB - 1, .fraction = 0.25 },
	    "pacer: assist ratio=+9.674182e-001 (scan 0 MB in 7->7 MB) "
	    "workers=0++2.500000e-001" },
	{ { .assist_ratio = 12.5, .scan_bytes = 100 * MB,
	      .heap_bytes = 180 * MB, .goal = 200 * MB, .dedicated = 2 },
	    "pacer: assist ratio=+1.250000e+001 (scan 100 MB in 180->200 MB) "
	    "workers=2++0.000000e+000" },
};

START_TEST(pacer_begins_in_gos_words)
{
	char b[256];

	rt_gcpacertrace_format_begin(&paces[_i].t, b, sizeof(b));
	ck_assert_str_eq(b, paces[_i].line);
}
END_TEST

static const struct {
	struct rt_gc_paced t;
	const char *line;
} paced[] = {
	{ { .utilization = 0.399, .expected = 0.25, .heap_work = 101872,
	      .stack_work = 3640, .globals_work = 223536,
	      .expected_work = 328512, .heap_start = 7590294,
	      .heap_end = 8255960, .goal = 8255960 + 77432,
	      .cons_mark = 0.7540041 },
	    "pacer: 39% CPU (25 exp.) for 101872+3640+223536 B work "
	    "(328512 B exp.) in 7590294 B -> 8255960 B "
	    "(\xe2\x88\x86goal -77432, cons/mark +7.540041e-001)" },
	{ { .utilization = 1, .expected = 0.25, .heap_end = 5, .goal = 3 },
	    "pacer: 100% CPU (25 exp.) for 0+0+0 B work (0 B exp.) in "
	    "0 B -> 5 B (\xe2\x88\x86goal 2, cons/mark +0.000000e+000)" },
};

START_TEST(pacer_ends_in_gos_words)
{
	char b[512];

	rt_gcpacertrace_format_end(&paced[_i].t, b, sizeof(b));
	ck_assert_str_eq(b, paced[_i].line);
}
END_TEST

START_TEST(scavenger_speaks_gos_words)
{
	char b[128];

	rt_scavtrace_format(6400 << 10, (7888 << 10) + 1023, 959, 1000, false,
	    b, sizeof(b));
	ck_assert_str_eq(b, "scav 6400 KiB work, 7888 KiB total, 95% util");
	rt_scavtrace_format(8 << 10, 15736 << 10, 7, 7, true, b, sizeof(b));
	ck_assert_str_eq(
	    b, "scav 8 KiB work, 15736 KiB total, 100% util (forced)");
	rt_scavtrace_format(0, 0, 0, 0, false, b, sizeof(b));
	ck_assert_str_eq(b, "scav 0 KiB work, 0 KiB total, 0% util");
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
	tcase_add_loop_test(tc, pacer_begins_in_gos_words, 0,
	    (int)(sizeof(paces) / sizeof(paces[0])));
	tcase_add_loop_test(tc, pacer_ends_in_gos_words, 0,
	    (int)(sizeof(paced) / sizeof(paced[0])));
	tcase_add_test(tc, scavenger_speaks_gos_words);
	tcase_add_test(tc, last_cycle_is_kept);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
