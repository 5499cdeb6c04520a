/*
 * check_container.c - GOMAXPROCS and GOMEMLIMIT by a control group's limits,
 * read from a tree made up here, and what happens when they change.
 */
#include "tests/chan/booted.h"

#include <stdint.h>
#include <sys/stat.h>

#include "diag/diag.h"
#include "gc/gc.h"
#include "sched/container.h"

#define CHECK(cond)                                                            \
	do {                                                                  \
		if (!(cond)) {                                                \
			dprintf(2, "%s:%d: failed: %s\n", __FILE__, __LINE__, \
			    #cond);                                           \
			_exit(99);                                            \
		}                                                             \
	} while (0)
#define GROUP "/sys/fs/cgroup/a/b"
#define PARENT "/sys/fs/cgroup/a"

static char root[] = "/tmp/gort-container-XXXXXX";

static void
put(const char *path, const char *text)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof full, "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')) != NULL;
	     p++) {
		*p = 0;
		mkdir(full, 0700);
		*p = '/';
	}
	f = fopen(full, "w");
	CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Before boot, as sysmon looks there: a fresh tree, version 2, group a/b, no
 * limits, on eight CPUs. */
static void
plant(void)
{
	CHECK(mkdtemp(root) != NULL);
	put("/proc/self/cgroup", "0::/a/b\n");
	put("/proc/self/mountinfo",
	    "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	put(GROUP "/memory.max", "max\n");
	put(GROUP "/cpu.max", "max 100000\n");
	rt_container_fake(root, 8);
}

static void
uproot(void)
{
	char cmd[64];

	snprintf(cmd, sizeof cmd, "rm -r %s", root);
	CHECK(system(cmd) == 0);
}

/* It is sysmon that looks, about once a second. */
static void
await_procs(int32_t n)
{
	while (gort_gomaxprocs(0) != n)
		gort_sleep(1000000);
}

static void
await_limit(int64_t bytes)
{
	while (gort_set_memory_limit(-1) != bytes)
		gort_sleep(1000000);
}

BOOTED(limits_are_followed)
{
	(void)index;
	await_procs(8);
	await_limit(INT64_MAX);
	put(GROUP "/memory.max", "1000000000\n");
	put(GROUP "/cpu.max", "250000 100000\n");
	await_procs(3);
	await_limit(900000000);
	put(PARENT "/memory.high", "500000000\n");
	put(PARENT "/cpu.max", "350000 50000\n");
	put(GROUP "/cpu.max", "max 100000\n");
	await_procs(7);
	await_limit(450000000);
	/* moved to another group */
	put("/sys/fs/cgroup/c/cpu.max", "400000 100000\n");
	put("/proc/self/cgroup", "0::/c\n");
	await_procs(4);
	await_limit(INT64_MAX);
	uproot();
	return 0;
}

/* What was chosen, or switched off, stays. sysmon follows nothing then, so the
 * looks here are the only ones. */
static void
limits_appear(void)
{
	put(GROUP "/memory.max", "1000000000\n");
	put(GROUP "/cpu.max", "250000 100000\n");
}

BOOTED(chosen_by_the_program)
{
	(void)index;
	gort_gomaxprocs(5);
	gort_set_memory_limit(1 << 30);
	limits_appear();
	rt_container_look();
	uproot();
	gort_sleep(1000000);
	return gort_gomaxprocs(0) == 5 &&
	        gort_set_memory_limit(-1) == 1 << 30
	    ? 0
	    : 1;
}

BOOTED(chosen_by_the_environment)
{
	(void)index;
	limits_appear();
	rt_container_look();
	uproot();
	gort_sleep(1000000);
	return gort_gomaxprocs(0) == 6 &&
	        gort_set_memory_limit(-1) == INT64_MAX
	    ? 0
	    : 1;
}

static void
chosen_env(void)
{
	plant();
	setenv("GOMAXPROCS", "6", 1);
	setenv("GOMEMLIMIT", "off", 1);
}

static void
off_env(void)
{
	plant();
	setenv("GODEBUG", "updatemaxprocs=0,containermemlimit=0", 1);
}

BOOTED(switched_off)
{
	int32_t before = gort_gomaxprocs(0);

	(void)index;
	limits_appear();
	rt_container_look();
	gort_sleep(1000000);
	uproot();
	return gort_gomaxprocs(0) == before &&
	        gort_set_memory_limit(-1) == INT64_MAX
	    ? 0
	    : 1;
}

static const struct {
	int32_t cpus;
	int64_t milli;
	int32_t want, off;
} procs_rows[] = {
	{ 8, -1, 8, 8 },
	{ 8, 0, 2, 8 },
	{ 8, 100, 2, 8 },
	{ 8, 2000, 2, 8 },
	{ 8, 2001, 3, 8 },
	{ 8, 7999, 8, 8 },
	{ 8, 64000, 8, 8 },
	{ 1, 100, 1, 1 },
	{ 1, 4000, 1, 1 },
	{ 64, INT64_MAX / 2000, 64, 64 },
};

START_TEST(procs_by_quota)
{
	int32_t cpus = procs_rows[_i].cpus;
	int64_t milli = procs_rows[_i].milli;

	ck_assert_int_eq(
	    rt_container_procs(cpus, milli), procs_rows[_i].want);
	atomic_store(&rt_debug.containermaxprocs, 0);
	ck_assert_int_eq(rt_container_procs(cpus, milli), procs_rows[_i].off);
}
END_TEST

START_TEST(memory_by_limit)
{
	ck_assert_int_eq(rt_container_memlimit(-1), INT64_MAX);
	ck_assert_int_eq(rt_container_memlimit(0), 0);
	ck_assert_int_eq(rt_container_memlimit(1000), 900);
	ck_assert_int_eq(
	    rt_container_memlimit(INT64_MAX), INT64_MAX / 10 * 9);
	atomic_store(&rt_debug.containermemlimit, 0);
	ck_assert_int_eq(rt_container_memlimit(1000), INT64_MAX);
}
END_TEST

static void
case_with(Suite *s, const char *name, void (*before)(void), const TTest *test)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, before, NULL);
	tcase_set_timeout(tc, 120);
	booted_add(tc, test);
	suite_add_tcase(s, tc);
}

int
main(void)
{
	Suite *s = suite_create("container");
	TCase *tc = tcase_create("pure");

	tcase_add_loop_test(tc, procs_by_quota, 0,
	    (int)(sizeof procs_rows / sizeof procs_rows[0]));
	tcase_add_test(tc, memory_by_limit);
	suite_add_tcase(s, tc);
	case_with(s, "followed", plant, limits_are_followed);
	case_with(s, "program", plant, chosen_by_the_program);
	case_with(s, "environment", chosen_env, chosen_by_the_environment);
	case_with(s, "off", off_env, switched_off);
	return suite_run(s);
}
