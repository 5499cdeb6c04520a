/*
 * options.h - gortd's command line.
 *
 * Each role is started with the keeper's own arguments and parses them again,
 * so that what an option says holds in every process.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <stdbool.h>

struct config;

struct options {
	const char *file; /* NULL: the default one, if it is there */
	const char *socket, *http, *db, *state_dir;
	const char *role; /* internal: which role this process is */
	bool foreground;
};

/* Parse; on misuse argp prints and exits with 2. Strings point into argv. */
void options_parse(int argc, char **argv, struct options *ret);

/*
 * Defaults, then text (NULL: none; file is its name), then options.
 * Returns 0 with *ret filled, or -errno and a sentence; then *ret is clean.
 */
int options_config(const struct options *o, const char *file, const char *text,
    struct config *ret, char **ret_cause);

/*
 * The configuration file's bytes, NUL-terminated and malloc'd; NULL in *ret
 * when no file was asked for and the default one does not exist. *ret_file
 * gets its name (malloc'd). Returns 0 or -errno with a sentence.
 */
int options_read(const struct options *o, char **ret, char **ret_file,
    char **ret_cause);

#endif
