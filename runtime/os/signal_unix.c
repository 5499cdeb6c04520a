/*
 * signal_unix.c - handlers: from the kernel's hands into the runtime's.
 *
 * One handler serves every signal of sigtab_linux.c. It runs on the M's own
 * alternate stack (a goroutine's is too small, and may be what overflowed) and
 * under the identity of m->gsignal, so that what it calls can see that it is
 * not on a goroutine. In order it asks:
 *
 *   SIGPROF, SIGURG     the runtime's own business (profile, preemption);
 *                       both may also be wanted by the program
 *   a fault of a goroutine   becomes its panic (fault/panic.c)
 *   wanted by the program    the signal goroutine delivers it (sigqueue.c)
 *   SF_IGNORE          over
 *   SF_KILL            die by this very signal, so that a shell sees it
 *   SF_THROW, SF_PANIC     the dump of all goroutines, exit 2
 *
 * SIGPIPE. A write to a closed pipe on descriptor 1 or 2 must end the program
 * (`prog | head` would run for ever), on any other descriptor it is the error
 * EPIPE. C programs write by libc as well as by gort.h, so the rule can't sit
 * behind gort.h's write alone: the handler reads the descriptor out of the
 * interrupted system call's first argument, which Linux leaves in rdi.
 *
 * Inherited SIG_IGN for SIGHUP and SIGINT (nohup, background jobs) is kept
 * until the program asks for the signal.
 *
 * A fault in a handler is our own, or the heap's that was broken before. It is
 * not blocked there, so it gets a report like any other, by a handler on top of
 * the handler (crash.c counts how often).
 *
 * A thread without g (libc's, a library's) may run the handler too. It has no
 * goroutine to panic: a fault there dies by the default action after one line.
 */
#include "config.h"
#include "os/os.h"
#include "os/sigtab.h"
#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "sched/preempt.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef RT_SANITIZED
#define HANDLER_STACK_BYTES ((size_t)256 << 10)
#else
#define HANDLER_STACK_BYTES ((size_t)64 << 10) /* dumps read symbols here */
#endif

/*
 * The thread sanitizer keeps a signal back until the thread next calls one of
 * the functions it wraps, and a thread that sleeps in a bare futex call never
 * does. So under it handlers are installed by the bare system call, and what
 * runs in them before it is clear that the process will die is not
 * instrumented: the sanitizer may have been interrupted anywhere.
 */
#ifdef RT_TSAN
#define SIG_CODE RT_SAN_OFF
#else
#define SIG_CODE
#endif

static sigset_t m0_mask; /* const after initsigmask: inherited by all Ms */
static struct sigaction inherited[RT_NSIG]; /* const after initsig */

static void sighandler(int sig, siginfo_t *info, void *uc);

/* ---- masks and stacks ---- */

void
rt_initsigmask(void)
{
	int n = 0;
	int step = rt_boot_begin("initSigmask");

	pthread_sigmask(SIG_SETMASK, NULL, &m0_mask);
	for (int i = 1; i < RT_NSIG; i++)
		n += sigismember(&m0_mask, i) == 1;
	rt_boot_end(step, "%d signals blocked by our parent", n);
}

/*
 * An alternate stack for this thread's handlers. The kernel's frame alone
 * takes AT_MINSIGSTKSZ (it holds the vector registers), so the size follows
 * that. The lowest page is a guard where that costs no extra mapping.
 */
void
rt_minit_signal_stack(void)
{
	struct m *mp = rt_getg()->m;
	size_t page = rt_physpagesize;
	size_t n = HANDLER_STACK_BYTES + rt_minsigstksz;
	stack_t st;

	n = (n + page - 1) & ~(page - 1);
	if (mp->sigstack == 0) {
		char *p = rt_sys_mmap(n + page);

		if (p == NULL)
			rt_throw("minit: no memory for the signal stack");
		(void)rt_sys_guard(p, page);
		mp->sigstack = (uintptr_t)p + page;
		mp->sigstack_bytes = n;
	}
	memset(&st, 0, sizeof st);
	st.ss_sp = (void *)mp->sigstack;
	st.ss_size = mp->sigstack_bytes;
	if (sigaltstack(&st, NULL) != 0)
		rt_throw("minit: sigaltstack refused");
	if (mp->gsignal != NULL) {
		mp->gsignal->stack.lo = mp->sigstack;
		mp->gsignal->stack.hi = mp->sigstack + mp->sigstack_bytes;
	}
}

