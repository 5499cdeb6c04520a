/*
 * check_leak.c - who has leaked, and above all who has not.
 *
 * Each case lets a goroutine set up others and end, so that what its frames
 * held is gone, waits until those are parked, and asks. Leaks are asked for
 * exactly: a stale word would hide one, and these programs are small enough
 * not to have any where it matters.
 */
#include "mem/heap_test.h"

#include "chan/last_words.h"
#include "diag/diag.h"
#include "gort.h"

#define N 50

static _Atomic int woken;
static void *volatile global; /* a root: bss */

/* ---- waiting for what a setup made ---- */

/* Yield until n of the program's goroutines beside this one are parked. */
__attribute__((no_sanitize("thread"))) static void
await_parked(int n)
{
	for (;;) {
		int parked = 0;

		for (size_t i = 0; i < rt_allg_len(); i++) {
			struct g *gp = rt_allg_at(i);

			parked += !gp->system && gp != rt_getg() &&
			    rt_readgstatus(gp) == G_WAITING;
		}
		if (parked == n)
			return;
		rt_gosched();
	}
}

/* What setup leaves parked, and how many of those have leaked. */
static size_t
leaked_of(void (*setup)(void *), int parked)
{
	t_on_other_stack(setup, NULL);
	await_parked(parked);
	return rt_leak_search();
}

/* Not static, so that reports name them (fault/symtab.c). */
void receive(void *c);
void send_from(void *c);
void lost_channels(void *arg);

void
receive(void *c)
{
	gort_recv(c, NULL);
	atomic_fetch_add(&woken, 1);
}

void
send_from(void *c)
{
	long n = 1;

	gort_send(c, &n);
	atomic_fetch_add(&woken, 1);
}

/* ---- channels ---- */

void
lost_channels(void *arg)
{
	for (int i = 0; i < N; i++)
		gort_go(i % 2 ? receive : send_from,
		    gort_chan_make(sizeof(long), 0));
}

static int
lost_body(void *arg)
{
	T_CHECK(leaked_of(lost_channels, N) == N);
	/* again, with the collector at work in between */
	rt_gc_force();
	T_CHECK(rt_leak_search() == N);
	rt_gc_force();
	return 0;
}

static void
global_channel(void *arg)
{
	void **box = gort_alloc(sizeof(void *));
	gort_chan *c = gort_chan_make(sizeof(long), 0);

	gort_store(box, c);
	gort_store((void *)&global, box);
	gort_go(receive, c);
}

static int
global_body(void *arg)
{
	T_CHECK(leaked_of(global_channel, 1) == 0);
	gort_store((void *)&global, NULL);
	T_CHECK(rt_leak_search() == 1);
	return 0;
}

/* Found to have leaked once by mistake must not stick; so it is not found. */
static void
close_it(void *box)
{
	gort_chan_close(*(gort_chan **)box);
}

static int
woken_body(void *arg)
{
	T_CHECK(leaked_of(global_channel, 1) == 0);
	t_on_other_stack(close_it, global);
	while (atomic_load(&woken) != 1)
		rt_gosched();
	T_CHECK(rt_leak_search() == 0);
	return 0;
}

/* Each link waits on its own channel and has the next one's: behind what the
 * first one has come all others. */
struct link {
	gort_chan *own;
	struct link *next;
};

static void
wait_in_chain(void *arg)
{
	struct link *l = arg;

	gort_recv(l->own, NULL);
	atomic_fetch_add(&woken, 1);
	if (l->next != NULL)
		gort_chan_close(l->next->own);
}

static void
chain(void *backwards)
{
	struct link *all[N];

	for (int i = 0; i < N; i++) {
		all[i] = gort_alloc(sizeof(*all[i]));
		gort_store(&all[i]->own, gort_chan_make(sizeof(long), 0));
	}
	for (int i = 0; i + 1 < N; i++)
		gort_store(&all[i]->next, all[i + 1]);
	gort_store((void *)&global, all[0]->own);
	for (int i = 0; i < N; i++)
		gort_go(wait_in_chain, all[backwards ? N - 1 - i : i]);
}

static int
chain_body(void *backwards)
{
	t_on_other_stack(chain, backwards);
	await_parked(N);
	T_CHECK(rt_leak_search() == 0);
	if (backwards) {
		gort_store((void *)&global, NULL);
		T_CHECK(rt_leak_search() == N);
		return 0;
	}
	gort_chan_close(global);
	while (atomic_load(&woken) != N)
		rt_gosched();
	return 0;
}

