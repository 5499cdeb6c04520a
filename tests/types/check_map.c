/*
 * check_map.c - maps against a model: random operations on every kind of key
 * and element, iteration while the map changes, growth, clearing, and the ways
 * in which misuse ends.
 *
 * The model is an array: key number i is present or not, and has a version.
 * Elements carry the key's number and version, some through a pointer to a
 * collected object, so a lost or stale entry shows.
 */
#include "chan/booted.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/oracle.h"
#include "types/map_table.h"

/* ---- types ---- */

static const struct rt_funcval
    eq64 = { (void (*)(void))rt_memequal64 },
    eq32 = { (void (*)(void))rt_memequal32 },
    eqstr = { (void (*)(void))rt_strequal },
    eqf64 = { (void (*)(void))rt_f64equal },
    eqeface = { (void (*)(void))rt_nilinterequal },
    hash64 = { (void (*)(void))rt_memhash64 },
    hash32 = { (void (*)(void))rt_memhash32 },
    hashstr = { (void (*)(void))rt_strhash_at },
    hashf64 = { (void (*)(void))rt_f64hash },
    hasheface = { (void (*)(void))rt_nilinterhash };

struct wide { /* a key larger than a slot holds; equal by all of it */
	uint64_t w[25];
};

static bool
wide_equal(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct wide)) == 0;
}

static uint64_t
wide_hash(const void *p, uint64_t seed)
{
	return rt_memhash(p, seed, sizeof(struct wide));
}

/* Two bytes of key, and a hash that is no good: long probes. */
static bool
poor_equal(const void *a, const void *b)
{
	return memcmp(a, b, 2) == 0;
}

static uint64_t
poor_hash(const void *p, uint64_t seed)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return rt_hash_word(v / 8, seed);
}

static const struct rt_funcval eqwide = { (void (*)(void))wide_equal },
                               hashwide = { (void (*)(void))wide_hash },
                               eqpoor = { (void (*)(void))poor_equal },
                               hashpoor = { (void (*)(void))poor_hash };

static const uint8_t word0[32] = { 1 }, word01[32] = { 3 },
                     word1[32] = { 2 };
static const gort_str name = { "test", 4 };

/* clang-format off */
#define TYPE(v, bytes, al, ptr, k, eq, mask)                                  \
	static const struct gort_type v = { .size = bytes, .ptrdata = ptr,    \
		.align = al, .field_align = al, .kind = k, .equal = eq,       \
		.gcdata = mask, .str = &name }
TYPE(t_u64, 8, 8, 0, KIND_UINT64, &eq64, NULL);
TYPE(t_u32, 4, 4, 0, KIND_UINT32, &eq32, NULL);
TYPE(t_str, 16, 8, 8, KIND_STRING, &eqstr, word0);
TYPE(t_f64, 8, 8, 0, KIND_FLOAT64, &eqf64, NULL);
TYPE(t_ptr, 8, 8, 8, KIND_PTR | KIND_DIRECT, &eq64, word0);
TYPE(t_wide, sizeof(struct wide), 8, 0, KIND_ARRAY, &eqwide, NULL);
TYPE(t_u16, 2, 2, 0, KIND_UINT16, &eqpoor, NULL);
TYPE(t_none, 0, 1, 0, KIND_STRUCT, NULL, NULL);
TYPE(t_byte3, 3, 1, 0, KIND_ARRAY, NULL, NULL);
TYPE(t_numptr, 16, 8, 16, KIND_STRUCT, NULL, word1); /* {u64, ptr} */
TYPE(t_big, 2000, 8, 16, KIND_STRUCT, NULL, word1); /* the same, and more */
TYPE(t_func, 8, 8, 8, KIND_FUNC | KIND_DIRECT, NULL, word0);
/* clang-format on */

static const struct rt_interface_type t_eface = {
	.t = { .size = 16, .ptrdata = 16, .align = 8, .field_align = 8,
		.kind = KIND_INTERFACE, .equal = &eqeface, .gcdata = word01,
		.str = &name },
};

enum { REFLEXIVE = 4, OVERWRITE = 8, MAY_PANIC = 16 };
#define MAP(k, e, h, f) { .t = { .kind = KIND_MAP | KIND_DIRECT, .size = 8 }, \
	.key = k, .elem = e, .hasher = h, .flags = f }

