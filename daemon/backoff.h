/*
 * backoff.h - how long to wait before something that died starts again.
 *
 * 100 ms, doubled at each quick death up to 30 s; what stayed up for 10 s
 * begins anew at 100 ms. Without the cap a flapping program would be forgotten
 * for hours, without the reset one that crashes weekly would be punished for
 * last month.
 *
 * Pure: no clock, any thread.
 */
#ifndef DAEMON_BACKOFF_H
#define DAEMON_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 30000
#define BACKOFF_RESET_MS 10000

struct backoff {
	int64_t delay_ms; /* the last one given, 0 at the beginning */
};

/* It died after up_ms. Returns the milliseconds to wait. */
int64_t backoff_next(struct backoff *b, int64_t up_ms);

#endif
