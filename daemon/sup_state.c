/*
 * sup_state.c - what the supervisor remembers, as JSON; state.c has the bytes.
 *
 * Specs, wishes, the last run's numbers, request ids and events that the
 * recorder has not yet. Descriptors are the keeper's business.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "daemon/state.h"

#define REQUESTS_MAX 1000

int64_t
wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

int64_t
mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

void
json_time(json_t *obj, const char *name, int64_t ns)
{
	time_t s = ns / 1000000000;
	char key[64], text[64], num[32];
	struct tm tm;
	size_t n;

	snprintf(key, sizeof key, "%s_ns", name);
	if (ns == 0) {
		json_object_set_new(obj, name, json_null());
		json_object_set_new(obj, key, json_null());
		return;
	}
	gmtime_r(&s, &tm);
	n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof text - n, ".%09dZ", (int)(ns % 1000000000));
	snprintf(num, sizeof num, "%lld", (long long)ns);
	json_object_set_new(obj, name, json_string(text));
	json_object_set_new(obj, key, json_string(num));
}

static json_t *
last_to_json(const struct run_info *l)
{
	return json_pack("{s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:s, s:s, "
	    "s:s, s:I, s:I, s:I}", "run", (int)l->run, "pid", (int)l->pid,
	    "start_ticks", (json_int_t)l->start_ticks, "uid", (json_int_t)l->uid, "started_ns", (json_int_t)l->started_ns,
	    "ready_ns", (json_int_t)l->ready_ns, "ended_ns",
	    (json_int_t)l->ended_ns, "code", l->code, "signal", l->signal,
	    "reason", l->reason, "words", l->words, "nonce", l->nonce,
	    "maxrss_kib", (json_int_t)l->maxrss_kib, "user_us",
	    (json_int_t)l->user_us, "system_us", (json_int_t)l->system_us);
}

static void
copy_text(char *buf, size_t cap, json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	snprintf(buf, cap, "%s", s != NULL ? s : "");
}

static json_int_t
number(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void
last_from_json(json_t *o, struct run_info *l)
{
	l->run = number(o, "run");
	l->pid = number(o, "pid");
	l->start_ticks = number(o, "start_ticks");
	l->uid = number(o, "uid");
	l->started_ns = number(o, "started_ns");
	l->ready_ns = number(o, "ready_ns");
	l->ended_ns = number(o, "ended_ns");
	l->code = number(o, "code");
	l->signal = number(o, "signal");
	copy_text(l->reason, sizeof l->reason, o, "reason");
	copy_text(l->words, sizeof l->words, o, "words");
	copy_text(l->nonce, sizeof l->nonce, o, "nonce");
	l->maxrss_kib = number(o, "maxrss_kib");
	l->user_us = number(o, "user_us");
	l->system_us = number(o, "system_us");
}

static json_t *
inst_to_json(const struct inst *i)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:b, s:I, s:I, s:I, s:O, "
	    "s:o}", "id", i->id, "name", i->name, "created_seq",
	    (json_int_t)i->created_seq, "created_ns",
	    (json_int_t)i->created_ns, "removed_ns", (json_int_t)i->removed_ns,
	    "state", inst_state_name(i->state), "wished_up", i->wished_up,
	    "promised", (json_int_t)i->promised,
	    "restarts", (json_int_t)i->restarts, "backoff_ms",
	    (json_int_t)i->backoff.delay_ms, "spec", i->spec, "last",
	    last_to_json(&i->last));
}

static int
inst_from_json(json_t *o)
{
	json_t *spec = json_object_get(o, "spec");
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *name = json_string_value(json_object_get(o, "name"));
	struct inst *i;

	if (id == NULL || name == NULL || !json_is_object(spec) ||
	    json_string_value(json_object_get(spec, "program")) == NULL)
		return -EINVAL;
	i = inst_new(id, name, json_incref(spec));
	if (i == NULL)
		return -ENOMEM;
	i->created_seq = number(o, "created_seq");
	i->created_ns = number(o, "created_ns");
	i->removed_ns = number(o, "removed_ns");
	i->wished_up = json_is_true(json_object_get(o, "wished_up"));
	i->promised = number(o, "promised");
	i->restarts = number(o, "restarts");
	i->backoff.delay_ms = number(o, "backoff_ms");
	i->state = inst_state_of(json_string_value(json_object_get(o,
	    "state")));
	if (i->state == INST_N)
		i->state = INST_DOWN;
	last_from_json(json_object_get(o, "last"), &i->last);
	return 0;
}

static json_t *
all_to_json(void)
{
	json_t *insts = json_array();
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next)
		json_array_append_new(insts, inst_to_json(i));
	while (json_object_size(sup.requests) > REQUESTS_MAX)
		json_object_del(sup.requests, json_object_iter_key(
		    json_object_iter(sup.requests)));
	return json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:O, s:o, s:o}",
	    "format", "gortd-state", "version", STATE_VERSION, "boot_id",
	    sup.page != NULL ? sup.page->boot_id : "", "generation",
	    (json_int_t)++sup.generation, "created_seq",
	    (json_int_t)sup.created_seq, "row_seq", (json_int_t)sup.row_seq,
	    "requests", sup.requests, "events", rows_unacked(), "instances",
	    insts);
}

int
sup_save(char **ret_cause)
{
	struct keeper_msg km = { .type = KM_STATE };
	json_t *o = all_to_json();
	int rc, fd;

	sup.dirty = false;
	rc = state_write(sup.r->cfg->state_dir, o, &fd);
	json_decref(o);
	if (fd >= 0) {
		role_keeper_send(sup.r, &km, &fd, 1);
		close(fd);
	}
	if (rc < 0 && asprintf(ret_cause, "the state file in %s cannot be "
	    "written: %s", sup.r->cfg->state_dir, strerror(-rc)) < 0)
		*ret_cause = NULL;
	return rc;
}

static void
on_save(evutil_socket_t fd, short what, void *arg)
{
	static bool complained;
	char *cause = NULL;

	while (sup.sweep)
		inst_sweep();
	if (!sup.dirty)
		return;
	if (sup_save(&cause) < 0) {
		if (!complained)
			log_error("%s", cause);
		complained = true;
	} else {
		complained = false;
	}
	free(cause);
}

void
sup_save_soon(void)
{
	struct timeval now = { 0, 0 };

	sup.dirty = true;
	if (sup.save_ev == NULL)
		sup.save_ev = evtimer_new(sup.r->base, on_save, NULL);
	if (!evtimer_pending(sup.save_ev, NULL))
		evtimer_add(sup.save_ev, &now);
}

int
sup_load(int memfd, bool *ret_fresh, char **ret_cause)
{
	json_t *o = NULL, *v;
	size_t n;
	int rc = state_read(sup.r->cfg->state_dir, memfd, &o, ret_cause);

	if (rc < 0)
		return rc;
	*ret_fresh = memfd < 0;
	if (o == NULL)
		return 0;
	json_array_foreach(json_object_get(o, "instances"), n, v)
		if (inst_from_json(v) < 0)
			log_error("an instance in the state file makes no "
			    "sense and is left out");
	copy_text(sup.old_boot_id, sizeof sup.old_boot_id, o, "boot_id");
	sup.generation = number(o, "generation");
	sup.created_seq = number(o, "created_seq");
	sup.row_seq = number(o, "row_seq");
	v = json_object_get(o, "requests");
	if (json_is_object(v)) {
		json_decref(sup.requests);
		sup.requests = json_incref(v);
	}
	rows_restore(json_object_get(o, "events"));
	json_decref(o);
	return 0;
}

void
sup_fini(void)
{
	struct inst *i;
	struct run *r;

	while ((r = TAILQ_FIRST(&sup.runs)) != NULL)
		run_free(r);
	while ((i = TAILQ_FIRST(&sup.insts)) != NULL)
		inst_free(i);
	json_decref(sup.requests);
	sup.requests = NULL;
	if (sup.save_ev != NULL)
		event_free(sup.save_ev);
	if (sup.done_ev != NULL)
		event_free(sup.done_ev);
}
