/*
 * check_mpagealloc.c - the page allocator against a model: an array of bytes,
 * searched from the left. No runtime is booted.
 */
#include "mem/heap_test.h"

#define CHUNK_BYTES ((size_t)PALLOC_CHUNK_PAGES * RT_PAGE_BYTES)
#define BASE ((uintptr_t)1 << 40) /* never touched */
#define CHUNKS 40                 /* more than two families of sixteen */
#define PAGES (CHUNKS * PALLOC_CHUNK_PAGES)

static struct pagealloc a;
static uint8_t model[PAGES]; /* 1: used */
static void *tables;

static void
setup(void)
{
	size_t bytes = 64 * CHUNK_BYTES;

	tables = calloc(1, rt_palloc_table_bytes(bytes));
	rt_palloc_init(&a, BASE, bytes, tables);
	memset(model, 0, sizeof(model));
}

static void
teardown(void)
{
	free(tables);
}

/* Without blocks, as most tests ask. */
static uintptr_t
alloc(size_t npages, size_t *ret_gone)
{
	struct palloc_got got = { 0, false, 0 };
	uintptr_t p = rt_palloc_alloc(&a, npages, PALLOC_FILL_NOT, &got);

	*ret_gone = got.gone;
	return p;
}

static uint64_t seed = 88172645463325252;

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

static uintptr_t
model_find(size_t n)
{
	size_t run = 0;

	for (size_t i = 0; i < PAGES; i++) {
		run = model[i] ? 0 : run + 1;
		if (run == n)
			return BASE + (i + 1 - n) * RT_PAGE_BYTES;
	}
	return 0;
}

START_TEST(nothing_before_it_grows)
{
	size_t gone;

	ck_assert_uint_eq(alloc(1, &gone), 0);
	rt_palloc_verify(&a);
}
END_TEST

START_TEST(fresh_pages_are_gone)
{
	size_t gone = 0;

	rt_palloc_grow(&a, 1);
	ck_assert_uint_eq(alloc(3, &gone), BASE);
	ck_assert_uint_eq(gone, 3);
	rt_palloc_free(&a, BASE, 3);
	ck_assert_uint_eq(alloc(4, &gone), BASE);
	ck_assert_uint_eq(gone, 1); /* three were in use before */
	rt_palloc_verify(&a);
}
END_TEST

START_TEST(runs_cross_chunks_and_families)
{
	size_t gone, big = 20 * PALLOC_CHUNK_PAGES + 7;

	rt_palloc_grow(&a, CHUNKS);
	ck_assert_uint_eq(alloc(100, &gone), BASE);
	ck_assert_uint_eq(
	    alloc(big, &gone), BASE + 100 * RT_PAGE_BYTES);
	rt_palloc_verify(&a);
	rt_palloc_free(&a, BASE + 100 * RT_PAGE_BYTES, big);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(alloc(PAGES, &gone), 0);
}
END_TEST

/* Every answer must be the model's: lowest address, exact failure. */
START_TEST(agrees_with_the_model)
{
	static struct {
		uintptr_t p;
		size_t n;
	} live[4096];
	size_t nlive = 0, gone;

	rt_palloc_grow(&a, CHUNKS / 2);
	rt_palloc_grow(&a, CHUNKS - CHUNKS / 2);
	for (int step = 0; step < (T_SANITIZED ? 2000 : 12000); step++) {
		size_t n = 1 + (rnd(8) == 0 ? rnd(1500) : rnd(9)), k;
		uintptr_t p, want;

		if (nlive == 4096 || (nlive > 0 && rnd(5) < 2)) {
			k = rnd((uint32_t)nlive);
			rt_palloc_free(&a, live[k].p, live[k].n);
			memset(&model[(live[k].p - BASE) / RT_PAGE_BYTES], 0,
			    live[k].n);
			live[k] = live[--nlive];
			continue;
		}
		want = model_find(n);
		p = alloc(n, &gone);
		ck_assert_uint_eq(p, want);
		if (p == 0)
			continue;
		memset(&model[(p - BASE) / RT_PAGE_BYTES], 1, n);
		live[nlive].p = p;
		live[nlive++].n = n;
		if (step % 500 == 0)
			rt_palloc_verify(&a);
	}
	rt_palloc_verify(&a);
}
END_TEST

START_TEST(scavenging_takes_only_free_pages_that_hold_memory)
{
	size_t gone, cursor = SIZE_MAX, n, total = 0;
	uintptr_t p;

	rt_palloc_grow(&a, 2);
	ck_assert_uint_eq(alloc(600, &gone), BASE);
	rt_palloc_free(&a, BASE + 10 * RT_PAGE_BYTES, 580);
	while ((n = rt_palloc_scavenge_take(&a, &cursor, 64, &p)) != 0) {
		ck_assert_uint_le(n, 64);
		ck_assert_uint_ge(p, BASE + 10 * RT_PAGE_BYTES);
		ck_assert_uint_le(p + n * RT_PAGE_BYTES,
		    BASE + 590 * RT_PAGE_BYTES);
		rt_palloc_scavenge_done(&a, p, n);
		rt_palloc_verify(&a);
		total += n;
	}
	ck_assert_uint_eq(total, 580);
	ck_assert_uint_eq(alloc(580, &gone),
	    BASE + 10 * RT_PAGE_BYTES);
	ck_assert_uint_eq(gone, 580);
}
END_TEST

#define BLOCK_BYTES ((size_t)PALLOC_BLOCK_PAGES * RT_PAGE_BYTES)

/* The first run in an untouched block takes all of it; what is left is free,
 * held, and zero until it was given out once. */
