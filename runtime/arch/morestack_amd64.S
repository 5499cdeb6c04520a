/*
 * morestack_amd64.S - a goroutine's stack goes on somewhere else.
 *
 * A function of compiled Go begins
 *
 *	cmp %fs:0x70, %rsp  (or, with a large frame, lea -FRAME(%rsp), %r11)
 *	jb  slow
 *   body: ...
 *   slow: mov $FRAME, %r10; mov $BYTES_OF_STACK_ARGUMENTS, %r11
 *	call __morestack
 *	ret                     one byte
 *	jmp  body               (or what restores r10, the static chain, before)
 *
 * and __morestack comes back in one of two ways. In place: it returns to the
 * byte after the ret, so the body runs as if nothing had been. Split: it moves
 * rsp to the goroutine's segment (sched/segment.c), copies the stack arguments
 * there and calls that byte; the body's own return comes back here, and
 * __morestack returns to the ret on the old piece. Calls and returns are paired
 * on both ways, so the processor guesses each of them.
 *
 * All argument registers are live on entry: rdi rsi rdx rcx r8 r9, rax (the
 * static chain, or the number of vector registers) and xmm0-7. r10 and r11 are
 * ours. All result registers are live on return: rax rdx xmm0 xmm1 and x87's.
 *
 * What C compiled with -fsplit-stack relies on in variadic functions: rbp at
 * the body's entry points at our caller's rbp, the address in the function,
 * its return address, its stack arguments, upwards.
 *
 * CFI. The function that split stands on both pieces. Unwinders see its body
 * only: our CFA is what the function's own was at its entry, so that they go
 * from the body to here and from here to the function's caller. __morestack
 * itself is for those to skip who count frames (rt_is_morestack).
 *
 * Panics. An exception that passes through leaves the segment. Instead of a
 * landing pad, where unwinding would stop and start anew, our personality
 * routine does it when the second phase comes by (sched/segment.c).
 */
#include "arch/macros_amd64.h"
#include "arch/stack_amd64.h"

	.text
/* The end of __morestack's own frame, where rsp is at its registers. */
	.macro	POP_FRAME
	.irp	reg, %r13, %r12, %rbx, %rbp
	popq	\reg
	.cfi_restore \reg
	.endr
	.cfi_def_cfa %rsp, 16
	.endm

	.globl	rt_morestack_text
	.type	rt_morestack_text, @function
rt_morestack_text:

	FUNC	__morestack, 5
	.cfi_personality 0x1b, rt_morestack_personality
	.cfi_def_cfa_offset 16
	pushq	%rbp
	.cfi_def_cfa_offset 24
	.cfi_offset %rbp, -24
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	SAVE	%rbx, 32
	SAVE	%r12, 40
	SAVE	%r13, 48
.Lagain:
	movq	rt_tls_g@gottpoff(%rip), %rbx
	movq	%fs:(%rbx), %rbx
	testq	%rbx, %rbx
	jz	.Lslow
	movq	RT_G_STACKGUARD(%rbx), %r12
	cmpq	%fs:0x70, %r12
	jne	.Lslow			/* somebody wants us to stop */
	cmpq	$RT_SPLIT_BEFORE, RT_G_SPLITSP(%rbx)
	ja	.Lslow			/* on the segment already */
	movq	RT_G_SEGMENT(%rbx), %r12
	testq	%r12, %r12
	jz	.Lslow
	addq	$15, %r11
	andq	$-16, %r11
	movq	RT_SEG_TOP(%r12), %r13
	subq	%r11, %r13		/* the new rsp, arguments above it */
	subq	%r13, %r10
	jae	.Lslow_sub		/* larger than the address space */
	negq	%r10
	cmpq	RT_SEG_GUARD(%r12), %r10
	jb	.Lslow_neg		/* no room for the frame */
	testq	%r11, %r11
	jnz	.Lcopy
	/* The mark stands while rsp is, or may be, on the segment. */
.Lsplit:
	movq	%rsp, RT_G_SPLITSP(%rbx)
	movq	RT_SEG_GUARD(%r12), %r10
	movq	%r10, RT_G_STACKGUARD(%rbx)
	movq	%r10, %fs:0x70
	movq	8(%rbp), %r10
	incq	%r10
	movq	%r13, %rsp
	callq	*%r10
	leaq	-24(%rbp), %rsp
	movq	RT_G_STACKGUARD(%rbx), %rcx
	movq	RT_SEG_SLOTGUARD(%r12), %rdi
	movq	$RT_SPLIT_BEFORE, RT_G_SPLITSP(%rbx)
	movq	%rdi, RT_G_STACKGUARD(%rbx)
	cmpq	%fs:0x70, %rcx
	jne	1f			/* poisoned: the next check finds it */
	movq	%rdi, %fs:0x70
1:	.cfi_remember_state
	POP_FRAME
	ret
	.cfi_restore_state

.Lcopy:
	movq	16(%rbp,%r11), %r10
	movq	%r10, -8(%r13,%r11)
	subq	$8, %r11
	jnz	.Lcopy
	jmp	.Lsplit

.Lslow_neg:
	negq	%r10
.Lslow_sub:
	addq	%r13, %r10
	/* All that may hold a pointer goes to the stack, where the collector
	 * looks: we may be away for long. */
.Lslow:
	.irp	reg, %rax, %rdi, %rsi, %rdx, %rcx, %r8, %r9, %r10, %r11
	pushq	\reg
	.endr
	subq	$136, %rsp
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	%xmm\n, 16*\n(%rsp)
	.endr
	movq	%r10, %rdi
	movq	%r11, %rsi
	movq	%rbp, %rdx
	callq	rt_morestack_slow
	movl	%eax, %r12d
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	16*\n(%rsp), %xmm\n
	.endr
	addq	$136, %rsp
	.irp	reg, %r11, %r10, %r9, %r8, %rcx, %rdx, %rsi, %rdi, %rax
	popq	\reg
	.endr
	testl	%r12d, %r12d
	jnz	.Lagain
	POP_FRAME
	incq	(%rsp)
	ret
	END	__morestack

/*
 * gold makes every function that calls an object without the marker below come
 * here, whatever its stack pointer, expecting a larger stack for what it calls.
 * The room below the check value is for that, so this is the comparison that
 * gold has removed.
 */
	FUNC	__morestack_non_split
	.cfi_def_cfa_offset 16
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset %rbx, -24
	leaq	16(%rsp), %rbx
	subq	%r10, %rbx
	jb	1f
	cmpq	%fs:0x70, %rbx
1:	popq	%rbx
	.cfi_restore %rbx
	.cfi_def_cfa_offset 16
	jb	__morestack
	incq	(%rsp)
	ret
	END	__morestack_non_split

	.globl	rt_morestack_etext
	.type	rt_morestack_etext, @function
rt_morestack_etext:

/*
 * gccgo links with --wrap=pthread_create, for libgcc's sake, whose wrapper
 * would bring its own __morestack. A new thread's guard word is 0 and stays so
 * until it runs a goroutine: nothing to do.
 */
	.globl	__wrap_pthread_create
	.type	__wrap_pthread_create, @function
__wrap_pthread_create:
	.cfi_startproc
	jmp	__real_pthread_create@PLT
	END	__wrap_pthread_create

/* For gold: calls into this object need no larger stack, and its functions
 * have no prologue to rewrite. They have the room below the check value. */
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
	.section .note.GNU-stack, "", @progbits
