/*
 * check_netpoll.c - poll descriptors on real pipes: events before, during and
 * after a wait, deadlines, closing, recycling, and what they report.
 */
#include "config.h"

#include "chan/booted.h"

#include <errno.h>
#include <sys/socket.h>

#include "poll/netpoll.h"
#include "sched/oracle.h"

#define HOUR (3600 * GORT_SEC)

struct end { /* one end of a pipe, and a goroutine that waits in it */
	int fd[2];
	struct poll_desc *pd;
	int mode;
	struct g *gp;
	_Atomic int err; /* what the wait said; -1: not yet */
	int times;
	gort_chan *done;
};

static void
open_pipe(struct end *e, int mode)
{
	*e = (struct end){ .mode = mode, .err = -1, .times = 1,
		.done = gort_chan_make_noscan(0, 0) };
	ck_assert_int_eq(pipe2(e->fd, O_NONBLOCK | O_CLOEXEC), 0);
	ck_assert_int_eq(rt_poll_open(e->fd[mode == 'w'], &e->pd), 0);
}

static void
close_pipe(struct end *e)
{
	rt_poll_unblock(e->pd);
	rt_poll_close(e->pd);
	close(e->fd[0]);
	close(e->fd[1]);
}

static void
waiter(void *arg)
{
	struct end *e = arg;

	__atomic_store_n(&e->gp, rt_getg(), __ATOMIC_RELEASE);
	while (e->times-- > 0)
		e->err = rt_poll_wait(e->pd, e->mode);
	gort_send(e->done, NULL);
}

static void
start_waiter(struct end *e)
{
	e->gp = NULL;
	gort_go(waiter, e);
	await_parked((struct g *const volatile *)&e->gp, WAIT_IO_WAIT);
}

/* Who is parked already may still be about to be counted. */
static void
await_waiters(int32_t n)
{
	while (rt_netpoll_waiters() != n)
		gort_yield();
}

static void
put(struct end *e)
{
	ck_assert_int_eq(write(e->fd[1], "x", 1), 1);
}

BOOTED(event_wakes_the_waiter)
{
	struct end e;

	gort_gomaxprocs(1 + index);
	open_pipe(&e, 'r');
	ck_assert_int_eq(rt_poll_reset(e.pd, 'r'), POLL_OK);
	start_waiter(&e);
	await_waiters(1);
	put(&e);
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_OK);
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	close_pipe(&e);
	return 0;
}

BOOTED(event_before_the_wait_is_remembered)
{
	struct end e;

	open_pipe(&e, 'r');
	put(&e);
	/* Edge-triggered: it is told once. The wait must return all the same,
	 * whether the poller looked before it or not. */
	if (index == 1)
		gort_sleep(GORT_MS); /* with all asleep the poller looks */
	ck_assert_int_eq(rt_poll_wait(e.pd, 'r'), POLL_OK);
	close_pipe(&e);
	return 0;
}

BOOTED(both_directions_at_once)
{
	struct end r, w;
	int sv[2];
	static char junk[65536]; /* not on a goroutine's stack */
	char c;

	ck_assert_int_eq(socketpair(AF_UNIX,
	                     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sv),
	    0);
	r = (struct end){ .mode = 'r', .times = 1, .err = -1,
		.done = gort_chan_make_noscan(0, 0) };
	w = r;
	w.mode = 'w';
	w.done = gort_chan_make_noscan(0, 0);
	/* Full before it is opened: there is no news of a writable end that a
	 * poller could bring late. */
	while (write(sv[0], junk, sizeof junk) > 0)
		continue;
	ck_assert_int_eq(rt_poll_open(sv[0], &r.pd), 0);
	w.pd = r.pd;
	start_waiter(&r);
	start_waiter(&w);
	await_waiters(2);
	while (read(sv[1], junk, sizeof junk) > 0)
		continue;
	gort_recv(w.done, NULL);
	ck_assert_int_eq(w.err, POLL_OK);
	ck_assert_int_eq(write(sv[1], "y", 1), 1);
	gort_recv(r.done, NULL);
	ck_assert_int_eq(r.err, POLL_OK);
	ck_assert_int_eq(read(sv[0], &c, 1), 1);
	rt_poll_unblock(r.pd);
	rt_poll_close(r.pd);
	close(sv[0]);
	close(sv[1]);
	return 0;
}

/* ---- deadlines ---- */

BOOTED(past_deadline_fails_at_once)
{
	struct end e;

	open_pipe(&e, 'r');
	rt_poll_set_deadline(e.pd, index == 0 ? -1 : 1, 'r');
	ck_assert_int_eq(rt_poll_reset(e.pd, 'r'), POLL_TIMEOUT);
	ck_assert_int_eq(rt_poll_wait(e.pd, 'r'), POLL_TIMEOUT);
	ck_assert_int_eq(rt_poll_reset(e.pd, 'w'), POLL_OK);
	rt_poll_set_deadline(e.pd, 0, 'r');
	ck_assert_int_eq(rt_poll_reset(e.pd, 'r'), POLL_OK);
	close_pipe(&e);
	return 0;
}

