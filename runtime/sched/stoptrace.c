/*
 * stoptrace.c - GODEBUG=stoptrace=N: which parts a long stop of the world had.
 *
 * A stop that took longer than N us, from being asked for to the world's going
 * on, becomes a line on standard error once it is over:
 *
 *   stop 312 us: wait 287 (P1, goroutine 17, ran 20), sweep 3, flush 8, own
 *   stack 12, start 2; switched 0 times
 *
 * "wait" is the time until all Ps stood; P1 was the last, ran that goroutine
 * when it was asked (0: it was scheduling, or on its way to a thread that wakes),
 * and its thread had a processor for 20 of the 287 us. Whoever stopped the world
 * names the other parts as he goes (rt_stoptrace). Switches are those that the
 * kernel made of the stopper's thread against its will: with any, another thread
 * had its processor, and no part means much.
 *
 * One stop at a time (worldsema): what is not said to be otherwise belongs to
 * who holds it. Off, it costs a load at each call, all in stops.
 */
#define _GNU_SOURCE
#include "sched/sched.h"

#include <sys/resource.h>

#include "diag/diag.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched_priv.h"

#define PARTS_MAX 12
#define PS_MAX 64 /* of more Ps the goroutines are not known */

static struct {
	bool on;
	int64_t asked_ns, last_ns;
	int64_t switches;
	uint64_t goid[PS_MAX]; /* at the request */
	int64_t cpu_ns[PS_MAX]; /* of its thread, by then */
	int64_t ran_ns; /* sched.lock: the last one's thread, meanwhile */
	int32_t last_p; /* sched.lock, while P by P stops */
	uint32_t n;
	struct {
		const char *what;
		int64_t ns;
	} part[PARTS_MAX];
} st;

static int64_t
switches(void)
{
	struct rusage ru;

	return getrusage(RUSAGE_THREAD, &ru) == 0 ? ru.ru_nivcsw : 0;
}

/* sched.lock held; before the Ps are asked. */
void
rt_stoptrace_begin(void)
{
	st.on = atomic_load_explicit(
	            &rt_debug.stoptrace, memory_order_relaxed) > 0;
	if (!st.on)
		return;
	st.n = 0;
	st.last_p = -1;
	st.switches = switches();
	for (int32_t i = 0; i < rt_gomaxprocs && i < PS_MAX; i++) {
		struct m *mp = __atomic_load_n(
		    &rt_allp[i]->m, __ATOMIC_RELAXED);
		struct g *gp = mp == NULL
		    ? NULL
		    : __atomic_load_n(&mp->curg, __ATOMIC_RELAXED);

		st.goid[i] = gp == NULL ? 0 : gp->goid;
		st.cpu_ns[i] = mp == NULL ? 0
		                          : rt_cputime_of_thread_ns(mp->tid);
	}
	st.asked_ns = st.last_ns = rt_nanotime();
}

/* sched.lock held: this P was the last to stop. */
void
rt_stoptrace_last(const struct p *pp)
{
	st.last_p = pp->id;
	if (st.on && pp->id < PS_MAX)
		st.ran_ns = rt_thread_cputime_ns() - st.cpu_ns[pp->id];
}

void
rt_stoptrace(const char *what)
{
	int64_t now;

	if (!st.on || st.n == PARTS_MAX)
		return;
	now = rt_nanotime();
	st.part[st.n].what = what;
	st.part[st.n++].ns = now - st.last_ns;
	st.last_ns = now;
}

/* The world runs again; worldsema is still held. */
void
rt_stoptrace_end(void)
{
	int64_t all;
	char line[512];
	int len;

	rt_stoptrace("start");
	all = st.last_ns - st.asked_ns;
	if (!st.on ||
	    all / 1000 < atomic_load_explicit(
	                     &rt_debug.stoptrace, memory_order_relaxed))
		return;
	len = rt_snprintf(line, sizeof(line), "stop %ld us:",
	    (long)(all / 1000));
	for (uint32_t i = 0; i < st.n; i++) {
		len += rt_snprintf(line + len, sizeof(line) - (size_t)len,
		    "%s %s %ld", i == 0 ? "" : ",", st.part[i].what,
		    (long)(st.part[i].ns / 1000));
		if (i == 0 && st.last_p >= 0)
			len += rt_snprintf(line + len,
			    sizeof(line) - (size_t)len,
			    " (P%d, goroutine %lu, ran %ld)", st.last_p,
			    (unsigned long)(st.last_p < PS_MAX
			            ? st.goid[st.last_p]
			            : 0),
			    (long)(st.ran_ns / 1000));
	}
	rt_printf("%s; switched %ld times\n", line,
	    (long)(switches() - st.switches));
}
