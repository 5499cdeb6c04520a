/*
 * check_mdebug.c - GODEBUG's aids do what they promise: each of these tests
 * fails when its aid does nothing. And the heap verifier: what is whole passes,
 * what is broken is found.
 */
#include "mem/heap_test.h"

#include "diag/diag.h"
#include "gort.h"
#include "mem/mdebug.h"
#include "tests/chan/last_words.h"

#include <fcntl.h>

GORT_BARRIERED;

#define N 1000

struct node {
	struct node *next;
	uint64_t pad[33];
};
GORT_TYPE(node_type, struct node, next);

static char said[1 << 20];
static uintptr_t hidden[N];
static struct node *global; /* a root */

/* body ends with this code; what it said is in said. */
static void
run(int want, const char *debug, int (*body)(void *), void *arg)
{
	int got;

	setenv("GODEBUG", debug, 1);
	got = last_words(body, arg, said, sizeof(said));
	ck_assert_msg(got == want, "GODEBUG=%s: code %d, not %d:\n%.2000s",
	    debug, got, want, said);
}

static void
must_say(const char *text)
{
	ck_assert_msg(strstr(said, text) != NULL, "%s is missing in:\n%.2000s",
	    text, said);
}

/* ---- what dies ---- */

static void
make_hidden(void *arg)
{
	size_t bytes = (size_t)(uintptr_t)arg;

	for (int i = 0; i < N; i++) {
		hidden[i] = t_hide(gort_alloc(bytes));
		memset(t_seek(hidden[i]), 1, bytes);
	}
}

/* A live object in each span: a dead neighbour's memory stays ours to read. */
static int
clobbered(size_t bytes)
{
	void *volatile keep[N];
	int n = 0;

	for (int i = 0; i < N; i++) {
		keep[i] = gort_alloc(bytes);
		memset(keep[i], 1, bytes);
		hidden[i] = t_hide(keep[i]);
	}
	for (int i = 0; i < N; i++)
		if (i % 4 != 0)
			keep[i] = NULL;
	gort_gc();
	for (int i = 0; i < N; i++) {
		const uint32_t *w = t_seek(hidden[i]);

		for (size_t k = 0; k < bytes / 4; k++)
			T_CHECK(w[k] == 0x01010101 || w[k] == 0xdeadbeef);
		n += w[0] == 0xdeadbeef && w[bytes / 4 - 1] == 0xdeadbeef;
		T_CHECK(i % 4 != 0 || w[0] == 0x01010101);
	}
	return n;
}

static int
clobber_body(void *arg)
{
	int n = clobbered(112);

	if (arg == NULL)
		T_CHECK(n == 0);
	else
		T_CHECK(n > N / 2);
	return 0;
}

START_TEST(clobberfree)
{
	run(0, "clobberfree=0", clobber_body, NULL);
	run(0, "clobberfree=1", clobber_body, said);
}
END_TEST

/* ---- efence ---- */

static int
by_address(const void *a, const void *b)
{
	const uintptr_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Each on a page of its own, no address a second time. */
static int
fenced_body(void *arg)
{
	static uintptr_t all[4 * N];

	(void)arg;
	for (int r = 0; r < 4; r++) {
		t_on_other_stack(make_hidden, (void *)(uintptr_t)(24 + 8 * r));
		memcpy(all + r * N, hidden, sizeof(hidden));
		gort_gc();
		rt_heap_verify_now();
	}
	T_CHECK(t_count_alive(all, 4 * N) < 4 * N / 10);
	T_CHECK(rt_heap.fenced_pages > 3 * N);
	qsort(all, 4 * N, sizeof(all[0]), by_address);
	for (int i = 0; i < 4 * N; i++) {
		T_CHECK(((uintptr_t)t_seek(all[i]) & (RT_PAGE_BYTES - 1)) == 0);
		T_CHECK(i == 0 || all[i] != all[i - 1]);
	}
	return 0;
}

static int
use_after_free_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_hidden, (void *)(uintptr_t)48);
	gort_gc();
	for (int i = 0; i < N; i++)
		*(volatile char *)t_seek(hidden[i]) = 1;
	return 0;
}

START_TEST(efence)
{
	run(0, "efence=1", fenced_body, NULL);
	run(0, "efence=0", use_after_free_body, NULL);
	if (T_SANITIZED)
		return; /* takes the fault for itself */
	run(2, "efence=1", use_after_free_body, NULL);
	must_say("unexpected fault address 0x");
}
END_TEST

/* ---- sbrk ---- */

