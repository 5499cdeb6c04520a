/*
 * check_http.c - the gateway over a real socket and a real database; the other
 * roles are played by this file (role_send and what else role.c would do).
 *
 * The gateway runs in a thread of the test's own process, the test is the
 * client. Requests are written as bytes, because most of what is tested here
 * no HTTP library would send.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/gateway.h"
#include "daemon/http_auth.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/roles.h"
#include "ipc/rpc.h"
#include "store/store.h"
#include "tests/suite.h"

#define ID "0123456789ab"

static char dir[40], db[64], token_path[64];
static struct config cfg;
static struct role role;
static int listener;
static uint16_t port;
static char token[HTTP_TOKEN_BYTES + 1];
static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static json_t *sent; /* every message to a role; lock */
static bool silent;  /* the others do not answer; lock */

/* ---- role.c and its peers, played ---- */

const char *
role_name(enum role_id id)
{
	static const char *const names[] = { "keeper", "supervisor",
		"recorder", "gateway" };

	return names[id];
}

void
role_ready(struct role *r)
{
}

void
role_leave(struct role *r, int exit_code)
{
	event_base_loopbreak(r->base);
}

int
role_loop(struct role *r)
{
	r->ops->listener(r, listener);
	return event_base_dispatch(r->base);
}

struct reply {
	enum role_id from;
	json_t *msg;
};

static void
deliver(int fd, short what, void *arg)
{
	struct reply *rp = arg;
	const char *m = json_string_value(json_object_get(rp->msg, "m"));

	role.ops->message(&role, rp->from, m, rp->msg, NULL, 0);
	json_decref(rp->msg);
	free(rp);
}

/* Later, as a link would; msg is stolen. Any thread. */
static void
post(enum role_id from, json_t *msg)
{
	static const struct timeval now = { 0, 0 };
	struct reply *rp = malloc(sizeof(*rp));

	*rp = (struct reply){ from, msg };
	event_base_once(role.base, -1, EV_TIMEOUT, deliver, rp, &now);
}

static void
play_supervisor(const json_t *msg)
{
	const char *method = json_string_value(json_object_get(msg, "method"));
	const json_t *rid = json_object_get(msg, "rid");

	if (strcmp(method, "instance.list") == 0)
		post(ROLE_SUPERVISOR,
		    json_pack("{s:s, s:O, s:{s:[{s:s, s:i}, {s:s, s:i}]}}", "m",
			"answer", "rid", rid, "result", "items", "id", ID,
			"pid", 1, "id", "aaaaaaaaaaaa", "pid", 2));
	else
		post(ROLE_SUPERVISOR,
		    json_pack("{s:s, s:O, s:o}", "m", "answer", "rid", rid,
			"error", rpc_error(RPC_WRONG_STATE, "it is down")));
}

static void
play_recorder(const json_t *msg)
{
	const json_t *rid = json_object_get(msg, "rid");

	if (strcmp(json_string_value(json_object_get(msg, "m")), "counters"))
		return;
	post(ROLE_RECORDER,
	    json_pack("{s:s, s:O, s:b, s:[{s:s, s:{s:i}}]}", "m", "countersare",
		"rid", rid, "more", 1, "items", "instance", "aaaaaaaaaaaa",
		"values", "goroutines", 1));
	post(ROLE_RECORDER,
	    json_pack("{s:s, s:O, s:b, s:[{s:s, s:{s:i}}]}", "m", "countersare",
		"rid", rid, "more", 0, "items", "instance", "bbbbbbbbbbbb",
		"values", "goroutines", 2));
}

int
role_send(struct role *r, enum role_id to, json_t *msg, const int *fds,
    int nfds)
{
	bool quiet;

	ck_assert_ptr_nonnull(msg);
	if (r->peer[to] == NULL) {
		json_decref(msg);
		return -ENOTCONN;
	}
	pthread_mutex_lock(&lock);
	json_array_append(sent, msg);
	quiet = silent;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	if (!quiet && to == ROLE_SUPERVISOR)
		play_supervisor(msg);
	else if (!quiet)
		play_recorder(msg);
	json_decref(msg);
	return 0;
}

