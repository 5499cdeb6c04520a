/*
 * preempt_bodies.c - see preempt_bodies.h.
 */
#define _GNU_SOURCE
#include "preempt_bodies.h"

#include <stdlib.h>
#include <ucontext.h>

void
body_spin(_Atomic bool *until)
{
	while (!atomic_load_explicit(until, memory_order_relaxed))
		;
}

void
body_hold(struct regs *r, _Atomic bool *until)
{
	__asm__ volatile(
	    "movups 0(%0), %%xmm0\n\tmovups 16(%0), %%xmm1\n\t"
	    "movups 32(%0), %%xmm2\n\tmovups 48(%0), %%xmm3\n\t"
	    "movups 64(%0), %%xmm4\n\tmovups 80(%0), %%xmm5\n\t"
	    "movups 96(%0), %%xmm6\n\tmovups 112(%0), %%xmm7\n\t"
	    "movups 128(%0), %%xmm8\n\tmovups 144(%0), %%xmm9\n\t"
	    "movups 160(%0), %%xmm10\n\tmovups 176(%0), %%xmm11\n\t"
	    "movups 192(%0), %%xmm12\n\tmovups 208(%0), %%xmm13\n\t"
	    "movups 224(%0), %%xmm14\n\tmovups 240(%0), %%xmm15\n\t"
	    "movq 256(%0), %%r8\n\tmovq 264(%0), %%r9\n\t"
	    "movq 272(%0), %%r10\n\tmovq 280(%0), %%r11\n\t"
	    "movq 288(%0), %%r12\n\tmovq 296(%0), %%r13\n\t"
	    "movq 304(%0), %%r14\n\tmovq 312(%0), %%r15\n\t"
	    "movq %%r8, -64(%%rsp)\n\t" /* the red zone is ours, too */
	    "1:\n\t"
	    "movb (%1), %%al\n\tstc\n\tjnc 2f\n\t"
	    "cmpq %%r8, -64(%%rsp)\n\tjne 2f\n\t"
	    "testb %%al, %%al\n\tje 1b\n\t"
	    "jmp 3f\n"
	    "2:\n\txorl %%r8d, %%r8d\n"
	    "3:\n\t"
	    "movups %%xmm0, 0(%0)\n\tmovups %%xmm1, 16(%0)\n\t"
	    "movups %%xmm2, 32(%0)\n\tmovups %%xmm3, 48(%0)\n\t"
	    "movups %%xmm4, 64(%0)\n\tmovups %%xmm5, 80(%0)\n\t"
	    "movups %%xmm6, 96(%0)\n\tmovups %%xmm7, 112(%0)\n\t"
	    "movups %%xmm8, 128(%0)\n\tmovups %%xmm9, 144(%0)\n\t"
	    "movups %%xmm10, 160(%0)\n\tmovups %%xmm11, 176(%0)\n\t"
	    "movups %%xmm12, 192(%0)\n\tmovups %%xmm13, 208(%0)\n\t"
	    "movups %%xmm14, 224(%0)\n\tmovups %%xmm15, 240(%0)\n\t"
	    "movq %%r8, 256(%0)\n\tmovq %%r9, 264(%0)\n\t"
	    "movq %%r10, 272(%0)\n\tmovq %%r11, 280(%0)\n\t"
	    "movq %%r12, 288(%0)\n\tmovq %%r13, 296(%0)\n\t"
	    "movq %%r14, 304(%0)\n\tmovq %%r15, 312(%0)\n\t"
	    :
	    : "D"(r), "S"(until)
	    : "rax", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
	    "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
	    "xmm15", "cc", "memory");
}

void
body_await(_Atomic int64_t *when, _Atomic bool *flag)
{
	while (atomic_load(when) != 0)
		;
	while (!atomic_load(flag))
		;
}

static void (*called)(void);

static int
compare(const void *a, const void *b)
{
	called();
	return *(const int *)a - *(const int *)b;
}

bool
body_qsort(void (*fn)(void))
{
	int v[2] = { 2, 1 };

	called = fn;
	qsort(v, 2, sizeof v[0], compare);
	return v[0] == 1;
}

bool
body_asks(bool (*ask)(void *ucontext))
{
	ucontext_t uc;

	getcontext(&uc);
	return ask(&uc);
}
