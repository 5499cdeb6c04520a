/*
 * mspecial.c - what is known of single objects: finalizers, cleanups, weak
 * pointers, profile samples.
 *
 * Few objects have any of it, so nothing is kept in the object or per slot: a
 * span has a list of records, sorted by address, and a flag that there ever was
 * one. One lock guards all lists (heap.speciallock); a record's fields belong
 * to its kind's file.
 *
 * A record is of an address, what becomes of it is decided for a slot: small
 * objects without pointers share slots. When sweeping finds a slot unmarked,
 *
 *   - its weak pointers are gone (mweak.c), whatever follows;
 *   - if one of its records is a finalizer, then all its finalizers are queued
 *     and the slot is marked after all: it lives until a later cycle finds it
 *     unmarked with no finalizer left. Cleanups and a profile's record stay,
 *     as the object does;
 *   - else the object is gone: its cleanups are queued, a profile's record
 *     counts that and goes.
 *
 * Hanging a record on an object that the caller holds needs no look at whether
 * its span was swept: a sweep that comes finds it marked.
 *
 * The list is walked to find a place. At the usual sampling rates it has a
 * few records; where each object has one (rate 1), spans of small objects have
 * hundreds, and a place at the end is what is wanted, which `tail` remembers.
 */
#include "gc/mgc.h"

#include "lock/lock.h"
#include "mem/mprof.h"

struct profiled {
	struct special s;
	struct rt_bucket *bucket;
};

static struct rt_fixalloc profiles; /* speciallock */

/* The record linked last, if it was the last of its span: the next fresh
 * object often lies behind it; speciallock. */
static struct {
	struct mspan *span;
	struct special *last;
} tail;

void
rt_special_init(void)
{
	rt_fixalloc_init(&profiles, sizeof(struct profiled), RT_STAT_BUCKHASH);
}

static inline bool
before(const struct special *sp, uintptr_t obj, enum special_kind kind)
{
	return sp->obj < obj || (sp->obj == obj && sp->kind < kind);
}

struct special **
rt_special_find(struct mspan *s, uintptr_t obj, enum special_kind kind)
{
	struct special **at = &s->specials;

	if (tail.span == s && before(tail.last, obj, kind))
		at = &tail.last->next;
	while (*at != NULL && before(*at, obj, kind))
		at = &(*at)->next;
	return at;
}

struct special *
rt_special_get(struct mspan *s, uintptr_t obj, enum special_kind kind)
{
	struct special *sp = *rt_special_find(s, obj, kind);

	return sp != NULL && sp->obj == obj && sp->kind == kind ? sp : NULL;
}

void
rt_special_link(struct mspan *s, struct special *sp)
{
	struct special **at = rt_special_find(s, sp->obj, sp->kind);

	/* behind its like: cleanups run in the order of adding */
	while (*at != NULL && (*at)->obj == sp->obj && (*at)->kind == sp->kind)
		at = &(*at)->next;
	sp->next = *at;
	*at = sp;
	if (sp->next == NULL) {
		tail.span = s;
		tail.last = sp;
	}
	atomic_store_explicit(&s->has_specials, true, memory_order_relaxed);
}

void
rt_special_unlink(struct special **at)
{
	struct special *sp = *at;

	*at = sp->next;
	if (tail.last == sp)
		tail.span = NULL;
}

void
rt_special_profile(void *p, struct rt_bucket *b)
{
	struct mspan *s = rt_spanof((uintptr_t)p);
	struct profiled *r;

	rt_lock(&rt_heap.speciallock);
	r = rt_fixalloc_alloc(&profiles);
	r->s.obj = (uintptr_t)p;
	r->s.kind = SPECIAL_PROFILE;
	r->bucket = b;
	rt_special_link(s, &r->s);
	rt_unlock(&rt_heap.speciallock);
}

/* ---- sweeping ---- */

/* The records [*from, *to) of one slot. */
struct group {
	struct special **from, *to;
	uint32_t slot;
	bool has_final;
};

static void
group_at(struct mspan *s, struct special **at, struct group *ret)
{
	uintptr_t end;
	struct special *sp = *at;

	ret->from = at;
	ret->slot = rt_slotof(s, sp->obj);
	ret->has_final = false;
	end = s->sizeclass == 0 ? s->limit
	                        : s->base + (ret->slot + 1) * s->elemsize;
	for (; sp != NULL && sp->obj < end; sp = sp->next)
		ret->has_final |= sp->kind == SPECIAL_FINAL;
	ret->to = sp;
}

static void
free_profiled(struct special *sp)
{
	struct profiled *r = (struct profiled *)sp;

	rt_mprof_free(r->bucket);
	rt_fixalloc_free(&profiles, r);
}

/* The slot lives. Returns where the next group is. */
static struct special **
keep_group(const struct group *gr)
{
	struct special **at = gr->from, *sp;

	for (; (sp = *at) != gr->to; at = &sp->next)
		if (sp->kind == SPECIAL_WEAK)
			rt_weak_kept((struct weak *)sp);
	return at;
}

/* Take what is done off the list; returns where the next group is. */
static struct special **
end_group(const struct group *gr)
{
	struct special **at = gr->from, *sp;

	while ((sp = *at) != gr->to) {
		if (gr->has_final && (sp->kind == SPECIAL_CLEANUP ||
		                         sp->kind == SPECIAL_PROFILE)) {
			at = &sp->next;
			continue;
		}
		rt_special_unlink(at);
		switch (sp->kind) {
		case SPECIAL_FINAL:
		case SPECIAL_CLEANUP:
			rt_final_enqueue((struct final *)sp);
			break;
		case SPECIAL_WEAK:
			rt_weak_end((struct weak *)sp);
			break;
		case SPECIAL_PROFILE:
			free_profiled(sp);
			break;
		}
	}
	return at;
}

void
rt_special_sweep(struct mspan *s)
{
	struct special **at = &s->specials;
	struct group gr;

	rt_lock(&rt_heap.speciallock);
	while (*at != NULL) {
		group_at(s, at, &gr);
		if (rt_is_marked(s, gr.slot)) {
			at = keep_group(&gr);
			continue;
		}
		if (gr.has_final)
			rt_set_mark(s, gr.slot, true);
		at = end_group(&gr);
	}
	rt_unlock(&rt_heap.speciallock);
}
