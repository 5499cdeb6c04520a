/*
 * frame.c - bytes to frames and back.
 *
 * The header on the wire is, in host order because both ends are on one
 * machine: type (2 bytes), flags (2), id (4), payload length (4). Nothing is
 * read through a pointer cast: the buffer has no alignment.
 *
 * Input is a stranger's. The length is judged before it is used, a type of 0
 * and unknown flags are refused, and a frame is never returned in part: a
 * parser that guesses would turn one lost byte into a wrong command.
 */
#include "ipc/frame.h"

#include <errno.h>
#include <string.h>

int
ipc_frame_parse(const uint8_t *buf, size_t len, struct ipc_frame *ret)
{
	uint16_t type, flags;
	uint32_t id, n;

	if (len < IPC_FRAME_HEADER)
		return 0;
	memcpy(&type, buf, 2);
	memcpy(&flags, buf + 2, 2);
	memcpy(&id, buf + 4, 4);
	memcpy(&n, buf + 8, 4);
	if (type == 0 || (flags & ~IPC_FRAME_HAS_FD) != 0)
		return -EBADMSG;
	if (n > IPC_FRAME_MAX - IPC_FRAME_HEADER)
		return -EMSGSIZE;
	if (len - IPC_FRAME_HEADER < n)
		return 0;
	ret->type = type;
	ret->flags = flags;
	ret->id = id;
	ret->len = n;
	ret->data = buf + IPC_FRAME_HEADER;
	return (int)(IPC_FRAME_HEADER + n);
}

int
ipc_frame_build(uint8_t *buf, size_t cap, uint16_t type, uint16_t flags,
    uint32_t id, const void *data, uint32_t len)
{
	if (len > IPC_FRAME_MAX - IPC_FRAME_HEADER)
		return -EMSGSIZE;
	if (cap < IPC_FRAME_HEADER || cap - IPC_FRAME_HEADER < len)
		return -EMSGSIZE;
	memcpy(buf, &type, 2);
	memcpy(buf + 2, &flags, 2);
	memcpy(buf + 4, &id, 4);
	memcpy(buf + 8, &len, 4);
	if (len > 0)
		memcpy(buf + IPC_FRAME_HEADER, data, len);
	return (int)(IPC_FRAME_HEADER + len);
}
