/*
 * options.c - the command line, by argp.
 *
 * Two passes. The first takes the global options and stops at the first word
 * that is no option: the command. The second runs the command's own options
 * over the rest. Both keep the order of the words (argp's default is to
 * permute, which would eat `-v` out of `run ./prog -v`), and in a command that
 * is `verbatim` everything from its first argument on is the program's.
 *
 * A usage error is one sentence and exit 2; argp's own default is 64.
 */
#include "client/client.h"

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_OPTS 24
#define KEY_USAGE 0x8000 /* beside the keys of commands.c */

void
ctl_say(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("gortctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
ctl_progress(const char *fmt, ...)
{
	va_list ap;

	if (!isatty(STDERR_FILENO))
		return;
	fflush(stdout);
	fputs("gortctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

struct scan {
	struct ctl_opts *opts;
	const struct ctl_cmd *cmd; /* NULL in the first pass */
	int rest;                  /* index of the first word kept, or 0 */
	char **words;              /* second pass: arguments in order */
	int nwords, quoted;
	bool done; /* --help or --version was answered */
	bool bad;
};

static int
set_format(struct scan *s, const char *arg)
{
	if (strcmp(arg, "json") == 0)
		s->opts->json = true;
	else if (strcmp(arg, "table") == 0)
		s->opts->json = false;
	else {
		ctl_say("-o takes json or table, not '%s'", arg);
		return -1;
	}
	return 0;
}

static int
list_add(struct ctl_list *l, const char *arg)
{
	const char **v = realloc(l->v, (l->n + 1) * sizeof(*v));

	if (v == NULL)
		return -1;
	v[l->n++] = arg;
	l->v = v;
	return 0;
}

static int
set_option(struct scan *s, const struct ctl_opt *o, char *arg)
{
	char *at = (char *)s->opts + o->off;

	switch (o->type) {
	case CTL_OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case CTL_OPT_STR:
		*(const char **)at = arg;
		return 0;
	case CTL_OPT_LIST:
		return list_add((struct ctl_list *)at, arg);
	case CTL_OPT_FORMAT:
		return set_format(s, arg);
	}
	return -1;
}

/* ---- first pass: up to the command ---- */

static error_t
parse_global(int key, char *arg, struct argp_state *st)
{
	struct scan *s = st->input;

	switch (key) {
	case 's':
		s->opts->socket = arg;
		return 0;
	case 'o':
		if (set_format(s, arg) != 0) {
			s->bad = true;
			st->next = st->argc;
		}
		return 0;
	case 'h':
		argp_state_help(st, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
		s->done = true;
		st->next = st->argc;
		return 0;
	case KEY_USAGE:
		argp_state_help(st, stdout, ARGP_HELP_USAGE);
		s->done = true;
		st->next = st->argc;
		return 0;
	case 'V':
		s->cmd = ctl_cmd_find("version");
		s->rest = st->argc;
		st->next = st->argc;
		return 0;
	case ARGP_KEY_ARG:
		s->rest = st->next - 1;
		st->next = st->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option global_options[] = {
	{ "socket", 's', "PATH", 0, "gortd's control socket", 0 },
	{ "output", 'o', "json|table", 0, "how answers are printed", 0 },
	{ "help", 'h', NULL, 0, "this text", -1 },
	{ "usage", KEY_USAGE, NULL, 0, "the usage line alone", -1 },
	{ "version", 'V', NULL, 0, "the version command", -1 },
	{ 0 },
};

static char *
list_commands(int key, const char *text, void *input)
{
	const struct ctl_cmd *c;
	char *buf = NULL;
	size_t len = 0;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&buf, &len);
	if (f == NULL)
		return NULL;
	fputs("Commands:\n", f);
	for (c = ctl_cmds; c->name != NULL; c++)
		fprintf(f, "  %-11s %s\n", c->name, c->doc);
	fputs("\n`gortctl COMMAND --help' tells the options of one command.\n"
	      "Exit: 0 done, 1 failed, 2 usage, 3 gortd unreachable, 4 no such "
	      "instance.",
	    f);
	fclose(f);
	return buf;
}

/* ---- second pass: one command ---- */

static error_t
parse_command(int key, char *arg, struct argp_state *st)
{
	struct scan *s = st->input;
	const struct ctl_opt *o;

	if (key == 'h' || key == KEY_USAGE) {
		argp_state_help(st, stdout, key == KEY_USAGE ? ARGP_HELP_USAGE :
			ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
		s->done = true;
		st->next = st->argc;
		return 0;
	}
	if (key == ARGP_KEY_ARG) {
		if (s->cmd->verbatim) {
			s->words = st->argv + st->next - 1;
			s->nwords = st->argc - st->next + 1;
			s->quoted = s->nwords;
			st->next = st->argc;
			return 0;
		}
		if (st->quoted != 0 && st->next > st->quoted &&
		    s->quoted > s->nwords)
			s->quoted = s->nwords;
		s->words[s->nwords++] = arg;
		return 0;
	}
	if (key >= 0x1000000) /* argp's own events */
		return ARGP_ERR_UNKNOWN;
	for (o = s->cmd->opts; o->name != NULL; o++) {
		if (o->key != key)
			continue;
		if (set_option(s, o, arg) != 0) {
			s->bad = true;
			st->next = st->argc;
		}
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void
make_options(const struct ctl_cmd *cmd, struct argp_option *out)
{
	const struct ctl_opt *o;
	size_t n = 0;

	for (o = cmd->opts; o->name != NULL && n < MAX_OPTS - 3; o++) {
		out[n++] = (struct argp_option){ .name = o->name,
			.key = o->key,
			.arg = o->arg,
			.doc = o->doc };
	}
	out[n++] = (struct argp_option){ .name = "help",
		.key = 'h',
		.doc = "this text",
		.group = -1 };
	out[n++] = (struct argp_option){ .name = "usage",
		.key = KEY_USAGE,
		.doc = "the usage line alone",
		.group = -1 };
	out[n] = (struct argp_option){ 0 };
}

static int
check_count(const struct ctl_cmd *cmd, int n, const char *first)
{
	if (n < cmd->min) {
		ctl_say("usage: gortctl %s [OPTION...] %s", cmd->name, cmd->args);
		return CTL_USAGE;
	}
	if (cmd->max == 0 && n > 0) {
		ctl_say("%s takes no argument: what is '%s' for?", cmd->name,
		    first);
		return CTL_USAGE;
	}
	if (cmd->max >= 0 && n > cmd->max) {
		ctl_say("%s takes %s %d argument%s: gortctl %s [OPTION...] %s",
		    cmd->name, cmd->min == cmd->max ? "exactly" : "at most",
		    cmd->max, cmd->max == 1 ? "" : "s", cmd->name, cmd->args);
		return CTL_USAGE;
	}
	return CTL_OK;
}

static int
parse_second(struct scan *s, int argc, char **argv)
{
	struct argp_option options[MAX_OPTS];
	struct argp argp = { .options = options,
		.parser = parse_command,
		.args_doc = s->cmd->args,
		.doc = s->cmd->doc };
	char name[64];

	make_options(s->cmd, options);
	snprintf(name, sizeof(name), "gortctl %s", s->cmd->name);
	argv[0] = name;
	s->words = calloc((size_t)argc + 1, sizeof(char *));
	s->opts->words = s->words;
	s->quoted = INT32_MAX;
	if (s->words == NULL)
		return CTL_FAILED;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP | ARGP_NO_EXIT,
		NULL, s) != 0)
		return CTL_USAGE;
	if (s->bad)
		return CTL_USAGE;
	if (s->done) {
		s->cmd = NULL;
		return CTL_OK;
	}
	s->opts->argv = s->words;
	s->opts->argc = s->nwords;
	s->opts->quoted = s->quoted < s->nwords ? s->quoted : s->nwords;
	return check_count(s->cmd, s->nwords, s->words[0]);
}

void
ctl_opts_free(struct ctl_opts *o)
{
	free(o->env.v);
	free(o->limits.v);
	free(o->words);
}

int
ctl_parse(int argc, char **argv, const struct ctl_cmd **ret_cmd,
    struct ctl_opts *ret_opts)
{
	static const struct argp argp = { .options = global_options,
		.parser = parse_global,
		.args_doc = "COMMAND [ARG...]",
		.doc = "Drive gortd: run programs and look into them.\v",
		.help_filter = list_commands };
	struct scan s = { .opts = ret_opts };
	int rc;

	memset(ret_opts, 0, sizeof(*ret_opts));
	*ret_cmd = NULL;
	argp_err_exit_status = CTL_USAGE;
	if (argp_parse(&argp, argc, argv,
		ARGP_IN_ORDER | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &s) != 0 ||
	    s.bad)
		return CTL_USAGE;
	if (s.done)
		return CTL_OK;
	if (s.rest == 0) {
		ctl_say("say a command; `gortctl --help' lists them");
		return CTL_USAGE;
	}
	if (s.cmd == NULL) {
		s.cmd = ctl_cmd_find(argv[s.rest]);
		if (s.cmd == NULL) {
			ctl_say("'%s' is no command; `gortctl --help' lists them",
			    argv[s.rest]);
			return CTL_USAGE;
		}
		rc = parse_second(&s, argc - s.rest, argv + s.rest);
		if (rc != CTL_OK)
			return rc;
	}
	*ret_cmd = s.cmd;
	return CTL_OK;
}