/* Wait for a message with this name; borrowed. */
static json_t *
wait_sent(const char *name)
{
	json_t *m = NULL, *found = NULL;
	size_t i;

	pthread_mutex_lock(&lock);
	for (;;) {
		json_array_foreach (sent, i, m)
			if (strcmp(json_string_value(json_object_get(m, "m")),
				name) == 0)
				found = m;
		if (found != NULL)
			break;
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	return found;
}

/* ---- a database with a little of everything ---- */

static void
fill_store(void)
{
	struct store *st;
	char *cause = NULL;
	int64_t key, t = 1700000000000000000;
	struct ipc_rec_boot b = { .seq = 1, .step = "rt0_go", .detail = "x" };
	struct ipc_rec_init in = { .seq = 2, .depth = 1, .package = "main" };
	struct ipc_rec_sched s = { .gomaxprocs = 2, .nlocal = 2,
		.local = { 3, 4 } };
	struct ipc_rec_gc g = { .cycle = 1, .procs = 2, .forced = 1 };
	uint64_t i;

	ck_assert_msg(store_open(db, &(struct store_options){ 0 }, &st, &cause) == 0, "%s", cause);
	store_put_instance(st,
	    &(struct store_instance){ .id = ID, .name = "kv", .kind = "c",
		.program = "/x/kv", .state = "up", .run = 1, .created_ns = t,
		.removed_ns = STORE_UNSET, .restarts = 0 });
	store_put_run(st,
	    &(struct store_run){ .instance = ID, .run = 1, .pid = 77,
		.uid = 0, .started_ns = t, .ready_ns = STORE_UNSET,
		.ended_ns = STORE_UNSET, .exit_code = STORE_UNSET,
		.signal = STORE_UNSET, .origin_ns = t + 5 });
	ck_assert_int_eq(store_run_key(st, ID, 1, &key), 0);
	b.start_ns = 100;
	in.start_ns = 200;
	ck_assert_int_eq(store_put_boot(st, key, 1, t, &b), 0);
	ck_assert_int_eq(store_put_init(st, key, 2, t, &in), 0);
	for (i = 1; i <= 5; i++)
		ck_assert_int_eq(store_put_sched(st, key, i,
				     t + (int64_t)i * 1000000000, &s),
		    0);
	ck_assert_int_eq(store_put_gc(st, key, 1, t, &g), 0);
	store_put_line(st, key, STORE_STDOUT,
	    &(struct store_line){ t, 1, 0, false, "hello", 5 });
	store_put_line(st, key, STORE_STDERR,
	    &(struct store_line){ t, 1, 0, true, "\xff\x00z", 3 });
	store_put_event(st, t, ID, 1, "started", "{\"pid\":77}");
	store_put_event(st, t + 1, NULL, 0, "reload", NULL);
	store_commit(st);
	store_close(st);
}

/* ---- the fixture ---- */

static void *
run_gateway(void *arg)
{
	gateway_main(&role);
	return NULL;
}

static void
make_listener(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (void *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(listen(listener, 16), 0);
	getsockname(listener, (void *)&sa, &len);
	port = ntohs(sa.sin_port);
}

static void
setup(void)
{
	char *cause = NULL;

	log_init("test", LOG_LEVEL_ERROR);
	strcpy(dir, "/tmp/gort-http.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(db, sizeof(db), "%s/db", dir);
	snprintf(token_path, sizeof(token_path), "%s/token", dir);
	fill_store();
	ck_assert_int_eq(http_token_load(token_path, token, &cause), 0);
	cfg = (struct config){ .db_path = db, .token_path = token_path,
		.http = (char *)"127.0.0.1:0",
		.http_hosts = (char *)"gort.example, other.example" };
	make_listener();
	sent = json_array();
	silent = false;
	evthread_use_pthreads();
	role = (struct role){ .id = ROLE_GATEWAY, .base = event_base_new(),
		.cfg = &cfg };
	/* never looked into, only compared with NULL */
	role.peer[ROLE_SUPERVISOR] = (struct link *)&cfg;
	role.peer[ROLE_RECORDER] = (struct link *)&cfg;
	ck_assert_int_eq(pthread_create(&thread, NULL, run_gateway, NULL), 0);
}

static void
quit(int fd, short what, void *arg)
{
	role.ops->quit(&role);
}

static void
teardown(void)
{
	static const struct timeval now = { 0, 0 };
	char cmd[80];

	event_base_once(role.base, -1, EV_TIMEOUT, quit, NULL, &now);
	pthread_join(thread, NULL);
	event_base_free(role.base);
	json_decref(sent);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}

/* ---- a client ---- */

static int
dial(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (void *)&sa, sizeof(sa)), 0);
	return fd;
}

static void
send_all(int fd, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* it may hang up in the middle of nonsense */
		p += n;
		len -= (size_t)n;
	}
}

