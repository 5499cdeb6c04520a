/*
 * check_mgc.c - what is kept and what goes.
 *
 * A conservative collector may keep a few dead objects for stale words, so
 * "goes" is asked of many objects made on another stack, and a few of them may
 * stay; "is kept" has no such allowance.
 */
#include "mem/heap_test.h"

#include "os/os.h"

#include "gc/mgcpacer.h"

#include <pthread.h>

#include "diag/diag.h"
#include "sched/oracle.h"

#define N 2000
#define FEW (N / 20)

static const uint8_t bits_first[] = { 1 }, bits_second[] = { 2 };
/* the second word is no pointer, and the other way round */
static const struct gort_type type_first = { .size = 16, .ptrdata = 8,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_first };
static const struct gort_type type_second = { .size = 16, .ptrdata = 16,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_second };
/* 1 KiB with one pointer, in its 100th word */
static const uint8_t bits_100[13] = { [12] = 1 << 4 };
static const struct gort_type type_big = { .size = 1024, .ptrdata = 101 * 8,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_100 };
static const uint8_t bits_zero[13] = { 1 };
static const struct gort_type type_big0 = { .size = 1024, .ptrdata = 8,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_zero };

static uintptr_t hidden[N], hidden2[N];
/* In bss, which is a registered root; volatile, or the stores go. */
static void **volatile global_root;

static void
make_garbage(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++)
		hidden[i] = t_hide(rt_mallocgc(200, NULL, true, true));
}

static int
garbage_goes_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_garbage, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) <= FEW);
	return 0;
}

/* Objects whose only reference is one word of a typed parent: with the
 * pointer bit they stay, without it they go. */
static void
make_children(void *arg)
{
	void **parents = rt_mallocgc(2 * N * 8, NULL, true, true);

	(void)arg;
	for (int i = 0; i < N; i++) {
		void **a = rt_newobject(i % 2 ? &type_first : &type_second);
		void *x = rt_mallocgc(80, NULL, false, true);
		void *y = rt_mallocgc(80, NULL, false, true);

		a[0] = x;
		a[1] = y;
		hidden[i] = t_hide(i % 2 ? x : y);
		hidden2[i] = t_hide(i % 2 ? y : x);
		parents[i] = a;
	}
	global_root = parents;
}

static int
types_decide_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_children, NULL);
	rt_gc_force();
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	T_CHECK(t_count_alive(hidden2, N) <= FEW);
	global_root = NULL;
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) <= FEW);
	return 0;
}

static void
make_big_children(void *arg)
{
	void **parents = rt_mallocgc(2 * N * 8, NULL, true, true);

	(void)arg;
	for (int i = 0; i < N; i++) {
		/* one type for a while, then mixed in the same spans */
		bool second = i > N / 2 && i % 2;
		void **a = rt_newobject(second ? &type_big0 : &type_big);
		void *x = rt_mallocgc(80, NULL, false, true);

		a[second ? 0 : 100] = x;
		hidden[i] = t_hide(x);
		x = rt_mallocgc(80, NULL, false, true);
		a[second ? 100 : 0] = x;
		hidden2[i] = t_hide(x);
		parents[i] = a;
	}
	global_root = parents;
}

static int
big_types_decide_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_big_children, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	T_CHECK(t_count_alive(hidden2, N) <= FEW);
	return 0;
}

/* Arrays of a type repeat its layout, also in large objects of many oblets. */
static void
make_array(void *arg)
{
	void **a = rt_newarray(&type_second, 40000);

	(void)arg;
	for (int i = 0; i < N; i++) {
		void *x = rt_mallocgc(48, NULL, false, true);
		void *y = rt_mallocgc(48, NULL, false, true);

		a[40 * i] = y;
		a[40 * i + 1] = x;
		hidden[i] = t_hide(x);
		hidden2[i] = t_hide(y);
	}
	global_root = a;
}

static int
arrays_repeat_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_array, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	T_CHECK(t_count_alive(hidden2, N) <= FEW);
	return 0;
}

