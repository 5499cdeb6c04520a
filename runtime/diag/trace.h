/*
 * trace.h - buffers of the execution trace, inside diag/.
 */
#ifndef RT_TRACE_H
#define RT_TRACE_H

#include "runtime2.h"

#define RT_TRACE_BUF_BYTES ((size_t)64 << 10)

struct rt_tracebuf {
	struct rt_tracebuf *link; /* lists: the trace lock */
	size_t pos;               /* bytes used of data; own */
	uint8_t data[RT_TRACE_BUF_BYTES - 2 * sizeof(size_t)];
};

/* An empty buffer, from the pool or fresh. Never NULL: throws. */
struct rt_tracebuf *rt_trace_get(void);
/* A filled one into the queue that the reader will empty, oldest first. */
void rt_trace_full(struct rt_tracebuf *b);
struct rt_tracebuf *rt_trace_take(void); /* NULL: none is full */
void rt_trace_put(struct rt_tracebuf *b); /* back into the pool */
/* Append v as unsigned LEB128; false: no room for it (nothing written). */
bool rt_trace_varint(struct rt_tracebuf *b, uint64_t v);

#endif
