/*
 * plock.h - locks that only threads with a P take: channels, semaphores,
 * condition lists.
 *
 * The mutex of lock_futex.c, with two things that those locks allow. They are
 * taken millions of times a second, so their fast paths are here to be inlined,
 * and the caller, who knows its m, passes it. And where GOMAXPROCS is 1 there
 * is one thread with a P, so nobody can be at the word at the same time: a load
 * and a store do, at a twentieth of the price of a locked instruction.
 *
 * Why that is sound: whoever holds such a lock has m->locks raised. It can
 * neither park nor lose its P (only Ps in system calls are taken, and none is
 * entered under a lock), and the world can't stop, so rt_gomaxprocs is the same
 * at the lock and at its unlock, and no lock is held while it changes. From one
 * owner of the only P to the next the word travels with the P, whose handing
 * over is a full-order write and read.
 *
 * A select parks with its locks held and releases them after the switch,
 * before anything else runs on that P: the same holds.
 *
 * One of these must not be taken by a thread without a P (sysmon, the control
 * thread, a signal handler); debug builds look. They check ranks as well, and
 * take the long way for it. rt_unlock may release what rt_plock took, not the
 * other way round.
 */
#ifndef RT_PLOCK_H
#define RT_PLOCK_H

#include "lock/lock.h"

#ifdef RT_DEBUG

static inline void
rt_plock(struct m *mp, struct rt_mutex *l)
{
	rt_assert(mp->p != NULL);
	rt_lock(l);
}

static inline void
rt_punlock(struct m *mp, struct rt_mutex *l)
{
	rt_assert(mp->p != NULL);
	rt_unlock(l);
}

#else

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

/* acquire pairs with the release in rt_punlock (or rt_unlock), also on one P:
 * it costs nothing there, and ThreadSanitizer wants to see it. */
static inline void
rt_plock(struct m *mp, struct rt_mutex *l)
{
	uint32_t want = RT_MUTEX_FREE;

	rt_plock_count(mp, 1);
	if (rt_one_p()) {
		if (RT_UNLIKELY(atomic_load_explicit(&l->key,
		        memory_order_acquire) != RT_MUTEX_FREE))
			rt_throw("lock is held though there is one P");
		atomic_store_explicit(&l->key, RT_MUTEX_HELD,
		    memory_order_relaxed);
		return;
	}
	if (RT_LIKELY(atomic_compare_exchange_strong_explicit(&l->key, &want,
	        RT_MUTEX_HELD, memory_order_acquire, memory_order_relaxed)))
		return;
	rt_lock_slow(l);
}

static inline void
rt_punlock(struct m *mp, struct rt_mutex *l)
{
	uint32_t was;

	if (rt_one_p()) {
		was = atomic_load_explicit(&l->key, memory_order_relaxed);
		atomic_store_explicit(&l->key, RT_MUTEX_FREE,
		    memory_order_release);
	} else {
		was = atomic_exchange_explicit(&l->key, RT_MUTEX_FREE,
		    memory_order_release);
	}
	if (RT_UNLIKELY(was != RT_MUTEX_HELD))
		rt_unlock_slow(l, was);
	rt_plock_count(mp, -1);
}

#endif

#endif
