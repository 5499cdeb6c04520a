/*
 * mverify.c - the heap verifier: does what is known twice agree?
 *
 *   pages       in use exactly where a span lies (or a fence, or nobody's), and
 *               the summaries say what the bitmaps say (rt_palloc_verify)
 *   span table  each page of a span leads to it
 *   spans       sizes as the class wants them, bits and counts agree, nothing
 *               marked that is not allocated, layouts have their tables,
 *               records of objects lie in order and on objects
 *   lists       each span on the one that its class, its sweepgen and its count
 *               ask for, links whole, none lost: with the world stopped and the
 *               caches flushed every span is on a list
 *   numbers     made less freed is what there is, class by class and in bytes;
 *               pages in spans, given back, grown; span records
 *
 * It costs a walk over all bits, and a millisecond for the summaries, whatever
 * the heap. When it runs, mdebug.c says.
 */
#include "mem/mdebug.h"

#include "fault/fault.h"
#include "gc/mgc.h"
#include "lock/lock.h"
#include "sched/sched.h"

static struct { /* what the walk over spans counted; world stopped */
	size_t nspans, npages;
	uint64_t slots[RT_SIZE_CLASS_N], slot_bytes, large_bytes;
	uint32_t gen;
	bool swept; /* no span waits to be swept */
} seen;

static void RT_NORETURN
bad_span(const struct mspan *s, const char *what)
{
	rt_printf("runtime: span %p: base %#lx, %zu pages, class %d, kind %d, "
	          "%u slots of %zu bytes, %u in use, sweepgen %u (heap %u)\n",
	    (const void *)s, (unsigned long)s->base, s->npages, s->sizeclass,
	    s->kind, s->nelems, s->elemsize, s->alloccount,
	    atomic_load(&s->sweepgen), seen.gen);
	rt_throw(what);
}

static void
same(const char *name, uint64_t counted, uint64_t known)
{
	if (counted == known)
		return;
	rt_printf("runtime: %s: counted %lu, known %lu\n", name,
	    (unsigned long)counted, (unsigned long)known);
	rt_throw("heap verifier: a number does not add up");
}

/* ---- one span ---- */

static void
verify_size(const struct mspan *s)
{
	unsigned sc = s->sizeclass;

	if (s->kind >= SPAN_KIND_N || sc >= RT_SIZE_CLASS_N)
		bad_span(s, "heap verifier: no such class of spans");
	if (sc == 0
	        ? s->nelems != 1 || s->elemsize != s->npages << RT_PAGE_SHIFT
	        : s->elemsize != rt_class_to_size[sc] ||
	            s->npages != rt_class_to_pages[sc] ||
	            s->magic != rt_class_to_magic[sc])
		bad_span(s, "heap verifier: a span is not of its class");
	if (s->limit > s->base + (s->npages << RT_PAGE_SHIFT))
		bad_span(s, "heap verifier: slots reach beyond the span");
	if (s->alloccache != 0 || s->withheld != 0)
		bad_span(s, "heap verifier: a span is cached yet");
}

static void
verify_bits(const struct mspan *s)
{
	bool marking = atomic_load(&rt_gcphase) != GC_OFF;
	bool swept = atomic_load(&s->sweepgen) == seen.gen;

	rt_mspan_verify(s);
	for (unsigned i = 0; i < s->nwords; i++) {
		uint64_t marks = rt_marks_word(s, i);

		if ((marks & ~s->allocbits[i]) != 0)
			bad_span(s, "heap verifier: a free slot is marked");
		if (marks != 0 && swept && !marking)
			bad_span(s, "heap verifier: a mark outlived its cycle");
	}
}

static void
verify_layout(const struct mspan *s)
{
	if (s->layout > LAYOUT_MIXED ||
	    (s->kind != SPAN_TYPED && s->layout != LAYOUT_NONE) ||
	    (s->layout == LAYOUT_MIXED) != (s->ptrs != NULL))
		bad_span(s, "heap verifier: a layout without its table");
}

static void
verify_specials(const struct mspan *s)
{
	const struct special *sp, *last = NULL;

	rt_lock(&rt_heap.speciallock);
	if (s->specials != NULL && !atomic_load(&s->has_specials))
		bad_span(s, "heap verifier: records that no sweep would see");
	for (sp = s->specials; sp != NULL; last = sp, sp = sp->next) {
		uint32_t slot;

		if (sp->obj < s->base || sp->obj >= s->limit ||
		    (last != NULL &&
		        (last->obj > sp->obj ||
		            (last->obj == sp->obj && last->kind > sp->kind))))
			bad_span(s, "heap verifier: a record in the wrong place");
		slot = rt_slotof(s, sp->obj);
		if (!(s->allocbits[slot / 64] >> (slot % 64) & 1))
			bad_span(s, "heap verifier: a record of a free slot");
	}
	rt_unlock(&rt_heap.speciallock);
}

static void
verify_span(const struct mspan *s)
{
	uint32_t gen = atomic_load(&s->sweepgen);

	if (gen != seen.gen && gen != seen.gen - 2)
		bad_span(s, "heap verifier: a span of no cycle");
	if (gen != seen.gen)
		seen.swept = false;
	verify_size(s);
	verify_bits(s);
	verify_layout(s);
	verify_specials(s);
	seen.nspans++;
	seen.npages += s->npages;
	seen.slots[s->sizeclass] += s->alloccount;
	seen.slot_bytes += s->alloccount * s->elemsize;
	if (s->sizeclass == 0)
		seen.large_bytes += s->alloccount * s->elemsize;
}

