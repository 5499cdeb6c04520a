/*
 * methods.c - the one table of methods; see methods.h.
 */
#include "daemon/methods.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/rpc.h"

#define ID { "id", PARAM_STRING, true, 1, 128, "id, name or unique prefix, "   \
	"with an optional @RUN" }
#define PAGE                                                                   \
	{ "limit", PARAM_INT, false, 1, 1000, "items in a page" },             \
	{ "page_token", PARAM_STRING, false, 0, 200, "from the page before" }
#define RANGE                                                                  \
	{ "since", PARAM_NUMBER, false, 0, INT64_MAX, "sequence number seen" },   \
	{ "from", PARAM_NUMBER, false, 0, INT64_MAX, "Unix nanoseconds" },     \
	{ "to", PARAM_NUMBER, false, 0, INT64_MAX, "Unix nanoseconds" }
#define TIMEOUT { "timeout_ms", PARAM_INT, false, 0, 86400000, "until SIGKILL" }
#define REQUEST_ID { "request_id", PARAM_STRING, false, 1, 128,                \
	"makes a repeat harmless" }
#define END { 0 }
#define PARAMS(...) (const struct param[]){ __VA_ARGS__ }

const struct method methods[] = {
	{ .name = "daemon.version", .access = ACCESS_VIEW, .params = PARAMS(END),
	    .over_http = true, .doc = "Versions of gortd and of its interfaces.",
	    .result = "version api ring_abi ctl_abi" },
	{ .name = "daemon.status", .access = ACCESS_VIEW, .params = PARAMS(END),
	    .over_http = true, .doc = "Health of the daemon and its roles.",
	    .result = "version pid started socket http db state_dir instances "
	    "roles" },
	{ .name = "daemon.reload", .access = ACCESS_ADMIN, .params = PARAMS(END),
	    .doc = "Read the configuration again.", .result = "" },
	{ .name = "system.describe", .access = ACCESS_VIEW,
	    .params = PARAMS(END), .over_http = true,
	    .doc = "This table.", .result = "methods errors" },

	{ .name = "instance.run", .access = ACCESS_OPERATE, .takes_fd = true,
	    .params = PARAMS(
	    { "program", PARAM_STRING, true, 1, 4095, "absolute path" },
	    { "args", PARAM_STRINGS, false, 0, 0, "without argv[0]" },
	    { "env", PARAM_MAP, false, 0, 0, "added to a clean base" },
	    { "cwd", PARAM_STRING, false, 1, 4095, "working directory" },
	    { "name", PARAM_STRING, false, 1, 63, "unique name" },
	    { "user", PARAM_STRING, false, 1, 64, "run as (root only)" },
	    { "restart", PARAM_STRING, false, 1, 32,
	    "no, on-failure[:N] or always" },
	    { "gomaxprocs", PARAM_INT, false, 1, 4096, "GOMAXPROCS" },
	    { "gogc", PARAM_STRING, false, 1, 32, "GOGC" },
	    { "memlimit", PARAM_STRING, false, 1, 32, "GOMEMLIMIT" },
	    { "godebug", PARAM_STRING, false, 1, 1024, "GODEBUG" },
	    { "profile", PARAM_STRING, false, 1, 32, "sandbox: open" },
	    { "limit", PARAM_MAP, false, 0, 0, "memory, cpu, tasks" },
	    { "rm", PARAM_BOOL, false, 0, 0, "forget it when it is down" },
	    { "stdin", PARAM_BOOL, false, 0, 0, "a descriptor came along" },
	    { "attach", PARAM_BOOL, false, 0, 0,
	    "output waits for instance.attach, 5 s at most" },
	    { "logs", PARAM_STRING, false, 1, 8, "drop (default) or block" },
	    REQUEST_ID, END),
	    .doc = "Start an instance.", .result = "id name run pid kind" },
	{ .name = "instance.list", .access = ACCESS_VIEW, .over_http = true,
	    .params = PARAMS({ "all", PARAM_BOOL, false, 0, 0,
	    "those that are down, too" }, PAGE, END),
	    .doc = "Instances.", .result = "items next_page_token" },
	{ .name = "instance.get", .access = ACCESS_VIEW, .over_http = true,
	    .params = PARAMS(ID, END), .doc = "One instance.",
	    .result = "id name kind program args cwd env state run pid uid "
	    "restarts restart created started ready ended exit_code signal "
	    "reason note" },
	{ .name = "instance.why", .access = ACCESS_VIEW, .over_http = true,
	    .params = PARAMS(ID, END), .doc = "Why it ended or restarted.",
	    .result = "why evidence" },
	{ .name = "instance.attach", .access = ACCESS_VIEW, .takes_fd = true,
	    .params = PARAMS(ID,
	    { "stdout", PARAM_INT, false, 0, INT64_MAX, "first byte wanted" },
	    { "stderr", PARAM_INT, false, 0, INT64_MAX, "first byte wanted" },
	    { "block", PARAM_BOOL, false, 0, 0,
	    "the program waits for a slow reader" }, END),
	    .doc = "Its output into the socket that came along.",
	    .result = "id run" },
	{ .name = "instance.wait", .access = ACCESS_VIEW,
	    .params = PARAMS(ID, END),
	    .doc = "Answers when the run is over and its output is stored.",
	    .result = "id run exit_code signal reason" },
	{ .name = "instance.stop", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, TIMEOUT, REQUEST_ID, END),
	    .doc = "SIGTERM, then SIGKILL; answers when it is down.",
	    .result = "id state changed" },
	{ .name = "instance.kill", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, { "signal", PARAM_INT, false, 1, 64,
	    "number, 9 if absent" }, { "forward", PARAM_BOOL, false, 0, 0,
	    "only pass it on; the restart policy stays" }, END),
	    .doc = "Send a signal and end restarts.", .result = "id changed" },
	{ .name = "instance.restart", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, TIMEOUT, REQUEST_ID, END),
	    .doc = "A new run.", .result = "id run pid" },
	{ .name = "instance.remove", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, { "purge", PARAM_BOOL, false, 0, 0,
	    "its history, too" }, END), .doc = "Forget an instance.",
	    .result = "id changed" },
	{ .name = "instance.goroutines", .access = ACCESS_VIEW,
	    .over_http = true, .params = PARAMS(ID,
	    { "stacks", PARAM_BOOL, false, 0, 0, "all frames" },
	    { "after", PARAM_INT, false, 0, INT64_MAX, "goid" },
	    { "limit", PARAM_INT, false, 1, 4096, "items" }, END),
	    .doc = "Goroutines, live.", .result = "total items" },
	{ .name = "instance.godebug", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, { "set", PARAM_STRING, false, 1, 4096,
	    "k=v,k=v" }, END), .doc = "GODEBUG keys, live.",
	    .result = "values" },
	{ .name = "instance.gc", .access = ACCESS_OPERATE,
	    .params = PARAMS(ID, END), .doc = "Force a collection.",
	    .result = "a record as in telemetry.gc" },
	{ .name = "instance.logs", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .over_http = true, .params = PARAMS(ID, RANGE,
	    { "tail", PARAM_INT, false, 0, 1000000, "last lines" }, PAGE, END),
	    .doc = "What it printed.", .result = "items next_page_token" },

	{ .name = "telemetry.mem", .access = ACCESS_VIEW, .over_http = true,
	    .params = PARAMS(ID, END), .doc = "Memory counters.",
	    .result = "counters t source" },
	{ .name = "telemetry.scheddetail", .access = ACCESS_VIEW,
	    .over_http = true, .params = PARAMS(ID, END),
	    .doc = "Every P, M and G of the scheduler, live.",
	    .result = "text" },
	{ .name = "telemetry.boot", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .over_http = true, .params = PARAMS(ID, PAGE, END),
	    .doc = "Steps of the bootstrap.", .result = "origin_ns items" },
	{ .name = "telemetry.sched", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .over_http = true, .params = PARAMS(ID, RANGE, PAGE, END),
	    .doc = "Scheduler samples.", .result = "origin_ns items" },
	{ .name = "telemetry.gc", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .over_http = true, .params = PARAMS(ID, RANGE, PAGE, END),
	    .doc = "Collections.", .result = "origin_ns items" },
	{ .name = "telemetry.events", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .over_http = true, .params = PARAMS({ "id", PARAM_STRING, false, 1,
	    128, "of one instance" }, RANGE, PAGE, END),
	    .doc = "What happened.", .result = "items next_page_token" },
	{ .name = "telemetry.subscribe", .access = ACCESS_VIEW,
	    .by = BY_RECORDER, .params = PARAMS(
	    { "what", PARAM_STRINGS, true, 0, 0, "log event sched gc boot" },
	    { "id", PARAM_STRING, false, 1, 128, "of one instance" },
	    { "since", PARAM_NUMBER, false, 0, INT64_MAX, "sequence number" },
	    END), .doc = "Live data as telemetry.event notifications.",
	    .result = "sub" },
	{ .name = "telemetry.unsubscribe", .access = ACCESS_VIEW,
	    .by = BY_RECORDER, .params = PARAMS({ "sub", PARAM_INT, true, 0,
	    INT64_MAX, "from subscribe" }, END), .doc = "End a subscription.",
	    .result = "" },
	{ .name = "store.query", .access = ACCESS_VIEW, .by = BY_GATEWAY,
	    .params = PARAMS({ "sql", PARAM_STRING, true, 1, 32768,
	    "one SELECT over the views" }, { "limit", PARAM_INT, false, 1,
	    10000, "rows" }, { "page_token", PARAM_STRING, false, 0, 200,
	    "from the page before" }, END),
	    .doc = "Read-only SQL on the views.",
	    .result = "columns rows truncated next_page_token" },
	{ 0 },
};

