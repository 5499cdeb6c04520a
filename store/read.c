/*
 * read.c - rows out, for the gateway and for subscribers that catch up.
 *
 * Two kinds of reading. store_read runs our own SQL and pages by the arrival
 * number or the primary key of what it lists, so a page costs what is on it.
 * store_query runs somebody's SQL, and nothing about it is trusted:
 *
 *   - the connection is read-only, defensive, with small SQLite limits;
 *   - the authorizer admits SELECT on the v_ views, on json_each and
 *     json_tree, and the functions that only compute. Tables are admitted
 *     beneath a view alone. SQLite names as "view" whatever FROM item it is
 *     resolving, a WITH clause called v_log too, so that WITH v_log AS
 *     (SELECT * FROM store_log) would pass: therefore any SQL that contains
 *     "store_", in whatever place, is refused before it is parsed;
 *   - a progress handler ends it at the deadline; rows and bytes are bounded;
 *   - the heap of the process is bounded, for sorts and group_concat.
 *
 * No transaction outlives a call: the statement is finalized before it
 * returns, so that the log can be cut.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/store_impl.h"

#define DEFAULT_ROWS 1000
#define DEFAULT_BYTES (768 * 1024)
#define HEAP_MAX_BYTES (64LL << 20)
#define PROGRESS_OPS 2000
#define COLUMNS_MAX 64

struct store_reader {
	sqlite3 *db;
	char *path;
	bool untrusted; /* the authorizer's switch, at prepare time */
	bool denied;    /* it said no */
};

static int64_t
mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* ---- the authorizer ---- */

static bool
in_list(const char *const *list, const char *s)
{
	for (; s != NULL && *list != NULL; list++)
		if (sqlite3_stricmp(*list, s) == 0)
			return true;
	return false;
}

static const char *const functions[] = { "abs", "avg", "char", "coalesce",
	"count", "cume_dist", "date", "datetime", "dense_rank", "first_value",
	"format", "glob", "group_concat", "hex", "ifnull", "iif", "instr",
	"json", "json_array", "json_array_length", "json_extract", "->", "->>",
	"json_group_array", "json_group_object", "json_object", "json_quote",
	"json_type", "json_valid", "julianday", "lag", "last_value", "lead",
	"length", "like", "lower", "ltrim", "max", "min", "nth_value", "ntile",
	"nullif", "percent_rank", "printf", "quote", "random", "rank",
	"replace", "round", "row_number", "rtrim", "sign", "strftime",
	"substr", "substring", "sum", "time", "total", "trim", "typeof",
	"unicode", "unixepoch", "upper", "ceil", "ceiling", "floor", "exp",
	"ln", "log", "log10", "log2", "mod", "pow", "power", "sqrt", "trunc",
	NULL };
static const char *const table_functions[] = { "json_each", "json_tree",
	NULL };

/*
 * A FROM item of which no column is used is reported with an empty column and
 * without telling whether it is a table or a WITH clause; counting the rows of
 * what is neither ours nor SQLite's own is harmless.
 */
static bool
may_read(const char *table, const char *column, const char *view)
{
	if (in_list(store_views, table) || in_list(table_functions, table))
		return true;
	if (sqlite3_strnicmp(table, "store_", 6) == 0)
		return in_list(store_views, view);
	return *column == 0 && sqlite3_strnicmp(table, "sqlite_", 7) != 0 &&
	    sqlite3_strnicmp(table, "pragma_", 7) != 0;
}

static int
authorize(void *arg, int action, const char *a, const char *b, const char *db,
    const char *view)
{
	struct store_reader *r = arg;
	bool ok;

	if (!r->untrusted)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		ok = true;
		break;
	case SQLITE_FUNCTION:
		ok = in_list(functions, b);
		break;
	case SQLITE_READ:
		ok = may_read(a, b, view);
		break;
	default:
		ok = false;
	}
	r->denied |= !ok;
	return ok ? SQLITE_OK : SQLITE_DENY;
}

/* ---- opening ---- */

