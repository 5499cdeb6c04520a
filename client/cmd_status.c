/*
 * cmd_status.c - status, version, why, and what is not in this version.
 */
#include "client/conn.h"
#include "client/json.h"
#include "client/print.h"
#include "client/when.h"
#include "ipc/ctl.h"
#include "ipc/ring.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

/* ---- status ---- */

static void
put_roles(const json_t *roles)
{
	static const char *const heads[] = { "ROLE", ">PID", "STATE",
		">RESTARTS", ">BEAT", "DETAIL", NULL };
	struct table *t = table_new(heads);
	const json_t *r;
	size_t i;

	json_array_foreach (roles, i, r) {
		bool up = j_has(r, "alive") ? j_bool(r, "alive") :
					      j_int(r, "pid", 0) > 0;

		table_cell(t, j_str(r, "role", NULL));
		if (j_int(r, "pid", 0) > 0)
			table_cellf(t, "%" PRId64, j_int(r, "pid", 0));
		else
			table_cell(t, NULL);
		table_cell(t, up ? "up" : "down");
		table_cellf(t, "%" PRId64, j_int(r, "restarts", 0));
		if (j_has(r, "beat_age_ms"))
			table_cellf(t, "%" PRId64 " ms",
			    j_int(r, "beat_age_ms", 0));
		else
			table_cell(t, NULL);
		table_cell(t, j_str(r, "detail", ""));
	}
	table_print(t, stdout);
	table_free(t);
}

static void
put_line(const char *name, const char *value)
{
	if (value != NULL)
		printf("%-10s %s\n", name, value);
}

int
cmd_status(struct ctl_opts *o)
{
	json_t *st = NULL;
	const json_t *in;
	char up[32];
	int rc = conn_ask(o, "daemon.status", NULL, &st);

	if (rc != CTL_OK)
		return rc;
	if (o->json) {
		print_json(st, stdout);
		json_decref(st);
		return CTL_OK;
	}
	in = json_object_get(st, "instances");
	printf("%-10s %s, pid %" PRId64 ", up %s\n", "gortd",
	    j_str(st, "version", "?"), j_int(st, "pid", 0),
	    print_dur(up, sizeof(up),
		when_now() - j_int(st, "started_ns", when_now())));
	put_line("socket", j_str(st, "socket", NULL));
	put_line("http", j_str(st, "http", NULL));
	put_line("database", j_str(st, "db", NULL));
	put_line("state", j_str(st, "state_dir", NULL));
	printf("%-10s %" PRId64 " running of %" PRId64 "\n\n", "instances",
	    j_int(in, "running", 0), j_int(in, "total", 0));
	put_roles(json_object_get(st, "roles"));
	json_decref(st);
	return CTL_OK;
}

/* ---- version ---- */

int
cmd_version(struct ctl_opts *o)
{
	json_t *there = NULL, *all;
	struct conn *c = NULL;
	struct conn_err err;
	int rc;

	all = json_pack("{s:{s:s, s:i, s:i, s:i}}", "gortctl", "version",
	    PACKAGE_VERSION, "api", CONN_API, "ring_abi", IPC_RING_ABI,
	    "ctl_abi", IPC_CTL_ABI);
	if (!o->json) {
		printf("gortctl %s, methods %d, ring ABI %d, control ABI %d\n",
		    PACKAGE_VERSION, CONN_API, IPC_RING_ABI, IPC_CTL_ABI);
		fflush(stdout);
	}
	rc = conn_open(o, &c);
	if (rc == CTL_OK) {
		there = conn_call(c, "daemon.version", NULL, &err);
		if (there == NULL)
			rc = conn_fail(&err);
		conn_close(c);
	}
	if (there != NULL && !o->json)
		printf("gortd   %s, methods %" PRId64 "-%" PRId64 "\n",
		    j_str(there, "version", "?"),
		    j_int(json_object_get(there, "api"), "min", 0),
		    j_int(json_object_get(there, "api"), "max", 0));
	json_object_set_new(all, "gortd", there ? there : json_null());
	if (o->json)
		print_json(all, stdout);
	json_decref(all);
	return rc;
}

