/*
 * mgchelp.c - threads that mark while the world stands.
 *
 * They have no P and sleep between cycles; they are made when a cycle first
 * wants them, as many as its heap is worth (rt_pacer_helpers). The program needs
 * no processor meanwhile. Beside the program goroutines mark, mgcbg.c.
 */
#include "gc/mgc.h"

#include "gc/mgcpacer.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#define HELPERS_MAX 7

struct helper {
	struct rt_note start;
	_Atomic uint32_t armed;  /* 1: asleep on start, may be woken once */
	_Atomic uint32_t wanted; /* a wake that may have found it awake */
};

static struct {
	struct helper helper[HELPERS_MAX]; /* made under worldsema */
	int32_t nhelpers;                  /* worldsema */
	_Atomic uint32_t ids;    /* each helper takes its number */
	_Atomic uint32_t active; /* helpers between waking and sleeping */
	_Atomic int64_t cpu_ns;
} help;

static void
work_once(void)
{
	int64_t t0 = rt_thread_cputime_ns();
	struct gcworker w;

	if (!rt_gcwork_join())
		return;
	rt_gcworker_init(&w);
	rt_gcmark_drain(&w);
	rt_gcworker_fini(&w);
	atomic_fetch_add(&help.cpu_ns, rt_thread_cputime_ns() - t0);
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
	struct helper *h = &help.helper[atomic_fetch_add(&help.ids, 1)];

	for (;;) {
		sleep_until_wanted(h);
		atomic_fetch_add(&help.active, 1);
		work_once();
		/* release: what it counted is seen by who waits for it */
		atomic_fetch_sub(&help.active, 1);
	}
}

int32_t
rt_gchelp_prepare(void)
{
	int32_t want =
	    rt_pacer_helpers(rt_heap_live(), rt_gomaxprocs, rt_ncpu);

	if (want > HELPERS_MAX)
		want = HELPERS_MAX;
	for (; help.nhelpers < want; help.nhelpers++)
		rt_newm(helper_main, NULL, true);
	return want;
}

void
rt_gchelp_wake(int32_t n)
{
	uint32_t yes;

	for (int32_t i = 0; i < n; i++) {
		yes = 1;
		atomic_store(&help.helper[i].wanted, 1);
		if (atomic_compare_exchange_strong(
		        &help.helper[i].armed, &yes, 0))
			rt_notewakeup(&help.helper[i].start);
	}
}

void
rt_gchelp_quiesce(void)
{
	while (atomic_load(&help.active) != 0)
		rt_osyield();
}

int64_t
rt_gchelp_cpu_ns(void)
{
	return atomic_exchange(&help.cpu_ns, 0);
}
