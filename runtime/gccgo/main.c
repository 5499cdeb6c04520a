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

#include "boot/boot.h"
#include "boot/mainfn.h"
#include "boot/note.h"
#include "boot/packages.h"
#include "mem/malloc.h"
#include "mem/mprof.h"
#include "sched/oracle.h"

void go_init_main(void) GO("__go_init_main");
void go_main(void) GO("main.main");

/* Package initialisers of the runtime itself: nothing is left to them. */
void go_runtime_import(void) GO("runtime..import");

void
go_runtime_import(void)
{
}

/* The bounds of the output section that the linker's fragment makes
 * (client/build_go.c); NULL without it. */
extern const char go_text[] GO("__start_gort_gotext")
    __attribute__((weak, visibility("hidden")));
extern const char go_etext[] GO("__stop_gort_gotext")
    __attribute__((weak, visibility("hidden")));

/*
 * What the wrapped PKG..import functions call, in the order in which
 * __go_init_main calls them. Package main's own initialiser is what is left of
 * __go_init_main after the last of them.
 */
void gort_go_package_init(const char *name, void (*init)(void));

static struct {
	int64_t ns;
	uint64_t bytes, allocs;
} last; /* when the last package was ready; goroutine 1 */

static void
note_now(void)
{
	last.ns = rt_nanotime();
	rt_memstats_allocated(&last.bytes, &last.allocs);
}

void
gort_go_package_init(const char *name, void (*init)(void))
{
	rt_package_init(name, init);
	note_now();
}

static void
inits(void)
{
	int step = rt_boot_begin("doInit");

	go_cpuinit();
	go_procinit();
	go_profinit();
	note_now();
	go_init_main();
	rt_mprof_look(); /* an initialiser set the rate? */
	rt_package_ran("main", last.ns, last.bytes, last.allocs);
	rt_boot_end(step, "%u packages with initialisers",
	    rt_packages_ran());
}

const struct rt_language rt_language = {
	.bytes = sizeof(struct rt_language),
	.abi = RT_LANGUAGE_ABI,
	.version = RT_GORT_VERSION,
	.g_bytes = sizeof(struct g),
	.m_bytes = sizeof(struct m),
	.p_bytes = sizeof(struct p),
	.inits = inits,
	.main = go_main,
	.text = go_text,
	.etext = go_etext,
};
