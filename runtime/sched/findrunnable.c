/*
 * findrunnable.c - who runs next: all the places to look, in which order.
 *
 * Fairness. A yielding goroutine goes to the tail of its own P's ring: no
 * lock, and everybody who was in the ring runs before it. But if the global
 * queue holds anybody it goes there, behind them: else a goroutine that does
 * nothing but yield keeps its ring from ever running dry, and those in the
 * global queue get one turn in 61 (measured: 5 us for each instead of 0.1).
 * That one turn in 61 remains for a ring kept busy by others. What is in
 * another P's ring is stolen when a P runs dry. A goroutine that was made to
 * stop after a full slice goes to the global queue's tail, so that it does
 * not run against those who have had nothing. Descriptors are looked at when a
 * P runs dry, by sysmon every 10 ms, and in between by a P whose ring never
 * does (poll_turn).
 */
#include "sched/sched.h"

#include "fault/fault.h"
#include "poll/netpoll.h"
#include "sched/fresh.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"
#include "sched/time.h"
#include "sched/turn.h"

/* Run what is due; *ret_until: when the next one is, 0 none. */
static void
timers_run(struct p *pp, int64_t *ret_until)
{
	int64_t until = atomic_load_explicit(&pp->timer0when_ns,
	    memory_order_relaxed);

	if (RT_UNLIKELY(until != 0) && !rt_timers_quiet(pp))
		rt_timers_check(pp, pp->clock_ns, &until);
	*ret_until = until;
}

/*
 * Look at every P, in an order that starts anywhere, up to four times: rings
 * first, in the last round also their timers and runnext. Returns work, or
 * NULL; *ret_again: a timer ran or the world is to stop, look from the start.
 */
static struct g *
steal_work(struct p *pp, int64_t *until, bool *ret_again)
{
	int32_t n = rt_gomaxprocs;
	struct g *gp;
	bool inherit;

	*ret_again = false;
	for (int round = 0; round < 4; round++) {
		bool last = round == 3;
		int32_t at = (int32_t)rt_fastrandn((uint32_t)n);

		for (int32_t i = 0; i < n; i++, at = at + 1 < n ? at + 1 : 0) {
			struct p *p2 = rt_allp[at];
			int64_t when = 0;

			if (atomic_load(&rt_sched.gcwaiting)) {
				*ret_again = true;
				return NULL;
			}
			if (p2 == pp)
				continue;
			if (last && atomic_load(&p2->timer0when_ns) != 0) {
				bool ran = rt_timers_check(p2, rt_nanotime(),
				    &when);

				rt_until_min(until, when);
				gp = ran ? rt_runqget(pp, &inherit) : NULL;
				if (gp != NULL)
					return gp;
				*ret_again |= ran;
			}
			if (atomic_load(&p2->status) == P_IDLE)
				continue; /* its ring is empty */
			gp = rt_runqsteal(pp, p2, last);
			if (gp != NULL) {
				rt_count(&pp->nsteal, 1);
				return gp;
			}
		}
	}
	return NULL;
}

/*
 * Enough threads spin, so pp's leaves the looking to them. But theirs may be
 * the thread that the kernel has set aside, for up to a tick of 4 ms; a timer
 * that is due meanwhile would find us asking the kernel again and again to
 * sleep until a time that is past. So what is due is run here. Returns whether
 * anything was.
 */
static bool
run_overdue(struct p *pp, int64_t *until)
{
	struct p *where;
	int64_t when = rt_timers_next(&where), now;

	if (when == 0)
		return false;
	rt_until_min(until, when);
	if (where == pp)
		return false; /* was looked at, by a clock 10 us old at most */
	now = rt_nanotime();
	return when <= now && rt_timers_check(where, now, NULL);
}

/* All the places that need no waiting. NULL: nothing; *ret_again as above. */
static struct g *
find_now(struct m *mp, bool *ret_inherit, int64_t *until, bool *ret_again)
{
	struct p *pp = mp->p;
	struct g_queue list = { NULL, NULL, 0 };
	struct g *gp = rt_runqget(pp, ret_inherit);

	*ret_again = false;
	if (gp != NULL)
		return gp;
	if (atomic_load(&rt_sched.runqsize) != 0) {
		rt_lock(&rt_sched.lock);
		gp = rt_globrunqget(pp, 0);
		rt_unlock(&rt_sched.lock);
		if (gp != NULL)
			return gp;
	}
	if (rt_netpollinited() && rt_netpoll_waiters() > 0 &&
	    atomic_load(&rt_sched.lastpoll_ns) != 0) {
		rt_netpoll(0, &list);
		gp = rt_take_polled(&list);
		if (gp != NULL)
			return gp;
	}
	if (!atomic_load_explicit(&mp->spinning, memory_order_relaxed)) {
		int32_t busy = rt_gomaxprocs -
		    (int32_t)atomic_load(&rt_sched.npidle);

		if (2 * (int32_t)atomic_load(&rt_sched.nmspinning) >= busy) {
			*ret_again = run_overdue(pp, until);
			return NULL;
		}
		rt_become_spinning(mp);
	}
	return steal_work(pp, until, ret_again);
}

