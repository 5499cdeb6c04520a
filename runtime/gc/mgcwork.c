/*
 * mgcwork.c - grey objects, and how the marking threads share them.
 *
 * Each worker has two buffers of its own: it pushes and pops at one and
 * changes to the other when the first is full or empty, so that going up and
 * down at a border costs nothing. What is more goes to a common list of full
 * buffers; who runs dry takes one from there. A worker that has plenty while
 * others are hungry gives half of its buffer away (balance).
 *
 * The end of marking. Under work.lock a worker without work counts itself
 * idle; a worker that takes a buffer off the list counts itself back; a worker
 * that has enough leaves and is no longer counted. Marking is over when the list
 * is empty and idle == joined: nobody has work, and only a worker with work
 * can make some. The one who sees this sets `over`, under the same lock, so
 * there is no order to argue about. A helper thread that wakes late finds
 * `over` and does not join. Root jobs are claimed by workers that are not
 * idle, and a worker goes idle or leaves only after the claims are exhausted,
 * or others are there to go on (mgcmark.c).
 *
 * With the program running beside, `over` is an offer: the barrier's records and
 * a goroutine that scanned its own stack may have brought more since. The
 * world is stopped and what there is drained (mgccycle.c); if it is much, the
 * whole begins again by rt_gcwork_begin.
 *
 * Waiting is spinning with a yield, then a futex sleep of at most 50 us: phases
 * without work for all are short, and a thread that marks must find the other
 * one awake.
 */
#include "gc/mgc.h"

#include "arch/arch.h"
#include "os/os.h"

#define SPINS_BEFORE_YIELD 64
#define YIELDS_BEFORE_SLEEP 16

static struct {
	struct rt_mutex lock;
	struct workbuf *full, *empty; /* lock */
	_Atomic uint32_t nfull;       /* lock to write; read as a hint */
	_Atomic uint32_t joined;      /* lock to write; read as a hint */
	uint32_t idle, max;           /* lock */
	_Atomic bool over;            /* lock to write */
} work = { .over = true };

_Atomic uint32_t rt_gcwork_hungry;

void
rt_gcwork_init(void)
{
	rt_lock_init(&work.lock, RANK_GCWORK);
}

void
rt_gcwork_begin(uint32_t max)
{
	rt_lock(&work.lock);
	work.joined = 0;
	work.max = max;
	work.idle = 0;
	atomic_store(&work.over, false);
	atomic_store(&rt_gcwork_hungry, 0);
	rt_unlock(&work.lock);
}

bool
rt_gcwork_empty(void)
{
	return atomic_load_explicit(&work.nfull, memory_order_relaxed) == 0;
}

bool
rt_gcwork_worth_joining(void)
{
	return !rt_gcwork_empty() || rt_gcmark_roots_left() ||
	    atomic_load_explicit(&work.joined, memory_order_relaxed) == 0;
}

static struct workbuf *
get_empty(void)
{
	struct workbuf *b;

	rt_lock(&work.lock);
	b = work.empty;
	if (b != NULL)
		work.empty = b->next;
	rt_unlock(&work.lock);
	if (b == NULL)
		b = rt_persistentalloc(
		    sizeof(*b), RT_CACHE_LINE, RT_STAT_GC);
	b->n = 0;
	return b;
}

static void
put(struct workbuf *b, bool is_full)
{
	struct workbuf **list = is_full ? &work.full : &work.empty;

	rt_lock(&work.lock);
	b->next = *list;
	*list = b;
	if (is_full)
		atomic_fetch_add_explicit(
		    &work.nfull, 1, memory_order_relaxed);
	rt_unlock(&work.lock);
}

/* A buffer with work, or NULL. Idle workers count themselves back. */
static struct workbuf *
try_get_full(bool was_idle)
{
	struct workbuf *b;

	/* a hint: what it misses is found on the next look */
	if (atomic_load_explicit(&work.nfull, memory_order_relaxed) == 0)
		return NULL;
	rt_lock(&work.lock);
	b = work.full;
	if (b != NULL) {
		work.full = b->next;
		atomic_fetch_sub_explicit(
		    &work.nfull, 1, memory_order_relaxed);
		if (was_idle)
			work.idle--;
	}
	rt_unlock(&work.lock);
	return b;
}

void
rt_gcworker_init(struct gcworker *w)
{
	*w = (struct gcworker){ .cur = get_empty(),
		.budget_bytes = UINT64_MAX };
	w->other = get_empty();
}

