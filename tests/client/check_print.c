/*
 * check_print.c - tables, numbers, times; and what a hostile line may do.
 */
#include "tests/client/check_client.h"
#include "client/lines.h"
#include "client/print.h"
#include "client/when.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang-format off */
static const struct num {
	int64_t n;
	const char *want;
} sizes[] = {
	{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" },
	{ 1536, "1.5 KiB" }, { 1048575, "1.0 MiB" }, { 1 << 30, "1.0 GiB" },
}, durs[] = {
	{ -1, "-" }, { 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.00 us" },
	{ 12345, "12.3 us" }, { 123456, "123 us" }, { 1250000, "1.25 ms" },
	{ 999999, "1000 us" }, { 12300000000, "12.3 s" },
	{ 185000000000, "3m05s" }, { 7440000000000, "2h04m" },
	{ 442800000000000, "5d03h" },
};
/* clang-format on */

START_TEST(size_reads_well)
{
	char buf[32];

	ck_assert_str_eq(print_size(buf, sizeof(buf), (uint64_t)sizes[_i].n),
	    sizes[_i].want);
}
END_TEST

START_TEST(duration_reads_well)
{
	char buf[32];

	ck_assert_str_eq(print_dur(buf, sizeof(buf), durs[_i].n),
	    durs[_i].want);
}
END_TEST

/* clang-format off */
static const struct clean {
	const char *in, *want;
} cleans[] = {
	{ "plain", "plain" }, { "na\xc3\xafve", "na\xc3\xafve" },
	{ "\x1b[31mred", "\\x1b[31mred" }, { "a\nb", "a\\x0ab" },
	{ "\xff\xfe", "\\xff\\xfe" }, { "\xc3", "\\xc3" },
	{ "\xc0\xaf", "\\xc0\\xaf" },           /* overlong */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },  /* surrogate */
	{ "\xc2\x9b", "\\xc2\\x9b" },           /* CSI as one character */
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },  /* right-to-left override */
	{ "\x7f", "\\x7f" }, { "", "" },
};
/* clang-format on */

START_TEST(hostile_text_is_harmless)
{
	char *got = print_clean(cleans[_i].in, strlen(cleans[_i].in), false);

	ck_assert_str_eq(got, cleans[_i].want);
	free(got);
}
END_TEST

START_TEST(table_is_aligned)
{
	static const char *const heads[] = { "NAME", ">N", "LAST", NULL };
	struct table *t = table_new(heads);
	struct text tx;
	char *got;

	table_cell(t, "a");
	table_cellf(t, "%d", 5);
	table_cell(t, NULL);
	table_cell(t, "longer");
	table_cellf(t, "%d", 12345);
	table_cell(t, "end");
	ck_assert_int_eq(table_rows(t), 2);
	table_print(t, text_begin(&tx));
	got = text_end(&tx);
	ck_assert_str_eq(got, "NAME        N  LAST\n"
			      "a           5  -\n"
			      "longer  12345  end\n");
	free(got);
	table_free(t);
}
END_TEST

START_TEST(durations_are_read)
{
	int64_t ns;

	ck_assert_int_eq(when_duration("1h30m", &ns), 0);
	ck_assert_int_eq(ns, 5400000000000);
	ck_assert_int_eq(when_duration("1.5s", &ns), 0);
	ck_assert_int_eq(ns, 1500000000);
	ck_assert_int_lt(when_duration("10", &ns), 0);
	ck_assert_int_lt(when_duration("", &ns), 0);
	ck_assert_int_lt(when_duration("5x", &ns), 0);
	ck_assert_int_lt(when_duration("-5s", &ns), 0);
	ck_assert_int_lt(when_duration("1e300d", &ns), 0);
}
END_TEST

START_TEST(moments_are_read)
{
	int64_t ns, now = 1700000000000000000;

	ck_assert_int_eq(when_moment("10m", now, &ns), 0);
	ck_assert_int_eq(ns, now - 600000000000);
	ck_assert_int_eq(when_moment("1700000000", now, &ns), 0);
	ck_assert_int_eq(ns, now);
	ck_assert_int_eq(when_moment("2023-11-14T22:13:20Z", now, &ns), 0);
	ck_assert_int_eq(ns, now);
	ck_assert_int_eq(when_moment("2023-11-14T23:13:20.25+01:00", now, &ns),
	    0);
	ck_assert_int_eq(ns, now + 250000000);
	setenv("TZ", "UTC", 1);
	tzset();
	ck_assert_int_eq(when_moment("2023-11-14 22:13", now, &ns), 0);
	ck_assert_int_eq(ns, now - 20000000000);
	ck_assert_int_eq(when_moment("2023-11-14", now, &ns), 0);
	ck_assert_int_lt(when_moment("yesterday", now, &ns), 0);
	ck_assert_int_lt(when_moment("2023-11-14T22:13:20+1", now, &ns), 0);
	ck_assert_int_lt(when_moment("2023-11-14x", now, &ns), 0);
}
END_TEST

START_TEST(signals_are_read)
{
	ck_assert_int_eq(when_signal("TERM"), SIGTERM);
	ck_assert_int_eq(when_signal("SIGTERM"), SIGTERM);
	ck_assert_int_eq(when_signal("sigusr1"), SIGUSR1);
	ck_assert_int_eq(when_signal("9"), SIGKILL);
	ck_assert_int_lt(when_signal("0"), 0);
	ck_assert_int_lt(when_signal("NOSUCH"), 0);
	ck_assert_int_lt(when_signal("999"), 0);
}
END_TEST

START_TEST(base64_is_read)
{
	size_t len;
	unsigned char *got = lines_b64("/wBBCg==", &len);

	ck_assert_int_eq(len, 4);
	ck_assert_mem_eq(got, "\xff\0A\n", 4);
	free(got);
	ck_assert_ptr_null(lines_b64("a b", &len));
}
END_TEST

Suite *
print_suite(void)
{
	Suite *s = suite_create("print");
	TCase *tc = tcase_create("all");

	tcase_add_loop_test(tc, size_reads_well, 0,
	    sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_loop_test(tc, duration_reads_well, 0,
	    sizeof(durs) / sizeof(durs[0]));
	tcase_add_loop_test(tc, hostile_text_is_harmless, 0,
	    sizeof(cleans) / sizeof(cleans[0]));
	tcase_add_test(tc, table_is_aligned);
	tcase_add_test(tc, durations_are_read);
	tcase_add_test(tc, moments_are_read);
	tcase_add_test(tc, signals_are_read);
	tcase_add_test(tc, base64_is_read);
	suite_add_tcase(s, tc);
	return s;
}
