/*
 * extram.c - Go called by C on a thread that Go did not make.
 *
 * Such a call (cgo's CgocallBack on a thread without a g) needs all that a
 * thread of ours has: an M, and a goroutine to run as. Both are lent from a
 * list for the time of the call and made when the list is empty; they are never
 * freed, only as many as there ever were calls at one time.
 *
 * The goroutine's stack is the thread's own: C's frames and Go's lie on it in
 * turn. So it is locked to the thread. g0, which everywhere else has the
 * thread's stack, has one of its own here, of G0_BYTES; its context is made such
 * that the first goroutine's leaving enters rt_g0_loop in its midst.
 *
 * To the scheduler the thread looks as if its goroutine came back from a system
 * call, and at the end as if it entered one for ever. While it is lent an M
 * counts as a running thread, on the list it does not (checkdead.c).
 */
#define _GNU_SOURCE /* pthread_getattr_np */
#include "sched/sched.h"

#include <pthread.h>
#include <signal.h>

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/sched_priv.h"

#define G0_BYTES ((size_t)1 << 20)
#define ROOM_BYTES ((size_t)64 << 10)

struct rt_extra {
	struct g g;
	stack_t oldstack; /* the signal stack that the thread had */
};

static struct {
	struct rt_mutex lock;
	struct m *free; /* lock; by schedlink */
	_Atomic int32_t nfree; /* lock to write; checkdead reads */
} extra = { .lock = { .rank = RANK_GFREE } };

/* g0's loop is never left: the M is not made to end. */
static void
loop_left(void *arg)
{
	rt_throw("extra thread left its loop");
}

static struct m *
extra_new(void)
{
	struct m *mp = rt_allocm();
	struct rt_extra *x = rt_persistentalloc(sizeof(*x), RT_CACHE_LINE,
	    RT_STAT_OTHER);
	char *stack = rt_sys_mmap(G0_BYTES);

	if (stack == NULL)
		rt_throw("no memory for the stack of a thread that C made");
	(void)rt_sys_guard(stack, rt_physpagesize);
	mp->g0->stack.lo = (uintptr_t)stack + rt_physpagesize;
	mp->g0->stack.hi = (uintptr_t)stack + G0_BYTES;
	rt_san_fiber_new(mp->g0);
	mp->extra = x;
	atomic_store_explicit(&x->g.atomicstatus, G_DEAD,
	    memory_order_release);
	rt_allg_add(&x->g);
	return mp;
}

static struct m *
extra_get(void)
{
	struct m *mp;

	rt_lock(&extra.lock);
	mp = extra.free;
	if (mp != NULL) {
		extra.free = mp->schedlink;
		atomic_fetch_sub(&extra.nfree, 1);
	}
	rt_unlock(&extra.lock);
	return mp != NULL ? mp : extra_new();
}

/* Ms that wait for a thread of C's to call. */
int32_t
rt_extra_unused(void)
{
	return atomic_load(&extra.nfree);
}

/* The thread's stack becomes gp's. */
static void
lend_stack(struct g *gp)
{
	pthread_attr_t attr;
	void *lo;
	size_t bytes;

	if (pthread_getattr_np(pthread_self(), &attr) != 0 ||
	    pthread_attr_getstack(&attr, &lo, &bytes) != 0)
		rt_throw("a thread that C made does not tell its stack");
	pthread_attr_destroy(&attr);
	gp->stack.lo = (uintptr_t)lo;
	gp->stack.hi = (uintptr_t)lo + bytes;
	gp->stackguard = 0;
	if (rt_stack_checked())
		gp->stackguard = gp->stack.lo +
		    (bytes / 4 < ROOM_BYTES ? bytes / 4 : ROOM_BYTES);
}

/*
 * This thread has no g: it gets an M and runs as a goroutine that is in a
 * system call. Signals are held off while it is neither the one nor the other.
 */
void
rt_needm(void)
{
	sigset_t all, mask;
	struct m *mp;
	struct g *gp;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	mp = extra_get();
	gp = &mp->extra->g;
	lend_stack(gp);
	rt_setg_unchecked(mp->g0);
	rt_ctx_make(&mp->g0->sched, mp->g0->stack.hi, loop_left, NULL);
	mp->tid = rt_gettid();
	mp->pthread = (uintptr_t)pthread_self();
	sigaltstack(NULL, &mp->extra->oldstack);
	rt_minit_signal_stack();
	rt_guard_open(mp);
	rt_san_fiber_thread(gp);
	gp->m = mp;
	gp->goid = atomic_fetch_add(&rt_sched.goidgen, 1) + 1;
	gp->syscallsp = (uintptr_t)__builtin_frame_address(0);
	gp->syscallpc = RT_CALLERPC();
	for (int i = 0; i < 6; i++)
		gp->syscallregs[i] = 0;
	gp->lockedm = mp;
	gp->lockedcount = 1;
	mp->lockedg = gp;
	mp->insyscall = true;
	mp->oldp = NULL;
	rt_m_set_curg(mp, gp);
	rt_casgstatus(gp, G_DEAD, G_SYSCALL);
	rt_setg(gp);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* The other way round: in a system call, this thread becomes C's again. */
void
rt_dropm(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	sigset_t all, mask;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	rt_guard_close(mp);
	sigaltstack(&mp->extra->oldstack, NULL);
	rt_setg_unchecked(mp->g0);
	rt_casgstatus(gp, G_SYSCALL, G_DEAD);
	if (gp->segment != NULL)
		rt_segment_end(gp);
	gp->syscallsp = 0;
	gp->lockedm = NULL;
	gp->lockedcount = 0;
	gp->m = NULL;
	mp->lockedg = NULL;
	mp->insyscall = false;
	mp->oldp = NULL;
	rt_m_set_curg(mp, NULL);
	rt_setg_unchecked(NULL);
	rt_lock(&extra.lock);
	mp->schedlink = extra.free;
	extra.free = mp;
	atomic_fetch_add(&extra.nfree, 1);
	rt_unlock(&extra.lock);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}
