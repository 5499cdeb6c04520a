/*
 * mpagealloc.c - free pages: a bitmap, and a short tree of summaries over it.
 *
 * The heap's address range is cut into chunks of 512 pages. A chunk has a bit
 * per page (used) and a second one (gone: the system has the memory, a read
 * gives zeroes). Over the chunks stand four levels of summaries, sixteen
 * entries under each entry; an entry says how long the free run at its
 * beginning, the longest and the one at its end are. That is enough to find
 * the lowest run of n pages from the root down, never looking at a chunk that
 * cannot help, and to join runs that cross borders: walking entries from left
 * to right, a run that ends one entry goes on with `start` of the next.
 *
 * Invariants (rt_palloc_verify):
 *   - each summary equals what its bitmaps say;
 *   - no page below hint_page is free;
 *   - chunks at grown_bytes and above have all-zero summaries, so they look
 *     full and their bitmaps are never touched.
 *
 * Blocks. A first touch of a page costs a fault, 0.8 to 1.9 us for 4 KiB, and
 * one of the processor's few translations; a huge page costs one fault for 2
 * MiB. So from fill_page on, the first run in a block that is wholly free and
 * gone takes all of it (`fill`). What is left of the block is free, no longer
 * gone, and counts as held; `zero` remembers that nobody wrote there yet, and
 * is lost when a page is given out or given back. First fit fills blocks from
 * the low end, so as a rule it is one block at the heap's end that holds what
 * nobody asked for. Runs longer than a block are left to the system: who asks
 * for a gigabyte may touch little of it.
 *
 * First fit by address: it keeps the heap dense at its low end, and lets the
 * scavenger work from the high end with little chance of taking what is
 * needed next. Rejected: a free list or treap of runs. It needs a node per
 * run, merges at each free, and forgets addresses; freeing here is clearing
 * bits. Rejected: packing a summary into one word. With the caller's lock held
 * nothing reads them concurrently, and 12 plain bytes need no special case for
 * "all free".
 */
#include "mem/mpagealloc.h"

#include "mem/mheap.h"

#include <string.h>

#define FANOUT ((size_t)1 << PALLOC_FANOUT_SHIFT)

/* Pages below one entry of a level. */
static inline size_t
level_pages(int level)
{
	return (size_t)PALLOC_CHUNK_PAGES
	    << (PALLOC_FANOUT_SHIFT * (PALLOC_LEVELS - 1 - level));
}

static void
table_sizes(size_t reserved_bytes, size_t n[PALLOC_LEVELS])
{
	size_t pages = reserved_bytes >> RT_PAGE_SHIFT;

	for (int l = 0; l < PALLOC_LEVELS; l++) {
		size_t per = level_pages(l);

		n[l] = (pages + per - 1) / per;
		if (l > 0) /* whole families, so that no walk needs an end */
			n[l] = n[l - 1] * FANOUT;
	}
}

size_t
rt_palloc_table_bytes(size_t reserved_bytes)
{
	size_t n[PALLOC_LEVELS], bytes = 0;

	table_sizes(reserved_bytes, n);
	for (int l = 0; l < PALLOC_LEVELS; l++)
		bytes += n[l] * sizeof(struct palloc_sum);
	return bytes + n[PALLOC_LEVELS - 1] * sizeof(struct palloc_chunk);
}

void
rt_palloc_init(struct pagealloc *a, uintptr_t base, size_t reserved_bytes,
    void *tables)
{
	char *p = tables;

	memset(a, 0, sizeof(*a));
	a->base = base;
	a->reserved_bytes = reserved_bytes;
	table_sizes(reserved_bytes, a->nsums);
	/* chunks first: their size is a multiple of a cache line */
	a->chunks = (struct palloc_chunk *)p;
	p += a->nsums[PALLOC_LEVELS - 1] * sizeof(struct palloc_chunk);
	for (int l = PALLOC_LEVELS - 1; l >= 0; l--) {
		a->sums[l] = (struct palloc_sum *)p;
		p += a->nsums[l] * sizeof(struct palloc_sum);
	}
}

