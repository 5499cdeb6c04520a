/*
 * config.h - what gortd was told: defaults, then the file, then options.
 *
 * The file is JSON. Every key is listed in config.c's table with its type and
 * range; an unknown key, a wrong type or a value out of range is refused with
 * one line "FILE:LINE: KEY: what is wrong" and nothing is started. Options
 * win over the file.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_TEXT_MAX (256 * 1024)

struct config {
	/* where things are; options of the same name win */
	char *socket_path;  /* "socket" */
	char *http;         /* "http": ADDR:PORT, unix:PATH or "off" */
	bool http_default;  /* nobody asked for that address */
	char *db_path;      /* "db" */
	char *state_dir;    /* "state_dir", absolute, no slash at the end */
	char *instances_dir; /* "instances_dir" */
	char *token_path;   /* derived: beside the socket, "http.token" */
	bool foreground;
	bool user_mode; /* not root: defaults are the user's */

	/* who may what, over the control socket */
	char *operate_group; /* "groups.operate", default gort */
	char *view_group;    /* "groups.view", default gort-view */

	/* HTTP */
	bool http_read_any; /* "http_read": "token" or "any" */
	bool http_write;    /* "http_write" */
	char *http_hosts;   /* "http_hosts": more Host names, comma separated */

	/* instances */
	int64_t max_instances; /* "instances.max" */
	int64_t stop_ms;       /* "instances.stop_ms": SIGTERM to SIGKILL */
	int64_t start_ms;      /* "instances.start_ms": exec to ready, 0 = ever */

	/* store */
	int64_t db_max_bytes;   /* "store.max_bytes" */
	int64_t raw_ms;         /* "store.raw_ms": how long raw rows stay */
	int64_t text_bytes_per_s; /* "store.text_bytes_per_s", an instance */
	int64_t batch_ms;       /* "store.batch_ms": longest time to a commit */

	int log_level; /* "log_level": enum log_level */
};

/*
 * Defaults for this user. Returns 0, or -errno with a sentence in *ret_cause
 * (malloc'd): /tmp/gortd-UID that is somebody else's.
 */
int config_defaults(struct config *ret, char **ret_cause);

/*
 * Apply the text of a configuration file; `file` is for the sentences.
 * Returns 0, or -EINVAL with "FILE:LINE: KEY: ..." in *ret_cause; cfg may
 * then be half changed and is only good for config_fini.
 */
int config_parse(struct config *cfg, const char *file, const char *text,
    char **ret_cause);

/* After file and options: derive and check what depends on several fields. */
int config_finish(struct config *cfg, char **ret_cause);

void config_fini(struct config *cfg);

#endif
