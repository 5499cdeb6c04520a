/*
 * check_malloc.c - allocation as a program sees it: alignment, zeroes, slots
 * that do not overlap, all sizes, all kinds; statistics; a scarce address
 * space. What these tests can't find, the storms of tests/gc do.
 */
#include "mem/heap_test.h"
#include "os/os.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

static const uint8_t bits_1[] = { 1 }, bits_3[] = { 3 };
static const struct gort_type type_ptr = { .size = 8, .ptrdata = 8,
	.align = 8, .kind = KIND_PTR, .gcdata = bits_1 };
static const struct gort_type type_pair = { .size = 16, .ptrdata = 16,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_3 };
static const struct gort_type type_triple = { .size = 24, .ptrdata = 8,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_1 };
static const struct gort_type type_byte = { .size = 1, .align = 1,
	.kind = KIND_UINT8 | KIND_NOPTR };

static bool
all_zero(const void *p, size_t n)
{
	const char *c = p;

	while (n-- > 0)
		if (*c++ != 0)
			return false;
	return true;
}

/* Every size, twice, dirtied in between by a collection's reuse. */
static int
sizes_body(void *arg)
{
	size_t step = T_SANITIZED ? 37 : 7, slot;

	(void)arg;
	for (int round = 0; round < 2; round++) {
		for (size_t n = 1; n <= 40000; n += n < 600 ? 1 : step) {
			char *p = rt_mallocgc(n, NULL, false, true);
			char *q = rt_mallocgc(n, NULL, true, false);

			T_CHECK((uintptr_t)p % (n < 16 ? 8 : 16) == 0);
			T_CHECK((uintptr_t)q % (n < 16 ? 8 : 16) == 0);
			T_CHECK(all_zero(p, n) && all_zero(q, n));
			T_CHECK(rt_findobject((uintptr_t)p, &slot) ==
			    (uintptr_t)p);
			T_CHECK(slot >= n);
			T_CHECK(rt_findobject((uintptr_t)p + n - 1, NULL) ==
			    (uintptr_t)p);
			memset(p, 0xff, n);
			memset(q, 0x55, n);
		}
		rt_gc_force();
	}
	return 0;
}

static int
kinds_body(void *arg)
{
	void **pair = rt_newobject(&type_pair);
	void **triple = rt_newobject(&type_triple);
	size_t slot;

	(void)arg;
	T_CHECK(pair[0] == NULL && pair[1] == NULL);
	T_CHECK(rt_findobject((uintptr_t)triple, &slot) == (uintptr_t)triple);
	T_CHECK(slot == 24); /* 8 is enough for it: no rounding up to 32 */
	T_CHECK(rt_findobject((uintptr_t)rt_mallocgc(24, NULL, true, true),
	            &slot) != 0);
	T_CHECK(slot == 32); /* no type: 16 is promised */
	T_CHECK(rt_mallocgc(0, NULL, true, true) ==
	    rt_mallocgc(0, &type_pair, true, true));
	T_CHECK(rt_newarray(&type_ptr, 5000) != NULL);
	return 0;
}

/* Short strings share slots, and none overlaps another. */
static int
tiny_body(void *arg)
{
	char *s[400];
	struct rt_memstats m;

	(void)arg;
	for (int i = 0; i < 400; i++) {
		int n = 1 + i % 15;

		s[i] = rt_mallocgc((size_t)n, &type_byte, false, true);
		T_CHECK(all_zero(s[i], (size_t)n));
		memset(s[i], i % 251, (size_t)n);
	}
	rt_gc_force();
	for (int i = 0; i < 400; i++)
		for (int k = 0; k < 1 + i % 15; k++)
			T_CHECK((uint8_t)s[i][k] == i % 251);
	rt_readmemstats(&m);
	T_CHECK(m.mallocs - m.frees == m.heap_objects);
	/* an object that began a slot is a slot, the others shared one */
	T_CHECK(m.mallocs > 400);
	T_CHECK(m.mallocs - m.heap_objects > 100);
	return 0;
}

