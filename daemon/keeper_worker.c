/*
 * keeper_worker.c - the keeper's side of one role; see keeper_worker.h.
 *
 * Nothing is queued for a role. What it must hear is a bit in `owed`, the slot
 * the replay has come to, a fresh link per peer, or the one answer to the one
 * message that was read last: all of bounded size, all sent when the socket
 * has room.
 */
#include "daemon/keeper_worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/keeper_held.h"
#include "daemon/keeper_link.h"
#include "daemon/log.h"
#include "daemon/roles.h"

struct worker worker[ROLE_N];
struct keeper_boot *keeper_boot;
int keeper_term_mode = -1;
int keeper_new_config = -1;
bool keeper_announced;

int64_t
keeper_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

void
worker_init(void)
{
	for (int i = 0; i < ROLE_N; i++) {
		worker[i].link = -1;
		for (int p = 0; p < ROLE_N; p++)
			worker[i].peer_fd[p] = -1;
	}
}

/* ---- starting a role ---- */

/* In the child: become the role. Only async-signal-safe calls and exec. */
static void __attribute__((noreturn))
become_role(enum role_id id, int link)
{
	static char arg[32];
	char *argv[64];
	sigset_t none;
	int n = 0, config = keeper_boot->config_fd;

	snprintf(arg, sizeof arg, "--role=%s", role_name(id));
	for (; keeper_boot->argv[n] != NULL && n < 62; n++)
		argv[n] = keeper_boot->argv[n];
	argv[n++] = arg;
	argv[n] = NULL;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* both are above 4: main.c moved every descriptor out of the way */
	if (dup2(link, KEEPER_LINK_FD) >= 0 &&
	    dup2(config, KEEPER_CONFIG_FD) >= 0)
		fexecve(keeper_boot->self_fd, argv, environ);
	_exit(127);
}

/* Fresh links between id and the roles that are there. */
static void
link_peers(enum role_id id)
{
	for (int peer = ROLE_SUPERVISOR; peer < ROLE_N; peer++) {
		int sv[2];

		if (peer == (int)id || worker[peer].link < 0)
			continue;
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
			continue;
		if (worker[peer].peer_fd[id] >= 0)
			close(worker[peer].peer_fd[id]);
		worker[id].peer_fd[peer] = sv[0];
		worker[peer].peer_fd[id] = sv[1];
	}
}

void
worker_start(enum role_id id)
{
	struct worker *w = &worker[id];
	int sv[2];
	pid_t pid;

	w->start_at_ns = 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, sv) < 0 || (pid = fork()) < 0) {
		log_error("cannot start the %s: %s", role_name(id),
		    strerror(errno));
		w->start_at_ns = keeper_now_ns() + 1000000000;
		return;
	}
	if (pid == 0)
		become_role(id, sv[1]);
	close(sv[1]);
	w->link = sv[0];
	w->stat.pid = pid;
	w->stat.starts++;
	w->stat.start_ns = w->stat.beat_ns = keeper_now_ns();
	w->owed = OWE_HELLO | OWE_LISTENER;
	if (id == ROLE_SUPERVISOR)
		w->owed |= OWE_PAGE | OWE_REPLAY | OWE_ROLES;
	if (keeper_term_mode >= 0 && id == ROLE_SUPERVISOR)
		w->owed |= OWE_TERM;
	w->replay = 0;
	w->answer_due = false;
	link_peers(id);
	worker[ROLE_SUPERVISOR].owed |= OWE_ROLES;
}

/* ---- telling ---- */

/* Send one message; true when it is out, or the role is past hearing it. */
static bool
tell(struct worker *w, struct keeper_msg *km, int type, int n, const int *fds,
    int nfds)
{
	km->type = type;
	km->n = n;
	return keeper_link_send(w->link, km, fds, nfds) != -EAGAIN;
}

