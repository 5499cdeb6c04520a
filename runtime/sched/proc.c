/*
 * proc.c - the scheduler: who runs next, and how one stops to let others run.
 *
 * The work: many goroutines (G), a few threads (M), GOMAXPROCS rights to run
 * (P). An M needs a P to run a G. A blocked thread gives its P away; a thread
 * without a P sleeps.
 *
 * g0's loop. Each M has a stack of its own, g0, and on it runs one loop,
 * rt_schedule_loop: pick a goroutine, switch to it, and when control comes
 * back do what the goroutine asked for when it left (rt_mcall: park it, put it
 * back in line, end it). Things that must not happen on the stack that is
 * being left - making the goroutine findable by other threads above all -
 * happen there. Control always comes back to the place it left g0 from, so
 * g0's frames are ordinary ones: unwinders, debuggers and ThreadSanitizer's
 * shadow stack see calls and returns. Rejected: entering the scheduler at the
 * top of g0's stack each time, as one function that never returns. It saves
 * restoring six registers (1 ns of a yield) and costs all of the above.
 *
 * When to sleep and when to wake (parking). Waking too few threads leaves
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
 *
 * The clock. A schedule reads none unless a timer is pending on the P, and
 * then only when some 10 us have passed by the cycle counter (rt_p_clock).
 * What only needs to be about right (how long something waits, for a
 * traceback) takes the coarse clock that sysmon keeps.
 *
 * Costs on a quiet 2-CPU virtual machine, GOMAXPROCS=1 (bench/cbench measures
 * them through gort.h): leaving a stack and resuming another 9 to 10 ns, which
 * is the floor; a yield 23 to 26 ns; a goroutine made, run and ended 42 ns in
 * batches, 62 ns one by one; an unbuffered round trip of two goroutines, that
 * is four channel operations and two switches, 120 ns. What a yield has above
 * the floor is one return guessed wrong (two goroutines that yield from two
 * places) and some forty instructions of queue and status. A neighbour on
 * the same core doubles all of these.
 */
#include "sched/sched.h"

#include <x86intrin.h>

#include "arch/arch.h"
#include "diag/diag.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

__thread struct g *rt_tls_g __attribute__((tls_model("initial-exec")));

struct g rt_g0 = { .m = &rt_m0 };
struct m rt_m0 = { .g0 = &rt_g0, .preemptoff = "" };
struct schedt rt_sched = {
	.lock = { .rank = RANK_SCHED },
	.gfree = { .lock = { .rank = RANK_GFREE } },
	.sudogfree = { .lock = { .rank = RANK_SUDOGFREE } },
	.maxmcount = 10000,
	.worldsema = 1,
	.allpsema = 1,
};
_Atomic int32_t rt_gomaxprocs;
struct p **rt_allp;
_Atomic(struct m *) rt_allm;
bool rt_iscgo;
_Atomic bool rt_mainstarted;

/* About now: within a sysmon period while anything runs. Any thread. */
static _Atomic int64_t coarse_ns;

/* ---- clocks ---- */

void
rt_coarse_set(int64_t now_ns)
{
	atomic_store_explicit(&coarse_ns, now_ns, memory_order_relaxed);
}

int64_t
rt_coarse(void)
{
	return atomic_load_explicit(&coarse_ns, memory_order_relaxed);
}

/*
 * The time for pp's timers. Reading the clock costs as much as a switch, so
 * while fewer cycles than CLOCK_CYCLES have passed since the last read its
 * answer is used again. No frequency is needed: the constant is 5 to 20 us on
 * any machine of this time. A counter that jumps only makes us read.
 */
#define CLOCK_CYCLES 20000

int64_t
rt_p_clock(struct p *pp)
{
	uint64_t tick = __rdtsc();

	if (tick - pp->clocktick < CLOCK_CYCLES)
		return pp->clock_ns;
	pp->clock_ns = rt_nanotime();
	pp->clocktick = tick;
	return pp->clock_ns;
}

/* ---- status ---- */

/*
 * Change a status when more than the owner may be at it. Spins while the
 * collector holds the scan bit; throws if the old status is anything else.
 */
