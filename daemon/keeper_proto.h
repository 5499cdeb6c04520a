/*
 * keeper_proto.h - what the keeper and the roles say to each other.
 *
 * One fixed structure over AF_UNIX SOCK_SEQPACKET, always whole, always of
 * this length; fields that a type does not name are zero. The version stands
 * in every message, so that a role of another build is refused at the first
 * one and not half understood. Fields are only ever added at the end, with a
 * new version; type numbers are never reused.
 *
 * The keeper answers each KM_HOLD, KM_CHILD in order. It queues nothing: what
 * it has to tell is a bit or a cursor, sent when the socket has room, and
 * while its answer does not fit it does not read the role's next message.
 */
#ifndef DAEMON_KEEPER_PROTO_H
#define DAEMON_KEEPER_PROTO_H

#include <stdatomic.h>
#include <stdint.h>

#define KEEPER_PROTO_VERSION 1
#define KEEPER_LINK_FD 3   /* where a role finds its link after exec */
#define KEEPER_CONFIG_FD 4 /* and the text of the configuration, a memfd */

enum role_id {
	ROLE_KEEPER,
	ROLE_SUPERVISOR,
	ROLE_RECORDER,
	ROLE_GATEWAY,
	ROLE_N
};

enum keeper_msg_type {
	KM_HELLO = 1,   /* K>role n = starts of this role so far, from 1 */
	KM_PEER = 2,    /* K>role n = role_id of the peer; fd: a fresh link */
	KM_BEAT = 3,    /* role>K the loop that does the work is alive */
	KM_LISTENER = 4, /* K>S, K>G fd: listening socket of that role */
	KM_EXITPAGE = 5, /* K>S fd: memfd of exit slots, n = slots */
	KM_HOLD = 6,    /* S>K key, tags; fds in tag order: keep copies */
	KM_HELD = 7,    /* K>S key, slot, or error = -errno */
	KM_CHILD = 8,   /* S>K key, slot, pid, start, nonce; fd: pidfd */
	KM_CHILDOK = 9, /* K>S key, slot, or error = -errno */
	KM_EXITED = 10, /* K>S some slot was filled: look at the page */
	KM_FREE = 11,   /* S>K key, slot: drop all of it */
	KM_STATE = 12,  /* S>K fd: memfd with the state's bytes; last wins */
	KM_ITEM = 13,   /* K>S key, slot, tags, child data; fds, pidfd last */
	KM_REPLAYED = 14, /* K>S end of items; fd: state memfd if there is one */
	KM_ROLES = 15,  /* K>S roles[] */
	KM_STOP = 16,   /* S>K n = exit code: all is down, end the daemon */
	KM_TERM = 17,   /* K>S n = 1: stop all instances; 0: leave them */
	KM_RELOAD = 18, /* K>role SIGHUP; fd: the new configuration's text */
	KM_READY = 19,  /* role>K set up and serving */
	KM_QUIT = 20,   /* K>role flush and leave with 0 */
	KM_DROP = 21,   /* S>K key, slot, tags: drop only these descriptors */
};

/* What is held for one run, in the order in which descriptors travel. */
enum keeper_tag {
	KT_RING = 1,
	KT_CONTROL = 2,
	KT_OUT = 4,
	KT_ERR = 8,
	KT_INBOX = 16,
	KT_PIDFD = 32, /* only in KM_ITEM and inside the keeper */
};
#define KT_N 6

struct keeper_key {
	char id[16]; /* 12 hexadecimal digits, NUL padded */
	uint32_t run;
	uint32_t spare;
};

struct keeper_role_stat {
	int32_t pid; /* 0: not there now */
	uint32_t starts;
	int64_t start_ns; /* mono, of this process */
	int64_t beat_ns;  /* mono, of its last beat */
};

struct keeper_msg {
	uint32_t version; /* KEEPER_PROTO_VERSION */
	uint32_t type;    /* enum keeper_msg_type */
	int32_t n;
	int32_t error;
	struct keeper_key key;
	uint32_t slot;
	uint32_t tags; /* enum keeper_tag, or-ed */
	int32_t pid;
	uint32_t spare;
	uint64_t start_ticks; /* field 22 of /proc/PID/stat */
	uint8_t nonce[16];
	struct keeper_role_stat roles[ROLE_N]; /* KM_ROLES only */
};

/*
 * The exit page: an array of slots in a memfd that only the keeper can write
 * (F_SEAL_FUTURE_WRITE). It is the keeper's table and the truth about exits.
 * A slot goes FREE -> HELD -> LIVE -> ENDED -> FREE; `state` is stored with
 * release after the rest of the slot, read with acquire.
 */
#define EXIT_SLOTS 4096

enum exit_state {
	EXIT_FREE = 0,
	EXIT_HELD = 1,  /* descriptors are kept, no child is known */
	EXIT_LIVE = 2,  /* pid, start_ticks, nonce are set */
	EXIT_ENDED = 3, /* the rest is set, too */
};

/* How the end was learnt. */
enum exit_how {
	EXIT_HOW_WAITED = 1,  /* we are the parent: all fields are right */
	EXIT_HOW_PIDFD = 2,   /* another's child, the kernel told the status */
	EXIT_HOW_UNKNOWN = 3, /* it is gone and the status went with it */
};

struct exit_slot {
	_Atomic uint32_t state; /* enum exit_state */
	uint32_t how;           /* enum exit_how */
	struct keeper_key key;
	int32_t pid;
	int32_t code;   /* exit code, or -1 when a signal ended it */
	int32_t signal; /* or 0 */
	uint32_t dumped_core;
	uint64_t start_ticks;
	uint8_t nonce[16];
	int64_t ended_mono_ns;
	int64_t ended_real_ns;
	int64_t user_us, system_us; /* CPU time */
	int64_t maxrss_kib;
};

struct exit_page {
	uint32_t version; /* KEEPER_PROTO_VERSION */
	uint32_t nslots;
	char boot_id[40];
	uint64_t strangers; /* reparented processes reaped and forgotten */
	uint8_t spare[72];
	struct exit_slot slot[EXIT_SLOTS];
};

/*
 * The first bytes of the inbox memfd belong to the spawning side; the
 * recorder lays out what follows INBOX_HEAD_BYTES. The child writes `phase`
 * between clone and exec, so that a supervisor that was killed in the middle
 * still has a successor that knows whether the program ever began.
 */
#define INBOX_HEAD_BYTES 64

enum spawn_phase {
	SPAWN_WAITING = 0, /* has not got the byte on the go-pipe */
	SPAWN_EXEC = 1,    /* got it, and is setting up or running */
	SPAWN_FAILED = 2,  /* did not get to the program: step, error */
};

struct inbox_head {
	_Atomic uint32_t phase; /* enum spawn_phase */
	uint32_t step;          /* enum spawn_step (spawn.h) */
	int32_t error;          /* errno */
	uint32_t spare;
	int64_t go_ns;          /* Unix time of the go, by the child; 0: none */
	uint32_t spare2[10];
};
_Static_assert(sizeof(struct inbox_head) == INBOX_HEAD_BYTES, "inbox head");

#endif
