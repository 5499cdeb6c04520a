/*
 * macros_amd64.h - what the assembler files of this folder say often. For .S
 * files only. Unwinders must be right at every instruction, so what moves rsp
 * or a register that callers own says so to them in the same macro.
 */
#ifndef RT_MACROS_AMD64_H
#define RT_MACROS_AMD64_H

/* A global function, begun at a multiple of 2^align bytes. */
	.macro	FUNC name, align=4
	.globl	\name
	.type	\name, @function
	.p2align \align
\name:
	.cfi_startproc
	.endm

	.macro	END name
	.cfi_endproc
	.size	\name, .-\name
	.endm

/* Save a caller's register, where the CFA counts from rsp; and back. */
	.macro	PUSH reg
	pushq	\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
	.endm

	.macro	POP reg
	popq	\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore \reg
	.endm

/* Save a caller's register, where the CFA counts from rbp: at CFA - below. */
	.macro	SAVE reg, below
	pushq	\reg
	.cfi_offset \reg, -\below
	.endm

/* Room on the stack, and no more of it. */
	.macro	GROW bytes
	subq	$\bytes, %rsp
	.cfi_adjust_cfa_offset \bytes
	.endm

	.macro	SHRINK bytes
	addq	$\bytes, %rsp
	.cfi_adjust_cfa_offset -\bytes
	.endm

#endif
