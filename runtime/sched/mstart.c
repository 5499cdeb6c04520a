/*
 * mstart.c - threads: making, starting, stopping, waking, ending them.
 *
 * An M is in one of these places, and only its own thread moves it but for
 * the two marked *:
 *
 *   running      has a P, its loop runs goroutines
 *   spinning     has a P, looks for work (rt_sched.nmspinning counts it)
 *   in a syscall runs foreign code; its P may be taken *
 *   idle         on rt_sched.midle, asleep on m->park; whoever takes it off
 *                the list sets m->nextp and m->spinning, then wakes it *
 *   locked idle  asleep on m->park, on no list: waits for its lockedg
 *   polling      no P, in netpoll; on no list
 *
 * m->park is used in turn: one sleep, one wake-up. nextp is written before
 * rt_notewakeup and read after rt_notesleep, which pair.
 *
 * Threads are never ended because they are idle: the number of them is the
 * largest number that was ever needed at once, and an idle one costs its
 * kernel stack. The exception is a thread whose locked goroutine ended: it
 * leaves its loop and returns from its start function. m and g0 stay (they
 * are small, and racy readers may hold pointers).
 */
#include "sched/sched.h"

#include <pthread.h>

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "boot/boot.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/mtimer.h"
#include "sched/sched_priv.h"

/* ---- making ---- */

/* sched.lock held. */
void
rt_checkmcount(void)
{
	rt_assert_lock_held(&rt_sched.lock);
	if (rt_mcount() > rt_sched.maxmcount) {
		rt_printf("runtime: program exceeds %d-thread limit\n",
		    rt_sched.maxmcount);
		rt_throw("thread exhaustion");
	}
}

int32_t
rt_mcount(void)
{
	return (int32_t)(rt_sched.mnext - rt_sched.nmfreed);
}

/* *ret_old: the limit so far. Throws if there are more threads already. */
void
rt_set_max_threads(int32_t n, int32_t *ret_old)
{
	rt_lock(&rt_sched.lock);
	*ret_old = rt_sched.maxmcount;
	rt_sched.maxmcount = n;
	rt_checkmcount();
	rt_unlock(&rt_sched.lock);
}

/* The identity of signal handlers on this m. */
void
rt_mpreinit(struct m *mp)
{
	struct g *gp = rt_persistentalloc(sizeof(struct g), 64,
	    RT_STAT_OTHER);

	gp->m = mp;
	atomic_store_explicit(&gp->atomicstatus, G_RUNNING,
	    memory_order_relaxed);
	mp->gsignal = gp;
}

/* id < 0: take the next one. Puts mp on the list of all. */
void
rt_mcommoninit(struct m *mp, int64_t id)
{
	struct m *head;

	int step = mp == &rt_m0 ? rt_boot_begin("mpreinit") : 0;

	if (mp->preemptoff == NULL)
		mp->preemptoff = "";
	rt_mpreinit(mp);
	rt_boot_end(step, "a g for signal handlers");
	rt_lock(&rt_sched.lock);
	if (id < 0)
		id = rt_sched.mnext;
	if (id >= rt_sched.mnext)
		rt_sched.mnext = id + 1;
	mp->id = (int32_t)id;
	rt_checkmcount();
	rt_unlock(&rt_sched.lock);
	head = atomic_load(&rt_allm);
	do
		mp->alllink = head;
	while (!atomic_compare_exchange_weak(&rt_allm, &head, mp));
}

static struct m *
allocm(void (*fn)(void), int64_t id)
{
	struct m *mp = rt_persistentalloc(sizeof(struct m), 64,
	    RT_STAT_OTHER);
	struct g *g0 = rt_persistentalloc(sizeof(struct g), 64,
	    RT_STAT_OTHER);

	mp->g0 = g0;
	g0->m = mp;
	atomic_store_explicit(&g0->atomicstatus, G_RUNNING,
	    memory_order_relaxed);
	mp->startfn = fn;
	rt_mcommoninit(mp, id);
	return mp;
}

struct m *
rt_allocm(void)
{
	return allocm(NULL, -1);
}

static void mstart1(struct m *mp);

static void *
thread_main(void *arg)
{
	struct m *mp = arg;

	rt_setg_unchecked(mp->g0);
	mstart1(mp);
	rt_setg_unchecked(NULL);
	return NULL;
}

/* On a thread's own stack: libc's thread start wants more than a slot. */
static void
newm_thread(void *arg)
{
	struct m *mp = arg;
	int err = rt_newosproc(mp, thread_main);

	if (err != 0) {
		rt_printf("runtime: failed to create new OS thread (have %d "
		          "already; errno=%d)\n",
		    rt_mcount(), -err);
		if (err == -11)
			rt_printf("runtime: may need to increase max user "
			          "processes (ulimit -u)\n");
		rt_throw("newosproc");
	}
}

