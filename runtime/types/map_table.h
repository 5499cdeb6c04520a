/*
 * map_table.h - a map's layout and its probe loop; private to types/map*.c and
 * their tests. map.c has the essay.
 */
#ifndef RT_MAP_TABLE_H
#define RT_MAP_TABLE_H

#include "runtime2.h"
#include "types/map.h"
#include "types/type_alg.h"

#include <emmintrin.h>
#include <stdatomic.h>

/* A tag byte: one of these, or eight bits of the hash, at least TAG_FULL.
 * Zeroed memory is a table of empty slots. */
enum {
	TAG_EMPTY = 0,   /* never used since the table was made */
	TAG_DELETED = 1, /* was used, and a probe may have passed over it */
	TAG_NONE = 2,    /* the slot does not exist (tables of 8) */
	TAG_FULL = 3, /* and all above */
};

#define GROUP_SLOTS 16
#define MIN_LOG2 3 /* slots of the smallest table: half a group */
#define MAX_LOG2 10
#define TABLE_BYTES_MAX 32768 /* a table stays within the small sizes */
#define SLOT_VALUE_MAX 128    /* larger keys and elements live outside */

enum key_kind { /* how a key is hashed and compared */
	KEY_ANY,  /* through the type's functions */
	KEY_32,
	KEY_64,
	KEY_STR,
};

/* What the map functions need of a map type; made once a type, kept. */
struct mapinfo {
	uint32_t group_bytes;
	uint16_t slot_bytes;
	uint16_t elem_off; /* in the slot */
	uint8_t kind;      /* enum key_kind */
	uint8_t quick;     /* enum map_quick */
	bool key_indirect, elem_indirect;
	bool key_ptrs, elem_ptrs; /* the slot's parts hold pointers */
	bool reflexive;           /* k == k for every key */
	bool overwrite;           /* an update stores the key too */
	bool direct;              /* key and element lie in the slot */
	uint8_t max_log2;         /* slots of the largest table */
	const struct rt_map_type *t; /* root when the type is collected */
	const struct gort_type *key, *elem;
	/* descriptors of tables of 1 << i slots; NULL: no pointers */
	const struct gort_type *table[MAX_LOG2 + 1];
	struct mapinfo *next;
};

/* A table: this, then groups of 16 tags and 16 slots. */
struct rt_table {
	uint16_t left;  /* empty slots that may still be taken */
	uint16_t used;  /* full slots */
	uint16_t gmask; /* groups - 1 */
	uint8_t depth;  /* leading hash bits that all its keys share */
	uint8_t log2;   /* slots */
	uint64_t pad;
};
_Static_assert(sizeof(struct rt_table) == 16, "groups are 16-aligned");

/* What a lookup may take for granted of a map that has a table: nothing, or
 * the kind of the key and that the element lies in the slot. */
enum map_quick {
	QUICK_NONE,
	QUICK_32,
	QUICK_64,
	QUICK_STR,
	QUICK_64_16, /* slots of 16 bytes: key, element */
};
enum { MAP_WRITING = 0x100 }; /* in `state`, above enum map_quick */

struct rt_map {
	intptr_t count; /* compiled code reads it */
	/* depth 0: the table, or NULL; else an array of 1 << depth tables,
	 * indexed by the hash's leading bits */
	void *dir;
	const struct mapinfo *info; /* off-heap; NULL: no type seen yet */
	uint64_t seed;
	uint32_t seq;    /* grows whenever a table is replaced */
	uint32_t clears; /* grows whenever the map is cleared */
	uint16_t gmask;  /* of all tables */
	uint8_t shift;   /* 64 - depth; 0 at depth 0 */
	/* enum map_quick while dir != NULL, and MAP_WRITING: one word, because
	 * every lookup compares both at once */
	_Atomic uint16_t state;
};

/* map_type.c: any thread; takes RANK_MODULES the first time. */
const struct mapinfo *rt_mapinfo(const struct rt_map_type *t);

/* map_grow.c */
struct rt_table *rt_maptable_new(const struct mapinfo *info, unsigned log2,
    unsigned depth);
/* Make room in the table that is responsible for hash h. */
void rt_map_grow(struct rt_map *m, uint64_t h);

static inline unsigned
map_depth(const struct rt_map *m)
{
	return m->shift == 0 ? 0 : 64u - m->shift;
}

static inline struct rt_table *
map_table(const struct rt_map *m, uint64_t h)
{
	if (RT_LIKELY(m->shift == 0))
		return m->dir;
	return ((struct rt_table **)m->dir)[h >> m->shift];
}

static inline char *
table_group(const struct mapinfo *info, const struct rt_table *tab, uint32_t g)
{
	return (char *)(uintptr_t)tab + sizeof(*tab) +
	    (size_t)g * info->group_bytes;
}

