/*
 * fresh.c - goroutines that have not begun: the newest first.
 *
 * Why apart from the ring. A goroutine that waits to begin costs its first
 * stack page and nothing else; one that runs makes more of them. First in,
 * first out walks a tree of goroutines level by level: a million leaves are
 * alive at once, each on a page of its own that was never touched before
 * (1.9 us), and long after it was made, when no cache knows it any more.
 * Newest first walks the same tree in depth: some sixty stacks are alive, the
 * one that just died is taken again by the next birth, and all of them stay
 * in the first-level cache. So who was woken or has yielded stands in the
 * ring (runq.c) in the order of arrival; who was made and has not begun yet
 * stands here, and the owner takes the one made last.
 *
 * What that may not cost: nobody waits for ever.
 *   - Between the ring and this list the owner goes in rounds (runq.c,
 *     from_both): as many as stand here when the round begins, then as many as
 *     stand in the ring. Who yields lets all begin who were made before, as
 *     with a single queue; who spawns without end does not keep the ring
 *     waiting.
 *   - Each 61st schedule may take the oldest from here (rt_fresh_oldest), but
 *     not more often than once in as many schedules as the list is long. One
 *     in 61 always would walk the tree by levels after all, only slower: each
 *     old node opens ten new ones. With n in the list the oldest but k waits
 *     for at most k * max(n, 61) schedules.
 *   - After a slice that was used up the oldest is taken too.
 *   - Thieves take the oldest half, or the oldest batch: what will make the
 *     most work, so they need not come again soon.
 *
 * The list. 256 slots, two counters that never wrap back, as in the ring; but
 * the owner adds and takes at the tail and thieves take at the head. The owner
 * takes without a lock: it lowers tail, and then looks at head. A thief (under
 * freshlock, so there is one at a time) raises head, and then looks at tail.
 * Both are locked instructions followed by a load, so if both want the same
 * entry at least one of them sees the other: a thief that does gives back, an
 * owner that does waits for the lock and looks again. freshfree follows head
 * when the thief has read its entries: only then may the owner overwrite them
 * (release and acquire).
 *
 * Above 256 the older half moves to a batch, under freshlock. Batches stand
 * in a list by age; the owner takes the newest back when its slots are empty,
 * a thief takes the oldest whole, in which case it need not touch one
 * goroutine in it. nstock counts those in batches; it is raised before they
 * leave the slots and lowered after they are back in them, so who looks at
 * slots first and at nstock then (rt_runqempty) can't miss them.
 *
 * One P: no thief, no locked instruction, as in runq.c.
 *
 * Rejected: newest first for all that are ready (a request that was woken
 * would wait for those that come after it); first in, first out with
 * newest first for what overflows (the ring alone keeps 256 open nodes, their
 * children thousands of stacks: out of the second-level cache); taking the
 * stack at the first switch only (who asks for a stack trace, and the
 * collector, would have to know a second kind of goroutine).
 */
#include "sched/fresh.h"

#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

#define LEN RT_FRESH_LEN
#define MASK (LEN - 1)
#define BATCH (LEN / 2)
#define SPARE_HIGH 8 /* batches that a P keeps for itself */

struct rt_batch {
	struct rt_batch *newer, *older; /* freshlock */
	uint32_t first, end;            /* g[first .. end): oldest first */
	struct g *g[BATCH];
};

/* Batches of those who have too many, for those who have none. */
static struct {
	struct rt_mutex lock;
	struct rt_batch *head; /* lock; linked by older */
} spare = { .lock = { .rank = RANK_GFREE } };

static inline struct g *
slot_load(struct p *pp, uint32_t i)
{
	return atomic_load_explicit(&pp->fresh[i & MASK],
	    memory_order_relaxed);
}

static inline void
slot_store(struct p *pp, uint32_t i, struct g *gp)
{
	atomic_store_explicit(&pp->fresh[i & MASK], gp, memory_order_relaxed);
}

static inline uint32_t
tail_own(struct p *pp)
{
	return atomic_load_explicit(&pp->freshtail, memory_order_relaxed);
}

static inline uint32_t
head_now(struct p *pp)
{
	return atomic_load_explicit(&pp->freshhead, memory_order_acquire);
}

/* ---- batches ---- */

