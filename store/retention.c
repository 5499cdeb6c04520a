/*
 * retention.c - the file stays under its cap, from the first day.
 *
 * max_bytes is divided once: an eighth (256 KiB to 64 MiB) is the write-ahead
 * log's, the rest is the main file's, and max_page_count makes SQLite itself
 * refuse to grow beyond that. Deleting does not shrink a file but empties
 * pages, which later rows use again; so what is watched is pages in use
 * (page count less free list). Above `high` the oldest rows go until `low`;
 * between the two and the hard end there is room for a batch.
 *
 *   0 ----------------- low --- high ------- max_pages   | log
 *                        <- stop  <- start     <- SQLITE_FULL -> -ENOSPC
 *
 * The oldest: each table's smallest n is its oldest row; the table whose
 * oldest row is the oldest of all loses a bounded number of rows. Times are
 * those of arrival where an instance could lie about them (the recorder
 * clamps), so that no instance can make another's history look old.
 *
 * Each step is one short transaction, and the recorder calls it between
 * batches: pipes and rings are never kept waiting by a big DELETE.
 *
 * Rejected: VACUUM (twice the disk, blocks for seconds); deleting by instance
 * (the loudest would decide about the quiet ones).
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/store_impl.h"

#define STEP_ROWS 2000
#define AGE_EVERY_NS 1000000000LL /* ages are looked at once a second */
#define TIDY_EVERY_NS (60 * 1000000000LL)

/* What ages; store_log comes first (last_to_go). */
static const char *const aged[] = { "store_log", "store_sched", "store_gc",
	"store_event", "store_boot", "store_init", "store_loss" };
#define AGED (sizeof(aged) / sizeof(aged[0]))

