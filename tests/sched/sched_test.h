/*
 * sched_test.h - what the scheduler's suites share. A test body runs as
 * main.main in Check's forked child; it returns 0 or ends the process by an
 * assertion of ours, which prints where.
 */
#ifndef SCHED_TEST_H
#define SCHED_TEST_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arch/fiber_san.h"
#include "boot/boot.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "tests/suite.h"

/* ck_assert longjmps on a foreign stack; this one just ends the child. */
#define REQUIRE(cond)                                                         \
	do {                                                                  \
		if (!(cond)) {                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,    \
			    __LINE__, #cond);                                 \
			_exit(99);                                            \
		}                                                             \
	} while (0)

#ifdef RT_SANITIZED
#define SCALE(n) ((n) / 20)
#else
#define SCALE(n) (n)
#endif
#ifdef RT_TSAN
#define MANY_GOROUTINES 2000 /* fibers end near 8,000 */
#elif defined(RT_SANITIZED)
#define MANY_GOROUTINES 5000
#else
#define MANY_GOROUTINES 100000
#endif

/* Let others run until cond holds. */
#define WAIT_UNTIL(cond)                                                      \
	do {                                                                  \
		while (!(cond))                                               \
			rt_gosched();                                         \
	} while (0)

static inline void
with_procs(int n)
{
	char buf[16];

	snprintf(buf, sizeof buf, "%d", n);
	setenv("GOMAXPROCS", buf, 1);
}

static inline struct g *
go(void (*fn)(void *), void *arg)
{
	return rt_newproc(fn, arg, 0);
}

/* What of this process is in memory. */
static inline long
rss_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size, res;

	REQUIRE(f != NULL && fscanf(f, "%ld %ld", &size, &res) == 2);
	fclose(f);
	return res * sysconf(_SC_PAGESIZE);
}

/*
 * A suite that is a table: static const struct row rows[], each a body that
 * runs as main.main on so many Ps. ROWS("name") behind it defines main.
 */
struct row {
	int (*body)(void *);
	int procs;
};
#define NROWS ((int)(sizeof rows / sizeof rows[0]))

#define ROW_HOLDS                                                             \
	START_TEST(row_holds)                                                 \
	{                                                                     \
		with_procs(rows[_i].procs);                                   \
		rt_boot_test(rows[_i].body, NULL);                            \
	}                                                                     \
	END_TEST

#define ROWS(name)                                                            \
	ROW_HOLDS                                                             \
	int main(void)                                                        \
	{                                                                     \
		TCase *tc;                                                    \
                                                                              \
		return suite_run(rows_suite(name, row_holds, NROWS, &tc));    \
	}

/* n rows, each of which must exit with 0; more tests may go to *ret_tc. */
static inline Suite *
rows_suite(const char *name, const TTest *row, int n, TCase **ret_tc)
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(tc, row, 0, 0, n);
	suite_add_tcase(s, tc);
	*ret_tc = tc;
	return s;
}

#endif
