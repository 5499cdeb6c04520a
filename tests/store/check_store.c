/*
 * check_store.c - the writer: rows, cursors, versions, failing and resuming.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "store_test.h"

#define ID "0123456789ab"

START_TEST(every_view_has_the_promised_columns)
{
	static const char *const promise[] = {
		"SELECT id,name,kind,program,state,run,created_ns,removed_ns,"
		"restarts FROM v_instance",
		"SELECT instance,run,pid,uid,started_ns,ready_ns,ended_ns,"
		"exit_code,signal,reason,boot_id,program_hash,gort_version"
		" FROM v_run",
		"SELECT instance,run,seq,depth,step,start_ns,dur_ns,detail"
		" FROM v_boot",
		"SELECT instance,run,seq,package,start_ns,dur_ns,bytes,allocs"
		" FROM v_init",
		"SELECT instance,run,seq,t_ns,gomaxprocs,idleprocs,threads,"
		"spinningthreads,idlethreads,runqueue,local_runqueues"
		" FROM v_sched",
		"SELECT instance,run,seq,cycle,t_ns,cpu_pct,stw_sweep_ns,"
		"mark_ns,stw_mark_ns,assist_ns,bg_ns,idle_ns,heap_start,"
		"heap_end,heap_live,goal,stacks,globals,procs,forced FROM v_gc",
		"SELECT instance,run,seq,t_ns,stream,partial,line FROM v_log",
		"SELECT seq,t_ns,instance,run,type,detail FROM v_event",
		"SELECT instance,run,stream,from_seq,to_seq,count FROM v_loss",
	};
	struct store *st = test_open(0);
	struct store_reader *r = test_reader();

	for (size_t i = 0; i < sizeof(promise) / sizeof(promise[0]); i++)
		test_ask(r, promise[i]);
	store_reader_close(r);
	store_close(st);
}
END_TEST

START_TEST(rows_come_back_as_they_went_in)
{
	struct store *st = test_open(0);
	struct store_reader *r;
	struct store_instance in = { .id = ID, .name = "web", .kind = "c",
		.program = "/bin/web", .state = "running", .run = 1,
		.created_ns = 5, .removed_ns = STORE_UNSET, .restarts = 0 };
	struct store_run run = { .instance = ID, .run = 1, .pid = 77,
		.uid = 1000, .started_ns = 6, .ready_ns = STORE_UNSET,
		.ended_ns = STORE_UNSET, .exit_code = STORE_UNSET,
		.signal = STORE_UNSET, .origin_ns = STORE_UNSET,
		.boot_id = "b" };
	struct ipc_rec_boot boot = { 3, 1, 100, 20, "check", "ok" };
	struct ipc_rec_init init = { 4, 0, 200, 30, 64, 2, "main" };
	struct ipc_rec_sched sched = { 2, 1, 5, 0, 2, 7, 9, 2, { 3, 4 } };
	struct ipc_rec_gc gc = { .cycle = 1, .procs = 2, .forced = 1,
		.cpu_permille = 15, .start_ns = 300, .stw_sweep_ns = 11,
		.mark_ns = 12, .stw_mark_ns = 13, .heap_start = 1000 };
	int64_t key = 0, n = 0;

	ck_assert_int_eq(store_put_instance(st, &in), 0);
	ck_assert_int_eq(store_put_run(st, &run), 0);
	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	ck_assert_int_eq(store_put_boot(st, key, 1, 1000, &boot), 0);
	ck_assert_int_eq(store_put_init(st, key, 2, 1000, &init), 0);
	ck_assert_int_eq(store_put_sched(st, key, 1, 1400, &sched), 0);
	ck_assert_int_eq(store_put_gc(st, key, 1, 1000, &gc), 0);
	ck_assert_int_gt(test_line(st, key, 1, "hello"), 0);
	ck_assert_int_eq(store_put_loss(st, key, STORE_STDOUT, 2, 4, 3), 0);
	ck_assert_int_eq(store_put_event(st, 9, ID, 1, "started", "{}"), 1);
	/* partial update: what is unset stays */
	in = (struct store_instance){ .id = ID, .state = "exited",
		.run = STORE_UNSET, .created_ns = STORE_UNSET,
		.removed_ns = STORE_UNSET, .restarts = 2 };
	ck_assert_int_eq(store_put_instance(st, &in), 0);
	n = store_commit(st);
	ck_assert_int_gt(n, 0);

	r = test_reader();
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_instance").s,
	    "|" ID "|web|c|/bin/web|exited|1|5|NULL|2");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_run").s,
	    "|" ID "|1|77|1000|6|NULL|NULL|NULL|NULL|NULL|b|NULL|NULL");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_boot").s,
	    "|" ID "|1|3|1|check|1100|20|{\"found\":\"ok\"}");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_init").s,
	    "|" ID "|1|4|main|1200|30|64|2");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_sched").s,
	    "|" ID "|1|1|1400|2|1|5|0|2|7|[3,4]");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_gc").s,
	    "|" ID "|1|1|1|1300|1.5|11|12|13|0|0|0|1000|0|0|0|0|0|2|1");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_log").s,
	    "|" ID "|1|1|1001|stdout|0|hello");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_event").s,
	    "|1|9|" ID "|1|started|{}");
	ck_assert_str_eq(test_ask(r, "SELECT * FROM v_loss").s,
	    "|" ID "|1|stdout|2|4|3");
	store_reader_close(r);
	store_close(st);
}
END_TEST