static int64_t
clamp(int64_t v, int64_t lo, int64_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

void
store_limit(struct store *st, const struct store_options *o)
{
	int64_t max = o->max_bytes > 0 ? o->max_bytes : STORE_MAX_BYTES_DEFAULT;
	int64_t slack;
	char sql[200];

	st->aged_ns = INT64_MIN / 2; /* look at once */
	max = clamp(max, STORE_MAX_BYTES_MIN, INT64_MAX);
	st->max_bytes = max;
	st->raw_ns = o->raw_ns;
	st->wal_max_bytes = clamp(max / 8, 256 << 10, 64 << 20);
	st->wal_auto_pages = clamp(st->wal_max_bytes / 4 / STORE_PAGE_BYTES,
	    16, 1000);
	st->max_pages = (max - st->wal_max_bytes) / STORE_PAGE_BYTES;
	slack = clamp(st->max_pages / 16, 16, 8192);
	st->high_pages = st->max_pages - 2 * slack;
	st->low_pages = st->high_pages - slack / 2;
	snprintf(sql, sizeof(sql),
	    "PRAGMA max_page_count = %lld; PRAGMA journal_size_limit = %lld",
	    (long long)(st->test_pages > 0 ? st->test_pages : st->max_pages),
	    (long long)st->wal_max_bytes / 4);
	sqlite3_exec(st->db, sql, NULL, NULL, NULL);
}

void
store_set_options(struct store *st, const struct store_options *o)
{
	store_limit(st, o);
}

void
store_test_disk_pages(struct store *st, int64_t pages)
{
	struct store_options o = { st->max_bytes, st->raw_ns };

	st->test_pages = pages;
	store_limit(st, &o);
}

static int64_t
count(struct store *st, enum stmt_id id)
{
	int err;
	sqlite3_stmt *s = store_stmt(st, id, &err);
	int64_t n = 0;

	if (s != NULL && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	if (s != NULL)
		sqlite3_reset(s);
	return n;
}

int64_t
store_page_count(struct store *st)
{
	return count(st, STMT_PAGES);
}

int64_t
store_free_count(struct store *st)
{
	return count(st, STMT_FREE);
}

/* Which table's oldest row is the oldest? -1 when all are empty. */
static int
oldest_table(struct store *st, int64_t *ret_t)
{
	char sql[120];
	int which = -1;

	for (size_t i = 0; i < AGED; i++) {
		int64_t t = INT64_MAX;

		snprintf(sql, sizeof(sql), "SELECT coalesce((SELECT t_ns FROM"
		    " %s ORDER BY rowid LIMIT 1), %lld)", aged[i],
		    (long long)INT64_MAX);
		if (store_int(st->db, sql, &t) != SQLITE_OK || t == INT64_MAX)
			continue;
		if (which < 0 || t < *ret_t) {
			which = (int)i;
			*ret_t = t;
		}
	}
	return which;
}

/* Run one statement in its own transaction: rows changed, or -errno. */
static int64_t
step(struct store *st, const char *sql)
{
	int rc = store_begin(st);
	int64_t n;

	if (rc < 0)
		return rc;
	rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return store_fail(st, rc);
	n = sqlite3_changes(st->db);
	rc = (int)store_commit(st);
	if (rc < 0)
		return rc;
	st->n.rows_deleted += n;
	return n;
}

/*
 * The number of the last row to go: the oldest rows that make up about
 * want_bytes, at most STEP_ROWS of them. Lines differ much in length, so they
 * are added up; SQLite knows a length without reading the text. 0: no row.
 */
static int64_t
last_to_go(struct store *st, int table, int64_t before_ns, int64_t want_bytes)
{
	char sql[240];
	sqlite3_stmt *s;
	int64_t bytes = 0, last = 0;

	snprintf(sql, sizeof(sql), "SELECT rowid, %s FROM %s WHERE t_ns < %lld"
	    " ORDER BY rowid LIMIT %d", table == 0 ? "64 + length(line)" :
	    "150", aged[table], (long long)before_ns, STEP_ROWS);
	if (sqlite3_prepare_v2(st->db, sql, -1, &s, NULL) != SQLITE_OK)
		return 0;
	while (bytes < want_bytes && sqlite3_step(s) == SQLITE_ROW) {
		last = sqlite3_column_int64(s, 0);
		bytes += sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	return last;
}

static int64_t
drop_oldest(struct store *st, int table, int64_t before_ns, int64_t want_bytes)
{
	int64_t last = last_to_go(st, table, before_ns, want_bytes);
	char sql[160];

	if (last == 0)
		return 0;
	snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE rowid <= %lld AND"
	    " t_ns < %lld", aged[table], (long long)last,
	    (long long)before_ns);
	return step(st, sql);
}

/*
 * One bounded bite out of an instance that is being purged.
 * Returns rows deleted; 0 when nothing is left of any.
 */
static int64_t
purge_step(struct store *st)
{
	static const char *const kids[] = { "store_log", "store_sched",
		"store_gc", "store_boot", "store_init", "store_loss",
		"store_cursor" };
	int64_t inst = 0, run = 0, n;
	char sql[240];

	if (store_int(st->db, "SELECT k FROM store_instance WHERE purge"
	    " LIMIT 1", &inst) != SQLITE_OK || inst == 0)
		return 0;
	snprintf(sql, sizeof(sql), "SELECT k FROM store_run WHERE inst = %lld"
	    " LIMIT 1", (long long)inst);
	if (store_int(st->db, sql, &run) != SQLITE_OK)
		return 0;
	for (size_t i = 0; run != 0 && i < sizeof(kids) / sizeof(kids[0]);
	     i++) {
		/* cursors have no rowid and are few */
		if (i == 6)
			snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE run ="
			    " %lld", kids[i], (long long)run);
		else
			snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE rowid"
			    " IN (SELECT rowid FROM %s WHERE run = %lld LIMIT"
			    " %d)", kids[i], kids[i], (long long)run,
			    STEP_ROWS);
		n = step(st, sql);
		if (n != 0)
			return n;
	}
	if (run != 0) {
		snprintf(sql, sizeof(sql), "DELETE FROM store_run WHERE k ="
		    " %lld", (long long)run);
		return step(st, sql);
	}
	snprintf(sql, sizeof(sql), "DELETE FROM store_event WHERE inst = %lld",
	    (long long)inst);
	n = step(st, sql);
	if (n != 0)
		return n;
	snprintf(sql, sizeof(sql), "DELETE FROM store_instance WHERE k = %lld",
	    (long long)inst);
	return step(st, sql);
}

