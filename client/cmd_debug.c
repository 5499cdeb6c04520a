/*
 * cmd_debug.c - GODEBUG keys of a running instance, shown and set.
 */
#include "client/conn.h"
#include "client/json.h"
#include "client/print.h"

#include <stdlib.h>
#include <string.h>

/* The pairs joined by commas, as GODEBUG has them; NULL after saying why. */
static char *
join_pairs(const struct ctl_opts *o)
{
	size_t room = 1;
	char *s, *p;
	int i;

	for (i = 1; i < o->argc; i++) {
		const char *eq = strchr(o->argv[i], '=');

		if (eq == NULL || eq == o->argv[i]) {
			ctl_say("'%s' is not KEY=VALUE", o->argv[i]);
			return NULL;
		}
		room += strlen(o->argv[i]) + 1;
	}
	s = p = malloc(room);
	if (s == NULL)
		return NULL;
	*s = '\0';
	for (i = 1; i < o->argc; i++)
		p += sprintf(p, "%s%s", i > 1 ? "," : "", o->argv[i]);
	return s;
}

int
cmd_debug(struct ctl_opts *o)
{
	static const char *const heads[] = { "KEY", ">VALUE", NULL };
	json_t *params = json_pack("{s:s}", "id", o->argv[0]), *res = NULL, *v;
	struct table *t;
	const char *key;
	char *pairs;
	int rc;

	if (o->argc > 1) {
		pairs = join_pairs(o);
		if (pairs == NULL) {
			json_decref(params);
			return CTL_USAGE;
		}
		json_object_set_new(params, "set", json_string(pairs));
		free(pairs);
	}
	rc = conn_ask(o, "instance.godebug", params, &res);
	if (rc != CTL_OK)
		return rc;
	if (o->json) {
		print_json(json_object_get(res, "values"), stdout);
	} else {
		t = table_new(heads);
		json_object_foreach (json_object_get(res, "values"), key, v) {
			table_cell(t, key);
			if (json_is_string(v))
				table_cell(t, json_string_value(v));
			else
				table_cellf(t, "%" JSON_INTEGER_FORMAT,
				    json_integer_value(v));
		}
		table_print(t, stdout);
		table_free(t);
	}
	json_decref(res);
	return CTL_OK;
}
