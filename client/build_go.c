/*
 * build_go.c - making programs of kind go: gccgo compiles, libgort takes the
 * place of libgo's runtime.
 *
 * The link line, and why it is so:
 *
 *   prog.o inits.s   the program; see "initialisers" below
 *   gort_go.o        libgort, and every symbol that compiled Go asks its
 *                    runtime for. One relocatable object in front of libgo.a,
 *                    so that none of libgo's own runtime is ever pulled in
 *   gort_crt.o       the ELF entry (-e)
 *   -static-libgo    the standard library as an archive: libgo.so would bring
 *                    a second runtime
 *   -no-pie -z now   type descriptors would be relocated at each start, and
 *                    binding lazily saves vector registers on a small stack
 *   -T link.ld       Go's text in an output section of its own
 *
 * Go text. The runtime may do to code compiled from Go what it may not do to
 * C (interrupt it anywhere, above all), so it must know which is which by
 * address. The list is a positive one: the program's own object, and those
 * members of libgo.a that carry export data and so were Go. C members of
 * libgo.a (libffi, libbacktrace, libatomic, byte searches), libgort, libc and
 * whatever a program adds stay in .text. A linker other than GNU ld ignores
 * or refuses such a fragment; with -fuse-ld= none is given, and the runtime
 * does without.
 *
 * Initialisers. Package main's object calls PKG..import of each package it
 * depends on, in order. Each name found undefined in it is wrapped (--wrap):
 * the wrapper hands the package's name and the real function to gort_go.o,
 * which times it. Nothing of libgo.a is changed for that.
 *
 * gccgo is $GCCGO, else gccgo-12, else a gccgo whose version is 12: what an
 * object must look like changes from one to the next, and gort_go.o is written
 * for this one.
 */
#include "client/build_priv.h"
#include "client/client.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GCCGO_MAJOR "12"

struct go_build {
	struct place place;
	char *compiler;
	char *dir; /* of ours, under $TMPDIR; removed at the end */
	char *object, *inits, *fragment;
	struct words packages; /* symbols PKG..import of the object */
	char *const *flags;
	size_t nflags;
};

/* ---- the compiler ---- */

/* First line of what a command prints, NULL when it can't be run. */
static char *
first_line(const char *program, const char *arg)
{
	struct words cmd = { 0 };
	char buf[4096];
	size_t n = 0;
	ssize_t got;
	int fd[2], null;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return NULL;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	words_add(&cmd, program);
	words_add(&cmd, arg);
	if (build_start(&cmd, fd[1], null, &pid) != 0)
		pid = -1;
	close(fd[1]);
	close(null);
	while (pid > 0 && n < sizeof(buf) - 1 &&
	    (got = read(fd[0], buf + n, sizeof(buf) - 1 - n)) > 0)
		n += (size_t)got;
	close(fd[0]);
	words_free(&cmd);
	if (pid < 0 || build_finish(pid) != 0)
		return NULL;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return strdup(buf);
}

static bool
in_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy, *save = NULL, *dir;
	bool found = false;

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0;
	copy = strdup(path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
	for (dir = strtok_r(copy, ":", &save); dir != NULL && !found;
	    dir = strtok_r(NULL, ":", &save)) {
		char *full = build_join(dir, name);

		found = access(full, X_OK) == 0;
		free(full);
	}
	free(copy);
	return found;
}

/* The compiler's name, owned; NULL after saying what to install. */
static char *
find_gccgo(void)
{
	const char *const names[] = { "gccgo-" GCCGO_MAJOR, "gccgo" };
	const char *env = getenv("GCCGO");

	if (env != NULL && env[0] != '\0') {
		if (in_path(env))
			return strdup(env);
		ctl_say("GCCGO is %s, which can't be executed", env);
		return NULL;
	}
	if (in_path(names[0]))
		return strdup(names[0]);
	if (in_path(names[1])) {
		char *v = first_line(names[1], "-dumpversion");
		bool ok = v != NULL && strncmp(v, GCCGO_MAJOR,
		    strlen(GCCGO_MAJOR)) == 0;

		free(v);
		if (ok)
			return strdup(names[1]);
	}
	ctl_say("Go sources need gccgo " GCCGO_MAJOR
		": install the package gccgo-" GCCGO_MAJOR
		", or set GCCGO; a program that `go build' made runs as it is");
	return NULL;
}

