/*
 * check_chan.c - channels: every operation in every state, order, close, many
 * senders and receivers, and what a channel keeps alive.
 */
#include "chan/booted.h"

#include "chan/chan.h"

/* ---- every operation in every state ---- */

enum state {
	NIL, UNBUF, EMPTY, PART, FULL, CLOSED_UNBUF, CLOSED_EMPTY, CLOSED_PART,
	STATE_N
};
enum op { SEND, RECV, TRY_SEND, TRY_RECV, CLOSE, OP_N };
enum outcome {
	DONE,    /* happened (for a receive: ok) */
	ZERO,    /* received the zero value, not ok */
	REFUSED, /* try: no */
	BLOCKS,
	P_SEND, P_CLOSE_NIL, P_CLOSE_CLOSED, /* panics */
};

/* clang-format off */
static const enum outcome want[STATE_N][OP_N] = {
	/*                SEND    RECV    TRY_SEND TRY_RECV CLOSE */
	[NIL]          = { BLOCKS, BLOCKS, REFUSED, REFUSED, P_CLOSE_NIL },
	[UNBUF]        = { BLOCKS, BLOCKS, REFUSED, REFUSED, DONE },
	[EMPTY]        = { DONE,   BLOCKS, DONE,    REFUSED, DONE },
	[PART]         = { DONE,   DONE,   DONE,    DONE,    DONE },
	[FULL]         = { BLOCKS, DONE,   REFUSED, DONE,    DONE },
	[CLOSED_UNBUF] = { P_SEND, ZERO,   P_SEND,  ZERO,    P_CLOSE_CLOSED },
	[CLOSED_EMPTY] = { P_SEND, ZERO,   P_SEND,  ZERO,    P_CLOSE_CLOSED },
	[CLOSED_PART]  = { P_SEND, DONE,   P_SEND,  DONE,    P_CLOSE_CLOSED },
};
/* clang-format on */

#define CAP 3

static gort_chan *
in_state(enum state s)
{
	static const int fill[STATE_N] = { [PART] = 1, [FULL] = CAP,
		[CLOSED_PART] = 2 };
	gort_chan *c;
	long v = 40;
	int i;

	if (s == NIL)
		return NULL;
	c = gort_chan_make_noscan(
	    sizeof(long), s == UNBUF || s == CLOSED_UNBUF ? 0 : CAP);
	for (i = 0; i < fill[s]; i++, v++)
		gort_send(c, &v);
	if (s >= CLOSED_UNBUF)
		gort_chan_close(c);
	return c;
}

struct attempt {
	gort_chan *c;
	enum op op;
	enum outcome got;
	long elem;
	struct g *gp;
	bool finished;
};

static void
perform(void *arg)
{
	struct attempt *a = arg;
	bool ok = true;

	switch (a->op) {
	case SEND:
		gort_send(a->c, &a->elem);
		a->got = DONE;
		break;
	case RECV:
		a->got = gort_recv(a->c, &a->elem) ? DONE : ZERO;
		break;
	case TRY_SEND:
		a->got = gort_try_send(a->c, &a->elem) ? DONE : REFUSED;
		break;
	case TRY_RECV:
		if (!gort_try_recv(a->c, &a->elem, &ok))
			a->got = REFUSED;
		else
			a->got = ok ? DONE : ZERO;
		break;
	default:
		gort_chan_close(a->c);
		a->got = DONE;
	}
}

static void
attempt(void *arg)
{
	struct attempt *a = arg;
	gort_panic_info p;

	__atomic_store_n(&a->gp, rt_getg(), __ATOMIC_RELEASE);
	if (!gort_try(perform, a, &p)) {
		if (strcmp(p.text, "send on closed channel") == 0)
			a->got = P_SEND;
		else if (strcmp(p.text, "close of nil channel") == 0)
			a->got = P_CLOSE_NIL;
		else if (strcmp(p.text, "close of closed channel") == 0)
			a->got = P_CLOSE_CLOSED;
		else
			ck_abort_msg("other panic: %s", p.text);
	}
	__atomic_store_n(&a->finished, true, __ATOMIC_RELEASE);
}

