/*
 * preempt_signal.c - SIGURG: the thread's alarm rang, or somebody wants the
 * goroutine that runs here to stop.
 *
 * The signal is also the program's, which may ask for it (urgent data on a
 * socket). What the kernel says of the sender tells them apart: a timer can only
 * be ours, as nobody else makes timers that send SIGURG.
 */
#define _GNU_SOURCE
#include "sched/preempt.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arch/fiber_san.h"
#include "sched/mtimer.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"

/*
 * The thread sanitizer may have been interrupted anywhere (os/signal_unix.c), so
 * nothing here is instrumented, nor calls what is; libc's clock is.
 */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
SIG_CODE static int64_t
now_ns(void)
{
	struct timespec ts = { 0, 0 };

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
#else
#define SIG_CODE
#define now_ns rt_nanotime
#endif

SIG_CODE bool
rt_preempt_signal(struct m *mp, const siginfo_t *info, void *ucontext)
{
	(void)ucontext;
	if (info->si_code != SI_TIMER)
		return false;
	if (rt_mtimer_ring(mp, now_ns()) != 0 && mp->p != NULL)
		rt_preempt_mark(mp, mp->p);
	return true;
}
