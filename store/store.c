/*
 * store.c - opening, transactions, statements: the writer's ground.
 *
 * One connection, WAL, synchronous=NORMAL: a commit survives the death of any
 * process; a power cut may take the last commits, but the rings and pipes
 * that they came from are gone then, too. The file is created with
 * incremental vacuum so that it can shrink when the cap is lowered.
 *
 * Failing. A failed put undoes its whole transaction here, whatever SQLite
 * did by itself, so that a caller has one rule: after an error, everything
 * since the last commit did not happen. Full disk, full cap and an
 * uncuttable log are all -ENOSPC; the caller keeps what it has, asks
 * store_probe now and then, and goes on.
 *
 * Memory: the page cache is 512 KiB; the recorder's size is mostly SQLite's
 * code, shared with the gateway.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/store_impl.h"

int
store_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EAGAIN;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EPROTO;
	case SQLITE_INTERRUPT:
		return -ETIME;
	case SQLITE_TOOBIG:
		return -EMSGSIZE;
	default:
		return -EIO;
	}
}

int
store_say(char **ret_cause, int err, const char *fmt, ...)
{
	va_list ap;

	if (ret_cause == NULL)
		return err;
	va_start(ap, fmt);
	if (vasprintf(ret_cause, fmt, ap) < 0)
		*ret_cause = NULL;
	va_end(ap);
	return err;
}

const char *
store_stream_name(enum store_stream s)
{
	switch (s) {
#define X(name, n, text)                                                       \
	case STORE_##name:                                                     \
		return text;
		STORE_STREAMS(X)
#undef X
	default:
		return "?";
	}
}

int
store_int(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		*ret = sqlite3_column_int64(s, 0);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		*ret = 0;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc;
}

void
store_rollback(struct store *st)
{
	for (int i = 0; i < STMT_N; i++)
		if (st->stmt[i] != NULL)
			sqlite3_reset(st->stmt[i]);
	if (sqlite3_get_autocommit(st->db) == 0)
		sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
	st->in_tx = false;
	st->pending_rows = 0;
	st->pending_bytes = 0;
	st->tx_lost = 0;
}

int
store_fail(struct store *st, int rc)
{
	int err;

	snprintf(st->cause, sizeof(st->cause), "%s: %s", st->path,
	    sqlite3_errmsg(st->db));
	/* An I/O error while writing is most often a disk without room. */
	err = (rc & 0xff) == SQLITE_IOERR &&
	    sqlite3_system_errno(st->db) == ENOSPC ? -ENOSPC : store_errno(rc);
	store_rollback(st);
	return err == 0 ? -EIO : err;
}

sqlite3_stmt *
store_stmt(struct store *st, enum stmt_id id, int *ret_err)
{
	int rc;

	if (st->stmt[id] == NULL) {
		rc = sqlite3_prepare_v3(st->db, store_stmt_sql[id], -1,
		    SQLITE_PREPARE_PERSISTENT, &st->stmt[id], NULL);
		if (rc != SQLITE_OK) {
			*ret_err = store_fail(st, rc);
			return NULL;
		}
	}
	return st->stmt[id];
}

bool
store_is_text(const void *p, size_t len)
{
	const uint8_t *s = p, *end = s + len;

	while (s < end) {
		uint8_t c = *s++;
		uint32_t v;
		int more;

		if (c == 0)
			return false;
		if (c < 0x80)
			continue;
		more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		if (c < 0xc2 || c > 0xf4 || end - s < more)
			return false;
		v = c & (0x3f >> more);
		for (int i = 0; i < more; i++, s++) {
			if ((*s & 0xc0) != 0x80)
				return false;
			v = v << 6 | (*s & 0x3f);
		}
		if ((more == 2 && v < 0x800) || (more == 3 && v < 0x10000) ||
		    (v >= 0xd800 && v < 0xe000) || v > 0x10ffff)
			return false;
	}
	return true;
}

