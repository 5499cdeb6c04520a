/*
 * entersyscall.c - around foreign code that may block.
 *
 * Entering is cheap on purpose: most calls are short. The goroutine keeps its
 * thread; its P stays reserved for it in state P_SYSCALL, and whoever needs
 * it - sysmon after 20 us or more, or somebody who stops the world - takes it
 * by a CAS on that state. Coming back, the thread tries the same CAS: if it
 * wins nothing happened, else it looks for an idle P, and failing that queues
 * its goroutine and sleeps.
 *
 * The state is the only arbiter: P_SYSCALL -> anything is by CAS only, so one
 * party wins. What the loser may still touch of the P is nothing. Entering
 * stores P_SYSCALL with full order before it reads gcwaiting, a stopper
 * stores gcwaiting before it reads the states: one of the two sees the other.
 *
 * While in the call the goroutine's stack from syscallsp up belongs to it but
 * does not change, so the collector scans from there. Callee-saved registers
 * of the caller are in syscallregs: asm_amd64.S says why.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "sched/sched_priv.h"
#include "sched/stall.h"

struct regs { /* as pushed in asm_amd64.S */
	uintptr_t r15, r14, r13, r12, rbx, rbp, pc;
};

void rt_entersyscall_regs(const struct regs *r);
void rt_entersyscallblock_regs(const struct regs *r);

static void
save(struct g *gp, const struct regs *r)
{
	gp->syscallregs[0] = r->rbx;
	gp->syscallregs[1] = r->rbp;
	gp->syscallregs[2] = r->r12;
	gp->syscallregs[3] = r->r13;
	gp->syscallregs[4] = r->r14;
	gp->syscallregs[5] = r->r15;
	gp->syscallpc = r->pc;
	gp->syscallbp = r->rbp;
	gp->syscallsp = (uintptr_t)(r + 1); /* the caller's, at its call */
}

/* The stopper did not see our P in P_SYSCALL, perhaps: give it up ourselves. */
static RT_NOINLINE void
gcwait(struct p *pp)
{
	uint32_t want = P_SYSCALL;

	rt_lock(&rt_sched.lock);
	if (rt_sched.stopwait > 0 &&
	    atomic_compare_exchange_strong(&pp->status, &want, P_GCSTOP)) {
		atomic_fetch_add(&pp->syscalltick, 1);
		rt_stopped_p(pp);
	}
	rt_unlock(&rt_sched.lock);
}

static RT_NOINLINE void
wake_sysmon(void)
{
	rt_lock(&rt_sched.lock);
	if (atomic_load(&rt_sched.sysmonwait))
		rt_sysmon_wake();
	rt_unlock(&rt_sched.lock);
}

/* Called by rt_entersyscall (asm). */
void
rt_entersyscall_regs(const struct regs *r)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct p *pp = mp->p;

	if (RT_UNLIKELY(gp != mp->curg || pp == NULL))
		rt_throw("entersyscall: not a goroutine with a P");
	save(gp, r);
	rt_setgstatus_own(gp, G_RUNNING, G_SYSCALL);
	mp->syscalltick = atomic_load_explicit(&pp->syscalltick,
	    memory_order_relaxed);
	mp->oldp = pp;
	mp->p = NULL;
	mp->insyscall = true;
	rt_p_set_m(pp, NULL);
	atomic_store(&pp->status, P_SYSCALL); /* full order, see above */
	if (RT_UNLIKELY(atomic_load(&rt_sched.sysmonwait)))
		wake_sysmon();
	if (RT_UNLIKELY(atomic_load(&rt_sched.gcwaiting)))
		gcwait(pp);
}

static void
handoff_on_g0(void *arg)
{
	rt_handoffp(rt_releasep());
}

/* Called by rt_entersyscallblock (asm). */
void
rt_entersyscallblock_regs(const struct regs *r)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct p *pp = mp->p;

	if (RT_UNLIKELY(gp != mp->curg || pp == NULL))
		rt_throw("entersyscallblock: not a goroutine with a P");
	save(gp, r);
	mp->syscalltick = atomic_load_explicit(&pp->syscalltick,
	    memory_order_relaxed);
	atomic_fetch_add(&pp->syscalltick, 1);
	mp->oldp = NULL; /* it surely is gone when we come back */
	mp->insyscall = true;
	rt_setgstatus_own(gp, G_RUNNING, G_SYSCALL);
	rt_systemstack(handoff_on_g0, NULL);
}

