/*
 * link.c - JSON and descriptors over a SEQPACKET pair; see link.h.
 *
 * The socket keeps packets whole, so there is no framing and no half message:
 * a packet arrives with its descriptors or not at all. Rejected: a stream
 * with lines (descriptors then attach to a byte, and a peer that dies in the
 * middle leaves half an object), and imsg-like fixed structures (the roles
 * exchange a dozen messages with optional fields; only the keeper's link,
 * which must parse nothing, is binary).
 *
 * The receive buffer is one for the process and is as long as the longest
 * packet; untouched pages of it cost nothing.
 */
#include "daemon/link.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

/* Packets handled before other events get their turn. */
#define BURST 64

struct packet {
	STAILQ_ENTRY(packet) next;
	char *text; /* owned */
	size_t len;
	int fds[LINK_FDS_MAX]; /* owned copies */
	int nfds;
};

struct link {
	int fd;
	struct event *rd, *wr;
	STAILQ_HEAD(, packet) queue;
	size_t queued;
	bool broken;  /* a send found the peer gone; on_gone is on its way */
	bool *freed;  /* set by link_free while a callback runs */
	link_msg_fn on_msg;
	link_gone_fn on_gone;
	void *arg;
};

static char *recv_buf;

static void
close_fds(int *fds, int nfds)
{
	for (int i = 0; i < nfds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void
packet_free(struct packet *p)
{
	close_fds(p->fds, p->nfds);
	free(p->text);
	free(p);
}

/* One sendmsg. Returns 0 or -errno. */
static int
send_packet(int fd, const struct packet *p)
{
	struct iovec iov = { p->text, p->len };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof p->fds)];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (p->nfds > 0) {
		struct cmsghdr *c;

		memset(&ctl, 0, sizeof ctl);
		mh.msg_control = ctl.buf;
		mh.msg_controllen = CMSG_SPACE(p->nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(p->nfds * sizeof(int));
		memcpy(CMSG_DATA(c), p->fds, p->nfds * sizeof(int));
	}
	for (;;) {
		if (sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

/* The peer is gone for sure; run on_gone from the loop, not from a send. */
static void
break_link(struct link *l)
{
	if (l->broken)
		return;
	l->broken = true;
	event_active(l->rd, EV_READ, 0);
}

static void
flush_queue(struct link *l)
{
	struct packet *p;

	while ((p = STAILQ_FIRST(&l->queue)) != NULL) {
		int rc = send_packet(l->fd, p);

		if (rc == -EAGAIN || rc == -ETOOMANYREFS)
			return;
		if (rc < 0) {
			break_link(l);
			return;
		}
		STAILQ_REMOVE_HEAD(&l->queue, next);
		l->queued -= p->len;
		packet_free(p);
	}
	event_del(l->wr);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	flush_queue(arg);
}

/* Read a memfd of at most LINK_TEXT_MAX bytes. Returns malloc'd text or NULL. */
static char *
read_spill(int fd, size_t *ret_len)
{
	struct stat st;
	size_t got = 0;
	char *text;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > LINK_TEXT_MAX)
		return NULL;
	text = malloc(st.st_size);
	if (text == NULL)
		return NULL;
	while (got < (size_t)st.st_size) {
		ssize_t n = pread(fd, text + got, st.st_size - got, got);

		if (n <= 0) {
			free(text);
			return NULL;
		}
		got += n;
	}
	*ret_len = got;
	return text;
}

/* A packet that stands for a longer text: parse that instead. */
static json_t *
unspill(json_t *msg, int *fds, int *nfds)
{
	json_t *real = NULL;
	char *text = NULL;
	size_t len;

	if (*nfds > 0)
		text = read_spill(fds[*nfds - 1], &len);
	if (text != NULL)
		real = json_loadb(text, len, 0, NULL);
	free(text);
	if (*nfds > 0)
		close(fds[--*nfds]);
	json_decref(msg);
	return real;
}

static void
deliver(struct link *l, const char *text, size_t len, int *fds, int nfds)
{
	json_t *msg = json_loadb(text, len, 0, NULL);
	const char *m = json_string_value(json_object_get(msg, "m"));

	if (m != NULL && strcmp(m, "spill") == 0) {
		msg = unspill(msg, fds, &nfds);
		m = json_string_value(json_object_get(msg, "m"));
	}
	if (m == NULL)
		log_warning("a packet of %zu bytes that is no message", len);
	else
		l->on_msg(l, m, msg, fds, nfds, l->arg);
	close_fds(fds, nfds);
	json_decref(msg);
}

/* Collect SCM_RIGHTS; what exceeds LINK_FDS_MAX was cut by the kernel. */
static int
take_fds(struct msghdr *mh, int *fds)
{
	int nfds = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	    c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		nfds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), nfds * sizeof(int));
	}
	return nfds;
}

