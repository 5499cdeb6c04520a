/*
 * check_segment.c - a stack that goes on in a second piece.
 *
 * This file is compiled with -fsplit-stack and linked with our __morestack, so
 * its functions check their stacks as compiled Go does. Functions that Check
 * or the scheduler's thread stacks run do so too, with a guard word of 0.
 */
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "arch/arch.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/sched_priv.h"
#include "tests/chan/last_words.h"
#include "tests/sched/sched_test.h"

static _Atomic int32_t stage, arrived;

struct wide {
	uintptr_t w[9];
};

static bool
deep_now(void)
{
	return rt_getg()->splitsp > 1;
}

/* Calls fn(arg) n frames of some 270 bytes further down. */
static RT_NOINLINE uintptr_t
down(int n, void (*fn)(void *), void *arg)
{
	volatile uintptr_t pad[30];

	pad[n % 30] = (uintptr_t)n;
	if (n == 0) {
		fn(arg);
		return pad[0];
	}
	return down(n - 1, fn, arg) + pad[n % 30];
}

static uintptr_t
sum_to(uintptr_t n)
{
	return n * (n + 1) / 2;
}

/* The word is the goroutine's, or somebody would like it to stop. */
static bool
word_is_right(void)
{
	uintptr_t word = rt_guard_word();

	return word == rt_getg()->stackguard || word == UINTPTR_MAX;
}

static void
note_deep(void *arg)
{
	*(bool *)arg = deep_now();
}

static int
goes_there_and_back(void *arg)
{
	struct g *gp = rt_getg();
	bool deep = false;

	REQUIRE(gp->stackguard > gp->stack.lo && word_is_right());
	for (int i = 0; i < 1000; i++) {
		deep = false;
		REQUIRE(down(2000, note_deep, &deep) == sum_to(2000));
		REQUIRE(deep && !deep_now());
		REQUIRE(word_is_right());
	}
	REQUIRE(down(3, note_deep, &deep) == sum_to(3) && !deep);
	REQUIRE(down(2000000, note_deep, &deep) == sum_to(2000000));
	return 0;
}

/* ---- arguments and results ---- */

static RT_NOINLINE struct wide
mix(int a, double x, struct wide w, long b, long c, long d, long e, double y,
    long f, long g, char h)
{
	w.w[0] += (uintptr_t)(a + b + c + d + e + f + g + h);
	w.w[8] = (uintptr_t)(x * y);
	return w;
}

static RT_NOINLINE double
real(double x, int n)
{
	volatile char pad[64];

	pad[n % 64] = (char)n;
	return x + pad[n % 64];
}

static RT_NOINLINE __int128
pair(uintptr_t a, uintptr_t b)
{
	volatile char pad[64];

	pad[a % 64] = 0;
	return (__int128)a << 64 | (b + (uintptr_t)pad[a % 64]);
}

static void
pass_all_kinds(void *arg)
{
	struct wide w = { { 1, 2, 3, 4, 5, 6, 7, 8, 9 } };
	__int128 p = pair(5, 6);

	w = mix(1, 1.5, w, 2, 3, 4, 5, 4.0, 6, 7, 8);
	REQUIRE(w.w[0] == 37 && w.w[7] == 8 && w.w[8] == 6);
	REQUIRE(real(0.25, 3) == 3.25);
	REQUIRE((uintptr_t)(p >> 64) == 5 && (uintptr_t)p == 6);
}

static RT_NOINLINE int
fine(int k, void (*fn)(void *))
{
	if (k > 0)
		return fine(k - 1, fn) + 1;
	fn(NULL);
	return 0;
}

/* n large frames and k small ones: the call that crosses is each in turn. */
static RT_NOINLINE void
from_everywhere(int n, int k, void (*fn)(void *))
{
	volatile char pad[1024];

	pad[0] = (char)n;
	if (n > 0)
		from_everywhere(n - 1, k, fn);
	else
		REQUIRE(fine(k, fn) == k);
	REQUIRE(pad[0] == (char)n);
}

static int
arguments_come_along(void *arg)
{
	for (int n = 0; n < (int)(rt_stack_slot_bytes() / 1024) + 2; n++)
		for (int k = 0; k < 40; k++)
			from_everywhere(n, k, pass_all_kinds);
	return 0;
}

/* ---- big frames ---- */