void
rt_casgstatus(struct g *gp, uint32_t oldval, uint32_t newval)
{
	for (uint32_t spins = 0;; spins++) {
		uint32_t cur = oldval;

		if (atomic_compare_exchange_strong(&gp->atomicstatus, &cur,
		        newval))
			return;
		if (cur != (oldval | G_SCAN)) {
			rt_printf("runtime: casgstatus: goroutine %lu has "
			          "status %u, expected %u, wanted %u\n",
			    (unsigned long)gp->goid, cur, oldval, newval);
			rt_throw("casgstatus: bad incoming values");
		}
		if (spins < 16)
			rt_procyield(10);
		else
			rt_osyield();
	}
}

/* ---- leaving a goroutine's stack ---- */

void
rt_mcall(void (*fn)(struct g *))
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct g *g0 = mp->g0;

	if (RT_UNLIKELY(gp == g0 || gp == mp->gsignal))
		rt_throw("mcall called on m->g0 stack");
	mp->mcallfn = fn;
	mp->mcallg = gp;
	rt_setg_unchecked(g0);
	rt_san_leave(gp, g0);
	rt_ctx_leave(&gp->sched, &g0->sched);
	/* perhaps on another thread: mp and g0 are somebody else's now */
	rt_san_arrive(gp, rt_getg()->m->g0);
}

struct systemstack_args {
	void (*fn)(void *);
	void *arg;
	struct g *gp, *g0;
};

/* Not instrumented: it begins as the one fiber and ends as the other, so the
 * thread sanitizer's call stacks would grow on one and shrink on the other. */
__attribute__((no_sanitize("thread"))) static void
systemstack_body(void *p)
{
	struct systemstack_args *a = p;

	rt_san_arrive(a->g0, a->gp);
	a->fn(a->arg);
	rt_san_leave(a->g0, a->gp);
}

void
rt_systemstack(void (*fn)(void *), void *arg)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct systemstack_args a = { fn, arg, gp, mp->g0 };

	if (gp == mp->g0 || gp == mp->gsignal) {
		fn(arg);
		return;
	}
	if (RT_UNLIKELY(gp != mp->curg))
		rt_throw("systemstack called from unexpected goroutine");
	rt_setg_unchecked(mp->g0);
	rt_san_leave(gp, mp->g0);
	rt_ctx_call(&gp->sched, &mp->g0->sched, systemstack_body, &a);
	rt_san_arrive(gp, a.g0);
	rt_setg(gp);
}

/* The running goroutine is no longer m's. On g0. */
void
rt_dropg(void)
{
	struct m *mp = rt_getg()->m;

	mp->curg->m = NULL;
	rt_m_set_curg(mp, NULL);
}

/* ---- park and ready ---- */

static void
park_m(struct g *gp)
{
	struct m *mp = rt_getg()->m;
	struct rt_mutex *l = mp->waitunlock;
	bool (*unlockf)(struct g *, void *) = mp->waitunlockf;
	struct p *pp = mp->p;

	rt_count(&pp->npark, 1);
	rt_setgstatus_own(gp, G_RUNNING, G_WAITING);
	rt_dropg();
	if (l != NULL) {
		mp->waitunlock = NULL;
		rt_unlock(l); /* from here on gp is the waker's */
		return;
	}
	if (unlockf == NULL)
		return;
	mp->waitunlockf = NULL;
	if (!unlockf(gp, mp->waitlock)) {
		rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
		mp->resumeg = gp;
	}
	mp->waitlock = NULL;
}

static struct m *
park_prepare(enum wait_reason reason, int32_t locks)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;

	if (RT_UNLIKELY(gp == mp->g0 || gp != mp->curg ||
	        rt_readgstatus(gp) != G_RUNNING))
		rt_throw("gopark: bad g status");
	if (RT_UNLIKELY(atomic_load_explicit(&mp->locks,
	                    memory_order_relaxed) != locks))
		rt_throw("gopark: a runtime lock is held");
	gp->waitreason = (uint8_t)reason;
	gp->waitsince_ns = rt_coarse();
	return mp;
}

void
rt_gopark(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason)
{
	struct m *mp = park_prepare(reason, 0);

	mp->waitunlockf = unlockf;
	mp->waitlock = arg;
	rt_mcall(park_m);
}

