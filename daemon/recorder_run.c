/*
 * recorder_run.c - one attached run: its pipes, its lines, its end.
 *
 * A pipe is read as soon as it has bytes, at most REC_PIPE_BYTES in one turn
 * of the loop, so that a program that prints as fast as it can costs the
 * others one short turn. The bytes land in the inbox; lines are cut out of
 * the inbox, put into the batch and shown to subscribers. Each stream has
 * three positions in the inbox:
 *
 *	done_pos <= pos <= head
 *	   |         |       received
 *	   |         taken: in the batch, shown
 *	   committed, or given up
 *
 * What lies after done_pos is never overwritten. When a batch fails, pos goes
 * back to done_pos and the lines are taken again; shown_seq keeps subscribers
 * from seeing them twice.
 *
 * No room. When the inbox is nearly full the batch is committed early. While
 * the store takes nothing, the oldest lines of the inbox are given up, in
 * whole lines, counted in the mark, and written to the loss ledger when the
 * store is back; with logs=block the pipe is left alone instead.
 *
 * The text quota is a bucket of bytes per run; a line costs LINE_COST beside
 * its bytes, as its row does. When it is empty, lines are dropped and counted
 * for half a second (one row of the ledger, not a thousand), or with
 * logs=block the pipes rest for as long. Dropping is bulk work, a memchr per
 * line: what is dropped needs no batch, so the mark alone moves on, and a
 * program that prints faster than history can be written is not slowed by it.
 *
 * After detach the pipes are read until they are empty or at their end. A
 * grandchild that still holds a pipe is not waited for: the run is over.
 */
#include "daemon/recorder.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/log.h"

#define LOW_ROOM (32 * 1024)
#define LINES_A_TURN 2000
#define DROP_NS (500 * 1000000LL)
#define HOLD_NS (5 * 1000000000LL) /* for a watcher that was announced */
#define LINE_COST 32 /* bytes of a row beside its text, index included */

struct rec_run *
rec_find(struct rec *r, const char *id, int64_t run)
{
	struct rec_run *p;

	TAILQ_FOREACH(p, &r->runs, link)
		if (p->run == run && strcmp(p->id, id) == 0)
			return p;
	return NULL;
}

static int
note_over(void *arg, const struct store_row *row)
{
	const struct store_value *v = store_column(row, "ended_ns");

	*(bool *)arg = v != NULL && v->type == STORE_INT;
	return 0;
}

bool
rec_kept_over(struct rec *r, const char *id, int64_t run)
{
	struct store_filter f = { .what = STORE_READ_RUN, .instance = id,
		.run = run };
	char token[STORE_TOKEN_MAX];
	bool over = false;

	if (r->st != NULL)
		store_read_own(r->st, &f, NULL, note_over, &over, token, NULL);
	return over;
}

/* ---- quota ---- */

static int64_t
quota(const struct rec_run *run)
{
	int64_t q = run->rec->role->cfg->text_bytes_per_s;

	return q > 0 ? q : INT64_MAX / 8;
}

/* Fill the bucket: four seconds' worth at most, and never under 1 MiB. */
static void
refill(struct rec_run *run)
{
	int64_t now = rec_mono_ns(), q = quota(run), ms, most;

	ms = (now - run->text_ns) / 1000000;
	most = q < 1 << 18 ? 1 << 20 : q * 4;
	if (ms > 4000 || run->text_ns == 0)
		ms = 4000;
	if (ms <= 0)
		return;
	run->text_tokens += q / 1000 * ms + q % 1000 * ms / 1000;
	if (run->text_tokens > most)
		run->text_tokens = most;
	run->text_ns = now;
}

bool
rec_dropping(const struct rec_run *run)
{
	return run->drop_until_ns != 0 && rec_mono_ns() < run->drop_until_ns;
}

