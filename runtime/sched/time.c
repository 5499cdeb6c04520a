/*
 * time.c - timers.
 *
 * Each P has a 4-ary heap of slots (time, timer) under its timerslock. The
 * scheduler runs what is due on its own P each time around, looks into the
 * others' heaps when it steals, and sleeps in the poller no longer than the
 * earliest timer. Four children a node halve the depth of a binary heap, and
 * the four times lie in one cache line.
 *
 * Deletion is lazy, and so is moving to a later time: neither touches a heap.
 * The usual life of a deadline is set, cleared, set later, and nearly all are
 * never reached; with this scheme such a cycle costs two compare-and-swaps on
 * the timer's own status word, whichever P's heap has the slot. The price is
 * slots that fire nothing. They are dropped when they surface, and all at once
 * when they are more than a quarter of a heap (then also a heap that would
 * have to grow is cleaned first), so a heap holds at most a third more than
 * its armed timers, after an effort that is paid by the deletions.
 *
 * Every timer has a lock, a bit in its status, and three more bits:
 *
 *   ARMED    it will fire at when_ns
 *   SLOTTED  the heap of t->pp has, or is about to get, a slot with time
 *            t->nextwhen_ns for it; nextwhen_ns <= when_ns if also ARMED
 *   AGAIN    it was armed a second time: it is worth while to keep its slot
 *
 *   status            meaning, whether AGAIN or not
 *   0                 nothing anywhere
 *   ARMED|SLOTTED     pending
 *   SLOTTED           deleted; the slot is still there and can be reused
 *
 * Many timers are made, stopped and forgotten: a request's timeout. Such a one
 * costs two locked instructions, for the heap's lock and for its own in the
 * stop. Until add returns nobody else knows it, so it is armed by a store; what
 * is stopped and not AGAIN forgets its slot at once, which whoever cleans then
 * sees by a look; the counts of armed timers are the owner's to write.
 *
 * A slot (w, t) in the heap of pp is t's slot iff t is SLOTTED, t->pp == pp
 * and t->nextwhen_ns == w; else it is a stale leftover. Moving a timer earlier
 * makes its old slot stale and pushes a new one on the caller's own P. Two
 * equal slots of one timer may be in one heap (moved earlier, then back); then
 * the first to surface acts for both and the other has become stale, so no
 * sequence number is needed.
 *
 * Invariants, when timerslock is free:
 *   - slots are in heap order by when_ns; timer0when_ns is the top's, 0: none;
 *   - timersup - timersdown of a P is how many timers are ARMED with t->pp that
 *     P; each has a part that only the owner writes and one for the others.
 *     What is more in numtimers is dead (stale, or its timer not ARMED);
 *   - every ARMED timer has its slot, or a thread is between the lock bit and
 *     the push in arm(). That thread has a P and does not stop there, so with
 *     the world stopped every one has it.
 *
 * Order: timerslock, then a timer's lock bit. arm() takes them one after the
 * other, not nested: between both, others see SLOTTED and trust the push to
 * come; whatever they do makes at worst the slot we push stale.
 *
 * A function runs with no lock held, on g0. It may see its timer re-armed or
 * deleted already; who cares guards against it (capi/timer.c does).
 *
 * The slots are registered as roots, so an armed timer keeps itself and what
 * it refers to alive. Off-heap timers (a goroutine's own for sleeping, those of
 * poll descriptors) are recycled, never freed: a stale slot may outlive their
 * use and is still safe to look at.
 *
 * Rejected: one heap and one timer thread (every sleep pays two thread
 * switches); an index in the timer and eager deletion (the layout has no room
 * for it, and a deadline cleared on another P fights for that P's lock on
 * every request); a timing wheel (coarse, or large for nanosecond times).
 */
#include "sched/time.h"

#include <string.h>

#include "arch/arch.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/plock.h"
#include "mem/malloc.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "types/type.h"

enum {
	TIMER_LOCKED = 1,
	TIMER_ARMED = 2,
	TIMER_SLOTTED = 4,
	TIMER_AGAIN = 8,
};

#define SLOTS_MIN 256 /* first array: one page */
#define SPINS 30      /* before the thread lets others run */

