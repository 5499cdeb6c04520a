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
 * current word as alloccache and withheld say, words before are full.
 *
 * A word can be loaded in parts. When the heap profile wants the object in one
 * of its slots (mprof.c), the word is cut there: alloccache gets the slots
 * before, the others stay in `withheld`, and the allocation that comes to the
 * cut finds alloccache empty and so gets here. Nobody else ever has a slot
 * withheld.
 *
 * Accounting is done per span, not per object: on refill the whole free room
 * of the span is added to heap.live, on release the unused rest is subtracted.
 *
 * Objects are counted though an allocation that hits counts nothing. taken[k]
 * is how many slots of class k the cache will have given out when the current
 * word is used up; less the bits that still stand in alloccache, that is how
 * many it gave out so far. It grows by a word's free slots when the word is
 * loaded and shrinks by what is left over when the span is given back, both
 * in slow paths.
 *
 * Anyone may read that while the owner allocates (count_class). The trouble is
 * to see a `taken` and an alloccache that belong together. The number is kept
 * doubled; the owner brackets each change of span or word:
 *
 *   taken = 2 * given out + 1;  changes++;  (span, word);  taken = 2 * new
 *
 * An odd value is the answer by itself: nothing is given out during a change.
 * Else the reader takes alloccache between two looks at both words and tries
 * again when either differs. Had it seen anything a change stored, it would
 * see that change's `changes++`, which was stored before; its first look came
 * before `taken` turned odd, hence before that. So alloccache was read in a
 * time without a change, in which only hits happen: one word, one store each.
 * `taken` alone would not do, for it may come back to the same value. Nobody
 * waits: a reader starts over only when the owner got on. This leans on the
 * machine, which keeps stores, and loads, in order, and on one hit being one
 * store of eight bytes.
 *
 * A cache that loses its P keeps its counts, and the next P that needs one
 * takes it on; so the sum over all caches ever made never sinks. Rejected: a
 * counter per object (a store on each hit), and folding the counts of a dying
 * cache into a common word (a reader would see them twice or not at all).
 */
#include "mem/mheap.h"

#include "gc/mgc.h"
#include "mem/mprof.h"

struct mspan rt_emptyspan; /* no words: every allocation from it misses */

/*
 * Until the first P exists the boot thread allocates from a cache of its own,
 * which then becomes that P's: what is in it must not be forgotten. Boot has
 * one thread, so plain variables do.
 */
static struct mcache *mcache0;
static bool mcache0_taken;

static _Atomic(struct mcache *) all_caches; /* heap.lock to change */
static struct mcache *free_caches;          /* heap.lock */

