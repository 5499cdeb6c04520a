/*
 * check_spec.c - from `run`'s options to instance.run's params, and gort.pc.
 */
#include "tests/client/check_client.h"
#include "client/build.h"
#include "client/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[32];

static void
make_dir(void)
{
	strcpy(dir, "/tmp/gort-spec.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	close(open("prog", O_CREAT | O_WRONLY, 0755));
	close(open("data", O_CREAT | O_WRONLY, 0644));
	mkdir("folder", 0755);
}

static void
remove_dir(void)
{
	unlink("prog");
	unlink("data");
	rmdir("folder");
	rmdir(dir);
}

static int
find(const char *program, const char *path)
{
	char *got = NULL, want[64];
	int rc = spec_find(program, path, &got);

	snprintf(want, sizeof(want), "%s/prog", dir);
	if (rc == 0)
		ck_assert_str_eq(got, want);
	free(got);
	return rc;
}

START_TEST(program_is_found_as_a_shell_would)
{
	char path[64];

	make_dir();
	snprintf(path, sizeof(path), "/nosuch:%s", dir);
	ck_assert_int_eq(find("./prog", NULL), 0);
	ck_assert_int_eq(find("prog", path), 0);
	ck_assert_int_eq(find("prog", "/nosuch:"), 0); /* empty: here */
	ck_assert_int_eq(find("prog", "/nosuch"), -ENOENT);
	ck_assert_int_eq(find("prog", NULL), -ENOENT);
	ck_assert_int_eq(find("", path), -ENOENT);
	ck_assert_int_eq(find("./folder", path), -EISDIR);
	ck_assert_int_eq(find("./nosuch", path), -ENOENT);
	/* root may execute what has an x bit for somebody; this has none */
	ck_assert_int_eq(find("./data", path), -EACCES);
	ck_assert_int_eq(find("data", path), -EACCES);
	remove_dir();
}
END_TEST

START_TEST(env_file_is_read)
{
	json_t *env = json_object();
	int line;

	setenv("GORT_TEST_FROM_HERE", "here", 1);
	unsetenv("GORT_TEST_NOT_SET");
	ck_assert_int_eq(spec_env_text(env,
			     "A=1\n# no\n\nB=x=y\r\nGORT_TEST_FROM_HERE\n"
			     "GORT_TEST_NOT_SET\nC=",
			     &line),
	    0);
	ck_assert_int_eq(json_object_size(env), 4);
	ck_assert_str_eq(json_string_value(json_object_get(env, "B")), "x=y");
	ck_assert_str_eq(json_string_value(json_object_get(env,
			     "GORT_TEST_FROM_HERE")),
	    "here");
	ck_assert_str_eq(json_string_value(json_object_get(env, "C")), "");
	ck_assert_int_lt(spec_env_text(env, "A=1\n=2\n", &line), 0);
	ck_assert_int_eq(line, 2);
	ck_assert_int_lt(spec_env_text(env, "A=\xff\n", &line), 0);
	json_decref(env);
}
END_TEST

START_TEST(options_become_params)
{
	char *argv[] = { "./prog", "-v", "x y", NULL };
	const char *env[] = { "A=1" };
	const char *limits[] = { "memory=64M,tasks=5", "cpu=0.5" };
	struct ctl_opts o = { .argv = argv,
		.argc = 3,
		.name = "n",
		.gomaxprocs = "2",
		.gogc = "off",
		.restart = "on-failure:3",
		.rm = true,
		.env = { env, 1 },
		.limits = { limits, 2 } };
	json_t *p, *want;
	char program[64];

	make_dir();
	ck_assert_int_eq(spec_make(&o, &p), CTL_OK);
	snprintf(program, sizeof(program), "%s/prog", dir);
	want = json_pack("{s:s, s:[ss], s:{s:s}, s:s, s:s, s:s, s:s, s:i, s:b, "
			 "s:s}",
	    "program", program, "args", "-v", "x y", "env", "A", "1", "cwd",
	    dir, "name", "n", "gogc", "off", "restart", "on-failure:3",
	    "gomaxprocs", 2, "rm", 1, "limit", "memory=64M,tasks=5,cpu=0.5");
	ck_assert_ptr_nonnull(want);
	ck_assert_msg(json_equal(p, want), "%s", json_dumps(p, 0));
	json_decref(p);
	json_decref(want);
	remove_dir();
}
END_TEST

#define BAD(field, value, code)                                                \
	{                                                                      \
		offsetof(struct ctl_opts, field), value, code                  \
	}
static const struct bad {
	size_t off;
	const char *value;
	int code;
} bad[] = {
	BAD(gomaxprocs, "0", CTL_USAGE),
	BAD(gomaxprocs, "many", CTL_USAGE),
	BAD(gogc, "-1", CTL_USAGE),
	BAD(restart, "sometimes", CTL_USAGE),
	BAD(restart, "on-failure:", CTL_USAGE),
	BAD(restart, "on-failure:x", CTL_USAGE),
	BAD(profile, "loose", CTL_USAGE),
	BAD(logs, "lose", CTL_USAGE),
	BAD(env_file, "/nosuch/file", CTL_USAGE),
	BAD(cwd, "/nosuch/dir", CTL_USAGE),
};

START_TEST(bad_option_is_refused)
{
	char *argv[] = { "/bin/sh", NULL };
	struct ctl_opts o = { .argv = argv, .argc = 1 };
	json_t *p;

	if (freopen("/dev/null", "w", stderr) == NULL)
		ck_abort();
	*(const char **)((char *)&o + bad[_i].off) = bad[_i].value;
	ck_assert_int_eq(spec_make(&o, &p), bad[_i].code);
}
END_TEST

static const struct prog {
	char *name;
	int code;
} progs[] = {
	{ "/nosuch/prog", CTL_RUN_MISSING },
	{ "gort-nosuch-command", CTL_RUN_MISSING },
	{ "/etc/passwd", CTL_RUN_CANNOT },
	{ "/etc", CTL_RUN_CANNOT },
	{ "x.go", CTL_RUN_MISSING },
	{ "/nosuch/x.c", CTL_RUN_MISSING },
};

START_TEST(bad_program_has_a_shells_code)
{
	char *argv[] = { progs[_i].name, NULL };
	struct ctl_opts o = { .argv = argv, .argc = 1 };
	json_t *p;

	if (freopen("/dev/null", "w", stderr) == NULL)
		ck_abort();
	ck_assert_int_eq(spec_make(&o, &p), progs[_i].code);
}
END_TEST

START_TEST(pc_file_is_read)
{
	static const char *const over[] = { "libdir", "/b/.libs", NULL };
	struct words c = { 0 }, l = { 0 };

	ck_assert_int_eq(pcfile_parse("# x\nprefix=/usr\nlibdir=${prefix}/lib\n"
				      "inc=${prefix}/in\\ c\n\nName: gort\n"
				      "Cflags: -I${inc}  -g\n"
				      "Libs: ${libdir}/a.o -lgort\n"
				      "Libs.private: -lm\n",
			     over, &c, &l),
	    0);
	ck_assert_int_eq(c.n, 2);
	ck_assert_str_eq(c.v[0], "-I/usr/in c");
	ck_assert_int_eq(l.n, 3);
	ck_assert_str_eq(l.v[0], "/b/.libs/a.o");
	ck_assert_str_eq(l.v[2], "-lm");
	words_free(&c);
	words_free(&l);
	ck_assert_int_eq(pcfile_parse("a=${a}\nLibs: ${a}\n", NULL, &c, &l),
	    -EINVAL);
	ck_assert_int_eq(pcfile_parse("Libs: ${a\n", NULL, &c, &l), -EINVAL);
	words_free(&l);
}
END_TEST

Suite *
spec_suite(void)
{
	Suite *s = suite_create("spec");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, program_is_found_as_a_shell_would);
	tcase_add_test(tc, env_file_is_read);
	tcase_add_test(tc, options_become_params);
	tcase_add_loop_test(tc, bad_option_is_refused, 0,
	    sizeof(bad) / sizeof(bad[0]));
	tcase_add_loop_test(tc, bad_program_has_a_shells_code, 0,
	    sizeof(progs) / sizeof(progs[0]));
	tcase_add_test(tc, pc_file_is_read);
	suite_add_tcase(s, tc);
	return s;
}
