/*
 * sysmon.c - the thread that watches the others.
 *
 * It has no P and runs no Go code. It looks after what nobody else would. What
 * each pass does, in this order:
 *
 *   nap              the time between two passes, in the poller if goroutines
 *                    wait for descriptors while no P is idle and nobody polls
 *   deep_sleep       nothing runs, or the world stands: until that changes
 *   coarse clock     for what only needs to know about when
 *   poll_overdue     nobody polled for 10 ms: look, deliver
 *   timers_overdue   a timer is due: start a thread if a P is idle; if none is
 *                    and it is late by 1 ms, ask its P to schedule
 *   retake           a P in a system call since the last look, wanted by others:
 *                    hand it on; one goroutine in a P for 10 ms: preempt it
 *   gc_periodic      a collection after two minutes without one; about once a
 *                    second the scavenger, if there is much to give back
 *   container_check  once a second: have the limits of our control group changed
 *   schedtrace_due   its lines
 *
 * It sleeps 20 us between looks; after 50 looks in a row that found nothing
 * to take (1 ms) twice as long each time, to 10 ms at most. When nothing runs
 * at all (every P idle) or the world is stopped it sleeps on a note until a P
 * leaves the idle list (rt_pidleget), a goroutine enters a system call or the
 * world starts, but no longer than until the next timer or half the period of
 * forced collections. sysmonwait, written under sched.lock, says that it
 * sleeps there.
 *
 * Rejected: sleeping deeply when all Ps are merely in system calls. They are
 * the very ones to be retaken.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/container.h"
#include "sched/oracle.h"
#include "sched/preempt.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

#define SLICE_NS (10 * 1000 * 1000)
#define OVERDUE_NS (1000 * 1000)
#define MIN_SLEEP_US 20
#define MAX_SLEEP_US 10000
#define DEEP_SLEEP_NS ((int64_t)60 * 1000000000) /* half of forcegcperiod */

/* sched.lock held; sysmonwait was seen to be set. */
void
rt_sysmon_wake(void)
{
	atomic_store(&rt_sched.sysmonwait, false);
	rt_notewakeup(&rt_sched.sysmonnote);
}

/* pp is in a system call: take it if it was there at the last look too and
 * somebody could use it. True: taken. */
static bool
retake_syscall(struct p *pp, int64_t now)
{
	uint32_t tick = atomic_load(&pp->syscalltick);
	uint32_t want = P_SYSCALL;

	if (pp->sysmontick.syscalltick != tick) {
		pp->sysmontick.syscalltick = tick;
		pp->sysmontick.syscallwhen_ns = now;
		return false;
	}
	/* nothing to run here and others look for work already: leave it,
	 * the call may return; but not for ever, or sysmon can't sleep */
	if (rt_runqempty(pp) && atomic_load(&rt_sched.runqsize) == 0 &&
	    atomic_load(&rt_sched.nmspinning) +
	            atomic_load(&rt_sched.npidle) >
	        0 &&
	    pp->sysmontick.syscallwhen_ns + SLICE_NS > now)
		return false;
	/* between losing the P and sleeping, its thread counts as running for
	 * checkdead; while we hold the P nobody does, so count ourselves */
	rt_incidlelocked(-1);
	if (atomic_compare_exchange_strong(&pp->status, &want, P_IDLE)) {
		atomic_fetch_add(&pp->syscalltick, 1);
		rt_handoffp(pp);
		rt_incidlelocked(1);
		return true;
	}
	rt_incidlelocked(1);
	return false;
}

/* Returns how many Ps were taken. */
static int
retake(int64_t now)
{
	int n = 0;

	for (int32_t i = 0; i < rt_gomaxprocs; i++) {
		struct p *pp = rt_allp[i];
		uint32_t s = atomic_load(&pp->status);
		uint32_t tick;

		if (s != P_RUNNING && s != P_SYSCALL)
			continue;
		tick = __atomic_load_n(&pp->schedtick, __ATOMIC_RELAXED);
		if (pp->sysmontick.schedtick != tick) {
			pp->sysmontick.schedtick = tick;
			pp->sysmontick.schedwhen_ns = now;
		}
		if (s == P_RUNNING)
			rt_slice_look(pp, now);
		if (s == P_SYSCALL && retake_syscall(pp, now))
			n++;
	}
	return n;
}

static bool
nothing_runs(void)
{
	return atomic_load(&rt_sched.gcwaiting) ||
	    (int32_t)atomic_load(&rt_sched.npidle) == rt_gomaxprocs;
}

