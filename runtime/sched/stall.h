/*
 * stall.h - stall time: runnable but not running, how long and how often.
 *
 * Always on, so it must cost next to nothing. One transition to runnable in
 * RT_STALL_SAMPLE (made ready, made, yielding, stopped after its slice) notes
 * the clock in the goroutine, and what it then waits counts for all of them: a
 * sum and a histogram, of which each P has its own, written by its owner with
 * plain loads and stores. What is not sampled costs two instructions where it
 * becomes runnable and two where it runs: 1 % of a yield. A sample costs two
 * clock reads, 50 ns, in sixty-four.
 *
 * The distance between two samples is drawn at random around RT_STALL_SAMPLE.
 * At a fixed one a pattern of as many transitions (64 goroutines made in a
 * batch, the last of which waits the longest) would be seen at one place
 * only, always the same.
 *
 * Rejected: the cycle counter in place of the clock, on each transition. It
 * is 8 ns instead of 24, still 16 ns of a yield that has 20, and it wants a
 * frequency, a processor that promises one, and care where machines migrate;
 * on samples it would save half a nanosecond.
 *
 * Buckets: bucket i holds what took less than rt_stall_edge_ns(i), which is
 * 1.024 us for i = 0 and doubles; the last one holds the rest, above 4.3 s.
 */
#ifndef RT_STALL_H
#define RT_STALL_H

#include "runtime2.h"
#include "sched/oracle.h"

#define RT_STALL_SAMPLE 64 /* a power of two */
#define RT_STALL_EDGE0_LOG2 10

static inline int64_t
rt_stall_edge_ns(uint32_t i)
{
	return INT64_C(1) << (RT_STALL_EDGE0_LOG2 + i);
}

/* The sample is due: note the clock, draw the next distance. */
void rt_stall_sample(struct p *pp, struct g *gp);

/* gp becomes runnable on pp, before anybody else can find it. Owner of pp. */
static inline void
rt_stall_begin(struct p *pp, struct g *gp)
{
	if (RT_UNLIKELY(--pp->stallskip <= 0))
		rt_stall_sample(pp, gp);
}

/* The same where no P is at hand. Any thread. */
void rt_stall_begin_nop(struct g *gp);

/* gp, whose runnable_ns is set, runs now. Owner of pp. */
void rt_stall_end(struct p *pp, struct g *gp);

/* For tests: sample each transition (1), or one in so many as usual (0). Takes
 * effect on a P with its next sample. Any thread. */
void rt_stall_every(bool each);

/* Sums over all Ps there ever were; each word its owner's, a little old. */
struct rt_stall_sums {
	int64_t ns;
	uint64_t n[RT_STALL_BUCKETS];
};
void rt_stall_read(struct rt_stall_sums *ret);

#endif
