/*
 * cpu.c - internal/cpu is filled before the first package initialiser runs.
 *
 * The package asks the processor itself and has no way to be told. What it
 * gets from us is GODEBUG, by which a user switches features off (cpu.avx2=off)
 * in the libraries.
 */
#include "gccgo/gccgo.h"

#include <string.h>

#include "boot/boot.h"

void go_cpu_initialize(gort_str env) GO("internal_1cpu.Initialize");

void
go_cpuinit(void)
{
	const char *s = rt_gogetenv("GODEBUG");

	if (s == NULL)
		s = "";
	go_cpu_initialize((gort_str){ s, (ssize_t)strlen(s) });
}
