/*
 * time.c - clocks, sleep and timers, as package time calls them.
 *
 * A Timer is part of an object of the program; while it is armed the heap of a
 * P refers to it (sched/time.c), so it lives even if the program forgot it.
 * Its function is Go code that runs on the scheduler's stack.
 */
#include "gccgo/gccgo.h"

#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/time.h"

#define NS_PER_S 1000000000

struct go_time {
	int64_t sec;
	int32_t nsec;
	int64_t mono_ns;
};
struct go_wall {
	int64_t sec;
	int32_t nsec;
};

struct go_time go_time_now(void) GO("time.now");
struct go_wall go_walltime(void) GO("runtime.walltime");
int64_t go_nanotime(void) GO("runtime.nanotime");
int64_t go_nanotime1(void) GO("runtime.nanotime1");
void go_sleep(int64_t ns) GO("time.Sleep");
void go_starttimer(struct rt_timer *t) GO("time.startTimer");
bool go_stoptimer(struct rt_timer *t) GO("time.stopTimer");
bool go_resettimer(struct rt_timer *t, int64_t when_ns)
    GO("time.resetTimer");
void go_modtimer(struct rt_timer *t, int64_t when_ns, int64_t period_ns,
    void *f, struct gort_eface arg, uintptr_t seq) GO("time.modTimer");

struct go_wall
go_walltime(void)
{
	int64_t ns = rt_walltime_ns(), sec = ns / NS_PER_S;
	int32_t rest = (int32_t)(ns % NS_PER_S);

	if (rest < 0) { /* a clock that was set to before 1970 */
		rest += NS_PER_S;
		sec--;
	}
	return (struct go_wall){ sec, rest };
}

struct go_time
go_time_now(void)
{
	struct go_wall w = go_walltime();

	return (struct go_time){ w.sec, w.nsec, rt_nanotime() };
}

int64_t
go_nanotime(void)
{
	return rt_nanotime();
}

int64_t
go_nanotime1(void)
{
	return rt_nanotime();
}

void
go_sleep(int64_t ns)
{
	rt_time_sleep(ns);
}

void
go_starttimer(struct rt_timer *t)
{
	rt_timer_add(t);
}

bool
go_stoptimer(struct rt_timer *t)
{
	return rt_timer_del(t);
}

bool
go_resettimer(struct rt_timer *t, int64_t when_ns)
{
	return rt_timer_reset(t, when_ns);
}

void
go_modtimer(struct rt_timer *t, int64_t when_ns, int64_t period_ns, void *f,
    struct gort_eface arg, uintptr_t seq)
{
	rt_timer_set(t, when_ns, period_ns, f, arg, seq);
}
