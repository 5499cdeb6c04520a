/*
 * mgccycle.c - one cycle: its phases, and what it found.
 *
 * Two ways to mark. Beside the program, for code that stores every pointer
 * through the barrier: compiled Go, and C programs that say so (GORT_BARRIERED
 * in gort.h). With the world stopped, for all other C programs, and under
 * GODEBUG=gcstoptheworld=1. Sweeping stops nobody (but for gcstoptheworld=2).
 *
 * Beside the program:
 *
 *   1  begin, world stopped: what the last cycle left unswept is swept, every
 *      P's cache goes back, so that allocation bits are exact; the barrier is
 *      switched on; the goroutine that stopped the world is scanned. All
 *      others stand still and will be scanned before they run again
 *      (mgcmark.c has the argument).
 *   2  world running: goroutines mark (mgcbg.c), allocations assist when
 *      marking falls behind. What is allocated is born marked (mcache.c);
 *      what is overwritten or stored is recorded (mbarrier.c) and marked.
 *   3  who finds nothing left, worker or assist, stops the world and drains
 *      what came since. If that is more than END_BYTES, it lets the
 *      world go on and the workers begin anew, END_TRIES times at most.
 *   4  end, world stopped: the barrier is off, caches go back (and unmark what
 *      they had not given out), sweepgen moves on, the pacer sets the next goal.
 *
 * So everything is kept that could be reached when the cycle began, and
 * everything made since. Both stops are independent of the heap: the first
 * looks at Ps and at one stack, the second at a bounded rest.
 *
 * rt_gcphase and the barrier change only while the world stands, and threads
 * without a P store no pointers into the heap; so for everybody who has a P
 * they are constant between two safepoints.
 *
 * Cycles are counted when they start and when they have ended; the two differ by
 * one at most.
 *
 * gctrace's first and last clock are the two stops; stw_mark counts all tries.
 *
 * Rejected: threads without a P (mgcbg.c); scanning running goroutines by asking
 * them to stop (scanning before they go on needs nobody's answer).
 */
#include "gc/mgc.h"

#include "boot/boot.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgcpacer.h"
#include "lock/lock.h"
#include "mem/mdebug.h"
#include "mem/mprof.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

/* Marked in the last stop at most, unless it has been tried often enough. */
#define END_BYTES ((uint64_t)32 << 10)
#define END_TRIES 8
#define WORKERS_MAX 64

bool rt_gc_beside;
_Atomic uint32_t rt_gcphase;

static struct {
	/* worldsema: */
	struct rt_gc_cycle r; /* of the cycle that runs, or ran last */
	int64_t begun_ns, marking_ns; /* start of the cycle, of marking */
	int64_t cpu_ns; /* of all cycles */
	uint32_t tries; /* ends tried in this cycle */
	bool beside;    /* this one marks beside the program */
	/* bytes, by this cycle's workers */
	_Atomic uint64_t marked, stacks, globals;
	_Atomic uint64_t started, ended; /* worldsema to write */

	struct rt_mutex lock;
	uint32_t waiters;      /* lock: asleep on done, or about to be */
	_Atomic uint32_t done; /* semaphore */

	_Atomic uint32_t forced;
	_Atomic int64_t last_end_ns; /* mono; 0: none yet */
	_Atomic uint64_t last_end_unix_ns, pause_total_ns, cpu_permille;
	_Atomic uint64_t pause_ns[256], pause_end_ns[256];
} cyc = { .lock = { .rank = RANK_FORCEGC } };

bool
rt_gc_marking(void)
{
	return atomic_load(&rt_gcphase) == GC_MARK;
}

uint64_t
rt_gccycle_started(void)
{
	return atomic_load(&cyc.started);
}

uint32_t
rt_gc_cycles(void)
{
	return (uint32_t)atomic_load(&cyc.ended);
}

int64_t
rt_gccycle_last_end_ns(void)
{
	return atomic_load_explicit(&cyc.last_end_ns, memory_order_relaxed);
}

void
rt_gccycle_set_last_end(int64_t now_ns)
{
	atomic_store(&cyc.last_end_ns, now_ns);
}

