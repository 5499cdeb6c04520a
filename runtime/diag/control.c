/*
 * control.c - the thread that answers gortd.
 *
 * A program whose scheduler hangs is the one that must be asked. So the
 * control channel belongs to a thread of its own, without a P, that waits in
 * poll and never in the scheduler: it runs no goroutine, allocates nothing
 * collected, and takes only locks that are held for a moment (sched.lock in a
 * snapshot; should that one be stuck, so are the answers that need it, while
 * PING, DEBUG and GOROUTINES still come).
 *
 *   gortd ── frame ──► control thread ── readies ──► goroutine "collect"
 *                            ▲   eventfd                │ rt_gc_force
 *                            └──────────────────────────┘
 *
 * A collection needs a goroutine (it parks). One system goroutine waits for
 * requests; the control thread puts it on the global queue, which needs no P.
 * If the scheduler is stuck it just does not run: later requests are answered
 * meanwhile, and GC_DONE comes out of order with its own id. Requests that
 * come while a collection runs share the next one.
 *
 * Nothing here waits for gortd. Sends don't block; a peer that lets its queue
 * fill is given up like one that breaks the protocol: the channel is closed,
 * the thread goes on sampling for the ring. Nothing else in the process looks
 * at the channel.
 *
 * Once a second the thread writes a scheduler sample and the counters, so only
 * programs under gortd pay for them. Without GORT_CONTROL_FD and without a
 * ring there is no thread.
 */
#include "config.h"

#include "diag/control.h"
#include "diag/diag.h"

#include "boot/note.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "ipc/channel.h"
#include "ipc/ctl.h"
#include "ipc/ring.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAMPLE_NS ((int64_t)1000000000)
#define GC_ASKED_MAX 16
#define SCHED_TEXT_BYTES ((size_t)4 << 20)

static struct ipc_channel *chan;  /* the control thread's; NULL: no channel */
static int wake_fd = -1;          /* eventfd; const after start */
static _Atomic bool started;      /* a control thread exists */
static _Atomic bool ready_wanted; /* main.main begins; READY not sent yet */

/* Collections asked for. */
static struct {
	struct rt_mutex lock; /* RANK_FORCEGC */
	struct g *gp;         /* lock: the collector's goroutine, when parked */
	bool wanted;          /* lock */
	uint32_t ids[GC_ASKED_MAX]; /* control thread: not yet answered */
	uint32_t nids;              /* control thread */
	uint32_t nstarted; /* lock: the first n of ids ride on this run */
	_Atomic bool done; /* goroutine sets, control thread takes */
} gc;

static void
wake_thread(void)
{
	uint64_t one = 1;

	if (write(wake_fd, &one, sizeof(one)) < 0) {
		/* EAGAIN: it is awake already */
	}
}

/* ---- the collecting goroutine ---- */

static void
collect_loop(void *arg)
{
	for (;;) {
		rt_lock(&gc.lock);
		if (!gc.wanted) {
			gc.gp = rt_getg();
			rt_goparkunlock(&gc.lock, WAIT_FORCE_GC_IDLE);
			continue;
		}
		gc.wanted = false;
		rt_unlock(&gc.lock);
		rt_gc_force();
		atomic_store(&gc.done, true);
		wake_thread();
	}
}

/* Let the goroutine collect for all ids that wait. Control thread. */
static void
gc_request(void)
{
	struct g_queue q = { NULL, NULL, 0 };
	struct g *gp;

	rt_lock(&gc.lock);
	gc.wanted = true;
	gc.nstarted = gc.nids;
	gp = gc.gp;
	gc.gp = NULL;
	rt_unlock(&gc.lock);
	if (gp == NULL)
		return; /* on its way to look at `wanted` */
	gp->schedlink = NULL;
	q.head = q.tail = gp;
	q.n = 1;
	rt_injectglist(&q);
}

/* ---- sending ---- */

static void
send_frame(uint16_t type, uint32_t id, const void *data, size_t len, int fd)
{
	if (ipc_channel_send(chan, type, id, data, (uint32_t)len, fd) != 0)
		ipc_channel_close(chan); /* it does not read, or is gone */
}

static void
send_error(uint32_t id, const char *sentence)
{
	send_frame(IPC_CTL_ERROR, id, sentence, strlen(sentence), -1);
}

static void
send_errno(uint32_t id, const char *what, int err)
{
	char s[128];

	rt_snprintf(s, sizeof(s), "%s: error %d", what, err);
	send_error(id, s);
}

