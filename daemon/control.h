/*
 * control.h - the control socket: connections, lines, answers.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct call;
struct conn;
struct event_base;

/* Start accepting on fd, which is the callee's. Returns 0 or -errno. */
int control_listen(struct event_base *base, int fd);

/* Serve one connected socket (tests use a socketpair). fd is taken. */
struct conn *control_serve(struct event_base *base, int fd);

/*
 * Send one message as a line; msg is stolen. must: an answer, which closes the
 * connection when it does not fit its queue; else a notification, which is
 * dropped. Returns 0 or -ENOBUFS.
 */
int control_send(struct conn *c, json_t *msg, int must);

/* Does the client take what it is sent? False: much waits for it. */
bool control_reads(const struct conn *c);

/* Stop accepting; what is open goes on. */
void control_pause(void);

/* Stop accepting, and close what is open once its answers are out. */
void control_close(void);

#endif
