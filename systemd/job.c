/*
 * job.c - the job of our own unit, by sd-bus; see job.h.
 *
 * `systemctl restart` and `systemctl stop` both send SIGTERM. While the signal
 * is handled the unit has its job, whose type tells the two apart (tried on
 * systemd 252). try-restart and reload-or-restart have become "restart" by
 * then.
 */
#include <config.h>

#include "systemd/job.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#endif

#ifdef HAVE_LIBSYSTEMD
#define MANAGER "org.freedesktop.systemd1", "/org/freedesktop/systemd1", \
	"org.freedesktop.systemd1.Manager"
#define TIMEOUT_US 2000000

/* Path of the job object of the unit we run in; "" when there is none. */
static int
job_path(sd_bus *bus, char *ret, size_t cap)
{
	sd_bus_message *reply = NULL;
	const char *unit = NULL, *path = NULL;
	char *unit_path = NULL;
	uint32_t id = 0;
	int rc;

	rc = sd_bus_call_method(bus, MANAGER, "GetUnitByPID", NULL, &reply,
	    "u", (uint32_t)getppid());
	if (rc < 0 || (rc = sd_bus_message_read(reply, "o", &unit)) < 0)
		goto out;
	unit_path = strdup(unit);
	sd_bus_message_unref(reply);
	reply = NULL;
	if (unit_path == NULL)
		goto out;
	rc = sd_bus_get_property(bus, "org.freedesktop.systemd1", unit_path,
	    "org.freedesktop.systemd1.Unit", "Job", NULL, &reply, "(uo)");
	if (rc < 0)
		goto out;
	rc = sd_bus_message_read(reply, "(uo)", &id, &path);
	ret[0] = '\0';
	if (rc >= 0 && id != 0 && strlen(path) < cap)
		strcpy(ret, path);
out:
	free(unit_path);
	sd_bus_message_unref(reply);
	return rc;
}

enum job_kind
job_of_our_unit(void)
{
	enum job_kind kind = JOB_UNKNOWN;
	char path[256] = "", *type = NULL;
	sd_bus *bus = NULL;

	if (sd_bus_open_system(&bus) < 0)
		return JOB_UNKNOWN;
	sd_bus_set_method_call_timeout(bus, TIMEOUT_US);
	if (job_path(bus, path, sizeof path) >= 0 && path[0] != '\0' &&
	    sd_bus_get_property_string(bus, "org.freedesktop.systemd1", path,
	    "org.freedesktop.systemd1.Job", "JobType", NULL, &type) >= 0)
		kind = strcmp(type, "restart") == 0 ? JOB_RESTART : JOB_STOP;
	free(type);
	sd_bus_flush_close_unref(bus);
	return kind;
}
#else
enum job_kind
job_of_our_unit(void)
{
	return JOB_UNKNOWN;
}
#endif