int
store_reader_open(const char *path, struct store_reader **ret,
    char **ret_cause)
{
	static const struct {
		int id, value;
	} limits[] = { { SQLITE_LIMIT_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, 64 << 10 },
		{ SQLITE_LIMIT_COLUMN, COLUMNS_MAX },
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 20 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 32 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 } };
	struct store_reader *r = calloc(1, sizeof(*r));
	int rc, err;

	if (r == NULL || (r->path = strdup(path)) == NULL) {
		free(r);
		return store_say(ret_cause, -ENOMEM, "%s: no memory", path);
	}
	sqlite3_hard_heap_limit64(HEAP_MAX_BYTES);
	rc = sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(r->db, 50);
		sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		rc = sqlite3_exec(r->db, "PRAGMA query_only = ON;"
		    "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -512;"
		    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON",
		    NULL, NULL, NULL);
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(r->db, limits[i].id, limits[i].value);
	err = rc == SQLITE_OK ? store_schema_check(r->db, path, ret_cause)
	    : (rc & 0xff) == SQLITE_CANTOPEN
	    ? store_say(ret_cause, -EAGAIN, "store not ready: there is no %s "
		  "yet", path)
	    : store_say(ret_cause, store_errno(rc), "%s: %s", path,
		  sqlite3_errmsg(r->db));
	if (err < 0) {
		/* After a reboot only the writer can bring the log back. */
		if (err == -ENOENT)
			err = -EAGAIN;
		store_reader_close(r);
		return err;
	}
	/*
	 * The first use of a table function declares its table, which the
	 * authorizer would take for CREATE TABLE: use them once before.
	 */
	sqlite3_exec(r->db, "SELECT 1 FROM json_each('[]'), json_tree('[]')",
	    NULL, NULL, NULL);
	sqlite3_set_authorizer(r->db, authorize, r);
	*ret = r;
	return 0;
}

void
store_reader_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	sqlite3_close(r->db);
	free(r->path);
	free(r);
}

/* ---- running a statement for its rows ---- */

struct page {
	sqlite3 *db;
	int64_t max_rows, max_bytes, end_ns;
	store_row_fn fn;
	void *arg;
	int key_col;   /* whose value goes into the token; -1: none */
	int64_t key;   /* of the last row given */
	int64_t rows;  /* given */
	bool more;     /* ended before the rows did */
	const char *names[COLUMNS_MAX];
};

static void
page_init(struct page *p, sqlite3 *db, const struct store_limits *lim,
    store_row_fn fn, void *arg)
{
	static const struct store_limits none;

	memset(p, 0, sizeof(*p));
	if (lim == NULL)
		lim = &none;
	p->db = db;
	p->max_rows = lim->rows > 0 ? lim->rows : DEFAULT_ROWS;
	if (p->max_rows > STORE_ROWS_MAX)
		p->max_rows = STORE_ROWS_MAX;
	p->max_bytes = lim->bytes > 0 ? lim->bytes : DEFAULT_BYTES;
	p->end_ns = mono_ns() + 1000000 *
	    (lim->deadline_ms > 0 ? lim->deadline_ms : STORE_DEADLINE_MS);
	p->fn = fn;
	p->arg = arg;
	p->key_col = -1;
}

static int
on_progress(void *arg)
{
	return mono_ns() > ((struct page *)arg)->end_ns;
}

static size_t
take_value(sqlite3_stmt *s, int i, struct store_value *v)
{
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		v->type = STORE_INT;
		v->i = sqlite3_column_int64(s, i);
		return 20;
	case SQLITE_FLOAT:
		v->type = STORE_REAL;
		v->d = sqlite3_column_double(s, i);
		return 20;
	case SQLITE_TEXT:
		v->type = STORE_STR;
		v->p = (const char *)sqlite3_column_text(s, i);
		v->len = (size_t)sqlite3_column_bytes(s, i);
		return v->len + 3;
	case SQLITE_BLOB:
		v->type = STORE_BYTES;
		v->p = sqlite3_column_blob(s, i);
		v->len = (size_t)sqlite3_column_bytes(s, i);
		if (v->p == NULL)
			v->p = "";
		return v->len + 3;
	default:
		v->type = STORE_NULL;
		return 4;
	}
}

/* One row to the caller. 1 given, 0 the page ends before it. */
static int
give(struct page *p, sqlite3_stmt *s, int64_t *bytes)
{
	struct store_value v[COLUMNS_MAX];
	struct store_row row = { sqlite3_column_count(s), p->names, v };
	size_t n = 0;

	memset(v, 0, sizeof(v[0]) * (size_t)row.ncol);
	for (int i = 0; i < row.ncol; i++)
		n += take_value(s, i, &v[i]) + strlen(p->names[i]) + 4;
	/* A row that is too big for any page goes alone. */
	if (p->rows > 0 && *bytes + (int64_t)n > p->max_bytes)
		return 0;
	if (p->fn(p->arg, &row) != 0)
		return 0;
	*bytes += (int64_t)n;
	p->rows++;
	if (p->key_col >= 0)
		p->key = v[p->key_col].i;
	return 1;
}

