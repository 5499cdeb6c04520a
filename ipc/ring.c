/*
 * ring.c - both sides of the shared ring; ring.h has the contract.
 *
 * A record is believed because of its commit word, and for no other reason:
 *
 *   commit = low half of the sequence number << 32 | hash(seq, record)
 *
 * The hash covers the sequence number, the header and every payload byte that
 * counts. So the reader needs no lock and no second look at the slot: it takes
 * a copy, whatever is going on in the slot meanwhile, and then judges the copy.
 * A copy that mixes two writers, an old lap and a new one, or a record cut off
 * by SIGKILL does not hash to its own commit word (but once in 2^32), and is a
 * hole. Three ways to make a hole, one way to see it:
 *
 *   killed between claim and commit   the slot shows 0 or the previous lap
 *   interrupted by a signal handler   another number; each fills its own slot
 *   lapped while filling              the late writer's number is too old, or
 *                                     the newer record's hash no longer fits
 *
 * Slot words are stored and loaded as relaxed atomics: the hash, not the
 * order, makes a copy whole, but the language wants racing accesses atomic.
 * The release store of `commit` pairs with the reader's acquire load, so that
 * in the normal case the first copy is good.
 *
 * Invariants:
 *   - head only grows; head is the number of the last record claimed;
 *   - cursor + records returned + *ret_lost accounts for every claimed number:
 *     the reader moves its cursor only by returning or by counting;
 *   - nothing the writer stores is used as an address or a length before it
 *     was checked in a private copy; slot addresses come from the view alone.
 *
 * Rejected: a seqlock per slot (a writer killed inside leaves it odd for ever,
 * a lapped writer makes it even while torn); a byte ring with variable records
 * (one bad length loses everything behind it); a mutex (a SIGKILLed holder).
 */
#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define REC_WORDS_MAX (IPC_RING_SLOT_BYTES / 8)
#define NSLOTS_MAX (1u << 20)

typedef _Atomic uint64_t ipc_word;

/* The record's words as they lie in a slot; word 0 is the commit word. */
static uint64_t
rec_commit(uint64_t seq, const uint64_t *w, size_t nwords)
{
	uint64_t h = seq * 0x9e3779b97f4a7c15u;

	for (size_t i = 1; i < nwords; i++) {
		h = (h ^ w[i]) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	h &= 0xffffffffu;
	if (h == 0) /* a commit word is never 0 */
		h = 1;
	return seq << 32 | h;
}

static size_t
rec_words(uint16_t len)
{
	return (sizeof(struct ipc_rec) + (size_t)len + 7) / 8;
}

static struct ipc_ring_ctl *
ring_ctl(const void *base, const struct ipc_ring_desc *d)
{
	return (struct ipc_ring_ctl *)((uintptr_t)base + d->off);
}

static ipc_word *
ring_slot(const void *base, const struct ipc_ring_desc *d, uint64_t seq)
{
	uint64_t i = (seq - 1) % d->nslots;

	return (ipc_word *)((uintptr_t)base + d->off +
	    sizeof(struct ipc_ring_ctl) + i * d->slot_bytes);
}

/* ---- making a ring ---- */

static void
read_boot_id(char *ret, size_t cap)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd >= 0) {
		n = read(fd, ret, cap - 1);
		close(fd);
	}
	if (n < 0)
		n = 0;
	ret[n] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

static int64_t
clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int
ipc_ring_create(void *base, uint32_t bytes, const uint8_t nonce[16])
{
	struct ipc_ring_header *h = base;

	if (bytes < IPC_RING_BYTES)
		return -EINVAL;
	memcpy(h->nonce, nonce, sizeof(h->nonce));
	read_boot_id(h->boot_id, sizeof(h->boot_id));
	h->mono_ns = clock_ns(CLOCK_MONOTONIC);
	h->real_ns = clock_ns(CLOCK_REALTIME);
	h->bytes = bytes;
	h->magic = IPC_RING_MAGIC;
	return 0;
}

