/*
 * check_check.c - the bootstrap's check throws on a broken promise, and holds
 * here; variants picked by cpuinit agree with each other.
 */
#include "boot/boot.h"
#include "boot/memclr.h"
#include "tests/suite.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

static const struct rt_check_row good[] = { { "one", 1, 1 }, { "two", 2, 2 } };
static const struct rt_check_row broken[] = {
	{ "one", 1, 1 }, { "size of the moon", 3, 4 },
};

static int
good_body(void *arg)
{
	(void)arg;
	rt_check_table(good, 2);
	return 0;
}

static int
broken_body(void *arg)
{
	(void)arg;
	rt_check_table(broken, 2);
	return 0;
}

START_TEST(whole_table_passes)
{
	rt_boot_test(good_body, NULL);
}
END_TEST

/* A throw exits with 2 and names the row. */
START_TEST(broken_table_throws)
{
	rt_boot_test(broken_body, NULL);
}
END_TEST

START_TEST(broken_table_says_which)
{
	char text[4096] = "";
	size_t n = 0;
	ssize_t r;
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	if (fork() == 0) {
		dup2(p[1], 2);
		rt_boot_test(broken_body, NULL);
	}
	close(p[1]);
	while ((r = read(p[0], text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)r;
	ck_assert_ptr_nonnull(strstr(text,
	    "runtime: size of the moon is 0x3, want 0x4\n"
	    "fatal error: runtime: check failed: size of the moon\n"));
}
END_TEST

START_TEST(memclr_variants_agree)
{
	static void (*const variants[])(void *, size_t) = { rt_memclr_sse2,
		rt_memclr_avx2, rt_memclr_erms };
	static uint64_t buf[1100];
	size_t max = sizeof buf / sizeof buf[0];

	rt_cpuinit();
	if ((_i == 1 && !rt_cpu.avx2) || (_i == 2 && !rt_cpu.erms))
		return; /* not to be had on this machine */
	for (size_t n = 0; n < max - 2; n += n < 64 ? 1 : 61) {
		memset(buf, 0xee, sizeof buf);
		variants[_i](buf + 1, n * 8);
		for (size_t k = 0; k < max; k++)
			ck_assert_int_eq(buf[k] == 0, k >= 1 && k <= n);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("boot/check");
	TCase *tc = tcase_create("check");

	tcase_add_exit_test(tc, whole_table_passes, 0);
	tcase_add_exit_test(tc, broken_table_throws, 2);
	tcase_add_test(tc, broken_table_says_which);
	tcase_add_loop_test(tc, memclr_variants_agree, 0, 3);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
