/*
 * mcache.c - what a P allocates from without a lock.
 *
 * The cache holds one span of each class. Inside the span the free slots of
 * one word of allocbits stand inverted in `alloccache`; an allocation takes
 * the lowest bit. When the word is used up the next word with a free slot is
 * loaded, and when there is none the span goes back to its mcentral.
 *
 * While a span is cached its allocbits are behind. What is free then follows
 * from three cases (slot_is_free): words after curword as allocbits say, the
 * current word as alloccache says, words before are full.
 *
 * Accounting is done per span, not per object: on refill the whole free room
 * of the span is added to heap.live, on release the unused rest is subtracted
 * and the allocated slots are counted. An allocation that hits counts nothing.
 */
#include "mem/mheap.h"

#include "gc/mgc.h"

struct mspan rt_emptyspan; /* no words: every allocation from it misses */

/*
 * Until the first P exists the boot thread allocates from a cache of its own,
 * which then becomes that P's: what is in it must not be forgotten. Boot has
 * one thread, so plain variables do.
 */
static struct mcache *mcache0;
static bool mcache0_taken;

static struct mcache *
new_mcache(void)
{
	struct mcache *c;

	rt_lock(&rt_heap.lock);
	c = rt_fixalloc_alloc(&rt_heap.cachealloc);
	rt_unlock(&rt_heap.lock);
	for (int i = 0; i < RT_SPANCLASS_N; i++)
		c->alloc[i] = &rt_emptyspan;
	return c;
}

void
rt_mcache_boot(void)
{
	mcache0 = new_mcache();
}

struct mcache *
rt_allocmcache(void)
{
	if (mcache0_taken)
		return new_mcache();
	mcache0_taken = true;
	return mcache0;
}

struct mcache *
rt_getmcache(void)
{
	struct m *mp = rt_getg()->m;

	if (RT_LIKELY(mp->p != NULL))
		return mp->p->mcache;
	if (mp != &rt_m0 || mcache0_taken)
		rt_throw("mallocgc: called without a P");
	return mcache0;
}

/* Load word w of allocbits, inverted and cut to the span's slots. */
static void
load_word(struct mspan *s, unsigned w)
{
	uint64_t free = ~s->allocbits[w];
	unsigned tail = s->nelems % 64;

	if (w == s->nwords - 1u && tail != 0)
		free &= ((uint64_t)1 << tail) - 1;
	s->cachebase = s->base + (size_t)w * 64 * s->elemsize;
	/* in this order: see slot_is_free in malloc.c */
	__atomic_store_n(&s->curword, (uint16_t)w, __ATOMIC_RELEASE);
	__atomic_store_n(&s->alloccache, free, __ATOMIC_RELEASE);
}

bool
rt_mspan_refillcache(struct mspan *s)
{
	unsigned w;

	if (s->alloccache != 0)
		return true;
	for (w = s->curword + 1u; w < s->nwords; w++) {
		load_word(s, w);
		if (s->alloccache != 0)
			return true;
	}
	return false;
}

/* Make allocbits and alloccount exact, and count what was allocated. */
static void
release(struct mspan *s)
{
	uint32_t n = 0;
	uint64_t newly;

	for (unsigned w = 0; w < s->curword; w++)
		s->allocbits[w] = ~(uint64_t)0;
	s->allocbits[s->curword] = ~s->alloccache;
	if (s->nelems % 64 != 0)
		s->allocbits[s->nwords - 1] &=
		    ((uint64_t)1 << (s->nelems % 64)) - 1;
	for (unsigned w = 0; w < s->nwords; w++)
		n += (uint32_t)__builtin_popcountll(s->allocbits[w]);
	newly = n - s->alloccount;
	s->alloccount = n;
	s->alloccache = 0;
	s->curword = 0;
	atomic_fetch_add_explicit(&rt_heap.stats.nmalloc[s->sizeclass], newly,
	    memory_order_relaxed);
	atomic_fetch_sub_explicit(&rt_heap.live,
	    (s->nelems - n) * s->elemsize, memory_order_relaxed);
}

struct mspan *
rt_mcache_refill(struct mcache *c, unsigned spanclass)
{
	struct mspan *s = c->alloc[spanclass];

	if (s != &rt_emptyspan) {
		c->alloc[spanclass] = &rt_emptyspan;
		release(s);
		rt_mcentral_uncachespan(&rt_heap.central[spanclass], s);
	}
	s = rt_mcentral_cachespan(&rt_heap.central[spanclass]);
	if (s == NULL)
		rt_out_of_memory(rt_class_to_pages[spanclass / SPAN_KIND_N] *
		    (size_t)RT_PAGE_BYTES);
	atomic_fetch_add_explicit(&rt_heap.live,
	    (s->nelems - s->alloccount) * s->elemsize, memory_order_relaxed);
	load_word(s, 0);
	if (!rt_mspan_refillcache(s))
		rt_throw("mcache: span from mcentral has no room");
	c->alloc[spanclass] = s;
	return s;
}

static void
flush(struct mcache *c)
{
	struct mspan *s;

	for (unsigned i = 0; i < RT_SPANCLASS_N; i++) {
		s = c->alloc[i];
		if (s == &rt_emptyspan)
			continue;
		c->alloc[i] = &rt_emptyspan;
		release(s);
		rt_mcentral_uncachespan(&rt_heap.central[i], s);
	}
	c->tiny = 0;
	atomic_fetch_add_explicit(&rt_heap.stats.tinyallocs, c->tinyallocs,
	    memory_order_relaxed);
	c->tinyallocs = 0;
}

void
rt_mcache_flush(struct p *pp)
{
	if (pp->mcache != NULL)
		flush(pp->mcache);
}

void
rt_freemcache(struct mcache *c)
{
	if (c == NULL)
		return;
	flush(c);
	rt_lock(&rt_heap.lock);
	rt_fixalloc_free(&rt_heap.cachealloc, c);
	rt_unlock(&rt_heap.lock);
}
