/*
 * execute.h - the moment at which a thread takes a goroutine up.
 *
 * In one place because there are three ways to get there: g0's loop (proc.c),
 * the direct switches (handoff.c, yield.c). What must be known of each turn of each
 * goroutine is noted here.
 */
#ifndef RT_EXECUTE_H
#define RT_EXECUTE_H

#include "arch/arch.h"
#include "sched/sched_priv.h"
#include "sched/stall.h"

/* gp is RUNNABLE and mp's alone: the next thing this thread does is run it. */
static inline void
rt_execute(struct m *mp, struct g *gp, bool inherit)
{
	struct p *pp = mp->p;

	rt_m_set_curg(mp, gp);
	gp->m = mp;
	rt_setgstatus_own(gp, G_RUNNABLE, G_RUNNING);
	atomic_store_explicit(&gp->preempt, false, memory_order_relaxed);
	if (!inherit)
		__atomic_store_n(&pp->schedtick, pp->schedtick + 1,
		    __ATOMIC_RELAXED);
	if (RT_UNLIKELY(gp->runnable_ns != 0))
		rt_stall_end(pp, gp);
	rt_setg(gp);
}

/*
 * The same where the collector is known not to set scan bits (gscan), gp not
 * to be a sample of stall time, and a slice to begin: then it calls nothing,
 * which is what yield.c needs. What is noted above is noted here too.
 */
static inline void
rt_execute_plain(struct m *mp, struct p *pp, struct g *gp)
{
	rt_m_set_curg(mp, gp);
	gp->m = mp;
	atomic_store_explicit(&gp->atomicstatus, G_RUNNING,
	    memory_order_relaxed);
	atomic_store_explicit(&gp->preempt, false, memory_order_relaxed);
	__atomic_store_n(&pp->schedtick, pp->schedtick + 1, __ATOMIC_RELAXED);
	rt_setg(gp);
}

/*
 * gp, which ran until now, has no thread any more. After rt_execute, whose
 * rt_setg makes the next one the running goroutine: a signal's handler looks
 * for its thread in that one, and would take this for a thread that is not ours.
 */
static inline void
rt_leave(struct g *gp)
{
	atomic_signal_fence(memory_order_seq_cst);
	gp->m = NULL;
}

#endif
