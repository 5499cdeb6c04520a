/* m_instance.c - what instance.* and telemetry.* do. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/faultpoint.h"
#include "daemon/inst.h"
#include "daemon/instctl.h"
#include "daemon/log.h"
#include "daemon/m_instance.h"
#include "ipc/rpc.h"

#define LIST_BYTES (768 * 1024) /* an answer stays under a mebibyte */

/*
 * The instance a call names; NULL: the call was answered. A run that is over
 * (ID@RUN) is refused: what is asked here is done to the latest one, and who
 * says `kill web@1` does not mean run 2. What past runs did is in the store.
 */
static struct inst *
named(struct call *c, uint32_t *ret_run)
{
	json_t *err = NULL;
	uint32_t run = 0;
	struct inst *i = inst_find(call_string(c, "id"), &run, &err);

	if (i == NULL) {
		call_fail(c, err);
	} else if (run < i->last.run && strchr(call_string(c, "id"), '@')) {
		call_fail(c, rpc_error(RPC_WRONG_STATE, "run %u of %s is over "
		    "and run %u is the latest: its end is in v_run", run,
		    i->name, i->last.run));
		i = NULL;
	}
	if (i != NULL && ret_run != NULL)
		*ret_run = run;
	return i;
}

/* May this caller change that instance? Operators only their own. */
static bool
may_change(struct call *c, const struct inst *i)
{
	uid_t uid = json_integer_value(json_object_get(i->spec, "uid"));

	if (c->access == ACCESS_ADMIN || c->uid == uid ||
	    c->gateway_rid != NULL)
		return true;
	call_fail(c, rpc_error(RPC_DENIED,
	    "%s belongs to user %u, and you are user %u", i->name,
	    (unsigned)uid, (unsigned)c->uid));
	return false;
}

/* ---- request ids ---- */

static void
request_key(const struct call *c, char *buf, size_t cap)
{
	snprintf(buf, cap, "%u:%s:%s", (unsigned)c->uid, c->method->name,
	    call_string(c, "request_id"));
}

/* The run that the same request made before; NULL: it is new. */
static struct inst *
request_seen(const struct call *c, uint32_t *ret_run)
{
	json_t *seen, *err = NULL;
	struct inst *i;
	char key[256];

	if (call_string(c, "request_id") == NULL)
		return NULL;
	request_key(c, key, sizeof key);
	seen = json_object_get(sup.requests, key);
	if (seen == NULL)
		return NULL;
	i = inst_find(json_string_value(json_object_get(seen, "id")), NULL,
	    &err);
	json_decref(err);
	*ret_run = json_integer_value(json_object_get(seen, "run"));
	return i;
}

static void
request_remember(const struct call *c, const struct inst *i, uint32_t run)
{
	char key[256];

	if (call_string(c, "request_id") == NULL)
		return;
	request_key(c, key, sizeof key);
	json_object_set_new(sup.requests, key, json_pack("{s:s, s:i}", "id",
	    i->id, "run", (int)run));
}

static void
request_forget(const struct call *c)
{
	char key[256];

	if (call_string(c, "request_id") == NULL)
		return;
	request_key(c, key, sizeof key);
	json_object_del(sup.requests, key);
}

/* ---- run ---- */

static int
count_instances(void)
{
	struct inst *i;
	int n = 0;

	TAILQ_FOREACH(i, &sup.insts, next)
		n++;
	return n;
}

static json_t *
may_run(struct call *c)
{
	const char *name = call_string(c, "name");

	if (sup.term_mode >= 0)
		return rpc_error(RPC_BUSY, "gortd is ending");
	if (count_instances() >= sup.r->cfg->max_instances)
		return rpc_error(RPC_LIMIT, "%lld instances are the most "
		    "(instances.max)", (long long)sup.r->cfg->max_instances);
	if (name != NULL && inst_name_valid(name) && inst_name_taken(name))
		return rpc_error(RPC_WRONG_STATE,
		    "there is an instance \"%s\" already", name);
	if (call_bool(c, "stdin") && c->fd < 0)
		return rpc_error(RPC_PARAMS,
		    "\"stdin\" is true, but no descriptor came along");
	return NULL;
}

