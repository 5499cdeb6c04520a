/*
 * check_signal.c - what each signal does to a process of ours, seen from its
 * parent; and signals that a program asked for.
 *
 * A child boots the runtime, says it is ready on a pipe, and waits. The parent
 * sends what the case says and looks at the wait status.
 */
#define _GNU_SOURCE /* REG_RIP */
#include "os/os.h"
#include "os/sigtab.h"
#include "boot/boot.h"
#include "chan/chan.h"
#include "gc/gc.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static int ready[2]; /* child says one byte */

static int
say_ready_and_wait(void *arg)
{
	char c = 1;

	(void)arg;
	if (write(ready[1], &c, 1) != 1)
		return 99;
	for (;;)
		rt_time_sleep((int64_t)3600 * 1000000000);
}

/* Boot body in a child; its standard error goes into err if not NULL. */
static pid_t
start(int (*body)(void *), int *ret_err)
{
	int err[2] = { -1, -1 };
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	if (ret_err != NULL)
		ck_assert_int_eq(pipe(err), 0);
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (ret_err != NULL) {
			dup2(err[1], 2);
			close(err[0]);
			close(err[1]);
		}
		rt_boot_test(body, NULL);
	}
	close(ready[1]);
	if (ret_err != NULL) {
		close(err[1]);
		*ret_err = err[0];
	}
	return pid;
}

static void
wait_ready(void)
{
	char c;

	ck_assert_int_eq(read(ready[0], &c, 1), 1);
}

static int
status_of(pid_t pid)
{
	int st;

	ck_assert_int_eq(waitpid(pid, &st, 0), pid);
	return st;
}

/* ---- nobody asked ---- */

static const int killers[] = { SIGHUP, SIGINT, SIGTERM };

START_TEST(dies_by_that_very_signal)
{
	pid_t pid = start(say_ready_and_wait, NULL);
	int st;

	wait_ready();
	kill(pid, killers[_i]);
	st = status_of(pid);
	ck_assert(WIFSIGNALED(st));
	ck_assert_int_eq(WTERMSIG(st), killers[_i]);
}
END_TEST

static const struct {
	int sig;
	const char *line;
} dumps[] = {
	{ SIGQUIT, "SIGQUIT: quit\nPC=0x" },
	{ SIGABRT, "SIGABRT: abort\nPC=0x" },
	{ SIGSEGV, "SIGSEGV: segmentation violation\nPC=0x" },
	{ SIGSYS, "SIGSYS: bad system call\nPC=0x" },
};

START_TEST(dumps_and_exits_2)
{
	int err, st;
	pid_t pid = start(say_ready_and_wait, &err);
	char text[65536];
	size_t n = 0;
	ssize_t r;

	wait_ready();
	kill(pid, dumps[_i].sig);
	while ((r = read(err, text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)r;
	text[n] = 0;
	st = status_of(pid);
	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 2, "status %x: %s", st,
	    text);
	ck_assert_msg(strstr(text, dumps[_i].line) != NULL, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "goroutine 1 ["));
}
END_TEST

/* ---- sent while the handler is at work on another signal ---- */

extern const char __start_rt_sighandler_text[];

/* A signal's handler that hands a SIGSEGV on, as if that had found a thread
 * between the first instructions of ours. */
static void
segv_in_handler(int sig, siginfo_t *info, void *uc)
{
	struct sigaction ours;
	ucontext_t inside = *(const ucontext_t *)uc;

	(void)sig;
	inside.uc_mcontext.gregs[REG_RIP] = (greg_t)__start_rt_sighandler_text;
	info->si_signo = SIGSEGV;
	sigaction(SIGSEGV, NULL, &ours);
	ours.sa_sigaction(SIGSEGV, info, &inside);
}

static int
interrupt_myself(void *arg)
{
	struct sigaction sa = { .sa_sigaction = segv_in_handler,
		                .sa_flags = SA_SIGINFO | SA_ONSTACK };

	(void)arg;
	sigaction(SIGUSR2, &sa, NULL);
	kill(getpid(), SIGUSR2);
	return 99;
}

