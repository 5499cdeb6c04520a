/* m_daemon.c - the table of handlers, and daemon.* and system.*. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/call.h"
#include "daemon/handlers.h"
#include "daemon/inst.h"
#include "daemon/m_instance.h"
#include "ipc/ctl.h"
#include "ipc/ring.h"
#include "ipc/rpc.h"

static void
m_version(struct call *c)
{
	call_done(c, json_pack("{s:s, s:{s:i, s:i}, s:i, s:i}", "version",
	    PACKAGE_VERSION, "api", "min", RPC_API_MIN, "max", RPC_API_MAX,
	    "ring_abi", IPC_RING_ABI, "ctl_abi", IPC_CTL_ABI));
}

/* The keeper reads the file, we judge it, and all take it: see KM_RELOAD. */
static void
m_reload(struct call *c)
{
	struct keeper_msg km = { .type = KM_RELOAD, .n = 1 };

	role_keeper_send(sup.r, &km, NULL, 0);
	call_done(c, NULL);
}

static void
m_describe(struct call *c)
{
	call_done(c, method_describe());
}

const struct handler handlers[] = {
	{ "daemon.version", m_version },
	{ "daemon.status", relay_status },
	{ "daemon.reload", m_reload },
	{ "system.describe", m_describe },
	{ "instance.run", m_run },
	{ "instance.list", m_list },
	{ "instance.get", m_get },
	{ "instance.why", m_why },
	{ "instance.wait", m_wait },
	{ "instance.attach", m_attach },
	{ "instance.stop", m_stop },
	{ "instance.kill", m_kill },
	{ "instance.restart", m_restart },
	{ "instance.remove", m_remove },
	{ "instance.goroutines", m_goroutines },
	{ "instance.godebug", m_godebug },
	{ "instance.gc", m_gc },
	{ "telemetry.mem", m_mem },
	{ "telemetry.scheddetail", m_scheddetail },
	{ "telemetry.subscribe", relay_subscribe },
	{ "telemetry.unsubscribe", relay_unsubscribe },
	{ 0 },
};
