/*
 * sync.c - gort.h: mutex, rwmutex, wait group, once, cond.
 *
 * All stand on two words each and the semaphores of lock/sema.c, so a zeroed
 * structure is ready, also a static one, and an idle lock costs nothing.
 *
 * The mutex's word: LOCKED, WOKEN (a woken waiter is on its way, wake no
 * other), STARVING, and the number of waiters above them. Two modes:
 *
 *   normal    unlock wakes one waiter, which competes with whoever comes by.
 *             Those run already, so they usually win: good throughput, and a
 *             waiter that loses goes back to the head of the line.
 *   starving  entered by a waiter that has waited 1 ms. Unlock hands the mutex
 *             to the first in line, new ones queue at the end without trying.
 *             Left by a new owner that is the last waiter or waited less.
 *
 * In starving mode LOCKED stays clear between the hand-over and the moment the
 * new owner takes note of it; STARVING alone keeps others out.
 *
 * A short wait spins first, but only if another P runs: with one P the holder
 * cannot make progress while we spin.
 */
#include "capi/capi.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "sched/oracle.h"
#include "sched/sched.h"

enum {
	LOCKED = 1,
	WOKEN = 2,
	STARVING = 4,
	WAITER = 8, /* one waiter */
};
#define STARVING_NS 1000000
#define SPINS 4
#define SPIN_PAUSES 30

static _Atomic uint32_t *
word(uint32_t *w)
{
	return (_Atomic uint32_t *)w;
}

/* ---- mutex ---- */

static bool
can_spin(int spins)
{
	return spins < SPINS && rt_can_spin();
}

struct waiting { /* one goroutine on its way through lock_slow */
	int64_t since_ns; /* 0: did not wait yet */
	bool starving, awoke;
	int spins;
};

/* The word we want to see after `old`. */
static uint32_t
want(uint32_t old, const struct waiting *w)
{
	uint32_t next = old;

	if ((old & STARVING) == 0)
		next |= LOCKED;
	if ((old & (LOCKED | STARVING)) != 0)
		next += WAITER;
	if (w->starving && (old & LOCKED) != 0)
		next |= STARVING;
	if (w->awoke)
		next &= ~(uint32_t)WOKEN;
	return next;
}

/* Sleep in line. Returns true if the mutex was handed to us. */
static bool
wait_in_line(gort_mutex *m, struct waiting *w)
{
	bool again = w->since_ns != 0;
	uint32_t old, delta;

	if (!again)
		w->since_ns = rt_nanotime();
	rt_semacquire(word(&m->sema), WAIT_SYNC_MUTEX_LOCK, again);
	w->starving = w->starving
	    || rt_nanotime() - w->since_ns > STARVING_NS;
	old = atomic_load(word(&m->state));
	if ((old & STARVING) == 0) {
		w->awoke = true;
		w->spins = 0;
		return false;
	}
	/* Ours: take it, leave the line, end the mode if we may. */
	delta = LOCKED - WAITER;
	if (!w->starving || old / WAITER == 1)
		delta -= STARVING;
	atomic_fetch_add(word(&m->state), delta);
	return true;
}

static RT_NOINLINE void
lock_slow(gort_mutex *m)
{
	struct waiting w = { 0 };
	uint32_t old = atomic_load(word(&m->state)), next;

	for (;;) {
		if ((old & (LOCKED | STARVING)) == LOCKED
		    && can_spin(w.spins)) {
			if (!w.awoke && (old & WOKEN) == 0
			    && old / WAITER != 0
			    && atomic_compare_exchange_strong(
			        word(&m->state), &old, old | WOKEN))
				w.awoke = true;
			rt_procyield(SPIN_PAUSES);
			w.spins++;
			old = atomic_load(word(&m->state));
			continue;
		}
		next = want(old, &w);
		if (!atomic_compare_exchange_strong(
		        word(&m->state), &old, next))
			continue;
		if ((old & (LOCKED | STARVING)) == 0)
			return;
		if (wait_in_line(m, &w))
			return;
		old = atomic_load(word(&m->state));
	}
}

