/*
 * traceback.c - who called whom, in Go's words.
 *
 * Frames are found by call frame information (unwind.c), from a saved context
 * (a parked goroutine), from what entersyscall noted, from a fault's registers
 * or from where the report was asked for.
 *
 * What is shown: at level 1 the program's own functions; the runtime's are
 * left out, except that the frame which ran deferred calls for a panic shows
 * as "panic(...)" below the function it called. At level 2 everything, with
 * fp, sp and pc.
 *
 * No allocation, no lock but the print lock. In a crash the other threads are
 * stopped and have told where (hold.c). A goroutine of one that could not be
 * stopped is read while it may start to run: the status is looked at first,
 * and a walk through a stack in use prints nonsense at worst.
 */
#include "fault/callers.h"
#include "fault/crash.h"
#include "fault/fault.h"

#include "gc/gc.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#include <string.h>

#define FRAMES_EACH 50 /* shown of the innermost, and of the outermost */
#define MINUTE_NS ((int64_t)60 * 1000000000)

/* ---- GOTRACEBACK ---- */

enum { TB_CRASH = 1, TB_ALL = 2, TB_SHIFT = 2 };

/* Level, all and crash in one word, so that a reader sees one setting. */
static _Atomic uint32_t setting = 1 << TB_SHIFT;
static uint32_t env_setting; /* the floor for SetTraceback; boot writes */

static bool
parse_level(const char *s, uint32_t *ret)
{
	uint64_t v = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > INT32_MAX)
			return false;
	}
	*ret = v > 1000 ? 1000 : (uint32_t)v;
	return true;
}

void
rt_set_traceback(const char *level, bool from_env)
{
	uint32_t t = TB_ALL, n;

	if (level == NULL || level[0] == '\0' || strcmp(level, "single") == 0)
		t = 1 << TB_SHIFT;
	else if (strcmp(level, "none") == 0)
		t = 0;
	else if (strcmp(level, "all") == 0)
		t = 1 << TB_SHIFT | TB_ALL;
	else if (strcmp(level, "system") == 0)
		t = 2 << TB_SHIFT | TB_ALL;
	else if (strcmp(level, "crash") == 0)
		t = 2 << TB_SHIFT | TB_ALL | TB_CRASH;
	else if (parse_level(level, &n))
		t = n << TB_SHIFT | TB_ALL;
	if (from_env)
		env_setting = t;
	/* never below the environment's, as in Go */
	atomic_store(&setting, t | env_setting);
}

int32_t
rt_gotraceback(bool *ret_all, bool *ret_crash)
{
	uint32_t t = atomic_load(&setting);

	*ret_all = (t & TB_ALL) != 0;
	*ret_crash = (t & TB_CRASH) != 0;
	return (int32_t)(t >> TB_SHIFT);
}

/* ---- words ---- */

static const char *const reasons[WAIT_REASON_N] = {
#define X(e, s) [e] = s,
	RT_WAIT_REASONS(X)
#undef X
};

const char *
rt_wait_reason_text(uint8_t reason)
{
	return reason < WAIT_REASON_N ? reasons[reason] : "unknown wait reason";
}

const char *
rt_status_text(struct g *gp)
{
	switch (rt_readgstatus(gp) & ~(uint32_t)G_SCAN) {
	case G_IDLE:
		return "idle";
	case G_RUNNABLE:
		return "runnable";
	case G_RUNNING:
		return "running";
	case G_SYSCALL:
		return "syscall";
	case G_WAITING:
		return "waiting";
	case G_DEAD:
		return "dead";
	case G_PREEMPTED:
		return "preempted";
	default:
		return "???";
	}
}

/* ---- where it goes ---- */

/* A report: to descriptor 2, or into a buffer until that is full. */
struct out {
	char *buf; /* NULL: descriptor 2 */
	size_t n, cap;
	int32_t level;
};

#define TEXT_BYTES 2048 /* a name, a path and numbers */

