/*
 * check_time.c - timers against a model, in every order of arming, moving and
 * deleting; what their heaps hold; what they keep alive. The only statement
 * about a clock is "not before".
 */
#include "chan/booted.h"

#include <sched.h>

#include "chan/chan.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/mtimer.h"
#include "sched/oracle.h"
#include "arch/fiber_san.h"
#include "sched/time.h"

#define HOUR (3600 * GORT_SEC)

/* A timer that counts its firings, and checks that none is early. Timers may
 * be looked at after their test, so they are never freed. */
struct probe {
	struct rt_timer t;
	_Atomic int64_t fired, early;
	int64_t earliest_ns; /* set before arming */
};

static void
probe_fire(void *arg, uintptr_t seq, int64_t now_ns)
{
	struct probe *p = arg;

	if (now_ns < p->earliest_ns || rt_nanotime() < p->earliest_ns)
		atomic_fetch_add(&p->early, 1);
	atomic_fetch_add(&p->fired, 1);
}

static struct probe *
probes(size_t n)
{
	struct probe *p = rt_persistentalloc(
	    n * sizeof *p, 64, RT_STAT_OTHER);
	size_t i;

	for (i = 0; i < n; i++) {
		p[i].t.cfn = probe_fire;
		p[i].t.arg = &p[i];
	}
	return p;
}

static void
await_fired(struct probe *p, int64_t n)
{
	while (atomic_load(&p->fired) < n)
		gort_yield();
}

static void
verify_all(void)
{
	int32_t i;

	for (i = 0; i < rt_gomaxprocs; i++)
		rt_timers_verify(rt_allp[i]);
}

static uint32_t
slots(void)
{
	uint32_t n = 0;
	int32_t i;

	for (i = 0; i < rt_gomaxprocs; i++)
		n += rt_allp[i]->numtimers;
	return n;
}

BOOTED(fires_once_and_not_early)
{
	struct probe *p = probes(1);

	p->earliest_ns = p->t.when_ns = rt_nanotime() + GORT_MS;
	rt_timer_add(&p->t);
	await_fired(p, 1);
	ck_assert(!rt_timer_del(&p->t));
	ck_assert_int_eq(p->early, 0);
	ck_assert_int_eq(p->fired, 1);
	ck_assert_uint_eq(rt_timers_count(), 0);
	return 0;
}

BOOTED(del_prevents)
{
	struct probe *p = probes(2);
	int late = 0; /* times that we were not quick enough to delete it */
	int64_t now;

	for (;;) {
		now = rt_nanotime();
		p[0].t.when_ns = now + 2 * GORT_MS;
		rt_timer_add(&p[0].t);
		if (rt_timer_del(&p[0].t))
			break;
		await_fired(&p[0], ++late);
	}
	ck_assert(!rt_timer_del(&p[0].t));
	p[1].t.when_ns = now + 4 * GORT_MS; /* by then the first was due */
	rt_timer_add(&p[1].t);
	await_fired(&p[1], 1);
	ck_assert_int_eq(p[0].fired, late);
	ck_assert_uint_eq(rt_timers_count(), 0);
	return 0;
}

BOOTED(mod_moves_both_ways)
{
	struct probe *p = probes(2);
	int64_t now = rt_nanotime();

	p[0].t.when_ns = now + HOUR;
	rt_timer_add(&p[0].t);
	ck_assert(rt_timer_mod(&p[0].t, now + GORT_MS, 0)); /* earlier */
	await_fired(&p[0], 1);

	p[1].t.when_ns = now = rt_nanotime() + GORT_MS;
	rt_timer_add(&p[1].t);
	p[1].earliest_ns = now + 3 * GORT_MS;
	if (rt_timer_mod(&p[1].t, p[1].earliest_ns, 0)) { /* later */
		await_fired(&p[1], 1);
		ck_assert_int_eq(p[1].early, 0);
	}
	/* mod of one that is not armed arms it */
	p[0].earliest_ns = rt_nanotime() + GORT_MS;
	ck_assert(!rt_timer_reset(&p[0].t, p[0].earliest_ns));
	await_fired(&p[0], 2);
	ck_assert_int_eq(p[0].early, 0);
	verify_all();
	return 0;
}

