/*
 * check_print.c - the printf that needs nothing, against the library's.
 */
#include "fault/fault.h"
#include "tests/suite.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAME(...)                                                              \
	do {                                                                   \
		char ours[128], theirs[128];                                   \
		int n = rt_snprintf(ours, sizeof(ours), __VA_ARGS__);          \
		ck_assert_int_eq(                                              \
		    n, snprintf(theirs, sizeof(theirs), __VA_ARGS__));         \
		ck_assert_str_eq(ours, theirs);                                \
	} while (0)

START_TEST(formats_as_the_library)
{
	SAME("%d %d %d %i", 0, -1, INT_MIN, INT_MAX);
	SAME("%u %x %#x", UINT_MAX, 0xbeefu, 0xbeefu);
	SAME("%ld %ld %lu", LONG_MIN, LONG_MAX, ULONG_MAX);
	SAME("%lld %llx", LLONG_MIN, 0x123456789abcdefULL);
	SAME("%lx %#lx %zu", 0xfeedUL, 0xfeedUL, (size_t)12345);
	SAME("[%s] [%c] [%%]", "text", 'x');
	SAME("[%5d] [%-5d] [%05d] [%2d]", 42, 42, 42, 12345);
	SAME("[%-6s] [%6s] [%.3s] [%.60s]", "rax", "rax", "abcdef", "ab");
	SAME("[%.*s] [%.*s] %d", 2, "abcdef", 0, "ab", 7);
	SAME("%p", (void *)0x1234);
	SAME("plain");
	SAME("%08x|%-8x|", 0xabcu, 0xabcu);
}
END_TEST

START_TEST(cuts_and_terminates)
{
	char b[4] = "zzz";

	ck_assert_int_eq(rt_snprintf(b, sizeof(b), "%d", 123456), 3);
	ck_assert_str_eq(b, "123");
	ck_assert_int_eq(rt_snprintf(b, 1, "abc"), 0);
	ck_assert_str_eq(b, "");
	ck_assert_int_eq(rt_snprintf(b, 0, "abc"), 0);
}
END_TEST

START_TEST(nil_pointers_print)
{
	char b[32];
	const char *volatile none = NULL;

	rt_snprintf(b, sizeof(b), "%s %p", none, NULL);
	ck_assert_str_eq(b, "(null) 0x0");
}
END_TEST

/* One call is one write: what two processes print does not mix in a line. */
START_TEST(short_lines_are_one_write)
{
	int p[2], keep = dup(2);
	char b[256];

	ck_assert_int_eq(pipe(p), 0);
	dup2(p[1], 2);
	rt_printf("a=%d b=%s\n", 1, "two");
	dup2(keep, 2);
	ck_assert_int_eq(read(p[0], b, sizeof(b)), 10);
	ck_assert_mem_eq(b, "a=1 b=two\n", 10);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("print");
	TCase *tc = tcase_create("print");

	tcase_add_test(tc, formats_as_the_library);
	tcase_add_test(tc, cuts_and_terminates);
	tcase_add_test(tc, nil_pointers_print);
	tcase_add_test(tc, short_lines_are_one_write);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
