/*
 * procresize.c - Ps: taking and giving them, how many there are, and bringing
 * all of them to a stop.
 *
 * Stopping the world. The stopper holds worldsema, raises gcwaiting under
 * sched.lock, and then each P must be accounted for exactly once (stopwait):
 *
 *   its own         by itself
 *   in a syscall    taken by CAS P_SYSCALL -> P_GCSTOP; the thread that comes
 *                   back fails its own CAS and waits (entersyscall.c)
 *   idle            taken off the idle list
 *   handed over     to a thread that wakes: taken away (mstart.c, hand_over)
 *   running         its thread sees gcwaiting at its next schedule, or in
 *                   rt_preempt_check because its g's preempt flag is set, or
 *                   because a signal stops it (preempt_signal.c), and gives
 *                   it up (rt_gcstopm); also a thread that enters a system
 *                   call or hands its P off gives it up there
 *
 * Status P_GCSTOP is written by whoever wins the P, under sched.lock or by
 * that CAS, and the count is lowered by the same. When it is 0 no code that
 * needs a P runs. The preempt flag is racy (the goroutine may change between
 * looking and setting), so after 20 us it is set again and a signal sent, and
 * so on every 160 us until all have stopped.
 *
 * rt_for_each_p asks less: a function is run once on each P at a moment when
 * its owner is between goroutines, while the others run on.
 *
 * The table of Ps has a fixed length, and a P is never freed: readers without
 * a P (sysmon, thieves that just gave theirs up) may see one that died, and
 * find its queues empty.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "boot/boot.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/preempt.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

static _Atomic int32_t nallp; /* stw to raise; entries below are const */

int32_t
rt_nallp(void)
{
	return atomic_load_explicit(&nallp, memory_order_acquire);
}

/* ---- taking and giving ---- */

/* The caller owns pp (it took it off a list, or was handed it). */
void
rt_acquirep(struct p *pp)
{
	struct m *mp = rt_getg()->m;

	if (mp->p != NULL)
		rt_throw("acquirep: already has a P");
	if (pp->m != NULL || atomic_load(&pp->status) != P_IDLE) {
		rt_printf("runtime: acquirep: p%d has m=%p, status %u\n",
		    pp->id, (void *)pp->m, atomic_load(&pp->status));
		rt_throw("acquirep: invalid p state");
	}
	mp->p = pp;
	rt_p_set_m(pp, mp);
	atomic_store(&pp->status, P_RUNNING);
}

struct p *
rt_releasep(void)
{
	struct m *mp = rt_getg()->m;
	struct p *pp = mp->p;

	if (pp == NULL || pp->m != mp ||
	    atomic_load(&pp->status) != P_RUNNING) {
		rt_printf("runtime: releasep: m%d has p=%p\n", mp->id,
		    (void *)pp);
		rt_throw("releasep: invalid p state");
	}
	mp->p = NULL;
	rt_p_set_m(pp, NULL);
	atomic_store(&pp->status, P_IDLE);
	return pp;
}

/* sched.lock held. pp's queues are empty. */
void
rt_pidleput(struct p *pp)
{
	rt_assert_lock_held(&rt_sched.lock);
	if (!rt_runqempty(pp))
		rt_throw("pidleput: P has non-empty run queue");
	pp->link = rt_sched.pidle;
	rt_sched.pidle = pp;
	atomic_fetch_add(&rt_sched.npidle, 1);
}

/* sched.lock held. A P leaves the idle list, so something will run: sysmon
 * must be up to watch it. */
struct p *
rt_pidleget(void)
{
	struct p *pp = rt_sched.pidle;

	rt_assert_lock_held(&rt_sched.lock);
	if (pp == NULL)
		return NULL;
	rt_sched.pidle = pp->link;
	pp->link = NULL;
	atomic_fetch_sub(&rt_sched.npidle, 1);
	if (atomic_load(&rt_sched.sysmonwait))
		rt_sysmon_wake();
	return pp;
}

/* ---- how many ---- */

static struct p *
p_new(int32_t id)
{
	struct p *pp = rt_persistentalloc(sizeof(struct p), RT_CACHE_LINE,
	    RT_STAT_OTHER);

	pp->id = id;
	atomic_store(&pp->status, P_GCSTOP);
	rt_lock_init(&pp->timerslock, RANK_TIMERS);
	rt_lock_init(&pp->freshlock, RANK_FRESH);
	return pp;
}

