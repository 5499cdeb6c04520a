/*
 * typehash.c - hashing and equality of values whose type is known at run time
 * only: what sits in an interface, and keys of maps that reflection made.
 *
 * The hash walks the descriptor. It must agree with the type's equality, and
 * with the hash that compiled code uses for the same type: for memory of 4 and
 * 8 bytes, strings, floats and interfaces that is the very same function; for
 * a compound the two may differ, and that is fine, because a map takes one
 * function for all of its life (its type's hasher).
 *
 * Fields named `_` take no part in equality, so none in the hash.
 *
 * What can't be compared (functions, maps, slices, and compounds of them)
 * panics. Nothing is held or half-done at that moment: callers hash before
 * they change anything.
 */
#include "types/type.h"
#include "types/type_alg.h"
#include "fault/fault.h"
#include "mem/malloc.h"

/* Panic with the words and the type's name. Does not return. */
static RT_NORETURN RT_NOINLINE void
panic_type(const char *words, const struct gort_type *t)
{
	char name[256];
	size_t n = rt_type_name(t, name, sizeof name), w = strlen(words);
	char *text = rt_mallocgc(w + n + 1, NULL, false, false);

	memcpy(text, words, w);
	memcpy(text + w, name, n + 1);
	rt_panic_runtime(text);
}

static uint64_t
hash_array(const struct gort_type *t, const char *p, uint64_t h)
{
	const struct rt_array_type *a = (const struct rt_array_type *)t;

	for (uintptr_t i = 0; i < a->len; i++)
		h = rt_typehash(a->elem, p + i * a->elem->size, h);
	return h;
}

static uint64_t
hash_struct(const struct gort_type *t, const char *p, uint64_t h)
{
	const struct rt_struct_type *s = (const struct rt_struct_type *)t;

	for (intptr_t i = 0; i < s->n; i++) {
		const struct rt_struct_field *f = &s->fields[i];

		if (f->name->n == 1 && f->name->p[0] == '_')
			continue;
		h = rt_typehash(f->typ, p + (f->offset_embedded >> 1), h);
	}
	return h;
}

uint64_t
rt_typehash(const struct gort_type *t, const void *p, uint64_t h)
{
	if (t->equal == NULL)
		panic_type("hash of unhashable type ", t);
	switch (t->kind & KIND_MASK) {
	case KIND_FLOAT32:
		return rt_f32hash(p, h);
	case KIND_FLOAT64:
		return rt_f64hash(p, h);
	case KIND_COMPLEX64:
		return rt_c64hash(p, h);
	case KIND_COMPLEX128:
		return rt_c128hash(p, h);
	case KIND_STRING:
		return rt_strhash(p, h);
	case KIND_INTERFACE:
		return ((const struct rt_interface_type *)t)->n == 0
		    ? rt_nilinterhash(p, h) : rt_interhash(p, h);
	case KIND_ARRAY:
		return hash_array(t, p, h);
	case KIND_STRUCT:
		return hash_struct(t, p, h);
	default: /* integers, bool, pointers, channels: their bytes */
		return rt_memhash(p, h, t->size);
	}
}

/* ---- interfaces ---- */

static uint64_t
hash_eface(struct gort_eface e, uint64_t h)
{
	if (e.t == NULL)
		return h;
	if (e.t->kind & KIND_DIRECT)
		return rt_typehash(e.t, &e.d, h);
	return rt_typehash(e.t, e.d, h);
}

uint64_t
rt_nilinterhash(const void *p, uint64_t seed)
{
	return hash_eface(*(const struct gort_eface *)p, seed);
}

uint64_t
rt_interhash(const void *p, uint64_t seed)
{
	return hash_eface(rt_iface_eface(*(const struct gort_iface *)p), seed);
}

bool
rt_efacevaleq(struct gort_eface x, const struct gort_type *t, const void *p)
{
	if (x.t != t)
		return false;
	if (t == NULL)
		return true;
	if (t->equal == NULL)
		panic_type("comparing uncomparable type ", t);
	/* not by address first: a NaN differs from itself */
	return t->kind & KIND_DIRECT ? x.d == p : rt_call_equal(t->equal, x.d, p);
}

bool
rt_efaceeq(struct gort_eface x, struct gort_eface y)
{
	return rt_efacevaleq(x, y.t, y.d);
}

bool
rt_ifaceeq(struct gort_iface x, struct gort_iface y)
{
	return rt_efaceeq(rt_iface_eface(x), rt_iface_eface(y));
}

bool
rt_nilinterequal(const void *a, const void *b)
{
	return rt_efaceeq(*(const struct gort_eface *)a,
	    *(const struct gort_eface *)b);
}

bool
rt_interequal(const void *a, const void *b)
{
	return rt_ifaceeq(*(const struct gort_iface *)a,
	    *(const struct gort_iface *)b);
}
