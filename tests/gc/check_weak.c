/*
 * check_weak.c - weak pointers, cleanups, finalizers: what is told when, and
 * that nobody is left with an object that was freed.
 *
 * Most run with marking beside the program and with the world stopped;
 * clobberfree shows what was freed too early, gccheckmark what was forgotten.
 */
#include "mem/heap_test.h"

#include "gort.h"
#include "lock/leave.h"
#include "sched/sched_priv.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

GORT_BARRIERED;

#define N 1000
#define FEW (N / 20)
#define MAGIC 0x3ea4f1a6u
#define ROUNDS (T_SANITIZED ? 10 : 30)

struct thing {
	struct thing *other;
	uint64_t magic, id;
};
GORT_TYPE(thing_type, struct thing, other);

static struct thing **things; /* roots: bss */
static gort_weak **weaks;
static _Atomic int ran;

static struct thing *
thing_new(uint64_t id)
{
	struct thing *t = gort_new(&thing_type);

	t->magic = MAGIC;
	t->id = id;
	return t;
}

static void
make_tables(void)
{
	gort_store(&things, gort_alloc(N * sizeof(*things)));
	gort_store(&weaks, gort_alloc(N * sizeof(*weaks)));
}

static void
fill(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++) {
		struct thing *t = thing_new((uint64_t)i);

		gort_store(&things[i], t);
		gort_store(&weaks[i], gort_weak_make(t));
		T_CHECK(gort_weak_make(t) == weaks[i]);
		T_CHECK(gort_weak_make(&t->id) != weaks[i]);
		T_CHECK(i == 0 || weaks[i - 1] != weaks[i]);
	}
}

static int
count_weak(void)
{
	int n = 0;

	for (int i = 0; i < N; i++) {
		struct thing *t = gort_weak_get(weaks[i]);

		if (t == NULL)
			continue;
		T_CHECK(t->magic == MAGIC && t->id == (uint64_t)i);
		n++;
	}
	return n;
}

static void
drop_all(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++)
		gort_store(&things[i], NULL);
}

/* ---- weak pointers ---- */

static int
dies_body(void *arg)
{
	gort_weak *first;

	(void)arg;
	make_tables();
	t_on_other_stack(fill, NULL);
	gort_gc();
	T_CHECK(count_weak() == N);
	for (int i = 0; i < N; i++)
		T_CHECK(gort_weak_make(things[i]) == weaks[i]);
	first = weaks[0];
	t_on_other_stack(drop_all, NULL);
	gort_gc();
	T_CHECK(count_weak() <= FEW);
	gort_gc();
	/* the handle of a dead object is still that one's, new ones differ */
	t_on_other_stack(fill, NULL);
	T_CHECK(first != weaks[0]);
	T_CHECK(count_weak() == N);
	return 0;
}

/* What is dead is told so before it is swept. One P, and no allocation between
 * the end of the cycle and the question. */
static int
before_sweep_body(void *arg)
{
	int unswept = 0, dead;

	(void)arg;
	make_tables();
	while (unswept == 0) {
		t_on_other_stack(fill, NULL);
		t_on_other_stack(drop_all, NULL);
		for (uint32_t n = rt_gc_cycles(); rt_gc_cycles() == n;) {
			rt_gc_stress_cycle();
			while (rt_gc_marking())
				rt_gosched();
		}
		dead = 0;
		for (int i = 0; i < N; i++)
			dead += gort_weak_get(weaks[i]) == NULL;
		T_CHECK(dead >= N - FEW);
		for (int i = 0; i < RT_SPANCLASS_N; i++)
			unswept += rt_heap.central[i]
			               .full[1 - rt_heap.sweepgen / 2 % 2]
			               .n > 0;
	}
	return 0;
}

#define WEAKS 64
static int used, remade;

/* Only this frame, scanned or not, has what a weak pointer gave: gcstress
 * begins and ends cycles at the allocations. */
