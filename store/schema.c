/*
 * schema.c - what the file looks like, and how an older file becomes it.
 *
 * user_version counts the steps below. A step is SQL that takes a file from
 * the version before to its own; steps are never edited after a release, only
 * added. An older binary refuses a newer file. application_id tells our files
 * from others, so that a mistyped path does not destroy somebody's data.
 *
 * Tables are named store_*: the reader refuses any SQL in which that word
 * stands, beside what the authorizer does (read.c says why one of the two is
 * not enough). Rows of streams name their run by a small integer. `n` counts
 * arrivals: the oldest rows of a table are those with the smallest n, so that
 * deleting them empties whole pages. Where a number must never be used twice
 * (log lines, events, runs) AUTOINCREMENT keeps it across deletions.
 *
 * Rejected: WITHOUT ROWID tables keyed by (run, seq). They spread arrivals of
 * many runs over the whole tree, and retention would free no page.
 *
 * Views are the promise of docs; they hide instances that are being purged.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "store/store_impl.h"

static const char schema_1[] =
    "CREATE TABLE store_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE store_instance("
    "  k INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
    "  name TEXT, kind TEXT, program TEXT, state TEXT,"
    "  run INTEGER NOT NULL DEFAULT 0, created_ns INTEGER,"
    "  removed_ns INTEGER, restarts INTEGER NOT NULL DEFAULT 0,"
    "  purge INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX store_instance_purge ON store_instance(k) WHERE purge;"
    "CREATE TABLE store_run("
    "  k INTEGER PRIMARY KEY AUTOINCREMENT, inst INTEGER NOT NULL,"
    "  run INTEGER NOT NULL, pid INTEGER, uid INTEGER, started_ns INTEGER,"
    "  ready_ns INTEGER, ended_ns INTEGER, exit_code INTEGER,"
    "  signal INTEGER, reason TEXT, boot_id TEXT, program_hash TEXT,"
    "  gort_version TEXT, origin_ns INTEGER, UNIQUE(inst, run));"
    "CREATE TABLE store_cursor("
    "  run INTEGER, stream INTEGER, pos INTEGER NOT NULL,"
    "  seq INTEGER NOT NULL, PRIMARY KEY(run, stream)) WITHOUT ROWID;"
    "CREATE TABLE store_boot("
    "  n INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  t_ns INTEGER NOT NULL, ord INTEGER, depth INTEGER, step TEXT,"
    "  start_ns INTEGER, dur_ns INTEGER, detail TEXT);"
    "CREATE UNIQUE INDEX store_boot_run ON store_boot(run, seq);"
    "CREATE TABLE store_init("
    "  n INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  t_ns INTEGER NOT NULL, ord INTEGER, depth INTEGER, package TEXT,"
    "  start_ns INTEGER, dur_ns INTEGER, bytes INTEGER, allocs INTEGER);"
    "CREATE UNIQUE INDEX store_init_run ON store_init(run, seq);"
    "CREATE TABLE store_sched("
    "  n INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  t_ns INTEGER NOT NULL, gomaxprocs INTEGER, idleprocs INTEGER,"
    "  threads INTEGER, spinningthreads INTEGER, idlethreads INTEGER,"
    "  runqueue INTEGER, goroutines INTEGER, local_runqueues TEXT);"
    "CREATE UNIQUE INDEX store_sched_run ON store_sched(run, seq);"
    "CREATE TABLE store_gc("
    "  n INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  t_ns INTEGER NOT NULL, cycle INTEGER, cpu_pct REAL,"
    "  stw_sweep_ns INTEGER, mark_ns INTEGER, stw_mark_ns INTEGER,"
    "  assist_ns INTEGER, bg_ns INTEGER, idle_ns INTEGER,"
    "  stw_sweep_cpu_ns INTEGER, stw_mark_cpu_ns INTEGER,"
    "  heap_start INTEGER, heap_end INTEGER, heap_live INTEGER,"
    "  goal INTEGER, stacks INTEGER, globals INTEGER, procs INTEGER,"
    "  forced INTEGER);"
    "CREATE UNIQUE INDEX store_gc_run ON store_gc(run, seq);"
    "CREATE TABLE store_log("
    "  n INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL,"
    "  stream INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  t_ns INTEGER NOT NULL, off INTEGER, partial INTEGER, line);"
    "CREATE INDEX store_log_run ON store_log(run);"
    "CREATE TABLE store_event("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, t_ns INTEGER NOT NULL,"
    "  inst INTEGER NOT NULL, run INTEGER NOT NULL, type TEXT NOT NULL,"
    "  detail TEXT);"
    "CREATE UNIQUE INDEX store_event_once"
    "  ON store_event(inst, run, t_ns, type);"
    "CREATE TABLE store_loss("
    "  n INTEGER PRIMARY KEY, run INTEGER NOT NULL,"
    "  stream INTEGER NOT NULL, from_seq INTEGER, to_seq INTEGER,"
    "  count INTEGER, t_ns INTEGER NOT NULL);"
    "CREATE INDEX store_loss_run ON store_loss(run, stream);"

    "CREATE VIEW v_instance AS SELECT id, name, kind, program, state, run,"
    "  created_ns, removed_ns, restarts FROM store_instance"
    "  WHERE purge = 0;"
    "CREATE VIEW v_run AS SELECT i.id AS instance, r.run AS run, r.pid AS"
    "  pid, r.uid AS uid, r.started_ns AS started_ns, r.ready_ns AS ready_ns,"
    "  r.ended_ns AS ended_ns, r.exit_code AS exit_code, r.signal AS signal,"
    "  r.reason AS reason, r.boot_id AS boot_id, r.program_hash AS"
    "  program_hash, r.gort_version AS gort_version"
    "  FROM store_run r JOIN store_instance i ON i.k = r.inst"
    "  WHERE i.purge = 0;"
    "CREATE VIEW v_boot AS SELECT i.id AS instance, r.run AS run, b.ord AS"
    "  seq, b.depth AS depth, b.step AS step, b.start_ns AS start_ns,"
    "  b.dur_ns AS dur_ns, b.detail AS detail"
    "  FROM store_boot b JOIN store_run r ON r.k = b.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;"
    "CREATE VIEW v_init AS SELECT i.id AS instance, r.run AS run, b.ord AS"
    "  seq, b.package AS package, b.start_ns AS start_ns, b.dur_ns AS dur_ns,"
    "  b.bytes AS bytes, b.allocs AS allocs"
    "  FROM store_init b JOIN store_run r ON r.k = b.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;"
    "CREATE VIEW v_sched AS SELECT i.id AS instance, r.run AS run, s.seq AS"
    "  seq, s.t_ns AS t_ns, s.gomaxprocs AS gomaxprocs, s.idleprocs AS"
    "  idleprocs, s.threads AS threads, s.spinningthreads AS"
    "  spinningthreads, s.idlethreads AS idlethreads, s.runqueue AS runqueue,"
    "  s.local_runqueues AS local_runqueues"
    "  FROM store_sched s JOIN store_run r ON r.k = s.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;"
    "CREATE VIEW v_gc AS SELECT i.id AS instance, r.run AS run, g.seq AS seq,"
    "  g.cycle AS cycle, g.t_ns AS t_ns, g.cpu_pct AS cpu_pct,"
    "  g.stw_sweep_ns AS stw_sweep_ns, g.mark_ns AS mark_ns,"
    "  g.stw_mark_ns AS stw_mark_ns, g.assist_ns AS assist_ns,"
    "  g.bg_ns AS bg_ns, g.idle_ns AS idle_ns, g.heap_start AS heap_start,"
    "  g.heap_end AS heap_end, g.heap_live AS heap_live, g.goal AS goal,"
    "  g.stacks AS stacks, g.globals AS globals, g.procs AS procs,"
    "  g.forced AS forced"
    "  FROM store_gc g JOIN store_run r ON r.k = g.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;"
    "CREATE VIEW v_log AS SELECT i.id AS instance, r.run AS run, l.seq AS"
    "  seq, l.t_ns AS t_ns, CASE l.stream WHEN 1 THEN 'stdout' WHEN 2 THEN"
    "  'stderr' ELSE 'text' END AS stream, l.partial AS partial, l.line AS"
    "  line FROM store_log l JOIN store_run r ON r.k = l.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;"
    "CREATE VIEW v_event AS SELECT e.seq AS seq, e.t_ns AS t_ns, i.id AS"
    "  instance, nullif(e.run, 0) AS run, e.type AS type, e.detail AS detail"
    "  FROM store_event e LEFT JOIN store_instance i ON i.k = e.inst"
    "  WHERE i.purge IS NOT 1;"
    "CREATE VIEW v_loss AS SELECT i.id AS instance, r.run AS run,"
    "  CASE l.stream WHEN 1 THEN 'stdout' WHEN 2 THEN 'stderr' WHEN 3 THEN"
    "  'text' WHEN 4 THEN 'boot' WHEN 5 THEN 'life' WHEN 6 THEN 'sched'"
    "  ELSE 'gc' END AS stream, l.from_seq AS from_seq,"
    "  l.to_seq AS to_seq, l.count AS count"
    "  FROM store_loss l JOIN store_run r ON r.k = l.run"
    "  JOIN store_instance i ON i.k = r.inst WHERE i.purge = 0;";

static const char *const steps[] = {
	schema_1,
};
#define STORE_SCHEMA ((int64_t)(sizeof(steps) / sizeof(steps[0])))

const char *const store_views[] = { "v_instance", "v_run", "v_boot", "v_init",
	"v_sched", "v_gc", "v_log", "v_event", "v_loss", NULL };

/*
 * Whose file is it? Returns 0 with the version, or -errno with a sentence.
 * An empty file is version 0 of ours.
 */
