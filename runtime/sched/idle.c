/*
 * idle.c - when to sleep and when to wake.
 *
 * Waking too few threads leaves
 * processors idle; waking too many burns processor time and moves goroutines
 * about. Rejected, for the reasons known since Go 1.1's design: one central
 * state of all queues (does not scale); handing each ready goroutine to a
 * woken thread directly (thrashes: the maker often stops soon after and would
 * have run it itself, warm); waking a thread for each new goroutine without
 * more (each finds nothing and sleeps again). Instead:
 *
 *   1. A thread that looks for work in other Ps' queues is "spinning", and
 *      rt_sched.nmspinning counts them. At most half of the busy Ps spin.
 *   2. Who makes work wakes a thread only if there is an idle P and nobody is
 *      spinning (rt_wakep).
 *   3. The last spinning thread that finds work wakes another one before it
 *      runs it (rt_resetspinning): so as long as work is left somebody looks.
 *   4. A spinning thread that gives up first lowers nmspinning, then looks
 *      once more at everything. Paired with 2 (publish the work, then read
 *      nmspinning) no work can be made between its look and its sleep without
 *      one of the two seeing the other. Both sides need a full barrier
 *      between their write and their read: lowering nmspinning is a locked
 *      instruction, and so is the exchange on runnext (runq.c).
 *   5. A thread that does not spin gives its P up without looking into the
 *      others' queues, trusting those who spin. The trust fails if the last
 *      of them finds work at that very moment: it wants to pass the duty on
 *      (3) and sees no idle P, while the other one is about to make one. So
 *      who can't pass the duty on sets rt_sched.needspinning, and then looks
 *      for an idle P once more; who gives a P up without having spun puts it
 *      on the idle list, and then looks at needspinning. Both are full-order
 *      writes before full-order reads, so one of the two sees the other;
 *      else a P would idle beside a queue that nobody looks at until the
 *      next goroutine is made ready.
 */
#include "sched/sched.h"

#include "fault/fault.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

/* ---- falling asleep ---- */

/* Is there work in any P's queue? For a thread that has no P any more. */
static bool
work_anywhere(void)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		if (!rt_runqempty(rt_allp[i]))
			return true;
	return atomic_load(&rt_sched.runqsize) != 0;
}

/* From here on mp looks for work on everybody's behalf. */
void
rt_become_spinning(struct m *mp)
{
	atomic_store(&mp->spinning, true);
	atomic_fetch_add(&rt_sched.nmspinning, 1);
	if (atomic_load(&rt_sched.needspinning) != 0)
		atomic_store(&rt_sched.needspinning, 0);
}

/* Take an idle P; spinning: there is work. False: there is none. */
static bool
take_idle_p(struct m *mp, bool spinning)
{
	struct p *pp;

	rt_lock(&rt_sched.lock);
	pp = rt_pidleget();
	if (pp == NULL && spinning) /* rule 5; under the lock, so no race */
		atomic_store(&rt_sched.needspinning, 1);
	rt_unlock(&rt_sched.lock);
	if (pp == NULL)
		return false;
	rt_acquirep(pp);
	if (spinning)
		rt_become_spinning(mp);
	return true;
}

/*
 * Give the P up, unless something turned up. True: mp has no P now;
 * *ret_until is the earliest timer of all.
 */
static bool
give_up_p(struct m *mp, struct g **ret_gp)
{
	struct p *pp = mp->p;

	rt_lock(&rt_sched.lock);
	if (atomic_load(&rt_sched.gcwaiting) ||
	    atomic_load(&pp->runsafepoint)) {
		rt_unlock(&rt_sched.lock);
		return false;
	}
	if (rt_sched.runq.n != 0) {
		*ret_gp = rt_globrunqget(pp, 0);
		rt_unlock(&rt_sched.lock);
		return false;
	}
	rt_releasep();
	rt_pidleput(pp);
	if (!atomic_load_explicit(&mp->spinning, memory_order_relaxed) &&
	    RT_UNLIKELY(atomic_load(&rt_sched.needspinning) != 0)) {
		pp = rt_pidleget(); /* ours again; rule 5 */
		rt_unlock(&rt_sched.lock);
		rt_acquirep(pp);
		rt_become_spinning(mp);
		return false;
	}
	rt_unlock(&rt_sched.lock);
	return true;
}

/*
 * The second look of rule 4. True: mp has a P again and is spinning. Timers
 * too: one may have been added to a P that then went idle.
 */
static bool
stop_spinning(struct m *mp, int64_t *until)
{
	struct p *where;
	int64_t when;

	atomic_store(&mp->spinning, false);
	if ((int32_t)atomic_fetch_sub(&rt_sched.nmspinning, 1) <= 0)
		rt_throw("findrunnable: negative nmspinning");
	if (work_anywhere() && take_idle_p(mp, true))
		return true;
	when = rt_timers_next(&where);
	rt_until_min(until, when);
	return false;
}

/*
 * Wait in the kernel for descriptors and the next timer; one thread at a
 * time. Returns work, or NULL with or without a P.
 */
