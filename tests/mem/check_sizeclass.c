/*
 * check_sizeclass.c - the table of size classes: the one in the tree is the
 * one the generator makes, and it keeps its promises.
 */
#include "mem/heap_test.h"

static char *
slurp(FILE *f)
{
	size_t cap = 1 << 16;
	char *s = malloc(cap);

	ck_assert_ptr_nonnull(f);
	s[fread(s, 1, cap - 1, f)] = '\0';
	return s;
}

START_TEST(generator_agrees)
{
	FILE *made = popen(TEST_BUILDDIR "/mksizeclasses", "r");
	FILE *kept = fopen(TEST_SRCDIR "/runtime/mem/sizeclasses.h", "r");
	char *a = slurp(made), *b = slurp(kept);

	ck_assert_int_eq(pclose(made), 0);
	ck_assert_msg(strcmp(a, b) == 0, "sizeclasses.h is not what "
	                                 "mksizeclasses prints");
	fclose(kept);
	free(a);
	free(b);
}
END_TEST

static unsigned
class_of(size_t size)
{
	return size <= RT_SMALL_STEP_MAX
	    ? rt_size_to_class8[(size + 7) / 8]
	    : rt_size_to_class128[(size - RT_SMALL_STEP_MAX + 127) / 128];
}

START_TEST(each_size_has_the_smallest_class)
{
	for (size_t n = 1; n <= RT_MAX_SMALL_BYTES; n++) {
		unsigned c = class_of(n);

		ck_assert_uint_ge(rt_class_to_size[c], n);
		ck_assert_uint_lt(rt_class_to_size[c - 1], n);
	}
}
END_TEST

START_TEST(waste_is_bounded)
{
	for (unsigned c = 1; c < RT_SIZE_CLASS_N; c++) {
		unsigned span = rt_class_to_pages[c] * RT_PAGE_BYTES;
		unsigned size = rt_class_to_size[c];

		ck_assert_uint_le(span % size, span / 8);
		ck_assert_uint_le(span / size, 1024);
		if (size >= 16 && c != RT_CLASS_24)
			ck_assert_uint_eq(size % 16, 0);
	}
}
END_TEST

START_TEST(magic_divides)
{
	for (unsigned c = 1; c < RT_SIZE_CLASS_N; c++) {
		unsigned span = rt_class_to_pages[c] * RT_PAGE_BYTES;

		for (uint64_t off = 0; off < span; off++)
			ck_assert_uint_eq(off * rt_class_to_magic[c] >> 32,
			    off / rt_class_to_size[c]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sizeclass");
	TCase *tc = tcase_create("table");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, generator_agrees);
	tcase_add_test(tc, each_size_has_the_smallest_class);
	tcase_add_test(tc, waste_is_bounded);
	tcase_add_test(tc, magic_divides);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
