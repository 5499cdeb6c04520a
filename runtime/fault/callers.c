/*
 * callers.c - the call stack as programs count it.
 *
 * A walk over frames (unwind.c) becomes a walk over functions: each frame may
 * stand for several, inlined into each other (lines.c). Some count for nobody,
 * so that skip counts mean the same in a program built with or without
 * optimisation, and the same as with other compilers of Go:
 *
 *   - thunks of go and defer statements, stubs of promoted methods, libffi;
 *   - the wrapper of a function that calls recover (its body has the lines);
 *   - C functions of the runtime, unless they are known to Go's programs by
 *     another name (rt_panic is runtime.gopanic).
 *
 * runtime.Callers gives out one word a function. For an inlined call the word
 * must say which of the functions at that pc is meant, and it must survive
 * being handed on alone, so the number travels in the high bits, which no
 * address has. A plain pc means the innermost; CallersFrames goes on to the
 * functions around it, unless the next word says that one itself.
 *
 * A word is a return address, as everybody who calls FuncForPC(pc-1) expects.
 * FuncForPC and FileLine are also asked with function entries (reflect's
 * Pointer), and with pc-1: an address that is no entry is looked up one byte
 * lower, which is in the call for pc and for pc-1.
 *
 * Rejected: one word a frame with a special word in front when a skip ends
 * between inlined functions (programs look at single words); words that point
 * into an address range made up for the purpose (they would show in profiles).
 */
#include "fault/callers.h"
#include "fault/symbols.h"

#include "types/type.h"

#include <string.h>

/* ---- names ---- */

/* The runtime's functions that Go's programs know by another name. */
static const struct {
	const char *c, *go;
} aliases[] = {
	{ "rt_panic", "runtime.gopanic" },
	{ "rt_panic_mem", "runtime.panicmem" },
	{ "rt_sigpanic", "runtime.sigpanic" },
	{ "rt_main", "runtime.main" },
	{ "goroutine_entry", "runtime.goexit" },
};

static const char *
alias_of(const struct rt_symbol *s)
{
	if (!s->runtime || s->go)
		return NULL;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(s->func, aliases[i].c) == 0)
			return aliases[i].go;
	return NULL;
}

const char *
rt_call_name(const struct rt_symbol *s)
{
	const char *name = s->name, *func = s->func;
	char buf[RT_NAME_MAX];
	int n;

	if (name == NULL)
		name = alias_of(s);
	if (name != NULL || !s->runtime || s->go)
		return name != NULL ? name : func;
	if (strncmp(func, "rt_", 3) == 0)
		func += 3;
	n = rt_snprintf(buf, sizeof(buf), "runtime.%s", func);
	return rt_intern(buf, (size_t)n);
}

void
rt_call_name_fill(struct rt_symbol *s)
{
	s->name = NULL;
	s->inside = s->runtime && !s->go && alias_of(s) == NULL;
	s->name = rt_call_name(s);
}

/* ---- walking ---- */

static void
begin(struct rt_callwalk *c, enum rt_callwalk_mode mode)
{
	c->mode = mode;
	c->n = c->i = 0;
	c->body = c->last = NULL;
	c->pcs = NULL;
}

bool
rt_callwalk_begin(struct rt_callwalk *c, struct g *gp,
    const struct rt_where *w, enum rt_callwalk_mode mode)
{
	begin(c, mode);
	c->more = rt_unwind_begin(&c->u, gp, w);
	return c->more;
}

void
rt_callwalk_pcs(struct rt_callwalk *c, const uintptr_t *pcs, int n,
    enum rt_callwalk_mode mode)
{
	begin(c, mode);
	c->pcs = pcs;
	c->npcs = n;
	c->more = n > 0;
}

static void
take_pc(struct rt_callwalk *c)
{
	c->exact = false;
	c->pc = *c->pcs++;
	c->more = --c->npcs > 0;
	c->sp = c->cfa = 0;
	c->all = rt_symbols_at(c->pc - 1, c->buf, &c->n);
}