static void
p_revive(struct p *pp)
{
	/* the log is short: the first few stand for all */
	int step = pp->id < 4 ? rt_boot_begin("p.init") : 0;

	atomic_store(&pp->status, P_GCSTOP);
	if (pp->mcache == NULL)
		pp->mcache = rt_allocmcache();
	rt_boot_end(step, "P%d", pp->id);
}

/* World stopped. Everything pp holds goes to where others find it. */
static void
p_destroy(struct p *pp)
{
	bool inherit;
	struct g *gp;

	/* from the ring's tail to the global queue's head would keep the
	 * order; it matters to nobody that a resize reverses a slice of it */
	while ((gp = rt_runqget(pp, &inherit)) != NULL)
		rt_globrunqput(gp);
	if (atomic_load(&pp->numtimers) > 0)
		rt_timers_move(pp, rt_getg()->m->p);
	rt_gc_p_flush(pp);
	rt_freemcache(pp->mcache);
	pp->mcache = NULL;
	rt_gfpurge(pp);
	atomic_store(&pp->status, P_DEAD);
}

static void
totaltime_add(int64_t now, int32_t old)
{
	if (rt_sched.procresizetime_ns != 0)
		atomic_fetch_add(&rt_sched.totaltime_ns,
		    (now - rt_sched.procresizetime_ns) * old);
	rt_sched.procresizetime_ns = now;
}

/* Make the current M own a P that survives. */
static void
keep_a_p(int32_t n)
{
	struct m *mp = rt_getg()->m;

	if (mp->p != NULL && mp->p->id < n) {
		atomic_store(&mp->p->status, P_RUNNING);
		return;
	}
	if (mp->p != NULL) {
		rt_p_set_m(mp->p, NULL);
		mp->p = NULL;
	}
	rt_p_set_m(rt_allp[0], NULL);
	atomic_store(&rt_allp[0]->status, P_IDLE);
	rt_acquirep(rt_allp[0]);
}

/*
 * World stopped, sched.lock held, on g0 (or boot). Afterwards there are n Ps;
 * ours is running, those with work are returned as a list by link, each with
 * an idle m if there was one; the others are idle.
 */
struct p *
rt_procresize(int32_t n)
{
	int32_t old = rt_gomaxprocs, made = rt_nallp();
	struct p *runnable = NULL;

	if (n <= 0 || n > RT_MAX_PROCS)
		rt_throw("procresize: invalid arg");
	totaltime_add(rt_nanotime(), old);
	for (int32_t i = made; i < n; i++)
		rt_allp[i] = p_new(i);
	if (n > made)
		atomic_store_explicit(&nallp, n, memory_order_release);
	/* at boot malloc may work before there is a P to allocate with, so
	 * the first is acquired before the others get their caches */
	for (int32_t i = old; i < n; i++)
		p_revive(rt_allp[i]);
	keep_a_p(n);
	for (int32_t i = n; i < old; i++)
		p_destroy(rt_allp[i]);
	rt_gomaxprocs = n;
	for (int32_t i = n - 1; i >= 0; i--) {
		struct p *pp = rt_allp[i];

		if (pp == rt_getg()->m->p)
			continue;
		atomic_store(&pp->status, P_IDLE);
		if (rt_runqempty(pp)) {
			rt_pidleput(pp);
		} else {
			rt_p_set_m(pp, rt_mget());
			pp->link = runnable;
			runnable = pp;
		}
	}
	return runnable;
}

void
rt_schedinit_procs(int32_t n)
{
	struct p *list;

	if (n < 1)
		n = 1;
	if (n > RT_MAX_PROCS)
		n = RT_MAX_PROCS;
	rt_allp = rt_persistentalloc(RT_MAX_PROCS * sizeof(struct p *), 64,
	    RT_STAT_OTHER);
	rt_coarse_set(rt_nanotime());
	atomic_store(&rt_sched.lastpoll_ns, rt_nanotime());
	rt_lock(&rt_sched.lock);
	list = rt_procresize(n);
	rt_unlock(&rt_sched.lock);
	if (list != NULL)
		rt_throw("unknown runnable goroutine during bootstrap");
}

