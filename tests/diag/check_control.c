/*
 * check_control.c - an instance seen from gortd's side.
 *
 * The test is gortd: it makes a ring and a channel, forks, and the child boots
 * the runtime with them. Everything is asserted here, by what came through the
 * ring and the channel; the child only does what the test is about.
 */
#include "config.h"

#include "boot/boot.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "gort.h"
#include "ipc/channel.h"
#include "ipc/ctl.h"
#include "ipc/ring.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t nonce[16] = "this is a nonce";
static uint8_t *base;
static struct ipc_ring_view view;
static struct ipc_channel *chan;
static pid_t pid;

/* ---- starting an instance ---- */

static int
make_ring(bool sealed)
{
	int fd = memfd_create("ring", MFD_ALLOW_SEALING);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, IPC_RING_BYTES), 0);
	base = mmap(NULL, IPC_RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	ck_assert_ptr_ne(base, MAP_FAILED);
	ck_assert_int_eq(ipc_ring_create(base, IPC_RING_BYTES, nonce), 0);
	if (sealed)
		ck_assert_int_eq(fcntl(fd, F_ADD_SEALS,
		                     F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
		    0);
	return fd;
}

static void
set_fd(const char *name, int fd)
{
	char s[16];

	snprintf(s, sizeof(s), "%d", fd);
	setenv(name, s, 1);
}

static void
start(int (*body)(void *), bool sealed)
{
	int ring = make_ring(sealed), sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		close(sv[0]);
		dup2(null, 2);
		set_fd("GORT_RING_FD", ring);
		set_fd("GORT_CONTROL_FD", sv[1]);
		rt_boot_test(body, NULL);
	}
	close(sv[1]);
	close(ring);
	chan = calloc(1, sizeof(*chan));
	ck_assert_int_eq(ipc_channel_init(chan, sv[0]), 0);
}

static int
wait_exit(void)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* The next frame; fails when the instance closes. */
static struct ipc_frame
next_frame(int *ret_fd)
{
	struct ipc_frame f;
	struct pollfd p = { .fd = chan->fd, .events = POLLIN };
	int r;

	while ((r = ipc_channel_next(chan, &f, ret_fd)) == 0) {
		ck_assert_int_ge(poll(&p, 1, 20000), 1);
		ck_assert_int_gt(ipc_channel_read(chan), 0);
	}
	ck_assert_int_eq(r, 1);
	return f;
}

static void
expect_type(const struct ipc_frame *f, uint16_t type, uint32_t id)
{
	if (f->type == IPC_CTL_ERROR && type != IPC_CTL_ERROR)
		ck_abort_msg("error: %.*s", (int)f->len, (char *)f->data);
	ck_assert_uint_eq(f->type, type);
	ck_assert_uint_eq(f->id, id);
}

/* HELLO, then READY. */
static void
greet(void)
{
	struct ipc_ctl_hello h;
	struct ipc_frame f;
	int fd;

	f = next_frame(&fd);
	expect_type(&f, IPC_CTL_HELLO, 0);
	ck_assert_uint_eq(f.len, sizeof(h));
	memcpy(&h, f.data, sizeof(h));
	ck_assert_uint_eq(h.ctl_abi, IPC_CTL_ABI);
	ck_assert_int_eq(h.pid, pid);
	ck_assert_mem_eq(h.nonce, nonce, 16);
	f = next_frame(&fd);
	expect_type(&f, IPC_CTL_READY, 0);
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), 0);
}

static struct ipc_frame
ask(uint16_t type, const void *data, uint32_t len, int *ret_fd)
{
	static uint32_t id = 100;
	struct ipc_frame f;

	ck_assert_int_eq(ipc_channel_send(chan, type, ++id, data, len, -1), 0);
	do /* what was asked before may be answered late */
		f = next_frame(ret_fd);
	while (f.id < id);
	ck_assert_uint_eq(f.id, id);
	return f;
}

/* ---- what the ring says afterwards ---- */

static uint32_t
ring_of(uint32_t kind)
{
	for (uint32_t i = 0; i < view.nrings; i++)
		if (view.rings[i].kind == kind && view.rings[i].index == 0)
			return i;
	ck_abort_msg("no ring %u", kind);
	return 0;
}

/* First record of that type, or fails. */
static struct ipc_rec_copy
find_record(uint32_t kind, uint16_t type)
{
	struct ipc_rec_copy r;
	uint64_t cursor = 0, lost = 0;

	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), 0);
	while (ipc_ring_next(&view, ring_of(kind), true, &cursor, &r, &lost))
		if (r.type == type)
			return r;
	ck_abort_msg("no record of type %u", type);
	return r;
}

