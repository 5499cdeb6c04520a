/*
 * strings.c - gort.h: strings and slices as values.
 *
 * Growing: double below 256 elements, then by a quarter and a bit, so that the
 * step from doubling to 1.25 is smooth; then up to what the size class gives
 * anyway is left to the allocator. Out of range is Go's panic, word for word.
 */
#include "capi/capi.h"

#include <stdio.h>
#include <string.h>

#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "sched/sched.h"

#define DOUBLE_BELOW 256
#define BYTES_MAX ((size_t)1 << 46)

/* ---- strings ---- */

gort_str
gort_str_of(const char *s)
{
	return (gort_str){ s, s == NULL ? 0 : (ssize_t)strlen(s) };
}

static char *
bytes_new(size_t n)
{
	return rt_mallocgc(n, NULL, false, false);
}

gort_str
gort_str_copy(const void *p, ssize_t n)
{
	char *d;

	if (n <= 0)
		return (gort_str){ NULL, 0 };
	d = bytes_new((size_t)n);
	memcpy(d, p, (size_t)n);
	return (gort_str){ d, n };
}

gort_str
gort_str_cat(gort_str a, gort_str b)
{
	ssize_t n;
	char *d;

	if (a.n == 0)
		return b;
	if (b.n == 0)
		return a;
	if (__builtin_add_overflow(a.n, b.n, &n))
		rt_panic_runtime("string concatenation too long");
	d = bytes_new((size_t)n);
	memcpy(d, a.p, (size_t)a.n);
	memcpy(d + a.n, b.p, (size_t)b.n);
	return (gort_str){ d, n };
}

gort_str
gort_strf(const char *fmt, ...)
{
	va_list ap;
	char *d;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return (gort_str){ NULL, 0 };
	d = bytes_new((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(d, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (gort_str){ d, n };
}

char *
gort_cstr(gort_str s)
{
	char *d = bytes_new((size_t)s.n + 1);

	if (s.n > 0)
		memcpy(d, s.p, (size_t)s.n);
	d[s.n] = '\0';
	return d;
}

/* ---- bounds ---- */

static void
panic_bounds(const char *fmt, ssize_t a, ssize_t b)
{
	char *text = bytes_new(96);

	rt_snprintf(text, 96, fmt, (long)a, (long)b);
	rt_panic_runtime(text);
}

/* what: "length" for strings, "capacity" for slices. */
static void
check_range(ssize_t lo, ssize_t hi, ssize_t max, bool is_str)
{
	if (hi < 0)
		panic_bounds("slice bounds out of range [:%ld]", hi, 0);
	if (hi > max && is_str)
		panic_bounds("slice bounds out of range [:%ld] with length "
		             "%ld", hi, max);
	if (hi > max)
		panic_bounds("slice bounds out of range [:%ld] with capacity "
		             "%ld", hi, max);
	if (lo < 0)
		panic_bounds("slice bounds out of range [%ld:]", lo, 0);
	if (lo > hi)
		panic_bounds("slice bounds out of range [%ld:%ld]", lo, hi);
}

ssize_t
gort_index(ssize_t i, ssize_t n)
{
	if (RT_UNLIKELY((size_t)i >= (size_t)n))
		rt_panic_index(i, n);
	return i;
}

gort_str
gort_str_sub(gort_str s, ssize_t lo, ssize_t hi)
{
	check_range(lo, hi, s.n, true);
	return (gort_str){ hi > lo ? s.p + lo : s.p, hi - lo };
}

bool
gort_str_eq(gort_str a, gort_str b)
{
	return a.n == b.n
	    && (a.n == 0 || a.p == b.p
	        || memcmp(a.p, b.p, (size_t)a.n) == 0);
}

int
gort_str_cmp(gort_str a, gort_str b)
{
	ssize_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, (size_t)n) : 0;

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

/* ---- slices ---- */

bool
capi_fits(const gort_type *t, ssize_t n)
{
	size_t bytes;

	return n >= 0 && !__builtin_mul_overflow(t->size, (size_t)n, &bytes)
	    && bytes <= BYTES_MAX;
}

static void *
array_new(const gort_type *t, ssize_t n)
{
	size_t bytes = t->size * (size_t)n;

	return rt_mallocgc(
	    bytes, t->ptrdata == 0 ? NULL : t, t->ptrdata != 0, true);
}

gort_slice
gort_slice_make(const gort_type *t, ssize_t n, ssize_t cap)
{
	rt_preempt_check();
	if (!capi_fits(t, n))
		rt_panic_runtime("makeslice: len out of range");
	if (cap < n || !capi_fits(t, cap))
		rt_panic_runtime("makeslice: cap out of range");
	return (gort_slice){ array_new(t, cap), n, cap };
}

static ssize_t
grown_cap(ssize_t old, ssize_t need)
{
	ssize_t cap = old;

	if (need > 2 * old)
		return need;
	if (old < DOUBLE_BELOW)
		return 2 * old;
	while (cap < need)
		cap += (cap + 3 * DOUBLE_BELOW) / 4;
	return cap;
}

static gort_slice
grow(const gort_type *t, gort_slice s, ssize_t need)
{
	ssize_t cap = grown_cap(s.cap, need);
	gort_slice d;

	if (!capi_fits(t, cap))
		rt_panic_runtime("growslice: len out of range");
	d = (gort_slice){ array_new(t, cap), s.n, cap };
	gort_move(t, d.p, s.p, s.n);
	return d;
}

gort_slice
gort_append(const gort_type *t, gort_slice s, const void *src, ssize_t n)
{
	ssize_t need;

	if (n <= 0)
		return s;
	rt_preempt_check();
	if (__builtin_add_overflow(s.n, n, &need))
		rt_panic_runtime("growslice: len out of range");
	if (need > s.cap)
		s = grow(t, s, need);
	gort_move(t, (char *)s.p + t->size * (size_t)s.n, src, n);
	s.n = need;
	return s;
}

gort_slice
gort_slice_sub(const gort_type *t, gort_slice s, ssize_t lo, ssize_t hi)
{
	check_range(lo, hi, s.cap, false);
	/* An empty rest at the very end must not point past the object: that
	 * would keep its neighbour alive. */
	return (gort_slice){
		s.cap > lo ? (char *)s.p + t->size * (size_t)lo : s.p,
		hi - lo, s.cap - lo,
	};
}
