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
 */
#include "gc/mgc.h"

#include "boot/boot.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgcpacer.h"
#include "mem/mprof.h"
#include "sched/oracle.h"
#include "sched/sched.h"

static struct {
	_Atomic bool enabled; /* runtime.main has called gcenable */
	_Atomic int32_t percent;
	_Atomic int64_t limit;
	_Atomic uint64_t goal;
	/* what the last cycle found; world stopped to write */
	uint64_t marked, stacks, waste;
	uint64_t runway; /* allocated while it marked */
	struct gc_daemon forcegc;
} gc = { .percent = 100, .limit = INT64_MAX };

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

/* ---- goal ---- */

/* From what the last cycle found; any thread. */
void
rt_gc_revise_goal(void)
{
	struct gc_pace in = {
		.live_bytes = gc.marked,
		.stack_bytes = gc.stacks,
		.globals_bytes = rt_gcmark_globals_bytes(),
		.percent = atomic_load(&gc.percent),
		.limit_bytes = atomic_load(&gc.limit),
		.nonheap_bytes = rt_mem_nonheap_bytes(),
		.waste_bytes = gc.waste,
	};

	atomic_store(&gc.goal, rt_pacer_goal(&in));
	rt_gc_set_trigger(atomic_load(&rt_gcphase) != GC_MARK);
}

void
rt_gc_set_trigger(bool due)
{
	uint64_t goal = atomic_load(&gc.goal);

	if (!due)
		goal = UINT64_MAX;
	else if (rt_gc_beside)
		goal = rt_pacer_trigger(goal, gc.marked, gc.runway);
	atomic_store(&rt_heap.trigger, goal);
}

void
rt_gc_found(uint64_t marked, uint64_t stacks, uint64_t waste,
    uint64_t allocated)
{
	gc.marked = marked;
	gc.stacks = stacks;
	gc.waste = waste;
	gc.runway = allocated;
	rt_gc_revise_goal();
}

uint64_t
rt_gc_heap_goal(void)
{
	return atomic_load(&gc.goal);
}

uint64_t
rt_gc_last_heap_marked(void)
{
	return gc.marked;
}

int32_t
rt_gc_percent(void)
{
	return atomic_load(&gc.percent);
}

int32_t
rt_gc_percent_set(int32_t percent)
{
	int32_t old = atomic_exchange(
	    &gc.percent, percent < 0 ? -1 : percent);

	rt_gc_revise_goal();
	return old;
}

int64_t
rt_gc_memlimit_set(int64_t bytes)
{
	int64_t old;

	if (bytes < 0)
		return atomic_load_explicit(&gc.limit, memory_order_relaxed);
	old = atomic_exchange(&gc.limit, bytes);
	rt_gc_revise_goal();
	return old;
}

/* Debug variables may change while the program runs. */
static void
update_hooks(void)
{
	atomic_store_explicit(&rt_malloc_hooked,
	    atomic_load_explicit(&rt_debug.gcstress, memory_order_relaxed) > 0,
	    memory_order_relaxed);
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
	rt_gccycle_init();
	rt_gcwork_init();
	rt_final_init();
	update_hooks();
	rt_gc_revise_goal();
}

/* ---- when ---- */

bool
rt_gc_should_start(void)
{
	return atomic_load_explicit(
	           &rt_heap.live, memory_order_relaxed) >=
	    atomic_load_explicit(&rt_heap.trigger, memory_order_relaxed) &&
	    atomic_load_explicit(&gc.enabled, memory_order_relaxed) &&
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

	update_hooks();
	if (!atomic_load_explicit(&gc.enabled, memory_order_acquire))
		return;
	rt_gcscavenge_check(now_ns);
	if (now_ns - last >= atomic_load(&rt_gc_force_period_ns) &&
	    atomic_load_explicit(&gc.percent, memory_order_relaxed) >= 0)
		rt_gcdaemon_wake(&gc.forcegc);
}

void
rt_gcenable(void)
{
	/* the first period begins now */
	rt_gccycle_set_last_end(rt_nanotime());
	rt_gc_revise_goal();
	rt_gcsweep_start_daemon();
	rt_gcscavenge_start_daemon();
	rt_gccycle_start_daemon();
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
