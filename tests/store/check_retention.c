/*
 * check_retention.c - the cap holds, the oldest goes, the new stays.
 */
#include "config.h"

#include <errno.h>
#include <sqlite3.h>

#include "store_test.h"

#define ID "0123456789ab"
#define CAP (2LL << 20)

/* As the recorder does: batches, a bite of retention after each. */
static void
flood(struct store *st, int64_t key, uint64_t *seq, int lines, size_t len,
    int64_t *ret_most)
{
	char text[5000];

	memset(text, 'y', len);
	text[len] = 0;
	for (int i = 0; i < lines; i++) {
		int64_t n = test_line(st, key, ++*seq, text);

		ck_assert_msg(n > 0, "line %d: %d %s", i, (int)n,
		    store_cause(st));
		if (store_pending_bytes(st) < store_batch_bytes(st))
			continue;
		ck_assert_int_gt(store_commit(st), 0);
		while (store_retain(st, 1) > 0)
			;
		n = test_file_bytes("") + test_file_bytes("-wal");
		if (n > *ret_most)
			*ret_most = n;
	}
	ck_assert_int_ge(store_commit(st), 0);
}

START_TEST(a_flood_stays_under_the_cap)
{
	struct store *st = test_open(CAP);
	struct store_reader *r;
	int64_t key = 0, most = 0, n;
	uint64_t seq = 0;
	struct store_stat stat;

	store_run_key(st, ID, 1, &key);
	/* short and long lines, 30 MB in all */
	flood(st, key, &seq, 30000, 200, &most);
	flood(st, key, &seq, 5000, 4800, &most);
	ck_assert_msg(most <= CAP, "file and log were %lld bytes",
	    (long long)most);
	store_stat(st, &stat);
	ck_assert_int_gt(stat.rows_deleted, 10000);
	r = test_reader();
	ck_assert_int_eq(test_ask(r, "SELECT max(seq) FROM v_log").i,
	    (int64_t)seq);
	n = test_ask(r, "SELECT count(*) FROM v_log").i;
	ck_assert_int_gt(n, 100);
	/* what is left is one piece at the end */
	ck_assert_int_eq(test_ask(r, "SELECT min(seq) FROM v_log").i,
	    (int64_t)seq - n + 1);
	store_reader_close(r);
	store_close(st);
	ck_assert_int_le(test_file_bytes(""), CAP);
}
END_TEST

START_TEST(without_retention_the_cap_is_a_wall)
{
	struct store *st = test_open(CAP);
	char text[4000];
	int64_t key = 0, rc = 0;
	uint64_t seq = 0;

	memset(text, 'z', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	store_run_key(st, ID, 1, &key);
	for (int i = 0; i < 2000 && rc >= 0; i++) {
		rc = test_line(st, key, ++seq, text);
		if (rc >= 0 && i % 10 == 9)
			rc = store_commit(st);
	}
	ck_assert_int_eq(rc, -ENOSPC);
	ck_assert_int_le(test_file_bytes("") + test_file_bytes("-wal"), CAP);
	while (store_retain(st, 1) > 0)
		;
	ck_assert_int_eq(store_probe(st), 0);
	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	ck_assert_int_gt(test_line(st, key, seq, text), 0);
	store_close(st);
}
END_TEST

START_TEST(age_takes_rows_too)
{
	struct store_options o = { .max_bytes = CAP, .raw_ns = 100 };
	struct store *st = test_open(CAP);
	struct store_reader *r;
	int64_t key = 0;

	store_set_options(st, &o);
	store_run_key(st, ID, 1, &key);
	for (uint64_t i = 1; i <= 50; i++)
		test_line(st, key, i, "aged"); /* t_ns = 1000 + i */
	store_commit(st);
	while (store_retain(st, 1126) > 0)
		;
	r = test_reader();
	ck_assert_int_eq(test_ask(r, "SELECT min(seq) FROM v_log").i, 26);
	store_reader_close(r);
	store_close(st);
}
END_TEST

START_TEST(a_lower_cap_shrinks_the_file)
{
	struct store_options o = { .max_bytes = CAP };
	struct store *st = test_open(16 << 20);
	int64_t key = 0, most = 0;
	uint64_t seq = 0;

	store_run_key(st, ID, 1, &key);
	flood(st, key, &seq, 3000, 3000, &most);
	ck_assert_int_gt(test_file_bytes(""), 2 * CAP);
	store_set_options(st, &o);
	while (store_retain(st, 1) > 0)
		;
	store_checkpoint(st);
	ck_assert_int_le(test_file_bytes("") + test_file_bytes("-wal"), CAP);
	store_close(st);
}
END_TEST

/* A stranger with an open read transaction keeps the log from being cut. */
START_TEST(a_reader_that_stays_cannot_break_the_cap)
{
	struct store *st = test_open(CAP);
	char text[1000];
	int64_t key = 0, rc = 0;
	uint64_t seq = 0;
	sqlite3 *db;

	memset(text, 'r', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	store_run_key(st, ID, 1, &key);
	test_line(st, key, ++seq, text);
	store_commit(st);
	ck_assert_int_eq(sqlite3_open(test_db, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM v_log",
	    NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 3000 && rc >= 0; i++) {
		rc = test_line(st, key, ++seq, text);
		if (rc >= 0 && i % 10 == 9)
			rc = store_commit(st);
		ck_assert_int_le(test_file_bytes("") +
		    test_file_bytes("-wal"), CAP);
	}
	ck_assert_int_eq(rc, -ENOSPC);
	ck_assert_msg(strstr(store_cause(st), "reads for so long") != NULL,
	    "%s", store_cause(st));
	sqlite3_close(db);
	ck_assert_int_eq(store_probe(st), 0);
	store_close(st);
}
END_TEST

START_TEST(runs_of_which_nothing_is_left_go)
{
	struct store *st = test_open(CAP);
	struct store_reader *r;
	int64_t key = 0, most = 0;
	uint64_t seq = 0;

	for (int i = 1; i <= 50; i++) {
		struct store_run run = { .instance = ID, .run = i, .pid = i,
			.uid = 0, .started_ns = i, .ready_ns = i,
			.ended_ns = i, .exit_code = 0, .signal = 0,
			.origin_ns = 0 };

		ck_assert_int_eq(store_put_run(st, &run), 0);
	}
	store_put_instance(st, &(struct store_instance){ .id = ID, .run = 50,
	    .created_ns = 1, .removed_ns = STORE_UNSET, .restarts = 49 });
	store_run_key(st, ID, 50, &key);
	flood(st, key, &seq, 100, 100, &most);
	while (store_retain(st, INT64_C(3600) * 1000000000) > 0)
		;
	r = test_reader();
	ck_assert_str_eq(test_ask(r, "SELECT run FROM v_run").s, "|50");
	ck_assert_int_eq(test_ask(r, "SELECT count(*) FROM v_run").i, 1);
	store_reader_close(r);
	store_close(st);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("store retention");
	TCase *tc = tcase_create("retention");

	tcase_add_checked_fixture(tc, test_setup, test_teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_flood_stays_under_the_cap);
	tcase_add_test(tc, without_retention_the_cap_is_a_wall);
	tcase_add_test(tc, age_takes_rows_too);
	tcase_add_test(tc, a_lower_cap_shrinks_the_file);
	tcase_add_test(tc, a_reader_that_stays_cannot_break_the_cap);
	tcase_add_test(tc, runs_of_which_nothing_is_left_go);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