static const struct rt_map_type types[] = {
	MAP(&t_u64, &t_u64, &hash64, REFLEXIVE),
	MAP(&t_u64, &t_numptr, &hash64, REFLEXIVE),
	MAP(&t_u64, &t_big, &hash64, REFLEXIVE),
	MAP(&t_u64, &t_none, &hash64, REFLEXIVE),
	MAP(&t_u32, &t_u32, &hash32, REFLEXIVE),
	MAP(&t_u32, &t_byte3, &hash32, REFLEXIVE),
	MAP(&t_u32, &t_ptr, &hash32, REFLEXIVE),
	MAP(&t_str, &t_u64, &hashstr, REFLEXIVE | OVERWRITE),
	MAP(&t_str, &t_numptr, &hashstr, REFLEXIVE | OVERWRITE),
	MAP(&t_f64, &t_u64, &hashf64, OVERWRITE),
	MAP(&t_eface.t, &t_ptr, &hasheface, OVERWRITE | MAY_PANIC),
	MAP(&t_wide, &t_numptr, &hashwide, REFLEXIVE),
	MAP(&t_wide, &t_big, &hashwide, REFLEXIVE),
	MAP(&t_u16, &t_byte3, &hashpoor, REFLEXIVE),
	MAP(&t_ptr, &t_ptr, &hash64, REFLEXIVE),
};
#define NTYPES ((int)(sizeof types / sizeof types[0]))

/* ---- keys and elements by number ---- */

#define KEYS 6000

union key {
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	double f64;
	gort_str str;
	struct gort_eface eface;
	struct wide wide;
	void *ptr;
};

static char arena[KEYS]; /* addresses for keys that are pointers */

static void
make_key(const struct rt_map_type *t, int i, union key *k)
{
	memset(k, 0, sizeof *k);
	if (t->key == &t_u64) {
		k->u64 = (uint64_t)i << (i % 3 * 20);
	} else if (t->key == &t_u32) {
		k->u32 = (uint32_t)i * 4096;
	} else if (t->key == &t_u16) {
		k->u16 = (uint16_t)i;
	} else if (t->key == &t_f64) {
		k->f64 = i - 1000;
	} else if (t->key == &t_ptr) {
		k->ptr = &arena[i];
	} else if (t->key == &t_wide) {
		k->wide.w[i % 25] = (uint64_t)i + 1;
	} else {
		/* collected: the map must keep it */
		gort_str *s = rt_newobject(&t_str);
		char *text = rt_mallocgc(40, NULL, false, true);
		int n = snprintf(text, 40, "%*d", i % 30, i);

		s->p = text;
		s->n = n;
		k->str = *s;
		if (t->key == &t_eface.t) {
			k->eface.t = i % 2 ? &t_u64 : &t_str;
			k->eface.d = s;
			if (i % 2)
				*(uint64_t *)(void *)s = (uint64_t)i;
		}
	}
}

static uint64_t
stamp_of(int i, unsigned version)
{
	return (uint64_t)i << 20 | version;
}

static void
put_elem(const struct rt_map_type *t, void *e, int i, unsigned version)
{
	uint64_t v = stamp_of(i, version);

	if (t->elem == &t_u32 || t->elem == &t_byte3) {
		memcpy(e, &v, t->elem->size);
	} else if (t->elem == &t_ptr) {
		uint64_t *p = rt_mallocgc(8, NULL, false, true);

		*p = v;
		/* the allocation may not move what e points to */
		rt_writeptr(e, p);
	} else if (t->elem == &t_numptr || t->elem == &t_big) {
		uint64_t *p = rt_mallocgc(8, NULL, false, true);

		*p = v;
		*(uint64_t *)e = v;
		rt_writeptr((char *)e + 8, p);
		if (t->elem == &t_big)
			((char *)e)[1999] = (char)v;
	} else if (t->elem == &t_u64) {
		*(uint64_t *)e = v;
	}
}

