/*
 * keeper_watch.c - the watchdog and the status line; see keeper_watch.h.
 *
 * A role that is being restarted is not hung: only one that is there and does
 * not beat keeps the ping back.
 */
#include "daemon/keeper_watch.h"

#include <stdio.h>

#include "daemon/keeper_held.h"
#include "daemon/keeper_worker.h"
#include "systemd/notify.h"

void
keeper_watch(bool quitting)
{
	static int64_t pinged_ns, told_ns;
	int64_t now = keeper_now_ns(), every = notify_watchdog_us() * 500;
	char status[96];
	bool fresh = true;

	for (int i = ROLE_SUPERVISOR; i < ROLE_N; i++)
		if (worker[i].stat.pid != 0 && now - worker[i].stat.beat_ns >
		    (every > 10000000000 ? every : 10000000000))
			fresh = false;
	if (every != 0 && fresh && now - pinged_ns >= every / 2) {
		notify_send("WATCHDOG=1");
		pinged_ns = now;
	}
	if (now - told_ns > INT64_C(10000000000)) {
		told_ns = now;
		worker[ROLE_SUPERVISOR].owed |= OWE_ROLES;
		snprintf(status, sizeof status, "STATUS=%d instances alive%s",
		    held_live(), fresh ? "" : ", a role does not answer");
		if (keeper_announced && !quitting)
			notify_send(status);
	}
}
