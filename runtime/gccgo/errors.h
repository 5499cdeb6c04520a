/*
 * errors.h - what a panic of the runtime is to compiled Go. errors.c.
 */
#ifndef RT_GCCGO_ERRORS_H
#define RT_GCCGO_ERRORS_H

#include "fault/fault.h"

/* v as a value of Go: a runtime.Error, a string, ... Allocates. */
struct gort_eface go_panic_value(const struct rt_panic_value *v);

#endif
