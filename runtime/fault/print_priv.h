/*
 * print_priv.h - the collecting buffer of print.c, for print_go.c.
 */
#ifndef RT_PRINT_PRIV_H
#define RT_PRINT_PRIV_H

#include <stddef.h>

/* Both with the print lock held. flush writes what was collected. */
void rt_print_collect(const char *p, size_t n);
void rt_print_flush(void);

#endif