static bool
elem_is(const struct rt_map_type *t, const void *e, int i, unsigned version)
{
	uint64_t v = stamp_of(i, version);
	const uint64_t *const *p = e;

	if (t->elem == &t_none)
		return true;
	if (t->elem == &t_u32 || t->elem == &t_byte3)
		return memcmp(e, &v, t->elem->size) == 0;
	if (t->elem == &t_ptr)
		return *p[0] == v;
	if (t->elem == &t_big && ((const char *)e)[1999] != (char)v)
		return false;
	if (t->elem != &t_u64 && *p[1] != v)
		return false;
	return *(const uint64_t *)e == v;
}

static bool
all_zero(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((const char *)p)[i] != 0)
			return false;
	return true;
}

/* ---- the model ---- */

struct model {
	const struct rt_map_type *t;
	struct rt_map *m;
	int n; /* keys in play */
	int len;
	bool present[KEYS];
	unsigned version[KEYS];
	unsigned since[KEYS]; /* times it was made anew */
};

static void
broken(const struct model *mo, const char *what, int i)
{
	rt_printf("check_map: type %d: %s, key %d of %d\n",
	    (int)(mo->t - types), what, i, mo->n);
	_exit(1);
}

static void *
model_assign(struct model *mo, int i)
{
	union key k;
	void *e;

	make_key(mo->t, i, &k);
	if (mo->t->key == &t_u64 && i % 2)
		e = rt_mapassign_64(mo->t, mo->m, k.u64);
	else if (mo->t->key == &t_u32 && i % 2)
		e = rt_mapassign_32(mo->t, mo->m, k.u32);
	else if (mo->t->key == &t_str && i % 2)
		e = rt_mapassign_str(mo->t, mo->m, k.str);
	else
		e = rt_mapassign(mo->t, mo->m, &k);
	return e;
}

static void
op_assign(struct model *mo, int i)
{
	void *e = model_assign(mo, i);

	if (!mo->present[i]) {
		if (!all_zero(e, mo->t->elem->size))
			broken(mo, "a new element is not zero", i);
		mo->present[i] = true;
		mo->since[i]++;
		mo->len++;
	} else if (!elem_is(mo->t, e, i, mo->version[i])) {
		broken(mo, "assigning finds another element", i);
	}
	mo->version[i] = (mo->version[i] + 1) & 0xfffff;
	put_elem(mo->t, e, i, mo->version[i]);
}

static void
op_delete(struct model *mo, int i)
{
	union key k;

	make_key(mo->t, i, &k);
	if (mo->t->key == &t_u64 && i % 2)
		rt_mapdelete_64(mo->t, mo->m, k.u64);
	else if (mo->t->key == &t_u32 && i % 2)
		rt_mapdelete_32(mo->t, mo->m, k.u32);
	else if (mo->t->key == &t_str && i % 2)
		rt_mapdelete_str(mo->t, mo->m, k.str);
	else
		rt_mapdelete(mo->t, mo->m, &k);
	mo->len -= mo->present[i];
	mo->present[i] = false;
}

/* Compiled code's way of finding agrees with the careful one. */
static bool
same_found(const struct model *mo, const union key *k, const void *e)
{
	const struct gort_type *t = mo->t->key;
	struct rt_mapfound f = { .ok = false };
	const void *one = NULL;

	if (t == &t_u64 || t == &t_ptr) {
		f = rt_mapfind_64(mo->t, mo->m, k->u64);
		one = rt_mapget_64(mo->t, mo->m, k->u64);
	} else if (t == &t_u32) {
		f = rt_mapfind_32(mo->t, mo->m, k->u32);
		one = rt_mapget_32(mo->t, mo->m, k->u32);
	} else if (t == &t_str) {
		f = rt_mapfind_str(mo->t, mo->m, k->str);
		one = rt_mapget_str(mo->t, mo->m, k->str);
	} else {
		return true;
	}
	return one == f.elem && f.ok == (e != NULL) &&
	    f.elem == (e != NULL ? e : rt_map_zero);
}

static void
op_access(struct model *mo, int i)
{
	union key k;
	void *e;

	make_key(mo->t, i, &k);
	if (mo->t->key == &t_u64 && i % 3)
		e = rt_mapaccess_64(mo->t, mo->m, k.u64);
	else if (mo->t->key == &t_u32 && i % 3)
		e = rt_mapaccess_32(mo->t, mo->m, k.u32);
	else if (mo->t->key == &t_str && i % 3)
		e = rt_mapaccess_str(mo->t, mo->m, k.str);
	else
		e = rt_mapaccess(mo->t, mo->m, &k);
	if (!same_found(mo, &k, e))
		broken(mo, "two ways of finding differ", i);
	if ((e != NULL) != mo->present[i])
		broken(mo, e ? "found though absent" : "not found", i);
	if (e != NULL && !elem_is(mo->t, e, i, mo->version[i]))
		broken(mo, "wrong element", i);
	if (rt_maplen(mo->m) != mo->len)
		broken(mo, "wrong length", i);
}

