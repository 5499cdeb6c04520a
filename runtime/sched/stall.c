/*
 * stall.c - runnable but not running: what a sample adds to the counters.
 */
#include "sched/stall.h"

#include "diag/diag.h"

RT_NOINLINE void
rt_stall_end(struct p *pp, struct g *gp)
{
	int64_t ns = rt_nanotime() - gp->runnable_ns;
	int64_t sum = atomic_load_explicit(&pp->stall_ns,
	    memory_order_relaxed);

	gp->runnable_ns = 0;
	rt_timehist_add(&rt_hist_sched_latency, ns, RT_STALL_SAMPLE);
	if (ns > 0)
		atomic_store_explicit(&pp->stall_ns, sum + ns * RT_STALL_SAMPLE,
		    memory_order_relaxed);
}
