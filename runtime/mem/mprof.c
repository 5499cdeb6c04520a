/*
 * mprof.c - stacks and what was counted there: heap, block, mutex profiles.
 *
 * A bucket is one call stack of one kind (heap: and one object size). They
 * hang in a hash table with Go's 179,999 heads, off the heap, never freed, so
 * a pointer to one may be kept in an object's record for ever. The table takes
 * 1.4 MB of address space and a page where a bucket is.
 *
 * Finding takes no lock: heads and chains are published with release and read
 * with acquire, and what a bucket is found by never changes. Inserting takes
 * the lock, and looks again under it; so does counting: what is counted was
 * sampled, and whoever asks for each object has asked for the price.
 *
 * The heap profile
 *
 * Which objects. All bytes that are allocated form one line, on which marks
 * lie with exponentially distributed distances of `rate` bytes in the mean; an
 * object with a mark on it is sampled. So an object of n bytes is with
 * probability 1 - exp(-n/rate), which readers know and divide by. In which
 * order the bytes lie does not matter, as a distance says nothing of the next:
 * a P therefore pays for a whole word of 64 slots in advance, in the slow path
 * that loads it (mcache.c), and a mark that falls on one of these slots cuts
 * the word there. The mark belongs to that slot, whatever is allocated elsewhere
 * before: handing the distance on would take samples from large objects. The allocation that comes to the cut is slow and is
 * the one that is sampled. Hence no instruction anywhere else, whatever the
 * rate; at rate 1 each word is cut at each slot.
 * Rejected: charging words and sampling the object at hand when one crosses:
 * it is always the first of 64, and a loop that makes two kinds of objects
 * in turn would have one of them sampled only. A counter per object: a load, a
 * subtraction and a store on each.
 *
 * A slot that was paid for and not used (a cache that is flushed for a cycle)
 * is paid for again later. That is right: what the first payment drew for it
 * is discarded with it, unseen.
 *
 * The rate is a variable that the program writes. It is looked at whenever a
 * word is loaded or a large object made; up to 63 objects of a size may
 * still be made by the old one.
 *
 * Which moment. A profile in the midst of a cycle would tell what had been
 * allocated lately, but not what of it is garbage already, and so blame
 * whoever allocates fast. It tells the state as the last mark that has been
 * swept completely found it. With c the number of marks that ended so far:
 *
 *   an allocation counts for the mark that ends next, which is swept
 *   when c + 2 is reached
 *   a free, found by the sweep after mark c, counts for that mark; all of
 *   these are known when c + 1 is reached
 *
 * and so are added to the future of that number. rt_mprof_swept makes number
 * c + 1 true early, when a program waited for the sweep. A bucket takes over
 * its futures when it is next looked at; at most three are open.
 *
 * Before the first cycle a profile tells all there is.
 */
#include "mem/mprof.h"

#include "boot/mainfn.h"
#include "fault/fault.h"
#include "gc/mgc.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/oracle.h"

#include <string.h>

#define HEADS 179999

static _Atomic(struct rt_bucket *) *heads; /* const after rt_mprof_init */
static _Atomic(struct rt_bucket *) all[PROF_MUTEX + 1];
static struct rt_mutex lock = { .rank = RANK_PROF };

static const int64_t no_rate;
static const int64_t *rate_var = &no_rate; /* const after boot */

static _Atomic uint32_t cycle; /* marks that ended; written with lock */
static uint64_t due;           /* lock: futures up to this one are true */

void
rt_mprof_init(void)
{
	if (heads == NULL)
		heads = rt_sys_alloc(HEADS * sizeof(*heads), RT_STAT_BUCKHASH);
}

/* ---- buckets ---- */

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

