/*
 * recorder.h - what the recorder's files share; recorder.c has the essay.
 *
 * Everything belongs to the one thread of the role's event base.
 */
#ifndef DAEMON_RECORDER_H
#define DAEMON_RECORDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/recorder_inbox.h"
#include "daemon/roles.h"
#include "ipc/ring.h"
#include "store/store.h"

#define REC_PIPE_BYTES (64 * 1024) /* read from one pipe in one turn */
#define REC_RING_RECORDS 256       /* taken from one ring in one turn */
#define REC_BATCH_ROWS 5000
#define REC_PAUSES 256

struct event;
struct rec;
struct rec_run;

/* One of the two pipes of a run. Positions are those of the inbox. */
struct rec_stream {
	struct rec_run *run;
	int which;              /* 0 stdout, 1 stderr */
	enum store_stream id;   /* STORE_STDOUT + which */
	int fd;                 /* -1: none, or its end was seen */
	struct event *ev;
	bool reading;           /* ev is armed */
	bool ended;
	bool more;              /* whole lines wait for their turn */
	uint64_t pos, seq;      /* taken into the batch, or shown live */
	uint64_t done_pos, done_seq; /* committed or given up: the mark */
	uint64_t searched;      /* no newline in [pos, searched) */
	uint64_t shown_seq;     /* last line that went to subscribers */
	/* lines dropped by quota since the last commit */
	uint64_t lost_from, lost_to, lost;
};

/* One kept ring of the shared memory. */
struct rec_cursor {
	int at;              /* its place in the view, -1: none */
	enum store_stream id;
	uint64_t pos, done_pos;
	uint64_t dropped, done_dropped; /* refused by the writer, as seen */
};
#define REC_KEPT 4 /* BOOT, LIFE, SCHED, GC; TEXT is read at the end */

enum rec_ring_state {
	REC_RING_NONE,  /* no ring, or one that cannot be read */
	REC_RING_EMPTY, /* the program has not laid it out yet */
	REC_RING_OPEN,
};

struct rec_ring {
	enum rec_ring_state state;
	void *base;
	size_t bytes;
	struct ipc_ring_view view;
	struct rec_cursor kept[REC_KEPT], text;
	char *text_buf; /* taken, and kept until the end says if it is stored */
	size_t text_len;
	uint64_t text_pos, text_lost;
	int64_t interval_ns, next_ns; /* adaptive poll */
	int64_t tokens, tokens_ns;    /* records that it may still send */
};

struct rec_run {
	TAILQ_ENTRY(rec_run) link;
	struct rec *rec;
	char id[16];
	int64_t run;
	char *name, *kind;
	char nonce[33];       /* of the spawn; "": not told */
	int64_t key;          /* in the store; 0: not looked up yet */
	bool block;           /* logs=block: the program waits, nothing drops */
	bool dirty;           /* something is in the batch */
	bool detached;        /* the run is over: drain, then say so */
	bool told;            /* drained was sent */
	int64_t hold_ns;      /* mono: until then it waits for its watcher */
	int64_t ready_ns;     /* Unix; 0: main.main has not begun */
	int64_t text_tokens, text_ns, drop_until_ns; /* text quota */
	char last_words[256];
	struct inbox inbox;
	struct rec_stream stream[2];
	struct rec_ring ring;
	int64_t pauses[REC_PAUSES];
	uint32_t npauses; /* ever; the ring of the last REC_PAUSES */
	uint64_t lost;    /* rows of this run, since this recorder began */
};
TAILQ_HEAD(rec_runs, rec_run);

struct rec_row;
STAILQ_HEAD(rec_rows, rec_row);
struct rec_sub;
TAILQ_HEAD(rec_subs, rec_sub);
struct rec_out;
TAILQ_HEAD(rec_outs, rec_out);

struct rec {
	struct role *role;
	struct store *st; /* NULL: could not be opened yet */
	bool down;        /* no room: nothing is put until a probe works */
	bool retain_more;
	int64_t retry_ns, commit_ns, armed_ns, step_ns; /* mono; 0 = not set */
	int64_t off_ns;   /* Unix time less monotonic time, as last seen */
	struct event *tick;
	struct rec_runs runs;
	struct rec_rows rows;
	unsigned nrows;
	struct rec_subs subs;
	struct rec_outs outs;
	char *said; /* the last store failure that was logged */
};

