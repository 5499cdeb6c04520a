/*
 * reads.c - the read methods: from params to a page of history.
 *
 * One function turns any row into an object by its columns' names, so that a
 * column the store adds later is told without a change here. What needs to be
 * known of a column stands in one table: which numbers are moments (told
 * twice: RFC 3339, and nanoseconds as a string since they exceed 2^53), and
 * which text is really a list or an object.
 *
 * A page ends before it passes ANSWER_BYTES as JSON, because names make a row
 * several times as long as its values; the store's token then goes on at that
 * row.
 *
 * Who is meant by `id`? A supervisor that relays writes the whole id of what
 * it knows. Otherwise: exact id, exact name of one that is not removed, unique prefix;
 * each with an optional @RUN.
 */
#include "daemon/reads.h"
#include "ipc/rpc.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWER_BYTES (900 * 1024)
#define QUERY_MS 5000
#define LIMIT_DEFAULT 1000
#define ID_DIGITS (READS_ID_BYTES - 1)

/* ---- columns ---- */

enum shape { PLAIN, MOMENT, LIST, OBJECT, FLAG };

static const struct column {
	const char *name;
	enum shape shape;
	const char *twin; /* MOMENT: name of the RFC 3339 field */
} columns[] = {
	{ "t_ns", MOMENT, "t" },
	{ "start_ns", MOMENT, "start" },
	{ "created_ns", MOMENT, "created" },
	{ "removed_ns", MOMENT, "removed" },
	{ "started_ns", MOMENT, "started" },
	{ "ready_ns", MOMENT, "ready" },
	{ "ended_ns", MOMENT, "ended" },
	{ "local_runqueues", LIST, NULL },
	{ "forced", FLAG, NULL },
	{ "partial", FLAG, NULL },
};

static const struct column *
column_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	return NULL;
}

char *
reads_time(char *buf, int64_t unix_ns)
{
	time_t t = (time_t)(unix_ns / 1000000000);
	int64_t frac = unix_ns % 1000000000;
	struct tm tm;
	size_t n;

	if (frac < 0) {
		frac += 1000000000;
		t--;
	}
	if (gmtime_r(&t, &tm) == NULL) {
		strcpy(buf, "?");
		return buf;
	}
	n = strftime(buf, 24, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, 40 - n, ".%09dZ", (int)frac);
	return buf;
}

/* ---- values ---- */

static char *
base64(const unsigned char *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = malloc((len + 2) / 3 * 4 + 1), *q = out;
	size_t i;

	for (i = 0; out != NULL && i < len; i += 3) {
		unsigned v = (unsigned)p[i] << 16 |
		    (i + 1 < len ? (unsigned)p[i + 1] << 8 : 0) |
		    (i + 2 < len ? p[i + 2] : 0u);

		*q++ = digits[v >> 18];
		*q++ = digits[v >> 12 & 63];
		*q++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*q++ = i + 2 < len ? digits[v & 63] : '=';
	}
	if (out != NULL)
		*q = '\0';
	return out;
}

/* Numbers of "[0 3]", "0,3" and the like. */
static json_t *
number_list(const char *p, size_t len)
{
	json_t *list = json_array();
	size_t i = 0;

	while (i < len) {
		int64_t n = 0;

		if (p[i] < '0' || p[i] > '9') {
			i++;
			continue;
		}
		for (; i < len && p[i] >= '0' && p[i] <= '9' && n < 1 << 30; i++)
			n = n * 10 + (p[i] - '0');
		json_array_append_new(list, json_integer(n));
	}
	return list;
}

static json_t *
text_value(const struct store_value *v)
{
	json_t *s = json_stringn(v->p, v->len);
	char *b64;

	if (s != NULL)
		return s;
	b64 = base64((const unsigned char *)v->p, v->len);
	s = json_pack("{s:s?}", "b64", b64);
	free(b64);
	return s;
}

static json_t *
plain_value(const struct store_value *v)
{
	switch (v->type) {
	case STORE_INT:
		return json_integer(v->i);
	case STORE_REAL:
		return json_real(v->d);
	case STORE_STR:
		return text_value(v);
	case STORE_BYTES: {
		char *b64 = base64((const unsigned char *)v->p, v->len);
		json_t *o = json_pack("{s:s?}", "b64", b64);

		free(b64);
		return o;
	}
	case STORE_NULL:
		break;
	}
	return json_null();
}

