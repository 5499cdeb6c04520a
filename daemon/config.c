/*
 * config.c - defaults, file, checks; see config.h.
 *
 * One table names every key with its type, its place in struct config and its
 * range; parsing, refusing and the manual page follow it. jansson forgets
 * where a key stood, so for a refused key the text is scanned once more for
 * its line (key_line): rejected was a parser of our own.
 */
#include "daemon/config.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

enum key_type { KEY_STRING, KEY_INT, KEY_SIZE, KEY_BOOL, KEY_LEVEL, KEY_READ };

#define AT(field) offsetof(struct config, field)

/* clang-format off */
static const struct key {
	const char *name; /* "a" or "group.a" */
	enum key_type type;
	size_t off;
	int64_t min, max;
} keys[] = {
	{ "socket",        KEY_STRING, AT(socket_path), 1, 4000 },
	{ "http",          KEY_STRING, AT(http), 1, 4000 },
	{ "db",            KEY_STRING, AT(db_path), 1, 4000 },
	{ "state_dir",     KEY_STRING, AT(state_dir), 1, 4000 },
	{ "instances_dir", KEY_STRING, AT(instances_dir), 1, 4000 },
	{ "log_level",     KEY_LEVEL,  AT(log_level), 0, 0 },
	{ "http_read",     KEY_READ,   AT(http_read_any), 0, 0 },
	{ "http_write",    KEY_BOOL,   AT(http_write), 0, 0 },
	{ "http_hosts",    KEY_STRING, AT(http_hosts), 0, 4000 },
	{ "groups.operate", KEY_STRING, AT(operate_group), 0, 64 },
	{ "groups.view",    KEY_STRING, AT(view_group), 0, 64 },
	{ "instances.max",      KEY_INT, AT(max_instances), 1, 3000 },
	{ "instances.stop_ms",  KEY_INT, AT(stop_ms), 0, 86400000 },
	{ "instances.start_ms", KEY_INT, AT(start_ms), 0, 86400000 },
	{ "store.max_bytes", KEY_SIZE, AT(db_max_bytes), 4 * 1048576, INT64_MAX },
	{ "store.raw_ms",    KEY_INT,  AT(raw_ms), 60000, INT64_MAX / 1000000 },
	{ "store.batch_ms",  KEY_INT,  AT(batch_ms), 1, 60000 },
	{ "store.text_bytes_per_s", KEY_SIZE, AT(text_bytes_per_s), 1024, INT64_MAX },
};
/* clang-format on */
#define NKEYS (sizeof keys / sizeof keys[0])

static int __attribute__((format(printf, 2, 3)))
refuse(char **ret_cause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(ret_cause, fmt, ap) < 0)
		*ret_cause = NULL;
	va_end(ap);
	return -EINVAL;
}

/* Replace an owned string. */
static void
set_string(char **s, const char *value)
{
	char *copy = strdup(value);

	if (copy != NULL) {
		free(*s);
		*s = copy;
	}
}

static void __attribute__((format(printf, 2, 3)))
set_path(char **s, const char *fmt, ...)
{
	char *path = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&path, fmt, ap) >= 0) {
		free(*s);
		*s = path;
	}
	va_end(ap);
}

/*
 * /tmp/gortd-UID where there is no XDG_RUNTIME_DIR (su, cron): anybody can
 * make a folder of that name first, so it must be ours and closed.
 */