void
rt_gopark_locked(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason, int32_t locks)
{
	struct m *mp = park_prepare(reason, locks);

	mp->waitunlockf = unlockf;
	mp->waitlock = arg;
	rt_mcall(park_m);
}

void
rt_goparkunlock(struct rt_mutex *l, enum wait_reason reason)
{
	struct m *mp = park_prepare(reason, 1);

	mp->waitunlock = l;
	rt_mcall(park_m);
}

/*
 * Stall time is sampled: one ready in STALL_SAMPLE notes the clock, and what
 * it then waits counts for all of them.
 */
#define STALL_SAMPLE 64

static inline void
stall_begin(struct p *pp, struct g *gp)
{
	if (RT_UNLIKELY(pp->stallskip-- == 0)) {
		pp->stallskip = STALL_SAMPLE - 1;
		gp->runnable_ns = rt_nanotime();
	}
}

static RT_NOINLINE void
stall_end(struct p *pp, struct g *gp)
{
	int64_t ns = rt_nanotime() - gp->runnable_ns;
	int64_t sum = atomic_load_explicit(&pp->stall_ns,
	    memory_order_relaxed);

	gp->runnable_ns = 0;
	rt_timehist_add(&rt_hist_sched_latency, ns, STALL_SAMPLE);
	if (ns > 0)
		atomic_store_explicit(&pp->stall_ns, sum + ns * STALL_SAMPLE,
		    memory_order_relaxed);
}

void
rt_goready(struct g *gp)
{
	struct m *mp = rt_getg()->m;
	struct p *pp = mp->p;
	uint32_t status = rt_readgstatus(gp);

	if (RT_UNLIKELY((status & ~(uint32_t)G_SCAN) != G_WAITING)) {
		rt_printf("runtime: goready: goroutine %lu has status %u\n",
		    (unsigned long)gp->goid, status);
		rt_throw("bad g->status in ready");
	}
	if (RT_UNLIKELY(pp == NULL))
		rt_throw("goready without a P");
	rt_setgstatus_own(gp, G_WAITING, G_RUNNABLE);
	stall_begin(pp, gp);
	rt_runqput(pp, gp, true);
	rt_wakep();
}

/* Any thread: gp is RUNNABLE and nobody's. */
void
rt_globready(struct g *gp)
{
	rt_lock(&rt_sched.lock);
	rt_globrunqput(gp);
	rt_unlock(&rt_sched.lock);
	rt_wakep();
}

/* Wake up to n idle Ps, without a claim that they will find work. */
static void
start_idle(int32_t n)
{
	while (n-- > 0 && atomic_load(&rt_sched.npidle) != 0)
		rt_startm(NULL, false);
}

/*
 * With a P the list goes to its ring (through the global queue when idle Ps
 * could run the surplus at once), without one to the global queue.
 */
void
rt_injectglist(struct g_queue *list)
{
	struct p *pp = rt_getg()->m->p;
	struct g_queue glob = { NULL, NULL, 0 };
	int32_t n = list->n, idle;
	struct g *gp;

	if (n == 0)
		return;
	for (gp = list->head; gp != NULL; gp = gp->schedlink)
		rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
	if (pp == NULL) {
		rt_lock(&rt_sched.lock);
		rt_globrunqputbatch(list);
		rt_unlock(&rt_sched.lock);
		start_idle(n);
		return;
	}
	idle = (int32_t)atomic_load(&rt_sched.npidle);
	while (glob.n < idle && (gp = rt_gqueue_pop(list)) != NULL)
		rt_gqueue_push(&glob, gp);
	if (glob.n > 0) {
		int32_t nglob = glob.n;

		rt_lock(&rt_sched.lock);
		rt_globrunqputbatch(&glob);
		rt_unlock(&rt_sched.lock);
		start_idle(nglob);
	}
	while ((gp = rt_gqueue_pop(list)) != NULL)
		rt_runqput(pp, gp, false);
	/* the npidle that said "nobody idle" may be old by now: read it again
	 * behind a barrier (rule 4 of the essay). A no-op add is the cheapest
	 * full barrier there is, and ThreadSanitizer understands it. */
	if (rt_gomaxprocs > 1) {
		atomic_fetch_add(&rt_sched.npidle, 0);
		rt_wakep();
	}
}