/* Everything until the other side closes, or until `stop` was read. */
static char *
read_until(int fd, const char *stop)
{
	char *buf = malloc(1 << 20);
	size_t n = 0;
	ssize_t got;

	buf[0] = '\0';
	while (n < (1 << 20) - 1 &&
	    (got = recv(fd, buf + n, (1 << 20) - 1 - n, 0)) > 0) {
		n += (size_t)got;
		buf[n] = '\0';
		if (stop != NULL && strstr(buf, stop) != NULL)
			break;
	}
	ck_assert_ptr_null(strcasestr(buf, "Access-Control"));
	return buf;
}

static char *
exchange(const char *bytes, size_t len)
{
	int fd = dial();
	char *answer;

	send_all(fd, bytes, len);
	answer = read_until(fd, NULL);
	close(fd);
	return answer;
}

static char *
request(const char *method, const char *path, const char *headers)
{
	char text[2048];
	int n = snprintf(text, sizeof(text),
	    "%s %s HTTP/1.1\r\nConnection: close\r\n%s\r\n", method, path,
	    headers);

	return exchange(text, (size_t)n);
}

static int
status_of(const char *answer)
{
	int st = 0;

	sscanf(answer, "HTTP/1.%*d %d", &st);
	return st;
}

static const char *
body_of(const char *answer)
{
	const char *p = strstr(answer, "\r\n\r\n");

	return p != NULL ? p + 4 : "";
}

#define LOCAL "Host: localhost\r\n"

/* GET with the token; the body as JSON, and the status. */
static json_t *
get(const char *path, int want)
{
	char headers[128], *a;
	json_t *v;

	snprintf(headers, sizeof(headers), LOCAL "Authorization: Bearer %s\r\n",
	    token);
	a = request("GET", path, headers);
	ck_assert_msg(status_of(a) == want, "%s: %s", path, a);
	ck_assert_ptr_nonnull(strstr(a, "application/json"));
	v = json_loads(body_of(a), 0, NULL);
	ck_assert_msg(v != NULL, "%s: %s", path, a);
	free(a);
	return v;
}

static const char *
reason_of(const json_t *v)
{
	const char *s = json_string_value(
	    json_object_get(json_object_get(v, "error"), "reason"));

	return s != NULL ? s : "";
}

static void
expect(const char *method, const char *path, const char *headers, int want)
{
	char *a = request(method, path, headers);

	ck_assert_msg(status_of(a) == want, "%s %s [%s] wants %d: %s", method,
	    path, headers, want, a);
	free(a);
}

/* ---- who gets in ---- */

