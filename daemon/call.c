/*
 * call.c - one call of a method; see call.h.
 *
 * handlers[] is the only place that ties a name in methods.c to code; a test
 * checks that every method that the supervisor answers has one.
 */
#include "daemon/call.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/handlers.h"
#include "daemon/inst.h"
#include "ipc/rpc.h"

const struct handler *
handler_find(const char *name)
{
	for (const struct handler *h = handlers; h->name != NULL; h++)
		if (strcmp(h->name, name) == 0)
			return h;
	return NULL;
}

struct call *
call_new(json_t *id, json_t *params)
{
	struct call *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->id = json_incref(id);
	c->params = params != NULL ? json_incref(params) : json_object();
	c->uid = -1;
	c->fd = -1;
	return c;
}

void
call_free(struct call *c)
{
	if (c->conn_prev != NULL) {
		*c->conn_prev = c->conn_next;
		if (c->conn_next != NULL)
			c->conn_next->conn_prev = c->conn_prev;
	}
	if (c->fd >= 0)
		close(c->fd);
	json_decref(c->params);
	json_decref(c->id);
	json_decref(c->gateway_rid);
	free(c);
}

const char *
call_string(const struct call *c, const char *name)
{
	return json_string_value(json_object_get(c->params, name));
}

json_int_t
call_int(const struct call *c, const char *name, json_int_t dflt)
{
	json_t *v = json_object_get(c->params, name);

	return json_is_integer(v) ? json_integer_value(v) : dflt;
}

bool
call_bool(const struct call *c, const char *name)
{
	return json_is_true(json_object_get(c->params, name));
}

void
call_dispatch(struct call *c)
{
	const struct handler *h;
	json_t *err;

	if (c->access < c->method->access) {
		call_fail(c, rpc_error(RPC_DENIED,
		    "%s needs the right to %s, and you have %s", c->method->name,
		    access_name(c->method->access),
		    c->access == ACCESS_NONE ? "none" :
		    access_name(c->access)));
		return;
	}
	err = method_check(c->method, c->params);
	if (err != NULL) {
		call_fail(c, err);
		return;
	}
	if (c->method->by == BY_GATEWAY) {
		relay_read(c);
		return;
	}
	h = handler_find(c->method->name);
	if (h == NULL)
		call_fail(c, rpc_error(RPC_INTERNAL, "%s has no handler",
		    c->method->name));
	else
		h->fn(c);
}
