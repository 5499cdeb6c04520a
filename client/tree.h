/*
 * tree.h - the bootstrap as a tree.
 */
#ifndef CLIENT_TREE_H
#define CLIENT_TREE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Print telemetry.boot's items (an array in order of their beginning) as a
 * tree: name, start since origin_ns, duration, what was found.
 */
void tree_print(FILE *out, const json_t *items, int64_t origin_ns);

#endif
