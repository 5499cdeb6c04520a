/*
 * mgc.c - the collector: when a cycle runs.
 *
 * A non-moving mark-and-sweep collector over size-segregated spans; objects
 * are read by their layout, stacks and registers conservatively. A cycle is
 * mgccycle.c's: read on there.
 *
 * When a cycle is due:
 *   heap     an allocation's slow path sees heap.live pass the trigger, which
 *            lies before the goal by what will be allocated while marking
 *   forced   rt_gc_force: the program asked; a full cycle and its sweep
 *   time     two minutes without one: sysmon readies the forcegc goroutine
 *   stress   GODEBUG=gcstress=N
 *
 * Whoever finds one due begins it: takes worldsema (one stopper at a time),
 * looks again if it is still due, and stops the world.
 *
 * The pacer (mgcpacer.c) is arithmetic; here it meets the runtime. Its struct
 * and the words that everybody reads, goal and trigger, change together under
 * one lock, so that of two changes at the same time (GOGC, the limit, a cycle's
 * end, memory beside the heap) the one that comes last knows of both.
 */
#include "gc/mgc.h"

#include "boot/boot.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgccpulimit.h"
#include "gc/mgcpacer.h"
#include "lock/lock.h"
#include "mem/mdebug.h"
#include "mem/mprof.h"
#include "sched/oracle.h"
#include "sched/sched.h"

static struct {
	_Atomic bool enabled; /* runtime.main has called gcenable */
	/* lock to write: what the pacer has, for everybody */
	_Atomic int32_t percent;
	_Atomic int64_t limit;
	_Atomic uint64_t goal;
	struct rt_mutex lock;
	struct gc_pacer pacer; /* lock */
	/* of the cycle that runs; stw to write */
	struct gc_plan plan;
	struct gc_daemon forcegc;
} gc = { .percent = 100, .limit = INT64_MAX, .lock = { .rank = RANK_PACER } };

/* What the collector takes; mgccpulimit.c. */
static struct {
	_Atomic int64_t assist_ns, stopped_ns; /* since the last step */
	_Atomic bool stepping; /* somebody does; the rest is his alone */
	int64_t last_ns;
	struct gc_cpulimit limit;
	_Atomic bool limiting;
} cpu;

_Atomic int64_t rt_gc_force_period_ns = (int64_t)120 * 1000000000;

/* ---- goroutines of the collector ---- */

/* On g0, after gp's context was saved. */
static bool
daemon_commit(struct g *gp, void *arg)
{
	struct gc_daemon *d = arg;
	uint32_t yes = 1;

	(void)gp;
	/* seq_cst store, then load: a waker does the opposite, so that one of
	 * the two sees the other */
	atomic_store(&d->asleep, 1);
	if (atomic_load(&d->pending) == 0)
		return true;
	/* somebody woke us meanwhile; if he readied us already, stay asleep */
	return !atomic_compare_exchange_strong(&d->asleep, &yes, 0);
}

void
rt_gcdaemon_park(struct gc_daemon *d, enum wait_reason why)
{
	d->gp = rt_getg();
	if (atomic_exchange(&d->pending, 0) == 0)
		rt_gopark(daemon_commit, d, why);
	atomic_store(&d->pending, 0);
}

void
rt_gcdaemon_wake(struct gc_daemon *d)
{
	struct g_queue q;
	uint32_t yes = 1;

	atomic_store(&d->pending, 1);
	if (!atomic_compare_exchange_strong(&d->asleep, &yes, 0))
		return;
	d->gp->schedlink = NULL;
	q = (struct g_queue){ d->gp, d->gp, 1 };
	rt_injectglist(&q);
}

void
rt_gcdaemon_wake_next(struct gc_daemon *d)
{
	uint32_t yes = 1;

	atomic_store(&d->pending, 1);
	if (atomic_compare_exchange_strong(&d->asleep, &yes, 0))
		rt_goready(d->gp);
}

/* ---- goal ---- */

