/*
 * runq.c - run queues: a ring and one slot in each P, a list for all.
 *
 * The ring. 256 entries, head and tail counted without wrapping; tail - head
 * is the length. Only the owner adds (writes an entry, then publishes tail
 * with release); owner and thieves remove by moving head with a CAS. A thief
 * reads head (acquire), tail (acquire: pairs with the owner's release, so the
 * entries are there), copies half, then claims them all with one CAS on head.
 * If the CAS fails somebody was quicker and the copies are worthless. An
 * entry cannot be overwritten under a successful claim: the owner reuses it
 * only after it saw head pass it (acquire, pairing with the CAS's release).
 *
 * runnext. A goroutine made ready by the running one goes there: it runs
 * next and inherits the rest of the time slice, so a pair that talks to each
 * other is one unit and can't starve the ring for longer than one slice
 * (sysmon then sets p->preempt, and slice_over in findrunnable.c breaks it up). The
 * owner exchanges it, thieves take it by CAS and only as a last resort.
 *
 * One P. When GOMAXPROCS is 1 there are no thieves, so the owner's CAS and
 * exchange become plain stores; rt_gomaxprocs changes only while the world
 * is stopped, hence never between a thief's look and its claim.
 *
 * Who has not begun yet and is pushed out of runnext does not go to the ring
 * but to a list of its own, newest first (fresh.c says why). The owner serves
 * the two in rounds.
 *
 * The global queue takes the ring's overflow, preempted goroutines, and what becomes
 * ready where no P is at hand. It is looked at once in 61 schedules so that
 * two goroutines readying each other for ever do not starve it.
 */
#include "sched/sched.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/fresh.h"
#include "sched/oracle.h"
#include "sched/runq.h"
#include "sched/sched_priv.h"

/*
 * Things move while we look: from runnext to the ring or to the fresh list,
 * and between that one's slots and its batches. A move to a tail changes that
 * tail, so look again until neither did; and nstock is read after the slots
 * (fresh.c).
 */
bool
rt_runqempty(struct p *pp)
{
	/* acquire, by being seq_cst: pairs with rt_runqput's last store */
	if (atomic_load(&pp->moving))
		return false;
	for (;;) {
		uint32_t h = atomic_load(&pp->runqhead);
		uint32_t t = atomic_load(&pp->runqtail);
		uint32_t fh = atomic_load(&pp->freshhead);
		uint32_t ft = atomic_load(&pp->freshtail);
		struct g *next = atomic_load(&pp->runnext);
		uint32_t nstock = atomic_load(&pp->nstock);

		if (t == atomic_load(&pp->runqtail) &&
		    ft == atomic_load(&pp->freshtail))
			return h == t && (int32_t)(ft - fh) <= 0 &&
			    next == NULL && nstock == 0;
	}
}

static uint32_t
ring_len(struct p *pp)
{
	uint32_t h = atomic_load_explicit(&pp->runqhead, memory_order_acquire);
	uint32_t t = atomic_load_explicit(&pp->runqtail, memory_order_acquire);
	uint32_t n = t - h;

	/* head and tail are two moments: a racing pair may be nonsense */
	return n > RT_RUNQ_LEN ? 0 : n;
}

uint32_t
rt_runqlen(struct p *pp)
{
	return ring_len(pp) + rt_fresh_len(pp) +
	    (atomic_load_explicit(&pp->runnext, memory_order_relaxed) != NULL);
}

/* The ring is full: half of it and gp go to the global queue, in order. */
static bool
put_slow(struct p *pp, struct g *gp, uint32_t h, uint32_t t)
{
	struct g *batch[RT_RUNQ_LEN / 2];
	struct g_queue q = { NULL, NULL, 0 };
	uint32_t n = (t - h) / 2;

	if (n != RT_RUNQ_LEN / 2)
		rt_throw("runqputslow: queue is not full");
	for (uint32_t i = 0; i < n; i++)
		batch[i] = rt_runq_load(pp, h + i);
	if (!rt_runq_claim(pp, h, n))
		return false; /* a thief made room */
	for (uint32_t i = 0; i < n; i++)
		rt_gqueue_push(&q, batch[i]);
	rt_gqueue_push(&q, gp);
	rt_lock(&rt_sched.lock);
	rt_globrunqputbatch(&q);
	rt_unlock(&rt_sched.lock);
	return true;
}

static void
put_tail(struct p *pp, struct g *gp)
{
	for (;;) {
		uint32_t h = atomic_load_explicit(&pp->runqhead,
		    memory_order_acquire);
		uint32_t t = atomic_load_explicit(&pp->runqtail,
		    memory_order_relaxed);

		if (RT_LIKELY(t - h < RT_RUNQ_LEN)) {
			rt_runq_store(pp, t, gp);
			atomic_store_explicit(&pp->runqtail, t + 1,
			    memory_order_release);
			return;
		}
		if (put_slow(pp, gp, h, t))
			return;
	}
}

