/*
 * callers.h - the call stack as programs count it.
 */
#ifndef RT_CALLERS_H
#define RT_CALLERS_H

#include "fault/fault.h"
#include "fault/unwind.h"

enum rt_callwalk_mode {
	RT_WALK_USER,    /* what Go's programs count as callers */
	RT_WALK_RUNTIME, /* the runtime's C functions, too */
	RT_WALK_ALL,     /* leave nothing out */
};

/*
 * A walk over functions: inlined ones count, what the compiler made does not.
 * Stands at a function when rt_callwalk_next has said true.
 */
struct rt_callwalk {
	struct rt_unwind u; /* already at the next frame, unless: */
	const uintptr_t *pcs; /* frames taken earlier, by rt_callers */
	int npcs;
	bool more; /* there is another frame */
	enum rt_callwalk_mode mode;
	int n, i;           /* functions of the frame, the next one */
	const struct rt_symbol *all;
	struct rt_symbol buf[RT_SYMBOLS_MAX]; /* for one that is not kept */
	const char *body; /* its wrapper comes next: the name */
	const char *last; /* name of the one before */
	/* the function where the walk stands */
	const struct rt_symbol *s;
	const char *name; /* s->name */
	uintptr_t pc;     /* as Go counts: a return address, tagged */
	uintptr_t sp, cfa; /* of the frame */
	bool exact;        /* pc is one more than the instruction */
};

/* False: nothing to walk. */
bool rt_callwalk_begin(struct rt_callwalk *c, struct g *gp,
    const struct rt_where *w, enum rt_callwalk_mode mode);
/* The same over pcs that rt_callers gave; they must stay. */
void rt_callwalk_pcs(struct rt_callwalk *c, const uintptr_t *pcs, int n,
    enum rt_callwalk_mode mode);
bool rt_callwalk_next(struct rt_callwalk *c);

/*
 * A pc that stands for one of several functions inlined at it has the number
 * of functions to pass over in its high bits. Untagged, it stands for the
 * innermost one.
 */
#define RT_PC_TAG_SHIFT 56
#define RT_PC_PLAIN(pc) ((pc) & (((uintptr_t)1 << RT_PC_TAG_SHIFT) - 1))
#define RT_PC_LEVEL(pc) ((int)((pc) >> RT_PC_TAG_SHIFT))

/* As runtime.Callers: pcs of w and its callers without the first skip. */
int rt_call_stack(
    const struct rt_where *w, int skip, uintptr_t *ret_pcs, int max);

/* The function that a pc of rt_call_stack stands for; *ret_levels: how many
 * are inlined at it (with the outermost). False: unknown. */
bool rt_call_frame(
    uintptr_t pc, struct rt_symbol *ret, int *ret_levels);

/* The name that Go's programs see for s: Go's own, or runtime.NAME for a
 * function of libgort. */
const char *rt_call_name(const struct rt_symbol *s);
/* Set s->name and s->inside. */
void rt_call_name_fill(struct rt_symbol *s);

/* What FuncForPC gives out: the same for the same function, for ever. */
struct rt_func {
	gort_str name;
	uintptr_t entry;
};
const struct rt_func *rt_func_of(const char *name, uintptr_t entry);
/* NULL: unknown. */
const struct rt_func *rt_func_for_pc(uintptr_t pc);

#endif
