/* listen.c - locks and listening sockets; see listen.h. */
#include "daemon/listen.h"
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 512
#define LOCKS 3

static int locks[LOCKS], nlocks;

int
make_parents(const char *path, unsigned mode)
{
	char *copy = strdup(path), *slash;
	int rc = 0;

	if (copy == NULL)
		return -ENOMEM;
	for (slash = strchr(copy + 1, '/'); slash != NULL && rc == 0;
	    slash = strchr(slash + 1, '/')) {
		struct stat st;

		*slash = '\0';
		if (stat(copy, &st) < 0 && mkdir(copy, mode) < 0 &&
		    errno != EEXIST)
			rc = -errno;
		*slash = '/';
	}
	free(copy);
	return rc;
}

int
lock_beside(const char *path, const char *what, char **ret_cause)
{
	char *name = NULL, pid[32] = "";
	int fd, err;

	if (asprintf(&name, "%s.lock", path) < 0)
		return -ENOMEM;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err = errno;
		because(err, ret_cause, "cannot open %s: %s", name,
		    strerror(err));
		free(name);
		return -err;
	}
	free(name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (pread(fd, pid, sizeof pid - 1, 0) < 0)
			pid[0] = '\0';
		pid[strcspn(pid, "\n")] = '\0';
		close(fd);
		return because(EBUSY, ret_cause,
		    "another gortd (pid %s) already uses the %s %s",
		    pid[0] != '\0' ? pid : "unknown", what, path);
	}
	locks[nlocks++ % LOCKS] = fd;
	lock_sign();
	return fd;
}

void
lock_sign(void)
{
	for (int i = 0; i < nlocks && i < LOCKS; i++)
		if (ftruncate(locks[i], 0) < 0 || lseek(locks[i], 0, SEEK_SET) <
		    0 || dprintf(locks[i], "%d\n", getpid()) < 0)
			continue; /* for a person only; the lock is what counts */
}

/*
 * The address of path; when it is too long for sun_path, by way of a
 * descriptor of its folder, which the caller closes after use.
 */
static int
unix_address(const char *path, struct sockaddr_un *ret, int *ret_dir)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	memset(ret, 0, sizeof *ret);
	ret->sun_family = AF_UNIX;
	*ret_dir = -1;
	if (strlen(path) < sizeof ret->sun_path) {
		strcpy(ret->sun_path, path);
		return 0;
	}
	if (slash == NULL || (size_t)(slash - path) >= sizeof dir ||
	    strlen(slash) > 60)
		return -ENAMETOOLONG;
	memcpy(dir, path, slash - path);
	dir[slash - path] = '\0';
	*ret_dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_dir < 0)
		return -errno;
	snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/%.60s",
	    *ret_dir, slash + 1);
	return 0;
}

int
listen_unix(const char *path, unsigned mode, char **ret_cause)
{
	struct sockaddr_un sun;
	struct stat st;
	int fd, dir, err = 0;
	mode_t old;

	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return because(EEXIST, ret_cause,
		    "%s is in the way and is not a socket", path);
	unlink(path);
	err = -unix_address(path, &sun, &dir);
	if (err != 0)
		return because(err, ret_cause, "socket %s: %s", path,
		    strerror(err));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	old = umask(0777 & ~mode);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof sun) < 0 ||
	    listen(fd, BACKLOG) < 0)
		err = errno;
	umask(old);
	if (dir >= 0)
		close(dir);
	if (err == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return because(err, ret_cause, "cannot listen on %s: %s", path,
	    strerror(err));
}

/* host and port out of "HOST:PORT" or "[HOST]:PORT". */
static int
listen_tcp(const char *where, char **ret_cause)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM }, *ai = NULL;
	const char *colon = strrchr(where, ':');
	char host[256] = "";
	int fd, err = 0, rc, one = 1;
	size_t n = colon - where;

	if (n >= sizeof host)
		return because(EINVAL, ret_cause, "http: %s is too long", where);
	if (n >= 2 && where[0] == '[')
		snprintf(host, sizeof host, "%.*s", (int)n - 2, where + 1);
	else
		snprintf(host, sizeof host, "%.*s", (int)n, where);
	rc = getaddrinfo(host, colon + 1, &hints, &ai);
	if (rc != 0)
		return because(EINVAL, ret_cause, "http address %s: %s", where,
		    gai_strerror(rc));
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd < 0 || bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    listen(fd, BACKLOG) < 0)
		err = errno;
	freeaddrinfo(ai);
	if (err == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return because(err, ret_cause, "cannot listen on http address %s: %s",
	    where, strerror(err));
}

int
listen_http(const char *where, char **ret_cause)
{
	if (strncmp(where, "unix:", 5) == 0)
		return listen_unix(where + 5, 0600, ret_cause);
	return listen_tcp(where, ret_cause);
}