static struct rt_batch *
batch_get(struct p *pp)
{
	struct rt_batch *b = pp->batches;

	if (b != NULL) {
		pp->batches = b->older;
		pp->nbatches--;
		return b;
	}
	rt_lock(&spare.lock);
	b = spare.head;
	if (b != NULL)
		spare.head = b->older;
	rt_unlock(&spare.lock);
	if (b == NULL)
		b = rt_persistentalloc(sizeof *b, RT_CACHE_LINE,
		    RT_STAT_OTHER);
	return b;
}

static void
batch_put(struct p *pp, struct rt_batch *b)
{
	if (pp->nbatches < SPARE_HIGH) {
		b->older = pp->batches;
		pp->batches = b;
		pp->nbatches++;
		return;
	}
	rt_lock(&spare.lock);
	b->older = spare.head;
	spare.head = b;
	rt_unlock(&spare.lock);
}

/* freshlock held. */
static void
batch_unlink(struct p *pp, struct rt_batch *b)
{
	if (b->newer != NULL)
		b->newer->older = b->older;
	else
		pp->stocknewest = b->older;
	if (b->older != NULL)
		b->older->newer = b->newer;
	else
		pp->stockoldest = b->newer;
}

static void
stock_count(struct p *pp, uint32_t n)
{
	atomic_store(&pp->nstock, atomic_load(&pp->nstock) + n);
}

/* What a batch holds goes to the owner's slots from t on, which are free. The
 * caller publishes the tail. Returns the new one. */
static uint32_t
batch_unpack(struct p *pp, struct rt_batch *b, uint32_t t)
{
	for (uint32_t i = b->first; i < b->end; i++)
		slot_store(pp, t++, b->g[i]);
	return t;
}

/* ---- the owner ---- */

/* The slots are full, or a thief has not finished reading the oldest. */
static RT_NOINLINE void
overflow(struct p *pp)
{
	struct rt_batch *b = batch_get(pp);
	uint32_t h;

	rt_lock(&pp->freshlock);
	h = head_now(pp);
	if (tail_own(pp) - h < LEN) {
		rt_unlock(&pp->freshlock);
		batch_put(pp, b); /* a thief made room */
		return;
	}
	for (uint32_t i = 0; i < BATCH; i++)
		b->g[i] = slot_load(pp, h + i);
	b->first = 0;
	b->end = BATCH;
	b->newer = NULL;
	b->older = pp->stocknewest;
	if (b->older != NULL)
		b->older->newer = b;
	else
		pp->stockoldest = b;
	pp->stocknewest = b;
	stock_count(pp, BATCH);
	atomic_store(&pp->freshhead, h + BATCH);
	atomic_store_explicit(&pp->freshfree, h + BATCH,
	    memory_order_release);
	rt_unlock(&pp->freshlock);
}

void
rt_fresh_push(struct p *pp, struct g *gp)
{
	uint32_t t = tail_own(pp);

	while (RT_UNLIKELY(t - atomic_load_explicit(&pp->freshfree,
	                           memory_order_acquire) >=
	           LEN))
		overflow(pp);
	slot_store(pp, t, gp);
	atomic_store_explicit(&pp->freshtail, t + 1, memory_order_release);
}

/* The slots are empty: the newest batch comes back. False: there is none. */
static RT_NOINLINE bool
refill(struct p *pp)
{
	struct rt_batch *b;

	rt_lock(&pp->freshlock);
	b = pp->stocknewest;
	if (b == NULL) {
		rt_unlock(&pp->freshlock);
		return false;
	}
	batch_unlink(pp, b);
	atomic_store(&pp->freshtail, batch_unpack(pp, b, tail_own(pp)));
	stock_count(pp, -(b->end - b->first));
	rt_unlock(&pp->freshlock);
	batch_put(pp, b);
	return true;
}

/* A thief is, or was, at what may be the last entry: who has it? */
static RT_NOINLINE struct g *
pop_contended(struct p *pp)
{
	struct g *gp = NULL;
	uint32_t t;

	rt_lock(&pp->freshlock);
	t = tail_own(pp) - 1;
	if ((int32_t)(t - head_now(pp)) >= 0) {
		gp = slot_load(pp, t);
		atomic_store(&pp->freshtail, t);
	}
	rt_unlock(&pp->freshlock);
	return gp;
}

/*
 * Head at tail does not mean empty: a thief may have raised it and be about
 * to find that we were quicker at its entries. It does if freshfree, read
 * after head, is there too, which a thief writes only when its claim holds.
 */