int64_t
rt_time_after(int64_t now_ns, int64_t ns)
{
	int64_t when;

	if (__builtin_add_overflow(now_ns, ns, &when))
		return ns > 0 ? INT64_MAX : 1;
	return when > 0 ? when : 1;
}

/* ---- a timer's lock ---- */

/* Returns the status without the lock bit. Held for a few instructions by
 * threads that don't stop for the world. */
static uint32_t
lock_timer(struct rt_timer *t)
{
	uint32_t st;
	int spins = 0;

	for (;;) {
		st = atomic_load_explicit(&t->status, memory_order_relaxed);
		if ((st & TIMER_LOCKED) == 0
		    && atomic_compare_exchange_weak_explicit(&t->status, &st,
		        st | TIMER_LOCKED, memory_order_acquire,
		        memory_order_relaxed))
			return st;
		if (++spins < SPINS)
			rt_procyield(10);
		else
			rt_osyield();
	}
}

/* Release pairs with the acquire in lock_timer. */
static void
unlock_timer(struct rt_timer *t, uint32_t st)
{
	atomic_store_explicit(&t->status, st, memory_order_release);
}

/* ---- the heap; timerslock is held ---- */

/*
 * One more armed, or one less. Plain for the P that we have, which nobody else
 * writes. Release pairs with the acquire in rt_timers_armed.
 */
static void
count_up(struct p *pp)
{
	if (RT_LIKELY(pp == rt_getg()->m->p))
		atomic_store_explicit(&pp->timersup.own,
		    atomic_load_explicit(
		        &pp->timersup.own, memory_order_relaxed) + 1,
		    memory_order_release);
	else
		atomic_fetch_add(&pp->timersup.others, 1);
}

static void
count_down(struct p *pp)
{
	if (RT_LIKELY(pp == rt_getg()->m->p))
		atomic_store_explicit(&pp->timersdown.own,
		    atomic_load_explicit(
		        &pp->timersdown.own, memory_order_relaxed) + 1,
		    memory_order_release);
	else
		atomic_fetch_add(&pp->timersdown.others, 1);
}

/* Publish what others read without the lock. */
static void
set_top(struct p *pp)
{
	atomic_store_explicit(
	    &pp->numtimers, pp->ntimers, memory_order_relaxed);
	atomic_store_explicit(&pp->timer0when_ns,
	    pp->ntimers > 0 ? pp->timers[0].when_ns : 0,
	    memory_order_release); /* pairs with rt_timers_check, _next */
}

/* The one place where a slot is written: it is a root. */
static void
set_slot(struct p *pp, uint32_t i, struct rt_timer_slot s)
{
	pp->timers[i].when_ns = s.when_ns;
	rt_writeptr(&pp->timers[i].t, s.t);
}

static void
sift_up(struct p *pp, uint32_t i, struct rt_timer_slot s)
{
	uint32_t parent;

	while (i > 0) {
		parent = (i - 1) / 4;
		if (s.when_ns >= pp->timers[parent].when_ns)
			break;
		set_slot(pp, i, pp->timers[parent]);
		i = parent;
	}
	set_slot(pp, i, s);
}

static void
sift_down(struct p *pp, uint32_t i, struct rt_timer_slot s)
{
	uint32_t n = pp->ntimers, c, end, best;

	while ((c = 4 * i + 1) < n) {
		end = c + 4 < n ? c + 4 : n;
		for (best = c++; c < end; c++) {
			if (pp->timers[c].when_ns < pp->timers[best].when_ns)
				best = c;
		}
		if (s.when_ns <= pp->timers[best].when_ns)
			break;
		set_slot(pp, i, pp->timers[best]);
		i = best;
	}
	set_slot(pp, i, s);
}

static void
pop_top(struct p *pp)
{
	uint32_t last = --pp->ntimers;
	struct rt_timer_slot s = pp->timers[last];

	set_slot(pp, last, (struct rt_timer_slot){ 0, NULL });
	if (last > 0)
		sift_down(pp, 0, s);
}

