/*
 * alg.c - hashing and equality of raw memory, numbers and strings.
 *
 * The hash must resist somebody who chooses keys to collide: it is keyed by
 * random words drawn at each start and by a random seed in each map, and no
 * hash value leaves the process.
 *
 * Three ranges of length.
 *   4 or 8 bytes   the key of most maps: one 64x64 -> 128 bit product whose
 *                  halves are folded (rt_hash_word). A product carries every
 *                  input bit into the middle; the fold brings it to both ends,
 *                  where the maps take their bits. Three AES rounds would mix
 *                  no better for a map's purposes and cost twice the latency.
 *   up to 16       two loads that may overlap, two products (rt_hash_short).
 *                  The length goes into the second, so "a" and "a\0" differ.
 *   longer         with AES instructions each block of 16 bytes is xored into
 *                  a state of two words, one round a block, and three rounds
 *                  end it, since one round spreads a bit over a column only;
 *                  from 128 bytes on four states run side by side, because a
 *                  round has a latency of four cycles. Without AES: the folded
 *                  product again, two words at a time.
 * The end of a long input is its last 16 bytes, overlapping what was read
 * before: no copy into a padded block.
 *
 * A float's hash must agree with its equality: both zeroes hash alike, and a
 * NaN, which equals nothing, hashes by chance, so that many of them in a map
 * do not form a chain.
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
uint64_t rt_hashkey[8] RT_ALIGNED(16) = {
	0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1,
	0x082efa98ec4e6c89, 0x452821e638d01377, 0xbe5466cf34e90c6d,
	0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
};

/* ---- portable ---- */

uint64_t
rt_memhash_portable(const void *mem, uint64_t seed, size_t n)
{
	const unsigned char *p = mem, *end = p + n;
	uint64_t h = seed ^ rt_hashkey[3];

	if (n <= 16)
		return rt_hash_short(p, seed, n);
	for (; (size_t)(end - p) > 16; p += 16)
		h = rt_hash_fold(rt_load64(p) ^ rt_hashkey[4],
		    rt_load64(p + 8) ^ h);
	return rt_hash_pair(rt_load64(end - 16), rt_load64(end - 8) ^ h, n, h);
}

/* ---- with AES instructions ---- */

#define AES __attribute__((target("aes,sse4.1")))

