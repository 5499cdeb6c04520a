/*
 * keeper_held.c - the exit page and the descriptors; see keeper_held.h.
 *
 * Invariants:
 *   - only this process writes the page: the memfd is sealed against new
 *     writable mappings and against writes, our own mapping being older;
 *   - a slot's `state` is stored last, with release; readers load it with
 *     acquire, so a slot that says ENDED has all its fields;
 *   - the end of a child is in the page before the child is reaped. Killed
 *     in between, the keeper leaves a zombie that its successor's parent
 *     (systemd) reaps, and the page tells the truth.
 */
#include "daemon/keeper_held.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "systemd/notify.h"

#define REAP_NS INT64_C(2000000000)

static const char *const tag_names[KT_N] = { "ring", "control", "out", "err",
	"inbox", "pidfd" };

struct held {
	int fd[KT_N];
	bool foreign; /* another keeper's child: poll, do not wait */
	int64_t reap_by_ns; /* it ended; its parent has until then to reap */
};

static struct exit_page *page;
static int page_fd = -1, state_fd = -1;
static struct held *held;
static int hint; /* where the next search for a free slot begins */

/* What the fd store gave back, until held_init sorts it. */
static struct stored {
	char name[32];
	int fd;
} *stored;
static int nstored;

static int64_t
now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void
read_boot_id(char *buf, size_t cap)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, buf, cap - 1);
		close(fd);
	}
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

void
held_restore(const char *name, int fd)
{
	struct stored *more = realloc(stored, (nstored + 1) * sizeof *stored);

	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (more == NULL) {
		close(fd);
		return;
	}
	stored = more;
	snprintf(stored[nstored].name, sizeof stored->name, "%s", name);
	stored[nstored++].fd = fd;
}

/* Take a stored descriptor by name, -1 if there is none. */
static int
take_stored(const char *name)
{
	for (int i = 0; i < nstored; i++)
		if (stored[i].fd >= 0 && strcmp(stored[i].name, name) == 0) {
			int fd = stored[i].fd;

			stored[i].fd = -1;
			return fd;
		}
	return -1;
}

/*
 * Adopt a predecessor's page: copied into a new memfd, because its own seals
 * allow nobody a writable mapping any more.
 */
static bool
copy_old_page(void)
{
	struct exit_page *old;
	char boot_id[40];
	struct stat st;
	int fd = take_stored("exitpage");
	bool good = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size == sizeof *old) {
		old = mmap(NULL, sizeof *old, PROT_READ, MAP_SHARED, fd, 0);
		read_boot_id(boot_id, sizeof boot_id);
		good = old != MAP_FAILED &&
		    old->version == KEEPER_PROTO_VERSION &&
		    strncmp(old->boot_id, boot_id, sizeof boot_id) == 0;
		for (int i = 0; good && i < EXIT_SLOTS; i++)
			if (old->slot[i].state != EXIT_FREE)
				page->slot[i] = old->slot[i];
		if (old != MAP_FAILED)
			munmap(old, sizeof *old);
	}
	close(fd);
	return good;
}

static void
slot_name(char *buf, size_t cap, int slot, int tag)
{
	snprintf(buf, cap, "s%d.%s", slot, tag_names[tag]);
}

static void
restore_slots(void)
{
	char name[32];
	int fd;

	for (int i = 0; i < EXIT_SLOTS; i++) {
		if (page->slot[i].state == EXIT_FREE)
			continue;
		for (int t = 0; t < KT_N; t++) {
			slot_name(name, sizeof name, i, t);
			fd = take_stored(name);
			held[i].fd[t] = fd;
		}
		held[i].foreign = page->slot[i].state == EXIT_LIVE;
	}
	state_fd = take_stored("state");
}

int
held_init(void)
{
	free(held); /* a test begins again, as a new process would */
	held = calloc(EXIT_SLOTS, sizeof *held);
	page_fd = memfd_create("gort-exitpage", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (held == NULL || page_fd < 0 ||
	    ftruncate(page_fd, sizeof *page) < 0)
		return -errno;
	page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED,
	    page_fd, 0);
	if (page == MAP_FAILED)
		return -errno;
	if (fcntl(page_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
	    F_SEAL_FUTURE_WRITE) < 0)
		return -errno;
	page->version = KEEPER_PROTO_VERSION;
	page->nslots = EXIT_SLOTS;
	read_boot_id(page->boot_id, sizeof page->boot_id);
	if (copy_old_page())
		restore_slots();
	for (int i = 0; i < nstored; i++)
		if (stored[i].fd >= 0) {
			notify_unstore(stored[i].name);
			close(stored[i].fd);
		}
	free(stored);
	stored = NULL;
	nstored = 0;
	notify_unstore("exitpage");
	notify_store("exitpage", page_fd);
	return 0;
}

int
held_page_fd(void)
{
	return page_fd;
}

const struct exit_page *
held_page(void)
{
	return page;
}

