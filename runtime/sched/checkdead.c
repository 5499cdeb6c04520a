/*
 * checkdead.c - is everybody waiting for somebody who waits?
 *
 * Asked each time a thread goes to sleep for want of work. The program is
 * deadlocked when
 *
 *   - no thread is awake: each one that could run goroutines is on the idle
 *     list or waits for its locked goroutine. A thread in a system call, and
 *     one that waits in netpoll, are on neither, so they count as awake
 *     (sysmon and the like are left out by nmsys)
 *   - no timer is pending, no goroutine waits for a descriptor, and nobody
 *     asked to be told of signals: each of these can still wake one
 *
 * and then it is the program's fault, said with Go's words. Goroutines of the
 * runtime itself don't count: they wait for ever by design. Nor does the one
 * that takes signals for os/signal (sigrecv, set before its thread is counted
 * as asleep and cleared after it is counted as awake). If one is found
 * runnable while no thread is awake, a wake-up was lost, which is our fault.
 *
 * Threads that C made are none of ours. One that calls Go runs on a lent M, and
 * counts as any; lent Ms that nobody uses don't count. One that does not call
 * now might do so at any time: while there is such a thread there is no
 * deadlock to claim. Whether there is one the kernel knows: it counts the
 * process's threads, we count ours. (A thread of C's that ends when all ours
 * sleep already is the last chance missed: nobody asks again.)
 *
 * A program that only waits for an open socket is not deadlocked, although
 * perhaps nobody will ever write to it: that is undecidable, so it is not
 * claimed.
 *
 * The last thread awake may be the one that sleeps in netpoll, for a timer that
 * was stopped since: it would come back in an hour, see nothing to wait for,
 * and ask. It is called back at once instead. (If it has looked at the timers
 * but does not poll yet, it looks again when it does: become_poller.)
 */
#include "sched/sched.h"

#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

#include <errno.h>
#include <sys/stat.h>

/* Users' goroutines that wait. Throws if one could run. */
static int32_t
count_waiting(void)
{
	size_t n = rt_allg_len();
	int32_t waiting = 0;

	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);
		uint32_t s = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

		if (gp->system || atomic_load(&gp->sigrecv))
			continue;
		if (s == G_WAITING || s == G_PREEMPTED) {
			waiting++;
		} else if (s == G_RUNNABLE || s == G_RUNNING ||
		    s == G_SYSCALL) {
			rt_unlock(&rt_sched.lock);
			rt_printf("runtime: checkdead: find g %lu in status "
			          "%u\n",
			    (unsigned long)gp->goid, s);
			rt_throw("checkdead: runnable g");
		}
	}
	return waiting;
}

/* Could time, a descriptor, a signal or the end of marking still wake somebody?
 * Any thread. */
bool
rt_can_be_woken(void)
{
	return rt_timers_count() > 0 || rt_netpoll_waiters() > 0 ||
	    rt_signal_wanted() || rt_gc_marking();
}

/*
 * Does somebody sleep in netpoll, or is about to, although nothing can end
 * that but time? lastpoll is 0 from before its sleep to after it, and a break
 * that comes too early is kept by the event descriptor.
 */
static bool
polls_in_vain(void)
{
	return rt_netpollinited() &&
	    atomic_load(&rt_sched.lastpoll_ns) == 0 && !rt_can_be_woken();
}

/* Threads that are awake and could run goroutines. */
static int32_t
running(void)
{
	int32_t n = rt_mcount() - rt_sched.nmidle - rt_sched.nmidlelocked -
	    rt_sched.nmsys - rt_extra_unused();

	if (n < 0) {
		rt_printf("runtime: checkdead: nmidle=%d nmidlelocked=%d "
		          "mcount=%d nmsys=%d\n",
		    rt_sched.nmidle, rt_sched.nmidlelocked, rt_mcount(),
		    rt_sched.nmsys);
		rt_unlock(&rt_sched.lock);
		rt_throw("checkdead: inconsistent counts");
	}
	return n;
}

/* May there be threads that are not ours? The directory of the process's
 * threads has a link for each, and two of its own. */
static bool
others_threads(void)
{
	struct stat st;
	int saved = errno;
	bool known = stat("/proc/self/task", &st) == 0;

	errno = saved;
	return !known ||
	    (int64_t)st.st_nlink - 2 > rt_mcount() - rt_extra_unused();
}

/* sched.lock held. Returns only if the program may still go on. */
void
rt_checkdead(void)
{
	int32_t waiting, awake;

	rt_assert_lock_held(&rt_sched.lock);
	/* one that dies already stops the others on purpose */
	if (atomic_load(&rt_panicking) > 0)
		return;
	awake = running();
	if (awake > 1 || (awake == 1 && !polls_in_vain()))
		return;
	if (awake == 1) {
		rt_netpoll_break();
		return;
	}
	if (__atomic_load_n(&rt_iscgo, __ATOMIC_RELAXED) &&
	    others_threads())
		return;
	waiting = count_waiting();
	if (waiting > 0 && rt_can_be_woken())
		return;
	rt_unlock(&rt_sched.lock);
	if (waiting == 0)
		rt_fatal("no goroutines (main called runtime.Goexit) - "
		         "deadlock!");
	rt_fatal("all goroutines are asleep - deadlock!");
}
