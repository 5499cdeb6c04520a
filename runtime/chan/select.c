/*
 * select.c - wait for several channels and do exactly one thing.
 *
 *   1. Drop cases without a channel; shuffle the rest (poll order: fairness).
 *   2. Look at the channels without their locks, in poll order. Where a case
 *      looks ready take that one lock, and if it still is, do it: that is all.
 *      A case that is done was ready at that moment, which is what a select
 *      promises; no other channel has a say in it.
 *   3. Nobody: sort the cases by the channel's address (lock order: no
 *      deadlock), lock every channel once, look again in poll order. Found: do
 *      it, unlock, ready whom it served. None and not blocking: unlock,
 *      default. For this answer the locks are needed: "none was ready" is
 *      promised of one moment, not of one moment a channel.
 *   4. Queue one record on each channel, all with isselect, and park. Of
 *      several cases on one channel the first in the queue will be served, so
 *      where there are such the cases are sorted anew, from the poll order. The
 *      locks are released once the context is saved (sched/handoff.c), lowest
 *      address first; from the first release on, wakers may come.
 *   5. A waker that dequeues a record of ours sets g->select_done by
 *      compare-and-swap from 0; the one that succeeds owns the wake-up and
 *      leaves its record in g->param. Others pass on to the next waiter.
 *   6. Awake again: take the losing records out, each under its channel's
 *      lock, one after the other in lock order, and report the case whose
 *      record is in g->param.
 *
 * Why the records may die in step 6: whoever holds a pointer to a losing
 * record found it in a queue under that channel's lock, and drops it before
 * the unlock. After we have had the lock of each loser once more, with the
 * record out, nobody holds any. The winning record was taken out by the winner,
 * who stopped touching it before the ready. And step 4's release loop, which
 * may still run on the old thread while we are awake here already, reads only
 * records whose channel it has not unlocked. The winner's it had unlocked, or
 * nobody could have found the record; what comes behind it in lock order are
 * losers, or records of the winner's own channel, which that unlock covers: we
 * stand at the lock of the first of them until the loop has passed it, and so
 * on to the last.
 *
 * select_done is 0 outside of steps 4 to 6; it is reset in step 6 when no
 * record can be found any more.
 *
 * The shuffle is a true one, each order as likely as another, but draws one
 * number for 8 cases: its digits in the bases 1, 2 … 8, by multiplication.
 * Rejected: rotating the start by one random number. A case behind a run of
 * dead ones would be taken more often than its share.
 *
 * Sorting: insertion for the usual handful, heap sort above, so that 65,535
 * cases are n log n and need no memory.
 */
#include "chan/chan.h"

#include <string.h>

#include "fault/fault.h"
#include "lock/plock.h"
#include "sched/handoff.h"
#include "sched/oracle.h"
#include "sched/sched.h"

/* Selects up to this size keep their records in the frame (see chan.c); the
 * frame must stay small beside a goroutine's stack. */
#define INLINE_RECORDS 6
#define INSERTION_MAX 16

struct sel {
	struct rt_scase *cases;
	uint16_t *pollorder, *lockorder; /* n entries each */
	uint32_t n;      /* cases with a channel */
	intptr_t nsends; /* cases[i] sends iff i < nsends */
};

/* ---- order ---- */

/* 8 factorial is 2^15.3: of 64 bits nearly 49 remain for the last digit. */
#define SHUFFLE_DIGITS 8

static void
poll_order(struct sel *s, uint32_t ncases)
{
	unsigned __int128 product;
	uint64_t chance = 0;
	uint32_t i, j, n = 0;

	for (i = 0; i < ncases; i++) {
		if (s->cases[i].c == NULL) {
			s->cases[i].elem = NULL; /* keeps nothing alive */
			continue;
		}
		if (n % SHUFFLE_DIGITS == 0)
			chance = rt_fastrand64();
		product = (unsigned __int128)chance * (n + 1);
		j = (uint32_t)(product >> 64);
		chance = (uint64_t)product;
		s->pollorder[n] = s->pollorder[j];
		s->pollorder[j] = (uint16_t)i;
		n++;
	}
	s->n = n;
}