/* spinning is the new m's, counted by the caller. */
static void
newm(void (*fn)(void), struct p *pp, int64_t id, bool spinning)
{
	struct m *me = rt_acquirem();
	struct m *mp = allocm(fn, id);

	mp->nextp = pp;
	atomic_store_explicit(&mp->spinning, spinning, memory_order_relaxed);
	rt_systemstack(newm_thread, mp);
	rt_releasem(me);
}

/*
 * A new thread. fn == NULL: it runs goroutines, starting with P pp; else it
 * runs fn for ever, without a P. system: deadlock detection doesn't count it.
 */
void
rt_newm(void (*fn)(void), struct p *pp, bool system)
{
	int64_t id;

	/* both counts under one lock: checkdead looks at their difference */
	rt_lock(&rt_sched.lock);
	id = rt_sched.mnext++;
	if (system)
		rt_sched.nmsys++;
	rt_checkmcount();
	rt_unlock(&rt_sched.lock);
	newm(fn, pp, id, false);
}

/* ---- the thread itself ---- */

/*
 * g0's stack as the sanitizers and fault reports see it: from here down. For
 * m0 boot has set the bounds.
 */
static void
g0_bounds(struct g *g0)
{
	uintptr_t sp = rt_getsp();

	if (g0->stack.hi != 0)
		return;
	g0->stack.hi = (sp + 1024) & ~(uintptr_t)15;
	g0->stack.lo = g0->stack.hi - (32 << 10);
}

static void
mstart1(struct m *mp)
{
	g0_bounds(mp->g0);
	rt_san_fiber_thread(mp->g0);
	mp->tid = rt_gettid();
	mp->pthread = (uintptr_t)pthread_self();
	rt_minit();
	rt_guard_open(mp);
	if (mp == &rt_m0) {
		rt_initsig();
		rt_boot_begin("schedule"); /* runtime.main ends it */
	}
	if (mp->startfn == NULL)
		rt_mtimer_open(mp);
	if (mp->startfn != NULL) {
		mp->startfn();
		rt_throw("mstart: start function returned");
	}
	if (mp != &rt_m0) {
		rt_acquirep(mp->nextp);
		mp->nextp = NULL;
	}
	rt_schedule_loop(mp);
	rt_mexit(mp);
}

/* m0's way in, on the process's first stack. */
void
rt_mstart(void)
{
	rt_boot_begin("mstart0"); /* runtime.main ends these */
	rt_boot_begin("mstart1");
	mstart1(rt_getg()->m);
	rt_throw("mstart: m0 left its loop");
}

/*
 * A locked goroutine ended: this thread ends. m0 can't (its exit would end
 * the process in some kernels' eyes and lose its stack): it sleeps for ever.
 */
void
rt_mexit(struct m *mp)
{
	struct p *pp = rt_releasep();

	if (mp == &rt_m0) {
		struct rt_note never = { 0 };

		rt_handoffp(pp);
		rt_lock(&rt_sched.lock);
		rt_sched.nmfreed++;
		rt_checkdead();
		rt_unlock(&rt_sched.lock);
		rt_notesleep(&never);
		rt_throw("locked m0 woke up");
	}
	rt_handoffp(pp);
	rt_guard_close(mp);
	rt_mtimer_close(mp);
	rt_unminit();
	rt_lock(&rt_sched.lock);
	rt_sched.nmfreed++;
	rt_checkdead();
	rt_unlock(&rt_sched.lock);
}

/* ---- pinning ---- */

struct m *
rt_acquirem(void)
{
	struct m *mp = rt_getg()->m;

	atomic_store_explicit(&mp->locks,
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) + 1,
	    memory_order_relaxed);
	return mp;
}

void
rt_releasem(struct m *mp)
{
	atomic_store_explicit(&mp->locks,
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) - 1,
	    memory_order_relaxed);
}

/* ---- idle list: sched.lock held ---- */

void
rt_mput(struct m *mp)
{
	rt_assert_lock_held(&rt_sched.lock);
	mp->schedlink = rt_sched.midle;
	rt_sched.midle = mp;
	rt_sched.nmidle++;
	rt_checkdead();
}

struct m *
rt_mget(void)
{
	struct m *mp = rt_sched.midle;

	rt_assert_lock_held(&rt_sched.lock);
	if (mp != NULL) {
		rt_sched.midle = mp->schedlink;
		mp->schedlink = NULL;
		rt_sched.nmidle--;
	}
	return mp;
}

