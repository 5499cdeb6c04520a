/*
 * crash.h - what the files of fault/ share and nobody else needs.
 */
#ifndef RT_CRASH_H
#define RT_CRASH_H

#include "fault/fault.h"

/* Where an execution stands: enough to walk its frames. */
struct rt_where {
	uintptr_t pc, sp, bp;
	bool exact; /* pc is the instruction itself, not a return address */
};

/* panic.c */
void rt_print_panic_value(const struct rt_panic_value *v);
void rt_print_panics(struct g *gp);
void rt_panic_line(struct g *gp, char *buf, size_t n);
void rt_panic_divide(void) RT_NORETURN;
void rt_panic_overflow(void) RT_NORETURN;
void rt_panic_float(void) RT_NORETURN;

/* crash.c */
void rt_fatalpanic(struct g *gp, const struct rt_where *w) RT_NORETURN;
/* As rt_throw, but the failing place is not the caller: a fault's. */
void rt_throw_where(const char *msg, const struct rt_where *w) RT_NORETURN;
/* Begin to die: true when this thread is the one that reports. Does not return
 * when the reporter itself failed again. */
bool rt_crash_begin(struct m *mp, const char *text);
void rt_crash_end(const char *reason) RT_NORETURN;
/* rt_gotraceback, raised by what this failure demands. */
int32_t rt_crash_level(bool *ret_all, bool *ret_crash);
/* The whole report at system level, whatever GOTRACEBACK says. */
void rt_crash_scope_runtime(void);
/* Run fn(arg) on the report's own stack. fn must not return. */
void rt_on_crash_stack(void (*fn)(void *), void *arg) RT_NORETURN;

/* traceback.c */
void rt_traceback_where(struct g *gp, const struct rt_where *w);
void rt_goroutine_header(struct g *gp);

/* lines.c */
/* File and line of pc; the outputs stay as they are when unknown. */
void rt_line_of(uintptr_t pc, const struct rt_module *m, const char **ret_file,
    uint32_t *ret_line);
/* May the machinery that needs malloc and the loader be used from here on?
 * false when the crash came inside foreign code that may hold their locks. */
void rt_symtab_allow_lines(bool allow);

#endif
