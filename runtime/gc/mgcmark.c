/*
 * mgcmark.c - from the roots to every object that can be reached.
 *
 * Roots, cut into jobs that the workers claim by a counter:
 *
 *   globals    registered ranges, in pieces; read conservatively
 *   variables  of compiled packages, by their layouts (mgcroots.c)
 *   goroutines per goroutine, unless dead: its stack from the saved stack
 *              pointer (syscallsp in a system call) up, both pieces if it has
 *              split, which holds the saved registers too, and the fields of
 *              struct g that may be
 *              the only reference: startarg, param, defer, panic, timer, the
 *              registers saved at a system call's entry, and the elements of
 *              the sudogs it waits on
 *   the rest   timers on the Ps' heaps with their arguments; objects with
 *              finalizers (what they refer to, and the queue)
 *
 * Not roots: thread stacks (g0), whose code holds no collected pointer across
 * a point where the world can stop, signal stacks, sudog pools.
 *
 * Conservative words. Any word that lies inside a slot in use marks the slot.
 * In stacks and saved registers a word also keeps the slot that *ends* at it:
 * compilers keep one-past-the-end pointers alone in a register in loops. In
 * globals and in the heap that is not done: there a pointer is stored by the
 * program's own statement, and keeping neighbours would chain dead objects
 * together without end (each keeps the one before it).
 *
 * Words that a layout calls pointers are marked in the same way, but what they
 * point into must be there: the program is thrown when it is a free span
 * (GODEBUG=invalidptr, mgccheck.c).
 *
 * Objects larger than OBLET_BYTES are read in pieces, so that one large array
 * keeps all workers busy and not one, and nobody for long at a time. Each piece
 * queues the next before it is read.
 *
 * Marking a slot: who finds its byte 0 sets it and queues the object (mheap.h
 * says why a byte). Rejected: bits set by fetch-or, and keeping the bits of the
 * last 16 words in the worker, to set each word's at once.
 *
 * With the program running beside (mgccycle.c) the same jobs are done, and each
 * root must be read once, in one moment, while nobody changes it unseen:
 *
 *   goroutines  A goroutine that runs has been scanned: before it goes on for
 *               the first time in a cycle its own thread does it
 *               (rt_gcmark_before_run, called where its status becomes
 *               running). All others stand still, and their status holds
 *               G_SCAN while a worker reads them, which keeps them from going
 *               on. One that is born meanwhile has nothing but its argument.
 *               After that moment its stack may hold what it likes: it
 *               came from an object that the snapshot reaches, whose loss the
 *               barrier records, or was born marked.
 *   ranges      under roots.lock, in pieces; a range that is taken away is
 *               recorded first, as its words may have been read by now
 *   timers      under each P's timerslock; stores into the heap of timers are
 *               recorded like those into objects
 *   finalizers  under heap.speciallock
 *   variables   like objects: compiled code stores there through the barrier
 *
 * The runtime's own variables are read a second time with the world stopped:
 * few, and not all stores into them go through the barrier.
 *
 * Everything that reads program memory here is excluded from sanitizers: red
 * zones of another stack are as much a root as any other word.
 */
#include "gc/mgc.h"

#include "arch/arch.h"
#include "chan/chan.h"
#include "lock/plock.h"
#include "os/os.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "sched/time.h"

#define OBLET_BYTES ((size_t)16 << 10)
#define GLOBALS_PIECE ((size_t)32 << 10)
#define GS_PER_JOB 16
#define PREFETCH 8
#define RECORDS_IN_VAIN 4

struct root {
	uintptr_t base;
	size_t bytes;
	size_t done; /* bytes read in this cycle, program running */
	bool own;    /* a module's data: read again at the end */
	struct root *next;
};

static struct {
	struct rt_mutex lock;
	struct root *list; /* lock; read while the world is stopped */
	struct root *free; /* lock */
	_Atomic uint64_t bytes;
	_Atomic bool marking; /* the collector has the lock, or waits for it */
	bool beside; /* stw to write: read piece by piece under the lock */
	/* lock to write: there are pieces that nobody has read yet */
	_Atomic bool unread;
} roots = { .lock = { .rank = RANK_ROOTS } };