/* ---- recorder.c ---- */
int64_t rec_mono_ns(void);
int64_t rec_real_ns(const struct rec *r);
/* The store may be written now. */
bool rec_store(const struct rec *r);
/* A put failed (rc < 0): undo the batch, rewind all runs, wait. */
void rec_failed(struct rec *r, int64_t rc);
/* The batch has something: commit in time; and be called again by then. */
void rec_touch(struct rec *r);
void rec_wake_at(struct rec *r, int64_t mono_ns);
void rec_commit(struct rec *r);
/* Commit if the batch is large enough. */
void rec_maybe_commit(struct rec *r);
/* An event of the recorder's own; detail is consumed. */
void rec_event(struct rec *r, const struct rec_run *run, const char *type,
    json_t *detail);

/* ---- recorder_run.c ---- */
struct rec_run *rec_find(struct rec *r, const char *id, int64_t run);
/* Of a run that is attached no longer: does its row say that it has ended? */
bool rec_kept_over(struct rec *r, const char *id, int64_t run);
void rec_attach(struct rec *r, json_t *msg, int *fds, int nfds);
void rec_detach(struct rec *r, json_t *msg);
/* Look up key and cursors. 0, or the store failed (rec_failed was called). */
int rec_load(struct rec_run *run);
/* The text quota is used up for now. */
bool rec_dropping(const struct rec_run *run);
/* Lines from the inbox into the batch and to subscribers. */
void rec_lines(struct rec_stream *s);
/* Tell the supervisor that main.main began, if it did. */
void rec_send_ready(struct rec_run *run);
/* Read on or pause, as quota, room and subscribers have it. */
void rec_regulate(struct rec_run *run);
/* Cursors and losses into the batch, before a commit. 0 or -errno. */
int rec_save(struct rec_run *run);
void rec_saved(struct rec_run *run);  /* the commit worked */
void rec_rewind(struct rec_run *run); /* it did not */
/* Where the bytes begin that the inbox still has. */
uint64_t rec_inbox_low(const struct rec_stream *s);
/* A detached run: is all of it in? Then tell, and free it. */
void rec_finish(struct rec_run *run);
void rec_free_run(struct rec_run *run);

/* ---- recorder_ring.c ---- */
/* Take over fd (-1: no ring); check and map it. */
void rec_ring_attach(struct rec_run *run, int fd);
void rec_ring_close(struct rec_ring *ring);
/* Read what is new, bounded. dead: the writer is gone. True: there is more. */
bool rec_ring_read(struct rec_run *run, bool dead);
/* The run is over: panic text that standard error did not carry. */
void rec_ring_text(struct rec_run *run);
/* Answer "counters". */
void rec_counters(struct rec *r, enum role_id from, json_t *msg);

/* ---- recorder_sub.c ---- */
void rec_subscribe(struct rec *r, enum role_id from, json_t *msg);
void rec_sub_ack(struct rec *r, enum role_id from, json_t *msg);
void rec_unsub(struct rec *r, enum role_id from, json_t *msg);
void rec_sub_gone(struct rec *r, enum role_id from);
/* Does anybody want such items of this run? Spares making them. */
bool rec_wanted(const struct rec *r, const char *what, const char *id,
    int64_t run);
/* To all who want it; item is consumed, bytes is about its length. */
void rec_live(struct rec *r, const char *what, const char *id, int64_t run,
    int64_t n, json_t *item, size_t bytes);
/* The run is over and shown: tell those who follow it. */
void rec_sub_over(struct rec_run *run);
/* n items went by that are not shown. */
void rec_skipped(struct rec *r, const char *what, const char *id, int64_t run,
    int64_t n);
/* Replay and flush; true when called again soon is wanted. */
bool rec_subs_step(struct rec *r);
/* Bytes as JSON text; what is no UTF-8 becomes \xNN. */
json_t *rec_text(const void *p, size_t len, bool *ret_escaped);
int rec_nsubs(const struct rec *r);

/* ---- recorder_out.c ---- */
/* A watcher's socket came: takes fds[0]. */
void rec_out_begin(struct rec *r, json_t *msg, int *fds, int nfds);
/* New bytes lie in the inbox: to those who watch the run. */
void rec_output(struct rec_run *run);
bool rec_out_wanted(const struct rec_run *run);
/* Does a watcher hold this run back? */
bool rec_held_back(const struct rec_run *run);
/* No more output will come: watchers get what there is, and the end. */
void rec_out_over(struct rec_run *run);
/* Replay, free the dead. From the tick. */
void rec_outs_step(struct rec *r);
void rec_outs_free(struct rec *r);

#endif
