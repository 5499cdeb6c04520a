/*
 * os.c - arguments, environment, and the end of the process, as os and syscall
 * ask for them.
 *
 * The environment exists twice: package syscall has a map of its own, made
 * from what runtime_envs returns, and tells us of changes so that libc (name
 * look-ups, time zones) and C code see them too.
 */
#include "gccgo/gccgo.h"

#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "boot/runtime1.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "sched/sched.h"

gort_slice go_os_args(void) GO("os.runtime__args");
gort_slice go_envs(void) GO("syscall.runtime__envs");
gort_str go_gogetenv(gort_str key) GO("runtime.gogetenv");
void go_setenv(gort_str key, gort_str value) GO("syscall.setenv__c");
void go_unsetenv(gort_str key) GO("syscall.unsetenv__c");
void go_before_exit(void) GO("os.runtime__beforeExit");
void go_exit(intptr_t code) GO("syscall.Exit");
intptr_t go_getpagesize(void) GO("syscall.Getpagesize");
void go_setmodinfo(gort_str s) GO("runtime.setmodinfo");

/* ---- strings in, strings out ---- */

/* A []string with copies of these C strings, in one block of text. */
static gort_slice
to_strings(char **v, size_t n)
{
	gort_str *s = rt_mallocgc(n * sizeof *s, NULL, true, true);
	size_t bytes = 0, len;
	char *text;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(v[i]);
	text = rt_mallocgc(bytes, NULL, false, false);
	for (size_t i = 0; i < n; i++) {
		len = strlen(v[i]);
		memcpy(text, v[i], len);
		rt_writeptr(&s[i].p, text);
		s[i].n = (ssize_t)len;
		text += len;
	}
	return (gort_slice){ s, (ssize_t)n, (ssize_t)n };
}

/* Collected, terminated. */
static char *
to_c(gort_str s)
{
	char *c = rt_mallocgc((size_t)s.n + 1, NULL, false, false);

	memcpy(c, s.p, (size_t)s.n);
	c[s.n] = 0;
	return c;
}

/* ---- arguments and environment ---- */

gort_slice
go_os_args(void)
{
	return to_strings(rt_argv(), (size_t)rt_argc());
}

gort_slice
go_envs(void)
{
	return to_strings(rt_envs(), rt_nenvs());
}

/* As it was at the start. */
gort_str
go_gogetenv(gort_str key)
{
	const char *v = rt_gogetenv(to_c(key));

	if (v == NULL)
		return (gort_str){ NULL, 0 };
	return (gort_str){ v, (ssize_t)strlen(v) };
}

struct env_change {
	const char *key, *value; /* NULL: unset */
};

/* On the thread's stack: libc puts up to 64 KiB of text there. */
static void
change_env(void *arg)
{
	const struct env_change *e = arg;

	if (e->value == NULL)
		unsetenv(e->key);
	else
		setenv(e->key, e->value, 1);
}

void
go_setenv(gort_str key, gort_str value)
{
	struct env_change e = { to_c(key), to_c(value) };

	rt_systemstack(change_env, &e);
}

void
go_unsetenv(gort_str key)
{
	struct env_change e = { to_c(key), NULL };

	rt_systemstack(change_env, &e);
}

/* ---- the end ---- */

/* os.Exit calls it before syscall.Exit, which says all there is to say. */
void
go_before_exit(void)
{
}

void
go_exit(intptr_t code)
{
	rt_exit(rt_leak_exit_code((int)code));
}

/* ---- odds and ends ---- */

intptr_t
go_getpagesize(void)
{
	return (intptr_t)rt_physpagesize;
}

gort_str go_modinfo; /* static data of the program */

void
go_setmodinfo(gort_str s)
{
	go_modinfo = s;
}

/* A program with cgo's C half has own, strong ones: it is linked with them. */
extern bool go_iscgo GO("runtime_iscgo");
__attribute__((weak)) bool go_iscgo;
void go_cgo_wait(void) GO("_cgo_wait_runtime_init_done");
__attribute__((weak)) void
go_cgo_wait(void)
{
}
