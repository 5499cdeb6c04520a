/*
 * relay.c - what the supervisor does not answer itself.
 *
 * Reads of the store go to the gateway with a number, and the answer comes
 * back under it; whoever takes longer than READ_MS is answered "busy" instead,
 * and a late answer is dropped. Subscriptions go to the recorder; what comes
 * live is copied to the client. Nothing is kept here but who asked.
 *
 * A client that does not read must cost nobody any work, or ten of them make a
 * flood crawl: the recorder sends SUB_WINDOW packets and waits for our ack,
 * and we give it only while the client's buffer is short. Lines and events
 * then wait in the store, nothing is missed; what is not kept by number is
 * counted as dropped, there.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/handlers.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "ipc/rpc.h"

#include <config.h>

#define READ_MS 15000
#define READS_MAX 256
#define SUBS_MAX 256
#define STATUS_MS 500
#define SUB_WINDOW 4 /* packets of 64 KiB at most, ahead of the client */

/* ---- reads ---- */

struct read {
	struct read *next;
	json_int_t rid;
	struct call *call;
	json_t *msg; /* kept while there is no gateway to send it to */
	struct event *timer;
};

static struct read *reads;
static int nreads;
static json_int_t next_rid;

static void
read_free(struct read *rd)
{
	struct read **p = &reads;

	while (*p != rd)
		p = &(*p)->next;
	*p = rd->next;
	nreads--;
	event_free(rd->timer);
	json_decref(rd->msg);
	free(rd);
}

static void
on_read_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct read *rd = arg;
	struct call *c = rd->call;
	bool sent = rd->msg == NULL;

	read_free(rd);
	call_fail(c, rpc_error(RPC_BUSY, sent ?
	    "the reader did not answer in %d s" :
	    "the reader is not there (waited %d s)", READ_MS / 1000));
}

static void
read_send(struct read *rd)
{
	if (role_send(sup.r, ROLE_GATEWAY, json_incref(rd->msg), NULL, 0) < 0)
		return;
	json_decref(rd->msg);
	rd->msg = NULL;
}

static json_t *
who(const struct call *c)
{
	return json_pack("{s:I, s:i, s:s}", "uid", (json_int_t)(int)c->uid,
	    "pid", (int)c->pid, "access", access_name(c->access));
}

/*
 * The store knows ids, people use names: say "ID@RUN" where we know it. What
 * we do not know may be history, and the gateway finds it.
 */
static json_t *
with_full_id(const struct call *c)
{
	json_t *params = json_copy(c->params), *err = NULL;
	const char *ref = call_string(c, "id");
	char full[64];
	uint32_t run;
	struct inst *i;

	if (ref == NULL)
		return params;
	i = inst_find(ref, &run, &err);
	json_decref(err);
	if (i == NULL)
		return params;
	if (strchr(ref, '@') == NULL &&
	    strcmp(c->method->name, "telemetry.events") == 0)
		snprintf(full, sizeof full, "%s", i->id);
	else
		snprintf(full, sizeof full, "%s@%u", i->id, run);
	json_object_set_new(params, "id", json_string(full));
	return params;
}

void
relay_read(struct call *c)
{
	struct timeval tv = { READ_MS / 1000, 0 };
	struct read *rd;

	if (nreads >= READS_MAX || (rd = calloc(1, sizeof *rd)) == NULL) {
		call_fail(c, rpc_error(RPC_BUSY, "%d reads wait already",
		    nreads));
		return;
	}
	rd->rid = ++next_rid;
	rd->call = c;
	rd->timer = evtimer_new(sup.r->base, on_read_timeout, rd);
	rd->next = reads;
	reads = rd;
	nreads++;
	evtimer_add(rd->timer, &tv);
	rd->msg = json_pack("{s:s, s:I, s:s, s:o, s:o}", "m", "read", "rid",
	    rd->rid, "method", c->method->name, "params", with_full_id(c),
	    "who", who(c));
	read_send(rd);
}