static RT_NOINLINE void
use_one(int i)
{
	struct thing *t = gort_weak_get(weaks[i]);

	if (t == NULL) {
		remade++;
		gort_store(&weaks[i], gort_weak_make(thing_new((uint64_t)i)));
		return;
	}
	used++;
	for (int k = 0; k < 1 + i % 5; k++) {
		gort_alloc(40);
		rt_gosched();
	}
	T_CHECK(t->magic == MAGIC && t->id == (uint64_t)i);
	gort_keepalive(t);
}

static int
given_is_kept_body(void *arg)
{
	(void)arg;
	make_tables();
	/* those that nobody asked for during a cycle are made anew */
	for (int i = 0; used < 20 * ROUNDS || remade < 2 * WEAKS; i++)
		use_one(i % WEAKS);
	return 0;
}

static int global;

static int
never_dies_body(void *arg)
{
	gort_weak *w = gort_weak_make(&global);

	(void)arg;
	gort_gc();
	T_CHECK(gort_weak_make(&global) == w);
	T_CHECK(gort_weak_get(w) == &global);
	T_CHECK(gort_weak_make(NULL) == NULL);
	T_CHECK(gort_weak_get(NULL) == NULL);
	return 0;
}

/* ---- with finalizers ---- */

/* Of so many a stale word may keep some for ever, but not half. */
#define MANY 40

static void
collect_until(int n)
{
	while (atomic_load(&ran) < n) {
		gort_gc();
		gort_yield();
	}
}

static struct thing *back[MANY];
static gort_weak *old_weak[MANY], *new_weak[MANY];

static void
bring_back(void *obj)
{
	struct thing *t = obj;
	uint64_t i = t->id;

	T_CHECK(t->magic == MAGIC && t->other->magic == MAGIC);
	T_CHECK(gort_weak_get(old_weak[i]) == NULL);
	gort_store(&new_weak[i], gort_weak_make(t));
	gort_store(&back[i], t); /* last: who finds it finds the other */
	atomic_fetch_add(&ran, 1);
}

static void
make_returners(void *arg)
{
	(void)arg;
	for (uint64_t i = 0; i < MANY; i++) {
		struct thing *t = thing_new(i);

		gort_store(&t->other, thing_new(1000 + i));
		gort_store(&old_weak[i], gort_weak_make(t));
		T_CHECK(gort_setfinalizer(t, bring_back) == 0);
	}
}

static int
drop_returned(void)
{
	int gone = 0;

	gort_gc();
	for (int i = 0; i < MANY; i++)
		gone += new_weak[i] != NULL &&
		    gort_weak_get(new_weak[i]) == NULL;
	return gone;
}

static int
resurrected_body(void *arg)
{
	int n;

	(void)arg;
	t_on_other_stack(make_returners, NULL);
	collect_until(MANY / 2);
	gort_gc();
	for (int i = 0; i < MANY; i++) {
		struct thing *t = back[i];

		if (t == NULL)
			continue;
		T_CHECK(gort_weak_get(old_weak[i]) == NULL);
		T_CHECK(new_weak[i] != old_weak[i]);
		T_CHECK(gort_weak_get(new_weak[i]) == t);
		T_CHECK(t->magic == MAGIC && t->other->id == 1000 + t->id);
	}
	n = atomic_load(&ran);
	for (int i = 0; i < MANY; i++)
		gort_store(&back[i], NULL);
	while (drop_returned() < MANY / 4)
		gort_yield();
	/* their finalizers were for once; those that came late count anew */
	T_CHECK(atomic_load(&ran) <= MANY && n <= MANY);
	return 0;
}

/* In a chain each refers to the next: they go one cycle after the other, in
 * that order. */
#define CHAIN 4
static _Atomic uint32_t cycle_of[MANY][CHAIN];