/* Is every store of a pointer made through the barrier? */
extern const char barriered[] __asm__("gort_barriered")
    __attribute__((weak));
extern char compiled_go[] __asm__("__start_gort_data")
    __attribute__((weak));

void
rt_gccycle_init(void)
{
	rt_gc_beside = compiled_go != NULL || barriered != NULL;
}

/* ---- what is counted ---- */

void
rt_gc_credit_marked(struct gcworker *w)
{
	atomic_fetch_add_explicit(
	    &cyc.marked, w->bytes_marked, memory_order_relaxed);
	atomic_fetch_add_explicit(
	    &cyc.stacks, w->stack_bytes, memory_order_relaxed);
	atomic_fetch_add_explicit(
	    &cyc.globals, w->globals_bytes, memory_order_relaxed);
	w->bytes_marked = w->stack_bytes = w->globals_bytes = 0;
}

uint64_t
rt_gccycle_work(void)
{
	return atomic_load_explicit(&cyc.marked, memory_order_relaxed) +
	    atomic_load_explicit(&cyc.stacks, memory_order_relaxed) +
	    atomic_load_explicit(&cyc.globals, memory_order_relaxed);
}

static void
count_pause(int64_t ns)
{
	rt_timehist_add(&rt_hist_gc_pauses, ns, 1);
	atomic_fetch_add(&cyc.pause_total_ns, (uint64_t)ns);
	rt_gc_cpu_stopped(ns);
}

/* The numbers of the cycle that ends now; world stopped. */
static void
account(struct rt_gc_cycle *r, int64_t now_ns)
{
	uint32_t n = (uint32_t)atomic_load(&cyc.ended);
	int64_t stopped = r->stw_sweep_ns + r->stw_mark_ns;

	if (!cyc.beside)
		stopped += r->mark_ns;
	r->stw_sweep_cpu_ns = r->stw_sweep_ns * r->procs;
	r->stw_mark_cpu_ns = r->stw_mark_ns * r->procs;
	cyc.cpu_ns += stopped * r->procs;
	if (cyc.beside)
		cyc.cpu_ns += r->bg_ns + r->assist_ns;
	r->cpu_permille = rt_pacer_permille(cyc.cpu_ns,
	    now_ns - rt_runtime_init_time_ns(), (int32_t)r->procs);
	atomic_store(&cyc.cpu_permille, r->cpu_permille);
	atomic_store(&cyc.pause_ns[n % 256], (uint64_t)stopped);
	atomic_store(&cyc.last_end_unix_ns, (uint64_t)rt_walltime_ns());
	atomic_store(&cyc.pause_end_ns[n % 256],
	    atomic_load(&cyc.last_end_unix_ns));
	atomic_store(&cyc.last_end_ns, now_ns);
	if (r->forced)
		atomic_fetch_add(&cyc.forced, 1);
	r->cycle = n + 1;
}

void
rt_gccycle_fill_memstats(struct rt_memstats *r)
{
	r->last_gc_unix_ns = atomic_load(&cyc.last_end_unix_ns);
	r->pause_total_ns = atomic_load(&cyc.pause_total_ns);
	r->num_gc = rt_gc_cycles();
	r->num_forced_gc = atomic_load(&cyc.forced);
	r->gc_cpu_permille = atomic_load(&cyc.cpu_permille);
	/* a snapshot may see the entry of a cycle that ends this moment */
	for (int i = 0; i < 256; i++) {
		r->pause_ns[i] = atomic_load_explicit(
		    &cyc.pause_ns[i], memory_order_relaxed);
		r->pause_end_ns[i] = atomic_load_explicit(
		    &cyc.pause_end_ns[i], memory_order_relaxed);
	}
}

/* ---- who waits for the end ---- */

void
rt_gccycle_wait(uint64_t n)
{
	for (;;) {
		rt_lock(&cyc.lock);
		if (atomic_load(&cyc.ended) >= n) {
			rt_unlock(&cyc.lock);
			return;
		}
		cyc.waiters++;
		rt_unlock(&cyc.lock);
		rt_semacquire(&cyc.done, WAIT_FOR_GC_CYCLE, false);
	}
}

