/*
 * panic.c - panic, defer, recover for C, with Go's rules.
 *
 * A C function can't be told apart from its caller when it returns, so what Go
 * ties to a function is tied here to rt_protect: it runs a body, then the
 * calls that were deferred in it. A deferred call belongs to the innermost
 * protect that runs, or to the goroutine when there is none.
 *
 *   g->defer   deferred calls, innermost first; each knows its protect
 *   g->catch   the innermost protect that runs
 *   g->panic   panics in progress, newest first; records live on the stack
 *              of the rt_panic that raised them
 *
 * rt_panic unlinks and runs the deferred calls one by one, on top of the
 * panicking stack, so that a traceback made when none of them recovers still
 * shows who panicked. If one called rt_recover, the stack is cut back to the
 * protect it belonged to (catch_amd64.S), the rest of that protect's calls
 * run there, and rt_protect returns false.
 *
 * A panic inside a deferred call links behind the first and goes on with the
 * calls that are left; the first is then lost but printed in the chain. When
 * the stack is cut back to a protect, g->panic becomes what it was when that
 * protect began: every panic raised since has gone with its stack.
 *
 * Goexit is a panic record that nobody can recover. When a panic overtakes a
 * Goexit (raised in a call that Goexit ran) and is recovered, the Goexit goes
 * on from the protect that the recovery reached, as in Go.
 *
 * Who may recover: Go asks that recover be called by the deferred function
 * itself. The nearest that C can check: no protect was entered since the panic
 * started the deferred call. A helper called by the deferred function may
 * recover; a body protected by it may not.
 *
 * All fields are the goroutine's own; nothing here takes a lock.
 *
 * Rejected: setjmp in the caller's frame (a macro, locals become indeterminate,
 * and the C library's longjmp refuses stacks it does not know when fortified);
 * forced unwinding by libgcc (needs unwind tables in every C library that is
 * passed, and runs foreign cleanups while the heap may be at fault).
 */
#include "fault/crash.h"
#include "fault/fault.h"

#include "arch/arch.h"
#include "diag/diag.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#include <string.h>

struct rt_defer {
	struct rt_defer *link;
	void (*fn)(void *);
	void *arg;
	struct rt_catch *frame; /* NULL: the goroutine's own */
};

struct rt_panic {
	struct rt_panic *link; /* the one raised before, still in progress */
	struct rt_panic_value v;
	struct rt_catch *frame; /* protect of the deferred call that runs */
	bool running;           /* a deferred call runs because of us */
	bool recovered;
};

#define CATCH_INLINE 2

/* One rt_protect. Lives in its frame; the collector sees it on the stack. */
struct rt_catch {
	struct gobuf ctx;
	struct rt_catch *link;
	struct rt_panic *panic; /* in progress when we began */
	void (*body)(void *);   /* NULL once entered */
	void *arg;
	bool jumped;   /* a recovery came back here */
	bool goexit;   /* ... and a Goexit that it overtook goes on */
	uint8_t nused; /* of first[]; the rest comes from the heap */
	struct rt_defer first[CATCH_INLINE];
};

#if defined(__SANITIZE_ADDRESS__)
void __asan_handle_no_return(void);
#else
#define __asan_handle_no_return() ((void)0)
#endif

/* ---- defer ---- */

void
rt_deferproc(void (*fn)(void *), void *arg)
{
	struct g *gp = rt_getg();
	struct rt_catch *c = gp->catch;
	struct rt_defer *d;

	if (c != NULL && c->nused < CATCH_INLINE)
		d = &c->first[c->nused++];
	else
		d = rt_mallocgc(sizeof(*d), NULL, true, true);
	d->fn = fn;
	d->arg = arg;
	d->frame = c;
	d->link = gp->defer;
	gp->defer = d;
}

static void
unlink_and_call(struct g *gp, struct rt_defer *d)
{
	void (*fn)(void *) = d->fn;
	void *arg = d->arg;

	gp->defer = d->link;
	d->fn = NULL; /* the collector must not see what is finished */
	d->arg = NULL;
	fn(arg);
}

/* ---- protect ---- */

/* Body, then deferred calls; entered again, without body, after a recovery. */
static void
protected_run(void *p)
{
	struct rt_catch *c = p;
	struct g *gp = rt_getg();
	void (*body)(void *) = c->body;

	if (c->goexit) {
		c->goexit = false;
		rt_goexit();
	}
	if (body != NULL) {
		c->body = NULL;
		body(c->arg);
	}
	while (gp->defer != NULL && gp->defer->frame == c)
		unlink_and_call(gp, gp->defer);
}

bool
rt_protect(void (*body)(void *), void *arg)
{
	struct g *gp = rt_getg();
	struct rt_catch c;
	bool whole = true;

	/* field by field: clearing first[] would double the cost of a call */
	c.link = gp->catch;
	c.panic = gp->panic;
	c.body = body;
	c.arg = arg;
	c.goexit = false;
	c.nused = 0;
	gp->catch = &c;
	for (;;) {
		c.jumped = false;
		rt_catch_call(&c.ctx, protected_run, &c);
		if (!c.jumped)
			break;
		whole = false;
		gp->panic = c.panic;
	}
	gp->catch = c.link;
	return whole;
}

/* ---- panic, recover ---- */

/* Does a Goexit lie among the panics that this recovery throws away? */
static bool
overtakes_goexit(const struct rt_panic *p, const struct rt_panic *until)
{
	for (p = p->link; p != NULL && p != until; p = p->link)
		if (p->v.kind == PANIC_GOEXIT)
			return true;
	return false;
}

