/*
 * signal.c - what os/signal and os know of signals. os/sigqueue.c delivers.
 */
#include "gccgo/gccgo.h"

#include <signal.h>

#include "os/os.h"

void go_signal_enable(uint32_t sig) GO("os_1signal.signal__enable");
void go_signal_disable(uint32_t sig) GO("os_1signal.signal__disable");
void go_signal_ignore(uint32_t sig) GO("os_1signal.signal__ignore");
bool go_signal_ignored(uint32_t sig) GO("os_1signal.signal__ignored");
uint32_t go_signal_recv(void) GO("os_1signal.signal__recv");
void go_signal_waituntilidle(void) GO("os_1signal.signalWaitUntilIdle");
void go_os_sigpipe(void) GO("os.sigpipe");

void
go_signal_enable(uint32_t sig)
{
	rt_signal_want(sig);
}

void
go_signal_disable(uint32_t sig)
{
	rt_signal_unwant(sig);
}

void
go_signal_ignore(uint32_t sig)
{
	rt_signal_ignore(sig);
}

bool
go_signal_ignored(uint32_t sig)
{
	return rt_signal_ignored(sig);
}

uint32_t
go_signal_recv(void)
{
	return rt_signal_recv();
}

void
go_signal_waituntilidle(void)
{
	rt_signal_wait_idle();
}

/* A write to standard output or error found nobody reading. */
void
go_os_sigpipe(void)
{
	rt_signal_broken_pipe();
}
