/*
 * rpc.c - JSON-RPC 2.0 objects; see rpc.h.
 *
 * The line is scanned once before jansson sees it: nesting and length decide
 * how much memory a parse costs (a megabyte of "[[]," is forty in jansson's
 * hands), so they are bounded first, by a scanner that allocates nothing.
 */
#include "ipc/rpc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int code;
	const char *reason;
	int http;
} errors[] = {
#define X(name, code, reason, http) { code, reason, http },
	RPC_ERRORS(X)
#undef X
};
#define NERRORS (sizeof errors / sizeof errors[0])

const char *
rpc_reason(int code)
{
	for (size_t i = 0; i < NERRORS; i++)
		if (errors[i].code == code)
			return errors[i].reason;
	return "internal";
}

int
rpc_http_status(int code)
{
	for (size_t i = 0; i < NERRORS; i++)
		if (errors[i].code == code)
			return errors[i].http;
	return 500;
}

/* Deepest nesting of line, strings skipped; a rough count is enough here. */
static int
depth_of(const char *line, size_t len)
{
	int depth = 0, deepest = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		char c = line[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > deepest)
				deepest = depth;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return deepest;
}

json_t *
rpc_parse(const char *line, size_t len, json_t **ret_error)
{
	json_error_t je;
	json_t *v;

	if (len > RPC_REQUEST_MAX) {
		*ret_error = rpc_error(RPC_REQUEST,
		    "the request is longer than %d bytes", RPC_REQUEST_MAX);
		return NULL;
	}
	if (memchr(line, 0, len) != NULL) {
		*ret_error = rpc_error(RPC_PARSE,
		    "the request contains a NUL byte");
		return NULL;
	}
	if (depth_of(line, len) > RPC_DEPTH_MAX) {
		*ret_error = rpc_error(RPC_REQUEST,
		    "the request is nested deeper than %d", RPC_DEPTH_MAX);
		return NULL;
	}
	v = json_loadb(line, len, JSON_REJECT_DUPLICATES, &je);
	if (v == NULL) {
		*ret_error = rpc_error(RPC_PARSE,
		    "the request is not JSON: %s at byte %d", je.text,
		    je.position);
		return NULL;
	}
	if (json_is_array(v) && (json_array_size(v) == 0 ||
	    json_array_size(v) > RPC_BATCH_MAX)) {
		*ret_error = rpc_error(RPC_REQUEST,
		    "a batch has 1 to %d requests, not %zu", RPC_BATCH_MAX,
		    json_array_size(v));
		json_decref(v);
		return NULL;
	}
	return v;
}

json_t *
rpc_request_check(json_t *obj, struct rpc_request *ret)
{
	json_t *id, *method, *version;

	memset(ret, 0, sizeof *ret);
	if (!json_is_object(obj))
		return rpc_error(RPC_REQUEST, "a request is a JSON object");
	id = json_object_get(obj, "id");
	if (id != NULL && !json_is_string(id) && !json_is_number(id) &&
	    !json_is_null(id))
		return rpc_error(RPC_REQUEST,
		    "the id must be a string, a number or null");
	ret->id = id;
	version = json_object_get(obj, "jsonrpc");
	if (!json_is_string(version) ||
	    strcmp(json_string_value(version), "2.0") != 0)
		return rpc_error(RPC_REQUEST,
		    "\"jsonrpc\" must be \"2.0\"");
	method = json_object_get(obj, "method");
	if (!json_is_string(method))
		return rpc_error(RPC_REQUEST, "\"method\" must be a string");
	ret->method = json_string_value(method);
	ret->params = json_object_get(obj, "params");
	if (ret->params != NULL && !json_is_object(ret->params))
		return rpc_error(RPC_PARAMS, "\"params\" must be an object");
	return NULL;
}

json_t *
rpc_error(int code, const char *fmt, ...)
{
	char text[1024];
	json_t *message;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* one line, whatever a peer's words in it hold */
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	message = json_string(text);
	if (message == NULL) /* a cut or foreign text that is not UTF-8 */
		message = json_string("(a message that is not UTF-8)");
	return json_pack("{s:i, s:o, s:{s:s}}", "code", code, "message",
	    message, "data", "reason", rpc_reason(code));
}

static json_t *
id_of(json_t *id)
{
	return id != NULL ? json_incref(id) : json_null();
}

json_t *
rpc_answer(json_t *id, json_t *result)
{
	return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_of(id),
	    "result", result);
}

json_t *
rpc_answer_error(json_t *id, json_t *err)
{
	return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_of(id),
	    "error", err);
}

json_t *
rpc_request(json_int_t id, const char *method, json_t *params)
{
	return json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id", id,
	    "method", method, "params",
	    params != NULL ? params : json_object());
}

json_t *
rpc_notification(const char *method, json_t *params)
{
	return json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method,
	    "params", params);
}
