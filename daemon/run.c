/*
 * run.c - one process of an instance, from the six steps to the last drop.
 *
 *   HOLDING --KM_HELD--> CHILDING --KM_CHILDOK--> EXECING --verdict--> LIVE
 *      |                    |                        |                  |
 *      +----- error: abandon, the spawn failed       +---- exit page ---+
 *                                                            v
 *                                  ENDED --drained--> KM_FREE, gone
 *
 * The exit page is the truth about ends; KM_EXITED only says that a look is
 * worth it. An end that is found before its verdict (the program may be over
 * before we have read that exec was good) waits for the verdict: the pipe is
 * read to its end first.
 */
#include <errno.h>
#include <inttypes.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/faultpoint.h"
#include "daemon/inst.h"
#include "daemon/instctl.h"
#include "daemon/kind.h"
#include "daemon/log.h"
#include "daemon/spawn.h"
#include "ipc/ring.h"

/* How long the recorder may take to drain before we stop waiting for it. */
#define DRAIN_MS 10000

enum { RING, CONTROL, OUT, ERR, INBOX, PIDFD };

static const char *const fd_names[KT_N] = { "ring", "control", "out", "err",
	"inbox", "pidfd" };

struct run *
run_new(const struct keeper_key *key)
{
	struct run *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->key = *key;
	r->slot = -1;
	r->go_fd = r->exec_fd = r->stdin_fd = -1;
	r->control_end = r->out_end = r->err_end = -1;
	for (int i = 0; i < KT_N; i++)
		r->fd[i] = -1;
	TAILQ_INSERT_TAIL(&sup.runs, r, next);
	return r;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_ends(struct run *r);

void
run_free(struct run *r)
{
	if (r->inst != NULL && r->inst->cur == r)
		r->inst->cur = NULL;
	TAILQ_REMOVE(&sup.runs, r, next);
	instctl_free(r->ctl);
	if (r->exec_ev != NULL)
		event_free(r->exec_ev);
	if (r->drain_timer != NULL)
		event_free(r->drain_timer);
	close_fd(&r->go_fd);
	close_fd(&r->exec_fd);
	close_ends(r);
	for (int i = 0; i < KT_N; i++)
		close_fd(&r->fd[i]);
	free(r);
}

struct run *
run_find(const struct keeper_key *key)
{
	struct run *r;

	TAILQ_FOREACH(r, &sup.runs, next)
		if (r->key.run == key->run &&
		    strncmp(r->key.id, key->id, sizeof key->id) == 0)
			return r;
	return NULL;
}

static void
keeper_tell(struct run *r, int type, uint32_t tags, const int *fds, int nfds)
{
	struct keeper_msg km = { .type = type, .key = r->key,
		.slot = r->slot, .tags = tags, .pid = r->pid,
		.start_ticks = r->start_ticks };

	memcpy(km.nonce, r->nonce, sizeof km.nonce);
	role_keeper_send(sup.r, &km, fds, nfds);
}

/* ---- step 1: nonce, ring, control channel, pipes, inbox ---- */

static int
make_ring(struct run *r)
{
	void *base;
	int rc;

	r->fd[RING] = memfd_create("gort-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->fd[RING] < 0 || ftruncate(r->fd[RING], IPC_RING_BYTES) < 0)
		return -errno;
	base = mmap(NULL, IPC_RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    r->fd[RING], 0);
	if (base == MAP_FAILED)
		return -errno;
	rc = ipc_ring_create(base, IPC_RING_BYTES, r->nonce);
	munmap(base, IPC_RING_BYTES);
	if (rc < 0)
		return rc;
	return fcntl(r->fd[RING], F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
	    F_SEAL_SEAL) < 0 ? -errno : 0;
}

static int
make_channels(struct run *r, bool with_ring)
{
	int p[2];

	if (with_ring) {
		int rc = make_ring(r);

		if (rc < 0)
			return rc;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) < 0)
			return -errno;
		r->fd[CONTROL] = p[0];
		r->control_end = p[1];
	}
	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	r->fd[OUT] = p[0];
	r->out_end = p[1];
	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	r->fd[ERR] = p[0];
	r->err_end = p[1];
	r->fd[INBOX] = memfd_create("gort-inbox", MFD_CLOEXEC);
	if (r->fd[INBOX] < 0 ||
	    ftruncate(r->fd[INBOX], sizeof(struct inbox_head)) < 0)
		return -errno;
	return 0;
}

