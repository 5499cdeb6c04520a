/*
 * check_timer.c - gort.h's timers and tickers: channel rules, stop and reset.
 */
#include "chan/booted.h"

#include "sched/time.h"

#define HOUR (3600 * GORT_SEC)

BOOTED(timer_sends_once)
{
	int64_t t0 = gort_now_ns(), v;
	gort_timer *t = gort_timer_new(2 * GORT_MS);

	ck_assert(gort_recv(t->c, &v));
	ck_assert_int_ge(v, t0 + 2 * GORT_MS);
	ck_assert_int_le(v, gort_now_ns());
	ck_assert(!gort_timer_stop(t));
	ck_assert(!gort_try_recv(t->c, &v, NULL));
	return 0;
}

BOOTED(stop_and_reset)
{
	gort_timer *t = gort_timer_new(HOUR);
	int64_t v, t0;

	ck_assert(gort_timer_stop(t));
	ck_assert(!gort_timer_stop(t));
	t0 = gort_now_ns();
	ck_assert(!gort_timer_reset(t, GORT_MS));
	ck_assert(gort_recv(t->c, &v));
	ck_assert_int_ge(v, t0 + GORT_MS);
	ck_assert(!gort_timer_reset(t, HOUR));
	ck_assert(gort_timer_reset(t, 0));
	ck_assert(gort_recv(t->c, &v));
	return 0;
}

BOOTED(no_stale_value_after_stop_or_reset)
{
	gort_timer *t = gort_timer_new(0);
	int64_t t0;
	int i;

	gort_gomaxprocs(2);
	for (i = 0; i < BOOTED_SCALE(2000); i++) {
		if (i % 3 == 0)
			while (gort_chan_len(t->c) == 0)
				gort_yield(); /* it has fired */
		/* prevented, fired but not taken, or on its way */
		gort_timer_stop(t);
		ck_assert(!gort_try_recv(t->c, NULL, NULL));
		ck_assert(!gort_timer_reset(t, i % 2 ? 0 : 30 * GORT_US));
	}
	gort_timer_stop(t);
	for (i = 0; i < BOOTED_SCALE(500); i++) {
		int64_t v;

		gort_timer_reset(t, 0);
		gort_yield();
		t0 = gort_now_ns();
		gort_timer_reset(t, 20 * GORT_US);
		ck_assert(gort_recv(t->c, &v));
		ck_assert_int_ge(v, t0 + 20 * GORT_US);
	}
	return 0;
}

BOOTED(after_in_a_select)
{
	gort_chan *never = gort_chan_make_noscan(0, 0);
	gort_case k[] = { GORT_RECV(never, NULL),
		GORT_RECV(gort_after(GORT_MS), NULL) };

	ck_assert_int_eq(gort_select(k, 2, false), 1);
	return 0;
}

/* ---- functions ---- */

struct call {
	gort_chan *c;
	int64_t started_ns;
	uint64_t goid;
};

static void
called(void *arg)
{
	struct call *k = arg;

	k->goid = gort_goid();
	gort_sleep(1); /* may park: it is a goroutine of its own */
	gort_send(k->c, NULL);
}

BOOTED(afterfunc)
{
	struct call *k = gort_alloc(sizeof *k);
	gort_timer *t;
	int64_t t0 = gort_now_ns();

	k->c = gort_chan_make_noscan(0, 0);
	t = gort_afterfunc(GORT_MS, called, k);
	ck_assert_ptr_null(t->c);
	gort_recv(k->c, NULL);
	ck_assert_int_ge(gort_now_ns() - t0, GORT_MS);
	ck_assert_uint_ne(k->goid, gort_goid());
	ck_assert(!gort_timer_stop(t));
	gort_timer_reset(t, 0);
	gort_recv(k->c, NULL);
	t = gort_afterfunc(HOUR, called, k);
	ck_assert(gort_timer_stop(t));
	return 0;
}

static RT_NOINLINE void
forget_afterfunc(gort_chan *c)
{
	struct call *k = gort_alloc(sizeof *k);

	gort_store(&k->c, c);
	gort_afterfunc(5 * GORT_MS, called, k);
}

BOOTED(pending_timer_keeps_itself_alive)
{
	gort_chan *c = gort_chan_make_noscan(0, 0);
	int i;

	forget_afterfunc(c);
	for (i = 0; i < 3; i++) {
		gort_gc();
		memset(gort_alloc_noscan(256), 0xee, 256);
		memset(gort_alloc_noscan(64), 0xee, 64);
	}
	gort_recv(c, NULL);
	return 0;
}

/* ---- tickers ---- */

BOOTED(ticker_keeps_its_beat)
{
	int64_t period = 500 * GORT_US, t0 = gort_now_ns(), v, last = 0;
	gort_ticker *t = gort_ticker_new(period);
	int i;

	for (i = 1; i <= 10; i++) {
		ck_assert(gort_recv(t->c, &v));
		ck_assert_int_ge(v, t0 + i * period);
		ck_assert_int_gt(v, last);
		last = v;
	}
	gort_ticker_stop(t);
	ck_assert(!gort_try_recv(t->c, &v, NULL));
	gort_sleep(2 * period);
	ck_assert(!gort_try_recv(t->c, &v, NULL));
	gort_ticker_reset(t, period);
	ck_assert(gort_recv(t->c, &v));
	gort_ticker_stop(t);
	ck_assert_uint_eq(rt_timers_count(), 0);
	return 0;
}

BOOTED(ticks_nobody_takes_are_dropped)
{
	gort_ticker *t = gort_ticker_new(50 * GORT_US);

	gort_sleep(2 * GORT_MS);
	ck_assert_int_eq(gort_chan_len(t->c), 1);
	gort_ticker_stop(t);
	return 0;
}

static void
bad_ticker(void *arg)
{
	gort_ticker_new((intptr_t)arg);
}

static void
bad_reset(void *arg)
{
	gort_ticker_reset(arg, 0);
}

BOOTED(tickers_refuse)
{
	gort_ticker *t = gort_ticker_new(HOUR);
	gort_panic_info p;

	ck_assert(!gort_try(bad_ticker, NULL, &p));
	ck_assert_str_eq(p.text, "non-positive interval for NewTicker");
	ck_assert(!gort_try(bad_ticker, (void *)(intptr_t)-1, &p));
	ck_assert(!gort_try(bad_reset, t, &p));
	ck_assert_str_eq(p.text, "non-positive interval for Ticker.Reset");
	gort_ticker_stop(t);
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("timer");
	TCase *tc = tcase_create("timer");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, timer_sends_once);
	booted_add(tc, stop_and_reset);
	booted_add(tc, no_stale_value_after_stop_or_reset);
	booted_add(tc, after_in_a_select);
	booted_add(tc, afterfunc);
	booted_add(tc, pending_timer_keeps_itself_alive);
	booted_add(tc, ticker_keeps_its_beat);
	booted_add(tc, ticks_nobody_takes_are_dropped);
	booted_add(tc, tickers_refuse);
	return suite_run(s);
}
