/*
 * cmd_telemetry.c - boot, sched, gc, mem, gcnow: the records of one instance.
 *
 * gortd keeps records and not text; Go's lines are made here, when somebody
 * wants to read them, and `-o json` gives the records themselves.
 */
#include "client/conn.h"
#include "client/follow.h"
#include "client/gofmt.h"
#include "client/json.h"
#include "client/print.h"
#include "client/tree.h"
#include "client/when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
append_item(void *arg, const json_t *it)
{
	return json_array_append(arg, (json_t *)it);
}

int
cmd_boot(struct ctl_opts *o)
{
	json_t *items = json_array(), *last = NULL;
	json_t *params = json_pack("{s:s}", "id", o->argv[0]);
	struct conn *c;
	int rc = conn_open(o, &c);

	if (rc == CTL_OK) {
		rc = conn_list(c, "telemetry.boot", params, 0, append_item,
		    items, &last);
		conn_close(c);
	}
	if (rc == CTL_OK && o->json)
		print_json(items, stdout);
	else if (rc == CTL_OK && json_array_size(items) == 0)
		ctl_say("no bootstrap of %s is recorded: only programs built "
			"on gort have one",
		    o->argv[0]);
	else if (rc == CTL_OK)
		tree_print(stdout, items, j_int(last, "origin_ns", 0));
	json_decref(last);
	json_decref(items);
	json_decref(params);
	return rc;
}

/* ---- sched, gc ---- */

struct lines {
	const struct ctl_opts *o;
	void (*put)(FILE *, const json_t *, int64_t);
	int64_t origin_ns; /* -1: not known yet */
	int64_t last;
};

static void
live_line(void *arg, const char *what, const json_t *it)
{
	struct lines *l = arg;

	l->last = follow_number(it);
	if (l->o->json) {
		if (l->o->follow)
			print_json_line(it, stdout);
		else
			print_json_item(it, stdout);
		return;
	}
	if (j_has(it, "origin_ns"))
		l->origin_ns = j_int(it, "origin_ns", 0);
	if (l->origin_ns <= 0)
		l->origin_ns = j_int(it, "t_ns", 0);
	l->put(stdout, it, l->origin_ns);
}

/* Ask one page at a time: each page carries the origin of its lines. */
static int
history(struct conn *c, const char *method, json_t *params, struct lines *l)
{
	struct conn_err err;
	const json_t *it;
	const char *token;
	json_t *page;
	size_t i;

	for (;;) {
		page = conn_call(c, method, json_copy(params), &err);
		if (page == NULL)
			return conn_fail(&err);
		if (j_has(page, "origin_ns"))
			l->origin_ns = j_int(page, "origin_ns", 0);
		json_array_foreach (json_object_get(page, "items"), i, it)
			live_line(l, "", it);
		token = j_str(page, "next_page_token", NULL);
		if (token != NULL)
			json_object_set_new(params, "page_token",
			    json_string(token));
		json_decref(page);
		if (token == NULL || ferror(stdout))
			return CTL_OK;
	}
}

static int
lines_command(struct ctl_opts *o, const char *method, const char *what,
    void (*put)(FILE *, const json_t *, int64_t))
{
	struct lines l = { .o = o, .put = put, .origin_ns = -1 };
	struct follow f = { .what = what,
		.id = o->argv[0],
		.item = live_line,
		.arg = &l };
	json_t *params = json_pack("{s:s}", "id", o->argv[0]);
	struct conn *c;
	int rc;

	if (follow_since(o, params, true, &l.last) != 0) {
		json_decref(params);
		return CTL_USAGE;
	}
	rc = conn_open(o, &c);
	if (rc == CTL_OK) {
		rc = history(c, method, params, &l);
		if (rc == CTL_OK && o->json && !o->follow)
			print_json_end(stdout);
		if (rc == CTL_OK && o->follow)
			rc = follow_on(&f, c, l.last);
		conn_close(c);
	}
	json_decref(params);
	return rc;
}

/* scheddetail is no history: the instance is asked now. */
static int
sched_detail(struct ctl_opts *o)
{
	json_t *res = NULL;
	int rc;

	if (o->follow || o->since != NULL) {
		ctl_say("--detail shows this moment: not with -f or --since");
		return CTL_USAGE;
	}
	rc = conn_ask(o, "telemetry.scheddetail",
	    json_pack("{s:s}", "id", o->argv[0]), &res);
	if (rc != CTL_OK)
		return rc;
	if (o->json)
		print_json(res, stdout);
	else
		fputs(j_str(res, "text", ""), stdout);
	json_decref(res);
	return CTL_OK;
}

int
cmd_sched(struct ctl_opts *o)
{
	if (o->latency)
		return cmd_sched_latency(o);
	if (o->detail)
		return sched_detail(o);
	return lines_command(o, "telemetry.sched", "sched", gofmt_sched);
}

int
cmd_gc(struct ctl_opts *o)
{
	return lines_command(o, "telemetry.gc", "gc", gofmt_gc);
}

/* gctrace's zero of the run: told with every page of its history. */
static int64_t
runtime_origin(struct conn *c, const char *id, int64_t none)
{
	struct conn_err err;
	json_t *page = conn_call(c, "telemetry.gc",
	    json_pack("{s:s, s:i}", "id", id, "limit", 1), &err);
	int64_t origin = j_int(page, "origin_ns", 0);

	json_decref(page);
	return origin > 0 ? origin : none;
}

