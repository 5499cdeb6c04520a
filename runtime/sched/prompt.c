/*
 * prompt.c - who is woken by time or by the network runs soon, also while all
 * Ps are busy with goroutines that compute.
 *
 * With an idle P there is always a thread that sleeps in the poller, and it is
 * up in time. Without one nobody looks at timers and descriptors until some
 * goroutine stops by itself or its slice of 10 ms is over. So then:
 *
 *   timers     A thread about to run a goroutine arms its alarm (mtimer.c) for
 *              its P's earliest timer (rt_alarm_for_timers). The signal comes
 *              on the processor that computes, needing no other to be free, and
 *              asks the goroutine to stop; the scheduler finds the timer due
 *              and its goroutine in runnext. Armed only when no P is idle, and
 *              not closer than ALARM_MIN_NS: timers that are due every few
 *              microseconds would else cost a signal each.
 *   network    sysmon waits in the poller instead of sleeping blindly
 *              (sysmon.c), or the poller's own thread comes up and finds no P.
 *              Either has goroutines but no P for them: they go to the head of
 *              the global queue, rt_sched.urgent counts them, every schedule
 *              looks at that, and a P is asked to schedule (rt_prod).
 *
 * urgent is a hint, under sched.lock when written: who takes from the head of
 * the queue for other reasons leaves it too high, and then somebody gets a turn
 * early. It is never too low, but for what has been taken by another P.
 *
 * The price is the rest of a slice for who is interrupted; it goes to the end
 * of the global queue as after a full one.
 *
 * Rejected: a thread of its own for timers or for the network, at any priority
 * one may have: it needs a processor when all are busy, and the kernel lets it
 * wait for a tick (4 ms) now and then. Handing what the network woke to the
 * ring of the P that is prodded: only its owner may add to a ring.
 */
#include "sched/sched.h"

#include "sched/mtimer.h"
#include "sched/oracle.h"
#include "sched/preempt.h"
#include "sched/sched_priv.h"
#include "sched/stall.h"
#include "sched/time.h"

#define ALARM_MIN_NS 100000 /* at most 10,000 signals a second, 3 % */

/* pp is about to run a goroutine and has a timer pending. Its clock is at
 * most microseconds old, as the timers were just looked at. */
RT_NOINLINE void
rt_alarm_for_timers(struct p *pp)
{
	int64_t when = atomic_load_explicit(&pp->timer0when_ns,
	    memory_order_relaxed);
	struct m *mp = rt_getg()->m;
	int64_t armed = rt_mtimer_armed(mp, RT_MTIMER_DUE);

	if (when == 0 || (armed != 0 && armed <= when)
	    || atomic_load(&rt_sched.npidle) != 0)
		return;
	if (when < pp->clock_ns + ALARM_MIN_NS)
		when = pp->clock_ns + ALARM_MIN_NS;
	if (armed == 0 || armed > when)
		rt_mtimer_arm(mp, RT_MTIMER_DUE, when);
}

/* Ask pp to schedule now. Any thread; pp->m may change meanwhile, and a
 * request be lost: who asks sees to it that somebody asks again. */
void
rt_prod(struct p *pp)
{
	struct m *mp = __atomic_load_n(&pp->m, __ATOMIC_RELAXED);

	if (mp == NULL || mp == rt_getg()->m || !rt_preempt_mark(mp, pp))
		return;
	rt_mtimer_arm(mp, RT_MTIMER_DUE, 1);
}

/* Any P that runs something, another one each time. */
static void
prod_some(void)
{
	static _Atomic uint32_t turn;
	uint32_t n = (uint32_t)rt_gomaxprocs;
	uint32_t at = atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed);

	for (uint32_t i = 0; i < n; i++) {
		struct p *pp = rt_allp[(at + i) % n];

		if (atomic_load(&pp->status) == P_RUNNING) {
			rt_prod(pp);
			return;
		}
	}
}

/* From a thread without a P: netpoll's answer, to run before others. */
void
rt_inject_urgent(struct g_queue *list)
{
	uint32_t n = (uint32_t)list->n;

	if (n == 0)
		return;
	for (struct g *gp = list->head; gp != NULL; gp = gp->schedlink) {
		rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
		rt_stall_begin_nop(gp);
	}
	rt_lock(&rt_sched.lock);
	rt_globrunqputfront(list);
	atomic_fetch_add(&rt_sched.urgent, n);
	rt_unlock(&rt_sched.lock);
	if (atomic_load(&rt_sched.npidle) == 0)
		prod_some();
	else
		while (n-- > 0 && atomic_load(&rt_sched.npidle) != 0)
			rt_startm(NULL, false);
}

/* An urgent one, if the hint is right. Has pp. */
RT_NOINLINE struct g *
rt_urgent_turn(struct p *pp)
{
	struct g *gp;
	uint32_t n;

	rt_lock(&rt_sched.lock);
	gp = rt_globrunqget(pp, 1);
	n = atomic_load(&rt_sched.urgent);
	if (n > 0)
		atomic_store(&rt_sched.urgent,
		    rt_sched.runq.n == 0 ? 0 : n - 1);
	rt_unlock(&rt_sched.lock);
	return gp;
}

/* A timer was due before now. The thread that says so has no P, and none is
 * idle: whose timer it is shall look. */
void
rt_prod_overdue(int64_t now_ns)
{
	struct p *where;
	int64_t when = rt_timers_next(&where);

	if (when != 0 && when <= now_ns)
		rt_prod(where);
}
