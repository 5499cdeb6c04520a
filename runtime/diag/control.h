/*
 * control.h - answers of the control thread that need a file of their own.
 */
#ifndef RT_CONTROL_H
#define RT_CONTROL_H

#include "ipc/ctl.h"
#include "runtime2.h"

/*
 * Write one page of goroutines into a fresh memfd.
 * Returns the descriptor (the caller's) with *ret filled, or -errno.
 */
int rt_goroutines_page(const struct ipc_ctl_gor_ask *ask,
    struct ipc_ctl_gor_at *ret);

/* Set "k=v,k=v" all or nothing: false, and why, when a part is wrong. */
bool rt_control_debug_set(const char *text, char *cause, size_t cap);
/* All keys as "k=v,k=v"; returns bytes. */
size_t rt_control_debug_text(char *buf, size_t cap);

#endif
