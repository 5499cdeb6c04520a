/*
 * mpagealloc.h - which pages of the heap are free. mpagealloc.c.
 * Caller's lock (heap.lock) guards everything here.
 */
#ifndef RT_MPAGEALLOC_H
#define RT_MPAGEALLOC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PALLOC_CHUNK_PAGES 512 /* 4 MiB */
#define PALLOC_HUGE_PAGES 256  /* 2 MiB: the system's huge page */
#define PALLOC_CHUNK_WORDS (PALLOC_CHUNK_PAGES / 64)
#define PALLOC_LEVELS 4
#define PALLOC_FANOUT_SHIFT 4 /* entries under one entry: 16 */
#define PALLOC_BLOCK_PAGES PALLOC_HUGE_PAGES /* what is filled at once */

struct palloc_chunk {
	uint64_t used[PALLOC_CHUNK_WORDS]; /* 1: allocated */
	uint64_t gone[PALLOC_CHUNK_WORDS]; /* 1: the system has the page */
	uint64_t zero[PALLOC_CHUNK_WORDS]; /* 1: held, but never given out */
};

struct palloc_sum { /* of the free pages below one entry; counts */
	uint32_t start; /* free run at the beginning */
	uint32_t max;   /* longest free run */
	uint32_t end;   /* free run at the end */
};

struct pagealloc {
	uintptr_t base;         /* const */
	size_t reserved_bytes;  /* const: address space that is ours */
	size_t committed_bytes; /* readable and writable, from base on */
	_Atomic size_t grown_bytes; /* handed to the bitmaps, from base on */
	struct palloc_chunk *chunks;
	struct palloc_sum *sums[PALLOC_LEVELS]; /* [0] coarsest */
	size_t nsums[PALLOC_LEVELS];
	size_t hint_page;  /* no free page below this one */
	size_t fill_page;  /* blocks below it are never filled (FILL) */
	size_t free_pages; /* of these, gone_pages hold no memory */
	size_t gone_pages; /* free and with the system */
};

/* Bytes of tables that a heap of reserved_bytes needs. */
size_t rt_palloc_table_bytes(size_t reserved_bytes);
/* tables: zeroed, readable; chunks of pages not yet grown are not touched. */
void rt_palloc_init(struct pagealloc *a, uintptr_t base, size_t reserved_bytes,
    void *tables);
/* Take the next nchunks chunks into use, all free and gone. */
void rt_palloc_grow(struct pagealloc *a, size_t nchunks);

enum palloc_fill {
	PALLOC_FILL_NOT,
	PALLOC_FILL_NOW, /* by the caller, when he has his pages */
	PALLOC_FILL_FIRST, /* and then he asks again */
};
struct palloc_got {
	size_t gone;     /* pages that the system had and now has no more */
	bool zero;       /* every page of the run reads as zeroes */
	uintptr_t block; /* 0, or the block to be filled */
};
/*
 * Lowest run of npages; 0 when there is none. Unless FILL_NOT, a run that is
 * the first in its block takes the whole block from the system. NOW: the rest
 * stays free and counts as held, and the caller lets the system fill it. FIRST:
 * no pages are returned, but the block, nobody else's until rt_palloc_filled.
 */
uintptr_t rt_palloc_alloc(struct pagealloc *a, size_t npages,
    enum palloc_fill fill, struct palloc_got *ret);
/* The block of FILL_FIRST is filled: free pages, held and zero. */
void rt_palloc_filled(struct pagealloc *a, uintptr_t block);
void rt_palloc_free(struct pagealloc *a, uintptr_t p, size_t npages);
/*
 * Find free pages that hold memory, at most max_pages in a row, from the
 * highest address below *cursor_page down, never across the border of a huge
 * page; marks them used, so that nobody takes them while the caller gives them
 * back. Returns pages, 0: none left.
 */
size_t rt_palloc_scavenge_take(struct pagealloc *a, size_t *cursor_page,
    size_t max_pages, uintptr_t *ret_p);
/* Pages of scavenge_take are with the system now; free again. */
void rt_palloc_scavenge_done(struct pagealloc *a, uintptr_t p, size_t npages);
/* Does the system have all of the huge page that p lies in? */
bool rt_palloc_huge_gone(const struct pagealloc *a, uintptr_t p);
/* Compare every summary with the bitmaps; throws. Tests, debug builds. */
void rt_palloc_verify(const struct pagealloc *a);

#endif
