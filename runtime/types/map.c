/*
 * map.c - Go's map: making, finding, storing, deleting, clearing.
 *
 * Shape. A map is a header, a directory, and tables of at most 1024 slots. The
 * leading bits of a key's hash choose the table through the directory, the
 * next the group of 16 slots to begin with, and the low eight are kept as the
 * slot's tag. A map that fits into one table has no directory: the header
 * points to it. A map of up to eight entries is one half group, which may be
 * filled up; others up to 7/8.
 *
 * Finding a key compares all 16 tags of a group at once (SSE2), then the keys
 * whose tag agrees: one in 253 agrees by chance, and costs more than its
 * instructions, for the processor had guessed otherwise and throws away the
 * lookups that it had begun meanwhile. An empty slot in the group
 * ends the search, for nobody would have gone past it; else the next group of
 * the table follows, by triangular steps, which meet each group once. So a
 * lookup that finds touches the line of the tags and that of the slot, and
 * neither the header of the table nor anything beside it.
 *
 * Compiled code's lookups have a quick path (find_quick): leaf functions that
 * save nothing. One comparison of `state` says that there is a table, that
 * nobody writes, what the key is and that the element lies in the slot. What
 * the first group can't answer begins anew in the careful path. A map that
 * outgrows the caches is read as fast as lookups overlap, and as many overlap
 * as instructions fit into the processor's window: each one counts.
 *
 * Growing is in map_grow.c: tables double up to their largest size, then split
 * in two, so that no insertion copies more than one table. All tables of a map
 * with a directory are of the same, largest size; the header knows how many
 * groups they have.
 *
 * Deleting empties the slot when its group has an empty one already; otherwise
 * some probe may have gone past it and the slot is marked deleted, until the
 * table is copied, becomes empty, or the slot is used again. In a table of one
 * group nothing is past it.
 *
 * Slots that are not full are all zeroes, so a new entry's element is zero and
 * nothing dead is kept alive.
 *
 * Clearing gives back what was too much: a map that is less than a quarter
 * full when it is cleared loses its tables, a fuller one keeps them, emptied,
 * for it will likely be filled again.
 *
 * The seed of the hash is drawn for each map, and again whenever the map has
 * become empty: who times collisions starts again from nothing.
 *
 * Concurrent use. Nothing guards a map: the program must. MAP_WRITING is set
 * while somebody changes it, and who meets it ends the program with Go's
 * words. The flag is atomic (relaxed) only so that reading it is defined; it
 * orders nothing and catches what it can. Hashing comes before the flag is
 * set, because hashing may panic; comparing does not, once a key was hashed.
 *
 * Tables and directories are collected objects with exact layouts
 * (map_type.c); keys and elements are stored through the barrier.
 *
 * Rejected: buckets with overflow chains and a copy of the whole table bit by
 * bit while it is in use (each access asks which of two tables is right; a
 * lookup walks a list; the old table lives long); one table that is copied at
 * once (an insertion of 100 ms at ten million entries); tags apart from the
 * slots (one more page touched a lookup, which costs more than the denser tags
 * save once a map outgrows the TLB); groups of eight (full ones are twice as
 * common, so absent keys probe on).
 */
#include "types/map_table.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/oracle.h"

#define INLINE static inline __attribute__((always_inline))

const char rt_map_zero[RT_MAP_ZERO_BYTES] RT_ALIGNED(64);

/* ---- the header ---- */

static const uint8_t header_mask[1] = { 2 }; /* dir */
static const gort_str header_name = { "map", 3 };
static const struct gort_type header_type = {
	.size = sizeof(struct rt_map),
	.ptrdata = 16,
	.align = 8,
	.field_align = 8,
	.kind = KIND_STRUCT,
	.gcdata = header_mask,
	.str = &header_name,
};
_Static_assert(offsetof(struct rt_map, dir) == 8, "header_mask says so");

INLINE uint16_t
get_state(const struct rt_map *m)
{
	return atomic_load_explicit(&m->state, memory_order_relaxed);
}

