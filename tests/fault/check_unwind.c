/*
 * check_unwind.c - walking stacks, held against libgcc's unwinder; and that
 * broken tables and broken stacks are survived.
 */
#include "arch/fiber_san.h"
#include "boot/boot.h"
#include "fault/fault.h"
#include "fault/unwind.h"
#include "sched/sched.h"
#include "tests/fault/bodies.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

#define EXPECT(cond)                                                           \
	do {                                                                   \
		if (!(cond)) {                                                 \
			rt_printf("%s:%d: %s\n", __FILE__, __LINE__, #cond);   \
			return 1;                                              \
		}                                                              \
	} while (0)

#define MAX 600

struct pcs {
	uintptr_t pc[MAX];
	int n;
};

static _Unwind_Reason_Code
on_frame(struct _Unwind_Context *c, void *arg)
{
	struct pcs *p = arg;
	int exact = 0;
	uintptr_t pc = _Unwind_GetIPInfo(c, &exact);

	if (p->n < MAX) /* as rt_callers: always behind the instruction */
		p->pc[p->n++] = pc + (exact != 0);
	return _URC_NO_REASON;
}

static int failures; /* of compare */
static int compared;

/* Both walk from here: all but the first, which is this function, agree. */
static RT_NOINLINE void
compare(void)
{
	static struct pcs theirs, ours;
	int i;

	theirs.n = 0;
	_Unwind_Backtrace(on_frame, &theirs);
	ours.n = rt_callers(NULL, ours.pc, MAX);
	compared++;
	while (theirs.n > 0 && theirs.pc[theirs.n - 1] == 0)
		theirs.n--; /* the end, in a frame of its own */
	if (ours.n == theirs.n || (theirs.n == MAX && ours.n == MAX)) {
		for (i = 1; i < ours.n; i++)
			if (ours.pc[i] != theirs.pc[i])
				break;
		if (i == ours.n)
			return;
	}
	failures++;
	rt_printf("ours %d frames, theirs %d\n", ours.n, theirs.n);
	for (i = 0; i < ours.n || i < theirs.n; i++)
		rt_printf("  %#lx %#lx\n",
		    i < ours.n ? (unsigned long)ours.pc[i] : 0,
		    i < theirs.n ? (unsigned long)theirs.pc[i] : 0);
}

/* ---- frames of all kinds ---- */

static volatile int sink;

static RT_NOINLINE void
recurse(int n)
{
	if (n == 0)
		compare();
	else
		recurse(n - 1);
	sink++;
}

#if defined(__clang__)
#define BARE
#else
#define BARE __attribute__((optimize("omit-frame-pointer")))
#endif

/* Without a frame pointer, with callee-saved registers in use. */
static RT_NOINLINE BARE void
bare(int n, int a, int b, int c)
{
	volatile char room[200];

	room[0] = (char)n;
	if (n == 0)
		compare();
	else
		bare(n - 1, b, c, a + room[0]);
	sink += a + b + c;
}

/* A frame that is aligned by an expression. */
static RT_NOINLINE void
aligned(void)
{
	volatile char room[256] __attribute__((aligned(64)));

	room[0] = 1;
	bare(3, 1, 2, 3);
	sink += room[0];
}

static RT_NOINLINE void
variable(int n)
{
	volatile char *room = __builtin_alloca((size_t)n);

	room[0] = 1;
	aligned();
	sink += room[0];
}

static int
by_qsort(const void *a, const void *b)
{
	if (sink++ % 3 == 0)
		variable(100 + sink % 50);
	return *(const int *)a - *(const int *)b;
}

static void
on_system(void *arg)
{
	recurse(3);
}

static RT_NOINLINE void
hop(int n)
{
	rt_systemstack(on_system, NULL);
	if (n > 0)
		hop(n - 1);
	sink++;
}

static void
on_signal(int sig)
{
	recurse(2);
}

static int
frames(void *arg)
{
	int a[] = { 5, 3, 9, 1, 7 };
	struct sigaction sa = { .sa_handler = on_signal,
		.sa_flags = SA_ONSTACK }, old;

	failures = compared = 0;
	recurse(0);
	recurse(50);
	bare(20, 1, 2, 3);
	variable(300);
	qsort(a, 5, sizeof(a[0]), by_qsort);
	hop(3);
	EXPECT(sigaction(SIGUSR2, &sa, &old) == 0);
	EXPECT(raise(SIGUSR2) == 0);
	EXPECT(sigaction(SIGUSR2, &old, NULL) == 0);
	EXPECT(compared > 8);
	EXPECT(failures == 0);
	return 0;
}

static RT_NOINLINE int
fibonacci(int n)
{
	if (n < 2) {
		compare();
		return n;
	}
	return fibonacci(n - 1) + fibonacci(n - 2);
}

static int
many_stacks(void *arg)
{
	failures = 0;
	EXPECT(fibonacci(15) == 610);
	EXPECT(failures == 0);
	return 0;
}

/* A walk ends in the first frame of the goroutine, and knows it. */
static int
ends_at_entry(void *arg)
{
	uintptr_t pcs[64];
	struct rt_symbol s;
	int n = rt_callers(NULL, pcs, 64);

	EXPECT(n > 2 && n < 64);
	rt_symbolize(pcs[n - 1] - 1, false, &s);
	EXPECT(strcmp(s.func, "rt_ctx_entry") == 0);
	return 0;
}

/* ---- what is broken ---- */

static bool
tables_copy(struct rt_cfi *ret, uint8_t **ret_bytes, size_t *ret_n)
{
	const struct rt_module *m = rt_modules();
	size_t n = m->erodata - m->cfi;
	uint8_t *p = malloc(n);

	if (p == NULL || m->cfi == 0)
		return false;
	memcpy(p, (void *)m->cfi, n);
	*ret = (struct rt_cfi){ p, p, p + n, m->cfi - (uintptr_t)p };
	*ret_bytes = p;
	*ret_n = n;
	return true;
}

static int
broken_tables(void *arg)
{
	const struct rt_module *m = rt_modules();
	struct rt_cfi c;
	struct rt_cfi_row row;
	uint8_t *p;
	size_t n, found = 0;
	unsigned seed = 1;

	EXPECT(tables_copy(&c, &p, &n));
	for (uintptr_t pc = m->text; pc < m->etext; pc += 97)
		found += rt_cfi_find(&c, pc, &row);
	EXPECT(found > (m->etext - m->text) / 97 / 2);
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 64; i++)
			p[(size_t)rand_r(&seed) * 31 % n] =
			    (uint8_t)rand_r(&seed);
		for (int i = 0; i < 100; i++)
			rt_cfi_find(&c,
			    m->text + (uintptr_t)rand_r(&seed) %
			            (m->etext - m->text),
			    &row);
	}
	/* cut short anywhere */
	for (size_t cut = 0; cut < n; cut += 1 + cut / 7) {
		c.hi = c.lo + cut;
		rt_cfi_find(&c, (uintptr_t)frames, &row);
	}
	free(p);
	return 0;
}

