/*
 * inst.c - instances: names, life, waiters.
 *
 * inst_event is the only writer of an instance's state; what it does is what
 * inst_fsm.c's table says. Everything that a person was told (a run accepted,
 * a stop begun) is in the state file before the telling.
 */
#include "daemon/inst.h"

#include <ctype.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/log.h"
#include "ipc/rpc.h"

#define PIDFD (KT_N - 1)

/* ---- names ---- */

bool
inst_name_valid(const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n > INST_NAME_MAX || !(islower((unsigned char)name[0]) ||
	    isdigit((unsigned char)name[0])))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!islower((unsigned char)name[i]) &&
		    !isdigit((unsigned char)name[i]) &&
		    strchr("_.-", name[i]) == NULL)
			return false;
	return true;
}

struct inst *
inst_by_name(const char *name)
{
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next)
		if (i->removed_ns == 0 && strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

bool
inst_name_taken(const char *name)
{
	return inst_by_name(name) != NULL;
}

void
inst_default_name(const char *program, char *buf, size_t cap)
{
	const char *base = strrchr(program, '/');
	char stem[INST_NAME_MAX - 8];
	size_t n = 0;

	base = base != NULL ? base + 1 : program;
	for (; *base != '\0' && n < sizeof stem - 1; base++) {
		int c = tolower((unsigned char)*base);

		if (islower(c) || isdigit(c) || (n > 0 && strchr("_.-", c)))
			stem[n++] = c;
	}
	stem[n] = '\0';
	for (unsigned k = 1;; k++) {
		snprintf(buf, cap, "%s-%u", n > 0 ? stem : "program", k);
		if (!inst_name_taken(buf))
			return;
	}
}

void
inst_new_id(char buf[INST_ID_LEN + 1])
{
	uint8_t raw[INST_ID_LEN / 2];
	struct inst *i;

	do {
		while (getrandom(raw, sizeof raw, 0) != sizeof raw)
			continue; /* a signal came before the pool was ready */
		for (int k = 0; k < INST_ID_LEN / 2; k++)
			sprintf(buf + 2 * k, "%02x", raw[k]);
		TAILQ_FOREACH(i, &sup.insts, next)
			if (strcmp(i->id, buf) == 0)
				break;
	} while (i != NULL);
}

/*
 * An exact name beats an exact id beats a prefix: a person who names a thing
 * means the name.
 */
static struct inst *
resolve(const char *ref, size_t len, json_t **ret_error)
{
	struct inst *i, *found = NULL;

	TAILQ_FOREACH(i, &sup.insts, next) {
		if (i->removed_ns != 0)
			continue;
		if (strlen(i->name) == len && memcmp(i->name, ref, len) == 0)
			return i;
	}
	TAILQ_FOREACH(i, &sup.insts, next) {
		if (i->removed_ns != 0 || len < 2 || (strncmp(i->id, ref, len)
		    != 0 && strncmp(i->name, ref, len) != 0))
			continue;
		if (strlen(i->id) == len && strncmp(i->id, ref, len) == 0)
			return i;
		if (found != NULL) {
			*ret_error = rpc_error(RPC_PARAMS, "\"%.*s\" is the "
			    "beginning of both %s (%s) and %s (%s)", (int)len,
			    ref, found->name, found->id, i->name, i->id);
			return NULL;
		}
		found = i;
	}
	if (found == NULL)
		*ret_error = rpc_error(RPC_NOT_FOUND,
		    "there is no instance \"%.*s\"", (int)len, ref);
	return found;
}

struct inst *
inst_find(const char *ref, uint32_t *ret_run, json_t **ret_error)
{
	const char *at = strrchr(ref, '@');
	size_t len = at != NULL ? (size_t)(at - ref) : strlen(ref);
	unsigned long run = 0;
	struct inst *i;
	char *end;

	if (at != NULL) {
		run = strtoul(at + 1, &end, 10);
		if (end == at + 1 || *end != '\0' || run == 0 ||
		    run > UINT32_MAX) {
			*ret_error = rpc_error(RPC_PARAMS,
			    "\"%.80s\": after @ comes a run's number", ref);
			return NULL;
		}
	}
	if (len > INST_NAME_MAX) {
		*ret_error = rpc_error(RPC_NOT_FOUND,
		    "there is no instance of so long a name");
		return NULL;
	}
	i = resolve(ref, len, ret_error);
	if (i != NULL && run > i->last.run) {
		*ret_error = rpc_error(RPC_NOT_FOUND,
		    "%s has had %u runs, not %lu", i->name, i->last.run, run);
		return NULL;
	}
	if (i != NULL && ret_run != NULL)
		*ret_run = run != 0 ? run : i->last.run;
	return i;
}

/* ---- making and freeing ---- */

static void on_timer(evutil_socket_t fd, short what, void *arg);

void
inst_read_policy(struct inst *i)
{
	const char *p = json_string_value(json_object_get(i->spec, "restart"));

	i->policy = RESTART_NO;
	i->policy_max = 0;
	if (p != NULL && strcmp(p, "always") == 0)
		i->policy = RESTART_ALWAYS;
	else if (p != NULL && strncmp(p, "on-failure", 10) == 0) {
		i->policy = RESTART_ON_FAILURE;
		if (p[10] == ':')
			i->policy_max = strtoll(p + 11, NULL, 10);
	}
	i->rm = json_is_true(json_object_get(i->spec, "rm"));
	i->declared = json_is_true(json_object_get(i->spec, "declared"));
}

struct inst *
inst_new(const char *id, const char *name, json_t *spec)
{
	struct inst *i = calloc(1, sizeof *i);

	if (i == NULL || (i->timer = evtimer_new(sup.r->base, on_timer, i)) ==
	    NULL) {
		free(i);
		json_decref(spec);
		return NULL;
	}
	snprintf(i->id, sizeof i->id, "%s", id);
	snprintf(i->name, sizeof i->name, "%s", name);
	i->spec = spec;
	i->stdin_fd = -1;
	i->state = INST_DOWN;
	i->last.code = -1;
	i->created_ns = wall_ns();
	i->created_seq = ++sup.created_seq;
	TAILQ_INIT(&i->waiters);
	inst_read_policy(i);
	TAILQ_INSERT_TAIL(&sup.insts, i, next);
	return i;
}

void
inst_free(struct inst *i)
{
	struct waiter *w;
	struct run *r;

	while ((w = TAILQ_FIRST(&i->waiters)) != NULL) {
		TAILQ_REMOVE(&i->waiters, w, next);
		call_fail(w->call, rpc_error(RPC_NOT_FOUND,
		    "the instance was removed"));
		free(w);
	}
	TAILQ_FOREACH(r, &sup.runs, next)
		if (r->inst == i)
			r->inst = NULL;
	TAILQ_REMOVE(&sup.insts, i, next);
	if (i->stdin_fd >= 0)
		close(i->stdin_fd);
	event_free(i->timer);
	json_decref(i->spec);
	free(i);
}

/* ---- waiters ---- */

/* What the new run answers to run and restart. */
static json_t *
started_json(const struct inst *i)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:s?}", "id", i->id, "name",
	    i->name, "run", (int)i->last.run, "pid", (int)i->last.pid, "kind",
	    json_string_value(json_object_get(i->spec, "kind")));
}

