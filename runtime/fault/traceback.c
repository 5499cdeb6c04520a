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
 * No allocation, no lock but the print lock. Other goroutines are read while
 * they may start to run: the status is looked at first, and a walk through a
 * stack that is in use prints nonsense at worst.
 */
#include "fault/crash.h"
#include "fault/fault.h"

#include "arch/arch.h"
#include "sched/oracle.h"

#include <string.h>

#define FRAMES_MAX 100
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

void
rt_goroutine_header(struct g *gp)
{
	uint32_t status = rt_readgstatus(gp);
	uint32_t plain = status & ~(uint32_t)G_SCAN;
	const char *text = rt_status_text(gp);
	int64_t minutes = 0;

	if (gp->goid == 0)
		text = "idle"; /* a thread's own stack, as Go calls it */
	if (plain == G_WAITING && gp->waitreason != WAIT_ZERO)
		text = rt_wait_reason_text(gp->waitreason);
	if ((plain == G_WAITING || plain == G_SYSCALL) && gp->waitsince_ns != 0)
		minutes = (rt_nanotime() - gp->waitsince_ns) / MINUTE_NS;
	rt_printlock();
	rt_printf("goroutine %lu [%s", (unsigned long)gp->goid, text);
	if (status & G_SCAN)
		rt_printf(" (scan)");
	if (minutes >= 1)
		rt_printf(", %ld minutes", (long)minutes);
	if (gp->lockedm != NULL)
		rt_printf(", locked to thread");
	rt_printf("]:\n");
	rt_printunlock();
}

/* ---- printing frames ---- */

static void
print_place(const struct rt_symbol *s, uintptr_t pc)
{
	if (s->file != NULL)
		rt_printf("\t%s:%u", s->file, s->line);
	else if (s->module != NULL)
		rt_printf("\t%s:?", s->module->path);
	else
		rt_printf("\t?:?");
	if (s->entry != 0)
		rt_printf(" +%#lx", (unsigned long)(pc - s->entry));
}

/* A faulting function is shown at its own pc, its callers behind the call. */
static bool
symbolize_frame(const struct rt_unwind *u, bool lines, struct rt_symbol *ret)
{
	return rt_symbolize(u->reg[RT_UW_PC] - !u->exact, lines, ret);
}

static bool
runs_deferred(const char *func)
{
	return strcmp(func, "rt_panic") == 0;
}

static bool
ends_walk(const struct rt_symbol *s)
{
	return s->runtime && strcmp(s->func, "rt_ctx_entry") == 0;
}

static void
print_frame(const struct rt_unwind *u, const struct rt_symbol *s, uintptr_t fp,
    int32_t level)
{
	uintptr_t pc = u->reg[RT_UW_PC];

	rt_printf("%s(...)\n",
	    s->runtime && runs_deferred(s->func) ? "panic" : s->func);
	print_place(s, pc);
	if (level >= 2)
		rt_printf(" fp=%#lx sp=%#lx pc=%#lx", (unsigned long)fp,
		    (unsigned long)u->reg[RT_UW_RSP], (unsigned long)pc);
	rt_printf("\n");
}

static void
print_frames(struct rt_unwind *u, int32_t level)
{
	struct rt_unwind here;
	struct rt_symbol s;
	int n = 0, seen = 0;
	bool more;

	do {
		here = *u;
		symbolize_frame(&here, false, &s);
		if (ends_walk(&s) || ++seen > 100 * FRAMES_MAX)
			break;
		more = rt_unwind_next(u);
		if (level < 2 && s.runtime && !(n > 0 && runs_deferred(s.func)))
			continue;
		if (n++ == FRAMES_MAX) {
			rt_printf("...additional frames elided...\n");
			break;
		}
		symbolize_frame(&here, true, &s);
		print_frame(&here, &s, more ? u->reg[RT_UW_RSP] : 0, level);
	} while (more);
}

static void
print_creator(struct g *gp, int32_t level)
{
	struct rt_symbol s;

	if (gp == NULL || gp->goid <= 1 || gp->gopc == 0)
		return;
	rt_symbolize(gp->gopc - 1, true, &s);
	if (s.runtime && level < 2)
		return;
	rt_printf("created by %s\n", s.func);
	print_place(&s, gp->gopc);
	rt_printf("\n");
}

void
rt_traceback_where(struct g *gp, const struct rt_where *at)
{
	bool all, crash;
	int32_t level = rt_crash_level(&all, &crash);
	struct rt_unwind u;

	if (rt_unwind_begin(&u, gp, at))
		print_frames(&u, level);
	print_creator(gp, level);
}

void
rt_traceback_self(uintptr_t pc, uintptr_t sp, uintptr_t bp)
{
	struct rt_where at = { .pc = pc, .sp = sp, .bp = bp };

	rt_traceback_where(rt_getg(), &at);
}

void
rt_traceback_g(struct g *gp)
{
	struct rt_where at;
	bool all, crash;

	rt_goroutine_header(gp);
	if (rt_unwind_stopped(gp, &at)) {
		rt_traceback_where(gp, &at);
		return;
	}
	rt_printf("\tgoroutine running on other thread; stack unavailable\n");
	print_creator(gp, rt_crash_level(&all, &crash));
}

void
rt_traceback_others(struct g *me)
{
	bool all, crash;
	int32_t level = rt_crash_level(&all, &crash);
	struct m *mp = me == NULL ? NULL : me->m;
	struct g *curg = mp == NULL ? NULL : mp->curg;
	size_t n = rt_allg_len();

	/* the goroutine on whose behalf this thread's own stack worked */
	if (curg != NULL && curg != me) {
		rt_printf("\n");
		rt_traceback_g(curg);
	}
	for (size_t i = 0; i < n; i++) {
		struct g *gp = rt_allg_at(i);

		if (gp == NULL || gp == me || gp == curg ||
		    (rt_readgstatus(gp) & ~(uint32_t)G_SCAN) == G_DEAD ||
		    (rt_readgstatus(gp) & ~(uint32_t)G_SCAN) == G_IDLE ||
		    (gp->system && level < 2))
			continue;
		rt_printf("\n");
		rt_traceback_g(gp);
	}
}

int
rt_callers(struct g *gp, uintptr_t *pcs, int max)
{
	struct rt_where at = rt_unwind_here();
	struct rt_unwind u;
	bool self = gp == NULL;
	int n = 0;

	if (!self && !rt_unwind_stopped(gp, &at))
		return 0;
	if (!rt_unwind_begin(&u, self ? rt_getg() : gp, &at))
		return 0;
	if (self && !rt_unwind_next(&u))
		return 0; /* we ourselves */
	do {
		if (n == max)
			break;
		pcs[n++] = u.reg[RT_UW_PC] + u.exact;
	} while (rt_unwind_next(&u));
	return n;
}