void
gort_mutex_lock(gort_mutex *m)
{
	uint32_t zero = 0;

	rt_preempt_check();
	if (!atomic_compare_exchange_strong(word(&m->state), &zero, LOCKED))
		lock_slow(m);
}

bool
gort_mutex_trylock(gort_mutex *m)
{
	uint32_t old = atomic_load(word(&m->state));

	if ((old & (LOCKED | STARVING)) != 0)
		return false;
	return atomic_compare_exchange_strong(
	    word(&m->state), &old, old | LOCKED);
}

static RT_NOINLINE void
unlock_slow(gort_mutex *m, uint32_t now)
{
	uint32_t next;

	if (((now + LOCKED) & LOCKED) == 0)
		rt_fatal("sync: unlock of unlocked mutex");
	if ((now & STARVING) != 0) {
		rt_semrelease(word(&m->sema), true);
		return;
	}
	do {
		if (now / WAITER == 0
		    || (now & (LOCKED | WOKEN | STARVING)) != 0)
			return; /* nobody waits, or somebody sees to it */
		next = (now - WAITER) | WOKEN;
	} while (!atomic_compare_exchange_weak(word(&m->state), &now, next));
	rt_semrelease(word(&m->sema), false);
}

void
gort_mutex_unlock(gort_mutex *m)
{
	uint32_t now = atomic_fetch_sub(word(&m->state), LOCKED) - LOCKED;

	if (RT_UNLIKELY(now != 0))
		unlock_slow(m, now);
}

/* ---- rwmutex ----
 *
 * reader_count counts readers; a writer that comes subtracts READERS_MAX, so
 * that new readers see a negative count and wait, and then waits for the
 * readers that were there, which reader_wait counts down.
 */

#define READERS_MAX (1 << 30)

static _Atomic int32_t *
count(int32_t *w)
{
	return (_Atomic int32_t *)w;
}

void
gort_rwmutex_rlock(gort_rwmutex *rw)
{
	rt_preempt_check();
	if (atomic_fetch_add(count(&rw->reader_count), 1) + 1 < 0)
		rt_semacquire(
		    word(&rw->reader_sem), WAIT_SYNC_RWMUTEX_RLOCK, false);
}

bool
gort_rwmutex_tryrlock(gort_rwmutex *rw)
{
	int32_t n = atomic_load(count(&rw->reader_count));

	do {
		if (n < 0)
			return false;
	} while (!atomic_compare_exchange_weak(
	    count(&rw->reader_count), &n, n + 1));
	return true;
}

void
gort_rwmutex_runlock(gort_rwmutex *rw)
{
	int32_t n = atomic_fetch_sub(count(&rw->reader_count), 1) - 1;

	if (RT_LIKELY(n >= 0))
		return;
	if (n + 1 == 0 || n + 1 == -READERS_MAX)
		rt_fatal("sync: RUnlock of unlocked RWMutex");
	/* A writer waits; the last reader before it wakes it. */
	if (atomic_fetch_sub(count(&rw->reader_wait), 1) == 1)
		rt_semrelease(word(&rw->writer_sem), false);
}

void
gort_rwmutex_lock(gort_rwmutex *rw)
{
	int32_t readers;

	gort_mutex_lock(&rw->w);
	readers = atomic_fetch_sub(count(&rw->reader_count), READERS_MAX);
	/* Readers may leave between both additions: then the sum is 0. */
	if (readers != 0
	    && atomic_fetch_add(count(&rw->reader_wait), readers) + readers
	        != 0)
		rt_semacquire(
		    word(&rw->writer_sem), WAIT_SYNC_RWMUTEX_LOCK, false);
}

bool
gort_rwmutex_trylock(gort_rwmutex *rw)
{
	int32_t zero = 0;

	if (!gort_mutex_trylock(&rw->w))
		return false;
	if (atomic_compare_exchange_strong(
	        count(&rw->reader_count), &zero, -READERS_MAX))
		return true;
	gort_mutex_unlock(&rw->w);
	return false;
}

