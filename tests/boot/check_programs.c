/*
 * check_programs.c - programs with our own ELF entry, run as a shell runs
 * them: output, exit code, the boot tree, the ELF note.
 */
#include "config.h"
#include "ipc/ctl.h"
#include "ipc/note.h"
#include "ipc/ring.h"
#include "tests/suite.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[65536];

/* Run `before PROGRAM after` by a shell; its output in text. The status. */
static int
run(const char *before, const char *prog, const char *after)
{
	const char *dir = getenv("builddir");
	char cmd[1024];
	FILE *f;

	snprintf(cmd, sizeof cmd, "%s %s/tests/prog/%s %s", before,
	    dir == NULL ? "." : dir, prog, after);
	f = popen(cmd, "r");
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof text - 1, f)] = 0;
	return pclose(f);
}

START_TEST(hello_from_entry_to_exit)
{
	int st = run("KEPT=yes GORT_RING_FD=77 GORT_CONTROL_FD=78",
	    "boot_hello", "one two");

	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 3, "%x", st);
	ck_assert_str_eq(text, "arg one\narg two\n"
	                       "ring hidden, control hidden\nKEPT=yes\n"
	                       "last line, bufferedatexit\n");
}
END_TEST

START_TEST(entry_is_logged)
{
	ck_assert_int_eq(WEXITSTATUS(run("GODEBUG=boottrace=1", "boot_hello",
	                     "2>&1 >/dev/null")), 3);
	ck_assert_ptr_nonnull(strstr(text, "  _rt0_amd64_linux: ELF entry\n"));
	ck_assert_ptr_nonnull(strstr(text, "  _rt0_amd64: "));
	ck_assert_ptr_nonnull(strstr(text, "  rt0_go: main.main begins\n"));
	ck_assert_ptr_nonnull(strstr(text, " main.func1: "));
}
END_TEST

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* Whatever is odd about how we were started: it boots. */
static const char *const odd[] = {
	"env -i", "exec >&- ;", "exec <&- 2>&- ;", "GOMAXPROCS=1",
	"GOMAXPROCS=17", "GOMAXPROCS=nonsense", "GOGC=off", "nohup",
	"ulimit -v 1000000;", "ulimit -s unlimited;", "ulimit -n 64;",
	"taskset 1",
};

START_TEST(odd_starts)
{
	int st;

	if (SANITIZED && strstr(odd[_i], "ulimit -v") != NULL) {
		printf("skipped: %s shadow memory is larger\n", odd[_i]);
		return;
	}
	st = run(odd[_i], "boot_hello", "");
	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 3, "%s: %x\n%s",
	    odd[_i], st, text);
}
END_TEST

/* ---- what C programs do ---- */

static const struct {
	const char *what, *says;
	int sig; /* that ends it */
} guests[] = {
	{ "fork", "done\n", 0 },
	{ "shell", "done\n", 0 },
	{ "foreign", "done\n", 0 },
	{ "exit", "handled\n", 0 },
	{ "foreign-fault", "segmentation violation, at pc", 11 },
};

START_TEST(guest_programs)
{
	char after[64];
	int st;

	if (SANITIZED && guests[_i].sig != 0)
		return; /* the sanitizer has the last word there */
	snprintf(after, sizeof after, "%s 2>&1", guests[_i].what);
	st = run("exec", "guest", after);
	ck_assert_msg(strstr(text, guests[_i].says) != NULL, "%s: %x\n%s",
	    guests[_i].what, st, text);
	ck_assert_msg(guests[_i].sig != 0
	        ? WIFSIGNALED(st) && WTERMSIG(st) == guests[_i].sig
	        : st == 0,
	    "%s: %x", guests[_i].what, st);
}
END_TEST

/* 300 KiB of arguments and as much of environment. */
START_TEST(large_argument_block)
{
	int st = run("export BIG=$(head -c 100000 /dev/zero | tr '\\0' x) "
		     "BIG2=$(head -c 100000 /dev/zero | tr '\\0' y) "
		     "BIG3=$(head -c 100000 /dev/zero | tr '\\0' z);",
	    "guest", "args 40002 $(seq 40000) 2>&1");

	ck_assert_msg(st == 0, "%x\n%s", st, text);
}
END_TEST

START_TEST(gomaxprocs_is_obeyed)
{
	run("GODEBUG=boottrace=1 GOMAXPROCS=5", "boot_hello", "2>&1");
	ck_assert_ptr_nonnull(strstr(text, "procresize: 5 Ps by GOMAXPROCS\n"));
	run("GODEBUG=boottrace=1 GOMAXPROCS=0", "boot_hello", "2>&1");
	ck_assert_ptr_null(strstr(text, "Ps by GOMAXPROCS"));
	run("GODEBUG=boottrace=1 taskset 1", "boot_hello", "2>&1");
	ck_assert_ptr_nonnull(strstr(text, " osinit: 1 CPUs"));
	ck_assert_ptr_nonnull(strstr(text, "procresize: 1 Ps by CPUs\n"));
}
END_TEST