static RT_NOINLINE uintptr_t
big(int n)
{
	volatile char room[700000];

	memset((char *)room, n, sizeof room);
	REQUIRE(rt_stack_holds(rt_getg(), (uintptr_t)room, 0));
	return (uintptr_t)(room[0] + room[sizeof room - 1]) +
	    (n > 0 ? big(n - 1) : 0);
}

static int
big_frames_do_not_jump(void *arg)
{
	REQUIRE(big(50) == sum_to(50) * 2);
	REQUIRE(!deep_now());
	return 0;
}

/* ---- leaving by a jump ---- */

static void
panic_here(void *arg)
{
	*(bool *)arg = deep_now();
	rt_panic_str("deep");
}

struct body {
	int frames;
	bool deep;
};

static void
panic_down(void *arg)
{
	struct body *b = arg;

	down(b->frames, panic_here, &b->deep);
}

static void
recovers(void *arg)
{
	*(bool *)arg = rt_recover(NULL);
}

static void
protected_body(void *arg)
{
	bool *ok = arg;
	struct body b = { 2000, false };

	rt_deferproc(recovers, ok);
	panic_down(&b);
}

static void
protect_here(void *arg)
{
	bool ok = false, was = deep_now();

	REQUIRE(!rt_protect(protected_body, &ok) && ok);
	REQUIRE(deep_now() == was);
	REQUIRE(word_is_right());
}

static int
a_panic_leaves(void *arg)
{
	for (int i = 0; i < 400; i += 3)
		down(i, protect_here, NULL);
	return 0;
}

/* ---- parked below, collected meanwhile ---- */

static void
park_here(void *arg)
{
	uintptr_t *obj = rt_mallocgc(64, NULL, false, true);
	uintptr_t *volatile keep = obj;

	obj[1] = *(uintptr_t *)arg;
	obj = NULL;
	atomic_fetch_add(&arrived, 1);
	WAIT_UNTIL(atomic_load(&stage) == 1);
	REQUIRE(keep[1] == *(uintptr_t *)arg);
}

static void
deep_parker(void *arg)
{
	/* held on the slot only, in a register at the crossing perhaps */
	uintptr_t *mine = rt_mallocgc(64, NULL, false, true);

	*mine = (uintptr_t)mine * 3;
	down(600, park_here, mine);
	REQUIRE(*mine == (uintptr_t)mine * 3);
	atomic_fetch_add(&arrived, 1);
}

#define PARKERS 60

static int
objects_of_both_pieces_stay(void *arg)
{
	for (int i = 0; i < PARKERS; i++)
		go(deep_parker, NULL);
	WAIT_UNTIL(atomic_load(&arrived) == PARKERS);
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 20000; k++)
			*(uintptr_t *)rt_mallocgc(64, NULL, true, true) = 1;
		rt_gc_force();
	}
	atomic_store(&arrived, 0);
	atomic_store(&stage, 1);
	WAIT_UNTIL(atomic_load(&arrived) == PARKERS);
	return 0;
}

/* ---- what is left ---- */

static long
resident_pages(void)
{
	long size = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	REQUIRE(f != NULL && fscanf(f, "%ld %ld", &size, &pages) == 2);
	fclose(f);
	return pages;
}

static void
nothing(void *arg)
{
}

static void
goes_deep_once(void *arg)
{
	down(20000, nothing, NULL); /* some 4 MiB */
	atomic_fetch_add(&arrived, 1);
	WAIT_UNTIL(atomic_load(&stage) == 1);
	atomic_fetch_add(&arrived, 1);
}

#define DIVERS 100

/* After many were deep at once and ended, what the pool keeps is bounded, and
 * goes when it has been idle. */
static int
memory_comes_back(void *arg)
{
	long before = resident_pages(), used, after;

	for (int i = 0; i < DIVERS; i++)
		go(goes_deep_once, NULL);
	WAIT_UNTIL(atomic_load(&arrived) == DIVERS);
	used = resident_pages() - before;
	REQUIRE(used > DIVERS * 4000000L / 4096);
	atomic_store(&stage, 1);
	WAIT_UNTIL(atomic_load(&arrived) == 2 * DIVERS);
	WAIT_UNTIL(rt_gcount() == 1);
	REQUIRE(rt_segment_idle_young());
	after = resident_pages() - before;
	REQUIRE(after < used / 3);
	rt_stack_release_idle();
	rt_stack_release_idle();
	REQUIRE(!rt_segment_idle_young());
	after = resident_pages() - before;
	REQUIRE(after < used / 10);
	return 0;
}