/*
 * Runs that ended before all that is left, and of which nothing is left; then
 * removed instances without runs. A few at a time, once a minute.
 */
static void
tidy(struct store *st, int64_t oldest_ns)
{
	char sql[900];

	snprintf(sql, sizeof(sql),
	    "DELETE FROM store_run WHERE k IN (SELECT k FROM store_run r"
	    " WHERE ended_ns < %lld"
	    " AND NOT EXISTS(SELECT 1 FROM store_log WHERE run = r.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_gc WHERE run = r.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_sched WHERE run = r.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_boot WHERE run = r.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_init WHERE run = r.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_loss WHERE run = r.k)"
	    " AND r.run < (SELECT run FROM store_instance WHERE k = r.inst)"
	    " LIMIT 500)", (long long)oldest_ns);
	if (step(st, sql) > 0)
		step(st, "DELETE FROM store_cursor WHERE run NOT IN"
		    " (SELECT k FROM store_run)");
	snprintf(sql, sizeof(sql),
	    "DELETE FROM store_run WHERE inst IN (SELECT k FROM store_instance"
	    " i WHERE removed_ns < %lld AND NOT EXISTS(SELECT 1 FROM"
	    " store_event WHERE inst = i.k) LIMIT 500) AND ended_ns < %lld"
	    " AND NOT EXISTS(SELECT 1 FROM store_log WHERE run ="
	    " store_run.k)", (long long)oldest_ns, (long long)oldest_ns);
	step(st, sql);
	snprintf(sql, sizeof(sql),
	    "DELETE FROM store_instance WHERE removed_ns < %lld AND NOT"
	    " EXISTS(SELECT 1 FROM store_run WHERE inst = store_instance.k)"
	    " AND NOT EXISTS(SELECT 1 FROM store_event WHERE inst ="
	    " store_instance.k)", (long long)oldest_ns);
	step(st, sql);
}

int
store_retain(struct store *st, int64_t now_ns)
{
	int64_t used, pages, oldest = INT64_MAX, n = 0, cut;
	int table;

	if (st->in_tx)
		return 0;
	if (st->purge_more && (n = purge_step(st)) == 0)
		st->purge_more = 0;
	if (n != 0)
		return n < 0 ? (int)n : 1;
	pages = store_page_count(st);
	used = pages - store_free_count(st);
	if (used > st->high_pages)
		st->draining = true;
	if (used <= st->low_pages)
		st->draining = false;
	if (!st->draining && pages <= st->max_pages &&
	    now_ns - st->aged_ns >= 0 && now_ns - st->aged_ns < AGE_EVERY_NS)
		return 0;
	cut = st->raw_ns > 0 ? now_ns - st->raw_ns : INT64_MIN;
	table = oldest_table(st, &oldest);
	if (table >= 0 && (st->draining || oldest < cut)) {
		n = drop_oldest(st, table, st->draining ? INT64_MAX : cut,
		    st->draining ? (used - st->low_pages + 1) *
			STORE_PAGE_BYTES : INT64_MAX);
		if (n != 0)
			return n < 0 ? (int)n : 1;
	}
	st->draining = false;
	st->aged_ns = now_ns;
	if (pages > st->max_pages && used < pages) {
		struct store_options o = { st->max_bytes, st->raw_ns };

		n = step(st, "PRAGMA incremental_vacuum(256)");
		store_limit(st, &o); /* SQLite had kept the larger limit */
		return n < 0 ? (int)n : 1;
	}
	if (now_ns - st->tidy_ns > TIDY_EVERY_NS) {
		st->tidy_ns = now_ns;
		tidy(st, oldest < now_ns ? oldest : now_ns);
	}
	return 0;
}

void
store_stat(struct store *st, struct store_stat *ret)
{
	int64_t pages = store_page_count(st);
	char wal[4096];
	struct stat sb;

	*ret = st->n;
	snprintf(wal, sizeof(wal), "%s-wal", st->path);
	if (stat(wal, &sb) == 0)
		ret->wal_bytes = sb.st_size;
	ret->file_bytes = pages * STORE_PAGE_BYTES;
	ret->used_bytes = (pages - store_free_count(st)) * STORE_PAGE_BYTES;
	ret->max_bytes = st->max_bytes;
}
