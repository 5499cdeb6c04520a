/*
 * debug.c - runtime/debug, and what package runtime says of itself.
 *
 * SetTraceback is callers.c's. The version: programs look at the language
 * level in front, so it is that of the compiler's library; then who we are.
 */
#include "gccgo/gccgo.h"

#include "boot/note.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#include <string.h>

/* ---- knobs ---- */

int32_t go_set_gc_percent(int32_t percent) GO("runtime_1debug.setGCPercent");
intptr_t go_set_max_stack(intptr_t bytes) GO("runtime_1debug.setMaxStack");
intptr_t go_set_max_threads(intptr_t n) GO("runtime_1debug.setMaxThreads");
bool go_set_panic_on_fault(bool on) GO("runtime_1debug.setPanicOnFault");
void go_write_heap_dump(uintptr_t fd) GO("runtime_1debug.WriteHeapDump");
void go_free_os_memory(void) GO("runtime_1debug.freeOSMemory");

int32_t
go_set_gc_percent(int32_t percent)
{
	return rt_gc_percent_set(percent);
}

intptr_t
go_set_max_stack(intptr_t bytes)
{
	return (intptr_t)rt_set_max_stack(bytes < 0 ? 0 : (size_t)bytes);
}

intptr_t
go_set_max_threads(intptr_t n)
{
	int32_t old;

	rt_set_max_threads(n > INT32_MAX ? INT32_MAX : (int32_t)n, &old);
	return old;
}

/* Own goroutine only, and only faults on it: fault/sigpanic.c looks. */
bool
go_set_panic_on_fault(bool on)
{
	struct g *gp = rt_getg();
	bool old = gp->paniconfault;

	gp->paniconfault = on;
	return old;
}

void
go_write_heap_dump(uintptr_t fd)
{
	rt_gc_heapdump((int)fd);
}

void
go_free_os_memory(void)
{
	rt_gc_force();
	rt_gc_release_free();
}

/* ---- GC statistics ---- */

void go_read_gc_stats(gort_slice *p) GO("runtime_1debug.readGCStats");

/*
 * The caller's slice of uint64 has room for what follows: pauses newest
 * first, when they ended in the same order, the end of the last cycle, the
 * number of cycles, the sum of all pauses. Its length says how many.
 */
void
go_read_gc_stats(gort_slice *p)
{
	struct rt_memstats *m = rt_sys_alloc(sizeof(*m), RT_STAT_OTHER);
	uint64_t *out = p->p;
	size_t n, max = sizeof(m->pause_ns) / sizeof(m->pause_ns[0]);

	rt_memstats_snapshot(m);
	n = m->num_gc < max ? m->num_gc : max;
	if (p->cap < (ssize_t)(2 * n + 3))
		rt_throw("short slice passed to readGCStats");
	for (size_t i = 0; i < n; i++) {
		size_t j = (m->num_gc - 1 - i) % max;

		out[i] = m->pause_ns[j];
		out[n + i] = m->pause_end_ns[j];
	}
	out[2 * n] = m->last_gc_unix_ns;
	out[2 * n + 1] = m->num_gc;
	out[2 * n + 2] = m->pause_total_ns;
	p->n = (ssize_t)(2 * n + 3);
	rt_sys_free(m, sizeof(*m), RT_STAT_OTHER);
}

/* ---- build information ---- */

gort_str go_debug_modinfo(void) GO("runtime_1debug.modinfo");

gort_str
go_debug_modinfo(void)
{
	return go_modinfo;
}

extern const gort_str go_build_version GO("runtime.buildVersion");
extern const gort_str go_default_goroot GO("runtime.defaultGOROOT");
gort_str go_version(void) GO("runtime.Version");
GO_FUNCVAL(go_version, "runtime.Version");

#define VERSION_TEXT "go1.18 gort-" RT_GORT_VERSION
const gort_str go_build_version = { VERSION_TEXT, sizeof(VERSION_TEXT) - 1 };
/* where Debian's compiler has its Go tree */
const gort_str go_default_goroot = { "/usr", 4 };

gort_str
go_version(void)
{
	return go_build_version;
}

gort_str go_gogetenv(gort_str key) GO("runtime.gogetenv");
gort_str go_goroot(void) GO("runtime.GOROOT");
int64_t go_num_cgo_call(void) GO("runtime.NumCgoCall");
gort_slice go_cpu_profile(void) GO("runtime.CPUProfile");
GO_FUNCVAL(go_goroot, "runtime.GOROOT");
GO_FUNCVAL(go_num_cgo_call, "runtime.NumCgoCall");
GO_FUNCVAL(go_cpu_profile, "runtime.CPUProfile");

gort_str
go_goroot(void)
{
	gort_str v = go_gogetenv((gort_str){ "GOROOT", 6 });

	return v.n != 0 ? v : go_default_goroot;
}

/* Racy reads of counters that only grow. */
int64_t
go_num_cgo_call(void)
{
	uint64_t n = 0;

	for (struct m *mp = atomic_load(&rt_allm); mp != NULL;
	     mp = mp->alllink)
		n += *(volatile uint64_t *)&mp->ncgocall;
	return (int64_t)n;
}

/* Gone since Go 1.9; its words are what is left. */
gort_slice
go_cpu_profile(void)
{
	rt_panic_str("CPUProfile no longer available");
}