/* Longest run of zero bits in w. */
static uint32_t
longest_zero_run(uint64_t w)
{
	uint64_t free = ~w;
	uint32_t n = 0;

	/* each step shortens every run by one from its low end */
	while (free != 0) {
		free &= free << 1;
		n++;
	}
	return n;
}

static struct palloc_sum
summarize_chunk(const struct palloc_chunk *c)
{
	struct palloc_sum s = { 0, 0, 0 };
	uint32_t run = 0, inner;
	bool seen_used = false;

	for (int i = 0; i < PALLOC_CHUNK_WORDS; i++) {
		uint64_t w = c->used[i];

		if (w == 0) {
			run += 64;
			continue;
		}
		run += (uint32_t)__builtin_ctzll(w);
		if (!seen_used)
			s.start = run;
		seen_used = true;
		if (run > s.max)
			s.max = run;
		/* a word of 64 has no inner run longer than 62 */
		if (s.max < 62 && w != ~(uint64_t)0) {
			inner = longest_zero_run(w);
			if (inner > s.max)
				s.max = inner;
		}
		run = (uint32_t)__builtin_clzll(w);
	}
	if (!seen_used)
		s.start = run;
	if (run > s.max)
		s.max = run;
	s.end = run;
	return s;
}

/* The summary of one entry from its sixteen children of `each` pages. */
static struct palloc_sum
summarize_children(const struct palloc_sum *kids, uint32_t each)
{
	struct palloc_sum s = { 0, 0, 0 };
	uint32_t run = 0;
	bool whole = true;

	for (size_t i = 0; i < FANOUT; i++) {
		if (run + kids[i].start > s.max)
			s.max = run + kids[i].start;
		if (kids[i].max > s.max)
			s.max = kids[i].max;
		if (whole)
			s.start += kids[i].start;
		if (kids[i].start == each) {
			run += each;
			continue;
		}
		whole = false;
		run = kids[i].end;
	}
	if (run > s.max)
		s.max = run;
	s.end = run;
	return s;
}

static bool
same_sum(struct palloc_sum a, struct palloc_sum b)
{
	return a.start == b.start && a.max == b.max && a.end == b.end;
}

/* Bring the summaries over chunks [first, last] up to date. A level at which
 * nothing changed has nothing to tell the ones above. */
static void
update(struct pagealloc *a, size_t first, size_t last)
{
	int l = PALLOC_LEVELS - 1;
	bool changed = false;

	for (size_t i = first; i <= last; i++) {
		struct palloc_sum s = summarize_chunk(&a->chunks[i]);

		changed |= !same_sum(s, a->sums[l][i]);
		a->sums[l][i] = s;
	}
	for (l--; l >= 0 && changed; l--) {
		first >>= PALLOC_FANOUT_SHIFT;
		last >>= PALLOC_FANOUT_SHIFT;
		changed = false;
		for (size_t i = first; i <= last; i++) {
			struct palloc_sum s = summarize_children(
			    &a->sums[l + 1][i << PALLOC_FANOUT_SHIFT],
			    (uint32_t)level_pages(l + 1));

			changed |= !same_sum(s, a->sums[l][i]);
			a->sums[l][i] = s;
		}
	}
}

static inline uint64_t
bits_mask(unsigned from, unsigned n)
{
	return (n == 64 ? ~(uint64_t)0 : (((uint64_t)1 << n) - 1)) << from;
}

/* Call fn on each word of used/gone that [page, page + n) covers. */
#define FOR_WORDS(a, page, n, c, w, m)                                         \
	for (size_t pg_ = (page), end_ = (page) + (n), k_;                     \
	     pg_ < end_ &&                                                     \
	     (k_ = 64 - pg_ % 64, k_ = k_ < end_ - pg_ ? k_ : end_ - pg_,      \
	         c = &(a)->chunks[pg_ / PALLOC_CHUNK_PAGES],                   \
	         w = pg_ % PALLOC_CHUNK_PAGES / 64,                            \
	         m = bits_mask(pg_ % 64, (unsigned)k_), true);                 \
	     pg_ += k_)

