/*
 * memory.c - gort.h: collected memory, roots, finalizers, cleanups, weak
 * pointers, the collector.
 */
#include "capi/capi.h"

#include <string.h>

#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/container.h"
#include "sched/sched.h"

void *
gort_alloc(size_t bytes)
{
	rt_preempt_check();
	return rt_mallocgc(bytes, NULL, bytes >= sizeof(void *), true);
}

void *
gort_alloc_noscan(size_t bytes)
{
	rt_preempt_check();
	return rt_mallocgc(bytes, NULL, false, true);
}

void *
gort_new(const gort_type *t)
{
	rt_preempt_check();
	return rt_newobject(t);
}

void *
gort_new_array(const gort_type *t, ssize_t n)
{
	rt_preempt_check();
	if (!capi_fits(t, n))
		rt_panic_runtime("makeslice: len out of range");
	return rt_newarray(t, n);
}

void
gort_store(void *slot, void *ptr)
{
	rt_writeptr(slot, ptr);
}

void
gort_move(const gort_type *t, void *dst, const void *src, ssize_t n)
{
	if (n <= 0 || dst == src)
		return;
	if (t->ptrdata == 0)
		memmove(dst, src, t->size * (size_t)n);
	else
		rt_bulk_barrier_memmove(dst, src, t->size * (size_t)n);
}

void
gort_root_add(const void *base, size_t bytes)
{
	rt_roots_add(base, bytes);
}

void
gort_root_del(const void *base)
{
	rt_roots_del(base);
}

int
gort_setfinalizer(void *obj, void (*fn)(void *obj))
{
	return rt_setfinalizer(obj, fn);
}

int
gort_cleanup_add(void *obj, void (*fn)(void *arg), void *arg,
    gort_cleanup *ret)
{
	struct rt_cleanup c;
	int err = rt_cleanup_add(obj, fn, arg, &c);

	if (err == 0 && ret != NULL)
		*ret = (gort_cleanup){ c.record, c.id };
	return err;
}

bool
gort_cleanup_stop(gort_cleanup c)
{
	struct rt_cleanup rc = { c.record, c.id };

	return rt_cleanup_stop(&rc);
}

gort_weak *
gort_weak_make(void *obj)
{
	rt_preempt_check();
	return (gort_weak *)rt_weak_make(obj);
}

void *
gort_weak_get(const gort_weak *w)
{
	return rt_weak_get((const struct rt_weak *)w);
}

void
gort_gc(void)
{
	rt_gc_force();
}

int
gort_set_gc_percent(int percent)
{
	return rt_gc_percent_set(percent);
}

int64_t
gort_set_memory_limit(int64_t bytes)
{
	if (bytes >= 0)
		rt_container_limit_chosen();
	return rt_gc_memlimit_set(bytes);
}

void
gort_read_memstats(gort_memstats *ret)
{
	/* Some KiB: too much for a goroutine's stack. */
	struct rt_memstats *m = rt_mallocgc(sizeof *m, NULL, false, true);

	rt_readmemstats(m);
	*ret = (gort_memstats){
		.alloc = m->alloc,
		.total_alloc = m->total_alloc,
		.sys = m->sys,
		.mallocs = m->mallocs,
		.frees = m->frees,
		.heap_sys = m->heap_sys,
		.heap_inuse = m->heap_inuse,
		.heap_idle = m->heap_idle,
		.heap_released = m->heap_released,
		.heap_objects = m->heap_objects,
		.stack_inuse = m->stack_inuse,
		.next_gc = m->next_gc,
		.pause_total_ns = m->pause_total_ns,
		.num_gc = m->num_gc,
		.num_forced_gc = m->num_forced_gc,
	};
}
