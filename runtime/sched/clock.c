/*
 * clock.c - what time it is, for the scheduler: as seldom as can be.
 *
 * A schedule reads no clock unless a timer is pending on the P, and
 * then only when some 10 us have passed by the cycle counter (rt_p_clock).
 * What only needs to be about right (how long something waits, for a
 * traceback) takes the coarse clock that sysmon keeps.
 */
#include <x86intrin.h>

#include "sched/oracle.h"
#include "sched/sched_priv.h"

/* About now: within a sysmon period while anything runs. Any thread. */
static _Atomic int64_t coarse_ns;

void
rt_coarse_set(int64_t now_ns)
{
	atomic_store_explicit(&coarse_ns, now_ns, memory_order_relaxed);
}

int64_t
rt_coarse(void)
{
	return atomic_load_explicit(&coarse_ns, memory_order_relaxed);
}

/*
 * The time for pp's timers. Reading the clock costs as much as a switch, so
 * while fewer cycles than CLOCK_CYCLES have passed since the last read its
 * answer is used again. No frequency is needed: the constant is 5 to 20 us on
 * any machine of this time. A counter that jumps only makes us read.
 */
#define CLOCK_CYCLES 20000

int64_t
rt_p_clock(struct p *pp)
{
	uint64_t tick = __rdtsc();

	if (tick - pp->clocktick < CLOCK_CYCLES)
		return pp->clock_ns;
	pp->clock_ns = rt_nanotime();
	pp->clocktick = tick;
	return pp->clock_ns;
}
