/*
 * check_recorder.c - what goes into pipes, rings and messages, comes out of
 * the database; once.
 */
#include "recorder_test.h"

START_TEST(lines_of_all_sorts_are_kept)
{
	struct t_run r = t_run_new(ID, 1);
	char *long_line = malloc(70001);

	memset(long_line, 'L', 70000);
	long_line[70000] = '\n';
	t_start();
	t_attach(&r);
	t_print(r.out[1], "one\ntwo\n\nno", 11);
	t_print(r.out[1], "w done\nna\0ught\n\xff\xfe\n", 18);
	t_print(r.err[1], long_line, 70001);
	t_print(r.out[1], "prompt> ", 8);
	t_end_run(&r);
	T_WAIT(t_count("drained", "instance", ID) == 1);
	ck_assert_str_eq(t_ask("SELECT group_concat(line, '/') FROM (SELECT"
	    " line FROM v_log WHERE stream = 'stdout' AND typeof(line) ="
	    " 'text' ORDER BY seq)").s, "|one/two//now done/prompt> ");
	ck_assert_str_eq(t_ask("SELECT group_concat(hex(line), '/') FROM"
	    " v_log WHERE typeof(line) = 'blob'").s,
	    "|6E610075676874/FFFE");
	ck_assert_str_eq(t_ask("SELECT group_concat(length(line) || ':' ||"
	    " partial, '/') FROM v_log WHERE stream = 'stderr'").s,
	    "|65536:1/4464:0");
	ck_assert_str_eq(t_ask("SELECT partial, seq FROM v_log WHERE line ="
	    " 'prompt> '").s, "|1|7");
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_loss").i, 0);
	ck_assert_int_gt(t_ask("SELECT min(t_ns) FROM v_log").i,
	    1000000000000000000LL);
	free(long_line);
	t_stop();
	t_run_free(&r);
}
END_TEST

static void
put(struct t_run *r, uint32_t kind, uint16_t type, const void *p, size_t len)
{
	ipc_ring_put(r->base, t_desc(r, kind), type, 0, t_mono(), p,
	    (uint16_t)len);
}

