/*
 * print_go.c - print and println of compiled Go.
 *
 * They write to descriptor 2 as the crash reports do, under the same lock. The
 * operands of one statement are collected and written at its end, so that a
 * line is one write, and lines of two processes on one pipe do not mix. Should
 * the statement die half-way (a bad string header), the report that follows
 * comes from this thread, which has the lock: fault/print.c writes out what is
 * collected before its own text.
 *
 * Floats are made by scaling to one digit before the point, adding half a unit
 * of the seventh digit and peeling digits off, in doubles. The last digit of
 * some numbers differs from the nearest decimal's; Go prints those, and
 * programs' expected outputs have them.
 */
#include "fault/print_go.h"

#include "fault/fault.h"
#include "fault/print_priv.h"

#include <string.h>

void
rt_goprint_begin(void)
{
	struct m *mp = rt_getg()->m;

	/* the lock belongs to a thread: no other may run us until the end */
	atomic_fetch_add_explicit(&mp->locks, 1, memory_order_relaxed);
	rt_printlock();
}

void
rt_goprint_end(void)
{
	struct m *mp = rt_getg()->m;

	rt_print_flush();
	rt_printunlock();
	atomic_fetch_sub_explicit(&mp->locks, 1, memory_order_relaxed);
}

void
rt_goprint_text(const char *p, size_t n)
{
	rt_print_collect(p, n);
}

void
rt_goprint_uint(uint64_t v)
{
	char tmp[20];
	size_t i = sizeof(tmp);

	do {
		tmp[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	rt_print_collect(tmp + i, sizeof(tmp) - i);
}

void
rt_goprint_int(int64_t v)
{
	if (v < 0)
		rt_print_collect("-", 1);
	rt_goprint_uint(v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
rt_goprint_hex(uint64_t v)
{
	char tmp[18];
	size_t i = sizeof(tmp);

	do {
		tmp[--i] = "0123456789abcdef"[v % 16];
		v /= 16;
	} while (v != 0);
	tmp[--i] = 'x';
	tmp[--i] = '0';
	rt_print_collect(tmp + i, sizeof(tmp) - i);
}

#define DIGITS 7

/* v > 0 to [1, 10), rounded to DIGITS digits; returns the exponent. */
static int
normalize(double *v)
{
	double half = 5;
	int e = 0;

	for (; *v >= 10; e++)
		*v /= 10;
	for (; *v < 1; e--)
		*v *= 10;
	for (int i = 0; i < DIGITS; i++)
		half /= 10;
	*v += half;
	if (*v >= 10) {
		*v /= 10;
		e++;
	}
	return e;
}

size_t
rt_float_text(double v, char *b)
{
	int e = 0, at = 2;

	if (v != v || v > __DBL_MAX__ || v < -__DBL_MAX__) {
		const char *word = v != v ? "NaN" : v > 0 ? "+Inf" : "-Inf";

		strcpy(b, word);
		return strlen(word);
	}
	b[0] = __builtin_signbit(v) ? '-' : '+';
	if (v != 0) {
		if (v < 0)
			v = -v;
		e = normalize(&v);
	}
	for (int i = 0; i < DIGITS; i++) {
		int d = (int)v;

		b[i == 0 ? 1 : ++at] = (char)('0' + d);
		v = (v - d) * 10;
	}
	b[2] = '.';
	b[++at] = 'e';
	b[++at] = e < 0 ? '-' : '+';
	e = e < 0 ? -e : e;
	b[++at] = (char)('0' + e / 100);
	b[++at] = (char)('0' + e / 10 % 10);
	b[++at] = (char)('0' + e % 10);
	b[++at] = '\0';
	return (size_t)at;
}

void
rt_goprint_float(double v)
{
	char b[RT_FLOAT_TEXT_BYTES];

	rt_print_collect(b, rt_float_text(v, b));
}
