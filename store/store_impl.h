/*
 * store_impl.h - what the files of store/ share. Nobody else includes it.
 */
#ifndef STORE_IMPL_H
#define STORE_IMPL_H

#include <sqlite3.h>

#include "store/store.h"

#define STORE_PAGE_BYTES 4096
#define STORE_APPLICATION_ID 0x676f7274 /* "gort" */

/* The writer's statements, prepared when first used. */
enum stmt_id {
	STMT_BEGIN, STMT_COMMIT,
	STMT_INSTANCE, STMT_INSTANCE_KEY, STMT_RUN_NEW, STMT_RUN_KEY, STMT_RUN,
	STMT_EVENT, STMT_CURSOR_GET, STMT_CURSOR_PUT,
	STMT_LINE, STMT_BOOT, STMT_INIT, STMT_SCHED, STMT_GC,
	STMT_LOSS_JOIN, STMT_LOSS, STMT_PURGE, STMT_HAS_LINE, STMT_PAUSES,
	STMT_PROBE, STMT_PAGES, STMT_FREE,
	STMT_N
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmt[STMT_N];
	char *path;
	int lock_fd;
	bool in_tx;
	bool gone_bad; /* the log could not be cut: no puts until it is */
	int64_t pending_rows, pending_bytes;
	/* limits, in pages of the main file; see retention.c */
	int64_t max_bytes, raw_ns, max_pages, high_pages, low_pages;
	int64_t wal_max_bytes, wal_auto_pages;
	int64_t test_pages; /* 0, or the pretended disk */
	int wal_frames;
	bool draining; /* retention is below high and above low */
	int64_t purge_more;
	int64_t aged_ns; /* when ages were last found to be in order */
	int64_t tidy_ns; /* when empty runs were last looked for */
	struct store_stat n;
	int64_t tx_lost;
	char cause[256];
};

/* -errno for a result code of SQLite. */
int store_errno(int rc);

/* malloc'd sentence into *ret_cause (may be NULL); returns err. */
int store_say(char **ret_cause, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Note the failure, undo the transaction. Returns -errno. */
int store_fail(struct store *st, int rc);

/* A reset statement ready to bind, or NULL after store_fail. */
sqlite3_stmt *store_stmt(struct store *st, enum stmt_id id, int *ret_err);

/*
 * Bind by format: i int64, u int64 or STORE_UNSET as NULL, r double,
 * t text or NULL, b bytes and size_t (text when it is clean UTF-8).
 */
int store_bindf(sqlite3_stmt *s, const char *fmt, ...);

/* Open a transaction if none is open, bind, step to the end. 0 or -errno. */
int store_run_stmt(struct store *st, enum stmt_id id, const char *fmt, ...);
int store_begin(struct store *st);

/* SQL with one integer answer. 0 or a result code of SQLite. */
int store_int(sqlite3 *db, const char *sql, int64_t *ret);

/* schema.c: 0, or -errno with a sentence. identify changes nothing. */
int store_identify(sqlite3 *db, const char *path, int64_t *ret_version,
    char **ret_cause);
int store_migrate(sqlite3 *db, const char *path, char **ret_cause);
int store_schema_check(sqlite3 *db, const char *path, char **ret_cause);
extern const char *const store_views[]; /* NULL-terminated */

/* retention.c */
void store_limit(struct store *st, const struct store_options *o);
int64_t store_page_count(struct store *st);
int64_t store_free_count(struct store *st);

/* write.c */
extern const char *const store_stmt_sql[STMT_N];

#endif