static void
no_final(void *obj)
{
	(void)obj;
	T_CHECK(!"a finalizer where nothing dies");
}

static int
sbrk_body(void *arg)
{
	struct rt_memstats a, b;
	void **cell;
	uintptr_t kept;

	(void)arg;
	rt_readmemstats(&a);
	t_on_other_stack(make_hidden, (void *)(uintptr_t)100);
	T_CHECK(t_count_alive(hidden, N) == 0); /* not the heap's */
	cell = gort_alloc(64);
	/* one of the heap's, as there are some from before: it is reached */
	cell[0] = rt_malloc_plain(48, NULL, SPAN_CONS, true, false);
	kept = t_hide(cell[0]);
	T_CHECK(gort_setfinalizer(cell, no_final) == 0);
	T_CHECK(gort_cleanup_add(cell, no_final, NULL, NULL) == 0);
	T_CHECK(gort_weak_get(gort_weak_make(cell)) == cell);
	gort_gc();
	gort_gc();
	for (int i = 0; i < N; i++)
		for (int k = 0; k < 100; k++)
			T_CHECK(((char *)t_seek(hidden[i]))[k] == 1);
	T_CHECK(rt_findobject(~kept, NULL) == ~kept);
	memset(gort_alloc_noscan(3 << 20), 1, 3 << 20);
	for (int n = 1; n < 100; n++) {
		char *p = gort_alloc((size_t)n);

		T_CHECK((uintptr_t)p % (n < 16 ? 8 : 16) == 0);
		for (int k = 0; k < n; k++)
			T_CHECK(p[k] == 0);
		memset(p, 1, (size_t)n);
	}
	rt_readmemstats(&b);
	T_CHECK(b.mallocs - a.mallocs < 20 && b.num_gc == 2);
	T_CHECK(b.other_sys > a.other_sys + (2 << 20));
	return 0;
}

START_TEST(sbrk_frees_nothing)
{
	run(0, "sbrk=1,gctrace=1", sbrk_body, NULL);
	must_say(" 0->0->0 MB, ");
}
END_TEST

/* ---- allocfreetrace ---- */

static void
make_one(void *arg)
{
	struct node *n = gort_new(&node_type);

	fprintf(stderr, "MADE %p\n", (void *)n);
	(void)arg;
	gort_alloc_noscan(3000);
}

static void
make_others(void *arg)
{
	(void)arg;
	for (int i = 0; i < 20; i++)
		gort_alloc_noscan(3000);
}

static int
trace_body(void *arg)
{
	(void)arg;
	rt_debug_set("allocfreetrace", "1");
	rt_mdebug_update();
	t_on_other_stack(make_one, NULL);
	t_on_other_stack(make_others, NULL);
	gort_gc();
	rt_debug_set("allocfreetrace", "0");
	rt_mdebug_update();
	fprintf(stderr, "OFF\n");
	make_one(NULL);
	return 0;
}

START_TEST(allocfreetrace)
{
	char made[64], line[128], *at;

	run(0, "allocfreetrace=0", trace_body, NULL);
	at = strstr(said, "MADE 0x");
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(sscanf(at, "MADE %63s", made), 1);
	snprintf(line, sizeof line,
	    "tracealloc(%s, 0x120, struct node)\n"
	    "goroutine ",
	    made);
	must_say(line);
	at = strstr(said, line);
	ck_assert_ptr_nonnull(strstr(at, " [running]:\n"));
	ck_assert_ptr_nonnull(strstr(at, "\nmake_one("));
	ck_assert_ptr_nonnull(strstr(at, " pc=0x"));
	must_say(", 0xc00)\ngoroutine "); /* no type, no name */
	snprintf(
	    line, sizeof line, "\n\ntracefree(%s, 0x120)\ngoroutine ", made);
	must_say(line);
	must_say("\ntracegc()\n");
	must_say("\nend tracegc\n\n");
	at = strstr(said, "OFF\n");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(strstr(at, "tracealloc"));
}
END_TEST

/* ---- pages that go back ---- */

static char text[1 << 20];

static void
read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t k;

	T_CHECK(fd >= 0);
	while (n + 1 < sizeof(text) &&
	    (k = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)k;
	text[n] = '\0';
	close(fd);
}

/* The permissions of the mapping of p, as /proc/self/maps shows them. */
static const char *
perms_of(uintptr_t p)
{
	static char perms[8];
	unsigned long lo, hi;

	read_file("/proc/self/maps");
	for (char *l = strtok(text, "\n"); l != NULL; l = strtok(NULL, "\n")) {
		T_CHECK(sscanf(l, "%lx-%lx %7s", &lo, &hi, perms) == 3);
		if (p >= lo && p < hi)
			return perms;
	}
	return "none";
}

