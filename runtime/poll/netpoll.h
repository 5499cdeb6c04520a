/*
 * netpoll.h - goroutines that wait for descriptors. netpoll.c keeps the state
 * of each descriptor; netpoll_epoll.c is what a system must supply.
 */
#ifndef RT_NETPOLL_H
#define RT_NETPOLL_H

#include "runtime2.h"

struct poll_desc; /* off-heap, recycled, never freed */

enum poll_err { /* numbers are internal/poll's */
	POLL_OK = 0,
	POLL_CLOSING = 1,
	POLL_TIMEOUT = 2,
	POLL_NOT_POLLABLE = 3,
};

bool rt_netpollinited(void);
/* Make the poller, once; any thread, any stack. Throws when it can't. */
void rt_netpollgenericinit(void);

/*
 * Watch fd, which must be non-blocking and stay open until rt_poll_close.
 * Returns 0 with *ret, or -errno (EPERM: a plain file, use a blocking call).
 * Ownership: the caller's, until rt_poll_close. User goroutine.
 */
int rt_poll_open(int fd, struct poll_desc **ret);
/* Stop watching and recycle pd; after rt_poll_unblock, when nobody waits in it
 * or will. The caller closes fd afterwards. */
void rt_poll_close(struct poll_desc *pd);
/*
 * One operation, for mode 'r' or 'w', at most one goroutine a mode at a time:
 * reset before the first try of the system call, wait after each EAGAIN. Both
 * return an enum poll_err. wait parks the user goroutine.
 */
int rt_poll_reset(struct poll_desc *pd, int mode);
int rt_poll_wait(struct poll_desc *pd, int mode);
/* Wait for an event, whatever deadlines and close say meanwhile. */
void rt_poll_wait_event(struct poll_desc *pd, int mode);
/* d_ns: mono time, 0 none, <0 already past. mode 'r', 'w' or 'r'+'w'. Wakes
 * who waits when it is past. With a P. */
void rt_poll_set_deadline(struct poll_desc *pd, int64_t d_ns, int mode);
/* From now on everything in pd fails with POLL_CLOSING; wakes who waits. */
void rt_poll_unblock(struct poll_desc *pd);

/*
 * For the scheduler, on g0: what became ready, appended to list; the
 * goroutines stay WAITING until injected. delay_ns <0: wait until there is
 * something or a break, 0: look, >0: wait at most that long. May return with
 * nothing at any time.
 */
void rt_netpoll(int64_t delay_ns, struct g_queue *list);
/* The same for a thread that waits beside the one in rt_netpoll: a break
 * is not for it, and left alone. */
void rt_netpoll_watch(int64_t delay_ns, struct g_queue *list);
/* Make a waiting rt_netpoll return soon. Any thread, any stack. */
void rt_netpoll_break(void);
/* Goroutines parked on descriptors (checkdead's "armed with a waiter"). */
int32_t rt_netpoll_waiters(void);
/* Descriptors watched. */
uint32_t rt_netpoll_fds(void);

/*
 * ---- what a system supplies; netpoll_epoll.c ----
 *
 * sys_init: once. 0 or -errno.
 * sys_open: report both directions of fd, edge-triggered, with this cookie.
 *   0 or -errno.
 * sys_close: report no more. 0 or -errno (ignored: it may be closed already).
 * sys_wait: up to n events into ev, with delay as rt_netpoll's; the count or
 *   -errno. A break is never reported; it is taken in here if breaks is set,
 *   and else left to the one who sleeps.
 * sys_break: see rt_netpoll_break.
 * sys_owns: is fd one of the poller's own?
 */
struct rt_poll_event {
	uint64_t cookie;
	bool readable, writable; /* errors and hang-ups make both true */
};
int rt_netpoll_sys_init(void);
int rt_netpoll_sys_open(int fd, uint64_t cookie);
int rt_netpoll_sys_close(int fd);
int rt_netpoll_sys_wait(int64_t delay_ns, bool breaks,
    struct rt_poll_event *ev, int n);
void rt_netpoll_sys_break(void);
bool rt_netpoll_sys_owns(uintptr_t fd);
/* Is a break on its way that no sleeper has taken in yet? */
bool rt_netpoll_sys_breaking(void);

#endif
