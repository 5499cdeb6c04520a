/*
 * timehist.h - a histogram of durations that any thread adds to without a
 * lock, for runtime/metrics.
 *
 * Buckets, in nanoseconds: below 0; 0 to 15 one by one; then sixteen to each
 * power of two (so a bucket is at most 1/16 of its value wide), up to 2^47
 * (39 hours); above. The edges are those of Go's runtime.
 */
#ifndef RT_TIMEHIST_H
#define RT_TIMEHIST_H

#include "runtime2.h"

#define RT_TIMEHIST_SUB 16
#define RT_TIMEHIST_SUPER 45
#define RT_TIMEHIST_N (1 + RT_TIMEHIST_SUB * RT_TIMEHIST_SUPER)

struct rt_timehist {
	_Atomic uint64_t counts[RT_TIMEHIST_N]; /* [0]: below 0 */
};

extern struct rt_timehist rt_hist_gc_pauses;     /* each stop of the world */
extern struct rt_timehist rt_hist_sched_latency; /* runnable, not running */

/* Count a duration `times` times. Any thread, any stack. */
void rt_timehist_add(struct rt_timehist *h, int64_t ns, uint64_t times);
/* The lower edge of bucket i in seconds; of RT_TIMEHIST_N: +Inf. */
double rt_timehist_edge(size_t i);

#endif
