/*
 * write.c - rows in.
 *
 * Each function is one prepared statement (at most two). Columns that a
 * caller leaves alone travel as NULL and are kept by coalesce, so that a
 * replayed or partial row is harmless. Text that came out of a ring is an
 * instance's word: it is cut, made UTF-8, and never trusted to be terminated.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/store_impl.h"

#define KEEP(c) #c " = coalesce(excluded." #c ", " #c ")"

const char *const store_stmt_sql[STMT_N] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_INSTANCE] =
	    "INSERT INTO store_instance(id, name, kind, program, state, run,"
	    " created_ns, removed_ns, restarts) VALUES(?1, ?2, ?3, ?4, ?5,"
	    " coalesce(?6, 0), ?7, ?8, coalesce(?9, 0))"
	    " ON CONFLICT(id) DO UPDATE SET " KEEP(name) ", " KEEP(kind) ", "
	    KEEP(program) ", " KEEP(state) ", run = coalesce(?6, run), "
	    KEEP(created_ns) ", " KEEP(removed_ns)
	    ", restarts = coalesce(?9, restarts)",
	[STMT_INSTANCE_KEY] = "SELECT k FROM store_instance WHERE id = ?1",
	[STMT_RUN_NEW] =
	    "INSERT OR IGNORE INTO store_run(inst, run) VALUES(?1, ?2)",
	[STMT_RUN_KEY] = "SELECT k FROM store_run WHERE inst = ?1 AND run = ?2",
	[STMT_RUN] =
	    "UPDATE store_run SET pid = coalesce(?2, pid),"
	    " uid = coalesce(?3, uid), started_ns = coalesce(?4, started_ns),"
	    " ready_ns = coalesce(?5, ready_ns),"
	    " ended_ns = coalesce(?6, ended_ns),"
	    " exit_code = coalesce(?7, exit_code),"
	    " signal = coalesce(?8, signal), reason = coalesce(?9, reason),"
	    " boot_id = coalesce(?10, boot_id),"
	    " program_hash = coalesce(?11, program_hash),"
	    " gort_version = coalesce(?12, gort_version),"
	    " origin_ns = coalesce(?13, origin_ns) WHERE k = ?1",
	[STMT_EVENT] =
	    "INSERT OR IGNORE INTO store_event(t_ns, inst, run, type, detail)"
	    " VALUES(?1, ?2, ?3, ?4, ?5)",
	[STMT_CURSOR_GET] =
	    "SELECT pos, seq FROM store_cursor WHERE run = ?1 AND stream = ?2",
	[STMT_CURSOR_PUT] =
	    "INSERT INTO store_cursor(run, stream, pos, seq) VALUES(?1, ?2,"
	    " ?3, ?4) ON CONFLICT(run, stream) DO UPDATE SET"
	    " pos = excluded.pos, seq = excluded.seq",
	[STMT_LINE] =
	    "INSERT INTO store_log(run, stream, seq, t_ns, off, partial, line)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STMT_BOOT] =
	    "INSERT OR IGNORE INTO store_boot(run, seq, t_ns, ord, depth,"
	    " step, start_ns, dur_ns, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
	    " ?3, ?7, CASE WHEN ?8 = '' THEN NULL WHEN json_valid(?8)"
	    " THEN ?8 ELSE json_object('found', ?8) END)",
	[STMT_INIT] =
	    "INSERT OR IGNORE INTO store_init(run, seq, t_ns, ord, depth,"
	    " package, start_ns, dur_ns, bytes, allocs)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?3, ?7, ?8, ?9)",
	[STMT_SCHED] =
	    "INSERT OR IGNORE INTO store_sched(run, seq, t_ns, gomaxprocs,"
	    " idleprocs, threads, spinningthreads, idlethreads, runqueue,"
	    " goroutines, local_runqueues)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[STMT_GC] =
	    "INSERT OR IGNORE INTO store_gc(run, seq, t_ns, cycle, cpu_pct,"
	    " stw_sweep_ns, mark_ns, stw_mark_ns, assist_ns, bg_ns, idle_ns,"
	    " stw_sweep_cpu_ns, stw_mark_cpu_ns, heap_start, heap_end,"
	    " heap_live, goal, stacks, globals, procs, forced)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
	[STMT_LOSS_JOIN] =
	    "UPDATE store_loss SET to_seq = ?3, count = count + ?4"
	    " WHERE n = (SELECT max(n) FROM store_loss"
	    "  WHERE run = ?1 AND stream = ?2) AND to_seq = ?5",
	[STMT_LOSS] =
	    "INSERT INTO store_loss(run, stream, from_seq, to_seq, count,"
	    " t_ns) VALUES(?1, ?2, ?3, ?4, ?5,"
	    " CAST((julianday('now') - 2440587.5) * 86400e9 AS INTEGER))",
	[STMT_PURGE] = "UPDATE store_instance SET purge = 1, name = NULL,"
	    " program = NULL WHERE id = ?1",
	[STMT_HAS_LINE] =
	    "SELECT 1 FROM store_log WHERE run = ?1 AND stream = ?2"
	    " AND n > (SELECT max(n) - 50000 FROM store_log)"
	    " AND substr(CAST(line AS BLOB), 1, ?4) = CAST(?3 AS BLOB)"
	    " LIMIT 1",
	[STMT_PAUSES] =
	    "SELECT coalesce(stw_sweep_ns, 0) + coalesce(stw_mark_ns, 0)"
	    " FROM store_gc WHERE run = ?1 ORDER BY seq DESC LIMIT ?2",
	[STMT_PROBE] =
	    "INSERT INTO store_meta(key, value) VALUES('probe', zeroblob(32768))"
	    " ON CONFLICT(key) DO UPDATE SET value = CASE length(value)"
	    " WHEN 32768 THEN zeroblob(65536) ELSE zeroblob(32768) END",
	[STMT_PAGES] = "PRAGMA page_count",
	[STMT_FREE] = "PRAGMA freelist_count",
};

/* One integer of one row: 1 with it, 0 when there is no row, or -errno. */
static int
ask(struct store *st, enum stmt_id id, int64_t a, int64_t b, int64_t *ret)
{
	int rc, err = -EIO;
	sqlite3_stmt *s = store_stmt(st, id, &err);

	if (s == NULL)
		return err;
	sqlite3_bind_int64(s, 1, a);
	sqlite3_bind_int64(s, 2, b);
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_fail(st, rc);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return rc == SQLITE_ROW;
}