/* The replay of what is held, one item a call. */
static bool
tell_replay(struct worker *w)
{
	struct keeper_msg km = { 0 };
	int fds[KT_N], nfds, slot, state = held_state_fd();

	while ((slot = held_next(w->replay, &km, fds, &nfds)) >= 0) {
		if (!tell(w, &km, KM_ITEM, 0, fds, nfds))
			return false;
		w->replay = slot + 1;
		memset(&km, 0, sizeof km);
	}
	memset(&km, 0, sizeof km);
	return tell(w, &km, KM_REPLAYED, keeper_announced, &state, state >= 0);
}

static bool
tell_one(struct worker *w, unsigned what)
{
	struct keeper_msg km = { 0 };
	int fd = -1;

	switch (what) {
	case OWE_HELLO:
		return tell(w, &km, KM_HELLO, w->stat.starts, NULL, 0);
	case OWE_LISTENER:
		if (w == &worker[ROLE_SUPERVISOR])
			fd = keeper_boot->control_fd;
		else if (w == &worker[ROLE_GATEWAY])
			fd = keeper_boot->http_fd;
		return fd < 0 || tell(w, &km, KM_LISTENER, 0, &fd, 1);
	case OWE_PAGE:
		fd = held_page_fd();
		return tell(w, &km, KM_EXITPAGE, EXIT_SLOTS, &fd, 1);
	case OWE_REPLAY:
		return tell_replay(w);
	case OWE_ROLES:
		for (int i = 0; i < ROLE_N; i++)
			km.roles[i] = worker[i].stat;
		return tell(w, &km, KM_ROLES, 0, NULL, 0);
	case OWE_EXITED:
		return tell(w, &km, KM_EXITED, 0, NULL, 0);
	case OWE_TERM:
		return tell(w, &km, KM_TERM, keeper_term_mode, NULL, 0);
	case OWE_ASK: /* a new configuration, to be judged by the supervisor */
		return tell(w, &km, KM_RELOAD, 1, &keeper_new_config, 1);
	case OWE_RELOAD:
		return tell(w, &km, KM_RELOAD, 0, &keeper_boot->config_fd, 1);
	case OWE_QUIT:
		return tell(w, &km, KM_QUIT, 0, NULL, 0);
	}
	return true;
}

/* Pay a role what it is owed, as far as its socket takes it. */
void
worker_pay(enum role_id id)
{
	struct worker *w = &worker[id];
	struct keeper_msg km = { 0 };

	if (w->link < 0)
		return;
	if (w->answer_due && keeper_link_send(w->link, &w->answer, NULL, 0) !=
	    -EAGAIN)
		w->answer_due = false;
	for (int p = 0; p < ROLE_N; p++) {
		if (w->peer_fd[p] < 0 || (w->owed & OWE_HELLO))
			continue;
		if (!tell(w, &km, KM_PEER, p, &w->peer_fd[p], 1))
			return;
		close(w->peer_fd[p]);
		w->peer_fd[p] = -1;
	}
	for (unsigned what = 1; what <= OWE_ASK && w->owed != 0; what <<= 1)
		if (w->owed & what) {
			if (!tell_one(w, what))
				return;
			w->owed &= ~what;
		}
}

bool
worker_owed(const struct worker *w)
{
	bool any = w->owed != 0 || w->answer_due;

	for (int p = 0; p < ROLE_N; p++)
		any |= w->peer_fd[p] >= 0;
	return any;
}

/* A request that is answered: HOLD and CHILD. */
void
worker_answer(struct worker *w, const struct keeper_msg *km, int type, int rc)
{
	memset(&w->answer, 0, sizeof w->answer);
	w->answer.type = type;
	w->answer.key = km->key;
	w->answer.slot = type == KM_HELD && rc >= 0 ? (uint32_t)rc : km->slot;
	w->answer.error = rc < 0 ? rc : 0;
	w->answer_due = true;
}

void
worker_gone(struct worker *w)
{
	if (w->link >= 0)
		close(w->link);
	w->link = -1;
	w->answer_due = false;
	for (int p = 0; p < ROLE_N; p++)
		if (w->peer_fd[p] >= 0) {
			close(w->peer_fd[p]);
			w->peer_fd[p] = -1;
		}
	w->stat.pid = 0;
	worker[ROLE_SUPERVISOR].owed |= OWE_ROLES;
}
