/*
 * recorder_sub.c - the fan-out: what happens, to those who asked to be told.
 *
 * A subscription belongs to the link it came by and names kinds of items
 * ("log", "event", "sched", "gc", "boot") of all, of one instance, or of one
 * run. Raw output goes another way: recorder_out.c.
 *
 * History and live are joined here, so that nobody sees a row twice or misses
 * one. A subscriber that said `since` is in replay: it is given pages out of
 * the store, through the recorder's own connection, which sees the open batch
 * too; the turn that gives the last page makes it live. A subscriber whose
 * link is congested, or whose window is full (packets that it has not
 * acknowledged, because its own reader does not read), falls back into replay from the first row that it did not
 * get (log and event, whose numbers go over all runs); other items are dropped
 * and counted in `dropped`. So the queue of one subscriber is bounded by the
 * link's water marks, whatever it does.
 */
#include "daemon/recorder.h"

#include <errno.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link.h"
#include "daemon/log.h"

#define HIGH_BYTES (1 << 20) /* of the link's queue: stop */
#define LOW_BYTES (256 << 10) /* go on */
#define PACKET_ITEMS 100
#define PACKET_BYTES (64 * 1024)
#define PAGE_ROWS 200
#define SUBS_MAX 1024

enum what { W_LOG, W_EVENT, W_SCHED, W_GC, W_BOOT, W_INIT, W_N };
static const char *const what_names[W_N] = { "log", "event", "sched", "gc",
	"boot", NULL /* comes with boot */ };
static const enum store_what what_list[W_N] = { STORE_READ_LOG,
	STORE_READ_EVENT, STORE_READ_SCHED, STORE_READ_GC, STORE_READ_BOOT,
	STORE_READ_INIT };

struct rec_sub {
	TAILQ_ENTRY(rec_sub) link;
	struct rec *rec;
	enum role_id from;
	json_t *name;   /* what the subscriber calls it */
	unsigned what;  /* bits of enum what */
	char id[16];    /* "": all */
	int64_t run;    /* 0: all */
	unsigned replay; /* bits that still come out of the store */
	int64_t after[W_N];
	char token[W_N][STORE_TOKEN_MAX]; /* where each replay is */
	json_t *items;  /* waiting to be sent */
	size_t bytes;
	int64_t dropped;
	int window, unacked; /* packets; window 0: none */
	bool over, ended;    /* the run is over; that was said */
};

int
rec_nsubs(const struct rec *r)
{
	struct rec_sub *s;
	int n = 0;

	TAILQ_FOREACH(s, &r->subs, link)
		n++;
	return n;
}

/* ---- text ---- */

static size_t
escape(char *dst, const uint8_t *p, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		size_t k = p[i] < 0x80 ? 1 : p[i] >= 0xf0 ? 4
		    : p[i] >= 0xe0 ? 3 : 2;

		if (k <= len - i && store_is_text(p + i, k)) {
			memcpy(dst + n, p + i, k);
			n += k;
			i += k;
			continue;
		}
		dst[n++] = '\\';
		dst[n++] = 'x';
		dst[n++] = hex[p[i] >> 4];
		dst[n++] = hex[p[i] & 15];
		i++;
	}
	return n;
}

json_t *
rec_text(const void *p, size_t len, bool *ret_escaped)
{
	json_t *v;
	char *buf;

	*ret_escaped = !store_is_text(p, len);
	if (!*ret_escaped)
		return json_stringn_nocheck(p, len);
	buf = malloc(4 * len + 1);
	if (buf == NULL)
		return json_string("");
	v = json_stringn_nocheck(buf, escape(buf, p, len));
	free(buf);
	return v;
}

/* ---- sending ---- */

static size_t
queued(const struct rec_sub *s)
{
	struct link *l = s->rec->role->peer[s->from];

	return l == NULL ? HIGH_BYTES : link_queued(l);
}

static bool
congested(const struct rec_sub *s)
{
	return queued(s) >= HIGH_BYTES ||
	    (s->window > 0 && s->unacked >= s->window);
}