START_TEST(a_run_takes_its_whole_block)
{
	struct palloc_got got;
	uintptr_t p;

	rt_palloc_grow(&a, 2);
	a.fill_page = PALLOC_BLOCK_PAGES;
	ck_assert_uint_eq(rt_palloc_alloc(&a, 250, PALLOC_FILL_NOW, &got), BASE);
	ck_assert(got.zero && got.block == 0); /* below fill_page */
	ck_assert_uint_eq(got.gone, 250);
	/* 6 pages in the first block, 4 in the second, which is taken */
	p = rt_palloc_alloc(&a, 10, PALLOC_FILL_NOW, &got);
	ck_assert_uint_eq(p, BASE + 250 * RT_PAGE_BYTES);
	ck_assert(got.zero);
	ck_assert_uint_eq(got.block, BASE + BLOCK_BYTES);
	ck_assert_uint_eq(got.gone, 6 + PALLOC_BLOCK_PAGES);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(a.gone_pages, 2 * PALLOC_BLOCK_PAGES);
	p = rt_palloc_alloc(&a, 3, PALLOC_FILL_NOW, &got);
	ck_assert(got.zero && got.block == 0 && got.gone == 0);
	rt_palloc_free(&a, p, 3);
	ck_assert_uint_eq(rt_palloc_alloc(&a, 4, PALLOC_FILL_NOW, &got), p);
	ck_assert(!got.zero && got.block == 0 && got.gone == 0);
	rt_palloc_verify(&a);
}
END_TEST

START_TEST(a_block_is_taken_whole_or_not_at_all)
{
	size_t cursor = SIZE_MAX, n;
	struct palloc_got got;
	uintptr_t p, q;

	rt_palloc_grow(&a, 3);
	p = rt_palloc_alloc(&a, PALLOC_BLOCK_PAGES + 1, PALLOC_FILL_NOW, &got);
	ck_assert(got.block == 0); /* longer than a block */
	q = rt_palloc_alloc(&a, 1, PALLOC_FILL_NOW, &got);
	ck_assert(got.block == 0 && got.gone == 1); /* touched already */
	rt_palloc_free(&a, p, PALLOC_BLOCK_PAGES + 1);
	rt_palloc_free(&a, q, 1);
	/* held ones are given back: zero, gone, and a block again */
	ck_assert_uint_ne(rt_palloc_alloc(&a, 300, PALLOC_FILL_NOW, &got), 0);
	rt_palloc_free(&a, BASE, 300);
	while ((n = rt_palloc_scavenge_take(&a, &cursor, 64, &p)) != 0)
		rt_palloc_scavenge_done(&a, p, n);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(a.gone_pages, 3 * PALLOC_CHUNK_PAGES);
	ck_assert_uint_eq(rt_palloc_alloc(&a, 1, PALLOC_FILL_NOW, &got), BASE);
	ck_assert(got.zero && got.block == BASE);
	ck_assert_uint_eq(got.gone, PALLOC_BLOCK_PAGES);
	/* so are the ones that nobody asked for */
	cursor = SIZE_MAX;
	while ((n = rt_palloc_scavenge_take(&a, &cursor, 64, &p)) != 0)
		rt_palloc_scavenge_done(&a, p, n);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(a.gone_pages, 3 * PALLOC_CHUNK_PAGES - 1);
	ck_assert_uint_ne(rt_palloc_alloc(&a, 1, PALLOC_FILL_NOW, &got), 0);
	ck_assert(got.zero && got.block == 0 && got.gone == 1);
}
END_TEST

/* Filled first: the block is nobody's meanwhile, others get the next. */
START_TEST(a_block_is_filled_before_it_is_used)
{
	struct palloc_got got;
	uintptr_t p;

	rt_palloc_grow(&a, 1);
	ck_assert_uint_eq(rt_palloc_alloc(&a, 3, PALLOC_FILL_FIRST, &got), 0);
	ck_assert_uint_eq(got.block, BASE);
	ck_assert_uint_eq(got.gone, PALLOC_BLOCK_PAGES);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(a.free_pages, PALLOC_BLOCK_PAGES);
	ck_assert_uint_eq(a.gone_pages, PALLOC_BLOCK_PAGES);
	p = rt_palloc_alloc(&a, 1, PALLOC_FILL_NOW, &got);
	ck_assert_uint_eq(p, BASE + BLOCK_BYTES);
	rt_palloc_filled(&a, BASE);
	rt_palloc_verify(&a);
	ck_assert_uint_eq(rt_palloc_alloc(&a, 3, PALLOC_FILL_FIRST, &got), BASE);
	ck_assert(got.zero && got.block == 0 && got.gone == 0);
	rt_palloc_verify(&a);
	/* none left: neither pages nor a block */
	ck_assert_uint_eq(rt_palloc_alloc(&a, PALLOC_BLOCK_PAGES,
	    PALLOC_FILL_FIRST, &got), 0);
	ck_assert(got.block == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mpagealloc");
	TCase *tc = tcase_create("pages");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing_before_it_grows);
	tcase_add_test(tc, fresh_pages_are_gone);
	tcase_add_test(tc, a_run_takes_its_whole_block);
	tcase_add_test(tc, a_block_is_taken_whole_or_not_at_all);
	tcase_add_test(tc, a_block_is_filled_before_it_is_used);
	tcase_add_test(tc, runs_cross_chunks_and_families);
	tcase_add_test(tc, agrees_with_the_model);
	tcase_add_test(
	    tc, scavenging_takes_only_free_pages_that_hold_memory);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
