/*
 * net.c - gort.h: stream sockets, TCP and UNIX.
 *
 * Sockets are non-blocking and close-on-exec from birth. Connecting: start it,
 * and if it is under way park until the socket is writable, then ask for the
 * outcome. The socket enters the poller after connect was called, because an
 * unconnected one counts as hung up and would report that at once.
 *
 * A listener for "tcp" on all addresses is one IPv6 socket that takes IPv4
 * too; where the machine has no IPv6 the next address, IPv4's, is tried.
 *
 * A UNIX listener made by a path removes the path when it is closed, as Go
 * does. A path that is there already is never removed: it may be somebody's.
 */
#include "config.h"
#include "capi/capi.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gc/gc.h"
#include "mem/malloc.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/time.h"

/*
 * ---- the system calls; errno does not leave them ----
 *
 * Nor may they be merged into a caller that parks: the compiler takes errno's
 * address for a constant and could keep it from one round of a loop to the
 * next, which may be on another thread. Hence RT_NOINLINE on all whose address
 * is not taken.
 */

static RT_NOINLINE int
new_socket(int family)
{
	int s = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return s < 0 ? -errno : s;
}

static void
set_option(int sysfd, int level, int name, int value)
{
	/* Best effort: UNIX sockets have no TCP_NODELAY, and all work
	 * without. */
	(void)setsockopt(sysfd, level, name, &value, sizeof value);
}

static RT_NOINLINE int
listen_on(int sysfd, const struct sockaddr *sa, socklen_t len)
{
	if (sa->sa_family != AF_UNIX)
		set_option(sysfd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(sysfd, sa, len) < 0 || listen(sysfd, SOMAXCONN) < 0)
		return -errno;
	return 0;
}

static ssize_t
sys_accept(int sysfd, void *arg)
{
	int s = accept4(sysfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	/* The client went away in the queue: that is no error of ours. */
	if (s < 0)
		return errno == ECONNABORTED ? -EINTR : -errno;
	return s;
}

static RT_NOINLINE int
start_connect(int sysfd, const struct sockaddr *sa, socklen_t len)
{
	int r;

	do
		r = connect(sysfd, sa, len);
	while (r < 0 && errno == EINTR);
	if (r < 0 && errno != EINPROGRESS && errno != EALREADY
	    && errno != EISCONN)
		return -errno;
	return 0;
}

/* 0 connected, -EAGAIN under way, else why not. */
static ssize_t
sys_connected(int sysfd, void *arg)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(int);
	int err = 0;

	if (getsockopt(sysfd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		return -errno;
	if (err != 0)
		return -err;
	len = sizeof peer;
	if (getpeername(sysfd, (struct sockaddr *)&peer, &len) == 0)
		return 0;
	return errno == ENOTCONN ? -EAGAIN : -errno;
}

/* ---- listen ---- */

static char *
socket_file(const struct sockaddr *sa)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)sa;

	if (sa->sa_family != AF_UNIX || un->sun_path[0] == '\0')
		return NULL;
	return gort_cstr(gort_str_of(un->sun_path));
}

static int
listen_one(const struct capi_addrs *a, int i, bool both, gort_fd **ret)
{
	const struct sockaddr *sa = (const struct sockaddr *)a->a[i].bytes;
	gort_fd *fd;
	int s = new_socket(sa->sa_family), err;

	if (s < 0)
		return s;
	if (sa->sa_family == AF_INET6)
		set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, !both);
	err = listen_on(s, sa, a->a[i].len);
	if (err == 0)
		err = capi_fd_new(s, true, &fd);
	if (err < 0) {
		close(s);
		return err;
	}
	rt_writeptr(&fd->unlink_path, socket_file(sa));
	*ret = fd;
	return 0;
}

/* Addresses are a few KiB: on the heap, not on a goroutine's stack. */
static struct capi_addrs *
addrs_new(void)
{
	return rt_mallocgc(sizeof(struct capi_addrs), NULL, false, true);
}

int
gort_listen(const char *network, const char *address, gort_fd **ret)
{
	struct capi_addrs *a = addrs_new();
	int i, err = capi_resolve(network, address, true, a);
	bool both;

	if (err < 0)
		return err;
	both = strcmp(network, "tcp") == 0 && address[0] == ':';
	for (i = 0; i < a->n; i++) {
		err = listen_one(a, i, both, ret);
		if (err == 0)
			return 0;
		/* Another kind of address may do; a busy port will not. */
		if (err != -EAFNOSUPPORT && err != -EADDRNOTAVAIL)
			return err;
	}
	return err;
}