/* KiB of pages that the kernel may take when it likes. */
static unsigned long
lazy_kib(void)
{
	unsigned long sum = 0;

	read_file("/proc/self/smaps");
	for (char *l = strtok(text, "\n"); l != NULL; l = strtok(NULL, "\n"))
		if (strncmp(l, "LazyFree:", 9) == 0)
			sum += strtoul(l + 9, NULL, 10);
	return sum;
}

#define BIG ((size_t)16 << 20)

static void
make_big(void *arg)
{
	(void)arg;
	hidden[0] = t_hide(gort_alloc_noscan(BIG));
	memset(t_seek(hidden[0]), 0xa5, BIG);
}

static int
give_back_body(void *arg)
{
	const char *how = arg;
	struct rt_memstats m;
	uintptr_t p;
	char *q;

	t_on_other_stack(make_big, NULL);
	gort_gc();
	rt_gc_release_free();
	p = (uintptr_t)t_seek(hidden[0]);
	rt_readmemstats(&m);
	T_CHECK(m.heap_released >= BIG);
	T_CHECK((lazy_kib() >= BIG >> 11) == (strcmp(how, "lazily") == 0));
	T_CHECK(strcmp(perms_of(p + BIG / 2),
		    strcmp(how, "hard") == 0 ? "---p" : "rw-p") == 0);
	rt_heap_verify_now();
	/* and back they come, as zeroes */
	q = gort_alloc_noscan(BIG);
	T_CHECK((uintptr_t)q <= p && p < (uintptr_t)q + BIG);
	for (size_t i = 0; i < BIG; i += 64)
		T_CHECK(q[i] == 0);
	memset(q, 1, BIG);
	return 0;
}

START_TEST(madvdontneed_harddecommit)
{
	run(0, "harddecommit=0", give_back_body, (void *)"at once");
	run(0, "madvdontneed=0", give_back_body, (void *)"lazily");
	run(0, "harddecommit=1", give_back_body, (void *)"hard");
}
END_TEST

/* ---- invalidptr, gccheckmark, gcstoptheworld ---- */

static uintptr_t
free_span(void)
{
	t_on_other_stack(make_big, NULL);
	gort_gc();
	T_CHECK(rt_spanof((uintptr_t)t_seek(hidden[0])) == NULL);
	return (uintptr_t)t_seek(hidden[0]);
}

static int
stray_body(void *arg)
{
	struct node *n = gort_new(&node_type);

	(void)arg;
	gort_store(&global, n);
	n->next = (struct node *)(free_span() + 4096);
	gort_gc();
	return 0;
}

/* One past the end of an object, with nothing behind it. */
static int
end_body(void *arg)
{
	struct node *n = gort_new(&node_type);
	char *p;

	(void)arg;
	gort_store(&global, n);
	do
		p = gort_alloc_noscan(5 * RT_PAGE_BYTES);
	while (rt_spanof((uintptr_t)p + 5 * RT_PAGE_BYTES) != NULL);
	n->next = (struct node *)(p + 5 * RT_PAGE_BYTES);
	gort_gc();
	T_CHECK(rt_spanof((uintptr_t)n->next) == NULL);
	gort_keepalive(p);
	return 0;
}

START_TEST(invalidptr)
{
	run(2, "gctrace=0", stray_body, NULL);
	must_say("to unallocated span\nruntime: found in object at *(0x");
	must_say("fatal error: found bad pointer in Go heap (incorrect use of "
		 "unsafe or cgo?)\n");
	run(2, "gcstoptheworld=1", stray_body, NULL);
	run(0, "invalidptr=0", stray_body, NULL);
	run(0, "invalidptr=1", end_body, NULL);
}
END_TEST

/* A cycle that believes to have looked into an object already. */
static void
forge_mark(void)
{
	struct mspan *s = rt_spanof((uintptr_t)global);
	uint32_t slot = rt_slotof(s, (uintptr_t)global);

	rt_set_mark(s, slot, true);
}

static void
link_two(void *arg)
{
	(void)arg;
	gort_store(&global, gort_new(&node_type));
	gort_store(&global->next, gort_new(&node_type));
}

static int
forged_body(void *arg)
{
	(void)arg;
	t_on_other_stack(link_two, NULL);
	gort_gc();
	rt_gc_set_pool_cleanup(forge_mark);
	gort_gc();
	return 0;
}