static void
expect_exit_record(int32_t code, int32_t sig, const char *reason)
{
	struct ipc_rec_copy r = find_record(IPC_RING_LIFE, IPC_REC_EXIT);
	struct ipc_rec_exit e;

	memcpy(&e, r.payload, sizeof(e));
	ck_assert_int_eq(e.code, code);
	ck_assert_int_eq(e.signal, sig);
	ck_assert_str_eq(e.reason, reason);
}

/* ---- bodies of instances ---- */

/*
 * Not static: the runtime leaves out the static functions of sources that
 * include runtime2.h, as this one does (fault/symtab.c).
 */
void parked_here(void *c);

void
parked_here(void *c)
{
	bool ok;

	rt_chanrecv(c, NULL, true, &ok);
	__asm__ volatile("");
}

void accepting_here(void *arg);

void
accepting_here(void *arg)
{
	gort_fd *l = NULL;

	gort_listen("tcp", "127.0.0.1:0", &l);
	gort_accept(l, &l);
	__asm__ volatile("");
}

/* Ten goroutines wait in a channel and one in a socket; main waits for the
 * test to kill us. */
static int
waits(void *arg)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);

	/* as if started from libc, which names no files */
	rt_newproc(accepting_here, NULL, (uintptr_t)getpid + 1);
	for (int i = 0; i < 10; i++)
		rt_newproc(parked_here, c, (uintptr_t)waits + 1);
	rt_time_sleep(3600000000000);
	return 0;
}

static int
ends(void *arg)
{
	rt_gc_force();
	return 5;
}

static int
panics(void *arg)
{
	rt_panic_str("the last words");
}

/* No goroutine gets a turn: the only P is in a loop that never yields. */
static int
hangs(void *arg)
{
	volatile int turning = 1;

	rt_gomaxprocs_set(1);
	while (turning)
		;
	return 0;
}

/* ---- tests ---- */

START_TEST(boot_steps_and_exit_are_in_the_ring)
{
	struct ipc_rec_copy r;
	struct ipc_rec_boot b;
	uint64_t cursor = 0, lost = 0;
	int steps = 0;

	start(ends, true);
	ck_assert_int_eq(WEXITSTATUS(wait_exit()), 5);
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &view), 0);
	ck_assert_int_eq(view.pid, pid);
	while (ipc_ring_next(&view, ring_of(IPC_RING_BOOT), true, &cursor, &r,
	    &lost)) {
		if (r.type != IPC_REC_BOOT_STEP)
			continue;
		memcpy(&b, r.payload, sizeof(b));
		ck_assert_int_ge(b.dur_ns, 0);
		steps++;
	}
	ck_assert_int_ge(steps, 30);
	ck_assert_uint_eq(lost, 0);
	find_record(IPC_RING_LIFE, IPC_REC_START);
	find_record(IPC_RING_GC, IPC_REC_GC);
	expect_exit_record(5, 0, "exit");
}
END_TEST

START_TEST(last_words_are_in_the_ring)
{
	struct ipc_rec_copy r;

	start(panics, true);
	ck_assert_int_eq(WEXITSTATUS(wait_exit()), 2);
	r = find_record(IPC_RING_LIFE, IPC_REC_PANIC);
	ck_assert_uint_eq(r.len, strlen("panic: the last words"));
	ck_assert_mem_eq(r.payload, "panic: the last words", r.len);
	expect_exit_record(2, 0, "panic");
	r = find_record(IPC_RING_TEXT, IPC_REC_TEXT);
	ck_assert_mem_eq(r.payload, "panic: the last words\n\ngoroutine 1 ", 35);
}
END_TEST

/* Who can't be sealed, or is laid out already, is left alone. */
START_TEST(strange_ring_is_not_touched)
{
	struct ipc_ring_header *h;

	start(ends, false);
	ck_assert_int_eq(WEXITSTATUS(wait_exit()), 5);
	h = (void *)base;
	ck_assert_int_eq(h->pid, 0);
	ck_assert_uint_eq(atomic_load(&h->ready), 0);
}
END_TEST

START_TEST(sample_comes_at_once)
{
	struct ipc_rec_copy r;
	struct ipc_rec_sched s;
	struct ipc_counters c;

	start(waits, true);
	greet();
	kill(pid, SIGKILL);
	wait_exit();
	r = find_record(IPC_RING_SCHED, IPC_REC_SCHED);
	memcpy(&s, r.payload, sizeof(s));
	ck_assert_uint_ge(s.gomaxprocs, 1);
	ck_assert_uint_ge(s.threads, 2);
	ck_assert_int_eq(ipc_counters_get(&view, &c), 0);
	ck_assert_uint_eq(c.gomaxprocs, s.gomaxprocs);
	ck_assert_uint_gt(c.sys_bytes, 0);
}
END_TEST

