/*
 * os.h - what a system must supply. os_linux.c, mem_linux.c, signal_unix.c,
 * cgroup_linux.c. Functions return -errno, never the global.
 */
#ifndef RT_OS_H
#define RT_OS_H

#include "runtime2.h"
#include <signal.h>
#include <sys/types.h>

/* ---- os_linux.c ---- */
void rt_sysargs(int argc, char **argv); /* walks auxv */
void rt_osinit(void);
extern size_t rt_physpagesize;
extern size_t rt_hugepagesize; /* 0: none, or switched off */
extern uint8_t rt_startup_random[16]; /* AT_RANDOM */
extern size_t rt_minsigstksz;         /* AT_MINSIGSTKSZ */
struct rt_cgroup_limits {
	int version;          /* 0 none found, 1, 2 */
	int64_t memory_bytes; /* <0: none */
	int64_t cpu_quota_milli; /* CPUs times 1000; <0: none */
	char path[200];
};
extern struct rt_cgroup_limits rt_cgroup;
/* root: "" for /, or a fake tree in tests. 0 or -errno. */
int rt_cgroup_read(const char *root, struct rt_cgroup_limits *ret);
/* The same later and cheaper, under the same root, as often as you like; one
 * thread at a time. An error: nothing is known, what was read before may still
 * be true. */
int rt_cgroup_refresh(const char *root, struct rt_cgroup_limits *ret);
/* CPUs the process may use now; rt_ncpu is what it was at boot. */
int32_t rt_usable_cpus(void);
/* As a person reads them: "v2, 95 MiB of memory, 1.5 CPUs, /app". */
void rt_cgroup_text(const struct rt_cgroup_limits *l, char *buf, size_t n);
/* Start a thread on fn; all signals blocked in it until minit. 0 / -errno. */
int rt_newosproc(struct m *mp, void *(*fn)(void *));
void rt_osyield(void);
void rt_usleep(uint32_t us);
int64_t rt_gettid(void);
void rt_exit(int code) RT_NORETURN; /* flushes the ring, exit_group */
ssize_t rt_write_fd(int fd, const void *p, size_t n); /* all or -errno */

/* ---- membarrier_linux.c ---- */
void rt_membarrier_init(void); /* before there is a second thread */
extern bool rt_membarrier_works; /* const after that */
/* Every other thread passes a full barrier meanwhile; nothing where that does
 * not work. Any thread. */
void rt_membarrier(void);

/* ---- mem_linux.c: address space in the states Go has ----
 *  reserve: PROT_NONE; map: ready to use; unused: contents may go; free */
void *rt_sys_reserve(size_t bytes); /* NULL: not to be had */
void *rt_sys_reserve_aligned(size_t bytes, size_t align);
int rt_sys_map(void *p, size_t bytes);    /* reserved -> read-write */
/* Contents go, the next read finds zeroes. 0, or -errno: nothing happened
 * (locked pages) and the contents are still there. */
int rt_sys_unused(void *p, size_t bytes);
/* May the kernel fill holes with huge pages unasked? As it was at the first
 * call. And: it may not, or may again, here; 0 or -errno. */
bool rt_sys_thp_always(void);
extern _Atomic int rt_sys_thp_known; /* the answer; tests set it */
int rt_sys_hugepages(void *p, size_t bytes, bool yes);
/* Contents may go when the system needs memory; until then they stay. 0 or
 * -errno. */
int rt_sys_unused_lazily(void *p, size_t bytes);
/* Contents go, and accesses fault until rt_sys_map. 0, or -errno: nothing
 * happened. */
int rt_sys_fault(void *p, size_t bytes);
void rt_sys_release(void *p, size_t bytes); /* munmap */
void *rt_sys_mmap(size_t bytes);           /* fresh zeroed memory; NULL */
/* Guard: accesses fault, no mapping is split where the kernel allows.
 * 0, or -ENOSYS (then nothing was done). */
int rt_sys_guard(void *p, size_t bytes);
bool rt_sys_guard_light(void); /* MADV_GUARD_INSTALL works here */
/* Let the system put memory under the whole range now, a huge page if it has
 * one, instead of page by page when touched. A wish; what is there stays. */
void rt_sys_fill(void *p, size_t bytes);
/* Worth asking for: huge pages are of that size, and not switched off. */
bool rt_sys_can_fill(size_t bytes);
/* What /proc/PID/maps says of the range. name: at most 79 letters; kept by the
 * kernel. */
void rt_sys_name(const void *p, size_t bytes, const char *name);
uint64_t rt_address_space_limit(void); /* RLIMIT_AS, UINT64_MAX none */
/* Address space kept back at boot for the report of the process's end; given
 * back, once, by who begins that report. release: also in a handler. */
void rt_sys_spare_keep(void);
void rt_sys_spare_release(void);

/* ---- signal_unix.c ---- */
void rt_initsigmask(void); /* boot: remember m0's mask */
void rt_initsig(void);     /* install handlers for all Go handles */
void rt_minit(void);       /* on each new M: signal stack and mask */
void rt_minit_signal_stack(void);
void rt_minit_signal_mask(void);
void rt_unminit(void);
const char *rt_signame(uint32_t sig); /* "SIGQUIT: quit" */
void rt_dieofsignal(uint32_t sig) RT_NORETURN;
/* signal.Notify for C programs (gort.h): deliver sig as int into c. */
struct hchan;
void rt_signal_enable(uint32_t sig, struct hchan *c);
void rt_signal_disable(uint32_t sig, struct hchan *c);
/* Runs on the signal goroutine; started on first enable. */
bool rt_signal_wanted(void); /* checkdead: a Notify is on */
void rt_signal_m(struct m *mp, int sig); /* tgkill */
/*
 * os/signal of compiled Go: one receiver for all signals, which asks for each
 * by number. want, unwant, ignore, ignored: any goroutine; a signal that can't
 * be asked for is let pass. recv: waits on the user goroutine that alone calls
 * it, for the next signal wanted. wait_idle: until every signal that was sent
 * so far has been received and its receiver waits again.
 */
void rt_signal_want(uint32_t sig);
void rt_signal_unwant(uint32_t sig);
void rt_signal_ignore(uint32_t sig);
bool rt_signal_ignored(uint32_t sig);
uint32_t rt_signal_recv(void);
void rt_signal_wait_idle(void);
/* A write to standard output or error failed with EPIPE: returns if the
 * program wants or ignores SIGPIPE, else the process dies by it. */
void rt_signal_broken_pipe(void);

/* ---- fork_linux.c: around a bare fork or exec; user goroutine ---- */
extern bool rt_in_fork_child; /* true in a forked child, until its exec */
void rt_before_fork(void); /* no parking until after_fork */
void rt_after_fork(void);  /* in the parent */
void rt_after_fork_in_child(void);
void rt_before_exec(void); /* no threads are made until after_exec */
void rt_after_exec(void);
/* Around the making of a thread; waits while somebody is in exec. */
void rt_thread_making(void);
void rt_thread_made(void);

#endif