/* The number of the key at p. */
static int
number_of(const struct model *mo, const void *p)
{
	union key copy, *k = &copy;

	memcpy(&copy, p, mo->t->key->size); /* p is aligned for its type only */
	if (mo->t->key == &t_u64) {
		for (int s = 0; s < 60; s += 20) {
			uint64_t i = k->u64 >> s;

			if (i < KEYS && i % 3 * 20 == (uint64_t)s &&
			    i << s == k->u64)
				return (int)i;
		}
		return -1;
	}
	if (mo->t->key == &t_u32)
		return (int)(k->u32 / 4096);
	if (mo->t->key == &t_u16)
		return k->u16;
	if (mo->t->key == &t_f64)
		return (int)k->f64 + 1000;
	if (mo->t->key == &t_ptr)
		return (int)((char *)k->ptr - arena);
	if (mo->t->key == &t_wide) {
		for (int j = 0; j < 25; j++)
			if (k->wide.w[j] != 0)
				return (int)k->wide.w[j] - 1;
		return -1;
	}
	if (mo->t->key == &t_str)
		return atoi(k->str.p);
	return k->eface.t == &t_u64 ? *(int *)k->eface.d
	                            : atoi(((gort_str *)k->eface.d)->p);
}

static void
check_invariants(const struct model *mo)
{
	const struct rt_map *m = mo->m;
	size_t n = (size_t)1 << (m->shift == 0 ? 0 : 64 - m->shift), len = 0;
	const struct rt_table *last = NULL;

	if (m->info == NULL || m->dir == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct rt_table *tab = m->shift == 0
		    ? m->dir : ((struct rt_table **)m->dir)[i];
		unsigned full = 0, empty = 0;

		if (tab == last)
			continue;
		last = tab;
		for (uint32_t g = 0; g <= tab->gmask; g++) {
			char *group = table_group(m->info, tab, g);
			__m128i tags = group_tags(group);

			full += (unsigned)__builtin_popcount(tags_full(tags));
			empty += (unsigned)__builtin_popcount(
			    tags_equal(tags, TAG_EMPTY));
		}
		if (full != tab->used || tab->left > empty ||
		    tab->gmask != m->gmask)
			broken(mo, "a table's counts are wrong", (int)i);
		len += full;
	}
	if (len != (size_t)m->count)
		broken(mo, "the tables hold another number", (int)len);
}

/* One loop over the map; `change`: with random changes inside. */
static void
op_range(struct model *mo, bool change, bool clear)
{
	static unsigned seen_since[KEYS], since0[KEYS];
	static bool seen[KEYS], must[KEYS];
	struct rt_mapiter it;
	int rounds = 0;

	memset(seen, 0, sizeof seen);
	memcpy(must, mo->present, sizeof must);
	memcpy(since0, mo->since, sizeof since0);
	memset(&it, 0xa5, sizeof it);
	rt_mapiterinit(mo->t, mo->m, &it);
	if (it.t == NULL)
		broken(mo, "reflection would think it not begun", 0);
	for (; it.key != NULL; rt_mapiternext(&it)) {
		int i = number_of(mo, it.key);

		if (i < 0 || i >= mo->n || !mo->present[i])
			broken(mo, "range gives what is not there", i);
		if (!elem_is(mo->t, it.elem, i, mo->version[i]))
			broken(mo, "range gives a stale element", i);
		if (seen[i] && seen_since[i] == mo->since[i])
			broken(mo, "range gives an entry twice", i);
		seen[i] = true;
		seen_since[i] = mo->since[i];
		if (!change)
			continue;
		for (int k = (int)rt_fastrandn(6); k > 0; k--) {
			int j = (int)rt_fastrandn((uint32_t)mo->n);

			if (rt_fastrandn(3) == 0 || rounds > 4 * KEYS)
				op_delete(mo, j);
			else
				op_assign(mo, j);
		}
		if (clear && ++rounds == 20) {
			rt_mapclear(mo->t, mo->m);
			memset(mo->present, 0, sizeof mo->present);
			mo->len = 0;
			for (int j = 0; j < mo->n; j += 3)
				op_assign(mo, j);
		}
	}
	for (int i = 0; i < mo->n; i++)
		if (must[i] && mo->present[i] && since0[i] == mo->since[i] &&
		    !seen[i])
			broken(mo, "range leaves out an entry", i);
}

