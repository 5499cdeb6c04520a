/*
 * check_runq.c - the run queues alone: one owner, several thieves, plain
 * threads, no scheduler. Every g put in comes out exactly once.
 */
#include <string.h>

#define NG 64
#include "tests/sched/thieves.h"

static void *
thief(void *arg)
{
	struct p *pp = arg;
	bool inherit;
	struct g *gp;

	while (!atomic_load(&stop)) {
		gp = rt_runqsteal(pp, &owner, true);
		if (gp != NULL)
			out(gp);
		while ((gp = rt_runqget(pp, &inherit)) != NULL)
			out(gp);
	}
	return NULL;
}

/* The owner puts what is out back in, by both doors, and takes some itself. */
static void
own(long rounds)
{
	unsigned seed = 1;
	bool inherit;
	struct g *gp;

	for (long r = 0; r < rounds; r++) {
		size_t i = (size_t)rand_r(&seed) % NG;

		if (atomic_load(&taken[i]) == 1) {
			atomic_store(&taken[i], 0);
			rt_runqput(&owner, &gs[i], (r & 3) == 0);
		}
		if ((r & 7) == 0 &&
		    (gp = rt_runqget(&owner, &inherit)) != NULL)
			out(gp);
	}
}

START_TEST(thieves_and_owner_share_without_loss)
{
	pthread_t th[NTHIEVES];
	uint32_t in = 0;
	bool inherit;
	struct g *gp;

	rt_gomaxprocs = NTHIEVES + 1;
	rt_ncpu = 2;
	for (int i = 0; i < NG; i++)
		atomic_store(&taken[i], 1);
	for (int i = 0; i < NTHIEVES; i++)
		pthread_create(&th[i], NULL, thief, &thieves[i]);
	own(SCALE(400000));
	atomic_store(&stop, true);
	for (int i = 0; i < NTHIEVES; i++)
		pthread_join(th[i], NULL);
	for (int i = 0; i < NTHIEVES; i++)
		while ((gp = rt_runqget(&thieves[i], &inherit)) != NULL)
			out(gp);
	while ((gp = rt_runqget(&owner, &inherit)) != NULL)
		out(gp);
	ck_assert(rt_runqempty(&owner));
	for (int i = 0; i < NG; i++)
		in += atomic_load(&taken[i]) == 0;
	ck_assert_uint_eq(in, 0);
}
END_TEST

START_TEST(order_is_first_in_first_out_behind_runnext)
{
	bool inherit;

	rt_gomaxprocs = _i;
	gs[2].waitsince_ns = 1; /* it has waited: not among the fresh */
	rt_runqput(&owner, &gs[0], false);
	rt_runqput(&owner, &gs[1], false);
	rt_runqput(&owner, &gs[2], true);
	rt_runqput(&owner, &gs[3], true); /* 2 goes behind 1 */
	ck_assert_uint_eq(rt_runqlen(&owner), 4);
	ck_assert_ptr_eq(rt_runqget(&owner, &inherit), &gs[3]);
	ck_assert(inherit);
	ck_assert_ptr_eq(rt_runqget(&owner, &inherit), &gs[0]);
	ck_assert(!inherit);
	ck_assert_ptr_eq(rt_runqget(&owner, &inherit), &gs[1]);
	ck_assert_ptr_eq(rt_runqget(&owner, &inherit), &gs[2]);
	ck_assert_ptr_null(rt_runqget(&owner, &inherit));
}
END_TEST

START_TEST(overflow_sends_half_and_the_newcomer_to_the_global_queue)
{
	static struct g many[RT_RUNQ_LEN + 1];
	struct g *gp;

	rt_gomaxprocs = 1;
	for (int i = 0; i <= RT_RUNQ_LEN; i++)
		rt_runqput(&owner, &many[i], false);
	ck_assert_uint_eq(rt_runqlen(&owner), RT_RUNQ_LEN / 2);
	ck_assert_int_eq(rt_sched.runq.n, RT_RUNQ_LEN / 2 + 1);
	ck_assert_int_eq(rt_sched.runqsize, RT_RUNQ_LEN / 2 + 1);
	rt_lock(&rt_sched.lock);
	gp = rt_globrunqget(&thieves[0], 0);
	rt_unlock(&rt_sched.lock);
	ck_assert_ptr_eq(gp, &many[0]);
	/* a fair share on one P is all, but a ring takes half of its length */
	ck_assert_uint_eq(rt_runqlen(&thieves[0]), RT_RUNQ_LEN / 2 - 1);
	ck_assert_int_eq(rt_sched.runqsize, 1);
}
END_TEST

START_TEST(a_thief_takes_half)
{
	struct g *gp;

	rt_gomaxprocs = 2;
	for (int i = 0; i < 10; i++)
		rt_runqput(&owner, &gs[i], false);
	gp = rt_runqsteal(&thieves[0], &owner, false);
	ck_assert_ptr_eq(gp, &gs[4]); /* the last of those it took */
	ck_assert_uint_eq(rt_runqlen(&thieves[0]), 4);
	ck_assert_uint_eq(rt_runqlen(&owner), 5);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("runq");
	TCase *tc = tcase_create("runq");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, thieves_and_owner_share_without_loss);
	tcase_add_loop_test(tc, order_is_first_in_first_out_behind_runnext, 1,
	    3);
	tcase_add_test(tc,
	    overflow_sends_half_and_the_newcomer_to_the_global_queue);
	tcase_add_test(tc, a_thief_takes_half);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