static inline char *
group_slot(const struct mapinfo *info, char *group, unsigned i)
{
	return group + GROUP_SLOTS + i * info->slot_bytes;
}

static inline __m128i
group_tags(const char *group)
{
	return _mm_load_si128((const __m128i *)(const void *)group);
}

/* One bit a slot. */
static inline uint32_t
tags_equal(__m128i tags, uint8_t tag)
{
	return (uint32_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag)));
}

/* Bytes below TAG_FULL become that. */
static inline __m128i
tags_raised(__m128i tags)
{
	return _mm_max_epu8(tags, _mm_set1_epi8(TAG_FULL));
}

static inline uint32_t
tags_full(__m128i tags)
{
	return (uint32_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(tags, tags_raised(tags)));
}

static inline uint8_t
hash_tag(uint64_t h)
{
	return (uint8_t)h < TAG_FULL ? TAG_FULL : (uint8_t)h;
}

/* The slots with this hash's tag. */
static inline uint32_t
tags_hit(__m128i tags, uint64_t h)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(
	    tags, tags_raised(_mm_set1_epi8((char)h))));
}

static inline uint32_t
hash_group(uint64_t h)
{
	return (uint32_t)(h >> 8);
}

/* Where the slot's key and element really are. */
static inline void *
slot_key(const struct mapinfo *info, char *slot)
{
	return info->key_indirect ? *(void **)slot : (void *)slot;
}

static inline void *
slot_elem(const struct mapinfo *info, char *slot)
{
	char *e = slot + info->elem_off;

	return info->elem_indirect ? *(void **)e : (void *)e;
}

/* `kind` is a constant wherever these are inlined. */
static inline __attribute__((always_inline)) uint64_t
key_hash(enum key_kind kind, const struct rt_map_type *t, const void *key,
    uint64_t seed)
{
	switch (kind) {
	case KEY_32:
		return rt_hash_word(*(const uint32_t *)key, seed);
	case KEY_64:
		return rt_hash_word(*(const uint64_t *)key, seed);
	case KEY_STR:
		return rt_hash_bytes(((const gort_str *)key)->p, seed,
		    (size_t)((const gort_str *)key)->n);
	case KEY_ANY:
		break;
	}
	return rt_call_hash(t->hasher, key, seed);
}

static inline __attribute__((always_inline)) bool
key_equal(enum key_kind kind, const struct mapinfo *info, char *slot,
    const void *key)
{
	const gort_str *a, *b;

	switch (kind) {
	case KEY_32:
		return *(const uint32_t *)slot == *(const uint32_t *)key;
	case KEY_64:
		return *(const uint64_t *)slot == *(const uint64_t *)key;
	case KEY_STR:
		a = (const gort_str *)slot;
		b = key;
		return a->n == b->n &&
		    (a->p == b->p || memcmp(a->p, b->p, (size_t)a->n) == 0);
	case KEY_ANY:
		break;
	}
	return rt_call_equal(info->key->equal, key, slot_key(info, slot));
}

/* Tables and groups are 16-aligned, so a tag's address tells all. */
static inline char *
tag_group(char *tag)
{
	return tag - ((uintptr_t)tag & (GROUP_SLOTS - 1));
}

static inline char *
tag_slot(const struct mapinfo *info, char *tag)
{
	return group_slot(info, tag_group(tag),
	    (uintptr_t)tag & (GROUP_SLOTS - 1));
}

/* The tag of key's slot in the table, or NULL; *ret_slot is the slot. */
static inline __attribute__((always_inline)) char *
table_find_tag(enum key_kind kind, const struct mapinfo *info,
    const struct rt_table *tab, uint32_t gmask, uint64_t h, const void *key,
    char **ret_slot)
{
	uint32_t g = hash_group(h) & gmask;

	for (uint32_t step = 1;; g = (g + step++) & gmask) {
		char *group = table_group(info, tab, g);
		__m128i tags = group_tags(group);
		uint32_t hits = tags_hit(tags, h);

		for (; hits != 0; hits &= hits - 1) {
			unsigned i = (unsigned)__builtin_ctz(hits);
			char *slot = group_slot(info, group, i);

			if (RT_LIKELY(key_equal(kind, info, slot, key))) {
				*ret_slot = slot;
				return group + i;
			}
		}
		if (RT_LIKELY(tags_equal(tags, TAG_EMPTY) != 0) ||
		    step > gmask)
			return NULL;
	}
}

/* The slot of key in the table, or NULL. */
static inline __attribute__((always_inline)) char *
table_find(enum key_kind kind, const struct mapinfo *info,
    const struct rt_table *tab, uint32_t gmask, uint64_t h, const void *key)
{
	char *slot = NULL;

	table_find_tag(kind, info, tab, gmask, h, key, &slot);
	return slot;
}

#endif