static void
put_moment(json_t *o, const struct column *c, const struct store_value *v)
{
	char buf[40], num[24];

	if (v->type != STORE_INT) {
		json_object_set_new(o, c->name, json_null());
		json_object_set_new(o, c->twin, json_null());
		return;
	}
	snprintf(num, sizeof(num), "%" PRId64, v->i);
	json_object_set_new(o, c->name, json_string(num));
	json_object_set_new(o, c->twin, json_string(reads_time(buf, v->i)));
}

/* A line that is no text is told as b64, and as text with what can be read. */
static void
put_line(json_t *o, const struct store_value *v)
{
	char *b64, *clean;
	size_t i;

	if (v->type != STORE_BYTES) {
		json_object_set_new(o, "line", plain_value(v));
		return;
	}
	b64 = base64((const unsigned char *)v->p, v->len);
	clean = malloc(v->len + 1);
	for (i = 0; clean != NULL && i < v->len; i++)
		clean[i] = v->p[i] >= 0x20 && v->p[i] < 0x7f ? v->p[i] : '?';
	json_object_set_new(o, "line", json_stringn(clean, clean ? v->len : 0));
	json_object_set_new(o, "b64", json_string(b64));
	free(clean);
	free(b64);
}

static void
put_value(json_t *o, const char *name, const struct store_value *v, bool decode)
{
	const struct column *c = column_find(name);
	json_t *detail;

	if (c != NULL && c->shape == MOMENT)
		put_moment(o, c, v);
	else if (c != NULL && c->shape == LIST && v->type == STORE_STR)
		json_object_set_new(o, name, number_list(v->p, v->len));
	else if (c != NULL && c->shape == FLAG)
		json_object_set_new(o, name,
		    json_boolean(v->type == STORE_INT && v->i != 0));
	else if (strcmp(name, "line") == 0)
		put_line(o, v);
	else if (decode && strcmp(name, "detail") == 0 && v->type == STORE_STR &&
	    (detail = json_loadb(v->p, v->len, JSON_DECODE_ANY, NULL)) != NULL)
		json_object_set_new(o, name, detail);
	else
		json_object_set_new(o, name, plain_value(v));
}

/* ---- a page ---- */

struct page {
	json_t *items;
	size_t bytes; /* as JSON, about */
	bool decode; /* detail is JSON */
	const char *kind; /* boot: "step" or "init"; else NULL */
};

/* What a row adds to the answer, roughly and never too little for long text. */
static size_t
row_bytes(const struct store_row *row)
{
	size_t n = 4;
	int i;

	for (i = 0; i < row->ncol; i++) {
		const struct store_value *v = &row->values[i];

		n += strlen(row->names[i]) + 8;
		if (v->type == STORE_STR || v->type == STORE_BYTES)
			n += v->len * 2;
		else
			n += column_find(row->names[i]) != NULL ? 64 : 22;
	}
	return n;
}

static int
page_row(void *arg, const struct store_row *row)
{
	struct page *pg = arg;
	size_t n = row_bytes(row);
	json_t *o;
	int i;

	if (json_array_size(pg->items) > 0 && pg->bytes + n > ANSWER_BYTES)
		return 1;
	o = json_object();
	for (i = 0; i < row->ncol; i++)
		put_value(o, row->names[i], &row->values[i], pg->decode);
	if (pg->kind != NULL)
		json_object_set_new(o, "kind", json_string(pg->kind));
	pg->bytes += n;
	return json_array_append_new(pg->items, o) != 0;
}

/* ---- params ---- */

static int64_t
number(const json_t *params, const char *name)
{
	const json_t *v = json_object_get(params, name);

	if (json_is_integer(v))
		return json_integer_value(v);
	return json_is_string(v) ? strtoll(json_string_value(v), NULL, 10) : 0;
}

static const char *
string(const json_t *params, const char *name)
{
	return json_string_value(json_object_get(params, name));
}

static void
limits_of(const json_t *params, struct store_limits *lim)
{
	int64_t n = number(params, "limit");

	memset(lim, 0, sizeof(*lim));
	lim->rows = n <= 0 ? LIMIT_DEFAULT : n > STORE_ROWS_MAX ?
							 STORE_ROWS_MAX :
							 n;
}

static json_t *
store_error(int64_t rc, char *cause, bool *ret_broken)
{
	const char *what = cause != NULL ? cause : strerror((int)-rc);
	json_t *e;

	switch (-rc) {
	case EINVAL:
		e = rpc_error(RPC_PARAMS, "%s", what);
		break;
	case EACCES:
		e = rpc_error(RPC_DENIED, "%s", what);
		break;
	case ETIME:
		e = rpc_error(RPC_LIMIT, "%s", what);
		break;
	case EAGAIN:
		e = rpc_error(RPC_BUSY, "%s", what);
		break;
	default:
		e = rpc_error(RPC_FAILED, "%s", what);
		*ret_broken = true;
	}
	free(cause);
	return e;
}