START_TEST(sent_inside_the_handler_is_no_fault)
{
	rt_boot_test(interrupt_myself, NULL);
}
END_TEST

static int
unasked_body(void *arg)
{
	static const int sigs[] = { SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGURG,
		SIGWINCH, SIGIO, SIGPWR, SIGPROF, SIGVTALRM, 40, 64 };

	(void)arg;
	for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		raise(sigs[i]);
	return 0;
}

START_TEST(others_do_nothing)
{
	rt_boot_test(unasked_body, NULL);
}
END_TEST

static int
nohup_body(void *arg)
{
	(void)arg;
	raise(SIGHUP);
	return 0;
}

START_TEST(inherited_ignore_is_kept)
{
	signal(SIGHUP, SIG_IGN);
	rt_boot_test(nohup_body, NULL);
}
END_TEST

static int
handlers_body(void *arg)
{
	(void)arg;
	for (int sig = 1; sig < RT_NSIG; sig++) {
		uint16_t flags = rt_sigtable[sig].flags;
		struct { /* the kernel's: a sanitizer can't come between */
			uintptr_t fn;
			unsigned long flags;
			void *restorer;
			uint64_t mask;
		} sa;

		if (flags == 0 || (flags & SF_DEFAULT))
			continue;
		if (syscall(SYS_rt_sigaction, sig, NULL, &sa, 8) != 0)
			return sig;
		if ((sa.flags & (SA_ONSTACK | SA_SIGINFO | SA_RESTART)) !=
		        (SA_ONSTACK | SA_SIGINFO | SA_RESTART) ||
		    sa.fn <= 1)
			return sig;
	}
	return 0;
}

START_TEST(handlers_are_on_the_alternate_stack)
{
	rt_boot_test(handlers_body, NULL);
}
END_TEST

/* ---- SIGPIPE ---- */

static int
pipe_body(void *arg)
{
	int fd = arg == NULL ? 1 : *(int *)arg;

	for (;;)
		if (write(fd, "x", 1) < 0)
			return errno == EPIPE ? 7 : 8;
}

START_TEST(broken_stdout_kills)
{
	int p[2];
	pid_t pid;
	int st;

	ck_assert_int_eq(pipe(p), 0);
	close(p[0]);
	pid = fork();
	if (pid == 0) {
		dup2(p[1], 1);
		rt_boot_test(pipe_body, NULL);
	}
	st = status_of(pid);
	ck_assert_msg(WIFSIGNALED(st), "status %x", st);
	ck_assert_int_eq(WTERMSIG(st), SIGPIPE);
}
END_TEST

START_TEST(other_broken_pipe_is_an_error)
{
	static int p[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, p), 0);
	close(p[0]);
	rt_boot_test(pipe_body, &p[1]);
}
END_TEST

/* ---- the program asked ---- */

static int
receive(struct hchan *c)
{
	int v = 0;
	bool ok = false;

	rt_chanrecv(c, &v, true, &ok);
	return ok ? v : -1;
}

static int
notify_body(void *arg)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 8);
	struct hchan *d = rt_makechan(NULL, sizeof(int), true, 8);

	(void)arg;
	if (rt_signal_wanted())
		return 1;
	rt_signal_enable(SIGTERM, c);
	rt_signal_enable(SIGINT, c);
	rt_signal_enable(SIGTERM, d);
	if (!rt_signal_wanted())
		return 2;
	kill(getpid(), SIGTERM);
	if (receive(c) != SIGTERM || receive(d) != SIGTERM)
		return 3;
	kill(getpid(), SIGINT);
	if (receive(c) != SIGINT)
		return 4;
	if (rt_chanlen(d) != 0)
		return 5;
	rt_signal_disable(SIGTERM, d);
	kill(getpid(), SIGTERM);
	if (receive(c) != SIGTERM || rt_chanlen(d) != 0)
		return 6;
	for (int i = 0; i < 200; i++) { /* one by one none is lost */
		kill(getpid(), i & 1 ? SIGTERM : SIGINT);
		if (receive(c) != (i & 1 ? SIGTERM : SIGINT))
			return 7;
	}
	return 0;
}

