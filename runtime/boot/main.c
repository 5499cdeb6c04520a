/*
 * main.c - the goroutine runtime.main: from the first schedule to main.main,
 * and out.
 *
 * It is the first goroutine and runs on the first thread. While initialisers
 * run it is locked to that thread (libraries that insist on the process's
 * first thread are set up there); main.main runs unlocked.
 *
 * The runtime's own inits are five named steps, each with its work:
 *   early         descriptors 0 to 2 exist; what runs when libc's exit is
 *                 called behind our back
 *   CPU features  the variants that cpuinit picked give right results here
 *   profiling     tables of the heap, block and mutex profiles
 *   tracing       buffers of the execution trace
 *   final         the poller, and the flag that main has started
 *
 * The end: the value of main.main goes to libc's exit, so that atexit handlers
 * run and stdio is flushed. That happens on the thread's own stack, as those
 * handlers are foreign code that was never told of small stacks. While another
 * goroutine dies of a panic, main waits for it: its report must be whole.
 */
#include "config.h"
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "boot/mainfn.h"
#include "boot/memclr.h"
#include "boot/note.h"
#include "boot/runtime1.h"
#include "boot/sections.h"
#include "arch/arch.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "mem/mprof.h"
#include "os/os.h"
#include "poll/netpoll.h"
#include "sched/container.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "types/type.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int gort_main(int argc, char **argv) __attribute__((weak));

static int (*main_fn)(void *); /* tests; NULL: gort_main */
static void *main_arg;
static bool exit_reported;     /* main.main's exit wrote its record */

void
rt_mainfn_set(int (*fn)(void *), void *arg)
{
	main_fn = fn;
	main_arg = arg;
}

/* ---- the runtime's own inits ---- */

/* The program called exit itself, or a library did. */
static void
on_libc_exit(int status, void *arg)
{
	(void)arg;
	if (!exit_reported)
		rt_telemetry_exit(status & 255, 0, "exit");
}

/* A closed 0, 1 or 2 would be given to the next file that is opened, and what
 * is printed would end in there. */
static int
checkfds(void)
{
	int opened = 0;

	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", O_RDWR) != fd)
			rt_throw("checkfds: can't open /dev/null in place of "
			         "a closed standard stream");
		opened++;
	}
	return opened;
}

static void
init_early(int step)
{
	int n = checkfds();

	if (on_exit(on_libc_exit, NULL) != 0)
		rt_throw("init: no room for an exit handler");
	rt_boot_end(step, "%d standard streams were closed", n);
}

/* Each variant clears what it is told and nothing beside. */
static void
init_cpu_features(int step)
{
	static uint64_t buf[640];
	static const uint16_t words[] = { 0, 1, 2, 3, 7, 8, 17, 33, 255, 600 };
	const size_t max = sizeof buf / sizeof buf[0];
	uint64_t h;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = words[i];

		memset(buf, 0xa5, sizeof buf);
		rt_memclr(buf + 1, n * 8);
		for (size_t k = 0; k < max; k++)
			if ((buf[k] == 0) != (k > 0 && k <= n))
				rt_throw("init: memclr variant is broken");
	}
	h = rt_memhash(buf, 1, 64);
	if (h != rt_memhash(buf, 1, 64) || h == rt_memhash(buf, 2, 64))
		rt_throw("init: hash variant is broken");
	rt_boot_end(step, "memclr and %s hash tested",
	    rt_use_aeshash ? "AES" : "portable");
}

static void
init_profiling(int step)
{
	rt_mprof_init();
	rt_cpuprofinit();
	rt_boot_end(step, "one sample in %d bytes",
	    atomic_load(&rt_debug.memprofilerate));
}

static void
init_tracing(int step)
{
	rt_traceinit();
	rt_boot_end(step, "%zu KiB of buffers", rt_trace_buffers_bytes() >> 10);
}

static void
init_final(int step)
{
	rt_netpollgenericinit();
	atomic_store(&rt_mainstarted, true);
	rt_boot_end(step, "poller %s",
	    rt_netpollinited() ? "epoll" : "missing");
}

static void
runtime_inits(void)
{
	static const struct {
		const char *name;
		void (*fn)(int step);
	} inits[] = {
		{ "init early", init_early },
		{ "init CPU features", init_cpu_features },
		{ "init profiling", init_profiling },
		{ "init tracing", init_tracing },
		{ "init final", init_final },
	};
	int step = rt_boot_begin("runtime_inittasks");

	for (size_t i = 0; i < sizeof inits / sizeof inits[0]; i++)
		inits[i].fn(rt_boot_begin(inits[i].name));
	rt_boot_end(step, "%zu steps", sizeof inits / sizeof inits[0]);
}

/* ---- the rest of runtime.main ---- */

static bool need_unlock; /* goroutine 1 only */

/*
 * Go's main.func2, deferred: an initialiser that ends goroutine 1 (goexit) or
 * panics through it must not leave the thread locked to a dead goroutine.
 */
static void
main_func2(void *arg)
{
	(void)arg;
	if (!need_unlock)
		return;
	need_unlock = false;
	rt_unlock_os_thread();
}

static void
start_sysmon(void *arg)
{
	(void)arg;
	rt_newm(rt_sysmon, NULL, true);
}

