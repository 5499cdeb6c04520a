/*
 * newproc.c - making goroutines, and what is left of them.
 *
 * A goroutine is a g with its stack; both come from stack.c once and are used
 * again for ever; between two lives they wait in gfree.c. Each life gets a new
 * id, taken from the global counter in batches of 16 a P.
 *
 * Every g ever made stands in allg, in pieces that never move, so that the
 * collector, tracebacks and deadlock detection can walk them without a lock:
 * read the length (acquire), then the entries. An entry is complete before
 * the length says so (release, under allglock). A new g has status DEAD while
 * it is being set up, which is what walkers skip.
 *
 * Counting live goroutines: each P counts those made less those ended on it;
 * only the sum means anything. An own counter costs a load and a store, one
 * shared by all Ps would cost a locked add at each birth and death.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"
#include "sched/stall.h"

#define GOID_BATCH 16

#define ALLG_PIECE 8192
#define ALLG_PIECES 16384 /* 134 million goroutines */

static struct rt_mutex allglock = { .rank = RANK_ALLG };
/* allglock to add; const after */
static struct g **allg[ALLG_PIECES] RT_NOT_ROOT;
static _Atomic size_t allg_len;      /* release after the entry */

struct g *
rt_allg_at(size_t i)
{
	return allg[i / ALLG_PIECE][i % ALLG_PIECE];
}

size_t
rt_allg_len(void)
{
	return atomic_load_explicit(&allg_len, memory_order_acquire);
}

static void *
pieces_alloc(void)
{
	void *p = rt_sys_mmap(ALLG_PIECE * sizeof(struct g *));

	if (p == NULL)
		rt_throw("newproc: no memory for the list of goroutines");
	return p;
}

void
rt_allg_add(struct g *gp)
{
	size_t n;

	rt_lock(&allglock);
	n = atomic_load_explicit(&allg_len, memory_order_relaxed);
	if (n / ALLG_PIECE >= ALLG_PIECES)
		rt_throw("newproc: too many goroutines");
	if (allg[n / ALLG_PIECE] == NULL)
		allg[n / ALLG_PIECE] = pieces_alloc();
	allg[n / ALLG_PIECE][n % ALLG_PIECE] = gp;
	atomic_store_explicit(&allg_len, n + 1, memory_order_release);
	rt_unlock(&allglock);
}

/* ---- birth ---- */

static RT_NOINLINE void
goid_refill(struct p *pp)
{
	pp->goidcache = atomic_fetch_add(&rt_sched.goidgen, GOID_BATCH) + 1;
	pp->goidcacheend = pp->goidcache + GOID_BATCH;
}

