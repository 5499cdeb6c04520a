/*
 * mgc.c - the collector: when a cycle runs, and its phases.
 *
 * A non-moving mark-and-sweep collector over size-segregated spans; objects
 * are read by their layout, stacks and registers conservatively. Today marking
 * stops the world; sweeping never does. A cycle, on the goroutine that found
 * it due:
 *
 *   1  worldsema: one cycle, one stopper at a time; look again if still due
 *   2  on g0 (so the goroutine's own registers are saved on its stack like
 *      everybody's): stop the world
 *   3  sweep termination: what the last cycle left unswept is swept, every
 *      P's cache goes back to the central lists; from here on allocation bits
 *      are exact and all of it is garbage or not by the mark bits alone
 *   4  mark: this thread and helper threads drain roots and grey objects
 *      (mgcmark.c, mgcwork.c)
 *   5  mark termination: sweepgen moves on, the pacer sets the next goal
 *   6  the world starts; sweeping is lazy (mgcsweep.c)
 *
 * Written for what comes: phases have names, gcphase is the word that a
 * barrier will test, stores go through mbarrier.c, roots are registered, and
 * no other room asks whether the world stands still while marking.
 *
 * Helpers are threads without a P that sleep between cycles. They are made
 * when a cycle first has enough to mark for two, so a small program has none.
 * Rejected: letting the stopped Ms mark. They sleep inside the scheduler's
 * stop, where an M has given up its P and may not be anybody's g; and an M that
 * is in a system call is no help at all.
 *
 * When a cycle is due:
 *   heap     an allocation's slow path sees heap.live pass the goal
 *   forced   rt_gc_force: the program asked; a full cycle and its sweep
 *   time     two minutes without one: sysmon readies the forcegc goroutine
 *   stress   GODEBUG=gcstress=N
 *
 * gctrace's times: with marking inside the pause the three clocks are still the
 * three phases; a program is stopped for their sum, and so PauseTotalNs says.
 */
#include "gc/mgc.h"

#include "arch/arch.h"
#include "boot/boot.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgcpacer.h"
#include "lock/lock.h"
#include "mem/mprof.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#define HELPERS_MAX 7

enum gc_why { GC_BY_HEAP, GC_BY_FORCE, GC_BY_TIME, GC_BY_STRESS };

struct helper {
	struct rt_note start;
	_Atomic uint32_t armed; /* 1: asleep on start, may be woken once */
	struct gcworker w;
};

static struct {
	_Atomic bool enabled; /* runtime.main has called gcenable */
	_Atomic int32_t percent;
	_Atomic int64_t limit;
	_Atomic uint64_t goal;
	_Atomic uint32_t cycles, forced;
	_Atomic int64_t last_end_ns;      /* mono; 0: none yet */
	_Atomic uint64_t last_end_unix_ns, pause_total_ns;
	_Atomic uint64_t cpu_permille;
	/* worldsema: */
	int64_t cpu_ns; /* of all cycles */
	uint64_t marked, stacks, waste;
	_Atomic uint64_t pause_ns[256], pause_end_ns[256];
	/* helpers: made under worldsema, then const */
	struct helper helper[HELPERS_MAX];
	int32_t nhelpers;
	_Atomic uint32_t helper_ids; /* each helper takes its number */
	_Atomic uint32_t helpers_left; /* joined ones that are done */
	struct gc_daemon forcegc;
} gc = { .percent = 100, .limit = INT64_MAX };

_Atomic uint32_t rt_gcphase;
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
	uint64_t goal = rt_pacer_goal(&in);

	atomic_store(&gc.goal, goal);
	atomic_store(&rt_heap.trigger, goal);
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

uint32_t
rt_gc_cycles(void)
{
	return atomic_load(&gc.cycles);
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
	rt_gcwork_init();
	rt_final_init();
	update_hooks();
	rt_gc_revise_goal();
}

/* ---- marking ---- */

/* A helper thread's life: g0, no P. Only marks, never allocates. */
static void
helper_main(void)
{
	struct helper *h = &gc.helper[atomic_fetch_add(&gc.helper_ids, 1)];
	int64_t t0;

	for (;;) {
		rt_noteclear(&h->start);
		/* release: the note is cleared before anybody wakes it */
		atomic_store_explicit(&h->armed, 1, memory_order_release);
		rt_notesleep(&h->start);
		if (!rt_gcwork_join())
			continue;
		t0 = rt_thread_cputime_ns();
		rt_gcworker_init(&h->w);
		rt_gcmark_drain(&h->w);
		rt_gcworker_fini(&h->w);
		h->w.cpu_ns = rt_thread_cputime_ns() - t0;
		/* release: the collector reads h->w after this */
		atomic_fetch_add_explicit(
		    &gc.helpers_left, 1, memory_order_release);
	}
}

