/*
 * goroutines.c - one page of goroutines for the control channel.
 *
 * The world is not stopped. What makes that safe:
 *
 *  - A struct g and its stack slot are never unmapped, so every address read
 *    here stays readable; a released stack page reads as zeros.
 *  - A walk is bounded by the g's own stack, so it may read words of a stack
 *    in use, but never leaves it (traceback.c).
 *  - What was read is believed only if the goroutine was WAITING with the same
 *    id and the same saved sp before and after. A goroutine that ran and
 *    parked again at the same sp in between was read at two such moments at
 *    worst: each frame is a frame it had. After three tries the goroutine is
 *    listed without frames: it runs too often to be caught standing.
 *
 * Goroutines that run on another thread are interrupted by a signal and walked
 * there (fault/hold.c); one that does not come in 25 ms has no frames. Those in
 * a system call are walked from where they entered it.
 *
 * A page holds the `limit` smallest ids above `after`. They are picked in one
 * pass over all goroutines with a bounded heap, then written in order; so
 * paging through 100,000 goroutines is a pass a page and no memory but the
 * page's. A page ends early when its memfd reaches PAGE_BYTES_MAX: the memory
 * is charged to us, the program.
 */
#include "config.h"

#include "diag/control.h"

#include "fault/callers.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "os/os.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_MAX 100
#define PAGE_BYTES_MAX ((size_t)16 << 20)

struct pick {
	uint64_t goid;
	struct g *gp;
};

/* ---- choosing ---- */

static void
sift_down(struct pick *a, size_t i, size_t n)
{
	for (;;) {
		size_t c = 2 * i + 1;
		struct pick t;

		if (c >= n)
			return;
		if (c + 1 < n && a[c + 1].goid > a[c].goid)
			c++;
		if (a[i].goid >= a[c].goid)
			return;
		t = a[i];
		a[i] = a[c];
		a[c] = t;
		i = c;
	}
}

static bool
is_live(struct g *gp)
{
	uint32_t s = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	return s != G_DEAD && s != G_IDLE;
}

/* The limit smallest ids above after, in a heap with the largest on top. */
static size_t
choose(struct pick *heap, const struct ipc_ctl_gor_ask *ask,
    struct ipc_ctl_gor_at *ret)
{
	size_t n = 0, len = rt_allg_len();

	for (size_t i = 0; i < len; i++) {
		struct g *gp = rt_allg_at(i);
		struct pick p;

		if (gp == NULL || !is_live(gp))
			continue;
		ret->total++;
		p = (struct pick){ gp->goid, gp };
		if (p.goid <= ask->after_goid)
			continue;
		if (n < ask->limit) {
			heap[n++] = p;
			if (n == ask->limit)
				for (size_t k = n / 2; k-- > 0;)
					sift_down(heap, k, n);
			continue;
		}
		ret->more = 1;
		if (p.goid < heap[0].goid) {
			heap[0] = p;
			sift_down(heap, 0, n);
		}
	}
	return n;
}

static void
sort_picks(struct pick *a, size_t n)
{
	for (size_t k = n / 2; k-- > 0;)
		sift_down(a, k, n);
	for (size_t end = n; end-- > 1;) {
		struct pick t = a[0];

		a[0] = a[end];
		a[end] = t;
		sift_down(a, 0, end);
	}
}

/* ---- reading one ---- */

struct reading {
	struct ipc_ctl_gor gor;
	uintptr_t pcs[STACK_MAX];
	int npcs;
};

/* The object itself may be gone already, so only its address is told. */
static void
name_object(struct g *gp, struct ipc_ctl_gor *r)
{
	const void *on = rt_wait_address(gp);
	size_t n = strlen(r->reason) + 1;

	if (on != NULL && n < sizeof(r->reason))
		rt_snprintf(
		    r->reason + n, sizeof(r->reason) - n, "%p", on);
}

/*
 * Reads what its goroutine may be writing: read_one takes it again when it
 * changed meanwhile. Not instrumented, so that the thread sanitizer does not
 * tell each user of gortd what is known here.
 */
__attribute__((no_sanitize("thread"))) static RT_NOINLINE void
read_once(struct g *gp, int max, struct reading *r)
{
	uint32_t status = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	memset(&r->gor, 0, sizeof(r->gor));
	r->gor.goid = gp->goid;
	r->gor.parent_goid = gp->parentgoid;
	r->gor.status = status;
	r->gor.system = gp->system;
	r->gor.locked = gp->lockedm != NULL;
	if (status == G_WAITING) {
		r->gor.wait_since_ns = gp->waitsince_ns;
		strncpy(r->gor.reason, rt_wait_reason_text(gp->waitreason),
		    sizeof(r->gor.reason) - 1);
		name_object(gp, &r->gor);
	}
	r->npcs = status == G_RUNNING ? rt_callers_running(gp, r->pcs, max)
				      : rt_callers(gp, r->pcs, max);
}

