/*
 * oracle.h - the one door for chance and time.
 *
 * Every random choice (select order, steal victim, hash seed) and every clock
 * the scheduler reads goes through here, so that a later mode can seed, record
 * and replay a schedule under virtual time. Nothing in runtime/ calls a random
 * or clock function beside these.
 */
#ifndef RT_ORACLE_H
#define RT_ORACLE_H

#include <stdint.h>

void rt_oracle_init(void);      /* seeds from AT_RANDOM / getrandom */
int64_t rt_cputime_of_thread_ns(int64_t tid); /* used so far; 0: it ended */
int64_t rt_nanotime(void);      /* CLOCK_MONOTONIC ns */
int64_t rt_walltime_ns(void);   /* CLOCK_REALTIME ns */
uint32_t rt_fastrand(void);     /* own m's generator; any thread with an m */
uint32_t rt_fastrandn(uint32_t n); /* [0, n) */
uint64_t rt_fastrand64(void);
int64_t rt_thread_cputime_ns(void); /* CLOCK_THREAD_CPUTIME_ID */
int64_t rt_process_cputime_ns(void);

#endif