/* ---- why ---- */

/* What ended the run, as a clause: "it exited with code 2". */
static void
ending(char *buf, size_t cap, const json_t *it)
{
	const char *reason = j_str(it, "reason", "");
	int64_t sig = j_int(it, "signal", 0);
	const char *name = sig > 0 ? sigabbrev_np((int)sig) : NULL;

	if (sig > 0)
		snprintf(buf, cap, "was ended by signal %" PRId64 " (SIG%s)",
		    sig, name ? name : "?");
	else if (j_has(it, "exit_code"))
		snprintf(buf, cap, "exited with code %" PRId64,
		    j_int(it, "exit_code", 0));
	else
		snprintf(buf, cap, "ended, and its status is not known");
	if (reason[0] != '\0')
		snprintf(buf + strlen(buf), cap - strlen(buf), ": %.200s",
		    reason);
}

/* The last words of the run: the event that says most about its end. */
static int
last_word(void *arg, const json_t *it)
{
	static const char *const telling[] = { "panic", "fatal", "exec_failed",
		"oom", "start_failed" };
	json_t **ret = arg;
	size_t i;

	for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (strcmp(j_str(it, "type", ""), telling[i]) == 0) {
			json_decref(*ret);
			*ret = json_incref((json_t *)it);
		}
	return 0;
}

static void
say_why(const json_t *it, const json_t *word)
{
	char how[512], at[48];
	const json_t *d = json_object_get(word, "detail");
	const char *text = json_is_string(d) ? json_string_value(d) :
					       j_str(d, "text", NULL);

	if (!j_has(it, "ended_ns")) {
		printf("%s is %s: run %" PRId64 " started %s", j_str(it, "name",
			   j_str(it, "id", "?")),
		    j_str(it, "state", "?"), j_int(it, "run", 0),
		    print_time(at, sizeof(at), j_int(it, "started_ns", 0)));
		if (j_int(it, "restarts", 0) > 0)
			printf(" after %" PRId64 " restarts",
			    j_int(it, "restarts", 0));
		puts("");
		return;
	}
	ending(how, sizeof(how), it);
	printf("%s (run %" PRId64 ") %s at %s, policy %s, restarts %" PRId64
	       "\n",
	    j_str(it, "name", j_str(it, "id", "?")), j_int(it, "run", 0), how,
	    print_time(at, sizeof(at), j_int(it, "ended_ns", 0)),
	    j_str(it, "restart", "no"), j_int(it, "restarts", 0));
	if (text != NULL)
		printf("evidence: event %" PRId64 ", %s: %s\n",
		    j_int(word, "seq", 0), j_str(word, "type", "?"), text);
}

int
cmd_why(struct ctl_opts *o)
{
	json_t *it, *word = NULL, *p;
	struct conn_err err;
	struct conn *c;
	int rc = conn_open(o, &c);

	if (rc != CTL_OK)
		return rc;
	it = conn_call(c, "instance.get", json_pack("{s:s}", "id", o->argv[0]),
	    &err);
	if (it == NULL) {
		conn_close(c);
		return conn_fail(&err);
	}
	p = json_pack("{s:s}", "id", o->argv[0]);
	rc = conn_list(c, "telemetry.events", p, 0, last_word, &word, NULL);
	json_decref(p);
	conn_close(c);
	if (rc == CTL_OK && o->json)
		print_json(json_pack("{s:O, s:o?}", "instance", it, "evidence",
			       word ? json_incref(word) : NULL),
		    stdout);
	else if (rc == CTL_OK)
		say_why(it, word);
	json_decref(it);
	json_decref(word);
	return rc;
}

/* ---- what is promised and not there ---- */

int
cmd_later(struct ctl_opts *o)
{
	ctl_say("trace, profile and top are not in this version of gort");
	return CTL_FAILED;
}
