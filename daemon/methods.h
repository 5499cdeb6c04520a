/*
 * methods.h - the one table of methods.
 *
 * control.c dispatches by it, unknown or ill-typed params are refused by it,
 * system.describe and /v1/openapi.json are printed from it. A method that is
 * not here does not exist; one that is here is answered.
 */
#ifndef DAEMON_METHODS_H
#define DAEMON_METHODS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What a caller must be allowed to; each includes the ones before it. */
enum access {
	ACCESS_NONE,
	ACCESS_VIEW,
	ACCESS_OPERATE,
	ACCESS_ADMIN,
};

/* Which process answers. */
enum answerer {
	BY_SUPERVISOR,
	BY_GATEWAY,  /* relayed as "read" */
	BY_RECORDER, /* relayed as a subscription */
};

enum param_type {
	PARAM_STRING,
	PARAM_INT,    /* min..max hold */
	PARAM_NUMBER, /* the same, or as a string of digits */
	PARAM_BOOL,
	PARAM_STRINGS, /* array of strings */
	PARAM_MAP,     /* object whose values are strings */
};

struct param {
	const char *name;
	enum param_type type;
	bool required;
	json_int_t min, max; /* PARAM_INT; PARAM_STRING: bytes, 0 = 4096 */
	const char *doc;
};

struct method {
	const char *name;
	enum access access;
	enum answerer by;
	const struct param *params; /* ends with a NULL name */
	bool takes_fd;     /* uses descriptors sent along */
	bool over_http;    /* offered under /v1 as well */
	const char *doc;    /* one sentence */
	const char *result; /* what the result object has */
};

extern const struct method methods[]; /* ends with a NULL name */

/* Returns the method or NULL. */
const struct method *method_find(const char *name);

/*
 * Check params (NULL or an object) against the table.
 * Returns NULL when they are fine, else a new error object for the answer,
 * which names the offender.
 */
json_t *method_check(const struct method *m, const json_t *params);

/* A new object: methods, params, errors; system.describe's result. */
json_t *method_describe(void);

/* "view", "operate", "admin" */
const char *access_name(enum access a);

#endif