/* Accepted means: in the state file. Then, and only then, it begins. */
static struct inst *
accept_instance(struct call *c, json_t *spec, json_t **ret_error)
{
	const char *name = call_string(c, "name");
	char id[INST_ID_LEN + 1], auto_name[INST_NAME_MAX + 1];
	char *cause = NULL;
	struct inst *i;

	if (name == NULL) {
		inst_default_name(json_string_value(json_object_get(spec,
		    "program")), auto_name, sizeof auto_name);
		name = auto_name;
	}
	inst_new_id(id);
	i = inst_new(id, name, spec);
	if (i == NULL) {
		*ret_error = rpc_error(RPC_INTERNAL, "out of memory");
		return NULL;
	}
	i->wished_up = true;
	i->promised = 1;
	request_remember(c, i, 1);
	if (sup_save(&cause) < 0) {
		*ret_error = rpc_error(RPC_FAILED, "%s", cause);
		free(cause);
		request_forget(c);
		inst_free(i);
		return NULL;
	}
	return i;
}

void
m_run(struct call *c)
{
	json_t *err = NULL, *spec;
	struct inst *i;
	uint32_t run;

	i = request_seen(c, &run);
	if (i != NULL) {
		if (i->last.started_ns == 0)
			i->hold = call_bool(c, "attach");
		inst_wait(i, WAIT_STARTED, run, c);
		return;
	}
	err = may_run(c);
	spec = err == NULL ? spec_make(c->params, c, &err) : NULL;
	if (spec == NULL) {
		call_fail(c, err);
		return;
	}
	i = accept_instance(c, spec, &err);
	if (i == NULL) {
		call_fail(c, err);
		return;
	}
	inst_log_event(i, "instance.created", json_pack("{s:s}", "name",
	    i->name));
	i->stdin_fd = call_bool(c, "stdin") ? c->fd : -1;
	if (i->stdin_fd >= 0)
		c->fd = -1;
	fault_point(FAULT_ACCEPTED);
	i->first = true;
	i->hold = call_bool(c, "attach");
	inst_event(i, EV_START);
	inst_wait(i, WAIT_STARTED, 1, c);
}

/* ---- watching ---- */

static bool
is_seqpacket(int fd)
{
	socklen_t dlen = sizeof(int), tlen = sizeof(int);
	int domain = 0, type = 0;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &dlen) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &tlen) == 0 &&
	    domain == AF_UNIX && type == SOCK_SEQPACKET;
}

/*
 * The recorder gets the socket and answers to nobody: the bytes are the
 * answer. Making the program wait takes the right to stop it.
 */
void
m_attach(struct call *c)
{
	bool block = call_bool(c, "block");
	uint32_t run;
	struct inst *i = named(c, &run);
	int rc;

	if (i == NULL || (block && !may_change(c, i)))
		return;
	if (block && c->access < ACCESS_OPERATE) {
		call_fail(c, rpc_error(RPC_DENIED, "\"block\" makes the "
		    "program wait, and you may only look"));
		return;
	}
	if (c->fd < 0 || !is_seqpacket(c->fd)) {
		call_fail(c, rpc_error(RPC_PARAMS, "one end of an AF_UNIX "
		    "SOCK_SEQPACKET pair must come along"));
		return;
	}
	rc = role_send(sup.r, ROLE_RECORDER, json_pack(
	    "{s:s, s:s, s:i, s:I, s:I, s:b}", "m", "output", "instance", i->id,
	    "run", (int)run, "stdout", call_int(c, "stdout", 0), "stderr",
	    call_int(c, "stderr", 0), "block", block), &c->fd, 1);
	if (rc < 0) {
		call_fail(c, rpc_error(RPC_BUSY,
		    "the recorder is being restarted; ask again"));
		return;
	}
	if (run == i->last.run)
		i->hold = false;
	call_done(c, json_pack("{s:s, s:i}", "id", i->id, "run", (int)run));
}

/* ---- looking ---- */

