/*
 * iface.c - which types there are, and how a type looks through an interface.
 *
 * typelinks: the descriptors the program registered (GORT_TYPE, section
 * gort_types) and the runtime's own, without duplicates, sorted by name, so
 * that a debugger or reflection finds a type by its text.
 *
 * itabs: a method table answers "type T seen as interface I". It is made on
 * first demand and kept for ever: compiled code and reflection store tables,
 * and two askers must get the same one. The registry is an open hash table of
 * entries keyed by the pair (I, T), read without a lock:
 *
 *   - an entry is complete before it is stored into its place (release), and
 *     never changes; the reader's acquire load pairs with that;
 *   - growing builds a new table and then publishes it (release); the old one
 *     stays, as a reader may still be in it. It holds fewer entries, so that
 *     reader misses at worst and comes back under the lock.
 *
 * A failed pair is kept too (fun[0] is NULL, missing tells the method), for a
 * type switch asks the same question again and again.
 *
 * Both method lists are sorted alike (names by bytes, exported first by the
 * compiler's rule), so one pass over the two finds all matches.
 *
 * Memory is off-heap and persistent; descriptors are static. No heap pointer
 * is stored here.
 */
#include "types/type.h"
#include "types/type_alg.h"
#include "boot/sections.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "mem/malloc.h"

#include <string.h>

/* ---- typelinks ---- */

static struct {
	const struct gort_type **v; /* const after boot; sorted by name */
	size_t n;
} types;

static int
str_cmp(const gort_str *a, const gort_str *b)
{
	size_t n = (size_t)(a->n < b->n ? a->n : b->n);
	int c = memcmp(a->p, b->p, n);

	return c != 0 ? c : (a->n > b->n) - (a->n < b->n);
}

static int
type_cmp(const struct gort_type *a, const struct gort_type *b)
{
	int c = str_cmp(a->str, b->str);

	return c != 0 ? c : ((uintptr_t)a > (uintptr_t)b) -
	        ((uintptr_t)a < (uintptr_t)b);
}

/* Heapsort: in place, no worst case, and libc's qsort may allocate. */
static void
sift(const struct gort_type **v, size_t i, size_t n)
{
	const struct gort_type *x = v[i];

	for (size_t c; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && type_cmp(v[c], v[c + 1]) < 0)
			c++;
		if (type_cmp(x, v[c]) >= 0)
			break;
		v[i] = v[c];
	}
	v[i] = x;
}

static void
sort_types(const struct gort_type **v, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(v, i, n);
	for (size_t i = n; i-- > 1;) {
		const struct gort_type *t = v[0];

		v[0] = v[i];
		v[i] = t;
		sift(v, 0, i);
	}
}

/* A descriptor we would trip over later is refused now, by name. */
static void
check_type(const struct gort_type *t)
{
	if (t->str == NULL || t->str->p == NULL)
		rt_throw("typelinksinit: a type descriptor without a name");
	if (t->ptrdata > t->size || t->ptrdata % 8 != 0 ||
	    (t->ptrdata != 0 && t->gcdata == NULL)) {
		rt_printf("runtime: type %s: size %lu, ptrdata %lu\n",
		    t->str->p, (unsigned long)t->size,
		    (unsigned long)t->ptrdata);
		rt_throw("typelinksinit: bad pointer layout");
	}
}

void
rt_typelinksinit(void)
{
	static const struct gort_type *const own[] = { &rt_type_bool,
		&rt_type_uint8, &rt_type_int, &rt_type_unsafe_pointer,
		&rt_type_string, &rt_type_error_string };
	const size_t nown = sizeof own / sizeof own[0];
	size_t n, k = 0;
	const struct gort_type *const *list = rt_section_types(&n);

	types.v = rt_persistentalloc((n + nown) * sizeof *types.v, 8,
	    RT_STAT_OTHER);
	memcpy(types.v, own, sizeof own);
	if (n != 0)
		memcpy(types.v + nown, list, n * sizeof *list);
	n += nown;
	for (size_t i = 0; i < n; i++)
		check_type(types.v[i]);
	sort_types(types.v, n);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || types.v[k - 1] != types.v[i])
			types.v[k++] = types.v[i];
	types.n = k;
}

size_t
rt_types_count(void)
{
	return types.n;
}

const struct gort_type *
rt_type_at(size_t i)
{
	return i < types.n ? types.v[i] : NULL;
}

/* ---- compiled Go's types, by text ---- */

/*
 * reflect asks "is there a type []T already?" before it makes one. The index
 * is built at the first question: programs that never ask pay nothing, and it
 * is a hash table because ten thousand descriptors take too long to sort.
 * Package paths are left out of the hash; the asker may not write them.
 */
