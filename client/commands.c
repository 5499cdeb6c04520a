/*
 * commands.c - the table of commands, and the options each one takes.
 *
 * Adding a command is one row here and one function in a cmd_*.c file; help,
 * usage checks and the test that every documented command exists follow from
 * the row. `-o` is the output format in listings and a file where a file is
 * made, as users of kubectl and cc expect.
 */
#include "client/client.h"

#include <string.h>

/* clang-format off */
#define FLAG(n, k, f, d) { n, k, NULL, d, CTL_OPT_FLAG, offsetof(struct ctl_opts, f) }
#define STR(n, k, a, f, d) { n, k, a, d, CTL_OPT_STR, offsetof(struct ctl_opts, f) }
#define LIST(n, k, a, f, d) { n, k, a, d, CTL_OPT_LIST, offsetof(struct ctl_opts, f) }
#define OUTPUT { "output", 'o', "json|table", "how to print the answer", \
	CTL_OPT_FORMAT, offsetof(struct ctl_opts, json) }
#define END { NULL, 0, NULL, NULL, CTL_OPT_FLAG, 0 }

enum { /* options without a short name */
	K_NAME = 256, K_RM, K_ENV_FILE, K_GOMAXPROCS, K_GOGC, K_MEMLIMIT,
	K_GODEBUG, K_RESTART, K_PROFILE, K_LIMIT, K_LOGS, K_SINCE, K_STACKS,
	K_LEAKED, K_SYMBOLS, K_PURGE, K_DETAIL, K_FORMAT, K_FROM, K_TO, K_KIND,
	K_FILTER, K_LATENCY,
};

static const struct ctl_opt o_run[] = {
	FLAG("detach", 'd', detach, "start it, print its id and leave"),
	FLAG("rm", K_RM, rm, "remove the instance when it has ended"),
	STR("name", K_NAME, "NAME", name, "name of the instance"),
	LIST("env", 'e', "K=V", env, "set a variable (K alone: from here)"),
	STR("env-file", K_ENV_FILE, "FILE", env_file, "variables, K=V a line"),
	STR("workdir", 'w', "DIR", cwd, "working directory (default: this one)"),
	STR("user", 'u', "USER", user, "run as this user (root may say)"),
	STR("gomaxprocs", K_GOMAXPROCS, "N", gomaxprocs, "GOMAXPROCS"),
	STR("gogc", K_GOGC, "N|off", gogc, "GOGC"),
	STR("memlimit", K_MEMLIMIT, "SIZE", memlimit, "GOMEMLIMIT"),
	STR("godebug", K_GODEBUG, "K=V,...", godebug, "GODEBUG"),
	STR("restart", K_RESTART, "POLICY", restart,
	    "no, on-failure[:N] or always"),
	STR("profile", K_PROFILE, "NAME", profile, "open, standard or strict"),
	LIST("limit", K_LIMIT, "K=V,...", limits, "memory=, cpu=, tasks="),
	STR("logs", K_LOGS, "block|drop", logs,
	    "when nobody reads its output: wait, or lose and count"),
	OUTPUT, END };
static const struct ctl_opt o_ps[] = {
	FLAG("all", 'a', all, "also those that have ended"),
	FLAG("quiet", 'q', quiet, "ids only"),
	STR("filter", K_FILTER, "K=V", filter, "state=, kind= or name="),
	OUTPUT, END };
static const struct ctl_opt o_plain[] = { OUTPUT, END };
static const struct ctl_opt o_inspect[] = {
	FLAG("symbols", K_SYMBOLS, symbols,
	    "list a program's functions and package inits"),
	OUTPUT, END };
static const struct ctl_opt o_stop[] = {
	STR("timeout", 't', "SECONDS", timeout,
	    "kill it when it has not ended by then (default 10)"),
	OUTPUT, END };
static const struct ctl_opt o_kill[] = {
	STR("signal", 's', "SIGNAL", signal, "name or number (default KILL)"),
	OUTPUT, END };
static const struct ctl_opt o_rm[] = {
	FLAG("purge", K_PURGE, purge, "forget its history too"),
	OUTPUT, END };
static const struct ctl_opt o_logs[] = {
	FLAG("follow", 'f', follow, "go on with what comes"),
	STR("tail", 'n', "N", tail, "the last N lines only"),
	STR("since", K_SINCE, "TIME", since, "from a time, or 10m ago"),
	OUTPUT, END };
static const struct ctl_opt o_follow[] = {
	FLAG("follow", 'f', follow, "go on with what comes"),
	STR("since", K_SINCE, "SEQ|TIME", since, "after a number or a time"),
	OUTPUT, END };
static const struct ctl_opt o_sched[] = {
	FLAG("follow", 'f', follow, "go on with what comes"),
	FLAG("detail", K_DETAIL, detail, "each P, M and G, at this moment"),
	FLAG("latency", K_LATENCY, latency,
	    "how long goroutines waited to run, since the start"),
	STR("since", K_SINCE, "SEQ|TIME", since, "after a number or a time"),
	OUTPUT, END };