BOOTED(earlier_and_back_leaves_one)
{
	struct probe *p = probes(1);
	int64_t base = rt_nanotime() + HOUR;
	int i;

	/* Equal slots of one timer in one heap. */
	for (i = 0; i < 10; i++) {
		rt_timer_mod(&p->t, base, 0);
		rt_timer_mod(&p->t, base - 1000, 0);
	}
	ck_assert_uint_eq(rt_timers_count(), 1);
	verify_all();
	rt_timer_mod(&p->t, rt_nanotime(), 0);
	await_fired(p, 1);
	ck_assert_uint_eq(rt_timers_count(), 0);
	rt_timers_check(rt_getg()->m->p, 0, NULL);
	verify_all();
	ck_assert_int_eq(p->fired, 1);
	return 0;
}

BOOTED(stopped_and_set_to_the_same_time)
{
	struct probe *p = probes(1);
	int64_t base = rt_nanotime() + HOUR;
	int i;

	/* The first stop leaves a slot that is no longer the timer's. */
	p->t.when_ns = base;
	rt_timer_add(&p->t);
	for (i = 0; i < 10; i++) {
		ck_assert(rt_timer_del(&p->t));
		ck_assert_uint_eq(rt_timers_count(), 0);
		ck_assert(!rt_timer_mod(&p->t, base, 0));
		ck_assert_uint_eq(rt_timers_count(), 1);
		verify_all();
	}
	ck_assert_uint_le(slots(), 2);
	rt_timer_mod(&p->t, rt_nanotime(), 0);
	await_fired(p, 1);
	gort_gomaxprocs(1); /* settles every slot */
	gort_yield();
	verify_all();
	ck_assert_uint_eq(rt_timers_count(), 0);
	ck_assert_int_eq(p->fired, 1);
	return 0;
}

/* Ticks are at base + k periods whenever they are looked at: no drift. */
struct beat {
	struct rt_timer t;
	int64_t base_ns, period_ns;
	_Atomic int64_t n, wrong;
};

static void
beat_fire(void *arg, uintptr_t seq, int64_t now_ns)
{
	struct beat *b = arg;

	/* the next one, set already */
	if ((b->t.when_ns - b->base_ns) % b->period_ns != 0
	    || b->t.when_ns <= now_ns)
		atomic_fetch_add(&b->wrong, 1);
	atomic_fetch_add(&b->n, 1);
}

BOOTED(periodic_does_not_drift)
{
	struct beat *b = rt_persistentalloc(sizeof *b, 64, RT_STAT_OTHER);

	b->t.cfn = beat_fire;
	b->t.arg = b;
	b->period_ns = 200 * GORT_US;
	b->base_ns = rt_nanotime() + GORT_US;
	b->t.when_ns = b->base_ns;
	b->t.period_ns = b->period_ns;
	rt_timer_add(&b->t);
	while (atomic_load(&b->n) < 20)
		gort_sleep(70 * GORT_US);
	ck_assert(rt_timer_del(&b->t));
	ck_assert_int_eq(b->wrong, 0);
	verify_all();
	return 0;
}

/* ---- against a model: 1 far, 2 now; after all, exactly those fired ---- */

BOOTED(random_operations)
{
	enum { N = 200 };
	struct probe *p = probes(N);
	bool armed[N] = { false };
	uint32_t count = 0;
	int i, op, steps = BOOTED_SCALE(20000);
	int64_t when;

	gort_gomaxprocs(1 + index);
	for (i = 0; i < steps; i++) {
		struct probe *q = &p[rt_fastrandn(N)];
		bool was = armed[q - p];

		op = (int)rt_fastrandn(4);
		when = rt_nanotime() + HOUR
		    + (int64_t)rt_fastrandn(1000000) * GORT_US;
		if (op == 0) {
			ck_assert(rt_timer_del(&q->t) == was);
			count -= was;
			armed[q - p] = false;
		} else if (q->t.pp == NULL) {
			q->t.when_ns = when;
			rt_timer_add(&q->t);
			count++;
			armed[q - p] = true;
		} else {
			ck_assert(rt_timer_mod(&q->t, when, 0) == was);
			count += !was;
			armed[q - p] = true;
		}
		if (i % 1000 == 0) {
			verify_all();
			ck_assert_uint_eq(rt_timers_count(), count);
			gort_yield();
		}
	}
	ck_assert_uint_eq(rt_timers_count(), count);
	for (i = 0; i < N; i++) {
		if (armed[i])
			ck_assert(rt_timer_mod(&p[i].t, 1, 0));
	}
	for (i = 0; i < N; i++) {
		if (armed[i])
			await_fired(&p[i], 1);
	}
	for (i = 0; i < N; i++)
		ck_assert_int_eq(p[i].fired, armed[i]);
	ck_assert_uint_eq(rt_timers_count(), 0);
	verify_all();
	return 0;
}

