/*
 * cmd_logs.c - logs and events: what was, and with -f what comes.
 */
#include "client/conn.h"
#include "client/follow.h"
#include "client/json.h"
#include "client/lines.h"
#include "client/print.h"
#include "client/when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct show {
	const struct ctl_opts *o;
	int64_t last;
};

/* History by method, then -f with what. */
static int
history_then_follow(const struct ctl_opts *o, const char *method,
    const char *what, json_t *params, follow_fn item, conn_item_fn each,
    struct show *s)
{
	struct follow f = { .what = what,
		.id = o->argc > 0 ? o->argv[0] : NULL,
		.item = item,
		.arg = s };
	struct conn *c;
	int rc = conn_open(o, &c);

	if (rc != CTL_OK) {
		json_decref(params);
		return rc;
	}
	rc = conn_list(c, method, params, 0, each, s, NULL);
	json_decref(params);
	if (rc == CTL_OK && o->json && !o->follow)
		print_json_end(stdout);
	if (rc == CTL_OK && o->follow)
		rc = follow_on(&f, c, s->last);
	conn_close(c);
	return rc;
}

/* ---- logs ---- */

static void
log_live(void *arg, const char *what, const json_t *it)
{
	struct show *s = arg;

	if (s->o->json && s->o->follow)
		print_json_line(it, stdout);
	else if (s->o->json)
		print_json_item(it, stdout);
	else
		lines_put(it);
	s->last = follow_number(it);
}

static int
log_item(void *arg, const json_t *it)
{
	log_live(arg, "log", it);
	return ferror(stdout) != 0;
}

int
cmd_logs(struct ctl_opts *o)
{
	struct show s = { .o = o };
	json_t *params = json_pack("{s:s}", "id", o->argv[0]);
	int64_t n;

	if (follow_since(o, params, false, &s.last) != 0) {
		json_decref(params);
		return CTL_USAGE;
	}
	if (o->tail != NULL && strcmp(o->tail, "all") != 0) {
		if (when_count(o->tail, 0, 10000, &n) != 0) {
			ctl_say("-n takes a number up to 10000, not '%s'",
			    o->tail);
			json_decref(params);
			return CTL_USAGE;
		}
		json_object_set_new(params, "tail", json_integer(n));
	}
	return history_then_follow(o, "instance.logs", "log", params, log_live,
	    log_item, &s);
}

/* ---- events ---- */

static void
event_live(void *arg, const char *what, const json_t *it)
{
	struct show *s = arg;
	char at[48], *clean;
	const char *type = j_str(it, "type", "?");
	json_t *d = json_object_get(it, "detail");
	char *detail = NULL;

	s->last = follow_number(it);
	if (s->o->json) {
		if (s->o->follow)
			print_json_line(it, stdout);
		else
			print_json_item(it, stdout);
		return;
	}
	if (json_is_string(d))
		detail = strdup(json_string_value(d));
	else if (d != NULL && !json_is_null(d))
		detail = json_dumps(d, JSON_COMPACT | JSON_ENCODE_ANY);
	clean = detail ? print_clean(detail, strlen(detail), false) : NULL;
	printf("%-6" PRId64 " %s  %-12s", s->last,
	    print_time(at, sizeof(at), j_int(it, "t_ns", 0)),
	    j_str(it, "instance", "gortd"));
	if (j_has(it, "run"))
		printf("@%-3" PRId64, j_int(it, "run", 0));
	else
		printf("%4s", "");
	printf(" %-20s %s\n", type, clean ? clean : "");
	free(clean);
	free(detail);
}

static int
event_item(void *arg, const json_t *it)
{
	event_live(arg, "event", it);
	return ferror(stdout) != 0;
}

int
cmd_events(struct ctl_opts *o)
{
	struct show s = { .o = o };
	json_t *params = json_object();

	if (o->argc > 0)
		json_object_set_new(params, "id", json_string(o->argv[0]));
	if (follow_since(o, params, true, &s.last) != 0) {
		json_decref(params);
		return CTL_USAGE;
	}
	return history_then_follow(o, "telemetry.events", "event", params,
	    event_live, event_item, &s);
}