static int
large_body(void *arg)
{
	size_t sizes[] = { 32769, 100000, 1 << 20, (5 << 20) + 1, 9 << 20 };
	size_t slot;

	(void)arg;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 5; i++) {
			char *p = rt_mallocgc(sizes[i], NULL, i & 1, true);

			T_CHECK(all_zero(p, sizes[i]));
			T_CHECK(rt_findobject((uintptr_t)p + sizes[i] - 1,
			            &slot) == (uintptr_t)p);
			T_CHECK(slot >= sizes[i] &&
			    slot < sizes[i] + RT_PAGE_BYTES);
			memset(p, 0xa5, sizes[i]);
		}
		rt_gc_force();
	}
	return 0;
}

static void
check_sums(const struct rt_memstats *m)
{
	T_CHECK(m->sys == m->heap_sys + m->stack_sys + m->mspan_sys +
	        m->mcache_sys + m->buck_hash_sys + m->gc_sys + m->other_sys);
	T_CHECK(m->heap_sys == m->heap_idle + m->heap_inuse);
	T_CHECK(m->heap_released <= m->heap_idle);
	T_CHECK(m->heap_alloc <= m->heap_inuse);
	T_CHECK(m->alloc == m->heap_alloc);
	T_CHECK(m->heap_objects == m->mallocs - m->frees);
	T_CHECK(m->mspan_inuse <= m->mspan_sys);
	T_CHECK(m->mcache_inuse <= m->mcache_sys);
	T_CHECK(m->stack_inuse <= m->stack_sys);
}

static int
memstats_body(void *arg)
{
	struct rt_memstats a, b, c;
	void *volatile keep[1000];

	(void)arg;
	rt_readmemstats(&a);
	check_sums(&a);
	for (int i = 0; i < 1000; i++)
		keep[i] = rt_mallocgc(48, NULL, true, true);
	(void)rt_mallocgc(100000, NULL, false, true);
	rt_readmemstats(&b);
	check_sums(&b);
	/* others may allocate meanwhile, but nothing was swept away */
	T_CHECK(b.mallocs - a.mallocs >= 1001);
	T_CHECK(b.mallocs - a.mallocs < 1100);
	T_CHECK(b.total_alloc - a.total_alloc >= 48000 + 100000);
	T_CHECK(b.total_alloc - a.total_alloc < 200000);
	T_CHECK(b.heap_alloc - a.heap_alloc ==
	    b.total_alloc - a.total_alloc);
	rt_gc_force();
	rt_readmemstats(&c);
	check_sums(&c);
	T_CHECK(c.num_gc == a.num_gc + 1);
	T_CHECK(c.num_forced_gc == a.num_forced_gc + 1);
	T_CHECK(c.pause_total_ns > a.pause_total_ns);
	T_CHECK(c.last_gc_unix_ns > 0);
	T_CHECK(c.pause_ns[(c.num_gc + 255) % 256] > 0);
	T_CHECK(c.next_gc >= 4 << 20);
	T_CHECK(c.frees >= b.frees);
	rt_memstats_snapshot(&b);
	T_CHECK(b.sys == c.sys);
	T_CHECK(keep[999] != NULL);
	return 0;
}

/* What one thread allocates is counted to the object, with no collection. */
static int
snapshot_body(void *arg)
{
	struct rt_memstats a, b;

	(void)arg;
	for (int n = 0; n <= 1000; n += n < 70 ? 1 : 93) {
		rt_memstats_snapshot(&a);
		for (int i = 0; i < n; i++)
			rt_mallocgc(48, NULL, true, true);
		rt_memstats_snapshot(&b);
		T_CHECK(b.mallocs - a.mallocs == (uint64_t)n);
		T_CHECK(b.total_alloc - a.total_alloc == 48 * (uint64_t)n);
	}
	rt_memstats_snapshot(&a);
	for (int i = 0; i < 64; i++)
		rt_mallocgc(1, &type_byte, false, true);
	rt_memstats_snapshot(&b);
	T_CHECK(b.mallocs - a.mallocs == 64);
	T_CHECK(b.heap_objects - a.heap_objects <= 5);
	return 0;
}

