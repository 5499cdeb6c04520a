/*
 * lines.h - a program's lines, back to the streams they came from.
 */
#ifndef CLIENT_LINES_H
#define CLIENT_LINES_H

#include <jansson.h>

/*
 * Write one log item to standard output or standard error, byte for byte; a
 * partial line gets no newline. Bytes that are no UTF-8 travel as "b64".
 * Standard output may stay in stdio's buffer: flush before waiting.
 * Returns 0, or -EPIPE when the stream is broken.
 */
int lines_put(const json_t *item);

/* Decode base64 into an owned buffer, NULL when malformed. */
unsigned char *lines_b64(const char *s, size_t *ret_len);

#endif
