/*
 * check_read.c - the reader: what it admits, where it ends, how it pages.
 */
#include "config.h"

#include <errno.h>

#include "store_test.h"

#define ID "0123456789ab"
#define ID2 "ba9876543210"

static struct store *st;
static struct store_reader *rd;

static void
setup(void)
{
	int64_t key = 0;

	test_setup();
	st = test_open(0);
	store_run_key(st, ID, 1, &key);
	for (uint64_t i = 1; i <= 500; i++)
		test_line(st, key, i, "line");
	store_run_key(st, ID, 2, &key);
	for (uint64_t i = 1; i <= 10; i++)
		test_line(st, key, i, "second run");
	store_run_key(st, ID2, 1, &key);
	for (uint64_t i = 1; i <= 5; i++)
		test_line(st, key, i, "other");
	for (int i = 1; i <= 20; i++)
		store_put_event(st, i, i % 2 ? ID : NULL, i % 2, "tick", NULL);
	store_commit(st);
	rd = test_reader();
}

static void
teardown(void)
{
	store_reader_close(rd);
	store_close(st);
	test_teardown();
}

static int64_t
try_sql(const char *sql, char **ret_cause)
{
	struct test_answer a = { 0 };
	struct store_limits lim = { .deadline_ms = 300 };
	char token[STORE_TOKEN_MAX];

	*ret_cause = NULL;
	return store_query(rd, sql, NULL, &lim, test_take, &a, token,
	    ret_cause);
}

static const struct {
	const char *sql;
	int err;
} bad[] = {
	{ "SELECT * FROM store_log", -EACCES },
	{ "WITH v_log AS (SELECT * FROM store_log) SELECT * FROM v_log",
	    -EACCES },
	{ "SELECT * FROM (SELECT * FROM \"STORE_log\") AS v_log", -EACCES },
	{ "SELECT * FROM sqlite_schema", -EACCES },
	{ "SELECT * FROM sqlite_sequence", -EACCES },
	{ "WITH v_log AS (SELECT * FROM sqlite_schema) SELECT * FROM v_log",
	    -EACCES },
	{ "SELECT * FROM pragma_table_info('v_log')", -EACCES },
	{ "PRAGMA user_version", -EACCES },
	{ "PRAGMA query_only = OFF", -EACCES },
	{ "DELETE FROM v_log", -EINVAL },
	{ "CREATE TEMP TABLE x(a)", -EACCES },
	{ "CREATE TABLE x(a)", -EACCES },
	{ "ATTACH '/tmp/x.db' AS x", -EACCES },
	{ "DROP VIEW v_log", -EACCES },
	{ "VACUUM INTO '/tmp/gort-stolen.db'", -EACCES },
	{ "BEGIN", -EACCES },
	{ "REINDEX", -EACCES },
	{ "SELECT load_extension('x')", -EACCES },
	{ "SELECT sqlite_compileoption_get(0)", -EACCES },
	{ "SELECT zeroblob(1000000000)", -EACCES },
	{ "SELECT 1; SELECT 2", -EINVAL },
	{ "SELECT 1; DROP VIEW v_log", -EINVAL },
	{ "SELECT ?1", -EINVAL },
	{ "", -EINVAL },
	{ "-- nothing", -EINVAL },
	{ "SELEC 1", -EINVAL },
	{ "SELECT nothing FROM v_log", -EINVAL },
	{ "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
	  " SELECT count(*) FROM c", -ETIME },
	{ "SELECT count(*) FROM v_log a, v_log b, v_log c, v_log d", -ETIME },
	{ "SELECT hex(replace(printf('%01000000d', 0), '0', 'xxxxxxxx'))",
	    -EINVAL },
};
#define NBAD ((int)(sizeof(bad) / sizeof(bad[0])))