/* ---- all pages ---- */

static bool
page_used(const struct pagealloc *a, size_t page)
{
	const struct palloc_chunk *c = &a->chunks[page / PALLOC_CHUNK_PAGES];

	return c->used[page % PALLOC_CHUNK_PAGES / 64] >> (page % 64) & 1;
}

static void
verify_pages(void)
{
	struct mheap *h = &rt_heap;
	size_t n = atomic_load(&h->pages.grown_bytes) >> RT_PAGE_SHIFT;
	size_t nobodys = 0;

	for (size_t page = 0; page < n;) {
		uintptr_t p = h->pages.base + (page << RT_PAGE_SHIFT);
		struct mspan *s = rt_spanof(p);

		if (s == NULL) {
			nobodys += page_used(&h->pages, page++);
			continue;
		}
		if (s->base != p)
			bad_span(s, "heap verifier: a span is entered from behind");
		for (size_t i = 0; i < s->npages; i++) {
			if (page + i >= n ||
			    atomic_load(&h->spans[page + i]) != s)
				bad_span(s, "heap verifier: the span table "
				            "leads elsewhere");
			if (!page_used(&h->pages, page + i))
				bad_span(s, "heap verifier: a span lies on a "
				            "free page");
		}
		verify_span(s);
		page += s->npages;
	}
	same("used pages without a span", nobodys,
	    h->fenced_pages + h->filling_pages);
}

/* ---- lists ---- */

static size_t
verify_list(const struct mcentral *c, const struct span_list *l, bool swept,
    bool full)
{
	const struct mspan *s, *prev = NULL;
	size_t n = 0;

	for (s = l->head; s != NULL; prev = s, s = s->next) {
		if (++n > seen.nspans)
			rt_throw("heap verifier: a list that has no end");
		if (s->prev != prev || s->list != l)
			bad_span(s, "heap verifier: a list with a torn link");
		if (atomic_load(&s->state) != SPAN_INUSE ||
		    RT_SPANCLASS(s->sizeclass, s->kind) != c->spanclass)
			bad_span(s, "heap verifier: a span on another's list");
		if ((atomic_load(&s->sweepgen) == seen.gen) != swept)
			bad_span(s, "heap verifier: swept or not, says the list");
		if (swept && full != (s->alloccount == s->nelems))
			bad_span(s, "heap verifier: full or not, says the list");
	}
	if (l->tail != prev)
		rt_throw("heap verifier: a list has lost its tail");
	same("length of a list", n, l->n);
	return n;
}

static void
verify_lists(void)
{
	unsigned now = seen.gen / 2 % 2;
	size_t n = 0;

	for (unsigned i = 0; i < RT_SPANCLASS_N; i++) {
		struct mcentral *c = &rt_heap.central[i];

		rt_lock(&c->lock);
		for (unsigned k = 0; k < 2; k++) {
			n += verify_list(c, &c->partial[k], k == now, false);
			n += verify_list(c, &c->full[k], k == now, true);
		}
		rt_unlock(&c->lock);
	}
	same("spans on lists", n, seen.nspans);
}

/* ---- numbers ---- */

static void
verify_numbers(void)
{
	struct mheap *h = &rt_heap;
	struct heap_stats *st = &h->stats;
	struct rt_mcache_counts made;

	rt_mcache_count(&made);
	made.slots[0] = atomic_load(&st->nlarge);
	for (unsigned c = 0; c < RT_SIZE_CLASS_N; c++)
		same("objects of a class", seen.slots[c],
		    made.slots[c] - atomic_load(&st->nfree[c]));
	same("bytes of large objects", seen.large_bytes,
	    atomic_load(&st->large_alloc_bytes) -
	        atomic_load(&st->large_free_bytes));
	same("bytes in spans", (uint64_t)seen.npages << RT_PAGE_SHIFT,
	    atomic_load(&st->inuse_bytes));
	same("bytes given back",
	    (uint64_t)(h->pages.gone_pages + h->fenced_pages) << RT_PAGE_SHIFT,
	    atomic_load(&st->released_bytes));
	same("bytes of the heap", atomic_load(&h->pages.grown_bytes),
	    atomic_load(&rt_memstat_sys[RT_STAT_HEAP]));
	same("span records", seen.nspans * h->spanalloc.size,
	    h->spanalloc.inuse);
	/* more: objects that wait for their finalizers were marked by the sweep */
	if (seen.swept && atomic_load(&h->live) > seen.slot_bytes)
		same("live bytes, at most", seen.slot_bytes,
		    atomic_load(&h->live));
}

void
rt_heap_verify(void)
{
	seen.nspans = seen.npages = 0;
	seen.slot_bytes = seen.large_bytes = 0;
	for (unsigned c = 0; c < RT_SIZE_CLASS_N; c++)
		seen.slots[c] = 0;
	seen.swept = true;
	seen.gen = atomic_load(&rt_heap.sweepgen);
	rt_lock(&rt_heap.lock);
	rt_palloc_verify(&rt_heap.pages);
	rt_unlock(&rt_heap.lock);
	verify_pages();
	verify_lists();
	verify_numbers();
}

static void
verify_on_g0(void *arg)
{
	(void)arg;
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_mcache_flush(rt_allp[i]);
	rt_heap_verify();
}

void
rt_heap_verify_now(void)
{
	rt_stop_the_world("verify the heap");
	rt_systemstack(verify_on_g0, NULL);
	rt_start_the_world();
}
