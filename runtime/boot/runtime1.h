/*
 * runtime1.h - arguments and environment, seen from the bootstrap only.
 */
#ifndef RT_RUNTIME1_H
#define RT_RUNTIME1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void rt_goargs(void);
/* Copy the environment's pointers; gort's descriptors become close-on-exec. */
void rt_goenvs(void);
size_t rt_nenvs(void);
char **rt_envs(void); /* without gort's own variables */
/* Take gort's own variables out of libc's environment: before main.main, and
 * after the control channel has read them. */
void rt_hide_own_env(void);
/* A whole decimal 32-bit number: '-' but no '+', leading zeros are fine. */
bool rt_atoi32(const char *s, int32_t *ret);

extern bool rt_inittrace_on; /* const after schedinit */

#endif
