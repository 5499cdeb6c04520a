/*
 * http_server.c - the HTTP listener: limits, and who gets past the door.
 *
 * libevent's server takes headers and bodies of any size and waits for ever
 * unless told otherwise, so it is told: 16 KiB of headers, 64 KiB of body, 30
 * seconds of silence. Every method is let through to us, because only we
 * answer a wrong one properly (405 and what would be allowed).
 *
 * Order of the checks: form of the request, Host, method, path, token. A
 * stranger learns nothing about instances, not even whether a path exists
 * below /v1.
 */
#include "daemon/config.h"
#include "daemon/gateway.h"
#include "daemon/http_auth.h"
#include "daemon/log.h"
#include "daemon/roles.h"
#include "ipc/rpc.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MAX_HEADERS (16 * 1024)
#define MAX_BODY (64 * 1024)
#define IDLE_SECONDS 30
#define NOFILE 600 /* descriptors of the gateway, clients and all */

static const char *
in_header(struct evhttp_request *req, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(req), name);
}

static void
cookie_name(const struct gateway *gw, char *buf, size_t cap)
{
	snprintf(buf, cap, "gort_token_%u", gw->port);
}

/* ---- open to all ---- */

static void
healthz(struct gateway *gw, struct evhttp_request *req)
{
	http_reply_text(gw, req, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

static void
readyz(struct gateway *gw, struct evhttp_request *req)
{
	char buf[512], *p = buf;
	bool ok = true;
	int role;

	buf[0] = '\0';
	for (role = ROLE_SUPERVISOR; role <= ROLE_RECORDER; role++) {
		if (gw->role->peer[role] != NULL)
			continue;
		p += sprintf(p, "%s not there\n", role_name(role));
		ok = false;
	}
	if (gateway_reader(gw) == NULL) {
		p += snprintf(p, 300, "store not ready: %s\n",
		    gw->not_ready ? gw->not_ready : "?");
		ok = false;
	}
	if (ok)
		strcpy(buf, "ready\n");
	http_reply_text(gw, req, ok ? 200 : 503, "text/plain; charset=utf-8",
	    buf, strlen(buf));
}

/* ---- the page ---- */

static void
page(struct gateway *gw, struct evhttp_request *req)
{
	http_reply_text(gw, req, 200, "text/html; charset=utf-8",
	    http_page_html, strlen(http_page_html));
}

static void
page_js(struct gateway *gw, struct evhttp_request *req)
{
	http_reply_text(gw, req, 200, "text/javascript; charset=utf-8",
	    http_page_js, strlen(http_page_js));
}

static void
page_css(struct gateway *gw, struct evhttp_request *req)
{
	http_reply_text(gw, req, 200, "text/css; charset=utf-8", http_page_css,
	    strlen(http_page_css));
}

static const struct top {
	const char *path;
	bool open; /* needs no token */
	void (*fn)(struct gateway *, struct evhttp_request *);
} tops[] = {
	{ "/", false, page },
	{ "/page.js", true, page_js },
	{ "/page.css", true, page_css },
	{ "/metrics", true, http_metrics },
	{ "/healthz", true, healthz },
	{ "/readyz", true, readyz },
};

static const struct top *
find_top(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		if (strcmp(tops[i].path, path) == 0)
			return &tops[i];
	return NULL;
}

/* ---- the door ---- */

static bool
host_allowed(const struct gateway *gw, struct evhttp_request *req)
{
	/* a unix socket has no names that could be rebound */
	if (gw->unix_socket)
		return true;
	return http_host_ok(in_header(req, "Host"), gw->role->cfg->http_hosts);
}

static char *
query_token(const char *query)
{
	struct evkeyvalq kv;
	const char *v;
	char *token = NULL;

	if (query == NULL || evhttp_parse_query_str(query, &kv) != 0)
		return NULL;
	v = evhttp_find_header(&kv, "token");
	if (v != NULL)
		token = strdup(v);
	evhttp_clear_headers(&kv);
	return token;
}

/* First visit with ?token=: leave a cookie, and get it out of the address. */
static void
welcome(struct gateway *gw, struct evhttp_request *req)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(req);
	char name[32], cookie[160];

	cookie_name(gw, name, sizeof(name));
	snprintf(cookie, sizeof(cookie),
	    "%s=%s; Path=/; HttpOnly; SameSite=Strict", name, gw->token);
	evhttp_add_header(out, "Set-Cookie", cookie);
	evhttp_add_header(out, "Location", "/");
	http_reply_text(gw, req, 303, "text/plain; charset=utf-8",
	    "the token is kept: go to /\n", 27);
}

static void
refuse(struct gateway *gw, struct evhttp_request *req)
{
	evhttp_add_header(evhttp_request_get_output_headers(req),
	    "WWW-Authenticate", "Bearer realm=\"gortd\"");
	http_reply_status(gw, req, 401, "denied",
	    "the token is missing or wrong: it is in %s; send it as "
	    "'Authorization: Bearer TOKEN', or open /?token=TOKEN once",
	    gw->role->cfg->token_path ? gw->role->cfg->token_path :
					"gortd's token file");
}

/* True when the request may go on; else it has been answered. */
static bool
check_token(struct gateway *gw, struct evhttp_request *req, const char *path,
    const char *query)
{
	char name[32], *given;
	bool ok;

	if (gw->token[0] == '\0')
		return true;
	given = query_token(query);
	cookie_name(gw, name, sizeof(name));
	ok = http_token_ok(gw->token, in_header(req, "Authorization"),
	    in_header(req, "Cookie"), name, given);
	if (!ok)
		refuse(gw, req);
	else if (given != NULL && strcmp(path, "/") == 0) {
		welcome(gw, req);
		ok = false;
	}
	free(given);
	return ok;
}

static void
dispatch(struct gateway *gw, struct evhttp_request *req, const char *path,
    const char *query)
{
	const struct top *top = find_top(path);
	bool api = strncmp(path, "/v1/", 4) == 0;

	if (top == NULL && !api) {
		http_reply_error(gw, req, RPC_NOT_FOUND,
		    "there is nothing at this path");
		return;
	}
	if ((top == NULL || !top->open) && !check_token(gw, req, path, query))
		return;
	if (top != NULL)
		top->fn(gw, req);
	else
		http_api(gw, req, path + 4, query);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct gateway *gw = arg;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	enum evhttp_cmd_type cmd = evhttp_request_get_command(req);

	/* libevent hands over what it could not read without an address */
	if (uri == NULL) {
		http_reply_status(gw, req, 400, "invalid_request",
		    "this is no HTTP request, or its headers are longer than "
		    "%d bytes",
		    MAX_HEADERS);
		return;
	}
	if (!host_allowed(gw, req)) {
		http_reply_status(gw, req, 403, "denied",
		    "the Host header names nobody here; see http_hosts");
		return;
	}
	if (cmd != EVHTTP_REQ_GET && cmd != EVHTTP_REQ_HEAD) {
		evhttp_add_header(evhttp_request_get_output_headers(req),
		    "Allow", "GET, HEAD");
		http_reply_status(gw, req, 405, "method_not_found",
		    "this address is for reading: GET or HEAD");
		return;
	}
	dispatch(gw, req, path != NULL && path[0] ? path : "/",
	    evhttp_uri_get_query(uri));
}

/* ---- starting ---- */

static struct evconnlistener *listener; /* NULL: not serving */

static void
listen_again(evutil_socket_t fd, short what, void *arg)
{
	if (listener != NULL)
		evconnlistener_enable(listener);
}

/*
 * No descriptor is left for a client. It stays in the backlog, which the
 * kernel would tell us of without end, so for a moment we do not listen.
 */
static void
on_no_room(struct evconnlistener *lev, void *arg)
{
	struct timeval pause = { 0, 200000 };
	static int64_t said_s;
	struct timespec now;

	evconnlistener_disable(lev);
	event_base_once(evconnlistener_get_base(lev), -1, EV_TIMEOUT,
	    listen_again, NULL, &pause);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (said_s != 0 && now.tv_sec - said_s < 60)
		return;
	said_s = now.tv_sec;
	log_warning("http: more than %d clients: some wait", NOFILE - 24);
}

/* As many connections as are worth having: what each may hold is bounded,
 * and so is then the sum. */
static void
limit_connections(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur > NOFILE) {
		rl.rlim_cur = NOFILE;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static void
note_address(struct gateway *gw, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		return;
	gw->unix_socket = ss.ss_family == AF_UNIX;
	if (ss.ss_family == AF_INET)
		gw->port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	else if (ss.ss_family == AF_INET6)
		gw->port = ntohs(((struct sockaddr_in6 *)&ss)->sin6_port);
}

char *
http_address(const struct gateway *gw, char *buf, size_t cap)
{
	const char *http = gw->role->cfg->http;
	const char *colon = http ? strrchr(http, ':') : NULL;

	if (gw->http == NULL)
		snprintf(buf, cap, "off");
	else if (gw->unix_socket || colon == NULL)
		snprintf(buf, cap, "%s", http ? http : "?");
	else
		snprintf(buf, cap, "http://%.*s:%u/", (int)(colon - http), http,
		    gw->port);
	return buf;
}

/* Where the page is, and with which token; once, for whoever started us. */
static void
announce(const struct gateway *gw)
{
	char at[256];

	http_address(gw, at, sizeof(at));
	/* A journal is read by more people than the token's file is. */
	if (gw->token[0] == '\0' || gw->unix_socket ||
	    getenv("JOURNAL_STREAM") != NULL)
		log_notice("http: %s", at);
	else
		log_notice("http: %s?token=%s", at, gw->token);
}

int
http_start(struct gateway *gw, int fd)
{
	struct evhttp_bound_socket *bound;
	char *cause = NULL;
	int rc;

	if (!gw->role->cfg->http_read_any) {
		rc = http_token_load(gw->role->cfg->token_path, gw->token,
		    &cause);
		if (rc != 0) {
			log_error("http is off: %s",
			    cause ? cause : strerror(-rc));
			free(cause);
			close(fd);
			return rc;
		}
	}
	gw->http = evhttp_new(gw->role->base);
	if (gw->http == NULL) {
		close(fd);
		return -ENOMEM;
	}
	evhttp_set_max_headers_size(gw->http, MAX_HEADERS);
	evhttp_set_max_body_size(gw->http, MAX_BODY);
	evhttp_set_timeout(gw->http, IDLE_SECONDS);
	evhttp_set_allowed_methods(gw->http,
	    EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
		EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
		EVHTTP_REQ_PATCH | EVHTTP_REQ_TRACE);
	evhttp_set_gencb(gw->http, on_request, gw);
	evutil_make_socket_nonblocking(fd);
	bound = evhttp_accept_socket_with_handle(gw->http, fd);
	if (bound == NULL) {
		evhttp_free(gw->http);
		gw->http = NULL;
		close(fd);
		return -EIO;
	}
	limit_connections();
	listener = evhttp_bound_socket_get_listener(bound);
	evconnlistener_set_error_cb(listener, on_no_room);
	note_address(gw, fd);
	announce(gw);
	return 0;
}

void
http_stop(struct gateway *gw)
{
	http_sse_stop(gw);
	waiting_expire(gw, -1);
	listener = NULL;
	if (gw->http != NULL)
		evhttp_free(gw->http);
	gw->http = NULL;
}
