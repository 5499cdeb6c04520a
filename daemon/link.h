/*
 * link.h - one end of a link between two roles of the daemon.
 *
 * A link carries JSON objects and descriptors over an AF_UNIX SOCK_SEQPACKET
 * pair on a libevent base. One object is one packet; its member "m" is the
 * message's name (docs/processes.md lists them). An object whose text is
 * longer than LINK_PACKET_MAX travels in a sealed memfd, which the receiver
 * reads back without the caller noticing; LINK_TEXT_MAX is the end of that.
 *
 * A link never blocks. What the socket does not take at once waits in a queue
 * of at most LINK_QUEUE_MAX bytes; beyond it link_send refuses, and the caller
 * drops and counts. Order is kept.
 *
 * The peer is a process of ours but may be of another version, or broken:
 * what is not a JSON object with a string "m" is logged and dropped.
 *
 * Threads: all of it belongs to the thread of the event base.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include <jansson.h>
#include <stddef.h>

struct event_base;
struct link;

#define LINK_PACKET_MAX (128 * 1024) /* bytes of text in one packet */
#define LINK_TEXT_MAX (4 * 1024 * 1024)
#define LINK_QUEUE_MAX (8 * 1024 * 1024)
#define LINK_FDS_MAX 8

/*
 * A message came. m is msg's "m"; both are borrowed for the call. fds[0, nfds)
 * are the descriptors beside it, close-on-exec: take one by setting its place
 * to -1, the rest is closed after the call. The callback may send on the link
 * and may free it.
 */
typedef void (*link_msg_fn)(struct link *l, const char *m, json_t *msg,
    int *fds, int nfds, void *arg);

/* The peer is gone. The callback frees the link; nothing comes after it. */
typedef void (*link_gone_fn)(struct link *l, void *arg);

/*
 * Take over fd (made non-blocking and close-on-exec here) and start reading.
 * Returns NULL without memory; fd is closed then, too.
 */
struct link *link_new(struct event_base *base, int fd, link_msg_fn on_msg,
    link_gone_fn on_gone, void *arg);

/* Close it; what is queued is lost. NULL is fine. */
void link_free(struct link *l);

/*
 * Send msg, which is consumed (stolen) in every case, with copies of
 * fds[0, nfds); the caller keeps its own descriptors.
 * Returns 0; -ENOBUFS when the queue is full, -EMSGSIZE when it is too long,
 * -ENOTCONN when l is NULL or the peer is gone, -ENOMEM, or what dup says.
 */
int link_send(struct link *l, json_t *msg, const int *fds, int nfds);

/* Bytes that wait in the queue: for senders that can slow down. */
size_t link_queued(const struct link *l);

#endif
