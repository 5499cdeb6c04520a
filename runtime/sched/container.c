/*
 * container.c - how much of the machine the process may use, while it lives.
 *
 * A container is a control group with limits (os/cgroup_linux.c). Two defaults
 * follow from them, as long as nobody has chosen a value:
 *
 *   GOMAXPROCS   the usable CPUs by the affinity mask, and no more than the
 *                group's CPU limit rounded up; but a limit never makes it less
 *                than 2, so that a small share does not turn concurrency off
 *   GOMEMLIMIT   nine tenths of the group's memory limit: the rest is for what
 *                the runtime does not count, page tables and libc's heap above
 *                all
 *
 * Chosen is what the environment says, whatever it says, and what the program
 * sets by a call: from then on that value is left alone. GODEBUG switches off:
 * containermaxprocs=0 the group's CPU limit, updatemaxprocs=0 looking again,
 * containermemlimit=0 the memory limit. Switched off while the program runs,
 * what was set last stays.
 *
 * sysmon looks about once a second while anything runs; a program that sleeps
 * is not woken for it. The memory limit is set on the spot. GOMAXPROCS
 * takes a stopped world, which takes a goroutine: one of the runtime's own waits
 * for it. It is made only where there may be something to follow.
 */
#include "sched/container.h"

#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "gc/gcdaemon.h"
#include "os/os.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

#define LOOK_NS ((int64_t)1000000000)

static struct {
	const char *root; /* tests: a tree of their own */
	int32_t cpus;     /* tests: instead of the affinity mask; 0: ask it */
	int64_t last_look_ns; /* sysmon */
	_Atomic bool procs_chosen, limit_chosen;
	_Atomic int32_t procs; /* what GOMAXPROCS is to be */
	struct gc_daemon updater;
	_Atomic bool has_updater; /* from rt_container_start on */
} cont = { .root = "" };

/* ---- what follows from limits ---- */

int32_t
rt_container_procs(int32_t cpus, int64_t quota_milli)
{
	int64_t n = (quota_milli + 999) / 1000;

	if (quota_milli < 0 || atomic_load(&rt_debug.containermaxprocs) == 0)
		return cpus;
	if (n < 2)
		n = 2;
	return n < cpus ? (int32_t)n : cpus;
}

int64_t
rt_container_memlimit(int64_t group_bytes)
{
	if (group_bytes < 0 || atomic_load(&rt_debug.containermemlimit) == 0)
		return INT64_MAX;
	return group_bytes / 10 * 9;
}

/* ---- who has chosen ---- */

void
rt_container_procs_chosen(void)
{
	atomic_store(&cont.procs_chosen, true);
}

void
rt_container_limit_chosen(void)
{
	atomic_store(&cont.limit_chosen, true);
}

void
rt_container_init_memory(void)
{
	rt_gc_memlimit_set(rt_container_memlimit(rt_cgroup.memory_bytes));
}

void
rt_container_fake(const char *root, int32_t cpus)
{
	cont.root = root;
	cont.cpus = cpus;
}

/* ---- following ---- */

static void
updater(void *arg)
{
	int32_t n;

	(void)arg;
	for (;;) {
		rt_gcdaemon_park(&cont.updater, WAIT_GOMAXPROCS_UPDATER);
		n = atomic_load(&cont.procs);
		/* asked last: the program may have chosen since sysmon looked;
		 * one that chooses this very moment is a race of its own */
		if (!atomic_load(&cont.procs_chosen))
			rt_gomaxprocs_set(n);
	}
}

void
rt_container_start(void)
{
	if (atomic_load(&cont.procs_chosen) ||
	    atomic_load(&rt_debug.updatemaxprocs) == 0)
		return;
	rt_newproc_system(updater, NULL);
	atomic_store(&cont.has_updater, true); /* sysmon runs already */
}

static void
follow_cpus(const struct rt_cgroup_limits *l)
{
	int32_t cpus = cont.cpus != 0 ? cont.cpus : rt_usable_cpus();
	int32_t n = rt_container_procs(cpus, l->cpu_quota_milli);

	if (n > RT_MAX_PROCS)
		n = RT_MAX_PROCS;
	if (n == atomic_load(&rt_gomaxprocs))
		return;
	atomic_store(&cont.procs, n);
	rt_gcdaemon_wake(&cont.updater);
}

static void
follow_memory(const struct rt_cgroup_limits *l)
{
	int64_t limit = rt_container_memlimit(l->memory_bytes);

	if (limit != rt_gc_memlimit_set(-1))
		rt_gc_memlimit_set(limit);
}

void
rt_container_look(void)
{
	bool cpu = atomic_load(&cont.has_updater) && !atomic_load(&cont.procs_chosen) &&
	    atomic_load(&rt_debug.updatemaxprocs) != 0;
	bool memory = !atomic_load(&cont.limit_chosen) &&
	    atomic_load(&rt_debug.containermemlimit) != 0;
	struct rt_cgroup_limits l;

	if (!cpu && !memory)
		return;
	/* an error: what was known stays */
	if (rt_cgroup_refresh(cont.root, &l) < 0)
		return;
	if (cpu)
		follow_cpus(&l);
	if (memory)
		follow_memory(&l);
}

void
rt_container_check(int64_t now_ns)
{
	if (cont.last_look_ns == 0)
		cont.last_look_ns = now_ns; /* boot has just looked */
	if (now_ns - cont.last_look_ns < LOOK_NS)
		return;
	cont.last_look_ns = now_ns;
	rt_container_look();
}
