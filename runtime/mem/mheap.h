/*
 * mheap.h - the heap's inside: pages, spans, central lists, per-P caches.
 * For mem/ and gc/ only; everybody else speaks mem/malloc.h.
 *
 *   mcache    one per P, no lock: a span of each class to allocate from
 *   mcentral  one per span class, a lock each: spans with and without room
 *   mheap     one, a lock: which pages are free (mpagealloc.h), span records
 *
 * A span is a run of pages cut into slots of one size and one kind. Who owns
 * a span: an mcache (then only its P touches alloccache to curword),
 * a central list (its lock), a sweeper that won the CAS on sweepgen, or the
 * caller of rt_mheap_alloc between that and publishing it.
 */
#ifndef RT_MHEAP_H
#define RT_MHEAP_H

#include "runtime2.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "mem/mpagealloc.h"
#include "mem/sizeclasses.h"

/* How the collector reads a span's slots; malloc.h says what they mean. */
enum span_kind { SPAN_NOSCAN, SPAN_CONS, SPAN_TYPED, SPAN_KIND_N };

#define RT_SPANCLASS_N (RT_SIZE_CLASS_N * SPAN_KIND_N)
#define RT_SPANCLASS(sc, kind) ((sc)*SPAN_KIND_N + (kind))

enum span_state { SPAN_DEAD, SPAN_INUSE };

/*
 * Where a TYPED span keeps its pointer layout (gc/mbitmap.c has the essay):
 *   NONE    nothing allocated yet
 *   SAME    all slots alike: `mask` up to 512 bytes, `type` above
 *   MIXED   `ptrs`: packed bits up to 512 bytes, a type per slot above
 */
enum span_layout { LAYOUT_NONE, LAYOUT_SAME, LAYOUT_MIXED };

#define RT_MASK_MAX_BYTES 512 /* 64 words: a pointer mask is one uint64_t */

struct special;

/*
 * Marks are bytes, as two who mark may set neighbouring ones at once: for a bit
 * that takes a locked instruction, and those were a third of marking. Should two
 * find the same slot unmarked in the same moment both will read the object, and
 * its bytes count twice; nothing comes of that but a cycle that thinks the heap a
 * little larger. The price is an eighth of a word for each slot, 6 % of the
 * smallest objects with pointers.
 */
#define RT_BITS_WORDS(nwords) ((nwords) * 9u) /* allocbits and marks */
#define RT_BITS_MAX_WORDS RT_BITS_WORDS(16u)  /* 1,024 slots of 8 bytes */

struct mspan {
	/* what an allocation that hits reads and writes; owner */
	uint64_t alloccache; /* free slots of the current word of allocbits */
	uintptr_t cachebase; /* address of that word's slot 0 */
	size_t elemsize;     /* const while in use */
	const struct gort_type *type; /* SAME: last type seen to fit */
	uint64_t mask;       /* SAME, elemsize <= RT_MASK_MAX_BYTES */
	uint64_t *ptrs;      /* MIXED; RT_STAT_GC memory */
	uint8_t needzero;    /* slots may hold old bytes */
	uint8_t kind;        /* enum span_kind; const while in use */
	uint8_t layout;      /* enum span_layout */
	uint8_t sizeclass;   /* 0: one large object */
	uint16_t curword;    /* which word alloccache was made from */
	uint16_t nwords;     /* words of allocbits */
	uint32_t nelems;

	/* what finding an object reads; const while in use */
	uintptr_t base, limit; /* limit: one past the last slot */
	uint32_t magic;        /* offset * magic >> 32: slot number */
	_Atomic uint8_t state; /* enum span_state; release after the rest */
	uint64_t *allocbits;   /* exact whenever no mcache holds the span */
	_Atomic uint8_t *marks; /* a byte a slot: 1, it was reached */

	_Atomic uint32_t sweepgen; /* gc/mgcsweep.c */
	uint32_t alloccount;   /* slots in use; exact as allocbits is */
	size_t npages;
	/* owner: free slots of the current word behind a cut (mcache.c), and
	 * whether the first of them is to be sampled */
	uint64_t withheld;
	bool cut;
	struct special *specials; /* heap.speciallock */
	_Atomic bool has_specials; /* ever; spares the lock */
	struct mspan *next, *prev; /* owner of the list */
	struct span_list *list;    /* the list it is on, or NULL */
};

struct span_list { /* circular would need no tests; NULL ends reads easier */
	struct mspan *head, *tail;
	size_t n;
};
void rt_spanlist_push(struct span_list *l, struct mspan *s);
void rt_spanlist_remove(struct span_list *l, struct mspan *s);

/* What a type's pointer mask is, in slots of one class. */
struct mask_of_type {
	const struct gort_type *t;
	uint64_t mask;
	unsigned sizeclass;
};
#define RT_MASK_CACHE_N 64

