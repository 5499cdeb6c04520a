/*
 * lockrank.h - THE lock order of the runtime. Nowhere else.
 *
 * A thread may take a lock only if its rank is larger than every rank it
 * holds. Equal ranks (two channels in a select, two P's timer heaps in a
 * steal) are ordered by address and named in RANK_SELF_OK. Debug builds check
 * each acquisition against the ranks the M holds.
 */
#ifndef RT_LOCKRANK_H
#define RT_LOCKRANK_H

enum lock_rank {
	RANK_NONE = 0,
	RANK_SYSMON,     /* sysmon's own */
	RANK_FORCEGC,    /* the periodic collector's goroutine */
	RANK_SWEEPWAITERS,
	RANK_WORLDSEMA,  /* who may stop the world */
	RANK_POLLDESC,   /* one pollDesc */
	RANK_POLLCACHE,
	RANK_TIMEROBJ,   /* one timer of gort.h, with its channel */
	RANK_HCHAN,      /* one channel; select takes many, by address */
	RANK_NOTIFYLIST, /* cond */
	RANK_SEMAROOT,
	RANK_SIGNOTIFY,
	RANK_MODULES,    /* types, itabs, modules */
	RANK_ITAB,
	RANK_SCHED,      /* sched.lock */
	RANK_TIMERS,     /* one P's heap; two by P number; under
	                    sched.lock when GOMAXPROCS shrinks */
	RANK_FRESH,      /* one P's goroutines that have not begun */
	RANK_ALLG,
	RANK_ALLP,
	RANK_GFREE,
	RANK_SUDOGFREE,
	RANK_STACKPOOL,
	RANK_FINALIZER,
	RANK_ROOTS,
	RANK_GCTYPES,
	RANK_GCWORK,     /* work buffer lists */
	RANK_SPANSET,
	RANK_MCENTRAL,
	RANK_MHEAP,
	RANK_MHEAPSPECIAL,
	RANK_PROF,       /* counts of the profiles */
	RANK_FIXALLOC,
	RANK_PERSISTENT,
	RANK_TRACE,
	RANK_PRINT,      /* last words: under anything */
	RANK_N
};

#define RANK_SELF_OK(r) ((r) == RANK_HCHAN || (r) == RANK_TIMERS)

#endif
