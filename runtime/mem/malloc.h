/*
 * malloc.h - allocation, in and beside the collected heap. malloc.c.
 */
#ifndef RT_MALLOC_H
#define RT_MALLOC_H

#include "runtime2.h"
#include "types/type.h"

/*
 * How the collector sees an object:
 *   NOSCAN        holds no pointers
 *   TYPED         pointers where the type's bitmap says (repeated for arrays)
 *   CONSERVATIVE  any word may be a pointer (C memory without a type)
 */

void rt_mallocinit(void); /* boot: size classes, heap reservation, mcache0 */

/*
 * Collected memory for one object of `size` bytes. t == NULL: conservative
 * when `scan`, else noscan. With t: size is t->size * n of some array of t.
 * Always zeroed when it holds pointers; needzero asks for zeroes otherwise.
 * Aligned to 8, to 16 from 16 bytes on. Never NULL: throws "out of memory".
 * Needs a P (or the boot's m0), no runtime lock held. May run a collection
 * and may yield, so a caller on g0 must not use it.
 */
void *rt_mallocgc(size_t size, const struct gort_type *t, bool scan,
    bool needzero);
void *rt_newobject(const struct gort_type *t);
void *rt_newarray(const struct gort_type *t, intptr_t n); /* panics on n */
/* Bytes that a slot for so many has: the size class, for at most
 * RT_MAX_SMALL_BYTES. 0 for 0. Any thread. */
size_t rt_slot_bytes(size_t size);

/* ---- off-heap ---- */

/* Never freed; zeroed; align a power of two, 0 = 8. stat: one of the RT_STAT
 * numbers below, for MemStats. Any thread, any stack. */
enum rt_memstat {
	RT_STAT_OTHER, RT_STAT_GC, RT_STAT_MSPAN, RT_STAT_MCACHE,
	RT_STAT_STACK, RT_STAT_BUCKHASH, RT_STAT_HEAP, RT_STAT_N
};
void *rt_persistentalloc(size_t size, size_t align, enum rt_memstat stat);

/* mem/mfixalloc.c: fixed-size blocks, recycled. Caller's lock guards it. */
struct rt_fixalloc {
	size_t size;
	void *list;  /* freed blocks */
	char *chunk; /* current piece */
	size_t nchunk;
	enum rt_memstat stat;
	size_t inuse;
	bool zero;
};
void rt_fixalloc_init(struct rt_fixalloc *f, size_t size, enum rt_memstat st);
void *rt_fixalloc_alloc(struct rt_fixalloc *f);
void rt_fixalloc_free(struct rt_fixalloc *f, void *p);

/* Growable off-heap arrays (timers, lists): page-granular mmap memory. */
void *rt_sys_alloc(size_t bytes, enum rt_memstat stat); /* zeroed; throws */
void rt_sys_free(void *p, size_t bytes, enum rt_memstat stat);

/* ---- Ps ---- */
struct mcache *rt_allocmcache(void);
void rt_freemcache(struct mcache *c);
void rt_mcache_flush(struct p *pp); /* give spans back (before a sweep) */

/* ---- asked by conservative scans, finalizers, debuggers ---- */
/* Base of the heap object that holds p (interior pointers count), or 0;
 * *ret_size its slot size. Free slots answer 0. */
uintptr_t rt_findobject(uintptr_t p, size_t *ret_size);

/* ---- statistics (mstats.c) ---- */
#define RT_MEMSTAT_CLASSES 68
struct rt_memstats {
	uint64_t alloc, total_alloc, sys, mallocs, frees;
	uint64_t heap_alloc, heap_sys, heap_idle, heap_inuse, heap_released,
	    heap_objects;
	uint64_t stack_inuse, stack_sys, mspan_inuse, mspan_sys, mcache_inuse,
	    mcache_sys, buck_hash_sys, gc_sys, other_sys;
	uint64_t next_gc, last_gc_unix_ns, pause_total_ns;
	uint64_t pause_ns[256], pause_end_ns[256];
	uint32_t num_gc, num_forced_gc;
	uint64_t gc_cpu_permille;
	/* by size class of mem/sizeclasses.h; [0]: large ones. Small objects
	 * that share a slot count as tinyallocs, and in mallocs and frees */
	uint64_t class_mallocs[RT_MEMSTAT_CLASSES],
	    class_frees[RT_MEMSTAT_CLASSES];
	uint64_t tinyallocs, large_alloc_bytes, large_free_bytes;
};
/* Exact; stops the world. User goroutine. */
void rt_readmemstats(struct rt_memstats *ret);
/* Close enough, without stopping anything; any thread. */
void rt_memstats_snapshot(struct rt_memstats *ret);
/* Bytes and objects ever allocated, without all the rest. Any thread. */
void rt_memstats_allocated(uint64_t *ret_bytes, uint64_t *ret_objects);
uint64_t rt_heap_live(void);

/* Zero n bytes with the variant cpuinit picked. n a multiple of 8. */
extern void (*rt_memclr)(void *p, size_t n);

#endif
