/*
 * fd.c - gort.h's descriptors: ownership, waiting, reading and writing.
 *
 * Life. `refs` counts the owner and every call that is inside; its top bit
 * says closing. A call takes a reference unless closing is set, so after close
 * has set it nobody new comes in; those inside are woken, see POLL_CLOSING and
 * leave, and whoever drops the last reference closes the number. Hence a
 * number is never closed, and reused by the system, under a running call.
 *
 * Order. `rd` and `wr` admit one reader and one writer; others queue in them
 * fairly. It makes whole writes atomic against each other and is what the
 * poller demands (one waiter a direction). Calls that take no turn (pread,
 * shutdown, options) hold a reference only.
 *
 * Waiting. A parking descriptor is non-blocking: call, and on EAGAIN park
 * until the poller has news. A blocking one gives up its P around the call.
 *
 * errno is read in the small functions that make the system call, which never
 * park in between (gort.h's promise, and a thread-local address may not be
 * kept across a park), nor are they inlined where that could happen.
 */
#include "config.h"
#include "capi/capi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "gc/gc.h"
#include "mem/malloc.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#define CLOSING (UINT32_C(1) << 31)

/* ---- references ---- */

static int
ref(gort_fd *fd)
{
	uint32_t r;

	if (fd == NULL)
		return -EINVAL;
	r = atomic_load(&fd->refs);
	do {
		if ((r & CLOSING) != 0)
			return -EBADF;
	} while (!atomic_compare_exchange_weak(&fd->refs, &r, r + 1));
	return 0;
}

static void *
close_number(void *arg)
{
	gort_fd *fd = arg;

	/* The path first: while we listen nobody takes it for a dead one's,
	 * removes it and binds his own there, which we would then remove. */
	if (fd->unlink_path != NULL)
		(void)unlink(fd->unlink_path);
	/* On Linux the number is gone also after EINTR. */
	(void)close(fd->sysfd);
	return NULL;
}

static void
unref(gort_fd *fd)
{
	if (atomic_fetch_sub(&fd->refs, 1) - 1 != CLOSING)
		return;
	if (fd->pd != NULL)
		rt_poll_close(fd->pd);
	/* May block: lingering sockets, network file systems. */
	gort_call_blocking(close_number, fd);
}

int
gort_close(gort_fd *fd)
{
	uint32_t r;

	if (fd == NULL)
		return -EINVAL;
	r = atomic_load(&fd->refs);
	do {
		if ((r & CLOSING) != 0)
			return -EBADF;
	} while (!atomic_compare_exchange_weak(&fd->refs, &r, r | CLOSING));
	rt_setfinalizer(fd, NULL);
	if (fd->pd != NULL)
		rt_poll_unblock(fd->pd);
	unref(fd);
	return 0;
}

static void
finalize(void *fd)
{
	(void)gort_close(fd);
}

int
capi_fd_new(int sysfd, bool park, gort_fd **ret)
{
	struct poll_desc *pd = NULL;
	gort_fd *fd;
	int err;

	if (park) {
		err = rt_poll_open(sysfd, &pd);
		if (err == -EPERM)
			pd = NULL; /* a plain file: always ready, or blocks */
		else if (err < 0)
			return err;
	}
	fd = rt_mallocgc(sizeof *fd, NULL, true, true);
	atomic_store(&fd->refs, 1);
	fd->sysfd = sysfd;
	fd->kind = pd != NULL ? CAPI_FD_PARK : CAPI_FD_BLOCK;
	fd->pd = pd;
	rt_setfinalizer(fd, finalize);
	*ret = fd;
	return 0;
}

