/*
 * runq.h - the ring's slots, for those who work on it: runq.c, which has the
 * essay, and yield.c.
 */
#ifndef RT_RUNQ_H
#define RT_RUNQ_H

#include "runtime2.h"

static inline struct g *
rt_runq_load(struct p *pp, uint32_t i)
{
	return atomic_load_explicit(&pp->runq[i % RT_RUNQ_LEN],
	    memory_order_relaxed);
}

static inline void
rt_runq_store(struct p *pp, uint32_t i, struct g *gp)
{
	atomic_store_explicit(&pp->runq[i % RT_RUNQ_LEN], gp,
	    memory_order_relaxed);
}

/*
 * Take n entries from head h. release: our reads of the entries are done
 * before the owner may reuse them (it loads head with acquire).
 */
static inline bool
rt_runq_claim(struct p *pp, uint32_t h, uint32_t n)
{
	return atomic_compare_exchange_strong_explicit(&pp->runqhead, &h,
	    h + n, memory_order_acq_rel, memory_order_relaxed);
}

/* The owner takes the head h. With one P there is no thief, so no CAS. */
static inline bool
rt_runq_claim_own(struct p *pp, uint32_t h)
{
	if (rt_gomaxprocs != 1)
		return rt_runq_claim(pp, h, 1);
	atomic_store_explicit(&pp->runqhead, h + 1, memory_order_release);
	return true;
}

#endif