static uintptr_t
key(const struct sel *s, uint16_t idx)
{
	return (uintptr_t)s->cases[idx].c;
}

static void
insertion_sort(struct sel *s)
{
	uint16_t *o = s->lockorder, x;
	uint32_t i, j;

	for (i = 1; i < s->n; i++) {
		x = o[i];
		for (j = i; j > 0 && key(s, o[j - 1]) > key(s, x); j--)
			o[j] = o[j - 1];
		o[j] = x;
	}
}

static void
sift_down(struct sel *s, uint32_t i, uint32_t n)
{
	uint16_t *o = s->lockorder, x = o[i];
	uint32_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && key(s, o[child + 1]) > key(s, o[child]))
			child++;
		if (key(s, x) >= key(s, o[child]))
			break;
		o[i] = o[child];
		i = child;
	}
	o[i] = x;
}

static void
heap_sort(struct sel *s)
{
	uint16_t *o = s->lockorder, x;
	uint32_t i;

	for (i = s->n / 2; i-- > 0;)
		sift_down(s, i, s->n);
	for (i = s->n; i-- > 1;) {
		x = o[i];
		o[i] = o[0];
		o[0] = x;
		sift_down(s, 0, i);
	}
}

static void
sort_locks(struct sel *s)
{
	if (s->n <= INSERTION_MAX)
		insertion_sort(s);
	else
		heap_sort(s);
}

/* From the order of the cases: a select that is come by again takes the same
 * branches as before, which the processor remembers. */
static void
lock_order(struct sel *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; n < s->n; i++)
		if (s->cases[i].c != NULL)
			s->lockorder[n++] = (uint16_t)i;
	sort_locks(s);
}

/* The same order of channels, but of several cases on one channel any may come
 * first. */
static RT_NOINLINE void
shuffle_equals(struct sel *s)
{
	memcpy(s->lockorder, s->pollorder, s->n * sizeof(uint16_t));
	sort_locks(s);
}

/* ---- locks: each channel once ---- */

/* Returns how many locks that makes. */
static int32_t
lock_all(struct sel *s)
{
	struct hchan *c, *last = NULL;
	struct m *mp = rt_getg()->m;
	int32_t locks = 0;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		c = s->cases[s->lockorder[i]].c;
		if (c != last) {
			rt_plock(mp, &c->lock);
			locks++;
		}
		last = c;
	}
	return locks;
}

static void
unlock_all(struct sel *s)
{
	struct hchan *c, *last = NULL;
	struct m *mp = rt_getg()->m;
	uint32_t i;

	for (i = s->n; i-- > 0;) {
		c = s->cases[s->lockorder[i]].c;
		if (c != last)
			rt_punlock(mp, &c->lock);
		last = c;
	}
}

/*
 * The goroutine arg has parked. It may be awake elsewhere as soon as the first
 * lock is free, but it stands still until the last one is (step 6). So a record
 * is read before its channel is unlocked, never after.
 */
static void
unlock_parked(void *arg)
{
	struct g *gp = arg;
	struct m *mp = rt_getg()->m;
	struct sudog *s = gp->waiting;
	struct hchan *c = NULL, *last = NULL;

	for (; s != NULL; s = s->waitlink) {
		c = s->c;
		if (last != NULL && c != last)
			rt_punlock(mp, &last->lock);
		last = c;
	}
	if (last != NULL)
		rt_punlock(mp, &last->lock);
}

/* ---- steps 2 and 3 ---- */

enum step { STEP_DONE, STEP_WAIT, STEP_PANIC };

/*
 * Try one case under its lock. STEP_DONE: it happened, *ret_wake (may be
 * NULL) is to be readied.
 */
