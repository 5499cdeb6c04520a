/*
 * yield.c - a goroutine lets others go first.
 *
 * One that yields goes to a tail (findrunnable.c says of which queue, and
 * why), and with nothing to think about the ring's head is next: then it
 * changes to that one directly, in half the instructions that the way by g0
 * takes (149 and 330, with the program's own). What makes this a matter of assembly
 * is that nobody may find the goroutine before its context is saved, and that
 * from the moment it can be found its stack may be in use by another thread.
 * So the last thing done on its stack is rt_ctx_yield:
 *
 *   1. here: the next one is claimed from the ring, which so has room;
 *      statuses, the thread's g and guard word are changed; gp is written to
 *      the slot at the tail, where nobody looks yet
 *   2. registers to gp's stack, sp to gp->sched
 *   3. the tail goes up (a release: who acquires it sees slot, status and
 *      context): from here on a thief may run gp, on this very stack
 *   4. sp from the next one's context; between 3 and 4 the stack is not touched
 *
 * A signal between 1 and 4 finds a g whose stack it is not on, as it does on
 * the way to g0: handlers know that (they have a stack of their own).
 *
 * Something to think about (ring_is_next): the world is to stop, a safe point
 * is asked for, the slice is over, a timer is pending (g0 looks whether it
 * is due, and sets the alarm for it), the count of schedules gives
 * this turn to somebody else, a thread is tied to one of the two, somebody
 * stands in another queue. All of it is asked without lock or barrier: what
 * changes a moment later is found at the next schedule, as it is when g0 has
 * just asked. Rejected: one word for all of these, raised by each event: a dozen
 * loads and branches of lines that the owner has in its cache are cheaper than
 * a locked write to every P, with its barrier, at each such event.
 *
 * Under sanitizers all go by g0, which is where stacks' changes are told.
 */
#include "sched/sched.h"

#include "arch/fiber_san.h"
#include "lock/lock.h"
#include "sched/execute.h"
#include "sched/fresh.h"
#include "sched/runq.h"
#include "sched/sched_priv.h"
#include "sched/turn.h"

/* On g0: back of our own line. */
static void
goyield_m(struct g *gp)
{
	struct p *pp = rt_getg()->m->p;

	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
	rt_stall_begin(pp, gp);
	rt_runqput(pp, gp, false);
}

/* On g0: back of everybody's line if there is one, else of our own. */
static void
gosched_m(struct g *gp)
{
	if (RT_LIKELY(atomic_load_explicit(&rt_sched.runqsize,
	                  memory_order_relaxed) == 0)) {
		goyield_m(gp);
		return;
	}
	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
	rt_stall_begin(rt_getg()->m->p, gp);
	rt_lock(&rt_sched.lock);
	rt_globrunqput(gp);
	rt_unlock(&rt_sched.lock);
}

/* On g0: its slice is over, back of everybody's line. */
void
rt_gopreempt_m(struct g *gp)
{
	struct p *pp = rt_getg()->m->p;

	rt_count(&pp->npreempt, 1);
	rt_oldest_due(pp);
	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
	rt_stall_begin(pp, gp);
	rt_globready(gp);
}

static RT_NOINLINE void
yield_by_g0(void)
{
	rt_mcall(gosched_m);
}

/*
 * Change to the ring's head, which is next, and to its tail with us. Nothing
 * on this way calls a function, so that it needs no register saved but by
 * rt_ctx_yield, to which it jumps: that is a third of its cost.
 *
 * next's fields may be read before the claim: they do not change while it
 * stands in a queue, and if it was taken from there meanwhile the claim fails.
 */
static inline void
yield_to_head(struct m *mp, struct p *pp, struct g *gp)
{
	uint32_t h = atomic_load_explicit(&pp->runqhead, memory_order_acquire);
	uint32_t t = atomic_load_explicit(&pp->runqtail, memory_order_relaxed);
	struct g *next = rt_runq_load(pp, h);

	if (RT_UNLIKELY(t == h || next->lockedm != NULL ||
	        next->runnable_ns != 0 || !rt_runq_claim_own(pp, h))) {
		yield_by_g0();
		return;
	}
	/* published by the tail; gscan is off, so these are ours to store */
	atomic_store_explicit(&gp->atomicstatus, G_RUNNABLE,
	    memory_order_relaxed);
	rt_runq_store(pp, t, gp);
	pp->stallskip--;
	rt_execute_plain(mp, pp, next);
	rt_leave(gp);
	rt_ctx_yield(&gp->sched, &next->sched, &pp->runqtail, t + 1);
}

/* Is there nothing to think about but the ring's head? */
static inline bool
ring_is_next(struct m *mp, struct p *pp)
{
	return rt_turn_is_quiet(mp, pp) &&
	    atomic_load_explicit(&pp->timer0when_ns, memory_order_relaxed) ==
	        0 &&
	    atomic_load_explicit(&pp->runnext, memory_order_relaxed) == NULL &&
	    rt_fresh_len(pp) == 0 &&
	    pp->stallskip > 1 && /* we are no sample either */
	    atomic_load_explicit(&rt_sched.runqsize, memory_order_relaxed) ==
	        0 &&
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) == 0;
}

void
rt_gosched(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct p *pp = mp->p;

#ifdef RT_SANITIZED
	yield_by_g0();
	return;
#endif
	if (RT_UNLIKELY(gp != mp->curg || !ring_is_next(mp, pp)))
		yield_by_g0();
	else
		yield_to_head(mp, pp, gp);
}

/* The ring's tail leaves runnext alone, so who is there runs in our place and
 * in our slice. */
void
rt_goyield(void)
{
	rt_mcall(goyield_m);
}
