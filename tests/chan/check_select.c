/*
 * check_select.c - select: which cases can go on, fairness, waiting, close,
 * many cases, and many selects against each other.
 */
#include "chan/booted.h"

#include <math.h>

#include "chan/chan.h"

static gort_chan *
chan_with(int filled, int cap)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(long), cap);
	long v = 40;

	for (; filled > 0; filled--, v++)
		gort_send(c, &v);
	return c;
}

static gort_chan *
closed(void)
{
	gort_chan *c = chan_with(0, 1);

	gort_chan_close(c);
	return c;
}

/* ---- with default ---- */

BOOTED(default_when_nothing_is_ready)
{
	long x = 5;
	gort_case none[] = { GORT_RECV(NULL, &x), GORT_SEND(NULL, &x) };
	gort_case idle[] = { GORT_RECV(chan_with(0, 1), &x),
		GORT_SEND(chan_with(1, 1), &x), GORT_SEND(chan_with(0, 0), &x),
		GORT_RECV(chan_with(0, 0), &x), GORT_RECV(NULL, &x) };

	ck_assert_int_eq(gort_select(NULL, 0, true), -1);
	ck_assert_int_eq(gort_select(none, 2, true), -1);
	ck_assert_int_eq(gort_select(idle, 5, true), -1);
	ck_assert_int_eq(gort_select(idle, 1, true), -1);
	ck_assert_int_eq(x, 5);
	return 0;
}

BOOTED(the_ready_one_is_done) /* index: which of the kinds is ready */
{
	long in = 9, out = 5;
	gort_chan *room = chan_with(0, 1), *data = chan_with(1, 1);
	gort_case k[] = {
		GORT_RECV(NULL, &out),
		GORT_RECV(index == 1 ? data : chan_with(0, 1), &out),
		GORT_SEND(index == 2 ? room : chan_with(1, 1), &in),
		GORT_RECV(index == 3 ? closed() : chan_with(0, 0), &out),
		GORT_SEND(NULL, &in),
	};

	k[3].ok = true;
	ck_assert_int_eq(gort_select(k, 5, index % 2 == 0), index);
	switch (index) {
	case 1:
		ck_assert(k[1].ok);
		ck_assert_int_eq(out, 40);
		break;
	case 2:
		ck_assert(gort_recv(room, &out));
		ck_assert_int_eq(out, 9);
		break;
	default:
		ck_assert(!k[3].ok);
		ck_assert_int_eq(out, 0);
	}
	return 0;
}

static void
select_send_closed(void *arg)
{
	long x = 0;
	gort_case k[] = { GORT_RECV(chan_with(0, 0), &x),
		GORT_SEND(closed(), &x) };

	gort_select(k, 2, arg != NULL);
}

BOOTED(send_on_closed_panics)
{
	gort_panic_info p;

	ck_assert(!gort_try(
	    select_send_closed, index ? &p : NULL, &p));
	ck_assert_str_eq(p.text, "send on closed channel");
	return 0;
}

/* ---- fairness: each of n ready cases is taken equally often ---- */

/* 6 sigma: a fair coin fails once in 500 million. */
static void
must_be_fair(const int *count, int n, int draws)
{
	double mean = (double)draws / n, sigma = sqrt(mean * (1 - 1.0 / n));

	for (int i = 0; i < n; i++)
		ck_assert_msg(fabs(count[i] - mean) < 6 * sigma,
		    "case %d of %d: %d of %d", i, n, count[i], draws);
}

BOOTED(fair) /* index + 2 ready ones among as many that never are */
{
	enum { DRAWS = 20000 };
	int n = index + 2, i, got, count[16] = { 0 };
	gort_case k[16];
	long x = 0;

	for (i = 0; i < 2 * n; i++) {
		k[i] = (gort_case)GORT_RECV(NULL, &x);
		if (i % 2 == 0)
			k[i].c = closed();
		else if (i % 4 == 1)
			k[i].c = chan_with(0, 1);
	}
	for (i = 0; i < DRAWS; i++) {
		got = gort_select(k, (size_t)(2 * n), false);
		ck_assert(got >= 0 && got % 2 == 0);
		count[got / 2]++;
	}
	must_be_fair(count, n, DRAWS);
	return 0;
}

