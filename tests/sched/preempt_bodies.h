/*
 * preempt_bodies.h - loops that call nothing, as a program would have them.
 *
 * A file of their own that does not see runtime2.h: the functions of files that
 * do are the runtime's own (fault/symtab.c), which is never interrupted.
 */
#ifndef PREEMPT_BODIES_H
#define PREEMPT_BODIES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct regs {
	uint64_t vector[16][2];
	uint64_t integer[8];
};

void body_spin(_Atomic bool *until);
/* All registers that can be spared hold what is in r, until *until is set. */
void body_hold(struct regs *r, _Atomic bool *until);
/* Until *when is 0, then until *flag. */
void body_await(_Atomic int64_t *when, _Atomic bool *flag);
/* qsort of two numbers by fn, which the comparison calls. True: sorted. */
bool body_qsort(void (*fn)(void));
/* ask, with the context of the call. */
bool body_asks(bool (*ask)(void *ucontext));

#endif
