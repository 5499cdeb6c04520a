/*
 * packages.h - in which order packages are initialised.
 */
#ifndef RT_PACKAGES_H
#define RT_PACKAGES_H

#include <stddef.h>
#include <stdint.h>

struct gort_package;

/*
 * Put list[0, n) into an order in which each package follows what it imports.
 * The order of list does not matter. ret_order has room for n.
 * Returns NULL, or one sentence (static storage) on a cycle, an import that is
 * not in the list, or a name that is there twice.
 */
const char *rt_package_order(const struct gort_package *list, size_t n,
    const struct gort_package **ret_order);

/*
 * Run one package's initialiser, timed: a step of the boot log, a record of
 * the ring, a line of GODEBUG=inittrace=1. Goroutine 1.
 */
void rt_package_init(const char *name, void (*init)(void));
/* The same of one that has run: since start_ns, when so much was allocated. */
void rt_package_ran(const char *name, int64_t start_ns, uint64_t bytes,
    uint64_t allocs);
unsigned rt_packages_ran(void);

#endif
