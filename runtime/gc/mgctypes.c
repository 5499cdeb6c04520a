/*
 * mgctypes.c - layouts that need more than a descriptor in static memory.
 *
 * Two sorts of types end up here when the first object of them is made:
 *
 *   KIND_GCPROG   the layout is a program that writes the bitmap (large arrays
 *                 mostly). It is run once and the bitmap kept, 1/64 of the
 *                 type's size, so that marking can begin in the middle of an
 *                 object: large ones are read in pieces, by several workers.
 *   in the heap   reflect made the type. Spans remember types by address, so
 *                 such a type must not die and another come to its place: it
 *                 is kept for ever, as reflect's own tables do anyway.
 *
 * A program is a 4-byte count of its bytes (little-endian), then instructions:
 *
 *   00000000              end
 *   0nnnnnnn bytes        n bits follow, the first in the lowest bit
 *   10000000 n c          the last n bits c times more; n and c LEB128
 *   1nnnnnnn c            the same with a small n
 *
 * The table is open-addressed by address. Readers take no lock: an entry is
 * complete before it is stored (release, with their acquire); a larger table
 * is published likewise and the old one stays, as a reader may be in it.
 * Marking only reads; it finds every program, for an object came before it.
 *
 * Rejected: a bitmap for each object (1/64 of each, and the time to run the
 * program for each); interpreting while marking (no way into the middle).
 */
#include "gc/mgc.h"

#include "fault/fault.h"

#include <string.h>

struct held {
	const struct gort_type *t;
	const uint8_t *bits; /* of a program; else NULL */
	struct held *nextheap;
};

struct table {
	size_t mask; /* places - 1 */
	_Atomic(struct held *) place[];
};

static struct {
	struct rt_mutex lock;
	_Atomic(struct table *) table; /* lock to change */
	size_t n;                      /* lock */
	_Atomic(struct held *) heap;   /* lock to change: types in the heap */
} types = { .lock = { .rank = RANK_GCTYPES } };

/* ---- running a program ---- */

struct bits {
	uint8_t *p;
	size_t n, cap; /* in bits; 8 bytes of slack behind cap */
};

#define CHUNK_BITS 56 /* with an offset of up to 7 still one 64-bit word */

