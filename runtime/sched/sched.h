/*
 * sched.h - what the scheduler offers the rest of the runtime.
 * proc.c has the essay; the words are Go's.
 */
#ifndef RT_SCHED_H
#define RT_SCHED_H

#include "runtime2.h"

/* ---- parking and readying (park.c) ---- */

/*
 * Block the running goroutine. After its context is saved, unlockf(gp, arg)
 * runs on g0; if it returns false the goroutine goes on at once. NULL: park.
 * May return on another thread. Never call with m->locks > 0.
 */
void rt_gopark(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason);
/* The same with so many runtime locks held, all of which unlockf releases
 * (select: one for each channel). */
void rt_gopark_locked(bool (*unlockf)(struct g *, void *), void *arg,
    enum wait_reason reason, int32_t locks);
/* Park and release l after the context is saved. */
void rt_goparkunlock(struct rt_mutex *l, enum wait_reason reason);
/* Make a WAITING goroutine runnable, next in line on this P. Needs a P. */
void rt_goready(struct g *gp);
/* Ready a list linked by schedlink (netpoll's answer). Needs no P. */
void rt_injectglist(struct g_queue *list);
void rt_gosched(void);  /* yield: back of the line */
void rt_goyield(void);  /* yield to who was readied last: it runs next */
void rt_goexit(void) RT_NORETURN; /* run defers, end the goroutine */
void rt_goexit0_direct(void) RT_NORETURN; /* end without defers */
/* A timer for when_ns was added: see that somebody waits no longer than
 * that. Any thread, no locks above RANK_TIMERS held. */
void rt_wake_netpoller(int64_t when_ns);
/* Cheap check for "please yield"; put it where user code enters the runtime. */
void rt_preempt_check_slow(void);
static inline void
rt_preempt_check(void)
{
	struct g *gp = rt_getg();

	if (RT_UNLIKELY(atomic_load_explicit(
	        &gp->preempt, memory_order_relaxed)))
		rt_preempt_check_slow();
}

/* ---- making goroutines (newproc.c) ---- */

/* Returns the new goroutine, already runnable on this P. */
struct g *rt_newproc(void (*fn)(void *), void *arg, uintptr_t callerpc);
/* The same for the runtime's own: not in NumGoroutine, not in tracebacks. */
struct g *rt_newproc_system(void (*fn)(void *), void *arg);
int64_t rt_gcount(void); /* user goroutines; exact when the world stands */
uint64_t rt_gcreated(void); /* goroutines ever made */

/* ---- threads and Ps ---- */

struct m *rt_acquirem(void);      /* pin: m->locks++ */
void rt_releasem(struct m *mp);
void rt_schedinit_procs(int32_t n); /* schedinit: first procresize */
/* Change the number of Ps; stops the world. Returns the old one. */
int32_t rt_gomaxprocs_set(int32_t n);
struct p *rt_procresize(int32_t n); /* world stopped */
void rt_stopm(void);
void rt_wakep(void);
/* Is waiting for a lock's holder by spinning worth trying now: another P runs,
 * and no goroutine waits for this one? */
bool rt_can_spin(void);
void rt_newm(void (*fn)(void), struct p *pp, bool system);
void rt_mcommoninit(struct m *mp, int64_t id);
void rt_mpreinit(struct m *mp);   /* signal stack, identity */
void rt_mstart(void) RT_NORETURN; /* on a fresh thread's or m0's g0 */
int32_t rt_mcount(void);
void rt_lock_os_thread(void);
void rt_unlock_os_thread(void);
void rt_set_max_threads(int32_t n, int32_t *ret_old);
void rt_sysmon(void) RT_NORETURN;  /* runs on its own M, no P */
void rt_checkdead(void);          /* sched.lock held */
/* A thread without a P falls asleep (1) or woke up (-1); checkdead counts it
 * as idle in between: who else could wake it is asked there by name. */
void rt_incidlelocked(int32_t v);

/* Run fn(arg) on this M's g0 stack and come back. Inline if already there. */
void rt_systemstack(void (*fn)(void *), void *arg);
/* Leave the running goroutine and run fn(it) on g0. When fn returns g0 picks
 * somebody else; the goroutine is resumed by whoever fn told of it. */