static json_t *
down_json(const struct inst *i)
{
	return json_pack("{s:s, s:s, s:b}", "id", i->id, "state",
	    inst_state_name(i->state), "changed", 1);
}

static bool
reached(const struct inst *i, const struct waiter *w)
{
	struct keeper_key key = { .run = w->run };

	switch (w->what) {
	case WAIT_STARTED:
		return i->last.run >= w->run && (i->last.started_ns != 0 ||
		    i->last.ended_ns != 0);
	case WAIT_DOWN:
		return i->state == INST_DOWN;
	case WAIT_DRAINED:
		snprintf(key.id, sizeof key.id, "%s", i->id);
		return (i->last.run > w->run || i->last.ended_ns != 0) &&
		    run_find(&key) == NULL;
	}
	return true;
}

/* An exec that failed answers its starter with an error. */
static json_t *
start_error(const struct inst *i)
{
	json_t *e = rpc_error(RPC_FAILED, "%s: %s", json_string_value(
	    json_object_get(i->spec, "program")), i->last.words);

	json_object_update_new(json_object_get(e, "data"), json_pack(
	    "{s:i, s:s, s:i}", "exit", i->last.code, "step",
	    i->last.exec_step, "errno", i->last.exec_errno));
	return e;
}

static void
answer(struct inst *i, struct waiter *w)
{
	if (w->what == WAIT_STARTED && strcmp(i->last.reason, "exec") == 0)
		call_fail(w->call, start_error(i));
	else if (w->what == WAIT_STARTED)
		call_done(w->call, started_json(i));
	else if (w->what == WAIT_DOWN)
		call_done(w->call, down_json(i));
	else
		call_done(w->call, inst_exit_json(i));
	free(w);
}

