/*
 * waitprof.h - how long goroutines wait for each other: waitprof.c.
 */
#ifndef RT_WAITPROF_H
#define RT_WAITPROF_H

#include "runtime2.h"

/*
 * The rates, 0 nearly always: one wait in so many nanoseconds of waiting; one
 * contended unlock in so many. The setters of package runtime may be inlined
 * into compiled Go and store here themselves, hence the names.
 */
extern _Atomic uint64_t rt_block_rate __asm__("runtime.blockprofilerate");
extern _Atomic uint64_t rt_mutex_rate __asm__("runtime.mutexprofilerate");

static inline bool
rt_waitprof_blocks(void)
{
	return RT_UNLIKELY(atomic_load_explicit(
	                       &rt_block_rate, memory_order_relaxed) != 0);
}

static inline bool
rt_waitprof_mutexes(void)
{
	return RT_UNLIKELY(atomic_load_explicit(
	                       &rt_mutex_rate, memory_order_relaxed) != 0);
}

/* Own goroutine, back from a wait that began at t0. No lock held. */
void rt_waitprof_waited(enum wait_reason why, int64_t t0_ns);
/* About to ready gp, which waits for a semaphore. No lock held. */
void rt_waitprof_released(const struct g *gp);

#endif