static void
flush(struct rec_sub *s, bool end)
{
	size_t n = s->items != NULL ? json_array_size(s->items) : 0;
	json_t *m;

	if (n == 0 && s->dropped == 0 && !end)
		return;
	m = json_pack("{s:s, s:O, s:o, s:I}", "m", "live", "sub", s->name,
	    "items", s->items != NULL ? s->items : json_array(), "dropped",
	    (json_int_t)s->dropped);
	s->items = NULL;
	s->bytes = 0;
	if (m != NULL && end)
		json_object_set_new(m, "end", json_true());
	if (role_send(s->rec->role, s->from, m, NULL, 0) < 0) {
		s->dropped += (int64_t)n;
		return;
	}
	s->dropped = 0;
	s->unacked += s->window > 0;
	s->ended |= end;
}

/* item is stolen. */
static void
append(struct rec_sub *s, json_t *item, size_t bytes)
{
	if (s->items == NULL)
		s->items = json_array();
	if (item == NULL || s->items == NULL ||
	    json_array_append_new(s->items, item) < 0) {
		s->dropped++;
		return;
	}
	s->bytes += bytes;
	if (json_array_size(s->items) >= PACKET_ITEMS ||
	    s->bytes >= PACKET_BYTES)
		flush(s, false);
	else
		rec_wake_at(s->rec, rec_mono_ns() + 5000000);
}

/* ---- live ---- */

static bool
matches(const struct rec_sub *s, enum what w, const char *id, int64_t run)
{
	return (s->what & 1u << w) != 0 &&
	    (s->id[0] == 0 || (id != NULL && strcmp(s->id, id) == 0)) &&
	    (s->run == 0 || s->run == run);
}

static enum what
what_of(const char *name)
{
	int w = 0;

	while (w < W_N && (what_names[w] == NULL ||
	    strcmp(what_names[w], name) != 0))
		w++;
	return w;
}

bool
rec_wanted(const struct rec *r, const char *what, const char *id, int64_t run)
{
	enum what w = what_of(what);
	struct rec_sub *s;

	TAILQ_FOREACH(s, &r->subs, link)
		if (matches(s, w, id, run))
			return true;
	return false;
}

/* One subscriber's share: queue it, fall back into replay, or drop. */
static void
offer(struct rec_sub *s, enum what w, int64_t n, json_t *item, size_t bytes)
{
	bool global = w == W_LOG || w == W_EVENT;

	if (s->replay != 0) {
		/* what the replay will come to needs no copy */
		if ((s->replay & 1u << w) == 0) {
			if (global && n > 0) {
				s->replay |= 1u << w;
				s->after[w] = n - 1;
				s->token[w][0] = 0;
			} else {
				s->dropped++;
			}
		}
		return;
	}
	if (!congested(s)) {
		append(s, json_incref(item), bytes);
		return;
	}
	if (global && n > 0) {
		s->replay |= 1u << w;
		s->after[w] = n - 1;
		s->token[w][0] = 0;
		rec_wake_at(s->rec, rec_mono_ns() + 20000000);
	} else {
		s->dropped++;
	}
}

void
rec_live(struct rec *r, const char *what, const char *id, int64_t run,
    int64_t n, json_t *item, size_t bytes)
{
	enum what w = what_of(what);
	struct rec_sub *s;

	TAILQ_FOREACH(s, &r->subs, link)
		if (matches(s, w, id, run))
			offer(s, w, n, item, bytes);
	json_decref(item);
}

void
rec_skipped(struct rec *r, const char *what, const char *id, int64_t run,
    int64_t n)
{
	enum what w = what_of(what);
	struct rec_sub *s;

	TAILQ_FOREACH(s, &r->subs, link)
		if (matches(s, w, id, run) && (s->replay & 1u << w) == 0)
			s->dropped += n;
}

void
rec_sub_over(struct rec_run *run)
{
	struct rec_sub *s;

	TAILQ_FOREACH(s, &run->rec->subs, link) {
		if (s->run != run->run || strcmp(s->id, run->id) != 0)
			continue;
		s->over = true;
		rec_wake_at(s->rec, rec_mono_ns());
	}
}

/* ---- replay ---- */

