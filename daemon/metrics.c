/*
 * metrics.c - records to Prometheus text or OpenMetrics.
 *
 * go_* where the meaning is exactly Go's, so that dashboards made for Go
 * programs work with the label instance_id added; gort_* for what Go has no
 * name for; gortd_* for the daemon. An instance that has ended is not among
 * the items, so its series leave with it.
 *
 * The format wants all samples of a family together, so families are the outer
 * loop and instances the inner one. Which family reads which counter is a
 * table. The two formats differ in three places: a counter's family name has
 * no _total in OpenMetrics, numbers of quantiles are floats there, and it ends
 * with "# EOF".
 *
 * The number of series is bounded: an instance is shown whole or not at all,
 * in order of the items, and what is left out is counted in
 * gortd_series_dropped.
 */
#include "daemon/metrics.h"

#include "ipc/ring.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum type { GAUGE, COUNTER };
enum scale { ONE, NS, PERMILLE };

/* clang-format off */
static const struct family {
	const char *name; /* counters without _total */
	enum type type;
	enum scale scale;
	const char *key;  /* in values */
	const char *help;
} families[] = {
	{ "go_goroutines", GAUGE, ONE, "goroutines", "Number of goroutines that currently exist." },
	{ "go_threads", GAUGE, ONE, "threads", "Number of OS threads created." },
	{ "go_sched_gomaxprocs_threads", GAUGE, ONE, "gomaxprocs", "The current GOMAXPROCS setting." },
	{ "go_gc_gogc_percent", GAUGE, ONE, "gogc_percent", "Heap size target percentage configured by the user." },
	{ "go_gc_gomemlimit_bytes", GAUGE, ONE, "gomemlimit_bytes", "Memory limit configured by the user." },
	{ "go_memstats_alloc_bytes", GAUGE, ONE, "alloc_bytes", "Bytes allocated in heap and currently in use." },
	{ "go_memstats_alloc_bytes", COUNTER, ONE, "total_alloc_bytes", "Bytes allocated in heap until now, even if released already." },
	{ "go_memstats_sys_bytes", GAUGE, ONE, "sys_bytes", "Bytes obtained from system." },
	{ "go_memstats_mallocs", COUNTER, ONE, "mallocs", "Heap objects allocated, both live and freed." },
	{ "go_memstats_frees", COUNTER, ONE, "frees", "Heap objects freed." },
	{ "go_memstats_heap_alloc_bytes", GAUGE, ONE, "alloc_bytes", "Heap bytes allocated and currently in use." },
	{ "go_memstats_heap_sys_bytes", GAUGE, ONE, "heap_sys_bytes", "Heap bytes obtained from system." },
	{ "go_memstats_heap_idle_bytes", GAUGE, ONE, "heap_idle_bytes", "Heap bytes waiting to be used." },
	{ "go_memstats_heap_inuse_bytes", GAUGE, ONE, "heap_inuse_bytes", "Heap bytes that are in use." },
	{ "go_memstats_heap_released_bytes", GAUGE, ONE, "heap_released_bytes", "Heap bytes released to OS." },
	{ "go_memstats_heap_objects", GAUGE, ONE, "heap_objects", "Number of currently allocated objects." },
	{ "go_memstats_stack_inuse_bytes", GAUGE, ONE, "stack_inuse_bytes", "Bytes in use by goroutine stacks." },
	{ "go_memstats_stack_sys_bytes", GAUGE, ONE, "stack_sys_bytes", "Bytes obtained from system for stacks." },
	{ "go_memstats_mspan_inuse_bytes", GAUGE, ONE, "mspan_inuse_bytes", "Bytes in use by span structures." },
	{ "go_memstats_mspan_sys_bytes", GAUGE, ONE, "mspan_sys_bytes", "Bytes obtained from system for span structures." },
	{ "go_memstats_mcache_inuse_bytes", GAUGE, ONE, "mcache_inuse_bytes", "Bytes in use by cache structures." },
	{ "go_memstats_mcache_sys_bytes", GAUGE, ONE, "mcache_sys_bytes", "Bytes obtained from system for cache structures." },
	{ "go_memstats_buck_hash_sys_bytes", GAUGE, ONE, "buck_hash_sys_bytes", "Bytes used by the profiling bucket table." },
	{ "go_memstats_gc_sys_bytes", GAUGE, ONE, "gc_sys_bytes", "Bytes used by the collector's own data." },
	{ "go_memstats_other_sys_bytes", GAUGE, ONE, "other_sys_bytes", "Bytes used for other allocations from system." },
	{ "go_memstats_next_gc_bytes", GAUGE, ONE, "next_gc_bytes", "Heap bytes at which the next collection takes place." },
	{ "go_memstats_last_gc_time_seconds", GAUGE, NS, "last_gc_unix_ns", "Unix time of the last collection." },
	{ "gort_goroutines_created", COUNTER, ONE, "goroutines_created", "Goroutines created since start." },
	{ "gort_threads_created", COUNTER, ONE, "threads_created", "OS threads created since start." },
	{ "gort_idle_procs", GAUGE, ONE, "idleprocs", "Ps that have nothing to do." },
	{ "gort_runqueue_goroutines", GAUGE, ONE, "runqueue", "Goroutines in the global run queue." },
	{ "gort_stall_seconds", COUNTER, NS, "stall_ns", "Time that goroutines spent runnable but not running, summed up." },
	{ "gort_syscalls", COUNTER, ONE, "syscalls", "System calls entered by goroutines." },
	{ "gort_steals", COUNTER, ONE, "steals", "Successful steals from another P's run queue." },
	{ "gort_parks", COUNTER, ONE, "parks", "Times a goroutine was parked." },
	{ "gort_preempts", COUNTER, ONE, "preempts", "Times a goroutine was preempted." },
	{ "gort_gc_cycles", COUNTER, ONE, "num_gc", "Collections." },
	{ "gort_gc_forced_cycles", COUNTER, ONE, "num_forced_gc", "Collections that the program or a person asked for." },
	{ "gort_gc_pause_seconds", COUNTER, NS, "pause_total_ns", "Stop-the-world pauses of the collector, summed up." },
	{ "gort_gc_cpu_ratio", GAUGE, PERMILLE, "gc_cpu_permille", "Share of CPU that collections took since start." },
	{ "gort_timers", GAUGE, ONE, "timers", "Pending timers." },
	{ "gort_pollfds", GAUGE, ONE, "pollfds", "Descriptors registered with the poller." },
	{ "gort_telemetry_dropped", COUNTER, ONE, "telemetry_dropped", "Records that the instance could not store in its ring." },
};
/* clang-format on */
#define NFAMILIES (sizeof(families) / sizeof(families[0]))

