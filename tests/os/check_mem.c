/*
 * check_mem.c - address space: reserve, map, guard, give back.
 */
#include "os/os.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

START_TEST(reserved_faults)
{
	volatile char *p = rt_sys_reserve(MIB);

	ck_assert_ptr_nonnull((void *)p);
	signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would exit */
	p[0] = 1;
}
END_TEST

START_TEST(mapped_is_zero_and_writable)
{
	char *p = rt_sys_reserve_aligned(4 * MIB, 2 * MIB);

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq((uintptr_t)p % (2 * MIB), 0);
	ck_assert_int_eq(rt_sys_map(p + MIB, MIB), 0);
	ck_assert_int_eq(p[MIB], 0);
	memset(p + MIB, 1, MIB);
	rt_sys_unused(p + MIB, MIB);
	ck_assert_int_eq(p[MIB] | p[2 * MIB - 1], 0);
	rt_sys_release(p, 4 * MIB);
}
END_TEST

/* Neighbours of an aligned reservation were given back. */
START_TEST(aligned_keeps_nothing_beside)
{
	size_t n = 0;
	char line[256];
	uintptr_t lo, hi, p = (uintptr_t)rt_sys_reserve_aligned(64 * MIB,
	                      64 * MIB);
	FILE *f = fopen("/proc/self/maps", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "%lx-%lx", &lo, &hi) == 2 && lo <= p &&
		    hi >= p + 64 * MIB)
			n = hi - lo;
	fclose(f);
	ck_assert_uint_ge(n, 64 * MIB);
	ck_assert_uint_lt(n, 128 * MIB);
}
END_TEST

START_TEST(too_much_is_refused)
{
	ck_assert_ptr_null(rt_sys_reserve((size_t)1 << 60));
	ck_assert_ptr_null(rt_sys_reserve_aligned(SIZE_MAX - 10, MIB));
}
END_TEST

START_TEST(guard_faults)
{
	volatile char *p = rt_sys_mmap(MIB);

	signal(SIGSEGV, SIG_DFL);
	if (rt_sys_guard((char *)p + 4096, 4096) == -ENOSYS)
		raise(SIGSEGV); /* the kernel has none: nothing to see */
	p[0] = 1;
	p[8192] = 1;
	p[4096] = 1;
}
END_TEST

START_TEST(guard_splits_no_mapping)
{
	char *p = rt_sys_mmap(64 * MIB), line[256];
	uintptr_t lo, hi;
	bool whole = false;
	FILE *f;

	if (!rt_sys_guard_light())
		return;
	for (size_t off = 0; off < 64 * MIB; off += 65536)
		ck_assert_int_eq(rt_sys_guard(p + off, 4096), 0);
	f = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof line, f) != NULL)
		whole |= sscanf(line, "%lx-%lx", &lo, &hi) == 2 &&
		    lo <= (uintptr_t)p && hi >= (uintptr_t)p + 64 * MIB;
	fclose(f);
	ck_assert(whole);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("os/mem");
	TCase *tc = tcase_create("mem");

	tcase_add_test_raise_signal(tc, reserved_faults, SIGSEGV);
	tcase_add_test(tc, mapped_is_zero_and_writable);
	tcase_add_test(tc, aligned_keeps_nothing_beside);
	tcase_add_test(tc, too_much_is_refused);
	tcase_add_test_raise_signal(tc, guard_faults, SIGSEGV);
	tcase_add_test(tc, guard_splits_no_mapping);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
