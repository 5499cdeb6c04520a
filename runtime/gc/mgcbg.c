/*
 * mgcbg.c - who marks: threads of the collector's, and allocations that assist.
 *
 * The threads have no P and sleep between cycles. They are made when a cycle
 * first wants them: with the world stopped as many as its heap is worth
 * (rt_pacer_helpers), beside the program one for each four Ps, one at least, and
 * more while Ps are idle.
 *
 * Beside the program they shall take a quarter of GOMAXPROCS, or what nobody
 * else wants. A thread that is entitled to less than a whole processor sleeps
 * for its share after each SLICE_NS, unless a P is idle; a thread that was
 * woken for an idle P leaves when there is none any more.
 *
 * Assists. The plan of a cycle says how much should be marked when the heap is
 * so large (mgcpacer.c). An allocation that needs a new span looks and, if
 * marking is behind, marks what is missing, ASSIST_MAX_BYTES at most. So a
 * program that allocates slowly pays nothing, and one that allocates faster
 * than the threads can mark is slowed down to what they and it itself mark,
 * unless the collector takes too much already (mgccpulimit.c). When marking is
 * over it ends the cycle:
 * on a machine with other work the heap must not grow because a thread of ours
 * waits for a processor. So under a memory limit an allocation that finds
 * nothing to take, beyond all that the plan allows, waits a millisecond for
 * those who have the work: the processor that it leaves is likely the one they
 * lack. (Without a limit memory is the cheaper of the two.) Rejected: credit
 * and debt for each goroutine; the line needs two numbers that are there anyway.
 */
#include "gc/mgc.h"

#include "gc/mgcpacer.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#define HELPERS_MAX 7
#define SLICE_NS 200000
#define SLEEP_MAX_US 2000
#define ASSIST_MAX_BYTES ((uint64_t)128 << 10)
#define ASSIST_MIN_BYTES ((uint64_t)8 << 10)
#define WAIT_US 50
#define WAITS_MAX 20

struct helper {
	struct rt_note start;
	_Atomic uint32_t armed;  /* 1: asleep on start, may be woken once */
	_Atomic uint32_t wanted; /* a wake that may have found it awake */
};

static struct {
	struct helper helper[HELPERS_MAX]; /* made under worldsema */
	int32_t nhelpers;                  /* worldsema */
	/* worldsema, while nobody marks: threads that need no idle P; what of
	 * a processor each of these may take */
	int32_t entitled;
	uint32_t permille;
	_Atomic uint32_t ids;    /* each helper takes its number */
	_Atomic uint32_t active; /* helpers between waking and sleeping */
	_Atomic int64_t cpu_ns, assist_ns;
} bg;

/* ---- threads ---- */

static void
work_once(uint32_t id)
{
	int64_t t0 = rt_thread_cputime_ns();
	struct gcworker w;
	bool over;

	if (!rt_gcwork_join())
		return;
	rt_gcworker_init(&w);
	w.paced = atomic_load(&rt_gcbarrier) != 0;
	w.extra = id >= (uint32_t)bg.entitled;
	w.slice_ns = w.paced ? rt_nanotime() : 0;
	rt_gcmark_drain(&w);
	rt_gc_credit_marked(&w);
	over = w.last;
	if (w.budget_bytes == 0) {
		rt_gcworker_dispose(&w);
		over = rt_gcwork_leave();
	} else {
		rt_gcworker_fini(&w);
	}
	atomic_fetch_add(&bg.cpu_ns, rt_thread_cputime_ns() - t0);
	if (over && w.paced)
		rt_gccycle_wake_finisher();
}

/*
 * No wake is lost: we store armed and then look at wanted, a waker stores
 * wanted and then looks at armed, both in full order. Whoever takes armed from
 * 1 to 0 decides whether the note will be woken.
 */
static void
sleep_until_wanted(struct helper *h)
{
	uint32_t yes = 1;

	rt_noteclear(&h->start);
	atomic_store(&h->armed, 1);
	if (atomic_load(&h->wanted) == 0 ||
	    !atomic_compare_exchange_strong(&h->armed, &yes, 0))
		rt_notesleep(&h->start);
	atomic_store(&h->wanted, 0);
}

/* A helper thread's life: g0, no P. Only marks, never allocates. */
static void
helper_main(void)
{
	uint32_t id = atomic_fetch_add(&bg.ids, 1);
	struct helper *h = &bg.helper[id];

	for (;;) {
		sleep_until_wanted(h);
		atomic_fetch_add(&bg.active, 1);
		work_once(id);
		/* release: what it counted is seen by who waits for it */
		atomic_fetch_sub(&bg.active, 1);
	}
}

