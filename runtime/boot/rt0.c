/*
 * rt0.c - rt0_go: the order of the bootstrap, up to the first schedule.
 *
 * _rt0_amd64_linux (crt_linux_amd64.S) -> libc's _start -> main (libcmain.c)
 * -> rt0_go. From here the order is Go's. We run on the thread's own stack as
 * g0 of m0, and never go back: the last call enters the scheduler, which finds
 * one runnable goroutine, runtime.main.
 *
 * A Check test has an entry and a main of its own; it boots in its forked
 * child by rt_boot_test, which is the same way from rt0_go on with another
 * main.main.
 */
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "boot/mainfn.h"
#include "boot/note.h"
#include "boot/sections.h"
#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#include <string.h>
#include <sys/resource.h>

int64_t rt_rt0_time_ns;
uintptr_t rt_rt0_args;

static int64_t init_time_ns; /* const after rt0_go's first lines */

int64_t
rt_runtime_init_time_ns(void)
{
	return init_time_ns;
}

/*
 * Log what happened before there was a log: the entry and libc's start (which
 * relocates a static program and sets up its thread structure).
 */
static void
log_entry(void)
{
	int64_t now = rt_nanotime();

	if (&rt_crt != NULL && rt_crt.time_ns != 0) {
		rt_rt0_time_ns = rt_crt.time_ns;
		rt_rt0_args = rt_crt.args;
	}
	init_time_ns = rt_rt0_time_ns != 0 ? rt_rt0_time_ns : now;
	if (rt_rt0_time_ns != 0) {
		rt_boot_past("_rt0_amd64_linux", rt_rt0_time_ns,
		    rt_rt0_time_ns, "ELF entry");
		rt_boot_past("_rt0_amd64", rt_rt0_time_ns, now,
		    "libc's _start up to main");
	}
}

/*
 * g0 of m0 borrows the process's first stack, all of it from where the kernel
 * put the arguments (the loader keeps that address): frames above us may hold
 * the only reference to something, and sanitizers want to know the bounds. Its
 * lower end is the stack limit, 64 MiB at most so that an unlimited stack
 * gives no absurd range.
 */
extern void *__libc_stack_end;

static void
tlsinit(void)
{
	int step = rt_boot_begin("tlsinit");
	struct rlimit rl;
	size_t room = (size_t)64 << 20;

	if (getrlimit(RLIMIT_STACK, &rl) == 0 && rl.rlim_cur < room)
		room = rl.rlim_cur;
	rt_g0.stack.hi = (uintptr_t)__libc_stack_end & ~(uintptr_t)15;
	rt_g0.stack.lo = rt_g0.stack.hi - room * 7 / 8;
	rt_g0.m = &rt_m0;
	rt_m0.g0 = &rt_g0;
	atomic_store(&rt_g0.atomicstatus, G_RUNNING);
	rt_setg_unchecked(&rt_g0);
	if (rt_getg() != &rt_g0)
		rt_throw("tlsinit: the thread does not see its g");
	rt_boot_end(step, "g0 on the first thread's stack, %zu KiB", room >> 10);
}

/*
 * What the processor must be told before C code counts on it. SSE control and
 * the x87 control word could have been left odd by whoever executed us; Go and
 * the ABI want all exceptions masked, rounding to nearest.
 */
static void
asminit(void)
{
	int step = rt_boot_begin("asminit");
	uint32_t was = __builtin_ia32_stmxcsr() & ~0x3fu; /* sticky flags */
	uint16_t cw = 0x37f, got;

	__builtin_ia32_ldmxcsr(0x1f80);
	__asm__ volatile("fldcw %0" : : "m"(cw));
	__asm__ volatile("fnstcw %0" : "=m"(got));
	rt_boot_end(step, "mxcsr 0x%x was 0x%x, x87 control 0x%x", 0x1f80u, was,
	    (unsigned)got);
}

static void
boot_args(int argc, char **argv)
{
	int step = rt_boot_begin("args");

	rt_args(argc, argv);
	rt_sysargs(argc, argv);
	rt_boot_end(step, "%d arguments", argc);
}

static void
boot_os(void)
{
	int step = rt_boot_begin("osinit");

	rt_osinit();
	rt_boot_end(step, "%d CPUs, page %zu", rt_ncpu, rt_physpagesize);
}

static void
boot_main_goroutine(void)
{
	int step = rt_boot_begin("newproc");
	struct g *gp = rt_newproc(rt_main, NULL, (uintptr_t)rt0_go);

	rt_boot_end(step, "goroutine %lu is runtime.main",
	    (unsigned long)gp->goid);
}

void
rt0_go(int argc, char **argv)
{
	log_entry();
	rt_boot_begin("rt0_go"); /* runtime.main ends it, and mstart */
	tlsinit();
	rt_check();
	rt_language_check();
	asminit();
	boot_args(argc, argv);
	boot_os();
	rt_schedinit();
	boot_main_goroutine();
	rt_boot_begin("mstart");
	rt_mstart();
}

/* ---- sanitizers ---- */

#ifdef RT_ASAN
/*
 * The leak checker knows one stack a thread: memory that only a parked
 * goroutine or a thread's own stack below it refers to looks lost, and our
 * heap is not its heap. Tests of the runtime would fail by chance.
 */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}
#endif

/* ---- tests ---- */

void
rt_boot_test(int (*body)(void *), void *arg)
{
	static char name[] = "check";
	static char *argv[] = { name, NULL };

	rt_mainfn_set(body, arg);
	rt0_go(1, argv);
}