void
relay_answer(json_t *msg)
{
	json_int_t rid = json_integer_value(json_object_get(msg, "rid"));
	json_t *result = json_object_get(msg, "result");
	json_t *err = json_object_get(msg, "error");
	struct read *rd;
	struct call *c;

	for (rd = reads; rd != NULL && rd->rid != rid; rd = rd->next)
		;
	if (rd == NULL)
		return;
	c = rd->call;
	read_free(rd);
	if (json_is_object(err))
		call_fail(c, json_incref(err));
	else if (json_is_object(result))
		call_done(c, json_incref(result));
	else
		call_fail(c, rpc_error(RPC_INTERNAL,
		    "the reader's answer makes no sense"));
}

void
relay_gateway_up(void)
{
	for (struct read *rd = reads; rd != NULL; rd = rd->next)
		if (rd->msg != NULL)
			read_send(rd);
}

/* What was under way there is lost: reads are harmless to repeat, say so. */
void
relay_gateway_gone(void)
{
	struct read *rd, *more;

	for (rd = reads; rd != NULL; rd = more) {
		struct call *c = rd->call;

		more = rd->next;
		if (rd->msg != NULL)
			continue;
		read_free(rd);
		call_fail(c, rpc_error(RPC_BUSY,
		    "the reader was restarted; ask again"));
	}
}

/* ---- calls that came over HTTP ---- */

void
relay_call(json_t *msg)
{
	const char *name = json_string_value(json_object_get(msg, "method"));
	json_t *w = json_object_get(msg, "who");
	const char *access = json_string_value(json_object_get(w, "access"));
	json_t *params = json_object_get(msg, "params");
	struct call *c = call_new(NULL, json_is_object(params) ? params : NULL);

	if (c == NULL)
		return;
	c->gateway_rid = json_incref(json_object_get(msg, "rid"));
	if (c->gateway_rid == NULL)
		c->gateway_rid = json_null();
	c->access = ACCESS_VIEW;
	if (access != NULL && strcmp(access, "operate") == 0)
		c->access = ACCESS_OPERATE;
	c->method = name != NULL ? method_find(name) : NULL;
	if (c->method == NULL || c->method->by != BY_SUPERVISOR)
		call_fail(c, rpc_error(RPC_METHOD,
		    "there is no method \"%.80s\" here",
		    name != NULL ? name : ""));
	else
		call_dispatch(c);
}

/* ---- subscriptions ---- */

struct sub {
	struct sub *next;
	json_int_t id;
	struct conn *conn;
	json_t *what;                   /* owned, array of known names */
	char instance[INST_ID_LEN + 1]; /* "" for all */
	uint32_t run;                   /* 0 for all */
	json_int_t since;               /* last number seen, -1 */
	int owed;                       /* packets not acknowledged yet */
};

static struct sub *subs;
static int nsubs;
static json_int_t next_sub;

static void
sub_send(struct sub *s)
{
	s->owed = 0;
	role_send(sup.r, ROLE_RECORDER, json_pack(
	    "{s:s, s:I, s:i, s:O, s:s?, s:o, s:o}", "m", "sub", "sub", s->id,
	    "window", SUB_WINDOW, "what", s->what, "instance", s->instance[0] != '\0' ? s->instance : NULL,
	    "run", s->run != 0 ? json_integer(s->run) : json_null(), "since",
	    s->since >= 0 ? json_integer(s->since) : json_null()), NULL, 0);
}

static void
sub_drop(struct sub **at)
{
	struct sub *s = *at;

	*at = s->next;
	role_send(sup.r, ROLE_RECORDER, json_pack("{s:s, s:I}", "m", "unsub",
	    "sub", s->id), NULL, 0);
	json_decref(s->what);
	free(s);
	nsubs--;
}

static bool
all_known(json_t *what)
{
	static const char *const known[] = { "log", "event", "sched", "gc",
		"boot" };
	size_t n, k;
	json_t *v;

	json_array_foreach(what, n, v) {
		for (k = 0; k < sizeof known / sizeof known[0]; k++)
			if (strcmp(known[k], json_string_value(v)) == 0)
				break;
		if (k == sizeof known / sizeof known[0])
			return false;
	}
	return json_array_size(what) > 0;
}