static const struct ctl_opt o_goroutines[] = {
	FLAG("stacks", K_STACKS, stacks, "Go's traceback of each"),
	FLAG("leaked", K_LEAKED, leaked, "only those that can never run again"),
	OUTPUT, END };
static const struct ctl_opt o_build[] = {
	STR("output", 'o', "FILE", out_file, "name of the program"),
	END };
static const struct ctl_opt o_trace[] = {
	STR("output", 'o', "FILE", out_file, "where the trace goes"),
	STR("format", K_FORMAT, "go|perfetto|json", format, "of an export"),
	STR("from", K_FROM, "T", from, "begin of the export"),
	STR("to", K_TO, "T", to, "end of the export"),
	END };
static const struct ctl_opt o_profile[] = {
	STR("output", 'o', "FILE", out_file, "where the profile goes"),
	STR("kind", K_KIND, "KIND", kind, "cpu, heap, allocs, goroutine, ..."),
	STR("seconds", 's', "SEC", seconds, "how long"),
	END };

const struct ctl_cmd ctl_cmds[] = {
	{ "run", NULL, "PROGRAM [ARG...]",
	  "start an instance; PROGRAM may be a .c or .go file",
	  o_run, 1, -1, true, cmd_run },
	{ "build", NULL, "FILE.c...|FILE.go...|DIR [-- COMPILER FLAGS]",
	  "make a program of kind c or go",
	  o_build, 1, -1, false, cmd_build },
	{ "ps", NULL, "", "list instances", o_ps, 0, 0, false, cmd_ps },
	{ "inspect", NULL, "ID|FILE", "all about an instance or a program",
	  o_inspect, 1, 1, false, cmd_inspect },
	{ "wait", NULL, "ID", "wait for its end; leave with its exit code",
	  o_plain, 1, 1, false, cmd_wait },
	{ "stop", NULL, "ID...", "end it in order", o_stop, 1, -1, false,
	  cmd_stop },
	{ "kill", NULL, "ID...", "send a signal; no restart after it", o_kill, 1,
	  -1, false, cmd_kill },
	{ "restart", NULL, "ID...", "stop it and start its next run", o_stop, 1,
	  -1, false, cmd_restart },
	{ "rm", NULL, "ID...", "remove an ended instance; its history stays",
	  o_rm, 1, -1, false, cmd_rm },
	{ "logs", NULL, "ID", "what it printed", o_logs, 1, 1, false, cmd_logs },
	{ "boot", NULL, "ID", "its bootstrap as a tree", o_plain, 1, 1, false,
	  cmd_boot },
	{ "sched", NULL, "ID", "scheduler samples in Go's format", o_sched, 1, 1,
	  false, cmd_sched },
	{ "gc", NULL, "ID", "collections in Go's format", o_follow, 1, 1, false,
	  cmd_gc },
	{ "mem", NULL, "ID", "memory and scheduler counters", o_plain, 1, 1,
	  false, cmd_mem },
	{ "goroutines", NULL, "ID", "every goroutine and where it waits",
	  o_goroutines, 1, 1, false, cmd_goroutines },
	{ "gcnow", NULL, "ID", "force a collection and show its line", o_plain,
	  1, 1, false, cmd_gcnow },
	{ "debug", "godebug", "ID [KEY=VALUE...]",
	  "show or set GODEBUG keys of a running instance",
	  o_plain, 1, -1, false, cmd_debug },
	{ "why", NULL, "ID", "one sentence on why it ended or restarted",
	  o_plain, 1, 1, false, cmd_why },
	{ "events", NULL, "[ID]", "what happened", o_follow, 0, 1, false,
	  cmd_events },
	{ "query", NULL, "SQL", "read-only SQL on the views", o_plain, 1, 1,
	  false, cmd_query },
	{ "status", NULL, "", "health of gortd and each of its roles", o_plain,
	  0, 0, false, cmd_status },
	{ "version", NULL, "", "versions of both sides", o_plain, 0, 0, false,
	  cmd_version },
	{ "trace", NULL, "start|stop|export ID", "execution trace", o_trace, 0,
	  -1, false, cmd_later },
	{ "profile", NULL, "ID", "take a profile", o_profile, 0, -1, false,
	  cmd_later },
	{ "top", NULL, "", "live screen", o_plain, 0, -1, false, cmd_later },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, false, NULL },
};
/* clang-format on */

const struct ctl_cmd *
ctl_cmd_find(const char *name)
{
	const struct ctl_cmd *c;

	for (c = ctl_cmds; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
		if (c->alias != NULL && strcmp(c->alias, name) == 0)
			return c;
	}
	return NULL;
}
