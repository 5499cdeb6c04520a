/*
 * mgcscavenge.c - giving free pages back to the system.
 *
 * After a collection many pages are free, but the program will soon want some
 * of them again, and a page that was given back costs a fault and a clearing
 * when it returns. So pages are given back slowly, from the high end of the
 * heap, and never below what the next cycle is expected to need:
 *
 *   retain = goal of the next cycle + 10 %, at least 1 MiB
 *
 * About once a second sysmon's call looks how far the memory held exceeds
 * this; if so the background goroutine gives an eighth of the excess back, so
 * that a burst is forgotten within some ten seconds and a heap that breathes
 * keeps its pages.
 *
 * Under GOMEMLIMIT giving back is not leisure: when an allocation had to take
 * pages that the system owned and the total is now over the limit, the same
 * amount of other free pages is given back on the spot.
 *
 * The pages on their way are marked used meanwhile, so the system call runs
 * without heap.lock; only the bitmap steps before and after take it.
 */
#include "gc/mgc.h"

#include "diag/diag.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched.h"

#define BATCH_PAGES 256 /* 2 MiB a call: bounds one madvise */
#define RETAIN_MIN_BYTES ((uint64_t)1 << 20)
#define STEP_MIN_BYTES ((uint64_t)256 << 10)

#define STACKS_PERIOD_NS ((int64_t)60 * 1000000000)

static struct {
	struct gc_daemon daemon;
	_Atomic uint64_t wanted; /* bytes that the goroutine shall give back */
	_Atomic int64_t last_check_ns;
	int64_t last_stacks_ns;      /* sysmon only */
	_Atomic bool stacks;         /* dead goroutines' pages are due */
	_Atomic uint64_t done_bytes; /* ever */
} scav;

size_t
rt_gcscavenge(size_t max_bytes)
{
	struct mheap *h = &rt_heap;
	size_t cursor = SIZE_MAX, done = 0, n, want;
	uintptr_t p;
	bool ok;

	while (done < max_bytes) {
		want = (max_bytes - done + RT_PAGE_BYTES - 1) >> RT_PAGE_SHIFT;
		rt_lock(&h->lock);
		n = rt_palloc_scavenge_take(&h->pages, &cursor,
		    want < BATCH_PAGES ? want : BATCH_PAGES, &p);
		rt_unlock(&h->lock);
		if (n == 0)
			break;
		ok = rt_sys_unused((void *)p, n << RT_PAGE_SHIFT) == 0;
		rt_lock(&h->lock);
		if (ok)
			rt_palloc_scavenge_done(&h->pages, p, n);
		else /* locked pages: they keep what they hold */
			rt_palloc_free(&h->pages, p, n);
		rt_unlock(&h->lock);
		if (!ok)
			break;
		atomic_fetch_add_explicit(&h->stats.released_bytes,
		    n << RT_PAGE_SHIFT, memory_order_relaxed);
		done += n << RT_PAGE_SHIFT;
	}
	atomic_fetch_add_explicit(
	    &scav.done_bytes, done, memory_order_relaxed);
	return done;
}

void
rt_gcscavenge_for_limit(void)
{
	int64_t limit = rt_gc_memlimit_set(-1);
	uint64_t total;

	if (limit == INT64_MAX)
		return;
	/* what the heap may have shrinks as the memory beside it grows */
	rt_gc_revise_goal();
	total = rt_mem_total_bytes();
	if (total > (uint64_t)limit)
		rt_gcscavenge(total - (uint64_t)limit);
}

void
rt_gc_release_free(void)
{
	while (rt_gcscavenge((size_t)16 << 20) > 0)
		rt_preempt_check();
	rt_stack_release_idle();
}

/* Bytes of free pages held beyond what the next cycle will want. */
static uint64_t
excess(void)
{
	uint64_t sys = atomic_load(&rt_memstat_sys[RT_STAT_HEAP]);
	uint64_t gone = atomic_load(&rt_heap.stats.released_bytes);
	uint64_t inuse = atomic_load(&rt_heap.stats.inuse_bytes);
	uint64_t held = sys - gone, goal = rt_gc_heap_goal(), retain;

	/* collection is off: the heap in use is all there is to go by */
	retain = goal > sys ? inuse : goal;
	if (retain < inuse)
		retain = inuse;
	retain += retain / 10;
	if (retain < RETAIN_MIN_BYTES)
		retain = RETAIN_MIN_BYTES;
	return held > retain ? held - retain : 0;
}

void
rt_gcscavenge_check(int64_t now_ns)
{
	int64_t last = atomic_load_explicit(
	    &scav.last_check_ns, memory_order_relaxed);
	uint64_t n;

	if (now_ns - last < 1000000000)
		return;
	atomic_store_explicit(
	    &scav.last_check_ns, now_ns, memory_order_relaxed);
	if (now_ns - scav.last_stacks_ns >= STACKS_PERIOD_NS &&
	    rt_stack_idle_young()) {
		scav.last_stacks_ns = now_ns;
		atomic_store(&scav.stacks, true);
		rt_gcdaemon_wake(&scav.daemon);
	}
	n = excess();
	if (n == 0)
		return;
	n = n / 8 > STEP_MIN_BYTES ? n / 8 : STEP_MIN_BYTES;
	atomic_store(&scav.wanted, n);
	rt_gcdaemon_wake(&scav.daemon);
}

static void
bgscavenge(void *arg)
{
	uint64_t n, step;

	(void)arg;
	for (;;) {
		if (atomic_exchange(&scav.stacks, false))
			rt_stack_release_idle();
		n = atomic_exchange(&scav.wanted, 0);
		while (n > 0) {
			step = n < (1 << 20) ? n : 1 << 20;
			if (rt_gcscavenge(step) == 0)
				break;
			n -= step;
			rt_gosched();
		}
		rt_gcdaemon_park(&scav.daemon, WAIT_GC_SCAVENGE_WAIT);
	}
}

void
rt_gcscavenge_start_daemon(void)
{
	rt_newproc_system(bgscavenge, NULL);
}