static int
vbindf(sqlite3_stmt *s, const char *fmt, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *fmt != 0 && rc == SQLITE_OK; fmt++, i++) {
		const char *p;
		int64_t v;
		size_t len;

		switch (*fmt) {
		case 'i':
		case 'u':
			v = va_arg(ap, int64_t);
			rc = *fmt == 'u' && v == STORE_UNSET
			    ? sqlite3_bind_null(s, i)
			    : sqlite3_bind_int64(s, i, v);
			break;
		case 'r':
			rc = sqlite3_bind_double(s, i, va_arg(ap, double));
			break;
		case 't':
			p = va_arg(ap, const char *);
			rc = sqlite3_bind_text(s, i, p, -1, SQLITE_STATIC);
			break;
		case 'b':
			p = va_arg(ap, const char *);
			len = va_arg(ap, size_t);
			if (p == NULL)
				p = "";
			rc = store_is_text(p, len)
			    ? sqlite3_bind_text64(s, i, p, len, SQLITE_STATIC,
				  SQLITE_UTF8)
			    : sqlite3_bind_blob64(s, i, p, len, SQLITE_STATIC);
			break;
		default:
			rc = SQLITE_MISUSE;
		}
	}
	return rc;
}

int
store_bindf(sqlite3_stmt *s, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = vbindf(s, fmt, ap);
	va_end(ap);
	return rc;
}

int
store_begin(struct store *st)
{
	sqlite3_stmt *s;
	int rc, err = -EIO;

	if (st->in_tx)
		return 0;
	if (st->gone_bad)
		store_checkpoint(st);
	if (st->gone_bad) {
		snprintf(st->cause, sizeof(st->cause),
		    "%s: somebody reads for so long that the write-ahead log "
		    "has used up its room", st->path);
		return -ENOSPC;
	}
	s = store_stmt(st, STMT_BEGIN, &err);
	if (s == NULL)
		return err;
	rc = sqlite3_step(s);
	sqlite3_reset(s);
	if (rc != SQLITE_DONE)
		return store_fail(st, rc);
	st->in_tx = true;
	return 0;
}

int
store_run_stmt(struct store *st, enum stmt_id id, const char *fmt, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int rc, err = store_begin(st);

	if (err < 0)
		return err;
	s = store_stmt(st, id, &err);
	if (s == NULL)
		return err;
	va_start(ap, fmt);
	rc = vbindf(s, fmt, ap);
	va_end(ap);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return store_fail(st, rc);
	sqlite3_reset(s);
	st->pending_rows++;
	return 0;
}

static int
on_wal(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct store *st = arg;

	st->wal_frames = frames;
	return SQLITE_OK;
}

void
store_checkpoint(struct store *st)
{
	int frames = 0, done = 0, rc;

	if (st->in_tx)
		return;
	rc = sqlite3_wal_checkpoint_v2(st->db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, &frames, &done);
	if (rc == SQLITE_OK) {
		st->wal_frames = 0;
		st->gone_bad = false;
	}
}

/*
 * After a commit: write the log back while that is cheap; when it outgrew
 * its share, insist; when that fails because somebody reads, stop taking
 * puts, so that the cap on file and log together holds.
 */
static void
mind_log(struct store *st)
{
	int64_t frame = STORE_PAGE_BYTES + 24;

	if (st->wal_frames < st->wal_auto_pages)
		return;
	sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);
	if (st->wal_frames * frame < st->wal_max_bytes / 2)
		return;
	st->gone_bad = st->wal_frames * frame > st->wal_max_bytes;
	store_checkpoint(st);
}

int64_t
store_commit(struct store *st)
{
	int64_t rows = st->pending_rows;
	sqlite3_stmt *s;
	int rc, err = -EIO;

	if (!st->in_tx)
		return 0;
	s = store_stmt(st, STMT_COMMIT, &err);
	if (s == NULL)
		return err;
	rc = sqlite3_step(s);
	if (rc != SQLITE_DONE)
		return store_fail(st, rc);
	sqlite3_reset(s);
	st->in_tx = false;
	st->pending_rows = 0;
	st->pending_bytes = 0;
	st->n.rows_put += rows;
	st->n.rows_lost += st->tx_lost;
	st->tx_lost = 0;
	st->n.commits++;
	mind_log(st);
	return rows;
}

int64_t
store_pending_rows(const struct store *st)
{
	return st->pending_rows;
}

int64_t
store_pending_bytes(const struct store *st)
{
	return st->pending_bytes;
}

int64_t
store_batch_bytes(const struct store *st)
{
	int64_t n = st->wal_max_bytes / 8;

	return n > 4 << 20 ? 4 << 20 : n;
}

const char *
store_cause(const struct store *st)
{
	return st->cause;
}

int
store_probe(struct store *st)
{
	int err;

	if (st->in_tx)
		return 0;
	err = store_run_stmt(st, STMT_PROBE, "");
	if (err == 0 && store_commit(st) < 0)
		err = -ENOSPC;
	return err;
}

