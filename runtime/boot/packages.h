/*
 * packages.h - in which order packages are initialised.
 */
#ifndef RT_PACKAGES_H
#define RT_PACKAGES_H

#include <stddef.h>

struct gort_package;

/*
 * Put list[0, n) into an order in which each package follows what it imports.
 * The order of list does not matter. ret_order has room for n.
 * Returns NULL, or one sentence (static storage) on a cycle, an import that is
 * not in the list, or a name that is there twice.
 */
const char *rt_package_order(const struct gort_package *list, size_t n,
    const struct gort_package **ret_order);

#endif