static void
grow(struct p *pp)
{
	uint32_t cap = pp->captimers > 0 ? 2 * pp->captimers : SLOTS_MIN;
	struct rt_timer_slot *old = pp->timers, *a;

	/* New root first: no moment without one for what the slots hold. */
	a = rt_sys_alloc(cap * sizeof *a, RT_STAT_OTHER);
	rt_roots_add(a, cap * sizeof *a);
	pp->timers = a;
	for (uint32_t i = 0; i < pp->ntimers; i++)
		set_slot(pp, i, old[i]);
	if (old != NULL) {
		rt_roots_del(old);
		rt_sys_free(old, pp->captimers * sizeof *old, RT_STAT_OTHER);
	}
	pp->captimers = cap;
}

/* Is s, in pp's heap, t's slot? t is locked with status st. */
static bool
is_slot_of(struct p *pp, struct rt_timer_slot s, uint32_t st)
{
	return (st & TIMER_SLOTTED) != 0 && s.t->pp == pp
	    && s.t->nextwhen_ns == s.when_ns;
}

/*
 * Settle one slot: returns true if its timer is armed, with s->when_ns brought
 * up to date; else the slot is dead and forgotten by its timer. (A timer that
 * has nothing anywhere needs no lock for that: what it gets from now on is
 * another slot, for whose push the heap's lock is needed.)
 */
static bool
settle_slot(struct p *pp, struct rt_timer_slot *s)
{
	uint32_t st;
	bool mine;

	if (atomic_load_explicit(&s->t->status, memory_order_relaxed) == 0)
		return false;
	st = lock_timer(s->t);
	mine = is_slot_of(pp, *s, st);

	if (mine && (st & TIMER_ARMED) != 0) {
		s->t->nextwhen_ns = s->when_ns = s->t->when_ns;
		unlock_timer(s->t, st);
		return true;
	}
	unlock_timer(s->t, mine ? st & ~(uint32_t)TIMER_SLOTTED : st);
	return false;
}

/* Drop all dead slots and rebuild the order. */
static void
clean(struct p *pp)
{
	struct rt_timer_slot s;
	uint32_t i, n = 0, old = pp->ntimers;

	for (i = 0; i < old; i++) {
		s = pp->timers[i];
		if (settle_slot(pp, &s))
			set_slot(pp, n++, s);
	}
	for (i = n; i < old; i++)
		set_slot(pp, i, (struct rt_timer_slot){ 0, NULL });
	pp->ntimers = n;
	for (i = n > 1 ? (n - 2) / 4 + 1 : 0; i-- > 0;)
		sift_down(pp, i, pp->timers[i]);
	set_top(pp);
}

static void
insert(struct p *pp, struct rt_timer_slot s)
{
	if (pp->ntimers == pp->captimers && rt_timers_many_dead(pp))
		clean(pp);
	if (pp->ntimers == pp->captimers)
		grow(pp);
	sift_up(pp, pp->ntimers++, s);
	set_top(pp);
}

/* ---- arming ---- */

/*
 * A timer was added that others may have to know of: whoever sleeps in the
 * poller sleeps too long, or nobody looks at timers while this P is busy.
 */
static void
wake_for(int64_t when_ns)
{
	int64_t until;

	if (atomic_load(&rt_sched.lastpoll_ns) != 0) {
		rt_wakep();
		return;
	}
	until = atomic_load(&rt_sched.pollUntil_ns);
	if (until == 0 || until > when_ns)
		rt_netpoll_break();
}

/* The lock is left without a barrier, so who publishes a new top that others
 * have to know of does it by a full one. */
static void
push(struct m *mp, int64_t when_ns, struct rt_timer *t)
{
	struct p *pp = mp->p;
	bool first;

	if (!rt_netpollinited()) /* where threads wait for the next timer */
		rt_netpollgenericinit();
	rt_plock_any(mp, &pp->timerslock);
	insert(pp, (struct rt_timer_slot){ when_ns, t });
	first = pp->timers[0].t == t;
	if (first)
		atomic_store(&pp->timer0when_ns, when_ns);
	rt_punlock_any(mp, &pp->timerslock);
	if (first)
		wake_for(when_ns);
}

