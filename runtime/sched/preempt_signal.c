/*
 * preempt_signal.c - SIGURG: the thread's alarm rang, or somebody wants the
 * goroutine that runs here to stop.
 *
 * The handler only decides. It changes the interrupted context so that the
 * thread, back from the signal, is in rt_preempt_entry (arch/preempt_amd64.S) on
 * the goroutine's own stack, as if the program had called it between two
 * instructions. That saves everything and calls rt_preempt_here, which leaves
 * the stack as any yield does. So nothing ever switches inside a handler, the
 * signal stack is free again, and the stopped goroutine is like all others: its
 * status, its saved context and its frames are true.
 *
 * Who may be stopped: a goroutine with a P, on its own stack with room below,
 * that holds no lock of the runtime and is not pinned (m->locks), does not
 * allocate, is not in a system call, at a place that stopplace.c allows. All of
 * this is the thread's own state, so it cannot change under the handler, and
 * nothing of it between the handler and rt_preempt_here: that is some stores to
 * the stack. Who may not be stopped keeps its request (g->preempt) and is asked
 * again: compiled Go by its alarm soon after, all by whoever wants them to stop.
 *
 * errno is the thread's, and compiled Go looks at it a few instructions after
 * the call that set it (syscall_amd64.S). It travels with the goroutine.
 *
 * A C goroutine goes on on its own thread: its code may keep addresses of
 * thread-local data in registers, be half through a function of its own that
 * wrote some, or hold a lock that belongs to the thread. So until then the thread
 * runs nobody else: it is locked to its goroutine as by rt_lock_os_thread. That
 * costs a thread for each C goroutine that was stopped and waits for its turn,
 * hence BOUND_MAX; past it they run on until they ask. Rejected: letting others
 * run on such a thread meanwhile. They would walk into locks that are recursive
 * for the thread, stdio's for one, and find its thread-local data half done.
 *
 * The signal is also the program's, which may ask for it (urgent data on a
 * socket). What the kernel says of the sender tells them apart: a timer can only
 * be ours, as nobody else makes timers that send SIGURG; and what we send carries
 * a value.
 *
 * Sanitizers. ThreadSanitizer keeps its own record of each thread's calls and
 * may be interrupted in the middle of writing it; AddressSanitizer dies when a
 * stop's switch of stacks comes in the middle of another switch that it is being
 * told of; and where their functions are part of the executable (clang links
 * them so) they could not be told from the program's. So under any of them
 * goroutines stop where they ask only.
 */
#define _GNU_SOURCE
#include "sched/preempt.h"

#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/mtimer.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

/* Others' signals stop nobody here: see above. */
#ifdef RT_SANITIZED
#define COOPERATIVE true
#else
#define COOPERATIVE false
#endif

#define RED_ZONE_BYTES 128
/* What the stub pushes, what runs above rt_mcall's switch, and as much again. */
#define FRAMES_BYTES 4096
/* Stopped where it may not be: when to try again. */
#define RETRY_NS 200000
#define BOUND_MAX 1024

/* arch/preempt_amd64.S. Const after rt_preempt_init. */
__attribute__((visibility("hidden"))) uint32_t rt_xsave_bytes = 512;
__attribute__((visibility("hidden"))) uint8_t rt_xsave_avx;
__attribute__((visibility("hidden"))) extern char rt_preempt_entry[];
__attribute__((visibility("hidden"))) void rt_preempt_here(void);

static _Atomic int32_t nbound; /* C goroutines whose threads wait for them */

/* ---- at boot ---- */

void
rt_preempt_init(void)
{
	uint32_t a, b, c, d, lo, hi;

	__cpuid(1, a, b, c, d);
	if ((c & bit_OSXSAVE) == 0)
		return;
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	if ((lo & 6) != 6 || !__get_cpuid_count(0xd, 0, &a, &b, &c, &d))
		return;
	rt_xsave_bytes = (b + 63) & ~(uint32_t)63; /* for XCR0 as it is */
	rt_xsave_avx = 1;
}

/* ---- sending ---- */

/* The address is what tells our signals from the program's. */
#define OUR_VALUE ((void *)&nbound)

void
rt_preempt_send(struct m *mp)
{
	siginfo_t info;

	if (COOPERATIVE || rt_debug.asyncpreemptoff != 0)
		return;
	memset(&info, 0, sizeof info);
	info.si_signo = SIGURG;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_value.sival_ptr = OUR_VALUE;
	/* it may be refused for want of a queue's entry: who wants asks again */
	syscall(SYS_rt_tgsigqueueinfo, info.si_pid, (pid_t)mp->tid, SIGURG,
	    &info);
}

/* The thread sanitizer may have been interrupted anywhere (os/signal_unix.c), so
 * what it gets to run here is not instrumented, nor calls what is; libc's clock
 * is. */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
