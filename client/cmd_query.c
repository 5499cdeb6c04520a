/*
 * cmd_query.c - SQL on the views, printed as a table.
 */
#include "client/conn.h"
#include "client/json.h"
#include "client/print.h"

#include <stdlib.h>

struct query {
	const char **heads; /* borrowed from `first` */
	struct table *t;
	json_t *first; /* the first page, which owns the headings */
};

static void
put_cell(struct table *t, const json_t *v)
{
	char *text;

	if (json_is_null(v) || v == NULL)
		table_cell(t, NULL);
	else if (json_is_string(v))
		table_cell(t, json_string_value(v));
	else if (json_is_integer(v))
		table_cellf(t, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		table_cellf(t, "%.15g", json_real_value(v));
	else {
		text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		table_cell(t, text);
		free(text);
	}
}

static int
begin(struct query *q, const json_t *page)
{
	const json_t *cols = json_object_get(page, "columns"), *c;
	size_t i;

	q->first = json_incref((json_t *)page);
	q->heads = calloc(json_array_size(cols) + 1, sizeof(char *));
	if (q->heads == NULL)
		return -1;
	json_array_foreach (cols, i, c)
		q->heads[i] = json_is_string(c) ? json_string_value(c) : "?";
	q->t = table_new(q->heads);
	return q->t != NULL ? 0 : -1;
}

/* One page; false when it is the last one. */
static bool
take_page(const struct ctl_opts *o, struct query *q, json_t *page,
    json_t *params)
{
	const json_t *cols = json_object_get(page, "columns"), *row;
	const char *token = j_str(page, "next_page_token", NULL);
	size_t i, k;

	if (q->t == NULL && begin(q, page) != 0)
		return false;
	json_array_foreach (json_object_get(page, "rows"), i, row) {
		json_t *obj = o->json ? json_object() : NULL;

		for (k = 0; k < json_array_size(cols); k++) {
			json_t *v = json_array_get(row, k);

			if (obj == NULL)
				put_cell(q->t, v);
			else
				json_object_set(obj,
				    json_string_value(json_array_get(cols, k)),
				    v);
		}
		if (obj != NULL)
			print_json_item(obj, stdout);
		json_decref(obj);
	}
	if (token == NULL)
		return false;
	json_object_set_new(params, "page_token", json_string(token));
	return true;
}

int
cmd_query(struct ctl_opts *o)
{
	struct query q = { 0 };
	json_t *page, *params = json_pack("{s:s}", "sql", o->argv[0]);
	struct conn_err err;
	struct conn *c = NULL;
	bool more = true;
	int rc;

	if (params == NULL) {
		ctl_say("the SQL is no UTF-8 text");
		return CTL_USAGE;
	}
	rc = conn_open(o, &c);
	while (rc == CTL_OK && more) {
		page = conn_call(c, "store.query", json_copy(params), &err);
		if (page == NULL) {
			rc = conn_fail(&err);
			break;
		}
		more = take_page(o, &q, page, params) && !ferror(stdout);
		json_decref(page);
	}
	if (rc == CTL_OK && o->json)
		print_json_end(stdout);
	if (rc == CTL_OK && !o->json && q.t != NULL)
		table_print(q.t, stdout);
	conn_close(c);
	table_free(q.t);
	free(q.heads);
	json_decref(q.first);
	json_decref(params);
	return rc;
}
