/*
 * conn.h - one connection to gortd's control socket.
 */
#ifndef CLIENT_CONN_H
#define CLIENT_CONN_H

#include "client/client.h"

#define CONN_API 1                /* the version of the methods we speak */
#define CONN_LINE_MAX (4u << 20)  /* an answer longer than this is nonsense */
#define CONN_RETRY_NS 5000000000LL

struct conn;

/* What gortd said about a call that failed. */
struct conn_err {
	int code;         /* JSON-RPC code; 0: no answer came */
	char reason[32];  /* data.reason, "" when there is none */
	int exit;         /* data.exit: what a shell would return, or 0 */
	char message[512];
};

/*
 * Find gortd, connect, compare versions. On failure says what was tried and
 * which command starts one.
 * Returns CTL_OK, CTL_UNREACHABLE or CTL_FAILED. Free with conn_close.
 */
int conn_open(const struct ctl_opts *o, struct conn **ret);
void conn_close(struct conn *c); /* NULL is fine */
int conn_fd(const struct conn *c);
/* How often it was connected again: what conn_send had asked is lost then. */
unsigned conn_times(const struct conn *c);
const char *conn_path(const struct conn *c);

/*
 * Send one request; params is stolen. fd -1: none goes with it.
 * Returns the request's id (from 1) or -errno.
 */
int64_t conn_send(struct conn *c, const char *method, json_t *params, int fd);

/*
 * The next message, or wait for it for timeout_ms (-1: for ever).
 * Returns 1 with *ret owned by the caller, 0 on timeout or a signal, -EPIPE
 * when gortd closed, -EPROTO when what came is no JSON-RPC.
 */
int conn_recv(struct conn *c, int timeout_ms, json_t **ret);

/*
 * Ask and wait for the answer; notifications that come meanwhile go to the
 * handler. params is stolen. When gortd's supervisor is replaced meanwhile the
 * question is asked again for up to 5 s, if that is harmless: it has a
 * request_id, or is a question only.
 * Returns the result (owned by the caller), or NULL with *err filled.
 */
json_t *conn_call(struct conn *c, const char *method, json_t *params,
    struct conn_err *err);

/* The same with a descriptor sent along; the caller keeps its own. */
json_t *conn_call_fd(struct conn *c, const char *method, json_t *params, int fd,
    struct conn_err *err);

typedef void (*conn_event_fn)(void *arg, const json_t *params);
void conn_on_event(struct conn *c, conn_event_fn fn, void *arg);

/* Answers to what conn_send asked, that come while a conn_call waits for its
 * own: given to fn, borrowed. Without one they are dropped. */
void conn_on_answer(struct conn *c, conn_event_fn fn, void *arg);

/* Take apart an error answer. */
void conn_read_err(const json_t *error, struct conn_err *ret);

/* Connect again after -EPIPE, for up to 5 s. Returns 0 or -errno. */
int conn_again(struct conn *c);

/* Print an error once and turn it into the exit code. */
int conn_fail(const struct conn_err *err);

/* Open, ask one thing, close. Prints failures. Returns the exit code. */
int conn_ask(const struct ctl_opts *o, const char *method, json_t *params,
    json_t **ret);

/*
 * All pages of a list, at most max items (0: all), given to `each` one by
 * one; each returns 0 to go on. params is borrowed. Returns an exit code.
 */
typedef int (*conn_item_fn)(void *arg, const json_t *item);
int conn_list(struct conn *c, const char *method, json_t *params, size_t max,
    conn_item_fn each, void *arg, json_t **ret_last);

/* 16 random hexadecimal digits. */
void conn_request_id(char ret[17]);

/*
 * The sockets that would be tried, best first, into list[0, cap).
 * Returns how many; each is owned by the caller.
 */
size_t conn_candidates(const char *option, char **list, size_t cap,
    bool *ret_explicit);

/* Connect to a socket whose path may be longer than sun_path. */
int conn_dial(const char *path);

#endif
