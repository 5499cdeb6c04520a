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
 * Where the rest is: park.c (stopping and being made ready), handoff.c
 * (from one goroutine straight to the next), findrunnable.c
 * (who is next, and the rules of fairness), idle.c (falling asleep and being
 * woken, and the rules that keep work from being overlooked), runq.c (the
 * queues), newproc.c (birth and death), clock.c, snapshot.c.
 *
 * Costs on a quiet 2-CPU virtual machine, GOMAXPROCS=1 (bench/cbench measures
 * them through gort.h): leaving a stack and resuming another 9 to 10 ns, which
 * is the floor; a yield 23 to 26 ns; a goroutine made, run and ended 42 ns in
 * batches, 62 ns one by one; an unbuffered round trip of two goroutines, that
 * is four channel operations and two direct switches (handoff.c), 70 ns. What a yield has above
 * the floor is one return guessed wrong (two goroutines that yield from two
 * places) and some forty instructions of queue and status. A neighbour on
 * the same core doubles all of these.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"
#include "sched/execute.h"
#include "sched/sched_priv.h"

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

void
rt_setgstatus_scanned(struct g *gp, uint32_t oldval, uint32_t newval)
{
	if (newval == G_RUNNING)
		rt_gcmark_before_run(gp);
	else if (oldval == G_DEAD)
		rt_gcmark_born(gp);
	rt_casgstatus(gp, oldval, newval);
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

/* ---- running ---- */

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
		gp = rt_find_runnable(mp, ret_inherit);
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
	rt_execute(mp, gp, inherit);
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
