/*
 * rpc.h - JSON-RPC 2.0 over jansson: the objects, not the bytes' way.
 *
 * Shared by daemon and client. One object (or batch) a line, UTF-8. Nothing
 * here does I/O or keeps state.
 *
 * Threads: pure but for jansson's own state; any thread, own objects.
 */
#ifndef IPC_RPC_H
#define IPC_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define RPC_REQUEST_MAX (64 * 1024) /* bytes of a request line */
#define RPC_ANSWER_MAX (1024 * 1024)
#define RPC_BATCH_MAX 100
#define RPC_DEPTH_MAX 64 /* nesting of a request */

/* The range of versions of the methods that this build speaks. */
#define RPC_API_MIN 1
#define RPC_API_MAX 1

/* Every error that can be answered: name, code, data.reason, HTTP status. */
#define RPC_ERRORS(X)                                                          \
	X(PARSE, -32700, "parse_error", 400)                                   \
	X(REQUEST, -32600, "invalid_request", 400)                             \
	X(METHOD, -32601, "method_not_found", 404)                             \
	X(PARAMS, -32602, "invalid_params", 400)                               \
	X(INTERNAL, -32603, "internal", 500)                                   \
	X(NOT_FOUND, -32000, "not_found", 404)                                 \
	X(WRONG_STATE, -32001, "wrong_state", 409)                             \
	X(DENIED, -32002, "denied", 403)                                       \
	X(LIMIT, -32003, "limit", 429)                                         \
	X(BUSY, -32004, "busy", 503)                                           \
	X(FAILED, -32005, "failed", 422)

enum rpc_code {
#define X(name, code, reason, http) RPC_##name = code,
	RPC_ERRORS(X)
#undef X
};

/* "not_found", ...; "internal" for a number that is not in the list. */
const char *rpc_reason(int code);
int rpc_http_status(int code);

/*
 * Parse one line, without its newline.
 *
 * Returns a new value (an object or an array of 1..RPC_BATCH_MAX), or NULL
 * with an error object in *ret_error: not UTF-8, duplicate keys, NUL bytes,
 * nesting beyond RPC_DEPTH_MAX, longer than RPC_REQUEST_MAX, batch too long.
 */
json_t *rpc_parse(const char *line, size_t len, json_t **ret_error);

/* One request out of a line or batch, checked for form. */
struct rpc_request {
	const char *method;   /* borrowed from the object */
	json_t *params;       /* borrowed; NULL or an object */
	json_t *id;           /* borrowed; NULL: a notification */
};

/* Returns NULL with *ret filled, or a new error object (ret->id is set). */
json_t *rpc_request_check(json_t *obj, struct rpc_request *ret);

/* New error object {"code","message","data":{"reason"}}. */
json_t *rpc_error(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* New messages; result, err and params are stolen, id is borrowed (NULL: null). */
json_t *rpc_answer(json_t *id, json_t *result);
json_t *rpc_answer_error(json_t *id, json_t *err);
json_t *rpc_request(json_int_t id, const char *method, json_t *params);
json_t *rpc_notification(const char *method, json_t *params);

#endif
