/*
 * gateway_wait.c - HTTP requests that wait for another role.
 *
 * Each waits with a number (rid) that the message to the other role carries
 * and its answer echoes. A wait ends in exactly one of three ways: the answer,
 * the deadline, or the link's end. The client may go away before; then the
 * connection's close callback empties the place and the answer goes nowhere.
 */
#include "daemon/gateway.h"
#include "ipc/rpc.h"

#include <event2/http.h>
#include <stdlib.h>
#include <time.h>

struct waiting {
	struct waiting *next;
	int64_t rid;
	int64_t end_ns;
	struct evhttp_request *req; /* NULL: gone */
	waiting_fn fn;
	void *arg;
};

static int64_t
now_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * libevent takes a request that was not answered off its dying connection and
 * leaves it to us.
 */
static void
client_gone(struct evhttp_connection *evcon, void *arg)
{
	struct waiting *w = arg;

	if (evhttp_request_get_connection(w->req) == NULL)
		evhttp_request_free(w->req);
	w->req = NULL;
}

int64_t
waiting_add(struct gateway *gw, struct evhttp_request *req, int timeout_ms,
    waiting_fn fn, void *arg)
{
	struct waiting *w;

	if (gw->nwaiting >= GATEWAY_WAITING_MAX)
		return 0;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return 0;
	w->rid = ++gw->last_rid;
	w->end_ns = now_mono() + timeout_ms * 1000000LL;
	w->req = req;
	w->fn = fn;
	w->arg = arg;
	w->next = gw->waiting;
	gw->waiting = w;
	gw->nwaiting++;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req),
	    client_gone, w);
	return w->rid;
}

static void
end(struct gateway *gw, struct waiting **at, const json_t *result,
    const json_t *error)
{
	struct waiting *w = *at;

	*at = w->next;
	gw->nwaiting--;
	if (w->req != NULL)
		evhttp_connection_set_closecb(
		    evhttp_request_get_connection(w->req), NULL, NULL);
	w->fn(gw, w->req, w->arg, result, error);
	free(w);
}

void
waiting_end(struct gateway *gw, int64_t rid, const json_t *result,
    const json_t *error)
{
	struct waiting **at;

	for (at = &gw->waiting; *at != NULL; at = &(*at)->next) {
		if ((*at)->rid == rid) {
			end(gw, at, result, error);
			return;
		}
	}
}

void
waiting_expire(struct gateway *gw, int64_t now_ns)
{
	struct waiting **at = &gw->waiting;
	json_t *error;

	while (*at != NULL) {
		if (now_ns >= 0 && (*at)->end_ns > now_ns) {
			at = &(*at)->next;
			continue;
		}
		error = rpc_error(RPC_BUSY,
		    now_ns < 0 ? "gortd is starting that part of itself again" :
				 "no answer in time");
		end(gw, at, NULL, error);
		json_decref(error);
		at = &gw->waiting; /* the callback may have changed the list */
	}
}