START_TEST(requests_are_answered)
{
	struct ipc_counters c;
	struct ipc_rec_gc gc;
	struct ipc_frame f;
	uint32_t detail = 1, bytes;
	char text[256] = "";
	int fd;

	start(waits, true);
	greet();
	f = ask(IPC_CTL_PING, NULL, 0, &fd);
	ck_assert_uint_eq(f.type, IPC_CTL_PONG);
	f = ask(IPC_CTL_GC, NULL, 0, &fd);
	expect_type(&f, IPC_CTL_GC_DONE, f.id);
	ck_assert_uint_eq(f.len, sizeof(gc));
	memcpy(&gc, f.data, sizeof(gc));
	ck_assert_uint_ge(gc.cycle, 1);
	ck_assert_uint_eq(gc.forced, 1);
	do { /* it answers from before main.main has made them all */
		f = ask(IPC_CTL_MEM, NULL, 0, &fd);
		expect_type(&f, IPC_CTL_MEM_IS, f.id);
		ck_assert_uint_eq(f.len, sizeof(c));
		memcpy(&c, f.data, sizeof(c));
	} while (c.goroutines < 12);
	ck_assert_uint_ge(c.num_forced_gc, 1);
	ck_assert_uint_eq(c.goroutines, 12);
	f = ask(IPC_CTL_SCHED, &detail, sizeof(detail), &fd);
	expect_type(&f, IPC_CTL_SCHED_AT, f.id);
	memcpy(&bytes, f.data, sizeof(bytes));
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(pread(fd, text, sizeof(text) - 1, 0), 0);
	ck_assert_ptr_eq(strstr(text, "SCHED "), text);
	ck_assert_ptr_nonnull(strstr(text, "\n  P0: status="));
	kill(pid, SIGKILL);
	wait_exit();
}
END_TEST

static void
expect_text(const struct ipc_frame *f, uint16_t type, const char *part)
{
	char s[IPC_CTL_TEXT_MAX + 1];

	ck_assert_uint_eq(f->type, type);
	memcpy(s, f->data, f->len);
	s[f->len] = '\0';
	ck_assert_msg(strstr(s, part) != NULL, "\"%s\" lacks \"%s\"", s, part);
}

static struct ipc_frame
set_debug(const char *s)
{
	int fd;

	return ask(IPC_CTL_DEBUG_SET, s, (uint32_t)strlen(s), &fd);
}

START_TEST(debug_variables_are_set_live)
{
	struct ipc_frame f;
	int fd;

	start(waits, true);
	greet();
	f = ask(IPC_CTL_DEBUG_GET, NULL, 0, &fd);
	expect_text(&f, IPC_CTL_DEBUG, "gctrace=0");
	f = set_debug("gctrace=1,schedtrace=1000");
	expect_text(&f, IPC_CTL_DEBUG, "gctrace=1");
	expect_text(&f, IPC_CTL_DEBUG, "schedtrace=1000");
	f = set_debug("gctrace=0,nosuch=1");
	expect_text(&f, IPC_CTL_ERROR, "nosuch");
	f = set_debug("gctrace=x");
	expect_text(&f, IPC_CTL_ERROR, "gctrace");
	f = set_debug("gctrace=2147483648");
	expect_text(&f, IPC_CTL_ERROR, "32-bit");
	f = set_debug("gctrace");
	expect_text(&f, IPC_CTL_ERROR, "key=number");
	f = set_debug("");
	expect_text(&f, IPC_CTL_ERROR, "no setting");
	f = ask(IPC_CTL_DEBUG_GET, NULL, 0, &fd);
	expect_text(&f, IPC_CTL_DEBUG, "gctrace=1"); /* all or nothing */
	kill(pid, SIGKILL);
	wait_exit();
}
END_TEST

/* Where a goroutine waits is said in words of the program, and of a system
 * goroutine without the way into the scheduler. */
static void
check_where(const struct ipc_ctl_gor *g, const struct ipc_ctl_frame *fr)
{
	ck_assert_str_ne(fr->func, "rt_mcall");
	ck_assert_str_ne(fr->func, "rt_gopark");
	if (g->system)
		return;
	ck_assert_msg(strncmp(fr->func, "rt_", 3) != 0 &&
	        strncmp(fr->func, "capi_", 5) != 0 &&
	        strncmp(fr->func, "gort_", 5) != 0, "%s", fr->func);
	if (strcmp(g->reason, "IO wait") == 0) {
		ck_assert_str_eq(fr->func, "accepting_here");
		ck_assert_str_eq(g->created_file, ""); /* see waits() */
	}
}

static int accepting; /* seen by count_parked */