BOOTED(deadline_wakes_the_waiter)
{
	struct end e;
	int64_t when;

	open_pipe(&e, 'r');
	start_waiter(&e);
	when = rt_nanotime() + 2 * GORT_MS;
	rt_poll_set_deadline(e.pd, when, 'r' + 'w');
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_TIMEOUT);
	ck_assert_int_ge(rt_nanotime(), when);
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	close_pipe(&e);
	return 0;
}

BOOTED(passed_deadline_wakes_the_waiter)
{
	struct end e;

	open_pipe(&e, 'r');
	start_waiter(&e);
	rt_poll_set_deadline(e.pd, -1, 'r');
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_TIMEOUT);
	close_pipe(&e);
	return 0;
}

BOOTED(moved_deadline_does_not_wake)
{
	struct end e;
	int i;

	open_pipe(&e, 'r');
	start_waiter(&e);
	for (i = 0; i < 200; i++) {
		rt_poll_set_deadline(
		    e.pd, rt_nanotime() + 300 * GORT_US, 'r');
		gort_sleep(10 * GORT_US);
		rt_poll_set_deadline(e.pd, i % 2 ? 0 : rt_nanotime() + HOUR,
		    'r');
		if (e.err == POLL_TIMEOUT)
			break; /* a slow machine slept past the deadline */
	}
	if (e.err != POLL_TIMEOUT) {
		ck_assert_int_eq(e.err, -1);
		put(&e);
	}
	gort_recv(e.done, NULL);
	close_pipe(&e);
	return 0;
}

/* ---- closing ---- */

BOOTED(close_wakes_the_waiter)
{
	struct end e;

	open_pipe(&e, 'r');
	start_waiter(&e);
	rt_poll_unblock(e.pd);
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_CLOSING);
	ck_assert_int_eq(rt_poll_reset(e.pd, 'r'), POLL_CLOSING);
	ck_assert_int_eq(rt_poll_reset(e.pd, 'w'), POLL_CLOSING);
	rt_poll_set_deadline(e.pd, rt_nanotime() + HOUR, 'r'); /* no effect */
	ck_assert_int_eq(rt_poll_wait(e.pd, 'r'), POLL_CLOSING);
	rt_poll_close(e.pd);
	return 0;
}

BOOTED(other_end_closed_is_news)
{
	struct end e;
	char c;

	open_pipe(&e, index == 0 ? 'r' : 'w');
	if (index == 1) {
		while (write(e.fd[1], &e, sizeof e) > 0)
			continue;
		gort_sleep(GORT_MS);
		ck_assert_int_eq(rt_poll_reset(e.pd, 'w'), POLL_OK);
	}
	start_waiter(&e);
	close(e.fd[1 - index]);
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_OK);
	if (index == 0)
		ck_assert_int_eq(read(e.fd[0], &c, 1), 0);
	return 0;
}

static _Atomic uint64_t yields;
static _Atomic bool stop_yielding;

static void
yielder(void *arg)
{
	while (!atomic_load(&stop_yielding)) {
		atomic_fetch_add(&yields, 1);
		gort_yield();
	}
}

/*
 * Two goroutines that yield to each other never leave the P without work; who
 * waits for a descriptor gets his turn all the same, in far fewer yields than
 * fit between two looks of sysmon.
 */
BOOTED(yielding_starves_no_waiter)
{
	struct end e;
	int i;

	gort_gomaxprocs(1);
	open_pipe(&e, 'r');
	for (i = 0; i < 2; i++)
		gort_go(yielder, NULL);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(rt_poll_reset(e.pd, 'r'), POLL_OK);
		start_waiter(&e);
		put(&e);
		gort_recv(e.done, NULL);
		e.times = 1;
	}
	atomic_store(&stop_yielding, true);
	ck_assert_uint_lt(yields, 4000000);
	close_pipe(&e);
	return 0;
}

BOOTED(plain_file_is_refused)
{
	struct poll_desc *pd = (struct poll_desc *)&pd;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(rt_poll_open(fd, &pd), -EPERM);
	ck_assert_ptr_eq(pd, (struct poll_desc *)&pd);
	ck_assert_int_eq(rt_poll_open(1 << 20, &pd), -EBADF);
	ck_assert_uint_eq(rt_netpoll_fds(), 0);
	return 0;
}

/* Events of a closed descriptor must not show in the one that has its place
 * now: the new pipe is empty, so a wait in it may only end by its own data. */