static void
put(struct out *o, const char *text)
{
	size_t n = strlen(text);

	if (o->buf == NULL) {
		rt_printf("%s", text);
		return;
	}
	if (n > o->cap - o->n)
		n = o->cap - o->n;
	memcpy(o->buf + o->n, text, n);
	o->n += n;
}

#define OUT(o, ...)                                                            \
	do {                                                                   \
		char text_[TEXT_BYTES];                                        \
                                                                               \
		rt_snprintf(text_, sizeof(text_), __VA_ARGS__);                \
		put(o, text_);                                                 \
	} while (0)

static struct out
report_out(void)
{
	bool all, crash;

	return (struct out){ .level = rt_crash_level(&all, &crash) };
}

/* ---- the first line ---- */

static RT_NOINLINE void
put_header(struct out *o, struct g *gp)
{
	uint32_t status = rt_readgstatus(gp);
	uint32_t plain = status & ~(uint32_t)G_SCAN;
	const char *text = rt_status_text(gp);
	int64_t minutes = 0;
	char waited[32] = "";

	if (gp->goid == 0)
		text = "idle"; /* a thread's own stack, as Go calls it */
	if (plain == G_WAITING && gp->waitreason != WAIT_ZERO)
		text = rt_wait_reason_text(gp->waitreason);
	if ((plain == G_WAITING || plain == G_SYSCALL) && gp->waitsince_ns != 0)
		minutes = (rt_nanotime() - gp->waitsince_ns) / MINUTE_NS;
	if (minutes >= 1)
		rt_snprintf(
		    waited, sizeof(waited), ", %ld minutes", (long)minutes);
	OUT(o, "goroutine %lu [%s%s%s%s%s]:\n", (unsigned long)gp->goid, text,
	    plain == G_WAITING && rt_leaked(gp) ? " (leaked)" : "",
	    status & G_SCAN ? " (scan)" : "", waited,
	    gp->lockedm != NULL ? ", locked to thread" : "");
}

void
rt_goroutine_header(struct g *gp)
{
	struct out o = report_out();

	put_header(&o, gp);
}

/* ---- frames ---- */

static RT_NOINLINE void
put_place(struct out *o, const struct rt_symbol *s, uintptr_t pc)
{
	char offset[32] = "";

	if (s->entry != 0 && !s->inlined)
		rt_snprintf(offset, sizeof(offset), " +%#lx",
		    (unsigned long)(pc - s->entry));
	if (s->file != NULL)
		OUT(o, "\t%s:%u%s", s->file, s->line, offset);
	else
		OUT(o, "\t%s:?%s",
		    s->module != NULL ? s->module->path : "?", offset);
}

static bool
runs_deferred(const char *name)
{
	return strcmp(name, "runtime.gopanic") == 0;
}

/* A function on a stack: where a walk stood. */
struct spot {
	uintptr_t pc; /* tagged, as rt_callwalk's */
	uintptr_t sp, cfa;
	bool exact;
};

static RT_NOINLINE void
put_frame(struct out *o, const struct rt_symbol *s, const struct spot *at)
{
	uintptr_t pc = RT_PC_PLAIN(at->pc) - at->exact;

	/* at system level the adapter keeps its name, rt_panic is "panic" */
	OUT(o, "%s(...)\n",
	    runs_deferred(s->name) && !(o->level >= 2 && s->go)
	        ? "panic"
	        : s->func);
	put_place(o, s, pc);
	if (o->level >= 2)
		OUT(o, " fp=%#lx sp=%#lx pc=%#lx", (unsigned long)at->cfa,
		    (unsigned long)at->sp, (unsigned long)pc);
	put(o, "\n");
}

static bool
ends_walk(const struct rt_symbol *s)
{
	return s->runtime && strcmp(s->func, "rt_ctx_entry") == 0;
}

/* On to the next function that is shown. */
static bool
next_shown(const struct out *o, struct rt_callwalk *c, bool first)
{
	while (rt_callwalk_next(c)) {
		if (ends_walk(c->s))
			return false;
		if (o->level >= 2 || !c->s->runtime ||
		    (!first && runs_deferred(c->name)))
			return true;
	}
	return false;
}