/* Several cases on one channel, which are ready all at once: found so, or by
 * somebody who comes while the select waits. */
struct one_channel {
	gort_case k[20];
	int n, draws, count[20];
	struct g *gp;
	gort_chan *done;
};

static void
draw(void *arg)
{
	struct one_channel *o = arg;

	__atomic_store_n(&o->gp, rt_getg(), __ATOMIC_RELEASE);
	for (int i = 0; i < o->draws; i++)
		o->count[gort_select(o->k, (size_t)o->n, false)]++;
	gort_send(o->done, NULL);
}

BOOTED(fair_on_one_channel)
{
	bool waits = index % 2 != 0, sends = index % 4 >= 2;
	struct one_channel o = { .n = index < 4 ? 2 : 20,
		.draws = BOOTED_SCALE(4000),
		.done = gort_chan_make_noscan(0, 0) };
	gort_chan *c = chan_with(0, waits || sends ? 0 : 1);
	long x = 0;

	for (int i = 0; i < o.n; i++)
		o.k[i] = sends ? (gort_case)GORT_SEND(c, &x)
			       : (gort_case)GORT_RECV(c, &x);
	gort_go(draw, &o);
	for (int i = 0; i < o.draws; i++) {
		if (waits)
			await_parked(
			    (struct g *const volatile *)&o.gp, WAIT_SELECT);
		if (sends)
			gort_recv(c, &x);
		else
			gort_send(c, &x);
	}
	gort_recv(o.done, NULL);
	must_be_fair(o.count, o.n, o.draws);
	return 0;
}

/* ---- waiting ---- */

struct sleeper {
	gort_case *k;
	size_t n;
	struct g *gp;
	int got;
	bool panicked;
	gort_chan *done;
};

static void
do_select(void *arg)
{
	struct sleeper *s = arg;

	s->got = gort_select(s->k, s->n, false);
}

static void
sleeper(void *arg)
{
	struct sleeper *s = arg;

	__atomic_store_n(&s->gp, rt_getg(), __ATOMIC_RELEASE);
	s->panicked = !gort_try(do_select, s, NULL);
	gort_send(s->done, NULL);
}

static void
start_sleeper(struct sleeper *s, gort_case *k, size_t n)
{
	*s = (struct sleeper){ .k = k, .n = n, .got = -5,
		.done = gort_chan_make_noscan(0, 0) };
	gort_go(sleeper, s);
	await_parked((struct g *const volatile *)&s->gp, WAIT_SELECT);
}

static bool
queue_is_empty(gort_chan *c)
{
	struct hchan *h = (struct hchan *)c;

	return h->sendq.first == NULL && h->recvq.first == NULL
	    && h->sendq.last == NULL && h->recvq.last == NULL;
}

/* n cases, receives and sends by turns on channels of their own; the one at
 * `at` is served, the others must forget the waiter. */
static void
wake_at(int n, int at, bool by_close)
{
	gort_case *k = gort_alloc((size_t)n * sizeof *k);
	struct sleeper s;
	long in = 77, out = -1, v = 88;
	int i;

	for (i = 0; i < n; i++) {
		k[i].c = chan_with(0, 0);
		k[i].is_send = i % 2;
		k[i].elem = i % 2 ? &in : &out;
	}
	start_sleeper(&s, k, (size_t)n);
	if (by_close) {
		gort_chan_close(k[at].c);
	} else if (at % 2 != 0) {
		ck_assert(gort_recv(k[at].c, &v));
		ck_assert_int_eq(v, 77);
	} else {
		gort_send(k[at].c, &v);
	}
	gort_recv(s.done, NULL);
	ck_assert(s.panicked == (by_close && at % 2 != 0));
	if (!s.panicked)
		ck_assert_int_eq(s.got, at);
	if (at % 2 == 0)
		ck_assert_int_eq(out, by_close ? 0 : 88);
	for (i = 0; i < n; i++) {
		ck_assert(queue_is_empty(k[i].c));
		if (!by_close || i != at) /* nobody is left there to take it */
			ck_assert(!gort_try_send(k[i].c, &v));
	}
}

