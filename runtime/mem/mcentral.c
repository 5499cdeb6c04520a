/*
 * mcentral.c - one class's spans that no P holds.
 *
 * Four lists: spans with free slots and spans without, each split in swept and
 * not yet swept in this cycle. Which of a pair is which follows from sweepgen,
 * so that the end of marking turns every list into "unswept" by adding 2 to
 * one word. Marking may only begin when the unswept lists are empty.
 *
 * A span is swept outside the lock, by whoever took it off an unswept list;
 * taking it off is what makes that thread its owner.
 *
 * Plain locked lists: with two threads the lock is not contended, and a refill
 * takes it twice at most. The place for Go's lock-free span sets is here, when
 * a profile on many cores asks for them.
 */
#include "mem/mheap.h"

#include "gc/mgc.h"

/* Spans swept in the search for one with room, before a fresh one is taken:
 * bounds the latency of an allocation. */
#define SWEEP_TRIES 64

void
rt_mcentral_init(struct mcentral *c, unsigned spanclass)
{
	rt_lock_init(&c->lock, RANK_MCENTRAL);
	c->spanclass = (uint16_t)spanclass;
}

static unsigned
swept(uint32_t sweepgen)
{
	return sweepgen / 2 % 2;
}

static struct mspan *
pop(struct span_list *l)
{
	struct mspan *s = l->head;

	if (s != NULL)
		rt_spanlist_remove(l, s);
	return s;
}

void
rt_mcentral_put(struct mcentral *c, struct mspan *s)
{
	unsigned which = swept(atomic_load_explicit(
	    &rt_heap.sweepgen, memory_order_relaxed));

	rt_lock(&c->lock);
	rt_spanlist_push(s->alloccount < s->nelems ? &c->partial[which]
	                                           : &c->full[which],
	    s);
	rt_unlock(&c->lock);
}

struct mspan *
rt_mcentral_popunswept(struct mcentral *c, uint32_t sweepgen)
{
	unsigned which = 1 - swept(sweepgen);
	struct mspan *s;

	rt_lock(&c->lock);
	s = pop(&c->full[which]);
	if (s == NULL)
		s = pop(&c->partial[which]);
	rt_unlock(&c->lock);
	return s;
}

/* Take an unswept span likely to have room: partial ones first. */
static struct mspan *
pop_to_sweep(struct mcentral *c, uint32_t sweepgen)
{
	unsigned which = 1 - swept(sweepgen);
	struct mspan *s;

	rt_lock(&c->lock);
	s = pop(&c->partial[which]);
	if (s == NULL)
		s = pop(&c->full[which]);
	rt_unlock(&c->lock);
	return s;
}

/* Between taking and putting back no safepoint may be. */
static struct mspan *
sweep_for_room(struct mcentral *c)
{
	uint32_t sg = atomic_load_explicit(
	    &rt_heap.sweepgen, memory_order_relaxed);
	struct mspan *s;

	for (int i = 0; i < SWEEP_TRIES; i++) {
		s = pop_to_sweep(c, sg);
		if (s == NULL)
			return NULL;
		rt_mspan_sweep(s, true);
		if (s->alloccount < s->nelems)
			return s;
		rt_mcentral_put(c, s);
	}
	return NULL;
}

struct mspan *
rt_mcentral_cachespan(struct mcentral *c, uintptr_t *ret_block)
{
	unsigned sc = c->spanclass / SPAN_KIND_N;
	unsigned which = swept(atomic_load_explicit(
	    &rt_heap.sweepgen, memory_order_relaxed));
	struct mspan *s;

	rt_gcsweep_pay();
	rt_lock(&c->lock);
	s = pop(&c->partial[which]);
	rt_unlock(&c->lock);
	if (s == NULL) {
		rt_gcsweep_enter();
		s = sweep_for_room(c);
		rt_gcsweep_leave();
	}
	if (s == NULL)
		s = rt_mheap_alloc(rt_class_to_pages[sc], sc,
		    (enum span_kind)(c->spanclass % SPAN_KIND_N), ret_block);
	return s;
}

void
rt_mcentral_uncachespan(struct mcentral *c, struct mspan *s)
{
	rt_mcentral_put(c, s);
}