int32_t
rt_gomaxprocs_set(int32_t n)
{
	int32_t old;

	rt_lock(&rt_sched.lock);
	old = rt_gomaxprocs;
	rt_unlock(&rt_sched.lock);
	if (n > RT_MAX_PROCS)
		n = RT_MAX_PROCS;
	if (n <= 0 || n == old)
		return old;
	rt_stop_the_world("GOMAXPROCS");
	old = rt_gomaxprocs;
	rt_sched.newprocs = n;
	rt_start_the_world();
	return old;
}

/* ---- stopping the world ---- */

#define ASK_NS 20000         /* before signals are sent */
#define ARRIVE_NS 60000      /* what a signal takes where it is slow */
#define STOP_AGAIN_NS 100000 /* asleep, before they are sent again */

void
rt_worldsema_acquire(void)
{
	rt_semacquire(&rt_sched.worldsema, WAIT_SEMACQUIRE, false);
}

void
rt_worldsema_release(void)
{
	rt_semrelease(&rt_sched.worldsema, false);
}

/* sched.lock held: take what is not running. */
static void
stop_takeable(void)
{
	struct p *pp;

	for (int32_t i = 0; i < rt_gomaxprocs; i++) {
		uint32_t want = P_SYSCALL;

		pp = rt_allp[i];
		if (atomic_compare_exchange_strong(&pp->status, &want,
		        P_GCSTOP)) {
			atomic_fetch_add(&pp->syscalltick, 1);
			rt_sched.stopwait--;
		} else if (rt_take_handed_p(pp)) {
			atomic_store(&pp->status, P_GCSTOP);
			rt_sched.stopwait--;
		}
	}
	while ((pp = rt_pidleget()) != NULL) {
		atomic_store(&pp->status, P_GCSTOP);
		rt_sched.stopwait--;
	}
}

void
rt_stopped_p(struct p *pp)
{
	atomic_store(&pp->status, P_GCSTOP);
	if (--rt_sched.stopwait > 0)
		return;
	rt_stoptrace_last(pp);
	rt_notewakeup(&rt_sched.stopnote);
}

static void
stop_verify(void)
{
	if (rt_sched.stopwait != 0)
		rt_throw("stopTheWorld: not stopped (stopwait != 0)");
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		if (atomic_load(&rt_allp[i]->status) != P_GCSTOP)
			rt_throw("stopTheWorld: not stopped "
			         "(status != _Pgcstop)");
}

/* Look for so long whether all have stopped. */
static bool
stop_spin(int64_t ns)
{
	int64_t until = rt_nanotime() + ns;

	if (rt_ncpu == 1)
		return false;
	while (!rt_notetsleep(&rt_sched.stopnote, 0)) {
		if (rt_nanotime() >= until)
			return false;
		rt_procyield(20);
	}
	return true;
}

/*
 * The marks are out. Most goroutines find theirs within microseconds, and a
 * signal costs as much as a dozen calls: it is for those that do not. Nor is it
 * worth sleeping for what it takes to arrive: to be woken costs as much again.
 */
static void
stop_wait(void)
{
	if (stop_spin(ASK_NS))
		return;
	do {
		rt_preemptall_now();
		if (stop_spin(ARRIVE_NS))
			return;
	} while (!rt_notetsleep(&rt_sched.stopnote, STOP_AGAIN_NS));
}

void
rt_stop_the_world_with_sema(void)
{
	struct m *mp = rt_getg()->m;
	bool wait;

	if (atomic_load_explicit(&mp->locks, memory_order_relaxed) > 0 &&
	    rt_getg() != mp->g0)
		rt_throw("stopTheWorld: holding locks");
	rt_lock(&rt_sched.lock);
	rt_sched.stopwait = rt_gomaxprocs;
	atomic_store(&rt_sched.stwbegin_ns, rt_nanotime());
	rt_stoptrace_begin();
	atomic_store(&rt_sched.gcwaiting, true);
	rt_preemptall();
	atomic_store(&mp->p->status, P_GCSTOP);
	rt_sched.stopwait--;
	stop_takeable();
	wait = rt_sched.stopwait > 0;
	rt_unlock(&rt_sched.lock);
	if (wait) {
		stop_wait();
		rt_noteclear(&rt_sched.stopnote);
	}
	stop_verify();
	rt_stoptrace("wait");
}

