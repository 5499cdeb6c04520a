/*
 * check_fresh.c - goroutines that have not begun: newest first, and nobody
 * waits for ever. The list alone, with an owner and thieves as plain threads;
 * then whole programs.
 */
#include "sched/fresh.h"

#define NG 1500 /* slots, and some batches */
#include "tests/sched/thieves.h"

/* ---- the list alone ---- */

static void *
thief(void *arg)
{
	struct p *pp = arg;
	struct g *gp;

	while (!atomic_load(&stop)) {
		gp = rt_fresh_steal(pp, &owner);
		if (gp != NULL)
			out(gp);
		while ((gp = rt_fresh_pop(pp)) != NULL)
			out(gp);
	}
	return NULL;
}

/* Fill up and empty again, to where the walk leads: the last entry is where
 * owner and thieves meet, the full list where batches are made. */
static void
own(long rounds)
{
	unsigned seed = 1;
	uint32_t most = 4;
	struct g *gp;

	for (long r = 0; r < rounds; r++) {
		size_t i = (size_t)rand_r(&seed) % NG;

		if (r % 4096 == 0)
			most = r / 4096 % 3 == 0 ? NG : 4;
		if (rt_fresh_len(&owner) < most &&
		    atomic_load(&taken[i]) == 1) {
			atomic_store(&taken[i], 0);
			rt_fresh_push(&owner, &gs[i]);
		} else if ((gp = rt_fresh_pop(&owner)) != NULL) {
			out(gp);
		}
		if (r % 64 == 0 && (gp = rt_fresh_oldest(&owner)) != NULL)
			out(gp);
	}
}

START_TEST(thieves_and_owner_share_without_loss)
{
	pthread_t th[NTHIEVES];
	struct g *gp;

	rt_gomaxprocs = NTHIEVES + 1;
	for (int i = 0; i < NG; i++)
		atomic_store(&taken[i], 1);
	for (int i = 0; i < NTHIEVES; i++)
		pthread_create(&th[i], NULL, thief, &thieves[i]);
	own(SCALE(500000));
	atomic_store(&stop, true);
	for (int i = 0; i < NTHIEVES; i++)
		pthread_join(th[i], NULL);
	for (int i = 0; i < NTHIEVES; i++)
		ck_assert(rt_runqempty(&thieves[i]));
	while ((gp = rt_fresh_pop(&owner)) != NULL)
		out(gp);
	ck_assert(rt_runqempty(&owner));
	for (int i = 0; i < NG; i++)
		ck_assert_uint_eq(atomic_load(&taken[i]), 1);
}
END_TEST

START_TEST(the_newest_comes_first_through_slots_and_batches)
{
	rt_gomaxprocs = _i;
	for (int i = 0; i < NG; i++)
		rt_fresh_push(&owner, &gs[i]);
	ck_assert_uint_eq(rt_fresh_len(&owner), NG);
	ck_assert_ptr_eq(rt_fresh_oldest(&owner), &gs[0]);
	ck_assert_ptr_eq(rt_fresh_oldest(&owner), &gs[1]);
	for (int i = NG - 1; i >= 2; i--)
		ck_assert_ptr_eq(rt_fresh_pop(&owner), &gs[i]);
	ck_assert_ptr_null(rt_fresh_pop(&owner));
	ck_assert_ptr_null(rt_fresh_oldest(&owner));
	ck_assert(rt_runqempty(&owner));
}
END_TEST

START_TEST(a_thief_takes_the_oldest)
{
	struct p *pp = &thieves[0];

	rt_gomaxprocs = 2;
	for (int i = 0; i < 10; i++)
		rt_fresh_push(&owner, &gs[i]);
	ck_assert_ptr_eq(rt_fresh_steal(pp, &owner), &gs[4]);
	ck_assert_uint_eq(rt_fresh_len(pp), 4);
	ck_assert_uint_eq(rt_fresh_len(&owner), 5);
	ck_assert_ptr_eq(rt_fresh_oldest(pp), &gs[0]);
	ck_assert_ptr_eq(rt_fresh_oldest(&owner), &gs[5]);
}
END_TEST

START_TEST(a_thief_takes_a_whole_batch)
{
	struct p *pp = &thieves[0];
	uint32_t all = RT_FRESH_LEN + 1;

	rt_gomaxprocs = 2;
	for (uint32_t i = 0; i < all; i++)
		rt_fresh_push(&owner, &gs[i]);
	ck_assert_ptr_eq(rt_fresh_steal(pp, &owner),
	    &gs[RT_FRESH_LEN / 2 - 1]);
	ck_assert_uint_eq(rt_fresh_len(pp), RT_FRESH_LEN / 2 - 1);
	ck_assert_uint_eq(rt_fresh_len(&owner), all - RT_FRESH_LEN / 2);
	ck_assert_ptr_eq(rt_fresh_oldest(pp), &gs[0]);
}
END_TEST

/*
 * Three that wait in the ring and four that have not begun: the four, newest
 * first, then the three in order; who comes meanwhile waits for the next
 * round.
 */
