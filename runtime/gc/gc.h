/*
 * gc.h - the collector, seen from outside gc/. Nothing outside gc/ may assume
 * that the world stands still while marking: pointers into collected objects
 * are stored through rt_writeptr, roots are registered, allocation is asked
 * through mem/malloc.h. mgc.c has the essay.
 */
#ifndef RT_GC_H
#define RT_GC_H

#include "runtime2.h"
#include "types/type.h"

/*
 * One finished collection. gc/ fills it, diag/ prints it and puts it into the
 * ring; the fields are those of the ring's record, so diag copies them one by
 * one and gc/ needs to know nothing of ipc/.
 */
struct rt_gc_cycle {
	uint32_t cycle;        /* from 1 */
	uint32_t procs;        /* GOMAXPROCS during the cycle */
	uint32_t forced;       /* 0 or 1 */
	uint32_t cpu_permille; /* GC share of the CPU since start, in 1/1000 */
	int64_t start_ns;      /* mono, beginning of sweep termination */
	int64_t stw_sweep_ns, mark_ns, stw_mark_ns; /* wall */
	int64_t assist_ns, bg_ns, idle_ns;          /* cpu, of mark_ns */
	int64_t stw_sweep_cpu_ns, stw_mark_cpu_ns;  /* pause times procs */
	uint64_t heap_start, heap_end, heap_live;   /* bytes */
	uint64_t goal, stacks, globals;             /* bytes */
};

/* The pacer's view of a cycle that begins, and of one that ended. */
struct rt_gc_pace {
	double assist_ratio; /* work for each byte allocated */
	uint64_t scan_bytes, heap_bytes, goal;
	int32_t dedicated;   /* workers that keep a P; we have none */
	double fraction;     /* of each P, for the others */
};
struct rt_gc_paced {
	double utilization, expected; /* of the CPUs */
	uint64_t heap_work, stack_work, globals_work, expected_work; /* bytes */
	uint64_t heap_start, heap_end, goal;
	double cons_mark; /* as it was expected */
};

void rt_gcinit(void);   /* boot: GOGC, GOMEMLIMIT parsed; first goal */
void rt_gcenable(void); /* runtime.main: sweeper and scavenger goroutines */

/* Force one full cycle and wait for it, sweep included. User goroutine. */
void rt_gc_force(void);
/* Allocation calls it when the heap passed the trigger. User goroutine. */
bool rt_gc_should_start(void);
void rt_gc_start_background(void);
/* Threads mark beside the program, and will ready a goroutine. */
bool rt_gc_marking(void);
/* Allocation's slow path while marking goes on beside the program: do a part
 * of it if it is behind. User goroutine. */
void rt_gc_assist(void);
/*
 * While rt_sched.gscan is set. gp, which the caller owns, is about to run;
 * a goroutine is made. On its thread, with a P.
 */
void rt_gcmark_before_run(struct g *gp);
void rt_gcmark_born(struct g *gp);
/* sysmon: is the 2-minute cycle due? Then it readies the forcegc goroutine. */
void rt_gc_periodic_check(int64_t now_ns);

/*
 * Registered roots: [base, base+bytes) is scanned conservatively in each
 * cycle.
 */
void rt_roots_add(const void *base, size_t bytes);
/* modulesinit: data or bss of a module; of a compiled Go program only what is
 * the runtime's own is registered (mgcroots.c). */
void rt_roots_add_data(const void *base, size_t bytes);
void rt_roots_del(const void *base);

/*
 * The variables of one compiled package, in gccgo's layout: each a range whose
 * pointers are where gcdata says, in its first ptrdata bytes. Static memory.
 */
struct rt_root_var {
	void *base;
	size_t bytes, ptrdata;
	const uint8_t *gcdata;
};
struct rt_root_list {
	struct rt_root_list *next; /* ours */
	intptr_t n;
	struct rt_root_var v[];
};
void rt_roots_register(struct rt_root_list *l); /* once; for ever */

/* Store a collected pointer into collected or global memory. */
void rt_writeptr(void *slot, void *ptr);
/* The same as one atomic step, full order: store; exchange, returns what was
 * there; compare with old and store, returns whether it did. */
