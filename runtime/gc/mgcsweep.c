/*
 * mgcsweep.c - turning what was not marked into free slots, lazily.
 *
 * Marking ends by adding 2 to heap.sweepgen. A span's own sweepgen, compared
 * with it, says what is to be done:
 *
 *   heap - 2   not swept; whoever moves it to heap - 1 by CAS sweeps it
 *   heap - 1   being swept
 *   heap       swept: may be cached, filled, or marked in the next cycle
 *
 * Sweeping a span is small: the marks become the allocation bits and are cleared
 * for the next cycle, slots are counted, finalizers of dead
 * objects are queued and sampled ones counted (mspecial.c). Nothing in the
 * slots is touched (but for clobberfree); clearing waits for the allocation.
 *
 * Who sweeps:
 *   - an allocation that needs a span of a class sweeps that class (mcentral);
 *   - an allocation that needs fresh pages first sweeps any spans until it
 *     has freed as many pages, so that the heap does not grow while garbage
 *     waits (reclaim);
 *   - the background goroutine, a few spans a turn;
 *   - an allocation that needs a span, if sweeping is behind: from half of the
 *     way to the next trigger on pages swept follow bytes allocated along a
 *     line, and at seven eighths all are swept (pay). So it is not the one who
 *     begins the next cycle who finds all the rest. Not from the beginning:
 *     what is swept before it is needed, and is empty, goes back to the heap and
 *     must be made a span again, where an allocation that sweeps for itself
 *     keeps it;
 *   - a forced cycle, and the beginning of the next cycle, sweep what is left.
 *
 * No sweep crosses a safepoint: a sweeper neither parks nor yields between
 * taking a span and putting it back, so that in a stopped world every span is
 * either swept or on an unswept list.
 */
#include "gc/mgc.h"

#include "lock/lock.h"
#include "mem/mdebug.h"
#include "sched/sched.h"

#include <string.h>

#define SPANS_PER_TURN 16
/* Bounds what one allocation of fresh pages pays for others' garbage. */
#define RECLAIM_TRIES 32
/* The same of one that finds sweeping behind. */
#define PAY_TRIES 64

static struct {
	_Atomic uint32_t next;    /* span classes below have nothing unswept */
	_Atomic uint32_t sweepers; /* between take and put */
	_Atomic bool done;        /* nothing unswept is left on any list */
	_Atomic uint64_t swept_pages; /* in this cycle */
	/* The line. Written when a cycle ends or GOGC changes; who reads while
	 * it changes sweeps a little too much or too little, once. */
	_Atomic uint64_t base_live, base_pages, room_bytes, left_pages;
	struct gc_daemon daemon;
} sweep = { .done = true };

/* Mark bits become allocation bits. Returns slots in use. */
static uint32_t
take_marks(struct mspan *s)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < s->nwords; i++) {
		uint64_t bits = rt_marks_word(s, i);

		__atomic_store_n(&s->allocbits[i], bits, __ATOMIC_RELAXED);
		n += (uint32_t)__builtin_popcountll(bits);
	}
	memset((void *)s->marks, 0, s->nwords * 64u);
	return n;
}

static void
count_frees(struct mspan *s, uint32_t nfreed)
{
	struct heap_stats *st = &rt_heap.stats;

	if (nfreed == 0)
		return;
	atomic_fetch_add_explicit(
	    &st->nfree[s->sizeclass], nfreed, memory_order_relaxed);
	if (s->sizeclass == 0)
		atomic_fetch_add_explicit(&st->large_free_bytes, s->elemsize,
		    memory_order_relaxed);
}

bool
rt_mspan_sweep(struct mspan *s, bool keep)
{
	uint32_t sg = atomic_load_explicit(
	    &rt_heap.sweepgen, memory_order_relaxed);
	uint32_t want = sg - 2, n;

	if (!atomic_compare_exchange_strong(&s->sweepgen, &want, sg - 1))
		rt_throw("sweep: the span is not waiting to be swept");
	/* relaxed: set by whoever holds a live object of the span; missing it
	 * means that the object is marked */
	if (atomic_load_explicit(&s->has_specials, memory_order_relaxed))
		rt_special_sweep(s);
	if (RT_UNLIKELY(rt_mdebug_watches_deaths()))
		rt_mdebug_deaths(s);
	n = take_marks(s);
	if (n > s->alloccount)
		rt_throw("sweep: more slots marked than allocated");
	atomic_fetch_add_explicit(
	    &sweep.swept_pages, s->npages, memory_order_relaxed);
	count_frees(s, s->alloccount - n);
	s->needzero |= n != s->alloccount;
	s->alloccount = n;
	s->curword = 0;
	s->alloccache = 0;
#ifdef RT_DEBUG
	rt_mspan_verify(s);
#endif
	/* release: pairs with whoever reads sweepgen == heap's */
	atomic_store_explicit(&s->sweepgen, sg, memory_order_release);
	if (n != 0 || keep)
		return false;
	rt_mheap_free(s);
	return true;
}

void
rt_gcsweep_enter(void)
{
	atomic_fetch_add_explicit(&sweep.sweepers, 1, memory_order_relaxed);
}