START_TEST(open_paths_need_no_token)
{
	expect("GET", "/healthz", LOCAL, 200);
	expect("GET", "/readyz", LOCAL, 200);
	expect("GET", "/metrics", LOCAL, 200);
	expect("GET", "/page.js", LOCAL, 200);
	expect("HEAD", "/healthz", LOCAL, 200);
	expect("GET", "/", LOCAL, 401);
	expect("GET", "/v1/instances", LOCAL, 401);
	expect("GET", "/v1/openapi.json", LOCAL, 401);
	expect("GET", "/v1/nosuch", LOCAL, 401);
	expect("GET", "/nosuch", LOCAL, 404);
}
END_TEST

START_TEST(token_opens)
{
	char h[256], path[80], *a, *cookie;

	snprintf(h, sizeof(h), LOCAL "Authorization: Bearer %s\r\n", token);
	expect("GET", "/v1/instances", h, 200);
	h[strlen(h) - 3] ^= 1;
	expect("GET", "/v1/instances", h, 401);
	snprintf(path, sizeof(path), "/v1/instances?token=%s", token);
	expect("GET", path, LOCAL, 200);
	expect("GET", "/v1/instances?token=", LOCAL, 401);
	/* the first visit leaves a cookie and a clean address */
	snprintf(path, sizeof(path), "/?token=%s", token);
	a = request("GET", path, LOCAL);
	ck_assert_int_eq(status_of(a), 303);
	cookie = strstr(a, "Set-Cookie: ");
	ck_assert_ptr_nonnull(cookie);
	ck_assert_ptr_nonnull(strstr(cookie, "HttpOnly; SameSite=Strict"));
	ck_assert_ptr_nonnull(strstr(a, "Location: /\r\n"));
	snprintf(h, sizeof(h), LOCAL "Cookie: other=1; %.*s\r\n",
	    (int)strcspn(cookie + 12, ";"), cookie + 12);
	expect("GET", "/", h, 200);
	expect("GET", "/v1/instances", h, 200);
	free(a);
}
END_TEST

START_TEST(host_is_checked)
{
	char h[80];

	snprintf(h, sizeof(h), "Host: 127.0.0.1:%u\r\n", port);
	expect("GET", "/healthz", h, 200);
	expect("GET", "/healthz", "Host: [::1]:80\r\n", 200);
	expect("GET", "/healthz", "Host: GORT.example\r\n", 200);
	expect("GET", "/healthz", "Host: evil.example\r\n", 403);
	expect("GET", "/metrics", "Host: localhost.evil.example\r\n", 403);
	expect("GET", "/metrics", "Host: 127.0.0.1.evil.example\r\n", 403);
	expect("GET", "/metrics", "", 403);
}
END_TEST

START_TEST(writing_is_refused)
{
	static const char *const methods_[] = { "POST", "PUT", "DELETE",
		"OPTIONS", "PATCH" };
	size_t i;
	char *a;

	for (i = 0; i < 5; i++) {
		a = request(methods_[i], "/v1/instances",
		    LOCAL "Content-Length: 0\r\n");
		ck_assert_msg(status_of(a) == 405, "%s: %s", methods_[i], a);
		ck_assert_ptr_nonnull(strstr(a, "Allow: GET, HEAD"));
		free(a);
	}
}
END_TEST

/* ---- what is no request ---- */

START_TEST(long_headers_are_refused)
{
	size_t n = 20000;
	char *big = malloc(n + 100), *a;

	n = (size_t)sprintf(big, "GET /healthz HTTP/1.1\r\n" LOCAL "X: ");
	memset(big + n, 'a', 20000);
	strcpy(big + n + 20000, "\r\n\r\n");
	a = exchange(big, strlen(big));
	ck_assert_msg(status_of(a) == 400 || status_of(a) == 0, "%s", a);
	free(a);
	free(big);
	expect("GET", "/healthz", LOCAL, 200);
}
END_TEST