/* May a line of len bytes be kept? Spends them if so. */
static bool
spend(struct rec_run *run, size_t len)
{
	int64_t cost = (int64_t)len + LINE_COST;

	if (run->drop_until_ns != 0 && rec_dropping(run))
		return run->block; /* what was read before the pipe rests */
	run->drop_until_ns = 0;
	if (run->text_tokens < cost)
		refill(run);
	if (run->text_tokens < cost) {
		run->drop_until_ns = rec_mono_ns() + DROP_NS;
		rec_wake_at(run->rec, run->drop_until_ns);
		return run->block;
	}
	run->text_tokens -= cost;
	return true;
}

/* ---- lines ---- */

uint64_t
rec_inbox_low(const struct rec_stream *s)
{
	const struct inbox *in = &s->run->inbox;
	uint64_t head = inbox_head(in, s->which), low = 0;

	if (head > INBOX_RING_BYTES)
		low = head - INBOX_RING_BYTES;
	if (low < in->touched[s->which])
		low = in->touched[s->which]; /* pages given back below it */
	return low < s->done_pos ? low : s->done_pos;
}

static size_t
room(const struct rec_stream *s)
{
	return INBOX_RING_BYTES -
	    (size_t)(inbox_head(&s->run->inbox, s->which) - s->done_pos);
}

static void
count_lost(struct rec_stream *s, uint64_t seq)
{
	if (s->lost == 0)
		s->lost_from = seq;
	s->lost_to = seq;
	s->lost++;
	s->run->lost++;
}

static void
show_line(struct rec_stream *s, const struct store_line *l, int64_t n)
{
	struct rec_run *run = s->run;
	bool escaped;
	json_t *item;

	if (l->seq <= s->shown_seq)
		return;
	s->shown_seq = l->seq;
	if (!rec_wanted(run->rec, "log", run->id, run->run))
		return;
	item = json_pack("{s:s, s:I, s:I, s:s, s:b, s:s, s:o}", "instance",
	    run->id, "run", (json_int_t)run->run, "seq", (json_int_t)l->seq,
	    "stream", store_stream_name(s->id), "partial", l->partial, "what",
	    "log", "line", rec_text(l->bytes, l->len, &escaped));
	if (item == NULL)
		return;
	json_object_set_new(item, "t_ns", json_integer(l->t_ns));
	if (n > 0)
		json_object_set_new(item, "n", json_integer(n));
	if (escaped)
		json_object_set_new(item, "escaped", json_true());
	rec_live(run->rec, "log", run->id, run->run, n, item, l->len + 160);
}

/* The last words are for people: the first line of a panic or fatal error. */
static void
listen_for_last_words(struct rec_run *run, const char *p, size_t len)
{
	bool first = (len > 7 && memcmp(p, "panic: ", 7) == 0) ||
	    (len > 13 && memcmp(p, "fatal error: ", 13) == 0);

	if (!first || !store_is_text(p, len))
		return;
	if (len >= sizeof(run->last_words))
		len = sizeof(run->last_words) - 1;
	while (len > 0 && (p[len] & 0xc0) == 0x80)
		len--; /* not inside a character */
	memcpy(run->last_words, p, len);
	run->last_words[len] = 0;
}

/* One whole line: keep or drop, show. False when the batch failed. */
static bool
take_line(struct rec_stream *s, size_t len, bool partial)
{
	struct rec_run *run = s->run;
	struct rec *r = run->rec;
	struct store_line l = { inbox_last_ns(&run->inbox, s->which),
		s->seq + 1, s->pos, partial,
		inbox_at(&run->inbox, s->which, s->pos, len), len };
	bool keep = spend(run, len);
	int64_t n = 0;

	if (keep && rec_store(r) && run->key != 0) {
		n = store_put_line(r->st, run->key, s->id, &l);
		if (n < 0) {
			rec_failed(r, n);
			return false;
		}
	}
	s->seq++;
	s->pos += len + !partial;
	s->searched = s->pos;
	if (!keep)
		count_lost(s, s->seq);
	if (s->which == 1)
		listen_for_last_words(run, (const char *)l.bytes, len);
	show_line(s, &l, n);
	run->dirty = true;
	rec_touch(r);
	return true;
}