INLINE void
set_state(struct rt_map *m, uint16_t state)
{
	atomic_store_explicit(&m->state, state, memory_order_relaxed);
}

struct rt_map *
rt_makemap_small(void)
{
	struct rt_map *m = rt_newobject(&header_type);

	m->seed = rt_fastrand64();
	return m;
}

/* Tables for a directory that holds n entries without a split, most likely:
 * a table's share varies by its square root, so some room is left. */
static void
make_dir(struct rt_map *m, uint64_t n)
{
	unsigned log2 = m->info->max_log2, depth = 1;
	uint64_t room = (1u << log2) / 8 * 7;
	struct rt_table **dir;

	room -= room / 10;
	while (room << depth < n)
		depth++;
	dir = rt_newarray(&rt_type_unsafe_pointer, (intptr_t)1 << depth);
	for (size_t i = 0; i < (size_t)1 << depth; i++)
		rt_writeptr(&dir[i], rt_maptable_new(m->info, log2, depth));
	rt_writeptr(&m->dir, dir);
	m->shift = (uint8_t)(64 - depth);
	m->gmask = dir[0]->gmask;
	set_state(m, m->info->quick);
}

struct rt_map *
rt_makemap(const struct rt_map_type *t, intptr_t hint)
{
	struct rt_map *m = rt_makemap_small();
	const struct mapinfo *info = rt_mapinfo(t);
	struct rt_table *tab;
	unsigned log2 = 4;

	m->info = info;
	if (hint <= 1 << MIN_LOG2 || /* lazily, as most stay empty */
	    (uint64_t)hint > ((uint64_t)1 << 46) / info->slot_bytes)
		return m;
	while (log2 < info->max_log2 && (1 << log2) / 8 * 7 < hint)
		log2++;
	if ((1 << log2) / 8 * 7 < hint) {
		make_dir(m, (uint64_t)hint);
		return m;
	}
	tab = rt_maptable_new(info, log2, 0);
	rt_writeptr(&m->dir, tab);
	m->gmask = tab->gmask;
	set_state(m, info->quick);
	return m;
}

/* ---- who else is here ---- */

INLINE void
check_reading(const struct rt_map *m)
{
	if (RT_UNLIKELY(get_state(m) & MAP_WRITING))
		rt_fatal("concurrent map read and map write");
}

INLINE void
begin_writing(struct rt_map *m)
{
	uint16_t was = get_state(m);

	if (RT_UNLIKELY(was & MAP_WRITING))
		rt_fatal("concurrent map writes");
	set_state(m, was | MAP_WRITING);
}

INLINE void
end_writing(struct rt_map *m)
{
	uint16_t was = get_state(m);

	if (RT_UNLIKELY(!(was & MAP_WRITING)))
		rt_fatal("concurrent map writes");
	set_state(m, was & (uint16_t)~MAP_WRITING);
}

/* A key that can't be hashed panics even where there is nothing to find. */
static RT_NOINLINE void
try_hash(enum key_kind kind, const struct rt_map_type *t, const void *key)
{
	if (kind == KEY_ANY && (t->flags & 16) != 0)
		rt_call_hash(t->hasher, key, 0);
}

/* ---- finding ---- */

INLINE void *
access_as(enum key_kind kind, const struct rt_map *m, const void *key)
{
	const struct mapinfo *info = m->info;
	uint64_t h = key_hash(kind, info->t, key, m->seed);
	char *slot = table_find(kind, info, map_table(m, h), m->gmask, h, key);

	return slot == NULL ? NULL : slot_elem(info, slot);
}

static RT_NOINLINE void *
access_any(const struct rt_map *m, const void *key)
{
	return access_as(KEY_ANY, m, key);
}

INLINE void *
access(enum key_kind want, const struct rt_map_type *t,
    const struct rt_map *m, const void *key)
{
	if (RT_UNLIKELY(m == NULL || m->count == 0)) {
		if (want == KEY_ANY)
			try_hash(want, t, key);
		return NULL;
	}
	check_reading(m);
	if (want != KEY_ANY && RT_LIKELY(m->info->kind == want))
		return access_as(want, m, key);
	return access_any(m, key);
}

