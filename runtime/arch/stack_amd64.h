/*
 * stack_amd64.h - numbers that morestack_amd64.S and C must agree on.
 * sched/segment.c asserts the offsets.
 */
#ifndef RT_STACK_AMD64_H
#define RT_STACK_AMD64_H

/* struct g */
#define RT_G_STACKGUARD 32
#define RT_G_SEGMENT 64
#define RT_G_SPLITSP 72

/* struct rt_segment */
#define RT_SEG_TOP 0
#define RT_SEG_GUARD 8
#define RT_SEG_SLOTGUARD 16

/* g->splitsp while the goroutine is on its slot: it has not split since the
 * collector last looked, or it has. Any other value is the slot's stack pointer
 * where it split: the stack goes on in its segment. */
#define RT_SPLIT_NONE 0
#define RT_SPLIT_BEFORE 1

#endif
