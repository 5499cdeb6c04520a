/*
 * check_client.h - the suites of tests/client, and catching printed text.
 */
#ifndef TESTS_CHECK_CLIENT_H
#define TESTS_CHECK_CLIENT_H

#include <check.h>
#include <stdio.h>

Suite *conn_suite(void);
Suite *elfinfo_suite(void);
Suite *gofmt_suite(void);
Suite *options_suite(void);
Suite *print_suite(void);
Suite *spec_suite(void);

/* A stream that keeps what is written; text_end returns it (owned). */
struct text {
	FILE *f;
	char *buf;
	size_t len;
};
FILE *text_begin(struct text *t);
char *text_end(struct text *t);

#endif
