/*
 * suite.h - a suite of models: MODELS("name") behind a table
 * `static const struct ex_model models[]` defines main, a test for each.
 */
#ifndef MODELS_SUITE_H
#define MODELS_SUITE_H

#include <check.h>
#include <stdlib.h>

#include "tests/models/explore.h"
#include "tests/suite.h"

#define MODELS(name)                                                          \
	START_TEST(model_holds)                                               \
	{                                                                     \
		ck_assert(ex_prove(&models[_i]));                             \
	}                                                                     \
	END_TEST                                                              \
	int main(void)                                                        \
	{                                                                     \
		return models_run(name, model_holds,                          \
		    (int)(sizeof(models) / sizeof(models[0])));               \
	}

static int
models_run(const char *name, const TTest *test, int n)
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, test, 0, n);
	return suite_run(s);
}

#endif
