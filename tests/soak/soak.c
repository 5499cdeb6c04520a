/*
 * soak.c - everything at once, for as long as asked: `soak SECONDS`.
 *
 * Each worker below repeats one round of something and checks an invariant of
 * its own after it; a dozen run at the same time on the same Ps, so that what
 * they do meets in every order. Not a part of check: it proves nothing in two
 * seconds, and finds in a minute what no suite thought of. Run it in all builds
 * (`make soak SECONDS=60`), under GOMAXPROCS=1 and 64, GOGC=1, gcstress, one
 * CPU and a scarce address space (tests/soak/run.sh does).
 *
 * A worker that makes no round within STALL_NS is a lost wake-up: the watcher
 * says which one and ends the program with the dump of all goroutines.
 *
 * SIGTERM ends it before its time, with the same checks; SIGUSR1 changes
 * GOMAXPROCS. disturb.py sends both, among worse.
 */
#include "gort.h"
#include "tests/soak/must.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MS ((int64_t)1000000)
#define STALL_NS (60 * 1000 * MS)

static _Atomic bool enough;

static uint32_t
rnd(uint64_t *s) /* xorshift: the order differs by timing, not by seed */
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (uint32_t)(*s >> 11);
}

/* ---- storm: many goroutines, one sum ---- */

struct storm {
	_Atomic int64_t sum;
	gort_waitgroup wg;
};

static void
storm_one(void *arg)
{
	struct storm *s = arg;
	char *p = gort_alloc(64);

	MUST(p[0] == 0 && p[63] == 0);
	if (gort_goid() % 7 == 0)
		gort_yield();
	atomic_fetch_add(&s->sum, 3);
	gort_waitgroup_done(&s->wg);
}

static void
round_storm(uint64_t *seed)
{
	struct storm *s = gort_alloc(sizeof(*s));
	int n = 1 + (int)(rnd(seed) % 300);

	gort_waitgroup_add(&s->wg, n);
	for (int i = 0; i < n; i++)
		gort_go(storm_one, s);
	gort_waitgroup_wait(&s->wg);
	MUST(atomic_load(&s->sum) == 3 * n);
}

/* ---- pipeline: each value through a chain, in order ---- */

struct link {
	gort_chan *in, *out;
};

static void
pass_on(void *arg)
{
	struct link *l = arg;
	int64_t v;

	while (gort_recv(l->in, &v)) {
		v++;
		gort_send(l->out, &v);
	}
	gort_chan_close(l->out);
}

static void
feed(void *arg)
{
	gort_chan *c = arg;

	for (int64_t i = 0; i < 100; i++)
		gort_send(c, &i);
	gort_chan_close(c);
}

static void
round_pipeline(uint64_t *seed)
{
	gort_chan *first = gort_chan_make(8, rnd(seed) % 4), *c = first;
	int n = 1 + (int)(rnd(seed) % 8);
	int64_t v, want = n;

	for (int i = 0; i < n; i++) {
		struct link *l = gort_alloc(sizeof(*l));

		l->in = c;
		l->out = c = gort_chan_make(8, rnd(seed) % 3);
		gort_go(pass_on, l);
	}
	gort_go(feed, first);
	while (gort_recv(c, &v))
		MUST(v == want++);
	MUST(want == n + 100);
}

/* ---- select: every value once, whichever way it came ---- */

struct fan {
	gort_chan *c[4], *stop;
	_Atomic int64_t sent;
	gort_waitgroup wg;
};

static void
fan_out(void *arg)
{
	struct fan *f = arg;

	for (int i = 0; i < 40; i++) {
		gort_case cs[] = { GORT_SEND(f->c[0], &i),
			GORT_SEND(f->c[1], &i), GORT_SEND(f->c[2], &i),
			GORT_SEND(f->c[3], &i), GORT_RECV(f->stop, NULL) };

		MUST(gort_select(cs, 5, false) != 4);
		atomic_fetch_add(&f->sent, i);
	}
	gort_waitgroup_done(&f->wg);
}

