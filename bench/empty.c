/*
 * empty.c - a program that does nothing, to measure what that costs.
 *
 *	empty            leave at once
 *	empty wait       say "waiting" and wait for ever
 *	empty park N     park N goroutines first
 */
#include <gort.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gort_chan *never, *up;

static void
park(void *arg)
{
	(void)arg;
	gort_send(up, NULL);
	gort_recv(never, NULL);
}

int
gort_main(int argc, char **argv)
{
	long n = argc == 3 && strcmp(argv[1], "park") == 0 ? atol(argv[2]) : 0;

	if (argc == 1)
		return 0;
	never = gort_chan_make_noscan(0, 0);
	up = gort_chan_make_noscan(0, 0);
	for (long i = 0; i < n; i++)
		gort_go(park, NULL);
	for (long i = 0; i < n; i++)
		gort_recv(up, NULL);
	printf("waiting\n");
	fflush(stdout);
	for (;;)
		gort_sleep(3600 * GORT_SEC);
}
