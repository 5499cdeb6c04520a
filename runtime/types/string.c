/*
 * string.c - conversions between strings, bytes and runes, and joining.
 *
 * Memory: a string's bytes come from the tiny allocator when they are few.
 * The compiler hands a buffer on its frame when it knows that the result does
 * not outlive the statement. Strings of one byte point into a table.
 *
 * Joining always copies, also a single string that is not empty: gccgo hands
 * the bytes of a slice over as an operand (x + string(b) makes no copy of b),
 * and whoever owns the slice writes to it afterwards. Nothing tells such an
 * operand from a true string, wherever its bytes are.
 *
 * UTF-8, by the Unicode standard's table of well-formed sequences: the first
 * byte decides how many follow and in what range the second must be, which
 * excludes overlong forms, surrogates and what lies beyond U+10FFFF. Whatever
 * is wrong costs one byte and reads as U+FFFD.
 */
#include "types/string.h"

#include "fault/fault.h"
#include "mem/malloc.h"
#include "types/copy.h"
#include "types/slice.h"


/* ---- UTF-8 ---- */

struct lead { /* what a first byte says */
	uint8_t bits;   /* of its own that belong to the rune */
	uint8_t follow; /* bytes after it; 0: no first byte of several */
	uint8_t lo, hi; /* range of the second */
};

static struct lead
lead_of(uint8_t c)
{
	if (c < 0xc2 || c > 0xf4)
		return (struct lead){ 0, 0, 0, 0 };
	if (c < 0xe0)
		return (struct lead){ 0x1f, 1, 0x80, 0xbf };
	if (c < 0xf0)
		return (struct lead){ 0x0f, 2, c == 0xe0 ? 0xa0 : 0x80,
			c == 0xed ? 0x9f : 0xbf };
	return (struct lead){ 0x07, 3, c == 0xf0 ? 0x90 : 0x80,
		c == 0xf4 ? 0x8f : 0xbf };
}

struct rt_decoded
rt_decoderune(gort_str s, intptr_t k)
{
	const struct rt_decoded bad = { RT_RUNE_ERROR, k + 1 };
	const uint8_t *p = (const uint8_t *)s.p + k;
	struct lead l;
	int32_t r;

	if (p[0] < 0x80)
		return (struct rt_decoded){ p[0], k + 1 };
	l = lead_of(p[0]);
	if (l.follow == 0 || s.n - k <= l.follow || p[1] < l.lo ||
	    p[1] > l.hi)
		return bad;
	r = (p[0] & l.bits) << 6 | (p[1] & 0x3f);
	for (unsigned i = 2; i <= l.follow; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return bad;
		r = r << 6 | (p[i] & 0x3f);
	}
	return (struct rt_decoded){ r, k + 1 + l.follow };
}

static int32_t
valid_rune(int32_t r)
{
	if (r < 0 || r > RT_RUNE_MAX || (r >= 0xd800 && r <= 0xdfff))
		return RT_RUNE_ERROR;
	return r;
}

static unsigned
rune_bytes(int32_t r)
{
	r = valid_rune(r);
	return 1 + (r >= 0x80) + (r >= 0x800) + (r >= 0x10000);
}

unsigned
rt_encoderune(uint8_t *p, int32_t rune)
{
	uint32_t r = (uint32_t)valid_rune(rune);

	if (r < 0x80) {
		p[0] = (uint8_t)r;
		return 1;
	}
	if (r < 0x800) {
		p[0] = (uint8_t)(0xc0 | r >> 6);
		p[1] = (uint8_t)(0x80 | (r & 0x3f));
		return 2;
	}
	if (r < 0x10000) {
		p[0] = (uint8_t)(0xe0 | r >> 12);
		p[1] = (uint8_t)(0x80 | (r >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (r & 0x3f));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | r >> 18);
	p[1] = (uint8_t)(0x80 | (r >> 12 & 0x3f));
	p[2] = (uint8_t)(0x80 | (r >> 6 & 0x3f));
	p[3] = (uint8_t)(0x80 | (r & 0x3f));
	return 4;
}

/* ---- memory ---- */

char *
rt_rawstring(size_t n)
{
	return rt_mallocgc(n, &rt_type_uint8, false, false);
}

/* Room for n elements of `each` bytes, whatever its class adds; the bytes
 * behind the first n elements are zero. */
static inline gort_slice
raw_slice(intptr_t n, size_t each, const struct gort_type *elem)
{
	size_t used = (size_t)n * each, bytes = rt_roundupsize(used);
	char *p;

	if (bytes > RT_MAX_ALLOC_BYTES)
		rt_throw("out of memory");
	p = rt_mallocgc(bytes, elem, false, false);
	rt_zero(p + used, bytes - used);
	return (gort_slice){ p, n, (intptr_t)(bytes / each) };
}

gort_str
rt_gostring(const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);
	char *p;

	if (n == 0)
		return (gort_str){ NULL, 0 };
	p = rt_rawstring(n);
	rt_copy(p, s, n);
	return (gort_str){ p, (intptr_t)n };
}