/* period_ns < 0: keep the one it has. Returns whether it was armed. */
static bool
arm(struct rt_timer *t, int64_t when_ns, int64_t period_ns)
{
	struct m *mp = rt_getg()->m;
	struct p *old;
	uint32_t st;
	bool armed;

	if (when_ns <= 0)
		when_ns = 1;
	st = lock_timer(t);
	armed = (st & TIMER_ARMED) != 0;
	t->when_ns = when_ns;
	if (period_ns >= 0)
		t->period_ns = period_ns;
	if ((st & TIMER_SLOTTED) != 0 && t->nextwhen_ns <= when_ns) {
		/* a heap of dead slots only is watched by nobody
		 * (rt_timers_next): tell them that this one lives, by a full
		 * barrier */
		if (!armed)
			atomic_fetch_add(&t->pp->timersup.others, 1);
		unlock_timer(t, st | TIMER_ARMED | TIMER_AGAIN);
		if (!armed)
			wake_for(when_ns);
		return armed;
	}
	old = t->pp;
	t->pp = mp->p;
	t->nextwhen_ns = when_ns;
	count_up(mp->p);
	if (armed)
		count_down(old);
	unlock_timer(t, TIMER_ARMED | TIMER_SLOTTED | TIMER_AGAIN);
	push(mp, when_ns, t);
	return armed;
}

/*
 * Never in a heap: no slot of it is anywhere, so nobody but our caller knows
 * it, and it needs no lock. It is TIMER_AGAIN only when it is armed a second time.
 */
static void
arm_fresh(struct rt_timer *t)
{
	struct m *mp = rt_getg()->m;

	if (t->when_ns <= 0)
		t->when_ns = 1;
	t->pp = mp->p;
	t->nextwhen_ns = t->when_ns;
	count_up(mp->p);
	atomic_store_explicit(&t->status, TIMER_ARMED | TIMER_SLOTTED,
	    memory_order_release);
	push(mp, t->when_ns, t);
}

void
rt_timer_add(struct rt_timer *t)
{
	if (t->f == NULL && t->cfn == NULL)
		rt_throw("timer_add: timer without a function");
	if (RT_LIKELY(t->pp == NULL))
		arm_fresh(t);
	else if (arm(t, t->when_ns, t->period_ns))
		rt_throw("timer_add: timer is armed already");
}

bool
rt_timer_mod(struct rt_timer *t, int64_t when_ns, int64_t period_ns)
{
	return arm(t, when_ns, period_ns > 0 ? period_ns : 0);
}

bool
rt_timer_reset(struct rt_timer *t, int64_t when_ns)
{
	return arm(t, when_ns, -1);
}

void
rt_timer_set(struct rt_timer *t, int64_t when_ns, int64_t period_ns, void *f,
    struct gort_eface arg, uintptr_t seq)
{
	uint32_t st = lock_timer(t);

	rt_writeptr(&t->f, f);
	rt_writeptr(&t->arg_type, (void *)(uintptr_t)arg.t);
	rt_writeptr(&t->arg, arg.d);
	t->seq = seq;
	unlock_timer(t, st);
	rt_timer_mod(t, when_ns, period_ns);
}

bool
rt_timer_del(struct rt_timer *t)
{
	uint32_t st = lock_timer(t);

	if ((st & TIMER_ARMED) == 0) {
		unlock_timer(t, st);
		return false;
	}
	count_down(t->pp);
	unlock_timer(t, (st & TIMER_AGAIN) != 0 ? st & ~(uint32_t)TIMER_ARMED : 0);
	return true;
}

/* ---- running ---- */

struct due { /* a call to make once the locks are free */
	void *f;
	void (*cfn)(void *arg, uintptr_t seq, int64_t now_ns);
	struct gort_eface arg;
	uintptr_t seq;
};

typedef void go_timer_fn(struct gort_eface arg, uintptr_t seq);

/*
 * Compiled Go on g0: it sends to a channel without waiting, or makes a
 * goroutine. With m->locks raised what it allocates starts no collection and
 * nothing in it may wait. A closure finds itself in the static chain register.
 */
static void
call_go(const struct due *d)
{
	struct rt_funcval *fv = d->f;
	struct m *mp = rt_acquirem();

	__builtin_call_with_static_chain(
	    ((go_timer_fn *)fv->fn)(d->arg, d->seq), fv);
	rt_releasem(mp);
}

