/*
 * mprof.c - stacks and what was counted there: heap, block, mutex profiles.
 *
 * A bucket is one call stack of one kind (heap: and one object size). They
 * hang in a hash table with Go's 179,999 heads, off the heap, never freed, so
 * a pointer to one may be kept in an object's header for ever. The table takes
 * 1.4 MB of address space and a page where a bucket is.
 *
 * Finding takes no lock: heads and chains are published with release and read
 * with acquire, and a bucket never changes but for its two counters. Only
 * inserting takes the lock, and looks again under it.
 */
#include "diag/diag.h"
#include "diag/prof.h"

#include "fault/fault.h"
#include "lock/lock.h"
#include "mem/malloc.h"

#include <string.h>

#define HEADS 179999

static _Atomic(struct rt_bucket *) *heads; /* const after rt_mprofinit */
static _Atomic(struct rt_bucket *) all[PROF_MUTEX + 1];
static struct rt_mutex lock; /* RANK_PROF; inserting */

void
rt_mprofinit(void)
{
	rt_lock_init(&lock, RANK_PROF);
	if (heads == NULL)
		heads = rt_sys_alloc(HEADS * sizeof(*heads), RT_STAT_BUCKHASH);
	rt_cpuprofinit();
}

static uint64_t
hash_stack(
    enum rt_prof_kind kind, size_t size, const uintptr_t *stk, uint32_t n)
{
	uint64_t h = (uint64_t)kind * 0x9e3779b97f4a7c15u + size;

	for (uint32_t i = 0; i < n; i++) {
		h = (h ^ stk[i]) * 0xd6e8feb86659fd93u;
		h ^= h >> 29;
	}
	return h;
}

static struct rt_bucket *
find(struct rt_bucket *b, uint64_t h, enum rt_prof_kind kind, size_t size,
    const uintptr_t *stk, uint32_t n)
{
	for (; b != NULL; b = b->next)
		if (b->hash == h && b->kind == kind && b->size == size &&
		    b->nstk == n && memcmp(b->stk, stk, n * sizeof(*stk)) == 0)
			return b;
	return NULL;
}

struct rt_bucket *
rt_prof_bucket(enum rt_prof_kind kind, size_t size, const uintptr_t *stk,
    uint32_t n, bool may_make)
{
	uint64_t h = hash_stack(kind, size, stk, n);
	_Atomic(struct rt_bucket *) *head = &heads[h % HEADS];
	struct rt_bucket *b;

	/* acquire pairs with the release below: the bucket is whole */
	b = find(atomic_load_explicit(head, memory_order_acquire), h, kind,
	    size, stk, n);
	if (b != NULL || !may_make)
		return b;
	rt_lock(&lock);
	b = find(atomic_load_explicit(head, memory_order_relaxed), h, kind,
	    size, stk, n);
	if (b == NULL) {
		b = rt_persistentalloc(
		    sizeof(*b) + n * sizeof(*stk), 0, RT_STAT_BUCKHASH);
		b->kind = kind;
		b->nstk = n;
		b->hash = h;
		b->size = size;
		memcpy(b->stk, stk, n * sizeof(*stk));
		b->next = atomic_load_explicit(head, memory_order_relaxed);
		b->allnext =
		    atomic_load_explicit(&all[kind], memory_order_relaxed);
		atomic_store_explicit(head, b, memory_order_release);
		atomic_store_explicit(&all[kind], b, memory_order_release);
	}
	rt_unlock(&lock);
	return b;
}

struct rt_bucket *
rt_prof_all(enum rt_prof_kind kind)
{
	return atomic_load_explicit(&all[kind], memory_order_acquire);
}
