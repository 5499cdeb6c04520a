/*
 * http_sse.c - /v1/events: server-sent events, live.
 *
 * Each stream is a subscription at the recorder, which joins history after
 * `since` with what comes, by sequence number. The sequence number is the
 * event's id, so a browser that comes back says where it was.
 *
 * A client that does not read must cost nothing: when more than 1 MiB waits in
 * its connection's buffer, events are dropped and counted, and once there is
 * room one event `dropped` tells how many; the client can then ask again with
 * the last id it has, because the store has them all. A comment each 15 s
 * keeps middlemen from closing a quiet stream and finds out dead clients.
 *
 * When the recorder is replaced the streams stay open and subscribe again
 * behind their last event.
 */
#include "daemon/gateway.h"
#include "daemon/roles.h"
#include "ipc/rpc.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_MAX (1024 * 1024)
#define BEAT_NS 15000000000LL
#define QUIET_SECONDS 86400 /* libevent's own idle timeout, for streams */

struct sse {
	struct sse *next;
	struct gateway *gw;
	struct evhttp_request *req;
	int64_t sub;  /* our number at the recorder */
	int64_t last; /* seq of the last event sent or dropped; 0: none */
	bool resume;  /* last is to be said when subscribing */
	char *id;     /* of one instance, whole; NULL: all */
	json_int_t run; /* of one run of it; 0: all */
	uint64_t dropped;
	int64_t beat_ns; /* when something was last sent */
};

static size_t
buffered(const struct sse *s)
{
	struct evhttp_connection *c = evhttp_request_get_connection(s->req);
	struct bufferevent *bev = c ? evhttp_connection_get_bufferevent(c) :
				      NULL;

	return bev ? evbuffer_get_length(bufferevent_get_output(bev)) : 0;
}

static int
subscribe(struct sse *s)
{
	json_t *m = json_pack("{s:s, s:I, s:[s], s:s?}", "m", "sub", "sub",
	    (json_int_t)s->sub, "what", "event", "instance", s->id);

	json_object_set_new(m, "run",
	    s->run > 0 ? json_integer(s->run) : json_null());
	json_object_set_new(m, "since",
	    s->resume ? json_integer(s->last) : json_null());
	return role_send(s->gw->role, ROLE_RECORDER, m, NULL, 0);
}

static void
sse_free(struct sse *s)
{
	struct sse **at;

	for (at = &s->gw->sse; *at != NULL; at = &(*at)->next) {
		if (*at == s) {
			*at = s->next;
			s->gw->nsse--;
			break;
		}
	}
	role_send(s->gw->role, ROLE_RECORDER,
	    json_pack("{s:s, s:I}", "m", "unsub", "sub", (json_int_t)s->sub),
	    NULL, 0);
	free(s->id);
	free(s);
}

/* The request, taken off its connection by libevent, is ours to free. */
static void
client_gone(struct evhttp_connection *c, void *arg)
{
	struct sse *s = arg;

	if (evhttp_request_get_connection(s->req) == NULL)
		evhttp_request_free(s->req);
	sse_free(s);
}

static void
send_chunk(struct sse *s, struct evbuffer *out)
{
	evhttp_send_reply_chunk(s->req, out);
}

/* ---- events ---- */

static void
send_dropped(struct sse *s)
{
	struct evbuffer *out = evbuffer_new();

	if (out == NULL)
		return;
	evbuffer_add_printf(out,
	    "event: dropped\ndata: {\"dropped\":%" PRIu64 "}\n\n", s->dropped);
	s->dropped = 0;
	send_chunk(s, out);
	evbuffer_free(out);
}

static void
send_event(struct sse *s, const json_t *item)
{
	int64_t seq = json_integer_value(json_object_get(item, "seq"));
	const char *type = json_string_value(json_object_get(item, "type"));
	struct evbuffer *out;
	char *data;

	if (seq != 0 && seq <= s->last)
		return;
	if (seq != 0) {
		s->last = seq;
		s->resume = true;
	}
	if (buffered(s) > BUFFER_MAX) {
		s->dropped++;
		s->gw->sse_dropped++;
		return;
	}
	if (s->dropped != 0)
		send_dropped(s);
	data = json_dumps(item, JSON_COMPACT);
	out = evbuffer_new();
	if (data != NULL && out != NULL) {
		evbuffer_add_printf(out, "id: %" PRId64 "\nevent: %s\n", seq,
		    type != NULL && strpbrk(type, "\r\n") == NULL ? type :
								    "event");
		evbuffer_add_printf(out, "data: %s\n\n", data);
		send_chunk(s, out);
	}
	free(data);
	if (out != NULL)
		evbuffer_free(out);
}

