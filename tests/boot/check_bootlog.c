/*
 * check_bootlog.c - the log of a real boot: complete, nested, in time.
 */
#include "boot/boot.h"
#include "os/os.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps that DESIGN's tree names, with the step each is in. */
static const struct {
	const char *name, *parent;
} tree[] = {
	{ "rt0_go", NULL }, { "tlsinit", "rt0_go" }, { "check", "rt0_go" },
	{ "checkASM", "check" }, { "checkAtomics", "check" },
	{ "checkFloats", "check" }, { "asminit", "rt0_go" },
	{ "args", "rt0_go" }, { "sysauxv", "args" }, { "osinit", "rt0_go" },
	{ "cgroupinit", "osinit" }, { "schedinit", "rt0_go" },
	{ "stackinit", "schedinit" }, { "mallocinit", "schedinit" },
	{ "cpuinit", "schedinit" }, { "alginit", "schedinit" },
	{ "mcommoninit", "schedinit" }, { "modulesinit", "schedinit" },
	{ "typelinksinit", "schedinit" }, { "itabsinit", "schedinit" },
	{ "goargs", "schedinit" }, { "goenvs", "schedinit" },
	{ "parsedebugvars", "schedinit" }, { "initSigmask", "schedinit" },
	{ "gcinit", "schedinit" }, { "procresize", "schedinit" },
	{ "inittrace", "schedinit" }, { "newproc", "rt0_go" },
	{ "mheap.init", "mallocinit" }, { "mcache0", "mallocinit" },
	{ "mpreinit", "mcommoninit" }, { "p.init", "procresize" },
	{ "mstart", "rt0_go" }, { "mstart0", "mstart" },
	{ "mstart1", "mstart0" }, { "schedule", "mstart1" },
	{ "minit", "mstart1" },
	{ "minitSignalStack", "minit" }, { "minitSignalMask", "minit" },
	{ "initsig", "mstart1" }, { "runtime.main", "rt0_go" },
	{ "newm(sysmon)", "runtime.main" }, { "lockOSThread", "runtime.main" },
	{ "runtime_inittasks", "runtime.main" },
	{ "init early", "runtime_inittasks" },
	{ "init CPU features", "runtime_inittasks" },
	{ "init profiling", "runtime_inittasks" },
	{ "init tracing", "runtime_inittasks" },
	{ "init final", "runtime_inittasks" },
	{ "gcenable", "runtime.main" }, { "doInit", "runtime.main" },
	{ "main.func1", "runtime.main" },
};

#define CHECK(c)                                                               \
	do {                                                                   \
		if (!(c)) {                                                    \
			fprintf(stderr, "%d: %s\n", __LINE__, #c);             \
			return 1;                                              \
		}                                                              \
	} while (0)

static size_t
find(const char *name)
{
	for (size_t i = 0; i < rt_boot_count(); i++)
		if (strcmp(rt_boot_at(i)->name, name) == 0)
			return i;
	fprintf(stderr, "no step %s\n", name);
	exit(3);
}

/* The step that holds step i: the nearest before it that is less deep. */
static const char *
parent(size_t i)
{
	uint32_t depth = rt_boot_at(i)->depth;

	while (i-- > 0)
		if (rt_boot_at(i)->depth < depth)
			return rt_boot_at(i)->name;
	return NULL;
}

static int
tree_body(void *arg)
{
	(void)arg;
	CHECK(rt_boot_count() >= 45);
	for (size_t i = 0; i < sizeof tree / sizeof tree[0]; i++) {
		const char *p = parent(find(tree[i].name));

		if (p == NULL ? tree[i].parent != NULL
		              : tree[i].parent == NULL ||
		            strcmp(p, tree[i].parent) != 0) {
			fprintf(stderr, "%s is in %s\n", tree[i].name, p);
			return 1;
		}
	}
	return 0;
}

static int
times_body(void *arg)
{
	int64_t last = 0;

	(void)arg;
	for (size_t i = 0; i < rt_boot_count(); i++) {
		const struct rt_boot_step *s = rt_boot_at(i);

		CHECK(s->seq == i + 1);
		CHECK(s->start_ns >= last);
		CHECK(s->dur_ns >= 0); /* all are closed by now */
		CHECK(s->detail[0] != 0);
		last = s->start_ns;
	}
	CHECK(rt_boot_at(rt_boot_count()) == NULL);
	return 0;
}

/* The boot is over: what stamps itself later leaves no trace. */
static int
late_body(void *arg)
{
	size_t n = rt_boot_count();
	int step = rt_boot_begin("late");

	(void)arg;
	CHECK(step == 0);
	rt_boot_end(step, "%d", 42);
	CHECK(rt_boot_count() == n);
	return 0;
}

static int
facts_body(void *arg)
{
	(void)arg;
	CHECK(rt_ncpu >= 1);
	CHECK(rt_physpagesize == 4096);
	CHECK(rt_gomaxprocs >= 1);
	CHECK(rt_cpu.vendor[0] != 0);
	CHECK(rt_cpu.cacheline >= 32);
	CHECK(rt_argc() == 1 && strcmp(rt_argv()[0], "check") == 0);
	CHECK(rt_runtime_init_time_ns() > 0);
	return 0;
}

#define BOOT_TEST(name, body)                                                  \
	START_TEST(name)                                                       \
	{                                                                      \
		rt_boot_test(body, NULL);                                      \
	}                                                                      \
	END_TEST

BOOT_TEST(tree_is_whole, tree_body)
BOOT_TEST(times_are_in_order, times_body)
BOOT_TEST(late_step_is_refused, late_body)
BOOT_TEST(facts_were_found, facts_body)

int
main(void)
{
	Suite *s = suite_create("boot/bootlog");
	TCase *tc = tcase_create("boot");

	tcase_add_exit_test(tc, tree_is_whole, 0);
	tcase_add_exit_test(tc, times_are_in_order, 0);
	tcase_add_exit_test(tc, late_step_is_refused, 0);
	tcase_add_exit_test(tc, facts_were_found, 0);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