static void
note_order(void *obj)
{
	struct thing *t = obj;
	uint64_t c = t->id / CHAIN, i = t->id % CHAIN;

	T_CHECK(t->magic == MAGIC && c < MANY);
	T_CHECK(t->other == NULL || t->other->magic == MAGIC);
	T_CHECK(atomic_load(&cycle_of[c][i]) == 0);
	atomic_store(&cycle_of[c][i], rt_gc_cycles());
	if (i > 0)
		T_CHECK(atomic_load(&cycle_of[c][i - 1]) != 0 &&
		    atomic_load(&cycle_of[c][i]) >
		        atomic_load(&cycle_of[c][i - 1]));
	if (i == CHAIN - 1)
		atomic_fetch_add(&ran, 1);
}

static void
make_chains(void *arg)
{
	(void)arg;
	for (uint64_t c = 0; c < MANY; c++) {
		struct thing *next = NULL, *t, *u;

		for (uint64_t i = CHAIN; i-- > 0; next = t) {
			t = thing_new(c * CHAIN + i);
			gort_store(&t->other, next);
			T_CHECK(gort_setfinalizer(t, note_order) == 0);
		}
		/* a ring: never */
		t = thing_new(MANY * CHAIN);
		u = thing_new(MANY * CHAIN);
		gort_store(&t->other, u);
		gort_store(&u->other, t);
		T_CHECK(gort_setfinalizer(t, note_order) == 0);
		T_CHECK(gort_setfinalizer(u, note_order) == 0);
	}
}

static int
order_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_chains, NULL);
	collect_until(MANY / 2);
	return 0;
}

/* ---- the queue while marking goes on ---- */

static gort_chan *go_on;
static _Atomic int held, let_go;

/* Of several the first blocks the queue. */
static void
block(void *obj)
{
	int x;

	T_CHECK(((struct thing *)obj)->magic == MAGIC);
	if (atomic_load(&held) != 0)
		return;
	atomic_store(&held, 1);
	gort_recv(go_on, &x);
}

static void
hold(void *obj)
{
	struct thing *t = obj;

	if (atomic_load(&held) > 1)
		return;
	atomic_store(&held, 2);
	while (atomic_load(&let_go) == 0)
		gort_yield();
	T_CHECK(t->magic == MAGIC && t->other->magic == MAGIC);
	atomic_store(&held, 3);
}

static void
make_blockers(void *arg)
{
	(void)arg;
	for (int i = 0; i < MANY; i++)
		T_CHECK(gort_setfinalizer(thing_new(0), block) == 0);
}

static void
make_held(void *arg)
{
	(void)arg;
	for (int i = 0; i < MANY; i++) {
		struct thing *t = thing_new(1);

		gort_store(&t->other, thing_new(2));
		gort_store(&weaks[i], gort_weak_make(t));
		T_CHECK(gort_setfinalizer(t, hold) == 0);
	}
}

static int
count_queued(void)
{
	int n = 0;

	for (int i = 0; i < MANY; i++)
		n += gort_weak_get(weaks[i]) == NULL;
	return n;
}

static _Atomic int locked;

/* The first root job of a cycle reads timers, last those of the P that there is
 * no more, and then the queue: it waits, and keeps a P. This thread has none, so
 * it takes the lock by hand, never sleeping on it. */
static void *
lock_timers(void *arg)
{
	struct rt_mutex *l = &rt_allp[2]->timerslock;
	uint8_t want = RT_MUTEX_FREE;

	while (!atomic_compare_exchange_strong(&l->key, &want, RT_MUTEX_HELD)) {
		want = RT_MUTEX_FREE;
		sched_yield();
	}
	atomic_store(&locked, 1);
	while (atomic_load(&locked) == 1)
		sched_yield();
	rt_leave_by_exchange(l);
	return arg;
}

/* An entry is taken off the queue by a goroutine that was scanned, before a
 * marker has read the queue. */