static const char *const type_names[] = { "string", "integer",
	"integer or string of digits", "boolean",
	"array of strings", "object of strings" };

const struct method *
method_find(const char *name)
{
	for (const struct method *m = methods; m->name != NULL; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

static const struct param *
param_find(const struct method *m, const char *name)
{
	for (const struct param *p = m->params; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static bool
all_strings(json_t *v)
{
	json_t *item;
	const char *key;
	size_t n;

	if (json_is_array(v)) {
		json_array_foreach(v, n, item)
			if (!json_is_string(item))
				return false;
	} else {
		json_object_foreach(v, key, item)
			if (!json_is_string(item) || key[0] == '\0' ||
			    strchr(key, '=') != NULL)
				return false;
	}
	return true;
}

static bool
is_digits(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	if (n < 1 || n > 19 || strspn(s, "0123456789") != n)
		return false;
	errno = 0; /* nanoseconds of now have 19 digits; not all 19 fit */
	strtoll(s, NULL, 10);
	return errno == 0;
}

static bool
type_fits(const struct param *p, json_t *v)
{
	switch (p->type) {
	case PARAM_STRING:
		return json_is_string(v);
	case PARAM_INT:
		return json_is_integer(v);
	case PARAM_NUMBER:
		return json_is_integer(v) || is_digits(json_string_value(v));
	case PARAM_BOOL:
		return json_is_boolean(v);
	case PARAM_STRINGS:
		return json_is_array(v) && all_strings(v);
	case PARAM_MAP:
		return json_is_object(v) && all_strings(v);
	}
	return false;
}

static json_t *
check_one(const struct method *m, const struct param *p, json_t *v)
{
	json_int_t n;

	if (!type_fits(p, v))
		return rpc_error(RPC_PARAMS, "%s: \"%s\" must be %s %s",
		    m->name, p->name, strchr("aio", type_names[p->type][0]) !=
		    NULL ? "an" : "a", type_names[p->type]);
	if (p->type == PARAM_INT || json_is_integer(v)) {
		n = json_integer_value(v);
		if (n < p->min || n > p->max)
			return rpc_error(RPC_PARAMS, "%s: \"%s\" must be from "
			    "%lld to %lld", m->name, p->name,
			    (long long)p->min, (long long)p->max);
	} else if (p->type == PARAM_STRING) {
		n = json_string_length(v);
		if (n < p->min || n > (p->max != 0 ? p->max : 4096))
			return rpc_error(RPC_PARAMS, "%s: \"%s\" is %s",
			    m->name, p->name, n < p->min ? "empty" :
			    "too long");
	}
	return NULL;
}

json_t *
method_check(const struct method *m, const json_t *params)
{
	const struct param *p;
	const char *key;
	json_t *v, *err;

	json_object_foreach((json_t *)params, key, v) {
		p = param_find(m, key);
		if (p == NULL)
			return rpc_error(RPC_PARAMS,
			    "%s has no parameter \"%.80s\"", m->name, key);
		if (json_is_null(v) && !p->required)
			continue;
		err = check_one(m, p, v);
		if (err != NULL)
			return err;
	}
	for (p = m->params; p->name != NULL; p++)
		if (p->required && json_object_get(params, p->name) == NULL)
			return rpc_error(RPC_PARAMS, "%s needs \"%s\"",
			    m->name, p->name);
	return NULL;
}

const char *
access_name(enum access a)
{
	static const char *const names[] = { "none", "view", "operate",
		"admin" };

	return names[a];
}

static json_t *
describe_params(const struct method *m)
{
	json_t *list = json_array();

	for (const struct param *p = m->params; p->name != NULL; p++)
		json_array_append_new(list, json_pack(
		    "{s:s, s:s, s:b, s:s}", "name", p->name, "type",
		    type_names[p->type], "required", p->required, "doc",
		    p->doc));
	return list;
}

static json_t *
describe_errors(void)
{
	json_t *list = json_array();

#define X(name, number, reason_, http)                                         \
	json_array_append_new(list, json_pack("{s:i, s:s, s:i}", "code",       \
	    number, "reason", reason_, "http_status", http));
	RPC_ERRORS(X)
#undef X
	return list;
}

json_t *
method_describe(void)
{
	json_t *list = json_array();

	for (const struct method *m = methods; m->name != NULL; m++)
		json_array_append_new(list, json_pack(
		    "{s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "name", m->name,
		    "role", access_name(m->access), "doc", m->doc, "result",
		    m->result, "takes_fd", m->takes_fd, "over_http",
		    m->over_http, "params", describe_params(m)));
	return json_pack("{s:o, s:o}", "methods", list, "errors",
	    describe_errors());
}
