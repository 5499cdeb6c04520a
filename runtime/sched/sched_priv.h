/*
 * sched_priv.h - what the files of sched/ share among themselves.
 */
#ifndef RT_SCHED_PRIV_H
#define RT_SCHED_PRIV_H

#include "lock/lock.h"
#include "runtime2.h"

#define RT_MAX_PROCS 4096

/* ---- runq.c: the queues ---- */

/* Owner of pp. next: in the runnext slot, whose old g goes to the fresh list if
 * it has not begun, else to the ring, as all do without next. A full ring sends
 * half of itself to the global queue. */
void rt_runqput(struct p *pp, struct g *gp, bool next);
/* Owner. *ret_inherit: it came from runnext and continues the time slice. */
struct g *rt_runqget(struct p *pp, bool *ret_inherit);
/* Owner: only who is in runnext; NULL: nobody. */
struct g *rt_runnext_get(struct p *pp);
/* Any thread. True if it was empty at one moment. */
bool rt_runqempty(struct p *pp);
uint32_t rt_runqlen(struct p *pp); /* any thread, approximate */
/* pp's owner takes half of p2's ring; returns one of them to run now. */
struct g *rt_runqsteal(struct p *pp, struct p *p2, bool steal_next);
/* Under sched.lock: the global queue. */
void rt_globrunqput(struct g *gp);
void rt_globrunqputhead(struct g *gp);
void rt_globrunqputbatch(struct g_queue *q);
void rt_globrunqputfront(struct g_queue *q); /* before all others */
/* Takes a fair share (at most max if max > 0) to pp; returns one of them. */
struct g *rt_globrunqget(struct p *pp, int32_t max);

/* False: gp has not begun, or has done little yet and never waited. */
static inline bool
rt_has_parked(const struct g *gp)
{
	return gp->waitsince_ns != 0;
}

static inline void
rt_gqueue_push(struct g_queue *q, struct g *gp)
{
	gp->schedlink = NULL;
	if (q->tail != NULL)
		q->tail->schedlink = gp;
	else
		q->head = gp;
	q->tail = gp;
	q->n++;
}

static inline struct g *
rt_gqueue_pop(struct g_queue *q)
{
	struct g *gp = q->head;

	if (gp == NULL)
		return NULL;
	q->head = gp->schedlink;
	if (q->head == NULL)
		q->tail = NULL;
	q->n--;
	gp->schedlink = NULL;
	return gp;
}

/* ---- proc.c ---- */
void rt_schedule_loop(struct m *mp); /* returns when the thread is to end */
void rt_dropg(void);

/* ---- park.c ---- */
void rt_globready(struct g *gp); /* any thread: RUNNABLE, global queue, wake */
void rt_gopreempt_m(struct g *gp);
/* Make a netpoll answer runnable; returns one of them, or NULL. Has a P. */
struct g *rt_take_polled(struct g_queue *list);

/* ---- findrunnable.c ---- */
/*
 * Turns that come with the count of schedules, each once in 61 and at a place
 * of its own in it, so that none keeps another from ever having its turn.
 */
#define RT_TURNS 61
#define RT_TURN_GLOBAL 0
#define RT_TURN_OLDEST 30

/* No such turn now: who is first in pp's queue is next. */
static inline bool
rt_turn_is_plain(const struct p *pp)
{
	uint32_t turn = pp->schedtick % RT_TURNS;

	return turn != RT_TURN_GLOBAL && turn != RT_TURN_OLDEST;
}

/* Blocks until there is a goroutine to run. Has a P before and after.
 * *ret_inherit: it goes on in the slice of the one before. */
struct g *rt_find_runnable(struct m *mp, bool *ret_inherit);

/* Owner: a slice was used up, so who has not begun for longest is next. */
void rt_oldest_due(struct p *pp);

/* ---- idle.c ---- */
/* Nothing to run: sleep until there is. until: when the next timer is due, 0
 * none. The caller looks at the world from the start. May return work. */
struct g *rt_idle(struct m *mp, int64_t until);
void rt_become_spinning(struct m *mp);
void rt_resetspinning(struct m *mp);

static inline void
rt_until_min(int64_t *until, int64_t when)
{
	if (when != 0 && (*until == 0 || when < *until))
		*until = when;
}

/* ---- clock.c ---- */
int64_t rt_p_clock(struct p *pp);
void rt_coarse_set(int64_t now_ns);
int64_t rt_coarse(void);