static int
taken_early_body(void *arg)
{
	int x = 0;
	pthread_t th;
	uint32_t n;

	(void)arg;
	gort_gomaxprocs(2);
	make_tables();
	gort_store(&go_on, gort_chan_make_noscan(sizeof(int), 0));
	t_on_other_stack(make_blockers, NULL);
	while (atomic_load(&held) == 0) {
		gort_gc();
		gort_yield();
	}
	t_on_other_stack(make_held, NULL);
	while (count_queued() < MANY / 2)
		gort_gc();
	T_CHECK(pthread_create(&th, NULL, lock_timers, NULL) == 0);
	while (atomic_load(&locked) == 0)
		sched_yield();
	n = rt_gc_cycles();
	rt_gc_stress_cycle();
	T_CHECK(rt_gc_cycles() == n); /* it waits for the thread */
	gort_send(go_on, &x);
	while (atomic_load(&held) < 2)
		gort_yield();
	atomic_store(&locked, 2);
	T_CHECK(pthread_join(th, NULL) == 0);
	while (rt_gc_cycles() == n)
		gort_yield();
	rt_gcsweep_finish();
	atomic_store(&let_go, 1);
	while (atomic_load(&held) < 3)
		gort_yield();
	return 0;
}

/* ---- cleanups ---- */

struct note {
	uint64_t magic, id;
	int part; /* of several cleanups of one object */
	gort_weak *of;
};
GORT_TYPE(note_type, struct note, of);

static _Atomic int parts[N];

static void
count_part(void *arg)
{
	struct note *n = arg;

	T_CHECK(n->magic == MAGIC);
	T_CHECK(gort_weak_get(n->of) == NULL); /* it is gone */
	/* in the order of adding */
	T_CHECK(atomic_fetch_add(&parts[n->id], 1) == n->part);
	atomic_fetch_add(&ran, 1);
}

static struct note *
note_new(struct thing *t, int part)
{
	struct note *n = gort_new(&note_type);

	n->magic = MAGIC;
	n->id = t->id;
	n->part = part;
	gort_store(&n->of, gort_weak_make(t));
	return n;
}

/* Each in a ring with its neighbour: cleanups do not mind. */
static void
make_cleaned(void *arg)
{
	struct thing *last = NULL;

	(void)arg;
	for (int i = 0; i < N; i++) {
		struct thing *t = thing_new((uint64_t)i);

		for (int k = 0; k < 3; k++)
			T_CHECK(gort_cleanup_add(t, count_part,
			            note_new(t, k), NULL) == 0);
		if (i % 2 == 1) {
			gort_store(&t->other, last);
			gort_store(&last->other, t);
		}
		gort_store(&things[i], t);
		last = t;
	}
}

static int
cleanups_body(void *arg)
{
	(void)arg;
	make_tables();
	t_on_other_stack(make_cleaned, NULL);
	gort_gc();
	gort_yield();
	T_CHECK(atomic_load(&ran) == 0);
	t_on_other_stack(drop_all, NULL);
	collect_until(3 * (N - FEW));
	for (int i = 0; i < N; i++) /* all of an object's, or none */
		while (atomic_load(&parts[i]) % 3 != 0)
			gort_yield();
	return 0;
}

static void
never(void *arg)
{
	(void)arg;
	T_CHECK(!"a cleanup that was stopped");
}

static gort_cleanup stopped[N];

static void
make_stopped(void *arg)
{
	(void)arg;
	for (int i = 0; i < N; i++) {
		struct thing *t = thing_new((uint64_t)i);

		T_CHECK(gort_cleanup_add(t, count_part, note_new(t, 0),
		            NULL) == 0);
		T_CHECK(gort_cleanup_add(t, never, NULL, &stopped[i]) == 0);
		T_CHECK(gort_cleanup_add(t, count_part, note_new(t, 1),
		            i == 0 ? &stopped[0] : NULL) == 0);
		if (i != 0)
			T_CHECK(gort_cleanup_stop(stopped[i]));
		T_CHECK(i == 0 || !gort_cleanup_stop(stopped[i]));
		if (i == 0) { /* the one in the middle, alone, is left */
			gort_cleanup c;

			T_CHECK(gort_cleanup_add(t, never, NULL, &c) == 0);
			T_CHECK(gort_cleanup_stop(c));
			T_CHECK(gort_cleanup_stop(stopped[0]));
		}
		gort_store(&things[i], i == 0 ? t : NULL);
	}
}

