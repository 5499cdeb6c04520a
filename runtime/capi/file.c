/*
 * file.c - gort.h: files and pipes. Whatever may wait for a disk runs inside
 * a system call that gives up the P.
 */
#include "config.h"
#include "capi/capi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct open_call {
	const char *path;
	int flags;
	mode_t mode;
	int ret;
	bool pollable;
};

/* A fifo or a terminal parks; opening itself may wait for the other side, so
 * O_NONBLOCK is set afterwards. */
static void *
open_file(void *p)
{
	struct open_call *c = p;
	struct stat st;
	int fl;

	do
		c->ret = open(c->path, c->flags | O_CLOEXEC, c->mode);
	while (c->ret < 0 && errno == EINTR);
	if (c->ret < 0) {
		c->ret = -errno;
		return NULL;
	}
	c->pollable = fstat(c->ret, &st) == 0
	    && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)
	        || S_ISSOCK(st.st_mode));
	if (c->pollable) {
		fl = fcntl(c->ret, F_GETFL);
		if (fl < 0 || fcntl(c->ret, F_SETFL, fl | O_NONBLOCK) < 0)
			c->pollable = false;
	}
	return NULL;
}

int
gort_open(const char *path, int flags, mode_t mode, gort_fd **ret)
{
	struct open_call c = { path, flags, mode, -1, false };
	int err;

	gort_call_blocking(open_file, &c);
	if (c.ret < 0)
		return c.ret;
	err = capi_fd_new(c.ret, c.pollable, ret);
	if (err < 0)
		close(c.ret);
	return err;
}

/* Not inlined: errno, see net.c. */
static RT_NOINLINE int
make_pipe(int fds[2])
{
	return pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
}

int
gort_pipe(gort_fd *ret[2])
{
	gort_fd *r, *w;
	int fds[2], err = make_pipe(fds);

	if (err < 0)
		return err;
	err = capi_fd_new(fds[0], true, &r);
	if (err < 0) {
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	err = capi_fd_new(fds[1], true, &w);
	if (err < 0) {
		close(fds[1]);
		gort_close(r);
		return err;
	}
	ret[0] = r;
	ret[1] = w;
	return 0;
}

/* ---- plain files ---- */

struct at_call {
	char *buf;
	size_t n;
	off_t off;
	int whence;
};

static ssize_t
sys_pread(int sysfd, void *arg)
{
	struct at_call *c = arg;
	ssize_t n = pread(sysfd, c->buf, c->n, c->off);

	return n < 0 ? -errno : n;
}

static ssize_t
sys_pwrite(int sysfd, void *arg)
{
	struct at_call *c = arg;
	ssize_t n = pwrite(sysfd, c->buf, c->n, c->off);

	return n < 0 ? -errno : n;
}

static ssize_t
sys_seek(int sysfd, void *arg)
{
	struct at_call *c = arg;
	off_t off = lseek(sysfd, c->off, c->whence);

	return off < 0 ? -errno : off;
}

static ssize_t
sys_fsync(int sysfd, void *arg)
{
	return fsync(sysfd) < 0 ? -errno : 0;
}

ssize_t
gort_pread(gort_fd *fd, void *buf, size_t n, off_t off)
{
	struct at_call c = { .buf = buf, .n = n, .off = off };

	return capi_fd_call(fd, true, sys_pread, &c);
}

ssize_t
gort_pwrite(gort_fd *fd, const void *buf, size_t n, off_t off)
{
	struct at_call c = {
		.buf = (char *)(uintptr_t)buf, .n = n, .off = off
	};

	return capi_fd_call(fd, true, sys_pwrite, &c);
}

off_t
gort_seek(gort_fd *fd, off_t off, int whence)
{
	struct at_call c = { .off = off, .whence = whence };

	return capi_fd_call(fd, false, sys_seek, &c);
}

int
gort_fsync(gort_fd *fd)
{
	return (int)capi_fd_call(fd, true, sys_fsync, NULL);
}
