/*
 * notify.c - sd_notify and the fd store; see notify.h.
 *
 * sd_notify reads NOTIFY_SOCKET from the environment at each call, but the
 * variable must not reach the roles or an instance: it is kept here and put
 * back only for the duration of a call. The keeper has one thread.
 */
#include <config.h>

#include "systemd/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

static char *notify_path;
static uint64_t watchdog_us;

void
notify_init(void)
{
	static const char *const ours[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC",
		"WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" };
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL)
		notify_path = strdup(path);
#ifdef HAVE_LIBSYSTEMD
	if (sd_watchdog_enabled(0, &watchdog_us) <= 0)
		watchdog_us = 0;
#endif
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		unsetenv(ours[i]);
}

bool
notify_active(void)
{
	return notify_path != NULL;
}

uint64_t
notify_watchdog_us(void)
{
	return watchdog_us;
}

static void
send_with_fd(const char *state, const int *fd)
{
	if (notify_path == NULL)
		return;
#ifdef HAVE_LIBSYSTEMD
	setenv("NOTIFY_SOCKET", notify_path, 1);
	if (fd != NULL)
		sd_pid_notify_with_fds(0, 0, state, fd, 1);
	else
		sd_notify(0, state);
	unsetenv("NOTIFY_SOCKET");
#endif
}

void
notify_send(const char *state)
{
	send_with_fd(state, NULL);
}

void
notify_store(const char *name, int fd)
{
	char state[128];

	snprintf(state, sizeof state, "FDSTORE=1\nFDNAME=%s\nFDPOLL=0", name);
	send_with_fd(state, &fd);
}

void
notify_unstore(const char *name)
{
	char state[128];

	snprintf(state, sizeof state, "FDSTOREREMOVE=1\nFDNAME=%s", name);
	send_with_fd(state, NULL);
}