static int
tmp_runtime_dir(char *buf, size_t cap, char **ret_cause)
{
	struct stat st;

	snprintf(buf, cap, "/tmp/gortd-%u", (unsigned)geteuid());
	if (mkdir(buf, 0700) < 0 && errno != EEXIST)
		return refuse(ret_cause, "cannot make %s: %s", buf,
		    strerror(errno));
	if (lstat(buf, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return refuse(ret_cause,
		    "%s is not a folder of ours with mode 0700", buf);
	return 0;
}

static int
user_defaults(struct config *c, char **ret_cause)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	const char *state = getenv("XDG_STATE_HOME");
	const char *conf = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char tmp[64];
	int rc;

	if (run != NULL && run[0] == '/') {
		set_path(&c->socket_path, "%s/gortd/control.sock", run);
	} else {
		rc = tmp_runtime_dir(tmp, sizeof tmp, ret_cause);
		if (rc < 0)
			return rc;
		set_path(&c->socket_path, "%s/control.sock", tmp);
	}
	if (home == NULL || home[0] != '/')
		home = "/nonexistent";
	if (state != NULL && state[0] == '/')
		set_path(&c->state_dir, "%s/gortd", state);
	else
		set_path(&c->state_dir, "%s/.local/state/gortd", home);
	if (conf != NULL && conf[0] == '/')
		set_path(&c->instances_dir, "%s/gortd/instances.d", conf);
	else
		set_path(&c->instances_dir, "%s/.config/gortd/instances.d",
		    home);
	return 0;
}

int
config_defaults(struct config *ret, char **ret_cause)
{
	memset(ret, 0, sizeof *ret);
	ret->user_mode = geteuid() != 0;
	ret->log_level = LOG_LEVEL_NOTICE;
	ret->max_instances = 1000;
	ret->stop_ms = 10000;
	ret->db_max_bytes = GIB;
	ret->raw_ms = INT64_C(7) * 24 * 3600 * 1000;
	ret->text_bytes_per_s = 4 * MIB;
	ret->batch_ms = 200;
	ret->http_default = true;
	set_string(&ret->http, "127.0.0.1:7117");
	set_string(&ret->http_hosts, "");
	set_string(&ret->operate_group, "gort");
	set_string(&ret->view_group, "gort-view");
	if (ret->user_mode)
		return user_defaults(ret, ret_cause);
	set_string(&ret->socket_path, "/run/gortd/control.sock");
	set_string(&ret->state_dir, "/var/lib/gortd");
	set_string(&ret->instances_dir, "/etc/gortd/instances.d");
	return 0;
}

/* ---- where a key stands ---- */

struct scan {
	const char *p;
	int line;
};

static void
skip_space(struct scan *s)
{
	for (; isspace((unsigned char)*s->p); s->p++)
		if (*s->p == '\n')
			s->line++;
}

/* At a quote: step behind the closing one. The text has been parsed before. */
static void
skip_string(struct scan *s)
{
	for (s->p++; *s->p != '\0' && *s->p != '"'; s->p++)
		if (*s->p == '\\' && s->p[1] != '\0')
			s->p++;
	if (*s->p == '"')
		s->p++;
}

/* Step behind one value of any kind. */
static void
skip_value(struct scan *s)
{
	int depth = 0;

	do {
		skip_space(s);
		if (*s->p == '"') {
			skip_string(s);
		} else {
			if (*s->p == '{' || *s->p == '[')
				depth++;
			else if (*s->p == '}' || *s->p == ']')
				depth--;
			if (*s->p == '\0' || (depth < 0))
				return;
			s->p++;
			if (depth == 0)
				while (isalnum((unsigned char)*s->p) ||
				    strchr("+-.", *s->p) != NULL) {
					if (*s->p == '\0')
						return;
					s->p++;
				}
		}
	} while (depth > 0);
}

/*
 * Line of the key `name` (its group given before a dot) in a text that is a
 * valid object. 1 when it cannot be found (escapes in the key).
 */
static int
key_line(const char *text, const char *name)
{
	struct scan s = { text, 1 };
	const char *dot = strchr(name, '.');
	size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);

	skip_space(&s);
	while (*s.p != '\0' && *s.p != '}') {
		const char *key;
		size_t n;
		int line;

		s.p++; /* the brace or the comma */
		skip_space(&s);
		if (*s.p != '"')
			break;
		key = s.p + 1;
		line = s.line;
		skip_string(&s);
		n = s.p - key - 1;
		skip_space(&s);
		s.p++; /* the colon */
		skip_space(&s);
		if (n == len && memcmp(key, name, n) == 0) {
			if (dot == NULL)
				return line;
			return line - 1 + key_line(s.p, dot + 1);
		}
		skip_value(&s);
		skip_space(&s);
	}
	return 1;
}

/* ---- values ---- */

/* "64M", "1GiB", "4096": -1 when it is none of these. */
static int64_t
parse_size(const char *s)
{
	char *end;
	long long n;
	int64_t unit = 1;

	errno = 0;
	n = strtoll(s, &end, 10);
	if (end == s || errno != 0 || n < 0)
		return -1;
	switch (toupper((unsigned char)*end)) {
	case 'K': unit = KIB; end++; break;
	case 'M': unit = MIB; end++; break;
	case 'G': unit = GIB; end++; break;
	}
	if (unit != 1 && end[0] == 'i')
		end++;
	if (*end == 'B')
		end++;
	if (*end != '\0' || n > INT64_MAX / unit)
		return -1;
	return n * unit;
}

static int
parse_level(const char *s)
{
	static const char *const names[] = { "error", "warning", "notice",
		"info", "debug" };

	for (int i = 0; i < 5; i++)
		if (s != NULL && strcmp(s, names[i]) == 0)
			return LOG_LEVEL_ERROR + i;
	return -1;
}

/*
 * Put v where k says. Returns NULL, or what is wrong with it (static, or in
 * buf).
 */
static const char *
set_key(struct config *cfg, const struct key *k, json_t *v, char *buf, size_t cap)
{
	void *at = (char *)cfg + k->off;
	const char *s = json_string_value(v);
	int64_t n = -1;

	switch (k->type) {
	case KEY_STRING:
		if (s == NULL)
			return "must be a string";
		if ((int64_t)strlen(s) < k->min || (int64_t)strlen(s) > k->max)
			return "is empty or too long";
		set_string(at, s);
		return NULL;
	case KEY_BOOL:
		if (!json_is_boolean(v))
			return "must be true or false";
		*(bool *)at = json_is_true(v);
		return NULL;
	case KEY_LEVEL:
		if (parse_level(s) < 0)
			return "must be error, warning, notice, info or debug";
		*(int *)at = parse_level(s);
		return NULL;
	case KEY_READ:
		if (s == NULL || (strcmp(s, "any") != 0 &&
		    strcmp(s, "token") != 0))
			return "must be \"token\" or \"any\"";
		*(bool *)at = strcmp(s, "any") == 0;
		return NULL;
	case KEY_SIZE:
		if (s != NULL)
			n = parse_size(s);
		else if (json_is_integer(v))
			n = json_integer_value(v);
		else
			return "must be a number of bytes, or like \"64M\"";
		break;
	case KEY_INT:
		if (!json_is_integer(v))
			return "must be a whole number";
		n = json_integer_value(v);
		break;
	}
	if (n < k->min || n > k->max) {
		snprintf(buf, cap, "must be between %lld and %lld",
		    (long long)k->min, (long long)k->max);
		return buf;
	}
	*(int64_t *)at = n;
	return NULL;
}

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static bool
is_group(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < NKEYS; i++)
		if (strncmp(keys[i].name, name, n) == 0 &&
		    keys[i].name[n] == '.')
			return true;
	return false;
}

