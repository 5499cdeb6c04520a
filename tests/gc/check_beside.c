/*
 * check_beside.c - marking while the program changes what is marked.
 *
 * All run under GODEBUG=gcstress (a cycle begins at every few allocations, so
 * that marking goes on nearly always), clobberfree (what is freed too early
 * shows at once) and gccheckmark (the marked heap is closed at each end).
 */
#include "mem/heap_test.h"

#include "gort.h"
#include "sched/time.h"

#include <pthread.h>

GORT_BARRIERED;

/* So many cycles must have run beside each body, whatever they take. */
#define CYCLES (T_SANITIZED ? 8 : 60)
#define GO_ON (rt_gc_cycles() < CYCLES)
#define CELLS 64
#define MAGIC 0x9072a11cu

struct cell {
	struct cell *next;
	uint64_t magic, id;
};

static struct cell **cells; /* a root: bss */
static _Atomic bool stop;

static struct cell *
cell_new(uint64_t id)
{
	struct cell *c = rt_mallocgc(sizeof(*c), NULL, true, true);

	c->magic = MAGIC;
	c->id = id;
	return c;
}

static void
fill(void)
{
	rt_writeptr(&cells,
	    rt_mallocgc(CELLS * sizeof(*cells), NULL, true, true));
	for (uint64_t i = 0; i < CELLS; i++)
		rt_writeptr(&cells[i], cell_new(i));
}

static void
verify_cells(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < CELLS; i++) {
		T_CHECK(cells[i]->magic == MAGIC);
		sum += cells[i]->id;
	}
	T_CHECK(sum == CELLS * (CELLS - 1) / 2);
}

/* The heap forgets an object that only this stack knows, and gets it back
 * later: the snapshot must have it. */
static int
through_the_stack_body(void *arg)
{
	fill();
	for (int r = 0; GO_ON; r++) {
		int i = r % CELLS, k = (r * 7 + 3) % CELLS;
		struct cell *a = cells[i], *b = cells[k];

		rt_writeptr(&cells[i], NULL);
		rt_writeptr(&cells[k], NULL);
		cell_new(0); /* a cycle may begin or end in each of these */
		rt_gosched();
		cell_new(0);
		rt_writeptr(&cells[k], a);
		rt_writeptr(&cells[i], b);
		if (i == k)
			rt_writeptr(&cells[i], a);
		verify_cells();
	}
	return 0;
}

/* A list is turned round and round under the marker's eyes. */
static int
reversal_body(void *arg)
{
	struct cell *head = NULL, *prev, *next;
	uint64_t n;

	for (uint64_t i = 0; i < 500; i++) {
		struct cell *c = cell_new(i);

		rt_writeptr(&c->next, head);
		head = c;
	}
	while (GO_ON) {
		for (prev = NULL; head != NULL; head = next) {
			next = head->next;
			rt_writeptr(&head->next, prev);
			prev = head;
			if (head->id % 100 == 0)
				cell_new(0);
		}
		head = prev;
		for (n = 0, prev = head; prev != NULL; prev = prev->next, n++)
			T_CHECK(prev->magic == MAGIC);
		T_CHECK(n == 500);
	}
	return 0;
}

/* ---- goroutines that come, wait and go ---- */

struct relay {
	struct cell *c;
	gort_chan *to;
};

static void
pass_on(void *arg)
{
	struct relay *r = arg;
	struct cell *c = r->c;

	rt_writeptr(&r->c, NULL); /* only this stack has it now */
	cell_new(0);
	rt_gosched();
	T_CHECK(c->magic == MAGIC);
	gort_send(r->to, &c);
}

static int
relay_body(void *arg)
{
	gort_chan *to = gort_chan_make(sizeof(struct cell *), 2);

	for (int i = 0; GO_ON; i++) {
		struct relay *r = rt_mallocgc(sizeof(*r), NULL, true, true);
		struct cell *c;

		rt_writeptr(&r->c, cell_new((uint64_t)i));
		rt_writeptr(&r->to, to);
		rt_newproc(pass_on, r, 0);
		r = NULL;
		T_CHECK(gort_recv(to, &c));
		T_CHECK(c->magic == MAGIC && c->id == (uint64_t)i);
	}
	return 0;
}

