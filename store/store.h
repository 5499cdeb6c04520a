/*
 * store.h - the history of all instances, in one SQLite file.
 *
 * Two faces. The writer (struct store) belongs to the recorder and is the
 * only one in the world: batches of rows and the cursors that say how far
 * their sources were read go into one transaction, so that after kill -9 each
 * row is there exactly once. The reader (struct store_reader) belongs to the
 * gateway: it admits only the v_ views, ends each statement by a deadline and
 * hands out pages.
 *
 * Tables are ours to change; the views in schema.c are a promise to others.
 * Times are Unix nanoseconds. Nothing here knows JSON or event loops.
 *
 * Errors: 0 or a count, else -errno; -ENOSPC for whatever says "no room now"
 * (disk full, cap reached, a reader that keeps the write-ahead log long).
 * Threads: a handle belongs to one thread.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/ring.h"

#define STORE_MAX_BYTES_DEFAULT (1LL << 30)
#define STORE_MAX_BYTES_MIN (1LL << 20)
#define STORE_LINE_MAX (64 * 1024) /* bytes of one stored line */
#define STORE_UNSET INT64_MIN      /* a field that the caller leaves alone */

/* Sources of one run that are read with a cursor. Numbers are in the file. */
#define STORE_STREAMS(X)                                                       \
	X(STDOUT, 1, "stdout")                                                 \
	X(STDERR, 2, "stderr")                                                 \
	X(TEXT, 3, "text")                                                     \
	X(BOOT, 4, "boot")                                                     \
	X(LIFE, 5, "life")                                                     \
	X(SCHED, 6, "sched")                                                   \
	X(GC, 7, "gc")

enum store_stream {
#define X(name, n, text) STORE_##name = n,
	STORE_STREAMS(X)
#undef X
	STORE_STREAM_N
};

/* "stdout", ...; "?" for a number that is none. */
const char *store_stream_name(enum store_stream s);

/* Is this clean UTF-8 without NUL? */
bool store_is_text(const void *p, size_t len);

/* ---- writer ---- */

struct store;

struct store_options {
	int64_t max_bytes; /* file and log together; 0 = default */
	int64_t raw_ns;    /* older rows go; 0 = only the cap decides */
};

/*
 * Open or create the file, bring it to this version's schema and lock it
 * (flock on PATH-lock, given back by the kernel when the process dies).
 *
 * Returns 0, or with a sentence in *ret_cause (malloc'd):
 *   -EBUSY   another gortd writes it
 *   -EPROTO  written by a newer gort, or not a gort file, or damaged
 *   -EMEDIUMTYPE  on a network file system, where the log's shared memory
 *            does not work
 *   other    what the system said
 */
int store_open(const char *path, const struct store_options *o,
    struct store **ret, char **ret_cause);

/* Commit, write the log back, close. NULL is fine. */
void store_close(struct store *st);

/* New limits, at once; retention does the rest over time. */
void store_set_options(struct store *st, const struct store_options *o);

/*
 * Every put below opens a transaction when none is open. A put that fails
 * undoes the whole transaction: the caller starts again at its last commit.
 * Returns the number of puts that became durable, or -errno.
 */
int64_t store_commit(struct store *st);
void store_rollback(struct store *st);

/* Puts and their bytes since the last commit. */
int64_t store_pending_rows(const struct store *st);
int64_t store_pending_bytes(const struct store *st);
/* A batch that stays below this keeps the log within its share of the cap. */
int64_t store_batch_bytes(const struct store *st);

/* Sentence about the last failure; borrowed, "" when there was none. */
const char *store_cause(const struct store *st);

/*
 * Is there room again? Makes a small write and undoes it.
 * Returns 0 or -errno as the puts would.
 */
int store_probe(struct store *st);

/* A field that is NULL or STORE_UNSET keeps what the row has. */
struct store_instance {
	const char *id; /* required */
	const char *name, *kind, *program, *state;
	int64_t run, created_ns, removed_ns, restarts;
};

