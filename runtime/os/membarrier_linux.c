/*
 * membarrier_linux.c - a barrier in all the other threads, made by one.
 *
 * Two threads that each write a word and then read the other's need a full
 * barrier between both, on both sides, or both may miss what the other wrote.
 * Where one side does so millions of times a second and the other seldom, the
 * seldom one can pay for both: membarrier(2) returns when every running thread
 * of the process has passed a full barrier since the call (who does not run
 * passed one when it was switched out). The frequent side then needs no more
 * than that the compiler keeps its order.
 *
 * It costs a system call, and an interrupt for each processor that runs a
 * thread of ours: 0.2 us alone, 1 to 2 us beside a busy thread, 20 in a
 * virtual machine that is itself in one. So it is for who is about to sleep,
 * not for who is about to look.
 *
 * Without it (a kernel before 4.14, a sandbox that refuses) rt_membarrier does
 * nothing, and the frequent side asks rt_membarrier_works and makes its own
 * barrier. The word is set before there is a second thread.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>

#include "fault/fault.h"
#include "os/os.h"

bool rt_membarrier_works;

/* By hand, as in futex_linux.c: libc's wrapper writes errno. */
static long
membarrier(int cmd)
{
	long ret;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "0"((long)SYS_membarrier), "D"((long)cmd),
	                 "S"(0L), "d"(0L)
	                 : "rcx", "r11", "memory");
	return ret;
}

void
rt_membarrier_init(void)
{
	rt_membarrier_works =
	    membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

void
rt_membarrier(void)
{
	long ret;

	if (!rt_membarrier_works)
		return;
	ret = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	if (ret == -EPERM) { /* a fork's child, which has not asked for it */
		membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
		ret = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	}
	if (ret != 0) {
		rt_printf("runtime: membarrier returned %ld\n", ret);
		rt_throw("membarrier");
	}
}