int
cmd_gcnow(struct ctl_opts *o)
{
	struct conn_err err;
	struct conn *c;
	json_t *res;
	int rc = conn_open(o, &c);

	if (rc != CTL_OK)
		return rc;
	res = conn_call(c, "instance.gc", json_pack("{s:s}", "id", o->argv[0]),
	    &err);
	if (res == NULL)
		rc = conn_fail(&err);
	else if (o->json)
		print_json(res, stdout);
	else
		gofmt_gc(stdout, res,
		    runtime_origin(c, o->argv[0], j_int(res, "t_ns", 0)));
	json_decref(res);
	conn_close(c);
	return rc;
}

/* ---- mem ---- */

enum unit { U_BYTES, U_COUNT, U_NS, U_PERMILLE, U_PERCENT, U_TIME };

/* clang-format off */
static const struct mem_row {
	const char *group, *key, *label;
	enum unit unit;
} mem_rows[] = {
	{ "heap", "alloc_bytes", "in objects", U_BYTES },
	{ NULL, "heap_objects", "objects", U_COUNT },
	{ NULL, "heap_inuse_bytes", "in spans in use", U_BYTES },
	{ NULL, "heap_idle_bytes", "in idle spans", U_BYTES },
	{ NULL, "heap_released_bytes", "returned to the system", U_BYTES },
	{ NULL, "heap_sys_bytes", "from the system", U_BYTES },
	{ NULL, "total_alloc_bytes", "allocated since start", U_BYTES },
	{ NULL, "mallocs", "allocations since start", U_COUNT },
	{ NULL, "frees", "frees since start", U_COUNT },
	{ "collector", "num_gc", "collections", U_COUNT },
	{ NULL, "num_forced_gc", "forced ones", U_COUNT },
	{ NULL, "last_gc_unix_ns", "last one", U_TIME },
	{ NULL, "pause_total_ns", "pauses, summed up", U_NS },
	{ NULL, "gc_cpu_permille", "share of CPU", U_PERMILLE },
	{ NULL, "next_gc_bytes", "goal of the next one", U_BYTES },
	{ NULL, "gogc_percent", "GOGC", U_PERCENT },
	{ NULL, "gomemlimit_bytes", "GOMEMLIMIT", U_BYTES },
	{ "stacks", "stack_inuse_bytes", "in use", U_BYTES },
	{ NULL, "stack_sys_bytes", "from the system", U_BYTES },
	{ "runtime", "mspan_inuse_bytes", "span records in use", U_BYTES },
	{ NULL, "mcache_inuse_bytes", "caches in use", U_BYTES },
	{ NULL, "gc_sys_bytes", "collector's own", U_BYTES },
	{ NULL, "other_sys_bytes", "other", U_BYTES },
	{ NULL, "sys_bytes", "all from the system", U_BYTES },
	{ "scheduler", "goroutines", "goroutines", U_COUNT },
	{ NULL, "goroutines_created", "goroutines since start", U_COUNT },
	{ NULL, "threads", "threads", U_COUNT },
	{ NULL, "gomaxprocs", "GOMAXPROCS", U_COUNT },
	{ NULL, "stall_ns", "stalled", U_NS },
};
/* clang-format on */

static void
mem_value(char *buf, size_t cap, enum unit u, int64_t v)
{
	switch (u) {
	case U_BYTES:
		if (v == INT64_MAX)
			snprintf(buf, cap, "none");
		else
			print_size(buf, cap, (uint64_t)v);
		return;
	case U_COUNT:
		snprintf(buf, cap, "%" PRId64, v);
		return;
	case U_NS:
		print_dur(buf, cap, v);
		return;
	case U_PERMILLE:
		snprintf(buf, cap, "%.1f %%", (double)v / 10);
		return;
	case U_PERCENT:
		if (v < 0 || v == INT64_MAX)
			snprintf(buf, cap, "off");
		else
			snprintf(buf, cap, "%" PRId64 " %%", v);
		return;
	case U_TIME:
		print_ago(buf, cap, v, when_now());
		return;
	}
}

int
cmd_mem(struct ctl_opts *o)
{
	static const char *const heads[] = { "AREA", "WHAT", ">VALUE", NULL };
	struct table *t;
	json_t *res = NULL;
	const json_t *all;
	char buf[64];
	size_t i;
	int rc = conn_ask(o, "telemetry.mem",
	    json_pack("{s:s}", "id", o->argv[0]), &res);

	if (rc != CTL_OK)
		return rc;
	if (o->json) {
		print_json(res, stdout);
		json_decref(res);
		return CTL_OK;
	}
	all = json_object_get(res, "counters");
	if (all == NULL)
		all = res;
	t = table_new(heads);
	for (i = 0; i < sizeof(mem_rows) / sizeof(mem_rows[0]); i++) {
		if (!j_has(all, mem_rows[i].key))
			continue;
		mem_value(buf, sizeof(buf), mem_rows[i].unit,
		    j_int(all, mem_rows[i].key, 0));
		table_cell(t, mem_rows[i].group ? mem_rows[i].group : "");
		table_cell(t, mem_rows[i].label);
		table_cell(t, buf);
	}
	table_print(t, stdout);
	table_free(t);
	if (strcmp(j_str(res, "source", "live"), "live") != 0)
		ctl_say("these are its last numbers: it does not run");
	json_decref(res);
	return CTL_OK;
}
