/*
 * sema.c - how goroutines wait for a count: semaphores and condition lists.
 *
 * A semaphore is a uint32 anywhere. Acquiring lowers it if it is positive, by
 * CAS; else the goroutine queues under the word's address and parks. Releasing
 * raises it and, if anybody may be queued, readies one, who tries again. A
 * woken goroutine can lose to a newcomer: for throughput that is right, and
 * who has to be fair asks for hand-off, where the releaser takes the count on
 * the waiter's behalf and gives it its place on the processor.
 *
 * Queues. A table of ROOTS roots hashed by address; in each a treap of the
 * different addresses, ordered by address with random priorities (sudog
 * ticket), so that thousands of contended mutexes that share a root cost a
 * logarithm and not a walk. Waiters for one address hang off its treap node:
 * waitlink in order of arrival, waittail the last.
 *
 *     node fields while queued    prev, next   left and right child
 *                                 parent       up
 *                                 ticket       priority, odd so never 0
 *                                 elem         the address
 *
 * No wake-up is lost: the acquirer raises nwait before it looks at the count
 * for the last time, the releaser raises the count before it looks at nwait;
 * both with full order.
 */
#include "lock/lock.h"
#include "lock/plock.h"

#include "chan/chan.h"
#include "fault/fault.h"
#include "sched/handoff.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "sched/waitprof.h"

#define ROOTS 251 /* prime: addresses are multiples of 8 or 64 */

struct root {
	RT_ALIGNED(RT_CACHE_LINE) struct rt_mutex lock;
	struct sudog *treap;    /* lock */
	_Atomic uint32_t nwait; /* queued; readable without the lock */
};

static struct root roots[ROOTS] = {
	[0 ... ROOTS - 1] = { .lock = { .rank = RANK_SEMAROOT } },
};

static struct root *
root_of(_Atomic uint32_t *addr)
{
	return &roots[((uintptr_t)addr >> 3) % ROOTS];
}

/* ---- the treap; root->lock held ---- */

/* Put `sub` where `old` hung. */
static void
replace(struct root *r, struct sudog *old, struct sudog *sub)
{
	struct sudog *up = old->parent;

	if (sub != NULL)
		sub->parent = up;
	if (up == NULL)
		r->treap = sub;
	else if (up->prev == old)
		up->prev = sub;
	else
		up->next = sub;
}

/* x's right child takes x's place. */
static void
rotate_left(struct root *r, struct sudog *x)
{
	struct sudog *y = x->next;

	replace(r, x, y);
	x->next = y->prev;
	if (x->next != NULL)
		x->next->parent = x;
	y->prev = x;
	x->parent = y;
}

static void
rotate_right(struct root *r, struct sudog *x)
{
	struct sudog *y = x->prev;

	replace(r, x, y);
	x->prev = y->next;
	if (x->prev != NULL)
		x->prev->parent = x;
	y->next = x;
	x->parent = y;
}

static struct sudog *
lookup(struct root *r, void *addr, struct sudog **ret_parent)
{
	struct sudog *n = r->treap, *up = NULL;

	while (n != NULL && n->elem != addr) {
		up = n;
		n = (uintptr_t)addr < (uintptr_t)n->elem ? n->prev : n->next;
	}
	*ret_parent = up;
	return n;
}

static void
insert_leaf(struct root *r, struct sudog *s, struct sudog *up)
{
	s->ticket = rt_fastrand() | 1;
	s->parent = up;
	s->prev = s->next = NULL;
	if (up == NULL)
		r->treap = s;
	else if ((uintptr_t)s->elem < (uintptr_t)up->elem)
		up->prev = s;
	else
		up->next = s;
	while (s->parent != NULL && s->parent->ticket > s->ticket) {
		if (s->parent->prev == s)
			rotate_right(r, s->parent);
		else
			rotate_left(r, s->parent);
	}
}

/* s becomes the node instead of old, and old its first waiter or nothing. */
static void
take_place(struct root *r, struct sudog *old, struct sudog *s)
{
	s->ticket = old->ticket;
	s->prev = old->prev;
	s->next = old->next;
	s->parent = old->parent;
	replace(r, old, s);
	if (s->prev != NULL)
		s->prev->parent = s;
	if (s->next != NULL)
		s->next->parent = s;
	old->parent = old->prev = old->next = NULL;
}

static void
enqueue(struct root *r, void *addr, struct sudog *s, bool lifo)
{
	struct sudog *up, *n = lookup(r, addr, &up);

	s->g = rt_getg();
	s->elem = addr;
	s->waitlink = s->waittail = NULL;
	if (n == NULL) {
		insert_leaf(r, s, up);
		return;
	}
	if (lifo) {
		take_place(r, n, s);
		s->waitlink = n;
		s->waittail = n->waittail != NULL ? n->waittail : n;
		n->waittail = NULL;
		return;
	}
	if (n->waittail == NULL)
		n->waitlink = s;
	else
		n->waittail->waitlink = s;
	n->waittail = s;
}

/* Rotate s down to a leaf and cut it off. */
static void
remove_node(struct root *r, struct sudog *s)
{
	while (s->prev != NULL || s->next != NULL) {
		if (s->next == NULL ||
		    (s->prev != NULL && s->prev->ticket < s->next->ticket))
			rotate_right(r, s);
		else
			rotate_left(r, s);
	}
	replace(r, s, NULL);
}

/* The longest waiter for addr, or NULL. */
static struct sudog *
dequeue(struct root *r, void *addr)
{
	struct sudog *up, *s = lookup(r, addr, &up), *t;

	if (s == NULL)
		return NULL;
	t = s->waitlink;
	if (t != NULL) {
		take_place(r, s, t);
		t->waittail = t->waitlink != NULL ? s->waittail : NULL;
	} else {
		remove_node(r, s);
	}
	s->parent = s->prev = s->next = NULL;
	s->waitlink = s->waittail = NULL;
	s->elem = NULL;
	s->ticket = 0;
	return s;
}

