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
	.text

/* The low six bits of mxcsr are sticky status, not control: any inexact
 * division sets one, and the ABI lets everybody do so. */
#define MXCSR_CONTROL 0xffffffc0

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
	xorl	(%rsp), %eax
	testl	$MXCSR_CONTROL, %eax
	jnz	1f
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
	.globl	rt_ctx_handoff
	.type	rt_ctx_handoff, @function
	.p2align 5
rt_ctx_handoff:
	.cfi_startproc
	PUSH_REGS
	movl	(%rsp), %eax
	movzwl	4(%rsp), %r8d
	movq	%rsp, (%rdi)
	movq	(%rsi), %rsp
	movq	%rcx, %rdi
	xorl	(%rsp), %eax
	testl	$MXCSR_CONTROL, %eax
	jnz	1f
	cmpw	4(%rsp), %r8w
	jne	1f
2:
	callq	*%rdx
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
	.size	rt_ctx_handoff, .-rt_ctx_handoff

/* The picture is at rsp but we did not push it here. */
	.macro	CFI_PICTURE
	.cfi_def_cfa %rsp, 64
	.cfi_rel_offset %rbp, 48
	.cfi_rel_offset %rbx, 40
	.cfi_rel_offset %r12, 32
	.cfi_rel_offset %r13, 24
	.cfi_rel_offset %r14, 16
	.cfi_rel_offset %r15, 8
	.endm

/*
 * void rt_g0_loop(struct gobuf *g0)
 *
 * Run goroutines until rt_g0_step says NULL. That function does what the
 * goroutine that just left asked for, chooses the next and returns its
 * context; it is called with nothing of ours in a register.
 */
	.globl	rt_g0_loop
	.type	rt_g0_loop, @function
	.p2align 5
rt_g0_loop:
	.cfi_startproc
	PUSH_REGS
	movq	%rsp, (%rdi)
	.p2align 4
.Lg0_next:
	callq	rt_g0_step
	testq	%rax, %rax
	jz	.Lg0_done
	movq	(%rax), %rax
	movl	(%rsp), %ecx
	movzwl	4(%rsp), %edx
	movq	%rax, %rsp
	xorl	(%rsp), %ecx
	testl	$MXCSR_CONTROL, %ecx
	jnz	.Lg_control
	cmpw	4(%rsp), %dx
	jne	.Lg_control
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
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	jmp	.Lg_resume
.Lg0_done:
	POP_REGS
	ret
	CFI_PICTURE
.Lg0_control:			/* a goroutine left, rsp is g0's */
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	jmp	.Lg0_next
	.cfi_endproc
	.size	rt_g0_loop, .-rt_g0_loop

/* void rt_ctx_leave(struct gobuf *from, const struct gobuf *g0): save here,
 * g0's loop goes on. Returns when it resumes us, on whichever thread. */
	.globl	rt_ctx_leave
	.type	rt_ctx_leave, @function
	.p2align 5
rt_ctx_leave:
	.cfi_startproc
	PUSH_REGS
	movl	(%rsp), %ecx
	movzwl	4(%rsp), %edx
	movq	%rsp, (%rdi)
	movq	(%rsi), %rsp
	xorl	(%rsp), %ecx
	testl	$MXCSR_CONTROL, %ecx
	jnz	.Lg0_control
	cmpw	4(%rsp), %dx
	jne	.Lg0_control
	jmp	.Lg0_next
	.cfi_endproc
	.size	rt_ctx_leave, .-rt_ctx_leave

/*
 * void rt_ctx_yield(struct gobuf *from, const struct gobuf *to,
 *     _Atomic uint32_t *tail, uint32_t val)
 *
 * From the store to *tail on our stack may be another thread's: all we want
 * from it is in registers by then. Stores are not reordered with older ones,
 * so it is a release.
 */
	.globl	rt_ctx_yield
	.type	rt_ctx_yield, @function
	.p2align 5
rt_ctx_yield:
	.cfi_startproc
	PUSH_REGS
	movl	(%rsp), %eax
	movzwl	4(%rsp), %r8d
	movq	(%rsi), %rsi
	movq	%rsp, (%rdi)
	movl	%ecx, (%rdx)
	movq	%rsi, %rsp
	xorl	(%rsp), %eax
	testl	$MXCSR_CONTROL, %eax
	jnz	.Lg_control
	cmpw	4(%rsp), %r8w
	jne	.Lg_control
	leaq	rt_ctx_entry(%rip), %rcx
	cmpq	%rcx, 56(%rsp)
	je	.Lg_fresh
	POP_REGS
	ret
	.cfi_endproc
	.size	rt_ctx_yield, .-rt_ctx_yield

/* void rt_ctx_drop(const struct gobuf *g0), noreturn: this stack is finished
 * with, g0's loop goes on. */
	.globl	rt_ctx_drop
	.type	rt_ctx_drop, @function
	.p2align 4
rt_ctx_drop:
	.cfi_startproc
	movq	(%rdi), %rsp
	jmp	.Lg0_control
	.cfi_endproc
	.size	rt_ctx_drop, .-rt_ctx_drop

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
