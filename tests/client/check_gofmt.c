/*
 * check_gofmt.c - Go's lines to the byte.
 *
 * The wanted lines were printed by Go; the records are what would have made
 * them.
 */
#include "tests/client/check_client.h"
#include "client/gofmt.h"
#include "client/tree.h"

#include <stdlib.h>
#include <string.h>

static json_t *
load(const char *text)
{
	json_error_t e;
	json_t *v = json_loads(text, 0, &e);

	ck_assert_msg(v != NULL, "%s: %s", e.text, text);
	return v;
}

/* clang-format off */
static const struct ms {
	int64_t ns;
	const char *want;
} ms[] = {
	{ 0, "0" }, { 999, "0" }, { 1000, "0.001" }, { 37000, "0.037" },
	{ 99999, "0.099" }, { 100000, "0.10" }, { 309000, "0.30" },
	{ 889000, "0.88" }, { 999999, "0.99" }, { 1000000, "1.0" },
	{ 5690000, "5.6" }, { 9999999, "9.9" }, { 10000000, "10" },
	{ 12999999, "12" }, { 1234567890, "1234" }, { -5, "0" },
};
/* clang-format on */

START_TEST(ms_is_cut)
{
	char buf[24];

	ck_assert_str_eq(gofmt_ms(buf, ms[_i].ns), ms[_i].want);
}
END_TEST

static const struct line {
	const char *record;
	int64_t origin_ns;
	const char *want;
	void (*put)(FILE *, const json_t *, int64_t);
} lines[] = {
	{ "{\"cycle\":4,\"t_ns\":\"5000042700000\",\"cpu_pct\":1.9,"
	  "\"stw_sweep_ns\":38500,\"mark_ns\":889000,\"stw_mark_ns\":3500,"
	  "\"assist_ns\":37000,\"bg_ns\":241000,\"idle_ns\":0,"
	  "\"heap_start\":8000000,\"heap_end\":8400000,\"heap_live\":8388608,"
	  "\"goal\":8388608,\"stacks\":65536,\"globals\":2048,\"procs\":2,"
	  "\"forced\":0}",
	    5000000000000,
	    "gc 4 @0.042s 1%: 0.038+0.88+0.003 ms clock, "
	    "0.077+0.037/0.24/0+0.007 ms cpu, 7->8->8 MB, 8 MB goal, 0 MB "
	    "stacks, 0 MB globals, 2 P\n",
	    gofmt_gc },
	{ "{\"cycle\":5,\"t_ns\":\"5000052000000\",\"cpu_pct\":1,"
	  "\"stw_sweep_ns\":86000,\"mark_ns\":300000,\"stw_mark_ns\":2500,"
	  "\"assist_ns\":0,\"bg_ns\":149000,\"idle_ns\":98000,"
	  "\"heap_start\":12000000,\"heap_end\":12000000,\"heap_live\":4096,"
	  "\"goal\":16777216,\"stacks\":0,\"globals\":0,\"procs\":2,"
	  "\"forced\":true}",
	    5000000000000,
	    "gc 5 @0.052s 1%: 0.086+0.30+0.002 ms clock, "
	    "0.17+0/0.14/0.098+0.005 ms cpu, 11->11->0 MB, 16 MB goal, 0 MB "
	    "stacks, 0 MB globals, 2 P (forced)\n",
	    gofmt_gc },
	{ "{\"t_ns\":\"58900000\",\"gomaxprocs\":2,\"idleprocs\":0,"
	  "\"threads\":5,\"spinningthreads\":0,\"idlethreads\":2,"
	  "\"runqueue\":1,\"local_runqueues\":[0,0]}",
	    0,
	    "SCHED 58ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=0 "
	    "idlethreads=2 runqueue=1 [0 0]\n",
	    gofmt_sched },
	{ "{\"t_ns\":\"7000000000\",\"gomaxprocs\":4,\"idleprocs\":4,"
	  "\"threads\":5,\"spinningthreads\":1,\"idlethreads\":2,"
	  "\"runqueue\":0,\"local_runqueues\":\"[12 0,3, 44]\"}",
	    7000000000,
	    "SCHED 0ms: gomaxprocs=4 idleprocs=4 threads=5 spinningthreads=1 "
	    "idlethreads=2 runqueue=0 [12 0 3 44]\n",
	    gofmt_sched },
	{ "{\"package\":\"main\",\"start_ns\":\"9001190000\","
	  "\"dur_ns\":570000,\"bytes\":136992,\"allocs\":1787}",
	    9000000000, "@1.1 ms, 0.57 ms clock, 136992 bytes, 1787 allocs",
	    gofmt_init },
};

START_TEST(line_is_gos)
{
	json_t *rec = load(lines[_i].record);
	struct text t;
	char *got;

	lines[_i].put(text_begin(&t), rec, lines[_i].origin_ns);
	got = text_end(&t);
	ck_assert_str_eq(got, lines[_i].want);
	free(got);
	json_decref(rec);
}
END_TEST

static char *
goroutine(const char *record)
{
	json_t *rec = load(record);
	struct text t;

	gofmt_goroutine(text_begin(&t), rec);
	json_decref(rec);
	return text_end(&t);
}

