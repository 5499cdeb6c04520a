/*
 * check_packages.c - in which order packages are initialised, and what is
 * refused. The order is worked out without running anything.
 */
#include "boot/packages.h"
#include "boot/boot.h"
#include "gort.h"
#include "tests/suite.h"

#include <check.h>
#include <string.h>

#define IMPORTS(...) (const char *const[]) { __VA_ARGS__, NULL }

static const struct gort_package list[] = {
	{ "main", NULL, IMPORTS("web", "db"), 0 },
	{ "log", NULL, NULL, 0 },
	{ "web", NULL, IMPORTS("log", "text"), 0 },
	{ "text", NULL, NULL, 0 },
	{ "db", NULL, IMPORTS("log"), 0 },
};

static int
order_body(void *arg)
{
	static const char *const want[] = { "log", "db", "text", "web",
		"main" };
	const struct gort_package *got[5];

	(void)arg;
	if (rt_package_order(list, 5, got) != NULL)
		return 1;
	for (int i = 0; i < 5; i++)
		if (strcmp(got[i]->name, want[i]) != 0)
			return 10 + i;
	return 0;
}

static const struct refusal {
	struct gort_package list[4];
	size_t n;
	const char *want;
} refusals[] = {
	{ { { "a", NULL, IMPORTS("b"), 0 }, { "b", NULL, IMPORTS("c"), 0 },
	      { "c", NULL, IMPORTS("a"), 0 } },
	    3, "initialization cycle: a -> b -> c -> a" },
	{ { { "a", NULL, IMPORTS("b"), 0 }, { "b", NULL, IMPORTS("c"), 0 },
	      { "c", NULL, IMPORTS("b"), 0 } },
	    3, "initialization cycle: b -> c -> b" },
	{ { { "a", NULL, IMPORTS("a"), 0 } }, 1,
	    "initialization cycle: a -> a" },
	{ { { "a", NULL, IMPORTS("nowhere"), 0 } }, 1,
	    "package a imports nowhere, which is not in the program" },
	{ { { "a", NULL, NULL, 0 }, { "b", NULL, NULL, 0 },
	      { "a", NULL, NULL, 0 } },
	    3, "package a is in the program twice" },
};

static int
refusal_body(void *arg)
{
	const struct refusal *r = arg;
	const struct gort_package *got[4] = { NULL };
	const char *err = rt_package_order(r->list, r->n, got);

	if (err == NULL)
		return 1;
	if (strcmp(err, r->want) != 0)
		return 2;
	return got[0] == NULL ? 0 : 3;
}

START_TEST(dependencies_first_then_by_name)
{
	rt_boot_test(order_body, NULL);
}
END_TEST

START_TEST(refused_by_name)
{
	rt_boot_test(refusal_body, (void *)&refusals[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("boot/packages");
	TCase *tc = tcase_create("order");

	tcase_add_exit_test(tc, dependencies_first_then_by_name, 0);
	tcase_add_loop_exit_test(tc, refused_by_name, 0, 0,
	    (int)(sizeof refusals / sizeof refusals[0]));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
