/*
 * malloc.c - allocation of collected memory.
 *
 * The fast path is meant to be read as instructions: size to class by a table,
 * class and kind to the P's span, lowest free bit of a cached word, clear,
 * compare the type with the span's. No lock, no atomic, no counter; all
 * accounting is per span (mcache.c).
 *
 * Kinds. A span holds slots of one kind, because the collector asks the span,
 * not the object, how to read it: NOSCAN never, CONS each word, TYPED by the
 * pointer mask that the span remembers for all its slots (mbitmap.c).
 *
 * Alignment: 8 bytes, and 16 from 16 bytes on, as C's malloc. The one class
 * that is not a multiple of 16, 24 bytes, serves typed objects only, whose
 * type says that 8 is enough.
 *
 * Tiny. Pointer-free objects below 16 bytes of a type aligned to 1, 2 or 4
 * (strings, mostly) share 16-byte slots; a slot dies when all of its objects
 * do. Objects without a type are promised 8-byte alignment, for which the
 * 8-byte class is already the densest, so they take no part.
 *
 * Zeroing happens here and not in the sweep, so that it touches lines that are
 * written next anyway. Slots that may hold pointers are cleared whole: the
 * collector reads to the end of the slot.
 *
 * Where a cycle begins: in the slow path only, once per span. There, too, the
 * goroutine looks whether somebody wants the world stopped; a loop that
 * allocates is therefore never in the way for longer than one span.
 */
#define RT_SIZECLASSES_BODY
#include "mem/mheap.h"

#include "arch/arch.h"
#include "boot/boot.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "gc/mgc.h"
#include "mem/mdebug.h"
#include "mem/mprof.h"
#include "sched/sched.h"

/* Where objects of no bytes live. */
static RT_ALIGNED(16) char zerobase[16];

/* Objects of at most this size are cleared without a call. */
#define CLEAR_INLINE_BYTES 64

/* 16 bytes at any address, whatever type lies there. */
typedef uint64_t vec16 __attribute__((vector_size(16), aligned(8), may_alias));

void
rt_mallocinit(void)
{
	int step = rt_boot_begin("mheap.init");

	rt_mheap_init();
	rt_boot_end(step, "%d size classes", RT_SIZE_CLASS_N);
	step = rt_boot_begin("mcache0");
	rt_mcache_boot();
	rt_boot_end(step, "lent to the bootstrap until there is a P");
}

static inline unsigned
size_to_class(size_t size)
{
	if (size <= RT_SMALL_STEP_MAX)
		return rt_size_to_class8[(size + 7) / 8];
	return rt_size_to_class128[(size - RT_SMALL_STEP_MAX + 127) / 128];
}

size_t
rt_slot_bytes(size_t size)
{
	return size == 0 ? 0 : rt_class_to_size[size_to_class(size)];
}

/*
 * Clear a slot of any class. Up to 64 bytes by stores that may overlap: four
 * at most, where a loop would be mispredicted as often as sizes change.
 */
static inline void
clear_slot(uintptr_t p, size_t bytes)
{
	const vec16 zero = { 0 };

	if (bytes > CLEAR_INLINE_BYTES) {
		rt_memclr((void *)p, bytes);
		return;
	}
	if (bytes == 8) {
		*(uint64_t *)p = 0;
		return;
	}
	*(vec16 *)p = zero;
	*(vec16 *)(p + bytes - 16) = zero;
	if (bytes > 32) {
		*(vec16 *)(p + 16) = zero;
		*(vec16 *)(p + bytes - 32) = zero;
	}
}

bool
rt_malloc_may_collect(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp->m;

	/* preemptoff: it may be the one who has stopped the world */
	return gp != mp->g0 && gp != mp->gsignal && mp->p != NULL &&
	    (mp->preemptoff == NULL || mp->preemptoff[0] == '\0') &&
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) == 0;
}

/*
 * What allocations do once in a while: stop if the world is to be stopped,
 * collect if it is time. Where rt_malloc_may_collect. The P may be another one
 * afterwards.
 */
static void
slow_duties(void)
{
	rt_preempt_check();
	if (rt_gc_should_start())
		rt_gc_start_background();
	else if (RT_UNLIKELY(atomic_load_explicit(
	             &rt_gcphase, memory_order_relaxed) == GC_MARK))
		rt_gc_assist();
}