static void
round_select(uint64_t *seed)
{
	struct fan *f = gort_alloc(sizeof(*f));
	int64_t got = 0;
	int v;

	for (int i = 0; i < 4; i++)
		f->c[i] = gort_chan_make(sizeof(int), rnd(seed) % 2);
	f->stop = gort_chan_make(0, 0);
	gort_waitgroup_add(&f->wg, 4);
	for (int i = 0; i < 4; i++)
		gort_go(fan_out, f);
	for (int i = 0; i < 160; i++) {
		gort_case cs[] = { GORT_RECV(f->c[0], &v),
			GORT_RECV(f->c[1], &v), GORT_RECV(f->c[2], &v),
			GORT_RECV(f->c[3], &v) };

		MUST(gort_select(cs, 4, false) >= 0);
		got += v;
	}
	gort_waitgroup_wait(&f->wg);
	MUST(got == atomic_load(&f->sent) && got == 4 * 780);
}

/* ---- timers: not early, a stopped one never ---- */

static void
fired(void *arg)
{
	atomic_fetch_add((_Atomic int *)arg, 1);
}

static void
round_timers(uint64_t *seed)
{
	int64_t wait = rnd(seed) % (3 * MS), t0 = gort_now_ns();
	_Atomic int *hits = gort_alloc(sizeof(*hits));
	gort_timer *t = gort_afterfunc(rnd(seed) % MS, fired, hits);
	gort_ticker *k = gort_ticker_new(MS / 4);
	bool stopped;

	for (int i = 0; i < 3; i++)
		gort_recv(k->c, NULL);
	gort_ticker_stop(k);
	gort_sleep(wait);
	MUST(gort_now_ns() - t0 >= wait);
	stopped = gort_timer_stop(t);
	if (!stopped)
		while (atomic_load(hits) == 0)
			gort_yield();
	MUST(atomic_load(hits) == !stopped);
	gort_recv(gort_after(rnd(seed) % MS), NULL);
}

/* ---- net: echoes with deadlines that pass and that don't ---- */

static gort_fd *listener;
static char listen_addr[64];

static void
echo(void *arg)
{
	gort_fd *fd = arg;
	char buf[512];
	ssize_t n;

	while ((n = gort_read(fd, buf, sizeof(buf))) > 0)
		if (gort_write(fd, buf, (size_t)n) != n)
			break;
	gort_close(fd);
}

static void
accept_all(void *arg)
{
	gort_fd *fd;

	(void)arg;
	while (gort_accept(listener, &fd) == 0)
		gort_go(echo, fd);
}

static void
round_net(uint64_t *seed)
{
	char out[300], in[300];
	gort_fd *fd;
	size_t n = 1 + rnd(seed) % sizeof(out);
	int err = gort_dial("tcp", listen_addr, 0, &fd);

	MUST(err == 0);
	for (int i = 0; i < 8; i++) {
		memset(out, (int)rnd(seed), n);
		MUST(gort_set_deadline(fd, gort_now_ns() + 30000 * MS) == 0);
		MUST(gort_write(fd, out, n) == (ssize_t)n);
		MUST(gort_readfull(fd, in, n) == (ssize_t)n);
		MUST(memcmp(in, out, n) == 0);
	}
	MUST(gort_set_read_deadline(
	         fd, gort_now_ns() + rnd(seed) % (2 * MS)) == 0);
	MUST(gort_read(fd, in, 1) == -ETIMEDOUT);
	gort_close(fd);
}

/* ---- blocking calls and locked threads ---- */

static void *
nap(void *arg)
{
	struct timespec ts = { .tv_nsec = (long)(uintptr_t)arg };

	nanosleep(&ts, NULL);
	return arg;
}

static __thread int own_mark; /* a locked goroutine's thread stays its own */

static void
locked(void *arg)
{
	int mine = (int)gort_goid();

	gort_lock_os_thread();
	own_mark = mine;
	for (int i = 0; i < 5; i++) {
		gort_sleep(MS / 10);
		MUST(own_mark == mine);
		gort_call_blocking(nap, (void *)(uintptr_t)20000);
		MUST(own_mark == mine);
	}
	if (mine % 3 != 0)
		gort_unlock_os_thread(); /* else its thread ends with it */
	gort_waitgroup_done(arg);
}

