/*
 * store_test.h - what the checks of store/ share: a private folder, rows in
 * bulk, and questions to the file.
 */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/suite.h"

static char test_dir[64], test_db[96];

static void
test_setup(void)
{
	strcpy(test_dir, "/tmp/gort-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(test_dir));
	snprintf(test_db, sizeof(test_db), "%s/t.db", test_dir);
}

static void
test_teardown(void)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-lock",
		"-journal" };
	char name[128];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", test_db, tails[i]);
		unlink(name);
	}
	rmdir(test_dir);
}

static inline struct store *
test_open(int64_t max_bytes)
{
	struct store_options o = { .max_bytes = max_bytes };
	struct store *st = NULL;
	char *cause = NULL;
	int rc = store_open(test_db, &o, &st, &cause);

	ck_assert_msg(rc == 0, "store_open: %d %s", rc, cause ? cause : "");
	return st;
}

static inline struct store_reader *
test_reader(void)
{
	struct store_reader *r = NULL;
	char *cause = NULL;
	int rc = store_reader_open(test_db, &r, &cause);

	ck_assert_msg(rc == 0, "reader: %d %s", rc, cause ? cause : "");
	return r;
}

struct test_answer {
	int rows;
	int64_t i; /* first column of the last row */
	char s[4096];
};

static inline int
test_take(void *arg, const struct store_row *row)
{
	struct test_answer *a = arg;

	if (row->values == NULL)
		return 0;
	a->rows++;
	a->i = row->values[0].i;
	a->s[0] = 0;
	for (int c = 0; c < row->ncol; c++) {
		const struct store_value *v = &row->values[c];
		size_t n = strlen(a->s);

		if (v->type == STORE_NULL)
			snprintf(a->s + n, sizeof(a->s) - n, "|NULL");
		else if (v->type == STORE_INT)
			snprintf(a->s + n, sizeof(a->s) - n, "|%lld",
			    (long long)v->i);
		else if (v->type == STORE_REAL)
			snprintf(a->s + n, sizeof(a->s) - n, "|%g", v->d);
		else
			snprintf(a->s + n, sizeof(a->s) - n, "|%s%.*s",
			    v->type == STORE_BYTES ? "x:" : "", (int)v->len,
			    v->p);
	}
	return 0;
}

/* Ask; fail the test unless it works. */
static inline struct test_answer
test_ask(struct store_reader *r, const char *sql)
{
	struct test_answer a = { 0 };
	char token[STORE_TOKEN_MAX], *cause = NULL;
	struct store_limits lim = { .rows = STORE_ROWS_MAX,
		.deadline_ms = 20000 };
	int64_t n = store_query(r, sql, NULL, &lim, test_take, &a, token,
	    &cause);

	ck_assert_msg(n >= 0, "%s: %d %s", sql, (int)n, cause ? cause : "");
	return a;
}

static inline int64_t
test_line(struct store *st, int64_t key, uint64_t seq, const char *text)
{
	struct store_line l = { .t_ns = 1000 + (int64_t)seq, .seq = seq,
		.bytes = text, .len = strlen(text) };

	return store_put_line(st, key, STORE_STDOUT, &l);
}

static inline int64_t
test_file_bytes(const char *tail)
{
	char name[128];
	struct stat sb;

	snprintf(name, sizeof(name), "%s%s", test_db, tail);
	return stat(name, &sb) == 0 ? sb.st_size : 0;
}

#endif
