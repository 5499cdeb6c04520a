/*
 * mgcpacer.c - how large the heap may grow before the next cycle.
 *
 * GOGC: the cost of a cycle is what must be read, live heap, stacks and
 * globals; the benefit is what is allocated between two cycles. Keeping the
 * ratio constant keeps the cost per allocated byte constant:
 *
 *   goal = live + (live + stacks + globals) * GOGC / 100
 *
 * but at least 4 MiB * GOGC / 100, so that small programs do not collect all
 * the time, and at least 1 MiB above the live heap: a cycle has costs that do
 * not depend on the heap, and with GOGC=1 they would be all that happens.
 *
 * GOMEMLIMIT: what the limit leaves when everything else is subtracted (memory
 * beside the heap, pages lost to fragmentation, a reserve of 3 % but 1 MiB at
 * least for what grows during a cycle) caps the goal. It is a soft limit: when
 * the live heap alone is too large, the program must still get on, so the
 * goal stays a step above the live heap, 1/16 of it but 256 KiB at least. With
 * a limit that can't be held a cycle then runs every such step.
 *
 * The trigger. With the world stopped while marking it is the goal. Beside the
 * program a cycle begins earlier, by the runway: what will be allocated while
 * it marks. That is predicted from one number,
 *
 *   cons/mark = bytes allocated per CPU second of the program
 *             / bytes marked per CPU second of the collector
 *
 * which depends neither on how much there was to mark, nor on how the CPUs were
 * shared between the two in that cycle. A cycle that began too late is a good
 * measurement, too: its assists took CPU from the program and gave it to
 * marking, and both sides know. From it, with the share u that the workers
 * take by themselves,
 *
 *   runway = cons/mark * (1 - u) / u * (live + stacks + globals)
 *
 * but between 5 and 30 % of the room between live heap and goal, and 4 MiB is
 * always enough for the lower bound. Both numbers are smoothed: a rise counts
 * by three quarters, since too late a trigger costs the program assists, a fall
 * by half, since too early a one costs a few cycles only. Cycles that the
 * program asked for begin anywhere and are not measured.
 *
 * Assists. While a cycle runs the plan is a line in the plane of heap size and
 * work done, from (begun, 0) to (goal, expected), expected being what lived the
 * last time, stacks and globals. Should more be found than expected, or the
 * goal be passed, the worst is assumed: all that was there when the cycle began
 * lives, and the line leads to (goal + 1/16, all). Beyond that everything there
 * is to do is due: stacks that have grown are in no plan. So the heap does not
 * outgrow its goal by more than a tenth, whatever the program did since the
 * last cycle, if an allocation may be asked for the work that the line wants.
 * A line needs no state but where heap and work are now; a change of GOGC
 * tilts it.
 *
 * Rejected: a controller with an integral part for cons/mark. It rings when the
 * program has phases, and has to be reset; what it would gain, no error in the
 * long run, is worth less than the 5 % that the bounds give away.
 */
#include "gc/mgcpacer.h"

#include <stdatomic.h>

#define STEP_MIN_BYTES ((uint64_t)1 << 20)
#define FLOOR_MIN_BYTES ((uint64_t)256 << 10)
#define RESERVE_MIN_BYTES ((uint64_t)1 << 20)
/*
 * Live heap for each helper. Who marks alone sets bits by plain stores; with
 * others beside him each bit costs a locked instruction, a third of all the
 * work, and he may have to wait for one whom the system has taken off its
 * processor with grey objects in hand. Below this, 5 ms of the smallest
 * objects, that is not worth it. Tests make it smaller.
 */
_Atomic uint64_t rt_pacer_helper_worth_bytes = (uint64_t)8 << 20;
#define HELPERS_MAX 7
/* Workers are counted on for so much at least, and at most. */
#define SHARE_MIN 0.125
#define SHARE_MAX 0.75
/* A cycle that began at its goal, or above, has so much room. */
#define ROOM_MIN_BYTES ((uint64_t)256 << 10)