static bool
sees_secrets(const struct call *c, const struct inst *i)
{
	return c->access == ACCESS_ADMIN || c->uid == (uid_t)json_integer_value(
	    json_object_get(i->spec, "uid"));
}

void
m_list(struct call *c)
{
	const char *token = call_string(c, "page_token");
	uint64_t after = token != NULL ? strtoull(token, NULL, 10) : 0;
	json_int_t limit = call_int(c, "limit", 100);
	json_t *items, *o, *next = NULL;
	bool all = call_bool(c, "all");
	size_t bytes = 0;
	struct inst *i;

	if (token != NULL && (token[0] == '\0' || strlen(token) > 18 ||
	    token[strspn(token, "0123456789")] != '\0')) {
		call_fail(c, rpc_error(RPC_PARAMS,
		    "page_token is none of instance.list's: \"%.40s\"", token));
		return;
	}
	items = json_array();

	TAILQ_FOREACH(i, &sup.insts, next) {
		if (i->created_seq <= after || i->removed_ns != 0 ||
		    (!all && i->state == INST_DOWN))
			continue;
		o = inst_json(i, sees_secrets(c, i));
		bytes += json_dumpb(o, NULL, 0, JSON_COMPACT);
		if ((json_int_t)json_array_size(items) == limit ||
		    (bytes > LIST_BYTES && json_array_size(items) > 0)) {
			json_decref(o);
			next = json_sprintf("%llu", (unsigned long long)after);
			break;
		}
		after = i->created_seq;
		json_array_append_new(items, o);
	}
	call_done(c, json_pack("{s:o, s:o*}", "items", items,
	    "next_page_token", next));
}

void
m_get(struct call *c)
{
	struct inst *i = named(c, NULL);

	if (i != NULL)
		call_done(c, inst_json(i, sees_secrets(c, i)));
}

void
m_why(struct call *c)
{
	struct inst *i = named(c, NULL);
	json_t *o;
	char *why;

	if (i == NULL)
		return;
	why = inst_why(i);
	o = json_pack("{s:s?, s:{s:o, s:s, s:I, s:I, s:I, s:I, s:s}}", "why",
	    why, "evidence", "exit", inst_exit_json(i), "state",
	    inst_state_name(i->state), "restarts", (json_int_t)i->restarts,
	    "maxrss_kib", (json_int_t)i->last.maxrss_kib, "user_us",
	    (json_int_t)i->last.user_us, "system_us",
	    (json_int_t)i->last.system_us, "last_words", i->last.words);
	free(why);
	call_done(c, o);
}

void
m_wait(struct call *c)
{
	uint32_t run;
	struct inst *i = named(c, &run);

	if (i == NULL)
		return;
	inst_wait(i, WAIT_DRAINED, run, c);
}

/* ---- changing ---- */

void
m_stop(struct call *c)
{
	struct inst *i = named(c, NULL);
	char *cause = NULL;

	if (i == NULL || !may_change(c, i))
		return;
	i->wished_up = false;
	if (i->state == INST_DOWN) {
		call_done(c, json_pack("{s:s, s:s, s:b}", "id", i->id, "state",
		    inst_state_name(i->state), "changed", 0));
		sup_save_soon();
		return;
	}
	if (sup_save(&cause) < 0) {
		log_error("%s", cause); /* stopping goes on all the same */
		free(cause);
	}
	inst_log_event(i, "instance.stopping", NULL);
	inst_stop(i, EV_STOP, call_int(c, "timeout_ms", -1));
	inst_wait(i, WAIT_DOWN, 0, c);
}

void
m_kill(struct call *c)
{
	struct inst *i = named(c, NULL);
	int sig, rc;

	if (i == NULL || !may_change(c, i)) /* c is answered, and gone */
		return;
	sig = call_int(c, "signal", SIGKILL);
	if (i->state == INST_DOWN || (i->cur == NULL &&
	    call_bool(c, "forward"))) {
		call_fail(c, rpc_error(RPC_WRONG_STATE, "%s is not running",
		    i->name));
		return;
	}
	if (call_bool(c, "forward")) {
		rc = inst_signal(i, sig);
		if (rc < 0)
			call_fail(c, rpc_error(RPC_FAILED, "signal %d: %s",
			    sig, strerror(-rc)));
		else
			call_done(c, json_pack("{s:s, s:b}", "id", i->id,
			    "changed", 1));
		return;
	}
	i->wished_up = false;
	sup_save_soon();
	if (sig == SIGKILL || i->cur == NULL) {
		inst_event(i, EV_KILL);
	} else {
		i->cur->asked_kill = true;
		inst_signal(i, sig);
	}
	call_done(c, json_pack("{s:s, s:b}", "id", i->id, "changed", 1));
}

