/*
 * lines.c - from a pc to file and line, by libdw.
 *
 * DWARF is not read by hand. libdw (elfutils) is loaded when the first line is
 * wanted, so that a program that never crashes pays nothing, and a machine
 * without it still gets names and offsets.
 *
 * Loading and reading take malloc's and the loader's locks. A thread at an
 * ordinary place may do that. A thread that reports a crash may have been
 * interrupted anywhere, inside malloc too: then the lock is never free again,
 * or the heap is what is broken and reading faults once more. Where it was
 * can't be told from the pc (an idle program is always interrupted in libc, in
 * a wait), so it is tried, with a way out: the reporter sets a timer on itself
 * and leaves a context (catch_amd64.S) in front of the attempt. A timeout, a
 * fault or an abort inside jumps back there, and the rest of the dump has no
 * lines: better than a dump that hangs. The locks left behind hurt nobody; the
 * process is about to end, and the dump uses nothing else of libc's.
 *
 * One thread at a time, by a lock that knows its owner; a waiter gives up
 * after a second. The work is done on a stack of its own, mapped once:
 * goroutine and signal stacks are too small for libdw.
 *
 * Modules are reported by hand from modulesinit's list, each with its own load
 * bias, so it is the same for position-independent programs and others. Debug
 * information is taken from the object itself only; libdw's standard search
 * could go as far as a network server, from a dying process.
 *
 * Strings handed out belong to the Dwfl session, which is never ended.
 */
#include "config.h"

#include "fault/crash.h"
#include "fault/fault.h"

#include "arch/arch.h"
#include "os/os.h"

#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LINES_STACK_BYTES ((size_t)512 << 10)
#define LOCK_PATIENCE_MS 1000
#define TRY_SECONDS 2

static _Atomic bool forbidden;
static _Atomic uint32_t owner; /* thread id */
static _Atomic bool trying;    /* the reporter is inside, escape is set */
static struct gobuf escape;    /* owner */
static bool escaped;           /* owner */

/* Below: the owner's only. */
static enum { UNTRIED, READY, FAILED } state;
static char *stack;
static Dwfl *dwfl;
static struct {
	__typeof__(dwfl_begin) *begin;
	__typeof__(dwfl_report_elf) *report_elf;
	__typeof__(dwfl_report_end) *report_end;
	__typeof__(dwfl_addrmodule) *addrmodule;
	__typeof__(dwfl_module_getsrc) *getsrc;
	__typeof__(dwfl_lineinfo) *lineinfo;
	__typeof__(dwfl_module_nextcu) *nextcu;
	__typeof__(dwarf_haspc) *haspc;
	__typeof__(dwarf_getsrc_die) *getsrc_die;
	__typeof__(dwarf_lineno) *lineno;
	__typeof__(dwarf_linesrc) *linesrc;
} dw;

/* No search for separate debug files: what the object holds is what we use. */
static int
no_debuginfo(Dwfl_Module *mod, void **userdata, const char *modname,
    Dwarf_Addr base, const char *file_name, const char *debuglink_file,
    GElf_Word debuglink_crc, char **debuginfo_file_name)
{
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_debuginfo = no_debuginfo,
};

static bool
load_libdw(void)
{
	void *h = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);

	if (h == NULL)
		return false;
#define SYM(field, name) ((dw.field = dlsym(h, name)) != NULL)
	return SYM(begin, "dwfl_begin") && SYM(report_elf, "dwfl_report_elf") &&
	    SYM(report_end, "dwfl_report_end") &&
	    SYM(addrmodule, "dwfl_addrmodule") &&
	    SYM(getsrc, "dwfl_module_getsrc") &&
	    SYM(lineinfo, "dwfl_lineinfo") &&
	    SYM(nextcu, "dwfl_module_nextcu") && SYM(haspc, "dwarf_haspc") &&
	    SYM(getsrc_die, "dwarf_getsrc_die") &&
	    SYM(lineno, "dwarf_lineno") && SYM(linesrc, "dwarf_linesrc");
#undef SYM
}

static void
report_modules(void)
{
	for (const struct rt_module *m = rt_modules(); m; m = m->next) {
		const char *path =
		    m == rt_modules() ? "/proc/self/exe" : m->path;
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue; /* the vdso has no file */
		/* libdw keeps the descriptor when it took the module */
		if (dw.report_elf(dwfl, m->path, path, fd, m->base, true) ==
		    NULL)
			close(fd);
	}
	dw.report_end(dwfl, NULL, NULL);
}

struct question {
	uintptr_t pc;
	const char *file;
	uint32_t line;
};

