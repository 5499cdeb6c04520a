/*
 * bodies.h - a suite that is a table of bodies, each run as main.main of a
 * booted runtime in Check's forked child; its exit code must be 0.
 *
 *	BODIES("panic", 30, order, recovery, nested)
 *
 * defines main: the suite's name, seconds a body may take, the bodies.
 */
#ifndef TESTS_BODIES_H
#define TESTS_BODIES_H

#include <check.h>

#include "boot/boot.h"
#include "tests/suite.h"

#define BODIES(name, seconds, ...)                                             \
	static int (*const bodies[])(void *) = { __VA_ARGS__ };                \
	START_TEST(body)                                                       \
	{                                                                      \
		rt_boot_test(bodies[_i], NULL);                                \
	}                                                                      \
	END_TEST                                                               \
	int main(void)                                                         \
	{                                                                      \
		return bodies_run(                                             \
		    name, seconds, body, (int)(sizeof(bodies) / sizeof(*bodies))); \
	}

static int
bodies_run(const char *name, double seconds, const TTest *body, int n)
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, seconds);
	tcase_add_loop_exit_test(tc, body, 0, 0, n);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

#endif
