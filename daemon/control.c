/*
 * control.c - the control socket; see control.h.
 *
 * One object (or batch) a line. Bytes are read with recvmsg, because a client
 * may send descriptors (its standard input, a file for a trace); those that
 * come before a request's newline belong to that request, at most FDS_MAX at a
 * time.
 *
 * What bounds it, so that no client can make the supervisor grow or wait:
 *   - a line is at most RPC_REQUEST_MAX bytes; a longer one is answered with
 *     an error and the connection is closed, since the rest of it would be
 *     read as requests;
 *   - a client that does not read gets no more requests read (OUT_PAUSE),
 *     loses notifications (OUT_NOTIFY) and then the connection (OUT_MAX);
 *   - one that keeps its answers waiting for STALL_S is dropped;
 *   - connections are counted per user and in all, calls per connection.
 */
#include "daemon/control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "ipc/rpc.h"

#define FDS_MAX 4
#define CALLS_MAX 256
#define CONNS_MAX 400
#define CONNS_PER_UID 200
#define OUT_PAUSE (256 * 1024)
#define OUT_NOTIFY (1024 * 1024)
#define OUT_MAX (4 * 1024 * 1024)
#define STALL_S 60
#define READ_BYTES 16384
#define GROUPS_MAX 1024

struct batch {
	struct conn *conn; /* NULL: gone */
	json_t *answers;   /* owned */
	int pending;       /* calls not yet answered, plus one while reading */
};

struct conn {
	struct conn *next, **prev;
	int fd;
	struct event *rd, *wr;
	struct evbuffer *in, *out;
	uid_t uid;
	gid_t gid;
	pid_t pid;
	enum access access;
	int fds[FDS_MAX], nfds;
	struct call *calls;
	int ncalls;
	bool eof;     /* the client sends no more; answers may still go out */
	bool closing; /* close when out is empty */
	bool dead;    /* freed at the end of the current callback */
	int busy;     /* callbacks on the stack */
	long dropped; /* notifications */
};

static struct conn *conns;
static int nconns;
static struct event *accept_ev;
static int accept_fd = -1;

/* ---- who is it ---- */

static bool
in_group(const gid_t *groups, int n, const char *name)
{
	struct group *gr = name[0] != '\0' ? getgrnam(name) : NULL;

	for (int i = 0; gr != NULL && i < n; i++)
		if (groups[i] == gr->gr_gid)
			return true;
	return false;
}

/*
 * What the peer may do. Its groups come from the kernel, as they were when it
 * connected, and not from the user database, which may say otherwise by now.
 */
static enum access
access_of(int fd, uid_t uid, gid_t gid)
{
	gid_t groups[GROUPS_MAX + 1];
	socklen_t len = GROUPS_MAX * sizeof groups[0];
	int n = 0;

	if (uid == 0 || uid == geteuid())
		return ACCESS_ADMIN;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0)
		n = len / sizeof groups[0];
	groups[n++] = gid;
	if (in_group(groups, n, sup.r->cfg->operate_group))
		return ACCESS_OPERATE;
	if (in_group(groups, n, sup.r->cfg->view_group))
		return ACCESS_VIEW;
	return ACCESS_NONE;
}

/* ---- leaving ---- */

static void
conn_free(struct conn *c)
{
	struct call *call;

	if (c->busy > 0) {
		c->dead = true;
		return;
	}
	relay_conn_gone(c);
	/* calls go on without us; each unlinks itself when it ends */
	while ((call = c->calls) != NULL) {
		c->calls = call->conn_next;
		call->conn = NULL;
		call->conn_prev = NULL;
		call->conn_next = NULL;
		if (call->batch != NULL)
			call->batch->conn = NULL;
	}
	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	nconns--;
	event_free(c->rd);
	event_free(c->wr);
	evbuffer_free(c->in);
	evbuffer_free(c->out);
	while (c->nfds > 0)
		close(c->fds[--c->nfds]);
	close(c->fd);
	free(c);
}

/* ---- out ---- */