/* All pages of goroutines; counts those that wait in parked_here. */
static int
count_parked(uint32_t limit, uint32_t *ret_pages)
{
	struct ipc_ctl_gor_ask q = { .limit = limit, .stacks = 1 };
	struct ipc_ctl_gor_at at;
	int parked = 0, fd;

	*ret_pages = 0;
	accepting = 0;
	do {
		struct ipc_frame f = ask(IPC_CTL_GOROUTINES, &q, sizeof(q), &fd);
		off_t off = 0;

		expect_type(&f, IPC_CTL_GOROUTINES_AT, f.id);
		memcpy(&at, f.data, sizeof(at));
		ck_assert_int_ge(fd, 0);
		ck_assert_uint_le(at.count, limit);
		for (uint32_t i = 0; i < at.count; i++) {
			struct ipc_ctl_gor g;
			struct ipc_ctl_frame fr;

			ck_assert_int_eq(
			    pread(fd, &g, sizeof(g), off), sizeof(g));
			ck_assert_uint_gt(g.goid, q.after_goid);
			q.after_goid = g.goid;
			off += sizeof(g);
			if (g.nframes == 0)
				continue;
			ck_assert_int_eq(
			    pread(fd, &fr, sizeof(fr), off), sizeof(fr));
			off += (off_t)(g.nframes * sizeof(fr));
			check_where(&g, &fr);
			accepting += strcmp(g.reason, "IO wait") == 0;
			if (strcmp(fr.func, "parked_here") != 0)
				continue;
			parked++;
			ck_assert_str_eq(g.reason, "chan receive");
			ck_assert_str_eq(g.created_by, "waits");
			ck_assert_uint_gt(fr.line, 0);
			ck_assert_ptr_nonnull(
			    strstr(fr.file, "check_control.c"));
		}
		ck_assert_int_eq((int)off, (int)at.bytes);
		close(fd);
		++*ret_pages;
	} while (at.more);
	return parked;
}

START_TEST(goroutines_come_in_pages)
{
	uint32_t pages;

	start(waits, true);
	greet();
	while (count_parked(4096, &pages) < 10 || accepting == 0)
		continue; /* they have not all parked yet; asking is a wait */
	ck_assert_uint_eq(pages, 1);
	ck_assert_int_eq(count_parked(3, &pages), 10);
	ck_assert_uint_ge(pages, 4);
	kill(pid, SIGKILL);
	wait_exit();
}
END_TEST

START_TEST(hung_scheduler_still_answers)
{
	struct ipc_frame f;
	int fd;

	start(hangs, true);
	greet();
	ck_assert_int_eq(ipc_channel_send(chan, IPC_CTL_GC, 7, NULL, 0, -1), 0);
	f = ask(IPC_CTL_PING, NULL, 0, &fd);
	ck_assert_uint_eq(f.type, IPC_CTL_PONG);
	f = ask(IPC_CTL_DEBUG_GET, NULL, 0, &fd);
	ck_assert_uint_eq(f.type, IPC_CTL_DEBUG);
	f = ask(IPC_CTL_MEM, NULL, 0, &fd);
	ck_assert_uint_eq(f.type, IPC_CTL_MEM_IS);
	kill(pid, SIGKILL);
	wait_exit();
}
END_TEST

static const struct {
	uint16_t type;
	uint32_t len;
} wrong[] = {
	{ IPC_CTL_PING, 1 }, { IPC_CTL_GOROUTINES, 3 }, { IPC_CTL_SCHED, 0 },
	{ IPC_CTL_DEBUG_SET, IPC_CTL_TEXT_MAX + 1 }, { IPC_CTL_HELLO, 0 },
	{ 9999, 0 },
};

/* A wrong frame ends the channel, not the program. */
START_TEST(wrong_frame_closes_the_channel)
{
	static const char zeros[IPC_CTL_TEXT_MAX + 1];
	struct pollfd p;
	int r;

	start(waits, true);
	greet();
	ck_assert_int_eq(ipc_channel_send(chan, wrong[_i].type, 1, zeros,
	                     wrong[_i].len, -1),
	    0);
	p = (struct pollfd){ .fd = chan->fd, .events = POLLIN };
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	r = ipc_channel_read(chan);
	ck_assert_msg(r == -EPIPE || r == -ECONNRESET, "read gave %d", r);
	ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), 0); /* it lives */
	kill(pid, SIGKILL);
	wait_exit();
}
END_TEST

START_TEST(gortd_may_go_away)
{
	start(ends, true);
	ipc_channel_close(chan);
	ck_assert_int_eq(WEXITSTATUS(wait_exit()), 5);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, boot_steps_and_exit_are_in_the_ring);
	tcase_add_test(tc, last_words_are_in_the_ring);
	tcase_add_test(tc, strange_ring_is_not_touched);
	tcase_add_test(tc, sample_comes_at_once);
	tcase_add_test(tc, requests_are_answered);
	tcase_add_test(tc, debug_variables_are_set_live);
	tcase_add_test(tc, goroutines_come_in_pages);
	tcase_add_test(tc, hung_scheduler_still_answers);
	tcase_add_loop_test(tc, wrong_frame_closes_the_channel, 0,
	    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, gortd_may_go_away);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
