/*
 * asm_amd64.S - stack switches of x86-64, System V ABI.
 *
 * A context is one word: the stack pointer. What must survive a call by the
 * ABI lies above it (arch.h has the picture): r12-r15, rbx, rbp, the control
 * words of SSE and x87, and the return address. Everything else is dead at a
 * call, so the compiler saved it already if it wanted it. There are three
 * ways off a stack:
 *
 *   rt_ctx_switch  save here, resume there
 *   rt_ctx_jump    resume there; this stack is finished with
 *   rt_ctx_call    save here, run a function on the other stack below its
 *                  saved context, come back
 *
 * All of them leave the saved registers on the stack that was left, so the
 * collector, scanning from the saved sp up, sees each register that could
 * hold the only pointer to an object.
 *
 * Control words: stmxcsr/fnstcw are a few cycles each, ldmxcsr and fldcw
 * serialise parts of the core. Nearly all goroutines run with the same words,
 * so they are always saved but loaded only when the incoming pair differs
 * from the outgoing one. The two are compared apart: one 8-byte load of two
 * smaller stores would stall on store forwarding.
 *
 * Unwinding: every instruction has a correct CFA. In rt_ctx_switch the CFA
 * offset is the same before and after the exchange of rsp, since both stacks
 * have the same picture there. A fresh stack starts in rt_ctx_entry, whose
 * return address is undefined: unwinders stop there. rt_ctx_call keeps its
 * CFA in rbp, which the callee preserves, so an unwinder walks from the
 * other stack back on to ours.
 */
	.text

	.macro	PUSH_REGS
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	.endm

	.macro	POP_REGS
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	.endm

/* void rt_ctx_switch(struct gobuf *from, const struct gobuf *to) */
	.globl	rt_ctx_switch
	.type	rt_ctx_switch, @function
	.p2align 5
rt_ctx_switch:
	.cfi_startproc
	PUSH_REGS
	movq	(%rsi), %rdx
	movl	(%rsp), %eax
	movzwl	4(%rsp), %ecx
	movq	%rsp, (%rdi)
	movq	%rdx, %rsp
	cmpl	(%rsp), %eax
	jne	1f
	cmpw	4(%rsp), %cx
	jne	1f
2:
	POP_REGS
	ret
	.cfi_adjust_cfa_offset 56
	.cfi_rel_offset %rbp, 48
	.cfi_rel_offset %rbx, 40
	.cfi_rel_offset %r12, 32
	.cfi_rel_offset %r13, 24
	.cfi_rel_offset %r14, 16
	.cfi_rel_offset %r15, 8
1:
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	jmp	2b
	.cfi_endproc
	.size	rt_ctx_switch, .-rt_ctx_switch

/* void rt_ctx_jump(const struct gobuf *to), noreturn */
	.globl	rt_ctx_jump
	.type	rt_ctx_jump, @function
	.p2align 4
rt_ctx_jump:
	.cfi_startproc
	movq	(%rdi), %rsp
	.cfi_def_cfa %rsp, 64
	.cfi_rel_offset %rbp, 48
	.cfi_rel_offset %rbx, 40
	.cfi_rel_offset %r12, 32
	.cfi_rel_offset %r13, 24
	.cfi_rel_offset %r14, 16
	.cfi_rel_offset %r15, 8
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	POP_REGS
	ret
	.cfi_endproc
	.size	rt_ctx_jump, .-rt_ctx_jump

/*
 * void rt_ctx_call(struct gobuf *from, const struct gobuf *to,
 *     void (*fn)(void *), void *arg)
 *
 * Our context is saved whole although we come back by rbp: whoever scans this
 * stack while fn runs must find our caller's registers.
 */
	.globl	rt_ctx_call
	.type	rt_ctx_call, @function
	.p2align 4
rt_ctx_call:
	.cfi_startproc
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
	.cfi_endproc
	.size	rt_ctx_call, .-rt_ctx_call

/* First frame of a fresh stack: rt_ctx_make put fn in r12, arg in rbx. */
	.globl	rt_ctx_entry
	.hidden	rt_ctx_entry
	.type	rt_ctx_entry, @function
	.p2align 4
rt_ctx_entry:
	.cfi_startproc
	.cfi_undefined %rip
	movq	%rbx, %rdi
	callq	*%r12
	ud2			/* fn must not return */
	.cfi_endproc
	.size	rt_ctx_entry, .-rt_ctx_entry

/*
 * void rt_entersyscall(void), void rt_entersyscallblock(void)
 *
 * The goroutine's thread goes on below us while the collector may scan its
 * stack from our caller's frame up. What the caller keeps in callee-saved
 * registers could be saved further down, out of the scan's sight, or stay in
 * the registers; so it is handed over to be spilled into the g.
 */
	.macro	ENTERSYS name, target
	.globl	\name
	.type	\name, @function
	.p2align 4
\name:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	movq	%rsp, %rdi		/* regs: r15 r14 r13 r12 rbx rbp pc */
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	callq	\target
	addq	$48, %rsp		/* the registers were not changed */
	.cfi_adjust_cfa_offset -48
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	ret
	.cfi_endproc
	.size	\name, .-\name
	.endm

	ENTERSYS rt_entersyscall, rt_entersyscall_regs
	ENTERSYS rt_entersyscallblock, rt_entersyscallblock_regs

	.section .note.GNU-stack, "", @progbits