static int
chain_back_body(void *arg)
{
	return chain_body((void *)1);
}

/* One channel of a select is enough to be reached by. */
static void
select_two(void *arg)
{
	gort_chan **c = arg;
	gort_case k[2] = { GORT_RECV(c[0], NULL), GORT_RECV(c[1], NULL) };

	gort_select(k, 2, false);
}

static void
selects(void *arg)
{
	gort_chan *g = gort_chan_make(8, 0);

	gort_store((void *)&global, g);
	for (int i = 0; i < 2; i++) {
		gort_chan **c = gort_alloc(2 * sizeof(*c));

		gort_store(&c[0], gort_chan_make(8, 0));
		gort_store(&c[1], i == 0 ? g : gort_chan_make(8, 0));
		gort_go(select_two, c);
	}
}

/* Another round takes the last one's channel out of global as well. A word left on
 * a live stack may hide somebody for good, so it will do when in one round of five
 * nobody more stays hidden; nobody may be named who has not leaked. */
static int
select_body(void *arg)
{
	int before = -1;

	for (int round = 1; round <= 5; round++) {
		int n = leaked_of(selects, 2 * round);

		T_CHECK(n <= 2 * round - 1);
		if (n == before + 2)
			return 0;
		before = n;
	}
	return 1;
}

static void
select_nothing(void *arg)
{
	gort_select(NULL, 0, false);
}

static void
for_ever(void *arg)
{
	gort_go(receive, NULL);
	gort_go(send_from, NULL);
	gort_go(select_nothing, NULL);
}

static int
for_ever_body(void *arg)
{
	T_CHECK(leaked_of(for_ever, 3) == 3);
	return 0;
}

/* ---- sync ---- */

struct locks {
	gort_mutex m, held;
	gort_rwmutex rw;
	gort_waitgroup wg;
	gort_cond cond;
};

static struct locks stands; /* static ones can always be reached */

static void
want_mutex(void *arg)
{
	gort_mutex_lock(&((struct locks *)arg)->held);
}

static void
want_read(void *arg)
{
	gort_rwmutex_rlock(&((struct locks *)arg)->rw);
}

static void
want_write(void *arg)
{
	gort_rwmutex_lock(&((struct locks *)arg)->rw);
}

static void
want_group(void *arg)
{
	gort_waitgroup_wait(&((struct locks *)arg)->wg);
}

static void
want_signal(void *arg)
{
	struct locks *l = arg;

	gort_mutex_lock(&l->m);
	gort_cond_wait(&l->cond, &l->m);
}

static void
block_on(struct locks *l)
{
	gort_mutex_lock(&l->held);
	gort_rwmutex_lock(&l->rw);
	gort_waitgroup_add(&l->wg, 1);
	gort_go(want_mutex, l);
	gort_go(want_read, l);
	gort_go(want_write, l);
	gort_go(want_group, l);
	gort_go(want_signal, l);
}

static void
lost_locks(void *arg)
{
	block_on(gort_alloc(sizeof(struct locks)));
}

static void
static_locks(void *arg)
{
	block_on(&stands);
}

static int
locks_body(void *arg)
{
	T_CHECK(leaked_of(lost_locks, 5) == 5);
	T_CHECK(leaked_of(static_locks, 10) == 5);
	return 0;
}

/* In a frame: who points there can't be known. */
static void
owns_group(void *arg)
{
	gort_waitgroup wg = { 0 };

	gort_waitgroup_add(&wg, 1);
	gort_waitgroup_wait(&wg);
}

static void
frame_group(void *arg)
{
	gort_go(owns_group, NULL);
}

static int
frame_body(void *arg)
{
	T_CHECK(leaked_of(frame_group, 1) == 0);
	return 0;
}

/* ---- who else may have it ---- */

static void
on_timers(void *arg)
{
	gort_go(receive, gort_after(3600 * GORT_SEC));
}

static void
timer_args(void *arg)
{
	gort_chan *c = gort_chan_make(8, 0);

	gort_go(receive, c);
	gort_afterfunc(3600 * GORT_SEC, send_from, c);
}

static int
timers_body(void *arg)
{
	T_CHECK(leaked_of(on_timers, 1) == 0);
	T_CHECK(leaked_of(timer_args, 2) == 0);
	return 0;
}

