/*
 * panic.h - deferred calls and panics as fault/ and the face for compiled Go
 * (gccgo/defer.c, gccgo/errors.c) share them. What they mean: panic.c.
 */
#ifndef RT_PANIC_H
#define RT_PANIC_H

#include "fault/fault.h"

/*
 * One deferred call, of C or of compiled Go. gccgo reserves 64 bytes for it in
 * the frame of a function that defers; what they hold is ours alone.
 */
struct rt_defer {
	struct rt_defer *link;
	bool *frame;            /* Go: the activation's flag byte; C: NULL */
	struct rt_catch *catch; /* innermost protect when it was deferred */
	struct rt_panic *below; /* newest panic when it was deferred */
	struct rt_panic *panic; /* the one that runs it now */
	void *arg;
	union {
		void (*fn)(void *); /* until it is started */
		uintptr_t retaddr;  /* then: where Go's thunk is returned to */
	};
	bool started;
	bool makefunc; /* Go: a MakeFunc function runs that may recover */
};
_Static_assert(sizeof(struct rt_defer) <= 64, "gccgo's size of a record");

struct rt_panic { /* in the heap; gp->panic and rt_defer point to it */
	struct rt_panic *link; /* the one raised before, still in progress */
	struct rt_panic_value v;
	const char *words; /* what its own methods said, to be printed */
	bool recovered;
	bool aborted; /* a newer panic has passed the call we were running */
};

/* Run d's call; its record stays on the list meanwhile. Has a frame of its own,
 * by which defer.c knows a deferred function. */
void rt_defer_call(struct rt_defer *d);
/* Take d off its goroutine's list, wherever it is. */
void rt_defer_unlink(struct g *gp, struct rt_defer *d);

/*
 * Leave all frames up to the one that deferred gp->defer, which belongs to
 * compiled Go and has a handler. gccgo/defer.c; absent from a C program, which
 * has no such record either.
 */
struct rt_unwinder {
	void (*unwind)(struct g *gp) RT_NORETURN;
};
extern const struct rt_unwinder rt_unwinder __attribute__((weak));

/* ---- panicval.c ---- */

#define RT_RUNTIME_ERROR "runtime error: "
#define RT_NIL_WORDS "invalid memory address or nil pointer dereference"
#define RT_BOUNDS_TEXT_BYTES 128

/* Ask the values of compiled Go what to print for them. Runs Go code. */
void rt_panic_words(struct g *gp);
/* What rt_recover tells C of v. May run Go code. */
struct rt_panic_value rt_panic_value_for_c(const struct rt_panic_value *v);

/* ---- panicerr.c ---- */

/* rt_type_name as a collected text. */
const char *rt_type_name_text(const struct gort_type *t);
/* NULL: a basic or unnamed type. */
static inline const gort_str *
rt_type_pkgpath(const struct gort_type *t)
{
	return t->u == NULL ? NULL : t->u->pkgpath;
}
/* Without "runtime error: "; returns the length, as rt_snprintf. */
int rt_bounds_text(const struct rt_bounds *b, char *buf, size_t n);
/* A collected text. */
const char *rt_assertion_text(const struct rt_assertion *e);
void rt_panic_address(uintptr_t addr) RT_NORETURN;

#endif
