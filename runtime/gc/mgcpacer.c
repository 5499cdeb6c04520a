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
 * program a cycle begins earlier by its runway: what was allocated while the
 * last one marked and an eighth, but between 5 and 30 % of the room between
 * live heap and goal. Assists hold what the runway does not.
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

static uint64_t
goal_by_percent(const struct gc_pace *in)
{
	uint64_t base, min, goal;

	if (in->percent < 0)
		return GC_GOAL_NONE;
	base = add_sat(in->live_bytes,
	    add_sat(in->stack_bytes, in->globals_bytes));
	goal = add_sat(in->live_bytes, percent_of(base, in->percent));
	min = percent_of(GC_HEAP_MINIMUM_BYTES, in->percent);
	if (min < add_sat(in->live_bytes, STEP_MIN_BYTES))
		min = add_sat(in->live_bytes, STEP_MIN_BYTES);
	return goal > min ? goal : min;
}

uint64_t
rt_pacer_floor(uint64_t live_bytes)
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
	floor = rt_pacer_floor(in->live_bytes);
	return room > floor ? room : floor;
}

uint64_t
rt_pacer_goal(const struct gc_pace *in)
{
	uint64_t a = goal_by_percent(in), b = goal_by_limit(in);

	return a < b ? a : b;
}

uint64_t
rt_pacer_trigger(uint64_t goal, uint64_t live_bytes, uint64_t runway)
{
	uint64_t room = sub_floor(goal, live_bytes);

	if (goal == GC_GOAL_NONE)
		return goal;
	runway += runway / 8;
	if (runway < room / 20)
		runway = room / 20;
	if (runway > room / 10 * 3)
		runway = room / 10 * 3;
	return goal - runway;
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
