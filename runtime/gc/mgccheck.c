/*
 * mgccheck.c - what must be true of what was marked.
 *
 * GODEBUG=gccheckmark=1: is it closed? At the end of a cycle, world stopped and
 * caches flushed, each pointer in a marked object, and each in a variable of a
 * compiled package, must point to a marked object, or into a free slot (a stale
 * conservative word). If one does not, a store went past the barrier, or marking
 * missed something: the object would be freed under the feet of whoever follows
 * that pointer. The report names both ends, and the program is thrown.
 *
 * Stacks are not looked at: they are conservative, and a dead word in a frame
 * may name an object that died long ago.
 *
 * GODEBUG=invalidptr, on unless it is 0: does a pointer in a marked object lead
 * into a span that is free? Marking follows every pointer of every live object
 * in every cycle, so what one leads to is alive; if its span was freed, somebody
 * made the pointer of a number, kept it where the collector does not look, or
 * stored it past the barrier. Only words that a layout calls pointers are
 * asked, as a word read conservatively may be anything. One past the end of an
 * object is fine: the next span may be free.
 */
#include "gc/mgc.h"

#include "diag/diag.h"
#include "fault/fault.h"

static bool
is_set(const struct mspan *s, uint32_t slot)
{
	return rt_is_marked(s, slot);
}

static RT_NO_SANITIZE void
check_word(uintptr_t holder, size_t off, uintptr_t p)
{
	struct mspan *s = rt_spanof(p);
	uint32_t slot;

	if (s == NULL)
		return;
	slot = rt_slotof(s, p);
	if (is_set(s, slot) || (s->allocbits[slot / 64] >> (slot % 64) & 1) == 0)
		return;
	rt_printf("runtime: checkmark found unmarked object %p "
	          "(span of %zu-byte slots, kind %d)\n",
	    (void *)(s->base + slot * s->elemsize), s->elemsize, s->kind);
	rt_printf("runtime: referred to by %p+%zu (word %p)\n",
	    (void *)holder, off, (void *)p);
	s = rt_spanof(holder);
	if (s != NULL)
		rt_printf("runtime: an object of %zu-byte slots, kind %d\n",
		    s->elemsize, s->kind);
	rt_throw("checkmark found unmarked object");
}

static RT_NO_SANITIZE void
check_object(const struct mspan *s, uint32_t slot)
{
	uintptr_t base = s->base + slot * s->elemsize;
	const struct gort_type *t = NULL;
	uint64_t mask = 0;
	size_t words = s->elemsize / sizeof(uintptr_t);

	if (s->kind == SPAN_TYPED && s->elemsize <= RT_MASK_MAX_BYTES)
		mask = rt_bitmap_mask(s, slot);
	else if (s->kind == SPAN_TYPED && (t = rt_bitmap_type(s, slot)) == NULL)
		return;
	for (size_t i = 0; i < words; i++) {
		if (t != NULL) {
			size_t k = i % (t->size / sizeof(uintptr_t));

			if (k >= t->ptrdata / sizeof(uintptr_t) ||
			    !(rt_gctype_bits(t)[k / 8] >> (k % 8) & 1))
				continue;
		} else if (s->kind == SPAN_TYPED && !(mask >> i & 1)) {
			continue;
		}
		check_word(base, i * sizeof(uintptr_t), ((uintptr_t *)base)[i]);
	}
}

RT_NOINLINE void
rt_gccheck_stray(uintptr_t p, uintptr_t at)
{
	struct mspan *s;

	if (atomic_load_explicit(
	        &rt_debug.invalidptr, memory_order_relaxed) == 0 ||
	    rt_spanof(p - 1) != NULL)
		return;
	rt_printf("runtime: pointer %#lx to unallocated span\n",
	    (unsigned long)p);
	s = rt_spanof(at);
	if (s != NULL) {
		uintptr_t base = s->base + rt_slotof(s, at) * s->elemsize;

		rt_printf("runtime: found in object at *(%#lx+%#lx), "
		          "of %zu-byte slots\n",
		    (unsigned long)base, (unsigned long)(at - base),
		    s->elemsize);
	} else {
		rt_printf("runtime: found in a variable at %#lx\n",
		    (unsigned long)at);
	}
	rt_throw("found bad pointer in Go heap (incorrect use of unsafe or "
	         "cgo?)");
}

void
rt_gccheck_closure(void)
{
	struct mspan *s;
	uintptr_t at = 0;

	while ((s = rt_mheap_next(&at)) != NULL)
		if (s->kind != SPAN_NOSCAN)
			for (uint32_t k = 0; k < s->nelems; k++)
				if (is_set(s, k))
					check_object(s, k);
	rt_gcroots_each(check_word);
}
