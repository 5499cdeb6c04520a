/*
 * cycles.c - `cycles STDERR STDOUT N`: N collections, every tenth asked for, then
 * its MemStats as `name value`, the word `end`, and sleep until it is stopped.
 * What it prints goes to files, so that nothing is lost on the way.
 */
#include "gort.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

GORT_BARRIERED;

static void *keep[64]; /* a root */

static void
churn(uint32_t until)
{
	gort_memstats m;

	do {
		for (int i = 0; i < 2000; i++)
			gort_store(&keep[i % 64], gort_alloc(1000));
		gort_read_memstats(&m);
		/* gortd's turn, on a busy machine */
		gort_sleep(1000000);
	} while (m.num_gc < until);
}

int
gort_main(int argc, char **argv)
{
	uint32_t n = argc > 3 ? (uint32_t)atol(argv[3]) : 10;
	gort_memstats m;

	if (argc < 3 || freopen(argv[1], "w", stderr) == NULL ||
	    freopen(argv[2], "w", stdout) == NULL)
		return 1;
	for (uint32_t i = 10; i <= n; i += 10) {
		churn(i - 1);
		gort_gc();
	}
	gort_gc();
	gort_read_memstats(&m);
	printf("num_gc %lu\nnum_forced %lu\npause_total_ns %lu\nnext_gc %lu\n"
	       "heap_released %lu\nend\n",
	    (unsigned long)m.num_gc, (unsigned long)m.num_forced_gc,
	    (unsigned long)m.pause_total_ns, (unsigned long)m.next_gc,
	    (unsigned long)m.heap_released);
	fflush(stdout);
	for (;;)
		gort_sleep(INT64_C(1000000000));
}
