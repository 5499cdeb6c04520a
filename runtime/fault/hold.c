/*
 * hold.c - where goroutines stand that run on other threads.
 *
 * Only the thread itself knows its registers, so it is sent a signal, and its
 * handler tells. SIGURG: its default action is to do nothing, so a thread or
 * a program that took our handler away is not harmed. Two who ask:
 *
 *   the report of a crash   holds every thread but its own until the process
 *       ends: each handler publishes where it was interrupted and sleeps for
 *       ever. What is printed is one moment, and nobody prints in between.
 *       A thread that holds the print lock, or is about to say why it dies
 *       too, goes on first; it is asked again, and comes by itself.
 *
 *   a look at a living program   (gortctl goroutines) leaves an ask with the
 *       thread; the handler walks its own stack, writes the pcs into it and
 *       goes on. The asker takes the ask back when nobody came for it in
 *       time; if the handler has it already the asker waits for its end,
 *       which is near: a walk is bounded.
 *
 * All waiting is bounded: a thread that sleeps in the kernel uninterruptibly,
 * or has the signal blocked, is told of as before ("stack unavailable").
 *
 * Rejected: stopping the world first (a crash may be the reason why it can't
 * be stopped); ptrace (needs a second process).
 */
#include "fault/callers.h"
#include "fault/crash.h"
#include "fault/fault.h"

#include "arch/fiber_san.h"
#include "os/os.h"
#include "os/sigtab.h"
#include "sched/sched.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HOLD_ROUNDS 13 /* pauses of 50 us, then twice as long: 0.4 s in all */
#define ASK_ROUNDS 9   /* 25 ms */
#define FIRST_PAUSE_US 50

/* A pause by the bare call: the thread sanitizer's own sleep takes a lock, and
 * a thread that is held may have it. */
void
rt_hold_pause(uint32_t us)
{
	struct timespec ts = { us / 1000000, (long)(us % 1000000) * 1000 };

	syscall(SYS_nanosleep, &ts, NULL);
}

/* ---- the end: everybody stops ---- */

static _Atomic bool holding;

/* This thread stops for good, at *w, which stays. */
RT_SAN_OFF void
rt_hold_me(struct m *mp, const struct rt_where *w)
{
	if (mp != NULL) /* release pairs with rt_hold_where */
		atomic_store_explicit(&mp->held, w, memory_order_release);
	for (;;)
		syscall(SYS_pause);
}

/* The thread at mp's, if there is one that could be held and is not, else 0.
 * One that begins or ends at this moment is asked for again, or is not there
 * to be asked. */
__attribute__((no_sanitize("thread"))) static RT_NOINLINE pid_t
free_thread(struct m *mp, const struct m *self)
{
	if (mp == self || atomic_load(&mp->held) != NULL ||
	    (mp->extra != NULL &&
	        __atomic_load_n(&mp->curg, __ATOMIC_RELAXED) == NULL))
		return 0;
	return (pid_t)mp->tid;
}

/* Signal all that are not held. False: there is none. */
static bool
signal_free(const struct m *self)
{
	bool some = false;

	for (struct m *mp = atomic_load(&rt_allm); mp != NULL;
	     mp = mp->alllink) {
		pid_t tid = free_thread(mp, self);

		if (tid != 0 && syscall(SYS_tgkill, getpid(), tid, SIGURG) == 0)
			some = true;
	}
	return some;
}

void
rt_hold_others(const struct rt_where *w)
{
	static struct rt_where own;
	struct g *gp = rt_getg();
	struct m *self = gp == NULL ? NULL : gp->m;

	if (atomic_exchange(&holding, true))
		return;
	own = *w;
	if (self != NULL)
		atomic_store(&self->held, &own);
	rt_sig_install(SIGURG); /* the program may have ignored it */
	for (int i = 0; i < HOLD_ROUNDS && signal_free(self); i++)
		rt_hold_pause(FIRST_PAUSE_US << i);
}