static void
close_ends(struct run *r)
{
	close_fd(&r->control_end);
	close_fd(&r->out_end);
	close_fd(&r->err_end);
	close_fd(&r->stdin_fd);
}

/* A ring only for programs that lay it out, in an ABI that we read. */
static bool
wants_ring(const json_t *spec)
{
	json_t *abi = json_object_get(json_object_get(spec, "note"), "ring_abi");

	return json_is_integer(abi) && json_integer_value(abi) >= 1 &&
	    json_integer_value(abi) <= IPC_RING_ABI;
}

static int
look_at_program(struct inst *i, char **ret_cause)
{
	const char *path = json_string_value(json_object_get(i->spec,
	    "program"));
	struct program_kind k;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	kind_of_fd(fd, &k);
	if (fd >= 0)
		close(fd);
	if (k.missing_to != 0) {
		if (asprintf(ret_cause, "the file is truncated: its segments "
		    "need %" PRIu64 " bytes, it has %" PRIu64,
		    k.missing_to, k.file_bytes) < 0)
			*ret_cause = NULL;
		return -ENOEXEC;
	}
	json_object_set_new(i->spec, "kind", json_string(k.name));
	if (k.noted)
		json_object_set_new(i->spec, "note", json_pack(
		    "{s:s, s:s, s:i, s:i}", "kind", k.name, "version",
		    k.version, "ring_abi", (int)k.ring_abi, "ctl_abi",
		    (int)k.ctl_abi));
	else
		json_object_del(i->spec, "note");
	if (k.noted && !wants_ring(i->spec))
		log_warning("%s has ring ABI %u, which this gortd does not "
		    "know: hosted without telemetry", path, k.ring_abi);
	return 0;
}

static uint32_t
tags_of(const struct run *r, int *fds, int *ret_n)
{
	uint32_t tags = 0;
	int n = 0;

	for (int t = 0; t < KT_N - 1; t++)
		if (r->fd[t] >= 0) {
			tags |= 1u << t;
			fds[n++] = r->fd[t];
		}
	*ret_n = n;
	return tags;
}

int
run_begin(struct inst *i, int stdin_fd, char **ret_cause)
{
	struct keeper_key key = { .run = i->last.run + 1 };
	int fds[KT_N], nfds, rc;
	char *cause = NULL;
	struct run *r;
	uint32_t tags;

	rc = spawn_check(i->spec, ret_cause);
	if (rc == 0)
		rc = look_at_program(i, ret_cause);
	if (rc < 0)
		return rc;
	snprintf(key.id, sizeof key.id, "%s", i->id);
	r = run_new(&key);
	if (r == NULL)
		return -ENOMEM;
	r->inst = i;
	r->stdin_fd = stdin_fd;
	if (getrandom(r->nonce, sizeof r->nonce, 0) != sizeof r->nonce)
		rc = -EIO;
	else
		rc = make_channels(r, wants_ring(i->spec));
	if (rc < 0) {
		if (asprintf(ret_cause, "cannot make the channels of %s: %s",
		    i->name, strerror(-rc)) < 0)
			*ret_cause = NULL;
		r->stdin_fd = -1; /* the caller's again */
		run_free(r);
		return rc;
	}
	i->cur = r;
	memset(&i->last, 0, sizeof i->last);
	i->last.run = key.run;
	i->last.code = -1;
	i->last.uid = json_integer_value(json_object_get(i->spec, "uid"));
	for (int n = 0; n < 16; n++)
		sprintf(i->last.nonce + 2 * n, "%02x", r->nonce[n]);
	r->stage = RUN_HOLDING;
	/*
	 * The run's number and nonce must be remembered before anything of it
	 * exists: a successor that finds a held run which the state does not
	 * know would start the same run again. A full disk is no reason not to
	 * restart what ran: then the keeper's copy is what remembers.
	 */
	if (sup_save(&cause) < 0)
		log_error("%s", cause);
	free(cause);
	tags = tags_of(r, fds, &nfds);
	fault_point(FAULT_MADE);
	keeper_tell(r, KM_HOLD, tags, fds, nfds);
	return 0;
}

