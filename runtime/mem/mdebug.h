/*
 * mdebug.h - debugging aids of the allocator and the collector; for mem/ and
 * gc/ only. mdebug.c, mverify.c.
 */
#ifndef RT_MDEBUG_H
#define RT_MDEBUG_H

#include "mem/mheap.h"

void rt_mdebug_init(void);   /* gcinit: debug variables are known */
void rt_mdebug_update(void); /* they may have changed; any thread */
bool rt_mdebug_sbrk(void);   /* there is no heap to speak of */

/* An allocation while rt_malloc_hooked is set. size is not 0. */
void *rt_mdebug_malloc(size_t size, const struct gort_type *t,
    enum span_kind kind, bool needzero);

/* A sweep, before the mark bits are used: does anybody want to see what dies?
 * Show it. */
bool rt_mdebug_watches_deaths(void);
void rt_mdebug_deaths(struct mspan *s);
/* Pages of a dead span: true when they fault from now on and nobody may have
 * them again. */
bool rt_mdebug_fence(uintptr_t p, size_t bytes);

/* World stopped, caches flushed: everything is swept and nothing marked;
 * everything is marked that will be. */
void rt_mdebug_cycle_begins(void);
void rt_mdebug_cycle_ends(void);

/* ---- mverify.c ---- */
/*
 * Compare everything the heap knows twice: spans, their bits and records, the
 * table, central lists, the page allocator, statistics. Throws where something
 * does not fit. World stopped, all caches flushed; takes its locks one at a time.
 */
void rt_heap_verify(void);
/* Stop the world for it. User goroutine. */
void rt_heap_verify_now(void);

#endif