START_TEST(notify_delivers_to_each_channel)
{
	rt_boot_test(notify_body, NULL);
}
END_TEST

/* A full channel loses the signal and blocks nobody. */
static int
full_body(void *arg)
{
	struct hchan *full = rt_makechan(NULL, sizeof(int), true, 1);
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 1);

	(void)arg;
	rt_signal_enable(SIGUSR1, full);
	rt_signal_enable(SIGUSR1, c);
	for (int i = 0; i < 50; i++) {
		raise(SIGUSR1);
		if (receive(c) != SIGUSR1)
			return 1;
	}
	return rt_chanlen(full) == 1 ? 0 : 2;
}

START_TEST(full_channel_loses)
{
	rt_boot_test(full_body, NULL);
}
END_TEST

/* After the last disable the signal does again what it did. */
static int
stop_body(void *arg)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 1);

	(void)arg;
	rt_signal_enable(SIGTERM, c);
	raise(SIGTERM);
	if (receive(c) != SIGTERM)
		return 1;
	rt_signal_disable(SIGTERM, c);
	raise(SIGTERM);
	return 2;
}

START_TEST(stop_brings_the_default_back)
{
	rt_boot_test(stop_body, NULL);
}
END_TEST

static int
odd_body(void *arg)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 1);

	(void)arg;
	rt_signal_enable(0, c);
	rt_signal_enable(SIGKILL, c);
	rt_signal_enable(SIGSEGV, c);
	rt_signal_enable(65, c);
	rt_signal_enable(4000000000u, c);
	rt_signal_disable(SIGUSR1, c);
	return rt_signal_wanted() ? 1 : 0;
}

START_TEST(what_cannot_be_asked_for)
{
	rt_boot_test(odd_body, NULL);
}
END_TEST

/* ---- one receiver for all, as os/signal has it ---- */

static struct hchan *passed_on;

static void
pass_on(void *arg)
{
	for (;;) {
		int sig = (int)rt_signal_recv();

		rt_chansend(passed_on, &sig, true, 0);
	}
}

static void
start_receiver(void)
{
	passed_on = rt_makechan(NULL, sizeof(int), true, 8);
	rt_roots_add(&passed_on, sizeof passed_on);
	rt_newproc(pass_on, NULL, 0);
}

static int
receiver_body(void *arg)
{
	start_receiver();
	rt_signal_want(SIGTERM);
	rt_signal_want(SIGTERM);
	rt_signal_want(SIGUSR1);
	for (int i = 0; i < 200; i++) {
		int sig = i & 1 ? SIGTERM : SIGUSR1;

		kill(getpid(), sig);
		if (receive(passed_on) != sig)
			return 1;
	}
	rt_signal_unwant(SIGUSR1);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGTERM);
	return receive(passed_on) == SIGTERM ? 0 : 2;
}

START_TEST(one_receiver_for_all)
{
	rt_boot_test(receiver_body, NULL);
}
END_TEST

/* Idle means received: what was sent before stands in the channel. */
static int
idle_body(void *arg)
{
	start_receiver();
	rt_signal_want(SIGUSR1);
	for (int i = 1; i <= 500; i++) {
		raise(SIGUSR1);
		rt_signal_wait_idle();
		if (rt_chanlen(passed_on) != 1)
			return 1;
		receive(passed_on);
	}
	return 0;
}

START_TEST(idle_means_received)
{
	rt_boot_test(idle_body, NULL);
}
END_TEST

static int
ignore_body(void *arg)
{
	start_receiver();
	if (rt_signal_ignored(SIGTERM) || rt_signal_ignored(0) ||
	    rt_signal_ignored(65))
		return 1;
	rt_signal_ignore(SIGTERM);
	if (!rt_signal_ignored(SIGTERM))
		return 2;
	raise(SIGTERM);
	rt_signal_want(SIGTERM);
	if (rt_signal_ignored(SIGTERM))
		return 3;
	raise(SIGTERM);
	if (receive(passed_on) != SIGTERM)
		return 4;
	rt_signal_ignore(SIGTERM);
	if (rt_signal_wanted())
		return 5;
	raise(SIGTERM);
	rt_signal_unwant(SIGTERM);
	if (!rt_signal_ignored(SIGTERM))
		return 6;
	raise(SIGTERM);
	rt_signal_want(SIGTERM);
	rt_signal_unwant(SIGTERM);
	raise(SIGTERM);
	return 7;
}