static bool
parked_on_chan(struct g *gp)
{
	return is_parked(gp, WAIT_CHAN_SEND)
	    || is_parked(gp, WAIT_CHAN_RECEIVE)
	    || is_parked(gp, WAIT_CHAN_SEND_NIL)
	    || is_parked(gp, WAIT_CHAN_RECEIVE_NIL);
}

static enum wait_reason
reason(const struct attempt *a)
{
	if (a->c == NULL)
		return a->op == SEND ? WAIT_CHAN_SEND_NIL
		                     : WAIT_CHAN_RECEIVE_NIL;
	return a->op == SEND ? WAIT_CHAN_SEND : WAIT_CHAN_RECEIVE;
}

BOOTED(every_square) /* index: state times operation */
{
	struct attempt a = { .op = (enum op)(index % OP_N), .elem = 7 };
	enum state s = (enum state)(index / OP_N);

	a.c = in_state(s);
	gort_go(attempt, &a);
	while (!__atomic_load_n(&a.finished, __ATOMIC_ACQUIRE)
	    && !parked_on_chan(__atomic_load_n(&a.gp, __ATOMIC_ACQUIRE)))
		gort_yield();
	if (want[s][a.op] == BLOCKS) {
		ck_assert(!__atomic_load_n(&a.finished, __ATOMIC_ACQUIRE));
		await_parked((struct g *const volatile *)&a.gp, reason(&a));
		return 0;
	}
	ck_assert(a.finished);
	ck_assert_int_eq(a.got, want[s][a.op]);
	if (a.got == ZERO)
		ck_assert_int_eq(a.elem, 0);
	if (a.got == DONE && (a.op == RECV || a.op == TRY_RECV))
		ck_assert_int_eq(a.elem, 40); /* the oldest */
	return 0;
}

/* ---- len, cap, order ---- */

BOOTED(len_and_cap)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(int), 4);
	int i;

	ck_assert_int_eq(gort_chan_len(NULL), 0);
	ck_assert_int_eq(gort_chan_cap(NULL), 0);
	for (i = 0; i < 3; i++)
		gort_send(c, &i);
	ck_assert_int_eq(gort_chan_len(c), 3);
	ck_assert_int_eq(gort_chan_cap(c), 4);
	gort_recv(c, NULL);
	ck_assert_int_eq(gort_chan_len(c), 2);
	return 0;
}

static const size_t sizes[] = { 0, 1, 3, 8, 24, 4096, 65535 };

BOOTED(ring_keeps_order) /* for elements of every size, around the end */
{
	size_t n = sizes[index], i;
	unsigned char *e = malloc(n + 1), *r = malloc(n + 1);
	gort_chan *c = gort_chan_make(n, 5);
	unsigned in = 0, out = 0, round;

	for (round = 0; round < 40; round++) {
		while (gort_chan_len(c) < 5 && in - out < 1 + round % 5) {
			memset(e, (int)(in++ & 0xff), n);
			gort_send(c, e);
		}
		ck_assert(gort_recv(c, r));
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(r[i], out & 0xff);
		out++;
	}
	free(e);
	free(r);
	return 0;
}

static void
make_bad(void *arg)
{
	static const ssize_t caps[] = { -1, INT64_MAX, INT64_MAX / 8 };

	gort_chan_make(8, caps[(intptr_t)arg]);
}

static void
make_fat(void *arg)
{
	gort_chan_make(65536, 1);
}

BOOTED(make_refuses)
{
	gort_panic_info p;
	intptr_t i;

	for (i = 0; i < 3; i++) {
		ck_assert(!gort_try(make_bad, (void *)i, &p));
		ck_assert_str_eq(p.text, "makechan: size out of range");
	}
	ck_assert(!gort_try(make_fat, NULL, &p));
	ck_assert_str_eq(p.text, "makechan: size out of range");
	return 0;
}

