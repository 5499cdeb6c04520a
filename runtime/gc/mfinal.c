/*
 * mfinal.c - functions that are called when an object can no longer be
 * reached.
 *
 * An object with a finalizer has a record on its span (mspecial.c) and on one
 * list of all. In each cycle
 *   - marking treats what such an object *refers to* as reachable, but not the
 *     object itself, so the finalizer will find it whole;
 *   - sweeping finds it unmarked, moves the record to the queue and marks the
 *     object after all: it lives until a later cycle finds it unmarked with no
 *     record left;
 *   - the queue is a root until the goroutine took the entry, whose stack then
 *     holds the object.
 *
 * Hence: of two objects with finalizers the one that refers to the other goes
 * first, the other in a later cycle; a ring of them never goes (as in Go). A
 * finalizer may store its object somewhere and so bring it back for good; it
 * may set a new finalizer.
 *
 * The goroutine is made when the first finalizer is set. Finalizers run one
 * after the other; one that blocks delays the others. None runs at exit.
 *
 * A cleanup is the same but for the object: it gets an argument of its own,
 * hence nothing need be kept for it but that. Its object is freed by the very
 * sweep that queues it, and of what the object refers to nothing is kept; an
 * object may have several, and rings are no matter. An object with a finalizer
 * too has that run first, and is gone when it is found dead once more.
 *
 * Who takes an entry off the queue while marking goes on may be ahead of the
 * marker that reads the queue, and has been scanned: so he shades what he
 * takes, as the store into his frame that it is.
 *
 * A record says how its function is called: C takes the object, compiled Go a
 * func value and the object as its parameter wants it (rt_addfinalizer). What
 * a func value captured is a root from setting until the call.
 */
#include "gc/mgc.h"

#include "lock/lock.h"
#include "mem/mdebug.h"
#include "sched/sched.h"

#include <errno.h>
#include <string.h>

struct final { /* speciallock */
	struct special s;            /* s.obj: 0 when a cleanup is queued */
	struct final *gnext, *gprev; /* all of them; gnext also the queue */
	struct rt_finalizer how;     /* how.closure: a root */
	uint64_t id;                 /* a cleanup's, while it is not queued */
};

static struct {
	struct rt_fixalloc alloc; /* speciallock */
	struct final *all;        /* speciallock: set and not queued */
	/* the queue, oldest first: speciallock; roots */
	struct final *qhead, *qtail;
	uint64_t last_id;         /* speciallock */
	_Atomic uint32_t started; /* the goroutine was made */
	_Atomic bool queued;      /* somebody should wake it */
	struct gc_daemon daemon;
} fin;

void
rt_final_init(void)
{
	rt_fixalloc_init(&fin.alloc, sizeof(struct final), RT_STAT_OTHER);
	rt_special_init();
	rt_weak_init();
}

/* ---- the lists; speciallock ---- */

static void
unlink_all(struct final *sp)
{
	if (sp->gprev != NULL)
		sp->gprev->gnext = sp->gnext;
	else
		fin.all = sp->gnext;
	if (sp->gnext != NULL)
		sp->gnext->gprev = sp->gprev;
}

static void
link_all(struct final *sp)
{
	sp->gprev = NULL;
	sp->gnext = fin.all;
	if (fin.all != NULL)
		fin.all->gprev = sp;
	fin.all = sp;
}

void
rt_final_enqueue(struct final *f)
{
	unlink_all(f);
	f->gnext = NULL;
	if (f->s.kind == SPECIAL_CLEANUP) {
		f->s.obj = 0; /* freed by whoever sweeps it now */
		f->id = 0;
	}
	if (fin.qtail != NULL)
		fin.qtail->gnext = f;
	else
		fin.qhead = f;
	fin.qtail = f;
	atomic_store_explicit(&fin.queued, true, memory_order_release);
}

/* ---- setting ---- */

/*
 * What a finalizer's frames held lies below us, and the frames in which we
 * park do not write every word of theirs: an object would live on by a word
 * that nobody uses.
 */
static RT_NOINLINE void
scrub_below(void)
{
	uintptr_t words[256];

	memset(words, 0, sizeof words);
	__asm__ volatile("" : : "r"(words) : "memory");
}