static void
update_events(struct conn *c)
{
	struct timeval stall = { STALL_S, 0 };
	size_t waiting = evbuffer_get_length(c->out);

	if (waiting > 0)
		event_add(c->wr, &stall);
	else
		event_del(c->wr);
	if (c->closing || waiting >= OUT_PAUSE || c->ncalls >= CALLS_MAX) {
		event_del(c->rd);
		return;
	}
	if (!c->eof)
		event_add(c->rd, NULL);
	else
		event_del(c->rd);
	/* lines that were left lying while the client did not read */
	if (evbuffer_search(c->in, "\n", 1, NULL).pos >= 0)
		event_active(c->rd, EV_READ, 0);
}

static void conn_settle(struct conn *c);

static void
flush_out(struct conn *c)
{
	while (evbuffer_get_length(c->out) > 0) {
		if (evbuffer_write(c->out, c->fd) > 0)
			continue;
		if (errno != EAGAIN && errno != EINTR)
			c->dead = true;
		return;
	}
}

int
control_send(struct conn *c, json_t *msg, int must)
{
	size_t waiting = evbuffer_get_length(c->out);
	char *text = NULL;

	if (!must && waiting > OUT_NOTIFY) {
		c->dropped++;
		json_decref(msg);
		return -ENOBUFS;
	}
	if (c->dead) {
		json_decref(msg);
		return -ENOBUFS;
	}
	text = json_dumps(msg, JSON_COMPACT);
	json_decref(msg);
	if (text == NULL || waiting > OUT_MAX ||
	    evbuffer_add(c->out, text, strlen(text)) < 0 ||
	    evbuffer_add(c->out, "\n", 1) < 0) {
		free(text);
		log_debug("a client does not read its answers: dropped");
		c->dead = true;
		return -ENOBUFS;
	}
	free(text);
	c->busy++;
	flush_out(c);
	c->busy--;
	if (c->busy == 0)
		conn_settle(c);
	return 0;
}

bool
control_reads(const struct conn *c)
{
	return evbuffer_get_length(c->out) < OUT_PAUSE;
}