void *
rt_mapaccess_32(const struct rt_map_type *t, struct rt_map *m, uint32_t key)
{
	return access(KEY_32, t, m, &key);
}

void *
rt_mapaccess_64(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	return access(KEY_64, t, m, &key);
}

void *
rt_mapaccess_str(const struct rt_map_type *t, struct rt_map *m, gort_str key)
{
	return access(KEY_STR, t, m, &key);
}

void *
rt_mapaccess(const struct rt_map_type *t, struct rt_map *m, const void *key)
{
	if (m != NULL && m->count != 0)
		switch ((enum key_kind)m->info->kind) {
		case KEY_32:
			return access(KEY_32, t, m, key);
		case KEY_64:
			return access(KEY_64, t, m, key);
		case KEY_STR:
			return access(KEY_STR, t, m, key);
		case KEY_ANY:
			break;
		}
	return access(KEY_ANY, t, m, key);
}

/* ---- finding, as compiled code asks ---- */

INLINE struct rt_mapfound
found(const void *elem)
{
	if (elem == NULL)
		return (struct rt_mapfound){ rt_map_zero, false };
	return (struct rt_mapfound){ elem, true };
}

static RT_NOINLINE struct rt_mapfound
find_32(const struct rt_map_type *t, struct rt_map *m, uint32_t key)
{
	return found(rt_mapaccess_32(t, m, key));
}

static RT_NOINLINE struct rt_mapfound
find_64(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	return found(rt_mapaccess_64(t, m, key));
}

static RT_NOINLINE struct rt_mapfound
find_str(const struct rt_map_type *t, struct rt_map *m, gort_str key)
{
	return found(rt_mapaccess_str(t, m, key));
}

/*
 * Look into the first group only. True: *ret_slot is the key's slot, or NULL
 * because it is absent. The sizes are constants where the caller knows them.
 */
INLINE bool
find_quick(enum key_kind kind, const struct rt_map *m, const void *key,
    uint32_t group_bytes, uint32_t slot_bytes, char **ret_slot)
{
	uint64_t h = key_hash(kind, NULL, key, m->seed);
	char *group = (char *)(map_table(m, h) + 1) +
	    (size_t)(hash_group(h) & m->gmask) * group_bytes;
	__m128i tags = group_tags(group);

	for (uint32_t hits = tags_hit(tags, h); hits != 0; hits &= hits - 1) {
		char *slot = group + GROUP_SLOTS +
		    (unsigned)__builtin_ctz(hits) * slot_bytes;

		if (RT_LIKELY(key_equal(kind, NULL, slot, key))) {
			*ret_slot = slot;
			return true;
		}
	}
	*ret_slot = NULL;
	return tags_equal(tags, TAG_EMPTY) != 0;
}

/* The same with the sizes of the map's type; *ret is the answer. */
INLINE bool
find_sized(enum key_kind kind, const struct rt_map *m, const void *key,
    struct rt_mapfound *ret)
{
	const struct mapinfo *info = m->info;
	char *slot;

	if (!find_quick(kind, m, key, info->group_bytes, info->slot_bytes,
	        &slot))
		return false;
	*ret = found(slot == NULL ? NULL : slot + info->elem_off);
	return true;
}

struct rt_mapfound
rt_mapfind_32(const struct rt_map_type *t, struct rt_map *m, uint32_t key)
{
	struct rt_mapfound f;

	if (RT_LIKELY(m != NULL && get_state(m) == QUICK_32) &&
	    RT_LIKELY(find_sized(KEY_32, m, &key, &f)))
		return f;
	return find_32(t, m, key);
}

