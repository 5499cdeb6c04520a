/*
 * conn.c - JSON-RPC over the control socket, from the asking side.
 *
 * One object a line. gortctl is synchronous, so a call sends and then reads
 * until its own id comes back; notifications met on the way go to a handler.
 *
 * gortd's listening socket outlives its supervisor. While the supervisor is
 * replaced a connection breaks, and a new one waits in the backlog: so a
 * question is simply asked again. What changes something is asked again only
 * with the request_id it had the first time, which gortd remembers.
 */
#include "client/conn.h"
#include "client/json.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct conn {
	int fd;
	char *path;
	int64_t last_id;
	char *buf;
	size_t len, cap, scanned; /* scanned: bytes known to hold no newline */
	conn_event_fn on_event;
	void *on_event_arg;
	conn_event_fn on_answer;
	void *on_answer_arg;
	unsigned times; /* it was connected again */
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void
conn_request_id(char ret[17])
{
	unsigned char b[8];
	size_t i;

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		memset(b, 0, sizeof(b));
	for (i = 0; i < sizeof(b); i++)
		snprintf(ret + 2 * i, 3, "%02x", b[i]);
}

int
conn_fd(const struct conn *c)
{
	return c->fd;
}

unsigned
conn_times(const struct conn *c)
{
	return c->times;
}

const char *
conn_path(const struct conn *c)
{
	return c->path;
}

void
conn_on_answer(struct conn *c, conn_event_fn fn, void *arg)
{
	c->on_answer = fn;
	c->on_answer_arg = arg;
}

void
conn_on_event(struct conn *c, conn_event_fn fn, void *arg)
{
	c->on_event = fn;
	c->on_event_arg = arg;
}

void
conn_close(struct conn *c)
{
	if (c == NULL)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->path);
	free(c->buf);
	free(c);
}

/* ---- opening ---- */

static void
say_unreachable(char **tried, int *errs, size_t n, bool explicit)
{
	size_t i;

	ctl_say("no gortd answers; tried:");
	for (i = 0; i < n; i++)
		fprintf(stderr, "  %s: %s\n", tried[i], strerror(-errs[i]));
	if (explicit)
		fprintf(stderr, "start one with: gortd --socket %s\n", tried[0]);
	else if (geteuid() == 0)
		fprintf(stderr, "start one with: systemctl start gortd "
				"(or just: gortd)\n");
	else
		fprintf(stderr, "start one with: gortd\n");
}

static int
check_version(struct conn *c)
{
	struct conn_err err;
	json_t *v = conn_call(c, "daemon.version", NULL, &err);
	const json_t *api;
	int64_t min, max;
	int rc = CTL_OK;

	if (v == NULL)
		return conn_fail(&err);
	api = json_object_get(v, "api");
	min = j_int(api, "min", CONN_API);
	max = j_int(api, "max", CONN_API);
	if (CONN_API < min || CONN_API > max) {
		ctl_say("gortd %s speaks versions %" PRId64 " to %" PRId64
			" of the methods, this gortctl speaks %d: upgrade %s",
		    j_str(v, "version", "?"), min, max, CONN_API,
		    CONN_API < min ? "gortctl" : "gortd");
		rc = CTL_FAILED;
	}
	json_decref(v);
	return rc;
}

int
conn_open(const struct ctl_opts *o, struct conn **ret)
{
	char *tried[4];
	int errs[4], fd = -1, rc;
	bool explicit;
	size_t i, n = conn_candidates(o->socket, tried, 4, &explicit);
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return CTL_FAILED;
	c->fd = -1;
	for (i = 0; i < n && fd < 0; i++) {
		fd = conn_dial(tried[i]);
		errs[i] = fd;
		if (fd >= 0)
			c->path = strdup(tried[i]);
	}
	if (fd < 0)
		say_unreachable(tried, errs, n, explicit);
	for (i = 0; i < n; i++)
		free(tried[i]);
	if (fd < 0) {
		conn_close(c);
		return CTL_UNREACHABLE;
	}
	c->fd = fd;
	rc = check_version(c);
	if (rc != CTL_OK) {
		conn_close(c);
		return rc;
	}
	*ret = c;
	return CTL_OK;
}

