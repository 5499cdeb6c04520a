/*
 * check_sync.c - mutex, rwmutex, wait group, once, cond: exclusion, fairness,
 * and what misuse says.
 */
#include "chan/booted.h"

/* ---- mutex ---- */

static gort_mutex mu; /* zeroed and static: must work as it is */

struct work {
	int n;
	long counter;
	gort_waitgroup wg;
	gort_rwmutex rw;
	_Atomic int inside, writers, bad;
};

static void
count_up(void *arg)
{
	struct work *w = arg;
	int i;

	for (i = 0; i < w->n; i++) {
		if (i % 7 == 0 && !gort_mutex_trylock(&mu))
			gort_mutex_lock(&mu);
		else if (i % 7 != 0)
			gort_mutex_lock(&mu);
		w->counter++;
		if (i % 16 == 0)
			gort_yield(); /* with the lock held */
		gort_mutex_unlock(&mu);
	}
	gort_waitgroup_done(&w->wg);
}

BOOTED(mutex_excludes)
{
	struct work w = { .n = BOOTED_SCALE(5000) };
	int i;

	gort_gomaxprocs(1 + 3 * index);
	gort_waitgroup_add(&w.wg, 8);
	for (i = 0; i < 8; i++)
		gort_go(count_up, &w);
	gort_waitgroup_wait(&w.wg);
	ck_assert_int_eq(w.counter, 8L * w.n);
	ck_assert(gort_mutex_trylock(&mu));
	ck_assert(!gort_mutex_trylock(&mu));
	gort_mutex_unlock(&mu);
	ck_assert_uint_eq(mu.state, 0);
	return 0;
}

/* One goroutine takes the lock again at once after each unlock; a waiter must
 * get it all the same: after 1 ms it is handed over. */
struct hog {
	_Atomic bool stop;
	gort_chan *done;
};

static void
hog(void *arg)
{
	struct hog *h = arg;

	while (!atomic_load(&h->stop)) {
		gort_mutex_lock(&mu);
		gort_sleep(200 * GORT_US);
		gort_mutex_unlock(&mu);
	}
	gort_send(h->done, NULL);
}

BOOTED(mutex_does_not_starve)
{
	struct hog h = { .done = gort_chan_make_noscan(0, 0) };
	int i;

	gort_gomaxprocs(2);
	gort_go(hog, &h);
	for (i = 0; i < 10; i++) { /* would time out */
		gort_yield();
		gort_mutex_lock(&mu);
		gort_mutex_unlock(&mu);
	}
	atomic_store(&h.stop, true);
	gort_recv(h.done, NULL);
	return 0;
}

/* ---- rwmutex ---- */

static void
reader(void *arg)
{
	struct work *w = arg;
	int i;

	for (i = 0; i < w->n; i++) {
		gort_rwmutex_rlock(&w->rw);
		atomic_fetch_add(&w->inside, 1);
		if (atomic_load(&w->writers) != 0)
			atomic_store(&w->bad, 1);
		gort_yield();
		atomic_fetch_sub(&w->inside, 1);
		gort_rwmutex_runlock(&w->rw);
	}
	gort_waitgroup_done(&w->wg);
}

static void
writer(void *arg)
{
	struct work *w = arg;
	int i;

	for (i = 0; i < w->n; i++) {
		gort_rwmutex_lock(&w->rw);
		if (atomic_fetch_add(&w->writers, 1) != 0
		    || atomic_load(&w->inside) != 0)
			atomic_store(&w->bad, 2);
		w->counter++;
		gort_yield();
		atomic_fetch_sub(&w->writers, 1);
		gort_rwmutex_unlock(&w->rw);
	}
	gort_waitgroup_done(&w->wg);
}

BOOTED(rwmutex_excludes)
{
	struct work w = { .n = BOOTED_SCALE(1000) };
	int i;

	gort_gomaxprocs(4);
	gort_waitgroup_add(&w.wg, 8);
	for (i = 0; i < 8; i++)
		gort_go(i < 2 ? writer : reader, &w);
	gort_waitgroup_wait(&w.wg);
	ck_assert_int_eq(w.bad, 0);
	ck_assert_int_eq(w.counter, 2L * w.n);
	ck_assert(gort_rwmutex_tryrlock(&w.rw));
	ck_assert(gort_rwmutex_tryrlock(&w.rw));
	ck_assert(!gort_rwmutex_trylock(&w.rw));
	gort_rwmutex_runlock(&w.rw);
	gort_rwmutex_runlock(&w.rw);
	ck_assert(gort_rwmutex_trylock(&w.rw));
	ck_assert(!gort_rwmutex_tryrlock(&w.rw));
	gort_rwmutex_unlock(&w.rw);
	return 0;
}

/* ---- wait group ---- */

static void
negative(void *arg)
{
	gort_waitgroup_add(arg, -1);
}

static void
wait_for(void *arg)
{
	void **a = arg;

	gort_waitgroup_wait(a[0]);
	gort_send(a[1], NULL);
}

BOOTED(waitgroup)
{
	gort_waitgroup wg = { 0 };
	gort_chan *done = gort_chan_make_noscan(0, 0);
	void *a[2] = { &wg, done };
	gort_panic_info p;
	int i, round;

	gort_waitgroup_wait(&wg); /* at 0: at once */
	for (round = 0; round < 3; round++) {
		gort_waitgroup_add(&wg, 2);
		for (i = 0; i < 4; i++)
			gort_go(wait_for, a);
		gort_yield();
		gort_waitgroup_done(&wg);
		ck_assert(!gort_try_recv(done, NULL, NULL));
		gort_waitgroup_done(&wg);
		for (i = 0; i < 4; i++)
			gort_recv(done, NULL);
	}
	ck_assert(!gort_try(negative, &wg, &p));
	ck_assert_str_eq(p.text, "sync: negative WaitGroup counter");
	return 0;
}