/* ---- waiters ---- */

struct waiter {
	gort_chan *c;
	struct g *gp;
	long elem;
	bool ok, panicked;
	gort_waitgroup *wg;
};

static void
wait_recv(void *arg)
{
	struct waiter *w = arg;

	__atomic_store_n(&w->gp, rt_getg(), __ATOMIC_RELEASE);
	w->ok = gort_recv(w->c, &w->elem);
	gort_waitgroup_done(w->wg);
}

static void
send_elem(void *arg)
{
	struct waiter *w = arg;

	gort_send(w->c, &w->elem);
}

static void
wait_send(void *arg)
{
	struct waiter *w = arg;

	__atomic_store_n(&w->gp, rt_getg(), __ATOMIC_RELEASE);
	w->panicked = !gort_try(send_elem, w, NULL);
	gort_waitgroup_done(w->wg);
}

#define NWAIT 10

static void
park_all(struct waiter *w, gort_chan *c, gort_waitgroup *wg, bool recv)
{
	int i;

	gort_waitgroup_add(wg, NWAIT);
	for (i = 0; i < NWAIT; i++) {
		w[i] = (struct waiter){ .c = c, .elem = 100 + i, .wg = wg };
		gort_go(recv ? wait_recv : wait_send, &w[i]);
		await_parked((struct g *const volatile *)&w[i].gp,
		    recv ? WAIT_CHAN_RECEIVE : WAIT_CHAN_SEND);
	}
}

BOOTED(receivers_are_served_in_order)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(long), index);
	gort_waitgroup wg = { 0 };
	struct waiter w[NWAIT];
	long i;

	park_all(w, c, &wg, true);
	for (i = 0; i < NWAIT; i++)
		gort_send(c, &i);
	gort_waitgroup_wait(&wg);
	for (i = 0; i < NWAIT; i++) {
		ck_assert(w[i].ok);
		ck_assert_int_eq(w[i].elem, i);
	}
	return 0;
}

BOOTED(senders_are_served_in_order)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(long), index);
	gort_waitgroup wg = { 0 };
	struct waiter w[NWAIT];
	long i, v;

	for (i = 0; i < index; i++)
		gort_send(c, &i);
	park_all(w, c, &wg, false);
	for (i = 0; i < index + NWAIT; i++) {
		ck_assert(gort_recv(c, &v));
		ck_assert_int_eq(v, i < index ? i : 100 + i - index);
	}
	gort_waitgroup_wait(&wg);
	return 0;
}

BOOTED(close_releases_everybody)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(long), 0);
	gort_waitgroup wg = { 0 };
	struct waiter w[NWAIT];
	int i;

	park_all(w, c, &wg, index == 0);
	gort_chan_close(c);
	gort_waitgroup_wait(&wg);
	for (i = 0; i < NWAIT; i++) {
		if (index == 0) {
			ck_assert(!w[i].ok);
			ck_assert_int_eq(w[i].elem, 0);
		} else {
			ck_assert(w[i].panicked);
		}
	}
	return 0;
}

/* ---- many on many Ps: nothing lost, nothing twice ---- */

struct crowd {
	gort_chan *c;
	long per, sum;
	gort_waitgroup senders, receivers;
};

static void
crowd_send(void *arg)
{
	struct crowd *k = arg;
	long i;

	for (i = 1; i <= k->per; i++)
		gort_send(k->c, &i);
	gort_waitgroup_done(&k->senders);
}

static void
crowd_recv(void *arg)
{
	struct crowd *k = arg;
	long v, sum = 0;

	while (gort_recv(k->c, &v))
		sum += v;
	__atomic_fetch_add(&k->sum, sum, __ATOMIC_SEQ_CST);
	gort_waitgroup_done(&k->receivers);
}

static const ssize_t caps[] = { 0, 1, 7, 128 };