/* Answer everybody who got where they wanted. */
static void
wake(struct inst *i)
{
	struct waiter *w, *more;

	TAILQ_FOREACH_SAFE(w, &i->waiters, next, more)
		if (reached(i, w)) {
			TAILQ_REMOVE(&i->waiters, w, next);
			answer(i, w);
		}
}

void
inst_wait(struct inst *i, enum wait_for what, uint32_t run, struct call *call)
{
	struct waiter *w = calloc(1, sizeof *w);

	if (w == NULL) {
		call_fail(call, rpc_error(RPC_INTERNAL, "out of memory"));
		return;
	}
	w->what = what;
	w->run = run;
	w->call = call;
	TAILQ_INSERT_TAIL(&i->waiters, w, next);
	wake(i);
}

/* ---- acting ---- */

int
inst_signal(struct inst *i, int sig)
{
	struct run *r = i->cur;

	if (r == NULL || r->fd[PIDFD] < 0 || r->stage == RUN_ENDED)
		return -ESRCH;
	if (syscall(SYS_pidfd_send_signal, r->fd[PIDFD], sig, NULL, 0) < 0)
		return -errno;
	return 0;
}

static void
arm(struct inst *i, int64_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	evtimer_add(i->timer, &tv);
}

static void
spawn(struct inst *i)
{
	int fd = i->stdin_fd, rc;
	char *cause = NULL;

	i->stdin_fd = -1;
	rc = run_begin(i, fd, &cause);
	if (rc == 0)
		return;
	if (fd >= 0)
		close(fd);
	/* a run that never was is still a run: it has a number and a reason */
	i->last = (struct run_info){ .run = i->last.run + 1,
		.code = rc == -ENOENT ? 127 : 126, .ended_ns = wall_ns() };
	strcpy(i->last.reason, "exec");
	i->last.exec_step = "exec";
	i->last.exec_errno = -rc;
	snprintf(i->last.words, sizeof i->last.words, "%s",
	    cause != NULL ? cause : strerror(-rc));
	free(cause);
	inst_run_ended(i, NULL);
}

static void
terminate(struct inst *i, int64_t timeout_ms)
{
	if (i->cur != NULL)
		i->cur->asked_stop = true;
	inst_signal(i, SIGTERM);
	if (timeout_ms == 0) {
		if (i->cur != NULL)
			i->cur->killed_hard = true;
		inst_signal(i, SIGKILL);
	}
	arm(i, timeout_ms > 0 ? timeout_ms : 1000);
}

static void
kill_now(struct inst *i, enum inst_ev ev)
{
	if (i->cur != NULL && ev == EV_KILL)
		i->cur->asked_kill = true;
	if (i->cur != NULL && ev == EV_DUE)
		i->cur->killed_hard = true;
	inst_signal(i, SIGKILL);
	arm(i, 1000); /* a process in the kernel may take its time: again */
}

