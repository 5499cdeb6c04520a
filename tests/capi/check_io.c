/*
 * check_io.c - gort.h's descriptors: streams of every kind, ends and errors,
 * deadlines, closing under a waiter, a thousand connections, plain files.
 */
#include "config.h"

#include "chan/booted.h"

#include <netdb.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "poll/netpoll.h"

static char dir[64]; /* of this suite */

static const char *
path(const char *name)
{
	static char p[128];

	snprintf(p, sizeof p, "%s/%s", dir, name);
	return p;
}

static void
make_dir(void)
{
	strcpy(dir, "/tmp/gort-io-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
remove_dir(void)
{
	unlink(path("sock"));
	unlink(path("file"));
	unlink(path("fifo"));
	rmdir(dir);
}

/* ---- pipes ---- */

struct xfer {
	gort_fd *fd;
	char *buf;
	size_t n;
	ssize_t ret;
	struct g *gp;
	gort_chan *done;
	enum { X_READ, X_READFULL, X_WRITE, X_ACCEPT } what;
};

static void
xfer(void *arg)
{
	struct xfer *x = arg;
	gort_fd *got;

	__atomic_store_n(&x->gp, rt_getg(), __ATOMIC_RELEASE);
	switch (x->what) {
	case X_READ:
		x->ret = gort_read(x->fd, x->buf, x->n);
		break;
	case X_READFULL:
		x->ret = gort_readfull(x->fd, x->buf, x->n);
		break;
	case X_WRITE:
		x->ret = gort_write(x->fd, x->buf, x->n);
		break;
	default:
		x->ret = gort_accept(x->fd, &got);
	}
	gort_send(x->done, NULL);
}

static struct xfer *
start(gort_fd *fd, int what, size_t n)
{
	struct xfer *x = gort_alloc(sizeof *x);

	x->fd = fd;
	x->what = what;
	x->n = n;
	x->buf = gort_alloc_noscan(n + 1);
	x->ret = -9999;
	x->done = gort_chan_make_noscan(0, 1);
	gort_go(xfer, x);
	return x;
}

static struct xfer *
start_parked(gort_fd *fd, int what, size_t n)
{
	struct xfer *x = start(fd, what, n);

	await_parked((struct g *const volatile *)&x->gp, WAIT_IO_WAIT);
	return x;
}

BOOTED(pipe_carries_all) /* far more than its room, both sides park */
{
	enum { N = 1 << 20 };
	gort_fd *p[2];
	struct xfer *x;
	char *in = gort_alloc_noscan(N);
	size_t i;

	gort_gomaxprocs(1 + index);
	ck_assert_int_eq(gort_pipe(p), 0);
	for (i = 0; i < N; i++)
		in[i] = (char)(i * 7 + i / 251);
	x = start_parked(p[0], X_READFULL, N);
	ck_assert_int_eq(gort_write(p[1], in, N), N);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, N);
	ck_assert_mem_eq(x->buf, in, N);
	ck_assert_int_eq(gort_close(p[1]), 0);
	ck_assert_int_eq(gort_read(p[0], x->buf, 1), 0); /* end of file */
	ck_assert_int_eq(gort_readfull(p[0], x->buf, 5), 0);
	ck_assert_int_eq(gort_close(p[0]), 0);
	ck_assert_int_eq(gort_close(p[0]), -EBADF);
	ck_assert_int_eq(gort_read(p[0], x->buf, 1), -EBADF);
	ck_assert_int_eq(gort_write(p[1], x->buf, 1), -EBADF);
	ck_assert_int_eq(gort_fd_sysfd(p[0]), -EBADF);
	return 0;
}

BOOTED(readfull_stops_at_the_end)
{
	gort_fd *p[2];
	char b[16];

	gort_pipe(p);
	gort_write(p[1], "abc", 3);
	gort_close(p[1]);
	ck_assert_int_eq(gort_readfull(p[0], b, sizeof b), 3);
	return 0;
}

BOOTED(broken_pipe_is_an_error)
{
	gort_fd *p[2];
	struct xfer *x;
	enum { BIG = 1 << 20 };

	gort_pipe(p);
	x = start_parked(p[1], X_WRITE, BIG);
	gort_close(p[0]);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, -EPIPE);
	ck_assert_int_eq(gort_write(p[1], "x", 1), -EPIPE);
	return 0;
}

