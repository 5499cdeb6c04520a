/*
 * cbench.c - what the C API costs, one figure a line: `name value unit`.
 *
 *	cbench [-n SCALE] [-l] [CASE…]      SCALE 0.1 does a tenth of the work
 *
 * Each case warms up with a tenth of its work, then runs five rounds and
 * prints the median. Cases named …1 run on one P; `floor` is a bare switch of
 * stacks and back, the least that any of them can cost. -l runs nothing and
 * prints for each case how many operations that would be, for insns.sh.
 */
#include <gort.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5

static double scale = 1;

static int64_t
times(int64_t n)
{
	int64_t r = (int64_t)((double)n * scale);

	return r > 0 ? r : 1;
}

/* ---- goroutines ------------------------------------------------------------ */

static void
nothing(void *arg)
{
	gort_waitgroup_done(arg);
}

static void
spawn(int64_t n)
{
	static gort_waitgroup wg;

	while (n > 0) {
		int64_t batch = n < 100 ? n : 100;

		gort_waitgroup_add(&wg, (int)batch);
		for (int64_t i = 0; i < batch; i++)
			gort_go(nothing, &wg);
		gort_waitgroup_wait(&wg);
		n -= batch;
	}
}

static void
yielder(void *arg)
{
	int64_t n = *(int64_t *)arg;

	while (n-- > 0)
		gort_yield();
}

static gort_waitgroup all;

static void
yielder_done(void *arg)
{
	yielder(arg);
	gort_waitgroup_done(&all);
}

static void
yield2(int64_t n)
{
	int64_t half = n / 2;

	gort_waitgroup_add(&all, 1);
	gort_go(yielder_done, &half);
	yielder(&half);
	gort_waitgroup_wait(&all);
}

/* ---- channels --------------------------------------------------------------- */

struct pair {
	gort_chan *a, *b;
	int64_t n;
};

static void
echo(void *arg)
{
	struct pair *p = arg;
	long v;

	while (gort_recv(p->a, &v))
		gort_send(p->b, &v);
	gort_chan_close(p->b);
}

static void
pingpong(int64_t n)
{
	struct pair *p = gort_alloc(sizeof(*p));
	long v = 1;

	p->a = gort_chan_make_noscan(sizeof(long), 0);
	p->b = gort_chan_make_noscan(sizeof(long), 0);
	gort_go(echo, p);
	for (int64_t i = 0; i < n; i++) {
		gort_send(p->a, &v);
		gort_recv(p->b, &v);
	}
	gort_chan_close(p->a);
	gort_recv(p->b, NULL);
}

static void
fill(void *arg)
{
	struct pair *p = arg;

	for (long i = 0; i < p->n; i++)
		gort_send(p->a, &i);
	gort_chan_close(p->a);
}

static void
buffered(int64_t n)
{
	struct pair *p = gort_alloc(sizeof(*p));
	long v;

	p->a = gort_chan_make_noscan(sizeof(long), 128);
	p->n = n;
	gort_go(fill, p);
	while (gort_recv(p->a, &v))
		;
}

static gort_chan *four[4];

static void
feed(void *arg)
{
	for (long i = 0, n = *(long *)arg; i < n; i++)
		gort_send(four[i & 3], &i);
	gort_chan_close(four[0]);
}

static void
select4(int64_t n)
{
	long count = n, v = 0;
	gort_case cs[4];

	for (int i = 0; i < 4; i++) {
		four[i] = gort_chan_make_noscan(sizeof(long), 0);
		cs[i] = (gort_case)GORT_RECV(four[i], &v);
	}
	gort_go(feed, &count);
	for (;;) {
		int i = gort_select(cs, 4, false);

		if (!cs[i].ok)
			break;
	}
}

/* ---- locks, timers ------------------------------------------------------------ */

static gort_mutex mu;
static int64_t mu_count;

static void
locker(void *arg)
{
	for (int64_t i = 0, n = *(int64_t *)arg; i < n; i++) {
		gort_mutex_lock(&mu);
		mu_count++;
		gort_mutex_unlock(&mu);
	}
	gort_waitgroup_done(&all);
}

