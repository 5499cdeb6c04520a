/*
 * http_api.c - /v1: paths to methods.
 *
 * /v1/instances, /v1/instances/ID and what is below it are the methods of the
 * control socket that read, under the names people expect of HTTP. One table
 * holds them; openapi.json is made from the same rows. Params come from the
 * query string, are given the types that methods.h asks for, and are checked
 * there, so that both faces refuse the same nonsense with the same words.
 *
 * What the store knows is answered at once; what only the live instance knows
 * goes to the supervisor and the request waits.
 */
#include "daemon/gateway.h"
#include "daemon/methods.h"
#include "daemon/reads.h"
#include "daemon/roles.h"
#include "ipc/rpc.h"

#include <errno.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define ID_MAX 128

const struct http_route http_routes[] = {
	{ "", "instance.get", true, "One instance." },
	{ "boot", "telemetry.boot", false, "Its bootstrap, step by step." },
	{ "sched", "telemetry.sched", false, "Scheduler samples." },
	{ "gc", "telemetry.gc", false, "Collections." },
	{ "mem", "telemetry.mem", true, "Memory and scheduler counters." },
	{ "goroutines", "instance.goroutines", true, "Goroutines, live." },
	{ "logs", "instance.logs", false, "What it printed." },
	{ "events", "telemetry.events", false, "What happened to it." },
	{ "why", "instance.why", true, "Why it ended or restarted." },
	{ NULL, NULL, false, NULL },
};

/* ---- params ---- */

