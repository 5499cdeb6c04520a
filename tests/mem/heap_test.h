/*
 * heap_test.h - what the suites of mem/ and gc/ share.
 *
 * A body runs as main.main in Check's forked child, where a failed ck_assert
 * would unwind a goroutine's stack; so bodies use T_CHECK, which says what
 * failed and ends the process with a status that no test expects.
 */
#ifndef HEAP_TEST_H
#define HEAP_TEST_H

#include <check.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot.h"
#include "gc/gc.h"
#include "gc/mgc.h"
#include "mem/malloc.h"
#include "mem/mheap.h"
#include "sched/sched.h"
#include "tests/suite.h"

#define T_CHECK(cond)                                                          \
	do {                                                                  \
		if (!(cond)) {                                                \
			dprintf(2, "%s:%d: failed: %s\n", __FILE__, __LINE__, \
			    #cond);                                           \
			_exit(99);                                            \
		}                                                             \
	} while (0)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define T_SANITIZED 1
#else
#define T_SANITIZED 0
#endif

/* An address that no conservative scan takes for one. */
static inline uintptr_t
t_hide(const void *p)
{
	return ~(uintptr_t)p;
}

static inline void *
t_seek(uintptr_t hidden)
{
	return (void *)~hidden;
}

/* How many of the hidden objects are still allocated. */
static inline size_t
t_count_alive(const uintptr_t *hidden, size_t n)
{
	size_t alive = 0;

	for (size_t i = 0; i < n; i++)
		alive += rt_findobject(~hidden[i], NULL) != 0;
	return alive;
}

struct t_go {
	void (*fn)(void *);
	void *arg;
	struct g *gp;
	uint64_t goid;
	_Atomic int done;
};

static inline void
t_go_main(void *arg)
{
	struct t_go *t = arg;

	t->gp = rt_getg();
	t->goid = t->gp->goid;
	t->fn(t->arg);
	atomic_store(&t->done, 1);
}

/* Run fn(arg) on a goroutine of its own and wait until it is dead: what its
 * frames held is gone with its stack. */
__attribute__((no_sanitize("thread"))) static inline void
t_on_other_stack(void (*fn)(void *), void *arg)
{
	struct t_go t = { .fn = fn, .arg = arg };

	rt_newproc(t_go_main, &t, 0);
	while (atomic_load(&t.done) == 0 ||
	    (t.gp->goid == t.goid && rt_readgstatus(t.gp) != G_DEAD))
		rt_gosched();
}

#endif
