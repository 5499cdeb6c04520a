/*
 * spec.c - from the options of `run` to the params of instance.run.
 *
 * gortd runs the program as the caller, in the caller's directory, but not in
 * the caller's environment: an instance has a clean base plus what -e says, so
 * that it starts the same way tomorrow. Paths are made absolute here, because
 * gortd's own directory is another.
 */
#include "client/spec.h"
#include "client/build.h"
#include "client/when.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- finding the program ---- */

static int
check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return access(path, X_OK) == 0 ? 0 : -EACCES;
}

static char *
absolute(const char *path)
{
	char *cwd, *abs = NULL;

	if (path[0] == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (cwd == NULL)
		return NULL;
	if (path[0] == '.' && path[1] == '/')
		path += 2;
	if (asprintf(&abs, "%s/%s", strcmp(cwd, "/") ? cwd : "", path) < 0)
		abs = NULL;
	free(cwd);
	return abs;
}

static int
search(const char *program, const char *path_env, char **ret)
{
	const char *p = path_env, *end;
	char *try;
	int rc, best = -ENOENT;

	for (; p != NULL; p = *end ? end + 1 : NULL) {
		end = strchrnul(p, ':');
		if (asprintf(&try, "%.*s%s%s", (int)(end - p), p,
			end > p ? "/" : "./", program) < 0)
			return -ENOMEM;
		rc = check_file(try);
		if (rc == 0) {
			*ret = absolute(try);
			free(try);
			return *ret != NULL ? 0 : -ENOMEM;
		}
		if (rc == -EACCES)
			best = rc;
		free(try);
	}
	return best;
}

int
spec_find(const char *program, const char *path_env, char **ret)
{
	int rc;

	if (program[0] == '\0')
		return -ENOENT;
	if (strchr(program, '/') == NULL)
		return search(program, path_env, ret);
	rc = check_file(program);
	if (rc != 0)
		return rc;
	*ret = absolute(program);
	return *ret != NULL ? 0 : -ENOMEM;
}

static bool
ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n > m && strcmp(s + n - m, tail) == 0;
}

static int
locate(const char *program, char **ret)
{
	int rc;

	if (ends_with(program, ".c") || ends_with(program, ".go"))
		return build_cached(program, ret);
	rc = spec_find(program, getenv("PATH"), ret);
	if (rc == 0)
		return CTL_OK;
	if (rc == -EISDIR)
		ctl_say("%s is a directory", program);
	else if (rc == -EACCES)
		ctl_say("%s can't be executed: permission denied", program);
	else if (rc == -ENOENT && strchr(program, '/') == NULL)
		ctl_say("%s: not found in PATH", program);
	else
		ctl_say("%s: %s", program, strerror(-rc));
	return rc == -ENOENT ? CTL_RUN_MISSING : CTL_RUN_CANNOT;
}

/* ---- environment ---- */

static int
env_pair(json_t *env, const char *s, size_t len)
{
	const char *eq = memchr(s, '=', len);
	char *key, *from;
	int rc = -EINVAL;

	key = strndup(s, eq != NULL ? (size_t)(eq - s) : len);
	if (key == NULL)
		return -ENOMEM;
	if (key[0] == '\0')
		goto out;
	rc = 0;
	if (eq != NULL)
		rc = json_object_set_new(env, key,
		    json_stringn(eq + 1, len - (size_t)(eq + 1 - s)));
	else if ((from = getenv(key)) != NULL)
		rc = json_object_set_new(env, key, json_string(from));
	if (rc != 0)
		rc = -EILSEQ;
out:
	free(key);
	return rc;
}

int
spec_env_text(json_t *env, const char *text, int *ret_line)
{
	const char *end;
	size_t len;
	int rc;

	for (*ret_line = 1; *text != '\0'; (*ret_line)++) {
		end = strchrnul(text, '\n');
		len = (size_t)(end - text);
		if (len > 0 && text[len - 1] == '\r')
			len--;
		if (len > 0 && text[0] != '#') {
			rc = env_pair(env, text, len);
			if (rc != 0)
				return rc;
		}
		text = *end ? end + 1 : end;
	}
	return 0;
}