/*
 * The store takes nothing and the inbox fills: give up the oldest lines. The
 * mark says so before the room is used again.
 */
static void
give_up(struct rec_stream *s)
{
	struct rec_run *run = s->run;
	struct inbox_mark m = inbox_mark_get(&run->inbox, s->which);
	size_t len;
	bool partial;

	while (room(s) < LOW_ROOM && s->done_pos < s->pos &&
	    inbox_line(&run->inbox, s->which, s->done_pos, 0, STORE_LINE_MAX,
		s->ended, &len, &partial) == 1) {
		s->done_pos += len + !partial;
		s->done_seq++;
		if (m.lost == 0)
			m.lost_from = s->done_seq;
		m.lost_to = s->done_seq;
		m.lost++;
		run->lost++;
	}
	m.tail = s->done_pos;
	m.seq = s->done_seq;
	inbox_mark_put(&run->inbox, s->which, &m);
	/* a line that quota dropped may have been among them */
	if (s->lost > 0 && s->lost_from <= s->done_seq) {
		if (s->lost_to <= s->done_seq) {
			s->lost = 0;
		} else {
			uint64_t gone = s->done_seq + 1 - s->lost_from;

			s->lost -= gone < s->lost ? gone : s->lost - 1;
			s->lost_from = s->done_seq + 1;
		}
	}
}

/* Count the whole lines that wait, and where they end. */
static uint64_t
whole_lines(struct rec_stream *s, uint64_t *ret_end)
{
	struct inbox *in = &s->run->inbox;
	uint64_t pos = s->pos, n = 0;
	size_t len;
	bool partial;

	while (inbox_line(in, s->which, pos, s->searched, STORE_LINE_MAX,
	    s->ended, &len, &partial) == 1) {
		if (s->which == 1)
			listen_for_last_words(s->run, (const char *)inbox_at(in,
			    s->which, pos, len), len);
		pos += len + !partial;
		n++;
	}
	*ret_end = pos;
	return n;
}

/*
 * Quota is used up: all lines that are here go at once. They were never in the
 * batch, so once what came before them is committed, moving the mark is
 * enough; it carries the loss until the ledger has it. False: there is a line
 * before them that could not be committed; take them one by one.
 */
static bool
drop_lines(struct rec_stream *s)
{
	struct rec_run *run = s->run;
	struct inbox_mark m;
	uint64_t end, n;

	if (s->pos != s->done_pos || s->lost != 0)
		rec_commit(run->rec);
	if (s->pos != s->done_pos || s->lost != 0)
		return false;
	n = whole_lines(s, &end);
	s->searched = inbox_head(&run->inbox, s->which);
	if (n == 0)
		return true;
	m = inbox_mark_get(&run->inbox, s->which);
	if (m.lost == 0)
		m.lost_from = s->seq + 1;
	s->pos = s->done_pos = m.tail = end;
	s->seq = s->done_seq = m.lost_to = m.seq = s->seq + n;
	m.lost += n;
	inbox_mark_put(&run->inbox, s->which, &m);
	run->lost += n;
	run->dirty = true; /* the tick sees that it is committed */
	rec_skipped(run->rec, "log", run->id, run->run, (int64_t)n);
	return true;
}

void
rec_lines(struct rec_stream *s)
{
	struct rec_run *run = s->run;
	struct rec *r = run->rec;
	size_t len;
	bool partial;
	int n = 0;

	if (rec_store(r) && run->key == 0 && rec_load(run) < 0)
		return;
	s->more = false;
	if (!run->block && rec_dropping(run) && drop_lines(s))
		return;
	while (inbox_line(&run->inbox, s->which, s->pos, s->searched,
	    STORE_LINE_MAX, s->ended, &len, &partial) == 1) {
		if (n++ == LINES_A_TURN) {
			s->more = true;
			rec_wake_at(r, rec_mono_ns());
			break;
		}
		if (!take_line(s, len, partial))
			return;
		if (run->drop_until_ns != 0 && !run->block && drop_lines(s))
			return;
	}
	if (!s->more)
		s->searched = inbox_head(&run->inbox, s->which);
	if (room(s) < LOW_ROOM && rec_store(r))
		rec_commit(r);
	if (room(s) < LOW_ROOM && !rec_store(r) &&
	    (!run->block || run->detached))
		give_up(s);
}