static int
apply(struct config *cfg, const char *file, const char *text, json_t *obj,
    const char *prefix, char **ret_cause)
{
	char name[256], buf[128];
	const char *key, *wrong;
	json_t *v;

	json_object_foreach(obj, key, v) {
		const struct key *k;

		snprintf(name, sizeof name, "%s%.100s", prefix, key);
		if (prefix[0] == '\0' && is_group(key) && json_is_object(v)) {
			int rc;

			snprintf(name, sizeof name, "%.100s.", key);
			rc = apply(cfg, file, text, v, name, ret_cause);
			if (rc < 0)
				return rc;
			continue;
		}
		k = find_key(name);
		if (is_group(name))
			wrong = "must be an object";
		else if (k == NULL)
			wrong = "unknown key";
		else
			wrong = set_key(cfg, k, v, buf, sizeof buf);
		if (wrong != NULL)
			return refuse(ret_cause, "%s:%d: %s: %s", file,
			    key_line(text, name), name, wrong);
		if (k->off == AT(http))
			cfg->http_default = false;
	}
	return 0;
}

int
config_parse(struct config *cfg, const char *file, const char *text,
    char **ret_cause)
{
	json_error_t je;
	json_t *obj;
	int rc;

	obj = json_loads(text, JSON_REJECT_DUPLICATES, &je);
	if (obj == NULL)
		return refuse(ret_cause, "%s:%d: not JSON: %s", file, je.line,
		    je.text);
	if (json_is_object(obj))
		rc = apply(cfg, file, text, obj, "", ret_cause);
	else
		rc = refuse(ret_cause, "%s:1: must be a JSON object", file);
	json_decref(obj);
	return rc;
}

/* Make *path absolute. */
static int
absolute(char **path, const char *what, char **ret_cause)
{
	char cwd[PATH_MAX];

	if ((*path)[0] != '/') {
		if (getcwd(cwd, sizeof cwd) == NULL)
			return refuse(ret_cause, "%s: no working directory",
			    what);
		set_path(path, "%s/%s", cwd, *path);
	}
	for (size_t n = strlen(*path); n > 1 && (*path)[n - 1] == '/'; n--)
		(*path)[n - 1] = '\0';
	return 0;
}

/* ADDR:PORT, [ADDR]:PORT, unix:PATH, off. */
static int
check_http(const char *http, char **ret_cause)
{
	const char *colon = strrchr(http, ':');
	char *end;
	long port;

	if (strcmp(http, "off") == 0)
		return 0;
	if (strncmp(http, "unix:", 5) == 0 && http[5] == '/')
		return 0;
	if (colon != NULL && colon != http) {
		port = strtol(colon + 1, &end, 10);
		if (end != colon + 1 && *end == '\0' && port >= 0 &&
		    port <= 65535)
			return 0;
	}
	return refuse(ret_cause, "http: \"%s\" is not ADDR:PORT, "
	    "unix:/PATH or off", http);
}

int
config_finish(struct config *cfg, char **ret_cause)
{
	char *slash;
	int rc;

	if ((rc = absolute(&cfg->socket_path, "socket", ret_cause)) < 0 ||
	    (rc = absolute(&cfg->state_dir, "state_dir", ret_cause)) < 0 ||
	    (rc = absolute(&cfg->instances_dir, "instances_dir", ret_cause)) < 0)
		return rc;
	if (cfg->db_path == NULL)
		set_path(&cfg->db_path, "%s/gortd.db", cfg->state_dir);
	if ((rc = absolute(&cfg->db_path, "db", ret_cause)) < 0)
		return rc;
	slash = strrchr(cfg->socket_path, '/');
	set_path(&cfg->token_path, "%.*s/http.token",
	    (int)(slash - cfg->socket_path), cfg->socket_path);
	return check_http(cfg->http, ret_cause);
}

void
config_fini(struct config *cfg)
{
	free(cfg->socket_path);
	free(cfg->http);
	free(cfg->db_path);
	free(cfg->state_dir);
	free(cfg->instances_dir);
	free(cfg->token_path);
	free(cfg->operate_group);
	free(cfg->view_group);
	free(cfg->http_hosts);
	memset(cfg, 0, sizeof *cfg);
}