BOOTED(crowd)
{
	struct crowd k = { .per = BOOTED_SCALE(5000) };
	int i, n = 8;

	gort_gomaxprocs(4);
	k.c = gort_chan_make_noscan(sizeof(long), caps[index]);
	gort_waitgroup_add(&k.senders, n);
	gort_waitgroup_add(&k.receivers, n);
	for (i = 0; i < n; i++) {
		gort_go(crowd_send, &k);
		gort_go(crowd_recv, &k);
	}
	gort_waitgroup_wait(&k.senders);
	gort_chan_close(k.c);
	gort_waitgroup_wait(&k.receivers);
	ck_assert_int_eq(k.sum, n * k.per * (k.per + 1) / 2);
	return 0;
}

/* ---- what a channel keeps alive ---- */

struct box {
	long *p;
	long pad;
};
GORT_TYPE(box_type, struct box, p);

static RT_NOINLINE void
fill_boxes(gort_chan *c)
{
	struct box b = { .pad = -1 };
	long i;

	for (i = 0; i < 50; i++) {
		b.p = gort_alloc_noscan(sizeof(long));
		*b.p = i * 3;
		gort_send(c, &b);
	}
}

BOOTED(buffer_keeps_alive) /* 0: typed, 1: conservative */
{
	gort_chan *c = index == 0
	    ? gort_chan_make_type(&box_type, 64)
	    : gort_chan_make(sizeof(struct box), 64);
	struct box b;
	void *junk;
	long i;

	fill_boxes(c);
	gort_gc();
	for (i = 0; i < 2000; i++) { /* would overwrite what was freed */
		junk = gort_alloc_noscan(sizeof(long));
		memset(junk, 0xee, sizeof(long));
	}
	gort_gc();
	for (i = 0; i < 50; i++) {
		ck_assert(gort_recv(c, &b));
		ck_assert_int_eq(*b.p, i * 3);
		ck_assert_int_eq(b.pad, -1);
	}
	return 0;
}

/* ---- last words ---- */

static int
recv_nil(void *arg)
{
	gort_recv(NULL, NULL);
	return 0;
}

static int
send_alone(void *arg)
{
	int one = 1;

	gort_send(gort_chan_make_noscan(sizeof one, 0), &one);
	return 0;
}

static int
send_closed(void *arg)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(int), 0);

	gort_chan_close(c);
	gort_send(c, &(int){ 1 });
	return 0;
}

static const struct words {
	int (*body)(void *);
	const char *first, *also;
} words[] = {
	{ recv_nil, "fatal error: all goroutines are asleep - deadlock!\n",
	    "[chan receive (nil chan)]:" },
	{ send_alone, "fatal error: all goroutines are asleep - deadlock!\n",
	    "[chan send]:" },
	{ send_closed, "panic: send on closed channel\n", "goroutine 1 [" },
};

START_TEST(last_words_of)
{
	static char text[65536];
	int code = last_words(words[_i].body, NULL, text, sizeof text);

	ck_assert_msg(strncmp(text, words[_i].first, strlen(words[_i].first))
	        == 0,
	    "it said: %s", text);
	ck_assert_msg(strstr(text, words[_i].also) != NULL, "it said: %s",
	    text);
	ck_assert_int_eq(code, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("chan");
	TCase *tc = tcase_create("chan");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add_loop(tc, every_square, STATE_N * OP_N);
	booted_add(tc, len_and_cap);
	booted_add_loop(tc, ring_keeps_order, 7);
	booted_add(tc, make_refuses);
	booted_add_loop(tc, receivers_are_served_in_order, 3);
	booted_add_loop(tc, senders_are_served_in_order, 3);
	booted_add_loop(tc, close_releases_everybody, 2);
	booted_add_loop(tc, crowd, 4);
	booted_add_loop(tc, buffer_keeps_alive, 2);
	tcase_add_loop_test(tc, last_words_of, 0, 3);
	return suite_run(s);
}