static uint32_t
layout_one(struct ipc_ring_header *h, uint32_t off, uint32_t kind,
    uint32_t index, uint32_t nslots, uint32_t slot_bytes)
{
	struct ipc_ring_desc *d = &h->rings[h->nrings++];

	d->kind = kind;
	d->index = index;
	d->off = off;
	d->nslots = nslots;
	d->slot_bytes = slot_bytes;
	d->spare = 0;
	/* one slot's room for the ctl keeps the next ring aligned */
	return off + (nslots + 1) * slot_bytes;
}

int
ipc_ring_layout(void *base, size_t bytes, int32_t pid, int64_t start_mono_ns,
    const char *version)
{
	static const uint32_t kept[][2] = {
		{ IPC_RING_BOOT, IPC_RING_BOOT_SLOTS },
		{ IPC_RING_LIFE, IPC_RING_LIFE_SLOTS },
		{ IPC_RING_SCHED, IPC_RING_SCHED_SLOTS },
		{ IPC_RING_GC, IPC_RING_GC_SLOTS },
		{ IPC_RING_TEXT, IPC_RING_TEXT_SLOTS },
	};
	struct ipc_ring_header *h = base;
	struct ipc_counter_page *cp;
	uint32_t off = 2 * IPC_RING_PAGE_BYTES;

	if (bytes < IPC_RING_BYTES || h->magic != IPC_RING_MAGIC ||
	    h->bytes != bytes)
		return -EPROTO;
	h->abi = IPC_RING_ABI;
	h->header_bytes = sizeof(*h);
	h->pid = pid;
	h->start_mono_ns = start_mono_ns;
	strncpy(h->version, version, sizeof(h->version) - 1);
	h->version[sizeof(h->version) - 1] = '\0';
	h->nrings = 0;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		off = layout_one(
		    h, off, kept[i][0], 0, kept[i][1], IPC_RING_SLOT_BYTES);
	for (uint32_t i = 0; i <= IPC_RING_MAX_PS; i++)
		off = layout_one(h, off, IPC_RING_EVENT, i,
		    IPC_RING_EVENT_SLOTS, IPC_RING_EVENT_BYTES);
	cp = (struct ipc_counter_page *)((uint8_t *)base + IPC_RING_PAGE_BYTES);
	cp->slot_bytes = sizeof(struct ipc_counters);
	/* pairs with the acquire in ipc_ring_open */
	atomic_store_explicit(&h->ready, 1, memory_order_release);
	return 0;
}

const struct ipc_ring_desc *
ipc_ring_desc(const void *base, uint32_t kind, uint32_t index)
{
	const struct ipc_ring_header *h = base;

	for (uint32_t i = 0; i < h->nrings && i < IPC_RING_MAX_RINGS; i++)
		if (h->rings[i].kind == kind && h->rings[i].index == index)
			return &h->rings[i];
	return NULL;
}

struct ipc_ring_ctl *
ipc_ring_find(void *base, uint32_t kind, uint32_t index)
{
	const struct ipc_ring_desc *d = ipc_ring_desc(base, kind, index);

	return d == NULL ? NULL : ring_ctl(base, d);
}

/* ---- writing ---- */

/*
 * The number of records from which on one is refused. The boot
 * ring keeps its first records for good. The text ring keeps what no reader
 * has taken: of a long dump without a reader the beginning, with the goroutine
 * that failed, is worth more than the end. Every other ring overwrites.
 */
static uint64_t
first_refused(const struct ipc_ring_ctl *ctl, const struct ipc_ring_desc *d)
{
	if (d->kind == IPC_RING_BOOT)
		return d->nslots;
	return d->nslots +
	    atomic_load_explicit(&ctl->cursor, memory_order_relaxed);
}

