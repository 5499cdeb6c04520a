/*
 * mprof.h - stacks and what was counted there: heap, block, mutex profiles.
 * mprof.c.
 */
#ifndef RT_MPROF_H
#define RT_MPROF_H

#include "runtime2.h"

enum rt_prof_kind { PROF_MEM = 1, PROF_BLOCK, PROF_MUTEX };

/* Frames that a bucket keeps, as many as runtime.MemProfileRecord has. */
#define RT_PROF_DEPTH 32

struct rt_prof_count {
	uint64_t allocs, frees;
};

/* One stack of one kind, and of one object size. Never freed. */
struct rt_bucket {
	struct rt_bucket *next;    /* same hash; const once published */
	struct rt_bucket *allnext; /* every bucket of the kind; const */
	/* const */
	enum rt_prof_kind kind;
	uint32_t nstk;
	uint64_t hash;
	size_t size; /* PROF_MEM: bytes of one object */
	/* all the rest: the profiles' lock */
	struct rt_prof_count told;      /* PROF_MEM: what a profile says */
	struct rt_prof_count future[3]; /* by cycle mod 3, not told yet */
	uint64_t folded; /* futures of cycles up to this one are in `told` */
	double count;    /* waits: how many */
	double wait_ns;  /* and how long */
	uintptr_t stk[]; /* return addresses, leaf first; const */
};

/* Boot: the table. */
void rt_mprof_init(void);

/* ---- the heap profile ---- */

/*
 * Where the program keeps the rate: a sample in so many bytes, 1 is every
 * object, 0 or less none. It is read without a call whenever an allocation is
 * slow. Until this is called nothing is sampled. Once, at boot.
 */
void rt_mprof_set_rate_var(const int64_t *var);
/* The rate now. */
int64_t rt_mprof_rate(void);
/* Let the next allocation of each size by this P look at the rate. */
void rt_mprof_look(void);
/* Bytes from here to the next sample at this rate. */
int64_t rt_mprof_draw(int64_t rate);

/* Record that p, a fresh object in a slot of so many bytes, was sampled. On
 * the allocating goroutine; no safepoint inside. */
void rt_mprof_malloc(void *p, size_t bytes);
/* A sampled object was swept; heap.speciallock held. */
void rt_mprof_free(struct rt_bucket *b);

/* Mark termination, world stopped. Which number the next cycle has. */
void rt_mprof_next_cycle(void);
uint32_t rt_mprof_cycle(void);
/* Everything that the cycle marks' end made garbage has been swept: a profile
 * is true of that moment from now on. Nothing if it is not the last cycle. */
void rt_mprof_swept(uint32_t cycle);

/* ---- waits ---- */

/* A wait of ns nanoseconds at the caller's stack; it stands for `weight`
 * waits. User goroutine or g0 of one, no rank from RANK_PROF on held. */
void rt_mprof_wait(enum rt_prof_kind kind, int64_t ns, double weight);

/* ---- reading ---- */

/* put(arg, b) for every bucket of the kind, under the profiles' lock: it must
 * not allocate, park or lock. PROF_MEM: b->told is up to date. */
void rt_mprof_each(enum rt_prof_kind kind,
    void (*put)(void *arg, const struct rt_bucket *b), void *arg);

#endif
