/*
 * check_runtime1.c - GODEBUG as Go parses it, and the live setter.
 */
#include "boot/boot.h"
#include "boot/runtime1.h"
#include "diag/diag.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <string.h>

static int32_t
var(const char *name)
{
	const char *key;
	int32_t v;

	for (size_t i = 0; rt_debug_get(i, &key, &v) == 0; i++)
		if (strcmp(key, name) == 0)
			return v;
	ck_abort_msg("no variable %s", name);
}

static const struct row {
	const char *text;
	int32_t gctrace, schedtrace;
	int known;
} rows[] = {
	{ "", 0, 0, 0 },
	{ "gctrace=1", 1, 0, 1 },
	{ "gctrace=1,schedtrace=1000", 1, 1000, 2 },
	{ "gctrace=1,gctrace=0", 0, 0, 2 },       /* the last one wins */
	{ "gctrace=1, schedtrace=5", 1, 0, 1 },   /* names are not trimmed */
	{ "gctrace", 0, 0, 0 },                   /* no '=' */
	{ "nosuchkey=1,gctrace=2", 2, 0, 1 },
	{ "GCTRACE=1", 0, 0, 0 },
	{ "gctrace=-3", -3, 0, 1 },
	{ "gctrace=+3", 0, 0, 0 },
	{ "gctrace=007", 7, 0, 1 },
	{ "gctrace=1x,schedtrace=4", 0, 4, 1 },
	{ "gctrace=4,gctrace=zz", 4, 0, 1 },      /* the earlier value stays */
	{ "gctrace=2147483647", 2147483647, 0, 1 },
	{ "gctrace=2147483648", 0, 0, 0 },
	{ "gctrace=-2147483648", -2147483647 - 1, 0, 1 },
	{ "gctrace=99999999999999999999", 0, 0, 0 },
	{ "gctrace=", 0, 0, 0 },
	{ "gctrace=-", 0, 0, 0 },
	{ "=1,,gctrace=1,", 1, 0, 1 },
	{ "gctrace=1=2", 0, 0, 0 },               /* value is "1=2" */
};

START_TEST(godebug_follows_row)
{
	ck_assert_int_eq(rt_debug_parse(rows[_i].text), rows[_i].known);
	ck_assert_int_eq(var("gctrace"), rows[_i].gctrace);
	ck_assert_int_eq(var("schedtrace"), rows[_i].schedtrace);
}
END_TEST

START_TEST(defaults_are_gos)
{
	ck_assert_int_eq(var("memprofilerate"), 524288);
	ck_assert_int_eq(var("invalidptr"), 1);
	ck_assert_int_eq(var("cgocheck"), 1);
	ck_assert_int_eq(var("gctrace"), 0);
}
END_TEST

START_TEST(live_setter_is_strict)
{
	ck_assert_int_eq(rt_debug_set("gctrace", "1"), 0);
	ck_assert_int_eq(var("gctrace"), 1);
	ck_assert_int_eq(rt_debug_set("nosuch", "1"), -ENOENT);
	ck_assert_int_eq(rt_debug_set("gctrace", "on"), -EINVAL);
	ck_assert_int_eq(rt_debug_set("gctrace", ""), -EINVAL);
	ck_assert_int_eq(var("gctrace"), 1);
}
END_TEST

START_TEST(numbers)
{
	int32_t v = 5;

	ck_assert(rt_atoi32("-12", &v));
	ck_assert_int_eq(v, -12);
	ck_assert(!rt_atoi32(" 1", &v));
	ck_assert(!rt_atoi32("1 ", &v));
	ck_assert_int_eq(v, -12);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("boot/runtime1");
	TCase *tc = tcase_create("debug variables");

	tcase_add_loop_test(tc, godebug_follows_row, 0,
	    (int)(sizeof rows / sizeof rows[0]));
	tcase_add_test(tc, defaults_are_gos);
	tcase_add_test(tc, live_setter_is_strict);
	tcase_add_test(tc, numbers);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