START_TEST(what_is_not_a_look_at_a_view_is_refused)
{
	char *cause;
	int64_t rc = try_sql(bad[_i].sql, &cause);

	ck_assert_msg(rc == bad[_i].err, "%s: %d %s", bad[_i].sql, (int)rc,
	    cause ? cause : "");
	ck_assert_ptr_nonnull(cause);
	ck_assert_int_gt((int)strlen(cause), 5);
	free(cause);
	/* and it still works afterwards */
	ck_assert_int_eq(test_ask(rd, "SELECT count(*) FROM v_log").i, 515);
}
END_TEST

START_TEST(what_people_ask_is_answered)
{
	static const char *const good[] = {
		"SELECT count(*) FROM v_log;",
		"SELECT count(*) FROM v_log; -- that is all",
		"SELECT instance, count(*) FROM v_log GROUP BY 1 ORDER BY 2",
		"WITH x AS (SELECT * FROM v_log) SELECT max(seq) FROM x",
		"SELECT l.line FROM v_log l JOIN v_run r USING(instance, run)",
		"SELECT * FROM v_event WHERE type LIKE 't%'",
		"SELECT value FROM json_each('[1,2]')",
		"SELECT row_number() OVER (ORDER BY seq) FROM v_event",
		"SELECT datetime(t_ns / 1000000000, 'unixepoch') FROM v_log",
		"VALUES(1), (2)",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(test_ask(rd, good[i]).rows > 0, "%s", good[i]);
}
END_TEST

START_TEST(query_pages_cover_all_rows_once)
{
	const char *sql = "SELECT seq FROM v_log WHERE instance = '" ID "'"
	    " AND run = 1 ORDER BY seq";
	struct store_limits lim = { .rows = 64 };
	char token[STORE_TOKEN_MAX] = "", next[STORE_TOKEN_MAX];
	struct test_answer a = { 0 };
	int pages = 0;

	do {
		int64_t n = store_query(rd, sql, *token ? token : NULL, &lim,
		    test_take, &a, next, NULL);

		ck_assert_int_gt(n, 0);
		strcpy(token, next);
		pages++;
	} while (*token);
	ck_assert_int_eq(a.rows, 500);
	ck_assert_int_eq(a.i, 500);
	ck_assert_int_eq(pages, 8);
	/* a token of another query */
	store_query(rd, sql, NULL, &lim, test_take, &a, next, NULL);
	ck_assert_int_eq(store_query(rd, "SELECT 1", next, &lim, test_take, &a,
	    token, NULL), -EINVAL);
	ck_assert_int_eq(store_query(rd, sql, "q.zz", &lim, test_take, &a,
	    token, NULL), -EINVAL);
}
END_TEST

START_TEST(a_page_stays_within_its_bytes)
{
	struct store_limits lim = { .bytes = 1000 };
	struct test_answer a = { 0 };
	char token[STORE_TOKEN_MAX];
	int64_t n = store_query(rd, "SELECT line FROM v_log", NULL, &lim,
	    test_take, &a, token, NULL);

	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, 100);
	ck_assert_str_ne(token, "");
}
END_TEST

static int64_t
count_all(struct store_filter f, int64_t rows, int *ret_pages)
{
	struct store_limits lim = { .rows = rows };
	struct test_answer a = { 0 };
	char token[STORE_TOKEN_MAX] = "", next[STORE_TOKEN_MAX], *cause;
	int pages = 0;

	do {
		f.token = *token ? token : NULL;
		cause = NULL;
		int64_t n = store_read(rd, &f, &lim, test_take, &a, next,
		    &cause);

		ck_assert_msg(n >= 0, "%d %s", (int)n, cause ? cause : "");
		strcpy(token, next);
		pages++;
	} while (*token);
	*ret_pages = pages;
	return a.rows;
}