START_TEST(packages_imports_first)
{
	int st = run("", "boot_packages", "");

	ck_assert_int_eq(st, 0);
	ck_assert_str_eq(text, "logging\nstore\nnet\napp\nmain\n");
}
END_TEST

START_TEST(packages_are_traced)
{
	char name[32];
	double at, took;
	unsigned long bytes, allocs;
	int n = 0;

	run("GODEBUG=inittrace=1", "boot_packages", "2>&1 >/dev/null");
	for (char *p = text; *p != 0; p = strchr(p, '\n') + 1, n++) {
		ck_assert_msg(sscanf(p, "init %31s @%lf ms, %lf ms clock, "
		    "%lu bytes, %lu allocs\n", name, &at, &took, &bytes,
		    &allocs) == 5, "%s", p);
		ck_assert(at < 1000 && took < 1000);
		ck_assert_uint_eq(
		    allocs, strcmp(name, "store") == 0 ? 100 : 0);
		ck_assert_uint_eq(bytes, 48 * allocs);
	}
	ck_assert_int_eq(n, 4);
	ck_assert_str_eq(name, "app");
}
END_TEST

START_TEST(cycle_is_refused_by_name)
{
	int st = run("", "boot_cycle", "2>&1");

	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 2, "%x", st);
	ck_assert_ptr_nonnull(strstr(text, "fatal error: initialization "
	    "cycle: alpha -> beta -> gamma_ -> alpha\n"));
	ck_assert_ptr_null(strstr(text, "ran\n"));
}
END_TEST

START_TEST(missing_main_is_said)
{
	int st = run("", "boot_nomain", "2>&1");

	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 2, "%x", st);
	ck_assert_ptr_nonnull(strstr(text,
	    "fatal error: the program defines no gort_main\n"));
}
END_TEST

/* ---- the ring ---- */

/* Run prog with a fresh ring; the view of what it left. */
static struct ipc_ring_view
run_with_ring(const char *prog, int want_code)
{
	static const uint8_t nonce[16] = "check_programs.";
	const char *dir = getenv("builddir");
	struct ipc_ring_view v;
	char path[512], num[16];
	int fd = memfd_create("ring", MFD_ALLOW_SEALING), st;
	void *base;
	pid_t pid;

	ck_assert_int_eq(ftruncate(fd, IPC_RING_BYTES), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS,
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
	base = mmap(NULL, IPC_RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	ck_assert(base != MAP_FAILED);
	ck_assert_int_eq(ipc_ring_create(base, IPC_RING_BYTES, nonce), 0);
	snprintf(path, sizeof path, "%s/tests/prog/%s",
	    dir == NULL ? "." : dir, prog);
	snprintf(num, sizeof num, "%d", fd);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setenv("GORT_RING_FD", num, 1);
		dup2(open("/dev/null", O_WRONLY), 1);
		dup2(1, 2);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &st, 0), pid);
	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == want_code, "%x", st);
	ck_assert_int_eq(ipc_ring_open(base, IPC_RING_BYTES, &v), 0);
	ck_assert_int_eq(v.pid, pid);
	return v;
}

static uint32_t
ring_of(const struct ipc_ring_view *v, uint32_t kind)
{
	uint32_t i = 0;

	while (i < v->nrings && v->rings[i].kind != kind)
		i++;
	ck_assert_uint_lt(i, v->nrings);
	return i;
}

/* Each step once, none open, none lost. */
START_TEST(ring_has_the_whole_boot)
{
	struct ipc_ring_view v = run_with_ring("boot_packages", 0);
	uint32_t ring = ring_of(&v, IPC_RING_BOOT);
	uint64_t cursor = 0, lost = 0;
	static struct ipc_rec_copy r;
	bool seen[200] = { false };
	int steps = 0, inits = 0;
	uint32_t top = 0;

	while (ipc_ring_next(&v, ring, true, &cursor, &r, &lost) == 1) {
		struct ipc_rec_boot b;

		if (r.type == IPC_REC_INIT)
			inits++;
		if (r.type != IPC_REC_BOOT_STEP)
			continue;
		memcpy(&b, r.payload, sizeof b);
		ck_assert_uint_lt(b.seq, 200);
		ck_assert(!seen[b.seq]);
		ck_assert_int_ge(b.dur_ns, 0);
		seen[b.seq] = true;
		top = b.seq > top ? b.seq : top;
		steps++;
	}
	ck_assert_uint_eq(lost, 0);
	ck_assert_int_ge(steps, 50);
	ck_assert_uint_eq(top, (uint32_t)steps);
	ck_assert_int_eq(inits, 4);
}
END_TEST

