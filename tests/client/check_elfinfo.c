/*
 * check_elfinfo.c - reading executables, whole and damaged.
 *
 * This test is its own specimen: it carries a note and packages as a program
 * of ours would, and its copies are cut and scribbled over.
 */
#include "tests/client/check_client.h"
#include "client/elfinfo.h"
#include "client/json.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
specimen_init(void)
{
}

static const char *const specimen_imports[] = { "strings", "io", NULL };
static const struct package {
	const char *name;
	void (*init)(void);
	const char *const *imports;
	size_t spare;
} specimen[] __attribute__((section("gort_packages"), used, aligned(8))) = {
	{ "specimen", specimen_init, specimen_imports, 0 },
	{ "bare", NULL, NULL, 0 },
};

/* clang-format off */
__asm__(".pushsection .note.gort,\"a\",@note\n"
	".balign 4\n"
	".long 5, 48, 1\n"
	".asciz \"gort\"\n"
	".balign 4\n"
	".long 48, 1, 7, 9\n"
	".asciz \"1.2.3-test\"\n"
	".zero 21\n"
	".popsection\n");
/* clang-format on */

static json_t *
read_file(const char *path, bool symbols)
{
	char *cause = NULL;
	json_t *in = elfinfo_read(path, symbols, &cause);

	ck_assert_msg(in != NULL, "%s", cause ? cause : "?");
	return in;
}

START_TEST(note_tells_the_kind)
{
	json_t *in = read_file("/proc/self/exe", false);
	const json_t *note = json_object_get(in, "note");

	ck_assert_str_eq(j_str(in, "kind", ""), "c");
	ck_assert_str_eq(j_str(in, "format", ""), "elf");
	ck_assert_str_eq(j_str(note, "version", ""), "1.2.3-test");
	ck_assert_int_eq(j_int(note, "ring_abi", 0), 7);
	ck_assert_int_eq(j_int(note, "ctl_abi", 0), 9);
	json_decref(in);
}
END_TEST

START_TEST(packages_are_read_through_relocations)
{
	json_t *in = read_file("/proc/self/exe", false), *list, *p;

	list = json_object_get(in, "packages");
	ck_assert_int_eq(json_array_size(list), 2);
	p = json_array_get(list, 0);
	ck_assert_str_eq(j_str(p, "name", ""), "specimen");
	ck_assert_ptr_nonnull(j_str(p, "init", NULL));
	ck_assert_int_eq(json_array_size(json_object_get(p, "imports")), 2);
	ck_assert_str_eq(json_string_value(json_array_get(
			     json_object_get(p, "imports"), 1)),
	    "io");
	p = json_array_get(list, 1);
	ck_assert_str_eq(j_str(p, "name", ""), "bare");
	ck_assert(!j_has(p, "init"));
	json_decref(in);
}
END_TEST

START_TEST(functions_are_sorted)
{
	json_t *in = read_file("/proc/self/exe", true), *list, *f;
	size_t i;
	bool found = false;
	unsigned long last = 0, addr;

	list = json_object_get(in, "functions");
	json_array_foreach (list, i, f) {
		addr = strtoul(j_str(f, "addr", "0"), NULL, 16);
		ck_assert_uint_ge(addr, last);
		last = addr;
		found |= strcmp(j_str(f, "name", ""), "elfinfo_suite") == 0;
	}
	ck_assert(found);
	json_decref(in);
}
END_TEST

static void
write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

START_TEST(what_is_no_elf_is_plain)
{
	char path[] = "/tmp/gort-elf.XXXXXX", *cause = NULL;
	json_t *in;

	close(mkstemp(path));
	in = read_file(path, true); /* empty */
	ck_assert_str_eq(j_str(in, "kind", ""), "plain");
	json_decref(in);
	write_file(path, "#!/bin/sh\n", 10);
	in = read_file(path, true);
	ck_assert_str_eq(j_str(in, "format", ""), "script");
	json_decref(in);
	unlink(path);
	ck_assert_ptr_null(elfinfo_read("/nosuch/file", true, &cause));
	ck_assert_ptr_nonnull(strstr(cause, "/nosuch/file"));
	free(cause);
}
END_TEST

/* Any cut and any scribble is survived; what it says does not matter. */
START_TEST(damage_is_survived)
{
	char path[] = "/tmp/gort-elf.XXXXXX", *cause;
	unsigned seed = 1 + (unsigned)_i;
	int fd = open("/proc/self/exe", O_RDONLY), n, i;
	static unsigned char buf[1 << 22];
	ssize_t len = read(fd, buf, sizeof(buf));

	close(fd);
	close(mkstemp(path));
	ck_assert_int_gt(len, 4096);
	for (n = 0; n < 8; n++) {
		size_t cut = (size_t)len;
		unsigned char old[24];
		size_t at[24];

		for (i = 0; i < 24; i++) {
			/* headers, section headers, or anywhere */
			at[i] = (size_t)rand_r(&seed) % (i < 8 ? 1024 :
				i < 16 ? (size_t)len : 64);
			if (i >= 16)
				at[i] = (size_t)len - 1 - (size_t)rand_r(&seed) %
				    2048;
			old[i] = buf[at[i]];
			if (at[i] >= 16) /* else it is simply no ELF */
				buf[at[i]] = (unsigned char)rand_r(&seed);
		}
		if (n % 4 == 3)
			cut = (size_t)rand_r(&seed) % (size_t)len;
		write_file(path, buf, cut);
		cause = NULL;
		json_decref(elfinfo_read(path, true, &cause));
		free(cause);
		while (i-- > 0)
			buf[at[i]] = old[i];
	}
	unlink(path);
}
END_TEST

Suite *
elfinfo_suite(void)
{
	Suite *s = suite_create("elfinfo");
	TCase *tc = tcase_create("all");

	(void)specimen;
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, note_tells_the_kind);
	tcase_add_test(tc, packages_are_read_through_relocations);
	tcase_add_test(tc, functions_are_sorted);
	tcase_add_test(tc, what_is_no_elf_is_plain);
	tcase_add_loop_test(tc, damage_is_survived, 0, 4);
	suite_add_tcase(s, tc);
	return s;
}