/* What our parent blocked stays blocked, but what must come through. */
void
rt_minit_signal_mask(void)
{
	sigset_t mask = m0_mask;

	for (int i = 1; i < RT_NSIG; i++)
		if (rt_sigtable[i].flags & SF_UNBLOCK)
			sigdelset(&mask, i);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void
rt_minit(void)
{
	struct m *mp = rt_getg()->m;
	bool boot = mp == &rt_m0;
	int step = boot ? rt_boot_begin("minit") : 0, sub;

	mp->tid = rt_gettid();
	mp->pthread = (uintptr_t)pthread_self();
	sub = boot ? rt_boot_begin("minitSignalStack") : 0;
	rt_minit_signal_stack();
	if (boot)
		rt_boot_end(sub, "%zu KiB for handlers",
		    mp->sigstack_bytes >> 10);
	sub = boot ? rt_boot_begin("minitSignalMask") : 0;
	rt_minit_signal_mask();
	if (boot) {
		rt_boot_end(sub, "faults, SIGCHLD and SIGPROF open");
		rt_boot_end(step, "m0 is thread %ld", (long)mp->tid);
	}
}

/* Before an M's thread ends: no handler may run on what is unmapped next. */
void
rt_unminit(void)
{
	struct m *mp = rt_getg()->m;
	stack_t st;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	memset(&st, 0, sizeof st);
	st.ss_flags = SS_DISABLE;
	sigaltstack(&st, NULL);
	if (mp->sigstack != 0) {
		rt_sys_release((void *)(mp->sigstack - rt_physpagesize),
		    mp->sigstack_bytes + rt_physpagesize);
		mp->sigstack = 0;
	}
}

/* ---- installing ---- */

/* Faults: blocked, they would kill without a word. */
static const int never_blocked[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
	SIGABRT };

#ifdef RT_TSAN

/* Debuggers know the end of a handler by these very bytes; unwinders by what
 * follows, which says that all registers are in the ucontext that the stack
 * pointer is at. They look one byte before. */
#define AT(reg, ...) "\t.cfi_escape 0x10, " #reg ", " #__VA_ARGS__ "\n"
void rt_sigreturn(void);
__asm__(".pushsection .text\n"
        "\t.cfi_startproc\n"
        "\t.cfi_signal_frame\n"
        "\t.cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06\n" /* cfa: *(sp + 160) */
        AT(8, 2, 0x77, 0x28) AT(9, 2, 0x77, 0x30)         /* r8, r9 */
        AT(10, 2, 0x77, 0x38) AT(11, 3, 0x77, 0xc0, 0)    /* r10, r11 */
        AT(12, 3, 0x77, 0xc8, 0) AT(13, 3, 0x77, 0xd0, 0) /* r12, r13 */
        AT(14, 3, 0x77, 0xd8, 0) AT(15, 3, 0x77, 0xe0, 0) /* r14, r15 */
        AT(5, 3, 0x77, 0xe8, 0) AT(4, 3, 0x77, 0xf0, 0)   /* rdi, rsi */
        AT(6, 3, 0x77, 0xf8, 0) AT(3, 3, 0x77, 0x80, 1)   /* rbp, rbx */
        AT(1, 3, 0x77, 0x88, 1) AT(0, 3, 0x77, 0x90, 1)   /* rdx, rax */
        AT(2, 3, 0x77, 0x98, 1) AT(7, 3, 0x77, 0xa0, 1)   /* rcx, rsp */
        AT(16, 3, 0x77, 0xa8, 1)                          /* rip */
        "\tnop\n"
        "rt_sigreturn:\n\t"
        "movq $15, %rax\n\t"
        "syscall\n"
        "\t.cfi_endproc\n"
        ".popsection\n");
#undef AT

static void
install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct { /* the kernel's, which libc hides */
		void (*fn)(int, siginfo_t *, void *);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} sa = { fn, (unsigned long)flags | 0x04000000, rt_sigreturn,
		~(uint64_t)0 };

	for (size_t i = 0; i < sizeof never_blocked / sizeof(int); i++)
		sa.mask &= ~((uint64_t)1 << (never_blocked[i] - 1));
	syscall(SYS_rt_sigaction, sig, &sa, NULL, sizeof sa.mask);
}

#else

static void
install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = fn;
	sa.sa_flags = flags;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof never_blocked / sizeof(int); i++)
		sigdelset(&sa.sa_mask, never_blocked[i]);
	sigaction(sig, &sa, NULL);
}

#endif

void
rt_sig_install(uint32_t sig)
{
	install((int)sig, sighandler,
	    SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER);
}

static bool
keep_inherited(uint32_t sig)
{
	return (sig == SIGHUP || sig == SIGINT) &&
	    inherited[sig].sa_handler == SIG_IGN;
}