/* ---- counting while others allocate, collect and change the Ps ---- */

static _Atomic uint64_t made; /* by churn(), as it knows */
static _Atomic bool enough;
static _Atomic int churning;

static void
churn(void *arg)
{
	size_t size = 16 + 48 * (size_t)(uintptr_t)arg;

	while (!atomic_load(&enough)) {
		/* before and after: what is made lies between the two */
		for (int i = 0; i < 100; i++)
			rt_mallocgc(size, NULL, i & 1, false);
		atomic_fetch_add(&made, 100);
		rt_gosched();
	}
	atomic_fetch_sub(&churning, 1);
}

static int
race_body(void *arg)
{
	struct rt_memstats first, last, m;
	int rounds = T_SANITIZED ? 300 : 3000;

	(void)arg;
	rt_memstats_snapshot(&first);
	last = first;
	atomic_store(&churning, 4);
	for (uintptr_t i = 0; i < 4; i++)
		rt_newproc(churn, (void *)i, 0);
	for (int i = 0; i < rounds; i++) {
		uint64_t lo = atomic_load(&made), got;

		rt_memstats_snapshot(&m);
		T_CHECK(m.mallocs >= last.mallocs);
		T_CHECK(m.total_alloc >= last.total_alloc);
		T_CHECK(m.frees >= last.frees && m.frees <= m.mallocs);
		got = m.mallocs - first.mallocs;
		T_CHECK(got >= lo);
		/* + what they began, + what the runtime itself made */
		T_CHECK(got <= atomic_load(&made) + 4 * 100 + 200);
		last = m;
		if (i % 50 == 0)
			rt_gc_force();
		if (i % 70 == 0)
			rt_gomaxprocs_set(1 + i / 70 % 4);
		rt_gosched();
	}
	atomic_store(&enough, true);
	while (atomic_load(&churning) != 0)
		rt_gosched();
	rt_memstats_snapshot(&last);
	rt_readmemstats(&m);
	T_CHECK(m.mallocs - last.mallocs <= 4);
	return 0;
}

/* A thread that does nothing but count. The cache is emptied all the time:
 * a torn look would be off by many slots. */
static _Atomic int counted;

static void *
count_always(void *arg)
{
	unsigned k = *(unsigned *)arg;
	struct rt_mcache_counts c;
	uint64_t base;

	rt_mcache_count(&c);
	base = c.slots[k];
	atomic_store(&counted, 1); /* now it may begin */
	while (!atomic_load(&enough)) {
		uint64_t lo = atomic_load(&made);

		rt_mcache_count(&c);
		T_CHECK(c.slots[k] - base >= lo);
		T_CHECK(c.slots[k] - base <= atomic_load(&made) + 1);
		atomic_fetch_add(&counted, 1);
	}
	return arg;
}

static int
watched_body(void *arg)
{
	int rounds = T_SANITIZED ? 10000 : 300000;
	unsigned k = rt_spanof((uintptr_t)rt_mallocgc(128, NULL, false,
	    false))->sizeclass;
	pthread_t t;

	(void)arg;
	T_CHECK(pthread_create(&t, NULL, count_always, &k) == 0);
	while (atomic_load(&counted) == 0)
		sched_yield();
	for (int i = 0; i < rounds || atomic_load(&counted) < rounds; i++) {
		rt_mallocgc(128, NULL, false, false);
		atomic_fetch_add(&made, 1);
		if (i % 4 == 0)
			rt_mcache_flush(rt_getg()->m->p);
	}
	atomic_store(&enough, true);
	pthread_join(t, NULL);
	return 0;
}

