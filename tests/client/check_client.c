/*
 * check_client.c - runs the suites of tests/client.
 */
#include "tests/client/check_client.h"

#include <stdlib.h>

FILE *
text_begin(struct text *t)
{
	t->buf = NULL;
	t->len = 0;
	t->f = open_memstream(&t->buf, &t->len);
	ck_assert_ptr_nonnull(t->f);
	return t->f;
}

char *
text_end(struct text *t)
{
	fclose(t->f);
	return t->buf;
}

int
main(void)
{
	SRunner *sr = srunner_create(conn_suite());
	int failed;

	srunner_add_suite(sr, elfinfo_suite());
	srunner_add_suite(sr, gofmt_suite());
	srunner_add_suite(sr, options_suite());
	srunner_add_suite(sr, print_suite());
	srunner_add_suite(sr, spec_suite());
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
