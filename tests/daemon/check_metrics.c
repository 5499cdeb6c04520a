/*
 * check_metrics.c - the exposition formats, parsed back by a reader that knows
 * their rules: heads once and before their samples, families together, labels
 * escaped, no series twice, counters named as each format wants it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/metrics.h"
#include "tests/suite.h"

#define MAX_NAMES 256

static json_t *
load(const char *text)
{
	json_error_t e;
	json_t *v = json_loads(text, 0, &e);

	ck_assert_msg(v != NULL, "%s at %d", e.text, e.position);
	return v;
}

static const char two[] =
    "[{\"instance\":\"0123456789ab\",\"run\":3,\"name\":\"a\\\"b\\\\c\\nd\","
    "\"kind\":\"c\",\"pid\":1,\"start_ns\":\"1700000000123456789\","
    "\"version\":\"0.1.0\",\"values\":{\"goroutines\":7,\"threads\":3,"
    "\"gomemlimit_bytes\":9223372036854775807,\"alloc_bytes\":100,"
    "\"total_alloc_bytes\":\"900\",\"mallocs\":12,"
    "\"last_gc_unix_ns\":1700000001000000000,\"gc_cpu_permille\":15,"
    "\"stall_ns\":1500000000,\"sched_lat_0\":64,\"sched_lat_3\":128,"
    "\"sched_lat_23\":1},\"pauses_ns\":[1000,2000,3000,4000,5000],"
    "\"pause_count\":2,\"pause_sum_ns\":6000,\"lost\":4},"
    "{\"instance\":\"ba9876543210\",\"run\":1,\"name\":\"plain\","
    "\"kind\":\"plain\",\"pid\":2,\"start_ns\":\"1700000000000000000\"}]";

static const struct metrics_daemon self = { .version = "0.1.0",
	.supervisor = true,
	.recorder = true };

static void
fake_proc(int pid, struct metrics_proc *ret)
{
	*ret = (struct metrics_proc){ true, pid * 1.5, 4096, 8192 };
}

static char *
render(const char *items, bool open, size_t max)
{
	json_t *v = items != NULL ? load(items) : NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	metrics_write(f, open, v, &self, fake_proc, max);
	fclose(f);
	json_decref(v);
	return text;
}

static void
has(const char *text, const char *line)
{
	const char *p = strstr(text, line);

	ck_assert_msg(p != NULL && (p == text || p[-1] == '\n'),
	    "missing: %s in\n%s", line, text);
}

/* ---- the reader ---- */

struct reader {
	char families[MAX_NAMES][80]; /* in order of their TYPE line */
	char types[MAX_NAMES][16];
	size_t n;
	char *series[4096];
	size_t nseries;
};

/* The family that a sample belongs to must be the one just begun. */
static void
check_sample(struct reader *rd, char *line, bool open)
{
	char *brace = strpbrk(line, "{ "), *value = strrchr(line, ' '), *end;
	size_t len = (size_t)(brace - line), flen, i;
	const char *fam, *type;

	ck_assert_msg(rd->n > 0, "sample before any TYPE: %s", line);
	fam = rd->families[rd->n - 1];
	type = rd->types[rd->n - 1];
	flen = strlen(fam);
	ck_assert_msg(len >= flen && strncmp(line, fam, flen) == 0,
	    "%s is not of family %s", line, fam);
	if (strcmp(type, "counter") == 0 && open)
		ck_assert_msg(strncmp(line + flen, "_total", 6) == 0 &&
			len == flen + 6,
		    "counter sample %s", line);
	else if (strcmp(type, "summary") != 0 &&
	    strcmp(type, "histogram") != 0)
		ck_assert_msg(len == flen, "%s is not exactly %s", line, fam);
	if (strcmp(type, "counter") == 0 && !open)
		ck_assert_str_eq(fam + flen - 6, "_total");
	ck_assert_ptr_nonnull(value);
	strtod(value + 1, &end);
	ck_assert_msg(*end == '\0' && end > value + 1, "value of %s", line);
	*value = '\0';
	for (i = 0; i < rd->nseries; i++)
		ck_assert_msg(strcmp(rd->series[i], line) != 0, "twice: %s",
		    line);
	rd->series[rd->nseries++] = line;
}

static void
check_type(struct reader *rd, const char *line)
{
	size_t i;

	ck_assert_int_eq(sscanf(line, "# TYPE %79s %15s", rd->families[rd->n],
			     rd->types[rd->n]),
	    2);
	for (i = 0; i < rd->n; i++)
		ck_assert_msg(strcmp(rd->families[i], rd->families[rd->n]) != 0,
		    "family %s begins twice", rd->families[i]);
	rd->n++;
	ck_assert_uint_lt(rd->n, MAX_NAMES);
}

static size_t
check_text(char *text, bool open)
{
	static struct reader rd;
	char *line, *save = NULL;
	bool help = false, eof = false;

	memset(&rd, 0, sizeof(rd));
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
	ck_assert_ptr_null(strstr(text, "\n\n"));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		ck_assert_msg(!eof, "something behind # EOF: %s", line);
		if (strncmp(line, "# HELP ", 7) == 0)
			help = true;
		else if (strncmp(line, "# TYPE ", 7) == 0) {
			ck_assert_msg(help, "no HELP for %s", line);
			help = false;
			check_type(&rd, line);
		} else if (strcmp(line, "# EOF") == 0)
			eof = true;
		else
			check_sample(&rd, line, open);
	}
	ck_assert_int_eq(eof, open);
	return rd.nseries;
}