/* Step through; 0 or a result code of SQLite. */
static int
run_page(struct page *p, sqlite3_stmt *s, int64_t skip)
{
	int64_t bytes = 0;
	int rc;

	for (int i = 0; i < sqlite3_column_count(s); i++)
		p->names[i] = sqlite3_column_name(s, i);
	sqlite3_progress_handler(p->db, PROGRESS_OPS, on_progress, p);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (skip-- > 0)
			continue;
		if (p->rows >= p->max_rows || give(p, s, &bytes) == 0) {
			p->more = true;
			break;
		}
		if (p->key_col >= 0 && on_progress(p)) {
			p->more = true; /* a page may end early */
			break;
		}
	}
	sqlite3_progress_handler(p->db, 0, NULL, NULL);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return SQLITE_OK;
	if ((rc & 0xff) == SQLITE_INTERRUPT && p->key_col >= 0 &&
	    p->rows > 0) {
		p->more = true;
		return SQLITE_OK;
	}
	return rc;
}

/* ---- typed history ---- */

/*
 * For each list: its columns, its tables, what `since` and time filters look
 * at, and the number its pages go by. The page number is the first column.
 */
struct list {
	const char *cols, *from, *page, *since, *time;
};

#define RUN_JOIN                                                               \
	" JOIN store_run r ON r.k = t.run JOIN store_instance i ON i.k = r.inst"

static const struct list lists[STORE_READ_N] = {
	[STORE_READ_INSTANCE] = {
	    "i.k AS page, i.id AS id, i.name AS name, i.kind AS kind,"
	    " i.program AS program, i.state AS state, i.run AS run,"
	    " i.created_ns AS created_ns, i.removed_ns AS removed_ns,"
	    " i.restarts AS restarts",
	    "store_instance i", "i.k", NULL, "i.created_ns" },
	[STORE_READ_RUN] = {
	    "r.k AS page, i.id AS instance, r.run AS run, r.pid AS pid,"
	    " r.uid AS uid, r.started_ns AS started_ns, r.ready_ns AS"
	    " ready_ns, r.ended_ns AS ended_ns, r.exit_code AS exit_code,"
	    " r.signal AS signal, r.reason AS reason, r.boot_id AS boot_id,"
	    " r.program_hash AS program_hash, r.gort_version AS"
	    " gort_version, r.origin_ns AS origin_ns, (SELECT t_ns FROM"
	    " store_sched WHERE run = r.k ORDER BY seq LIMIT 1) AS"
	    " sched_origin_ns",
	    "store_run r JOIN store_instance i ON i.k = r.inst", "r.k",
	    "r.run", "r.started_ns" },
	[STORE_READ_BOOT] = {
	    "t.seq AS page, i.id AS instance, r.run AS run, t.ord AS seq,"
	    " t.depth AS depth, t.step AS step, t.start_ns AS start_ns,"
	    " t.dur_ns AS dur_ns, t.detail AS detail, t.seq AS ring_seq",
	    "store_boot t" RUN_JOIN, "t.seq", "t.seq", "t.t_ns" },
	[STORE_READ_INIT] = {
	    "t.seq AS page, i.id AS instance, r.run AS run, t.ord AS seq,"
	    " t.package AS package, t.start_ns AS start_ns, t.dur_ns AS"
	    " dur_ns, t.bytes AS bytes, t.allocs AS allocs, t.seq AS"
	    " ring_seq, t.depth AS depth",
	    "store_init t" RUN_JOIN, "t.seq", "t.seq", "t.t_ns" },
	[STORE_READ_SCHED] = {
	    "t.n AS page, i.id AS instance, r.run AS run, t.seq AS seq,"
	    " t.t_ns AS t_ns, t.gomaxprocs AS gomaxprocs, t.idleprocs AS"
	    " idleprocs, t.threads AS threads, t.spinningthreads AS"
	    " spinningthreads, t.idlethreads AS idlethreads, t.runqueue AS"
	    " runqueue, t.local_runqueues AS local_runqueues, t.goroutines"
	    " AS goroutines",
	    "store_sched t" RUN_JOIN, "t.n", "t.seq", "t.t_ns" },
	[STORE_READ_GC] = {
	    "t.n AS page, i.id AS instance, r.run AS run, t.seq AS seq,"
	    " t.cycle AS cycle, t.t_ns AS t_ns, t.cpu_pct AS cpu_pct,"
	    " t.stw_sweep_ns AS stw_sweep_ns, t.mark_ns AS mark_ns,"
	    " t.stw_mark_ns AS stw_mark_ns, t.assist_ns AS assist_ns,"
	    " t.bg_ns AS bg_ns, t.idle_ns AS idle_ns, t.heap_start AS"
	    " heap_start, t.heap_end AS heap_end, t.heap_live AS heap_live,"
	    " t.goal AS goal, t.stacks AS stacks, t.globals AS globals,"
	    " t.procs AS procs, t.forced AS forced, t.stw_sweep_cpu_ns AS"
	    " stw_sweep_cpu_ns, t.stw_mark_cpu_ns AS stw_mark_cpu_ns",
	    "store_gc t" RUN_JOIN, "t.n", "t.seq", "t.t_ns" },
	[STORE_READ_LOG] = {
	    "t.n AS page, i.id AS instance, r.run AS run, t.seq AS seq,"
	    " t.t_ns AS t_ns, CASE t.stream WHEN 1 THEN 'stdout' WHEN 2 THEN"
	    " 'stderr' ELSE 'text' END AS stream, t.partial AS partial,"
	    " t.line AS line, t.n AS n, t.off AS off",
	    "store_log t" RUN_JOIN, "t.n", "t.n", "t.t_ns" },
	[STORE_READ_EVENT] = {
	    "t.seq AS page, t.seq AS seq, t.t_ns AS t_ns, i.id AS instance,"
	    " nullif(t.run, 0) AS run, t.type AS type, t.detail AS detail",
	    "store_event t LEFT JOIN store_instance i ON i.k = t.inst",
	    "t.seq", "t.seq", "t.t_ns" },
	[STORE_READ_LOSS] = {
	    "t.n AS page, i.id AS instance, r.run AS run, t.stream AS stream,"
	    " t.from_seq AS from_seq, t.to_seq AS to_seq, t.count AS count",
	    "store_loss t" RUN_JOIN, "t.n", NULL, "t.t_ns" },
};