static int
stopped_body(void *arg)
{
	char *p = gort_alloc(64);
	int x;

	(void)arg;
	T_CHECK(gort_cleanup_add(&x, never, NULL, NULL) == -EINVAL);
	T_CHECK(gort_cleanup_add(p, never, p + 8, NULL) == -EINVAL);
	T_CHECK(gort_cleanup_add(NULL, never, NULL, NULL) == -EINVAL);
	T_CHECK(!gort_cleanup_stop((gort_cleanup){ NULL, 0 }));
	make_tables();
	t_on_other_stack(make_stopped, NULL);
	collect_until(2 * (N - FEW));
	T_CHECK(parts[0] == 0);
	for (int i = 1; i < N; i++)
		T_CHECK(!gort_cleanup_stop(stopped[i]));
	return 0;
}

/* The finalizer first, and the cleanup when the object is gone for good. */
static _Atomic int finals[MANY], cleans[MANY];

static void
final_first(void *obj)
{
	struct thing *t = obj;

	T_CHECK(t->magic == MAGIC && atomic_load(&cleans[t->id]) == 0);
	T_CHECK(atomic_fetch_add(&finals[t->id], 1) == 0);
	gort_store(&things[t->id], t);
	atomic_fetch_add(&ran, 1);
}

static void
clean_last(void *arg)
{
	struct note *n = arg;

	T_CHECK(n->magic == MAGIC && atomic_load(&finals[n->id]) == 1);
	T_CHECK(atomic_fetch_add(&cleans[n->id], 1) == 0);
	T_CHECK(things[n->id] == NULL);
	atomic_fetch_add(&ran, 1);
}

static void
make_both(void *arg)
{
	(void)arg;
	for (uint64_t i = 0; i < MANY; i++) {
		struct thing *t = thing_new(i);

		T_CHECK(gort_cleanup_add(t, clean_last, note_new(t, 0),
		            NULL) == 0);
		T_CHECK(gort_setfinalizer(t, final_first) == 0);
	}
}

static int
both_body(void *arg)
{
	int n;

	(void)arg;
	make_tables();
	t_on_other_stack(make_both, NULL);
	collect_until(MANY / 2);
	for (int i = 0; i < 5; i++) {
		gort_gc();
		gort_yield();
	}
	n = atomic_load(&ran);
	for (int i = 0; i < MANY; i++)
		T_CHECK(atomic_load(&cleans[i]) == 0);
	for (int i = 0; i < MANY; i++)
		gort_store(&things[i], NULL);
	collect_until(n + MANY / 4);
	return 0;
}

/* ---- a table that forgets: several goroutines, several Ps ---- */

#define KEYS 32
#define STORM_GS 4

static gort_mutex table_lock;
static gort_weak *table[KEYS]; /* roots; table_lock */
static _Atomic int made[KEYS], cleaned[KEYS], left;

static void
count_key(void *arg)
{
	struct note *n = arg;

	T_CHECK(n->magic == MAGIC && gort_weak_get(n->of) == NULL);
	atomic_fetch_add(&cleaned[n->id], 1);
}

static struct thing *
look_up(unsigned key)
{
	struct thing *t;

	gort_mutex_lock(&table_lock);
	t = gort_weak_get(table[key]);
	if (t == NULL) {
		t = thing_new(key);
		gort_store(&t->other, thing_new(1000 + key));
		gort_store(&table[key], gort_weak_make(t));
		T_CHECK(gort_cleanup_add(t, count_key, note_new(t, 0),
		            NULL) == 0);
		atomic_fetch_add(&made[key], 1);
	}
	gort_mutex_unlock(&table_lock);
	return t;
}