/* A number that may have come as a string of digits; -1: absent. */
static json_int_t
param_number(const struct call *c, const char *name)
{
	const char *s = call_string(c, name);

	return s != NULL ? strtoll(s, NULL, 10) : call_int(c, name, -1);
}

void
relay_subscribe(struct call *c)
{
	const char *ref = call_string(c, "id");
	json_t *what = json_object_get(c->params, "what"), *err = NULL;
	struct inst *i = NULL;
	uint32_t run = 0;
	struct sub *s = NULL;

	if (ref != NULL && (i = inst_find(ref, &run, &err)) == NULL) {
		call_fail(c, err);
		return;
	}
	if (!all_known(what))
		err = rpc_error(RPC_PARAMS,
		    "\"what\" holds log, event, sched, gc or boot");
	else if (c->conn == NULL || nsubs >= SUBS_MAX ||
	    (s = calloc(1, sizeof *s)) == NULL)
		err = rpc_error(RPC_LIMIT, "%d subscriptions are the most",
		    SUBS_MAX);
	if (err != NULL) {
		call_fail(c, err);
		return;
	}
	s->id = ++next_sub;
	s->conn = c->conn;
	s->what = json_incref(what);
	s->since = param_number(c, "since");
	/* without @RUN: all its runs from now on */
	s->run = ref != NULL && strchr(ref, '@') != NULL ? run : 0;
	snprintf(s->instance, sizeof s->instance, "%s", i != NULL ? i->id : "");
	s->next = subs;
	subs = s;
	nsubs++;
	call_done(c, json_pack("{s:I}", "sub", s->id));
	if (subs == s) /* the client may have gone with its answer */
		sub_send(s);
}

void
relay_unsubscribe(struct call *c)
{
	json_int_t id = call_int(c, "sub", -1);

	for (struct sub **at = &subs; *at != NULL; at = &(*at)->next)
		if ((*at)->id == id && (*at)->conn == c->conn) {
			sub_drop(at);
			break;
		}
	call_done(c, NULL);
}

void
relay_conn_gone(struct conn *conn)
{
	struct sub **at = &subs;

	while (*at != NULL)
		if ((*at)->conn == conn)
			sub_drop(at);
		else
			at = &(*at)->next;
}

static void
sub_ack(struct sub *s)
{
	if (s->owed == 0)
		return;
	role_send(sup.r, ROLE_RECORDER, json_pack("{s:s, s:I, s:i}", "m", "ack",
	    "sub", s->id, "n", s->owed), NULL, 0);
	s->owed = 0;
}

void
relay_conn_drained(struct conn *conn)
{
	for (struct sub *s = subs; s != NULL; s = s->next)
		if (s->conn == conn)
			sub_ack(s);
}

/*
 * Remember how far the client is, for a recorder that comes back: "n" of a
 * log line, else "seq", which counts per run and so only helps for one run or
 * for events.
 */
static void
note_number(struct sub *s, json_t *items)
{
	json_t *last = json_array_get(items, json_array_size(items) - 1);
	json_t *n = json_object_get(last, "n");

	if (n == NULL && (s->run != 0 || s->instance[0] == '\0'))
		n = json_object_get(last, "seq");
	if (json_is_integer(n))
		s->since = json_integer_value(n);
	else if (json_is_string(n))
		s->since = strtoll(json_string_value(n), NULL, 10);
}

void
relay_live(json_t *msg)
{
	json_int_t id = json_integer_value(json_object_get(msg, "sub"));
	json_t *items = json_object_get(msg, "items");
	json_t *dropped = json_object_get(msg, "dropped");
	json_t *params;
	struct sub *s;
	bool end;

	for (s = subs; s != NULL && s->id != id; s = s->next)
		;
	if (s == NULL)
		return;
	note_number(s, items);
	end = json_is_true(json_object_get(msg, "end"));
	params = json_pack("{s:I, s:O, s:O, s:I}", "sub", s->id, "what",
	    json_array_get(s->what, 0), "items", items, "dropped",
	    (json_int_t)json_integer_value(dropped));
	if (end)
		json_object_set_new(params, "end", json_true());
	s->owed++;
	control_send(s->conn, rpc_notification("telemetry.event", params), end);
	/* sending may have ended the connection, and with it the subscription */
	for (s = subs; s != NULL && s->id != id; s = s->next)
		;
	if (s != NULL && control_reads(s->conn))
		sub_ack(s);
}