static const int counts[] = { 2, 3, 6, 7, 16, 17, 200, 1000 };

BOOTED(woken_by_one_of_many)
{
	int n = counts[index];

	wake_at(n, 0, false);
	wake_at(n, 1, false);
	wake_at(n, n / 2, false);
	wake_at(n, n - 1, false);
	wake_at(n, 0, true);
	wake_at(n, 1, true);
	return 0;
}

BOOTED(same_channel_twice)
{
	gort_chan *c = chan_with(0, 0);
	long in = 3, out = 0, v = 4;
	gort_case k[] = { GORT_RECV(c, &out), GORT_SEND(c, &in),
		GORT_RECV(c, &out), GORT_SEND(c, &in) };
	struct sleeper s;

	start_sleeper(&s, k, 4);
	gort_send(c, &v);
	gort_recv(s.done, NULL);
	ck_assert(s.got == 0 || s.got == 2);
	ck_assert_int_eq(out, 4);
	ck_assert(queue_is_empty(c));

	start_sleeper(&s, k, 4);
	ck_assert(gort_recv(c, &v));
	gort_recv(s.done, NULL);
	ck_assert(s.got == 1 || s.got == 3);
	ck_assert_int_eq(v, 3);
	ck_assert(queue_is_empty(c));
	return 0;
}

/* Several cases wait on one channel: who comes serves each equally often. */
BOOTED(equals_wait_in_random_order) /* index: few cases, more, many */
{
	enum { DRAWS = 600, EQUAL = 3 };
	int n = (int[]){ EQUAL + 1, 12, 40 }[index], i, count[EQUAL] = { 0 };
	gort_chan *c = chan_with(0, 0);
	double mean = (double)DRAWS / EQUAL;
	gort_case k[40];
	struct sleeper s;
	long v = 1;

	for (i = 0; i < n; i++)
		k[i] = (gort_case)GORT_RECV(
		    i < EQUAL ? c : chan_with(0, 0), NULL);
	for (i = 0; i < DRAWS; i++) {
		start_sleeper(&s, k, (size_t)n);
		gort_send(c, &v);
		gort_recv(s.done, NULL);
		ck_assert(s.got >= 0 && s.got < EQUAL);
		count[s.got]++;
	}
	for (i = 0; i < EQUAL; i++) /* 6 sigma, as above */
		ck_assert_msg(fabs(count[i] - mean) <
		        6 * sqrt(mean * (1 - 1.0 / EQUAL)),
		    "case %d of %d: %d of %d", i, n, count[i], DRAWS);
	ck_assert(queue_is_empty(c));
	return 0;
}

/* One goroutine selects to send and receive, another does the same: they must
 * meet, and never one with itself. */
struct pair {
	gort_chan *c;
	long n, sent, received, sum;
	gort_waitgroup wg;
};

static void
both_ways(void *arg)
{
	struct pair *p = arg;
	long in = 1, out = 0, i;
	gort_case k[] = { GORT_SEND(p->c, &in), GORT_RECV(p->c, &out) };

	for (i = 0; i < p->n; i++) {
		if (gort_select(k, 2, false) == 0) {
			__atomic_fetch_add(&p->sent, 1, __ATOMIC_SEQ_CST);
			continue;
		}
		__atomic_fetch_add(&p->received, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&p->sum, out, __ATOMIC_SEQ_CST);
	}
	gort_waitgroup_done(&p->wg);
}

BOOTED(two_selects_meet)
{
	struct pair p = { .c = chan_with(0, 0), .n = BOOTED_SCALE(20000) };

	gort_gomaxprocs(2);
	gort_waitgroup_add(&p.wg, 2);
	gort_go(both_ways, &p);
	gort_go(both_ways, &p);
	gort_waitgroup_wait(&p.wg);
	ck_assert_int_eq(p.sent, p.n);
	ck_assert_int_eq(p.received, p.n);
	ck_assert_int_eq(p.sum, p.n);
	return 0;
}

