/*
 * diag.h - what the runtime tells: GODEBUG lines, the telemetry ring, the
 * control channel. The only place that includes ipc/.
 */
#ifndef RT_DIAG_H
#define RT_DIAG_H

#include "runtime2.h"

#include "diag/timehist.h"

/* ---- debug variables (boot/runtime1.c parses; live changes by control) --- */
#define RT_DEBUG_VARS(X)                                                       \
	X(adaptivestackstart, 1) X(allocfreetrace, 0) X(asyncpreemptoff, 0)   \
	X(cgocheck, 1) X(clobberfree, 0) X(efence, 0) X(gccheckmark, 0)       \
	X(gcpacertrace, 0) X(gcshrinkstackoff, 0) X(gcstoptheworld, 0)        \
	X(gctrace, 0) X(harddecommit, 0) X(inittrace, 0) X(invalidptr, 1)     \
	X(madvdontneed, 1) X(sbrk, 0) X(scavtrace, 0) X(scheddetail, 0)       \
	X(schedtrace, 0) X(tracebackancestors, 0) X(panicnil, 0)              \
	X(dontfreezetheworld, 0) X(disablethp, 0) X(profstackdepth, 128)      \
	X(containermaxprocs, 1) X(updatemaxprocs, 1) X(decoratemappings, 1)   \
	X(containermemlimit, 1)                                               \
	X(gcstress, 0) X(gcverify, 0) X(preemptstress, 0) X(leakcheck, 0)     \
	X(memprofilerate, 524288) X(boottrace, 0) X(stoptrace, 0)
struct rt_debug_vars {
#define X(name, dflt) _Atomic int32_t name;
	RT_DEBUG_VARS(X)
#undef X
};
extern struct rt_debug_vars rt_debug;

/* ---- schedtrace.c, gctrace.c ---- */
void rt_schedtrace(bool detail); /* prints one SCHED block to fd 2 */
/* The same text into a buffer for the control channel; returns bytes. */
size_t rt_schedtrace_text(bool detail, char *buf, size_t cap);

/* One finished collection, as gc/ knows it. Prints the gctrace line when the
 * debug variable says so, writes the ring record. Any stack, no locks held. */
struct rt_gc_cycle; /* gc/gc.h */
void rt_gctrace(const struct rt_gc_cycle *r);
/* Go's way to write milliseconds: 12, 5.6, 0.30, 0.037, 0; returns bytes. */
int rt_gctrace_ms(int64_t ns, char *buf, size_t cap);
/* gctrace's line without newline into buf; returns bytes. */
int rt_gctrace_format(const struct rt_gc_cycle *r, char *buf, size_t cap);
const struct rt_gc_cycle *rt_gctrace_last(void); /* NULL before the first */

/* ---- gcpacertrace.c: the collector's other lines, without newline in the
 * buffers; returns bytes. The printers ask no debug variable. ---- */
struct rt_gc_pace;
struct rt_gc_paced;
void rt_gcpacertrace_begin(const struct rt_gc_pace *t);
void rt_gcpacertrace_end(const struct rt_gc_paced *t);
int rt_gcpacertrace_format_begin(const struct rt_gc_pace *t, char *buf,
    size_t cap);
int rt_gcpacertrace_format_end(const struct rt_gc_paced *t, char *buf,
    size_t cap);
/* Bytes given back since the last line and in all; heap pages in spans; held. */
void rt_scavtrace(uint64_t work, uint64_t total, uint64_t inuse, uint64_t held,
    bool forced);
int rt_scavtrace_format(uint64_t work, uint64_t total, uint64_t inuse,
    uint64_t held, bool forced, char *buf, size_t cap);

/* ---- telemetry.c: the ring ---- */
/* boot, after the environment is known: map GORT_RING_FD if it is there. */
void rt_telemetry_init(void);
bool rt_telemetry_on(void);
struct rt_boot_step;
void rt_telemetry_boot(const struct rt_boot_step *s);
void rt_telemetry_init_task(const char *package, uint32_t seq, uint32_t depth,
    int64_t start_ns, int64_t dur_ns, uint64_t bytes, uint64_t allocs);
void rt_telemetry_gc(const struct rt_gc_cycle *r);
void rt_telemetry_sched_sample(void); /* sample + counters, 1 Hz */
void rt_telemetry_start(void);        /* main.main begins */
void rt_telemetry_panic(const char *line, bool fatal);
void rt_telemetry_text(const char *bytes, size_t n);
void rt_telemetry_exit(int32_t code, int32_t sig, const char *reason);
void rt_telemetry_fork_child(void);   /* never write again in this process */
/* The ring's nonce (16 bytes), NULL without a ring. */
const uint8_t *rt_telemetry_nonce(void);
struct ipc_rec_gc;
/* The ring's record of a cycle. */
void rt_telemetry_gc_record(const struct rt_gc_cycle *c,
    struct ipc_rec_gc *ret);
/* The counters as they are now; for the counter page and the channel. */
struct ipc_counters;
void rt_telemetry_counters(struct ipc_counters *ret);

/* ---- control.c: the thread that answers gortd (and samples at 1 Hz) ---- */
void rt_control_start(void); /* if GORT_CONTROL_FD is set; runtime.main */
void rt_control_ready(void); /* main.main is about to run */

/* ---- stacks.c: every goroutine's stack at one moment; stops the world ----
 * put(arg, i, gp, pcs, n) for each of the program's goroutines, on g0, if no
 * more than `room` of them; pcs are return addresses, leaf first, up to depth.
 * Returns how many there are. User goroutine. */
size_t rt_goroutine_stacks(size_t room, int depth,
    void (*put)(void *arg, size_t i, struct g *gp, const uintptr_t *pcs,
        int n),
    void *arg);

/* ---- trace.c: execution-trace buffers, made at boot; reader comes later -- */
void rt_traceinit(void);
size_t rt_trace_buffers_bytes(void);
/* ---- cpuprof.c: the log is made at boot ---- */
void rt_cpuprofinit(void);

#endif
