/*
 * map_iter.c - `range` over a map that may change meanwhile.
 *
 * What Go promises: an entry that is deleted before it is reached is not seen;
 * one that is added may be seen or not; none is seen twice; the order begins
 * by chance.
 *
 * The walk goes through the hashes from a table's first upwards and around to
 * where it began: each table covers an interval of hashes (those that share
 * its leading bits), tables split into halves of it and never merge, so
 * intervals met later begin where an earlier one ended, whatever happened.
 * Inside a table all slots are visited, first group and first slot by chance.
 *
 * A table that is replaced (split, doubled) stays as it was, and the walk goes
 * on in it: it decides which keys are visited, each once. What the map holds
 * for the key is then looked up; the entry may be gone, or have another
 * element, or another key that is equal. Keys that do not equal themselves
 * (NaN) can't be looked up, nor deleted or changed: the old table's is right.
 * The map's `seq` tells without a look at the directory that nothing was
 * replaced.
 *
 * A map that is cleared ends the walk: every entry there was is gone.
 *
 * The quick path (rt_mapiternext) goes on inside one group of a table that is
 * still the map's: which slots are to come was read once a group, and each is
 * asked for its tag again, as it may have been emptied. It stores the addresses
 * of key and element without the barrier. They point into it->tab, which the
 * record holds; what they replace points there too, or into a table that the
 * map holds. So nothing is reachable by these two words alone.
 *
 * The record may be in a collected object (reflection's): its pointers are
 * stored through the barrier. The compiler's is on the stack, uninitialised.
 */
#include "types/map_table.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "sched/oracle.h"

static void
enter_table(struct rt_mapiter *it, uint64_t h)
{
	struct rt_table *tab = map_table(it->m, h);

	rt_writeptr(&it->tab, tab);
	it->pos = tab->depth == 0 ? 0 : h >> (64 - tab->depth)
	        << (64 - tab->depth);
	it->seq = it->m->seq;
	it->group = 0;
	it->left = 0;
}

/* On to the next interval. False: this was the last. */
static bool
next_table(struct rt_mapiter *it)
{
	unsigned depth = it->tab->depth;
	uint64_t next = depth == 0 ? 0
	    : it->pos + ((uint64_t)1 << (64 - depth)); /* wraps to 0 */

	if (next == it->start)
		return false;
	enter_table(it, next);
	return true;
}

/* Is the table that we walk still the map's? */
static bool
current(struct rt_mapiter *it)
{
	if (RT_LIKELY(it->seq == it->m->seq))
		return true;
	if (map_table(it->m, it->pos) != it->tab)
		return false;
	it->seq = it->m->seq;
	return true;
}

/* The map's entry for the key in this slot of an old table, or NULL. */
static char *
look_up(struct rt_mapiter *it, char *old)
{
	const struct rt_map *m = it->m;
	const struct mapinfo *info = m->info;
	void *key = slot_key(info, old);
	uint64_t h;

	if (!info->reflexive && !rt_call_equal(info->key->equal, key, key))
		return old;
	h = rt_call_hash(it->t->hasher, key, m->seed);
	return table_find(KEY_ANY, info, map_table(m, h), m->gmask, h, key);
}

static void
give(struct rt_mapiter *it, char *slot)
{
	const struct mapinfo *info = it->m->info;

	rt_writeptr(&it->key, slot_key(info, slot));
	rt_writeptr(&it->elem, slot_elem(info, slot));
}

static void
finish(struct rt_mapiter *it)
{
	rt_writeptr(&it->key, NULL);
	rt_writeptr(&it->elem, NULL);
	rt_writeptr(&it->tab, NULL);
}

/* The next of the group's slots that is full still, or NULL. */
static inline char *
slot_of_group(struct rt_mapiter *it, uint32_t slot_bytes)
{
	while (it->left != 0) {
		unsigned i = ((unsigned)__builtin_ctz(it->left) + it->rot) %
		    GROUP_SLOTS;

		it->left &= (uint16_t)(it->left - 1);
		if (RT_LIKELY((uint8_t)it->at[i] >= TAG_FULL))
			return it->at + GROUP_SLOTS + i * slot_bytes;
	}
	return NULL;
}

/* The next full slot of the table, or NULL at its end. */
static char *
next_slot(struct rt_mapiter *it)
{
	const struct mapinfo *info = it->m->info;
	const struct rt_table *tab = it->tab;

	for (;;) {
		char *slot = slot_of_group(it, info->slot_bytes);
		uint32_t full;

		if (slot != NULL || it->group > tab->gmask)
			return slot;
		it->at = table_group(info, tab,
		    (uint32_t)(it->group + it->turn) & tab->gmask);
		it->group++;
		full = tags_full(group_tags(it->at));
		/* as if the slots began at rot */
		it->left = (uint16_t)(full >> it->rot |
		    full << (GROUP_SLOTS - it->rot));
	}
}

static RT_NOINLINE void
next_anywhere(struct rt_mapiter *it)
{
	const struct rt_map *m = it->m;
	char *slot;

	if (RT_UNLIKELY(it->tab == NULL || it->clears != m->clears)) {
		finish(it);
		return;
	}
	for (;;) {
		slot = next_slot(it);
		if (RT_UNLIKELY(slot == NULL)) {
			if (next_table(it))
				continue;
			finish(it);
			return;
		}
		if (!current(it))
			slot = look_up(it, slot);
		if (RT_LIKELY(slot != NULL)) {
			give(it, slot);
			return;
		}
	}
}

void
rt_mapiternext(struct rt_mapiter *it)
{
	const struct rt_map *m = it->m;
	const struct mapinfo *info = m->info;
	char *slot;

	if (RT_UNLIKELY(atomic_load_explicit(&m->state,
	        memory_order_relaxed) & MAP_WRITING))
		rt_fatal("concurrent map iteration and map write");
	/* the same seq: neither replaced nor cleared */
	if (RT_LIKELY(it->left != 0 && it->seq == m->seq && info->direct)) {
		slot = slot_of_group(it, info->slot_bytes);
		if (RT_LIKELY(slot != NULL)) {
			it->key = slot;
			it->elem = slot + info->elem_off;
			return;
		}
	}
	next_anywhere(it);
}

void
rt_mapiterinit(const struct rt_map_type *t, struct rt_map *m,
    struct rt_mapiter *it)
{
	uint64_t chance;

	memset(it, 0, sizeof *it); /* a fresh record, or a finished one */
	rt_writeptr(&it->t, (void *)(uintptr_t)t);
	if (m == NULL || m->count == 0)
		return;
	chance = rt_fastrand64();
	rt_writeptr(&it->m, m);
	it->clears = m->clears;
	it->turn = (uint16_t)(chance & 0x3f);
	enter_table(it, chance);
	it->start = it->pos;
	it->rot = (uint8_t)(chance >> 8 &
	    (it->tab->log2 == MIN_LOG2 ? 7 : 15));
	rt_mapiternext(it);
}
