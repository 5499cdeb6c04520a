/*
 * container.h - GOMAXPROCS and GOMEMLIMIT by the control group. container.c.
 */
#ifndef RT_CONTAINER_H
#define RT_CONTAINER_H

#include "runtime2.h"

/* Boot, after osinit, GODEBUG and the collector's init, if the environment says
 * nothing: the memory limit. */
void rt_container_init_memory(void);
void rt_container_start(void); /* runtime.main: from now on it is followed */
/* The program has set a value itself: it is the program's from now on. Any
 * thread. */
void rt_container_procs_chosen(void);
void rt_container_limit_chosen(void);
/* sysmon, each pass: once a second look. */
void rt_container_check(int64_t now_ns);

/* What GOMAXPROCS is with so many CPUs and a quota in thousandths (<0 none);
 * what the memory limit is, INT64_MAX none. */
int32_t rt_container_procs(int32_t cpus, int64_t quota_milli);
int64_t rt_container_memlimit(int64_t group_bytes);

/* Tests: look now, at a tree under root and at so many CPUs (0: the real
 * ones). Before sysmon does, or with nothing to be followed by it. */
void rt_container_fake(const char *root, int32_t cpus);
void rt_container_look(void);

#endif
