/*
 * prof.h - the log of the CPU profile, cpuprof.c.
 */
#ifndef RT_PROF_H
#define RT_PROF_H

#include "runtime2.h"

#define RT_CPUPROF_DEPTH 64
#define RT_CPUPROF_SAMPLES 1024

/* One sample of the CPU profile; signal handler safe, drops when full. */
bool rt_cpuprof_add(const uintptr_t *stk, uint32_t n);
/* Oldest sample out; returns its depth, 0: none. One reader. */
uint32_t rt_cpuprof_take(uintptr_t *stk);
uint64_t rt_cpuprof_lost(void);

#endif
