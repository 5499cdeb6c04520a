/*
 * cmd_run.c - run and wait.
 *
 * Foreground: the program belongs to gortd, and this process is its terminal.
 * Standard input is our own descriptor, handed over; output comes through a
 * socket of its own (out.c), as it was written; signals that a person or a
 * script sends us are passed on, and what the program ends with is what we end
 * with. If we die the program goes on: it was started to be kept.
 *
 * Four waits in one poll: gortd's messages, our signals, the output and, when
 * our own reader is slow, that reader. The end of the run may be told before
 * its last bytes come, which another process sends; the socket says itself
 * when there is no more.
 *
 * A supervisor that is replaced in the middle costs nothing but the
 * connection: the run is asked for again with its request_id, and the wait is
 * asked again. A recorder that is replaced: the output is asked for again,
 * from the byte after the last one that came.
 */
#include "client/conn.h"
#include "client/json.h"
#include "client/out.h"
#include "client/print.h"
#include "client/spec.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define END_GRACE_MS 10000 /* from the end of the run to its last line */

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The program's end as a shell would tell it. */
static int
exit_code(const json_t *end)
{
	int64_t sig = j_int(end, "signal", 0);

	if (sig > 0 && sig < 128)
		return 128 + (int)sig;
	return (int)(j_int(end, "exit_code", CTL_RUN_GORTD) & 0xff);
}

/* A failure before the program ran, as the codes that docker uses. */
static int
run_failed(const struct conn_err *err)
{
	ctl_say("%s", err->message);
	if (err->exit == CTL_RUN_CANNOT || err->exit == CTL_RUN_MISSING)
		return err->exit;
	return CTL_RUN_GORTD;
}

/* ---- the foreground loop ---- */

struct fore {
	struct conn *c;
	struct out out;
	const char *id;   /* ID@RUN */
	int sigfd;
	int code;         /* why the wait failed, else 0 */
	int64_t wait_id;  /* request id of instance.wait; 0: not asked */
	json_t *end;      /* its answer */
	int64_t end_ms;   /* when it came */
};

static void
pass_signal(struct fore *fg, int sig)
{
	json_t *p = json_pack("{s:s, s:i, s:b}", "id", fg->id, "signal", sig,
	    "forward", 1);

	/* the answer is not waited for: the program may take its time */
	conn_send(fg->c, "instance.kill", p, -1);
}

static void
take_signal(struct fore *fg)
{
	struct signalfd_siginfo si;

	while (read(fg->sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si))
		pass_signal(fg, (int)si.ssi_signo);
}

static int
ask_wait(struct fore *fg)
{
	int64_t id = conn_send(fg->c, "instance.wait",
	    json_pack("{s:s}", "id", fg->id), -1);

	fg->wait_id = id > 0 ? id : 0;
	return id > 0 ? 0 : (int)id;
}

static int
take_message(struct fore *fg, const json_t *msg)
{
	const json_t *error = json_object_get(msg, "error");
	struct conn_err err;

	if (fg->wait_id != 0 && j_int(msg, "id", 0) == fg->wait_id) {
		if (error != NULL) {
			conn_read_err(error, &err);
			ctl_say("%s", err.message);
			return CTL_RUN_GORTD;
		}
		json_decref(fg->end);
		fg->end = json_incref(json_object_get(msg, "result"));
		fg->end_ms = now_ms();
	}
	return CTL_OK;
}

static void
early_answer(void *arg, const json_t *msg)
{
	struct fore *fg = arg;

	fg->code = take_message(fg, msg);
}

/* The supervisor was replaced; the output does not go through it. */
static int
join_again(struct fore *fg)
{
	if (conn_again(fg->c) != 0) {
		ctl_say("gortd went away; %s goes on without it", fg->id);
		return CTL_RUN_GORTD;
	}
	return ask_wait(fg) == 0 ? CTL_OK : CTL_RUN_GORTD;
}

/* Messages that have arrived. CTL_OK, or the code to leave with. */
static int
take_messages(struct fore *fg)
{
	json_t *msg;
	int rc, code;

	while ((rc = conn_recv(fg->c, 0, &msg)) == 1) {
		code = take_message(fg, msg);
		json_decref(msg);
		if (code != CTL_OK)
			return code;
	}
	if (rc == 0 || fg->end != NULL)
		return CTL_OK;
	if (rc != -EPIPE) {
		ctl_say("what gortd sent makes no sense");
		return CTL_RUN_GORTD;
	}
	return join_again(fg);
}

/*
 * Ask for the output. That call may find the supervisor replaced, and the wait
 * lost with it; or it may meet the answer to the wait.
 */
static int
attach(struct fore *fg)
{
	unsigned before = conn_times(fg->c);
	int rc = out_attach(&fg->out, fg->c, fg->id);

	if (rc == CTL_OK && fg->end == NULL && conn_times(fg->c) != before &&
	    ask_wait(fg) != 0)
		rc = join_again(fg);
	return rc != CTL_OK ? rc : fg->code;
}

