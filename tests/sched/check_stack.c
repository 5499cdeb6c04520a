/*
 * check_stack.c - slots: where they lie, whose an address is, how they end.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "arch/arch.h"
#include "os/os.h"
#include "tests/chan/last_words.h"
#include "tests/sched/sched_test.h"

static _Atomic int32_t stage;

static int
owner_of_an_address(void *arg)
{
	struct g *gp = rt_getg();
	bool guard = true;
	char here;

	REQUIRE(rt_stack_owner((uintptr_t)&here, &guard) == gp && !guard);
	REQUIRE(rt_stack_owner((uintptr_t)gp, &guard) == gp && !guard);
	REQUIRE(rt_stack_owner(gp->stack.lo, &guard) == gp);
	REQUIRE(rt_stack_owner(gp->stack.lo - 1, &guard) == gp && guard);
	REQUIRE(rt_stack_owner((uintptr_t)&stage, &guard) == NULL);
	REQUIRE(rt_stack_owner((uintptr_t)gp->m->g0->sched.sp, &guard) ==
	    NULL);
	return 0;
}

static int
slots_do_not_overlap(void *arg)
{
	size_t slot = rt_stack_slot_bytes();
	struct g *last = NULL;

	for (int i = 0; i < 200; i++) {
		struct g *gp = rt_stack_g_alloc();

		REQUIRE(gp->stack.hi == (uintptr_t)gp);
		REQUIRE(gp->stack.hi - gp->stack.lo > slot / 2);
		REQUIRE(gp->stack.lo / slot == gp->stack.hi / slot);
		REQUIRE(((uintptr_t)gp & 63) == 0);
		REQUIRE(last == NULL ||
		    (uintptr_t)last / slot != (uintptr_t)gp / slot);
		/* the top of a deep call, and the first frame */
		*(volatile char *)gp->stack.lo = 1;
		*(volatile char *)(gp->stack.hi - 1) = 1;
		last = gp;
	}
	REQUIRE(rt_stack_bytes_inuse() >= 200 * slot);
	REQUIRE(rt_stack_bytes_sys() >= rt_stack_bytes_inuse());
	return 0;
}

/* ---- overflow is said, not suffered ---- */

static volatile bool for_ever = true;

static RT_NOINLINE int
recurse(int n)
{
	volatile char frame[256];

	frame[0] = (char)n;
	if (!for_ever)
		return 0;
	return recurse(n + 1) + frame[0];
}

static int
overflows(void *arg)
{
	return recurse(0);
}

START_TEST(overflow_is_reported)
{
	char text[4096], want[128];

	ck_assert_int_eq(last_words(overflows, NULL, text, sizeof text), 2);
	snprintf(want, sizeof want,
	    "runtime: goroutine stack exceeds %zu-byte limit",
	    rt_stack_slot_bytes());
	ck_assert_msg(strstr(text, want) != NULL, "%s", text);
	ck_assert_msg(strstr(text, "fatal error: stack overflow") != NULL,
	    "%s", text);
}
END_TEST

/* ---- pages go back by age ---- */

static bool
no_wait(struct g *gp, void *arg)
{
	return false;
}

static RT_NOINLINE void
goes_deep(void *arg)
{
	char frame[30000];

	memset(frame, 1, sizeof frame);
	rt_gopark(no_wait, NULL, WAIT_SLEEP); /* leaves its mark in the g */
	__asm__ volatile("" : : "r"(frame) : "memory");
	atomic_fetch_add(&stage, 1);
}

static int
idle_pages_go_back(void *arg)
{
	int n = 2000; /* not SCALEd: it doesn't run sanitized */
	long deep, after;

	/* all at once, so that each has a slot of its own */
	for (int i = 0; i < n; i++)
		rt_newproc(goes_deep, NULL, 0);
	WAIT_UNTIL(atomic_load(&stage) == n);
	WAIT_UNTIL(rt_gcount() == 1);
	deep = rss_bytes();
	REQUIRE(rt_stack_idle_young());
	rt_stack_release_idle();
	REQUIRE(rss_bytes() > deep - (4 << 20)); /* seen, not yet old */
	rt_stack_release_idle();
	REQUIRE(!rt_stack_idle_young());
	after = rss_bytes();
	REQUIRE(after < deep - (long)n * 20000);
	/* and they work again */
	atomic_store(&stage, 0);
	for (int i = 0; i < n; i++)
		rt_newproc(goes_deep, NULL, 0);
	WAIT_UNTIL(atomic_load(&stage) == n);
	return 0;
}

/* ---- little address space ---- */

static void
just_ends(void *arg)
{
	atomic_fetch_add(&stage, 1);
}

static int
thousand(void *arg)
{
	for (int i = 0; i < 1000; i++)
		rt_newproc(just_ends, NULL, 0);
	WAIT_UNTIL(atomic_load(&stage) == 1000);
	return 0;
}

START_TEST(works_under_ulimit_v)
{
#ifndef RT_SANITIZED /* their shadow is larger than that by itself */
	struct rlimit rl = { 1000000l << 10, 1000000l << 10 };

	ck_assert_int_eq(setrlimit(RLIMIT_AS, &rl), 0);
#endif
	rt_boot_test(thousand, NULL);
}
END_TEST

static int (*const bodies[])(void *) = {
	owner_of_an_address,
	slots_do_not_overlap,
	idle_pages_go_back, /* last: a sanitizer's bookkeeping hides ours */
};
#define NBODIES ((int)(sizeof bodies / sizeof bodies[0]))

#ifdef RT_SANITIZED
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

START_TEST(body_holds)
{
	with_procs(1); /* nobody runs while we make many */
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

int
main(void)
{
	TCase *tc;
	Suite *s = rows_suite("stack", body_holds,
	    sanitized ? NBODIES - 1 : NBODIES, &tc);

	tcase_set_timeout(tc, 30);
	tcase_add_exit_test(tc, works_under_ulimit_v, 0);
	if (!sanitized) /* the sanitizer reports it first, in its words */
		tcase_add_test(tc, overflow_is_reported);
	return suite_run(s);
}
