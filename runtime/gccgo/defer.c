/*
 * defer.c - compiled Go: defer, panic and recover.
 *
 * What they do is fault/panic.c's. Here is what only compiled Go needs: its
 * records, the question whether a function may recover, and the unwinding.
 *
 * A function that defers has a flag byte in its frame, whose address names the
 * activation, and an exception handler around its body that calls checkdefer.
 * A recovered panic is an exception of class GNUCGO\0\0. libgcc's unwinder
 * raises it; each frame's personality routine below says whether there is a
 * handler; the handler of a frame that is not the one meant sends it on. Frames
 * of C are passed if they have unwind tables, which on this machine is the
 * default. So recovering takes time linear in the depth.
 *
 * The exception object is a heap object that only g->exception refers to.
 *
 * Who may recover. The compiler renames a function that calls recover and puts
 * a wrapper in its place that asks canrecover with its own return address. A
 * deferred call is made by a thunk, which told us the address behind its call
 * (setdeferretaddr). So the two are the same if the function was called by the
 * thunk: that is, is the deferred function itself and no helper. Between the two
 * there may be more that the compiler made: what binds a method to its receiver,
 * or finds an embedded one; or reflect's call of a function that it made. Then
 * the stack is walked to see whether there is nothing else.
 *
 * Exceptions of other languages (C++ by way of cgo) run the deferred calls of
 * the frames they pass, and go on; Go can't recover them.
 */
#include "gccgo/gccgo.h"

#include "fault/panic.h"
#include "fault/unwind.h"
#include "gccgo/errors.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#include <string.h>
#include <unwind.h>

/* ---- deferring ---- */

void go_deferproc(bool *frame, void (*fn)(void *), void *arg)
    GO("runtime.deferproc");
void go_deferproc_stack(struct rt_defer *d, bool *frame, void (*fn)(void *),
    void *arg) GO("runtime.deferprocStack");
void go_deferreturn(bool *frame) GO("runtime.deferreturn");
bool go_setdeferretaddr(uintptr_t addr) GO("runtime.setdeferretaddr");

/* The caller's frame is the youngest that defers: its record goes on top. */
void
go_deferproc_stack(
    struct rt_defer *d, bool *frame, void (*fn)(void *), void *arg)
{
	struct g *gp = rt_getg();

	d->link = gp->defer;
	d->frame = frame;
	d->catch = gp->catch;
	d->below = gp->panic;
	d->panic = NULL;
	d->arg = arg;
	d->fn = fn;
	d->started = false;
	d->makefunc = false;
	gp->defer = d;
}

void
go_deferproc(bool *frame, void (*fn)(void *), void *arg)
{
	struct rt_defer *d = rt_mallocgc(sizeof(*d), NULL, true, true);

	go_deferproc_stack(d, frame, fn, arg);
}

/*
 * The function returns, or was recovered and goes on from its handler. True in
 * *frame tells it that there is something to return with.
 */
void
go_deferreturn(bool *frame)
{
	struct g *gp = rt_getg();
	struct rt_defer *d;

	while ((d = gp->defer) != NULL && d->frame == frame) {
		if (!d->started)
			rt_defer_call(d);
		rt_defer_unlink(gp, d);
		*frame = true;
	}
}

/* The thunk makes its call only if we say false. */
bool
go_setdeferretaddr(uintptr_t addr)
{
	struct rt_defer *d = rt_getg()->defer;

	if (d != NULL && d->frame != NULL && d->started)
		d->retaddr = addr;
	return false;
}

/* ---- recovering ---- */

bool go_canrecover(uintptr_t ret) GO("runtime.canrecover");
struct gort_eface go_gorecover(void) GO("runtime.gorecover");
struct gort_eface go_deferredrecover(void) GO("runtime.deferredrecover");
void go_makefunc_can_recover(gort_slice locations)
    GO("runtime.makefuncfficanrecover");
void go_makefunc_returning(void) GO("runtime.makefuncreturning");

/* How far behind the call the label of the thunk may lie. */
#define RETURN_SLACK_BYTES 16

/* Is the top record a call that the newest panic made? */
static const struct rt_defer *
started_by_panic(const struct g *gp)
{
	const struct rt_defer *d = gp->defer;

	if (d == NULL || d->frame == NULL || !d->started ||
	    d->below == gp->panic || d->retaddr == 0)
		return NULL;
	return d;
}

