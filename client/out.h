/*
 * out.h - the output of a program that runs in the foreground.
 */
#ifndef CLIENT_OUT_H
#define CLIENT_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "client/conn.h"
#include "ipc/out.h"

struct out {
	int fd;          /* packets come here; -1: not attached */
	uint64_t off[2]; /* bytes that we have had, per stream */
	uint64_t lost;
	bool ended;      /* all of it has come */
	bool broken;     /* our own reader has gone away */
	/* a packet that is on its way to our standard output or error */
	struct ipc_out_head head;
	char *buf;       /* owned, IPC_OUT_MAX bytes */
	size_t len, at;
};

/*
 * Ask gortd for the output of id (ID@RUN), from where we are. A recorder that
 * is being restarted is waited for. Returns 0, or an exit code (said).
 */
int out_attach(struct out *o, struct conn *c, const char *id);

/* Where to wait for what: a descriptor, *ret_events for poll; -1: nothing. */
int out_poll_fd(const struct out *o, short *ret_events);

/*
 * Move what can be moved without waiting. Returns 0, or -EPIPE when the socket
 * ended before the output did: attach again.
 */
int out_move(struct out *o);

void out_fini(struct out *o);

#endif
