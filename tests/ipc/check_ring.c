/*
 * check_ring.c - the ring from both sides, and with an enemy on the other.
 *
 * The torture tests kill real writers with SIGKILL at arbitrary instructions
 * and demand that every number they claimed was either read or counted lost.
 */
#include "config.h"

#include "ipc/ring.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t nonce[16] = "0123456789abcdef";
static uint8_t *base;
static struct ipc_ring_view view;

static void
setup(void)
{
	base = mmap(NULL, IPC_RING_BYTES, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(base, MAP_FAILED);
	ck_assert_int_eq(ipc_ring_create(base, IPC_RING_BYTES, nonce), 0);
	ck_assert_int_eq(
	    ipc_ring_layout(base, IPC_RING_BYTES, 77, 123, "9.9"), 0);
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), 0);
}

static void
teardown(void)
{
	munmap(base, IPC_RING_BYTES);
}

static uint32_t
ring_of(uint32_t kind)
{
	for (uint32_t i = 0; i < view.nrings; i++)
		if (view.rings[i].kind == kind && view.rings[i].index == 0)
			return i;
	ck_abort_msg("no ring of kind %u", kind);
	return 0;
}

static uint64_t
put_number(uint32_t kind, uint64_t v)
{
	return ipc_ring_put(base, ipc_ring_desc(base, kind, 0), 20, 3,
	    (int64_t)v * 10, &v, sizeof(v));
}

START_TEST(header_tells_who)
{
	const struct ipc_ring_header *h = (const void *)base;

	ck_assert_int_eq(view.pid, 77);
	ck_assert_int_eq(view.start_mono_ns, 123);
	ck_assert_str_eq(view.version, "9.9");
	ck_assert_uint_eq(view.abi, IPC_RING_ABI);
	ck_assert_int_eq(memcmp(h->nonce, nonce, 16), 0);
	ck_assert_uint_eq(strlen(h->boot_id), 36);
	ck_assert_int_gt(h->real_ns, h->mono_ns);
	ck_assert_uint_eq(view.nrings, 5 + IPC_RING_MAX_PS + 1);
}
END_TEST

START_TEST(record_comes_back_as_it_was)
{
	uint64_t cursor = 0, lost = 0;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_LIFE);

	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 0);
	ck_assert_uint_eq(
	    ipc_ring_put(base, &view.rings[i], 12, 5, 99, "hello", 5), 1);
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 1);
	ck_assert_uint_eq(r.seq, 1);
	ck_assert_uint_eq(r.type, 12);
	ck_assert_uint_eq(r.who, 5);
	ck_assert_int_eq(r.t_ns, 99);
	ck_assert_uint_eq(r.len, 5);
	ck_assert_mem_eq(r.payload, "hello\0\0\0", 8);
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 0);
	ck_assert_uint_eq(lost, 0);
}
END_TEST

START_TEST(long_payload_is_cut)
{
	char big[1000];
	uint64_t cursor = 0, lost = 0;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_GC);

	memset(big, 'x', sizeof(big));
	ipc_ring_put(base, &view.rings[i], 1, 0, 0, big, sizeof(big));
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 1);
	ck_assert_uint_eq(r.len, IPC_REC_PAYLOAD_MAX);
	ck_assert_mem_eq(r.payload, big, IPC_REC_PAYLOAD_MAX);
}
END_TEST

START_TEST(overwritten_is_counted)
{
	uint64_t cursor = 0, lost = 0, v, n = 3 * IPC_RING_GC_SLOTS + 5, seen = 0;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_GC);

	for (v = 1; v <= n; v++)
		ck_assert_uint_eq(put_number(IPC_RING_GC, v), v);
	while (ipc_ring_next(&view, i, false, &cursor, &r, &lost) == 1) {
		memcpy(&v, r.payload, sizeof(v));
		ck_assert_uint_eq(v, r.seq);
		seen++;
	}
	ck_assert_uint_eq(seen, IPC_RING_GC_SLOTS);
	ck_assert_uint_eq(seen + lost, n);
	ck_assert_uint_eq(cursor, n);
}
END_TEST

START_TEST(boot_ring_keeps_the_first)
{
	uint64_t cursor = 0, lost = 0, seen = 0, v;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_BOOT);

	for (v = 1; v <= IPC_RING_BOOT_SLOTS; v++)
		ck_assert_uint_eq(put_number(IPC_RING_BOOT, v), v);
	ck_assert_uint_eq(put_number(IPC_RING_BOOT, v), 0);
	ck_assert_uint_eq(put_number(IPC_RING_BOOT, v), 0);
	while (ipc_ring_next(&view, i, false, &cursor, &r, &lost) == 1)
		seen++;
	ck_assert_uint_eq(seen, IPC_RING_BOOT_SLOTS);
	ck_assert_uint_eq(lost, 0);
	ck_assert_uint_eq(ipc_ring_dropped(&view, i), 2);
}
END_TEST