static enum step
try_send_case(struct rt_scase *k, struct g **ret_wake)
{
	struct hchan *c = k->c;
	struct sudog *s;

	if (atomic_load_explicit(&c->closed, memory_order_relaxed) != 0)
		return STEP_PANIC;
	s = rt_waitq_dequeue(&c->recvq);
	if (s != NULL) {
		*ret_wake = rt_chan_serve_receiver(c, s, k->elem);
		return STEP_DONE;
	}
	if (c->qcount < c->dataqsiz) {
		rt_chan_buf_put(c, k->elem);
		return STEP_DONE;
	}
	return STEP_WAIT;
}

static enum step
try_recv_case(struct rt_scase *k, struct g **ret_wake, bool *ret_ok)
{
	struct hchan *c = k->c;
	struct sudog *s = rt_waitq_dequeue(&c->sendq);

	*ret_ok = true;
	if (s != NULL) {
		*ret_wake = rt_chan_serve_sender(c, s, k->elem);
		return STEP_DONE;
	}
	if (c->qcount > 0) {
		rt_chan_buf_get(c, k->elem);
		return STEP_DONE;
	}
	if (atomic_load_explicit(&c->closed, memory_order_relaxed) != 0) {
		if (k->elem != NULL)
			memset(k->elem, 0, c->elemsize);
		*ret_ok = false;
		return STEP_DONE;
	}
	return STEP_WAIT;
}

static enum step
try_case(struct sel *s, uint16_t idx, struct g **ret_wake, bool *ret_ok)
{
	struct rt_scase *k = &s->cases[idx];

	if (idx < s->nsends)
		return try_send_case(k, ret_wake);
	return try_recv_case(k, ret_wake, ret_ok);
}

/*
 * Step 2: one lock, and only where it looks worth it. Returns as try_all, and
 * what the case needs is done but for the ready. -1: nothing looked ready, or
 * somebody was quicker each time.
 */
static intptr_t
try_looks(struct sel *s, struct g **ret_wake, bool *ret_ok)
{
	struct m *mp = rt_getg()->m;
	struct hchan *c;
	enum step st;
	uint32_t i;
	uint16_t idx;

	for (i = 0; i < s->n; i++) {
		idx = s->pollorder[i];
		c = s->cases[idx].c;
		if (RT_LIKELY(!(idx < s->nsends ? rt_chan_looks_sendable(c)
		                                : rt_chan_looks_receivable(c))))
			continue;
		rt_plock(mp, &c->lock);
		st = try_case(s, idx, ret_wake, ret_ok);
		rt_punlock(mp, &c->lock);
		if (st == STEP_DONE)
			return idx;
		if (st == STEP_PANIC)
			return -2;
	}
	return -1;
}

/* Step 3. Returns the index done, -1: none is ready, -2: the case panics. */
static intptr_t
try_all(struct sel *s, struct g **ret_wake, bool *ret_ok)
{
	enum step st;
	uint32_t i;
	uint16_t idx;

	for (i = 0; i < s->n; i++) {
		idx = s->pollorder[i];
		st = try_case(s, idx, ret_wake, ret_ok);
		if (st == STEP_DONE)
			return idx;
		if (st == STEP_PANIC)
			return -2;
	}
	return -1;
}

/* ---- steps 4 and 6 ---- */

/* Fill r for the i-th case in lock order and put it behind the others. */
static void
queue_one(struct sel *s, uint32_t i, struct sudog *r, struct sudog ***tail)
{
	uint16_t idx = s->lockorder[i];
	struct rt_scase *k = &s->cases[idx];

	r->g = rt_getg();
	r->isselect = true;
	r->success = false;
	r->elem = k->elem;
	r->c = k->c;
	r->caseidx = idx;
	r->waitlink = NULL;
	**tail = r;
	*tail = &r->waitlink;
	rt_waitq_enqueue(idx < s->nsends ? &k->c->sendq : &k->c->recvq, r);
}

/*
 * Take every record but the winner's out of its queue, where it still is in
 * one. Returns the winner's case.
 */
