/*
 * alg.c - hashing and equality of raw memory and strings.
 *
 * The hash must resist somebody who chooses keys to collide: it is keyed by
 * random words drawn at each start, and no hash value leaves the process.
 *
 * Two variants. With AES instructions, the state of two words takes each block
 * of 16 bytes by exclusive-or and one round of AES, and three more rounds at
 * the end, since one round spreads a bit over a column only. Without them:
 * two words at a time through a 64x64 -> 128 bit product, whose halves are
 * folded; a product carries every input bit into the middle of the result.
 * The odd end is copied into a zeroed block, and the length goes into the
 * final mix, so "a" and "a\0" differ.
 */
#include "types/type.h"
#include "types/type_alg.h"
#include "boot/boot.h"
#include "sched/oracle.h"

#include <immintrin.h>
#include <string.h>

bool rt_use_aeshash;

/* Drawn by alginit. The constants stand until then: digits of pi's fraction,
 * chosen because nobody chose them. */
static uint64_t key[8] RT_ALIGNED(16) = {
	0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1,
	0x082efa98ec4e6c89, 0x452821e638d01377, 0xbe5466cf34e90c6d,
	0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
};

/* ---- portable ---- */

static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 r = (unsigned __int128)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t
load64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

uint64_t
rt_memhash_portable(const void *mem, uint64_t seed, size_t n)
{
	const unsigned char *p = mem;
	uint64_t h = seed ^ key[0];
	size_t left = n;
	unsigned char tail[16] = { 0 };

	for (; left >= 16; p += 16, left -= 16)
		h = fold(load64(p) ^ key[1], load64(p + 8) ^ h ^ key[2]);
	memcpy(tail, p, left);
	h = fold(load64(tail) ^ key[3], load64(tail + 8) ^ h ^ key[4]);
	return fold(h ^ key[5], (uint64_t)n ^ key[6]) ^ h;
}

/* ---- with AES instructions ---- */

__attribute__((target("aes,sse4.1"))) uint64_t
rt_memhash_aes(const void *mem, uint64_t seed, size_t n)
{
	const unsigned char *p = mem;
	const __m128i k0 = _mm_load_si128((const __m128i *)&key[0]);
	const __m128i k1 = _mm_load_si128((const __m128i *)&key[2]);
	__m128i s = _mm_xor_si128(k0, _mm_set_epi64x((int64_t)n,
	    (int64_t)seed));
	size_t left = n;
	unsigned char tail[16] = { 0 };

	s = _mm_aesenc_si128(s, k1);
	for (; left >= 16; p += 16, left -= 16)
		s = _mm_aesenc_si128(_mm_xor_si128(s,
		    _mm_loadu_si128((const __m128i *)p)), k1);
	memcpy(tail, p, left);
	s = _mm_xor_si128(s, _mm_loadu_si128((const __m128i *)tail));
	s = _mm_aesenc_si128(s, k0);
	s = _mm_aesenc_si128(s, k1);
	s = _mm_aesenc_si128(s, k0);
	return (uint64_t)_mm_extract_epi64(s, 0) ^
	    (uint64_t)_mm_extract_epi64(s, 1);
}

/* ---- what the rest calls ---- */

uint64_t
rt_memhash(const void *p, uint64_t seed, size_t n)
{
	return rt_use_aeshash ? rt_memhash_aes(p, seed, n)
	                      : rt_memhash_portable(p, seed, n);
}

uint64_t
rt_strhash(const gort_str *s, uint64_t seed)
{
	return rt_memhash(s->p, seed, (size_t)s->n);
}

bool
rt_memequal8(const void *a, const void *b)
{
	return *(const uint8_t *)a == *(const uint8_t *)b;
}

bool
rt_memequal32(const void *a, const void *b)
{
	return memcmp(a, b, 4) == 0;
}

bool
rt_memequal64(const void *a, const void *b)
{
	return memcmp(a, b, 8) == 0;
}

bool
rt_strequal(const void *a, const void *b)
{
	const gort_str *x = a, *y = b;

	return x->n == y->n &&
	    (x->p == y->p || memcmp(x->p, y->p, (size_t)x->n) == 0);
}

void
rt_alginit(void)
{
	int step = rt_boot_begin("alginit");

	for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
		key[i] = rt_fastrand64() | 1; /* a zero factor would eat all */
	rt_use_aeshash = rt_cpu.aes && rt_cpu.sse41;
	rt_boot_end(step, "%s hash, keyed afresh",
	    rt_use_aeshash ? "AES" : "portable");
}
