/*
 * scribble.c - a program that means harm: it carries our ELF note, so gortd
 * gives it a ring and a control channel, and it writes nonsense to both.
 *
 *	scribble MODE [SECONDS]
 *
 * It has no runtime; main.main's end of the contract is what is abused here.
 * Each mode says DONE on standard output when its harm is done and stays for
 * SECONDS (default: until it is killed), so that a test can look meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ipc/ctl.h"
#include "ipc/frame.h"
#include "ipc/note.h"
#include "ipc/ring.h"

/* clang-format off */
static const struct {
	uint32_t namesz, descsz, type;
	char name[8];
	struct ipc_note_desc desc;
} note __attribute__((section(".note.gort"), aligned(4), used)) = {
	5, sizeof(struct ipc_note_desc), IPC_NOTE_TYPE, IPC_NOTE_NAME,
	{ sizeof(struct ipc_note_desc), IPC_KIND_C, IPC_RING_ABI, IPC_CTL_ABI,
	    "scribble" },
};
/* clang-format on */

static uint64_t seed = 88172645463325252ULL;

static uint64_t
chance(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int64_t
mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int
fd_of(const char *name)
{
	const char *s = getenv(name);

	if (s == NULL) {
		printf("no %s\n", name);
		exit(9);
	}
	return atoi(s);
}

static uint8_t *
ring(size_t *ret_bytes)
{
	int fd = fd_of("GORT_RING_FD");
	struct stat sb;
	uint8_t *p;

	fstat(fd, &sb);
	*ret_bytes = (size_t)sb.st_size;
	p = mmap(NULL, *ret_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(9);
	}
	return p;
}

/* ---- the ring ---- */

/* Random bytes over all of it, header included, for half a second. */
static void
ring_noise(void)
{
	size_t bytes;
	uint8_t *p = ring(&bytes);
	int64_t end = mono_ns() + 500000000;

	while (mono_ns() < end)
		for (size_t i = 0; i + 8 <= bytes; i += 8)
			*(volatile uint64_t *)(p + i) = chance();
}

/* Laid out as it should be; then heads, commits and records that lie. */
static void
ring_lies(void)
{
	size_t bytes;
	uint8_t *p = ring(&bytes);
	int64_t end = mono_ns() + 500000000;
	struct ipc_ring_header *h = (struct ipc_ring_header *)p;

	ipc_ring_layout(p, bytes, getpid(), mono_ns(), "\xff\xfe lies");
	while (mono_ns() < end)
		for (uint32_t i = 0; i < h->nrings && i < 5; i++) {
			const struct ipc_ring_desc *d = &h->rings[i];
			struct ipc_ring_ctl *c = (void *)(p + d->off);
			uint8_t junk[200];

			for (size_t k = 0; k < sizeof junk; k++)
				junk[k] = (uint8_t)chance();
			/* whole records of junk: the commit word is right */
			ipc_ring_put(p, d, (uint16_t)(chance() % 45),
			    (uint32_t)chance(), (int64_t)chance(), junk,
			    sizeof junk);
			if (chance() % 1000 == 0)
				c->head += chance() % 100000;
			if (chance() % 5000 == 0)
				c->dropped = chance();
			if (chance() % 5000 == 0)
				c->head = chance();
		}
}

/* Try to pull the memory away from under the reader. */
static void
ring_shrink(void)
{
	int fd = fd_of("GORT_RING_FD");
	size_t bytes;
	uint8_t *p = ring(&bytes);

	ipc_ring_layout(p, bytes, getpid(), mono_ns(), "shrink");
	printf("shrink %s, grow %s, unseal %s\n",
	    ftruncate(fd, 0) == 0 ? "WORKED" : "refused",
	    ftruncate(fd, INT64_C(1) << 40) == 0 ? "WORKED" : "refused",
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0 ? "WORKED" : "refused");
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
	    (off_t)bytes);
}

/* ---- the control channel ---- */

static void
say(uint16_t type, uint16_t flags, uint32_t id, const void *data, uint32_t len)
{
	uint8_t buf[IPC_FRAME_MAX];
	int n = ipc_frame_build(buf, sizeof buf, type, flags, id, data, len);

	if (n > 0)
		(void)!send(fd_of("GORT_CONTROL_FD"), buf, (size_t)n,
		    MSG_NOSIGNAL);
}

static void
ctl_noise(void)
{
	uint8_t buf[4096];

	for (size_t k = 0; k < sizeof buf; k++)
		buf[k] = (uint8_t)chance();
	(void)!send(fd_of("GORT_CONTROL_FD"), buf, sizeof buf, MSG_NOSIGNAL);
}

static void
ctl_half(void)
{
	uint8_t buf[200];
	struct ipc_ctl_hello hello = { .ctl_abi = IPC_CTL_ABI };
	int n = ipc_frame_build(buf, sizeof buf, IPC_CTL_HELLO, 0, 0, &hello,
	    sizeof hello);

	(void)!send(fd_of("GORT_CONTROL_FD"), buf, (size_t)n / 2, MSG_NOSIGNAL);
}

