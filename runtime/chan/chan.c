/*
 * chan.c - channels: the queue, the waiting, the closing.
 *
 * A channel is a ring of dataqsiz elements and two queues of waiting
 * goroutines, under one lock. Invariants, whenever the lock is free:
 *
 *   - at least one of sendq and recvq is empty, but for an unbuffered channel
 *     on which one goroutine both sends and receives by one select: then that
 *     goroutine is the only waiter of both;
 *   - qcount > 0 implies recvq is empty (an element would have been taken);
 *   - qcount < dataqsiz implies sendq is empty (there would have been room);
 *   - closed implies sendq and recvq are empty, and nothing is queued again.
 *
 * Hand-off is direct: a sender that finds a receiver copies its element
 * straight into the receiver's variable, on the receiver's stack, and the
 * buffer is not touched. The waiter's stack may be written by another thread
 * because the waiter is parked: the write is made under the channel's lock,
 * before the goroutine is readied, and the run queue's release and acquire
 * order it before the receiver's next instruction.
 *
 * Waiting records (struct sudog) of a single send or receive live on the
 * waiter's own stack. That is allowed here and not in Go because C stacks never
 * move and because nobody touches a record after its goroutine was readied:
 * the waker fills success and g->param under the lock, unlocks, readies, and
 * forgets it. Rejected: the per-P cache for these too; it costs two cache
 * operations a wait and a record that migrates between Ps. Records that live
 * longer than a frame (semaphores) and big selects come from the cache.
 *
 * Looking without the lock: a try that must fail returns at once. It reads
 * `closed`, then whether the operation could go on, as single atomic words.
 * For a send: not closed, then full, means that at some moment between both
 * reads the channel was open and full, because a closed one never opens. For a
 * receive the order is empty, then closed, then empty again: when closed is
 * seen with nothing to take, elements sent before the close must be looked for
 * once more. `closed` is stored with release and read with acquire; the pair
 * makes elements put before the close visible to the second look.
 *
 * And before all of that the look sees the lock free, else it takes the long
 * way. The lock is left by a store (lock/plock.h), so who has just received may
 * go on and read something else while the others still see the channel full.
 * Say that it drains a list next, and that we have put something on that list
 * in full order before we look: if it read the list before that, it had taken
 * the lock before, by a locked instruction, so a look that comes after sees
 * the lock held until what was done under it is in memory as well. A token in
 * a channel of one that says "look at the list" so can't be missed. len and cap
 * promise no such thing.
 *
 * Lock order: many channels at once only in select, by address (lockrank.h).
 * Under a channel's lock nothing may allocate, park or ready a goroutine: a
 * ready may need the scheduler's lock, and the waiter would spin on ours.
 *
 * Elements that hold collected pointers are copied through the barrier, into
 * the buffer as well as onto a foreign stack: the collector may have scanned
 * that stack already.
 */
#include "chan/chan.h"

#include <string.h>

#include "arch/arch.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/plock.h"
#include "mem/malloc.h"
#include "sched/handoff.h"
#include "sched/sched.h"
#include "types/type.h"

#define ELEM_BYTES_MAX 65535
/* Buffers above this are a mistake, not a wish: the address space ends. */
#define CHAN_BYTES_MAX ((size_t)1 << 46)
/* The buffer follows the header, aligned for any element. */
#define HDR_BYTES ((sizeof(struct hchan) + 15) & ~(size_t)15)

static void
set_qcount(struct hchan *c, intptr_t n)
{
	__atomic_store_n(&c->qcount, n, __ATOMIC_RELAXED);
}

static intptr_t
peek_qcount(const struct hchan *c)
{
	return __atomic_load_n(&c->qcount, __ATOMIC_RELAXED);
}

static bool
peek_waiting(const struct rt_waitq *q)
{
	return __atomic_load_n(&q->first, __ATOMIC_RELAXED) != NULL;
}

static bool
is_closed(const struct hchan *c)
{
	return atomic_load_explicit(&c->closed, memory_order_acquire) != 0;
}

/* Nobody is at work in c, nor was so at a moment that others have yet to see.
 * Acquire: what is looked at next is looked at later. */
static bool
looks_at_rest(const struct hchan *c)
{
	return atomic_load_explicit(&c->lock.key, memory_order_acquire) ==
	    RT_MUTEX_FREE;
}

/* Would a send have to wait? One word read; true now says nothing of later. */
static bool
looks_full(const struct hchan *c)
{
	if (c->dataqsiz == 0)
		return !peek_waiting(&c->recvq);
	return peek_qcount(c) == c->dataqsiz;
}

static bool
looks_empty(const struct hchan *c)
{
	if (c->dataqsiz == 0)
		return !peek_waiting(&c->sendq);
	return peek_qcount(c) == 0;
}

static bool
on_g0(const struct g *gp)
{
	return gp == gp->m->g0;
}

