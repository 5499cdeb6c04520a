/*
 * boot_hello.c - the whole way from the ELF entry to main.main and out: its
 * arguments, its environment, atexit, buffered output, its exit code.
 */
#include "gort.h"

#include <stdio.h>
#include <stdlib.h>

static void
at_exit(void)
{
	printf("atexit\n");
}

int
gort_main(int argc, char **argv)
{
	atexit(at_exit);
	for (int i = 1; i < argc; i++)
		printf("arg %s\n", argv[i]);
	printf("ring %s, control %s\n",
	    getenv("GORT_RING_FD") == NULL ? "hidden" : "seen",
	    getenv("GORT_CONTROL_FD") == NULL ? "hidden" : "seen");
	printf("KEPT=%s\n", getenv("KEPT") == NULL ? "" : getenv("KEPT"));
	printf("last line, buffered");
	return 3;
}
