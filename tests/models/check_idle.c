/*
 * check_idle.c - sleeping and waking: sched/idle.c, findrunnable.c, mstart.c,
 * procresize.c, runq.c and fresh.c themselves.
 *
 * One thread makes goroutines ready and then computes for ever; two more
 * sleep, and there is one idle P. Who gets a goroutine either comes back for
 * more or computes for ever too (each is tried). When nothing moves any more,
 * no goroutine may lie in a queue while a P is idle.
 *
 * Channels, timers and the poller are not in this model: nobody waits there.
 */
#include "tests/models/suite.h"

#include "sched/time.h"
#include "poll/netpoll.h"

#define NM 3
#define NG 2

static int nm, np, ng; /* this model's */
static uint64_t pruned; /* a new thread would be needed: not followed */

struct schedt rt_sched;
_Atomic int32_t rt_gomaxprocs;
int32_t rt_ncpu = 2;
struct p **rt_allp;
__thread struct g *rt_tls_g __attribute__((tls_model("initial-exec")));

static struct p ps[NM], *allp[NM];
static struct m ms[NM];
static struct g g0s[NM], gs[NG];
static uint64_t ran[NG];

/* ---- what those files stand on ---- */

static bool
never(void *arg)
{
	return false;
}

void
rt_throw(const char *msg)
{
	if (strcmp(msg, "thread exhaustion") != 0)
		ex_fail(msg);
	pruned = 1;
	for (;;)
		ex_await(never, NULL, "newm");
}

void
rt_printf(const char *fmt, ...)
{
}

static bool
is_free(void *arg)
{
	return *(uint8_t *)arg == 0;
}

static bool
is_rung(void *arg)
{
	return *(uint32_t *)arg != 0;
}

/* check_lock.c is about these two; here each is one step. */
void
rt_lock(struct rt_mutex *l)
{
	ex_await(is_free, &l->key, "rt_lock");
	*(uint8_t *)&l->key = 1;
}

void
rt_unlock(struct rt_mutex *l)
{
	ex_store(&l->key, 1, 0, true, "rt_unlock");
}

void
rt_assert_lock_held(struct rt_mutex *l)
{
	if (*(uint8_t *)&l->key == 0)
		ex_fail("sched.lock is not held");
}

void
rt_notesleep(struct rt_note *n)
{
	ex_await(is_rung, &n->key, "rt_notesleep");
}

void
rt_noteclear(struct rt_note *n)
{
	*(uint32_t *)&n->key = 0; /* its sleeper is the caller */
}

void
rt_notewakeup(struct rt_note *n)
{
	ex_store(&n->key, 4, 1, true, "rt_notewakeup");
}

uint32_t
rt_fastrandn(uint32_t n)
{
	return (uint32_t)ex_self() % n;
}

int64_t
rt_nanotime(void)
{
	return 1;
}

void
rt_usleep(uint32_t us)
{
}

void
rt_osyield(void)
{
}

bool
rt_netpollinited(void)
{
	return false;
}

int32_t
rt_netpoll_waiters(void)
{
	return 0;
}

int64_t
rt_timers_next(struct p **ret_where)
{
	return 0;
}

void
rt_checkdead(void)
{
}

/* ---- threads ---- */

/* g0's loop without the goroutines' stacks. */
static void
schedule(struct m *mp)
{
	for (;;) {
		bool inherit;
		struct g *gp = rt_find_runnable(mp, &inherit);

		if (mp->spinning)
			rt_resetspinning(mp);
		if (ran[gp - gs]++ != 0)
			ex_fail("a goroutine ran twice");
		if (ex_choose(2) == 1)
			return; /* computes for ever */
	}
}

static void
maker(void *arg)
{
	struct m *mp = arg;

	for (int i = 0; i < ng; i++) {
		rt_runqput(mp->p, &gs[i], true);
		rt_wakep();
	}
}

static void
sleeper(void *arg)
{
	struct m *mp = arg;

	rt_notesleep(&mp->park);
	rt_noteclear(&mp->park);
	rt_acquirep(mp->nextp);
	mp->nextp = NULL;
	schedule(mp);
}

static void
enter(void *self)
{
	rt_tls_g = self;
}

static void
make_p(int i)
{
	struct p *pp = &ps[i];

	allp[i] = pp;
	pp->id = i;
	pp->schedtick = 1;
	if (i == 0) {
		*(uint32_t *)&pp->status = P_RUNNING;
		pp->m = &ms[0];
		ms[0].p = pp;
		return;
	}
	*(uint32_t *)&pp->status = P_IDLE;
	pp->link = rt_sched.pidle;
	rt_sched.pidle = pp;
	++*(uint32_t *)&rt_sched.npidle;
}

static void
make_m(int i)
{
	struct m *mp = &ms[i];

	mp->g0 = &g0s[i];
	mp->id = i;
	mp->preemptoff = "";
	g0s[i].m = mp;
	if (i == 0)
		return;
	mp->schedlink = rt_sched.midle;
	rt_sched.midle = mp;
	rt_sched.nmidle++;
}

static void
setup(int procs, int threads, int goroutines)
{
	np = procs;
	nm = threads;
	ng = goroutines;
	rt_gomaxprocs = np;
	pruned = 0;
	memset(&rt_sched, 0, sizeof(rt_sched));
	memset(ps, 0, sizeof(ps));
	memset(ms, 0, sizeof(ms));
	memset(gs, 0, sizeof(gs));
	memset(ran, 0, sizeof(ran));
	rt_allp = allp;
	rt_sched.maxmcount = 0; /* rt_throw says what comes of it */
	for (int i = 0; i < np; i++)
		make_p(i);
	for (int i = 0; i < nm; i++) {
		make_m(i);
		ex_thread(i == 0 ? maker : sleeper, &ms[i], &g0s[i]);
	}
	for (int i = 0; i < NG; i++) {
		gs[i].waitsince_ns = 1;
		ex_region(&gs[i].schedlink, 8);
	}
	ex_region(&rt_sched, sizeof(rt_sched));
	ex_region(ps, sizeof(ps));
	ex_region(ms, sizeof(ms));
	ex_region(ran, sizeof(ran));
	ex_region(&pruned, sizeof(pruned));
}

static void
setup_two(void)
{
	setup(2, 3, 2);
}

static const char *
end(void)
{
	if (rt_sched.pidle == NULL || pruned)
		return NULL; /* all compute */
	for (int i = 0; i < ng; i++)
		if (ran[i] == 0)
			return "a goroutine waits beside an idle P";
	if (*(uint32_t *)&rt_sched.nmspinning != 0)
		return "threads sleep, and one counts as spinning";
	return NULL;
}

static const struct ex_mutant mutants[] = {
	{ "makes ready without a locked instruction", EX_WEAKEN, "rt_runqput",
	    EX_LOCKED, NULL, 0, true },
	{ "gives up without a barrier before the second look", EX_WEAKEN,
	    "stop_spinning", EX_LOCKED, &rt_sched.nmspinning, 0, true },
	{ "does not see what is on its way from runnext", EX_VALUE,
	    "rt_runqempty", EX_LOAD, &ps[0].moving, 0, false },
	{ "does not look at runnext again after giving up", EX_VALUE,
	    "rt_runqempty", EX_LOAD, &ps[0].runnext, 0, true },
	{ 0 },
};

static const struct ex_model models[] = {
	{ "idle, two Ps", setup_two, enter, NULL, end, mutants },
};

MODELS("idle")