static void
call(const struct due *d, int64_t now_ns)
{
	if (d->f == NULL)
		d->cfn(d->arg.d, d->seq, now_ns);
	else
		call_go(d);
}

static int64_t
next_tick(const struct rt_timer *t, int64_t now_ns)
{
	int64_t ticks = 1 + (now_ns - t->when_ns) / t->period_ns, delta;

	if (__builtin_mul_overflow(ticks, t->period_ns, &delta))
		return INT64_MAX;
	return rt_time_after(t->when_ns, delta);
}

/*
 * Look at the top, which is due by its slot's time. Returns true with *ret
 * filled when a function is to be called; else a dead or late slot was moved
 * out of the way. Ticks are counted from the time set, so they don't drift.
 */
static bool
take_top(struct p *pp, int64_t now_ns, struct due *ret)
{
	struct rt_timer_slot s = pp->timers[0];
	struct rt_timer *t = s.t;
	uint32_t st = lock_timer(t);
	bool mine = is_slot_of(pp, s, st);

	if (!mine || (st & TIMER_ARMED) == 0) {
		unlock_timer(t, mine ? st & ~(uint32_t)TIMER_SLOTTED : st);
		pop_top(pp);
		return false;
	}
	if (t->when_ns > s.when_ns) { /* was moved later: settle there */
		t->nextwhen_ns = s.when_ns = t->when_ns;
		unlock_timer(t, st);
		sift_down(pp, 0, s);
		return false;
	}
	*ret = (struct due){ .f = t->f, .arg = { t->arg_type, t->arg },
		.seq = t->seq };
	if (t->f == NULL)
		ret->cfn = t->cfn;
	if (t->period_ns > 0) {
		t->nextwhen_ns = t->when_ns = s.when_ns
		    = next_tick(t, now_ns);
		unlock_timer(t, st);
		sift_down(pp, 0, s);
	} else {
		count_down(pp);
		unlock_timer(t, 0);
		pop_top(pp);
	}
	return true;
}

bool
rt_timers_check(struct p *pp, int64_t now_ns, int64_t *ret_until)
{
	int64_t next;
	struct m *mp = rt_getg()->m;
	struct due d;
	bool ran = false, fire;

	next = atomic_load_explicit(&pp->timer0when_ns, memory_order_acquire);
	if (next != 0 && now_ns == 0)
		now_ns = rt_nanotime();
	if (next == 0
	    || (now_ns < next
	        && (pp != mp->p || !rt_timers_many_dead(pp)))) {
		if (ret_until != NULL)
			*ret_until = next;
		return false;
	}

	rt_plock_any(mp, &pp->timerslock);
	if (rt_timers_many_dead(pp))
		clean(pp);
	while (pp->ntimers > 0 && pp->timers[0].when_ns <= now_ns) {
		fire = take_top(pp, now_ns, &d);
		set_top(pp);
		if (!fire)
			continue;
		rt_punlock_any(mp, &pp->timerslock);
		call(&d, now_ns);
		ran = true;
		rt_plock_any(mp, &pp->timerslock);
	}
	next = pp->ntimers > 0 ? pp->timers[0].when_ns : 0;
	rt_punlock_any(mp, &pp->timerslock);
#ifdef RT_DEBUG
	rt_timers_verify(pp);
#endif
	if (ret_until != NULL)
		*ret_until = next;
	return ran;
}

/* ---- sleeping ---- */

static void
sleep_over(void *arg, uintptr_t seq, int64_t now_ns)
{
	rt_goready(arg);
}

/* On g0, after the sleeper's context is saved: only now may it be woken. */
static bool
sleep_commit(struct g *gp, void *arg)
{
	struct rt_timer *t = arg;

	arm(t, t->when_ns, 0);
	return true;
}

void
rt_time_sleep(int64_t ns)
{
	struct g *gp = rt_getg();
	struct rt_timer *t = gp->timer;

	if (ns <= 0)
		return;
	if (t == NULL) {
		t = rt_persistentalloc(
		    sizeof *t, _Alignof(struct rt_timer), RT_STAT_OTHER);
		t->cfn = sleep_over;
		t->arg = gp;
		gp->timer = t;
	}
	/* Not armed, so nobody reads it: plain stores. A stale slot of an
	 * earlier sleep reads nextwhen_ns only. */
	t->when_ns = rt_time_after(rt_nanotime(), ns);
	rt_gopark(sleep_commit, t, WAIT_SLEEP);
}

