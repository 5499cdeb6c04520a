/*
 * lines.c - from a pc to file and line, by libdw.
 *
 * DWARF is not read by hand. libdw (elfutils) is loaded when the first line is
 * wanted, so that a program that never crashes pays nothing, and a machine
 * without it still gets names and offsets. Loading and reading take malloc's
 * and the loader's locks. That is sound for a thread at an ordinary place, for
 * a goroutine that panicked or threw, and for a signal that hit the program's
 * or the runtime's own text; it is not when the signal hit foreign text, since
 * the interrupted code may be malloc itself. Then lines are forbidden for the
 * rest of the process (rt_symtab_allow_lines) and the dump has no line
 * numbers: better than a dump that hangs.
 *
 * One thread at a time (a lock by thread id: a crash inside libdw must not
 * wait for itself, and a waiter gives up after a second). The work is done on
 * a stack of its own, mapped once: goroutine and signal stacks are too small.
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
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINES_STACK_BYTES ((size_t)512 << 10)
#define LOCK_PATIENCE_MS 1000

static _Atomic bool forbidden;
static _Atomic uint32_t owner; /* thread id */

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
	return SYM(begin, "dwfl_begin") &&
	    SYM(report_elf, "dwfl_report_elf") &&
	    SYM(report_end, "dwfl_report_end") &&
	    SYM(addrmodule, "dwfl_addrmodule") &&
	    SYM(getsrc, "dwfl_module_getsrc") &&
	    SYM(lineinfo, "dwfl_lineinfo");
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

/* On our own stack. */
static void
answer(void *arg)
{
	struct question *q = arg;
	Dwfl_Module *mod;
	Dwfl_Line *line;
	int lineno = 0;

	if (state == UNTRIED) {
		state = FAILED; /* also if this crashes */
		if (!load_libdw() || (dwfl = dw.begin(&callbacks)) == NULL)
			return;
		report_modules();
		state = READY;
	}
	mod = dw.addrmodule(dwfl, q->pc);
	line = mod == NULL ? NULL : dw.getsrc(mod, q->pc);
	if (line == NULL)
		return;
	q->file = dw.lineinfo(line, NULL, &lineno, NULL, NULL, NULL);
	q->line = lineno > 0 ? (uint32_t)lineno : 0;
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

void
rt_symtab_allow_lines(bool allow)
{
	if (!allow)
		atomic_store(&forbidden, true);
}

void
rt_line_of(uintptr_t pc, const struct rt_module *m, const char **ret_file,
    uint32_t *ret_line)
{
	struct question q = { .pc = pc };
	struct gobuf from, to;
	void *p;

	if (atomic_load(&forbidden) || !lock_lines())
		return;
	if (stack == NULL) {
		p = mmap(NULL, LINES_STACK_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			state = FAILED;
		else
			stack = p;
	}
	if (state != FAILED) {
		to.sp = (uintptr_t)stack + LINES_STACK_BYTES - 64;
		rt_ctx_call(&from, &to, answer, &q);
	}
	atomic_store(&owner, 0);
	if (q.file != NULL) {
		*ret_file = q.file;
		*ret_line = q.line;
	}
}
