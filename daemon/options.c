/* options.c - gortd's command line; see options.h. */
#include "daemon/options.h"

#include <config.h>

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config.h"

const char *argp_program_version = "gortd " PACKAGE_VERSION;

enum { OPT_SOCKET = 256, OPT_HTTP, OPT_DB, OPT_STATE_DIR, OPT_FOREGROUND,
	OPT_ROLE };

static const struct argp_option table[] = {
	{ "file", 'f', "FILE", 0, "read the configuration from FILE", 0 },
	{ "socket", OPT_SOCKET, "PATH", 0, "control socket", 0 },
	{ "http", OPT_HTTP, "ADDR:PORT|unix:PATH|off", 0, "HTTP address", 0 },
	{ "db", OPT_DB, "FILE", 0, "database", 0 },
	{ "state-dir", OPT_STATE_DIR, "DIR", 0, "where state is kept", 0 },
	{ "foreground", OPT_FOREGROUND, NULL, 0,
	    "stay in the foreground, log to standard error", 0 },
	{ "role", OPT_ROLE, "NAME", OPTION_HIDDEN, "", 0 },
	{ 0 },
};

static error_t
parse_opt(int key, char *arg, struct argp_state *st)
{
	struct options *o = st->input;

	switch (key) {
	case 'f': o->file = arg; return 0;
	case OPT_SOCKET: o->socket = arg; return 0;
	case OPT_HTTP: o->http = arg; return 0;
	case OPT_DB: o->db = arg; return 0;
	case OPT_STATE_DIR: o->state_dir = arg; return 0;
	case OPT_FOREGROUND: o->foreground = true; return 0;
	case OPT_ROLE: o->role = arg; return 0;
	case ARGP_KEY_ARG:
		argp_error(st, "unexpected argument '%s'", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void
options_parse(int argc, char **argv, struct options *ret)
{
	static const struct argp argp = { table, parse_opt, NULL,
		"gortd hosts goroutine programs as isolated instances.", NULL,
		NULL, NULL };

	memset(ret, 0, sizeof *ret);
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, ret);
}

static void
override(char **field, const char *value)
{
	if (value != NULL) {
		free(*field);
		*field = strdup(value);
	}
}

int
options_config(const struct options *o, const char *file, const char *text,
    struct config *ret, char **ret_cause)
{
	int rc = config_defaults(ret, ret_cause);

	if (rc == 0 && text != NULL)
		rc = config_parse(ret, file, text, ret_cause);
	if (rc == 0) {
		override(&ret->socket_path, o->socket);
		override(&ret->http, o->http);
		override(&ret->db_path, o->db);
		override(&ret->state_dir, o->state_dir);
		if (o->http != NULL)
			ret->http_default = false;
		ret->foreground = o->foreground;
		rc = config_finish(ret, ret_cause);
	}
	if (rc < 0)
		config_fini(ret);
	return rc;
}

/* Name of the file to read, malloc'd. */
static char *
file_name(const struct options *o)
{
	const char *conf = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *name = NULL;
	int n;

	if (o->file != NULL)
		return strdup(o->file);
	if (geteuid() == 0)
		return strdup("/etc/gortd/gortd.conf");
	if (conf != NULL && conf[0] == '/')
		n = asprintf(&name, "%s/gortd/gortd.conf", conf);
	else
		n = asprintf(&name, "%s/.config/gortd/gortd.conf",
		    home != NULL ? home : "");
	return n < 0 ? NULL : name;
}

/* Up to CONFIG_TEXT_MAX bytes of fd, NUL-terminated. */
static int
read_all(int fd, char **ret)
{
	char *text = malloc(CONFIG_TEXT_MAX + 1);
	size_t len = 0;

	if (text == NULL)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(fd, text + len, CONFIG_TEXT_MAX + 1 - len);

		if (n <= 0) {
			int err = n < 0 ? errno : 0;

			if (err == 0 && memchr(text, 0, len) != NULL)
				err = EBADMSG;
			text[len] = '\0';
			if (err != 0)
				free(text);
			else
				*ret = text;
			return -err;
		}
		len += n;
		if (len > CONFIG_TEXT_MAX) {
			free(text);
			return -EFBIG;
		}
	}
}

int
options_read(const struct options *o, char **ret, char **ret_file,
    char **ret_cause)
{
	char *name = file_name(o), *text = NULL;
	int fd, rc;

	*ret = NULL;
	*ret_file = name;
	if (name == NULL)
		return -ENOMEM;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && o->file == NULL)
		return 0;
	rc = fd < 0 ? -errno : read_all(fd, &text);
	if (fd >= 0)
		close(fd);
	if (rc < 0) {
		if (asprintf(ret_cause, "%s: %s", name, strerror(-rc)) < 0)
			*ret_cause = NULL;
		return rc;
	}
	*ret = text;
	return 0;
}
