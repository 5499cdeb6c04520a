/*
 * park.c - a goroutine stops to wait, and is made ready.
 *
 * Parking is a switch to g0 (proc.c), which marks the goroutine WAITING and
 * only then releases the lock, or calls the function, that lets others find
 * it: from there on it belongs to whoever wakes it, who may run it at once on
 * another thread. So nothing here touches a goroutine after that point.
 *
 * A goroutine made ready goes to runnext: it runs next on this P.
 */
#include "sched/sched.h"

#include "fault/fault.h"
#include "sched/sched_priv.h"
#include "sched/stall.h"
#include "sched/turn.h"
#include "sched/waitprof.h"

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

/* While waits are profiled. */
static RT_NOINLINE void
park_timed(enum wait_reason reason)
{
	int64_t t0 = rt_nanotime();

	rt_mcall(park_m);
	rt_waitprof_waited(reason, t0);
}

static inline void
park(enum wait_reason reason)
{
	if (rt_waitprof_blocks())
		park_timed(reason);
	else
		rt_mcall(park_m);
}

void
rt_gopark(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason)
{
	struct m *mp = rt_park_prepare(rt_getg(), reason, 0);

	mp->waitunlockf = unlockf;
	mp->waitlock = arg;
	park(reason);
}

void
rt_gopark_locked(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason, int32_t locks)
{
	struct m *mp = rt_park_prepare(rt_getg(), reason, locks);

	mp->waitunlockf = unlockf;
	mp->waitlock = arg;
	park(reason);
}

void
rt_goparkunlock(struct rt_mutex *l, enum wait_reason reason)
{
	struct m *mp = rt_park_prepare(rt_getg(), reason, 1);

	mp->waitunlock = l;
	park(reason);
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
	rt_stall_begin(pp, gp);
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
	for (gp = list->head; gp != NULL; gp = gp->schedlink) {
		rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
		if (pp != NULL)
			rt_stall_begin(pp, gp);
		else
			rt_stall_begin_nop(gp);
	}
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

/* Make a netpoll answer runnable; returns one of them, or NULL. Has a P. */
struct g *
rt_take_polled(struct g_queue *list)
{
	struct g *gp = rt_gqueue_pop(list);

	if (gp == NULL)
		return NULL;
	rt_injectglist(list);
	rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
	return gp;
}
