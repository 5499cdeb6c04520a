/*
 * check_ring.c - the queues of sched/runq.c and sched/fresh.c themselves, with
 * four places each.
 *
 * One owner puts more than fits, by both doors, and takes; thieves steal half
 * and then what would run next. Whatever the order, each goroutine comes out
 * once, or lies in exactly one queue at the end. The counters start just
 * below their wrap-around.
 */
#define RT_RUNQ_LEN 4
#define RT_FRESH_LEN 4
#include "tests/models/watched.h"

#include <check.h>
#include <stdlib.h>

#include "sched/runq.c"

/* Two files in one: where they use the same names the second gets others. */
#undef MASK
#define slot_load fresh_slot_load
#define slot_store fresh_slot_store
#define claim fresh_claim
#include "sched/fresh.c"

#define NG 7

struct schedt rt_sched;
_Atomic int32_t rt_gomaxprocs = 2;
int32_t rt_ncpu = 2;

static struct p ps[3];
static struct g gs[NG];
static uint64_t out[NG]; /* times it came out */
static int nthieves;

/* ---- what runq.c stands on ---- */

void
rt_throw(const char *msg)
{
	ex_fail(msg);
}

static bool
is_free(void *arg)
{
	return *(uint32_t *)arg == 0;
}

/* lock_futex.c has a model of its own; here it is one step. */
void
rt_lock(struct rt_mutex *l)
{
	ex_await(is_free, &l->key, "rt_lock");
	*(uint32_t *)&l->key = 1;
}

void
rt_unlock(struct rt_mutex *l)
{
	ex_store(&l->key, 4, 0, true, "rt_unlock");
}

void
rt_assert_lock_held(struct rt_mutex *l)
{
	if (*(uint32_t *)&l->key == 0)
		ex_fail("sched.lock is not held");
}

void
rt_usleep(uint32_t us)
{
}

void
rt_osyield(void)
{
}

/* ---- threads ---- */

static void
run(struct g *gp)
{
	if (gp == NULL)
		return;
	if (out[gp - gs]++ != 0)
		ex_fail("a goroutine came out twice");
}

/* Overflows, wraps, and meets a thief at each size from full to empty. */
static void
owner(void *arg)
{
	struct p *pp = arg;
	bool inherit;

	for (int i = 0; i < NG; i++)
		rt_runqput(pp, &gs[i], i == 1 || i == NG - 1);
	for (int i = 0; i < 3; i++)
		run(rt_runqget(pp, &inherit));
}

static void
thief(void *arg)
{
	struct p *pp = arg;
	bool inherit;

	run(rt_runqsteal(pp, &ps[0], true));
	run(rt_runqget(pp, &inherit));
	if (nthieves == 1)
		run(rt_runqsteal(pp, &ps[0], false));
}

/* Takes from the global queue beside the others. */
static void
taker(void *arg)
{
	struct p *pp = arg;

	rt_lock(&rt_sched.lock);
	run(rt_globrunqget(pp, 0));
	rt_unlock(&rt_sched.lock);
	run(rt_runqsteal(pp, &ps[0], true));
}

static void
setup(int n, void (*second)(void *))
{
	nthieves = n;
	memset(ps, 0, sizeof(ps));
	memset(gs, 0, sizeof(gs));
	memset(out, 0, sizeof(out));
	memset(&rt_sched, 0, sizeof(rt_sched));
	for (int i = 0; i < 3; i++) {
		*(uint32_t *)&ps[i].status = P_RUNNING;
		*(uint32_t *)&ps[i].runqhead = UINT32_MAX - 1;
		*(uint32_t *)&ps[i].runqtail = UINT32_MAX - 1;
		ex_region(&ps[i].runqhead, 8);
		ex_region(&ps[i].runqtail, 8);
		ex_region(&ps[i].runnext, 8);
		ex_region(&ps[i].runq, sizeof(ps[i].runq));
	}
	for (int i = 0; i < NG; i++) {
		gs[i].waitsince_ns = 1; /* has parked: to the ring */
		ex_region(&gs[i].schedlink, 8);
	}
	ex_region(&rt_sched.lock, 8);
	ex_region(&rt_sched.runq, sizeof(rt_sched.runq));
	ex_region(&rt_sched.runqsize, 8);
	ex_region(out, sizeof(out));
	ex_thread(owner, &ps[0], NULL);
	ex_thread(thief, &ps[1], NULL);
	if (second != NULL)
		ex_thread(second, &ps[2], NULL);
}

static void
setup_one(void)
{
	setup(1, NULL);
}

static void
setup_two(void)
{
	setup(2, thief);
}

static void
setup_taker(void)
{
	setup(2, taker);
}

/* ---- what must be so ---- */

static void
count(uint64_t *n, struct g *gp)
{
	if (gp != NULL)
		n[gp - gs]++;
}

static const char *
end(void)
{
	uint64_t n[NG];
	int32_t listed = 0;

	for (int i = 0; i < 2; i++)
		if (!ex_ended(i))
			return "a thread waits for ever";
	memcpy(n, out, sizeof(n));
	for (int i = 0; i < 3; i++) {
		struct p *pp = &ps[i];

		for (uint32_t h = pp->runqhead; h != pp->runqtail; h++)
			count(n, *(struct g **)&pp->runq[h % RT_RUNQ_LEN]);
		count(n, *(struct g **)&pp->runnext);
	}
	for (struct g *gp = rt_sched.runq.head; gp; gp = gp->schedlink) {
		count(n, gp);
		listed++;
	}
	if (listed != rt_sched.runq.n || listed != rt_sched.runqsize)
		return "the global queue's length is wrong";
	for (int i = 0; i < NG; i++)
		if (n[i] != 1)
			return n[i] == 0 ? "a goroutine is lost" :
			                   "a goroutine is there twice";
	return NULL;
}

static const struct ex_mutant mutants[] = {
	{ "claims without a locked instruction", EX_WEAKEN, "claim",
	    EX_LOCKED, NULL, 0, true },
	{ "puts next in line without a locked instruction", EX_WEAKEN,
	    "rt_runqput", EX_LOCKED, &ps[0].runnext, 0, true },
	{ "takes the next in line without a locked instruction", EX_WEAKEN,
	    "rt_runqget", EX_LOCKED, &ps[0].runnext, 0, true },
	{ "steals the next in line without a locked instruction", EX_WEAKEN,
	    "steal_runnext", EX_LOCKED, NULL, 0, true },
	{ NULL },
};

START_TEST(one_thief)
{
	static const struct ex_model m = { "ring, one thief", setup_one, NULL,
		NULL, end, mutants };

	ck_assert(ex_prove(&m));
}
END_TEST

START_TEST(two_thieves)
{
	static const struct ex_model m = { "ring, two thieves", setup_two,
		NULL, NULL, end, NULL };

	ck_assert(ex_prove(&m));
}
END_TEST

START_TEST(thief_and_taker)
{
	static const struct ex_model m = { "ring, a thief and a taker",
		setup_taker, NULL, NULL, end, NULL };

	ck_assert(ex_prove(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ring");
	TCase *tc = tcase_create("ring");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, one_thief);
	tcase_add_test(tc, two_thieves);
	tcase_add_test(tc, thief_and_taker);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
