/*
 * lock_futex.c - how threads wait: mutex and note, on the futex.
 *
 * Mutex. key is 0 (free) or 1 (held); asleep is 1 when somebody may sleep, and
 * is the word that is slept on. Taking the lock is one compare-and-swap on key.
 * A waiter spins briefly (when there is another processor that could be about
 * to leave), yields once, and then
 *
 *   1. sets asleep
 *   2. where the lock is left by a store: makes every other thread pass a full
 *      barrier (rt_membarrier)
 *   3. takes the lock if it is free now; else
 *   4. sleeps while asleep is 1, and begins again.
 *
 * Leaving is a write to key, and then a look at asleep. Who sees it set clears
 * it by an exchange and wakes one. The write is an exchange in rt_unlock, whose
 * callers rely on the full barrier that this is; for the locks of plock.h,
 * which are taken millions of times a second, it is a plain store. That takes
 * one of the two locked instructions away that a short section costs.
 *
 * No sleeper is forgotten. A plain store may linger in its processor's buffer
 * while asleep is looked at, which is what the barrier of 2 is for: who looked
 * before it has its store in memory by then, and 3 finds the lock free or held
 * by a later one; so whoever holds it at 3 looks after 2, hence after 1, and
 * finds asleep set, unless another has cleared it meanwhile. (An exchange is
 * in memory before the look.) Who clears it wakes one: if that comes before the
 * kernel's look in 4, the look finds 0 and we begin again (or 1, set by somebody
 * else who is at 1 to 4 himself, to whom all this applies); if after, it wakes
 * us or one that slept before us. Who is woken sets asleep again, by 1 or, when
 * it takes the lock at once, as its holder, whose own look then finds it: it
 * can't know that it was the only sleeper. At worst one wake-up finds nobody.
 * tests/models/check_lock.c runs this file in every order, and finds what is
 * lost without 2.
 *
 * The price is with the sleeper: 0.2 us where no other thread of ours runs, 1
 * to 20 where a processor must be interrupted. He is about to sleep for longer.
 * Where the kernel refuses membarrier(2) all leave by an exchange.
 *
 * After its write who leaves reads asleep once more, when the lock may be
 * another's already. So a lock must not be in memory that is unmapped or put to
 * another use by who took it last: it lies in static memory, in memory that
 * keeps its kind for ever, or in a collected object that the one who leaves
 * still refers to, with m->locks raised, so that no collection ends before.
 *
 * Fairness: none, on purpose. Sections are short; handing over would make
 * each of them cost a context switch.
 *
 * Rejected: spinning only (a holder that lost its processor costs the others
 * a slice each), a queue lock (twice the price uncontended), pthread_mutex
 * (cannot be checked by rank, and is a foreign thing to hold across our own
 * stack switch on g0).
 *
 * m->locks counts held locks, so that nothing parks or preempts the holder.
 * It is raised before the lock is taken and lowered after it was left, by the
 * thread itself; others only read it. A thread without a g (a foreign thread, or
 * boot before tlsinit) may use locks too; it is simply not counted.
 *
 * Channels, semaphores, condition lists, timers take theirs by plock.h: the same
 * word and the same slow path, with the fast one inlined and plain on one P.
 *
 * Note. A one-shot event: key 0 or 1. One sleeper, one wake-up for each
 * clear; two wake-ups are a bug and throw.
 */
#include "lock/lock.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "lock/leave.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#define ACTIVE_SPIN 4
#define ACTIVE_SPIN_PAUSES 30
#define PASSIVE_SPIN 1

/* ---- mutex ---- */

void
rt_lock_init(struct rt_mutex *l, enum lock_rank rank)
{
	atomic_store_explicit(&l->key, RT_MUTEX_FREE, memory_order_relaxed);
	atomic_store_explicit(&l->asleep, 0, memory_order_relaxed);
	l->rank = (uint16_t)rank;
}

/* The m of the running thread, NULL on a thread that is not ours. */
static inline struct m *
self(void)
{
	struct g *gp = rt_getg();

	return RT_LIKELY(gp != NULL) ? gp->m : NULL;
}

static inline void
locks_add(struct m *mp, int32_t n)
{
	if (RT_LIKELY(mp != NULL))
		atomic_store_explicit(&mp->locks,
		    atomic_load_explicit(&mp->locks, memory_order_relaxed) + n,
		    memory_order_relaxed);
}

/* acquire pairs with the release in leave.h. */
static inline bool
take(struct rt_mutex *l)
{
	uint8_t want = RT_MUTEX_FREE;

	return atomic_compare_exchange_strong_explicit(&l->key, &want,
	    RT_MUTEX_HELD, memory_order_acquire, memory_order_relaxed);
}

