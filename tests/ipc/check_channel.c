/*
 * check_channel.c - frames, and frames with descriptors over a socket.
 */
#include "config.h"

#include "ipc/channel.h"
#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- frames ---- */

START_TEST(frame_comes_back)
{
	uint8_t buf[100];
	struct ipc_frame f;
	int n = ipc_frame_build(buf, sizeof(buf), 7, 0, 99, "abc", 3);

	ck_assert_int_eq(n, IPC_FRAME_HEADER + 3);
	for (int k = 0; k < n; k++)
		ck_assert_int_eq(ipc_frame_parse(buf, (size_t)k, &f), 0);
	ck_assert_int_eq(ipc_frame_parse(buf, sizeof(buf), &f), n);
	ck_assert_uint_eq(f.type, 7);
	ck_assert_uint_eq(f.id, 99);
	ck_assert_uint_eq(f.len, 3);
	ck_assert_mem_eq(f.data, "abc", 3);
}
END_TEST

START_TEST(senseless_frames_are_refused)
{
	uint8_t buf[12] = { 0 };
	struct ipc_frame f;
	uint32_t huge = IPC_FRAME_MAX;

	ck_assert_int_eq(ipc_frame_parse(buf, 12, &f), -EBADMSG); /* type 0 */
	buf[0] = 1;
	buf[2] = 2; /* unknown flag */
	ck_assert_int_eq(ipc_frame_parse(buf, 12, &f), -EBADMSG);
	buf[2] = 0;
	memcpy(buf + 8, &huge, 4);
	ck_assert_int_eq(ipc_frame_parse(buf, 12, &f), -EMSGSIZE);
	ck_assert_int_eq(ipc_frame_build(buf, 12, 1, 0, 0, buf, 1), -EMSGSIZE);
	ck_assert_int_eq(ipc_frame_build(buf, 11, 1, 0, 0, NULL, 0), -EMSGSIZE);
}
END_TEST

START_TEST(random_frames_stay_inside)
{
	uint64_t x = 88172645463325252ULL;

	for (int round = 0; round < 20000; round++) {
		uint8_t *buf;
		size_t len;
		struct ipc_frame f;
		int n;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		len = x % 40;
		buf = malloc(len + 1); /* exact, for the address sanitizer */
		for (size_t k = 0; k < len; k++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			buf[k] = k > 1 && x % 3 ? 0 : (uint8_t)x;
		}
		n = ipc_frame_parse(buf, len, &f);
		if (n > 0) {
			ck_assert_uint_eq((size_t)n, IPC_FRAME_HEADER + f.len);
			ck_assert_uint_le((size_t)n, len);
			ck_assert_ptr_eq(f.data, buf + IPC_FRAME_HEADER);
		}
		free(buf);
	}
}
END_TEST

/* ---- channels ---- */

static struct ipc_channel *a, *b;

static void
setup(void)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	a = calloc(1, sizeof(*a));
	b = calloc(1, sizeof(*b));
	ck_assert_int_eq(ipc_channel_init(a, sv[0]), 0);
	ck_assert_int_eq(ipc_channel_init(b, sv[1]), 0);
}

static void
teardown(void)
{
	ipc_channel_close(a);
	ipc_channel_close(b);
	free(a);
	free(b);
}

static int
make_memfd(char c)
{
	int fd = memfd_create("check", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, &c, 1), 1);
	return fd;
}

/* The next frame, with as many reads as it takes. */
static void
expect(uint16_t type, uint32_t len, char content)
{
	struct ipc_frame f;
	int fd, r;
	char c;

	while ((r = ipc_channel_next(b, &f, &fd)) == 0) {
		ipc_channel_flush(a);
		ck_assert_int_gt(ipc_channel_read(b), 0);
	}
	ck_assert_int_eq(r, 1);
	ck_assert_uint_eq(f.type, type);
	ck_assert_uint_eq(f.len, len);
	if (content == 0) {
		ck_assert_int_eq(fd, -1);
		return;
	}
	ck_assert_int_eq(pread(fd, &c, 1, 0), 1);
	ck_assert_int_eq(c, content);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
}

START_TEST(descriptors_go_with_their_frames)
{
	static uint8_t big[50000];

	ck_assert_int_eq(ipc_channel_send(a, 1, 1, "x", 1, -1), 0);
	ck_assert_int_eq(
	    ipc_channel_send(a, 2, 2, big, sizeof(big), make_memfd('p')), 0);
	ck_assert_int_eq(
	    ipc_channel_send(a, 3, 3, NULL, 0, make_memfd('q')), 0);
	ck_assert_int_eq(ipc_channel_send(a, 4, 4, big, 100, -1), 0);
	ck_assert_int_eq(
	    ipc_channel_send(a, 5, 5, big, 7, make_memfd('r')), 0);
	expect(1, 1, 0);
	expect(2, sizeof(big), 'p');
	expect(3, 0, 'q');
	expect(4, 100, 0);
	expect(5, 7, 'r');
}
END_TEST