/* One instance, as it is shown. */
struct shown {
	const json_t *item, *values;
	char *labels; /* instance_id="...",name="...",kind="..." */
	struct metrics_proc proc;
};

struct writer {
	FILE *out;
	bool open;
	struct shown *v;
	size_t n;
};

/* ---- text ---- */

static void
put_escaped(FILE *f, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		if (*s == '\\' || *s == '"')
			fprintf(f, "\\%c", *s);
		else if (*s == '\n')
			fputs("\\n", f);
		else
			fputc(*s, f);
	}
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static char *
labels_of(const json_t *item)
{
	char *s = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&s, &len);

	if (f == NULL)
		return NULL;
	fputs("instance_id=\"", f);
	put_escaped(f, text_of(item, "instance"));
	fputs("\",name=\"", f);
	put_escaped(f, text_of(item, "name"));
	fputs("\",kind=\"", f);
	put_escaped(f, text_of(item, "kind"));
	fputs("\"", f);
	fclose(f);
	return s;
}

static void
put_head(const struct writer *w, const char *name, const char *type,
    const char *help)
{
	const char *total = strcmp(type, "counter") == 0 && !w->open ? "_total" :
								       "";

	fprintf(w->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, total, help,
	    name, total, type);
}

/* Nanoseconds as seconds, exactly. */
static void
put_seconds(FILE *f, uint64_t ns)
{
	fprintf(f, "%" PRIu64 ".%09" PRIu64 "\n", ns / 1000000000,
	    ns % 1000000000);
}

static void
put_scaled(FILE *f, enum scale scale, uint64_t v)
{
	if (scale == NS)
		put_seconds(f, v);
	else if (scale == PERMILLE)
		fprintf(f, "%" PRIu64 ".%03" PRIu64 "\n", v / 1000, v % 1000);
	else
		fprintf(f, "%" PRIu64 "\n", v);
}

/* A counter; false when there is none of that name. */
static bool
value_of(const json_t *values, const char *key, uint64_t *ret)
{
	const json_t *v = json_object_get(values, key);

	if (json_is_string(v))
		*ret = strtoull(json_string_value(v), NULL, 10);
	else if (json_is_integer(v))
		*ret = (uint64_t)json_integer_value(v);
	else
		return false;
	return true;
}

/* ---- instances ---- */

