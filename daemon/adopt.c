/*
 * adopt.c - a new supervisor takes back what its predecessor left.
 *
 * The keeper replays what it holds (KM_ITEM), then says so (KM_REPLAYED); the
 * state says what a person wanted. Only when both are here does anything act.
 * For each held run:
 *
 *   slot ENDED         the end is known: as if it had just happened
 *   slot LIVE          taken back if pidfd, start time, boot id and nonce all
 *                      agree; in doubt it is left alone and said so
 *   slot HELD          cloned or not, the child had no go and leaves by
 *                      itself: forget it and start the same run anew
 *
 * An instance whose state says it runs but which has no held run: after a
 * crash its spawn never came to step 2, so it starts now; when gortd itself
 * is new (no state memfd), its process went with the old one, or outlived it
 * (the keeper was killed and nothing else kept the descriptors): then pid and
 * start time say so, and no second one is started beside it.
 *
 * A child that waits for its go when the supervisor dies leaves with nothing
 * run; its phase in the inbox says SPAWN_WAITING, and then the run is started
 * anew rather than counted as a failure of the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/inst.h"
#include "daemon/instctl.h"
#include "daemon/log.h"
#include "daemon/spawn.h"
#include "ipc/ring.h"

#define RING 0
#define CONTROL 1
#define INBOX 4
#define PIDFD (KT_N - 1)

void
adopt_item(const struct keeper_msg *km, int *fds, int nfds)
{
	struct run *r = run_new(&km->key);
	int n = 0;

	if (r == NULL) {
		log_error("out of memory taking back %s", km->key.id);
		return;
	}
	r->slot = km->slot;
	r->adopted = true;
	r->pid = km->pid;
	r->start_ticks = km->start_ticks;
	memcpy(r->nonce, km->nonce, sizeof r->nonce);
	for (int t = 0; t < KT_N && n < nfds; t++)
		if ((km->tags >> t) & 1) {
			r->fd[t] = fds[n];
			fds[n++] = -1;
		}
}

/* ---- identity ---- */

/* The pid a pidfd stands for, -1 when its process is gone. */
static pid_t
pid_of_pidfd(int pidfd)
{
	char path[64], line[256];
	pid_t pid = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	fclose(f);
	return pid;
}

static void
own_boot_id(char buf[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, buf, 39) : 0;

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

/* The nonce in the ring's header, which the program cannot have guessed. */
static bool
ring_nonce_agrees(const struct run *r)
{
	uint8_t nonce[16];

	if (r->fd[RING] < 0)
		return true;
	return pread(r->fd[RING], nonce, sizeof nonce,
	    offsetof(struct ipc_ring_header, nonce)) == sizeof nonce &&
	    memcmp(nonce, r->nonce, sizeof nonce) == 0;
}

static bool
state_nonce_agrees(const struct run *r, const struct inst *i)
{
	char hex[33];

	for (int n = 0; n < 16; n++)
		sprintf(hex + 2 * n, "%02x", r->nonce[n]);
	return strcmp(hex, i->last.nonce) == 0;
}

/* Returns NULL when it is the one, else what does not agree. */
static const char *
doubt(const struct run *r, const struct inst *i)
{
	char boot_id[40];

	own_boot_id(boot_id);
	if (strcmp(boot_id, sup.page->boot_id) != 0)
		return "the boot id";
	if (r->fd[PIDFD] < 0 || pid_of_pidfd(r->fd[PIDFD]) != r->pid)
		return "the process descriptor";
	if (spawn_start_ticks(r->pid) != r->start_ticks)
		return "the start time";
	if (!ring_nonce_agrees(r) || !state_nonce_agrees(r, i))
		return "the nonce";
	return NULL;
}

/* ---- taking back ---- */

/* When it got its go: what the child wrote, for we were not there. */
static int64_t
began_ns(const struct run *r)
{
	struct inbox_head head;

	if (!run_read_head(r, &head) || head.phase != SPAWN_EXEC)
		return 0; /* it never was the program */
	return head.go_ns;
}

void
adopt_anew(struct inst *i, struct run *r)
{
	if (r != NULL)
		run_abandon(r);
	i->last.run--;
	if (i->state == INST_STOPPING) {
		i->last.ended_ns = wall_ns();
		inst_event(i, EV_EXIT);
		return;
	}
	i->state = INST_DOWN; /* as before the spawn; inst_event goes on */
	inst_event(i, EV_START);
}

static void
take_back_ended(struct inst *i, struct run *r)
{
	if (i->last.run == r->key.run) {
		i->cur = r;
		i->last.pid = r->pid;
		if (i->last.started_ns == 0 && i->last.ended_ns == 0)
			i->last.started_ns = began_ns(r);
	}
	run_take_end(r, &sup.page->slot[r->slot]);
}

static void
take_back_live(struct inst *i, struct run *r)
{
	const char *what = doubt(r, i);

	/* it may still wait for a go that never comes: run_take_end sees it */
	if (what != NULL) {
		/* it may have ended a moment ago: then the page says so */
		if (atomic_load(&sup.page->slot[r->slot].state) == EXIT_ENDED) {
			take_back_ended(i, r);
			return;
		}
		log_error("%s (pid %d) is not taken back: %s does not agree; "
		    "it is left alone", i->name, (int)r->pid, what);
		i->last.ended_ns = wall_ns();
		strcpy(i->last.reason, "doubt");
		i->state = INST_DOWN;
		i->wished_up = false;
		r->inst = NULL;
		return;
	}
	i->cur = r;
	i->last.pid = r->pid;
	r->stage = RUN_LIVE;
	if (i->last.started_ns == 0) /* we died between go and telling */
		i->last.started_ns = began_ns(r);
	if (r->fd[CONTROL] >= 0)
		r->ctl = instctl_new(sup.r->base, r);
	run_attach(r);
	if (r->fd[RING] < 0 && i->state == INST_STARTING)
		inst_run_ready(i, i->last.started_ns);
	inst_resume(i);
	log_notice("%s (pid %d) is taken back", i->name, (int)r->pid);
}

static struct inst *
inst_of(const struct keeper_key *key)
{
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next)
		if (strncmp(i->id, key->id, sizeof key->id) == 0)
			return i;
	return NULL;
}

