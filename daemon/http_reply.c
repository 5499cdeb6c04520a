/*
 * http_reply.c - answers, with the headers that each of them must have.
 *
 * No answer may be kept by a cache or guessed at by a browser, none may be
 * read by a page of another origin: there is no CORS header anywhere.
 */
#include "daemon/gateway.h"
#include "ipc/rpc.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void
header(struct evhttp_request *req, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(req), name, value);
}

void
http_reply_text(struct gateway *gw, struct evhttp_request *req, int status,
    const char *type, const char *text, size_t len)
{
	struct evbuffer *out = evhttp_request_get_output_buffer(req);

	header(req, "Content-Type", type);
	header(req, "Cache-Control", "no-store");
	header(req, "X-Content-Type-Options", "nosniff");
	header(req, "Content-Security-Policy",
	    "default-src 'none'; script-src 'self'; style-src 'self'; "
	    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'");
	header(req, "Referrer-Policy", "no-referrer");
	evbuffer_add(out, text, len);
	gw->requests[status / 100 % 6]++;
	evhttp_send_reply(req, status, NULL, NULL);
}

void
http_reply_json(struct gateway *gw, struct evhttp_request *req, int status,
    json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(v);
	if (text == NULL) {
		http_reply_status(gw, req, 500, "internal",
		    "the answer can't be written as JSON");
		return;
	}
	http_reply_text(gw, req, status, "application/json; charset=utf-8",
	    text, strlen(text));
	free(text);
}

static void
reply_error(struct gateway *gw, struct evhttp_request *req, int status,
    int code, const char *reason, const char *message)
{
	json_t *v = json_pack("{s:{s:i, s:s, s:s}}", "error", "code", code,
	    "message", message, "reason", reason);

	if (v == NULL)
		v = json_pack("{s:{s:i, s:s, s:s}}", "error", "code", code,
		    "message", "what was asked is no UTF-8 text", "reason",
		    reason);
	http_reply_json(gw, req, status, v);
}

void
http_reply_error(struct gateway *gw, struct evhttp_request *req, int code,
    const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply_error(gw, req, rpc_http_status(code), code, rpc_reason(code),
	    text);
}

void
http_reply_status(struct gateway *gw, struct evhttp_request *req, int status,
    const char *reason, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply_error(gw, req, status, status, reason, text);
}

void
http_reply_rpc_error(struct gateway *gw, struct evhttp_request *req,
    const json_t *error)
{
	int code = (int)json_integer_value(json_object_get(error, "code"));
	const char *message =
	    json_string_value(json_object_get(error, "message"));
	const char *reason = json_string_value(
	    json_object_get(json_object_get(error, "data"), "reason"));

	reply_error(gw, req, rpc_http_status(code), code,
	    reason ? reason : rpc_reason(code), message ? message : "failed");
}
