/*
 * mgcbg.c - who marks beside the program: goroutines of the collector's, and
 * allocations that assist.
 *
 * Everybody who marks has a P. So there are never more threads that want a
 * processor than the program was given, and who runs is decided here and by the
 * scheduler, by microseconds, and not by the kernel, whose tick is 4 ms: with
 * threads beside the Ps a thread with a P, its goroutine and its timers waited
 * for ticks, and so did whoever stopped the world (10 ms were the rule). And in
 * a stopped world nobody marks.
 *
 * Turns. A worker marks for some TURN_NS, on g0, and leaves early when the
 * world is to stop or its goroutine is asked to yield, as by a timer that is due
 * (rt_gcbg_look); at most 64 small objects, one piece of a large one, of a
 * range or a stack lie between two looks. All that it has goes to the common
 * lists between turns.
 *
 * Shares. A quarter of GOMAXPROCS is for marking, by one worker for each two
 * Ps, so that no P loses more than half. While somebody waits for a P, a worker
 * sleeps after its turn for as long as its share demands; the timer's alarm
 * (sched/prompt.c) brings it back in time, into runnext. If that came late, as
 * it does in C programs, which have no alarms, its next turn is longer, up to
 * TURN_MAX_NS. While nobody waits it goes on, and while Ps are idle as well it
 * wakes another worker, one that leaves when somebody waits.
 *
 * Assists. The plan of a cycle says how much should be marked when the heap is
 * so large (mgcpacer.c). An allocation that needs a new span looks and, if
 * marking is behind, marks what is missing, ASSIST_MAX_BYTES and ASSIST_MAX_NS
 * at most. So a program that allocates slowly pays nothing, and one that
 * allocates faster than the workers can mark is slowed down to what they and it
 * itself mark, unless the collector takes too much already (mgccpulimit.c).
 * When there is nothing that it could take, others have it in hand, on Ps, and
 * are asked for a part, which they give at their next look (rt_gcbg_look): who
 * rests gave back what he had. Above the goal it lets others run. Under a
 * memory limit, beyond all that the plan allows, it waits a millisecond for
 * them: on a machine with other work they may lack the very processor that it
 * leaves, and the heap must not grow because of that. (Without a limit memory
 * is the cheaper of the two.) Rejected: credit and debt for each goroutine; the
 * line needs two numbers that are there anyway.
 *
 * Who finds that nothing is left ends the cycle, at once: worker or assist, both
 * are goroutines.
 *
 * Rejected: threads without a P (above); marking by assists alone (a program
 * that stops allocating would keep its barrier on for ever).
 */
#include "gc/mgc.h"

#include "gc/mgcpacer.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

#define TURN_NS ((int64_t)200 * 1000)
#define TURN_MAX_NS ((int64_t)1000 * 1000)
#define NAP_NS ((int64_t)50 * 1000)
#define ASSIST_MAX_BYTES ((uint64_t)64 << 10)
#define ASSIST_MIN_BYTES ((uint64_t)8 << 10)
#define ASSIST_MAX_NS ((int64_t)100 * 1000)
#define WAIT_US 50
#define WAITS_MAX 20

struct bgworker {
	struct gc_daemon daemon;
	const struct g *gp; /* worldsema to write, before nworkers counts it */
	int32_t id;
	int64_t rested_ns; /* own: since its last turn */
};

static struct {
	struct bgworker worker[GC_WORKERS_MAX];
	_Atomic int32_t nworkers; /* made; worldsema to write */
	/* worldsema, before workers: those that need no idle P; what of a
	 * processor each of these may take */
	_Atomic int32_t entitled;
	_Atomic int32_t permille;
	_Atomic int32_t borrowed; /* others that mark this moment */
	_Atomic int64_t cpu_ns, assist_ns;
} bg;

/* ---- one turn ---- */

struct turn {
	uint64_t bytes; /* at most */
	int64_t ns;     /* at most; out: it was so long */
	bool dry;       /* out: it found nothing more */
	bool over;      /* out: and nobody else has anything */
};

