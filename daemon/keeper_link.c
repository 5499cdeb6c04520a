/* keeper_link.c - one keeper message in or out; see keeper_link.h. */
#include "daemon/keeper_link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
keeper_link_send(int fd, struct keeper_msg *km, const int *fds, int nfds)
{
	struct iovec iov = { km, sizeof *km };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(KEEPER_FDS_MAX * sizeof(int))];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	km->version = KEEPER_PROTO_VERSION;
	if (nfds > KEEPER_FDS_MAX)
		return -EMSGSIZE;
	if (nfds > 0) {
		struct cmsghdr *c;

		memset(&ctl, 0, sizeof ctl);
		mh.msg_control = ctl.buf;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	while (sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == ETOOMANYREFS)
			return -EAGAIN;
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int
keeper_link_recv(int fd, struct keeper_msg *ret, int *fds, int *ret_nfds)
{
	struct iovec iov = { ret, sizeof *ret };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(KEEPER_FDS_MAX * sizeof(int))];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl.buf, .msg_controllen = sizeof ctl };
	struct cmsghdr *c;
	int nfds = 0;
	ssize_t n;

	n = recvmsg(fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EPIPE;
	for (c = CMSG_FIRSTHDR(&mh); c != NULL; c = CMSG_NXTHDR(&mh, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			nfds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(c), nfds * sizeof(int));
		}
	if (n == sizeof *ret && ret->version == KEEPER_PROTO_VERSION &&
	    (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0) {
		*ret_nfds = nfds;
		return 1;
	}
	while (nfds > 0)
		close(fds[--nfds]);
	return n == 0 ? -EPIPE : -EPROTO;
}
