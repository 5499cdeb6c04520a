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

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int64_t
follow_number(const json_t *item)
{
	return j_has(item, "n") ? j_int(item, "n", 0) : j_int(item, "seq", 0);
}

int
follow_start(struct follow *f)
{
	struct conn_err err;
	json_t *res, *p = json_pack("{s:[s]}", "what", f->what);
	if (f->id != NULL)
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

int
follow_loop(struct follow *f)
{
	json_t *msg;
	int rc;

	while (!f->ended) {
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
	return CTL_OK;
}