/* Put the events right, or free what is over. */
static void
conn_settle(struct conn *c)
{
	if (c->busy > 0)
		return;
	if (c->dead || ((c->closing || (c->eof && c->calls == NULL)) &&
	    evbuffer_get_length(c->out) == 0)) {
		conn_free(c);
		return;
	}
	update_events(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	c->busy++;
	if (what & EV_TIMEOUT)
		c->dead = true;
	else
		flush_out(c);
	if (!c->dead && control_reads(c))
		relay_conn_drained(c);
	c->busy--;
	conn_settle(c);
}

/* ---- answers ---- */

static void
batch_put(struct batch *b, json_t *msg)
{
	if (msg != NULL)
		json_array_append_new(b->answers, msg);
	if (--b->pending > 0)
		return;
	if (b->conn != NULL && json_array_size(b->answers) > 0)
		control_send(b->conn, b->answers, 1);
	else
		json_decref(b->answers);
	free(b);
}

static void
call_end(struct call *c, json_t *result, json_t *err)
{
	struct conn *conn = c->conn;
	struct batch *batch = c->batch;
	json_t *msg = NULL;

	if (c->gateway_rid != NULL) {
		msg = json_pack("{s:s, s:O, s:o*, s:o*}", "m", "answer", "rid",
		    c->gateway_rid, "result", result, "error", err);
		call_free(c);
		role_send(sup.r, ROLE_GATEWAY, msg, NULL, 0);
		return;
	}
	if (c->id == NULL) { /* a notification gets no answer */
		json_decref(result);
		json_decref(err);
	} else if (err != NULL) {
		msg = rpc_answer_error(c->id, err);
	} else {
		msg = rpc_answer(c->id, result);
	}
	if (conn != NULL) {
		conn->busy++; /* it must outlive what follows */
		conn->ncalls--;
	}
	call_free(c);
	if (batch != NULL)
		batch_put(batch, msg);
	else if (msg != NULL && conn != NULL)
		control_send(conn, msg, 1);
	else
		json_decref(msg);
	if (conn != NULL) {
		conn->busy--;
		conn_settle(conn);
	}
}

void
call_done(struct call *c, json_t *result)
{
	call_end(c, result != NULL ? result : json_object(), NULL);
}

void
call_fail(struct call *c, json_t *err)
{
	call_end(c, NULL, err);
}

/* ---- requests ---- */

static int
take_fd(struct conn *c)
{
	int fd;

	if (c->nfds == 0)
		return -1;
	fd = c->fds[0];
	memmove(c->fds, c->fds + 1, --c->nfds * sizeof c->fds[0]);
	return fd;
}

static void
refuse(struct conn *c, struct batch *b, json_t *id, json_t *err)
{
	json_t *msg = rpc_answer_error(id, err);

	if (b != NULL) {
		b->pending++;
		batch_put(b, msg);
	} else {
		control_send(c, msg, 1);
	}
}

static void
one_request(struct conn *c, json_t *obj, struct batch *b)
{
	struct rpc_request rq;
	json_t *err = rpc_request_check(obj, &rq);
	const struct method *m = NULL;
	struct call *call;

	if (err == NULL && (m = method_find(rq.method)) == NULL)
		err = rpc_error(RPC_METHOD, "there is no method \"%.80s\"",
		    rq.method);
	if (err != NULL) {
		/* even a bad notification: nobody else would say why */
		refuse(c, b, rq.id, err);
		return;
	}
	call = call_new(rq.id, rq.params);
	if (call == NULL) {
		refuse(c, b, rq.id, rpc_error(RPC_INTERNAL, "out of memory"));
		return;
	}
	call->method = m;
	call->uid = c->uid;
	call->gid = c->gid;
	call->pid = c->pid;
	call->access = c->access;
	call->conn = c;
	call->batch = b;
	if (m->takes_fd)
		call->fd = take_fd(c);
	if (b != NULL)
		b->pending++;
	call->conn_next = c->calls;
	call->conn_prev = &c->calls;
	if (c->calls != NULL)
		c->calls->conn_prev = &call->conn_next;
	c->calls = call;
	c->ncalls++;
	call_dispatch(call);
}

static void
one_line(struct conn *c, const char *line, size_t len)
{
	json_t *err = NULL, *v = rpc_parse(line, len, &err), *item;
	struct batch *b;
	size_t n;

	if (v == NULL) {
		refuse(c, NULL, NULL, err);
		return;
	}
	if (!json_is_array(v)) {
		one_request(c, v, NULL);
		json_decref(v);
		return;
	}
	b = calloc(1, sizeof *b);
	if (b == NULL) {
		c->dead = true;
		json_decref(v);
		return;
	}
	b->conn = c;
	b->answers = json_array();
	b->pending = 1; /* ours, until all are begun */
	json_array_foreach(v, n, item)
		one_request(c, item, b);
	batch_put(b, NULL);
	json_decref(v);
}

/* All whole lines that lie there, as long as the client takes its answers. */
static void
read_lines(struct conn *c)
{
	size_t len;
	char *line;

	while (!c->dead && !c->closing && c->ncalls < CALLS_MAX &&
	    evbuffer_get_length(c->out) < OUT_PAUSE) {
		line = evbuffer_readln(c->in, &len, EVBUFFER_EOL_LF);
		if (line == NULL)
			break;
		if (len > 0 && line[len - 1] == '\r')
			len--;
		if (len > 0)
			one_line(c, line, len);
		free(line);
	}
	if (evbuffer_get_length(c->in) > RPC_REQUEST_MAX + 1 && !c->dead &&
	    evbuffer_search(c->in, "\n", 1, NULL).pos < 0) {
		refuse(c, NULL, NULL, rpc_error(RPC_REQUEST,
		    "the request is longer than %d bytes", RPC_REQUEST_MAX));
		c->closing = true;
	}
}

static void
keep_fds(struct conn *c, struct msghdr *mh)
{
	struct cmsghdr *cm;

	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		int n, fd;

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (int i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cm) + i * sizeof fd, sizeof fd);
			if (c->nfds < FDS_MAX)
				c->fds[c->nfds++] = fd;
			else
				close(fd);
		}
	}
}

