/*
 * mheap.c - the heap as a whole: address space, spans, their records.
 *
 * Address space. At boot one range is reserved without access (PROT_NONE
 * costs nothing, whatever its size): 512 GiB, halved until the system agrees,
 * a half of RLIMIT_AS at most, so that stacks, threads and foreign code keep
 * room under `ulimit -v`; 16 GiB under sanitizers, whose shadow dislikes big
 * ranges. The range is made accessible from its low end up in steps of 64 MiB
 * (4 MiB when space is scarce): contiguous steps merge into one mapping, and
 * what is not yet accessible is not charged under strict overcommit. Of what is
 * accessible, 4 MiB chunks are handed to the page allocator when needed; that
 * is what HeapSys counts.
 *
 * Above the first 16 MiB memory is taken from the system by whole blocks of 2
 * MiB, a huge page each where it has them (mpagealloc.c, rt_sys_fill). The
 * system call comes after heap.lock is let go.
 *
 * Because the range is one, everything about a page is found by index from its
 * base: the span table (one pointer a page) stands in a second reservation
 * and becomes accessible together with its pages. Rejected: an arena table
 * keyed by address, which costs a dependent load in each look-up of the
 * collector, for a sparse address space we do not have.
 *
 * Spans. rt_mheap_alloc takes pages under heap.lock, fills a record, then
 * publishes it in the span table with a release store of each entry; from
 * there on rt_spanof finds it. rt_mheap_free makes the record dead and gives
 * the pages back. Entries of dead spans stay in the table: the record is never
 * unmapped and answers "not mine" by state or by its range, so clearing would
 * only be work.
 */
#include "mem/mheap.h"

#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgc.h"
#include "mem/mdebug.h"
#include "sched/sched.h"
#include "os/os.h"

#include <string.h>

#define CHUNK_BYTES ((size_t)PALLOC_CHUNK_PAGES * RT_PAGE_BYTES)
#define STEP_BYTES ((size_t)64 << 20)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RESERVE_BYTES ((size_t)16 << 30)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RESERVE_BYTES ((size_t)16 << 30)
#endif
#endif
#ifndef RESERVE_BYTES
#define RESERVE_BYTES ((size_t)512 << 30)
#endif
#define RESERVE_MIN_BYTES ((size_t)16 << 20)
#define BLOCK_BYTES ((size_t)PALLOC_BLOCK_PAGES * RT_PAGE_BYTES)
#define FILL_FROM_BYTES ((size_t)16 << 20) /* a small heap stays small */

RT_NOT_ROOT struct mheap rt_heap;

void
rt_out_of_memory(size_t bytes)
{
	/* Set by this thread's failed attempt, or by one before it. */
	if (atomic_load(&rt_heap.refused))
		rt_throw("runtime: out of memory");
	rt_printf("runtime: out of memory: cannot allocate %zu-byte block "
	          "(%lu in use)\n",
	    bytes, (unsigned long)rt_mem_total_bytes());
	rt_throw("out of memory");
}

/* ---- lists ---- */

void
rt_spanlist_push(struct span_list *l, struct mspan *s)
{
	if (s->list != NULL)
		rt_throw("mheap: span is on a list already");
	s->list = l;
	s->next = l->head;
	s->prev = NULL;
	if (l->head != NULL)
		l->head->prev = s;
	else
		l->tail = s;
	l->head = s;
	l->n++;
}

void
rt_spanlist_remove(struct span_list *l, struct mspan *s)
{
	if (s->list != l)
		rt_throw("mheap: span is not on this list");
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		l->head = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		l->tail = s->prev;
	s->next = s->prev = NULL;
	s->list = NULL;
	l->n--;
}

/* ---- boot ---- */

static uintptr_t
reserve(size_t *ret_bytes)
{
	uint64_t limit = rt_address_space_limit();
	size_t bytes = RESERVE_BYTES;
	void *p;

	if (limit / 2 < bytes) {
		rt_heap.limited = true;
		bytes = (size_t)(limit / 2) & ~(CHUNK_BYTES - 1);
	}
	for (; bytes >= RESERVE_MIN_BYTES; bytes = (bytes / 2) &
	                                       ~(CHUNK_BYTES - 1)) {
		p = rt_sys_reserve_aligned(bytes, CHUNK_BYTES);
		if (p != NULL) {
			*ret_bytes = bytes;
			return (uintptr_t)p;
		}
		rt_heap.limited = true;
	}
	rt_out_of_memory(RESERVE_MIN_BYTES);
}

