/*
 * sigpanic.c - faults: a signal becomes a panic, or the end.
 *
 * The handler runs on the thread's signal stack and must not panic there. So
 * it writes what happened into the g and edits the interrupted context: when
 * the handler returns, the goroutine finds itself in rt_sigpanic_entry, as if
 * called by the instruction that faulted: the frame there tells unwinders the
 * pc and sp of the fault, so a walk shows the function and line that faulted.
 *
 * Only what Go calls a panic is one: an address below 4096 (a nil pointer, and
 * a field of it), integer division, in a goroutine that runs on its own stack
 * and holds nothing of the runtime's; and any other bad address if that
 * goroutine asked for it (debug.SetPanicOnFault: it reads a mapped file). An
 * address in a guard is the goroutine's stack overflow. All else is our end,
 * told from the faulting place.
 *
 * A jump through a nil function pointer leaves pc in no text. Then the word at
 * sp is the return address of that call, and nothing is pushed: rt_sigpanic is
 * entered as the function that was called, and the caller is shown.
 */
#include "config.h"

#include "fault/crash.h"
#include "fault/fault.h"
#include "fault/panic.h"

#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "os/os.h"
#include "sched/sched.h"

#include <signal.h>
#include <string.h>
#include <ucontext.h>

#define NIL_PAGE_BYTES 4096
/* A panic needs this much below the fault to run deferred calls at all. */
#define SIGPANIC_ROOM_BYTES 2048

/* Entered by the edited context only; see sigpanic_amd64.S. */
void rt_sigpanic(void);
void rt_sigpanic_entry(void);

static struct rt_where
where_of(struct g *gp, const ucontext_t *uc)
{
	struct rt_where w;
	uintptr_t caller;

	rt_unwind_ucontext(uc, &w);
	if (rt_find_module(w.pc) == NULL &&
	    rt_unwind_word(gp, w.sp, &caller) &&
	    rt_find_module(caller) != NULL) {
		w.pc = caller; /* called through a bad pointer */
		w.sp += 8;
		w.exact = false;
	}
	return w;
}

/* ---- faults of a goroutine ---- */

static void RT_NORETURN
throw_at(struct g *gp, const char *msg, const struct rt_where *w)
{
	static struct rt_where copy; /* see signal_report */

	copy = *w;
	rt_throw_where(gp, msg, &copy);
}

static void RT_NORETURN
stack_overflow(struct g *gp, uintptr_t sp, const struct rt_where *w)
{
	rt_printlock();
	rt_printf("runtime: goroutine stack exceeds %zu-byte limit\n",
	    rt_stack_slot_bytes());
	rt_printf("runtime: sp=%#lx stack=[%#lx, %#lx]\n", (unsigned long)sp,
	    (unsigned long)gp->stack.lo, (unsigned long)gp->stack.hi);
	rt_printunlock();
	throw_at(gp, "stack overflow", w);
}

/* Would the panic that rt_sigpanic makes be a legal one? */
static bool
can_panic(const struct g *gp, uintptr_t sp)
{
	const struct m *mp = gp->m;

	return mp->curg == gp && mp->mallocing == 0 && mp->dying == 0 &&
	    mp->throwing == NULL && !mp->insyscall &&
	    atomic_load_explicit(&mp->locks, memory_order_relaxed) == 0 &&
	    (rt_readgstatus(gp) & ~(uint32_t)G_SCAN) == G_RUNNING &&
	    rt_stack_holds(gp, sp, SIGPANIC_ROOM_BYTES);
}

static bool
is_panic(uint32_t sig, uintptr_t code, uintptr_t addr)
{
	switch (sig) {
	case SIGSEGV:
		return (code == 0 || code == SEGV_MAPERR ||
			   code == SEGV_ACCERR) &&
		    addr < NIL_PAGE_BYTES;
	case SIGBUS:
		return code == BUS_ADRERR && addr < NIL_PAGE_BYTES;
	case SIGFPE:
		return true;
	default:
		return false;
	}
}