static void
sleep_then_close(void *c)
{
	gort_sleep(3600 * GORT_SEC);
	gort_chan_close(c);
}

static void
sleepers(void *arg)
{
	gort_chan *c = gort_chan_make(8, 0);

	gort_go(receive, c);
	gort_go(sleep_then_close, c);
}

static int
sleepers_body(void *arg)
{
	T_CHECK(leaked_of(sleepers, 2) == 0);
	return 0;
}

static _Atomic bool go_on;

static void
run_then_close(void *c)
{
	while (!atomic_load(&go_on))
		rt_gosched();
	gort_chan_close(c);
}

static void
runners(void *arg)
{
	gort_chan *c = gort_chan_make(8, 0);

	gort_go(receive, c);
	gort_go(run_then_close, c);
}

static int
runners_body(void *arg)
{
	T_CHECK(leaked_of(runners, 1) == 0);
	atomic_store(&go_on, true);
	while (atomic_load(&woken) != 1)
		rt_gosched();
	return 0;
}

static void *
wait_outside(void *arg)
{
	while (!atomic_load(&go_on))
		usleep(100);
	return NULL;
}

static void
call_then_close(void *c)
{
	gort_call_blocking(wait_outside, NULL);
	gort_chan_close(c);
}

static void
callers(void *arg)
{
	gort_chan *c = gort_chan_make(8, 0);

	gort_go(receive, c);
	gort_go(call_then_close, c);
}

static int
callers_body(void *arg)
{
	T_CHECK(leaked_of(callers, 1) == 0);
	atomic_store(&go_on, true);
	while (atomic_load(&woken) != 1)
		rt_gosched();
	return 0;
}

static void
close_last(void *obj)
{
	gort_chan_close(*(gort_chan **)obj);
}

static void
finalized(void *arg)
{
	void **obj = gort_alloc(sizeof(void *));
	struct locks *l = gort_alloc(sizeof(*l));
	gort_chan *c = gort_chan_make(8, 0);

	gort_store(obj, c);
	T_CHECK(gort_setfinalizer(obj, close_last) == 0);
	gort_go(receive, c);
	/* the object itself is what is waited for */
	gort_waitgroup_add(&l->wg, 1);
	T_CHECK(gort_setfinalizer(l, close_last) == 0);
	gort_go(want_group, l);
}

static int
finalizers_body(void *arg)
{
	T_CHECK(leaked_of(finalized, 2) == 0);
	rt_gc_force();
	while (atomic_load(&woken) != 1)
		rt_gosched();
	return 0;
}

static void
rooted(void *arg)
{
	void **box = calloc(1, sizeof(*box));

	gort_root_add(box, sizeof(*box));
	*box = gort_chan_make(8, 0);
	gort_go(receive, *box);
	global = box; /* malloc'ed: means nothing to the collector */
}

static int
roots_body(void *arg)
{
	T_CHECK(leaked_of(rooted, 1) == 0);
	gort_root_del(global);
	T_CHECK(rt_leak_search() == 1);
	return 0;
}

/* ---- no trace is left ---- */

static uintptr_t hidden[N];

static void
garbage(void *arg)
{
	for (int i = 0; i < N; i++)
		hidden[i] = t_hide(gort_alloc(100));
}

static int
no_trace_body(void *arg)
{
	for (int i = 0; i < 5; i++) {
		uint32_t before = rt_gc_cycles();

		t_on_other_stack(garbage, NULL);
		T_CHECK(rt_leak_search() == 0);
		if (atomic_load(&rt_debug.gcstress) == 0)
			T_CHECK(rt_gc_cycles() == before);
		rt_gc_force();
		T_CHECK(t_count_alive(hidden, N) <= 2);
	}
	return 0;
}

/* ---- under load: whoever is woken later has not leaked ---- */

#define PAIRS 8
static _Atomic bool stop;
static gort_waitgroup pairs;

static void
echo(void *arg)
{
	gort_chan **c = arg;
	long n;

	while (gort_recv(c[0], &n))
		gort_send(c[1], &n);
	gort_waitgroup_done(&pairs);
}