START_TEST(events_are_told_once_and_numbers_never_return)
{
	struct store *st = test_open(0);
	int64_t a, b;

	a = store_put_event(st, 10, ID, 1, "exit", NULL);
	ck_assert_int_gt(a, 0);
	ck_assert_int_eq(store_put_event(st, 10, ID, 1, "exit", NULL), 0);
	ck_assert_int_gt(store_put_event(st, 10, NULL, 0, "exit", NULL), a);
	ck_assert_int_gt(store_commit(st), 0);
	/* purge takes them away; the next one is still later */
	ck_assert_int_eq(store_purge(st, ID), 0);
	store_commit(st);
	while (store_retain(st, 1) > 0)
		;
	store_close(st);
	st = test_open(0);
	b = store_put_event(st, 11, NULL, 0, "start", NULL);
	ck_assert_int_gt(b, a + 1);
	store_close(st);
}
END_TEST

/* What an instance wrote into its ring may be any number. */
START_TEST(lies_of_a_ring_stay_numbers)
{
	struct store *st = test_open(0);
	struct ipc_rec_boot b = { .start_ns = INT64_MIN + 5 };
	struct ipc_rec_init p = { .start_ns = INT64_MIN + 5 };
	struct ipc_rec_gc g = { .start_ns = INT64_MIN + 5 };
	struct store_reader *r;
	int64_t key = 0, off = INT64_MIN + 2;

	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	ck_assert_int_eq(store_put_boot(st, key, 1, off, &b), 0);
	ck_assert_int_eq(store_put_init(st, key, 2, off, &p), 0);
	ck_assert_int_eq(store_put_gc(st, key, 3, off, &g), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(store_put_loss(st, key, STORE_GC,
		    UINT64_MAX - 1, UINT64_MAX, UINT64_MAX), 0);
	store_commit(st);
	r = test_reader();
	ck_assert_int_eq(test_ask(r, "SELECT start_ns FROM v_boot").i, 7);
	ck_assert_int_eq(test_ask(r, "SELECT min(count > 0) FROM v_loss").i, 1);
	ck_assert_int_eq(test_ask(r, "SELECT min(to_seq >= from_seq) FROM"
	    " v_loss").i, 1);
	store_reader_close(r);
	store_close(st);
}
END_TEST

START_TEST(losses_that_touch_become_one_row)
{
	struct store *st = test_open(0);
	struct store_reader *r;
	int64_t key = 0;

	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	store_put_loss(st, key, STORE_GC, 5, 6, 2);
	store_put_loss(st, key, STORE_GC, 7, 9, 3);
	store_put_loss(st, key, STORE_SCHED, 10, 10, 1);
	store_put_loss(st, key, STORE_GC, 12, 12, 1);
	store_commit(st);
	r = test_reader();
	ck_assert_str_eq(test_ask(r, "SELECT count(*), sum(count) FROM"
	    " v_loss").s, "|3|7");
	ck_assert_str_eq(test_ask(r, "SELECT from_seq, to_seq, count FROM"
	    " v_loss WHERE stream = 'gc' ORDER BY 1 LIMIT 1").s, "|5|9|5");
	store_reader_close(r);
	store_close(st);
}
END_TEST

START_TEST(bytes_that_are_no_text_stay_bytes)
{
	static const struct {
		const char *p;
		size_t len;
		const char *type;
	} rows[] = { { "plain", 5, "text" }, { "", 0, "text" },
		{ "\xc3\xa9", 2, "text" }, { "a\0b", 3, "blob" },
		{ "\xff\xfe", 2, "blob" }, { "\xc0\x80", 2, "blob" },
		{ "\xed\xa0\x80", 3, "blob" }, { "\xc3", 1, "blob" },
		{ "\xf4\x90\x80\x80", 4, "blob" } };
	struct store *st = test_open(0);
	struct store_reader *r;
	struct store_line l = { .seq = 1, .bytes = rows[_i].p,
		.len = rows[_i].len };
	int64_t key = 0;

	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	ck_assert_int_gt(store_put_line(st, key, STORE_STDERR, &l), 0);
	store_commit(st);
	r = test_reader();
	ck_assert_str_eq(test_ask(r, "SELECT typeof(line) FROM v_log").s + 1,
	    rows[_i].type);
	ck_assert_int_eq(test_ask(r, "SELECT length(line) FROM v_log WHERE"
	    " typeof(line) = 'blob' UNION ALL SELECT length(hex(line)) / 2"
	    " FROM v_log WHERE typeof(line) = 'text'").i,
	    (int64_t)rows[_i].len);
	store_reader_close(r);
	store_close(st);
}
END_TEST

/*
 * A child writes batches, each with its cursor, and tells of each commit; it
 * is killed at whatever instruction. What is in the file must be exactly the
 * rows that the cursor names: none more, none fewer, none twice.
 */
START_TEST(kill_leaves_rows_and_cursor_agreeing)
{
	for (int round = 0; round < 8; round++) {
		struct store_cursor c = { 0 };
		struct store_reader *r;
		struct store *st;
		int64_t key = 0;
		int fd[2], told = 0;
		pid_t pid;
		char b;

		ck_assert_int_eq(pipe(fd), 0);
		pid = fork();
		if (pid == 0) {
			close(fd[0]);
			st = test_open(0);
			store_run_key(st, ID, 1, &key);
			store_cursor_get(st, key, STORE_STDOUT, &c);
			for (;;) {
				for (int i = 0; i < 37; i++)
					test_line(st, key, ++c.seq, "some");
				c.pos += 37;
				store_cursor_put(st, key, STORE_STDOUT, &c);
				if (store_commit(st) < 0)
					_exit(1);
				if (write(fd[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(fd[1]);
		while (told < 3 + round * 2 && read(fd[0], &b, 1) == 1)
			told++;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(fd[0]);
		ck_assert_int_eq(told, 3 + round * 2);
		st = test_open(0);
		store_run_key(st, ID, 1, &key);
		ck_assert_int_eq(store_cursor_get(st, key, STORE_STDOUT, &c),
		    0);
		store_commit(st);
		ck_assert_int_ge((int64_t)c.pos, 37 * told);
		ck_assert_int_eq((int64_t)c.pos, (int64_t)c.seq);
		r = test_reader();
		ck_assert_int_eq(test_ask(r, "SELECT count(*) FROM v_log").i,
		    (int64_t)c.seq);
		ck_assert_int_eq(test_ask(r, "SELECT count(DISTINCT seq) FROM"
		    " v_log").i, (int64_t)c.seq);
		store_reader_close(r);
		store_close(st);
	}
}
END_TEST

START_TEST(a_full_disk_undoes_the_batch_and_lets_go_on)
{
	struct store *st = test_open(4 << 20);
	struct store_reader *r;
	char big[20000];
	int64_t key = 0, rc = 0, kept;
	uint64_t seq = 0;
	struct store_stat before;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	store_run_key(st, ID, 1, &key);
	test_line(st, key, ++seq, "first");
	ck_assert_int_gt(store_commit(st), 0);
	store_stat(st, &before);
	store_test_disk_pages(st, before.file_bytes / 4096 + 8);
	for (int i = 0; i < 100 && rc >= 0; i++) {
		rc = test_line(st, key, ++seq, big);
		if (rc >= 0)
			rc = store_commit(st);
	}
	ck_assert_int_eq(rc, -ENOSPC);
	ck_assert_int_eq(store_pending_rows(st), 0);
	ck_assert_str_ne(store_cause(st), "");
	kept = (int64_t)seq - 1;
	/* small things may still fit; the big one again does not */
	ck_assert_int_eq(test_line(st, key, seq, big), -ENOSPC);
	store_test_disk_pages(st, 0);
	ck_assert_int_eq(store_probe(st), 0);
	ck_assert_int_gt(test_line(st, key, seq, big), 0);
	ck_assert_int_gt(store_commit(st), 0);
	r = test_reader();
	ck_assert_int_eq(test_ask(r, "SELECT count(*) FROM v_log").i, kept + 1);
	store_reader_close(r);
	store_close(st);
}
END_TEST

static void
exec_sql(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(test_db, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int
open_fails(const char *word)
{
	struct store_options o = { 0 };
	struct store *st = NULL;
	char *cause = NULL;
	int rc = store_open(test_db, &o, &st, &cause);

	ck_assert_int_lt(rc, 0);
	ck_assert_ptr_nonnull(cause);
	ck_assert_msg(strstr(cause, word) != NULL, "%s", cause);
	ck_assert_ptr_null(strchr(cause, '\n'));
	free(cause);
	return rc;
}

START_TEST(a_newer_file_is_refused_and_left_alone)
{
	struct store_reader *r = NULL;
	char *cause = NULL;

	store_close(test_open(0));
	exec_sql("PRAGMA user_version = 99");
	ck_assert_int_eq(open_fails("newer gort"), -EPROTO);
	ck_assert_int_eq(store_reader_open(test_db, &r, &cause), -EPROTO);
	ck_assert_msg(strstr(cause, "newer gort") != NULL, "%s", cause);
	free(cause);
	exec_sql("PRAGMA user_version = 1");
	store_close(test_open(0));
}
END_TEST

START_TEST(somebody_elses_file_is_left_alone)
{
	FILE *f;

	exec_sql("CREATE TABLE mine(a); INSERT INTO mine VALUES(1)");
	ck_assert_int_eq(open_fails("not one of gort's"), -EPROTO);
	exec_sql("INSERT INTO mine VALUES(2)");
	unlink(test_db);
	f = fopen(test_db, "w");
	for (int i = 0; i < 200; i++)
		fputs("this is a letter, not a database\n", f);
	fclose(f);
	ck_assert_int_eq(open_fails("not a database"), -EPROTO);
}
END_TEST

START_TEST(one_writer_only)
{
	struct store *st = test_open(0);

	ck_assert_int_eq(open_fails("another gortd"), -EBUSY);
	store_close(st);
	store_close(test_open(0));
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_said)
{
	char keep[96];

	strcpy(keep, test_db);
	snprintf(test_db, sizeof(test_db), "%s/no/t.db", test_dir);
	ck_assert_int_eq(open_fails("No such file"), -ENOENT);
	strcpy(test_db, keep);
}
END_TEST

START_TEST(the_file_is_its_owners_alone)
{
	struct stat sb;
	struct store *st = test_open(0);

	ck_assert_int_eq(stat(test_db, &sb), 0);
	ck_assert_int_eq(sb.st_mode & 0777, 0600);
	store_close(st);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("store");
	TCase *tc = tcase_create("writer");

	tcase_add_checked_fixture(tc, test_setup, test_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_view_has_the_promised_columns);
	tcase_add_test(tc, rows_come_back_as_they_went_in);
	tcase_add_test(tc, events_are_told_once_and_numbers_never_return);
	tcase_add_test(tc, lies_of_a_ring_stay_numbers);
	tcase_add_test(tc, losses_that_touch_become_one_row);
	tcase_add_loop_test(tc, bytes_that_are_no_text_stay_bytes, 0, 9);
	tcase_add_test(tc, kill_leaves_rows_and_cursor_agreeing);
	tcase_add_test(tc, a_full_disk_undoes_the_batch_and_lets_go_on);
	tcase_add_test(tc, a_newer_file_is_refused_and_left_alone);
	tcase_add_test(tc, somebody_elses_file_is_left_alone);
	tcase_add_test(tc, one_writer_only);
	tcase_add_test(tc, a_folder_that_is_not_there_is_said);
	tcase_add_test(tc, the_file_is_its_owners_alone);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
