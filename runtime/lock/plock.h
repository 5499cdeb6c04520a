/*
 * plock.h - locks that only threads with a P take: channels, semaphores,
 * condition lists. And, with less, the heaps of timers (rt_plock_any).
 *
 * The mutex of lock_futex.c, with three things that those locks allow. They are
 * taken millions of times a second, so their fast paths are here to be inlined,
 * and the caller, who knows its m, passes it. Where GOMAXPROCS is 1 there is
 * one thread with a P, so nobody can be at the word at the same time: a load
 * and a store do to take it, at a twentieth of the price of a locked
 * instruction. And they are left by a store wherever membarrier(2) works, as
 * nobody relies on a barrier there (chan.c says what its looks without the lock
 * need instead; whoever is made ready after the unlock passes the barrier of
 * rt_runqput; sched/time.c has its own for a new earliest timer).
 *
 * Why one P makes that sound: whoever holds such a lock has m->locks raised. It
 * can neither park nor lose its P (only Ps in system calls are taken, and none is
 * entered under a lock), and the world can't stop, so rt_gomaxprocs is the same
 * at the lock and at its unlock, and no lock is held while it changes. From one
 * owner of the only P to the next the word travels with the P, whose handing
 * over is a full-order write and read.
 *
 * A select parks with its locks held and releases them after the switch,
 * before anything else runs on that P: the same holds.
 *
 * One of these must not be taken by a thread without a P (sysmon, the control
 * thread, a signal handler), nor by rt_lock, whose sleepers trust that the lock
 * is left by an exchange; debug builds look for the first.
 */
#ifndef RT_PLOCK_H
#define RT_PLOCK_H

#include "lock/leave.h"
#include "lock/lock.h"

static inline void
rt_plock_count(struct m *mp, int32_t n)
{
	atomic_store_explicit(&mp->locks,
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

static inline bool
rt_one_p(void)
{
	return atomic_load_explicit(&rt_gomaxprocs, memory_order_relaxed) == 1;
}

/* acquire pairs with the release in leave.h, also on one P: it costs nothing
 * there, and ThreadSanitizer wants to see it. */
static inline void
rt_plock_by_cas(struct rt_mutex *l)
{
	uint8_t want = RT_MUTEX_FREE;

	if (RT_UNLIKELY(!atomic_compare_exchange_strong_explicit(&l->key, &want,
	        RT_MUTEX_HELD, memory_order_acquire, memory_order_relaxed)))
		rt_lock_slow(l, true);
}

static inline void
rt_plock(struct m *mp, struct rt_mutex *l)
{
	rt_assert(mp->p != NULL);
	rt_plock_count(mp, 1);
	rt_rank_enter(mp, l);
	if (rt_one_p()) {
		if (RT_UNLIKELY(atomic_load_explicit(&l->key,
		        memory_order_acquire) != RT_MUTEX_FREE))
			rt_throw("lock is held though there is one P");
		atomic_store_explicit(&l->key, RT_MUTEX_HELD,
		    memory_order_relaxed);
		return;
	}
	rt_plock_by_cas(l);
}

static inline void
rt_punlock(struct m *mp, struct rt_mutex *l)
{
	rt_assert(mp->p != NULL);
	rt_rank_leave(mp, l);
	if (RT_LIKELY(rt_membarrier_works || rt_one_p()))
		rt_leave_by_store(l);
	else
		rt_leave_by_exchange(l);
	rt_plock_count(mp, -1);
}

/* For the heaps of timers, which markers without a P read too: taken by a
 * locked instruction always, left by a store where the sleeper can pay. All who
 * take such a lock do it by these two. */
static inline void
rt_plock_any(struct m *mp, struct rt_mutex *l)
{
	rt_plock_count(mp, 1);
	rt_rank_enter(mp, l);
	rt_plock_by_cas(l);
}

static inline void
rt_punlock_any(struct m *mp, struct rt_mutex *l)
{
	rt_rank_leave(mp, l);
	if (RT_LIKELY(rt_membarrier_works))
		rt_leave_by_store(l);
	else
		rt_leave_by_exchange(l);
	rt_plock_count(mp, -1);
}

#endif
