/*
 * traceback.c - who called whom, in Go's words.
 *
 * Frames are found by frame pointers: libgort and the programs that use
 * gort.h are built with -fno-omit-frame-pointer (gort.pc says so). A walk
 * starts from a saved context (a parked goroutine), from what entersyscall
 * noted, or from a fault's registers, and never leaves the goroutine's stack:
 * each frame must lie above the last one, inside [stack.lo, stack.hi). That
 * bound, and nothing read from the stack, is what ends a walk of garbage.
 *
 * Foreign code (libc) keeps no frame pointers, but it preserves rbp for its
 * caller, or pushes it. A leaf of the program may have no frame either. When an
 * interrupted pc is in such code the walk
 * looks for the youngest word on the stack that is a return address (it points
 * just behind a call instruction in the program's or libgort's text) and whose
 * frame was made by a call of that very function. Where none proves itself the
 * youngest return address is taken; it may be stale: that can put a wrong line
 * into a dump, never crash it.
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
#define CALL_SCAN_WORDS                                                        \
	1024 /* how far a caller of foreign code is looked for */
#define OVERSHOOT_BYTES ((uintptr_t)1 << 20) /* of an overflow's frame */
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

/* ---- walking ---- */

struct walk {
	uintptr_t pc, sp, bp;
	uintptr_t lo, hi; /* the stack's bounds */
	bool exact;       /* pc is no return address */
};

static bool
walk_begin(struct walk *w, struct g *gp, const struct rt_where *at)
{
	w->lo = gp == NULL ? at->sp : gp->stack.lo;
	w->hi = gp == NULL ? at->sp + 65536 : gp->stack.hi;
	w->pc = at->pc;
	w->sp = at->sp;
	w->bp = at->bp;
	w->exact = at->exact;
	if (w->sp < w->lo && w->lo - w->sp < OVERSHOOT_BYTES)
		w->sp = w->lo; /* the stack overflowed */
	return w->sp >= w->lo && w->sp < w->hi;
}

/* Is a the address behind a call in text that keeps frame pointers? */
static bool
is_return_address(uintptr_t a)
{
	const struct rt_module *m = rt_find_module(a);
	const uint8_t *p = (const uint8_t *)a;

	if (m == NULL || m->foreign || a - m->text < 8)
		return false;
	if (p[-5] == 0xe8)
		return true;         /* call rel32 */
	for (int n = 2; n <= 7; n++) /* call *reg, call *mem: ff /2 */
		if (p[-n] == 0xff && (p[-n + 1] & 0x38) == 0x10)
			return true;
	return false;
}

#define RAW_STACK __attribute__((no_sanitize("address", "thread")))

/* Is frame, by its return address, a call of just the function at entry? */
RAW_STACK static bool
frame_is_of(uintptr_t entry, uintptr_t frame)
{
	uintptr_t r = *(const uintptr_t *)(frame + 8);
	int32_t rel;

	if (!is_return_address(r) || *(const uint8_t *)(r - 5) != 0xe8)
		return false;
	memcpy(&rel, (const void *)(r - 4), sizeof(rel));
	return r + (uintptr_t)(intptr_t)rel == entry;
}

/*
 * The frame of the function that was returned to by the word at `a`: rbp still,
 * or pushed below a by the code that was called. 0: none that proves itself.
 */
RAW_STACK static uintptr_t
find_frame(const struct walk *w, uintptr_t a)
{
	struct rt_symbol s;
	uintptr_t f = w->bp;

	if (!rt_symbolize(*(const uintptr_t *)a - 1, false, &s) || s.entry == 0)
		return 0;
	for (uintptr_t p = (w->sp + 7) & ~(uintptr_t)7;; p += 8) {
		if (f % 8 == 0 && f > a && f <= w->hi - 16 &&
		    frame_is_of(s.entry, f))
			return f;
		if (p >= a)
			return 0;
		f = *(const uintptr_t *)p;
	}
}

/*
 * Out of code without a frame: the youngest return address on the stack whose
 * frame proves itself, else the youngest. These are words that nobody wrote
 * for us to read, so the sanitizers must look away.
 */
RAW_STACK static bool
find_caller(struct walk *w)
{
	uintptr_t start = (w->sp + 7) & ~(uintptr_t)7, first = 0, frame = 0;
	uintptr_t a = start;

	for (int i = 0; i < CALL_SCAN_WORDS && a + 8 <= w->hi; i++, a += 8) {
		if (!is_return_address(*(const uintptr_t *)a))
			continue;
		if (first == 0)
			first = a;
		frame = find_frame(w, a);
		if (frame != 0)
			break;
	}
	if (frame == 0)
		a = first;
	if (a == 0)
		return false;
	w->pc = *(const uintptr_t *)a;
	w->exact = false;
	w->sp = a + 8;
	if (frame != 0)
		w->bp = frame;
	else if (w->bp < w->sp || w->bp >= w->hi)
		w->bp = 0;
	return true;
}

