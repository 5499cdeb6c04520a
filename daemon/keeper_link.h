/*
 * keeper_link.h - one keeper message in or out, with its descriptors.
 *
 * Used by both ends. No buffering, no allocation; never blocks.
 */
#ifndef DAEMON_KEEPER_LINK_H
#define DAEMON_KEEPER_LINK_H

#include "daemon/keeper_proto.h"

#define KEEPER_FDS_MAX 8

/*
 * Send km (its version is filled in) with copies of fds.
 * Returns 0, -EAGAIN when the socket is full, or -errno: the peer is gone.
 */
int keeper_link_send(int fd, struct keeper_msg *km, const int *fds, int nfds);

/*
 * Returns 1 with a whole message of our version, its descriptors in fds
 * (KEEPER_FDS_MAX places, the caller's); 0 when there is none now; -EPIPE at
 * the end; -EPROTO for a message that is none of ours (dropped).
 */
int keeper_link_recv(int fd, struct keeper_msg *ret, int *fds, int *ret_nfds);

#endif