START_TEST(records_become_rows_and_gaps_are_told)
{
	struct t_run r = t_run_new(ID, 1);
	struct ipc_rec_boot boot = { 1, 0, t_mono(), 50, "check", "fine" };
	struct ipc_rec_init init = { 2, 0, t_mono(), 60, 7, 1, "main" };
	struct ipc_rec_sched sched = { .gomaxprocs = 2, .nlocal = 2 };
	struct ipc_rec_gc gc = { .cycle = 1, .stw_sweep_ns = 10,
		.stw_mark_ns = 20 };
	struct ipc_rec_exit ex = { 2, 0, "panic" };
	struct ipc_counters c = { .goroutines = 42, .num_gc = 9 };
	json_t *m;

	t_start();
	t_attach(&r);
	ck_assert_int_eq(ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(),
	    "0.1.0"), 0);
	put(&r, IPC_RING_BOOT, IPC_REC_BOOT_STEP, &boot, sizeof(boot));
	put(&r, IPC_RING_BOOT, IPC_REC_INIT, &init, sizeof(init));
	put(&r, IPC_RING_LIFE, IPC_REC_START, NULL, 0);
	put(&r, IPC_RING_SCHED, IPC_REC_SCHED, &sched, sizeof(sched));
	T_WAIT(t_count("ready", "instance", ID) == 1);
	ipc_counters_put(r.base, &c);
	/* more at once than the ring holds: the oldest are counted */
	for (int i = 1; i <= 200; i++) {
		gc.cycle = (uint32_t)i;
		gc.start_ns = t_mono();
		put(&r, IPC_RING_GC, IPC_REC_GC, &gc, sizeof(gc));
	}
	put(&r, IPC_RING_LIFE, IPC_REC_PANIC, "panic: oops\n", 12);
	put(&r, IPC_RING_LIFE, IPC_REC_EXIT, &ex, sizeof(ex));
	put(&r, IPC_RING_TEXT, IPC_REC_TEXT, "panic: oops\n\ngor", 16);
	put(&r, IPC_RING_TEXT, IPC_REC_TEXT, "outine 1:\n", 10);
	T_WAIT(t_ask("SELECT count(*) FROM v_event WHERE type = 'exiting'").i
	    == 1);
	t_send(json_pack("{s:s, s:i, s:n}", "m", "counters", "rid", 5,
	    "instance"));
	T_WAIT(t_count("countersare", NULL, NULL) == 1);
	m = json_array_get(json_object_get(t_find("countersare"), "items"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(m,
	    "values"), "goroutines")), 42);
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(m,
	    "pauses_ns"), 4)), 30);
	ck_assert_int_eq(json_integer_value(json_object_get(m, "pid")), 77);
	t_end_run(&r);
	T_WAIT(t_count("drained", "last_words", "panic: oops") == 1);

	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_gc) + (SELECT"
	    " sum(count) FROM v_loss WHERE stream = 'gc')").i, 200);
	ck_assert_int_eq(t_ask("SELECT cycle - seq FROM v_gc").i, 0);
	ck_assert_str_eq(t_ask("SELECT step, dur_ns, detail FROM v_boot").s,
	    "|check|50|{\"found\":\"fine\"}");
	ck_assert_str_eq(t_ask("SELECT package, bytes, allocs FROM v_init").s,
	    "|main|7|1");
	ck_assert_str_eq(t_ask("SELECT local_runqueues FROM v_sched").s,
	    "|[0,0]");
	ck_assert_str_eq(t_ask("SELECT gort_version, ready_ns > 1e18 FROM"
	    " v_run").s, "|0.1.0|1");
	ck_assert_str_eq(t_ask("SELECT detail FROM v_event WHERE type ="
	    " 'panic'").s, "|{\"text\":\"panic: oops\"}");
	/* standard error did not carry it: the ring's copy is kept */
	ck_assert_str_eq(t_ask("SELECT group_concat(line, '/') FROM v_log"
	    " WHERE stream = 'text'").s, "|panic: oops//goroutine 1:");
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(panic_text_is_kept_once)
{
	struct t_run r = t_run_new(ID, 1);

	t_start();
	t_attach(&r);
	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "0.1.0");
	put(&r, IPC_RING_TEXT, IPC_REC_TEXT, "panic: oops\n", 12);
	t_print(r.err[1], "panic: oops\n", 12);
	t_end_run(&r);
	T_WAIT(t_count("drained", "last_words", "panic: oops") == 1);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log WHERE line ="
	    " 'panic: oops'").i, 1);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* A dump longer than its ring: taken while it comes, the rest is counted. */
START_TEST(long_text_outlives_its_ring)
{
	struct t_run r = t_run_new(ID, 1);
	const struct ipc_ring_desc *d;
	int n = 0;

	t_start();
	t_attach(&r);
	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "0.1.0");
	d = t_desc(&r, IPC_RING_TEXT);
	T_WAIT((n += ipc_ring_put(r.base, d, IPC_REC_TEXT, 0, t_mono(),
	    "a line\n", 7) != 0) == 300);
	/* nobody reads: the ring fills, and 40 find no room */
	kill(T.pid, SIGSTOP);
	while (ipc_ring_put(r.base, d, IPC_REC_TEXT, 0, t_mono(), "a line\n",
	    7) != 0)
		n++;
	for (int i = 1; i < 40; i++)
		put(&r, IPC_RING_TEXT, IPC_REC_TEXT, "no room\n", 8);
	kill(T.pid, SIGCONT);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log WHERE stream ="
	    " 'text' AND line = 'a line'").i, n);
	ck_assert_int_ge(t_ask("SELECT sum(count) FROM v_loss WHERE stream ="
	    " 'text'").i, 40);
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(rows_are_taken_once_and_acknowledged)
{
	t_start();
	for (int again = 0; again < 2; again++) {
		t_send(json_pack("{s:s, s:i, s:s, s:{s:s, s:s, s:s, s:i, s:I}}",
		    "m", "row", "seq", 1, "table", "instance", "row", "id", ID,
		    "name", "web", "state", "running", "run", 1, "created_ns",
		    (json_int_t)5));
		t_send(json_pack("{s:s, s:i, s:s, s:{s:s, s:i, s:i, s:s}}",
		    "m", "row", "seq", 2, "table", "run", "row", "instance",
		    ID, "run", 1, "pid", 99, "started_ns", "7"));
		t_send(json_pack("{s:s, s:i, s:s, s:{s:i, s:s, s:i, s:s, s:I,"
		    " s:{s:i}}}", "m", "row", "seq", 3, "table", "event",
		    "row", "seq", 3, "instance", ID, "run", 1, "type",
		    "started", "t_ns", (json_int_t)8, "detail", "pid", 99));
	}
	T_WAIT(t_count("rowack", NULL, NULL) == 6);
	ck_assert_str_eq(t_ask("SELECT * FROM v_instance").s,
	    "|" ID "|web|running|1|5|0");
	ck_assert_str_eq(t_ask("SELECT * FROM v_run").s, "|" ID "|1|99|7");
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_event").i, 1);
	ck_assert_str_eq(t_ask("SELECT detail FROM v_event").s,
	    "|{\"pid\":99}");
	/* nonsense is answered too, and harms nothing */
	t_send(json_pack("{s:s, s:i, s:s}", "m", "row", "seq", 9, "table",
	    "nothing"));
	t_send(json_pack("{s:s, s:i}", "m", "row", "seq", 10));
	t_send(json_pack("{s:s}", "m", "attach"));
	t_send(json_pack("{s:s}", "m", "detach"));
	t_send(json_pack("{s:s}", "m", "sub"));
	t_send(json_pack("{s:s}", "m", "whatever"));
	T_WAIT(t_count("rowack", NULL, NULL) == 8);
	t_stop();
}
END_TEST

