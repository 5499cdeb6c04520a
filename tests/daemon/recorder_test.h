/*
 * recorder_test.h - a recorder in a process of its own, and the supervisor
 * that these tests play: a link, rings, pipes and an inbox, as the keeper
 * would hold them over the recorder's death.
 *
 * The role's ground (role.c) is replaced here by the few lines that a test
 * needs: the recorder under test sees the same functions.
 */
#ifndef RECORDER_TEST_H
#define RECORDER_TEST_H

#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/keeper_proto.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/recorder_inbox.h"
#include "daemon/roles.h"
#include "ipc/ring.h"
#include "store/store.h"
#include "tests/suite.h"

#define ID "0123456789ab"
#define ID2 "ba9876543210"

/* ---- what role.c is to the recorder ---- */

static struct role test_role;

int
role_send(struct role *r, enum role_id to, json_t *msg, const int *fds,
    int nfds)
{
	return link_send(r->peer[to], msg, fds, nfds);
}

const char *
role_name(enum role_id id)
{
	return "peer";
}

void
role_ready(struct role *r)
{
}

int
role_loop(struct role *r)
{
	event_base_dispatch(r->base);
	return r->exit_code;
}

void
role_leave(struct role *r, int exit_code)
{
	r->exit_code = exit_code;
	event_base_loopbreak(r->base);
}

static void
role_msg(struct link *l, const char *m, json_t *msg, int *fds, int nfds,
    void *arg)
{
	test_role.ops->message(&test_role, ROLE_SUPERVISOR, m, msg, fds, nfds);
}

static void
role_gone(struct link *l, void *arg)
{
	test_role.peer[ROLE_SUPERVISOR] = NULL;
	link_free(l);
	test_role.ops->quit(&test_role); /* the test closed its end */
}

/* ---- the test's side ---- */

struct heard {
	char m[32];
	json_t *msg;
	struct heard *next;
};

static struct {
	char dir[64], db[96];
	struct config cfg;
	struct event_base *base;
	struct link *link;
	int sock; /* of the link */
	pid_t pid;
	struct heard *first, **last;
	int starts;
	int64_t fsize; /* RLIMIT_FSIZE of the next recorder, 0 none */
	bool deaf;
} T;

static void
t_heard(struct link *l, const char *m, json_t *msg, int *fds, int nfds,
    void *arg)
{
	struct heard *h = calloc(1, sizeof(*h));

	snprintf(h->m, sizeof(h->m), "%s", m);
	h->msg = json_incref(msg);
	*T.last = h;
	T.last = &h->next;
}

static void
t_gone(struct link *l, void *arg)
{
	link_free(l);
	T.link = NULL;
}

static void
t_forget(void)
{
	while (T.first != NULL) {
		struct heard *h = T.first;

		T.first = h->next;
		json_decref(h->msg);
		free(h);
	}
	T.last = &T.first;
}

/* Start a recorder. */
static void
t_start(void)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	T.starts++;
	fflush(NULL);
	T.pid = fork();
	ck_assert_int_ge(T.pid, 0);
	if (T.pid == 0) {
		close(sv[0]);
		signal(SIGXFSZ, SIG_IGN);
		if (T.fsize > 0)
			setrlimit(RLIMIT_FSIZE, &(struct rlimit){
			    (rlim_t)T.fsize, RLIM_INFINITY });
		log_init("recorder", LOG_LEVEL_ERROR);
		memset(&test_role, 0, sizeof(test_role));
		test_role.id = ROLE_RECORDER;
		test_role.base = event_base_new();
		test_role.cfg = &T.cfg;
		test_role.starts = (unsigned)T.starts;
		test_role.peer[ROLE_SUPERVISOR] = link_new(test_role.base,
		    sv[1], role_msg, role_gone, NULL);
		_exit(recorder_main(&test_role));
	}
	close(sv[1]);
	T.sock = sv[0];
	T.link = link_new(T.base, sv[0], t_heard, t_gone, NULL);
}

static void
t_kill(void)
{
	int status;

	kill(T.pid, SIGKILL);
	waitpid(T.pid, &status, 0);
	T.pid = 0;
	if (T.link != NULL)
		link_free(T.link);
	T.link = NULL;
}

/* Close the link; the recorder flushes and leaves with 0. */
static void
t_stop(void)
{
	int status = -1;

	if (T.link != NULL)
		link_free(T.link);
	T.link = NULL;
	waitpid(T.pid, &status, 0);
	T.pid = 0;
	ck_assert_int_eq(status, 0);
}

static void
t_setup(void)
{
	memset(&T, 0, sizeof(T));
	T.last = &T.first;
	signal(SIGPIPE, SIG_IGN);
	strcpy(T.dir, "/tmp/gort-rec-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(T.dir));
	snprintf(T.db, sizeof(T.db), "%s/t.db", T.dir);
	T.cfg.db_path = T.db;
	T.cfg.db_max_bytes = 64 << 20;
	T.cfg.text_bytes_per_s = 1LL << 40;
	T.cfg.batch_ms = 20;
	T.base = event_base_new();
}

static void
t_teardown(void)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-lock" };
	char name[128];

	if (T.pid > 0)
		t_kill();
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", T.db, tails[i]);
		unlink(name);
	}
	rmdir(T.dir);
	t_forget();
	event_base_free(T.base);
}

/* Turn the loop once, waiting at most ms for something. */
static void
t_turn(int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_base_loopexit(T.base, &tv);
	event_base_loop(T.base, EVLOOP_ONCE);
}