static void
put_family(const struct writer *w, const struct family *fam)
{
	bool head = false;
	uint64_t v;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (!value_of(w->v[i].values, fam->key, &v))
			continue;
		if (!head)
			put_head(w, fam->name,
			    fam->type == COUNTER ? "counter" : "gauge",
			    fam->help);
		head = true;
		fprintf(w->out, "%s%s{%s} ", fam->name,
		    fam->type == COUNTER ? "_total" : "", w->v[i].labels);
		put_scaled(w->out, fam->scale, v);
	}
}

/*
 * Two families share go_memstats_alloc_bytes, a gauge and a counter, as Go's
 * collector has them. In OpenMetrics a counter's family loses its _total, and
 * the two would be one: there the counter is left out, as Go's own is.
 */
static bool
clashes(const struct writer *w, size_t i)
{
	size_t k;

	for (k = 0; w->open && k < i; k++)
		if (strcmp(families[k].name, families[i].name) == 0)
			return true;
	return false;
}

static void
put_pauses(const struct writer *w)
{
	static const char *const q[] = { "0", "0.25", "0.5", "0.75", "1" };
	static const char *const q_open[] = { "0.0", "0.25", "0.5", "0.75",
		"1.0" };
	const char *name = "go_gc_duration_seconds";
	const json_t *p, *it;
	bool head = false;
	size_t i, k;

	for (i = 0; i < w->n; i++) {
		it = w->v[i].item;
		p = json_object_get(it, "pauses_ns");
		if (json_array_size(p) != 5)
			continue;
		if (!head)
			put_head(w, name, "summary",
			    "Wall-time stop-the-world pauses of the last 256 "
			    "collections.");
		head = true;
		for (k = 0; k < 5; k++) {
			fprintf(w->out, "%s{%s,quantile=\"%s\"} ", name,
			    w->v[i].labels, w->open ? q_open[k] : q[k]);
			put_seconds(w->out,
			    (uint64_t)json_integer_value(json_array_get(p, k)));
		}
		fprintf(w->out, "%s_sum{%s} ", name, w->v[i].labels);
		put_seconds(w->out, (uint64_t)json_integer_value(json_object_get(
					it, "pause_sum_ns")));
		fprintf(w->out, "%s_count{%s} %" PRIu64 "\n", name,
		    w->v[i].labels,
		    (uint64_t)json_integer_value(
			json_object_get(it, "pause_count")));
	}
}

/* A bucket's counter of one instance, and its upper edge in seconds. */
static uint64_t
latency_of(const json_t *values, int i)
{
	char key[24];
	uint64_t n = 0;

	snprintf(key, sizeof(key), "sched_lat_%d", i);
	return value_of(values, key, &n) ? n : 0;
}

static void
put_latency_of(const struct writer *w, const struct shown *v, const char *name)
{
	uint64_t n = 0, sum = 0;
	int i;

	for (i = 0; i < IPC_SCHED_LATENCY_N - 1; i++) {
		n += latency_of(v->values, i);
		fprintf(w->out, "%s_bucket{%s,le=\"%.10g\"} %" PRIu64 "\n",
		    name, v->labels,
		    (double)IPC_SCHED_LATENCY_EDGE_NS(i) / 1e9, n);
	}
	n += latency_of(v->values, i);
	fprintf(w->out, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", name,
	    v->labels, n);
	value_of(v->values, "stall_ns", &sum);
	fprintf(w->out, "%s_sum{%s} ", name, v->labels);
	put_seconds(w->out, sum);
	fprintf(w->out, "%s_count{%s} %" PRIu64 "\n", name, v->labels, n);
}

/* Instances of an older runtime have no such counters. */
static void
put_latency(const struct writer *w)
{
	const char *name = "gort_sched_latency_seconds";
	bool head = false;
	uint64_t n;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (!value_of(w->v[i].values, "sched_lat_0", &n))
			continue;
		if (!head)
			put_head(w, name, "histogram",
			    "Time from when a goroutine could run to when it "
			    "ran; one in 64 is measured and counts for all.");
		head = true;
		put_latency_of(w, &w->v[i], name);
	}
}

static void
put_info(const struct writer *w)
{
	bool head = false;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (json_object_size(w->v[i].values) == 0)
			continue;
		if (!head)
			put_head(w, "go_info", "gauge",
			    "Information about the Go environment.");
		head = true;
		fprintf(w->out, "go_info{%s,version=\"gort ", w->v[i].labels);
		put_escaped(w->out, text_of(w->v[i].item, "version"));
		fputs("\"} 1\n", w->out);
	}
}

