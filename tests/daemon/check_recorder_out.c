/*
 * check_recorder_out.c - raw output: exact, prompt, and only as fast as its
 * watcher when the watcher wants it so.
 */
#include "ipc/out.h"
#include "recorder_test.h"

struct watcher {
	int fd;
	char *p[2];
	size_t n[2];
	uint64_t off[2];
	int packets;
	uint64_t lost;
	bool ended, closed;
};

static struct watcher
w_begin(bool block, uint64_t from)
{
	struct watcher w = { 0 };
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	ck_assert_int_eq(link_send(T.link, json_pack(
	    "{s:s, s:s, s:i, s:I, s:i, s:b}", "m", "output", "instance", ID,
	    "run", 1, "stdout", (json_int_t)from, "stderr", 0, "block", block),
	    &sv[1], 1), 0);
	close(sv[1]);
	w.fd = sv[0];
	w.off[0] = from;
	return w;
}

/* One packet, if there is one. */
static bool
w_read(struct watcher *w)
{
	struct {
		struct ipc_out_head h;
		char data[IPC_OUT_MAX];
	} m;
	ssize_t n = recv(w->fd, &m, sizeof(m), MSG_DONTWAIT);
	size_t len;
	int s;

	if (n == 0)
		w->closed = true;
	if (n <= 0)
		return false;
	len = (size_t)n - sizeof(m.h);
	w->packets++;
	if (m.h.kind == IPC_OUT_END) {
		ck_assert_uint_ge(m.h.off, w->off[0]);
		w->lost += m.h.off - w->off[0] + m.h.off2 - w->off[1];
		w->ended = true;
		return true;
	}
	s = (int)m.h.kind;
	ck_assert_uint_ge(m.h.off, w->off[s]);
	w->lost += m.h.off - w->off[s];
	w->p[s] = realloc(w->p[s], w->n[s] + len);
	memcpy(w->p[s] + w->n[s], m.data, len);
	w->n[s] += len;
	w->off[s] = m.h.off + len;
	return true;
}

static bool
w_drain(struct watcher *w)
{
	while (w_read(w))
		;
	return w->ended;
}

static void
w_end(struct watcher *w)
{
	free(w->p[0]);
	free(w->p[1]);
	close(w->fd);
}

START_TEST(output_is_the_bytes_themselves)
{
	struct t_run r = t_run_new(ID, 1);
	struct watcher w;

	t_start();
	w = w_begin(false, 0);
	t_attach(&r);
	/* a prompt is seen before its newline */
	t_print(r.out[1], "name? ", 6);
	T_WAIT((w_drain(&w), w.n[0] == 6));
	t_print(r.err[1], "warning\n", 8);
	t_print(r.out[1], "\xff\x00\n\nend", 7);
	t_end_run(&r);
	T_WAIT(w_drain(&w));
	ck_assert_uint_eq(w.n[0], 13);
	ck_assert(memcmp(w.p[0], "name? \xff\x00\n\nend", 13) == 0);
	ck_assert_uint_eq(w.n[1], 8);
	ck_assert_uint_eq(w.lost, 0);
	w_end(&w);
	/* later, out of the store, from an offset */
	t_send(json_pack("{s:s, s:i, s:s, s:{s:s, s:i, s:i}}", "m", "row",
	    "seq", 1, "table", "run", "row", "instance", ID, "run", 1,
	    "ended_ns", 5));
	T_WAIT(t_count("rowack", NULL, NULL) == 1);
	w = w_begin(true, 4);
	T_WAIT(w_drain(&w));
	ck_assert_uint_eq(w.n[0], 9);
	ck_assert(memcmp(w.p[0], "? \xff\x00\n\nend", 9) == 0);
	ck_assert_uint_eq(w.n[1], 8);
	T_WAIT((w_drain(&w), w.closed));
	w_end(&w);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* The first byte waits for the watcher that was announced. */
START_TEST(what_is_held_waits_for_its_watcher)
{
	struct t_run r = t_run_new(ID, 1);
	struct watcher w;
	char line[8];

	T.cfg.text_bytes_per_s = 1; /* history would drop all of it */
	t_start();
	r.hold = true;
	t_attach(&r);
	for (int i = 0; i < 9000; i++) {
		snprintf(line, sizeof(line), "%06d\n", i);
		t_print(r.out[1], line, 7);
	}
	t_end_run(&r);
	for (int i = 0; i < 5; i++)
		t_turn(10);
	ck_assert_int_eq(t_count("drained", NULL, NULL), 0);
	w = w_begin(true, 0);
	T_WAIT(w_drain(&w));
	ck_assert_uint_eq(w.n[0], 63000);
	ck_assert_uint_eq(w.lost, 0);
	for (int i = 0; i < 9000; i++)
		ck_assert_int_eq(atoi(w.p[0] + i * 7), i);
	w_end(&w);
	t_stop();
	t_run_free(&r);
}
END_TEST

static pid_t
printer(struct t_run *r, int lines)
{
	pid_t prog;

	fflush(NULL);
	prog = fork();
	if (prog == 0) {
		char line[101];

		for (int i = 0; i < lines; i++) {
			snprintf(line, sizeof(line), "%098d.\n", i);
			t_print(r->out[1], line, 100);
		}
		_exit(0);
	}
	close(r->out[1]);
	r->out[1] = -1;
	return prog;
}

/* With block the program waits, and every byte arrives; history is cut. */
START_TEST(a_blocking_reader_makes_the_program_wait)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 60000 };
	struct watcher w;
	pid_t prog;

	T.cfg.text_bytes_per_s = 1000;
	t_start();
	w = w_begin(true, 0);
	t_attach(&r);
	prog = printer(&r, LINES);
	/* nobody reads: what the socket, the inbox and the pipe hold */
	for (int i = 0; i < 30; i++)
		t_turn(10);
	ck_assert_int_eq(waitpid(prog, NULL, WNOHANG), 0);
	while (waitpid(prog, NULL, WNOHANG) == 0) {
		w_drain(&w);
		t_turn(1);
	}
	/* it has ended while its reader is behind: still nothing is lost */
	t_end_run(&r);
	T_WAIT(w_drain(&w));
	ck_assert_uint_eq(w.n[0], LINES * 100);
	for (int i = 0; i < LINES; i++)
		ck_assert_int_eq(atoi(w.p[0] + i * 100 + 80), i);
	ck_assert_uint_eq(w.lost, 0);
	w_end(&w);
	/* every line is in the history or in the ledger */
	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_log) + "
	    "(SELECT sum(count) FROM v_loss)").i, LINES);
	ck_assert_int_gt(t_ask("SELECT sum(count) FROM v_loss").i, LINES / 2);
	t_stop();
	t_run_free(&r);
}
END_TEST

