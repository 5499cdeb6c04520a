/*
 * declared.c - instances.d: what shall run because the machine's owner says so.
 *
 * One JSON file an instance, the same fields as instance.run; its name is the
 * file's unless it says another. A file that is wrong is one line in the log
 * and stops nobody else.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "daemon/m_instance.h"
#include "daemon/methods.h"

static void
complain(const char *path, json_t *err)
{
	log_error("%s: %s", path, json_string_value(json_object_get(err,
	    "message")));
	json_decref(err);
}

/* New, or the old one of that name with a new spec. */
static void
apply(const char *path, json_t *params, const char *name)
{
	const struct method *m = method_find("instance.run");
	json_t *err = method_check(m, params), *spec;
	char id[INST_ID_LEN + 1];
	struct inst *i;

	if (err != NULL) {
		complain(path, err);
		return;
	}
	spec = spec_make(params, NULL, &err);
	if (spec == NULL) {
		complain(path, err);
		return;
	}
	json_object_set_new(spec, "declared", json_true());
	i = inst_by_name(name);
	if (i != NULL) {
		json_decref(i->spec);
		i->spec = spec;
		inst_read_policy(i);
	} else {
		inst_new_id(id);
		i = inst_new(id, name, spec);
	}
	if (i == NULL || i->outlived)
		return;
	i->wished_up = true;
	i->restarts = 0;
	inst_event(i, EV_START);
}

static void
load(const char *dir, const char *file)
{
	const char *name;
	char *path = NULL, stem[INST_NAME_MAX + 1];
	json_error_t je;
	json_t *params;

	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return;
	params = json_load_file(path, JSON_REJECT_DUPLICATES, &je);
	snprintf(stem, sizeof stem, "%.*s", (int)strlen(file) - 5, file);
	name = json_string_value(json_object_get(params, "name"));
	if (params == NULL)
		log_error("%s:%d: %s", path, je.line, je.text);
	else if (!json_is_object(params))
		log_error("%s: must be a JSON object", path);
	else if (!inst_name_valid(name != NULL ? name : stem))
		log_error("%s: \"%s\" is no name for an instance", path,
		    name != NULL ? name : stem);
	else
		apply(path, params, name != NULL ? name : stem);
	json_decref(params);
	free(path);
}

static int
is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && d->d_name[0] != '.' &&
	    strcmp(d->d_name + n - 5, ".json") == 0;
}

void
declared_start(void)
{
	const char *dir = sup.r->cfg->instances_dir;
	struct dirent **list;
	int n = scandir(dir, &list, is_json, alphasort);

	if (n < 0) {
		if (errno != ENOENT)
			log_error("%s: %s", dir, strerror(errno));
		return;
	}
	for (int k = 0; k < n; k++) {
		load(dir, list[k]->d_name);
		free(list[k]);
	}
	free(list);
}
