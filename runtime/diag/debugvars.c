/*
 * debugvars.c - debug variables over the control channel.
 *
 * GODEBUG in the environment forgives everything; a person who types a key at
 * a running program is told. A list is applied whole or not at all, so it is
 * checked first. Keys and values are boot/runtime1.c's.
 */
#include "diag/control.h"
#include "diag/diag.h"

#include "boot/boot.h"
#include "fault/fault.h"

#include <string.h>

struct setting {
	char key[48], value[16];
};

/* Cut "k=v" off *s. False: not of that form, or too long. */
static bool
next_setting(const char **s, struct setting *ret)
{
	size_t len = strcspn(*s, ",");
	const char *eq = memchr(*s, '=', len);
	size_t k = eq == NULL ? 0 : (size_t)(eq - *s), v = len - k - 1;

	if (eq == NULL || k == 0 || k >= sizeof(ret->key) ||
	    v >= sizeof(ret->value))
		return false;
	memcpy(ret->key, *s, k);
	ret->key[k] = '\0';
	memcpy(ret->value, eq + 1, v);
	ret->value[v] = '\0';
	*s += len;
	if (**s == ',')
		(*s)++;
	return true;
}

static bool
known(const char *key)
{
	const char *have;
	int32_t v;

	for (size_t i = 0; rt_debug_get(i, &have, &v) == 0; i++)
		if (strcmp(have, key) == 0)
			return true;
	return false;
}

/* A 32-bit decimal with an optional minus, as GODEBUG wants it. */
static bool
is_number(const char *s)
{
	bool neg = *s == '-';
	int64_t v = 0;

	s += neg;
	if (*s == '\0')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		v = v * 10 + (*s - '0');
		if (v > (int64_t)INT32_MAX + neg)
			return false;
	}
	return *s == '\0';
}

static bool
check_all(const char *text, char *cause, size_t cap)
{
	struct setting st;

	if (*text == '\0') {
		rt_snprintf(cause, cap, "no setting was given");
		return false;
	}
	while (*text != '\0') {
		if (!next_setting(&text, &st)) {
			rt_snprintf(cause, cap,
			    "a setting is not of the form key=number: %.60s",
			    text);
			return false;
		}
		if (!known(st.key)) {
			rt_snprintf(cause, cap, "there is no debug variable %s",
			    st.key);
			return false;
		}
		if (!is_number(st.value)) {
			rt_snprintf(cause, cap,
			    "%s wants a 32-bit decimal number, not \"%s\"",
			    st.key, st.value);
			return false;
		}
	}
	return true;
}

bool
rt_control_debug_set(const char *text, char *cause, size_t cap)
{
	struct setting st;

	if (!check_all(text, cause, cap))
		return false;
	while (*text != '\0' && next_setting(&text, &st))
		rt_debug_set(st.key, st.value);
	return true;
}

size_t
rt_control_debug_text(char *buf, size_t cap)
{
	const char *key;
	size_t n = 0;
	int32_t v;

	for (size_t i = 0; rt_debug_get(i, &key, &v) == 0; i++)
		n += (size_t)rt_snprintf(
		    buf + n, cap - n, i == 0 ? "%s=%d" : ",%s=%d", key, v);
	return n;
}
