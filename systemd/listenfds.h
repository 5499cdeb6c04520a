/*
 * listenfds.h - descriptors that systemd passed at start: sockets of
 * gortd.socket, and what the fd store kept over a restart.
 */
#ifndef SYSTEMD_LISTENFDS_H
#define SYSTEMD_LISTENFDS_H

/* Called for each descriptor, which is the callee's from then on. */
typedef void (*listenfds_fn)(const char *name, int fd, void *arg);

/*
 * Hand every passed descriptor with its FDNAME to fn, made close-on-exec.
 * Returns how many, 0 without systemd, or -errno.
 */
int listenfds_take(listenfds_fn fn, void *arg);

#endif
