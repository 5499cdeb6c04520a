/*
 * reflect_amd64.S - libffi's call where its arguments are large.
 *
 * void go_ffi_call_roomy(cif, fn, rvalue, avalue, closure, size_t bytes):
 * ffi_call_go with so many bytes of stack. It asks as compiled Go does for a
 * large frame, so a goroutine on its slot goes on in its segment
 * (arch/morestack_amd64.S); on other stacks the guard word is 0.
 */
	.text
	.globl	go_ffi_call_roomy
	.type	go_ffi_call_roomy, @function
	.p2align 4
go_ffi_call_roomy:
	.cfi_startproc
	movq	%rsp, %r11
	subq	%r9, %r11
	jb	1f			/* more than there are addresses */
	cmpq	%fs:0x70, %r11
	jb	1f
2:	jmp	ffi_call_go@PLT
1:	movq	%r9, %r10		/* the frame that we want */
	xorl	%r11d, %r11d		/* no arguments on the stack */
	callq	__morestack
	ret
	jmp	2b
	.cfi_endproc
	.size	go_ffi_call_roomy, .-go_ffi_call_roomy

	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
	.section .note.GNU-stack, "", @progbits