struct hchan *
rt_makechan(const struct gort_type *t, size_t elemsize, bool noscan,
    intptr_t cap)
{
	struct hchan *c;
	size_t bytes;
	bool typed = t != NULL && t->ptrdata != 0;

	if (t != NULL) {
		elemsize = t->size;
		noscan = t->ptrdata == 0;
	}
	if (elemsize > ELEM_BYTES_MAX || cap < 0
	    || __builtin_mul_overflow(elemsize, (size_t)cap, &bytes)
	    || bytes > CHAN_BYTES_MAX)
		rt_panic_plain("makechan: size out of range");

	/* A typed buffer is an object of its own, scanned by its type; any
	 * other shares the header's, so that a channel is one allocation. */
	if (typed && bytes > 0) {
		c = rt_mallocgc(HDR_BYTES, NULL, true, true);
		rt_writeptr(&c->buf, rt_mallocgc(bytes, t, true, true));
	} else {
		c = rt_mallocgc(HDR_BYTES + bytes, NULL, !noscan, true);
		c->buf = (char *)c + (bytes > 0 ? HDR_BYTES : 0);
	}
	c->elemtype = t;
	c->elemsize = elemsize;
	c->barrier = !noscan;
	c->dataqsiz = cap;
	rt_lock_init(&c->lock, RANK_HCHAN);
	return c;
}

void
rt_chan_copy_slow(struct hchan *c, void *dst, const void *src)
{
	if (!c->barrier)
		memcpy(dst, src, c->elemsize);
	else if (c->elemtype != NULL)
		rt_typedmemmove(c->elemtype, dst, src);
	else
		rt_bulk_barrier_memmove(dst, src, c->elemsize);
}

/* ---- the buffer ---- */

static void *
slot(struct hchan *c, uint32_t i)
{
	return (char *)c->buf + (size_t)i * c->elemsize;
}

static uint32_t
next_index(const struct hchan *c, uint32_t i)
{
	return (intptr_t)i + 1 == c->dataqsiz ? 0 : i + 1;
}

void
rt_chan_buf_put(struct hchan *c, const void *elem)
{
	rt_chan_copy(c, slot(c, c->sendx), elem);
	c->sendx = next_index(c, c->sendx);
	set_qcount(c, c->qcount + 1);
}

void
rt_chan_buf_get(struct hchan *c, void *elem)
{
	void *from = slot(c, c->recvx);

	if (elem != NULL)
		rt_chan_copy(c, elem, from);
	/* What was taken must not be kept alive by the buffer. A plain clear:
	 * the copy has told the barrier of these pointers, and with elem NULL
	 * nobody has them any more. */
	if (c->barrier)
		memset(from, 0, c->elemsize);
	c->recvx = next_index(c, c->recvx);
	set_qcount(c, c->qcount - 1);
}

/* ---- serving a waiter ---- */

static struct g *
served(struct sudog *s, bool success)
{
	struct g *gp = s->g;

	s->success = success;
	gp->param = s;
	return gp;
}

struct g *
rt_chan_serve_receiver(struct hchan *c, struct sudog *s, const void *elem)
{
	if (s->elem != NULL)
		rt_chan_copy(c, s->elem, elem);
	return served(s, true);
}

struct g *
rt_chan_serve_sender(struct hchan *c, struct sudog *s, void *elem)
{
	if (c->dataqsiz == 0) {
		if (elem != NULL)
			rt_chan_copy(c, elem, s->elem);
	} else {
		/* Full: the head goes out, the sender's comes in behind the
		 * last, which is the slot that just became free. */
		rt_chan_buf_get(c, elem);
		rt_chan_buf_put(c, s->elem);
	}
	return served(s, true);
}

/*
 * Wait in q until somebody serves us. c is locked; it is unlocked once this
 * goroutine's context is saved. Returns whether by a value (else by close).
 */
static inline bool
wait_in(struct hchan *c, struct rt_waitq *q, void *elem, enum wait_reason why)
{
	struct g *gp = rt_getg();
	struct sudog me; /* what a wait on a channel uses of it, no more */

	me.g = gp;
	me.elem = elem;
	me.c = c;
	me.isselect = false;
	me.success = false;
	me.waitlink = NULL;
	gp->waiting = &me;
	gp->param = NULL;
	rt_waitq_enqueue(q, &me);
	rt_gopark_plock(&c->lock, why);
	gp->waiting = NULL;
	gp->param = NULL;
	return me.success;
}

/* ---- send ---- */

/* c is locked and open. Returns false when the send has to wait; else it is
 * done and c unlocked. */
static inline bool
send_now(struct m *mp, struct hchan *c, const void *elem)
{
	struct sudog *s = rt_waitq_dequeue(&c->recvq);
	struct g *gp;

	if (s != NULL) {
		gp = rt_chan_serve_receiver(c, s, elem);
		rt_punlock(mp, &c->lock);
		rt_goready(gp);
		return true;
	}
	if (c->qcount < c->dataqsiz) {
		rt_chan_buf_put(c, elem);
		rt_punlock(mp, &c->lock);
		return true;
	}
	return false;
}

