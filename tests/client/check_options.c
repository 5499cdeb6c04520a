/*
 * check_options.c - command lines as people type them, and what they get for
 * those that make no sense.
 */
#include "tests/client/check_client.h"
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WORDS 16

/* Split at blanks and parse; the words stay alive in *words. */
static int
parse(const char *line, char **words, const struct ctl_cmd **cmd,
    struct ctl_opts *o)
{
	static char copy[512];
	char *save = NULL, *w;
	int n = 0;

	snprintf(copy, sizeof(copy), "gortctl %s", line);
	for (w = strtok_r(copy, " ", &save); w != NULL && n < MAX_WORDS;
	    w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	words[n] = NULL;
	if (freopen("/dev/null", "w", stderr) == NULL)
		return -1;
	if (freopen("/dev/null", "w", stdout) == NULL)
		return -1;
	return ctl_parse(n, words, cmd, o);
}

START_TEST(program_keeps_its_options)
{
	char *words[MAX_WORDS + 1];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_int_eq(parse("run -d --name x ./prog -v --name y -- -d", words,
			     &cmd, &o),
	    CTL_OK);
	ck_assert_str_eq(cmd->name, "run");
	ck_assert(o.detach);
	ck_assert_str_eq(o.name, "x");
	ck_assert_int_eq(o.argc, 6);
	ck_assert_str_eq(o.argv[0], "./prog");
	ck_assert_str_eq(o.argv[1], "-v");
	ck_assert_str_eq(o.argv[2], "--name");
	ck_assert_str_eq(o.argv[4], "--");
	ck_assert_str_eq(o.argv[5], "-d");
	ctl_opts_free(&o);
}
END_TEST

START_TEST(lists_grow)
{
	char *words[MAX_WORDS + 1];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_int_eq(parse("run -e A=1 -e B --env=C=3 p", words, &cmd, &o),
	    CTL_OK);
	ck_assert_int_eq(o.env.n, 3);
	ck_assert_str_eq(o.env.v[1], "B");
	ck_assert_str_eq(o.env.v[2], "C=3");
	ctl_opts_free(&o);
}
END_TEST

/* clang-format off */
static const char *const json_lines[] = {
	"-o json ps", "ps -o json", "ps -ojson", "--output=json ps -a",
	"ps -a --output json", "logs -f x -o json", "sched x -o json",
	"-o table ps -o json",
};
/* clang-format on */

START_TEST(format_before_and_after)
{
	char *words[MAX_WORDS + 1];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_int_eq(parse(json_lines[_i], words, &cmd, &o), CTL_OK);
	ck_assert(o.json);
	ctl_opts_free(&o);
}
END_TEST

START_TEST(output_of_build_is_a_file)
{
	char *words[MAX_WORDS + 1];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_int_eq(parse("build a.c b.c -o json -- -O0 -DX", words, &cmd,
			     &o),
	    CTL_OK);
	ck_assert(!o.json);
	ck_assert_str_eq(o.out_file, "json");
	ck_assert_int_eq(o.argc, 4);
	ck_assert_int_eq(o.quoted, 2);
	ck_assert_str_eq(o.argv[2], "-O0");
	ctl_opts_free(&o);
}
END_TEST

/* clang-format off */
static const char *const bad_lines[] = {
	"", "nosuch", "-x", "ps -x", "ps extra", "-o yaml ps", "ps -o yaml",
	"run", "run -d", "run --name", "stop", "inspect", "inspect a b",
	"logs", "query", "query a b", "run --nosuch p", "build", "boot a b",
};
/* clang-format on */

START_TEST(nonsense_is_usage)
{
	char *words[MAX_WORDS + 1];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_int_eq(parse(bad_lines[_i], words, &cmd, &o), CTL_USAGE);
	ctl_opts_free(&o);
}
END_TEST

/* clang-format off */
static const char *const promised[] = {
	"run", "ps", "inspect", "wait", "stop", "kill", "restart", "rm", "logs",
	"boot", "sched", "gc", "mem", "goroutines", "debug", "godebug", "gcnow",
	"trace", "profile", "why", "events", "top", "query", "status",
	"version", "build",
};
/* clang-format on */

START_TEST(promised_command_exists_and_helps)
{
	char *words[MAX_WORDS + 1], line[64];
	const struct ctl_cmd *cmd;
	struct ctl_opts o;

	ck_assert_ptr_nonnull(ctl_cmd_find(promised[_i]));
	snprintf(line, sizeof(line), "%s --help", promised[_i]);
	ck_assert_int_eq(parse(line, words, &cmd, &o), CTL_OK);
	ck_assert_ptr_null(cmd);
	ctl_opts_free(&o);
}
END_TEST

START_TEST(each_option_is_in_the_table_once)
{
	const struct ctl_cmd *c;
	const struct ctl_opt *a, *b;

	for (c = ctl_cmds; c->name != NULL; c++)
		for (a = c->opts; a->name != NULL; a++)
			for (b = a + 1; b->name != NULL; b++) {
				ck_assert_str_ne(a->name, b->name);
				ck_assert_int_ne(a->key, b->key);
			}
}
END_TEST

Suite *
options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *tc = tcase_create("lines");

	tcase_add_test(tc, program_keeps_its_options);
	tcase_add_test(tc, lists_grow);
	tcase_add_loop_test(tc, format_before_and_after, 0,
	    sizeof(json_lines) / sizeof(json_lines[0]));
	tcase_add_test(tc, output_of_build_is_a_file);
	tcase_add_loop_test(tc, nonsense_is_usage, 0,
	    sizeof(bad_lines) / sizeof(bad_lines[0]));
	tcase_add_loop_test(tc, promised_command_exists_and_helps, 0,
	    sizeof(promised) / sizeof(promised[0]));
	tcase_add_test(tc, each_option_is_in_the_table_once);
	suite_add_tcase(s, tc);
	return s;
}
