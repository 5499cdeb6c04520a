/*
 * stacks.c - the stacks of all the program's goroutines at one moment.
 *
 * The world is stopped, so the goroutines stand where they parked or were
 * stopped, and the number asked for first and the number given fit each
 * other. The caller's own stack is taken from where it called. Walking runs
 * on the thread's stack: frames of it may be large.
 */
#include "diag/diag.h"

#include "fault/fault.h"
#include "sched/sched.h"

#include <string.h>

#define DEPTH_MAX 128

struct walk {
	struct g *self;
	size_t room, n;
	int depth;
	void (*put)(void *, size_t, struct g *, const uintptr_t *, int);
	void *arg;
	uintptr_t self_pcs[DEPTH_MAX];
	int nself;
};

static bool
counts(const struct g *gp)
{
	uint32_t s = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	return s != G_DEAD && s != G_IDLE && !gp->system;
}

static void
walk_all(void *arg)
{
	struct walk *w = arg;
	uintptr_t pcs[DEPTH_MAX];
	size_t len = rt_allg_len();

	for (size_t i = 0; i < len; i++)
		if (counts(rt_allg_at(i)))
			w->n++;
	if (w->n > w->room)
		return;
	for (size_t i = 0, at = 0; i < len; i++) {
		struct g *gp = rt_allg_at(i);
		int n;

		if (!counts(gp))
			continue;
		if (gp == w->self) {
			w->put(w->arg, at++, gp, w->self_pcs, w->nself);
			continue;
		}
		n = rt_callers(gp, pcs, w->depth);
		w->put(w->arg, at++, gp, pcs, n);
	}
}

size_t
rt_goroutine_stacks(size_t room, int depth,
    void (*put)(void *arg, size_t i, struct g *gp, const uintptr_t *pcs,
        int n),
    void *arg)
{
	struct walk w = { .self = rt_getg(),
		.room = room,
		.depth = depth < DEPTH_MAX ? depth : DEPTH_MAX,
		.put = put,
		.arg = arg };

	w.nself = rt_callers(NULL, w.self_pcs, w.depth);
	rt_stop_the_world("profile");
	rt_systemstack(walk_all, &w);
	rt_start_the_world();
	return w.n;
}
