/*
 * panic.c - defer, panic, recover and Goexit, for C and for compiled Go.
 *
 * One goroutine may have frames of both on its stack in any order: Go calls C
 * (cgo, the runtime), C calls Go. So there is one list of deferred calls and
 * one of panics, with Go's rules.
 *
 *   g->defer   deferred calls, innermost first
 *   g->panic   panics in progress, newest first
 *   g->catch   the innermost rt_protect that runs
 *
 * A frame to come back to. Compiled Go ties a deferred call to the function
 * that deferred it: the address of a flag byte in its frame is the frame's
 * name, and the function has an exception handler. A C function can't be told
 * apart from its caller when it returns, so C ties a call to rt_protect: it
 * runs a body, then the calls that were deferred in it. A deferred call of C
 * belongs to the innermost protect that runs, or to the goroutine when there
 * is none.
 *
 * The list is ordered by the frames it belongs to. A C function that Go calls
 * and that defers to a protect outside of that Go function puts its record
 * below the Go function's: else these would hide behind it when the function
 * returns.
 *
 * A panic runs the deferred calls one by one, on top of the panicking stack,
 * so that a traceback made when none of them recovers still shows who
 * panicked. A record stays on the list while its call runs, marked as started
 * and by whom. That is how a panic raised in a deferred call knows that it has
 * passed an older one: it finds the started record, and the older panic is
 * aborted; it can't be recovered any more, but is printed in the chain.
 *
 * When a call recovers, the stack is left: to a protect by cutting it back
 * (catch_amd64.S), to a Go function by unwinding (gccgo/defer.c), each over
 * frames of both kinds. The rest of that frame's calls run there. g->catch
 * becomes what it was when the recovering call was deferred, and the aborted
 * panics that lie on top of g->panic go with their stack.
 *
 * Goexit is a panic record that nobody can recover. When a panic overtakes a
 * Goexit (raised in a call that Goexit ran) and is recovered, the Goexit goes
 * on with the calls that are left, as in Go.
 *
 * Who may recover. Go asks that recover be called by the deferred function
 * itself; its compiler and gccgo/defer.c see to that. The nearest that C can
 * check: no protect was entered since the panic started the deferred call. A
 * helper called by the deferred function may recover; a body protected by it
 * may not.
 *
 * Memory. Panic records are heap objects: deferred calls compare their
 * addresses, and one may outlive the frame that raised it. g->panic, g->defer
 * and stacks are roots. All fields are the goroutine's own; nothing here takes
 * a lock.
 *
 * Rejected: setjmp in the caller's frame (a macro, locals become indeterminate,
 * and the C library's longjmp refuses stacks it does not know when fortified);
 * unwinding for C too (it loads libgcc_s into every C program, and runs foreign
 * cleanups while the heap may be at fault); a list for C and another for Go
 * (their order against each other would have to be found on every return).
 */
#include "fault/crash.h"
#include "fault/fault.h"
#include "fault/panic.h"

#include "arch/arch.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#include <string.h>

#define CATCH_INLINE 2

/* One rt_protect. Lives in its frame; the collector sees it on the stack. */
struct rt_catch {
	struct gobuf ctx;
	struct rt_catch *link;
	void (*body)(void *); /* NULL once entered */
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

_Atomic int32_t rt_panics_running;

/* ---- defer ---- */

RT_NOINLINE void
rt_defer_call(struct rt_defer *d)
{
	void (*fn)(void *) = d->fn;
	void *arg = d->arg;

	d->started = true;
	d->retaddr = 0;
	d->arg = NULL; /* the collector must not see what is finished */
	fn(arg);
	__asm__ volatile("" ::: "memory"); /* a call, and no jump */
}

void
rt_defer_unlink(struct g *gp, struct rt_defer *d)
{
	struct rt_defer *prev = gp->defer;

	if (RT_LIKELY(prev == d)) {
		gp->defer = d->link;
		return;
	}
	/* a C call deferred others, to the same protect as its own */
	while (prev != NULL && prev->link != d)
		prev = prev->link;
	if (prev == NULL)
		rt_throw("panic: a deferred call is not on its list");
	rt_writeptr(&prev->link, d->link);
}

static void
link_below_go(struct g *gp, struct rt_defer *d)
{
	struct rt_defer *prev = NULL, *at = gp->defer;

	for (; at != NULL && at->frame != NULL && at->catch == d->catch;
	     at = at->link)
		prev = at;
	d->link = at;
	if (RT_LIKELY(prev == NULL))
		gp->defer = d;
	else
		rt_writeptr(&prev->link, d);
}

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
	d->frame = NULL;
	d->catch = c;
	d->below = NULL;
	d->panic = NULL;
	d->arg = arg;
	d->fn = fn;
	d->started = false;
	link_below_go(gp, d);
}

/* ---- protect ---- */

/* Body, then deferred calls; entered again, without body, after a recovery. */
static void
protected_run(void *p)
{
	struct rt_catch *c = p;
	struct g *gp = rt_getg();
	void (*body)(void *) = c->body;
	struct rt_defer *d;

	if (c->goexit) {
		c->goexit = false;
		rt_goexit();
	}
	if (body != NULL) {
		c->body = NULL;
		body(c->arg);
	}
	while ((d = gp->defer) != NULL && d->frame == NULL && d->catch == c) {
		rt_defer_call(d);
		rt_defer_unlink(gp, d);
	}
}

