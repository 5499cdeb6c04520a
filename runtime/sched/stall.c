/*
 * stall.c - what a sample of stall time does. stall.h has the design.
 */
#include "sched/stall.h"

#include "diag/diag.h"
#include "sched/sched_priv.h"

static _Atomic bool each_one; /* relaxed: for tests */

void
rt_stall_every(bool each)
{
	atomic_store_explicit(&each_one, each, memory_order_relaxed);
}

static bool
sampling_each(void)
{
	return atomic_load_explicit(&each_one, memory_order_relaxed);
}

RT_NOINLINE void
rt_stall_sample(struct p *pp, struct g *gp)
{
	/* 1 to 127 with a mean of 64: each sample stands for 64 */
	pp->stallskip = sampling_each()
	    ? 1
	    : 1 + (int32_t)rt_fastrandn(2 * RT_STALL_SAMPLE - 1);
	gp->runnable_ns = rt_nanotime();
}

/* A count for all such threads: these are the slow ways, under sched.lock's
 * contention anyway. */
void
rt_stall_begin_nop(struct g *gp)
{
	static _Atomic uint32_t turn;

	if (sampling_each()
	    || atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed)
	            % RT_STALL_SAMPLE
	        == 0)
		gp->runnable_ns = rt_nanotime();
}

static uint32_t
bucket_of(int64_t ns)
{
	uint32_t bits;

	if (ns < rt_stall_edge_ns(0))
		return 0;
	bits = 64 - (uint32_t)__builtin_clzll((uint64_t)ns);
	bits -= RT_STALL_EDGE0_LOG2;
	return bits < RT_STALL_BUCKETS ? bits : RT_STALL_BUCKETS - 1;
}

RT_NOINLINE void
rt_stall_end(struct p *pp, struct g *gp)
{
	uint64_t weight = sampling_each() ? 1 : RT_STALL_SAMPLE;
	int64_t ns = rt_nanotime() - gp->runnable_ns;
	int64_t sum = atomic_load_explicit(&pp->stall_ns,
	    memory_order_relaxed);

	gp->runnable_ns = 0;
	if (ns < 0)
		ns = 0; /* the clock never goes back; a virtual one may */
	rt_timehist_add(&rt_hist_sched_latency, ns, weight);
	rt_count(&pp->stallhist[bucket_of(ns)], weight);
	atomic_store_explicit(&pp->stall_ns, sum + ns * (int64_t)weight,
	    memory_order_relaxed);
}

void
rt_stall_read(struct rt_stall_sums *ret)
{
	*ret = (struct rt_stall_sums){ .ns = 0 };
	for (int32_t i = 0; i < rt_nallp(); i++) {
		struct p *pp = rt_allp[i];

		if (pp == NULL)
			continue;
		ret->ns += atomic_load_explicit(
		    &pp->stall_ns, memory_order_relaxed);
		for (uint32_t k = 0; k < RT_STALL_BUCKETS; k++)
			ret->n[k] += atomic_load_explicit(
			    &pp->stallhist[k], memory_order_relaxed);
	}
}
