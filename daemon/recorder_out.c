/*
 * recorder_out.c - a program's output, as it comes, to those who watch it.
 *
 * A watcher's socket (ipc/out.h) comes by way of the supervisor, and from
 * then on the bytes go straight from the inbox into it: no JSON, no other
 * process, one copy. Before, they went line by line through the store's batch,
 * two JSON texts and the supervisor, at 200 KB/s, and a prompt without a
 * newline was never seen.
 *
 * There is no queue here. The bytes lie in the inbox and the watcher has a
 * position per stream; a full socket ends the pushing until it is writable.
 * With `block` the pipes rest meanwhile, so that `gortctl run PROGRAM | less`
 * makes the program wait as a shell would, and nothing is lost. Without it the
 * inbox is overwritten and the watcher sees a jump of the offset.
 *
 * What the inbox no longer has comes out of the store, in pages, before live
 * bytes do; what history dropped is a jump again.
 *
 * hold: a run that was started to be watched gives up no byte before its
 * watcher is there (HOLD_NS at most: a client may die between two calls).
 *
 * The watcher's life is its socket's, and not the supervisor's: a supervisor
 * that is replaced does not interrupt the output. A watcher found dead in the
 * middle of a walk is only marked; rec_outs_step frees it.
 */
#include "daemon/recorder.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"
#include "ipc/out.h"

#define OUTS_MAX 512
#define PAGE_ROWS 200

struct rec_out {
	TAILQ_ENTRY(rec_out) link;
	struct rec *rec;
	char id[16];
	int64_t run;
	int fd;
	struct event *rd, *wr;
	bool block;
	bool stuck;  /* the socket is full; wr is armed */
	bool dead;   /* to be freed */
	bool replay; /* the store has what comes next */
	bool over;   /* the run is; end[] holds, when it was seen */
	uint64_t off[2], end[2];
	char token[STORE_TOKEN_MAX]; /* where the replay is */
};

static bool
watches(const struct rec_out *o, const struct rec_run *run)
{
	return !o->dead && o->run == run->run && strcmp(o->id, run->id) == 0;
}

static void
give_out_up(struct rec_out *o)
{
	o->dead = true;
	rec_wake_at(o->rec, rec_mono_ns());
}