START_TEST(peer_that_does_not_read_is_bounded)
{
	static uint8_t big[60000];
	int sent = 0, r;

	while ((r = ipc_channel_send(a, 1, 1, big, sizeof(big), -1)) == 0)
		ck_assert_int_lt(++sent, 100);
	ck_assert_int_eq(r, -ENOBUFS);
	ck_assert(ipc_channel_wants_write(a));
	for (int i = 0; i < sent; i++)
		expect(1, sizeof(big), 0);
	ck_assert_int_eq(ipc_channel_flush(a), 0);
	ck_assert(!ipc_channel_wants_write(a));
}
END_TEST

START_TEST(closed_peer_is_told)
{
	struct ipc_frame f;
	int fd;

	ck_assert_int_eq(ipc_channel_read(b), -EAGAIN);
	ck_assert_int_eq(ipc_channel_send(a, 9, 0, NULL, 0, -1), 0);
	ipc_channel_close(a);
	ck_assert_int_gt(ipc_channel_read(b), 0);
	ck_assert_int_eq(ipc_channel_next(b, &f, &fd), 1);
	ck_assert_int_eq(ipc_channel_read(b), -EPIPE);
	ck_assert_int_eq(b->fd, -1);
	ck_assert_int_eq(ipc_channel_send(b, 1, 0, NULL, 0, -1), -EPIPE);
}
END_TEST

START_TEST(garbage_closes)
{
	struct ipc_frame f;
	uint8_t junk[32];
	int fd;

	memset(junk, 0xff, sizeof(junk));
	ck_assert_int_eq(write(a->fd, junk, sizeof(junk)), sizeof(junk));
	ck_assert_int_gt(ipc_channel_read(b), 0);
	ck_assert_int_eq(ipc_channel_next(b, &f, &fd), -EBADMSG);
	ck_assert_int_eq(b->fd, -1);
}
END_TEST

/* A frame that announces a descriptor which does not come. */
START_TEST(missing_descriptor_closes)
{
	struct ipc_frame f;
	uint8_t buf[32];
	int fd, n = ipc_frame_build(buf, sizeof(buf), 3, IPC_FRAME_HAS_FD, 0,
	    NULL, 0);

	ck_assert_int_eq(write(a->fd, buf, (size_t)n), n);
	ck_assert_int_gt(ipc_channel_read(b), 0);
	ck_assert_int_eq(ipc_channel_next(b, &f, &fd), -EPROTO);
}
END_TEST

static void
send_raw_fds(int sock, const void *data, size_t len, int nfds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(16 * sizeof(int))];
	} u;
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	memset(&u, 0, sizeof(u));
	mh.msg_control = u.buf;
	mh.msg_controllen = CMSG_SPACE((size_t)nfds * sizeof(int));
	cm = CMSG_FIRSTHDR(&mh);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN((size_t)nfds * sizeof(int));
	for (int i = 0; i < nfds; i++)
		memcpy(CMSG_DATA(cm) + (size_t)i * sizeof(int), &zero,
		    sizeof(int));
	ck_assert_int_eq(sendmsg(sock, &mh, 0), (ssize_t)len);
	close(zero);
}

static int
count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

START_TEST(unannounced_descriptors_close_and_do_not_leak)
{
	struct ipc_frame f;
	uint8_t buf[32];
	int fd, before = count_fds();
	int n = ipc_frame_build(buf, sizeof(buf), 3, 0, 0, NULL, 0);

	send_raw_fds(a->fd, buf, (size_t)n, _i);
	if (_i <= IPC_CHANNEL_FDS) {
		ck_assert_int_gt(ipc_channel_read(b), 0);
		ck_assert_int_eq(ipc_channel_next(b, &f, &fd), 1);
		ck_assert_int_eq(ipc_channel_next(b, &f, &fd), -EPROTO);
	} else {
		ck_assert_int_eq(ipc_channel_read(b), -EPROTO);
	}
	ck_assert_int_eq(count_fds(), before - 1); /* b's socket is closed */
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("channel");
	TCase *tf = tcase_create("frame"), *tc = tcase_create("channel");

	tcase_add_test(tf, frame_comes_back);
	tcase_add_test(tf, senseless_frames_are_refused);
	tcase_add_test(tf, random_frames_stay_inside);
	suite_add_tcase(s, tf);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, descriptors_go_with_their_frames);
	tcase_add_test(tc, peer_that_does_not_read_is_bounded);
	tcase_add_test(tc, closed_peer_is_told);
	tcase_add_test(tc, garbage_closes);
	tcase_add_test(tc, missing_descriptor_closes);
	tcase_add_loop_test(
	    tc, unannounced_descriptors_close_and_do_not_leak, 1, 12);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