static void RT_NORETURN
unexpected_fault(
    struct g *gp, uint32_t sig, uintptr_t addr, const struct rt_where *w)
{
	if (sig == SIGSEGV || sig == SIGBUS)
		rt_printf(
		    "unexpected fault address %#lx\n", (unsigned long)addr);
	throw_at(gp, "fault", w);
}

/*
 * The red zone below sp is not spared: whoever had something there will never
 * run again, and a leaf's locals are nobody else's. A call through a bad
 * pointer has pushed its return address already and is at a function's entry.
 */
static void
inject_call(ucontext_t *uc, bool push)
{
	greg_t *r = uc->uc_mcontext.gregs;
	uintptr_t *sp = (uintptr_t *)r[REG_RSP];
	void (*entry)(void) = rt_sigpanic;

	if (push) {
		sp = (uintptr_t *)((uintptr_t)sp & ~(uintptr_t)15) - 2;
		sp[0] = (uintptr_t)r[REG_RSP];
		sp[1] = (uintptr_t)r[REG_RIP];
		entry = rt_sigpanic_entry;
	}
	r[REG_RSP] = (greg_t)sp;
	r[REG_RIP] = (greg_t)(uintptr_t)entry;
	r[REG_EFL] &= ~0x400; /* direction flag: the ABI's state at a call */
}

void
rt_sigpanic_prepare(
    struct g *gp, uint32_t sig, uintptr_t code, uintptr_t addr, void *ucontext)
{
	ucontext_t *uc = ucontext;
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	struct rt_where w;
	bool guard = false;

	if ((sig == SIGSEGV || sig == SIGBUS) &&
	    rt_stack_owner(addr, &guard) == gp && guard) {
		w = where_of(gp, uc);
		stack_overflow(gp, sp, &w);
	}
	w = where_of(gp, uc);
	gp->sig = sig;
	gp->sigcode0 = code;
	gp->sigcode1 = addr;
	gp->sigpc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	if ((is_panic(sig, code, addr) || gp->paniconfault) &&
	    can_panic(gp, sp)) {
		inject_call(uc, w.exact);
		return;
	}
	unexpected_fault(gp, sig, addr, &w);
}

/* On the goroutine's stack, "called" by the instruction that faulted. */
void
rt_sigpanic(void)
{
	struct g *gp = rt_getg();

	if (gp->sig != SIGFPE) {
		if (is_panic(gp->sig, gp->sigcode0, gp->sigcode1))
			rt_panic_mem();
		rt_panic_address(gp->sigcode1);
	}
	switch (gp->sigcode0) {
	case FPE_INTDIV:
		rt_panic_divide();
	case FPE_INTOVF:
		rt_panic_overflow();
	default:
		rt_panic_float();
	}
}

/* ---- SIGQUIT and the other signals that end us with a dump ---- */

/* clang-format off */
static const struct {
	const char *name;
	int reg;
} regs[] = {
	{ "rax", REG_RAX }, { "rbx", REG_RBX }, { "rcx", REG_RCX },
	{ "rdx", REG_RDX }, { "rdi", REG_RDI }, { "rsi", REG_RSI },
	{ "rbp", REG_RBP }, { "rsp", REG_RSP }, { "r8", REG_R8 },
	{ "r9", REG_R9 }, { "r10", REG_R10 }, { "r11", REG_R11 },
	{ "r12", REG_R12 }, { "r13", REG_R13 }, { "r14", REG_R14 },
	{ "r15", REG_R15 }, { "rip", REG_RIP }, { "rflags", REG_EFL },
};
/* clang-format on */