static intptr_t
unqueue_losers(struct sel *s, struct g *gp, const struct sudog *winner,
    bool *ret_success)
{
	struct m *mp = gp->m;
	struct sudog *r;
	struct hchan *c;
	intptr_t done = -1;

	for (r = gp->waiting; r != NULL; r = r->waitlink) {
		if (r == winner) {
			done = r->caseidx;
			*ret_success = r->success;
			continue;
		}
		c = r->c;
		rt_plock(mp, &c->lock);
		rt_waitq_unlink(
		    r->caseidx < s->nsends ? &c->sendq : &c->recvq, r);
		rt_punlock(mp, &c->lock);
	}
	return done;
}

static void
release_cached(struct sudog *r, const struct sudog *inl, const struct sudog *end)
{
	struct sudog *next;

	for (; r != NULL; r = next) {
		next = r->waitlink;
		if (r >= inl && r < end)
			continue;
		r->elem = NULL;
		r->c = NULL;
		r->waitlink = NULL;
		r->isselect = false;
		rt_release_sudog(r);
	}
}

/* All `locks` locks are held and nothing was ready. Returns the case done,
 * with the locks released; *ret_success false: its channel was closed. */
static RT_NOINLINE intptr_t
wait_for_any(struct sel *s, int32_t locks, bool *ret_success)
{
	struct sudog inl[INLINE_RECORDS], *list = NULL, **tail = &list;
	struct sudog *winner;
	struct g *gp = rt_getg();
	intptr_t done;
	uint32_t i;

	if (RT_UNLIKELY((uint32_t)locks != s->n))
		shuffle_equals(s);
	for (i = 0; i < s->n; i++)
		queue_one(s, i,
		    s->n <= INLINE_RECORDS ? &inl[i] : rt_acquire_sudog(),
		    &tail);
	gp->waiting = list;
	gp->param = NULL;
	rt_gopark_plocks(unlock_parked, WAIT_SELECT, locks);

	winner = gp->param;
	gp->param = NULL;
	done = unqueue_losers(s, gp, winner, ret_success);
	gp->waiting = NULL;
	atomic_store_explicit(&gp->select_done, 0, memory_order_relaxed);
	release_cached(list, inl, inl + INLINE_RECORDS);
	if (done < 0)
		rt_throw("selectgo: bad wakeup");
	return done;
}

/* What the select answers for a case done while it did not have to wait: done
 * as try_all returns it, every lock released, wake (or NULL) to be readied. */
static struct rt_selres
done_now(intptr_t done, intptr_t nsends, struct g *wake, bool ok)
{
	struct rt_selres res = { .index = done,
		.recv_ok = ok && done >= nsends };

	if (wake != NULL)
		rt_goready(wake);
	if (RT_UNLIKELY(done == -2))
		rt_panic_plain("send on closed channel");
	return res;
}

struct rt_selres
rt_selectgo(struct rt_scase *cases, uint16_t *order, intptr_t nsends,
    intptr_t nrecvs, bool block)
{
	intptr_t ncases = nsends + nrecvs, done;
	struct sel s = { .cases = cases, .nsends = nsends,
		.pollorder = order, .lockorder = order + ncases };
	struct rt_selres res;
	struct g *wake = NULL;
	bool ok = false;
	int32_t locks;

	if (ncases > 65536)
		rt_throw("selectgo: too many cases");
	poll_order(&s, (uint32_t)ncases);
	done = try_looks(&s, &wake, &ok);
	if (done != -1)
		return done_now(done, nsends, wake, ok);

	lock_order(&s);
	locks = lock_all(&s);
	done = try_all(&s, &wake, &ok);
	if (done != -1 || !block) {
		unlock_all(&s);
		return done_now(done, nsends, wake, ok);
	}
	res.index = wait_for_any(&s, locks, &ok);
	if (res.index < nsends && !ok)
		rt_panic_plain("send on closed channel");
	res.recv_ok = res.index >= nsends && ok;
	return res;
}