/* Where the pages of boot, which go by the ring's number, may cross runs. */
static bool
pages_by_run(enum store_what w)
{
	return w == STORE_READ_BOOT || w == STORE_READ_INIT;
}

struct text {
	char s[3072];
	size_t n;
};

static void
add(struct text *t, const char *a, const char *b, const char *c)
{
	int n = snprintf(t->s + t->n, sizeof(t->s) - t->n, "%s%s%s", a, b, c);

	if (n > 0)
		t->n += (size_t)n;
	if (t->n >= sizeof(t->s))
		t->n = sizeof(t->s) - 1;
}

/*
 * The run is resolved to its key first, so that the index of (run, ...) is
 * used and the rows of others are never walked over. 0 with -1 as the key
 * when there is no such run: an empty answer.
 */
static int
find_run(sqlite3 *db, const struct store_filter *f, int64_t *ret_key)
{
	sqlite3_stmt *s;
	int rc = sqlite3_prepare_v2(db, "SELECT r.k FROM store_run r JOIN"
	    " store_instance i ON i.k = r.inst WHERE i.id = ?1 AND i.purge = 0"
	    " AND (?2 < 0 OR r.run = ?2) ORDER BY r.run DESC LIMIT 1", -1, &s,
	    NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(s, 1, f->instance, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, f->run);
	rc = sqlite3_step(s);
	*ret_key = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void
build(struct text *t, const struct store_filter *f, bool by_key)
{
	const struct list *l = &lists[f->what];
	const char *key = f->what == STORE_READ_RUN ? "r.k" : "t.run";

	t->n = 0;
	add(t, f->tail > 0 ? "SELECT * FROM (SELECT " : "SELECT ", l->cols, "");
	add(t, " FROM ", l->from, " WHERE ");
	add(t, f->what == STORE_READ_EVENT ? "i.purge IS NOT 1"
		: "i.purge = 0", "", "");
	if (by_key)
		add(t, " AND ", key, " = ?1");
	else if (f->instance != NULL)
		add(t, " AND i.id = ?2", "", "");
	if (f->what == STORE_READ_EVENT && f->run > 0)
		add(t, " AND t.run = ?8", "", "");
	if (f->token != NULL)
		add(t, " AND ", l->page, " > ?3");
	if (f->since > 0 && l->since != NULL)
		add(t, " AND ", l->since, " > ?4");
	if (f->from_ns != 0)
		add(t, " AND ", l->time, " >= ?5");
	if (f->to_ns != 0)
		add(t, " AND ", l->time, " < ?6");
	add(t, " ORDER BY ", l->page, f->tail > 0
		? " DESC LIMIT ?7) ORDER BY page" : "");
}

/* Page tokens of typed lists: kind of list, then the last number. */
static int
parse_token(const char *token, char kind, int64_t *ret)
{
	char *end;

	if (token[0] != kind || token[1] != '.' || token[2] < '0' ||
	    token[2] > '9')
		return -EINVAL;
	errno = 0;
	*ret = strtoll(token + 2, &end, 10);
	return errno != 0 || *end != 0 ? -EINVAL : 0;
}

static int64_t
fail_read(sqlite3 *db, int rc, char **ret_cause)
{
	if ((rc & 0xff) == SQLITE_INTERRUPT)
		return store_say(ret_cause, -ETIME, "the query took longer "
		    "than it may");
	if ((rc & 0xff) == SQLITE_AUTH)
		return store_say(ret_cause, -EACCES, "%s: only SELECT on the "
		    "views v_instance, v_run, v_boot, v_init, v_sched, v_gc, "
		    "v_log, v_event, v_loss is allowed", sqlite3_errmsg(db));
	if ((rc & 0xff) == SQLITE_ERROR || (rc & 0xff) == SQLITE_TOOBIG)
		return store_say(ret_cause, -EINVAL, "%s", sqlite3_errmsg(db));
	if ((rc & 0xff) == SQLITE_NOMEM)
		return store_say(ret_cause, -ENOMEM, "the query needs more "
		    "memory than it may");
	if ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_BUSY)
		return store_say(ret_cause, -EAGAIN, "store not ready: %s",
		    sqlite3_errmsg(db));
	return store_say(ret_cause, store_errno(rc), "%s", sqlite3_errmsg(db));
}

/* fn sees the promised columns only: the page number is taken off. */
struct cut {
	store_row_fn fn;
	void *arg;
};

static int
cut_first(void *arg, const struct store_row *row)
{
	struct cut *c = arg;
	struct store_row r = { row->ncol - 1, row->names + 1, row->values + 1 };

	return c->fn(c->arg, &r);
}

static int64_t
read_list(sqlite3 *db, const struct store_filter *f,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause)
{
	struct cut c = { fn, arg };
	int64_t key = -1, after = 0;
	bool by_key = f->instance != NULL && f->run != 0 &&
	    f->what != STORE_READ_INSTANCE && f->what != STORE_READ_EVENT;
	sqlite3_stmt *s = NULL;
	struct page p;
	struct text t;
	int rc;

	ret_token[0] = 0;
	if (f->token != NULL && parse_token(f->token, 'a' + (char)f->what,
	    &after) < 0)
		return store_say(ret_cause, -EINVAL, "page_token is none of "
		    "this list");
	if (pages_by_run(f->what) && !by_key)
		return store_say(ret_cause, -EINVAL, "one run is needed");
	page_init(&p, db, lim, cut_first, &c);
	p.key_col = 0;
	rc = by_key ? find_run(db, f, &key) : SQLITE_OK;
	build(&t, f, by_key);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, t.s, (int)t.n, &s, NULL);
	if (rc == SQLITE_OK) {
		/* a number that the text does not use is no error here */
		sqlite3_bind_int64(s, 1, key);
		sqlite3_bind_text(s, 2, f->instance, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 3, after);
		sqlite3_bind_int64(s, 4, f->since);
		sqlite3_bind_int64(s, 5, f->from_ns);
		sqlite3_bind_int64(s, 6, f->to_ns);
		sqlite3_bind_int64(s, 7, f->tail);
		sqlite3_bind_int64(s, 8, f->run);
		rc = run_page(&p, s, 0);
	}
	if (rc != SQLITE_OK)
		p.rows = fail_read(db, rc, ret_cause);
	else if (p.more && p.rows > 0)
		snprintf(ret_token, STORE_TOKEN_MAX, "%c.%lld",
		    'a' + (char)f->what, (long long)p.key);
	sqlite3_finalize(s);
	return p.rows;
}

