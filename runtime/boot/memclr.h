/*
 * memclr.h - the variants of clearing memory, and the choice between them.
 */
#ifndef RT_MEMCLR_H
#define RT_MEMCLR_H

#include <stddef.h>

struct rt_cpu;

/* Zero n bytes at p; n a multiple of 8, p aligned to 8. Pointer-sized words
 * are stored whole, so a concurrent marker sees the old or zero. */
void rt_memclr_sse2(void *p, size_t n);
void rt_memclr_avx2(void *p, size_t n); /* needs avx2 */
void rt_memclr_erms(void *p, size_t n); /* needs erms */

/* Point rt_memclr at the best one; returns its name. Boot only. */
const char *rt_memclr_pick(const struct rt_cpu *cpu);

#endif
