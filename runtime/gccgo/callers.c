/*
 * callers.c - compiled Go: who called, names and lines of functions, stacks as
 * text. What counts as a caller is fault/callers.c's.
 */
#include "gccgo/gccgo.h"

#include "fault/callers.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#include <string.h>

static gort_str
static_string(const char *s)
{
	return (gort_str){ s, s == NULL ? 0 : (intptr_t)strlen(s) };
}

/* ---- Callers, Caller ---- */

struct caller {
	uintptr_t pc;
	gort_str file;
	intptr_t line;
	bool ok;
};

intptr_t go_callers(intptr_t skip, gort_slice pcs) GO("runtime.Callers");
struct caller go_caller(intptr_t skip) GO("runtime.Caller");
GO_FUNCVAL(go_callers, "runtime.Callers");
GO_FUNCVAL(go_caller, "runtime.Caller");

static int
clamp(intptr_t n)
{
	return n > INT32_MAX ? INT32_MAX : n < INT32_MIN ? INT32_MIN : (int)n;
}

intptr_t
go_callers(intptr_t skip, gort_slice pcs)
{
	struct rt_where w = rt_unwind_here();

	return rt_call_stack(&w, clamp(skip), pcs.p, clamp(pcs.n));
}

struct caller
go_caller(intptr_t skip)
{
	struct rt_where w = rt_unwind_here();
	struct caller r = { .ok = false };
	struct rt_symbol s;
	int levels;

	if (skip >= INT32_MAX ||
	    rt_call_stack(&w, clamp(skip) + 1, &r.pc, 1) == 0)
		return r;
	rt_call_frame(r.pc, &s, &levels);
	r.file = static_string(s.file);
	r.line = s.line;
	r.ok = true;
	return r;
}

/* ---- what libgo's C parts ask ---- */

struct location {
	uintptr_t pc;
	gort_str file, function;
	intptr_t line;
};

int32_t go_callers_c(int32_t skip, struct location *loc, int32_t max,
    bool keep_thunks) GO("runtime_callers");
int32_t go_callers_raw(uintptr_t *pcs, int32_t max) GO("runtime_callersRaw");

int32_t
go_callers_c(int32_t skip, struct location *loc, int32_t max, bool keep_thunks)
{
	struct rt_where w = rt_unwind_here();
	struct rt_callwalk c;
	int32_t n = 0;

	if (!rt_callwalk_begin(&c, rt_getg(), &w,
	        keep_thunks ? RT_WALK_ALL : RT_WALK_USER))
		return 0;
	skip += keep_thunks; /* ourselves: of the runtime, or not counted */
	while (n < max && rt_callwalk_next(&c)) {
		if (skip-- > 0)
			continue;
		loc[n].pc = c.pc;
		loc[n].file = static_string(c.s->file);
		loc[n].function = static_string(c.name);
		loc[n++].line = c.s->line;
	}
	return n;
}

int32_t
go_callers_raw(uintptr_t *pcs, int32_t max)
{
	return rt_callers(NULL, pcs, max);
}

/* ---- Frames ---- */

/* Laid out as libgo's; a value of it may be copied. */
struct frames {
	gort_slice pcs; /* those not begun */
	uintptr_t pc;   /* being gone through, 0 none */
	intptr_t level; /* its next function */
};

struct frame {
	uintptr_t pc;
	const struct rt_func *func;
	gort_str function, file;
	intptr_t line;
	uintptr_t entry;
};

struct next {
	struct frame frame;
	bool more;
};

struct frames *go_callers_frames(gort_slice pcs) GO("runtime.CallersFrames");
struct next go_frames_next(struct frames *f) GO("runtime.Frames.Next");
GO_FUNCVAL(go_callers_frames, "runtime.CallersFrames");

struct frames *
go_callers_frames(gort_slice pcs)
{
	struct frames *f = rt_mallocgc(sizeof(*f), NULL, true, true);

	rt_writeptr(&f->pcs.p, pcs.p);
	f->pcs.n = pcs.n;
	f->pcs.cap = pcs.cap;
	return f;
}

/* Does the next word say itself which function around pc follows? */
static bool
next_is_around(const struct frames *f)
{
	const uintptr_t *pcs = f->pcs.p;

	return f->pcs.n > 0 && RT_PC_PLAIN(pcs[0]) == f->pc &&
	    RT_PC_LEVEL(pcs[0]) >= f->level && f->level > 0;
}