/* On g0: so nobody is interrupted in here, and the P is ours till the end. */
static void
mark_on_g0(void *arg)
{
	struct turn *t = arg;
	int64_t t0 = rt_nanotime();
	struct gcworker w;

	rt_gcbarrier_flush_own();
	if (rt_gcwork_join()) {
		rt_gcworker_init(&w);
		w.budget_bytes = t->bytes;
		w.polite = true;
		w.until_ns = t0 + t->ns;
		t->dry = rt_gcmark_some(&w);
		rt_gc_credit_marked(&w);
		rt_gcworker_dispose(&w);
		t->over = rt_gcwork_leave(t->dry);
	} else {
		t->dry = true;
	}
	t->ns = rt_nanotime() - t0;
}

void
rt_gcbg_look(struct gcworker *w)
{
	const struct g *gp = rt_getg()->m->curg;

	if (atomic_load_explicit(&rt_sched.gcwaiting, memory_order_relaxed) ||
	    atomic_load_explicit(&gp->preempt, memory_order_relaxed) ||
	    rt_nanotime() >= w->until_ns)
		w->budget_bytes = 0;
	/* relaxed: a hint; asked for in vain, somebody asks again */
	if (atomic_load_explicit(&rt_gcwork_asked, memory_order_relaxed)) {
		atomic_store_explicit(
		    &rt_gcwork_asked, false, memory_order_relaxed);
		rt_gcwork_balance(w);
	}
}

/* ---- workers ---- */

static bool
somebody_waits(void)
{
	return atomic_load_explicit(&rt_sched.runqsize,
	           memory_order_relaxed) > 0 ||
	    !rt_runqempty(rt_getg()->m->p);
}

/* Another one for a P that is idle, if there is something for it to do. */
static void
call_another(void)
{
	int32_t n = atomic_load_explicit(&bg.nworkers, memory_order_acquire);

	if (rt_gcwork_empty() ||
	    atomic_load_explicit(
	        &rt_sched.npidle, memory_order_relaxed) == 0)
		return;
	for (int32_t i = 0; i < n; i++) {
		struct gc_daemon *d = &bg.worker[i].daemon;

		if (atomic_load_explicit(
		        &d->asleep, memory_order_relaxed) != 0) {
			rt_gcdaemon_wake(d);
			return;
		}
	}
}

/* What its share gives it for the time it was away. */
static int64_t
turn_length(const struct bgworker *me)
{
	int64_t permille = atomic_load_explicit(
	    &bg.permille, memory_order_relaxed);
	int64_t away = rt_nanotime() - me->rested_ns;
	int64_t ns = away < TURN_MAX_NS * 4
	    ? away * permille / (1000 - permille)
	    : TURN_MAX_NS;

	return ns < TURN_NS ? TURN_NS : ns < TURN_MAX_NS ? ns : TURN_MAX_NS;
}

/* Leave the P to others. */
static void
rest(struct bgworker *me, int64_t worked_ns)
{
	int64_t permille = atomic_load_explicit(
	    &bg.permille, memory_order_relaxed);
	int64_t ns = worked_ns * (1000 - permille) / permille;

	me->rested_ns = rt_nanotime();
	rt_time_sleep(ns < NAP_NS ? NAP_NS : ns);
}

/* One turn and what follows from it. False: not needed any more. */
static bool
take_turn(struct bgworker *me)
{
	struct turn t = { .bytes = UINT64_MAX, .ns = turn_length(me) };
	bool extra = me->id >=
	    atomic_load_explicit(&bg.entitled, memory_order_relaxed);

	atomic_fetch_add(&bg.borrowed, extra);
	rt_systemstack(mark_on_g0, &t);
	atomic_fetch_sub(&bg.borrowed, extra);
	atomic_fetch_add(&bg.cpu_ns, t.ns);
	me->rested_ns = rt_nanotime();
	if (rt_gcwork_is_over()) {
		rt_gccycle_try_to_end();
		return true;
	}
	if (t.dry && !somebody_waits()) {
		atomic_store_explicit(
		    &rt_gcwork_asked, true, memory_order_relaxed);
		rt_time_sleep(NAP_NS);
		return true;
	}
	if (somebody_waits()) {
		if (extra)
			return false;
		rest(me, t.ns);
		return true;
	}
	call_another();
	rt_gosched(); /* timers and the network have their look */
	return true;
}

