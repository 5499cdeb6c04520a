/*
 * sigtab_linux.c - what Go does with each signal of Linux, as a table.
 */
#include "os/sigtab.h"
#include "os/os.h"

#include "fault/fault.h"

#define N SF_NOTIFY
#define K SF_KILL
#define T SF_THROW
#define P SF_PANIC
#define D SF_DEFAULT
#define U SF_UNBLOCK
#define I SF_IGNORE

/* clang-format off */
const struct sigtab_row rt_sigtable[RT_NSIG] = {
	[SIGHUP]    = { N | K,         "SIGHUP: terminal line hangup" },
	[SIGINT]    = { N | K,         "SIGINT: interrupt" },
	[SIGQUIT]   = { N | T,         "SIGQUIT: quit" },
	[SIGILL]    = { T | U,         "SIGILL: illegal instruction" },
	[SIGTRAP]   = { T | U,         "SIGTRAP: trace trap" },
	[SIGABRT]   = { N | T,         "SIGABRT: abort" },
	[SIGBUS]    = { P | U,         "SIGBUS: bus error" },
	[SIGFPE]    = { P | U,         "SIGFPE: floating-point exception" },
	[SIGKILL]   = { 0,             "SIGKILL: kill" },
	[SIGUSR1]   = { N,             "SIGUSR1: user-defined signal 1" },
	[SIGSEGV]   = { P | U,         "SIGSEGV: segmentation violation" },
	[SIGUSR2]   = { N,             "SIGUSR2: user-defined signal 2" },
	[SIGPIPE]   = { N | I,         "SIGPIPE: write to broken pipe" },
	[SIGALRM]   = { N,             "SIGALRM: alarm clock" },
	[SIGTERM]   = { N | K,         "SIGTERM: termination" },
	[SIGSTKFLT] = { T | U,         "SIGSTKFLT: stack fault" },
	[SIGCHLD]   = { N | U | I,     "SIGCHLD: child status has changed" },
	[SIGCONT]   = { N | D,         "SIGCONT: continue" },
	[SIGSTOP]   = { 0,             "SIGSTOP: stop, unblockable" },
	[SIGTSTP]   = { N | D,         "SIGTSTP: keyboard stop" },
	[SIGTTIN]   = { N | D,         "SIGTTIN: background read from tty" },
	[SIGTTOU]   = { N | D,         "SIGTTOU: background write to tty" },
	[SIGURG]    = { N | I,         "SIGURG: urgent condition on socket" },
	[SIGXCPU]   = { N,             "SIGXCPU: cpu limit exceeded" },
	[SIGXFSZ]   = { N,             "SIGXFSZ: file size limit exceeded" },
	[SIGVTALRM] = { N,             "SIGVTALRM: virtual alarm clock" },
	[SIGPROF]   = { N | U,         "SIGPROF: profiling alarm clock" },
	[SIGWINCH]  = { N | I,         "SIGWINCH: window size change" },
	[SIGIO]     = { N,             "SIGIO: i/o now possible" },
	[SIGPWR]    = { N,             "SIGPWR: power failure restart" },
	[SIGSYS]    = { T,             "SIGSYS: bad system call" },
	/* 32, 33: libc's thread cancellation and setuid broadcast */
	[32] = { 0, "signal 32" },  [33] = { 0, "signal 33" },
	[34] = { N, "signal 34" },  [35] = { N, "signal 35" },
	[36] = { N, "signal 36" },  [37] = { N, "signal 37" },
	[38] = { N, "signal 38" },  [39] = { N, "signal 39" },
	[40] = { N, "signal 40" },  [41] = { N, "signal 41" },
	[42] = { N, "signal 42" },  [43] = { N, "signal 43" },
	[44] = { N, "signal 44" },  [45] = { N, "signal 45" },
	[46] = { N, "signal 46" },  [47] = { N, "signal 47" },
	[48] = { N, "signal 48" },  [49] = { N, "signal 49" },
	[50] = { N, "signal 50" },  [51] = { N, "signal 51" },
	[52] = { N, "signal 52" },  [53] = { N, "signal 53" },
	[54] = { N, "signal 54" },  [55] = { N, "signal 55" },
	[56] = { N, "signal 56" },  [57] = { N, "signal 57" },
	[58] = { N, "signal 58" },  [59] = { N, "signal 59" },
	[60] = { N, "signal 60" },  [61] = { N, "signal 61" },
	[62] = { N, "signal 62" },  [63] = { N, "signal 63" },
	[64] = { N, "signal 64" },
};
/* clang-format on */

const char *
rt_signame(uint32_t sig)
{
	if (sig >= RT_NSIG || rt_sigtable[sig].name == NULL)
		return "unknown signal";
	return rt_sigtable[sig].name;
}
