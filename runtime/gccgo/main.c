/*
 * main.c - a compiled Go program's way from runtime.main to main.main.
 *
 * The compiler gives package main's object a function __go_init_main: it
 * registers the type descriptors of all packages, then calls the initialiser
 * of each package, dependencies first, and its own. main.main is the program.
 *
 * boot/main.c finds this table through a weak reference, so that nothing
 * below knows of Go.
 */
#include "gccgo/gccgo.h"

#include "boot/mainfn.h"

void go_init_main(void) GO("__go_init_main");
void go_main(void) GO("main.main");

/* Package initialisers of the runtime itself: nothing is left to them. */
void go_runtime_import(void) GO("runtime..import");

void
go_runtime_import(void)
{
}

static void
inits(void)
{
	go_cpuinit();
	go_procinit();
	go_init_main();
}

const struct rt_language rt_language = {
	.inits = inits,
	.main = go_main,
};
