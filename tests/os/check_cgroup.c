/*
 * check_cgroup.c - limits of control groups, read from trees made up here.
 *
 * Each case is a list of files under a fresh root and the limits they mean.
 */
#include "os/os.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	const char *path, *text;
};

struct row {
	const char *name;
	struct file files[8];
	int version;
	int64_t memory, milli;
	const char *path;
};

#define V2_MOUNT                                                               \
	"20 1 0:5 / /proc rw - proc proc rw\n"                                 \
	"30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
#define V1_MOUNTS                                                              \
	"31 24 0:27 / /cg/memory rw - cgroup cgroup rw,memory\n"               \
	"32 24 0:28 / /cg/cpu rw shared:2 master:3 - cgroup cgroup "           \
	"rw,cpu,cpuacct\n"

static const struct row rows[] = {
	{ "v2, limits at the leaf",
	    { { "/proc/self/cgroup", "0::/app/web\n" },
	        { "/proc/self/mountinfo", V2_MOUNT },
	        { "/sys/fs/cgroup/app/web/memory.max", "104857600\n" },
	        { "/sys/fs/cgroup/app/web/cpu.max", "150000 100000\n" } },
	    2, 104857600, 1500, "/app/web" },
	{ "v2, a parent is tighter",
	    { { "/proc/self/cgroup", "0::/app/web\n" },
	        { "/proc/self/mountinfo", V2_MOUNT },
	        { "/sys/fs/cgroup/app/web/memory.max", "104857600\n" },
	        { "/sys/fs/cgroup/app/memory.max", "50000000\n" },
	        { "/sys/fs/cgroup/app/web/cpu.max", "max 100000\n" },
	        { "/sys/fs/cgroup/app/cpu.max", "400000 100000\n" } },
	    2, 50000000, 4000, "/app/web" },
	{ "v2, no limit",
	    { { "/proc/self/cgroup", "0::/app\n" },
	        { "/proc/self/mountinfo", V2_MOUNT },
	        { "/sys/fs/cgroup/app/memory.max", "max\n" },
	        { "/sys/fs/cgroup/app/cpu.max", "max 100000\n" } },
	    2, -1, -1, "/app" },
	{ "v2, path outside the namespace: the mount's top",
	    { { "/proc/self/cgroup", "0::/../other/app\n" },
	        { "/proc/self/mountinfo",
	            "30 24 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 c rw\n" },
	        { "/sys/fs/cgroup/memory.max", "7000000\n" } },
	    2, 7000000, -1, "/../other/app" },
	{ "v2, the mount shows our own group",
	    { { "/proc/self/cgroup", "0::/docker/abc/x\n" },
	        { "/proc/self/mountinfo",
	            "30 24 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 c rw\n" },
	        { "/sys/fs/cgroup/x/memory.max", "6000000\n" } },
	    2, 6000000, -1, "/docker/abc/x" },
	{ "v1, each controller in its own tree",
	    { { "/proc/self/cgroup",
	          "9:memory:/m\n4:cpu,cpuacct:/c/d\n1:name=systemd:/x\n" },
	        { "/proc/self/mountinfo", V1_MOUNTS },
	        { "/cg/memory/m/memory.limit_in_bytes", "33554432\n" },
	        { "/cg/cpu/c/cpu.cfs_quota_us", "25000\n" },
	        { "/cg/cpu/c/cpu.cfs_period_us", "50000\n" },
	        { "/cg/cpu/c/d/cpu.cfs_quota_us", "-1\n" },
	        { "/cg/cpu/c/d/cpu.cfs_period_us", "100000\n" } },
	    1, 33554432, 500, "/m" },
	{ "v1 with v2 beside it without controllers",
	    { { "/proc/self/cgroup", "9:memory:/m\n0::/user.slice\n" },
	        { "/proc/self/mountinfo", V1_MOUNTS V2_MOUNT },
	        { "/cg/memory/m/memory.limit_in_bytes",
	            "9223372036854771712\n" },
	        { "/sys/fs/cgroup/user.slice/cpu.max", "200000 100000\n" } },
	    1, -1, 2000, "/m" },
	{ "a blank in the mount point",
	    { { "/proc/self/cgroup", "0::/a\n" },
	        { "/proc/self/mountinfo",
	            "30 24 0:26 / /my\\040cg rw - cgroup2 c rw\n" },
	        { "/my cg/a/memory.max", "5000000\n" } },
	    2, 5000000, -1, "/a" },
	{ "nothing mounted",
	    { { "/proc/self/cgroup", "0::/a\n" },
	        { "/proc/self/mountinfo", "20 1 0:5 / /proc rw - proc p rw\n" } },
	    0, -1, -1, "" },
	{ "nonsense is skipped",
	    { { "/proc/self/cgroup", "\n::\nx\n0::/a\nabc:def" },
	        { "/proc/self/mountinfo", "\n1 2\n - \n" V2_MOUNT "30 24" },
	        { "/sys/fs/cgroup/a/memory.max", "12x\n" },
	        { "/sys/fs/cgroup/a/cpu.max", "50000\n" } },
	    2, 12, -1, "/a" },
};