START_TEST(text_ring_keeps_what_is_unread)
{
	uint64_t cursor = 0, lost = 0, v;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_TEXT);

	for (v = 1; v <= IPC_RING_TEXT_SLOTS; v++)
		ck_assert_uint_eq(put_number(IPC_RING_TEXT, v), v);
	ck_assert_uint_eq(put_number(IPC_RING_TEXT, v), 0);
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 1);
	ipc_ring_set_cursor(base, &view.rings[i], cursor);
	ck_assert_uint_eq(put_number(IPC_RING_TEXT, v), v);
	ck_assert_uint_eq(put_number(IPC_RING_TEXT, v), 0);
	ck_assert_uint_eq(ipc_ring_dropped(&view, i), 2);
}
END_TEST

/* A claim that nobody finishes: waited for a little, then a counted hole. */
START_TEST(hole_is_skipped_and_counted)
{
	struct ipc_ring_ctl *ctl = ipc_ring_find(base, IPC_RING_GC, 0);
	uint64_t cursor = 0, lost = 0, v;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_GC);

	atomic_fetch_add(&ctl->head, 1); /* number 1 was claimed and left */
	for (v = 2; v <= 1 + IPC_RING_GRACE; v++)
		put_number(IPC_RING_GC, v);
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 0);
	put_number(IPC_RING_GC, v);
	ck_assert_int_eq(ipc_ring_next(&view, i, false, &cursor, &r, &lost), 1);
	ck_assert_uint_eq(r.seq, 2);
	ck_assert_uint_eq(lost, 1);
}
END_TEST

START_TEST(dead_writers_hole_is_skipped_at_once)
{
	struct ipc_ring_ctl *ctl = ipc_ring_find(base, IPC_RING_GC, 0);
	uint64_t cursor = 0, lost = 0;
	struct ipc_rec_copy r;
	uint32_t i = ring_of(IPC_RING_GC);

	put_number(IPC_RING_GC, 1);
	atomic_fetch_add(&ctl->head, 1);
	ck_assert_int_eq(ipc_ring_next(&view, i, true, &cursor, &r, &lost), 1);
	ck_assert_int_eq(ipc_ring_next(&view, i, true, &cursor, &r, &lost), 0);
	ck_assert_uint_eq(lost, 1);
	ck_assert_uint_eq(cursor, 2);
}
END_TEST

/* Any one changed word of a committed record makes it a hole. */
START_TEST(changed_record_is_not_believed)
{
	uint32_t i = ring_of(IPC_RING_LIFE);
	const struct ipc_ring_desc *d = &view.rings[i];
	uint64_t payload[4] = { 1, 2, 3, 4 };
	uint8_t *slot = base + d->off + sizeof(struct ipc_ring_ctl);
	uint64_t cursor = 0, lost = 0;
	struct ipc_rec_copy r;

	ipc_ring_put(base, d, 10, 1, 1, payload, sizeof(payload));
	slot[_i] ^= 0x10;
	ck_assert_int_eq(ipc_ring_next(&view, i, true, &cursor, &r, &lost), 0);
	ck_assert_uint_eq(lost, 1);
}
END_TEST

START_TEST(reader_is_woken_once_past_half)
{
	struct ipc_ring_header *h = (void *)base;
	uint64_t v;

	atomic_store(&h->want_wake, 1);
	for (v = 1; v <= IPC_RING_GC_SLOTS / 2; v++)
		put_number(IPC_RING_GC, v);
	ck_assert_uint_eq(atomic_load(&h->wake_seq), 0);
	put_number(IPC_RING_GC, v);
	ck_assert_uint_eq(atomic_load(&h->wake_seq), 1);
	ck_assert_uint_eq(atomic_load(&h->want_wake), 0);
	put_number(IPC_RING_GC, v + 1);
	ck_assert_uint_eq(atomic_load(&h->wake_seq), 1);
}
END_TEST

START_TEST(counters_come_back_whole)
{
	struct ipc_counters c = { .gen = 1, .t_ns = 5, .goroutines = 7 }, got;

	ck_assert_int_eq(ipc_counters_get(&view, &got), -EAGAIN);
	ipc_counters_put(base, &c);
	ck_assert_int_eq(ipc_counters_get(&view, &got), 0);
	ck_assert_mem_eq(&c, &got, sizeof(c));
	c.gen = 2;
	c.telemetry_dropped = 9;
	ipc_counters_put(base, &c);
	ck_assert_int_eq(ipc_counters_get(&view, &got), 0);
	ck_assert_mem_eq(&c, &got, sizeof(c));
}
END_TEST

/* ---- headers that lie ---- */

