/*
 * check_held.c - the keeper's table: what is held, how ends are written down,
 * and which messages it takes.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/keeper_held.h"
#include "daemon/keeper_link.h"
#include "tests/suite.h"

static const struct keeper_key key_a = { "aaaaaaaaaaaa", 1, 0 };
static const struct keeper_key key_b = { "bbbbbbbbbbbb", 2, 0 };

static void
setup(void)
{
	ck_assert_int_eq(held_init(), 0);
}

static int
some_fd(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int
hold(const struct keeper_key *key)
{
	int fds[] = { some_fd(), some_fd() };

	return held_hold(key, KT_OUT | KT_INBOX, fds, 2);
}

/* A child that ends as told. */
static pid_t
child(int code, int sig)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (sig != 0) {
			signal(sig, SIG_DFL); /* check has its own handler */
			raise(sig);
		}
		_exit(code);
	}
	return pid;
}

static int
open_pidfd(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/* What the keeper does on SIGCHLD. */
static bool
look_and_write(pid_t pid)
{
	struct rusage ru;
	siginfo_t si;
	bool known;

	ck_assert_int_eq(syscall(SYS_waitid, P_PID, pid, &si, WEXITED |
	    WNOWAIT, &ru), 0);
	known = held_ended(pid, &si, &ru);
	ck_assert_int_eq(waitid(P_PID, pid, &si, WEXITED), 0);
	return known;
}

static int
adopt(const struct keeper_key *key, int slot, pid_t pid)
{
	struct keeper_msg km = { .key = *key, .slot = slot, .pid = pid,
		.start_ticks = 77, .nonce = { 1, 2, 3 } };

	return held_child(&km, open_pidfd(pid));
}

START_TEST(an_end_is_on_the_page)
{
	static const struct { int code, sig, want_code, want_sig; } rows[] = {
		{ 0, 0, 0, 0 }, { 7, 0, 7, 0 }, { 255, 0, 255, 0 },
		{ 0, SIGKILL, -1, SIGKILL }, { 0, SIGTERM, -1, SIGTERM } };
	int slot = hold(&key_a);
	pid_t pid = child(rows[_i].code, rows[_i].sig);
	const struct exit_slot *s;

	ck_assert_int_ge(slot, 0);
	ck_assert_int_eq(adopt(&key_a, slot, pid), 0);
	ck_assert_int_eq(held_live(), 1);
	ck_assert(look_and_write(pid));
	s = &held_page()->slot[slot];
	ck_assert_int_eq(s->state, EXIT_ENDED);
	ck_assert_int_eq(s->how, EXIT_HOW_WAITED);
	ck_assert_int_eq(s->code, rows[_i].want_code);
	ck_assert_int_eq(s->signal, rows[_i].want_sig);
	ck_assert_int_eq(s->pid, pid);
	ck_assert_int_eq(s->start_ticks, 77);
	ck_assert_int_eq(held_live(), 0);
}
END_TEST

START_TEST(the_page_is_not_for_others_to_write)
{
	int fd = held_page_fd();

	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0), MAP_FAILED);
	ck_assert_int_lt(pwrite(fd, "x", 1, 0), 0);
	ck_assert_int_lt(ftruncate(fd, 0), 0);
}
END_TEST

START_TEST(reaped_before_it_was_named)
{
	int slot = hold(&key_a), pidfd;
	pid_t pid = child(3, 0);
	struct keeper_msg km = { .key = key_a, .slot = slot, .pid = pid };
	siginfo_t si;

	pidfd = open_pidfd(pid);
	ck_assert_int_eq(waitid(P_PID, pid, &si, WEXITED), 0);
	ck_assert_int_eq(held_child(&km, pidfd), 0);
	ck_assert_int_eq(held_page()->slot[slot].state, EXIT_ENDED);
	ck_assert_int_eq(held_page()->slot[slot].how, EXIT_HOW_UNKNOWN);
}
END_TEST

START_TEST(a_living_child_is_not_freed)
{
	int slot = hold(&key_a);
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	ck_assert_int_eq(adopt(&key_a, slot, pid), 0);
	ck_assert_int_eq(held_free(&key_a, slot), -EBUSY);
	kill(pid, SIGKILL);
	ck_assert(look_and_write(pid));
	ck_assert_int_eq(held_free(&key_a, slot), 0);
	ck_assert_int_eq(held_page()->slot[slot].state, EXIT_FREE);
}
END_TEST

START_TEST(keys_guard_slots)
{
	int slot = hold(&key_a);

	ck_assert_int_eq(hold(&key_a), -EEXIST);
	ck_assert_int_eq(held_free(&key_b, slot), -ENOENT);
	ck_assert_int_eq(held_free(&key_a, slot + 1), -ENOENT);
	ck_assert_int_eq(held_free(&key_a, EXIT_SLOTS), -ENOENT);
	ck_assert_int_eq(adopt(&key_b, slot, getpid()), -ENOENT);
	ck_assert_int_ne(hold(&key_b), slot);
}
END_TEST

START_TEST(descriptors_must_fit_their_tags)
{
	int fds[] = { some_fd(), some_fd() }, next;

	ck_assert_int_eq(held_hold(&key_a, KT_OUT, fds, 2), -EINVAL);
	next = some_fd(); /* the refused ones were closed */
	ck_assert_int_eq(next, fds[0]);
	close(next);
}
END_TEST

