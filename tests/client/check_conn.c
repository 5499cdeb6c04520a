/*
 * check_conn.c - the client's end of the control socket against a gortd made
 * of a few lines: what it sends, what it makes of answers, and what it does
 * when the other side goes away in the middle.
 */
#include "tests/client/check_client.h"
#include "client/conn.h"
#include "client/follow.h"
#include "client/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct fake {
	char dir[200], path[260];
	int listener;
	pthread_t thread;
	bool started;
	/* Answer one request; NULL closes the connection instead. */
	char *(*answer)(struct fake *, json_t *req);
	_Atomic int asked; /* the server counts, the test reads */
	char first_id[32];
};

/* Read a line, answer it; to the end of the connection. */
static void
serve_one(struct fake *f, int fd)
{
	char line[8192], *out;
	FILE *in = fdopen(fd, "r");
	json_t *req;

	while (fgets(line, sizeof(line), in) != NULL) {
		req = json_loads(line, 0, NULL);
		if (strcmp(j_str(req, "method", ""), "daemon.version") == 0)
			out = strdup("{\"version\":\"9\",\"api\":"
				     "{\"min\":1,\"max\":1}}");
		else
			out = f->answer(f, req);
		if (out == NULL) {
			json_decref(req);
			break;
		}
		if (out[0] == '!') /* a whole line as it is */
			dprintf(fd, "%s\n", out + 1);
		else
			dprintf(fd, "{\"jsonrpc\":\"2.0\",\"id\":%d,"
				    "\"result\":%s}\n",
			    (int)j_int(req, "id", 0), out);
		free(out);
		json_decref(req);
	}
	fclose(in);
}

static void *
serve(void *arg)
{
	struct fake *f = arg;
	int fd;

	while ((fd = accept(f->listener, NULL, NULL)) >= 0)
		serve_one(f, fd);
	return NULL;
}