/*
 * With next set and several Ps this is a locked exchange, so it is also the
 * StoreLoad barrier that rt_wakep needs between publishing work and looking
 * for idle Ps. The old runnext is not seen by a third party while it moves
 * on, and the store of the tail that makes it visible has no such barrier behind
 * it: a thief could take the new one, run it, look everywhere and sleep while
 * that store is still in our processor's buffer. So `moving` is set before the
 * exchange and cleared behind the tail, in the order of stores, and who sees
 * it takes the queue for not empty (rt_runqempty) and looks once more.
 * tests/models/check_idle.c finds what happens without.
 */
void
rt_runqput(struct p *pp, struct g *gp, bool next)
{
	if (next) {
		struct g *old = atomic_load_explicit(&pp->runnext,
		    memory_order_relaxed);

		if (old != NULL) /* seen by all before the exchange is */
			atomic_store_explicit(&pp->moving, true,
			    memory_order_relaxed);
		if (rt_gomaxprocs == 1) {
			old = atomic_load_explicit(&pp->runnext,
			    memory_order_relaxed);
			atomic_store_explicit(&pp->runnext, gp,
			    memory_order_relaxed);
		} else {
			old = atomic_exchange(&pp->runnext, gp);
		}
		gp = old;
		if (gp == NULL)
			; /* it was empty, or a thief was quicker */
		else if (!rt_has_parked(gp))
			rt_fresh_push(pp, gp);
		else
			put_tail(pp, gp);
		/* release: seen after the tail, by rt_runqempty */
		atomic_store_explicit(&pp->moving, false,
		    memory_order_release);
		return;
	}
	put_tail(pp, gp);
}

/* Owner. NULL: nobody is there. */
struct g *
rt_runnext_get(struct p *pp)
{
	struct g *gp = atomic_load_explicit(&pp->runnext,
	    memory_order_relaxed);

	if (gp == NULL)
		return NULL;
	if (rt_gomaxprocs == 1) {
		atomic_store_explicit(&pp->runnext, NULL,
		    memory_order_relaxed);
		return gp;
	}
	/* Only the owner fills runnext, so a load is enough to see it empty;
	 * a failed CAS means that a thief has emptied it. */
	return atomic_compare_exchange_strong(&pp->runnext, &gp, NULL) ? gp
	                                                               : NULL;
}

static struct g *
ring_get(struct p *pp)
{
	for (;;) {
		uint32_t h = atomic_load_explicit(&pp->runqhead,
		    memory_order_acquire);
		uint32_t t = atomic_load_explicit(&pp->runqtail,
		    memory_order_relaxed);
		struct g *gp;

		if (t == h)
			return NULL;
		gp = rt_runq_load(pp, h);
		if (rt_runq_claim_own(pp, h))
			return gp;
	}
}

/*
 * Both the ring and the fresh list may hold somebody. A round serves as many
 * of the fresh as there are when it begins, then as many of the ring: by the
 * count that is what one queue for both would do. A round that ended early,
 * because one of the two ran dry, is forgotten.
 */
#define ROUND_MAX 1024 /* fresh ones, before the ring has a turn */

static RT_NOINLINE struct g *
from_both(struct p *pp, uint32_t nfresh)
{
	struct g *gp;

	if (pp->turnfresh == 0 && pp->turnring == 0) {
		pp->turnfresh = nfresh < ROUND_MAX ? nfresh : ROUND_MAX;
		pp->turnring = ring_len(pp);
	}
	if (pp->turnfresh > 0) {
		pp->turnfresh--;
		gp = rt_fresh_pop(pp);
		return gp != NULL ? gp : ring_get(pp);
	}
	if (pp->turnring > 0)
		pp->turnring--;
	gp = ring_get(pp);
	return gp != NULL ? gp : rt_fresh_pop(pp);
}

static struct g *
local_get(struct p *pp)
{
	uint32_t nfresh = rt_fresh_len(pp);
	struct g *gp;

	if (nfresh != 0 && ring_len(pp) != 0)
		return from_both(pp, nfresh);
	pp->turnfresh = pp->turnring = 0;
	if (nfresh == 0) {
		gp = ring_get(pp);
		if (gp != NULL)
			return gp;
	}
	return rt_fresh_pop(pp); /* an nfresh of 0 may be a thief's moment */
}

struct g *
rt_runqget(struct p *pp, bool *ret_inherit)
{
	struct g *gp = rt_runnext_get(pp);

	*ret_inherit = gp != NULL;
	return gp != NULL ? gp : local_get(pp);
}

/*
 * Last resort of a thief: the goroutine that is to run next. Its owner is
 * most likely about to run it, so leave it some microseconds first; taking it
 * at once would make two Ps throw a talking pair back and forth.
 */
