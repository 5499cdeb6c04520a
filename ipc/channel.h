/*
 * channel.h - frames and descriptors over a connected unix stream socket,
 * without ever blocking. libc only: the runtime's control thread and the
 * daemon use the same code.
 *
 * The caller owns the event loop: it polls c->fd for reading, and for writing
 * while ipc_channel_wants_write says so.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include "ipc/frame.h"

#include <stdbool.h>

#define IPC_CHANNEL_FDS 8 /* received or queued, at most, each way */
#define IPC_CHANNEL_OUT (256u << 10) /* bytes queued for a slow peer */

struct ipc_channel {
	int fd;      /* owned; -1 closed */
	int error;   /* why it was closed: -errno, 0 = not yet */
	size_t in_len, in_used; /* bytes in in[], of them parsed */
	size_t out_len, out_sent;
	int in_fds[IPC_CHANNEL_FDS]; /* owned, oldest first */
	uint32_t nin_fds;
	struct {
		size_t at; /* offset in out[] of the frame it goes with */
		int fd;    /* owned */
	} out_fds[IPC_CHANNEL_FDS];
	uint32_t nout_fds;
	uint8_t in[IPC_FRAME_MAX];
	uint8_t out[IPC_CHANNEL_OUT];
};

/*
 * Take over fd: it becomes non-blocking and close-on-exec. c is big (over 300
 * KiB, touched as it is used): put it where that hurts nobody.
 * Returns 0, or -errno (then fd is still the caller's).
 */
int ipc_channel_init(struct ipc_channel *c, int fd);

/* Close everything that it owns. Harmless when closed already. */
void ipc_channel_close(struct ipc_channel *c);

/*
 * Queue one frame and send what the socket takes now. passed_fd >= 0 travels
 * with it and is closed in any case: it belongs to the channel from here on.
 * Returns 0, -ENOBUFS (the peer does not read: nothing was queued),
 * -EMSGSIZE, or the error that closed the channel.
 */
int ipc_channel_send(struct ipc_channel *c, uint16_t type, uint32_t id,
    const void *data, uint32_t len, int passed_fd);

/* Send more. 0: all gone, -EAGAIN: later, else closed with that error. */
int ipc_channel_flush(struct ipc_channel *c);
bool ipc_channel_wants_write(const struct ipc_channel *c);

/*
 * Read what is there, once. Returns bytes > 0, -EAGAIN, -ENOBUFS (take frames
 * out first), -EPIPE (the peer closed), or another -errno; all but the first
 * three have closed the channel.
 */
int ipc_channel_read(struct ipc_channel *c);

/*
 * The next whole frame: 1, with *ret borrowed until the next ipc_channel_read
 * and *ret_fd the caller's to close (-1: none came); 0: none; -EBADMSG,
 * -EMSGSIZE, -EPROTO (a descriptor was announced and did not come, or more
 * came than were announced): the channel is closed.
 */
int ipc_channel_next(struct ipc_channel *c, struct ipc_frame *ret,
    int *ret_fd);

#endif
