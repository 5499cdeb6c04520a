/*
 * spawn.c - a child that is not yet the program; see spawn.h.
 *
 * DESIGN's six steps, of which this file does four and six:
 *
 *   1 the supervisor makes nonce, ring, control channel, pipes    run.c
 *   2 the keeper stores copies and acknowledges                   run.c
 *   3 the recorder gets its ends                                  run.c
 *   4 clone3(CLONE_PARENT|CLONE_PIDFD): the keeper is the parent
 *     from birth; the child blocks on the go-pipe                 here
 *   5 pidfd, start time and nonce to the keeper, acknowledged     run.c
 *   6 a byte on the go-pipe; exec; failure as step and errno      here
 *
 * The child writes where it is into the inbox's head (struct inbox_head), so
 * that the successor of a supervisor killed in the middle knows whether the
 * program ever began: end of file on the go-pipe leaves SPAWN_WAITING there.
 *
 * clone3 is called without CLONE_VM: the child has its own copy of our memory
 * and may fail at leisure. vfork would be faster by a few hundred
 * microseconds and was rejected: the parent stands still until exec, and here
 * that is until the keeper has answered. The supervisor has one thread, so
 * malloc and stdio in the child would be safe; it does without all the same.
 */
#include "daemon/spawn.h"

#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/sched.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "daemon/keeper_proto.h"

#define RING_FD 3
#define CONTROL_FD 4
#define EXIT_NEVER 125 /* left without having been the program */
#define MAX_GROUPS 1024

static const char *const step_texts[SPAWN_STEP_N] = {
#define X(name, token, text) text,
	SPAWN_STEPS(X)
#undef X
};
static const char *const step_tokens[SPAWN_STEP_N] = {
#define X(name, token, text) token,
	SPAWN_STEPS(X)
#undef X
};

const char *
spawn_step_token(uint32_t step)
{
	return step < SPAWN_STEP_N ? step_tokens[step] : "unknown";
}

const char *
spawn_step_text(uint32_t step)
{
	return step < SPAWN_STEP_N ? step_texts[step] : "do something unknown";
}

static const char *
spec_string(const json_t *spec, const char *key)
{
	return json_string_value(json_object_get(spec, key));
}

/* ---- argv, environment ---- */

static char **
make_argv(const json_t *spec)
{
	json_t *args = json_object_get(spec, "args");
	size_t n = json_array_size(args);
	char **argv = calloc(n + 2, sizeof *argv);

	if (argv == NULL)
		return NULL;
	argv[0] = strdup(spec_string(spec, "program"));
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = strdup(json_string_value(json_array_get(args, i)));
	return argv;
}

/* Set K=V in a NULL-terminated environment with room for one more. */
static void
put_env(char **envp, const char *key, const char *value)
{
	size_t len = strlen(key);
	char *kv = NULL;
	int i;

	if (value == NULL || asprintf(&kv, "%s=%s", key, value) < 0)
		return;
	for (i = 0; envp[i] != NULL; i++)
		if (strncmp(envp[i], key, len) == 0 && envp[i][len] == '=')
			break;
	free(envp[i]);
	envp[i] = kv;
}

static void
put_number(char **envp, const char *key, const json_t *v)
{
	char buf[32];

	if (!json_is_integer(v))
		return;
	snprintf(buf, sizeof buf, "%lld", (long long)json_integer_value(v));
	put_env(envp, key, buf);
}

/*
 * A clean base, then what the client gave, then the typed parameters: these
 * were asked for by name.
 */
static char **
make_env(const json_t *spec)
{
	json_t *env = json_object_get(spec, "env"), *v;
	char **envp = calloc(json_object_size(env) + 24, sizeof *envp);
	const char *key;
	bool root = json_integer_value(json_object_get(spec, "uid")) == 0;

	if (envp == NULL)
		return NULL;
	put_env(envp, "PATH", root ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:"
	    "/usr/bin:/sbin:/bin" : "/usr/local/bin:/usr/bin:/bin");
	put_env(envp, "LANG", "C.UTF-8");
	put_env(envp, "HOME", spec_string(spec, "home"));
	put_env(envp, "USER", spec_string(spec, "user"));
	put_env(envp, "LOGNAME", spec_string(spec, "user"));
	put_env(envp, "SHELL", "/bin/sh");
	json_object_foreach(env, key, v)
		put_env(envp, key, json_string_value(v));
	put_number(envp, "GOMAXPROCS", json_object_get(spec, "gomaxprocs"));
	put_env(envp, "GOGC", spec_string(spec, "gogc"));
	put_env(envp, "GOMEMLIMIT", spec_string(spec, "memlimit"));
	put_env(envp, "GODEBUG", spec_string(spec, "godebug"));
	return envp;
}

