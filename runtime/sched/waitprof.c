/*
 * waitprof.c - the block profile and the mutex profile: who waits for others,
 * and who lets others wait.
 *
 * Block: a goroutine that comes back from waiting for a channel, in a select,
 * for a semaphore (WaitGroup, Mutex) or a condition counts its wait at its own
 * stack, from parking until it runs again; not sleeping, not input and output.
 * A wait of at least `rate` nanoseconds always counts; a shorter one of d is
 * taken with probability d/rate and then counts as rate/d waits, which is
 * `rate` nanoseconds: so the sums are true in the mean.
 *
 * Mutex: an unlock that releases a waiter counts, one in `fraction`, how long
 * that one has waited, at the stack of the unlock. Readers multiply by the
 * fraction. Only a wait of which g->mutexwait_ns says that it is for a mutex,
 * and since when: that is set before the waiter queues, so whoever takes it off
 * the queue sees it.
 *
 * Off, this costs a look at one word where a goroutine parks, and at another
 * where a semaphore's waiter is released.
 */
#include "sched/waitprof.h"

#include "mem/mprof.h"
#include "sched/oracle.h"

_Atomic uint64_t rt_block_rate, rt_mutex_rate;

static bool
counts(enum wait_reason why)
{
	switch (why) {
	case WAIT_SELECT:
	case WAIT_CHAN_RECEIVE:
	case WAIT_CHAN_SEND:
	case WAIT_SEMACQUIRE:
	case WAIT_SYNC_COND_WAIT:
	case WAIT_SYNC_MUTEX_LOCK:
	case WAIT_SYNC_RWMUTEX_RLOCK:
	case WAIT_SYNC_RWMUTEX_LOCK:
	case WAIT_SYNC_WAITGROUP_WAIT:
		return true;
	default:
		return false;
	}
}

void
rt_waitprof_waited(enum wait_reason why, int64_t t0_ns)
{
	uint64_t rate = atomic_load(&rt_block_rate), d;
	int64_t ns = rt_nanotime() - t0_ns;

	if (rate == 0 || !counts(why) || rt_getg()->system)
		return;
	d = ns < 1 ? 1 : (uint64_t)ns;
	if (d >= rate)
		rt_mprof_wait(PROF_BLOCK, (int64_t)d, 1);
	else if (rt_fastrand64() % rate < d)
		rt_mprof_wait(
		    PROF_BLOCK, (int64_t)d, (double)rate / (double)d);
}

void
rt_waitprof_released(const struct g *gp)
{
	uint64_t fraction = atomic_load(&rt_mutex_rate);

	if (fraction == 0 || gp->mutexwait_ns == 0 ||
	    rt_fastrand64() % fraction != 0)
		return;
	rt_mprof_wait(PROF_MUTEX, rt_nanotime() - gp->mutexwait_ns, 1);
}
