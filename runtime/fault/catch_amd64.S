/*
 * catch_amd64.S - a frame that a panic can come back to.
 *
 *	void rt_catch_call(struct gobuf *ctx, void (*fn)(void *), void *arg)
 *
 * saves the context, calls fn(arg) on the same stack and returns. While fn
 * runs, rt_ctx_jump(ctx) makes the call return at once, with the callee-saved
 * registers as they were: for the caller it is one ordinary call with one
 * return, so there is no second return for a compiler to get wrong, and
 * nothing of setjmp's rules. What lies between is forgotten.
 *
 * The picture at ctx->sp is arch.h's. rbp is a proper frame pointer here, for
 * debuggers that walk by it.
 */
	.text
	.globl	rt_catch_call
	.type	rt_catch_call, @function
	.p2align 4
rt_catch_call:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rbx
	.cfi_offset %rbx, -24
	pushq	%r12
	.cfi_offset %r12, -32
	pushq	%r13
	.cfi_offset %r13, -40
	pushq	%r14
	.cfi_offset %r14, -48
	pushq	%r15
	.cfi_offset %r15, -56
	subq	$8, %rsp
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movq	%rsp, (%rdi)
	movq	%rdx, %rdi
	callq	*%rsi
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	rt_catch_call, .-rt_catch_call

	.section .note.GNU-stack, "", @progbits