/* Goal and trigger for everybody. The lock is held. */
static void
publish(void)
{
	struct gc_pacer *p = &gc.pacer;
	uint64_t trigger;

	rt_pacer_commit(p);
	trigger = rt_gc_beside ? p->trigger : p->goal;
	atomic_store(&gc.goal, p->goal);
	/* while one runs no other is due */
	if (atomic_load(&rt_gcphase) == GC_MARK)
		trigger = UINT64_MAX;
	atomic_store(&rt_heap.trigger, trigger);
}

/* Any thread. */
void
rt_gc_revise_goal(void)
{
	uint64_t nonheap = rt_mem_nonheap_bytes();
	uint64_t globals = rt_gcmark_globals_bytes();

	rt_lock(&gc.lock);
	gc.pacer.in.nonheap_bytes = nonheap;
	gc.pacer.in.globals_bytes = globals;
	publish();
	rt_unlock(&gc.lock);
}

static void
trace_begin(const struct gc_plan *plan, uint64_t live, uint64_t goal)
{
	struct rt_gc_pace t = {
		.assist_ratio = rt_pacer_assist_ratio(plan, goal),
		.scan_bytes = live,
		.heap_bytes = plan->begun,
		.goal = goal,
	};
	int32_t n, permille;

	n = rt_pacer_workers(rt_gomaxprocs, &permille);
	t.fraction = (double)n * permille / 1000 / rt_gomaxprocs;
	rt_gcpacertrace_begin(&t);
}

void
rt_gc_begun(uint64_t heap_bytes)
{
	uint64_t live, goal;

	rt_lock(&gc.lock);
	rt_pacer_begin(&gc.pacer, heap_bytes, &gc.plan);
	live = gc.pacer.in.live_bytes;
	goal = gc.pacer.goal;
	atomic_store(&rt_heap.trigger, UINT64_MAX);
	rt_unlock(&gc.lock);
	if (RT_UNLIKELY(atomic_load_explicit(&rt_debug.gcpacertrace,
	                    memory_order_relaxed) > 0))
		trace_begin(&gc.plan, live, goal);
}

static void
trace_end(const struct rt_gc_cycle *r, const struct gc_measure *m,
    const struct gc_pacer *p, uint64_t marked)
{
	struct rt_gc_paced t = {
		.utilization = rt_pacer_utilization(m),
		.expected = GC_SHARE,
		.heap_work = marked,
		.stack_work = r->stacks,
		.globals_work = r->globals,
		.expected_work = gc.plan.expected,
		.heap_start = r->heap_start,
		.heap_end = r->heap_end,
		.goal = r->goal,
		.cons_mark = p->cons_mark,
	};

	rt_gcpacertrace_end(&t);
}

void
rt_gc_found(const struct rt_gc_cycle *r, bool beside)
{
	uint64_t marked = r->heap_live - (r->heap_end - r->heap_start);
	struct gc_measure m = {
		.begun = r->heap_start,
		.ended = r->heap_end,
		.work = marked + r->stacks + r->globals,
		.mark_ns = r->mark_ns,
		.bg_ns = r->bg_ns + r->idle_ns,
		.assist_ns = r->assist_ns,
		.procs = (int32_t)r->procs,
	};
	struct gc_pacer before;

	rt_lock(&gc.lock);
	before = gc.pacer;
	gc.pacer.in.live_bytes = r->heap_live;
	gc.pacer.in.stack_bytes = r->stacks;
	gc.pacer.in.globals_bytes = r->globals;
	gc.pacer.in.waste_bytes = atomic_load(&rt_heap.stats.inuse_bytes) -
	    r->heap_end;
	if (beside && !r->forced)
		rt_pacer_end(&gc.pacer, &m);
	publish();
	rt_gcsweep_pace(atomic_load(&rt_heap.trigger));
	rt_unlock(&gc.lock);
	if (RT_UNLIKELY(atomic_load_explicit(&rt_debug.gcpacertrace,
	                    memory_order_relaxed) > 0) &&
	    !r->forced)
		trace_end(r, &m, &before, marked);
}

uint64_t
rt_gc_assist_due(uint64_t done)
{
	/* the plan stands while marking goes on; the goal may move */
	return rt_pacer_due(
	    &gc.plan, atomic_load(&gc.goal), rt_heap_live(), done);
}

uint64_t
rt_gc_heap_goal(void)
{
	return atomic_load(&gc.goal);
}

