/*
 * recorder_inbox.c - see recorder_inbox.h. Positions are byte counts since
 * the stream began; their place in the ring is the low bits.
 */
#include "daemon/recorder_inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/keeper_proto.h"

#define MAGIC 0x31584f424e49ULL /* "INBOX1" */
#define TRIM_BYTES (32 * 1024)
#define NOTHING 0xff /* in no UTF-8 text */
#define BLIND_BYTES 4096 /* read when the pipe does not say how much it has */

struct stream {
	_Atomic uint64_t head;
	_Atomic int64_t last_ns;
	_Atomic uint32_t index; /* which mark is whole */
	_Atomic uint32_t intent; /* bytes filled with NOTHING from head on */
	_Atomic uint64_t intent_at; /* the head that this was said of */
	struct inbox_mark mark[2];
};

struct layout {
	uint8_t spawn[INBOX_HEAD_BYTES]; /* struct inbox_head: not ours */
	_Atomic uint64_t magic;
	struct stream stream[2];
};

_Static_assert(sizeof(struct layout) <= INBOX_DATA_OFF, "inbox layout");

static struct stream *
st(const struct inbox *in, int stream)
{
	return &((struct layout *)in->base)->stream[stream];
}

static uint8_t *
ring(const struct inbox *in, int stream)
{
	return in->base + INBOX_DATA_OFF + stream * INBOX_RING_BYTES;
}

/* An earlier recorder died in read(2): what came and was not published? */
static void
finish_read(const struct inbox *in, int stream)
{
	struct stream *s = st(in, stream);
	uint64_t head = s->head;
	uint32_t n = s->intent;

	if (n > 0 && n <= INBOX_RING_BYTES && s->intent_at == head) {
		while (n > 0 && ring(in, stream)[(head + n - 1) &
		    (INBOX_RING_BYTES - 1)] == NOTHING)
			n--;
		s->head = head + n;
	}
	s->intent = 0;
}

int
inbox_open(int fd, struct inbox *ret)
{
	struct inbox in = { .fd = fd };
	struct layout *l;
	struct stat sb;
	int err;

	if (in.fd < 0)
		in.fd = memfd_create("gort-inbox", MFD_CLOEXEC);
	if (in.fd < 0 || fstat(in.fd, &sb) < 0 ||
	    (sb.st_size < INBOX_BYTES && ftruncate(in.fd, INBOX_BYTES) < 0))
		goto fail;
	in.base = mmap(NULL, INBOX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    in.fd, 0);
	if (in.base == MAP_FAILED)
		goto fail;
	l = (struct layout *)in.base;
	if (l->magic == 0)
		l->magic = MAGIC;
	if (l->magic != MAGIC) {
		munmap(in.base, INBOX_BYTES);
		errno = EPROTO;
		goto fail;
	}
	finish_read(&in, 0);
	finish_read(&in, 1);
	in.touched[0] = inbox_head(&in, 0);
	in.touched[1] = inbox_head(&in, 1);
	*ret = in;
	return 0;
fail:
	err = -errno;
	if (in.fd >= 0)
		close(in.fd);
	return err;
}

void
inbox_close(struct inbox *in)
{
	if (in->base == NULL)
		return;
	munmap(in->base, INBOX_BYTES);
	close(in->fd);
	in->base = NULL;
}

uint64_t
inbox_head(const struct inbox *in, int stream)
{
	return st(in, stream)->head;
}

int64_t
inbox_last_ns(const struct inbox *in, int stream)
{
	return st(in, stream)->last_ns;
}

/* The room at head for len bytes, as one or two pieces. Number of them. */
static int
pieces(const struct inbox *in, int stream, uint64_t head, size_t len,
    struct iovec iov[2])
{
	size_t at = head & (INBOX_RING_BYTES - 1);
	size_t first = INBOX_RING_BYTES - at;

	if (first > len)
		first = len;
	iov[0] = (struct iovec){ ring(in, stream) + at, first };
	iov[1] = (struct iovec){ ring(in, stream), len - first };
	return len > first ? 2 : 1;
}

