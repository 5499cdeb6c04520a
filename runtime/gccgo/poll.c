/*
 * poll.c - the network poller, as internal/poll calls it. poll/netpoll.c does
 * the work; its return codes are internal/poll's.
 */
#include "gccgo/gccgo.h"

#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/time.h"

struct open_result {
	struct poll_desc *ctx;
	intptr_t err;
};

void go_poll_serverinit(void) GO("internal_1poll.runtime__pollServerInit");
struct open_result go_poll_open(uintptr_t fd)
    GO("internal_1poll.runtime__pollOpen");
void go_poll_close(struct poll_desc *pd)
    GO("internal_1poll.runtime__pollClose");
intptr_t go_poll_reset(struct poll_desc *pd, intptr_t mode)
    GO("internal_1poll.runtime__pollReset");
intptr_t go_poll_wait(struct poll_desc *pd, intptr_t mode)
    GO("internal_1poll.runtime__pollWait");
intptr_t go_poll_waitcanceled(struct poll_desc *pd, intptr_t mode)
    GO("internal_1poll.runtime__pollWaitCanceled");
void go_poll_setdeadline(struct poll_desc *pd, int64_t d_ns, intptr_t mode)
    GO("internal_1poll.runtime__pollSetDeadline");
void go_poll_unblock(struct poll_desc *pd)
    GO("internal_1poll.runtime__pollUnblock");
bool go_poll_isserver(uintptr_t fd)
    GO("internal_1poll.runtime__isPollServerDescriptor");

void
go_poll_serverinit(void)
{
	rt_netpollgenericinit();
}

struct open_result
go_poll_open(uintptr_t fd)
{
	struct open_result r = { NULL, 0 };

	r.err = -rt_poll_open((int)fd, &r.ctx);
	return r;
}

void
go_poll_close(struct poll_desc *pd)
{
	rt_poll_close(pd);
}

intptr_t
go_poll_reset(struct poll_desc *pd, intptr_t mode)
{
	return rt_poll_reset(pd, (int)mode);
}

intptr_t
go_poll_wait(struct poll_desc *pd, intptr_t mode)
{
	return rt_poll_wait(pd, (int)mode);
}

intptr_t
go_poll_waitcanceled(struct poll_desc *pd, intptr_t mode)
{
	rt_poll_wait_event(pd, (int)mode);
	return POLL_OK;
}

/* d_ns counts from now; below 0 it is past already, 0: none. */
void
go_poll_setdeadline(struct poll_desc *pd, int64_t d_ns, intptr_t mode)
{
	if (d_ns > 0)
		d_ns = rt_time_after(rt_nanotime(), d_ns);
	rt_poll_set_deadline(pd, d_ns, (int)mode);
}

void
go_poll_unblock(struct poll_desc *pd)
{
	rt_poll_unblock(pd);
}

bool
go_poll_isserver(uintptr_t fd)
{
	return rt_netpoll_sys_owns(fd);
}