/* ---- who ---- */

/* The groups of uid, by its name when it has one; else gid alone. */
static int
make_groups(struct spawn *s, const json_t *spec)
{
	const char *user = spec_string(spec, "user");
	int n = MAX_GROUPS;

	s->groups = malloc(MAX_GROUPS * sizeof *s->groups);
	if (s->groups == NULL)
		return -ENOMEM;
	if (user != NULL && json_is_true(json_object_get(spec, "named")) &&
	    getgrouplist(user, s->gid, s->groups, &n) >= 0) {
		s->ngroups = n;
		return 0;
	}
	s->groups[0] = s->gid;
	s->ngroups = 1;
	return 0;
}

int
spawn_prepare(struct spawn *s, const json_t *spec, char **ret_cause)
{
	memset(s, 0, sizeof *s);
	s->stdin_fd = s->out_fd = s->err_fd = -1;
	s->ring_fd = s->control_fd = s->inbox_fd = -1;
	s->program = spec_string(spec, "program");
	s->cwd = spec_string(spec, "cwd");
	s->uid = json_integer_value(json_object_get(spec, "uid"));
	s->gid = json_integer_value(json_object_get(spec, "gid"));
	s->change_user = geteuid() == 0;
	if (!s->change_user && s->uid != geteuid())
		return because(EPERM, ret_cause, "this gortd is not root: it "
		    "can start programs only as user %u", geteuid());
	s->argv = make_argv(spec);
	s->envp = make_env(spec);
	if (s->argv == NULL || s->envp == NULL || make_groups(s, spec) < 0) {
		spawn_fini(s);
		return because(ENOMEM, ret_cause, "out of memory");
	}
	return 0;
}

/* Room for the two descriptor variables was left by make_env. */
static void
put_fds(struct spawn *s)
{
	char num[8];

	snprintf(num, sizeof num, "%d", RING_FD);
	put_env(s->envp, "GORT_RING_FD", s->ring_fd >= 0 ? num : NULL);
	snprintf(num, sizeof num, "%d", CONTROL_FD);
	put_env(s->envp, "GORT_CONTROL_FD", s->control_fd >= 0 ? num : NULL);
}

void
spawn_fini(struct spawn *s)
{
	for (char **p = s->argv; p != NULL && *p != NULL; p++)
		free(*p);
	for (char **p = s->envp; p != NULL && *p != NULL; p++)
		free(*p);
	free(s->argv);
	free(s->envp);
	free(s->groups);
	memset(s, 0, sizeof *s);
}

/*
 * What the mode bits say for that user. As root with the caller's identity we
 * cannot ask access(2); ACLs may still decide otherwise, and then exec's own
 * errno is what the client gets.
 */
static bool
may_execute(const struct stat *st, const json_t *spec)
{
	uid_t uid = json_integer_value(json_object_get(spec, "uid"));

	if (uid == 0)
		return (st->st_mode & 0111) != 0;
	if (geteuid() == 0)
		return (st->st_mode & (st->st_uid == uid ? 0100 : 0111)) != 0;
	return access(spec_string(spec, "program"), X_OK) == 0;
}

int
spawn_check(const json_t *spec, char **ret_cause)
{
	const char *program = spec_string(spec, "program");
	struct stat st;

	if (program == NULL || program[0] != '/')
		return because(EINVAL, ret_cause,
		    "the program's path must be absolute: %s",
		    program != NULL ? program : "(none)");
	if (stat(program, &st) < 0)
		return because(errno, ret_cause, "%s: %s", program,
		    errno == ENOENT || errno == ENOTDIR ?
		    "there is no such program" : strerror(errno));
	if (S_ISDIR(st.st_mode))
		return because(EISDIR, ret_cause, "%s is a directory", program);
	if (!S_ISREG(st.st_mode))
		return because(EACCES, ret_cause, "%s is not a regular file",
		    program);
	if (!may_execute(&st, spec))
		return because(EACCES, ret_cause,
		    "%s is not executable", program);
	return 0;
}

/* ---- the child ---- */

struct child {
	const struct spawn *s;
	int go, verdict;
	int64_t go_ns;
};

static void
mark(const struct child *c, uint32_t phase, uint32_t step, int error)
{
	struct inbox_head head = { .phase = phase, .step = step,
		.error = error, .go_ns = c->go_ns };

	if (c->s->inbox_fd >= 0 && pwrite(c->s->inbox_fd, &head,
	    offsetof(struct inbox_head, spare2), 0) < 0) {
		/* the verdict pipe says it as well, to a living supervisor */
	}
}

