/*
 * capi.h - what the files of this room share. The room is a thin face: gort.h
 * in, the runtime's own functions out; nothing below includes it.
 */
#ifndef RT_CAPI_H
#define RT_CAPI_H

#include "gort.h"
#include "runtime2.h"

/* gort_chan is struct hchan under its public name. */
static inline struct hchan *
capi_hchan(const gort_chan *c)
{
	return (struct hchan *)(uintptr_t)c;
}

/* ---- fd.c: for the files that make or use descriptors ---- */

enum capi_fd_kind {
	CAPI_FD_PARK,  /* non-blocking and in the poller */
	CAPI_FD_BLOCK, /* calls give up the P while they last */
};

struct poll_desc;

struct gort_fd {
	_Atomic uint32_t refs; /* 1 the owner's until close, 1 each call in it;
	                          top bit: closing */
	int sysfd;             /* const while refs > 0 */
	enum capi_fd_kind kind; /* const */
	struct poll_desc *pd;  /* const; NULL unless CAPI_FD_PARK */
	gort_mutex rd, wr;     /* one reader, one writer at a time */
	char *unlink_path;     /* a listener's own socket file, or NULL */
};

/*
 * Wrap sysfd, which is non-blocking already if `park`. A descriptor that the
 * poller refuses becomes CAPI_FD_BLOCK. 0, or -errno with sysfd untouched.
 */
int capi_fd_new(int sysfd, bool park, gort_fd **ret);

/*
 * One system call on a descriptor: returns its result or -errno; must not
 * park. -EAGAIN makes a parking descriptor wait and call again.
 */
typedef ssize_t capi_io_fn(int sysfd, void *arg);
/* Do it for mode 'r' or 'w', alone in this direction. G. */
ssize_t capi_fd_io(gort_fd *fd, int mode, capi_io_fn *fn, void *arg);
/* Do it once, beside any reader and writer; blocking: give up the P. */
ssize_t capi_fd_call(gort_fd *fd, bool blocking, capi_io_fn *fn, void *arg);

/* ---- strings.c ---- */

/* Can n objects of t be one object at all (n >= 0, no overflow)? */
bool capi_fits(const gort_type *t, ssize_t n);

/* ---- addr.c ---- */

#define CAPI_ADDRS_MAX 16
struct capi_addrs {
	int n;
	struct {
		uint32_t len;
		_Alignas(8) char bytes[128]; /* struct sockaddr_storage */
	} a[CAPI_ADDRS_MAX];
	int family; /* of all; AF_UNSPEC for mixed */
};
/* What network and address of gort_listen (listening) and gort_dial mean. 0
 * or -errno as told there. May look names up; G. */
int capi_resolve(const char *network, const char *address, bool listening,
    struct capi_addrs *ret);
/* Print a socket address. Length or -ENAMETOOLONG. */
int capi_addr_print(const void *sa, uint32_t len, char *buf, size_t cap);

#endif
