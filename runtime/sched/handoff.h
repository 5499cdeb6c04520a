/*
 * handoff.h - parking under locks of plock.h, with a direct switch to whoever
 * is next. handoff.c.
 */
#ifndef RT_HANDOFF_H
#define RT_HANDOFF_H

#include "runtime2.h"

/*
 * Block the running user goroutine, which has queued itself under l (taken by
 * rt_plock, and the only lock held). l is released once its context is saved.
 * Returns when somebody has readied it, perhaps on another thread.
 */
void rt_gopark_plock(struct rt_mutex *l, enum wait_reason reason);
/*
 * The same with several: unlock(gp) releases all of them by rt_punlock. It is
 * called on a foreign stack, must not be deep, and while it runs gp may be
 * awake already, as soon as the first lock is free.
 */
void rt_gopark_plocks(void (*unlock)(void *gp), enum wait_reason reason,
    int32_t locks);

#endif