/* ---- many goroutines at the same timers ---- */

struct fight {
	struct probe *p;
	int n;
	_Atomic int64_t armed; /* successful armings less prevented firings */
	gort_waitgroup wg;
};

static void
fighter(void *arg)
{
	struct fight *f = arg;
	struct probe *q;
	int i;

	for (i = 0; i < f->n; i++) {
		q = &f->p[rt_fastrandn(8)];
		switch (rt_fastrandn(4)) {
		case 0:
			if (rt_timer_del(&q->t))
				atomic_fetch_sub(&f->armed, 1);
			break;
		case 1:
			if (!rt_timer_mod(&q->t, rt_nanotime() + HOUR, 0))
				atomic_fetch_add(&f->armed, 1);
			break;
		case 2:
			if (!rt_timer_mod(&q->t, rt_nanotime(), 0))
				atomic_fetch_add(&f->armed, 1);
			break;
		default:
			if (i % 16 == 0)
				gort_sleep(1);
			else
				gort_yield();
		}
	}
	gort_waitgroup_done(&f->wg);
}

BOOTED(many_at_the_same_timers)
{
	struct fight f = { .p = probes(8), .n = BOOTED_SCALE(5000) };
	int64_t fired = 0;
	int i;

	gort_gomaxprocs(4);
	gort_waitgroup_add(&f.wg, 8);
	for (i = 0; i < 8; i++)
		gort_go(fighter, &f);
	gort_waitgroup_wait(&f.wg);
	for (i = 0; i < 8; i++) {
		if (rt_timer_del(&f.p[i].t))
			f.armed--;
	}
	/* What was armed and not prevented has fired; the last call may still
	 * be on its way. */
	do {
		gort_yield();
		for (fired = 0, i = 0; i < 8; i++)
			fired += atomic_load(&f.p[i].fired);
	} while (fired < f.armed);
	ck_assert_int_eq(fired, f.armed);
	/* another P may be about to count what it has just dropped */
	while (rt_timers_count() != 0)
		gort_yield();
	verify_all();
	return 0;
}

/* ---- heaps ---- */

BOOTED(deleted_slots_are_dropped)
{
	enum { N = 10000 };
	struct probe *p = probes(N);
	int i;

	for (i = 0; i < N; i++)
		rt_timer_mod(&p[i].t, rt_nanotime() + HOUR + i, 0);
	ck_assert_uint_ge(slots(), N);
	for (i = 0; i < N; i++)
		rt_timer_del(&p[i].t);
	ck_assert_uint_eq(rt_timers_count(), 0);
	while (slots() > 10) /* the scheduler cleans its own P's */
		gort_yield();
	/* The same timers again: reuse of what is left, and of the array. */
	for (i = 0; i < N; i++)
		rt_timer_mod(&p[i].t, rt_nanotime() + HOUR - i, 0);
	ck_assert_uint_eq(rt_timers_count(), N);
	verify_all();
	return 0;
}

BOOTED(new_and_stopped_takes_no_room) /* the life of a request's timeout */
{
	enum { N = 10000 };
	struct probe *p = probes(N);
	int i;

	for (i = 0; i < N; i++) {
		p[i].t.when_ns = rt_nanotime() + HOUR;
		rt_timer_add(&p[i].t);
		if (i % 100 != 0)
			ck_assert(rt_timer_del(&p[i].t));
	}
	ck_assert_uint_eq(rt_timers_count(), N / 100);
	ck_assert_uint_lt(slots(), 1000);
	while (slots() > N / 100 * 4 / 3)
		gort_yield();
	verify_all();
	return 0;
}

