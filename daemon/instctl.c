/*
 * instctl.c - the control channel to one instance; see instctl.h, ipc/ctl.h.
 *
 * The instance is not trusted: a frame that makes no sense closes the channel,
 * strings are cut at their fields' ends, a memfd is read with bounds and its
 * numbers are checked against its size, and a memfd that could shrink while it
 * is read is read by pread, which cannot fault.
 *
 * A frame is peeked until it is whole and only then taken out of the socket.
 * So a supervisor that is killed between two frames leaves its successor a
 * channel that begins with a frame, and not with the rest of one. Because half
 * a frame is left lying, the event is edge-triggered: a level would fire for
 * it without end, and an instance that says half a word and no more would cost
 * a whole processor. Each callback therefore goes on until there is nothing
 * whole left, or asks to be called again. For the same
 * reason a request is one send of a small frame; when it does not fit at once
 * the instance is not reading, and the caller hears that it is busy.
 *
 * Rejected: ipc/channel.h's buffers, which are right for the instance's one
 * channel and would be 300 KiB for each of ours.
 */
#include "daemon/instctl.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "daemon/call.h"
#include "daemon/inst.h"
#include "daemon/log.h"
#include "ipc/ctl.h"
#include "ipc/frame.h"
#include "ipc/ring.h"
#include "ipc/rpc.h"

#define CONTROL 1
#define ASK_MS 10000
#define ASKS_MAX 64
#define GOR_PAGE 500
#define GOR_BYTES (8 * 1024 * 1024)
#define ANSWER_BYTES (768 * 1024)
#define FRAMES_MAX 100

/* One request that waits for its answer. */
struct ask {
	struct ask *next;
	uint32_t id;
	uint16_t expect; /* type of the answer */
	struct call *call;
	int64_t since_ns;
};

struct instctl {
	struct run *run;
	struct event *ev, *timer;
	struct ask *asks;
	int nasks;
	uint32_t next_id;
	bool closed;
};

static uint8_t *frame_buf; /* one frame; shared, used within one callback */

/* ---- asking ---- */

static void
ask_drop(struct instctl *ic, struct ask *a)
{
	struct ask **p = &ic->asks;

	while (*p != a)
		p = &(*p)->next;
	*p = a->next;
	ic->nasks--;
	free(a);
}

static void
fail_all(struct instctl *ic, const char *why)
{
	while (ic->asks != NULL) {
		struct call *c = ic->asks->call;

		ask_drop(ic, ic->asks);
		call_fail(c, rpc_error(RPC_FAILED, "%s", why));
	}
}

static void
channel_close(struct instctl *ic, const char *why)
{
	if (ic->closed)
		return;
	ic->closed = true;
	event_del(ic->ev);
	evtimer_del(ic->timer);
	log_debug("%s: control channel closed: %s", ic->run->key.id, why);
	fail_all(ic, "the instance closed its control channel");
}

/* It said what makes no sense: whoever looks into it later shall know. */
static void
channel_refuse(struct instctl *ic, const char *why)
{
	if (!ic->closed && ic->run->inst != NULL)
		inst_log_event(ic->run->inst, "control_refused",
		    json_pack("{s:s}", "cause", why));
	channel_close(ic, why);
}