int
conn_again(struct conn *c)
{
	int64_t end = now_ns() + CONN_RETRY_NS;
	int fd;

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->len = c->scanned = 0;
	c->times++;
	for (;;) {
		fd = conn_dial(c->path);
		if (fd >= 0) {
			c->fd = fd;
			return 0;
		}
		if (now_ns() > end)
			return fd;
		poll(NULL, 0, 100);
	}
}

/* ---- sending ---- */

static int
send_all(int fd, const char *buf, size_t len, int pass)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} ctl;
	struct iovec iov;
	struct msghdr msg;
	ssize_t n;

	while (len > 0) {
		memset(&msg, 0, sizeof(msg));
		iov = (struct iovec){ (void *)buf, len };
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		if (pass >= 0) {
			struct cmsghdr *h;

			memset(&ctl, 0, sizeof(ctl));
			msg.msg_control = ctl.room;
			msg.msg_controllen = sizeof(ctl.room);
			h = CMSG_FIRSTHDR(&msg);
			h->cmsg_level = SOL_SOCKET;
			h->cmsg_type = SCM_RIGHTS;
			h->cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(h), &pass, sizeof(int));
		}
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		pass = -1;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

int64_t
conn_send(struct conn *c, const char *method, json_t *params, int fd)
{
	json_t *req;
	char *text;
	size_t len;
	int rc;

	req = json_pack("{s:s, s:I, s:s}", "jsonrpc", "2.0", "id",
	    (json_int_t)(c->last_id + 1), "method", method);
	if (req == NULL) {
		json_decref(params);
		return -ENOMEM;
	}
	json_object_set_new(req, "params",
	    params != NULL ? params : json_object());
	text = json_dumps(req, JSON_COMPACT);
	json_decref(req);
	if (text == NULL)
		return -EINVAL;
	len = strlen(text);
	text[len] = '\n'; /* where the NUL was: the length is known */
	rc = send_all(c->fd, text, len + 1, fd);
	free(text);
	return rc < 0 ? rc : ++c->last_id;
}

/* ---- receiving ---- */

/* A whole line in the buffer becomes a value. 1, 0 or -EPROTO. */
static int
take_line(struct conn *c, json_t **ret)
{
	char *nl = memchr(c->buf + c->scanned, '\n', c->len - c->scanned);
	size_t used;
	json_t *v;

	if (nl == NULL) {
		c->scanned = c->len;
		return 0;
	}
	used = (size_t)(nl - c->buf) + 1;
	v = json_loadb(c->buf, used - 1, JSON_ALLOW_NUL, NULL);
	memmove(c->buf, c->buf + used, c->len - used);
	c->len -= used;
	c->scanned = 0;
	if (!json_is_object(v)) {
		json_decref(v);
		return -EPROTO;
	}
	*ret = v;
	return 1;
}

static int
more_room(struct conn *c)
{
	size_t cap = c->cap ? c->cap * 2 : 16384;
	char *p;

	if (c->cap - c->len > 4096)
		return 0;
	if (cap > CONN_LINE_MAX)
		return -EPROTO;
	p = realloc(c->buf, cap);
	if (p == NULL)
		return -ENOMEM;
	c->buf = p;
	c->cap = cap;
	return 0;
}

int
conn_recv(struct conn *c, int timeout_ms, json_t **ret)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	ssize_t n;
	int rc;

	for (;;) {
		rc = more_room(c);
		if (rc == 0)
			rc = take_line(c, ret);
		if (rc != 0)
			return rc;
		rc = poll(&pfd, 1, timeout_ms);
		if (rc <= 0)
			return rc == 0 || errno == EINTR ? 0 : -errno;
		n = recv(c->fd, c->buf + c->len, c->cap - c->len, 0);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return -EPIPE;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			c->len += (size_t)n;
	}
}

void
conn_read_err(const json_t *error, struct conn_err *ret)
{
	const json_t *data = json_object_get(error, "data");

	memset(ret, 0, sizeof(*ret));
	ret->code = (int)j_int(error, "code", -32603);
	snprintf(ret->message, sizeof(ret->message), "%s",
	    j_str(error, "message", "gortd gave no reason"));
	snprintf(ret->reason, sizeof(ret->reason), "%s",
	    j_str(data, "reason", ""));
	ret->exit = (int)j_int(data, "exit", 0);
}

