/*
 * snapshot.c - what others see of the scheduler: schedtrace, telemetry.
 */
#include "sched/sched.h"

#include "sched/sched_priv.h"

void
rt_sched_snapshot(struct rt_sched_snapshot *ret)
{
	int32_t n;

	rt_lock(&rt_sched.lock);
	n = rt_gomaxprocs;
	ret->gomaxprocs = n;
	ret->idleprocs = (int32_t)atomic_load(&rt_sched.npidle);
	ret->threads = rt_mcount();
	ret->threads_created = rt_sched.mnext;
	ret->spinning = (int32_t)atomic_load(&rt_sched.nmspinning);
	ret->idlethreads = rt_sched.nmidle;
	ret->runqueue = rt_sched.runq.n;
	ret->gcwaiting = atomic_load(&rt_sched.gcwaiting);
	ret->nmidlelocked = rt_sched.nmidlelocked;
	ret->stopwait = rt_sched.stopwait;
	ret->sysmonwait = atomic_load(&rt_sched.sysmonwait);
	ret->nlocal = (uint32_t)n;
	for (int32_t i = 0; i < n; i++)
		ret->local[i] = rt_runqlen(rt_allp[i]);
	rt_unlock(&rt_sched.lock);
}
