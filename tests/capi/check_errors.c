/*
 * check_errors.c - what gort.h says about mistakes, line by line: each error
 * that it names is returned where it says so, an output named ret is left
 * alone by a failure, and each panic that it quotes has these words.
 */
#include "config.h"

#include "chan/booted.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "os/os.h"

/* ---- every call on a descriptor ---- */

enum kind { NO_FD, CLOSED, PIPE_R, PIPE_W, PLAIN, UNIX_L, UNIX_S, KINDS };

static gort_fd *fds[KINDS];
static char sock_path[64];
static char byte[1];

static ssize_t
do_read(gort_fd *fd)
{
	return gort_read(fd, byte, 1);
}

static ssize_t
do_readfull(gort_fd *fd)
{
	return gort_readfull(fd, byte, 1);
}

static ssize_t
do_write(gort_fd *fd)
{
	return gort_write(fd, "x", 1);
}

static ssize_t
do_write_some(gort_fd *fd)
{
	return gort_write_some(fd, "x", 1);
}

static ssize_t
do_writev(gort_fd *fd)
{
	struct iovec v = { byte, 1 };

	return gort_writev(fd, &v, 1);
}

static ssize_t
do_writev_negative(gort_fd *fd)
{
	struct iovec v = { byte, 1 };

	return gort_writev(fd, &v, -1);
}

static ssize_t
do_pread(gort_fd *fd)
{
	return gort_pread(fd, byte, 1, 0);
}

static ssize_t
do_pwrite(gort_fd *fd)
{
	return gort_pwrite(fd, "x", 1, 0);
}

static ssize_t
do_seek(gort_fd *fd)
{
	return gort_seek(fd, 0, SEEK_SET);
}

static ssize_t
do_fsync(gort_fd *fd)
{
	return gort_fsync(fd);
}

static ssize_t
do_accept(gort_fd *fd)
{
	gort_fd *ret = (gort_fd *)byte;
	int err = gort_accept(fd, &ret);

	ck_assert(err >= 0 || ret == (gort_fd *)byte);
	return err;
}

static ssize_t
do_local(gort_fd *fd)
{
	char buf[128];

	return gort_local_addr(fd, buf, sizeof buf);
}

static ssize_t
do_local_no_room(gort_fd *fd)
{
	char buf[3];

	return gort_local_addr(fd, buf, sizeof buf);
}

static ssize_t
do_peer(gort_fd *fd)
{
	char buf[128];

	return gort_peer_addr(fd, buf, sizeof buf);
}

static ssize_t
do_nodelay(gort_fd *fd)
{
	return gort_set_nodelay(fd, true);
}

static ssize_t
do_shutdown(gort_fd *fd)
{
	return gort_shutdown(fd, SHUT_RDWR);
}

static ssize_t
do_sysfd(gort_fd *fd)
{
	return gort_fd_sysfd(fd);
}

static ssize_t
do_deadline(gort_fd *fd)
{
	return gort_set_deadline(fd, 0);
}

static ssize_t
do_read_deadline(gort_fd *fd)
{
	return gort_set_read_deadline(fd, 0);
}

static ssize_t
do_write_deadline(gort_fd *fd)
{
	return gort_set_write_deadline(fd, 0);
}

static ssize_t
do_close(gort_fd *fd)
{
	return gort_close(fd);
}

typedef ssize_t op_fn(gort_fd *fd);

static op_fn *const all_ops[] = { do_read, do_readfull, do_write,
	do_write_some, do_writev, do_pread, do_pwrite, do_seek, do_fsync,
	do_accept, do_local, do_peer, do_nodelay, do_shutdown, do_sysfd,
	do_deadline, do_read_deadline, do_write_deadline, do_close };