static void
storm(void *arg)
{
	uint64_t x = 0x9e3779b97f4a7c15 * ((uintptr_t)arg + 1);
	int deaths = 0;

	/* until some that were made were forgotten and made again */
	for (int i = 0; i < ROUNDS || deaths < 5; i++) {
		struct thing *t;

		x = x * 6364136223846793005u + 1442695040888963407u;
		t = look_up(x >> 40 & (KEYS - 1));
		for (int k = 0; k < (int)(x >> 50 & 3); k++) {
			gort_alloc(48);
			gort_yield();
		}
		T_CHECK(t->magic == MAGIC && t->id == (x >> 40 & (KEYS - 1)));
		T_CHECK(t->other->magic == MAGIC);
		T_CHECK(t->other->id == 1000 + t->id);
		deaths += atomic_load(&made[t->id]) > 1;
	}
	atomic_fetch_sub(&left, 1);
}

static bool
most_cleaned(void)
{
	int m = 0, c = 0;

	for (int k = 0; k < KEYS; k++) {
		T_CHECK(atomic_load(&cleaned[k]) <= atomic_load(&made[k]));
		m += atomic_load(&made[k]);
		c += atomic_load(&cleaned[k]);
	}
	return c >= m - KEYS;
}

static int
storm_body(void *arg)
{
	(void)arg;
	atomic_store(&left, STORM_GS);
	for (uintptr_t i = 0; i < STORM_GS; i++)
		gort_go(storm, (void *)i);
	for (int i = 0; atomic_load(&left) > 0; i++) {
		gort_gomaxprocs(1 + i % 3);
		gort_gc();
		gort_yield();
	}
	/* all but the last of each, or as many that a stale word keeps */
	while (!most_cleaned()) {
		gort_gc();
		gort_yield();
	}
	return 0;
}

#define STOPPED ",gcstoptheworld=1"
#define BOTH(name, body, debug, procs)                                         \
	{ name, body, debug, procs },                                         \
	{                                                                     \
		name ", world stopped", body, debug STOPPED, procs            \
	}

static const struct {
	const char *name;
	int (*body)(void *);
	const char *debug, *procs;
} cases[] = {
	BOTH("dies", dies_body, "gcstress=0", "2"),
	BOTH("dies under stress", dies_body, "gcstress=100", "3"),
	BOTH("before the sweep", before_sweep_body, "gcstress=0", "1"),
	{ "given is kept", given_is_kept_body, "gcstress=1", "1" },
	{ "given is kept, more Ps", given_is_kept_body, "gcstress=2", "3" },
	/* all 64 must be made between two cycles, or nothing is ever given */
	{ "given is kept, world stopped", given_is_kept_body,
	    "gcstress=1000" STOPPED, "3" },
	{ "never dies", never_dies_body, "gcstress=0", "2" },
	BOTH("resurrected", resurrected_body, "gcstress=5", "2"),
	BOTH("order", order_body, "gcstress=0", "2"),
	BOTH("cleanups", cleanups_body, "gcstress=100", "2"),
	BOTH("stopped", stopped_body, "gcstress=100", "2"),
	BOTH("both", both_body, "gcstress=0", "2"),
	BOTH("storm", storm_body, "gcstress=3", "3"),
};

START_TEST(booted)
{
	char debug[128];

	fprintf(stderr, "%s\n", cases[_i].name); /* for who reads the log */
#ifdef __SANITIZE_THREAD__
	/* its own variables are roots: 50 MB are read in each cycle */
	if (cases[_i].body == given_is_kept_body ||
	    cases[_i].body == storm_body) {
		fprintf(stderr, "skipped: thousands of cycles are too slow "
		                "under ThreadSanitizer\n");
		exit(0);
	}
#endif
	snprintf(debug, sizeof debug, "%s,clobberfree=1,gccheckmark=1",
	    cases[_i].debug);
	setenv("GODEBUG", debug, 1);
	setenv("GOMAXPROCS", cases[_i].procs, 1);
	rt_boot_test(cases[_i].body, NULL);
}
END_TEST

START_TEST(taken_early)
{
	setenv("GODEBUG", "clobberfree=1", 1);
	setenv("GOMAXPROCS", "3", 1);
	rt_boot_test(taken_early_body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("weak");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_exit_test(tc, taken_early, 0);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
