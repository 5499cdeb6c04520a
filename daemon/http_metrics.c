/*
 * http_metrics.c - /metrics: one question to the recorder for each scrape.
 *
 * The recorder has every ring's counter page mapped, so it answers from memory
 * without asking an instance: a hung or hostile one can't hold a scrape up.
 * When the recorder does not answer in time the daemon's own numbers are told
 * alone, and gortd_scrape_complete says 0.
 */
#include "daemon/config.h"
#include "daemon/gateway.h"
#include "daemon/metrics.h"
#include "daemon/roles.h"

#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

static uint64_t
started(void)
{
	static time_t at;

	if (at == 0)
		at = time(NULL);
	return (uint64_t)at;
}

static void
write_all(struct gateway *gw, struct evhttp_request *req, const json_t *items)
{
	struct metrics_daemon d = { .version = PACKAGE_VERSION,
		.supervisor = gw->role->peer[ROLE_SUPERVISOR] != NULL,
		.recorder = gw->role->peer[ROLE_RECORDER] != NULL,
		.store = gateway_reader(gw) != NULL,
		.streams = gw->nsse,
		.streams_dropped = gw->sse_dropped,
		.reads = gw->reads,
		.reads_failed = gw->reads_failed,
		.started_s = started() };
	const char *accept = evhttp_find_header(
	    evhttp_request_get_input_headers(req), "Accept");
	bool open = metrics_wants_open(accept);
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL) {
		http_reply_status(gw, req, 500, "internal", "out of memory");
		return;
	}
	memcpy(d.requests, gw->requests, sizeof(d.requests));
	metrics_write(f, open, items, &d, metrics_proc_read,
	    METRICS_SERIES_MAX);
	fclose(f);
	http_reply_text(gw, req, 200,
	    open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" :
		   "text/plain; version=0.0.4; charset=utf-8",
	    text, len);
	free(text);
}

/* ---- instances without a ring ---- */

static bool
is_among(const json_t *items, const char *id)
{
	const json_t *it;
	const char *s;
	size_t i;

	json_array_foreach (items, i, it) {
		s = json_string_value(json_object_get(it, "instance"));
		if (s != NULL && strcmp(s, id) == 0)
			return true;
	}
	return false;
}

/* One of instance.list as an item that has no counters. */
static json_t *
item_of(const json_t *in)
{
	return json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?, s:O?}", "instance",
	    json_object_get(in, "id"), "name", json_object_get(in, "name"),
	    "kind", json_object_get(in, "kind"), "run",
	    json_object_get(in, "run"), "pid", json_object_get(in, "pid"),
	    "start_ns", json_object_get(in, "started_ns"));
}

/* The supervisor's list, or not in time: then what the recorder has is told. */
static void
listed(struct gateway *gw, struct evhttp_request *req, void *arg,
    const json_t *result, const json_t *error)
{
	json_t *items = arg, *in;
	const char *id;
	size_t i;

	json_array_foreach (json_object_get(result, "items"), i, in) {
		id = json_string_value(json_object_get(in, "id"));
		if (id != NULL &&
		    json_is_integer(json_object_get(in, "pid")) &&
		    !is_among(items, id))
			json_array_append_new(items, item_of(in));
	}
	if (req != NULL)
		write_all(gw, req, items);
	json_decref(items);
}

/*
 * result: the recorder's items; NULL: it did not answer. Kinds without a ring
 * are known to the supervisor alone, so that it is asked too.
 */
static void
answered(struct gateway *gw, struct evhttp_request *req, void *arg,
    const json_t *result, const json_t *error)
{
	json_t *items;
	int64_t rid;

	if (req == NULL)
		return;
	if (result == NULL) {
		write_all(gw, req, NULL);
		return;
	}
	items = json_copy((json_t *)result);
	rid = waiting_add(gw, req, GATEWAY_SCRAPE_MS, listed, items);
	if (rid == 0) {
		listed(gw, req, items, NULL, NULL);
		return;
	}
	if (role_send(gw->role, ROLE_SUPERVISOR,
		json_pack("{s:s, s:I, s:s, s:{s:i}, s:{s:s}}", "m", "call",
		    "rid", (json_int_t)rid, "method", "instance.list", "params",
		    "limit", 1000, "who", "access", "view"),
		NULL, 0) != 0)
		waiting_end(gw, rid, NULL, json_true());
}

/* Put this scrape on the list, or tell what we know without the recorder. */
void
http_metrics(struct gateway *gw, struct evhttp_request *req)
{
	int64_t rid;

	if (gw->role->peer[ROLE_RECORDER] == NULL) {
		write_all(gw, req, NULL);
		return;
	}
	rid = waiting_add(gw, req, GATEWAY_SCRAPE_MS, answered, NULL);
	if (rid == 0) {
		write_all(gw, req, NULL);
		return;
	}
	if (role_send(gw->role, ROLE_RECORDER,
		json_pack("{s:s, s:I, s:n}", "m", "counters", "rid",
		    (json_int_t)rid, "instance"),
		NULL, 0) != 0)
		waiting_end(gw, rid, NULL, json_true());
}

void
http_metrics_counters(struct gateway *gw, json_t *msg)
{
	int64_t rid = json_integer_value(json_object_get(msg, "rid"));
	json_t *items = json_object_get(msg, "items"), *all;

	if (!json_is_array(items))
		return;
	/* packets of one answer come in order and are not mixed with others */
	if (gw->scrape_rid != rid) {
		json_decref(gw->scrape);
		gw->scrape = json_array();
		gw->scrape_rid = rid;
	}
	json_array_extend(gw->scrape, items);
	if (json_is_true(json_object_get(msg, "more")))
		return;
	all = gw->scrape;
	gw->scrape = NULL;
	gw->scrape_rid = 0;
	waiting_end(gw, rid, all, NULL);
	json_decref(all);
}