int32_t
rt_gc_percent(void)
{
	return atomic_load(&gc.percent);
}

int32_t
rt_gc_percent_set(int32_t percent)
{
	int32_t old;

	percent = percent < 0 ? -1 : percent;
	rt_lock(&gc.lock);
	old = atomic_exchange(&gc.percent, percent);
	gc.pacer.in.percent = percent;
	rt_unlock(&gc.lock);
	rt_gc_revise_goal();
	rt_gcsweep_pace(atomic_load(&rt_heap.trigger));
	return old;
}

int64_t
rt_gc_memlimit_set(int64_t bytes)
{
	int64_t old;

	if (bytes < 0)
		return atomic_load_explicit(&gc.limit, memory_order_relaxed);
	rt_lock(&gc.lock);
	old = atomic_exchange(&gc.limit, bytes);
	gc.pacer.in.limit_bytes = bytes;
	rt_unlock(&gc.lock);
	rt_gc_revise_goal();
	return old;
}

/* ---- the collector's share of the CPU ---- */

void
rt_gc_cpu_assisted(int64_t ns)
{
	atomic_fetch_add_explicit(&cpu.assist_ns, ns, memory_order_relaxed);
}

void
rt_gc_cpu_stopped(int64_t ns)
{
	atomic_fetch_add_explicit(&cpu.stopped_ns, ns, memory_order_relaxed);
}

bool
rt_gc_cpu_limiting(void)
{
	return atomic_load_explicit(&cpu.limiting, memory_order_relaxed);
}

/*
 * Workers count with the quarter that they may take, less what idle processors
 * give; one on which a worker marks that nobody is in want of is idle here. How
 * many are is asked now, for the whole time since the last step; steps are made
 * often when it matters.
 */
static void
cpu_step(int64_t now_ns)
{
	int64_t dt = now_ns - cpu.last_ns, gc_ns, bg_ns, procs = rt_gomaxprocs;
	int64_t idle = (int64_t)atomic_load(&rt_sched.npidle) +
	    rt_gcbg_borrowed();
	int64_t busy = idle < procs ? procs - idle : 1;

	if (dt <= 0)
		return;
	cpu.last_ns = now_ns;
	gc_ns = atomic_exchange(&cpu.assist_ns, 0) +
	    atomic_exchange(&cpu.stopped_ns, 0) * busy;
	bg_ns = (procs - 4 * idle) * dt / 4;
	if (rt_gc_beside && rt_gc_marking() && bg_ns > 0)
		gc_ns += bg_ns;
	atomic_store_explicit(&cpu.limiting,
	    rt_cpulimit_step(&cpu.limit, gc_ns, dt * busy, (int32_t)procs),
	    memory_order_relaxed);
}

void
rt_gc_cpu_update(int64_t now_ns)
{
	/* acquire and release: what the last one wrote is seen; who comes
	 * while another steps has given his part already, or the next takes it */
	if (atomic_exchange_explicit(
	        &cpu.stepping, true, memory_order_acquire))
		return;
	cpu_step(now_ns);
	atomic_store_explicit(&cpu.stepping, false, memory_order_release);
}

void
rt_gcinit(void)
{
	const char *s = rt_gogetenv("GOMEMLIMIT");
	int64_t limit;

	atomic_store(&gc.percent, rt_gc_parse_percent(rt_gogetenv("GOGC")));
	if (!rt_gc_parse_memlimit(s, &limit)) {
		rt_printf("GOMEMLIMIT=%s\n", s);
		rt_throw("malformed GOMEMLIMIT; see `go doc "
		         "runtime/debug.SetMemoryLimit`");
	}
	atomic_store(&gc.limit, limit);
	rt_pacer_init(&gc.pacer, atomic_load(&gc.percent), limit);
	rt_gccycle_init();
	rt_gcwork_init();
	rt_final_init();
	rt_mdebug_init();
	rt_gc_revise_goal();
}

/* ---- when ---- */