static uint64_t
add_sat(uint64_t a, uint64_t b)
{
	uint64_t r;

	return __builtin_add_overflow(a, b, &r) || r > GC_GOAL_NONE
	    ? GC_GOAL_NONE
	    : r;
}

static uint64_t
sub_floor(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t
percent_of(uint64_t v, int32_t percent)
{
	unsigned __int128 r = (unsigned __int128)v * (uint32_t)percent / 100;

	return r > GC_GOAL_NONE ? GC_GOAL_NONE : (uint64_t)r;
}

/* What a cycle has to mark and read, if as much lives as the last time. */
static uint64_t
work_expected(const struct gc_pace *in)
{
	return add_sat(in->live_bytes,
	    add_sat(in->stack_bytes, in->globals_bytes));
}

static uint64_t
goal_by_percent(const struct gc_pace *in)
{
	uint64_t min, goal;

	if (in->percent < 0)
		return GC_GOAL_NONE;
	goal = add_sat(
	    in->live_bytes, percent_of(work_expected(in), in->percent));
	min = percent_of(GC_HEAP_MINIMUM_BYTES, in->percent);
	if (min < add_sat(in->live_bytes, STEP_MIN_BYTES))
		min = add_sat(in->live_bytes, STEP_MIN_BYTES);
	return goal > min ? goal : min;
}

static uint64_t
least_goal(uint64_t live_bytes)
{
	uint64_t step = live_bytes / 16;

	return add_sat(live_bytes,
	    step > FLOOR_MIN_BYTES ? step : FLOOR_MIN_BYTES);
}

static uint64_t
goal_by_limit(const struct gc_pace *in)
{
	uint64_t limit = (uint64_t)in->limit_bytes, reserve, room, floor;

	if (in->limit_bytes == INT64_MAX)
		return GC_GOAL_NONE;
	reserve = limit / 100 * 3;
	if (reserve < RESERVE_MIN_BYTES)
		reserve = RESERVE_MIN_BYTES;
	room = sub_floor(limit, in->nonheap_bytes);
	room = sub_floor(room, in->waste_bytes);
	room = sub_floor(room, reserve);
	floor = least_goal(in->live_bytes);
	return room > floor ? room : floor;
}

uint64_t
rt_pacer_goal(const struct gc_pace *in)
{
	uint64_t a = goal_by_percent(in), b = goal_by_limit(in);

	return a < b ? a : b;
}

/* ---- the trigger ---- */

static double
clamp(double v, double lo, double hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static uint64_t
trigger(const struct gc_pacer *p)
{
	uint64_t room = sub_floor(p->goal, p->in.live_bytes);
	uint64_t least = room / 20, most = room / 10 * 3;
	double u = clamp(p->share, SHARE_MIN, SHARE_MAX), runway;

	if (p->goal == GC_GOAL_NONE)
		return p->goal;
	if (least > GC_HEAP_MINIMUM_BYTES)
		least = GC_HEAP_MINIMUM_BYTES;
	runway = p->cons_mark * (1 - u) / u * (double)work_expected(&p->in);
	return p->goal -
	    (uint64_t)clamp(runway, (double)least, (double)most);
}

void
rt_pacer_init(struct gc_pacer *p, int32_t percent, int64_t limit_bytes)
{
	*p = (struct gc_pacer){ .share = GC_SHARE };
	p->in.percent = percent;
	p->in.limit_bytes = limit_bytes;
	rt_pacer_commit(p);
}

void
rt_pacer_commit(struct gc_pacer *p)
{
	p->goal = rt_pacer_goal(&p->in);
	p->trigger = trigger(p);
}

/* ---- measuring ---- */

static double
share_of(int64_t cpu_ns, const struct gc_measure *m)
{
	if (m->mark_ns <= 0 || m->procs <= 0)
		return 0;
	return clamp((double)cpu_ns / ((double)m->mark_ns * m->procs), 0, 1);
}

double
rt_pacer_utilization(const struct gc_measure *m)
{
	return share_of(m->bg_ns + m->assist_ns, m);
}

void
rt_pacer_end(struct gc_pacer *p, const struct gc_measure *m)
{
	/* not 0 and not 1: clocks that disagree must not give an infinity */
	double u = clamp(rt_pacer_utilization(m), 0.01, 0.95), now;

	if (m->work == 0 || m->mark_ns <= 0 || m->procs <= 0)
		return;
	now = (double)sub_floor(m->ended, m->begun) * u /
	    ((1 - u) * (double)m->work);
	if (p->cons_mark == 0)
		p->cons_mark = now;
	p->cons_mark += (now - p->cons_mark) *
	    (now > p->cons_mark ? 0.75 : 0.5);
	p->share += (share_of(m->bg_ns, m) - p->share) / 2;
}

/* ---- assists ---- */

void
rt_pacer_begin(const struct gc_pacer *p, uint64_t heap_bytes,
    struct gc_plan *ret)
{
	uint64_t most = add_sat(heap_bytes,
	    add_sat(p->in.stack_bytes, p->in.globals_bytes));

	ret->begun = heap_bytes;
	ret->expected = work_expected(&p->in);
	ret->most = most > ret->expected ? most : ret->expected;
}

/* The goal that a cycle which began there can still have. */
static uint64_t
reachable_goal(const struct gc_plan *plan, uint64_t goal)
{
	uint64_t least = add_sat(plan->begun, ROOM_MIN_BYTES);

	return goal > least ? goal : least;
}

static uint64_t
scale(uint64_t v, uint64_t num, uint64_t den)
{
	return (uint64_t)((unsigned __int128)v * num / den);
}

uint64_t
rt_pacer_due(const struct gc_plan *plan, uint64_t goal, uint64_t heap_bytes,
    uint64_t done)
{
	uint64_t end = reachable_goal(plan, goal);
	uint64_t hard = add_sat(end, end / 16);
	uint64_t used = sub_floor(heap_bytes, plan->begun);

	if (heap_bytes >= hard)
		return UINT64_MAX;
	if (done >= plan->expected)
		return scale(plan->most, used, hard - plan->begun);
	if (heap_bytes <= end)
		return scale(plan->expected, used, end - plan->begun);
	return plan->expected + scale(plan->most - plan->expected,
	    heap_bytes - end, hard - end);
}

double
rt_pacer_assist_ratio(const struct gc_plan *plan, uint64_t goal)
{
	uint64_t end = reachable_goal(plan, goal);

	return (double)plan->expected / (double)(end - plan->begun);
}

/* ---- processors ---- */

/* One for each two, so that no P loses more than half. */
int32_t
rt_pacer_workers(int32_t procs, int32_t *ret_permille)
{
	int32_t n = (procs + 1) / 2;

	if (n > GC_WORKERS_MAX) {
		*ret_permille = 500;
		return GC_WORKERS_MAX;
	}
	*ret_permille = (int32_t)(procs * GC_SHARE * 1000) / n;
	return n;
}

int32_t
rt_pacer_helpers(uint64_t heap_bytes, int32_t procs, int32_t ncpu)
{
	int32_t n = (procs < ncpu ? procs : ncpu) - 1;
	uint64_t worth = heap_bytes /
	    atomic_load(&rt_pacer_helper_worth_bytes);

	if (n > HELPERS_MAX)
		n = HELPERS_MAX;
	if (n < 0)
		n = 0;
	return worth < (uint64_t)n ? (int32_t)worth : n;
}

uint32_t
rt_pacer_permille(int64_t gc_cpu_ns, int64_t elapsed_ns, int32_t procs)
{
	double r;

	if (elapsed_ns <= 0 || procs <= 0 || gc_cpu_ns <= 0)
		return 0;
	r = (double)gc_cpu_ns * 1000 / ((double)elapsed_ns * procs);
	return r > 1000 ? 1000 : (uint32_t)r;
}