/* Returns 1 after a packet, 0 when there is none now, -1 at the end. */
static int
receive(struct link *l)
{
	struct iovec iov = { recv_buf, LINK_PACKET_MAX };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(LINK_FDS_MAX * sizeof(int))];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl.buf, .msg_controllen = sizeof ctl };
	int fds[LINK_FDS_MAX], nfds;
	ssize_t n;

	n = recvmsg(l->fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	nfds = take_fds(&mh, fds);
	if (n == 0) { /* no message of ours is empty: the peer closed */
		close_fds(fds, nfds);
		return -1;
	}
	if (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		log_warning("a packet that is too long was dropped");
		close_fds(fds, nfds);
		return 1;
	}
	deliver(l, recv_buf, n, fds, nfds);
	return 1;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	bool freed = false;
	int rc = 1;

	l->freed = &freed;
	for (int i = 0; i < BURST && rc > 0; i++) {
		rc = receive(l);
		if (freed)
			return;
	}
	l->freed = NULL;
	if (rc < 0 || (rc == 0 && l->broken))
		l->on_gone(l, l->arg);
}

struct link *
link_new(struct event_base *base, int fd, link_msg_fn on_msg,
    link_gone_fn on_gone, void *arg)
{
	struct link *l = calloc(1, sizeof *l);

	if (recv_buf == NULL)
		recv_buf = malloc(LINK_PACKET_MAX);
	if (l == NULL || recv_buf == NULL)
		goto out;
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	l->fd = fd;
	STAILQ_INIT(&l->queue);
	l->on_msg = on_msg;
	l->on_gone = on_gone;
	l->arg = arg;
	l->rd = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, l);
	l->wr = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, l);
	if (l->rd == NULL || l->wr == NULL || event_add(l->rd, NULL) < 0)
		goto out;
	return l;
out:
	if (l != NULL && l->rd != NULL)
		event_free(l->rd);
	if (l != NULL && l->wr != NULL)
		event_free(l->wr);
	free(l);
	close(fd);
	return NULL;
}

void
link_free(struct link *l)
{
	struct packet *p;

	if (l == NULL)
		return;
	if (l->freed != NULL)
		*l->freed = true;
	event_free(l->rd);
	event_free(l->wr);
	while ((p = STAILQ_FIRST(&l->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&l->queue, next);
		packet_free(p);
	}
	close(l->fd);
	free(l);
}

/* Put p's text into a memfd and let the packet say so. Returns 0 or -errno. */
static int
spill(struct packet *p)
{
	static const char stand_in[] = "{\"m\":\"spill\"}";
	size_t put = 0;
	char *text;
	int fd;

	if (p->len > LINK_TEXT_MAX || p->nfds == LINK_FDS_MAX)
		return -EMSGSIZE;
	text = strdup(stand_in);
	if (text == NULL)
		return -ENOMEM;
	fd = memfd_create("gort-spill", MFD_CLOEXEC);
	while (fd >= 0 && put < p->len) {
		ssize_t n = write(fd, p->text + put, p->len - put);

		if (n < 0)
			break;
		put += n;
	}
	if (put < p->len) {
		int err = errno;

		free(text);
		if (fd >= 0)
			close(fd);
		return -err;
	}
	free(p->text);
	p->text = text;
	p->len = sizeof stand_in - 1;
	p->fds[p->nfds++] = fd;
	return 0;
}

/* Make the packet: text, copies of the descriptors. Returns 0 or -errno. */
static int
packet_new(json_t *msg, const int *fds, int nfds, struct packet **ret)
{
	struct packet *p = calloc(1, sizeof *p);
	int rc = 0;

	if (p == NULL)
		return -ENOMEM;
	p->text = json_dumps(msg, JSON_COMPACT);
	if (p->text == NULL)
		rc = -ENOMEM;
	else
		p->len = strlen(p->text);
	for (int i = 0; rc == 0 && i < nfds; i++) {
		p->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 5);
		if (p->fds[i] < 0)
			rc = -errno;
		else
			p->nfds++;
	}
	if (rc == 0 && p->len > LINK_PACKET_MAX)
		rc = spill(p);
	if (rc < 0) {
		packet_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

int
link_send(struct link *l, json_t *msg, const int *fds, int nfds)
{
	struct packet *p = NULL;
	int rc;

	if (l == NULL || l->broken)
		rc = -ENOTCONN;
	else if (nfds > LINK_FDS_MAX)
		rc = -EMSGSIZE;
	else if (l->queued > LINK_QUEUE_MAX)
		rc = -ENOBUFS;
	else
		rc = packet_new(msg, fds, nfds, &p);
	json_decref(msg);
	if (rc < 0)
		return rc;
	STAILQ_INSERT_TAIL(&l->queue, p, next);
	l->queued += p->len;
	if (STAILQ_FIRST(&l->queue) == p)
		flush_queue(l);
	if (!STAILQ_EMPTY(&l->queue) && !l->broken)
		event_add(l->wr, NULL);
	return 0;
}

size_t
link_queued(const struct link *l)
{
	return l->queued;
}