/* ---- once ---- */

struct first {
	gort_once once;
	_Atomic int ran;
	int value;
	gort_waitgroup wg;
	_Atomic int bad;
};

static void
slow_init(void *arg)
{
	struct first *f = arg;

	atomic_fetch_add(&f->ran, 1);
	gort_sleep(GORT_MS);
	f->value = 42;
}

static void
use_once(void *arg)
{
	struct first *f = arg;

	gort_once_do(&f->once, slow_init, f);
	if (f->value != 42)
		atomic_store(&f->bad, 1);
	gort_waitgroup_done(&f->wg);
}

static void
panics(void *arg)
{
	gort_panic("first");
}

static void
once_panics(void *arg)
{
	gort_once_do(arg, panics, NULL);
}

BOOTED(once)
{
	struct first f = { 0 };
	gort_once o = { 0 };
	gort_panic_info p;
	int i;

	gort_gomaxprocs(4);
	gort_waitgroup_add(&f.wg, 20);
	for (i = 0; i < 20; i++)
		gort_go(use_once, &f);
	gort_waitgroup_wait(&f.wg);
	ck_assert_int_eq(f.ran, 1);
	ck_assert_int_eq(f.bad, 0);
	/* a panic counts as having run, and leaves no lock behind */
	ck_assert(!gort_try(once_panics, &o, &p));
	ck_assert_str_eq(p.text, "first");
	ck_assert(gort_try(once_panics, &o, NULL));
	return 0;
}

/* ---- cond ---- */

struct queue {
	gort_mutex m;
	gort_cond c;
	int items, taken, waiting;
	bool closed;
	gort_waitgroup wg;
};

static void
take_items(void *arg)
{
	struct queue *q = arg;

	gort_mutex_lock(&q->m);
	for (;;) {
		while (q->items == 0 && !q->closed) {
			q->waiting++;
			gort_cond_wait(&q->c, &q->m);
			q->waiting--;
		}
		if (q->items == 0)
			break;
		q->items--;
		q->taken++;
	}
	gort_mutex_unlock(&q->m);
	gort_waitgroup_done(&q->wg);
}

BOOTED(cond_signals_and_broadcasts)
{
	struct queue q = { 0 };
	int i, n = BOOTED_SCALE(3000), waiting;

	gort_gomaxprocs(4);
	gort_waitgroup_add(&q.wg, 5);
	for (i = 0; i < 5; i++)
		gort_go(take_items, &q);
	for (i = 0; i < n; i++) {
		gort_mutex_lock(&q.m);
		q.items++;
		gort_mutex_unlock(&q.m);
		gort_cond_signal(&q.c);
	}
	do { /* all five wait again, with everything taken */
		gort_yield();
		gort_mutex_lock(&q.m);
		waiting = q.waiting;
		gort_mutex_unlock(&q.m);
	} while (waiting < 5 || q.items > 0);
	gort_mutex_lock(&q.m);
	q.closed = true;
	gort_mutex_unlock(&q.m);
	gort_cond_broadcast(&q.c);
	gort_waitgroup_wait(&q.wg);
	ck_assert_int_eq(q.taken, n);
	return 0;
}

/* ---- last words ---- */

static int
unlock_unlocked(void *arg)
{
	gort_mutex_unlock(&mu);
	return 0;
}

static int
runlock_unlocked(void *arg)
{
	static gort_rwmutex rw;

	gort_rwmutex_runlock(&rw);
	return 0;
}

static int
wunlock_unlocked(void *arg)
{
	static gort_rwmutex rw;

	gort_rwmutex_unlock(&rw);
	return 0;
}

static int
lock_twice(void *arg)
{
	gort_mutex_lock(&mu);
	gort_mutex_lock(&mu);
	return 0;
}

static int
wait_for_ever(void *arg)
{
	static gort_waitgroup wg;

	gort_waitgroup_add(&wg, 1);
	gort_waitgroup_wait(&wg);
	return 0;
}

static const struct words {
	int (*body)(void *);
	const char *text, *also;
} words[] = {
	{ unlock_unlocked, "fatal error: sync: unlock of unlocked mutex", "" },
	{ runlock_unlocked, "fatal error: sync: RUnlock of unlocked RWMutex",
	    "" },
	{ wunlock_unlocked, "fatal error: sync: Unlock of unlocked RWMutex",
	    "" },
	{ lock_twice, "all goroutines are asleep - deadlock!",
	    "goroutine 1 [sync.Mutex.Lock]:" },
	{ wait_for_ever, "all goroutines are asleep - deadlock!",
	    "goroutine 1 [sync.WaitGroup.Wait]:" },
};

START_TEST(last_words_of)
{
	static char text[65536];
	int code = last_words(words[_i].body, NULL, text, sizeof text);

	ck_assert_msg(strstr(text, words[_i].text) != NULL
	        && strstr(text, words[_i].also) != NULL,
	    "it said: %s", text);
	ck_assert_int_eq(code, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sync");
	TCase *tc = tcase_create("sync");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add_loop(tc, mutex_excludes, 2);
	booted_add(tc, mutex_does_not_starve);
	booted_add(tc, rwmutex_excludes);
	booted_add(tc, waitgroup);
	booted_add(tc, once);
	booted_add(tc, cond_signals_and_broadcasts);
	tcase_add_loop_test(tc, last_words_of, 0, 5);
	return suite_run(s);
}
