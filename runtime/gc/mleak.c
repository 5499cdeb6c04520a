/*
 * mleak.c - goroutines that wait for what nobody will ever do.
 *
 * A goroutine blocked on a channel, a semaphore (a mutex, a wait group) or a
 * condition goes on when somebody does something to that object, for which he
 * must have it. If nobody who will run can come by it, the goroutine has
 * leaked, with all that its stack refers to. Reachability answers that: the
 * collector's marking, with one rule turned round.
 *
 *   1  All roots are marked but the stacks of suspects: the program's own
 *      goroutines that are parked on such an object. All others (running,
 *      runnable, in a system call or called from C, asleep, waiting for a
 *      descriptor or for the runtime) are roots as ever, and so are globals,
 *      registered ranges, timers with their arguments, finalizers, cleanups.
 *   2  A suspect whose object is marked now could be woken: it is no suspect
 *      any more, its stack becomes a root. So on until no more come. Of a
 *      select one channel is enough.
 *   3  Who is left has leaked.
 *
 * A leaked goroutine never runs again, so it stays one: `leaked` in struct g
 * is set once and shows in tracebacks, listings, until the next search.
 *
 * What counts as reaching beyond the collector's own idea of it, because
 * nobody may be accused in vain:
 *   - Objects outside the heap (static mutexes, wait groups in frames of C or
 *     in malloc'ed memory) are always reachable: who may have a pointer to them
 *     can't be known.
 *   - Objects with finalizers themselves, not only what they refer to: the
 *     finalizer gets the object.
 *   - Goroutine 1 in `select {}`: that is how a program says that it lives
 *     until it is killed.
 * Words are read conservatively as ever: a stale one in a frame hides a leak.
 * What the collector can't see (gort.h, WHERE POINTERS MAY LIVE) does not
 * count: a channel that a C program keeps in malloc'ed memory alone is not kept
 * by that.
 *
 * No cycle of the collector runs: with the world stopped and everything swept,
 * mark bits are all 0 and allocation bits exact. They are used and cleared
 * again, so a search has no effect on what is freed, on finalizers or on the
 * pacer. It costs one stop as long as it takes one thread to mark the live
 * heap, which is why it is only done when asked for.
 *
 * Passes over the suspects change direction, because chains (each goroutine
 * holds the next one's channel) are usually in the order of creation or in the
 * reverse: two passes do for both.
 *
 * Rejected: leaving suspects out of the roots in cycles that run anyway. Whoever
 * is found leaked there must be marked late, in the stop at the end; and with
 * marking beside the program a suspect may be woken between two looks.
 */
#include "gc/mgc.h"

#include "diag/diag.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

#include <string.h>

#define EXIT_LEAKED 3

static bool searching; /* stw */

/* ---- who may have leaked; world stopped ---- */

enum object { OBJ_NONE, OBJ_CHANNELS, OBJ_ADDRESS, OBJ_NEVER };

/* What goroutines that give this reason wait for. */
static enum object
object_of(uint8_t reason)
{
	switch (reason) {
	case WAIT_CHAN_RECEIVE:
	case WAIT_CHAN_SEND:
	case WAIT_SELECT:
		return OBJ_CHANNELS;
	case WAIT_SEMACQUIRE:
	case WAIT_SYNC_COND_WAIT:
	case WAIT_SYNC_MUTEX_LOCK:
	case WAIT_SYNC_RWMUTEX_RLOCK:
	case WAIT_SYNC_RWMUTEX_LOCK:
	case WAIT_SYNC_WAITGROUP_WAIT:
		return OBJ_ADDRESS;
	case WAIT_CHAN_RECEIVE_NIL:
	case WAIT_CHAN_SEND_NIL:
	case WAIT_SELECT_NO_CASES:
		return OBJ_NEVER;
	default:
		return OBJ_NONE;
	}
}

/* Also of a goroutine that goes on meanwhile: what it reads stays readable. */
RT_NO_SANITIZE const void *
rt_wait_address(const struct g *gp)
{
	const struct sudog *s;

	switch (object_of(gp->waitreason)) {
	case OBJ_CHANNELS:
		s = __atomic_load_n(&gp->waiting, __ATOMIC_RELAXED);
		return s == NULL ? NULL : s->c;
	case OBJ_ADDRESS:
		return gp->waitaddr;
	default:
		return NULL;
	}
}

static bool
is_suspect(const struct g *gp)
{
	if (rt_readgstatus(gp) != G_WAITING || gp->system)
		return false;
	if (gp->goid == 1 && gp->waitreason == WAIT_SELECT_NO_CASES)
		return false;
	return object_of(gp->waitreason) != OBJ_NONE;
}