static struct g *
steal_runnext(struct p *p2)
{
	struct g *gp = atomic_load(&p2->runnext);

	if (gp == NULL)
		return NULL;
	if (atomic_load(&p2->status) == P_RUNNING) {
		if (rt_ncpu > 1)
			rt_usleep(3);
		else
			rt_osyield();
	}
	if (atomic_compare_exchange_strong(&p2->runnext, &gp, NULL))
		return gp;
	return NULL;
}

/* Copy half of p2's ring into ours from position t; returns how many. */
static uint32_t
grab(struct p *p2, struct p *pp, uint32_t t)
{
	for (;;) {
		uint32_t h2 = atomic_load_explicit(&p2->runqhead,
		    memory_order_acquire);
		uint32_t t2 = atomic_load_explicit(&p2->runqtail,
		    memory_order_acquire);
		uint32_t n = t2 - h2;

		n -= n / 2;
		if (n == 0)
			return 0;
		if (n > RT_RUNQ_LEN / 2)
			continue; /* h2 and t2 do not belong together */
		for (uint32_t i = 0; i < n; i++)
			rt_runq_store(pp, t + i, rt_runq_load(p2, h2 + i));
		if (rt_runq_claim(p2, h2, n))
			return n;
	}
}

/*
 * pp's queues are empty when this is called (its owner found nothing there),
 * so half a ring fits.
 */
struct g *
rt_runqsteal(struct p *pp, struct p *p2, bool steal_next)
{
	uint32_t t = atomic_load_explicit(&pp->runqtail, memory_order_relaxed);
	uint32_t h = atomic_load_explicit(&pp->runqhead, memory_order_acquire);
	uint32_t n = grab(p2, pp, t);
	struct g *gp;

	if (n == 0) {
		gp = rt_fresh_steal(pp, p2);
		return gp == NULL && steal_next ? steal_runnext(p2) : gp;
	}
	gp = rt_runq_load(pp, t + n - 1);
	n--;
	if (n == 0)
		return gp;
	if (t - h + n >= RT_RUNQ_LEN)
		rt_throw("runqsteal: runq overflow");
	atomic_store_explicit(&pp->runqtail, t + n, memory_order_release);
	return gp;
}

/* ---- the global queue: sched.lock held ---- */

static void
runqsize_publish(void)
{
	atomic_store_explicit(&rt_sched.runqsize, rt_sched.runq.n,
	    memory_order_relaxed);
}

void
rt_globrunqput(struct g *gp)
{
	rt_assert_lock_held(&rt_sched.lock);
	rt_gqueue_push(&rt_sched.runq, gp);
	runqsize_publish();
}

void
rt_globrunqputhead(struct g *gp)
{
	struct g_queue *q = &rt_sched.runq;

	rt_assert_lock_held(&rt_sched.lock);
	gp->schedlink = q->head;
	q->head = gp;
	if (q->tail == NULL)
		q->tail = gp;
	q->n++;
	runqsize_publish();
}

void
rt_globrunqputbatch(struct g_queue *q)
{
	struct g_queue *all = &rt_sched.runq;

	rt_assert_lock_held(&rt_sched.lock);
	if (q->head == NULL)
		return;
	if (all->tail != NULL)
		all->tail->schedlink = q->head;
	else
		all->head = q->head;
	all->tail = q->tail;
	all->n += q->n;
	runqsize_publish();
	q->head = q->tail = NULL;
	q->n = 0;
}

void
rt_globrunqputfront(struct g_queue *q)
{
	struct g_queue *all = &rt_sched.runq;

	rt_assert_lock_held(&rt_sched.lock);
	if (q->head == NULL)
		return;
	q->tail->schedlink = all->head;
	all->head = q->head;
	if (all->tail == NULL)
		all->tail = q->tail;
	all->n += q->n;
	runqsize_publish();
	q->head = q->tail = NULL;
	q->n = 0;
}

struct g *
rt_globrunqget(struct p *pp, int32_t max)
{
	struct g *gp;
	int32_t n = rt_sched.runq.n;

	rt_assert_lock_held(&rt_sched.lock);
	if (n == 0)
		return NULL;
	n = n / rt_gomaxprocs + 1;
	if (n > rt_sched.runq.n)
		n = rt_sched.runq.n;
	if (max > 0 && n > max)
		n = max;
	if (n > RT_RUNQ_LEN / 2)
		n = RT_RUNQ_LEN / 2;
	gp = rt_gqueue_pop(&rt_sched.runq);
	/* our ring may hold something: put_tail would come back for
	 * sched.lock when it overflows, so take no more than fits */
	n--;
	while (n-- > 0 && rt_runqlen(pp) < RT_RUNQ_LEN - 1)
		put_tail(pp, rt_gqueue_pop(&rt_sched.runq));
	runqsize_publish();
	return gp;
}
