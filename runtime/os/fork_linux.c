/*
 * fork_linux.c - what must hold while a program forks and execs by itself.
 *
 * Package syscall of compiled Go does not call libc's fork: it makes a child
 * by the bare system call and then runs Go code in it, up to execve. The child
 * has one thread, a copy of the thread that forked, and a copy of all memory
 * with whatever the other threads held locked. So:
 *
 *   before     no goroutine switch (m->locks) and no signal (all blocked, the
 *              two that libc keeps to itself as well): the child must not run
 *              a handler of ours
 *   in the child   rt_in_fork_child says that the other threads are gone:
 *              the barrier only stores, telemetry is off (the ring is shared
 *              with the parent). Handlers go back to the default action, what
 *              was ignored stays ignored; then signals are let in again, as
 *              the mask is inherited by the new program
 *   in the parent  the mask and the count go back
 *
 * The child must neither allocate nor take a lock, and does not: package
 * syscall prepares everything before.
 *
 * exec without fork replaces the process while other threads run. The kernel
 * ends them, but one that is being made at that moment confuses it; so threads
 * are not made while somebody is in exec, and exec waits for those in the
 * making.
 */
#include "os/os.h"
#include "os/sigtab.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diag/diag.h"
#include "lock/lock.h"
#include "sched/sched.h"

bool rt_in_fork_child;

/* ---- fork ---- */

/* By the system call: libc's function leaves its own two signals open. */
static void
set_mask(const uint64_t *mask, uint64_t *ret_old)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, ret_old, sizeof *mask);
}

void
rt_before_fork(void)
{
	const uint64_t all = ~(uint64_t)0;
	struct m *mp = rt_acquirem();

	rt_stack_before_fork();
	set_mask(&all, &mp->forkmask);
}

void
rt_after_fork(void)
{
	struct m *mp = rt_getg()->m;

	set_mask(&mp->forkmask, NULL);
	rt_releasem(mp);
}

void
rt_after_fork_in_child(void)
{
	rt_in_fork_child = true;
	rt_telemetry_fork_child();
	rt_sig_default_all();
	set_mask(&rt_getg()->m->forkmask, NULL);
}

/* ---- exec ---- */

static _Atomic uint32_t execers; /* calls of exec in progress */
static _Atomic uint32_t making;  /* threads in the making */

void
rt_before_exec(void)
{
	atomic_fetch_add(&execers, 1);
	/* Both sides raise their count before they look at the other's. A
	 * maker that sees us steps back. */
	while (atomic_load(&making) != 0)
		rt_osyield();
}

/* exec failed, or it would not have come back. */
void
rt_after_exec(void)
{
	if (atomic_fetch_sub(&execers, 1) == 1)
		rt_futexwakeup(&execers, INT32_MAX);
}

void
rt_thread_making(void)
{
	uint32_t n;

	for (;;) {
		atomic_fetch_add(&making, 1);
		n = atomic_load(&execers);
		if (n == 0)
			return;
		atomic_fetch_sub(&making, 1);
		rt_futexsleep(&execers, n, -1);
	}
}

void
rt_thread_made(void)
{
	atomic_fetch_sub(&making, 1);
}