static void
op_clear(struct model *mo)
{
	rt_mapclear(mo->t, mo->m);
	memset(mo->present, 0, sizeof mo->present);
	mo->len = 0;
	for (int i = 0; i < mo->n; i += 7)
		op_access(mo, i);
}

static void
model_run(const struct rt_map_type *t, int n, intptr_t hint, int ops)
{
	static struct model mo;

	memset(&mo, 0, sizeof mo);
	mo.t = t;
	mo.m = hint < 0 ? rt_makemap_small() : rt_makemap(t, hint);
	mo.n = n;
	for (int k = 0; k < ops; k++) {
		int i = (int)rt_fastrandn((uint32_t)n);
		/* phases: growing, steady, shrinking */
		uint32_t grow = k / (ops / 6 + 1) % 3 == 2 ? 2 : 5;

		switch (rt_fastrandn(8)) {
		case 0: case 1: case 2: case 3:
			if (rt_fastrandn(7) < grow)
				op_assign(&mo, i);
			else
				op_delete(&mo, i);
			break;
		default:
			op_access(&mo, i);
		}
		if (rt_fastrandn((uint32_t)ops) < 12)
			op_range(&mo, rt_fastrandn(2), rt_fastrandn(4) == 0);
		if (rt_fastrandn((uint32_t)ops) < 2)
			op_clear(&mo);
	}
	check_invariants(&mo);
	op_range(&mo, false, false);
	for (int i = 0; i < n; i++)
		op_access(&mo, i);
	for (int i = 0; i < n; i++)
		op_delete(&mo, i);
	op_access(&mo, 0);
	check_invariants(&mo);
}

BOOTED(random_operations)
{
	const struct rt_map_type *t = &types[index];

	model_run(t, 5, -1, 300);
	model_run(t, 9, -1, 500);
	model_run(t, 40, 0, 2000);
	model_run(t, 1500, 20, 10000);
	model_run(t, KEYS, 0, BOOTED_SCALE(60000));
	model_run(t, KEYS, 3000, BOOTED_SCALE(20000));
	return 0;
}

#ifdef __SANITIZE_THREAD__
#define STRESS_EVERY "1000" /* each collection reads the sanitizer's data */
#else
#define STRESS_EVERY "50"
#endif

BOOTED(random_operations_under_gcstress)
{
	rt_debug_set("gcstress", STRESS_EVERY);
	model_run(&types[index], 12, -1, 200);
	model_run(&types[index], 2500, 0, BOOTED_SCALE(8000));
	return 0;
}

/* ---- growing ---- */

/* Tables split and the directory doubles; a hint makes them at once. */
BOOTED(many_entries)
{
	const struct rt_map_type *t = &types[0];
	const int n = BOOTED_SCALE(300000);
	struct rt_map *m = rt_makemap(t, index ? n : 0);
	unsigned depth0 = m->shift == 0 ? 0 : 64u - m->shift;
	struct rt_mapiter it;
	uint64_t sum = 0;
	int count = 0;

	for (int i = 0; i < n; i++)
		*(uint64_t *)rt_mapassign_64(t, m, (uint64_t)i * 7) =
		    (uint64_t)i;
	ck_assert_int_eq(rt_maplen(m), n);
	if (index) /* the hint was enough but for a few tables */
		ck_assert_uint_le(64u - m->shift, depth0 + 2);
	for (int i = 0; i < n; i++) {
		uint64_t *e = rt_mapaccess_64(t, m, (uint64_t)i * 7);

		ck_assert(e != NULL && *e == (uint64_t)i);
		ck_assert(rt_mapaccess_64(t, m, (uint64_t)i * 7 + 1) == NULL);
	}
	for (rt_mapiterinit(t, m, &it); it.key != NULL; rt_mapiternext(&it)) {
		sum += *(uint64_t *)it.elem;
		count++;
	}
	ck_assert_int_eq(count, n);
	ck_assert_uint_eq(sum, (uint64_t)n * (uint64_t)(n - 1) / 2);
	return 0;
}