static void
swap_for_ever(void *arg)
{
	uint64_t x = (uint64_t)(uintptr_t)arg * 77 + 1;

	while (!atomic_load(&stop)) {
		struct cell *c = cell_new(0), *d;

		/* own cells: a quarter for each of four goroutines */
		x = x * 6364136223846793005u + 1442695040888963407u;
		struct cell **mine = cells + (uintptr_t)arg * (CELLS / 4);
		unsigned i = x >> 33 & 15, k = x >> 40 & 15;

		d = mine[i];
		rt_writeptr(&c->next, d);
		rt_writeptr(&mine[i], mine[k]);
		rt_writeptr(&mine[k], c->next);
		T_CHECK(mine[i]->magic == MAGIC && mine[k]->magic == MAGIC);
		rt_preempt_check();
	}
}

static _Atomic int gone;

static void
swapper(void *arg)
{
	swap_for_ever(arg);
	atomic_fetch_add(&gone, 1);
}

/* Several Ps, their number changes, forced cycles wait for their ends. */
static int
many_ps_body(void *arg)
{
	fill();
	for (uintptr_t i = 0; i < 4; i++)
		rt_newproc(swapper, (void *)i, 0);
	for (int i = 0; i < (T_SANITIZED ? 5 : 30); i++) {
		uint32_t n = rt_gc_cycles();

		rt_gomaxprocs_set(1 + i % 4);
		rt_gc_force();
		T_CHECK(rt_gc_cycles() > n);
		rt_gosched();
	}
	atomic_store(&stop, true);
	while (atomic_load(&gone) < 4)
		rt_gosched();
	verify_cells();
	return 0;
}

/* ---- what is not in the heap ---- */

static void **range;

/* An object that only a registered range knows moves to the heap, and the
 * range goes. */
static int
range_goes_body(void *arg)
{
	fill();
	for (int r = 0; GO_ON; r++) {
		struct cell *c;

		range = calloc(4, sizeof(*range));
		T_CHECK(range != NULL);
		rt_roots_add(range, 4 * sizeof(*range));
		rt_writeptr(&range[2], cell_new(7));
		cell_new(0);
		c = range[2];
		rt_roots_del(range);
		free(range);
		cell_new(0);
		T_CHECK(c->magic == MAGIC && c->id == 7);
	}
	return 0;
}

static uintptr_t hidden[2000];
static void **keep;

static void
make_and_drop(void *arg)
{
	for (size_t i = 0; i < 2000; i++)
		hidden[i] = t_hide(cell_new(i));
}

/* A forced cycle begins after the call, also when one is under way. */
static int
force_frees_body(void *arg)
{
	for (int r = 0; r < (T_SANITIZED ? 3 : 20); r++) {
		t_on_other_stack(make_and_drop, NULL);
		rt_gc_stress_cycle(); /* is marking when we ask */
		rt_gc_force();
		T_CHECK(t_count_alive(hidden, 2000) <= 100);
	}
	return 0;
}

/* Large objects, small ones that are read in pieces, and mixed layouts made
 * while marking live and are whole. */
static const uint8_t one[] = { 1 }, two[] = { 2 };
static const struct gort_type t_one = { .size = 16, .ptrdata = 8,
	.align = 8, .kind = KIND_STRUCT, .gcdata = one };
static const struct gort_type t_two = { .size = 16, .ptrdata = 16,
	.align = 8, .kind = KIND_STRUCT, .gcdata = two };