/* ---- compiling ---- */

/* Does the compiler speak of what is newer than it? Its words, in English;
 * in another language the advice is merely not given. */
static bool
wants_newer_go(const char *said)
{
	static const char *const signs[] = { "import file",
		"undefined identifier", "invalid character 0x7e",
		"expected \u2018]\u2019", "expected ']'" };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(said, signs[i]) != NULL)
			return true;
	return false;
}

static void
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

/* Run cmd; what it says on standard error is kept, as far as there is room,
 * and (pass_on) passed on as it comes. */
static int
run_listening(const struct words *cmd, bool pass_on, char *kept, size_t cap)
{
	char buf[4096];
	size_t n = 0;
	ssize_t got;
	int fd[2], rc;
	pid_t pid;

	kept[0] = '\0';
	if (pipe2(fd, O_CLOEXEC) != 0)
		return -errno;
	rc = build_start(cmd, -1, fd[1], &pid);
	close(fd[1]);
	while (rc == 0 && (got = read(fd[0], buf, sizeof(buf))) != 0) {
		size_t take;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (pass_on)
			write_all(STDERR_FILENO, buf, (size_t)got);
		take = (size_t)got < cap - 1 - n ? (size_t)got : cap - 1 - n;
		memcpy(kept + n, buf, take);
		n += take;
	}
	kept[n] = '\0';
	close(fd[0]);
	return rc != 0 ? rc : build_finish(pid);
}

#define SAID_MAX ((size_t)256 << 10)

static int
compile(struct go_build *b, char *const *files, size_t nfiles)
{
	struct words cmd = { 0 };
	char *said = malloc(SAID_MAX);
	size_t i;
	int rc;

	if (said == NULL)
		return -ENOMEM;
	words_add(&cmd, b->compiler);
	words_add(&cmd, "-g");
	words_add(&cmd, "-O2");
	words_add(&cmd, "-c");
	words_add(&cmd, "-o");
	words_add(&cmd, b->object);
	for (i = 0; i < b->nflags; i++)
		words_add(&cmd, b->flags[i]);
	for (i = 0; i < nfiles; i++)
		words_add(&cmd, files[i]);
	rc = run_listening(&cmd, true, said, SAID_MAX);
	if (rc != 0 && wants_newer_go(said))
		ctl_say("gccgo " GCCGO_MAJOR " knows Go 1.18 and its library, "
			"without generics and modules; a program that needs "
			"more can be made by `go build' and run under gortd as "
			"it is (kind gc)");
	words_free(&cmd);
	free(said);
	return rc;
}

/* ---- what the objects hold ---- */

/* The section of this type (and name, if not NULL), or NULL. */
static Elf_Scn *
section(Elf *elf, uint32_t type, const char *name)
{
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((scn = elf_nextscn(elf, scn)) != NULL) {
		const char *s;

		if (gelf_getshdr(scn, &sh) == NULL)
			return NULL;
		if (type != SHT_NULL && sh.sh_type != type)
			continue;
		s = name == NULL ? NULL : elf_strptr(elf, names, sh.sh_name);
		if (name == NULL || (s != NULL && strcmp(s, name) == 0))
			return scn;
	}
	return NULL;
}

static void
take_imports(Elf *elf, struct words *ret)
{
	static const char tail[] = "..import";
	Elf_Scn *scn = section(elf, SHT_SYMTAB, NULL);
	Elf_Data *data = scn != NULL ? elf_getdata(scn, NULL) : NULL;
	GElf_Shdr sh;
	GElf_Sym sym;

	if (data == NULL || gelf_getshdr(scn, &sh) == NULL)
		return;
	for (int i = 0; gelf_getsym(data, i, &sym) != NULL; i++) {
		const char *s = elf_strptr(elf, sh.sh_link, sym.st_name);
		size_t n = s != NULL ? strlen(s) : 0;

		if (sym.st_shndx != SHN_UNDEF || n < sizeof(tail) ||
		    strcmp(s + n - (sizeof(tail) - 1), tail) != 0)
			continue;
		if (strcmp(s, "runtime..import") != 0) /* ours, and empty */
			words_add(ret, s);
	}
}

