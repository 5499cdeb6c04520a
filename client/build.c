/*
 * build.c - making programs of kind c by driving the C compiler, and what
 * making Go programs shares with it (build_go.c).
 *
 * The compiler is $CC, else cc. Where gort is: GORT_PREFIX if set; else the
 * build tree this gortctl stands in (its Makefile names the sources); else the
 * prefix above this gortctl's bin/. How a program is linked is read from
 * gort.pc with those directories put in, and -lgort is replaced by the
 * archive: a program that carries its runtime runs anywhere and keeps its ring
 * ABI, which gortd knows how to read.
 *
 * Frame pointers and debug information are on by default, because tracebacks
 * want them; flags behind `--` come last and win.
 *
 * The cache's key is a hash of the preprocessed text, so that a changed header
 * counts, and of the command and the library. A hash of 64 bits is no proof
 * against somebody who wants a collision, but the cache is the user's own.
 */
#include "client/build.h"
#include "client/build_priv.h"
#include "client/client.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* ---- where gort is ---- */

char *
build_join(const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, "%s/%s", a, b) < 0)
		abort();
	return s;
}

/* a/b when that exists, else NULL. */
char *
build_existing(const char *a, const char *b)
{
	char *s = build_join(a, b);

	if (access(s, R_OK) == 0)
		return s;
	free(s);
	return NULL;
}

void
build_place_free(struct place *p)
{
	free(p->pc);
	free(p->incdir);
	free(p->libdir);
	free(p->crt);
	free(p->go);
}

static bool
place_complete(const struct place *p)
{
	char *h = p->incdir ? build_existing(p->incdir, "gort.h") : NULL;
	char *a = p->libdir ? build_existing(p->libdir, "libgort.a") : NULL;
	bool ok = h != NULL && a != NULL;

	free(h);
	free(a);
	return ok;
}

static bool
at_prefix(const char *prefix, const char *lib, struct place *p)
{
	memset(p, 0, sizeof(*p));
	p->incdir = build_join(prefix, "include");
	p->libdir = build_join(prefix, lib);
	if (place_complete(p)) {
		p->pc = build_existing(p->libdir, "pkgconfig/gort.pc");
		p->crt = build_existing(p->libdir, "gort_crt.o");
		p->go = build_existing(p->libdir, "gort_go.o");
		return true;
	}
	build_place_free(p);
	return false;
}

static bool
in_prefix(const char *prefix, struct place *p)
{
	return at_prefix(prefix, "lib", p) ||
	    at_prefix(prefix, "lib/x86_64-linux-gnu", p) ||
	    at_prefix(prefix, "lib64", p);
}

/* "abs_top_srcdir = ..." of a build tree's Makefile. */
static char *
source_dir(const char *build)
{
	char *path = build_join(build, "Makefile"), *line = NULL, *dir = NULL;
	FILE *f = fopen(path, "re");
	size_t cap = 0;

	free(path);
	while (f != NULL && dir == NULL && getline(&line, &cap, f) > 0) {
		if (strncmp(line, "abs_top_srcdir = ", 17) == 0) {
			line[strcspn(line, "\n")] = '\0';
			dir = strdup(line + 17);
		}
	}
	free(line);
	if (f != NULL)
		fclose(f);
	return dir;
}

static bool
in_build_tree(const char *build, struct place *p)
{
	char *src = source_dir(build);

	if (src == NULL)
		return false;
	memset(p, 0, sizeof(*p));
	p->incdir = build_join(src, "runtime");
	p->libdir = build_join(build, ".libs");
	free(src);
	if (!place_complete(p)) {
		build_place_free(p);
		return false;
	}
	p->pc = build_existing(build, "runtime/boot/gort.pc");
	p->crt = build_existing(build, "runtime/boot/gort_crt.o");
	p->go = build_existing(build, "runtime/gccgo/gort_go.o");
	return true;
}

int
build_find_place(struct place *ret)
{
	const char *prefix = getenv("GORT_PREFIX");
	char exe[4096], *slash;
	ssize_t n;

	if (prefix != NULL && prefix[0] != '\0') {
		if (in_prefix(prefix, ret) || in_build_tree(prefix, ret))
			return 0;
		ctl_say("GORT_PREFIX is %s, but gort.h and libgort.a are not "
			"below it",
		    prefix);
		return -ENOENT;
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n > 0) {
		exe[n] = '\0';
		/* build/gortctl, or libtool's build/.libs/gortctl */
		while ((slash = strrchr(exe, '/')) != NULL && slash != exe) {
			*slash = '\0';
			if (in_build_tree(exe, ret) || in_prefix(exe, ret))
				return 0;
		}
	}
	if (in_prefix("/usr/local", ret) || in_prefix("/usr", ret))
		return 0;
	ctl_say("gort.h and libgort.a not found: install gort, or set "
		"GORT_PREFIX");
	return -ENOENT;
}