/* ---- yield ---- */

/* On g0: back of our own line. */
static void
goyield_m(struct g *gp)
{
	struct p *pp = rt_getg()->m->p;

	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
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
	rt_lock(&rt_sched.lock);
	rt_globrunqput(gp);
	rt_unlock(&rt_sched.lock);
}

/* On g0: its slice is over, back of everybody's line. */
void
rt_gopreempt_m(struct g *gp)
{
	rt_count(&rt_getg()->m->p->npreempt, 1);
	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
	rt_globready(gp);
}

void
rt_gosched(void)
{
	rt_mcall(gosched_m);
}

/* The ring's tail leaves runnext alone, so who is there runs in our place and
 * in our slice. */
void
rt_goyield(void)
{
	rt_mcall(goyield_m);
}

/* ---- choosing ---- */

/* Make a netpoll answer runnable; returns one of them, or NULL. Has a P. */
static struct g *
take_polled(struct g_queue *list)
{
	struct g *gp = rt_gqueue_pop(list);

	if (gp == NULL)
		return NULL;
	rt_injectglist(list);
	rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
	return gp;
}

static void
timers_run(struct p *pp, int64_t *ret_until)
{
	int64_t when = atomic_load_explicit(&pp->timer0when_ns,
	    memory_order_relaxed);
	int64_t until = 0, now;

	*ret_until = 0;
	if (RT_LIKELY(when == 0))
		return;
	now = rt_p_clock(pp);
	if (now < when &&
	    atomic_load_explicit(&pp->deletedtimers, memory_order_relaxed) <=
	        atomic_load_explicit(&pp->numtimers, memory_order_relaxed) /
	            4) {
		*ret_until = when;
		return;
	}
	rt_timers_check(pp, now, &until);
	*ret_until = until;
}

static inline void
until_min(int64_t *until, int64_t when)
{
	if (when != 0 && (*until == 0 || when < *until))
		*until = when;
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

				until_min(until, when);
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
static void
become_spinning(struct m *mp)
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
		become_spinning(mp);
	return true;
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
		gp = take_polled(&list);
		if (gp != NULL)
			return gp;
	}
	if (!atomic_load_explicit(&mp->spinning, memory_order_relaxed)) {
		int32_t busy = rt_gomaxprocs -
		    (int32_t)atomic_load(&rt_sched.npidle);

		if (2 * (int32_t)atomic_load(&rt_sched.nmspinning) >= busy)
			return NULL;
		become_spinning(mp);
	}
	return steal_work(pp, until, ret_again);
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
		become_spinning(mp);
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
	until_min(until, when);
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
		rt_injectglist(&list);
		return NULL;
	}
	if (list.n > 0)
		return take_polled(&list);
	if (was_spinning)
		become_spinning(mp);
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
static struct g *
idle(struct m *mp, int64_t until)
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

		until_min(&until, rt_timers_next(&where));
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
	return take_polled(&list);
}

/*
 * The slice that runnext would inherit is over: sysmon says so when no tick
 * was counted for 10 ms. A pair that readies each other for ever is stopped
 * here, as it never stands still to be asked.
 */
static RT_NOINLINE void
slice_over(struct p *pp)
{
	bool inherit;
	struct g *gp;

	atomic_store_explicit(&pp->preempt, false, memory_order_relaxed);
	if (atomic_load_explicit(&pp->runnext, memory_order_relaxed) == NULL)
		return;
	gp = rt_runqget(pp, &inherit);
	if (gp == NULL)
		return; /* stolen just now, and the ring is empty */
	if (inherit)
		rt_count(&pp->npreempt, 1);
	rt_runqput(pp, gp, false);
}