static int
read_object(struct go_build *b)
{
	int fd = open(b->object, O_RDONLY | O_CLOEXEC);
	Elf *elf;

	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf != NULL)
		take_imports(elf, &b->packages);
	elf_end(elf);
	close(fd);
	return elf != NULL ? 0 : -ENOEXEC;
}

/* Write the names of libgo.a's members that were Go. */
static int
write_go_members(const char *archive, FILE *f)
{
	int fd = open(archive, O_RDONLY | O_CLOEXEC), n = 0;
	Elf_Cmd cmd = ELF_C_READ_MMAP;
	Elf *ar, *elf;

	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	ar = elf_begin(fd, cmd, NULL);
	if (ar == NULL || elf_kind(ar) != ELF_K_AR) {
		elf_end(ar);
		close(fd);
		return -ENOEXEC;
	}
	while (cmd != ELF_C_NULL && (elf = elf_begin(fd, cmd, ar)) != NULL) {
		Elf_Arhdr *h = elf_getarhdr(elf);

		if (h != NULL && h->ar_name[0] != '/' &&
		    elf_kind(elf) == ELF_K_ELF &&
		    section(elf, SHT_NULL, ".go_export") != NULL) {
			fprintf(f, "\t\t\"*/libgo.a:%s\"(.text .text.*)\n",
			    h->ar_name);
			n++;
		}
		cmd = elf_next(elf);
		elf_end(elf);
	}
	elf_end(ar);
	close(fd);
	return n > 0 ? 0 : -ENOEXEC;
}

/* ---- what is generated ---- */

/* "encoding_1json..import" as a package's path; into buf. */
static void
package_path(const char *symbol, char *buf, size_t cap)
{
	size_t len = strlen(symbol) - strlen("..import"), n = 0, i;

	for (i = 0; i < len && n + 1 < cap; i++) {
		static const char codes[] = "./*,{}[]()\" ;";
		static const char names[] = "0123456789abc";
		const char *at;

		if (symbol[i] != '_' || i + 1 >= len) {
			buf[n++] = symbol[i];
			continue;
		}
		i++;
		if (symbol[i] == 'x' && i + 2 < len) {
			char hex[3] = { symbol[i + 1], symbol[i + 2], '\0' };

			buf[n++] = (char)strtoul(hex, NULL, 16);
			i += 2;
		} else {
			at = strchr(names, symbol[i]);
			buf[n++] = at != NULL && *at != '\0'
			    ? codes[at - names] : symbol[i];
		}
	}
	buf[n] = '\0';
}

static int
write_inits(const struct go_build *b)
{
	FILE *f = fopen(b->inits, "we");
	char path[1024];
	size_t i;
	bool bad;

	if (f == NULL)
		return -errno;
	for (i = 0; i < b->packages.n; i++) {
		const char *s = b->packages.v[i];

		package_path(s, path, sizeof(path));
		fprintf(f,
		    "\t.text\n\t.globl\t__wrap_%s\n"
		    "\t.type\t__wrap_%s, @function\n__wrap_%s:\n"
		    "\t.cfi_startproc\n"
		    "\tleaq\t1f(%%rip), %%rdi\n"
		    "\tleaq\t__real_%s(%%rip), %%rsi\n"
		    "\tjmp\tgort_go_package_init\n"
		    "\t.cfi_endproc\n\t.section .rodata\n1:\t.asciz\t\"",
		    s, s, s, s);
		for (const char *c = path; *c != '\0'; c++)
			fprintf(f, "\\%03o", (unsigned char)*c);
		fprintf(f, "\"\n");
	}
	fprintf(f, "\t.section\t.note.GNU-stack,\"\",@progbits\n"
		   "\t.section\t.note.GNU-split-stack,\"\",@progbits\n");
	bad = ferror(f) != 0;
	return fclose(f) != 0 || bad ? -EIO : 0;
}