static void
boot_threads(void)
{
	int step = rt_boot_begin("newm(sysmon)");

	rt_systemstack(start_sysmon, NULL);
	rt_boot_end(step, "a thread of its own, without a P");
	step = rt_boot_begin("lockOSThread");
	rt_lock_os_thread();
	need_unlock = true;
	rt_deferproc(main_func2, NULL);
	rt_boot_end(step, "runtime.main stays on m%d", rt_getg()->m->id);
}

static void
boot_collector(void)
{
	int step = rt_boot_begin("gcenable");

	rt_gcenable();
	rt_container_start();
	rt_boot_end(step, "sweeper and scavenger run");
	step = rt_boot_begin("controlinit");
	rt_control_start();
	rt_hide_own_env();
	rt_boot_end(step, "own variables removed from the environment");
}

/* Go's main.func1: back to an ordinary goroutine. */
static void
main_func1(void)
{
	int step = rt_boot_begin("main.func1");

	need_unlock = false;
	rt_unlock_os_thread();
	rt_boot_end(step, "unlocked from its thread");
}

static void
exit_on_g0(void *arg)
{
	exit((int)(intptr_t)arg);
}

/* How often others may run while one of them panics and we want to exit. */
#define PANIC_YIELDS 1000

static RT_NORETURN void
main_exit(int code)
{
	/* A goroutine that dies of a panic ends the process when it has said
	 * why; we must not be quicker. It may still recover, or run deferred
	 * calls for ever: so we wait for a while. */
	for (int i = 0; atomic_load(&rt_panics_running) != 0 &&
	     i < PANIC_YIELDS; i++)
		rt_gosched();
	if (atomic_load(&rt_panicking) != 0)
		rt_gopark(NULL, NULL, WAIT_PANICWAIT);
	code = rt_leak_exit_code(code);
	exit_reported = true;
	rt_telemetry_exit(code & 255, 0, "exit");
	rt_systemstack(exit_on_g0, (void *)(intptr_t)code);
	__builtin_trap();
}

/* What gort_main defers at its own level runs when it returns, and a panic
 * that it recovers there makes it return: 0, as Go's main.main would. */
static void
main_body(void *ret_code)
{
	int *code = ret_code;

	if (main_fn == NULL && &rt_language != NULL) {
		rt_language.main();
		return;
	}
	*code = main_fn != NULL ? main_fn(main_arg)
	                        : gort_main(rt_argc(), rt_argv());
}

/* How a mismatch is said: who is of which gort. */
static RT_NORETURN void
other_gort(const char *object, const char *version, unsigned abi, unsigned want)
{
	static char text[256]; /* outlives the call */

	rt_snprintf(text, sizeof text,
	    "%s is of gort %s (ABI %u), libgort of gort %s (ABI %u): "
	    "build the program again", object, version, abi, RT_GORT_VERSION,
	    want);
	rt_fatal(text);
}

void
rt_language_check(void)
{
	const struct rt_language *l = &rt_language;

	if (&rt_crt != NULL && rt_crt.abi != RT_CRT_ABI)
		other_gort("gort_crt.o", "of another time",
		    (unsigned)(rt_crt.abi & 0xffffffff),
		    (unsigned)(RT_CRT_ABI & 0xffffffff));
	if (l == NULL)
		return;
	if (l->bytes != sizeof(*l) || l->abi != RT_LANGUAGE_ABI)
		other_gort("gort_go.o", "of another time", l->abi,
		    RT_LANGUAGE_ABI);
	if (strcmp(l->version, RT_GORT_VERSION) != 0 ||
	    l->g_bytes != sizeof(struct g) || l->m_bytes != sizeof(struct m) ||
	    l->p_bytes != sizeof(struct p))
		other_gort("gort_go.o", l->version, l->abi, RT_LANGUAGE_ABI);
}

bool
rt_language_text(uintptr_t pc)
{
	return &rt_language != NULL &&
	    pc - (uintptr_t)rt_language.text <
	        (uintptr_t)(rt_language.etext - rt_language.text);
}

static int
main_main(void)
{
	int code = 0;

	if (main_fn == NULL && &rt_language == NULL && gort_main == NULL)
		rt_fatal("the program defines no gort_main");
	rt_protect(main_body, &code);
	return code;
}

static int32_t
threads_so_far(void)
{
	int32_t n;

	rt_lock(&rt_sched.lock);
	n = rt_mcount();
	rt_unlock(&rt_sched.lock);
	return n;
}

void
rt_main(void *arg)
{
	int step;

	(void)arg;
	rt_boot_adopt_thread();
	rt_boot_end_open("schedule", "found runtime.main");
	rt_boot_end_open("mstart1", "m0 runs goroutines");
	rt_boot_end_open("mstart0", "on the first thread's stack");
	rt_boot_end_open("mstart", "m0 is started");
	step = rt_boot_begin("runtime.main");
	boot_threads();
	runtime_inits();
	boot_collector();
	rt_run_package_inits();
	if (&rt_language != NULL)
		rt_language.inits();
	main_func1();
	rt_boot_end(step, "%d threads", threads_so_far());
	rt_boot_end_open("rt0_go", "main.main begins");
	rt_boot_seal();
	rt_telemetry_start();
	rt_control_ready();
	if (atomic_load(&rt_debug.boottrace) > 0)
		rt_boot_print();
	main_exit(main_main());
}