START_TEST(a_reader_that_goes_away_lets_the_program_go_on)
{
	struct t_run r = t_run_new(ID, 1);
	struct watcher w;
	pid_t prog;

	t_start();
	r.hold = true;
	t_attach(&r);
	prog = printer(&r, 20000); /* before: it would inherit our end */
	w = w_begin(true, 0);
	T_WAIT(w_read(&w));
	ck_assert_int_eq(waitpid(prog, NULL, WNOHANG), 0);
	w_end(&w);
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ck_assert_int_eq(t_ask("SELECT count(*) FROM v_log").i, 20000);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* Without block a reader that sleeps costs the program nothing. */
START_TEST(a_sleeping_reader_is_told_what_it_missed)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 20000 };
	struct watcher w;
	pid_t prog;

	T.cfg.text_bytes_per_s = 1000;
	t_start();
	w = w_begin(false, 0);
	t_attach(&r);
	prog = printer(&r, LINES);
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	T_WAIT(w_drain(&w));
	ck_assert_uint_gt(w.lost, 0);
	ck_assert_uint_eq(w.n[0] + w.lost, LINES * 100);
	w_end(&w);
	t_stop();
	t_run_free(&r);
}
END_TEST

/* Killed while it drops: what was dropped is still counted, once. */
START_TEST(dropped_lines_survive_the_recorder)
{
	struct t_run r = t_run_new(ID, 1);
	enum { LINES = 30000 };
	pid_t prog;

	T.cfg.text_bytes_per_s = 1000;
	t_start();
	t_attach(&r);
	prog = printer(&r, LINES);
	for (int i = 0; i < 3; i++)
		t_turn(10);
	t_kill();
	t_start();
	t_attach(&r);
	T_WAIT(waitpid(prog, NULL, WNOHANG) == prog);
	t_end_run(&r);
	T_WAIT(t_count("drained", NULL, NULL) == 1);
	ck_assert_int_eq(t_ask("SELECT (SELECT count(*) FROM v_log) + "
	    "(SELECT sum(count) FROM v_loss)").i, LINES);
	t_stop();
	t_run_free(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recorder output");
	TCase *tc = tcase_create("output");

	tcase_add_checked_fixture(tc, t_setup, t_teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, output_is_the_bytes_themselves);
	tcase_add_test(tc, what_is_held_waits_for_its_watcher);
	tcase_add_test(tc, a_blocking_reader_makes_the_program_wait);
	tcase_add_test(tc, a_reader_that_goes_away_lets_the_program_go_on);
	tcase_add_test(tc, a_sleeping_reader_is_told_what_it_missed);
	tcase_add_test(tc, dropped_lines_survive_the_recorder);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
