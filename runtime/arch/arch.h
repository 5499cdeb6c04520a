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
#define RT_CTX_BYTES 64
/* What a process starts with: SSE exceptions masked, x87 extended precision. */
#define RT_CTX_CONTROL ((uintptr_t)0x037f << 32 | 0x1f80)

/*
 * The guard word, %fs:0x70: compiled Go compares the stack pointer with it in
 * each prologue and calls __morestack when below. 0: never. It belongs to the
 * g that runs (g->stackguard; sched/segment.c), so whoever changes the one
 * changes the other. g0, gsignal and threads without a g have 0.
 */
static inline void
rt_set_guard_word(uintptr_t guard)
{
	__asm__ volatile("movq %0, %%fs:0x70" : : "er"(guard) : "memory");
}
static inline uintptr_t
rt_guard_word(void)
{
	uintptr_t guard;

	__asm__ volatile("movq %%fs:0x70, %0" : "=r"(guard));
	return guard;
}

/* The same word as an address, for others to poison (sched/preempt.c). */
static inline _Atomic uintptr_t *
rt_guard_word_address(void)
{
	uintptr_t tcb;

	__asm__("movq %%fs:0, %0" : "=r"(tcb));
	return (_Atomic uintptr_t *)(tcb + 0x70);
}

/* Who runs here. The g is thread-local, initial-exec, and its address is
 * never taken; rt_getg (runtime2.h) and these are the only accesses. */
static inline void
rt_setg_guard(struct g *gp, uintptr_t guard)
{
	uintptr_t off;

	__asm__ volatile("movq rt_tls_g@gottpoff(%%rip), %0\n\t"
	                 "movq %1, %%fs:(%0)"
	                 : "=&r"(off)
	                 : "r"(gp)
	                 : "memory");
	rt_set_guard_word(guard);
}
static inline void
rt_setg(struct g *gp)
{
	rt_setg_guard(gp, gp->stackguard);
}
/* g0, gsignal, nobody: what runs there is not checked. */
static inline void
rt_setg_unchecked(struct g *gp)
{
	rt_setg_guard(gp, 0);
}

/* Save here, continue at `to`. Returns when somebody switches back. */
void rt_ctx_switch(struct gobuf *from, const struct gobuf *to);
/* Continue at `to`, forgetting here. */
void rt_ctx_jump(const struct gobuf *to) RT_NORETURN;
/* ---- the scheduler's own; proc.c ----
 * g0's loop, and the two ways back into it. rt_g0_step is called by the loop
 * and returns the context to resume, NULL to leave the loop. */
void rt_g0_loop(struct gobuf *g0);
struct gobuf *rt_g0_step(void);
void rt_ctx_leave(struct gobuf *from, const struct gobuf *g0);
void rt_ctx_drop(const struct gobuf *g0) RT_NORETURN;

/* Save here, then fn(arg), then continue at `to`: sched/handoff.c. */
void rt_ctx_handoff(struct gobuf *from, const struct gobuf *to,
    void (*fn)(void *), void *arg);

/* Save here, then *tail = val (release), then continue at `to`, which may be
 * a fresh stack. From the store on another thread may resume us: sched/yield.c.
 */
void rt_ctx_yield(struct gobuf *from, const struct gobuf *to,
    _Atomic uint32_t *tail, uint32_t val);

/* Save here, run fn(arg) on the stack of `to` below its saved context, come
 * back. `to` stays as it was. fn must return; it may not switch away. */
void rt_ctx_call(struct gobuf *from, const struct gobuf *to,
    void (*fn)(void *), void *arg);
/* Make a context that will call fn(arg) on a fresh stack whose top is hi.
 * The entry frame ends unwinding (undefined return address, bp 0). */
static inline void
rt_ctx_make(struct gobuf *b, uintptr_t hi, void (*fn)(void *), void *arg)
{
	extern char rt_ctx_entry[]; /* asm_amd64.S; never called from C */
	uintptr_t *sp = (uintptr_t *)((hi & ~(uintptr_t)15) - RT_CTX_BYTES);

	sp[0] = RT_CTX_CONTROL;
	sp[1] = sp[2] = sp[3] = 0; /* nothing of an earlier life to scan */
	sp[4] = (uintptr_t)fn;
	sp[5] = (uintptr_t)arg;
	sp[6] = 0;
	sp[7] = (uintptr_t)rt_ctx_entry;
	b->sp = (uintptr_t)sp;
}

static inline void
rt_procyield(uint32_t n)
{
	while (n-- > 0)
		__asm__ volatile("pause");
}
/* Spin for so many cycles of the counter, whatever a pause takes here. */
static inline void
rt_spin_cycles(uint64_t n)
{
	uint64_t t0 = __builtin_ia32_rdtsc();

	while (__builtin_ia32_rdtsc() - t0 < n)
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
