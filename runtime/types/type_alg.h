/*
 * type_alg.h - equality and the variants of hashing, for types/ and its tests.
 */
#ifndef RT_TYPE_ALG_H
#define RT_TYPE_ALG_H

#include "types/type.h"

/* What a descriptor's `equal` points to: are *a and *b the same value? */
bool rt_memequal8(const void *a, const void *b);
bool rt_memequal32(const void *a, const void *b);
bool rt_memequal64(const void *a, const void *b);
bool rt_strequal(const void *a, const void *b);

/* The two variants behind rt_memhash. Both need rt_alginit's keys to be good;
 * without them they are the same function of (bytes, seed) in each run. */
uint64_t rt_memhash_aes(const void *p, uint64_t seed, size_t n);
uint64_t rt_memhash_portable(const void *p, uint64_t seed, size_t n);

#endif