static const struct {
	op_fn *op;
	enum kind kind;
	int err;
} wrong[] = {
	{ do_read, PIPE_W, -EINVAL },
	{ do_write, PIPE_R, -EINVAL },
	{ do_seek, PIPE_R, -EINVAL },
	{ do_pread, PIPE_R, -EINVAL },
	{ do_pwrite, PIPE_W, -EINVAL },
	{ do_fsync, PIPE_W, -EINVAL },
	{ do_accept, PIPE_R, -EINVAL },
	{ do_accept, PLAIN, -EINVAL },
	{ do_accept, UNIX_S, -EINVAL },
	{ do_local, PLAIN, -EINVAL },
	{ do_peer, PIPE_R, -EINVAL },
	{ do_peer, UNIX_L, -ENOTCONN },
	{ do_local_no_room, UNIX_L, -ENAMETOOLONG },
	{ do_nodelay, PLAIN, -EINVAL },
	{ do_nodelay, UNIX_S, -EINVAL },
	{ do_shutdown, PIPE_R, -EINVAL },
	{ do_deadline, PLAIN, -EINVAL },
	{ do_read_deadline, PLAIN, -EINVAL },
	{ do_write_deadline, PLAIN, -EINVAL },
	{ do_writev_negative, PIPE_W, -EINVAL },
};

static void
make_fds(void)
{
	gort_fd *p[2], *q[2];

	snprintf(sock_path, sizeof sock_path, "/tmp/gort-errors-%d",
	    (int)getpid());
	ck_assert_int_eq(gort_pipe(p), 0);
	fds[PIPE_R] = p[0];
	fds[PIPE_W] = p[1];
	ck_assert_int_eq(gort_pipe(q), 0);
	ck_assert_int_eq(gort_close(q[0]), 0);
	fds[CLOSED] = q[0];
	ck_assert_int_eq(
	    gort_open("/proc/self/exe", O_RDONLY, 0, &fds[PLAIN]), 0);
	ck_assert_int_eq(gort_listen("unix", sock_path, &fds[UNIX_L]), 0);
	ck_assert_int_eq(gort_dial("unix", sock_path, 0, &fds[UNIX_S]), 0);
}

BOOTED(descriptors)
{
	make_fds();
	for (size_t i = 0; i < sizeof all_ops / sizeof all_ops[0]; i++) {
		ck_assert_msg(all_ops[i](fds[NO_FD]) == -EINVAL, "%zu", i);
		ck_assert_msg(all_ops[i](fds[CLOSED]) == -EBADF, "%zu", i);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		ssize_t n = wrong[i].op(fds[wrong[i].kind]);

		ck_assert_msg(n == wrong[i].err, "line %zu: %zd", i, n);
	}
	ck_assert_int_eq(gort_close(fds[UNIX_L]), 0);
	ck_assert_int_ne(access(sock_path, F_OK), 0);
	return 0;
}

/* ---- making descriptors ---- */

static char long_path[200];

