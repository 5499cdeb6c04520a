/*
 * cmd_run.c - run and wait.
 *
 * Foreground: the program belongs to gortd, and this process is its terminal.
 * Standard input is our own descriptor, handed over; output comes back line by
 * line through the control socket, because gortd keeps it too; signals that a
 * person or a script sends us are passed on, and what the program ends with is
 * what we end with. If we die the program goes on: it was started to be kept.
 *
 * Three waits in one poll: gortd's messages, our signals, and, through gortd,
 * the end of the program. That answer may overtake the last lines, which come
 * from another process; the stream says itself when there is no more.
 *
 * A supervisor that is replaced in the middle costs nothing but the
 * connection: the run is asked for again with its request_id, the lines go on
 * behind the last one seen, and the wait is asked again.
 */
#include "client/conn.h"
#include "client/follow.h"
#include "client/json.h"
#include "client/lines.h"
#include "client/print.h"
#include "client/spec.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define END_GRACE_MS 10000 /* from the end of the run to its last line */

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
	struct follow f;
	const char *id;   /* ID@RUN */
	int sigfd;
	int64_t wait_id;  /* request id of instance.wait; 0: not asked */
	json_t *end;      /* its answer */
	bool broken;      /* our own output has gone away */
};

static void
fore_line(void *arg, const char *what, const json_t *item)
{
	struct fore *fg = arg;

	if (lines_put(item) != 0)
		fg->broken = true;
}

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
take_message(struct fore *fg, json_t *msg)
{
	const json_t *error = json_object_get(msg, "error");
	struct conn_err err;

	if (j_str(msg, "method", NULL) != NULL)
		follow_event(&fg->f, json_object_get(msg, "params"));
	else if (fg->wait_id != 0 && j_int(msg, "id", 0) == fg->wait_id) {
		if (error != NULL) {
			conn_read_err(error, &err);
			ctl_say("%s", err.message);
			return CTL_RUN_GORTD;
		}
		json_decref(fg->end);
		fg->end = json_incref(json_object_get(msg, "result"));
	}
	return CTL_OK;
}

static int
join_again(struct fore *fg)
{
	fg->f.sub = 0;
	if (conn_again(fg->c) != 0) {
		ctl_say("gortd went away; %s goes on without it", fg->id);
		return CTL_RUN_GORTD;
	}
	if (follow_start(&fg->f) != CTL_OK || ask_wait(fg) != 0)
		return CTL_RUN_GORTD;
	return CTL_OK;
}

/* Everything that has arrived. CTL_OK, or the code to leave with. */
static int
drain(struct fore *fg, int timeout_ms)
{
	json_t *msg;
	int rc, code;

	while ((rc = conn_recv(fg->c, timeout_ms, &msg)) == 1) {
		code = take_message(fg, msg);
		json_decref(msg);
		if (code != CTL_OK)
			return code;
		if (fg->end != NULL && fg->f.ended)
			return CTL_OK;
		timeout_ms = fg->end != NULL ? END_GRACE_MS : 0;
	}
	if (rc == 0)
		return CTL_OK;
	if (rc != -EPIPE) {
		ctl_say("what gortd sent makes no sense");
		return CTL_RUN_GORTD;
	}
	return fg->end != NULL ? CTL_OK : join_again(fg);
}

static int
fore_loop(struct fore *fg)
{
	struct pollfd p[2];
	int rc = CTL_OK;

	while (rc == CTL_OK && fg->end == NULL) {
		/* follow_start may have read messages that wait in the buffer */
		rc = drain(fg, 0);
		fflush(stdout);
		if (fg->broken || ferror(stdout)) {
			/* as `prog | head` would: nobody listens any more */
			pass_signal(fg, SIGPIPE);
			pass_signal(fg, SIGTERM);
			return 128 + SIGPIPE;
		}
		if (rc != CTL_OK || fg->end != NULL)
			break;
		p[0] = (struct pollfd){ conn_fd(fg->c), POLLIN, 0 };
		p[1] = (struct pollfd){ fg->sigfd, POLLIN, 0 };
		if (poll(p, 2, -1) > 0 && p[1].revents != 0)
			take_signal(fg);
	}
	if (rc == CTL_OK && !fg->f.ended)
		drain(fg, END_GRACE_MS);
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
	fg.f = (struct follow){ .c = c,
		.what = "log",
		.id = id,
		.item = fore_line,
		.arg = &fg };
	fg.sigfd = catch_signals();
	if (fg.sigfd < 0) {
		ctl_say("signalfd: %s", strerror(errno));
		return CTL_RUN_GORTD;
	}
	if (follow_start(&fg.f) != CTL_OK || ask_wait(&fg) != 0)
		rc = CTL_RUN_GORTD;
	else
		rc = fore_loop(&fg);
	fflush(stdout);
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
		json_object_set_new(spec, "stdin", json_true());
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
