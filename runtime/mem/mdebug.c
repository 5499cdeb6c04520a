/*
 * mdebug.c - GODEBUG's aids that look at each allocation or each death.
 *
 *   gcstress=N         a cycle at every Nth allocation of a P
 *   allocfreetrace=1   each allocation and each death with a stack, on standard
 *                      error; at each cycle's beginning all goroutines' stacks.
 *                      Objects that share a slot with others are not told of.
 *   efence=1           each object has pages of its own, which fault when it is
 *                      dead and are never used again
 *   sbrk=1             nothing is ever freed: a bump pointer instead of a heap
 *   clobberfree=1      what dies is filled with 0xdeadbeef
 *   gcverify=1         the heap verifier at both ends of each cycle (mverify.c);
 *                      in debug builds gcstress does so too
 *
 * An allocation that hits pays for none of them: one flag, which it reads
 * anyway, sends it here (rt_malloc_hooked). They may be switched on and off
 * while the program runs, and sysmon sees to it that the flag follows; only
 * sbrk is what it was at the start.
 *
 * sbrk. What is made by the bump pointer is in no span, so nobody marks or
 * frees it; but it may refer to the few objects that were made before, so its
 * memory is registered as roots. No cycle comes by itself, as the heap does not
 * grow. Finalizers and cleanups never run.
 *
 * efence. A dead span's pages stay marked as used, for ever: to the page
 * allocator they are in use, to nobody else. Where the kernel has no guards
 * without mappings each hole splits one, and past the system's limit of these
 * dead pages fault no more; they are not used again either.
 */
#include "mem/mdebug.h"

#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/mgc.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched.h"

#define SBRK_CHUNK_BYTES ((size_t)1 << 20)
#define CLOBBER 0xdeadbeefu
#define TYPE_NAME_MAX 256

_Atomic bool rt_malloc_hooked;

static bool sbrk_on; /* const after gcinit */

static struct {
	struct rt_mutex lock;
	uintptr_t next, end; /* lock */
} sbrk = { .lock = { .rank = RANK_MHEAP } };

static inline bool
is_on(const _Atomic int32_t *var)
{
	return atomic_load_explicit(var, memory_order_relaxed) > 0;
}

void
rt_mdebug_init(void)
{
	sbrk_on = is_on(&rt_debug.sbrk);
	rt_mdebug_update();
}

void
rt_mdebug_update(void)
{
	atomic_store_explicit(&rt_malloc_hooked,
	    sbrk_on || is_on(&rt_debug.gcstress) || is_on(&rt_debug.efence) ||
	        is_on(&rt_debug.allocfreetrace),
	    memory_order_relaxed);
}

bool
rt_mdebug_sbrk(void)
{
	return sbrk_on;
}

/* ---- allocation ---- */

static void *
sbrk_large(size_t size, enum span_kind kind)
{
	void *p = rt_sys_alloc(size, RT_STAT_OTHER);

	if (kind != SPAN_NOSCAN)
		rt_roots_add(p, size);
	return p;
}

static void *
sbrk_alloc(size_t size, enum span_kind kind)
{
	size_t align = size < 16 ? 8 : 16;
	void *chunk = NULL;
	uintptr_t p;

	if (size > SBRK_CHUNK_BYTES / 4)
		return sbrk_large(size, kind);
	rt_lock(&sbrk.lock);
	p = (sbrk.next + align - 1) & ~(align - 1);
	if (p + size > sbrk.end) {
		chunk = rt_sys_alloc(SBRK_CHUNK_BYTES, RT_STAT_OTHER);
		p = (uintptr_t)chunk;
		sbrk.end = p + SBRK_CHUNK_BYTES;
	}
	sbrk.next = p + size;
	rt_unlock(&sbrk.lock);
	/* others may have objects in it by now, but no cycle can begin before
	 * we are done, as we have a P and no safepoint here */
	if (chunk != NULL)
		rt_roots_add(chunk, SBRK_CHUNK_BYTES);
	return (void *)p;
}

static RT_NOINLINE void
trace_alloc(void *p, const struct gort_type *t)
{
	char name[TYPE_NAME_MAX];
	size_t size;

	if (rt_findobject((uintptr_t)p, &size) != (uintptr_t)p)
		return;
	rt_printlock();
	if (t == NULL) {
		rt_printf("tracealloc(%p, %#lx)\n", p, (unsigned long)size);
	} else {
		rt_type_name(t, name, sizeof(name));
		rt_printf("tracealloc(%p, %#lx, %s)\n", p, (unsigned long)size,
		    name);
	}
	rt_traceback_here();
	rt_printf("\n");
	rt_printunlock();
}

static void
stress(void)
{
	int32_t every = atomic_load_explicit(
	    &rt_debug.gcstress, memory_order_relaxed);
	struct mcache *c;

	if (every <= 0 || !rt_malloc_may_collect())
		return;
	c = rt_getmcache();
	if (++c->stress < (uint32_t)every)
		return;
	c->stress = 0;
	rt_gc_stress_cycle();
}

void *
rt_mdebug_malloc(size_t size, const struct gort_type *t, enum span_kind kind,
    bool needzero)
{
	void *p;

	if (sbrk_on)
		return sbrk_alloc(size, kind);
	p = rt_malloc_plain(size, t, kind, needzero, is_on(&rt_debug.efence));
	if (is_on(&rt_debug.allocfreetrace))
		trace_alloc(p, t);
	stress();
	return p;
}

/* ---- death ---- */

static RT_NO_SANITIZE void
clobber(uint32_t *w, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*w); i++)
		w[i] = CLOBBER;
}

static void
trace_free(void *p, size_t size)
{
	rt_printlock();
	rt_printf("tracefree(%p, %#lx)\n", p, (unsigned long)size);
	rt_traceback_here();
	rt_printf("\n");
	rt_printunlock();
}

bool
rt_mdebug_watches_deaths(void)
{
	return is_on(&rt_debug.clobberfree) || is_on(&rt_debug.allocfreetrace);
}

void
rt_mdebug_deaths(struct mspan *s)
{
	bool trace = is_on(&rt_debug.allocfreetrace);
	bool fill = is_on(&rt_debug.clobberfree);

	for (uint32_t i = 0; i < s->nelems; i++) {
		void *p = (void *)(s->base + i * s->elemsize);
		uint64_t bit = (uint64_t)1 << (i % 64);

		if (!(s->allocbits[i / 64] & bit) ||
		    rt_is_marked(s, i))
			continue;
		if (trace)
			trace_free(p, s->elemsize);
		if (fill)
			clobber(p, s->elemsize);
	}
}

bool
rt_mdebug_fence(uintptr_t p, size_t bytes)
{
	if (RT_LIKELY(!is_on(&rt_debug.efence)))
		return false;
	if (rt_sys_guard((void *)p, bytes) != 0)
		(void)rt_sys_fault((void *)p, bytes);
	return true;
}

/* ---- cycles; world stopped ---- */

static void
verify(void)
{
	bool on = is_on(&rt_debug.gcverify);

#ifdef RT_DEBUG
	on = on || is_on(&rt_debug.gcstress);
#endif
	if (on)
		rt_heap_verify();
}

void
rt_mdebug_cycle_begins(void)
{
	verify();
	if (!is_on(&rt_debug.allocfreetrace))
		return;
	rt_printlock();
	rt_printf("tracegc()\n");
	rt_traceback_all();
	rt_printf("end tracegc\n\n");
	rt_printunlock();
}

void
rt_mdebug_cycle_ends(void)
{
	verify();
}