static void
begin_pc(struct frames *f)
{
	uintptr_t *pcs = f->pcs.p;

	f->pc = RT_PC_PLAIN(pcs[0]);
	f->level = RT_PC_LEVEL(pcs[0]);
	f->pcs.n--;
	f->pcs.cap--;
	/* never past the array: that could be another object */
	if (f->pcs.n > 0)
		rt_writeptr(&f->pcs.p, pcs + 1);
}

static void
fill_frame(struct frame *r, uintptr_t pc, const struct rt_symbol *s)
{
	const char *name = rt_call_name(s);

	r->pc = pc - 1;
	r->function = static_string(name);
	r->func = rt_func_of(name, s->entry);
	r->file = static_string(s->file);
	r->line = s->line;
	r->entry = s->entry;
}

struct next
go_frames_next(struct frames *f)
{
	struct next r;
	struct rt_symbol s;
	bool known = false;
	int levels;

	memset(&r, 0, sizeof(r));
	do {
		if (f->pc == 0) {
			if (f->pcs.n <= 0)
				return r;
			begin_pc(f);
		}
		known = rt_call_frame(
		    f->pc | (uintptr_t)f->level << RT_PC_TAG_SHIFT, &s,
		    &levels);
		r.frame.pc = f->pc;
		if (known)
			fill_frame(&r.frame, f->pc, &s);
		f->level++;
		if (f->level >= levels || next_is_around(f))
			f->pc = 0;
	} while (known && s.wrapper && (f->pc != 0 || f->pcs.n > 0));
	r.more = f->pc != 0 || f->pcs.n > 0;
	return r;
}

/* ---- Func ---- */

struct file_line {
	gort_str file;
	intptr_t line;
};

const struct rt_func *go_func_for_pc(uintptr_t pc) GO("runtime.FuncForPC");
gort_str go_func_name(const struct rt_func *f) GO("runtime.Func.Name");
uintptr_t go_func_entry(const struct rt_func *f) GO("runtime.Func.Entry");
struct file_line go_func_file_line(const struct rt_func *f, uintptr_t pc)
    GO("runtime.Func.FileLine");
GO_FUNCVAL(go_func_for_pc, "runtime.FuncForPC");

const struct rt_func *
go_func_for_pc(uintptr_t pc)
{
	return rt_func_for_pc(pc);
}

gort_str
go_func_name(const struct rt_func *f)
{
	return f == NULL ? (gort_str){ "", 0 } : f->name;
}

uintptr_t
go_func_entry(const struct rt_func *f)
{
	return f->entry;
}

struct file_line
go_func_file_line(const struct rt_func *f, uintptr_t pc)
{
	struct rt_symbol all[RT_SYMBOLS_MAX], s;
	int levels;

	if (pc == f->entry) {
		levels = rt_symbolize_all(pc, all, RT_SYMBOLS_MAX);
		s = all[levels - 1];
	} else {
		rt_call_frame(pc, &s, &levels);
	}
	if (s.file == NULL)
		return (struct file_line){ { "?", 1 }, 0 };
	return (struct file_line){ static_string(s.file), s.line };
}

/* ---- tracebacks ---- */

void go_set_traceback(gort_str level) GO("runtime_1debug.SetTraceback");

void
go_set_traceback(gort_str level)
{
	char buf[32];
	size_t n = level.n < (intptr_t)sizeof(buf) ? (size_t)level.n
	                                           : sizeof(buf) - 1;

	memcpy(buf, level.p, n);
	buf[n] = '\0';
	rt_set_traceback(buf, false);
}

intptr_t go_stack(gort_slice buf, bool all) GO("runtime.Stack");
GO_FUNCVAL(go_stack, "runtime.Stack");

intptr_t
go_stack(gort_slice buf, bool all)
{
	struct rt_where w = rt_unwind_here();

	if (buf.n <= 0)
		return 0;
	return (intptr_t)rt_stack_text(&w, all, buf.p, (size_t)buf.n);
}

void go_breakpoint(void) GO("runtime.Breakpoint");
GO_FUNCVAL(go_breakpoint, "runtime.Breakpoint");

void
go_breakpoint(void)
{
	__asm__ volatile("int3");
}