/* Take the oldest and run it. In a frame of its own, which is gone when the
 * goroutine sleeps. */
static RT_NOINLINE bool
run_next(void)
{
	struct rt_finalizer how;
	struct final *f;
	void *obj;

	rt_lock(&rt_heap.speciallock);
	f = fin.qhead;
	if (f == NULL) {
		rt_unlock(&rt_heap.speciallock);
		return false;
	}
	fin.qhead = f->gnext;
	if (fin.qhead == NULL)
		fin.qtail = NULL;
	how = f->how;
	obj = (void *)f->s.obj;
	rt_fixalloc_free(&fin.alloc, f);
	rt_gc_shade(obj);
	rt_gc_shade(how.closure);
	rt_unlock(&rt_heap.speciallock);
	how.run(&how, obj);
	return true;
}

static void
run_finalizers(void *arg)
{
	(void)arg;
	for (;;) {
		if (run_next()) {
			scrub_below();
			rt_preempt_check();
		} else {
			rt_gcdaemon_park(&fin.daemon, WAIT_FINALIZER_WAIT);
		}
	}
}

static void
start_goroutine(void)
{
	uint32_t no = 0;

	if (atomic_load_explicit(&fin.started, memory_order_relaxed) == 0 &&
	    atomic_compare_exchange_strong(&fin.started, &no, 1))
		rt_newproc_system(run_finalizers, NULL);
}

/* How C's are called; the function is in `a`. */
static void
run_c(const struct rt_finalizer *how, void *obj)
{
	((void (*)(void *))(uintptr_t)how->a)(obj);
}

/*
 * The span of obj if a finalizer may be hung on it. A small object without
 * pointers may lie inside a slot that it shares; its finalizer then runs when
 * the whole slot is dead.
 */
static struct mspan *
span_for(void *obj, bool may_share)
{
	size_t size;
	uintptr_t base = rt_findobject((uintptr_t)obj, &size);
	struct mspan *s;

	if (base == 0)
		return NULL;
	s = rt_spanof(base);
	if (base != (uintptr_t)obj &&
	    !(may_share && s->kind == SPAN_NOSCAN && size == 16))
		return NULL;
	return s;
}

static struct final *
link_new(struct mspan *s, void *obj, enum special_kind kind,
    const struct rt_finalizer *how)
{
	struct final *f = rt_fixalloc_alloc(&fin.alloc);

	f->s.obj = (uintptr_t)obj;
	f->s.kind = kind;
	f->id = 0;
	f->how = *how;
	rt_special_link(s, &f->s);
	link_all(f);
	return f;
}

static bool
has_final(struct mspan *s, void *obj)
{
	return rt_special_get(s, (uintptr_t)obj, SPECIAL_FINAL) != NULL;
}

/* It has one. */
static void
forget(struct mspan *s, void *obj)
{
	struct special **at =
	    rt_special_find(s, (uintptr_t)obj, SPECIAL_FINAL);
	struct final *f = (struct final *)*at;

	rt_special_unlink(at);
	unlink_all(f);
	rt_fixalloc_free(&fin.alloc, f);
}

/*
 * In both functions below: a sweep of the span reads its list under the same
 * lock, and finds this object marked because the caller has it; so it does not
 * matter whether the span was swept already (mspecial.c).
 */

int
rt_setfinalizer(void *obj, void (*fn)(void *))
{
	struct rt_finalizer how = { .run = run_c,
		.a = (const void *)(uintptr_t)fn };
	struct mspan *s = span_for(obj, fn == NULL);

	if (s == NULL) /* where nothing dies, none runs */
		return rt_mdebug_sbrk() ? 0 : -EINVAL;
	if (fn != NULL)
		start_goroutine();
	rt_lock(&rt_heap.speciallock);
	if (has_final(s, obj))
		forget(s, obj);
	if (fn != NULL)
		link_new(s, obj, SPECIAL_FINAL, &how);
	rt_unlock(&rt_heap.speciallock);
	return 0;
}

