/*
 * follow.c - history, then what comes, each thing once.
 *
 * Items carry a number that grows: `seq`, and for log lines, which come from
 * two pipes, `n`. History is read first; the subscription says "after the last
 * number I have", and gortd joins the two. What arrives with a number not
 * above the last is dropped, so that a seam never shows a line twice. After a
 * broken connection the same sentence is said again with the newer number.
 */
#include "client/follow.h"
#include "client/json.h"
#include "client/when.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define LOOK_MS 100 /* between two looks at what is being restarted */

int64_t
follow_number(const json_t *item)
{
	return j_has(item, "n") ? j_int(item, "n", 0) : j_int(item, "seq", 0);
}

/* How the instance is now; new, or NULL with ret_err filled. */
static json_t *
look(struct follow *f, struct conn_err *ret_err)
{
	return conn_call(f->c, "instance.get", json_pack("{s:s}", "id",
	    f->whole[0] != '\0' ? f->whole : f->id), ret_err);
}

/* The latest run of f->id is the one to follow. */
static int
follow_latest(struct follow *f)
{
	struct conn_err err;
	json_t *now;

	if (f->id == NULL || strchr(f->id, '@') != NULL)
		return CTL_OK;
	now = look(f, &err);
	if (now == NULL)
		return conn_fail(&err);
	snprintf(f->whole, sizeof(f->whole), "%s", j_str(now, "id", ""));
	f->run = j_int(now, "run", 0);
	json_decref(now);
	return CTL_OK;
}

/*
 * The run has said all. Wait for the next, or for the instance to rest. True:
 * there is a next run, and f names it. Numbers of events and lines go on over
 * runs; those of samples and collections begin anew.
 */
static bool
follow_next(struct follow *f)
{
	struct conn_err err;
	bool rests = false;
	json_t *now;
	int64_t run;

	while (f->run > 0 && !rests && (now = look(f, &err)) != NULL) {
		run = j_int(now, "run", 0);
		rests = strcmp(j_str(now, "state", "exited"), "exited") == 0;
		json_decref(now);
		if (run > f->run) {
			f->run = run;
			f->ended = false;
			if (strcmp(f->what, "sched") == 0 ||
			    strcmp(f->what, "gc") == 0)
				f->last = 0;
			return true;
		}
		if (!rests)
			poll(NULL, 0, LOOK_MS);
	}
	return false;
}

static int
follow_start(struct follow *f)
{
	struct conn_err err;
	json_t *res, *p = json_pack("{s:[s]}", "what", f->what);
	if (f->run > 0)
		json_object_set_new(p, "id",
		    json_sprintf("%s@%" PRId64, f->whole, f->run));
	else if (f->id != NULL)
		json_object_set_new(p, "id", json_string(f->id));
	json_object_set_new(p, "since", json_integer(f->last));
	conn_on_event(f->c, follow_event, f);
	res = conn_call(f->c, "telemetry.subscribe", p, &err);
	if (res == NULL)
		return conn_fail(&err);
	f->sub = j_int(res, "sub", 0);
	json_decref(res);
	return CTL_OK;
}

void
follow_event(void *arg, const json_t *params)
{
	struct follow *f = arg;
	const json_t *item;
	const char *what = j_str(params, "what", f->what);
	int64_t n, lost = j_int(params, "dropped", 0);
	size_t i;

	if (f->sub != 0 && j_int(params, "sub", f->sub) != f->sub)
		return;
	if (lost > 0) {
		f->dropped += lost;
		ctl_say("%" PRId64 " came too fast and are not shown", lost);
	}
	json_array_foreach (json_object_get(params, "items"), i, item) {
		n = follow_number(item);
		if (n != 0 && n <= f->last)
			continue;
		if (n != 0)
			f->last = n;
		f->item(f->arg, j_str(item, "what", what), item);
	}
	if (j_bool(params, "end"))
		f->ended = true;
}

static int
follow_loop(struct follow *f)
{
	json_t *msg;
	int rc;

	for (;;) {
		if (f->ended) {
			fflush(stdout);
			if (!follow_next(f))
				return CTL_OK;
			f->sub = 0;
			rc = follow_start(f);
			if (rc != CTL_OK)
				return rc;
			continue;
		}
		fflush(stdout);
		if (ferror(stdout))
			return CTL_OK; /* our reader has gone away */
		rc = conn_recv(f->c, -1, &msg);
		if (rc == 1) {
			if (j_str(msg, "method", NULL) != NULL)
				follow_event(f, json_object_get(msg, "params"));
			json_decref(msg);
			continue;
		}
		if (rc == 0)
			continue;
		f->sub = 0;
		if (rc != -EPIPE || conn_again(f->c) != 0) {
			ctl_say("gortd went away");
			return CTL_UNREACHABLE;
		}
		rc = follow_start(f);
		if (rc != CTL_OK)
			return rc;
	}
}

int
follow_on(struct follow *f, struct conn *c, int64_t last)
{
	int rc;

	f->c = c;
	f->last = last;
	rc = follow_latest(f);
	if (rc == CTL_OK)
		rc = follow_start(f);
	return rc == CTL_OK ? follow_loop(f) : rc;
}

/* ---- --since ---- */

int
follow_since(const struct ctl_opts *o, json_t *params, bool numbers,
    int64_t *ret_last)
{
	char buf[24];
	int64_t n;

	if (o->since == NULL)
		return 0;
	if (numbers && when_count(o->since, 0, INT64_MAX, &n) == 0) {
		json_object_set_new(params, "since", json_integer(n));
		*ret_last = n;
		return 0;
	}
	if (when_moment(o->since, when_now(), &n) != 0) {
		ctl_say("--since takes %sa time or how long ago (10m), not '%s'",
		    numbers ? "a number, " : "", o->since);
		return -1;
	}
	snprintf(buf, sizeof(buf), "%" PRId64, n);
	json_object_set_new(params, "from", json_string(buf));
	return 0;
}