/*
 * A child prints numbered lines as fast as it can and puts records, while
 * recorders are killed one after the other.
 */
START_TEST(kill_9_loses_nothing_and_repeats_nothing)
{
	enum { LINES = 60000, CYCLES = 300, KILLS = 25 };
	struct t_run r = t_run_new(ID, 1);
	pid_t prog;
	int status;

	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "0.1.0");
	t_start();
	t_attach(&r);
	fflush(NULL);
	prog = fork();
	if (prog == 0) {
		char line[64];
		struct ipc_rec_gc gc = { 0 };

		for (int i = 1; i <= LINES; i++) {
			int n = snprintf(line, sizeof(line),
			    "line number %d is here\n", i);

			if (write(r.out[1], line, (size_t)n) != n)
				_exit(1);
			if (i % (LINES / CYCLES) == 0) {
				gc.cycle++;
				gc.start_ns = t_mono();
				put(&r, IPC_RING_GC, IPC_REC_GC, &gc,
				    sizeof(gc));
			}
		}
		_exit(0);
	}
	close(r.out[1]);
	r.out[1] = -1;
	for (int i = 0; i < KILLS; i++) {
		/* wherever it is: after some progress, at no chosen place */
		for (int j = 0; j < i % 5 + 1; j++)
			t_turn(2);
		t_kill();
		t_start();
		t_attach(&r);
	}
	T_WAIT(waitpid(prog, &status, WNOHANG) == prog);
	ck_assert_int_eq(status, 0);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_loss WHERE stream ="
	    " 'stdout'").i, 0);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log").i, LINES);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log WHERE line ="
	    " 'line number ' || seq || ' is here'").i, LINES);
	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_gc WHERE cycle"
	    " = seq) + coalesce((SELECT sum(count) FROM v_loss WHERE stream ="
	    " 'gc'), 0)").i, CYCLES);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* The instant between read(2) and its publication, made by hand. */
START_TEST(a_read_that_was_not_published_is_found)
{
	struct inbox in;
	int fd = t_memfd(0, false), p[2];
	struct {
		uint64_t head, last;
		uint32_t index, intent;
		uint64_t intent_at;
	} *s;

	ck_assert_int_eq(pipe(p), 0);
	ck_assert_int_eq(inbox_open(dup(fd), &in), 0);
	t_print(p[1], "hello\nworld\n", 12);
	ck_assert_int_eq((int)inbox_fill(&in, 0, p[0], 0, 4096, 1), 12);
	s = (void *)(in.base + INBOX_HEAD_BYTES + 8);
	ck_assert_int_eq((int)s->head, 12);
	s->head = 0; /* as if it had been killed before this store */
	inbox_close(&in);
	ck_assert_int_eq(inbox_open(dup(fd), &in), 0);
	ck_assert_int_eq((int)inbox_head(&in, 0), 12);
	inbox_close(&in);
	/* and a second time it is not found twice */
	ck_assert_int_eq(inbox_open(fd, &in), 0);
	ck_assert_int_eq((int)inbox_head(&in, 0), 12);
	inbox_close(&in);
	close(p[0]);
	close(p[1]);
}
END_TEST