static void
take_frame(struct rt_callwalk *c)
{
	uintptr_t pc = c->u.reg[RT_UW_PC];

	c->i = 0;
	if (c->pcs != NULL) {
		take_pc(c);
		return;
	}
	c->exact = c->u.exact;
	c->pc = pc + c->exact;
	c->sp = c->u.reg[RT_UW_RSP];
	c->all = rt_symbols_at(pc - !c->exact, c->buf, &c->n);
	c->more = rt_unwind_next(&c->u);
	c->cfa = c->more ? c->u.reg[RT_UW_RSP] : 0;
}

/* Does s count? Follows what came before it. */
static bool
counts(struct rt_callwalk *c, const struct rt_symbol *s)
{
	const char *wrapped = c->body;

	c->body = NULL;
	c->name = s->name;
	if (c->mode == RT_WALK_ALL)
		return true;
	if (s->wrapper || (wrapped != NULL && strcmp(wrapped, s->func) == 0))
		return false;
	if (s->body)
		c->body = s->func;
	if (c->mode == RT_WALK_RUNTIME)
		return true;
	if (s->inside)
		return false;
	if (s->runtime && c->last != NULL && strcmp(c->last, c->name) == 0)
		return false; /* gopanic, and what does its work */
	c->last = c->name;
	return true;
}

bool
rt_callwalk_next(struct rt_callwalk *c)
{
	for (;;) {
		if (c->i == c->n) {
			if (!c->more)
				return false;
			take_frame(c);
		}
		c->s = &c->all[c->i];
		c->pc = RT_PC_PLAIN(c->pc) | (uintptr_t)c->i << RT_PC_TAG_SHIFT;
		c->i++;
		if (counts(c, c->s))
			return true;
	}
}

int
rt_call_stack(
    const struct rt_where *w, int skip, uintptr_t *ret_pcs, int max)
{
	struct rt_callwalk c;
	int n = 0;

	if (!rt_callwalk_begin(&c, rt_getg(), w, RT_WALK_USER))
		return 0;
	while (n < max && rt_callwalk_next(&c))
		if (skip-- <= 0)
			ret_pcs[n++] = c.pc;
	return n;
}

bool
rt_call_frame(uintptr_t pc, struct rt_symbol *ret, int *ret_levels)
{
	struct rt_symbol buf[RT_SYMBOLS_MAX];
	const struct rt_symbol *all =
	    rt_symbols_at(RT_PC_PLAIN(pc) - 1, buf, ret_levels);
	int level = RT_PC_LEVEL(pc);

	if (level >= *ret_levels)
		level = *ret_levels - 1;
	*ret = all[level];
	return ret->func[0] != '?';
}

/* ---- functions ---- */

#define FUNC_BUCKETS 1024

struct func {
	struct rt_func f;
	struct func *next;
};

static _Atomic(struct func *) funcs[FUNC_BUCKETS];

const struct rt_func *
rt_func_of(const char *name, uintptr_t entry)
{
	_Atomic(struct func *) *b =
	    &funcs[(entry ^ entry >> 12) / 16 % FUNC_BUCKETS];
	struct func *f, *e;

	f = atomic_load_explicit(b, memory_order_acquire);
	for (e = f; e != NULL; e = e->next)
		if (e->f.entry == entry &&
		    strcmp(e->f.name.p, name) == 0)
			return &e->f;
	e = rt_forever_alloc(sizeof(*e));
	if (e == NULL)
		return NULL;
	e->f.name.p = name;
	e->f.name.n = (intptr_t)strlen(name);
	e->f.entry = entry;
	do /* release pairs with the acquire above */
		e->next = f;
	while (!atomic_compare_exchange_weak(b, &f, e));
	return &e->f;
}

const struct rt_func *
rt_func_for_pc(uintptr_t pc)
{
	uintptr_t plain = RT_PC_PLAIN(pc);
	struct rt_symbol s;
	int levels;

	if (rt_symbolize(plain, false, &s) && s.entry == plain)
		return rt_func_of(rt_call_name(&s), s.entry);
	if (!rt_call_frame(pc, &s, &levels))
		return NULL;
	return rt_func_of(rt_call_name(&s), s.entry);
}