/* ---- many against many ---- */

#define CHANS 5

struct mesh {
	gort_chan *c[CHANS], *quit;
	long per, sum;
	gort_waitgroup senders, receivers;
};

static void
mesh_send(void *arg)
{
	struct mesh *m = arg;
	gort_case k[CHANS];
	long v, i;

	for (v = 1; v <= m->per; v++) {
		for (i = 0; i < CHANS; i++) /* in another order each time */
			k[i] = (gort_case)GORT_SEND(
			    m->c[(v * 3 + i) % CHANS], &v);
		gort_select(k, 1 + (size_t)v % CHANS, false);
	}
	gort_waitgroup_done(&m->senders);
}

static void
mesh_recv(void *arg)
{
	struct mesh *m = arg;
	gort_case k[CHANS + 1];
	long v = 0, sum = 0, i;
	int got;

	for (i = 0; i < CHANS; i++)
		k[i] = (gort_case)GORT_RECV(m->c[i], &v);
	k[CHANS] = (gort_case)GORT_RECV(m->quit, NULL);
	while ((got = gort_select(k, CHANS + 1, false)) != CHANS)
		sum += v;
	/* quit may win against data that is ready too */
	while ((got = gort_select(k, CHANS, true)) >= 0)
		sum += v;
	__atomic_fetch_add(&m->sum, sum, __ATOMIC_SEQ_CST);
	gort_waitgroup_done(&m->receivers);
}

BOOTED(mesh)
{
	struct mesh m = { .per = BOOTED_SCALE(3000),
		.quit = chan_with(0, 0) };
	int i, n = 6;

	gort_gomaxprocs(4);
	for (i = 0; i < CHANS; i++)
		m.c[i] = chan_with(0, i % 3);
	gort_waitgroup_add(&m.senders, n);
	gort_waitgroup_add(&m.receivers, n);
	for (i = 0; i < n; i++) {
		gort_go(mesh_send, &m);
		gort_go(mesh_recv, &m);
	}
	gort_waitgroup_wait(&m.senders);
	gort_chan_close(m.quit);
	gort_waitgroup_wait(&m.receivers);
	ck_assert_int_eq(m.sum, n * m.per * (m.per + 1) / 2);
	for (i = 0; i < CHANS; i++)
		ck_assert(queue_is_empty(m.c[i]));
	return 0;
}

/* ---- last words ---- */

static int
select_nothing(void *arg)
{
	gort_select(NULL, 0, false);
	return 0;
}

static int
select_nil(void *arg)
{
	gort_case k[] = { GORT_RECV(NULL, NULL), GORT_RECV(NULL, NULL) };

	gort_select(k, 2, false);
	return 0;
}

static const struct words {
	int (*body)(void *);
	const char *status;
} words[] = {
	{ select_nothing, "goroutine 1 [select (no cases)]:" },
	{ select_nil, "goroutine 1 [select]:" },
};

START_TEST(last_words_of)
{
	static char text[65536];
	int code = last_words(words[_i].body, NULL, text, sizeof text);

	ck_assert_msg(strstr(text, "all goroutines are asleep") != NULL
	        && strstr(text, words[_i].status) != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("select");
	TCase *tc = tcase_create("select");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, default_when_nothing_is_ready);
	tcase_add_loop_exit_test(tc, the_ready_one_is_done, 0, 1, 4);
	booted_add_loop(tc, send_on_closed_panics, 2);
	booted_add_loop(tc, fair, 5);
	booted_add_loop(tc, fair_on_one_channel, 8);
	booted_add_loop(tc, woken_by_one_of_many, 8);
	booted_add(tc, same_channel_twice);
	booted_add_loop(tc, equals_wait_in_random_order, 3);
	booted_add(tc, two_selects_meet);
	booted_add(tc, mesh);
	tcase_add_loop_test(tc, last_words_of, 0, 2);
	return suite_run(s);
}