BOOTED(writev_sends_all)
{
	enum { K = 100 };
	struct iovec iov[K];
	gort_fd *p[2];
	struct xfer *x;
	char *block = gort_alloc_noscan(3000);
	size_t total = 0;
	int i;

	gort_pipe(p);
	memset(block, 'q', 3000);
	for (i = 0; i < K; i++) {
		iov[i].iov_base = block;
		iov[i].iov_len = i % 5 == 0 ? 0 : (size_t)(i * 29);
		total += iov[i].iov_len;
	}
	x = start_parked(p[0], X_READFULL, total);
	ck_assert_int_eq(gort_writev(p[1], iov, K), (ssize_t)total);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, (ssize_t)total);
	for (i = 0; i < (int)total; i++)
		ck_assert_int_eq(x->buf[i], 'q');
	ck_assert_int_eq(gort_writev(p[1], iov, 0), 0);
	ck_assert_int_eq(gort_writev(p[1], iov, -1), -EINVAL);
	ck_assert_int_eq(gort_writev(p[1], iov, 1025), -EINVAL);
	return 0;
}

/* ---- closing and deadlines under a waiter ---- */

BOOTED(close_wakes) /* readers that wait and queue; a writer; an acceptor */
{
	gort_fd *p[2], *l;
	struct xfer *x[4];
	int i;

	gort_gomaxprocs(2);
	gort_pipe(p);
	x[0] = start_parked(p[0], X_READ, 1);
	x[1] = start(p[0], X_READ, 1); /* in line behind it */
	await_parked((struct g *const volatile *)&x[1]->gp,
	    WAIT_SYNC_MUTEX_LOCK);
	x[2] = start_parked(p[1], X_WRITE, 1 << 20);
	ck_assert_int_eq(gort_close(p[1]), 0);
	gort_recv(x[2]->done, NULL);
	ck_assert_int_eq(x[2]->ret, -EBADF);
	/* data is in the pipe: what waited got some of it */
	gort_recv(x[0]->done, NULL);
	gort_recv(x[1]->done, NULL);
	ck_assert_int_eq(x[0]->ret, 1);
	ck_assert_int_eq(x[1]->ret, 1);

	ck_assert_int_eq(gort_listen("tcp", "127.0.0.1:0", &l), 0);
	for (i = 0; i < 3; i++)
		x[i] = start(l, X_ACCEPT, 0);
	while (rt_netpoll_waiters() == 0) /* one of them; the others queue */
		gort_yield();
	ck_assert_int_eq(gort_close(l), 0);
	for (i = 0; i < 3; i++) {
		gort_recv(x[i]->done, NULL);
		ck_assert_int_eq(x[i]->ret, -EBADF);
	}
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	return 0;
}

BOOTED(deadlines)
{
	gort_fd *p[2];
	struct xfer *x;
	int64_t when;
	char c;

	gort_pipe(p);
	ck_assert_int_eq(gort_set_deadline(p[0], 1), 0); /* long past */
	ck_assert_int_eq(gort_read(p[0], &c, 1), -ETIMEDOUT);
	ck_assert_int_eq(gort_set_read_deadline(p[0], 0), 0); /* healed */
	gort_write(p[1], "a", 1);
	ck_assert_int_eq(gort_read(p[0], &c, 1), 1);

	when = gort_now_ns() + 2 * GORT_MS;
	gort_set_read_deadline(p[0], when);
	ck_assert_int_eq(gort_read(p[0], &c, 1), -ETIMEDOUT);
	ck_assert_int_ge(gort_now_ns(), when);

	gort_set_read_deadline(p[0], 0);
	x = start_parked(p[0], X_READ, 1); /* set under a waiter */
	gort_set_read_deadline(p[0], gort_now_ns() + GORT_MS);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, -ETIMEDOUT);

	x = start_parked(p[1], X_WRITE, 1 << 20);
	gort_set_write_deadline(p[1], gort_now_ns() - 1);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, -ETIMEDOUT);
	gort_close(p[0]);
	ck_assert_int_eq(gort_set_deadline(p[0], 0), -EBADF);
	return 0;
}

