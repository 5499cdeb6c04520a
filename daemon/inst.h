/*
 * inst.h - instances and runs as the supervisor has them.
 *
 * An instance is what a person asked for and its wishes; a run is one process
 * of it with its descriptors. The instance points at its current or last run's
 * numbers (`last`), which survive in the state file; a struct run exists only
 * while the keeper holds a slot for it: from the spawn until the recorder has
 * drained it. So an instance may have a new run while an old one drains.
 *
 * One supervisor, one thread: `sup` is the process's only state.
 */
#ifndef DAEMON_INST_H
#define DAEMON_INST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "daemon/backoff.h"
#include "daemon/inst_fsm.h"
#include "daemon/keeper_proto.h"
#include "daemon/roles.h"

#ifndef TAILQ_FOREACH_SAFE /* glibc's queue.h has none */
#define TAILQ_FOREACH_SAFE(v, head, field, more)                               \
	for ((v) = TAILQ_FIRST(head);                                          \
	    (v) != NULL && ((more) = TAILQ_NEXT(v, field), 1); (v) = (more))
#endif

struct event;
struct instctl;
struct call;

#define INST_ID_LEN 12
#define INST_NAME_MAX 63

enum restart_policy { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };

/* What is kept of a run when its process and descriptors are gone. */
struct run_info {
	uint32_t run; /* 0: never ran */
	pid_t pid;
	uint64_t start_ticks; /* of pid, in this boot: who it really is */
	uid_t uid;
	int64_t started_ns, ready_ns, ended_ns; /* Unix; 0: not yet */
	int code;     /* exit code, -1 when there is none */
	int signal;   /* 0 when there is none */
	char reason[24];     /* token: see run_reasons in inst.c; "" alive */
	char words[256];     /* evidence: last words, or the exec sentence */
	const char *exec_step; /* token (static) and errno of a failed */
	int exec_errno;        /* spawn; for its starter only, not kept */
	char nonce[33];      /* hexadecimal */
	int64_t maxrss_kib, user_us, system_us;
};

struct inst {
	TAILQ_ENTRY(inst) next;
	char id[INST_ID_LEN + 1];
	char name[INST_NAME_MAX + 1];
	uint64_t created_seq; /* order of making; page tokens */
	int64_t created_ns, removed_ns;
	json_t *spec;         /* owned: program args env cwd uid gid ... */
	enum restart_policy policy;
	int64_t policy_max;   /* restarts allowed, 0: no end */
	enum inst_state state; /* written by inst_event alone */
	uint32_t promised;    /* run that a person was promised; 0: none */
	bool wished_up;       /* what a person wants, across gortd's restarts */
	bool declared;        /* out of instances.d */
	bool outlived;        /* its process is beyond us: adopt.c */
	bool rm;              /* forget it when it is down */
	int64_t restarts;     /* by policy, since a person last started it */
	struct run_info last;
	struct run *cur;      /* its current run, NULL when down */
	struct backoff backoff;
	struct event *timer;  /* stop or back-off, as the state says */
	int stdin_fd;         /* for the first run, from a client; -1 */
	bool hold;            /* its watcher is on the way: nothing is dropped */
	bool first;           /* instance.run waits: no exec, no instance */
	TAILQ_HEAD(, waiter) waiters;
};

enum run_stage {
	RUN_HOLDING,  /* KM_HOLD sent */
	RUN_CHILDING, /* KM_CHILD sent, the child waits on the go-pipe */
	RUN_EXECING,  /* go given, waiting for exec's verdict */
	RUN_LIVE,
	RUN_ENDED,    /* exit known; draining */
};

struct run {
	TAILQ_ENTRY(run) next;
	struct inst *inst; /* NULL: nobody's, held only to be drained */
	struct keeper_key key;
	enum run_stage stage;
	int32_t slot;          /* -1 until KM_HELD */
	int fd[KT_N];          /* in tag order, -1: none; owned */
	pid_t pid;
	uint64_t start_ticks;
	uint8_t nonce[16];
	int64_t go_ns;         /* Unix time of the go: when the run began */
	int go_fd;             /* write end of the go-pipe, -1 */
	struct event *exec_ev; /* read end of exec's verdict */
	int exec_fd;
	int stdin_fd;          /* to be given to the child, -1 */
	int control_end, out_end, err_end; /* the child's ends, till the clone */
	struct instctl *ctl;   /* control channel, NULL */
	struct event *drain_timer;
	bool asked_stop, asked_kill; /* a person ended it */
	bool detached, drained;
	bool adopted;          /* taken back from a predecessor */
	bool killed_hard;      /* SIGKILL after the stop timer */
};

/* Somebody who waits for an instance to get somewhere. */
enum wait_for {
	WAIT_STARTED, /* the new run executes its program */
	WAIT_DOWN,
	WAIT_DRAINED, /* run `run` is over and its output is in the store */
};

struct waiter {
	TAILQ_ENTRY(waiter) next;
	enum wait_for what;
	uint32_t run;
	struct call *call; /* owned until answered */
};