void
rt_gcsweep_leave(void)
{
	/* release: who sees 0 sees what the last sweeper put back */
	atomic_fetch_sub_explicit(&sweep.sweepers, 1, memory_order_release);
}

size_t
rt_gcsweep_one(void)
{
	uint32_t sg = atomic_load_explicit(
	    &rt_heap.sweepgen, memory_order_relaxed);
	size_t npages, freed = SIZE_MAX;
	struct mspan *s = NULL;
	uint32_t c;

	if (atomic_load_explicit(&sweep.done, memory_order_acquire))
		return SIZE_MAX;
	rt_gcsweep_enter();
	c = atomic_load_explicit(&sweep.next, memory_order_relaxed);
	for (; c < RT_SPANCLASS_N; c++) {
		s = rt_mcentral_popunswept(&rt_heap.central[c], sg);
		if (s != NULL)
			break;
	}
	/* may go back when another sweeper was faster: costs a second look */
	atomic_store_explicit(&sweep.next, c, memory_order_relaxed);
	if (s != NULL) {
		npages = s->npages;
		freed = 0;
		if (rt_mspan_sweep(s, false))
			freed = npages;
		else
			rt_mcentral_put(&rt_heap.central[c], s);
	}
	rt_gcsweep_leave();
	/* one of those who find the lists empty does what follows from it */
	if (s == NULL &&
	    !atomic_exchange_explicit(
	        &sweep.done, true, memory_order_acq_rel)) {
		rt_final_wake();
		rt_gcscavenge_trace(false);
	}
	return freed;
}

void
rt_gcsweep_all(void)
{
	while (rt_gcsweep_one() != SIZE_MAX)
		continue;
	if (atomic_load(&sweep.sweepers) != 0)
		rt_throw("sweep: a sweeper was stopped in mid-span");
}

void
rt_gcsweep_finish(void)
{
	unsigned n = 0;

	for (;;) {
		while (rt_gcsweep_one() != SIZE_MAX)
			if (++n % SPANS_PER_TURN == 0)
				rt_preempt_check();
		if (atomic_load_explicit(
		        &sweep.sweepers, memory_order_acquire) == 0)
			return;
		rt_gosched();
	}
}

void
rt_gcsweep_begin(void)
{
	atomic_fetch_add(&rt_heap.sweepgen, 2);
	atomic_store(&sweep.next, 0);
	atomic_store(&sweep.swept_pages, 0);
	atomic_store(&sweep.done, false);
}

/* ---- sweeping in proportion ---- */

void
rt_gcsweep_pace(uint64_t trigger)
{
	uint64_t all = atomic_load(&rt_heap.stats.inuse_bytes) >> RT_PAGE_SHIFT;
	uint64_t swept = atomic_load(&sweep.swept_pages);
	uint64_t live = rt_heap_live(), room = 0;

	/* no trigger, no hurry: the background has time */
	if (trigger > live && trigger < (uint64_t)INT64_MAX)
		room = (trigger - live) / 2;
	atomic_store(&sweep.base_live, live + room);
	room -= room / 4;
	atomic_store(&sweep.base_pages, swept);
	atomic_store(&sweep.left_pages, all > swept ? all - swept : 0);
	atomic_store(&sweep.room_bytes, room);
}

/* Pages that the line wants swept by now. */
static uint64_t
due_pages(void)
{
	uint64_t live = rt_heap_live(), base = atomic_load(&sweep.base_live);
	uint64_t room = atomic_load(&sweep.room_bytes);

	if (live <= base || room == 0)
		return 0;
	return atomic_load(&sweep.base_pages) +
	    (uint64_t)((unsigned __int128)atomic_load(&sweep.left_pages) *
	        (live - base) / room);
}

uint64_t
rt_gcsweep_debt(void)
{
	uint64_t due, swept;

	if (atomic_load_explicit(&sweep.done, memory_order_acquire))
		return 0;
	due = due_pages();
	swept = atomic_load_explicit(&sweep.swept_pages, memory_order_relaxed);
	return due > swept ? due - swept : 0;
}

void
rt_gcsweep_pay(void)
{
	for (int i = 0; i < PAY_TRIES && rt_gcsweep_debt() > 0; i++)
		if (rt_gcsweep_one() == SIZE_MAX)
			return;
}

/*
 * Before npages fresh pages are taken, try to free as many. The caller may be
 * anywhere in an allocation; nothing here yields.
 */
void
rt_gcsweep_reclaim(size_t npages)
{
	size_t freed = 0, n;

	rt_gcsweep_pay();
	for (int i = 0; i < RECLAIM_TRIES && freed < npages; i++) {
		n = rt_gcsweep_one();
		if (n == SIZE_MAX)
			return;
		freed += n;
	}
}

static void
bgsweep(void *arg)
{
	unsigned n = 0;

	(void)arg;
	for (;;) {
		while (rt_gcsweep_one() != SIZE_MAX)
			if (++n % SPANS_PER_TURN == 0)
				rt_gosched();
		rt_gcdaemon_park(&sweep.daemon, WAIT_GC_SWEEP_WAIT);
	}
}

void
rt_gcsweep_start_daemon(void)
{
	rt_newproc_system(bgsweep, NULL);
}

void
rt_gcsweep_wake(void)
{
	rt_gcdaemon_wake(&sweep.daemon);
}