int
store_identify(sqlite3 *db, const char *path, int64_t *ret_version, char **ret_cause)
{
	int64_t app = 0, version = 0, tables = 0;
	int rc, err = 0;

	/* one snapshot: another process may be making it just now */
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	rc = store_int(db, "PRAGMA application_id", &app);
	if (rc == SQLITE_OK)
		rc = store_int(db, "PRAGMA user_version", &version);
	if (rc == SQLITE_OK)
		rc = store_int(db, "SELECT count(*) FROM sqlite_schema",
		    &tables);
	if (rc == SQLITE_NOTADB)
		err = store_say(ret_cause, -EPROTO, "%s is not a database",
		    path);
	else if (rc != SQLITE_OK)
		err = store_say(ret_cause, store_errno(rc), "%s: %s", path,
		    sqlite3_errmsg(db));
	if (sqlite3_get_autocommit(db) == 0)
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (err < 0)
		return err;
	if (app != STORE_APPLICATION_ID && (app != 0 || tables != 0))
		return store_say(ret_cause, -EPROTO,
		    "%s is a database, but not one of gort's", path);
	if (version > STORE_SCHEMA)
		return store_say(ret_cause, -EPROTO,
		    "%s was written by a newer gort (store version %lld, this "
		    "one knows up to %lld): install that version again or move "
		    "the file away", path, (long long)version,
		    (long long)STORE_SCHEMA);
	*ret_version = version;
	return 0;
}

