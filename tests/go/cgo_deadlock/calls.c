/* Threads of C's that call Go. When the call returns they are gone. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void callback_begin(void) __asm__("syscall.CgocallBack");
void callback_end(void) __asm__("syscall.CgocallBackDone");
void callback(intptr_t n) __asm__("main.Callback");

/* pthread_join comes back a moment before the kernel has forgotten it. */
static int
exists(pid_t tid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/self/task/%d", (int)tid);
	return stat(path, &st) == 0;
}

static pid_t tids[64];

static void *
thread(void *arg)
{
	tids[(intptr_t)arg] = gettid();
	callback_begin();
	callback((intptr_t)arg);
	callback_end();
	return NULL;
}

void
threads_come_and_go(intptr_t n)
{
	pthread_t t[64];

	for (intptr_t i = 0; i < n; i++)
		if (pthread_create(&t[i], NULL, thread, (void *)i) != 0)
			abort();
	for (intptr_t i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	for (intptr_t i = 0; i < n; i++)
		while (exists(tids[i]))
			sched_yield();
}
