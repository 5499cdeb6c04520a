/*
 * map.h - Go's map. map.c opens with the design.
 *
 * A map and its tables are collected objects. All functions are for user
 * goroutines; one goroutine at a time may write, many may read while nobody
 * writes; a breach is detected where that is cheap, and is fatal.
 *
 * Addresses given back point into the map's tables: use them before the next
 * call that may change the map. NULL says absent. A key comes in as the
 * address of a value of the key type and is not kept.
 */
#ifndef RT_MAP_H
#define RT_MAP_H

#include "types/type.h"

struct rt_map;
struct rt_table;

/* The record of a `range` loop: 96 bytes that compiled code reserves. It reads
 * the first two words; reflection tests the third and knows words 0 to 7 as
 * pointers, the rest as numbers. */
struct rt_mapiter {
	void *key;  /* of the current entry; NULL: the end */
	void *elem;
	const struct rt_map_type *t;
	struct rt_map *m;
	struct rt_table *tab; /* being walked; may have been replaced since */
	char *at;             /* the group of tab whose slots `left` counts */
	void *unused[2];
	uint64_t pos;    /* first hash that tab is responsible for */
	uint64_t start;  /* pos of the first table */
	uint32_t clears; /* the map's count of clearings at the start */
	uint32_t seq;    /* the map's `seq` when tab was seen to be current */
	uint16_t group;  /* groups of tab begun */
	uint16_t turn;   /* chance: which group of a table comes first */
	uint16_t left;   /* slots of the group to visit, counted from rot */
	uint8_t rot;     /* chance: which slot of a group comes first */
	uint8_t pad;
};
_Static_assert(sizeof(struct rt_mapiter) == 96, "the compiler reserves 96");

/* What a lookup of an absent key is answered with: never written. */
#define RT_MAP_ZERO_BYTES 1024
extern const char rt_map_zero[RT_MAP_ZERO_BYTES];

struct rt_map *rt_makemap(const struct rt_map_type *t, intptr_t hint);
/* A map that learns its type when the first entry comes. */
struct rt_map *rt_makemap_small(void);

static inline intptr_t
rt_maplen(const struct rt_map *m)
{
	return m == NULL ? 0 : *(const intptr_t *)m; /* as compiled code does */
}

/*
 * Lookups give the element's address, assignments the address where to store
 * it: the existing entry's, or a new one's, zeroed. A nil map reads as empty
 * and panics when assigned to. The variants by width are for keys that are
 * equal when their bytes are; *_ptr when the key is a pointer.
 */
void *rt_mapaccess(const struct rt_map_type *t, struct rt_map *m,
    const void *key);
void *rt_mapaccess_32(const struct rt_map_type *t, struct rt_map *m,
    uint32_t key);
void *rt_mapaccess_64(const struct rt_map_type *t, struct rt_map *m,
    uint64_t key);
void *rt_mapaccess_str(const struct rt_map_type *t, struct rt_map *m,
    gort_str key);

/* As compiled code asks: the element, or zeroes; ok: it is there. */
struct rt_mapfound {
	const void *elem;
	bool ok;
};
struct rt_mapfound rt_mapfind_32(const struct rt_map_type *t, struct rt_map *m,
    uint32_t key);
struct rt_mapfound rt_mapfind_64(const struct rt_map_type *t, struct rt_map *m,
    uint64_t key);
struct rt_mapfound rt_mapfind_str(const struct rt_map_type *t, struct rt_map *m,
    gort_str key);
/* The element alone, by the same functions: the first of two words comes back
 * where a single one would. */
const void *rt_mapget_32(const struct rt_map_type *t, struct rt_map *m,
    uint32_t key) __asm__("rt_mapfind_32");
const void *rt_mapget_64(const struct rt_map_type *t, struct rt_map *m,
    uint64_t key) __asm__("rt_mapfind_64");
const void *rt_mapget_str(const struct rt_map_type *t, struct rt_map *m,
    gort_str key) __asm__("rt_mapfind_str");

void *rt_mapassign(const struct rt_map_type *t, struct rt_map *m,
    const void *key);
void *rt_mapassign_32(const struct rt_map_type *t, struct rt_map *m,
    uint32_t key);
void *rt_mapassign_64(const struct rt_map_type *t, struct rt_map *m,
    uint64_t key);
void *rt_mapassign_str(const struct rt_map_type *t, struct rt_map *m,
    gort_str key);

void rt_mapdelete(const struct rt_map_type *t, struct rt_map *m,
    const void *key);
void rt_mapdelete_32(const struct rt_map_type *t, struct rt_map *m,
    uint32_t key);
void rt_mapdelete_64(const struct rt_map_type *t, struct rt_map *m,
    uint64_t key);
void rt_mapdelete_str(const struct rt_map_type *t, struct rt_map *m,
    gort_str key);

void rt_mapclear(const struct rt_map_type *t, struct rt_map *m);

/* Begin: `it` may hold anything before. Both leave it at an entry or, with
 * key NULL, at the end. */
void rt_mapiterinit(const struct rt_map_type *t, struct rt_map *m,
    struct rt_mapiter *it);
void rt_mapiternext(struct rt_mapiter *it);

#endif
