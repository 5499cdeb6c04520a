/*
 * mgcscavenge.c - giving free pages back to the system.
 *
 * After a collection many pages are free, but the program will soon want some
 * of them again, and a page that was given back costs a fault and a clearing
 * when it returns. So pages are given back slowly, from the high end of the
 * heap, and never below what the next cycle is expected to need:
 *
 *   retain = goal of the next cycle + 1/16, at least 1 MiB
 *
 * About once a second sysmon's call looks how far the memory held exceeds
 * this; if so the background goroutine gives an eighth of the excess back, but
 * no less than a 32nd of the most there has been since there was none. The
 * eighth lets a heap that breathes keep its pages, the 32nd ends it: after any
 * peak, half a minute of seconds with an excess is enough. (An eighth alone
 * takes a minute from 4 GB to 1 MB.) One second's share of 4 GB is 128 MB, some
 * ten milliseconds of madvise.
 *
 * Under GOMEMLIMIT giving back is not leisure: when an allocation had to take
 * pages that the system owned and the total is now over the limit, the same
 * amount of other free pages is given back on the spot.
 *
 * The pages on their way are marked used meanwhile, so the system call runs
 * without heap.lock; only the bitmap steps before and after take it.
 *
 * Transparent huge pages. Giving back a part of a 2 MiB unit splits a huge page,
 * which is what we want; but where they are switched on for everybody
 * ("always") the kernel's collector of huge pages will, some seconds later, fill
 * the holes again (khugepaged/max_ptes_none is 511 by default): resident memory
 * then grows behind our back and never goes away, as we think it is gone. So a
 * unit of which a part is given back is first excluded (MADV_NOHUGEPAGE), and
 * included again when all of it is gone, as khugepaged leaves units alone that
 * hold nothing. Each such unit may split a mapping; past HUGE_MAX of
 * them the rest goes without. Under "madvise" and "never" there is nothing to
 * do: we never ask for huge pages. disablethp=1 excludes the heap altogether
 * (mheap.c). Rejected: giving back whole units only; a heap with one live object
 * each 2 MiB would keep everything.
 */
#include "gc/mgc.h"

#include "diag/diag.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched.h"

#define BATCH_PAGES PALLOC_HUGE_PAGES /* bounds one madvise */
#define HUGE_BYTES ((size_t)PALLOC_HUGE_PAGES << RT_PAGE_SHIFT)
#define HUGE_MAX 4096
/* Bits for 512 GiB; what lies above goes without. Zero pages until used. */
#define HUGE_UNITS ((size_t)1 << 18)
#define RETAIN_MIN_BYTES ((uint64_t)1 << 20)
#define STEP_MIN_BYTES ((uint64_t)256 << 10)

#define STACKS_PERIOD_NS ((int64_t)60 * 1000000000)

static struct {
	struct gc_daemon daemon;
	_Atomic uint64_t wanted; /* bytes that the goroutine shall give back */
	_Atomic int64_t last_check_ns;
	int64_t last_stacks_ns;      /* sysmon only */
	_Atomic bool stacks;         /* dead goroutines' pages are due */
	uint64_t most;               /* sysmon only: since no excess */
	_Atomic uint64_t traced_bytes; /* given back since the last line */
} scav;

static struct {
	_Atomic uint64_t excluded[HUGE_UNITS / 64];
	_Atomic uint32_t n; /* bits in it */
} huge;

/* ---- huge pages ---- */

/*
 * The unit of p may have no huge page any more, or may again. Two who exclude
 * the same do it twice. One who includes while pages of it are taken, freed and
 * given back once more may leave a unit with holes to the kernel; it will
 * be excluded with the next page that goes.
 */
static void
settle_unit(uintptr_t p, bool exclude)
{
	size_t unit = (p - rt_heap.pages.base) / HUGE_BYTES;
	uint64_t bit = (uint64_t)1 << (unit % 64);
	char *base = (char *)rt_heap.pages.base + unit * HUGE_BYTES;
	bool is;

	if (unit >= HUGE_UNITS || !rt_sys_thp_always())
		return;
	is = (atomic_load(&huge.excluded[unit / 64]) & bit) != 0;
	if (is == exclude || (exclude && atomic_load(&huge.n) >= HUGE_MAX) ||
	    rt_sys_hugepages(base, HUGE_BYTES, !exclude) != 0)
		return;
	if (exclude &&
	    !(atomic_fetch_or(&huge.excluded[unit / 64], bit) & bit))
		atomic_fetch_add(&huge.n, 1);
	if (!exclude &&
	    (atomic_fetch_and(&huge.excluded[unit / 64], ~bit) & bit))
		atomic_fetch_sub(&huge.n, 1);
}

