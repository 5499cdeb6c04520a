/*
 * role.c - what the three working roles have in common; see roles.h.
 *
 * The heartbeat is a timer of the same loop that does the work: when that
 * loop hangs, the beat stops, and that is its whole meaning.
 */
#include "daemon/roles.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/keeper_link.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/role_config.h"

#define BEAT_S 1

const char *
role_name(enum role_id id)
{
	static const char *const names[ROLE_N] = { "keeper", "supervisor",
		"recorder", "gateway" };

	return id < ROLE_N ? names[id] : "nobody";
}

/* ---- peers ---- */

static enum role_id
peer_of(struct role *r, struct link *l)
{
	for (int i = 0; i < ROLE_N; i++)
		if (r->peer[i] == l)
			return i;
	return ROLE_N;
}

static void
answer_stat(struct role *r, enum role_id from, json_t *msg)
{
	json_t *stat = r->ops->stat != NULL ? r->ops->stat(r) : json_object();

	role_send(r, from, json_pack("{s:s, s:O?, s:o}", "m", "statis", "rid",
	    json_object_get(msg, "rid"), "stat", stat), NULL, 0);
}

static void
on_message(struct link *l, const char *m, json_t *msg, int *fds, int nfds,
    void *arg)
{
	struct role *r = arg;
	enum role_id from = peer_of(r, l);

	if (strcmp(m, "stat") == 0)
		answer_stat(r, from, msg);
	else if (r->ops->message != NULL)
		r->ops->message(r, from, m, msg, fds, nfds);
}

static void
on_gone(struct link *l, void *arg)
{
	struct role *r = arg;
	enum role_id from = peer_of(r, l);

	if (from < ROLE_N)
		r->peer[from] = NULL;
	link_free(l);
	if (from < ROLE_N && r->ops->peer_gone != NULL)
		r->ops->peer_gone(r, from);
}

int
role_send(struct role *r, enum role_id to, json_t *msg, const int *fds,
    int nfds)
{
	return link_send(r->peer[to], msg, fds, nfds);
}

static void
new_peer(struct role *r, int peer, int fd)
{
	if (peer <= ROLE_KEEPER || peer >= ROLE_N) {
		close(fd);
		return;
	}
	if (r->peer[peer] != NULL)
		on_gone(r->peer[peer], r);
	r->peer[peer] = link_new(r->base, fd, on_message, on_gone, r);
	if (r->peer[peer] != NULL && r->ops->peer != NULL)
		r->ops->peer(r, peer);
}

/* ---- the keeper ---- */

int
role_keeper_send(struct role *r, struct keeper_msg *km, const int *fds,
    int nfds)
{
	int rc;

	while ((rc = keeper_link_send(r->keeper_fd, km, fds, nfds)) == -EAGAIN) {
		struct pollfd pfd = { r->keeper_fd, POLLOUT, 0 };

		poll(&pfd, 1, 1000);
	}
	return rc;
}

static void
reload(struct role *r, int fd)
{
	struct config *fresh;
	char *cause = NULL;

	fresh = role_config_from(fd, &cause);
	if (fresh == NULL) {
		log_error("reload: %s", cause != NULL ? cause : "no memory");
		free(cause);
		return;
	}
	config_fini(r->cfg);
	free(r->cfg);
	r->cfg = fresh;
	log_set_level(fresh->log_level);
	if (r->ops->reload != NULL)
		r->ops->reload(r);
}

static void
quit(struct role *r)
{
	if (r->ops->quit != NULL)
		r->ops->quit(r);
	else
		role_leave(r, 0);
}