/* ---- the command ---- */

static void
add_all(struct words *to, const struct words *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		words_add(to, from->v[i]);
}

static const char *
compiler(void)
{
	const char *cc = getenv("CC");

	return cc != NULL && cc[0] != '\0' ? cc : "cc";
}

/* $CC may be several words ("ccache gcc"). */
static void
add_compiler(struct words *cmd)
{
	char *cc = strdup(compiler()), *save = NULL, *w;

	for (w = strtok_r(cc, " \t", &save); w != NULL;
	    w = strtok_r(NULL, " \t", &save))
		words_add(cmd, w);
	free(cc);
}

static int
read_flags(const struct place *p, struct words *cflags, struct words *libs)
{
	const char *over[] = { "includedir", p->incdir, "libdir", p->libdir,
		NULL };
	char *inc;
	int rc;

	if (p->pc != NULL) {
		rc = pcfile_read(p->pc, over, cflags, libs);
		if (rc != 0)
			ctl_say("%s: %s", p->pc, strerror(-rc));
		return rc;
	}
	if (asprintf(&inc, "-I%s", p->incdir) < 0)
		return -ENOMEM;
	words_add(cflags, inc);
	free(inc);
	if (p->crt != NULL) {
		words_add(libs, p->crt);
		words_add(libs, "-Wl,-e,_rt0_amd64_linux");
	}
	words_add(libs, "-lgort");
	words_add(libs, "-lpthread");
	words_add(libs, "-Wl,-z,now");
	return 0;
}

/* Words of gort.pc, with the archive and the right start object put in. */
static void
add_libs(struct words *cmd, const struct words *libs, const struct place *p)
{
	char *archive = build_join(p->libdir, "libgort.a");
	size_t i, len;

	for (i = 0; i < libs->n; i++) {
		const char *w = libs->v[i];

		len = strlen(w);
		if (strcmp(w, "-lgort") == 0)
			words_add(cmd, archive);
		else if (len >= 10 && strcmp(w + len - 10, "gort_crt.o") == 0)
			words_add(cmd, p->crt != NULL ? p->crt : w);
		else
			words_add(cmd, w);
	}
	free(archive);
}

static int
make_command(const struct place *p, char *const *files, int nfiles,
    char *const *flags, int nflags, struct words *ret_pre, struct words *ret_cmd)
{
	struct words cflags = { 0 }, libs = { 0 };
	int rc = read_flags(p, &cflags, &libs), i;

	add_compiler(ret_cmd);
	words_add(ret_cmd, "-g");
	words_add(ret_cmd, "-O2");
	add_all(ret_cmd, &cflags);
	add_all(ret_pre, ret_cmd);
	for (i = 0; i < nflags; i++)
		words_add(ret_pre, flags[i]);
	words_add(ret_pre, "-E");
	for (i = 0; i < nfiles; i++) {
		words_add(ret_cmd, files[i]);
		words_add(ret_pre, files[i]);
	}
	/* after the files, before the libraries: -O0 wins, and -lfoo works */
	for (i = 0; i < nflags; i++)
		words_add(ret_cmd, flags[i]);
	add_libs(ret_cmd, &libs, p);
	words_free(&cflags);
	words_free(&libs);
	return rc;
}

/* ---- running it ---- */

int
build_start(const struct words *cmd, int out, int err, pid_t *ret)
{
	posix_spawn_file_actions_t fa;
	int rc;

	posix_spawn_file_actions_init(&fa);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
	if (err >= 0)
		posix_spawn_file_actions_adddup2(&fa, err, STDERR_FILENO);
	rc = posix_spawnp(ret, cmd->v[0], &fa, NULL, cmd->v, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc != 0)
		ctl_say("can't start the compiler %s: %s", cmd->v[0],
		    strerror(rc));
	return -rc;
}

int
build_finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int
build_run(const struct words *cmd)
{
	pid_t pid;
	int rc = build_start(cmd, -1, -1, &pid);

	return rc != 0 ? rc : build_finish(pid);
}

uint64_t
build_fnv(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len-- > 0)
		h = (h ^ *p++) * 0x100000001b3u;
	return h;
}

/* Hash what the command prints. */
static int
hash_output(const struct words *cmd, uint64_t *h)
{
	char buf[16384];
	int fd[2], rc;
	ssize_t n;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return -errno;
	rc = build_start(cmd, fd[1], -1, &pid);
	close(fd[1]);
	while (rc == 0 && (n = read(fd[0], buf, sizeof(buf))) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			*h = build_fnv(*h, buf, (size_t)n);
	}
	close(fd[0]);
	return rc != 0 ? rc : build_finish(pid);
}