static const struct param *
param_of(const struct method *m, const char *name)
{
	const struct param *p;

	for (p = m->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* Text of a query string as the type that the method wants; NULL: nonsense. */
static json_t *
typed(const struct param *p, const char *text)
{
	char *end;
	long long n;

	if (p == NULL)
		return json_string(text); /* the check will name it */
	switch (p->type) {
	case PARAM_INT:
	case PARAM_NUMBER:
		errno = 0;
		n = strtoll(text, &end, 10);
		return *text != '\0' && *end == '\0' && errno == 0 ?
		    json_integer(n) :
		    NULL;
	case PARAM_BOOL:
		if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
			return json_true();
		if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
			return json_false();
		return NULL;
	default:
		return json_string(text);
	}
}

/* New params, or NULL after answering. */
static json_t *
params_of(struct gateway *gw, struct evhttp_request *req,
    const struct method *m, const char *query)
{
	json_t *params = json_object(), *v;
	struct evkeyvalq kv;
	struct evkeyval *h;
	const char *bad = NULL;

	if (query == NULL || query[0] == '\0')
		return params;
	if (evhttp_parse_query_str(query, &kv) != 0) {
		http_reply_error(gw, req, RPC_PARAMS,
		    "what follows the ? is not NAME=VALUE&...");
		json_decref(params);
		return NULL;
	}
	TAILQ_FOREACH (h, &kv, next) {
		if (strcmp(h->key, "token") == 0)
			continue; /* whose it is was checked at the door */
		v = typed(param_of(m, h->key), h->value);
		if (v == NULL || json_object_set_new(params, h->key, v) != 0)
			bad = h->key;
	}
	if (bad != NULL) {
		http_reply_error(gw, req, RPC_PARAMS,
		    "%s: what is given for \"%.80s\" makes no sense", m->name,
		    bad);
		json_decref(params);
		params = NULL;
	}
	evhttp_clear_headers(&kv);
	return params;
}

/* ---- answering ---- */

static void
live_answer(struct gateway *gw, struct evhttp_request *req, void *arg,
    const json_t *result, const json_t *error)
{
	if (req == NULL)
		return;
	if (error != NULL)
		http_reply_rpc_error(gw, req, error);
	else
		http_reply_json(gw, req, 200, json_incref((json_t *)result));
}

/* params are stolen. */
static void
ask_supervisor(struct gateway *gw, struct evhttp_request *req,
    const struct method *m, json_t *params)
{
	char *peer = NULL;
	ev_uint16_t port = 0;
	int64_t rid;
	int rc;

	rid = waiting_add(gw, req, GATEWAY_CALL_MS, live_answer, NULL);
	if (rid == 0) {
		json_decref(params);
		http_reply_error(gw, req, RPC_BUSY,
		    "too many requests wait already");
		return;
	}
	evhttp_connection_get_peer(evhttp_request_get_connection(req), &peer,
	    &port);
	rc = role_send(gw->role, ROLE_SUPERVISOR,
	    json_pack("{s:s, s:I, s:s, s:o, s:{s:s, s:s}}", "m", "call", "rid",
		(json_int_t)rid, "method", m->name, "params", params, "who",
		"http", peer != NULL ? peer : "?", "access", "view"),
	    NULL, 0);
	if (rc != 0) {
		json_t *e = rpc_error(RPC_BUSY, "the supervisor is not there");

		waiting_end(gw, rid, NULL, e);
		json_decref(e);
	}
}

static void
read_store(struct gateway *gw, struct evhttp_request *req,
    const struct method *m, json_t *params)
{
	struct store_reader *r = gateway_reader(gw);
	json_t *result, *error = NULL;
	bool broken = false;

	if (r == NULL) {
		http_reply_error(gw, req, RPC_BUSY, "store not ready: %s",
		    gw->not_ready ? gw->not_ready : "?");
		json_decref(params);
		return;
	}
	gw->reads++;
	result = reads_answer(r, m->name, params, false, &error, &broken);
	json_decref(params);
	if (broken)
		gateway_reader_drop(gw);
	if (result != NULL) {
		http_reply_json(gw, req, 200, result);
		return;
	}
	gw->reads_failed++;
	http_reply_rpc_error(gw, req, error);
	json_decref(error);
}

static void
run_method(struct gateway *gw, struct evhttp_request *req, const char *name,
    const char *id, const char *query)
{
	const struct method *m = method_find(name);
	json_t *params, *bad;

	if (m == NULL) {
		http_reply_error(gw, req, RPC_NOT_FOUND,
		    "there is nothing at this path");
		return;
	}
	params = params_of(gw, req, m, query);
	if (params == NULL)
		return;
	if (id != NULL)
		json_object_set_new(params, "id", json_string(id));
	bad = method_check(m, params);
	if (bad != NULL) {
		http_reply_rpc_error(gw, req, bad);
		json_decref(bad);
		json_decref(params);
	} else if (reads_knows(name))
		read_store(gw, req, m, params);
	else
		ask_supervisor(gw, req, m, params);
}

/* ---- paths ---- */

/* "ID" or "ID/TAIL" behind /v1/instances/ */
static void
one_instance(struct gateway *gw, struct evhttp_request *req, const char *rest,
    const char *query)
{
	const char *slash = strchr(rest, '/');
	const char *tail = slash != NULL ? slash + 1 : "";
	const struct http_route *rt;
	char raw[3 * ID_MAX + 1], *id;
	size_t len = slash != NULL ? (size_t)(slash - rest) : strlen(rest);

	for (rt = http_routes; rt->tail != NULL; rt++)
		if (strcmp(rt->tail, tail) == 0)
			break;
	if (rt->tail == NULL || len == 0 || len >= sizeof(raw)) {
		http_reply_error(gw, req, RPC_NOT_FOUND,
		    "there is nothing at this path");
		return;
	}
	memcpy(raw, rest, len);
	raw[len] = '\0';
	id = evhttp_uridecode(raw, 0, &len);
	if (id != NULL && strlen(id) == len)
		run_method(gw, req, rt->method, id, query);
	else
		http_reply_error(gw, req, RPC_PARAMS,
		    "the path's instance is no name: it has a NUL");
	free(id);
}

/* A stream's `id` becomes the whole id, and `run`. False: answered. */
static bool
stream_of(struct gateway *gw, struct evhttp_request *req, json_t *params)
{
	const char *text = json_string_value(json_object_get(params, "id"));
	struct store_reader *r = text != NULL ? gateway_reader(gw) : NULL;
	char id[READS_ID_BYTES];
	bool broken = false;
	int64_t run = -1;
	json_t *error;

	if (text == NULL)
		return true;
	if (r == NULL)
		error = rpc_error(RPC_BUSY, "store not ready: %s",
		    gw->not_ready ? gw->not_ready : "?");
	else
		error = reads_whose(r, text, id, &run, &broken);
	if (broken)
		gateway_reader_drop(gw);
	if (error != NULL) {
		http_reply_rpc_error(gw, req, error);
		json_decref(error);
		return false;
	}
	json_object_set_new(params, "id", json_string(id));
	if (run > 0)
		json_object_set_new(params, "run", json_integer(run));
	return true;
}

static void
start_stream(struct gateway *gw, struct evhttp_request *req, const char *query)
{
	const struct method *m = method_find("telemetry.events");
	const char *last = evhttp_find_header(
	    evhttp_request_get_input_headers(req), "Last-Event-ID");
	json_t *params = params_of(gw, req, m, query), *bad;
	char *end;
	long long n;

	if (params == NULL)
		return;
	if (last != NULL) {
		n = strtoll(last, &end, 10);
		if (*last != '\0' && *end == '\0' && n >= 0)
			json_object_set_new(params, "since", json_integer(n));
	}
	bad = method_check(m, params);
	if (bad != NULL) {
		http_reply_rpc_error(gw, req, bad);
		json_decref(bad);
		json_decref(params);
		return;
	}
	if (!stream_of(gw, req, params)) {
		json_decref(params);
		return;
	}
	http_sse_start(gw, req, params);
}

void
http_api(struct gateway *gw, struct evhttp_request *req, const char *path,
    const char *query)
{
	if (strcmp(path, "instances") == 0)
		run_method(gw, req, "instance.list", NULL, query);
	else if (strncmp(path, "instances/", 10) == 0)
		one_instance(gw, req, path + 10, query);
	else if (strcmp(path, "events") == 0)
		start_stream(gw, req, query);
	else if (strcmp(path, "status") == 0)
		run_method(gw, req, "daemon.status", NULL, query);
	else if (strcmp(path, "openapi.json") == 0)
		http_reply_json(gw, req, 200, http_openapi());
	else
		http_reply_error(gw, req, RPC_NOT_FOUND,
		    "there is nothing at this path");
}
