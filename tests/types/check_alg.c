/*
 * check_alg.c - both hash variants: depend on every bit, on the length and on
 * the seed, and spread.
 */
#include "types/type.h"
#include "types/type_alg.h"
#include "boot/boot.h"
#include "tests/suite.h"

#include <check.h>
#include <string.h>

typedef uint64_t hash_fn(const void *, uint64_t, size_t);
static hash_fn *const variants[] = { rt_memhash_portable, rt_memhash_aes };

static hash_fn *
variant(int i)
{
	rt_cpuinit();
	if (i == 1 && !(rt_cpu.aes && rt_cpu.sse41))
		return NULL; /* not to be had on this machine */
	return variants[i];
}

START_TEST(every_bit_counts)
{
	hash_fn *h = variant(_i);
	unsigned char buf[80];

	if (h == NULL)
		return;
	for (size_t n = 0; n <= sizeof buf; n++) {
		uint64_t was;

		memset(buf, 0x5a, sizeof buf);
		was = h(buf, 7, n);
		ck_assert_uint_eq(was, h(buf, 7, n));
		ck_assert_uint_ne(was, h(buf, 8, n));
		for (size_t b = 0; b < n * 8; b++) {
			uint64_t now;

			buf[b / 8] ^= (unsigned char)(1 << b % 8);
			now = h(buf, 7, n);
			buf[b / 8] ^= (unsigned char)(1 << b % 8);
			ck_assert_uint_ne(was, now);
		}
	}
}
END_TEST

START_TEST(length_counts)
{
	hash_fn *h = variant(_i);
	static const unsigned char zero[64];

	if (h == NULL)
		return;
	for (size_t n = 0; n < sizeof zero; n++)
		ck_assert_uint_ne(h(zero, 1, n), h(zero, 1, n + 1));
}
END_TEST

/* 64 Ki counters into 64 Ki buckets by the low and by the high 16 bits: a
 * random function leaves 1/e of them empty. */
START_TEST(counters_spread)
{
	hash_fn *h = variant(_i);
	static unsigned char low[65536], high[65536];
	int empty_low = 0, empty_high = 0;

	if (h == NULL)
		return;
	for (uint64_t i = 0; i < 65536; i++) {
		uint64_t v = h(&i, 3, sizeof i);

		low[v & 65535] = 1;
		high[v >> 48] = 1;
	}
	for (int i = 0; i < 65536; i++) {
		empty_low += !low[i];
		empty_high += !high[i];
	}
	ck_assert_int_lt(empty_low, 65536 * 38 / 100);
	ck_assert_int_lt(empty_high, 65536 * 38 / 100);
}
END_TEST

START_TEST(strings_equal_by_content)
{
	char a[] = "abc", b[] = "abc";
	gort_str x = { a, 3 }, y = { b, 3 }, z = { b, 2 };

	ck_assert(rt_strequal(&x, &y));
	ck_assert(!rt_strequal(&x, &z));
	ck_assert_uint_eq(rt_strhash(&x, 9), rt_strhash(&y, 9));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("types/alg");
	TCase *tc = tcase_create("hash");

	tcase_add_loop_test(tc, every_bit_counts, 0, 2);
	tcase_add_loop_test(tc, length_counts, 0, 2);
	tcase_add_loop_test(tc, counters_spread, 0, 2);
	tcase_add_test(tc, strings_equal_by_content);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
