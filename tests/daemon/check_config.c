/*
 * check_config.c - what is refused, with which line and key, and what is not.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/log.h"
#include "tests/suite.h"

static struct config cfg;
static char *cause;

static void
setup(void)
{
	setenv("XDG_RUNTIME_DIR", "/tmp", 1);
	ck_assert_int_eq(config_defaults(&cfg, &cause), 0);
}

static void
teardown(void)
{
	config_fini(&cfg);
	free(cause);
	cause = NULL;
}

/* The text, and the exact beginning of the sentence. */
static const struct bad {
	const char *text, *want;
} bad[] = {
	{ "", "f.conf:1: not JSON" },
	{ "{\n\"http\": \n", "f.conf:" },
	{ "[]", "f.conf:1: must be a JSON object" },
	{ "{\n\n \"sokket\": \"/x\"}", "f.conf:3: sokket: unknown key" },
	{ "{\"a\":{\"sokket\":1}, \n\"sokket\": 1}", "f.conf:1: a: unknown" },
	{ "{\"http\": 7117}", "f.conf:1: http: must be a string" },
	{ "{\"socket\": \"\"}", "f.conf:1: socket: is empty" },
	{ "{\n\"store\": {\n  \"batch_ms\": 10,\n  \"max_bytes\": \"lots\"}}",
	    "f.conf:4: store.max_bytes: must be between" },
	{ "{\"store\": {\"max_bytes\": true}}",
	    "f.conf:1: store.max_bytes: must be a number of bytes" },
	{ "{\"store\": {\n\"nope\": 1}}", "f.conf:2: store.nope: unknown key" },
	{ "{\"store\": 5}", "f.conf:1: store: must be an object" },
	{ "{\"instances\": {\"max\": 0}}",
	    "f.conf:1: instances.max: must be between 1 and" },
	{ "{\"instances\": {\"stop_ms\": 1.5}}",
	    "f.conf:1: instances.stop_ms: must be a whole number" },
	{ "{\"http_read\": \"all\"}", "f.conf:1: http_read: must be" },
	{ "{\"http_write\": 1}", "f.conf:1: http_write: must be true" },
	{ "{\"log_level\": \"loud\"}", "f.conf:1: log_level: must be" },
	{ "{\"http\":\"off\",\"http\":\"off\"}", "f.conf:1: not JSON: dup" },
	{ "{\"groups\": {\"operate\": \"a\", \"groups\": {}}}",
	    "f.conf:1: groups.groups: unknown key" },
};

START_TEST(refused_with_line_and_key)
{
	const struct bad *b = &bad[_i];

	ck_assert_int_eq(config_parse(&cfg, "f.conf", b->text, &cause),
	    -EINVAL);
	ck_assert_msg(strncmp(cause, b->want, strlen(b->want)) == 0,
	    "got \"%s\", want \"%s\"", cause, b->want);
	ck_assert_ptr_null(strchr(cause, '\n'));
}
END_TEST

START_TEST(all_keys)
{
	static const char text[] = "{\"socket\":\"/s\", \"http\":\"off\", "
	    "\"db\":\"/d\", \"state_dir\":\"/st/\", \"instances_dir\":\"/i\", "
	    "\"log_level\":\"debug\", \"http_read\":\"any\", "
	    "\"http_write\":true, \"http_hosts\":\"a,b\", \"groups\": "
	    "{\"operate\":\"x\", \"view\":\"y\"}, \"instances\":{\"max\":5, "
	    "\"stop_ms\":1, \"start_ms\":2}, \"store\":{\"max_bytes\":"
	    "\"64MiB\", \"raw_ms\":60000, \"batch_ms\":7, "
	    "\"text_bytes_per_s\":\"1K\"}}";

	ck_assert_int_eq(config_parse(&cfg, "f", text, &cause), 0);
	ck_assert_int_eq(config_finish(&cfg, &cause), 0);
	ck_assert_str_eq(cfg.socket_path, "/s");
	ck_assert_str_eq(cfg.state_dir, "/st");
	ck_assert_str_eq(cfg.token_path, "/http.token");
	ck_assert_int_eq(cfg.log_level, LOG_LEVEL_DEBUG);
	ck_assert(cfg.http_read_any && cfg.http_write && !cfg.http_default);
	ck_assert_int_eq(cfg.max_instances, 5);
	ck_assert_int_eq(cfg.db_max_bytes, 64 << 20);
	ck_assert_int_eq(cfg.text_bytes_per_s, 1024);
	ck_assert_int_eq(cfg.batch_ms, 7);
}
END_TEST

START_TEST(http_addresses)
{
	static const struct { const char *text; int rc; } rows[] = {
		{ "127.0.0.1:80", 0 }, { "[::1]:0", 0 }, { "off", 0 },
		{ "unix:/x", 0 }, { "unix:x", -EINVAL }, { "80", -EINVAL },
		{ ":80", -EINVAL }, { "a:", -EINVAL }, { "a:99999", -EINVAL },
		{ "a:80x", -EINVAL } };

	free(cfg.http);
	cfg.http = strdup(rows[_i].text);
	ck_assert_int_eq(config_finish(&cfg, &cause), rows[_i].rc);
}
END_TEST

START_TEST(keys_in_strange_places)
{
	/* braces and quotes inside strings must not confuse the line finder */
	static const char text[] = "{\"http_hosts\": \"}\\\"{[,\",\n"
	    "\"groups\": {\"view\": \"\\\\\"},\n\"bad\" : {}}";

	ck_assert_int_eq(config_parse(&cfg, "f", text, &cause), -EINVAL);
	ck_assert_str_eq(cause, "f:3: bad: unknown key");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("config");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, refused_with_line_and_key, 0,
	    sizeof bad / sizeof bad[0]);
	tcase_add_test(tc, all_keys);
	tcase_add_loop_test(tc, http_addresses, 0, 10);
	tcase_add_test(tc, keys_in_strange_places);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
