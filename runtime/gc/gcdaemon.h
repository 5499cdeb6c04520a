/*
 * gcdaemon.h - goroutines of the runtime's own that sleep until wanted. mgc.c.
 */
#ifndef RT_GCDAEMON_H
#define RT_GCDAEMON_H

#include "runtime2.h"

/*
 * wake may be called at any time by any thread, also without a P; a wake that
 * comes before the sleep is not lost: the next park returns at once.
 */
struct gc_daemon {
	struct g *gp; /* set by itself before the first park */
	_Atomic uint32_t asleep;  /* 1: gp is parked and may be readied */
	_Atomic uint32_t pending; /* a wake that found it awake */
};
void rt_gcdaemon_park(struct gc_daemon *d, enum wait_reason why);
void rt_gcdaemon_wake(struct gc_daemon *d);
/* From a goroutine: it runs next on this P, in the caller's place when that
 * yields (rt_goyield). */
void rt_gcdaemon_wake_next(struct gc_daemon *d);

#endif