static void
round_threads(uint64_t *seed)
{
	gort_waitgroup *wg = gort_alloc(sizeof(*wg));
	uintptr_t ns = 1000 + rnd(seed) % 300000;

	gort_waitgroup_add(wg, 3);
	for (int i = 0; i < 3; i++)
		gort_go(locked, wg);
	MUST(gort_call_blocking(nap, (void *)ns) == (void *)ns);
	MUST(gort_call_on_thread_stack(nap, (void *)ns) == (void *)ns);
	gort_waitgroup_wait(wg);
}

/* ---- panics recovered, from depth, with what was deferred ---- */

static void
count_down(void *arg)
{
	--*(int *)arg;
}

__attribute__((noinline)) static void
dig(int depth, int *open)
{
	volatile char pad[64];

	pad[0] = (char)depth;
	gort_defer(count_down, open);
	++*open;
	if (depth == 0)
		gort_panic("down here");
	if (depth > 0) /* always; but gcc would see endless recursion */
		dig(depth - 1, open);
	MUST(pad[0] == 0); /* never comes back */
}

struct digging {
	int depth, open;
};

/* Sanitizers would report what is done on purpose here. */
__attribute__((no_sanitize("undefined", "address", "thread"))) static void
dig_body(void *arg)
{
	struct digging *d = arg;

	if (d->depth == 0)
		*(volatile int *)NULL = 1;
	dig(d->depth, &d->open);
}

static void
round_panics(uint64_t *seed)
{
	struct digging *d = gort_alloc(sizeof(*d));
	gort_panic_info info;

	d->depth = (int)(rnd(seed) % 60);
#ifdef __SANITIZE_THREAD__
	/* Its shadow of a stack keeps the frames that a recovery jumped over,
	 * 65,535 at most; so a panic now and then must do. */
	d->depth /= 10;
	gort_sleep(50 * MS);
#endif
	MUST(!gort_try(dig_body, d, &info));
	MUST(d->open == 0);
	MUST(info.kind ==
	    (d->depth == 0 ? GORT_PANIC_RUNTIME : GORT_PANIC_TEXT));
}

/* ---- heap: lists that must read as they were written ---- */

struct node {
	struct node *next;
	uint64_t value, twin;
	char rest[40];
};
GORT_TYPE(node_type, struct node, next);

static void
round_heap(uint64_t *seed)
{
	struct node *head = NULL;
	uint64_t sum = 0, back = 0;
	int n = 200 + (int)(rnd(seed) % 2000);

	for (int i = 0; i < n; i++) {
		struct node *x = gort_new(&node_type);

		MUST(x->value == 0 && x->next == NULL && x->rest[39] == 0);
		x->value = rnd(seed);
		x->twin = ~x->value;
		sum += x->value;
		gort_store(&x->next, head);
		head = x;
		gort_alloc(8 + rnd(seed) % 2000);
	}
	for (; head != NULL; head = head->next, n--) {
		MUST(head->twin == ~head->value);
		back += head->value;
	}
	MUST(n == 0 && back == sum);
}

/* ---- locks ---- */

static gort_mutex mu;
static gort_rwmutex rw;
static int64_t pair[2]; /* rw: the two are equal */
static int64_t inside;  /* mu */

static void
round_locks(uint64_t *seed)
{
	for (int i = 0; i < 200; i++) {
		gort_mutex_lock(&mu);
		MUST(inside++ == 0);
		if (rnd(seed) % 64 == 0)
			gort_yield();
		MUST(--inside == 0);
		gort_mutex_unlock(&mu);
		if (rnd(seed) % 8 == 0) {
			gort_rwmutex_lock(&rw);
			pair[0]++;
			pair[1]++;
			gort_rwmutex_unlock(&rw);
		} else {
			gort_rwmutex_rlock(&rw);
			MUST(pair[0] == pair[1]);
			gort_rwmutex_runlock(&rw);
		}
	}
}

/* ---- what changes under everybody's feet ---- */

static int procs; /* at the start; const */

static void
change_procs(uint64_t *seed)
{
	int n = 1 + (int)(rnd(seed) % (uint64_t)(procs > 8 ? procs : 8));

	if (procs > 1) /* one is asked for on purpose */
		gort_gomaxprocs(n);
}

