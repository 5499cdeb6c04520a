/*
 * sync.c - what package sync, sync/atomic and internal/poll wait with.
 *
 * Semaphores are keyed by the address of a word in the program's memory
 * (lock/sema.c); condition lists are that file's struct rt_notifylist, which
 * has the layout package sync declares.
 *
 * Pins. sync.Pool takes procPin's answer as an index into an array with one
 * element a P, which must be its own until procUnpin. A pinned goroutine has
 * m->locks raised: it is not preempted, can't park, and the world can't stop
 * under it, so its P stays its own and GOMAXPROCS stays what it was. Nobody
 * takes the P of a running thread away, however long a page fault lasts:
 * sysmon takes Ps in system calls only.
 *
 * The pools' cleanup is Go code that a collection calls with the world
 * stopped (gc/mgc.c). It drops the old pools and makes the current ones old:
 * a few stores, no allocation, no lock.
 */
#include "gccgo/gccgo.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/waitprof.h"

/* ---- semaphores ---- */

void go_sync_semacquire(_Atomic uint32_t *s)
    GO("sync.runtime__Semacquire");
void go_sync_semacquire_mutex(_Atomic uint32_t *s, bool lifo, intptr_t skip)
    GO("sync.runtime__SemacquireMutex");
void go_sync_semrelease(_Atomic uint32_t *s, bool handoff, intptr_t skip)
    GO("sync.runtime__Semrelease");
void go_poll_semacquire(_Atomic uint32_t *s)
    GO("internal_1poll.runtime__Semacquire");
void go_poll_semrelease(_Atomic uint32_t *s)
    GO("internal_1poll.runtime__Semrelease");

void
go_sync_semacquire(_Atomic uint32_t *s)
{
	rt_semacquire(s, WAIT_SEMACQUIRE, false);
}

/* Mutex and RWMutex both come here: the reason names neither. */
void
go_sync_semacquire_mutex(_Atomic uint32_t *s, bool lifo, intptr_t skip)
{
	if (rt_waitprof_mutexes())
		rt_getg()->mutexwait_ns = rt_nanotime();
	rt_semacquire(s, WAIT_SEMACQUIRE, lifo);
	rt_getg()->mutexwait_ns = 0;
}

void
go_sync_semrelease(_Atomic uint32_t *s, bool handoff, intptr_t skip)
{
	rt_semrelease(s, handoff);
}

void
go_poll_semacquire(_Atomic uint32_t *s)
{
	rt_semacquire(s, WAIT_SEMACQUIRE, false);
}

void
go_poll_semrelease(_Atomic uint32_t *s)
{
	rt_semrelease(s, false);
}

/* ---- condition lists ---- */

uint32_t go_notifylist_add(struct rt_notifylist *l)
    GO("sync.runtime__notifyListAdd");
void go_notifylist_wait(struct rt_notifylist *l, uint32_t ticket)
    GO("sync.runtime__notifyListWait");
void go_notifylist_notifyall(struct rt_notifylist *l)
    GO("sync.runtime__notifyListNotifyAll");
void go_notifylist_notifyone(struct rt_notifylist *l)
    GO("sync.runtime__notifyListNotifyOne");
void go_notifylist_check(uintptr_t size) GO("sync.runtime__notifyListCheck");

uint32_t
go_notifylist_add(struct rt_notifylist *l)
{
	return rt_notifylist_add(l);
}

void
go_notifylist_wait(struct rt_notifylist *l, uint32_t ticket)
{
	rt_notifylist_wait(l, ticket);
}

void
go_notifylist_notifyall(struct rt_notifylist *l)
{
	rt_notifylist_notifyall(l);
}

void
go_notifylist_notifyone(struct rt_notifylist *l)
{
	rt_notifylist_notifyone(l);
}

void
go_notifylist_check(uintptr_t size)
{
	if (size == sizeof(struct rt_notifylist))
		return;
	rt_printf("runtime: bad notifyList size - sync=%zu runtime=%zu\n",
	    (size_t)size, sizeof(struct rt_notifylist));
	rt_throw("bad notifyList size");
}

/* ---- spinning before a wait ----
 *
 * Who finds a sync.Mutex held looks again some four times before it parks, with
 * a spin in between. What the spin is for is to stay off the word: each look
 * takes its cache line from the owner, who locks and unlocks 15 ns apart while
 * nobody looks and 100 ns while somebody always does. Pauses do not measure
 * that: one is 140 cycles on some processors, 10 on older ones and in the
 * virtual machine of docs/benchmarks.md, where 30 of them kept two processors
 * at each other's throats. So the counter of cycles does: a spin is 1 to 2 us.
 */

bool go_canspin(intptr_t i) GO("sync.runtime__canSpin");
void go_dospin(void) GO("sync.runtime__doSpin");
int64_t go_sync_nanotime(void) GO("sync.runtime__nanotime");

#define SPIN_ROUNDS 4
#define SPIN_CYCLES 4000

/* i-th try for a lock that is held: may it be worth to stay awake? */
bool
go_canspin(intptr_t i)
{
	return i < SPIN_ROUNDS && rt_can_spin();
}

void
go_dospin(void)
{
	rt_spin_cycles(SPIN_CYCLES);
}

int64_t
go_sync_nanotime(void)
{
	return rt_nanotime();
}

/* ---- pins ---- */

intptr_t go_sync_procpin(void) GO("sync.runtime__procPin");
void go_sync_procunpin(void) GO("sync.runtime__procUnpin");
intptr_t go_atomic_procpin(void) GO("sync_1atomic.runtime__procPin");
void go_atomic_procunpin(void) GO("sync_1atomic.runtime__procUnpin");
/* Nobody in the library: packages that reach in by a linkname. */
intptr_t go_procpin(void) GO("runtime.procPin");
void go_procunpin(void) GO("runtime.procUnpin");

intptr_t
go_sync_procpin(void)
{
	return rt_acquirem()->p->id;
}

void
go_sync_procunpin(void)
{
	rt_releasem(rt_getg()->m);
}

intptr_t
go_atomic_procpin(void)
{
	return rt_acquirem()->p->id;
}

void
go_atomic_procunpin(void)
{
	rt_releasem(rt_getg()->m);
}

intptr_t
go_procpin(void)
{
	return rt_acquirem()->p->id;
}

void
go_procunpin(void)
{
	rt_releasem(rt_getg()->m);
}

/* ---- pools ---- */

void go_register_pool_cleanup(const struct rt_funcval *f)
    GO("sync.runtime__registerPoolCleanup");

static const struct rt_funcval *pool_cleanup; /* const once registered */

static void
clean_pools(void)
{
	GO_CALL(pool_cleanup, void (*)(void));
}

void
go_register_pool_cleanup(const struct rt_funcval *f)
{
	pool_cleanup = f;
	rt_gc_set_pool_cleanup(clean_pools);
}

/* ---- pointers ---- */

void go_atomic_storeptr(void **slot, void *p)
    GO("sync_1atomic.StorePointer");
void *go_atomic_swapptr(void **slot, void *p)
    GO("sync_1atomic.SwapPointer");
bool go_atomic_casptr(void **slot, void *old, void *p)
    GO("sync_1atomic.CompareAndSwapPointer");

void
go_atomic_storeptr(void **slot, void *p)
{
	rt_atomic_writeptr(slot, p);
}

void *
go_atomic_swapptr(void **slot, void *p)
{
	return rt_atomic_swapptr(slot, p);
}

bool
go_atomic_casptr(void **slot, void *old, void *p)
{
	return rt_atomic_casptr(slot, old, p);
}
