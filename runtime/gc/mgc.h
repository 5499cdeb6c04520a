/*
 * mgc.h - the collector's inside; for gc/ and mem/ only.
 */
#ifndef RT_MGC_H
#define RT_MGC_H

#include "runtime2.h"
#include "gc/gc.h"
#include "gc/gcdaemon.h"
#include "mem/malloc.h"
#include "mem/mheap.h"

/* Words whose meaning only the collector may guess are read without checks:
 * another stack's red zones, a foreign thread's bytes. */
#define RT_NO_SANITIZE                                                         \
	__attribute__((no_sanitize("address"), no_sanitize("thread"),         \
	    no_sanitize("undefined")))

struct gcworker;

enum gc_phase { GC_OFF, GC_MARK, GC_MARKTERM };
extern _Atomic uint32_t rt_gcphase; /* stw to write */
extern _Atomic int64_t rt_gc_force_period_ns; /* tests make it shorter */

/* ---- mgccycle.c: see there ---- */
extern bool rt_gc_beside; /* const after gcinit: mark beside the program */
enum gc_why { GC_BY_HEAP, GC_BY_FORCE, GC_BY_TIME, GC_BY_STRESS };
uint64_t rt_gccycle_started(void); /* cycles ever begun */
/* worldsema held, user goroutine: run a cycle, or begin one. */
void rt_gccycle_begin(enum gc_why why);
void rt_gccycle_wait(uint64_t n); /* user goroutine: until cycle n is over */
void rt_gccycle_init(void);
void rt_gccycle_fill_memstats(struct rt_memstats *r);
int64_t rt_gccycle_last_end_ns(void); /* mono */
void rt_gccycle_set_last_end(int64_t now_ns);
/* What a worker marked counts as done. */
void rt_gc_credit_marked(struct gcworker *w);
/* Bytes marked and read as roots, so far or by the last cycle. */
uint64_t rt_gccycle_work(void);
/* End the cycle if its marking is over. User goroutine, no lock held. */
void rt_gccycle_try_to_end(void);

/* ---- mgcbg.c: see there ---- */
/* User goroutine, worldsema held: before a cycle begins, and when it has. */
void rt_gcbg_prepare(void);
void rt_gcbg_begin(void);
/* Between its turns it has no object in hand, whatever lies in its frames. */
bool rt_gcbg_is_worker(const struct g *gp);
int64_t rt_gcbg_cpu_ns(void);    /* since the last call */
int64_t rt_gcbg_assist_ns(void); /* the same of assists */
/* Workers that mark this moment because Ps are idle. */
int32_t rt_gcbg_borrowed(void);
/* A polite worker: when it is time to leave its budget is gone. */
void rt_gcbg_look(struct gcworker *w);

/* ---- mgchelp.c: see there ---- */
/* World running, worldsema held. How many threads to wake for this heap. */
int32_t rt_gchelp_prepare(void);
void rt_gchelp_wake(int32_t n);
void rt_gchelp_quiesce(void); /* marking is over: until all have left */
int64_t rt_gchelp_cpu_ns(void); /* since the last call */

/* ---- mgccheck.c ---- */
/* The word at `at`, a pointer by its layout, points into no span but into the
 * heap: throws, unless it ends an object or invalidptr=0. Any worker. */
void rt_gccheck_stray(uintptr_t p, uintptr_t at);
void rt_gccheck_closure(void); /* world stopped, marking is over */

/* ---- mgc.c ---- */
/* A cycle begins; it ended with r. World stopped, not marking any more then. */
void rt_gc_begun(uint64_t heap_bytes);
void rt_gc_found(const struct rt_gc_cycle *r, bool beside);
/* Work done that the plan wants at this moment; while marking. */
uint64_t rt_gc_assist_due(uint64_t done);
/* CPU time that the program did not get: of one thread; all the world stood
 * still. And look what follows from it. */
