/*
 * keeper.h - the main process of gortd.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include <stdbool.h>

/* What main.c made before the keeper starts. Descriptors are the keeper's. */
struct keeper_boot {
	char **argv;     /* of the main process; roles get it again */
	int self_fd;     /* our own binary, O_PATH */
	int control_fd;  /* listening control socket */
	int http_fd;     /* listening HTTP socket or -1 */
	int config_fd;   /* memfd with the configuration's text */
	int ready_fd;    /* write end to the waiting parent, or -1 */
	bool foreground;
	/*
	 * Read the configuration file anew, unparsed, into a memfd; -errno.
	 * The keeper itself never looks inside.
	 */
	int (*reread)(void);
};

/* Run until the daemon ends. Returns its exit code. */
int keeper_main(struct keeper_boot *boot);

#endif
