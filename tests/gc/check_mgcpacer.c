/*
 * check_mgcpacer.c - the pacer's arithmetic and the parsers, as tables, and the
 * pacer in a simulated world. Nothing is booted.
 *
 * The simulation. Four processors; the program allocates at a rate per processor
 * second, marking has a speed, a number of bytes lives. Marking threads have a
 * quarter of the processors; each allocation of a span assists as mgcbg.c lets
 * it. What was allocated while marking counts as live for one cycle. A script
 * changes rate, speed, live size or GOGC between two cycles, or in mid-cycle,
 * and what is asked is
 *
 *   - never: a heap above 110 % of its goal, whatever changed;
 *   - in a world that has stood still for three cycles: the heap ends within
 *     10 % of its goal, and assists take less than 5 % of the processors.
 */
#include "mem/heap_test.h"

#include "gc/mgcpacer.h"

#define MB ((uint64_t)1 << 20)
#define NONE INT64_MAX

static const struct goal_row {
	struct gc_pace in;
	uint64_t goal;
} goals[] = {
	/* live, stacks, globals, GOGC, limit, beside, waste */
	{ { 0, 0, 0, 100, NONE, 0, 0 }, 4 * MB },
	{ { 1 * MB, 0, 0, 100, NONE, 0, 0 }, 4 * MB },
	{ { 10 * MB, 0, 0, 100, NONE, 0, 0 }, 20 * MB },
	{ { 10 * MB, 2 * MB, 1 * MB, 100, NONE, 0, 0 }, 23 * MB },
	{ { 10 * MB, 0, 0, 50, NONE, 0, 0 }, 15 * MB },
	{ { 0, 0, 0, 200, NONE, 0, 0 }, 8 * MB },
	/* a step above the live heap, also where GOGC asks for none */
	{ { 10 * MB, 0, 0, 0, NONE, 0, 0 }, 11 * MB },
	{ { 1 * MB, 0, 0, 1, NONE, 0, 0 }, 2 * MB },
	{ { 10 * MB, 0, 0, -1, NONE, 0, 0 }, GC_GOAL_NONE },
	{ { (uint64_t)1 << 62, 0, 0, INT32_MAX, NONE, 0, 0 }, GC_GOAL_NONE },
	/* the limit leaves 100 - 10 - 5 - 3 */
	{ { 60 * MB, 0, 0, 100, 100 * MB, 10 * MB, 5 * MB },
	    100 * MB - 10 * MB - 5 * MB - 100 * MB / 100 * 3 },
	/* the same without GOGC */
	{ { 10 * MB, 0, 0, -1, 100 * MB, 10 * MB, 5 * MB },
	    100 * MB - 10 * MB - 5 * MB - 100 * MB / 100 * 3 },
	/* a small reserve is 1 MiB */
	{ { 1 * MB, 0, 0, -1, 10 * MB, 1 * MB, 0 }, 8 * MB },
	/* GOGC asks for less than the limit allows */
	{ { 10 * MB, 0, 0, 100, 1000 * MB, 0, 0 }, 20 * MB },
	/* a limit that can't be held: a step above the live heap */
	{ { 160 * MB, 0, 0, 100, 100 * MB, 0, 0 }, 170 * MB },
	{ { 1 * MB, 0, 0, 100, 0, 0, 0 }, 1 * MB + 256 * 1024 },
	{ { 1 * MB, 0, 0, 100, 1, 50 * MB, 0 }, 1 * MB + 256 * 1024 },
};

START_TEST(goal_follows_row)
{
	uint64_t got = rt_pacer_goal(&goals[_i].in);

	/* 100 MiB is no multiple of 100: the reserve is cut, not rounded */
	ck_assert_uint_eq(got, goals[_i].goal);
}
END_TEST

static const struct helper_row {
	uint64_t bytes;
	int32_t procs, ncpu, want;
} helpers[] = {
	{ 0, 8, 8, 0 },
	{ 1 * MB, 8, 8, 0 },
	{ 8 * MB, 8, 8, 1 },
	{ 30 * MB, 8, 8, 3 },
	{ 100 * MB, 8, 2, 1 },
	{ 100 * MB, 1, 8, 0 },
	{ 100 * MB, 64, 64, 7 },
};