/* By the module's table of address ranges; clang makes none. */
static bool
ask_aranges(struct question *q, Dwfl_Module *mod)
{
	Dwfl_Line *line = dw.getsrc(mod, q->pc);
	int lineno = 0;

	if (line == NULL)
		return false;
	q->file = dw.lineinfo(line, NULL, &lineno, NULL, NULL, NULL);
	q->line = lineno > 0 ? (uint32_t)lineno : 0;
	return q->file != NULL;
}

/* By asking one compilation unit after the other. */
static void
ask_units(struct question *q, Dwfl_Module *mod)
{
	Dwarf_Addr bias;

	for (Dwarf_Die *cu = dw.nextcu(mod, NULL, &bias); cu != NULL;
	     cu = dw.nextcu(mod, cu, &bias)) {
		Dwarf_Line *line;
		int lineno = 0;

		if (dw.haspc(cu, q->pc - bias) <= 0)
			continue;
		line = dw.getsrc_die(cu, q->pc - bias);
		if (line == NULL)
			return;
		q->file = dw.linesrc(line, NULL, NULL);
		dw.lineno(line, &lineno);
		q->line = lineno > 0 ? (uint32_t)lineno : 0;
		return;
	}
}

/* On our own stack. */
static void
answer(void *arg)
{
	struct question *q = arg;
	Dwfl_Module *mod;

	if (state == UNTRIED) {
		state = FAILED; /* also if this crashes */
		if (!load_libdw() || (dwfl = dw.begin(&callbacks)) == NULL)
			return;
		report_modules();
		state = READY;
	}
	mod = dw.addrmodule(dwfl, q->pc);
	if (mod != NULL && !ask_aranges(q, mod))
		ask_units(q, mod);
}

static bool
lock_lines(void)
{
	uint32_t me = (uint32_t)syscall(SYS_gettid), none = 0;

	for (int i = 0; i < LOCK_PATIENCE_MS; i++) {
		if (atomic_compare_exchange_strong(&owner, &none, me))
			return true;
		if (none == me)
			return false; /* we crashed inside */
		none = 0;
		usleep(1000);
	}
	return false;
}

/* ---- the way out, for the reporter of a crash ---- */

void
rt_lines_escape(void)
{
	if (!atomic_load(&trying) ||
	    atomic_load(&owner) != (uint32_t)syscall(SYS_gettid))
		return;
	atomic_store(&trying, false);
	escaped = true;
	rt_ctx_jump(&escape);
}

static void
on_timeout(int sig)
{
	rt_lines_escape();
}

static void
set_timer(timer_t t, int seconds)
{
	struct itimerspec its = { .it_value.tv_sec = seconds };

	/* the library's timer functions may allocate; the kernel's don't */
	syscall(SYS_timer_settime, t, 0, &its, NULL);
}

/* SIGALRM in this thread, on whatever stack it is. False: no timer. */
static bool
make_timer(timer_t *ret)
{
	struct sigaction sa = { .sa_handler = on_timeout };
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM };
	int id;

	ev._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	if (sigaction(SIGALRM, &sa, NULL) != 0 ||
	    syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id) != 0)
		return false;
	*ret = (timer_t)(intptr_t)id;
	return true;
}

static void
unblock(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT,
		SIGALRM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaddset(&set, sigs[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void
on_lines_stack(void *q)
{
	struct gobuf from, to;

	to.sp = (uintptr_t)stack + LINES_STACK_BYTES - 64;
	rt_ctx_call(&from, &to, answer, q);
}

static void
try_answer(struct question *q)
{
	static timer_t timer;
	static bool have_timer;

	if (!have_timer && !(have_timer = make_timer(&timer))) {
		atomic_store(&forbidden, true);
		return;
	}
	unblock();
	escaped = false;
	set_timer(timer, TRY_SECONDS);
	atomic_store(&trying, true);
	rt_catch_call(&escape, on_lines_stack, q);
	atomic_store(&trying, false);
	set_timer(timer, 0);
	if (!escaped)
		return;
	atomic_store(&forbidden, true);
	q->file = NULL;
	unblock(); /* we may have come out of a handler */
}

static bool
make_stack(void)
{
	void *p;

	if (stack != NULL)
		return true;
	p = mmap(NULL, LINES_STACK_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	stack = p;
	return true;
}

void
rt_line_of(uintptr_t pc, const char **ret_file, uint32_t *ret_line)
{
	struct question q = { .pc = pc };

	if (atomic_load(&forbidden) || !lock_lines())
		return;
	if (state != FAILED && make_stack()) {
		if (rt_crash_is_reporter())
			try_answer(&q);
		else
			on_lines_stack(&q);
	}
	atomic_store(&owner, 0);
	if (q.file != NULL) {
		*ret_file = q.file;
		*ret_line = q.line;
	}
}
