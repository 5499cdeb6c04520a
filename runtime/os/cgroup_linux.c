/*
 * cgroup_linux.c - what memory and how many CPUs the process was granted.
 *
 * /proc/self/cgroup says which groups we are in: "0::PATH" for version 2,
 * "N:controllers:PATH" for each version 1 hierarchy. /proc/self/mountinfo says
 * where each hierarchy is mounted and which part of it (its root) the mount
 * shows. The two together give a directory; a limit may be set there or in any
 * parent, so the tightest one on the way up to the mount point counts.
 *
 * Both versions can be there at once (a "hybrid" system mounts version 2 with
 * no controllers beside version 1). A controller belongs to one of them: if
 * version 1 lists `memory` or `cpu`, that is where the limit is; what version
 * 1 does not list is looked for in version 2.
 *
 * Inside a container with a cgroup namespace PATH may lie outside the mount's
 * root; the climb then meets no directory until it reaches the mount point,
 * which is the right place.
 *
 * Limits change while a process lives. rt_cgroup_refresh reads only the files
 * that hold them, in the directories found before, unless the process was moved
 * to another group. The files are opened anew each time: a descriptor kept open
 * would be in the way of programs that close, count or pass on all of theirs.
 * When the directories can't be seen any longer (the process has changed its
 * root) nothing is known, which is not the same as no limit.
 *
 * Every file is read under `root`, so tests bring a tree of their own.
 */
#include "config.h"
#include "os/os.h"
#include "fault/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 1024
#define MEMBERSHIP_BYTES 8192 /* of /proc/self/cgroup */
/* v1 says "no limit" by the largest multiple of a page below 2^63. */
#define V1_NO_LIMIT ((int64_t)1 << 60)

enum ctl { CTL_MEMORY, CTL_CPU, CTL_N };

struct place { /* where one controller lives */
	int version;          /* 0: nowhere */
	char group[PATH_BYTES / 2]; /* as /proc/self/cgroup says */
	char mount[PATH_BYTES / 2]; /* mount point; "" until found */
	char mroot[PATH_BYTES / 2]; /* which group the mount shows as its top */
};

/* What the last rt_cgroup_read found; its caller's, or sysmon's. */
static struct {
	struct place pl[CTL_N];
	uint64_t membership; /* hash of /proc/self/cgroup */
} known;

static const char *const ctl_names[CTL_N] = { "memory", "cpu" };

/* The whole of root/path into buf, terminated. Bytes, or -errno. */
static ssize_t
slurp(const char *root, const char *path, char *buf, size_t cap)
{
	char full[PATH_BYTES * 2];
	size_t n = 0;
	ssize_t r;
	int fd;

	if (rt_snprintf(full, sizeof full, "%s%s", root, path) >=
	    (int)sizeof full - 1)
		return -ENAMETOOLONG;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (n < cap - 1 && (r = read(fd, buf + n, cap - 1 - n)) != 0) {
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			r = -errno;
			close(fd);
			return r;
		}
		n += (size_t)r;
	}
	close(fd);
	buf[n] = 0;
	return (ssize_t)n;
}

/* Is word one of the comma-separated items of list (which ends at `end`)? */
static bool
listed(const char *list, const char *end, const char *word)
{
	size_t n = strlen(word);

	while (list < end) {
		const char *c = memchr(list, ',', (size_t)(end - list));

		if (c == NULL)
			c = end;
		if ((size_t)(c - list) == n && memcmp(list, word, n) == 0)
			return true;
		list = c + 1;
	}
	return false;
}

static bool
copy_span(char *dst, size_t cap, const char *from, const char *end)
{
	size_t n = (size_t)(end - from);

	if (n >= cap)
		return false;
	memcpy(dst, from, n);
	dst[n] = 0;
	return true;
}

/* One line of /proc/self/cgroup: "N:controllers:path". */
static void
take_membership(const char *line, const char *end, struct place *pl)
{
	const char *c1 = memchr(line, ':', (size_t)(end - line));
	const char *c2 = c1 == NULL ? NULL
	                            : memchr(c1 + 1, ':', (size_t)(end - c1 - 1));
	bool v2;

	if (c2 == NULL)
		return;
	v2 = c2 == c1 + 1 && line[0] == '0' && c1 == line + 1;
	for (int i = 0; i < CTL_N; i++) {
		if (v2 ? pl[i].version != 0
		       : !listed(c1 + 1, c2, ctl_names[i]))
			continue;
		if (copy_span(pl[i].group, sizeof pl[i].group, c2 + 1, end))
			pl[i].version = v2 ? 2 : 1;
	}
}

/* The n-th blank-separated field of a line, from 0. */
static const char *
field(const char *line, const char *end, int n, const char **ret_end)
{
	for (;;) {
		const char *sp = memchr(line, ' ', (size_t)(end - line));

		*ret_end = sp == NULL ? end : sp;
		if (n-- == 0)
			return line;
		if (sp == NULL)
			return NULL;
		line = sp + 1;
	}
}

