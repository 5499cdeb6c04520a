/*
 * recorder_inbox.h - where the bytes of standard output and error wait.
 *
 * A memfd per run, made by the supervisor and held by the keeper, so that a
 * recorder that is killed loses nothing: what was read from a pipe is in the
 * inbox, and what was committed is told by the database. Two rings, one a
 * stream, and for each
 *
 *   head   bytes ever received. Stored after the bytes are in their place.
 *          SIGKILL can fall between the two, while read(2) is on its way back
 *          from the kernel, when the pipe has given the bytes away. So the
 *          place is filled before with bytes that no UTF-8 text has (0xff),
 *          and an intent says where: a successor finds how many arrived by
 *          what is no 0xff any more. Exact for text; of bytes that end in
 *          0xff in that very instant the last ones are lost.
 *   mark   how far the bytes were given up: committed, or dropped because
 *          the store had no room (then with the loss that is still to be
 *          written). Two slots and an index, so that a kill leaves one whole.
 *
 * At a restart the one of database and mark that is further ahead is right:
 * the mark lags behind a commit, and leads only by what was dropped. When they
 * are equal, the database: its loss row was in the same transaction.
 *
 * Only the recorder maps it, instances never see it. The first
 * INBOX_HEAD_BYTES are the spawning side's (keeper_proto.h).
 */
#ifndef DAEMON_RECORDER_INBOX_H
#define DAEMON_RECORDER_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define INBOX_RING_BYTES (128 * 1024) /* a power of two, > 64 KiB */
#define INBOX_DATA_OFF 4096
#define INBOX_BYTES (INBOX_DATA_OFF + 2 * INBOX_RING_BYTES)

struct inbox_mark {
	uint64_t tail; /* bytes given up */
	uint64_t seq;  /* of the last line before tail */
	uint64_t lost_from, lost_to, lost; /* lines not yet in the ledger */
};

struct inbox {
	uint8_t *base; /* NULL: none */
	int fd;
	uint64_t touched[2]; /* head when its pages were last given back */
};

/*
 * Map the inbox behind fd, which is taken over; too small a file is made
 * larger, an empty one laid out. fd -1: a private one, that dies with us.
 * Returns 0, or -errno (-EPROTO: laid out by a version that we do not know).
 */
int inbox_open(int fd, struct inbox *ret);
void inbox_close(struct inbox *in);

/* Bytes ever received; Unix time of the last arrival. stream: 0 or 1. */
uint64_t inbox_head(const struct inbox *in, int stream);
int64_t inbox_last_ns(const struct inbox *in, int stream);

/*
 * Read from the pipe straight into the ring, at most max bytes and not over
 * what lies at tail or after. Returns bytes, 0 at the end of the pipe,
 * -EAGAIN, -ENOBUFS when there is no room, or -errno.
 */
ssize_t inbox_fill(struct inbox *in, int stream, int pipe_fd, uint64_t tail,
    size_t max, int64_t now_ns);

/*
 * The bytes [pos, pos + len), len <= INBOX_RING_BYTES / 2. Borrowed until the
 * next call: bytes that go round the end are copied into a static buffer.
 */
const uint8_t *inbox_at(const struct inbox *in, int stream, uint64_t pos,
    size_t len);

struct inbox_mark inbox_mark_get(const struct inbox *in, int stream);
void inbox_mark_put(struct inbox *in, int stream, const struct inbox_mark *m);

/* Everything was given up: hand large pages of it back to the system. */
void inbox_trim(struct inbox *in, int stream, uint64_t tail);

/*
 * Find the end of the line that begins at pos. from: where no newline was
 * found before, so that a growing line is not searched again and again.
 *
 * Returns 1 with the length without newline; *ret_partial: no newline follows
 * (cut at max, not inside a UTF-8 character, or the stream's end).
 * 0: the line is not complete yet.
 */
int inbox_line(const struct inbox *in, int stream, uint64_t pos,
    uint64_t from, size_t max, bool ended, size_t *ret_len,
    bool *ret_partial);

#endif
