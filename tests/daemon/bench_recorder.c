/*
 * bench_recorder.c - what the recorder costs: lines and records a second, its
 * size with nothing and with 500 idle runs. Prints `name value unit`.
 */
#include "recorder_test.h"

static long
smaps(const char *what)
{
	char line[256];
	long kib = 0;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/smaps_rollup", T.pid);
	f = fopen(line, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, what, strlen(what)) == 0)
			kib = atol(line + strlen(what));
	if (f != NULL)
		fclose(f);
	return kib;
}

static long
cpu_ticks(void)
{
	char line[1024];
	long user = 0, sys = 0;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/stat", T.pid);
	f = fopen(line, "r");
	if (f != NULL && fgets(line, sizeof(line), f) != NULL)
		sscanf(strrchr(line, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u"
		    " %*u %*u %*u %ld %ld", &user, &sys);
	if (f != NULL)
		fclose(f);
	return user + sys;
}

static void
lines(const char *name, size_t len, int n)
{
	struct t_run r = t_run_new(ID, 1);
	char *line = malloc(len);
	int64_t t0 = t_now_ms(), ms;

	T.cfg.db_max_bytes = 1LL << 30; /* no retention in between */
	memset(line, 'x', len);
	line[len - 1] = '\n';
	t_start();
	t_attach(&r);
	for (int i = 0; i < n; i++)
		t_print(r.out[1], line, len);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ms = t_now_ms() - t0;
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log").i, n);
	printf("%s %lld lines/s\n", name, (long long)n * 1000 / (ms ? ms : 1));
	t_stop();
	t_run_free(&r);
	free(line);
}

START_TEST(short_lines)
{
	lines("recorder-lines-100B", 100, 500000);
}
END_TEST

START_TEST(long_lines)
{
	lines("recorder-lines-4KiB", 4096, 20000);
}
END_TEST

START_TEST(records)
{
	enum { N = 200000 };
	struct store_options o = { .max_bytes = 256 << 20 };
	struct store *st = NULL;
	struct ipc_rec_gc gc = { .cycle = 1 };
	int64_t key = 0, t0;

	ck_assert_int_eq(store_open(T.db, &o, &st, NULL), 0);
	store_run_key(st, ID, 1, &key);
	t0 = t_now_ms();
	for (int i = 1; i <= N; i++) {
		store_put_gc(st, key, (uint64_t)i, 0, &gc);
		if (i % 1000 == 0)
			store_commit(st);
	}
	printf("store-gc-rows %lld rows/s\n", (long long)N * 1000 /
	    (t_now_ms() - t0 + 1));
	store_close(st);
}
END_TEST

START_TEST(size)
{
	enum { RUNS = 500 };
	struct t_run *r = calloc(RUNS, sizeof(*r));
	struct rlimit lim = { 8192, 8192 };
	struct timespec ts = { 5, 0 };
	char id[16];
	long ticks;

	setrlimit(RLIMIT_NOFILE, &lim);
	t_start();
	T_WAIT(t_ask("SELECT count(*) FROM v_run").i == 0);
	t_turn(300);
	printf("recorder-idle-pss %ld KiB\n", smaps("Pss:"));
	printf("recorder-idle-private %ld KiB\n", smaps("Private_Dirty:"));
	for (int i = 0; i < RUNS; i++) {
		snprintf(id, sizeof(id), "%012x", i);
		r[i] = t_run_new(strdup(id), 1);
		ipc_ring_layout(r[i].base, IPC_RING_BYTES, 7, t_mono(), "0");
		t_attach(&r[i]);
	}
	t_turn(1000);
	ticks = cpu_ticks();
	nanosleep(&ts, NULL);
	printf("recorder-500-idle-runs-private %ld KiB\n",
	    smaps("Private_Dirty:"));
	printf("recorder-500-idle-runs-cpu %.2f %%\n",
	    (double)(cpu_ticks() - ticks) / 5 / (double)sysconf(_SC_CLK_TCK) *
	    100);
	t_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recorder bench");
	TCase *tc = tcase_create("bench");

	tcase_add_checked_fixture(tc, t_setup, t_teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, short_lines);
	tcase_add_test(tc, long_lines);
	tcase_add_test(tc, records);
	tcase_add_test(tc, size);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