START_TEST(the_replay_has_all_of_it)
{
	int a = hold(&key_a), b = hold(&key_b), fds[KT_N], nfds, slot;
	struct keeper_msg km = { 0 };

	slot = held_next(0, &km, fds, &nfds);
	ck_assert_int_eq(slot, a);
	ck_assert_int_eq(km.tags, KT_OUT | KT_INBOX);
	ck_assert_int_eq(nfds, 2);
	ck_assert_str_eq(km.key.id, key_a.id);
	held_drop(&key_b, b, KT_OUT);
	slot = held_next(slot + 1, &km, fds, &nfds);
	ck_assert_int_eq(slot, b);
	ck_assert_int_eq(km.tags, KT_INBOX);
	ck_assert_int_eq(held_next(slot + 1, &km, fds, &nfds), -1);
}
END_TEST

START_TEST(it_has_an_end)
{
	struct keeper_key key = { "cccccccccccc", 0, 0 };

	for (int n = 0; n < EXIT_SLOTS; n++) {
		key.run = n + 1;
		ck_assert_int_ge(held_hold(&key, 0, NULL, 0), 0);
	}
	key.run++;
	ck_assert_int_eq(held_hold(&key, 0, NULL, 0), -ENOSPC);
}
END_TEST

START_TEST(a_new_keeper_takes_the_store_over)
{
	struct pollfd pfd[4];
	int slot = hold(&key_a), old_page, out;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	ck_assert_int_eq(adopt(&key_a, slot, pid), 0);
	/* as systemd would pass them to the next process */
	old_page = dup(held_page_fd());
	out = some_fd();
	held_restore("s0.out", out);
	held_restore("s0.pidfd", open_pidfd(pid));
	held_restore("s999.ring", some_fd()); /* of a slot that is free */
	held_restore("exitpage", old_page);
	ck_assert_int_eq(slot, 0);
	ck_assert_int_eq(held_init(), 0);
	ck_assert_int_eq(held_page()->slot[0].state, EXIT_LIVE);
	ck_assert_int_eq(held_page()->slot[0].pid, pid);
	/* not our child any more: it is polled, and its end seen */
	ck_assert_int_eq(held_pollfds(pfd, 4), 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(poll(pfd, 1, 5000), 1);
	held_polled(pfd, 1); /* its parent has not reaped it: wait a little */
	waitpid(pid, NULL, 0);
	while (held_page()->slot[0].state != EXIT_ENDED) {
		poll(pfd, held_pollfds(pfd, 4), 100);
		held_polled(pfd, 1);
	}
	ck_assert_int_ne(held_page()->slot[0].how, EXIT_HOW_WAITED);
	if (held_page()->slot[0].how == EXIT_HOW_PIDFD)
		ck_assert_int_eq(held_page()->slot[0].signal, SIGKILL);
}
END_TEST

/* ---- messages ---- */

START_TEST(only_whole_messages_of_our_version)
{
	struct keeper_msg km = { .type = KM_BEAT }, got;
	int sv[2], fds[KEEPER_FDS_MAX], nfds;
	char junk[sizeof km + 8] = { 0 };

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), 0);
	ck_assert_int_eq(keeper_link_send(sv[0], &km, NULL, 0), 0);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), 1);
	ck_assert_int_eq(got.type, KM_BEAT);
	ck_assert_int_eq(send(sv[0], &km, sizeof km - 1, 0), sizeof km - 1);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), -EPROTO);
	ck_assert_int_eq(send(sv[0], junk, sizeof junk, 0), sizeof junk);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), -EPROTO);
	km.version = KEEPER_PROTO_VERSION + 1;
	ck_assert_int_eq(send(sv[0], &km, sizeof km, 0), sizeof km);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), -EPROTO);
	close(sv[0]);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), -EPIPE);
	close(sv[1]);
}
END_TEST

START_TEST(descriptors_travel_close_on_exec)
{
	struct keeper_msg km = { .type = KM_HOLD }, got;
	int sv[2], fds[KEEPER_FDS_MAX], nfds = 0, out[3];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	for (int n = 0; n < 3; n++)
		out[n] = some_fd();
	ck_assert_int_eq(keeper_link_send(sv[0], &km, out, 3), 0);
	ck_assert_int_eq(keeper_link_recv(sv[1], &got, fds, &nfds), 1);
	ck_assert_int_eq(nfds, 3);
	ck_assert(fcntl(fds[2], F_GETFD) & FD_CLOEXEC);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("held");
	TCase *tc = tcase_create("page"), *msg = tcase_create("messages");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, an_end_is_on_the_page, 0, 5);
	tcase_add_test(tc, the_page_is_not_for_others_to_write);
	tcase_add_test(tc, reaped_before_it_was_named);
	tcase_add_test(tc, a_living_child_is_not_freed);
	tcase_add_test(tc, keys_guard_slots);
	tcase_add_test(tc, descriptors_must_fit_their_tags);
	tcase_add_test(tc, the_replay_has_all_of_it);
	tcase_add_test(tc, it_has_an_end);
	tcase_add_test(tc, a_new_keeper_takes_the_store_over);
	tcase_add_test(msg, only_whole_messages_of_our_version);
	tcase_add_test(msg, descriptors_travel_close_on_exec);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, msg);
	return suite_run(s);
}
