/*
 * slice.c - make, append and copy.
 *
 * How far append grows is visible through cap(), and programs and their tests
 * rely on it, so the steps are Go 1.18's: to what is needed if that is more
 * than double; else double below 256 elements; else by (cap + 3 * 256) / 4
 * until it is enough; then up to the size class. The classes' sizes are Go's
 * too (mem/sizeclasses.h).
 *
 * What append copies is overwritten at once, so only the rest is cleared. A
 * block that may hold pointers comes cleared from the allocator all the same:
 * a collection may look at it before the copy.
 */
#include "types/slice.h"

#include "types/copy.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "mem/sizeclasses.h"

#include <string.h>

#define DOUBLE_BELOW 256

void
rt_panic_makeslice_len(void)
{
	rt_panic_runtime("makeslice: len out of range");
}

void
rt_panic_makeslice_cap(void)
{
	rt_panic_runtime("makeslice: cap out of range");
}

static bool
bytes_of(const struct gort_type *elem, intptr_t n, size_t *ret_bytes)
{
	return n >= 0 &&
	    !__builtin_mul_overflow(elem->size, (size_t)n, ret_bytes) &&
	    *ret_bytes <= RT_MAX_ALLOC_BYTES;
}

/* The length is blamed when it alone is too much. */
static RT_NOINLINE RT_NORETURN void
bad_makeslice(const struct gort_type *elem, intptr_t len)
{
	size_t bytes;

	if (!bytes_of(elem, len, &bytes))
		rt_panic_makeslice_len();
	rt_panic_makeslice_cap();
}

size_t
rt_check_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap)
{
	size_t bytes;

	if (RT_UNLIKELY(len < 0 || len > cap || !bytes_of(elem, cap, &bytes)))
		bad_makeslice(elem, len);
	return bytes;
}

void *
rt_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap)
{
	return rt_mallocgc(
	    rt_check_makeslice(elem, len, cap), elem, true, true);
}

size_t
rt_roundupsize(size_t bytes)
{
	const size_t page = RT_PAGE_BYTES;

	if (bytes <= RT_MAX_SMALL_BYTES)
		return rt_slot_bytes(bytes);
	if (bytes + page < bytes)
		return bytes;
	return (bytes + page - 1) & ~(page - 1);
}

/* Capacity in elements before the size class is looked at. */
static intptr_t
next_cap(intptr_t old_cap, intptr_t need)
{
	intptr_t cap = old_cap;

	/* unsigned: the double of a huge zero-size slice's cap may overflow */
	if ((uintptr_t)need > 2 * (uintptr_t)old_cap)
		return need;
	if (old_cap < DOUBLE_BELOW)
		return 2 * old_cap;
	while (cap < need) {
		intptr_t step = (intptr_t)(((uintptr_t)cap +
		    3 * DOUBLE_BELOW) / 4);

		if (__builtin_add_overflow(cap, step, &cap))
			return need;
	}
	return cap;
}

/* Division takes longer than the rest of an append; most sizes are powers of
 * two, and what is left mostly fits 32 bits, where it is twice as quick. */
static inline intptr_t
elements(size_t bytes, size_t each)
{
	if ((each & (each - 1)) == 0)
		return (intptr_t)(bytes >> __builtin_ctzll(each));
	if ((bytes | each) <= UINT32_MAX)
		return (uint32_t)bytes / (uint32_t)each;
	return (intptr_t)(bytes / each);
}

static RT_NOINLINE RT_NORETURN void
bad_growslice(void)
{
	rt_panic_runtime("growslice: cap out of range");
}

gort_slice
rt_growslice(const struct gort_type *elem, void *old, intptr_t old_len,
    intptr_t old_cap, intptr_t need)
{
	size_t used = (size_t)old_len * elem->size, bytes;
	intptr_t cap;
	char *p;

	if (RT_UNLIKELY(need < old_cap))
		bad_growslice();
	if (elem->size == 0)
		return (gort_slice){ rt_mallocgc(0, NULL, false, false), need,
			need };
	cap = next_cap(old_cap, need);
	if (RT_UNLIKELY(!bytes_of(elem, cap, &bytes)))
		bad_growslice();
	bytes = rt_roundupsize(bytes);
	if (RT_UNLIKELY(bytes > RT_MAX_ALLOC_BYTES))
		bad_growslice();
	cap = elements(bytes, elem->size);
	p = rt_mallocgc(bytes, elem, true, false);
	if (elem->ptrdata == 0) {
		rt_copy(p, old, used);
		rt_zero(p + used, bytes - used);
	} else {
		rt_bulk_barrier_memmove(p, old, used);
	}
	return (gort_slice){ p, need, cap };
}

intptr_t
rt_typedslicecopy(const struct gort_type *elem, void *dst, intptr_t dn,
    const void *src, intptr_t sn)
{
	intptr_t n = dn < sn ? dn : sn;

	if (n == 0 || dst == src)
		return n;
	if (elem->ptrdata == 0)
		memmove(dst, src, (size_t)n * elem->size);
	else
		rt_bulk_barrier_memmove(dst, src, (size_t)n * elem->size);
	return n;
}

void
rt_check_unsafeslice(
    const struct gort_type *elem, const void *p, intptr_t len)
{
	size_t bytes;

	if (len >= 0 &&
	    !__builtin_mul_overflow(elem->size, (size_t)len, &bytes) &&
	    bytes <= -(uintptr_t)p)
		return;
	if (len > 0 && p == NULL)
		rt_panic_runtime(
		    "unsafe.Slice: ptr is nil and len is not zero");
	rt_panic_runtime("unsafe.Slice: len out of range");
}