/* Words of any kind on a stack between pages that must not be touched. */
static int
broken_stacks(void *arg)
{
	const struct rt_module *m = rt_modules();
	size_t bytes = 16384;
	uint8_t *p = mmap(NULL, bytes + 8192, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t *w = (uintptr_t *)(p + 4096);
	struct g fake = { .stack = { (uintptr_t)w, (uintptr_t)w + bytes } };
	unsigned seed = 7;

	EXPECT(p != MAP_FAILED);
	EXPECT(mprotect(w, bytes, PROT_READ | PROT_WRITE) == 0);
	for (int round = 0; round < 3000; round++) {
		struct rt_unwind u;
		struct rt_where at;
		int steps = 0;

		for (size_t i = 0; i < bytes / 8; i++) {
			uintptr_t r = (uintptr_t)rand_r(&seed);

			if (r % 3 == 0)
				w[i] = m->text + r % (m->etext - m->text);
			else if (r % 3 == 1)
				w[i] = (uintptr_t)w + r % (bytes + 64);
			else
				w[i] = r * r * r;
		}
		at = (struct rt_where){
			.pc = m->text +
			    (uintptr_t)rand_r(&seed) % (m->etext - m->text),
			.sp = (uintptr_t)w + (uintptr_t)rand_r(&seed) % bytes,
			.bp = (uintptr_t)w + (uintptr_t)rand_r(&seed) % bytes,
			.exact = round % 2 == 0,
		};
		if (!rt_unwind_begin(&u, &fake, &at))
			continue;
		while (rt_unwind_next(&u)) {
			EXPECT(u.reg[RT_UW_RSP] >= fake.stack.lo);
			EXPECT(u.reg[RT_UW_RSP] <= fake.stack.hi);
			EXPECT(++steps <= (int)(bytes / 8));
		}
	}
	munmap(p, bytes + 8192);
	return 0;
}

/* ---- on another thread ---- */

static _Atomic(struct g *) spinner;
static _Atomic bool enough;

static RT_NOINLINE void
spin(void)
{
	atomic_store(&spinner, rt_getg());
	while (!atomic_load(&enough))
		;
}

static void
spin_main(void *arg)
{
	spin();
	atomic_store(&spinner, NULL);
}

/* Off under ThreadSanitizer: see fault/hold.c. */
#ifdef RT_TSAN
#define LIVE 0
#else
#define LIVE 1
#endif

static bool
is_in(uintptr_t pc, const char *func)
{
	struct rt_symbol s;

	return rt_symbolize(pc - 1, false, &s) && strcmp(s.func, func) == 0;
}

/* A goroutine that runs tells where, and runs on. */
static int
running_elsewhere(void *arg)
{
	uintptr_t pcs[MAX];
	struct g *gp;
	int n = 0;

	if (rt_gomaxprocs < 2)
		return 0; /* it would be alone */
	rt_newproc(spin_main, NULL, 0);
	while ((gp = atomic_load(&spinner)) == NULL)
		rt_gosched();
	for (int i = 0; LIVE && i < 100; i++) {
		while ((n = rt_callers_running(gp, pcs, MAX)) == 0)
			;
		EXPECT(n >= 3);
		EXPECT(is_in(pcs[0], "spin"));
		EXPECT(is_in(pcs[1], "spin_main"));
	}
	EXPECT(rt_callers_running(gp, pcs, 1) <= 1);
	atomic_store(&enough, true);
	while (atomic_load(&spinner) != NULL)
		rt_gosched();
	EXPECT(rt_callers_running(gp, pcs, MAX) == 0);
	return 0;
}

BODIES("unwind", 60, frames, many_stacks, ends_at_entry, broken_tables,
    broken_stacks, running_elsewhere)