/* A span of the class with room, in this P's cache. */
static RT_NOINLINE struct mspan *
next_span(unsigned spanclass)
{
	struct mcache *c = rt_getmcache();
	uintptr_t block = 0;
	struct mspan *s;

	if (rt_mcache_nextword(c, spanclass))
		return c->alloc[spanclass];
	if (!rt_malloc_may_collect())
		return rt_mcache_refill(c, spanclass, NULL);
	do {
		if (block != 0)
			rt_mheap_fill(block);
		block = 0;
		slow_duties();
		c = rt_getmcache();
		if (rt_mcache_nextword(c, spanclass))
			return c->alloc[spanclass];
		s = rt_mcache_refill(c, spanclass, &block);
	} while (s == NULL);
	return s;
}

/* The lowest free slot of a span whose alloccache is not 0, and its number in
 * the current word. */
static inline uintptr_t
first_slot(struct mspan *s, uint64_t cache, unsigned *ret_bit)
{
	unsigned bit = (unsigned)__builtin_ctzll(cache);

	s->alloccache = cache & (cache - 1);
	*ret_bit = bit;
	return s->cachebase + bit * s->elemsize;
}

/* ---- the three sizes ---- */

static void *alloc_next(unsigned spanclass, const struct gort_type *t,
    enum span_kind kind, bool needzero);

static RT_NOINLINE void *
alloc_large(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero)
{
	bool may = rt_malloc_may_collect();
	uintptr_t block = 0;
	struct mspan *s;
	size_t npages;

	if (size > rt_heap.pages.reserved_bytes)
		rt_out_of_memory(size);
	npages = (size + RT_PAGE_BYTES - 1) >> RT_PAGE_SHIFT;
	do {
		if (block != 0)
			rt_mheap_fill(block);
		block = 0;
		if (may)
			slow_duties();
		s = rt_mheap_alloc(npages, 0, kind, may ? &block : NULL);
	} while (block != 0);
	if (s == NULL)
		rt_out_of_memory(size);
	if (s->needzero && (needzero || kind != SPAN_NOSCAN))
		rt_memclr((void *)s->base, s->elemsize);
	if (kind == SPAN_TYPED)
		rt_bitmap_settype(s, s->base, t);
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_gcphase, memory_order_relaxed) == GC_MARK))
		rt_set_mark(s, 0, true); /* born marked: see mcache.c */
	__atomic_store_n(&s->allocbits[0], 1, __ATOMIC_RELEASE);
	s->alloccount = 1;
	atomic_fetch_add_explicit(
	    &rt_heap.stats.nlarge, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&rt_heap.stats.large_alloc_bytes,
	    s->elemsize, memory_order_relaxed);
	atomic_fetch_add_explicit(
	    &rt_heap.live, s->elemsize, memory_order_relaxed);
	if (rt_mcache_sample(rt_getmcache(), s->elemsize))
		rt_mprof_malloc((void *)s->base, s->elemsize);
	/* no safepoint since its allocation: it is swept in this cycle */
	rt_mcentral_put(&rt_heap.central[RT_SPANCLASS(0, kind)], s);
	return (void *)s->base;
}

static void *
alloc_tiny(size_t size, size_t align)
{
	struct mcache *c = rt_getmcache();
	uint32_t off = (c->tinyoff + (uint32_t)align - 1) &
	    ~((uint32_t)align - 1);
	const unsigned sc = RT_SPANCLASS(size_to_class(16), SPAN_NOSCAN);
	struct mspan *s;
	unsigned bit;
	uintptr_t p;

	if (c->tiny != 0 && off + size <= 16) {
		c->tinyoff = off + (uint32_t)size;
		atomic_store_explicit(&c->tinyallocs,
		    atomic_load_explicit(
		        &c->tinyallocs, memory_order_relaxed) + 1,
		    memory_order_relaxed); /* one writer: no locked add */
		return (void *)(c->tiny + off);
	}
	s = c->alloc[sc];
	if (s->alloccache == 0)
		p = (uintptr_t)alloc_next(sc, NULL, SPAN_NOSCAN, false);
	else
		p = first_slot(s, s->alloccache, &bit);
	((uint64_t *)p)[0] = 0;
	((uint64_t *)p)[1] = 0;
	c = rt_getmcache(); /* alloc_next may have changed the P */
	c->tiny = p;
	c->tinyoff = (uint32_t)size;
	return (void *)p;
}

