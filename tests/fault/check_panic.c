/*
 * check_panic.c - defer, panic, recover and Goexit, in all their orders.
 *
 * Each test boots the runtime in Check's child; its body writes what happened
 * as letters, and the value of main is whether the word came out right.
 */
#include "fault/fault.h"

#include "arch/arch.h"
#include "boot/boot.h"
#include "chan/chan.h"
#include "sched/sched.h"
#include "tests/fault/bodies.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static char word[128];

static void
note(void *letter)
{
	strncat(word, letter, sizeof(word) - strlen(word) - 1);
}

static int
spells(const char *want)
{
	if (strcmp(word, want) == 0)
		return 0;
	rt_printf("got \"%s\", want \"%s\"\n", word, want);
	return 1;
}

/* ---- pieces ---- */

static void
recover_any(void *letter)
{
	struct rt_panic_value v;

	if (rt_recover(&v)) {
		note(letter);
		note((void *)(uintptr_t)v.text);
	} else {
		note("-");
	}
}

static void
three_defers(void *arg)
{
	rt_deferproc(note, "1");
	rt_deferproc(note, "2");
	rt_deferproc(note, "3");
	note("b");
}

NOINLINE static void
deep_panic(int depth)
{
	volatile char pad[64];

	pad[0] = (char)depth;
	if (pad[0] == 0)
		rt_panic_str("P");
	if (pad[0] > 0) /* always; but gcc would see endless recursion */
		deep_panic(depth - 1);
	pad[0]++;
}

static void
panics_and_recovers(void *arg)
{
	rt_deferproc(note, "1");
	rt_deferproc(recover_any, "r");
	rt_deferproc(note, "3");
	deep_panic(20);
	note("X");
}

/* ---- the tests' bodies ---- */

static int
order(void *arg)
{
	bool whole = rt_protect(three_defers, NULL);

	note(whole ? "+" : "!");
	return spells("b321+");
}

static int
recovery(void *arg)
{
	bool whole = rt_protect(panics_and_recovers, NULL);

	note(whole ? "+" : "!");
	note(rt_recover(NULL) ? "X" : ".");
	return spells("3rP1!.");
}

static void
inner_unrecovered(void *arg)
{
	rt_deferproc(note, "i");
	deep_panic(3);
}

static void
outer_recovers(void *arg)
{
	rt_deferproc(recover_any, "o");
	note(rt_protect(inner_unrecovered, NULL) ? "X" : "Y");
}

/* The inner protect is passed: its caller is never returned to. */
static int
nested(void *arg)
{
	bool whole = rt_protect(outer_recovers, NULL);

	note(whole ? "+" : "!");
	return spells("ioP!");
}

static void
panics_in_deferred(void *arg)
{
	rt_panic_str("Q");
}

static void
replaced_panic(void *arg)
{
	rt_deferproc(recover_any, "r");
	rt_deferproc(panics_in_deferred, NULL);
	rt_panic_str("P");
}

/* The panic of a deferred call replaces the first one. */
static int
replaced(void *arg)
{
	rt_protect(replaced_panic, NULL);
	return spells("rQ");
}

static void
recover_in_helper(void *arg)
{
	note(rt_recover(NULL) ? "X" : "n");
}

static void
deferred_with_protect(void *arg)
{
	/* not called by the panicking sequence itself: nothing to recover */
	rt_protect(recover_in_helper, NULL);
	recover_any("r");
}

static void
protect_in_deferred_body(void *arg)
{
	rt_deferproc(deferred_with_protect, NULL);
	rt_panic_str("P");
}

static int
protect_in_deferred(void *arg)
{
	rt_protect(protect_in_deferred_body, NULL);
	return spells("nrP");
}

static void
deferred_that_panics_and_recovers(void *arg)
{
	rt_protect(panics_and_recovers, NULL);
	note("|");
	recover_any("o");
}

static void
panic_around(void *arg)
{
	rt_deferproc(deferred_that_panics_and_recovers, NULL);
	rt_panic_str("A");
}

/* A whole panic and recovery inside a deferred call of another panic. */
static int
panic_within(void *arg)
{
	note(rt_protect(panic_around, NULL) ? "X" : "!");
	return spells("3rP1|oA!");
}

static void
second_recover(void *arg)
{
	recover_any("r");
	note(rt_recover(NULL) ? "X" : ".");
}

