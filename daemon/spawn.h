/*
 * spawn.h - from a checked specification to a process that waits for its go.
 */
#ifndef DAEMON_SPAWN_H
#define DAEMON_SPAWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Where a child failed between clone and exec. */
#define SPAWN_STEPS(X)                                                         \
	X(NONE, "none", "do nothing")                                          \
	X(STDIO, "stdio", "set up its standard streams")                       \
	X(SIGNALS, "signals", "reset its signals")                             \
	X(GROUPS, "groups", "take its groups")                                 \
	X(USER, "user", "become its user")                                     \
	X(CWD, "cwd", "enter its working directory")                           \
	X(EXEC, "exec", "execute the program")

enum spawn_step {
#define X(name, token, text) SPAWN_STEP_##name,
	SPAWN_STEPS(X)
#undef X
	SPAWN_STEP_N
};

struct spawn_failure {
	uint32_t step; /* enum spawn_step */
	int32_t error; /* errno */
};

/* All the child needs; made before the clone, so that it allocates nothing. */
struct spawn {
	char **argv, **envp; /* owned, NULL-terminated */
	const char *program, *cwd; /* borrowed from the spec */
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* owned */
	int ngroups;
	int change_user; /* 0: the child stays who we are */
	int stdin_fd, out_fd, err_fd;   /* -1: /dev/null */
	int ring_fd, control_fd;        /* -1: none */
	int inbox_fd;                   /* for struct inbox_head, -1: none */
};

/*
 * Make argv, envp and groups out of spec; descriptors stay -1 for the caller
 * to set. Returns 0 or -errno with a sentence.
 */
int spawn_prepare(struct spawn *s, const json_t *spec, char **ret_cause);
void spawn_fini(struct spawn *s);

/*
 * Check what can be said before anything is made: the program exists, is a
 * file, is executable by that user. Returns 0 or -errno with a sentence.
 */
int spawn_check(const json_t *spec, char **ret_cause);

/*
 * Clone the child, as a child of our parent (the keeper). It waits for one
 * byte on the go-pipe; end of file makes it leave. Returns the pid, with the
 * pidfd, the write end of the go-pipe and the read end of the verdict pipe
 * (a struct spawn_failure, or end of file after a good exec); or -errno.
 */
pid_t spawn_clone(const struct spawn *s, int *ret_pidfd, int *ret_go,
    int *ret_verdict);

const char *spawn_step_text(uint32_t step);
/* "exec", "cwd", ... */
const char *spawn_step_token(uint32_t step);

/* Field 22 of /proc/PID/stat; 0 when there is no such process. */
uint64_t spawn_start_ticks(pid_t pid);

#endif
