/*
 * preempt.h - stopping a running goroutine; preempt.c has the essay.
 */
#ifndef RT_PREEMPT_H
#define RT_PREEMPT_H

#include <signal.h>

#include "runtime2.h"

/* SIGURG arrived on mp's thread; in its handler. False: it is not the
 * runtime's own, the program may want it. */
bool rt_preempt_signal(struct m *mp, const siginfo_t *info, void *ucontext);

#endif
