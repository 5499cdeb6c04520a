/*
 * keeper.c - the main process: it starts the roles and holds what must not
 * be lost, and does nothing else.
 *
 * It parses nothing that comes from outside: its inputs are signals, wait
 * statuses and the fixed messages of keeper_proto.h from its own children. So
 * it has no reason to crash, and everything that might has a place to come
 * back to. It is the only parent and the only reaper of instances (they are
 * cloned with CLONE_PARENT, and it is the subreaper of whatever they leave).
 *
 * It never waits for a role. What it has to tell one is a bit in `owed`, the
 * replay's cursor, or the one answer to the one message it last read, and all
 * are sent when the socket has room; until the answer fits the role's next
 * message is not read. So there is no queue and nothing to grow.
 *
 *   on the death of a role: drain its link first (a KM_CHILD may lie there
 *   that names a child about to be reaped), then start it again after a
 *   back-off and give its peers fresh links.
 *
 * Rejected: an event library (poll over a few descriptors is shorter) and the
 * supervisor as reaper (a kill between its wait and its record would lose the
 * status).
 */
#include "daemon/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/backoff.h"
#include "daemon/keeper_held.h"
#include "daemon/keeper_link.h"
#include "daemon/keeper_proto.h"
#include "daemon/keeper_watch.h"
#include "daemon/keeper_worker.h"
#include "daemon/log.h"
#include "daemon/roles.h"
#include "systemd/job.h"
#include "systemd/notify.h"
#define TICK_MS 500
#define ROLE_WAIT_MAX_MS 1000
#define HUNG_NS (30 * INT64_C(1000000000))
#define QUIT_NS (15 * INT64_C(1000000000))
#define POLL_FOREIGN EXIT_SLOTS

static pid_t job_pid; /* child that asks systemd why SIGTERM came */
static bool quitting;
static int64_t quit_at_ns;
static int exit_code;

/* ---- hearing ---- */

static void
begin_quit(int code)
{
	if (quitting)
		return;
	quitting = true;
	exit_code = code;
	quit_at_ns = keeper_now_ns() + QUIT_NS;
	notify_send("STOPPING=1");
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		worker[i].owed |= OWE_QUIT;
}

static void
on_ready(struct worker *w)
{
	w->ready = true;
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (!worker[i].ready)
			return;
	notify_send("READY=1\nSTATUS=serving");
	if (!keeper_announced && keeper_boot->ready_fd >= 0) {
		if (write(keeper_boot->ready_fd, "", 1) != 1)
			log_warning("the starting command is gone");
		close(keeper_boot->ready_fd);
		keeper_boot->ready_fd = -1;
	}
	keeper_announced = true;
}

/* The supervisor has read the offered configuration: keep it or forget it. */
static void
on_judged(bool good)
{
	if (keeper_new_config < 0)
		return;
	if (good) {
		dup3(keeper_new_config, keeper_boot->config_fd, O_CLOEXEC);
		for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
			worker[i].owed |= OWE_RELOAD;
	}
	close(keeper_new_config);
	keeper_new_config = -1;
	notify_send("READY=1");
}

static void
offer_reload(void)
{
	int fd = keeper_boot->reread();

	if (fd < 0) {
		log_error("reload: the configuration cannot be read: %s",
		    strerror(-fd));
		return;
	}
	if (keeper_new_config >= 0)
		close(keeper_new_config);
	keeper_new_config = fd;
	notify_send("RELOADING=1");
	worker[ROLE_SUPERVISOR].owed |= OWE_ASK;
}

