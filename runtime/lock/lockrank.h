/*
 * lockrank.h - THE lock order of the runtime. Nowhere else.
 *
 * A thread may take a lock only if its rank is larger than every rank it
 * holds. Of the ranks in RANK_SELF_OK it may hold several: channels by rising
 * address (a select), Ps' timer heaps by P number (timers that move). "leaf":
 * its holder takes no other lock but last words'.
 *
 * A lock that nobody has initialised has no rank, and is an error to take.
 *
 * Debug builds check each acquisition and release (lockrank.c), so does
 * `quickstart test` over the whole suite: its plain stage is such a build. A
 * lock that is tried for (rt_trylock) waits for nobody and may be out of order.
 */
#ifndef RT_LOCKRANK_H
#define RT_LOCKRANK_H

#include <stdint.h>

/* X(rank, "name in reports"), in the order of taking */
#define RT_LOCK_RANKS(X)                                                       \
	X(RANK_NONE, "none")                                                  \
	X(RANK_FORCEGC, "forcegc")         /* collections asked for */        \
	X(RANK_POLLDESC, "polldesc")       /* one descriptor */               \
	X(RANK_POLLCACHE, "pollcache")     /* the unused ones */              \
	X(RANK_TIMEROBJ, "timerobj")       /* a timer of gort.h, its channel */ \
	X(RANK_HCHAN, "hchan")             /* one channel */                  \
	X(RANK_SEMAROOT, "semaroot")       /* one bucket of addresses */      \
	X(RANK_SIGNOTIFY, "signotify")     /* who takes signals */            \
	X(RANK_MODULES, "modules")         /* types, maps' layouts */         \
	X(RANK_ITAB, "itab")               /* method tables */                \
	X(RANK_SCHED, "sched")             /* sched.lock */                   \
	X(RANK_TIMERS, "timers")           /* one P's heap */                 \
	X(RANK_FRESH, "fresh")             /* one P's that have not begun */  \
	X(RANK_ALLG, "allg")               /* all goroutines ever */          \
	X(RANK_GFREE, "gfree")             /* unused goroutines, Ms for C */  \
	X(RANK_SUDOGFREE, "sudogfree")     /* unused sudogs */                \
	X(RANK_STACKPOOL, "stackpool")     /* slots; segments */              \
	X(RANK_ROOTS, "roots")             /* registered roots */             \
	X(RANK_GCTYPES, "gctypes")         /* unrolled layouts */             \
	X(RANK_MHEAPSPECIAL, "mheapspecial") /* finalizers; marked under it */ \
	X(RANK_GCWORK, "gcwork")           /* work buffers; barriers' records */ \
	X(RANK_MCENTRAL, "mcentral")       /* one size class */               \
	X(RANK_MHEAP, "mheap")             /* pages, spans */                 \
	X(RANK_PROF, "prof")               /* one profile's counts */         \
	X(RANK_PACER, "pacer")             /* goal and trigger */             \
	X(RANK_PERSISTENT, "persistent")   /* leaf: memory never freed */     \
	X(RANK_TRACE, "trace")             /* leaf: the tracer's buffers */

enum lock_rank {
#define X(rank, name) rank,
	RT_LOCK_RANKS(X)
#undef X
	    RANK_N
};

#define RANK_SELF_OK(r) ((r) == RANK_HCHAN || (r) == RANK_TIMERS)

struct m;
struct rt_mutex;

/* lock_futex.c, before a lock is taken and before it is left. mp: the running
 * thread's, NULL where it is not ours and goes unchecked. */
#ifdef RT_DEBUG
void rt_rank_enter(struct m *mp, struct rt_mutex *l);
void rt_rank_leave(struct m *mp, struct rt_mutex *l);
#else
static inline void
rt_rank_enter(struct m *mp, struct rt_mutex *l)
{
}
static inline void
rt_rank_leave(struct m *mp, struct rt_mutex *l)
{
}
#endif

#endif