static RT_NOINLINE int
set_nonblock(int sysfd)
{
	int flags = fcntl(sysfd, F_GETFL);

	if (flags < 0)
		return -errno;
	if ((flags & O_NONBLOCK) == 0
	    && fcntl(sysfd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

int
gort_fd_wrap(int sysfd, gort_fd **ret)
{
	int err = set_nonblock(sysfd);

	return err < 0 ? err : capi_fd_new(sysfd, true, ret);
}

static RT_NOINLINE int
check_open(int sysfd)
{
	return fcntl(sysfd, F_GETFL) < 0 ? -errno : 0;
}

int
gort_fd_wrap_blocking(int sysfd, gort_fd **ret)
{
	int err = check_open(sysfd);

	return err < 0 ? err : capi_fd_new(sysfd, false, ret);
}

int
gort_fd_sysfd(gort_fd *fd)
{
	if (fd == NULL)
		return -EINVAL;
	return (atomic_load(&fd->refs) & CLOSING) != 0 ? -EBADF : fd->sysfd;
}

/* ---- one operation ---- */

struct io_call {
	capi_io_fn *fn;
	int sysfd;
	void *arg;
	ssize_t ret;
};

/*
 * One system call on a descriptor that we hold open. What only says that it is
 * of the wrong kind - seek in a pipe, accept on a file, write where only
 * reading was allowed - is EINVAL, as gort.h promises; EBADF means closed.
 */
static ssize_t
call(capi_io_fn *fn, int sysfd, void *arg)
{
	ssize_t n = fn(sysfd, arg);

	if (n == -EBADF || n == -ESPIPE || n == -ENOTSOCK)
		return -EINVAL;
	return n;
}

static void *
run_io(void *p)
{
	struct io_call *c = p;

	do
		c->ret = call(c->fn, c->sysfd, c->arg);
	while (c->ret == -EINTR);
	return NULL;
}

static ssize_t
io_blocking(gort_fd *fd, capi_io_fn *fn, void *arg)
{
	struct io_call c = { fn, fd->sysfd, arg, 0 };

	gort_call_blocking(run_io, &c);
	return c.ret;
}

static int
poll_errno(int err)
{
	switch (err) {
	case POLL_OK:
		return 0;
	case POLL_TIMEOUT:
		return -ETIMEDOUT;
	default:
		return -EBADF;
	}
}

static ssize_t
io_parking(gort_fd *fd, int mode, capi_io_fn *fn, void *arg)
{
	int err = poll_errno(rt_poll_reset(fd->pd, mode));
	ssize_t n;

	while (err == 0) {
		n = call(fn, fd->sysfd, arg);
		if (n == -EAGAIN)
			err = poll_errno(rt_poll_wait(fd->pd, mode));
		else if (n != -EINTR)
			return n;
	}
	return err;
}

ssize_t
capi_fd_io(gort_fd *fd, int mode, capi_io_fn *fn, void *arg)
{
	gort_mutex *turn;
	ssize_t n = ref(fd);

	if (n < 0)
		return n;
	turn = mode == 'w' ? &fd->wr : &fd->rd;
	gort_mutex_lock(turn);
	if (fd->kind == CAPI_FD_PARK)
		n = io_parking(fd, mode, fn, arg);
	else if ((atomic_load(&fd->refs) & CLOSING) != 0)
		n = -EBADF; /* closed while we queued */
	else
		n = io_blocking(fd, fn, arg);
	gort_mutex_unlock(turn);
	unref(fd);
	return n;
}

ssize_t
capi_fd_call(gort_fd *fd, bool blocking, capi_io_fn *fn, void *arg)
{
	ssize_t n = ref(fd);

	if (n < 0)
		return n;
	n = blocking ? io_blocking(fd, fn, arg) : call(fn, fd->sysfd, arg);
	unref(fd);
	return n;
}

/* ---- reading and writing ---- */

struct rw { /* for several calls in one turn; done counts over all */
	char *buf;
	size_t n, done;
	off_t off;
};

static ssize_t
sys_read(int sysfd, void *arg)
{
	struct rw *c = arg;
	ssize_t n = read(sysfd, c->buf, c->n);

	return n < 0 ? -errno : n;
}

/* Reads until full or the end: -EAGAIN in between parks and comes back. */
static ssize_t
sys_readfull(int sysfd, void *arg)
{
	struct rw *c = arg;
	ssize_t n;

	while (c->done < c->n) {
		n = read(sysfd, c->buf + c->done, c->n - c->done);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		c->done += (size_t)n;
	}
	return (ssize_t)c->done;
}

static ssize_t
sys_write(int sysfd, void *arg)
{
	struct rw *c = arg;
	ssize_t n = write(sysfd, c->buf, c->n);

	return n < 0 ? -errno : n;
}

static ssize_t
sys_writeall(int sysfd, void *arg)
{
	struct rw *c = arg;
	ssize_t n;

	while (c->done < c->n) {
		n = write(sysfd, c->buf + c->done, c->n - c->done);
		if (n < 0)
			return -errno;
		c->done += (size_t)n;
	}
	return (ssize_t)c->done;
}

ssize_t
gort_read(gort_fd *fd, void *buf, size_t n)
{
	struct rw c = { .buf = buf, .n = n };

	return capi_fd_io(fd, 'r', sys_read, &c);
}

ssize_t
gort_readfull(gort_fd *fd, void *buf, size_t n)
{
	struct rw c = { .buf = buf, .n = n };

	return capi_fd_io(fd, 'r', sys_readfull, &c);
}

ssize_t
gort_write(gort_fd *fd, const void *buf, size_t n)
{
	struct rw c = { .buf = (char *)(uintptr_t)buf, .n = n };

	return capi_fd_io(fd, 'w', sys_writeall, &c);
}

ssize_t
gort_write_some(gort_fd *fd, const void *buf, size_t n)
{
	struct rw c = { .buf = (char *)(uintptr_t)buf, .n = n };

	return capi_fd_io(fd, 'w', sys_write, &c);
}

/* ---- writev ---- */

#define IOV_MAX_CNT 1024
#define IOV_BATCH 16

struct rwv {
	const struct iovec *iov;
	int cnt;
	size_t skip; /* bytes of iov[0] that are out already */
	ssize_t done;
};

static void
advance(struct rwv *c, size_t n)
{
	c->done += (ssize_t)n;
	n += c->skip;
	while (c->cnt > 0 && n >= c->iov->iov_len) {
		n -= c->iov->iov_len;
		c->iov++;
		c->cnt--;
	}
	c->skip = n;
}

static ssize_t
sys_writevall(int sysfd, void *arg)
{
	struct rwv *c = arg;
	struct iovec part[IOV_BATCH];
	int i, k;
	ssize_t n;

	advance(c, 0); /* steps over empty ones */
	while (c->cnt > 0) {
		k = c->cnt < IOV_BATCH ? c->cnt : IOV_BATCH;
		for (i = 0; i < k; i++)
			part[i] = c->iov[i];
		part[0].iov_base = (char *)part[0].iov_base + c->skip;
		part[0].iov_len -= c->skip;
		n = writev(sysfd, part, k);
		if (n < 0)
			return -errno;
		advance(c, (size_t)n);
	}
	return c->done;
}

ssize_t
gort_writev(gort_fd *fd, const struct iovec *iov, int cnt)
{
	struct rwv c = { iov, cnt, 0, 0 };

	if (cnt < 0 || cnt > IOV_MAX_CNT)
		return -EINVAL;
	return capi_fd_io(fd, 'w', sys_writevall, &c);
}

/* ---- deadlines ---- */

static int
set_deadline(gort_fd *fd, int64_t when_ns, int mode)
{
	int err = ref(fd);

	if (err < 0)
		return err;
	if (fd->pd == NULL)
		err = -EINVAL;
	else
		rt_poll_set_deadline(fd->pd, when_ns, mode);
	unref(fd);
	return err;
}

int
gort_set_deadline(gort_fd *fd, int64_t when_ns)
{
	return set_deadline(fd, when_ns, 'r' + 'w');
}

int
gort_set_read_deadline(gort_fd *fd, int64_t when_ns)
{
	return set_deadline(fd, when_ns, 'r');
}

int
gort_set_write_deadline(gort_fd *fd, int64_t when_ns)
{
	return set_deadline(fd, when_ns, 'w');
}