/* The jobs of this cycle; written with the world stopped, before workers. */
static struct {
	uint32_t nvars, ngs, total;
	uint64_t cycle; /* what gcscandone becomes */
	_Atomic uint32_t next; /* claimed by fetch-add */
} jobs;

/* ---- registered ranges ---- */

/* The mutex is not fair, and a world that stands must not wait for a thread
 * that registers ranges in a loop: who comes later lets the collector pass. */
void
rt_roots_lock(void)
{
	while (atomic_load(&roots.marking))
		rt_usleep(50);
	rt_lock(&roots.lock);
}

void
rt_roots_unlock(void)
{
	rt_unlock(&roots.lock);
}

static void
add_range(const void *base, size_t bytes, bool own)
{
	uintptr_t lo = ((uintptr_t)base + 7) & ~(uintptr_t)7;
	uintptr_t hi = ((uintptr_t)base + bytes) & ~(uintptr_t)7;
	struct root *r;

	if (hi <= lo)
		return;
	rt_roots_lock();
	r = roots.free;
	if (r != NULL)
		roots.free = r->next;
	else
		r = rt_persistentalloc(sizeof(*r), 8, RT_STAT_GC);
	r->base = lo;
	r->bytes = hi - lo;
	r->done = 0;
	r->own = own;
	atomic_store_explicit(&roots.unread, true, memory_order_relaxed);
	r->next = roots.list;
	roots.list = r;
	atomic_fetch_add(&roots.bytes, r->bytes);
	rt_roots_unlock();
}

void
rt_roots_add(const void *base, size_t bytes)
{
	add_range(base, bytes, false);
}

void
rt_roots_add_own(const void *base, size_t bytes)
{
	add_range(base, bytes, true);
}

/* What has not been read of r yet; roots.lock held. */
static RT_NO_SANITIZE void
record_rest(struct root *r)
{
	for (; r->done < r->bytes; r->done += sizeof(uintptr_t))
		rt_gc_shade(*(void **)(r->base + r->done));
}

void
rt_roots_del(const void *base)
{
	uintptr_t lo = ((uintptr_t)base + 7) & ~(uintptr_t)7;
	struct root **at, *r;

	rt_roots_lock();
	for (at = &roots.list; (r = *at) != NULL; at = &r->next) {
		if (r->base != lo)
			continue;
		*at = r->next;
		if (roots.beside)
			record_rest(r);
		r->next = roots.free;
		roots.free = r;
		atomic_fetch_sub(&roots.bytes, r->bytes);
		break;
	}
	rt_unlock(&roots.lock);
}

uint64_t
rt_gcmark_globals_bytes(void)
{
	return atomic_load(&roots.bytes) + rt_gcroots_bytes();
}

/* ---- marking one slot ---- */

static inline RT_NO_SANITIZE void
mark_slot(struct gcworker *w, struct mspan *s, uint32_t slot)
{
	if (rt_is_marked(s, slot))
		return;
	/* the caches are flushed: allocbits are exact. A free slot must stay
	 * free, a stale word is not a reference. */
	if ((s->allocbits[slot / 64] >> (slot % 64) & 1) == 0)
		return;
	rt_set_mark(s, slot, true);
	w->bytes_marked += s->elemsize;
	w->budget_bytes -= s->elemsize <= w->budget_bytes ? s->elemsize
	                                                  : w->budget_bytes;
	if (s->kind != SPAN_NOSCAN)
		rt_gcwork_push(w, s->base + slot * s->elemsize);
}

static inline __attribute__((always_inline)) RT_NO_SANITIZE void
mark_word_inline(struct gcworker *w, uintptr_t p)
{
	struct mspan *s = rt_spanof(p);

	if (s != NULL)
		mark_slot(w, s, rt_slotof(s, p));
}

static RT_NOINLINE RT_NO_SANITIZE void
mark_word(struct gcworker *w, uintptr_t p)
{
	mark_word_inline(w, p);
}

/* A word that a layout calls a pointer: it has no business in a free span. */
static inline __attribute__((always_inline)) RT_NO_SANITIZE void
mark_pointer(struct gcworker *w, uintptr_t at)
{
	uintptr_t p = *(uintptr_t *)at;
	struct mspan *s = rt_spanof(p);

	if (s != NULL)
		mark_slot(w, s, rt_slotof(s, p));
	else if (p != 0 &&
	    RT_UNLIKELY(p - rt_heap.pages.base < atomic_load_explicit(
	                    &rt_heap.pages.grown_bytes, memory_order_relaxed)))
		rt_gccheck_stray(p, at);
}