int64_t
rt_start_the_world_with_sema(void)
{
	struct g_queue polled = { NULL, NULL, 0 };
	struct m *me = rt_acquirem();
	struct p *list, *pp;
	int64_t now;

	if (rt_netpollinited()) {
		rt_netpoll(0, &polled);
		for (struct g *gp = polled.head; gp; gp = gp->schedlink)
			rt_casgstatus(gp, G_WAITING, G_RUNNABLE);
	}
	rt_lock(&rt_sched.lock);
	rt_globrunqputbatch(&polled);
	list = rt_procresize(
	    rt_sched.newprocs != 0 ? rt_sched.newprocs : rt_gomaxprocs);
	rt_sched.newprocs = 0;
	atomic_store(&rt_sched.gcwaiting, false);
	if (atomic_load(&rt_sched.sysmonwait))
		rt_sysmon_wake();
	rt_unlock(&rt_sched.lock);
	while ((pp = list) != NULL) {
		list = pp->link;
		pp->link = NULL;
		rt_injectm(pp);
	}
	now = rt_nanotime();
	rt_stoptrace_end();
	rt_wakep(); /* there may be more in the queues than was started */
	rt_releasem(me);
	return now;
}

static void
stop_on_g0(void *arg)
{
	rt_stop_the_world_with_sema();
}

static void
start_on_g0(void *arg)
{
	rt_start_the_world_with_sema();
}

/*
 * User goroutine with a P, no locks held. It may wait here for an earlier
 * stopper. Until rt_start_the_world the caller must not park.
 */
void
rt_stop_the_world(const char *why)
{
	rt_worldsema_acquire();
	rt_getg()->m->preemptoff = why;
	rt_sched.stwwhy = why;
	rt_systemstack(stop_on_g0, NULL);
}

void
rt_start_the_world(void)
{
	rt_systemstack(start_on_g0, NULL);
	rt_getg()->m->preemptoff = "";
	rt_sched.stwwhy = NULL;
	rt_worldsema_release();
}

/* ---- one function on each P ---- */

/* Own P, its flag is set: run the function now. */
void
rt_runsafepoint(struct p *pp)
{
	if (atomic_exchange(&pp->runsafepoint, 0) == 0)
		return; /* somebody did it for us */
	rt_sched.safepointfn(pp);
	rt_lock(&rt_sched.lock);
	if (--rt_sched.safepointwait == 0)
		rt_notewakeup(&rt_sched.safepointnote);
	rt_unlock(&rt_sched.lock);
}

/* sched.lock held: run it for the idle ones ourselves. */
static void
safepoint_idle(void (*fn)(struct p *))
{
	for (struct p *pp = rt_sched.pidle; pp != NULL; pp = pp->link) {
		if (atomic_exchange(&pp->runsafepoint, 0) == 0)
			continue;
		fn(pp);
		rt_sched.safepointwait--;
	}
}

/* Take the Ps whose threads are in system calls and hand them on: that runs
 * the function. */
static void
safepoint_syscalls(void)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++) {
		struct p *pp = rt_allp[i];
		uint32_t want = P_SYSCALL;

		if (atomic_load(&pp->runsafepoint) == 0 ||
		    !atomic_compare_exchange_strong(&pp->status, &want,
		        P_IDLE))
			continue;
		atomic_fetch_add(&pp->syscalltick, 1);
		rt_p_set_m(pp, NULL);
		rt_handoffp(pp);
	}
}

/*
 * On g0, worldsema held (so that nobody stops the world or resizes), no other
 * lock. fn must not block, and sched.lock may be held around it.
 */
void
rt_for_each_p(void (*fn)(struct p *))
{
	struct m *mp = rt_acquirem();
	struct p *me = mp->p;
	bool wait;

	rt_lock(&rt_sched.lock);
	if (rt_sched.safepointwait != 0)
		rt_throw("forEachP: sched.safePointWait != 0");
	rt_sched.safepointwait = rt_gomaxprocs - 1;
	rt_sched.safepointfn = fn;
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		if (rt_allp[i] != me)
			atomic_store(&rt_allp[i]->runsafepoint, 1);
	rt_preemptall();
	safepoint_idle(fn);
	wait = rt_sched.safepointwait > 0;
	rt_unlock(&rt_sched.lock);
	fn(me);
	safepoint_syscalls();
	while (wait && !rt_notetsleep(&rt_sched.safepointnote, 100000)) {
		rt_preemptall_now();
		safepoint_syscalls();
	}
	if (wait)
		rt_noteclear(&rt_sched.safepointnote);
	rt_releasem(mp);
}