void
rt_mheap_init(void)
{
	struct mheap *h = &rt_heap;
	size_t bytes, tables;
	uintptr_t base = reserve(&bytes);

	if (h->limited)
		rt_sys_spare_keep();
	rt_lock_init(&h->lock, RANK_MHEAP);
	rt_lock_init(&h->speciallock, RANK_MHEAPSPECIAL);
	tables = rt_palloc_table_bytes(bytes);
	/* zero pages until used, so only what is touched is counted */
	void *tab = rt_sys_mmap(tables);
	h->spans = rt_sys_reserve(bytes / RT_PAGE_BYTES * sizeof(void *));
	if (tab == NULL || h->spans == NULL)
		rt_out_of_memory(tables);
	rt_sys_name((void *)base, bytes, "gort heap");
	rt_sys_name(h->spans, bytes / RT_PAGE_BYTES * sizeof(void *),
	    "gort spans");
	rt_palloc_init(&h->pages, base, bytes, tab);
	h->pages.fill_page = FILL_FROM_BYTES / RT_PAGE_BYTES;
	rt_fixalloc_init(&h->spanalloc, sizeof(struct mspan), RT_STAT_MSPAN);
	rt_fixalloc_init(&h->cachealloc, sizeof(struct mcache),
	    RT_STAT_MCACHE);
	atomic_store(&h->sweepgen, 2);
	atomic_store(&h->trigger, UINT64_MAX); /* until gcinit has a goal */
	for (unsigned i = 0; i < RT_SPANCLASS_N; i++)
		rt_mcentral_init(&h->central[i], i);
}

/* ---- growing ---- */

/*
 * Make [base, base + to) accessible, and the span table for it: 4096 bytes of
 * it serve one chunk, so a step of chunks is a step of whole table pages.
 */
static bool
commit(struct mheap *h, size_t to)
{
	size_t step = h->limited ? CHUNK_BYTES : STEP_BYTES;
	size_t from = h->pages.committed_bytes, tabfrom, tabto;

	if (to <= from)
		return true;
	to = (to + step - 1) / step * step;
	if (to > h->pages.reserved_bytes)
		to = h->pages.reserved_bytes;
	tabfrom = from / RT_PAGE_BYTES * sizeof(void *);
	tabto = to / RT_PAGE_BYTES * sizeof(void *);
	if (rt_sys_map((char *)h->spans + tabfrom, tabto - tabfrom) != 0 ||
	    rt_sys_map((char *)h->pages.base + from, to - from) != 0) {
		atomic_store(&h->refused, true);
		return false;
	}
	rt_memstat_add(RT_STAT_GC, (int64_t)(tabto - tabfrom));
	h->pages.committed_bytes = to;
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_debug.disablethp, memory_order_relaxed) > 0))
		(void)rt_sys_hugepages((void *)h->pages.base, to, false);
	return true;
}

/* Room for npages in a row at the heap's end. heap.lock. */
static bool
grow(struct mheap *h, size_t npages)
{
	size_t grown = atomic_load_explicit(
	    &h->pages.grown_bytes, memory_order_relaxed);
	size_t bytes = (npages * RT_PAGE_BYTES + CHUNK_BYTES - 1) /
	    CHUNK_BYTES * CHUNK_BYTES;

	if (bytes > h->pages.reserved_bytes - grown)
		return false;
	if (!commit(h, grown + bytes))
		return false;
	rt_palloc_grow(&h->pages, bytes / CHUNK_BYTES);
	rt_memstat_add(RT_STAT_HEAP, (int64_t)bytes);
	atomic_fetch_add_explicit(
	    &h->stats.released_bytes, bytes, memory_order_relaxed);
	return true;
}

/* ---- bit arrays: heap.lock ---- */

static uint64_t *
bits_alloc(struct mheap *h, unsigned nwords)
{
	uint64_t *bits = h->freebits[nwords];

	if (nwords == 0 || nwords > RT_BITS_MAX_WORDS)
		rt_throw("mheap: bad size of a bit array");
	if (bits == NULL)
		return rt_persistentalloc(nwords * 8, 8, RT_STAT_GC);
	h->freebits[nwords] = *(uint64_t **)bits;
	memset(bits, 0, nwords * 8);
	return bits;
}

static void
bits_free(struct mheap *h, uint64_t *bits, unsigned nwords)
{
	*(uint64_t **)bits = h->freebits[nwords];
	h->freebits[nwords] = bits;
}