START_TEST(gccheckmark)
{
	const char *ways[] = { "gccheckmark=1",
		"gccheckmark=1,gcstoptheworld=1" };

	run(0, "gccheckmark=0", forged_body, NULL);
	for (int i = 0; i < 2; i++) {
		run(2, ways[i], forged_body, NULL);
		must_say("fatal error: checkmark found unmarked object\n");
	}
}
END_TEST

static size_t
unswept(void)
{
	size_t n = 0;

	for (unsigned i = 0; i < RT_SPANCLASS_N; i++) {
		struct mcentral *c = &rt_heap.central[i];
		unsigned old = 1 - atomic_load(&rt_heap.sweepgen) / 2 % 2;

		n += c->partial[old].n + c->full[old].n;
	}
	return n;
}

/* 0: marking goes on when the call returns. 1: it is over, and sweeping is to
 * do. 2: nothing is. One P, and nobody else gets it in between. */
static int
stop_body(void *arg)
{
	int how = (int)(intptr_t)arg;

	for (bool seen = false; !seen;) {
		uint32_t n;

		t_on_other_stack(make_hidden, (void *)(uintptr_t)200);
		n = rt_gc_cycles();
		rt_gc_stress_cycle();
		if (how == 0)
			seen = rt_gc_cycles() == n && rt_gc_marking();
		else if (how == 1)
			seen = unswept() > 0;
		else
			seen = true;
		if (how != 0)
			T_CHECK(rt_gc_cycles() == n + 1 && !rt_gc_marking());
		if (how == 2)
			T_CHECK(unswept() == 0);
	}
	return 0;
}

START_TEST(gcstoptheworld)
{
	const char *ways[] = { "gcstoptheworld=0", "gcstoptheworld=1",
		"gcstoptheworld=2" };

	setenv("GOMAXPROCS", "1", 1);
	for (intptr_t i = 0; i < 3; i++)
		run(0, ways[i], stop_body, (void *)i);
}
END_TEST

/* ---- the verifier ---- */

static void
final_ok(void *obj)
{
	(void)obj;
}

/* Every kind of span and record, some of it dead, then swept or not. */
static void
populate(void *arg)
{
	struct node *n;

	(void)arg;
	for (int i = 0; i < N; i++) {
		n = gort_new(&node_type);
		gort_store(&n->next, global);
		gort_store(&global, n);
		gort_alloc_noscan((size_t)(8 + i * 40));
		gort_alloc((size_t)(8 + i));
		if (i % 10 == 0)
			gort_weak_make(n);
		if (i % 20 == 0) {
			gort_setfinalizer(gort_alloc(64), final_ok);
			gort_cleanup_add(n, final_ok, NULL, NULL);
		}
		if (i == N / 2)
			gort_gc();
	}
}

static int
whole_body(void *arg)
{
	(void)arg;
	t_on_other_stack(populate, NULL);
	rt_heap_verify_now();
	for (int i = 0; i < 30; i++) {
		t_on_other_stack(make_hidden, (void *)(uintptr_t)(40 + 99 * i));
		gort_setfinalizer(gort_alloc(80), final_ok);
		rt_gc_stress_cycle();
		rt_heap_verify_now();
		gort_gc();
		rt_gc_release_free();
		rt_heap_verify_now();
	}
	return 0;
}

static struct mspan *
node_span(void)
{
	return rt_spanof((uintptr_t)global);
}

static void
break_bits(void)
{
	node_span()->allocbits[0] ^= 1;
}

static void
break_count(void)
{
	node_span()->alloccount--;
}

static void
break_marks(void)
{
	rt_set_mark(node_span(), 0, true);
}

static void
break_class(void)
{
	node_span()->kind = SPAN_NOSCAN;
}

static void
break_layout(void)
{
	node_span()->layout = LAYOUT_MIXED;
}

static void
break_gen(void)
{
	atomic_fetch_add(&node_span()->sweepgen, 1);
}

/* A span some node of which has a record: the newest may have none. */
static struct mspan *
recorded_span(void)
{
	struct node *n = global;

	while (rt_spanof((uintptr_t)n)->specials == NULL)
		n = n->next;
	return rt_spanof((uintptr_t)n);
}

static void
break_record(void)
{
	recorded_span()->specials->obj = 8;
}

static void
break_record_flag(void)
{
	atomic_store(&recorded_span()->has_specials, false);
}

static void
break_table(void)
{
	struct mspan *s = node_span();
	size_t page = (s->base - rt_heap.pages.base) >> RT_PAGE_SHIFT;

	atomic_store(&rt_heap.spans[page], NULL);
}

