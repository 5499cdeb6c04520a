/*
 * boot.h - from the ELF entry to main.main, one function a step, each stamped.
 */
#ifndef RT_BOOT_H
#define RT_BOOT_H

#include "runtime2.h"

/* ---- bootlog.c ---- */
struct rt_boot_step {
	uint32_t seq;   /* order of beginning, from 1 */
	uint32_t depth;
	int64_t start_ns, dur_ns; /* mono; dur -1: open */
	char name[48];
	char detail[144]; /* what it found */
};
/* Begin a step inside the currently open one; returns its number. Works
 * before TLS, allocation and the ring: static storage; when the ring comes up
 * the earlier steps are sent. Boot is single-threaded until runtime.main;
 * steps of other threads (sysmon) go through a lock. */
int rt_boot_begin(const char *name);
void rt_boot_end(int step, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
size_t rt_boot_count(void);
const struct rt_boot_step *rt_boot_at(size_t i);
/* When _rt0 ran (mono ns), 0 when the entry was not ours. */
extern int64_t rt_rt0_time_ns;
extern uintptr_t rt_rt0_args; /* initial stack pointer: argc, argv, envp, auxv */
int64_t rt_runtime_init_time_ns(void); /* origin of gctrace's @ and inittrace */

/* ---- rt0.c ---- */
/* What libc's main enters. Never returns: ends in exit. */
void rt0_go(int argc, char **argv) RT_NORETURN;
/* The tests' way in: boot, run body(arg) as main.main, exit(its value). */
void rt_boot_test(int (*body)(void *), void *arg) RT_NORETURN;

/* ---- check.c ---- */
struct rt_check_row { /* a comparison that must hold */
	const char *what;
	uint64_t got, want;
};
void rt_check(void);
/* Throws "runtime: check failed: WHAT" on the first row that differs. */
void rt_check_table(const struct rt_check_row *rows, size_t n);

/* ---- runtime1.c ---- */
void rt_args(int argc, char **argv);
int rt_argc(void);
char **rt_argv(void);
/* Environment as it was at start; gort's own variables removed. */
const char *rt_gogetenv(const char *name);
void rt_parsedebugvars(void);
/* "k=v,k=v" as GODEBUG. Returns how many were known and well-formed. */
int rt_debug_parse(const char *s);
/* One key live: 0, -ENOENT unknown, -EINVAL value. */
int rt_debug_set(const char *key, const char *value);
int rt_debug_get(size_t i, const char **ret_key, int32_t *ret_value); /* 0/-1 */

/* ---- cpu.c ---- */
struct rt_cpu {
	char vendor[16], brand[52];
	uint32_t family, model, stepping, cacheline;
	bool sse41, sse42, ssse3, popcnt, aes, pclmul, avx, avx2, avx512f, bmi1,
	    bmi2, erms, fsrm, fma, osxsave, rdtscp, invtsc;
};
extern struct rt_cpu rt_cpu;
void rt_cpuinit(void);

/* ---- schedinit.c, main.c ---- */
void rt_schedinit(void);
void rt_main(void *arg); /* the goroutine runtime.main */

struct gort_package; /* gort.h; an array in section gort_packages */
/* Runs inits dependencies first; a cycle or an unknown import is fatal by
 * name: "initialization cycle: a -> b -> a". */
void rt_run_package_inits(void);

#endif
