/*
 * mgcpacer.h - when to collect, and who pays: arithmetic on a struct, no other
 * state, nothing of the runtime's. mgcpacer.c.
 */
#ifndef RT_MGCPACER_H
#define RT_MGCPACER_H

#include <stdbool.h>
#include <stdint.h>

struct gc_pace {
	uint64_t live_bytes;    /* marked by the cycle that just ended */
	uint64_t stack_bytes;   /* scanned */
	uint64_t globals_bytes; /* scanned */
	int32_t percent;        /* GOGC; <0 off */
	int64_t limit_bytes;    /* GOMEMLIMIT; INT64_MAX none */
	uint64_t nonheap_bytes; /* held beside the heap */
	uint64_t waste_bytes;   /* pages held for the heap beyond objects */
};

struct gc_pacer {
	struct gc_pace in;
	double cons_mark; /* smoothed; 0: nothing measured yet */
	double share;     /* of the CPUs, taken by workers; smoothed */
	/* rt_pacer_commit: heap sizes where a cycle shall end, and begin */
	uint64_t goal, trigger;
};

/* What a cycle is expected to do when it begins. */
struct gc_plan {
	uint64_t begun;    /* heap size */
	uint64_t expected; /* bytes to mark and read, if as much lives as last */
	uint64_t most;     /* if all lives */
};

/* What it did. */
struct gc_measure {
	uint64_t begun, ended; /* heap size */
	uint64_t work;         /* bytes marked and read */
	int64_t mark_ns;       /* wall */
	int64_t bg_ns, assist_ns; /* CPU */
	int32_t procs;
};

#define GC_HEAP_MINIMUM_BYTES ((uint64_t)4 << 20) /* at GOGC=100 */
#define GC_GOAL_NONE ((uint64_t)INT64_MAX)
#define GC_SHARE 0.25 /* of the CPUs: what workers shall take */

/* The heap size at which the next cycle should end. */
uint64_t rt_pacer_goal(const struct gc_pace *in);
void rt_pacer_init(struct gc_pacer *p, int32_t percent, int64_t limit_bytes);
/* goal and trigger from the rest; after any change. */
void rt_pacer_commit(struct gc_pacer *p);
void rt_pacer_begin(const struct gc_pacer *p, uint64_t heap_bytes,
    struct gc_plan *ret);
/* A cycle that the program did not ask for ended. The caller sets what it
 * found in p->in, before or after, and commits. */
void rt_pacer_end(struct gc_pacer *p, const struct gc_measure *m);
/* With the heap so large and so much done, how much should have been? goal: as
 * it is now. */
uint64_t rt_pacer_due(const struct gc_plan *plan, uint64_t goal,
    uint64_t heap_bytes, uint64_t done);
/* Work for each byte allocated when the cycle begins. */
double rt_pacer_assist_ratio(const struct gc_plan *plan, uint64_t goal);
/* Share of procs CPUs that marking took; 0 to 1. */
double rt_pacer_utilization(const struct gc_measure *m);

/* GC_SHARE of procs processors: so many workers, each of which takes so much of
 * a processor. Less than GC_SHARE when there are more than 64. */
#define GC_WORKERS_MAX 32
int32_t rt_pacer_workers(int32_t procs, int32_t *ret_permille);
/* Helper threads that are worth waking to mark so much. */
extern _Atomic uint64_t rt_pacer_helper_worth_bytes;
int32_t rt_pacer_helpers(uint64_t heap_bytes, int32_t procs, int32_t ncpu);
/* Share in 1/1000 of procs CPUs over elapsed_ns. */
uint32_t rt_pacer_permille(int64_t gc_cpu_ns, int64_t elapsed_ns,
    int32_t procs);

#endif