SIG_CODE static int64_t
now_ns(void)
{
	struct timespec ts = { 0, 0 };

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
#else
#define SIG_CODE
#define now_ns rt_nanotime
#endif

SIG_CODE bool
rt_preempt_is_ours(const siginfo_t *info)
{
	return info->si_code == SI_TIMER ||
	    (info->si_code == SI_QUEUE &&
	        info->si_value.sival_ptr == OUR_VALUE);
}

/* ---- stopping ---- */

/* The thread's state allows it. */
static bool
stoppable(const struct g *gp, const struct m *mp)
{
	return gp == mp->curg && gp != mp->g0 && mp->p != NULL &&
	    rt_readgstatus(gp) == G_RUNNING &&
	    atomic_load_explicit(&mp->p->status, memory_order_relaxed) ==
	        P_RUNNING &&
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) == 0 &&
	    mp->mallocing == 0 && mp->preemptoff[0] == '\0' &&
	    !mp->insyscall && mp->dying == 0 && mp->throwing == NULL;
}

/* Go on in the stub, as if called at pc. Room was looked for. */
__attribute__((no_sanitize("address", "thread"))) static void
push_call(ucontext_t *uc)
{
	greg_t *r = uc->uc_mcontext.gregs;
	uintptr_t sp = (uintptr_t)r[REG_RSP] - RED_ZONE_BYTES -
	    sizeof(uintptr_t);

	*(uintptr_t *)sp = (uintptr_t)r[REG_RIP];
	r[REG_RSP] = (greg_t)sp;
	r[REG_RIP] = (greg_t)(uintptr_t)rt_preempt_entry;
}

/* False: not here, not now. */
static bool
stop(struct g *gp, struct m *mp, ucontext_t *uc)
{
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	enum rt_stop_place place;

	if (rt_debug.asyncpreemptoff != 0 || !stoppable(gp, mp) ||
	    !rt_stack_holds(gp, sp,
	        RED_ZONE_BYTES + rt_xsave_bytes + FRAMES_BYTES))
		return false;
	place = rt_stop_place(gp, uc);
	if (place == RT_STOP_NOT)
		return false;
	mp->preemptbind = place == RT_STOP_C && gp->lockedm == NULL;
	if (mp->preemptbind &&
	    atomic_load_explicit(&nbound, memory_order_relaxed) >= BOUND_MAX)
		return false;
	push_call(uc);
	return true;
}

SIG_CODE bool
rt_preempt_signal(struct g *gp, const siginfo_t *info, void *ucontext)
{
	struct m *mp = gp->m;
	struct p *pp = mp->p;
	int64_t now;
	uint32_t due;

	if (!rt_preempt_is_ours(info))
		return false;
	now = now_ns();
	due = rt_mtimer_ring(mp, now);
	if (pp == NULL)
		return true;
	if (due & 1u << RT_MTIMER_SLICE)
		rt_slice_ring(mp, pp, now);
	if (due & 1u << RT_MTIMER_DUE)
		rt_preempt_mark(mp, pp);
	if (COOPERATIVE || gp != mp->curg ||
	    !atomic_load_explicit(&gp->preempt, memory_order_relaxed))
		return true;
	if (!stop(gp, mp, ucontext) && rt_stack_checked())
		rt_mtimer_arm(mp, RT_MTIMER_SLICE, now + RETRY_NS);
	return true;
}

/*
 * On g0. When the world is to stop the goroutine is not at fault, and is the
 * first to go on; else its turn is over.
 */
static void
stopped(struct g *gp)
{
	struct p *pp = rt_getg()->m->p;

	if (!atomic_load(&rt_sched.gcwaiting)) {
		rt_gopreempt_m(gp);
		return;
	}
	rt_count(&pp->npreempt, 1);
	if (gp->waitsince_ns == 0)
		gp->waitsince_ns = rt_coarse(); /* it has begun: runq.c */
	rt_setgstatus_own(gp, G_RUNNING, G_RUNNABLE);
	rt_dropg();
	rt_runqput(pp, gp, true);
}

/* Each a call of its own, and no compiler knows what it depends on: else it
 * might keep errno's address over the stop. */
static RT_NOINLINE int
errno_get(void)
{
	__asm__ volatile("" : : : "memory");
	return errno;
}

static RT_NOINLINE void
errno_put(int value)
{
	__asm__ volatile("" : : : "memory");
	errno = value;
}

/* Called by rt_preempt_entry: an interrupted goroutine, everything saved. */
void
rt_preempt_here(void)
{
	struct m *mp = rt_getg()->m;
	bool bind = mp->preemptbind;
	int saved = errno_get();

	atomic_store_explicit(&mp->p->preempt, false, memory_order_relaxed);
	if (bind) {
		atomic_fetch_add(&nbound, 1);
		rt_lock_os_thread();
	}
	rt_mcall(stopped);
	if (bind) {
		rt_unlock_os_thread();
		atomic_fetch_sub(&nbound, 1);
	}
	errno_put(saved);
}
