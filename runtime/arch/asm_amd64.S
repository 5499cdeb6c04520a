/*
 * asm_amd64.S - stack switches of x86-64, System V ABI.
 *
 * A context is one word: the stack pointer. What must survive a call by the
 * ABI lies above it (arch.h has the picture): r12-r15, rbx, rbp, the control
 * words of SSE and x87, and the return address. Everything else is dead at a
 * call, so the compiler saved it already if it wanted it. All of it stays on
 * the stack that was left, so the collector, scanning from the saved sp up,
 * sees each register that could hold the only pointer to an object.
 *
 * The scheduler's switches are between a goroutine and its thread's g0, and
 * they are lopsided. g0 runs one loop, rt_g0_loop below, whose frame never
 * moves: its context is saved once, and coming back to it is loading one
 * register and a direct jump. The goroutine's side saves and restores.
 *
 * What such a switch costs is not the dozen of pushes and pops (3 ns) but
 * branches guessed wrong (7 ns each). A return is predicted by a stack of
 * calls inside the processor, which knows nothing of ours. If both sides used
 * call to leave and ret to arrive, each ret would be guessed to go where the
 * other side came from. So g0 leaves by a jump, not by a call; a goroutine's
 * call of rt_ctx_leave is then paired with the ret that resumes the next
 * one, and if both wait in the same place of the program even that target is
 * right. That measured 44 against 26 ns for a yield.
 *
 * Control words: stmxcsr/fnstcw are a few cycles each, ldmxcsr and fldcw
 * serialise parts of the core. Nearly all goroutines run with the words that
 * g0 runs with, so they are always saved but loaded only when different from
 * g0's. The two are compared apart: one 8-byte load of two smaller stores
 * would stall on store forwarding.
 *
 * Unwinding: every instruction has a correct CFA. In a switch the CFA offset
 * is the same before and after the exchange of rsp, since both stacks have
 * the same picture there. A fresh stack starts in rt_ctx_entry, whose return
 * address is undefined: unwinders stop there. rt_ctx_call keeps its CFA in
 * rbp, which the callee preserves, so an unwinder walks from the other stack
 * back on to ours.
 */
#include "arch/macros_amd64.h"

	.text

/* The low six bits of mxcsr are sticky status, not control: any inexact
 * division sets one, and the ABI lets everybody do so. */
#define MXCSR_CONTROL 0xffffffc0

	.macro	PUSH_REGS
	.irp	reg, %rbp, %rbx, %r12, %r13, %r14, %r15
	PUSH	\reg
	.endr
	GROW	8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	.endm

	.macro	POP_REGS
	SHRINK	8
	.irp	reg, %r15, %r14, %r13, %r12, %rbx, %rbp
	POP	\reg
	.endr
	.endm

/* The picture is at rsp, but this is not where it was pushed. */
	.macro	CFI_PICTURE
	.cfi_def_cfa %rsp, 64
	.cfi_rel_offset %rbp, 48
	.cfi_rel_offset %rbx, 40
	.cfi_rel_offset %r12, 32
	.cfi_rel_offset %r13, 24
	.cfi_rel_offset %r14, 16
	.cfi_rel_offset %r15, 8
	.endm

/* The control words of the picture at rsp, to be held against another's. */
	.macro	TAKE_CONTROL sse, x87
	movl	(%rsp), \sse
	movzwl	4(%rsp), \x87
	.endm

/* The picture at rsp is another's now: if its words differ, go to `other`. */
	.macro	CMP_CONTROL sse, x87, other
	xorl	(%rsp), \sse
	testl	$MXCSR_CONTROL, \sse
	jnz	\other
	cmpw	4(%rsp), \x87
	jne	\other
	.endm

	.macro	LOAD_CONTROL
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	.endm

/* void rt_ctx_switch(struct gobuf *from, const struct gobuf *to) */
	FUNC	rt_ctx_switch, 5
	PUSH_REGS
	movq	(%rsi), %rdx
	TAKE_CONTROL %eax, %ecx
	movq	%rsp, (%rdi)
	movq	%rdx, %rsp
	CMP_CONTROL %eax, %cx, 1f
2:
	POP_REGS
	ret
	CFI_PICTURE
1:
	LOAD_CONTROL
	jmp	2b
	END	rt_ctx_switch

/*
 * void rt_ctx_handoff(struct gobuf *from, const struct gobuf *to,
 *     void (*fn)(void *), void *arg)
 *
 * Save here and go on at `to`, but first call fn(arg): with from's context
 * complete and its stack no longer in use, so fn may let others resume it. fn
 * runs below to's saved context, where whoever parked stood in C: it may not
 * be deep, and must return. `to` may be a fresh stack: its picture is made so
 * that popping it enters rt_ctx_entry.
 */
	FUNC	rt_ctx_handoff, 5
	PUSH_REGS
	TAKE_CONTROL %eax, %r8d
	movq	%rsp, (%rdi)
	movq	(%rsi), %rsp
	movq	%rcx, %rdi
	CMP_CONTROL %eax, %r8w, 1f
2:
	callq	*%rdx
	POP_REGS
	ret
	CFI_PICTURE
1:
	LOAD_CONTROL
	jmp	2b
	END	rt_ctx_handoff

