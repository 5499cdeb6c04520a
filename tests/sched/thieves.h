/*
 * thieves.h - a queue of goroutines alone: one owner, some thieves, plain
 * threads, no scheduler. Every g that was put in comes out exactly once. The
 * suite says how many (NG, before it includes this) and what its thieves do.
 */
#ifndef TESTS_SCHED_THIEVES_H
#define TESTS_SCHED_THIEVES_H

#include <pthread.h>

#include "sched/sched_priv.h"
#include "tests/sched/sched_test.h"

#define NTHIEVES 3

static struct p owner, thieves[NTHIEVES];
static struct g gs[NG];
static _Atomic uint32_t taken[NG]; /* 0: in a queue, 1: out of all */
static _Atomic bool stop;

/* A g came out of a queue: it must have been in one. */
static void
out(struct g *gp)
{
	size_t i = (size_t)(gp - gs);

	REQUIRE(i < NG);
	REQUIRE(atomic_exchange(&taken[i], 1) == 0);
}

#endif
