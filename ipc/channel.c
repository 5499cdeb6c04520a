/*
 * channel.c - frames and descriptors over a unix stream socket.
 *
 * A stream keeps bytes, not messages, so frame.c finds the frames again. A
 * descriptor is attached to the first byte of its frame: the sender cuts its
 * writes so that a sendmsg that carries a descriptor starts at that byte, and
 * the kernel never merges bytes behind a descriptor into one receive with what
 * came before. Both orders, of frames and of descriptors, are kept; the n-th
 * frame that is marked HAS_FD owns the n-th descriptor received.
 *
 * Descriptors of a stranger are dangerous by their number: at most
 * IPC_CHANNEL_FDS wait here, a message that was cut by the kernel (MSG_CTRUNC)
 * or brings more closes the channel, and whatever is not claimed by a frame is
 * closed with it. All are close-on-exec from birth.
 *
 * Nothing blocks. A peer that does not read costs IPC_CHANNEL_OUT bytes and
 * then gets no more frames: the sender sees -ENOBUFS and decides.
 *
 * Threads: a channel belongs to one thread at a time.
 */
#include "config.h"

#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
ipc_channel_init(struct ipc_channel *c, int fd)
{
	int fl = fcntl(fd, F_GETFL);

	if (fl < 0 || fcntl(fd, F_SETFL, fl | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	c->fd = fd;
	c->error = 0;
	c->in_len = c->in_used = 0;
	c->out_len = c->out_sent = 0;
	c->nin_fds = c->nout_fds = 0;
	return 0;
}

static int
fail(struct ipc_channel *c, int error)
{
	if (c->error == 0)
		c->error = error;
	ipc_channel_close(c);
	return error;
}

void
ipc_channel_close(struct ipc_channel *c)
{
	for (uint32_t i = 0; i < c->nin_fds; i++)
		close(c->in_fds[i]);
	for (uint32_t i = 0; i < c->nout_fds; i++)
		close(c->out_fds[i].fd);
	c->nin_fds = c->nout_fds = 0;
	c->in_len = c->in_used = c->out_len = c->out_sent = 0;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* ---- sending ---- */

static void
out_compact(struct ipc_channel *c)
{
	size_t sent = c->out_sent;

	if (sent == 0)
		return;
	memmove(c->out, c->out + sent, c->out_len - sent);
	c->out_len -= sent;
	c->out_sent = 0;
	for (uint32_t i = 0; i < c->nout_fds; i++)
		c->out_fds[i].at -= sent;
}

int
ipc_channel_send(struct ipc_channel *c, uint16_t type, uint32_t id,
    const void *data, uint32_t len, int passed_fd)
{
	uint16_t flags = passed_fd >= 0 ? IPC_FRAME_HAS_FD : 0;
	int n, r = 0;

	if (c->fd < 0)
		r = c->error != 0 ? c->error : -EPIPE;
	else if (passed_fd >= 0 && c->nout_fds == IPC_CHANNEL_FDS)
		r = -ENOBUFS;
	if (r == 0) {
		out_compact(c);
		n = ipc_frame_build(c->out + c->out_len,
		    sizeof(c->out) - c->out_len, type, flags, id, data, len);
		if (n < 0)
			r = len > IPC_FRAME_MAX - IPC_FRAME_HEADER ? -EMSGSIZE
								   : -ENOBUFS;
	}
	if (r != 0) {
		if (passed_fd >= 0)
			close(passed_fd);
		return r;
	}
	if (passed_fd >= 0) {
		c->out_fds[c->nout_fds].at = c->out_len;
		c->out_fds[c->nout_fds++].fd = passed_fd;
	}
	c->out_len += (size_t)n;
	r = ipc_channel_flush(c);
	return r == -EAGAIN ? 0 : r;
}

bool
ipc_channel_wants_write(const struct ipc_channel *c)
{
	return c->fd >= 0 && c->out_sent < c->out_len;
}

/* One sendmsg, up to the next byte that carries a descriptor. */
static ssize_t
send_some(struct ipc_channel *c)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} u;
	struct iovec iov = { .iov_base = c->out + c->out_sent };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t end = c->out_len;
	bool with_fd = c->nout_fds > 0 && c->out_fds[0].at == c->out_sent;
	uint32_t next = with_fd ? 1 : 0;

	if (next < c->nout_fds)
		end = c->out_fds[next].at;
	iov.iov_len = end - c->out_sent;
	if (with_fd) {
		struct cmsghdr *cm;

		memset(&u, 0, sizeof(u));
		mh.msg_control = u.buf;
		mh.msg_controllen = sizeof(u.buf);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &c->out_fds[0].fd, sizeof(int));
	}
	return sendmsg(c->fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
ipc_channel_flush(struct ipc_channel *c)
{
	while (ipc_channel_wants_write(c)) {
		ssize_t n = send_some(c);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				return -EAGAIN;
			return fail(c, -errno);
		}
		if (n > 0 && c->nout_fds > 0 &&
		    c->out_fds[0].at == c->out_sent) {
			close(c->out_fds[0].fd); /* the kernel has a copy */
			c->nout_fds--;
			memmove(&c->out_fds[0], &c->out_fds[1],
			    c->nout_fds * sizeof(c->out_fds[0]));
		}
		c->out_sent += (size_t)n;
	}
	c->out_len = c->out_sent = 0;
	return c->fd >= 0 ? 0 : c->error != 0 ? c->error : -EPIPE;
}

/* ---- receiving ---- */

/* Take the descriptors of one message; false when they are too many. */
static bool
take_fds(struct ipc_channel *c, struct msghdr *mh)
{
	bool ok = (mh->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *cm = CMSG_FIRSTHDR(mh); cm != NULL;
	     cm = CMSG_NXTHDR(mh, cm)) {
		size_t n;

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(
			    &fd, CMSG_DATA(cm) + i * sizeof(int), sizeof(fd));
			if (c->nin_fds < IPC_CHANNEL_FDS) {
				c->in_fds[c->nin_fds++] = fd;
			} else {
				close(fd);
				ok = false;
			}
		}
	}
	return ok;
}

