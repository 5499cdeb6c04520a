/*
 * netpoll_epoll.c - the poller on Linux: one epoll instance for the process,
 * edge-triggered, both directions of every descriptor registered once; an
 * eventfd in it is the break.
 *
 * Sleeping: epoll_pwait2 takes nanoseconds, so a timer due in 50 us is not
 * rounded up to the millisecond that epoll_wait knows. Kernels before 5.11
 * lack it, and sandboxes older than it refuse it with EPERM; then the delay is
 * rounded up, for a timer must not fire early.
 *
 * Breaks: only the first of many writes the eventfd (break_pending), only a
 * sleeper reads it. A look (delay 0) and sysmon see it too and leave it alone:
 * the break was meant for the one who sleeps. Losing none: the breaker sets
 * the flag before it writes; the sleeper reads the counter before it clears
 * the flag. A breaker that finds the flag set knows that a sleeper is still to
 * return, and that one looks at the world anew after it has cleared the flag.
 *
 * errno is read in the same small function as the call, on g0 or in runtime
 * code that does not park in between.
 */
#include "config.h"
#include "poll/netpoll.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sched/oracle.h"

#define EVENTS_MAX 128
#define BREAK_COOKIE 0 /* no poll_desc is at address 0 */
#define MS_NS INT64_C(1000000)

static int epfd = -1;  /* const after init */
static int breakfd = -1; /* const after init */
static _Atomic bool break_pending;
static _Atomic bool no_pwait2; /* refused once: not asked again */

static RT_NOINLINE int
ctl(int op, int fd, uint32_t events, uint64_t cookie)
{
	struct epoll_event ev = { .events = events, .data.u64 = cookie };

	return epoll_ctl(epfd, op, fd, &ev) < 0 ? -errno : 0;
}

int
rt_netpoll_sys_init(void)
{
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0)
		return -errno;
	breakfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (breakfd < 0)
		return -errno;
	return ctl(EPOLL_CTL_ADD, breakfd, EPOLLIN, BREAK_COOKIE);
}

int
rt_netpoll_sys_open(int fd, uint64_t cookie)
{
	return ctl(EPOLL_CTL_ADD, fd,
	    EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, cookie);
}

int
rt_netpoll_sys_close(int fd)
{
	return ctl(EPOLL_CTL_DEL, fd, 0, 0);
}

/* delay_ns up to whole milliseconds, within int; <0 stays -1. */
static int
delay_ms(int64_t delay_ns)
{
	if (delay_ns < 0)
		return -1;
	if (delay_ns >= INT32_MAX * MS_NS)
		return INT32_MAX;
	return (int)((delay_ns + MS_NS - 1) / MS_NS);
}

static RT_NOINLINE int
wait_once(int64_t delay_ns, struct epoll_event *ev, int n)
{
	int got;

#ifdef SYS_epoll_pwait2
	if (delay_ns > 0
	    && !atomic_load_explicit(&no_pwait2, memory_order_relaxed)) {
		struct timespec ts = { .tv_sec = delay_ns / 1000000000,
			.tv_nsec = delay_ns % 1000000000 };

		got = (int)syscall(
		    SYS_epoll_pwait2, epfd, ev, n, &ts, NULL, 0);
		if (got >= 0 || (errno != ENOSYS && errno != EPERM))
			return got < 0 ? -errno : got;
		atomic_store(&no_pwait2, true);
	}
#endif
	got = (int)syscall(SYS_epoll_pwait, epfd, ev, n, delay_ms(delay_ns),
	    NULL, 0);
	return got < 0 ? -errno : got;
}

static void
take_break(void)
{
	uint64_t count;

	/* EAGAIN: another sleeper was quicker. */
	if (read(breakfd, &count, sizeof count) < 0)
		count = 0;
	atomic_store(&break_pending, false);
}

void
rt_netpoll_sys_break(void)
{
	uint64_t one = 1;
	ssize_t n;

	if (atomic_exchange(&break_pending, true))
		return;
	do
		n = write(breakfd, &one, sizeof one);
	while (n < 0 && errno == EINTR);
	/* EAGAIN, a counter at its end, wakes the sleeper as well */
	if (n < 0 && errno != EAGAIN)
		rt_throw("runtime: netpollBreak write failed");
}

bool
rt_netpoll_sys_breaking(void)
{
	return atomic_load(&break_pending);
}

bool
rt_netpoll_sys_owns(uintptr_t fd)
{
	return rt_netpollinited()
	    && (fd == (uintptr_t)epfd || fd == (uintptr_t)breakfd);
}

int
rt_netpoll_sys_wait(
    int64_t delay_ns, bool breaks, struct rt_poll_event *ret, int n)
{
	struct epoll_event ev[EVENTS_MAX];
	int i, got, out = 0;

	if (n > EVENTS_MAX)
		n = EVENTS_MAX;
	got = wait_once(delay_ns, ev, n);
	if (got < 0)
		return got == -EINTR ? 0 : got;
	for (i = 0; i < got; i++) {
		if (ev[i].data.u64 == BREAK_COOKIE) {
			if (breaks)
				take_break();
			continue;
		}
		ret[out++] = (struct rt_poll_event){
			.cookie = ev[i].data.u64,
			.readable = (ev[i].events
			    & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
			.writable = (ev[i].events
			    & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
		};
	}
	return out;
}