static void
mutex8(int64_t n)
{
	int64_t each = n / 8;

	gort_waitgroup_add(&all, 8);
	for (int i = 0; i < 8; i++)
		gort_go(locker, &each);
	gort_waitgroup_wait(&all);
}

static void
timer_startstop(int64_t n)
{
	gort_timer *t = gort_timer_new(3600 * GORT_SEC);

	for (int64_t i = 0; i < n; i++) {
		gort_timer_reset(t, 3600 * GORT_SEC);
		gort_timer_stop(t);
	}
}

/* ---- allocation ---------------------------------------------------------------- */

struct pair16 {
	void *left, *right;
};
GORT_TYPE(pair16_type, struct pair16, left, right);
struct node {
	struct node *left, *right;
};
GORT_TYPE(node_type, struct node, left, right);

static void *volatile sink;

static void
alloc16(int64_t n)
{
	while (n-- > 0)
		sink = gort_new(&pair16_type);
}

static void
alloc16n(int64_t n)
{
	while (n-- > 0)
		sink = gort_alloc_noscan(16);
}

static void
alloc1k(int64_t n)
{
	while (n-- > 0)
		sink = gort_alloc(1024);
}

static struct node *
tree(int depth)
{
	struct node *t = gort_new(&node_type);

	if (depth > 0) {
		gort_store(&t->left, tree(depth - 1));
		gort_store(&t->right, tree(depth - 1));
	}
	return t;
}

static void
trees(int64_t n)
{
	struct node *keep = tree(16);

	for (; n > 0; n -= 1 << 14)
		sink = tree(13);
	gort_keepalive(keep);
}

/* ---- the table ------------------------------------------------------------------ */

static const struct bench {
	const char *name;
	int procs; /* 0: as GOMAXPROCS says */
	int64_t n;
	void (*run)(int64_t n);
} table[] = {
	{ "spawn1", 1, 1000000, spawn },
	{ "spawn", 0, 1000000, spawn },
	{ "yield1", 1, 4000000, yield2 },
	{ "pingpong1", 1, 1000000, pingpong },
	{ "pingpong", 0, 500000, pingpong },
	{ "buffered1", 1, 4000000, buffered },
	{ "buffered", 0, 4000000, buffered },
	{ "select4_1", 1, 500000, select4 },
	{ "select4", 0, 500000, select4 },
	{ "mutex8_1", 1, 4000000, mutex8 },
	{ "mutex8", 0, 4000000, mutex8 },
	{ "timer.startstop1", 1, 1000000, timer_startstop },
	{ "alloc16p1", 1, 4000000, alloc16 },
	{ "alloc16n1", 1, 4000000, alloc16n },
	{ "alloc1k1", 1, 1000000, alloc1k },
	{ "alloc16p", 0, 4000000, alloc16 },
	{ "alloc1k", 0, 1000000, alloc1k },
	{ "trees", 0, 1 << 20, trees },
};

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int64_t
warm_up(int64_t n)
{
	return n / 10 + 1;
}

static void
list(const struct bench *b)
{
	int64_t n = times(b->n);

	printf("%s %lld\n", b->name, (long long)(warm_up(n) + ROUNDS * n));
}

static void
measure(const struct bench *b)
{
	double ns[ROUNDS];
	int64_t n = times(b->n);
	int was = gort_gomaxprocs(b->procs);

	b->run(warm_up(n));
	for (int i = 0; i < ROUNDS; i++) {
		int64_t t0 = gort_now_ns();

		b->run(n);
		ns[i] = (double)(gort_now_ns() - t0) / (double)n;
	}
	gort_gomaxprocs(was);
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
	printf("%s %.1f ns\n", b->name, ns[ROUNDS / 2]);
	fflush(stdout);
}

int
gort_main(int argc, char **argv)
{
	void (*act)(const struct bench *) = measure;
	int first = 1, ran = 0;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		scale = atof(argv[2]);
		first = 3;
	}
	if (first < argc && strcmp(argv[first], "-l") == 0) {
		act = list;
		first++;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bool want = first >= argc;

		for (int k = first; k < argc; k++)
			want |= strcmp(argv[k], table[i].name) == 0;
		if (want) {
			act(&table[i]);
			ran++;
		}
	}
	if (ran == 0)
		fprintf(stderr, "cbench: no such case\n");
	return ran ? 0 : 2;
}