static void
ask(struct instctl *ic, struct call *c, uint16_t type, uint16_t expect,
    const void *data, uint32_t len)
{
	uint8_t buf[IPC_FRAME_HEADER + IPC_CTL_TEXT_MAX];
	struct timeval tick = { 1, 0 };
	struct ask *a;
	int n;

	if (ic->closed) {
		call_fail(c, rpc_error(RPC_FAILED,
		    "the instance's control channel is closed"));
		return;
	}
	n = ipc_frame_build(buf, sizeof buf, type, 0, ++ic->next_id, data, len);
	if (n < 0 || ic->nasks >= ASKS_MAX || (a = calloc(1, sizeof *a)) ==
	    NULL) {
		call_fail(c, rpc_error(n < 0 ? RPC_PARAMS : RPC_BUSY, n < 0 ?
		    "that is too long for the instance" :
		    "%d questions to this instance wait already", ic->nasks));
		return;
	}
	*a = (struct ask){ ic->asks, ic->next_id, expect, c, mono_ns() };
	ic->asks = a;
	ic->nasks++;
	evtimer_add(ic->timer, &tick);
	if (send(ic->run->fd[CONTROL], buf, n, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    n)
		return;
	ask_drop(ic, a);
	call_fail(c, rpc_error(RPC_BUSY,
	    "the instance does not read its control channel"));
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct instctl *ic = arg;
	struct timeval tick = { 1, 0 };
	int64_t now = mono_ns();
	struct ask *a, *more;

	for (a = ic->asks; a != NULL; a = more) {
		struct call *c = a->call;

		more = a->next;
		if (now - a->since_ns < ASK_MS * INT64_C(1000000))
			continue;
		ask_drop(ic, a);
		call_fail(c, rpc_error(RPC_BUSY,
		    "the instance did not answer in %d s", ASK_MS / 1000));
	}
	if (ic->asks != NULL)
		evtimer_add(ic->timer, &tick);
}

void
instctl_goroutines(struct instctl *ic, struct call *c)
{
	struct ipc_ctl_gor_ask q = { .after_goid = call_int(c, "after", 0),
		.limit = call_int(c, "limit", GOR_PAGE),
		.stacks = call_bool(c, "stacks") };

	ask(ic, c, IPC_CTL_GOROUTINES, IPC_CTL_GOROUTINES_AT, &q, sizeof q);
}

void
instctl_debug(struct instctl *ic, struct call *c)
{
	const char *set = call_string(c, "set");

	if (set == NULL)
		ask(ic, c, IPC_CTL_DEBUG_GET, IPC_CTL_DEBUG, NULL, 0);
	else
		ask(ic, c, IPC_CTL_DEBUG_SET, IPC_CTL_DEBUG, set, strlen(set));
}

void
instctl_gc(struct instctl *ic, struct call *c)
{
	ask(ic, c, IPC_CTL_GC, IPC_CTL_GC_DONE, NULL, 0);
}

void
instctl_mem(struct instctl *ic, struct call *c)
{
	ask(ic, c, IPC_CTL_MEM, IPC_CTL_MEM_IS, NULL, 0);
}

void
instctl_sched(struct instctl *ic, struct call *c)
{
	uint32_t detail = 1;

	ask(ic, c, IPC_CTL_SCHED, IPC_CTL_SCHED_AT, &detail, sizeof detail);
}

/* ---- answers, made into JSON ---- */

/* A fixed field's text; what is not UTF-8 becomes '?'. */
static json_t *
field(const char *s, size_t cap)
{
	char buf[256];
	size_t n = strnlen(s, cap < sizeof buf ? cap : sizeof buf);
	json_t *v = json_stringn(s, n);

	if (v != NULL)
		return v;
	for (size_t i = 0; i < n; i++)
		buf[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	return json_stringn(buf, n);
}

/* Up to cap bytes of a foreign memfd; malloc'd, *ret_len of them. */
static uint8_t *
read_memfd(int fd, size_t want, size_t cap, size_t *ret_len)
{
	uint8_t *buf;
	size_t got = 0;

	if (fd < 0 || want > cap || (buf = malloc(want + 1)) == NULL)
		return NULL;
	while (got < want) {
		ssize_t n = pread(fd, buf + got, want - got, got);

		if (n <= 0)
			break;
		got += n;
	}
	if (got < want) {
		free(buf);
		return NULL;
	}
	*ret_len = got;
	return buf;
}

static json_t *
frames_json(const uint8_t *p, uint32_t n)
{
	json_t *list = json_array();
	struct ipc_ctl_frame f;

	for (uint32_t k = 0; k < n; k++) {
		memcpy(&f, p + k * sizeof f, sizeof f);
		json_array_append_new(list, json_pack(
		    "{s:o, s:o, s:I, s:I, s:o}", "func", field(f.func,
		    sizeof f.func), "file", field(f.file, sizeof f.file),
		    "line", (json_int_t)f.line, "offset", (json_int_t)f.offset,
		    "pc", json_sprintf("0x%llx", (unsigned long long)f.pc)));
	}
	return list;
}

/* Go's names of a goroutine's status. */
static const char *
status_name(uint32_t status)
{
	static const char *const names[] = { "idle", "runnable", "running",
		"syscall", "waiting", "moribund_unused", "dead",
		"enqueue_unused", "copystack", "preempted" };

	return (status & 0xfff) < sizeof names / sizeof names[0] ?
	    names[status & 0xfff] : "unknown";
}

/* The string behind the wait reason; "" from an instance that does not say. */
static json_t *
waits_on(const struct ipc_ctl_gor *g)
{
	size_t n = strnlen(g->reason, sizeof g->reason);

	return n < sizeof g->reason
	    ? field(g->reason + n + 1, sizeof g->reason - n - 1)
	    : json_string("");
}

static json_t *
goroutine_json(const struct ipc_ctl_gor *g, const uint8_t *frames)
{
	int64_t wait = g->wait_since_ns > 0 ? mono_ns() - g->wait_since_ns : 0;

	return json_pack("{s:I, s:I, s:I, s:s, s:o, s:o, s:I, s:b, s:b, s:o, "
	    "s:o, s:I, s:o}", "goid", (json_int_t)g->goid, "parent",
	    (json_int_t)g->parent_goid, "status", (json_int_t)g->status,
	    "state", status_name(g->status), "reason", field(g->reason,
	    sizeof g->reason), "waits_on", waits_on(g), "wait_ns", (json_int_t)(wait > 0 ? wait : 0),
	    "system", g->system != 0, "locked", g->locked != 0, "created_by",
	    field(g->created_by, sizeof g->created_by), "created_file",
	    field(g->created_file, sizeof g->created_file), "created_line",
	    (json_int_t)g->created_line, "frames", frames_json(frames,
	    g->nframes));
}

/* The records of a page. false: they lie about their size. */
static bool
goroutines_into(json_t *items, const uint8_t *p, size_t len, uint32_t count,
    bool *ret_cut)
{
	size_t bytes = 0;
	struct ipc_ctl_gor g;

	for (uint32_t n = 0; n < count; n++) {
		size_t frames;
		json_t *o;

		if (len < sizeof g)
			return false;
		memcpy(&g, p, sizeof g);
		frames = (size_t)g.nframes * sizeof(struct ipc_ctl_frame);
		if (g.nframes > FRAMES_MAX || len - sizeof g < frames)
			return false;
		o = goroutine_json(&g, p + sizeof g);
		bytes += json_dumpb(o, NULL, 0, JSON_COMPACT);
		if (bytes > ANSWER_BYTES && n > 0) {
			json_decref(o);
			*ret_cut = true;
			return true;
		}
		json_array_append_new(items, o);
		p += sizeof g + frames;
		len -= sizeof g + frames;
	}
	return true;
}

static json_t *
on_goroutines(const struct ipc_frame *f, int fd)
{
	struct ipc_ctl_gor_at at;
	json_t *items, *o, *last;
	uint8_t *buf;
	size_t len;
	bool cut = false, good;

	if (f->len != sizeof at)
		return NULL;
	memcpy(&at, f->data, sizeof at);
	buf = read_memfd(fd, at.bytes, GOR_BYTES, &len);
	if (buf == NULL)
		return NULL;
	items = json_array();
	good = goroutines_into(items, buf, len, at.count, &cut);
	free(buf);
	if (!good) {
		json_decref(items);
		return NULL;
	}
	o = json_pack("{s:I, s:o}", "total", (json_int_t)at.total, "items",
	    items);
	last = json_array_get(items, json_array_size(items) - 1);
	if ((at.more || cut) && last != NULL)
		json_object_set_new(o, "next_page_token", json_sprintf("%lld",
		    (long long)json_integer_value(json_object_get(last,
		    "goid"))));
	return o;
}

/* "k=v,k=v" into numbers. */
static json_t *
on_debug(const struct ipc_frame *f, int fd)
{
	char text[IPC_CTL_TEXT_MAX + 1], *save = NULL, *kv;
	json_t *values;

	if (f->len > IPC_CTL_TEXT_MAX)
		return NULL;
	memcpy(text, f->data, f->len);
	text[f->len] = '\0';
	values = json_object();
	for (kv = strtok_r(text, ",", &save); kv != NULL;
	    kv = strtok_r(NULL, ",", &save)) {
		char *eq = strchr(kv, '=');

		if (eq == NULL)
			continue;
		*eq = '\0';
		json_object_set_new(values, kv, json_integer(strtoll(eq + 1,
		    NULL, 10)));
	}
	return json_pack("{s:o}", "values", values);
}

/* Mono to Unix, by both clocks now. */
static int64_t
unix_ns(int64_t t_mono)
{
	return wall_ns() - (mono_ns() - t_mono);
}

static json_t *
on_gc(const struct ipc_frame *f, int fd)
{
	struct ipc_rec_gc g;
	json_t *o;

	if (f->len != sizeof g)
		return NULL;
	memcpy(&g, f->data, sizeof g);
	o = json_pack("{s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
	    " s:I, s:I, s:I, s:I, s:b}", "cycle", (json_int_t)g.cycle,
	    "cpu_pct", g.cpu_permille / 10.0, "stw_sweep_ns",
	    (json_int_t)g.stw_sweep_ns, "mark_ns", (json_int_t)g.mark_ns,
	    "stw_mark_ns", (json_int_t)g.stw_mark_ns, "assist_ns",
	    (json_int_t)g.assist_ns, "bg_ns", (json_int_t)g.bg_ns, "idle_ns",
	    (json_int_t)g.idle_ns, "heap_start", (json_int_t)g.heap_start,
	    "heap_end", (json_int_t)g.heap_end, "heap_live",
	    (json_int_t)g.heap_live, "goal", (json_int_t)g.goal, "stacks",
	    (json_int_t)g.stacks, "globals", (json_int_t)g.globals, "procs",
	    (json_int_t)g.procs, "forced", g.forced != 0);
	json_object_set_new(o, "stw_sweep_cpu_ns",
	    json_integer(g.stw_sweep_cpu_ns));
	json_object_set_new(o, "stw_mark_cpu_ns",
	    json_integer(g.stw_mark_cpu_ns));
	json_time(o, "t", unix_ns(g.start_ns));
	return o;
}

static json_t *
on_mem(const struct ipc_frame *f, int fd)
{
	struct ipc_counters k = { 0 };
	json_t *o = json_object();

	if (f->len < 2 * sizeof(uint64_t) || f->len > 2000) {
		json_decref(o);
		return NULL;
	}
	/* older programs have fewer counters: the rest stays 0 */
	memcpy(&k, f->data, f->len < sizeof k ? f->len : sizeof k);
#define X(name) json_object_set_new(o, #name, json_integer(k.name));
	IPC_COUNTERS(X)
#undef X
	json_time(o, "t", unix_ns(k.t_ns));
	json_object_set_new(o, "source", json_string("live"));
	return o;
}

static json_t *
on_sched(const struct ipc_frame *f, int fd)
{
	uint32_t bytes;
	uint8_t *buf;
	json_t *v;
	size_t len;

	if (f->len != sizeof bytes)
		return NULL;
	memcpy(&bytes, f->data, sizeof bytes);
	buf = read_memfd(fd, bytes, ANSWER_BYTES, &len);
	if (buf == NULL)
		return NULL;
	v = json_stringn((char *)buf, len);
	free(buf);
	return v != NULL ? json_pack("{s:o}", "text", v) : NULL;
}

static const struct answer {
	uint16_t type;
	json_t *(*make)(const struct ipc_frame *f, int fd);
} answers[] = {
	{ IPC_CTL_GC_DONE, on_gc },
	{ IPC_CTL_DEBUG, on_debug },
	{ IPC_CTL_GOROUTINES_AT, on_goroutines },
	{ IPC_CTL_MEM_IS, on_mem },
	{ IPC_CTL_SCHED_AT, on_sched },
};

/* ---- frames ---- */

static void
answer(struct instctl *ic, const struct ipc_frame *f, int fd)
{
	struct call *c;
	json_t *result = NULL;
	struct ask *a;

	for (a = ic->asks; a != NULL && a->id != f->id; a = a->next)
		;
	if (a == NULL)
		return; /* asked by a predecessor, or too late */
	if (f->type == IPC_CTL_ERROR) {
		c = a->call;
		ask_drop(ic, a);
		call_fail(c, rpc_error(RPC_FAILED, "%.*s", (int)(f->len < 500 ?
		    f->len : 500), (const char *)f->data));
		return;
	}
	if (f->type != a->expect) {
		channel_refuse(ic, "an answer of the wrong type");
		return;
	}
	for (size_t n = 0; n < sizeof answers / sizeof answers[0]; n++)
		if (answers[n].type == f->type)
			result = answers[n].make(f, fd);
	if (result == NULL) {
		channel_refuse(ic, "an answer that makes no sense");
		return;
	}
	c = a->call;
	ask_drop(ic, a);
	call_done(c, result);
}

static void
on_frame(struct instctl *ic, const struct ipc_frame *f, int fd)
{
	struct ipc_ctl_hello hello;
	struct run *r = ic->run;

	switch (f->type) {
	case IPC_CTL_HELLO:
		if (f->len < sizeof hello) {
			channel_refuse(ic, "a short hello");
			return;
		}
		memcpy(&hello, f->data, sizeof hello);
		if (memcmp(hello.nonce, r->nonce, sizeof hello.nonce) != 0)
			channel_refuse(ic, "a hello with another nonce");
		else if (hello.ctl_abi > IPC_CTL_ABI)
			channel_refuse(ic, "a newer control ABI");
		return;
	case IPC_CTL_READY:
		if (r->inst != NULL && r->inst->cur == r)
			inst_run_ready(r->inst, wall_ns());
		return;
	case IPC_CTL_PONG:
		return;
	default:
		answer(ic, f, fd);
	}
}

/* Take exactly n bytes, which are there, and the descriptor beside them. */
static int
take(int fd, size_t n, int *ret_fd)
{
	struct iovec iov = { frame_buf, n };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(4 * sizeof(int))];
	} ctl;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl.buf, .msg_controllen = sizeof ctl };
	struct cmsghdr *cm;
	ssize_t got;

	*ret_fd = -1;
	got = recvmsg(fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_WAITALL);
	for (cm = got >= 0 ? CMSG_FIRSTHDR(&mh) : NULL; cm != NULL;
	    cm = CMSG_NXTHDR(&mh, cm)) {
		int passed, count = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (int k = 0; k < count; k++) {
			memcpy(&passed, CMSG_DATA(cm) + k * sizeof passed,
			    sizeof passed);
			if (*ret_fd < 0)
				*ret_fd = passed;
			else
				close(passed);
		}
	}
	return got == (ssize_t)n ? 0 : -EPROTO;
}