int
rt_addfinalizer(void *obj, const struct rt_finalizer *how)
{
	struct mspan *s = span_for(obj, true);
	void *seen;
	bool has;

	if (s == NULL)
		return rt_mdebug_sbrk() ? 0 : -EINVAL;
	start_goroutine();
	/* the record is off the heap, and its roots may be marked already in
	 * this cycle: let the barrier see the closure on its way, before the
	 * lock that is ranked behind the collector's */
	rt_writeptr(&seen, how->closure);
	rt_lock(&rt_heap.speciallock);
	has = has_final(s, obj);
	if (!has)
		link_new(s, obj, SPECIAL_FINAL, how);
	rt_unlock(&rt_heap.speciallock);
	return has ? -EEXIST : 0;
}

/* ---- cleanups ---- */

static void
run_cleanup(const struct rt_finalizer *how, void *obj)
{
	(void)obj;
	((void (*)(void *))(uintptr_t)how->a)(how->closure);
}

int
rt_cleanup_add(
    void *obj, void (*fn)(void *), void *arg, struct rt_cleanup *ret)
{
	struct rt_finalizer how = { .run = run_cleanup, .closure = arg,
		.a = (const void *)(uintptr_t)fn };
	uintptr_t base = rt_findobject((uintptr_t)obj, NULL);
	struct final *f;

	*ret = (struct rt_cleanup){ NULL, 0 };
	if (base == 0 && rt_mdebug_sbrk())
		return 0;
	if (base == 0 || base == rt_findobject((uintptr_t)arg, NULL))
		return -EINVAL;
	start_goroutine();
	rt_gc_shade(arg); /* as above */
	rt_lock(&rt_heap.speciallock);
	f = link_new(rt_spanof(base), obj, SPECIAL_CLEANUP, &how);
	f->id = ++fin.last_id;
	*ret = (struct rt_cleanup){ f, f->id };
	rt_unlock(&rt_heap.speciallock);
	return 0;
}

/*
 * Records are never unmapped, and a number is never used twice: while this one
 * is in the record, it is that cleanup's, whose object is not dead yet.
 */
bool
rt_cleanup_stop(const struct rt_cleanup *c)
{
	struct final *f = c->record;
	struct special **at;
	bool found;

	if (c->id == 0)
		return false;
	rt_lock(&rt_heap.speciallock);
	found = f->id == c->id;
	if (found) {
		at = rt_special_find(
		    rt_spanof(f->s.obj), f->s.obj, SPECIAL_CLEANUP);
		while (*at != &f->s)
			at = &(*at)->next;
		rt_special_unlink(at);
		unlink_all(f);
		f->id = 0;
		rt_fixalloc_free(&fin.alloc, f);
	}
	rt_unlock(&rt_heap.speciallock);
	return found;
}

/* ---- the collector's side ---- */

void
rt_final_mark_roots(struct gcworker *w, bool beside)
{
	if (beside)
		rt_lock(&rt_heap.speciallock);
	for (struct final *f = fin.all; f != NULL; f = f->gnext) {
		struct mspan *s = rt_spanof(f->s.obj);

		/* what it refers to: queue it without a mark of its own */
		if (f->s.kind == SPECIAL_FINAL && s != NULL && s->kind != SPAN_NOSCAN)
			rt_gcwork_push(w, f->s.obj);
		rt_gcmark_word(w, (uintptr_t)f->how.closure);
	}
	for (struct final *f = fin.qhead; f != NULL; f = f->gnext) {
		rt_gcmark_word(w, f->s.obj);
		rt_gcmark_word(w, (uintptr_t)f->how.closure);
	}
	rt_weak_mark_roots(w);
	if (beside)
		rt_unlock(&rt_heap.speciallock);
}

void
rt_final_mark_objects(struct gcworker *w)
{
	for (struct final *f = fin.all; f != NULL; f = f->gnext)
		if (f->s.kind == SPECIAL_FINAL)
			rt_gcmark_word(w, f->s.obj);
}

void
rt_final_wake(void)
{
	if (atomic_exchange_explicit(
	        &fin.queued, false, memory_order_acquire))
		rt_gcdaemon_wake(&fin.daemon);
}