/* A word of a stack: what it points into, and what ends there. */
static inline RT_NO_SANITIZE void
mark_stack_word(struct gcworker *w, uintptr_t p)
{
	struct mspan *s;

	/* Outside. From the heap's very first byte to one past its last: an
	 * object may begin at the one, and end at the other. */
	if (p - rt_heap.pages.base > atomic_load_explicit(
	        &rt_heap.pages.grown_bytes, memory_order_relaxed))
		return;
	mark_word(w, p);
	if ((p & 7) != 0)
		return;
	s = rt_spanof(p);
	if (s == NULL || p == s->base + rt_slotof(s, p) * s->elemsize)
		mark_word(w, p - 1);
}

void
rt_gcmark_word(struct gcworker *w, uintptr_t p)
{
	mark_word(w, p);
}

void
rt_gcmark_pointer(struct gcworker *w, uintptr_t at)
{
	mark_pointer(w, at);
}

/* Most words of a range point nowhere near the heap. */
RT_NO_SANITIZE void
rt_gcmark_range(struct gcworker *w, uintptr_t lo, uintptr_t hi)
{
	uintptr_t base = rt_heap.pages.base, p;
	/* acquire: as in rt_spanof. What the heap grows by meanwhile holds
	 * nothing that was there when marking began. */
	uintptr_t bytes = atomic_load_explicit(
	    &rt_heap.pages.grown_bytes, memory_order_acquire);

	for (; lo + sizeof(uintptr_t) <= hi; lo += sizeof(uintptr_t)) {
		p = *(uintptr_t *)lo;
		if (p - base < bytes)
			mark_word(w, p);
	}
}

/* ---- reading one object ---- */

static inline RT_NO_SANITIZE void
scan_mask(struct gcworker *w, uintptr_t base, uint64_t mask)
{
	for (; mask != 0; mask &= mask - 1)
		mark_pointer(w,
		    base + sizeof(uintptr_t) * (unsigned)__builtin_ctzll(mask));
}

/* The words of [from, to) that t, repeated from base on, calls pointers. */
static RT_NO_SANITIZE void
scan_typed(struct gcworker *w, uintptr_t base, uintptr_t from, uintptr_t to,
    const struct gort_type *t)
{
	size_t each = t->size / sizeof(uintptr_t);
	size_t nptr = t->ptrdata / sizeof(uintptr_t);
	size_t i = (from - base) / sizeof(uintptr_t) % each;
	const uint8_t *bits = rt_gctype_bits(t);

	while (from < to) {
		if (i >= nptr) {
			from += (each - i) * sizeof(uintptr_t);
			i = 0;
			continue;
		}
		if (bits[i / 8] >> (i % 8) & 1)
			mark_pointer(w, from);
		from += sizeof(uintptr_t);
		if (++i == each)
			i = 0;
	}
}

/* b: an object's base, or the base of an oblet of a large one. */
static RT_NO_SANITIZE void
scan_object(struct gcworker *w, uintptr_t b)
{
	struct mspan *s = rt_spanof(b);
	const struct gort_type *t;
	uintptr_t end;
	uint32_t slot;

	if (s == NULL)
		rt_throw("gcmark: a grey object is in no span");
	slot = rt_slotof(s, b);
	if (s->kind == SPAN_TYPED && s->elemsize <= RT_MASK_MAX_BYTES) {
		scan_mask(w, b, rt_bitmap_mask(s, slot));
		return;
	}
	end = s->base + (slot + 1) * s->elemsize;
	if (s->elemsize > OBLET_BYTES) {
		if (end - b > OBLET_BYTES) {
			rt_gcwork_push(w, b + OBLET_BYTES);
			end = b + OBLET_BYTES;
		}
	}
	if (s->kind == SPAN_CONS) {
		rt_gcmark_range(w, b, end);
		return;
	}
	t = rt_bitmap_type(s, slot);
	if (t != NULL)
		scan_typed(w, s->base + slot * s->elemsize, b, end, t);
}

/* ---- roots ---- */