void
rt_palloc_grow(struct pagealloc *a, size_t nchunks)
{
	size_t grown = atomic_load_explicit(
	    &a->grown_bytes, memory_order_relaxed);
	size_t first = grown / ((size_t)PALLOC_CHUNK_PAGES * RT_PAGE_BYTES);

	for (size_t i = first; i < first + nchunks; i++) {
		memset(a->chunks[i].used, 0, sizeof(a->chunks[i].used));
		memset(a->chunks[i].gone, 0xff, sizeof(a->chunks[i].gone));
		memset(a->chunks[i].zero, 0, sizeof(a->chunks[i].zero));
	}
	update(a, first, first + nchunks - 1);
	a->free_pages += nchunks * PALLOC_CHUNK_PAGES;
	a->gone_pages += nchunks * PALLOC_CHUNK_PAGES;
	if (a->hint_page > first * PALLOC_CHUNK_PAGES)
		a->hint_page = first * PALLOC_CHUNK_PAGES;
	/* release: rt_spanof's acquire may index the span table up to here */
	atomic_store_explicit(&a->grown_bytes,
	    grown + nchunks * PALLOC_CHUNK_PAGES * RT_PAGE_BYTES,
	    memory_order_release);
}

/* First run of n free pages inside a chunk that is known to have one. */
static size_t
find_in_chunk(const struct palloc_chunk *c, size_t n)
{
	size_t run = 0, i = 0;

	while (i < PALLOC_CHUNK_PAGES) {
		uint64_t w = c->used[i / 64] >> (i % 64);
		size_t left = 64 - i % 64, k;

		if (w & 1) {
			k = w == ~(uint64_t)0 ? 64
			                      : (size_t)__builtin_ctzll(~w);
			run = 0;
			i += k < left ? k : left;
			continue;
		}
		k = w == 0 ? 64 : (size_t)__builtin_ctzll(w);
		k = k < left ? k : left;
		run += k;
		i += k;
		if (run >= n)
			return i - run;
	}
	rt_throw("palloc: a summary promised pages that are not there");
}

/* Lowest run of n pages; SIZE_MAX: none. */
static size_t
find(const struct pagealloc *a, size_t n)
{
	size_t i = a->hint_page / level_pages(0), end = a->nsums[0];
	size_t run = 0, runstart = 0;
	int l = 0;

	while (i < end) {
		const struct palloc_sum *s = &a->sums[l][i];
		size_t each = level_pages(l);

		if (run == 0)
			runstart = i * each;
		if (run + s->start >= n)
			return runstart;
		if (s->max >= n) {
			if (l == PALLOC_LEVELS - 1)
				return i * each +
				    find_in_chunk(&a->chunks[i], n);
			/* what came before is too short even with s->start,
			 * so the search begins anew inside */
			l++;
			i <<= PALLOC_FANOUT_SHIFT;
			end = i + FANOUT;
			run = 0;
			continue;
		}
		if (s->start == each) {
			run += each;
		} else {
			run = s->end;
			runstart = (i + 1) * each - run;
		}
		i++;
	}
	return SIZE_MAX;
}

/* Every page of the block that holds this one is free and gone. */
static bool
block_untouched(const struct pagealloc *a, size_t page)
{
	const struct palloc_chunk *c = &a->chunks[page / PALLOC_CHUNK_PAGES];
	size_t w = page % PALLOC_CHUNK_PAGES / PALLOC_BLOCK_PAGES *
	    (PALLOC_BLOCK_PAGES / 64);

	for (size_t end = w + PALLOC_BLOCK_PAGES / 64; w < end; w++)
		if (c->used[w] != 0 || ~c->gone[w] != 0)
			return false;
	return true;
}

/* The untouched block of this page is the system's no more: free and zero, or
 * in use until it is filled. */
static void
take_block(struct pagealloc *a, size_t page, bool used,
    struct palloc_got *ret)
{
	struct palloc_chunk *c = &a->chunks[page / PALLOC_CHUNK_PAGES];
	size_t w;