/* ---- tests ---- */

START_TEST(formats_keep_their_rules)
{
	char *text = render(two, _i != 0, METRICS_SERIES_MAX);

	ck_assert_uint_gt(check_text(text, _i != 0), 30);
	free(text);
}
END_TEST

START_TEST(values_are_right)
{
	char *t = render(two, false, METRICS_SERIES_MAX);
	const char *l = "instance_id=\"0123456789ab\",name=\"a\\\"b\\\\c\\nd\","
			"kind=\"c\"";
	char want[256];

#define HAS(before, after)                                                     \
	do {                                                                   \
		snprintf(want, sizeof(want), "%s{%s%s", before, l, after);     \
		has(t, want);                                                  \
	} while (0)
	HAS("go_goroutines", "} 7\n");
	HAS("go_memstats_alloc_bytes", "} 100\n");
	HAS("go_memstats_alloc_bytes_total", "} 900\n");
	HAS("go_memstats_last_gc_time_seconds", "} 1700000001.000000000\n");
	HAS("go_gc_gomemlimit_bytes", "} 9223372036854775807\n");
	HAS("go_gc_duration_seconds", ",quantile=\"0.5\"} 0.000003000\n");
	HAS("go_gc_duration_seconds_count", "} 2\n");
	HAS("go_gc_duration_seconds_sum", "} 0.000006000\n");
	HAS("gort_gc_cpu_ratio", "} 0.015\n");
	HAS("gort_stall_seconds_total", "} 1.500000000\n");
	HAS("gort_sched_latency_seconds_bucket", ",le=\"1.024e-06\"} 64\n");
	HAS("gort_sched_latency_seconds_bucket", ",le=\"4.096e-06\"} 64\n");
	HAS("gort_sched_latency_seconds_bucket", ",le=\"8.192e-06\"} 192\n");
	HAS("gort_sched_latency_seconds_bucket",
	    ",le=\"4.294967296\"} 192\n");
	HAS("gort_sched_latency_seconds_bucket", ",le=\"+Inf\"} 193\n");
	HAS("gort_sched_latency_seconds_sum", "} 1.500000000\n");
	HAS("gort_sched_latency_seconds_count", "} 193\n");
	HAS("gort_restarts_total", "} 2\n");
	HAS("gort_telemetry_lost_total", "} 4\n");
	HAS("process_cpu_seconds_total", "} 1.50\n");
#undef HAS
	has(t, "gortd_instances_running 2\n");
	has(t, "gortd_scrape_complete 1\n");
	has(t, "gortd_series_dropped 0\n");
	ck_assert_ptr_null(strstr(t, "go_goroutines{instance_id=\"ba98"));
	free(t);
}
END_TEST

START_TEST(series_are_capped_by_whole_instances)
{
	/* the second costs 16 at most, the first more */
	char *t = render(two, false, 20);

	ck_assert_ptr_null(strstr(t, "0123456789ab"));
	ck_assert_ptr_nonnull(strstr(t, "ba9876543210"));
	ck_assert_ptr_null(strstr(t, "gortd_series_dropped 0\n"));
	free(t);
}
END_TEST

START_TEST(without_a_recorder_the_daemon_is_told)
{
	char *t = render(NULL, _i != 0, METRICS_SERIES_MAX);

	has(t, "gortd_scrape_complete 0\n");
	check_text(t, _i != 0);
	free(t);
}
END_TEST

START_TEST(nonsense_items_do_no_harm)
{
	char *t = render("[{}, 5, null, {\"instance\":7,\"values\":[1]},"
			 "{\"values\":{\"goroutines\":\"x\"},"
			 "\"pauses_ns\":[1,2]}]",
	    false, METRICS_SERIES_MAX);

	ck_assert_ptr_nonnull(strstr(t, "gortd_info"));
	free(t);
}
END_TEST

/* clang-format off */
static const struct accept {
	const char *accept;
	bool open;
} accepts[] = {
	{ NULL, false }, { "*/*", false }, { "text/plain", false },
	{ "application/openmetrics-text", true },
	{ "application/openmetrics-text;version=1.0.0,application/openmetrics"
	  "-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
	  true },
	{ "text/plain;q=1.0, application/openmetrics-text;q=0.2", false },
	{ "application/openmetrics-text;q=0", false },
	{ "application/json", false },
};
/* clang-format on */

START_TEST(accept_decides)
{
	ck_assert_int_eq(metrics_wants_open(accepts[_i].accept),
	    accepts[_i].open);
}
END_TEST

START_TEST(own_process_is_read)
{
	struct metrics_proc p;

	metrics_proc_read((int)getpid(), &p);
	ck_assert(p.known);
	ck_assert_uint_gt(p.rss_bytes, 4096);
	metrics_proc_read(-1, &p);
	ck_assert(!p.known);
	metrics_proc_read(0x3fffffff, &p);
	ck_assert(!p.known);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("metrics");
	TCase *tc = tcase_create("all");

	tcase_add_loop_test(tc, formats_keep_their_rules, 0, 2);
	tcase_add_test(tc, values_are_right);
	tcase_add_test(tc, series_are_capped_by_whole_instances);
	tcase_add_loop_test(tc, without_a_recorder_the_daemon_is_told, 0, 2);
	tcase_add_test(tc, nonsense_items_do_no_harm);
	tcase_add_loop_test(tc, accept_decides, 0,
	    sizeof(accepts) / sizeof(accepts[0]));
	tcase_add_test(tc, own_process_is_read);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