/*
 * Has the function that was interrupted at pc made its frame? A leaf may have
 * none, and a prologue may not be over. What sets rbp is mov %rsp,%rbp.
 */
static bool
frame_is_made(uintptr_t pc)
{
	struct rt_symbol s;
	const uint8_t *p;

	if (!rt_symbolize(pc, false, &s) || s.entry == 0)
		return true;
	for (p = (const uint8_t *)s.entry; (uintptr_t)p + 3 <= pc; p++)
		if (p[0] == 0x48 && p[1] == 0x89 && p[2] == 0xe5)
			return true;
	return false;
}

/* To the caller's frame. */
RAW_STACK static bool
walk_next(struct walk *w)
{
	const struct rt_module *m = rt_find_module(w->pc);
	uintptr_t next;

	if (m != NULL && (m->foreign || (w->exact && !frame_is_made(w->pc))) &&
	    find_caller(w))
		return true;
	if (w->bp % 8 != 0 || w->bp < w->sp || w->bp < w->lo || w->hi < 16 ||
	    w->bp > w->hi - 16)
		return false;
	next = *(const uintptr_t *)w->bp;
	w->pc = *(const uintptr_t *)(w->bp + 8);
	w->sp = w->bp + 16;
	w->bp = next;
	w->exact = false;
	return w->pc != 0;
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
symbolize_frame(const struct walk *w, bool lines, struct rt_symbol *ret)
{
	return rt_symbolize(w->exact ? w->pc : w->pc - 1, lines, ret);
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

/* Did the signal handler enter this frame's callee by editing the context? */
static void
mark_fault_frame(const struct g *gp, struct walk *w)
{
	if (gp != NULL && gp->sig != 0 && w->pc == gp->sigpc)
		w->exact = true;
}

static void
print_frames(struct g *gp, struct walk *w, int32_t level)
{
	struct rt_symbol s;
	int n = 0, seen = 0;

	do {
		mark_fault_frame(gp, w);
		symbolize_frame(w, false, &s);
		if (ends_walk(&s) || ++seen > 100 * FRAMES_MAX)
			break;
		if (level < 2 && s.runtime && !(n > 0 && runs_deferred(s.func)))
			continue;
		if (n++ == FRAMES_MAX) {
			rt_printf("...additional frames elided...\n");
			break;
		}
		symbolize_frame(w, true, &s);
		rt_printf("%s(...)\n",
		    s.runtime && runs_deferred(s.func) ? "panic" : s.func);
		print_place(&s, w->pc);
		if (level >= 2)
			rt_printf(" fp=%#lx sp=%#lx pc=%#lx",
			    (unsigned long)w->bp + 16, (unsigned long)w->sp,
			    (unsigned long)w->pc);
		rt_printf("\n");
	} while (walk_next(w));
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
	struct walk w;

	if (walk_begin(&w, gp, at))
		print_frames(gp, &w, level);
	print_creator(gp, level);
}

void
rt_traceback_self(uintptr_t pc, uintptr_t sp, uintptr_t bp)
{
	struct rt_where at = { .pc = pc, .sp = sp, .bp = bp };

	rt_traceback_where(rt_getg(), &at);
}

/* Where a goroutine that does not run stands. False: it runs. */
RAW_STACK static bool
where_stopped(struct g *gp, struct rt_where *ret)
{
	uint32_t status = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	ret->exact = false;
	if (status == G_SYSCALL && gp->syscallsp != 0) {
		ret->pc = gp->syscallpc;
		ret->sp = gp->syscallsp;
		ret->bp = gp->syscallbp;
		return true;
	}
	if (status == G_RUNNING || status == G_DEAD || status == G_IDLE)
		return false;
	if (gp->sched.sp < gp->stack.lo ||
	    gp->sched.sp > gp->stack.hi - RT_CTX_BYTES)
		return false;
	ret->sp = gp->sched.sp + RT_CTX_BYTES;
	ret->bp = *(uintptr_t *)(gp->sched.sp + RT_CTX_BP_OFF);
	ret->pc = *(uintptr_t *)(gp->sched.sp + RT_CTX_PC_OFF);
	return true;
}

void
rt_traceback_g(struct g *gp)
{
	struct rt_where at;
	bool all, crash;

	rt_goroutine_header(gp);
	if (where_stopped(gp, &at)) {
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
	struct rt_where at;
	struct walk w;
	struct g *on = gp;
	int n = 0;

	if (gp == NULL) {
		on = rt_getg();
		at.pc = (uintptr_t)__builtin_return_address(0);
		at.bp = *(uintptr_t *)__builtin_frame_address(0);
		at.sp = (uintptr_t)__builtin_frame_address(0) + 16;
		at.exact = false;
	} else if (!where_stopped(gp, &at)) {
		return 0;
	}
	if (!walk_begin(&w, on, &at))
		return 0;
	do {
		if (n == max)
			break;
		pcs[n++] = w.pc;
	} while (walk_next(&w));
	return n;
}