static inline void
ngo_add(struct p *pp, int64_t n)
{
	atomic_store_explicit(&pp->ngo,
	    atomic_load_explicit(&pp->ngo, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

static RT_NOINLINE struct g *
g_new(void)
{
	struct g *gp = rt_stack_g_alloc();

	atomic_store_explicit(&gp->atomicstatus, G_DEAD,
	    memory_order_release);
	rt_allg_add(gp);
	return gp;
}

/* What a goroutine's stack begins with. Never left by a return. */
RT_SAN_OFF static void
goroutine_entry(void *arg)
{
	struct g *gp = arg;

	rt_san_arrive(gp, rt_getg()->m->g0);
	gp->startfn(gp->startarg);
	if (RT_UNLIKELY(gp->defer != NULL))
		rt_goexit(); /* deferred by startfn itself */
	rt_goexit0_direct();
}

static struct g *
newproc(void (*fn)(void *), void *arg, uintptr_t callerpc, bool system)
{
	struct g *me = rt_getg();
	struct p *pp = me->m->p;
	struct g *gp;

	if (RT_UNLIKELY(pp == NULL))
		rt_throw("newproc without a P");
	if (RT_UNLIKELY(fn == NULL))
		rt_fatal("go of nil func value");
	gp = rt_gfget(pp);
	if (RT_UNLIKELY(gp == NULL))
		gp = g_new();
	rt_ctx_make(&gp->sched, gp->stack.hi, goroutine_entry, gp);
	gp->startfn = fn;
	gp->startarg = arg;
	gp->gopc = callerpc;
	gp->parentgoid = me->goid;
	gp->waitsince_ns = 0;
	gp->system = system;
	gp->labels = system ? NULL : me->labels;
	if (RT_UNLIKELY(system))
		atomic_fetch_add(&rt_sched.ngsys, 1);
	else
		ngo_add(pp, 1);
	if (RT_UNLIKELY(pp->goidcache == pp->goidcacheend))
		goid_refill(pp);
	gp->goid = pp->goidcache++;
	if (RT_UNLIKELY(atomic_load_explicit(&rt_debug.tracebackancestors,
	        memory_order_relaxed) > 0))
		rt_ancestors_save(gp);
	rt_count(&pp->nspawn, 1);
	rt_setgstatus_own(gp, G_DEAD, G_RUNNABLE);
	rt_stall_begin(pp, gp);
	rt_runqput(pp, gp, true);
	if (RT_LIKELY(atomic_load_explicit(&rt_mainstarted,
	        memory_order_relaxed)))
		rt_wakep();
	return gp;
}

struct g *
rt_newproc(void (*fn)(void *), void *arg, uintptr_t callerpc)
{
	return newproc(fn, arg, callerpc, false);
}

struct g *
rt_newproc_system(void (*fn)(void *), void *arg)
{
	return newproc(fn, arg, RT_CALLERPC(), true);
}

/* ---- death ---- */

/* On g0. Whatever could keep an object alive or mislead the next life goes. */
static void
goexit0_m(struct g *gp)
{
	struct m *mp = rt_getg()->m;
	struct p *pp = mp->p;
	bool locked = gp->lockedcount != 0;

	if (RT_UNLIKELY(mp->extra != NULL))
		rt_throw("Goexit on a thread that C made");
	rt_setgstatus_own(gp, G_RUNNING, G_DEAD);
	if (RT_UNLIKELY(gp->system))
		atomic_fetch_sub(&rt_sched.ngsys, 1);
	else
		ngo_add(pp, -1);
	gp->startfn = NULL;
	gp->startarg = NULL;
	gp->labels = NULL;
	gp->param = NULL;
	gp->waiting = NULL;
	gp->defer = NULL;
	gp->panic = NULL;
	gp->exception = NULL;
	gp->paniconfault = false;
	gp->waitreason = 0;
	gp->waitsince_ns = 0; /* from here on its age: rt_stack_release_idle */
	gp->lockedm = NULL;
	gp->lockedcount = 0;
	mp->lockedg = NULL;
	atomic_store_explicit(&gp->preempt, false, memory_order_relaxed);
	rt_dropg();
	if (RT_UNLIKELY(gp->segment != NULL))
		rt_segment_end(gp);
	rt_san_stack_clean(gp);
	rt_gfput(pp, gp);
	/* The thread may have been changed in ways only its goroutine knew
	 * (namespaces, signal masks): it is not used again. */
	if (RT_UNLIKELY(locked))
		mp->exiting = true;
}

RT_SAN_OFF void
rt_goexit0_direct(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct g *g0 = mp->g0;

	mp->mcallfn = goexit0_m;
	mp->mcallg = gp;
	rt_setg_unchecked(g0);
	rt_san_leave_for_ever(gp, g0);
	rt_ctx_drop(&g0->sched);
}

/* End the running goroutine; its deferred calls run first. */
void
rt_goexit(void)
{
	rt_goexit_defers();
	rt_san_abandon(rt_getg());
	rt_goexit0_direct();
}

/* ---- counts ---- */

int64_t
rt_gcount(void)
{
	int64_t n = 0;

	for (int32_t i = 0; i < rt_nallp(); i++)
		n += atomic_load_explicit(&rt_allp[i]->ngo,
		    memory_order_relaxed);
	return n;
}

uint64_t
rt_gcreated(void)
{
	uint64_t n = 0;

	for (int32_t i = 0; i < rt_nallp(); i++)
		n += atomic_load_explicit(&rt_allp[i]->nspawn,
		    memory_order_relaxed);
	return n;
}
