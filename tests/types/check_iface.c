/*
 * check_iface.c - the type registry, and method tables made on demand by many
 * threads at once.
 */
#include "types/type.h"
#include "boot/boot.h"
#include "sched/sched.h"
#include "lock/lock.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct point { /* known to the registry by its section */
	struct point *next;
	long x;
};
GORT_TYPE(point_type, struct point, next);

#define STR(s) (&(const gort_str){ s, sizeof(s) - 1 })
#define FN(n) ((void *)(uintptr_t)(0x1000 + (n)))

/* func() string, func(int), as descriptors: only identity and text matter */
static const struct gort_type sig_string = { .size = 8, .hash = 1,
	.kind = KIND_FUNC, .str = STR("func() string") };
static const struct gort_type sig_string2 = { .size = 8, .hash = 1,
	.kind = KIND_FUNC, .str = STR("func() string") };
static const struct gort_type sig_int = { .size = 8, .hash = 2,
	.kind = KIND_FUNC, .str = STR("func(int)") };

static const struct rt_method methods[] = {
	{ STR("Close"), NULL, &sig_string, &sig_string, FN(1) },
	{ STR("Error"), NULL, &sig_string, &sig_string, FN(2) },
	{ STR("Read"), NULL, &sig_int, &sig_int, FN(3) },
	{ STR("hidden"), STR("lib"), &sig_int, &sig_int, FN(4) },
};
static const struct rt_uncommon file_u = { STR("File"), STR("main"), methods,
	4, 4 };
static const struct gort_type file_type = { .size = 8, .kind = KIND_INT,
	.str = STR("main.File"), .u = &file_u };

#define INTER(v, ...)                                                          \
	static const struct rt_imethod v##_m[] = { __VA_ARGS__ };              \
	static const struct rt_interface_type v = {                            \
		{ .size = 16, .kind = KIND_INTERFACE, .str = STR(#v) }, v##_m, \
		sizeof v##_m / sizeof v##_m[0],                                \
		sizeof v##_m / sizeof v##_m[0],                                \
	}

INTER(closer, { STR("Close"), NULL, &sig_string2 });
INTER(closereader, { STR("Close"), NULL, &sig_string },
    { STR("Read"), NULL, &sig_int });
INTER(writer, { STR("Close"), NULL, &sig_string },
    { STR("Write"), NULL, &sig_int });
INTER(badread, { STR("Read"), NULL, &sig_string });
INTER(hidden_ok, { STR("hidden"), STR("lib"), &sig_int });
INTER(hidden_other, { STR("hidden"), STR("app"), &sig_int });

#define CHECK(c)                                                               \
	do {                                                                   \
		if (!(c)) {                                                    \
			fprintf(stderr, "%d: %s\n", __LINE__, #c);             \
			return 1;                                              \
		}                                                              \
	} while (0)

static int
tables_body(void *arg)
{
	const gort_str *missing = NULL;
	const void *const *t;

	(void)arg;
	t = rt_getitab(&closer, &file_type, &missing);
	CHECK(t != NULL && t[0] == &file_type && t[1] == FN(1));
	CHECK(rt_getitab(&closer, &file_type, &missing) == t);
	t = rt_getitab(&closereader, &file_type, &missing);
	CHECK(t != NULL && t[1] == FN(1) && t[2] == FN(3));
	t = rt_getitab(&hidden_ok, &file_type, &missing);
	CHECK(t != NULL && t[1] == FN(4));
	CHECK(missing == NULL);
	CHECK(rt_getitab(&writer, &file_type, &missing) == NULL);
	CHECK(missing != NULL && memcmp(missing->p, "Write", 5) == 0);
	missing = NULL; /* a second time from the registry */
	CHECK(rt_getitab(&writer, &file_type, &missing) == NULL);
	CHECK(missing != NULL && memcmp(missing->p, "Write", 5) == 0);
	CHECK(rt_getitab(&badread, &file_type, &missing) == NULL);
	CHECK(memcmp(missing->p, "Read", 4) == 0);
	CHECK(rt_getitab(&hidden_other, &file_type, &missing) == NULL);
	CHECK(rt_getitab(&closer, &rt_type_int, &missing) == NULL);
	return 0;
}

/* 300 types: the table grows several times under the askers. */
#define NTYPES 300
#define NASKERS 8
static struct gort_type many[NTYPES];
static const void *const *seen[NASKERS][NTYPES];
static _Atomic uint32_t done;

static void
asker(void *arg)
{
	int me = (int)(intptr_t)arg;

	for (int i = 0; i < NTYPES; i++) {
		int k = (i + me * 37) % NTYPES;

		seen[me][k] = rt_getitab(&closer, &many[k], NULL);
		if (i % 16 == 0)
			rt_gosched();
	}
	rt_semrelease(&done, false);
}

static int
race_body(void *arg)
{
	(void)arg;
	for (int i = 0; i < NTYPES; i++)
		many[i] = file_type;
	for (intptr_t i = 0; i < NASKERS; i++)
		rt_newproc(asker, (void *)i, 0);
	for (int i = 0; i < NASKERS; i++)
		rt_semacquire(&done, WAIT_SEMACQUIRE, false);
	for (int k = 0; k < NTYPES; k++)
		for (int i = 0; i < NASKERS; i++)
			CHECK(seen[i][k] != NULL && seen[i][k] == seen[0][k] &&
			    seen[i][k][0] == &many[k]);
	CHECK(rt_itabs_count() >= NTYPES);
	return 0;
}

static int
registry_body(void *arg)
{
	bool point = false, sorted = true;

	(void)arg;
	for (size_t i = 0; i < rt_types_count(); i++) {
		const struct gort_type *t = rt_type_at(i);

		point |= t == &point_type;
		if (i > 0)
			sorted &= strcmp(rt_type_at(i - 1)->str->p,
			              t->str->p) <= 0;
	}
	CHECK(point);
	CHECK(sorted);
	CHECK(rt_type_at(rt_types_count()) == NULL);
	return 0;
}

START_TEST(tables_match_methods)
{
	rt_boot_test(tables_body, NULL);
}
END_TEST

START_TEST(askers_get_the_same_table)
{
	rt_boot_test(race_body, NULL);
}
END_TEST

START_TEST(registry_knows_the_program)
{
	rt_boot_test(registry_body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("types/iface");
	TCase *tc = tcase_create("iface");

	tcase_add_exit_test(tc, tables_match_methods, 0);
	tcase_add_exit_test(tc, askers_get_the_same_table, 0);
	tcase_add_exit_test(tc, registry_knows_the_program, 0);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