/* From the supervisor alone. Takes fds; returns false for an unknown type. */
static bool
on_supervisor(struct worker *w, const struct keeper_msg *km, int *fds, int nfds)
{
	switch (km->type) {
	case KM_HOLD:
		worker_answer(w, km, KM_HELD, held_hold(&km->key, km->tags, fds, nfds));
		return true;
	case KM_CHILD:
		worker_answer(w, km, KM_CHILDOK, held_child(km, nfds > 0 ? fds[0] : -1));
		worker[ROLE_SUPERVISOR].owed |= OWE_EXITED;
		return true;
	case KM_FREE:
		if (held_free(&km->key, km->slot) == -EBUSY)
			log_error("the supervisor frees a living child");
		break;
	case KM_DROP:
		held_drop(&km->key, km->slot, km->tags);
		break;
	case KM_STATE:
		if (nfds == 1) {
			held_set_state(fds[0]);
			return true;
		}
		break;
	case KM_RELOAD:
		if (km->n == 1)
			offer_reload();
		else
			on_judged(km->n == 0);
		break;
	case KM_STOP:
		begin_quit(km->n);
		break;
	default:
		return false;
	}
	for (int i = 0; i < nfds; i++)
		close(fds[i]);
	return true;
}

/* Until its socket is empty or an answer is stuck. */
static void
hear(enum role_id id)
{
	struct worker *w = &worker[id];
	struct keeper_msg km;
	int fds[KEEPER_FDS_MAX], nfds, rc;

	while (w->link >= 0 && !w->answer_due) {
		rc = keeper_link_recv(w->link, &km, fds, &nfds);
		if (rc <= 0)
			return;
		if (km.type == KM_BEAT)
			w->stat.beat_ns = keeper_now_ns();
		else if (km.type == KM_READY)
			on_ready(w);
		else if (id != ROLE_SUPERVISOR ||
		    !on_supervisor(w, &km, fds, nfds)) {
			log_error("the %s sent message %u", role_name(id),
			    km.type);
			while (nfds > 0)
				close(fds[--nfds]);
		}
		if (w->answer_due)
			worker_pay(id);
	}
}

/* ---- deaths ---- */

static void
role_died(enum role_id id, const siginfo_t *si)
{
	struct worker *w = &worker[id];
	int64_t now = keeper_now_ns(), wait_ms;

	w->answer_due = false;
	hear(id); /* what it said before it died still holds */
	worker_gone(w);
	if (quitting)
		return;
	if (!keeper_announced && !w->ready && si->si_code == CLD_EXITED) {
		begin_quit(1); /* it has said why */
		return;
	}
	/* clients wait in the backlog: a role may be pressed harder */
	wait_ms = backoff_next(&w->backoff, (now - w->stat.start_ns) / 1000000);
	if (wait_ms > ROLE_WAIT_MAX_MS)
		wait_ms = ROLE_WAIT_MAX_MS;
	w->start_at_ns = now + wait_ms * 1000000;
	log_warning("the %s ended by %s %d and starts again in %lld ms",
	    role_name(id), si->si_code == CLD_EXITED ? "exit" : "signal",
	    si->si_status, (long long)wait_ms);
}

static void
child_ended(const siginfo_t *si, const struct rusage *ru)
{
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (worker[i].stat.pid == si->si_pid) {
			role_died(i, si);
			return;
		}
	if (si->si_pid == job_pid) {
		job_pid = 0;
		keeper_term_mode = si->si_code == CLD_EXITED &&
		    si->si_status == JOB_RESTART ? 0 : 1;
		worker[ROLE_SUPERVISOR].owed |= OWE_TERM;
		return;
	}
	hear(ROLE_SUPERVISOR);
	if (held_ended(si->si_pid, si, ru))
		worker[ROLE_SUPERVISOR].owed |= OWE_EXITED;
	else
		held_stranger();
}

/* Look (WNOWAIT), write down, and only then reap. */
static void
reap(void)
{
	for (;;) {
		struct rusage ru;
		siginfo_t si = { 0 };

		if (syscall(SYS_waitid, P_ALL, 0, &si, WEXITED | WNOHANG |
		    WNOWAIT | __WALL, NULL) < 0 || si.si_pid == 0)
			return;
		memset(&ru, 0, sizeof ru);
		syscall(SYS_waitid, P_PID, si.si_pid, &si, WEXITED | WNOHANG |
		    WNOWAIT | __WALL, &ru);
		child_ended(&si, &ru);
		waitid(P_PID, si.si_pid, &si, WEXITED | WNOHANG | __WALL);
	}
}

