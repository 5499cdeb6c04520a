/*
 * sigpanic_amd64.S - the frame between a fault and the panic it becomes.
 *
 * The signal handler (sigpanic.c) leaves two words below the frame that
 * faulted, on a stack aligned for a call, and continues here:
 *
 *	16(%rsp)	...
 *	 8(%rsp)	pc of the instruction that faulted
 *	  (%rsp)	its rsp
 *
 * To unwinders this is a signal's frame: the caller's pc is an instruction and
 * no return address, and all its registers are as they were. So a panic can
 * be recovered in the very function that faulted, and tracebacks name the line
 * that did. Never returns.
 */
	.text
	.globl	rt_sigpanic_entry
	.hidden	rt_sigpanic_entry
	.type	rt_sigpanic_entry, @function
	.p2align 4
	nop		/* unwinders may look one byte before the entry */
rt_sigpanic_entry:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_def_cfa %rsp, 16
	.cfi_offset %rip, -8
	.cfi_offset %rsp, -16
	callq	rt_sigpanic
	ud2
	.cfi_endproc
	.size	rt_sigpanic_entry, .-rt_sigpanic_entry

	.section .note.GNU-stack, "", @progbits
