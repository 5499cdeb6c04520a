/*
 * time.h - timers of the runtime: per-P heaps, run by the scheduler. time.c.
 */
#ifndef RT_TIME_H
#define RT_TIME_H

#include "runtime2.h"

/*
 * Layout is gccgo's time.runtimeTimer from pp to status (ABI 2.6), so that
 * compiled Go embeds it. f runs on g0 of the P that finds it due, must not
 * block and must be quick (usually it readies a goroutine).
 */
struct rt_timer {
	struct p *pp;        /* heap it is on */
	int64_t when_ns;     /* mono */
	int64_t period_ns;   /* 0: once */
	void *f;             /* compiled Go's closure; unused by C */
	void *arg_type, *arg;
	uintptr_t seq;
	int64_t nextwhen_ns;
	_Atomic uint32_t status;
	/* ours, not Go's: set for timers made by the runtime and the C API */
	void (*cfn)(void *arg, uintptr_t seq, int64_t now_ns);
};

void rt_timer_add(struct rt_timer *t);      /* when, period, cfn, arg set */
bool rt_timer_del(struct rt_timer *t);      /* true: was pending */
/* true: was pending. Sets a new time (and period, f, arg as given). */
bool rt_timer_mod(struct rt_timer *t, int64_t when_ns, int64_t period_ns);
bool rt_timer_reset(struct rt_timer *t, int64_t when_ns);
void rt_time_sleep(int64_t ns);             /* park the goroutine */

/* For the scheduler. Run what is due on pp; *ret_until: next one, 0 none;
 * returns whether anything ran. Called with or without owning pp (steal). */
bool rt_timers_check(struct p *pp, int64_t now_ns, int64_t *ret_until);
int64_t rt_timers_next(struct p **ret_p);   /* earliest over all Ps; 0 none */
void rt_timers_move(struct p *from, struct p *to); /* world stopped */
void rt_timers_verify(struct p *pp);        /* checkTimers: debug builds */
uint32_t rt_timers_count(void);

#endif