/* A goroutine that lives on loses the pages it does not come back to. */
static int
collector_trims(void *arg)
{
	long before, used;

	down(10, nothing, NULL);
	before = resident_pages();
	down(40000, nothing, NULL);
	used = resident_pages() - before;
	for (int i = 0; i < 4; i++)
		rt_gc_force();
	REQUIRE(used > 8000000 / 4096);
	REQUIRE(resident_pages() - before < used / 4);
	REQUIRE(down(40000, nothing, NULL) == sum_to(40000));
	return 0;
}

/* ---- stopping at a call ---- */

static _Atomic uint64_t turns;

static RT_NOINLINE void
turn(void)
{
	atomic_fetch_add_explicit(&turns, 1, memory_order_relaxed);
}

static void
spins_with_calls(void *arg)
{
	while (atomic_load_explicit(&stage, memory_order_relaxed) == 0)
		turn();
	atomic_fetch_add(&arrived, 1);
}

static void
spins_over_the_boundary(void *arg)
{
	bool deep;

	while (atomic_load_explicit(&stage, memory_order_relaxed) == 0)
		down(2000, note_deep, &deep);
	atomic_fetch_add(&arrived, 1);
}

/* One P: the spinning ones get slices only because they are stopped. */
static int
calls_are_where_it_stops(void *arg)
{
	go(spins_with_calls, NULL);
	go(spins_over_the_boundary, NULL);
	go(spins_with_calls, NULL);
	for (int i = 0; i < 10; i++)
		rt_gosched();
	for (int i = 0; i < 10; i++)
		rt_gc_force();
	atomic_store(&stage, 1);
	WAIT_UNTIL(atomic_load(&arrived) == 3);
	REQUIRE(atomic_load(&turns) > 0);
	return 0;
}

/* ---- the end ---- */

static int
works_in_little_space(void *arg)
{
	bool deep;

	for (int i = 0; i < 5; i++)
		go(goes_deep_once, NULL);
	WAIT_UNTIL(atomic_load(&arrived) == 5);
	atomic_store(&stage, 1);
	WAIT_UNTIL(atomic_load(&arrived) == 10);
	REQUIRE(down(30000, note_deep, &deep) == sum_to(30000) && deep);
	return 0;
}

static volatile bool for_ever = true;

static RT_NOINLINE int
recurse(int n)
{
	volatile char frame[256];

	frame[0] = (char)n;
	return for_ever ? recurse(n + 1) + frame[0] : 0;
}

static int
overflows(void *arg)
{
	rt_set_max_stack(5000000);
	return recurse(0);
}

START_TEST(overflow_is_reported)
{
	char text[65536];

	ck_assert_int_eq(last_words(overflows, NULL, text, sizeof text), 2);
	ck_assert_msg(strstr(text, "runtime: goroutine stack exceeds "
	                           "5000000-byte limit\n") == text,
	    "%s", text);
	ck_assert_msg(strstr(text, "\nfatal error: stack overflow\n") != NULL,
	    "%s", text);
	ck_assert_msg(strstr(text, "\nrecurse(") != NULL, "%s", text);
}
END_TEST

/* An address space that has no room for 1 GiB. */
START_TEST(works_under_ulimit_v)
{
	struct rlimit rl = { 1000000 << 10, 1000000 << 10 };

	ck_assert_int_eq(setrlimit(RLIMIT_AS, &rl), 0);
	with_procs(1);
	rt_boot_test(works_in_little_space, NULL);
}
END_TEST

static int (*const bodies[])(void *) = {
	goes_there_and_back,
	arguments_come_along,
	big_frames_do_not_jump,
	a_panic_leaves,
	objects_of_both_pieces_stay,
	memory_comes_back,
	collector_trims,
	calls_are_where_it_stops,
};
#define NBODIES ((int)(sizeof bodies / sizeof bodies[0]))

START_TEST(body_holds)
{
	with_procs(1);
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

START_TEST(body_holds_in_parallel)
{
	with_procs(4);
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("segment");
	TCase *tc = tcase_create("segment");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(tc, body_holds, 0, 0, NBODIES);
	tcase_add_loop_exit_test(tc, body_holds_in_parallel, 0, 0, NBODIES);
	tcase_add_exit_test(tc, works_under_ulimit_v, 0);
	tcase_add_test(tc, overflow_is_reported);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