/* How it ended: one record, with the code; start comes before. */
static const struct {
	const char *prog;
	int code;
	const char *reason;
	bool started;
} ends[] = {
	{ "boot_hello", 3, "exit", true },
	{ "boot_cycle", 2, "fatal error", false },
};

START_TEST(ring_has_the_end)
{
	struct ipc_ring_view v = run_with_ring(ends[_i].prog, ends[_i].code);
	uint32_t ring = ring_of(&v, IPC_RING_LIFE);
	uint64_t cursor = 0, lost = 0;
	static struct ipc_rec_copy r;
	struct ipc_rec_exit e = { 0 };
	int exits = 0, starts = 0;

	while (ipc_ring_next(&v, ring, true, &cursor, &r, &lost) == 1) {
		starts += r.type == IPC_REC_START;
		if (r.type != IPC_REC_EXIT)
			continue;
		memcpy(&e, r.payload, sizeof e);
		exits++;
	}
	ck_assert_int_eq(exits, 1);
	ck_assert_int_eq(starts, ends[_i].started);
	ck_assert_int_eq(e.code, ends[_i].code);
	ck_assert_str_eq(e.reason, ends[_i].reason);
}
END_TEST

/* ---- the note ---- */

struct image {
	const unsigned char *p;
	size_t n;
};

static struct image
open_image(const char *prog)
{
	const char *dir = getenv("builddir");
	char path[512];
	struct image im;
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/tests/prog/%s",
	    dir == NULL ? "." : dir, prog);
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	im.n = (size_t)st.st_size;
	im.p = mmap(NULL, im.n, PROT_READ, MAP_PRIVATE, fd, 0);
	ck_assert(im.p != MAP_FAILED);
	close(fd);
	return im;
}

/* Our note in a segment of notes. Returns how many; *ret the last. */
static int
find_notes(const unsigned char *p, size_t n, const struct ipc_note_desc **ret)
{
	int found = 0;

	for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= n;) {
		const Elf64_Nhdr *h = (const Elf64_Nhdr *)(p + at);
		const unsigned char *name = p + at + sizeof *h;

		if (h->n_type == IPC_NOTE_TYPE && h->n_namesz == 5 &&
		    memcmp(name, IPC_NOTE_NAME, 5) == 0) {
			*ret = (const void *)(name + 8);
			found++;
		}
		at += sizeof *h + ((h->n_namesz + 3) & ~3u) +
		    ((h->n_descsz + 3) & ~3u);
	}
	return found;
}

START_TEST(one_note_tells_what_we_are)
{
	struct image im = open_image("boot_hello");
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)im.p;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(im.p + eh->e_phoff);
	const struct ipc_note_desc *d = NULL;
	int found = 0;

	for (int i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_NOTE && ph[i].p_align <= 4)
			found += find_notes(im.p + ph[i].p_offset,
			    ph[i].p_filesz, &d);
	ck_assert_int_eq(found, 1);
	ck_assert_uint_eq(d->desc_bytes, sizeof *d);
	ck_assert_uint_eq(d->kind, IPC_KIND_C);
	ck_assert_uint_eq(d->ring_abi, IPC_RING_ABI);
	ck_assert_uint_eq(d->ctl_abi, IPC_CTL_ABI);
	ck_assert_str_eq(d->version, PACKAGE_VERSION);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("boot/programs");
	TCase *tc = tcase_create("programs");

	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, hello_from_entry_to_exit);
	tcase_add_test(tc, entry_is_logged);
	tcase_add_loop_test(tc, odd_starts, 0, sizeof odd / sizeof odd[0]);
	tcase_add_loop_test(
	    tc, guest_programs, 0, sizeof guests / sizeof guests[0]);
	tcase_add_test(tc, large_argument_block);
	tcase_add_test(tc, gomaxprocs_is_obeyed);
	tcase_add_test(tc, packages_imports_first);
	tcase_add_test(tc, packages_are_traced);
	tcase_add_test(tc, cycle_is_refused_by_name);
	tcase_add_test(tc, missing_main_is_said);
	tcase_add_test(tc, ring_has_the_whole_boot);
	tcase_add_loop_test(tc, ring_has_the_end, 0, 2);
	tcase_add_test(tc, one_note_tells_what_we_are);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
