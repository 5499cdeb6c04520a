/*
 * check_control.c - the control socket against clients that mean no good.
 *
 * The server's side runs on an event base in this process, the client's side
 * is a socketpair that the test writes to by hand; pump() turns the loop until
 * it has nothing to do. No keeper, no peers: methods that need them are not
 * called here.
 */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/handlers.h"
#include "daemon/inst.h"
#include "daemon/methods.h"
#include "daemon/role_config.h"
#include "ipc/rpc.h"
#include "tests/suite.h"

static struct role role;
static struct config cfg;
static int client;

struct config *
role_config_from(int fd, char **ret_cause)
{
	return NULL; /* main.c's; nothing here reloads */
}

static void
setup(void)
{
	int sv[2];

	cfg.operate_group = (char *)"no-such-group";
	cfg.view_group = (char *)"no-such-group-either";
	cfg.max_instances = 10;
	role.cfg = &cfg;
	role.base = event_base_new();
	sup.r = &role;
	sup.term_mode = -1;
	sup.requests = json_object();
	TAILQ_INIT(&sup.insts);
	TAILQ_INIT(&sup.runs);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	client = sv[0];
	fcntl(client, F_SETFL, O_NONBLOCK);
	ck_assert_ptr_nonnull(control_serve(role.base, sv[1]));
}

static void
teardown(void)
{
	control_close();
	close(client);
	json_decref(sup.requests);
	event_base_free(role.base);
}

static void
pump(void)
{
	while (event_base_loop(role.base, EVLOOP_NONBLOCK) == 0 &&
	    event_base_get_num_events(role.base, EVENT_BASE_COUNT_ACTIVE) > 0)
		;
}

/* All of text, with the loop turning while the socket is full. */
static void
say_n(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(client, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			return; /* the server closed: some tests want that */
		if (n > 0) {
			text += n;
			len -= n;
		}
		pump();
	}
	pump();
}

static void
say(const char *text)
{
	say_n(text, strlen(text));
}

/* The next answer line, parsed; NULL at the end or when there is none. */
static json_t *
hear(void)
{
	static char buf[4 << 20];
	size_t len = 0;

	for (int idle = 0; idle < 3; idle++) {
		ssize_t n;

		pump();
		while (len < sizeof buf &&
		    (n = recv(client, buf + len, 1, 0)) == 1) {
			if (buf[len] == '\n')
				return json_loadb(buf, len, 0, NULL);
			len++;
			idle = 0;
		}
	}
	return NULL;
}

static int
error_code(json_t *msg)
{
	int code = json_integer_value(json_object_get(json_object_get(msg,
	    "error"), "code"));

	json_decref(msg);
	return code;
}

static bool
closed(void)
{
	char byte;
	ssize_t n;

	pump();
	n = recv(client, &byte, 1, 0);
	/* what we sent and it did not read makes a reset of the end */
	return n == 0 || (n < 0 && errno == ECONNRESET);
}

/* It still serves: the test of every abuse ends with this. */
static void
works(void)
{
	json_t *msg;

	say("{\"jsonrpc\":\"2.0\",\"id\":\"w\",\"method\":\"daemon.version\"}\n");
	msg = hear();
	ck_assert_str_eq(json_string_value(json_object_get(msg, "id")), "w");
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(
	    json_object_get(msg, "result"), "api"), "min")), RPC_API_MIN);
	json_decref(msg);
}

static const struct row {
	const char *line;
	int code;
} bad[] = {
	{ "x", RPC_PARSE },
	{ "{\"a\":1", RPC_PARSE },
	{ "{} {}", RPC_PARSE },
	{ "\xff\xfe", RPC_PARSE },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"m\"}", RPC_PARSE },
	{ "\"m\"", RPC_PARSE },
	{ "[]", RPC_REQUEST },
	{ "{}", RPC_REQUEST },
	{ "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"daemon.version\"}",
	    RPC_REQUEST },
	{ "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"daemon.version\"}",
	    RPC_REQUEST },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", RPC_REQUEST },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nope\"}", RPC_METHOD },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.version\","
	  "\"params\":[]}", RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.version\","
	  "\"params\":{\"x\":1}}", RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.get\"}",
	    RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.get\","
	  "\"params\":{\"id\":7}}", RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.get\","
	  "\"params\":{\"id\":\"none\"}}", RPC_NOT_FOUND },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.list\","
	  "\"params\":{\"limit\":0}}", RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.run\","
	  "\"params\":{\"program\":\"sh\"}}", RPC_FAILED },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.run\","
	  "\"params\":{\"program\":\"/bin/true\",\"name\":\"A b\"}}",
	    RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.run\","
	  "\"params\":{\"program\":\"/bin/true\",\"restart\":\"maybe\"}}",
	    RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.run\","
	  "\"params\":{\"program\":\"/bin/true\",\"env\":{\"A=B\":\"c\"}}}",
	    RPC_PARAMS },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.run\","
	  "\"params\":{\"program\":\"/bin/true\",\"stdin\":true}}",
	    RPC_PARAMS },
};

START_TEST(one_clear_error_and_on)
{
	say(bad[_i].line);
	say("\n");
	ck_assert_int_eq(error_code(hear()), bad[_i].code);
	works();
}
END_TEST

START_TEST(nesting_of_ten_thousand)
{
	static char line[20002];

	memset(line, '[', 10000);
	memset(line + 10000, ']', 10000);
	line[20000] = '\n';
	say(line);
	ck_assert_int_eq(error_code(hear()), RPC_REQUEST);
	works();
}
END_TEST