uint64_t *
rt_bits_alloc(unsigned nwords)
{
	uint64_t *bits;

	rt_lock(&rt_heap.lock);
	bits = bits_alloc(&rt_heap, nwords);
	rt_unlock(&rt_heap.lock);
	return bits;
}

void
rt_bits_free(uint64_t *bits, unsigned nwords)
{
	rt_lock(&rt_heap.lock);
	bits_free(&rt_heap, bits, nwords);
	rt_unlock(&rt_heap.lock);
}

/* ---- spans ---- */

/* Everything but the table entries. heap.lock. */
static void
init_span(struct mheap *h, struct mspan *s, uintptr_t base, size_t npages,
    unsigned sc, enum span_kind kind)
{
	uint64_t *bits;

	s->base = base;
	s->npages = npages;
	s->kind = (uint8_t)kind;
	s->sizeclass = (uint8_t)sc;
	s->layout = LAYOUT_NONE;
	if (sc == 0) {
		s->elemsize = npages << RT_PAGE_SHIFT;
		s->nelems = 1;
		s->magic = 0; /* any offset is slot 0 */
	} else {
		s->elemsize = rt_class_to_size[sc];
		s->nelems = (uint32_t)((npages << RT_PAGE_SHIFT) / s->elemsize);
		s->magic = rt_class_to_magic[sc];
	}
	s->limit = base + s->nelems * s->elemsize;
	s->nwords = (uint16_t)((s->nelems + 63) / 64);
	bits = bits_alloc(h, RT_BITS_WORDS(s->nwords));
	s->allocbits = bits;
	s->marks = (_Atomic uint8_t *)(bits + s->nwords);
	s->alloccount = 0;
	s->alloccache = 0;
	s->withheld = 0;
	s->cut = false;
	s->curword = 0;
	s->cachebase = base;
	atomic_store_explicit(&s->sweepgen,
	    atomic_load_explicit(&h->sweepgen, memory_order_relaxed),
	    memory_order_relaxed);
	/* relaxed: the table's release stores publish it */
	atomic_store_explicit(&s->state, SPAN_INUSE, memory_order_relaxed);
}

/* Whole blocks are taken unless the program said how much it may hold and that
 * is nearly reached: pages that nobody asked for would be taken from others. Nor
 * under harddecommit: what is left of a block was not made accessible. */
static bool
may_fill(void)
{
	int64_t limit = rt_gc_memlimit_set(-1);

	if (!rt_sys_can_fill(BLOCK_BYTES) ||
	    atomic_load_explicit(&rt_debug.disablethp, memory_order_relaxed) >
	        0 ||
	    atomic_load_explicit(&rt_debug.harddecommit, memory_order_relaxed) >
	        0)
		return false;
	return limit == INT64_MAX || rt_mem_total_bytes() + 2 * BLOCK_BYTES <
	    (uint64_t)(limit - limit / 8);
}

/*
 * To fill a block takes 0.2 ms, in a virtual machine whose host has yet to find
 * the memory 5 and more, all inside the kernel, where nothing can interrupt it.
 * A stop of the world would wait for all of that (12 to 18 ms were seen). So the
 * block is taken out of use first, and filled at a safepoint of the allocation,
 * in a system call's state. The P goes to another thread at once: timers and
 * goroutines must not wait for a look of sysmon's.
 */
void
rt_mheap_fill(uintptr_t block)
{
	rt_entersyscallblock();
	rt_sys_fill((void *)block, BLOCK_BYTES);
	rt_exitsyscall();
	rt_lock(&rt_heap.lock);
	rt_palloc_filled(&rt_heap.pages, block);
	rt_heap.filling_pages -= PALLOC_BLOCK_PAGES;
	rt_unlock(&rt_heap.lock);
}

static enum palloc_fill
fill_how(const uintptr_t *ret_block)
{
	if (!may_fill())
		return PALLOC_FILL_NOT;
	return ret_block == NULL ? PALLOC_FILL_NOW : PALLOC_FILL_FIRST;
}