int
held_state_fd(void)
{
	return state_fd;
}

void
held_set_state(int fd)
{
	if (state_fd >= 0) {
		close(state_fd);
		notify_unstore("state");
	}
	state_fd = fd;
	notify_store("state", fd);
}

static bool
same_key(const struct keeper_key *a, const struct keeper_key *b)
{
	return a->run == b->run && strncmp(a->id, b->id, sizeof a->id) == 0;
}

static void
set_state(int slot, enum exit_state s)
{
	/* release: pairs with the supervisor's acquire load of `state` */
	atomic_store_explicit(&page->slot[slot].state, s, memory_order_release);
}

static void
close_tag(int slot, int t)
{
	char name[32];

	if (held[slot].fd[t] < 0)
		return;
	close(held[slot].fd[t]);
	held[slot].fd[t] = -1;
	slot_name(name, sizeof name, slot, t);
	notify_unstore(name);
}

static void
put_tag(int slot, int t, int fd)
{
	char name[32];

	held[slot].fd[t] = fd;
	if (fd >= 0) {
		slot_name(name, sizeof name, slot, t);
		notify_store(name, fd);
	}
}

static int
find_free(const struct keeper_key *key)
{
	int slot = -ENOSPC;

	for (int i = 0; i < EXIT_SLOTS; i++)
		if (page->slot[i].state != EXIT_FREE &&
		    same_key(&page->slot[i].key, key))
			return -EEXIST;
	for (int i = 0; i < EXIT_SLOTS && slot < 0; i++)
		if (page->slot[(hint + i) % EXIT_SLOTS].state == EXIT_FREE)
			slot = (hint + i) % EXIT_SLOTS;
	return slot;
}

int
held_hold(const struct keeper_key *key, uint32_t tags, int *fds, int nfds)
{
	int slot = find_free(key), n = 0;

	for (int t = 0; t < KT_N - 1; t++)
		n += (tags >> t) & 1;
	if (slot >= 0 && n != nfds)
		slot = -EINVAL;
	if (slot < 0) {
		for (int i = 0; i < nfds; i++)
			close(fds[i]);
		return slot;
	}
	memset(&page->slot[slot], 0, sizeof page->slot[slot]);
	page->slot[slot].key = *key;
	held[slot].foreign = false;
	held[slot].reap_by_ns = 0;
	for (int t = 0; t < KT_N; t++)
		put_tag(slot, t, (tags >> t) & 1 ? *fds++ : -1);
	hint = slot + 1;
	set_state(slot, EXIT_HELD);
	return slot;
}

static bool
slot_is(const struct keeper_key *key, uint32_t slot)
{
	return slot < EXIT_SLOTS && page->slot[slot].state != EXIT_FREE &&
	    same_key(&page->slot[slot].key, key);
}

int
held_child(const struct keeper_msg *km, int pidfd)
{
	struct exit_slot *s;
	siginfo_t si;

	if (!slot_is(&km->key, km->slot) || pidfd < 0 ||
	    page->slot[km->slot].state != EXIT_HELD) {
		close(pidfd);
		return -ENOENT;
	}
	s = &page->slot[km->slot];
	s->pid = km->pid;
	s->start_ticks = km->start_ticks;
	memcpy(s->nonce, km->nonce, sizeof s->nonce);
	put_tag(km->slot, KT_N - 1, pidfd);
	set_state(km->slot, EXIT_LIVE);
	/*
	 * Somebody may have killed it already, and it was reaped as a stranger
	 * before we knew its name: then its status is gone.
	 */
	if (waitid(P_PIDFD, pidfd, &si, WEXITED | WNOHANG | WNOWAIT | __WALL)
	    < 0 && errno == ECHILD) {
		s->how = EXIT_HOW_UNKNOWN;
		s->ended_mono_ns = now_ns(CLOCK_MONOTONIC);
		s->ended_real_ns = now_ns(CLOCK_REALTIME);
		set_state(km->slot, EXIT_ENDED);
	}
	return 0;
}

int
held_free(const struct keeper_key *key, uint32_t slot)
{
	if (!slot_is(key, slot))
		return -ENOENT;
	if (page->slot[slot].state == EXIT_LIVE)
		return -EBUSY;
	for (int t = 0; t < KT_N; t++)
		close_tag(slot, t);
	set_state(slot, EXIT_FREE);
	return 0;
}

int
held_drop(const struct keeper_key *key, uint32_t slot, uint32_t tags)
{
	if (!slot_is(key, slot))
		return -ENOENT;
	for (int t = 0; t < KT_N - 1; t++)
		if ((tags >> t) & 1)
			close_tag(slot, t);
	return 0;
}

