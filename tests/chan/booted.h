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

/*
 * Run body as main.main of a child process and catch what it says on standard
 * error. Returns its exit code (128+n for signal n); text is NUL-terminated.
 */
static inline int
last_words(int (*body)(void *), void *arg, char *text, size_t cap)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		rt_boot_test(body, arg);
	}
	close(fds[1]);
	while (n + 1 < cap && (got = read(fds[0], text + n, cap - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status)
	                         : 128 + WTERMSIG(status);
}

static inline int
booted_run(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
