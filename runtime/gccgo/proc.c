/*
 * proc.c - goroutines, threads and processors, as compiled Go calls them.
 *
 * The compiler inlines Gosched, NumCPU and NumGoroutine into user code from -O1
 * on, so what their Go bodies refer to is here beside the functions
 * themselves: runtime.mcall is reached with runtime.gosched_m only, and means
 * a yield.
 *
 * The argument of a go statement is a block in the heap (or any word); the new
 * goroutine's start record, a root, keeps it alive.
 */
#include "gccgo/gccgo.h"

#include "arch/arch.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/container.h"
#include "sched/oracle.h"
#include "sched/sched.h"

/* ---- goroutines ---- */

struct g *go_go(void (*fn)(void *), void *arg) GO("__go_go");
void go_gosched(void) GO("runtime.Gosched");
void go_mcall(const struct rt_funcval *f) GO("runtime.mcall");
int32_t go_gcount(void) GO("runtime.gcount");
intptr_t go_numgoroutine(void) GO("runtime.NumGoroutine");
extern uint32_t go_expected_system_goroutines
    GO("runtime.expectedSystemGoroutines");
uint32_t go_expected_system_goroutines;

struct g *
go_go(void (*fn)(void *), void *arg)
{
	return rt_newproc(fn, arg, RT_CALLERPC());
}

void
go_gosched(void)
{
	rt_gosched();
}

extern const struct rt_funcval go_gosched_m GO("runtime.gosched__m..f");
const struct rt_funcval go_gosched_m = { go_gosched };

void
go_mcall(const struct rt_funcval *f)
{
	if (RT_UNLIKELY(f != &go_gosched_m))
		rt_throw("mcall of an unknown function");
	rt_gosched();
}

int32_t
go_gcount(void)
{
	return (int32_t)rt_gcount();
}

intptr_t
go_numgoroutine(void)
{
	return (intptr_t)rt_gcount();
}

/* ---- threads and processors ---- */

intptr_t go_gomaxprocs(intptr_t n) GO("runtime.GOMAXPROCS");
intptr_t go_numcpu(void) GO("runtime.NumCPU");
extern int32_t go_ncpu GO("runtime.ncpu");
int32_t go_ncpu; /* const after go_procinit */
void go_lockosthread(void) GO("runtime.LockOSThread");
void go_unlockosthread(void) GO("runtime.UnlockOSThread");
void go_osyield(void) GO("runtime.osyield");
void go_procyield(uint32_t cycles) GO("runtime.procyield");
void go_usleep(uint32_t us) GO("runtime.usleep");

/* Before package initialisers run. */
void
go_procinit(void)
{
	go_ncpu = rt_ncpu;
}

intptr_t
go_gomaxprocs(intptr_t n)
{
	if (n > 0)
		rt_container_procs_chosen();
	return rt_gomaxprocs_set(n > INT32_MAX ? INT32_MAX : (int32_t)n);
}

intptr_t
go_numcpu(void)
{
	return rt_ncpu;
}

void
go_lockosthread(void)
{
	rt_lock_os_thread();
}

void
go_unlockosthread(void)
{
	rt_unlock_os_thread();
}

void
go_osyield(void)
{
	rt_osyield();
}

void
go_procyield(uint32_t cycles)
{
	rt_procyield(cycles);
}

void
go_usleep(uint32_t us)
{
	rt_usleep(us);
}

/* ---- chance ---- */

uint32_t go_fastrand(void) GO("runtime.fastrand");
uint32_t go_fastrandn(uint32_t n) GO("runtime.fastrandn");
uint64_t go_fastrand64(void) GO("runtime.fastrand64");
uint32_t go_os_fastrand(void) GO("os.fastrand");
uint32_t go_net_fastrand(void) GO("net.fastrand");
uint32_t go_sync_fastrand(void) GO("sync.fastrand");

uint32_t
go_fastrand(void)
{
	return rt_fastrand();
}

uint32_t
go_fastrandn(uint32_t n)
{
	return rt_fastrandn(n);
}

uint64_t
go_fastrand64(void)
{
	return rt_fastrand64();
}

uint32_t
go_os_fastrand(void)
{
	return rt_fastrand();
}

uint32_t
go_net_fastrand(void)
{
	return rt_fastrand();
}

uint32_t
go_sync_fastrand(void)
{
	return rt_fastrand();
}

/* ---- as values ---- */

GO_FUNCVAL(go_gosched, "runtime.Gosched");
GO_FUNCVAL(go_numgoroutine, "runtime.NumGoroutine");
GO_FUNCVAL(go_gomaxprocs, "runtime.GOMAXPROCS");
GO_FUNCVAL(go_numcpu, "runtime.NumCPU");
GO_FUNCVAL(go_lockosthread, "runtime.LockOSThread");
GO_FUNCVAL(go_unlockosthread, "runtime.UnlockOSThread");