/* Apart, that the commonest slots' path have nothing to save. */
static RT_NOINLINE struct rt_mapfound
find_64_sized(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	struct rt_mapfound f;

	if (RT_LIKELY(get_state(m) == QUICK_64) &&
	    RT_LIKELY(find_sized(KEY_64, m, &key, &f)))
		return f;
	return find_64(t, m, key);
}

struct rt_mapfound
rt_mapfind_64(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	char *slot;

	if (RT_UNLIKELY(m == NULL))
		return found(NULL);
	if (RT_UNLIKELY(get_state(m) != QUICK_64_16))
		return find_64_sized(t, m, key);
	if (RT_LIKELY(find_quick(KEY_64, m, &key,
	        GROUP_SLOTS + GROUP_SLOTS * 16, 16, &slot)))
		return found(slot == NULL ? NULL : slot + 8);
	return find_64(t, m, key);
}

struct rt_mapfound
rt_mapfind_str(const struct rt_map_type *t, struct rt_map *m, gort_str key)
{
	struct rt_mapfound f;

	if (RT_LIKELY(m != NULL && get_state(m) == QUICK_STR) &&
	    RT_LIKELY(find_sized(KEY_STR, m, &key, &f)))
		return f;
	return find_str(t, m, key);
}

/* ---- storing ---- */

INLINE void
store_key(enum key_kind kind, const struct mapinfo *info, char *slot,
    const void *key)
{
	switch (kind) {
	case KEY_32:
		*(uint32_t *)(void *)slot = *(const uint32_t *)key;
		return;
	case KEY_64:
		if (info->key_ptrs)
			rt_writeptr(slot, *(void *const *)key);
		else
			*(uint64_t *)(void *)slot = *(const uint64_t *)key;
		return;
	case KEY_STR:
		rt_writeptr(slot, (void *)(uintptr_t)((const gort_str *)key)->p);
		((gort_str *)(void *)slot)->n = ((const gort_str *)key)->n;
		return;
	case KEY_ANY:
		break;
	}
	rt_typedmemmove(info->key, slot_key(info, slot), key);
}

/* The slot for a key that the table does not hold: the first free one on its
 * way. NULL: there is no room. */
INLINE char *
take_slot(const struct mapinfo *info, struct rt_table *tab, uint64_t h)
{
	uint32_t gmask = tab->gmask, g = hash_group(h) & gmask;
	char *tag = NULL; /* of the first deleted slot */

	for (uint32_t step = 1;; g = (g + step++) & gmask) {
		char *group = table_group(info, tab, g);
		__m128i tags = group_tags(group);
		uint32_t free = tags_equal(tags, TAG_EMPTY);
		uint32_t deleted = tags_equal(tags, TAG_DELETED);

		if (deleted != 0 && tag == NULL)
			tag = group + __builtin_ctz(deleted);
		if (RT_LIKELY(free != 0) && tag == NULL) {
			if (tab->left == 0)
				return NULL;
			tab->left--;
			tag = group + __builtin_ctz(free);
		}
		if (tag != NULL || step > gmask)
			break;
	}
	if (tag == NULL)
		return NULL;
	*tag = (char)hash_tag(h);
	tab->used++;
	return tag_slot(info, tag);
}

/* A new entry, its key stored. */
INLINE char *
insert(enum key_kind kind, struct rt_map *m, uint64_t h, const void *key)
{
	const struct mapinfo *info = m->info;
	char *slot;

	while ((slot = take_slot(info, map_table(m, h), h)) == NULL)
		rt_map_grow(m, h);
	if (kind == KEY_ANY && info->key_indirect)
		rt_writeptr(slot, rt_newobject(info->key));
	if (info->elem_indirect)
		rt_writeptr(slot + info->elem_off, rt_newobject(info->elem));
	store_key(kind, info, slot, key);
	m->count++;
	return slot;
}

