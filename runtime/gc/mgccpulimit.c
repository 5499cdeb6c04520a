/*
 * mgccpulimit.c - the collector takes no more than half of the CPU for long.
 *
 * Under a memory limit that is too small for what lives, cycle follows cycle,
 * and assists would hold the program until nothing moves any more. A program
 * that is killed because it needs more memory can be understood; one that
 * stands still can't. So the limit on memory gives way: when the collector took
 * more than half of the CPU, over a while, assists stop (and where the world is
 * stopped to mark, so does the beginning of cycles that the heap asks for)
 * until it has been given back.
 *
 * A while is a leaky bucket. Each CPU second of the collector puts one in, each
 * of the program takes one out; so it stands still at one half. It holds a
 * second for each processor: bursts up to there are what a collector is
 * for. Above that it limits until the program has drained it to the brim, so in
 * the long run the two get half each, in slices as small as a step. What came
 * above the brim is kept, up to a second bucket, as a cycle that has begun ends;
 * were it dropped, a collector that takes 95 % while it may and 25 % otherwise
 * would have 60 in the end.
 *
 * Time of idle processors is nobody's and is not given to us: 63 of them do not
 * make one program that only assists look like a sixty-fourth.
 */
#include "gc/mgccpulimit.h"

#define WINDOW_NS ((int64_t)1000000000)

bool
rt_cpulimit_step(struct gc_cpulimit *l, int64_t gc_ns, int64_t total_ns,
    int32_t procs)
{
	if (total_ns < 0)
		total_ns = 0;
	if (gc_ns > total_ns) /* clocks disagree */
		gc_ns = total_ns;
	l->capacity_ns = procs * WINDOW_NS;
	l->fill_ns += gc_ns - (total_ns - gc_ns);
	if (l->fill_ns < 0)
		l->fill_ns = 0;
	if (l->fill_ns > 2 * l->capacity_ns)
		l->fill_ns = 2 * l->capacity_ns;
	l->limiting = l->fill_ns >= l->capacity_ns;
	return l->limiting;
}