static int
interior_body(void *arg)
{
	char *volatile inner[3];
	uintptr_t h[3];

	(void)arg;
	for (int i = 0; i < 3; i++) {
		char *p = rt_mallocgc(i == 2 ? 300000 : 96, NULL, false, true);

		h[i] = t_hide(p);
		inner[i] = p + (i == 0 ? 50 : i == 1 ? 95 : 299999);
		p = NULL;
	}
	rt_gc_force();
	for (int i = 0; i < 3; i++)
		T_CHECK(rt_findobject(~h[i], NULL) == ~h[i]);
	T_CHECK(inner[0] != NULL && inner[2] != NULL);
	return 0;
}

/* A loop may keep nothing but one past the end in a register. */
static int
past_the_end_body(void *arg)
{
	char *volatile end[64];
	uintptr_t h[64];
	size_t slot;

	(void)arg;
	for (int i = 0; i < 64; i++) {
		char *p = rt_mallocgc(128, NULL, false, true);

		T_CHECK(rt_findobject((uintptr_t)p, &slot) != 0);
		h[i] = t_hide(p);
		end[i] = p + slot;
		p = NULL;
	}
	rt_gc_force();
	T_CHECK(t_count_alive(h, 64) == 64);
	T_CHECK(end[63] != NULL);
	return 0;
}

static void *root_page;

static int
registered_roots_body(void *arg)
{
	void **page = rt_sys_alloc(8192, RT_STAT_OTHER);

	(void)arg;
	root_page = NULL;
	rt_roots_add(page, 8192);
	for (int i = 0; i < 1000; i++) {
		page[i] = rt_mallocgc(64, NULL, false, true);
		hidden[i] = t_hide(page[i]);
	}
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, 1000) == 1000);
	rt_roots_del(page);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, 1000) <= 50);
	return 0;
}

/* ---- goroutine stacks ---- */

static _Atomic int parked, released;

static void
holder(void *arg)
{
	int i = (int)(intptr_t)arg;
	char *volatile mine = rt_mallocgc(64, NULL, false, true);

	memset(mine, i % 251, 64);
	hidden[i] = t_hide(mine);
	atomic_fetch_add(&parked, 1);
	while (atomic_load(&released) == 0)
		rt_gosched();
	for (int k = 0; k < 64; k++)
		T_CHECK((uint8_t)mine[k] == i % 251);
	atomic_fetch_sub(&parked, 1);
}

static int
stacks_body(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200; i++)
		rt_newproc(holder, (void *)(intptr_t)i, 0);
	while (atomic_load(&parked) < 200)
		rt_gosched();
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, 200) == 200);
	atomic_store(&released, 1);
	while (atomic_load(&parked) > 0)
		rt_gosched();
	return 0;
}

/* The argument of a goroutine that has not run yet. */
static void
takes_arg(void *arg)
{
	T_CHECK(*(uint64_t *)arg == 0x1234567890abcdef);
	atomic_fetch_add(&parked, 1);
}

static void
spawn_with_args(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		uint64_t *p = rt_mallocgc(8, NULL, false, true);

		*p = 0x1234567890abcdef;
		rt_newproc(takes_arg, p, 0);
	}
	rt_gc_force();
}

static int
start_argument_body(void *arg)
{
	(void)arg;
	t_on_other_stack(spawn_with_args, NULL);
	while (atomic_load(&parked) < 100)
		rt_gosched();
	return 0;
}

/* ---- finalizers ---- */

static _Atomic int finalized;
static int *resurrected;

static void
count_final(void *obj)
{
	T_CHECK(*(int *)obj == 1); /* whole, and the one that was given */
	atomic_fetch_add(&finalized, 1);
}

static void
save_final(void *obj)
{
	resurrected = obj;
	atomic_fetch_add(&finalized, 1);
}

static void
make_finalized(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++) {
		int *p = rt_mallocgc(32, NULL, true, true);

		*p = 1;
		T_CHECK(rt_setfinalizer(p, count_final) == 0);
	}
}

static int
finalizers_body(void *arg)
{
	char *p = rt_mallocgc(64, NULL, false, true);

	(void)arg;
	T_CHECK(rt_setfinalizer(p + 8, count_final) < 0);
	T_CHECK(rt_setfinalizer(&finalized, count_final) < 0);
	t_on_other_stack(make_finalized, NULL);
	while (atomic_load(&finalized) < N - FEW) {
		rt_gc_force();
		rt_gosched();
	}
	return 0;
}

static void
make_removed(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++) {
		int *p = rt_mallocgc(32, NULL, true, true);

		hidden[i] = t_hide(p);
		T_CHECK(rt_setfinalizer(p, count_final) == 0);
		T_CHECK(rt_setfinalizer(p, NULL) == 0);
	}
}