static void
act(struct inst *i, enum inst_act what, enum inst_ev ev, int64_t timeout_ms)
{
	int64_t up_ms;

	switch (what) {
	case ACT_IGNORE:
	case ACT_NONE:
		break;
	case ACT_SPAWN:
		evtimer_del(i->timer);
		if (sup.r->cfg->start_ms > 0) /* ignored once it is ready */
			arm(i, sup.r->cfg->start_ms);
		spawn(i);
		break;
	case ACT_TERM:
		terminate(i, timeout_ms < 0 ? sup.r->cfg->stop_ms : timeout_ms);
		break;
	case ACT_KILL:
		kill_now(i, ev);
		break;
	case ACT_WAIT:
		up_ms = i->last.started_ns == 0 ? 0 :
		    (i->last.ended_ns - i->last.started_ns) / 1000000;
		arm(i, backoff_next(&i->backoff, up_ms));
		break;
	case ACT_REST:
		evtimer_del(i->timer);
		break;
	}
}

void
inst_stop(struct inst *i, enum inst_ev ev, int64_t timeout_ms)
{
	struct inst_step st = inst_fsm(i->state, ev);
	enum inst_state was = i->state;

	if (st.act == ACT_IGNORE)
		return;
	i->state = st.next;
	log_debug("%s: %s -> %s", i->name, inst_state_name(was),
	    inst_state_name(st.next));
	if (was != st.next) {
		inst_row(i);
		sup_save_soon();
	}
	act(i, st.act, ev, timeout_ms);
	wake(i);
}

void
inst_event(struct inst *i, enum inst_ev ev)
{
	inst_stop(i, ev, -1);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	inst_event(arg, EV_DUE);
}

/* ---- what happens to runs ---- */

/* Shall it start again by itself? */
static bool
policy_says_again(const struct inst *i)
{
	const struct run_info *l = &i->last;
	bool failed = l->code != 0;

	if (!i->wished_up || sup.term_mode >= 0)
		return false;
	if (i->policy == RESTART_NO)
		return false;
	if (i->policy == RESTART_ON_FAILURE && !failed)
		return false;
	return i->policy_max == 0 || i->restarts < i->policy_max;
}

void
inst_run_started(struct inst *i)
{
	const char *kind = json_string_value(json_object_get(i->spec, "kind"));

	inst_run_row(i);
	inst_log_event(i, "run.started", json_pack("{s:i}", "pid",
	    (int)i->last.pid));
	/* kinds with a runtime of ours say themselves when main.main begins */
	if (i->cur != NULL && i->cur->fd[0] < 0)
		inst_run_ready(i, i->last.started_ns);
	else
		log_debug("%s: kind %s, waiting for its ready", i->name, kind);
	sup_save_soon();
	wake(i);
}

void
inst_run_ready(struct inst *i, int64_t t_ns)
{
	if (i->last.ready_ns != 0)
		return;
	i->last.ready_ns = t_ns;
	inst_run_row(i);
	inst_event(i, EV_READY);
	sup_save_soon();
}

/*
 * Instances that are down, drained and unwanted go. From the end of a turn of
 * the loop only, so that nobody holds one meanwhile.
 */
void
inst_sweep(void)
{
	struct inst *i, *more;
	struct run *r;

	sup.sweep = false;
	TAILQ_FOREACH_SAFE(i, &sup.insts, next, more) {
		if (i->state != INST_DOWN || (!i->rm && i->removed_ns == 0))
			continue;
		TAILQ_FOREACH(r, &sup.runs, next)
			if (r->inst == i)
				break;
		if (r != NULL)
			continue;
		if (i->removed_ns == 0)
			inst_remove(i, false);
		inst_free(i);
		sup.dirty = true;
	}
}

static void
sweep_soon(void)
{
	sup.sweep = true;
	sup_save_soon();
}

void
inst_run_ended(struct inst *i, struct run *r)
{
	bool again;

	i->cur = NULL;
	/* a first run that never became its program was never accepted */
	if (i->first && strcmp(i->last.reason, "exec") == 0) {
		i->wished_up = false;
		i->removed_ns = wall_ns(); /* the name is free at once */
	}
	i->first = i->hold = false;
	again = policy_says_again(i);
	inst_run_row(i);
	inst_log_event(i, "run.ended", inst_exit_json(i));
	if (i->state != INST_CYCLING && i->state != INST_STOPPING && again)
		i->restarts++;
	inst_event(i, again ? EV_AGAIN : EV_EXIT);
	inst_row(i);
	sweep_soon();
}

void
inst_run_drained(struct inst *i, uint32_t run)
{
	wake(i);
	sweep_soon();
}