/* Does the thread have something to say before it may be stopped? */
RT_SAN_OFF static bool
must_go_on(const struct m *mp)
{
	return mp->throwing != NULL || rt_print_locked();
}

/* ---- a look: the thread tells and goes on ---- */

struct rt_ask {
	struct g *gp; /* only if it is this one that runs there */
	uintptr_t *pcs;
	int max, n;
	_Atomic bool done;
};

static void
answer(struct rt_ask *a, struct g *gp, const void *ucontext)
{
	struct rt_where w;
	struct rt_unwind u;

	rt_unwind_ucontext(ucontext, &w);
	if (a->gp == gp && rt_unwind_begin(&u, gp, &w))
		a->n = rt_unwind_pcs(&u, a->pcs, a->max);
	/* release pairs with the asker's acquire; then *a is its again */
	atomic_store_explicit(&a->done, true, memory_order_release);
}

#ifdef RT_TSAN

/* A walk is instrumented, and the sanitizer may have been interrupted. */
int
rt_callers_running(struct g *gp, uintptr_t *pcs, int max)
{
	return 0;
}

#else

int
rt_callers_running(struct g *gp, uintptr_t *pcs, int max)
{
	struct m *mp = __atomic_load_n(&gp->m, __ATOMIC_RELAXED);
	struct rt_ask a = { .gp = gp, .pcs = pcs, .max = max }, *none = NULL;

	if (mp == NULL || mp->tid == 0 || mp == rt_getg()->m ||
	    !atomic_compare_exchange_strong(&mp->ask, &none, &a))
		return 0; /* another one asks at this moment */
	if (syscall(SYS_tgkill, getpid(), (pid_t)mp->tid, SIGURG) == 0)
		for (int i = 0; i < ASK_ROUNDS &&
		     !atomic_load_explicit(&a.done, memory_order_acquire);
		     i++)
			rt_hold_pause(FIRST_PAUSE_US << i);
	if (atomic_exchange(&mp->ask, NULL) == &a)
		return 0; /* nobody came for it */
	while (!atomic_load_explicit(&a.done, memory_order_acquire))
		rt_hold_pause(FIRST_PAUSE_US);
	return a.n;
}

#endif

/* ---- in the handler ---- */

RT_SAN_OFF bool
rt_hold_asked(struct g *gp, const void *ucontext)
{
	struct m *mp = gp->m;
	struct rt_where w;
	struct rt_ask *a;

	if (RT_UNLIKELY(atomic_load_explicit(&holding, memory_order_relaxed)) &&
	    !rt_crash_is_reporter()) {
		if (must_go_on(mp))
			return true;
		rt_unwind_ucontext(ucontext, &w);
		rt_hold_me(mp, &w);
	}
	if (RT_LIKELY(
	        atomic_load_explicit(&mp->ask, memory_order_relaxed) == NULL))
		return false;
	a = atomic_exchange(&mp->ask, NULL);
	if (a == NULL)
		return false;
	answer(a, gp, ucontext);
	return true;
}

/* ---- where one stands that is held ---- */

/* Does a walk from *w come to gp's own stack? From a scheduler that has left
 * the goroutine behind it does not. */
static bool
leads_to(struct g *gp, const struct rt_where *w)
{
	struct rt_unwind u;

	if (!rt_unwind_begin(&u, gp, w))
		return false;
	do {
		if (rt_stack_holds(gp, u.reg[RT_UW_RSP], 0))
			return true;
	} while (rt_unwind_next(&u));
	return false;
}

bool
rt_hold_where(struct g *gp, struct rt_where *ret)
{
	struct m *mp = __atomic_load_n(&gp->m, __ATOMIC_RELAXED);
	const struct rt_where *w;

	if (mp == NULL || __atomic_load_n(&mp->curg, __ATOMIC_RELAXED) != gp)
		return false;
	w = atomic_load_explicit(&mp->held, memory_order_acquire);
	if (w == NULL)
		return false;
	if (leads_to(gp, w))
		*ret = *w;
	else
		return rt_unwind_saved(gp, ret);
	return true;
}
