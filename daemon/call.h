/*
 * call.h - one call of a method, from whoever it came, until it is answered.
 *
 * A handler owns the call it is given and ends it exactly once, at once or
 * later, by call_done or call_fail. When the client has gone meanwhile the
 * answer goes nowhere, and that is fine.
 */
#ifndef DAEMON_CALL_H
#define DAEMON_CALL_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/methods.h"

struct conn;
struct batch;

struct call {
	const struct method *method;
	json_t *params; /* owned, an object */
	json_t *id;     /* owned, NULL: a notification */
	uid_t uid;      /* of the client; (uid_t)-1 over HTTP */
	gid_t gid;
	pid_t pid;
	enum access access;
	int fd;         /* sent along, owned, -1; take it by setting -1 */
	struct conn *conn;   /* NULL: gone, or a call of the gateway */
	struct batch *batch; /* NULL: alone */
	json_t *gateway_rid; /* owned; set for a call that came over HTTP */
	/* control.c's list of calls that belong to a connection */
	struct call *conn_next, **conn_prev;
};

/* result and err are stolen. The call is gone afterwards. */
void call_done(struct call *c, json_t *result);
void call_fail(struct call *c, json_t *err);

/* Params by name, already checked against the table. */
const char *call_string(const struct call *c, const char *name);
json_int_t call_int(const struct call *c, const char *name, json_int_t dflt);
bool call_bool(const struct call *c, const char *name);

/* Run the method: checks access and params, then its handler. */
void call_dispatch(struct call *c);

/* A new call with nothing in it but these; NULL without memory. */
struct call *call_new(json_t *id, json_t *params);
void call_free(struct call *c);

/* Relayed reads and the gateway's calls (relay.c). */
void relay_read(struct call *c);
void relay_answer(json_t *msg);
void relay_call(json_t *msg);
void relay_gateway_gone(void);
/* The gateway is there (again): send what waits for it. */
void relay_gateway_up(void);

/* daemon.status: ask the other roles, answer when they have (relay.c). */
void relay_status(struct call *c);
void relay_statis(int from, json_t *msg);

/* Subscriptions (relay.c). */
void relay_subscribe(struct call *c);
void relay_unsubscribe(struct call *c);
void relay_live(json_t *msg);
void relay_resubscribe(void);
void relay_conn_gone(struct conn *conn);
void relay_conn_drained(struct conn *conn); /* it reads again */

#endif