/* Returns 1 after a frame, 0 when there is no whole one, -1 closed. */
static int
one_frame(struct instctl *ic)
{
	struct ipc_frame f;
	ssize_t n;
	int used, passed;

	n = recv(ic->run->fd[CONTROL], frame_buf, IPC_FRAME_MAX,
	    MSG_PEEK | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		channel_close(ic, "end of file");
		return -1;
	}
	used = ipc_frame_parse(frame_buf, n, &f);
	if (used == 0)
		return 0;
	if (used < 0 || take(ic->run->fd[CONTROL], used, &passed) < 0) {
		channel_refuse(ic, "a frame that makes no sense");
		return -1;
	}
	on_frame(ic, &f, passed);
	if (passed >= 0)
		close(passed);
	return ic->closed ? -1 : 1;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct instctl *ic = arg;

	for (int n = 0; n < 16; n++)
		if (one_frame(ic) <= 0)
			return;
	event_active(ic->ev, EV_READ, 0); /* the others' turn, then ours */
}

struct instctl *
instctl_new(struct event_base *base, struct run *r)
{
	struct instctl *ic = calloc(1, sizeof *ic);

	if (frame_buf == NULL)
		frame_buf = malloc(IPC_FRAME_MAX);
	if (ic == NULL || frame_buf == NULL) {
		free(ic);
		return NULL;
	}
	ic->run = r;
	ic->ev = event_new(base, r->fd[CONTROL],
	    EV_READ | EV_PERSIST | EV_ET, on_readable, ic);
	ic->timer = evtimer_new(base, on_tick, ic);
	if (ic->ev == NULL || ic->timer == NULL || event_add(ic->ev, NULL) <
	    0) {
		log_error("no memory for a control channel");
		if (ic->ev != NULL)
			event_free(ic->ev);
		if (ic->timer != NULL)
			event_free(ic->timer);
		free(ic);
		return NULL;
	}
	/* ids of a predecessor's questions must not be ours */
	ic->next_id = (uint32_t)mono_ns();
	return ic;
}

void
instctl_free(struct instctl *ic)
{
	if (ic == NULL)
		return;
	fail_all(ic, "the run is over");
	event_free(ic->ev);
	event_free(ic->timer);
	free(ic);
}
