/*
 * trace.c - buffers of the execution trace.
 *
 * Each P writes events into a buffer of its own, p->tracebuf, without a lock;
 * a full one goes into a queue, an empty one comes from the pool. The pool is
 * made at boot, one buffer a P and one for threads without a P, so that
 * starting a trace needs no memory in a program that has none left. Pages are
 * touched by the first event only.
 *
 * Numbers are unsigned LEB128, as the trace format wants them.
 */
#include "diag/diag.h"
#include "diag/trace.h"

#include "fault/fault.h"
#include "lock/lock.h"
#include "mem/malloc.h"

static struct {
	struct rt_mutex lock; /* RANK_TRACE; guards what follows */
	struct rt_tracebuf *empty;
	struct rt_tracebuf *full_first, *full_last;
	size_t made;
} pool;

static struct rt_tracebuf *
make(void)
{
	/* zeroed, and not touched here: the list is linked when first put */
	return rt_sys_alloc(sizeof(struct rt_tracebuf), RT_STAT_OTHER);
}

void
rt_traceinit(void)
{
	rt_lock_init(&pool.lock, RANK_TRACE);
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		if (rt_allp[i]->tracebuf == NULL) {
			rt_allp[i]->tracebuf = make();
			pool.made++;
		}
	pool.empty = make();
	pool.made++;
}

size_t
rt_trace_buffers_bytes(void)
{
	return pool.made * sizeof(struct rt_tracebuf);
}

struct rt_tracebuf *
rt_trace_get(void)
{
	struct rt_tracebuf *b;

	rt_lock(&pool.lock);
	b = pool.empty;
	if (b != NULL)
		pool.empty = b->link;
	else
		pool.made++;
	rt_unlock(&pool.lock);
	if (b == NULL)
		b = make();
	b->link = NULL;
	b->pos = 0;
	return b;
}

void
rt_trace_put(struct rt_tracebuf *b)
{
	rt_lock(&pool.lock);
	b->link = pool.empty;
	pool.empty = b;
	rt_unlock(&pool.lock);
}

void
rt_trace_full(struct rt_tracebuf *b)
{
	rt_lock(&pool.lock);
	b->link = NULL;
	if (pool.full_last == NULL)
		pool.full_first = b;
	else
		pool.full_last->link = b;
	pool.full_last = b;
	rt_unlock(&pool.lock);
}

struct rt_tracebuf *
rt_trace_take(void)
{
	struct rt_tracebuf *b;

	rt_lock(&pool.lock);
	b = pool.full_first;
	if (b != NULL) {
		pool.full_first = b->link;
		if (pool.full_first == NULL)
			pool.full_last = NULL;
		b->link = NULL;
	}
	rt_unlock(&pool.lock);
	return b;
}

bool
rt_trace_varint(struct rt_tracebuf *b, uint64_t v)
{
	uint8_t tmp[10];
	size_t n = 0;

	do {
		tmp[n] = (uint8_t)(v & 0x7f);
		v >>= 7;
		if (v != 0)
			tmp[n] |= 0x80;
		n++;
	} while (v != 0);
	if (sizeof(b->data) - b->pos < n)
		return false;
	for (size_t i = 0; i < n; i++)
		b->data[b->pos++] = tmp[i];
	return true;
}
