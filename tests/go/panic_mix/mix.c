/*
 * mix.c - C between frames of compiled Go: protects, deferred calls, panics.
 * main.go calls these and has the functions that are called back.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
	int kind;
	const char *text;
	intptr_t num;
	void *ptr;
} gort_panic_info;
void gort_defer(void (*fn)(void *), void *arg);
bool gort_protect(void (*body)(void *), void *arg);
bool gort_recover(gort_panic_info *ret);
void gort_panic(const char *text);
void gort_panic_error(const char *text);
void gort_panic_int(intptr_t num);

/* func step(n int), of main.go */
void go_step(intptr_t n) __asm__("main.step");

static void
say(void *text)
{
	dprintf(1, " c:%s", (const char *)text);
}

static void
recovers(void *name)
{
	gort_panic_info i;

	if (!gort_recover(&i))
		dprintf(1, " c:%s=none", (const char *)name);
	else
		dprintf(1, " c:%s=%d,%s,%ld", (const char *)name, i.kind,
		    i.text == NULL ? "-" : i.text, (long)i.num);
}

static void
step(void *n)
{
	go_step((intptr_t)n);
	say("returned");
}

/* Calls Go, with nothing of its own in between. */
void
mix_call(intptr_t n)
{
	volatile char frame[512];

	memset((char *)frame, 1, sizeof(frame));
	go_step(n);
	if (frame[5] != 1)
		say("frame is broken");
}

/* A protect whose deferred call recovers. */
static void
catching(void *n)
{
	gort_defer(say, "below");
	gort_defer(recovers, "got");
	gort_defer(say, "above");
	step(n);
}

bool
mix_catch(intptr_t n)
{
	return gort_protect(catching, (void *)n);
}

/* A protect that a panic passes. */
static void
passing(void *n)
{
	gort_defer(say, "passed");
	step(n);
}

bool
mix_pass(intptr_t n)
{
	return gort_protect(passing, (void *)n);
}

/* Defers to what is around the Go function that calls us. */
void
mix_defer(intptr_t n)
{
	static const char *const names[] = { "d0", "d1", "d2", "d3" };

	gort_defer(say, (void *)(uintptr_t)names[n & 3]);
}

/* Runs Go in a protect that is around Go functions that defer. */
static void
around(void *n)
{
	gort_defer(say, "protect's");
	go_step((intptr_t)n);
}

void
mix_around(intptr_t n)
{
	gort_protect(around, (void *)n);
}

/* Recovers when a deferred Go function calls us. */
void
mix_recover(void)
{
	recovers("helper");
}

void
mix_panic(intptr_t kind)
{
	if (kind == 0)
		gort_panic("text of C");
	if (kind == 1)
		gort_panic_error("error of C");
	if (kind == 2)
		gort_panic_int(42);
	dprintf(1, " %d", *(volatile int *)(uintptr_t)(kind * 0)); /* nil */
}
