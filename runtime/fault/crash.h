/*
 * crash.h - what the files of fault/ share and nobody else needs.
 */
#ifndef RT_CRASH_H
#define RT_CRASH_H

#include "fault/fault.h"
#include "fault/unwind.h"

/* panicval.c */
void rt_print_panic_value(const struct rt_panic_value *v);
void rt_print_panics(struct g *gp);
void rt_panic_line(struct g *gp, char *buf, size_t n);

/* crash.c */
void rt_fatalpanic(struct g *gp, const struct rt_where *w) RT_NORETURN;
/* As rt_throw, but what failed is gp at *w, by a fault. */
void rt_throw_where(struct g *gp, const char *msg, const struct rt_where *w)
    RT_NORETURN;
/* Begin to die: true when this thread is the one that reports; also when that
 * fails for the second time. Does not return when it fails once more. */
bool rt_crash_begin(struct m *mp, const char *text);
void rt_crash_end(const char *reason) RT_NORETURN;
/* rt_gotraceback, raised by what this failure demands. */
int32_t rt_crash_level(bool *ret_all, bool *ret_crash);
/* The whole report at system level, whatever GOTRACEBACK says. */
void rt_crash_scope_runtime(void);
/* Run fn(arg) on the report's own stack. fn must not return. */
void rt_on_crash_stack(void (*fn)(void *), void *arg) RT_NORETURN;
/* The report's own stack that sp is on, as a g; NULL: none. */
struct g *rt_crash_stack_of(uintptr_t sp);

/* traceback.c */
void rt_traceback_where(struct g *gp, const struct rt_where *w);
void rt_goroutine_header(struct g *gp);

/* catch_amd64.S */
void rt_catch_call(struct gobuf *ctx, void (*fn)(void *), void *arg);

/* hold.c, for the reporter, whose thread failed at *w: stop all other threads
 * for good, within a bounded time; then where a goroutine stands that runs on
 * one of them (or, when the report failed, on this one). */
void rt_hold_others(const struct rt_where *w);
bool rt_hold_where(struct g *gp, struct rt_where *ret);
/* This thread stops for good, as if interrupted at *w, which must stay. */
void rt_hold_me(struct m *mp, const struct rt_where *w) RT_NORETURN;
/* Sleep, while others are held; microseconds. */
void rt_hold_pause(uint32_t us);

#endif