static void RT_NORETURN
recovery(struct g *gp, struct rt_panic *p)
{
	struct rt_catch *c = p->frame;

	gp->sig = 0;
	if (c == NULL) {
		/* the goroutine's own deferred calls: it ends, quietly */
		gp->panic = NULL;
		rt_goexit();
	}
	c->goexit = overtakes_goexit(p, c->panic);
	c->jumped = true;
	gp->panic = c->panic;
	__asan_handle_no_return();
	rt_stack_unsplit(gp, c->ctx.sp);
	rt_ctx_jump(&c->ctx);
}

/* Run what is deferred, innermost first, until someone recovers. */
static void
run_deferred(struct g *gp, struct rt_panic *p)
{
	struct rt_defer *d;

	while ((d = gp->defer) != NULL) {
		/* protects inside d's are being left for good */
		gp->catch = p->frame = d->frame;
		p->running = true;
		unlink_and_call(gp, d);
		p->running = false;
		if (p->recovered)
			recovery(gp, p);
	}
}

/* Where no panic may start, its words are said and the runtime throws. */
static void
check_may_panic(struct g *gp, const struct rt_panic_value *v)
{
	const char *why = NULL;

	if (gp == NULL || gp->m == NULL || gp->m->curg != gp)
		why = "panic on system stack";
	else if (gp->m->mallocing != 0)
		why = "panic during malloc";
	else if (gp->m->preemptoff != NULL && gp->m->preemptoff[0] != '\0')
		why = "panic during preemptoff";
	else if (atomic_load_explicit(&gp->m->locks, memory_order_relaxed) != 0)
		why = "panic holding locks";
	if (why == NULL)
		return;
	rt_printlock();
	rt_printf("panic: ");
	rt_print_panic_value(v);
	rt_printf("\n");
	rt_printunlock();
	rt_throw(why);
}

RT_NOINLINE void
rt_panic(const struct rt_panic_value *v)
{
	struct g *gp = rt_getg();
	struct rt_where w;
	struct rt_panic p;

	check_may_panic(gp, v);
	memset(&p, 0, sizeof(p));
	p.v = *v;
	p.link = gp->panic;
	gp->panic = &p;
	run_deferred(gp, &p);
	w.pc = (uintptr_t)__builtin_return_address(0);
	w.bp = *(uintptr_t *)__builtin_frame_address(0);
	w.sp = (uintptr_t)__builtin_frame_address(0) + 16;
	w.exact = false;
	rt_fatalpanic(gp, &w);
}

bool
rt_recover(struct rt_panic_value *ret)
{
	struct g *gp = rt_getg();
	struct rt_panic *p = gp->panic;

	if (p == NULL || !p->running || p->recovered ||
	    p->v.kind == PANIC_GOEXIT || p->frame != gp->catch)
		return false;
	p->recovered = true;
	if (ret != NULL)
		*ret = p->v;
	return true;
}

void
rt_goexit_defers(void)
{
	struct g *gp = rt_getg();
	struct rt_panic p;

	memset(&p, 0, sizeof(p));
	p.v.kind = PANIC_GOEXIT;
	p.link = gp->panic;
	gp->panic = &p;
	run_deferred(gp, &p);
	/* the stack is finished with; the next life of this g starts clean */
	gp->panic = NULL;
	gp->catch = NULL;
	gp->sig = 0;
	__asan_handle_no_return();
}

/* ---- the words of a chain ---- */

void
rt_print_panic_value(const struct rt_panic_value *v)
{
	switch (v->kind) {
	case PANIC_INT:
		rt_printf("%ld", (long)v->num);
		break;
	case PANIC_PTR:
		rt_printf("(unsafe.Pointer) %p", v->ptr);
		break;
	case PANIC_RUNTIME:
		rt_printf("runtime error: %s", v->text);
		break;
	case PANIC_STR:
	case PANIC_ERROR:
	case PANIC_PLAIN:
		rt_printf("%s", v->text == NULL ? "nil" : v->text);
		break;
	case PANIC_GOEXIT:
		break;
	}
}

/* Oldest first; each later one is indented by a tab. */
static void
print_chain(const struct rt_panic *p)
{
	if (p->link != NULL) {
		print_chain(p->link);
		if (p->link->v.kind != PANIC_GOEXIT)
			rt_printf("\t");
	}
	if (p->v.kind == PANIC_GOEXIT)
		return;
	rt_printf("panic: ");
	rt_print_panic_value(&p->v);
	rt_printf(p->recovered ? " [recovered]\n" : "\n");
}

void
rt_print_panics(struct g *gp)
{
	rt_printlock();
	if (gp->panic != NULL)
		print_chain(gp->panic);
	rt_printunlock();
}

/* The newest panic in one line, for the ring. */
void
rt_panic_line(struct g *gp, char *buf, size_t n)
{
	const struct rt_panic_value *v = &gp->panic->v;

	switch (v->kind) {
	case PANIC_INT:
		rt_snprintf(buf, n, "panic: %ld", (long)v->num);
		break;
	case PANIC_PTR:
		rt_snprintf(buf, n, "panic: (unsafe.Pointer) %p", v->ptr);
		break;
	case PANIC_RUNTIME:
		rt_snprintf(buf, n, "panic: runtime error: %s", v->text);
		break;
	default:
		rt_snprintf(
		    buf, n, "panic: %s", v->text == NULL ? "nil" : v->text);
	}
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
	panic_text(
	    PANIC_RUNTIME, "invalid memory address or nil pointer dereference");
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
rt_panic_index(intptr_t i, intptr_t n)
{
	char *text = rt_mallocgc(80, NULL, false, false);

	if (i < 0)
		rt_snprintf(text, 80, "index out of range [%ld]", (long)i);
	else
		rt_snprintf(text, 80,
		    "index out of range [%ld] with length %ld", (long)i,
		    (long)n);
	panic_text(PANIC_RUNTIME, text);
}
