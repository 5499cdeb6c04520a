/*
 * lock_here.h - lock/lock_futex.c itself and what it calls, for a model whose
 * threads take locks. Once, after watched.h.
 */
#ifndef LOCK_HERE_H
#define LOCK_HERE_H

#include "lock/lock_futex.c"

__thread struct g *rt_tls_g __attribute__((tls_model("initial-exec")));

void
rt_throw(const char *msg)
{
	ex_fail(msg);
}

void
rt_osyield(void)
{
}

#ifdef RT_DEBUG
void
rt_rank_enter(struct m *mp, struct rt_mutex *l)
{
}

void
rt_rank_leave(struct m *mp, struct rt_mutex *l)
{
}
#endif

void
rt_membarrier(void)
{
	ex_membarrier();
}

void
rt_futexsleep(_Atomic uint32_t *addr, uint32_t val, int64_t ns)
{
	ex_futex_wait(addr, val);
}

void
rt_futexwakeup(_Atomic uint32_t *addr, uint32_t cnt)
{
	ex_futex_wake(addr);
}

#endif
