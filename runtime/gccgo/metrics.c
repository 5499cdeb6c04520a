/*
 * metrics.c - runtime/metrics.Read: the names of Go 1.18's list, by which
 * package runtime/metrics describes them to programs.
 *
 * One snapshot of MemStats serves a whole call, so numbers asked together fit
 * each other as well as numbers read from a running program can: the world is
 * not stopped. The names are a sorted table; a name that is not in it is
 * answered with kind 0, as Go does.
 *
 * A histogram's edges never change: the slice of them is made once and shared
 * by all samples (the package says they must not be written to). Counts go
 * into the sample's own slice when it has one of the right length from an
 * earlier call.
 */
#include "gccgo/gccgo.h"

#include "diag/timehist.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "mem/sizeclasses.h"
#include "sched/sched.h"

#include <math.h>
#include <string.h>

enum value_kind { KIND_BAD, KIND_U64, KIND_F64, KIND_HIST };

struct histogram { /* metrics.Float64Histogram */
	gort_slice counts;  /* of uint64_t */
	gort_slice buckets; /* of double, one more */
};

struct sample { /* metrics.Sample */
	gort_str name;
	intptr_t kind;
	uint64_t scalar;
	struct histogram *hist;
};

void go_read_metrics(struct sample *samples, intptr_t len, intptr_t cap)
    GO("runtime_1metrics.runtime__readMetrics");

/* ---- numbers ---- */

static uint64_t
automatic(const struct rt_memstats *m)
{
	return m->num_gc - m->num_forced_gc;
}

static uint64_t
forced(const struct rt_memstats *m)
{
	return m->num_forced_gc;
}

static uint64_t
total_cycles(const struct rt_memstats *m)
{
	return m->num_gc;
}

static uint64_t
allocs_bytes(const struct rt_memstats *m)
{
	return m->total_alloc;
}

static uint64_t
allocs_objects(const struct rt_memstats *m)
{
	return m->mallocs - m->tinyallocs;
}

static uint64_t
frees_bytes(const struct rt_memstats *m)
{
	return m->total_alloc - m->alloc;
}

static uint64_t
frees_objects(const struct rt_memstats *m)
{
	return m->frees - m->tinyallocs;
}

static uint64_t
goal(const struct rt_memstats *m)
{
	return m->next_gc;
}

static uint64_t
objects(const struct rt_memstats *m)
{
	return m->heap_objects;
}

static uint64_t
tiny_allocs(const struct rt_memstats *m)
{
	return m->tinyallocs;
}

static uint64_t
heap_free(const struct rt_memstats *m)
{
	return m->heap_idle - m->heap_released;
}

static uint64_t
heap_objects_bytes(const struct rt_memstats *m)
{
	return m->heap_alloc < m->heap_inuse ? m->heap_alloc : m->heap_inuse;
}

static uint64_t
heap_released(const struct rt_memstats *m)
{
	return m->heap_released;
}

static uint64_t
heap_stacks(const struct rt_memstats *m)
{
	return m->stack_inuse;
}

static uint64_t
heap_unused(const struct rt_memstats *m)
{
	return m->heap_inuse - heap_objects_bytes(m);
}

static uint64_t
mcache_free(const struct rt_memstats *m)
{
	return m->mcache_sys - m->mcache_inuse;
}

static uint64_t
mcache_inuse(const struct rt_memstats *m)
{
	return m->mcache_inuse;
}

static uint64_t
mspan_free(const struct rt_memstats *m)
{
	return m->mspan_sys - m->mspan_inuse;
}

static uint64_t
mspan_inuse(const struct rt_memstats *m)
{
	return m->mspan_inuse;
}

static uint64_t
metadata_other(const struct rt_memstats *m)
{
	return m->gc_sys;
}

static uint64_t
os_stacks(const struct rt_memstats *m)
{
	return m->stack_sys - m->stack_inuse;
}

static uint64_t
other(const struct rt_memstats *m)
{
	return m->other_sys;
}

