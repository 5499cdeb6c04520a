/*
 * string.h - strings made from strings, bytes and runes, as Go converts them.
 *
 * Results are new memory unless the caller gives a buffer (NULL: none), whose
 * life he knows: a result that fits may lie in it. Nothing given is kept.
 * User goroutine.
 */
#ifndef RT_STRING_H
#define RT_STRING_H

#include "types/type.h"

#define RT_STRBUF_BYTES 32 /* of a caller's buffer; int32s for runes */
#define RT_RUNE_BUF_BYTES 4
#define RT_RUNE_ERROR 0xfffd
#define RT_RUNE_MAX 0x10ffff

gort_str rt_concatstrings(void *buf, const gort_str *a, intptr_t n);
int rt_cmpstring(gort_str a, gort_str b); /* -1, 0, 1 */
/* The rune's UTF-8; U+FFFD's when v is none. buf: RT_RUNE_BUF_BYTES. */
gort_str rt_intstring(void *buf, int64_t v);
gort_str rt_slicebytetostring(void *buf, const uint8_t *p, intptr_t n);
gort_slice rt_stringtoslicebyte(void *buf, gort_str s);
gort_str rt_slicerunetostring(void *buf, gort_slice runes);
gort_slice rt_stringtoslicerune(void *buf, gort_str s);

/* Room for a string of n bytes, uncleared. */
char *rt_rawstring(size_t n);
/* A C string's bytes as a new string; NULL is "". */
gort_str rt_gostring(const char *s);

/* ---- UTF-8; pure, any thread ---- */

struct rt_decoded {
	int32_t rune;
	intptr_t pos; /* index after the rune */
};
/* The rune at s[k], k < s.n. What is no UTF-8 is RT_RUNE_ERROR, one byte. */
struct rt_decoded rt_decoderune(gort_str s, intptr_t k);
/* Its bytes to p, which has room for 4; returns how many. No rune (too large,
 * negative, a surrogate) is written as RT_RUNE_ERROR. */
unsigned rt_encoderune(uint8_t *p, int32_t r);

#endif