static int
write_fragment(const struct go_build *b)
{
	char *archive = first_line(b->compiler, "-print-file-name=libgo.a");
	FILE *f = fopen(b->fragment, "we");
	int rc = f == NULL ? -errno : archive == NULL ? -ENOENT : 0;

	if (rc == 0) {
		fprintf(f,
		    "SECTIONS\n{\n\t.text.go :\n\t{\n"
		    "\t\t__start_gort_gotext = .;\n"
		    "\t\t\"%s\"(.text .text.*)\n",
		    b->object);
		rc = write_go_members(archive, f);
		fprintf(f, "\t\t__stop_gort_gotext = .;\n\t}\n}\n"
			   "INSERT BEFORE .text;\n");
		if (rc != 0)
			ctl_say("%s: not libgo as an archive: is the package "
				"of gccgo complete?",
			    archive);
	}
	if (f != NULL && fclose(f) != 0 && rc == 0)
		rc = -errno;
	free(archive);
	return rc;
}

/* ---- linking ---- */

static bool
other_linker(const struct go_build *b)
{
	size_t i;

	for (i = 0; i < b->nflags; i++)
		if (strncmp(b->flags[i], "-fuse-ld=", 9) == 0 &&
		    strcmp(b->flags[i], "-fuse-ld=bfd") != 0)
			return true;
	return false;
}

static void
add_option(struct words *cmd, const char *option, const char *value)
{
	char *s;

	if (asprintf(&s, "%s%s", option, value) < 0)
		abort();
	words_add(cmd, s);
	free(s);
}

/*
 * What these want of a stack is more than compiled Go leaves to C. gort_go.o has
 * __wrap_NAME, which sees to it (runtime/arch/syscall_amd64.S). Not for a static
 * libc: its members are found by their own names only.
 */
static void
wrap_large_calls(const struct go_build *b, struct words *cmd)
{
	static const char *const names[] = { "getaddrinfo", "getnameinfo",
		"getpwnam_r", "getpwuid_r", "getgrnam_r", "getgrgid_r",
		"getgrouplist" };

	for (size_t i = 0; i < b->nflags; i++)
		if (strcmp(b->flags[i], "-static") == 0)
			return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_option(cmd, "-Wl,--wrap=", names[i]);
}

static void
link_command(const struct go_build *b, const char *out, struct words *cmd)
{
	size_t i;

	words_add(cmd, b->compiler);
	words_add(cmd, "-static-libgo");
	words_add(cmd, "-no-pie");
	words_add(cmd, "-o");
	words_add(cmd, out);
	words_add(cmd, b->object);
	words_add(cmd, b->inits);
	words_add(cmd, b->place.go);
	words_add(cmd, b->place.crt);
	/* behind the program, in front of the libraries */
	for (i = 0; i < b->nflags; i++)
		words_add(cmd, b->flags[i]);
	words_add(cmd, "-pthread");
	words_add(cmd, "-Wl,-z,now");
	words_add(cmd, "-Wl,-e,_rt0_amd64_linux");
	if (!other_linker(b))
		add_option(cmd, "-Wl,-T,", b->fragment);
	for (i = 0; i < b->packages.n; i++)
		add_option(cmd, "-Wl,--wrap=", b->packages.v[i]);
	wrap_large_calls(b, cmd);
}

/*
 * A symbol that gort_go.o lacks makes the linker take it from libgo's own
 * runtime, which then defines everything a second time. Its map says in the
 * line behind the member's name who wanted which symbol; into buf, "" when
 * this is not what happened.
 */
static void
find_culprit(struct words *cmd, const struct go_build *b, char *said,
    char *buf, size_t cap)
{
	char *map = build_join(b->dir, "map"), *line = NULL;
	size_t room = 0;
	bool member = false;
	FILE *f;

	buf[0] = '\0';
	add_option(cmd, "-Wl,-Map,", map);
	run_listening(cmd, false, said, SAID_MAX);
	f = fopen(map, "re");
	while (f != NULL && buf[0] == '\0' && getline(&line, &room, f) > 0) {
		char *open = strchr(line, '('), *close;

		if (member && (open = strrchr(line, '(')) != NULL &&
		    (close = strchr(open, ')')) != NULL)
			snprintf(buf, cap, "%.*s", (int)(close - open - 1),
			    open + 1);
		/* the first member there that is the runtime's */
		member = strstr(line, "libgo.a(runtime.o)") != NULL &&
		    line[0] == '/';
	}
	if (f != NULL)
		fclose(f);
	free(line);
	unlink(map);
	free(map);
}

