/*
 * mbarrier.c - the one way in which pointers are stored into the heap.
 *
 * While marking goes on beside the program, rt_gcbarrier is not 0, and each
 * store first records the pointer that it overwrites and the pointer that it
 * stores (deletion and insertion barrier: objects may neither be hidden by
 * removing the last reference that marking would have found, nor be stored
 * behind its back). Records are words; who drains them asks whether they point
 * anywhere.
 *
 * rt_gcbarrier changes only while the world stands, and nobody is stopped
 * between its test and the store that follows (arch/barrier_amd64.S for
 * compiled Go; C of the runtime is never stopped inside a function).
 *
 * A recorder may have no P (a goroutine on its way out of a system call), may
 * hold locks, may be on g0: recording must not allocate from the heap, mark or
 * park. It fills a piece, the P's own or else under the lock a common one; full
 * pieces wait on a list for the markers. After a fork the child only stores:
 * nobody will ever mark there, and another thread may have held the lock.
 *
 * Atomic exchanges record before the exchange. If somebody else stores in
 * between, what we then overwrite is his pointer, which he recorded.
 *
 * Copies. A concurrent marker must never see half a pointer, so words move
 * whole. They are also moved one by one where they are few: what compiled code
 * has just built in a frame by 8-byte stores can't be forwarded from the store
 * buffer to a 16-byte load, which would wait some 12 cycles for the cache.
 *
 * Rejected: marking from the barrier itself (needs a stack, and a worker's
 * buffer that may be owned by nobody); a card table (pointers into the stack
 * come through here too, and the address space is large).
 */
#include "gc/mgc.h"

#include <string.h>

#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched_priv.h"

#define RECORDS_N 510

struct rt_gcrecords {
	struct rt_gcrecords *next; /* owner, or records.lock on a list */
	uint32_t n;
	uintptr_t word[RECORDS_N];
};

_Atomic uint32_t rt_gcbarrier;

static struct {
	struct rt_mutex lock;
	struct rt_gcrecords *full, *empty; /* lock */
	struct rt_gcrecords *common;       /* lock: for who has no P */
} records = { .lock = { .rank = RANK_GCWORK } };

/* ---- recording ---- */

/* lock held. */
static struct rt_gcrecords *
records_get(void)
{
	struct rt_gcrecords *r = records.empty;

	if (r != NULL)
		records.empty = r->next;
	else
		r = rt_persistentalloc(sizeof(*r), RT_CACHE_LINE, RT_STAT_GC);
	r->n = 0;
	return r;
}

bool
rt_gc_unmarked(uintptr_t word)
{
	struct mspan *s = rt_spanof(word);

	return s != NULL && !rt_is_marked(s, rt_slotof(s, word));
}

/*
 * A piece is full: drop what is marked by now, which soon is nearly all of it.
 * Else a program that stores without end would make more records than
 * markers can read, and the last stop would have to. True: there is room
 * again, and it will be a while until the next time.
 */
static bool
weed(struct rt_gcrecords *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n; i++)
		if (rt_gc_unmarked(r->word[i]))
			r->word[n++] = r->word[i];
	r->n = n;
	return n <= RECORDS_N / 2;
}

/* lock held. Room for a word in *at. */
static struct rt_gcrecords *
records_room(struct rt_gcrecords **at)
{
	if (*at != NULL && (*at)->n == RECORDS_N && !weed(*at)) {
		(*at)->next = records.full;
		records.full = *at;
		*at = NULL;
	}
	if (*at == NULL)
		*at = records_get();
	return *at;
}

/* A word that may be the only way to an object not marked yet. */
static void
record_word(uintptr_t word)
{
	struct g *gp = rt_getg();
	struct p *pp = gp == NULL || gp->m == NULL ? NULL : gp->m->p;
	struct rt_gcrecords *r = pp == NULL ? NULL : pp->gcrecords;

	if (RT_UNLIKELY(rt_in_fork_child))
		return;
	if (r == NULL || (r->n == RECORDS_N && !weed(r))) {
		rt_lock(&records.lock);
		r = records_room(pp != NULL ? &pp->gcrecords
		                            : &records.common);
		if (pp == NULL)
			r->word[r->n++] = word;
		rt_unlock(&records.lock);
		if (pp == NULL)
			return;
	}
	r->word[r->n++] = word;
}

