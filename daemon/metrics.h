/*
 * metrics.h - records to Prometheus text or OpenMetrics. Pure.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define METRICS_SERIES_MAX 10000

/* What the daemon says of itself. */
struct metrics_daemon {
	const char *version;
	bool supervisor, recorder, store; /* there, there, can be read */
	uint64_t requests[6]; /* HTTP answers by hundreds of the status */
	uint64_t streams;     /* open ones */
	uint64_t streams_dropped;
	uint64_t reads, reads_failed;
	uint64_t started_s; /* of this role, Unix */
};

/* Numbers of a process, read by the caller from the system. */
struct metrics_proc {
	bool known;
	double cpu_s;
	uint64_t rss_bytes, vsize_bytes;
};
typedef void (*metrics_proc_fn)(int pid, struct metrics_proc *ret);

/*
 * Write everything. items is the array of `countersare` (docs/methods.md),
 * NULL when the recorder did not answer; proc NULL: no process numbers.
 * Instances beyond max series are left out whole and their series counted.
 */
void metrics_write(FILE *out, bool openmetrics, const json_t *items,
    const struct metrics_daemon *d, metrics_proc_fn proc, size_t max);

/* Does this Accept header ask for OpenMetrics rather than the older text? */
bool metrics_wants_open(const char *accept);

/* From /proc/PID/stat. */
void metrics_proc_read(int pid, struct metrics_proc *ret);

#endif