static uint64_t
load64(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* k <= CHUNK_BITS bits that begin at bit `at`. */
static uint64_t
peek(const struct bits *b, size_t at, unsigned k)
{
	return load64(b->p + at / 8) >> (at % 8) & (((uint64_t)1 << k) - 1);
}

static void
put(struct bits *b, uint64_t v, unsigned k)
{
	uint8_t *p = b->p + b->n / 8;
	uint64_t w;

	if (k > b->cap - b->n)
		rt_throw("gcprog: more bits than the type has words");
	w = load64(p) | v << (b->n % 8);
	memcpy(p, &w, sizeof(w));
	b->n += k;
}

/* The last `len` bits `times` more. */
static void
repeat(struct bits *b, uint64_t len, uint64_t times)
{
	uint64_t left, v, one;
	unsigned k;

	if (len > b->n || __builtin_mul_overflow(len, times, &left))
		rt_throw("gcprog: bad repetition");
	if (len != 0 && len <= CHUNK_BITS / 2) { /* many short ones at once */
		one = v = peek(b, b->n - len, (unsigned)len);
		for (k = (unsigned)len; k + len <= CHUNK_BITS; k += len)
			v |= one << k;
		for (; left >= k; left -= k)
			put(b, v, k);
		put(b, v & (((uint64_t)1 << left) - 1), (unsigned)left);
		return;
	}
	for (; left != 0; left -= k) {
		k = CHUNK_BITS;
		if (k > len)
			k = (unsigned)len;
		if (k > left)
			k = (unsigned)left;
		put(b, peek(b, b->n - len, k), k);
	}
}

static uint64_t
varint(const uint8_t **pp, const uint8_t *end)
{
	uint64_t v = 0;

	for (unsigned sh = 0; *pp < end && sh < 64; sh += 7) {
		uint8_t c = *(*pp)++;

		v |= (uint64_t)(c & 0x7f) << sh;
		if ((c & 0x80) == 0)
			return v;
	}
	rt_throw("gcprog: bad number");
}

static void
literal(struct bits *b, const uint8_t *p, unsigned n)
{
	for (unsigned i = 0; i < n; i += 8) {
		unsigned k = n - i < 8 ? n - i : 8;

		put(b, p[i / 8] & ((1u << k) - 1), k);
	}
}

void
rt_gcprog_run(const uint8_t *prog, uint8_t *ret_bits, size_t nbits)
{
	struct bits b = { .p = ret_bits, .cap = nbits };
	uint32_t bytes;
	const uint8_t *p = prog + sizeof(bytes), *end;

	memcpy(&bytes, prog, sizeof(bytes));
	end = p + bytes;
	for (;;) {
		uint8_t op = p < end ? *p++ : 0;
		uint64_t n = op & 0x7f;

		if (op == 0)
			return;
		if ((op & 0x80) == 0) {
			if ((size_t)(end - p) < (n + 7) / 8)
				rt_throw("gcprog: cut short");
			literal(&b, p, (unsigned)n);
			p += (n + 7) / 8;
			continue;
		}
		if (n == 0)
			n = varint(&p, end);
		repeat(&b, n, varint(&p, end));
	}
}

static const uint8_t *
expand(const struct gort_type *t)
{
	size_t nbits = t->size / sizeof(void *);
	uint8_t *p = rt_persistentalloc(
	    (nbits + 7) / 8 + RT_GCPROG_SLACK_BYTES, 8, RT_STAT_GC);

	rt_gcprog_run(t->gcdata, p, nbits);
	return p;
}

/* ---- the table ---- */

static size_t
hash(const struct gort_type *t)
{
	uint64_t x = ((uintptr_t)t >> 3) * 0x9e3779b97f4a7c15;

	return (size_t)(x >> 32);
}

static struct held *
find(struct table *tb, const struct gort_type *t)
{
	struct held *e;

	if (tb == NULL)
		return NULL;
	for (size_t i = hash(t);; i++) {
		e = atomic_load_explicit(
		    &tb->place[i & tb->mask], memory_order_acquire);
		if (e == NULL || e->t == t)
			return e;
	}
}

static void
place(struct table *tb, struct held *e)
{
	size_t i = hash(e->t);

	while (atomic_load_explicit(&tb->place[i & tb->mask],
	           memory_order_relaxed) != NULL) /* the lock is held */
		i++;
	atomic_store_explicit(
	    &tb->place[i & tb->mask], e, memory_order_release);
}

/* types.lock held. At most half of the places are taken. */
static void
insert(struct held *e)
{
	struct table *tb = atomic_load(&types.table), *big;
	size_t places = tb == NULL ? 0 : tb->mask + 1;

	if (2 * (types.n + 1) > places) {
		size_t more = places == 0 ? 64 : 2 * places;

		big = rt_persistentalloc(
		    sizeof(*big) + more * sizeof(big->place[0]), 8,
		    RT_STAT_GC);
		big->mask = more - 1;
		for (size_t i = 0; i < places; i++)
			if (atomic_load(&tb->place[i]) != NULL)
				place(big, atomic_load(&tb->place[i]));
		atomic_store(&types.table, big);
		tb = big;
	}
	place(tb, e);
	types.n++;
}

static struct held *
add(const struct gort_type *t)
{
	struct held *e = rt_persistentalloc(sizeof(*e), 8, RT_STAT_GC);

	e->t = t;
	if (t->kind & KIND_GCPROG)
		e->bits = expand(t);
	if (rt_spanof((uintptr_t)t) != NULL) {
		/* a root from now on, perhaps after the roots were read */
		rt_gc_shade((void *)(uintptr_t)t);
		e->nextheap = atomic_load(&types.heap);
		atomic_store(&types.heap, e);
	}
	insert(e);
	return e;
}

void
rt_gctype_hold(const struct gort_type *t)
{
	if ((t->kind & KIND_GCPROG) == 0 && rt_spanof((uintptr_t)t) == NULL)
		return;
	if (find(atomic_load(&types.table), t) != NULL)
		return;
	rt_lock(&types.lock);
	if (find(atomic_load(&types.table), t) == NULL)
		add(t);
	rt_unlock(&types.lock);
}

const uint8_t *
rt_gcprog_bits(const struct gort_type *t)
{
	struct held *e = find(atomic_load(&types.table), t);

	if (e == NULL)
		rt_throw("gcprog: a type without its bitmap");
	return e->bits;
}

void
rt_gctypes_mark(struct gcworker *w)
{
	struct held *e = atomic_load(&types.heap);

	for (; e != NULL; e = e->nextheap)
		rt_gcmark_word(w, (uintptr_t)e->t);
}