/*
 * void rt_g0_loop(struct gobuf *g0)
 *
 * Run goroutines until rt_g0_step says NULL. That function does what the
 * goroutine that just left asked for, chooses the next and returns its
 * context; it is called with nothing of ours in a register.
 */
	FUNC	rt_g0_loop, 5
	PUSH_REGS
	movq	%rsp, (%rdi)
	.p2align 4
.Lg0_next:
	callq	rt_g0_step
	testq	%rax, %rax
	jz	.Lg0_done
	movq	(%rax), %rax
	TAKE_CONTROL %ecx, %edx
	movq	%rax, %rsp
	CMP_CONTROL %ecx, %dx, .Lg_control
.Lg_resume:
	leaq	rt_ctx_entry(%rip), %rcx
	cmpq	%rcx, 56(%rsp)
	je	.Lg_fresh
	POP_REGS
	ret
	CFI_PICTURE
.Lg_fresh:
	movq	32(%rsp), %r12		/* fn */
	movq	40(%rsp), %rbx		/* arg */
	xorl	%ebp, %ebp
	xorl	%r13d, %r13d		/* nothing of g0's for the collector */
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	addq	$64, %rsp
	.cfi_def_cfa %rsp, 0
	.cfi_undefined %rip
	jmp	rt_ctx_entry
	CFI_PICTURE
	.cfi_offset %rip, -8
.Lg_control:
	LOAD_CONTROL
	jmp	.Lg_resume
.Lg0_done:
	POP_REGS
	ret
	CFI_PICTURE
.Lg0_control:			/* a goroutine left, rsp is g0's */
	LOAD_CONTROL
	jmp	.Lg0_next
	END	rt_g0_loop

/* void rt_ctx_leave(struct gobuf *from, const struct gobuf *g0): save here,
 * g0's loop goes on. Returns when it resumes us, on whichever thread. */
	FUNC	rt_ctx_leave, 5
	PUSH_REGS
	TAKE_CONTROL %ecx, %edx
	movq	%rsp, (%rdi)
	movq	(%rsi), %rsp
	CMP_CONTROL %ecx, %dx, .Lg0_control
	jmp	.Lg0_next
	END	rt_ctx_leave

/*
 * void rt_ctx_yield(struct gobuf *from, const struct gobuf *to,
 *     _Atomic uint32_t *tail, uint32_t val)
 *
 * From the store to *tail on our stack may be another thread's: all we want
 * from it is in registers by then. Stores are not reordered with older ones,
 * so it is a release.
 */
	FUNC	rt_ctx_yield, 5
	PUSH_REGS
	TAKE_CONTROL %eax, %r8d
	movq	(%rsi), %rsi
	movq	%rsp, (%rdi)
	movl	%ecx, (%rdx)
	movq	%rsi, %rsp
	CMP_CONTROL %eax, %r8w, .Lg_control
	leaq	rt_ctx_entry(%rip), %rcx
	cmpq	%rcx, 56(%rsp)
	je	.Lg_fresh
	POP_REGS
	ret
	END	rt_ctx_yield

/* void rt_ctx_drop(const struct gobuf *g0), noreturn: this stack is finished
 * with, g0's loop goes on. */
	FUNC	rt_ctx_drop
	movq	(%rdi), %rsp
	jmp	.Lg0_control
	END	rt_ctx_drop

/* void rt_ctx_jump(const struct gobuf *to), noreturn */
	FUNC	rt_ctx_jump
	movq	(%rdi), %rsp
	CFI_PICTURE
	LOAD_CONTROL
	POP_REGS
	ret
	END	rt_ctx_jump

/*
 * void rt_ctx_call(struct gobuf *from, const struct gobuf *to,
 *     void (*fn)(void *), void *arg)
 *
 * Our context is saved whole although we come back by rbp: whoever scans this
 * stack while fn runs must find our caller's registers.
 */
	FUNC	rt_ctx_call
	PUSH_REGS
	movq	%rsp, (%rdi)
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	movq	(%rsi), %rsp
	andq	$-16, %rsp
	movq	%rcx, %rdi
	callq	*%rdx
	movq	%rbp, %rsp
	.cfi_def_cfa_register %rsp
	POP_REGS
	ret
	END	rt_ctx_call

/* First frame of a fresh stack: rt_ctx_make put fn in r12, arg in rbx. */
	.hidden	rt_ctx_entry
	FUNC	rt_ctx_entry
	.cfi_undefined %rip
	movq	%rbx, %rdi
	callq	*%r12
	ud2			/* fn must not return */
	END	rt_ctx_entry

/*
 * void rt_entersyscall(void), void rt_entersyscallblock(void)
 *
 * The goroutine's thread goes on below us while the collector may scan its
 * stack from our caller's frame up. What the caller keeps in callee-saved
 * registers could be saved further down, out of the scan's sight, or stay in
 * the registers; so it is handed over to be spilled into the g.
 */
	.macro	ENTERSYS name, target
	FUNC	\name
	PUSH	%rbp
	.irp	reg, %rbx, %r12, %r13, %r14, %r15
	pushq	\reg			/* read, never changed */
	.cfi_adjust_cfa_offset 8
	.endr
	movq	%rsp, %rdi		/* regs: r15 r14 r13 r12 rbx rbp pc */
	GROW	8
	callq	\target
	SHRINK	48
	POP	%rbp
	ret
	END	\name
	.endm

	ENTERSYS rt_entersyscall, rt_entersyscall_regs
	ENTERSYS rt_entersyscallblock, rt_entersyscallblock_regs

	.section .note.GNU-stack, "", @progbits