START_TEST(helpers_follow_row)
{
	ck_assert_int_eq(rt_pacer_helpers(helpers[_i].bytes, helpers[_i].procs,
	                     helpers[_i].ncpu),
	    helpers[_i].want);
}
END_TEST

START_TEST(share_of_cpu)
{
	ck_assert_uint_eq(rt_pacer_permille(0, 100, 2), 0);
	ck_assert_uint_eq(rt_pacer_permille(10, 0, 2), 0);
	ck_assert_uint_eq(rt_pacer_permille(10, 100, 1), 100);
	ck_assert_uint_eq(rt_pacer_permille(10, 100, 2), 50);
	ck_assert_uint_eq(rt_pacer_permille(900, 100, 2), 1000);
}
END_TEST

static const struct percent_row {
	const char *text;
	int32_t want;
} percents[] = {
	{ NULL, 100 }, { "", 100 }, { "off", -1 }, { "OFF", 100 },
	{ "0", 0 }, { "-0", 0 }, { "-1", -1 }, { "-200", -1 }, { "50", 50 },
	{ "+50", 50 }, { " 50", 100 }, { "50 ", 100 }, { "abc", 100 },
	{ "50%", 100 }, { "99999999999", 100 }, { "2147483647", INT32_MAX },
	{ "2147483648", 100 }, { "-2147483648", -1 }, { "-2147483649", 100 },
	{ "1e3", 100 }, { "0x10", 100 }, { "-", 100 },
};

START_TEST(percent_follows_row)
{
	ck_assert_int_eq(
	    rt_gc_parse_percent(percents[_i].text), percents[_i].want);
}
END_TEST

static const struct limit_row {
	const char *text;
	bool ok;
	int64_t want;
} limits[] = {
	{ NULL, true, INT64_MAX }, { "", true, INT64_MAX },
	{ "off", true, INT64_MAX }, { "0", true, 0 }, { "1B", true, 1 },
	{ "123", true, 123 }, { "1KiB", true, 1024 },
	{ "10MiB", true, 10 << 20 }, { "3GiB", true, (int64_t)3 << 30 },
	{ "2TiB", true, (int64_t)2 << 40 }, { "007KiB", true, 7 << 10 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "9223372036854775808", false, 0 }, { "8388608TiB", false, 0 },
	{ "8388607TiB", true, (int64_t)8388607 << 40 },
	{ "99999999999999999999", false, 0 },
	{ "18446744073709551616", false, 0 }, { "10MB", false, 0 },
	{ "10kB", false, 0 }, { "10mib", false, 0 }, { "10 MiB", false, 0 },
	{ " 10MiB", false, 0 }, { "10MiB ", false, 0 }, { "1.5GiB", false, 0 },
	{ "1e3", false, 0 }, { "-1", false, 0 }, { "+1", false, 0 },
	{ "MiB", false, 0 }, { "Off", false, 0 }, { "10KiBB", false, 0 },
	{ "10K", false, 0 }, { "0x10", false, 0 },
};

START_TEST(limit_follows_row)
{
	int64_t got = -7;

	ck_assert_int_eq(
	    rt_gc_parse_memlimit(limits[_i].text, &got), limits[_i].ok);
	ck_assert_int_eq(got, limits[_i].ok ? limits[_i].want : -7);
}
END_TEST

/* ---- the simulated world ---- */

#define PROCS 4
#define SPAN_BYTES ((uint64_t)8192)
#define ASSIST_MAX_BYTES ((uint64_t)128 << 10) /* mgcbg.c's */

struct world {
	double alloc_rate; /* bytes per processor second of the program */
	double mark_speed; /* the same of marking */
	uint64_t live;     /* bytes that the program keeps */
	uint64_t stacks, globals;
	struct gc_pacer p;
	uint64_t heap, kept; /* size now; of it reachable */
	/* of the last cycle */
	uint64_t begun_goal, goal, ended;
	double assist_share;
	void (*midway)(struct world *); /* when half is marked; once */
};

static void
allocate(struct world *w, uint64_t bytes)
{
	uint64_t want = w->live > w->kept ? w->live - w->kept : 0;

	w->heap += bytes;
	w->kept += want < bytes ? want : bytes;
	if (w->kept > w->live)
		w->kept = w->live;
}

