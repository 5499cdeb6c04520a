/*
 * pcfile.c - the few lines of a pkg-config file that a build needs.
 *
 * gort.pc is the one place that says how a program is linked to libgort, for
 * strangers through pkg-config and for `gortctl build` through here. Reading it
 * ourselves means that pkg-config need not be installed where programs are
 * merely built, and that the build tree's own file can be used with other
 * directories.
 *
 * Understood: NAME=VALUE, Cflags:, Libs:, Libs.private:, ${NAME}, comments,
 * backslashed blanks. Not: Requires, which gort.pc does not use.
 */
#include "client/build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VARS 32
#define MAX_NEST 16

void
words_add(struct words *w, const char *s)
{
	char **v = realloc(w->v, (w->n + 2) * sizeof(*v));

	if (v == NULL)
		abort(); /* a few bytes for a command line */
	w->v = v;
	w->v[w->n++] = strdup(s);
	w->v[w->n] = NULL;
}

void
words_free(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	w->v = NULL;
	w->n = 0;
}

struct pc {
	char *name[MAX_VARS], *value[MAX_VARS];
	size_t n;
	const char *const *over;
};

static const char *
lookup(const struct pc *pc, const char *name, size_t len)
{
	size_t i;

	for (i = 0; pc->over != NULL && pc->over[i] != NULL; i += 2)
		if (strlen(pc->over[i]) == len &&
		    strncmp(pc->over[i], name, len) == 0)
			return pc->over[i + 1];
	for (i = 0; i < pc->n; i++)
		if (strlen(pc->name[i]) == len &&
		    strncmp(pc->name[i], name, len) == 0)
			return pc->value[i];
	return NULL;
}

static int
expand(const struct pc *pc, FILE *out, const char *s, int depth)
{
	const char *end, *v;

	if (depth > MAX_NEST)
		return -EINVAL;
	for (; *s != '\0'; s++) {
		if (s[0] != '$' || s[1] != '{') {
			fputc(*s, out);
			continue;
		}
		end = strchr(s, '}');
		if (end == NULL)
			return -EINVAL;
		v = lookup(pc, s + 2, (size_t)(end - s - 2));
		if (v != NULL && expand(pc, out, v, depth + 1) != 0)
			return -EINVAL;
		s = end;
	}
	return 0;
}

/* Split at blanks; a backslash keeps the character behind it. */
static void
split(const char *s, struct words *w)
{
	char *word = malloc(strlen(s) + 1), *p;

	if (word == NULL)
		abort();
	while (*s != '\0') {
		s += strspn(s, " \t");
		for (p = word; *s != '\0' && *s != ' ' && *s != '\t'; s++) {
			if (*s == '\\' && s[1] != '\0')
				s++;
			*p++ = *s;
		}
		*p = '\0';
		if (p > word)
			words_add(w, word);
	}
	free(word);
}

static int
add_field(const struct pc *pc, const char *value, struct words *w)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (f == NULL)
		return -ENOMEM;
	rc = expand(pc, f, value, 0);
	fclose(f);
	if (rc == 0)
		split(text, w);
	free(text);
	return rc;
}

static int
take_line(struct pc *pc, char *line, struct words *cflags, struct words *libs)
{
	size_t n = strcspn(line, ":=# \t");
	char sep = line[n + strspn(line + n, " \t")];
	char *value = line + n + strspn(line + n, " \t");

	if (sep == '\0' || line[0] == '#')
		return 0;
	value++;
	value += strspn(value, " \t");
	if (sep == '=' && pc->n < MAX_VARS) {
		pc->name[pc->n] = strndup(line, n);
		pc->value[pc->n++] = strdup(value);
		return 0;
	}
	if (sep != ':')
		return 0;
	line[n] = '\0';
	if (strcmp(line, "Cflags") == 0)
		return add_field(pc, value, cflags);
	if (strcmp(line, "Libs") == 0 || strcmp(line, "Libs.private") == 0)
		return add_field(pc, value, libs);
	return 0;
}

int
pcfile_parse(const char *text, const char *const *over,
    struct words *ret_cflags, struct words *ret_libs)
{
	struct pc pc = { .over = over };
	char *copy = strdup(text), *line, *save = NULL;
	int rc = 0;
	size_t i;

	if (copy == NULL)
		return -ENOMEM;
	line = strtok_r(copy, "\n", &save);
	for (; line != NULL && rc == 0; line = strtok_r(NULL, "\n", &save))
		rc = take_line(&pc, line, ret_cflags, ret_libs);
	for (i = 0; i < pc.n; i++) {
		free(pc.name[i]);
		free(pc.value[i]);
	}
	free(copy);
	return rc;
}

int
pcfile_read(const char *path, const char *const *over,
    struct words *ret_cflags, struct words *ret_libs)
{
	char *text = NULL;
	size_t cap = 0;
	FILE *f = fopen(path, "re");
	int rc;

	if (f == NULL)
		return -errno;
	rc = getdelim(&text, &cap, '\0', f) < 0 ? -EINVAL : 0;
	fclose(f);
	if (rc == 0)
		rc = pcfile_parse(text, over, ret_cflags, ret_libs);
	free(text);
	return rc;
}
