/*
 * mbitmap.c - which words of a TYPED slot hold pointers.
 *
 * Most spans are homogeneous: a program that allocates tree nodes fills span
 * after span with tree nodes. So the layout is kept once per span as long as
 * all its slots agree, and an allocation then writes nothing but compares the
 * span's last type with its own. The first object that differs turns the span
 * into a MIXED one with a table of its own beside the heap.
 *
 *   elemsize <= 512   a layout is one 64-bit mask, bit i for word i.
 *                     MIXED: the masks of all slots packed, elemsize/8 bits
 *                     each; a slot's bits may cross one word border.
 *   larger            a layout is the type, whose bitmap is read while
 *                     marking. MIXED: one type pointer a slot.
 *
 * A type is repeated to the end of the slot, whatever size was asked: arrays
 * of one type then agree whatever their length, and the rest of the slot is
 * zero, so reading it is harmless. Two types with one mask count as one.
 *
 * A span becomes NONE again only by being freed and allocated anew. Until then
 * a SAME span keeps its mask though it was swept half empty; if the program
 * goes on with another type, the span is turned MIXED at the first of them.
 *
 * Who writes: the P whose cache holds the span. Who reads: marking, at the same
 * time, but only of slots that were allocated before it began: what is made
 * meanwhile is born marked and not looked into. Their bits stand still; what a
 * reader must not see is the half of a change from SAME to MIXED. The writer
 * fills `ptrs`, stores layout (release), then clears `type`; the reader loads
 * `type` first and layout after it (both acquire). If it finds SAME, its type
 * was read before the change and is the one all older slots have.
 *
 * Rejected: two bits per word in a heap-wide bitmap (a write per object); a
 * header word in front of larger objects (a 1-KiB object no longer fits its
 * class). Layouts that are programs: mgctypes.c makes bitmaps of them.
 */
#include "gc/mgc.h"

static inline unsigned
slot_words(const struct mspan *s)
{
	return (unsigned)(s->elemsize / sizeof(void *));
}

static inline uint64_t
low_bits(unsigned n)
{
	return n >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
}

static inline bool
by_mask(const struct mspan *s)
{
	return s->elemsize <= RT_MASK_MAX_BYTES;
}

unsigned
rt_bitmap_words(const struct mspan *s)
{
	if (by_mask(s))
		return (unsigned)(s->npages << RT_PAGE_SHIFT) / 8 / 64;
	return s->nelems;
}

/* t's pointer mask, repeated over nwords words. */
static uint64_t
mask_of(const struct gort_type *t, unsigned nwords)
{
	unsigned nbits = (unsigned)(t->ptrdata / sizeof(void *));
	unsigned each = (unsigned)(t->size / sizeof(void *));
	const uint8_t *bits = rt_gctype_bits(t);
	uint64_t one = 0, m = 0;

	for (unsigned i = 0; i < (nbits + 7) / 8; i++)
		one |= (uint64_t)bits[i] << (8 * i);
	one &= low_bits(nbits);
	if (each == 0)
		rt_throw("mallocgc: type with pointers but no size");
	for (unsigned off = 0; off < nwords; off += each)
		m |= one << off;
	return m & low_bits(nwords);
}

void
rt_bitmap_setmask(struct mspan *s, uint32_t slot, uint64_t m)
{
	unsigned n = slot_words(s), off = slot * n, sh = off % 64;
	uint64_t *w = &s->ptrs[off / 64];

	/* in one store each: others' bits in the word are being read */
	__atomic_store_n(&w[0], (w[0] & ~(low_bits(n) << sh)) | m << sh,
	    __ATOMIC_RELAXED);
	if (sh + n > 64)
		__atomic_store_n(&w[1],
		    (w[1] & ~(low_bits(n) >> (64 - sh))) | m >> (64 - sh),
		    __ATOMIC_RELAXED);
}

/* From SAME to MIXED: every slot gets what they had in common. */
static void
make_mixed(struct mspan *s)
{
	s->ptrs = rt_bits_alloc(rt_bitmap_words(s));
	for (uint32_t i = 0; i < s->nelems; i++) {
		if (by_mask(s))
			rt_bitmap_setmask(s, i, s->mask);
		else
			s->ptrs[i] = (uint64_t)(uintptr_t)s->type;
	}
	__atomic_store_n(&s->layout, LAYOUT_MIXED, __ATOMIC_RELEASE);
	/* the fast path's comparison must fail from now on; in this order:
	 * see the essay */
	__atomic_store_n(&s->type, NULL, __ATOMIC_RELEASE);
}

static void
settype_mask(struct mspan *s, uint32_t slot, const struct gort_type *t)
{
	uint64_t m = mask_of(t, slot_words(s));

	if (s->layout == LAYOUT_NONE) {
		s->mask = m;
		s->layout = LAYOUT_SAME;
	}
	if (s->layout == LAYOUT_SAME && s->mask == m) {
		s->type = t;
		return;
	}
	if (s->layout == LAYOUT_SAME)
		make_mixed(s);
	rt_bitmap_setmask(s, slot, m);
}

static void
settype_word(struct mspan *s, uint32_t slot, const struct gort_type *t)
{
	if (s->layout == LAYOUT_NONE) {
		s->type = t;
		s->layout = LAYOUT_SAME;
	}
	if (s->layout == LAYOUT_SAME && s->type == t)
		return;
	if (s->layout == LAYOUT_SAME)
		make_mixed(s);
	s->ptrs[slot] = (uint64_t)(uintptr_t)t;
}

void
rt_bitmap_settype(
    struct mspan *s, uintptr_t slot_base, const struct gort_type *t)
{
	uint32_t slot = rt_slotof(s, slot_base);

	rt_gctype_hold(t);
	if (by_mask(s))
		settype_mask(s, slot, t);
	else
		settype_word(s, slot, t);
}

uint64_t
rt_bitmap_mask(const struct mspan *s, uint32_t slot)
{
	unsigned n = slot_words(s), off = slot * n, sh = off % 64;
	uint8_t layout = __atomic_load_n(&s->layout, __ATOMIC_ACQUIRE);
	const uint64_t *w;
	uint64_t m;

	if (layout != LAYOUT_MIXED)
		return layout == LAYOUT_SAME ? s->mask : 0;
	w = &s->ptrs[off / 64];
	m = __atomic_load_n(&w[0], __ATOMIC_RELAXED) >> sh;
	if (sh + n > 64)
		m |= __atomic_load_n(&w[1], __ATOMIC_RELAXED) << (64 - sh);
	return m & low_bits(n);
}

const struct gort_type *
rt_bitmap_type(const struct mspan *s, uint32_t slot)
{
	const struct gort_type *t =
	    __atomic_load_n(&s->type, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&s->layout, __ATOMIC_ACQUIRE) == LAYOUT_MIXED)
		return (const struct gort_type *)(uintptr_t)s->ptrs[slot];
	return t;
}