static int
removed_finalizers_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_removed, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) <= FEW);
	for (int i = 0; i < 100; i++)
		rt_gosched();
	T_CHECK(atomic_load(&finalized) == 0);
	return 0;
}

static void
make_resurrected(void *arg)
{
	int **p = rt_mallocgc(32, NULL, true, true);

	(void)arg;
	p[1] = rt_mallocgc(16, NULL, false, true);
	*p[1] = 4711;
	T_CHECK(rt_setfinalizer(p, save_final) == 0);
}

static int
resurrection_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_resurrected, NULL);
	while (atomic_load(&finalized) == 0) {
		rt_gc_force();
		rt_gosched();
	}
	rt_gc_force();
	rt_gc_force();
	T_CHECK(rt_findobject((uintptr_t)resurrected, NULL) ==
	    (uintptr_t)resurrected);
	T_CHECK(*((int **)resurrected)[1] == 4711);
	return 0;
}

/* ---- when a cycle runs ---- */

static void
churn(size_t bytes)
{
	for (size_t n = 0; n < bytes; n += 1024)
		(void)rt_mallocgc(1024, NULL, false, false);
}

static int
gogc_off_body(void *arg)
{
	(void)arg;
	T_CHECK(rt_gc_percent() == -1);
	churn(64 << 20);
	T_CHECK(rt_gc_cycles() == 0);
	rt_gc_force();
	T_CHECK(rt_gc_cycles() == 1);
	T_CHECK(rt_gc_percent_set(100) == -1);
	churn(8 * rt_gc_heap_goal());
	T_CHECK(rt_gc_cycles() > 5);
	return 0;
}

static int
gogc_zero_body(void *arg)
{
	(void)arg;
	/* a cycle for each MiB, no more: cached spans are no step */
	churn(T_SANITIZED ? 4 << 20 : 16 << 20);
	T_CHECK(rt_gc_cycles() > (T_SANITIZED ? 2 : 10));
	T_CHECK(rt_gc_cycles() < 40);
	return 0;
}

static int
default_pace_body(void *arg)
{
	(void)arg;
	T_CHECK(rt_gc_percent() == 100);
	/* a sanitizer's red zones make the globals larger than the minimum */
	T_CHECK(rt_gc_heap_goal() == 4 << 20 || T_SANITIZED);
	churn(10 * rt_gc_heap_goal());
	/* with those, cycles are so long there that the limit on the
	 * collector's CPU puts some off */
	T_CHECK(rt_gc_cycles() >= (T_SANITIZED ? 4 : 8) &&
	    rt_gc_cycles() <= 20);
	T_CHECK(rt_heap_live() < 2 * rt_gc_heap_goal());
	return 0;
}

/* sysmon finds that the last cycle is too long ago. */
static int
periodic_body(void *arg)
{
	(void)arg;
	T_CHECK(rt_gc_cycles() == 0);
	atomic_store(&rt_gc_force_period_ns, 1000000);
	while (rt_gc_cycles() < 2)
		rt_gosched();
	return 0;
}

static int
memlimit_body(void *arg)
{
	uint64_t limit = 48 << 20, peak = 0, total;
	void **ring = rt_mallocgc(8 * 1000, NULL, true, true);

	(void)arg;
	T_CHECK(rt_gc_memlimit_set(-1) == (int64_t)limit);
	/* 8 MB live, garbage without GOGC: only the limit can hold it */
	for (int i = 0; i < (T_SANITIZED ? 20000 : 60000); i++) {
		ring[i % 1000] = rt_mallocgc(8000, NULL, false, true);
		total = rt_mem_total_bytes();
		peak = total > peak ? total : peak;
	}
	T_CHECK(peak <= limit);
	T_CHECK(rt_gc_cycles() > 3);
	return 0;
}

/* Pages of a heap that shrank go back when asked for. */
static void
make_heap(void *arg)
{
	for (int i = 0; i < 1000; i++)
		memset(rt_mallocgc(20000, NULL, false, false), 1, 20000);
}