struct mcache {
	struct mspan *alloc[RT_SPANCLASS_N]; /* never NULL: rt_emptyspan */
	/* own, read by all: slots taken since the cache was made, twice, as
	 * mcache.c tells; and how often that changed hands */
	_Atomic uint64_t taken[RT_SPANCLASS_N];
	_Atomic uint32_t changes;
	/* tiny allocator: rest of a 16-byte noscan slot, see malloc.c */
	uintptr_t tiny;
	uint32_t tinyoff;
	_Atomic uint64_t tinyallocs; /* own, read by all */
	struct mask_of_type masks[RT_MASK_CACHE_N]; /* own; by type */
	uint32_t stress; /* own: allocations since the last forced one */
	/* own: the heap profile, see mprof.c. Bytes that may still be given
	 * out before the next sample, drawn for this rate; the next slot is the
	 * one to sample */
	int64_t sample_bytes, sample_rate;
	bool sample_due;
	struct mcache *alllink;  /* const after publication */
	struct mcache *freelink; /* heap.lock: no P has it */
};

struct mcentral {
	struct rt_mutex lock;
	uint16_t spanclass;
	/* [sweepgen/2 % 2] swept in this cycle, the other not yet */
	struct span_list partial[2], full[2]; /* lock */
};

/*
 * Counters of objects, changed by relaxed adds where a large object is made
 * and where a span is swept. Small objects made are counted by the caches.
 */
struct heap_stats {
	_Atomic uint64_t nlarge, nfree[RT_SIZE_CLASS_N];
	_Atomic uint64_t large_alloc_bytes, large_free_bytes;
	_Atomic uint64_t inuse_bytes;    /* pages in spans */
	_Atomic uint64_t released_bytes; /* free pages the system has back */
};

struct mheap {
	struct rt_mutex lock;
	struct pagealloc pages; /* lock; base and limits const after init */
	_Atomic(struct mspan *) *spans; /* by page from pages.base */
	struct rt_fixalloc spanalloc;   /* lock */
	struct rt_fixalloc cachealloc;  /* lock */
	uint64_t *freebits[RT_BITS_MAX_WORDS + 1]; /* lock: by words */
	_Atomic uint32_t sweepgen; /* even; +2 each cycle, world stopped */
	struct rt_mutex speciallock; /* all spans' specials */
	size_t fenced_pages;           /* lock: nobody's any more (mdebug.c) */
	size_t filling_pages;          /* lock: nobody's yet (rt_mheap_fill) */
	struct heap_stats stats;
	_Atomic uint64_t live;  /* bytes in slots, cached spans counted full */
	_Atomic uint64_t trigger; /* gc/: start a cycle when live passes it */
	bool limited; /* address space is scarce: small steps */
	_Atomic bool refused; /* the system would not give what was reserved */
	struct mcentral central[RT_SPANCLASS_N];
};

extern struct mheap rt_heap;
extern struct mspan rt_emptyspan; /* no room, never in a list */
/* Any debugging aid that must see each allocation is on (mdebug.c). */
extern _Atomic bool rt_malloc_hooked;

/* ---- malloc.c, for mdebug.c ---- */
/* May this goroutine run a collection here? */
bool rt_malloc_may_collect(void);
/* As if no aid were on; own_pages: as a large object, whatever its size. */
void *rt_malloc_plain(size_t size, const struct gort_type *t,
    enum span_kind kind, bool needzero, bool own_pages);

/* ---- mheap.c ---- */
void rt_mheap_init(void);
/*
 * A span of npages, published, owned by the caller; NULL: out of memory. sc 0:
 * one slot of all the pages. May run on a user goroutine.
 * With ret_block, NULL and *ret_block not 0: the caller shall go where it may be
 * stopped, have that block filled and then begin anew.
 */
struct mspan *rt_mheap_alloc(size_t npages, unsigned sc, enum span_kind kind,
    uintptr_t *ret_block);
/* A user goroutine at a safepoint; its P may be another one afterwards. */
void rt_mheap_fill(uintptr_t block);
void rt_mheap_free(struct mspan *s); /* the caller owns it; slots are dead */
/* The spans in use, one a call, by address; *at is 0 at first. NULL: no more.
 * World stopped. */
struct mspan *rt_mheap_next(uintptr_t *at);
/* Zeroed array, RT_BITS_MAX_WORDS at most; from an own lock-guarded store. */
uint64_t *rt_bits_alloc(unsigned nwords);
void rt_bits_free(uint64_t *bits, unsigned nwords);
void rt_out_of_memory(size_t bytes) RT_NORETURN;

/* The span of an address in the heap, or NULL; what it answers may be dying
 * unless the world is stopped or the caller keeps an object in it. */
