/*
 * crash.c - the end of the process: throw, fatal, the unrecovered panic.
 *
 * Three ways in, one report. Each prints its own first lines, then the
 * goroutine that failed, then the others when the level asks, and ends with
 * exit status 2, or by SIGABRT when GOTRACEBACK=crash.
 *
 * Who reports. The first thread that fails is the reporter (crash_tid, taken
 * by compare-and-swap). Another thread that fails meanwhile prints its first
 * lines too, since they may be the cause of the first one's trouble, and then
 * sleeps for ever; the reporter, before it ends the process, waits up to 100
 * ms for such lines to come out whole. So there is one dump, never two mixed.
 *
 * A crash inside the report must still end. If it came while a line number was
 * looked up, the report goes on without lines (lines.c). Else the reporter
 * failing again says "panic during panic" and makes one more report, of where
 * it failed itself; failing a third time, no words but three; after that the
 * process just goes (statuses 2, 4 and 5 as in Go). A signal that somebody
 * sends to a process that reports already changes nothing.
 *
 * Where the report runs. The failing stack may be at its end (64 KiB for a
 * goroutine, and that may be the very error), and a signal stack is small too;
 * reading line tables needs room. So the report runs on a stack of its own,
 * mapped when it is needed: one for the report, one for the report of its own
 * failure. Without memory for it the report runs where it is.
 *
 * The other threads are stopped by a signal for good, whatever they do (hold.c):
 * nothing in the report waits for a lock that one of them may hold, but the
 * print lock, and for that not for ever.
 */
#include "fault/crash.h"
#include "fault/symbols.h"

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "os/os.h"
#include "sched/sched.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CRASH_STACK_BYTES ((size_t)512 << 10)

_Atomic int32_t rt_panicking;

static _Atomic uint32_t crash_tid;   /* the reporter; 0: nobody is dying */
static _Atomic int32_t nested;       /* reporter: crashes inside the report */
static _Atomic int32_t lines_coming; /* threads about to print first lines */

/* How much the failure wants shown beyond what GOTRACEBACK says. */
enum crash_scope {
	SCOPE_PANIC,   /* what the level says */
	SCOPE_USER,    /* all goroutines at that level */
	SCOPE_RUNTIME, /* all, with the runtime's own frames */
};
static enum crash_scope scope; /* reporter */
static void *deaf; /* the thread sanitizer's fiber for the reporter; boot */

void
rt_crashinit(void)
{
	deaf = rt_san_deaf_new();
}

int32_t
rt_crash_level(bool *ret_all, bool *ret_crash)
{
	int32_t level = rt_gotraceback(ret_all, ret_crash);

	if (atomic_load(&crash_tid) == 0)
		return level;
	if (scope >= SCOPE_USER)
		*ret_all = true;
	if (scope == SCOPE_RUNTIME && level < 2)
		level = 2;
	return level;
}

void
rt_crash_scope_runtime(void)
{
	scope = SCOPE_RUNTIME;
}