/* World running, worldsema held. */
static int32_t
make_helpers(void)
{
	int32_t want = rt_pacer_helpers(
	    rt_heap_live(), rt_gomaxprocs, rt_ncpu);

	for (; gc.nhelpers < want; gc.nhelpers++)
		rt_newm(helper_main, NULL, true);
	return want;
}

static void
wake_helpers(int32_t n)
{
	uint32_t yes;

	for (int32_t i = 0; i < n; i++) {
		yes = 1;
		/* acquire: pairs with the helper's release above */
		if (atomic_compare_exchange_strong(
		        &gc.helper[i].armed, &yes, 0))
			rt_notewakeup(&gc.helper[i].start);
	}
}

/* Mark everything; fills in what the workers counted. */
static void
mark(int32_t nhelpers, struct rt_gc_cycle *r)
{
	struct gcworker w;
	int64_t t0 = rt_thread_cputime_ns();

	for (int32_t i = 0; i < gc.nhelpers; i++)
		gc.helper[i].w = (struct gcworker){ 0 };
	rt_gcwork_begin((uint32_t)nhelpers + 1);
	rt_gcmark_prepare();
	rt_gcworker_init(&w);
	w.alone = nhelpers == 0;
	atomic_store(&gc.helpers_left, 0);
	if (!rt_gcwork_join())
		rt_throw("gc: marking was over before it began");
	wake_helpers(nhelpers);
	rt_gcmark_drain(&w);
	rt_gcworker_fini(&w);
	r->bg_ns = rt_thread_cputime_ns() - t0;
	r->heap_live = w.bytes_marked;
	r->stacks = w.stack_bytes;
	while (atomic_load_explicit(&gc.helpers_left, memory_order_acquire) !=
	    rt_gcwork_joined() - 1)
		rt_osyield();
	rt_gcmark_finish();
	/* all of them: one that was woken for an earlier cycle and came late
	 * may be the one that joined this time */
	for (int32_t i = 0; i < gc.nhelpers; i++) {
		r->heap_live += gc.helper[i].w.bytes_marked;
		r->stacks += gc.helper[i].w.stack_bytes;
		r->bg_ns += gc.helper[i].w.cpu_ns;
	}
}

/* ---- a cycle ---- */

static void
flush_all(void)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_gc_p_flush(rt_allp[i]);
}

void
rt_gc_p_flush(struct p *pp)
{
	rt_mcache_flush(pp);
}

/* The numbers of the cycle that ends now; world stopped. */
static void
account(struct rt_gc_cycle *r, int64_t start_ns, int64_t end_ns)
{
	uint64_t pause = (uint64_t)(end_ns - start_ns);
	uint32_t n = atomic_load(&gc.cycles);
	int64_t origin = rt_runtime_init_time_ns();

	gc.cpu_ns += (int64_t)pause * r->procs;
	r->cpu_permille = rt_pacer_permille(
	    gc.cpu_ns, end_ns - origin, (int32_t)r->procs);
	atomic_store(&gc.cpu_permille, r->cpu_permille);
	atomic_store(&gc.pause_ns[n % 256], pause);
	rt_timehist_add(&rt_hist_gc_pauses, (int64_t)pause, 1);
	atomic_store(&gc.last_end_unix_ns, (uint64_t)rt_walltime_ns());
	atomic_store(&gc.pause_end_ns[n % 256],
	    atomic_load(&gc.last_end_unix_ns));
	atomic_fetch_add(&gc.pause_total_ns, pause);
	atomic_store(&gc.last_end_ns, end_ns);
	if (r->forced)
		atomic_fetch_add(&gc.forced, 1);
	atomic_store(&gc.cycles, n + 1);
}

static void (*_Atomic pool_cleanup)(void); /* const once set */

void
rt_gc_set_pool_cleanup(void (*f)(void))
{
	atomic_store(&pool_cleanup, f);
}

static void
clean_pools(void)
{
	void (*f)(void) = atomic_load(&pool_cleanup);

	if (f != NULL)
		f();
}

struct cycle_args {
	int32_t nhelpers;
	struct rt_gc_cycle *r;
};