struct sup {
	struct role *r;
	TAILQ_HEAD(, inst) insts; /* in order of making */
	TAILQ_HEAD(, run) runs;
	const struct exit_page *page; /* mapped read-only */
	bool active;     /* taken back all; before it nothing may act */
	int term_mode;   /* -1, or KM_TERM's n */
	int64_t started_ns;
	struct keeper_role_stat roles[ROLE_N];
	/* state.c */
	uint64_t generation, created_seq, row_seq;
	char old_boot_id[40]; /* of the boot in which it was saved */
	bool dirty;
	bool sweep;      /* some instance may have to go */
	struct event *save_ev, *done_ev;
	json_t *requests; /* "uid:request_id" -> {id, run} */
};

extern struct sup sup;

/* ---- inst.c ---- */

/* A new instance in the list; spec is stolen. NULL without memory. */
struct inst *inst_new(const char *id, const char *name, json_t *spec);
/* Free it with its waiters (told it is gone); it must have no run. */
void inst_free(struct inst *i);

/*
 * Find by id, name or unique prefix, with an optional @RUN.
 * Returns the instance, or NULL with an error object.
 */
struct inst *inst_find(const char *ref, uint32_t *ret_run, json_t **ret_error);
/* The one of that name that is not removed, or NULL. */
struct inst *inst_by_name(const char *name);
bool inst_name_taken(const char *name);
bool inst_name_valid(const char *name);
/* program-N, the first that is free. */
void inst_default_name(const char *program, char *buf, size_t cap);
/* 12 random hexadecimal digits that nobody has. */
void inst_new_id(char buf[INST_ID_LEN + 1]);

/* The one place where the state changes. */
void inst_event(struct inst *i, enum inst_ev ev);
/* Stop with another patience than the configured one; ms < 0: that one. */
void inst_stop(struct inst *i, enum inst_ev ev, int64_t timeout_ms);
/* Send a signal through the run's pidfd. Returns 0, -ESRCH. */
int inst_signal(struct inst *i, int sig);
/* Set policy, max and rm out of the spec. */
void inst_read_policy(struct inst *i);
/* Arm what the state needs after adoption. */
void inst_resume(struct inst *i);

void inst_wait(struct inst *i, enum wait_for what, uint32_t run,
    struct call *call);
/* Hide it: name free again; rows stay. */
void inst_remove(struct inst *i, bool purge);

/* Free what is down, drained and unwanted; at the end of a turn only. */
void inst_sweep(void);

/* instance.get's object. secrets: show values of the environment. */
json_t *inst_json(const struct inst *i, bool secrets);
/* wait's object for the last run. */
json_t *inst_exit_json(const struct inst *i);
/* One sentence on how it stands and why; malloc'd. */
char *inst_why(const struct inst *i);

void inst_row(struct inst *i);
void inst_run_row(struct inst *i);
void inst_log_event(struct inst *i, const char *type, json_t *detail);

/* Called by run.c: the program runs; the run is over; it is drained. */
void inst_run_started(struct inst *i);
void inst_run_ready(struct inst *i, int64_t t_ns);
void inst_run_ended(struct inst *i, struct run *r);
void inst_run_drained(struct inst *i, uint32_t run);

/* ---- run.c ---- */

/* Begin i's next run. Returns 0, or -errno with a sentence. */
int run_begin(struct inst *i, int stdin_fd, char **ret_cause);
struct run *run_new(const struct keeper_key *key);
void run_free(struct run *r);
struct run *run_find(const struct keeper_key *key);
void run_held(const struct keeper_msg *km);
void run_childok(const struct keeper_msg *km);
/* Look through the exit page. */
void run_scan_exits(void);
/* Tell the recorder of it (again), and of its end if it has ended. */
void run_attach(struct run *r);
void run_detach(struct run *r);
void run_drained(struct run *r, const char *last_words);
/* Release the keeper's slot of a run that never had a child. */
void run_abandon(struct run *r);
/* What the child wrote about itself before it became the program. */
bool run_read_head(const struct run *r, struct inbox_head *ret);
struct exit_slot;
void run_take_end(struct run *r, const struct exit_slot *s);

/* ---- rows.c ---- */

/* Queue a row for the recorder; row is stolen. */
void rows_put(const char *table, json_t *row);
void rows_event(const char *type, const char *instance, uint32_t run,
    json_t *detail);
void rows_resend(void);
void rows_ack(uint64_t seq);
/* Events not yet committed, for the state file: a new array; and back. */
json_t *rows_unacked(void);
void rows_restore(json_t *array);

/* ---- sup_state.c ---- */

/* Save now. Returns 0, or -errno with a sentence; memory copy is always sent. */
int sup_save(char **ret_cause);
/* Save at the end of this turn of the loop. */
void sup_save_soon(void);
/* Fill sup from the newer of file and memfd (-1). 0, or -errno + sentence. */
int sup_load(int memfd, bool *ret_fresh, char **ret_cause);

/* ---- adopt.c ---- */
void adopt_item(const struct keeper_msg *km, int *fds, int nfds);
/* The same run again, under its own number: it has never been one. */
void adopt_anew(struct inst *i, struct run *r);
/* All items are here: compare, take back, start what is missing. */
void adopt_all(int state_fd);
/* Read instances.d and start what is declared there. */
void declared_start(void);

/* Free everything: the process is leaving (sanitizers want it so). */
void sup_fini(void);

int64_t wall_ns(void);
int64_t mono_ns(void);
/* "t" (RFC 3339) and "t_ns" (string) under name; null when ns is 0. */
void json_time(json_t *obj, const char *name, int64_t ns);

#endif