/* ---- stopping and starting ---- */

static void
mpark(struct m *mp)
{
	rt_notesleep(&mp->park);
	rt_noteclear(&mp->park);
}

/*
 * To wake a thread takes its time, 5 us and, in a virtual machine, 100. A stop
 * of the world must not wait for a P that is on its way meanwhile; so whoever
 * stops it may take the P (rt_take_handed_p), and the thread finds nothing and
 * sleeps again. What it was woken for is in the queues, and the world's start
 * looks at them. A thread has at most one P on its way, and is on no list until
 * it has woken: so when p->handed is the thread, it is this handing over.
 */
static void
hand_over(struct p *pp, struct m *mp)
{
	mp->nextp = pp;
	atomic_store(&pp->handed, mp);
	rt_notewakeup(&mp->park);
}

static bool
take_from(struct p *pp, struct m *mp)
{
	return mp != NULL &&
	    atomic_compare_exchange_strong(&pp->handed, &mp, NULL);
}

bool
rt_take_handed_p(struct p *pp)
{
	return take_from(pp, atomic_load(&pp->handed));
}

/* mp has woken. False: it was woken for nothing. */
static bool
take_handed(struct m *mp)
{
	struct p *pp = mp->nextp;

	mp->nextp = NULL;
	if (RT_LIKELY(take_from(pp, mp))) {
		rt_acquirep(pp);
		return true;
	}
	if (atomic_load_explicit(&mp->spinning, memory_order_relaxed)) {
		atomic_store(&mp->spinning, false);
		if ((int32_t)atomic_fetch_sub(&rt_sched.nmspinning, 1) <= 0)
			rt_throw("stopm: negative nmspinning");
		/* who would have woken another saw that we spin */
		rt_wakep();
	}
	return false;
}

/* Sleep on the idle list until somebody hands a P over. */
void
rt_stopm(void)
{
	struct m *mp = rt_getg()->m;

	if (atomic_load_explicit(&mp->locks, memory_order_relaxed) != 0)
		rt_throw("stopm holding locks");
	if (mp->p != NULL)
		rt_throw("stopm holding p");
	if (atomic_load_explicit(&mp->spinning, memory_order_relaxed))
		rt_throw("stopm spinning");
	do {
		rt_lock(&rt_sched.lock);
		rt_mput(mp);
		rt_unlock(&rt_sched.lock);
		mpark(mp);
	} while (!take_handed(mp));
}

/*
 * Run pp (NULL: any idle one) on some thread, making one if needed. spinning:
 * the caller has counted a spinning thread and this is it; if there is no P
 * the count is given back. The caller holds no lock; needs no P.
 */
void
rt_startm(struct p *pp, bool spinning)
{
	struct m *mp;
	int64_t id;

	rt_lock(&rt_sched.lock);
	if (pp == NULL) {
		pp = rt_pidleget();
		if (pp == NULL) {
			if (spinning) /* rule 5 of idle.c's essay */
				atomic_store(&rt_sched.needspinning, 1);
			rt_unlock(&rt_sched.lock);
			if (spinning && (int32_t)atomic_fetch_sub(
			                    &rt_sched.nmspinning, 1) <= 0)
				rt_throw("startm: negative nmspinning");
			return;
		}
	}
	mp = rt_mget();
	if (mp == NULL) {
		/* the id is taken under the lock, so that checkdead counts
		 * the thread while it is being made */
		id = rt_sched.mnext++;
		rt_checkmcount();
		rt_unlock(&rt_sched.lock);
		newm(NULL, pp, id, spinning);
		return;
	}
	rt_unlock(&rt_sched.lock);
	if (atomic_load(&mp->spinning) || mp->nextp != NULL)
		rt_throw("startm: m is spinning or has a p");
	atomic_store(&mp->spinning, spinning);
	hand_over(pp, mp);
}

/* mp was made ready by start-the-world with a P; wake or make its thread. */
void
rt_injectm(struct p *pp)
{
	struct m *mp = pp->m;

	rt_p_set_m(pp, NULL);
	if (mp == NULL) {
		newm(NULL, pp, -1, false);
		return;
	}
	if (mp->nextp != NULL)
		rt_throw("startTheWorld: inconsistent mp->nextp");
	hand_over(pp, mp);
}

/*
 * Give a P that lost its thread (system call, locked goroutine) to another
 * thread if there is anything it could do, else to the idle list.
 */
