/*
 * turn.h - what is asked where a goroutine's turn ends.
 *
 * There are three ways to the next one: by g0 (findrunnable.c, which does
 * something about each of these), from one that waits (handoff.c), from one
 * that yields (yield.c). The last two only ask whether there is anything to do,
 * and leave it to the first.
 */
#ifndef RT_TURN_H
#define RT_TURN_H

#include "fault/fault.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

/*
 * Nobody asks anything of mp, which has P pp: the world is not to stop, no safe
 * point is wanted, the slice is not over, the collector scans no stacks, the
 * count of schedules gives this turn to nobody else, no thread is tied to the
 * goroutine. Asked without lock or barrier: what changes a moment later is
 * found at the next schedule.
 */
static inline bool
rt_turn_is_quiet(const struct m *mp, struct p *pp)
{
	return !atomic_load_explicit(&rt_sched.gcwaiting,
	           memory_order_relaxed) &&
	    !atomic_load_explicit(&pp->runsafepoint, memory_order_relaxed) &&
	    !atomic_load_explicit(&pp->preempt, memory_order_relaxed) &&
	    !rt_sched.gscan && rt_turn_is_plain(pp) && mp->lockedg == NULL;
}

/* Owner: no timer of pp is due, nor are there many stopped ones. (May read the
 * clock, but seldom: clock.c.) */
static inline bool
rt_timers_quiet(struct p *pp)
{
	int64_t when = atomic_load_explicit(&pp->timer0when_ns,
	    memory_order_relaxed);

	if (RT_LIKELY(when == 0))
		return true;
	return rt_p_clock(pp) < when && !rt_timers_many_dead(pp);
}

/*
 * gp is the running goroutine and about to wait for this reason, with so many
 * runtime locks held and no other. Notes why and since when; returns its
 * thread. Throws where it may not wait, which includes g0.
 */
static inline struct m *
rt_park_prepare(struct g *gp, enum wait_reason reason, int32_t locks)
{
	struct m *mp = gp->m;

	if (RT_UNLIKELY(gp != mp->curg || rt_readgstatus(gp) != G_RUNNING))
		rt_throw("gopark: bad g status");
	if (RT_UNLIKELY(atomic_load_explicit(&mp->locks,
	                    memory_order_relaxed) != locks))
		rt_throw("gopark: a runtime lock is held");
	gp->waitreason = (uint8_t)reason;
	gp->waitsince_ns = rt_coarse();
	return mp;
}

#endif