static uint64_t
buckets_bytes(const struct rt_memstats *m)
{
	return m->buck_hash_sys;
}

static uint64_t
total(const struct rt_memstats *m)
{
	return m->sys;
}

static uint64_t
goroutines(const struct rt_memstats *m)
{
	(void)m;
	return (uint64_t)rt_gcount();
}

/* ---- histograms ---- */

/* The sample's histogram with room for n counts, zeroed. */
static struct histogram *
room_for(struct sample *s, size_t n, const gort_slice *edges)
{
	struct histogram *h = s->kind == KIND_HIST ? s->hist : NULL;

	if (h == NULL) {
		h = rt_mallocgc(sizeof(*h), NULL, true, true);
		rt_writeptr(&s->hist, h);
	}
	if ((size_t)h->counts.cap < n) {
		rt_writeptr(&h->counts.p,
		    rt_mallocgc(n * sizeof(uint64_t), NULL, false, true));
		h->counts.cap = (ssize_t)n;
	}
	h->counts.n = (ssize_t)n;
	memset(h->counts.p, 0, n * sizeof(uint64_t));
	rt_writeptr(&h->buckets.p, edges->p);
	h->buckets.n = edges->n;
	h->buckets.cap = edges->cap;
	return h;
}

/*
 * n + 1 edges, made once and never freed, off the heap. Two callers may both
 * make them: the loser's stay unused, a page in the life of the process.
 */
static void
edges_once(_Atomic(double *) *kept, size_t n, double (*edge)(size_t),
    gort_slice *ret)
{
	double *e = atomic_load_explicit(kept, memory_order_acquire);
	double *none = NULL;

	if (e == NULL) {
		e = rt_persistentalloc(
		    (n + 1) * sizeof(*e), 8, RT_STAT_OTHER);
		for (size_t i = 0; i <= n; i++)
			e[i] = edge(i);
		/* release: whoever finds them finds them filled */
		if (!atomic_compare_exchange_strong_explicit(kept, &none, e,
		        memory_order_acq_rel, memory_order_acquire))
			e = none;
	}
	*ret = (gort_slice){ e, (ssize_t)n + 1, (ssize_t)n + 1 };
}

static void
fill_time(struct sample *s, const struct rt_timehist *from)
{
	static _Atomic(double *) kept;
	gort_slice edges;
	uint64_t *counts;

	edges_once(&kept, RT_TIMEHIST_N, rt_timehist_edge, &edges);
	counts = room_for(s, RT_TIMEHIST_N, &edges)->counts.p;
	for (size_t i = 0; i < RT_TIMEHIST_N; i++)
		counts[i] = atomic_load_explicit(
		    &from->counts[i], memory_order_relaxed);
}

/* Sizes up to and including a class's fall into its bucket: [33, 49) is the
 * class of 48 bytes. The last one is all that is larger. */
static double
size_edge(size_t i)
{
	if (i == 0)
		return 1;
	if (i == RT_SIZE_CLASS_N)
		return (double)INFINITY;
	return (double)rt_class_to_size[i] + 1;
}

static void
fill_sizes(struct sample *s, const uint64_t *by_class)
{
	static _Atomic(double *) kept;
	gort_slice edges;
	uint64_t *counts;

	edges_once(&kept, RT_SIZE_CLASS_N, size_edge, &edges);
	counts = room_for(s, RT_SIZE_CLASS_N, &edges)->counts.p;
	for (size_t c = 1; c < RT_SIZE_CLASS_N; c++)
		counts[c - 1] = by_class[c];
	counts[RT_SIZE_CLASS_N - 1] = by_class[0]; /* large ones */
}

static void
allocs_by_size(struct sample *s, const struct rt_memstats *m)
{
	fill_sizes(s, m->class_mallocs);
}

static void
frees_by_size(struct sample *s, const struct rt_memstats *m)
{
	fill_sizes(s, m->class_frees);
}

static void
pauses(struct sample *s, const struct rt_memstats *m)
{
	(void)m;
	fill_time(s, &rt_hist_gc_pauses);
}