/* Functions of the makings of reflect.MakeFunc: reflect's own and libffi's. */
static bool
makes_func(const struct rt_symbol *s)
{
	return strncmp(s->func, "reflect.", 8) == 0 ||
	    strncmp(s->func, "ffi_", 4) == 0;
}

/*
 * Do the caller's frames from the skip'th on lead straight to what runs
 * deferred calls, over nothing but what the compiler made, and with
 * `makefunc` what reflect and libffi are in between?
 */
static RT_NOINLINE bool
called_by_defer(const struct rt_where *w, int skip, bool makefunc)
{
	struct rt_unwind u;
	struct rt_symbol s;

	if (!rt_unwind_begin(&u, rt_getg(), w))
		return false;
	for (int i = 0; rt_unwind_next(&u); i++) {
		if (i < skip)
			continue;
		if (!rt_symbolize(u.reg[RT_UW_PC] - 1, false, &s))
			return false;
		if (s.entry == (uintptr_t)rt_defer_call)
			return true;
		if (!s.wrapper && !(makefunc && makes_func(&s)))
			return false;
	}
	return false;
}

bool
go_canrecover(uintptr_t ret)
{
	const struct rt_defer *d = started_by_panic(rt_getg());
	struct rt_where w;

	if (d == NULL)
		return false;
	if (d->retaddr >= ret && d->retaddr <= ret + RETURN_SLACK_BYTES)
		return true;
	w = rt_unwind_here();
	return called_by_defer(&w, 1, d->makefunc);
}

struct gort_eface
go_gorecover(void)
{
	struct rt_panic *p = rt_getg()->panic;

	if (p == NULL || p->recovered || p->v.kind == PANIC_GOEXIT)
		return (struct gort_eface){ NULL, NULL };
	p->recovered = true;
	return go_panic_value(&p->v);
}

/*
 * "defer recover()". It recovers if the function that says so is itself a
 * deferred one that the panic runs, that is, if the panic was there when it
 * was deferred.
 */
struct gort_eface
go_deferredrecover(void)
{
	struct g *gp = rt_getg();

	if (gp->defer == NULL || gp->defer->below != gp->panic)
		return (struct gort_eface){ NULL, NULL };
	return go_gorecover();
}

/*
 * reflect is about to call what MakeFunc was given, in the place of the
 * function that it made. The locations are our callers', but not as exact as
 * what we see ourselves.
 */
void
go_makefunc_can_recover(gort_slice locations)
{
	struct g *gp = rt_getg();
	struct rt_where w;

	(void)locations;
	if (started_by_panic(gp) == NULL)
		return;
	w = rt_unwind_here();
	gp->defer->makefunc = called_by_defer(&w, 0, true);
}

void
go_makefunc_returning(void)
{
	struct rt_defer *d = rt_getg()->defer;

	if (d != NULL)
		d->makefunc = false;
}

/* ---- leaving ---- */

void go_gopanic(struct gort_eface v) GO("runtime.gopanic") RT_NORETURN;
void go_goexit(void) GO("runtime.Goexit") RT_NORETURN;
GO_FUNCVAL(go_goexit, "runtime.Goexit");
void go_checkdefer(bool *frame) GO("runtime.checkdefer");

void
go_gopanic(struct gort_eface v)
{
	struct rt_panic_value pv = { .kind = PANIC_GO, .go = v };

	rt_panic(&pv);
}

void
go_goexit(void)
{
	rt_goexit();
}

/* 'G' in the top byte. */
#define GO_CLASS 0x474e5543474f0000u /* GNUCGO\0\0 */

static void RT_NORETURN
unwind(struct g *gp)
{
	struct _Unwind_Exception *e =
	    rt_mallocgc(sizeof(*e), NULL, true, true);

	e->exception_class = GO_CLASS;
	gp->exception = e;
	_Unwind_RaiseException(e);
	rt_throw("panic: no frame to return to after a recovery");
}

const struct rt_unwinder rt_unwinder = { .unwind = unwind };