/* Numbers of the item itself and of its process. */
static void
put_items(const struct writer *w)
{
	uint64_t n;
	size_t i;

	if (w->n == 0)
		return;
	put_head(w, "gort_restarts", "counter", "Restarts of the instance.");
	for (i = 0; i < w->n; i++) {
		if (!value_of(w->v[i].item, "run", &n) || n == 0)
			n = 1;
		fprintf(w->out, "gort_restarts_total{%s} %" PRIu64 "\n",
		    w->v[i].labels, n - 1);
	}
	put_head(w, "gort_telemetry_lost", "counter",
	    "Records of the instance that the recorder could not get.");
	for (i = 0; i < w->n; i++) {
		if (!value_of(w->v[i].item, "lost", &n))
			n = 0;
		fprintf(w->out, "gort_telemetry_lost_total{%s} %" PRIu64 "\n",
		    w->v[i].labels, n);
	}
	put_head(w, "process_start_time_seconds", "gauge",
	    "Start time of the process since unix epoch in seconds.");
	for (i = 0; i < w->n; i++) {
		if (!value_of(w->v[i].item, "start_ns", &n))
			continue;
		fprintf(w->out, "process_start_time_seconds{%s} ",
		    w->v[i].labels);
		put_seconds(w->out, n);
	}
}

static void
put_procs(const struct writer *w)
{
	size_t i, known = 0;

	for (i = 0; i < w->n; i++)
		known += w->v[i].proc.known;
	if (known == 0)
		return;
	put_head(w, "process_cpu_seconds", "counter",
	    "Total user and system CPU time spent in seconds.");
	for (i = 0; i < w->n; i++)
		if (w->v[i].proc.known)
			fprintf(w->out, "process_cpu_seconds_total{%s} %.2f\n",
			    w->v[i].labels, w->v[i].proc.cpu_s);
	put_head(w, "process_resident_memory_bytes", "gauge",
	    "Resident memory size in bytes.");
	for (i = 0; i < w->n; i++)
		if (w->v[i].proc.known)
			fprintf(w->out,
			    "process_resident_memory_bytes{%s} %" PRIu64 "\n",
			    w->v[i].labels, w->v[i].proc.rss_bytes);
	put_head(w, "process_virtual_memory_bytes", "gauge",
	    "Virtual memory size in bytes.");
	for (i = 0; i < w->n; i++)
		if (w->v[i].proc.known)
			fprintf(w->out,
			    "process_virtual_memory_bytes{%s} %" PRIu64 "\n",
			    w->v[i].labels, w->v[i].proc.vsize_bytes);
}

/* Upper bound of the series that an item becomes: each value is one, a
 * histogram has two more. */
static size_t
series_of(const json_t *item)
{
	return json_object_size(json_object_get(item, "values")) + 2 + 7 + 1 +
	    3 + 3 + 2;
}

/* ---- the daemon ---- */

static void
put_one(const struct writer *w, const char *name, const char *type,
    const char *help, uint64_t v)
{
	put_head(w, name, type, help);
	fprintf(w->out, "%s%s %" PRIu64 "\n", name,
	    strcmp(type, "counter") == 0 ? "_total" : "", v);
}

static void
put_daemon(const struct writer *w, const struct metrics_daemon *d,
    const json_t *items, size_t dropped)
{
	static const char *const codes[] = { NULL, NULL, "2xx", "3xx", "4xx",
		"5xx" };
	size_t i;

	put_head(w, "gortd_info", "gauge", "Version of the daemon.");
	fprintf(w->out, "gortd_info{version=\"");
	put_escaped(w->out, d->version);
	fputs("\"} 1\n", w->out);
	put_head(w, "gortd_role_up", "gauge", "Whether a role is there.");
	fprintf(w->out,
	    "gortd_role_up{role=\"supervisor\"} %d\n"
	    "gortd_role_up{role=\"recorder\"} %d\n"
	    "gortd_role_up{role=\"gateway\"} 1\n",
	    d->supervisor, d->recorder);
	put_one(w, "gortd_store_ready", "gauge",
	    "Whether the database can be read.", d->store);
	put_one(w, "gortd_scrape_complete", "gauge",
	    "Whether the recorder answered this scrape.", items != NULL);
	put_one(w, "gortd_instances_running", "gauge", "Instances that run.",
	    json_array_size(items));
	put_one(w, "gortd_series_dropped", "gauge",
	    "Series left out of this scrape because there are too many.",
	    dropped);
	put_head(w, "gortd_http_requests", "counter",
	    "HTTP requests answered, by status class.");
	for (i = 2; i < 6; i++)
		fprintf(w->out,
		    "gortd_http_requests_total{code=\"%s\"} %" PRIu64 "\n",
		    codes[i], d->requests[i]);
	put_one(w, "gortd_event_streams", "gauge", "Open streams of events.",
	    d->streams);
	put_one(w, "gortd_event_streams_dropped", "counter",
	    "Events not sent because a client did not read.",
	    d->streams_dropped);
	put_one(w, "gortd_store_reads", "counter", "Reads of the database.",
	    d->reads);
	put_one(w, "gortd_store_reads_failed", "counter",
	    "Reads of the database that failed.", d->reads_failed);
	put_one(w, "gortd_gateway_start_time_seconds", "gauge",
	    "Start time of the gateway since unix epoch in seconds.",
	    d->started_s);
}

