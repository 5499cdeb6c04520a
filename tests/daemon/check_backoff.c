/* check_backoff.c - 100 ms, doubled, capped, reset. */
#include <check.h>
#include <stdlib.h>

#include "daemon/backoff.h"
#include "tests/suite.h"

START_TEST(doubles_to_the_cap)
{
	static const int64_t want[] = { 100, 200, 400, 800, 1600, 3200, 6400,
		12800, 25600, 30000, 30000, 30000 };
	struct backoff b = { 0 };

	for (size_t n = 0; n < sizeof want / sizeof want[0]; n++)
		ck_assert_int_eq(backoff_next(&b, 5), want[n]);
}
END_TEST

START_TEST(good_uptime_resets)
{
	struct backoff b = { 0 };

	for (int n = 0; n < 9; n++)
		backoff_next(&b, 0);
	ck_assert_int_eq(backoff_next(&b, BACKOFF_RESET_MS - 1), 30000);
	ck_assert_int_eq(backoff_next(&b, BACKOFF_RESET_MS), 100);
	ck_assert_int_eq(backoff_next(&b, 0), 200);
}
END_TEST

START_TEST(nonsense_from_a_file_is_mended)
{
	struct backoff b = { -5 };

	ck_assert_int_eq(backoff_next(&b, 0), 100);
	b.delay_ms = INT64_MAX;
	ck_assert_int_eq(backoff_next(&b, 0), BACKOFF_MAX_MS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("backoff");
	TCase *tc = tcase_create("numbers");

	tcase_add_test(tc, doubles_to_the_cap);
	tcase_add_test(tc, good_uptime_resets);
	tcase_add_test(tc, nonsense_from_a_file_is_mended);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