/*
 * Most of what is stored was made a moment ago, and is born marked; most of what
 * is overwritten is nothing. Looking costs less than keeping and looking later,
 * and markers have next to no records to read.
 */
static inline void
record(uintptr_t was, uintptr_t now)
{
	if (was != 0 && rt_gc_unmarked(was))
		record_word(was);
	if (now != 0 && rt_gc_unmarked(now))
		record_word(now);
}

static inline bool
recording(void)
{
	return RT_UNLIKELY(atomic_load_explicit(&rt_gcbarrier,
	                       memory_order_relaxed) != 0);
}

/* World stopped. */
void
rt_gcbarrier_set(bool on)
{
	atomic_store_explicit(&rt_gcbarrier, on, memory_order_relaxed);
}

/* The caller's own P's piece goes to the list. On g0, or in an allocation. */
void
rt_gcbarrier_flush_own(void)
{
	struct p *pp = rt_getg()->m->p;
	struct rt_gcrecords *r = pp->gcrecords;

	if (r == NULL || r->n == 0)
		return;
	(void)weed(r);
	if (r->n == 0)
		return;
	pp->gcrecords = NULL;
	rt_lock(&records.lock);
	r->next = records.full;
	records.full = r;
	rt_unlock(&records.lock);
}

/* World stopped: the Ps' pieces go to the list, too. */
void
rt_gcbarrier_flush(void)
{
	rt_lock(&records.lock);
	for (int32_t i = -1; i < rt_nallp(); i++) {
		struct rt_gcrecords **at = i < 0 ? &records.common
		                                 : &rt_allp[i]->gcrecords;

		if (*at == NULL)
			continue;
		(*at)->next = records.full;
		records.full = *at;
		*at = NULL;
	}
	rt_unlock(&records.lock);
}

/* fn(arg, word) for each record of one piece. False: there is none. Any
 * thread. */
bool
rt_gcbarrier_drain(void (*fn)(void *, uintptr_t), void *arg)
{
	struct rt_gcrecords *r;

	rt_lock(&records.lock);
	r = records.full;
	if (r != NULL)
		records.full = r->next;
	rt_unlock(&records.lock);
	if (r == NULL)
		return false;
	for (uint32_t i = 0; i < r->n; i++)
		if (r->word[i] != 0)
			fn(arg, r->word[i]);
	rt_lock(&records.lock);
	r->next = records.empty;
	records.empty = r;
	rt_unlock(&records.lock);
	return true;
}

/* ---- one pointer ---- */

/* ptr becomes reachable by what is not in the heap and may be read already. */
void
rt_gc_shade(void *ptr)
{
	if (recording() && ptr != NULL)
		record((uintptr_t)ptr, 0);
}

/* The barrier's slow way; called from assembly too. */
void
rt_writeptr_recorded(void **slot, void *ptr)
{
	record((uintptr_t)*slot, (uintptr_t)ptr);
	*slot = ptr;
}

void
rt_writeptr(void *slot, void *ptr)
{
	if (recording())
		rt_writeptr_recorded(slot, ptr);
	else
		*(void **)slot = ptr;
}

void
rt_atomic_writeptr(void **slot, void *ptr)
{
	if (recording())
		record((uintptr_t)__atomic_load_n(slot, __ATOMIC_RELAXED),
		    (uintptr_t)ptr);
	__atomic_store_n(slot, ptr, __ATOMIC_SEQ_CST);
}

void *
rt_atomic_swapptr(void **slot, void *ptr)
{
	if (recording())
		record((uintptr_t)__atomic_load_n(slot, __ATOMIC_RELAXED),
		    (uintptr_t)ptr);
	return __atomic_exchange_n(slot, ptr, __ATOMIC_SEQ_CST);
}