static void
dump_registers(const ucontext_t *uc)
{
	uint64_t csgsfs = (uint64_t)uc->uc_mcontext.gregs[REG_CSGSFS];

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		rt_printf("%-6s %#lx\n", regs[i].name,
		    (unsigned long)uc->uc_mcontext.gregs[regs[i].reg]);
	rt_printf("cs     %#lx\n", (unsigned long)(csgsfs & 0xffff));
	rt_printf("fs     %#lx\n", (unsigned long)(csgsfs >> 32 & 0xffff));
	rt_printf("gs     %#lx\n", (unsigned long)(csgsfs >> 16 & 0xffff));
}

/* Copies, and static: a fault inside the report is delivered on the same
 * signal stack and overwrites the frames of the handler that brought us here.
 * One thread reports. */
static struct signal_report {
	uint32_t sig;
	int code;
	ucontext_t uc;
	struct g *gp; /* the signal hit it; g0 when it hit the scheduler */
	struct m *m;
} report;

/* The goroutine whose stack the interrupted sp is on, else the M's g0: also for
 * its handlers' stack. */
static struct g *
interrupted_g(struct m *mp, uintptr_t sp)
{
	struct g *gp = mp->curg;

	if (gp != NULL && rt_stack_holds(gp, sp, 0))
		return gp;
	gp = rt_crash_stack_of(sp); /* the report of a crash */
	return gp != NULL ? gp : mp->g0;
}

static void
print_instruction_bytes(uintptr_t pc)
{
	const struct rt_module *m = rt_find_module(pc);

	rt_printf("instruction bytes:");
	for (uintptr_t a = pc; m != NULL && a < pc + 16 && a < m->etext; a++)
		rt_printf(" %#x", *(const uint8_t *)a);
	rt_printf("\n");
}

static void
signal_report(void *p)
{
	struct signal_report *r = p;
	struct rt_where w = where_of(r->gp, &r->uc);
	uintptr_t pc = (uintptr_t)r->uc.uc_mcontext.gregs[REG_RIP];

	rt_printf("PC=%#lx m=%d sigcode=%d\n", (unsigned long)pc,
	    r->m == NULL ? -1 : r->m->id, r->code);
	if (r->sig == SIGILL || r->sig == SIGFPE)
		print_instruction_bytes(pc);
	rt_printf("\n");
	rt_hold_others(&w);
	if (r->gp != NULL) {
		rt_goroutine_header(r->gp);
		rt_traceback_where(r->gp, &w);
		rt_traceback_others(r->gp);
		rt_printf("\n");
	}
	dump_registers(&r->uc);
	rt_crash_end("signal");
}

static void
fill_report(
    uint32_t sig, const siginfo_t *info, const ucontext_t *uc, struct m *mp)
{
	report.sig = sig;
	report.code = info->si_code;
	report.uc = *uc;
	report.m = mp;
	if (mp != NULL)
		report.gp = interrupted_g(
		    mp, (uintptr_t)uc->uc_mcontext.gregs[REG_RSP]);
}

static RT_NOINLINE void RT_NORETURN
report_signal(uint32_t sig, const siginfo_t *info, const ucontext_t *uc)
{
	const char *name = rt_signame(sig);
	struct g *self = rt_getg();
	char line[64];

	fill_report(sig, info, uc, self == NULL ? NULL : self->m);
	rt_crash_scope_runtime();
	if (name != NULL)
		rt_snprintf(line, sizeof(line), "%s", name);
	else
		rt_snprintf(line, sizeof(line), "Signal %u", sig);
	rt_printf("%s\n", line);
	rt_telemetry_panic(line, true);
	rt_on_crash_stack(signal_report, &report);
}

RT_SAN_OFF void
rt_fatal_signal(uint32_t sig, void *siginfo, void *ucontext)
{
	struct g *self = rt_getg();
	struct m *mp = self == NULL ? NULL : self->m;
	struct rt_where w;

	if (rt_crash_begin(mp, "signal"))
		report_signal(sig, siginfo, ucontext);
	rt_unwind_ucontext(ucontext, &w);
	rt_hold_me(mp, &w);
}