ssize_t
inbox_fill(struct inbox *in, int stream, int pipe_fd, uint64_t tail,
    size_t max, int64_t now_ns)
{
	struct stream *s = st(in, stream);
	uint64_t head = s->head;
	size_t room = INBOX_RING_BYTES - (size_t)(head - tail);
	struct iovec iov[2];
	int there = 0, niov;
	ssize_t n;

	if (ioctl(pipe_fd, FIONREAD, &there) < 0 || there <= 0)
		there = BLIND_BYTES;
	if (max > (size_t)there)
		max = (size_t)there;
	if (max > room)
		max = room;
	if (max == 0)
		return -ENOBUFS;
	niov = pieces(in, stream, head, max, iov);
	s->intent = 0;
	for (int i = 0; i < niov; i++)
		memset(iov[i].iov_base, NOTHING, iov[i].iov_len);
	s->intent_at = head;
	s->intent = (uint32_t)max;
	n = readv(pipe_fd, iov, niov);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	s->last_ns = now_ns;
	s->head = head + (uint64_t)n; /* the intent is of another head now */
	return n;
}

const uint8_t *
inbox_at(const struct inbox *in, int stream, uint64_t pos, size_t len)
{
	static uint8_t whole[INBOX_RING_BYTES / 2 + 1];
	size_t at = pos & (INBOX_RING_BYTES - 1), first = INBOX_RING_BYTES - at;

	if (len <= first)
		return ring(in, stream) + at;
	memcpy(whole, ring(in, stream) + at, first);
	memcpy(whole + first, ring(in, stream), len - first);
	return whole;
}

struct inbox_mark
inbox_mark_get(const struct inbox *in, int stream)
{
	struct stream *s = st(in, stream);

	return s->mark[s->index & 1];
}

void
inbox_mark_put(struct inbox *in, int stream, const struct inbox_mark *m)
{
	struct stream *s = st(in, stream);
	uint32_t other = (s->index & 1) ^ 1;

	s->mark[other] = *m;
	atomic_store(&s->index, other); /* a kill before this: the old one */
}

void
inbox_trim(struct inbox *in, int stream, uint64_t tail)
{
	uint64_t head = inbox_head(in, stream);

	if (tail != head || head - in->touched[stream] < TRIM_BYTES)
		return;
	if (fallocate(in->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    INBOX_DATA_OFF + stream * INBOX_RING_BYTES, INBOX_RING_BYTES) == 0)
		in->touched[stream] = head;
}

/* Where a cut at len does not tear a UTF-8 character: at most 3 bytes back. */
static size_t
cut_at(const struct inbox *in, int stream, uint64_t pos, size_t len)
{
	const uint8_t *r = ring(in, stream);

	for (size_t back = 0; back < 4; back++) {
		uint8_t c = r[(pos + len - back) & (INBOX_RING_BYTES - 1)];

		if ((c & 0xc0) != 0x80)
			return len - back;
	}
	return len;
}

int
inbox_line(const struct inbox *in, int stream, uint64_t pos, uint64_t from,
    size_t max, bool ended, size_t *ret_len, bool *ret_partial)
{
	uint64_t head = inbox_head(in, stream), end = pos + max + 1;
	const uint8_t *r = ring(in, stream), *nl;

	if (end > head)
		end = head;
	for (uint64_t p = from > pos ? from : pos; p < end;) {
		size_t at = p & (INBOX_RING_BYTES - 1);
		size_t n = INBOX_RING_BYTES - at;

		if (n > end - p)
			n = (size_t)(end - p);
		nl = memchr(r + at, '\n', n);
		if (nl != NULL) {
			*ret_len = (size_t)(p + (uint64_t)(nl - r - at) - pos);
			*ret_partial = false;
			return 1;
		}
		p += n;
	}
	if (head - pos > max) {
		*ret_len = cut_at(in, stream, pos, max);
		*ret_partial = true;
		return 1;
	}
	if (!ended || head == pos)
		return 0;
	*ret_len = (size_t)(head - pos);
	*ret_partial = true;
	return 1;
}
