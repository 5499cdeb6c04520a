/*
 * netpoll.h - goroutines that wait for descriptors. netpoll.c keeps the state
 * of each descriptor; netpoll_epoll.c is what a system must supply (essay
 * there): init, open, close, break, poll.
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
void rt_netpollgenericinit(void);
/* 0 or -errno (EPERM: a plain file, use a blocking call). */
int rt_poll_open(int fd, struct poll_desc **ret);
void rt_poll_close(struct poll_desc *pd);   /* after unblock */
int rt_poll_reset(struct poll_desc *pd, int mode);  /* mode 'r' or 'w' */
int rt_poll_wait(struct poll_desc *pd, int mode);   /* parks; enum poll_err */
/* d_ns: mono time, 0 none, <0 already past. mode 'r', 'w' or 'r'+'w'. */
void rt_poll_set_deadline(struct poll_desc *pd, int64_t d_ns, int mode);
void rt_poll_unblock(struct poll_desc *pd); /* wake all with CLOSING */

/* For the scheduler: delay_ns <0 block, 0 look, >0 at most that long.
 * Ready goroutines are appended to list; they are WAITING until injected. */
void rt_netpoll(int64_t delay_ns, struct g_queue *list);
void rt_netpoll_break(void);
/* Goroutines parked on descriptors (checkdead's "armed with a waiter"). */
int32_t rt_netpoll_waiters(void);
uint32_t rt_netpoll_fds(void);

#endif
