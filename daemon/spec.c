/*
 * spec.c - from the params of instance.run to a specification.
 *
 * The spec is what is kept: the caller's identity in numbers, taken from its
 * credentials now, since the user database may say something else tomorrow.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/inst.h"
#include "daemon/m_instance.h"
#include "daemon/spawn.h"
#include "ipc/rpc.h"

static const char *
text(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool
restart_valid(const char *p)
{
	char *end;
	long n;

	if (p == NULL || strcmp(p, "no") == 0 || strcmp(p, "always") == 0 ||
	    strcmp(p, "on-failure") == 0)
		return true;
	if (strncmp(p, "on-failure:", 11) != 0)
		return false;
	n = strtol(p + 11, &end, 10);
	return end != p + 11 && *end == '\0' && n > 0 && n < 1000000;
}

/*
 * What GOMEMLIMIT and GOGC take. The runtime throws at the first and silently
 * goes by its default at the second; said here it is one sentence, and no run.
 */
static bool
memlimit_valid(const char *s)
{
	static const char *const units[] = { "", "B", "KiB", "MiB", "GiB",
		"TiB" };
	char *end;

	if (s == NULL || strcmp(s, "off") == 0)
		return true;
	if (s[0] < '0' || s[0] > '9')
		return false;
	errno = 0;
	if (strtoll(s, &end, 10) < 0 || errno != 0)
		return false;
	for (size_t n = 0; n < sizeof units / sizeof units[0]; n++)
		if (strcmp(end, units[n]) == 0)
			return true;
	return false;
}

static bool
gogc_valid(const char *s)
{
	char *end;
	long n;

	if (s == NULL || strcmp(s, "off") == 0)
		return true;
	n = strtol(s, &end, 10);
	return end != s && *end == '\0' && n >= -1 && n <= INT32_MAX;
}

/* Fill uid, gid, user, home, named. */
static json_t *
take_identity(json_t *spec, const char *user, const struct call *caller)
{
	uid_t uid = caller != NULL && caller->uid != (uid_t)-1 ? caller->uid :
	    geteuid();
	gid_t gid = caller != NULL && caller->uid != (uid_t)-1 ? caller->gid :
	    getegid();
	struct passwd *pw;

	if (user != NULL) {
		if (uid != 0)
			return rpc_error(RPC_DENIED,
			    "only root may choose a user");
		pw = getpwnam(user);
		if (pw == NULL)
			return rpc_error(RPC_PARAMS,
			    "there is no user \"%s\"", user);
		uid = pw->pw_uid;
		gid = pw->pw_gid;
	} else {
		pw = getpwuid(uid);
	}
	if (geteuid() != 0 && uid != geteuid())
		return rpc_error(RPC_DENIED, "this gortd is not root: it can "
		    "start programs only as user %u", (unsigned)geteuid());
	json_object_set_new(spec, "uid", json_integer(uid));
	json_object_set_new(spec, "gid", json_integer(gid));
	json_object_set_new(spec, "named", json_boolean(pw != NULL));
	json_object_set_new(spec, "user", pw != NULL ?
	    json_string(pw->pw_name) : json_sprintf("%u", (unsigned)uid));
	json_object_set_new(spec, "home", json_string(pw != NULL ?
	    pw->pw_dir : "/"));
	return NULL;
}

static json_t *
check(json_t *p)
{
	const char *name = text(p, "name"), *s;

	if (name != NULL && !inst_name_valid(name))
		return rpc_error(RPC_PARAMS, "\"%s\" is no name: it is "
		    "[a-z0-9][a-z0-9_.-]* of at most 63", name);
	if (!restart_valid(text(p, "restart")))
		return rpc_error(RPC_PARAMS, "restart is no, on-failure, "
		    "on-failure:N or always, not \"%s\"", text(p, "restart"));
	if (!memlimit_valid(text(p, "memlimit")))
		return rpc_error(RPC_PARAMS, "memlimit is bytes, or a number "
		    "with B, KiB, MiB, GiB or TiB, or off, not \"%s\"",
		    text(p, "memlimit"));
	if (!gogc_valid(text(p, "gogc")))
		return rpc_error(RPC_PARAMS, "gogc is a percentage or off, "
		    "not \"%s\"", text(p, "gogc"));
	if ((s = text(p, "profile")) != NULL && strcmp(s, "open") != 0)
		return rpc_error(RPC_PARAMS,
		    "profile \"%s\" is not offered by this gortd", s);
	if (json_object_size(json_object_get(p, "limit")) > 0)
		return rpc_error(RPC_PARAMS,
		    "limits are not offered by this gortd");
	if ((s = text(p, "cwd")) != NULL && s[0] != '/')
		return rpc_error(RPC_PARAMS, "cwd must be absolute: %s", s);
	if ((s = text(p, "logs")) != NULL && strcmp(s, "block") != 0 &&
	    strcmp(s, "drop") != 0)
		return rpc_error(RPC_PARAMS, "logs is block or drop");
	return NULL;
}

json_t *
spec_make(json_t *params, const struct call *caller, json_t **ret_error)
{
	static const char *const kept[] = { "program", "args", "env", "cwd",
		"restart", "gomaxprocs", "gogc", "memlimit", "godebug", "rm",
		"logs" };
	json_t *spec = json_object(), *v, *e;
	char *cause = NULL;

	for (size_t n = 0; n < sizeof kept / sizeof kept[0]; n++)
		if ((v = json_object_get(params, kept[n])) != NULL &&
		    !json_is_null(v))
			json_object_set(spec, kept[n], v);
	if (json_object_get(spec, "cwd") == NULL)
		json_object_set_new(spec, "cwd", json_string("/"));
	e = check(params);
	if (e == NULL)
		e = take_identity(spec, text(params, "user"), caller);
	if (e == NULL) {
		int rc = spawn_check(spec, &cause);

		if (rc < 0) {
			e = rpc_error(RPC_FAILED, "%s", cause);
			json_object_update_new(json_object_get(e, "data"),
			    json_pack("{s:i, s:s, s:i}", "exit",
			    rc == -ENOENT || rc == -ENOTDIR ? 127 : 126,
			    "step", "exec", "errno", -rc));
		}
		free(cause);
	}
	if (e != NULL) {
		json_decref(spec);
		*ret_error = e;
		return NULL;
	}
	return spec;
}
