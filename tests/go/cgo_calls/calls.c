/* What cgo generates, by hand. Each side checks that it is still itself. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void callback_begin(void) __asm__("syscall.CgocallBack");
void callback_end(void) __asm__("syscall.CgocallBackDone");
intptr_t callback(intptr_t n) __asm__("main.Callback");

static __thread int mine;

intptr_t
cgo_direct(intptr_t n)
{
	pthread_t self = pthread_self();
	intptr_t r;

	mine = (int)n;
	callback_begin();
	r = callback(n);
	callback_end();
	if (!pthread_equal(self, pthread_self()) || (n >= 1000 && mine != n))
		fprintf(stderr, "C went on on another thread\n");
	return r;
}

static void *
thread(void *arg)
{
	intptr_t n = (intptr_t)arg, bad = 0;

	for (intptr_t i = 0; i < n; i++)
		if (cgo_direct(i) != 2 * i)
			bad++;
	return (void *)bad;
}

intptr_t
cgo_threads(intptr_t threads, intptr_t n)
{
	pthread_t t[64];
	intptr_t bad = 0;
	void *r;

	for (intptr_t i = 0; i < threads; i++)
		if (pthread_create(&t[i], NULL, thread, (void *)n) != 0)
			abort();
	for (intptr_t i = 0; i < threads; i++) {
		pthread_join(t[i], &r);
		bad += (intptr_t)r;
	}
	return bad;
}