/* ---- who is meant ---- */

struct who {
	const char *text; /* what was asked for */
	size_t len;
	char exact[ID_DIGITS + 1], named[ID_DIGITS + 1], prefix[ID_DIGITS + 1];
	char second[ID_DIGITS + 1]; /* another with that prefix */
	int nprefix;
};

static bool
is_prefix(const struct who *w, const struct store_value *v)
{
	return v->type == STORE_STR && v->len >= w->len &&
	    memcmp(v->p, w->text, w->len) == 0;
}

/* v_instance: id, name, kind, program, state, run, created, removed */
static int
who_row(void *arg, const struct store_row *row)
{
	struct who *w = arg;
	const struct store_value *id = &row->values[0];
	bool removed = row->values[7].type == STORE_INT;
	char hex[ID_DIGITS + 1];

	if (id->type != STORE_STR || id->len != ID_DIGITS)
		return 0;
	memcpy(hex, id->p, ID_DIGITS);
	hex[ID_DIGITS] = '\0';
	if (is_prefix(w, id) && id->len == w->len)
		strcpy(w->exact, hex);
	if (!removed && is_prefix(w, &row->values[1]) &&
	    row->values[1].len == w->len)
		strcpy(w->named, hex);
	if (w->len >= 2 && !removed &&
	    (is_prefix(w, id) || is_prefix(w, &row->values[1]))) {
		strcpy(w->nprefix++ == 0 ? w->prefix : w->second, hex);
	}
	return 0;
}

static int64_t
scan_instances(struct store_reader *r, struct who *w, char **cause)
{
	char token[STORE_TOKEN_MAX] = "", next[STORE_TOKEN_MAX];
	struct store_filter f = { .what = STORE_READ_INSTANCE };
	struct store_limits lim = { .rows = STORE_ROWS_MAX };
	int64_t rc;

	do {
		f.token = token[0] ? token : NULL;
		rc = store_read(r, &f, &lim, who_row, w, next, cause);
		strcpy(token, next);
	} while (rc >= 0 && token[0] != '\0');
	return rc;
}

static int
any_row(void *arg, const struct store_row *row)
{
	return 0;
}

/* A run that was named is one that there was. */
static json_t *
check_run(struct store_reader *r, const char *text, const char *id,
    int64_t run, bool *ret_broken)
{
	struct store_filter f = { .what = STORE_READ_RUN, .instance = id,
		.run = run };
	struct store_limits lim = { .rows = 1 };
	char token[STORE_TOKEN_MAX], *cause = NULL;
	int64_t rc = store_read(r, &f, &lim, any_row, NULL, token, &cause);

	if (rc < 0)
		return store_error(rc, cause, ret_broken);
	free(cause);
	return rc > 0 ? NULL : rpc_error(RPC_NOT_FOUND,
	    "'%s': there is no run %" PRId64, text, run);
}

json_t *
reads_whose(struct store_reader *r, const char *text, char *id,
    int64_t *ret_run, bool *ret_broken)
{
	const char *at = strchr(text, '@');
	struct who w = { .text = text };
	char *cause = NULL;
	int64_t rc;

	w.len = at != NULL ? (size_t)(at - text) : strlen(text);
	*ret_run = at != NULL ? strtoll(at + 1, NULL, 10) : -1;
	if (w.len == 0 || (at != NULL && (*ret_run <= 0 ||
	    at[1 + strspn(at + 1, "0123456789")] != '\0')))
		return rpc_error(RPC_PARAMS, "'%s' is no instance", text);
	rc = scan_instances(r, &w, &cause);
	if (rc < 0)
		return store_error(rc, cause, ret_broken);
	if (w.named[0] != '\0')
		strcpy(id, w.named);
	else if (w.exact[0] != '\0')
		strcpy(id, w.exact);
	else if (w.nprefix == 1)
		strcpy(id, w.prefix);
	else if (w.nprefix > 1)
		return rpc_error(RPC_FAILED, "'%s' may mean %s or %s", text,
		    w.prefix, w.second);
	else
		return rpc_error(RPC_NOT_FOUND, "no instance is called '%s'",
		    text);
	return at != NULL ? check_run(r, text, id, *ret_run, ret_broken) :
	    NULL;
}

