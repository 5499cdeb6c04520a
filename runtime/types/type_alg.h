/*
 * type_alg.h - equality and hashing of values, for types/, the maps, the face
 * for compiled Go, and their tests. alg.c and typehash.c.
 *
 * A hash function takes the value's address and a seed, and gives 64 bits; a
 * composite value passes the hash of one part as the seed of the next. Hashes
 * are keyed at each start and differ from process to process.
 */
#ifndef RT_TYPE_ALG_H
#define RT_TYPE_ALG_H

#include "types/type.h"

#include <string.h>

typedef uint64_t rt_hash_fn(const void *p, uint64_t seed);
typedef bool rt_equal_fn(const void *a, const void *b);

/* ---- what descriptors and map types point to; any thread ---- */

/* Are *a and *b the same value? The number is in bits. */
bool rt_memequal0(const void *a, const void *b);
bool rt_memequal8(const void *a, const void *b);
bool rt_memequal16(const void *a, const void *b);
bool rt_memequal32(const void *a, const void *b);
bool rt_memequal64(const void *a, const void *b);
bool rt_memequal128(const void *a, const void *b);
bool rt_f32equal(const void *a, const void *b);
bool rt_f64equal(const void *a, const void *b);
bool rt_c64equal(const void *a, const void *b);
bool rt_c128equal(const void *a, const void *b);
bool rt_strequal(const void *a, const void *b);

uint64_t rt_memhash0(const void *p, uint64_t seed);
uint64_t rt_memhash8(const void *p, uint64_t seed);
uint64_t rt_memhash16(const void *p, uint64_t seed);
uint64_t rt_memhash32(const void *p, uint64_t seed);
uint64_t rt_memhash64(const void *p, uint64_t seed);
uint64_t rt_memhash128(const void *p, uint64_t seed);
/* +0 and -0 alike; a NaN hashes by chance, as it equals nothing */
uint64_t rt_f32hash(const void *p, uint64_t seed);
uint64_t rt_f64hash(const void *p, uint64_t seed);
uint64_t rt_c64hash(const void *p, uint64_t seed);
uint64_t rt_c128hash(const void *p, uint64_t seed);
uint64_t rt_strhash_at(const void *p, uint64_t seed); /* p: a gort_str */

/* ---- by descriptor (typehash.c); user goroutine, may panic ---- */

/* Panic with "hash of unhashable type T" / "comparing uncomparable type T"
 * when the value, or an interface in it, holds such a type. */
uint64_t rt_typehash(const struct gort_type *t, const void *p, uint64_t seed);
uint64_t rt_nilinterhash(const void *p, uint64_t seed); /* p: an eface */
uint64_t rt_interhash(const void *p, uint64_t seed);    /* p: an iface */
bool rt_efaceeq(struct gort_eface x, struct gort_eface y);
bool rt_ifaceeq(struct gort_iface x, struct gort_iface y);
bool rt_nilinterequal(const void *a, const void *b);
bool rt_interequal(const void *a, const void *b);
/* Does x hold a t equal to the value at p? (p is the word itself if t is
 * stored directly.) */
bool rt_efacevaleq(struct gort_eface x, const struct gort_type *t,
    const void *p);

static inline struct gort_eface
rt_iface_eface(struct gort_iface x)
{
	return (struct gort_eface){
		x.tab == NULL ? NULL : x.tab[0], x.d };
}

/* Func values that descriptors hold: code may want the closure itself. */
static inline bool
rt_call_equal(const struct rt_funcval *f, const void *a, const void *b)
{
	return __builtin_call_with_static_chain(
	    ((rt_equal_fn *)(void *)f->fn)(a, b), (void *)(uintptr_t)f);
}

static inline uint64_t
rt_call_hash(const struct rt_funcval *f, const void *p, uint64_t seed)
{
	return __builtin_call_with_static_chain(
	    ((rt_hash_fn *)(void *)f->fn)(p, seed), (void *)(uintptr_t)f);
}

/* ---- the kernels, inline because a map access is little more ---- */

/* Drawn by rt_alginit; [0] is an odd multiplier with many bits set. */
extern uint64_t rt_hashkey[8];

static inline uint64_t
rt_hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 r = (unsigned __int128)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t
rt_load64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint32_t
rt_load32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* One word. Every hash of four or eight bytes of memory is this one. */
static inline uint64_t
rt_hash_word(uint64_t x, uint64_t seed)
{
	return rt_hash_fold(x ^ seed, rt_hashkey[0]);
}

/* Two words that between them hold n bytes of memory. */
static inline uint64_t
rt_hash_pair(uint64_t a, uint64_t b, uint64_t n, uint64_t seed)
{
	uint64_t h = rt_hash_fold(a ^ seed ^ rt_hashkey[1],
	    b ^ rt_hashkey[2]);

	return rt_hash_fold(h ^ seed, rt_hashkey[0] ^ n << 1);
}

/* At most 16 bytes, by two loads that may overlap. */
static inline uint64_t
rt_hash_short(const unsigned char *p, uint64_t seed, size_t n)
{
	uint64_t a = 0, b = 0;

	if (n >= 8) {
		a = rt_load64(p);
		b = rt_load64(p + n - 8);
	} else if (n >= 4) {
		a = rt_load32(p);
		b = rt_load32(p + n - 4);
	} else if (n != 0) {
		a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
	}
	return rt_hash_pair(a, b, n, seed);
}

/* Longer than 16 bytes. */
extern uint64_t (*rt_memhash_long)(const void *p, uint64_t seed, size_t n);

static inline uint64_t
rt_hash_bytes(const void *p, uint64_t seed, size_t n)
{
	return n <= 16 ? rt_hash_short(p, seed, n)
	               : rt_memhash_long(p, seed, n);
}

/* The two variants behind rt_memhash. Both need rt_alginit's keys to be good;
 * without them they are the same function of (bytes, seed) in each run. */
uint64_t rt_memhash_aes(const void *p, uint64_t seed, size_t n);
uint64_t rt_memhash_portable(const void *p, uint64_t seed, size_t n);

#endif