static uint64_t
claim(struct ipc_ring_ctl *ctl, const struct ipc_ring_desc *d)
{
	uint64_t h;

	if (d->kind != IPC_RING_BOOT && d->kind != IPC_RING_TEXT)
		return atomic_fetch_add_explicit(
			   &ctl->head, 1, memory_order_acq_rel) +
		    1;
	h = atomic_load_explicit(&ctl->head, memory_order_relaxed);
	do {
		if (h >= first_refused(ctl, d)) {
			atomic_fetch_add_explicit(
			    &ctl->dropped, 1, memory_order_relaxed);
			return 0;
		}
	} while (!atomic_compare_exchange_weak_explicit(
	    &ctl->head, &h, h + 1, memory_order_acq_rel, memory_order_relaxed));
	return h + 1;
}

/* Wake the reader once when more than half of the ring waits for it. */
static void
wake_if_half(struct ipc_ring_header *h, struct ipc_ring_ctl *ctl,
    const struct ipc_ring_desc *d, uint64_t seq)
{
	uint64_t seen =
	    atomic_load_explicit(&ctl->cursor, memory_order_relaxed);

	if (seq - seen <= d->nslots / 2)
		return;
	if (atomic_load_explicit(&h->want_wake, memory_order_relaxed) == 0 ||
	    atomic_exchange(&h->want_wake, 0) == 0)
		return;
	atomic_fetch_add(&h->wake_seq, 1);
	/* not PRIVATE: the sleeper is another process */
	syscall(SYS_futex, &h->wake_seq, FUTEX_WAKE, 1, NULL, NULL, 0);
}

uint64_t
ipc_ring_put(void *base, const struct ipc_ring_desc *d, uint16_t type,
    uint32_t who, int64_t t_ns, const void *payload, uint16_t len)
{
	struct ipc_ring_ctl *ctl = ring_ctl(base, d);
	uint64_t w[REC_WORDS_MAX];
	size_t room = d->slot_bytes - sizeof(struct ipc_rec), n;
	uint64_t seq = claim(ctl, d);
	ipc_word *slot;

	if (seq == 0)
		return 0;
	if (len > room)
		len = (uint16_t)room;
	n = rec_words(len);
	w[n - 1] = 0; /* the tail of the last word is part of the hash */
	w[1] = (uint64_t)t_ns;
	w[2] = (uint64_t)who << 32 | (uint64_t)len << 16 | type;
	if (len > 0)
		memcpy(&w[3], payload, len);

	slot = ring_slot(base, d, seq);
	atomic_store_explicit(&slot[0], 0, memory_order_relaxed);
	/* release: the 0 above is seen before any new word of the record */
	for (size_t i = 1; i < n; i++)
		atomic_store_explicit(&slot[i], w[i], memory_order_release);
	atomic_store_explicit(
	    &slot[0], rec_commit(seq, w, n), memory_order_release);
	wake_if_half(base, ctl, d, seq);
	return seq;
}

/*
 * Two slots and an index. A kill in mid-write leaves `index` on the slot that
 * is whole. `gen` is 0 while its slot is being filled, so that a reader that
 * was overtaken twice (index looks unmoved) still sees that its copy is torn.
 */
void
ipc_counters_put(void *base, const struct ipc_counters *c)
{
	struct ipc_counter_page *cp =
	    (struct ipc_counter_page *)((uint8_t *)base + IPC_RING_PAGE_BYTES);
	uint32_t next = !atomic_load_explicit(&cp->index, memory_order_relaxed);
	ipc_word *w = (ipc_word *)(void *)cp->slot[next];
	uint64_t src[sizeof(*c) / 8];

	memcpy(src, c, sizeof(*c));
	if (src[0] == 0)
		src[0] = 1;
	atomic_store_explicit(&w[0], 0, memory_order_relaxed);
	/* release, each: not before the 0; pairs with counters_copy */
	for (size_t i = 1; i < sizeof(*c) / 8; i++)
		atomic_store_explicit(&w[i], src[i], memory_order_release);
	atomic_store_explicit(&w[0], src[0], memory_order_release);
	atomic_store_explicit(&cp->index, next, memory_order_release);
}

