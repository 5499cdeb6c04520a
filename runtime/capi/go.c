/*
 * go.c - gort.h: goroutines, threads, the process, chance.
 *
 * Functions that user code may call in a loop without ever parking look for a
 * pending preemption first: a C program is asked to yield, never forced.
 */
#include "config.h"
#include "capi/capi.h"

#include <stdio.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "boot/boot.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"
#include "sched/container.h"
#include "sched/oracle.h"
#include "sched/sched.h"

const char *
gort_version(void)
{
	return PACKAGE_NAME " " PACKAGE_VERSION;
}

static void *
flush_stdio(void *arg)
{
	fflush(NULL);
	return NULL;
}

void
gort_exit(int code)
{
	code = rt_leak_exit_code(code);
	gort_call_on_thread_stack(flush_stdio, NULL);
	rt_exit(code);
}

int
gort_debug_set(const char *k, const char *value)
{
	return rt_debug_set(k, value);
}

/* ---- goroutines ---- */

void
gort_go(void (*fn)(void *arg), void *arg)
{
	rt_preempt_check();
	rt_newproc(fn, arg, RT_CALLERPC());
}

void
gort_yield(void)
{
	rt_gosched();
}

void
gort_goexit(void)
{
	rt_goexit();
}

uint64_t
gort_goid(void)
{
	return rt_getg()->goid;
}

int64_t
gort_num_goroutine(void)
{
	return rt_gcount();
}

int
gort_gomaxprocs(int n)
{
	if (n <= 0)
		return rt_gomaxprocs;
	rt_container_procs_chosen();
	return rt_gomaxprocs_set(n);
}

void
gort_lock_os_thread(void)
{
	rt_lock_os_thread();
}

void
gort_unlock_os_thread(void)
{
	rt_unlock_os_thread();
}

void
gort_nopreempt_begin(void)
{
	rt_acquirem();
}

void
gort_nopreempt_end(void)
{
	rt_releasem(rt_getg()->m);
}

/* ---- foreign code ---- */

/* The frame that enters the system call stays until it has left it: its stack
 * is what a traceback and a collection see meanwhile. */
void *
gort_call_blocking(void *(*fn)(void *arg), void *arg)
{
	void *ret;

	rt_entersyscall();
	ret = fn(arg);
	rt_exitsyscall();
	return ret;
}

struct thread_call {
	void *(*fn)(void *arg);
	void *arg, *ret;
};

static void
run_on_thread(void *p)
{
	struct thread_call *c = p;

	c->ret = c->fn(c->arg);
}

void *
gort_call_on_thread_stack(void *(*fn)(void *arg), void *arg)
{
	struct thread_call c = { fn, arg, NULL };

	rt_entersyscall();
	rt_systemstack(run_on_thread, &c);
	rt_exitsyscall();
	return c.ret;
}

/* ---- chance ---- */

uint64_t
gort_rand64(void)
{
	return rt_fastrand64();
}

uint32_t
gort_randn(uint32_t n)
{
	return n == 0 ? 0 : rt_fastrandn(n);
}