BOOTED(set_and_clear_takes_no_room) /* the life of a deadline */
{
	struct probe *p = probes(1);
	int i;

	for (i = 0; i < 100000; i++) {
		rt_timer_mod(&p->t, rt_nanotime() + HOUR, 0);
		if (i % 2)
			rt_timer_del(&p->t);
	}
	ck_assert_uint_le(slots(), 2);
	return 0;
}

BOOTED(timers_survive_their_p)
{
	enum { N = 500 };
	struct probe *p = probes(N);
	int i, j;

	for (i = 0; i < N; i++) {
		gort_gomaxprocs(1 + i % 4);
		for (j = 0; j < 3; j++)
			gort_yield();
		rt_timer_mod(&p[i].t, rt_nanotime() + HOUR, 0);
	}
	gort_gomaxprocs(1);
	verify_all();
	ck_assert_uint_eq(rt_timers_count(), N);
	for (i = 0; i < N; i++)
		ck_assert(rt_timer_mod(&p[i].t, 1, 0));
	for (i = 0; i < N; i++)
		await_fired(&p[i], 1);
	return 0;
}

BOOTED(next_is_the_earliest)
{
	struct probe *p = probes(3);
	int64_t base = rt_nanotime() + HOUR;
	struct p *whose;

	ck_assert_int_eq(rt_timers_next(NULL), 0);
	rt_timer_mod(&p[0].t, base + 20, 0);
	rt_timer_mod(&p[1].t, base + 10, 0);
	rt_timer_mod(&p[2].t, base + 30, 0);
	ck_assert_int_eq(rt_timers_next(&whose), base + 10);
	ck_assert_ptr_eq(whose, rt_getg()->m->p);
	rt_timer_del(&p[0].t);
	rt_timer_del(&p[1].t);
	rt_timer_del(&p[2].t);
	/* slots may be left, but nothing that would be waited for */
	ck_assert_int_eq(rt_timers_next(NULL), 0);
	return 0;
}

/* ---- sleep ---- */

struct nap {
	int64_t ns, slept_ns;
	gort_waitgroup *wg;
};

static void
nap(void *arg)
{
	struct nap *n = arg;
	int64_t t0 = gort_now_ns();

	gort_sleep(n->ns);
	n->slept_ns = gort_now_ns() - t0;
	gort_waitgroup_done(n->wg);
}

BOOTED(sleepers_wake_not_early)
{
	enum { N = 300 };
	struct nap *n = gort_alloc(N * sizeof *n);
	gort_waitgroup wg = { 0 };
	int i;

	gort_gomaxprocs(1 + 3 * index);
	gort_waitgroup_add(&wg, N);
	for (i = 0; i < N; i++) {
		n[i].ns = (int64_t)rt_fastrandn(3000000);
		n[i].wg = &wg;
		gort_go(nap, &n[i]);
	}
	gort_waitgroup_wait(&wg);
	for (i = 0; i < N; i++)
		ck_assert_int_ge(n[i].slept_ns, n[i].ns);
	return 0;
}

BOOTED(sleep_of_nothing)
{
	gort_sleep(0);
	gort_sleep(-1);
	gort_sleep(INT64_MIN);
	return 0;
}

/* ---- when nothing can wake any more ---- */

static int
dead_with_stopped_timer(void *arg)
{
	gort_timer *t = gort_timer_new(HOUR);

	ck_assert(gort_timer_stop(t));
	gort_recv(t->c, NULL);
	return 0;
}

/* In a system call, until another thread sleeps in the poller for the timer. */
static void *
until_polled(void *arg)
{
	while (atomic_load(&rt_sched.pollUntil_ns) == 0)
		sched_yield();
	return NULL;
}

static int
dead_with_polled_timer(void *arg)
{
	gort_timer *t = gort_timer_new(HOUR);

	gort_call_blocking(until_polled, NULL);
	ck_assert(gort_timer_stop(t));
	gort_recv(t->c, NULL);
	return 0;
}

#ifdef RT_SANITIZED
#define RACES 20
#else
#define RACES 200
#endif

static void
nothing(void *arg)
{
	(void)arg;
}

/* Stopped while the other thread is on its way to wait for it: it may have
 * looked at the timers and not yet say that it polls. One in a hundred runs
 * met that, hence so many. */
