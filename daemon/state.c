/* state.c - the bytes of the state file; see state.h. */
#include "daemon/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "state.json"

static int
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}

/* Beside, sync, rename, sync the folder: whole or as it was before. */
static int
write_file(const char *dir, const char *text, size_t len)
{
	int dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, rc;

	if (dfd < 0)
		return -errno;
	fd = openat(dfd, NAME ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	rc = fd < 0 ? -errno : write_all(fd, text, len);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc == 0 && renameat(dfd, NAME ".new", dfd, NAME) < 0)
		rc = -errno;
	if (rc == 0 && fsync(dfd) < 0)
		rc = -errno;
	close(dfd);
	return rc;
}

static int
write_memfd(const char *text, size_t len)
{
	int fd = memfd_create("gort-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	if (write_all(fd, text, len) < 0 || fcntl(fd, F_ADD_SEALS,
	    F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int
state_write(const char *dir, const json_t *o, int *ret_fd)
{
	char *text = json_dumps(o, JSON_COMPACT);
	int rc;

	*ret_fd = -1;
	if (text == NULL)
		return -ENOMEM;
	rc = write_file(dir, text, strlen(text));
	*ret_fd = write_memfd(text, strlen(text));
	free(text);
	return rc;
}

/* Parse one copy. Returns NULL when there is none or it is damaged. */
static json_t *
read_copy(int fd, bool *ret_damaged)
{
	struct stat st;
	json_t *o = NULL;
	char *text;
	off_t got = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	*ret_damaged = true;
	if (st.st_size <= 0 || st.st_size > STATE_BYTES_MAX ||
	    (text = malloc(st.st_size)) == NULL)
		return NULL;
	while (got < st.st_size) {
		ssize_t n = pread(fd, text + got, st.st_size - got, got);

		if (n <= 0)
			break;
		got += n;
	}
	if (got == st.st_size)
		o = json_loadb(text, got, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!json_is_object(o) || !json_is_integer(json_object_get(o,
	    "version")) || !json_is_integer(json_object_get(o, "generation"))) {
		json_decref(o);
		return NULL;
	}
	*ret_damaged = false;
	return o;
}

static json_int_t
number(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

int
state_read(const char *dir, int memfd, json_t **ret, char **ret_cause)
{
	bool file_bad = false, mem_bad = false;
	json_t *file, *mem;
	char *path = NULL;
	int fd, rc = 0;

	if (asprintf(&path, "%s/" NAME, dir) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	file = read_copy(fd, &file_bad);
	if (fd >= 0)
		close(fd);
	mem = read_copy(memfd, &mem_bad);
	*ret = file;
	if (mem != NULL && (file == NULL ||
	    number(mem, "generation") > number(file, "generation"))) {
		*ret = mem;
		json_decref(file);
	} else {
		json_decref(mem);
	}
	if (*ret == NULL && (file_bad || mem_bad)) {
		rc = -EBADMSG;
		if (asprintf(ret_cause, "%s is damaged; move it away to start "
		    "with no instances", path) < 0)
			*ret_cause = NULL;
	} else if (*ret != NULL && number(*ret, "version") > STATE_VERSION) {
		rc = -ENOTSUP;
		if (asprintf(ret_cause, "%s was written by a newer gortd "
		    "(version %d, this one reads up to %d)", path,
		    (int)number(*ret, "version"), STATE_VERSION) < 0)
			*ret_cause = NULL;
		json_decref(*ret);
		*ret = NULL;
	}
	free(path);
	return rc;
}
