/*
 * memclr.c - zero memory with the widest stores there are.
 *
 * Words of 8 bytes are the unit; vector stores are used from the size on where
 * they pay. `rep stosb` has a start-up cost of some 30 cycles, so the erms
 * variant takes vectors for small pieces. Rejected: non-temporal stores; what
 * is cleared by an allocator is about to be written by the program.
 */
#include "boot/memclr.h"
#include "boot/boot.h"
#include "mem/malloc.h"

#include <immintrin.h>

#define ERMS_FROM_BYTES 2048

static inline char *
clear_words(char *p, char *end)
{
	for (; p < end; p += 8)
		*(volatile uint64_t *)p = 0;
	return p;
}

void
rt_memclr_sse2(void *mem, size_t n)
{
	char *p = mem, *end = p + n;
	const __m128i zero = _mm_setzero_si128();

	for (; end - p >= 64; p += 64) {
		_mm_storeu_si128((__m128i *)p, zero);
		_mm_storeu_si128((__m128i *)(p + 16), zero);
		_mm_storeu_si128((__m128i *)(p + 32), zero);
		_mm_storeu_si128((__m128i *)(p + 48), zero);
	}
	for (; end - p >= 16; p += 16)
		_mm_storeu_si128((__m128i *)p, zero);
	clear_words(p, end);
}

__attribute__((target("avx2"))) void
rt_memclr_avx2(void *mem, size_t n)
{
	char *p = mem, *end = p + n;
	const __m256i zero = _mm256_setzero_si256();

	for (; end - p >= 128; p += 128) {
		_mm256_storeu_si256((__m256i *)p, zero);
		_mm256_storeu_si256((__m256i *)(p + 32), zero);
		_mm256_storeu_si256((__m256i *)(p + 64), zero);
		_mm256_storeu_si256((__m256i *)(p + 96), zero);
	}
	for (; end - p >= 32; p += 32)
		_mm256_storeu_si256((__m256i *)p, zero);
	clear_words(p, end);
}

void
rt_memclr_erms(void *mem, size_t n)
{
	if (n < ERMS_FROM_BYTES) {
		rt_memclr_sse2(mem, n);
		return;
	}
	__asm__ volatile("rep stosb"
	                 : "+D"(mem), "+c"(n)
	                 : "a"(0)
	                 : "memory");
}

/* Right before the choice is made, too: every x86-64 has SSE2. */
void (*rt_memclr)(void *p, size_t n) = rt_memclr_sse2;

const char *
rt_memclr_pick(const struct rt_cpu *cpu)
{
	if (cpu->erms) {
		rt_memclr = rt_memclr_erms;
		return "rep stosb from 2 KiB on, sse2 below";
	}
	if (cpu->avx2) {
		rt_memclr = rt_memclr_avx2;
		return "avx2";
	}
	rt_memclr = rt_memclr_sse2;
	return "sse2";
}