BOOTED(recycled_descriptors)
{
	struct end e;
	char c;
	int i;

	gort_gomaxprocs(2);
	for (i = 0; i < 500; i++) {
		open_pipe(&e, 'r');
		put(&e); /* an event under way when it is closed */
		close_pipe(&e);
		open_pipe(&e, 'r');
		if (i % 50 == 0) {
			start_waiter(&e);
			ck_assert_int_eq(e.err, -1);
			put(&e);
			gort_recv(e.done, NULL);
			ck_assert_int_eq(read(e.fd[0], &c, 1), 1);
		}
		close_pipe(&e);
	}
	ck_assert_uint_eq(rt_netpoll_fds(), 0);
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	return 0;
}

/* ---- a race of everything at one descriptor ---- */

static void
tease(void *arg)
{
	struct end *e = arg;
	char c;
	int i;

	for (i = 0; i < BOOTED_SCALE(2000); i++) {
		switch (rt_fastrandn(4)) {
		case 0:
			rt_poll_set_deadline(e->pd,
			    rt_nanotime() + rt_fastrandn(50000), 'r');
			break;
		case 1:
			rt_poll_set_deadline(e->pd, 0, 'r');
			break;
		case 2:
			(void)!write(e->fd[1], "z", 1);
			break;
		default:
			(void)!read(e->fd[0], &c, 1);
			gort_yield();
		}
	}
	gort_send(e->done, NULL);
}

static void
wait_often(void *arg)
{
	struct end *e = arg;
	int err;

	do {
		err = rt_poll_wait(e->pd, 'r');
		e->times++;
		if (err == POLL_TIMEOUT)
			gort_yield();
	} while (err != POLL_CLOSING);
	e->err = err;
	gort_send(e->done, NULL);
}

BOOTED(race)
{
	struct end e;
	int i;

	gort_gomaxprocs(4);
	open_pipe(&e, 'r');
	gort_go(wait_often, &e);
	for (i = 0; i < 3; i++)
		gort_go(tease, &e);
	for (i = 0; i < 3; i++)
		gort_recv(e.done, NULL);
	rt_poll_unblock(e.pd);
	gort_recv(e.done, NULL);
	ck_assert_int_eq(e.err, POLL_CLOSING);
	ck_assert_int_eq(rt_netpoll_waiters(), 0);
	rt_poll_close(e.pd);
	return 0;
}

/* ---- last words ---- */

static int
wait_twice(void *arg)
{
	struct end e;

	open_pipe(&e, 'r');
	start_waiter(&e);
	rt_poll_wait(e.pd, 'r');
	return 0;
}

static int
close_without_unblock(void *arg)
{
	struct end e;

	open_pipe(&e, 'r');
	rt_poll_close(e.pd);
	return 0;
}

static const struct words {
	int (*body)(void *);
	const char *text;
} words[] = {
	{ wait_twice, "fatal error: runtime: double wait" },
	{ close_without_unblock,
	    "fatal error: runtime: close polldesc w/o unblock" },
};

START_TEST(last_words_of)
{
	static char text[65536];
	int code = last_words(words[_i].body, NULL, text, sizeof text);

	ck_assert_msg(strstr(text, words[_i].text) != NULL, "it said: %s",
	    text);
	ck_assert_int_eq(code, 2);
}
END_TEST

/* A program that closes what is not its own is told so; it must not spin. */
static int
close_all(void *arg)
{
	struct end e;

	open_pipe(&e, 'r');
	start_waiter(&e);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	gort_sleep(GORT_SEC);
	return 0;
}

START_TEST(closed_poller_is_reported)
{
	static char text[65536];
	int code = last_words(close_all, NULL, text, sizeof text);

	ck_assert_msg(
	    strstr(text, "fatal error: runtime: netpoll") != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("netpoll");
	TCase *tc = tcase_create("netpoll");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add_loop(tc, event_wakes_the_waiter, 2);
	booted_add_loop(tc, event_before_the_wait_is_remembered, 2);
	booted_add(tc, both_directions_at_once);
	booted_add_loop(tc, past_deadline_fails_at_once, 2);
	booted_add(tc, deadline_wakes_the_waiter);
	booted_add(tc, passed_deadline_wakes_the_waiter);
	booted_add(tc, moved_deadline_does_not_wake);
	booted_add(tc, close_wakes_the_waiter);
	booted_add_loop(tc, other_end_closed_is_news, 2);
	booted_add(tc, yielding_starves_no_waiter);
	booted_add(tc, plain_file_is_refused);
	booted_add(tc, recycled_descriptors);
	booted_add(tc, race);
	tcase_add_loop_test(tc, last_words_of, 0, 2);
	tcase_add_test(tc, closed_poller_is_reported);
	return suite_run(s);
}