START_TEST(waiting_goroutine_has_its_traceback)
{
	char *got = goroutine(
	    "{\"goid\":18,\"status\":4,\"reason\":\"chan receive\","
	    "\"wait_ns\":150000000000,\"locked\":true,\"frames\":["
	    "{\"func\":\"main.f\",\"file\":\"/x/a.c\",\"line\":31,"
	    "\"offset\":3007}],\"created_by\":\"main.main\","
	    "\"created_file\":\"/x/a.c\",\"created_line\":9}");

	ck_assert_str_eq(got,
	    "goroutine 18 [chan receive, 2 minutes, locked to thread]:\n"
	    "main.f()\n\t/x/a.c:31 +0xbbf\n"
	    "created by main.main\n\t/x/a.c:9\n");
	free(got);
}
END_TEST

START_TEST(short_wait_has_no_minutes)
{
	char *got = goroutine("{\"goid\":1,\"status\":4,\"reason\":\"sleep\","
			      "\"wait_ns\":59999999999}");

	ck_assert_str_eq(got, "goroutine 1 [sleep]:\n");
	free(got);
}
END_TEST

START_TEST(running_goroutine_says_so)
{
	char *got = goroutine("{\"goid\":7,\"status\":2}");

	ck_assert_str_eq(got, "goroutine 7 [running]:\n\tgoroutine running on "
			      "other thread; stack unavailable\n");
	free(got);
}
END_TEST

START_TEST(an_empty_record_prints_zeros)
{
	json_t *rec = load("{}");
	struct text t;
	char *got;

	gofmt_sched(text_begin(&t), rec, 0);
	got = text_end(&t);
	ck_assert_str_eq(got, "SCHED 0ms: gomaxprocs=0 idleprocs=0 threads=0 "
			      "spinningthreads=0 idlethreads=0 runqueue=0 []\n");
	free(got);
	gofmt_gc(text_begin(&t), NULL, 0);
	free(text_end(&t));
	json_decref(rec);
}
END_TEST

START_TEST(boot_is_a_tree)
{
	json_t *items = load("[{\"step\":\"rt0_go\",\"depth\":0,"
			     "\"start_ns\":\"1000\",\"dur_ns\":5000},"
			     "{\"step\":\"args\",\"depth\":1,\"start_ns\":"
			     "\"2000\",\"dur_ns\":100,\"detail\":\"argc 1\"},"
			     "{\"package\":\"main\",\"depth\":2,\"start_ns\":"
			     "\"2100\",\"dur_ns\":10,\"bytes\":5,\"allocs\":2},"
			     "{\"step\":\"osinit\",\"depth\":1,\"start_ns\":"
			     "\"3000\",\"dur_ns\":-1}]");
	struct text t;
	char *got;

	tree_print(text_begin(&t), items, 0);
	got = text_end(&t);
	ck_assert_ptr_nonnull(strstr(got, "rt0_go   "));
	ck_assert_ptr_nonnull(strstr(got, "├─args"));
	ck_assert_ptr_nonnull(strstr(got, "│ └─init main"));
	ck_assert_ptr_nonnull(strstr(got, "└─osinit"));
	ck_assert_ptr_nonnull(strstr(got, "never ended"));
	ck_assert_ptr_nonnull(strstr(got, "argc 1"));
	ck_assert_ptr_nonnull(strstr(got, "5 bytes, 2 allocs"));
	ck_assert_ptr_nonnull(strstr(got, "1.00 us     100 ns  argc 1"));
	free(got);
	json_decref(items);
}
END_TEST

START_TEST(an_init_that_is_a_step_is_drawn_once)
{
	json_t *items = load("[{\"package\":\"words\",\"depth\":0,"
			     "\"start_ns\":\"2000\",\"dur_ns\":10},"
			     "{\"step\":\"doInit\",\"depth\":0,\"start_ns\":"
			     "\"1000\",\"dur_ns\":5000},"
			     "{\"step\":\"words\",\"depth\":1,\"start_ns\":"
			     "\"2000\",\"dur_ns\":10}]");
	struct text t;
	char *got, *first;

	tree_print(text_begin(&t), items, 0);
	got = text_end(&t);
	first = strstr(got, "words");
	ck_assert_ptr_nonnull(strstr(got, "└─words"));
	ck_assert_ptr_null(strstr(first + 1, "words"));
	free(got);
	json_decref(items);
}
END_TEST

Suite *
gofmt_suite(void)
{
	Suite *s = suite_create("gofmt");
	TCase *tc = tcase_create("lines");

	tcase_add_loop_test(tc, ms_is_cut, 0, sizeof(ms) / sizeof(ms[0]));
	tcase_add_loop_test(tc, line_is_gos, 0,
	    sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tc, waiting_goroutine_has_its_traceback);
	tcase_add_test(tc, short_wait_has_no_minutes);
	tcase_add_test(tc, running_goroutine_says_so);
	tcase_add_test(tc, an_empty_record_prints_zeros);
	tcase_add_test(tc, boot_is_a_tree);
	tcase_add_test(tc, an_init_that_is_a_step_is_drawn_once);
	suite_add_tcase(s, tc);
	return s;
}