static void
round_procs(uint64_t *seed)
{
	change_procs(seed);
	gort_sleep(20 * MS);
}

static void
heed_signals(void *signals)
{
	uint64_t seed = (uint64_t)gort_wall_ns() | 1;
	int sig;

	while (gort_recv(signals, &sig)) {
		if (sig == SIGTERM)
			atomic_store(&enough, true);
		else
			change_procs(&seed);
	}
}

static void
round_collect(uint64_t *seed)
{
	gort_memstats m;
	uint64_t before;

	gort_read_memstats(&m);
	before = m.mallocs;
	gort_gc();
	gort_read_memstats(&m);
	MUST(m.mallocs >= before && m.frees <= m.mallocs);
	gort_sleep(rnd(seed) % (10 * MS));
}

/* ---- running them ---- */

static struct worker {
	const char *name;
	void (*round)(uint64_t *seed);
	_Atomic uint64_t rounds;
} workers[] = {
	{ "storm", round_storm, 0 }, { "pipeline", round_pipeline, 0 },
	{ "select", round_select, 0 }, { "timers", round_timers, 0 },
	{ "net", round_net, 0 }, { "net2", round_net, 0 },
	{ "threads", round_threads, 0 }, { "panics", round_panics, 0 },
	{ "heap", round_heap, 0 }, { "heap2", round_heap, 0 },
	{ "locks", round_locks, 0 }, { "locks2", round_locks, 0 },
	{ "procs", round_procs, 0 }, { "collect", round_collect, 0 },
};
#define NWORKERS (sizeof(workers) / sizeof(workers[0]))

static gort_waitgroup running;

static void
work(void *arg)
{
	struct worker *w = arg;
	uint64_t seed = (uint64_t)gort_wall_ns() | 1;

	while (!atomic_load(&enough)) {
		w->round(&seed);
		atomic_fetch_add(&w->rounds, 1);
	}
	gort_waitgroup_done(&running);
}

/* No worker may stand still. */
static void
watch(int64_t end_ns)
{
	uint64_t last[NWORKERS] = { 0 };
	int64_t since[NWORKERS];

	for (size_t i = 0; i < NWORKERS; i++)
		since[i] = gort_now_ns();
	while (gort_now_ns() < end_ns && !atomic_load(&enough)) {
		gort_sleep(100 * MS);
		for (size_t i = 0; i < NWORKERS; i++) {
			uint64_t n = atomic_load(&workers[i].rounds);

			if (n != last[i]) {
				last[i] = n;
				since[i] = gort_now_ns();
			} else if (gort_now_ns() - since[i] > STALL_NS) {
				fprintf(stderr, "soak: %s stands still\n",
				    workers[i].name);
				gort_fatal("soak: a worker stands still");
			}
		}
	}
}

int
gort_main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 10;
	gort_chan *signals = gort_chan_make(sizeof(int), 16);
	int64_t before;
	bool early;

	procs = gort_gomaxprocs(0);
	MUST(gort_notify(signals, SIGTERM, SIGUSR1, 0) == 0);
	gort_go(heed_signals, signals);
	MUST(gort_listen("tcp", "127.0.0.1:0", &listener) == 0);
	MUST(gort_local_addr(listener, listen_addr, sizeof(listen_addr)) > 0);
	gort_go(accept_all, NULL);
	gort_yield();
	before = gort_num_goroutine();
	gort_waitgroup_add(&running, (int)NWORKERS);
	for (size_t i = 0; i < NWORKERS; i++)
		gort_go(work, &workers[i]);
	watch(gort_now_ns() + (int64_t)(seconds * 1e9));
	early = atomic_exchange(&enough, true);
	gort_waitgroup_wait(&running);
	/* echoes end when they see the end of file: wait for the state */
	for (int i = 0; i < 30000 && gort_num_goroutine() > before; i++)
		gort_sleep(MS);
	MUST(gort_num_goroutine() == before);
	for (size_t i = 0; i < NWORKERS; i++) {
		printf("%s %lu%s", workers[i].name,
		    (unsigned long)workers[i].rounds,
		    i + 1 < NWORKERS ? ", " : "\n");
		MUST(early || seconds < 5 || workers[i].rounds > 0);
	}
	return 0;
}