static void
fake_start(struct fake *f, char *(*answer)(struct fake *, json_t *))
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	memset(f, 0, sizeof(*f));
	f->answer = answer;
	strcpy(f->dir, "/tmp/gort-conn.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	strcpy(sa.sun_path, f->path);
	f->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(f->listener, (void *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(listen(f->listener, 8), 0);
	ck_assert_int_eq(pthread_create(&f->thread, NULL, serve, f), 0);
}

/* Close the connection first: the thread serves one at a time. */
static void
fake_stop(struct fake *f)
{
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
	unlink(f->path);
	rmdir(f->dir);
}

static struct conn *
open_fake(struct fake *f)
{
	struct ctl_opts o = { .socket = f->path };
	struct conn *c = NULL;

	ck_assert_int_eq(conn_open(&o, &c), CTL_OK);
	return c;
}

/* ---- a call ---- */

static char *
echo_params(struct fake *f, json_t *req)
{
	return json_dumps(json_object_get(req, "params"), JSON_COMPACT);
}

START_TEST(params_go_and_result_comes)
{
	struct fake f;
	struct conn_err err;
	struct conn *c;
	json_t *res;

	fake_start(&f, echo_params);
	c = open_fake(&f);
	res = conn_call(c, "x", json_pack("{s:s}", "id", "a\nb"), &err);
	ck_assert_str_eq(j_str(res, "id", ""), "a\nb");
	json_decref(res);
	conn_close(c);
	fake_stop(&f);
}
END_TEST

static char *
say_not_found(struct fake *f, json_t *req)
{
	char *s;

	if (asprintf(&s, "!{\"jsonrpc\":\"2.0\",\"id\":%d,\"error\":{\"code\":"
			 "-32000,\"message\":\"no instance x\",\"data\":{"
			 "\"reason\":\"not_found\",\"exit\":127}}}",
		(int)j_int(req, "id", 0)) < 0)
		return NULL;
	return s;
}

START_TEST(error_is_taken_apart)
{
	struct fake f;
	struct conn_err err;
	struct conn *c;

	fake_start(&f, say_not_found);
	c = open_fake(&f);
	ck_assert_ptr_null(conn_call(c, "x", NULL, &err));
	ck_assert_int_eq(err.code, -32000);
	ck_assert_str_eq(err.reason, "not_found");
	ck_assert_int_eq(err.exit, 127);
	ck_assert_str_eq(err.message, "no instance x");
	conn_close(c);
	fake_stop(&f);
}
END_TEST

/* ---- going away in the middle ---- */

static char *
die_first(struct fake *f, json_t *req)
{
	const char *id = j_str(json_object_get(req, "params"), "request_id",
	    "none");

	if (f->asked++ == 0) {
		snprintf(f->first_id, sizeof(f->first_id), "%s", id);
		return NULL;
	}
	return strcmp(id, f->first_id) == 0 ? strdup("{\"same\":true}") :
					      strdup("{\"same\":false}");
}

START_TEST(repeat_keeps_its_request_id)
{
	struct fake f;
	struct conn_err err;
	struct conn *c;
	char id[17];
	json_t *res;

	fake_start(&f, die_first);
	c = open_fake(&f);
	conn_request_id(id);
	ck_assert_int_eq(strspn(id, "0123456789abcdef"), 16);
	res = conn_call(c, "instance.run", json_pack("{s:s}", "request_id", id),
	    &err);
	ck_assert(j_bool(res, "same"));
	json_decref(res);
	conn_close(c);
	fake_stop(&f);
	ck_assert_int_eq(f.asked, 2);
}
END_TEST

START_TEST(kill_is_not_repeated)
{
	struct fake f;
	struct conn_err err;
	struct conn *c;

	fake_start(&f, die_first);
	c = open_fake(&f);
	ck_assert_ptr_null(conn_call(c, "instance.kill", json_object(), &err));
	ck_assert_int_eq(err.code, 0);
	ck_assert_ptr_nonnull(strstr(err.message, "not known"));
	conn_close(c);
	fake_stop(&f); /* from here on what its thread wrote is ours */
	ck_assert_int_eq(f.asked, 1);
}
END_TEST

/* clang-format off */
static const char *const nonsense[] = {
	"!hello", "!", "![1,2]", "!{\"a\":", "!\"x\"", "!{} {}",
};
/* clang-format on */

static int nonsense_i;

static char *
say_nonsense(struct fake *f, json_t *req)
{
	return strdup(nonsense[nonsense_i]);
}

START_TEST(nonsense_ends_the_call)
{
	struct fake f;
	struct conn_err err;
	struct conn *c;

	nonsense_i = _i;
	fake_start(&f, say_nonsense);
	c = open_fake(&f);
	ck_assert_ptr_null(conn_call(c, "x", NULL, &err));
	ck_assert_int_eq(err.code, 0);
	conn_close(c);
	fake_stop(&f);
}
END_TEST

/* ---- lists and streams ---- */

static char *
three_pages(struct fake *f, json_t *req)
{
	const char *t = j_str(json_object_get(req, "params"), "page_token", "0");
	int n = atoi(t);
	char *s;

	if (n < 2) {
		if (asprintf(&s, "{\"items\":[%d,%d],\"next_page_token\":"
				 "\"%d\"}",
			2 * n, 2 * n + 1, n + 1) < 0)
			return NULL;
		return s;
	}
	return strdup("{\"items\":[4],\"origin\":7}");
}

static int
sum(void *arg, const json_t *it)
{
	int *n = arg;

	ck_assert_int_eq(json_integer_value(it), n[0]++);
	return n[1] > 0 && n[0] >= n[1];
}

START_TEST(pages_are_joined)
{
	struct fake f;
	struct conn *c;
	json_t *last = NULL, *p = json_object();
	int n[2] = { 0, 0 };

	fake_start(&f, three_pages);
	c = open_fake(&f);
	ck_assert_int_eq(conn_list(c, "l", p, 0, sum, n, &last), CTL_OK);
	ck_assert_int_eq(n[0], 5);
	ck_assert_int_eq(j_int(last, "origin", 0), 7);
	json_decref(last);
	n[0] = 0;
	ck_assert_int_eq(conn_list(c, "l", p, 3, sum, n, NULL), CTL_OK);
	ck_assert_int_eq(n[0], 3);
	n[0] = 0;
	n[1] = 2;
	ck_assert_int_eq(conn_list(c, "l", p, 0, sum, n, NULL), CTL_OK);
	ck_assert_int_eq(n[0], 2);
	json_decref(p);
	conn_close(c);
	fake_stop(&f);
}
END_TEST

static void
collect(void *arg, const char *what, const json_t *it)
{
	json_array_append_new(arg, json_integer(follow_number(it)));
}

START_TEST(seam_shows_nothing_twice)
{
	json_t *got = json_array();
	struct follow f = { .what = "log", .last = 5, .item = collect,
		.arg = got };
	json_t *ev = json_loads("{\"sub\":3,\"items\":[{\"n\":4},{\"n\":5},"
				"{\"n\":6},{\"n\":7,\"seq\":1}]}",
	    0, NULL);

	f.sub = 3;
	follow_event(&f, ev);
	follow_event(&f, ev);
	ck_assert_int_eq(json_array_size(got), 2);
	ck_assert_int_eq(f.last, 7);
	f.sub = 4; /* an old subscription's packet */
	f.last = 0;
	follow_event(&f, ev);
	ck_assert_int_eq(json_array_size(got), 2);
	json_decref(ev);
	ev = json_loads("{\"sub\":4,\"end\":true}", 0, NULL);
	follow_event(&f, ev);
	ck_assert(f.ended);
	json_decref(ev);
	json_decref(got);
}
END_TEST

/* ---- finding ---- */

START_TEST(long_path_is_dialled)
{
	struct fake f;
	char deep[420];
	struct ctl_opts o = { .socket = deep };
	struct conn *c;
	size_t n;

	fake_start(&f, echo_params);
	n = (size_t)snprintf(deep, sizeof(deep), "%s/", f.dir);
	while (n < 300)
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "./");
	snprintf(deep + n, sizeof(deep) - n, "s");
	ck_assert_int_gt(strlen(deep), 107);
	ck_assert_int_eq(conn_open(&o, &c), CTL_OK);
	conn_close(c);
	fake_stop(&f);
}
END_TEST

START_TEST(explicit_socket_is_the_only_one)
{
	char *list[4];
	bool explicit;

	setenv("GORTD_SOCKET", "/env/s", 1);
	setenv("XDG_RUNTIME_DIR", "/xdg", 1);
	ck_assert_int_eq(conn_candidates("/opt/s", list, 4, &explicit), 1);
	ck_assert(explicit);
	ck_assert_str_eq(list[0], "/opt/s");
	free(list[0]);
	ck_assert_int_eq(conn_candidates(NULL, list, 4, &explicit), 1);
	ck_assert_str_eq(list[0], "/env/s");
	free(list[0]);
}
END_TEST

START_TEST(user_socket_comes_before_the_systems)
{
	char *list[4];
	bool explicit;
	size_t n, i;

	unsetenv("GORTD_SOCKET");
	setenv("XDG_RUNTIME_DIR", "/xdg", 1);
	n = conn_candidates(NULL, list, 4, &explicit);
	ck_assert(!explicit);
	ck_assert_int_ge(n, 2);
	ck_assert_str_eq(list[0], "/xdg/gortd/control.sock");
	ck_assert_str_eq(list[n - 1], "/run/gortd/control.sock");
	for (i = 0; i < n; i++)
		free(list[i]);
}
END_TEST

START_TEST(nobody_there_is_3)
{
	struct ctl_opts o = { .socket = "/nosuch/gortd.sock" };
	struct conn *c;

	if (freopen("/dev/null", "w", stderr) == NULL)
		ck_abort();
	ck_assert_int_eq(conn_open(&o, &c), CTL_UNREACHABLE);
}
END_TEST

Suite *
conn_suite(void)
{
	Suite *s = suite_create("conn");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, params_go_and_result_comes);
	tcase_add_test(tc, error_is_taken_apart);
	tcase_add_test(tc, repeat_keeps_its_request_id);
	tcase_add_test(tc, kill_is_not_repeated);
	tcase_add_loop_test(tc, nonsense_ends_the_call, 0,
	    sizeof(nonsense) / sizeof(nonsense[0]));
	tcase_add_test(tc, pages_are_joined);
	tcase_add_test(tc, seam_shows_nothing_twice);
	tcase_add_test(tc, long_path_is_dialled);
	tcase_add_test(tc, explicit_socket_is_the_only_one);
	tcase_add_test(tc, user_socket_comes_before_the_systems);
	tcase_add_test(tc, nobody_there_is_3);
	suite_add_tcase(s, tc);
	return s;
}