void rt_gc_cpu_assisted(int64_t ns);
void rt_gc_cpu_stopped(int64_t ns);
void rt_gc_cpu_update(int64_t now_ns);
bool rt_gc_cpu_limiting(void); /* the collector has taken too much */
void rt_gc_stress_cycle(void); /* one cycle now; GODEBUG=gcstress */
void rt_gc_fill_memstats(struct rt_memstats *r);
/* The goal anew, from what the last cycle found and what is in use now. */
void rt_gc_revise_goal(void);

/* ---- mbitmap.c ---- */
void rt_bitmap_settype(
    struct mspan *s, uintptr_t slot_base, const struct gort_type *t);
unsigned rt_bitmap_words(const struct mspan *s); /* of s->ptrs */
/* The same when the mask is known and the span MIXED. */
void rt_bitmap_setmask(struct mspan *s, uint32_t slot, uint64_t mask);
/* Pointer words of a slot; TYPED, elemsize <= RT_MASK_MAX_BYTES. */
uint64_t rt_bitmap_mask(const struct mspan *s, uint32_t slot);
/* The type that a slot repeats; TYPED, larger ones. NULL: none yet. */
const struct gort_type *rt_bitmap_type(const struct mspan *s, uint32_t slot);

/* ---- mgctypes.c ---- */
/* Before a span may remember t: its program is run, and if it lives in the heap
 * it is kept from now on. User goroutine, no lock held. */
void rt_gctype_hold(const struct gort_type *t);
const uint8_t *rt_gcprog_bits(const struct gort_type *t); /* t was held */
void rt_gctypes_mark(struct gcworker *w);
/* Run a program into zeroed memory of nbits bits and the slack behind them;
 * throws when the program is bad or writes more. */
void rt_gcprog_run(const uint8_t *prog, uint8_t *ret_bits, size_t nbits);
#define RT_GCPROG_SLACK_BYTES 8

/* The pointer bitmap of a type that was held. */
static inline const uint8_t *
rt_gctype_bits(const struct gort_type *t)
{
	return RT_UNLIKELY(t->kind & KIND_GCPROG) ? rt_gcprog_bits(t)
	                                          : t->gcdata;
}

/* ---- mgcwork.c: see there ---- */
#define GC_WORKBUF_N 252
struct workbuf {
	struct workbuf *next; /* owner, or gcwork.lock while on a list */
	uint32_t n;
	uint32_t spare;
	uintptr_t obj[GC_WORKBUF_N];
};
struct gcworker { /* one thread that marks; nobody else touches it */
	struct workbuf *cur, *other; /* push and pop; swap when cur is spent */
	uint64_t bytes_marked;
	uint64_t stack_bytes, globals_bytes; /* read */
	/* Marks at most so many bytes before rt_gcmark_some returns. */
	uint64_t budget_bytes;
	bool alone;  /* nobody else sets mark bits: plain stores will do */
	bool polite; /* the program runs beside: rt_gcbg_look */
	int64_t until_ns; /* polite: mark no longer than to here */
};
void rt_gcwork_init(void);
/* Before the workers, of whom at most max may join at a time. World stopped. */
void rt_gcwork_begin(uint32_t max);
void rt_gcworker_init(struct gcworker *w); /* no limits, not alone */
void rt_gcworker_fini(struct gcworker *w); /* nothing left in it */
void rt_gcworker_dispose(struct gcworker *w); /* the rest is others' work */
bool rt_gcwork_empty(void); /* a hint */
/* A hint: there is work that nobody has, or nobody to find that there is none. */
bool rt_gcwork_worth_joining(void);
void rt_gcwork_push_slow(struct gcworker *w, uintptr_t obj);
uintptr_t rt_gcwork_pop_slow(struct gcworker *w);
void rt_gcwork_balance(struct gcworker *w);
/* Somebody found nothing to take: who marks gives a part of what he has. */
extern _Atomic bool rt_gcwork_asked;
extern _Atomic uint32_t rt_gcwork_hungry; /* workers that wait for work */
/* Nothing to do: wait for work (true) or for the end of marking (false). */
bool rt_gcwork_idle(struct gcworker *w);
bool rt_gcwork_is_over(void);
bool rt_gcwork_join(void); /* false: not wanted, or marking is over */
/* Stop working, everything disposed of. dry: it had found nothing more to do.
 * True: with that marking is over. Not after rt_gcwork_idle returned false. */