static RT_NO_SANITIZE void
mark_globals(struct gcworker *w, uint32_t job)
{
	for (struct root *r = roots.list; r != NULL; r = r->next) {
		uint32_t n = (uint32_t)((r->bytes + GLOBALS_PIECE - 1) /
		    GLOBALS_PIECE);
		uintptr_t lo, hi;

		if (job >= n) {
			job -= n;
			continue;
		}
		lo = r->base + job * GLOBALS_PIECE;
		hi = lo + GLOBALS_PIECE;
		if (hi > r->base + r->bytes)
			hi = r->base + r->bytes;
		rt_gcmark_range(w, lo, hi);
		w->globals_bytes += hi - lo;
		return;
	}
}

static RT_NO_SANITIZE void
mark_stack_piece(struct gcworker *w, uintptr_t sp, uintptr_t hi)
{
	sp &= ~(uintptr_t)7;
	w->stack_bytes += hi - sp;
	for (; sp + sizeof(uintptr_t) <= hi; sp += sizeof(uintptr_t))
		mark_stack_word(w, *(uintptr_t *)sp);
}

/* What was in registers at a split lies on the slot, above g->splitsp. */
static RT_NO_SANITIZE void
mark_stack(struct gcworker *w, struct g *gp)
{
	uintptr_t sp = gp->sched.sp;
	struct stack piece[2];
	int n;

	/* Also of one that is just coming back: it keeps these until it has a
	 * P, and its status and saved context change under our eyes. */
	if (gp->syscallsp != 0) {
		sp = gp->syscallsp;
		for (int i = 0; i < 6; i++)
			mark_stack_word(w, gp->syscallregs[i]);
	}
	n = rt_stack_pieces(gp, sp, piece);
	if (n == 0)
		rt_throw("gcmark: saved stack pointer is outside the stack");
	for (int i = 0; i < n; i++)
		mark_stack_piece(w, piece[i].lo, piece[i].hi);
}

static RT_NO_SANITIZE void
mark_g(struct gcworker *w, struct g *gp)
{
	uint32_t status = rt_readgstatus(gp);

	if (status == G_DEAD || status == G_IDLE)
		return;
	mark_stack(w, gp);
	if (RT_UNLIKELY(gp->segment != NULL) &&
	    (status & ~(uint32_t)G_SCAN) != G_SYSCALL && gp->syscallsp == 0)
		rt_segment_trim(gp);
	mark_word(w, (uintptr_t)gp->startarg);
	mark_word(w, (uintptr_t)gp->labels);
	mark_word(w, (uintptr_t)gp->param);
	mark_word(w, (uintptr_t)gp->defer);
	mark_word(w, (uintptr_t)gp->panic);
	mark_word(w, (uintptr_t)gp->exception);
	mark_word(w, (uintptr_t)gp->timer);
	for (struct sudog *sg = gp->waiting; sg != NULL; sg = sg->waitlink) {
		mark_word(w, (uintptr_t)sg->elem);
		mark_word(w, (uintptr_t)sg->c);
	}
}

/* ---- goroutines while the program runs ---- */

static bool
is_scanned(struct g *gp)
{
	/* acquire: pairs with the release below; who sees it set needs nothing
	 * else of the scan */
	return __atomic_load_n(&gp->gcscandone, __ATOMIC_ACQUIRE) ==
	    jobs.cycle;
}

static void
set_scanned(struct g *gp)
{
	__atomic_store_n(&gp->gcscandone, jobs.cycle, __ATOMIC_RELEASE);
}

/*
 * True: gp does not run and has not been scanned; it stands still, by G_SCAN,
 * until the caller stores *ret_status back. False: nothing to scan, as it is
 * dead, not born, or was scanned by somebody else.
 */
static bool
hold_g(struct g *gp, uint32_t *ret_status)
{
	uint32_t s;

	for (;;) {
		s = rt_readgstatus(gp);
		if (s == G_DEAD || s == G_IDLE || is_scanned(gp))
			return false;
		/* RUNNING: between its own scan and here; look again */
		if ((s & G_SCAN) == 0 && s != G_RUNNING &&
		    atomic_compare_exchange_strong(
		        &gp->atomicstatus, &s, s | G_SCAN)) {
			*ret_status = s;
			return true;
		}
		rt_procyield(10);
	}
}