static void
send_hello(void)
{
	struct ipc_ctl_hello h;
	const uint8_t *nonce = rt_telemetry_nonce();

	memset(&h, 0, sizeof(h));
	h.ctl_abi = IPC_CTL_ABI;
	h.pid = getpid();
	if (nonce != NULL)
		memcpy(h.nonce, nonce, sizeof(h.nonce));
	memcpy(h.version, RT_GORT_VERSION, sizeof(RT_GORT_VERSION));
	send_frame(IPC_CTL_HELLO, 0, &h, sizeof(h), -1);
}

/* ---- requests ---- */

static void
do_ping(const struct ipc_frame *f)
{
	send_frame(IPC_CTL_PONG, f->id, NULL, 0, -1);
}

static void
do_gc(const struct ipc_frame *f)
{
	if (gc.nids == GC_ASKED_MAX) {
		send_error(f->id, "too many collections are waiting");
		return;
	}
	gc.ids[gc.nids++] = f->id;
	if (gc.nids == 1)
		gc_request();
}

/* A collection ended: answer those that rode on it, start for the rest. */
static void
gc_finished(void)
{
	const struct rt_gc_cycle *c = rt_gctrace_last();
	struct ipc_rec_gc r;
	uint32_t n = gc.nstarted;

	memset(&r, 0, sizeof(r));
	if (c != NULL)
		rt_telemetry_gc_record(c, &r);
	for (uint32_t i = 0; i < n; i++)
		send_frame(IPC_CTL_GC_DONE, gc.ids[i], &r, sizeof(r), -1);
	gc.nids -= n;
	memmove(gc.ids, gc.ids + n, gc.nids * sizeof(gc.ids[0]));
	if (gc.nids > 0)
		gc_request();
}

static void
send_debug(uint32_t id)
{
	char text[IPC_CTL_TEXT_MAX];
	size_t n = rt_control_debug_text(text, sizeof(text));

	send_frame(IPC_CTL_DEBUG, id, text, n, -1);
}

static void
do_debug_get(const struct ipc_frame *f)
{
	send_debug(f->id);
}

static void
do_debug_set(const struct ipc_frame *f)
{
	char text[IPC_CTL_TEXT_MAX + 1], cause[160];

	memcpy(text, f->data, f->len);
	text[f->len] = '\0';
	if (strlen(text) != f->len) {
		send_error(f->id, "a debug setting holds a NUL byte");
		return;
	}
	if (!rt_control_debug_set(text, cause, sizeof(cause))) {
		send_error(f->id, cause);
		return;
	}
	send_debug(f->id);
}

static void
do_goroutines(const struct ipc_frame *f)
{
	struct ipc_ctl_gor_ask ask;
	struct ipc_ctl_gor_at at;
	int fd;

	memcpy(&ask, f->data, sizeof(ask));
	if (ask.limit == 0 || ask.limit > 4096 || ask.stacks > 1) {
		send_error(f->id, "limit is 1 to 4096, stacks 0 or 1");
		return;
	}
	fd = rt_goroutines_page(&ask, &at);
	if (fd < 0)
		send_errno(f->id, "goroutines can't be listed", -fd);
	else
		send_frame(IPC_CTL_GOROUTINES_AT, f->id, &at, sizeof(at), fd);
}

static void
do_mem(const struct ipc_frame *f)
{
	struct ipc_counters c;

	rt_telemetry_counters(&c);
	send_frame(IPC_CTL_MEM_IS, f->id, &c, sizeof(c), -1);
}

/* The text into a memfd; its mapping serves as the buffer. */
static int
sched_memfd(bool detail, uint32_t *ret_bytes)
{
	int fd = memfd_create("gort-sched", MFD_CLOEXEC);
	char *p;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, SCHED_TEXT_BYTES) != 0)
		goto fail;
	p = mmap(
	    NULL, SCHED_TEXT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		goto fail;
	*ret_bytes = (uint32_t)rt_schedtrace_text(detail, p, SCHED_TEXT_BYTES);
	munmap(p, SCHED_TEXT_BYTES);
	if (ftruncate(fd, *ret_bytes) == 0)
		return fd;
fail:
	close(fd);
	return -errno;
}

static void
do_sched(const struct ipc_frame *f)
{
	uint32_t detail, bytes;
	int fd;

	memcpy(&detail, f->data, sizeof(detail));
	if (detail > 1) {
		send_error(f->id, "detail is 0 or 1");
		return;
	}
	fd = sched_memfd(detail == 1, &bytes);
	if (fd < 0)
		send_errno(
		    f->id, "the scheduler's state can't be written", -fd);
	else
		send_frame(IPC_CTL_SCHED_AT, f->id, &bytes, sizeof(bytes), fd);
}