uint32_t
rt_gcscavenge_excluded(void)
{
	return atomic_load(&huge.n);
}

/* ---- giving back ---- */

size_t
rt_gcscavenge(size_t max_bytes)
{
	struct mheap *h = &rt_heap;
	size_t cursor = SIZE_MAX, done = 0, n, want;
	uintptr_t p;
	bool ok, whole;

	while (done < max_bytes) {
		want = (max_bytes - done + RT_PAGE_BYTES - 1) >> RT_PAGE_SHIFT;
		rt_lock(&h->lock);
		n = rt_palloc_scavenge_take(&h->pages, &cursor,
		    want < BATCH_PAGES ? want : BATCH_PAGES, &p);
		rt_unlock(&h->lock);
		if (n == 0)
			break;
		if (n < PALLOC_HUGE_PAGES)
			settle_unit(p, true);
		ok = rt_heap_decommit((void *)p, n << RT_PAGE_SHIFT) == 0;
		rt_lock(&h->lock);
		if (ok)
			rt_palloc_scavenge_done(&h->pages, p, n);
		else /* locked pages: they keep what they hold */
			rt_palloc_free(&h->pages, p, n);
		whole = rt_palloc_huge_gone(&h->pages, p);
		rt_unlock(&h->lock);
		if (!ok)
			break;
		if (whole)
			settle_unit(p, false);
		atomic_fetch_add_explicit(&h->stats.released_bytes,
		    n << RT_PAGE_SHIFT, memory_order_relaxed);
		done += n << RT_PAGE_SHIFT;
	}
	atomic_fetch_add_explicit(
	    &scav.traced_bytes, done, memory_order_relaxed);
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
	rt_gcscavenge_trace(true);
}

void
rt_gcscavenge_trace(bool forced)
{
	uint64_t sys, gone, inuse;

	if (RT_LIKELY(atomic_load_explicit(
	                  &rt_debug.scavtrace, memory_order_relaxed) <= 0))
		return;
	sys = atomic_load(&rt_memstat_sys[RT_STAT_HEAP]);
	gone = atomic_load(&rt_heap.stats.released_bytes);
	inuse = atomic_load(&rt_heap.stats.inuse_bytes);
	rt_scavtrace(atomic_exchange(&scav.traced_bytes, 0), gone, inuse,
	    sys - gone, forced);
}

/* ---- how much, in the background ---- */

/* Bytes of free pages held beyond what the next cycle will want. */
uint64_t
rt_gcscavenge_excess(void)
{
	uint64_t sys = atomic_load(&rt_memstat_sys[RT_STAT_HEAP]);
	uint64_t gone = atomic_load(&rt_heap.stats.released_bytes);
	uint64_t inuse = atomic_load(&rt_heap.stats.inuse_bytes);
	uint64_t held = sys - gone, goal = rt_gc_heap_goal(), retain;

	/* collection is off: the heap in use is all there is to go by */
	retain = goal >= (uint64_t)INT64_MAX ? inuse : goal;
	if (retain < inuse)
		retain = inuse;
	retain += retain / 16;
	if (retain < RETAIN_MIN_BYTES)
		retain = RETAIN_MIN_BYTES;
	return held > retain ? held - retain : 0;
}

uint64_t
rt_gcscavenge_step(uint64_t excess, uint64_t most)
{
	uint64_t n = excess / 8 > most / 32 ? excess / 8 : most / 32;

	if (n < STEP_MIN_BYTES)
		n = STEP_MIN_BYTES;
	return n < excess ? n : excess;
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
	n = rt_gcscavenge_excess();
	scav.most = n == 0 ? 0 : n > scav.most ? n : scav.most;
	if (n == 0)
		return;
	atomic_store(&scav.wanted, rt_gcscavenge_step(n, scav.most));
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