static void
worker_main(void *arg)
{
	struct bgworker *me = arg;

	for (;;) {
		rt_gcdaemon_park(&me->daemon, WAIT_GC_WORKER_IDLE);
		me->rested_ns = rt_nanotime();
		while (rt_gc_marking() && take_turn(me))
			continue;
	}
}

void
rt_gcbg_prepare(void)
{
	int32_t procs = rt_gomaxprocs, n, made, permille;

	n = procs < GC_WORKERS_MAX ? procs : GC_WORKERS_MAX;
	made = atomic_load(&bg.nworkers);
	for (; made < n; made++) {
		bg.worker[made].id = made;
		bg.worker[made].gp =
		    rt_newproc_system(worker_main, &bg.worker[made]);
		atomic_store(&bg.nworkers, made + 1);
	}
	atomic_store(&bg.entitled, rt_pacer_workers(procs, &permille));
	atomic_store(&bg.permille, permille);
}

void
rt_gcbg_begin(void)
{
	int32_t n = atomic_load(&bg.entitled);

	for (int32_t i = 1; i < n; i++)
		rt_gcdaemon_wake(&bg.worker[i].daemon);
	rt_gcdaemon_wake_next(&bg.worker[0].daemon);
	rt_goyield();
}

bool
rt_gcbg_is_worker(const struct g *gp)
{
	int32_t n = atomic_load(&bg.nworkers);

	for (int32_t i = 0; i < n; i++)
		if (bg.worker[i].gp == gp)
			return true;
	return false;
}

int32_t
rt_gcbg_borrowed(void)
{
	return atomic_load_explicit(&bg.borrowed, memory_order_relaxed);
}

int64_t
rt_gcbg_cpu_ns(void)
{
	return atomic_exchange(&bg.cpu_ns, 0);
}

/* ---- assists ---- */

int64_t
rt_gcbg_assist_ns(void)
{
	return atomic_exchange(&bg.assist_ns, 0);
}

/* The heap is larger than it may be, and what is left to mark is with others. */
static void
wait_for_work(void)
{
	for (int i = 0; i < WAITS_MAX && !rt_gcwork_worth_joining() &&
	     !rt_gcwork_is_over(); i++) {
		rt_usleep(WAIT_US);
		rt_preempt_check();
	}
}

void
rt_gc_assist(void)
{
	struct turn t = { .ns = ASSIST_MAX_NS };
	uint64_t done, due;

	/* else what it recorded waits here for the last stop */
	rt_gcbarrier_flush_own();
	if (rt_gcwork_is_over()) { /* who found it waits for worldsema */
		rt_gccycle_try_to_end();
		return;
	}
	if (rt_gc_cpu_limiting()) {
		rt_gc_cpu_update(rt_nanotime()); /* time goes by */
		return;
	}
	done = rt_gccycle_work();
	due = rt_gc_assist_due(done);
	t.bytes = due > done ? due - done : 0;
	if (t.bytes < ASSIST_MIN_BYTES)
		return;
	if (!rt_gcwork_worth_joining()) {
		atomic_store_explicit(
		    &rt_gcwork_asked, true, memory_order_relaxed);
		if (due == UINT64_MAX && rt_gc_memlimit_set(-1) != INT64_MAX)
			wait_for_work();
		else if (rt_heap_live() > rt_gc_heap_goal())
			rt_gosched();
		return;
	}
	if (t.bytes > ASSIST_MAX_BYTES)
		t.bytes = ASSIST_MAX_BYTES;
	rt_systemstack(mark_on_g0, &t);
	atomic_fetch_add(&bg.assist_ns, t.ns);
	rt_gc_cpu_assisted(t.ns);
	rt_gc_cpu_update(rt_nanotime());
	if (t.over)
		rt_gccycle_try_to_end();
}