static struct g *
pop_slot(struct p *pp)
{
	uint32_t t = tail_own(pp) - 1, h = head_now(pp);
	struct g *gp;

	if ((int32_t)(t - h) < 0)
		return h == t + 1 && atomic_load_explicit(&pp->freshfree,
		                         memory_order_acquire) == h
		    ? NULL
		    : pop_contended(pp);
	if (rt_gomaxprocs == 1) {
		atomic_store_explicit(&pp->freshtail, t,
		    memory_order_relaxed);
		return slot_load(pp, t);
	}
	/* full barrier; pairs with the one in claim */
	atomic_exchange(&pp->freshtail, t);
	gp = slot_load(pp, t);
	if (RT_LIKELY((int32_t)(t - atomic_load(&pp->freshhead)) >= 0))
		return gp;
	atomic_store(&pp->freshtail, t + 1);
	return pop_contended(pp);
}

struct g *
rt_fresh_pop(struct p *pp)
{
	for (;;) {
		struct g *gp = pop_slot(pp);

		if (RT_LIKELY(gp != NULL))
			return gp;
		if (atomic_load_explicit(&pp->nstock,
		        memory_order_relaxed) == 0 ||
		    !refill(pp))
			return NULL;
	}
}

/* freshlock held: the oldest of the oldest batch; *ret_empty: that one is now
 * unlinked and for batch_put. */
static struct g *
oldest_in_stock(struct p *pp, struct rt_batch **ret_empty)
{
	struct rt_batch *b = pp->stockoldest;
	struct g *gp = b->g[b->first++];

	if (b->first == b->end) {
		batch_unlink(pp, b);
		*ret_empty = b;
	}
	stock_count(pp, -1U);
	return gp;
}

struct g *
rt_fresh_oldest(struct p *pp)
{
	struct rt_batch *empty = NULL;
	struct g *gp = NULL;
	uint32_t h;

	rt_lock(&pp->freshlock);
	h = head_now(pp);
	if (pp->stockoldest != NULL) {
		gp = oldest_in_stock(pp, &empty);
	} else if (h != tail_own(pp)) {
		gp = slot_load(pp, h);
		atomic_store(&pp->freshhead, h + 1);
		atomic_store_explicit(&pp->freshfree, h + 1,
		    memory_order_release);
	}
	rt_unlock(&pp->freshlock);
	if (empty != NULL)
		batch_put(pp, empty);
	return gp;
}

/* ---- thieves ---- */

/*
 * p2's freshlock held. Take the older half of its slots: *ret_h the first;
 * returns how many. 0: none, or the owner was quicker.
 */
static uint32_t
claim(struct p *p2, uint32_t *ret_h)
{
	uint32_t h = atomic_load(&p2->freshhead);
	int32_t n = (int32_t)(atomic_load(&p2->freshtail) - h);

	if (n <= 0)
		return 0;
	n -= n / 2;
	/* full barrier; pairs with the one in pop_slot */
	atomic_exchange(&p2->freshhead, h + (uint32_t)n);
	if ((int32_t)(atomic_load(&p2->freshtail) - (h + (uint32_t)n)) < 0) {
		atomic_store(&p2->freshhead, h);
		return 0;
	}
	*ret_h = h;
	return (uint32_t)n;
}

/* Half of p2's slots to pp's from t on; returns how many. */
static uint32_t
steal_slots(struct p *pp, struct p *p2, uint32_t t)
{
	uint32_t h = 0, n = claim(p2, &h);

	for (uint32_t i = 0; i < n; i++)
		slot_store(pp, t + i, slot_load(p2, h + i));
	if (n > 0)
		atomic_store_explicit(&p2->freshfree, h + n,
		    memory_order_release);
	return n;
}

/*
 * pp's slots are empty. What is taken is in them unpublished, where nobody
 * looks, until one is set aside to run and the tail says how many are left.
 */
struct g *
rt_fresh_steal(struct p *pp, struct p *p2)
{
	uint32_t t = tail_own(pp), n;
	struct rt_batch *b;

	if (rt_fresh_len(p2) == 0)
		return NULL;
	rt_lock(&p2->freshlock);
	b = p2->stockoldest;
	if (b != NULL) {
		batch_unlink(p2, b);
		stock_count(p2, -(b->end - b->first));
		n = b->end - b->first;
	} else {
		n = steal_slots(pp, p2, t);
	}
	rt_unlock(&p2->freshlock);
	if (b != NULL) {
		batch_unpack(pp, b, t);
		batch_put(pp, b);
	}
	if (n == 0)
		return NULL;
	atomic_store_explicit(&pp->freshtail, t + n - 1,
	    memory_order_release);
	return slot_load(pp, t + n - 1);
}
