/*
 * faultpoint.h - places where a test may have the supervisor killed.
 *
 * What a crash between two steps of a spawn leaves behind can only be tested
 * by crashing there. GORTD_FAULT=POINT:FILE in gortd's environment makes the
 * process that comes to POINT kill itself, if it can unlink FILE: so once.
 * Unset, as always outside of tests, a point is one load and a branch.
 */
#ifndef DAEMON_FAULTPOINT_H
#define DAEMON_FAULTPOINT_H

#define FAULT_POINTS(X)                                                        \
	X(ACCEPTED, "accepted")   /* in the state file, nothing made */        \
	X(MADE, "made")           /* 1: channels; the keeper has none */       \
	X(HELD, "held")           /* 2: the keeper holds them */               \
	X(ATTACHED, "attached")   /* 3: the recorder has its ends */           \
	X(CLONED, "cloned")       /* 4: the child waits; nobody knows it */    \
	X(CHILD, "child")         /* 5: the keeper knows it; no go yet */      \
	X(GO, "go")               /* 6: it has its go; no verdict yet */       \
	X(STARTED, "started")     /* the verdict is in, the client unanswered */\
	X(ENDED, "ended")         /* the end was seen and not yet saved */     \
	X(DRAINED, "drained")     /* saved, the slot not yet freed */

enum fault_point {
#define X(name, text) FAULT_##name,
	FAULT_POINTS(X)
#undef X
	FAULT_N
};

/* Dies here, or returns. */
void fault_point(enum fault_point at);

#endif
