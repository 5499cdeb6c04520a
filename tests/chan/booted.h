/*
 * booted.h - tests that run as main.main of a booted runtime, in Check's
 * forked child. BOOTED(name) { ... return 0; } defines test `name`, to be
 * registered by booted_add; `index` is the loop index.
 */
#ifndef TESTS_BOOTED_H
#define TESTS_BOOTED_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/boot.h"
#include "fault/fault.h"
#include "gort.h"
#include "runtime2.h"
#include "sched/sched.h"
#include "tests/chan/last_words.h"
#include "tests/suite.h"

#define BOOTED(name)                                                           \
	static int name##_body(int index);                                     \
	static int name##_main(void *arg)                                      \
	{                                                                      \
		return name##_body((int)(intptr_t)arg);                        \
	}                                                                      \
	START_TEST(name)                                                       \
	{                                                                      \
		rt_boot_test(name##_main, (void *)(intptr_t)_i);               \
	}                                                                      \
	END_TEST                                                               \
	static int name##_body(int index)

#define booted_add(tc, name) tcase_add_exit_test((tc), name, 0)
#define booted_add_loop(tc, name, n)                                           \
	tcase_add_loop_exit_test((tc), name, 0, 0, (n))

/* ThreadSanitizer runs an order of magnitude slower and ends near 8,000
 * stacks. */
#if defined(__SANITIZE_THREAD__)
#define BOOTED_SLOW 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BOOTED_SLOW 1
#endif
#endif
#ifndef BOOTED_SLOW
#define BOOTED_SLOW 0
#endif
#define BOOTED_SCALE(n) (BOOTED_SLOW ? (n) / 10 : (n))

/* The reason is gp's own; a look from outside races with its next park on
 * purpose, and the status before and after says whether it was of use. */
__attribute__((no_sanitize("thread"), noinline, unused)) static bool
is_parked(const struct g *gp, enum wait_reason why)
{
	return gp != NULL && rt_readgstatus(gp) == G_WAITING
	    && gp->waitreason == why && rt_readgstatus(gp) == G_WAITING;
}

/* Yield until gp is parked for this reason. */
static inline void
await_parked(struct g *const volatile *gpp, enum wait_reason why)
{
	while (!is_parked(__atomic_load_n(gpp, __ATOMIC_ACQUIRE), why))
		gort_yield();
}

#endif
