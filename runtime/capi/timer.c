/*
 * timer.c - gort.h: the clock, sleep, timers and tickers.
 *
 * A gort_timer is a collected object around an rt_timer. Its lock makes
 * "after stop or reset the channel holds no old value" true: the firing
 * function sends under the lock, and only if the timer is still armed for a
 * time that has come. So a firing that was on its way when the timer was
 * stopped finds it disarmed, and one that was on its way when it was moved
 * later finds its time not come. If it was moved to a time that has come too,
 * the late firing stands for the new one, which then finds the timer disarmed.
 *
 * Order: the timer's lock (RANK_TIMEROBJ), then the channel's or a heap's.
 */
#include "capi/capi.h"

#include "arch/arch.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/time.h"

struct timer {
	gort_timer pub;     /* first: this is what the program sees */
	struct rt_timer rt; /* keeps the whole alive while armed */
	struct rt_mutex lock;
	bool armed;         /* lock */
	int64_t due_ns;     /* lock: next firing, if armed */
	int64_t period_ns;  /* lock: 0 once */
	void (*fn)(void *arg); /* const: instead of a channel */
	void *arg;          /* const */
	uintptr_t callerpc; /* const: who made it */
};

int64_t
gort_now_ns(void)
{
	return rt_nanotime();
}

int64_t
gort_wall_ns(void)
{
	return rt_walltime_ns();
}

void
gort_sleep(int64_t ns)
{
	rt_preempt_check();
	rt_time_sleep(ns);
}

static struct timer *
timer_of(gort_timer *t)
{
	return (struct timer *)t;
}

/* t->lock is held. Is this firing still wanted? Then note it. */
static bool
take_firing(struct timer *t, int64_t now_ns)
{
	if (!t->armed || t->due_ns > now_ns)
		return false;
	if (t->period_ns == 0)
		t->armed = false;
	else
		t->due_ns = rt_time_after(t->due_ns, t->period_ns
		        * (1 + (now_ns - t->due_ns) / t->period_ns));
	return true;
}

/* On g0. */
static void
fire(void *arg, uintptr_t seq, int64_t now_ns)
{
	struct timer *t = arg;
	bool run;

	rt_lock(&t->lock);
	run = take_firing(t, now_ns);
	if (run && t->fn == NULL)
		rt_chansend(capi_hchan(t->pub.c), &now_ns, false, 0);
	rt_unlock(&t->lock);
	if (run && t->fn != NULL)
		rt_newproc(t->fn, t->arg, t->callerpc);
}

static struct timer *
make(uintptr_t callerpc)
{
	struct timer *t = rt_mallocgc(sizeof *t, NULL, true, true);

	rt_lock_init(&t->lock, RANK_TIMEROBJ);
	t->callerpc = callerpc;
	t->rt.cfn = fire;
	t->rt.arg = t;
	return t;
}

/* t->lock is held. Returns whether a firing was prevented: one to come, or one
 * that nobody had taken from the channel. */
static bool
disarm(struct timer *t)
{
	bool was = t->armed;

	t->armed = false;
	if (t->fn == NULL
	    && rt_chanrecv(capi_hchan(t->pub.c), NULL, false, NULL))
		was = true;
	return was;
}

/* t->lock is held. */
static void
arm(struct timer *t, int64_t ns, int64_t period_ns)
{
	t->armed = true;
	t->period_ns = period_ns;
	t->due_ns = rt_time_after(rt_nanotime(), ns > 0 ? ns : 0);
	if (t->rt.pp != NULL) {
		rt_timer_mod(&t->rt, t->due_ns, period_ns);
		return;
	}
	t->rt.when_ns = t->due_ns;
	t->rt.period_ns = period_ns;
	rt_timer_add(&t->rt);
}

static struct timer *
start(struct timer *t, int64_t ns, int64_t period_ns)
{
	rt_lock(&t->lock);
	arm(t, ns, period_ns);
	rt_unlock(&t->lock);
	return t;
}

static bool
restart(struct timer *t, int64_t ns, int64_t period_ns)
{
	bool was;

	rt_preempt_check();
	rt_lock(&t->lock);
	was = disarm(t);
	arm(t, ns, period_ns);
	rt_unlock(&t->lock);
	return was;
}

static bool
stop(struct timer *t)
{
	bool was;

	rt_preempt_check();
	rt_lock(&t->lock);
	was = disarm(t);
	rt_timer_del(&t->rt);
	rt_unlock(&t->lock);
	return was;
}

static struct timer *
make_with_channel(uintptr_t callerpc)
{
	struct timer *t = make(callerpc);

	rt_writeptr(&t->pub.c, rt_makechan(NULL, sizeof(int64_t), true, 1));
	return t;
}

/* ---- timers ---- */

gort_timer *
gort_timer_new(int64_t ns)
{
	return &start(make_with_channel(RT_CALLERPC()), ns, 0)->pub;
}

gort_chan *
gort_after(int64_t ns)
{
	return start(make_with_channel(RT_CALLERPC()), ns, 0)->pub.c;
}

gort_timer *
gort_afterfunc(int64_t ns, void (*fn)(void *arg), void *arg)
{
	struct timer *t = make(RT_CALLERPC());

	t->fn = fn;
	rt_writeptr(&t->arg, arg);
	return &start(t, ns, 0)->pub;
}

bool
gort_timer_stop(gort_timer *t)
{
	return stop(timer_of(t));
}

bool
gort_timer_reset(gort_timer *t, int64_t ns)
{
	return restart(timer_of(t), ns, 0);
}

/* ---- tickers ---- */

gort_ticker *
gort_ticker_new(int64_t period_ns)
{
	if (period_ns <= 0)
		rt_panic_str("non-positive interval for NewTicker");
	return &start(make_with_channel(RT_CALLERPC()), period_ns, period_ns)
	            ->pub;
}

void
gort_ticker_stop(gort_ticker *t)
{
	stop(timer_of(t));
}

void
gort_ticker_reset(gort_ticker *t, int64_t period_ns)
{
	if (period_ns <= 0)
		rt_panic_str("non-positive interval for Ticker.Reset");
	restart(timer_of(t), period_ns, period_ns);
}
