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

#include "tests/models/suite.h"

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
static int nthieves, nput, ntake;
static bool begun; /* do the goroutines go to the ring, or to the fresh list? */
static struct rt_batch batches[4];
static uint64_t nbatches;

/* ---- what runq.c stands on ---- */

void
rt_throw(const char *msg)
{
	ex_fail(msg);
}

static bool
is_free(void *arg)
{
	return *(uint8_t *)arg == 0;
}

/* lock_futex.c has a model of its own; here it is one step. */
void
rt_lock(struct rt_mutex *l)
{
	ex_await(is_free, &l->key, "rt_lock");
	*(uint8_t *)&l->key = 1;
}

void
rt_unlock(struct rt_mutex *l)
{
	ex_store(&l->key, 1, 0, true, "rt_unlock");
}

void
rt_assert_lock_held(struct rt_mutex *l)
{
	if (*(uint8_t *)&l->key == 0)
		ex_fail("sched.lock is not held");
}

void *
rt_persistentalloc(size_t bytes, size_t align, enum rt_memstat stat)
{
	if (bytes != sizeof(batches[0]) || nbatches == 4)
		ex_fail("more batches than were meant");
	return &batches[nbatches++];
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

	for (int i = 0; i < nput; i++)
		rt_runqput(pp, &gs[i], !begun || i == 1 || i == nput - 1);
	for (int i = 0; i < ntake; i++)
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
setup(bool parked, int put, int take, void (*second)(void *))
{
	begun = parked;
	nput = put;
	ntake = take;
	nthieves = second != NULL ? 2 : 1;
	memset(ps, 0, sizeof(ps));
	memset(gs, 0, sizeof(gs));
	memset(out, 0, sizeof(out));
	memset(&rt_sched, 0, sizeof(rt_sched));
	for (int i = 0; i < 3; i++) {
		*(uint32_t *)&ps[i].status = P_RUNNING;
		*(uint32_t *)&ps[i].runqhead = UINT32_MAX - 1;
		*(uint32_t *)&ps[i].runqtail = UINT32_MAX - 1;
		*(uint32_t *)&ps[i].freshhead = UINT32_MAX - 1;
		*(uint32_t *)&ps[i].freshtail = UINT32_MAX - 1;
		*(uint32_t *)&ps[i].freshfree = UINT32_MAX - 1;
	}
	ex_region(ps, sizeof(ps));
	memset(batches, 0, sizeof(batches));
	memset(&spare.head, 0, sizeof(spare.head));
	nbatches = 0;
	ex_region(batches, sizeof(batches));
	ex_region(&nbatches, sizeof(nbatches));
	ex_region(&spare, sizeof(spare));
	for (int i = 0; i < NG; i++) {
		gs[i].waitsince_ns = begun;
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
	setup(true, NG, 3, NULL);
}

static void
setup_two(void)
{
	setup(true, 6, 1, thief);
}

static void
setup_taker(void)
{
	setup(true, 6, 0, taker);
}

/* More than fits; and so few that both want the last one. */
static void
setup_fresh_many(void)
{
	setup(false, NG, 4, NULL);
}

static void
setup_fresh_few(void)
{
	setup(false, 4, 4, NULL);
}

static void
setup_fresh_two(void)
{
	setup(false, 3, 2, thief);
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

	for (int i = 0; i < 1 + nthieves; i++)
		if (!ex_ended(i))
			return "a thread waits for ever";
	memcpy(n, out, sizeof(n));
	for (int i = 0; i < 3; i++) {
		struct p *pp = &ps[i];

		for (uint32_t h = pp->runqhead; h != pp->runqtail; h++)
			count(n, *(struct g **)&pp->runq[h % RT_RUNQ_LEN]);
		count(n, *(struct g **)&pp->runnext);
		for (uint32_t h = pp->freshhead; h != pp->freshtail; h++)
			count(n, *(struct g **)&pp->fresh[h % RT_FRESH_LEN]);
		for (struct rt_batch *b = pp->stockoldest; b; b = b->newer)
			for (uint32_t j = b->first; j < b->end; j++)
				count(n, b->g[j]);
	}
	for (struct g *gp = rt_sched.runq.head; gp; gp = gp->schedlink) {
		count(n, gp);
		listed++;
	}
	if (listed != rt_sched.runq.n || listed != rt_sched.runqsize)
		return "the global queue's length is wrong";
	for (int i = 0; i < nput; i++)
		if (n[i] != 1)
			return n[i] == 0 ? "a goroutine is lost" :
			                   "a goroutine is there twice";
	return NULL;
}

static const struct ex_mutant mutants[] = {
	{ "claims without a locked instruction", EX_WEAKEN,
	    "rt_runq_claim", EX_LOCKED, NULL, 0, true },
	{ "puts next in line without a locked instruction", EX_WEAKEN,
	    "rt_runqput", EX_LOCKED, &ps[0].runnext, 0, true },
	{ "takes the next in line without a locked instruction", EX_WEAKEN,
	    "rt_runnext_get", EX_LOCKED, &ps[0].runnext, 0, true },
	{ "steals the next in line without a locked instruction", EX_WEAKEN,
	    "steal_runnext", EX_LOCKED, NULL, 0, true },
	{ 0 },
};

static const struct ex_mutant fresh_mutants[] = {
	{ "the owner takes without a fence", EX_WEAKEN, "pop_slot", EX_LOCKED,
	    &ps[0].freshtail, 0, false },
	{ "the thief takes without a fence", EX_WEAKEN, "fresh_claim",
	    EX_LOCKED, &ps[0].freshhead, 0, false },
	{ 0 },
};

static const struct ex_model models[] = {
	{ "ring, one thief", setup_one, NULL, NULL, end, mutants },
	{ "ring, two thieves", setup_two, NULL, NULL, end, NULL },
	{ "ring, a thief and a taker", setup_taker, NULL, NULL, end, NULL },
	{ "fresh, many", setup_fresh_many, NULL, NULL, end, NULL },
	{ "fresh, few", setup_fresh_few, NULL, NULL, end, fresh_mutants },
	{ "fresh, two thieves", setup_fresh_two, NULL, NULL, end, NULL },
};

MODELS("ring")