/* The outermost functions, remembered on the way: a ring. */
struct tail {
	struct spot at[FRAMES_EACH];
	size_t n; /* how many were shown or put here, in all */
};

static RT_NOINLINE void
put_tail(struct out *o, const struct tail *t, struct rt_symbol *buf)
{
	size_t from = FRAMES_EACH;

	if (t->n > 2 * FRAMES_EACH) {
		from = t->n - FRAMES_EACH;
		OUT(o, "...%lu frames elided...\n",
		    (unsigned long)(from - FRAMES_EACH));
	}
	for (size_t i = from; i < t->n; i++) {
		const struct spot *at = &t->at[i % FRAMES_EACH];
		const struct rt_symbol *all;
		int n, level = RT_PC_LEVEL(at->pc);

		all = rt_symbols_at(RT_PC_PLAIN(at->pc) - 1, buf, &n);
		put_frame(o, &all[level < n ? level : n - 1], at);
	}
}

/*
 * All functions of a short stack; of a long one both ends and how many lie
 * between. The walk goes through all of it: 10 million frames are a second's
 * work, and it ends, as frames must climb.
 */
static RT_NOINLINE void
put_frames(struct out *o, struct rt_callwalk *c)
{
	struct tail t = { .n = 0 };

	for (; next_shown(o, c, t.n == 0); t.n++) {
		struct spot at = { c->pc, c->sp, c->cfa, c->exact };

		if (t.n < FRAMES_EACH)
			put_frame(o, c->s, &at);
		else
			t.at[t.n % FRAMES_EACH] = at;
	}
	put_tail(o, &t, c->buf);
}

/* The go statement at gopc: the innermost function there that somebody wrote. */
static void
put_go_statement(struct out *o, uintptr_t gopc)
{
	struct rt_symbol all[RT_SYMBOLS_MAX];
	int n, i = 0;

	n = rt_symbolize_all(gopc - 1, all, RT_SYMBOLS_MAX);
	while (i < n - 1 && all[i].wrapper)
		i++;
	if (all[i].runtime && o->level < 2)
		return;
	OUT(o, "created by %s\n", all[i].func);
	put_place(o, &all[i], gopc);
	put(o, "\n");
}

/* A stack as it was then: pcs only. */
static RT_NOINLINE void
put_ancestor(struct out *o, const struct rt_ancestor *a)
{
	struct rt_callwalk c;

	OUT(o, "[originating from goroutine %lu]:\n", (unsigned long)a->goid);
	rt_callwalk_pcs(&c, a->pcs, a->npcs,
	    o->level >= 2 ? RT_WALK_RUNTIME : RT_WALK_USER);
	for (bool first = true; next_shown(o, &c, first); first = false) {
		OUT(o, "%s(...)\n", c.s->func);
		put_place(o, c.s, RT_PC_PLAIN(c.pc));
		put(o, "\n");
	}
	if (a->npcs == RT_ANCESTOR_PCS)
		put(o, "...additional frames elided...\n");
	if (a->goid > 1 && a->gopc != 0)
		put_go_statement(o, a->gopc);
}

/* Who made it, and who made those, if they are known. */
static void
put_creator(struct out *o, struct g *gp)
{
	const struct rt_ancestor *a;
	int n;

	if (gp == NULL || gp->goid <= 1)
		return;
	if (gp->gopc != 0)
		put_go_statement(o, gp->gopc);
	n = rt_ancestors(gp, &a);
	for (int i = 0; i < n; i++)
		put_ancestor(o, &a[i]);
}

static void
put_where(struct out *o, struct g *gp, const struct rt_where *at)
{
	struct rt_callwalk c;

	if (rt_callwalk_begin(&c, gp, at,
	        o->level >= 2 ? RT_WALK_RUNTIME : RT_WALK_USER))
		put_frames(o, &c);
	else if (gp != NULL)
		OUT(o, "\tstack unavailable: sp=%#lx is not on stack "
		       "[%#lx, %#lx]\n",
		    (unsigned long)at->sp, (unsigned long)gp->stack.lo,
		    (unsigned long)gp->stack.hi);
	put_creator(o, gp);
}