int
ipc_channel_read(struct ipc_channel *c)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(IPC_CHANNEL_FDS * sizeof(int))];
	} u;
	struct iovec iov;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (c->fd < 0)
		return c->error != 0 ? c->error : -EPIPE;
	if (c->in_used > 0) {
		memmove(c->in, c->in + c->in_used, c->in_len - c->in_used);
		c->in_len -= c->in_used;
		c->in_used = 0;
	}
	if (c->in_len == sizeof(c->in))
		return -ENOBUFS;
	iov.iov_base = c->in + c->in_len;
	iov.iov_len = sizeof(c->in) - c->in_len;
	mh.msg_control = u.buf;
	mh.msg_controllen = sizeof(u.buf);
	do
		n = recvmsg(c->fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK
		    ? -EAGAIN
		    : fail(c, -errno);
	if (!take_fds(c, &mh))
		return fail(c, -EPROTO);
	if (n == 0)
		return fail(c, -EPIPE);
	c->in_len += (size_t)n;
	return (int)n;
}

int
ipc_channel_next(struct ipc_channel *c, struct ipc_frame *ret, int *ret_fd)
{
	int n;

	*ret_fd = -1;
	if (c->fd < 0)
		return c->error != 0 ? c->error : -EPIPE;
	n = ipc_frame_parse(c->in + c->in_used, c->in_len - c->in_used, ret);
	if (n < 0)
		return fail(c, n);
	if (n == 0) {
		/* a descriptor comes with its frame's first byte */
		if (c->nin_fds > 0 && c->in_len == c->in_used)
			return fail(c, -EPROTO);
		return 0;
	}
	if (ret->flags & IPC_FRAME_HAS_FD) {
		if (c->nin_fds == 0)
			return fail(c, -EPROTO);
		*ret_fd = c->in_fds[0];
		c->nin_fds--;
		memmove(&c->in_fds[0], &c->in_fds[1],
		    c->nin_fds * sizeof(c->in_fds[0]));
	}
	c->in_used += (size_t)n;
	return 1;
}