int32_t
rt_gcbg_prepare(bool beside)
{
	int32_t procs = rt_gomaxprocs, want, idle;

	if (!beside) {
		want = rt_pacer_helpers(rt_heap_live(), procs, rt_ncpu);
	} else {
		bg.entitled = procs < 4 ? 1 : procs / 4;
		bg.permille = (uint32_t)(procs < 4 ? procs * 250 : 1000);
		idle = (int32_t)atomic_load(&rt_sched.npidle);
		want = bg.entitled + idle;
		if (want > procs && procs > 1)
			want = procs;
	}
	if (want > HELPERS_MAX)
		want = HELPERS_MAX;
	for (; bg.nhelpers < want; bg.nhelpers++)
		rt_newm(helper_main, NULL, true);
	return want;
}

void
rt_gcbg_wake(int32_t n)
{
	uint32_t yes;

	for (int32_t i = 0; i < n; i++) {
		yes = 1;
		atomic_store(&bg.helper[i].wanted, 1);
		if (atomic_compare_exchange_strong(
		        &bg.helper[i].armed, &yes, 0))
			rt_notewakeup(&bg.helper[i].start);
	}
}

void
rt_gcbg_quiesce(void)
{
	while (atomic_load(&bg.active) != 0)
		rt_osyield();
}

void
rt_gcbg_pace(struct gcworker *w)
{
	int64_t now = rt_nanotime(), ran = now - w->slice_ns;

	if (ran < SLICE_NS)
		return;
	w->slice_ns = now;
	if (atomic_load_explicit(
	        &rt_sched.npidle, memory_order_relaxed) > 0)
		return;
	if (w->extra) {
		w->budget_bytes = 0;
		return;
	}
	if (bg.permille >= 1000)
		return;
	rt_gcwork_balance(w); /* others may go on with it meanwhile */
	ran = ran * (1000 - bg.permille) / bg.permille / 1000;
	rt_usleep((uint32_t)(ran < SLEEP_MAX_US ? ran : SLEEP_MAX_US));
	w->slice_ns = rt_nanotime();
}

int64_t
rt_gcbg_cpu_ns(void)
{
	return atomic_exchange(&bg.cpu_ns, 0);
}

/* ---- assists ---- */

int64_t
rt_gcbg_assist_ns(void)
{
	return atomic_exchange(&bg.assist_ns, 0);
}

static void
assist_on_g0(void *arg)
{
	uint64_t bytes = *(uint64_t *)arg;
	int64_t t0 = rt_nanotime(), t1;
	struct gcworker w;
	bool over;

	if (!rt_gcwork_join())
		return;
	rt_gcworker_init(&w);
	w.budget_bytes = bytes;
	rt_gcmark_some(&w);
	rt_gc_credit_marked(&w);
	rt_gcworker_dispose(&w);
	over = rt_gcwork_leave();
	t1 = rt_nanotime();
	atomic_fetch_add(&bg.assist_ns, t1 - t0);
	rt_gc_cpu_assisted(t1 - t0);
	rt_gc_cpu_update(t1);
	if (over)
		rt_gccycle_wake_finisher();
}

static bool
nothing_to_take(void)
{
	return rt_gcwork_empty() && !rt_gcmark_jobs_left();
}

/* The heap is larger than it may be, and what is left to mark is with others. */
static void
wait_for_work(void)
{
	for (int i = 0; i < WAITS_MAX && nothing_to_take() &&
	     !rt_gcwork_is_over(); i++) {
		rt_usleep(WAIT_US);
		rt_preempt_check();
	}
}

void
rt_gc_assist(void)
{
	uint64_t done, due, bytes;

	if (rt_gcwork_is_over()) { /* the finisher has not had its turn */
		rt_gccycle_try_to_end();
		return;
	}
	if (rt_gc_cpu_limiting()) {
		rt_gc_cpu_update(rt_nanotime()); /* time goes by */
		return;
	}
	done = rt_gccycle_work();
	due = rt_gc_assist_due(done);
	bytes = due > done ? due - done : 0;
	if (bytes < ASSIST_MIN_BYTES)
		return;
	if (nothing_to_take()) {
		if (due == UINT64_MAX && rt_gc_memlimit_set(-1) != INT64_MAX)
			wait_for_work();
		else if (rt_heap_live() > rt_gc_heap_goal())
			rt_gosched();
		return;
	}
	if (bytes > ASSIST_MAX_BYTES)
		bytes = ASSIST_MAX_BYTES;
	rt_systemstack(assist_on_g0, &bytes);
}
