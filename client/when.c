/*
 * when.c - times, durations, signals and counts as people type them.
 */
#include "client/when.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define NS_S 1000000000LL

int64_t
when_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NS_S + ts.tv_nsec;
}

int
when_count(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	int64_t n;

	if (*s == '\0' || strspn(s, "0123456789") != strlen(s))
		return -EINVAL;
	errno = 0;
	n = strtoll(s, NULL, 10);
	if (errno != 0 || n < min || n > max)
		return -EINVAL;
	*ret = n;
	return 0;
}

static const struct unit {
	const char *name;
	double ns;
} units[] = {
	{ "ns", 1 },
	{ "us", 1e3 },
	{ "ms", 1e6 },
	{ "s", 1e9 },
	{ "m", 60e9 },
	{ "h", 3600e9 },
	{ "d", 86400e9 },
};

static double
unit_ns(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len &&
		    strncmp(units[i].name, s, len) == 0)
			return units[i].ns;
	return 0;
}

int
when_duration(const char *s, int64_t *ret_ns)
{
	double sum = 0, v, u;
	char *end;
	size_t len;

	if (*s == '\0')
		return -EINVAL;
	while (*s != '\0') {
		if (!isdigit((unsigned char)*s))
			return -EINVAL;
		v = strtod(s, &end);
		for (len = 0; isalpha((unsigned char)end[len]); len++)
			;
		u = unit_ns(end, len);
		if (u == 0)
			return -EINVAL;
		sum += v * u;
		s = end + len;
	}
	if (!(sum < 9e18))
		return -EINVAL;
	*ret_ns = (int64_t)sum;
	return 0;
}

/* ".123" and the zone behind a time of day. */
static int
read_tail(const char *s, struct tm *tm, int64_t *ret_ns)
{
	int64_t frac = 0, scale = NS_S / 10, off = 0;
	int h, m, n = 0;
	time_t t;

	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return -EINVAL;
		for (; isdigit((unsigned char)*s); s++, scale /= 10)
			frac += (*s - '0') * scale;
	}
	if (*s == '\0') {
		tm->tm_isdst = -1;
		t = mktime(tm);
		*ret_ns = (int64_t)t * NS_S + frac;
		return 0;
	}
	if (strcmp(s, "Z") != 0 && strcmp(s, "z") != 0) {
		if ((*s != '+' && *s != '-') ||
		    sscanf(s + 1, "%2d:%2d%n", &h, &m, &n) != 2 ||
		    s[1 + n] != '\0' || h > 23 || m > 59)
			return -EINVAL;
		off = (h * 3600 + m * 60) * (*s == '-' ? -1 : 1);
	}
	t = timegm(tm);
	*ret_ns = ((int64_t)t - off) * NS_S + frac;
	return 0;
}

int
when_moment(const char *s, int64_t now_ns, int64_t *ret_ns)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
		"%Y-%m-%d" };
	struct tm tm;
	int64_t n;
	size_t i;
	char *end;

	if (when_count(s, 0, 9000000000LL, &n) == 0) {
		*ret_ns = n * NS_S;
		return 0;
	}
	if (when_duration(s, &n) == 0) {
		*ret_ns = now_ns - n;
		return 0;
	}
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		memset(&tm, 0, sizeof(tm));
		end = strptime(s, forms[i], &tm);
		if (end != NULL && read_tail(end, &tm, ret_ns) == 0)
			return 0;
	}
	return -EINVAL;
}

int
when_signal(const char *s)
{
	int64_t n;
	int i;

	if (when_count(s, 1, SIGRTMAX, &n) == 0)
		return (int)n;
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	for (i = 1; i < SIGRTMIN; i++) {
		const char *name = sigabbrev_np(i);

		if (name != NULL && strcasecmp(name, s) == 0)
			return i;
	}
	return -EINVAL;
}
