/*
 * mstats.c - the numbers of MemStats.
 *
 * Two kinds of counter. Bytes from the system: rt_memstat_sys, one word a
 * kind, changed where memory is mapped or moved between kinds (mfixalloc.c,
 * mheap.c). Objects: made, as the caches count them (mcache.c) and large ones
 * in heap.stats; freed, in heap.stats when a span is swept. From these
 * everything else is computed here, so no identity can drift: Sys is the sum
 * of the parts because it is added up, and HeapIdle is what HeapSys and
 * HeapInuse leave.
 *
 * Numbers that fit each other need the world stopped (rt_readmemstats). The
 * snapshot reads the same words while they move: each of them was true at
 * some time during the call, and none that counts events ever sinks.
 */
#include "mem/mheap.h"

#include "gc/gc.h"
#include "gc/mgc.h"
#include "sched/sched.h"

#include <string.h>

_Static_assert(RT_MEMSTAT_CLASSES == RT_SIZE_CLASS_N, "one entry a class");

_Atomic uint64_t rt_memstat_sys[RT_STAT_N];

static uint64_t
get(const _Atomic uint64_t *v)
{
	return atomic_load_explicit(v, memory_order_relaxed);
}

uint64_t
rt_heap_live(void)
{
	return get(&rt_heap.live);
}

uint64_t
rt_mem_nonheap_bytes(void)
{
	uint64_t n = rt_stack_bytes_inuse();

	for (int i = 0; i < RT_STAT_N; i++)
		if (i != RT_STAT_HEAP && i != RT_STAT_STACK)
			n += get(&rt_memstat_sys[i]);
	return n;
}

uint64_t
rt_mem_total_bytes(void)
{
	uint64_t heap = get(&rt_memstat_sys[RT_STAT_HEAP]);
	uint64_t gone = get(&rt_heap.stats.released_bytes);

	return rt_mem_nonheap_bytes() + (heap > gone ? heap - gone : 0);
}

static void
fill_objects(struct rt_memstats *r)
{
	struct heap_stats *st = &rt_heap.stats;
	struct rt_mcache_counts made;
	uint64_t freed_bytes = 0;

	/* frees first: a free seen implies its malloc is seen */
	for (unsigned c = 0; c < RT_SIZE_CLASS_N; c++) {
		uint64_t nf = get(&st->nfree[c]);

		r->class_frees[c] = nf;
		r->frees += nf;
		freed_bytes += nf * rt_class_to_size[c];
	}
	r->large_free_bytes = get(&st->large_free_bytes);
	freed_bytes += r->large_free_bytes;
	rt_mcache_count(&made);
	made.slots[0] = get(&st->nlarge);
	for (unsigned c = 0; c < RT_SIZE_CLASS_N; c++) {
		r->class_mallocs[c] = made.slots[c];
		r->mallocs += made.slots[c];
		r->total_alloc += made.slots[c] * rt_class_to_size[c];
	}
	r->large_alloc_bytes = get(&st->large_alloc_bytes);
	r->total_alloc += r->large_alloc_bytes;
	r->alloc = r->total_alloc > freed_bytes ? r->total_alloc - freed_bytes
	                                        : 0;
	r->heap_alloc = r->alloc;
	r->heap_objects = r->mallocs > r->frees ? r->mallocs - r->frees : 0;
	/* tiny objects share a slot and die with it: counted on both sides */
	r->tinyallocs = made.tinyallocs;
	r->mallocs += made.tinyallocs;
	r->frees += made.tinyallocs;
}

void
rt_memstats_allocated(uint64_t *ret_bytes, uint64_t *ret_objects)
{
	struct rt_mcache_counts made;
	uint64_t n = get(&rt_heap.stats.nlarge);
	uint64_t bytes = get(&rt_heap.stats.large_alloc_bytes);

	rt_mcache_count(&made);
	for (unsigned c = 1; c < RT_SIZE_CLASS_N; c++) {
		n += made.slots[c];
		bytes += made.slots[c] * rt_class_to_size[c];
	}
	*ret_bytes = bytes;
	*ret_objects = n + made.tinyallocs;
}

static void
fill_system(struct rt_memstats *r)
{
	struct mheap *h = &rt_heap;

	r->heap_sys = get(&rt_memstat_sys[RT_STAT_HEAP]);
	r->heap_inuse = get(&h->stats.inuse_bytes);
	if (r->heap_inuse > r->heap_sys) /* snapshot between two steps */
		r->heap_inuse = r->heap_sys;
	r->heap_idle = r->heap_sys - r->heap_inuse;
	r->heap_released = get(&h->stats.released_bytes);
	if (r->heap_released > r->heap_idle)
		r->heap_released = r->heap_idle;
	r->stack_inuse = rt_stack_bytes_inuse();
	r->stack_sys = rt_stack_bytes_sys();
	if (r->stack_sys < r->stack_inuse)
		r->stack_sys = r->stack_inuse;
	/* racy reads of plain counters that heap.lock guards: take it */
	rt_lock(&h->lock);
	r->mspan_inuse = h->spanalloc.inuse;
	r->mcache_inuse = h->cachealloc.inuse;
	rt_unlock(&h->lock);
	r->mspan_sys = get(&rt_memstat_sys[RT_STAT_MSPAN]);
	r->mcache_sys = get(&rt_memstat_sys[RT_STAT_MCACHE]);
	r->buck_hash_sys = get(&rt_memstat_sys[RT_STAT_BUCKHASH]);
	r->gc_sys = get(&rt_memstat_sys[RT_STAT_GC]);
	r->other_sys = get(&rt_memstat_sys[RT_STAT_OTHER]);
	r->sys = r->heap_sys + r->stack_sys + r->mspan_sys + r->mcache_sys +
	    r->buck_hash_sys + r->gc_sys + r->other_sys;
}

void
rt_memstats_snapshot(struct rt_memstats *ret)
{
	memset(ret, 0, sizeof(*ret));
	fill_objects(ret);
	fill_system(ret);
	rt_gc_fill_memstats(ret);
}

static void
read_stopped(void *arg)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_mcache_flush(rt_allp[i]);
	rt_memstats_snapshot(arg);
}

void
rt_readmemstats(struct rt_memstats *ret)
{
	rt_stop_the_world("read mem stats");
	rt_systemstack(read_stopped, ret);
	rt_start_the_world();
}