static inline AES __m128i
block(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Four states over whole runs of 64 bytes; folds them into s. */
static AES __m128i
four_lanes(__m128i s, const unsigned char **pp, const unsigned char *end)
{
	const __m128i k = _mm_load_si128((const __m128i *)&rt_hashkey[4]);
	const unsigned char *p = *pp;
	__m128i a = s, b = _mm_xor_si128(s, k),
	        c = _mm_aesenc_si128(s, k), d = _mm_aesenc_si128(b, k);

	for (; end - p > 64; p += 64) {
		a = _mm_aesenc_si128(_mm_xor_si128(a, block(p)), k);
		b = _mm_aesenc_si128(_mm_xor_si128(b, block(p + 16)), k);
		c = _mm_aesenc_si128(_mm_xor_si128(c, block(p + 32)), k);
		d = _mm_aesenc_si128(_mm_xor_si128(d, block(p + 48)), k);
	}
	*pp = p;
	a = _mm_aesenc_si128(a, b);
	c = _mm_aesenc_si128(c, d);
	return _mm_aesenc_si128(a, c);
}

AES uint64_t
rt_memhash_aes(const void *mem, uint64_t seed, size_t n)
{
	const unsigned char *p = mem, *end = p + n;
	const __m128i k0 = _mm_load_si128((const __m128i *)&rt_hashkey[0]);
	const __m128i k1 = _mm_load_si128((const __m128i *)&rt_hashkey[2]);
	__m128i s;

	if (n <= 16)
		return rt_hash_short(p, seed, n);
	s = _mm_xor_si128(k0, _mm_set_epi64x((int64_t)n, (int64_t)seed));
	s = _mm_aesenc_si128(s, k1);
	if (n > 128)
		s = four_lanes(s, &p, end);
	for (; end - p > 16; p += 16)
		s = _mm_aesenc_si128(_mm_xor_si128(s, block(p)), k1);
	s = _mm_aesenc_si128(_mm_xor_si128(s, block(end - 16)), k0);
	s = _mm_aesenc_si128(s, k1);
	s = _mm_aesenc_si128(s, k0);
	return (uint64_t)_mm_extract_epi64(s, 0) ^
	    (uint64_t)_mm_extract_epi64(s, 1);
}

/* ---- what the rest calls ---- */

uint64_t (*rt_memhash_long)(const void *, uint64_t, size_t) =
    rt_memhash_portable;

uint64_t
rt_memhash(const void *p, uint64_t seed, size_t n)
{
	if (n == 8)
		return rt_memhash64(p, seed);
	return n == 4 ? rt_memhash32(p, seed) : rt_hash_bytes(p, seed, n);
}

uint64_t
rt_strhash(const gort_str *s, uint64_t seed)
{
	return rt_hash_bytes(s->p, seed, (size_t)s->n);
}

uint64_t
rt_strhash_at(const void *p, uint64_t seed)
{
	return rt_strhash(p, seed);
}

uint64_t
rt_memhash0(const void *p, uint64_t seed)
{
	(void)p;
	return rt_hash_word(0, seed);
}

uint64_t
rt_memhash8(const void *p, uint64_t seed)
{
	return rt_hash_short(p, seed, 1);
}

uint64_t
rt_memhash16(const void *p, uint64_t seed)
{
	return rt_hash_short(p, seed, 2);
}

uint64_t
rt_memhash32(const void *p, uint64_t seed)
{
	return rt_hash_word(rt_load32(p), seed);
}

uint64_t
rt_memhash64(const void *p, uint64_t seed)
{
	return rt_hash_word(rt_load64(p), seed);
}

uint64_t
rt_memhash128(const void *p, uint64_t seed)
{
	return rt_hash_short(p, seed, 16);
}

/* ---- numbers ---- */

uint64_t
rt_f32hash(const void *p, uint64_t seed)
{
	float f;

	memcpy(&f, p, sizeof f);
	if (f == 0)
		return rt_hash_word(0, seed);
	return f != f ? rt_fastrand64() : rt_memhash32(p, seed);
}

uint64_t
rt_f64hash(const void *p, uint64_t seed)
{
	double f;

	memcpy(&f, p, sizeof f);
	if (f == 0)
		return rt_hash_word(0, seed);
	return f != f ? rt_fastrand64() : rt_memhash64(p, seed);
}

uint64_t
rt_c64hash(const void *p, uint64_t seed)
{
	return rt_f32hash((const char *)p + 4, rt_f32hash(p, seed));
}

uint64_t
rt_c128hash(const void *p, uint64_t seed)
{
	return rt_f64hash((const char *)p + 8, rt_f64hash(p, seed));
}

/* ---- equality ---- */

bool
rt_memequal0(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return true;
}

bool
rt_memequal8(const void *a, const void *b)
{
	return *(const uint8_t *)a == *(const uint8_t *)b;
}

bool
rt_memequal16(const void *a, const void *b)
{
	return memcmp(a, b, 2) == 0;
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
rt_memequal128(const void *a, const void *b)
{
	return memcmp(a, b, 16) == 0;
}

bool
rt_f32equal(const void *a, const void *b)
{
	float x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y;
}

bool
rt_f64equal(const void *a, const void *b)
{
	double x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y;
}

bool
rt_c64equal(const void *a, const void *b)
{
	return rt_f32equal(a, b) &&
	    rt_f32equal((const char *)a + 4, (const char *)b + 4);
}

bool
rt_c128equal(const void *a, const void *b)
{
	return rt_f64equal(a, b) &&
	    rt_f64equal((const char *)a + 8, (const char *)b + 8);
}

bool
rt_strequal(const void *a, const void *b)
{
	const gort_str *x = a, *y = b;

	return x->n == y->n &&
	    (x->p == y->p || memcmp(x->p, y->p, (size_t)x->n) == 0);
}

/* A multiplier with few bits set would hardly mix; zero would eat all. */
static uint64_t
draw_multiplier(void)
{
	for (;;) {
		uint64_t m = rt_fastrand64() | 1;
		int bits = __builtin_popcountll(m);

		if (bits >= 24 && bits <= 40)
			return m;
	}
}

void
rt_alginit(void)
{
	int step = rt_boot_begin("alginit");

	for (size_t i = 0; i < sizeof rt_hashkey / sizeof rt_hashkey[0]; i++)
		rt_hashkey[i] = draw_multiplier();
	rt_use_aeshash = rt_cpu.aes && rt_cpu.sse41;
	rt_memhash_long = rt_use_aeshash ? rt_memhash_aes
	                                 : rt_memhash_portable;
	rt_boot_end(step, "%s hash, keyed afresh",
	    rt_use_aeshash ? "AES" : "portable");
}