static struct ipc_ring_header *
hdr(void)
{
	return (void *)base;
}

static void lie_magic(void) { hdr()->magic++; }
static void lie_bytes(void) { hdr()->bytes--; }
static void lie_ready(void) { atomic_store(&hdr()->ready, 2); }
static void lie_nrings(void) { hdr()->nrings = IPC_RING_MAX_RINGS + 1; }
static void lie_header_bytes(void) { hdr()->header_bytes = 8; }
static void lie_off_low(void) { hdr()->rings[0].off = 64; }
static void lie_off_odd(void) { hdr()->rings[0].off += 8; }
static void lie_off_high(void) { hdr()->rings[3].off = IPC_RING_BYTES - 64; }
static void lie_off_huge(void) { hdr()->rings[3].off = 0xffffffc0u; }
static void lie_slots_none(void) { hdr()->rings[0].nslots = 0; }
static void lie_slots_many(void) { hdr()->rings[0].nslots = 0xffffffffu; }
static void lie_slot_none(void) { hdr()->rings[0].slot_bytes = 0; }
static void lie_slot_big(void) { hdr()->rings[0].slot_bytes = 1 << 20; }
static void lie_slot_odd(void) { hdr()->rings[0].slot_bytes = 65; }
static void lie_kind(void) { hdr()->rings[0].kind = 99; }
static void lie_twice(void) { hdr()->rings[1].kind = hdr()->rings[0].kind; }
static void lie_overlap(void) { hdr()->rings[1].off = hdr()->rings[0].off; }

static void (*const lies[])(void) = { lie_magic, lie_bytes, lie_ready,
	lie_nrings, lie_header_bytes, lie_off_low, lie_off_odd, lie_off_high,
	lie_off_huge, lie_slots_none, lie_slots_many, lie_slot_none,
	lie_slot_big, lie_slot_odd, lie_kind, lie_twice, lie_overlap };
#define LIES ((int)(sizeof(lies) / sizeof(lies[0])))

START_TEST(lie_is_refused)
{
	lies[_i]();
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), -EPROTO);
}
END_TEST

START_TEST(not_ready_and_unknown_are_told_apart)
{
	atomic_store(&hdr()->ready, 0);
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), -EAGAIN);
	atomic_store(&hdr()->ready, 1);
	hdr()->abi = 99;
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), -ENOTSUP);
	ck_assert_int_eq(ipc_ring_open(base, 4096, &view), -EPROTO);
	ck_assert_int_eq(ipc_ring_create(base, 4096, nonce), -EINVAL);
}
END_TEST

static uint64_t rnd_state = 0x123456789abcdefULL;

static uint64_t
rnd(void)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return rnd_state;
}

/* Whatever lies in memory, reading stays inside it and ends. */
static void
read_everything(void)
{
	struct ipc_ring_view v;
	struct ipc_rec_copy r;
	struct ipc_counters c;

	if (ipc_ring_open(base, IPC_RING_BYTES, &v) != 0)
		return;
	ipc_counters_get(&v, &c);
	for (uint32_t i = 0; i < v.nrings; i++) {
		uint64_t cursor = rnd() % 2 ? 0 : rnd(), lost = 0;

		for (int n = 0; n < 1000; n++)
			if (ipc_ring_next(&v, i, rnd() % 2, &cursor, &r,
			        &lost) != 1)
				break;
	}
}

START_TEST(random_bytes_do_no_harm)
{
	for (int round = 0; round < 400; round++) {
		size_t n = 1 + rnd() % 64;

		/* most rounds spare the header, to get behind its checks */
		for (size_t k = 0; k < n; k++) {
			size_t at = rnd() % 4 == 0 ? rnd() % IPC_RING_BYTES
			    : round % 4 == 0
			    ? rnd() % sizeof(struct ipc_ring_header)
			    : 8192 + rnd() % (IPC_RING_BYTES - 8192);

			base[at] = (uint8_t)rnd();
		}
		read_everything();
		if (round % 10 == 9) {
			memset(base, 0, IPC_RING_BYTES);
			ipc_ring_create(base, IPC_RING_BYTES, nonce);
			ipc_ring_layout(base, IPC_RING_BYTES, 1, 1, "x");
		}
	}
	for (size_t k = 0; k < IPC_RING_BYTES; k++)
		base[k] = (uint8_t)rnd();
	read_everything();
}
END_TEST

/* ---- killed writers ---- */

struct sealed { /* a payload that shows whether it is whole */
	uint64_t n, mix[20];
};

static void
seal(struct sealed *s, uint64_t n)
{
	s->n = n;
	for (size_t i = 0; i < 20; i++)
		s->mix[i] = (n + i) * 0x9e3779b97f4a7c15u;
}

