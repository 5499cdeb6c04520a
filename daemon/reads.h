/*
 * reads.h - the read methods: from params to a page of history.
 */
#ifndef DAEMON_READS_H
#define DAEMON_READS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct store_reader;

#define READS_ID_BYTES 13 /* of a whole id, with its NUL */

/*
 * Answer telemetry.boot .sched .gc .events, instance.logs or store.query.
 * params are checked against the table already. resolved: the asker is the
 * supervisor, which writes a full id where it knows the instance; its rows may
 * not be in the store yet.
 *
 * Returns the new result, or NULL with a new error object in *ret_error.
 * *ret_broken is set when the reader should be opened anew.
 */
json_t *reads_answer(struct store_reader *r, const char *method,
    const json_t *params, bool resolved, json_t **ret_error, bool *ret_broken);

/*
 * Whom does `text` (id, name or prefix, with an optional @RUN) mean? Fills
 * id (READS_ID_BYTES) and the run, -1 when none was named.
 *
 * Returns NULL, or a new error object: nobody, several, no such run.
 */
json_t *reads_whose(struct store_reader *r, const char *text, char *id,
    int64_t *ret_run, bool *ret_broken);

/* Is it one of ours? */
bool reads_knows(const char *method);

/* RFC 3339 with nanoseconds, UTC; buf needs 40 bytes. Returns buf. */
char *reads_time(char *buf, int64_t unix_ns);

#endif