START_TEST(long_bodies_are_refused)
{
	size_t n = 70 * 1024;
	char *big = malloc(n + 200), *a;
	int head = sprintf(big,
	    "POST / HTTP/1.1\r\n" LOCAL "Content-Length: %zu\r\n\r\n", n);

	memset(big + head, 'a', n);
	a = exchange(big, (size_t)head + n);
	ck_assert_msg(status_of(a) >= 400 || status_of(a) == 0, "%.200s", a);
	ck_assert_int_ne(status_of(a), 405);
	free(a);
	free(big);
	expect("GET", "/healthz", LOCAL, 200);
}
END_TEST

/* clang-format off */
static const struct bytes {
	const char *p;
	size_t len;
} nonsense[] = {
#define B(s) { s, sizeof(s) - 1 }
	B("\r\n\r\n"),
	B("hello\r\n\r\n"),
	B("GET\r\n\r\n"),
	B("GET / HTTP/9.9\r\n" LOCAL "\r\n"),
	B("GET / HTTP/1.1\r\nHost\r\n\r\n"),
	B("GET / HTTP/1.1\r\n: x\r\n\r\n"),
	B("\0\0\0\0\r\n\r\n"),
	B("GET /\0/healthz HTTP/1.1\r\n" LOCAL "\r\n"),
	B("GET //////../..//etc/passwd HTTP/1.0\r\n" LOCAL "\r\n"),
	B("GET /v1/instances/%00%ff/logs HTTP/1.0\r\n" LOCAL "\r\n"),
	B("GET http://evil.example/ HTTP/1.0\r\n\r\n"),
	B("POST / HTTP/1.1\r\n" LOCAL "Content-Length: -5\r\n\r\n"),
	B("POST / HTTP/1.1\r\n" LOCAL "Content-Length: 99999999999\r\n\r\n"),
	B("POST / HTTP/1.1\r\n" LOCAL "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
	B("GET / HT"),
	B("\x16\x03\x01\x02\x00\x01"),
#undef B
};
/* clang-format on */

START_TEST(nonsense_is_survived)
{
	int fd = dial();
	char *a;

	send_all(fd, nonsense[_i].p, nonsense[_i].len);
	shutdown(fd, SHUT_WR);
	a = read_until(fd, NULL);
	ck_assert_int_ne(status_of(a), 200);
	free(a);
	close(fd);
	expect("GET", "/healthz", LOCAL, 200);
}
END_TEST

/* ---- the store over HTTP ---- */

START_TEST(history_is_read)
{
	json_t *v = get("/v1/instances/kv/sched", 200), *it;

	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 5);
	it = json_array_get(json_object_get(v, "items"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(it, "t_ns")),
	    "1700000001000000000");
	ck_assert_str_eq(json_string_value(json_object_get(it, "t")),
	    "2023-11-14T22:13:21.000000000Z");
	ck_assert_int_eq(json_integer_value(json_array_get(
			     json_object_get(it, "local_runqueues"), 1)),
	    4);
	ck_assert_str_eq(json_string_value(json_object_get(v, "origin_ns")),
	    "1700000001000000000");
	json_decref(v);
	v = get("/v1/instances/" ID "/gc", 200);
	it = json_array_get(json_object_get(v, "items"), 0);
	ck_assert(json_is_true(json_object_get(it, "forced")));
	ck_assert_str_eq(json_string_value(json_object_get(v, "origin_ns")),
	    "1700000000000000005");
	json_decref(v);
	v = get("/v1/instances/01234/boot", 200);
	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 2);
	it = json_array_get(json_object_get(v, "items"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(it, "package")),
	    "main");
	ck_assert_str_eq(json_string_value(json_object_get(it, "kind")),
	    "init");
	json_decref(v);
}
END_TEST

START_TEST(lines_and_events_are_read)
{
	json_t *v = get("/v1/instances/kv@1/logs", 200), *it;

	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 2);
	it = json_array_get(json_object_get(v, "items"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(it, "line")),
	    "hello");
	it = json_array_get(json_object_get(v, "items"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(it, "b64")), "/wB6");
	ck_assert(json_is_true(json_object_get(it, "partial")));
	json_decref(v);
	v = get("/v1/instances/kv/logs?tail=1", 200);
	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 1);
	json_decref(v);
	v = get("/v1/instances/kv/events", 200);
	it = json_array_get(json_object_get(v, "items"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(
			     json_object_get(it, "detail"), "pid")),
	    77);
	json_decref(v);
}
END_TEST