/* Insert under the lock, unless somebody was quicker. */
static struct rt_bucket *
insert(uint64_t h, enum rt_prof_kind kind, size_t size, const uintptr_t *stk,
    uint32_t n)
{
	_Atomic(struct rt_bucket *) *head = &heads[h % HEADS];
	struct rt_bucket *b;

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
		b->folded = due;
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

static struct rt_bucket *
bucket(enum rt_prof_kind kind, size_t size, const uintptr_t *stk, uint32_t n)
{
	uint64_t h = hash_stack(kind, size, stk, n);
	struct rt_bucket *b;

	/* acquire pairs with insert's release: the bucket is whole */
	b = find(atomic_load_explicit(&heads[h % HEADS], memory_order_acquire),
	    h, kind, size, stk, n);
	return b != NULL ? b : insert(h, kind, size, stk, n);
}

/*
 * The caller's stack from the first to the last frame of the program's
 * language: what the runtime does above and below is nobody's line of code. Of
 * a program without such a language, and of a stack without such a frame, all.
 */
static uint32_t
stack_here(uintptr_t **ret_stk, uintptr_t *buf, uint32_t cap)
{
	int n = rt_callers(NULL, buf, (int)cap), skip = 0;

	while (skip < n && !rt_language_text(buf[skip] - 1))
		skip++;
	if (skip == n)
		skip = 0;
	else
		while (!rt_language_text(buf[n - 1] - 1))
			n--;
	*ret_stk = buf + skip;
	return (uint32_t)(n - skip < RT_PROF_DEPTH ? n - skip : RT_PROF_DEPTH);
}

/* ---- which objects ---- */

void
rt_mprof_set_rate_var(const int64_t *var)
{
	rate_var = var;
}

int64_t
rt_mprof_rate(void)
{
	/* relaxed: it orders nothing; compiled code writes it as one word */
	return __atomic_load_n(rate_var, __ATOMIC_RELAXED);
}

void
rt_mprof_look(void)
{
	rt_mcache_withhold(rt_getmcache());
}

/* The natural logarithm of a positive normal number, to 1e-7: the series of
 * 2 artanh y, with the fraction brought near 1. */
static double
ln(double x)
{
	union {
		double d;
		uint64_t u;
	} v = { .d = x };
	int e = (int)(v.u >> 52 & 2047) - 1023;
	double y, y2;

	v.u = (v.u & (((uint64_t)1 << 52) - 1)) | (uint64_t)1023 << 52;
	if (v.d > 1.4142135623730951) {
		v.d /= 2;
		e++;
	}
	y = (v.d - 1) / (v.d + 1);
	y2 = y * y;
	return e * 0.6931471805599453 + 2 * y *
	    (1 + y2 * (1.0 / 3 + y2 * (1.0 / 5 + y2 * (1.0 / 7 + y2 / 9))));
}

int64_t
rt_mprof_draw(int64_t rate)
{
	double u, d;

	if (rate <= 0)
		return INT64_MAX;
	if (rate == 1)
		return 0;
	/* in (0, 1] */
	u = (double)((rt_fastrand64() >> 12) + 1) / (double)(1ull << 52);
	d = -ln(u) * (double)rate;
	return d < 1e18 ? (int64_t)d : (int64_t)1e18;
}

/* ---- which moment ---- */

/* Bring b up to what is true by now; lock. */
static void
fold(struct rt_bucket *b)
{
	uint64_t from = b->folded + 1, to = due;

	if (b->folded >= to)
		return;
	if (to - from > 2)
		from = to - 2; /* older ones have been emptied */
	for (uint64_t i = from; i <= to; i++) {
		struct rt_prof_count *f = &b->future[i % 3];

		b->told.allocs += f->allocs;
		b->told.frees += f->frees;
		*f = (struct rt_prof_count){ 0 };
	}
	b->folded = to;
}

void
rt_mprof_malloc(void *p, size_t bytes)
{
	uintptr_t buf[RT_PROF_DEPTH + 16], *stk;
	uint32_t n = stack_here(&stk, buf, RT_PROF_DEPTH + 16);
	struct rt_bucket *b = bucket(PROF_MEM, bytes, stk, n);

	rt_lock(&lock);
	fold(b);
	b->future[(atomic_load(&cycle) + 2) % 3].allocs++;
	rt_unlock(&lock);
	rt_special_profile(p, b);
}

void
rt_mprof_free(struct rt_bucket *b)
{
	rt_lock(&lock);
	fold(b);
	b->future[(atomic_load(&cycle) + 1) % 3].frees++;
	rt_unlock(&lock);
}

uint32_t
rt_mprof_cycle(void)
{
	return atomic_load(&cycle);
}

void
rt_mprof_next_cycle(void)
{
	rt_lock(&lock);
	atomic_store(&cycle, atomic_load(&cycle) + 1);
	if (due < atomic_load(&cycle))
		due = atomic_load(&cycle);
	rt_unlock(&lock);
}

void
rt_mprof_swept(uint32_t of)
{
	rt_lock(&lock);
	if (of == atomic_load(&cycle))
		due = (uint64_t)of + 1;
	rt_unlock(&lock);
}

/* ---- waits ---- */

void
rt_mprof_wait(enum rt_prof_kind kind, int64_t ns, double weight)
{
	uintptr_t buf[RT_PROF_DEPTH + 16], *stk;
	uint32_t n = stack_here(&stk, buf, RT_PROF_DEPTH + 16);
	struct rt_bucket *b = bucket(kind, 0, stk, n);

	rt_lock(&lock);
	b->count += weight;
	b->wait_ns += weight * (double)ns;
	rt_unlock(&lock);
}

/* ---- reading ---- */

/* Nothing has been told: no cycle yet. Then all that was counted; lock. */
static void
tell_all(void)
{
	due += 2;
	for (struct rt_bucket *b = all[PROF_MEM]; b != NULL; b = b->allnext) {
		fold(b);
		b->folded = due - 2;
	}
	due -= 2;
}

void
rt_mprof_each(enum rt_prof_kind kind,
    void (*put)(void *arg, const struct rt_bucket *b), void *arg)
{
	rt_lock(&lock);
	if (kind == PROF_MEM && due == 0)
		tell_all();
	for (struct rt_bucket *b = all[kind]; b != NULL; b = b->allnext) {
		fold(b);
		put(arg, b);
	}
	rt_unlock(&lock);
}