struct text_index {
	size_t mask; /* places - 1 */
	const struct gort_type *place[];
};

static struct { /* written once, before any asker */
	struct rt_type_list *const *list;
	size_t n;
} golists;
static _Atomic(struct text_index *) by_text; /* writers: itab_lock */
static struct rt_mutex itab_lock;

void
rt_types_register(size_t n, struct rt_type_list *const *lists)
{
	golists.list = lists;
	golists.n = n;
}

/* The next byte of s from *i on that is outside TAB ... TAB; -1: the end. */
static int
next_plain(gort_str s, intptr_t *i)
{
	while (*i < s.n && s.p[*i] == '\t') {
		for (++*i; *i < s.n && s.p[*i] != '\t';)
			++*i;
		++*i;
	}
	return *i < s.n ? (unsigned char)s.p[(*i)++] : -1;
}

static size_t
text_hash(gort_str s)
{
	uint64_t h = 0xcbf29ce484222325;
	intptr_t i = 0;

	for (int c; (c = next_plain(s, &i)) >= 0;)
		h = (h ^ (unsigned)c) * 0x100000001b3;
	return (size_t)(h ^ h >> 32);
}

static bool
same_plain(gort_str a, gort_str b)
{
	intptr_t i = 0, k = 0;
	int c;

	do {
		c = next_plain(a, &i);
		if (c != next_plain(b, &k))
			return false;
	} while (c >= 0);
	return true;
}

/* itab_lock held. At most half of the places are taken. */
static struct text_index *
index_build(void)
{
	size_t places = 64, n = 0;
	struct text_index *x;

	for (size_t i = 0; i < golists.n; i++)
		n += (size_t)golists.list[i]->n;
	while (places < 2 * n)
		places *= 2;
	x = rt_persistentalloc(sizeof *x + places * sizeof x->place[0], 8,
	    RT_STAT_OTHER);
	x->mask = places - 1;
	for (size_t i = 0; i < golists.n; i++) {
		for (intptr_t k = 0; k < golists.list[i]->n; k++) {
			const struct gort_type *t = golists.list[i]->t[k];
			size_t at = text_hash(*t->str);

			while (x->place[at & x->mask] != NULL)
				at++;
			x->place[at & x->mask] = t;
		}
	}
	return x;
}

static struct text_index *
index_get(void)
{
	struct text_index *x = atomic_load_explicit(&by_text,
	    memory_order_acquire); /* pairs with the release below */

	if (x != NULL)
		return x;
	rt_lock(&itab_lock);
	x = atomic_load_explicit(&by_text, memory_order_relaxed);
	if (x == NULL) {
		x = index_build();
		atomic_store_explicit(&by_text, x, memory_order_release);
	}
	rt_unlock(&itab_lock);
	return x;
}

const struct gort_type *
rt_type_lookup(gort_str s)
{
	const struct text_index *x = index_get();
	const struct gort_type *found = NULL, *t;

	for (size_t i = text_hash(s);
	     (t = x->place[i & x->mask]) != NULL; i++) {
		if (!same_plain(s, *t->str))
			continue;
		if (rt_strequal(&s, t->str))
			return t;
		if (found == NULL)
			found = t;
	}
	return found;
}

/* ---- itabs ---- */

struct itab {
	const struct rt_interface_type *inter;
	const struct gort_type *type;
	const gort_str *missing; /* not NULL: type lacks this method */
	const void *tab[];       /* [0] type, then the methods */
};

struct itab_table {
	size_t mask; /* places - 1 */
	_Atomic(struct itab *) place[];
};

#define FIRST_PLACES 64

static _Atomic(struct itab_table *) itabs; /* writers: itab_lock */
static _Atomic size_t nitabs;              /* entries; writers: itab_lock */

static size_t
pair_hash(const struct rt_interface_type *inter, const struct gort_type *t)
{
	uint64_t x = ((uintptr_t)inter >> 3) * 0x9e3779b97f4a7c15 ^
	    ((uintptr_t)t >> 3);

	x *= 0xd6e8feb86659fd93;
	return (size_t)(x >> 32 ^ x);
}

static struct itab_table *
table_new(size_t places)
{
	struct itab_table *t = rt_persistentalloc(
	    sizeof *t + places * sizeof t->place[0], 8, RT_STAT_OTHER);

	t->mask = places - 1;
	return t;
}

/* Any thread. NULL: not in this table (yet). */
static struct itab *
lookup(struct itab_table *tb, const struct rt_interface_type *inter,
    const struct gort_type *t)
{
	for (size_t i = pair_hash(inter, t);; i++) {
		struct itab *m = atomic_load_explicit(
		    &tb->place[i & tb->mask], memory_order_acquire);

		if (m == NULL || (m->inter == inter && m->type == t))
			return m;
	}
}

