/*
 * fresh.h - a P's goroutines that have not begun. fresh.c has the essay.
 */
#ifndef RT_FRESH_H
#define RT_FRESH_H

#include "runtime2.h"

/* Owner of pp: gp is RUNNABLE and nobody's. */
void rt_fresh_push(struct p *pp, struct g *gp);
/* Owner: the newest; NULL: none. */
struct g *rt_fresh_pop(struct p *pp);
/* Owner: the oldest; NULL: none. Takes a lock. */
struct g *rt_fresh_oldest(struct p *pp);
/* pp's owner, whose list is empty, takes the older half of p2's, or a batch;
 * returns one to run now, or NULL. */
struct g *rt_fresh_steal(struct p *pp, struct p *p2);

/* Any thread, approximate; 0 is exact for the owner. */
static inline uint32_t
rt_fresh_len(struct p *pp)
{
	uint32_t h = atomic_load_explicit(&pp->freshhead,
	    memory_order_acquire);
	uint32_t t = atomic_load_explicit(&pp->freshtail,
	    memory_order_acquire);
	uint32_t n = t - h;

	/* head and tail are two moments, and a thief may be about to give
	 * back: nonsense counts as nothing */
	if (n > RT_FRESH_LEN)
		n = 0;
	return n + atomic_load_explicit(&pp->nstock, memory_order_acquire);
}

#endif
