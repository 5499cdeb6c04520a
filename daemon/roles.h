/*
 * roles.h - what the three working roles have in common.
 *
 * Each role is its own process with one libevent loop. role.c owns what is
 * the same everywhere: the link to the keeper, the heartbeat, the links to the
 * other two roles, taking leave. A role's main function sets its `ops`, makes
 * its own things and calls role_loop:
 *
 *	int
 *	recorder_main(struct role *r)
 *	{
 *		r->ops = &ops;
 *		r->data = ...;
 *		(open the database; on failure log one sentence, return 1)
 *		role_ready(r);
 *		rc = role_loop(r);
 *		(flush, close)
 *		return rc;
 *	}
 *
 * A role that leaves before it said it was ready ends the daemon: gortd did
 * not start. Later it is started again, with back-off, and finds its peers
 * through `peer`. SIGINT and SIGTERM are ignored in roles: the keeper gets
 * them and sends KM_QUIT in its time. When the keeper itself is gone the loop
 * ends as for KM_QUIT.
 */
#ifndef DAEMON_ROLES_H
#define DAEMON_ROLES_H

#include <jansson.h>
#include <stdbool.h>

#include "daemon/keeper_proto.h"

struct config;
struct event;
struct event_base;
struct link;
struct role;

struct role_ops {
	/* A fresh link to a peer: say what it must know. May be NULL. */
	void (*peer)(struct role *r, enum role_id from);
	/* The link to a peer ended; r->peer[from] is NULL. May be NULL. */
	void (*peer_gone)(struct role *r, enum role_id from);
	/*
	 * A message from a peer; ownership as in link_msg_fn. "stat" is
	 * answered by role.c through `stat`.
	 */
	void (*message)(struct role *r, enum role_id from, const char *m,
	    json_t *msg, int *fds, int nfds);
	/* Fields for daemon.status; returns a new object. May be NULL. */
	json_t *(*stat)(struct role *r);
	/* The listening socket (gateway: HTTP); fd is the callee's. */
	void (*listener)(struct role *r, int fd);
	/* r->cfg was read anew; old values are gone. May be NULL. */
	void (*reload)(struct role *r);
	/* Take leave: call role_leave when flushed. NULL: leave at once. */
	void (*quit)(struct role *r);
	/* Any other keeper message (supervisor only). */
	void (*keeper)(struct role *r, const struct keeper_msg *km, int *fds,
	    int nfds);
};

struct role {
	enum role_id id;
	struct event_base *base;
	struct config *cfg; /* owned; replaced on reload */
	const struct role_ops *ops;
	void *data;                 /* the role's own */
	struct link *peer[ROLE_N];  /* NULL while there is none */
	unsigned starts;            /* of this role, from 1 */
	/* role.c's own */
	int keeper_fd;
	struct event *keeper_ev, *beat_ev;
	bool keeper_gone, ready;
	int exit_code;
};

/* The entry functions; each returns the process's exit code. */
int supervisor_main(struct role *r);
int recorder_main(struct role *r);
int gateway_main(struct role *r);

/* "keeper", "supervisor", ... */
const char *role_name(enum role_id id);

/* Send to a peer; as link_send, -ENOTCONN while there is no link. */
int role_send(struct role *r, enum role_id to, json_t *msg, const int *fds,
    int nfds);

/* Tell the keeper that this role serves. */
void role_ready(struct role *r);

/* Run until role_leave. Returns the exit code. */
int role_loop(struct role *r);

/* End the loop after the current callback. */
void role_leave(struct role *r, int exit_code);

/*
 * Send a message to the keeper, with descriptors that the caller keeps.
 * Waits while the socket is full: the keeper never waits for a role, so this
 * is short. Returns 0, or -errno (-EPIPE: the keeper is gone).
 */
int role_keeper_send(struct role *r, struct keeper_msg *km, const int *fds,
    int nfds);

/* main.c: set up a role in this process and run it. */
int role_main(enum role_id id, struct config *cfg);

#endif
