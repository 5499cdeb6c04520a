/*
 * syscall_amd64.S - package syscall's brackets around foreign code.
 *
 * Entersyscall and Exitsyscall stand around each libc call that may block.
 * Both must leave the goroutine's registers to rt_entersyscall as its caller
 * had them (asm_amd64.S), so they are jumps. What is noted of a call of C is
 * noted while the goroutine can't be moved: before it enters, before it exits.
 *
 * errno. Compiled code reads it by syscall.GetErrno right after the libc call:
 * inside the bracket for calls that block, without any bracket for those that
 * don't. libgo's own GetErrno has a prologue that checks the stack, so between
 * the call and the look the goroutine could be sent to another thread, with
 * another errno. These have none.
 */
#include "arch/macros_amd64.h"

	.text
	FUNC	syscall.Entersyscall
	jmp	rt_entersyscall
	END	syscall.Entersyscall

	FUNC	syscall.Exitsyscall
	jmp	rt_exitsyscall
	END	syscall.Exitsyscall

	FUNC	syscall.Cgocall
	GROW	8
	callq	rt_cgocall_begin
	SHRINK	8
	jmp	rt_entersyscall
	END	syscall.Cgocall

	FUNC	syscall.CgocallDone
	GROW	8
	callq	rt_cgocall_end
	SHRINK	8
	jmp	rt_exitsyscall
	END	syscall.CgocallDone

	FUNC	syscall.CgocallBack
	GROW	8
	callq	rt_cgocallback_begin
	SHRINK	8
	jmp	rt_exitsyscall
	END	syscall.CgocallBack

	FUNC	syscall.CgocallBackDone
	GROW	8
	callq	rt_cgocallback_end
	SHRINK	8
	testb	%al, %al
	jz	rt_entersyscall
	ret
	END	syscall.CgocallBackDone

	FUNC	syscall.GetErrno
	GROW	8
	callq	__errno_location@PLT
	movslq	(%rax), %rax
	SHRINK	8
	ret
	END	syscall.GetErrno

	FUNC	syscall.SetErrno
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	callq	__errno_location@PLT
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	movl	%edi, (%rax)
	ret
	END	syscall.SetErrno

/*
 * Functions of libc that want more stack than the room below the check value:
 * the resolver and the name service, which load libraries. A program that is
 * linked with --wrap=NAME calls these instead. They ask for their stack as
 * compiled Go would for a large frame, so a goroutine on its slot goes on in
 * its segment; on any other stack the guard word is 0. args: bytes of stack
 * arguments. Weak, as a program that calls none of them must not get them from
 * a static libc; with a static libc, don't wrap.
 */
#define BIG_CALL_BYTES (192 * 1024)

	.macro	BIG_CALL name, args
	.weak	__real_\name
	FUNC	__wrap_\name
	leaq	-BIG_CALL_BYTES(%rsp), %r11
	cmpq	%fs:0x70, %r11
	jb	1f
2:	jmp	__real_\name@PLT
1:	movl	$BIG_CALL_BYTES, %r10d
	movl	$\args, %r11d
	callq	__morestack
	ret
	jmp	2b
	END	__wrap_\name
	.endm

	BIG_CALL getaddrinfo, 0
	BIG_CALL getnameinfo, 8
	BIG_CALL getpwnam_r, 0
	BIG_CALL getpwuid_r, 0
	BIG_CALL getgrnam_r, 0
	BIG_CALL getgrgid_r, 0
	BIG_CALL getgrouplist, 0

	.section .note.GNU-stack, "", @progbits
