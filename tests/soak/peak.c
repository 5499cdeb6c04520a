/*
 * peak.c - `peak [MIB]` (1024): a heap of so many megabytes, dropped at once. How
 * long until what is resident is within 10 % of the collector's goal?
 *
 * The program goes on with little to do, as one does after a burst; a collection
 * is asked for once, when the peak is over (without that it comes within two
 * minutes by itself). Prints resident memory each second and `peak.seconds N s`;
 * leaves 1 when it took more than 60.
 */
#include "gort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND ((int64_t)1000000000)
#define BLOCK 10000

GORT_BARRIERED;

static void **keep; /* a root */

static long
resident_kib(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	if (f == NULL)
		abort();
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

static void
fill(void *arg)
{
	size_t n = *(size_t *)arg;

	gort_store(&keep, gort_alloc(n * sizeof(*keep)));
	for (size_t i = 0; i < n; i++)
		gort_store(&keep[i],
		    memset(gort_alloc_noscan(BLOCK), 1, BLOCK));
	/* The oldest hundredth stays, so that the heap does not fall to nothing.
	 * (Each hundredth would keep as many spans half used: nobody who does not
	 * move objects can give those back.) */
	for (size_t i = n / 100; i < n; i++)
		gort_store(&keep[i], NULL);
}

int
gort_main(int argc, char **argv)
{
	size_t mib = (size_t)(argc > 1 ? atol(argv[1]) : 1024);
	size_t n = (mib << 20) / BLOCK;
	gort_memstats m;
	int64_t begun;
	long want, now;

	fill(&n);
	printf("peak.rss %ld KiB\n", resident_kib());
	gort_gc();
	begun = gort_now_ns();
	for (;;) {
		gort_read_memstats(&m);
		now = resident_kib();
		/* what is resident beside the heap is not the scavenger's */
		want = (long)((m.next_gc + m.next_gc / 10 +
		                  (m.sys - m.heap_sys)) >> 10);
		printf("%ld s: %ld KiB, goal %lu\n",
		    (long)((gort_now_ns() - begun) / SECOND), now,
		    (unsigned long)(m.next_gc >> 10));
		fflush(stdout);
		if (now <= want)
			break;
		if (gort_now_ns() - begun > 60 * SECOND)
			return 1;
		gort_sleep(SECOND);
	}
	printf("peak.seconds %ld s\n",
	    (long)((gort_now_ns() - begun) / SECOND));
	return 0;
}
