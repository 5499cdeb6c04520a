/*
 * guest.c - a program that does what C programs do behind a runtime's back:
 * it forks, runs shells, starts threads of its own, calls us from constructors
 * and exit handlers. What is its argument; 0 and a word on standard output
 * mean that all went well.
 */
#include "gort.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FDS 1024

static gort_mutex mu;
static _Atomic bool stop;
static int64_t early_goroutines = -1, early_ns;
static unsigned long long early_blocked, early_ignored;
static bool early_open[FDS];

/* Functions marked ANY work before main, too. */
__attribute__((constructor)) static void
before_main(void)
{
	early_goroutines = gort_num_goroutine();
	early_ns = gort_now_ns();
	for (int sig = 1; sig <= 64; sig++) {
		struct sigaction sa;
		sigset_t set;

		sigprocmask(SIG_SETMASK, NULL, &set);
		if (sigismember(&set, sig) == 1)
			early_blocked |= 1ULL << (sig - 1);
		if (sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
			early_ignored |= 1ULL << (sig - 1);
	}
	for (int fd = 0; fd < FDS; fd++)
		early_open[fd] = fcntl(fd, F_GETFD) >= 0;
}

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "guest: %s\n", what);
	_exit(9);
}

/* Keeps threads, locks and the collector busy while the rest goes on. */
static void
churn(void *arg)
{
	while (!stop) {
		gort_mutex_lock(&mu);
		gort_mutex_unlock(&mu);
		for (int i = 0; i < 100; i++)
			gort_alloc(500);
		gort_yield();
	}
	gort_waitgroup_done(arg);
}

static void
with_churn(void (*fn)(void))
{
	gort_waitgroup wg = { 0 };

	for (int i = 0; i < 4; i++) {
		gort_waitgroup_add(&wg, 1);
		gort_go(churn, &wg);
	}
	fn();
	stop = true;
	gort_waitgroup_wait(&wg);
}

static void *
wait_child(void *arg)
{
	int *st = arg;

	need(waitpid(*st, st, 0) > 0, "waitpid");
	return NULL;
}

/* fork from a goroutine; the child may _exit and exec, nothing else. */
static void
forks(void)
{
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();
		int st = pid;

		need(pid >= 0, "fork");
		if (pid == 0 && i % 2 == 0)
			_exit(7);
		if (pid == 0) {
			execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
			_exit(1);
		}
		gort_call_blocking(wait_child, &st);
		need(WIFEXITED(st) && WEXITSTATUS(st) == 7, "child's status");
	}
}

/* What was not so when we were started is not so in a child. libc ignores
 * the two signals that it keeps for itself, 32 and 33, in what it spawns. */
static void
check_signals(FILE *f)
{
	char line[256];
	unsigned long long v;

	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "SigBlk: %llx", &v) == 1)
			need((v & ~early_blocked) == 0, "blocked in a child");
		if (sscanf(line, "SigIgn: %llx", &v) == 1)
			need((v & ~early_ignored & ~0x180000000ULL) == 0,
			    "ignored in a child");
	}
}

static void
check_descriptors(void)
{
	for (int fd = 3; fd < FDS; fd++) {
		int flags = fcntl(fd, F_GETFD);

		need(early_open[fd] || flags < 0 || (flags & FD_CLOEXEC) != 0,
		    "a descriptor of the runtime's is inherited");
	}
}

static void *
shell(void *arg)
{
	FILE *f;
	char line[64] = "";

	need(system("exit 5") == 5 << 8, "system");
	f = popen("echo hello; kill -TERM $$", "r");
	need(f != NULL && fgets(line, sizeof line, f) != NULL, "popen");
	need(strcmp(line, "hello\n") == 0, "popen's line");
	need(WTERMSIG(pclose(f)) == 15, "the shell can be killed");
	/* yes(1) ends by SIGPIPE only if that is at its default */
	need(system("/usr/bin/yes | head -1 >/dev/null") == 0, "pipe");
	f = popen("exec cat /proc/self/status", "r");
	need(f != NULL, "popen");
	check_signals(f);
	need(pclose(f) == 0, "cat");
	return arg;
}

static void
shells(void)
{
	check_descriptors();
	for (int i = 0; i < 3; i++) {
		gort_call_on_thread_stack(shell, NULL);
		shell(NULL); /* a goroutine's stack is enough as well */
	}
}

/* ---- threads of the program's own ---- */

static char range[4096];

static void *
any_functions(void *arg)
{
	int64_t t = gort_now_ns();

	while (!stop) {
		need(gort_now_ns() >= t && gort_wall_ns() > 0, "clocks");
		need(gort_num_goroutine() >= 1, "goroutines");
		need(strncmp(gort_version(), "gort ", 5) == 0, "version");
		need(gort_str_eq(gort_str_of("a"), GORT_STR("a")), "strings");
		need(gort_str_cmp(gort_str_of("a"), GORT_STR("b")) < 0,
		    "order");
		gort_root_add(range, sizeof range);
		gort_root_del(range);
		need(gort_debug_set("gctrace", "0") == 0, "debug_set");
	}
	return arg;
}

#ifdef __SANITIZE_THREAD__
#define COLLECTIONS 20 /* each reads 0.2 s of the sanitizer's own data */
#else
#define COLLECTIONS 200
#endif

static void
collects(void)
{
	for (int i = 0; i < COLLECTIONS; i++)
		gort_gc();
}

static void
foreign(void)
{
	pthread_t th;

	need(pthread_create(&th, NULL, any_functions, NULL) == 0, "thread");
	with_churn(collects); /* stops the thread, too */
	need(pthread_join(th, NULL) == 0, "join");
}

static void *
fault(void *arg)
{
	volatile int *volatile p = NULL;

	*p = 1;
	return arg;
}

static void
foreign_fault(void)
{
	pthread_t th;

	need(pthread_create(&th, NULL, fault, NULL) == 0, "thread");
	for (;;)
		gort_sleep(GORT_SEC);
}

/* ---- the end ---- */

static void
at_exit(void)
{
	need(gort_num_goroutine() >= 1 && gort_now_ns() > early_ns, "ANY");
	printf("handled\n");
}

static void
ends(void)
{
	gort_waitgroup wg = { 0 };

	atexit(at_exit);
	for (int i = 0; i < 4; i++) {
		gort_waitgroup_add(&wg, 1);
		gort_go(churn, &wg); /* they run while handlers do */
	}
	gort_sleep(GORT_MS);
	exit(0);
}

int
gort_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	need(early_goroutines == 0 && early_ns > 0, "ANY before main");
	if (strcmp(what, "fork") == 0)
		with_churn(forks);
	else if (strcmp(what, "shell") == 0)
		with_churn(shells);
	else if (strcmp(what, "foreign") == 0)
		foreign();
	else if (strcmp(what, "foreign-fault") == 0)
		foreign_fault();
	else if (strcmp(what, "exit") == 0)
		ends();
	else if (strcmp(what, "args") == 0)
		return argc == 1 + atoi(argv[2]) &&
		        strcmp(argv[argc - 1], "40000") == 0 &&
		        strlen(getenv("BIG3")) == 100000 &&
		        argv[argc] == NULL
		    ? 0
		    : 8;
	printf("done\n");
	return 0;
}
