/*
 * rows.c - rows on their way to the recorder.
 *
 * A row stays here until the recorder says that it is committed. Rows of
 * instances and runs are derived from the state, so a newer one replaces an
 * older one that still waits, and after a crash they are simply made again.
 * Events are not derived: those that wait are written into the state file and
 * sent again by a successor under the same number, which the recorder ignores
 * when it knows it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/inst.h"
#include "daemon/log.h"

#define ROWS_MAX 4096 /* more than that waits only with no recorder at all */

struct row {
	TAILQ_ENTRY(row) next;
	uint64_t seq;
	char table[12];
	char key[32]; /* what an upsert would hit; "" for events */
	json_t *row;
};

static TAILQ_HEAD(, row) rows = TAILQ_HEAD_INITIALIZER(rows);
static int nrows;
static long lost;

static void
row_drop(struct row *w)
{
	TAILQ_REMOVE(&rows, w, next);
	json_decref(w->row);
	free(w);
	nrows--;
}

static void
row_send(const struct row *w)
{
	role_send(sup.r, ROLE_RECORDER, json_pack("{s:s, s:I, s:s, s:O}", "m",
	    "row", "seq", (json_int_t)w->seq, "table", w->table, "row", w->row),
	    NULL, 0);
}

static void
make_room(void)
{
	if (nrows < ROWS_MAX)
		return;
	if (lost++ == 0)
		log_error("rows wait for the recorder beyond %d: the oldest "
		    "are dropped", ROWS_MAX);
	row_drop(TAILQ_FIRST(&rows));
}

static struct row *
row_add(uint64_t seq, const char *table, const char *key, json_t *obj)
{
	struct row *w = calloc(1, sizeof *w), *old, *more;

	if (w == NULL) {
		json_decref(obj);
		return NULL;
	}
	if (key[0] != '\0')
		TAILQ_FOREACH_SAFE(old, &rows, next, more)
			if (strcmp(old->key, key) == 0 &&
			    strcmp(old->table, table) == 0)
				row_drop(old);
	make_room();
	w->seq = seq;
	snprintf(w->table, sizeof w->table, "%s", table);
	snprintf(w->key, sizeof w->key, "%s", key);
	w->row = obj;
	TAILQ_INSERT_TAIL(&rows, w, next);
	nrows++;
	return w;
}

void
rows_put(const char *table, json_t *obj)
{
	const char *id = json_string_value(json_object_get(obj,
	    strcmp(table, "instance") == 0 ? "id" : "instance"));
	json_t *run = json_object_get(obj, "run");
	char key[32] = "";
	struct row *w;

	if (strcmp(table, "event") != 0)
		snprintf(key, sizeof key, "%s@%lld", id,
		    strcmp(table, "run") == 0 ?
		    (long long)json_integer_value(run) : 0);
	w = row_add(++sup.row_seq, table, key, obj);
	if (w != NULL)
		row_send(w);
	sup_save_soon(); /* the number must not be used twice */
}

void
rows_event(const char *type, const char *instance, uint32_t run,
    json_t *detail)
{
	json_t *row = json_pack("{s:I, s:s, s:o}", "t_ns",
	    (json_int_t)wall_ns(), "type", type, "detail",
	    detail != NULL ? detail : json_object());

	if (instance != NULL) {
		json_object_set_new(row, "instance", json_string(instance));
		json_object_set_new(row, "run", json_integer(run));
	}
	rows_put("event", row);
}

void
rows_resend(void)
{
	struct row *w;

	TAILQ_FOREACH(w, &rows, next)
		row_send(w);
}

void
rows_ack(uint64_t seq)
{
	struct row *w;

	TAILQ_FOREACH(w, &rows, next)
		if (w->seq == seq) {
			row_drop(w);
			return;
		}
}

json_t *
rows_unacked(void)
{
	json_t *array = json_array();
	struct row *w;

	TAILQ_FOREACH(w, &rows, next)
		if (w->key[0] == '\0')
			json_array_append_new(array, json_pack("{s:I, s:O}",
			    "seq", (json_int_t)w->seq, "row", w->row));
	return array;
}

void
rows_restore(json_t *array)
{
	json_t *v, *row;
	size_t n;

	json_array_foreach(array, n, v) {
		row = json_object_get(v, "row");
		if (json_is_object(row))
			row_add(json_integer_value(json_object_get(v, "seq")),
			    "event", "", json_incref(row));
	}
}