static int
scavenge_body(void *arg)
{
	struct rt_memstats a, b;

	(void)arg;
	t_on_other_stack(make_heap, NULL);
	rt_gc_force();
	rt_readmemstats(&a);
	T_CHECK(rt_gcscavenge(8 << 20) >= 8 << 20);
	rt_readmemstats(&b);
	T_CHECK(b.heap_released >= a.heap_released + (8 << 20));
	/* and come back as zeroes */
	for (int i = 0; i < 500; i++) {
		char *p = rt_mallocgc(20000, NULL, false, true);

		for (int k = 0; k < 20000; k += 64)
			T_CHECK(p[k] == 0);
	}
	rt_lock(&rt_heap.lock);
	rt_palloc_verify(&rt_heap.pages);
	rt_unlock(&rt_heap.lock);
	return 0;
}

/* ---- after a peak ---- */

static uint64_t
held_bytes(void)
{
	return atomic_load(&rt_memstat_sys[RT_STAT_HEAP]) -
	    atomic_load(&rt_heap.stats.released_bytes);
}

/* ThreadSanitizer's own variables count as globals: 50 MB, on the goal too. */
#define PEAK_N (T_SANITIZED ? 4000 : 1000)

static void
make_peak(void *arg)
{
	void **keep = rt_mallocgc(8 * PEAK_N, NULL, true, true);

	for (int i = 0; i < PEAK_N; i++)
		keep[i] = memset(
		    rt_mallocgc(60000, NULL, false, false), 1, 60000);
	T_CHECK(rt_heap_live() > PEAK_N * 60000);
	*(void ***)arg = keep;
}

/* Half a minute by the clock that the scavenger is shown brings what is held
 * within a tenth of the goal. The real sysmon asks, too, but its now lies
 * before what we said. */
static int
peak_goes_body(void *arg)
{
	int64_t now = rt_nanotime() + INT64_C(1000000000000);
	void **keep = NULL;
	uint64_t before, most, step;
	int seconds = 0;

	(void)arg;
	t_on_other_stack(make_peak, &keep);
	keep = NULL;
	rt_gc_force();
	most = rt_gcscavenge_excess();
	before = held_bytes();
	T_CHECK(before > PEAK_N * 60000 && rt_gc_heap_goal() < before / 3);
	while (held_bytes() > rt_gc_heap_goal() + rt_gc_heap_goal() / 10) {
		T_CHECK(seconds++ < 33);
		before = held_bytes();
		step = rt_gcscavenge_step(rt_gcscavenge_excess(), most);
		rt_gcscavenge_check(now += 1000000001);
		while (held_bytes() > before - step)
			rt_gosched();
	}
	T_CHECK(seconds > 3); /* and not all at once */
	return 0;
}

START_TEST(step_of_the_scavenger)
{
	const uint64_t mb = (uint64_t)1 << 20, most = 4096 * mb;
	uint64_t left = most;
	int seconds = 0;

	for (; left > 0; seconds++) {
		uint64_t n = rt_gcscavenge_step(left, most);

		ck_assert_uint_le(n, left);
		ck_assert_uint_le(n, most / 8);
		left -= n;
	}
	ck_assert_int_le(seconds, 32);
	ck_assert_uint_eq(rt_gcscavenge_step(1000, 1000), 1000);
	ck_assert_uint_eq(rt_gcscavenge_step(mb, mb), mb / 4);
}
END_TEST

/* ---- huge pages ---- */

/* Is a mapping in the heap excluded from huge pages? */
static bool
smaps_say_nh(void)
{
	uintptr_t lo, hi, base = rt_heap.pages.base;
	uintptr_t end = base + atomic_load(&rt_heap.pages.grown_bytes);
	FILE *f = fopen("/proc/self/smaps", "r");
	bool here = false, nh = false;
	char line[512];

	T_CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2)
			here = lo < end && hi > base;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			nh |= strstr(line, " nh") != NULL;
	}
	fclose(f);
	return nh;
}

static void
make_holes(void *arg)
{
	void **keep = *(void ***)arg;

	for (int i = 0; i < 160; i++) {
		void *p = memset(
		    rt_mallocgc(65536, NULL, false, false), 1, 65536);

		if (i % 16 == 0)
			keep[i / 16] = p;
	}
}

static void *keep_in_holes[1]; /* a root */

