/*
 * client.h - what the files of gortctl share.
 *
 * gortctl is one blocking thread: parse, connect, ask, print, leave. A command
 * is a row of the table in commands.c: its options, how many arguments it
 * takes, and a function that returns the exit code.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit codes that scripts rely on. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,      /* the operation failed */
	CTL_USAGE = 2,       /* the command line makes no sense */
	CTL_UNREACHABLE = 3, /* no gortd answered */
	CTL_NOT_FOUND = 4,   /* no such instance */
	/* foreground run and wait, where 0-124 are the program's own */
	CTL_RUN_GORTD = 125,
	CTL_RUN_CANNOT = 126,
	CTL_RUN_MISSING = 127,
};

/* A list of strings that an option may be given several times for. */
struct ctl_list {
	const char **v; /* borrowed from argv */
	size_t n;
};

/*
 * All options of all commands, in one place: a name means the same thing
 * wherever it is accepted. Zero is "not given" for each of them.
 */
struct ctl_opts {
	const char *socket;
	bool json;
	/* run */
	bool detach, rm;
	const char *name, *cwd, *user, *env_file;
	struct ctl_list env, limits;
	const char *gomaxprocs, *gogc, *memlimit, *godebug, *restart;
	const char *profile, *logs;
	/* listings */
	bool all, quiet, follow, detail, latency, stacks, leaked, symbols;
	bool purge;
	const char *tail, *since, *filter;
	/* stop, kill */
	const char *timeout, *signal;
	/* build, trace, profile */
	const char *out_file, *format, *from, *to, *kind, *seconds;
	char **words; /* owned; where argv points for most commands */
	/* what is left of the command line */
	char **argv;
	int argc;
	int quoted; /* index in argv of the first argument after "--"; argc */
};

enum ctl_opt_type {
	CTL_OPT_FLAG,   /* bool */
	CTL_OPT_STR,    /* const char * */
	CTL_OPT_LIST,   /* struct ctl_list */
	CTL_OPT_FORMAT, /* json or table, into .json */
};

struct ctl_opt {
	const char *name; /* long name; NULL ends the array */
	int key;          /* short name, or a number above 255 */
	const char *arg;  /* name of the argument, NULL for a flag */
	const char *doc;
	enum ctl_opt_type type;
	size_t off; /* in struct ctl_opts */
};

struct ctl_cmd {
	const char *name, *alias;
	const char *args; /* for the usage line */
	const char *doc;  /* one line */
	const struct ctl_opt *opts;
	int min, max; /* arguments; max -1: any number */
	bool verbatim; /* options end at the first argument */
	int (*run)(struct ctl_opts *);
};

extern const struct ctl_cmd ctl_cmds[]; /* ends with a NULL name */
const struct ctl_cmd *ctl_cmd_find(const char *name);

/*
 * Parse a whole command line. Prints the reason and returns CTL_USAGE when it
 * makes no sense; returns CTL_OK with *ret_cmd NULL after --help or --version.
 * ret_opts borrows from argv; free what it owns with ctl_opts_free, also
 * after a failure.
 */
int ctl_parse(int argc, char **argv, const struct ctl_cmd **ret_cmd,
    struct ctl_opts *ret_opts);
void ctl_opts_free(struct ctl_opts *o);

/* One line on standard error, prefixed with the program's name. */
void ctl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for progress: only when standard error is a terminal. */
void ctl_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* cmd_*.c: one function a command; returns the exit code. */
int cmd_run(struct ctl_opts *);
int cmd_wait(struct ctl_opts *);
int cmd_ps(struct ctl_opts *);
int cmd_inspect(struct ctl_opts *);
int cmd_stop(struct ctl_opts *);
int cmd_kill(struct ctl_opts *);
int cmd_restart(struct ctl_opts *);
int cmd_rm(struct ctl_opts *);
int cmd_logs(struct ctl_opts *);
int cmd_boot(struct ctl_opts *);
int cmd_sched(struct ctl_opts *);
int cmd_sched_latency(struct ctl_opts *); /* for cmd_sched */
int cmd_gc(struct ctl_opts *);
int cmd_mem(struct ctl_opts *);
int cmd_goroutines(struct ctl_opts *);
int cmd_gcnow(struct ctl_opts *);
int cmd_debug(struct ctl_opts *);
int cmd_events(struct ctl_opts *);
int cmd_query(struct ctl_opts *);
int cmd_status(struct ctl_opts *);
int cmd_version(struct ctl_opts *);
int cmd_why(struct ctl_opts *);
int cmd_build(struct ctl_opts *);
int cmd_later(struct ctl_opts *);

#endif