START_TEST(ignored_until_it_is_wanted)
{
	rt_boot_test(ignore_body, NULL);
}
END_TEST

static int
inherited_body(void *arg)
{
	start_receiver();
	if (!rt_signal_ignored(SIGHUP) || rt_signal_ignored(SIGINT))
		return 1;
	rt_signal_want(SIGHUP);
	if (rt_signal_ignored(SIGHUP))
		return 2;
	raise(SIGHUP);
	if (receive(passed_on) != SIGHUP)
		return 3;
	rt_signal_unwant(SIGHUP);
	raise(SIGHUP);
	return rt_signal_ignored(SIGHUP) ? 0 : 4;
}

START_TEST(inherited_ignore_comes_back)
{
	signal(SIGHUP, SIG_IGN);
	rt_boot_test(inherited_body, NULL);
}
END_TEST

static int
broken_pipe_body(void *arg)
{
	start_receiver();
	rt_signal_want(SIGPIPE);
	rt_signal_broken_pipe();
	if (receive(passed_on) != SIGPIPE)
		return 1;
	rt_signal_ignore(SIGPIPE);
	rt_signal_broken_pipe();
	rt_signal_want(SIGPIPE);
	rt_signal_unwant(SIGPIPE);
	rt_signal_broken_pipe();
	return 2;
}

START_TEST(broken_pipe_asks_first)
{
	rt_boot_test(broken_pipe_body, NULL);
}
END_TEST

/* A receiver with nothing to wait for keeps no program alive. */
static int
all_asleep_body(void *arg)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 0);

	start_receiver();
	rt_signal_want(SIGUSR1);
	raise(SIGUSR1);
	receive(passed_on);
	rt_signal_unwant(SIGUSR1);
	return receive(c);
}

START_TEST(receiver_is_no_reason_to_live)
{
	rt_boot_test(all_asleep_body, NULL);
}
END_TEST

/* Whoever runs the suite may ignore signals (nohup does), and what is ignored
 * at start stays ignored. Here each test begins with the default ones. */
static void
default_signals(void)
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGPIPE };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		signal(sigs[i], SIG_DFL);
}

int
main(void)
{
	Suite *s = suite_create("os/signal");
	TCase *tc = tcase_create("signal");

	tcase_set_timeout(tc, 20);
	tcase_add_checked_fixture(tc, default_signals, NULL);
	tcase_add_loop_test(tc, dies_by_that_very_signal, 0, 3);
	tcase_add_loop_test(tc, dumps_and_exits_2, 0, 4);
	tcase_add_exit_test(tc, sent_inside_the_handler_is_no_fault, 2);
	tcase_add_exit_test(tc, others_do_nothing, 0);
	tcase_add_exit_test(tc, inherited_ignore_is_kept, 0);
	tcase_add_exit_test(tc, handlers_are_on_the_alternate_stack, 0);
	tcase_add_test(tc, broken_stdout_kills);
	tcase_add_exit_test(tc, other_broken_pipe_is_an_error, 7);
	tcase_add_exit_test(tc, notify_delivers_to_each_channel, 0);
	tcase_add_exit_test(tc, full_channel_loses, 0);
	tcase_add_test_raise_signal(tc, stop_brings_the_default_back, SIGTERM);
	tcase_add_exit_test(tc, what_cannot_be_asked_for, 0);
	tcase_add_exit_test(tc, one_receiver_for_all, 0);
	tcase_add_exit_test(tc, idle_means_received, 0);
	tcase_add_test_raise_signal(tc, ignored_until_it_is_wanted, SIGTERM);
	tcase_add_exit_test(tc, inherited_ignore_comes_back, 0);
	tcase_add_test_raise_signal(tc, broken_pipe_asks_first, SIGPIPE);
	tcase_add_exit_test(tc, receiver_is_no_reason_to_live, 2);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
