/*
 * handoff.c - from one goroutine straight to the next, without g0.
 *
 * A goroutine that has to wait and knows who is next need not ask g0: it
 * changes to the other's stack itself, one switch in place of two and none of
 * the loop between. That is what makes a pair that talks over a channel cheap:
 * the send made the receiver ready (runnext), and the wait that follows goes to
 * it directly.
 *
 * What g0 is for otherwise is kept: nobody may find the goroutine before its
 * context is saved and its stack left. So the lock under which it queued itself
 * is released by a function that rt_ctx_handoff (arch/) calls after the change
 * of stacks, on the next one's stack, below its saved context.
 *
 *   1. status WAITING, curg and the thread's g are the next one's: as on g0,
 *      all of it under the lock still, so no waker can have us
 *   2. registers to our stack, sp to g->sched, sp from the next one's
 *   3. unlock: from here on a waker may have us, on any thread
 *   4. the next one's registers, and its return
 *
 * Who is next is decided by the rules of findrunnable.c, of which this takes
 * the ones that can be told by a look: runnext, else the ring's head. Whenever
 * there is more to think about, g0 does it: the world is to stop, a safe point
 * is asked for, the slice is over (a talking pair goes on in one slice and
 * would never leave), a timer is due, this schedule's number gives the turn to
 * somebody else, the thread or the next goroutine are tied to one another,
 * there is nobody, the collector scans stacks (it may read one that is WAITING,
 * which we are before our context is saved). So fairness is what it was. A goroutine from the ring begins
 * a slice, one from runnext goes on in ours, as from g0 (execute.h).
 *
 * Under sanitizers everybody goes by g0: AddressSanitizer is told the bounds
 * of both stacks where rt_mcall is, and knows of no third way.
 */
#include "sched/handoff.h"

#include "arch/fiber_san.h"
#include "lock/plock.h"
#include "sched/execute.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "sched/turn.h"
#include "sched/waitprof.h"

#ifndef RT_SANITIZED

/* Does a look at the queues decide who is next on mp's P? */
static inline bool
plain_turn(struct m *mp, struct p *pp)
{
	return rt_turn_is_quiet(mp, pp) &&
	    !rt_waitprof_blocks() && /* park.c takes the time */
	    rt_timers_quiet(pp);
}

/* The next one to run on mp's P, taken from its queue, or NULL: ask g0. */
static inline struct g *
take_next(struct m *mp, bool *ret_inherit)
{
	struct p *pp = mp->p;
	struct g *gp;
	bool inherit;

	if (RT_UNLIKELY(!plain_turn(mp, pp)))
		return NULL;
	gp = rt_runqget(pp, &inherit);
	if (RT_UNLIKELY(gp == NULL))
		return NULL;
	if (RT_UNLIKELY(gp->lockedm != NULL)) {
		/* It has a thread of its own, which g0 knows to wake. Not to
		 * the tail: we would be the ones to find it every time. */
		rt_runqput(pp, gp, true);
		return NULL;
	}
	*ret_inherit = inherit;
	return gp;
}

/* gp waits, next runs: what park_m and g0's step do. */
static inline void
change(struct m *mp, struct g *gp, struct g *next, bool inherit)
{
	rt_count(&mp->p->npark, 1);
	rt_setgstatus_own(gp, G_RUNNING, G_WAITING);
	rt_execute(mp, next, inherit);
	rt_leave(gp);
}

#endif

/* On the next one's stack. */
static void
unlock_one(void *l)
{
	rt_punlock(rt_getg()->m, l);
}

/* On g0, by rt_gopark. */
static bool
unlock_one_g0(struct g *gp, void *l)
{
	(void)gp;
	unlock_one(l);
	return true;
}

void
rt_gopark_plock(struct rt_mutex *l, enum wait_reason reason)
{
	struct g *gp = rt_getg();
	struct m *mp = rt_park_prepare(gp, reason, 1);
#ifndef RT_SANITIZED
	bool inherit;
	struct g *next = take_next(mp, &inherit);

	if (RT_LIKELY(next != NULL)) {
		change(mp, gp, next, inherit);
		rt_ctx_handoff(&gp->sched, &next->sched, unlock_one, l);
		return;
	}
#endif
	(void)mp;
	rt_gopark_locked(unlock_one_g0, l, reason, 1);
}

/* On g0, by rt_gopark. */
static bool
unlock_all_g0(struct g *gp, void *unlock)
{
	void (*fn)(void *) = (void (*)(void *))unlock;

	fn(gp);
	return true;
}

void
rt_gopark_plocks(void (*unlock)(void *gp), enum wait_reason reason,
    int32_t locks)
{
	struct g *gp = rt_getg();
	struct m *mp = rt_park_prepare(gp, reason, locks);
#ifndef RT_SANITIZED
	bool inherit;
	struct g *next = take_next(mp, &inherit);

	if (RT_LIKELY(next != NULL)) {
		change(mp, gp, next, inherit);
		rt_ctx_handoff(&gp->sched, &next->sched, unlock, gp);
		return;
	}
#endif
	(void)mp;
	rt_gopark_locked(unlock_all_g0, (void *)unlock, reason, locks);
}