/* An exception of another language runs what a frame deferred. */
static void
foreign_passes(struct g *gp, bool *frame)
{
	struct rt_defer *d;

	while ((d = gp->defer) != NULL && d->frame == frame) {
		if (!d->started)
			rt_defer_call(d);
		rt_defer_unlink(gp, d);
	}
	*frame = false;
}

/*
 * A handler has the exception. If this is the frame whose deferred call has
 * recovered, the exception ends, and the function returns when we do.
 */
void
go_checkdefer(bool *frame)
{
	struct g *gp = rt_getg();
	struct _Unwind_Exception *e = gp->exception;
	struct rt_defer *d = gp->defer;

	if (e->exception_class != GO_CLASS) {
		foreign_passes(gp, frame);
	} else if (d != NULL && d->started && d->frame == frame) {
		gp->exception = NULL;
		gp->catch = d->catch;
		rt_defer_unlink(gp, d);
		*frame = true;
		return;
	}
	_Unwind_Resume_or_Rethrow(e);
	rt_throw("panic: no frame to return to after a recovery");
}

/* ---- the personality routine ---- */

_Unwind_Reason_Code go_personality(int version, _Unwind_Action actions,
    _Unwind_Exception_Class class, struct _Unwind_Exception *e,
    struct _Unwind_Context *context) GO("__gccgo_personality_v0");

/* How gcc encodes what it writes for Go; it writes nothing else. */
enum { ENC_OMIT = 0xff, ENC_ULEB128 = 0x01 };

static uintptr_t
uleb128(const uint8_t **p)
{
	uintptr_t v = 0;
	unsigned shift = 0;
	uint8_t b;

	do {
		b = *(*p)++;
		v |= (uintptr_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80);
	return v;
}

struct landing {
	uintptr_t pad;    /* 0: none, the frame is just left */
	uintptr_t action; /* 0: for cleaning up only */
};

/* What the frame's table says of ip. An unknown table is our bug. */
static struct landing
find_landing(const uint8_t *lsda, uintptr_t start, uintptr_t ip)
{
	struct landing none = { 0, 0 };
	const uint8_t *end;
	uintptr_t n;

	if (*lsda++ != ENC_OMIT)
		rt_throw("panic: exception table with a landing pad base");
	if (*lsda++ != ENC_OMIT)
		uleb128(&lsda); /* types: one, which catches everything */
	if (*lsda++ != ENC_ULEB128)
		rt_throw("panic: exception table in an unknown encoding");
	n = uleb128(&lsda);
	for (end = lsda + n; lsda < end;) {
		uintptr_t from = start + uleb128(&lsda);
		uintptr_t len = uleb128(&lsda);
		uintptr_t pad = uleb128(&lsda);
		uintptr_t action = uleb128(&lsda);

		if (ip < from)
			break; /* the sites are in order */
		if (ip < from + len)
			return pad == 0 ? none :
			                  (struct landing){ start + pad,
						  action };
	}
	return none;
}

_Unwind_Reason_Code
go_personality(int version, _Unwind_Action actions,
    _Unwind_Exception_Class class, struct _Unwind_Exception *e,
    struct _Unwind_Context *context)
{
	const uint8_t *lsda;
	struct landing at;
	uintptr_t ip;
	int before = 0;

	(void)class;
	if (version != 1)
		return _URC_FATAL_PHASE1_ERROR;
	lsda = (const uint8_t *)_Unwind_GetLanguageSpecificData(context);
	if (lsda == NULL)
		return _URC_CONTINUE_UNWIND;
	ip = (uintptr_t)_Unwind_GetIPInfo(context, &before);
	if (!before)
		ip--; /* behind the call */
	at = find_landing(lsda, (uintptr_t)_Unwind_GetRegionStart(context), ip);
	if (at.pad == 0)
		return _URC_CONTINUE_UNWIND;
	if (actions & _UA_SEARCH_PHASE)
		return at.action == 0 ? _URC_CONTINUE_UNWIND
		                      : _URC_HANDLER_FOUND;
	rt_getg()->exception = e;
	_Unwind_SetGR(
	    context, __builtin_eh_return_data_regno(0), (uintptr_t)e);
	_Unwind_SetGR(context, __builtin_eh_return_data_regno(1), 0);
	_Unwind_SetIP(context, at.pad);
	return _URC_INSTALL_CONTEXT;
}
