/*
 * preempt.c - making a running goroutine stop.
 *
 * By request first: the goroutine's preempt flag is set, and it looks at it
 * (rt_preempt_check, one load and a branch) wherever user code enters the
 * runtime, above all in mallocgc's slow path and at the return from a system
 * call. Parking and yielding look at what the flag stands for by themselves.
 * Compiled Go looks at each call of a function as well: its stack checks are
 * made to fail (poison).
 *
 * Who computes without calling anything is interrupted by SIGURG and stopped
 * where it stands, if it may be (preempt_signal.c; fault/stopplace.c says
 * where). The signal comes from the thread's own alarm when a turn is over
 * (mtimer.c, slice.c), from sysmon where there is no alarm, and from who stops
 * the world, after it asked in vain for 20 us. GODEBUG=asyncpreemptoff=1 leaves
 * the requests alone; preemptstress=1 interrupts everybody at random.
 *
 * A request may be lost: between following p->m->curg and setting the flag
 * the P may have gone to another goroutine, a switch puts the guard word right
 * that was poisoned, and where m->locks forbids stopping the slow call only
 * does the same; a signal may find the goroutine where it must not stop. Whoever
 * asks must therefore ask again until what it wants has happened, and all do.
 *
 * Why compiled Go may be stopped at any instruction. At each call it could be
 * stopped already, so what is new lies between two calls:
 *
 *   - the write barrier's flag may have been read long ago: it is a constant,
 *     and the barrier's own test and store are one step (gc/mbarrier.c;
 *     stopplace.c begins an interrupted barrier anew)
 *   - the only pointer to an object may be in any register: all are saved on
 *     the stack that the collector scans
 *   - it may point behind the object's end: objects that end at a word are
 *     kept, for words on stacks (gc/mgcmark.c)
 *   - errno, after a call of C: it travels along
 *   - Go functions that the runtime calls. On g0 nothing is stopped: timers'
 *     functions, the pools' cleanup. Hashers and equality of keys run in the
 *     midst of a map's operation, on the goroutine, and may park at their own
 *     calls: the map's state is the map's, not the P's, and its write mark tells
 *     others of a race which is the program's. Finalizers run on a goroutine of
 *     their own, deferred functions between two steps of fault/panic.c, both as
 *     ordinary calls. Whoever of the runtime calls Go and must not be left in
 *     between raises m->locks, as before
 *   - a pin is m->locks, raised and lowered inside the runtime: from its return
 *     to the call of unpin no instruction is stopped
 *   - unsafe code that keeps an address in a uintptr, over a stop: the stack is
 *     read conservatively
 *
 * Rejected: leaving the word poisoned where one must not stop, until one may:
 * every call would be slow there, and a stack that really has to grow could not
 * be told from it. For C programs there is no word: only code compiled with
 * -fsplit-stack reads it.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "sched/oracle.h"
#include "sched/preempt.h"
#include "sched/sched_priv.h"

/* What a handler runs: see preempt_signal.c. */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
#else
#define SIG_CODE
#endif

/*
 * Make every stack check of mp's thread fail, so that compiled Go comes to
 * rt_morestack_slow at its next call and looks at its preempt flag there. The
 * flag is set before; mp's thread may be switching meanwhile: then it overwrites
 * this, or another goroutine makes the slow call and finds nothing asked of it.
 *
 * The word lies in the thread's own block, which goes when the thread ends. So
 * we announce ourselves before we look at the address, and the thread takes the
 * address away before it looks whether somebody is announced (rt_guard_close):
 * both in full order, so one of the two sees the other.
 */
SIG_CODE static void
poison(struct m *mp)
{
	_Atomic uintptr_t *word;

	atomic_fetch_add(&mp->npoison, 1);
	word = atomic_load(&mp->guardword);
	if (word != NULL)
		atomic_store_explicit(word, UINTPTR_MAX, memory_order_relaxed);
	atomic_fetch_sub(&mp->npoison, 1);
}

/* The thread of mp begins; on it. Programs without checks have nothing to
 * poison. */
void
rt_guard_open(struct m *mp)
{
	if (rt_stack_checked())
		atomic_store(&mp->guardword, rt_guard_word_address());
}

/* It ends. */
void
rt_guard_close(struct m *mp)
{
	atomic_store(&mp->guardword, NULL);
	while (atomic_load(&mp->npoison) != 0)
		rt_procyield(10);
}

SIG_CODE bool
rt_preempt_mark(struct m *mp, struct p *pp)
{
	struct g *gp = __atomic_load_n(&mp->curg, __ATOMIC_RELAXED);

	if (gp == NULL || gp == mp->g0)
		return false;
	atomic_store_explicit(&gp->preempt, true, memory_order_relaxed);
	atomic_store_explicit(&pp->preempt, true, memory_order_relaxed);
	poison(mp);
	return true;
}

/*
 * Has mp's thread run since this was last asked? A C goroutine may sleep in a
 * call of libc, which a signal would end early; who sleeps is not interrupted.
 */
static bool
has_run(struct m *mp)
{
	int64_t now = rt_cputime_of_thread_ns(mp->tid);

	return atomic_exchange_explicit(&mp->cputime_ns, now,
	           memory_order_relaxed) != now;
}

void
rt_preemptone(struct p *pp)
{
	struct m *mp = __atomic_load_n(&pp->m, __ATOMIC_RELAXED);

	if (mp == NULL || mp == rt_getg()->m || !rt_preempt_mark(mp, pp))
		return;
	if (rt_stack_checked() || has_run(mp))
		rt_preempt_send(mp);
}

void
rt_preemptall(void)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++) {
		struct p *pp = rt_allp[i];
		struct m *mp = __atomic_load_n(&pp->m, __ATOMIC_RELAXED);

		if (atomic_load(&pp->status) != P_RUNNING || mp == NULL ||
		    mp == rt_getg()->m || !rt_preempt_mark(mp, pp))
			continue;
		if (!rt_stack_checked())
			(void)has_run(mp); /* for the next question */
	}
}

void
rt_preemptall_now(void)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		if (atomic_load(&rt_allp[i]->status) == P_RUNNING)
			rt_preemptone(rt_allp[i]);
}

/*
 * The flag is set. Stop unless this is a place where one must not: then the
 * flag stays, and the next check finds it.
 */
void
rt_preempt_check_slow(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;

	if (gp != mp->curg || mp->p == NULL || mp->mallocing != 0 ||
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) != 0 ||
	    mp->preemptoff[0] != '\0' ||
	    atomic_load_explicit(&mp->p->status, memory_order_relaxed) !=
	        P_RUNNING)
		return;
	atomic_store_explicit(&mp->p->preempt, false, memory_order_relaxed);
	rt_mcall(rt_gopreempt_m);
}
