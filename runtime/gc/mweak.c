/*
 * mweak.c - pointers that keep nothing alive.
 *
 * A weak pointer is a handle: a small collected object without pointers, which
 * holds the object's address until that is found dead, and 0 from then on. All
 * who ask for the same address get the same handle, so handles are compared.
 * A record on the object's span (mspecial.c) finds the handle, and is a root
 * for it as long as the object lives; afterwards the handle lives as long as
 * somebody has it.
 *
 * An address outside the heap never dies. Its handle is the address itself
 * with the top bit set, which no address has.
 *
 * Dead is what a cycle did not mark. The sweep of its span tells the handle,
 * but sweeping is lazy, and between the end of marking and the sweep the object
 * is dead already with its address still in the handle. Who asks then must be
 * told NULL, else he would hold what is freed under his hands. So the handle
 * says for which sweepgen its address is known to be good: `gen`, set by the
 * sweep that finds the object marked and by who makes the handle (and has the
 * object). rt_weak_get, without a safepoint inside, hence in one phase:
 *
 *   marking    All sweeping was done before: the address is of an object that
 *              the last cycle found alive, or that was made since. It may have
 *              no other reference, and the caller may have been scanned. So it
 *              is shaded like a pointer that is stored: it will be marked
 *              before this cycle ends, for records made after the markers are
 *              done are drained in the last stop. Nobody clears a handle in
 *              this phase.
 *   not, gen is the heap's: the sweep kept it, the object stays until the
 *              next cycle begins, which will find it on the caller's stack.
 *   not, gen is older: its span was not swept, or is being swept just now.
 *              Under speciallock, if there is an address still, its record
 *              hangs on the span, which therefore is in use; and if gen is
 *              older still, the sweep's look at the records lies ahead, for
 *              which it needs this lock; and the mark bits are exchanged
 *              after that. So they may be asked.
 *
 * An object that a finalizer brings back stays dead for its old handles; who
 * asks for a new one gets a new one.
 */
#include "gc/mgc.h"

#include "lock/lock.h"

#define IMMORTAL ((uintptr_t)1 << 63)

struct rt_weak {
	/* 0 when it died; speciallock to change, once */
	_Atomic uintptr_t obj;
	_Atomic uint32_t gen; /* the address is good for this sweepgen */
};

struct weak { /* speciallock */
	struct special s;
	struct rt_weak *handle; /* a root */
	struct weak *next, *prev; /* all of them */
};

static struct {
	struct rt_fixalloc alloc; /* speciallock */
	struct weak *all;         /* speciallock */
} weak;

void
rt_weak_init(void)
{
	rt_fixalloc_init(&weak.alloc, sizeof(struct weak), RT_STAT_OTHER);
}

static uint32_t
heap_gen(void)
{
	return atomic_load_explicit(&rt_heap.sweepgen, memory_order_relaxed);
}

/* ---- the collector's side ---- */

void
rt_weak_mark_roots(struct gcworker *w)
{
	for (struct weak *r = weak.all; r != NULL; r = r->next)
		rt_gcmark_word(w, (uintptr_t)r->handle);
}

void
rt_weak_kept(struct weak *r)
{
	/* release: pairs with rt_weak_get's acquire; there is no change of obj
	 * before it, and none after it in this cycle */
	atomic_store_explicit(
	    &r->handle->gen, heap_gen(), memory_order_release);
}

void
rt_weak_end(struct weak *r)
{
	atomic_store_explicit(&r->handle->obj, 0, memory_order_release);
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		weak.all = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	rt_fixalloc_free(&weak.alloc, r);
}

/* ---- the program's ---- */

/* The handle of obj's record, or NULL; speciallock. */
static struct rt_weak *
handle_of(struct mspan *s, void *obj)
{
	struct special *sp = rt_special_get(s, (uintptr_t)obj, SPECIAL_WEAK);

	return sp == NULL ? NULL : ((struct weak *)sp)->handle;
}

static void
link_new(struct mspan *s, void *obj, struct rt_weak *h)
{
	struct weak *r = rt_fixalloc_alloc(&weak.alloc);

	r->s.obj = (uintptr_t)obj;
	r->s.kind = SPECIAL_WEAK;
	r->handle = h;
	r->prev = NULL;
	r->next = weak.all;
	if (weak.all != NULL)
		weak.all->prev = r;
	weak.all = r;
	rt_special_link(s, &r->s);
	/* the caller has it: whatever the last cycle knew of it, it is alive */
	atomic_store_explicit(&h->obj, (uintptr_t)obj, memory_order_relaxed);
	atomic_store_explicit(&h->gen, heap_gen(), memory_order_release);
}

/*
 * The caller has obj, so neither its span nor its record goes away between the
 * two looks. The handle of a record that was made before this cycle is a root
 * of it; that of a later one is born marked, or shaded here as it may be in no
 * frame that is still to be scanned.
 */
struct rt_weak *
rt_weak_make(void *obj)
{
	struct rt_weak *h, *fresh;
	struct mspan *s;

	if (obj == NULL)
		return NULL;
	if (rt_findobject((uintptr_t)obj, NULL) == 0)
		return (struct rt_weak *)((uintptr_t)obj | IMMORTAL);
	s = rt_spanof((uintptr_t)obj);
	rt_lock(&rt_heap.speciallock);
	h = handle_of(s, obj);
	rt_unlock(&rt_heap.speciallock);
	if (h != NULL)
		return h;
	fresh = rt_mallocgc(sizeof(*fresh), NULL, false, true);
	rt_gc_shade(fresh);
	rt_lock(&rt_heap.speciallock);
	h = handle_of(s, obj);
	if (h == NULL)
		link_new(s, obj, h = fresh);
	rt_unlock(&rt_heap.speciallock);
	return h;
}

static RT_NOINLINE void *
get_before_sweep(const struct rt_weak *h)
{
	uintptr_t p;

	rt_lock(&rt_heap.speciallock);
	p = atomic_load_explicit(&h->obj, memory_order_relaxed);
	if (p != 0 &&
	    atomic_load_explicit(&h->gen, memory_order_relaxed) != heap_gen() &&
	    rt_gc_unmarked(p))
		p = 0;
	rt_unlock(&rt_heap.speciallock);
	return (void *)p;
}

void *
rt_weak_get(const struct rt_weak *h)
{
	uintptr_t p;

	if (h == NULL)
		return NULL;
	if ((uintptr_t)h & IMMORTAL)
		return (void *)((uintptr_t)h & ~IMMORTAL);
	p = atomic_load_explicit(&h->obj, memory_order_acquire);
	if (p == 0)
		return NULL;
	if (atomic_load_explicit(&rt_gcphase, memory_order_relaxed) ==
	    GC_MARK) {
		rt_gc_shade((void *)p);
		return (void *)p;
	}
	if (RT_LIKELY(atomic_load_explicit(&h->gen, memory_order_acquire) ==
	        heap_gen()))
		return (void *)p;
	return get_before_sweep(h);
}
