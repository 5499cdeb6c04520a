/*
 * mtimer.h - one alarm for each thread that runs goroutines. mtimer.c.
 *
 * Each use has a time of its own; the signal comes at the earliest of them, on
 * that thread, SIGURG. Times are rt_nanotime's.
 */
#ifndef RT_MTIMER_H
#define RT_MTIMER_H

#include "runtime2.h"

enum rt_mtimer_use {
	RT_MTIMER_SLICE, /* look whether the running goroutine's turn is over */
	RT_MTIMER_DUE,   /* a timer of the P is due: let the scheduler see it */
};

/* On mp's thread, before it first runs a goroutine, and before it ends. Without
 * the one, or where the system refuses, arming does nothing: sysmon's looks are
 * what remains. */
void rt_mtimer_open(struct m *mp);
void rt_mtimer_close(struct m *mp);

/*
 * Ring no later than when_ns for this use. Any thread, any stack, signal
 * handlers too; no lock is taken. A system call (0.3 us) only if the use was
 * not armed for that time or an earlier one. False: mp has no alarm.
 *
 * There is no disarming: an alarm that finds nothing to do costs its
 * signal, once (2 us), and calls to prevent it would cost more. What mp runs,
 * and with which P, when the alarm rings is for whoever answers to find out.
 */
bool rt_mtimer_arm(struct m *mp, enum rt_mtimer_use use, int64_t when_ns);

/* The time use is armed for, 0: it is not. Any thread. */
static inline int64_t
rt_mtimer_armed(const struct m *mp, enum rt_mtimer_use use)
{
	return atomic_load_explicit(&mp->mtimer.when_ns[use],
	    memory_order_relaxed);
}

/* In mp's handler: which uses are due, 1 << use each. They are no longer
 * armed; for the others the alarm is set again. */
uint32_t rt_mtimer_ring(struct m *mp, int64_t now_ns);

#endif