void
inst_remove(struct inst *i, bool purge)
{
	i->removed_ns = wall_ns();
	i->wished_up = false;
	inst_row(i);
	inst_log_event(i, "instance.removed", json_pack("{s:b}", "purge",
	    purge));
	sweep_soon();
}

void
inst_resume(struct inst *i)
{
	switch (i->state) {
	case INST_STOPPING:
	case INST_CYCLING:
		/* whether the signal had gone out nobody knows: once more */
		terminate(i, sup.r->cfg->stop_ms);
		break;
	case INST_BACKOFF:
		arm(i, backoff_next(&i->backoff, 0));
		break;
	case INST_STARTING:
	case INST_UP:
		if (i->promised > i->last.run) /* a restart, accepted */
			inst_event(i, EV_RESTART);
		break;
	case INST_DOWN:
	case INST_N:
		break;
	}
}

/* ---- showing ---- */

void
inst_log_event(struct inst *i, const char *type, json_t *detail)
{
	rows_event(type, i->id, i->last.run, detail);
}

void
inst_row(struct inst *i)
{
	rows_put("instance", json_pack(
	    "{s:s, s:s, s:s?, s:s?, s:s, s:i, s:I, s:o, s:I}", "id", i->id,
	    "name", i->name, "kind", json_string_value(json_object_get(i->spec,
	    "kind")), "program", json_string_value(json_object_get(i->spec,
	    "program")), "state", inst_state_name(i->state), "run",
	    (int)i->last.run, "created_ns", (json_int_t)i->created_ns,
	    "removed_ns", i->removed_ns != 0 ? json_integer(i->removed_ns) :
	    json_null(), "restarts", (json_int_t)i->restarts));
}

static json_t *
int_or_null(bool there, json_int_t v)
{
	return there ? json_integer(v) : json_null();
}

void
inst_run_row(struct inst *i)
{
	const struct run_info *l = &i->last;
	json_t *note = json_object_get(i->spec, "note");

	if (l->run == 0)
		return;
	rows_put("run", json_pack(
	    "{s:s, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:s?, s:s, s:s?}",
	    "instance", i->id, "run", (int)l->run, "pid", (int)l->pid, "uid",
	    (int)l->uid, "started_ns", int_or_null(l->started_ns != 0,
	    l->started_ns), "ready_ns", int_or_null(l->ready_ns != 0,
	    l->ready_ns), "ended_ns", int_or_null(l->ended_ns != 0,
	    l->ended_ns), "exit_code", int_or_null(l->ended_ns != 0 &&
	    l->code >= 0, l->code), "signal", int_or_null(l->signal != 0,
	    l->signal), "reason", l->reason[0] != '\0' ? l->reason : NULL,
	    "boot_id", sup.page != NULL ? sup.page->boot_id : "",
	    "gort_version", json_string_value(json_object_get(note,
	    "version"))));
}

json_t *
inst_exit_json(const struct inst *i)
{
	const struct run_info *l = &i->last;

	return json_pack("{s:s, s:i, s:o, s:o, s:s}", "id", i->id, "run",
	    (int)l->run, "exit_code", int_or_null(l->code >= 0, l->code),
	    "signal", int_or_null(l->signal != 0, l->signal), "reason",
	    l->reason);
}

/* Names stay, values go. */
static json_t *
redacted(json_t *env)
{
	json_t *o = json_object(), *v;
	const char *key;

	json_object_foreach(env, key, v)
		json_object_set_new(o, key, json_string("***"));
	return o;
}

