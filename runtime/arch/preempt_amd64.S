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
#include "arch/macros_amd64.h"

	.text
	.hidden	rt_preempt_entry
	FUNC	rt_preempt_entry
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
	SAVE	%rax, 160
	SAVE	%rbx, 168
	SAVE	%rcx, 176
	SAVE	%rdx, 184
	SAVE	%rsi, 192
	SAVE	%rdi, 200
	SAVE	%r8, 208
	SAVE	%r9, 216
	SAVE	%r10, 224
	SAVE	%r11, 232
	SAVE	%r12, 240
	SAVE	%r13, 248
	SAVE	%r14, 256
	SAVE	%r15, 264
	movl	rt_xsave_bytes(%rip), %ecx
	subq	%rcx, %rsp
	andq	$-64, %rsp
	cmpb	$0, rt_xsave_avx(%rip)
	je	.Lold
	xorl	%eax, %eax		/* the header must be zero */
	.irp	at, 512, 520, 528, 536, 544, 552, 560, 568
	movq	%rax, \at(%rsp)
	.endr
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
	.irp	reg, %r15, %r14, %r13, %r12, %r11, %r10, %r9, %r8, \
	    %rdi, %rsi, %rdx, %rcx, %rbx, %rax
	popq	\reg
	.cfi_restore \reg
	.endr
	popq	%rbp
	.cfi_def_cfa %rsp, 144
	.cfi_restore %rbp
	popfq
	.cfi_def_cfa_offset 136
	ret	$128
	END	rt_preempt_entry

	.section .note.GNU-stack, "", @progbits
