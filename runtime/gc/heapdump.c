/*
 * heapdump.c - the heap written to a file in Go's format ("go1.7 heap dump").
 *
 * A sequence of records, each a number (its tag) and its fields; numbers are
 * unsigned LEB128, strings their length and bytes. Written are: the
 * parameters, every object with the offsets of its pointers, the goroutines,
 * the threads, the memory statistics and the end. Types, method tables, stack
 * frames and data segments are not: readers take them as absent.
 *
 * The world is stopped and swept, so what is written is what was reachable at
 * the last collection and all that came since. A descriptor that can't be
 * written ends the dump quietly, as it does in Go: there is nobody to tell.
 *
 * Runs on g0, with one page-sized buffer of its own.
 */
#include "gc/mgc.h"

#include "fault/fault.h"
#include "os/os.h"
#include "sched/sched.h"

#include <string.h>

enum tag {
	TAG_EOF = 0,
	TAG_OBJECT = 1,
	TAG_GOROUTINE = 4,
	TAG_PARAMS = 6,
	TAG_OSTHREAD = 9,
	TAG_MEMSTATS = 10,
};
enum field { FIELD_END = 0, FIELD_PTR = 1 };

struct dump {
	int fd;
	bool failed;
	size_t n;
	struct rt_memstats stats;
	uint8_t buf[16384];
};

/* ---- writing ---- */

static void
flush(struct dump *d)
{
	if (!d->failed && rt_write_fd(d->fd, d->buf, d->n) < 0)
		d->failed = true;
	d->n = 0;
}

static void
bytes(struct dump *d, const void *p, size_t n)
{
	const uint8_t *from = p;

	while (n > 0) {
		size_t take = sizeof(d->buf) - d->n;

		if (take > n)
			take = n;
		memcpy(d->buf + d->n, from, take);
		d->n += take;
		from += take;
		n -= take;
		if (d->n == sizeof(d->buf))
			flush(d);
	}
}

static void
num(struct dump *d, uint64_t v)
{
	uint8_t b[10];
	size_t n = 0;

	do {
		b[n] = (uint8_t)(v & 0x7f);
		v >>= 7;
		if (v != 0)
			b[n] |= 0x80;
		n++;
	} while (v != 0);
	bytes(d, b, n);
}

static void
text(struct dump *d, const char *s)
{
	num(d, strlen(s));
	bytes(d, s, strlen(s));
}

/* ---- objects ---- */

/* Is word i of this slot a pointer by its layout (or its looks)? */
static bool
is_pointer(const struct mspan *s, uint32_t slot, size_t i)
{
	const struct gort_type *t;
	size_t k;

	if (s->kind == SPAN_CONS)
		return rt_findobject(
		           ((uintptr_t *)(s->base + slot * s->elemsize))[i],
		           NULL) != 0;
	if (s->elemsize <= RT_MASK_MAX_BYTES)
		return rt_bitmap_mask(s, slot) >> i & 1;
	t = rt_bitmap_type(s, slot);
	if (t == NULL || t->size < sizeof(void *))
		return false;
	k = i % (t->size / sizeof(void *));
	return k < t->ptrdata / sizeof(void *) &&
	    (rt_gctype_bits(t)[k / 8] >> (k % 8) & 1) != 0;
}

static __attribute__((no_sanitize("address", "thread"))) void
dump_object(struct dump *d, const struct mspan *s, uint32_t slot)
{
	uintptr_t p = s->base + slot * s->elemsize;

	num(d, TAG_OBJECT);
	num(d, p);
	num(d, s->elemsize);
	bytes(d, (void *)p, s->elemsize);
	if (s->kind != SPAN_NOSCAN)
		for (size_t i = 0; i < s->elemsize / sizeof(void *); i++)
			if (is_pointer(s, slot, i)) {
				num(d, FIELD_PTR);
				num(d, i * sizeof(void *));
			}
	num(d, FIELD_END);
}

static void
dump_objects(struct dump *d)
{
	struct mspan *s;
	uintptr_t at = 0;

	while ((s = rt_mheap_next(&at)) != NULL && !d->failed)
		for (uint32_t i = 0; i < s->nelems; i++)
			if (s->allocbits[i / 64] >> (i % 64) & 1)
				dump_object(d, s, i);
}

/* ---- all else ---- */

static void
dump_params(struct dump *d)
{
	num(d, TAG_PARAMS);
	num(d, 0); /* little endian */
	num(d, sizeof(void *));
	num(d, rt_heap.pages.base);
	num(d, rt_heap.pages.base +
	        atomic_load(&rt_heap.pages.grown_bytes));
	text(d, "amd64");
	text(d, "");
	num(d, (uint64_t)rt_ncpu);
}

static void
dump_goroutines(struct dump *d)
{
	size_t n = rt_allg_len();

	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);
		uint32_t status = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

		if (status == G_DEAD || status == G_IDLE)
			continue;
		num(d, TAG_GOROUTINE);
		num(d, (uintptr_t)gp);
		num(d, gp->sched.sp);
		num(d, gp->goid);
		num(d, gp->gopc);
		num(d, status);
		num(d, gp->system);
		num(d, 0); /* background */
		num(d, (uint64_t)gp->waitsince_ns);
		text(d, status == G_WAITING
		        ? rt_wait_reason_text(gp->waitreason) : "");
		num(d, 0); /* context of the running frame */
		num(d, (uintptr_t)gp->m);
		num(d, (uintptr_t)gp->defer);
		num(d, (uintptr_t)gp->panic);
	}
}

static void
dump_threads(struct dump *d)
{
	struct m *mp = atomic_load(&rt_allm);

	for (; mp != NULL; mp = mp->alllink) {
		num(d, TAG_OSTHREAD);
		num(d, (uintptr_t)mp);
		num(d, (uint64_t)mp->id);
		num(d, (uint64_t)mp->tid);
	}
}

static void
dump_memstats(struct dump *d)
{
	const struct rt_memstats *m = &d->stats;
	const uint64_t v[] = { m->alloc, m->total_alloc, m->sys, 0, m->mallocs,
		m->frees, m->heap_alloc, m->heap_sys, m->heap_idle,
		m->heap_inuse, m->heap_released, m->heap_objects,
		m->stack_inuse, m->stack_sys, m->mspan_inuse, m->mspan_sys,
		m->mcache_inuse, m->mcache_sys, m->buck_hash_sys, m->gc_sys,
		m->other_sys, m->next_gc, m->last_gc_unix_ns,
		m->pause_total_ns };

	num(d, TAG_MEMSTATS);
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		num(d, v[i]);
	for (size_t i = 0; i < 256; i++)
		num(d, m->pause_ns[i]);
	num(d, m->num_gc);
}

static void
dump_all(void *arg)
{
	static const char head[] = "go1.7 heap dump\n";
	struct dump *d = arg;

	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_mcache_flush(rt_allp[i]); /* allocbits are exact now */
	rt_gcsweep_all();
	rt_memstats_snapshot(&d->stats);
	bytes(d, head, sizeof(head) - 1);
	dump_params(d);
	dump_objects(d);
	dump_goroutines(d);
	dump_threads(d);
	dump_memstats(d);
	num(d, TAG_EOF);
	flush(d);
}

void
rt_gc_heapdump(int fd)
{
	struct dump *d = rt_sys_alloc(sizeof(*d), RT_STAT_OTHER);

	d->fd = fd;
	rt_stop_the_world("write heap dump");
	rt_systemstack(dump_all, d);
	rt_start_the_world();
	rt_sys_free(d, sizeof(*d), RT_STAT_OTHER);
}