static char *
read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;

	if (f == NULL)
		return NULL;
	n = getdelim(&text, &cap, '\0', f);
	fclose(f);
	if (n < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

static int
make_env(const struct ctl_opts *o, json_t *params)
{
	json_t *env = json_object();
	char *text;
	size_t i;
	int rc, line;

	if (o->env_file != NULL) {
		text = read_all(o->env_file);
		if (text == NULL) {
			ctl_say("%s: %s", o->env_file, strerror(errno));
			json_decref(env);
			return CTL_USAGE;
		}
		rc = spec_env_text(env, text, &line);
		free(text);
		if (rc != 0) {
			ctl_say("%s:%d: not K=V", o->env_file, line);
			json_decref(env);
			return CTL_USAGE;
		}
	}
	for (i = 0; i < o->env.n; i++) {
		if (env_pair(env, o->env.v[i], strlen(o->env.v[i])) == 0)
			continue;
		ctl_say("-e takes K=V in UTF-8, not '%s'", o->env.v[i]);
		json_decref(env);
		return CTL_USAGE;
	}
	if (json_object_size(env) > 0)
		json_object_set_new(params, "env", env);
	else
		json_decref(env);
	return CTL_OK;
}

/* ---- the rest ---- */

static int
check_values(const struct ctl_opts *o)
{
	static const char *const profiles[] = { "open", "standard", "strict" };
	int64_t n;
	size_t i;

	if (o->gomaxprocs != NULL && when_count(o->gomaxprocs, 1, 4096, &n)) {
		ctl_say("--gomaxprocs takes 1 to 4096, not '%s'", o->gomaxprocs);
		return CTL_USAGE;
	}
	if (o->gogc != NULL && strcmp(o->gogc, "off") != 0 &&
	    when_count(o->gogc, 0, INT32_MAX, &n) != 0) {
		ctl_say("--gogc takes a percentage or off, not '%s'", o->gogc);
		return CTL_USAGE;
	}
	if (o->restart != NULL && strcmp(o->restart, "no") != 0 &&
	    strcmp(o->restart, "always") != 0 &&
	    strcmp(o->restart, "on-failure") != 0 &&
	    (strncmp(o->restart, "on-failure:", 11) != 0 ||
		when_count(o->restart + 11, 1, INT32_MAX, &n) != 0)) {
		ctl_say("--restart takes no, on-failure, on-failure:N or "
			"always, not '%s'",
		    o->restart);
		return CTL_USAGE;
	}
	if (o->logs != NULL && strcmp(o->logs, "block") != 0 &&
	    strcmp(o->logs, "drop") != 0) {
		ctl_say("--logs takes block or drop, not '%s'", o->logs);
		return CTL_USAGE;
	}
	for (i = 0; o->profile != NULL && i < 3; i++)
		if (strcmp(o->profile, profiles[i]) == 0)
			return CTL_OK;
	if (o->profile == NULL)
		return CTL_OK;
	ctl_say("--profile takes open, standard or strict, not '%s'",
	    o->profile);
	return CTL_USAGE;
}

static void
put_str(json_t *p, const char *key, const char *value)
{
	if (value != NULL)
		json_object_set_new(p, key, json_string(value));
}

static int
put_args(const struct ctl_opts *o, json_t *p)
{
	json_t *args = json_array();
	int i;

	for (i = 1; i < o->argc; i++) {
		if (json_array_append_new(args, json_string(o->argv[i])) == 0)
			continue;
		ctl_say("argument %d is no UTF-8 text: gortd can't take it", i);
		json_decref(args);
		return CTL_USAGE;
	}
	json_object_set_new(p, "args", args);
	return CTL_OK;
}

static int
put_limits(const struct ctl_opts *o, json_t *p)
{
	char *all = strdup(""), *next;
	const char *s, *end;
	size_t i, len;

	for (i = 0; i < o->limits.n; i++) {
		for (s = o->limits.v[i]; s != NULL; s = *end ? end + 1 : NULL) {
			end = strchrnul(s, ',');
			len = (size_t)(end - s);
			if (len > 0 && s[0] != '=' && memchr(s, '=', len))
				continue;
			ctl_say("--limit takes memory=..., cpu=..., tasks=..., "
				"not '%s'",
			    o->limits.v[i]);
			free(all);
			return CTL_USAGE;
		}
		if (asprintf(&next, "%s%s%s", all, i ? "," : "",
			o->limits.v[i]) < 0)
			break;
		free(all);
		all = next;
	}
	if (o->limits.n > 0)
		json_object_set_new(p, "limit", json_string(all));
	free(all);
	return CTL_OK;
}

static int
put_cwd(const struct ctl_opts *o, json_t *p)
{
	char *cwd = o->cwd != NULL ? realpath(o->cwd, NULL) : getcwd(NULL, 0);

	if (cwd == NULL) {
		ctl_say("%s: %s", o->cwd ? o->cwd : "working directory",
		    strerror(errno));
		return CTL_USAGE;
	}
	put_str(p, "cwd", cwd);
	free(cwd);
	return CTL_OK;
}

static void
put_options(const struct ctl_opts *o, json_t *p)
{
	int64_t n;

	put_str(p, "name", o->name);
	put_str(p, "user", o->user);
	put_str(p, "restart", o->restart);
	put_str(p, "gogc", o->gogc);
	put_str(p, "memlimit", o->memlimit);
	put_str(p, "godebug", o->godebug);
	put_str(p, "profile", o->profile);
	put_str(p, "logs", o->logs);
	if (o->gomaxprocs != NULL &&
	    when_count(o->gomaxprocs, 1, 4096, &n) == 0)
		json_object_set_new(p, "gomaxprocs", json_integer(n));
	if (o->rm)
		json_object_set_new(p, "rm", json_true());
}

int
spec_make(struct ctl_opts *o, json_t **ret)
{
	json_t *p = json_object();
	char *program = NULL;
	int rc;

	rc = check_values(o);
	if (rc == CTL_OK)
		rc = make_env(o, p);
	if (rc == CTL_OK)
		rc = put_args(o, p);
	if (rc == CTL_OK)
		rc = put_limits(o, p);
	if (rc == CTL_OK)
		rc = put_cwd(o, p);
	if (rc == CTL_OK)
		rc = locate(o->argv[0], &program);
	if (rc == CTL_OK) {
		put_options(o, p);
		put_str(p, "program", program);
		if (json_object_get(p, "program") == NULL) {
			ctl_say("the program's path is no UTF-8 text");
			rc = CTL_RUN_CANNOT;
		}
	}
	free(program);
	if (rc == CTL_OK)
		*ret = p;
	else
		json_decref(p);
	return rc;
}
