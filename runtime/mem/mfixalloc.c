/*
 * mfixalloc.c - memory beside the collected heap.
 *
 *   rt_sys_alloc        whole mappings, can be given back
 *   rt_persistentalloc  a bump pointer; nothing is ever given back
 *   rt_fixalloc_*       blocks of one size on top of it, recycled by list
 *
 * Every byte that comes from the system is counted under one kind at once, so
 * that MemStats' Sys is the sum of its parts at any moment: a fresh chunk of
 * the bump allocator counts as OTHER, and each allocation moves its bytes from
 * there to the kind that asked.
 *
 * None of this is scanned. Who stores a pointer into the collected heap here
 * must be a root, and gc/mgcmark.c must know of it.
 */
#include "mem/malloc.h"

#include "fault/fault.h"
#include "lock/lock.h"
#include "mem/mheap.h"
#include "os/os.h"

#define CHUNK_BYTES ((size_t)256 << 10)
#define DIRECT_BYTES ((size_t)64 << 10) /* from here on an own mapping */
#define FIXALLOC_CHUNK ((size_t)16 << 10)

static struct {
	struct rt_mutex lock;
	uintptr_t next, end; /* lock */
} persistent = { .lock = { .rank = RANK_PERSISTENT } };

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* The size of the mapping behind a request. */
static size_t
sys_bytes(size_t bytes)
{
	return round_up(bytes, rt_physpagesize != 0 ? rt_physpagesize : 4096);
}

void *
rt_sys_alloc(size_t bytes, enum rt_memstat stat)
{
	void *p;

	bytes = sys_bytes(bytes);
	p = rt_sys_mmap(bytes);
	if (p == NULL)
		rt_out_of_memory(bytes);
	rt_memstat_add(stat, (int64_t)bytes);
	return p;
}

void
rt_sys_free(void *p, size_t bytes, enum rt_memstat stat)
{
	if (p == NULL)
		return;
	bytes = sys_bytes(bytes);
	rt_memstat_add(stat, -(int64_t)bytes);
	rt_sys_release(p, bytes);
}

void *
rt_persistentalloc(size_t size, size_t align, enum rt_memstat stat)
{
	uintptr_t p;

	if (align == 0)
		align = 8;
	if ((align & (align - 1)) != 0 || align > 4096)
		rt_throw("persistentalloc: bad alignment");
	if (size >= DIRECT_BYTES)
		return rt_sys_alloc(size, stat);
	rt_lock(&persistent.lock);
	p = round_up(persistent.next, align);
	if (persistent.next == 0 || p + size > persistent.end) {
		p = (uintptr_t)rt_sys_alloc(CHUNK_BYTES, RT_STAT_OTHER);
		persistent.end = p + CHUNK_BYTES;
	}
	persistent.next = p + size;
	rt_unlock(&persistent.lock);
	rt_memstat_add(RT_STAT_OTHER, -(int64_t)size);
	rt_memstat_add(stat, (int64_t)size);
	return (void *)p;
}

void
rt_fixalloc_init(struct rt_fixalloc *f, size_t size, enum rt_memstat st)
{
	/* a freed block holds the list's link */
	f->size = round_up(size < sizeof(void *) ? sizeof(void *) : size, 8);
	f->list = NULL;
	f->chunk = NULL;
	f->nchunk = 0;
	f->stat = st;
	f->inuse = 0;
	f->zero = true;
}

void *
rt_fixalloc_alloc(struct rt_fixalloc *f)
{
	void *p = f->list;
	size_t n;

	if (f->size == 0)
		rt_throw("fixalloc: used before its init");
	f->inuse += f->size;
	if (p != NULL) {
		f->list = *(void **)p;
		if (f->zero)
			rt_memclr(p, f->size);
		return p;
	}
	if (f->nchunk < f->size) {
		n = f->size > FIXALLOC_CHUNK ? f->size : FIXALLOC_CHUNK;
		f->chunk = rt_persistentalloc(n, 16, f->stat);
		f->nchunk = n;
	}
	p = f->chunk;
	f->chunk += f->size;
	f->nchunk -= f->size;
	return p;
}

void
rt_fixalloc_free(struct rt_fixalloc *f, void *p)
{
	f->inuse -= f->size;
	*(void **)p = f->list;
	f->list = p;
}
