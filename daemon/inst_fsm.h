/*
 * inst_fsm.h - the life of one instance, as a table. Pure.
 */
#ifndef DAEMON_INST_FSM_H
#define DAEMON_INST_FSM_H

#define INST_STATES(X)                                                         \
	X(DOWN, "exited")       /* no process; it rests */                     \
	X(STARTING, "starting") /* a spawn is under way, or not yet ready */   \
	X(UP, "running")                                                       \
	X(STOPPING, "stopping") /* told to end, and shall rest then */         \
	X(CYCLING, "restarting") /* told to end, and shall start again */      \
	X(BACKOFF, "backoff")   /* waits before it starts again */

enum inst_state {
#define X(name, text) INST_##name,
	INST_STATES(X)
#undef X
	INST_N
};

enum inst_ev {
	EV_START,   /* a person or the start of gortd wants it up */
	EV_READY,   /* the program runs */
	EV_STOP,    /* a person wants it down: politely */
	EV_KILL,    /* a person wants it down: now */
	EV_RESTART, /* a person wants a new run */
	EV_EXIT,    /* the run ended, and policy says: rest */
	EV_AGAIN,   /* the run ended, and policy says: again */
	EV_DUE, /* the state's timer fired */
	EV_N
};

enum inst_act {
	ACT_IGNORE, /* no such square: late or senseless, on purpose */
	ACT_NONE,   /* only the state changes */
	ACT_SPAWN,  /* begin the next run */
	ACT_TERM,   /* SIGTERM, and arm the stop timer */
	ACT_KILL,   /* SIGKILL */
	ACT_WAIT,   /* arm the back-off timer */
	ACT_REST,   /* it is down: disarm timers, tell who waits */
};

struct inst_step {
	enum inst_state next;
	enum inst_act act;
};

/* Total: defined for every state and event. */
struct inst_step inst_fsm(enum inst_state s, enum inst_ev ev);

/* "exited", "starting", ... */
const char *inst_state_name(enum inst_state s);

/* The state of that name, or INST_N. */
enum inst_state inst_state_of(const char *name);

#endif
