/*
 * build.h - making programs of kinds c and go by driving a compiler.
 */
#ifndef CLIENT_BUILD_H
#define CLIENT_BUILD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Build one source into the cache, or find it there:
 * $XDG_CACHE_HOME/gort/build/HASH/NAME, where the hash is of the preprocessed
 * C (the text of Go), the compiler and the library. Prints why it failed.
 * Returns CTL_OK with the absolute path owned by the caller, CTL_RUN_MISSING
 * (no such file) or CTL_RUN_CANNOT.
 */
int build_cached(const char *source, char **ret_program);

/* A growing list of words; every word is owned. */
struct words {
	char **v; /* NULL-terminated */
	size_t n;
};
void words_add(struct words *w, const char *s);
void words_free(struct words *w);

/* ---- pcfile.c: what gort.pc says ---- */

/*
 * Read a pkg-config file: the words of Cflags, and of Libs and Libs.private
 * together. Variables named in over (pairs name, value; NULL ends) win over
 * the file's. Returns 0 or -errno; -EINVAL for a file that makes no sense.
 */
int pcfile_read(const char *path, const char *const *over,
    struct words *ret_cflags, struct words *ret_libs);

/* The same on text in memory. */
int pcfile_parse(const char *text, const char *const *over,
    struct words *ret_cflags, struct words *ret_libs);

#endif
