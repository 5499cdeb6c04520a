/*
 * timehist.c - see timehist.h. Adding is one relaxed fetch-add: the counters
 * are independent, and a reader wants each of them, not a moment.
 */
#include "diag/timehist.h"

#include <math.h>

struct rt_timehist rt_hist_gc_pauses;
struct rt_timehist rt_hist_sched_latency;

/* Bits that tell the sub-buckets of one power of two apart. */
#define SUB_BITS 4
_Static_assert(1 << SUB_BITS == RT_TIMEHIST_SUB, "one width");

static size_t
bucket_of(int64_t ns)
{
	unsigned exp;
	size_t i;

	if (ns < 0)
		return 0;
	if (ns < RT_TIMEHIST_SUB)
		return 1 + (size_t)ns;
	exp = 63u - (unsigned)__builtin_clzll((uint64_t)ns);
	i = (exp - SUB_BITS + 1) * RT_TIMEHIST_SUB +
	    (((uint64_t)ns >> (exp - SUB_BITS)) & (RT_TIMEHIST_SUB - 1));
	return i + 1 < RT_TIMEHIST_N ? i + 1 : RT_TIMEHIST_N - 1;
}

void
rt_timehist_add(struct rt_timehist *h, int64_t ns, uint64_t times)
{
	atomic_fetch_add_explicit(
	    &h->counts[bucket_of(ns)], times, memory_order_relaxed);
}

double
rt_timehist_edge(size_t i)
{
	size_t super, sub;

	if (i == 0)
		return -(double)INFINITY;
	if (i >= RT_TIMEHIST_N)
		return (double)INFINITY;
	super = (i - 1) / RT_TIMEHIST_SUB;
	sub = (i - 1) % RT_TIMEHIST_SUB;
	if (super == 0)
		return (double)sub / 1e9;
	return (double)((RT_TIMEHIST_SUB + sub) << (super - 1)) / 1e9;
}