/* ---- signals and time ---- */

static void
on_term(bool from_terminal)
{
	if (keeper_term_mode >= 0 || job_pid != 0) {
		keeper_term_mode = 2; /* asked twice: no more patience */
		worker[ROLE_SUPERVISOR].owed |= OWE_TERM;
		return;
	}
	if (!from_terminal && notify_active() && (job_pid = fork()) == 0)
		_exit(job_of_our_unit());
	if (job_pid > 0)
		return;
	job_pid = 0;
	keeper_term_mode = 1;
	worker[ROLE_SUPERVISOR].owed |= OWE_TERM;
}

static void
on_signal(int fd)
{
	struct signalfd_siginfo si;

	while (read(fd, &si, sizeof si) == sizeof si) {
		if (si.ssi_signo == SIGTERM || si.ssi_signo == SIGINT)
			on_term(si.ssi_signo == SIGINT);
		else if (si.ssi_signo == SIGHUP && keeper_boot->foreground &&
		    isatty(STDERR_FILENO))
			on_term(true); /* the terminal was closed */
		else if (si.ssi_signo == SIGHUP)
			offer_reload();
	}
	reap();
}

/* A role that has not beaten for long is hung: end it, it comes back. */
static void
check_roles(int64_t now)
{
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++) {
		struct worker *w = &worker[i];

		if (w->stat.pid == 0) {
			if (w->start_at_ns != 0 && now >= w->start_at_ns &&
			    !quitting)
				worker_start(i);
		} else if (now - w->stat.beat_ns > HUNG_NS ||
		    (quitting && now > quit_at_ns)) {
			log_error("the %s does not answer: killed",
			    role_name(i));
			kill(w->stat.pid, SIGKILL); /* our child, not reaped */
			w->stat.beat_ns = now;
		}
	}
}

static int
signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool
all_gone(void)
{
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (worker[i].stat.pid != 0)
			return false;
	return true;
}

/* Milliseconds to the next thing that time alone brings. */
static int
timeout_ms(void)
{
	int64_t ms = TICK_MS, now = keeper_now_ns();

	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (worker[i].start_at_ns != 0 &&
		    (worker[i].start_at_ns - now) / 1000000 + 1 < ms)
			ms = (worker[i].start_at_ns - now) / 1000000 + 1;
	return ms < 0 ? 0 : ms;
}

static void
turn(struct pollfd *pfd, int sigfd)
{
	int n = 0, role_at[ROLE_N], foreign;

	pfd[n++] = (struct pollfd){ sigfd, POLLIN, 0 };
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++) {
		worker_pay(i);
		role_at[i] = n;
		pfd[n++] = (struct pollfd){ worker[i].link,
			(worker[i].answer_due ? 0 : POLLIN) |
			(worker_owed(&worker[i]) ? POLLOUT : 0), 0 };
	}
	foreign = held_pollfds(pfd + n, POLL_FOREIGN);
	if (poll(pfd, n + foreign, timeout_ms()) < 0)
		return;
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (pfd[role_at[i]].revents & POLLIN)
			hear(i);
	if (pfd[0].revents & POLLIN)
		on_signal(sigfd);
	if (held_polled(pfd + n, foreign) > 0)
		worker[ROLE_SUPERVISOR].owed |= OWE_EXITED;
	check_roles(keeper_now_ns());
	keeper_watch(quitting);
}

int
keeper_main(struct keeper_boot *b)
{
	struct pollfd *pfd = calloc(1 + ROLE_N + POLL_FOREIGN, sizeof *pfd);
	int sigfd = signals();

	keeper_boot = b;
	worker_init();
	if (pfd == NULL || sigfd < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		fatal("the keeper cannot start: %s", strerror(errno));
	worker[ROLE_KEEPER].stat = (struct keeper_role_stat){ getpid(), 1,
		keeper_now_ns(), keeper_now_ns() };
	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		worker_start(i);
	while (!(quitting && all_gone()))
		turn(pfd, sigfd);
	free(pfd);
	return exit_code;
}