START_TEST(ring_and_fresh_take_turns)
{
	static const int want[] = { 7, 6, 5, 4, 0, 1, 2, 8 };
	bool inherit;

	rt_gomaxprocs = _i;
	for (int i = 0; i < 3; i++)
		rt_runqput(&owner, &gs[i], false);
	for (int i = 4; i < 8; i++)
		rt_fresh_push(&owner, &gs[i]);
	for (int i = 0; i < 4; i++)
		ck_assert_ptr_eq(rt_runqget(&owner, &inherit),
		    &gs[want[i]]);
	rt_fresh_push(&owner, &gs[8]);
	for (int i = 4; i < 8; i++)
		ck_assert_ptr_eq(rt_runqget(&owner, &inherit),
		    &gs[want[i]]);
	ck_assert_ptr_null(rt_runqget(&owner, &inherit));
}
END_TEST

/* ---- programs ---- */

/* A chain through runnext keeps its slice, so each turn takes 10 ms. */
#define NOLD 60

static _Atomic int64_t old = NOLD, storm, begun;

static void
be_old(void *arg)
{
	atomic_fetch_sub(&old, 1);
}

/* Each makes one more, or two while there is room; so there is always one
 * newer than any that waits. */
static void
be_storm(void *arg)
{
	if (atomic_load(&old) > 0) {
		go(be_storm, NULL);
		if (atomic_fetch_add(&storm, 1) < 500)
			go(be_storm, NULL);
		else
			atomic_fetch_sub(&storm, 1);
	}
}

/* The old ones are below everything the storm makes: they begin all the same,
 * which ends the storm. Else this hangs. */
static int
old_ones_begin(void *arg)
{
	for (int i = 0; i < NOLD; i++)
		go(be_old, NULL);
	go(be_storm, NULL);
	WAIT_UNTIL(atomic_load(&old) == 0);
	WAIT_UNTIL(rt_gcount() == 1);
	return 0;
}

static void
yield_for_ever(void *arg)
{
	while (atomic_load(&old) > 0)
		rt_gosched();
}

static int
old_ones_begin_beside_yielders(void *arg)
{
	for (int i = 0; i < 300; i++)
		go(yield_for_ever, NULL);
	return old_ones_begin(arg);
}

static void
begin(void *arg)
{
	atomic_fetch_add(&begun, 1);
}

/* On one P a yield lets all begin who were made before it - unless our slice
 * ended just then, which puts us among all others; so one try in 20 will do. */
static int
a_yield_lets_all_begin(void *arg)
{
	for (int n = 1; n < 1000; n = n * 3 + 1) {
		bool all = false;

		for (int try = 0; try < 20 && !all; try++) {
			atomic_store(&begun, 0);
			for (int i = 0; i < n; i++)
				go(begin, NULL);
			rt_gosched();
			all = atomic_load(&begun) == n;
			WAIT_UNTIL(atomic_load(&begun) == n);
		}
		REQUIRE(all);
	}
	return 0;
}

/*
 * A tree of goroutines, made node by node: how many are alive at once? By levels
 * it would be all the leaves; in depth it is 10 for each level, and ten more for
 * each turn of the oldest, which comes with each slice's end. ThreadSanitizer takes
 * up to 5 ms, half a slice, for each new one where memory is slow to come: there
 * all must begin, but how many are alive at once says nothing.
 */
#ifdef RT_TSAN
#define DEPTH 3
#define LEAVES 1000
#else
#define DEPTH 5
#define LEAVES 100000
#endif

static _Atomic int64_t leaves;

static void
grow(void *arg)
{
	uintptr_t depth = (uintptr_t)arg;

	if (depth == 0) {
		atomic_fetch_add(&leaves, 1);
		return;
	}
	for (int i = 0; i < 10; i++)
		go(grow, (void *)(depth - 1));
}

static int
a_tree_is_walked_in_depth(void *arg)
{
	go(grow, (void *)(uintptr_t)DEPTH);
	WAIT_UNTIL(atomic_load(&leaves) == LEAVES);
#ifndef RT_TSAN
	REQUIRE(rt_allg_len() < LEAVES / 10);
#endif
	return 0;
}

static const struct row rows[] = {
	{ old_ones_begin, 1 },
	{ old_ones_begin, 4 },
	{ old_ones_begin_beside_yielders, 1 },
	{ old_ones_begin_beside_yielders, 4 },
	{ a_yield_lets_all_begin, 1 },
	{ a_tree_is_walked_in_depth, 1 },
	{ a_tree_is_walked_in_depth, 2 },
};

ROW_HOLDS

int
main(void)
{
	TCase *tc;
	Suite *s = rows_suite("fresh", row_holds, NROWS, &tc);

	tcase_add_test(tc, thieves_and_owner_share_without_loss);
	tcase_add_loop_test(tc,
	    the_newest_comes_first_through_slots_and_batches, 1, 3);
	tcase_add_test(tc, a_thief_takes_the_oldest);
	tcase_add_test(tc, a_thief_takes_a_whole_batch);
	tcase_add_loop_test(tc, ring_and_fresh_take_turns, 1, 3);
	return suite_run(s);
}