static void
tell_waiters(void)
{
	uint32_t n;

	rt_lock(&cyc.lock);
	n = cyc.waiters;
	cyc.waiters = 0;
	rt_unlock(&cyc.lock);
	while (n-- > 0)
		rt_semrelease(&cyc.done, false);
}

/* ---- beginning; world stopped ---- */

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

static void
begin_cycle(int64_t now_ns)
{
	struct rt_gc_cycle *r = &cyc.r;

	clean_pools();
	rt_gcsweep_all();
	rt_stoptrace("sweep");
	flush_all();
	rt_stoptrace("flush");
	rt_mdebug_cycle_begins();
	r->procs = (uint32_t)rt_gomaxprocs;
	r->start_ns = cyc.begun_ns = now_ns;
	r->goal = rt_gc_heap_goal();
	r->heap_start = r->heap_end = rt_heap_live();
	cyc.tries = 0;
	/* nobody runs: whoever reads it later asked after we began */
	atomic_fetch_add(&cyc.started, 1);
	atomic_store(&cyc.marked, 0);
	atomic_store(&cyc.stacks, 0);
	atomic_store(&cyc.globals, 0);
	rt_gcbg_cpu_ns();
	rt_gcbg_assist_ns();
	rt_gchelp_cpu_ns();
	atomic_store(&rt_gcphase, GC_MARK);
	rt_gc_begun(r->heap_start);
}

/* The rest of both ways: what was marked is what lives. */
static void
end_cycle(uint64_t live)
{
	struct rt_gc_cycle *r = &cyc.r;

	rt_mdebug_cycle_ends();
	atomic_store(&rt_gcphase, GC_MARKTERM);
	r->globals = rt_gcmark_globals_bytes();
	r->stacks = atomic_load(&cyc.stacks);
	r->heap_live = live;
	atomic_store(&rt_heap.live, live);
	rt_mprof_next_cycle();
	rt_gcsweep_begin();
	atomic_store(&rt_gcphase, GC_OFF);
}

static void
check_closure(void)
{
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_debug.gccheckmark, memory_order_relaxed) > 0))
		rt_gccheck_closure();
}

/* ---- with the world stopped ---- */

struct cycle_args {
	int32_t nhelpers;
	bool over; /* out: the cycle has ended */
};

static void
mark_stopped(int32_t nhelpers)
{
	struct gcworker w;
	int64_t t0 = rt_thread_cputime_ns();

	rt_gcwork_begin((uint32_t)nhelpers + 1);
	rt_gcmark_prepare();
	rt_gcworker_init(&w);
	w.alone = nhelpers == 0;
	if (!rt_gcwork_join())
		rt_throw("gc: marking was over before it began");
	rt_gchelp_wake(nhelpers);
	rt_gcmark_drain(&w);
	rt_gcworker_fini(&w);
	rt_gchelp_quiesce();
	rt_gcmark_finish();
	cyc.r.bg_ns = rt_thread_cputime_ns() - t0 + rt_gchelp_cpu_ns();
}

static void
whole_on_g0(void *arg)
{
	struct cycle_args *a = arg;
	struct rt_gc_cycle *r = &cyc.r;
	int64_t t0 = rt_nanotime(), t1, t2, t3;

	rt_stop_the_world_with_sema();
	begin_cycle(t0);
	t1 = rt_nanotime();
	mark_stopped(a->nhelpers);
	check_closure();
	t2 = rt_nanotime();
	end_cycle(atomic_load(&cyc.marked));
	if (atomic_load_explicit(
	        &rt_debug.gcstoptheworld, memory_order_relaxed) > 1)
		rt_gcsweep_all();
	t3 = rt_nanotime();
	r->stw_sweep_ns = t1 - t0;
	r->mark_ns = t2 - t1;
	r->stw_mark_ns = t3 - t2;
	r->assist_ns = 0;
	count_pause(t3 - t0);
	account(r, t3);
	rt_gc_found(r, false);
	rt_start_the_world_with_sema();
}

/* ---- beside the program ---- */

