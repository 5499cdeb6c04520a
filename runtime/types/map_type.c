/*
 * map_type.c - what the maps need to know of a map type, worked out once.
 *
 * An info is made at the first map of its type and kept for ever: it says how
 * to hash and compare keys, how a slot is laid out, and it makes the pointer
 * layouts of the tables, so that the collector reads tables exactly. The
 * buckets that the compiler describes in the type are of no use here.
 *
 * Found by the type's address in a hash table with chains, read without a
 * lock: an info is complete before it is linked (release; the reader's acquire
 * pairs), and is never unlinked. Writers hold `lock`. A map remembers its info,
 * so this is asked once a map.
 *
 * Infos are off-heap. A type that reflection made is a collected object; an
 * info must keep it alive, or another type might come to its address. So the
 * chunks that infos are cut from are registered roots.
 *
 * Large keys and elements (above SLOT_VALUE_MAX) live in objects of their own
 * and the slot holds a pointer, or a growing map of huge values would mostly
 * copy them, and a map of one entry would be eight times its size.
 */
#include "types/map_table.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "mem/malloc.h"

#define CHAINS 512
#define CHUNK_INFOS 32

static struct {
	struct rt_mutex lock;
	struct mapinfo *chunk; /* lock: infos not handed out yet */
	unsigned nchunk;
	_Atomic(struct mapinfo *) chain[CHAINS]; /* writers: lock */
} infos = { .lock = { .rank = RANK_MODULES } };

static _Atomic(struct mapinfo *) *
chain_of(const struct rt_map_type *t)
{
	return &infos.chain[((uintptr_t)t >> 3) * 0x9e3779b97f4a7c15u >> 55];
}

static struct mapinfo *
lookup(const struct rt_map_type *t)
{
	struct mapinfo *i = atomic_load_explicit(chain_of(t),
	    memory_order_acquire);

	while (i != NULL && i->t != t)
		i = i->next;
	return i;
}

/* ---- layout ---- */

static enum key_kind
kind_of(const struct rt_map_type *t)
{
	rt_hash_fn *h = (rt_hash_fn *)(void *)t->hasher->fn;
	rt_equal_fn *eq = (rt_equal_fn *)(void *)t->key->equal->fn;

	if (h == rt_memhash64 && eq == rt_memequal64 && t->key->size == 8)
		return KEY_64;
	if (h == rt_memhash32 && eq == rt_memequal32 && t->key->size == 4)
		return KEY_32;
	if (h == rt_strhash_at && eq == rt_strequal &&
	    t->key->size == sizeof(gort_str))
		return KEY_STR;
	return KEY_ANY;
}

static uint32_t
round_up(uint32_t n, uint32_t align)
{
	return align == 0 ? n : (n + align - 1) / align * align;
}

static void
lay_out_slot(struct mapinfo *info)
{
	const struct gort_type *k = info->key, *e = info->elem;
	uint32_t ksize = (uint32_t)k->size, kalign = k->align;
	uint32_t esize = (uint32_t)e->size, ealign = e->align;

	info->key_indirect = k->size > SLOT_VALUE_MAX;
	info->elem_indirect = e->size > SLOT_VALUE_MAX;
	if (info->key_indirect)
		ksize = kalign = sizeof(void *);
	if (info->elem_indirect)
		esize = ealign = sizeof(void *);
	info->direct = !info->key_indirect && !info->elem_indirect;
	info->key_ptrs = info->key_indirect || k->ptrdata != 0;
	info->elem_ptrs = info->elem_indirect || e->ptrdata != 0;
	/* an element of no size shares the key's address, lest the last one
	 * lie outside the table */
	info->elem_off = (uint16_t)(esize == 0 ? 0 : round_up(ksize, ealign));
	info->slot_bytes = (uint16_t)round_up(info->elem_off + esize > ksize
	        ? info->elem_off + esize : ksize,
	    kalign > ealign ? kalign : ealign);
	if (info->slot_bytes == 0)
		info->slot_bytes = 1;
	info->group_bytes = GROUP_SLOTS + GROUP_SLOTS * info->slot_bytes;
}

static size_t
table_bytes(const struct mapinfo *info, unsigned log2)
{
	if (log2 == MIN_LOG2) /* half a group of slots, all of the tags */
		return sizeof(struct rt_table) + GROUP_SLOTS +
		    (GROUP_SLOTS / 2) * info->slot_bytes;
	return sizeof(struct rt_table) +
	    ((size_t)info->group_bytes << (log2 - 4));
}

/* ---- pointer layouts ---- */

