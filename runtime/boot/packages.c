/*
 * packages.c - run the initialisers of a program's packages, each once, the
 * ones it imports first.
 *
 * A package is one GORT_PACKAGE in some file of the program; the linker hands
 * us the list in no useful order. A depth-first walk runs them; a package met
 * again while its own walk is open closes a cycle, and the open walks from
 * there on are its names. Two packages of one name, an import of none and a
 * cycle are the program's fault: fatal, by name, before any initialiser has
 * run (so that a program that can't start does nothing at all).
 *
 * Where dependencies leave a choice, the walk starts at the packages in order
 * of their names and follows imports in the order in which they are written;
 * so the order of linking changes nothing.
 */
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "gort.h"
#include "boot/mainfn.h"
#include "boot/packages.h"
#include "boot/runtime1.h"
#include "boot/sections.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "mem/malloc.h"
#include "sched/oracle.h"

#include <string.h>

enum mark { NEW, OPEN, DONE };

struct node {
	const struct gort_package *pkg;
	enum mark mark;
	struct node *up; /* the walk that led here, while OPEN */
};

struct walk {
	struct node *nodes; /* by name */
	size_t n;
	struct node **order; /* dependencies first */
	size_t norder;
};

static char cause[1024]; /* static: rt_fatal's text must outlive the call */

/* ---- order, pure ---- */