/* 1 with the key, 0 when the instance is unknown. */
static int
instance_key(struct store *st, const char *id, int64_t *ret)
{
	int rc, err = -EIO;
	sqlite3_stmt *s = store_stmt(st, STMT_INSTANCE_KEY, &err);

	if (s == NULL)
		return err;
	sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_fail(st, rc);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return rc == SQLITE_ROW;
}

int
store_put_instance(struct store *st, const struct store_instance *in)
{
	return store_run_stmt(st, STMT_INSTANCE, "tttttuuuu", in->id, in->name,
	    in->kind, in->program, in->state, in->run, in->created_ns,
	    in->removed_ns, in->restarts);
}

/* The instance's key; an unknown one gets an empty row. */
static int
instance_need(struct store *st, const char *id, int64_t *ret)
{
	struct store_instance in = { .id = id, .run = STORE_UNSET,
		.created_ns = STORE_UNSET, .removed_ns = STORE_UNSET,
		.restarts = STORE_UNSET };
	int rc = instance_key(st, id, ret);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = store_put_instance(st, &in);
	if (rc == 0)
		rc = instance_key(st, id, ret);
	return rc < 0 ? rc : 0;
}

int
store_run_key(struct store *st, const char *instance, int64_t run,
    int64_t *ret_key)
{
	int64_t inst = 0;
	int rc = instance_need(st, instance, &inst);

	if (rc < 0)
		return rc;
	rc = ask(st, STMT_RUN_KEY, inst, run, ret_key);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = store_run_stmt(st, STMT_RUN_NEW, "ii", inst, run);
	if (rc == 0)
		rc = ask(st, STMT_RUN_KEY, inst, run, ret_key);
	return rc < 0 ? rc : 0;
}

int
store_put_run(struct store *st, const struct store_run *r)
{
	int64_t key = 0;
	int rc = store_run_key(st, r->instance, r->run, &key);

	if (rc < 0)
		return rc;
	return store_run_stmt(st, STMT_RUN, "iuuuuuuuttttu", key, r->pid,
	    r->uid, r->started_ns, r->ready_ns, r->ended_ns, r->exit_code,
	    r->signal, r->reason, r->boot_id, r->program_hash,
	    r->gort_version, r->origin_ns);
}