INLINE void *
assign_as(enum key_kind kind, struct rt_map *m, const void *key)
{
	const struct mapinfo *info = m->info;
	uint64_t h = key_hash(kind, info->t, key, m->seed);
	char *slot;

	begin_writing(m);
	if (RT_UNLIKELY(m->dir == NULL)) {
		rt_writeptr(&m->dir, rt_maptable_new(info, MIN_LOG2, 0));
		set_state(m, MAP_WRITING | info->quick);
	}
	slot = table_find(kind, info, map_table(m, h), m->gmask, h, key);
	if (slot == NULL)
		slot = insert(kind, m, h, key);
	else if (kind == KEY_STR || (kind == KEY_ANY && info->overwrite))
		store_key(kind, info, slot, key);
	end_writing(m);
	return slot_elem(info, slot);
}

static RT_NOINLINE void *
assign_any(struct rt_map *m, const void *key)
{
	return assign_as(KEY_ANY, m, key);
}

static RT_NOINLINE void
bind_type(const struct rt_map_type *t, struct rt_map *m)
{
	if (m == NULL)
		rt_panic_plain("assignment to entry in nil map");
	m->info = rt_mapinfo(t);
}

INLINE void *
assign(enum key_kind want, const struct rt_map_type *t, struct rt_map *m,
    const void *key)
{
	if (RT_UNLIKELY(m == NULL || m->info == NULL))
		bind_type(t, m);
	if (want != KEY_ANY && RT_LIKELY(m->info->kind == want))
		return assign_as(want, m, key);
	return assign_any(m, key);
}

void *
rt_mapassign_32(const struct rt_map_type *t, struct rt_map *m, uint32_t key)
{
	return assign(KEY_32, t, m, &key);
}

void *
rt_mapassign_64(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	return assign(KEY_64, t, m, &key);
}

void *
rt_mapassign_str(const struct rt_map_type *t, struct rt_map *m, gort_str key)
{
	return assign(KEY_STR, t, m, &key);
}

void *
rt_mapassign(const struct rt_map_type *t, struct rt_map *m, const void *key)
{
	if (RT_UNLIKELY(m == NULL || m->info == NULL))
		bind_type(t, m);
	switch ((enum key_kind)m->info->kind) {
	case KEY_32:
		return rt_mapassign_32(t, m, *(const uint32_t *)key);
	case KEY_64:
		return rt_mapassign_64(t, m, *(const uint64_t *)key);
	case KEY_STR:
		return rt_mapassign_str(t, m, *(const gort_str *)key);
	case KEY_ANY:
		break;
	}
	return assign_any(m, key);
}

/* ---- deleting ---- */

/* Back to zeroes, by the barrier where there are pointers. */
static void
clear_slot(const struct mapinfo *info, char *slot)
{
	if (info->key_indirect)
		rt_writeptr(slot, NULL);
	else if (info->key_ptrs)
		rt_typedmemmove(info->key, slot, rt_map_zero);
	if (info->elem_indirect)
		rt_writeptr(slot + info->elem_off, NULL);
	else if (info->elem_ptrs)
		rt_typedmemmove(info->elem, slot + info->elem_off,
		    rt_map_zero);
	else
		memset(slot + info->elem_off, 0, info->elem->size);
}

/* All of the table's entries are gone: its deleted slots are empty again. */
static void
forget_deleted(const struct mapinfo *info, struct rt_table *tab)
{
	unsigned room = (1u << tab->log2) / 8 * 7;

	if (tab->log2 == MIN_LOG2 || tab->left == room)
		return;
	for (uint32_t g = 0; g <= tab->gmask; g++)
		memset(table_group(info, tab, g), TAG_EMPTY, GROUP_SLOTS);
	tab->left = (uint16_t)room;
}

static void
free_slot(struct rt_map *m, struct rt_table *tab, char *tag)
{
	const struct mapinfo *info = m->info;

	clear_slot(info, tag_slot(info, tag));
	if (tab->gmask == 0 ||
	    tags_equal(group_tags(tag_group(tag)), TAG_EMPTY) != 0) {
		*tag = TAG_EMPTY;
		tab->left++;
	} else {
		*tag = TAG_DELETED;
	}
	if (--tab->used == 0)
		forget_deleted(info, tab);
	if (--m->count == 0)
		m->seed = rt_fastrand64();
}