/* One packet. False: the socket is full, or its other end is gone. */
static bool
put(struct rec_out *o, const struct ipc_out_head *h, const void *p, size_t len)
{
	struct iovec iov[2] = { { (void *)h, sizeof(*h) }, { (void *)p, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	if (sendmsg(o->fd, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) {
		o->stuck = true;
		event_add(o->wr, NULL);
	} else {
		give_out_up(o);
	}
	return false;
}

/* Bytes of a stream from its position on; as many as the socket takes. */
static void
put_bytes(struct rec_out *o, int which, const uint8_t *p, size_t len)
{
	while (len > 0) {
		struct ipc_out_head h = { .kind = which == 0 ? IPC_OUT_STDOUT
			: IPC_OUT_STDERR, .off = o->off[which] };
		size_t n = len < IPC_OUT_MAX ? len : IPC_OUT_MAX;

		if (!put(o, &h, p, n))
			return;
		o->off[which] += n;
		p += n;
		len -= n;
	}
}

static uint64_t
behind(const struct rec_out *o, const struct rec_run *run)
{
	uint64_t n = 0;

	for (int i = 0; i < 2; i++) {
		uint64_t head = inbox_head(&run->inbox, i);

		n += head > o->off[i] ? head - o->off[i] : 0;
	}
	return n;
}

/* Whatever the inbox has and the socket takes. */
static void
push(struct rec_out *o, struct rec_run *run)
{
	if (o->dead || o->replay || o->stuck)
		return;
	for (int i = 0; i < 2; i++) {
		uint64_t head = inbox_head(&run->inbox, i);
		uint64_t low = rec_inbox_low(&run->stream[i]);

		if (o->off[i] < low)
			o->off[i] = low; /* the watcher sees the jump */
		while (o->off[i] < head && !o->stuck && !o->dead) {
			size_t len = head - o->off[i] < IPC_OUT_MAX
			    ? (size_t)(head - o->off[i]) : IPC_OUT_MAX;

			put_bytes(o, i, inbox_at(&run->inbox, i, o->off[i],
			    len), len);
		}
	}
}

void
rec_output(struct rec_run *run)
{
	struct rec_out *o;

	TAILQ_FOREACH(o, &run->rec->outs, link)
		if (watches(o, run))
			push(o, run);
}

bool
rec_out_wanted(const struct rec_run *run)
{
	struct rec_out *o;

	TAILQ_FOREACH(o, &run->rec->outs, link)
		if (watches(o, run))
			return true;
	return false;
}

bool
rec_held_back(const struct rec_run *run)
{
	struct rec_out *o;

	if (run->hold_ns != 0 && rec_mono_ns() < run->hold_ns)
		return true;
	TAILQ_FOREACH(o, &run->rec->outs, link)
		if (o->block && watches(o, run) &&
		    (o->replay || behind(o, run) > 0))
			return true;
	return false;
}

void
rec_out_over(struct rec_run *run)
{
	struct rec_out *o;

	TAILQ_FOREACH(o, &run->rec->outs, link) {
		if (!watches(o, run))
			continue;
		push(o, run);
		for (int i = 0; i < 2; i++)
			o->end[i] = inbox_head(&run->inbox, i);
		o->over = true;
		rec_wake_at(o->rec, rec_mono_ns());
	}
}

/* ---- out of the store ---- */

/* A stored line back to the bytes that it was. 1: no room, stop here. */
static int
replay_row(void *arg, const struct store_row *row)
{
	static uint8_t bytes[STORE_LINE_MAX + 1];
	struct rec_out *o = arg;
	const struct store_value *line = store_column(row, "line");
	const struct store_value *stream = store_column(row, "stream");
	uint64_t off = (uint64_t)store_column(row, "off")->i, skip = 0;
	size_t len = line->len;
	int which;

	if (stream->len != 6 || len > STORE_LINE_MAX)
		return 0; /* "text" was never output */
	which = memcmp(stream->p, "stderr", 6) == 0;
	memcpy(bytes, line->p, len);
	if (store_column(row, "partial")->i == 0)
		bytes[len++] = '\n';
	if (off + len <= o->off[which])
		return 0;
	if (off < o->off[which])
		skip = o->off[which] - off;
	else
		o->off[which] = off;
	put_bytes(o, which, bytes + skip, len - skip);
	return o->stuck || o->dead;
}

/*
 * One page. A page that stopped at a full socket is asked for again: what it
 * gave already lies below the positions and is skipped.
 */
static void
replay_page(struct rec_out *o)
{
	struct rec *r = o->rec;
	struct store_limits lim = { .rows = PAGE_ROWS, .bytes = 256 << 10,
		.deadline_ms = 200 };
	struct store_filter f = { .what = STORE_READ_LOG, .instance = o->id,
		.run = o->run };
	char token[STORE_TOKEN_MAX], *cause = NULL;
	int64_t n;

	memcpy(token, o->token, sizeof(token));
	f.token = token[0] != 0 ? token : NULL;
	n = r->st == NULL ? -1 : store_read_own(r->st, &f, &lim, replay_row, o,
	    o->token, &cause);
	if (n < 0 && n != -ETIME)
		log_warning("history for a watcher: %s",
		    cause != NULL ? cause : "there is no store");
	free(cause);
	if (n == -ETIME || o->stuck)
		memcpy(o->token, token, sizeof(token));
	else if (n < 0 || o->token[0] == 0)
		o->replay = false;
}

/* ---- its life ---- */

static void
step(struct rec_out *o)
{
	struct rec_run *run = rec_find(o->rec, o->id, o->run);
	struct ipc_out_head h = { .kind = IPC_OUT_END };

	if (o->replay && !o->stuck && !o->dead)
		replay_page(o);
	if (o->replay && !o->stuck && !o->dead)
		rec_wake_at(o->rec, rec_mono_ns());
	if (run != NULL) {
		push(o, run);
		rec_regulate(run);
		if (run->detached)
			rec_wake_at(o->rec, rec_mono_ns());
	}
	if (!o->over || o->replay || o->stuck || o->dead)
		return;
	h.off = o->end[0] > o->off[0] ? o->end[0] : o->off[0];
	h.off2 = o->end[1] > o->off[1] ? o->end[1] : o->off[1];
	if (put(o, &h, NULL, 0))
		give_out_up(o);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct rec_out *o = arg;

	o->stuck = false;
	step(o);
}

/* It has nothing to say: readable means gone. */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct rec_out *o = arg;
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_DONTWAIT);

	if (n > 0 || (n < 0 && errno == EAGAIN))
		return;
	event_del(o->rd);
	give_out_up(o);
}

static void
free_out(struct rec_out *o)
{
	TAILQ_REMOVE(&o->rec->outs, o, link);
	if (o->rd != NULL)
		event_free(o->rd);
	if (o->wr != NULL)
		event_free(o->wr);
	close(o->fd);
	free(o);
}

void
rec_outs_step(struct rec *r)
{
	struct rec_out *o, *next;
	struct rec_run *run;

	for (o = TAILQ_FIRST(&r->outs); o != NULL; o = next) {
		next = TAILQ_NEXT(o, link);
		if (!o->dead) {
			step(o);
			continue;
		}
		run = rec_find(r, o->id, o->run);
		free_out(o);
		if (run != NULL)
			rec_regulate(run);
	}
}

void
rec_outs_free(struct rec *r)
{
	while (!TAILQ_EMPTY(&r->outs))
		free_out(TAILQ_FIRST(&r->outs));
}

/* ---- beginning ---- */

static void
look_back(struct rec_out *o)
{
	struct rec_run *run = rec_find(o->rec, o->id, o->run);

	if (run == NULL) {
		o->replay = true;
		o->over = rec_kept_over(o->rec, o->id, o->run);
		return;
	}
	run->hold_ns = 0;
	for (int i = 0; i < 2; i++)
		o->replay |= o->off[i] < rec_inbox_low(&run->stream[i]);
}

static uint64_t
offset(const json_t *msg, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(msg, name));

	return n > 0 ? (uint64_t)n : 0;
}

