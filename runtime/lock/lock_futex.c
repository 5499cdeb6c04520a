/*
 * lock_futex.c - how threads wait: mutex and note, on the futex.
 *
 * Mutex. key is 0 (free), 1 (held) or 2 (held, somebody may sleep). Taking it
 * is one CAS 0 -> 1; leaving it is one exchange with 0, and only if that
 * returns 2 a wake-up. A waiter spins briefly (when there is another
 * processor that could be about to leave), yields once, then writes 2 and
 * sleeps. A waiter that has slept takes the lock with the value 2, because
 * it can't know that it was the only sleeper: at worst one wake-up finds
 * nobody. That is the whole proof that no sleeper is forgotten: whenever one
 * sleeps, key was 2 when it went to sleep, and every later owner until it
 * wakes either leaves key 2 or exchanged a 2 away and woke somebody.
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
 * It is raised before the CAS and lowered after the exchange, by the thread
 * itself; others only read it. A thread without a g (a foreign thread, or
 * boot before tlsinit) may use locks too; it is simply not counted.
 *
 * Channels, semaphores and condition lists take theirs by plock.h: the same
 * word and the same slow path, with the fast one inlined and plain on one P.
 *
 * Note. A one-shot event: key 0 or 1. One sleeper, one wake-up for each
 * clear; two wake-ups are a bug and throw.
 */
#include "lock/lock.h"

#include "arch/arch.h"
#include "fault/fault.h"
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
	l->rank = rank;
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

/* acquire pairs with the release of the exchange in rt_unlock. */
static inline bool
take(struct rt_mutex *l, uint32_t as)
{
	uint32_t want = RT_MUTEX_FREE;

	return atomic_compare_exchange_strong_explicit(&l->key, &want, as,
	    memory_order_acquire, memory_order_relaxed);
}

/* Spin while the lock looks held; true when it was taken. */
static bool
spin(struct rt_mutex *l, uint32_t as)
{
	for (int i = 0; rt_ncpu > 1 && i < ACTIVE_SPIN; i++) {
		if (atomic_load_explicit(&l->key, memory_order_relaxed) ==
		        RT_MUTEX_FREE &&
		    take(l, as))
			return true;
		rt_procyield(ACTIVE_SPIN_PAUSES);
	}
	for (int i = 0; i < PASSIVE_SPIN; i++) {
		if (atomic_load_explicit(&l->key, memory_order_relaxed) ==
		        RT_MUTEX_FREE &&
		    take(l, as))
			return true;
		rt_osyield();
	}
	return false;
}

RT_NOINLINE void
rt_lock_slow(struct rt_mutex *l)
{
	uint32_t as = RT_MUTEX_HELD;

	for (;;) {
		if (spin(l, as))
			return;
		as = RT_MUTEX_SLEEPERS;
		if (atomic_exchange_explicit(&l->key, RT_MUTEX_SLEEPERS,
		        memory_order_acquire) == RT_MUTEX_FREE)
			return;
		rt_futexsleep(&l->key, RT_MUTEX_SLEEPERS, -1);
	}
}

void
rt_lock(struct rt_mutex *l)
{
	struct m *mp = self();

	locks_add(mp, 1);
	rt_rank_enter(mp, l);
	if (RT_LIKELY(take(l, RT_MUTEX_HELD)))
		return;
	rt_lock_slow(l);
}

bool
rt_trylock(struct rt_mutex *l)
{
	struct m *mp = self();

	locks_add(mp, 1);
	if (take(l, RT_MUTEX_HELD)) {
		rt_rank_enter(mp, l);
		return true;
	}
	locks_add(mp, -1);
	return false;
}

RT_NOINLINE void
rt_unlock_slow(struct rt_mutex *l, uint32_t was)
{
	if (was == RT_MUTEX_FREE)
		rt_throw("unlock of unlocked lock");
	rt_futexwakeup(&l->key, 1);
}

void
rt_unlock(struct rt_mutex *l)
{
	struct m *mp = self();
	uint32_t was;

	rt_rank_leave(mp, l);
	was = atomic_exchange_explicit(&l->key, RT_MUTEX_FREE,
	    memory_order_release);
	if (RT_UNLIKELY(was != RT_MUTEX_HELD))
		rt_unlock_slow(l, was);
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