void rt_atomic_writeptr(void **slot, void *ptr);
void *rt_atomic_swapptr(void **slot, void *ptr);
bool rt_atomic_casptr(void **slot, void *old, void *ptr);
/* memmove / clear of objects with pointers. */
void rt_typedmemmove(const struct gort_type *t, void *dst, const void *src);
void rt_typedmemclr(const struct gort_type *t, void *p);
void rt_bulk_barrier_memmove(void *dst, const void *src, size_t bytes);
void rt_bulk_barrier_memclr(void *p, size_t bytes); /* bytes: n * 8 */

/* f is called at the start of each cycle, on g0 with the world stopped: what
 * it drops is found dead. It must not allocate, park or lock. NULL: nothing. */
void rt_gc_set_pool_cleanup(void (*f)(void));

/* Keep allocations of this P accounted; sweeping credit (lazy sweep). */
void rt_gc_p_flush(struct p *pp); /* before a P dies or is stopped for GC */

int32_t rt_gc_percent_set(int32_t percent); /* old; <0 off */
int32_t rt_gc_percent(void);
int64_t rt_gc_memlimit_set(int64_t bytes);  /* old; <0: only ask */
uint64_t rt_gc_heap_goal(void);
uint32_t rt_gc_cycles(void);
/* Give every free page back to the system. User goroutine. */
void rt_gc_release_free(void);
/* Write the heap to fd in Go's dump format; stops the world. User goroutine. */
void rt_gc_heapdump(int fd);

/*
 * Goroutines blocked for ever (mleak.c). search: find them, world stopped as
 * long as marking takes; how many. User goroutine. leaked: did the last search
 * find this one? address: what a parked goroutine waits for, a channel (of a
 * select one), a semaphore, a condition; NULL: nothing of the kind. Any thread.
 */
size_t rt_leak_search(void);
bool rt_leaked(const struct g *gp);
const void *rt_wait_address(const struct g *gp);
/* The program ends with `code`: with GODEBUG=leakcheck=1 report what leaked;
 * the code to end with. Any goroutine. */
int rt_leak_exit_code(int code);

/* Finalizers: fn(obj) once, on the finalizer goroutine, after obj is
 * unreachable. One per object; NULL removes. 0 or -EINVAL (not the base of a
 * heap object) */
int rt_setfinalizer(void *obj, void (*fn)(void *));

/*
 * The same for a language: run(how, obj) is called, and what `closure` points
 * into lives as long as it may be. `a` and `b` are run's own affair and must
 * not be collected. An object that shares its slot with others (tiny, without
 * pointers) need not be the slot's base.
 * 0; -EINVAL: not (the base of) a heap object; -EEXIST: has one already.
 */
struct rt_finalizer {
	void (*run)(const struct rt_finalizer *how, void *obj);
	void *closure;
	const void *a, *b;
};
int rt_addfinalizer(void *obj, const struct rt_finalizer *how);

/*
 * Cleanups: fn(arg), on the finalizers' goroutine, once the object that obj
 * points into is gone; it is not brought back for that. Several an object, run
 * in the order of adding, after its finalizers. What arg points into lives
 * until then.
 * 0 and *ret; -EINVAL: not in a heap object, or arg is in the same one.
 */
struct rt_cleanup {
	void *record; /* off the heap */
	uint64_t id;  /* 0: never runs */
};
int rt_cleanup_add(void *obj, void (*fn)(void *), void *arg,
    struct rt_cleanup *ret);
/* False: it runs, ran, or was stopped. */
bool rt_cleanup_stop(const struct rt_cleanup *c);

/*
 * Weak pointers (mweak.c). make: a collected handle, the same for the same
 * obj; NULL of NULL. What is not in the heap never dies. User goroutine. get:
 * obj while it is alive, else NULL, for ever. With a P.
 */
struct rt_weak;
struct rt_weak *rt_weak_make(void *obj);
void *rt_weak_get(const struct rt_weak *h);

#endif
