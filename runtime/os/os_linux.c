/*
 * os_linux.c - threads, the auxiliary vector, CPUs and other facts of Linux.
 *
 * Threads are libc's (pthread_create), since C programs use libc and libc's
 * functions need its thread structure. Their stack is for the scheduler, the
 * collector and foreign calls; goroutines bring their own. A thread is born with all signals blocked and opens its mask in minit,
 * when its signal stack stands: a handler on a half-made M would find no g.
 */
#include "config.h"
#include "os/os.h"
#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "boot/boot.h"
#include "boot/bootlog.h"
#include "diag/diag.h"
#include "fault/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

#ifdef RT_SANITIZED
#define THREAD_STACK_BYTES ((size_t)4 << 20) /* instrumented frames are fat */
#else
/* Foreign calls run here, and gort.h promises them a MiB. What libc puts there
 * besides, and ours, comes on top. Only touched pages cost memory. */
#define THREAD_STACK_BYTES (((size_t)1 << 20) + ((size_t)64 << 10))
#endif

size_t rt_physpagesize = 4096;
size_t rt_hugepagesize; /* 0: none */
uint8_t rt_startup_random[16];
size_t rt_minsigstksz = 2048;
int32_t rt_ncpu = 1;
struct rt_cgroup_limits rt_cgroup = { .memory_bytes = -1,
	.cpu_quota_milli = -1 };

/* ---- the auxiliary vector ---- */

struct aux {
	unsigned long type, value;
};

static void
take_aux(const struct aux *a)
{
	switch (a->type) {
	case AT_PAGESZ:
		rt_physpagesize = a->value;
		break;
	case AT_RANDOM:
		memcpy(rt_startup_random, (const void *)a->value,
		    sizeof rt_startup_random);
		break;
	case AT_MINSIGSTKSZ:
		rt_minsigstksz = a->value;
		break;
	default:
		break;
	}
}

/* Without our own entry (a Check test) there is no argument block to walk:
 * ask libc, which walked it. */
static int
sysauxv_by_libc(void)
{
	static const unsigned long types[] = { AT_PAGESZ, AT_RANDOM,
		AT_MINSIGSTKSZ };
	int n = 0;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct aux a = { types[i], getauxval(types[i]) };

		if (a.value != 0) {
			take_aux(&a);
			n++;
		}
	}
	return n;
}

/*
 * The kernel lays out, from the initial stack pointer up: argc, argv, NULL,
 * the environment, NULL, and then pairs of type and value up to AT_NULL.
 */
static int
sysauxv(const uintptr_t *block)
{
	const uintptr_t *p = block + 1 + block[0] + 1;
	const struct aux *a;
	int n = 0;

	while (*p != 0)
		p++;
	for (a = (const struct aux *)(p + 1); a->type != AT_NULL; a++, n++)
		take_aux(a);
	return n;
}

void
rt_sysargs(int argc, char **argv)
{
	int step = rt_boot_begin("sysauxv");
	int n;

	(void)argc;
	(void)argv;
	n = rt_rt0_args != 0 ? sysauxv((const uintptr_t *)rt_rt0_args)
	                     : sysauxv_by_libc();
	rt_boot_end(step, "%d entries%s, page %zu, signal frame %zu bytes", n,
	    rt_rt0_args != 0 ? "" : " by libc", rt_physpagesize,
	    rt_minsigstksz);
}

/* ---- osinit ---- */

/* CPUs this process may use. The mask's size is not known: grow till it fits */
int32_t
rt_usable_cpus(void)
{
	unsigned long mask[8192 / 64];
	long n = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
	int32_t count = 0;

	if (n <= 0) /* more than 65,536 CPUs, or no such call */
		return (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
	for (size_t i = 0; i < (size_t)n / sizeof mask[0]; i++)
		count += __builtin_popcountl(mask[i]);
	return count > 0 ? count : 1;
}

/* A short file's text; false: there is none. */
static bool
read_line(const char *path, char buf[64])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, 63);
	close(fd);
	if (n <= 0)
		return false;
	buf[n] = 0;
	return true;
}

#define THP "/sys/kernel/mm/transparent_hugepage/"

static size_t
gethugepagesize(void)
{
	char buf[64];
	long n;

	if (!read_line(THP "enabled", buf) || strstr(buf, "[never]") != NULL ||
	    !read_line(THP "hpage_pmd_size", buf))
		return 0;
	n = strtol(buf, NULL, 10);
	return n > 0 && (n & (n - 1)) == 0 ? (size_t)n : 0;
}

void
rt_osinit(void)
{
	int step = rt_boot_begin("getproccount");
	char limits[256];

	rt_ncpu = rt_usable_cpus();
	rt_boot_end(step, "%d usable CPUs by the affinity mask", rt_ncpu);
	step = rt_boot_begin("membarrier");
	rt_membarrier_init();
	rt_boot_end(step, rt_membarrier_works
	        ? "who sleeps on a lock makes the others' barriers"
	        : "refused: locks are left by locked instructions");
	step = rt_boot_begin("getHugePageSize");
	rt_hugepagesize = gethugepagesize();
	rt_boot_end(step, "%zu KiB", rt_hugepagesize >> 10);
	step = rt_boot_begin("cgroupinit");
	if (rt_cgroup_read("", &rt_cgroup) < 0) {
		rt_boot_end(step, "no control groups to be read");
		return;
	}
	rt_cgroup_text(&rt_cgroup, limits, sizeof limits);
	rt_boot_end(step, "%s", limits);
}

/* ---- threads ---- */

int
rt_newosproc(struct m *mp, void *(*fn)(void *))
{
	pthread_attr_t attr;
	pthread_t th;
	sigset_t all, old;
	int err;

	err = pthread_attr_init(&attr);
	if (err != 0)
		return -err;
	err = pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
	if (err == 0)
		err = pthread_attr_setdetachstate(&attr,
		    PTHREAD_CREATE_DETACHED);
	if (err == 0) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		rt_thread_making();
		err = pthread_create(&th, &attr, fn, mp);
		rt_thread_made();
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	pthread_attr_destroy(&attr);
	return -err;
}

void
rt_osyield(void)
{
	sched_yield();
}

void
rt_usleep(uint32_t us)
{
	struct timespec ts = { us / 1000000, (long)(us % 1000000) * 1000 };

	nanosleep(&ts, NULL);
}

int64_t
rt_gettid(void)
{
	return syscall(SYS_gettid);
}

/* No atexit handler runs: the state of the process may be broken. */
void
rt_exit(int code)
{
	rt_boot_publish_open();
	rt_telemetry_exit(code, 0, "exit");
	syscall(SYS_exit_group, code);
	__builtin_trap();
}

/* The system call itself, so that the caller's errno is left alone; also
 * right in signal handlers. */
ssize_t
rt_write_fd(int fd, const void *p, size_t n)
{
	const char *s = p;
	size_t done = 0;

	while (done < n) {
		int saved = errno;
		ssize_t r = write(fd, s + done, n - done);
		int err = errno;

		errno = saved;
		if (r < 0 && err == EINTR)
			continue;
		if (r < 0)
			return -err;
		done += (size_t)r;
	}
	return (ssize_t)done;
}
