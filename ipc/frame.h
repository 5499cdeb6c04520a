/*
 * frame.h - bytes to frames and back, pure.
 *
 * A frame is a 12-byte header and a payload. The parser touches only the
 * buffer it is given: no I/O, no allocation, any thread.
 */
#ifndef IPC_FRAME_H
#define IPC_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define IPC_FRAME_MAX 65536 /* bytes, header included */
#define IPC_FRAME_HEADER 12

struct ipc_frame {
	uint16_t type;
	uint16_t flags;      /* 1: a descriptor came with it */
	uint32_t id;         /* echoes the request */
	uint32_t len;        /* bytes at data */
	const uint8_t *data; /* borrowed from the buffer that was parsed */
};

#define IPC_FRAME_HAS_FD 1

/*
 * Take the next whole frame out of buf[0, len).
 *
 * Returns the bytes consumed, 0 when more input is needed, or
 *   -EBADMSG   the header makes no sense: drop the peer
 *   -EMSGSIZE  the frame is longer than IPC_FRAME_MAX
 * Ownership: ret->data points into buf and lives as long as buf does.
 * Threads: pure, any thread.
 */
int ipc_frame_parse(const uint8_t *buf, size_t len, struct ipc_frame *ret);

/*
 * Write header and payload into buf[0, cap).
 * Returns the bytes written, or -EMSGSIZE.
 */
int ipc_frame_build(uint8_t *buf, size_t cap, uint16_t type, uint16_t flags,
    uint32_t id, const void *data, uint32_t len);

#endif