void
gort_rwmutex_unlock(gort_rwmutex *rw)
{
	int32_t n, i;

	n = atomic_fetch_add(count(&rw->reader_count), READERS_MAX)
	    + READERS_MAX;
	if (n >= READERS_MAX)
		rt_fatal("sync: Unlock of unlocked RWMutex");
	for (i = 0; i < n; i++)
		rt_semrelease(word(&rw->reader_sem), false);
	gort_mutex_unlock(&rw->w);
}

/* ---- wait group: counter in the high half, waiters in the low ---- */

void
gort_waitgroup_add(gort_waitgroup *wg, int delta)
{
	_Atomic uint64_t *state = (_Atomic uint64_t *)&wg->state;
	uint64_t now;
	int32_t n;
	uint32_t waiters;

	now = atomic_fetch_add(state, (uint64_t)(int64_t)delta << 32)
	    + ((uint64_t)(int64_t)delta << 32);
	n = (int32_t)(now >> 32);
	waiters = (uint32_t)now;
	if (n < 0)
		rt_panic_str("sync: negative WaitGroup counter");
	if (waiters != 0 && delta > 0 && n == delta)
		rt_panic_str("sync: WaitGroup misuse: Add called concurrently "
		             "with Wait");
	if (n > 0 || waiters == 0)
		return;
	/* Down to 0 with waiters: nobody may touch the state until they are
	 * released. */
	if (atomic_load(state) != now)
		rt_panic_str("sync: WaitGroup misuse: Add called concurrently "
		             "with Wait");
	atomic_store(state, 0);
	for (; waiters != 0; waiters--)
		rt_semrelease(word(&wg->sema), false);
}

void
gort_waitgroup_done(gort_waitgroup *wg)
{
	gort_waitgroup_add(wg, -1);
}

void
gort_waitgroup_wait(gort_waitgroup *wg)
{
	_Atomic uint64_t *state = (_Atomic uint64_t *)&wg->state;
	uint64_t now = atomic_load(state);

	rt_preempt_check();
	do {
		if (now >> 32 == 0)
			return;
	} while (!atomic_compare_exchange_weak(state, &now, now + 1));
	rt_semacquire(word(&wg->sema), WAIT_SYNC_WAITGROUP_WAIT, false);
	if (atomic_load(state) != 0)
		rt_panic_str("sync: WaitGroup is reused before previous Wait "
		             "has returned");
}

/* ---- once ---- */

struct once_call {
	gort_once *o;
	void (*fn)(void *arg);
	void *arg;
};

static void
once_end(void *p)
{
	gort_once *o = p;

	/* Release: who sees done sees what fn did. */
	atomic_store(word(&o->done), 1);
	gort_mutex_unlock(&o->m);
}

static void
once_body(void *p)
{
	struct once_call *c = p;

	gort_mutex_lock(&c->o->m);
	if (c->o->done != 0) {
		gort_mutex_unlock(&c->o->m);
		return;
	}
	rt_deferproc(once_end, c->o);
	c->fn(c->arg);
}

void
gort_once_do(gort_once *o, void (*fn)(void *arg), void *arg)
{
	struct once_call c = { o, fn, arg };

	if (atomic_load_explicit(word(&o->done), memory_order_acquire) == 0)
		rt_protect(once_body, &c);
}

/* ---- cond ---- */

_Static_assert(sizeof(struct rt_notifylist) <= sizeof(gort_cond),
    "gort_cond holds a notify list");

static struct rt_notifylist *
notify_list(gort_cond *c)
{
	return (struct rt_notifylist *)c->list;
}

void
gort_cond_wait(gort_cond *c, gort_mutex *m)
{
	/* The ticket is drawn while m is held: a signal after the unlock
	 * finds us in line though we do not sleep yet. */
	uint32_t ticket = rt_notifylist_add(notify_list(c));

	gort_mutex_unlock(m);
	rt_notifylist_wait(notify_list(c), ticket);
	gort_mutex_lock(m);
}

void
gort_cond_signal(gort_cond *c)
{
	rt_notifylist_notifyone(notify_list(c));
}

void
gort_cond_broadcast(gort_cond *c)
{
	rt_notifylist_notifyall(notify_list(c));
}