/* Only its stack has the channels; both ends are parked in turn. */
static void
talk(void *arg)
{
	gort_chan **c = gort_alloc(2 * sizeof(*c));

	gort_store(&c[0], gort_chan_make_noscan(sizeof(long), 0));
	gort_store(&c[1], gort_chan_make_noscan(sizeof(long), 0));
	gort_go(echo, c);
	for (long n = 0, m = 0; !atomic_load(&stop); n++) {
		gort_case k[] = { GORT_RECV(c[1], &m), GORT_SEND(c[0], &n) };

		T_CHECK(gort_select(k, 2, false) == 1);
		gort_alloc(64);
		gort_recv(c[1], &m);
		T_CHECK(m == n);
	}
	gort_chan_close(c[0]);
	gort_waitgroup_done(&pairs);
}

static int
load_body(void *arg)
{
	gort_waitgroup_add(&pairs, 2 * PAIRS);
	for (int i = 0; i < PAIRS; i++)
		gort_go(talk, NULL);
	/* a turn of this P's for the pairs costs a slice of each */
	for (int i = 0; i < (T_SANITIZED ? 5 : 100); i++) {
		T_CHECK(rt_leak_search() == 0);
		if (i % 10 == 1)
			rt_gosched();
	}
	atomic_store(&stop, true);
	gort_waitgroup_wait(&pairs);
	return 0;
}

/* ---- the report ---- */

static int
report_body(void *code)
{
	rt_debug_set("leakcheck", "1");
	t_on_other_stack(lost_channels, NULL);
	await_parked(N);
	return (int)(intptr_t)code;
}

static int
clean_body(void *arg)
{
	rt_debug_set("leakcheck", "1");
	T_CHECK(leaked_of(global_channel, 1) == 0);
	return 0;
}

static int
exits_body(void *arg)
{
	report_body(NULL);
	gort_exit(0);
}

START_TEST(report_and_code)
{
	static char text[1 << 16];
	char *p = text;
	int n = 0;

	ck_assert_int_eq(last_words(report_body, NULL, text, sizeof(text)), 3);
	ck_assert_ptr_nonnull(strstr(text, "leakcheck: 50 goroutines leaked"));
	for (; (p = strstr(p, " (leaked)]:\n")) != NULL; p++)
		n++;
	ck_assert_int_eq(n, N);
	ck_assert_ptr_nonnull(strstr(text, "[chan receive (leaked)]:\n"));
	ck_assert_ptr_nonnull(strstr(text, "[chan send (leaked)]:\n"));
	ck_assert_ptr_nonnull(strstr(text, "created by lost_channels"));
}
END_TEST

START_TEST(codes)
{
	char text[1 << 10];

	/* cut; what is beyond is read all the same */
	ck_assert_int_eq(last_words(exits_body, NULL, text, sizeof(text)), 3);
	ck_assert_int_eq(
	    last_words(report_body, (void *)5, text, sizeof(text)), 5);
	ck_assert_int_eq(last_words(clean_body, NULL, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "");
}
END_TEST

/* ---- */

static const struct {
	const char *name;
	int (*body)(void *);
} cases[] = {
	/* BESIDE: with others at work beside */
	{ "one that is woken", woken_body },
	{ "runners", runners_body },
	{ "callers of C", callers_body },
	{ "finalizers", finalizers_body },
	{ "load", load_body },
	{ "lost channels", lost_body },
	{ "a global's channel", global_body },
	{ "a chain", chain_body },
	{ "a chain backwards", chain_back_body },
	{ "select", select_body },
	{ "for ever", for_ever_body },
	{ "locks", locks_body },
	{ "a frame's wait group", frame_body },
	{ "timers", timers_body },
	{ "sleepers", sleepers_body },
	{ "registered roots", roots_body },
	{ "no trace", no_trace_body },
};
#define BESIDE 5
#define NCASES ((int)(sizeof(cases) / sizeof(cases[0])))
/* The thread sanitizer's own variables make marking the roots take long: of
 * the cases only those that it may have something to say of. */
#ifdef __SANITIZE_THREAD__
#define RUNS BESIDE
#else
#define RUNS (2 * NCASES) /* again, a cycle at every few allocations */
#endif

START_TEST(booted)
{
	setenv("GOMAXPROCS", "3", 1);
	if (_i >= NCASES)
		setenv("GODEBUG", "gcstress=50,gccheckmark=1,clobberfree=1", 1);
	rt_boot_test(cases[_i % NCASES].body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("leak");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_exit_test(tc, booted, 0, 0, RUNS);
	tcase_add_test(tc, report_and_code);
	tcase_add_test(tc, codes);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