static void
take_back(struct run *r)
{
	struct inst *i = inst_of(&r->key);
	uint32_t state = atomic_load(&sup.page->slot[r->slot].state);

	r->inst = i;
	if (state == EXIT_HELD) {
		if (i != NULL && i->last.run == r->key.run)
			adopt_anew(i, r);
		else
			run_abandon(r);
	} else if (i == NULL && state == EXIT_ENDED) {
		run_attach(r);
		run_take_end(r, &sup.page->slot[r->slot]);
	} else if (i == NULL) {
		log_error("pid %d belongs to no instance that is known; it is "
		    "left alone", (int)r->pid);
	} else if (state == EXIT_ENDED) {
		run_attach(r);
		take_back_ended(i, r);
	} else {
		take_back_live(i, r);
	}
}

/* gortd was killed with its keeper and nobody kept our descriptors: does the
 * process of the last run go on by itself? Asked at each fresh start as long
 * as the machine is not booted anew. */
static bool
outlived_gortd(struct inst *i)
{
	struct run_info *l = &i->last;

	if (strcmp(sup.old_boot_id, sup.page->boot_id) != 0)
		l->start_ticks = 0;
	return l->pid > 0 && l->start_ticks != 0 &&
	    (l->ended_ns == 0 || strcmp(l->reason, "doubt") == 0) &&
	    spawn_start_ticks(l->pid) == l->start_ticks;
}

/* It can't be taken back without its descriptors, and a second one beside it
 * would be worse than none. */
static void
leave_alone(struct inst *i)
{
	log_error("%s (pid %d) outlived the gortd that started it; it is left "
	    "alone and not started again", i->name, (int)i->last.pid);
	if (i->last.ended_ns == 0)
		i->last.ended_ns = wall_ns();
	i->last.code = -1;
	strcpy(i->last.reason, "doubt");
	i->state = INST_DOWN;
	i->outlived = true;
}

/* State says it had a process, and nothing is held for it. */
static void
missing(struct inst *i, bool fresh)
{
	if (fresh && outlived_gortd(i)) {
		leave_alone(i);
		return;
	}
	if (i->state == INST_DOWN && !fresh && i->promised > i->last.run)
		inst_event(i, EV_START); /* accepted, and then we died */
	if (i->state == INST_DOWN || i->cur != NULL)
		return;
	if (i->state == INST_BACKOFF && !fresh) {
		inst_resume(i);
		return;
	}
	if (!fresh && (i->state == INST_STARTING || i->state == INST_CYCLING)) {
		adopt_anew(i, NULL);
		return;
	}
	if (i->last.ended_ns == 0) {
		i->last.ended_ns = wall_ns();
		i->last.code = -1;
		strcpy(i->last.reason, "unknown");
	}
	i->state = INST_DOWN;
	if (!fresh)
		i->wished_up = false;
}

/* gortd has just started: what shall be up by itself? */
static void
start_wished(void)
{
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next)
		if (i->removed_ns == 0 && i->wished_up && !i->outlived &&
		    i->state == INST_DOWN && i->policy == RESTART_ALWAYS &&
		    !i->declared) {
			i->restarts = 0;
			inst_event(i, EV_START);
		}
	declared_start();
}

/* Rows are derived: after a crash they are all made again. */
static void
derive_rows(void)
{
	struct inst *i;

	TAILQ_FOREACH(i, &sup.insts, next) {
		inst_row(i);
		inst_run_row(i);
	}
}

void
adopt_all(int state_fd)
{
	struct inst *i;
	struct run *r, *more;
	bool fresh;
	char *cause = NULL;

	if (sup_load(state_fd, &fresh, &cause) < 0) {
		log_error("%s", cause);
		free(cause);
		role_leave(sup.r, 1);
		return;
	}
	sup.active = true;
	TAILQ_FOREACH_SAFE(r, &sup.runs, next, more)
		if (r->inst == NULL && r->stage == RUN_HOLDING)
			take_back(r);
	TAILQ_FOREACH(i, &sup.insts, next)
		if (i->cur == NULL)
			missing(i, fresh);
	derive_rows();
	rows_event(fresh ? "daemon.started" : "supervisor.restarted", NULL, 0,
	    json_pack("{s:i}", "starts", (int)sup.r->starts));
	if (fresh)
		start_wished();
	sup.sweep = true;
	if (sup_save(&cause) < 0)
		log_error("%s", cause);
	free(cause);
	sup_save_soon();
	run_scan_exits();
}