void rt_mcall(void (*fn)(struct g *));

/*
 * Stop-the-world. One at a time (worldsema). On return every P is stopped and
 * the caller may read everything; goroutines in system calls go on in foreign
 * code but can't come back. why: shown by the debuggers.
 */
void rt_stop_the_world(const char *why);
void rt_start_the_world(void);
/* Same for a caller on g0 that already holds worldsema (the collector). */
void rt_stop_the_world_with_sema(void);
int64_t rt_start_the_world_with_sema(void); /* returns the time it did */
/* Who stopped the world: the part that ends here has this name (GODEBUG=
 * stoptrace). */
void rt_stoptrace(const char *what);
void rt_worldsema_acquire(void);
void rt_worldsema_release(void);
/* Run fn(pp) once on every P at its next safe point, while the world runs
 * (ragged barrier for the collector). */
void rt_for_each_p(void (*fn)(struct p *));

/* ---- system calls (entersyscall.c, asm) ---- */

/* Around foreign code that may block: the P may be taken meanwhile. */
void rt_entersyscall(void);
void rt_exitsyscall(void);
void rt_entersyscallblock(void); /* will surely block: hands the P off now */

/* ---- stacks (stack.c) ---- */

void rt_stackinit(void);
struct g *rt_stack_g_alloc(void);   /* a slot with a zeroed g at its top */
void rt_stack_release_idle(void);   /* give old idle stacks' pages back */
bool rt_stack_idle_young(void);     /* is there anything to give? */
size_t rt_stack_bytes_inuse(void);
size_t rt_stack_bytes_sys(void);
/* Is addr in some goroutine's stack? For fault reports. NULL if not. */
struct g *rt_stack_owner(uintptr_t addr, bool *ret_in_guard);
#define RT_STACK_LIMIT_TEXT_BYTES rt_stack_slot_bytes()
size_t rt_stack_slot_bytes(void);

/* ---- the second piece of a stack (segment.c) ---- */

/*
 * A goroutine of compiled Go may stand on two pieces: its slot (g->stack) and
 * a segment. sp is where it is, or was when its context was saved. Returns how
 * many pieces hold frames, innermost first: ret[0] from sp up, ret[1] the slot
 * from the split up. 0: sp is on neither.
 */
int rt_stack_pieces(const struct g *gp, uintptr_t sp, struct stack ret[2]);
/* The usable part of gp's segment, all of it; 0, 0: it has none. */
struct stack rt_stack_segment(const struct g *gp);
/* Is sp on either piece, with at least room bytes below it? */
bool rt_stack_holds(const struct g *gp, uintptr_t sp, uintptr_t room);
/* Is pc in __morestack? Who lists or counts frames leaves these out. Its CFI
 * leads from the function that split directly to that function's caller. */
bool rt_is_morestack(uintptr_t pc);
/* The running goroutine is about to go on at sp by a jump, not by returns. */
void rt_stack_unsplit(struct g *gp, uintptr_t sp);
/* Before a fork whose child runs Go: it must not need a lock to grow. */
void rt_stack_before_fork(void);
/* debug.SetMaxStack: bytes for each goroutine; returns the old limit. */
size_t rt_set_max_stack(size_t bytes);
void rt_segment_trim(struct g *gp); /* the collector: world stopped */

/* ---- status ---- */
void rt_casgstatus(struct g *gp, uint32_t oldval, uint32_t newval);

/* ---- telemetry and schedtrace read these (snapshot.c fills them) ---- */
struct rt_sched_snapshot {
	int32_t gomaxprocs, idleprocs, threads, spinning, idlethreads;
	int32_t runqueue;
	int32_t gcwaiting, nmidlelocked, stopwait, sysmonwait;
	int64_t threads_created; /* ever: an M's id is the count before it */
	uint32_t nlocal;
	uint32_t local[4096]; /* per-P queue lengths */
};
/* Takes sched.lock briefly; best effort on the rest. Any M, no P needed. */
void rt_sched_snapshot(struct rt_sched_snapshot *ret);

#endif