int64_t
store_read(struct store_reader *r, const struct store_filter *f,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause)
{
	r->untrusted = false;
	return read_list(r->db, f, lim, fn, arg, ret_token, ret_cause);
}

int64_t
store_read_own(struct store *st, const struct store_filter *f,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause)
{
	return read_list(st->db, f, lim, fn, arg, ret_token, ret_cause);
}

/* ---- somebody's SQL ---- */

static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s != 0; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static bool
has_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	for (; *s != 0; s++)
		if (sqlite3_strnicmp(s, word, (int)n) == 0)
			return true;
	return false;
}

/* Is there something after the statement but blanks, remarks, semicolons? */
static int
tail_is_sql(sqlite3 *db, const char *tail)
{
	sqlite3_stmt *more = NULL;
	int rc;

	if (tail == NULL || *tail == 0)
		return 0;
	rc = sqlite3_prepare_v2(db, tail, -1, &more, NULL);
	sqlite3_finalize(more);
	return rc != SQLITE_OK || more != NULL;
}

static int
prepare_foreign(struct store_reader *r, const char *sql, sqlite3_stmt **ret,
    char **ret_cause)
{
	const char *tail;
	int rc, many;

	if (has_word(sql, "store_"))
		return store_say(ret_cause, -EACCES, "names with store_ in "
		    "them are gort's own: ask the views v_instance, v_run, "
		    "v_boot, v_init, v_sched, v_gc, v_log, v_event, v_loss");
	r->untrusted = true;
	r->denied = false;
	rc = sqlite3_prepare_v2(r->db, sql, -1, ret, &tail);
	many = rc == SQLITE_OK && tail_is_sql(r->db, tail);
	r->untrusted = false;
	if (rc != SQLITE_OK)
		return (int)fail_read(r->db, r->denied ? SQLITE_AUTH : rc,
		    ret_cause);
	if (*ret == NULL)
		return store_say(ret_cause, -EINVAL, "there is no statement");
	if (many)
		return store_say(ret_cause, -EINVAL, "one statement at a "
		    "time");
	if (!sqlite3_stmt_readonly(*ret) || sqlite3_column_count(*ret) == 0)
		return store_say(ret_cause, -EACCES, "only SELECT is allowed");
	if (sqlite3_bind_parameter_count(*ret) != 0)
		return store_say(ret_cause, -EINVAL, "parameters (?) have no "
		    "values here");
	return 0;
}