START_TEST(nul_bytes)
{
	static const char line[] = "{\"jsonrpc\":\0\"2.0\"}\n";

	say_n(line, sizeof line - 1);
	ck_assert_int_eq(error_code(hear()), RPC_PARSE);
	works();
}
END_TEST

START_TEST(a_line_over_the_limit_ends_the_connection)
{
	char *line = malloc(RPC_REQUEST_MAX * 4);

	memset(line, 'a', RPC_REQUEST_MAX * 4);
	say_n(line, RPC_REQUEST_MAX * 4);
	free(line);
	ck_assert_int_eq(error_code(hear()), RPC_REQUEST);
	ck_assert(closed());
}
END_TEST

START_TEST(the_longest_line_is_served)
{
	char *line = malloc(RPC_REQUEST_MAX + 1);
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":1,"
	    "\"method\":\"daemon.version\",\"params\":{}}";

	memset(line, ' ', RPC_REQUEST_MAX);
	memcpy(line, head, sizeof head - 1);
	line[RPC_REQUEST_MAX] = '\n';
	say_n(line, RPC_REQUEST_MAX + 1);
	free(line);
	ck_assert_int_eq(error_code(hear()), 0);
	works();
}
END_TEST

START_TEST(half_a_request_then_the_rest)
{
	json_t *msg;

	say("{\"jsonrpc\":\"2.0\",\"id\":3,\"meth");
	ck_assert_ptr_null(hear());
	say("od\":\"daemon.version\"}\r\n");
	msg = hear();
	ck_assert_int_eq(json_integer_value(json_object_get(msg, "id")), 3);
	json_decref(msg);
	say("{\"jsonrpc\":");
	shutdown(client, SHUT_WR); /* and never the rest */
	ck_assert(closed());
}
END_TEST

START_TEST(batches)
{
	json_t *msg;
	char *big = malloc(RPC_REQUEST_MAX);

	say("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.version\"},5,"
	    "{\"jsonrpc\":\"2.0\",\"method\":\"daemon.version\"},"
	    "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nope\"}]\n");
	msg = hear();
	ck_assert_uint_eq(json_array_size(msg), 3); /* one was a notification */
	json_decref(msg);
	say("[{\"jsonrpc\":\"2.0\",\"method\":\"daemon.version\"}]\n");
	ck_assert_ptr_null(hear());
	strcpy(big, "[1");
	for (int n = 0; n < RPC_BATCH_MAX; n++)
		strcat(big, ",1");
	strcat(big, "]\n");
	say(big);
	free(big);
	ck_assert_int_eq(error_code(hear()), RPC_REQUEST);
	works();
}
END_TEST

/* Answers of ten KiB and more, never read: requests stop being taken. */
START_TEST(a_client_that_never_reads_is_bounded)
{
	static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":1,"
	    "\"method\":\"system.describe\"}\n";
	size_t sent = 0;
	ssize_t n;

	/* until the server's patience and both sockets are full */
	for (int idle = 0; idle < 50;) {
		n = send(client, ask, sizeof ask - 1, MSG_NOSIGNAL);
		pump();
		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0;
		ck_assert_uint_lt(sent, 100000);
	}
	/* and when it reads at last, every whole request is answered */
	for (size_t got = 0; got < 20; got++)
		ck_assert_int_eq(error_code(hear()), 0);
}
END_TEST

static int
open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

START_TEST(many_descriptors_are_closed)
{
	int fds[8], before, after;
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof fds)];
	} ctl = { 0 };
	struct iovec iov = { (void *)"\n", 1 };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl.buf, .msg_controllen = sizeof ctl.buf };
	struct cmsghdr *c = CMSG_FIRSTHDR(&mh);

	works();
	before = open_fds();
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fds);
	for (int n = 0; n < 8; n++)
		fds[n] = client;
	memcpy(CMSG_DATA(c), fds, sizeof fds);
	for (int n = 0; n < 50; n++) {
		ck_assert_int_eq(sendmsg(client, &mh, 0), 1);
		pump();
	}
	works();
	after = open_fds();
	ck_assert_int_le(after, before + 4); /* FDS_MAX wait, no more */
}
END_TEST

START_TEST(every_method_has_a_handler)
{
	for (const struct method *m = methods; m->name != NULL; m++)
		if (m->by != BY_GATEWAY)
			ck_assert_msg(handler_find(m->name) != NULL, "%s",
			    m->name);
	for (const struct handler *h = handlers; h->name != NULL; h++)
		ck_assert_msg(method_find(h->name) != NULL, "%s", h->name);
}
END_TEST

static TCase *
cases(void)
{
	TCase *tc = tcase_create("abuse");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, one_clear_error_and_on, 0,
	    sizeof bad / sizeof bad[0]);
	tcase_add_test(tc, nesting_of_ten_thousand);
	tcase_add_test(tc, nul_bytes);
	tcase_add_test(tc, a_line_over_the_limit_ends_the_connection);
	tcase_add_test(tc, the_longest_line_is_served);
	tcase_add_test(tc, half_a_request_then_the_rest);
	tcase_add_test(tc, batches);
	tcase_add_test(tc, a_client_that_never_reads_is_bounded);
	tcase_add_test(tc, many_descriptors_are_closed);
	tcase_add_test(tc, every_method_has_a_handler);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("control");

	suite_add_tcase(s, cases());
	return suite_run(s);
}
