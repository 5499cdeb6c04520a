/*
 * gateway.c - the gateway role: links, the store's reader, the clock.
 *
 * Over the link to the supervisor come `read` (a read method of the control
 * socket, to be answered here) and `answer` (to a call made over HTTP); over
 * the link to the recorder come `live` items and `countersare`.
 *
 * The reader is opened when first needed and again after a failure. After a
 * reboot the recorder must have opened the file before a reader can, so "not
 * ready" is an ordinary state: /readyz tells it, reads answer busy.
 */
#include "daemon/gateway.h"
#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/reads.h"
#include "daemon/roles.h"
#include "ipc/rpc.h"
#include "store/store.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t
now_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* ---- the reader ---- */

struct store_reader *
gateway_reader(struct gateway *gw)
{
	char *cause = NULL;
	int rc;

	if (gw->reader != NULL)
		return gw->reader;
	rc = store_reader_open(gw->role->cfg->db_path, &gw->reader, &cause);
	free(gw->not_ready);
	gw->not_ready = NULL;
	if (rc == 0) {
		free(cause);
		return gw->reader;
	}
	gw->reader = NULL;
	gw->not_ready = cause != NULL ? cause : strdup(strerror(-rc));
	return NULL;
}

void
gateway_reader_drop(struct gateway *gw)
{
	store_reader_close(gw->reader);
	gw->reader = NULL;
}

/* ---- messages ---- */

static void
send_answer(struct gateway *gw, const json_t *rid, json_t *result,
    json_t *error)
{
	json_t *m = json_pack("{s:s, s:O}", "m", "answer", "rid", rid);

	if (m == NULL) {
		json_decref(result);
		json_decref(error);
		return;
	}
	if (result != NULL)
		json_object_set_new(m, "result", result);
	else
		json_object_set_new(m, "error", error);
	role_send(gw->role, ROLE_SUPERVISOR, m, NULL, 0);
}

static void
on_read(struct gateway *gw, json_t *msg)
{
	const char *method = json_string_value(json_object_get(msg, "method"));
	const json_t *rid = json_object_get(msg, "rid");
	struct store_reader *r = gateway_reader(gw);
	json_t *result = NULL, *error = NULL;
	bool broken = false;

	if (rid == NULL || method == NULL) {
		log_warning("a read without a number or a method");
		return;
	}
	gw->reads++;
	if (r == NULL)
		error = rpc_error(RPC_BUSY, "store not ready: %s",
		    gw->not_ready ? gw->not_ready : "?");
	else
		result = reads_answer(r, method, json_object_get(msg, "params"),
		    true, &error, &broken);
	if (broken)
		gateway_reader_drop(gw);
	if (result == NULL)
		gw->reads_failed++;
	send_answer(gw, rid, result, error);
}

static void
on_answer(struct gateway *gw, json_t *msg)
{
	const json_t *result = json_object_get(msg, "result");
	const json_t *error = json_object_get(msg, "error");

	if ((result == NULL) == (error == NULL))
		return;
	waiting_end(gw, json_integer_value(json_object_get(msg, "rid")),
	    result, error);
}

static void
on_message(struct role *r, enum role_id from, const char *m, json_t *msg,
    int *fds, int nfds)
{
	struct gateway *gw = r->data;

	if (from == ROLE_SUPERVISOR && strcmp(m, "read") == 0)
		on_read(gw, msg);
	else if (from == ROLE_SUPERVISOR && strcmp(m, "answer") == 0)
		on_answer(gw, msg);
	else if (from == ROLE_RECORDER && strcmp(m, "live") == 0)
		http_sse_live(gw, msg);
	else if (from == ROLE_RECORDER && strcmp(m, "countersare") == 0)
		http_metrics_counters(gw, msg);
	else
		log_warning("%s sent '%s', which is not for us", role_name(from),
		    m);
}

static void
on_peer(struct role *r, enum role_id from)
{
	if (from == ROLE_RECORDER)
		http_sse_resume(r->data);
}

/* What was asked of it will not be answered any more. */
static void
on_peer_gone(struct role *r, enum role_id from)
{
	struct gateway *gw = r->data;

	if (from == ROLE_RECORDER) {
		gateway_reader_drop(gw);
		gw->scrape_rid = 0;
		json_decref(gw->scrape);
		gw->scrape = NULL;
	}
	waiting_expire(gw, -1);
}

/* ---- the role ---- */

static json_t *
on_stat(struct role *r)
{
	struct gateway *gw = r->data;
	char at[256], detail[400];

	http_address(gw, at, sizeof(at));
	snprintf(detail, sizeof(detail), "http %s, %u streams%s%s", at,
	    gw->nsse, gw->not_ready && !gw->reader ? ", store not ready: " : "",
	    gw->not_ready && !gw->reader ? gw->not_ready : "");
	return json_pack("{s:s, s:s}", "http", at, "detail", detail);
}

static void
on_listener(struct role *r, int fd)
{
	struct gateway *gw = r->data;

	http_stop(gw); /* a new address replaces the old one */
	http_start(gw, fd);
}

static void
on_quit(struct role *r)
{
	http_stop(r->data);
	role_leave(r, 0);
}

static void
on_tick(int fd, short what, void *arg)
{
	struct gateway *gw = arg;
	int64_t now = now_mono();

	waiting_expire(gw, now);
	http_sse_tick(gw, now);
}

static const struct role_ops ops = {
	.peer = on_peer,
	.peer_gone = on_peer_gone,
	.message = on_message,
	.stat = on_stat,
	.listener = on_listener,
	.quit = on_quit,
};

int
gateway_main(struct role *r)
{
	static const struct timeval second = { 1, 0 };
	struct gateway *gw = calloc(1, sizeof(*gw));
	int rc;

	if (gw == NULL)
		return 1;
	gw->role = r;
	r->data = gw;
	r->ops = &ops;
	gw->tick = event_new(r->base, -1, EV_PERSIST, on_tick, gw);
	if (gw->tick == NULL || event_add(gw->tick, &second) != 0) {
		log_error("no timer: out of memory");
		return 1;
	}
	role_ready(r);
	rc = role_loop(r);
	http_stop(gw);
	gateway_reader_drop(gw);
	event_free(gw->tick);
	json_decref(gw->scrape);
	free(gw->not_ready);
	free(gw);
	return rc;
}