/* A whole id, and a run or not: nothing to look up. */
static bool
is_full(const char *text, char *id, int64_t *ret_run)
{
	size_t n = strspn(text, "0123456789abcdef");

	if (n != ID_DIGITS || (text[n] != '\0' && text[n] != '@'))
		return false;
	memcpy(id, text, ID_DIGITS);
	id[ID_DIGITS] = '\0';
	*ret_run = text[n] == '@' ? strtoll(text + n + 1, NULL, 10) : -1;
	return true;
}

/* Whom the filter is about; id has room for one. */
static json_t *
filter_instance(struct store_reader *r, const json_t *params, bool resolved,
    struct store_filter *f, char *id, bool *ret_broken)
{
	const char *text = string(params, "id");

	if (text == NULL)
		return NULL;
	f->instance = id;
	if (resolved && is_full(text, id, &f->run))
		return NULL;
	return reads_whose(r, text, id, &f->run, ret_broken);
}

static void
filter_rest(const json_t *params, struct store_filter *f)
{
	f->since = number(params, "since");
	f->from_ns = number(params, "from");
	f->to_ns = number(params, "to");
	f->tail = number(params, "tail");
	f->token = string(params, "page_token");
}

/* ---- methods ---- */

static const struct read {
	const char *method;
	enum store_what what;
	int origin; /* column of v_run's reading: 0 none, 1, 2 */
} reads[] = {
	{ "telemetry.boot", STORE_READ_BOOT, 1 },
	{ "telemetry.sched", STORE_READ_SCHED, 2 },
	{ "telemetry.gc", STORE_READ_GC, 1 },
	{ "instance.logs", STORE_READ_LOG, 0 },
	{ "telemetry.events", STORE_READ_EVENT, 0 },
};

static const struct read *
read_find(const char *method)
{
	size_t i;

	for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		if (strcmp(reads[i].method, method) == 0)
			return &reads[i];
	return NULL;
}

bool
reads_knows(const char *method)
{
	return read_find(method) != NULL || strcmp(method, "store.query") == 0;
}

struct origin {
	int64_t runtime, sched;
};

static int
origin_row(void *arg, const struct store_row *row)
{
	struct origin *o = arg;
	int i;

	for (i = 0; i < row->ncol; i++) {
		if (row->values[i].type != STORE_INT)
			continue;
		if (strcmp(row->names[i], "origin_ns") == 0)
			o->runtime = row->values[i].i;
		else if (strcmp(row->names[i], "sched_origin_ns") == 0)
			o->sched = row->values[i].i;
	}
	return 0;
}

/* Where the run's clocks begin: gctrace's zero, and the first SCHED line. */
static void
put_origin(struct store_reader *r, const struct store_filter *of, int which,
    json_t *result)
{
	struct store_filter f = { .what = STORE_READ_RUN,
		.instance = of->instance,
		.run = of->run };
	struct store_limits lim = { 0 };
	struct origin o = { 0, 0 };
	char token[STORE_TOKEN_MAX], num[24], *cause = NULL;

	if (which == 0 || of->instance == NULL)
		return;
	store_read(r, &f, &lim, origin_row, &o, token, &cause);
	free(cause);
	snprintf(num, sizeof(num), "%" PRId64,
	    which == 1 ? o.runtime : o.sched);
	json_object_set_new(result, "origin_ns", json_string(num));
}

static int
compare_seq(const void *a, const void *b)
{
	int64_t x = number(*(json_t *const *)a, "seq");
	int64_t y = number(*(json_t *const *)b, "seq");

	return x < y ? -1 : x > y;
}

/* The store has steps in the order of their end; a tree needs their begin. */
static void
sort_by_seq(json_t *items)
{
	size_t i, n = json_array_size(items);
	json_t **v = calloc(n + 1, sizeof(*v));

	if (v == NULL)
		return;
	for (i = 0; i < n; i++)
		v[i] = json_incref(json_array_get(items, i));
	qsort(v, n, sizeof(*v), compare_seq);
	json_array_clear(items);
	for (i = 0; i < n; i++)
		json_array_append_new(items, v[i]);
	free(v);
}

/*
 * Steps and package inits are two views and one tree: told together, in the
 * order of their beginning. Few enough for one answer.
 */
static int64_t
add_inits(struct store_reader *r, const struct store_filter *of,
    struct page *pg, char **cause)
{
	struct store_filter f = *of;
	struct store_limits lim = { .rows = STORE_ROWS_MAX };
	char token[STORE_TOKEN_MAX];
	int64_t rc;