static struct node *
find(struct walk *w, const char *name)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(name, w->nodes[mid].pkg->name);

		if (c == 0)
			return &w->nodes[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static void
sort_by_name(struct walk *w)
{
	for (size_t i = 1; i < w->n; i++) {
		struct node x = w->nodes[i];
		size_t j = i;

		for (; j > 0 && strcmp(x.pkg->name,
		            w->nodes[j - 1].pkg->name) < 0; j--)
			w->nodes[j] = w->nodes[j - 1];
		w->nodes[j] = x;
	}
}

/* "a -> b -> a": the open walks from `first` down to `last`, and back. */
static const char *
cycle_text(const struct node *first, const struct node *last)
{
	const struct node *chain[64];
	size_t n = 0, at;

	for (const struct node *x = last; n < 63; x = x->up) {
		chain[n++] = x;
		if (x == first)
			break;
	}
	at = (size_t)rt_snprintf(cause, sizeof cause,
	    "initialization cycle: ");
	while (n > 0 && at < sizeof cause)
		at += (size_t)rt_snprintf(cause + at, sizeof cause - at,
		    "%s -> ", chain[--n]->pkg->name);
	rt_snprintf(cause + at, sizeof cause - at, "%s", first->pkg->name);
	return cause;
}

/* Depth first. NULL, or why it can't be. */
static const char *
visit(struct walk *w, struct node *x)
{
	x->mark = OPEN;
	for (size_t i = 0; x->pkg->imports != NULL &&
	     x->pkg->imports[i] != NULL; i++) {
		struct node *dep = find(w, x->pkg->imports[i]);
		const char *err;

		if (dep == NULL) {
			rt_snprintf(cause, sizeof cause,
			    "package %s imports %s, which is not in the "
			    "program", x->pkg->name, x->pkg->imports[i]);
			return cause;
		}
		if (dep->mark == OPEN)
			return cycle_text(dep, x);
		if (dep->mark == DONE)
			continue;
		dep->up = x;
		err = visit(w, dep);
		if (err != NULL)
			return err;
	}
	x->mark = DONE;
	w->order[w->norder++] = x;
	return NULL;
}

static const char *
walk_all(struct walk *w)
{
	sort_by_name(w);
	for (size_t i = 1; i < w->n; i++)
		if (strcmp(w->nodes[i - 1].pkg->name,
		        w->nodes[i].pkg->name) == 0) {
			rt_snprintf(cause, sizeof cause,
			    "package %s is in the program twice",
			    w->nodes[i].pkg->name);
			return cause;
		}
	for (size_t i = 0; i < w->n; i++) {
		const char *err;

		if (w->nodes[i].mark != NEW)
			continue;
		err = visit(w, &w->nodes[i]);
		if (err != NULL)
			return err;
	}
	return NULL;
}

const char *
rt_package_order(const struct gort_package *list, size_t n,
    const struct gort_package **ret_order)
{
	struct walk w = { .n = 0 };
	size_t bytes = n * (sizeof *w.nodes + sizeof *w.order);
	const char *err;

	if (n == 0)
		return NULL;
	w.nodes = rt_sys_alloc(bytes, RT_STAT_OTHER);
	w.order = (struct node **)(w.nodes + n);
	for (size_t i = 0; i < n; i++)
		w.nodes[w.n++].pkg = &list[i];
	err = walk_all(&w);
	for (size_t i = 0; err == NULL && i < w.norder; i++)
		ret_order[i] = w.order[i]->pkg;
	rt_sys_free(w.nodes, bytes, RT_STAT_OTHER);
	return err;
}

/* ---- running them ---- */

/* Milliseconds as Go prints them: from 10 up whole, below two digits that
 * count and at most three behind the point; cut, not rounded. */
static void
print_ms(int64_t ns)
{
	unsigned long us = (unsigned long)(ns / 1000);

	if (us >= 10000)
		rt_printf("%lu", us / 1000);
	else if (us >= 1000)
		rt_printf("%lu.%lu", us / 1000, us / 100 % 10);
	else if (us >= 100)
		rt_printf("0.%lu", us / 10);
	else if (us > 0)
		rt_printf("0.0%s%lu", us < 10 ? "0" : "", us);
	else
		rt_printf("0");
}

static void
trace_init(const char *name, int64_t start_ns, int64_t dur_ns, uint64_t bytes,
    uint64_t allocs)
{
	rt_printlock();
	rt_printf("init %s @", name);
	print_ms(start_ns - rt_runtime_init_time_ns());
	rt_printf(" ms, ");
	print_ms(dur_ns);
	rt_printf(" ms clock, %lu bytes, %lu allocs\n", (unsigned long)bytes,
	    (unsigned long)allocs);
	rt_printunlock();
}

static unsigned ran; /* goroutine 1 only */

unsigned
rt_packages_ran(void)
{
	return ran;
}

/* It began then, and now is its end; had_* were allocated before. */
static void
report(const char *name, int64_t start_ns, int64_t dur_ns, uint64_t bytes,
    uint64_t allocs)
{
	rt_telemetry_init_task(
	    name, ++ran, 0, start_ns, dur_ns, bytes, allocs);
	if (rt_inittrace_on)
		trace_init(name, start_ns, dur_ns, bytes, allocs);
}

void
rt_package_init(const char *name, void (*init)(void))
{
	uint64_t bytes, allocs, had_bytes, had_allocs;
	int step = rt_boot_begin(name);
	int64_t start = rt_nanotime(), dur;

	rt_memstats_allocated(&had_bytes, &had_allocs);
	init();
	dur = rt_nanotime() - start;
	rt_memstats_allocated(&bytes, &allocs);
	rt_boot_end(step, "package init, %lu bytes, %lu allocs",
	    (unsigned long)(bytes - had_bytes),
	    (unsigned long)(allocs - had_allocs));
	report(name, start, dur, bytes - had_bytes, allocs - had_allocs);
}

void
rt_package_ran(const char *name, int64_t start_ns, uint64_t had_bytes,
    uint64_t had_allocs)
{
	int64_t now = rt_nanotime();
	uint64_t bytes, allocs;
	char detail[80];

	rt_memstats_allocated(&bytes, &allocs);
	rt_snprintf(detail, sizeof detail,
	    "package init, %lu bytes, %lu allocs",
	    (unsigned long)(bytes - had_bytes),
	    (unsigned long)(allocs - had_allocs));
	rt_boot_past(name, start_ns, now, detail);
	report(name, start_ns, now - start_ns, bytes - had_bytes,
	    allocs - had_allocs);
}

void
rt_run_package_inits(void)
{
	size_t n;
	const struct gort_package *list = rt_section_packages(&n);
	const struct gort_package **order;
	const char *err;
	int step;

	if (n == 0 && &rt_language != NULL)
		return; /* it has its own list, and its own step */
	step = rt_boot_begin("doInit");
	if (n == 0) {
		rt_boot_end(step, "no packages");
		return;
	}
	order = rt_sys_alloc(n * sizeof *order, RT_STAT_OTHER);
	err = rt_package_order(list, n, order);
	if (err != NULL)
		rt_fatal(err);
	for (size_t i = 0; i < n; i++)
		if (order[i]->init != NULL)
			rt_package_init(order[i]->name, order[i]->init);
	rt_sys_free(order, n * sizeof *order, RT_STAT_OTHER);
	rt_boot_end(step, "%zu packages, %u with initialisers", n, ran);
}