static bool
whole(const struct ipc_rec_copy *r)
{
	struct sealed got, want;

	if (r->len != sizeof(got))
		return false;
	memcpy(&got, r->payload, sizeof(got));
	seal(&want, got.n);
	return memcmp(&got, &want, sizeof(got)) == 0;
}

static pid_t
start_writer(const struct ipc_ring_desc *d)
{
	pid_t pid = fork();
	struct sealed s;
	struct ipc_counters c;

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	memset(&c, 0, sizeof(c));
	for (uint64_t n = 1;; n++) {
		seal(&s, n);
		ipc_ring_put(base, d, 30, 0, (int64_t)n, &s, sizeof(s));
		/* both writers of a pair may not publish counters */
		if (d->kind == IPC_RING_SCHED) {
			c.gen = n;
			c.goroutines = c.telemetry_dropped = n;
			ipc_counters_put(base, &c);
		}
	}
}

static void
kill_and_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

struct tally {
	uint64_t cursor, seen, lost;
};

static void
drain(uint32_t i, bool dead, struct tally *t)
{
	struct ipc_rec_copy r;
	uint64_t before = t->cursor;

	while (ipc_ring_next(&view, i, dead, &t->cursor, &r, &t->lost) == 1) {
		ck_assert_msg(whole(&r), "torn record %lu was believed",
		    (unsigned long)r.seq);
		ck_assert_uint_gt(r.seq, before);
		ck_assert_uint_eq(r.seq, t->cursor);
		before = r.seq;
		t->seen++;
	}
	ck_assert_uint_eq(t->seen + t->lost, t->cursor);
}

START_TEST(killed_writer_leaves_no_silent_gap)
{
	uint32_t i = ring_of(IPC_RING_SCHED);
	struct ipc_ring_ctl *ctl = ipc_ring_find(base, IPC_RING_SCHED, 0);
	struct tally t = { 0 };
	struct ipc_counters c;

	for (int round = 0; round < 40; round++) {
		pid_t pid = start_writer(&view.rings[i]);
		uint64_t until = atomic_load(&ctl->head) + 1 + rnd() % 3000;

		while (atomic_load(&ctl->head) < until) {
			drain(i, false, &t);
			if (ipc_counters_get(&view, &c) == 0)
				ck_assert_uint_eq(
				    c.goroutines, c.telemetry_dropped);
		}
		kill_and_reap(pid);
		drain(i, true, &t);
		ck_assert_uint_eq(t.cursor, atomic_load(&ctl->head));
		if (ipc_counters_get(&view, &c) == 0)
			ck_assert_uint_eq(c.goroutines, c.telemetry_dropped);
	}
	ck_assert_uint_gt(t.seen, 40);
}
END_TEST

/* Two writers in one ring lap each other while one of them is killed. */
START_TEST(killed_writers_beside_each_other)
{
	uint32_t i = ring_of(IPC_RING_GC);
	struct ipc_ring_ctl *ctl = ipc_ring_find(base, IPC_RING_GC, 0);
	struct tally t = { 0 };

	for (int round = 0; round < 20; round++) {
		pid_t a = start_writer(&view.rings[i]);
		pid_t b = start_writer(&view.rings[i]);
		uint64_t until = atomic_load(&ctl->head) + 1 + rnd() % 3000;

		while (atomic_load(&ctl->head) < until)
			drain(i, false, &t);
		kill_and_reap(a);
		for (int k = 0; k < 50; k++)
			drain(i, false, &t);
		kill_and_reap(b);
		drain(i, true, &t);
		ck_assert_uint_eq(t.cursor, atomic_load(&ctl->head));
	}
	ck_assert_uint_gt(t.seen, 20);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ring");
	TCase *tc = tcase_create("ring");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, header_tells_who);
	tcase_add_test(tc, record_comes_back_as_it_was);
	tcase_add_test(tc, long_payload_is_cut);
	tcase_add_test(tc, overwritten_is_counted);
	tcase_add_test(tc, boot_ring_keeps_the_first);
	tcase_add_test(tc, text_ring_keeps_what_is_unread);
	tcase_add_test(tc, hole_is_skipped_and_counted);
	tcase_add_test(tc, dead_writers_hole_is_skipped_at_once);
	/* every byte of header and payload, the commit word's too */
	tcase_add_loop_test(tc, changed_record_is_not_believed, 0, 24 + 32);
	tcase_add_test(tc, reader_is_woken_once_past_half);
	tcase_add_test(tc, counters_come_back_whole);
	tcase_add_loop_test(tc, lie_is_refused, 0, LIES);
	tcase_add_test(tc, not_ready_and_unknown_are_told_apart);
	tcase_add_test(tc, random_bytes_do_no_harm);
	tcase_add_test(tc, killed_writer_leaves_no_silent_gap);
	tcase_add_test(tc, killed_writers_beside_each_other);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