/* Output that has arrived; when its socket ends early, another one. */
static int
take_output(struct fore *fg)
{
	return out_move(&fg->out) == 0 ? CTL_OK : attach(fg);
}

static bool
fore_done(const struct fore *fg)
{
	return fg->end != NULL && fg->out.at == fg->out.len &&
	    (fg->out.ended || now_ms() - fg->end_ms > END_GRACE_MS);
}

static int
fore_loop(struct fore *fg)
{
	struct pollfd p[3] = { { .events = POLLIN }, { .events = POLLIN } };
	int rc = CTL_OK;

	while (rc == CTL_OK && !fore_done(fg)) {
		rc = take_output(fg);
		if (fg->out.broken) {
			/* as `prog | head` would: nobody listens any more */
			pass_signal(fg, SIGPIPE);
			pass_signal(fg, SIGTERM);
			return 128 + SIGPIPE;
		}
		/* a call may have read messages that wait in the buffer */
		if (rc == CTL_OK)
			rc = take_messages(fg);
		if (rc != CTL_OK || fore_done(fg))
			break;
		p[0].fd = fg->end == NULL ? conn_fd(fg->c) : -1;
		p[1].fd = fg->sigfd;
		p[2].fd = out_poll_fd(&fg->out, &p[2].events);
		if (fg->out.ended && fg->out.at == fg->out.len)
			p[2].fd = -1;
		if (poll(p, 3, fg->end != NULL ? 1000 : -1) > 0 &&
		    p[1].revents != 0)
			take_signal(fg);
	}
	if (fg->out.lost > 0)
		ctl_say("%" PRIu64 " bytes of its output are lost",
		    fg->out.lost);
	return rc != CTL_OK ? rc : exit_code(fg->end);
}

static int
catch_signals(void)
{
	static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGUSR1, SIGUSR2 };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(&set, forwarded[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
foreground(struct conn *c, const json_t *started)
{
	char id[128];
	struct fore fg = { .c = c, .id = id };
	int rc;

	snprintf(id, sizeof(id), "%s@%" PRId64, j_str(started, "id", ""),
	    j_int(started, "run", 1));
	fg.out.fd = -1;
	fg.sigfd = catch_signals();
	if (fg.sigfd < 0) {
		ctl_say("signalfd: %s", strerror(errno));
		return CTL_RUN_GORTD;
	}
	/*
	 * The end is asked for first: with --rm a short program may be over
	 * and removed as soon as its output is let go by the attach.
	 */
	conn_on_answer(c, early_answer, &fg);
	rc = ask_wait(&fg) == 0 ? attach(&fg) : CTL_RUN_GORTD;
	if (rc == CTL_OK)
		rc = fore_loop(&fg);
	conn_on_answer(c, NULL, NULL);
	out_fini(&fg.out);
	json_decref(fg.end);
	close(fg.sigfd);
	return rc;
}

/* ---- commands ---- */

int
cmd_run(struct ctl_opts *o)
{
	struct conn_err err;
	struct conn *c;
	json_t *spec, *res;
	char request[17];
	int rc = spec_make(o, &spec);

	if (rc != CTL_OK) /* 126 and 127 mean something in the foreground only */
		return o->detach && rc != CTL_USAGE ? CTL_FAILED : rc;
	rc = conn_open(o, &c);
	if (rc != CTL_OK) {
		json_decref(spec);
		return o->detach ? rc : CTL_RUN_GORTD;
	}
	conn_request_id(request);
	json_object_set_new(spec, "request_id", json_string(request));
	if (!o->detach)
		json_object_update_new(spec, json_pack("{s:b, s:b}", "stdin",
		    1, "attach", 1));
	res = conn_call_fd(c, "instance.run", spec,
	    o->detach ? -1 : STDIN_FILENO, &err);
	if (res == NULL)
		rc = o->detach ? conn_fail(&err) : run_failed(&err);
	else if (!o->detach)
		rc = foreground(c, res);
	else if (o->json)
		print_json(res, stdout);
	else
		puts(j_str(res, "id", ""));
	json_decref(res);
	conn_close(c);
	return rc;
}

int
cmd_wait(struct ctl_opts *o)
{
	struct conn_err err;
	struct conn *c;
	json_t *end;
	int rc = conn_open(o, &c);

	if (rc != CTL_OK)
		return CTL_RUN_GORTD;
	end = conn_call(c, "instance.wait", json_pack("{s:s}", "id", o->argv[0]),
	    &err);
	conn_close(c);
	if (end == NULL) {
		conn_fail(&err);
		return CTL_RUN_GORTD;
	}
	if (o->json)
		print_json(end, stdout);
	rc = exit_code(end);
	json_decref(end);
	return rc;
}