static void
place(struct itab_table *tb, struct itab *m)
{
	size_t i = pair_hash(m->inter, m->type);

	while (atomic_load_explicit(&tb->place[i & tb->mask],
	           memory_order_relaxed) != NULL) /* writers hold the lock */
		i++;
	atomic_store_explicit(&tb->place[i & tb->mask], m,
	    memory_order_release);
}

/* itab_lock held. At most half of the places are taken. */
static void
insert(struct itab *m)
{
	struct itab_table *tb = atomic_load_explicit(&itabs,
	    memory_order_relaxed);
	size_t n = atomic_load_explicit(&nitabs, memory_order_relaxed);

	if (2 * (n + 1) > tb->mask + 1) {
		struct itab_table *big = table_new(2 * (tb->mask + 1));

		for (size_t i = 0; i <= tb->mask; i++) {
			struct itab *old = atomic_load_explicit(&tb->place[i],
			    memory_order_relaxed);

			if (old != NULL)
				place(big, old);
		}
		atomic_store_explicit(&itabs, big, memory_order_release);
		tb = big;
	}
	place(tb, m);
	atomic_store_explicit(&nitabs, n + 1, memory_order_relaxed);
}

static bool
same_text(const gort_str *a, const gort_str *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return rt_strequal(a, b);
}

/* Method types are shared by the linker where it can; else their text is as
 * good, with the hash in front. */
static bool
same_type(const struct gort_type *a, const struct gort_type *b)
{
	if (a == b)
		return true;
	return a != NULL && b != NULL && a->hash == b->hash &&
	    rt_strequal(a->str, b->str);
}

/* Fill m->tab, or set m->missing: one merge pass over the sorted lists. */
static void
fill(struct itab *m)
{
	const struct rt_uncommon *u = m->type->u;
	intptr_t have = u == NULL ? 0 : u->n, k = 0;

	m->tab[0] = m->type;
	for (intptr_t i = 0; i < m->inter->n; i++) {
		const struct rt_imethod *want = &m->inter->methods[i];

		while (k < have && !(same_text(u->m[k].name, want->name) &&
		                       same_text(u->m[k].pkgpath,
		                           want->pkgpath)))
			k++;
		if (k == have || !same_type(u->m[k].mtyp, want->typ)) {
			m->missing = want->name;
			return;
		}
		m->tab[1 + i] = u->m[k++].tfn;
	}
}

static struct itab *
itab_make(const struct rt_interface_type *inter, const struct gort_type *t)
{
	struct itab *m;

	rt_lock(&itab_lock);
	m = lookup(atomic_load_explicit(&itabs, memory_order_relaxed), inter,
	    t);
	if (m == NULL) {
		m = rt_persistentalloc(sizeof *m +
		    ((size_t)inter->n + 1) * sizeof m->tab[0], 8,
		    RT_STAT_OTHER);
		m->inter = inter;
		m->type = t;
		fill(m);
		insert(m);
	}
	rt_unlock(&itab_lock);
	return m;
}

const void *const *
rt_getitab(const struct rt_interface_type *inter, const struct gort_type *t,
    const gort_str **ret_missing)
{
	struct itab *m = lookup(atomic_load_explicit(&itabs,
	    memory_order_acquire), inter, t);

	if (m == NULL)
		m = itab_make(inter, t);
	if (m->missing != NULL) {
		if (ret_missing != NULL)
			*ret_missing = m->missing;
		return NULL;
	}
	return m->tab;
}

size_t
rt_itabs_count(void)
{
	return atomic_load_explicit(&nitabs, memory_order_relaxed);
}

/* Pairs worked out at boot: each interface of the program with each type that
 * has methods. A program with very many of both makes the rest on demand. */
#define BOOT_PAIRS_MAX 1024

void
rt_itabsinit(void)
{
	size_t pairs = 0;

	rt_lock_init(&itab_lock, RANK_ITAB);
	atomic_store(&itabs, table_new(FIRST_PLACES));
	for (size_t i = 0; i < types.n; i++) {
		if ((types.v[i]->kind & KIND_MASK) != KIND_INTERFACE)
			continue;
		for (size_t k = 0; k < types.n && pairs < BOOT_PAIRS_MAX; k++)
			if (types.v[k]->u != NULL && types.v[k]->u->n > 0) {
				itab_make((const struct rt_interface_type *)
				    types.v[i], types.v[k]);
				pairs++;
			}
	}
}
