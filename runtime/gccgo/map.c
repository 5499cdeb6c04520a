/*
 * map.c - maps, as compiled Go and reflection call them; types/map.c does it.
 *
 * Compiled code chooses a variant by the key (4 or 8 bytes, string) for small
 * elements; `fat` ones bring their own zero value for elements above 1024
 * bytes. A lookup of an absent key gives the address of zeroes, in reflection
 * NULL.
 */
#include "gccgo/gccgo.h"

#include "gc/gc.h"
#include "types/map.h"

typedef const struct rt_map_type *map_type;

static inline const void *
or_zero(const void *elem)
{
	return RT_LIKELY(elem != NULL) ? elem : rt_map_zero;
}

static inline struct rt_mapfound
found(const void *elem)
{
	return (struct rt_mapfound){ or_zero(elem), elem != NULL };
}

/* ---- making ---- */

struct rt_map *go_makemap(map_type t, intptr_t hint, struct rt_map *m)
    GO("runtime.makemap");
struct rt_map *
go_makemap(map_type t, intptr_t hint, struct rt_map *m)
{
	(void)m; /* always nil: the compiler has no map on the stack */
	return rt_makemap(t, hint);
}

struct rt_map *go_makemap64(map_type t, int64_t hint, struct rt_map *m)
    GO("runtime.makemap64");
struct rt_map *
go_makemap64(map_type t, int64_t hint, struct rt_map *m)
{
	(void)m;
	return rt_makemap(t, hint);
}

struct rt_map *go_makemap_small(void) GO("runtime.makemap__small");
struct rt_map *
go_makemap_small(void)
{
	return rt_makemap_small();
}

/* A literal: count entries of entry bytes each, {key, value}. */
struct rt_map *go_construct_map(map_type t, uintptr_t count, uintptr_t entry,
    uintptr_t val, const void *entries) GO("__go_construct_map");
struct rt_map *
go_construct_map(map_type t, uintptr_t count, uintptr_t entry, uintptr_t val,
    const void *entries)
{
	struct rt_map *m = rt_makemap(t, (intptr_t)count);
	const char *e = entries;

	for (uintptr_t i = 0; i < count; i++, e += entry)
		rt_typedmemmove(t->elem, rt_mapassign(t, m, e), e + val);
	return m;
}

/* ---- lookups ---- */

const void *go_mapaccess1(map_type t, struct rt_map *m, const void *key)
    GO("runtime.mapaccess1");
const void *
go_mapaccess1(map_type t, struct rt_map *m, const void *key)
{
	return or_zero(rt_mapaccess(t, m, key));
}

const void *go_mapaccess1_32(map_type t, struct rt_map *m, uint32_t key)
    GO("runtime.mapaccess1__fast32");
const void *
go_mapaccess1_32(map_type t, struct rt_map *m, uint32_t key)
{
	return rt_mapget_32(t, m, key);
}

const void *go_mapaccess1_64(map_type t, struct rt_map *m, uint64_t key)
    GO("runtime.mapaccess1__fast64");
const void *
go_mapaccess1_64(map_type t, struct rt_map *m, uint64_t key)
{
	return rt_mapget_64(t, m, key);
}

const void *go_mapaccess1_str(map_type t, struct rt_map *m, gort_str key)
    GO("runtime.mapaccess1__faststr");
const void *
go_mapaccess1_str(map_type t, struct rt_map *m, gort_str key)
{
	return rt_mapget_str(t, m, key);
}

const void *go_mapaccess1_fat(map_type t, struct rt_map *m, const void *key,
    const void *zero) GO("runtime.mapaccess1__fat");
const void *
go_mapaccess1_fat(map_type t, struct rt_map *m, const void *key,
    const void *zero)
{
	const void *elem = rt_mapaccess(t, m, key);

	return elem != NULL ? elem : zero;
}

struct rt_mapfound go_mapaccess2(map_type t, struct rt_map *m, const void *key)
    GO("runtime.mapaccess2");
struct rt_mapfound
go_mapaccess2(map_type t, struct rt_map *m, const void *key)
{
	return found(rt_mapaccess(t, m, key));
}

