/*
 * chan.h - channels and select. chan.c opens with the invariants.
 * The first two words are what compiled Go reads for len and cap.
 */
#ifndef RT_CHAN_H
#define RT_CHAN_H

#include "runtime2.h"

struct rt_waitq { /* goroutines waiting, first come first served */
	struct sudog *first, *last; /* the channel's lock; first is also
	                               read without it, so written atomically */
};

struct hchan {
	intptr_t qcount;   /* lock to write (atomically); racy reads allowed */
	intptr_t dataqsiz; /* const: cap */
	void *buf;         /* const: dataqsiz elements, same allocation */
	size_t elemsize;   /* const */
	const struct gort_type *elemtype; /* const; NULL: plain bytes */
	bool barrier;      /* const: elements may hold collected pointers */
	_Atomic uint32_t closed; /* lock to write */
	uint32_t sendx, recvx; /* lock */
	struct rt_waitq recvq, sendq; /* lock */
	struct rt_mutex lock;
};

/*
 * A collected channel. t: the element's type, else elemsize bytes, scanned
 * conservatively when noscan is false. User goroutine; panics with "makechan:
 * size out of range".
 */
struct hchan *rt_makechan(const struct gort_type *t, size_t elemsize,
    bool noscan, intptr_t cap);
/*
 * Waits unless !block; false: would have waited. Panics when c is closed.
 * Waiting needs a user goroutine; !block is allowed on g0 with a P (timers,
 * signals), where a closed channel answers false instead of panicking.
 * callerpc: the statement in user code, for profiles (0: unknown).
 */
bool rt_chansend(struct hchan *c, const void *elem, bool block,
    uintptr_t callerpc);
/* Returns whether it happened; *ret_ok (may be NULL) false: c is closed and
 * drained, elem (may be NULL) zeroed. User goroutine when block. */
bool rt_chanrecv(struct hchan *c, void *elem, bool block, bool *ret_ok);
void rt_closechan(struct hchan *c); /* user goroutine: may panic */
intptr_t rt_chanlen(struct hchan *c);
intptr_t rt_chancap(struct hchan *c);

struct rt_scase { /* gccgo's layout */
	struct hchan *c;
	void *elem;
};
struct rt_selres {
	intptr_t index;
	bool recv_ok;
};
/*
 * Cases: sends first, then receives, at most 65536; order is scratch of
 * 2 * (nsends + nrecvs). The index done, or -1: none ready and !block. User
 * goroutine. Panics when the case chosen sends on a closed channel.
 */
struct rt_selres rt_selectgo(struct rt_scase *cases, uint16_t *order,
    intptr_t nsends, intptr_t nrecvs, bool block);

/* A cleared sudog out of this P's cache, and back. User goroutine or g0 with
 * a P; put it back with no link left in it. */
struct sudog *rt_acquire_sudog(void);
void rt_release_sudog(struct sudog *s);

/*
 * Might c serve a send (or panic), a receive, at once? For who does not hold
 * the lock: by the time it does, it may be otherwise. Each word is read once,
 * relaxed: nothing is concluded but where to look first.
 */
static inline bool
rt_chan_looks_sendable(const struct hchan *c)
{
	return __atomic_load_n(&c->recvq.first, __ATOMIC_RELAXED) != NULL ||
	    __atomic_load_n(&c->qcount, __ATOMIC_RELAXED) < c->dataqsiz ||
	    atomic_load_explicit(&c->closed, memory_order_relaxed) != 0;
}

static inline bool
rt_chan_looks_receivable(const struct hchan *c)
{
	return __atomic_load_n(&c->sendq.first, __ATOMIC_RELAXED) != NULL ||
	    __atomic_load_n(&c->qcount, __ATOMIC_RELAXED) > 0 ||
	    atomic_load_explicit(&c->closed, memory_order_relaxed) != 0;
}

/* ---- between chan.c and select.c; the caller holds c->lock ---- */

/* Copy one element; barriers as the element's kind asks. */
void rt_chan_copy_slow(struct hchan *c, void *dst, const void *src);
static inline void
rt_chan_copy(struct hchan *c, void *dst, const void *src)
{
	if (RT_LIKELY(!c->barrier && c->elemsize == 8))
		__builtin_memcpy(dst, src, 8);
	else if (c->elemsize != 0) /* then they may be NULL */
		rt_chan_copy_slow(c, dst, src);
}

static inline void
rt_waitq_set_first(struct rt_waitq *q, struct sudog *s)
{
	__atomic_store_n(&q->first, s, __ATOMIC_RELAXED);
}

static inline void
rt_waitq_enqueue(struct rt_waitq *q, struct sudog *s)
{
	s->next = NULL;
	s->prev = q->last;
	if (q->last == NULL)
		rt_waitq_set_first(q, s);
	else
		q->last->next = s;
	q->last = s;
}

/* Take s out of the middle, if it is still there. */
static inline void
rt_waitq_unlink(struct rt_waitq *q, struct sudog *s)
{
	/* Out already: neither linked to anybody nor the only one. */
	if (s->prev == NULL && s->next == NULL && q->first != s)
		return;
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		rt_waitq_set_first(q, s->next);
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		q->last = s->prev;
	s->next = s->prev = NULL;
}

/* Take the first waiter whom we may wake: a select's only if we win it. */
static inline struct sudog *
rt_waitq_dequeue(struct rt_waitq *q)
{
	struct sudog *s;
	uint32_t zero;

	while ((s = q->first) != NULL) {
		rt_waitq_unlink(q, s);
		if (!s->isselect)
			return s;
		/* Several channels may want to wake the same select: the first
		 * to set select_done does. The loser's record stays valid, for
		 * its owner needs our lock before it leaves the select. */
		zero = 0;
		if (atomic_compare_exchange_strong(
		        &s->g->select_done, &zero, 1))
			return s;
	}
	return NULL;
}

/*
 * Serve one waiter: hand elem to the receiver s; take elem (NULL: drop) from
 * the sender s, through the buffer if there is one; tell s that c was closed.
 * Each returns the goroutine, to be readied after c is unlocked; s belongs to
 * that goroutine again and must not be touched from there on.
 */
struct g *rt_chan_serve_receiver(struct hchan *c, struct sudog *s,
    const void *elem);
struct g *rt_chan_serve_sender(struct hchan *c, struct sudog *s, void *elem);
/* Into and out of the ring buffer, which has room / is not empty. */
void rt_chan_buf_put(struct hchan *c, const void *elem);
void rt_chan_buf_get(struct hchan *c, void *elem);

#endif
