/*
 * arch.h - what a processor must supply. asm_amd64.S.
 *
 * A saved context is one word, sp. At sp lie, low to high: mxcsr/x87 control
 * (8 bytes), r15 r14 r13 r12 rbx rbp, return address. What the ABI calls
 * callee-saved is saved, nothing else, and all of it on the goroutine's own
 * stack, where the collector scans.
 */
#ifndef RT_ARCH_H
#define RT_ARCH_H

#include "runtime2.h"

#define RT_CTX_BP_OFF 48 /* from sp: saved rbp */
#define RT_CTX_PC_OFF 56 /* from sp: return address */

/* Save here, continue at `to`. Returns when somebody switches back. */
void rt_ctx_switch(struct gobuf *from, const struct gobuf *to);
/* Continue at `to`, forgetting here. */
void rt_ctx_jump(const struct gobuf *to) RT_NORETURN;
/* Make a context that will call fn(arg) on a fresh stack whose top is hi.
 * The entry frame ends unwinding (undefined return address, bp 0). */
void rt_ctx_make(struct gobuf *b, uintptr_t hi, void (*fn)(void *), void *arg);

static inline void
rt_procyield(uint32_t n)
{
	while (n-- > 0)
		__asm__ volatile("pause");
}
static inline uintptr_t
rt_getsp(void)
{
	uintptr_t sp;

	__asm__ volatile("movq %%rsp, %0" : "=r"(sp));
	return sp;
}
static inline uintptr_t
rt_getbp(void)
{
	return (uintptr_t)__builtin_frame_address(0);
}
#define RT_CALLERPC() ((uintptr_t)__builtin_return_address(0))

#endif