/* Scan a goroutine that does not run, whoever else wants to. */
static void
mark_g_beside(struct gcworker *w, struct g *gp)
{
	uint32_t status;

	if (!hold_g(gp, &status))
		return;
	if (!is_scanned(gp)) {
		mark_g(w, gp);
		set_scanned(gp);
	}
	/* release: whoever goes on sees all of it done */
	atomic_store_explicit(
	    &gp->atomicstatus, status, memory_order_release);
}

void
rt_gcmark_before_run(struct g *gp)
{
	struct gcworker w;

	if (is_scanned(gp))
		return;
	rt_gcworker_init(&w);
	mark_g_beside(&w, gp);
	rt_gc_credit_marked(&w);
	rt_gcworker_dispose(&w);
}

void
rt_gcmark_self(struct gcworker *w, struct g *gp)
{
	mark_g(w, gp);
	set_scanned(gp);
}

void
rt_gcmark_born(struct g *gp)
{
	rt_gc_shade(gp->startarg);
	set_scanned(gp);
}

static void
mark_gs(struct gcworker *w, uint32_t job)
{
	size_t from = (size_t)job * GS_PER_JOB, n = rt_allg_len();

	for (size_t i = from; i < from + GS_PER_JOB && i < n; i++) {
		if (roots.beside)
			mark_g_beside(w, rt_allg_at(i));
		else if (!rt_leak_leaves_out(rt_allg_at(i)))
			mark_g(w, rt_allg_at(i));
	}
}

static RT_NO_SANITIZE void
mark_rest(struct gcworker *w)
{
	for (int32_t i = 0; i < rt_nallp(); i++) {
		struct p *pp = rt_allp[i];

		if (roots.beside)
			rt_plock_any(rt_getg()->m, &pp->timerslock);
		for (uint32_t k = 0; k < pp->ntimers; k++) {
			struct rt_timer *t = pp->timers[k].t;

			mark_word(w, (uintptr_t)t);
			mark_word(w, (uintptr_t)t->f);
			mark_word(w, (uintptr_t)t->arg_type);
			mark_word(w, (uintptr_t)t->arg);
		}
		if (roots.beside)
			rt_punlock_any(rt_getg()->m, &pp->timerslock);
	}
	rt_final_mark_roots(w, roots.beside);
	rt_gctypes_mark(w);
}

static void
prepare_jobs(uint64_t cycle)
{
	jobs.cycle = cycle;
	jobs.nvars = rt_gcroots_jobs();
	jobs.ngs = (uint32_t)((rt_allg_len() + GS_PER_JOB - 1) / GS_PER_JOB);
	jobs.total = 1 + jobs.ngs + jobs.nvars;
}

void
rt_gcmark_prepare(void)
{
	atomic_store(&roots.marking, true);
	rt_lock(&roots.lock);
	prepare_jobs(0);
	for (struct root *r = roots.list; r != NULL; r = r->next)
		jobs.total += (uint32_t)((r->bytes + GLOBALS_PIECE - 1) /
		    GLOBALS_PIECE);
	/* release: pairs with the claims of workers that joined later */
	atomic_store_explicit(&jobs.next, 0, memory_order_release);
}

void
rt_gcmark_finish(void)
{
	rt_unlock(&roots.lock);
	atomic_store(&roots.marking, false);
}

void
rt_gcmark_prepare_beside(uint64_t cycle)
{
	rt_roots_lock();
	prepare_jobs(cycle);
	for (struct root *r = roots.list; r != NULL; r = r->next)
		r->done = 0;
	roots.beside = true;
	atomic_store_explicit(&roots.unread, true, memory_order_relaxed);
	rt_roots_unlock();
	atomic_store_explicit(&jobs.next, 0, memory_order_release);
}

void
rt_gcmark_finish_beside(void)
{
	rt_roots_lock();
	roots.beside = false;
	rt_roots_unlock();
}

void
rt_gcmark_own_again(struct gcworker *w)
{
	rt_roots_lock();
	for (struct root *r = roots.list; r != NULL; r = r->next)
		if (r->own)
			rt_gcmark_range(w, r->base, r->base + r->bytes);
	rt_roots_unlock();
}

/* The next piece of a registered range; false: all are read. The lock is held
 * while reading, so that nobody unmaps it under our eyes. */
