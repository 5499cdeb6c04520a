/* keeper_watch.h - what systemd is told about how the roles are. */
#ifndef DAEMON_KEEPER_WATCH_H
#define DAEMON_KEEPER_WATCH_H

#include <stdbool.h>

/*
 * Called at each turn of the keeper's loop: pings the watchdog while every
 * role's heartbeat is fresh, sends a status line now and then, and lets the
 * supervisor know how the roles are.
 */
void keeper_watch(bool quitting);

#endif
