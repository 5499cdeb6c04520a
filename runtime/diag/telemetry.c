/*
 * telemetry.c - writes the ring: what gortd knows of us without asking.
 *
 * The ring's descriptor is inherited (GORT_RING_FD). It is believed only when
 * it can do no harm: a memfd sealed against any change of size (so that an
 * access never faults), with the right magic, not laid out by anybody before
 * (a child that inherited the descriptor by accident must not write into its
 * parent's ring). Everything else means: no telemetry, and not a word about it,
 * for a program must run the same with and without gortd.
 *
 * Writers are all threads, at any place, also in signal handlers and while the
 * process dies: ipc_ring_put takes no lock and no system call (but the wake-up
 * of a reader that asked for it). The counter page has one writer at a time:
 * whoever gets counters_busy; the other simply leaves.
 *
 * fork. The child shares nothing of the ring: the mapping is not inherited
 * (MADV_DONTFORK), and a handler that pthread_atfork runs turns telemetry off
 * first, so that nobody touches the hole.
 *
 * Dying. The text of the report is gathered to whole slots (the print lock
 * guards the buffer) and flushed at the end; the exit record is written once,
 * by whoever comes first.
 */
#include "config.h"

#include "diag/diag.h"

#include "boot/boot.h"
#include "boot/note.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "ipc/ring.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/stall.h"
#include "sched/time.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void *ring;      /* const once `on` is set */
static _Atomic bool on; /* pairs: release in init, acquire in put */
static size_t ring_bytes;
static const struct ipc_ring_desc *desc[IPC_RING_EVENT]; /* kept rings */
static _Atomic bool counters_busy;
static uint64_t counters_gen; /* counters_busy */
static _Atomic bool exit_written;
static struct { /* print lock */
	char buf[sizeof(struct ipc_rec_text)];
	size_t n;
} text;

/* ---- coming up ---- */

static int
fd_from_env(const char *name)
{
	const char *s = getenv(name);
	char *end;
	long v;

	if (s == NULL || *s == '\0')
		return -1;
	errno = 0;
	v = strtol(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < 3 || v > 1 << 20)
		return -1;
	return (int)v;
}

/* A mapping that can't shrink under us, or NULL. */
static void *
map_ring(int fd, size_t *ret_bytes)
{
	const int need = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	void *p;

	if (seals < 0 || (seals & need) != need || fstat(fd, &st) != 0)
		return NULL;
	if (st.st_size < IPC_RING_BYTES || st.st_size > INT32_MAX)
		return NULL;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (p == MAP_FAILED)
		return NULL;
	*ret_bytes = (size_t)st.st_size;
	return p;
}

static bool
lay_out(void *p, size_t bytes)
{
	const struct ipc_ring_header *h = p;
	int64_t start = rt_runtime_init_time_ns();

	if (h->magic != IPC_RING_MAGIC || h->pid != 0 ||
	    atomic_load(&h->ready) != 0)
		return false; /* not a ring, or another process's */
	return ipc_ring_layout(p, bytes, getpid(), start, RT_GORT_VERSION) == 0;
}

void
rt_telemetry_init(void)
{
	int fd = fd_from_env("GORT_RING_FD");
	size_t bytes;
	void *p;

	if (fd < 0 || ring != NULL)
		return;
	p = map_ring(fd, &bytes);
	if (p == NULL)
		return;
	close(fd); /* the mapping is enough; children get nothing */
	if (!lay_out(p, bytes)) {
		munmap(p, bytes);
		return;
	}
	madvise(p, bytes, MADV_DONTFORK);
	pthread_atfork(NULL, NULL, rt_telemetry_fork_child);
	for (uint32_t k = IPC_RING_BOOT; k < IPC_RING_EVENT; k++)
		desc[k] = ipc_ring_desc(p, k, 0);
	ring = p;
	ring_bytes = bytes;
	atomic_store_explicit(&on, true, memory_order_release);
}

bool
rt_telemetry_on(void)
{
	return atomic_load_explicit(&on, memory_order_acquire);
}

void
rt_telemetry_fork_child(void)
{
	atomic_store(&on, false);
}

const uint8_t *
rt_telemetry_nonce(void)
{
	const struct ipc_ring_header *h = ring;

	return rt_telemetry_on() ? h->nonce : NULL;
}

/* ---- records ---- */

static uint32_t
who(void)
{
	struct g *gp = rt_getg();
	struct p *pp = gp == NULL || gp->m == NULL ? NULL : gp->m->p;

	return pp == NULL ? ~(uint32_t)0 : (uint32_t)pp->id;
}

static void
put(uint32_t kind, uint16_t type, const void *payload, size_t len)
{
	if (rt_telemetry_on())
		ipc_ring_put(ring, desc[kind], type, who(), rt_nanotime(),
		    payload, (uint16_t)len);
}

