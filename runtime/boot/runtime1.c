/*
 * runtime1.c - arguments, environment, debug variables.
 *
 * GODEBUG is Go's: split at commas, each field at its first '='; what has no
 * '=', an unknown name or a value that is no 32-bit number is skipped without
 * a word, the last setting of a name wins, names are not trimmed. The live
 * setters for the control channel are stricter: whoever types a key there is
 * told when it is wrong.
 */
#include "config.h"
#include "boot/boot.h"
#include "boot/runtime1.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "mem/malloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int g_argc;         /* const after args */
static char **g_argv;
static char **g_envs;      /* const after goenvs: our copy of the pointers */
static size_t g_nenvs;
bool rt_inittrace_on;

struct rt_debug_vars rt_debug = {
#define X(name, dflt) .name = dflt,
	RT_DEBUG_VARS(X)
#undef X
};

/* What a program must not inherit by accident: it would pass our channel on. */
static const char *const own_vars[] = { "GORT_CONTROL_FD", "GORT_RING_FD" };
#define OWN_VARS_N (sizeof own_vars / sizeof own_vars[0])

/* ---- arguments ---- */

void
rt_args(int argc, char **argv)
{
	g_argc = argc;
	g_argv = argv;
}

/* libc's getopt permutes argv, so the program gets an array of its own; the
 * strings stay where the kernel put them. */
void
rt_goargs(void)
{
	char **copy = rt_persistentalloc(
	    ((size_t)g_argc + 1) * sizeof *copy, 8, RT_STAT_OTHER);

	memcpy(copy, g_argv, (size_t)g_argc * sizeof *copy);
	g_argv = copy;
}

int
rt_argc(void)
{
	return g_argc;
}

char **
rt_argv(void)
{
	return g_argv;
}

/* ---- environment ---- */

static bool
is_var(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

static bool
is_own(const char *entry)
{
	for (size_t i = 0; i < OWN_VARS_N; i++)
		if (is_var(entry, own_vars[i]))
			return true;
	return false;
}

static void
close_on_exec(const char *var)
{
	const char *s = getenv(var);
	int32_t fd;
	int flags;

	if (s == NULL || !rt_atoi32(s, &fd) || fd < 0)
		return;
	flags = fcntl(fd, F_GETFD);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

void
rt_goenvs(void)
{
	size_t n = 0, k = 0;

	while (environ != NULL && environ[n] != NULL)
		n++;
	g_envs = rt_persistentalloc((n + 1) * sizeof *g_envs, 8, RT_STAT_OTHER);
	for (size_t i = 0; i < n; i++)
		if (!is_own(environ[i]))
			g_envs[k++] = environ[i];
	g_nenvs = k;
	for (size_t i = 0; i < OWN_VARS_N; i++)
		close_on_exec(own_vars[i]);
}

void
rt_hide_own_env(void)
{
	for (size_t i = 0; i < OWN_VARS_N; i++)
		unsetenv(own_vars[i]);
}

size_t
rt_nenvs(void)
{
	return g_nenvs;
}

char **
rt_envs(void)
{
	return g_envs;
}

const char *
rt_gogetenv(const char *name)
{
	for (size_t i = 0; i < g_nenvs; i++)
		if (is_var(g_envs[i], name))
			return g_envs[i] + strlen(name) + 1;
	return NULL;
}

/* ---- debug variables ---- */

static bool
atoi32n(const char *s, size_t n, int32_t *ret)
{
	bool neg = n > 0 && s[0] == '-';
	int64_t v = 0;

	if (neg) {
		s++;
		n--;
	}
	if (n == 0)
		return false;
	for (; n > 0; s++, n--) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (*s - '0');
		if (v > (int64_t)INT32_MAX + 1)
			return false;
	}
	if (neg)
		v = -v;
	if (v > INT32_MAX)
		return false;
	*ret = (int32_t)v;
	return true;
}

bool
rt_atoi32(const char *s, int32_t *ret)
{
	return atoi32n(s, strlen(s), ret);
}

static const struct {
	const char *name;
	_Atomic int32_t *value;
} debug_vars[] = {
#define X(name, dflt) { #name, &rt_debug.name },
	RT_DEBUG_VARS(X)
#undef X
};
#define DEBUG_VARS_N (sizeof debug_vars / sizeof debug_vars[0])

static _Atomic int32_t *
debug_find(const char *name, size_t n)
{
	for (size_t i = 0; i < DEBUG_VARS_N; i++)
		if (strlen(debug_vars[i].name) == n &&
		    memcmp(debug_vars[i].name, name, n) == 0)
			return debug_vars[i].value;
	return NULL;
}

int
rt_debug_parse(const char *s)
{
	int known = 0;

	while (*s != 0) {
		size_t len = strcspn(s, ",");
		const char *eq = memchr(s, '=', len);
		_Atomic int32_t *var;
		int32_t v;

		if (eq != NULL &&
		    (var = debug_find(s, (size_t)(eq - s))) != NULL &&
		    atoi32n(eq + 1, len - (size_t)(eq + 1 - s), &v)) {
			atomic_store(var, v);
			known++;
		}
		s += len;
		if (*s == ',')
			s++;
	}
	return known;
}

void
rt_parsedebugvars(void)
{
	const char *s = rt_gogetenv("GODEBUG");

	if (s != NULL)
		rt_debug_parse(s);
	s = rt_gogetenv("GOTRACEBACK");
	rt_set_traceback(s == NULL ? "" : s, true);
}

int
rt_debug_set(const char *key, const char *value)
{
	_Atomic int32_t *var = debug_find(key, strlen(key));
	int32_t v;

	if (var == NULL)
		return -ENOENT;
	if (!rt_atoi32(value, &v))
		return -EINVAL;
	atomic_store(var, v);
	return 0;
}

int
rt_debug_get(size_t i, const char **ret_key, int32_t *ret_value)
{
	if (i >= DEBUG_VARS_N)
		return -1;
	*ret_key = debug_vars[i].name;
	*ret_value = atomic_load(debug_vars[i].value);
	return 0;
}
