/*
 * last_words.h - what a booted runtime says when it dies.
 */
#ifndef TESTS_LAST_WORDS_H
#define TESTS_LAST_WORDS_H

#include <check.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/boot.h"

/*
 * Run body as main.main of a child process and catch what it says on standard
 * error. Returns its exit code (128+n for signal n); text is NUL-terminated,
 * and cut where it is full.
 */
static inline int
last_words(int (*body)(void *), void *arg, char *text, size_t cap)
{
	char rest[512];
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
	while (n + 1 == cap && read(fds[0], rest, sizeof(rest)) > 0)
		continue;
	text[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status)
	                         : 128 + WTERMSIG(status);
}

#endif