/* ---- joining and comparing ---- */

static size_t
total_bytes(const gort_str *a, intptr_t n)
{
	size_t total = 0;

	for (intptr_t i = 0; i < n; i++)
		if (__builtin_add_overflow(total, (size_t)a[i].n, &total) ||
		    total > INTPTR_MAX)
			rt_throw("string concatenation too long");
	return total;
}

gort_str
rt_concatstrings(void *buf, const gort_str *a, intptr_t n)
{
	size_t total = total_bytes(a, n), at = 0;
	char *p;

	if (total == 0)
		return (gort_str){ NULL, 0 };
	p = buf != NULL && total <= RT_STRBUF_BYTES ? buf
	                                            : rt_rawstring(total);
	for (intptr_t i = 0; i < n; i++) {
		if (a[i].n == 0)
			continue;
		rt_copy(p + at, a[i].p, (size_t)a[i].n);
		at += (size_t)a[i].n;
	}
	return (gort_str){ p, (intptr_t)total };
}

int
rt_cmpstring(gort_str a, gort_str b)
{
	size_t n = (size_t)(a.n < b.n ? a.n : b.n);
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c == 0)
		return (a.n > b.n) - (a.n < b.n);
	return c < 0 ? -1 : 1;
}

/* ---- bytes ---- */

#define B4(n) n, n + 1, n + 2, n + 3
#define B16(n) B4(n), B4(n + 4), B4(n + 8), B4(n + 12)
#define B64(n) B16(n), B16(n + 16), B16(n + 32), B16(n + 48)
static const uint8_t one_byte[256] = { B64(0), B64(64), B64(128), B64(192) };

gort_str
rt_slicebytetostring(void *buf, const uint8_t *p, intptr_t n)
{
	char *d;

	if (n == 0)
		return (gort_str){ NULL, 0 };
	if (n == 1)
		return (gort_str){ (const char *)&one_byte[p[0]], 1 };
	d = buf != NULL && n <= RT_STRBUF_BYTES ? buf
	                                        : rt_rawstring((size_t)n);
	rt_copy(d, p, (size_t)n);
	return (gort_str){ d, n };
}

gort_slice
rt_stringtoslicebyte(void *buf, gort_str s)
{
	gort_slice r;

	if (buf != NULL && s.n <= RT_STRBUF_BYTES) {
		memset(buf, 0, RT_STRBUF_BYTES);
		r = (gort_slice){ buf, s.n, RT_STRBUF_BYTES };
	} else {
		r = raw_slice(s.n, 1, &rt_type_uint8);
	}
	rt_copy(r.p, s.p, (size_t)s.n);
	return r;
}

/* ---- runes ---- */

gort_str
rt_intstring(void *buf, int64_t v)
{
	int32_t r = v == (int32_t)v ? (int32_t)v : RT_RUNE_ERROR;
	char *p;

	if (r >= 0 && r < 0x80)
		return (gort_str){ (const char *)&one_byte[r], 1 };
	p = buf != NULL ? buf : rt_rawstring(RT_RUNE_BUF_BYTES);
	return (gort_str){ p, rt_encoderune((uint8_t *)p, r) };
}

gort_str
rt_slicerunetostring(void *buf, gort_slice runes)
{
	const int32_t *r = runes.p;
	uint8_t last[RT_RUNE_BUF_BYTES];
	size_t total = 0, at = 0;
	char *p;

	for (intptr_t i = 0; i < runes.n; i++)
		total += rune_bytes(r[i]);
	if (total == 0)
		return (gort_str){ NULL, 0 };
	p = buf != NULL && total <= RT_STRBUF_BYTES ? buf
	                                            : rt_rawstring(total);
	for (intptr_t i = 0; i < runes.n && at < total; i++) {
		/* another goroutine may change the runes meanwhile */
		unsigned n = rt_encoderune(last, r[i]);

		if (n > total - at)
			n = (unsigned)(total - at);
		memcpy(p + at, last, n);
		at += n;
	}
	return (gort_str){ p, (intptr_t)at };
}

gort_slice
rt_stringtoslicerune(void *buf, gort_str s)
{
	const uint8_t *b = (const uint8_t *)s.p;
	intptr_t n = 0, i = 0;
	gort_slice r;

	for (intptr_t k = 0; k < s.n; n++)
		k = b[k] < 0x80 ? k + 1 : rt_decoderune(s, k).pos;
	if (buf != NULL && n <= RT_STRBUF_BYTES) {
		memset(buf, 0, RT_STRBUF_BYTES * sizeof(int32_t));
		r = (gort_slice){ buf, n, RT_STRBUF_BYTES };
	} else {
		r = raw_slice(n, sizeof(int32_t), &rt_type_int32);
	}
	for (intptr_t k = 0; k < s.n;) {
		struct rt_decoded d = { b[k], k + 1 };

		if (d.rune >= 0x80)
			d = rt_decoderune(s, k);
		((int32_t *)r.p)[i++] = d.rune;
		k = d.pos;
	}
	return r;
}