/* Blocks until there is a goroutine to run. Has a P before and after. */
static struct g *
find_runnable(struct m *mp, bool *ret_inherit)
{
	for (;;) {
		struct p *pp = mp->p;
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
		        memory_order_relaxed)))
			slice_over(pp);
		timers_run(pp, &until);
		if (RT_UNLIKELY(pp->schedtick % 61 == 0) &&
		    atomic_load_explicit(&rt_sched.runqsize,
		        memory_order_relaxed) > 0 &&
		    (gp = global_turn(pp)) != NULL)
			return gp;
		if (RT_UNLIKELY(pp->schedtick % 61 == 0) &&
		    rt_netpoll_waiters() > 0 && (gp = poll_turn(pp)) != NULL)
			return gp;
		gp = find_now(mp, ret_inherit, &until, &again);
		if (gp != NULL)
			return gp;
		if (again)
			continue;
		*ret_inherit = false;
		gp = idle(mp, until);
		if (gp != NULL)
			return gp;
	}
}

/* ---- running ---- */

/* gp is RUNNABLE and ours: the next thing this thread does is run it. */
static inline void
execute(struct m *mp, struct g *gp, bool inherit)
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
		stall_end(pp, gp);
	rt_setg(gp);
}

/* From the queues; what is locked to a thread runs on that one only. */
static RT_NOINLINE struct g *
choose_queued(struct m *mp, bool *ret_inherit)
{
	struct g *gp;

	for (;;) {
		if (mp->lockedg != NULL) {
			rt_stoplockedm();
			*ret_inherit = false;
			return mp->lockedg;
		}
		gp = find_runnable(mp, ret_inherit);
		if (atomic_load_explicit(&mp->spinning, memory_order_relaxed))
			rt_resetspinning(mp);
		if (RT_LIKELY(gp->lockedm == NULL))
			return gp;
		rt_startlockedm(gp); /* our P goes with it */
	}
}

/* Who runs next: what the last one left us, else whom the queues give. */
static struct g *
choose(struct m *mp, bool *ret_inherit)
{
	struct g *gp = mp->resumeg;

	if (gp != NULL) {
		mp->resumeg = NULL;
		*ret_inherit = true;
		return gp;
	}
	return choose_queued(mp, ret_inherit);
}

/*
 * One round of g0's loop: finish what the goroutine that left asked for, and
 * choose. NULL: the thread is to end.
 */
static RT_NOINLINE struct g *
step(struct m *mp)
{
	struct g *gp = mp->mcallg;
	bool inherit;

	if (RT_LIKELY(gp != NULL)) {
		rt_san_arrive(mp->g0, NULL);
		mp->mcallg = NULL;
		mp->mcallfn(gp);
		if (RT_UNLIKELY(mp->exiting))
			return NULL;
	}
	if (RT_UNLIKELY(atomic_load_explicit(&mp->locks,
	                    memory_order_relaxed) != 0))
		rt_throw("schedule: holding locks");
	gp = choose(mp, &inherit);
	execute(mp, gp, inherit);
	return gp;
}

/* Called by rt_g0_loop (asm), which switches to what we return. */
RT_SAN_OFF struct gobuf *
rt_g0_step(void)
{
	struct m *mp = rt_getg()->m;
	struct g *gp = step(mp);

	if (RT_UNLIKELY(gp == NULL))
		return NULL;
	rt_san_leave(mp->g0, gp);
	return &gp->sched;
}

/* Returns when the thread is to end. */
void
rt_schedule_loop(struct m *mp)
{
	rt_g0_loop(&mp->g0->sched);
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

/* ---- what others see ---- */

void
rt_sched_snapshot(struct rt_sched_snapshot *ret)
{
	int32_t n;

	rt_lock(&rt_sched.lock);
	n = rt_gomaxprocs;
	ret->gomaxprocs = n;
	ret->idleprocs = (int32_t)atomic_load(&rt_sched.npidle);
	ret->threads = rt_mcount();
	ret->threads_created = rt_sched.mnext;
	ret->spinning = (int32_t)atomic_load(&rt_sched.nmspinning);
	ret->idlethreads = rt_sched.nmidle;
	ret->runqueue = rt_sched.runq.n;
	ret->gcwaiting = atomic_load(&rt_sched.gcwaiting);
	ret->nmidlelocked = rt_sched.nmidlelocked;
	ret->stopwait = rt_sched.stopwait;
	ret->sysmonwait = atomic_load(&rt_sched.sysmonwait);
	ret->nlocal = (uint32_t)n;
	for (int32_t i = 0; i < n; i++)
		ret->local[i] = rt_runqlen(rt_allp[i]);
	rt_unlock(&rt_sched.lock);
}
