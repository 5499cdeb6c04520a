/*
 * ring.h - the shared ring: how an instance tells gortd what its runtime does.
 *
 * One memfd per run. gortd creates it, sizes it, writes the identity part of
 * the header (magic, size, nonce, boot id, clocks) and seals it against
 * shrinking, growing and further seals, so that a hostile instance can damage
 * its own numbers but never make a reader fault. The program then lays the
 * rest out in the ring ABI *it was linked with* (statically linked programs
 * outlive daemons) and stores `ready`. The reader keeps a table of all past
 * ABIs; one it does not know is hosted without telemetry, and says so.
 *
 * What is in it:
 *
 *   page 0   struct ipc_ring_header: identity, ring table
 *   page 1   struct ipc_counter_page: two slots and an index
 *   then     rings, each a struct ipc_ring_ctl followed by equal slots
 *
 * Writing is lock-free and makes no system call: claim a number by fetch-add
 * on `head`, clear the slot's commit word, fill, store the commit word. The
 * commit word holds the low half of the claimed number and a hash of the
 * record, so that a record torn by SIGKILL, by a signal handler on the same
 * thread, or by a writer that was lapped is seen as a hole and not believed.
 *
 * Reading: copy the slot, then check the copy (commit number, length, hash).
 * A hole older than the ring's head by more than IPC_RING_GRACE slots, or in a
 * ring whose writer is dead, is skipped and counted. No gap is ever silent:
 * sequence numbers are the claimed numbers (from 1), so the reader knows
 * exactly how many records it did not see, and writes that to the loss ledger.
 *
 * The reader finds new records by polling at an adaptive interval; a writer
 * that fills a ring past half while `want_wake` is set wakes the futex
 * `wake_seq` in the header once.
 *
 * libc only; included by both sides. Numbers are host-endian: both sides are
 * on one machine by construction. Times are CLOCK_MONOTONIC nanoseconds.
 */
#ifndef IPC_RING_H
#define IPC_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPC_RING_MAGIC 0x31474e4954524f47ULL /* "GORTING1" */
#define IPC_RING_ABI 1
#define IPC_RING_PAGE_BYTES 4096
#define IPC_RING_MAX_RINGS 24
#define IPC_RING_SLOT_BYTES 256 /* kept rings */
#define IPC_RING_EVENT_BYTES 64 /* execution-event rings */
#define IPC_RING_GRACE 8        /* slots an unfinished claim may lag */
#define IPC_RING_MAX_PS 8       /* Ps with a ring of their own */

/*
 * Kinds of ring. What must be kept has a ring per kind of record, so that a
 * thousand collections a second cannot push out the boot log.
 */
enum ipc_ring_kind {
	IPC_RING_BOOT = 1,  /* boot steps and package inits; full means drop */
	IPC_RING_LIFE = 2,  /* start, panics, fatal errors, exit */
	IPC_RING_SCHED = 3, /* scheduler samples, one a second */
	IPC_RING_GC = 4,    /* one record a collection */
	IPC_RING_TEXT = 5,  /* panic and fatal text; unread text is kept */
	IPC_RING_EVENT = 6, /* execution events of one P, 64-byte slots */
};

/* Slots of each kept ring; the sum with page 0 and 1 is IPC_RING_BYTES. */
#define IPC_RING_BOOT_SLOTS 128
#define IPC_RING_LIFE_SLOTS 31
#define IPC_RING_SCHED_SLOTS 47
#define IPC_RING_GC_SLOTS 47
#define IPC_RING_TEXT_SLOTS 63
#define IPC_RING_EVENT_SLOTS 511
/* 8 KiB + kept rings with one slot's room each for its ctl + 9 event rings */
#define IPC_RING_BYTES                                                         \
	(2 * IPC_RING_PAGE_BYTES +                                             \
	 IPC_RING_SLOT_BYTES * (129 + 32 + 48 + 48 + 64) +                     \
	 IPC_RING_EVENT_BYTES * 512 * (IPC_RING_MAX_PS + 1) + 4096)

struct ipc_ring_desc {
	uint32_t kind;       /* enum ipc_ring_kind; 0 ends the table */
	uint32_t index;      /* P number for IPC_RING_EVENT; MAX_PS = no P */
	uint32_t off;        /* bytes from the start of the memfd to the ctl */
	uint32_t nslots;     /* slots behind the ctl */
	uint32_t slot_bytes; /* a multiple of 64 */
	uint32_t spare;
};