START_TEST(a_flood_is_cut_by_quota_and_counted)
{
	struct t_run r = t_run_new(ID, 1), quiet = t_run_new(ID2, 1);
	enum { LINES = 60000 }; /* of 100 bytes; the bucket holds 1 MiB */
	char line[100];
	pid_t prog;
	int64_t t0;

	memset(line, 'h', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	T.cfg.text_bytes_per_s = 100000;
	t_start();
	t_attach(&r);
	t_attach(&quiet);
	prog = fork();
	if (prog == 0) {
		for (int i = 0; i < LINES; i++)
			t_print(r.out[1], line, sizeof(line));
		_exit(0);
	}
	/* meanwhile another's line arrives in no time */
	t_turn(20);
	t0 = t_now_ms();
	t_print(quiet.out[1], "still here\n", 11);
	T_WAIT(t_ask("SELECT count(*) FROM v_log WHERE instance = '" ID2
	    "'").i == 1);
	ck_assert_int_lt(t_now_ms() - t0, 3000);
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_end_run(&r);
	T_WAIT(t_count("drained", "instance", ID) == 1);
	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_log WHERE"
	    " instance = '" ID "') + (SELECT sum(count) FROM v_loss)").i,
	    LINES);
	ck_assert_int_gt(t_ask("SELECT sum(count) FROM v_loss").i, 0);
	/* every number is a row or in the ledger */
	ck_assert_int_eq(t_ask("SELECT max(seq) FROM (SELECT seq FROM v_log"
	    " WHERE instance = '" ID "' UNION SELECT to_seq FROM v_loss)").i,
	    LINES);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log l JOIN v_loss x ON"
	    " l.instance = x.instance AND l.seq BETWEEN from_seq AND to_seq"
	    ).i, 0);
	t_stop();
	t_run_free(&r);
	t_run_free(&quiet);
}
END_TEST

START_TEST(logs_block_drops_nothing)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 600 };
	char line[4096];
	pid_t prog;

	memset(line, 'b', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	T.cfg.text_bytes_per_s = 1000000; /* 2.4 MB: the bucket runs dry */
	r.logs = "block";
	t_start();
	t_attach(&r);
	prog = fork();
	if (prog == 0) {
		for (int i = 0; i < LINES * 4; i++)
			t_print(r.out[1], line, sizeof(line));
		_exit(0);
	}
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log").i, LINES * 4);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_loss").i, 0);
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(a_hostile_ring_harms_only_itself)
{
	struct t_run r = t_run_new(ID, 1), open = t_run_new(ID2, 1);
	struct ipc_ring_header *h = r.base;
	uint32_t seed = 12345;

	close(open.ring);
	open.ring = t_memfd(IPC_RING_BYTES, false); /* not sealed */
	t_start();
	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "0.1.0");
	t_attach(&r);
	t_attach(&open);
	/* scribble over everything while it is being read */
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 2000; i++) {
			seed = seed * 1103515245 + 12345;
			((uint8_t *)r.base)[seed % IPC_RING_BYTES] ^=
			    (uint8_t)(seed >> 16);
		}
		if (round % 10 == 0)
			t_turn(1);
	}
	h->rings[0].off = 0xfffffff0u;
	h->rings[0].nslots = 0xffffffffu;
	ck_assert_int_eq(ftruncate(open.ring, 0), 0);
	t_print(r.out[1], "alive\n", 6);
	t_print(open.out[1], "alive\n", 6);
	t_end_run(&r);
	t_end_run(&open);
	T_WAIT(t_count("drained", NULL, NULL) == 2);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log WHERE line ="
	    " 'alive'").i, 2);
	ck_assert_int_eq(kill(T.pid, 0), 0);
	t_stop();
	t_run_free(&r);
	t_run_free(&open);
}
END_TEST

