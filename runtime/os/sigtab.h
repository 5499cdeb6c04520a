/*
 * sigtab.h - what is done with each signal. sigtab_linux.c has the table.
 */
#ifndef RT_SIGTAB_H
#define RT_SIGTAB_H

#include <stdbool.h>
#include <stdint.h>

#define RT_NSIG 65

enum sig_flag {
	SF_NOTIFY = 1 << 0,  /* programs may ask for it: signal.Notify */
	SF_KILL = 1 << 1,    /* nobody asked: die by it, silently */
	SF_THROW = 1 << 2,   /* nobody asked: dump all goroutines, exit 2 */
	SF_PANIC = 1 << 3,   /* raised by the kernel for a fault: panic */
	SF_DEFAULT = 1 << 4, /* not installed before somebody asks for it */
	SF_UNBLOCK = 1 << 5, /* open in every thread's mask, come what may */
	SF_IGNORE = 1 << 6,  /* nobody asked: nothing happens */
};

struct sigtab_row {
	uint16_t flags; /* 0: never touched (SIGKILL, libc's own) */
	const char *name;
};
extern const struct sigtab_row rt_sigtable[RT_NSIG];

/* ---- sigqueue.c ---- */

/*
 * From a handler: pass sig to the signal goroutine. True when somebody asked
 * for it (then the default action must not follow). Async-signal-safe: atomics
 * and one futex call.
 */
bool rt_sigsend(uint32_t sig);
void rt_sigqueueinit(void);

/* ---- signal_unix.c, for sigqueue.c ---- */

/* Install our handler for sig. */
void rt_sig_install(uint32_t sig);
/* Nobody wants sig any more: put back what was there before us, if that is
 * what the boot would have left. */
void rt_sig_unwant(uint32_t sig);
void rt_sig_ignore(uint32_t sig); /* the kernel drops it from now on */
/* Was sig ignored when we were started, and is left so until it is wanted? */
bool rt_sig_kept_ignored(uint32_t sig);
/* In a forked child: default actions again for all that we handle. */
void rt_sig_default_all(void);

#endif
