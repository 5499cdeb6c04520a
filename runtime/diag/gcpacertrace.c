/*
 * gcpacertrace.c - what the pacer and the scavenger say, in Go's words.
 *
 * GODEBUG=gcpacertrace=1: a line when marking begins, one when it has ended
 * unless the program had asked for the cycle. scavtrace=1: a line when all that
 * a cycle left has been swept, and one when the program asked for its free
 * memory to go back. The texts are those of Go 1.19, which tools read; floats
 * are Go's println's, a sign, seven digits and three of exponent.
 */
#include "diag/diag.h"

#include "fault/fault.h"
#include "fault/print_go.h"
#include "gc/gc.h"

int
rt_gcpacertrace_format_begin(const struct rt_gc_pace *t, char *buf, size_t cap)
{
	char ratio[RT_FLOAT_TEXT_BYTES], fraction[RT_FLOAT_TEXT_BYTES];

	rt_float_text(t->assist_ratio, ratio);
	rt_float_text(t->fraction, fraction);
	return rt_snprintf(buf, cap,
	    "pacer: assist ratio=%s (scan %lu MB in %lu->%lu MB) workers=%d+%s",
	    ratio,
	    (unsigned long)(t->scan_bytes >> 20),
	    (unsigned long)(t->heap_bytes >> 20),
	    (unsigned long)(t->goal >> 20), t->dedicated, fraction);
}

int
rt_gcpacertrace_format_end(const struct rt_gc_paced *t, char *buf, size_t cap)
{
	char cons_mark[RT_FLOAT_TEXT_BYTES];

	rt_float_text(t->cons_mark, cons_mark);
	return rt_snprintf(buf, cap,
	    "pacer: %d%% CPU (%d exp.) for %lu+%lu+%lu B work (%lu B exp.) "
	    "in %lu B -> %lu B (\xe2\x88\x86goal %ld, cons/mark %s)",
	    (int)(t->utilization * 100), (int)(t->expected * 100),
	    (unsigned long)t->heap_work, (unsigned long)t->stack_work,
	    (unsigned long)t->globals_work, (unsigned long)t->expected_work,
	    (unsigned long)t->heap_start, (unsigned long)t->heap_end,
	    (long)(t->heap_end - t->goal), cons_mark);
}

int
rt_scavtrace_format(uint64_t work, uint64_t total, uint64_t inuse,
    uint64_t held, bool forced, char *buf, size_t cap)
{
	return rt_snprintf(buf, cap,
	    "scav %lu KiB work, %lu KiB total, %lu%% util%s",
	    (unsigned long)(work >> 10), (unsigned long)(total >> 10),
	    held == 0 ? 0 : (unsigned long)(inuse * 100 / held),
	    forced ? " (forced)" : "");
}

void
rt_gcpacertrace_begin(const struct rt_gc_pace *t)
{
	char line[256];

	rt_gcpacertrace_format_begin(t, line, sizeof(line));
	rt_printf("%s\n", line);
}

void
rt_gcpacertrace_end(const struct rt_gc_paced *t)
{
	char line[512];

	rt_gcpacertrace_format_end(t, line, sizeof(line));
	rt_printf("%s\n", line);
}

void
rt_scavtrace(uint64_t work, uint64_t total, uint64_t inuse, uint64_t held,
    bool forced)
{
	char line[128];

	rt_scavtrace_format(
	    work, total, inuse, held, forced, line, sizeof(line));
	rt_printf("%s\n", line);
}