struct rt_mapfound go_mapaccess2_32(map_type t, struct rt_map *m, uint32_t key)
    GO("runtime.mapaccess2__fast32");
struct rt_mapfound
go_mapaccess2_32(map_type t, struct rt_map *m, uint32_t key)
{
	return rt_mapfind_32(t, m, key);
}

struct rt_mapfound go_mapaccess2_64(map_type t, struct rt_map *m, uint64_t key)
    GO("runtime.mapaccess2__fast64");
struct rt_mapfound
go_mapaccess2_64(map_type t, struct rt_map *m, uint64_t key)
{
	return rt_mapfind_64(t, m, key);
}

struct rt_mapfound go_mapaccess2_str(map_type t, struct rt_map *m, gort_str key)
    GO("runtime.mapaccess2__faststr");
struct rt_mapfound
go_mapaccess2_str(map_type t, struct rt_map *m, gort_str key)
{
	return rt_mapfind_str(t, m, key);
}

struct rt_mapfound go_mapaccess2_fat(map_type t, struct rt_map *m,
    const void *key, const void *zero) GO("runtime.mapaccess2__fat");
struct rt_mapfound
go_mapaccess2_fat(map_type t, struct rt_map *m, const void *key,
    const void *zero)
{
	const void *elem = rt_mapaccess(t, m, key);

	return (struct rt_mapfound){ elem != NULL ? elem : zero, elem != NULL };
}

/* ---- assignments ---- */

void *go_mapassign(map_type t, struct rt_map *m, const void *key)
    GO("runtime.mapassign");
void *
go_mapassign(map_type t, struct rt_map *m, const void *key)
{
	return rt_mapassign(t, m, key);
}

void *go_mapassign_32(map_type t, struct rt_map *m, uint32_t key)
    GO("runtime.mapassign__fast32");
void *
go_mapassign_32(map_type t, struct rt_map *m, uint32_t key)
{
	return rt_mapassign_32(t, m, key);
}

void *go_mapassign_64(map_type t, struct rt_map *m, uint64_t key)
    GO("runtime.mapassign__fast64");
void *
go_mapassign_64(map_type t, struct rt_map *m, uint64_t key)
{
	return rt_mapassign_64(t, m, key);
}

void *go_mapassign_str(map_type t, struct rt_map *m, gort_str key)
    GO("runtime.mapassign__faststr");
void *
go_mapassign_str(map_type t, struct rt_map *m, gort_str key)
{
	return rt_mapassign_str(t, m, key);
}

/* Keys that are pointers. The 32-bit one is emitted on no machine of ours. */
void *go_mapassign_64ptr(map_type t, struct rt_map *m, void *key)
    GO("runtime.mapassign__fast64ptr");
void *
go_mapassign_64ptr(map_type t, struct rt_map *m, void *key)
{
	return rt_mapassign_64(t, m, (uintptr_t)key);
}

void *go_mapassign_32ptr(map_type t, struct rt_map *m, void *key)
    GO("runtime.mapassign__fast32ptr");
void *
go_mapassign_32ptr(map_type t, struct rt_map *m, void *key)
{
	return rt_mapassign_32(t, m, (uint32_t)(uintptr_t)key);
}

/* ---- deletions ---- */

void go_mapdelete(map_type t, struct rt_map *m, const void *key)
    GO("runtime.mapdelete");
void
go_mapdelete(map_type t, struct rt_map *m, const void *key)
{
	rt_mapdelete(t, m, key);
}

void go_mapdelete_32(map_type t, struct rt_map *m, uint32_t key)
    GO("runtime.mapdelete__fast32");
void
go_mapdelete_32(map_type t, struct rt_map *m, uint32_t key)
{
	rt_mapdelete_32(t, m, key);
}

void go_mapdelete_64(map_type t, struct rt_map *m, uint64_t key)
    GO("runtime.mapdelete__fast64");
void
go_mapdelete_64(map_type t, struct rt_map *m, uint64_t key)
{
	rt_mapdelete_64(t, m, key);
}

void go_mapdelete_str(map_type t, struct rt_map *m, gort_str key)
    GO("runtime.mapdelete__faststr");
void
go_mapdelete_str(map_type t, struct rt_map *m, gort_str key)
{
	rt_mapdelete_str(t, m, key);
}

