/*
 * ctl.h - what gortd and an instance say to each other on the control channel.
 *
 * A connected AF_UNIX SOCK_STREAM pair; the instance's end is inherited as
 * GORT_CONTROL_FD. The instance answers from a thread of its own that has no
 * P, so that a hung scheduler can still be asked. Every message is a frame
 * (frame.h): a 12-byte header and a payload that must have exactly the length
 * its type demands, or, where the table says text, at most IPC_CTL_TEXT_MAX.
 * A wrong frame closes the channel; it is never half-read.
 *
 * The instance speaks first (HELLO). After that gortd asks and the instance
 * answers with the same `id`; ERROR carries a sentence. Requests are answered
 * in order. Long answers travel in a memfd passed by SCM_RIGHTS with the frame.
 */
#ifndef IPC_CTL_H
#define IPC_CTL_H

#include <stdint.h>

#define IPC_CTL_ABI 1
#define IPC_CTL_TEXT_MAX 4096

enum ipc_ctl_type {
	IPC_CTL_HELLO = 1,  /* i->d struct ipc_ctl_hello */
	IPC_CTL_ERROR = 2,  /* i->d text: one sentence */
	IPC_CTL_READY = 3,  /* i->d empty: main.main is about to run */
	IPC_CTL_PING = 10,  /* d->i empty; answered by PONG */
	IPC_CTL_PONG = 11,  /* i->d empty */
	IPC_CTL_GC = 12,    /* d->i empty: force a collection */
	IPC_CTL_GC_DONE = 13, /* i->d struct ipc_rec_gc (ring.h) */
	IPC_CTL_DEBUG_GET = 14, /* d->i empty */
	IPC_CTL_DEBUG_SET = 15, /* d->i text "k=v,k=v" */
	IPC_CTL_DEBUG = 16,     /* i->d text "k=v,k=v", all keys, after a set too */
	IPC_CTL_GOROUTINES = 17, /* d->i struct ipc_ctl_gor_ask */
	IPC_CTL_GOROUTINES_AT = 18, /* i->d struct ipc_ctl_gor_at + memfd */
	IPC_CTL_MEM = 19,       /* d->i empty */
	IPC_CTL_MEM_IS = 20,    /* i->d struct ipc_counters (ring.h) */
	IPC_CTL_SCHED = 21,     /* d->i uint32_t detail (0 or 1) */
	IPC_CTL_SCHED_AT = 22,  /* i->d uint32_t bytes + memfd: SCHED text */
};

struct ipc_ctl_hello {
	uint32_t ctl_abi;
	int32_t pid;
	uint8_t nonce[16]; /* from the ring's header: proves who speaks */
	char version[32];
};

struct ipc_ctl_gor_ask {
	uint64_t after_goid; /* page: goroutines with a larger id */
	uint32_t limit;      /* at most 4096 */
	uint32_t stacks;     /* 1: all frames (at most 100); 0: top frame only */
};

struct ipc_ctl_gor_at {
	uint32_t count; /* records in the memfd */
	uint32_t bytes; /* used bytes of the memfd */
	uint32_t more;  /* 1: goroutines beyond this page exist */
	uint32_t total; /* live goroutines */
};

/* In the memfd: count times this, each followed by nframes ipc_ctl_frames. */
struct ipc_ctl_gor {
	uint64_t goid;
	uint64_t parent_goid;
	int64_t wait_since_ns; /* mono; 0 when not waiting */
	uint32_t status;       /* Go's numbers, FORMATS 2.6 */
	uint32_t system;       /* 1: the runtime's own goroutine */
	uint32_t locked;       /* 1: locked to its thread */
	uint32_t nframes;      /* top first; the creator is not among them */
	/* wait reason, "" when none; behind its NUL, as another string, the
	 * address of what it waits for: a channel (of a select the first one),
	 * "" when unknown */
	char reason[40];
	char created_by[96];   /* function that made it, "" for goroutine 1 */
	char created_file[112];
	uint32_t created_line;
	uint32_t spare;
};

struct ipc_ctl_frame {
	uint64_t pc;
	uint32_t offset; /* pc minus start of function */
	uint32_t line;   /* 0: unknown */
	char func[96];
	char file[112];
};

#endif
