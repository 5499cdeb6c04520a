/*
 * time.h - timers of the runtime: per-P heaps, run by the scheduler. time.c
 * opens with the design.
 */
#ifndef RT_TIME_H
#define RT_TIME_H

#include "runtime2.h"
#include "types/type.h"

/*
 * Layout is gccgo's time.runtimeTimer from pp to status (ABI 2.6), so that
 * compiled Go embeds it; all zero is a timer that is not armed. The function
 * runs on g0 of the P that finds the timer due, must not block and must be
 * quick (usually it readies a goroutine).
 *
 * Memory: the timer must stay valid while it is armed and, after that, until
 * its slot has left the heap. So it is either collected (the heaps are roots)
 * or off-heap memory that is recycled as a timer only, never freed.
 */
struct rt_timer {
	struct p *pp;        /* lock bit: heap that has its slot */
	int64_t when_ns;     /* lock bit: mono; when it fires */
	int64_t period_ns;   /* lock bit; 0: once */
	void *f;             /* compiled Go's closure; NULL for C */
	void *arg_type, *arg; /* set while not armed */
	uintptr_t seq;       /* set while not armed */
	int64_t nextwhen_ns; /* lock bit: the time in its slot, <= when */
	_Atomic uint32_t status; /* TIMER_* bits of time.c */
	/* Ours, not Go's, and there only when f is NULL. */
	void (*cfn)(void *arg, uintptr_t seq, int64_t now_ns);
};

struct rt_timer_slot { /* what a heap holds; guard: its P's timerslock */
	int64_t when_ns;
	struct rt_timer *t;
};

/*
 * Arm, disarm, arm anew; all from a goroutine or g0 with a P, any number of
 * threads at once. Times are mono; one that is past fires at the next look.
 * add: a timer that is not armed, with when, period, arg and cfn (or f) set;
 * one that never was armed (pp NULL) nobody else may touch before add returns.
 * del: true if this call prevented a firing; the function may still be running
 * when it was false. mod: arms with this time and period whether armed or not;
 * true if it was armed. reset: mod with the period it had.
 */
void rt_timer_add(struct rt_timer *t);
bool rt_timer_del(struct rt_timer *t);
bool rt_timer_mod(struct rt_timer *t, int64_t when_ns, int64_t period_ns);
bool rt_timer_reset(struct rt_timer *t, int64_t when_ns);
/* mod of a compiled Go timer that also gets a function with its argument. A
 * call that began before may still be made with the old ones. */
void rt_timer_set(struct rt_timer *t, int64_t when_ns, int64_t period_ns,
    void *f, struct gort_eface arg, uintptr_t seq);
/* Park the goroutine for at least ns; <= 0: nothing. User goroutine. */
void rt_time_sleep(int64_t ns);
/* now + ns without overflow, and never 0 or less. */
int64_t rt_time_after(int64_t now_ns, int64_t ns);

/*
 * How many timers of pp's heap are armed; never too few: whoever counts one down
 * had seen it counted up, so the downs are read first. Any thread.
 */
static inline uint32_t
rt_timers_armed(struct p *pp)
{
	uint32_t down, up;

	/* acquire pairs with the releases of count_up and count_down */
	down = atomic_load_explicit(&pp->timersdown.own, memory_order_acquire)
	    + atomic_load_explicit(
	        &pp->timersdown.others, memory_order_acquire);
	up = atomic_load_explicit(&pp->timersup.own, memory_order_relaxed)
	    + atomic_load_explicit(
	        &pp->timersup.others, memory_order_relaxed);
	return up - down;
}

/* Are more than a quarter of pp's slots dead? About right, at any time. */
static inline bool
rt_timers_many_dead(struct p *pp)
{
	uint32_t n = atomic_load_explicit(
	    &pp->numtimers, memory_order_relaxed);

	return n - n / 4 > rt_timers_armed(pp);
}

/*
 * For the scheduler, on g0 with a P: run what is due on pp's heap, own or not.
 * now_ns 0: read the clock if pp has timers at all. *ret_until (may be NULL):
 * when to look again, 0 if never. Returns whether anything ran.
 */
bool rt_timers_check(struct p *pp, int64_t now_ns, int64_t *ret_until);
/* Earliest over all live Ps and whose (ret_p may be NULL); 0: no armed timer
 * anywhere. Needs no P. May be early, never late. */
int64_t rt_timers_next(struct p **ret_p);
/* pp dies: its timers go to another's heap. World stopped. */
void rt_timers_move(struct p *from, struct p *to);
/* Check the heap's invariants, throw on a broken one. No lock held. Called
 * on every run in debug builds; at any time by tests. */
void rt_timers_verify(struct p *pp);
/* Armed timers of all live Ps (checkdead, debuggers). */
uint32_t rt_timers_count(void);

#endif
