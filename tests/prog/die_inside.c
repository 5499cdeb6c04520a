/*
 * die_inside.c - what die.c breaks inside the runtime.
 *
 * A file of its own: whoever includes runtime2.h is of the runtime, and its
 * static functions don't show in tracebacks.
 */
#include "runtime2.h"

#include "fault/fault.h"

#define NOWHERE ((void *)0x5eadbeef0000)

void die_break_ask(void);
void die_break_m(void);
void die_break_m_of(void (*startfn)(void *));
uintptr_t die_sp_of(void (*startfn)(void *));
void die_print_lock(void);

/* SIGURG's handler will fault when it looks who asks it. */
void
die_break_ask(void)
{
	rt_getg()->m->ask = NOWHERE;
}

/* Any handler will fault at its very beginning. */
void
die_break_m(void)
{
	rt_getg()->m = NOWHERE;
}

static struct g *
find(void (*startfn)(void *))
{
	for (size_t i = 0; i < rt_allg_len(); i++)
		if (rt_allg_at(i)->startfn == startfn)
			return rt_allg_at(i);
	rt_throw("die: no such goroutine");
}

/* A walk of that goroutine's stack will fault. */
void
die_break_m_of(void (*startfn)(void *))
{
	find(startfn)->m = NOWHERE;
}

uintptr_t
die_sp_of(void (*startfn)(void *))
{
	return find(startfn)->sched.sp;
}

void
die_print_lock(void)
{
	rt_printlock();
}