/* ---- steps 2 to 5 ---- */

/* The spawn did not work; no program ever ran. */
static void
spawn_failed(struct run *r, int err, const char *what)
{
	struct inst *i = r->inst;

	log_error("%s: %s: %s", i->name, what, strerror(err));
	i->last.code = 126;
	i->last.ended_ns = wall_ns();
	i->last.exec_step = "spawn";
	i->last.exec_errno = err;
	strcpy(i->last.reason, "exec");
	snprintf(i->last.words, sizeof i->last.words, "%s: %s", what,
	    strerror(err));
	run_abandon(r); /* i->cur is NULL now */
	inst_run_ended(i, NULL);
}

void
run_abandon(struct run *r)
{
	if (r->slot >= 0)
		keeper_tell(r, KM_FREE, 0, NULL, 0);
	run_free(r);
}

/* Step 4: the child, which waits. */
static int
clone_child(struct run *r)
{
	struct spawn s;
	char *cause = NULL;
	int rc = spawn_prepare(&s, r->inst->spec, &cause);

	if (rc < 0) {
		log_error("%s: %s", r->inst->name, cause);
		free(cause);
		return rc;
	}
	s.stdin_fd = r->stdin_fd;
	s.out_fd = r->out_end;
	s.err_fd = r->err_end;
	s.ring_fd = r->fd[RING];
	s.control_fd = r->control_end;
	s.inbox_fd = r->fd[INBOX];
	r->pid = spawn_clone(&s, &r->fd[PIDFD], &r->go_fd, &r->exec_fd);
	spawn_fini(&s);
	close_ends(r);
	return r->pid < 0 ? r->pid : 0;
}

/* Step 2 is done: 3, 4, 5. */
void
run_held(const struct keeper_msg *km)
{
	struct run *r = run_find(&km->key);
	int rc;

	if (r == NULL || r->stage != RUN_HOLDING)
		return;
	if (km->error != 0) {
		spawn_failed(r, -km->error, "the keeper has no room");
		return;
	}
	r->slot = km->slot;
	if (r->asked_kill || r->asked_stop) {
		spawn_failed(r, ECANCELED, "stopped before it began");
		return;
	}
	fault_point(FAULT_HELD);
	run_attach(r);
	fault_point(FAULT_ATTACHED);
	rc = clone_child(r);
	if (rc < 0) {
		r->pid = 0;
		spawn_failed(r, -rc, "cannot make a process");
		return;
	}
	r->start_ticks = spawn_start_ticks(r->pid);
	r->stage = RUN_CHILDING;
	fault_point(FAULT_CLONED);
	keeper_tell(r, KM_CHILD, 0, &r->fd[PIDFD], 1);
}

/* ---- step 6 ---- */

static void
exec_failed(struct run *r, const struct spawn_failure *f)
{
	struct run_info *last = &r->inst->last;

	strcpy(last->reason, "exec");
	snprintf(last->words, sizeof last->words, "could not %s: %s",
	    spawn_step_text(f->step), strerror(f->error));
	last->code = f->step == SPAWN_STEP_EXEC && f->error == ENOENT ?
	    127 : 126;
	last->exec_step = spawn_step_token(f->step);
	last->exec_errno = f->error;
}

