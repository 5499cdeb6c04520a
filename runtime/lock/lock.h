/*
 * lock.h - mutex and note: how threads (not goroutines) wait. lock_futex.c.
 *
 * | call             | blocks G | blocks M | blocks P |
 * | rt_lock          | yes      | yes      | yes      |  short sections only
 * | rt_notesleep     | yes      | yes      | yes      |  g0 only
 * | rt_notetsleepg   | yes      | yes      | no       |  user g: hands P off
 * | rt_gopark        | yes      | no       | no       |  sched/park.c
 *
 * rt_lock raises m->locks, so the holder is neither preempted nor parked.
 */
#ifndef RT_LOCK_H
#define RT_LOCK_H

#include "runtime2.h"
#include "lock/lockrank.h"

void rt_lock_init(struct rt_mutex *l, enum lock_rank rank);
void rt_lock(struct rt_mutex *l);
bool rt_trylock(struct rt_mutex *l);
void rt_unlock(struct rt_mutex *l); /* a full barrier */
/* What the fast paths come to: it was not free; it was not held; it is free
 * and somebody may sleep. */
enum { RT_MUTEX_FREE = 0, RT_MUTEX_HELD = 1 };
/* by_store: the others leave l by a store. */
void rt_lock_slow(struct rt_mutex *l, bool by_store);
void rt_unlock_of_unlocked(void) __attribute__((noreturn));
void rt_unlock_wake(struct rt_mutex *l);
/* Throw unless the caller's M holds l (debug builds; nothing otherwise). */
void rt_assert_lock_held(struct rt_mutex *l);

void rt_noteclear(struct rt_note *n);
void rt_notewakeup(struct rt_note *n); /* once per clear; throws on the 2nd */
void rt_notesleep(struct rt_note *n);  /* g0 */
/* Returns false on timeout. ns < 0: for ever. g0. */
bool rt_notetsleep(struct rt_note *n, int64_t ns);
/* On a user goroutine: enters a system call around the sleep. */
bool rt_notetsleepg(struct rt_note *n, int64_t ns);

/* os/futex_linux.c; ns < 0: for ever. Spurious returns allowed. */
void rt_futexsleep(_Atomic uint32_t *addr, uint32_t val, int64_t ns);
void rt_futexwakeup(_Atomic uint32_t *addr, uint32_t cnt);

/* sema.c: semaphores for goroutines, keyed by address (sync primitives). */
void rt_semacquire(_Atomic uint32_t *addr, enum wait_reason why, bool lifo);
/* handoff: the woken goroutine runs at once in our place. */
void rt_semrelease(_Atomic uint32_t *addr, bool handoff);

/* Condition variables' ticket list, in gccgo's layout of 32 bytes (ABI 2.6). */
struct rt_notifylist {
	_Atomic uint32_t wait;
	uint32_t notify;
	uintptr_t theirs; /* libgo's lock; ours is elsewhere (sema.c) */
	struct sudog *head, *tail;
};
_Static_assert(sizeof(struct rt_notifylist) == 32, "sync.notifyList");
uint32_t rt_notifylist_add(struct rt_notifylist *l);
void rt_notifylist_wait(struct rt_notifylist *l, uint32_t ticket);
void rt_notifylist_notifyall(struct rt_notifylist *l);
void rt_notifylist_notifyone(struct rt_notifylist *l);

#endif