bool
rt_gc_should_start(void)
{
	if (RT_LIKELY(atomic_load_explicit(
	                  &rt_heap.live, memory_order_relaxed) <
	        atomic_load_explicit(&rt_heap.trigger, memory_order_relaxed)))
		return false;
	if (!rt_gc_beside && rt_gc_cpu_limiting()) {
		rt_gc_cpu_update(rt_nanotime()); /* time goes by */
		return false;
	}
	return atomic_load_explicit(&gc.enabled, memory_order_relaxed) &&
	    atomic_load_explicit(&rt_panicking, memory_order_relaxed) == 0;
}

/* Asked again once nobody else can begin one. */
static bool
still_due(enum gc_why why)
{
	if (atomic_load(&rt_panicking) != 0 || !atomic_load(&gc.enabled) ||
	    atomic_load(&rt_gcphase) != GC_OFF)
		return false;
	switch (why) {
	case GC_BY_HEAP:
		return rt_gc_should_start();
	case GC_BY_TIME:
		return atomic_load(&gc.percent) >= 0 &&
		    rt_nanotime() - rt_gccycle_last_end_ns() >=
		    atomic_load(&rt_gc_force_period_ns);
	case GC_BY_FORCE:
	case GC_BY_STRESS:
		return true;
	}
	return false;
}

/* User or system goroutine, no locks held. A cycle is begun, unless it is not
 * due any more; it may go on when this returns. */
static void
run_cycle(enum gc_why why)
{
	/* sweep in peace what would otherwise be swept in the pause */
	rt_gcsweep_finish();
	rt_worldsema_acquire();
	if (still_due(why))
		rt_gccycle_begin(why); /* releases worldsema */
	else
		rt_worldsema_release();
	rt_gc_cpu_update(rt_nanotime());
}

void
rt_gc_start_background(void)
{
	run_cycle(GC_BY_HEAP);
}

void
rt_gc_stress_cycle(void)
{
	run_cycle(GC_BY_STRESS);
}

/*
 * A cycle that runs now may have begun before an object died that the caller
 * thinks of; so the end of one is wanted that begins after this call.
 */
void
rt_gc_force(void)
{
	uint64_t want = rt_gccycle_started() + 1;
	uint32_t cycle;

	if (atomic_load(&rt_gcphase) != GC_OFF)
		rt_gccycle_wait(want - 1);
	while (rt_gccycle_started() < want &&
	    atomic_load(&rt_panicking) == 0 && atomic_load(&gc.enabled)) {
		run_cycle(GC_BY_FORCE);
		if (rt_gccycle_started() < want)
			rt_gccycle_wait(want - 1);
	}
	if (rt_gccycle_started() >= want)
		rt_gccycle_wait(want);
	cycle = rt_mprof_cycle();
	rt_gcsweep_finish();
	rt_mprof_swept(cycle);
	rt_final_wake();
}

/* ---- time ---- */

static void
forcegc(void *arg)
{
	(void)arg;
	for (;;) {
		rt_gcdaemon_park(&gc.forcegc, WAIT_FORCE_GC_IDLE);
		run_cycle(GC_BY_TIME);
	}
}

void
rt_gc_periodic_check(int64_t now_ns)
{
	int64_t last = rt_gccycle_last_end_ns();

	rt_mdebug_update(); /* debug variables may change */
	if (!atomic_load_explicit(&gc.enabled, memory_order_acquire))
		return;
	rt_gc_cpu_update(now_ns);
	rt_gcscavenge_check(now_ns);
	if (now_ns - last >= atomic_load(&rt_gc_force_period_ns) &&
	    atomic_load_explicit(&gc.percent, memory_order_relaxed) >= 0)
		rt_gcdaemon_wake(&gc.forcegc);
}

void
rt_gcenable(void)
{
	/* the first period begins now */
	cpu.last_ns = rt_nanotime();
	rt_gccycle_set_last_end(cpu.last_ns);
	rt_gc_revise_goal();
	rt_gcsweep_start_daemon();
	rt_gcscavenge_start_daemon();
	rt_newproc_system(forcegc, NULL);
	/* release: the check above may use the daemons */
	atomic_store_explicit(&gc.enabled, true, memory_order_release);
}

void
rt_gc_fill_memstats(struct rt_memstats *r)
{
	r->next_gc = atomic_load(&gc.goal);
	rt_gccycle_fill_memstats(r);
}