static inline struct mspan *
rt_spanof(uintptr_t p)
{
	uintptr_t off = p - rt_heap.pages.base;
	struct mspan *s;

	if (off >= atomic_load_explicit(
	               &rt_heap.pages.grown_bytes, memory_order_acquire))
		return NULL;
	/* acquire: pairs with rt_mheap_alloc's release of a complete span */
	s = atomic_load_explicit(&rt_heap.spans[off >> RT_PAGE_SHIFT],
	    memory_order_acquire);
	if (s == NULL || p - s->base >= s->limit - s->base ||
	    atomic_load_explicit(&s->state, memory_order_relaxed) !=
	        SPAN_INUSE)
		return NULL;
	return s;
}

/* relaxed: a mark carries no data; what it tells of was written before marking
 * began, or is born marked */
static inline bool
rt_is_marked(const struct mspan *s, uint32_t slot)
{
	return atomic_load_explicit(&s->marks[slot], memory_order_relaxed) != 0;
}

static inline void
rt_set_mark(struct mspan *s, uint32_t slot, bool to)
{
	atomic_store_explicit(&s->marks[slot], to, memory_order_relaxed);
}

/* The marks of the slots of one word of allocbits. */
static inline uint64_t
rt_marks_word(const struct mspan *s, unsigned w)
{
	const uint64_t *eight = (const uint64_t *)&s->marks[w * 64u];
	uint64_t bits = 0;

	/* the product's top byte has byte i's lowest bit as bit i */
	for (unsigned i = 0; i < 8; i++)
		bits |= __atomic_load_n(&eight[i], __ATOMIC_RELAXED) *
		        0x0102040810204080 >>
		    56 << (8 * i);
	return bits;
}

static inline uint32_t
rt_slotof(const struct mspan *s, uintptr_t p)
{
	return (uint32_t)(((p - s->base) * (uint64_t)s->magic) >> 32);
}

/* ---- mdecommit.c ---- */
/* Free pages that nobody else knows go to the system. 0 or -errno: they hold
 * what they held. */
int rt_heap_decommit(void *p, size_t bytes);
/* Pages, some of them gone, are to be used. True: the gone ones are zero. */
bool rt_heap_recommit(uintptr_t p, size_t bytes);

/* ---- mcentral.c ---- */
void rt_mcentral_init(struct mcentral *c, unsigned spanclass);
/* A swept span with room, off all lists; NULL: as rt_mheap_alloc. */
struct mspan *rt_mcentral_cachespan(struct mcentral *c, uintptr_t *ret_block);
/* Take a span back from a cache; its allocbits are exact again. */
void rt_mcentral_uncachespan(struct mcentral *c, struct mspan *s);
/* Put a swept span on the list that its alloccount asks for. */
void rt_mcentral_put(struct mcentral *c, struct mspan *s);
/* Next unswept span of this class, or NULL; partial ones last. */
struct mspan *rt_mcentral_popunswept(struct mcentral *c, uint32_t sweepgen);

/* ---- mcache.c ---- */
void rt_mcache_boot(void); /* before there are Ps */
struct mcache *rt_getmcache(void);
/* Give c a span with room for the class; may sweep, never collects. Sets
 * c->sample_due. NULL: with ret_block, as rt_mheap_alloc. */
struct mspan *rt_mcache_refill(struct mcache *c, unsigned spanclass,
    uintptr_t *ret_block);
/* The class's span has a free slot in alloccache, perhaps now; false: full.
 * c belongs to the caller's P. Sets c->sample_due. */
bool rt_mcache_nextword(struct mcache *c, unsigned spanclass);
/* Pay for an object of so many bytes; true: it is to be sampled. */
bool rt_mcache_sample(struct mcache *c, size_t bytes);
/* Let the next allocation of each class look at the rate. */
void rt_mcache_withhold(struct mcache *c);
/*
 * What the program allocated so far, in slots of each class and in tiny
 * objects that share some. Any thread, at any time, without a lock: each
 * number is one that was true between call and return, so none ever sinks;
 * exact when nobody allocates meanwhile.
 */
struct rt_mcache_counts {
	uint64_t slots[RT_SIZE_CLASS_N];
	uint64_t tinyallocs;
};
void rt_mcache_count(struct rt_mcache_counts *ret);

/* Whole-structure check; throws. Debug builds call it around sweeps. */
void rt_mspan_verify(const struct mspan *s);

/* ---- mstats.c ---- */
extern _Atomic uint64_t rt_memstat_sys[RT_STAT_N];
static inline void
rt_memstat_add(enum rt_memstat st, int64_t bytes)
{
	atomic_fetch_add_explicit(
	    &rt_memstat_sys[st], (uint64_t)bytes, memory_order_relaxed);
}
/* What GOMEMLIMIT is compared with: everything but released pages. */
uint64_t rt_mem_total_bytes(void);
uint64_t rt_mem_nonheap_bytes(void);

#endif