/* Network file systems break the shared memory that the log needs. */
static int
check_disk(const char *path, char **ret_cause)
{
	struct statfs fs;
	char *dir = strdup(path), *slash;
	int rc = 0;

	if (dir == NULL)
		return -ENOMEM;
	slash = strrchr(dir, '/');
	if (slash != NULL)
		slash[1] = 0;
	if (statfs(slash != NULL ? dir : ".", &fs) < 0)
		rc = store_say(ret_cause, -errno, "%s: %s", path,
		    strerror(errno));
	else if (fs.f_type == NFS_SUPER_MAGIC ||
	    (uint32_t)fs.f_type == 0xff534d42u /* CIFS */ ||
	    (uint32_t)fs.f_type == 0xfe534d42u /* SMB2 */ ||
	    fs.f_type == AFS_SUPER_MAGIC)
		rc = store_say(ret_cause, -EMEDIUMTYPE,
		    "%s is on a network file system; the database needs a "
		    "local one", path);
	free(dir);
	return rc;
}

/* Lines of programs are nobody else's: 0600, which -wal and -shm inherit. */
static int
make_file(const char *path, char **ret_cause)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return store_say(ret_cause, -errno, "%s: %s", path,
		    strerror(errno));
	close(fd);
	return 0;
}

static int
take_lock(struct store *st, char **ret_cause)
{
	char *name;
	int err;

	if (asprintf(&name, "%s-lock", st->path) < 0)
		return -ENOMEM;
	st->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	err = st->lock_fd < 0 ? -errno : 0;
	free(name);
	if (err < 0)
		return store_say(ret_cause, err, "%s-lock: %s", st->path,
		    strerror(-err));
	if (flock(st->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return store_say(ret_cause, -EBUSY,
		    "another gortd is writing %s", st->path);
	return 0;
}

static int
set_up(struct store *st, const struct store_options *o, char **ret_cause)
{
	static const char pragmas[] =
	    "PRAGMA page_size = 4096;"
	    "PRAGMA auto_vacuum = INCREMENTAL;"
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = NORMAL;"
	    "PRAGMA cache_size = -512;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA secure_delete = OFF;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA trusted_schema = OFF;";
	int64_t version;
	int rc, err;

	/* A checkpoint waits so long for readers; nobody else writes. */
	sqlite3_busy_timeout(st->db, 20);
	/* Before the first change: whose is it? */
	err = store_identify(st->db, st->path, &version, ret_cause);
	if (err < 0)
		return err;
	rc = sqlite3_exec(st->db, pragmas, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return store_say(ret_cause, store_errno(rc), "%s: %s",
		    st->path, sqlite3_errmsg(st->db));
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	err = store_migrate(st->db, st->path, ret_cause);
	if (err < 0)
		return err;
	sqlite3_wal_hook(st->db, on_wal, st);
	store_limit(st, o);
	return 0;
}

int
store_open(const char *path, const struct store_options *o, struct store **ret,
    char **ret_cause)
{
	struct store *st = calloc(1, sizeof(*st));
	int rc, err;

	if (st == NULL || (st->path = strdup(path)) == NULL) {
		free(st);
		return store_say(ret_cause, -ENOMEM, "%s: no memory", path);
	}
	st->lock_fd = -1;
	st->purge_more = 1; /* perhaps the last writer did not finish */
	err = check_disk(path, ret_cause);
	if (err == 0)
		err = take_lock(st, ret_cause);
	if (err == 0)
		err = make_file(path, ret_cause);
	if (err < 0)
		goto out;
	rc = sqlite3_open_v2(path, &st->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    NULL);
	if (rc != SQLITE_OK) {
		err = store_say(ret_cause, store_errno(rc), "%s: %s", path,
		    sqlite3_errmsg(st->db));
		goto out;
	}
	err = set_up(st, o, ret_cause);
out:
	if (err < 0) {
		sqlite3_close(st->db);
		if (st->lock_fd >= 0)
			close(st->lock_fd);
		free(st->path);
		free(st);
		return err;
	}
	*ret = st;
	return 0;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	store_commit(st);
	store_checkpoint(st);
	for (int i = 0; i < STMT_N; i++)
		sqlite3_finalize(st->stmt[i]);
	sqlite3_close(st->db);
	close(st->lock_fd);
	free(st->path);
	free(st);
}