/* Until something runs again. True: it did sleep. */
static bool
deep_sleep(void)
{
	struct p *where;
	int64_t when, ns = DEEP_SLEEP_NS, now;

	if (atomic_load(&rt_debug.schedtrace) > 0 || !nothing_runs())
		return false;
	now = rt_nanotime();
	when = rt_timers_next(&where);
	if (when != 0 && when - now < ns)
		ns = when - now;
	if (ns <= 0)
		return false;
	rt_lock(&rt_sched.lock);
	if (!nothing_runs()) {
		rt_unlock(&rt_sched.lock);
		return false;
	}
	atomic_store(&rt_sched.sysmonwait, true);
	rt_unlock(&rt_sched.lock);
	rt_notetsleep(&rt_sched.sysmonnote, ns);
	rt_lock(&rt_sched.lock);
	atomic_store(&rt_sched.sysmonwait, false);
	rt_noteclear(&rt_sched.sysmonnote);
	rt_unlock(&rt_sched.lock);
	return true;
}

/* From a thread without a P. From here until a thread is woken nobody but us
 * runs: checkdead is told so, as in retake_syscall. */
static void
deliver(struct g_queue *list)
{
	if (list->n == 0)
		return;
	rt_incidlelocked(-1);
	rt_inject_urgent(list);
	rt_incidlelocked(1);
}

/*
 * Between two looks. When goroutines wait for descriptors, no P is idle and no
 * thread sleeps in the poller, sleep there: what becomes ready ends the sleep
 * and is delivered at once. An idle thread that begins to poll meanwhile sleeps
 * there beside us; the kernel wakes one of the two for each event. A break that
 * nobody has taken in would end our sleep each time, at once: not then.
 */
static void
nap(uint32_t us)
{
	struct g_queue list = { NULL, NULL, 0 };

	if (!rt_netpollinited() || rt_netpoll_waiters() == 0 ||
	    atomic_load(&rt_sched.npidle) != 0 ||
	    atomic_load(&rt_sched.lastpoll_ns) == 0 ||
	    rt_netpoll_sys_breaking()) {
		rt_usleep(us);
		return;
	}
	rt_netpoll_watch((int64_t)us * 1000, &list);
	deliver(&list);
}

/* All Ps busy and nobody polled for a slice: do it for them. */
static void
poll_overdue(int64_t now)
{
	struct g_queue list = { NULL, NULL, 0 };
	int64_t last = atomic_load(&rt_sched.lastpoll_ns);

	if (!rt_netpollinited() || last == 0 || last + SLICE_NS > now)
		return;
	if (!atomic_compare_exchange_strong(&rt_sched.lastpoll_ns, &last, now))
		return;
	rt_netpoll(0, &list);
	deliver(&list);
}

/* A timer should have run: its P is busy, perhaps an idle one can. Else its
 * thread's alarm (prompt.c) has failed; this is the second line. */
static void
timers_overdue(int64_t now)
{
	struct p *where;
	int64_t when = rt_timers_next(&where);

	if (when == 0 || when >= now)
		return;
	if (atomic_load(&rt_sched.npidle) != 0)
		rt_startm(NULL, false);
	else if (when + OVERDUE_NS < now)
		rt_prod(where);
}

static void
schedtrace_due(int64_t now, int64_t *last)
{
	int64_t ms = atomic_load(&rt_debug.schedtrace);

	if (ms <= 0 || *last + ms * 1000000 > now)
		return;
	*last = now;
	rt_schedtrace(atomic_load(&rt_debug.scheddetail) > 0);
}

/* rt_newm(rt_sysmon, NULL, true): runs on its own thread for ever. */
void
rt_sysmon(void)
{
	uint32_t idle = 0, delay_us = MIN_SLEEP_US;
	int64_t lasttrace = 0;

	rt_lock(&rt_sched.lock);
	rt_checkdead();
	rt_unlock(&rt_sched.lock);
	for (;;) {
		int64_t now;

		if (idle == 0)
			delay_us = MIN_SLEEP_US;
		else if (idle > 50)
			delay_us *= 2;
		if (delay_us > MAX_SLEEP_US)
			delay_us = MAX_SLEEP_US;
		nap(delay_us);
		if (deep_sleep()) {
			idle = 0;
			delay_us = MIN_SLEEP_US;
		}
		now = rt_nanotime();
		rt_coarse_set(now);
		poll_overdue(now);
		timers_overdue(now);
		if (retake(now) != 0)
			idle = 0;
		else
			idle++;
		rt_gc_periodic_check(now);
		rt_container_check(now);
		schedtrace_due(now, &lasttrace);
	}
}
