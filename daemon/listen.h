/*
 * listen.h - locks and listening sockets, made before the keeper starts.
 */
#ifndef DAEMON_LISTEN_H
#define DAEMON_LISTEN_H

struct config;

/*
 * Make the folder of path (one level and its parents) with this mode.
 * Returns 0 or -errno.
 */
int make_parents(const char *path, unsigned mode);

/*
 * Take the lock file PATH.lock for as long as this process lives. Returns the
 * descriptor, or -errno with a sentence that names who has it.
 */
int lock_beside(const char *path, const char *what, char **ret_cause);

/* Write our pid into the locks: after a fork they still hold the parent's. */
void lock_sign(void);

/*
 * Bind and listen on a unix socket; paths longer than sun_path go through
 * /proc/self/fd. An old socket file is replaced: the caller has the lock.
 */
int listen_unix(const char *path, unsigned mode, char **ret_cause);

/* ADDR:PORT or unix:PATH. Returns the descriptor or -errno and a sentence. */
int listen_http(const char *where, char **ret_cause);

#endif