/* Entries that come and go at a constant number do not grow the map. */
BOOTED(churn_does_not_grow)
{
	const struct rt_map_type *t = &types[0];
	struct rt_map *m = rt_makemap(t, 0);
	unsigned slots;

	for (uint64_t i = 0; i < 500; i++)
		rt_mapassign_64(t, m, i);
	slots = 1u << ((struct rt_table *)m->dir)->log2;
	for (uint64_t i = 0; i < 100000; i++) {
		rt_mapdelete_64(t, m, i);
		rt_mapassign_64(t, m, i + 500);
	}
	ck_assert_int_eq(rt_maplen(m), 500);
	ck_assert_uint_eq(m->shift, 0);
	ck_assert_uint_le(1u << ((struct rt_table *)m->dir)->log2, 2 * slots);
	return 0;
}

BOOTED(clearing_gives_back)
{
	const struct rt_map_type *t = &types[0];
	struct rt_map *m = rt_makemap(t, 100000);

	rt_mapassign_64(t, m, 1);
	rt_mapclear(t, m);
	ck_assert_ptr_null(m->dir);
	ck_assert_int_eq(rt_maplen(m), 0);
	ck_assert_ptr_null(rt_mapaccess_64(t, m, 1));
	ck_assert(!rt_mapfind_64(t, m, 1).ok);
	for (uint64_t i = 0; i < 5000; i++)
		rt_mapassign_64(t, m, i);
	rt_mapclear(t, m); /* well filled: kept */
	ck_assert_ptr_nonnull(m->dir);
	for (uint64_t i = 0; i < 5000; i++)
		ck_assert_ptr_null(rt_mapaccess_64(t, m, i));
	return 0;
}

/* ---- floats, interfaces ---- */

BOOTED(not_a_number)
{
	const struct rt_map_type *t = &types[9];
	struct rt_map *m = rt_makemap(t, 0);
	double nan = __builtin_nan(""), zero = 0.0, negzero = -0.0;
	struct rt_mapiter it;
	int n = 0;

	for (int i = 0; i < 3000; i++)
		*(uint64_t *)rt_mapassign(t, m, &nan) = (uint64_t)i;
	ck_assert_int_eq(rt_maplen(m), 3000);
	ck_assert_ptr_null(rt_mapaccess(t, m, &nan));
	rt_mapdelete(t, m, &nan);
	ck_assert_int_eq(rt_maplen(m), 3000);
	/* seen once each, also in tables that are replaced meanwhile */
	for (rt_mapiterinit(t, m, &it); it.key != NULL; rt_mapiternext(&it)) {
		double d = *(double *)it.key;

		if (d != d) {
			n++;
			d = n;
			rt_mapassign(t, m, &d);
		}
	}
	ck_assert_int_eq(n, 3000);
	rt_mapclear(t, m);
	ck_assert_int_eq(rt_maplen(m), 0);

	rt_mapassign(t, m, &zero);
	rt_mapassign(t, m, &negzero); /* the same key, stored anew */
	ck_assert_int_eq(rt_maplen(m), 1);
	rt_mapiterinit(t, m, &it);
	ck_assert(__builtin_signbit(*(double *)it.key));
	return 0;
}

static struct gort_eface unhashable = { &t_func, (void *)&eq64 };

static int
access_unhashable(void *arg)
{
	const struct rt_map_type *t = &types[10];
	struct rt_map *m = arg == NULL ? NULL : rt_makemap(t, 0);

	switch ((intptr_t)arg) {
	case 2:
		rt_mapassign(t, m, &unhashable);
		break;
	case 3:
		rt_mapdelete(t, m, &unhashable);
		break;
	default:
		rt_mapaccess(t, m, &unhashable);
	}
	return 0;
}

START_TEST(unhashable_keys_panic)
{
	char text[4096];

	ck_assert_int_eq(last_words(access_unhashable, (void *)(intptr_t)_i,
	                     text, sizeof text), 2);
	ck_assert_ptr_nonnull(strstr(text,
	    "runtime error: hash of unhashable type test"));
}
END_TEST