int64_t
store_put_event(struct store *st, int64_t t_ns, const char *instance,
    int64_t run, const char *type, const char *detail)
{
	int64_t inst = 0;
	int rc = 0;

	if (instance != NULL)
		rc = instance_need(st, instance, &inst);
	if (rc == 0)
		rc = store_run_stmt(st, STMT_EVENT, "iiitt", t_ns, inst, run,
		    type, detail);
	if (rc < 0)
		return rc;
	st->pending_bytes += 64 + (detail != NULL ? (int64_t)strlen(detail) : 0);
	return sqlite3_changes(st->db) == 0 ? 0
	    : sqlite3_last_insert_rowid(st->db);
}

int
store_cursor_get(struct store *st, int64_t key, enum store_stream stream,
    struct store_cursor *ret)
{
	int rc, err = -EIO;
	sqlite3_stmt *s = store_stmt(st, STMT_CURSOR_GET, &err);

	if (s == NULL)
		return err;
	store_bindf(s, "ii", key, (int64_t)stream);
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_fail(st, rc);
	memset(ret, 0, sizeof(*ret));
	if (rc == SQLITE_ROW) {
		ret->pos = (uint64_t)sqlite3_column_int64(s, 0);
		ret->seq = (uint64_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return 0;
}

int
store_cursor_put(struct store *st, int64_t key, enum store_stream s,
    const struct store_cursor *c)
{
	return store_run_stmt(st, STMT_CURSOR_PUT, "iiii", key, (int64_t)s,
	    (int64_t)c->pos, (int64_t)c->seq);
}

int64_t
store_put_line(struct store *st, int64_t key, enum store_stream s,
    const struct store_line *l)
{
	int rc;

	if (l->len > STORE_LINE_MAX)
		return -EMSGSIZE;
	rc = store_run_stmt(st, STMT_LINE, "iiiiiib", key, (int64_t)s,
	    (int64_t)l->seq, l->t_ns, (int64_t)l->off, (int64_t)l->partial,
	    (const char *)l->bytes, l->len);
	if (rc < 0)
		return rc;
	st->pending_bytes += 40 + (int64_t)l->len;
	return sqlite3_last_insert_rowid(st->db);
}

/* An instance's text: cut at NUL, what is not UTF-8 becomes '?'. */
static const char *
tame(char *dst, size_t cap, const char *src, size_t len)
{
	size_t n = strnlen(src, len < cap - 1 ? len : cap - 1);

	memcpy(dst, src, n);
	dst[n] = 0;
	if (!store_is_text(dst, n))
		for (size_t i = 0; i < n; i++)
			if ((dst[i] & 0x80) != 0)
				dst[i] = '?';
	return dst;
}

/*
 * The time in a record is the instance's word and may be any number. The offset
 * was made for this very one, so the sum is right modulo 2^64.
 */
static int64_t
unix_ns(int64_t mono_ns, int64_t real_off_ns)
{
	return (int64_t)((uint64_t)mono_ns + (uint64_t)real_off_ns);
}

int
store_put_boot(struct store *st, int64_t key, uint64_t seq,
    int64_t real_off_ns, const struct ipc_rec_boot *b)
{
	char step[sizeof(b->step) + 1], detail[sizeof(b->detail) + 1];

	st->pending_bytes += 128;
	return store_run_stmt(st, STMT_BOOT, "iiiiitut", key, (int64_t)seq,
	    unix_ns(b->start_ns, real_off_ns), (int64_t)b->seq, (int64_t)b->depth,
	    tame(step, sizeof(step), b->step, sizeof(b->step)),
	    b->dur_ns < 0 ? STORE_UNSET : b->dur_ns,
	    tame(detail, sizeof(detail), b->detail, sizeof(b->detail)));
}

int
store_put_init(struct store *st, int64_t key, uint64_t seq,
    int64_t real_off_ns, const struct ipc_rec_init *b)
{
	char package[sizeof(b->package) + 1];

	st->pending_bytes += 128;
	return store_run_stmt(st, STMT_INIT, "iiiiituii", key, (int64_t)seq,
	    unix_ns(b->start_ns, real_off_ns), (int64_t)b->seq, (int64_t)b->depth,
	    tame(package, sizeof(package), b->package, sizeof(b->package)),
	    b->dur_ns < 0 ? STORE_UNSET : b->dur_ns, (int64_t)b->bytes,
	    (int64_t)b->allocs);
}

int
store_put_sched(struct store *st, int64_t key, uint64_t seq, int64_t t_ns,
    const struct ipc_rec_sched *s)
{
	char local[8 * IPC_SCHED_MAX_RUNQ + 4];
	uint32_t n = s->nlocal;
	int at = 0;

	if (n > IPC_SCHED_MAX_RUNQ)
		n = IPC_SCHED_MAX_RUNQ;
	local[at++] = '[';
	for (uint32_t i = 0; i < n; i++)
		at += snprintf(local + at, sizeof(local) - (size_t)at,
		    i == 0 ? "%u" : ",%u", s->local[i]);
	local[at++] = ']';
	local[at] = 0;
	st->pending_bytes += 128;
	return store_run_stmt(st, STMT_SCHED, "iiiiiiiiiit", key,
	    (int64_t)seq, t_ns, (int64_t)s->gomaxprocs, (int64_t)s->idleprocs,
	    (int64_t)s->threads, (int64_t)s->spinning, (int64_t)s->idlethreads,
	    (int64_t)s->runqueue, (int64_t)s->goroutines, local);
}

int
store_put_gc(struct store *st, int64_t key, uint64_t seq, int64_t real_off_ns,
    const struct ipc_rec_gc *g)
{
	st->pending_bytes += 192;
	return store_run_stmt(st, STMT_GC, "iiiiriiiiiiiiiiiiiiii", key,
	    (int64_t)seq, unix_ns(g->start_ns, real_off_ns), (int64_t)g->cycle,
	    g->cpu_permille / 10.0, g->stw_sweep_ns, g->mark_ns,
	    g->stw_mark_ns, g->assist_ns, g->bg_ns, g->idle_ns,
	    g->stw_sweep_cpu_ns, g->stw_mark_cpu_ns, (int64_t)g->heap_start,
	    (int64_t)g->heap_end, (int64_t)g->heap_live, (int64_t)g->goal,
	    (int64_t)g->stacks, (int64_t)g->globals, (int64_t)g->procs,
	    (int64_t)g->forced);
}

#define LOSS_MAX ((uint64_t)1 << 53) /* exact in any JSON reader */

int
store_put_loss(struct store *st, int64_t key, enum store_stream s,
    uint64_t from_seq, uint64_t to_seq, uint64_t count)
{
	int rc;

	/* numbers of a ring are the instance's word: a lie stays a number */
	from_seq = from_seq < LOSS_MAX ? from_seq : LOSS_MAX;
	to_seq = to_seq < LOSS_MAX ? to_seq : LOSS_MAX;
	count = count < LOSS_MAX ? count : LOSS_MAX;
	rc = store_run_stmt(st, STMT_LOSS_JOIN, "iiiii", key, (int64_t)s,
	    (int64_t)to_seq, (int64_t)count, (int64_t)from_seq - 1);
	if (rc == 0 && sqlite3_changes(st->db) == 0)
		rc = store_run_stmt(st, STMT_LOSS, "iiiii", key, (int64_t)s,
		    (int64_t)from_seq, (int64_t)to_seq, (int64_t)count);
	if (rc == 0)
		st->tx_lost += (int64_t)count;
	return rc;
}

int
store_purge(struct store *st, const char *instance)
{
	int rc = store_run_stmt(st, STMT_PURGE, "t", instance);

	if (rc == 0)
		st->purge_more = 1;
	return rc;
}

int
store_has_line(struct store *st, int64_t key, enum store_stream stream,
    const void *prefix, size_t len)
{
	int rc, err = -EIO;
	sqlite3_stmt *s = store_stmt(st, STMT_HAS_LINE, &err);

	if (s == NULL)
		return err;
	store_bindf(s, "iibi", key, (int64_t)stream, (const char *)prefix,
	    len, (int64_t)len);
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_fail(st, rc);
	sqlite3_reset(s);
	return rc == SQLITE_ROW;
}

int
store_last_pauses(struct store *st, int64_t key, int64_t *ret, int max)
{
	int rc, n = 0, err = -EIO;
	sqlite3_stmt *s = store_stmt(st, STMT_PAUSES, &err);

	if (s == NULL)
		return err;
	store_bindf(s, "ii", key, (int64_t)max);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW && n < max)
		ret[n++] = sqlite3_column_int64(s, 0);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return store_fail(st, rc);
	sqlite3_reset(s);
	for (int i = 0; i < n / 2; i++) {
		int64_t t = ret[i];

		ret[i] = ret[n - 1 - i];
		ret[n - 1 - i] = t;
	}
	return n;
}