static struct mcache *
new_mcache(void)
{
	struct mcache *c;

	rt_lock(&rt_heap.lock);
	c = free_caches;
	if (c != NULL) {
		free_caches = c->freelink;
		rt_heap.cachealloc.inuse += sizeof(*c);
		rt_unlock(&rt_heap.lock);
		return c;
	}
	c = rt_fixalloc_alloc(&rt_heap.cachealloc);
	for (int i = 0; i < RT_SPANCLASS_N; i++)
		c->alloc[i] = &rt_emptyspan;
	c->sample_bytes = rt_mprof_draw(c->sample_rate);
	c->alllink = atomic_load_explicit(&all_caches, memory_order_relaxed);
	/* release: pairs with rt_mcache_count's acquire */
	atomic_store_explicit(&all_caches, c, memory_order_release);
	rt_unlock(&rt_heap.lock);
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

/* ---- counting what is given out; the essay is above ---- */

/* Nearly always none or all; a call of libgcc is thirty instructions. */
static inline unsigned
ones(uint64_t word)
{
	if (word == 0)
		return 0;
	if (word == ~(uint64_t)0)
		return 64;
	return (unsigned)__builtin_popcountll(word);
}

static void
change_begin(struct mcache *c, unsigned spanclass)
{
	_Atomic uint64_t *taken = &c->taken[spanclass];
	uint64_t n = atomic_load_explicit(taken, memory_order_relaxed) / 2 -
	    ones(c->alloc[spanclass]->alloccache);

	atomic_store_explicit(taken, 2 * n + 1, memory_order_release);
	atomic_store_explicit(&c->changes,
	    atomic_load_explicit(&c->changes, memory_order_relaxed) + 1,
	    memory_order_release);
}

static void
change_end(struct mcache *c, unsigned spanclass)
{
	_Atomic uint64_t *taken = &c->taken[spanclass];
	uint64_t n = atomic_load_explicit(taken, memory_order_relaxed) / 2 +
	    ones(c->alloc[spanclass]->alloccache);

	atomic_store_explicit(taken, 2 * n, memory_order_release);
}

/* Slots of one class that the cache gave out so far. */
static __attribute__((no_sanitize("thread"))) uint64_t
count_class(const struct mcache *c, unsigned spanclass)
{
	const _Atomic uint64_t *taken = &c->taken[spanclass];
	uint64_t before, after, left;
	const struct mspan *s;
	uint32_t changes;

	do {
		changes = atomic_load(&c->changes);
		before = atomic_load(taken);
		if (before % 2 != 0)
			return before / 2;
		s = __atomic_load_n(&c->alloc[spanclass], __ATOMIC_ACQUIRE);
		left = __atomic_load_n(&s->alloccache, __ATOMIC_ACQUIRE);
		after = atomic_load(taken);
	} while (after != before || changes != atomic_load(&c->changes));
	return before / 2 - (uint64_t)__builtin_popcountll(left);
}

void
rt_mcache_count(struct rt_mcache_counts *ret)
{
	const struct mcache *c =
	    atomic_load_explicit(&all_caches, memory_order_acquire);

	*ret = (struct rt_mcache_counts){ 0 };
	for (; c != NULL; c = c->alllink) {
		for (unsigned i = 0; i < RT_SPANCLASS_N; i++)
			ret->slots[i / SPAN_KIND_N] += count_class(c, i);
		ret->tinyallocs += atomic_load_explicit(
		    &c->tinyallocs, memory_order_relaxed);
	}
}

/* ---- spans ---- */

/* Of the slots of word w that have a bit. Nobody else sets these: they are free
 * for all but the owner. */
static void
set_marks(struct mspan *s, unsigned w, uint64_t bits, bool to)
{
	for (; bits != 0; bits &= bits - 1)
		rt_set_mark(s, w * 64u + (unsigned)__builtin_ctzll(bits), to);
}

/*
 * Load word w of allocbits, inverted and cut to the span's slots. While
 * marking goes on what is allocated is born marked: all slots of the word are
 * marked here, once, and those not given out are unmarked in settle. So an
 * allocation that hits knows nothing of the collector.
 */
static void
load_word(struct mspan *s, unsigned w)
{
	uint64_t free = ~s->allocbits[w];
	unsigned tail = s->nelems % 64;

	if (w == s->nwords - 1u && tail != 0)
		free &= ((uint64_t)1 << tail) - 1;
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_gcphase, memory_order_relaxed) == GC_MARK))
		set_marks(s, w, free, true);
	s->cachebase = s->base + (size_t)w * 64 * s->elemsize;
	/* in this order: see slot_is_free in malloc.c */
	__atomic_store_n(&s->curword, (uint16_t)w, __ATOMIC_RELEASE);
	__atomic_store_n(&s->withheld, free, __ATOMIC_RELEASE);
}

/* The first word from w on with a free slot; false: there is none. */
static bool
load_word_from(struct mspan *s, unsigned w)
{
	for (; w < s->nwords; w++) {
		load_word(s, w);
		if (s->withheld != 0)
			return true;
	}
	return false;
}

/* The lowest n ones of a word that has more. */
static uint64_t
lowest(uint64_t word, unsigned n)
{
	uint64_t rest = word;

	while (n-- > 0)
		rest &= rest - 1;
	return word & ~rest;
}

/* Look at the rate; true: what was drawn for another is void. */
static bool
rate_changed(struct mcache *c)
{
	int64_t rate = rt_mprof_rate();

	if (RT_LIKELY(rate == c->sample_rate))
		return false;
	c->sample_rate = rate;
	c->sample_bytes = rt_mprof_draw(rate);
	return true;
}

/* True: a mark lies in these bytes; the next one is drawn. */
static bool
pay(struct mcache *c, size_t bytes)
{
	if (RT_LIKELY(c->sample_bytes >= (int64_t)bytes)) {
		c->sample_bytes -= (int64_t)bytes;
		return false;
	}
	c->sample_bytes = rt_mprof_draw(c->sample_rate);
	return true;
}

bool
rt_mcache_sample(struct mcache *c, size_t bytes)
{
	rate_changed(c);
	return pay(c, bytes);
}

/*
 * Load alloccache from what is withheld of the current word, up to the next
 * slot to sample; the first one may be such a slot itself, and the caller takes
 * it at once.
 */
static void
expose(struct mcache *c, struct mspan *s)
{
	uint64_t some = s->withheld;
	size_t rest = (ones(some) - 1) * s->elemsize;
	int64_t left;
	bool sample = !rate_changed(c) && s->cut;

	c->sample_due = sample || pay(c, s->elemsize);
	left = c->sample_bytes;
	s->cut = pay(c, rest);
	if (RT_UNLIKELY(s->cut))
		some = lowest(
		    some, (unsigned)(left / (int64_t)s->elemsize) + 1);
	__atomic_store_n(&s->withheld, s->withheld & ~some, __ATOMIC_RELAXED);
	__atomic_store_n(&s->alloccache, some, __ATOMIC_RELEASE);
}

