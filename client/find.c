/*
 * find.c - which gortd: the order in which sockets are tried, and dialling.
 *
 * Someone who names a socket means that one, so --socket and GORTD_SOCKET are
 * tried alone. Otherwise the user's own gortd comes before the system's. The
 * user's socket is looked for where gortd would have put it: XDG_RUNTIME_DIR
 * is unset under su, cron and in containers, so /run/user/UID is tried too,
 * and /tmp/gortd-UID only when it belongs to us and nobody else can enter: in
 * /tmp anybody may leave a directory of that name.
 *
 * sun_path holds 107 bytes and build trees are deep: a longer path is dialled
 * through /proc/self/fd/DIRECTORY/NAME.
 */
#include "client/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_SOCKET "/run/gortd/control.sock"

static bool
is_private(const char *dir)
{
	struct stat st;

	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

static size_t
add(char **list, size_t n, size_t cap, const char *fmt, const char *s, long uid)
{
	char *p = NULL;
	size_t i;

	if (n == cap)
		return n;
	if ((s != NULL ? asprintf(&p, fmt, s) : asprintf(&p, fmt, uid)) < 0)
		return n;
	for (i = 0; i < n; i++)
		if (strcmp(list[i], p) == 0) {
			free(p);
			return n;
		}
	list[n] = p;
	return n + 1;
}

size_t
conn_candidates(const char *option, char **list, size_t cap, bool *ret_explicit)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	const char *env = getenv("GORTD_SOCKET");
	long uid = (long)geteuid();
	char dir[64];
	size_t n = 0;

	*ret_explicit = true;
	if (option != NULL)
		return add(list, 0, cap, "%s", option, 0);
	if (env != NULL && env[0] != '\0')
		return add(list, 0, cap, "%s", env, 0);
	*ret_explicit = false;
	if (xdg != NULL && xdg[0] == '/')
		n = add(list, n, cap, "%s/gortd/control.sock", xdg, 0);
	if (uid != 0)
		n = add(list, n, cap, "/run/user/%ld/gortd/control.sock", NULL,
		    uid);
	snprintf(dir, sizeof(dir), "/tmp/gortd-%ld", uid);
	if (is_private(dir))
		n = add(list, n, cap, "/tmp/gortd-%ld/control.sock", NULL, uid);
	return add(list, n, cap, "%s", SYSTEM_SOCKET, 0);
}

/* Put the path into the address; *ret_dir is to be closed after connect. */
static int
make_addr(const char *path, struct sockaddr_un *sa, int *ret_dir)
{
	const char *base = strrchr(path, '/');
	char *dir;
	int n;

	*ret_dir = -1;
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	if (strlen(path) < sizeof(sa->sun_path)) {
		strcpy(sa->sun_path, path);
		return 0;
	}
	if (base == NULL)
		return -ENAMETOOLONG;
	dir = strndup(path, base == path ? 1 : (size_t)(base - path));
	if (dir == NULL)
		return -ENOMEM;
	*ret_dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (*ret_dir < 0)
		return -errno;
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d%s",
	    *ret_dir, base);
	if (n < (int)sizeof(sa->sun_path))
		return 0;
	close(*ret_dir);
	*ret_dir = -1;
	return -ENAMETOOLONG;
}

int
conn_dial(const char *path)
{
	struct sockaddr_un sa;
	int dir, rc, fd = -1;

	rc = make_addr(path, &sa, &dir);
	if (rc != 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		rc = -errno;
	else if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
		rc = -errno;
	if (dir >= 0)
		close(dir);
	if (rc == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return rc;
}