static int
huge_pages_body(void *arg)
{
	void *probe = rt_sys_mmap((size_t)2 << 20);
	uint32_t before;

	(void)arg;
	if (rt_sys_hugepages(probe, (size_t)2 << 20, false) != 0)
		return 0; /* this kernel has none */
	atomic_store(&rt_sys_thp_known, 1); /* as if "always" */
	rt_writeptr(&keep_in_holes[0], rt_mallocgc(8 * 10, NULL, true, true));
	t_on_other_stack(make_holes, keep_in_holes);
	T_CHECK(!smaps_say_nh());
	rt_gc_force();
	T_CHECK(rt_gcscavenge(SIZE_MAX >> 1) > 4 << 20);
	T_CHECK(rt_gcscavenge_excluded() > 2);
	T_CHECK(smaps_say_nh());
	/* with the last object of a unit its exclusion goes */
	before = rt_gcscavenge_excluded();
	rt_writeptr(&keep_in_holes[0], NULL);
	rt_gc_force();
	rt_gcscavenge(SIZE_MAX >> 1);
	T_CHECK(rt_gcscavenge_excluded() < before);
	return 0;
}

static int
disablethp_body(void *arg)
{
	(void)arg;
	for (int i = 0; i < 2000; i++) /* the next step of address space */
		rt_mallocgc(65536, NULL, false, false);
	T_CHECK(smaps_say_nh() ||
	    rt_sys_hugepages(rt_sys_mmap(4096), 4096, false) != 0);
	return 0;
}

/* ---- sweeping keeps pace ---- */

static void
make_two_classes(void *arg)
{
	void **keep = *(void ***)arg;

	for (int i = 0; i < 30000; i++)
		keep[i] = rt_mallocgc(1024, NULL, false, false);
	for (int i = 0; i < 40000; i++) {
		void *p = rt_mallocgc(512, NULL, false, false);

		if (i % 16 == 0)
			keep[30000 + i / 16] = p;
	}
}

/* Much room for one class is found in few spans of that class; the other's
 * would be left to whoever begins the next cycle. */
static int
sweep_keeps_pace_body(void *arg)
{
	(void)arg;
	rt_writeptr(&keep_in_holes[0],
	    rt_mallocgc(8 * 40000, NULL, true, true));
	t_on_other_stack(make_two_classes, keep_in_holes);
	rt_gc_force();
	rt_gc_stress_cycle();
	for (int i = 0; i < 9000; i++) {
		rt_mallocgc(512, NULL, false, false);
		/* what the span in hand has brought is not paid yet */
		T_CHECK(rt_gcsweep_debt() <= 4);
	}
	return 0;
}

/* ---- the collector's share of the CPU ---- */

/* A limit that can't be held, a list to mark: without a bound on the
 * collector's share nothing else would run. */
static int
cpu_limit_body(void *arg)
{
	void **list = NULL;
	uint32_t cycles = 0;
	int periods = 0;
	bool was = false, now;

	(void)arg;
	for (int i = 0; i < 500000; i++) {
		void **p = rt_mallocgc(16, NULL, true, true);

		p[0] = list;
		list = p;
	}
	while (periods < 5) {
		rt_mallocgc(512, NULL, false, false);
		now = rt_gc_cpu_limiting();
		if (now && !was)
			cycles = rt_gc_cycles();
		/* none begins while it is limited */
		T_CHECK(!now || rt_gc_cycles() == cycles);
		periods += was && !now;
		was = now;
	}
	T_CHECK(list != NULL);
	return 0;
}

/* Fewer under a sanitizer: each cycle reads the sanitizer's own data too, 0.2
 * s of it under TSan. Ten cycles with a live list are what is to be seen. */
/* ---- the pools' cleanup ---- */

static void *pool[N];
static uint32_t cleanups;

static void
clean_pool(void)
{
	/* world stopped, before marking: what is dropped here dies now */
	for (int32_t i = 0; i < rt_gomaxprocs; i++)
		T_CHECK(atomic_load(&rt_allp[i]->status) == P_GCSTOP);
	memset(pool, 0, sizeof pool);
	cleanups++;
}

static void
fill_pool(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++) {
		pool[i] = rt_mallocgc(64, NULL, true, true);
		hidden[i] = t_hide(pool[i]);
	}
}