struct mspan *
rt_mheap_alloc(size_t npages, unsigned sc, enum span_kind kind,
    uintptr_t *ret_block)
{
	struct mheap *h = &rt_heap;
	enum palloc_fill fill = fill_how(ret_block);
	struct palloc_got got;
	struct mspan *s = NULL;
	size_t first;
	uintptr_t p;

	/* pages first from what the last cycle found dead */
	rt_gcsweep_reclaim(npages);
	rt_lock(&h->lock);
	p = rt_palloc_alloc(&h->pages, npages, fill, &got);
	if (p == 0 && got.block == 0 && grow(h, npages))
		p = rt_palloc_alloc(&h->pages, npages, fill, &got);
	if (p == 0 && got.block != 0)
		h->filling_pages += PALLOC_BLOCK_PAGES;
	if (p != 0) {
		s = rt_fixalloc_alloc(&h->spanalloc);
		init_span(h, s, p, npages, sc, kind);
		s->needzero = !got.zero;
	}
	rt_unlock(&h->lock);
	if (s == NULL) {
		if (got.block != 0)
			*ret_block = got.block;
		atomic_fetch_sub_explicit(&h->stats.released_bytes,
		    got.gone << RT_PAGE_SHIFT, memory_order_relaxed);
		return NULL;
	}
	if (got.gone != 0 && !rt_heap_recommit(p, npages << RT_PAGE_SHIFT))
		s->needzero = true;
	atomic_fetch_add_explicit(&h->stats.inuse_bytes,
	    npages << RT_PAGE_SHIFT, memory_order_relaxed);
	atomic_fetch_sub_explicit(&h->stats.released_bytes,
	    got.gone << RT_PAGE_SHIFT, memory_order_relaxed);
	/* Outside the lock. Who is given another page of the block before this
	 * is done finds a small page there, no worse. */
	if (got.block != 0)
		rt_sys_fill((void *)got.block, BLOCK_BYTES);
	first = (p - h->pages.base) >> RT_PAGE_SHIFT;
	for (size_t i = 0; i < npages; i++)
		atomic_store_explicit(
		    &h->spans[first + i], s, memory_order_release);
	if (got.gone != 0)
		rt_gcscavenge_for_limit();
	return s;
}

/* Words of s->ptrs; gc/mbitmap.c allocates as many. */
static void
free_span_tables(struct mheap *h, struct mspan *s)
{
	bits_free(h, s->allocbits, RT_BITS_WORDS(s->nwords));
	if (s->ptrs != NULL)
		bits_free(h, s->ptrs, rt_bitmap_words(s));
	s->ptrs = NULL;
}

void
rt_mheap_free(struct mspan *s)
{
	struct mheap *h = &rt_heap;
	size_t bytes = s->npages << RT_PAGE_SHIFT;
	bool fenced;

	if (s->list != NULL || s->specials != NULL ||
	    atomic_load_explicit(&s->state, memory_order_relaxed) !=
	        SPAN_INUSE)
		rt_throw("mheap: free of a span that is in use");
	fenced = rt_mdebug_fence(s->base, bytes);
	atomic_fetch_sub_explicit(
	    &h->stats.inuse_bytes, bytes, memory_order_relaxed);
	rt_lock(&h->lock);
	atomic_store_explicit(&s->state, SPAN_DEAD, memory_order_relaxed);
	if (RT_UNLIKELY(fenced)) {
		h->fenced_pages += s->npages;
		atomic_fetch_add_explicit(&h->stats.released_bytes, bytes,
		    memory_order_relaxed);
	} else {
		rt_palloc_free(&h->pages, s->base, s->npages);
	}
	free_span_tables(h, s);
	rt_fixalloc_free(&h->spanalloc, s);
	rt_unlock(&h->lock);
}

void
rt_mspan_verify(const struct mspan *s)
{
	uint32_t n = 0;

	if (s->limit != s->base + s->nelems * s->elemsize ||
	    s->nwords != (s->nelems + 63) / 64)
		rt_throw("mspan: limits do not fit the slots");
	for (unsigned i = 0; i < s->nwords; i++)
		n += (uint32_t)__builtin_popcountll(s->allocbits[i]);
	if (n != s->alloccount) {
		rt_printf("runtime: span %p counts %u, bits say %u\n",
		    (const void *)s, s->alloccount, n);
		rt_throw("mspan: allocation bits miscounted");
	}
	if (s->nelems % 64 != 0 &&
	    s->allocbits[s->nwords - 1] >> (s->nelems % 64) != 0)
		rt_throw("mspan: a bit behind the last slot");
}

struct mspan *
rt_mheap_next(uintptr_t *at)
{
	uintptr_t p = *at == 0 ? rt_heap.pages.base : *at;
	uintptr_t end = rt_heap.pages.base +
	    atomic_load_explicit(
	        &rt_heap.pages.grown_bytes, memory_order_relaxed);
	struct mspan *s = NULL;

	for (; p < end && (s = rt_spanof(p)) == NULL; p += RT_PAGE_BYTES)
		continue;
	*at = s == NULL ? end : s->base + (s->npages << RT_PAGE_SHIFT);
	return s;
}