/* Spin while the lock looks held; true when it was taken. */
static bool
spin(struct rt_mutex *l)
{
	for (int i = 0; rt_ncpu > 1 && i < ACTIVE_SPIN; i++) {
		if (atomic_load_explicit(&l->key, memory_order_relaxed) ==
		        RT_MUTEX_FREE &&
		    take(l))
			return true;
		rt_procyield(ACTIVE_SPIN_PAUSES);
	}
	for (int i = 0; i < PASSIVE_SPIN; i++) {
		if (atomic_load_explicit(&l->key, memory_order_relaxed) ==
		        RT_MUTEX_FREE &&
		    take(l))
			return true;
		rt_osyield();
	}
	return false;
}

RT_NOINLINE void
rt_lock_slow(struct rt_mutex *l, bool by_store)
{
	bool slept = false;

	while (!spin(l)) {
		atomic_exchange(&l->asleep, 1);
		if (by_store)
			rt_membarrier();
		if (take(l))
			return;
		rt_futexsleep(&l->asleep, 1, -1);
		slept = true;
	}
	if (slept) /* there may be others; we are the next to look */
		atomic_store_explicit(&l->asleep, 1, memory_order_relaxed);
}

void
rt_lock(struct rt_mutex *l)
{
	struct m *mp = self();

	locks_add(mp, 1);
	rt_rank_enter(mp, l);
	if (RT_LIKELY(take(l)))
		return;
	rt_lock_slow(l, false);
}

bool
rt_trylock(struct rt_mutex *l)
{
	struct m *mp = self();

	locks_add(mp, 1);
	if (take(l)) {
		rt_rank_enter(mp, l);
		return true;
	}
	locks_add(mp, -1);
	return false;
}

RT_NOINLINE void
rt_unlock_of_unlocked(void)
{
	rt_throw("unlock of unlocked lock");
}

RT_NOINLINE void
rt_unlock_wake(struct rt_mutex *l)
{
	if (atomic_exchange(&l->asleep, 0) != 0)
		rt_futexwakeup(&l->asleep, 1);
}

void
rt_unlock(struct rt_mutex *l)
{
	struct m *mp = self();

	rt_rank_leave(mp, l);
	rt_leave_by_exchange(l);
	locks_add(mp, -1);
	if (RT_UNLIKELY(mp != NULL &&
	        atomic_load_explicit(&mp->locks, memory_order_relaxed) < 0))
		rt_throw("runtime-unlock: lock count");
}

/* ---- notes ---- */

void
rt_noteclear(struct rt_note *n)
{
	atomic_store_explicit(&n->key, 0, memory_order_relaxed);
}

void
rt_notewakeup(struct rt_note *n)
{
	/* release: what was done before is seen after the sleep */
	uint32_t was = atomic_exchange_explicit(&n->key, 1,
	    memory_order_acq_rel);

	if (was != 0) {
		rt_printf("runtime: notewakeup found key=%u\n", was);
		rt_throw("notewakeup - double wakeup");
	}
	rt_futexwakeup(&n->key, 1);
}

static void
set_blocked(struct m *mp, bool on)
{
	if (mp != NULL)
		atomic_store_explicit(&mp->blocked, on, memory_order_relaxed);
}

/* acquire pairs with the exchange in rt_notewakeup. */
static bool
noted(struct rt_note *n)
{
	return atomic_load_explicit(&n->key, memory_order_acquire) != 0;
}

static bool
notetsleep(struct rt_note *n, int64_t ns)
{
	struct m *mp = self();
	int64_t deadline;

	if (noted(n))
		return true;
	if (ns == 0)
		return false;
	set_blocked(mp, true);
	deadline = ns < 0 ? 0 : rt_nanotime() + ns;
	while (!noted(n)) {
		if (ns >= 0) {
			ns = deadline - rt_nanotime();
			if (ns <= 0)
				break;
		}
		rt_futexsleep(&n->key, 0, ns);
	}
	set_blocked(mp, false);
	return noted(n);
}

void
rt_notesleep(struct rt_note *n)
{
	struct g *gp = rt_getg();

	if (gp != NULL && gp->m != NULL && gp != gp->m->g0)
		rt_throw("notesleep not on g0");
	notetsleep(n, -1);
}

bool
rt_notetsleep(struct rt_note *n, int64_t ns)
{
	struct g *gp = rt_getg();

	if (gp != NULL && gp->m != NULL && gp != gp->m->g0)
		rt_throw("notetsleep not on g0");
	return notetsleep(n, ns);
}

bool
rt_notetsleepg(struct rt_note *n, int64_t ns)
{
	bool ok;

	if (noted(n))
		return true;
	rt_entersyscallblock();
	ok = notetsleep(n, ns);
	rt_exitsyscall();
	return ok;
}