static void
on_keeper_msg(struct role *r, const struct keeper_msg *km, int *fds, int nfds)
{
	switch (km->type) {
	case KM_HELLO:
		r->starts = km->n;
		return;
	case KM_PEER:
		if (nfds == 1) {
			new_peer(r, km->n, fds[0]);
			fds[0] = -1;
		}
		return;
	case KM_LISTENER:
		if (nfds == 1 && r->ops->listener != NULL) {
			r->ops->listener(r, fds[0]);
			fds[0] = -1;
		}
		return;
	case KM_QUIT:
		quit(r);
		return;
	case KM_RELOAD:
		if (nfds == 1 && km->n == 0) {
			reload(r, fds[0]);
			return;
		}
		/* n = 1 asks the supervisor for its opinion */
		/* fall through */
	default:
		if (r->ops->keeper != NULL)
			r->ops->keeper(r, km, fds, nfds);
	}
}

static void
on_keeper(evutil_socket_t fd, short what, void *arg)
{
	struct role *r = arg;
	struct keeper_msg km;
	int fds[KEEPER_FDS_MAX], nfds, rc;

	while ((rc = keeper_link_recv(fd, &km, fds, &nfds)) == 1) {
		on_keeper_msg(r, &km, fds, nfds);
		for (int i = 0; i < nfds; i++)
			if (fds[i] >= 0)
				close(fds[i]);
	}
	if (rc == -EPROTO)
		log_error("a message of another keeper version");
	if (rc == -EPIPE) {
		r->keeper_gone = true;
		event_del(r->keeper_ev);
		quit(r);
	}
}

static void
on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct role *r = arg;
	struct keeper_msg km = { .type = KM_BEAT };

	keeper_link_send(r->keeper_fd, &km, NULL, 0); /* full: it is not idle */
}

void
role_ready(struct role *r)
{
	struct keeper_msg km = { .type = KM_READY };

	if (!r->ready)
		role_keeper_send(r, &km, NULL, 0);
	r->ready = true;
}

int
role_loop(struct role *r)
{
	event_base_dispatch(r->base);
	return r->exit_code;
}

void
role_leave(struct role *r, int exit_code)
{
	r->exit_code = exit_code;
	event_base_loopbreak(r->base);
}

static int
run(struct role *r)
{
	switch (r->id) {
	case ROLE_SUPERVISOR:
		return supervisor_main(r);
	case ROLE_RECORDER:
		return recorder_main(r);
	case ROLE_GATEWAY:
		return gateway_main(r);
	default:
		return 2;
	}
}

/* epoll alone: libevent's change list and its signal pair are not needed. */
static struct event_base *
new_base(void)
{
	struct event_config *ec = event_config_new();
	struct event_base *base;

	event_config_set_flag(ec, EVENT_BASE_FLAG_IGNORE_ENV |
	    EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(ec);
	event_config_free(ec);
	return base;
}

int
role_main(enum role_id id, struct config *cfg)
{
	struct role r = { .id = id, .cfg = cfg, .keeper_fd = KEEPER_LINK_FD };
	struct timeval beat = { BEAT_S, 0 };
	char name[16];
	int rc;

	snprintf(name, sizeof name, "gortd-%.9s", role_name(id));
	prctl(PR_SET_NAME, name);
	log_init(role_name(id), cfg->log_level);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	evutil_make_socket_closeonexec(r.keeper_fd);
	evutil_make_socket_nonblocking(r.keeper_fd);
	r.base = new_base();
	if (r.base == NULL)
		fatal("no event base: %s", strerror(errno));
	r.keeper_ev = event_new(r.base, r.keeper_fd, EV_READ | EV_PERSIST,
	    on_keeper, &r);
	r.beat_ev = event_new(r.base, -1, EV_PERSIST, on_beat, &r);
	event_add(r.keeper_ev, NULL);
	event_add(r.beat_ev, &beat);
	rc = run(&r);
	for (int i = 0; i < ROLE_N; i++)
		link_free(r.peer[i]);
	event_free(r.keeper_ev);
	event_free(r.beat_ev);
	event_base_free(r.base);
	config_fini(r.cfg);
	free(r.cfg);
	return rc;
}
