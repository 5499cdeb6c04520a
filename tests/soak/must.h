/*
 * must.h - what a program under load asserts, whatever it is built with.
 */
#ifndef SOAK_MUST_H
#define SOAK_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define MUST(cond)                                                             \
	do {                                                                  \
		if (!(cond)) {                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,    \
			    __LINE__, #cond);                                 \
			abort();                                              \
		}                                                             \
	} while (0)

#endif