static int
kinds_body(void *arg)
{
	rt_writeptr(&keep, rt_mallocgc(64 * 8, NULL, true, true));
	for (int r = 0; GO_ON; r++) {
		/* 20,000: the last slot's end is the span's */
		void **big = rt_mallocgc(
		    r % 2 ? 100000 : 20000, NULL, true, true);
		void **p = rt_newobject(r % 3 ? &t_one : &t_two);

		rt_writeptr(&p[r % 3 ? 0 : 1], cell_new(1));
		rt_writeptr(&big[r % 2400], p);
		rt_writeptr(&keep[r % 64], big);
		p = keep[(r + 1) % 64];
		if (p != NULL) {
			int q = r - 63;
			void **o = p[q % 2400];
			struct cell *c = o[q % 3 ? 0 : 1];

			T_CHECK(c->magic == MAGIC);
		}
	}
	return 0;
}

/* Whoever marks keeps what he has until somebody finds nothing and asks. No
 * cycle runs: the numbers are nobody's objects. */
static void
give_on_g0(void *arg)
{
	struct gcworker w, other;
	int n = 0;

	(void)arg;
	rt_gcworker_init(&w);
	w.until_ns = INT64_MAX;
	for (uintptr_t i = 1; i <= 10; i++)
		rt_gcwork_push(&w, 16 * i);
	rt_gcbg_look(&w);
	T_CHECK(rt_gcwork_empty());
	atomic_store(&rt_gcwork_asked, true);
	rt_gcbg_look(&w);
	T_CHECK(!atomic_load(&rt_gcwork_asked) && !rt_gcwork_empty());
	rt_gcworker_init(&other);
	while (rt_gcwork_pop(&other) != 0)
		n++;
	T_CHECK(n == 5);
	while (rt_gcwork_pop(&w) != 0)
		n++;
	T_CHECK(n == 10);
	rt_gcworker_fini(&other);
	rt_gcworker_fini(&w);
}

static int
give_body(void *arg)
{
	rt_systemstack(give_on_g0, arg);
	return 0;
}

static const struct {
	const char *name;
	int (*body)(void *);
	const char *debug;
} cases[] = {
	{ "work is given", give_body, "gcstress=0" },
	{ "through the stack", through_the_stack_body, "gcstress=3" },
	{ "reversal", reversal_body, "gcstress=2" },
	{ "relay", relay_body, "gcstress=3" },
	{ "many Ps", many_ps_body, "gcstress=50" },
	{ "range goes", range_goes_body, "gcstress=1" },
	{ "force frees", force_frees_body, "gcstress=0" },
	{ "kinds", kinds_body, "gcstress=7" },
	{ "with the world stopped", through_the_stack_body,
	    "gcstress=3,gcstoptheworld=1" },
};

START_TEST(booted)
{
	char debug[128];

	fprintf(stderr, "%s\n", cases[_i].name); /* for who reads the log */
	snprintf(debug, sizeof debug, "%s,clobberfree=1,gccheckmark=1",
	    cases[_i].debug);
	setenv("GODEBUG", debug, 1);
	setenv("GOMAXPROCS", "3", 1);
	rt_boot_test(cases[_i].body, NULL);
}
END_TEST

/* ---- a store that goes past the barrier is found ---- */

/* Caller sees to it that marking goes on: x is in an old object's slot only by
 * a plain store, made after everything else was read. */
static int
plain_store_body(void *arg)
{
	struct cell *x;

	fill();
	for (int r = 0;; r++) { /* until it is found */
		x = cells[r % CELLS]->next;
		cell_new(0);
		if (x == NULL) {
			x = cell_new(1);
			rt_writeptr(&cells[r % CELLS]->next, x);
		}
		/* from one holder to another, unseen */
		cells[r % CELLS]->next = NULL;
		cells[(r + 31) % CELLS]->next = x;
		x = NULL;
	}
	return 0;
}

START_TEST(checkmark_finds_it)
{
	setenv("GODEBUG", "gcstress=3,gccheckmark=1", 1);
	rt_boot_test(plain_store_body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("beside");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_exit_test(tc, checkmark_finds_it, 2);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