/* The verdict pipe: a failure, or its end after a good exec. */
static void
on_verdict(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;
	struct spawn_failure f;
	ssize_t n = read(fd, &f, sizeof f);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	event_free(r->exec_ev);
	r->exec_ev = NULL;
	close_fd(&r->exec_fd);
	if (r->stage != RUN_EXECING)
		return;
	r->stage = RUN_LIVE;
	fault_point(FAULT_STARTED);
	if (n == sizeof f) {
		exec_failed(r, &f);
	} else if (r->inst != NULL) {
		r->inst->last.pid = r->pid;
		r->inst->last.start_ticks = r->start_ticks;
		r->inst->last.started_ns = r->go_ns;
		if (r->fd[CONTROL] >= 0)
			r->ctl = instctl_new(sup.r->base, r);
		inst_run_started(r->inst);
		/* a stop that came while the child still ignored signals */
		if (r->asked_stop)
			inst_signal(r->inst, SIGTERM);
	}
	run_scan_exits();
}

void
run_childok(const struct keeper_msg *km)
{
	struct run *r = run_find(&km->key);

	if (r == NULL || r->stage != RUN_CHILDING)
		return;
	if (km->error != 0) {
		/* closing the go-pipe ends the child */
		close_fd(&r->go_fd);
		spawn_failed(r, -km->error, "the keeper refuses the child");
		return;
	}
	r->stage = RUN_EXECING;
	r->exec_ev = event_new(sup.r->base, r->exec_fd, EV_READ | EV_PERSIST,
	    on_verdict, r);
	if (r->exec_ev != NULL)
		event_add(r->exec_ev, NULL);
	fault_point(FAULT_CHILD);
	/* now, and not at the verdict, which may come after its first words */
	r->go_ns = wall_ns();
	if (write(r->go_fd, "", 1) != 1)
		log_debug("%s: the child died before its go", r->key.id);
	fault_point(FAULT_GO);
	close_fd(&r->go_fd);
}

/* ---- ends ---- */

bool
run_read_head(const struct run *r, struct inbox_head *ret)
{
	return r->fd[INBOX] >= 0 && pread(r->fd[INBOX], ret, sizeof *ret, 0) ==
	    sizeof *ret;
}

/* Reason of an end, as a token. */
static const char *
reason_of(const struct run *r, const struct exit_slot *s)
{
	if (s->how == EXIT_HOW_UNKNOWN)
		return "unknown";
	if (r->asked_kill)
		return "killed";
	if (r->asked_stop)
		return r->killed_hard ? "stop_timeout" : "stopped";
	if (r->killed_hard)
		return "start_timeout";
	if (s->signal != 0)
		return "signal";
	return "exit";
}

void
run_take_end(struct run *r, const struct exit_slot *s)
{
	struct inst *i = r->inst;
	struct inbox_head head;

	/* adopted between clone and go: the end of file has ended it */
	if (i != NULL && r->adopted && i->last.run == r->key.run &&
	    i->last.ended_ns == 0 && run_read_head(r, &head) &&
	    head.phase == SPAWN_WAITING) {
		adopt_anew(i, r);
		return;
	}
	fault_point(FAULT_ENDED);
	r->stage = RUN_ENDED;
	instctl_free(r->ctl);
	r->ctl = NULL;
	if (i != NULL && i->last.run == r->key.run && i->last.ended_ns == 0) {
		struct run_info *last = &i->last;

		last->ended_ns = s->ended_real_ns;
		last->maxrss_kib = s->maxrss_kib;
		last->user_us = s->user_us;
		last->system_us = s->system_us;
		if (last->reason[0] == '\0' && run_read_head(r, &head) &&
		    head.phase == SPAWN_FAILED)
			exec_failed(r, &(struct spawn_failure){ head.step,
			    head.error });
		if (last->reason[0] == '\0') {
			last->code = s->how == EXIT_HOW_UNKNOWN ? -1 : s->code;
			last->signal = s->signal;
			strcpy(last->reason, reason_of(r, s));
		}
		inst_run_ended(i, r);
	}
	run_detach(r);
}

