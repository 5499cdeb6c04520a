/*
 * prof.h - tables of the profiles, inside diag/.
 */
#ifndef RT_PROF_H
#define RT_PROF_H

#include "runtime2.h"

enum rt_prof_kind { PROF_MEM = 1, PROF_BLOCK, PROF_MUTEX };

/* One stack of one kind. Never freed. The counters are atomic words. */
struct rt_bucket {
	struct rt_bucket *next;    /* same hash; const once published */
	struct rt_bucket *allnext; /* every bucket of the kind */
	enum rt_prof_kind kind;
	uint32_t nstk;
	uint64_t hash;
	size_t size; /* PROF_MEM: bytes of one object */
	_Atomic uint64_t allocs, frees; /* or count and total of a wait */
	uintptr_t stk[];
};

/* The bucket of this stack; made when `may_make`, else NULL if there is none.
 * Threads: any with an m; takes RANK_PROF only to insert. */
struct rt_bucket *rt_prof_bucket(enum rt_prof_kind kind, size_t size,
    const uintptr_t *stk, uint32_t nstk, bool may_make);
struct rt_bucket *rt_prof_all(enum rt_prof_kind kind);

#define RT_CPUPROF_DEPTH 64
#define RT_CPUPROF_SAMPLES 1024

/* One sample of the CPU profile; signal handler safe, drops when full. */
bool rt_cpuprof_add(const uintptr_t *stk, uint32_t n);
/* Oldest sample out; returns its depth, 0: none. One reader. */
uint32_t rt_cpuprof_take(uintptr_t *stk);
uint64_t rt_cpuprof_lost(void);
void rt_cpuprofinit(void);

#endif
