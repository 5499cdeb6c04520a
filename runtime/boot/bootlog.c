/*
 * bootlog.c - every step of the bootstrap, stamped: name, depth, start,
 * duration, what it found.
 *
 * The log begins before thread-local storage, allocation and the telemetry
 * ring exist, so it is static storage and a spin lock. When the ring comes up
 * (rt_boot_publish) the steps that ended before are sent, later ones as they
 * end; each is sent once.
 *
 * Depth follows the open steps of the thread that boots: a step begins inside
 * the one that is open. Steps of another thread (sysmon's start) hang under
 * the step that was open when they began and never become a parent, so that
 * they can't bend the tree.
 *
 * After main.main begins nothing more is logged (steps that also happen later,
 * as a P's start, stamp without asking). A full log counts what it refused,
 * and rt_boot_print says so.
 */
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "arch/arch.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX 512 /* a large Go program has some 150 packages */

static struct {
	atomic_flag busy; /* guards the rest; held for a few stores */
	struct rt_boot_step step[STEPS_MAX];
	int parent[STEPS_MAX];
	bool sent[STEPS_MAX];
	_Atomic uint32_t n; /* written under busy, read by anyone */
	int open;     /* innermost open step of the booting thread, or 0 */
	int64_t tid;  /* the booting thread */
	uint32_t refused;
	bool publish; /* the ring is up */
	_Atomic bool sealed; /* the boot is over */
} bootlog RT_NOT_ROOT = { .busy = ATOMIC_FLAG_INIT };

static void
log_lock(void)
{
	while (atomic_flag_test_and_set_explicit(
	    &bootlog.busy, memory_order_acquire))
		rt_procyield(10);
}

static void
log_unlock(void)
{
	atomic_flag_clear_explicit(&bootlog.busy, memory_order_release);
}

/* busy held. Returns the number, 0 when the log is full. */
static int
append(const char *name, uint32_t depth, int64_t start_ns, int64_t dur_ns)
{
	uint32_t n = atomic_load_explicit(&bootlog.n, memory_order_relaxed);
	struct rt_boot_step *s;

	if (n == STEPS_MAX) {
		bootlog.refused++;
		return 0;
	}
	s = &bootlog.step[n];
	s->seq = n + 1;
	s->depth = depth;
	s->start_ns = start_ns;
	s->dur_ns = dur_ns;
	snprintf(s->name, sizeof s->name, "%s", name);
	atomic_store_explicit(&bootlog.n, n + 1, memory_order_release);
	return (int)n + 1;
}

static uint32_t
depth_below(int step)
{
	return step == 0 ? 0 : bootlog.step[step - 1].depth + 1;
}

int
rt_boot_begin(const char *name)
{
	int64_t now, tid;
	int step;

	if (atomic_load_explicit(&bootlog.sealed, memory_order_relaxed))
		return 0;
	now = rt_nanotime();
	tid = rt_gettid();
	log_lock();
	if (bootlog.tid == 0)
		bootlog.tid = tid;
	step = append(name, depth_below(bootlog.open), now, -1);
	if (step != 0) {
		bootlog.parent[step - 1] = bootlog.open;
		if (tid == bootlog.tid)
			bootlog.open = step;
	}
	log_unlock();
	return step;
}

void
rt_boot_end(int step, const char *fmt, ...)
{
	struct rt_boot_step *s;
	bool send;
	va_list ap;

	if (step == 0)
		return;
	s = &bootlog.step[step - 1];
	va_start(ap, fmt);
	vsnprintf(s->detail, sizeof s->detail, fmt, ap);
	va_end(ap);
	log_lock();
	s->dur_ns = rt_nanotime() - s->start_ns;
	if (bootlog.open == step)
		bootlog.open = bootlog.parent[step - 1];
	send = bootlog.publish && !bootlog.sent[step - 1];
	if (send)
		bootlog.sent[step - 1] = true;
	log_unlock();
	if (send)
		rt_telemetry_boot(s);
}

void
rt_boot_end_open(const char *name, const char *detail)
{
	int i = (int)rt_boot_count();

	while (i > 0 && (bootlog.step[i - 1].dur_ns >= 0 ||
	                    strcmp(bootlog.step[i - 1].name, name) != 0))
		i--;
	rt_boot_end(i, "%s", detail);
}

/* The boot goes on in another thread: goroutine runtime.main may have been
 * picked up by an M that is not m0. */
void
rt_boot_adopt_thread(void)
{
	bootlog.tid = rt_gettid();
}

void
rt_boot_past(const char *name, int64_t start_ns, int64_t end_ns,
    const char *detail)
{
	int step;
	bool send;

	log_lock();
	step = append(name, depth_below(bootlog.open), start_ns,
	    end_ns - start_ns);
	if (step != 0)
		snprintf(bootlog.step[step - 1].detail,
		    sizeof bootlog.step[0].detail, "%s", detail);
	send = step != 0 && bootlog.publish;
	if (send)
		bootlog.sent[step - 1] = true;
	log_unlock();
	if (send)
		rt_telemetry_boot(&bootlog.step[step - 1]);
}

void
rt_boot_seal(void)
{
	atomic_store(&bootlog.sealed, true);
}

void
rt_boot_publish(void)
{
	uint32_t n;

	if (!rt_telemetry_on())
		return;
	log_lock();
	bootlog.publish = true;
	n = atomic_load_explicit(&bootlog.n, memory_order_relaxed);
	log_unlock();
	for (uint32_t i = 0; i < n; i++) {
		struct rt_boot_step *s = &bootlog.step[i];

		if (s->dur_ns >= 0 && !bootlog.sent[i]) {
			bootlog.sent[i] = true;
			rt_telemetry_boot(s);
		}
	}
}

void
rt_boot_publish_open(void)
{
	uint32_t n = atomic_load_explicit(&bootlog.n, memory_order_acquire);

	if (!bootlog.publish)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (!bootlog.sent[i]) {
			bootlog.sent[i] = true;
			rt_telemetry_boot(&bootlog.step[i]);
		}
}

size_t
rt_boot_count(void)
{
	return atomic_load_explicit(&bootlog.n, memory_order_acquire);
}

const struct rt_boot_step *
rt_boot_at(size_t i)
{
	return i < rt_boot_count() ? &bootlog.step[i] : NULL;
}

void
rt_boot_print(void)
{
	size_t n = rt_boot_count();
	int64_t t0 = n == 0 ? 0 : bootlog.step[0].start_ns;
	char line[320];

	rt_printlock();
	for (size_t i = 0; i < n; i++) {
		const struct rt_boot_step *s = &bootlog.step[i];
		int len;

		len = snprintf(line, sizeof line,
		    "boot %7.3f ms %8.3f ms  %*s%s%s%s\n",
		    (double)(s->start_ns - t0) / 1e6,
		    s->dur_ns < 0 ? 0.0 : (double)s->dur_ns / 1e6,
		    (int)s->depth * 2, "", s->name,
		    s->detail[0] == 0 ? "" : ": ", s->detail);
		rt_write_fd(2, line, (size_t)len);
	}
	if (bootlog.refused != 0)
		rt_printf("boot: %u more steps did not fit the log\n",
		    bootlog.refused);
	rt_printunlock();
}