static RT_NO_SANITIZE bool
is_reached(const struct g *gp)
{
	switch (object_of(gp->waitreason)) {
	case OBJ_CHANNELS:
		if (gp->waiting == NULL)
			rt_throw("leak: a goroutine waits in no channel");
		for (struct sudog *s = gp->waiting; s != NULL; s = s->waitlink)
			if (!rt_gc_unmarked((uintptr_t)s->c))
				return true;
		return false;
	case OBJ_ADDRESS:
		return rt_spanof((uintptr_t)gp->waitaddr) == NULL ||
		    !rt_gc_unmarked((uintptr_t)gp->waitaddr);
	default:
		return false;
	}
}

/*
 * The daemons of gcdaemon.h, asleep, have no object in hand. Their frames are
 * full of span bases, each of which would be taken for the first slot's.
 */
static bool
sleeps_empty_handed(const struct g *gp)
{
	if (rt_readgstatus(gp) != G_WAITING || !gp->system)
		return false;
	switch (gp->waitreason) {
	case WAIT_FORCE_GC_IDLE:
	case WAIT_GC_SWEEP_WAIT:
	case WAIT_GC_SCAVENGE_WAIT:
	case WAIT_GC_WORKER_IDLE:
	case WAIT_FINALIZER_WAIT:
	case WAIT_GOMAXPROCS_UPDATER:
		return true;
	default:
		return false;
	}
}

bool
rt_leak_leaves_out(const struct g *gp)
{
	return searching &&
	    (gp->leaked != 0 || sleeps_empty_handed(gp) ||
	        rt_gcbg_is_worker(gp));
}

/* ---- the search; world stopped ---- */

static void
suspect_all(void)
{
	size_t n = rt_allg_len();

	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);

		gp->leaked = is_suspect(gp) ? gp->goid : 0;
	}
}

/* True: somebody was acquitted. */
static bool
pass(struct gcworker *w, bool backwards)
{
	size_t n = rt_allg_len();
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(backwards ? n - 1 - i : i);

		if (gp->leaked == 0 || !is_reached(gp))
			continue;
		gp->leaked = 0;
		any = true;
		rt_gcmark_self(w, gp);
		rt_gcmark_some(w);
	}
	return any;
}

static void
search(void)
{
	struct gcworker w;
	bool backwards = false;

	suspect_all();
	searching = true;
	rt_gcmark_prepare();
	rt_gcworker_init(&w);
	w.alone = true;
	rt_final_mark_objects(&w);
	rt_gcmark_some(&w);
	while (pass(&w, backwards))
		backwards = !backwards;
	rt_gcworker_fini(&w);
	rt_gcmark_finish();
	searching = false;
}

static void
unmark_all(void)
{
	struct mspan *s;
	uintptr_t at = 0;

	while ((s = rt_mheap_next(&at)) != NULL)
		memset((void *)s->marks, 0, s->nwords * 64u);
}

static void
search_on_g0(void *arg)
{
	(void)arg;
	rt_stop_the_world_with_sema();
	rt_gcsweep_all();
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_gc_p_flush(rt_allp[i]);
	search();
	unmark_all();
	rt_start_the_world_with_sema();
}

/* worldsema held, no cycle runs. */
static void
acquire_quiet(void)
{
	for (;;) {
		/* in peace, what would be swept in the stop */
		rt_gcsweep_finish();
		rt_worldsema_acquire();
		if (atomic_load(&rt_gcphase) == GC_OFF)
			return;
		rt_worldsema_release();
		rt_gccycle_wait(rt_gccycle_started());
	}
}

bool
rt_leaked(const struct g *gp)
{
	return gp->leaked != 0 && gp->leaked == gp->goid;
}

size_t
rt_leak_search(void)
{
	size_t n, found = 0;

	acquire_quiet();
	rt_systemstack(search_on_g0, NULL);
	rt_worldsema_release();
	n = rt_allg_len();
	for (size_t i = 0; i < n; i++)
		found += rt_leaked(rt_allg_at(i));
	return found;
}

/* ---- GODEBUG=leakcheck=1 ---- */

static void
report(size_t found)
{
	size_t n = rt_allg_len();

	rt_printlock();
	rt_printf("leakcheck: %zu goroutine%s leaked: blocked for ever on what "
	          "nobody can reach\n",
	    found, found == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);

		if (!rt_leaked(gp))
			continue;
		rt_printf("\n");
		rt_traceback_g(gp);
	}
	rt_printunlock();
}

int
rt_leak_exit_code(int code)
{
	struct g *gp = rt_getg();
	size_t found;

	if (atomic_load_explicit(
	        &rt_debug.leakcheck, memory_order_relaxed) <= 0 ||
	    rt_in_fork_child || atomic_load(&rt_panicking) != 0 ||
	    gp != gp->m->curg || gp->m->p == NULL ||
	    atomic_load_explicit(&gp->m->locks, memory_order_relaxed) != 0)
		return code;
	found = rt_leak_search();
	if (found == 0)
		return code;
	report(found);
	return code == 0 ? EXIT_LEAKED : code;
}