/* ---- misuse ---- */

static int
misuse(void *arg)
{
	const struct rt_map_type *t = &types[0];
	struct rt_map *m = rt_makemap(t, 0);
	struct rt_mapiter it;

	rt_mapassign_64(t, m, 1);
	rt_mapiterinit(t, m, &it);
	if (arg != NULL) /* as if somebody were in the middle of it */
		atomic_fetch_or(&m->state, MAP_WRITING);
	switch ((intptr_t)arg) {
	case 0:
		rt_mapassign_64(t, NULL, 1);
		break;
	case 1:
		rt_mapassign_64(t, m, 2);
		break;
	case 2:
		rt_mapaccess_64(t, m, 2);
		break;
	case 3:
		rt_mapiternext(&it);
		break;
	case 4:
		rt_mapdelete_64(t, m, 2);
		break;
	case 5:
		rt_mapclear(t, m);
		break;
	case 6:
		rt_mapfind_64(t, m, 2);
		break;
	}
	return 0;
}

START_TEST(misuse_ends_in_words)
{
	static const char *const words[] = {
		"panic: assignment to entry in nil map",
		"fatal error: concurrent map writes",
		"fatal error: concurrent map read and map write",
		"fatal error: concurrent map iteration and map write",
		"fatal error: concurrent map writes",
		"fatal error: concurrent map writes",
		"fatal error: concurrent map read and map write",
	};
	char text[4096];

	ck_assert_int_eq(last_words(misuse, (void *)(intptr_t)_i, text,
	                     sizeof text), 2);
	ck_assert_ptr_nonnull(strstr(text, words[_i]));
}
END_TEST

BOOTED(nil_and_empty)
{
	const struct rt_map_type *t = &types[0];
	struct rt_map *small = rt_makemap_small();
	struct rt_mapiter it;

	ck_assert_int_eq(rt_maplen(NULL), 0);
	ck_assert_ptr_null(rt_mapaccess_64(t, NULL, 1));
	ck_assert_ptr_null(rt_mapaccess_64(t, small, 1));
	ck_assert(!rt_mapfind_64(t, NULL, 1).ok);
	ck_assert(!rt_mapfind_64(t, small, 1).ok);
	ck_assert(!rt_mapfind_32(t, NULL, 1).ok);
	ck_assert_ptr_eq(rt_mapget_64(t, small, 1), rt_map_zero);
	rt_mapdelete_64(t, NULL, 1);
	rt_mapdelete_64(t, small, 1);
	rt_mapclear(t, NULL);
	rt_mapclear(t, small);
	memset(&it, 0xff, sizeof it);
	rt_mapiterinit(t, NULL, &it);
	ck_assert(it.key == NULL && it.t != NULL);
	memset(&it, 0xff, sizeof it);
	rt_mapiterinit(t, small, &it);
	ck_assert(it.key == NULL && it.t != NULL);
	/* senseless hints are none */
	ck_assert_int_eq(rt_maplen(rt_makemap(t, -5)), 0);
	ck_assert_int_eq(rt_maplen(rt_makemap(t, INTPTR_MAX)), 0);
	return 0;
}

/* The order begins by chance: 40 loops over 7 entries do not all agree. */
BOOTED(order_varies)
{
	const struct rt_map_type *t = &types[0];
	static const int sizes[] = { 3, 7, 9, 15, 2000 };
	struct rt_map *m = rt_makemap(t, 0);
	struct rt_mapiter it;
	uint64_t first;
	bool differs = false;

	for (int i = 0; i < sizes[index]; i++)
		rt_mapassign_64(t, m, (uint64_t)i);
	rt_mapiterinit(t, m, &it);
	first = *(uint64_t *)it.key;
	for (int i = 0; i < 80 && !differs; i++) {
		rt_mapiterinit(t, m, &it);
		differs = *(uint64_t *)it.key != first;
	}
	ck_assert(differs);
	return 0;
}

/* ---- hashing by descriptor ---- */