/* ---- the pipe ---- */

static void
pipe_ended(struct rec_stream *s)
{
	s->ended = true;
	s->reading = false;
	if (s->ev != NULL)
		event_free(s->ev);
	s->ev = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* One turn. 1 bytes came, 0 none now or ended. */
static int
read_pipe(struct rec_stream *s)
{
	struct rec_run *run = s->run;
	ssize_t n;

	if (s->fd < 0)
		return 0;
	n = inbox_fill(&run->inbox, s->which, s->fd, s->done_pos,
	    REC_PIPE_BYTES, rec_real_ns(run->rec));
	if (n == -EAGAIN || n == -EINTR || n == -ENOBUFS)
		return 0;
	if (n <= 0) {
		if (n < 0)
			log_warning("%s@%lld: reading its output: %s", run->id,
			    (long long)run->run, strerror((int)-n));
		pipe_ended(s);
		rec_lines(s);
		return 0;
	}
	rec_output(run);
	rec_lines(s);
	return 1;
}

static void
on_pipe(evutil_socket_t fd, short what, void *arg)
{
	struct rec_stream *s = arg;

	read_pipe(s);
	rec_regulate(s->run);
	rec_maybe_commit(s->run->rec);
}

void
rec_regulate(struct rec_run *run)
{
	bool rest = rec_held_back(run) ||
	    (run->block && rec_dropping(run));

	for (int i = 0; i < 2; i++) {
		struct rec_stream *s = &run->stream[i];
		bool want = s->fd >= 0 && !rest && room(s) > 0;

		if (s->ev == NULL || want == s->reading)
			continue;
		s->reading = want;
		if (want)
			event_add(s->ev, NULL);
		else
			event_del(s->ev);
	}
}

/* ---- committing ---- */

static int
take_ready(void *arg, const struct store_row *row)
{
	struct rec_run *run = arg;

	for (int i = 0; i < row->ncol; i++)
		if (strcmp(row->names[i], "ready_ns") == 0 &&
		    row->values[i].type == STORE_INT)
			run->ready_ns = row->values[i].i;
	return 0;
}

/* An earlier recorder saw main.main begin: a new supervisor may not know. */
static void
was_ready(struct rec_run *run)
{
	struct store_filter f = { .what = STORE_READ_RUN, .instance = run->id,
		.run = run->run };
	char token[STORE_TOKEN_MAX];

	store_read_own(run->rec->st, &f, NULL, take_ready, run, token, NULL);
	rec_send_ready(run);
}

int
rec_load(struct rec_run *run)
{
	struct rec *r = run->rec;
	struct store_cursor c;
	int64_t key = 0, rc;

	rc = store_run_key(r->st, run->id, run->run, &key);
	for (int i = 0; rc == 0 && i < 2; i++) {
		struct rec_stream *s = &run->stream[i];

		rc = store_cursor_get(r->st, key, s->id, &c);
		if (rc == 0 && c.pos >= s->done_pos &&
		    c.pos <= inbox_head(&run->inbox, i)) {
			struct inbox_mark m = { c.pos, c.seq, 0, 0, 0 };

			inbox_mark_put(&run->inbox, i, &m);
			s->pos = s->done_pos = c.pos;
			s->seq = s->done_seq = c.seq;
			s->searched = c.pos;
		} else if (rc == 0) {
			/* the mark leads: start again at it */
			if (c.seq > s->done_seq)
				s->done_seq = c.seq; /* not our inbox */
			s->pos = s->searched = s->done_pos;
			s->seq = s->done_seq;
		}
		s->lost = 0;
	}
	for (int i = 0; rc == 0 && i < REC_KEPT + 1; i++) {
		struct rec_cursor *k = i < REC_KEPT ? &run->ring.kept[i]
						    : &run->ring.text;

		rc = store_cursor_get(r->st, key, k->id, &c);
		if (rc == 0) {
			k->pos = k->done_pos = c.pos;
			k->dropped = k->done_dropped = c.seq;
		}
	}
	if (rc == 0 && run->ring.kept[1].pos > 0)
		was_ready(run);
	if (rc == 0)
		rc = store_last_pauses(r->st, key, run->pauses, REC_PAUSES);
	if (rc < 0) {
		rec_failed(r, rc);
		return -1;
	}
	run->npauses = (uint32_t)rc;
	run->key = key;
	run->dirty = true;
	rec_touch(r);
	return 0;
}

static int
save_stream(struct rec_stream *s)
{
	struct rec_run *run = s->run;
	struct store *st = run->rec->st;
	struct inbox_mark m = inbox_mark_get(&run->inbox, s->which);
	struct store_cursor c = { s->pos, s->seq };
	int rc = 0;

	if (s->pos == s->done_pos && s->lost == 0 && m.lost == 0)
		return 0;
	if (m.lost > 0)
		rc = store_put_loss(st, run->key, s->id, m.lost_from,
		    m.lost_to, m.lost);
	if (rc == 0 && s->lost > 0)
		rc = store_put_loss(st, run->key, s->id, s->lost_from,
		    s->lost_to, s->lost);
	if (rc == 0)
		rc = store_cursor_put(st, run->key, s->id, &c);
	return rc;
}

int
rec_save(struct rec_run *run)
{
	struct store *st = run->rec->st;
	int rc = 0;

	if (run->key == 0)
		return 0;
	for (int i = 0; rc == 0 && i < 2; i++)
		rc = save_stream(&run->stream[i]);
	for (int i = 0; rc == 0 && i < REC_KEPT + 1; i++) {
		struct rec_cursor *k = i < REC_KEPT ? &run->ring.kept[i]
						    : &run->ring.text;
		struct store_cursor c = { k->pos, k->dropped };

		if (k->pos != k->done_pos || k->dropped != k->done_dropped)
			rc = store_cursor_put(st, run->key, k->id, &c);
	}
	return rc;
}

void
rec_saved(struct rec_run *run)
{
	run->dirty = false;
	if (run->key == 0)
		return;
	for (int i = 0; i < 2; i++) {
		struct rec_stream *s = &run->stream[i];
		struct inbox_mark m = { s->pos, s->seq, 0, 0, 0 };

		s->done_pos = s->pos;
		s->done_seq = s->seq;
		s->lost = 0;
		inbox_mark_put(&run->inbox, i, &m);
		if (!rec_out_wanted(run))
			inbox_trim(&run->inbox, i, s->pos);
	}
	for (int i = 0; i < REC_KEPT + 1; i++) {
		struct rec_cursor *k = i < REC_KEPT ? &run->ring.kept[i]
						    : &run->ring.text;

		k->done_pos = k->pos;
		k->done_dropped = k->dropped;
	}
	rec_regulate(run);
}

void
rec_rewind(struct rec_run *run)
{
	run->key = 0; /* its row may have been in the batch */
	for (int i = 0; i < 2; i++) {
		struct rec_stream *s = &run->stream[i];

		s->pos = s->searched = s->done_pos;
		s->seq = s->done_seq;
		s->lost = 0;
	}
	for (int i = 0; i < REC_KEPT + 1; i++) {
		struct rec_cursor *k = i < REC_KEPT ? &run->ring.kept[i]
						    : &run->ring.text;

		k->pos = k->done_pos;
		k->dropped = k->done_dropped;
	}
	run->dirty = false;
}

/* ---- beginning and end ---- */

static void
close_all(int *fds, int nfds)
{
	for (int i = 0; i < nfds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Descriptors come in the order of "fds": ["ring", "out", "err", "inbox"]. */
static void
sort_fds(json_t *msg, int *fds, int nfds, int sorted[4])
{
	static const char *const names[4] = { "ring", "out", "err", "inbox" };
	json_t *list = json_object_get(msg, "fds"), *v;
	size_t i;

	for (int k = 0; k < 4; k++)
		sorted[k] = -1;
	json_array_foreach(list, i, v)
	{
		if ((int)i >= nfds || !json_is_string(v))
			break;
		for (int k = 0; k < 4; k++)
			if (strcmp(json_string_value(v), names[k]) == 0 &&
			    sorted[k] < 0) {
				sorted[k] = fds[i];
				fds[i] = -1;
			}
	}
}

static void
open_stream(struct rec_run *run, int which, int fd)
{
	struct rec_stream *s = &run->stream[which];
	struct inbox_mark m = inbox_mark_get(&run->inbox, which);

	s->run = run;
	s->which = which;
	s->id = which == 0 ? STORE_STDOUT : STORE_STDERR;
	s->fd = fd;
	s->ended = fd < 0;
	s->pos = s->done_pos = s->searched = m.tail;
	s->seq = s->done_seq = m.seq;
	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	s->ev = event_new(run->rec->role->base, fd, EV_READ | EV_PERSIST,
	    on_pipe, s);
}

void
rec_send_ready(struct rec_run *run)
{
	if (run->ready_ns != 0)
		role_send(run->rec->role, ROLE_SUPERVISOR,
		    json_pack("{s:s, s:s, s:I, s:I}", "m", "ready",
			"instance", run->id, "run", (json_int_t)run->run,
			"t_ns", (json_int_t)run->ready_ns), NULL, 0);
}

/* A new supervisor attaches what is attached: it only wants to know. */
static void
again(struct rec_run *run, int sorted[4])
{
	close_all(sorted, 4);
	rec_send_ready(run);
}

/*
 * A supervisor that died between clone and go leaves a run that never was one.
 * Its successor spawns the same number again, with pipes of its own.
 */
static bool
same_spawn(const struct rec_run *run, json_t *msg)
{
	const char *nonce = json_string_value(json_object_get(msg, "nonce"));

	return nonce == NULL || *nonce == 0 || run->nonce[0] == 0 ||
	    strcmp(nonce, run->nonce) == 0;
}

static struct rec_run *
new_run(struct rec *r, json_t *msg, const char *id, int64_t n, int inbox_fd)
{
	struct rec_run *run = calloc(1, sizeof(*run));
	const char *name = NULL, *kind = NULL, *logs = NULL, *nonce = NULL;
	int rc, hold = 0;

	if (run == NULL)
		return NULL;
	json_unpack(msg, "{s?:s, s?:s, s?:s, s?:s, s?:b}", "name", &name,
	    "kind", &kind, "logs", &logs, "nonce", &nonce, "hold", &hold);
	rc = inbox_open(inbox_fd, &run->inbox);
	if (rc < 0 && inbox_fd >= 0) {
		log_error("%s@%lld: inbox: %s; using a private one", id,
		    (long long)n, strerror(-rc));
		rc = inbox_open(-1, &run->inbox);
	}
	if (rc < 0) {
		log_error("%s@%lld: inbox: %s", id, (long long)n,
		    strerror(-rc));
		free(run);
		return NULL;
	}
	run->rec = r;
	strcpy(run->id, id);
	if (nonce != NULL && strlen(nonce) < sizeof(run->nonce))
		strcpy(run->nonce, nonce);
	run->run = n;
	run->name = name != NULL ? strdup(name) : NULL;
	run->kind = kind != NULL ? strdup(kind) : NULL;
	run->block = logs != NULL && strcmp(logs, "block") == 0;
	if (hold && !rec_out_wanted(run)) {
		run->hold_ns = rec_mono_ns() + HOLD_NS;
		rec_wake_at(r, run->hold_ns);
	}
	return run;
}

void
rec_attach(struct rec *r, json_t *msg, int *fds, int nfds)
{
	const char *id = NULL;
	json_int_t n = 0;
	struct rec_run *run;
	int sorted[4];

	if (json_unpack(msg, "{s:s, s:I}", "instance", &id, "run", &n) < 0 ||
	    *id == 0 || strlen(id) >= sizeof(run->id) || n < 1) {
		log_error("attach without a good instance and run");
		return;
	}
	sort_fds(msg, fds, nfds, sorted);
	run = rec_find(r, id, n);
	if (run != NULL && !same_spawn(run, msg)) {
		rec_commit(r);
		rec_free_run(run);
		run = NULL;
	}
	if (run != NULL) {
		again(run, sorted);
		return;
	}
	run = new_run(r, msg, id, n, sorted[3]);
	if (run == NULL) {
		sorted[3] = -1;
		close_all(sorted, 4);
		return;
	}
	TAILQ_INSERT_TAIL(&r->runs, run, link);
	open_stream(run, 0, sorted[1]);
	open_stream(run, 1, sorted[2]);
	rec_ring_attach(run, sorted[0]);
	if (rec_store(r))
		rec_load(run);
	for (int i = 0; i < 2; i++)
		rec_lines(&run->stream[i]); /* what an earlier recorder left */
	rec_regulate(run);
	rec_touch(r);
}

void
rec_detach(struct rec *r, json_t *msg)
{
	const char *id = NULL;
	json_int_t n = 0;
	struct rec_run *run;

	if (json_unpack(msg, "{s:s, s:I}", "instance", &id, "run", &n) < 0)
		return;
	run = rec_find(r, id, n);
	if (run == NULL) {
		/* we were replaced, and all of it had been drained before */
		role_send(r->role, ROLE_SUPERVISOR,
		    json_pack("{s:s, s:s, s:I}", "m", "drained", "instance",
			id, "run", n), NULL, 0);
		return;
	}
	run->detached = true;
	rec_finish(run);
}

static void
tell_drained(struct rec_run *run)
{
	json_t *m = json_pack("{s:s, s:s, s:I}", "m", "drained", "instance",
	    run->id, "run", (json_int_t)run->run);

	if (m != NULL && run->last_words[0] != 0)
		json_object_set_new(m, "last_words",
		    json_string(run->last_words));
	role_send(run->rec->role, ROLE_SUPERVISOR, m, NULL, 0);
	run->told = true;
}

/*
 * Called at detach, and again from the tick until it is done: each call reads
 * at most a pipe's worth, so that a run that ends does not stop the others.
 */
void
rec_finish(struct rec_run *run)
{
	struct rec *r = run->rec;
	bool more = false, undone = false;

	if (rec_held_back(run) || (run->block && rec_dropping(run))) {
		rec_wake_at(r, rec_mono_ns() + 10000000);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (read_pipe(&run->stream[i]) > 0 || run->stream[i].more ||
		    (run->stream[i].fd >= 0 && room(&run->stream[i]) == 0))
			more = true;
	if (!more && rec_ring_read(run, true))
		more = true;
	if (more) {
		rec_wake_at(r, rec_mono_ns() + 1000000);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (!run->stream[i].ended) {
			pipe_ended(&run->stream[i]);
			rec_lines(&run->stream[i]);
		}
	if (rec_store(r) && run->key == 0)
		rec_load(run);
	if (rec_store(r))
		rec_ring_text(run);
	rec_commit(r);
	for (int i = 0; i < 2; i++)
		undone |= run->stream[i].done_pos <
		    inbox_head(&run->inbox, i);
	undone |= run->dirty || (run->key == 0 && !rec_store(r));
	if (!run->told)
		tell_drained(run); /* a full disk must not keep waiters */
	rec_output(run);
	if (undone || rec_held_back(run)) {
		rec_wake_at(r, rec_mono_ns() + 200000000);
		return;
	}
	rec_sub_over(run);
	rec_out_over(run);
	rec_free_run(run);
}

void
rec_free_run(struct rec_run *run)
{
	for (int i = 0; i < 2; i++)
		pipe_ended(&run->stream[i]);
	rec_ring_close(&run->ring);
	inbox_close(&run->inbox);
	TAILQ_REMOVE(&run->rec->runs, run, link);
	free(run->name);
	free(run->kind);
	free(run);
}