void
rt_gcworker_fini(struct gcworker *w)
{
	if (w->cur->n != 0 || w->other->n != 0)
		rt_throw("gcwork: a worker ends with grey objects");
	put(w->cur, false);
	put(w->other, false);
	w->cur = w->other = NULL;
}

/* Whatever is in it goes to the list. */
void
rt_gcworker_dispose(struct gcworker *w)
{
	put(w->cur, w->cur->n != 0);
	put(w->other, w->other->n != 0);
	w->cur = w->other = NULL;
}

static void
swap(struct gcworker *w)
{
	struct workbuf *b = w->cur;

	w->cur = w->other;
	w->other = b;
}

void
rt_gcwork_push_slow(struct gcworker *w, uintptr_t obj)
{
	swap(w);
	if (w->cur->n == GC_WORKBUF_N) {
		put(w->cur, true);
		w->cur = get_empty();
	}
	w->cur->obj[w->cur->n++] = obj;
}

/* 0: nothing left here nor on the list. */
uintptr_t
rt_gcwork_pop_slow(struct gcworker *w)
{
	struct workbuf *b;

	swap(w);
	if (w->cur->n == 0) {
		b = try_get_full(false);
		if (b == NULL)
			return 0;
		put(w->cur, false);
		w->cur = b;
	}
	return w->cur->obj[--w->cur->n];
}

_Atomic bool rt_gcwork_asked;

void
rt_gcwork_balance(struct gcworker *w)
{
	struct workbuf *b;
	uint32_t n = w->cur->n / 2;

	if (atomic_load_explicit(&work.nfull, memory_order_relaxed) != 0)
		return;
	if (w->other->n > 0) {
		put(w->other, true);
		w->other = get_empty();
		return;
	}
	if (n < 2)
		return;
	b = get_empty();
	for (uint32_t i = 0; i < n; i++) /* the oldest: nearest the roots */
		b->obj[i] = w->cur->obj[i];
	for (uint32_t i = n; i < w->cur->n; i++)
		w->cur->obj[i - n] = w->cur->obj[i];
	w->cur->n -= n;
	b->n = n;
	put(b, true);
}

bool
rt_gcwork_join(void)
{
	bool ok;

	rt_lock(&work.lock);
	ok = !atomic_load_explicit(&work.over, memory_order_relaxed) &&
	    work.joined < work.max;
	if (ok)
		work.joined++;
	rt_unlock(&work.lock);
	return ok;
}

bool
rt_gcwork_is_over(void)
{
	return atomic_load_explicit(&work.over, memory_order_acquire);
}

/* lock held. Was that the last one with work? */
static bool
check_over(void)
{
	if (work.full != NULL || work.idle != work.joined ||
	    atomic_load_explicit(&work.over, memory_order_relaxed))
		return false;
	/* release: pairs with the acquire in rt_gcwork_idle */
	atomic_store_explicit(&work.over, true, memory_order_release);
	return true;
}

/* Count this worker idle; true if it was the last with work. */
static bool
go_idle(void)
{
	bool over;

	rt_lock(&work.lock);
	work.idle++;
	over = check_over();
	rt_unlock(&work.lock);
	return over;
}

/*
 * Who leaves because its time is up may have left roots and records unread, and
 * does not say that it is over. Whether roots are left is asked under the lock.
 * Asked before it, another worker might take the last of them meanwhile and go
 * idle while we still count: then neither would find that it is over, and the
 * other waited for ever.
 */
bool
rt_gcwork_leave(bool dry)
{
	bool over = false;

	rt_lock(&work.lock);
	work.joined--;
	if (dry && !rt_gcmark_roots_left())
		over = check_over();
	rt_unlock(&work.lock);
	return over;
}

bool
rt_gcwork_idle(struct gcworker *w)
{
	struct workbuf *b = NULL;
	unsigned tries = 0;

	if (go_idle())
		return false;
	atomic_fetch_add(&rt_gcwork_hungry, 1);
	while (!atomic_load_explicit(&work.over, memory_order_acquire)) {
		b = try_get_full(true);
		if (b != NULL)
			break;
		tries++;
		if (tries % SPINS_BEFORE_YIELD != 0)
			rt_procyield(8);
		else if (tries / SPINS_BEFORE_YIELD < YIELDS_BEFORE_SLEEP)
			rt_osyield();
		else
			rt_usleep(50);
	}
	atomic_fetch_sub(&rt_gcwork_hungry, 1);
	if (b == NULL)
		return false;
	put(w->cur, false);
	w->cur = b;
	return true;
}