int
store_migrate(sqlite3 *db, const char *path, char **ret_cause)
{
	char sql[80];
	int64_t version;
	int rc, err;

	err = store_identify(db, path, &version, ret_cause);
	if (err < 0)
		return err;
	if (version == STORE_SCHEMA)
		return 0;
	rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	for (; rc == SQLITE_OK && version < STORE_SCHEMA; version++) {
		rc = sqlite3_exec(db, steps[version], NULL, NULL, NULL);
		if (rc != SQLITE_OK)
			break;
		snprintf(sql, sizeof(sql),
		    "PRAGMA user_version = %lld; PRAGMA application_id = %d",
		    (long long)version + 1, STORE_APPLICATION_ID);
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return 0;
	err = store_say(ret_cause, store_errno(rc), "%s: %s", path,
	    sqlite3_errmsg(db));
	if (sqlite3_get_autocommit(db) == 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

/* The reader's check: ours, and exactly the version it was written for. */
int
store_schema_check(sqlite3 *db, const char *path, char **ret_cause)
{
	int64_t version;
	int err = store_identify(db, path, &version, ret_cause);

	if (err < 0)
		return err;
	if (version < STORE_SCHEMA)
		return store_say(ret_cause, -EAGAIN,
		    "store not ready: the recorder has not brought %s to "
		    "version %lld yet", path, (long long)STORE_SCHEMA);
	return 0;
}