/* Marking beside the program, one span allocated a step. */
static void
mark_beside(struct world *w, struct gc_measure *m)
{
	double mutators = PROCS * (1 - GC_SHARE), markers = PROCS * GC_SHARE;
	double s, done = 0, wall = 0, assist = 0;
	uint64_t work = w->kept + w->stacks + w->globals, due, part;
	struct gc_plan plan;

	m->begun = w->heap;
	rt_pacer_begin(&w->p, w->heap, &plan);
	while (done < (double)work) {
		if (w->midway != NULL && done > (double)work / 2) {
			w->midway(w);
			w->midway = NULL;
		}
		allocate(w, SPAN_BYTES);
		s = (double)SPAN_BYTES / (w->alloc_rate * mutators);
		due = rt_pacer_due(
		    &plan, w->p.goal, w->heap, (uint64_t)done);
		part = due > (uint64_t)done ? due - (uint64_t)done : 0;
		part = part < ASSIST_MAX_BYTES ? part : ASSIST_MAX_BYTES;
		done += (double)part;
		assist += (double)part / w->mark_speed;
		s += (double)part / (w->mark_speed * mutators);
		done += s * markers * w->mark_speed;
		wall += s;
	}
	m->ended = w->heap;
	m->work = work;
	m->mark_ns = (int64_t)(wall * 1e9);
	m->bg_ns = (int64_t)(wall * markers * 1e9);
	m->assist_ns = (int64_t)(assist * 1e9);
	m->procs = PROCS;
	w->assist_share = assist / (wall * PROCS);
}

static void
cycle(struct world *w)
{
	struct gc_measure m;
	uint64_t marked;

	if (w->kept > w->live)
		w->kept = w->live;
	while (w->heap < w->p.trigger)
		allocate(w, SPAN_BYTES);
	marked = w->kept;
	w->begun_goal = w->p.goal;
	mark_beside(w, &m);
	w->goal = w->p.goal;
	w->ended = m.ended;
	w->heap = marked + (m.ended - m.begun);
	w->p.in.live_bytes = w->heap;
	w->p.in.stack_bytes = w->stacks;
	w->p.in.globals_bytes = w->globals;
	rt_pacer_end(&w->p, &m);
	rt_pacer_commit(&w->p);
}

static void
world_init(struct world *w)
{
	*w = (struct world){ .alloc_rate = 40.0 * (double)MB,
		.mark_speed = 800.0 * (double)MB,
		.live = 100 * MB,
		.stacks = 2 * MB,
		.globals = 1 * MB };
	rt_pacer_init(&w->p, 100, NONE);
	w->p.in.globals_bytes = w->globals; /* known from the start */
	rt_pacer_commit(&w->p);
}

static void
rate_up(struct world *w) { w->alloc_rate *= 2; }
static void
rate_down(struct world *w) { w->alloc_rate /= 8; }
static void
speed_up(struct world *w) { w->mark_speed *= 4; }
static void
speed_down(struct world *w) { w->mark_speed /= 2; }
static void
live_up(struct world *w) { w->live *= 2; }
static void
live_down(struct world *w) { w->live /= 4; }
static void
stacks_up(struct world *w) { w->stacks += 60 * MB; }
static void
all_up(struct world *w)
{
	w->alloc_rate *= 1.5;
	w->mark_speed /= 1.3;
	w->live = w->live * 3 / 2;
}
static void
percent(struct world *w, int32_t v)
{
	w->p.in.percent = v;
	rt_pacer_commit(&w->p);
}
static void
percent_low(struct world *w) { percent(w, 50); }
static void
percent_high(struct world *w) { percent(w, 400); }
static void
limit_set(struct world *w)
{
	w->p.in.percent = -1;
	w->p.in.limit_bytes = (int64_t)(180 * MB);
	rt_pacer_commit(&w->p);
}

static void (*const steps[])(struct world *) = { rate_up, rate_down, speed_up,
	speed_down, live_up, live_down, stacks_up, all_up, percent_low,
	percent_high, limit_set };
#define NSTEPS (int)(sizeof(steps) / sizeof(steps[0]))