static void
copy_name(char *dst, size_t cap, const char *src)
{
	size_t n = strnlen(src, cap - 1);

	memcpy(dst, src, n);
	memset(dst + n, 0, cap - n);
}

void
rt_telemetry_boot(const struct rt_boot_step *s)
{
	struct ipc_rec_boot r = {
		.seq = s->seq,
		.depth = s->depth,
		.start_ns = s->start_ns,
		.dur_ns = s->dur_ns,
	};

	copy_name(r.step, sizeof(r.step), s->name);
	copy_name(r.detail, sizeof(r.detail), s->detail);
	put(IPC_RING_BOOT, IPC_REC_BOOT_STEP, &r, sizeof(r));
}

void
rt_telemetry_init_task(const char *package, uint32_t seq, uint32_t depth,
    int64_t start_ns, int64_t dur_ns, uint64_t bytes, uint64_t allocs)
{
	struct ipc_rec_init r = {
		.seq = seq,
		.depth = depth,
		.start_ns = start_ns,
		.dur_ns = dur_ns,
		.bytes = bytes,
		.allocs = allocs,
	};

	copy_name(r.package, sizeof(r.package), package);
	put(IPC_RING_BOOT, IPC_REC_INIT, &r, sizeof(r));
}

void
rt_telemetry_gc_record(const struct rt_gc_cycle *c, struct ipc_rec_gc *r)
{
	*r = (struct ipc_rec_gc){
		.cycle = c->cycle,
		.procs = c->procs,
		.forced = c->forced,
		.cpu_permille = c->cpu_permille,
		.start_ns = c->start_ns,
		.stw_sweep_ns = c->stw_sweep_ns,
		.mark_ns = c->mark_ns,
		.stw_mark_ns = c->stw_mark_ns,
		.assist_ns = c->assist_ns,
		.bg_ns = c->bg_ns,
		.idle_ns = c->idle_ns,
		.stw_sweep_cpu_ns = c->stw_sweep_cpu_ns,
		.stw_mark_cpu_ns = c->stw_mark_cpu_ns,
		.heap_start = c->heap_start,
		.heap_end = c->heap_end,
		.heap_live = c->heap_live,
		.goal = c->goal,
		.stacks = c->stacks,
		.globals = c->globals,
	};
}

void
rt_telemetry_gc(const struct rt_gc_cycle *c)
{
	struct ipc_rec_gc r;

	rt_telemetry_gc_record(c, &r);
	put(IPC_RING_GC, IPC_REC_GC, &r, sizeof(r));
}

void
rt_telemetry_start(void)
{
	put(IPC_RING_LIFE, IPC_REC_START, NULL, 0);
}

void
rt_telemetry_panic(const char *line, bool fatal)
{
	size_t n = strnlen(line, sizeof(struct ipc_rec_text));

	put(IPC_RING_LIFE, fatal ? IPC_REC_FATAL : IPC_REC_PANIC, line, n);
}

static void
flush_text(void)
{
	if (text.n > 0)
		put(IPC_RING_TEXT, IPC_REC_TEXT, text.buf, text.n);
	text.n = 0;
}

void
rt_telemetry_text(const char *bytes, size_t n)
{
	if (!rt_telemetry_on())
		return;
	while (n > 0) {
		size_t k = sizeof(text.buf) - text.n;

		if (k > n)
			k = n;
		memcpy(text.buf + text.n, bytes, k);
		text.n += k;
		bytes += k;
		n -= k;
		if (text.n == sizeof(text.buf))
			flush_text();
	}
}

/* ---- samples ---- */

static uint64_t
dropped_records(void)
{
	uint64_t n = 0;

	for (uint32_t k = IPC_RING_BOOT; k < IPC_RING_EVENT; k++) {
		struct ipc_ring_ctl *ctl = ipc_ring_find(ring, k, 0);

		n += atomic_load_explicit(&ctl->dropped, memory_order_relaxed);
	}
	return n;
}

_Static_assert(IPC_SCHED_LATENCY_N == RT_STALL_BUCKETS, "one histogram");

static void
count_stall(struct ipc_counters *c)
{
	struct rt_stall_sums s;

	rt_stall_read(&s);
	c->stall_ns = (uint64_t)s.ns;
	memcpy((char *)c + offsetof(struct ipc_counters, sched_lat_0), s.n,
	    sizeof(s.n));
}

/* Sums over the Ps; each word is its owner's, a little old here. */
static void
count_ps(struct ipc_counters *c)
{
	for (int32_t i = 0; i < rt_gomaxprocs; i++) {
		const struct p *pp = rt_allp[i];

		if (pp == NULL)
			continue;
		c->goroutines_created += pp->nspawn;
		c->syscalls += atomic_load(&pp->syscalltick);
		c->steals += pp->nsteal;
		c->parks += pp->npark;
		c->preempts += pp->npreempt;
	}
}

