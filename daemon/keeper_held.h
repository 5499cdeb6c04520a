/*
 * keeper_held.h - what the keeper holds: the exit page and the descriptors.
 *
 * One slot a run. The page is the table (who, which pid, how it ended), the
 * descriptors of slot i lie beside it in this process and, under systemd, in
 * the fd store under "sI.TAG", so that even a new keeper finds both again.
 */
#ifndef DAEMON_KEEPER_HELD_H
#define DAEMON_KEEPER_HELD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "daemon/keeper_proto.h"

/* Something out of systemd's fd store; call before held_init. fd is taken. */
void held_restore(const char *name, int fd);

/*
 * Make the page, or take over the restored one if it is of this boot and
 * version. Returns 0 or -errno.
 */
int held_init(void);

/* Descriptor of the page, for the supervisor. */
int held_page_fd(void);
const struct exit_page *held_page(void);

/* The last state memfd, or -1. held_set_state takes fd. */
int held_state_fd(void);
void held_set_state(int fd);

/*
 * Keep fds (in the order of the bits in tags; taken in any case) for key.
 * Returns the slot, -ENOSPC, -EEXIST.
 */
int held_hold(const struct keeper_key *key, uint32_t tags, int *fds, int nfds);

/* The child of a held slot; pidfd is taken. Returns 0, -ENOENT, -EINVAL. */
int held_child(const struct keeper_msg *km, int pidfd);

/* Forget the slot; refused (-EBUSY) while its child lives. */
int held_free(const struct keeper_key *key, uint32_t slot);

/* Close some of its descriptors. */
int held_drop(const struct keeper_key *key, uint32_t slot, uint32_t tags);

/*
 * The first slot from `slot` on that is not free, or -1. Fills an item's
 * message and descriptors (borrowed, KT_N places); *ret_nfds counts them.
 */
int held_next(int slot, struct keeper_msg *km, int *fds, int *ret_nfds);

/* pid ended with that siginfo: fill its slot. false: no such child. */
bool held_ended(pid_t pid, const siginfo_t *si, const struct rusage *ru);

/*
 * Children of an earlier keeper are not ours to wait for: their pidfds are
 * polled. Adds up to cap pollfds; the second one looks at what poll said and
 * returns how many ended.
 */
struct pollfd;
int held_pollfds(struct pollfd *pfd, int cap);
int held_polled(const struct pollfd *pfd, int n);

/* Slots whose child lives. */
int held_live(void);

/* A process that nobody knows was reaped. */
void held_stranger(void);

#endif