bool
rt_mcache_nextword(struct mcache *c, unsigned spanclass)
{
	struct mspan *s = c->alloc[spanclass];
	bool found;

	if (s->alloccache != 0)
		return true;
	if (s == &rt_emptyspan)
		return false;
	change_begin(c, spanclass);
	found = s->withheld != 0 || load_word_from(s, s->curword + 1u);
	if (found)
		expose(c, s);
	change_end(c, spanclass);
	return found;
}

static inline void
set_allocbits(struct mspan *s, unsigned w, uint64_t bits)
{
	/* a marker may read them: whole words, and from 0 to 1 only */
	__atomic_store_n(&s->allocbits[w], bits, __ATOMIC_RELAXED);
}

/*
 * Make allocbits and alloccount exact. While marking goes on slots that were
 * marked on suspicion (load_word) and not given out lose their mark: nobody
 * else can have set it, as their allocbits were 0.
 */
static void
settle(struct mspan *s)
{
	uint64_t last = ~(uint64_t)0, left = s->alloccache | s->withheld;
	uint32_t n = 0;

	if (s->nelems % 64 != 0)
		last = ((uint64_t)1 << (s->nelems % 64)) - 1;
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_gcphase, memory_order_relaxed) == GC_MARK))
		set_marks(s, s->curword, left, false);
	for (unsigned w = 0; w <= s->curword; w++)
		set_allocbits(s, w,
		    (w == s->curword ? ~left : ~(uint64_t)0) &
		        (w == s->nwords - 1u ? last : ~(uint64_t)0));
	for (unsigned w = 0; w < s->nwords; w++)
		n += (uint32_t)__builtin_popcountll(s->allocbits[w]);
	s->alloccount = n;
	s->alloccache = 0;
	s->withheld = 0;
	s->cut = false;
	s->curword = 0;
	atomic_fetch_sub_explicit(&rt_heap.live,
	    (s->nelems - n) * s->elemsize, memory_order_relaxed);
}

/* Give the class's span back, if there is one. */
static void
release(struct mcache *c, unsigned spanclass)
{
	struct mspan *s = c->alloc[spanclass];

	if (s == &rt_emptyspan)
		return;
	change_begin(c, spanclass);
	c->alloc[spanclass] = &rt_emptyspan;
	settle(s);
	change_end(c, spanclass);
	rt_mcentral_uncachespan(&rt_heap.central[spanclass], s);
}

/*
 * While marking goes on, the first store into a new object looks at what it
 * overwrites (gc/mbarrier.c). Of memory never touched that look would map the
 * page of zeroes, and the store after it a page of its own, telling all
 * processors: a quarter of all time was seen to go there. So write first.
 */
static void
touch(struct mspan *s)
{
	if (s->needzero || s->alloccount != 0 || s->kind == SPAN_NOSCAN)
		return;
	for (uintptr_t p = s->base; p < s->limit; p += 4096)
		*(volatile uint64_t *)p = 0;
}

struct mspan *
rt_mcache_refill(struct mcache *c, unsigned spanclass, uintptr_t *ret_block)
{
	struct mspan *s;
	bool found;

	release(c, spanclass);
	s = rt_mcentral_cachespan(&rt_heap.central[spanclass], ret_block);
	if (s == NULL && ret_block != NULL && *ret_block != 0)
		return NULL;
	if (s == NULL)
		rt_out_of_memory(rt_class_to_pages[spanclass / SPAN_KIND_N] *
		    (size_t)RT_PAGE_BYTES);
	atomic_fetch_add_explicit(&rt_heap.live,
	    (s->nelems - s->alloccount) * s->elemsize, memory_order_relaxed);
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_gcphase, memory_order_relaxed) == GC_MARK))
		touch(s);
	change_begin(c, spanclass);
	found = load_word_from(s, 0);
	c->alloc[spanclass] = s;
	if (found)
		expose(c, s);
	change_end(c, spanclass);
	if (!found)
		rt_throw("mcache: span from mcentral has no room");
	return s;
}

void
rt_mcache_withhold(struct mcache *c)
{
	for (unsigned i = 0; i < RT_SPANCLASS_N; i++) {
		struct mspan *s = c->alloc[i];

		if (s == &rt_emptyspan)
			continue;
		change_begin(c, i);
		s->withheld |= s->alloccache;
		s->alloccache = 0;
		s->cut = false; /* paid for again, all of it */
		change_end(c, i);
	}
}

static void
flush(struct mcache *c)
{
	for (unsigned i = 0; i < RT_SPANCLASS_N; i++)
		release(c, i);
	c->tiny = 0;
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
	c->freelink = free_caches;
	free_caches = c;
	rt_heap.cachealloc.inuse -= sizeof(*c);
	rt_unlock(&rt_heap.lock);
}