void
build_hash_file_identity(const char *path, uint64_t *h)
{
	struct stat st;

	if (path == NULL || stat(path, &st) != 0)
		return;
	*h = build_fnv(*h, &st.st_size, sizeof(st.st_size));
	*h = build_fnv(*h, &st.st_mtim, sizeof(st.st_mtim));
}

static int
make_key(const struct place *p, const struct words *pre,
    const struct words *cmd, uint64_t *ret)
{
	char *archive = build_join(p->libdir, "libgort.a");
	uint64_t h = BUILD_FNV_SEED;
	size_t i;
	int rc;

	for (i = 0; i < cmd->n; i++)
		h = build_fnv(h, cmd->v[i], strlen(cmd->v[i]) + 1);
	build_hash_file_identity(archive, &h);
	build_hash_file_identity(p->crt, &h);
	free(archive);
	rc = hash_output(pre, &h);
	*ret = h;
	return rc;
}

/* ---- names ---- */

/* "dir/prog.c" to "prog" */
char *
build_stem(const char *source)
{
	const char *base = strrchr(source, '/');
	const char *dot;

	base = base != NULL ? base + 1 : source;
	dot = strrchr(base, '.');
	return strndup(base, dot != NULL && dot != base ? (size_t)(dot - base) :
							 strlen(base));
}