bool
rt_protect(void (*body)(void *), void *arg)
{
	struct g *gp = rt_getg();
	struct rt_catch c;
	bool whole = true;

	/* field by field: clearing first[] would double the cost of a call */
	c.link = gp->catch;
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
	}
	gp->catch = c.link;
	return whole;
}

/* ---- panic, recover ---- */

static void
panic_over(const struct rt_panic *p)
{
	if (p->v.kind != PANIC_GOEXIT)
		atomic_fetch_sub_explicit(
		    &rt_panics_running, 1, memory_order_relaxed);
}

/*
 * p, the newest, is recovered: it and those it aborted are over. True when
 * there was a Goexit among them, which then goes on.
 */
static bool
panics_end(struct g *gp, struct rt_panic *p)
{
	bool goexit = false;

	panic_over(p);
	for (p = p->link; p != NULL && p->aborted; p = p->link) {
		goexit |= p->v.kind == PANIC_GOEXIT;
		panic_over(p);
	}
	gp->panic = p;
	if (p == NULL)
		gp->sig = 0;
	return goexit;
}

static void RT_NORETURN
recovery(struct g *gp, struct rt_panic *p, struct rt_defer *d)
{
	bool goexit = panics_end(gp, p);
	struct rt_catch *c = d->catch;

	__asan_handle_no_return();
	if (d->frame != NULL && !goexit)
		rt_unwinder.unwind(gp); /* the handler unlinks d */
	rt_defer_unlink(gp, d);
	/* A Goexit that was overtaken goes on. And what a recovered call of
	 * the goroutine's own was deferred by is the goroutine: it ends. */
	if (d->frame != NULL || c == NULL)
		rt_goexit();
	c->goexit = goexit;
	c->jumped = true;
	rt_stack_unsplit(gp, c->ctx.sp);
	rt_ctx_jump(&c->ctx);
}

/* Run what is deferred, innermost first, until someone recovers. */
static void
run_deferred(struct g *gp, struct rt_panic *p)
{
	struct rt_defer *d;

	while ((d = gp->defer) != NULL) {
		if (d->started) {
			/* we were raised in its call, and go past it */
			if (d->panic != NULL)
				d->panic->aborted = true;
			rt_defer_unlink(gp, d);
			continue;
		}
		gp->catch = d->catch; /* protects inside are left for good */
		rt_writeptr(&d->panic, p);
		rt_defer_call(d);
		d->panic = NULL;
		if (p->recovered)
			recovery(gp, p, d);
		if (d->frame != NULL)
			*d->frame = false;
		rt_defer_unlink(gp, d);
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

static struct rt_panic *
panic_begin(struct g *gp, const struct rt_panic_value *v)
{
	struct rt_panic *p = rt_mallocgc(sizeof(*p), NULL, true, true);

	p->v = *v;
	p->link = gp->panic;
	gp->panic = p;
	return p;
}

RT_NOINLINE void
rt_panic(const struct rt_panic_value *v)
{
	struct g *gp = rt_getg();
	struct rt_where w;

	check_may_panic(gp, v);
	atomic_fetch_add_explicit(&rt_panics_running, 1, memory_order_relaxed);
	run_deferred(gp, panic_begin(gp, v));
	rt_panic_words(gp);
	w.pc = (uintptr_t)__builtin_return_address(0);
	w.bp = *(uintptr_t *)__builtin_frame_address(0);
	w.sp = (uintptr_t)__builtin_frame_address(0) + 16;
	w.exact = false;
	rt_fatalpanic(gp, &w);
}

/* May C code that runs now recover p? */
static bool
c_may_recover(const struct g *gp, const struct rt_panic *p)
{
	const struct rt_defer *d = gp->defer;

	/* what the deferred call itself deferred lies above its record */
	while (d != NULL && !d->started && d->frame == NULL &&
	    d->catch == gp->catch)
		d = d->link;
	return d != NULL && d->started && d->panic == p && !p->recovered &&
	    p->v.kind != PANIC_GOEXIT && d->catch == gp->catch;
}

bool
rt_recover(struct rt_panic_value *ret)
{
	struct g *gp = rt_getg();
	struct rt_panic *p = gp->panic;

	if (p == NULL || !c_may_recover(gp, p))
		return false;
	p->recovered = true;
	if (ret != NULL)
		*ret = rt_panic_value_for_c(&p->v);
	return true;
}

void
rt_goexit_defers(void)
{
	static const struct rt_panic_value marker = { .kind = PANIC_GOEXIT };
	struct g *gp = rt_getg();

	if (gp->defer != NULL)
		run_deferred(gp, panic_begin(gp, &marker));
	/* the stack is finished with; the next life of this g starts clean */
	for (const struct rt_panic *p = gp->panic; p != NULL; p = p->link)
		panic_over(p);
	gp->panic = NULL;
	gp->catch = NULL;
	gp->sig = 0;
	__asan_handle_no_return();
}
