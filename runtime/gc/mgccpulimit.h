/*
 * mgccpulimit.h - does the collector take too much? A bucket. mgccpulimit.c.
 */
#ifndef RT_MGCCPULIMIT_H
#define RT_MGCCPULIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct gc_cpulimit {
	int64_t fill_ns;     /* CPU time of the collector above a half */
	int64_t capacity_ns; /* 1 s a processor */
	bool limiting;       /* it holds as much, or more */
};

/* What happened since the last step: of total_ns CPU time on procs processors,
 * idle time not counted, the collector had gc_ns. Returns l->limiting. */
bool rt_cpulimit_step(struct gc_cpulimit *l, int64_t gc_ns, int64_t total_ns,
    int32_t procs);

#endif
