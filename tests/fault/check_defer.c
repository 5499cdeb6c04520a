/*
 * check_defer.c - deferred calls and panics of C and of compiled Go on one
 * goroutine, without a Go compiler: a "Go function" here is a C function that
 * keeps a record and a flag as the compiler's code would, and the unwinder is
 * replaced by one that jumps. What real Go makes of it: tests/go/panic_*.go.
 */
#include "fault/crash.h"
#include "fault/fault.h"
#include "fault/panic.h"

#include "arch/arch.h"
#include "boot/boot.h"
#include "chan/chan.h"
#include "sched/sched.h"
#include "tests/fault/bodies.h"

#include <check.h>
#include <string.h>

static char word[256];

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

/* ---- frames of "Go" ---- */

#define NDEFER 4

struct go_frame {
	struct gobuf ctx;
	struct rt_defer d[NDEFER];
	int nd;
	bool flag; /* its address names the frame */
	void (*body)(struct go_frame *);
	struct go_frame *outer;
};
static struct go_frame *innermost; /* one goroutine at a time */

static void
go_defer(struct go_frame *f, void (*fn)(void *), void *arg)
{
	struct g *gp = rt_getg();
	struct rt_defer *d = &f->d[f->nd++];

	memset(d, 0, sizeof(*d));
	d->link = gp->defer;
	d->frame = &f->flag;
	d->catch = gp->catch;
	d->below = gp->panic;
	d->fn = fn;
	d->arg = arg;
	gp->defer = d;
}

static void
go_body(void *f)
{
	((struct go_frame *)f)->body(f);
}

/* Also what the handler around it does when the frame was recovered. */
static void
go_call(void (*body)(struct go_frame *))
{
	struct g *gp = rt_getg();
	struct go_frame f = { .body = body, .outer = innermost };
	struct rt_defer *d;

	innermost = &f;
	rt_catch_call(&f.ctx, go_body, &f);
	while ((d = gp->defer) != NULL && d->frame == &f.flag) {
		rt_defer_call(d);
		rt_defer_unlink(gp, d);
	}
	innermost = f.outer;
}

/* Find the frame that the record names, leave all inside it. */
static void RT_NORETURN
jump_to_frame(struct g *gp)
{
	struct rt_defer *d = gp->defer;
	struct go_frame *f = innermost;

	while (&f->flag != d->frame)
		f = f->outer;
	innermost = f;
	gp->catch = d->catch;
	rt_defer_unlink(gp, d);
	rt_ctx_jump(&f->ctx);
}

const struct rt_unwinder rt_unwinder = { .unwind = jump_to_frame };

/* gorecover: Go's rules of who may have been asked before. */
static void
go_recover(void *letter)
{
	struct rt_panic *p = rt_getg()->panic;

	if (p == NULL || p->recovered || p->v.kind == PANIC_GOEXIT) {
		note("-");
		return;
	}
	p->recovered = true;
	note(letter);
	note((void *)(uintptr_t)p->v.text);
}

static void
c_recover(void *letter)
{
	struct rt_panic_value v;

	if (rt_recover(&v)) {
		note(letter);
		note((void *)(uintptr_t)v.text);
	} else {
		note("-");
	}
}

/* Nothing of a panic is left on the goroutine. */
static int
clean(void)
{
	struct g *gp = rt_getg();

	return gp->panic == NULL && rt_panics_running == 0 ? 0 : 1;
}

/* ---- the tests' bodies ---- */

/* What C defers inside a Go function belongs to what is around that. */
static void
defers_both(struct go_frame *f)
{
	go_defer(f, note, "1");
	rt_deferproc(note, "a");
	go_defer(f, note, "2");
	rt_deferproc(note, "b");
	note("|");
}

static void
protect_defers_both(void *unused)
{
	go_call(defers_both);
	note("/");
}

static int
order(void *unused)
{
	rt_protect(protect_defers_both, NULL);
	return spells("|21/ba");
}

static void
panics(void *text)
{
	rt_panic_str(text);
}

/* A panic passes a protect on its way to a Go frame. */
static void
protect_is_passed(void *unused)
{
	rt_deferproc(note, "p");
	rt_panic_str("P");
}

static void
recovers_outside(struct go_frame *f)
{
	go_defer(f, note, "1");
	go_defer(f, go_recover, "r");
	rt_protect(protect_is_passed, NULL);
	note("X");
}