/* ---- prompt.c ---- */
void rt_alarm_for_timers(struct p *pp);
void rt_prod(struct p *pp);
void rt_prod_overdue(int64_t now_ns);
void rt_inject_urgent(struct g_queue *list);
struct g *rt_urgent_turn(struct p *pp);

/* ---- mstart.c: threads ---- */
void rt_startm(struct p *pp, bool spinning);
void rt_handoffp(struct p *pp);
void rt_stoplockedm(void);
void rt_startlockedm(struct g *gp);
void rt_gcstopm(void);
/* pp was handed to a thread that has not woken yet, and is the caller's now. */
bool rt_take_handed_p(struct p *pp);
/* sched.lock held: pp, which was running, stands for a stopped world. */
void rt_stopped_p(struct p *pp);

/* ---- stoptrace.c: all but rt_stoptrace (sched.h) ---- */
void rt_stoptrace_begin(void);
void rt_stoptrace_last(const struct p *pp);
void rt_stoptrace_end(void);
void rt_mput(struct m *mp);      /* sched.lock */
struct m *rt_mget(void);         /* sched.lock */
void rt_checkmcount(void);       /* sched.lock */
void rt_injectm(struct p *pp);
void rt_mexit(struct m *mp);

/* ---- procresize.c: Ps and the world ---- */
void rt_acquirep(struct p *pp);
struct p *rt_releasep(void);
void rt_pidleput(struct p *pp);  /* sched.lock */
struct p *rt_pidleget(void);     /* sched.lock */
void rt_runsafepoint(struct p *pp);
int32_t rt_nallp(void); /* Ps ever made; rt_allp is readable so far */

struct m *rt_allocm(void); /* any thread, also without a g */

/* ---- extram.c ---- */
void rt_needm(void);
int32_t rt_extra_unused(void); /* any thread */
void rt_dropm(void);

/* ---- newproc.c ---- */
void rt_allg_add(struct g *gp);

/* ---- gfree.c ---- */
void rt_gfput(struct p *pp, struct g *gp);
struct g *rt_gfget(struct p *pp);
void rt_gfpurge(struct p *pp);

/* ---- preempt.c ---- */
void rt_guard_open(struct m *mp);
void rt_guard_close(struct m *mp);
bool rt_can_be_woken(void); /* checkdead.c */

/* ---- stack.c ---- */
void rt_stack_release(struct g *gp); /* dead g: all pages but the top ones */

/* ---- segment.c ---- */
bool rt_stack_checked(void);
void rt_segment_end(struct g *gp);
void rt_segment_release_idle(void);
bool rt_segment_idle_young(void);
size_t rt_segment_bytes_inuse(void);
struct g *rt_segment_owner(uintptr_t addr, bool *ret_in_guard);

/* ---- sysmon.c ---- */
void rt_sysmon_wake(void); /* sched.lock */

/*
 * Change a status whose owner is proven to be the caller: nobody but the
 * collector's scan (G_SCAN) could interfere, and it announces itself while
 * the world is stopped. A plain store then, instead of a locked one. While the
 * collector scans, no goroutine runs that was not scanned (gc/mgcmark.c).
 */
void rt_setgstatus_scanned(struct g *gp, uint32_t oldval, uint32_t newval);

static inline void
rt_setgstatus_own(struct g *gp, uint32_t oldval, uint32_t newval)
{
	if (RT_UNLIKELY(rt_sched.gscan)) {
		rt_setgstatus_scanned(gp, oldval, newval);
		return;
	}
	rt_assert(rt_readgstatus(gp) == oldval);
	atomic_store_explicit(&gp->atomicstatus, newval,
	    memory_order_release);
}

/*
 * pp->m and mp->curg are their owner's, but rt_preemptone follows them from
 * outside, knowing that what it finds may be old. Relaxed accesses tell the
 * compiler (and ThreadSanitizer) so.
 */
static inline void
rt_p_set_m(struct p *pp, struct m *mp)
{
	__atomic_store_n(&pp->m, mp, __ATOMIC_RELAXED);
}

static inline void
rt_m_set_curg(struct m *mp, struct g *gp)
{
	__atomic_store_n(&mp->curg, gp, __ATOMIC_RELAXED);
}

static inline void
rt_count(_Atomic uint64_t *c, uint64_t n)
{
	atomic_store_explicit(c,
	    atomic_load_explicit(c, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

#endif
