/*
 * copy.h - copying and clearing a few bytes without a call. Pieces that
 * overlap cover any length; from 33 bytes on libc is as quick. For memory
 * without pointers only: a collector may see the pieces one by one.
 */
#ifndef RT_COPY_H
#define RT_COPY_H

#include <stddef.h>
#include <string.h>

/* n of dst and src, which do not overlap, by two pieces of `each` bytes. */
#define RT_COPY_TWO(each)                                                      \
	do {                                                                   \
		char first[each], last[each];                                  \
		memcpy(first, src, each);                                      \
		memcpy(last, (const char *)src + n - (each), each);            \
		memcpy(dst, first, each);                                      \
		memcpy((char *)dst + n - (each), last, each);                  \
	} while (0)

static inline void
rt_copy(void *dst, const void *src, size_t n)
{
	if (n > 32)
		memcpy(dst, src, n);
	else if (n >= 16)
		RT_COPY_TWO(16);
	else if (n >= 8)
		RT_COPY_TWO(8);
	else if (n >= 4)
		RT_COPY_TWO(4);
	else if (n >= 2)
		RT_COPY_TWO(2);
	else if (n != 0)
		*(char *)dst = *(const char *)src;
}

static inline void
rt_zero(void *dst, size_t n)
{
	char *p = dst;

	if (n > 32) {
		memset(p, 0, n);
	} else if (n >= 16) {
		memset(p, 0, 16);
		memset(p + n - 16, 0, 16);
	} else if (n >= 8) {
		memset(p, 0, 8);
		memset(p + n - 8, 0, 8);
	} else {
		for (; n > 0; n--)
			*p++ = 0;
	}
}

#endif