static void
around_passed(void *unused)
{
	const struct rt_catch *c = rt_getg()->catch;

	go_call(recovers_outside);
	note(rt_getg()->catch == c ? "+" : "X");
	rt_deferproc(note, "o"); /* runs with the outer protect */
}

static int
passed(void *unused)
{
	note(rt_protect(around_passed, NULL) ? "+" : "X");
	return spells("prP1+o+") + clean();
}

/* ... and Go frames on its way to a protect. */
static void
panics_in_go(struct go_frame *f)
{
	go_defer(f, note, "1");
	rt_panic_str("P");
}

static void
protect_recovers_go(void *unused)
{
	rt_deferproc(c_recover, "r");
	go_call(panics_in_go);
}

static int
to_protect(void *unused)
{
	note(rt_protect(protect_recovers_go, NULL) ? "X" : "!");
	innermost = NULL;
	return spells("1rP!") + clean();
}

/* A call of C that a panic of Go runs is overtaken, and the other way. */
static void
overtaken_in_go(struct go_frame *f)
{
	go_defer(f, go_recover, "r");
	go_defer(f, panics, "Q");
	rt_panic_str("P");
}

static void
overtaken_in_protect(void *unused)
{
	rt_deferproc(c_recover, "s");
	rt_deferproc(panics, "Q");
	go_call(panics_in_go);
}

static int
overtaken(void *unused)
{
	go_call(overtaken_in_go);
	rt_protect(overtaken_in_protect, NULL);
	innermost = NULL;
	return spells("rQ1sQ") + clean();
}

/* A panic and its recovery inside a call that an outer panic runs. */
static void
inner_panic(struct go_frame *f)
{
	go_defer(f, go_recover, "i");
	rt_panic_str("I");
}

static void
runs_inner(void *unused)
{
	go_call(inner_panic);
	rt_protect(protect_recovers_go, NULL);
	note("|");
}

static void
outer_panic(struct go_frame *f)
{
	go_defer(f, go_recover, "o");
	go_defer(f, runs_inner, NULL);
	rt_panic_str("O");
}

static int
within(void *unused)
{
	go_call(outer_panic);
	return spells("iI1rP|oO") + clean();
}

/* What a deferred call of C defers itself is no obstacle to recover. */
static void
defers_then_recovers(void *unused)
{
	rt_deferproc(note, "d");
	c_recover("r");
}

static void
deferring_recoverer(void *unused)
{
	rt_deferproc(note, "1");
	rt_deferproc(defers_then_recovers, NULL);
	rt_panic_str("P");
}

static int
defers_in_deferred(void *unused)
{
	note(rt_protect(deferring_recoverer, NULL) ? "X" : "!");
	return spells("rPd1!") + clean();
}

/* ---- Goexit ---- */

static void
exits_in_go(struct go_frame *f)
{
	go_defer(f, note, "1");
	go_defer(f, go_recover, "r");
	go_defer(f, panics, "P"); /* overtakes the Goexit, is recovered */
	rt_goexit();
}

static void
goexit_main(void *c)
{
	rt_deferproc((void (*)(void *))rt_closechan, c);
	rt_deferproc(note, "e");
	go_call(exits_in_go);
	note("X");
}

static int
goexit_goes_on(void *unused)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);
	bool ok;

	rt_newproc(goexit_main, c, RT_CALLERPC());
	rt_chanrecv(c, NULL, true, &ok);
	innermost = NULL;
	return spells("rP1e") + (rt_panics_running == 0 ? 0 : 1);
}

/* ---- words ---- */

