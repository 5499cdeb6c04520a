/*
 * out.c - packets of output to our own standard output and error.
 *
 * One packet at a time, written completely before the next is read: what we
 * have not read stays in the socket, then with gortd, then with the program,
 * so a reader of ours that is slow makes the program wait and costs nothing.
 *
 * We must not wait in write(2), or a signal for the program would wait with
 * us, and must not set O_NONBLOCK, which is the terminal's and so our shell's,
 * too. So: a regular file takes everything; anything else is asked by poll,
 * and then takes PIPE_BUF bytes without waiting (a pipe promises that).
 */
#include "client/out.h"
#include "client/json.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define BURST 64 /* packets, before signals and messages have their turn */
#define BUSY_TRIES 100
#define BUSY_MS 50

int
out_attach(struct out *o, struct conn *c, const char *id)
{
	struct conn_err err;
	json_t *res = NULL;
	int sv[2], n;

	if (o->buf == NULL && (o->buf = malloc(IPC_OUT_MAX)) == NULL)
		return CTL_RUN_GORTD;
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0) {
		ctl_say("socketpair: %s", strerror(errno));
		return CTL_RUN_GORTD;
	}
	for (n = 0; n < BUSY_TRIES; n++) {
		res = conn_call_fd(c, "instance.attach", json_pack(
		    "{s:s, s:I, s:I, s:b}", "id", id, "stdout",
		    (json_int_t)o->off[0], "stderr", (json_int_t)o->off[1],
		    "block", 1), sv[1], &err);
		if (res != NULL || strcmp(err.reason, "busy") != 0)
			break;
		poll(NULL, 0, BUSY_MS);
	}
	close(sv[1]);
	if (res == NULL) {
		ctl_say("%s", err.message);
		close(sv[0]);
		return CTL_RUN_GORTD;
	}
	json_decref(res);
	o->fd = sv[0];
	return CTL_OK;
}

static int
target(const struct out *o)
{
	return o->head.kind == IPC_OUT_STDERR ? STDERR_FILENO : STDOUT_FILENO;
}

int
out_poll_fd(const struct out *o, short *ret_events)
{
	*ret_events = o->at < o->len ? POLLOUT : POLLIN;
	return o->at < o->len ? target(o) : o->fd;
}

/* 1: all of the packet is out; 0: its reader is slow or gone. */
static int
put_packet(struct out *o)
{
	int fd = target(o);
	struct pollfd p = { fd, POLLOUT, 0 };
	struct stat st;
	bool whole = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	while (o->at < o->len && !o->broken) {
		size_t n = o->len - o->at;
		ssize_t put;

		if (!whole && n > PIPE_BUF)
			n = PIPE_BUF;
		if (!whole && poll(&p, 1, 0) <= 0)
			return 0;
		put = write(fd, o->buf + o->at, n);
		if (put > 0)
			o->at += (size_t)put;
		else if (errno == EAGAIN || errno == EINTR)
			return 0;
		else
			o->broken = true;
	}
	return !o->broken;
}

/* The next packet. 1, 0: none now, -EPIPE: the socket ended. */
static int
take_packet(struct out *o)
{
	struct iovec iov[2] = { { &o->head, sizeof(o->head) },
		{ o->buf, IPC_OUT_MAX } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n = recvmsg(o->fd, &mh, MSG_DONTWAIT);
	int which;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EPIPE;
	if (n < (ssize_t)sizeof(o->head) || o->head.kind > IPC_OUT_END)
		return -EPIPE; /* the end of the socket, or of our trust */
	o->at = 0;
	o->len = (size_t)n - sizeof(o->head);
	if (o->head.kind == IPC_OUT_END) {
		o->lost += (o->head.off > o->off[0]
			? o->head.off - o->off[0] : 0) +
		    (o->head.off2 > o->off[1] ? o->head.off2 - o->off[1] : 0);
		o->ended = true;
		return 0;
	}
	which = o->head.kind == IPC_OUT_STDERR;
	if (o->head.off > o->off[which])
		o->lost += o->head.off - o->off[which];
	o->off[which] = o->head.off + o->len;
	return 1;
}

int
out_move(struct out *o)
{
	int rc = 1, n;

	if (!put_packet(o))
		return 0;
	for (n = 0; n < BURST && rc == 1 && !o->ended && o->fd >= 0; n++) {
		rc = take_packet(o);
		if (rc == 1 && !put_packet(o))
			return 0;
	}
	return rc < 0 ? rc : 0;
}

void
out_fini(struct out *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	free(o->buf);
	o->buf = NULL;
}