static bool
claim_piece(struct gcworker *w)
{
	struct root *r;
	size_t n;

	rt_roots_lock();
	r = roots.list;
	while (r != NULL && r->done >= r->bytes)
		r = r->next;
	if (r != NULL) {
		n = r->bytes - r->done;
		if (n > GLOBALS_PIECE)
			n = GLOBALS_PIECE;
		rt_gcmark_range(
		    w, r->base + r->done, r->base + r->done + n);
		r->done += n;
		w->globals_bytes += n;
	} else {
		atomic_store_explicit(
		    &roots.unread, false, memory_order_relaxed);
	}
	rt_roots_unlock();
	return r != NULL;
}

static bool
jobs_left(void)
{
	return atomic_load_explicit(&jobs.next, memory_order_acquire) <
	    jobs.total;
}

bool
rt_gcmark_roots_left(void)
{
	return jobs_left() ||
	    (roots.beside &&
	        atomic_load_explicit(&roots.unread, memory_order_relaxed));
}

static bool
claim_root(struct gcworker *w)
{
	uint32_t job;

	if (!jobs_left())
		return roots.beside && claim_piece(w);
	job = atomic_fetch_add_explicit(&jobs.next, 1, memory_order_acq_rel);
	if (job >= jobs.total)
		return roots.beside && claim_piece(w);
	if (job == 0)
		mark_rest(w);
	else if (job <= jobs.ngs)
		mark_gs(w, job - 1);
	else if (job <= jobs.ngs + jobs.nvars)
		rt_gcroots_mark(w, job - 1 - jobs.ngs);
	else
		mark_globals(w, job - 1 - jobs.ngs - jobs.nvars);
	return true;
}

/*
 * Between being popped and being read an object waits its turn in a short
 * ring, while its first line is fetched: the look-up tables of a heap fit the
 * second-level cache, the objects don't. 0 is an empty place.
 */
static void
drain_objects(struct gcworker *w)
{
	uintptr_t ring[PREFETCH] = { 0 }, obj, turn;
	uint32_t n = 0, waiting = 0;

	for (;;) {
		obj = rt_gcwork_pop(w);
		if (obj == 0 && waiting == 0)
			return;
		__builtin_prefetch((void *)obj);
		turn = ring[n % PREFETCH];
		ring[n % PREFETCH] = obj;
		waiting += (obj != 0) - (turn != 0);
		if (turn != 0)
			scan_object(w, turn);
		if (RT_UNLIKELY(w->budget_bytes == 0))
			break;
		if (++n % 64 != 0)
			continue;
		if (atomic_load_explicit(
		        &rt_gcwork_hungry, memory_order_relaxed) > 0)
			rt_gcwork_balance(w);
		if (w->polite)
			rt_gcbg_look(w);
	}
	for (n = 0; n < PREFETCH; n++)
		if (ring[n] != 0)
			rt_gcwork_push(w, ring[n]);
}

/* A record costs time whether it was worth it or not: it is paid for. */
static void
mark_record(void *arg, uintptr_t word)
{
	struct gcworker *w = arg;

	w->budget_bytes -= sizeof(word) <= w->budget_bytes ? sizeof(word)
	                                                   : w->budget_bytes;
	mark_word(w, word);
}

/*
 * What the barrier recorded. A program that only turns pointers round makes
 * records as fast as they are read, all of objects that are marked long since:
 * so after a few pieces in vain this is no work any more, but for the last
 * stop, when no more come.
 */
static bool
mark_records(struct gcworker *w)
{
	uint64_t before = w->bytes_marked;

	for (int i = 0; w->alone || i < RECORDS_IN_VAIN; i++) {
		if (w->budget_bytes == 0)
			return true;
		if (!rt_gcbarrier_drain(mark_record, w))
			return false;
		if (w->bytes_marked != before)
			return true;
	}
	return false;
}

bool
rt_gcmark_some(struct gcworker *w)
{
	do {
		drain_objects(w);
		if (w->polite)
			rt_gcbg_look(w);
	} while (w->budget_bytes != 0 && (claim_root(w) || mark_records(w)));
	return w->budget_bytes != 0;
}

void
rt_gcmark_drain(struct gcworker *w)
{
	do {
		rt_gcmark_some(w);
		rt_gc_credit_marked(w);
	} while (w->budget_bytes != 0 && rt_gcwork_idle(w));
}