void go_mapclear(map_type t, struct rt_map *m) GO("runtime.mapclear");
void
go_mapclear(map_type t, struct rt_map *m)
{
	rt_mapclear(t, m);
}

/* ---- range ---- */

void go_mapiterinit(map_type t, struct rt_map *m, struct rt_mapiter *it)
    GO("runtime.mapiterinit");
void
go_mapiterinit(map_type t, struct rt_map *m, struct rt_mapiter *it)
{
	rt_mapiterinit(t, m, it);
}

void go_mapiternext(struct rt_mapiter *it) GO("runtime.mapiternext");
void
go_mapiternext(struct rt_mapiter *it)
{
	rt_mapiternext(it);
}

/* ---- reflection ---- */

struct rt_map *go_reflect_makemap(map_type t, intptr_t hint)
    GO("reflect.makemap");
struct rt_map *
go_reflect_makemap(map_type t, intptr_t hint)
{
	return rt_makemap(t, hint);
}

intptr_t go_reflect_maplen(const struct rt_map *m) GO("reflect.maplen");
intptr_t
go_reflect_maplen(const struct rt_map *m)
{
	return rt_maplen(m);
}

intptr_t go_reflectlite_maplen(const struct rt_map *m)
    GO("internal_1reflectlite.maplen");
intptr_t
go_reflectlite_maplen(const struct rt_map *m)
{
	return rt_maplen(m);
}

void *go_reflect_mapaccess(map_type t, struct rt_map *m, const void *key)
    GO("reflect.mapaccess");
void *
go_reflect_mapaccess(map_type t, struct rt_map *m, const void *key)
{
	return rt_mapaccess(t, m, key);
}

void *go_reflect_mapaccess_str(map_type t, struct rt_map *m, gort_str key)
    GO("reflect.mapaccess__faststr");
void *
go_reflect_mapaccess_str(map_type t, struct rt_map *m, gort_str key)
{
	return rt_mapaccess_str(t, m, key);
}

void go_reflect_mapassign(map_type t, struct rt_map *m, const void *key,
    const void *elem) GO("reflect.mapassign");
void
go_reflect_mapassign(map_type t, struct rt_map *m, const void *key,
    const void *elem)
{
	rt_typedmemmove(t->elem, rt_mapassign(t, m, key), elem);
}

void go_reflect_mapassign_str(map_type t, struct rt_map *m, gort_str key,
    const void *elem) GO("reflect.mapassign__faststr");
void
go_reflect_mapassign_str(map_type t, struct rt_map *m, gort_str key,
    const void *elem)
{
	rt_typedmemmove(t->elem, rt_mapassign_str(t, m, key), elem);
}

void go_reflect_mapdelete(map_type t, struct rt_map *m, const void *key)
    GO("reflect.mapdelete");
void
go_reflect_mapdelete(map_type t, struct rt_map *m, const void *key)
{
	rt_mapdelete(t, m, key);
}

void go_reflect_mapdelete_str(map_type t, struct rt_map *m, gort_str key)
    GO("reflect.mapdelete__faststr");
void
go_reflect_mapdelete_str(map_type t, struct rt_map *m, gort_str key)
{
	rt_mapdelete_str(t, m, key);
}

void go_reflect_mapiterinit(map_type t, struct rt_map *m,
    struct rt_mapiter *it) GO("reflect.mapiterinit");
void
go_reflect_mapiterinit(map_type t, struct rt_map *m, struct rt_mapiter *it)
{
	rt_mapiterinit(t, m, it);
}

void go_reflect_mapiternext(struct rt_mapiter *it) GO("reflect.mapiternext");
void
go_reflect_mapiternext(struct rt_mapiter *it)
{
	rt_mapiternext(it);
}

void *go_reflect_mapiterkey(struct rt_mapiter *it) GO("reflect.mapiterkey");
void *
go_reflect_mapiterkey(struct rt_mapiter *it)
{
	return it->key;
}

void *go_reflect_mapiterelem(struct rt_mapiter *it) GO("reflect.mapiterelem");
void *
go_reflect_mapiterelem(struct rt_mapiter *it)
{
	return it->elem;
}