/* ---- semaphores ---- */

static bool
try_acquire(_Atomic uint32_t *addr)
{
	uint32_t v = atomic_load(addr);

	while (v > 0)
		if (atomic_compare_exchange_weak(addr, &v, v - 1))
			return true;
	return false;
}

/* User goroutine. lifo: queue before the others (who waits a second time). */
void
rt_semacquire(_Atomic uint32_t *addr, enum wait_reason why, bool lifo)
{
	struct root *r = root_of(addr);
	struct sudog *s;

	if (try_acquire(addr))
		return;
	s = rt_acquire_sudog();
	for (;;) {
		rt_plock(rt_getg()->m, &r->lock);
		atomic_fetch_add(&r->nwait, 1);
		if (try_acquire(addr)) {
			atomic_fetch_sub(&r->nwait, 1);
			rt_punlock(rt_getg()->m, &r->lock);
			break;
		}
		enqueue(r, addr, s, lifo);
		s->g->waitaddr = addr;
		rt_gopark_plock(&r->lock, why);
		if (s->ticket != 0 || try_acquire(addr))
			break; /* ticket: it was taken for us */
	}
	s->ticket = 0;
	s->g = NULL;
	rt_release_sudog(s);
}

void
rt_semrelease(_Atomic uint32_t *addr, bool handoff)
{
	struct root *r = root_of(addr);
	struct sudog *s = NULL;
	bool direct;

	atomic_fetch_add(addr, 1);
	if (atomic_load(&r->nwait) == 0)
		return;
	rt_plock(rt_getg()->m, &r->lock);
	if (atomic_load(&r->nwait) > 0)
		s = dequeue(r, addr);
	if (s != NULL)
		atomic_fetch_sub(&r->nwait, 1);
	rt_punlock(rt_getg()->m, &r->lock);
	if (s == NULL)
		return;
	if (rt_waitprof_mutexes())
		rt_waitprof_released(s->g);
	direct = handoff && try_acquire(addr);
	s->ticket = direct;
	rt_goready(s->g); /* s is the waiter's from here on */
	if (direct && rt_getg() == rt_getg()->m->curg &&
	    atomic_load_explicit(&rt_getg()->m->locks,
	        memory_order_relaxed) == 0)
		rt_goyield();
}

/* ---- condition lists ----
 *
 * A waiter takes a ticket (wait++) before it lets go of the user's lock and
 * queues afterwards. notify counts tickets that were notified: one below it
 * has missed its wake-up between the two and does not sleep. wait is atomic;
 * notify and the list are guarded by the lock of the root that the list's
 * address leads to, not by one in the list: who waited may drop the list as
 * soon as it is awake, and whoever leaves a lock looks at it once more
 * (lock_futex.c).
 */

static struct root *
root_of_list(struct rt_notifylist *l)
{
	return root_of(&l->wait);
}

/* a before b, tickets wrap. */
static bool
before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

uint32_t
rt_notifylist_add(struct rt_notifylist *l)
{
	return atomic_fetch_add(&l->wait, 1);
}

void
rt_notifylist_wait(struct rt_notifylist *l, uint32_t ticket)
{
	struct root *r = root_of_list(l);
	struct sudog *s = rt_acquire_sudog();

	rt_plock(rt_getg()->m, &r->lock);
	if (before(ticket, l->notify)) {
		rt_punlock(rt_getg()->m, &r->lock);
		rt_release_sudog(s);
		return;
	}
	s->g = rt_getg();
	s->g->waitaddr = l;
	s->ticket = ticket;
	s->next = NULL;
	if (l->tail == NULL)
		l->head = s;
	else
		l->tail->next = s;
	l->tail = s;
	rt_gopark_plock(&r->lock, WAIT_SYNC_COND_WAIT);
	s->g = NULL;
	s->ticket = 0;
	rt_release_sudog(s);
}

void
rt_notifylist_notifyall(struct rt_notifylist *l)
{
	struct root *r = root_of_list(l);
	uint32_t wait = atomic_load(&l->wait);
	struct sudog *s, *next;

	rt_plock(rt_getg()->m, &r->lock);
	if (wait == l->notify) {
		rt_punlock(rt_getg()->m, &r->lock);
		return;
	}
	s = l->head;
	l->head = l->tail = NULL;
	l->notify = atomic_load(&l->wait);
	rt_punlock(rt_getg()->m, &r->lock);
	for (; s != NULL; s = next) {
		next = s->next;
		s->next = NULL;
		rt_goready(s->g);
	}
}

/*
 * Wake the one with the ticket to be notified next. If it has not queued yet
 * raising notify is enough: it will not sleep. The list is nearly in order of
 * tickets, so the walk is short.
 */
void
rt_notifylist_notifyone(struct rt_notifylist *l)
{
	struct root *r = root_of_list(l);
	struct sudog *s, *prev = NULL;
	uint32_t t;

	rt_plock(rt_getg()->m, &r->lock);
	t = l->notify;
	if (t == atomic_load(&l->wait)) {
		rt_punlock(rt_getg()->m, &r->lock);
		return;
	}
	l->notify = t + 1;
	for (s = l->head; s != NULL && s->ticket != t; s = s->next)
		prev = s;
	if (s != NULL) {
		if (prev == NULL)
			l->head = s->next;
		else
			prev->next = s->next;
		if (l->tail == s)
			l->tail = prev;
		s->next = NULL;
	}
	rt_punlock(rt_getg()->m, &r->lock);
	if (s != NULL)
		rt_goready(s->g);
}