START_TEST(pages_go_on_where_they_ended)
{
	char path[160];
	const char *next = "";
	json_t *v = NULL, *w;
	int seen = 0, pages = 0;

	do {
		snprintf(path, sizeof(path), "/v1/instances/kv/sched?limit=2%s%s",
		    next[0] ? "&page_token=" : "", next);
		w = get(path, 200);
		json_decref(v);
		v = w;
		seen += (int)json_array_size(json_object_get(v, "items"));
		next = json_string_value(json_object_get(v, "next_page_token"));
	} while (next != NULL && ++pages < 10);
	json_decref(v);
	ck_assert_int_eq(seen, 5);
	v = get("/v1/instances/kv/sched?since=3", 200);
	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 2);
	json_decref(v);
	v = get("/v1/instances/kv/sched?from=1700000002000000000"
		"&to=1700000004000000000",
	    200);
	ck_assert_int_eq(json_array_size(json_object_get(v, "items")), 2);
	json_decref(v);
}
END_TEST

/* clang-format off */
static const struct refused {
	const char *path;
	int status;
	const char *reason;
} refused[] = {
	{ "/v1/instances/nosuch/logs", 404, "not_found" },
	{ "/v1/instances/kv@0/logs", 400, "invalid_params" },
	{ "/v1/instances/kv@x/logs", 400, "invalid_params" },
	{ "/v1/instances/kv/logs?limit=abc", 400, "invalid_params" },
	{ "/v1/instances/kv/logs?limit=0", 400, "invalid_params" },
	{ "/v1/instances/kv/logs?nosuch=1", 400, "invalid_params" },
	{ "/v1/instances/kv/logs?page_token=zzz", 400, "invalid_params" },
	{ "/v1/instances/kv/nosuch", 404, "not_found" },
	{ "/v1/instances/", 404, "not_found" },
	{ "/v1/instances//logs", 404, "not_found" },
	{ "/v1/instances/kv/goroutines", 409, "wrong_state" },
	{ "/v1/nosuch", 404, "not_found" },
};
/* clang-format on */

START_TEST(errors_have_status_and_reason)
{
	json_t *v = get(refused[_i].path, refused[_i].status);

	ck_assert_str_eq(reason_of(v), refused[_i].reason);
	json_decref(v);
}
END_TEST

START_TEST(openapi_tells_every_path)
{
	json_t *v = get("/v1/openapi.json", 200);
	json_t *paths = json_object_get(v, "paths");
	const struct http_route *rt;
	char path[80];

	ck_assert_str_eq(json_string_value(json_object_get(v, "openapi")),
	    "3.0.3");
	for (rt = http_routes; rt->tail != NULL; rt++) {
		if (method_find(rt->method) == NULL)
			continue;
		snprintf(path, sizeof(path), "/v1/instances/{id}%s%s",
		    rt->tail[0] ? "/" : "", rt->tail);
		ck_assert_msg(json_object_get(paths, path) != NULL, "%s", path);
	}
	ck_assert_ptr_nonnull(json_object_get(paths, "/v1/events"));
	ck_assert_ptr_nonnull(json_object_get(paths, "/metrics"));
	json_decref(v);
}
END_TEST

/* ---- other roles ---- */