void
relay_resubscribe(void)
{
	for (struct sub *s = subs; s != NULL; s = s->next)
		sub_send(s);
}

/* ---- daemon.status ---- */

/*
 * The one status that is being made: later askers wait for the same answers
 * or, when the roles have not answered in STATUS_MS, get what is there.
 */
static struct {
	struct call *calls[32];
	int n;
	json_t *detail[ROLE_N];
	struct event *timer;
} status;

static json_t *
role_json(enum role_id id)
{
	const struct keeper_role_stat *k = &sup.roles[id];
	json_t *o = json_pack("{s:s, s:o, s:b, s:i, s:I}", "role",
	    role_name(id), "pid", k->pid != 0 ? json_integer(k->pid) :
	    json_null(), "alive", k->pid != 0, "restarts",
	    k->starts > 0 ? (int)k->starts - 1 : 0, "beat_age_ms",
	    (json_int_t)((mono_ns() - k->beat_ns) / 1000000));

	/* a role's own fields beside ours; "detail" is among them */
	if (status.detail[id] != NULL)
		json_object_update_missing(o, status.detail[id]);
	if (json_object_get(o, "detail") == NULL)
		json_object_set_new(o, "detail", json_string(""));
	return o;
}

static json_t *
status_json(void)
{
	const struct config *cfg = sup.r->cfg;
	json_t *roles = json_array(), *o;
	int total = 0, running = 0;
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next) {
		total += i->removed_ns == 0;
		running += i->cur != NULL;
	}
	for (int id = 0; id < ROLE_N; id++)
		json_array_append_new(roles, role_json(id));
	o = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:{s:i, s:i}, s:I, s:o}",
	    "version", PACKAGE_VERSION, "pid", (int)getppid(), "socket",
	    cfg->socket_path, "http", cfg->http, "db", cfg->db_path,
	    "state_dir", cfg->state_dir, "instances", "total", total,
	    "running", running, "strangers", (json_int_t)sup.page->strangers,
	    "roles", roles);
	json_time(o, "started", sup.started_ns);
	/* the address that is served, which the gateway knows */
	if (json_object_get(status.detail[ROLE_GATEWAY], "http") != NULL)
		json_object_set(o, "http", json_object_get(
		    status.detail[ROLE_GATEWAY], "http"));
	return o;
}

static void
status_answer(void)
{
	json_t *o = status_json();

	evtimer_del(status.timer);
	while (status.n > 0)
		call_done(status.calls[--status.n], json_deep_copy(o));
	json_decref(o);
	for (int id = 0; id < ROLE_N; id++) {
		json_decref(status.detail[id]);
		status.detail[id] = NULL;
	}
}

static void
on_status_timeout(evutil_socket_t fd, short what, void *arg)
{
	status_answer();
}

void
relay_statis(int from, json_t *msg)
{
	if (status.n == 0)
		return;
	json_decref(status.detail[from]);
	status.detail[from] = json_incref(json_object_get(msg, "stat"));
	for (int id = ROLE_RECORDER; id < ROLE_N; id++)
		if (sup.r->peer[id] != NULL && status.detail[id] == NULL)
			return;
	status_answer();
}

void
relay_status(struct call *c)
{
	struct timeval tv = { 0, STATUS_MS * 1000 };
	bool asked = false;

	if (status.n == (int)(sizeof status.calls / sizeof status.calls[0])) {
		call_fail(c, rpc_error(RPC_BUSY, "too many ask for the status"));
		return;
	}
	status.calls[status.n++] = c;
	if (status.n > 1)
		return;
	if (status.timer == NULL)
		status.timer = evtimer_new(sup.r->base, on_status_timeout, NULL);
	evtimer_add(status.timer, &tv);
	for (int id = ROLE_RECORDER; id < ROLE_N; id++)
		asked |= role_send(sup.r, id, json_pack("{s:s, s:i}", "m",
		    "stat", "rid", 0), NULL, 0) == 0;
	if (!asked)
		status_answer();
}
