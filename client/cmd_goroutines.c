/*
 * cmd_goroutines.c - every goroutine of a running instance, page by page.
 */
#include "client/conn.h"
#include "client/gofmt.h"
#include "client/json.h"
#include "client/print.h"

#include <inttypes.h>
#include <string.h>

struct gors {
	const struct ctl_opts *o;
	struct table *t;
	json_t *items;
	size_t shown;
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
gor_item(void *arg, const json_t *g)
{
	struct gors *gs = arg;
	const json_t *top = json_array_get(json_object_get(g, "frames"), 0);
	const char *why = j_str(g, "reason", "");
	const char *by = j_str(g, "created_by", "");
	const char *on = j_str(g, "waits_on", "");
	char d[32];

	if (gs->o->json) {
		json_array_append(gs->items, (json_t *)g);
		return 0;
	}
	if (gs->o->stacks) {
		if (gs->shown++ > 0)
			putchar('\n');
		gofmt_goroutine(stdout, g);
		return 0;
	}
	table_cellf(gs->t, "%" PRId64, j_int(g, "goid", 0));
	table_cellf(gs->t, "%s%s", j_str(g, "state", "?"),
	    j_bool(g, "system") ? " (system)" : "");
	if (why[0] && on[0])
		table_cellf(gs->t, "%s %s", why, on);
	else
		table_cell(gs->t, why[0] ? why : NULL);
	table_cell(gs->t, j_int(g, "wait_ns", 0) > 0 ?
		print_dur(d, sizeof(d), j_int(g, "wait_ns", 0)) :
		NULL);
	if (top != NULL && j_int(top, "line", 0) > 0)
		table_cellf(gs->t, "%s %s:%" PRId64, j_str(top, "func", "?"),
		    base_name(j_str(top, "file", "?")), j_int(top, "line", 0));
	else
		table_cell(gs->t, j_str(top, "func", NULL));
	table_cell(gs->t, by[0] ? by : NULL);
	return 0;
}

/*
 * Pages go by goroutine id and not by a token: between two of them the program
 * runs on, and an id still means the same goroutine then.
 */
static int
all_pages(struct conn *c, struct gors *gs)
{
	struct conn_err err;
	json_t *page, *items, *g;
	int64_t after = 0, before;
	size_t i, n;

	do {
		page = conn_call(c, "instance.goroutines",
		    json_pack("{s:s, s:b, s:I, s:i}", "id", gs->o->argv[0],
			"stacks", gs->o->stacks, "after", (json_int_t)after,
			"limit", gs->o->stacks ? 200 : 1000),
		    &err);
		if (page == NULL)
			return conn_fail(&err);
		before = after;
		items = json_object_get(page, "items");
		n = json_array_size(items);
		json_array_foreach (items, i, g) {
			gor_item(gs, g);
			after = j_int(g, "goid", after);
		}
		json_decref(page);
	} while (n > 0 && after > before && !ferror(stdout));
	return CTL_OK;
}

int
cmd_goroutines(struct ctl_opts *o)
{
	static const char *const heads[] = { ">ID", "STATE", "REASON", ">SINCE",
		"WHERE", "CREATED BY", NULL };
	struct gors gs = { .o = o };
	struct conn *c;
	int rc;

	if (o->leaked) {
		ctl_say("--leaked is not in this version");
		return CTL_FAILED;
	}
	rc = conn_open(o, &c);
	if (rc != CTL_OK)
		return rc;
	gs.t = table_new(heads);
	gs.items = json_array();
	rc = all_pages(c, &gs);
	if (rc == CTL_OK && o->json)
		print_json(gs.items, stdout);
	else if (rc == CTL_OK && !o->stacks)
		table_print(gs.t, stdout);
	json_decref(gs.items);
	table_free(gs.t);
	conn_close(c);
	return rc;
}