void
rt_handoffp(struct p *pp)
{
	int64_t when;
	uint32_t none = 0;

	if (!rt_runqempty(pp) || atomic_load(&rt_sched.runqsize) != 0) {
		rt_startm(pp, false);
		return;
	}
	/* no local work: if nobody is looking and nobody is idle, we look */
	if (atomic_load(&rt_sched.nmspinning) +
	            atomic_load(&rt_sched.npidle) ==
	        0 &&
	    atomic_compare_exchange_strong(&rt_sched.nmspinning, &none, 1)) {
		rt_startm(pp, true);
		return;
	}
	rt_lock(&rt_sched.lock);
	if (atomic_load(&rt_sched.gcwaiting)) {
		rt_stopped_p(pp);
		rt_unlock(&rt_sched.lock);
		return;
	}
	if (atomic_exchange(&pp->runsafepoint, 0) != 0) {
		rt_sched.safepointfn(pp);
		if (--rt_sched.safepointwait == 0)
			rt_notewakeup(&rt_sched.safepointnote);
	}
	/* the last running P, and nobody polls: somebody must */
	if (rt_sched.runq.n != 0 ||
	    ((int32_t)atomic_load(&rt_sched.npidle) == rt_gomaxprocs - 1 &&
	        atomic_load(&rt_sched.lastpoll_ns) != 0)) {
		rt_unlock(&rt_sched.lock);
		rt_startm(pp, false);
		return;
	}
	when = atomic_load(&pp->timer0when_ns);
	rt_pidleput(pp);
	rt_unlock(&rt_sched.lock);
	if (when != 0)
		rt_wake_netpoller(when);
}

/* The world is to stop: hand our P to the stopper and sleep. */
void
rt_gcstopm(void)
{
	struct m *mp = rt_getg()->m;
	struct p *pp;

	if (atomic_load_explicit(&mp->spinning, memory_order_relaxed)) {
		atomic_store(&mp->spinning, false);
		if ((int32_t)atomic_fetch_sub(&rt_sched.nmspinning, 1) <= 0)
			rt_throw("gcstopm: negative nmspinning");
	}
	rt_lock(&rt_sched.lock);
	if (!atomic_load(&rt_sched.gcwaiting)) {
		rt_unlock(&rt_sched.lock); /* it goes on already */
		return;
	}
	pp = rt_releasep();
	rt_stopped_p(pp);
	rt_unlock(&rt_sched.lock);
	rt_stopm();
}

/* ---- threads locked to goroutines ---- */

/* checkdead counts idle threads; a locked one on no list counts here. */
void
rt_incidlelocked(int32_t v)
{
	rt_lock(&rt_sched.lock);
	rt_sched.nmidlelocked += v;
	if (v > 0)
		rt_checkdead();
	rt_unlock(&rt_sched.lock);
}

/* Our goroutine is not running: sleep until somebody brings it a P. */
void
rt_stoplockedm(void)
{
	struct m *mp = rt_getg()->m;
	uint32_t status;

	if (mp->lockedg->lockedm != mp)
		rt_throw("stoplockedm: inconsistent locking");
	if (mp->p != NULL)
		rt_handoffp(rt_releasep());
	rt_incidlelocked(1);
	mpark(mp);
	status = rt_readgstatus(mp->lockedg);
	if ((status & ~(uint32_t)G_SCAN) != G_RUNNABLE) {
		rt_printf("runtime: stoplockedm: lockedg status %u\n", status);
		rt_throw("stoplockedm: not runnable");
	}
	rt_acquirep(mp->nextp);
	mp->nextp = NULL;
}

/* We picked a goroutine that belongs to another thread: that one gets our P,
 * and we sleep until there is another. */
void
rt_startlockedm(struct g *gp)
{
	struct m *mp = gp->lockedm;

	if (mp == rt_getg()->m)
		rt_throw("startlockedm: locked to me");
	if (mp->nextp != NULL)
		rt_throw("startlockedm: m has p");
	rt_incidlelocked(-1);
	mp->nextp = rt_releasep();
	rt_notewakeup(&mp->park);
	rt_stopm();
}

/* Wire the running goroutine to its thread, until unlocked as many times.
 * User goroutine. */
void
rt_lock_os_thread(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;

	if (gp->lockedcount == UINT32_MAX)
		rt_throw("LockOSThread nesting overflow");
	gp->lockedcount++;
	gp->lockedm = mp;
	mp->lockedg = gp;
}

void
rt_unlock_os_thread(void)
{
	struct g *gp = rt_getg();

	if (gp->lockedcount == 0)
		return;
	if (--gp->lockedcount > 0)
		return;
	gp->m->lockedg = NULL;
	gp->lockedm = NULL;
}
