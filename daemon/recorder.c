/*
 * recorder.c - the only writer of the database.
 *
 *	pipes --> inbox --> lines --+--> batch --> SQLite
 *	rings ---------> records ---+--> subscribers (supervisor, gateway)
 *	supervisor --> rows --------+
 *
 * One thread, one loop. A pipe or a message is served when it comes; rings,
 * commits, retries, replays and retention are the tick's, which is set to the
 * earliest thing that is due and not set when nothing is. With nothing
 * attached the recorder sleeps.
 *
 * The batch. Every row goes into the open transaction together with the
 * cursor of its source; a commit comes batch_ms after the first row, or when
 * the batch is large, or when an inbox needs its room. So a row is in the
 * database exactly once, wherever the recorder is killed: what was not
 * committed is read again from inbox, ring, or the supervisor, which repeats
 * rows that were not acknowledged.
 *
 * When the store fails (full disk, cap, a reader that keeps the log) the whole
 * batch did not happen: every run goes back to its committed positions, rows
 * wait in memory, and nothing is put until a probe works, tried each second.
 * Meanwhile pipes are drained, lines still reach subscribers, and what the
 * inbox can't hold is given up and counted (recorder_run.c). Supervision does
 * not notice.
 *
 * A recorder that is started first leaves with one sentence when it can't open
 * the database: gortd did not start. One that replaces another goes on without
 * and tries again.
 */
#include "daemon/recorder.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/config.h"
#include "daemon/link.h"
#include "daemon/log.h"

#define RETRY_NS 1000000000LL
#define BUSY_RETRY_NS 20000000LL
#define IDLE_NS (60 * 1000000000LL)
#define RETAIN_NS 20000000LL /* of one commit's time, for old rows */
#define ROWS_MAX 20000
#define STEP_NS 100000000LL /* a jump of the clock that is worth an event */

/* A row from the supervisor that is not committed yet. */
struct rec_row {
	STAILQ_ENTRY(rec_row) link;
	json_t *msg;
	bool applied; /* it is in the batch */
};

int64_t
rec_mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int64_t
rec_real_ns(const struct rec *r)
{
	return rec_mono_ns() + r->off_ns;
}

static int64_t
clock_offset(void)
{
	struct timespec ts;
	int64_t a = rec_mono_ns(), b;

	clock_gettime(CLOCK_REALTIME, &ts);
	b = rec_mono_ns();
	return ts.tv_sec * 1000000000LL + ts.tv_nsec - (a + (b - a) / 2);
}

bool
rec_store(const struct rec *r)
{
	return r->st != NULL && !r->down;
}

/* ---- the tick ---- */

void
rec_wake_at(struct rec *r, int64_t mono_ns)
{
	int64_t in_ns;
	struct timeval tv;

	if (r->armed_ns != 0 && r->armed_ns <= mono_ns)
		return;
	r->armed_ns = mono_ns;
	in_ns = mono_ns - rec_mono_ns();
	if (in_ns < 0)
		in_ns = 0;
	tv.tv_sec = in_ns / 1000000000;
	tv.tv_usec = in_ns % 1000000000 / 1000;
	evtimer_add(r->tick, &tv);
}

void
rec_touch(struct rec *r)
{
	int64_t ms = r->role->cfg->batch_ms;

	if (r->commit_ns == 0)
		r->commit_ns = rec_mono_ns() + (ms > 0 ? ms : 100) * 1000000;
	rec_wake_at(r, r->commit_ns);
}

/* ---- events of our own ---- */

void
rec_event(struct rec *r, const struct rec_run *run, const char *type,
    json_t *detail)
{
	char *text = json_dumps(detail, JSON_COMPACT);
	int64_t t_ns = rec_real_ns(r), n = 0;
	json_t *item;

	if (rec_store(r)) {
		n = store_put_event(r->st, t_ns, run != NULL ? run->id : NULL,
		    run != NULL ? run->run : 0, type, text);
		if (n < 0)
			rec_failed(r, n);
		else
			rec_touch(r);
	}
	free(text);
	item = json_pack("{s:s, s:I, s:s, s:o}", "what", "event", "t_ns",
	    (json_int_t)t_ns, "type", type, "detail", detail);
	if (n > 0)
		json_object_set_new(item, "seq", json_integer(n));
	if (run != NULL) {
		json_object_set_new(item, "instance", json_string(run->id));
		json_object_set_new(item, "run", json_integer(run->run));
	}
	rec_live(r, "event", run != NULL ? run->id : NULL,
	    run != NULL ? run->run : 0, n > 0 ? n : 0, item, 300);
}

