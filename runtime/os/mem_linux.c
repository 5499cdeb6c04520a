/*
 * mem_linux.c - address space, in the states Go's runtime gives it.
 *
 *   nothing --reserve--> reserved (PROT_NONE) --map--> ready --unused--> ready,
 *   contents gone; any of them --release--> nothing
 *
 * Reserving costs page tables nothing and counts against RLIMIT_AS only, so
 * the heap reserves much, as far as the limit allows, and commits by mprotect
 * in contiguous pieces that the kernel merges back into one mapping. Rejected:
 * MAP_NORESERVE read-write reservations (overcommit_memory=2 counts them in
 * full) and addresses demanded by hint (they fight ASLR and sanitizers).
 *
 * Guards: MADV_GUARD_INSTALL (Linux 6.13) makes pages fault without splitting
 * the mapping, so 20,000 guarded stacks remain a handful of mappings where
 * PROT_NONE guards would run into vm.max_map_count at 65,530. Whether the
 * kernel has it is asked once, on a page of its own.
 *
 * A program that dies because its address space (RLIMIT_AS) is full would die
 * without names: the report maps the executable and builds an index of it. So
 * where there is a limit a part is kept back, and given up when the report
 * begins.
 *
 * Threads: all functions may be called from any thread, on any stack.
 */
#include "config.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define THP_DIR "/sys/kernel/mm/transparent_hugepage/"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void *
rt_sys_reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Reserve more than asked and cut the edges off. */
void *
rt_sys_reserve_aligned(size_t bytes, size_t align)
{
	uintptr_t p, lo;
	size_t room;

	if (__builtin_add_overflow(bytes, align, &room))
		return NULL;
	p = (uintptr_t)rt_sys_reserve(room);
	if (p == 0)
		return NULL;
	lo = (p + align - 1) & ~(uintptr_t)(align - 1);
	if (lo > p)
		munmap((void *)p, lo - p);
	if (p + room > lo + bytes)
		munmap((void *)(lo + bytes), p + room - (lo + bytes));
	return (void *)lo;
}

int
rt_sys_map(void *p, size_t bytes)
{
	if (mprotect(p, bytes, PROT_READ | PROT_WRITE) != 0)
		return -errno;
	return 0;
}

/* An error (a locked page, say) only means that nothing was given back; the
 * memory stays valid, but who counts on zeroes must know. */
int
rt_sys_unused(void *p, size_t bytes)
{
	return madvise(p, bytes, MADV_DONTNEED) == 0 ? 0 : -errno;
}

/* Does the file of /sys, after a blank, contain the text? */
static bool
sys_says(const char *path, const char *text)
{
	char buf[64] = " ";
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	n = read(fd, buf + 1, sizeof(buf) - 2);
	close(fd);
	if (n <= 0)
		return false;
	buf[n + 1] = '\0';
	return strstr(buf, text) != NULL;
}

_Atomic int rt_sys_thp_known; /* 0 not asked, 1 always, 2 not */

/* As with the guards below, two who ask at once find the same. */
bool
rt_sys_thp_always(void)
{
	int k = atomic_load_explicit(&rt_sys_thp_known, memory_order_relaxed);

	if (k != 0)
		return k == 1;
	k = sys_says(THP_DIR "enabled", "[always]") &&
	        !sys_says(THP_DIR "khugepaged/max_ptes_none", " 0\n")
	    ? 1
	    : 2;
	atomic_store_explicit(&rt_sys_thp_known, k, memory_order_relaxed);
	return k == 1;
}

int
rt_sys_hugepages(void *p, size_t bytes, bool yes)
{
	return madvise(p, bytes, yes ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) == 0
	    ? 0
	    : -errno;
}

int
rt_sys_unused_lazily(void *p, size_t bytes)
{
	return madvise(p, bytes, MADV_FREE) == 0 ? 0 : -errno;
}

int
rt_sys_fault(void *p, size_t bytes)
{
	int err = rt_sys_unused(p, bytes);

	if (err != 0)
		return err;
	return mprotect(p, bytes, PROT_NONE) == 0 ? 0 : -errno;
}

void
rt_sys_release(void *p, size_t bytes)
{
	if (munmap(p, bytes) != 0)
		rt_throw("munmap: the range was not ours");
}

void *
rt_sys_mmap(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int
rt_sys_guard(void *p, size_t bytes)
{
	if (!rt_sys_guard_light())
		return -ENOSYS;
	if (madvise(p, bytes, MADV_GUARD_INSTALL) != 0)
		return -errno;
	return 0;
}

/*
 * Two threads may probe at once: both find the same, so the race is harmless
 * and relaxed order is enough (the answer publishes nothing else).
 */
bool
rt_sys_guard_light(void)
{
	static _Atomic int known; /* 0 not asked, 1 yes, 2 no */
	int k = atomic_load_explicit(&known, memory_order_relaxed);
	size_t page = rt_physpagesize;
	void *p;

	if (k != 0)
		return k == 1;
	p = rt_sys_mmap(page);
	if (p == NULL)
		return false; /* not known: ask again another time */
	k = madvise(p, page, MADV_GUARD_INSTALL) == 0 ? 1 : 2;
	munmap(p, page);
	atomic_store_explicit(&known, k, memory_order_relaxed);
	return k == 1;
}

static _Atomic bool fill_refused; /* before Linux 5.14 */

bool
rt_sys_can_fill(size_t bytes)
{
	return rt_hugepagesize == bytes &&
	    !atomic_load_explicit(&fill_refused, memory_order_relaxed);
}

/*
 * The advice to use huge pages is taken back when they are there. Left in place
 * it would let the system rebuild a block whose pages were given back, one by
 * one, and hold all of them again.
 */
void
rt_sys_fill(void *p, size_t bytes)
{
	if (madvise(p, bytes, MADV_HUGEPAGE) != 0)
		return; /* it comes by touching, as ever */
	if (madvise(p, bytes, MADV_POPULATE_WRITE) != 0 && errno == EINVAL)
		atomic_store_explicit(
		    &fill_refused, true, memory_order_relaxed);
	(void)madvise(p, bytes, MADV_NOHUGEPAGE);
}

void
rt_sys_name(const void *p, size_t bytes, const char *name)
{
	/* kernels without the call refuse, and nothing else depends on it */
	(void)prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, p, bytes, name);
}

uint64_t
rt_address_space_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_AS, &rl) != 0 || rl.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return rl.rlim_cur;
}

#define SPARE_MAX_BYTES ((size_t)64 << 20)

static size_t spare_bytes; /* boot only; published by the pointer */
static _Atomic(void *) spare;

void
rt_sys_spare_keep(void)
{
	uint64_t bytes = rt_address_space_limit() / 16;

	spare_bytes = bytes > SPARE_MAX_BYTES ? SPARE_MAX_BYTES
	                                      : (size_t)bytes & ~(size_t)4095;
	if (spare_bytes != 0)
		atomic_store(&spare, rt_sys_reserve(spare_bytes));
}

void
rt_sys_spare_release(void)
{
	void *p = atomic_exchange(&spare, NULL);

	if (p != NULL)
		(void)munmap(p, spare_bytes);
}
