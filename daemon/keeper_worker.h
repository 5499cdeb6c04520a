/*
 * keeper_worker.h - the keeper's side of one role: its process, its link, and
 * what it is still owed.
 */
#ifndef DAEMON_KEEPER_WORKER_H
#define DAEMON_KEEPER_WORKER_H

#include <stdbool.h>

#include "daemon/backoff.h"
#include "daemon/keeper.h"
#include "daemon/keeper_proto.h"

/* Things owed to a role, sent when its socket has room. */
enum { OWE_HELLO = 1, OWE_LISTENER = 2, OWE_PAGE = 4, OWE_ROLES = 8,
	OWE_EXITED = 16, OWE_TERM = 32, OWE_RELOAD = 64, OWE_QUIT = 128,
	OWE_REPLAY = 256, OWE_ASK = 512 };

struct worker {
	struct keeper_role_stat stat;
	int link;              /* -1: not there */
	unsigned owed;
	int replay;            /* slot the replay has come to */
	int peer_fd[ROLE_N];   /* fresh links to be given away, or -1 */
	bool answer_due;
	struct keeper_msg answer;
	struct backoff backoff;
	int64_t start_at_ns;   /* when to start it again */
	bool ready;            /* has said so once */
};

extern struct worker worker[ROLE_N];

/* What messages are made from; keeper.c's, set before the first start. */
extern struct keeper_boot *keeper_boot;
extern int keeper_term_mode;  /* KM_TERM's n once we are ending, else -1 */
extern int keeper_new_config; /* offered to the supervisor, else -1 */
extern bool keeper_announced; /* READY was said: this is no first start */

int64_t keeper_now_ns(void);

/* All links closed, nothing owed. */
void worker_init(void);

/* Fork and execute the role; on failure it is tried again in a second. */
void worker_start(enum role_id id);

/* Its process is gone: close what belonged to it. */
void worker_gone(struct worker *w);

/* Send what it is owed, as far as its socket takes it. */
void worker_pay(enum role_id id);
bool worker_owed(const struct worker *w);

/* The answer to a KM_HOLD or KM_CHILD. */
void worker_answer(struct worker *w, const struct keeper_msg *km, int type,
    int rc);

#endif