static int
offheap_body(void *arg)
{
	struct rt_fixalloc f;
	uint64_t before = rt_memstat_sys[RT_STAT_BUCKHASH];
	char *p = rt_persistentalloc(100, 64, RT_STAT_BUCKHASH), *q, *big;
	void *x, *y;

	(void)arg;
	T_CHECK((uintptr_t)p % 64 == 0 && all_zero(p, 100));
	memset(p, 1, 100);
	q = rt_persistentalloc(100, 64, RT_STAT_BUCKHASH);
	T_CHECK(q >= p + 100 || q + 100 <= p);
	T_CHECK(rt_memstat_sys[RT_STAT_BUCKHASH] == before + 200);
	big = rt_sys_alloc(1 << 20, RT_STAT_BUCKHASH);
	T_CHECK(all_zero(big, 1 << 20));
	rt_sys_free(big, 1 << 20, RT_STAT_BUCKHASH);
	T_CHECK(rt_memstat_sys[RT_STAT_BUCKHASH] == before + 200);
	rt_fixalloc_init(&f, 40, RT_STAT_BUCKHASH);
	x = rt_fixalloc_alloc(&f);
	memset(x, 7, 40);
	rt_fixalloc_free(&f, x);
	y = rt_fixalloc_alloc(&f);
	T_CHECK(x == y && all_zero(y, 40));
	T_CHECK(f.inuse == 40);
	return 0;
}

/* ---- what the system is asked for ---- */

/* A number of the line that begins so in a file of /proc/self; -1: none. */
static long
proc_number(const char *file, const char *key)
{
	char line[512];
	long n = -1, one;
	FILE *f = fopen(file, "re");

	T_CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0 &&
		    sscanf(line + strlen(key), "%ld", &one) == 1)
			n = n < 0 ? one : n + one;
	fclose(f);
	return n;
}

/* 64 MiB of small objects and some 1 MiB ones come by whole blocks: zeroed,
 * few faults, and the books agree with what is resident. */
static int
blocks_body(void *arg)
{
	enum { N = 64 << 10 };
	char **keep = rt_mallocgc(N * sizeof(*keep), NULL, true, true);
	size_t huge_bytes = (size_t)PALLOC_BLOCK_PAGES * RT_PAGE_BYTES;
	struct rt_memstats m;

	(void)arg;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < N; i++) {
			size_t n = i % 1000 == 0 ? 1 << 20 : 1024;

			keep[i] = rt_mallocgc(n, NULL, false, true);
			T_CHECK(all_zero(keep[i], n < 4096 ? n : 4096));
			memset(keep[i], 0xa5, n < 4096 ? n : 4096);
		}
		memset(keep, 0, N * sizeof(*keep));
		rt_gc_force();
		rt_gc_release_free();
	}
	rt_readmemstats(&m);
	check_sums(&m);
	rt_lock(&rt_heap.lock);
	rt_palloc_verify(&rt_heap.pages);
	T_CHECK(rt_heap.pages.gone_pages * RT_PAGE_BYTES == m.heap_released);
	rt_unlock(&rt_heap.lock);
	for (int i = 0; i < N; i++)
		keep[i] = rt_mallocgc(1024, NULL, false, false);
	if (rt_sys_can_fill(huge_bytes))
		T_CHECK(proc_number("/proc/self/smaps_rollup",
		            "AnonHugePages:") >= 16 << 10);
	else
		fprintf(stderr, "check_malloc: no huge pages: not counted\n");
	T_CHECK(keep[N - 1] != NULL);
	return 0;
}

/* The heap is named where the kernel names anonymous memory at all. */
static int
names_body(void *arg)
{
	void *p = rt_sys_mmap(4096);
	char line[512];
	bool named = false, heap = false;
	FILE *f;

	(void)arg;
	rt_sys_name(p, 4096, "gort probe");
	f = fopen("/proc/self/maps", "re");
	T_CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		named |= strstr(line, "[anon:gort probe]") != NULL;
		heap |= strstr(line, "[anon:gort heap]") != NULL;
	}
	fclose(f);
	T_CHECK(named == heap);
	if (!named)
		fprintf(stderr, "check_malloc: this kernel has no names\n");
	return 0;
}