static const struct {
	const char *network, *address;
	int listen, dial; /* 0: not asked */
} names[] = {
	{ "udp", "127.0.0.1:0", -EAFNOSUPPORT, -EAFNOSUPPORT },
	{ "", "127.0.0.1:0", -EAFNOSUPPORT, -EAFNOSUPPORT },
	{ NULL, "127.0.0.1:0", -EINVAL, -EINVAL },
	{ "tcp", NULL, -EINVAL, -EINVAL },
	{ "tcp", "", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:", -EINVAL, -EINVAL },
	{ "tcp", "::1:80", -EINVAL, -EINVAL },
	{ "tcp", "[::1]80", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:70000", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:-1", -EINVAL, -EINVAL },
	{ "tcp", "127.0.0.1:no-such-service", -EINVAL, -EINVAL },
	{ "tcp4", "[::1]:80", -ENXIO, -ENXIO },
	{ "tcp6", "127.0.0.1:80", -ENXIO, -ENXIO },
	{ "tcp4", "127.0.0.1:1", 0, -ECONNREFUSED },
	{ "tcp4", "192.0.2.1:0", -EADDRNOTAVAIL, 0 },
	{ "unix", "", -EINVAL, -EINVAL },
	{ "unix", long_path, -EINVAL, -EINVAL },
	{ "unix", "/proc/self/none/sock", -ENOENT, -ENOENT },
	{ "unix", "/proc/self/exe", -EADDRINUSE, -ECONNREFUSED },
};

BOOTED(addresses)
{
	gort_fd *const mark = (gort_fd *)byte;

	memset(long_path, 'x', sizeof long_path - 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		gort_fd *ret = mark;
		int err;

		if (names[i].listen != 0) {
			err = gort_listen(
			    names[i].network, names[i].address, &ret);
			ck_assert_msg(err == names[i].listen && ret == mark,
			    "listen %s %s: %d", names[i].network,
			    names[i].address, err);
		}
		if (names[i].dial != 0) {
			err = gort_dial(
			    names[i].network, names[i].address, 0, &ret);
			ck_assert_msg(err == names[i].dial && ret == mark,
			    "dial %s %s: %d", names[i].network,
			    names[i].address, err);
		}
	}
	return 0;
}

BOOTED(files)
{
	gort_fd *const mark = (gort_fd *)byte, *ret = mark;

	ck_assert_int_eq(gort_open("/proc/self/none", O_RDONLY, 0, &ret), -ENOENT);
	ck_assert_int_eq(gort_open("/", O_WRONLY, 0, &ret), -EISDIR);
	ck_assert_int_eq(gort_fd_wrap(-1, &ret), -EBADF);
	ck_assert_int_eq(gort_fd_wrap_blocking(-1, &ret), -EBADF);
	ck_assert_int_eq(gort_fd_wrap_blocking(1 << 20, &ret), -EBADF);
	ck_assert_ptr_eq(ret, mark);
	return 0;
}

/* ---- waiting ones ---- */

BOOTED(deadlines)
{
	static char much[1 << 20];
	gort_fd *p[2], *l, *c;

	ck_assert_int_eq(gort_pipe(p), 0);
	ck_assert_int_eq(gort_set_deadline(p[0], gort_now_ns()), 0);
	ck_assert_int_eq(gort_read(p[0], byte, 1), -ETIMEDOUT);
	ck_assert_int_eq(gort_readfull(p[0], byte, 1), -ETIMEDOUT);
	ck_assert_int_eq(gort_set_deadline(p[0], 0), 0);
	ck_assert_int_eq(
	    gort_set_write_deadline(p[1], gort_now_ns() + GORT_MS), 0);
	ck_assert_int_eq(gort_write(p[1], much, sizeof much), -ETIMEDOUT);
	ck_assert_int_eq(gort_read(p[0], byte, 1), 1); /* what had gone out */
	ck_assert_int_eq(gort_close(p[0]), 0);
	ck_assert_int_eq(gort_set_write_deadline(p[1], 0), 0);
	ck_assert_int_eq(gort_write(p[1], much, 1), -EPIPE); /* no signal */

	ck_assert_int_eq(gort_listen("tcp", "127.0.0.1:0", &l), 0);
	ck_assert_int_eq(gort_set_read_deadline(l, gort_now_ns() + GORT_MS), 0);
	ck_assert_int_eq(gort_accept(l, &c), -ETIMEDOUT);
	return 0;
}

/* ---- the rest that returns errors ---- */

BOOTED(others)
{
	static const int bad[] = { -1, 65, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,
		SIGFPE, SIGILL, 32, 33 };
	gort_chan *c = gort_chan_make_noscan(sizeof(int), 1);
	char on_stack[16] = "", *obj = gort_alloc(64);

	ck_assert_int_eq(gort_debug_set("no-such-key", "1"), -ENOENT);
	ck_assert_int_eq(gort_debug_set("gctrace", "many"), -EINVAL);
	ck_assert_int_eq(gort_debug_set("gctrace", "0"), 0);
	ck_assert_int_eq(gort_setfinalizer(on_stack, free), -EINVAL);
	ck_assert_int_eq(gort_setfinalizer(obj + 8, free), -EINVAL);
	ck_assert_int_eq(gort_setfinalizer(NULL, free), -EINVAL);
	ck_assert_int_eq(gort_setfinalizer(obj, NULL), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(gort_notify(c, SIGUSR1, bad[i], 0) == -EINVAL,
		    "signal %d", bad[i]);
	ck_assert(!rt_signal_wanted()); /* the whole list or nothing */
	ck_assert_int_eq(gort_notify(c, SIGUSR1, SIGABRT, SIGQUIT, 64, 0), 0);
	gort_notify_stop(c);
	ck_assert(!rt_signal_wanted());
	return 0;
}

/* ---- a MiB on the thread's stack ---- */

static void *
touch_a_mib(void *arg)
{
	volatile char room[1 << 20];

	for (size_t i = sizeof room; i > 0; i -= 4096)
		room[i - 1] = 1;
	*(bool *)arg = room[4095] == 1;
	return arg;
}

static void
call_it(void *done)
{
	bool ok = false;

	gort_call_on_thread_stack(touch_a_mib, &ok);
	gort_send(done, &ok);
}

/* Main keeps the first thread, so the call is on one of those that we made. */
BOOTED(thread_stack)
{
	gort_chan *done = gort_chan_make(sizeof(bool), 0);
	bool ok = false;

	gort_lock_os_thread();
	gort_go(call_it, done);
	ck_assert(gort_recv(done, &ok));
	ck_assert(ok);
	gort_unlock_os_thread();
	return 0;
}

/* ---- panics, in the words quoted ---- */

static void
make_chan_large(void *arg)
{
	gort_chan_make(65536, 0);
}

static void
make_chan_negative(void *arg)
{
	gort_chan_make(8, -1);
}

static void
new_array_negative(void *arg)
{
	gort_new_array(&gort_type_int, -1);
}

static void
new_array_large(void *arg)
{
	gort_new_array(&gort_type_int, INTPTR_MAX / 2);
}

static void
slice_len(void *arg)
{
	gort_slice_make(&gort_type_int, -1, 0);
}

static void
slice_cap(void *arg)
{
	gort_slice_make(&gort_type_int, 1, 0);
}

static void
close_nil(void *arg)
{
	gort_chan_close(NULL);
}

static void
close_twice(void *arg)
{
	gort_chan *c = gort_chan_make(1, 0);

	gort_chan_close(c);
	gort_chan_close(c);
}

static void
send_closed(void *arg)
{
	gort_chan *c = gort_chan_make(1, 1);

	gort_chan_close(c);
	gort_send(c, byte);
}

static void
try_send_closed(void *arg)
{
	gort_chan *c = gort_chan_make(1, 1);

	gort_chan_close(c);
	gort_try_send(c, byte);
}

static void
select_closed(void *arg)
{
	gort_chan *c = gort_chan_make(1, 1), *d = gort_chan_make(1, 0);
	gort_case k[] = { GORT_RECV(d, NULL), GORT_SEND(c, byte) };

	gort_chan_close(c);
	gort_select(k, 2, true);
}

static void
wg_negative(void *arg)
{
	gort_waitgroup wg = { 0 };

	gort_waitgroup_done(&wg);
}

static void
ticker_zero(void *arg)
{
	gort_ticker_new(0);
}

static void
ticker_reset_zero(void *arg)
{
	gort_ticker *t = gort_ticker_new(GORT_SEC);

	gort_defer((void (*)(void *))gort_ticker_stop, t);
	gort_ticker_reset(t, -1);
}

static void
index_out(void *arg)
{
	gort_index(3, 2);
}

static const struct {
	void (*fn)(void *);
	const char *text;
} panics[] = {
	{ make_chan_large, "makechan: size out of range" },
	{ make_chan_negative, "makechan: size out of range" },
	{ new_array_negative, "makeslice: len out of range" },
	{ new_array_large, "makeslice: len out of range" },
	{ slice_len, "makeslice: len out of range" },
	{ slice_cap, "makeslice: cap out of range" },
	{ close_nil, "close of nil channel" },
	{ close_twice, "close of closed channel" },
	{ send_closed, "send on closed channel" },
	{ try_send_closed, "send on closed channel" },
	{ select_closed, "send on closed channel" },
	{ wg_negative, "sync: negative WaitGroup counter" },
	{ ticker_zero, "non-positive interval for NewTicker" },
	{ ticker_reset_zero, "non-positive interval for Ticker.Reset" },
	{ index_out, "index out of range [3] with length 2" },
};

BOOTED(panic_words)
{
	gort_panic_info i;

	for (size_t k = 0; k < sizeof panics / sizeof panics[0]; k++) {
		ck_assert_msg(!gort_try(panics[k].fn, NULL, &i),
		    "%s: no panic", panics[k].text);
		ck_assert_str_eq(i.text, panics[k].text);
	}
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("errors");
	TCase *tc = tcase_create("errors");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, descriptors);
	booted_add(tc, addresses);
	booted_add(tc, files);
	booted_add(tc, deadlines);
	booted_add(tc, others);
	booted_add(tc, thread_stack);
	booted_add(tc, panic_words);
	return suite_run(s);
}
