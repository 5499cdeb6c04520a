/*
 * futex_linux.c - a word that threads sleep on.
 *
 * rt_futexsleep looks at the word and falls asleep in one step of the kernel's,
 * so that a store followed by rt_futexwakeup is never missed in between; all of
 * lock/lock_futex.c is built on that.
 */
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include "fault/fault.h"
#include "lock/lock.h"

/*
 * The system call by hand: libc's wrapper writes errno, whose address the
 * compiler may have kept from another thread. -errno in rax is ignored: what
 * matters is the word, and every caller looks at it again.
 */
static long
futex(_Atomic uint32_t *addr, int op, uint32_t val, const struct timespec *ts)
{
	register const struct timespec *r10 __asm__("r10") = ts;
	long ret;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "0"((long)SYS_futex), "D"(addr),
	                 "S"((long)(op | FUTEX_PRIVATE_FLAG)), "d"((long)val),
	                 "r"(r10)
	                 : "rcx", "r11", "memory");
	return ret;
}

void
rt_futexsleep(_Atomic uint32_t *addr, uint32_t val, int64_t ns)
{
	struct timespec ts;

	if (ns < 0) {
		futex(addr, FUTEX_WAIT, val, NULL);
		return;
	}
	ts.tv_sec = ns / 1000000000;
	ts.tv_nsec = ns % 1000000000;
	futex(addr, FUTEX_WAIT, val, &ts);
}

void
rt_futexwakeup(_Atomic uint32_t *addr, uint32_t cnt)
{
	long ret = futex(addr, FUTEX_WAKE,
	    cnt > INT_MAX ? (uint32_t)INT_MAX : cnt, NULL);

	if (ret < 0) {
		rt_printf("runtime: futexwakeup addr=%p returned %ld\n",
		    (void *)addr, ret);
		rt_throw("futexwakeup");
	}
}