bool rt_gcwork_leave(bool dry);

static inline void
rt_gcwork_push(struct gcworker *w, uintptr_t obj)
{
	if (RT_LIKELY(w->cur->n < GC_WORKBUF_N))
		w->cur->obj[w->cur->n++] = obj;
	else
		rt_gcwork_push_slow(w, obj);
}

static inline uintptr_t
rt_gcwork_pop(struct gcworker *w)
{
	if (RT_LIKELY(w->cur->n > 0))
		return w->cur->obj[--w->cur->n];
	return rt_gcwork_pop_slow(w);
}

/* ---- mgcmark.c ---- */
/*
 * World stopped: list the root jobs; all workers are done. In between the list
 * of registered ranges stands still: a stopped world does not stop foreign
 * threads and system calls, which may register and unregister ranges (and
 * unmap the memory as soon as rt_roots_del returns).
 */
void rt_gcmark_prepare(void);
void rt_gcmark_finish(void);
/* The same for marking beside the program, in the given cycle (from 1). */
void rt_gcmark_prepare_beside(uint64_t cycle);
void rt_gcmark_finish_beside(void);
/* World stopped: the goroutine that stopped it. */
void rt_gcmark_self(struct gcworker *w, struct g *gp);
/* World stopped, at the end: the runtime's own variables once more. */
void rt_gcmark_own_again(struct gcworker *w);
bool rt_gcmark_roots_left(void); /* some that nobody reads yet */
/* Mark until nothing is left; any thread with a g, after join. */
void rt_gcmark_drain(struct gcworker *w);
/* Until this worker finds nothing more (true) or its budget is spent. */
bool rt_gcmark_some(struct gcworker *w);
/* Mark what p points into (interior counts). */
void rt_gcmark_word(struct gcworker *w, uintptr_t p);
/* The same for a pointer variable at `at`. */
void rt_gcmark_pointer(struct gcworker *w, uintptr_t at);
void rt_gcmark_range(struct gcworker *w, uintptr_t lo, uintptr_t hi);
uint64_t rt_gcmark_globals_bytes(void);
/* The lock of everything registered; waits while a cycle marks. */
void rt_roots_lock(void);
void rt_roots_unlock(void);

/* A module's data, with the runtime's own variables. */
void rt_roots_add_own(const void *base, size_t bytes);

/* ---- mgcroots.c: variables of compiled packages; roots' lock held ---- */
uint32_t rt_gcroots_jobs(void); /* and remember which those are */
void rt_gcroots_mark(struct gcworker *w, uint32_t job);
uint64_t rt_gcroots_bytes(void);
/* fn(variable, offset, word) for each pointer word. World stopped. */
void rt_gcroots_each(void (*fn)(uintptr_t, size_t, uintptr_t));

/* ---- mbarrier.c: see there ---- */
extern _Atomic uint32_t rt_gcbarrier; /* stw to write; 0: a store is a store */
void rt_gcbarrier_set(bool on);
void rt_gcbarrier_flush(void);
void rt_gcbarrier_flush_own(void); /* what this P recorded */
bool rt_gcbarrier_drain(void (*fn)(void *, uintptr_t), void *arg);
void rt_writeptr_recorded(void **slot, void *ptr);
void rt_gc_shade(void *ptr); /* see there */
/* Would a marker find anything new behind this word? */
bool rt_gc_unmarked(uintptr_t word);

/* ---- mleak.c ---- */
/* Marking with the world stopped: leave gp out of the roots? */
bool rt_leak_leaves_out(const struct g *gp);

/* ---- mgcsweep.c ---- */
/* Sweep a span that the caller took off an unswept list. keep: leave it to
 * the caller even when empty; else an empty one is freed, returns true. */
