/*
 * cmd_list.c - ps, and inspect of an instance.
 */
#include "client/conn.h"
#include "client/elfinfo.h"
#include "client/json.h"
#include "client/print.h"
#include "client/when.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ps {
	const struct ctl_opts *o;
	struct table *t;
	json_t *items; /* -o json */
	int64_t now_ns;
	const char *want; /* value of --filter, NULL without one */
	char key[16];
};

/* "up 3m05s", "exit 2, 5m ago", "SIGSEGV, now" */
static void
put_status(struct table *t, const json_t *it, int64_t now_ns)
{
	char d[48];
	int64_t started = j_int(it, "started_ns", 0);
	int64_t ended = j_int(it, "ended_ns", 0);

	if (j_has(it, "ended_ns") && j_has(it, "signal") &&
	    j_int(it, "signal", 0) != 0) {
		const char *name = sigabbrev_np((int)j_int(it, "signal", 0));

		table_cellf(t, "SIG%s, %s", name ? name : "?",
		    print_ago(d, sizeof(d), ended, now_ns));
	} else if (j_has(it, "ended_ns") && j_has(it, "exit_code"))
		table_cellf(t, "exit %" PRId64 ", %s", j_int(it, "exit_code", 0),
		    print_ago(d, sizeof(d), ended, now_ns));
	else if (started > 0 && !j_has(it, "ended_ns"))
		table_cellf(t, "up %s",
		    print_dur(d, sizeof(d), now_ns - started));
	else
		table_cell(t, j_str(it, "reason", NULL));
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
ps_item(void *arg, const json_t *it)
{
	struct ps *ps = arg;

	if (ps->want != NULL && strcmp(j_str(it, ps->key, ""), ps->want) != 0)
		return 0;
	if (ps->o->quiet) {
		puts(j_str(it, "id", "?"));
		return 0;
	}
	if (ps->o->json) {
		json_array_append(ps->items, (json_t *)it);
		return 0;
	}
	table_cell(ps->t, j_str(it, "id", NULL));
	table_cell(ps->t, j_str(it, "name", NULL));
	table_cell(ps->t, j_str(it, "kind", NULL));
	table_cell(ps->t, j_str(it, "state", NULL));
	put_status(ps->t, it, ps->now_ns);
	table_cellf(ps->t, "%" PRId64, j_int(it, "run", 0));
	if (j_int(it, "pid", 0) > 0)
		table_cellf(ps->t, "%" PRId64, j_int(it, "pid", 0));
	else
		table_cell(ps->t, NULL);
	table_cell(ps->t, base_name(j_str(it, "program", "-")));
	return 0;
}

static int
read_filter(struct ps *ps)
{
	static const char *const keys[] = { "state", "kind", "name" };
	const char *f = ps->o->filter, *eq = f ? strchr(f, '=') : NULL;
	size_t i;

	if (f == NULL)
		return 0;
	for (i = 0; eq != NULL && i < 3; i++) {
		if (strlen(keys[i]) == (size_t)(eq - f) &&
		    strncmp(keys[i], f, (size_t)(eq - f)) == 0) {
			strcpy(ps->key, keys[i]);
			ps->want = eq + 1;
			return 0;
		}
	}
	ctl_say("--filter takes state=, kind= or name=, not '%s'", f);
	return -1;
}

int
cmd_ps(struct ctl_opts *o)
{
	static const char *const heads[] = { "ID", "NAME", "KIND", "STATE",
		"STATUS", ">RUN", ">PID", "PROGRAM", NULL };
	struct ps ps = { .o = o, .now_ns = when_now() };
	json_t *params;
	struct conn *c;
	int rc;

	if (read_filter(&ps) != 0)
		return CTL_USAGE;
	rc = conn_open(o, &c);
	if (rc != CTL_OK)
		return rc;
	ps.t = table_new(heads);
	ps.items = json_array();
	params = json_pack("{s:b}", "all", o->all || o->filter != NULL);
	rc = conn_list(c, "instance.list", params, 0, ps_item, &ps, NULL);
	if (rc == CTL_OK && o->json && !o->quiet)
		print_json(ps.items, stdout);
	else if (rc == CTL_OK && !o->quiet)
		table_print(ps.t, stdout);
	json_decref(params);
	json_decref(ps.items);
	table_free(ps.t);
	conn_close(c);
	return rc;
}

/* ---- inspect ---- */

/* A heading, or blanks under it, and the cleaned text. */
static void
put_line(const char *head, const char *text, size_t len)
{
	char *clean = print_clean(text, len, false);

	printf("%-14s %s\n", head, clean ? clean : "?");
	free(clean);
}

static void
put_field(const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		put_line(name, value, strlen(value));
}

static void
put_time(const char *name, const json_t *it, const char *key)
{
	char at[48], ago[48];
	int64_t ns = j_int(it, key, 0);

	if (ns <= 0)
		return;
	printf("%-14s %s (%s)\n", name, print_time(at, sizeof(at), ns),
	    print_ago(ago, sizeof(ago), ns, when_now()));
}

static void
put_end(const json_t *it)
{
	const char *name;

	if (j_has(it, "signal") && j_int(it, "signal", 0) != 0) {
		name = sigabbrev_np((int)j_int(it, "signal", 0));
		printf("%-14s signal %" PRId64 " (SIG%s)\n", "ended by",
		    j_int(it, "signal", 0), name ? name : "?");
	} else if (j_has(it, "exit_code"))
		printf("%-14s %" PRId64 "\n", "exit code",
		    j_int(it, "exit_code", 0));
}

static void
put_command(const json_t *it)
{
	json_t *env = json_object_get(it, "env"), *v;
	const json_t *args = json_object_get(it, "args"), *arg;
	const char *key;
	char *pair;
	size_t i;

	put_field("program", j_str(it, "program", NULL));
	json_array_foreach (args, i, arg)
		put_line(i == 0 ? "arguments" : "", json_string_value(arg),
		    json_string_length(arg));
	put_field("directory", j_str(it, "cwd", NULL));
	i = 0;
	json_object_foreach (env, key, v) {
		if (asprintf(&pair, "%s=%s", key,
			json_is_string(v) ? json_string_value(v) : "") < 0)
			continue;
		put_line(i++ == 0 ? "environment" : "", pair, strlen(pair));
		free(pair);
	}
}

static void
put_instance(const json_t *it)
{
	const json_t *note = json_object_get(it, "note");

	put_field("id", j_str(it, "id", NULL));
	put_field("name", j_str(it, "name", NULL));
	put_field("kind", j_str(it, "kind", NULL));
	if (j_str(note, "version", NULL) != NULL)
		printf("%-14s %s (ring ABI %" PRId64 ", control ABI %" PRId64
		       ")\n",
		    "gort", j_str(note, "version", ""),
		    j_int(note, "ring_abi", 0), j_int(note, "ctl_abi", 0));
	put_field("state", j_str(it, "state", NULL));
	printf("%-14s %" PRId64 " (restarts %" PRId64 ")\n", "run",
	    j_int(it, "run", 0), j_int(it, "restarts", 0));
	put_field("restart", j_str(it, "restart", NULL));
	if (j_int(it, "pid", 0) > 0)
		printf("%-14s %" PRId64 "\n", "pid", j_int(it, "pid", 0));
	if (j_has(it, "uid"))
		printf("%-14s %" PRId64 "\n", "uid", j_int(it, "uid", 0));
	put_time("created", it, "created_ns");
	put_time("started", it, "started_ns");
	put_time("ready", it, "ready_ns");
	put_time("ended", it, "ended_ns");
	put_end(it);
	put_field("reason", j_str(it, "reason", NULL));
	put_command(it);
}

int
cmd_inspect(struct ctl_opts *o)
{
	const char *what = o->argv[0];
	json_t *it = NULL;
	int rc;

	if (o->symbols || strchr(what, '/') != NULL)
		return elfinfo_show(what, o->symbols, o->json);
	rc = conn_ask(o, "instance.get", json_pack("{s:s}", "id", what), &it);
	if (rc != CTL_OK) {
		if (access(what, F_OK) == 0)
			ctl_say("for the file of that name say ./%s", what);
		return rc;
	}
	if (o->json)
		print_json(it, stdout);
	else
		put_instance(it);
	json_decref(it);
	return CTL_OK;
}
