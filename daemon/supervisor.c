/*
 * supervisor.c - the role that decides: keeper's and peers' messages find
 * their way here.
 *
 * One libevent loop, no thread, no call that waits for somebody else than the
 * keeper and the disk. Before KM_REPLAYED nothing acts and clients wait in the
 * listener's backlog.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "daemon/role_config.h"
#include "ipc/rpc.h"

struct sup sup;

static int listener = -1; /* until all is taken back */

/* ---- the end ---- */

/* All are down (or shall be left): save, and tell the keeper. */
static void
maybe_done(void)
{
	struct keeper_msg km = { .type = KM_STOP };
	struct inst *i;
	struct run *r;
	char *cause = NULL;

	if (sup.term_mode > 0) {
		TAILQ_FOREACH(i, &sup.insts, next)
			if (i->state != INST_DOWN)
				return;
		TAILQ_FOREACH(r, &sup.runs, next)
			if (r->inst != NULL)
				return;
	}
	if (sup_save(&cause) < 0)
		log_error("%s", cause);
	free(cause);
	role_keeper_send(sup.r, &km, NULL, 0);
	event_del(sup.done_ev);
}

static void
on_done_check(evutil_socket_t fd, short what, void *arg)
{
	maybe_done();
}

/*
 * SIGTERM came. Wishes stay as they are: what is `always` comes back with the
 * next gortd.
 */
static void
on_term(int mode)
{
	struct timeval often = { 0, 50000 };
	struct inst *i, *more;

	sup.term_mode = mode;
	if (!sup.active)
		return; /* adopt_all is followed by on_replayed, which asks */
	control_pause();
	TAILQ_FOREACH_SAFE(i, &sup.insts, next, more)
		if (mode > 0)
			inst_stop(i, mode == 2 ? EV_KILL : EV_STOP, -1);
	if (sup.done_ev == NULL)
		sup.done_ev = event_new(sup.r->base, -1, EV_PERSIST,
		    on_done_check, NULL);
	event_add(sup.done_ev, &often);
	maybe_done();
}

/* ---- the keeper ---- */

static void
on_page(int fd)
{
	void *p = mmap(NULL, sizeof *sup.page, PROT_READ, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED) {
		log_error("the exit page cannot be mapped: %s",
		    strerror(errno));
		role_leave(sup.r, 1);
		return;
	}
	sup.page = p;
}

static void
on_replayed(int state_fd)
{
	if (sup.page == NULL)
		return;
	adopt_all(state_fd);
	if (!sup.active)
		return;
	if (sup.term_mode >= 0) {
		on_term(sup.term_mode);
	} else if (listener >= 0) {
		if (control_listen(sup.r->base, listener) < 0)
			log_error("the control socket cannot be served");
		listener = -1;
	}
	role_ready(sup.r);
}

/* Is the offered configuration good? */
static void
judge(int fd)
{
	struct keeper_msg km = { .type = KM_RELOAD };
	char *cause = NULL;
	struct config *cfg = role_config_from(fd, &cause);

	if (cfg == NULL) {
		log_error("reload: %s; the old configuration stays",
		    cause != NULL ? cause : "out of memory");
		km.n = -1;
	} else {
		config_fini(cfg);
		free(cfg);
	}
	free(cause);
	role_keeper_send(sup.r, &km, NULL, 0);
}

static void
on_keeper(struct role *r, const struct keeper_msg *km, int *fds, int nfds)
{
	switch (km->type) {
	case KM_EXITPAGE:
		if (nfds == 1)
			on_page(fds[0]);
		break;
	case KM_ITEM:
		adopt_item(km, fds, nfds);
		break;
	case KM_REPLAYED:
		on_replayed(nfds == 1 ? fds[0] : -1);
		break;
	case KM_HELD:
		run_held(km);
		break;
	case KM_CHILDOK:
		run_childok(km);
		break;
	case KM_EXITED:
		run_scan_exits();
		break;
	case KM_ROLES:
		memcpy(sup.roles, km->roles, sizeof sup.roles);
		break;
	case KM_TERM:
		on_term(km->n);
		break;
	case KM_RELOAD:
		if (nfds == 1)
			judge(fds[0]);
		break;
	}
}

static void
on_listener(struct role *r, int fd)
{
	if (sup.active && sup.term_mode < 0)
		control_listen(r->base, fd);
	else
		listener = fd;
}

/* ---- the peers ---- */

static void
on_peer(struct role *r, enum role_id from)
{
	struct run *run;

	if (from == ROLE_GATEWAY)
		relay_gateway_up();
	if (from != ROLE_RECORDER || !sup.active)
		return;
	TAILQ_FOREACH(run, &sup.runs, next)
		if (run->stage >= RUN_CHILDING) /* before, run_held will */
			run_attach(run);
	rows_resend();
	relay_resubscribe();
}

static void
on_peer_gone(struct role *r, enum role_id from)
{
	if (from == ROLE_GATEWAY)
		relay_gateway_gone();
}

static struct run *
run_named(json_t *msg)
{
	struct keeper_key key = { .run = json_integer_value(
	    json_object_get(msg, "run")) };
	const char *id = json_string_value(json_object_get(msg, "instance"));

	if (id == NULL || strlen(id) != INST_ID_LEN)
		return NULL;
	strcpy(key.id, id);
	return run_find(&key);
}

static void
on_message(struct role *r, enum role_id from, const char *m, json_t *msg,
    int *fds, int nfds)
{
	struct run *run;

	if (from == ROLE_GATEWAY && strcmp(m, "answer") == 0) {
		relay_answer(msg);
	} else if (from == ROLE_GATEWAY && strcmp(m, "call") == 0) {
		relay_call(msg);
	} else if (from == ROLE_RECORDER && strcmp(m, "rowack") == 0) {
		rows_ack(json_integer_value(json_object_get(msg, "seq")));
	} else if (from == ROLE_RECORDER && strcmp(m, "live") == 0) {
		relay_live(msg);
	} else if (from == ROLE_RECORDER && strcmp(m, "drained") == 0) {
		run = run_named(msg);
		if (run != NULL)
			run_drained(run, json_string_value(json_object_get(msg,
			    "last_words")));
	} else if (from == ROLE_RECORDER && strcmp(m, "ready") == 0) {
		run = run_named(msg);
		if (run != NULL && run->inst != NULL && run->inst->cur == run)
			inst_run_ready(run->inst, json_integer_value(
			    json_object_get(msg, "t_ns")));
	} else if (strcmp(m, "statis") == 0) {
		relay_statis(from, msg);
	} else {
		log_debug("message %s from the %s is not for us", m,
		    role_name(from));
	}
}

static void
on_quit(struct role *r)
{
	control_close();
	if (sup.dirty && sup.active) {
		char *cause = NULL;

		if (sup_save(&cause) < 0)
			log_error("%s", cause);
		free(cause);
	}
	role_leave(r, 0);
}

static const struct role_ops ops = {
	.peer = on_peer,
	.peer_gone = on_peer_gone,
	.message = on_message,
	.listener = on_listener,
	.quit = on_quit,
	.keeper = on_keeper,
};

int
supervisor_main(struct role *r)
{
	int rc;

	sup.r = r;
	sup.term_mode = -1;
	sup.started_ns = wall_ns();
	sup.requests = json_object();
	TAILQ_INIT(&sup.insts);
	TAILQ_INIT(&sup.runs);
	r->ops = &ops;
	rc = role_loop(r);
	sup_fini();
	return rc;
}
