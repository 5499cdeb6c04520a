/*
 * bootlog.h - what only the bootstrap itself asks of its log.
 */
#ifndef RT_BOOTLOG_H
#define RT_BOOTLOG_H

#include <stdint.h>

/* A step that is over already (the entry, before there was a log). */
void rt_boot_past(const char *name, int64_t start_ns, int64_t end_ns,
    const char *detail);
/* End the innermost open step of this name: it was begun in code that never
 * returns. */
void rt_boot_end_open(const char *name, const char *detail);
/* The boot is over: nothing is logged from here on. */
void rt_boot_seal(void);
/* The telemetry ring is up: send what ended, and all that ends from now on. */
void rt_boot_publish(void);
/* The process is about to die: send the steps that never ended, too. */
void rt_boot_publish_open(void);
/* The calling thread is the one whose steps nest from here on. */
void rt_boot_adopt_thread(void);
/* GODEBUG=boottrace=1: the tree on standard error. */
void rt_boot_print(void);

#endif