bool rt_mspan_sweep(struct mspan *s, bool keep);
/* Sweep any one span and put it where it belongs. Returns pages freed, or
 * SIZE_MAX when nothing is left. No safepoint inside. */
size_t rt_gcsweep_one(void);
void rt_gcsweep_enter(void); /* around taking, sweeping, putting back */
void rt_gcsweep_leave(void);
void rt_gcsweep_all(void);       /* world stopped */
void rt_gcsweep_finish(void);    /* user goroutine: until all is swept */
void rt_gcsweep_begin(void);     /* world stopped, after marking */
void rt_gcsweep_reclaim(size_t npages); /* see there */
/* Sweeping shall be over before the heap comes to the trigger; and do what is
 * due for that. pay: no safepoint inside. */
void rt_gcsweep_pace(uint64_t trigger);
void rt_gcsweep_pay(void);
uint64_t rt_gcsweep_debt(void); /* pages that are due */
void rt_gcsweep_start_daemon(void);
void rt_gcsweep_wake(void);

/* ---- mgcscavenge.c ---- */
void rt_gcscavenge_for_limit(void);
/* Give at most max_bytes of free pages back; returns bytes given. */
size_t rt_gcscavenge(size_t max_bytes);
/* Bytes of free pages held beyond what the next cycle will want. */
uint64_t rt_gcscavenge_excess(void);
/* Of so much held in excess, and so much at the most since there was none, give
 * this back in the next second. */
uint64_t rt_gcscavenge_step(uint64_t excess, uint64_t most);
uint32_t rt_gcscavenge_excluded(void); /* huge pages; see there */
void rt_gcscavenge_trace(bool forced); /* scavtrace's line, if it is on */
void rt_gcscavenge_start_daemon(void);
void rt_gcscavenge_check(int64_t now_ns); /* sysmon, about once a second */

/* ---- mfinal.c ---- */
struct final;
void rt_final_init(void);
void rt_final_mark_roots(struct gcworker *w, bool beside);
/* World stopped: the objects themselves, too (mleak.c). */
void rt_final_mark_objects(struct gcworker *w);
/* Its object is dead: off the list of all, into the queue; speciallock. Of a
 * cleanup, too. */
void rt_final_enqueue(struct final *f);
void rt_final_wake(void); /* after a sweep queued something */

/* ---- mweak.c; speciallock ---- */
struct weak;
void rt_weak_init(void);
void rt_weak_mark_roots(struct gcworker *w);
/* The sweep of its span: its object is marked; it is not. */
void rt_weak_kept(struct weak *r);
void rt_weak_end(struct weak *r);

/* ---- mspecial.c: what is known of single objects; heap.speciallock ---- */
enum special_kind {
	SPECIAL_FINAL, SPECIAL_CLEANUP, SPECIAL_WEAK, SPECIAL_PROFILE
};
struct special {
	struct special *next; /* the span's list, by address, then kind */
	uintptr_t obj;        /* need not be a slot's base */
	enum special_kind kind;
};
void rt_special_init(void);
/* Where the record is, or belongs. */
struct special **rt_special_find(
    struct mspan *s, uintptr_t obj, enum special_kind kind);
/* The record itself, or NULL. */
struct special *rt_special_get(
    struct mspan *s, uintptr_t obj, enum special_kind kind);
void rt_special_link(struct mspan *s, struct special *sp);
/* Take the record at *at off its span's list. */
void rt_special_unlink(struct special **at);
/* p, a fresh object, was sampled: count its death in b. Takes the lock. */
struct rt_bucket;
void rt_special_profile(void *p, struct rt_bucket *b);
/* Sweeping s, before its mark bits are used: what becomes of the records of
 * dead objects. Takes the lock. */
void rt_special_sweep(struct mspan *s);

/* ---- mgclimit.c ---- */
int32_t rt_gc_parse_percent(const char *s); /* NULL: 100 */
bool rt_gc_parse_memlimit(const char *s, int64_t *ret);

#endif
