/*
 * mtimer.c - one alarm for each thread that runs goroutines.
 *
 * A goroutine that computes holds its processor until something on that very
 * processor interrupts it. A thread that watches (sysmon) needs a processor
 * itself to do so: when all are busy the kernel lets it wait for milliseconds.
 * A timer's interrupt does not wait: so each thread has one POSIX timer whose
 * signal is sent to this thread (SIGEV_THREAD_ID), made when the thread begins
 * and deleted before it ends, because the kernel would keep it otherwise. A
 * forked child inherits none, and arms none: it runs no scheduler.
 *
 * Two times share it, when_ns[use], 0 for none. Anybody may arm: sysmon does
 * from outside, the thread does from everywhere, and the handler does on top of
 * that. There is no lock, as a handler can't wait for what it interrupted.
 * Instead: store the use's time, compute the earliest of all, set the kernel's
 * timer to it, compute the earliest again, and repeat if it has become earlier
 * than what was set. Take the last of the calls that set it: had a store that it
 * missed come before its second look, it would have gone on; had it come after,
 * the storing thread's own call would have been later still. A time that passed
 * meanwhile is left in the timer and rings for nothing.
 *
 * Rejected: a timer that ticks always (wakes what sleeps), setitimer (one for
 * the process: the kernel picks the thread), a timer on the thread's processor
 * time (rings with the kernel's tick only, each 4 ms here), perf events (need
 * a privilege, and descriptors).
 */
#define _GNU_SOURCE
#include "sched/mtimer.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arch/fiber_san.h"
#include "os/os.h"

/* What a handler runs: see preempt_signal.c. */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
#else
#define SIG_CODE
#endif

#define NS_PER_S 1000000000

void
rt_mtimer_open(struct m *mp)
{
	struct sigevent ev;
	int id; /* the kernel's, not libc's */

	memset(&ev, 0, sizeof ev);
	ev.sigev_notify = SIGEV_THREAD_ID;
	ev.sigev_signo = SIGURG;
	ev._sigev_un._tid = (pid_t)mp->tid;
	ev.sigev_value.sival_ptr = mp;
	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id) == 0)
		atomic_store(&mp->mtimer.id, id + 1);
}

/* Who read the id before may still set a timer that is gone, or another
 * thread's that got its number: that one rings once for nothing. */
void
rt_mtimer_close(struct m *mp)
{
	int id = atomic_exchange(&mp->mtimer.id, 0);

	if (id != 0)
		syscall(SYS_timer_delete, id - 1);
	for (int i = 0; i < RT_MTIMER_USES; i++)
		atomic_store(&mp->mtimer.when_ns[i], 0);
}

/* 0: none is armed. */
SIG_CODE static int64_t
earliest(struct m *mp)
{
	int64_t least = 0;

	for (int i = 0; i < RT_MTIMER_USES; i++) {
		int64_t t = atomic_load(&mp->mtimer.when_ns[i]);

		if (t != 0 && (least == 0 || t < least))
			least = t;
	}
	return least;
}

SIG_CODE static void
set_kernel(int id, int64_t when_ns)
{
	struct itimerspec its;

	its.it_interval.tv_sec = 0;
	its.it_interval.tv_nsec = 0;
	its.it_value.tv_sec = when_ns / NS_PER_S;
	its.it_value.tv_nsec = when_ns % NS_PER_S;
	syscall(SYS_timer_settime, id - 1, TIMER_ABSTIME, &its, NULL);
}

/* As the essay says; the whole of the protocol. */
SIG_CODE static void
publish(struct m *mp, int id)
{
	int64_t set = earliest(mp), now;

	while (set != 0) {
		set_kernel(id, set);
		now = earliest(mp);
		if (now == 0 || now >= set)
			return;
		set = now;
	}
}

bool
rt_mtimer_arm(struct m *mp, enum rt_mtimer_use use, int64_t when_ns)
{
	int id = atomic_load(&mp->mtimer.id);
	int64_t was = atomic_load(&mp->mtimer.when_ns[use]);

	if (id == 0 || RT_UNLIKELY(rt_in_fork_child))
		return false;
	if (when_ns <= 0)
		when_ns = 1;
	do {
		if (was != 0 && was <= when_ns)
			return true;
	} while (!atomic_compare_exchange_weak(&mp->mtimer.when_ns[use], &was,
	    when_ns));
	publish(mp, id);
	return true;
}

SIG_CODE uint32_t
rt_mtimer_ring(struct m *mp, int64_t now_ns)
{
	int id = atomic_load(&mp->mtimer.id);
	uint32_t due = 0;

	if (id == 0)
		return 0;
	for (int i = 0; i < RT_MTIMER_USES; i++) {
		int64_t t = atomic_load(&mp->mtimer.when_ns[i]);

		if (t != 0 && t <= now_ns &&
		    atomic_compare_exchange_strong(&mp->mtimer.when_ns[i], &t,
		        0))
			due |= (uint32_t)1 << i;
	}
	publish(mp, id);
	return due;
}