bool
rt_chansend(struct hchan *c, const void *elem, bool block, uintptr_t callerpc)
{
	struct m *mp = rt_getg()->m; /* until we park */

	if (RT_UNLIKELY(c == NULL)) {
		if (!block)
			return false;
		rt_gopark(NULL, NULL, WAIT_CHAN_SEND_NIL);
		rt_throw("unreachable: woken from a nil channel");
	}
	if (!block && looks_at_rest(c) && !is_closed(c) && looks_full(c))
		return false;

	rt_plock(mp, &c->lock);
	if (RT_UNLIKELY(is_closed(c))) {
		rt_punlock(mp, &c->lock);
		if (on_g0(rt_getg()))
			return false;
		rt_panic_plain("send on closed channel");
	}
	if (send_now(mp, c, elem))
		return true;
	if (!block) {
		rt_punlock(mp, &c->lock);
		return false;
	}
	if (wait_in(c, &c->sendq, (void *)(uintptr_t)elem, WAIT_CHAN_SEND))
		return true;
	if (!is_closed(c))
		rt_throw("chansend: spurious wakeup");
	rt_panic_plain("send on closed channel");
}

/* ---- receive ---- */

static bool
received(bool ok, bool *ret_ok)
{
	if (ret_ok != NULL)
		*ret_ok = ok;
	return true;
}

static bool
received_closed(struct hchan *c, void *elem, bool *ret_ok)
{
	if (elem != NULL)
		memset(elem, 0, c->elemsize);
	return received(false, ret_ok);
}

/* As send_now, and the element is in *elem. */
static inline bool
recv_now(struct m *mp, struct hchan *c, void *elem)
{
	struct sudog *s = rt_waitq_dequeue(&c->sendq);
	struct g *gp;

	if (s != NULL) {
		gp = rt_chan_serve_sender(c, s, elem);
		rt_punlock(mp, &c->lock);
		rt_goready(gp);
		return true;
	}
	if (c->qcount > 0) {
		rt_chan_buf_get(c, elem);
		rt_punlock(mp, &c->lock);
		return true;
	}
	return false;
}

bool
rt_chanrecv(struct hchan *c, void *elem, bool block, bool *ret_ok)
{
	struct m *mp = rt_getg()->m; /* until we park */

	if (RT_UNLIKELY(c == NULL)) {
		if (!block)
			return false;
		rt_gopark(NULL, NULL, WAIT_CHAN_RECEIVE_NIL);
		rt_throw("unreachable: woken from a nil channel");
	}
	if (!block && looks_at_rest(c) && looks_empty(c)) {
		if (!is_closed(c))
			return false;
		if (looks_empty(c))
			return received_closed(c, elem, ret_ok);
	}

	rt_plock(mp, &c->lock);
	if (is_closed(c) && c->qcount == 0) {
		rt_punlock(mp, &c->lock);
		return received_closed(c, elem, ret_ok);
	}
	if (recv_now(mp, c, elem))
		return received(true, ret_ok);
	if (!block) {
		rt_punlock(mp, &c->lock);
		return false;
	}
	/* On close the closer has zeroed *elem. */
	return received(
	    wait_in(c, &c->recvq, elem, WAIT_CHAN_RECEIVE), ret_ok);
}

/* ---- close, len, cap ---- */

/* Take all of q out, tell them of the close, push their goroutines on list. */
static struct g *
release_all(struct hchan *c, struct rt_waitq *q, bool receivers, struct g *list)
{
	struct sudog *s;
	struct g *gp;

	while ((s = rt_waitq_dequeue(q)) != NULL) {
		if (receivers && s->elem != NULL)
			memset(s->elem, 0, c->elemsize);
		gp = served(s, false);
		gp->schedlink = list;
		list = gp;
	}
	return list;
}

void
rt_closechan(struct hchan *c)
{
	struct m *mp = rt_getg()->m;
	struct g *list, *gp;

	if (c == NULL)
		rt_panic_plain("close of nil channel");
	rt_plock(mp, &c->lock);
	if (is_closed(c)) {
		rt_punlock(mp, &c->lock);
		rt_panic_plain("close of closed channel");
	}
	/* Pairs with the acquire in is_closed: see the essay. */
	atomic_store_explicit(&c->closed, 1, memory_order_release);
	list = release_all(c, &c->recvq, true, NULL);
	list = release_all(c, &c->sendq, false, list);
	rt_punlock(mp, &c->lock);

	while ((gp = list) != NULL) {
		list = gp->schedlink;
		gp->schedlink = NULL;
		rt_goready(gp);
	}
}

intptr_t
rt_chanlen(struct hchan *c)
{
	return c == NULL ? 0 : peek_qcount(c);
}

intptr_t
rt_chancap(struct hchan *c)
{
	return c == NULL ? 0 : c->dataqsiz;
}
