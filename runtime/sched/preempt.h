/*
 * preempt.h - stopping a running goroutine; preempt.c has the essay.
 */
#ifndef RT_PREEMPT_H
#define RT_PREEMPT_H

#include <signal.h>

#include "runtime2.h"

#define RT_SLICE_NS ((int64_t)10 * 1000 * 1000)

/* ---- preempt_signal.c ---- */

void rt_preempt_init(void); /* boot, before the handler is installed */
/* SIGURG arrived and found gp, in its thread's handler. False: it is not the
 * runtime's own, the program may want it. */
bool rt_preempt_signal(struct g *gp, const siginfo_t *info, void *ucontext);
/* The same question only, for a thread without a g. */
bool rt_preempt_is_ours(const siginfo_t *info);
/* Interrupt mp's thread: if its goroutine's preempt flag is set, and it may be
 * stopped where it is, it stops. Any thread. */
void rt_preempt_send(struct m *mp);

/* ---- preempt.c ---- */

/* What mp runs on pp shall stop at its next check. False: it runs nobody. Any
 * thread, and handlers. */
bool rt_preempt_mark(struct m *mp, struct p *pp);
/* Mark what pp runs, and interrupt it. Any thread; pp->m and its curg may change
 * meanwhile, neither is ever freed. */
void rt_preemptone(struct p *pp);
/* Mark what all running Ps but the caller's run; do that, and interrupt. */
void rt_preemptall(void);
void rt_preemptall_now(void);

/* ---- slice.c ---- */

/* The alarm rang on mp, which has pp; in its handler. */
void rt_slice_ring(struct m *mp, struct p *pp, int64_t now_ns);
/* sysmon looks at pp, which was running and whose sysmontick it keeps. */
void rt_slice_look(struct p *pp, int64_t now_ns);

#endif
