/*
 * http_auth.c - who may read over HTTP.
 *
 * The control socket knows its callers by their credentials; a TCP port on
 * loopback knows nobody, and every local user and every web page in a browser
 * can reach it. Two rules close that:
 *
 * Token. /v1 and the page want a secret that lies in a file only its owner can
 * read. A person opens the address that gortd prints once; a cookie
 * (HttpOnly, SameSite=Strict) carries it from then on. Cookies ignore ports,
 * so the name has the port in it: two gortds do not log each other out.
 *
 * Host. A page of evil.example may let its own name resolve to 127.0.0.1 and
 * then read us as its own origin. Such a request carries the name it was made
 * with, so only addresses (which nobody can rebind), localhost and configured
 * names are answered.
 */
#include "daemon/http_auth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Host ---- */

/* The name without its port; false when it makes no sense. */
static bool
strip_port(const char *host, char *name, size_t cap)
{
	const char *end = host[0] == '[' ? strchr(host, ']') :
					   strchr(host, ':');
	size_t len;

	if (host[0] == '[') {
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		host++;
	}
	len = end != NULL ? (size_t)(end - host) : strlen(host);
	if (len == 0 || len >= cap)
		return false;
	memcpy(name, host, len);
	name[len] = '\0';
	return true;
}

static bool
is_address(const char *name)
{
	unsigned char buf[16];

	return inet_pton(AF_INET, name, buf) == 1 ||
	    inet_pton(AF_INET6, name, buf) == 1;
}

bool
http_host_ok(const char *host, const char *extra)
{
	char name[256];
	size_t len;

	if (host == NULL || !strip_port(host, name, sizeof(name)))
		return false;
	if (strcasecmp(name, "localhost") == 0 || is_address(name))
		return true;
	for (; extra != NULL && *extra != '\0'; extra += len) {
		extra += strspn(extra, ", ");
		len = strcspn(extra, ", ");
		if (len == strlen(name) && strncasecmp(extra, name, len) == 0)
			return true;
	}
	return false;
}

/* ---- token ---- */

bool
http_token_equal(const char *token, const char *given)
{
	size_t n = strlen(token), m = strlen(given), i;
	unsigned char diff = n != m;

	for (i = 0; i < n; i++)
		diff |= (unsigned char)(token[i] ^ (m != 0 ? given[i % m] : 0));
	return diff == 0 && n != 0;
}

static bool
cookie_ok(const char *token, const char *cookies, const char *name)
{
	char value[HTTP_TOKEN_BYTES + 1];
	size_t len, n = strlen(name);

	for (; *cookies != '\0'; cookies += len) {
		cookies += strspn(cookies, "; ");
		len = strcspn(cookies, ";");
		if (len != n + 1 + HTTP_TOKEN_BYTES || cookies[n] != '=' ||
		    strncmp(cookies, name, n) != 0)
			continue;
		memcpy(value, cookies + n + 1, HTTP_TOKEN_BYTES);
		value[HTTP_TOKEN_BYTES] = '\0';
		if (http_token_equal(token, value))
			return true;
	}
	return false;
}

bool
http_token_ok(const char *token, const char *authorization, const char *cookies,
    const char *name, const char *query_token)
{
	if (authorization != NULL &&
	    strncasecmp(authorization, "Bearer ", 7) == 0 &&
	    http_token_equal(token, authorization + 7))
		return true;
	if (query_token != NULL && http_token_equal(token, query_token))
		return true;
	return cookies != NULL && cookie_ok(token, cookies, name);
}

/* ---- its file ---- */

static int
say(char **ret_cause, int err, const char *path, const char *what)
{
	if (asprintf(ret_cause, "%s: %s", path, what) < 0)
		*ret_cause = NULL;
	return err;
}

/* -ENOENT: no file, or none that holds a token. */
static int
read_token(const char *path, char *ret, char **ret_cause)
{
	char buf[HTTP_TOKEN_BYTES + 2] = { 0 };
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? -ENOENT :
					 say(ret_cause, -errno, path,
					     strerror(errno));
	n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ?
	    read(fd, buf, sizeof(buf) - 1) :
	    -1;
	close(fd);
	if (n < 0)
		return say(ret_cause, -EPERM, path, "is no file of ours");
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return say(ret_cause, -EPERM, path,
		    "belongs to somebody else, or others may read it: the "
		    "token in it is no secret");
	buf[strcspn(buf, "\n")] = '\0';
	if (strlen(buf) != HTTP_TOKEN_BYTES ||
	    strspn(buf, "0123456789abcdef") != HTTP_TOKEN_BYTES)
		return -ENOENT;
	strcpy(ret, buf);
	return 0;
}

static int
write_token(const char *path, char *ret, char **ret_cause)
{
	unsigned char raw[HTTP_TOKEN_BYTES / 2];
	char *tmp, line[HTTP_TOKEN_BYTES + 2];
	size_t i;
	int fd, rc = 0;

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return say(ret_cause, -errno, path, strerror(errno));
	for (i = 0; i < sizeof(raw); i++)
		snprintf(line + 2 * i, 3, "%02x", raw[i]);
	if (asprintf(&tmp, "%s.%ld", path, (long)getpid()) < 0)
		return -ENOMEM;
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		rc = -errno;
	else if (dprintf(fd, "%s\n", line) != HTTP_TOKEN_BYTES + 1)
		rc = -EIO;
	if (fd >= 0 && close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(tmp, path) != 0)
		rc = -errno;
	if (rc != 0) {
		unlink(tmp);
		say(ret_cause, rc, path, strerror(-rc));
	} else
		strcpy(ret, line);
	free(tmp);
	return rc;
}

int
http_token_load(const char *path, char *ret, char **ret_cause)
{
	int rc = read_token(path, ret, ret_cause);

	return rc == -ENOENT ? write_token(path, ret, ret_cause) : rc;
}