static void
mind_clock(struct rec *r)
{
	int64_t now = clock_offset(), step = now - r->off_ns;

	r->off_ns = now;
	if (r->step_ns != 0 && (step > STEP_NS || step < -STEP_NS))
		rec_event(r, NULL, "clock_step", json_pack("{s:I}",
		    "step_ns", (json_int_t)step));
	r->step_ns = rec_mono_ns();
}

/* ---- rows from the supervisor ---- */

static int64_t
field(const json_t *row, const char *name)
{
	const json_t *v = json_object_get(row, name);
	const char *p = json_string_value(v);

	if (p != NULL)
		return strtoll(p, NULL, 10);
	return json_is_integer(v) ? json_integer_value(v)
	    : json_is_boolean(v)  ? json_is_true(v)
				  : STORE_UNSET;
}

static const char *
text(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static int64_t
put_event_row(struct rec *r, const json_t *row)
{
	const char *type = text(row, "type"), *id = text(row, "instance");
	json_t *detail = json_object_get(row, "detail"), *item;
	char *dump = NULL;
	int64_t run = field(row, "run"), t_ns = field(row, "t_ns"), n;

	if (type == NULL)
		return 0;
	if (run == STORE_UNSET)
		run = 0;
	if (t_ns == STORE_UNSET)
		t_ns = rec_real_ns(r);
	if (detail != NULL && !json_is_null(detail) &&
	    !json_is_string(detail))
		dump = json_dumps(detail, JSON_COMPACT | JSON_ENCODE_ANY);
	n = store_put_event(r->st, t_ns, id, run, type, dump != NULL ? dump
	    : json_string_value(detail));
	free(dump);
	if (n <= 0)
		return n;
	item = json_pack("{s:s, s:I, s:I, s:s?, s:I, s:s, s:O?}", "what",
	    "event", "seq", (json_int_t)n, "t_ns", (json_int_t)t_ns,
	    "instance", id, "run", (json_int_t)run, "type", type, "detail",
	    detail);
	rec_live(r, "event", id, run, n, item, 300);
	return 0;
}

static int64_t
put_run_row(struct rec *r, const json_t *row)
{
	struct store_run s = { .instance = text(row, "instance"),
		.run = field(row, "run"), .pid = field(row, "pid"),
		.uid = field(row, "uid"),
		.started_ns = field(row, "started_ns"),
		.ready_ns = field(row, "ready_ns"),
		.ended_ns = field(row, "ended_ns"),
		.exit_code = field(row, "exit_code"),
		.signal = field(row, "signal"), .reason = text(row, "reason"),
		.boot_id = text(row, "boot_id"),
		.program_hash = text(row, "program_hash"),
		.gort_version = text(row, "gort_version"),
		.origin_ns = STORE_UNSET };

	if (s.instance == NULL || s.run < 1)
		return 0;
	return store_put_run(r->st, &s);
}

static int64_t
put_instance_row(struct rec *r, const json_t *row)
{
	struct store_instance s = { .id = text(row, "id"),
		.name = text(row, "name"), .kind = text(row, "kind"),
		.program = text(row, "program"), .state = text(row, "state"),
		.run = field(row, "run"), .created_ns = field(row, "created_ns"),
		.removed_ns = field(row, "removed_ns"),
		.restarts = field(row, "restarts") };

	if (s.id == NULL)
		return 0;
	return store_put_instance(r->st, &s);
}

/* A row that makes no sense is logged and acknowledged: it would not later. */
static int64_t
apply(struct rec *r, json_t *msg)
{
	static const struct {
		const char *name;
		int64_t (*put)(struct rec *r, const json_t *row);
	} tables[] = { { "instance", put_instance_row },
		{ "run", put_run_row }, { "event", put_event_row } };
	const char *table = text(msg, "table");
	json_t *row = json_object_get(msg, "row");

	for (size_t i = 0; table != NULL && i < 3; i++)
		if (strcmp(table, tables[i].name) == 0)
			return tables[i].put(r, row);
	if (table != NULL && strcmp(table, "purge") == 0 &&
	    text(row, "id") != NULL)
		return store_purge(r->st, text(row, "id"));
	log_error("row for table %s, which there is not",
	    table != NULL ? table : "(none)");
	return 0;
}

static void
apply_rows(struct rec *r)
{
	struct rec_row *w;

	STAILQ_FOREACH(w, &r->rows, link) {
		int64_t rc;

		if (w->applied)
			continue;
		if (!rec_store(r))
			return;
		rc = apply(r, w->msg);
		if (rc < 0) {
			rec_failed(r, rc);
			return;
		}
		w->applied = true;
		rec_touch(r);
	}
}

static void
on_row(struct rec *r, json_t *msg)
{
	struct rec_row *w;

	if (r->nrows >= ROWS_MAX || (w = calloc(1, sizeof(*w))) == NULL)
		return; /* not acknowledged: it will be sent again */
	w->msg = json_incref(msg);
	STAILQ_INSERT_TAIL(&r->rows, w, link);
	r->nrows++;
	apply_rows(r);
}

static void
ack_rows(struct rec *r)
{
	struct rec_row *w, *next;

	for (w = STAILQ_FIRST(&r->rows); w != NULL; w = next) {
		json_t *seq = json_object_get(w->msg, "seq");

		next = STAILQ_NEXT(w, link);
		if (!w->applied)
			continue;
		if (seq != NULL)
			role_send(r->role, ROLE_SUPERVISOR,
			    json_pack("{s:s, s:O}", "m", "rowack", "seq",
				seq), NULL, 0);
		STAILQ_REMOVE(&r->rows, w, rec_row, link);
		r->nrows--;
		json_decref(w->msg);
		free(w);
	}
}

/* ---- committing and failing ---- */

void
rec_failed(struct rec *r, int64_t rc)
{
	struct rec_run *run;
	struct rec_row *w;
	const char *cause = store_cause(r->st);

	store_rollback(r->st);
	r->down = true;
	r->commit_ns = 0;
	r->retry_ns = rec_mono_ns() + (rc == -EAGAIN ? BUSY_RETRY_NS
						     : RETRY_NS);
	TAILQ_FOREACH(run, &r->runs, link)
		rec_rewind(run);
	STAILQ_FOREACH(w, &r->rows, link)
		w->applied = false;
	if (r->said == NULL && rc != -EAGAIN) {
		log_error("the store takes nothing for now: %s", *cause != 0
		    ? cause : strerror((int)-rc));
		r->said = strdup(cause);
	}
	rec_wake_at(r, r->retry_ns);
}

/* Old rows go, for a bounded time. */
static void
retain(struct rec *r)
{
	int64_t end = rec_mono_ns() + RETAIN_NS;
	int rc = 1;

	while (rc > 0 && rec_mono_ns() < end)
		rc = store_retain(r->st, rec_real_ns(r));
	r->retain_more = rc > 0;
	if (rc < 0 && rc != -ENOSPC)
		log_warning("retention: %s", store_cause(r->st));
}

void
rec_commit(struct rec *r)
{
	struct rec_run *run;
	int64_t rc = 0;

	if (!rec_store(r))
		return;
	TAILQ_FOREACH(run, &r->runs, link)
		if (run->dirty && rc == 0)
			rc = rec_save(run);
	if (rc == 0)
		rc = store_commit(r->st);
	if (rc < 0) {
		rec_failed(r, rc);
		return;
	}
	r->commit_ns = 0;
	TAILQ_FOREACH(run, &r->runs, link)
		if (run->dirty)
			rec_saved(run);
	ack_rows(r);
	retain(r);
}

void
rec_maybe_commit(struct rec *r)
{
	if (rec_store(r) && (store_pending_rows(r->st) > REC_BATCH_ROWS ||
	    store_pending_bytes(r->st) > store_batch_bytes(r->st)))
		rec_commit(r);
}

static struct store_options
options(const struct rec *r)
{
	return (struct store_options){ .max_bytes = r->role->cfg->db_max_bytes,
		.raw_ns = r->role->cfg->raw_ms * 1000000 };
}

static int
open_store(struct rec *r)
{
	struct store_options o = options(r);
	char *cause = NULL;
	int rc = store_open(r->role->cfg->db_path, &o, &r->st, &cause);

	if (rc < 0 && r->said == NULL) {
		log_error("%s", cause != NULL ? cause : strerror(-rc));
		r->said = strdup(cause != NULL ? cause : "");
	}
	free(cause);
	return rc;
}

/* Is there a store, and room, again? */
static void
retry(struct rec *r)
{
	struct rec_run *run;
	int rc;

	if (r->st == NULL) {
		rc = open_store(r);
	} else {
		retain(r);
		rc = store_probe(r->st);
	}
	if (rc < 0) {
		r->retry_ns = rec_mono_ns() + (rc == -EAGAIN ? BUSY_RETRY_NS
							     : RETRY_NS);
		rec_wake_at(r, r->retry_ns);
		return;
	}
	r->down = false;
	r->retry_ns = 0;
	if (r->said != NULL) {
		log_notice("the store takes rows again");
		rec_event(r, NULL, "history_resumed", json_pack("{s:s}",
		    "cause", r->said));
		free(r->said);
		r->said = NULL;
	}
	apply_rows(r);
	TAILQ_FOREACH(run, &r->runs, link)
		for (int i = 0; i < 2 && rec_store(r); i++)
			rec_lines(&run->stream[i]);
}

/* ---- the tick's work ---- */

static void
visit(struct rec *r, struct rec_run *run)
{
	int64_t now = rec_mono_ns();

	for (int i = 0; i < 2; i++)
		if (run->stream[i].more)
			rec_lines(&run->stream[i]);
	if (run->detached) {
		rec_finish(run); /* may free it */
		return;
	}
	if (run->ring.state != REC_RING_NONE) {
		if (run->ring.next_ns <= now && rec_ring_read(run, false))
			run->ring.next_ns = now;
		rec_wake_at(r, run->ring.next_ns);
	}
	/* lines that quota dropped, and nothing has come since */
	if (run->dirty && r->commit_ns == 0 && !rec_dropping(run))
		rec_touch(r);
	rec_regulate(run);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct rec *r = arg;
	struct rec_run *run, *next;

	r->armed_ns = 0;
	mind_clock(r);
	if (!rec_store(r) && r->retry_ns <= rec_mono_ns())
		retry(r);
	else if (!rec_store(r))
		rec_wake_at(r, r->retry_ns);
	for (run = TAILQ_FIRST(&r->runs); run != NULL; run = next) {
		next = TAILQ_NEXT(run, link);
		visit(r, run);
	}
	rec_maybe_commit(r);
	if (rec_store(r) && r->commit_ns != 0 && r->commit_ns <= rec_mono_ns())
		rec_commit(r);
	else if (rec_store(r) && r->retain_more)
		retain(r);
	if (rec_subs_step(r))
		rec_wake_at(r, rec_mono_ns());
	rec_outs_step(r);
	if (r->commit_ns != 0 && rec_store(r))
		rec_wake_at(r, r->commit_ns);
	if (r->retain_more && rec_store(r))
		rec_wake_at(r, rec_mono_ns() + 5000000);
	rec_wake_at(r, rec_mono_ns() + IDLE_NS);
	if (rec_store(r) && r->commit_ns == 0 && TAILQ_EMPTY(&r->runs) &&
	    !r->retain_more)
		retain(r);
}

/* ---- the role ---- */

static void
on_message(struct role *role, enum role_id from, const char *m, json_t *msg,
    int *fds, int nfds)
{
	struct rec *r = role->data;

	if (strcmp(m, "sub") == 0)
		rec_subscribe(r, from, msg);
	else if (strcmp(m, "unsub") == 0)
		rec_unsub(r, from, msg);
	else if (strcmp(m, "ack") == 0)
		rec_sub_ack(r, from, msg);
	else if (strcmp(m, "counters") == 0)
		rec_counters(r, from, msg);
	else if (from != ROLE_SUPERVISOR)
		log_warning("%s sends %s, which is not its to send",
		    role_name(from), m);
	else if (strcmp(m, "attach") == 0)
		rec_attach(r, msg, fds, nfds);
	else if (strcmp(m, "detach") == 0)
		rec_detach(r, msg);
	else if (strcmp(m, "output") == 0)
		rec_out_begin(r, msg, fds, nfds);
	else if (strcmp(m, "row") == 0)
		on_row(r, msg);
	else
		log_warning("supervisor sends %s, which nobody knows", m);
	rec_maybe_commit(r);
}

static void
on_peer_gone(struct role *role, enum role_id from)
{
	rec_sub_gone(role->data, from);
}

static void
on_reload(struct role *role)
{
	struct rec *r = role->data;
	struct store_options o = options(r);

	if (r->st != NULL)
		store_set_options(r->st, &o);
	r->retain_more = true;
	rec_wake_at(r, rec_mono_ns());
}

static void
on_quit(struct role *role)
{
	struct rec *r = role->data;
	struct rec_run *run;

	TAILQ_FOREACH(run, &r->runs, link)
		rec_ring_read(run, false);
	rec_commit(r);
	role_leave(role, 0);
}

static json_t *
on_stat(struct role *role)
{
	struct rec *r = role->data;
	struct store_stat n = { 0 };
	struct rec_run *run;
	int runs = 0;

	TAILQ_FOREACH(run, &r->runs, link)
		runs++;
	if (r->st != NULL && !r->down)
		store_stat(r->st, &n);
	return json_pack("{s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b},"
	    " s:i, s:i}", "detail", json_sprintf(
	    "%s, %d attached, %lld rows, %lld of %lld MiB", r->st == NULL
	    ? "no store" : r->down ? "store full" : "writing", runs,
	    (long long)n.rows_put, (long long)n.used_bytes >> 20,
	    (long long)n.max_bytes >> 20), "store", "bytes",
	    (json_int_t)(n.file_bytes + n.wal_bytes), "used_bytes",
	    (json_int_t)n.used_bytes, "max_bytes", (json_int_t)n.max_bytes,
	    "rows_put", (json_int_t)n.rows_put, "rows_deleted",
	    (json_int_t)n.rows_deleted, "rows_lost", (json_int_t)n.rows_lost,
	    "commits", (json_int_t)n.commits, "down", !rec_store(r),
	    "attached", runs, "subs", rec_nsubs(r));
}

static void
free_rec(struct rec *r)
{
	struct rec_run *run;
	struct rec_row *w;

	for (int i = 0; i < ROLE_N; i++)
		rec_sub_gone(r, (enum role_id)i);
	rec_outs_free(r);
	while ((run = TAILQ_FIRST(&r->runs)) != NULL)
		rec_free_run(run);
	while ((w = STAILQ_FIRST(&r->rows)) != NULL) {
		STAILQ_REMOVE_HEAD(&r->rows, link);
		json_decref(w->msg);
		free(w);
	}
	store_close(r->st);
	if (r->tick != NULL)
		event_free(r->tick);
	free(r->said);
	free(r);
}

int
recorder_main(struct role *role)
{
	static const struct role_ops ops = { .message = on_message,
		.peer_gone = on_peer_gone, .stat = on_stat,
		.reload = on_reload, .quit = on_quit };
	struct rec *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return 1;
	r->role = role;
	role->ops = &ops;
	role->data = r;
	TAILQ_INIT(&r->runs);
	TAILQ_INIT(&r->subs);
	TAILQ_INIT(&r->outs);
	STAILQ_INIT(&r->rows);
	r->tick = evtimer_new(role->base, on_tick, r);
	mind_clock(r);
	if (r->tick == NULL || (open_store(r) < 0 && role->starts <= 1)) {
		free_rec(r);
		return 1;
	}
	rec_wake_at(r, rec_mono_ns());
	role_ready(role);
	rc = role_loop(role);
	free_rec(r);
	return rc;
}