static struct g *
poll_and_sleep(struct m *mp, int64_t until, bool was_spinning)
{
	struct g_queue list = { NULL, NULL, 0 };
	int64_t delay = -1, now;

	atomic_store(&rt_sched.pollUntil_ns, until);
	if (until != 0) {
		now = rt_nanotime();
		delay = until > now ? until - now : 0;
	}
	rt_netpoll(delay, &list);
	now = rt_nanotime();
	rt_coarse_set(now);
	atomic_store(&rt_sched.pollUntil_ns, 0);
	atomic_store(&rt_sched.lastpoll_ns, now);
	if (!take_idle_p(mp, false)) {
		rt_inject_urgent(&list);
		rt_prod_overdue(now);
		return NULL;
	}
	if (list.n > 0)
		return rt_take_polled(&list);
	if (was_spinning)
		rt_become_spinning(mp);
	return NULL;
}

/*
 * Be the one that waits in the kernel? Not when somebody else is, and not
 * when nothing can end the wait but time: the timer we meant to wait for may
 * have been stopped since we looked, by a goroutine that then parked and whose
 * thread found us awake but not yet polling (checkdead.c). We say that we poll
 * and then look for pending timers; it stops its timer and then looks whether
 * somebody polls: one of us sees the other. The same the other way round for
 * one that adds a timer and finds us polling when we give up to.
 */
static bool
become_poller(void)
{
	while (atomic_exchange(&rt_sched.lastpoll_ns, 0) != 0) {
		if (rt_can_be_woken())
			return true;
		atomic_store(&rt_sched.lastpoll_ns, rt_nanotime());
		if (!rt_can_be_woken())
			break;
	}
	return false;
}

/*
 * Nothing to run: sleep until there is. mp comes and goes without having
 * looked at the world; the caller looks from the start. May return work.
 */
struct g *
rt_idle(struct m *mp, int64_t until)
{
	bool was_spinning = atomic_load(&mp->spinning);
	struct g *gp = NULL;

	if (!give_up_p(mp, &gp))
		return gp;
	if (was_spinning) {
		if (stop_spinning(mp, &until))
			return NULL;
	} else {
		struct p *where;

		rt_until_min(&until, rt_timers_next(&where));
	}
	if (until != 0 && !rt_netpollinited())
		rt_netpollgenericinit(); /* it is how we wait for timers */
	if (rt_netpollinited() && (until != 0 || rt_netpoll_waiters() > 0)) {
		if (become_poller()) {
			gp = poll_and_sleep(mp, until, was_spinning);
			if (mp->p != NULL)
				return gp;
		} else if (until != 0) {
			int64_t other = atomic_load(&rt_sched.pollUntil_ns);

			if (other == 0 || other > until)
				rt_netpoll_break();
		}
	}
	rt_stopm();
	return NULL;
}

/* ---- waking ---- */

/* False: there is no idle P. */
static inline bool
wake_one(void)
{
	uint32_t none = 0;

	if (RT_LIKELY(atomic_load(&rt_sched.npidle) == 0))
		return false;
	if (atomic_load(&rt_sched.nmspinning) == 0 &&
	    atomic_compare_exchange_strong(&rt_sched.nmspinning, &none, 1))
		rt_startm(NULL, true);
	return true;
}

/*
 * Work was published: if there is an idle P and nobody is looking for work,
 * start somebody who does. The caller has a full barrier between publishing
 * and this (rule 4).
 */
void
rt_wakep(void)
{
	wake_one();
}

/* User goroutine: its P can't change between two reads, as nothing parks. */
bool
rt_can_spin(void)
{
	int32_t others = rt_gomaxprocs - 1 -
	    (int32_t)atomic_load_explicit(&rt_sched.npidle,
	        memory_order_relaxed) -
	    (int32_t)atomic_load_explicit(&rt_sched.nmspinning,
	        memory_order_relaxed);

	return rt_ncpu > 1 && others > 0 && rt_runqempty(rt_getg()->m->p);
}

/* mp found work after spinning: see that somebody goes on looking. */
void
rt_resetspinning(struct m *mp)
{
	atomic_store(&mp->spinning, false);
	if ((int32_t)atomic_fetch_sub(&rt_sched.nmspinning, 1) <= 0)
		rt_throw("findrunnable: negative nmspinning");
	if (wake_one())
		return;
	atomic_store(&rt_sched.needspinning, 1); /* rule 5 */
	wake_one();
}

void
rt_wake_netpoller(int64_t when_ns)
{
	if (atomic_load(&rt_sched.lastpoll_ns) == 0) {
		/* a thread sleeps in the poller: is it up in time? 0 means
		 * it is just about to look, or sleeps for ever */
		int64_t until = atomic_load(&rt_sched.pollUntil_ns);

		if (until == 0 || until > when_ns)
			rt_netpoll_break();
		return;
	}
	/* nobody sleeps there: a thread that spins will see the timer before
	 * it gives up; make sure that there is one if Ps are idle */
	rt_wakep();
}