struct ipc_ring_header {
	/* written by gortd before the program starts */
	uint64_t magic;
	uint32_t bytes; /* size of the memfd */
	uint32_t spare0;
	uint8_t nonce[16];
	char boot_id[40];     /* /proc/sys/kernel/random/boot_id, no newline */
	int64_t mono_ns;      /* the two clocks, read together */
	int64_t real_ns;
	/* written by the program, in its own ABI; ready comes last */
	uint32_t abi;
	uint32_t header_bytes;
	int32_t pid;
	uint32_t nrings;
	int64_t start_mono_ns; /* when _rt0 ran, or the first clock read */
	char version[32];      /* gort version the program was linked with */
	struct ipc_ring_desc rings[IPC_RING_MAX_RINGS];
	_Atomic uint32_t ready; /* 1: laid out; pairs with the reader's acquire */
	/* waking the reader */
	_Atomic uint32_t want_wake; /* reader sets 1, writer's wake clears it */
	_Atomic uint32_t wake_seq;  /* the futex word */
};

/* 64 bytes, then nslots * slot_bytes. */
struct ipc_ring_ctl {
	_Atomic uint64_t head;   /* records claimed so far; seq of last one */
	_Atomic uint64_t cursor; /* last seq the reader committed: what wakes
	                            it, and what the text ring may overwrite */
	_Atomic uint64_t dropped; /* records refused because the ring was full */
	uint64_t spare[5];
};

/* The first 24 bytes of each slot. */
struct ipc_rec {
	_Atomic uint64_t commit; /* ipc_rec_commit(seq, hash); 0 while filling */
	int64_t t_ns;            /* CLOCK_MONOTONIC */
	uint16_t type;           /* enum ipc_rec_type */
	uint16_t len;            /* payload bytes that follow this header */
	uint32_t who;            /* P number, or ~0 without a P */
};

#define IPC_REC_PAYLOAD_MAX (IPC_RING_SLOT_BYTES - sizeof(struct ipc_rec))

/* Numbers are never reused; retired ones stay listed. */
enum ipc_rec_type {
	IPC_REC_BOOT_STEP = 1, /* struct ipc_rec_boot */
	IPC_REC_INIT = 2,      /* struct ipc_rec_init */
	IPC_REC_START = 10,    /* main.main begins; empty payload */
	IPC_REC_PANIC = 11,    /* struct ipc_rec_text: first line */
	IPC_REC_FATAL = 12,    /* struct ipc_rec_text: first line */
	IPC_REC_EXIT = 13,     /* struct ipc_rec_exit */
	IPC_REC_SCHED = 20,    /* struct ipc_rec_sched */
	IPC_REC_GC = 30,       /* struct ipc_rec_gc */
	IPC_REC_TEXT = 40,     /* struct ipc_rec_text: next bytes of the dump */
	IPC_REC_EV_FIRST = 64, /* execution events: 64 + Go's v1 event number */
};

struct ipc_rec_boot {
	uint32_t seq;   /* order of beginning, from 1 */
	uint32_t depth; /* 0 = top */
	int64_t start_ns;
	int64_t dur_ns; /* -1: still open when written (never ended) */
	char step[48];  /* NUL-terminated, cut if longer */
	char detail[144];
};

struct ipc_rec_init {
	uint32_t seq;
	uint32_t depth;
	int64_t start_ns;
	int64_t dur_ns;
	uint64_t bytes; /* heap bytes allocated by it */
	uint64_t allocs;
	char package[176];
};

struct ipc_rec_text {
	char text[224]; /* len bytes, not terminated */
};

struct ipc_rec_exit {
	int32_t code;
	int32_t signal; /* 0, or the signal the runtime is about to die by */
	char reason[96]; /* "exit", "panic", "fatal error", "signal" */
};

#define IPC_SCHED_MAX_RUNQ 32
struct ipc_rec_sched {
	uint32_t gomaxprocs, idleprocs, threads, spinning, idlethreads;
	uint32_t runqueue; /* global queue */
	uint32_t goroutines;
	uint32_t nlocal; /* entries of local[] that count */
	uint16_t local[IPC_SCHED_MAX_RUNQ];
};

