/*
 * mgcpacer.h - when to collect: arithmetic only, no state. mgcpacer.c.
 */
#ifndef RT_MGCPACER_H
#define RT_MGCPACER_H

#include <stdint.h>

struct gc_pace {
	uint64_t live_bytes;    /* marked by the cycle that just ended */
	uint64_t stack_bytes;   /* scanned */
	uint64_t globals_bytes; /* scanned */
	int32_t percent;        /* GOGC; <0 off */
	int64_t limit_bytes;    /* GOMEMLIMIT; INT64_MAX none */
	uint64_t nonheap_bytes; /* held beside the heap */
	uint64_t waste_bytes;   /* pages held for the heap beyond objects */
};

#define GC_HEAP_MINIMUM_BYTES ((uint64_t)4 << 20) /* at GOGC=100 */
#define GC_GOAL_NONE ((uint64_t)INT64_MAX)

/* The heap size at which the next cycle begins. */
uint64_t rt_pacer_goal(const struct gc_pace *in);
/* Where to begin so as to end at the goal; runway: allocated while the last
 * cycle marked. */
uint64_t rt_pacer_trigger(uint64_t goal, uint64_t live_bytes, uint64_t runway);
/* Least goal that a memory limit may force on a live heap. */
uint64_t rt_pacer_floor(uint64_t live_bytes);
/* Helper threads that are worth waking to mark so much. */
extern _Atomic uint64_t rt_pacer_helper_worth_bytes;
int32_t rt_pacer_helpers(uint64_t heap_bytes, int32_t procs, int32_t ncpu);
/* Share in 1/1000 of procs CPUs over elapsed_ns. */
uint32_t rt_pacer_permille(int64_t gc_cpu_ns, int64_t elapsed_ns,
    int32_t procs);

#endif
