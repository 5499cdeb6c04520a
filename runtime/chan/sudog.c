/*
 * sudog.c - where waiting records that outlive a frame come from.
 *
 * Semaphores and large selects need a record for the length of a wait. Each P
 * keeps a short list that only its owner touches; a P that runs dry or over
 * exchanges half with the central list under one lock. A record taken on one P
 * often returns on another (the goroutine moved while it waited): the central
 * list is what evens that out.
 *
 * Records are persistent memory, never in the heap: wakers hold them where the
 * collector does not look.
 *
 * The cache is used without a pin: runtime code is never preempted, so between
 * reading m->p and the list operation the P can't change.
 */
#include "chan/chan.h"

#include <string.h>

#include "lock/lock.h"
#include "mem/malloc.h"

#define CACHE_MAX 128 /* records a P keeps */
#define BATCH 64      /* moved at once; also made at once */

static struct sudog *
make_batch(void)
{
	struct sudog *block, *list = NULL;
	int i;

	block = rt_persistentalloc(
	    BATCH * sizeof *block, _Alignof(struct sudog), RT_STAT_OTHER);
	for (i = BATCH; i-- > 0;) {
		block[i].next = list;
		list = &block[i];
	}
	return list;
}

static void
refill(struct p *pp)
{
	struct sudog *s;
	int n = 0;

	rt_lock(&rt_sched.sudogfree.lock);
	while (n < BATCH && (s = rt_sched.sudogfree.head) != NULL) {
		rt_sched.sudogfree.head = s->next;
		s->next = pp->sudogfree.head;
		pp->sudogfree.head = s;
		n++;
	}
	rt_unlock(&rt_sched.sudogfree.lock);
	if (n == 0) {
		pp->sudogfree.head = make_batch();
		n = BATCH;
	}
	pp->sudogfree.n = n;
}

static void
drain(struct p *pp)
{
	struct sudog *first = pp->sudogfree.head, *last = first;
	int i;

	for (i = 1; i < BATCH; i++)
		last = last->next;
	pp->sudogfree.head = last->next;
	pp->sudogfree.n -= BATCH;

	rt_lock(&rt_sched.sudogfree.lock);
	last->next = rt_sched.sudogfree.head;
	rt_sched.sudogfree.head = first;
	rt_unlock(&rt_sched.sudogfree.lock);
}

struct sudog *
rt_acquire_sudog(void)
{
	struct p *pp = rt_getg()->m->p;
	struct sudog *s;

	if (RT_UNLIKELY(pp->sudogfree.head == NULL))
		refill(pp);
	s = pp->sudogfree.head;
	pp->sudogfree.head = s->next;
	pp->sudogfree.n--;
	memset(s, 0, sizeof *s);
	return s;
}

void
rt_release_sudog(struct sudog *s)
{
	struct p *pp = rt_getg()->m->p;

	if (RT_UNLIKELY(s->next != NULL || s->prev != NULL
	        || s->waitlink != NULL))
		rt_throw("runtime: sudog with links is released");
	s->g = NULL;
	s->elem = NULL;
	s->c = NULL;
	s->next = pp->sudogfree.head;
	pp->sudogfree.head = s;
	if (RT_UNLIKELY(++pp->sudogfree.n >= CACHE_MAX))
		drain(pp);
}