struct ipc_rec_gc {
	uint32_t cycle; /* from 1 */
	uint32_t procs;
	uint32_t forced; /* 0 or 1 */
	uint32_t cpu_permille; /* GC share of CPU since start, in 1/1000 */
	int64_t start_ns;      /* mono, beginning of sweep termination */
	int64_t stw_sweep_ns, mark_ns, stw_mark_ns; /* wall */
	int64_t assist_ns, bg_ns, idle_ns;          /* cpu */
	int64_t stw_sweep_cpu_ns, stw_mark_cpu_ns;  /* pause times procs */
	uint64_t heap_start, heap_end, heap_live;   /* bytes */
	uint64_t goal, stacks, globals;             /* bytes */
};

/*
 * How long goroutines were runnable before they ran: sched_lat_I counts those
 * that waited less than 1024 << I ns and not less than the one before, the
 * last one all that waited longer. stall_ns is the sum. Sampled, one in 64.
 */
#define IPC_SCHED_LATENCY_N 24
#define IPC_SCHED_LATENCY_EDGE_NS(i) (INT64_C(1024) << (i))
#define IPC_SCHED_LATENCY(X)                                                   \
	X(sched_lat_0) X(sched_lat_1) X(sched_lat_2) X(sched_lat_3)           \
	X(sched_lat_4) X(sched_lat_5) X(sched_lat_6) X(sched_lat_7)           \
	X(sched_lat_8) X(sched_lat_9) X(sched_lat_10) X(sched_lat_11)         \
	X(sched_lat_12) X(sched_lat_13) X(sched_lat_14) X(sched_lat_15)       \
	X(sched_lat_16) X(sched_lat_17) X(sched_lat_18) X(sched_lat_19)       \
	X(sched_lat_20) X(sched_lat_21) X(sched_lat_22) X(sched_lat_23)

/*
 * The counter page: the latest numbers, whole even after SIGKILL. The writer
 * (one thread at a time) fills the slot that `index` does not name, then
 * stores `index`. A reader copies the named slot and reads `index` again; if
 * it moved twice meanwhile the copy may be torn, so it retries, 8 times at
 * most. `gen` inside the slot tells the two slots' ages.
 */
#define IPC_COUNTERS(X)                                                        \
	X(goroutines) X(goroutines_created) X(threads) X(threads_created)     \
	X(gomaxprocs) X(idleprocs) X(runqueue) X(stall_ns)                    \
	X(syscalls) X(steals) X(parks) X(preempts)                            \
	X(alloc_bytes) X(total_alloc_bytes) X(sys_bytes) X(mallocs) X(frees)  \
	X(heap_sys_bytes) X(heap_idle_bytes) X(heap_inuse_bytes)              \
	X(heap_released_bytes) X(heap_objects) X(stack_inuse_bytes)           \
	X(stack_sys_bytes) X(mspan_inuse_bytes) X(mspan_sys_bytes)            \
	X(mcache_inuse_bytes) X(mcache_sys_bytes) X(buck_hash_sys_bytes)      \
	X(gc_sys_bytes) X(other_sys_bytes) X(next_gc_bytes)                   \
	X(last_gc_unix_ns) X(pause_total_ns) X(num_gc) X(num_forced_gc)       \
	X(gc_cpu_permille) X(gogc_percent) X(gomemlimit_bytes)                \
	X(timers) X(pollfds) X(telemetry_dropped)                             \
	IPC_SCHED_LATENCY(X)

struct ipc_counters {
	uint64_t gen;
	int64_t t_ns; /* when taken, mono */
#define X(name) uint64_t name;
	IPC_COUNTERS(X)
#undef X
};

struct ipc_counter_page {
	_Atomic uint32_t index; /* 0 or 1: the slot that is whole */
	uint32_t slot_bytes;    /* sizeof(struct ipc_counters) of the writer */
	uint8_t slot[2][2000];
};

_Static_assert(sizeof(struct ipc_ring_header) <= IPC_RING_PAGE_BYTES,
    "ring header outgrew its page");
_Static_assert(sizeof(struct ipc_counters) <= 2000, "counter slot");
_Static_assert(offsetof(struct ipc_counters, sched_lat_23) -
        offsetof(struct ipc_counters, sched_lat_0) ==
    (IPC_SCHED_LATENCY_N - 1) * sizeof(uint64_t), "a histogram is an array");