static void
latencies(struct sample *s, const struct rt_memstats *m)
{
	(void)m;
	fill_time(s, &rt_hist_sched_latency);
}

/* ---- the list ---- */

static const struct metric {
	const char *name;
	uint64_t (*number)(const struct rt_memstats *);
	void (*hist)(struct sample *, const struct rt_memstats *);
} metrics[] = { /* in strcmp's order */
	{ "/gc/cycles/automatic:gc-cycles", automatic, NULL },
	{ "/gc/cycles/forced:gc-cycles", forced, NULL },
	{ "/gc/cycles/total:gc-cycles", total_cycles, NULL },
	{ "/gc/heap/allocs-by-size:bytes", NULL, allocs_by_size },
	{ "/gc/heap/allocs:bytes", allocs_bytes, NULL },
	{ "/gc/heap/allocs:objects", allocs_objects, NULL },
	{ "/gc/heap/frees-by-size:bytes", NULL, frees_by_size },
	{ "/gc/heap/frees:bytes", frees_bytes, NULL },
	{ "/gc/heap/frees:objects", frees_objects, NULL },
	{ "/gc/heap/goal:bytes", goal, NULL },
	{ "/gc/heap/objects:objects", objects, NULL },
	{ "/gc/heap/tiny/allocs:objects", tiny_allocs, NULL },
	{ "/gc/pauses:seconds", NULL, pauses },
	{ "/memory/classes/heap/free:bytes", heap_free, NULL },
	{ "/memory/classes/heap/objects:bytes", heap_objects_bytes, NULL },
	{ "/memory/classes/heap/released:bytes", heap_released, NULL },
	{ "/memory/classes/heap/stacks:bytes", heap_stacks, NULL },
	{ "/memory/classes/heap/unused:bytes", heap_unused, NULL },
	{ "/memory/classes/metadata/mcache/free:bytes", mcache_free, NULL },
	{ "/memory/classes/metadata/mcache/inuse:bytes", mcache_inuse, NULL },
	{ "/memory/classes/metadata/mspan/free:bytes", mspan_free, NULL },
	{ "/memory/classes/metadata/mspan/inuse:bytes", mspan_inuse, NULL },
	{ "/memory/classes/metadata/other:bytes", metadata_other, NULL },
	{ "/memory/classes/os-stacks:bytes", os_stacks, NULL },
	{ "/memory/classes/other:bytes", other, NULL },
	{ "/memory/classes/profiling/buckets:bytes", buckets_bytes, NULL },
	{ "/memory/classes/total:bytes", total, NULL },
	{ "/sched/goroutines:goroutines", goroutines, NULL },
	{ "/sched/latencies:seconds", NULL, latencies },
};

static const struct metric *
find(const gort_str *name)
{
	size_t lo = 0, hi = sizeof(metrics) / sizeof(metrics[0]);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2, len = strlen(metrics[mid].name);
		size_t n = (size_t)name->n < len ? (size_t)name->n : len;
		int c = memcmp(name->p, metrics[mid].name, n);

		if (c == 0 && (size_t)name->n == len)
			return &metrics[mid];
		if (c < 0 || (c == 0 && (size_t)name->n < len))
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

void
go_read_metrics(struct sample *samples, intptr_t len, intptr_t cap)
{
	struct rt_memstats *m = rt_sys_alloc(sizeof(*m), RT_STAT_OTHER);

	(void)cap;
	rt_memstats_snapshot(m);
	for (intptr_t i = 0; i < len; i++) {
		struct sample *s = &samples[i];
		const struct metric *d = find(&s->name);

		if (d == NULL) {
			s->kind = KIND_BAD;
			s->scalar = 0;
			rt_writeptr(&s->hist, NULL);
		} else if (d->hist != NULL) {
			d->hist(s, m);
			s->kind = KIND_HIST;
		} else {
			s->scalar = d->number(m);
			s->kind = KIND_U64;
		}
	}
	rt_sys_free(m, sizeof(*m), RT_STAT_OTHER);
}