static inline enum span_kind
kind_of(const struct gort_type *t, bool scan)
{
	if (t == NULL)
		return scan ? SPAN_CONS : SPAN_NOSCAN;
	return t->ptrdata == 0 ? SPAN_NOSCAN : SPAN_TYPED;
}

/*
 * Slot `bit` of the current word gets t's layout in a span whose last type was
 * another. A mixed span's masks are looked up by type first: that is the common
 * case of programs that make objects of many types.
 */
static RT_NOINLINE void
set_type(struct mspan *s, uintptr_t p, unsigned bit,
    const struct gort_type *t)
{
	struct mcache *c = rt_getmcache();
	struct mask_of_type *e;

	if (s->layout != LAYOUT_MIXED || s->elemsize > RT_MASK_MAX_BYTES) {
		rt_bitmap_settype(s, p, t);
		return;
	}
	e = &c->masks[((uintptr_t)t >> 5 ^ s->sizeclass) % RT_MASK_CACHE_N];
	if (e->t != t || e->sizeclass != s->sizeclass) {
		/* held from here on: nothing else will have its address */
		rt_bitmap_settype(s, p, t);
		e->t = t;
		e->sizeclass = s->sizeclass;
		e->mask = rt_bitmap_mask(s, s->curword * 64u + bit);
		return;
	}
	rt_bitmap_setmask(s, s->curword * 64u + bit, e->mask);
}

/* The rest of an allocation whose slot is taken. */
static inline void *
finish(struct mspan *s, uintptr_t p, unsigned bit,
    const struct gort_type *t, enum span_kind kind, bool needzero)
{
	if ((needzero || kind != SPAN_NOSCAN) && s->needzero)
		clear_slot(p, s->elemsize);
	if (kind == SPAN_TYPED && RT_UNLIKELY(s->type != t))
		set_type(s, p, bit, t);
	return (void *)p;
}

/* The first slot of the next word: the one that the heap profile may want. */
static RT_NOINLINE void *
alloc_next(unsigned spanclass, const struct gort_type *t,
    enum span_kind kind, bool needzero)
{
	struct mspan *s = next_span(spanclass);
	struct mcache *c = rt_getmcache();
	bool sample = c->sample_due;
	unsigned bit;
	uintptr_t at = first_slot(s, s->alloccache, &bit);
	void *p = finish(s, at, bit, t, kind, needzero);

	c->sample_due = false;
	if (RT_UNLIKELY(sample))
		rt_mprof_malloc(p, s->elemsize);
	return p;
}

/* Size 1 to RT_MAX_SMALL_BYTES, not tiny; the span may be used up. */
static RT_NOINLINE void *
alloc_small(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero)
{
	unsigned sc = size_to_class(size), bit;
	struct mspan *s;
	uintptr_t p;

	if (sc == RT_CLASS_24 && (t == NULL || t->align > 8))
		sc++;
	sc = RT_SPANCLASS(sc, kind);
	s = rt_getmcache()->alloc[sc];
	if (s->alloccache == 0)
		return alloc_next(sc, t, kind, needzero);
	p = first_slot(s, s->alloccache, &bit);
	return finish(s, p, bit, t, kind, needzero);
}

void *
rt_malloc_plain(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero, bool own_pages)
{
	if (size > RT_MAX_SMALL_BYTES || RT_UNLIKELY(own_pages))
		return alloc_large(size, t, kind, needzero);
	if (kind == SPAN_NOSCAN && size < 16 && t != NULL && t->align < 8 &&
	    t->align != 0)
		return alloc_tiny(size, t->align);
	return alloc_small(size, t, kind, needzero);
}

/* All there is but the quick case. */
static RT_NOINLINE void *
alloc_any(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero)
{
	if (size == 0)
		return zerobase;
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_malloc_hooked, memory_order_relaxed)))
		return rt_mdebug_malloc(size, t, kind, needzero);
	return rt_malloc_plain(size, t, kind, needzero, false);
}

