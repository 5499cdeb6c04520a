/*
 * map_grow.c - how a map gets room: a larger table, or two for one.
 *
 * A table is replaced, never changed in its shape: what it held is copied into
 * fresh memory and the old table is left as it was. An iterator that is inside
 * it goes on there and looks each key up in the map (map_iter.c); otherwise the
 * collector takes it.
 *
 *   many slots are only marked deleted    a copy of the same size
 *   smaller than the type's largest       a copy twice as large
 *   already the largest                   two copies, split by the next bit of
 *                                         the hash; the directory doubles when
 *                                         the table was alone in its place
 *
 * So an insertion moves at most one table's entries (some hundred; a table is
 * at most 32 KiB), and a pointer for each table when the directory doubles: 8
 * bytes for some 700 entries.
 *
 * Pointers are copied by plain word stores here, and that is sound under any
 * barrier: the target is an object that nobody else knows and that is as new
 * as anything; the source stays reachable, unchanged, until it is overwritten
 * in the directory by rt_writeptr, whose deletion half hands it to a running
 * marker. What is copied can't be lost before.
 */
#include "types/map_table.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"

#define DEPTH_MAX 40

/* An empty slot for a key with hash h, in a table without deleted ones. */
static inline char *
place(const struct mapinfo *info, struct rt_table *tab, uint64_t h)
{
	uint32_t gmask = tab->gmask, g = hash_group(h) & gmask;

	for (uint32_t step = 1;; g = (g + step++) & gmask) {
		char *group = table_group(info, tab, g);
		uint32_t free = tags_equal(group_tags(group), TAG_EMPTY);

		if (free != 0) {
			unsigned i = (unsigned)__builtin_ctz(free);

			group[i] = (char)hash_tag(h);
			tab->used++;
			return group_slot(info, group, i);
		}
	}
}

static inline void
copy_slot(char *dst, const char *src, size_t bytes)
{
	uint64_t *d = (uint64_t *)(void *)dst;
	const uint64_t *s = (const uint64_t *)(const void *)src;

	if (bytes % 8 != 0) { /* then there are no pointers */
		memcpy(dst, src, bytes);
		return;
	}
	for (size_t i = 0; i < bytes / 8; i++)
		__atomic_store_n(&d[i], s[i], __ATOMIC_RELAXED); /* whole */
}

/* Copy old's entries to to[0] or, where the bit of the hash is set, to[1]. */
static inline __attribute__((always_inline)) void
copy_entries(enum key_kind kind, const struct rt_map *m, size_t bytes,
    const struct rt_table *old, struct rt_table *const to[2], unsigned bit)
{
	const struct mapinfo *info = m->info;

	for (uint32_t g = 0; g <= old->gmask; g++) {
		char *group = table_group(info, old, g);
		uint32_t full = tags_full(group_tags(group));

		for (; full != 0; full &= full - 1) {
			char *slot = group_slot(info, group,
			    (unsigned)__builtin_ctz(full));
			uint64_t h = key_hash(kind, info->t,
			    kind == KEY_ANY ? slot_key(info, slot) : slot,
			    m->seed);

			copy_slot(place(info, to[h >> bit & 1], h), slot,
			    bytes);
		}
	}
}

static void
copy_all(const struct rt_map *m, const struct rt_table *old,
    struct rt_table *const to[2], unsigned bit)
{
	size_t bytes = m->info->slot_bytes;

	switch ((enum key_kind)m->info->kind) {
	case KEY_32:
		copy_entries(KEY_32, m, bytes, old, to, bit);
		break;
	case KEY_64:
		if (bytes == 16) /* the commonest */
			copy_entries(KEY_64, m, 16, old, to, bit);
		else
			copy_entries(KEY_64, m, bytes, old, to, bit);
		break;
	case KEY_STR:
		copy_entries(KEY_STR, m, bytes, old, to, bit);
		break;
	case KEY_ANY:
		copy_entries(KEY_ANY, m, bytes, old, to, bit);
		break;
	}
	to[0]->left = (uint16_t)(to[0]->left - to[0]->used);
	if (to[1] != to[0])
		to[1]->left = (uint16_t)(to[1]->left - to[1]->used);
}

/* ---- the directory ---- */

static void
double_dir(struct rt_map *m)
{
	unsigned depth = map_depth(m);
	size_t n = (size_t)1 << depth;
	struct rt_table **dir, **old = m->dir;

	if (depth >= DEPTH_MAX)
		rt_throw("map: all keys have one hash");
	dir = rt_newarray(&rt_type_unsafe_pointer, (intptr_t)(2 * n));
	for (size_t i = 0; i < n; i++) {
		struct rt_table *tab = depth == 0 ? m->dir : old[i];

		rt_writeptr(&dir[2 * i], tab);
		rt_writeptr(&dir[2 * i + 1], tab);
	}
	rt_writeptr(&m->dir, dir);
	m->shift = (uint8_t)(63 - depth);
}

/* Put the halves into the places of the table that hash h leads to. */
static void
replace_by_halves(struct rt_map *m, uint64_t h, unsigned depth,
    struct rt_table *const half[2])
{
	struct rt_table **dir = m->dir;
	size_t n = (size_t)1 << (map_depth(m) - depth);
	size_t first = (h >> m->shift) & ~(n - 1);

	for (size_t i = 0; i < n; i++)
		rt_writeptr(&dir[first + i], half[i >= n / 2]);
}

static void
split(struct rt_map *m, struct rt_table *old, uint64_t h)
{
	unsigned depth = old->depth;
	struct rt_table *half[2];

	for (int i = 0; i < 2; i++)
		half[i] = rt_maptable_new(m->info, old->log2, depth + 1);
	copy_all(m, old, half, 63 - depth);
	if (depth == map_depth(m))
		double_dir(m);
	replace_by_halves(m, h, depth, half);
}

static void
replace(struct rt_map *m, struct rt_table *old, uint64_t h, unsigned log2)
{
	struct rt_table *tab = rt_maptable_new(m->info, log2, old->depth);

	copy_all(m, old, (struct rt_table *const[2]){ tab, tab }, 0);
	if (m->shift == 0) {
		rt_writeptr(&m->dir, tab);
	} else {
		struct rt_table **dir = m->dir;
		size_t n = (size_t)1 << (map_depth(m) - old->depth);
		size_t first = (h >> m->shift) & ~(n - 1);

		for (size_t i = 0; i < n; i++)
			rt_writeptr(&dir[first + i], tab);
	}
	m->gmask = tab->gmask;
}

void
rt_map_grow(struct rt_map *m, uint64_t h)
{
	struct rt_table *old = map_table(m, h);
	unsigned slots = 1u << old->log2;

	/* At least a quarter of the room is in deleted slots: a copy of the
	 * same size gives room for that many insertions, which pays for it. */
	if (old->log2 > MIN_LOG2 && old->used <= slots * 21 / 32)
		replace(m, old, h, old->log2);
	else if (old->log2 < m->info->max_log2)
		replace(m, old, h, old->log2 + 1u);
	else
		split(m, old, h);
	m->seq++;
}
