/*
 * check_proc.c - goroutines come to life, take turns, park and end.
 */
#include <string.h>
#include <time.h>

#include "lock/lock.h"
#include "tests/sched/sched_test.h"

static _Atomic int64_t count;
static _Atomic int32_t stage;

static void
add_one(void *arg)
{
	atomic_fetch_add(&count, 1);
}

/* ---- many are made and end ---- */

static int
newproc_many(void *arg)
{
	int64_t n = SCALE(200000);
	size_t made;

	for (int64_t i = 0; i < n; i++) {
		go(add_one, NULL);
		if (i % 100 == 99)
			rt_gosched();
	}
	WAIT_UNTIL(atomic_load(&count) == n);
	WAIT_UNTIL(rt_gcount() == 1);
	REQUIRE(rt_gcreated() >= (uint64_t)n + 1);
	made = rt_allg_len(); /* they were used again, not made anew */
	REQUIRE(made < (size_t)n / 4 + 1000);
	return 0;
}

/* ---- ids, parents ---- */

static uint64_t child_id, child_parent;

static void
who_am_i(void *arg)
{
	child_id = rt_getg()->goid;
	child_parent = rt_getg()->parentgoid;
	atomic_store(&stage, 1);
}

static int
ids(void *arg)
{
	uint64_t me = rt_getg()->goid;
	struct g *gp = go(who_am_i, NULL);
	uint64_t id = gp->goid;

	WAIT_UNTIL(atomic_load(&stage) == 1);
	REQUIRE(child_id == id && child_id != me);
	REQUIRE(child_parent == me);
	return 0;
}

/* ---- yield order on one P ---- */

static char order[64];
static size_t norder;

static void
write_three(void *arg)
{
	for (int i = 0; i < 3; i++) {
		order[norder++] = *(char *)arg;
		rt_gosched();
	}
	atomic_fetch_add(&count, 1);
}

/* Round and round. Who is first depends on whether the slice ends while they
 * are made. */
static int
yield_order(void *arg)
{
	go(write_three, "a");
	go(write_three, "b");
	go(write_three, "c");
	WAIT_UNTIL(atomic_load(&count) == 3);
	REQUIRE(norder == 9);
	REQUIRE(order[0] != order[1] && order[1] != order[2] &&
	    order[2] != order[0]);
	for (int i = 3; i < 9; i++)
		REQUIRE(order[i] == order[i - 3]);
	return 0;
}

/* ---- park and ready ---- */

static struct g *_Atomic parked;

static bool
publish(struct g *gp, void *arg)
{
	atomic_store((struct g *_Atomic *)arg, gp);
	return true;
}

static bool
refuse(struct g *gp, void *arg)
{
	atomic_fetch_add((_Atomic int64_t *)arg, 1);
	return false;
}

static void
park_often(void *arg)
{
	for (int i = 0; i < SCALE(100000); i++)
		rt_gopark(publish, &parked, WAIT_CHAN_RECEIVE);
	atomic_store(&stage, 1);
}

static int
park_and_ready(void *arg)
{
	struct g *gp;

	rt_gopark(refuse, &count, WAIT_SLEEP);
	REQUIRE(atomic_load(&count) == 1);
	go(park_often, NULL);
	while (atomic_load(&stage) == 0) {
		gp = atomic_exchange(&parked, NULL);
		if (gp == NULL) {
			rt_gosched();
			continue;
		}
		REQUIRE(rt_readgstatus(gp) == G_WAITING);
		REQUIRE(gp->waitreason == WAIT_CHAN_RECEIVE);
		rt_goready(gp);
	}
	return 0;
}

/* ---- a hundred thousand at once ---- */

static struct rt_mutex parklock = { .rank = RANK_SEMAROOT };
static struct g *parklist;

static void
park_on_list(void *arg)
{
	rt_lock(&parklock);
	rt_getg()->schedlink = parklist;
	parklist = rt_getg();
	atomic_fetch_add(&count, 1);
	rt_goparkunlock(&parklock, WAIT_SEMACQUIRE);
	atomic_fetch_sub(&count, 1);
}

static int
many_parked(void *arg)
{
	int n = MANY_GOROUTINES;
	long before = rss_bytes(), each;
	struct g *gp;

	for (int i = 0; i < n; i++)
		go(park_on_list, NULL);
	WAIT_UNTIL(atomic_load(&count) == n);
	each = (rss_bytes() - before) / n;
	REQUIRE(rt_gcount() == n + 1);
#ifndef RT_SANITIZED
	REQUIRE(each <= 4500);
#else
	(void)each;
#endif
	for (;;) {
		rt_lock(&parklock);
		gp = parklist;
		if (gp != NULL)
			parklist = gp->schedlink;
		rt_unlock(&parklock);
		if (gp == NULL)
			break;
		rt_goready(gp);
	}
	WAIT_UNTIL(rt_gcount() == 1);
	REQUIRE(atomic_load(&count) == 0);
	return 0;
}

/* ---- all processors work ---- */

static _Atomic int32_t at_once;

static void
meet(void *arg)
{
	atomic_fetch_add(&at_once, 1);
	while (atomic_load(&at_once) < 2)
		; /* only another thread can end this */
	atomic_fetch_add(&count, 1);
}

static int
two_at_once(void *arg)
{
	go(meet, NULL);
	go(meet, NULL);
	WAIT_UNTIL(atomic_load(&count) == 2);
	return 0;
}

/* ---- the global queue is not starved by a pair ---- */

static struct g *_Atomic pair[2];

static void
talk(void *arg)
{
	long me = (long)arg;
	struct g *other;

	while (atomic_load(&stage) == 0) {
		other = atomic_exchange(&pair[1 - me], NULL);
		if (other != NULL)
			rt_goready(other);
		rt_gopark(publish, &pair[me], WAIT_CHAN_SEND);
	}
	other = atomic_exchange(&pair[1 - me], NULL);
	if (other != NULL)
		rt_goready(other);
	atomic_fetch_add(&count, 1);
}

/* Main is in the ring, the pair lives in runnext. Main must get its turns. */
static int
pair_does_not_starve(void *arg)
{
	go(talk, (void *)0);
	go(talk, (void *)1);
	for (int i = 0; i < 4; i++)
		rt_gosched();
	atomic_store(&stage, 1);
	WAIT_UNTIL(atomic_load(&count) == 2);
	return 0;
}

/* ---- floating-point control words stay with their goroutine ---- */

static void
round_up(void *arg)
{
	uint32_t up = 0x1f80 | 2 << 13;

	__builtin_ia32_ldmxcsr(up);
	for (int i = 0; i < 100; i++) {
		rt_gosched();
		REQUIRE((__builtin_ia32_stmxcsr() & 0x6000) == (2 << 13));
	}
	atomic_store(&stage, 1);
}

static int
control_words(void *arg)
{
	uint16_t cw;

	go(round_up, NULL);
	while (atomic_load(&stage) == 0) {
		rt_gosched();
		REQUIRE((__builtin_ia32_stmxcsr() & 0x6000) == 0);
		__asm__ volatile("fnstcw %0" : "=m"(cw));
		REQUIRE(cw == 0x37f);
	}
	return 0;
}

/* ---- tests ---- */

static const struct row rows[] = {
	{ newproc_many, 1 },
	{ newproc_many, 4 },
	{ ids, 2 },
	{ yield_order, 1 },
	{ park_and_ready, 1 },
	{ park_and_ready, 2 },
	{ many_parked, 2 },
	{ two_at_once, 3 },
	{ pair_does_not_starve, 1 },
	{ control_words, 1 },
};

ROWS("proc")