static void
put(const char *root, const struct file *f)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof path, "%s%s", root, f->path);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')) != NULL;
	     p++) {
		*p = 0;
		mkdir(path, 0755);
		*p = '/';
	}
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(f->text, out);
	fclose(out);
}

START_TEST(limits_follow_files)
{
	const struct row *r = &rows[_i];
	struct rt_cgroup_limits got;
	char root[] = "/tmp/gort-cgroup-XXXXXX", cmd[80];

	ck_assert_ptr_nonnull(mkdtemp(root));
	for (int i = 0; r->files[i].path != NULL; i++)
		put(root, &r->files[i]);
	ck_assert_int_eq(rt_cgroup_read(root, &got), 0);
	snprintf(cmd, sizeof cmd, "rm -r %s", root);
	ck_assert_int_eq(system(cmd), 0);
	ck_assert_msg(got.version == r->version, "%s: v%d", r->name,
	    got.version);
	ck_assert_msg(got.memory_bytes == r->memory, "%s: memory %ld",
	    r->name, (long)got.memory_bytes);
	ck_assert_msg(got.cpu_quota_milli == r->milli, "%s: cpu %ld", r->name,
	    (long)got.cpu_quota_milli);
	ck_assert_str_eq(got.path, r->path);
}
END_TEST

static const struct {
	struct rt_cgroup_limits l;
	const char *text;
} texts[] = {
	{ { 0, -1, -1, "" }, "no control group with limits" },
	{ { 1, -1, -1, "/m" }, "v1, no memory limit, no CPU limit, /m" },
	{ { 2, 104857600, 1500, "/a" },
	    "v2, 100 MiB of memory, 1.500 CPUs, /a" },
	{ { 2, 4096, 50, "/a" }, "v2, 4096 bytes of memory, 0.050 CPUs, /a" },
	{ { 2, 0, 0, "/" }, "v2, 0 bytes of memory, 0.000 CPUs, /" },
};

START_TEST(text_is_a_sentence)
{
	char buf[256];

	rt_cgroup_text(&texts[_i].l, buf, sizeof buf);
	ck_assert_str_eq(buf, texts[_i].text);
}
END_TEST

/* Limits change, the process is moved, and at last the groups are out of sight:
 * then nothing is said. */
START_TEST(refresh_sees_changes)
{
	static const struct file group = { "/proc/self/cgroup", "0::/a/b\n" },
				 moved = { "/proc/self/cgroup", "0::/c\n" },
				 mounts = { "/proc/self/mountinfo",
				     V2_MOUNT },
				 max = { "/sys/fs/cgroup/a/b/memory.max",
				     "5000000\n" },
				 high = { "/sys/fs/cgroup/a/memory.high",
				     "4000000\n" },
				 cpu = { "/sys/fs/cgroup/c/cpu.max",
				     "70000 100000\n" };
	struct rt_cgroup_limits got;
	char root[] = "/tmp/gort-cgroup-XXXXXX", cmd[96];

	ck_assert_ptr_nonnull(mkdtemp(root));
	put(root, &group);
	put(root, &mounts);
	put(root, &max);
	ck_assert_int_eq(rt_cgroup_refresh(root, &got), 0);
	ck_assert_int_eq(got.memory_bytes, 5000000);
	put(root, &high);
	ck_assert_int_eq(rt_cgroup_refresh(root, &got), 0);
	ck_assert_int_eq(got.memory_bytes, 4000000);
	ck_assert_int_eq(got.cpu_quota_milli, -1);
	put(root, &cpu);
	put(root, &moved);
	ck_assert_int_eq(rt_cgroup_refresh(root, &got), 0);
	ck_assert_int_eq(got.memory_bytes, -1);
	ck_assert_int_eq(got.cpu_quota_milli, 700);
	ck_assert_str_eq(got.path, "/c");
	snprintf(cmd, sizeof cmd, "rm -r %s/sys", root);
	ck_assert_int_eq(system(cmd), 0);
	ck_assert_int_eq(rt_cgroup_refresh(root, &got), -ENOENT);
	ck_assert_int_eq(got.cpu_quota_milli, 700);
	snprintf(cmd, sizeof cmd, "rm -r %s", root);
	ck_assert_int_eq(system(cmd), 0);
	ck_assert_int_eq(rt_cgroup_refresh(root, &got), -ENOENT);
}
END_TEST

START_TEST(no_proc_is_an_error)
{
	struct rt_cgroup_limits got = { .version = 77 };

	ck_assert_int_eq(rt_cgroup_read("/nonexistent", &got), -ENOENT);
	ck_assert_int_eq(got.version, 77);
}
END_TEST

START_TEST(this_machine_can_be_read)
{
	struct rt_cgroup_limits got;
	int err = rt_cgroup_read("", &got);

	ck_assert(err == 0 || err == -ENOENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("os/cgroup");
	TCase *tc = tcase_create("limits");

	tcase_add_loop_test(tc, limits_follow_files, 0,
	    (int)(sizeof rows / sizeof rows[0]));
	tcase_add_loop_test(tc, text_is_a_sentence, 0,
	    (int)(sizeof texts / sizeof texts[0]));
	tcase_add_test(tc, refresh_sees_changes);
	tcase_add_test(tc, no_proc_is_an_error);
	tcase_add_test(tc, this_machine_can_be_read);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
