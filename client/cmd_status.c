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
#include <stdlib.h>
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

static void
put_evidence(const json_t *ev)
{
	const json_t *end = json_object_get(ev, "exit");
	const char *words = j_str(ev, "last_words", "");
	char *clean, a[32], b[32];

	if (words[0] != '\0') {
		clean = print_clean(words, strlen(words), false);
		printf("last words: %s\n", clean ? clean : "?");
		free(clean);
	}
	if (end != NULL && json_object_size(end) > 0) {
		char *text = json_dumps(end, JSON_COMPACT);

		printf("end:        %s\n", text ? text : "?");
		free(text);
	}
	printf("used:       %s CPU, %s at most\n",
	    print_dur(a, sizeof(a),
		(j_int(ev, "user_us", 0) + j_int(ev, "system_us", 0)) * 1000),
	    print_size(b, sizeof(b),
		(uint64_t)j_int(ev, "maxrss_kib", 0) * 1024));
}

int
cmd_why(struct ctl_opts *o)
{
	json_t *res = NULL;
	int rc = conn_ask(o, "instance.why", json_pack("{s:s}", "id",
			      o->argv[0]), &res);

	if (rc != CTL_OK)
		return rc;
	if (o->json)
		print_json(res, stdout);
	else {
		puts(j_str(res, "why", "gortd does not know"));
		put_evidence(json_object_get(res, "evidence"));
	}
	json_decref(res);
	return CTL_OK;
}

/* ---- what is promised and not there ---- */

int
cmd_later(struct ctl_opts *o)
{
	ctl_say("trace, profile and top are not in this version of gort");
	return CTL_FAILED;
}
