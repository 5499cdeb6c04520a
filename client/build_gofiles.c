/*
 * build_gofiles.c - which files of a directory make up a Go program here.
 *
 * Go's own rules: files end in .go and not in _test.go, do not begin with a
 * dot or an underscore; a name that ends in _GOOS, _GOARCH or _GOOS_GOARCH
 * is for that system; a line `//go:build EXPR` above the package clause says
 * more. True here are linux, unix, amd64, gccgo and go1.1 to go1.18; cgo is
 * not, since no cgo runs. What is left must be package main: one program.
 */
#include "client/build_priv.h"
#include "client/client.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GO_MINOR 18

bool
build_is_go(const char *source, bool dir_too)
{
	size_t n = strlen(source);
	struct stat st;

	if (n > 3 && strcmp(source + n - 3, ".go") == 0)
		return true;
	return dir_too && stat(source, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- build tags ---- */

static const char known_os[] =
    " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl "
    "netbsd openbsd plan9 solaris wasip1 windows zos ";
static const char known_arch[] =
    " 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le "
    "riscv64 s390x sparc64 wasm ";

static bool
listed(const char *list, const char *word, size_t n)
{
	const char *at = list;

	while ((at = strchr(at, ' ')) != NULL && at[1] != '\0') {
		if (strncmp(at + 1, word, n) == 0 && at[1 + n] == ' ')
			return true;
		at++;
	}
	return false;
}

static bool
tag_holds(const char *tag, size_t n)
{
	if (n > 4 && strncmp(tag, "go1.", 4) == 0) {
		char *end;
		long minor = strtol(tag + 4, &end, 10);

		return end == tag + n && minor >= 1 && minor <= GO_MINOR;
	}
	return listed(" linux unix amd64 gccgo ", tag, n);
}

/* A recursive descent over ! && || ( ) and tags; at most as deep as the line
 * has parentheses, which is cut at 64. */
struct expr {
	const char *s;
	int depth;
	bool bad;
};

static bool or_expr(struct expr *e);

static bool
unary(struct expr *e)
{
	const char *from;
	bool v;

	while (*e->s == ' ' || *e->s == '\t')
		e->s++;
	if (++e->depth > 64)
		e->bad = true;
	if (!e->bad && *e->s == '!') {
		e->s++;
		v = !unary(e);
	} else if (!e->bad && *e->s == '(') {
		e->s++;
		v = or_expr(e);
		if (*e->s == ')')
			e->s++;
		else
			e->bad = true;
	} else {
		from = e->s;
		while (isalnum((unsigned char)*e->s) || *e->s == '_' ||
		    *e->s == '.')
			e->s++;
		v = tag_holds(from, (size_t)(e->s - from));
		if (e->s == from)
			e->bad = true;
	}
	e->depth--;
	while (*e->s == ' ' || *e->s == '\t')
		e->s++;
	return v && !e->bad;
}

static bool
and_expr(struct expr *e)
{
	bool v = unary(e);

	while (!e->bad && strncmp(e->s, "&&", 2) == 0) {
		e->s += 2;
		v &= unary(e);
	}
	return v;
}

static bool
or_expr(struct expr *e)
{
	bool v = and_expr(e);

	while (!e->bad && strncmp(e->s, "||", 2) == 0) {
		e->s += 2;
		v |= and_expr(e);
	}
	return v;
}

/* ---- one file ---- */

static bool
name_fits(const char *name)
{
	size_t n = strlen(name) - 3; /* .go */
	const char *part[2] = { NULL, NULL };
	size_t len[2] = { 0, 0 }, end = n;

	if (name[0] == '.' || name[0] == '_')
		return false;
	if (n >= 5 && strncmp(name + n - 5, "_test", 5) == 0)
		return false;
	/* the last two parts behind underscores; the first part is a name */
	for (int i = 0; i < 2; i++) {
		size_t at = end;

		while (at > 0 && name[at - 1] != '_')
			at--;
		if (at == 0)
			break;
		part[i] = name + at;
		len[i] = end - at;
		end = at - 1;
	}
	if (part[0] == NULL)
		return true;
	if (listed(known_arch, part[0], len[0])) {
		if (len[0] != 5 || strncmp(part[0], "amd64", 5) != 0)
			return false;
		return part[1] == NULL || !listed(known_os, part[1], len[1]) ||
		    tag_holds(part[1], len[1]);
	}
	return !listed(known_os, part[0], len[0]) ||
	    tag_holds(part[0], len[0]);
}

/*
 * Read a file's head: its constraint and its package's name. 1 it belongs in,
 * 0 it does not, -errno.
 */
static int
head_fits(const char *path, char *package, size_t cap)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int fits = 1;

	package[0] = '\0';
	if (f == NULL)
		return -errno;
	while (getline(&line, &room, f) > 0) {
		char *s = line + strspn(line, " \t");

		s[strcspn(s, "\r\n")] = '\0';
		if (strncmp(s, "//go:build ", 11) == 0) {
			struct expr e = { .s = s + 11 };
			bool v = or_expr(&e);

			if (!v || e.bad || *e.s != '\0')
				fits = 0;
		}
		if (strncmp(s, "package ", 8) == 0) {
			s += 8 + strspn(s + 8, " \t");
			snprintf(package, cap, "%.*s",
			    (int)strcspn(s, " \t;/"), s);
			break;
		}
	}
	free(line);
	fclose(f);
	return fits;
}

/* ---- the directory ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
take_file(const char *dir, const char *name, struct words *ret)
{
	char package[128], *path;
	int fits;

	if (!build_is_go(name, false) || !name_fits(name))
		return 0;
	path = build_join(dir, name);
	fits = head_fits(path, package, sizeof(package));
	if (fits < 0)
		ctl_say("%s: %s", path, strerror(-fits));
	if (fits > 0 && strcmp(package, "main") != 0) {
		ctl_say("%s is package %s: a program is built from one "
			"package main",
		    path, package[0] != '\0' ? package : "(none)");
		fits = -EINVAL;
	}
	if (fits > 0)
		words_add(ret, path);
	free(path);
	return fits < 0 ? fits : 0;
}

int
build_go_dir(const char *dir, struct words *ret_files)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	int rc = 0;

	if (d == NULL) {
		ctl_say("%s: %s", dir, strerror(errno));
		return -errno;
	}
	while (rc == 0 && (de = readdir(d)) != NULL)
		rc = take_file(dir, de->d_name, ret_files);
	closedir(d);
	if (rc == 0 && ret_files->n == 0) {
		ctl_say("%s has no Go files for this system", dir);
		rc = -ENOENT;
	}
	if (rc == 0)
		qsort(ret_files->v, ret_files->n, sizeof(char *), by_name);
	return rc;
}