/* ---- reading ---- */

/* Printable, terminated, whatever the program wrote. */
static void
copy_version(char *dst, const char *src, size_t cap)
{
	size_t i;

	for (i = 0; i + 1 < cap && src[i] != '\0'; i++)
		dst[i] = src[i] >= ' ' && src[i] <= '~' ? src[i] : '?';
	dst[i] = '\0';
}

static bool
desc_sane(const struct ipc_ring_desc *d, size_t bytes)
{
	uint64_t end;

	if (d->kind < IPC_RING_BOOT || d->kind > IPC_RING_EVENT)
		return false;
	if (d->slot_bytes == 0 || d->slot_bytes % 64 != 0 ||
	    d->slot_bytes > IPC_RING_SLOT_BYTES)
		return false;
	if (d->nslots == 0 || d->nslots > NSLOTS_MAX)
		return false;
	if (d->off < 2 * IPC_RING_PAGE_BYTES || d->off % 64 != 0)
		return false;
	end = (uint64_t)d->off + sizeof(struct ipc_ring_ctl) +
	    (uint64_t)d->nslots * d->slot_bytes;
	return end <= bytes;
}

static bool
descs_clash(const struct ipc_ring_desc *a, const struct ipc_ring_desc *b)
{
	uint64_t ae = (uint64_t)a->off + sizeof(struct ipc_ring_ctl) +
	    (uint64_t)a->nslots * a->slot_bytes;
	uint64_t be = (uint64_t)b->off + sizeof(struct ipc_ring_ctl) +
	    (uint64_t)b->nslots * b->slot_bytes;

	if (a->kind == b->kind && a->index == b->index)
		return true;
	return a->off < be && b->off < ae;
}

int
ipc_ring_open(const void *base, size_t bytes, struct ipc_ring_view *ret)
{
	const struct ipc_ring_header *shared = base;
	struct ipc_ring_header h; /* judged here, not in shared memory */
	uint32_t ready;

	if (bytes < IPC_RING_BYTES)
		return -EPROTO;
	ready = atomic_load_explicit(&shared->ready, memory_order_acquire);
	memcpy(&h, base, sizeof(h));
	if (h.magic != IPC_RING_MAGIC || h.bytes != bytes || ready > 1)
		return -EPROTO;
	if (ready == 0)
		return -EAGAIN;
	if (h.abi != IPC_RING_ABI)
		return -ENOTSUP;
	if (h.header_bytes != sizeof(h) || h.nrings > IPC_RING_MAX_RINGS)
		return -EPROTO;
	for (uint32_t i = 0; i < h.nrings; i++) {
		if (!desc_sane(&h.rings[i], bytes))
			return -EPROTO;
		for (uint32_t j = 0; j < i; j++)
			if (descs_clash(&h.rings[i], &h.rings[j]))
				return -EPROTO;
	}
	memset(ret, 0, sizeof(*ret));
	ret->base = base;
	ret->bytes = bytes;
	ret->abi = h.abi;
	ret->nrings = h.nrings;
	memcpy(ret->rings, h.rings, h.nrings * sizeof(h.rings[0]));
	ret->pid = h.pid;
	ret->start_mono_ns = h.start_mono_ns;
	copy_version(ret->version, h.version, sizeof(ret->version));
	return 0;
}

/* Copy slot `seq` and judge the copy. */
static bool
take(const struct ipc_ring_view *v, const struct ipc_ring_desc *d, uint64_t seq,
    struct ipc_rec_copy *ret)
{
	ipc_word *slot = ring_slot(v->base, d, seq);
	uint64_t w[REC_WORDS_MAX], commit;
	uint16_t len;
	size_t n;