void
rec_out_begin(struct rec *r, json_t *msg, int *fds, int nfds)
{
	const char *id = json_string_value(json_object_get(msg, "instance"));
	struct rec_out *o, *p;
	int n = 0;

	TAILQ_FOREACH(p, &r->outs, link)
		n++;
	if (id == NULL || nfds != 1 || n >= OUTS_MAX ||
	    (o = calloc(1, sizeof(*o))) == NULL) {
		log_warning("a watcher is refused: %s", n >= OUTS_MAX
		    ? "there are too many" : "half of the message is missing");
		return; /* the socket is closed: its owner asks again */
	}
	o->rec = r;
	evutil_snprintf(o->id, sizeof(o->id), "%s", id);
	o->run = json_integer_value(json_object_get(msg, "run"));
	o->off[0] = offset(msg, "stdout");
	o->off[1] = offset(msg, "stderr");
	o->block = json_is_true(json_object_get(msg, "block"));
	o->fd = fds[0];
	fds[0] = -1;
	o->rd = event_new(r->role->base, o->fd, EV_READ | EV_PERSIST,
	    on_readable, o);
	o->wr = event_new(r->role->base, o->fd, EV_WRITE, on_writable, o);
	TAILQ_INSERT_TAIL(&r->outs, o, link);
	if (o->rd == NULL || o->wr == NULL || event_add(o->rd, NULL) < 0) {
		free_out(o);
		return;
	}
	look_back(o);
	step(o);
}