void
rt_sig_unwant(uint32_t sig)
{
	if ((rt_sigtable[sig].flags & SF_DEFAULT) == 0 && !keep_inherited(sig))
		rt_sig_install(sig); /* as the boot did: it may be ignored */
	else
		sigaction((int)sig, &inherited[sig], NULL);
}

void
rt_sig_ignore(uint32_t sig)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };

	sigaction((int)sig, &sa, NULL);
}

bool
rt_sig_kept_ignored(uint32_t sig)
{
	uint16_t flags = rt_sigtable[sig].flags;

	return flags != 0 && inherited[sig].sa_handler == SIG_IGN &&
	    ((flags & SF_DEFAULT) != 0 || keep_inherited(sig));
}

void
rt_sig_default_all(void)
{
	struct sigaction sa, dfl = { .sa_handler = SIG_DFL };

	for (int sig = 1; sig < RT_NSIG; sig++)
		if (rt_sigtable[sig].flags != 0 &&
		    sigaction(sig, NULL, &sa) == 0 &&
		    (sa.sa_flags & SA_SIGINFO) != 0)
			sigaction(sig, &dfl, NULL);
}

void
rt_initsig(void)
{
	int step = rt_boot_begin("initsig"), n = 0, kept = 0;

	rt_preempt_init();

	for (uint32_t sig = 1; sig < RT_NSIG; sig++) {
		uint16_t flags = rt_sigtable[sig].flags;

		if (flags == 0)
			continue;
		sigaction((int)sig, NULL, &inherited[sig]);
		if (flags & SF_DEFAULT)
			continue;
		if (keep_inherited(sig)) {
			kept++;
			continue;
		}
		rt_sig_install(sig);
		n++;
	}
	rt_sigqueueinit();
	rt_boot_end(step, "%d handlers on the alternate stack, %d left ignored",
	    n, kept);
}

/* ---- what a handler does ---- */

/*
 * The signal that ended us must be visible in the wait status, so: default
 * action, unblock, raise in this thread. The default action of a signal that
 * kills takes effect before tgkill returns to user code.
 */
void
rt_dieofsignal(uint32_t sig)
{
	struct sigaction sa;
	sigset_t set;

	rt_boot_publish_open();
	rt_telemetry_exit(0, (int32_t)sig, "signal");
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_DFL;
	sigaction((int)sig, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, (int)sig);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	syscall(SYS_tgkill, getpid(), (pid_t)rt_gettid(), sig);
	rt_osyield(); /* another thread may be the one that dies first */
	syscall(SYS_exit_group, 2);
	__builtin_trap();
}

/* Did the write that raised SIGPIPE go to standard output or error? */
SIG_CODE static bool
broken_stdio(const ucontext_t *uc)
{
	const greg_t *r = uc->uc_mcontext.gregs;
	const unsigned char *pc = (const unsigned char *)r[REG_RIP];

	return r[REG_RAX] == -EPIPE && pc[-2] == 0x0f && pc[-1] == 0x05 &&
	    (r[REG_RDI] == 1 || r[REG_RDI] == 2);
}

SIG_CODE static bool
sent_by_user(const siginfo_t *info)
{
	return info->si_code <= 0; /* SI_USER, SI_QUEUE, SI_TKILL, ... */
}

/* To the program's channel, if it listens; a broken standard output ends it. */
SIG_CODE static bool
program_takes(int sig, const siginfo_t *info, const ucontext_t *uc)
{
	uint16_t flags = rt_sigtable[sig].flags;

	if ((sent_by_user(info) || (flags & SF_NOTIFY)) &&
	    rt_sigsend((uint32_t)sig))
		return true;
	if (sig == SIGPIPE && broken_stdio(uc))
		rt_dieofsignal(SIGPIPE);
	return false;
}

/* And not by this process's raise or abort. */
SIG_CODE static bool
sent_by_another(const siginfo_t *info)
{
	return info->si_code == SI_USER ||
	    (sent_by_user(info) && info->si_pid != getpid());
}

/* A fault by an instruction of a user goroutine, on its own stack. */
SIG_CODE static bool
goroutine_fault(struct g *gp, const siginfo_t *info, uint16_t flags)
{
	struct m *mp = gp->m;

	return (flags & SF_PANIC) && !sent_by_user(info) && mp != NULL &&
	    gp == mp->curg && gp != mp->g0 && mp->throwing == NULL;
}

#ifdef RT_TSAN

/* A signal from outside that will end us must wait while fibers change. */
SIG_CODE static bool
held_back(struct m *mp, const siginfo_t *info)
{
	if (mp->sanbusy == 0 || !sent_by_user(info))
		return false;
	mp->sanheldsig = info->si_signo;
	mp->sanheldcode = info->si_code;
	return true;
}