static void
recovers_twice(void *arg)
{
	rt_deferproc(second_recover, NULL);
	rt_panic_str("P");
}

static int
once_only(void *arg)
{
	rt_protect(recovers_twice, NULL);
	return spells("rP.");
}

static void
many_defers(void *arg)
{
	static char letters[26][2];

	for (int i = 0; i < 26; i++) {
		letters[i][0] = (char)('a' + i);
		rt_deferproc(note, letters[i]);
	}
	rt_deferproc(recover_any, "r");
	rt_panic_str("P");
}

static int
many(void *arg)
{
	rt_protect(many_defers, NULL);
	return spells("rPzyxwvutsrqponmlkjihgfedcba");
}

static void
defer_in_deferred(void *arg)
{
	rt_deferproc(note, "d");
	note("D");
}

static void
defers_more(void *arg)
{
	rt_deferproc(note, "1");
	rt_deferproc(defer_in_deferred, NULL);
}

static int
deferred_defers(void *arg)
{
	rt_protect(defers_more, NULL);
	return spells("Dd1");
}

/* ---- Goexit ---- */

static void
goexit_body(void *arg)
{
	rt_deferproc(recover_any, "X");
	rt_deferproc(note, "1");
	rt_goexit();
}

static void
goexit_through_protect(void *c)
{
	rt_deferproc((void (*)(void *))rt_closechan, c);
	rt_deferproc(note, "2");
	rt_protect(goexit_body, NULL);
	note("X");
}

static void
wait_for(struct hchan *c)
{
	bool ok;

	rt_chanrecv(c, NULL, true, &ok);
}

static int
goexit_runs_all(void *arg)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);

	rt_newproc(goexit_through_protect, c, RT_CALLERPC());
	wait_for(c);
	return spells("1-2");
}

static void
panics_during_goexit(void *arg)
{
	rt_protect(panics_and_recovers, NULL);
	note("|");
	rt_panic_str("G");
}

static void
goexit_with_panic(void *arg)
{
	rt_deferproc(recover_any, "r");
	rt_deferproc(panics_during_goexit, NULL);
	rt_goexit();
}

static void
goexit_overtaken(void *c)
{
	rt_deferproc((void (*)(void *))rt_closechan, c);
	rt_protect(goexit_with_panic, NULL);
	note("X"); /* the recovered panic does not undo the Goexit */
}

static int
goexit_goes_on(void *arg)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);

	rt_newproc(goexit_overtaken, c, RT_CALLERPC());
	wait_for(c);
	return spells("3rP1|rG");
}

static void
recovers_at_top(void *c)
{
	rt_deferproc((void (*)(void *))rt_closechan, c);
	rt_deferproc(recover_any, "r");
	rt_panic_str("P");
}

/* Without a protect the goroutine ends, quietly, and the others go on. */
static int
goroutine_recovers(void *arg)
{
	for (int i = 0; i < 3; i++) {
		struct hchan *c = rt_makechan(NULL, 8, true, 0);

		rt_newproc(recovers_at_top, c, RT_CALLERPC());
		wait_for(c);
	}
	return spells("rPrPrP");
}

/* ---- faults ---- */

NOINLINE static int
read_nil(volatile int *p)
{
	return p[3];
}

static void
faults(void *arg)
{
	rt_deferproc(recover_any, "r");
	note(read_nil(NULL) ? "X" : "X");
}

static int
fault_is_recovered(void *arg)
{
	static const char text[] =
	    "rinvalid memory address or nil pointer dereference";

	for (int i = 0; i < 1000; i++) {
		word[0] = '\0';
		rt_protect(faults, NULL);
		if (strcmp(word, text) != 0)
			return spells(text);
	}
	return 0;
}

/* Callee-saved registers and locals of rt_protect's caller survive. */
static int
locals_survive(void *arg)
{
	long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;

	for (int i = 0; i < 100; i++) {
		word[0] = '\0';
		rt_protect(panics_and_recovers, NULL);
		a += b, b += c, c += d, d += e, e += f, f += i;
	}
	word[0] = '\0';
	return a > b && f == 6 + 99 * 50 && spells("") == 0 ? 0 : 1;
}

BODIES("panic", 30, order, recovery, nested, replaced, protect_in_deferred,
    panic_within, once_only, many, deferred_defers, goexit_runs_all,
    goexit_goes_on, goroutine_recovers, fault_is_recovered, locals_survive)
