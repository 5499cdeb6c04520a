/*
 * gctrace.c - one finished collection as Go's line, and for the ring.
 *
 * Tools parse this line, so it is Go's to the byte; tests/diag has a table of
 * lines made by Go itself. Nothing is rounded: milliseconds come from one
 * routine that cuts (10 ms and more: a whole number; below: two significant
 * digits, at most three decimals; less than a microsecond: a bare 0), bytes
 * are shifted to MiB, the percentage is cut.
 */
#include "diag/diag.h"

#include "boot/boot.h"
#include "fault/fault.h"
#include "gc/gc.h"

#include <string.h>

/* The newest cycle. Two slots: a reader keeps a whole one for the length of a
 * collection. Written by the one thread that finishes a cycle. */
static struct rt_gc_cycle slots[2];
static _Atomic(const struct rt_gc_cycle *) last;

/* v / 10^dec with exactly dec decimals. */
static int
put_fixed(char *buf, size_t cap, uint64_t v, int dec)
{
	uint64_t unit = 1;

	for (int i = 0; i < dec; i++)
		unit *= 10;
	if (dec == 0)
		return rt_snprintf(buf, cap, "%lu", (unsigned long)v);
	/* width by hand: our printf takes no '*' */
	if (dec == 1)
		return rt_snprintf(buf, cap, "%lu.%01lu",
		    (unsigned long)(v / unit), (unsigned long)(v % unit));
	if (dec == 2)
		return rt_snprintf(buf, cap, "%lu.%02lu",
		    (unsigned long)(v / unit), (unsigned long)(v % unit));
	return rt_snprintf(buf, cap, "%lu.%03lu", (unsigned long)(v / unit),
	    (unsigned long)(v % unit));
}

int
rt_gctrace_ms(int64_t ns, char *buf, size_t cap)
{
	uint64_t us = ns > 0 ? (uint64_t)ns / 1000 : 0;
	int dec = 3;

	if (us >= 10000)
		return put_fixed(buf, cap, us / 1000, 0);
	if (us == 0)
		return put_fixed(buf, cap, 0, 0);
	for (; us >= 100; dec--)
		us /= 10;
	return put_fixed(buf, cap, us, dec);
}

/* Times with what stands before each. */
static int
put_times(char *buf, size_t cap, const int64_t *ns, const char *seps, int n)
{
	int len = 0;

	for (int i = 0; i < n; i++) {
		if (i > 0)
			len += rt_snprintf(
			    buf + len, cap - (size_t)len, "%c", seps[i - 1]);
		len += rt_gctrace_ms(ns[i], buf + len, cap - (size_t)len);
	}
	return len;
}

int
rt_gctrace_format(const struct rt_gc_cycle *r, char *buf, size_t cap)
{
	const int64_t clock[] = { r->stw_sweep_ns, r->mark_ns, r->stw_mark_ns };
	const int64_t cpu[] = { r->stw_sweep_cpu_ns, r->assist_ns, r->bg_ns,
		r->idle_ns, r->stw_mark_cpu_ns };
	int64_t at = r->start_ns - rt_runtime_init_time_ns();
	char at_s[32], clock_s[96], cpu_s[160];

	put_fixed(at_s, sizeof(at_s), at > 0 ? (uint64_t)at / 1000000 : 0, 3);
	put_times(clock_s, sizeof(clock_s), clock, "++", 3);
	put_times(cpu_s, sizeof(cpu_s), cpu, "+//+", 5);
	return rt_snprintf(buf, cap,
	    "gc %u @%ss %u%%: %s ms clock, %s ms cpu, "
	    "%lu->%lu->%lu MB, %lu MB goal, %lu MB stacks, %lu MB globals, "
	    "%u P%s",
	    r->cycle, at_s, r->cpu_permille / 10, clock_s, cpu_s,
	    (unsigned long)(r->heap_start >> 20),
	    (unsigned long)(r->heap_end >> 20),
	    (unsigned long)(r->heap_live >> 20), (unsigned long)(r->goal >> 20),
	    (unsigned long)(r->stacks >> 20), (unsigned long)(r->globals >> 20),
	    r->procs, r->forced ? " (forced)" : "");
}

void
rt_gctrace(const struct rt_gc_cycle *r)
{
	struct rt_gc_cycle *slot = &slots[r->cycle & 1];
	char line[512];

	*slot = *r;
	/* release pairs with the reader's acquire: the slot is whole */
	atomic_store_explicit(&last, slot, memory_order_release);
	rt_telemetry_gc(r);
	if (atomic_load_explicit(&rt_debug.gctrace, memory_order_relaxed) <= 0)
		return;
	rt_gctrace_format(r, line, sizeof(line));
	rt_printf("%s\n", line);
}

const struct rt_gc_cycle *
rt_gctrace_last(void)
{
	return atomic_load_explicit(&last, memory_order_acquire);
}