int
gort_accept(gort_fd *listener, gort_fd **ret)
{
	ssize_t s = capi_fd_io(listener, 'r', sys_accept, NULL);
	int err;

	if (s < 0)
		return (int)s;
	set_option((int)s, IPPROTO_TCP, TCP_NODELAY, 1);
	err = capi_fd_new((int)s, true, ret);
	if (err < 0)
		close((int)s);
	return err;
}

/* ---- dial ---- */

/* deadline_ns 0: none. */
static int
dial_one(const struct capi_addrs *a, int i, int64_t deadline_ns, gort_fd **ret)
{
	const struct sockaddr *sa = (const struct sockaddr *)a->a[i].bytes;
	gort_fd *fd;
	int s = new_socket(sa->sa_family), err;

	if (s < 0)
		return s;
	err = start_connect(s, sa, a->a[i].len);
	if (err == 0)
		err = capi_fd_new(s, true, &fd);
	if (err < 0) {
		close(s);
		return err;
	}
	gort_set_write_deadline(fd, deadline_ns);
	err = (int)capi_fd_io(fd, 'w', sys_connected, NULL);
	if (err < 0) {
		gort_close(fd);
		return err;
	}
	gort_set_write_deadline(fd, 0);
	if (sa->sa_family != AF_UNIX)
		set_option(s, IPPROTO_TCP, TCP_NODELAY, 1);
	*ret = fd;
	return 0;
}

int
gort_dial(const char *network, const char *address, int64_t timeout_ns,
    gort_fd **ret)
{
	struct capi_addrs *a = addrs_new();
	int i, err = capi_resolve(network, address, false, a);
	int64_t deadline_ns = 0;

	if (timeout_ns > 0)
		deadline_ns = rt_time_after(rt_nanotime(), timeout_ns);
	for (i = 0; err >= 0 && i < a->n; i++) {
		err = dial_one(a, i, deadline_ns, ret);
		if (err == 0)
			return 0;
		if (err == -ETIMEDOUT && deadline_ns != 0
		    && rt_nanotime() >= deadline_ns)
			return err;
		if (i + 1 < a->n)
			err = 0; /* the last one's error is the answer */
	}
	return err;
}

/* ---- about a socket ---- */

struct name_call {
	bool peer;
	char *buf;
	size_t cap;
};

static ssize_t
sys_name(int sysfd, void *arg)
{
	struct name_call *c = arg;
	struct sockaddr_storage ss;
	struct sockaddr *sa = (struct sockaddr *)&ss;
	socklen_t len = sizeof ss;

	if ((c->peer ? getpeername(sysfd, sa, &len)
	             : getsockname(sysfd, sa, &len))
	    < 0)
		return errno == ENOTSOCK ? -EINVAL : -errno;
	return capi_addr_print(&ss, len, c->buf, c->cap);
}

int
gort_local_addr(gort_fd *fd, char *buf, size_t cap)
{
	struct name_call c = { false, buf, cap };

	return (int)capi_fd_call(fd, false, sys_name, &c);
}

int
gort_peer_addr(gort_fd *fd, char *buf, size_t cap)
{
	struct name_call c = { true, buf, cap };

	return (int)capi_fd_call(fd, false, sys_name, &c);
}

static ssize_t
sys_nodelay(int sysfd, void *arg)
{
	int on = *(bool *)arg;

	if (setsockopt(sysfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
		return errno == ENOTSOCK || errno == EOPNOTSUPP ? -EINVAL
		                                                : -errno;
	return 0;
}

int
gort_set_nodelay(gort_fd *fd, bool on)
{
	return (int)capi_fd_call(fd, false, sys_nodelay, &on);
}

static ssize_t
sys_shutdown(int sysfd, void *arg)
{
	if (shutdown(sysfd, *(int *)arg) < 0)
		return errno == ENOTSOCK ? -EINVAL : -errno;
	return 0;
}

int
gort_shutdown(gort_fd *fd, int how)
{
	return (int)capi_fd_call(fd, false, sys_shutdown, &how);
}
