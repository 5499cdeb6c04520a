/*
 * preempt_amd64.S - a call that the program did not write.
 *
 * A signal handler that stops a goroutine (sched/preempt_signal.c) pushes the
 * interrupted pc below the red zone and lets the thread go on here, on the
 * goroutine's own stack. Any instruction may have been interrupted, so nothing
 * may be lost: flags, integer registers and, by XSAVE, every vector and x87
 * register that the system lets programs use, with their control words.
 * Compilers move pointers through vector registers, so the area is where the
 * collector looks: on this stack, above the sp that rt_mcall saves.
 *
 *	interrupted sp
 *	  128 bytes     red zone: the interrupted function's
 *	  pc            CFA - 136
 *	  flags
 *	  rbp           <- rbp
 *	  14 registers
 *	  XSAVE area, aligned to 64
 *
 * The frame is a signal frame for unwinders: the pc is an instruction, not a
 * return address. Upper halves of vector registers are cleared for the code
 * that runs in between, which would be slowed by them.
 *
 * A processor or system without XSAVE and AVX gets FXSAVE: there is nothing
 * more to save then. sched/preempt_signal.c finds out at boot.
 *
 * Not kept: the trap flag's meaning (a debugger steps over the stop), and
 * shadow stacks, which no system enables for programs like ours.
 */
	.text
	.globl	rt_preempt_entry
	.hidden	rt_preempt_entry
	.type	rt_preempt_entry, @function
	.p2align 4
rt_preempt_entry:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_def_cfa %rsp, 136
	.cfi_offset %rip, -136
	pushfq
	.cfi_def_cfa_offset 144
	cld
	pushq	%rbp
	.cfi_def_cfa_offset 152
	.cfi_offset %rbp, -152
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rax
	.cfi_offset %rax, -160
	pushq	%rbx
	.cfi_offset %rbx, -168
	pushq	%rcx
	.cfi_offset %rcx, -176
	pushq	%rdx
	.cfi_offset %rdx, -184
	pushq	%rsi
	.cfi_offset %rsi, -192
	pushq	%rdi
	.cfi_offset %rdi, -200
	pushq	%r8
	.cfi_offset %r8, -208
	pushq	%r9
	.cfi_offset %r9, -216
	pushq	%r10
	.cfi_offset %r10, -224
	pushq	%r11
	.cfi_offset %r11, -232
	pushq	%r12
	.cfi_offset %r12, -240
	pushq	%r13
	.cfi_offset %r13, -248
	pushq	%r14
	.cfi_offset %r14, -256
	pushq	%r15
	.cfi_offset %r15, -264
	movl	rt_xsave_bytes(%rip), %ecx
	subq	%rcx, %rsp
	andq	$-64, %rsp
	cmpb	$0, rt_xsave_avx(%rip)
	je	.Lold
	xorl	%eax, %eax		/* the header must be zero */
	movq	%rax, 512(%rsp)
	movq	%rax, 520(%rsp)
	movq	%rax, 528(%rsp)
	movq	%rax, 536(%rsp)
	movq	%rax, 544(%rsp)
	movq	%rax, 552(%rsp)
	movq	%rax, 560(%rsp)
	movq	%rax, 568(%rsp)
	movl	$-1, %eax
	movl	$-1, %edx
	xsave64	(%rsp)
	vzeroupper
	callq	rt_preempt_here
	movl	$-1, %eax
	movl	$-1, %edx
	xrstor64 (%rsp)
	jmp	.Lback
.Lold:
	fxsave64 (%rsp)
	callq	rt_preempt_here
	fxrstor64 (%rsp)
.Lback:
	leaq	-112(%rbp), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rbx
	popq	%rax
	.cfi_restore %r15
	.cfi_restore %r14
	.cfi_restore %r13
	.cfi_restore %r12
	.cfi_restore %r11
	.cfi_restore %r10
	.cfi_restore %r9
	.cfi_restore %r8
	.cfi_restore %rdi
	.cfi_restore %rsi
	.cfi_restore %rdx
	.cfi_restore %rcx
	.cfi_restore %rbx
	.cfi_restore %rax
	popq	%rbp
	.cfi_def_cfa %rsp, 144
	.cfi_restore %rbp
	popfq
	.cfi_def_cfa_offset 136
	ret	$128
	.cfi_endproc
	.size	rt_preempt_entry, .-rt_preempt_entry

	.section .note.GNU-stack, "", @progbits
