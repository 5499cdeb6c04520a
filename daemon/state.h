/*
 * state.h - the bytes of the state file, twice: on disk and in memory.
 *
 * STATE_DIR/state.json is written beside itself, synced and renamed, so it is
 * whole at any instant. The same bytes go into a sealed memfd for the keeper:
 * it is what a new supervisor reads when the disk is full or gone, and its
 * presence says that gortd itself was not restarted. Each copy has a
 * generation; the larger one wins.
 */
#ifndef DAEMON_STATE_H
#define DAEMON_STATE_H

#include <jansson.h>
#include <stdbool.h>

#define STATE_VERSION 1
#define STATE_BYTES_MAX (256 * 1024 * 1024)

/*
 * Write o. *ret_fd gets a memfd with the same bytes (-1 without memory), also
 * when the disk refuses. Returns 0 or the disk's -errno.
 */
int state_write(const char *dir, const json_t *o, int *ret_fd);

/*
 * Read the newer of file and memfd (-1: none). *ret is NULL when there is
 * neither. Returns 0; -EBADMSG with a sentence when the only copy is damaged;
 * -ENOTSUP with one when it was written by a newer gortd.
 */
int state_read(const char *dir, int memfd, json_t **ret, char **ret_cause);

#endif
