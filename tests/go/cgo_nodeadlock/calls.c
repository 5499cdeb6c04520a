/* A thread of C's that calls Go when all other threads sleep. */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void callback_begin(void) __asm__("syscall.CgocallBack");
void callback_end(void) __asm__("syscall.CgocallBackDone");
void callback(intptr_t n) __asm__("main.Callback");

static int
sleeps(const char *tid)
{
	char path[300], line[512], *p;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/task/%s/stat", tid);
	f = fopen(path, "r");
	if (f == NULL)
		return 1; /* gone */
	n = fread(line, 1, sizeof line - 1, f);
	fclose(f);
	line[n] = '\0';
	p = strrchr(line, ')');
	return p != NULL && p[2] == 'S';
}

static int
others_sleep(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int all = 1;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && atoi(e->d_name) != gettid())
			all &= sleeps(e->d_name);
	closedir(d);
	return all;
}

static void *
thread(void *arg)
{
	while (!others_sleep())
		sched_yield();
	callback_begin();
	callback(42);
	callback_end();
	return NULL;
}

void
thread_that_calls(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread, NULL) != 0)
		abort();
	pthread_detach(t);
}
