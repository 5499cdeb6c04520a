/*
 * schedinit.c - the order in which the rooms come to life.
 *
 * Go's order, and each place has its reason: stacks before memory (the first
 * g's need none of the heap), memory before anything that allocates, the CPU's
 * features before the hash that uses them, m0 before locks that count on m,
 * modules before types (they say where to look), the environment before the
 * debug variables, those before the collector that obeys them, and Ps last:
 * from procresize on there is a P and code may allocate as a program does.
 */
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "boot/runtime1.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/container.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "types/type.h"

#include <stdio.h>
#include <string.h>

static void
boot_random(void)
{
	int step = rt_boot_begin("randinit");

	rt_oracle_init();
	rt_boot_end(step, "seeded by the kernel");
}

static void
boot_memory(void)
{
	int step = rt_boot_begin("stackinit");

	rt_stackinit();
	rt_boot_end(step, "slots of %zu KiB, guards %s",
	    rt_stack_slot_bytes() >> 10,
	    rt_sys_guard_light() ? "without mappings" : "by mprotect");
	step = rt_boot_begin("mallocinit");
	rt_mallocinit();
	if (rt_address_space_limit() == UINT64_MAX)
		rt_boot_end(step, "address space unlimited");
	else
		rt_boot_end(step, "address space limited to %lu MiB",
		    (unsigned long)(rt_address_space_limit() >> 20));
}

static void
boot_m0(void)
{
	int step = rt_boot_begin("mcommoninit");

	rt_mcommoninit(&rt_m0, 0);
	rt_crashinit();
	rt_boot_end(step, "m%d, at most %d threads", rt_m0.id,
	    rt_sched.maxmcount);
}

static void
boot_modules(void)
{
	int step = rt_boot_begin("modulesinit"), n = 0;
	const struct rt_module *m;
	size_t text = 0;

	rt_modulesinit();
	for (m = rt_modules(); m != NULL; m = m->next, n++)
		text += m->etext - m->text;
	rt_boot_end(step, "%d modules, %zu KiB of text", n, text >> 10);
	step = rt_boot_begin("typelinksinit");
	rt_typelinksinit();
	rt_boot_end(step, "%zu type descriptors", rt_types_count());
	step = rt_boot_begin("itabsinit");
	rt_itabsinit();
	rt_boot_end(step, "%zu method tables", rt_itabs_count());
}

static void
boot_environment(void)
{
	int step = rt_boot_begin("goargs");

	rt_goargs();
	rt_boot_end(step, "%d arguments kept", rt_argc());
	step = rt_boot_begin("goenvs");
	rt_goenvs();
	rt_boot_end(step, "%zu variables", rt_nenvs());
	step = rt_boot_begin("parsedebugvars");
	rt_parsedebugvars();
	if (rt_gogetenv("GODEBUG") == NULL)
		rt_boot_end(step, "GODEBUG is not set");
	else
		rt_boot_end(step, "GODEBUG=%.100s", rt_gogetenv("GODEBUG"));
	step = rt_boot_begin("telemetryinit");
	rt_telemetry_init();
	rt_boot_end(step, rt_telemetry_on() ? "ring mapped" : "no ring");
	rt_boot_publish();
}

static void
boot_gc(void)
{
	int step = rt_boot_begin("gcinit"), percent;
	const char *env = rt_gogetenv("GOMEMLIMIT");
	char gogc[16] = "off", limit[40] = "no memory limit";
	char goal[48] = "no goal";
	int64_t bytes;

	rt_gcinit();
	if (env == NULL || env[0] == '\0')
		rt_container_init_memory();
	else
		rt_container_limit_chosen();
	percent = rt_gc_percent();
	bytes = rt_gc_memlimit_set(-1);
	if (percent >= 0)
		snprintf(gogc, sizeof gogc, "%d", percent);
	if (bytes != INT64_MAX)
		snprintf(limit, sizeof limit, "memory limit %lu KiB",
		    (unsigned long)bytes >> 10);
	if (percent >= 0 || bytes != INT64_MAX)
		snprintf(goal, sizeof goal, "first goal %lu KiB",
		    (unsigned long)(rt_gc_heap_goal() >> 10));
	rt_boot_end(step, "GOGC=%s, %s, %s", gogc, limit, goal);
}

static void
boot_procs(void)
{
	int step = rt_boot_begin("procresize");
	const char *env = rt_gogetenv("GOMAXPROCS"), *why = "CPUs";
	int32_t n = rt_container_procs(rt_ncpu, rt_cgroup.cpu_quota_milli), v;

	if (n < rt_ncpu)
		why = "the control group's CPU limit";
	if (env != NULL && rt_atoi32(env, &v) && v > 0) {
		n = v;
		why = "GOMAXPROCS";
		rt_container_procs_chosen();
	}
	rt_schedinit_procs(n);
	rt_boot_end(step, "%d Ps by %s", rt_gomaxprocs, why);
}

static void
boot_inittrace(void)
{
	int step = rt_boot_begin("inittrace");
	bool on = atomic_load(&rt_debug.inittrace) > 0;

	rt_inittrace_on = on;
	rt_boot_end(step, "package initialisers are %s",
	    on ? "traced" : "counted");
}

void
rt_schedinit(void)
{
	int step = rt_boot_begin("schedinit");

	boot_random();
	boot_memory();
	rt_cpuinit();
	rt_alginit();
	boot_m0();
	boot_modules();
	boot_environment();
	rt_initsigmask();
	boot_gc();
	boot_procs();
	boot_inittrace();
	rt_boot_end(step, "%d Ps, %d CPUs", rt_gomaxprocs, rt_ncpu);
}