void
m_restart(struct call *c)
{
	struct inst *i = named(c, NULL);
	char *cause = NULL;
	uint32_t run;

	if (i == NULL || !may_change(c, i))
		return;
	if (request_seen(c, &run) == i) {
		inst_wait(i, WAIT_STARTED, run, c);
		return;
	}
	if (sup.term_mode >= 0) {
		call_fail(c, rpc_error(RPC_BUSY, "gortd is ending"));
		return;
	}
	run = i->last.run + 1;
	i->wished_up = true;
	i->promised = run;
	i->restarts = 0;
	request_remember(c, i, run);
	if (sup_save(&cause) < 0) {
		request_forget(c);
		call_fail(c, rpc_error(RPC_FAILED, "%s", cause));
		free(cause);
		return;
	}
	inst_log_event(i, "instance.restarting", NULL);
	inst_stop(i, EV_RESTART, call_int(c, "timeout_ms", -1));
	inst_wait(i, WAIT_STARTED, run, c);
}

void
m_remove(struct call *c)
{
	struct inst *i = named(c, NULL);

	if (i == NULL || !may_change(c, i))
		return;
	if (i->state != INST_DOWN) {
		call_fail(c, rpc_error(RPC_WRONG_STATE,
		    "%s is %s; stop it first", i->name,
		    inst_state_name(i->state)));
		return;
	}
	inst_remove(i, call_bool(c, "purge"));
	call_done(c, json_pack("{s:s, s:b}", "id", i->id, "changed", 1));
}

/* ---- over the control channel ---- */

/* The channel of a running instance; NULL: the call was answered. */
static struct instctl *
channel(struct call *c, bool changes)
{
	struct inst *i = named(c, NULL);

	if (i == NULL || (changes && !may_change(c, i)))
		return NULL;
	if (i->cur == NULL) {
		call_fail(c, rpc_error(RPC_WRONG_STATE, "%s is not running",
		    i->name));
		return NULL;
	}
	if (i->cur->ctl == NULL) {
		call_fail(c, rpc_error(RPC_WRONG_STATE, "%s is of kind %s: "
		    "gort is not its runtime and cannot ask it", i->name,
		    json_string_value(json_object_get(i->spec, "kind"))));
		return NULL;
	}
	return i->cur->ctl;
}

void
m_goroutines(struct call *c)
{
	struct instctl *ic = channel(c, false);

	if (ic != NULL)
		instctl_goroutines(ic, c);
}

void
m_godebug(struct call *c)
{
	struct instctl *ic = channel(c, call_string(c, "set") != NULL);

	if (ic != NULL)
		instctl_debug(ic, c);
}

void
m_gc(struct call *c)
{
	struct instctl *ic = channel(c, true);

	if (ic != NULL)
		instctl_gc(ic, c);
}

void
m_mem(struct call *c)
{
	struct inst *i = named(c, NULL);

	if (i == NULL)
		return;
	if (i->cur == NULL)
		call_fail(c, rpc_error(RPC_WRONG_STATE, "%s is not running: "
		    "its counters went with it; its samples and collections "
		    "are kept", i->name));
	else if (i->cur->ctl == NULL)
		call_fail(c, rpc_error(RPC_WRONG_STATE, "%s is of kind %s: "
		    "gort is not its runtime and has no counters", i->name,
		    json_string_value(json_object_get(i->spec, "kind"))));
	else
		instctl_mem(i->cur->ctl, c);
}

void
m_scheddetail(struct call *c)
{
	struct instctl *ic = channel(c, false);

	if (ic != NULL)
		instctl_sched(ic, c);
}