/* mkdir -p, only for us. */
int
build_make_dirs(char *path)
{
	char *p;

	for (p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

char *
build_cache_dir(uint64_t key)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir;
	int n;

	if (xdg != NULL && xdg[0] == '/')
		n = asprintf(&dir, "%s/gort/build/%016" PRIx64, xdg, key);
	else if (home != NULL && home[0] == '/')
		n = asprintf(&dir, "%s/.cache/gort/build/%016" PRIx64, home,
		    key);
	else
		n = asprintf(&dir, "/tmp/gort-cache-%ld/build/%016" PRIx64,
		    (long)geteuid(), key);
	return n < 0 ? NULL : dir;
}

/* ---- the two ways in ---- */

/* Linked already, whole or cut; an object or a library may be a source. */
static bool
is_program(const char *path)
{
	char head[EI_NIDENT + 2] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : 0;

	if (fd >= 0)
		close(fd);
	return n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0 &&
	    head[EI_NIDENT] != ET_REL && strstr(path, ".so") == NULL;
}

static int
check_source(const char *source)
{
	if (access(source, R_OK) != 0) {
		ctl_say("%s: %s", source, strerror(errno));
		return errno == ENOENT ? CTL_RUN_MISSING : CTL_RUN_CANNOT;
	}
	if (is_program(source)) {
		ctl_say("%s is a compiled program, not a source", source);
		return CTL_RUN_CANNOT;
	}
	return CTL_OK;
}

int
build_into(const char *dir, const char *program,
    int (*make)(void *arg, const char *out), void *arg)
{
	char *tmp;
	int rc;

	if (asprintf(&tmp, "%s/.new.%ld", dir, (long)getpid()) < 0)
		return -ENOMEM;
	rc = make(arg, tmp);
	if (rc == 0 && rename(tmp, program) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(tmp);
	free(tmp);
	return rc;
}

/* How one program is made: a C command that lacks its -o, or Go files. */
struct making {
	struct words *cmd;
	char *const *go_files;
	size_t ngo_files;
};

static int
make_it(void *arg, const char *out)
{
	struct making *m = arg;

	if (m->ngo_files > 0)
		return build_go(m->go_files, m->ngo_files, NULL, 0, out);
	words_add(m->cmd, "-o");
	words_add(m->cmd, out);
	return build_run(m->cmd);
}

/* Find `key`'s program in the cache, or make it there. */
static int
from_cache(const char *source, uint64_t key, struct making *m,
    char **ret_program)
{
	char *dir = build_cache_dir(key), *name = build_stem(source);
	char *program = NULL;
	int rc = dir != NULL ? build_make_dirs(dir) : -ENOMEM;

	if (rc != 0) {
		ctl_say("%s: %s", dir ? dir : "cache", strerror(-rc));
	} else {
		program = build_join(dir, name);
		if (access(program, X_OK) != 0) {
			ctl_progress("building %s", source);
			rc = build_into(dir, program, make_it, m);
		}
	}
	if (rc == -EIO)
		ctl_say("%s was not built", source);
	if (rc == 0)
		*ret_program = program;
	else
		free(program);
	free(dir);
	free(name);
	return rc;
}

static int
cached_c(const char *source, char **ret_program)
{
	struct words pre = { 0 }, cmd = { 0 };
	struct place p = { 0 };
	char *files[] = { (char *)source };
	uint64_t key = 0;
	int rc = build_find_place(&p);

	if (rc == 0)
		rc = make_command(&p, files, 1, NULL, 0, &pre, &cmd);
	if (rc == 0) {
		rc = make_key(&p, &pre, &cmd, &key);
		if (rc == -EIO)
			ctl_say("%s was not built", source);
	}
	if (rc == 0)
		rc = from_cache(source, key, &(struct making){ .cmd = &cmd },
		    ret_program);
	words_free(&pre);
	words_free(&cmd);
	build_place_free(&p);
	return rc;
}

static int
cached_go(const char *source, char **ret_program)
{
	char *files[] = { (char *)source };
	uint64_t key;
	int rc = build_go_key(files, 1, &key);

	return rc != 0 ? rc : from_cache(source, key,
	    &(struct making){ .go_files = files, .ngo_files = 1 },
	    ret_program);
}

int
build_cached(const char *source, char **ret_program)
{
	int rc = check_source(source);

	if (rc != CTL_OK)
		return rc;
	rc = build_is_go(source, false) ? cached_go(source, ret_program)
	                                : cached_c(source, ret_program);
	return rc == 0 ? CTL_OK : CTL_RUN_CANNOT;
}

static int
make_c(const struct ctl_opts *o, const char *out)
{
	struct words pre = { 0 }, cmd = { 0 };
	struct place p = { 0 };
	int rc = build_find_place(&p);

	if (rc != 0)
		return rc;
	rc = make_command(&p, o->argv, o->quoted, o->argv + o->quoted,
	    o->argc - o->quoted, &pre, &cmd);
	if (rc == 0) {
		words_add(&cmd, "-o");
		words_add(&cmd, out);
		rc = build_run(&cmd);
	}
	words_free(&pre);
	words_free(&cmd);
	build_place_free(&p);
	return rc;
}

static int
make_go(const struct ctl_opts *o, const char *out)
{
	struct words files = { 0 };
	int rc = 0, i;

	for (i = 0; i < o->quoted && rc == 0; i++) {
		if (build_is_go(o->argv[i], false))
			words_add(&files, o->argv[i]);
		else
			rc = build_go_dir(o->argv[i], &files);
	}
	if (rc == 0)
		rc = build_go(files.v, files.n, o->argv + o->quoted,
		    (size_t)(o->argc - o->quoted), out);
	words_free(&files);
	return rc;
}

/* All C, or all Go, or one directory. Go or C, or -1 after saying why not. */
static int
language(const struct ctl_opts *o)
{
	int i, ngo = 0;

	for (i = 0; i < o->quoted; i++) {
		if (check_source(o->argv[i]) != CTL_OK)
			return -1;
		ngo += build_is_go(o->argv[i], o->quoted == 1);
	}
	if (ngo != 0 && ngo != o->quoted) {
		ctl_say("%s and %s: a program is built from C or from Go "
			"sources, or from one directory",
		    o->argv[0], o->argv[o->quoted - 1]);
		return -1;
	}
	return ngo != 0;
}

/* "." and ".." have no name to give to a program. */
static char *
default_name(const char *source)
{
	char *real = NULL, *name;
	struct stat st;

	if (stat(source, &st) == 0 && S_ISDIR(st.st_mode))
		real = realpath(source, NULL);
	name = build_stem(real != NULL ? real : source);
	free(real);
	if (name[0] == '\0') {
		free(name);
		name = strdup("main");
	}
	return name;
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
cmd_build(struct ctl_opts *o)
{
	struct timespec t0, t1;
	char *out;
	int go, rc;

	if (o->quoted == 0) {
		ctl_say("build needs a source before `--'");
		return CTL_USAGE;
	}
	go = language(o);
	if (go < 0)
		return CTL_FAILED;
	out = o->out_file ? strdup(o->out_file) : default_name(o->argv[0]);
	if (is_directory(out)) {
		ctl_say("%s is a directory: name the program with -o", out);
		free(out);
		return CTL_FAILED;
	}
	ctl_progress("building %s from %d file%s", out, o->quoted,
	    o->quoted == 1 ? "" : "s");
	clock_gettime(CLOCK_MONOTONIC, &t0);
	rc = go ? make_go(o, out) : make_c(o, out);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	if (rc == 0)
		ctl_progress("built %s in %.2f s", out,
		    (double)(t1.tv_sec - t0.tv_sec) +
			(double)(t1.tv_nsec - t0.tv_nsec) / 1e9);
	free(out);
	return rc == 0 ? CTL_OK : CTL_FAILED;
}