void
run_scan_exits(void)
{
	struct run *r, *more;

	if (!sup.active)
		return;
	TAILQ_FOREACH_SAFE(r, &sup.runs, next, more) {
		const struct exit_slot *s;

		if (r->stage != RUN_LIVE && r->stage != RUN_EXECING)
			continue;
		s = &sup.page->slot[r->slot];
		/* acquire: pairs with the keeper's release of `state` */
		if (atomic_load_explicit(&s->state, memory_order_acquire) !=
		    EXIT_ENDED)
			continue;
		if (r->stage == RUN_EXECING && r->exec_ev != NULL)
			continue; /* on_verdict scans again */
		run_take_end(r, s);
	}
}

/* ---- the recorder ---- */

void
run_attach(struct run *r)
{
	json_t *names = json_array();
	int fds[KT_N], nfds = 0;
	static const int order[] = { RING, OUT, ERR, INBOX };

	for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
		if (r->fd[order[k]] >= 0) {
			fds[nfds++] = r->fd[order[k]];
			json_array_append_new(names,
			    json_string(fd_names[order[k]]));
		}
	role_send(sup.r, ROLE_RECORDER, json_pack(
	    "{s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:s, s:b, s:o}", "m", "attach",
	    "instance", r->key.id, "run", (int)r->key.run, "kind",
	    r->inst != NULL ? json_string_value(json_object_get(r->inst->spec,
	    "kind")) : "plain", "name", r->inst != NULL ? r->inst->name : "",
	    "nonce", r->inst != NULL ? r->inst->last.nonce : "", "start_ns",
	    (json_int_t)(r->inst != NULL ? r->inst->last.started_ns : 0),
	    "logs", r->inst != NULL && json_string_value(json_object_get(
	    r->inst->spec, "logs")) != NULL ? json_string_value(
	    json_object_get(r->inst->spec, "logs")) : "drop", "hold",
	    r->inst != NULL && r->inst->hold, "fds", names), fds, nfds);
	if (r->detached)
		run_detach(r);
}

static void
on_drain_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;

	log_warning("%s run %u: the recorder has not drained it in %d s",
	    r->key.id, r->key.run, DRAIN_MS / 1000);
	run_drained(r, NULL);
}

void
run_detach(struct run *r)
{
	struct timeval tv = { DRAIN_MS / 1000, 0 };

	r->detached = true;
	role_send(sup.r, ROLE_RECORDER, json_pack("{s:s, s:s, s:i}", "m",
	    "detach", "instance", r->key.id, "run", (int)r->key.run), NULL, 0);
	if (r->drain_timer == NULL)
		r->drain_timer = evtimer_new(sup.r->base, on_drain_timeout, r);
	if (r->drain_timer != NULL)
		evtimer_add(r->drain_timer, &tv);
}

/*
 * The recorder has all of it. The slot is freed only when the end is in the
 * state file: until then a crash finds it again in the exit page.
 */
void
run_drained(struct run *r, const char *last_words)
{
	struct inst *i = r->inst;
	uint32_t run = r->key.run;
	char *cause = NULL;

	if (!r->detached)
		return;
	if (i != NULL && i->last.run == run && last_words != NULL &&
	    i->last.words[0] == '\0')
		snprintf(i->last.words, sizeof i->last.words, "%s", last_words);
	if (sup.dirty && sup_save(&cause) < 0) {
		log_error("%s", cause); /* the memory copy has it */
		free(cause);
	}
	fault_point(FAULT_DRAINED);
	keeper_tell(r, KM_FREE, 0, NULL, 0);
	run_free(r);
	if (i != NULL)
		inst_run_drained(i, run);
}
