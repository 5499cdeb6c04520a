/*
 * cpuprof.c - the log between the profiling signal and its reader.
 *
 * SIGPROF may hit any thread, several at once. A ring of fixed slots: a writer
 * claims a slot by compare-and-swap of `head`, fills it, and marks it full; the
 * one reader takes slots in order and frees them. A full ring drops the sample
 * and counts it, since a signal handler can't wait. No lock, no allocation.
 */
#include "diag/diag.h"
#include "diag/prof.h"

#include "mem/malloc.h"

#include <string.h>

struct sample {
	_Atomic uint32_t
	    full; /* release by the writer, acquire by the reader */
	uint32_t n;
	uintptr_t stk[RT_CPUPROF_DEPTH];
};

static struct sample *samples; /* const after init */
static _Atomic uint64_t head;  /* claimed */
static _Atomic uint64_t tail;  /* taken; the reader's */
static _Atomic uint64_t lost;

void
rt_cpuprofinit(void)
{
	if (samples == NULL)
		samples = rt_sys_alloc(
		    RT_CPUPROF_SAMPLES * sizeof(*samples), RT_STAT_OTHER);
}

bool
rt_cpuprof_add(const uintptr_t *stk, uint32_t n)
{
	uint64_t h = atomic_load_explicit(&head, memory_order_relaxed);
	struct sample *s;

	do {
		/* acquire: the reader has finished with the slot */
		if (samples == NULL ||
		    h - atomic_load_explicit(&tail, memory_order_acquire) >=
			RT_CPUPROF_SAMPLES) {
			atomic_fetch_add(&lost, 1);
			return false;
		}
	} while (!atomic_compare_exchange_weak(&head, &h, h + 1));
	s = &samples[h % RT_CPUPROF_SAMPLES];
	s->n = n > RT_CPUPROF_DEPTH ? RT_CPUPROF_DEPTH : n;
	memcpy(s->stk, stk, s->n * sizeof(*stk));
	atomic_store_explicit(&s->full, 1, memory_order_release);
	return true;
}

uint32_t
rt_cpuprof_take(uintptr_t *stk)
{
	uint64_t t = atomic_load_explicit(&tail, memory_order_relaxed);
	struct sample *s = &samples[t % RT_CPUPROF_SAMPLES];
	uint32_t n;

	if (t == atomic_load(&head) ||
	    atomic_load_explicit(&s->full, memory_order_acquire) == 0)
		return 0;
	n = s->n;
	memcpy(stk, s->stk, n * sizeof(*stk));
	atomic_store_explicit(&s->full, 0, memory_order_relaxed);
	atomic_store_explicit(&tail, t + 1, memory_order_release);
	return n;
}

uint64_t
rt_cpuprof_lost(void)
{
	return atomic_load(&lost);
}
