/*
 * leave.h - the two ways to leave a mutex: rt_unlock's and plock.h's. The
 * essay of lock_futex.c says why both are sound.
 */
#ifndef RT_LEAVE_H
#define RT_LEAVE_H

#include "lock/lock.h"
#include "os/os.h"

static inline void
rt_leave_wake(struct rt_mutex *l)
{
	if (RT_UNLIKELY(atomic_load_explicit(&l->asleep,
	                    memory_order_relaxed) != 0))
		rt_unlock_wake(l);
}

/* A full barrier as well: callers publish under a lock, leave it, and then
 * look at something else. */
static inline void
rt_leave_by_exchange(struct rt_mutex *l)
{
	if (RT_UNLIKELY(atomic_exchange(&l->key, RT_MUTEX_FREE) !=
	        RT_MUTEX_HELD))
		rt_unlock_of_unlocked();
	rt_leave_wake(l);
}

/* No barrier: what follows may be read before others see the lock free, and
 * what was done under it. Who sleeps on l has called rt_membarrier, or no
 * other thread can be at l. */
static inline void
rt_leave_by_store(struct rt_mutex *l)
{
	if (RT_UNLIKELY(atomic_load_explicit(&l->key, memory_order_relaxed) !=
	        RT_MUTEX_HELD))
		rt_unlock_of_unlocked();
	/* release pairs with the acquire of who takes it next */
	atomic_store_explicit(&l->key, RT_MUTEX_FREE, memory_order_release);
	/* the look stays behind it in the code; in the processor the sleeper's
	 * membarrier sees to that */
	atomic_signal_fence(memory_order_seq_cst);
	rt_leave_wake(l);
}

#endif
