/*
 * stall.h - runnable but not running: how long, sampled.
 *
 * One ready in RT_STALL_SAMPLE notes the clock, and what
 * it then waits counts for all of them. proc.c and park.c call these.
 */
#ifndef RT_STALL_H
#define RT_STALL_H

#include "runtime2.h"
#include "sched/oracle.h"

#define RT_STALL_SAMPLE 64

/* gp was made ready on pp. Owner of pp. */
static inline void
rt_stall_begin(struct p *pp, struct g *gp)
{
	if (RT_UNLIKELY(pp->stallskip-- == 0)) {
		pp->stallskip = RT_STALL_SAMPLE - 1;
		gp->runnable_ns = rt_nanotime();
	}
}

/* gp, whose runnable_ns is set, runs now. Owner of pp. */
void rt_stall_end(struct p *pp, struct g *gp);

#endif
