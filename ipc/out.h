/*
 * out.h - a program's output on its way to whoever watches it.
 *
 * The watcher (gortctl run) makes an AF_UNIX SOCK_SEQPACKET pair and passes one
 * end with `instance.attach`; the recorder writes packets into it, each a head
 * and at most IPC_OUT_MAX bytes of one stream. The bytes go from the recorder
 * to the watcher and touch no other process, and the socket is the only
 * queue: what it does not take stays where it was.
 *
 * `off` counts the bytes of its stream from the run's beginning. A jump in it
 * says that bytes were lost. A socket that ends without an IPC_OUT_END
 * belonged to a recorder that is being replaced: attach again, from the
 * offsets where this one stopped.
 *
 * Both ends are of one machine, so numbers are in its byte order.
 */
#ifndef IPC_OUT_H
#define IPC_OUT_H

#include <stdint.h>

#define IPC_OUT_MAX 32768 /* bytes after the head; several fit the socket */

enum ipc_out_kind {
	IPC_OUT_STDOUT = 0,
	IPC_OUT_STDERR = 1,
	/* no more will come; off and off2 are the ends of both streams */
	IPC_OUT_END = 2,
};

struct ipc_out_head {
	uint32_t kind; /* enum ipc_out_kind */
	uint32_t spare;
	uint64_t off;
	uint64_t off2; /* IPC_OUT_END only */
};

#endif