/* ---- over all Ps ---- */

/* Ps are never freed and the array of them only grows under a stopped world,
 * so a walk without a P sees at worst an old count. */
int64_t
rt_timers_next(struct p **ret_p)
{
	int64_t when, best = 0;
	struct p *whose = NULL;
	int32_t i;

	for (i = 0; i < rt_gomaxprocs; i++) {
		struct p *pp = rt_allp[i];

		if (pp == NULL || rt_timers_armed(pp) == 0)
			continue;
		when = atomic_load_explicit(
		    &pp->timer0when_ns, memory_order_acquire);
		if (when != 0 && (best == 0 || when < best)) {
			best = when;
			whose = pp;
		}
	}
	if (ret_p != NULL)
		*ret_p = whose;
	return best;
}

uint32_t
rt_timers_count(void)
{
	uint32_t n = 0;
	int32_t i;

	for (i = 0; i < rt_gomaxprocs; i++) {
		if (rt_allp[i] != NULL)
			n += rt_timers_armed(rt_allp[i]);
	}
	return n;
}

void
rt_timers_move(struct p *from, struct p *to)
{
	struct p *lo = from->id < to->id ? from : to;
	struct p *hi = lo == from ? to : from;
	struct m *mp = rt_getg()->m;
	struct rt_timer_slot s;
	uint32_t i, n;

	if (from == to)
		rt_throw("timers_move: a P's heap onto itself");
	rt_plock_any(mp, &lo->timerslock);
	rt_plock_any(mp, &hi->timerslock);
	clean(from);
	for (i = 0; i < from->ntimers; i++) {
		s = from->timers[i];
		s.t->pp = to; /* settled, and the world stands: it is ours */
		insert(to, s);
		set_slot(from, i, (struct rt_timer_slot){ 0, NULL });
	}
	from->ntimers = 0;
	set_top(from);
	n = rt_timers_armed(from);
	atomic_fetch_add(&to->timersup.others, n);
	atomic_fetch_add(&from->timersdown.others, n);
	rt_punlock_any(mp, &hi->timerslock);
	rt_punlock_any(mp, &lo->timerslock);
}

/* ---- checkTimers ---- */

static void
broken(struct p *pp, uint32_t i, const char *what)
{
	rt_printf("runtime: timers of P %d: slot %u of %u: %s\n", pp->id, i,
	    pp->ntimers, what);
	rt_throw("bad timer heap");
}

static void
verify_slot(struct p *pp, uint32_t i)
{
	struct rt_timer_slot s = pp->timers[i];
	const char *what = NULL;
	uint32_t st;

	if (s.t == NULL || s.when_ns <= 0)
		broken(pp, i, "empty");
	if (i > 0 && s.when_ns < pp->timers[(i - 1) / 4].when_ns)
		broken(pp, i, "earlier than its parent");
	st = lock_timer(s.t);
	if ((st & (TIMER_ARMED | TIMER_SLOTTED)) == TIMER_ARMED)
		what = "armed without a slot";
	else if (is_slot_of(pp, s, st) && (st & TIMER_ARMED) != 0
	    && s.t->when_ns < s.when_ns)
		what = "later than its timer";
	unlock_timer(s.t, st);
	if (what != NULL)
		broken(pp, i, what);
}

void
rt_timers_verify(struct p *pp)
{
	struct m *mp = rt_getg()->m;
	uint32_t i;

	rt_plock_any(mp, &pp->timerslock);
	for (i = 0; i < pp->ntimers; i++)
		verify_slot(pp, i);
	for (i = pp->ntimers; i < pp->captimers; i++) {
		if (pp->timers[i].t != NULL)
			broken(pp, i, "not cleared");
	}
	if (pp->timer0when_ns
	    != (pp->ntimers > 0 ? pp->timers[0].when_ns : 0))
		broken(pp, 0, "not published as the next");
	if (pp->numtimers != pp->ntimers)
		broken(pp, 0, "count is not published");
	rt_punlock_any(mp, &pp->timerslock);
}