INLINE void
delete_as(enum key_kind kind, struct rt_map *m, const void *key)
{
	uint64_t h = key_hash(kind, m->info->t, key, m->seed);
	struct rt_table *tab;
	char *slot, *tag;

	begin_writing(m);
	tab = map_table(m, h);
	tag = table_find_tag(kind, m->info, tab, m->gmask, h, key, &slot);
	if (tag != NULL)
		free_slot(m, tab, tag);
	end_writing(m);
}

static RT_NOINLINE void
delete_any(struct rt_map *m, const void *key)
{
	delete_as(KEY_ANY, m, key);
}

INLINE void
delete(enum key_kind want, const struct rt_map_type *t, struct rt_map *m,
    const void *key)
{
	if (m == NULL || m->count == 0) {
		if (want == KEY_ANY)
			try_hash(want, t, key);
		return;
	}
	if (want != KEY_ANY && RT_LIKELY(m->info->kind == want))
		delete_as(want, m, key);
	else
		delete_any(m, key);
}

void
rt_mapdelete_32(const struct rt_map_type *t, struct rt_map *m, uint32_t key)
{
	delete(KEY_32, t, m, &key);
}

void
rt_mapdelete_64(const struct rt_map_type *t, struct rt_map *m, uint64_t key)
{
	delete(KEY_64, t, m, &key);
}

void
rt_mapdelete_str(const struct rt_map_type *t, struct rt_map *m, gort_str key)
{
	delete(KEY_STR, t, m, &key);
}

void
rt_mapdelete(const struct rt_map_type *t, struct rt_map *m, const void *key)
{
	if (m != NULL && m->count != 0)
		switch ((enum key_kind)m->info->kind) {
		case KEY_32:
			delete(KEY_32, t, m, key);
			return;
		case KEY_64:
			delete(KEY_64, t, m, key);
			return;
		case KEY_STR:
			delete(KEY_STR, t, m, key);
			return;
		case KEY_ANY:
			break;
		}
	delete(KEY_ANY, t, m, key);
}

/* ---- clearing ---- */

static void
clear_table(const struct mapinfo *info, struct rt_table *tab)
{
	for (uint32_t g = 0; g <= tab->gmask; g++) {
		char *group = table_group(info, tab, g);
		uint32_t full = tags_full(group_tags(group));

		for (; full != 0; full &= full - 1) {
			unsigned i = (unsigned)__builtin_ctz(full);

			clear_slot(info, group_slot(info, group, i));
			group[i] = TAG_EMPTY;
			tab->left++;
		}
	}
	tab->used = 0;
	forget_deleted(info, tab);
}

static bool
worth_keeping(const struct rt_map *m)
{
	const struct rt_table *tab = map_table(m, 0);
	uint64_t slots = (uint64_t)1 << (tab->log2 + map_depth(m));

	return (uint64_t)m->count * 4 >= slots || tab->log2 == MIN_LOG2;
}

static void
clear_all(struct rt_map *m)
{
	struct rt_table **dir = m->dir, *last = NULL;

	if (m->shift == 0) {
		clear_table(m->info, m->dir);
		return;
	}
	for (size_t i = 0; i < (size_t)1 << map_depth(m); i++) {
		if (dir[i] != last)
			clear_table(m->info, dir[i]);
		last = dir[i];
	}
}

void
rt_mapclear(const struct rt_map_type *t, struct rt_map *m)
{
	(void)t;
	if (m == NULL || m->count == 0)
		return;
	begin_writing(m);
	if (worth_keeping(m)) {
		clear_all(m);
	} else {
		set_state(m, MAP_WRITING | QUICK_NONE); /* before dir goes */
		rt_writeptr(&m->dir, NULL);
		m->shift = 0;
		m->gmask = 0;
	}
	m->count = 0;
	m->clears++;
	m->seq++;
	m->seed = rt_fastrand64();
	end_writing(m);
}
