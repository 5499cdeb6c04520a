/* role_config.h - a configuration out of a memfd and this process's options. */
#ifndef DAEMON_ROLE_CONFIG_H
#define DAEMON_ROLE_CONFIG_H

struct config;

/*
 * New config (config_fini and free it), or NULL with a sentence. fd stays the
 * caller's. Defined in main.c, which has the options; tests have their own.
 */
struct config *role_config_from(int fd, char **ret_cause);

#endif
