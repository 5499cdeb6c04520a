/*
 * when.h - times, durations, signals and counts as people type them. Pure.
 */
#ifndef CLIENT_WHEN_H
#define CLIENT_WHEN_H

#include <stdint.h>

/* "10m", "1h30m", "1.5s", "250ms", "2d". Returns 0 or -EINVAL. */
int when_duration(const char *s, int64_t *ret_ns);

/*
 * A moment as Unix nanoseconds: a duration (that long before now_ns), seconds
 * since 1970, "2024-05-01", "2024-05-01 10:11[:12]" in local time, or RFC 3339
 * with a zone. Returns 0 or -EINVAL.
 */
int when_moment(const char *s, int64_t now_ns, int64_t *ret_ns);

/* "TERM", "SIGTERM", "15". Returns the number or -EINVAL. */
int when_signal(const char *s);

/* Decimal digits only, min to max. Returns 0 or -EINVAL. */
int when_count(const char *s, int64_t min, int64_t max, int64_t *ret);

int64_t when_now(void); /* Unix nanoseconds */

#endif