RT_SAN_OFF static uint32_t
self_tid(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

RT_SAN_OFF bool
rt_crash_is_reporter(void)
{
	uint32_t tid = atomic_load(&crash_tid);

	return tid != 0 && tid == self_tid();
}

static RT_NOINLINE void
begin_report(struct m *mp)
{
	rt_sys_spare_release();
	if (mp != NULL)
		mp->dying = 1;
	rt_print_capture(true);
}

/* The reporter fails itself. */
static RT_NOINLINE bool
begin_again(void)
{
	rt_lines_escape();
	switch (atomic_fetch_add(&nested, 1)) {
	case 0:
		rt_printf("panic during panic\n");
		return true;
	case 1:
		rt_printf("stack trace unavailable\n");
		syscall(SYS_exit_group, 4);
		__builtin_unreachable();
	default:
		syscall(SYS_exit_group, 5);
		__builtin_unreachable();
	}
}

/* Perhaps in a handler that interrupted the thread sanitizer: it does not see
 * anything until the reporter is deaf to it (arch/fiber_san.h). */
RT_SAN_OFF bool
rt_crash_begin(struct m *mp, const char *text)
{
	uint32_t me = self_tid(), none = 0;

	if (mp != NULL)
		mp->throwing = text; /* a fault from now on is no panic */
	if (atomic_compare_exchange_strong(&crash_tid, &none, me)) {
		atomic_fetch_add(&rt_panicking, 1);
		rt_san_deafen(deaf);
		begin_report(mp);
		return true;
	}
	if (none == me)
		return begin_again();
	atomic_fetch_add(&rt_panicking, 1);
	return false;
}

/* A first line of the other thread that fails at the same time. */
static void
wait_for_lines(void)
{
	for (int i = 0; i < 100 && atomic_load(&lines_coming) > 0; i++)
		rt_hold_pause(1000);
}

void
rt_crash_end(const char *reason)
{
	bool all, crash;

	rt_gotraceback(&all, &crash);
	wait_for_lines();
	rt_print_capture(false);
	if (crash)
		rt_dieofsignal(SIGABRT);
	rt_telemetry_exit(2, 0, reason);
	rt_exit(2);
}

/* ---- the report ---- */

struct report {
	struct g *gp;
	const struct rt_where *w;
	const char *reason;
};

static void
print_signal_line(const struct g *gp)
{
	const char *name = rt_signame(gp->sig);

	if (name != NULL)
		rt_printf("[signal %s", name);
	else
		rt_printf("[signal %#x", gp->sig);
	rt_printf(" code=%#lx addr=%#lx pc=%#lx]\n", (long)gp->sigcode0,
	    (long)gp->sigcode1, (long)gp->sigpc);
}

/* The goroutine that failed, then the others. */
static void
print_stacks(struct g *gp, const struct rt_where *w)
{
	bool all, crash;
	int32_t level = rt_crash_level(&all, &crash);
	struct m *mp = gp == NULL ? NULL : gp->m;
	bool user = mp != NULL && gp == mp->curg;

	rt_hold_others(w);
	if (gp != NULL && gp->sig != 0)
		print_signal_line(gp);
	if (level <= 0)
		return;
	if (user) {
		rt_printf("\n");
		rt_goroutine_header(gp);
		rt_traceback_where(gp, w);
	} else {
		all = true;
		if (level >= 2) {
			rt_printf("\nruntime stack:\n");
			rt_traceback_where(gp, w);
		}
	}
	if (all)
		rt_traceback_others(gp);
}

static void
report_and_exit(void *p)
{
	struct report *r = p;

	print_stacks(r->gp, r->w);
	rt_crash_end(r->reason);
}

/* The report's stacks as walks and the sanitizers see stacks: a g. The second
 * is for the report of the first one's failure. Reporter only. */
static struct g crash_gs[2];
static struct g *crash_g;
static struct {
	void (*fn)(void *);
	void *arg;
} on_crash_stack;

static void
crash_stack_main(void *unused)
{
	rt_san_arrive(crash_g, NULL);
	on_crash_stack.fn(on_crash_stack.arg);
}

struct g *
rt_crash_stack_of(uintptr_t sp)
{
	for (int i = 0; i < 2; i++)
		if (sp >= crash_gs[i].stack.lo && sp < crash_gs[i].stack.hi)
			return &crash_gs[i];
	return NULL;
}

/* fn(arg) on a stack with room; fn does not return. */
void
rt_on_crash_stack(void (*fn)(void *), void *arg)
{
	static struct g nobody; /* a thread that has no g */
	struct g *self = crash_g != NULL ? crash_g : rt_getg();
	struct gobuf from, to;
	char *p = mmap(NULL, CRASH_STACK_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	on_crash_stack.fn = fn;
	on_crash_stack.arg = arg;
	if (p == MAP_FAILED)
		fn(arg);
	crash_g = &crash_gs[crash_g != NULL];
	crash_g->stack.lo = (uintptr_t)p;
	crash_g->stack.hi = (uintptr_t)p + CRASH_STACK_BYTES;
	to.sp = crash_g->stack.hi - 64;
	rt_san_fiber_thread(crash_g); /* deaf by now */
	rt_san_leave(self == NULL ? &nobody : self, crash_g);
	rt_set_guard_word(0);
	rt_ctx_call(&from, &to, crash_stack_main, NULL);
	__builtin_trap();
}

static void RT_NORETURN
report(struct g *gp, const struct rt_where *w, const char *reason)
{
	struct report r = { gp, w, reason };

	rt_on_crash_stack(report_and_exit, &r);
}

/* ---- throw and fatal ---- */

static struct m *
self_m(struct g *gp)
{
	return gp == NULL ? NULL : gp->m;
}

static void RT_NORETURN
die_with(struct g *gp, const char *msg, enum crash_scope how,
    const struct rt_where *w)
{
	char line[224];
	bool first;

	atomic_fetch_add(&lines_coming, 1);
	first = rt_crash_begin(self_m(gp), msg);
	rt_snprintf(line, sizeof(line), "fatal error: %s", msg);
	rt_printlock();
	rt_printf("fatal error: %s\n", msg);
	rt_printunlock();
	rt_telemetry_panic(line, true);
	atomic_fetch_sub(&lines_coming, 1);
	if (!first)
		rt_hold_me(self_m(gp), w);
	if (how > scope)
		scope = how;
	report(gp, w, "fatal error");
}

#define WHERE_CALLED()                                                         \
	{                                                                      \
		.pc = (uintptr_t)__builtin_return_address(0),                  \
		.bp = *(uintptr_t *)__builtin_frame_address(0),                \
		.sp = (uintptr_t)__builtin_frame_address(0) + 16               \
	}

void
rt_throw(const char *msg)
{
	struct rt_where w = WHERE_CALLED();

	die_with(rt_getg(), msg, SCOPE_RUNTIME, &w);
}

void
rt_fatal(const char *msg)
{
	struct rt_where w = WHERE_CALLED();

	die_with(rt_getg(), msg, SCOPE_USER, &w);
}

void
rt_throw_where(struct g *gp, const char *msg, const struct rt_where *w)
{
	die_with(gp, msg, SCOPE_RUNTIME, w);
}

void
rt_throw_at(struct g *gp, const char *msg, uintptr_t pc, uintptr_t sp,
    uintptr_t bp)
{
	static struct rt_where w; /* off the stack that is full */

	w = (struct rt_where){ .pc = pc, .sp = sp, .bp = bp };
	rt_throw_where(gp, msg, &w);
}

void
rt_fatalpanic(struct g *gp, const struct rt_where *w)
{
	char line[224];
	bool first;

	atomic_fetch_add(&lines_coming, 1);
	first = rt_crash_begin(gp->m, "panic");
	rt_print_panics(gp);
	rt_panic_line(gp, line, sizeof(line));
	rt_telemetry_panic(line, false);
	atomic_fetch_sub(&lines_coming, 1);
	if (!first)
		rt_hold_me(gp->m, w);
	report(gp, w, "panic");
}