/* Take the old P back, or any idle one. */
static bool
exit_fast(struct m *mp, struct p *oldp)
{
	uint32_t want = P_SYSCALL;
	struct p *pp;

	if (oldp != NULL && atomic_compare_exchange_strong(&oldp->status,
	                        &want, P_RUNNING)) {
		mp->p = oldp;
		rt_p_set_m(oldp, mp);
		atomic_store_explicit(&oldp->syscalltick,
		    atomic_load_explicit(&oldp->syscalltick,
		        memory_order_relaxed) +
		        1,
		    memory_order_relaxed);
		return true;
	}
	if (atomic_load(&rt_sched.npidle) == 0)
		return false;
	rt_lock(&rt_sched.lock);
	pp = rt_pidleget();
	rt_unlock(&rt_sched.lock);
	if (pp == NULL)
		return false;
	rt_acquirep(pp);
	return true;
}

/* On g0, without a P: queue gp, or run on with a P that is just idle. */
static void
exitsyscall_m(struct g *gp)
{
	struct m *mp = rt_getg()->m;
	struct p *pp;

	rt_casgstatus(gp, G_SYSCALL, G_RUNNABLE);
	rt_dropg();
	rt_lock(&rt_sched.lock);
	pp = rt_pidleget();
	if (pp == NULL) {
		rt_stall_begin_nop(gp);
		rt_globrunqput(gp);
	}
	rt_unlock(&rt_sched.lock);
	if (pp != NULL) {
		rt_acquirep(pp);
		mp->resumeg = gp;
		return;
	}
	/* a locked thread waits for its goroutine in schedule_one: who finds
	 * gp in the queue hands it, with a P, back to us */
	if (mp->lockedg == NULL)
		rt_stopm();
}

void
rt_exitsyscall(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;
	struct p *oldp = mp->oldp;

	if (RT_UNLIKELY(!mp->insyscall))
		rt_throw("exitsyscall: not in a system call");
	mp->insyscall = false;
	mp->oldp = NULL;
	if (RT_LIKELY(exit_fast(mp, oldp))) {
		rt_setgstatus_own(gp, G_SYSCALL, G_RUNNING);
	} else {
		rt_mcall(exitsyscall_m);
	}
	/* We have a P: the collector is not scanning, nor will it use these. */
	gp->syscallsp = 0;
	rt_preempt_check();
}

/* ---- C called from Go, and Go called back from C (syscall_amd64.S) ---- */

void rt_cgocall_begin(void);
void rt_cgocall_end(void);
void rt_cgocallback_begin(void);
bool rt_cgocallback_end(void);

/* Before a goroutine's thread enters C code of the program. */
void
rt_cgocall_begin(void)
{
	struct m *mp = rt_getg()->m;

	mp->ncgocall++;
	mp->ncgo++;
	if (!__atomic_load_n(&rt_iscgo, __ATOMIC_RELAXED))
		__atomic_store_n(&rt_iscgo, true, __ATOMIC_RELAXED);
}

/* It came back; about to leave the system call. */
void
rt_cgocall_end(void)
{
	rt_getg()->m->ncgo--;
}

/*
 * C code that a goroutine called calls Go: soon an ordinary goroutine again,
 * which may park. But C's frames above belong to this thread (its errno, its
 * locks, what the compiler knows of thread-local addresses), so no other may
 * resume it: locked before the exit from the system call, which could already
 * move it. A thread that has no goroutine gets one.
 */
void
rt_cgocallback_begin(void)
{
	if (rt_getg() == NULL)
		rt_needm();
	else
		rt_lock_os_thread();
}

/* Go returns to C. True: all is done; else the goroutine has to enter its
 * system call again. */
bool
rt_cgocallback_end(void)
{
	struct m *mp = rt_getg()->m;

	if (mp->extra == NULL || mp->ncgo > 0) {
		rt_unlock_os_thread();
		return false;
	}
	rt_entersyscall();
	rt_dropm();
	return true;
}