START_TEST(scrape_joins_packets)
{
	char *a = request("GET", "/metrics", LOCAL);

	ck_assert_ptr_nonnull(strstr(a, "version=0.0.4"));
	ck_assert_ptr_nonnull(strstr(a, "instance_id=\"aaaaaaaaaaaa\""));
	ck_assert_ptr_nonnull(strstr(a, "instance_id=\"bbbbbbbbbbbb\""));
	/* and one that has no ring */
	ck_assert_ptr_nonnull(strstr(a, "instance_id=\"" ID "\""));
	ck_assert_ptr_nonnull(strstr(a, "gortd_instances_running 3\n"));
	free(a);
	a = request("GET", "/metrics",
	    LOCAL "Accept: application/openmetrics-text\r\n");
	ck_assert_ptr_nonnull(strstr(a, "application/openmetrics-text"));
	ck_assert_ptr_nonnull(strstr(a, "# EOF\n"));
	free(a);
}
END_TEST

START_TEST(silent_recorder_does_not_hold_a_scrape)
{
	char *a;

	silent = true;
	a = request("GET", "/metrics", LOCAL);
	ck_assert_int_eq(status_of(a), 200);
	ck_assert_ptr_nonnull(strstr(a, "gortd_scrape_complete 0\n"));
	free(a);
}
END_TEST

static void
lose_supervisor(int fd, short what, void *arg)
{
	role.peer[ROLE_SUPERVISOR] = NULL;
	role.ops->peer_gone(&role, ROLE_SUPERVISOR);
}

START_TEST(lost_supervisor_ends_the_wait)
{
	static const struct timeval now = { 0, 0 };
	char h[128], *a, text[256];
	int fd = dial(), n;

	silent = true;
	snprintf(h, sizeof(h), "Authorization: Bearer %s\r\n", token);
	n = snprintf(text, sizeof(text),
	    "GET /v1/instances HTTP/1.0\r\n" LOCAL "%s\r\n", h);
	send_all(fd, text, (size_t)n);
	wait_sent("call");
	event_base_once(role.base, -1, EV_TIMEOUT, lose_supervisor, NULL, &now);
	a = read_until(fd, NULL);
	ck_assert_int_eq(status_of(a), 503);
	free(a);
	close(fd);
	a = request("GET", "/readyz", LOCAL);
	ck_assert_int_eq(status_of(a), 503);
	ck_assert_ptr_nonnull(strstr(a, "supervisor not there"));
	free(a);
}
END_TEST

START_TEST(gone_client_is_forgotten)
{
	char text[256];
	int fd, n, i;
	json_t *m;

	silent = true;
	for (i = 0; i < 3; i++) {
		fd = dial();
		n = snprintf(text, sizeof(text),
		    "GET /v1/instances HTTP/1.1\r\n" LOCAL
		    "Authorization: Bearer %s\r\n\r\n",
		    token);
		send_all(fd, text, (size_t)n);
		m = wait_sent("call");
		close(fd);
		/* the answer comes after the client has gone */
		post(ROLE_SUPERVISOR,
		    json_pack("{s:s, s:O, s:{}}", "m", "answer", "rid",
			json_object_get(m, "rid"), "result"));
	}
	expect("GET", "/healthz", LOCAL, 200);
}
END_TEST

/* ---- streams ---- */

static int
open_stream(const char *extra)
{
	char text[512], *a;
	int fd = dial(), n;

	n = snprintf(text, sizeof(text),
	    "GET /v1/events HTTP/1.1\r\n" LOCAL "Authorization: Bearer %s\r\n"
	    "%s\r\n",
	    token, extra);
	send_all(fd, text, (size_t)n);
	a = read_until(fd, "retry: 2000");
	ck_assert_ptr_nonnull(strstr(a, "text/event-stream"));
	free(a);
	return fd;
}

static void
post_event(json_t *sub, int64_t seq, size_t bytes)
{
	char *pad = calloc(1, bytes + 1);

	memset(pad, 'x', bytes);
	post(ROLE_RECORDER,
	    json_pack("{s:s, s:O, s:s, s:[{s:I, s:s, s:s}]}", "m", "live",
		"sub", sub, "what", "event", "items", "seq", (json_int_t)seq,
		"type", "started", "detail", pad));
	free(pad);
}