static int
pools_body(void *arg)
{
	uint32_t cycles;

	(void)arg;
	t_on_other_stack(fill_pool, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	cycles = rt_gc_cycles();
	rt_gc_set_pool_cleanup(clean_pool);
	rt_gc_force();
	T_CHECK(cleanups == rt_gc_cycles() - cycles);
	T_CHECK(t_count_alive(hidden, N) <= FEW);
	return 0;
}

#define STRESS_ALLOCS (T_SANITIZED ? 100 : 2000)

static int
stress_cycles_body(void *arg)
{
	void **list = NULL;
	size_t n = 0;

	(void)arg;
	for (int i = 0; i < STRESS_ALLOCS; i++) {
		void **p = rt_mallocgc(24, NULL, true, true);

		p[0] = list;
		p[1] = (void *)(uintptr_t)i;
		list = p;
	}
	T_CHECK(rt_gc_cycles() >= STRESS_ALLOCS / 10);
	for (n = STRESS_ALLOCS; list != NULL; list = list[0])
		T_CHECK((size_t)list[1] == --n);
	T_CHECK(n == 0);
	return 0;
}

/* ---- storm: many goroutines, several Ps, contents verified ---- */

#define STORM_GS 8
/* A list of 200 verified while others allocate, and one begun, are the least
 * that proves anything; a word costs ten times as much under a sanitizer. */
#define STORM_LEAVES (T_SANITIZED ? 240 : 20000)

struct leaf { /* what is allocated is known by what it holds */
	struct leaf *next;
	uint64_t seed;
	size_t nwords;
	uint64_t word[];
};

static _Atomic int storm_left;

static uint64_t
step(uint64_t x)
{
	x ^= x << 13;
	x ^= x >> 7;
	return x ^ x << 17;
}

static struct leaf *
make_leaf(uint64_t seed, struct leaf *next)
{
	static const size_t sizes[] = { 0, 1, 3, 5, 12, 40, 130, 700, 5000 };
	size_t n = sizes[seed % 9];
	struct leaf *l = rt_mallocgc(
	    sizeof(*l) + n * 8, NULL, true, true);

	T_CHECK(l->next == NULL && l->seed == 0);
	l->seed = seed;
	l->nwords = n;
	l->next = next;
	for (size_t i = 0; i < n; i++) {
		T_CHECK(l->word[i] == 0);
		seed = step(seed);
		l->word[i] = ~(seed >> 20);
	}
	return l;
}

static size_t
check_leaves(struct leaf *l)
{
	size_t count = 0;

	for (; l != NULL; l = l->next, count++) {
		uint64_t x = l->seed;

		for (size_t i = 0; i < l->nwords; i++) {
			x = step(x);
			T_CHECK(l->word[i] == ~(x >> 20));
		}
	}
	return count;
}

static void
storm(void *arg)
{
	uint64_t x = 0x9e3779b97f4a7c15 * ((uintptr_t)arg + 1);
	struct leaf *keep = NULL;
	size_t n = 0;

	/* however quick we are, some collections must have come between */
	for (int i = 0; i < STORM_LEAVES || rt_gc_cycles() <= 3; i++) {
		x = step(x);
		keep = make_leaf(x, keep);
		if (++n < 200)
			continue;
		T_CHECK(check_leaves(keep) == n);
		keep = NULL;
		n = 0;
	}
	T_CHECK(check_leaves(keep) == n);
	atomic_fetch_sub(&storm_left, 1);
}

static int
storm_body(void *arg)
{
	(void)arg;
	T_CHECK(rt_gomaxprocs == 4);
	atomic_store(&storm_left, STORM_GS);
	for (intptr_t i = 0; i < STORM_GS; i++)
		rt_newproc(storm, (void *)i, 0);
	while (atomic_load(&storm_left) > 0) {
		rt_gc_force();
		rt_gosched();
	}
	T_CHECK(rt_gc_cycles() > 3); /* or a storm ended too early */
	return 0;
}

/* ---- registration ---- */

/* ---- threads that are not ours ---- */

#define KEPT 512

static _Atomic bool toggling;
static char toggled[4096];

/* ANY of gort.h: it may register and unregister while the world stands. */
static void *
toggle_roots(void *arg)
{
	while (atomic_load(&toggling)) {
		rt_roots_add(toggled, sizeof(toggled));
		rt_roots_del(toggled);
	}
	return arg;
}

static void
fill_kept(void *arg)
{
	void **range = arg;

	for (int i = 0; i < KEPT; i++) {
		range[i] = rt_mallocgc(64, NULL, false, true);
		hidden[i] = t_hide(range[i]);
	}
}

/* A range registered first stands at the end of the list; whoever shifts the
 * list during a mark makes it be left out. */
static int
foreign_roots_body(void *arg)
{
	void **range = calloc(KEPT, sizeof(*range));
	pthread_t th;

	(void)arg;
	T_CHECK(range != NULL);
	rt_roots_add(range, KEPT * sizeof(*range));
	t_on_other_stack(fill_kept, range);
	atomic_store(&toggling, true);
	T_CHECK(pthread_create(&th, NULL, toggle_roots, NULL) == 0);
	for (int i = 0; i < (T_SANITIZED ? 10 : 4000); i++) {
		rt_gc_force();
		T_CHECK(t_count_alive(hidden, KEPT) == KEPT);
	}
	atomic_store(&toggling, false);
	T_CHECK(pthread_join(th, NULL) == 0);
	rt_roots_del(range);
	free(range);
	return 0;
}

static const struct {
	const char *name;
	int (*body)(void *);
	const char *env, *value;
} cases[] = {
	{ "garbage goes", garbage_goes_body, NULL, NULL },
	{ "types decide", types_decide_body, NULL, NULL },
	{ "big types decide", big_types_decide_body, NULL, NULL },
	{ "arrays repeat", arrays_repeat_body, NULL, NULL },
	{ "interior", interior_body, NULL, NULL },
	{ "past the end", past_the_end_body, NULL, NULL },
	{ "registered roots", registered_roots_body, NULL, NULL },
	{ "roots of foreign threads", foreign_roots_body, NULL, NULL },
	{ "stacks", stacks_body, NULL, NULL },
	{ "start argument", start_argument_body, NULL, NULL },
	{ "finalizers", finalizers_body, NULL, NULL },
	{ "removed finalizers", removed_finalizers_body, NULL, NULL },
	{ "resurrection", resurrection_body, NULL, NULL },
	{ "GOGC=off", gogc_off_body, "GOGC", "off" },
	{ "GOGC=0", gogc_zero_body, "GOGC", "0" },
	{ "default pace", default_pace_body, NULL, NULL },
	{ "memory limit alone", memlimit_body, "GOGC", "off" },
	{ "periodic", periodic_body, NULL, NULL },
	{ "scavenge", scavenge_body, "GOGC", "off" },
	{ "a peak goes", peak_goes_body, NULL, NULL },
	{ "huge pages", huge_pages_body, "GOGC", "off" },
	{ "disablethp", disablethp_body, "GODEBUG", "disablethp=1" },
	{ "sweep keeps pace", sweep_keeps_pace_body, NULL, NULL },
	{ "the collector's share", cpu_limit_body, "GOMEMLIMIT", "1B" },
	{ "pools", pools_body, NULL, NULL },
	{ "gcstress", stress_cycles_body, "GODEBUG", "gcstress=10" },
	{ "clobberfree", storm_body, "GODEBUG", "clobberfree=1" },
	{ "storm", storm_body, NULL, NULL },
	{ "storm under GOGC=5", storm_body, "GOGC", "5" },
};

START_TEST(booted)
{
	fprintf(stderr, "%s\n", cases[_i].name); /* for who reads the log */
	if (cases[_i].body == memlimit_body)
		setenv("GOMEMLIMIT", "48MiB", 1);
	if (cases[_i].body == storm_body) {
		setenv("GOMAXPROCS", "4", 1);
		/* several mark its small heap, and meet */
		atomic_store(&rt_pacer_helper_worth_bytes, 1 << 17);
	}
	if (cases[_i].body == cpu_limit_body ||
	    cases[_i].body == sweep_keeps_pace_body)
		setenv("GOMAXPROCS", "1", 1);
	if (cases[_i].env != NULL)
		setenv(cases[_i].env, cases[_i].value, 1);
	rt_boot_test(cases[_i].body, NULL);
}
END_TEST

static int
empty_body(void *arg)
{
	(void)arg;
	return 0;
}

START_TEST(bad_limit_is_fatal)
{
	setenv("GOMEMLIMIT", "10MB", 1);
	rt_boot_test(empty_body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mgc");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tc, step_of_the_scavenger);
	tcase_add_exit_test(tc, bad_limit_is_fatal, 2);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