static int
dead_with_stop_on_the_way(void *arg)
{
	gort_timer *t = gort_timer_new(HOUR);

	gort_go(nothing, NULL);
	gort_yield();
	for (int i = 0; i < *(int *)arg * 400; i++)
		__asm__ volatile("" ::: "memory");
	gort_timer_stop(t);
	gort_recv(t->c, NULL);
	return 0;
}

START_TEST(stop_on_the_way_does_not_hide_deadlock)
{
	static char text[65536];
	int code = last_words(dead_with_stop_on_the_way, &_i, text,
	    sizeof text);

	ck_assert_msg(
	    strstr(text, "all goroutines are asleep - deadlock!") != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

START_TEST(stopped_timer_does_not_hide_deadlock)
{
	static char text[65536];
	int code = last_words(_i == 0 ? dead_with_stopped_timer :
	                                dead_with_polled_timer,
	    NULL, text, sizeof text);

	ck_assert_msg(
	    strstr(text, "all goroutines are asleep - deadlock!") != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

static int
break_heap(void *arg)
{
	struct probe *p = probes(2);
	struct p *pp = rt_getg()->m->p;

	rt_timer_mod(&p[0].t, rt_nanotime() + HOUR, 0);
	rt_timer_mod(&p[1].t, rt_nanotime() + 2 * HOUR, 0);
	pp->timers[0].when_ns = pp->timers[1].when_ns + 1;
	rt_timers_verify(pp);
	return 0;
}

START_TEST(verifier_sees_a_broken_heap)
{
	static char text[65536];
	int code = last_words(break_heap, NULL, text, sizeof text);

	ck_assert_msg(strstr(text, "earlier than its parent") != NULL
	        && strstr(text, "fatal error: bad timer heap") != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

/* ---- timers of compiled Go: a closure, an interface and a number ---- */

static struct {
	_Atomic int64_t calls, bad, born;
	const struct gort_type *_Atomic type;
	void *_Atomic data;
	_Atomic uintptr_t seq;
} closure;

static void
born(void *arg)
{
	atomic_fetch_add(&closure.born, 1);
}

/* What such a function may do: allocate, make goroutines. It runs where
 * nothing can wait. */
static void
closure_fn(struct gort_eface arg, uintptr_t seq)
{
	struct m *mp = rt_getg()->m;

	if (rt_getg() != mp->g0 || atomic_load(&mp->locks) != 1)
		atomic_fetch_add(&closure.bad, 1);
	for (int i = 0; i < 1000; i++)
		rt_mallocgc(64, NULL, true, true);
	rt_newproc(born, NULL, 0);
	atomic_store(&closure.type, arg.t);
	atomic_store(&closure.data, arg.d);
	atomic_store(&closure.seq, seq);
	atomic_fetch_add(&closure.calls, 1);
}

static struct rt_funcval closure_f = { (void (*)(void))closure_fn };

static bool
closure_saw(const void *type, const void *data, uintptr_t seq)
{
	return atomic_load(&closure.type) == type
	    && atomic_load(&closure.data) == data
	    && atomic_load(&closure.seq) == seq;
}

BOOTED(closure_gets_its_argument)
{
	struct rt_timer *t = rt_mallocgc(sizeof *t, NULL, true, true);
	struct gort_eface arg = { &rt_type_int, t };
	int64_t i;

	t->f = &closure_f;
	t->arg_type = (void *)(uintptr_t)&rt_type_string;
	t->seq = 41;
	t->when_ns = rt_nanotime();
	rt_timer_add(t);
	while (atomic_load(&closure.calls) < 1)
		gort_yield();
	ck_assert(closure_saw(&rt_type_string, NULL, 41));
	for (i = 2; i < 300; i++) {
		rt_timer_set(t, rt_nanotime(), 0, &closure_f, arg, 42);
		while (atomic_load(&closure.calls) < i)
			gort_yield();
		ck_assert(closure_saw(arg.t, arg.d, 42));
	}
	while (atomic_load(&closure.born) < atomic_load(&closure.calls))
		gort_yield();
	ck_assert_int_eq(closure.bad, 0);
	return 0;
}

/* ---- the thread's alarm while no P is idle ---- */

static _Atomic bool alarm_over;

static void
alarm_other(void *arg)
{
	while (!atomic_load(&alarm_over))
		gort_yield();
}

static struct m *
my_m(void)
{
	return rt_getg()->m;
}

BOOTED(alarm_is_armed_for_the_earliest_when_all_are_busy)
{
	struct probe *p = probes(2);
	int64_t now;

	gort_gomaxprocs(1);
	gort_go(alarm_other, NULL);
	now = rt_nanotime();
	p[0].t.when_ns = now + 2 * HOUR;
	rt_timer_add(&p[0].t);
	while (rt_mtimer_armed(my_m(), RT_MTIMER_DUE) == 0)
		gort_yield();
	ck_assert_int_le(rt_mtimer_armed(my_m(), RT_MTIMER_DUE),
	    now + 2 * HOUR);
	p[1].t.when_ns = now + HOUR; /* an earlier one moves it */
	rt_timer_add(&p[1].t);
	while (rt_mtimer_armed(my_m(), RT_MTIMER_DUE) > now + HOUR)
		gort_yield();
	atomic_store(&alarm_over, true);
	rt_timer_del(&p[0].t);
	rt_timer_del(&p[1].t);
	return 0;
}

/* ---- a thread that the kernel sets aside ---- */

static _Atomic bool aside_armed, aside_over;

static void
aside_fire(void *arg, uintptr_t seq, int64_t now_ns)
{
	atomic_store(&aside_over, true);
}

/* Arms a timer and then keeps its P without ever scheduling. */
static void
keep_p_with_timer(void *arg)
{
	struct rt_timer *t = arg;
	struct m *mp = rt_acquirem();

	t->when_ns = rt_nanotime() + GORT_MS;
	rt_timer_add(t);
	atomic_store(&aside_armed, true);
	while (!atomic_load(&aside_over))
		sched_yield();
	rt_releasem(mp);
}

/*
 * As if a spinning thread were not given a processor: nobody else may spin.
 * Still, a P that has nothing to do runs the timer of one that never looks.
 */
BOOTED(idle_runs_what_is_due_though_others_spin)
{
	struct rt_timer *t = &probes(1)->t;

	gort_gomaxprocs(2);
	t->cfn = aside_fire;
	/* who spins already would go on */
	while (atomic_load(&rt_sched.nmspinning) != 0
	    || atomic_load(&rt_sched.npidle) == 0)
		sched_yield();
	atomic_fetch_add(&rt_sched.nmspinning, 1);
	gort_go(keep_p_with_timer, t);
	while (!atomic_load(&aside_armed))
		gort_yield(); /* gives our P up at the latest when it is here */
	while (!atomic_load(&aside_over))
		rt_time_sleep(GORT_MS);
	atomic_fetch_sub(&rt_sched.nmspinning, 1);
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("time");
	TCase *tc = tcase_create("time");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, alarm_is_armed_for_the_earliest_when_all_are_busy);
	booted_add(tc, idle_runs_what_is_due_though_others_spin);
	booted_add(tc, fires_once_and_not_early);
	booted_add(tc, del_prevents);
	booted_add(tc, mod_moves_both_ways);
	booted_add(tc, earlier_and_back_leaves_one);
	booted_add(tc, stopped_and_set_to_the_same_time);
	booted_add(tc, periodic_does_not_drift);
	booted_add_loop(tc, random_operations, 2);
	booted_add(tc, many_at_the_same_timers);
	booted_add(tc, deleted_slots_are_dropped);
	booted_add(tc, new_and_stopped_takes_no_room);
	booted_add(tc, set_and_clear_takes_no_room);
	booted_add(tc, timers_survive_their_p);
	booted_add(tc, next_is_the_earliest);
	booted_add_loop(tc, sleepers_wake_not_early, 2);
	booted_add(tc, sleep_of_nothing);
	booted_add(tc, closure_gets_its_argument);
	tcase_add_loop_test(tc, stopped_timer_does_not_hide_deadlock, 0, 2);
	tcase_add_loop_test(tc, stop_on_the_way_does_not_hide_deadlock, 0,
	    RACES);
	tcase_add_test(tc, verifier_sees_a_broken_heap);
	return suite_run(s);
}
