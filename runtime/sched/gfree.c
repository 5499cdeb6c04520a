/*
 * gfree.c - dead goroutines, stack attached, until they are born again.
 *
 * Each P has a chain of them, last in, first out: the last to die has the
 * warmest stack. A chain that reaches CHAIN is put aside whole and another
 * begun; a P keeps RT_GFREE_CHAINS such, the longest aside go to a global list
 * and come back from it, a chain at a time. So a thousand that die and are
 * born again, here or on another P, cost a lock and two links for each 64 of
 * them, and nobody walks a list of cold descriptors to cut it in two.
 *
 * A dead g's fields mean nothing, which is room for what the lists need:
 * schedlink is the next in the chain; in a chain's first one param is the next
 * chain and parentgoid how many are in this one; waitsince_ns is an age, see
 * rt_stack_release_idle. newproc clears the last; param goes when a chain is
 * taken, as it means something to the next life.
 */
#include "lock/lock.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"

#define CHAIN 64

/* gfree.lock held. */
static void
global_push(struct g *first, int32_t n)
{
	first->parentgoid = (uint64_t)n;
	first->param = rt_sched.gfree.head;
	rt_sched.gfree.head = first;
	rt_sched.gfree.n += n;
	atomic_store(&rt_sched.gfree.young, true);
}

/* The chain in use is full. */
static RT_NOINLINE void
chain_full(struct p *pp)
{
	uint32_t half = RT_GFREE_CHAINS / 2;

	if (pp->gfree.nchain == RT_GFREE_CHAINS) {
		rt_lock(&rt_sched.gfree.lock);
		for (uint32_t i = 0; i < half; i++)
			global_push(pp->gfree.chain[i], CHAIN);
		rt_unlock(&rt_sched.gfree.lock);
		for (uint32_t i = half; i < RT_GFREE_CHAINS; i++)
			pp->gfree.chain[i - half] = pp->gfree.chain[i];
		pp->gfree.nchain -= half;
		pp->gfree.n -= (int32_t)half * CHAIN;
	}
	pp->gfree.chain[pp->gfree.nchain++] = pp->gfree.head;
	pp->gfree.head = NULL;
}

/* Owner of pp. gp is DEAD and off its stack. */
void
rt_gfput(struct p *pp, struct g *gp)
{
	gp->schedlink = pp->gfree.head;
	pp->gfree.head = gp;
	/* those aside have CHAIN each: this says that ours has too */
	if (RT_UNLIKELY(++pp->gfree.n % CHAIN == 0))
		chain_full(pp);
}

/* All that pp has goes to the global list: pp dies, or what it has is to be
 * seen by rt_stack_release_idle. */
void
rt_gfpurge(struct p *pp)
{
	rt_lock(&rt_sched.gfree.lock);
	for (uint32_t i = 0; i < pp->gfree.nchain; i++)
		global_push(pp->gfree.chain[i], CHAIN);
	if (pp->gfree.head != NULL)
		global_push(pp->gfree.head, pp->gfree.n % CHAIN);
	rt_unlock(&rt_sched.gfree.lock);
	pp->gfree.nchain = 0;
	pp->gfree.head = NULL;
	pp->gfree.n = 0;
}

/* The chain in use is empty. False: there is no other. */
static RT_NOINLINE bool
chain_next(struct p *pp)
{
	struct g *gp;

	if (pp->gfree.nchain > 0) {
		pp->gfree.head = pp->gfree.chain[--pp->gfree.nchain];
		return true;
	}
	if (atomic_load(&rt_sched.gfree.n) == 0)
		return false;
	rt_lock(&rt_sched.gfree.lock);
	gp = rt_sched.gfree.head;
	if (gp != NULL) {
		rt_sched.gfree.head = gp->param;
		pp->gfree.head = gp;
		pp->gfree.n = (int32_t)gp->parentgoid;
		rt_sched.gfree.n -= pp->gfree.n;
		gp->param = NULL;
	}
	rt_unlock(&rt_sched.gfree.lock);
	return gp != NULL;
}

/* Owner of pp. A dead one; NULL: there is none, on any list but other Ps'. */
struct g *
rt_gfget(struct p *pp)
{
	struct g *gp = pp->gfree.head;

	if (RT_UNLIKELY(gp == NULL)) {
		if (!chain_next(pp))
			return NULL;
		gp = pp->gfree.head;
	}
	pp->gfree.head = gp->schedlink;
	pp->gfree.n--;
	return gp;
}

/* ---- age ---- */

/* Who was seen dead before loses its stack's pages. Any left to see again? */
static bool
chain_age(struct g *first)
{
	bool more = false;

	for (struct g *gp = first; gp != NULL; gp = gp->schedlink) {
		if (gp->waitsince_ns == 1)
			rt_stack_release(gp);
		if (gp->waitsince_ns < 2)
			gp->waitsince_ns++;
		more |= gp->waitsince_ns < 2;
		rt_preempt_check();
	}
	return more;
}

/*
 * Give back the pages of stacks that were already dead at the last call. Such
 * a g is marked by its waitsince_ns: 0 fresh, 1 seen, 2 released. The list is
 * taken off while we work, so that nobody waits for the kernel on gfree.lock.
 * Other Ps keep what they have: some hundred stacks each. A goroutine with a
 * P; it may be rescheduled, as there can be a hundred thousand stacks.
 */
void
rt_stack_release_idle(void)
{
	struct g *list, *last = NULL;
	struct m *mp = rt_acquirem();
	bool more = false;
	int32_t n;

	rt_gfpurge(mp->p);
	rt_releasem(mp);
	rt_segment_release_idle();
	rt_lock(&rt_sched.gfree.lock);
	list = rt_sched.gfree.head;
	n = rt_sched.gfree.n;
	rt_sched.gfree.head = NULL;
	rt_sched.gfree.n = 0;
	atomic_store(&rt_sched.gfree.young, false);
	rt_unlock(&rt_sched.gfree.lock);
	for (struct g *gp = list; gp != NULL; gp = gp->param) {
		more |= chain_age(gp);
		last = gp;
	}
	if (last == NULL)
		return;
	rt_lock(&rt_sched.gfree.lock);
	last->param = rt_sched.gfree.head;
	rt_sched.gfree.head = list;
	rt_sched.gfree.n += n;
	if (more)
		atomic_store(&rt_sched.gfree.young, true);
	rt_unlock(&rt_sched.gfree.lock);
}

/* Is there anything for rt_stack_release_idle to do? Any thread. */
bool
rt_stack_idle_young(void)
{
	return atomic_load(&rt_sched.gfree.young) || rt_segment_idle_young();
}
