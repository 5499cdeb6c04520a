/*
 * mgcroots.c - the variables of compiled Go's packages.
 *
 * Each package registers a list of its variables that hold pointers, with
 * their layouts, before its initialiser runs. The lists are static and
 * writable and are chained as they come; nobody ever takes one away.
 */
#include "gc/mgc.h"

static _Atomic(struct rt_root_list *) lists; /* pushed by CAS, never popped */

void
rt_roots_register(struct rt_root_list *l)
{
	struct rt_root_list *head =
	    atomic_load_explicit(&lists, memory_order_relaxed);

	do
		l->next = head;
	while (!atomic_compare_exchange_weak_explicit(
	    /* release: pairs with the marker's acquire */
	    &lists, &head, l, memory_order_release, memory_order_relaxed));
}
