/*
 * tree.c - the bootstrap as a tree.
 *
 * Items come in the order in which they began, each with its depth. An item is
 * the last of its parent when the next one that is not deeper is shallower;
 * that is all a tree needs to be drawn in one pass with a look ahead.
 *
 * A package's initialiser is a step of the bootstrap and has a row of its own
 * in v_init as well. Its step is drawn, in its place; the row only when the
 * step is missing (a boot with more steps than the ring keeps), with what it
 * allocated in Go's inittrace words.
 */
#include "client/tree.h"
#include "client/gofmt.h"
#include "client/json.h"
#include "client/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 32
#define NAME_COLUMN 36

struct tree {
	const json_t *items;
	size_t n;
	bool open[MAX_DEPTH]; /* a line goes on in this column */
	int64_t base;         /* smallest depth seen */
};

static int64_t
depth_of(const struct tree *t, const json_t *it)
{
	int64_t d = j_int(it, "depth", 0) - t->base;

	return d < 0 ? 0 : d >= MAX_DEPTH ? MAX_DEPTH - 1 : d;
}

/* Does another child of the same parent follow? */
static bool
has_sibling(const struct tree *t, size_t i)
{
	int64_t d = depth_of(t, json_array_get(t->items, i)), e;

	for (i++; i < t->n; i++) {
		e = depth_of(t, json_array_get(t->items, i));
		if (e < d)
			return false;
		if (e == d)
			return true;
	}
	return false;
}

/* The name with its branches; returns the columns it took. */
static size_t
put_name(FILE *out, struct tree *t, size_t i, const char *name, bool init)
{
	int64_t d = depth_of(t, json_array_get(t->items, i)), k;
	bool more = has_sibling(t, i);

	for (k = 1; k < d; k++)
		fputs(t->open[k] ? "\u2502 " : "  ", out);
	if (d > 0)
		fputs(more ? "\u251c\u2500" : "\u2514\u2500", out);
	t->open[d] = more;
	fprintf(out, "%s%s", init ? "init " : "", name);
	return (size_t)d * 2 + (init ? 5 : 0) + strlen(name);
}

/* What the step found: text, or as the store keeps it, {"found": text}. */
static const char *
found(const json_t *it)
{
	const json_t *d = json_object_get(it, "detail");

	return json_is_string(d) ? json_string_value(d) : j_str(d, "found", "");
}

static void
put_item(FILE *out, struct tree *t, size_t i, int64_t origin_ns)
{
	const json_t *it = json_array_get(t->items, i);
	bool init = j_has(it, "package");
	const char *raw = j_str(it, init ? "package" : "step", "?");
	const char *det = found(it);
	char *name = print_clean(raw, strlen(raw), false);
	char *detail = print_clean(det, strlen(det), false);
	int64_t dur = j_int(it, "dur_ns", -1);
	char a[32], b[32];
	size_t col = put_name(out, t, i, name ? name : "?", init);

	if (col < NAME_COLUMN)
		fprintf(out, "%*s", (int)(NAME_COLUMN - col), "");
	fprintf(out, "  %9s  %9s",
	    /* unsigned: an instance may lie about its times */
	    print_dur(a, sizeof(a), (int64_t)((uint64_t)j_int(it, "start_ns",
	        0) - (uint64_t)origin_ns)),
	    dur < 0 ? "never ended" : print_dur(b, sizeof(b), dur));
	if (init)
		fprintf(out, "  %" PRId64 " bytes, %" PRId64 " allocs",
		    j_int(it, "bytes", 0), j_int(it, "allocs", 0));
	else if (detail != NULL && detail[0] != '\0')
		fprintf(out, "  %s", detail);
	fputc('\n', out);
	free(name);
	free(detail);
}

static bool
has_step(const json_t *items, const char *name)
{
	const json_t *it;
	size_t i;

	json_array_foreach (items, i, it)
		if (strcmp(j_str(it, "step", ""), name) == 0 &&
		    !j_has(it, "package"))
			return true;
	return false;
}

/* A new array without the inits that are steps too. */
static json_t *
each_once(const json_t *items)
{
	json_t *once = json_array(), *it;
	size_t i;

	json_array_foreach (items, i, it)
		if (!j_has(it, "package") ||
		    !has_step(items, j_str(it, "package", "")))
			json_array_append(once, it);
	return once;
}

void
tree_print(FILE *out, const json_t *all, int64_t origin_ns)
{
	json_t *items = each_once(all);
	struct tree t = { .items = items, .n = json_array_size(items) };
	const json_t *it;
	size_t i;

	t.base = t.n ? INT64_MAX : 0;
	json_array_foreach (items, i, it) {
		if (j_int(it, "depth", 0) < t.base)
			t.base = j_int(it, "depth", 0);
		if (origin_ns == 0 || j_int(it, "start_ns", 0) < origin_ns)
			origin_ns = j_int(it, "start_ns", 0);
	}
	fprintf(out, "%-*s  %9s  %9s  %s\n", NAME_COLUMN, "STEP", "START",
	    "DURATION", "FOUND");
	for (i = 0; i < t.n; i++)
		put_item(out, &t, i, origin_ns);
	json_decref(items);
}