	f.what = STORE_READ_INIT;
	f.token = NULL;
	pg->kind = "init";
	rc = store_read(r, &f, &lim, page_row, pg, token, cause);
	sort_by_seq(pg->items);
	return rc;
}

static json_t *
read_list(struct store_reader *r, const struct read *rd, const json_t *params,
    bool resolved, json_t **ret_error, bool *ret_broken)
{
	struct store_filter f = { .what = rd->what };
	struct store_limits lim;
	struct page pg = { .decode = rd->what == STORE_READ_EVENT ||
		    rd->what == STORE_READ_BOOT };
	char id[ID_DIGITS + 1], token[STORE_TOKEN_MAX] = "", *cause = NULL;
	json_t *result;
	int64_t rc;

	*ret_error = filter_instance(r, params, resolved, &f, id,
	    ret_broken);
	if (*ret_error != NULL)
		return NULL;
	if (rd->what == STORE_READ_EVENT && strchr(
		string(params, "id") ? string(params, "id") : "", '@') == NULL)
		f.run = 0; /* events of all runs, unless one is named */
	filter_rest(params, &f);
	limits_of(params, &lim);
	pg.items = json_array();
	if (rd->what == STORE_READ_BOOT) {
		pg.kind = "step";
		lim.rows = STORE_ROWS_MAX;
	}
	rc = store_read(r, &f, &lim, page_row, &pg, token, &cause);
	if (rc >= 0 && rd->what == STORE_READ_BOOT && token[0] == '\0')
		rc = add_inits(r, &f, &pg, &cause);
	if (rc < 0) {
		json_decref(pg.items);
		*ret_error = store_error(rc, cause, ret_broken);
		return NULL;
	}
	result = json_pack("{s:o}", "items", pg.items);
	if (token[0] != '\0')
		json_object_set_new(result, "next_page_token",
		    json_string(token));
	put_origin(r, &f, rd->origin, result);
	return result;
}

/* ---- store.query ---- */

struct answer {
	json_t *columns, *rows;
	size_t bytes;
};

static int
query_row(void *arg, const struct store_row *row)
{
	struct answer *a = arg;
	json_t *one;
	int i;

	if (row->values == NULL) {
		for (i = 0; i < row->ncol; i++) {
			one = json_string(row->names[i]);
			json_array_append_new(a->columns,
			    one ? one : json_string("?"));
		}
		return 0;
	}
	a->bytes += 2;
	for (i = 0; i < row->ncol; i++)
		a->bytes += row->values[i].type >= STORE_STR ?
		    row->values[i].len * 2 + 3 :
		    22;
	if (json_array_size(a->rows) > 0 && a->bytes > ANSWER_BYTES)
		return 1;
	one = json_array();
	for (i = 0; i < row->ncol; i++)
		json_array_append_new(one, plain_value(&row->values[i]));
	return json_array_append_new(a->rows, one) != 0;
}

static json_t *
read_query(struct store_reader *r, const json_t *params, json_t **ret_error,
    bool *ret_broken)
{
	struct answer a = { json_array(), json_array(), 0 };
	struct store_limits lim;
	char token[STORE_TOKEN_MAX] = "", *cause = NULL;
	const char *sql = string(params, "sql");
	json_t *result;
	int64_t rc;

	limits_of(params, &lim);
	lim.deadline_ms = QUERY_MS;
	rc = store_query(r, sql ? sql : "", string(params, "page_token"), &lim,
	    query_row, &a, token, &cause);
	if (rc < 0) {
		json_decref(a.columns);
		json_decref(a.rows);
		*ret_error = store_error(rc, cause, ret_broken);
		return NULL;
	}
	result = json_pack("{s:o, s:o, s:b}", "columns", a.columns, "rows",
	    a.rows, "truncated", token[0] != '\0');
	if (token[0] != '\0')
		json_object_set_new(result, "next_page_token",
		    json_string(token));
	return result;
}

json_t *
reads_answer(struct store_reader *r, const char *method, const json_t *params,
    bool resolved, json_t **ret_error, bool *ret_broken)
{
	const struct read *rd = read_find(method);

	*ret_error = NULL;
	*ret_broken = false;
	if (strcmp(method, "store.query") == 0)
		return read_query(r, params, ret_error, ret_broken);
	if (rd != NULL)
		return read_list(r, rd, params, resolved, ret_error,
		    ret_broken);
	*ret_error = rpc_error(RPC_METHOD, "the gateway does not know %s",
	    method);
	return NULL;
}