/*
 * The quick case: at most RT_SMALL_STEP_MAX bytes, not tiny, a P, a free slot
 * in the current word, no debugging aid. It calls nothing and saves nothing,
 * and leaves by a jump when something is missing. Objects with pointers or of
 * at least 16 bytes: what the tiny allocator or an alignment may ask for is
 * below or has its own class.
 */
static inline __attribute__((always_inline)) void *
alloc_quick(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero)
{
	const struct p *pp = rt_getg()->m->p;
	struct mspan *s;
	uint64_t cache;
	uintptr_t p;
	unsigned bit;

	/* below 25 bytes: only what certainly is in the class of its size */
	if (RT_UNLIKELY(size - 1 >= RT_SMALL_STEP_MAX || pp == NULL ||
	        atomic_load_explicit(
	            &rt_malloc_hooked, memory_order_relaxed)) ||
	    (size < 16 && kind == SPAN_NOSCAN) ||
	    (size - 17 < 8 && (t == NULL || t->align > 8)))
		return alloc_any(size, t, kind, needzero);
	s = pp->mcache->alloc[RT_SPANCLASS(
	    rt_size_to_class8[(size + 7) / 8], kind)];
	cache = s->alloccache;
	if (RT_UNLIKELY(cache == 0))
		return alloc_any(size, t, kind, needzero);
	p = first_slot(s, cache, &bit);
	return finish(s, p, bit, t, kind, needzero);
}

void *
rt_mallocgc(size_t size, const struct gort_type *t, bool scan, bool needzero)
{
	return alloc_quick(size, t, kind_of(t, scan), needzero);
}

void *
rt_newobject(const struct gort_type *t)
{
	if (t->ptrdata != 0)
		return alloc_quick(t->size, t, SPAN_TYPED, true);
	return alloc_quick(t->size, t, SPAN_NOSCAN, true);
}

void *
rt_newarray(const struct gort_type *t, intptr_t n)
{
	size_t bytes;

	if (n < 0 || __builtin_mul_overflow(t->size, (size_t)n, &bytes) ||
	    bytes > (size_t)1 << 47)
		rt_panic_plain("runtime: allocation size out of range");
	return rt_mallocgc(bytes, t, true, true);
}

/* ---- asking ---- */

/*
 * Is the slot free in a span that some P may be allocating from, or that is
 * being swept? Exact for an object that the caller keeps alive (its answer
 * can't change), a guess for others.
 *
 * Against the owner: load_word stores curword before the bits, so a reader who
 * finds the same curword before and after has the bits of that word or of an
 * earlier one, of which there were none. What moves from withheld to
 * alloccache is free; a live slot is in neither, whenever they are read. Against a sweeper: the caller looks at
 * sweepgen before and after.
 */
static __attribute__((no_sanitize("thread"))) bool
slot_is_free(const struct mspan *s, uint32_t slot)
{
	unsigned w = slot / 64, cw;
	uint64_t bit = (uint64_t)1 << (slot % 64), free;

	do {
		cw = __atomic_load_n(&s->curword, __ATOMIC_ACQUIRE);
		free = __atomic_load_n(&s->alloccache, __ATOMIC_ACQUIRE) |
		    __atomic_load_n(&s->withheld, __ATOMIC_ACQUIRE);
	} while (cw != __atomic_load_n(&s->curword, __ATOMIC_ACQUIRE));
	if (s->list != NULL || w > cw)
		return (s->allocbits[w] & bit) == 0;
	return w == cw && (free & bit) != 0;
}

uintptr_t
rt_findobject(uintptr_t p, size_t *ret_size)
{
	struct mspan *s = rt_spanof(p);
	uint32_t slot, gen;
	bool is_free;

	if (s == NULL)
		return 0;
	slot = rt_slotof(s, p);
	do {
		/* odd: a sweeper is exchanging the bits; it will not be long */
		while ((gen = atomic_load(&s->sweepgen)) % 2 != 0)
			rt_procyield(1);
		is_free = slot_is_free(s, slot);
	} while (gen != atomic_load(&s->sweepgen));
	if (is_free)
		return 0;
	if (ret_size != NULL)
		*ret_size = s->elemsize;
	return s->base + slot * s->elemsize;
}