static int
bounds(void *unused)
{
	static const struct {
		struct rt_bounds b;
		const char *text;
	} cases[] = {
		{ { 5, 2, true, BOUNDS_INDEX },
		    "index out of range [5] with length 2" },
		{ { -1, 2, true, BOUNDS_INDEX }, "index out of range [-1]" },
		{ { -1, 2, false, BOUNDS_INDEX },
		    "index out of range [18446744073709551615] with length 2" },
		{ { 5, 2, true, BOUNDS_SLICE_ALEN },
		    "slice bounds out of range [:5] with length 2" },
		{ { -5, 2, true, BOUNDS_SLICE_ACAP },
		    "slice bounds out of range [:-5]" },
		{ { 5, 2, true, BOUNDS_SLICE_B },
		    "slice bounds out of range [5:2]" },
		{ { -5, 2, true, BOUNDS_SLICE_B },
		    "slice bounds out of range [-5:]" },
		{ { 5, 2, true, BOUNDS_SLICE3_ALEN },
		    "slice bounds out of range [::5] with length 2" },
		{ { 5, 2, true, BOUNDS_SLICE3_ACAP },
		    "slice bounds out of range [::5] with capacity 2" },
		{ { -5, 2, true, BOUNDS_SLICE3_ACAP },
		    "slice bounds out of range [::-5]" },
		{ { 5, 2, true, BOUNDS_SLICE3_B },
		    "slice bounds out of range [:5:2]" },
		{ { -5, 2, true, BOUNDS_SLICE3_B },
		    "slice bounds out of range [:-5:]" },
		{ { 5, 2, true, BOUNDS_SLICE3_C },
		    "slice bounds out of range [5:2:]" },
		{ { -5, 2, true, BOUNDS_SLICE3_C },
		    "slice bounds out of range [-5::]" },
		{ { 4, 2, true, BOUNDS_CONVERT },
		    "cannot convert slice with length 2 to pointer to array "
		    "with length 4" },
	};
	char buf[RT_BOUNDS_TEXT_BYTES];
	int bad = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rt_bounds_text(&cases[i].b, buf, sizeof(buf));
		if (strcmp(buf, cases[i].text) != 0) {
			rt_printf("got %s, want %s\n", buf, cases[i].text);
			bad++;
		}
	}
	return bad;
}

#define TYPE(name, path_, str_)                                                \
	static const gort_str name##_path = { path_, sizeof(path_) - 1 };      \
	static const gort_str name##_str = { str_, sizeof(str_) - 1 };         \
	static const struct rt_uncommon name##_u = { .pkgpath =                \
							 &name##_path };       \
	static const struct gort_type name = { .size = 8,                      \
		.kind = KIND_INT,                                              \
		.str = &name##_str,                                            \
		.u = &name##_u }

TYPE(here, "a/p", "\ta/p\tp.T");
TYPE(there, "b/p", "\tb/p\tp.T");
TYPE(again, "a/p", "\ta/p\tp.T");

static int
assertion(const struct gort_type *inter, const struct gort_type *have,
    const struct gort_type *want, const char *missing, const char *text)
{
	struct rt_assertion e = { inter, have, want,
		{ missing, (intptr_t)strlen(missing) } };

	word[0] = '\0';
	note((void *)(uintptr_t)rt_assertion_text(&e));
	return spells(text);
}

static int
assertions(void *unused)
{
	const struct gort_type *str = &rt_type_string;

	return assertion(NULL, NULL, str, "",
		   "interface conversion: interface is nil, not string") +
	    assertion(&here, &rt_type_int, str, "",
		"interface conversion: p.T is int, not string") +
	    assertion(NULL, &here, str, "Foo",
		"interface conversion: p.T is not string: missing method Foo") +
	    assertion(str, &here, &there, "",
		"interface conversion: string is p.T, not p.T (types from "
		"different packages)") +
	    assertion(str, &here, &again, "",
		"interface conversion: string is p.T, not p.T (types from "
		"different scopes)");
}

/* What C sees of Go's values. */
static int
go_value(const struct gort_type *t, void *d, enum rt_panic_kind kind,
    const char *text)
{
	struct rt_panic_value v = { .kind = PANIC_GO, .go = { t, d } };

	v = rt_panic_value_for_c(&v);
	if (v.kind != kind) {
		rt_printf("kind %d, want %d\n", (int)v.kind, (int)kind);
		return 1;
	}
	word[0] = '\0';
	note(v.text == NULL ? "nil" : (void *)(uintptr_t)v.text);
	return spells(text);
}

static int
values(void *unused)
{
	gort_str s = { "text", 3 };
	int64_t n = -7;

	return go_value(&rt_type_string, &s, PANIC_STR, "tex") +
	    go_value(&rt_type_int, &n, PANIC_INT, "-7") +
	    go_value(&here, &n, PANIC_INT, "p.T(-7)") +
	    go_value(&rt_type_unsafe_pointer, (void *)0x10, PANIC_PTR,
		"(unsafe.Pointer) 0x10") +
	    go_value(NULL, NULL, PANIC_PTR, "nil");
}

BODIES("defer", 30, order, passed, to_protect, overtaken, within,
    defers_in_deferred, goexit_goes_on, bounds, assertions, values)
