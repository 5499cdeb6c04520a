/*
 * barrier_amd64.S - the write barrier that compiled Go calls.
 *
 *	void runtime.gcWriteBarrier(void **slot, void *ptr)
 *
 * Compiled code reads the flag runtime.writeBarrier with ordinary loads, and
 * the compiler keeps what it read over calls and through loops. No moment
 * exists at which it could be changed under running code, so it is constant: 1.
 * Each store of a pointer into memory that may be the heap's comes here, and
 * what changes is the collector's word, rt_gcbarrier (gc/mbarrier.c).
 *
 * Test and store must be one step for whoever changes that word with a thread
 * stopped between them. Nobody is stopped there today. Whoever stops threads by
 * signal: pc from runtime.gcWriteBarrier up to rt_gcwb_stored is moved back to
 * the first instruction (nothing is done yet and both arguments are intact); at
 * rt_gcwb_stored the store is done.
 */
#include "arch/macros_amd64.h"

	.text
	FUNC	runtime.gcWriteBarrier, 5
	cmpl	$0, rt_gcbarrier(%rip)
	jne	rt_writeptr_recorded
	movq	%rsi, (%rdi)
	.globl	rt_gcwb_stored
rt_gcwb_stored:
	ret
	END	runtime.gcWriteBarrier

	.section .rodata
	.globl	runtime.writeBarrier
	.type	runtime.writeBarrier, @object
	.balign 8
runtime.writeBarrier:
	.long	1
	.zero	12
	.size	runtime.writeBarrier, 16

	.section .note.GNU-stack, "", @progbits