/* Steps 2 to 6, on g0. */
static void
cycle_on_g0(void *arg)
{
	struct cycle_args *a = arg;
	struct rt_gc_cycle *r = a->r;
	int64_t t0 = rt_nanotime(), t1, t2, t3;

	rt_stop_the_world_with_sema();
	clean_pools();
	rt_gcsweep_all();
	flush_all();
	r->procs = (uint32_t)rt_gomaxprocs;
	r->start_ns = t0;
	r->goal = atomic_load(&gc.goal);
	r->heap_start = r->heap_end = rt_heap_live();
	gc.waste = atomic_load(&rt_heap.stats.inuse_bytes) - r->heap_start;
	atomic_store(&rt_gcphase, GC_MARK);
	t1 = rt_nanotime();
	mark(a->nhelpers, r);
	t2 = rt_nanotime();
	atomic_store(&rt_gcphase, GC_MARKTERM);
	r->globals = rt_gcmark_globals_bytes();
	gc.marked = r->heap_live;
	gc.stacks = r->stacks;
	atomic_store(&rt_heap.live, r->heap_live);
	rt_mprof_next_cycle();
	rt_gcsweep_begin();
	rt_gc_revise_goal();
	atomic_store(&rt_gcphase, GC_OFF);
	t3 = rt_nanotime();
	r->stw_sweep_ns = t1 - t0;
	r->mark_ns = t2 - t1;
	r->stw_mark_ns = t3 - t2;
	r->stw_sweep_cpu_ns = r->stw_sweep_ns * r->procs;
	r->stw_mark_cpu_ns = r->stw_mark_ns * r->procs;
	account(r, t0, t3);
	r->cycle = atomic_load(&gc.cycles);
	rt_start_the_world_with_sema();
}

bool
rt_gc_should_start(void)
{
	return atomic_load_explicit(
	           &rt_heap.live, memory_order_relaxed) >=
	    atomic_load_explicit(&rt_heap.trigger, memory_order_relaxed) &&
	    atomic_load_explicit(&gc.enabled, memory_order_relaxed) &&
	    atomic_load_explicit(&rt_panicking, memory_order_relaxed) == 0;
}

static bool
still_due(enum gc_why why, uint32_t seen)
{
	if (atomic_load(&rt_panicking) != 0 || !atomic_load(&gc.enabled))
		return false;
	switch (why) {
	case GC_BY_HEAP:
		return rt_gc_should_start();
	case GC_BY_FORCE:
		/*
		 * Cycles run with the world stopped and we were running when
		 * we read `seen`, so any later one began after we asked.
		 */
		return atomic_load(&gc.cycles) == seen;
	case GC_BY_TIME:
		return atomic_load(&gc.percent) >= 0 &&
		    rt_nanotime() - atomic_load(&gc.last_end_ns) >=
		    atomic_load(&rt_gc_force_period_ns);
	case GC_BY_STRESS:
		return true;
	}
	return false;
}

/* User or system goroutine, no locks held. */
static void
run_cycle(enum gc_why why)
{
	struct rt_gc_cycle r = { .forced = why == GC_BY_FORCE };
	struct cycle_args a = { 0, &r };
	uint32_t seen = atomic_load(&gc.cycles);

	/* sweep in peace what would otherwise be swept in the pause */
	rt_gcsweep_finish();
	rt_worldsema_acquire();
	if (!still_due(why, seen)) {
		rt_worldsema_release();
		return;
	}
	a.nhelpers = make_helpers();
	rt_systemstack(cycle_on_g0, &a);
	rt_gctrace(&r);
	rt_worldsema_release();
	rt_gcsweep_wake();
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

void
rt_gc_force(void)
{
	uint32_t cycle;

	run_cycle(GC_BY_FORCE);
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
	int64_t last = atomic_load_explicit(
	    &gc.last_end_ns, memory_order_relaxed);

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
	atomic_store(&gc.last_end_ns, rt_nanotime());
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
	r->last_gc_unix_ns = atomic_load(&gc.last_end_unix_ns);
	r->pause_total_ns = atomic_load(&gc.pause_total_ns);
	r->num_gc = atomic_load(&gc.cycles);
	r->num_forced_gc = atomic_load(&gc.forced);
	r->gc_cpu_permille = atomic_load(&gc.cpu_permille);
	/* a snapshot may see the entry of a cycle that ends this moment */
	for (int i = 0; i < 256; i++) {
		r->pause_ns[i] = atomic_load_explicit(
		    &gc.pause_ns[i], memory_order_relaxed);
		r->pause_end_ns[i] = atomic_load_explicit(
		    &gc.pause_end_ns[i], memory_order_relaxed);
	}
}
