/*
 * build_priv.h - what building C and building Go share. build.c has it all.
 */
#ifndef CLIENT_BUILD_PRIV_H
#define CLIENT_BUILD_PRIV_H

#include "client/build.h"

#include <stdint.h>
#include <sys/types.h>

/* Where gort is; the names are owned. */
struct place {
	char *pc;     /* gort.pc; NULL: none there, the usual flags do */
	char *incdir; /* where gort.h is */
	char *libdir; /* where libgort.a is */
	char *crt;    /* the start object; NULL: none */
	char *go;     /* gort_go.o, the face for compiled Go; NULL: none */
};

/* 0, or -errno after saying what is missing. */
int build_find_place(struct place *ret);
void build_place_free(struct place *p);

/* Strings: the caller owns what is returned. */
char *build_join(const char *a, const char *b);     /* "a/b" */
char *build_existing(const char *a, const char *b); /* NULL: no such file */
char *build_stem(const char *source);               /* "dir/x.c": "x" */

/* Start a command; out and err are descriptors, -1 for ours. 0 or -errno,
 * said. */
int build_start(const struct words *cmd, int out, int err, pid_t *ret);
int build_finish(pid_t pid); /* 0, -EIO: it failed */
int build_run(const struct words *cmd);

uint64_t build_fnv(uint64_t h, const void *data, size_t len);
#define BUILD_FNV_SEED 0xcbf29ce484222325u
/* Size and time of a file stand for its content. NULL: nothing. */
void build_hash_file_identity(const char *path, uint64_t *h);
char *build_cache_dir(uint64_t key);
int build_make_dirs(char *path);

/* Make `program` by make(arg, its name for now), so that a half-written one is
 * never found by another gortctl. 0 or -errno. */
int build_into(const char *dir, const char *program,
    int (*make)(void *arg, const char *out), void *arg);

/* ---- build_go.c ---- */

/* Is this a Go source, or (dir_too) a directory? */
bool build_is_go(const char *source, bool dir_too);
/* The files of package main in this directory that go into a program for this
 * system. 0 or -errno, said. */
int build_go_dir(const char *dir, struct words *ret_files);
/* Compile and link. 0 or -errno; what the compiler says goes to stderr. */
int build_go(char *const *files, size_t nfiles, char *const *flags,
    size_t nflags, const char *out);
/* What the program depends on, as a number. */
int build_go_key(char *const *files, size_t nfiles, uint64_t *ret);

#endif
