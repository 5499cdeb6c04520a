/*
 * mdecommit.c - how free pages of the heap go to the system, and come back.
 *
 *   as a rule         MADV_DONTNEED: gone at once, the next touch finds zeroes
 *   madvdontneed=0    MADV_FREE: the kernel takes them when it needs some, and
 *                     resident memory seems to stay; until then the next touch
 *                     finds what was there
 *   harddecommit=1    they fault, too, until they are allocated
 *
 * The variables may change while the program runs, and nothing is remembered
 * of a page but that it is gone. So once a way was used, all gone pages are
 * treated as gone in that way: cleared (or asked to be) when they come back,
 * made accessible again. Both flags are set before the page is marked as gone
 * under heap.lock, and read after it was taken under that.
 */
#include "mem/mheap.h"

#include "diag/diag.h"
#include "os/os.h"

static _Atomic bool lazy, hard; /* ever */

int
rt_heap_decommit(void *p, size_t bytes)
{
	if (RT_UNLIKELY(atomic_load_explicit(
	                    &rt_debug.harddecommit, memory_order_relaxed) > 0)) {
		atomic_store_explicit(&hard, true, memory_order_relaxed);
		return rt_sys_fault(p, bytes);
	}
	if (RT_UNLIKELY(atomic_load_explicit(
	        &rt_debug.madvdontneed, memory_order_relaxed) == 0)) {
		atomic_store_explicit(&lazy, true, memory_order_relaxed);
		if (rt_sys_unused_lazily(p, bytes) == 0)
			return 0;
	}
	return rt_sys_unused(p, bytes);
}

bool
rt_heap_recommit(uintptr_t p, size_t bytes)
{
	if (RT_UNLIKELY(atomic_load_explicit(&hard, memory_order_relaxed)) &&
	    rt_sys_map((void *)p, bytes) != 0)
		rt_out_of_memory(bytes);
	return !atomic_load_explicit(&lazy, memory_order_relaxed);
}