static int
link_program(const struct go_build *b, const char *out)
{
	struct words cmd = { 0 };
	char *said = malloc(SAID_MAX), culprit[256] = "";
	int rc;

	if (said == NULL)
		return -ENOMEM;
	link_command(b, out, &cmd);
	rc = run_listening(&cmd, false, said, SAID_MAX);
	if (rc != 0 && strstr(said, "libgo.a(runtime.o)") != NULL)
		find_culprit(&cmd, b, said, culprit, sizeof(culprit));
	if (culprit[0] != '\0')
		ctl_say("the program refers to %s, a part of Go's own runtime "
			"that libgort does not have; `go build' may build it "
			"(kind gc)",
		    culprit);
	else
		write_all(STDERR_FILENO, said, strlen(said));
	free(said);
	words_free(&cmd);
	return rc;
}

/* ---- one build ---- */

static int
begin(struct go_build *b)
{
	const char *tmp = getenv("TMPDIR");
	int rc;

	b->compiler = find_gccgo();
	if (b->compiler == NULL)
		return -ENOENT;
	rc = build_find_place(&b->place);
	if (rc != 0)
		return rc;
	if (b->place.go == NULL || b->place.crt == NULL) {
		ctl_say("gort_go.o and gort_crt.o are not beside %s/libgort.a: "
			"install gort again",
		    b->place.libdir);
		return -ENOENT;
	}
	if (asprintf(&b->dir, "%s/gort-build.XXXXXX",
	        tmp != NULL && tmp[0] == '/' ? tmp : "/tmp") < 0)
		return -ENOMEM;
	if (mkdtemp(b->dir) == NULL) {
		rc = -errno;
		ctl_say("%s: %s", b->dir, strerror(errno));
		free(b->dir);
		b->dir = NULL;
		return rc;
	}
	b->object = build_join(b->dir, "prog.o");
	b->inits = build_join(b->dir, "inits.s");
	b->fragment = build_join(b->dir, "link.ld");
	return 0;
}

static void
end(struct go_build *b)
{
	if (b->dir != NULL) {
		unlink(b->object);
		unlink(b->inits);
		unlink(b->fragment);
		rmdir(b->dir);
	}
	free(b->object);
	free(b->inits);
	free(b->fragment);
	free(b->dir);
	free(b->compiler);
	words_free(&b->packages);
	build_place_free(&b->place);
}

int
build_go(char *const *files, size_t nfiles, char *const *flags, size_t nflags,
    const char *out)
{
	struct go_build b = { .flags = flags, .nflags = nflags };
	int rc = begin(&b);

	if (rc == 0)
		rc = compile(&b, files, nfiles);
	if (rc == 0) {
		rc = read_object(&b);
		if (rc != 0)
			ctl_say("the compiler made no object that can be "
				"linked (-S and -E are not for `build')");
	}
	if (rc == 0)
		rc = write_inits(&b);
	if (rc == 0)
		rc = write_fragment(&b);
	if (rc == 0)
		rc = link_program(&b, out);
	end(&b);
	return rc;
}

static int
hash_content(const char *path, uint64_t *h)
{
	char buf[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		*h = build_fnv(*h, buf, (size_t)n);
	close(fd);
	return n < 0 ? -EIO : 0;
}

/* The sources' text; of all else that goes in, size and time of the files:
 * the compiler's libgo.a stands for the compiler. */
int
build_go_key(char *const *files, size_t nfiles, uint64_t *ret)
{
	struct place p = { 0 };
	char *compiler = find_gccgo(), *lib = NULL;
	uint64_t h = BUILD_FNV_SEED;
	int rc = compiler == NULL ? -ENOENT : build_find_place(&p);
	size_t i;

	if (rc == 0) {
		lib = first_line(compiler, "-print-file-name=libgo.a");
		h = build_fnv(h, compiler, strlen(compiler) + 1);
		build_hash_file_identity(lib, &h);
		build_hash_file_identity(p.go, &h);
		build_hash_file_identity(p.crt, &h);
	}
	for (i = 0; i < nfiles && rc == 0; i++) {
		h = build_fnv(h, files[i], strlen(files[i]) + 1);
		rc = hash_content(files[i], &h);
		if (rc != 0)
			ctl_say("%s: %s", files[i], strerror(-rc));
	}
	free(lib);
	free(compiler);
	build_place_free(&p);
	*ret = h;
	return rc;
}