static void
begin_on_g0(void *arg)
{
	struct rt_gc_cycle *r = &cyc.r;
	int64_t t0 = rt_nanotime();
	struct gcworker w;

	(void)arg;

	rt_stop_the_world_with_sema();
	begin_cycle(t0);
	rt_gcbarrier_set(true);
	rt_sched.gscan = true;
	rt_gcwork_begin(WORKERS_MAX);
	rt_gcmark_prepare_beside(atomic_load(&cyc.started));
	rt_gcworker_init(&w);
	rt_gcmark_self(&w, rt_getg()->m->curg);
	rt_gc_credit_marked(&w);
	rt_gcworker_dispose(&w);
	rt_stoptrace("own stack");
	cyc.marking_ns = rt_nanotime();
	r->stw_sweep_ns = cyc.marking_ns - t0;
	r->stw_mark_ns = 0;
	count_pause(r->stw_sweep_ns);
	rt_start_the_world_with_sema();
}

/* Drain what is left; false: it is too much to do it now. */
static bool
mark_rest(void)
{
	struct gcworker w;
	bool over;

	rt_gcworker_init(&w);
	w.alone = true;
	if (++cyc.tries < END_TRIES)
		w.budget_bytes = END_BYTES;
	rt_gcbarrier_flush();
	rt_gcmark_own_again(&w);
	over = rt_gcmark_some(&w);
	rt_gc_credit_marked(&w);
	rt_gcworker_dispose(&w);
	return over;
}

static void
end_on_g0(void *arg)
{
	struct cycle_args *a = arg;
	struct rt_gc_cycle *r = &cyc.r;
	int64_t t0 = rt_nanotime(), t1;

	rt_stop_the_world_with_sema();
	a->over = mark_rest();
	rt_stoptrace("rest");
	if (a->over) {
		flush_all(); /* before the phase changes: mcache.c, settle */
		rt_stoptrace("flush");
		check_closure();
		rt_gcbarrier_set(false);
		rt_sched.gscan = false;
		rt_gcmark_finish_beside();
		r->heap_end = rt_heap_live();
		end_cycle(atomic_load(&cyc.marked) +
		    (r->heap_end - r->heap_start));
	} else {
		rt_gcwork_begin(WORKERS_MAX);
	}
	t1 = rt_nanotime();
	r->stw_mark_ns += t1 - t0;
	count_pause(t1 - t0);
	if (a->over) {
		r->mark_ns = t1 - cyc.marking_ns - r->stw_mark_ns;
		r->bg_ns = rt_gcbg_cpu_ns();
		r->assist_ns = rt_gcbg_assist_ns();
		account(r, t1);
		rt_gc_found(r, true);
		rt_stoptrace("end");
	}
	rt_start_the_world_with_sema();
}

/* ---- from goroutines ---- */

/* After the last stop; worldsema held. */
static void
finish(void)
{
	struct rt_gc_cycle r = cyc.r;

	rt_gctrace(&r);
	atomic_fetch_add(&cyc.ended, 1);
	rt_worldsema_release();
	rt_gcsweep_wake();
	tell_waiters();
	rt_gc_cpu_update(rt_nanotime());
}

void
rt_gccycle_try_to_end(void)
{
	struct cycle_args a = { .over = false };

	rt_worldsema_acquire();
	if (atomic_load(&rt_gcphase) != GC_MARK || !rt_gcwork_is_over()) {
		rt_worldsema_release();
		return;
	}
	rt_systemstack(end_on_g0, &a);
	if (a.over)
		finish();
	else
		rt_worldsema_release();
}

void
rt_gccycle_begin(enum gc_why why)
{
	bool beside = rt_gc_beside &&
	    atomic_load_explicit(
	        &rt_debug.gcstoptheworld, memory_order_relaxed) <= 0;
	struct cycle_args a = { .over = false };

	cyc.r = (struct rt_gc_cycle){ .forced = why == GC_BY_FORCE };
	cyc.beside = beside;
	if (!beside) {
		a.nhelpers = rt_gchelp_prepare();
		rt_systemstack(whole_on_g0, &a);
		finish();
		return;
	}
	rt_gcbg_prepare();
	rt_systemstack(begin_on_g0, NULL);
	rt_worldsema_release();
	rt_gcbg_begin();
}