json_t *
inst_json(const struct inst *i, bool secrets)
{
	const struct run_info *l = &i->last;
	json_t *env = json_object_get(i->spec, "env");
	json_t *o = json_pack("{s:s, s:s, s:O?, s:O?, s:O?, s:O?, s:o, s:s, "
	    "s:i, s:o, s:i, s:I, s:s, s:s}", "id", i->id, "name", i->name,
	    "kind", json_object_get(i->spec, "kind"), "program",
	    json_object_get(i->spec, "program"), "args", json_object_get(
	    i->spec, "args"), "cwd", json_object_get(i->spec, "cwd"), "env",
	    secrets && env != NULL ? json_incref(env) : redacted(env), "state",
	    inst_state_name(i->state), "run", (int)l->run, "pid",
	    int_or_null(i->cur != NULL && l->pid != 0, l->pid), "uid",
	    (int)json_integer_value(json_object_get(i->spec, "uid")),
	    "restarts", (json_int_t)i->restarts, "restart",
	    json_string_value(json_object_get(i->spec, "restart")) != NULL ?
	    json_string_value(json_object_get(i->spec, "restart")) : "no",
	    "reason", l->reason);

	json_object_set_new(o, "restart_count_left", i->policy_max == 0 ?
	    json_null() : json_integer(i->policy_max - i->restarts));
	json_object_set_new(o, "exit_code", int_or_null(l->ended_ns != 0 &&
	    l->code >= 0, l->code));
	json_object_set_new(o, "signal", int_or_null(l->signal != 0,
	    l->signal));
	json_object_set(o, "note", json_object_get(i->spec, "note"));
	json_object_set(o, "user", json_object_get(i->spec, "user"));
	json_time(o, "created", i->created_ns);
	json_time(o, "started", l->started_ns);
	json_time(o, "ready", l->ready_ns);
	json_time(o, "ended", l->ended_ns);
	return o;
}

/* How the last run ended, as a clause. */
static void
ended_clause(const struct run_info *l, char *buf, size_t cap)
{
	if (strcmp(l->reason, "exec") == 0)
		snprintf(buf, cap, "never ran its program: %s", l->words);
	else if (strcmp(l->reason, "unknown") == 0)
		snprintf(buf, cap, "ended, and its exit status is unknown "
		    "because gortd was not there");
	else if (strcmp(l->reason, "doubt") == 0)
		snprintf(buf, cap, "is out of reach (pid %d): gortd was killed "
		    "and could not take it back; it is left alone and not "
		    "started again while it lives", (int)l->pid);
	else if (strcmp(l->reason, "stop_timeout") == 0)
		snprintf(buf, cap, "was told to stop, did not, and was killed");
	else if (strcmp(l->reason, "start_timeout") == 0)
		snprintf(buf, cap, "was not ready in time and was killed");
	else if (strcmp(l->reason, "stopped") == 0)
		snprintf(buf, cap, "was stopped by request");
	else if (strcmp(l->reason, "killed") == 0)
		snprintf(buf, cap, "was killed by request");
	else if (l->signal != 0)
		snprintf(buf, cap, "was ended by signal %d (%s) that gortd "
		    "did not send", l->signal, strsignal(l->signal));
	else
		snprintf(buf, cap, "exited with code %d", l->code);
}

static const char *
outlook(const struct inst *i)
{
	switch (i->state) {
	case INST_BACKOFF:
		return "; it starts again after a back-off";
	case INST_CYCLING:
		return "; it is being restarted";
	case INST_DOWN:
		if (i->policy_max != 0 && i->restarts >= i->policy_max)
			return "; its restarts are used up";
		return i->policy == RESTART_NO ? "" : "; it rests";
	default:
		return "";
	}
}

char *
inst_why(const struct inst *i)
{
	const struct run_info *l = &i->last;
	char clause[512], *s = NULL;
	int n;

	if (l->run == 0)
		n = asprintf(&s, "%s has never run", i->name);
	else if (l->ended_ns == 0)
		n = asprintf(&s, "%s is %s: run %u, pid %d, restarted %lld "
		    "times", i->name, inst_state_name(i->state), l->run,
		    (int)l->pid, (long long)i->restarts);
	else {
		bool ran = l->started_ns != 0;

		ended_clause(l, clause, sizeof clause);
		n = asprintf(&s, "run %u of %s %s%s%s%s%s", l->run, i->name,
		    clause, ran && l->ready_ns == 0 ?
		    " before it was ready" : "",
		    l->words[0] != '\0' && strcmp(l->reason, "exec") != 0 ?
		    ": " : "", strcmp(l->reason, "exec") != 0 ? l->words : "",
		    outlook(i));
	}
	return n < 0 ? NULL : s;
}