static void
ctl_nonce(void)
{
	struct ipc_ctl_hello hello = { .ctl_abi = IPC_CTL_ABI, .pid = 1 };

	say(IPC_CTL_HELLO, 0, 0, &hello, sizeof hello);
}

/* Frames that nobody asked for, with descriptors, for half a second. */
static void
ctl_flood(void)
{
	int64_t end = mono_ns() + 500000000;
	int fd = fd_of("GORT_CONTROL_FD");
	uint8_t buf[64];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (mono_ns() < end) {
		int n = ipc_frame_build(buf, sizeof buf,
		    chance() % 2 ? IPC_CTL_READY : IPC_CTL_PONG, 0,
		    (uint32_t)chance(), NULL, 0);
		struct iovec iov = { buf, (size_t)n };
		union {
			struct cmsghdr align;
			char buf[CMSG_SPACE(3 * sizeof(int))];
		} c;
		struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = c.buf, .msg_controllen = sizeof c };
		int three[3] = { 0, 1, 2 };
		struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof three);
		memcpy(CMSG_DATA(cm), three, sizeof three);
		if (sendmsg(fd, &mh, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
			return;
	}
}

static int
say_with(uint16_t type, uint32_t id, const void *data, uint32_t len, int fd)
{
	uint8_t buf[256];
	int n = ipc_frame_build(buf, sizeof buf, type, IPC_FRAME_HAS_FD, id,
	    data, len);
	struct iovec iov = { buf, (size_t)n };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} c;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = c.buf, .msg_controllen = sizeof c };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(cm), &fd, sizeof fd);
	return (int)sendmsg(fd_of("GORT_CONTROL_FD"), &mh, MSG_NOSIGNAL);
}

/* Answer `goroutines` with counts that are not true, or with a bad memfd. */
static void
ctl_answer(const char *how)
{
	struct ipc_ctl_gor_at at = { 1000000, 4096, 1, 1000000 };
	int mem = memfd_create("lies", 0), p[2];
	uint8_t buf[IPC_FRAME_MAX];
	struct ipc_frame f;
	size_t have = 0;
	int used;

	printf("ASK\n");
	fflush(stdout);
	for (;;) {
		ssize_t n = read(fd_of("GORT_CONTROL_FD"), buf + have,
		    sizeof buf - have);

		if (n <= 0) {
			printf("CLOSED\n");
			return;
		}
		have += (size_t)n;
		used = ipc_frame_parse(buf, have, &f);
		if (used <= 0)
			continue;
		have -= (size_t)used;
		memmove(buf, buf + used, have);
		if (strcmp(how, "count") == 0) {
			if (ftruncate(mem, 4096) < 0)
				return;
			say_with(IPC_CTL_GOROUTINES_AT, f.id, &at, sizeof at,
			    mem);
		} else if (strcmp(how, "short") == 0) {
			at.bytes = 8 << 20;
			say_with(IPC_CTL_GOROUTINES_AT, f.id, &at, sizeof at,
			    mem);
		} else if (strcmp(how, "pipe") == 0) {
			if (pipe(p) < 0)
				return;
			say_with(IPC_CTL_GOROUTINES_AT, f.id, &at, sizeof at,
			    p[0]);
		} else if (strcmp(how, "nofd") == 0) {
			say(IPC_CTL_GOROUTINES_AT, 0, f.id, &at, sizeof at);
		} else if (strcmp(how, "type") == 0) {
			say(IPC_CTL_PONG + 90, 0, f.id, NULL, 0);
		} else if (strcmp(how, "error") == 0) {
			memset(buf + 60000, 0xff, 3000);
			say(IPC_CTL_ERROR, 0, f.id, buf + 60000, 3000);
		}
	}
}

static const struct {
	const char *name;
	void (*fn)(void);
} modes[] = {
	{ "ring-noise", ring_noise },
	{ "ring-lies", ring_lies },
	{ "ring-shrink", ring_shrink },
	{ "ctl-noise", ctl_noise },
	{ "ctl-half", ctl_half },
	{ "ctl-nonce", ctl_nonce },
	{ "ctl-flood", ctl_flood },
};

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int found = 0;

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strncmp(mode, "ctl-answer-", 11) == 0) {
		ctl_answer(mode + 11);
		found = 1;
	}
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(mode, modes[i].name) == 0) {
			modes[i].fn();
			found = 1;
		}
	if (!found) {
		fprintf(stderr, "scribble: there is no mode '%s'\n", mode);
		return 2;
	}
	printf("DONE\n");
	if (argc > 2)
		sleep((unsigned)atoi(argv[2]));
	else
		pause();
	return 0;
}
