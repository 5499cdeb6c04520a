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

/* result: the items; NULL: the recorder did not answer. */
static void
answered(struct gateway *gw, struct evhttp_request *req, void *arg,
    const json_t *result, const json_t *error)
{
	if (req != NULL)
		write_all(gw, req, result);
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
