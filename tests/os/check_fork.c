/*
 * check_fork.c - a child made by the bare system call, as package syscall of
 * compiled Go makes it, while goroutines and timers run; and exec while
 * threads are made.
 */
#include "config.h"
#include "os/os.h"
#include "os/sigtab.h"
#include "boot/boot.h"
#include "chan/chan.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct kernel_action {
	uintptr_t fn;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static uint64_t
mask_now(void)
{
	uint64_t m = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &m, sizeof m);
	return m;
}

/* 0, or the first thing that is wrong; in the child, so by system calls. */
static int
child_checks(uint64_t mask)
{
	if (!rt_in_fork_child || mask_now() != mask)
		return 100;
	for (int sig = 1; sig < RT_NSIG; sig++) {
		struct kernel_action a;

		if (rt_sigtable[sig].flags == 0)
			continue;
		if (syscall(SYS_rt_sigaction, sig, NULL, &a, 8) != 0)
			return sig;
		if (a.fn != (uintptr_t)(sig == SIGUSR2 ? SIG_IGN : SIG_DFL))
			return sig;
	}
	return 0;
}

/* One child; returns its exit status, <0: no child. */
static int
fork_once(void)
{
	uint64_t mask = mask_now();
	long pid;
	int st;

	rt_before_fork();
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		rt_after_fork_in_child();
		syscall(SYS_exit_group, child_checks(mask));
	}
	rt_after_fork();
	if (pid < 0 || mask_now() != mask || rt_in_fork_child)
		return -1;
	rt_entersyscall();
	while (waitpid((pid_t)pid, &st, 0) < 0 && errno == EINTR)
		continue;
	rt_exitsyscall();
	return WIFEXITED(st) ? WEXITSTATUS(st) : -2;
}

static int
alone_body(void *arg)
{
	rt_signal_ignore(SIGUSR2);
	return fork_once();
}

START_TEST(child_has_default_actions_and_our_mask)
{
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	rt_boot_test(alone_body, NULL);
}
END_TEST

/* ---- under load ---- */

static _Atomic bool stop;

/* Threads park and wake without end, with a timer each time. */
static void
load(void *arg)
{
	while (!atomic_load(&stop)) {
		rt_time_sleep(10000);
		rt_gosched();
	}
}

struct forker {
	struct hchan *done;
	int n;
};

static void
forks(void *arg)
{
	struct forker *f = arg;
	int bad = 0;

	for (int i = 0; i < f->n && bad == 0; i++)
		bad = fork_once();
	rt_chansend(f->done, &bad, true, 0);
}

static int
load_body(void *arg)
{
	struct forker f = { rt_makechan(NULL, sizeof(int), true, 0), 50 };
	int bad = 0, one;

	rt_signal_ignore(SIGUSR2);
	for (int i = 0; i < 20; i++)
		rt_newproc(load, NULL, 0);
	for (int i = 0; i < 4; i++)
		rt_newproc(forks, &f, 0);
	for (int i = 0; i < 4; i++) {
		rt_chanrecv(f.done, &one, true, NULL);
		bad = bad != 0 ? bad : one;
	}
	atomic_store(&stop, true);
	return bad;
}

START_TEST(children_while_goroutines_run)
{
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	rt_boot_test(load_body, NULL);
}
END_TEST

/* ---- exec ---- */

static _Atomic int made;
static int gate[2]; /* a pipe that says nothing: it ends when the test does */

static void
blocks(void *arg)
{
	char c;

	rt_entersyscallblock();
	atomic_fetch_add(&made, 1);
	ck_assert_int_eq(read(gate[0], &c, 1), 0);
	rt_exitsyscall();
}

/* An exec that fails gives the makers of threads back what it took. */
static int
failed_exec_body(void *arg)
{
	char *argv[] = { "nothing", NULL };

	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < 50; i++) {
		rt_newproc(blocks, NULL, 0); /* takes a thread for good */
		rt_before_exec();
		execve("/nonexistent/gort", argv, argv);
		rt_after_exec();
	}
	while (atomic_load(&made) < 50)
		rt_gosched();
	close(gate[1]);
	return 0;
}

START_TEST(failed_exec_lets_threads_be_made)
{
	rt_boot_test(failed_exec_body, NULL);
}
END_TEST

static int
exec_body(void *arg)
{
	char *argv[] = { "sh", "-c", "exit 23", NULL };

	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < 20; i++)
		rt_newproc(blocks, NULL, 0);
	rt_before_exec();
	execve("/bin/sh", argv, environ);
	rt_after_exec();
	return 1;
}

START_TEST(exec_replaces_us)
{
	rt_boot_test(exec_body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("os/fork");
	TCase *tc = tcase_create("fork");

	tcase_set_timeout(tc, 60);
	tcase_add_exit_test(tc, child_has_default_actions_and_our_mask, 0);
	tcase_add_exit_test(tc, children_while_goroutines_run, 0);
	tcase_add_exit_test(tc, failed_exec_lets_threads_be_made, 0);
	tcase_add_exit_test(tc, exec_replaces_us, 23);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