static void
not_over(const struct world *w, int i)
{
	ck_assert_msg(w->ended <= w->begun_goal + w->begun_goal / 10 ||
	        w->goal != w->begun_goal,
	    "cycle %d ended at %lu KiB, goal %lu", i, w->ended >> 10,
	    w->begun_goal >> 10);
	/* a goal that moved under it */
	ck_assert_msg(w->ended <= w->goal + w->goal / 10 ||
	        w->goal < w->begun_goal,
	    "cycle %d ended at %lu KiB, goal %lu", i, w->ended >> 10,
	    w->goal >> 10);
}

static void
converged(const struct world *w, int i)
{
	ck_assert_msg(w->ended >= w->goal - w->goal / 10 &&
	        w->ended <= w->goal + w->goal / 10,
	    "cycle %d ended at %lu KiB, goal %lu", i, w->ended >> 10,
	    w->goal >> 10);
	ck_assert_msg(w->assist_share < 0.05, "cycle %d: assists took %g", i,
	    w->assist_share);
}

/* Each change, before a cycle or in mid-cycle: settled after three. */
START_TEST(step)
{
	struct world w;

	world_init(&w);
	for (int i = 0; i < 24; i++) {
		if (i == 12 && _i % 2 == 0)
			steps[_i / 2](&w);
		if (i == 12 && _i % 2 == 1)
			w.midway = steps[_i / 2];
		cycle(&w);
		not_over(&w, i);
		if ((i >= 6 && i < 12) || i >= 15)
			converged(&w, i);
	}
}
END_TEST

/* A little more each cycle, then less: always near. */
START_TEST(ramp)
{
	struct world w;

	world_init(&w);
	for (int i = 0; i < 60; i++) {
		double f = i < 30 ? 1.05 : 1 / 1.05;

		if (_i != 1)
			w.alloc_rate *= f;
		if (_i != 0)
			w.live = (uint64_t)((double)w.live * f);
		if (_i == 2)
			w.mark_speed /= f > 1 ? 1.01 : 1;
		cycle(&w);
		not_over(&w, i);
		if (i >= 3)
			ck_assert_uint_ge(w.ended, w.goal - w.goal / 4);
	}
}
END_TEST

/* Up and down each cycle: the worst for any prediction. */
START_TEST(saw)
{
	struct world w;

	world_init(&w);
	for (int i = 0; i < 60; i++) {
		double f = i % 2 == 0 ? 2 : 0.5;

		if (_i == 0)
			w.alloc_rate *= f;
		else if (_i == 1)
			w.live = (uint64_t)((double)w.live * f);
		else
			w.mark_speed *= f;
		cycle(&w);
		not_over(&w, i);
		if (i >= 3)
			ck_assert_uint_ge(w.ended, w.goal - w.goal / 4);
	}
}
END_TEST

/* Two programs in one, which take turns of ten cycles. */
START_TEST(phases)
{
	struct world w;

	world_init(&w);
	for (int i = 0; i < 100; i++) {
		if (i % 10 == 0) {
			bool odd = i / 10 % 2;

			w.alloc_rate = (odd ? 10 : 70) * (double)MB;
			w.live = (odd ? 60 : 140) * MB;
			w.mark_speed = (odd ? 400 : 1200) * (double)MB;
			w.stacks = (odd ? 30 : 1) * MB;
		}
		cycle(&w);
		not_over(&w, i);
		if (i >= 3 && i % 10 >= 3)
			converged(&w, i);
	}
}
END_TEST

/* The bounds of the trigger, whatever was measured. */
START_TEST(trigger_keeps_its_bounds)
{
	struct gc_pacer p;

	rt_pacer_init(&p, 100, NONE);
	ck_assert_uint_eq(p.goal, 4 * MB);
	ck_assert_uint_eq(p.trigger, 4 * MB - 4 * MB / 20);
	p.in.live_bytes = 1000 * MB;
	rt_pacer_commit(&p);
	ck_assert_uint_eq(p.trigger, 1996 * MB); /* 4 MiB are enough */
	p.cons_mark = 1000;
	rt_pacer_commit(&p);
	ck_assert_uint_eq(p.trigger, 1700 * MB);
	p.in.percent = -1;
	rt_pacer_commit(&p);
	ck_assert_uint_eq(p.trigger, GC_GOAL_NONE);
}
END_TEST