	/* acquire: pairs with the writer's release of the commit word */
	commit = atomic_load_explicit(&slot[0], memory_order_acquire);
	if (commit >> 32 != (seq & 0xffffffffu))
		return false;
	w[2] = atomic_load_explicit(&slot[2], memory_order_relaxed);
	len = (uint16_t)(w[2] >> 16);
	if (len > d->slot_bytes - sizeof(struct ipc_rec))
		return false;
	n = rec_words(len);
	w[1] = atomic_load_explicit(&slot[1], memory_order_relaxed);
	for (size_t i = 3; i < n; i++)
		w[i] = atomic_load_explicit(&slot[i], memory_order_relaxed);
	if (rec_commit(seq, w, n) != commit)
		return false;
	ret->seq = seq;
	ret->t_ns = (int64_t)w[1];
	ret->type = (uint16_t)w[2];
	ret->len = len;
	ret->who = (uint32_t)(w[2] >> 32);
	memset(ret->payload, 0, sizeof(ret->payload));
	if (len > 0)
		memcpy(ret->payload, &w[3], len);
	return true;
}

int
ipc_ring_next(const struct ipc_ring_view *v, uint32_t i, bool writer_dead,
    uint64_t *cursor, struct ipc_rec_copy *ret, uint64_t *ret_lost)
{
	const struct ipc_ring_desc *d;
	uint64_t head, seq;

	if (i >= v->nrings)
		return 0;
	d = &v->rings[i];
	head = atomic_load_explicit(
	    &ring_ctl(v->base, d)->head, memory_order_acquire);
	if (head > *cursor && head - *cursor > d->nslots) {
		*ret_lost += head - d->nslots - *cursor;
		*cursor = head - d->nslots;
	}
	/* at most nslots turns, since head was read once */
	for (seq = *cursor + 1; seq != 0 && seq <= head; seq++) {
		if (take(v, d, seq, ret)) {
			*cursor = seq;
			return 1;
		}
		if (!writer_dead && head - seq <= IPC_RING_GRACE)
			return 0; /* perhaps still being written */
		*cursor = seq;
		*ret_lost += 1;
	}
	return 0;
}

uint64_t
ipc_ring_dropped(const struct ipc_ring_view *v, uint32_t i)
{
	if (i >= v->nrings)
		return 0;
	return atomic_load_explicit(
	    &ring_ctl(v->base, &v->rings[i])->dropped, memory_order_relaxed);
}

void
ipc_ring_set_cursor(void *base, const struct ipc_ring_desc *d, uint64_t seq)
{
	atomic_store_explicit(
	    &ring_ctl(base, d)->cursor, seq, memory_order_relaxed);
}

/* One try: false when the slot was rewritten under the copy. */
static bool
counters_copy(
    const struct ipc_counter_page *cp, uint32_t index, size_t n, uint64_t *dst)
{
	ipc_word *w = (ipc_word *)(uintptr_t)cp->slot[index];
	uint64_t gen = atomic_load_explicit(&w[0], memory_order_acquire);

	if (gen == 0)
		return false;
	dst[0] = gen;
	/* acquire, each: the second look at gen must come after them */
	for (size_t i = 1; i < n / 8; i++)
		dst[i] = atomic_load_explicit(&w[i], memory_order_acquire);
	return atomic_load_explicit(&w[0], memory_order_acquire) == gen;
}

int
ipc_counters_get(const struct ipc_ring_view *v, struct ipc_counters *ret)
{
	const struct ipc_counter_page *cp =
	    (const void *)(v->base + IPC_RING_PAGE_BYTES);
	uint64_t tmp[sizeof(*ret) / 8];
	uint32_t index, n;

	n = *(const volatile uint32_t *)&cp->slot_bytes;
	if (n > sizeof(tmp))
		n = sizeof(tmp);
	for (int attempt = 0; attempt < 8; attempt++) {
		index = atomic_load_explicit(&cp->index, memory_order_acquire);
		if (index > 1)
			return -EAGAIN;
		memset(tmp, 0, sizeof(tmp));
		if (counters_copy(cp, index, n, tmp)) {
			memcpy(ret, tmp, sizeof(*ret));
			return 0;
		}
	}
	return -EAGAIN;
}