static void
set_bits(uint8_t *mask, size_t word, const struct gort_type *t, bool indirect)
{
	if (indirect) {
		mask[word / 8] |= (uint8_t)(1 << word % 8);
		return;
	}
	for (size_t i = 0; i < t->ptrdata / sizeof(void *); i++)
		if (t->gcdata[i / 8] >> (i % 8) & 1)
			mask[(word + i) / 8] |=
			    (uint8_t)(1 << (word + i) % 8);
}

static const gort_str table_name = { "map table", 9 };

static const struct gort_type *
table_type(const struct mapinfo *info, unsigned log2)
{
	size_t bytes = table_bytes(info, log2), words = bytes / 8;
	struct gort_type *t = rt_persistentalloc(sizeof *t, 8, RT_STAT_OTHER);
	uint8_t *mask = rt_persistentalloc(words / 8 + 1, 8, RT_STAT_OTHER);

	for (unsigned i = 0; i < 1u << log2; i++) {
		size_t at = sizeof(struct rt_table) +
		    (size_t)(i / GROUP_SLOTS) * info->group_bytes +
		    GROUP_SLOTS + i % GROUP_SLOTS * info->slot_bytes;

		set_bits(mask, at / 8, info->key, info->key_indirect);
		set_bits(mask, (at + info->elem_off) / 8, info->elem,
		    info->elem_indirect);
	}
	t->size = bytes;
	t->ptrdata = bytes & ~(size_t)7;
	t->align = t->field_align = 8;
	t->kind = KIND_STRUCT;
	t->gcdata = mask;
	t->str = &table_name;
	return t;
}

/* ---- making one ---- */

/* infos.lock held. */
static struct mapinfo *
new_info(void)
{
	if (infos.nchunk == 0) {
		size_t bytes = CHUNK_INFOS * sizeof(struct mapinfo);

		infos.chunk = rt_persistentalloc(bytes, 16, RT_STAT_OTHER);
		infos.nchunk = CHUNK_INFOS;
		rt_roots_add(infos.chunk, bytes);
	}
	infos.nchunk--;
	return infos.chunk++;
}

static enum map_quick
quick_of(const struct mapinfo *info)
{
	if (info->elem_indirect)
		return QUICK_NONE;
	switch ((enum key_kind)info->kind) {
	case KEY_32:
		return QUICK_32;
	case KEY_64:
		return info->slot_bytes == 16 && info->elem_off == 8
		    ? QUICK_64_16 : QUICK_64;
	case KEY_STR:
		return QUICK_STR;
	case KEY_ANY:
		break;
	}
	return QUICK_NONE;
}

static void
fill(struct mapinfo *info, const struct rt_map_type *t)
{
	info->t = t;
	info->key = t->key;
	info->elem = t->elem;
	info->kind = (uint8_t)kind_of(t);
	info->reflexive = (t->flags & 4) != 0;
	info->overwrite = (t->flags & 8) != 0;
	lay_out_slot(info);
	info->quick = (uint8_t)quick_of(info);
	info->max_log2 = MAX_LOG2;
	while (info->max_log2 > 4 &&
	    table_bytes(info, info->max_log2) > TABLE_BYTES_MAX)
		info->max_log2--;
	if (info->key_ptrs || info->elem_ptrs)
		for (unsigned i = MIN_LOG2; i <= info->max_log2; i++)
			info->table[i] = table_type(info, i);
}

const struct mapinfo *
rt_mapinfo(const struct rt_map_type *t)
{
	struct mapinfo *info = lookup(t);

	if (RT_LIKELY(info != NULL))
		return info;
	rt_lock(&infos.lock);
	info = lookup(t);
	if (info == NULL) {
		info = new_info();
		fill(info, t);
		info->next = atomic_load_explicit(chain_of(t),
		    memory_order_relaxed);
		atomic_store_explicit(chain_of(t), info, memory_order_release);
	}
	rt_unlock(&infos.lock);
	return info;
}

/* ---- tables ---- */

struct rt_table *
rt_maptable_new(const struct mapinfo *info, unsigned log2, unsigned depth)
{
	unsigned slots = 1u << log2;
	struct rt_table *tab = rt_mallocgc(table_bytes(info, log2),
	    info->table[log2], false, true);

	tab->log2 = (uint8_t)log2;
	tab->depth = (uint8_t)depth;
	if (log2 == MIN_LOG2) {
		/* one group: no probe goes on, so it may be filled up */
		memset((char *)(tab + 1) + slots, TAG_NONE, slots);
		tab->left = (uint16_t)slots;
	} else {
		tab->gmask = (uint16_t)(slots / GROUP_SLOTS - 1);
		tab->left = (uint16_t)(slots / 8 * 7);
	}
	return tab;
}
