/*
 * signals.c - gort.h: signals as values in a channel; os/ catches them.
 */
#include "capi/capi.h"

#include <errno.h>
#include <signal.h>

#include "chan/chan.h"
#include "os/os.h"
#include "os/sigtab.h"

#define SIG_LAST 64

/* Not SIGKILL and SIGSTOP, nor those that are a fault of the code that gets
 * them (SIGSEGV is its panic), nor the two that libc keeps for itself. */
static bool
can_catch(int sig)
{
	return sig > 0 && sig <= SIG_LAST &&
	    (rt_sigtable[sig].flags & SF_NOTIFY) != 0;
}

/* The whole list is checked before the first is enabled. */
int
gort_notify(gort_chan *c, ...)
{
	va_list ap;
	int sig, err = 0;

	if (c == NULL || capi_hchan(c)->elemsize != sizeof(int))
		return -EINVAL;
	va_start(ap, c);
	while (err == 0 && (sig = va_arg(ap, int)) != 0) {
		if (!can_catch(sig))
			err = -EINVAL;
	}
	va_end(ap);
	if (err != 0)
		return err;
	va_start(ap, c);
	while ((sig = va_arg(ap, int)) != 0)
		rt_signal_enable((uint32_t)sig, capi_hchan(c));
	va_end(ap);
	return 0;
}

void
gort_notify_stop(gort_chan *c)
{
	uint32_t sig;

	for (sig = 1; sig <= SIG_LAST; sig++)
		rt_signal_disable(sig, capi_hchan(c));
}
