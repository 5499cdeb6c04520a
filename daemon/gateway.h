/*
 * gateway.h - what the gateway's files share.
 *
 * The gateway is one process with one thread and no rights of its own: it
 * reads the database through store_reader (read-only, views only, with a
 * deadline), asks the supervisor for what only a live instance knows, and the
 * recorder for what comes. HTTP is its only face to the outside; over its
 * links it answers the read methods of the control socket too.
 *
 * Everything here belongs to the thread of the event base.
 */
#ifndef DAEMON_GATEWAY_H
#define DAEMON_GATEWAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct evhttp;
struct evhttp_request;
struct event;
struct role;
struct sse;
struct store_reader;
struct waiting;

#define GATEWAY_CALL_MS 10000  /* a live method, asked over HTTP */
#define GATEWAY_SCRAPE_MS 2000 /* counters of the recorder */
#define GATEWAY_WAITING_MAX 256
#define GATEWAY_SSE_MAX 64

struct gateway {
	struct role *role; /* borrowed */
	struct store_reader *reader; /* NULL: not ready */
	char *not_ready;             /* why; owned, NULL when ready */
	struct event *tick;          /* each second */

	struct evhttp *http;
	bool unix_socket; /* the listener is one */
	uint16_t port;    /* else */
	char token[65];   /* hexadecimal; "" when nobody needs one */

	struct waiting *waiting; /* requests that wait for another role */
	unsigned nwaiting;
	int64_t last_rid;

	struct sse *sse; /* streams of events */
	unsigned nsse;
	int64_t last_sub;

	json_t *scrape;     /* items of the counters asked for, so far */
	int64_t scrape_rid; /* 0: none is under way */

	/* for /metrics */
	uint64_t requests[6]; /* by hundreds of the status */
	uint64_t sse_dropped;
	uint64_t reads, reads_failed;
};

/* ---- gateway.c ---- */

/* The reader, opened if need be; NULL: not ready, gw->not_ready says why. */
struct store_reader *gateway_reader(struct gateway *gw);
/* After -EIO and the like: open it anew next time. */
void gateway_reader_drop(struct gateway *gw);

/* ---- gateway_wait.c: requests that wait for another role ---- */

/*
 * How a wait ends: exactly one of result and error (an object with code and
 * message) is not NULL; both are borrowed. req is NULL when the client has
 * gone away meanwhile.
 */
typedef void (*waiting_fn)(struct gateway *gw, struct evhttp_request *req,
    void *arg, const json_t *result, const json_t *error);

/*
 * Put req on the list. Returns the rid for the message, or 0 when too many
 * wait (nothing is done then). The end comes through fn, once.
 */
int64_t waiting_add(struct gateway *gw, struct evhttp_request *req,
    int timeout_ms, waiting_fn fn, void *arg);
void waiting_end(struct gateway *gw, int64_t rid, const json_t *result,
    const json_t *error);
/* End all that are overdue; now_ns -1: all there are. */
void waiting_expire(struct gateway *gw, int64_t now_ns);

/* ---- http_server.c ---- */

/* Serve on fd, which is taken. Returns 0 or -errno. */
int http_start(struct gateway *gw, int fd);
void http_stop(struct gateway *gw);
/* "http://127.0.0.1:7117/" or "unix:..."; buf is filled and returned. */
char *http_address(const struct gateway *gw, char *buf, size_t cap);

/* ---- http_reply.c ---- */

/* v is stolen. */
void http_reply_json(struct gateway *gw, struct evhttp_request *req, int status,
    json_t *v);
void http_reply_text(struct gateway *gw, struct evhttp_request *req, int status,
    const char *type, const char *text, size_t len);
/* {"error":{"code","message","reason"}} with the status that fits the code. */
void http_reply_error(struct gateway *gw, struct evhttp_request *req, int code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same of a JSON-RPC error object. */
void http_reply_rpc_error(struct gateway *gw, struct evhttp_request *req,
    const json_t *error);
/* An error whose status is not the code's own. */
void http_reply_status(struct gateway *gw, struct evhttp_request *req,
    int status, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- http_api.c, http_sse.c, http_openapi.c, http_page.c ---- */

/* A request below /v1/; the caller has checked method, host and token. */
void http_api(struct gateway *gw, struct evhttp_request *req, const char *path,
    const char *query);
void http_sse_start(struct gateway *gw, struct evhttp_request *req,
    json_t *params);
void http_sse_live(struct gateway *gw, const json_t *msg);
void http_sse_tick(struct gateway *gw, int64_t now_ns);
/* The recorder is there again: go on behind the last event of each. */
void http_sse_resume(struct gateway *gw);
void http_sse_stop(struct gateway *gw);
json_t *http_openapi(void); /* new */
extern const char http_page_html[], http_page_js[], http_page_css[];

/* One row for each path of the API: openapi and dispatch are made from it. */
struct http_route {
	const char *tail;   /* behind /v1/instances/ID/; "" that itself */
	const char *method; /* of methods.h */
	bool live;          /* answered by the supervisor */
	const char *doc;
};
extern const struct http_route http_routes[]; /* ends with a NULL tail */

/* ---- http_metrics.c ---- */
void http_metrics(struct gateway *gw, struct evhttp_request *req);
/* countersare of the recorder. */
void http_metrics_counters(struct gateway *gw, json_t *msg);

#endif
