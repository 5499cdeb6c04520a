/*
 * mbarrier.c - the one way in which pointers are stored into the heap.
 *
 * Marking stops the world today, so a store is a store. What matters is that
 * everybody already comes through here: when marking becomes concurrent, the
 * deletion-and-insertion barrier is put into these functions and nowhere else.
 * Copies are made in whole words because a concurrent marker must never see
 * half a pointer; memmove of this libc copies aligned words whole, but does not
 * promise it, so the loop is ours.
 */
#include "gc/mgc.h"

#include <string.h>

void
rt_writeptr(void *slot, void *ptr)
{
	*(void **)slot = ptr;
}

void
rt_atomic_writeptr(void **slot, void *ptr)
{
	__atomic_store_n(slot, ptr, __ATOMIC_SEQ_CST);
}

void *
rt_atomic_swapptr(void **slot, void *ptr)
{
	return __atomic_exchange_n(slot, ptr, __ATOMIC_SEQ_CST);
}

bool
rt_atomic_casptr(void **slot, void *old, void *ptr)
{
	return __atomic_compare_exchange_n(
	    slot, &old, ptr, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void
rt_bulk_barrier_memmove(void *dst, const void *src, size_t bytes)
{
	uintptr_t *d = dst;
	const uintptr_t *s = src;
	size_t n = bytes / sizeof(*d), tail = bytes % sizeof(*d);

	if ((((uintptr_t)dst | (uintptr_t)src) & (sizeof(*d) - 1)) != 0) {
		/* no aligned pointer in it that a collector could follow */
		memmove(dst, src, bytes);
		return;
	}
	if ((uintptr_t)dst - (uintptr_t)src >= bytes) {
		for (size_t i = 0; i < n; i++)
			d[i] = s[i];
		memmove(d + n, s + n, tail);
		return;
	}
	memmove(d + n, s + n, tail);
	while (n-- > 0)
		d[n] = s[n];
}

void
rt_typedmemmove(const struct gort_type *t, void *dst, const void *src)
{
	if (dst == src)
		return;
	if (t->ptrdata == 0)
		memmove(dst, src, t->size);
	else
		rt_bulk_barrier_memmove(dst, src, t->size);
}

void
rt_bulk_barrier_memclr(void *p, size_t bytes)
{
	rt_memclr(p, bytes);
}

void
rt_typedmemclr(const struct gort_type *t, void *p)
{
	if (t->ptrdata == 0)
		memset(p, 0, t->size);
	else
		rt_bulk_barrier_memclr(p, t->size);
}
