/*
 * recorder_ring.c - the shared ring of a run: records into rows.
 *
 * The ring is an instance's word. Its memory is mapped only when the memfd is
 * sealed against changing its size (a hole or a shrunk file could end us with
 * SIGBUS), its layout is checked by ipc_ring_open, each record is a checked
 * copy. An instance that lies damages its own rows, and no more: times that
 * cannot be are replaced by now (retention goes by them), text is made UTF-8,
 * and a bucket of records per second keeps a ring that is written in a loop
 * from filling the database; what then goes by is overwritten in the ring,
 * and counted like any other gap.
 *
 * Polling. The interval halves while a visit finds a ring more than a quarter
 * full and doubles while visits find nothing, between 1 and 250 ms. Rejected:
 * a thread that waits on each futex (the recorder has one thread, on purpose);
 * the rings hold a second of the fastest collector, so polling is enough.
 *
 * What the cursors' seq holds here is the writer's own count of records that
 * it refused (the boot ring does not overwrite).
 */
#include "daemon/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

#define POLL_MIN_NS 1000000LL
#define POLL_MAX_NS 250000000LL
#define TEXT_RING (IPC_RING_TEXT_SLOTS * IPC_REC_PAYLOAD_MAX)
#define TEXT_MAX (512 * 1024) /* of one run; the writer refuses the rest */
#define RECORDS_PER_S 4000
#define RECORDS_BURST 16000
#define DAY_NS (86400 * 1000000000LL)

static const struct {
	uint32_t kind;
	enum store_stream id;
} kept[REC_KEPT] = { { IPC_RING_BOOT, STORE_BOOT },
	{ IPC_RING_LIFE, STORE_LIFE }, { IPC_RING_SCHED, STORE_SCHED },
	{ IPC_RING_GC, STORE_GC } };

/* ---- mapping ---- */

