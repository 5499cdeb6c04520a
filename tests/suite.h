/*
 * suite.h - the end of each suite's main: run it, tell main's exit code.
 *
 * CK_VERBOSITY says how much is printed (Check's own variable; without it the
 * count and the failures, which is what quickstart adds up).
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Takes s over. */
static inline int
suite_run(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

#endif
