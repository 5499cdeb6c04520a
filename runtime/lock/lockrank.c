/*
 * lockrank.c - is the lock order of lockrank.h kept? Debug builds only.
 *
 * Each M lists the locks it holds. One that is about to be taken is compared
 * with all of them, before it is waited for: so a cycle is reported by the
 * first thread that takes the wrong turn, alone and every time, instead of by
 * two that meet once in a thousand runs. The list has a limited length; what
 * does not fit (a select over more channels) is counted and not compared.
 *
 * A thread without an M (foreign, or early in boot) is not checked, nor is one
 * that dies: last words take what they need.
 */
#include "lock/lock.h"

#include "fault/fault.h"

#ifdef RT_DEBUG

static const char *const names[] = {
#define X(rank, name) [rank] = name,
	RT_LOCK_RANKS(X)
#undef X
};

static void
out_of_order(struct m *mp, struct rt_mutex *l, struct rt_mutex *held)
{
	mp->nheld = mp->nheldmore = 0; /* printing locks: don't come back */
	rt_printf("runtime: lock %s (%p) taken while holding %s (%p)\n",
	    names[l->rank], (void *)l, names[held->rank], (void *)held);
	rt_throw("lock ordering problem");
}

static bool
may_follow(struct rt_mutex *held, struct rt_mutex *l)
{
	enum lock_rank rank = l->rank, before = held->rank;

	if (rank != before)
		return rank > before;
	/* heaps are ordered by P number, which a lock does not know */
	return RANK_SELF_OK(rank) && (rank != RANK_HCHAN || held < l) &&
	    held != l;
}

void
rt_rank_enter(struct m *mp, struct rt_mutex *l)
{
	if (mp == NULL || mp->dying)
		return;
	if (l->rank == RANK_NONE)
		rt_throw("a lock without a rank");
	for (int i = 0; i < mp->nheld; i++)
		if (!may_follow(mp->locksheld[i], l))
			out_of_order(mp, l, mp->locksheld[i]);
	if (mp->nheld < RT_HELD_LOCKS)
		mp->locksheld[mp->nheld++] = l;
	else
		mp->nheldmore++;
}

void
rt_rank_leave(struct m *mp, struct rt_mutex *l)
{
	int i;

	if (mp == NULL || mp->dying)
		return;
	for (i = mp->nheld - 1; i >= 0 && mp->locksheld[i] != l; i--)
		;
	if (i < 0) {
		if (mp->nheldmore-- == 0)
			rt_throw("unlock of a lock that is not held");
		return;
	}
	mp->nheld--;
	for (; i < mp->nheld; i++)
		mp->locksheld[i] = mp->locksheld[i + 1];
}

void
rt_assert_lock_held(struct rt_mutex *l)
{
	struct g *gp = rt_getg();
	struct m *mp = gp != NULL ? gp->m : NULL;

	if (mp == NULL || mp->dying)
		return;
	for (int i = 0; i < mp->nheld; i++)
		if (mp->locksheld[i] == l)
			return;
	if (mp->nheldmore == 0)
		rt_throw("caller does not hold the lock");
}

#else

void
rt_assert_lock_held(struct rt_mutex *l)
{
}

#endif
