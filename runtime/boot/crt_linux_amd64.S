/*
 * crt_linux_amd64.S - the start object: the first instructions of a program.
 *
 * Installed as gort_crt.o and named by gort.pc together with
 * -Wl,-e,_rt0_amd64_linux, so that the kernel (or the dynamic loader) enters
 * here. At that moment nothing works: in a static position-independent
 * executable no relocation has been applied, there is no thread-local storage,
 * no stack canary, no resolved IFUNC. Hence assembly only, no call, no access
 * but relative to rip, and every register that libc's _start reads is kept:
 * rsp (the argument block) and rdx (the loader's finaliser).
 *
 * What it does: asks the kernel for the monotonic time by a raw system call,
 * keeps it and the address of the argument block, and goes on to libc's
 * _start. libgort reads both through a weak reference, so a program linked
 * without this object still boots; its bootstrap merely begins at main.
 *
 * The entry symbol cannot live in libgort.so (an executable's entry must be
 * its own), and neither can the bounds of the executable's own sections, which
 * libgort needs to find packages and types. So rt_crt carries both.
 */
#define SYS_clock_gettime 228
#define CLOCK_MONOTONIC 1
#define NS_PER_SEC 1000000000

	.text
	.globl	_rt0_amd64_linux
	.type	_rt0_amd64_linux, @function
_rt0_amd64_linux:
	.cfi_startproc
	.cfi_undefined rip		/* nobody called us: unwinding ends */
	xorl	%ebp, %ebp		/* and so does the chain of frames */
	movl	$SYS_clock_gettime, %eax
	movl	$CLOCK_MONOTONIC, %edi
	leaq	crt_timespec(%rip), %rsi
	syscall				/* clobbers rax, rcx, r11; keeps rdx */
	imulq	$NS_PER_SEC, crt_timespec(%rip), %rax
	addq	crt_timespec+8(%rip), %rax
	movq	%rax, rt_crt+8(%rip)
	movq	%rsp, rt_crt+16(%rip)
	jmp	_rt0_amd64
	.cfi_endproc
	.size	_rt0_amd64_linux, . - _rt0_amd64_linux

	/* The part that does not depend on the system: on to libc. */
	.globl	_rt0_amd64
	.type	_rt0_amd64, @function
_rt0_amd64:
	.cfi_startproc
	.cfi_undefined rip
	jmp	_start
	.cfi_endproc
	.size	_rt0_amd64, . - _rt0_amd64

	.local	crt_timespec
	.comm	crt_timespec, 16, 16

	/* struct rt_crt of boot/sections.h. The bounds are made by the linker
	 * when the executable has such sections, else they are NULL. */
	.weak	__start_gort_packages
	.weak	__stop_gort_packages
	.weak	__start_gort_types
	.weak	__stop_gort_types
	.hidden	__start_gort_packages
	.hidden	__stop_gort_packages
	.hidden	__start_gort_types
	.hidden	__stop_gort_types
	.data
	.balign	16
	.globl	rt_crt
	.type	rt_crt, @object
rt_crt:
	.quad	0x7472637401000001	/* RT_CRT_ABI */
	.quad	0			/* monotonic ns at the entry */
	.quad	0			/* rsp at the entry */
	.quad	__start_gort_packages
	.quad	__stop_gort_packages
	.quad	__start_gort_types
	.quad	__stop_gort_types
	.size	rt_crt, . - rt_crt

	.section .note.GNU-stack, "", @progbits
