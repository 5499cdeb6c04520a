/*
 * preempt.c - making a running goroutine stop.
 *
 * Today by request: the goroutine's preempt flag is set, and it looks at it
 * (rt_preempt_check, one load and a branch) wherever user code enters the
 * runtime, above all in mallocgc's slow path and at the return from a system
 * call. Parking and yielding look at what the flag stands for by themselves.
 * Compiled Go looks at each call of a function as well: its stack checks are
 * made to fail (poison). Who computes without calling anything runs on; sysmon
 * asks again each time it passes.
 *
 * A request may be lost: between following p->m->curg and setting the flag
 * the P may have gone to another goroutine, a switch puts the guard word right
 * that was poisoned, and where m->locks forbids stopping the slow call only
 * does the same. Whoever asks must therefore ask
 * again until what it wants has happened, and all do.
 *
 * The plan for stopping without being asked (its place is preemptone, after
 * the flag is set):
 *
 *   - a POSIX timer for each thread (SIGEV_THREAD_ID, SIGURG), armed lazily
 *     to the earlier of the slice's end and the P's next timer, so that the
 *     interrupt arrives on the processor that has to act; sysmon's sampling
 *     is the fallback
 *   - the handler decides: pc in compiled Go's text (for C: in the program's
 *     own text and no foreign frame below, by unwinding), m->locks == 0, not
 *     pinned, not in a system call, sp within curg's stack with room for the
 *     saved state; else it leaves the flag set and does nothing
 *   - if so it edits the interrupted context to call an assembly stub on the
 *     goroutine's own stack below the red zone, which saves flags, integer
 *     registers and the whole XSAVE area there (the collector scans it) and
 *     parks by rt_mcall; never a switch from inside the handler
 *   - a C goroutine stopped like that is resumed on the same thread, because
 *     its code may have kept addresses of thread-local data
 *   - status G_PREEMPTED is for goroutines stopped on behalf of the
 *     collector, which alone resumes them
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

/* What mp runs on pp shall stop at its next check. Any thread, and handlers. */
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
 * Ask the goroutine that pp runs now. False: there was none to ask. Any
 * thread; pp->m and its curg may change meanwhile, neither is ever freed.
 */
bool
rt_preemptone(struct p *pp)
{
	struct m *mp = __atomic_load_n(&pp->m, __ATOMIC_RELAXED);

	return mp != NULL && mp != rt_getg()->m && rt_preempt_mark(mp, pp);
}

void
rt_preemptall(void)
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