static void
lost(struct conn_err *err, const char *what)
{
	memset(err, 0, sizeof(*err));
	snprintf(err->message, sizeof(err->message), "%s", what);
}

/* What may be asked twice: questions, and what carries a request_id. */
static bool
harmless(const char *method, const json_t *params)
{
	static const char *const changing[] = { "instance.kill",
		"instance.remove", "instance.gc", "instance.godebug",
		"instance.run", "instance.stop", "instance.restart" };
	size_t i;

	if (json_object_get(params, "request_id") != NULL)
		return true;
	for (i = 0; i < sizeof(changing) / sizeof(changing[0]); i++)
		if (strcmp(method, changing[i]) == 0)
			return false;
	return true;
}

/* 1 with the answer, or the error of conn_recv. */
static int
await(struct conn *c, int64_t id, json_t **ret)
{
	json_t *msg;
	const json_t *got;
	int rc;

	for (;;) {
		rc = conn_recv(c, -1, &msg);
		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		got = json_object_get(msg, "id");
		if (json_is_integer(got) && json_integer_value(got) == id) {
			*ret = msg;
			return 1;
		}
		if (c->on_event != NULL && j_str(msg, "method", NULL) != NULL)
			c->on_event(c->on_event_arg,
			    json_object_get(msg, "params"));
		else if (c->on_answer != NULL)
			c->on_answer(c->on_answer_arg, msg);
		json_decref(msg);
	}
}

json_t *
conn_call(struct conn *c, const char *method, json_t *params,
    struct conn_err *err)
{
	return conn_call_fd(c, method, params, -1, err);
}

json_t *
conn_call_fd(struct conn *c, const char *method, json_t *params, int fd,
    struct conn_err *err)
{
	bool again = harmless(method, params);
	int64_t id, end = now_ns() + CONN_RETRY_NS;
	json_t *msg = NULL, *res = NULL;
	int rc;

	for (;;) {
		id = conn_send(c, method, json_incref(params), fd);
		rc = id < 0 ? (int)id : await(c, id, &msg);
		if (rc != -EPIPE)
			break;
		if (!again || now_ns() > end || conn_again(c) != 0)
			break;
	}
	json_decref(params);
	if (rc < 0) {
		lost(err, rc != -EPIPE ? "what gortd sent makes no sense" :
			again ? "gortd went away" :
				"gortd went away before it answered: it is not "
				"known whether this was done");
		return NULL;
	}
	res = json_incref(json_object_get(msg, "result"));
	if (res == NULL)
		conn_read_err(json_object_get(msg, "error"), err);
	json_decref(msg);
	return res;
}

int
conn_fail(const struct conn_err *err)
{
	ctl_say("%s", err->message);
	if (err->code == 0)
		return CTL_UNREACHABLE;
	if (strcmp(err->reason, "not_found") == 0)
		return CTL_NOT_FOUND;
	return CTL_FAILED;
}

int
conn_ask(const struct ctl_opts *o, const char *method, json_t *params,
    json_t **ret)
{
	struct conn_err err;
	struct conn *c;
	int rc = conn_open(o, &c);

	if (rc != CTL_OK) {
		json_decref(params);
		return rc;
	}
	*ret = conn_call(c, method, params, &err);
	conn_close(c);
	return *ret != NULL ? CTL_OK : conn_fail(&err);
}

int
conn_list(struct conn *c, const char *method, json_t *params, size_t max,
    conn_item_fn each, void *arg, json_t **ret_last)
{
	json_t *page, *ask = json_copy(params);
	const json_t *items, *item;
	struct conn_err err;
	size_t i, n = 0;
	const char *token;

	for (;;) {
		page = conn_call(c, method, json_incref(ask), &err);
		if (page == NULL) {
			json_decref(ask);
			return conn_fail(&err);
		}
		items = json_object_get(page, "items");
		json_array_foreach (items, i, item) {
			if ((max != 0 && n++ >= max) || each(arg, item) != 0) {
				max = n = 1;
				break;
			}
		}
		token = j_str(page, "next_page_token", NULL);
		if (token == NULL || (max != 0 && n >= max))
			break;
		json_object_set_new(ask, "page_token", json_string(token));
		json_decref(page);
	}
	json_decref(ask);
	if (ret_last != NULL)
		*ret_last = page;
	else
		json_decref(page);
	return CTL_OK;
}