static int64_t
t_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* How many messages m, with field key equal to value when key is given? */
static int
t_count(const char *m, const char *key, const char *value)
{
	int n = 0;

	for (struct heard *h = T.first; h != NULL; h = h->next)
		if (strcmp(h->m, m) == 0 && (key == NULL || strcmp(value,
		    json_string_value(json_object_get(h->msg, key)) != NULL
			? json_string_value(json_object_get(h->msg, key))
			: "") == 0))
			n++;
	return n;
}

#define T_WAIT(cond)                                                           \
	do {                                                                   \
		int64_t t_end = t_now_ms() + 30000;                            \
		while (!(cond)) {                                              \
			ck_assert_msg(t_now_ms() < t_end, "waited for %s",     \
			    #cond);                                            \
			t_turn(5);                                             \
		}                                                              \
	} while (0)

static json_t *
t_find(const char *m)
{
	for (struct heard *h = T.first; h != NULL; h = h->next)
		if (strcmp(h->m, m) == 0)
			return h->msg;
	return NULL;
}

/* ---- a run, as supervisor and keeper have it ---- */

struct t_run {
	const char *id;
	int run;
	int ring, out[2], err[2], inbox;
	void *base;
	const char *logs;
	bool hold;
};

static int
t_memfd(size_t bytes, bool sealed)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)bytes), 0);
	if (sealed)
		ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK |
		    F_SEAL_GROW | F_SEAL_SEAL), 0);
	return fd;
}

static struct t_run
t_run_new(const char *id, int run)
{
	struct t_run r = { .id = id, .run = run };
	uint8_t nonce[16] = { 1 };

	r.ring = t_memfd(IPC_RING_BYTES, true);
	r.base = mmap(NULL, IPC_RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    r.ring, 0);
	ck_assert_int_eq(ipc_ring_create(r.base, IPC_RING_BYTES, nonce), 0);
	r.inbox = t_memfd(INBOX_HEAD_BYTES, false);
	ck_assert_int_eq(pipe2(r.out, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(r.err, O_CLOEXEC), 0);
	return r;
}

static void
t_run_free(struct t_run *r)
{
	munmap(r->base, IPC_RING_BYTES);
	close(r->ring);
	close(r->inbox);
	for (int i = 0; i < 2; i++) {
		if (r->out[i] >= 0)
			close(r->out[i]);
		if (r->err[i] >= 0)
			close(r->err[i]);
	}
}

static void
t_attach(struct t_run *r)
{
	int fds[4] = { r->ring, r->out[0], r->err[0], r->inbox };

	ck_assert_int_eq(link_send(T.link, json_pack(
	    "{s:s, s:s, s:i, s:s, s:s, s:b, s:s, s:[s,s,s,s]}", "m", "attach",
	    "instance", r->id, "run", r->run, "kind", "c", "name", "t",
	    "hold", r->hold,
	    "logs", r->logs != NULL ? r->logs : "drop", "fds", "ring", "out",
	    "err", "inbox"), fds, 4), 0);
}

static void
t_send(json_t *msg)
{
	ck_assert_ptr_nonnull(msg);
	ck_assert_int_eq(link_send(T.link, msg, NULL, 0), 0);
}

/* The run is over: its ends of the pipes close, and the keeper tells. */
static void
t_end_run(struct t_run *r)
{
	if (r->out[1] >= 0)
		close(r->out[1]);
	if (r->err[1] >= 0)
		close(r->err[1]);
	r->out[1] = r->err[1] = -1;
	t_send(json_pack("{s:s, s:s, s:i}", "m", "detach", "instance", r->id,
	    "run", r->run));
}

static void
t_print(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		ck_assert_int_gt(n, 0);
		p += n;
		len -= (size_t)n;
	}
}

static const struct ipc_ring_desc *
t_desc(struct t_run *r, uint32_t kind)
{
	struct ipc_ring_header *h = r->base;

	for (uint32_t i = 0; i < h->nrings; i++)
		if (h->rings[i].kind == kind)
			return &h->rings[i];
	ck_abort_msg("no ring %u", kind);
	return NULL;
}

static int64_t
t_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* ---- the database ---- */

struct t_answer {
	int rows;
	int64_t i;
	char s[8192];
};

static int
t_take(void *arg, const struct store_row *row)
{
	struct t_answer *a = arg;

	if (row->values == NULL)
		return 0;
	a->rows++;
	a->i = row->values[0].i;
	a->s[0] = 0;
	for (int c = 0; c < row->ncol; c++) {
		const struct store_value *v = &row->values[c];
		size_t n = strlen(a->s);

		if (v->type == STORE_INT)
			snprintf(a->s + n, sizeof(a->s) - n, "|%lld",
			    (long long)v->i);
		else if (v->type != STORE_NULL)
			snprintf(a->s + n, sizeof(a->s) - n, "|%.*s",
			    (int)v->len, v->p != NULL ? v->p : "");
	}
	return 0;
}

static struct t_answer
t_ask(const char *sql)
{
	struct store_limits lim = { .rows = STORE_ROWS_MAX,
		.deadline_ms = 20000 };
	char token[STORE_TOKEN_MAX], *cause = NULL;
	struct store_reader *r = NULL;
	struct t_answer a = { 0 };
	int64_t n = -1;

	int64_t end = t_now_ms() + 10000;

	/* it may not have been made yet */
	while ((n = store_reader_open(T.db, &r, &cause)) == -EAGAIN &&
	    t_now_ms() < end) {
		free(cause);
		cause = NULL;
		t_turn(5);
	}
	if (n == 0)
		n = store_query(r, sql, NULL, &lim, t_take, &a, token, &cause);
	ck_assert_msg(n >= 0, "%s: %s", sql, cause != NULL ? cause : "");
	store_reader_close(r);
	return a;
}

#endif
