/*
 * ancestors.c - GODEBUG=tracebackancestors=N: who made who made a goroutine.
 *
 * A goroutine that is made takes along where its maker stood, and what its
 * maker took along, up to N makers. A traceback shows these stacks behind the
 * goroutine's own.
 *
 * The record belongs to the g, like its stack: made when first needed, used
 * again in the g's later lives, never freed. So a traceback may read it at any
 * time, and the end of a goroutine costs nothing. It is written before the
 * goroutine can run, and says whose life it is of: one left from an earlier
 * life, when N was set back to 0, is not believed.
 *
 * Off, it costs a load and a branch a goroutine; on, some microseconds, and
 * 824 bytes a maker for each g.
 */
#include "fault/fault.h"

#include "diag/diag.h"
#include "mem/malloc.h"

#include <string.h>

#define MAKERS_MAX 1000 /* of those, deep chains have few */

struct rt_ancestors {
	uint64_t goid; /* whose */
	uint32_t n, cap;
	struct rt_ancestor of[];
};

static struct rt_ancestors *
record_of(struct g *gp, uint32_t cap)
{
	struct rt_ancestors *a = gp->ancestors;

	if (a != NULL && a->cap >= cap)
		return a;
	a = rt_persistentalloc(sizeof(*a) + cap * sizeof(a->of[0]),
	    RT_CACHE_LINE, RT_STAT_OTHER);
	a->cap = cap;
	gp->ancestors = a;
	return a;
}

int
rt_ancestors(const struct g *gp, const struct rt_ancestor **ret)
{
	const struct rt_ancestors *a = gp->ancestors;

	if (a == NULL || a->goid != gp->goid)
		return 0;
	*ret = a->of;
	return (int)a->n;
}

void
rt_ancestors_save(struct g *gp)
{
	struct g *me = rt_getg();
	int32_t want = atomic_load(&rt_debug.tracebackancestors);
	const struct rt_ancestor *older = NULL;
	int n = rt_ancestors(me, &older);
	struct rt_ancestors *a;

	if (want <= 0 || me != me->m->curg || me->system)
		return;
	if (want > MAKERS_MAX)
		want = MAKERS_MAX;
	if (n > want - 1)
		n = want - 1;
	/* most have few makers: no more room than is used */
	a = record_of(gp, (uint32_t)n + 1);
	a->goid = gp->goid;
	a->n = (uint32_t)n + 1;
	a->of[0].goid = me->goid;
	a->of[0].gopc = me->gopc;
	a->of[0].npcs = rt_callers(NULL, a->of[0].pcs, RT_ANCESTOR_PCS);
	if (n > 0)
		memcpy(&a->of[1], older, (size_t)n * sizeof(*older));
}