static void
put_g(struct out *o, struct g *gp)
{
	struct rt_where at;

	put_header(o, gp);
	if (rt_unwind_stopped(gp, &at) || rt_hold_where(gp, &at)) {
		put_where(o, gp, &at);
		return;
	}
	put(o, "\tgoroutine running on other thread; stack unavailable\n");
	put_creator(o, gp);
}

static bool
is_shown(struct g *gp, int32_t level)
{
	uint32_t status = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	return status != G_DEAD && status != G_IDLE &&
	    (!gp->system || level >= 2);
}

/* The goroutine on whose behalf me's thread works. One that waits in a system
 * call has given its thread up for the while: what is reported is not of it. */
static struct g *
behalf_of(const struct g *me)
{
	struct m *mp = me == NULL ? NULL : me->m;
	struct g *curg = mp == NULL ? NULL : mp->curg;

	if (curg == me || curg == NULL ||
	    (rt_readgstatus(curg) & ~(uint32_t)G_SCAN) != G_RUNNING)
		return NULL;
	return curg;
}

/*
 * The order: who failed (printed already), on whose behalf, then all others as
 * their g's were made. The first of them is goroutine 1's; a later one's may
 * have been used again.
 */
static void
put_others(struct out *o, struct g *me)
{
	struct g *curg = behalf_of(me);
	size_t n = rt_allg_len();

	if (curg != NULL) {
		put(o, "\n");
		put_g(o, curg);
	}
	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);

		if (gp == NULL || gp == me || gp == curg ||
		    !is_shown(gp, o->level))
			continue;
		put(o, "\n");
		put_g(o, gp);
	}
}

/* ---- reports ---- */

void
rt_traceback_where(struct g *gp, const struct rt_where *at)
{
	struct out o = report_out();

	put_where(&o, gp, at);
}

void
rt_traceback_g(struct g *gp)
{
	struct out o = report_out();

	put_g(&o, gp);
}

void
rt_traceback_others(struct g *me)
{
	struct out o = report_out();

	put_others(&o, me);
}

/* From the caller of the function that is at *at. */
static void
put_callers(struct out *o, struct g *gp, const struct rt_where *at)
{
	struct rt_callwalk c;

	if (rt_callwalk_begin(&c, gp, at,
	        o->level >= 2 ? RT_WALK_RUNTIME : RT_WALK_USER) &&
	    rt_callwalk_next(&c))
		put_frames(o, &c);
	put_creator(o, gp);
}

struct here {
	struct g *gp;
	struct rt_where at;
};

/* On g0: names and lines take more stack than a goroutine may have left. */
static void
put_here(void *arg)
{
	struct here *h = arg;
	struct out o = { .level = 2 };

	put_header(&o, h->gp);
	put_callers(&o, h->gp, &h->at);
}

RT_NOINLINE void
rt_traceback_here(void)
{
	struct here h = { rt_getg(), rt_unwind_here() };

	rt_systemstack(put_here, &h);
}

void
rt_traceback_all(void)
{
	struct out o = { .level = 2 };

	put_others(&o, rt_getg());
}

size_t
rt_stack_text(const struct rt_where *at, bool all, char *buf, size_t cap)
{
	struct out o = { .buf = buf, .cap = cap, .level = 1 };
	struct g *gp = rt_getg();

	if (all)
		rt_stop_the_world("stack trace");
	put_header(&o, gp);
	put_callers(&o, gp, at);
	if (all) {
		put_others(&o, gp);
		rt_start_the_world();
	}
	return o.n;
}

int
rt_callers(struct g *gp, uintptr_t *pcs, int max)
{
	struct rt_where at = rt_unwind_here();
	struct rt_unwind u;
	bool self = gp == NULL;

	if (!self && !rt_unwind_stopped(gp, &at))
		return 0;
	if (!rt_unwind_begin(&u, self ? rt_getg() : gp, &at))
		return 0;
	if (self && !rt_unwind_next(&u))
		return 0; /* we ourselves */
	return rt_unwind_pcs(&u, pcs, max);
}