struct store_run {
	const char *instance; /* required */
	int64_t run;          /* required */
	int64_t pid, uid, started_ns, ready_ns, ended_ns, exit_code, signal;
	const char *reason, *boot_id, *program_hash, *gort_version;
	int64_t origin_ns; /* when the runtime started: gctrace's zero */
};

int store_put_instance(struct store *st, const struct store_instance *in);
int store_put_run(struct store *st, const struct store_run *run);

/*
 * An event. Told again (same time, instance, run and type) it changes
 * nothing, so that a replay is harmless. instance may be NULL and run 0: of
 * the daemon itself. detail is JSON or NULL.
 * Returns its seq (global, never reused), 0 when it was there, or -errno.
 */
int64_t store_put_event(struct store *st, int64_t t_ns, const char *instance,
    int64_t run, const char *type, const char *detail);

/* The key of a run for the functions below; makes the row when needed. */
int store_run_key(struct store *st, const char *instance, int64_t run,
    int64_t *ret_key);

/* How far a source was read. pos: its own unit; seq: of the last row. */
struct store_cursor {
	uint64_t pos, seq;
};
/* Zero when nothing was stored yet. */
int store_cursor_get(struct store *st, int64_t key, enum store_stream s,
    struct store_cursor *ret);
int store_cursor_put(struct store *st, int64_t key, enum store_stream s,
    const struct store_cursor *c);

/* off: the line's first byte in its stream. partial: no newline followed.
 * Bytes that are not text are kept as a blob. Returns n, the line's place in
 * the whole file (never reused), or -errno. */
struct store_line {
	int64_t t_ns;
	uint64_t seq, off;
	bool partial;
	const void *bytes;
	size_t len;
};
int64_t store_put_line(struct store *st, int64_t key, enum store_stream s,
    const struct store_line *l);

/* real_off_ns is added to the records' monotonic times. Text in records is
 * cut at the first NUL and made UTF-8. Returns 0 or -errno. */
int store_put_boot(struct store *st, int64_t key, uint64_t seq,
    int64_t real_off_ns, const struct ipc_rec_boot *b);
int store_put_init(struct store *st, int64_t key, uint64_t seq,
    int64_t real_off_ns, const struct ipc_rec_init *b);
int store_put_sched(struct store *st, int64_t key, uint64_t seq, int64_t t_ns,
    const struct ipc_rec_sched *s);
int store_put_gc(struct store *st, int64_t key, uint64_t seq,
    int64_t real_off_ns, const struct ipc_rec_gc *g);

/* count records of [from, to] are gone. Joined to the row before when that
 * ended at from - 1. */
int store_put_loss(struct store *st, int64_t key, enum store_stream s,
    uint64_t from_seq, uint64_t to_seq, uint64_t count);

/* Forget an instance: hidden at once, rows go in retention's steps. */
int store_purge(struct store *st, const char *instance);

/* Was a line with these first bytes stored for the run, among the last that
 * were stored at all? 1, 0 or -errno. */
int store_has_line(struct store *st, int64_t key, enum store_stream s,
    const void *prefix, size_t len);

/* The last cycles' pauses (both added), oldest first. Count or -errno. */
int store_last_pauses(struct store *st, int64_t key, int64_t *ret, int max);

/*
 * Bounded work on the size and age of the file, in a transaction of its own
 * (call it after a commit). Returns 1 when there is more to do, 0 when all
 * is within the limits, or -errno.
 */
int store_retain(struct store *st, int64_t now_ns);

/* Write the log back and cut it: for quiet times. */
void store_checkpoint(struct store *st);

struct store_stat {
	int64_t file_bytes, used_bytes, wal_bytes, max_bytes;
	int64_t rows_put, rows_deleted, rows_lost, commits;
};
void store_stat(struct store *st, struct store_stat *ret);