bool
rt_atomic_casptr(void **slot, void *old, void *ptr)
{
	if (recording())
		record((uintptr_t)__atomic_load_n(slot, __ATOMIC_RELAXED),
		    (uintptr_t)ptr);
	return __atomic_compare_exchange_n(
	    slot, &old, ptr, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* ---- many ---- */

/* Relaxed atomics: whole words, and no compiler makes vectors of them. */
static inline uintptr_t
get(const uintptr_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void
put(uintptr_t *p, uintptr_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static RT_NOINLINE void
record_range(const uintptr_t *dst, const uintptr_t *src, size_t n)
{
	for (size_t i = 0; i < n; i++)
		record(dst[i], src == NULL ? 0 : src[i]);
}

/* Few words: all are read before any is written, so they may overlap. */
static inline __attribute__((always_inline)) bool
copy_few(uintptr_t *d, const uintptr_t *s, size_t bytes)
{
	uintptr_t a, b, c, e, f, g;

	switch (bytes) {
	case 8:
		put(d, get(s));
		return true;
	case 16:
		a = get(s), b = get(s + 1);
		put(d, a), put(d + 1, b);
		return true;
	case 24:
		a = get(s), b = get(s + 1), c = get(s + 2);
		put(d, a), put(d + 1, b), put(d + 2, c);
		return true;
	case 32:
		a = get(s), b = get(s + 1), c = get(s + 2), e = get(s + 3);
		put(d, a), put(d + 1, b), put(d + 2, c), put(d + 3, e);
		return true;
	case 40:
		a = get(s), b = get(s + 1), c = get(s + 2), e = get(s + 3);
		f = get(s + 4);
		put(d, a), put(d + 1, b), put(d + 2, c), put(d + 3, e);
		put(d + 4, f);
		return true;
	case 48:
		a = get(s), b = get(s + 1), c = get(s + 2), e = get(s + 3);
		f = get(s + 4), g = get(s + 5);
		put(d, a), put(d + 1, b), put(d + 2, c), put(d + 3, e);
		put(d + 4, f), put(d + 5, g);
		return true;
	default:
		return false;
	}
}

/* From here up memmove's vectors win; glibc's move aligned words whole. */
#define MEMMOVE_BYTES 256

static RT_NOINLINE void
copy_words(uintptr_t *d, const uintptr_t *s, size_t bytes)
{
	size_t n = bytes / sizeof(*d), tail = bytes % sizeof(*d);

	if (bytes == 0)
		return; /* nothing, perhaps from nowhere */
	if ((((uintptr_t)d | (uintptr_t)s) & (sizeof(*d) - 1)) != 0 ||
	    bytes >= MEMMOVE_BYTES) {
		/* unaligned: no pointer in it that could be followed */
		memmove(d, s, bytes);
		return;
	}
	if ((uintptr_t)d - (uintptr_t)s >= bytes) {
		for (size_t i = 0; i < n; i++)
			put(&d[i], get(&s[i]));
		memmove(d + n, s + n, tail);
		return;
	}
	memmove(d + n, s + n, tail);
	while (n-- > 0)
		put(&d[n], get(&s[n]));
}

static RT_NOINLINE void
memmove_recorded(void *dst, const void *src, size_t bytes, size_t ptrdata)
{
	record_range(dst, src, ptrdata / sizeof(uintptr_t));
	copy_words(dst, src, bytes);
}

void
rt_bulk_barrier_memmove(void *dst, const void *src, size_t bytes)
{
	if (recording())
		memmove_recorded(dst, src, bytes, bytes);
	else if (!copy_few(dst, src, bytes))
		copy_words(dst, src, bytes);
}

void
rt_typedmemmove(const struct gort_type *t, void *dst, const void *src)
{
	if (recording())
		memmove_recorded(dst, src, t->size, t->ptrdata);
	else if (!copy_few(dst, src, t->size))
		copy_words(dst, src, t->size);
}

void
rt_bulk_barrier_memclr(void *p, size_t bytes)
{
	if (recording())
		record_range(p, NULL, bytes / sizeof(uintptr_t));
	rt_memclr(p, bytes);
}

void
rt_typedmemclr(const struct gort_type *t, void *p)
{
	if (t->ptrdata == 0)
		memset(p, 0, t->size);
	else
		rt_bulk_barrier_memclr(p, t->size);
}
