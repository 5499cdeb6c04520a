/*
 * syscall.c - fork and exec, as package syscall calls them around its bare
 * system calls. os/fork_linux.c says what must hold there.
 */
#include "gccgo/gccgo.h"

#include "os/os.h"

void go_before_fork(void) GO("syscall.runtime__BeforeFork");
void go_after_fork(void) GO("syscall.runtime__AfterFork");
void go_after_fork_in_child(void) GO("syscall.runtime__AfterForkInChild");
void go_before_exec(void) GO("syscall.runtime__BeforeExec");
void go_after_exec(void) GO("syscall.runtime__AfterExec");

void
go_before_fork(void)
{
	rt_before_fork();
}

void
go_after_fork(void)
{
	rt_after_fork();
}

void
go_after_fork_in_child(void)
{
	rt_after_fork_in_child();
}

void
go_before_exec(void)
{
	rt_before_exec();
}

void
go_after_exec(void)
{
	rt_after_exec();
}