/* Tests: behave as if the disk held only this many pages; 0 ends it. */
void store_test_disk_pages(struct store *st, int64_t pages);

/* ---- reading, also through the writer ---- */

enum store_type {
	STORE_NULL,
	STORE_INT,
	STORE_REAL,
	STORE_STR, /* valid UTF-8 as far as we wrote it; not terminated */
	STORE_BYTES,
};

struct store_value {
	enum store_type type;
	int64_t i;
	double d;
	const char *p; /* borrowed for the call */
	size_t len;
};

struct store_row {
	int ncol;
	const char *const *names;
	const struct store_value *values; /* NULL: only the names (query) */
};

/* The value of that column; NULL: there is none, or no values. */
const struct store_value *store_column(const struct store_row *row,
    const char *name);

/* Return 0 to go on, something else to end the page before this row. */
typedef int (*store_row_fn)(void *arg, const struct store_row *row);

#define STORE_TOKEN_MAX 64
#define STORE_ROWS_MAX 10000
#define STORE_DEADLINE_MS 250

/* 0 = the default: 1,000 rows, 768 KiB, STORE_DEADLINE_MS. */
struct store_limits {
	int64_t rows, bytes, deadline_ms;
};

/*
 * What store_read can list. Columns are those of the view of that name, in
 * its order, and then what the remark says.
 */
enum store_what {
	STORE_READ_INSTANCE,
	STORE_READ_RUN,   /* + origin_ns, sched_origin_ns */
	STORE_READ_BOOT,  /* + ring_seq */
	STORE_READ_INIT,  /* + ring_seq, depth */
	STORE_READ_SCHED, /* + goroutines */
	STORE_READ_GC,    /* + stw_sweep_cpu_ns, stw_mark_cpu_ns */
	STORE_READ_LOG,   /* + n, off */
	STORE_READ_EVENT,
	STORE_READ_LOSS,
	STORE_READ_N
};

struct store_filter {
	enum store_what what;
	const char *instance; /* id; NULL = all */
	int64_t run;          /* 0 = all, -1 = the latest */
	int64_t since;   /* only later ones: n for LOG, else seq; 0 = all */
	int64_t from_ns; /* 0 = no bound; inclusive */
	int64_t to_ns;   /* 0 = no bound; exclusive */
	int64_t tail;    /* only the last so many; 0 = all; no pages */
	const char *token; /* page token, NULL = first page */
};

/* ---- reader ---- */

struct store_reader;

/*
 * Open read-only. Returns 0, or with a sentence in *ret_cause:
 *   -EAGAIN  "store not ready": the recorder has not made it yet
 *   -EPROTO  newer schema, or no gort file
 */
int store_reader_open(const char *path, struct store_reader **ret,
    char **ret_cause);
void store_reader_close(struct store_reader *r);

/*
 * Typed history, oldest first. ret_token (STORE_TOKEN_MAX) is "" at the end,
 * else the token of the next page. A deadline that passes after the first row
 * ends the page, not the call.
 * Returns rows given, -EINVAL (token), -ETIME, -EAGAIN, -EIO.
 */
int64_t store_read(struct store_reader *r, const struct store_filter *f,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause);

/* The same on the recorder's own connection: sees what is not committed. */
int64_t store_read_own(struct store *st, const struct store_filter *f,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause);

/*
 * Somebody's SQL: one SELECT on the views, nothing else. fn is called first
 * with the names alone. Pages re-run the statement and skip, so they are
 * exact only over rows that do not change.
 * Returns rows given, -EINVAL (syntax, token), -EACCES (not a view, not a
 * read), -ETIME (deadline), -EAGAIN, -EIO; *ret_cause says what.
 */
int64_t store_query(struct store_reader *r, const char *sql,
    const char *token, const struct store_limits *lim, store_row_fn fn,
    void *arg, char *ret_token, char **ret_cause);

#endif