static void
read_bytes(struct conn *c)
{
	static char buf[READ_BYTES];
	struct iovec iov = { buf, sizeof buf };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl.buf, .msg_controllen = sizeof ctl };
	ssize_t n = recvmsg(c->fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			c->dead = true;
		return;
	}
	keep_fds(c, &mh);
	if (n == 0) {
		struct pollfd hup = { c->fd, 0, 0 };

		c->eof = true; /* half a request that is left is dropped */
		if (poll(&hup, 1, 0) == 1 && (hup.revents & POLLHUP))
			c->dead = true; /* it does not read any more either */
		return;
	}
	if (evbuffer_add(c->in, buf, n) < 0)
		c->dead = true;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	c->busy++;
	read_bytes(c);
	read_lines(c);
	c->busy--;
	conn_settle(c);
}

/* ---- connections ---- */

static int
of_uid(uid_t uid)
{
	int n = 0;

	for (struct conn *c = conns; c != NULL; c = c->next)
		n += c->uid == uid;
	return n;
}

static struct conn *
conn_new(struct event_base *base, int fd)
{
	struct conn *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	c->rd = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->wr = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	c->next = conns;
	c->prev = &conns;
	if (conns != NULL)
		conns->prev = &c->next;
	conns = c;
	nconns++;
	return c;
}

struct conn *
control_serve(struct event_base *base, int fd)
{
	struct ucred cred = { .uid = -1, .gid = -1 };
	socklen_t len = sizeof cred;
	struct conn *c;

	evutil_make_socket_nonblocking(fd);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 ||
	    (c = conn_new(base, fd)) == NULL) {
		close(fd);
		return NULL;
	}
	c->uid = cred.uid;
	c->gid = cred.gid;
	c->pid = cred.pid;
	c->access = access_of(fd, cred.uid, cred.gid);
	c->busy++;
	if (c->access == ACCESS_NONE) {
		refuse(c, NULL, NULL, rpc_error(RPC_DENIED, "user %u has no "
		    "rights here: group %s may run, group %s may look",
		    (unsigned)cred.uid, sup.r->cfg->operate_group,
		    sup.r->cfg->view_group));
		c->closing = true;
	} else if (nconns > CONNS_MAX || of_uid(cred.uid) > CONNS_PER_UID) {
		refuse(c, NULL, NULL, rpc_error(RPC_LIMIT,
		    "too many connections"));
		c->closing = true;
	}
	c->busy--;
	if (c->dead || (c->closing && evbuffer_get_length(c->out) == 0)) {
		conn_free(c);
		return NULL;
	}
	update_events(c);
	return c;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	/* a few at a time, so that a flood leaves room for other events */
	for (int i = 0; i < 16; i++) {
		int s = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (s < 0) {
			if (errno == EMFILE || errno == ENFILE)
				log_error("no descriptors left for a client");
			return;
		}
		control_serve(arg, s);
	}
}

int
control_listen(struct event_base *base, int fd)
{
	if (accept_ev != NULL) {
		close(fd);
		return 0;
	}
	accept_fd = fd;
	accept_ev = event_new(base, fd, EV_READ | EV_PERSIST, on_accept, base);
	if (accept_ev == NULL || event_add(accept_ev, NULL) < 0)
		return -ENOMEM;
	return 0;
}

void
control_pause(void)
{
	if (accept_ev != NULL)
		event_del(accept_ev);
}

void
control_close(void)
{
	if (accept_ev != NULL) {
		event_free(accept_ev);
		close(accept_fd);
		accept_ev = NULL;
	}
	while (conns != NULL) {
		flush_out(conns);
		conn_free(conns);
	}
}