static void
break_page(void)
{
	rt_palloc_free(&rt_heap.pages, node_span()->base, 1);
}

static void
break_summary(void)
{
	rt_heap.pages.sums[1][0].max++;
}

static void
break_link(void)
{
	struct mspan *s = node_span();

	s->prev = s;
}

static void
break_ring(void)
{
	struct mspan *s = node_span();

	while (s->next != NULL)
		s = s->next;
	s->next = s->list->head;
	s->list->head->prev = s;
}

static void
break_lost(void)
{
	struct mspan *s = node_span();

	rt_spanlist_remove(s->list, s);
}

static void
break_list(void)
{
	struct mspan *s = node_span();
	struct span_list *l = s->list;
	struct mcentral *c = &rt_heap.central[RT_SPANCLASS(1, SPAN_CONS)];

	rt_spanlist_remove(l, s);
	rt_mcentral_put(c, s);
}

static void
break_frees(void)
{
	atomic_fetch_add(&rt_heap.stats.nfree[5], 1);
}

static void
break_inuse(void)
{
	atomic_fetch_add(&rt_heap.stats.inuse_bytes, 1);
}

static void
break_released(void)
{
	atomic_fetch_add(&rt_heap.stats.released_bytes, RT_PAGE_BYTES);
}

static void
break_sys(void)
{
	rt_memstat_add(RT_STAT_HEAP, 1);
}

static void
break_live(void)
{
	atomic_fetch_add(&rt_heap.live, (uint64_t)1 << 30);
}

static const struct {
	void (*now)(void);
	const char *says;
} breaks[] = {
	{ break_bits, "mspan: allocation bits miscounted" },
	{ break_count, "mspan: allocation bits miscounted" },
	{ break_marks, "a mark outlived its cycle" },
	{ break_class, "a layout without its table" },
	{ break_layout, "a layout without its table" },
	{ break_gen, "a span of no cycle" },
	{ break_record, "a record in the wrong place" },
	{ break_record_flag, "records that no sweep would see" },
	{ break_table, "heap verifier: " },
	{ break_page, "a span lies on a free page" },
	{ break_summary, "palloc: summary differs from its bitmap" },
	{ break_link, "a list with a torn link" },
	{ break_ring, "heap verifier: " },
	{ break_lost, "runtime: spans on lists: " },
	{ break_list, "a span on another's list" },
	{ break_frees, "runtime: objects of a class: " },
	{ break_inuse, "runtime: bytes in spans: " },
	{ break_released, "runtime: bytes given back: " },
	{ break_sys, "runtime: bytes of the heap: " },
	{ break_live, "runtime: live bytes, at most: " },
};

static void
break_on_g0(void *arg)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		rt_mcache_flush(rt_allp[i]);
	breaks[(intptr_t)arg].now();
	rt_heap_verify();
}

static int
broken_body(void *arg)
{
	t_on_other_stack(populate, NULL);
	gort_gc();
	rt_heap_verify_now();
	rt_stop_the_world("break the heap");
	rt_systemstack(break_on_g0, arg);
	return 0; /* unseen */
}

START_TEST(verifier_finds)
{
	run(2, "gctrace=0", broken_body, (void *)(intptr_t)_i);
	must_say(breaks[_i].says);
	must_say("fatal error: ");
}
END_TEST

/* It runs by itself, at a cycle's end. */
static int
broken_cycle_body(void *arg)
{
	(void)arg;
	t_on_other_stack(populate, NULL);
	break_inuse();
	gort_gc();
	return 0;
}

START_TEST(verifier_runs)
{
	run(0, "gcverify=1", whole_body, NULL);
	run(0, "gcverify=1,gcstoptheworld=1", whole_body, NULL);
	run(0, "gcverify=0", broken_cycle_body, NULL);
	run(2, "gcverify=1", broken_cycle_body, NULL);
	must_say("runtime: bytes in spans: ");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mdebug");
	TCase *tc = tcase_create("mdebug");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, clobberfree);
	tcase_add_test(tc, efence);
	tcase_add_test(tc, sbrk_frees_nothing);
	tcase_add_test(tc, allocfreetrace);
	tcase_add_test(tc, madvdontneed_harddecommit);
	tcase_add_test(tc, invalidptr);
	tcase_add_test(tc, gccheckmark);
	tcase_add_test(tc, gcstoptheworld);
	tcase_add_loop_test(
	    tc, verifier_finds, 0, (int)(sizeof(breaks) / sizeof(breaks[0])));
	tcase_add_test(tc, verifier_runs);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
