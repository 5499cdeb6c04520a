/*
 * json.h - reading answers without trusting their shape.
 *
 * Each takes an object that may be NULL or of another type and a value for
 * "not there", so that an answer of a newer or older gortd prints with a gap
 * instead of crashing gortctl. Strings are borrowed from the object.
 */
#ifndef CLIENT_JSON_H
#define CLIENT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

const char *j_str(const json_t *o, const char *key, const char *none);
/* Integers may travel as decimal strings: they exceed 2^53. */
int64_t j_int(const json_t *o, const char *key, int64_t none);
double j_real(const json_t *o, const char *key, double none);
bool j_bool(const json_t *o, const char *key);
bool j_has(const json_t *o, const char *key); /* there and not null */

#endif
