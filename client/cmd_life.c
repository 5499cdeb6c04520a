/*
 * cmd_life.c - stop, kill, restart, rm: one call for each instance named.
 *
 * Several may be named, as in docker; each is tried, the first failure is the
 * exit code. What was done is told by printing the name as it was typed.
 */
#include "client/conn.h"
#include "client/json.h"
#include "client/print.h"
#include "client/when.h"

#include <errno.h>
#include <signal.h>

#define STOP_MS_MAX 86400000.0

typedef json_t *(*params_fn)(const struct ctl_opts *, const char *id);

static int
for_each(struct ctl_opts *o, const char *method, params_fn params)
{
	struct conn_err err;
	struct conn *c;
	json_t *res;
	int i, rc = conn_open(o, &c), one;

	if (rc != CTL_OK)
		return rc;
	for (i = 0; i < o->argc; i++) {
		res = conn_call(c, method, params(o, o->argv[i]), &err);
		if (res == NULL) {
			one = conn_fail(&err);
			if (rc == CTL_OK)
				rc = one;
			if (one == CTL_UNREACHABLE)
				break;
			continue;
		}
		if (o->json)
			print_json_line(res, stdout);
		else
			puts(o->argv[i]);
		json_decref(res);
	}
	conn_close(c);
	return rc;
}

static json_t *
with_request(json_t *p)
{
	char id[17];

	conn_request_id(id);
	json_object_set_new(p, "request_id", json_string(id));
	return p;
}

/* Seconds, with a fraction if need be, to whole milliseconds. */
static int
read_timeout(const char *s, int64_t *ret_ms)
{
	int64_t ns;
	char with_unit[32];

	if (snprintf(with_unit, sizeof(with_unit), "%ss", s) >=
		(int)sizeof(with_unit) ||
	    (when_duration(with_unit, &ns) != 0 && when_duration(s, &ns) != 0) ||
	    ns / 1e6 > STOP_MS_MAX) {
		ctl_say("-t takes seconds up to a day, not '%s'", s);
		return -EINVAL;
	}
	*ret_ms = ns / 1000000;
	return 0;
}

static json_t *
stop_params(const struct ctl_opts *o, const char *id)
{
	json_t *p = with_request(json_pack("{s:s}", "id", id));
	int64_t ms;

	if (o->timeout != NULL && read_timeout(o->timeout, &ms) == 0)
		json_object_set_new(p, "timeout_ms", json_integer(ms));
	return p;
}

static json_t *
kill_params(const struct ctl_opts *o, const char *id)
{
	int sig = o->signal ? when_signal(o->signal) : SIGKILL;

	return json_pack("{s:s, s:i}", "id", id, "signal", sig);
}

static json_t *
rm_params(const struct ctl_opts *o, const char *id)
{
	return json_pack("{s:s, s:b}", "id", id, "purge", o->purge);
}

int
cmd_stop(struct ctl_opts *o)
{
	int64_t ms;

	if (o->timeout != NULL && read_timeout(o->timeout, &ms) != 0)
		return CTL_USAGE;
	return for_each(o, "instance.stop", stop_params);
}

int
cmd_restart(struct ctl_opts *o)
{
	int64_t ms;

	if (o->timeout != NULL && read_timeout(o->timeout, &ms) != 0)
		return CTL_USAGE;
	return for_each(o, "instance.restart", stop_params);
}

int
cmd_kill(struct ctl_opts *o)
{
	if (o->signal != NULL && when_signal(o->signal) < 0) {
		ctl_say("'%s' is no signal: say TERM, SIGTERM or 15", o->signal);
		return CTL_USAGE;
	}
	return for_each(o, "instance.kill", kill_params);
}

int
cmd_rm(struct ctl_opts *o)
{
	return for_each(o, "instance.remove", rm_params);
}