START_TEST(an_unknown_ring_is_said_and_hosted)
{
	struct t_run r = t_run_new(ID, 1);

	ipc_ring_layout(r.base, IPC_RING_BYTES, 77, t_mono(), "9.0.0");
	((struct ipc_ring_header *)r.base)->abi = 77;
	t_start();
	t_attach(&r);
	t_print(r.out[1], "alive\n", 6);
	T_WAIT(t_ask("SELECT count(*) FROM v_event WHERE type ="
	    " 'telemetry_refused' AND detail LIKE '%version%'").i == 1);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* A disk that is full, and has room again, under a program that prints. */
START_TEST(a_full_disk_stops_telemetry_and_nothing_else)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 40000 };
	char line[64];
	struct rlimit lim = { RLIM_INFINITY, RLIM_INFINITY };
	json_t *m;
	pid_t prog;

	T.fsize = 400000;
	t_start();
	t_attach(&r);
	t_send(json_pack("{s:s, s:s, s:s, s:s}", "m", "sub", "sub", "live",
	    "what", "log", "instance", ID));
	prog = fork();
	if (prog == 0) {
		for (int i = 1; i <= LINES; i++) {
			int n = snprintf(line, sizeof(line),
			    "a line of some length, number %d\n", i);

			t_print(r.out[1], line, (size_t)n);
		}
		_exit(0);
	}
	/* the program is never kept waiting */
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_send(json_pack("{s:s, s:i}", "m", "stat", "rid", 1));
	/* rows wait, too */
	t_send(json_pack("{s:s, s:i, s:s, s:{s:s, s:s}}", "m", "row", "seq", 7,
	    "table", "instance", "row", "id", ID, "name", "web"));
	t_turn(50);
	ck_assert_int_eq(t_count("rowack", NULL, NULL), 0);
	ck_assert_int_eq(prlimit(T.pid, RLIMIT_FSIZE, &lim, NULL), 0);
	T_WAIT(t_count("rowack", NULL, NULL) == 1);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	/* lines went live all the time */
	m = t_find("live");
	ck_assert_ptr_nonnull(m);
	ck_assert_int_gt(t_ask("SELECT sum(count) FROM v_loss").i, 0);
	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_log) + (SELECT"
	    " sum(count) FROM v_loss)").i, LINES);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log WHERE line ="
	    " 'a line of some length, number ' || seq").i,
	    t_ask("SELECT count(*) FROM v_log").i);
	ck_assert_int_ge(t_ask("SELECT count(*) FROM v_event WHERE type ="
	    " 'history_resumed'").i, 1);
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(the_first_recorder_says_why_it_cannot_start)
{
	int status;

	strcat(T.db, "/no/such.db");
	t_start();
	waitpid(T.pid, &status, 0);
	T.pid = 0;
	ck_assert_int_eq(WEXITSTATUS(status), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recorder");
	TCase *tc = tcase_create("recorder");

	tcase_add_checked_fixture(tc, t_setup, t_teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, lines_of_all_sorts_are_kept);
	tcase_add_test(tc, records_become_rows_and_gaps_are_told);
	tcase_add_test(tc, panic_text_is_kept_once);
	tcase_add_test(tc, long_text_outlives_its_ring);
	tcase_add_test(tc, rows_are_taken_once_and_acknowledged);
	tcase_add_test(tc, kill_9_loses_nothing_and_repeats_nothing);
	tcase_add_test(tc, a_read_that_was_not_published_is_found);
	tcase_add_test(tc, a_flood_is_cut_by_quota_and_counted);
	tcase_add_test(tc, logs_block_drops_nothing);
	tcase_add_test(tc, a_hostile_ring_harms_only_itself);
	tcase_add_test(tc, an_unknown_ring_is_said_and_hosted);
	tcase_add_test(tc, a_full_disk_stops_telemetry_and_nothing_else);
	tcase_add_test(tc, the_first_recorder_says_why_it_cannot_start);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