static json_t *
value_json(const char *name, const struct store_value *v, bool *ret_escaped)
{
	json_t *j;

	switch (v->type) {
	case STORE_INT:
		return strcmp(name, "partial") == 0 ? json_boolean(v->i != 0)
						    : json_integer(v->i);
	case STORE_REAL:
		return json_real(v->d);
	case STORE_STR:
	case STORE_BYTES:
		if (strcmp(name, "detail") == 0 ||
		    strcmp(name, "local_runqueues") == 0) {
			j = json_loadb(v->p, v->len, JSON_DECODE_ANY, NULL);
			if (j != NULL)
				return j;
		}
		return rec_text(v->p, v->len, ret_escaped);
	default:
		return json_null();
	}
}

struct replay {
	struct rec_sub *s;
	enum what w;
};

static int
replay_row(void *arg, const struct store_row *row)
{
	struct replay *rp = arg;
	struct rec_sub *s = rp->s;
	bool escaped = false;
	size_t bytes = 0;
	json_t *item;

	if (congested(s))
		return 1;
	item = json_object();
	for (int i = 0; i < row->ncol; i++) {
		bytes += row->values[i].len + 20;
		json_object_set_new(item, row->names[i],
		    value_json(row->names[i], &row->values[i], &escaped));
	}
	json_object_set_new(item, "what", json_string(
	    rp->w == W_INIT ? "boot" : what_names[rp->w]));
	if (rp->w == W_BOOT || rp->w == W_INIT)
		json_object_set_new(item, "kind", json_string(
		    rp->w == W_INIT ? "init" : "step"));
	if (escaped)
		json_object_set_new(item, "escaped", json_true());
	append(s, item, bytes);
	return 0;
}

/* One page of the first kind that is still to come. */
static void
replay_page(struct rec_sub *s)
{
	struct rec *r = s->rec;
	enum what w = (enum what)__builtin_ctz(s->replay);
	struct replay rp = { s, w };
	struct store_limits lim = { .rows = PAGE_ROWS, .bytes = 256 << 10,
		.deadline_ms = 200 };
	struct store_filter f = { .what = what_list[w],
		.instance = s->id[0] != 0 ? s->id : NULL,
		.run = s->run != 0 || w == W_LOG || w == W_EVENT ? s->run : -1,
		.since = s->after[w] };
	char token[STORE_TOKEN_MAX], *cause = NULL;
	int64_t n;

	memcpy(token, s->token[w], sizeof(token));
	f.token = token[0] != 0 ? token : NULL;
	if (congested(s))
		return;
	n = r->st == NULL ? -1 : store_read_own(r->st, &f, &lim, replay_row,
	    &rp, s->token[w], &cause);
	if (n < 0 && n != -ETIME)
		log_warning("history for a subscriber: %s",
		    cause != NULL ? cause : "there is no store");
	free(cause);
	if (n == -ETIME) { /* the machine is busy: once more */
		memcpy(s->token[w], token, sizeof(token));
		return;
	}
	s->dropped += n < 0; /* nobody knows how many */
	if (n == 0 && congested(s)) {
		memcpy(s->token[w], token, sizeof(token)); /* not one row fitted */
		return;
	}
	if (n < 0 || s->token[w][0] == 0) {
		s->replay &= ~(1u << w);
		s->token[w][0] = 0;
	}
}

static bool
step_sub(struct rec_sub *s)
{
	if (s->ended)
		return false;
	if (s->replay != 0 && queued(s) < LOW_BYTES && !congested(s))
		replay_page(s);
	if (s->replay == 0 && s->over)
		flush(s, true);
	else if (!congested(s))
		flush(s, false);
	return s->replay != 0 && !congested(s);
}

bool
rec_subs_step(struct rec *r)
{
	struct rec_sub *s;
	bool more = false;

	TAILQ_FOREACH(s, &r->subs, link) {
		more |= step_sub(s);
		if (s->replay != 0 || s->dropped > 0)
			rec_wake_at(r, rec_mono_ns() + 20000000);
	}
	return more;
}

/* ---- messages ---- */