RT_SAN_OFF void
rt_san_send_held(struct m *mp)
{
	siginfo_t info = { .si_signo = mp->sanheldsig,
		.si_code = mp->sanheldcode };

	mp->sanheldsig = 0;
	info.si_pid = getpid();
	syscall(SYS_rt_tgsigqueueinfo, info.si_pid, (pid_t)mp->tid,
	    info.si_signo, &info);
}

#else

static bool
held_back(struct m *mp, const siginfo_t *info)
{
	return false;
}

#endif

SIG_CODE static void
on_signal(struct g *gp, int sig, siginfo_t *info, void *uc)
{
	uint16_t flags = rt_sigtable[sig].flags;

	if (sig == SIGURG) {
		bool asked = rt_hold_asked(gp, uc);

		if (rt_preempt_signal(gp, info, uc) || asked)
			return;
	}
	if (rt_crash_is_reporter() && sent_by_another(info))
		return; /* it is dying as fast as it can */
	if (goroutine_fault(gp, info, flags)) {
		rt_sigpanic_prepare(gp, (uint32_t)sig,
		    (uintptr_t)info->si_code, (uintptr_t)info->si_addr, uc);
		return;
	}
	if (program_takes(sig, info, uc) || (flags & SF_IGNORE))
		return;
	if (held_back(gp->m, info))
		return;
	if (flags & SF_KILL)
		rt_dieofsignal((uint32_t)sig);
	if ((flags & (SF_THROW | SF_PANIC)) == 0)
		return;
	rt_fatal_signal((uint32_t)sig, info, uc);
}

/* A thread that is no M: nothing of a goroutine's can be touched. */
SIG_CODE static void
on_foreign_thread(int sig, siginfo_t *info, void *uc)
{
	uint16_t flags = rt_sigtable[sig].flags;

	if (sig == SIGURG && rt_preempt_is_ours(info))
		return;
	if (program_takes(sig, info, uc))
		return;
	if (flags & SF_KILL)
		rt_dieofsignal((uint32_t)sig);
	if (flags & (SF_THROW | SF_PANIC)) {
		rt_printf("runtime: %s, at pc %#lx, on a thread that gort did "
		          "not make\n",
		    rt_sigtable[sig].name,
		    (unsigned long)((const ucontext_t *)uc)
		        ->uc_mcontext.gregs[REG_RIP]);
		rt_dieofsignal((uint32_t)sig);
	}
}

extern const char __start_rt_sighandler_text[], __stop_rt_sighandler_text[];

/*
 * Did the handler itself fault, before it came so far that on_signal could say
 * so? The thread's g or m is broken: then it would for ever. A SIGSEGV that
 * somebody sent may find the handler at work on another signal; that is no fault.
 */
SIG_CODE static bool
handler_faulted(int sig, const siginfo_t *info, const ucontext_t *uc)
{
	const char *pc = (const char *)uc->uc_mcontext.gregs[REG_RIP];

	return (sig == SIGSEGV || sig == SIGBUS) && !sent_by_user(info) &&
	    pc >= __start_rt_sighandler_text && pc < __stop_rt_sighandler_text;
}

SIG_CODE static void RT_NORETURN
die_in_handler(int sig, const ucontext_t *uc)
{
	char text[96];
	int n = rt_snprintf(text, sizeof(text),
	    "runtime: fault in the signal handler, at pc %#lx\n",
	    (unsigned long)uc->uc_mcontext.gregs[REG_RIP]);

	rt_write_fd(2, text, (size_t)n);
	rt_dieofsignal((uint32_t)sig);
	__builtin_trap();
}

SIG_CODE __attribute__((section("rt_sighandler_text"), noinline)) static void
sighandler(int sig, siginfo_t *info, void *uc)
{
	struct g *gp = rt_getg();
	uintptr_t guard = rt_guard_word();
	int saved = errno;

	if (RT_UNLIKELY(handler_faulted(sig, info, uc)))
		die_in_handler(sig, uc);

	if (gp == NULL || gp->m == NULL) {
		on_foreign_thread(sig, info, uc);
	} else {
		if (gp->m->gsignal != NULL)
			rt_setg_unchecked(gp->m->gsignal);
		on_signal(gp, sig, info, uc);
		/* perhaps poisoned: before, or by this very signal, whose
		 * poison went into the handler's word */
		if (atomic_load_explicit(&gp->preempt, memory_order_relaxed)
		    && guard != 0)
			guard = UINTPTR_MAX;
		rt_setg_guard(gp, guard);
	}
	errno = saved;
}

void
rt_signal_m(struct m *mp, int sig)
{
	syscall(SYS_tgkill, getpid(), (pid_t)mp->tid, sig);
}
