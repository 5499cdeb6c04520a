/*
 * gofmt.h - Go's own lines, made from records.
 */
#ifndef CLIENT_GOFMT_H
#define CLIENT_GOFMT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Milliseconds the way Go's collector prints them: 12, 5.6, 0.30, 0.037, 0.
 * From 10 ms on whole; below, two digits that count, cut and not rounded, and
 * at most three decimals. buf needs 24 bytes. Returns buf.
 */
char *gofmt_ms(char *buf, int64_t ns);

/* SCHED line of one telemetry.sched item; origin_ns: the first sample's time. */
void gofmt_sched(FILE *out, const json_t *item, int64_t origin_ns);
/* gctrace line of one telemetry.gc item; origin_ns: the runtime's start. */
void gofmt_gc(FILE *out, const json_t *item, int64_t origin_ns);
/* "init main @1.1 ms, 0.57 ms clock, 136992 bytes, 1787 allocs" */
void gofmt_init(FILE *out, const json_t *item, int64_t origin_ns);

/* "goroutine 18 [chan receive, 2 minutes]:" and its frames. */
void gofmt_goroutine(FILE *out, const json_t *item);

#endif