static void
free_sub(struct rec_sub *s)
{
	TAILQ_REMOVE(&s->rec->subs, s, link);
	json_decref(s->name);
	json_decref(s->items);
	free(s);
}

static struct rec_sub *
find_sub(struct rec *r, enum role_id from, json_t *msg)
{
	json_t *name = json_object_get(msg, "sub");
	struct rec_sub *s;

	TAILQ_FOREACH(s, &r->subs, link)
		if (s->from == from && json_equal(s->name, name))
			return s;
	return NULL;
}

/* A number, or a string that is one; false: neither. */
static bool
number(const json_t *v, int64_t *ret)
{
	const char *p = json_string_value(v);
	char *end;

	if (json_is_integer(v)) {
		*ret = json_integer_value(v);
		return true;
	}
	if (p == NULL || *p == 0)
		return false;
	*ret = strtoll(p, &end, 10);
	return *end == 0;
}

static unsigned
parse_what(const json_t *v)
{
	unsigned bits = 0;
	enum what w;

	if (json_is_string(v)) {
		w = what_of(json_string_value(v));
		return w == W_N ? 0 : 1u << w;
	}
	for (size_t i = 0; i < json_array_size(v); i++)
		bits |= parse_what(json_array_get(v, i));
	return bits;
}

void
rec_subscribe(struct rec *r, enum role_id from, json_t *msg)
{
	json_t *since = json_object_get(msg, "since");
	const char *id = json_string_value(json_object_get(msg, "instance"));
	struct rec_sub *s = find_sub(r, from, msg);
	int64_t n = 0;

	if (s != NULL)
		free_sub(s); /* asked again: from the new beginning */
	s = calloc(1, sizeof(*s));
	if (s == NULL || json_object_get(msg, "sub") == NULL ||
	    rec_nsubs(r) >= SUBS_MAX) {
		log_warning("a subscription is refused: %s", s == NULL
		    ? "no memory" : rec_nsubs(r) >= SUBS_MAX
		    ? "too many" : "it has no name");
		free(s);
		return;
	}
	s->rec = r;
	s->from = from;
	s->name = json_incref(json_object_get(msg, "sub"));
	s->what = parse_what(json_object_get(msg, "what"));
	s->run = json_integer_value(json_object_get(msg, "run"));
	if (id != NULL)
		evutil_snprintf(s->id, sizeof(s->id), "%s", id);
	if (json_is_null(since))
		since = NULL;
	s->window = (int)json_integer_value(json_object_get(msg, "window"));
	TAILQ_INSERT_TAIL(&r->subs, s, link);
	if (since != NULL && number(since, &n)) {
		s->replay = s->what;
		if ((s->what & 1u << W_BOOT) != 0)
			s->replay |= 1u << W_INIT;
		/* other numbers are of one run: the latest, if none is named */
		if (s->id[0] == 0)
			s->replay &= 1u << W_LOG | 1u << W_EVENT;
		for (int w = 0; w < W_N; w++)
			s->after[w] = n;
	}
	if (s->run > 0 && rec_find(r, s->id, s->run) == NULL)
		s->over = rec_kept_over(r, s->id, s->run);
	rec_wake_at(r, rec_mono_ns());
}

void
rec_sub_ack(struct rec *r, enum role_id from, json_t *msg)
{
	struct rec_sub *s = find_sub(r, from, msg);
	int64_t n = 1;

	if (s == NULL)
		return;
	number(json_object_get(msg, "n"), &n);
	s->unacked = n < 0 || n >= s->unacked ? 0 : s->unacked - (int)n;
	step_sub(s);
	if (s->replay != 0)
		rec_wake_at(r, rec_mono_ns());
}

void
rec_unsub(struct rec *r, enum role_id from, json_t *msg)
{
	struct rec_sub *s = find_sub(r, from, msg);

	if (s != NULL)
		free_sub(s);
}

void
rec_sub_gone(struct rec *r, enum role_id from)
{
	struct rec_sub *s, *next;

	for (s = TAILQ_FIRST(&r->subs); s != NULL; s = next) {
		next = TAILQ_NEXT(s, link);
		if (s->from == from)
			free_sub(s);
	}
}