/* False: it is no longer the goroutine that was picked. */
__attribute__((no_sanitize("thread"))) static bool
read_one(const struct pick *p, int max, struct reading *r)
{
	for (int attempt = 0; attempt < 3; attempt++) {
		struct g *gp = p->gp;
		uint32_t before = rt_readgstatus(gp);
		uintptr_t sp = *(volatile uintptr_t *)&gp->sched.sp;

		read_once(gp, max, r);
		if (r->gor.goid != p->goid || !is_live(gp))
			return false;
		/* loads stay in order on this machine; hold the compiler to it */
		__asm__ volatile("" : : : "memory");
		if (rt_readgstatus(gp) == before &&
		    *(volatile uintptr_t *)&gp->sched.sp == sp)
			return true;
	}
	r->npcs = 0;
	return true;
}

/* ---- writing ---- */

/* src may be NULL: code without line information has no file. */
static void
copy_text(char *dst, size_t cap, const char *src)
{
	if (src == NULL)
		src = "";

	size_t n = strnlen(src, cap - 1);

	memcpy(dst, src, n);
	memset(dst + n, 0, cap - n);
}

static void
fill_creator(struct g *gp, struct ipc_ctl_gor *r)
{
	struct rt_symbol s;

	if (gp->goid <= 1 || gp->gopc == 0)
		return;
	rt_symbolize(gp->gopc - 1, true, &s);
	copy_text(r->created_by, sizeof(r->created_by), s.func);
	copy_text(r->created_file, sizeof(r->created_file), s.file);
	r->created_line = s.line;
}

/*
 * Of a program's goroutine, the program's own frames, by the rule of
 * fault/symtab.c that tracebacks follow too: the first is where it waits. Of
 * the runtime's own goroutines all that say something: how they park is the
 * same for each.
 */
static bool
leave_out(const struct rt_symbol *s, bool system, bool first)
{
	static const char *const parking[] = { "rt_mcall", "rt_gopark",
		"rt_goparkunlock", "rt_gcdaemon_park" };

	if (!s->runtime)
		return false;
	if (!system)
		return true;
	for (size_t i = 0; i < sizeof(parking) / sizeof(parking[0]); i++)
		if (first && strcmp(s->func, parking[i]) == 0)
			return true;
	return false;
}

static uint32_t
fill_frames(const struct reading *r, int max, struct ipc_ctl_frame *out)
{
	struct rt_callwalk c;
	uint32_t n = 0;

	rt_callwalk_pcs(&c, r->pcs, r->npcs, RT_WALK_RUNTIME);
	while (n < (uint32_t)max && rt_callwalk_next(&c)) {
		struct ipc_ctl_frame *f = &out[n];

		if (leave_out(c.s, r->gor.system, n == 0))
			continue;
		memset(f, 0, sizeof(*f));
		f->pc = RT_PC_PLAIN(c.pc);
		f->offset = c.s->entry == 0
		    ? 0
		    : (uint32_t)(f->pc - c.s->entry);
		f->line = c.s->line;
		copy_text(f->func, sizeof(f->func), c.s->func);
		copy_text(f->file, sizeof(f->file), c.s->file);
		n++;
	}
	return n;
}

struct page { /* scratch of one answer, in one mapping */
	struct reading r;
	struct ipc_ctl_frame frames[STACK_MAX];
	struct pick picks[];
};

static int
write_picks(int fd, struct page *pg, size_t n,
    const struct ipc_ctl_gor_ask *ask, struct ipc_ctl_gor_at *ret)
{
	for (size_t i = 0; i < n; i++) {
		struct reading *r = &pg->r;
		size_t frames_bytes;
		ssize_t w;

		if (ret->bytes > PAGE_BYTES_MAX) {
			ret->more = 1;
			return 0;
		}
		if (!read_one(&pg->picks[i], STACK_MAX, r))
			continue;
		fill_creator(pg->picks[i].gp, &r->gor);
		r->gor.nframes =
		    fill_frames(r, ask->stacks ? STACK_MAX : 1, pg->frames);
		frames_bytes = r->gor.nframes * sizeof(pg->frames[0]);
		w = rt_write_fd(fd, &r->gor, sizeof(r->gor));
		if (w >= 0)
			w = rt_write_fd(fd, pg->frames, frames_bytes);
		if (w < 0)
			return (int)w;
		ret->count++;
		ret->bytes += (uint32_t)(sizeof(r->gor) + frames_bytes);
	}
	return 0;
}

int
rt_goroutines_page(
    const struct ipc_ctl_gor_ask *ask, struct ipc_ctl_gor_at *ret)
{
	size_t bytes = sizeof(struct page) + ask->limit * sizeof(struct pick);
	struct page *pg = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t n;
	int fd, err;

	if (pg == MAP_FAILED)
		return -errno;
	fd = memfd_create("gort-goroutines", MFD_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		munmap(pg, bytes);
		return err;
	}
	memset(ret, 0, sizeof(*ret));
	n = choose(pg->picks, ask, ret);
	sort_picks(pg->picks, n);
	err = write_picks(fd, pg, n, ask, ret);
	munmap(pg, bytes);
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}