/* mountinfo writes blanks and backslashes as \ooo. */
static bool
copy_unescaped(char *dst, size_t cap, const char *from, const char *end)
{
	size_t n = 0;

	while (from < end) {
		if (n + 1 >= cap)
			return false;
		if (*from == '\\' && end - from >= 4) {
			dst[n++] = (char)((from[1] - '0') << 6 |
			    (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			dst[n++] = *from++;
		}
	}
	dst[n] = 0;
	return true;
}

/*
 * One line of mountinfo:
 *   36 35 98:0 ROOT MOUNTPOINT opts [tags...] - TYPE source SUPEROPTS
 */
static void
take_mount(const char *line, const char *end, struct place *pl)
{
	const char *dash, *re, *me, *te, *se;
	const char *r = field(line, end, 3, &re);
	const char *m = field(line, end, 4, &me);
	const char *type, *super;
	int version;

	dash = memmem(line, (size_t)(end - line), " - ", 3);
	if (r == NULL || m == NULL || dash == NULL)
		return;
	type = field(dash + 3, end, 0, &te);
	super = field(dash + 3, end, 2, &se);
	if (te - type == 7 && memcmp(type, "cgroup2", 7) == 0)
		version = 2;
	else if (te - type == 6 && memcmp(type, "cgroup", 6) == 0)
		version = 1;
	else
		return;
	for (int i = 0; i < CTL_N; i++) {
		struct place *p = &pl[i];

		if (p->version != version || p->mount[0] != 0)
			continue;
		if (version == 1 &&
		    (super == NULL || !listed(super, se, ctl_names[i])))
			continue;
		if (!copy_unescaped(p->mroot, sizeof p->mroot, r, re) ||
		    !copy_unescaped(p->mount, sizeof p->mount, m, me))
			p->mount[0] = 0;
	}
}

static void
each_line(const char *text, void (*fn)(const char *, const char *,
    struct place *), struct place *pl)
{
	while (*text != 0) {
		const char *nl = strchrnul(text, '\n');

		fn(text, nl, pl);
		text = *nl == 0 ? nl : nl + 1;
	}
}

/* mountinfo may be long (many mounts): read it line by line. */
static int
read_mounts(const char *root, struct place *pl)
{
	size_t cap = 65536;
	char *buf;
	ssize_t n;

	for (;; cap *= 4) {
		buf = rt_sys_mmap(cap);
		if (buf == NULL)
			return -ENOMEM;
		n = slurp(root, "/proc/self/mountinfo", buf, cap);
		if (n < (ssize_t)cap - 1 || cap >= 16 << 20)
			break;
		rt_sys_release(buf, cap);
	}
	if (n >= 0)
		each_line(buf, take_mount, pl);
	rt_sys_release(buf, cap);
	return n < 0 ? (int)n : 0;
}

static bool
read_number(const char *root, const char *dir, const char *file,
    char *text, size_t cap)
{
	char path[PATH_BYTES + 64];

	rt_snprintf(path, sizeof path, "%s/%s", dir, file);
	return slurp(root, path, text, cap) > 0;
}

static void
tighten(int64_t *limit, int64_t v)
{
	if (v >= 0 && (*limit < 0 || v < *limit))
		*limit = v;
}

static void
tighten_memory(const char *root, const char *dir, const char *file,
    int64_t *limit)
{
	char text[64];
	int64_t v;

	if (!read_number(root, dir, file, text, sizeof text))
		return;
	if (text[0] < '0' || text[0] > '9')
		return; /* "max" */
	v = strtoll(text, NULL, 10);
	if (v < V1_NO_LIMIT)
		tighten(limit, v);
}

/*
 * What the group at dir allows, in the files of its version. Beyond memory.high
 * a process is not killed but held back, hard: it is to be kept as well.
 */
static void
read_memory(const char *root, const char *dir, int version, int64_t *limit)
{
	if (version == 1) {
		tighten_memory(root, dir, "memory.limit_in_bytes", limit);
		return;
	}
	tighten_memory(root, dir, "memory.max", limit);
	tighten_memory(root, dir, "memory.high", limit);
}

static void
read_cpu(const char *root, const char *dir, int version, int64_t *milli)
{
	char text[64], *end;
	int64_t quota, period;

	if (version == 2) { /* "max 100000" or "150000 100000" */
		if (!read_number(root, dir, "cpu.max", text, sizeof text) ||
		    text[0] < '0' || text[0] > '9')
			return;
		quota = strtoll(text, &end, 10);
		period = strtoll(end, NULL, 10);
	} else {
		if (!read_number(root, dir, "cpu.cfs_quota_us", text,
		        sizeof text))
			return;
		quota = strtoll(text, NULL, 10); /* -1: none */
		if (!read_number(root, dir, "cpu.cfs_period_us", text,
		        sizeof text))
			return;
		period = strtoll(text, NULL, 10);
	}
	if (quota > 0 && period > 0 && quota < INT64_MAX / 1000)
		tighten(milli, quota * 1000 / period);
}

/* The group's path as seen below the mount point. */
static const char *
below_mount(const struct place *p)
{
	size_t n = strlen(p->mroot);

	if (strcmp(p->mroot, "/") == 0)
		return p->group;
	if (strncmp(p->group, p->mroot, n) == 0 &&
	    (p->group[n] == '/' || p->group[n] == 0))
		return p->group + n;
	return "/"; /* the mount shows another part of the tree: its top */
}

/* Climb from our group to the mount point, taking the tightest limit. */
static void
climb(const char *root, const struct place *p, enum ctl which, int64_t *limit)
{
	char dir[PATH_BYTES];
	size_t top, n;

	if (p->version == 0 || p->mount[0] == 0)
		return;
	top = strlen(p->mount);
	n = (size_t)rt_snprintf(dir, sizeof dir, "%s%s", p->mount,
	    below_mount(p));
	for (;;) {
		while (n > top && dir[n - 1] == '/')
			dir[--n] = 0;
		if (which == CTL_MEMORY)
			read_memory(root, dir, p->version, limit);
		else
			read_cpu(root, dir, p->version, limit);
		if (n <= top)
			return;
		while (n > top && dir[n - 1] != '/')
			dir[--n] = 0;
	}
}

/* FNV-1a: is the text the one we know? */
static uint64_t
hash_text(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text != 0; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

static void
read_limits(const char *root, const struct place *pl,
    struct rt_cgroup_limits *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->memory_bytes = -1;
	ret->cpu_quota_milli = -1;
	climb(root, &pl[CTL_MEMORY], CTL_MEMORY, &ret->memory_bytes);
	climb(root, &pl[CTL_CPU], CTL_CPU, &ret->cpu_quota_milli);
	for (int i = 0; i < CTL_N && ret->version == 0; i++) {
		if (pl[i].mount[0] == 0)
			continue;
		ret->version = pl[i].version;
		rt_snprintf(ret->path, sizeof ret->path, "%s", pl[i].group);
	}
}

int
rt_cgroup_read(const char *root, struct rt_cgroup_limits *ret)
{
	struct place pl[CTL_N];
	char text[MEMBERSHIP_BYTES];
	ssize_t n;
	int err;

	memset(pl, 0, sizeof pl);
	n = slurp(root, "/proc/self/cgroup", text, sizeof text);
	if (n < 0)
		return (int)n;
	each_line(text, take_membership, pl);
	err = read_mounts(root, pl);
	if (err < 0)
		return err;
	memcpy(known.pl, pl, sizeof pl);
	known.membership = hash_text(text);
	read_limits(root, pl, ret);
	return 0;
}

/* Can the hierarchies still be seen where they were? */
static bool
mounts_are_there(const char *root)
{
	char full[PATH_BYTES * 2];

	for (int i = 0; i < CTL_N; i++) {
		if (known.pl[i].mount[0] == 0)
			continue;
		if (rt_snprintf(full, sizeof full, "%s%s", root,
		        known.pl[i].mount) >= (int)sizeof full - 1 ||
		    access(full, X_OK) != 0)
			return false;
	}
	return true;
}

int
rt_cgroup_refresh(const char *root, struct rt_cgroup_limits *ret)
{
	char text[MEMBERSHIP_BYTES];
	ssize_t n = slurp(root, "/proc/self/cgroup", text, sizeof text);

	if (n < 0)
		return (int)n;
	if (hash_text(text) != known.membership)
		return rt_cgroup_read(root, ret);
	if (!mounts_are_there(root))
		return -ENOENT;
	read_limits(root, known.pl, ret);
	return 0;
}

void
rt_cgroup_text(const struct rt_cgroup_limits *l, char *buf, size_t n)
{
	long milli = (long)l->cpu_quota_milli, bytes = (long)l->memory_bytes;
	char memory[48] = "no memory limit", cpu[48] = "no CPU limit";

	if (bytes >= 1 << 20)
		snprintf(memory, sizeof memory, "%ld MiB of memory",
		    bytes >> 20);
	else if (bytes >= 0)
		snprintf(memory, sizeof memory, "%ld bytes of memory", bytes);
	if (milli >= 0)
		snprintf(cpu, sizeof cpu, "%ld.%03ld CPUs", milli / 1000,
		    milli % 1000);
	if (l->version == 0)
		snprintf(buf, n, "no control group with limits");
	else
		snprintf(buf, n, "v%d, %s, %s, %s", l->version, memory, cpu,
		    l->path);
}
