/*
 * notify.h - what the keeper says to systemd: sd_notify and the fd store.
 *
 * Thin over libsystemd; without it, or outside a unit, each call does nothing.
 * Only the keeper calls these (NotifyAccess=main).
 */
#ifndef SYSTEMD_NOTIFY_H
#define SYSTEMD_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Read NOTIFY_SOCKET and WATCHDOG_USEC, then take NOTIFY_SOCKET, WATCHDOG_*
 * and LISTEN_* out of the environment, so that no child inherits them. Call
 * after listenfds_take.
 */
void notify_init(void);

/* Are we a unit's main process (was NOTIFY_SOCKET set)? */
bool notify_active(void);

/* Microseconds between two pings that systemd expects, 0: no watchdog. */
uint64_t notify_watchdog_us(void);

/* Send "READY=1" and the like; several lines may be joined by '\n'. */
void notify_send(const char *state);

/*
 * Put a copy of fd into systemd's store under name, or take name out. FDPOLL=0
 * because systemd would drop a pipe whose writer died with data unread.
 */
void notify_store(const char *name, int fd);
void notify_unstore(const char *name);

#endif