static void
count_memory(struct ipc_counters *c)
{
	struct rt_memstats m;

	rt_memstats_snapshot(&m);
	c->alloc_bytes = m.alloc;
	c->total_alloc_bytes = m.total_alloc;
	c->sys_bytes = m.sys;
	c->mallocs = m.mallocs;
	c->frees = m.frees;
	c->heap_sys_bytes = m.heap_sys;
	c->heap_idle_bytes = m.heap_idle;
	c->heap_inuse_bytes = m.heap_inuse;
	c->heap_released_bytes = m.heap_released;
	c->heap_objects = m.heap_objects;
	c->stack_inuse_bytes = m.stack_inuse;
	c->stack_sys_bytes = m.stack_sys;
	c->mspan_inuse_bytes = m.mspan_inuse;
	c->mspan_sys_bytes = m.mspan_sys;
	c->mcache_inuse_bytes = m.mcache_inuse;
	c->mcache_sys_bytes = m.mcache_sys;
	c->buck_hash_sys_bytes = m.buck_hash_sys;
	c->gc_sys_bytes = m.gc_sys;
	c->other_sys_bytes = m.other_sys;
	c->next_gc_bytes = m.next_gc;
	c->last_gc_unix_ns = m.last_gc_unix_ns;
	c->pause_total_ns = m.pause_total_ns;
	c->num_gc = m.num_gc;
	c->num_forced_gc = m.num_forced_gc;
	c->gc_cpu_permille = m.gc_cpu_permille;
}

static void
count_all(struct ipc_counters *c, const struct rt_sched_snapshot *s)
{
	memset(c, 0, sizeof(*c));
	c->t_ns = rt_nanotime();
	c->goroutines = (uint64_t)rt_gcount();
	c->threads = (uint64_t)s->threads;
	c->threads_created = (uint64_t)s->threads_created;
	c->gomaxprocs = (uint64_t)s->gomaxprocs;
	c->idleprocs = (uint64_t)s->idleprocs;
	c->runqueue = (uint64_t)s->runqueue;
	for (uint32_t i = 0; i < s->nlocal; i++)
		c->runqueue += s->local[i];
	count_ps(c);
	count_stall(c);
	count_memory(c);
	c->gogc_percent = (uint64_t)(int64_t)rt_gc_percent();
	c->gomemlimit_bytes = (uint64_t)rt_gc_memlimit_set(-1);
	c->timers = rt_timers_count();
	c->pollfds = rt_netpoll_fds();
	c->telemetry_dropped = rt_telemetry_on() ? dropped_records() : 0;
}

void
rt_telemetry_counters(struct ipc_counters *ret)
{
	struct rt_sched_snapshot s;

	rt_sched_snapshot(&s);
	count_all(ret, &s);
}

static void
publish_counters(struct ipc_counters *c)
{
	if (atomic_exchange(&counters_busy, true))
		return; /* somebody publishes right now: as new as ours */
	c->gen = ++counters_gen;
	ipc_counters_put(ring, c);
	atomic_store(&counters_busy, false);
}

void
rt_telemetry_sched_sample(void)
{
	struct rt_sched_snapshot s;
	struct ipc_counters c;
	struct ipc_rec_sched r;

	if (!rt_telemetry_on())
		return;
	rt_sched_snapshot(&s);
	count_all(&c, &s);
	publish_counters(&c);
	r = (struct ipc_rec_sched){
		.gomaxprocs = (uint32_t)s.gomaxprocs,
		.idleprocs = (uint32_t)s.idleprocs,
		.threads = (uint32_t)s.threads,
		.spinning = (uint32_t)s.spinning,
		.idlethreads = (uint32_t)s.idlethreads,
		.runqueue = (uint32_t)s.runqueue,
		.goroutines = (uint32_t)c.goroutines,
		.nlocal = s.nlocal,
	};
	if (r.nlocal > IPC_SCHED_MAX_RUNQ)
		r.nlocal = IPC_SCHED_MAX_RUNQ;
	for (uint32_t i = 0; i < r.nlocal; i++)
		r.local[i] = (uint16_t)s.local[i];
	put(IPC_RING_SCHED, IPC_REC_SCHED, &r, sizeof(r));
}

/* ---- the end ---- */

void
rt_telemetry_exit(int32_t code, int32_t sig, const char *reason)
{
	struct ipc_rec_exit r = { .code = code, .signal = sig };

	if (!rt_telemetry_on() || atomic_exchange(&exit_written, true))
		return;
	flush_text();
	copy_name(r.reason, sizeof(r.reason), reason);
	put(IPC_RING_LIFE, IPC_REC_EXIT, &r, sizeof(r));
}
