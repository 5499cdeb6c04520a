/*
 * mgclimit.c - the two variables that set the collector's pace, as text.
 *
 * GOGC never reports a mistake: what is no plain 32-bit number counts as 100.
 * GOMEMLIMIT always does, and its caller kills the program: a limit that was
 * meant and silently ignored would be found in production.
 */
#include "gc/mgc.h"

#include <string.h>

/* Decimal digits at *s; false: none, or more than max. Moves *s. */
static bool
digits(const char **s, uint64_t max, uint64_t *ret)
{
	const char *p = *s;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v) ||
		    v > max)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	*ret = v;
	return true;
}

int32_t
rt_gc_parse_percent(const char *s)
{
	bool negative;
	uint64_t v;

	if (s == NULL || *s == '\0')
		return 100;
	if (strcmp(s, "off") == 0)
		return -1;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if (!digits(&s, negative ? (uint64_t)INT32_MAX + 1 : INT32_MAX, &v) ||
	    *s != '\0')
		return 100;
	/* any negative number is off; -0 is 0 */
	return negative && v != 0 ? -1 : (int32_t)v;
}

bool
rt_gc_parse_memlimit(const char *s, int64_t *ret)
{
	static const struct {
		const char *text;
		unsigned shift;
	} units[] = {
		{ "", 0 },
		{ "B", 0 },
		{ "KiB", 10 },
		{ "MiB", 20 },
		{ "GiB", 30 },
		{ "TiB", 40 },
	};
	uint64_t v;

	if (s == NULL || *s == '\0' || strcmp(s, "off") == 0) {
		*ret = INT64_MAX;
		return true;
	}
	if (!digits(&s, INT64_MAX, &v))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(s, units[i].text) != 0)
			continue;
		if (v > (uint64_t)INT64_MAX >> units[i].shift)
			return false;
		*ret = (int64_t)(v << units[i].shift);
		return true;
	}
	return false;
}
