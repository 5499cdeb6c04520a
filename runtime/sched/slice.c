/*
 * slice.c - whose turn is over.
 *
 * A goroutine may run for 10 ms while others wait for its P. A schedule reads no
 * clock, so nobody knows when a turn began; schedtick tells only whether it is
 * still the same turn. So it is sampled: while somebody waits, the thread's alarm
 * (mtimer.c) rings every LOOK_NS or at the end of the slice, whichever is first.
 * A turn that is new at a look began after the look before, and is over 10 ms
 * after that look: no turn is longer than 10 ms and what it takes to interrupt
 * it, and none is ended before 7.5.
 *
 * When nobody waits the alarm is not set again. sysmon sets it when it passes (20
 * us to 10 ms later) and finds that somebody waits. Nothing of this is on the
 * way of a goroutine that is made ready or scheduled.
 *
 * Without somebody who waits sysmon still ends turns of 10 ms as it sees them,
 * so that the scheduler gets to look at the network and the timers.
 *
 * C programs get no alarm: a signal makes calls of libc return early, sleep for
 * one, SA_RESTART or not. For them sysmon looks, and sends the signal only to a
 * thread whose processor time has grown since the last look; a turn is some 10
 * to 20 ms.
 *
 * GODEBUG=preemptstress=1: the alarm rings after 50 to 500 us, at random, on
 * every thread that runs a goroutine, C or Go, and each ring ends the turn.
 */
#include "sched/preempt.h"

#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "sched/mtimer.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"

/* What a handler runs: see preempt_signal.c. */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
#else
#define SIG_CODE
#endif

#define LOOK_NS ((int64_t)2500 * 1000)
#define STRESS_MIN_NS 50000
#define STRESS_SPAN_NS 450000

/* What of the moment is enough of chance to interrupt at any instruction. */
SIG_CODE static int64_t
stress_time(int64_t now_ns)
{
	uint64_t x = (uint64_t)now_ns * 0x9e3779b97f4a7c15u;

	return now_ns + STRESS_MIN_NS + (int64_t)((x >> 32) % STRESS_SPAN_NS);
}

/* Which turn: the P, and its count. */
SIG_CODE static uint64_t
turn_of(struct p *pp)
{
	return (uint64_t)(uint32_t)pp->id << 32 |
	    __atomic_load_n(&pp->schedtick, __ATOMIC_RELAXED);
}

static inline int64_t
get(const _Atomic int64_t *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

static inline void
put(_Atomic int64_t *p, int64_t v)
{
	atomic_store_explicit(p, v, memory_order_relaxed);
}

SIG_CODE static bool
somebody_waits(struct p *pp)
{
	return atomic_load_explicit(&rt_sched.runqsize,
	           memory_order_relaxed) > 0 ||
	    !rt_runqempty(pp);
}

/* mp looks at its turn. True: it is over; then the next one begins. */
SIG_CODE static bool
look(struct m *mp, struct p *pp, int64_t now_ns)
{
	uint64_t turn = turn_of(pp);
	int64_t from;

	if (atomic_load_explicit(&mp->slice.turn, memory_order_relaxed) !=
	    turn) {
		atomic_store_explicit(&mp->slice.turn, turn,
		    memory_order_relaxed);
		put(&mp->slice.from_ns, get(&mp->slice.looked_ns));
	}
	put(&mp->slice.looked_ns, now_ns);
	from = get(&mp->slice.from_ns);
	return from + RT_SLICE_NS <= now_ns;
}

SIG_CODE void
rt_slice_ring(struct m *mp, struct p *pp, int64_t now_ns)
{
	int64_t end, next;

	if (RT_UNLIKELY(rt_debug.preemptstress != 0)) {
		rt_preempt_mark(mp, pp);
		rt_mtimer_arm(mp, RT_MTIMER_SLICE, stress_time(now_ns));
		return;
	}
	if (!somebody_waits(pp))
		return;
	next = now_ns + LOOK_NS;
	if (look(mp, pp, now_ns)) {
		rt_preempt_mark(mp, pp);
	} else {
		end = get(&mp->slice.from_ns) + RT_SLICE_NS;
		if (end < next)
			next = end;
	}
	rt_mtimer_arm(mp, RT_MTIMER_SLICE, next);
}

/* From outside. The alarm is not armed, so mp's handler does not look; should
 * it have been armed meanwhile, one look is off by as much. */
static bool
arm(struct m *mp, struct p *pp, int64_t now_ns)
{
	int64_t from = pp->sysmontick.schedwhen_ns;
	int64_t end = from + RT_SLICE_NS, next = now_ns + LOOK_NS;

	atomic_store_explicit(&mp->slice.turn, turn_of(pp),
	    memory_order_relaxed);
	put(&mp->slice.from_ns, from);
	put(&mp->slice.looked_ns, now_ns);
	return rt_mtimer_arm(mp, RT_MTIMER_SLICE, end < next ? end : next);
}

void
rt_slice_look(struct p *pp, int64_t now_ns)
{
	struct m *mp = __atomic_load_n(&pp->m, __ATOMIC_RELAXED);
	int64_t since = now_ns - pp->sysmontick.schedwhen_ns;

	if (mp == NULL || __atomic_load_n(&mp->curg, __ATOMIC_RELAXED) == NULL)
		return;
	if (RT_UNLIKELY(rt_debug.preemptstress != 0)) {
		rt_mtimer_arm(mp, RT_MTIMER_SLICE, stress_time(now_ns));
		return;
	}
	if (rt_stack_checked() && since < 2 * RT_SLICE_NS) {
		if (rt_mtimer_armed(mp, RT_MTIMER_SLICE) != 0)
			return; /* its handler does it */
		if (somebody_waits(pp) && arm(mp, pp, now_ns))
			return;
	}
	if (since >= RT_SLICE_NS)
		rt_preemptone(pp);
}