	page -= page % PALLOC_BLOCK_PAGES;
	w = page % PALLOC_CHUNK_PAGES / 64;
	memset(&c->gone[w], 0, PALLOC_BLOCK_PAGES / 8);
	memset(used ? &c->used[w] : &c->zero[w], 0xff, PALLOC_BLOCK_PAGES / 8);
	a->gone_pages -= PALLOC_BLOCK_PAGES;
	ret->gone = PALLOC_BLOCK_PAGES;
	ret->block = a->base + (page << RT_PAGE_SHIFT);
	if (!used)
		return;
	a->free_pages -= PALLOC_BLOCK_PAGES;
	update(a, page / PALLOC_CHUNK_PAGES, page / PALLOC_CHUNK_PAGES);
}

uintptr_t
rt_palloc_alloc(struct pagealloc *a, size_t npages, enum palloc_fill fill,
    struct palloc_got *ret)
{
	size_t page = find(a, npages), last = page + npages - 1, w;
	struct palloc_chunk *c;
	uint64_t m;

	*ret = (struct palloc_got){ .zero = true };
	if (page == SIZE_MAX)
		return 0;
	if (fill != PALLOC_FILL_NOT && npages <= PALLOC_BLOCK_PAGES &&
	    last >= a->fill_page && block_untouched(a, last)) {
		take_block(a, last, fill == PALLOC_FILL_FIRST, ret);
		if (fill == PALLOC_FILL_FIRST)
			return 0;
	}
	FOR_WORDS(a, page, npages, c, w, m) {
		size_t gone = (size_t)__builtin_popcountll(c->gone[w] & m);

		if (c->used[w] & m)
			rt_throw("palloc: page allocated twice");
		if (m & ~(c->gone[w] | c->zero[w]))
			ret->zero = false;
		c->used[w] |= m;
		c->gone[w] &= ~m;
		c->zero[w] &= ~m;
		ret->gone += gone;
		a->gone_pages -= gone;
	}
	update(a, page / PALLOC_CHUNK_PAGES, last / PALLOC_CHUNK_PAGES);
	a->free_pages -= npages;
	/* a single page is found at the very lowest place */
	if (npages == 1)
		a->hint_page = page + 1;
	return a->base + (page << RT_PAGE_SHIFT);
}

static void
free_pages(struct pagealloc *a, size_t page, size_t npages)
{
	struct palloc_chunk *c;
	size_t w;
	uint64_t m;

	FOR_WORDS(a, page, npages, c, w, m) {
		if ((c->used[w] & m) != m)
			rt_throw("palloc: free of a page that is free");
		c->used[w] &= ~m;
	}
	update(a, page / PALLOC_CHUNK_PAGES,
	    (page + npages - 1) / PALLOC_CHUNK_PAGES);
	a->free_pages += npages;
	if (page < a->hint_page)
		a->hint_page = page;
}

void
rt_palloc_free(struct pagealloc *a, uintptr_t p, size_t npages)
{
	free_pages(a, (p - a->base) >> RT_PAGE_SHIFT, npages);
}

void
rt_palloc_filled(struct pagealloc *a, uintptr_t block)
{
	size_t page = (block - a->base) >> RT_PAGE_SHIFT;
	struct palloc_chunk *c = &a->chunks[page / PALLOC_CHUNK_PAGES];

	memset(&c->zero[page % PALLOC_CHUNK_PAGES / 64], 0xff,
	    PALLOC_BLOCK_PAGES / 8);
	free_pages(a, page, PALLOC_BLOCK_PAGES);
}