_Static_assert(sizeof(struct ipc_counter_page) <= IPC_RING_PAGE_BYTES, "page");
_Static_assert(sizeof(struct ipc_ring_ctl) == 64, "ring ctl");
_Static_assert(sizeof(struct ipc_rec) == 24, "record header");
_Static_assert(sizeof(struct ipc_rec_boot) <= IPC_REC_PAYLOAD_MAX, "boot");
_Static_assert(sizeof(struct ipc_rec_init) <= IPC_REC_PAYLOAD_MAX, "init");
_Static_assert(sizeof(struct ipc_rec_gc) <= IPC_REC_PAYLOAD_MAX, "gc");

/* ---- writer's side (the runtime) ---- */

/*
 * Write the identity part; `base` is a zeroed mapping of `bytes`.
 * Called by gortd. Returns 0, or -EINVAL when bytes < IPC_RING_BYTES.
 */
int ipc_ring_create(void *base, uint32_t bytes, const uint8_t nonce[16]);

/*
 * Lay the rings out in this ABI and publish them. Called once by the program.
 * Returns 0, -EPROTO (magic or size makes no sense).
 */
int ipc_ring_layout(void *base, size_t bytes, int32_t pid,
    int64_t start_mono_ns, const char *version);

/* The ctl of the (kind, index) ring, or NULL. Threads: any. */
struct ipc_ring_ctl *ipc_ring_find(void *base, uint32_t kind, uint32_t index);

/*
 * Append one record. len is cut to what a slot holds. Lock-free, no system
 * call unless the reader asked to be woken and the ring passed half.
 * Returns the record's sequence number, or 0 when it was refused (boot ring
 * full, text ring full of unread text) and counted in `dropped`. Threads: any, also signal handlers.
 */
uint64_t ipc_ring_put(void *base, const struct ipc_ring_desc *d, uint16_t type,
    uint32_t who, int64_t t_ns, const void *payload, uint16_t len);

/* The descriptor of the (kind, index) ring in a laid-out header, or NULL. */
const struct ipc_ring_desc *ipc_ring_desc(const void *base, uint32_t kind,
    uint32_t index);

/* Publish counters. One caller at a time. c->gen should grow; 0 becomes 1. */
void ipc_counters_put(void *base, const struct ipc_counters *c);

/* ---- reader's side (the recorder, the tests) ---- */

/* What a reader knows after checking the header of an untrusted ring. */
struct ipc_ring_view {
	const uint8_t *base; /* borrowed mapping */
	size_t bytes;
	uint32_t abi;
	uint32_t nrings;
	struct ipc_ring_desc rings[IPC_RING_MAX_RINGS]; /* checked copies */
	int32_t pid;
	int64_t start_mono_ns;
	char version[32];
};

/*
 * Check the header and copy what is needed out of it.
 * Returns 0, -EAGAIN (the program has not laid it out yet), -EPROTO (lies:
 * offsets outside, overlapping rings, absurd slots), -ENOTSUP (unknown ABI).
 */
int ipc_ring_open(const void *base, size_t bytes, struct ipc_ring_view *ret);

struct ipc_rec_copy {
	uint64_t seq;
	int64_t t_ns;
	uint16_t type, len;
	uint32_t who;
	uint8_t payload[IPC_REC_PAYLOAD_MAX]; /* len bytes, rest zero */
};

/*
 * Copy the first record after *cursor out of ring number i of the view.
 * writer_dead: unfinished claims will never be finished, skip them at once.
 * Returns 1 with ret filled and *cursor moved, 0 when there is none now.
 * *ret_lost is increased by the records that are gone (overwritten or torn).
 * Bounded work; never blocks whatever the writer does.
 */
int ipc_ring_next(const struct ipc_ring_view *v, uint32_t i, bool writer_dead,
    uint64_t *cursor, struct ipc_rec_copy *ret, uint64_t *ret_lost);

/* Records that ring i refused because it was full; they have no number. Loss
 * like any other: the reader ledgers the growth of this count. */
uint64_t ipc_ring_dropped(const struct ipc_ring_view *v, uint32_t i);

/* Tell the writer how far the reader has committed (advice for its wake-up).
 * base: the reader's writable mapping; d: from the checked view. */
void ipc_ring_set_cursor(void *base, const struct ipc_ring_desc *d,
    uint64_t seq);

/* Returns 0 with ret filled (fields unknown to the writer are 0), -EAGAIN. */
int ipc_counters_get(const struct ipc_ring_view *v, struct ipc_counters *ret);

#endif