BOOTED(one_hash_for_one_value)
{
	uint64_t u = 0x1234567890;
	uint32_t w = 77;
	gort_str s = { "some text", 9 };
	struct gort_eface e = { &t_u64, &u };
	double f = 1.5, z = 0.0, nz = -0.0;

	ck_assert_uint_eq(rt_typehash(&t_u64, &u, 5), rt_memhash64(&u, 5));
	ck_assert_uint_eq(rt_memhash(&u, 5, 8), rt_memhash64(&u, 5));
	ck_assert_uint_eq(rt_typehash(&t_u32, &w, 5), rt_memhash32(&w, 5));
	ck_assert_uint_eq(rt_memhash(&w, 5, 4), rt_memhash32(&w, 5));
	ck_assert_uint_eq(rt_typehash(&t_str, &s, 5), rt_strhash(&s, 5));
	ck_assert_uint_eq(rt_typehash(&t_f64, &f, 5), rt_f64hash(&f, 5));
	ck_assert_uint_eq(rt_f64hash(&z, 5), rt_f64hash(&nz, 5));
	ck_assert_uint_eq(rt_typehash(&t_eface.t, &e, 5),
	    rt_memhash64(&u, 5));
	return 0;
}

BOOTED(interfaces_compare_their_values)
{
	uint64_t a = 1, b = 1, c = 2;
	double nan = __builtin_nan("");
	struct gort_eface x = { &t_u64, &a }, y = { &t_u64, &b },
	    z = { &t_u64, &c }, n = { &t_f64, &nan }, nil = { NULL, NULL },
	    p = { &t_ptr, &a }, q = { &t_ptr, &b };

	ck_assert(rt_efaceeq(x, y) && !rt_efaceeq(x, z));
	ck_assert(!rt_efaceeq(x, n) && !rt_efaceeq(n, n));
	ck_assert(rt_efaceeq(nil, nil) && !rt_efaceeq(x, nil));
	ck_assert(rt_efaceeq(p, p) && !rt_efaceeq(p, q));
	ck_assert(rt_efacevaleq(x, &t_u64, &b));
	ck_assert(!rt_efacevaleq(x, &t_f64, &b));
	ck_assert(rt_efacevaleq(p, &t_ptr, &a));
	return 0;
}

/* Keys in rows and columns: tables, groups and tags all get their share. */
BOOTED(patterns_spread)
{
	static uint32_t group[64], top[64], tag[256];
	const int n = 64 * 1024, shift = index % 60;
	uint64_t seed = rt_fastrand64();

	memset(group, 0, sizeof group);
	memset(top, 0, sizeof top);
	memset(tag, 0, sizeof tag);
	for (uint64_t i = 0; i < (uint64_t)n; i++) {
		uint64_t h = rt_hash_word(i << shift | i >> (64 - shift) % 64,
		    seed);

		group[hash_group(h) % 64]++;
		top[h >> 58]++;
		tag[hash_tag(h)]++;
	}
	/* One product keeps something of the pattern: by some seeds a place
	 * gets two thirds more than its share. What is refused is a pile. */
	for (int i = 0; i < 64; i++) {
		ck_assert_uint_lt(group[i], n / 64 * 5 / 2);
		ck_assert_uint_lt(top[i], n / 64 * 5 / 2);
	}
	for (int i = 0; i < 256; i++) {
		/* four bytes share TAG_FULL */
		unsigned share = i < TAG_FULL ? 0 : i == TAG_FULL ? 4 : 1;

		ck_assert_uint_le(tag[i], share * (unsigned)n / 256 * 4);
	}
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("types/map");
	TCase *tc = tcase_create("map");

	tcase_set_timeout(tc, 120);
	booted_add_loop(tc, random_operations, NTYPES);
	booted_add_loop(tc, random_operations_under_gcstress, NTYPES);
	booted_add_loop(tc, many_entries, 2);
	booted_add(tc, churn_does_not_grow);
	booted_add(tc, clearing_gives_back);
	booted_add(tc, not_a_number);
	tcase_add_loop_test(tc, unhashable_keys_panic, 0, 4);
	tcase_add_loop_test(tc, misuse_ends_in_words, 0, 7);
	booted_add(tc, nil_and_empty);
	booted_add_loop(tc, order_varies, 5);
	booted_add(tc, one_hash_for_one_value);
	booted_add(tc, interfaces_compare_their_values);
	booted_add_loop(tc, patterns_spread, 60);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