#define TEXT UINT32_MAX /* any length up to IPC_CTL_TEXT_MAX */

static const struct {
	uint16_t type;
	uint32_t len;
	void (*fn)(const struct ipc_frame *f);
} requests[] = {
	{ IPC_CTL_PING, 0, do_ping },
	{ IPC_CTL_GC, 0, do_gc },
	{ IPC_CTL_DEBUG_GET, 0, do_debug_get },
	{ IPC_CTL_DEBUG_SET, TEXT, do_debug_set },
	{ IPC_CTL_GOROUTINES, sizeof(struct ipc_ctl_gor_ask), do_goroutines },
	{ IPC_CTL_MEM, 0, do_mem },
	{ IPC_CTL_SCHED, sizeof(uint32_t), do_sched },
};

/* False: not a request, or of the wrong length. */
static bool
dispatch(const struct ipc_frame *f, int fd)
{
	if (fd >= 0) {
		close(fd); /* no request brings one */
		return false;
	}
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (requests[i].type != f->type)
			continue;
		if (requests[i].len == TEXT ? f->len > IPC_CTL_TEXT_MAX
					    : f->len != requests[i].len)
			return false;
		requests[i].fn(f);
		return true;
	}
	return false;
}

/* ---- the thread ---- */

static void
serve(void)
{
	struct ipc_frame f;
	int fd, n;

	n = ipc_channel_read(chan);
	if (n <= 0 && n != -ENOBUFS)
		return;
	while (ipc_channel_next(chan, &f, &fd) == 1)
		if (!dispatch(&f, fd))
			ipc_channel_close(chan);
}

static void
on_wake(void)
{
	uint64_t n;

	if (read(wake_fd, &n, sizeof(n)) < 0) {
		/* EAGAIN: nobody woke us */
	}
	if (atomic_exchange(&gc.done, false))
		gc_finished();
	if (atomic_exchange(&ready_wanted, false) && chan != NULL)
		send_frame(IPC_CTL_READY, 0, NULL, 0, -1);
}

/* Wait for something to do; a closed channel is left out. */
static void
wait_and_serve(int timeout_ms)
{
	struct pollfd p[2] = {
		{ .fd = wake_fd, .events = POLLIN },
		{ .fd = chan == NULL ? -1 : chan->fd, .events = POLLIN },
	};

	if (chan != NULL && ipc_channel_wants_write(chan))
		p[1].events |= POLLOUT;
	if (poll(p, 2, timeout_ms) <= 0)
		return;
	if (p[0].revents != 0)
		on_wake();
	if (chan == NULL || chan->fd < 0)
		return;
	if (p[1].revents & POLLOUT)
		ipc_channel_flush(chan);
	if (p[1].revents & (POLLIN | POLLHUP | POLLERR))
		serve();
}

static void
control_thread(void)
{
	int64_t next = rt_nanotime();

	if (chan != NULL)
		send_hello();
	for (;;) {
		int64_t now = rt_nanotime();

		if (now >= next) {
			rt_telemetry_sched_sample();
			next += SAMPLE_NS;
			if (next <= now) /* we were stopped: no catching up */
				next = now + SAMPLE_NS;
		}
		wait_and_serve((int)((next - now) / 1000000) + 1);
	}
}

/* ---- start ---- */

static int
control_fd(void)
{
	const char *s = getenv("GORT_CONTROL_FD");
	char *end;
	long v;
	int type;
	socklen_t n = sizeof(type);

	if (s == NULL || *s == '\0')
		return -1;
	errno = 0;
	v = strtol(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < 3 || v > 1 << 20)
		return -1;
	if (getsockopt((int)v, SOL_SOCKET, SO_TYPE, &type, &n) != 0 ||
	    type != SOCK_STREAM)
		return -1;
	return (int)v;
}

static void
start_thread(void *arg)
{
	rt_newm(control_thread, NULL, true);
}

void
rt_control_start(void)
{
	int fd = control_fd();

	if (fd < 0 && !rt_telemetry_on())
		return;
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0)
		return; /* no descriptor left: the program runs without us */
	if (fd >= 0) {
		struct ipc_channel *c = rt_sys_alloc(sizeof(*c), RT_STAT_OTHER);

		if (ipc_channel_init(c, fd) == 0)
			chan = c;
	}
	rt_lock_init(&gc.lock, RANK_FORCEGC);
	if (chan != NULL)
		rt_newproc_system(collect_loop, NULL);
	rt_systemstack(start_thread, NULL);
	atomic_store(&started, true);
}

void
rt_control_ready(void)
{
	if (!atomic_load(&started))
		return;
	atomic_store(&ready_wanted, true);
	wake_thread();
}