/* ---- the whole ---- */

static size_t
choose(struct writer *w, const json_t *items, metrics_proc_fn proc, size_t max)
{
	size_t i, series = 0, dropped = 0;
	const json_t *it;

	w->v = calloc(json_array_size(items) + 1, sizeof(*w->v));
	json_array_foreach (items, i, it) {
		struct shown *s = &w->v[w->n];

		if (w->v == NULL || series + series_of(it) > max) {
			dropped += series_of(it);
			continue;
		}
		s->item = it;
		s->values = json_object_get(it, "values");
		s->labels = labels_of(it);
		if (s->labels == NULL)
			continue;
		if (proc != NULL)
			proc((int)json_integer_value(
				 json_object_get(it, "pid")),
			    &s->proc);
		series += series_of(it);
		w->n++;
	}
	return dropped;
}

void
metrics_write(FILE *out, bool openmetrics, const json_t *items,
    const struct metrics_daemon *d, metrics_proc_fn proc, size_t max)
{
	struct writer w = { .out = out, .open = openmetrics };
	size_t dropped = choose(&w, items, proc, max), i;

	for (i = 0; i < NFAMILIES; i++)
		if (!clashes(&w, i))
			put_family(&w, &families[i]);
	put_pauses(&w);
	put_latency(&w);
	put_info(&w);
	put_items(&w);
	put_procs(&w);
	put_daemon(&w, d, items, dropped);
	if (openmetrics)
		fputs("# EOF\n", out);
	for (i = 0; i < w.n; i++)
		free(w.v[i].labels);
	free(w.v);
}

/* ---- Accept ---- */

/* The q of one element, "TYPE;q=0.5;version=1.0.0", in thousandths. */
static int
quality(const char *params, size_t len)
{
	const char *p = params, *end = params + len;

	for (; p < end; p++) {
		if (*p != ';')
			continue;
		while (p + 1 < end && p[1] == ' ')
			p++;
		if (p + 2 < end && (p[1] == 'q' || p[1] == 'Q') && p[2] == '=')
			return (int)(strtod(p + 3, NULL) * 1000);
	}
	return 1000;
}

bool
metrics_wants_open(const char *accept)
{
	static const char open_type[] = "application/openmetrics-text";
	int open = 0, text = 0, q;
	size_t len, type;

	if (accept == NULL)
		return false;
	for (; *accept != '\0'; accept += len) {
		accept += strspn(accept, ", ");
		len = strcspn(accept, ",");
		type = strcspn(accept, ",; ");
		q = quality(accept, len);
		if (type == sizeof(open_type) - 1 &&
		    strncmp(accept, open_type, type) == 0)
			open = q > open ? q : open;
		else if ((type == 10 && strncmp(accept, "text/plain", 10) == 0))
			text = q > text ? q : text;
	}
	return open > 0 && open >= text;
}

/* ---- /proc ---- */

void
metrics_proc_read(int pid, struct metrics_proc *ret)
{
	unsigned long utime, stime, vsize;
	char path[40], buf[1024], *p;
	long rss;
	size_t n;
	FILE *f;

	memset(ret, 0, sizeof(*ret));
	if (pid <= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[n] = '\0';
	p = strrchr(buf, ')'); /* the name may hold anything */
	if (p == NULL ||
	    sscanf(p + 1,
		" %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d "
		"%*d %*d %*d %*d %*u %lu %ld",
		&utime, &stime, &vsize, &rss) != 4)
		return;
	ret->known = true;
	ret->cpu_s = (double)(utime + stime) / (double)sysconf(_SC_CLK_TCK);
	ret->vsize_bytes = vsize;
	ret->rss_bytes = (uint64_t)rss * (uint64_t)sysconf(_SC_PAGESIZE);
}