/* Corners of the line. */
START_TEST(work_is_due_along_the_line)
{
	struct gc_plan plan = { .begun = 100, .expected = 1000, .most = 3000 };
	uint64_t goal = 100 + MB, hard = goal + goal / 16;

	ck_assert_uint_eq(rt_pacer_due(&plan, goal, 100, 0), 0);
	ck_assert_uint_eq(rt_pacer_due(&plan, goal, 50, 0), 0);
	ck_assert_uint_eq(rt_pacer_due(&plan, goal, 100 + MB / 2, 0), 500);
	ck_assert_uint_eq(rt_pacer_due(&plan, goal, goal, 0), 1000);
	ck_assert_uint_eq(rt_pacer_due(&plan, goal, hard - 1, 0), 2999);
	ck_assert_uint_eq(rt_pacer_due(&plan, goal, hard, 0), UINT64_MAX);
	/* more than expected is found: now the line leads to the worst */
	ck_assert_uint_ge(
	    rt_pacer_due(&plan, goal, 100 + MB / 2, 1000), 1300);
	/* a goal that fell below the heap gives it some room, no division by 0 */
	ck_assert_uint_eq(rt_pacer_due(&plan, 0, 100 + (128 << 10), 0), 500);
	ck_assert_uint_eq(
	    rt_pacer_due(&plan, GC_GOAL_NONE, 100 + MB, 0), 0);
}
END_TEST

START_TEST(what_was_not_measured_changes_nothing)
{
	struct gc_pacer p;
	struct gc_measure m = { .begun = 5, .ended = 50, .procs = 2 };

	rt_pacer_init(&p, 100, NONE);
	rt_pacer_end(&p, &m);
	m.work = 100;
	rt_pacer_end(&p, &m);
	ck_assert(p.cons_mark == 0 && p.share == GC_SHARE);
	m.mark_ns = 1000; /* all CPUs marked, and more: clocks disagree */
	m.bg_ns = 5000;
	m.assist_ns = 100000;
	rt_pacer_end(&p, &m);
	ck_assert(p.cons_mark > 0 && p.cons_mark < 10);
	ck_assert(rt_pacer_utilization(&m) == 1.0);
}
END_TEST

START_TEST(workers_take_a_quarter)
{
	int32_t permille, n;

	for (int32_t procs = 1; procs <= 1024; procs++) {
		n = rt_pacer_workers(procs, &permille);
		ck_assert_int_ge(n, 1);
		ck_assert_int_le(n, GC_WORKERS_MAX);
		ck_assert_int_le(permille, 500); /* of any processor */
		ck_assert_int_le(n * permille, procs * 250);
		/* but for what rounding loses */
		if (procs <= 2 * GC_WORKERS_MAX)
			ck_assert_int_gt(n * permille, procs * 250 - n);
	}
}
END_TEST

#define N(rows) (int)(sizeof(rows) / sizeof((rows)[0]))

int
main(void)
{
	Suite *s = suite_create("mgcpacer");
	TCase *tc = tcase_create("arithmetic");

	tcase_add_loop_test(tc, goal_follows_row, 0, N(goals));
	tcase_add_loop_test(tc, helpers_follow_row, 0, N(helpers));
	tcase_add_test(tc, share_of_cpu);
	tcase_add_test(tc, workers_take_a_quarter);
	tcase_add_loop_test(tc, percent_follows_row, 0, N(percents));
	tcase_add_loop_test(tc, limit_follows_row, 0, N(limits));
	suite_add_tcase(s, tc);
	tc = tcase_create("pace");
	tcase_add_test(tc, trigger_keeps_its_bounds);
	tcase_add_test(tc, work_is_due_along_the_line);
	tcase_add_test(tc, what_was_not_measured_changes_nothing);
	tcase_add_loop_test(tc, step, 0, 2 * NSTEPS);
	tcase_add_loop_test(tc, ramp, 0, 3);
	tcase_add_loop_test(tc, saw, 0, 3);
	tcase_add_test(tc, phases);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