/* The oldest of those who have not begun, if it is due (fresh.c). */
static struct g *
oldest_turn(struct p *pp)
{
	uint32_t n = rt_fresh_len(pp);

	if (n == 0 || (int32_t)(pp->schedtick - pp->oldestat) < 0)
		return NULL;
	pp->oldestat = pp->schedtick + (n < INT32_MAX ? n : INT32_MAX);
	return rt_fresh_oldest(pp);
}

/* A slice was used up: that turn comes now. */
void
rt_oldest_due(struct p *pp)
{
	uint32_t at = pp->schedtick % RT_TURNS;
	uint32_t to = (RT_TURNS + RT_TURN_OLDEST - at) % RT_TURNS;

	__atomic_store_n(&pp->schedtick, pp->schedtick + to,
	    __ATOMIC_RELAXED);
	pp->oldestat = pp->schedtick;
}

/* Every 61st schedule: somebody from the global queue. */
static struct g *
global_turn(struct p *pp)
{
	struct g *gp;

	rt_lock(&rt_sched.lock);
	gp = rt_globrunqget(pp, 1);
	rt_unlock(&rt_sched.lock);
	return gp;
}

/*
 * Every 61st schedule while the queues never run dry: what became ready since
 * somebody last looked. With sysmon's looks alone two goroutines that talk over
 * a pipe need 26 ms for a round trip beside two that yield; so they need 1.
 * A look costs half a microsecond.
 */
#define POLL_TURN_NS 200000

static RT_NOINLINE struct g *
poll_turn(struct p *pp)
{
	struct g_queue list = { NULL, NULL, 0 };
	int64_t last = atomic_load(&rt_sched.lastpoll_ns), now;

	if (last == 0 || !rt_netpollinited())
		return NULL; /* somebody waits there, or nobody can */
	now = rt_p_clock(pp);
	if (now - last < POLL_TURN_NS ||
	    !atomic_compare_exchange_strong(&rt_sched.lastpoll_ns, &last, now))
		return NULL;
	rt_netpoll(0, &list);
	return rt_take_polled(&list);
}

/*
 * The slice is over: sysmon says so when no tick was counted for 10 ms. Who is
 * in runnext would inherit it, and goes to the ring: a pair that readies each
 * other for ever is stopped here, as it never stands still to be asked. Of
 * those who have not begun the oldest has a turn: returned, or NULL.
 */
static RT_NOINLINE struct g *
slice_over(struct p *pp)
{
	struct g *gp = rt_runnext_get(pp);

	atomic_store_explicit(&pp->preempt, false, memory_order_relaxed);
	if (gp != NULL) {
		rt_count(&pp->npreempt, 1);
		rt_runqput(pp, gp, false);
	}
	return rt_fresh_len(pp) != 0 ? rt_fresh_oldest(pp) : NULL;
}

/* Blocks until there is a goroutine to run. Has a P before and after. */
static struct g *
find(struct m *mp, bool *ret_inherit)
{
	for (;;) {
		struct p *pp = mp->p;
		uint32_t turn;
		int64_t until;
		struct g *gp;
		bool again;

		*ret_inherit = false;
		if (RT_UNLIKELY(atomic_load_explicit(&rt_sched.gcwaiting,
		        memory_order_relaxed))) {
			rt_gcstopm();
			continue;
		}
		if (RT_UNLIKELY(atomic_load_explicit(&pp->runsafepoint,
		        memory_order_relaxed)))
			rt_runsafepoint(pp);
		if (RT_UNLIKELY(atomic_load_explicit(&pp->preempt,
		        memory_order_relaxed)) &&
		    (gp = slice_over(pp)) != NULL)
			return gp;
		timers_run(pp, &until);
		if (RT_UNLIKELY(atomic_load_explicit(&rt_sched.urgent,
		        memory_order_relaxed) != 0) &&
		    (gp = rt_urgent_turn(pp)) != NULL)
			return gp;
		turn = pp->schedtick % RT_TURNS;
		if (RT_UNLIKELY(turn == RT_TURN_GLOBAL) &&
		    atomic_load_explicit(&rt_sched.runqsize,
		        memory_order_relaxed) > 0 &&
		    (gp = global_turn(pp)) != NULL)
			return gp;
		if (RT_UNLIKELY(turn == RT_TURN_OLDEST) &&
		    (gp = oldest_turn(pp)) != NULL)
			return gp;
		if (RT_UNLIKELY(turn == RT_TURN_GLOBAL) &&
		    rt_netpoll_waiters() > 0 && (gp = poll_turn(pp)) != NULL)
			return gp;
		gp = find_now(mp, ret_inherit, &until, &again);
		if (gp != NULL)
			return gp;
		if (again)
			continue;
		*ret_inherit = false;
		gp = rt_idle(mp, until);
		if (gp != NULL)
			return gp;
	}
}

struct g *
rt_find_runnable(struct m *mp, bool *ret_inherit)
{
	struct g *gp = find(mp, ret_inherit);

	if (RT_UNLIKELY(atomic_load_explicit(&mp->p->timer0when_ns,
	        memory_order_relaxed) != 0))
		rt_alarm_for_timers(mp->p);
	return gp;
}