static int
map_ring(struct rec_ring *ring, int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat sb;

	if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
		return -EPERM;
	if (fstat(fd, &sb) < 0)
		return -errno;
	if (sb.st_size < (off_t)sizeof(struct ipc_ring_header) ||
	    sb.st_size > 1 << 30)
		return -EPROTO;
	ring->bytes = (size_t)sb.st_size;
	ring->base = mmap(NULL, ring->bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (ring->base == MAP_FAILED) {
		ring->base = NULL;
		return -errno;
	}
	return 0;
}

void
rec_ring_attach(struct rec_run *run, int fd)
{
	struct rec_ring *ring = &run->ring;
	int rc;

	ring->state = REC_RING_NONE;
	ring->text = (struct rec_cursor){ .at = -1, .id = STORE_TEXT };
	for (int i = 0; i < REC_KEPT; i++)
		ring->kept[i] = (struct rec_cursor){ .at = -1,
			.id = kept[i].id };
	if (fd < 0)
		return;
	rc = map_ring(ring, fd);
	close(fd);
	if (rc < 0) {
		log_warning("%s@%lld: no telemetry: its ring %s", run->id,
		    (long long)run->run, rc == -EPERM ? "is not sealed"
			: strerror(-rc));
		return;
	}
	ring->state = REC_RING_EMPTY;
	ring->interval_ns = POLL_MIN_NS;
	ring->next_ns = rec_mono_ns();
	ring->tokens = RECORDS_BURST;
	rec_wake_at(run->rec, ring->next_ns);
}

void
rec_ring_close(struct rec_ring *ring)
{
	if (ring->base != NULL)
		munmap(ring->base, ring->bytes);
	ring->base = NULL;
	ring->state = REC_RING_NONE;
	free(ring->text_buf);
	ring->text_buf = NULL;
}

/* Laid out meanwhile? Then find the rings. True: it can be read. */
static bool
open_view(struct rec_run *run)
{
	struct rec_ring *ring = &run->ring;
	int rc;

	if (ring->state != REC_RING_EMPTY)
		return ring->state == REC_RING_OPEN;
	rc = ipc_ring_open(ring->base, ring->bytes, &ring->view);
	if (rc == -EAGAIN)
		return false;
	if (rc < 0) {
		rec_event(run->rec, run, "telemetry_refused",
		    json_pack("{s:s}", "cause", rc == -ENOTSUP
			? "the program's ring is of a version that this gortd "
			  "does not know"
			: "the program's ring makes no sense"));
		ring->state = REC_RING_NONE;
		return false;
	}
	for (uint32_t i = 0; i < ring->view.nrings; i++) {
		for (int k = 0; k < REC_KEPT; k++)
			if (ring->view.rings[i].kind == kept[k].kind &&
			    ring->kept[k].at < 0)
				ring->kept[k].at = (int)i;
		if (ring->view.rings[i].kind == IPC_RING_TEXT &&
		    ring->text.at < 0)
			ring->text.at = (int)i;
	}
	ring->state = REC_RING_OPEN;
	return true;
}

/* ---- records ---- */

/* What to add to a record's time; a time that cannot be becomes now. */
static int64_t
offset_for(const struct rec_run *run, int64_t mono_ns)
{
	int64_t now = rec_mono_ns();

	if (mono_ns > now - 30 * DAY_NS && mono_ns < now + 1000000000)
		return run->rec->off_ns;
	return (int64_t)((uint64_t)(now + run->rec->off_ns) -
	    (uint64_t)mono_ns);
}

static int64_t
unix_of(const struct rec_run *run, int64_t mono_ns)
{
	return (int64_t)((uint64_t)mono_ns +
	    (uint64_t)offset_for(run, mono_ns));
}

static json_t *
item_for(const struct rec_run *run, const char *what, uint64_t seq)
{
	return json_pack("{s:s, s:s, s:I, s:I}", "what", what, "instance",
	    run->id, "run", (json_int_t)run->run, "seq", (json_int_t)seq);
}

static json_t *
cut_text(const char *p, size_t cap)
{
	bool escaped;

	return rec_text(p, strnlen(p, cap), &escaped);
}

/* As a replay has it: an open step has no duration. */
static json_t *
duration(int64_t ns)
{
	return ns < 0 ? json_null() : json_integer(ns);
}

/* What a step found: JSON as it is, text as {"found": text}. */
static json_t *
found(const char *p, size_t cap)
{
	size_t len = strnlen(p, cap);
	json_t *v = len > 0 ? json_loadb(p, len, JSON_DECODE_ANY, NULL)
			    : json_null();

	return v != NULL ? v : json_pack("{s:o}", "found", cut_text(p, cap));
}

static int
put_boot(struct rec_run *run, const struct ipc_rec_copy *c)
{
	struct ipc_rec_boot b;
	json_t *item;
	int rc;

	memcpy(&b, c->payload, sizeof(b));
	rc = store_put_boot(run->rec->st, run->key, c->seq,
	    offset_for(run, b.start_ns), &b);
	if (rc < 0 || !rec_wanted(run->rec, "boot", run->id, run->run))
		return rc;
	item = item_for(run, "boot", b.seq);
	json_object_update_new(item, json_pack(
	    "{s:s, s:I, s:o, s:I, s:o, s:o}", "kind", "step", "depth",
	    (json_int_t)b.depth, "step", cut_text(b.step, sizeof(b.step)),
	    "start_ns", (json_int_t)unix_of(run, b.start_ns), "dur_ns",
	    duration(b.dur_ns), "detail",
	    found(b.detail, sizeof(b.detail))));
	rec_live(run->rec, "boot", run->id, run->run, (int64_t)c->seq, item,
	    400);
	return 0;
}

static int
put_init(struct rec_run *run, const struct ipc_rec_copy *c)
{
	struct ipc_rec_init b;
	json_t *item;
	int rc;

	memcpy(&b, c->payload, sizeof(b));
	rc = store_put_init(run->rec->st, run->key, c->seq,
	    offset_for(run, b.start_ns), &b);
	if (rc < 0 || !rec_wanted(run->rec, "boot", run->id, run->run))
		return rc;
	item = item_for(run, "boot", b.seq);
	json_object_update_new(item, json_pack(
	    "{s:s, s:I, s:o, s:I, s:o, s:I, s:I}", "kind", "init", "depth",
	    (json_int_t)b.depth, "package",
	    cut_text(b.package, sizeof(b.package)), "start_ns",
	    (json_int_t)unix_of(run, b.start_ns), "dur_ns",
	    duration(b.dur_ns), "bytes", (json_int_t)b.bytes, "allocs",
	    (json_int_t)b.allocs));
	rec_live(run->rec, "boot", run->id, run->run, (int64_t)c->seq, item,
	    400);
	return 0;
}

static int
put_sched(struct rec_run *run, const struct ipc_rec_copy *c)
{
	int64_t t_ns = unix_of(run, c->t_ns);
	struct ipc_rec_sched b;
	json_t *item, *local;
	int rc;

	memcpy(&b, c->payload, sizeof(b));
	rc = store_put_sched(run->rec->st, run->key, c->seq, t_ns, &b);
	if (rc < 0 || !rec_wanted(run->rec, "sched", run->id, run->run))
		return rc;
	local = json_array();
	for (uint32_t i = 0; i < b.nlocal && i < IPC_SCHED_MAX_RUNQ; i++)
		json_array_append_new(local, json_integer(b.local[i]));
	item = item_for(run, "sched", c->seq);
	json_object_update_new(item, json_pack(
	    "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "t_ns",
	    (json_int_t)t_ns, "gomaxprocs", (json_int_t)b.gomaxprocs,
	    "idleprocs", (json_int_t)b.idleprocs, "threads",
	    (json_int_t)b.threads, "spinningthreads", (json_int_t)b.spinning,
	    "idlethreads", (json_int_t)b.idlethreads, "runqueue",
	    (json_int_t)b.runqueue, "goroutines", (json_int_t)b.goroutines,
	    "local_runqueues", local));
	rec_live(run->rec, "sched", run->id, run->run, (int64_t)c->seq, item,
	    300);
	return 0;
}

static json_t *
gc_item(struct rec_run *run, uint64_t seq, const struct ipc_rec_gc *g)
{
	json_t *item = item_for(run, "gc", seq);
	const struct {
		const char *name;
		int64_t v;
	} f[] = { { "cycle", g->cycle },
		{ "t_ns", unix_of(run, g->start_ns) },
		{ "stw_sweep_ns", g->stw_sweep_ns }, { "mark_ns", g->mark_ns },
		{ "stw_mark_ns", g->stw_mark_ns },
		{ "assist_ns", g->assist_ns }, { "bg_ns", g->bg_ns },
		{ "idle_ns", g->idle_ns },
		{ "heap_start", (int64_t)g->heap_start },
		{ "heap_end", (int64_t)g->heap_end },
		{ "heap_live", (int64_t)g->heap_live },
		{ "goal", (int64_t)g->goal }, { "stacks", (int64_t)g->stacks },
		{ "globals", (int64_t)g->globals }, { "procs", g->procs },
		{ "forced", g->forced },
		{ "stw_sweep_cpu_ns", g->stw_sweep_cpu_ns },
		{ "stw_mark_cpu_ns", g->stw_mark_cpu_ns } };

	for (size_t i = 0; i < sizeof(f) / sizeof(f[0]); i++)
		json_object_set_new(item, f[i].name, json_integer(f[i].v));
	json_object_set_new(item, "cpu_pct",
	    json_real(g->cpu_permille / 10.0));
	return item;
}

static int
put_gc(struct rec_run *run, const struct ipc_rec_copy *c)
{
	struct ipc_rec_gc g;
	int rc;

	memcpy(&g, c->payload, sizeof(g));
	rc = store_put_gc(run->rec->st, run->key, c->seq,
	    offset_for(run, g.start_ns), &g);
	if (rc < 0)
		return rc;
	run->pauses[run->npauses++ % REC_PAUSES] =
	    (int64_t)((uint64_t)g.stw_sweep_ns + (uint64_t)g.stw_mark_ns);
	if (rec_wanted(run->rec, "gc", run->id, run->run))
		rec_live(run->rec, "gc", run->id, run->run, (int64_t)c->seq,
		    gc_item(run, c->seq, &g), 600);
	return 0;
}

static int
put_start(struct rec_run *run, const struct ipc_rec_copy *c)
{
	struct store_run row = { .instance = run->id, .run = run->run,
		.pid = STORE_UNSET, .uid = STORE_UNSET,
		.started_ns = STORE_UNSET, .ended_ns = STORE_UNSET,
		.exit_code = STORE_UNSET, .signal = STORE_UNSET,
		.gort_version = run->ring.view.version };

	run->ready_ns = unix_of(run, c->t_ns);
	row.ready_ns = run->ready_ns;
	row.origin_ns = unix_of(run, run->ring.view.start_mono_ns);
	if (!store_is_text(row.gort_version, strlen(row.gort_version)))
		row.gort_version = NULL;
	rec_send_ready(run);
	return store_put_run(run->rec->st, &row);
}

/* An event out of the ring: as long as the record is read again after a
 * failed batch, its time makes it the same event. */
static int
put_event(struct rec_run *run, const struct ipc_rec_copy *c, const char *type,
    json_t *detail)
{
	char *text = json_dumps(detail, JSON_COMPACT);
	int64_t t_ns = unix_of(run, c->t_ns), n;
	json_t *item;

	if (text == NULL) {
		json_decref(detail);
		return -ENOMEM;
	}
	n = store_put_event(run->rec->st, t_ns, run->id, run->run, type, text);
	free(text);
	if (n <= 0) {
		json_decref(detail);
		return (int)n;
	}
	item = json_pack("{s:s, s:I, s:I, s:s, s:I, s:s, s:o}", "what",
	    "event", "seq", (json_int_t)n, "t_ns", (json_int_t)t_ns,
	    "instance", run->id, "run", (json_int_t)run->run, "type", type,
	    "detail", detail);
	rec_live(run->rec, "event", run->id, run->run, n, item, 400);
	return 0;
}

static int
put_words(struct rec_run *run, const struct ipc_rec_copy *c, const char *type)
{
	size_t len = c->len < sizeof(struct ipc_rec_text) ? c->len
	    : sizeof(struct ipc_rec_text);
	json_t *text;
	bool escaped;

	while (len > 0 && (c->payload[len - 1] == 0 ||
	    c->payload[len - 1] == '\n'))
		len--;
	text = rec_text(c->payload, len, &escaped);
	snprintf(run->last_words, sizeof(run->last_words), "%s",
	    json_string_value(text) != NULL ? json_string_value(text) : "");
	if (!store_is_text(run->last_words, strlen(run->last_words)))
		run->last_words[0] = 0; /* cut inside a character */
	return put_event(run, c, type, json_pack("{s:o}", "text", text));
}

static int
put_exit(struct rec_run *run, const struct ipc_rec_copy *c)
{
	struct ipc_rec_exit e;

	memcpy(&e, c->payload, sizeof(e));
	return put_event(run, c, "exiting", json_pack("{s:i, s:i, s:o}",
	    "code", e.code, "signal", e.signal, "reason",
	    cut_text(e.reason, sizeof(e.reason))));
}

/* 0 or -errno. Types that we do not know are from a later minor version. */
static int
put_record(struct rec_run *run, const struct ipc_rec_copy *c)
{
	switch (c->type) {
	case IPC_REC_BOOT_STEP:
		return put_boot(run, c);
	case IPC_REC_INIT:
		return put_init(run, c);
	case IPC_REC_START:
		return put_start(run, c);
	case IPC_REC_PANIC:
		return put_words(run, c, "panic");
	case IPC_REC_FATAL:
		return put_words(run, c, "fatal");
	case IPC_REC_EXIT:
		return put_exit(run, c);
	case IPC_REC_SCHED:
		return put_sched(run, c);
	case IPC_REC_GC:
		return put_gc(run, c);
	default:
		return 0;
	}
}

/* ---- reading ---- */

static int
put_gap(struct rec_run *run, struct rec_cursor *k, uint64_t from, uint64_t to,
    uint64_t lost)
{
	if (lost == 0)
		return 0;
	run->lost += lost;
	return store_put_loss(run->rec->st, run->key, k->id, from,
	    to < from ? from : to, lost);
}

/* What the writer refused, because its ring was full, has no number. */
static int
put_refused(struct rec_run *run, struct rec_cursor *k)
{
	const struct ipc_ring_desc *d = &run->ring.view.rings[k->at];
	const struct ipc_ring_ctl *ctl = (const void *)((const char *)
	    run->ring.base + d->off);
	uint64_t dropped = atomic_load_explicit(
	    (_Atomic uint64_t *)&ctl->dropped, memory_order_relaxed);
	uint64_t n = dropped - k->dropped;
	int rc;

	if (dropped <= k->dropped || dropped > INT64_MAX)
		return 0;
	rc = put_gap(run, k, (uint64_t)d->nslots + k->dropped + 1,
	    (uint64_t)d->nslots + dropped, n);
	if (rc == 0)
		k->dropped = dropped;
	run->dirty = true;
	return rc;
}

/* Up to max records of one ring. Count or -errno. */
static int
read_ring(struct rec_run *run, struct rec_cursor *k, bool dead, int max)
{
	struct ipc_rec_copy c;
	int n, rc = 0, got = 1;

	for (n = 0; n < max && got == 1 && rc == 0; n++) {
		uint64_t before = k->pos, lost = 0;

		got = ipc_ring_next(&run->ring.view, (uint32_t)k->at, dead,
		    &k->pos, &c, &lost);
		if (k->pos != before)
			run->dirty = true;
		rc = put_gap(run, k, before + 1,
		    got == 1 ? c.seq - 1 : k->pos, lost);
		if (rc == 0 && got == 1)
			rc = put_record(run, &c);
	}
	if (rc == 0)
		rc = put_refused(run, k);
	return rc < 0 ? rc : got == 1 ? n : n - 1;
}

/* The bucket of records: false when it is empty. */
static bool
may_read(struct rec_ring *ring, int64_t now)
{
	int64_t ms = (now - ring->tokens_ns) / 1000000;

	if (ms > 0) {
		if (ms > 10000)
			ms = 10000;
		ring->tokens += ms * RECORDS_PER_S / 1000;
		if (ring->tokens > RECORDS_BURST)
			ring->tokens = RECORDS_BURST;
		ring->tokens_ns = now;
	}
	return ring->tokens > 0;
}

static void
next_visit(struct rec_run *run, int got, bool crowded)
{
	struct rec_ring *ring = &run->ring;
	int64_t i = ring->interval_ns;

	if (crowded)
		i /= 2;
	else if (got == 0)
		i *= 2;
	if (i < POLL_MIN_NS)
		i = POLL_MIN_NS;
	if (i > POLL_MAX_NS)
		i = POLL_MAX_NS;
	ring->interval_ns = i;
	ring->next_ns = rec_mono_ns() + i;
}

/* ---- the last text ---- */

/*
 * Take what the text ring has and tell the writer so, which refuses text that
 * has no room: a dump may be longer than its ring. The bytes wait here, since
 * only the end of the run says whether standard error carried them, too; a
 * recorder that dies meanwhile finds the last ones in the ring, and the
 * numbers of those that it can't have. Returns records taken.
 */
static int
take_text(struct rec_run *run, bool dead)
{
	struct rec_ring *ring = &run->ring;
	const struct ipc_ring_desc *d;
	struct ipc_rec_copy c;
	int n = 0;

	if (ring->text.at < 0 || ring->text_len + TEXT_RING > TEXT_MAX)
		return 0;
	while (n < IPC_RING_TEXT_SLOTS && ipc_ring_next(&ring->view,
	    (uint32_t)ring->text.at, dead, &ring->text_pos, &c,
	    &ring->text_lost) == 1) {
		if (ring->text_buf == NULL)
			ring->text_buf = malloc(TEXT_MAX);
		if (ring->text_buf == NULL)
			break;
		memcpy(ring->text_buf + ring->text_len, c.payload, c.len);
		ring->text_len += c.len;
		n++;
	}
	d = &ring->view.rings[ring->text.at];
	if (n > 0)
		ipc_ring_set_cursor(ring->base, d, ring->text_pos);
	return n;
}

/* Lines of text into the batch. 0, 1: standard error had them, or -errno. */
static int
put_text(struct rec_run *run, const char *text, size_t n)
{
	struct store *st = run->rec->st;
	uint64_t seq = 0;
	size_t at = 0;
	int rc = 0;

	while (at < n && rc >= 0) {
		size_t room = n - at < STORE_LINE_MAX ? n - at : STORE_LINE_MAX;
		char *nl = memchr(text + at, '\n', room);
		struct store_line l = { rec_real_ns(run->rec), ++seq, at,
			nl == NULL, text + at,
			nl == NULL ? room : (size_t)(nl - text) - at };

		if (at == 0 && l.len > 0) {
			rc = store_has_line(st, run->key, STORE_STDERR,
			    l.bytes, l.len);
			if (rc == 1)
				return 1;
		}
		if (rc >= 0)
			rc = (int)store_put_line(st, run->key, STORE_TEXT, &l);
		at += l.len + (nl != NULL);
	}
	return rc < 0 ? rc : 0;
}

/*
 * Panic text goes to standard error, as Go's does, and into the text ring in
 * case that is closed. What the pipe delivered is not stored twice: the ring's
 * copy is kept only when its first line is no line of standard error, and only
 * then is it a loss that the ring was too small.
 */
void
rec_ring_text(struct rec_run *run)
{
	struct rec_ring *ring = &run->ring;
	struct rec_cursor *k = &ring->text;
	uint64_t from = k->pos + 1;
	int rc;

	if (ring->state != REC_RING_OPEN || k->at < 0 || run->key == 0)
		return;
	while (take_text(run, true) > 0)
		continue;
	if (ring->text_pos <= k->pos)
		return;
	k->pos = ring->text_pos;
	run->dirty = true;
	rec_touch(run->rec);
	rc = put_text(run, ring->text_buf, ring->text_len);
	if (rc == 0 && ring->text_lost > 0)
		rc = put_gap(run, k, from, from + ring->text_lost - 1,
		    ring->text_lost);
	if (rc == 0)
		rc = put_refused(run, k);
	if (rc < 0)
		rec_failed(run->rec, rc);
}

/* ---- a visit ---- */

bool
rec_ring_read(struct rec_run *run, bool dead)
{
	struct rec_ring *ring = &run->ring;
	struct rec *r = run->rec;
	int64_t now = rec_mono_ns();
	bool crowded = false, more = false;
	int all = 0, n;

	if (ring->state == REC_RING_NONE)
		return false;
	if (!rec_store(r) || !open_view(run) ||
	    (!dead && !may_read(ring, now))) {
		next_visit(run, 0, false);
		return false;
	}
	if (run->key == 0 && rec_load(run) < 0)
		return false;
	for (int i = 0; i < REC_KEPT; i++) {
		struct rec_cursor *k = &ring->kept[i];

		if (k->at < 0)
			continue;
		n = read_ring(run, k, dead, REC_RING_RECORDS);
		if (n < 0) {
			rec_failed(r, n);
			return false;
		}
		all += n;
		more |= n == REC_RING_RECORDS;
		crowded |= (uint32_t)n * 4 > ring->view.rings[k->at].nslots;
	}
	n = take_text(run, dead);
	crowded |= n * 4 > IPC_RING_TEXT_SLOTS;
	all += n;
	ring->tokens -= all;
	if (run->dirty)
		rec_touch(r);
	next_visit(run, all, crowded);
	return more;
}

/* ---- counters, for /metrics ---- */

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Five points of the last pauses: min, quartiles, max. */
static json_t *
pause_points(const struct rec_run *run)
{
	int64_t p[REC_PAUSES];
	uint32_t n = run->npauses < REC_PAUSES ? run->npauses : REC_PAUSES;
	json_t *a = json_array();

	memcpy(p, run->pauses, n * sizeof(p[0]));
	qsort(p, n, sizeof(p[0]), by_size);
	for (uint32_t i = 0; n > 0 && i < 5; i++)
		json_array_append_new(a,
		    json_integer(p[(uint64_t)(n - 1) * i / 4]));
	return a;
}

static json_t *
counters_of(struct rec_run *run)
{
	struct ipc_counters c;
	json_t *v, *item;

	if (run->ring.state == REC_RING_EMPTY)
		open_view(run);
	if (run->ring.state != REC_RING_OPEN ||
	    ipc_counters_get(&run->ring.view, &c) < 0)
		return NULL;
	v = json_object();
#define X(name) json_object_set_new(v, #name, json_integer((json_int_t)c.name));
	IPC_COUNTERS(X)
#undef X
	item = json_pack("{s:s, s:I, s:i, s:I, s:o, s:o, s:I, s:I, s:I}",
	    "instance", run->id, "run", (json_int_t)run->run, "pid",
	    (int)run->ring.view.pid, "start_ns",
	    (json_int_t)unix_of(run, run->ring.view.start_mono_ns), "values",
	    v, "pauses_ns", pause_points(run), "pause_count",
	    (json_int_t)c.num_gc, "pause_sum_ns",
	    (json_int_t)c.pause_total_ns, "lost", (json_int_t)run->lost);
	if (item == NULL)
		return NULL;
	json_object_set_new(item, "t_ns",
	    json_integer(unix_of(run, c.t_ns)));
	if (run->name != NULL)
		json_object_set_new(item, "name", json_string(run->name));
	if (run->kind != NULL)
		json_object_set_new(item, "kind", json_string(run->kind));
	return item;
}

void
rec_counters(struct rec *r, enum role_id from, json_t *msg)
{
	const char *id = json_string_value(json_object_get(msg, "instance"));
	json_t *items = json_array(), *item;
	struct rec_run *run;

	TAILQ_FOREACH(run, &r->runs, link) {
		if ((id != NULL && strcmp(id, run->id) != 0) ||
		    (id == NULL && run->detached))
			continue;
		item = counters_of(run);
		if (item != NULL)
			json_array_append_new(items, item);
		if (json_array_size(items) < 64)
			continue;
		role_send(r->role, from, json_pack("{s:s, s:O?, s:o, s:b}",
		    "m", "countersare", "rid", json_object_get(msg, "rid"),
		    "items", items, "more", 1), NULL, 0);
		items = json_array();
	}
	role_send(r->role, from, json_pack("{s:s, s:O?, s:o, s:b}", "m",
	    "countersare", "rid", json_object_get(msg, "rid"), "items", items,
	    "more", 0), NULL, 0);
}