static void __attribute__((noreturn))
give_up(const struct child *c, enum spawn_step step)
{
	struct spawn_failure f = { step, errno };

	mark(c, SPAWN_FAILED, step, f.error);
	if (write(c->verdict, &f, sizeof f) < 0) {
		/* nobody is there to hear it; the inbox has it */
	}
	_exit(step == SPAWN_STEP_EXEC && f.error == ENOENT ? 127 : 126);
}

/*
 * Descriptors 0 to 4. Sources are moved above them first, so that no dup2
 * overwrites one that is still needed.
 */
static void
place_fds(struct child *c)
{
	const int want[] = { c->s->stdin_fd, c->s->out_fd, c->s->err_fd,
		c->s->ring_fd, c->s->control_fd };
	int high[5], null;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 5; i++) {
		int from = want[i] >= 0 ? want[i] : i <= 2 ? null : -1;

		high[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 20);
		if (from >= 0 && high[i] < 0)
			give_up(c, SPAWN_STEP_STDIO);
	}
	c->verdict = fcntl(c->verdict, F_DUPFD_CLOEXEC, 20);
	for (int i = 0; i < 5; i++) {
		if (high[i] < 0)
			close(i);
		else if (dup2(high[i], i) < 0)
			give_up(c, SPAWN_STEP_STDIO);
	}
	/* everything else is close-on-exec from birth */
}

static void
reset_signals(struct child *c)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		sigaction(sig, &dfl, NULL); /* KILL, STOP and libc's refuse */
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		give_up(c, SPAWN_STEP_SIGNALS);
}

/* The keeper raised its own limit; a program expects the usual one. */
static void
reset_limits(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_max > 1024) {
		rl.rlim_cur = 1024;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	umask(022);
}

static void __attribute__((noreturn))
child_main(struct child *c)
{
	const struct spawn *s = c->s;
	struct timespec now;
	char byte;
	ssize_t n;

	do
		n = read(c->go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(EXIT_NEVER);
	clock_gettime(CLOCK_REALTIME, &now);
	c->go_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
	mark(c, SPAWN_EXEC, 0, 0);
	setsid();
	place_fds(c);
	reset_signals(c);
	reset_limits();
	if (s->change_user && setgroups(s->ngroups, s->groups) < 0)
		give_up(c, SPAWN_STEP_GROUPS);
	if (s->change_user && (setresgid(s->gid, s->gid, s->gid) < 0 ||
	    setresuid(s->uid, s->uid, s->uid) < 0))
		give_up(c, SPAWN_STEP_USER);
	if (s->cwd != NULL && chdir(s->cwd) < 0)
		give_up(c, SPAWN_STEP_CWD);
	execve(s->program, s->argv, s->envp);
	give_up(c, SPAWN_STEP_EXEC);
}

pid_t
spawn_clone(const struct spawn *s, int *ret_pidfd, int *ret_go,
    int *ret_verdict)
{
	int go[2], verdict[2], pidfd = -1;
	struct clone_args ca = { .flags = CLONE_PARENT | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd };
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(verdict, O_CLOEXEC) < 0) {
		int err = errno;

		close(go[0]);
		close(go[1]);
		return -err;
	}
	put_fds((struct spawn *)s);
	/* exit_signal must be 0 with CLONE_PARENT: it is our own, SIGCHLD */
	pid = syscall(SYS_clone3, &ca, sizeof ca);
	if (pid == 0) {
		struct child c = { s, go[0], verdict[1], 0 };

		close(go[1]); /* or it would never see the end of file */
		close(verdict[0]);
		child_main(&c);
	}
	if (pid < 0)
		pid = -errno;
	close(go[0]);
	close(verdict[1]);
	if (pid < 0) {
		close(go[1]);
		close(verdict[0]);
		return pid;
	}
	*ret_pidfd = pidfd;
	*ret_go = go[1];
	*ret_verdict = verdict[0];
	return pid;
}

uint64_t
spawn_start_ticks(pid_t pid)
{
	char path[64], buf[1024], *p;
	unsigned long long ticks = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	p = strrchr(buf, ')'); /* the name may hold anything, even ")" */
	if (p == NULL)
		return 0;
	/* field 3 follows; 22 is the twentieth after the parenthesis */
	for (int field = 2; field < 22 && p != NULL; field++)
		p = strchr(p + 1, ' ');
	if (p != NULL)
		ticks = strtoull(p + 1, NULL, 10);
	return ticks;
}