void
http_sse_live(struct gateway *gw, const json_t *msg)
{
	int64_t sub = json_integer_value(json_object_get(msg, "sub"));
	int64_t lost = json_integer_value(json_object_get(msg, "dropped"));
	const json_t *item;
	struct sse *s;
	size_t i;

	for (s = gw->sse; s != NULL && s->sub != sub; s = s->next)
		;
	if (s == NULL)
		return;
	s->dropped += lost > 0 ? (uint64_t)lost : 0;
	json_array_foreach (json_object_get(msg, "items"), i, item)
		send_event(s, item);
}

void
http_sse_tick(struct gateway *gw, int64_t now_ns)
{
	struct evbuffer *out;
	struct sse *s;

	for (s = gw->sse; s != NULL; s = s->next) {
		if (s->dropped != 0 && buffered(s) <= BUFFER_MAX / 2)
			send_dropped(s);
		if (now_ns - s->beat_ns < BEAT_NS)
			continue;
		s->beat_ns = now_ns;
		if (buffered(s) > BUFFER_MAX)
			continue;
		out = evbuffer_new();
		if (out == NULL)
			continue;
		evbuffer_add_printf(out, ": ping\n\n");
		send_chunk(s, out);
		evbuffer_free(out);
	}
}

void
http_sse_resume(struct gateway *gw)
{
	struct sse *s;

	for (s = gw->sse; s != NULL; s = s->next)
		subscribe(s);
}

/* ---- begin and end ---- */

static void
begin_reply(struct sse *s)
{
	struct evkeyvalq *h = evhttp_request_get_output_headers(s->req);
	struct evhttp_connection *c = evhttp_request_get_connection(s->req);
	struct evbuffer *out = evbuffer_new();

	evhttp_add_header(h, "Content-Type", "text/event-stream");
	evhttp_add_header(h, "Cache-Control", "no-store");
	evhttp_add_header(h, "X-Content-Type-Options", "nosniff");
	evhttp_connection_set_timeout(c, QUIET_SECONDS);
	evhttp_connection_set_closecb(c, client_gone, s);
	s->gw->requests[2]++;
	evhttp_send_reply_start(s->req, 200, NULL);
	if (out != NULL) {
		evbuffer_add_printf(out, "retry: 2000\n\n");
		send_chunk(s, out);
		evbuffer_free(out);
	}
}

void
http_sse_start(struct gateway *gw, struct evhttp_request *req, json_t *params)
{
	const json_t *since = json_object_get(params, "since");
	const char *id = json_string_value(json_object_get(params, "id"));
	struct sse *s;

	if (gw->nsse >= GATEWAY_SSE_MAX ||
	    gw->role->peer[ROLE_RECORDER] == NULL) {
		http_reply_error(gw, req, RPC_BUSY,
		    gw->nsse >= GATEWAY_SSE_MAX ?
			"too many streams are open" :
			"the recorder is not there; try again");
		json_decref(params);
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		json_decref(params);
		http_reply_error(gw, req, RPC_BUSY, "out of memory");
		return;
	}
	s->gw = gw;
	s->req = req;
	s->sub = ++gw->last_sub;
	s->id = id != NULL ? strdup(id) : NULL;
	s->run = json_integer_value(json_object_get(params, "run"));
	s->last = json_integer_value(since);
	s->resume = since != NULL;
	s->next = gw->sse;
	gw->sse = s;
	gw->nsse++;
	json_decref(params);
	begin_reply(s);
	subscribe(s);
}

void
http_sse_stop(struct gateway *gw)
{
	struct sse *s;

	while ((s = gw->sse) != NULL) {
		evhttp_connection_set_closecb(
		    evhttp_request_get_connection(s->req), NULL, NULL);
		evhttp_send_reply_end(s->req);
		sse_free(s);
	}
}
