/*
 * check_state.c - the state file: whole, newest, honest.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state.h"
#include "tests/suite.h"

static char dir[64];

static void
setup(void)
{
	strcpy(dir, "/tmp/gort-state-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
teardown(void)
{
	char path[128];

	snprintf(path, sizeof path, "%s/state.json", dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/state.json.new", dir);
	unlink(path);
	chmod(dir, 0700);
	rmdir(dir);
}

static json_t *
state(int generation, int version)
{
	return json_pack("{s:s, s:i, s:i}", "format", "gortd-state", "version",
	    version, "generation", generation);
}

static int
put(int generation)
{
	json_t *o = state(generation, STATE_VERSION);
	int fd, rc = state_write(dir, o, &fd);

	json_decref(o);
	ck_assert_int_eq(rc, 0);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static int
generation_of(json_t *o)
{
	int g = json_integer_value(json_object_get(o, "generation"));

	json_decref(o);
	return g;
}

static void
write_text(const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/state.json", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(nothing_is_no_error)
{
	char *cause = NULL;
	json_t *o = (json_t *)1;

	ck_assert_int_eq(state_read(dir, -1, &o, &cause), 0);
	ck_assert_ptr_null(o);
}
END_TEST

START_TEST(the_newer_copy_wins)
{
	int old = put(7), newer;
	char *cause = NULL;
	json_t *o;

	newer = put(8);
	ck_assert_int_eq(state_read(dir, old, &o, &cause), 0);
	ck_assert_int_eq(generation_of(o), 8); /* the file */
	write_text("{\"version\":1,\"generation\":3}");
	ck_assert_int_eq(state_read(dir, newer, &o, &cause), 0);
	ck_assert_int_eq(generation_of(o), 8); /* the memory copy */
	close(old);
	close(newer);
}
END_TEST

START_TEST(memory_copy_cannot_be_changed)
{
	int fd = put(1);

	ck_assert_int_lt(pwrite(fd, "x", 1, 0), 0);
	ck_assert_int_lt(ftruncate(fd, 0), 0);
	close(fd);
}
END_TEST

START_TEST(a_damaged_file_is_named)
{
	static const char *const bad[] = { "", "{", "[]", "{}",
		"{\"version\":1}", "{\"version\":1,\"generation\":\"x\"}",
		"{\"version\":1,\"version\":1,\"generation\":1}" };
	char *cause = NULL;
	json_t *o;
	int fd;

	write_text(bad[_i]);
	ck_assert_int_eq(state_read(dir, -1, &o, &cause), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(cause, dir));
	free(cause);
	/* the keeper's copy saves it */
	fd = put(4);
	write_text(bad[_i]);
	ck_assert_int_eq(state_read(dir, fd, &o, &cause), 0);
	ck_assert_int_eq(generation_of(o), 4);
	close(fd);
}
END_TEST

START_TEST(a_newer_version_is_refused)
{
	char *cause = NULL;
	json_t *o = state(1, STATE_VERSION + 1);
	int fd;

	state_write(dir, o, &fd);
	json_decref(o);
	close(fd);
	ck_assert_int_eq(state_read(dir, -1, &o, &cause), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(cause, "newer"));
	ck_assert_ptr_null(o);
	free(cause);
}
END_TEST

START_TEST(a_refusing_disk_leaves_the_old_file)
{
	char path[128], *cause = NULL;
	json_t *o;
	int fd;

	close(put(5));
	/* a folder in the way of the new file: works for root, too */
	snprintf(path, sizeof path, "%s/state.json.new", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	o = state(6, STATE_VERSION);
	ck_assert_int_lt(state_write(dir, o, &fd), 0);
	json_decref(o);
	ck_assert_int_ge(fd, 0); /* memory has it all the same */
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(state_read(dir, -1, &o, &cause), 0);
	ck_assert_int_eq(generation_of(o), 5);
	ck_assert_int_eq(state_read(dir, fd, &o, &cause), 0);
	ck_assert_int_eq(generation_of(o), 6);
	close(fd);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("state");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing_is_no_error);
	tcase_add_test(tc, the_newer_copy_wins);
	tcase_add_test(tc, memory_copy_cannot_be_changed);
	tcase_add_loop_test(tc, a_damaged_file_is_named, 0, 7);
	tcase_add_test(tc, a_newer_version_is_refused);
	tcase_add_test(tc, a_refusing_disk_leaves_the_old_file);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
