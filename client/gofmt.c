/*
 * gofmt.c - Go's own lines, made from records.
 *
 * People have tools and eyes trained on these lines, so they are matched to
 * the byte (tests/client/check_gofmt.c has samples printed by Go). Numbers are
 * cut, never rounded, as Go does; MB means 2^20 bytes.
 */
#include "client/gofmt.h"
#include "client/json.h"

#include <inttypes.h>
#include <string.h>

char *
gofmt_ms(char *buf, int64_t ns)
{
	int64_t us = ns / 1000, scale = 1;
	int dec = 3, i;

	if (ns < 0)
		us = 0;
	if (us >= 10000) {
		snprintf(buf, 24, "%" PRId64, us / 1000);
		return buf;
	}
	if (us == 0) {
		snprintf(buf, 24, "0");
		return buf;
	}
	while (us >= 100) {
		us /= 10;
		dec--;
	}
	for (i = 0; i < dec; i++)
		scale *= 10;
	snprintf(buf, 24, "%" PRId64 ".%0*" PRId64, us / scale, dec, us % scale);
	return buf;
}

/* The brackets' content: an array, or text as the database keeps it. */
static void
put_queues(FILE *out, const json_t *q)
{
	const char *s = json_is_string(q) ? json_string_value(q) : "";
	const json_t *v;
	bool first = true;
	size_t i, n;

	json_array_foreach (q, i, v)
		fprintf(out, "%s%" JSON_INTEGER_FORMAT, i ? " " : "",
		    json_integer_value(v));
	for (; *s != '\0'; s += n ? n : 1) {
		n = strspn(s, "0123456789");
		if (n == 0)
			continue;
		fprintf(out, "%s%.*s", first ? "" : " ", (int)n, s);
		first = false;
	}
}

/* The numbers are an instance's own, and it may lie: nothing may overflow. */
static int64_t
minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t
times(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

void
gofmt_sched(FILE *out, const json_t *o, int64_t origin_ns)
{
	fprintf(out, "SCHED %" PRId64 "ms:", minus(j_int(o, "t_ns", 0), origin_ns) /
	    1000000);
	fprintf(out,
	    " gomaxprocs=%" PRId64 " idleprocs=%" PRId64 " threads=%" PRId64
	    " spinningthreads=%" PRId64 " idlethreads=%" PRId64
	    " runqueue=%" PRId64 " [",
	    j_int(o, "gomaxprocs", 0), j_int(o, "idleprocs", 0),
	    j_int(o, "threads", 0), j_int(o, "spinningthreads", 0),
	    j_int(o, "idlethreads", 0), j_int(o, "runqueue", 0));
	put_queues(out, json_object_get(o, "local_runqueues"));
	fputs("]\n", out);
}

static void
put_ms(FILE *out, const char *before, int64_t ns)
{
	char buf[24];

	fprintf(out, "%s%s", before, gofmt_ms(buf, ns));
}

void
gofmt_gc(FILE *out, const json_t *o, int64_t origin_ns)
{
	int64_t at = minus(j_int(o, "t_ns", 0), origin_ns) / 1000000;
	int64_t procs = j_int(o, "procs", 0);
	int64_t sweep = j_int(o, "stw_sweep_ns", 0);
	int64_t term = j_int(o, "stw_mark_ns", 0);

	if (at < 0)
		at = 0;
	fprintf(out, "gc %" PRId64 " @%" PRId64 ".%03" PRId64 "s %d%%:",
	    j_int(o, "cycle", 0), at / 1000, at % 1000,
	    (int)j_real(o, "cpu_pct", 0));
	put_ms(out, " ", sweep);
	put_ms(out, "+", j_int(o, "mark_ns", 0));
	put_ms(out, "+", term);
	put_ms(out, " ms clock, ", times(sweep, procs));
	put_ms(out, "+", j_int(o, "assist_ns", 0));
	put_ms(out, "/", j_int(o, "bg_ns", 0));
	put_ms(out, "/", j_int(o, "idle_ns", 0));
	put_ms(out, "+", times(term, procs));
	fprintf(out, " ms cpu, %" PRId64 "->%" PRId64 "->%" PRId64 " MB, %" PRId64
		     " MB goal, %" PRId64 " MB stacks, %" PRId64
		     " MB globals, %" PRId64 " P%s\n",
	    j_int(o, "heap_start", 0) >> 20, j_int(o, "heap_end", 0) >> 20,
	    j_int(o, "heap_live", 0) >> 20, j_int(o, "goal", 0) >> 20,
	    j_int(o, "stacks", 0) >> 20, j_int(o, "globals", 0) >> 20, procs,
	    j_bool(o, "forced") ? " (forced)" : "");
}

void
gofmt_init(FILE *out, const json_t *o, int64_t origin_ns)
{
	put_ms(out, "@", minus(j_int(o, "start_ns", 0), origin_ns));
	put_ms(out, " ms, ", j_int(o, "dur_ns", 0));
	fprintf(out, " ms clock, %" PRId64 " bytes, %" PRId64 " allocs",
	    j_int(o, "bytes", 0), j_int(o, "allocs", 0));
}

/* ---- goroutines ---- */

static const char *
state_name(const json_t *o)
{
	static const char *const names[] = { "idle", "runnable", "running",
		"syscall", "waiting", "???", "dead", "???", "copystack",
		"preempted" };
	const char *s = j_str(o, "state", "");
	int64_t n = j_int(o, "status", -1) & ~0x1000;

	if (s[0] != '\0')
		return s;
	return n >= 0 && n < 10 ? names[n] : "???";
}

static void
put_where(FILE *out, const json_t *o, const char *file, const char *line)
{
	fprintf(out, "\t%s:%" PRId64, j_str(o, file, "?"), j_int(o, line, 0));
}

void
gofmt_goroutine(FILE *out, const json_t *o)
{
	const char *state = state_name(o), *why = j_str(o, "reason", "");
	int64_t minutes = j_int(o, "wait_ns", 0) / 60000000000LL;
	const json_t *f, *frames = json_object_get(o, "frames");
	const char *by = j_str(o, "created_by", "");
	size_t i;

	if (strcmp(state, "waiting") == 0 && why[0] != '\0')
		state = why;
	fprintf(out, "goroutine %" PRId64 " [%s", j_int(o, "goid", 0), state);
	if (minutes >= 1)
		fprintf(out, ", %" PRId64 " minutes", minutes);
	fprintf(out, "%s]:\n", j_bool(o, "locked") ? ", locked to thread" : "");
	json_array_foreach (frames, i, f) {
		fprintf(out, "%s()\n", j_str(f, "func", "???"));
		put_where(out, f, "file", "line");
		fprintf(out, " +0x%" PRIx64 "\n",
		    (uint64_t)j_int(f, "offset", 0));
	}
	if (json_array_size(frames) == 0 && strcmp(state, "running") == 0)
		fputs("\tgoroutine running on other thread; "
		      "stack unavailable\n",
		    out);
	if (by[0] != '\0') {
		fprintf(out, "created by %s\n", by);
		put_where(out, o, "created_file", "created_line");
		fputc('\n', out);
	}
}