START_TEST(typed_lists_filter_and_page)
{
	struct store_filter f = { .what = STORE_READ_LOG, .instance = ID };
	int pages;

	ck_assert_int_eq(count_all(f, 100, &pages), 510);
	ck_assert_int_eq(pages, 6);
	f.run = -1; /* the latest */
	ck_assert_int_eq(count_all(f, 100, &pages), 10);
	f.run = 1;
	ck_assert_int_eq(count_all(f, 0, &pages), 500);
	f.since = 490;
	ck_assert_int_eq(count_all(f, 0, &pages), 10);
	f.since = 0;
	f.from_ns = 1101; /* t_ns = 1000 + seq */
	f.to_ns = 1111;
	ck_assert_int_eq(count_all(f, 3, &pages), 10);
	f.from_ns = f.to_ns = 0;
	f.tail = 7;
	ck_assert_int_eq(count_all(f, 0, &pages), 7);
	f.tail = 0;
	f.run = 9;
	ck_assert_int_eq(count_all(f, 0, &pages), 0);
	f = (struct store_filter){ .what = STORE_READ_EVENT };
	ck_assert_int_eq(count_all(f, 3, &pages), 20);
	f.instance = ID;
	ck_assert_int_eq(count_all(f, 3, &pages), 10);
	f.since = 15;
	ck_assert_int_eq(count_all(f, 3, &pages), 2);
}
END_TEST

START_TEST(every_typed_list_has_its_views_columns_first)
{
	static const char *const views[] = { "v_instance", "v_run", "v_boot",
		"v_init", "v_sched", "v_gc", "v_log", "v_event", "v_loss" };
	struct store_filter f = { .what = (enum store_what)_i,
		.instance = ID, .run = 1 };
	char token[STORE_TOKEN_MAX], *cause = NULL, sql[80];
	struct test_answer a = { 0 };
	int64_t n = store_read(rd, &f, NULL, test_take, &a, token, &cause);

	ck_assert_msg(n >= 0, "%s: %s", views[_i], cause ? cause : "");
	snprintf(sql, sizeof(sql), "SELECT * FROM %s", views[_i]);
	test_ask(rd, sql);
}
END_TEST

START_TEST(tail_comes_oldest_first)
{
	struct store_filter f = { .what = STORE_READ_LOG, .instance = ID,
		.run = 1, .tail = 3 };
	struct test_answer a = { 0 };
	char token[STORE_TOKEN_MAX];

	ck_assert_int_eq(store_read(rd, &f, NULL, test_take, &a, token, NULL),
	    3);
	ck_assert_msg(strstr(a.s, "|1|500|1500|stdout|0|line|500|") != NULL,
	    "%s", a.s);
	ck_assert_str_eq(token, "");
}
END_TEST

START_TEST(no_store_yet_is_said)
{
	struct store_reader *r = NULL;
	char *cause = NULL;

	ck_assert_int_eq(store_reader_open("/tmp/gort-there-is-none.db", &r,
	    &cause), -EAGAIN);
	ck_assert_msg(strstr(cause, "store not ready") != NULL, "%s", cause);
	free(cause);
}
END_TEST

START_TEST(an_instance_that_is_purged_is_not_seen)
{
	ck_assert_int_eq(store_purge(st, ID), 0);
	store_commit(st);
	ck_assert_int_eq(test_ask(rd, "SELECT count(*) FROM v_log").i, 5);
	ck_assert_int_eq(test_ask(rd, "SELECT count(*) FROM v_event").i, 10);
	while (store_retain(st, 1) > 0)
		;
	ck_assert_int_eq(test_ask(rd, "SELECT count(*) FROM v_log").i, 5);
	ck_assert_int_eq(test_ask(rd, "SELECT count(*) FROM v_instance").i, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("store read");
	TCase *tc = tcase_create("reader");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_is_not_a_look_at_a_view_is_refused, 0,
	    NBAD);
	tcase_add_test(tc, what_people_ask_is_answered);
	tcase_add_test(tc, query_pages_cover_all_rows_once);
	tcase_add_test(tc, a_page_stays_within_its_bytes);
	tcase_add_test(tc, typed_lists_filter_and_page);
	tcase_add_loop_test(tc, every_typed_list_has_its_views_columns_first,
	    0, STORE_READ_N);
	tcase_add_test(tc, tail_comes_oldest_first);
	tcase_add_test(tc, no_store_yet_is_said);
	tcase_add_test(tc, an_instance_that_is_purged_is_not_seen);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
