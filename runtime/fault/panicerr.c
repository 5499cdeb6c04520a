/*
 * panicerr.c - the runtime's own errors: their texts, and raising them.
 *
 * Every room raises its errors here without knowing which language will see
 * them. Texts are Go's, byte for byte, but for type names: those are as people
 * write them, without package paths.
 */
#include "fault/fault.h"
#include "fault/panic.h"

#include "mem/malloc.h"

#include <string.h>

/* ---- bounds ---- */

/* What comes before x, between x and y, after y; after x when x is negative. */
static const struct {
	const char *before, *between, *after, *negative;
} bounds_words[] = {
	[BOUNDS_INDEX] = { "index out of range [", "] with length ", "", "]" },
	[BOUNDS_SLICE_ALEN] = { "slice bounds out of range [:",
	    "] with length ", "", "]" },
	[BOUNDS_SLICE_ACAP] = { "slice bounds out of range [:",
	    "] with capacity ", "", "]" },
	[BOUNDS_SLICE_B] = { "slice bounds out of range [", ":", "]", ":]" },
	[BOUNDS_SLICE3_ALEN] = { "slice bounds out of range [::",
	    "] with length ", "", "]" },
	[BOUNDS_SLICE3_ACAP] = { "slice bounds out of range [::",
	    "] with capacity ", "", "]" },
	[BOUNDS_SLICE3_B] = { "slice bounds out of range [:", ":", "]", ":]" },
	[BOUNDS_SLICE3_C] = { "slice bounds out of range [", ":", ":]", "::]" },
};

int
rt_bounds_text(const struct rt_bounds *b, char *buf, size_t n)
{
	const char *before, *between;

	if (b->code == BOUNDS_CONVERT)
		return rt_snprintf(buf, n,
		    "cannot convert slice with length %ld to pointer to array "
		    "with length %ld",
		    (long)b->y, (long)b->x);
	before = bounds_words[b->code].before;
	between = bounds_words[b->code].between;
	if (b->is_signed && b->x < 0)
		return rt_snprintf(buf, n, "%s%ld%s", before, (long)b->x,
		    bounds_words[b->code].negative);
	return rt_snprintf(buf, n, "%s%lu%s%ld%s", before, (unsigned long)b->x,
	    between, (long)b->y, bounds_words[b->code].after);
}

/* ---- type assertions ---- */

static bool
same_package(const struct gort_type *a, const struct gort_type *b)
{
	const gort_str *p = rt_type_pkgpath(a), *q = rt_type_pkgpath(b);

	if (p == NULL || q == NULL)
		return p == q;
	return p->n == q->n && memcmp(p->p, q->p, (size_t)p->n) == 0;
}

static const char *
twin_words(const struct gort_type *a, const struct gort_type *b)
{
	return same_package(a, b) ? " (types from different scopes)"
	                          : " (types from different packages)";
}

const char *
rt_type_name_text(const struct gort_type *t)
{
	size_t n = (size_t)t->str->n + 1;
	char *d = rt_mallocgc(n, NULL, false, false);

	rt_type_name(t, d, n);
	return d;
}

const char *
rt_assertion_text(const struct rt_assertion *e)
{
	const char *inter = e->inter == NULL ? "interface" : rt_type_name_text(e->inter);
	const char *want = rt_type_name_text(e->want), *have, *more = "";
	size_t n = strlen(inter) + strlen(want) + 128;
	char *d;

	have = e->have == NULL ? "nil" : rt_type_name_text(e->have);
	n += strlen(have) + (size_t)e->missing.n;
	d = rt_mallocgc(n, NULL, false, false);
	if (e->have != NULL && e->missing.n > 0) {
		rt_snprintf(d, n,
		    "interface conversion: %s is not %s: missing method %.*s",
		    have, want, (int)e->missing.n, e->missing.p);
		return d;
	}
	if (strcmp(have, want) == 0)
		more = twin_words(e->have, e->want);
	rt_snprintf(d, n, "interface conversion: %s is %s, not %s%s", inter,
	    have, want, more);
	return d;
}

/* ---- the runtime's own panics ---- */

static void RT_NORETURN
panic_text(enum rt_panic_kind kind, const char *text)
{
	struct rt_panic_value v = { .kind = kind, .text = text };

	rt_panic(&v);
}

void
rt_panic_str(const char *text)
{
	panic_text(PANIC_STR, text);
}

void
rt_panic_runtime(const char *text)
{
	panic_text(PANIC_RUNTIME, text);
}

void
rt_panic_plain(const char *text)
{
	panic_text(PANIC_PLAIN, text);
}

void
rt_panic_mem(void)
{
	panic_text(PANIC_RUNTIME, RT_NIL_WORDS);
}

void
rt_panic_address(uintptr_t addr)
{
	struct rt_panic_value v = { .kind = PANIC_ADDRESS,
		.text = RT_NIL_WORDS,
		.num = (intptr_t)addr };

	rt_panic(&v);
}

void
rt_panic_divide(void)
{
	panic_text(PANIC_RUNTIME, "integer divide by zero");
}

void
rt_panic_overflow(void)
{
	panic_text(PANIC_RUNTIME, "integer overflow");
}

void
rt_panic_float(void)
{
	panic_text(PANIC_RUNTIME, "floating point error");
}

void
rt_panic_shift(void)
{
	panic_text(PANIC_RUNTIME, "negative shift amount");
}

void
rt_panic_bounds(enum rt_bounds_code code, int64_t x, bool is_signed, intptr_t y)
{
	struct rt_panic_value v = { .kind = PANIC_BOUNDS,
		.bounds = { x, y, is_signed, (uint8_t)code } };

	rt_panic(&v);
}

void
rt_panic_index(intptr_t i, intptr_t n)
{
	rt_panic_bounds(BOUNDS_INDEX, i, true, n);
}

void
rt_panic_type_assertion(const struct gort_type *inter,
    const struct gort_type *have, const struct gort_type *want,
    const gort_str *missing)
{
	struct rt_assertion *e = rt_mallocgc(sizeof(*e), NULL, true, true);
	struct rt_panic_value v = { .kind = PANIC_ASSERT, .assertion = e };

	e->inter = inter;
	e->have = have;
	e->want = want;
	if (missing != NULL)
		e->missing = *missing;
	v.text = rt_assertion_text(e);
	rt_panic(&v);
}

static void RT_NORETURN
panic_about_type(const char *what, const struct gort_type *t)
{
	size_t n = strlen(what) + (size_t)t->str->n + 1;
	char *text = rt_mallocgc(n, NULL, false, false);
	size_t at = (size_t)rt_snprintf(text, n, "%s", what);

	rt_type_name(t, text + at, n - at);
	rt_panic_runtime(text);
}

void
rt_panic_unhashable(const struct gort_type *t)
{
	panic_about_type("hash of unhashable type ", t);
}

void
rt_panic_uncomparable(const struct gort_type *t)
{
	panic_about_type("comparing uncomparable type ", t);
}