size_t
rt_palloc_scavenge_take(struct pagealloc *a, size_t *cursor_page,
    size_t max_pages, uintptr_t *ret_p)
{
	size_t grown = atomic_load_explicit(
	                   &a->grown_bytes, memory_order_relaxed) >>
	    RT_PAGE_SHIFT;
	size_t page = *cursor_page < grown ? *cursor_page : grown, n = 0, w;
	struct palloc_chunk *c;
	uint64_t m;

	while (page > a->hint_page) {
		c = &a->chunks[(page - 1) / PALLOC_CHUNK_PAGES];
		w = (page - 1) % PALLOC_CHUNK_PAGES / 64;
		m = ~(c->used[w] | c->gone[w]);
		if (n == 0 && m == 0) { /* nothing in this word */
			page = (page - 1) / 64 * 64;
			continue;
		}
		if (!(m >> ((page - 1) % 64) & 1)) {
			if (n > 0)
				break;
			page--;
			continue;
		}
		page--;
		if (++n == max_pages || page % PALLOC_HUGE_PAGES == 0)
			break;
	}
	*cursor_page = page;
	if (n == 0)
		return 0;
	FOR_WORDS(a, page, n, c, w, m)
		c->used[w] |= m;
	update(a, page / PALLOC_CHUNK_PAGES,
	    (page + n - 1) / PALLOC_CHUNK_PAGES);
	a->free_pages -= n;
	*ret_p = a->base + (page << RT_PAGE_SHIFT);
	return n;
}

void
rt_palloc_scavenge_done(struct pagealloc *a, uintptr_t p, size_t npages)
{
	size_t page = (p - a->base) >> RT_PAGE_SHIFT, w;
	struct palloc_chunk *c;
	uint64_t m;

	FOR_WORDS(a, page, npages, c, w, m) {
		c->gone[w] |= m;
		c->zero[w] &= ~m;
	}
	a->gone_pages += npages;
	free_pages(a, page, npages);
}

bool
rt_palloc_huge_gone(const struct pagealloc *a, uintptr_t p)
{
	size_t page = (p - a->base) >> RT_PAGE_SHIFT;
	const struct palloc_chunk *c = &a->chunks[page / PALLOC_CHUNK_PAGES];
	size_t w = page % PALLOC_CHUNK_PAGES / PALLOC_HUGE_PAGES *
	    (PALLOC_HUGE_PAGES / 64);

	for (size_t i = w; i < w + PALLOC_HUGE_PAGES / 64; i++)
		if (c->gone[i] != ~(uint64_t)0)
			return false;
	return true;
}

/* What stands for chunks in use, and one entry more: behind that all is as the
 * system gave it, 131,072 entries that nobody should have to look at. */
static void
verify_level(const struct pagealloc *a, int l, size_t nchunks)
{
	int shift = PALLOC_FANOUT_SHIFT * (PALLOC_LEVELS - 1 - l);
	size_t n = (nchunks >> shift) + 2;

	if (n > a->nsums[l])
		n = a->nsums[l];
	for (size_t i = 0; i < n; i++) {
		struct palloc_sum want = { 0, 0, 0 }, got = a->sums[l][i];

		if (l < PALLOC_LEVELS - 1)
			want = summarize_children(
			    &a->sums[l + 1][i << PALLOC_FANOUT_SHIFT],
			    (uint32_t)level_pages(l + 1));
		else if (i < nchunks)
			want = summarize_chunk(&a->chunks[i]);
		if (memcmp(&want, &got, sizeof(want)) != 0)
			rt_throw("palloc: summary differs from its bitmap");
	}
}

void
rt_palloc_verify(const struct pagealloc *a)
{
	size_t nchunks = atomic_load_explicit(
	                     &a->grown_bytes, memory_order_relaxed) /
	    ((size_t)PALLOC_CHUNK_PAGES * RT_PAGE_BYTES);
	size_t nfree = 0, gone = 0;

	for (int l = 0; l < PALLOC_LEVELS; l++)
		verify_level(a, l, nchunks);
	for (size_t i = 0; i < nchunks * PALLOC_CHUNK_PAGES; i++) {
		const struct palloc_chunk *c =
		    &a->chunks[i / PALLOC_CHUNK_PAGES];
		size_t w = i % PALLOC_CHUNK_PAGES / 64;

		if (c->zero[w] & (c->used[w] | c->gone[w]))
			rt_throw("palloc: zero page in use or gone");
		if (c->used[w] >> (i % 64) & 1)
			continue;
		if (i < a->hint_page)
			rt_throw("palloc: free page below the hint");
		nfree++;
		gone += c->gone[w] >> (i % 64) & 1;
	}
	if (nfree != a->free_pages || gone != a->gone_pages)
		rt_throw("palloc: free pages miscounted");
}
