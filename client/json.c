/*
 * json.c - reading answers without trusting their shape; see json.h.
 */
#include "client/json.h"

#include <stdlib.h>

const char *
j_str(const json_t *o, const char *key, const char *none)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? json_string_value(v) : none;
}

int64_t
j_int(const json_t *o, const char *key, int64_t none)
{
	const json_t *v = json_object_get(o, key);
	const char *s;
	char *end;
	long long n;

	if (json_is_integer(v))
		return json_integer_value(v);
	if (json_is_real(v))
		return (int64_t)json_real_value(v);
	if (json_is_boolean(v))
		return json_is_true(v);
	s = json_string_value(v);
	if (s == NULL || *s == '\0')
		return none;
	n = strtoll(s, &end, 10);
	return *end == '\0' ? n : none;
}

double
j_real(const json_t *o, const char *key, double none)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : none;
}

bool
j_bool(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_true(v) || (json_is_integer(v) && json_integer_value(v));
}

bool
j_has(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v != NULL && !json_is_null(v);
}
