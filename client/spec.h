/*
 * spec.h - from the options of `run` to the params of instance.run.
 */
#ifndef CLIENT_SPEC_H
#define CLIENT_SPEC_H

#include "client/client.h"

/*
 * Check and translate all options of run; the program is found or built.
 * Returns CTL_OK with *ret owned by the caller, or the exit code after saying
 * why: CTL_USAGE, CTL_RUN_CANNOT, CTL_RUN_MISSING.
 */
int spec_make(struct ctl_opts *o, json_t **ret);

/*
 * Find what PROGRAM names, as a shell would: with a slash it is a path, else
 * it is looked up in PATH. Returns 0 with an absolute path owned by the
 * caller, -ENOENT, -EACCES (found, but not executable), -EISDIR.
 */
int spec_find(const char *program, const char *path_env, char **ret);

/* Add the lines K=V of text to env; -EINVAL with the line's number. */
int spec_env_text(json_t *env, const char *text, int *ret_line);

#endif