START_TEST(stream_resumes_where_it_was)
{
	int fd = open_stream("Last-Event-ID: 41\r\n");
	json_t *m = wait_sent("sub");
	char *a;

	ck_assert_int_eq(json_integer_value(json_object_get(m, "since")), 41);
	post_event(json_object_get(m, "sub"), 41, 1); /* seen already */
	post_event(json_object_get(m, "sub"), 42, 1);
	a = read_until(fd, "id: 42");
	ck_assert_ptr_null(strstr(a, "id: 41"));
	free(a);
	close(fd);
	wait_sent("unsub");
}
END_TEST

START_TEST(slow_stream_is_told_what_it_lost)
{
	int fd = open_stream(""), i;
	json_t *m = wait_sent("sub");
	char *a;
	bool told = false;

	ck_assert(json_is_null(json_object_get(m, "since")));
	/* nobody reads: fill the socket's room and the buffer, then more */
	for (i = 1; i <= 600; i++)
		post_event(json_object_get(m, "sub"), i, 16384);
	/* read all; what comes once there is room tells the loss */
	while (!told) {
		size_t n;

		a = read_until(fd, "event: dropped");
		n = strlen(a);
		told = strstr(a, "event: dropped") != NULL;
		free(a);
		ck_assert_msg(n > 0, "closed before it told");
	}
	close(fd);
}
END_TEST

/* ---- the token's file, and Host, without a server ---- */

START_TEST(token_file_is_private)
{
	char path[80], a[64], b[64], *cause = NULL;
	struct stat st;

	snprintf(path, sizeof(path), "%s/t2", dir);
	ck_assert_int_eq(http_token_load(path, a, &cause), 0);
	ck_assert_int_eq(strlen(a), HTTP_TOKEN_BYTES);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(http_token_load(path, b, &cause), 0);
	ck_assert_str_eq(a, b);
	chmod(path, 0644);
	ck_assert_int_eq(http_token_load(path, b, &cause), -EPERM);
	ck_assert_ptr_nonnull(strstr(cause, path));
	free(cause);
	chmod(path, 0600);
	ck_assert_int_eq(truncate(path, 3), 0); /* cut: a new one */
	ck_assert_int_eq(http_token_load(path, b, &cause), 0);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(tokens_are_compared_whole)
{
	ck_assert(http_token_equal("abc", "abc"));
	ck_assert(!http_token_equal("abc", "ab"));
	ck_assert(!http_token_equal("abc", "abcd"));
	ck_assert(!http_token_equal("abc", ""));
	ck_assert(!http_token_equal("", ""));
	ck_assert(!http_token_equal("abc", "abd"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("http");
	TCase *tc = tcase_create("server");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, open_paths_need_no_token);
	tcase_add_test(tc, token_opens);
	tcase_add_test(tc, host_is_checked);
	tcase_add_test(tc, writing_is_refused);
	tcase_add_test(tc, long_headers_are_refused);
	tcase_add_test(tc, long_bodies_are_refused);
	tcase_add_loop_test(tc, nonsense_is_survived, 0,
	    sizeof(nonsense) / sizeof(nonsense[0]));
	tcase_add_test(tc, history_is_read);
	tcase_add_test(tc, lines_and_events_are_read);
	tcase_add_test(tc, pages_go_on_where_they_ended);
	tcase_add_loop_test(tc, errors_have_status_and_reason, 0,
	    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tc, openapi_tells_every_path);
	tcase_add_test(tc, scrape_joins_packets);
	tcase_add_test(tc, silent_recorder_does_not_hold_a_scrape);
	tcase_add_test(tc, lost_supervisor_ends_the_wait);
	tcase_add_test(tc, gone_client_is_forgotten);
	tcase_add_test(tc, stream_resumes_where_it_was);
	tcase_add_test(tc, slow_stream_is_told_what_it_lost);
	tcase_add_test(tc, token_file_is_private);
	tcase_add_test(tc, tokens_are_compared_whole);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