int
held_next(int slot, struct keeper_msg *km, int *fds, int *ret_nfds)
{
	const struct exit_slot *s;
	int n = 0;

	while (slot < EXIT_SLOTS && page->slot[slot].state == EXIT_FREE)
		slot++;
	if (slot >= EXIT_SLOTS)
		return -1;
	s = &page->slot[slot];
	km->slot = slot;
	km->key = s->key;
	km->pid = s->pid;
	km->start_ticks = s->start_ticks;
	memcpy(km->nonce, s->nonce, sizeof km->nonce);
	km->tags = 0;
	for (int t = 0; t < KT_N; t++)
		if (held[slot].fd[t] >= 0) {
			km->tags |= 1u << t;
			fds[n++] = held[slot].fd[t];
		}
	*ret_nfds = n;
	return slot;
}

static void
fill_end(int slot, enum exit_how how, int code, int sig, bool core)
{
	struct exit_slot *s = &page->slot[slot];

	s->how = how;
	s->code = code;
	s->signal = sig;
	s->dumped_core = core;
	s->ended_mono_ns = now_ns(CLOCK_MONOTONIC);
	s->ended_real_ns = now_ns(CLOCK_REALTIME);
	set_state(slot, EXIT_ENDED);
}

bool
held_ended(pid_t pid, const siginfo_t *si, const struct rusage *ru)
{
	for (int i = 0; i < EXIT_SLOTS; i++) {
		struct exit_slot *s = &page->slot[i];
		bool exited = si->si_code == CLD_EXITED;

		if (s->state != EXIT_LIVE || s->pid != pid || held[i].foreign)
			continue;
		s->user_us = ru->ru_utime.tv_sec * INT64_C(1000000) +
		    ru->ru_utime.tv_usec;
		s->system_us = ru->ru_stime.tv_sec * INT64_C(1000000) +
		    ru->ru_stime.tv_usec;
		s->maxrss_kib = ru->ru_maxrss;
		fill_end(i, EXIT_HOW_WAITED, exited ? si->si_status : -1,
		    exited ? 0 : si->si_status, si->si_code == CLD_DUMPED);
		return true;
	}
	return false;
}

int
held_pollfds(struct pollfd *pfd, int cap)
{
	int n = 0;

	for (int i = 0; i < EXIT_SLOTS && n < cap; i++)
		if (page->slot[i].state == EXIT_LIVE && held[i].foreign)
			pfd[n++] = (struct pollfd){ held[i].fd[KT_N - 1],
				held[i].reap_by_ns != 0 ? 0 : POLLIN, 0 };
	return n;
}

/* Linux 6.15's ioctl on a pidfd; Debian 12's headers do not have it yet. */
struct pidfd_info_v0 {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid,
	    fsgid;
	int32_t exit_code;
};
#define PIDFD_GET_INFO_V0 _IOWR(0xFF, 11, struct pidfd_info_v0)
#define PIDFD_INFO_EXIT_BIT (1ULL << 3)

/*
 * A foreign child has ended. The kernel tells its status once its parent has
 * reaped it (then poll says POLLHUP, asked or not), so that is waited for; an
 * older kernel never tells. Returns true when the slot is filled.
 */
static bool
foreign_end(int slot)
{
	struct pidfd_info_v0 info = { .mask = PIDFD_INFO_EXIT_BIT };
	int64_t now = now_ns(CLOCK_MONOTONIC);
	int rc, st;

	rc = ioctl(held[slot].fd[KT_N - 1], PIDFD_GET_INFO_V0, &info);
	if (rc < 0 || (info.mask & PIDFD_INFO_EXIT_BIT) == 0) {
		bool may_come = rc == 0 || errno == ESRCH;

		if (may_come && held[slot].reap_by_ns == 0)
			held[slot].reap_by_ns = now + REAP_NS;
		if (may_come && now < held[slot].reap_by_ns)
			return false;
		fill_end(slot, EXIT_HOW_UNKNOWN, -1, 0, false);
		return true;
	}
	st = info.exit_code;
	fill_end(slot, EXIT_HOW_PIDFD, WIFEXITED(st) ? WEXITSTATUS(st) : -1,
	    WIFSIGNALED(st) ? WTERMSIG(st) : 0,
	    WIFSIGNALED(st) && WCOREDUMP(st));
	return true;
}

int
held_polled(const struct pollfd *pfd, int n)
{
	int ended = 0;

	for (int i = 0; i < EXIT_SLOTS; i++) {
		if (page->slot[i].state != EXIT_LIVE || !held[i].foreign)
			continue;
		for (int k = 0; k < n; k++)
			if (pfd[k].fd == held[i].fd[KT_N - 1] &&
			    (pfd[k].revents != 0 || held[i].reap_by_ns != 0)) {
				ended += foreign_end(i);
				break;
			}
	}
	return ended;
}

int
held_live(void)
{
	int n = 0;

	for (int i = 0; i < EXIT_SLOTS; i++)
		n += page->slot[i].state == EXIT_LIVE;
	return n;
}

void
held_stranger(void)
{
	page->strangers++;
}