/* A chain through 64-byte objects that outgrows several commit steps. */
static int
scarce_body(void *arg)
{
	void **head = NULL;
	size_t n = 0;

	(void)arg;
	T_CHECK(rt_heap.limited);
	while (n < 1000000) {
		void **p = rt_mallocgc(64, NULL, true, true);

		p[0] = head;
		p[1] = (void *)n++;
		head = p;
	}
	for (void **p = head; p != NULL; p = p[0])
		T_CHECK((size_t)p[1] == --n);
	T_CHECK(n == 0);
	return 0;
}

/* Ask for more than there is: the last words and the status are Go's. */
static int
exhaust_body(void *arg)
{
	void *volatile keep[64];

	(void)arg;
	for (int i = 0; i < 64; i++)
		keep[i] = rt_mallocgc((size_t)64 << 20, NULL, false, false);
	(void)keep[0];
	return 0;
}

#define BOOT_TEST(name)                                                        \
	START_TEST(name)                                                      \
	{                                                                     \
		rt_boot_test(name##_body, NULL);                              \
	}                                                                     \
	END_TEST

BOOT_TEST(sizes)
BOOT_TEST(kinds)
BOOT_TEST(tiny)
BOOT_TEST(large)
BOOT_TEST(memstats)
BOOT_TEST(offheap)
BOOT_TEST(snapshot)
BOOT_TEST(race)
BOOT_TEST(watched)
BOOT_TEST(blocks)
BOOT_TEST(names)

/* ulimit -v 1000000. A sanitizer's shadow alone needs more. */
static void
limit_address_space(void)
{
	struct rlimit rl = { (rlim_t)1000000 << 10, (rlim_t)1000000 << 10 };

	ck_assert_int_eq(setrlimit(RLIMIT_AS, &rl), 0);
}

START_TEST(scarce)
{
	limit_address_space();
	rt_boot_test(scarce_body, NULL);
}
END_TEST

START_TEST(exhaust)
{
	int fd[2], null = dup(2);
	char said[256];
	ssize_t n;

	(void)null;
	limit_address_space();
	ck_assert_int_eq(pipe(fd), 0);
	if (fork() == 0) {
		dup2(fd[1], 2);
		rt_boot_test(exhaust_body, NULL);
	}
	n = read(fd[0], said, sizeof(said) - 1);
	ck_assert_int_gt(n, 0);
	said[n] = '\0';
	/* "runtime: out of memory: cannot allocate ..." comes first */
	while (strstr(said, "fatal error: out of memory\n") == NULL &&
	    n < (ssize_t)sizeof(said) - 1) {
		ssize_t k = read(fd[0], said + n, sizeof(said) - 1 - (size_t)n);

		if (k <= 0)
			break;
		n += k;
		said[n] = '\0';
	}
	ck_assert_ptr_nonnull(strstr(said, "fatal error: out of memory\n"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("malloc");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 120);
	tcase_add_exit_test(tc, sizes, 0);
	tcase_add_exit_test(tc, kinds, 0);
	tcase_add_exit_test(tc, tiny, 0);
	tcase_add_exit_test(tc, large, 0);
	tcase_add_exit_test(tc, memstats, 0);
	tcase_add_exit_test(tc, offheap, 0);
	tcase_add_exit_test(tc, snapshot, 0);
	tcase_add_exit_test(tc, race, 0);
	tcase_add_exit_test(tc, watched, 0);
	if (!T_SANITIZED)
		tcase_add_exit_test(tc, blocks, 0);
	tcase_add_exit_test(tc, names, 0);
	if (!T_SANITIZED) {
		tcase_add_exit_test(tc, scarce, 0);
		tcase_add_test(tc, exhaust);
	}
	suite_add_tcase(s, tc);
	return suite_run(s);
}