int64_t
store_query(struct store_reader *r, const char *sql, const char *token,
    const struct store_limits *lim, store_row_fn fn, void *arg,
    char *ret_token, char **ret_cause)
{
	struct store_row head = { 0 };
	sqlite3_stmt *s = NULL;
	unsigned h = 0;
	long long skip = 0;
	struct page p;
	char end;
	int rc;

	ret_token[0] = 0;
	if (token != NULL && (sscanf(token, "q.%8x.%lld%c", &h, &skip, &end) !=
	    2 || h != hash(sql) || skip < 0))
		return store_say(ret_cause, -EINVAL, "page_token is none of "
		    "this query");
	rc = prepare_foreign(r, sql, &s, ret_cause);
	if (rc < 0) {
		sqlite3_finalize(s);
		return rc;
	}
	page_init(&p, r->db, lim, fn, arg);
	head.ncol = sqlite3_column_count(s);
	for (int i = 0; i < head.ncol; i++)
		p.names[i] = sqlite3_column_name(s, i);
	head.names = p.names;
	fn(arg, &head);
	r->untrusted = true; /* in case SQLite prepares it again */
	rc = run_page(&p, s, skip);
	r->untrusted = false;
	if (rc != SQLITE_OK)
		p.rows = fail_read(r->db, rc, ret_cause);
	else if (p.more)
		snprintf(ret_token, STORE_TOKEN_MAX, "q.%08x.%lld", hash(sql),
		    skip + (long long)p.rows);
	sqlite3_finalize(s);
	return p.rows;
}

const struct store_value *
store_column(const struct store_row *row, const char *name)
{
	for (int i = 0; row->values != NULL && i < row->ncol; i++)
		if (strcmp(row->names[i], name) == 0)
			return &row->values[i];
	return NULL;
}