/* ---- sockets ---- */

static void
echo(void *arg)
{
	gort_fd *fd = arg;
	char b[512];
	ssize_t n;

	while ((n = gort_read(fd, b, sizeof b)) > 0)
		gort_write(fd, b, (size_t)n);
	gort_close(fd);
}

static void
serve(void *arg)
{
	gort_fd *l = arg, *fd;

	while (gort_accept(l, &fd) == 0)
		gort_go(echo, fd);
}

static const char *const nets[][2] = { /* network, where to listen */
	{ "tcp", "127.0.0.1:0" }, { "tcp4", "127.0.0.1:0" }, { "tcp", ":0" },
	{ "tcp6", "[::1]:0" }, { "unix", "PATH" }, { "unix", "@ABSTRACT" },
	{ "tcp", "localhost:0" }
};

static bool
no_ipv6(void)
{
	int s = socket(AF_INET6, SOCK_STREAM, 0);

	if (s >= 0)
		close(s);
	return s < 0 || access("/proc/net/if_inet6", R_OK) != 0;
}

/* A bare container may have no /etc/hosts, then nobody knows localhost. */
static bool
no_localhost(void)
{
	struct addrinfo *ai = NULL;
	bool none = getaddrinfo("localhost", NULL, NULL, &ai) != 0;

	if (!none)
		freeaddrinfo(ai);
	return none;
}

static void *
ask_localhost(void *ret_none)
{
	*(bool *)ret_none = no_localhost();
	return NULL;
}

BOOTED(echo_over) /* index: which of nets */
{
	const char *net = nets[index][0], *where = nets[index][1];
	char name[64], at[120], peer[120], b[8];
	gort_fd *l, *fd;
	int i;

	if (strcmp(net, "tcp6") == 0 && no_ipv6()) {
		fprintf(stderr, "skipped: tcp6, no IPv6 here\n");
		return 0;
	}
	if (strncmp(where, "localhost", 9) == 0) {
		bool none;

		gort_call_on_thread_stack(ask_localhost, &none);
		if (none) {
			fprintf(stderr, "skipped: no localhost here\n");
			return 0;
		}
	}
	if (strcmp(where, "PATH") == 0)
		where = path("sock");
	if (strcmp(where, "@ABSTRACT") == 0) {
		snprintf(name, sizeof name, "@gort-test-%d", (int)getpid());
		where = name;
	}
	gort_gomaxprocs(2);
	ck_assert_int_eq(gort_listen(net, where, &l), 0);
	ck_assert_int_gt(gort_local_addr(l, at, sizeof at), 0);
	ck_assert_int_eq(gort_local_addr(l, at, 3), -ENAMETOOLONG);
	ck_assert_int_gt(gort_local_addr(l, at, sizeof at), 0);
	gort_go(serve, l);
	for (i = 0; i < 5; i++) {
		const char *to = at;
		char port[128];

		if (strncmp(at, "[::]:", 5) == 0) { /* both kinds reach it */
			snprintf(port, sizeof port, ":%s", at + 5);
			to = port;
		}
		ck_assert_int_eq(
		    gort_dial(strcmp(net, "tcp4") == 0 ? "tcp" : net, to,
		        GORT_SEC * 10, &fd),
		    0);
		if (net[0] == 't') {
			ck_assert_int_gt(
			    gort_peer_addr(fd, peer, sizeof peer), 0);
			ck_assert_int_eq(gort_set_nodelay(fd, false), 0);
		}
		ck_assert_int_eq(gort_write(fd, "hello", 5), 5);
		ck_assert_int_eq(gort_readfull(fd, b, 5), 5);
		ck_assert_mem_eq(b, "hello", 5);
		ck_assert_int_eq(gort_shutdown(fd, SHUT_WR), 0);
		ck_assert_int_eq(gort_read(fd, b, 5), 0);
		ck_assert_int_eq(gort_close(fd), 0);
	}
	if (where[0] == '/') {
		gort_fd *second;

		ck_assert_int_eq(
		    gort_listen(net, where, &second), -EADDRINUSE);
		ck_assert_int_eq(gort_close(l), 0);
		while (access(where, F_OK) == 0) /* its last user removes it */
			gort_yield();
	}
	return 0;
}

