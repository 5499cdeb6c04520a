/*
 * check_lock.c - mutex and note of lock/lock_futex.c itself; the kernel's part
 * of a futex is the explorer's.
 *
 * Three threads take one lock, so that a sleeper can be passed by a newcomer
 * and two can sleep at a time: never two inside, and nobody sleeps for ever.
 * A note is slept on and rung from another thread, cleared and used again.
 */
#include "tests/models/watched.h"

#include "tests/models/lock_here.h"
#include "tests/models/suite.h"

int32_t rt_ncpu; /* 1: straight to sleep; 2: through the spinning */
static bool by_store; /* the lock is left as plock.h's are */

static struct rt_mutex mu;
static struct rt_note notes[2];
static uint64_t inside;
static uint64_t said[2]; /* written before the bell, not atomic */

void
rt_printf(const char *fmt, ...)
{
}

int64_t
rt_nanotime(void)
{
	return 0;
}

/* ---- mutex ---- */

/* What rt_plock and rt_punlock come to with several Ps. */
static void
enter(void)
{
	if (!by_store)
		rt_lock(&mu);
	else if (!take(&mu))
		rt_lock_slow(&mu, true);
}

static void
leave(void)
{
	if (!by_store)
		rt_unlock(&mu);
	else
		rt_leave_by_store(&mu);
}

static void
take_it(void *arg)
{
	for (int i = 0; i < (int)(uintptr_t)arg; i++) {
		enter();
		if (inside++ != 0)
			ex_fail("two hold the lock");
		ex_load(&inside, 8, "inside"); /* others may go on meanwhile */
		if (--inside != 0)
			ex_fail("two hold the lock");
		leave();
	}
}

static void
lock_setup(void)
{
	memset(&mu, 0, sizeof(mu));
	inside = 0;
	ex_region(&mu, sizeof(mu));
	ex_region(&inside, sizeof(inside));
	for (int i = 0; i < 3; i++)
		ex_thread(take_it, (void *)(uintptr_t)(rt_ncpu > 1 ? 1 : 2),
		    NULL);
}

#define ANY_MUTANTS                                                           \
	{ "takes without a locked instruction", EX_WEAKEN, "take", EX_LOCKED, \
		NULL, 0, true },                                              \
	{ "does not say that it will sleep", EX_VALUE, "rt_lock_slow",        \
		EX_LOCKED, NULL, 0, true },                                   \
	{ "forgets that others may sleep", EX_VALUE, "rt_lock_slow",          \
		EX_STORE, NULL, 0, true },                                    \
	{ EX_BLIND_FUTEX, EX_BY_NAME, NULL, EX_DONE, NULL, 0, true }

static const struct ex_mutant store_mutants[] = {
	ANY_MUTANTS,
	{ EX_NO_BARRIER, EX_BY_NAME, NULL, EX_DONE, NULL, 0, false },
	{ 0 },
};

static const struct ex_mutant exchange_mutants[] = {
	ANY_MUTANTS,
	{ "leaves without a locked instruction", EX_WEAKEN, "rt_leave_by_exchange",
	    EX_LOCKED, NULL, 0, false },
	{ 0 },
};

static void
one_cpu_setup(void)
{
	rt_ncpu = 1; /* nobody spins */
	by_store = true;
	lock_setup();
}

static void
exchange_setup(void)
{
	rt_ncpu = 1;
	by_store = false;
	lock_setup();
}

static void
spinning_setup(void)
{
	rt_ncpu = 2;
	by_store = true;
	lock_setup();
}

/* ---- note ---- */

static void
sleeper(void *arg)
{
	for (int i = 0; i < 2; i++) {
		rt_notesleep(&notes[i]);
		rt_noteclear(&notes[i]);
		if (__atomic_load_n(&said[i], __ATOMIC_RELAXED) != 1)
			ex_fail("woken before the word was said");
		if (i == 0)
			rt_notewakeup(&notes[1]);
	}
}

static void
ringer(void *arg)
{
	__atomic_store_n(&said[0], 1, __ATOMIC_RELAXED);
	__atomic_store_n(&said[1], 1, __ATOMIC_RELAXED);
	rt_notewakeup(&notes[0]);
}

static void
note_setup(void)
{
	memset(notes, 0, sizeof(notes));
	memset(said, 0, sizeof(said));
	ex_region(notes, sizeof(notes));
	ex_region(said, sizeof(said));
	ex_thread(sleeper, NULL, NULL);
	ex_thread(ringer, NULL, NULL);
}

static const struct ex_mutant note_mutants[] = {
	{ EX_BLIND_FUTEX, EX_BY_NAME, NULL, EX_DONE,
	    NULL, 0, true },
	{ "rings without leaving a mark", EX_VALUE, "rt_notewakeup",
	    EX_LOCKED, NULL, 0, true },
	{ 0 },
};

static const struct ex_model models[] = {
	{ "mutex left by a store", one_cpu_setup, NULL, NULL, NULL, store_mutants },
	{ "mutex left by an exchange", exchange_setup, NULL, NULL, NULL,
	    exchange_mutants },
	{ "mutex that spins", spinning_setup, NULL, NULL, NULL, NULL },
	{ "note", note_setup, NULL, NULL, NULL, note_mutants },
};

MODELS("lock")