static const struct bad {
	const char *network, *address;
	int listen, dial;
} bads[] = {
	{ "tcp", "127.0.0.1", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:", -EINVAL, -EINVAL },
	{ "tcp", "::1:80", -EINVAL, -EINVAL },
	{ "tcp", "[::1:80", -EINVAL, -EINVAL },
	{ "tcp", "[::1]80", -EINVAL, -EINVAL },
	{ "tcp", "", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:no-such-service", -EINVAL, -EINVAL },
	{ "udp", "127.0.0.1:80", -EAFNOSUPPORT, -EAFNOSUPPORT },
	{ NULL, "127.0.0.1:80", -EINVAL, -EINVAL },
	{ "tcp", NULL, -EINVAL, -EINVAL },
	{ "unix", "", -EINVAL, -EINVAL },
	{ "unix", "/no/such/folder/sock", -ENOENT, -ENOENT },
	{ "unix",
	    "/a/path/that/is/longer/than/the/one/hundred/and/eight/bytes/that/"
	    "fit/in/the/structure/of/the/system/really/it/is",
	    -EINVAL, -EINVAL },
	{ "tcp4", "203.0.113.77:1", -EADDRNOTAVAIL, 0 }, /* 0: not tried */
};

BOOTED(bad_addresses)
{
	const struct bad *b = &bads[index];
	gort_fd *fd = NULL;

	ck_assert_int_eq(gort_listen(b->network, b->address, &fd), b->listen);
	if (b->dial != 0)
		ck_assert_int_eq(
		    gort_dial(b->network, b->address, GORT_SEC, &fd), b->dial);
	ck_assert_ptr_null(fd);
	ck_assert_int_eq(gort_read(NULL, &fd, 1), -EINVAL);
	ck_assert_int_eq(gort_close(NULL), -EINVAL);
	return 0;
}

BOOTED(refused_connection)
{
	char at[64];
	gort_fd *l, *fd;

	ck_assert_int_eq(gort_listen("tcp", "127.0.0.1:0", &l), 0);
	gort_local_addr(l, at, sizeof at);
	gort_close(l);
	ck_assert_int_eq(gort_dial("tcp", at, 0, &fd), -ECONNREFUSED);
	return 0;
}

/* ---- a thousand connections at once ---- */

struct client {
	const char *at;
	_Atomic int *bad;
	gort_waitgroup *wg, *connected;
	gort_chan *go;
};

static void
client(void *arg)
{
	struct client *c = arg;
	uint64_t out, in = 0;
	gort_fd *fd;
	int i, err = gort_dial("tcp", c->at, 0, &fd);

	gort_waitgroup_done(c->connected);
	if (err < 0) {
		atomic_fetch_add(c->bad, 1);
		gort_waitgroup_done(c->wg);
		return;
	}
	gort_recv(c->go, NULL); /* all are open at once */
	for (i = 0; i < 5; i++) {
		out = gort_rand64();
		if (gort_write(fd, &out, 8) != 8
		    || gort_readfull(fd, &in, 8) != 8 || in != out)
			atomic_fetch_add(c->bad, 1);
	}
	gort_close(fd);
	gort_waitgroup_done(c->wg);
}

BOOTED(thousand_connections)
{
	int n = BOOTED_SCALE(1000), i;
	gort_waitgroup wg = { 0 }, connected = { 0 };
	_Atomic int bad = 0;
	char at[64];
	struct client c = { at, &bad, &wg, &connected,
		gort_chan_make_noscan(0, 0) };
	gort_fd *l;

	gort_gomaxprocs(4);
	ck_assert_int_eq(gort_listen("tcp", "127.0.0.1:0", &l), 0);
	gort_local_addr(l, at, sizeof at);
	gort_go(serve, l);
	gort_waitgroup_add(&wg, n);
	gort_waitgroup_add(&connected, n);
	for (i = 0; i < n; i++)
		gort_go(client, &c);
	gort_waitgroup_wait(&connected);
	gort_chan_close(c.go);
	gort_waitgroup_wait(&wg);
	ck_assert_int_eq(bad, 0);
	gort_close(l);
	while (gort_num_goroutine() > 1) /* the servers saw the end, too */
		gort_yield();
	ck_assert_uint_eq(rt_netpoll_fds(), 0);
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	return 0;
}

/* ---- files ---- */

BOOTED(plain_files)
{
	gort_fd *f;
	char b[16] = { 0 };

	ck_assert_int_eq(gort_open(path("none/x"), O_RDONLY, 0, &f), -ENOENT);
	ck_assert_int_eq(
	    gort_open(path("file"), O_RDWR | O_CREAT | O_EXCL, 0600, &f), 0);
	ck_assert_int_eq(gort_write(f, "0123456789", 10), 10);
	ck_assert_int_eq(gort_pwrite(f, "AB", 2, 4), 2);
	ck_assert_int_eq(gort_pread(f, b, 4, 3), 4);
	ck_assert_str_eq(b, "3AB6");
	ck_assert_int_eq(gort_seek(f, 0, SEEK_SET), 0);
	ck_assert_int_eq(gort_readfull(f, b, 16), 10);
	ck_assert_int_eq(gort_read(f, b, 16), 0);
	ck_assert_int_eq(gort_seek(f, -1, SEEK_SET), -EINVAL);
	ck_assert_int_eq(gort_fsync(f), 0);
	ck_assert_int_eq(gort_set_deadline(f, 1), -EINVAL);
	ck_assert_int_eq(gort_local_addr(f, b, sizeof b), -EINVAL);
	ck_assert_int_eq(gort_shutdown(f, SHUT_RD), -EINVAL);
	ck_assert_int_eq(gort_set_nodelay(f, true), -EINVAL);
	ck_assert_int_eq(gort_close(f), 0);
	return 0;
}

/* While one goroutine blocks in the system, others run on the only P. */
BOOTED(blocking_descriptor_frees_the_p)
{
	gort_fd *r, *w;
	struct xfer *x;
	int fds[2];

	gort_gomaxprocs(1);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(gort_fd_wrap_blocking(fds[0], &r), 0);
	ck_assert_int_eq(gort_fd_wrap(fds[1], &w), 0);
	x = start(r, X_READ, 4);
	while (__atomic_load_n(&x->gp, __ATOMIC_ACQUIRE) == NULL
	    || rt_readgstatus(x->gp) != G_SYSCALL)
		gort_yield();
	ck_assert_int_eq(gort_set_deadline(r, 1), -EINVAL);
	ck_assert_int_eq(gort_write(w, "four", 4), 4);
	gort_recv(x->done, NULL);
	ck_assert_int_eq(x->ret, 4);
	ck_assert_int_eq(gort_fd_wrap(-1, &r), -EBADF);
	ck_assert_int_eq(gort_fd_wrap_blocking(1 << 20, &r), -EBADF);
	return 0;
}

static RT_NOINLINE void
lose_pipes(void)
{
	gort_fd *p[2];
	int i;

	for (i = 0; i < 50; i++)
		gort_pipe(p);
}

BOOTED(lost_descriptors_are_closed)
{
	char pad[2048];

	lose_pipes();
	memset(pad, 0, sizeof pad); /* stale words of its frame */
	gort_keepalive(pad);
	ck_assert_uint_ge(rt_netpoll_fds(), 100);
	/* conservative scanning may hold on to a few */
	while (rt_netpoll_fds() > 10) {
		gort_gc();
		gort_yield();
	}
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("io");
	TCase *tc = tcase_create("io");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, make_dir, remove_dir);
	suite_add_tcase(s, tc);
	booted_add_loop(tc, pipe_carries_all, 2);
	booted_add(tc, readfull_stops_at_the_end);
	booted_add(tc, broken_pipe_is_an_error);
	booted_add(tc, writev_sends_all);
	booted_add(tc, close_wakes);
	booted_add(tc, deadlines);
	booted_add_loop(tc, echo_over, 7);
	booted_add_loop(tc, bad_addresses, 14);
	booted_add(tc, refused_connection);
	booted_add(tc, thousand_connections);
	booted_add(tc, plain_files);
	booted_add(tc, blocking_descriptor_frees_the_p);
	booted_add(tc, lost_descriptors_are_closed);
	return suite_run(s);
}
