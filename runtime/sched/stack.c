/*
 * stack.c - where goroutines live.
 *
 * Slots. A goroutine's stack is one slot of 64 KiB of address space. Slots
 * are carved one after the other out of arenas of up to 64 MiB, so that a
 * million stacks are a few thousand mappings' worth of kernel bookkeeping at
 * most and usually one: neighbouring mappings of equal rights merge. Memory
 * is committed by touching: a goroutine that never calls deeply costs the one
 * page at the top of its slot, and struct g sits in that same page:
 *
 *      low                                                        high
 *      | guard 16 KiB | ...untouched... | ... stack <- | g | colour |
 *                     ^ stack.lo                  hi ^
 *
 * Colour. All slots are equal modulo 4096, so without care each goroutine's
 * hot words (its g, its first frames) would compete for the same few sets of
 * the first-level cache. The g is therefore moved down by a multiple of 64
 * bytes, 0 to 960, that differs between neighbours.
 *
 * A slot is never unmapped and never becomes anything but a stack; a struct g
 * stays readable for ever, which is what lets others keep racy pointers to
 * one. Dead goroutines wait, stack attached, on lists (newproc.c).
 *
 * Guards. The kernel's light guards (MADV_GUARD_INSTALL, 6.13) need no
 * mapping of their own: each slot gets one when it is first used, kept for
 * ever, and a fault there is reported as a stack overflow. Older kernels: an
 * mprotect'ed guard splits a mapping in two, and a process may have 65,530 of
 * those, so the first MPROTECT_GUARDS slots have one and the others rely on
 * nobody using 48 KiB: this weakness is known and belongs to old kernels
 * only. 16 KiB and not one page, because C compiled without stack-clash
 * protection may step over a page with one big frame; below the guard lies
 * another goroutine's g.
 *
 * Giving back. A stack that once went deep keeps its pages. The scavenger
 * calls rt_stack_release_idle once a minute: goroutines that have been dead
 * since before the last call lose all pages but the top two. By age, not at
 * each exit: a refault costs some 2 us, as much as twenty spawns.
 *
 * Huge pages: one touch would commit 2 MiB, thirty-two slots' worth. They are
 * refused for stack arenas.
 *
 * Growing. C frames cannot be moved, so a goroutine never gets a bigger slot.
 * Compiled Go checks a limit in each prologue, above ROOM_BYTES for the C it
 * calls, and goes on in a second piece: segment.c. C programs have no checks;
 * theirs is what the slot holds.
 *
 * Rejected: mmap per stack (65,530), malloc'ed stacks (no guard, and RSS at
 * once), copying stacks (C pointers into them), 2 MiB slots (a page table
 * page each: 4 KiB and 5.5 us at first touch instead of 128 B and 2 us), a
 * g beside the stack (a second page and a second cache and TLB miss).
 */
#include "sched/sched.h"

#include <string.h>
#include <sys/mman.h>

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched_priv.h"

#ifdef RT_SANITIZED
#define SLOT_BYTES ((size_t)512 << 10) /* instrumented frames are larger */
#else
#define SLOT_BYTES ((size_t)64 << 10)
#endif
#define GUARD_BYTES ((size_t)16 << 10)
#define ROOM_BYTES (SLOT_BYTES / 4) /* for C, below Go's check value */
#define ARENA_BYTES ((size_t)64 << 20)
#define ARENA_MIN_BYTES (16 * SLOT_BYTES)
#define COMMIT_BYTES ((size_t)4 << 20) /* made usable in one go */
#define NARENA 65536                   /* 4 TiB of stacks: beyond any memory */
#define COLOURS 16
#define MPROTECT_GUARDS 20000

struct arena {
	uintptr_t base;
	size_t bytes;     /* reserved */
	size_t committed; /* from base up: usable */
	_Atomic size_t used; /* from base up: handed out; release, see owner */
};

/*
 * pool.lock guards all but what is atomic. narena is stored with release
 * after the arena is filled in, and used after the slot's g is: the readers'
 * acquire in rt_stack_owner pairs with both, so it needs no lock and may run
 * in a signal handler.
 */
static struct {
	struct rt_mutex lock;
	struct arena *arena; /* NARENA, reserved sparse */
	_Atomic uint32_t narena;
	size_t arena_bytes; /* size of the next one */
	uint32_t nguards;   /* by mprotect */
	bool light;
	_Atomic size_t sys; /* bytes made usable */
	_Atomic size_t inuse; /* bytes of slots handed out */
} pool;

size_t
rt_stack_slot_bytes(void)
{
	return SLOT_BYTES;
}

/*
 * The first arena is at most 1/16 of the address space we may have, so that
 * the heap finds room under `ulimit -v`.
 */
void
rt_stackinit(void)
{
	uint64_t limit = rt_address_space_limit();

	if (sizeof(struct g) > 1024)
		rt_throw("stackinit: struct g takes too much of its page");
	rt_lock_init(&pool.lock, RANK_STACKPOOL);
	pool.light = rt_sys_guard_light();
	pool.arena_bytes = ARENA_BYTES;
	while (pool.arena_bytes > limit / 16 &&
	    pool.arena_bytes > ARENA_MIN_BYTES)
		pool.arena_bytes /= 2;
	pool.arena = rt_sys_mmap(NARENA * sizeof(struct arena));
	if (pool.arena == NULL)
		rt_throw("stackinit: cannot allocate the table of arenas");
}

/* pool.lock held. The current arena is full: reserve another. */
static struct arena *
arena_new(void)
{
	uint32_t n = atomic_load_explicit(&pool.narena, memory_order_relaxed);
	struct arena *a = &pool.arena[n];
	void *p;

	if (n == NARENA)
		rt_throw("out of stack arenas");
	while ((p = rt_sys_reserve_aligned(pool.arena_bytes, SLOT_BYTES)) ==
	    NULL) {
		if (pool.arena_bytes <= ARENA_MIN_BYTES) {
			rt_printf("runtime: no address space for another "
			          "stack; %zu bytes are in use by stacks\n",
			    rt_stack_bytes_inuse());
			rt_throw("out of memory (stack allocation)");
		}
		pool.arena_bytes /= 2;
	}
	a->base = (uintptr_t)p;
	a->bytes = pool.arena_bytes;
	atomic_store_explicit(&pool.narena, n + 1, memory_order_release);
	return a;
}

/* pool.lock held. Make [base, base + upto) of the arena usable. */
static void
arena_commit(struct arena *a, size_t upto)
{
	size_t want = (upto + COMMIT_BYTES - 1) & ~(COMMIT_BYTES - 1);
	uintptr_t from = a->base + a->committed;
	int err;

	if (want > a->bytes)
		want = a->bytes;
	err = rt_sys_map((void *)from, want - a->committed);
	if (err != 0) {
		rt_printf("runtime: cannot commit %zu bytes for stacks, "
		          "errno=%d\n",
		    want - a->committed, -err);
		rt_throw("out of memory (stack allocation)");
	}
	/* advice only: without it stacks cost more memory, nothing else */
	(void)madvise((void *)from, want - a->committed, MADV_NOHUGEPAGE);
	atomic_fetch_add_explicit(&pool.sys, want - a->committed,
	    memory_order_relaxed);
	a->committed = want;
}

/* pool.lock held. Guard the low end of a slot; returns the bytes guarded. */
static size_t
slot_guard(uintptr_t lo)
{
	if (pool.light) {
		if (rt_sys_guard((void *)lo, GUARD_BYTES) == 0)
			return GUARD_BYTES;
		pool.light = false; /* the mapping can't have them */
	}
	if (pool.nguards >= MPROTECT_GUARDS)
		return 0;
	if (mprotect((void *)lo, GUARD_BYTES, PROT_NONE) != 0)
		return 0;
	pool.nguards++;
	return GUARD_BYTES;
}

/* Where a slot's g is: below the top by the slot's colour. */
static struct g *
slot_g(uintptr_t lo)
{
	size_t colour = (lo / SLOT_BYTES * 5) % COLOURS * RT_CACHE_LINE;
	size_t g_bytes = (sizeof(struct g) + 63) & ~(size_t)63;

	return (struct g *)(lo + SLOT_BYTES - colour - g_bytes);
}

/*
 * A fresh slot. Its memory is zero because nobody ever used it. Throws when
 * there is no memory. Any thread; takes only pool.lock.
 */
struct g *
rt_stack_g_alloc(void)
{
	struct arena *a = NULL;
	struct g *gp;
	uintptr_t lo;
	size_t used, guard;
	uint32_t n;

	rt_lock(&pool.lock);
	n = atomic_load_explicit(&pool.narena, memory_order_relaxed);
	if (n > 0)
		a = &pool.arena[n - 1];
	if (a == NULL ||
	    atomic_load_explicit(&a->used, memory_order_relaxed) +
	            SLOT_BYTES >
	        a->bytes)
		a = arena_new();
	used = atomic_load_explicit(&a->used, memory_order_relaxed);
	if (used + SLOT_BYTES > a->committed)
		arena_commit(a, used + SLOT_BYTES);
	lo = a->base + used;
	guard = slot_guard(lo);
	gp = slot_g(lo);
	gp->stack.lo = lo + guard;
	gp->stack.hi = (uintptr_t)gp;
	if (rt_stack_checked())
		gp->stackguard = lo + GUARD_BYTES + ROOM_BYTES;
	atomic_store_explicit(&a->used, used + SLOT_BYTES,
	    memory_order_release);
	atomic_fetch_add_explicit(&pool.inuse, SLOT_BYTES,
	    memory_order_relaxed);
	rt_unlock(&pool.lock);
	rt_san_fiber_new(gp);
	return gp;
}

/*
 * Is addr in some goroutine's slot or segment? *ret_in_guard: in the guard (or,
 * where there is none, in the lowest page). Lock-free, async-signal-safe.
 */
struct g *
rt_stack_owner(uintptr_t addr, bool *ret_in_guard)
{
	uint32_t n = atomic_load_explicit(&pool.narena, memory_order_acquire);

	for (uint32_t i = 0; i < n; i++) {
		struct arena *a = &pool.arena[i];
		struct g *gp;
		uintptr_t lo;

		if (addr - a->base >=
		    atomic_load_explicit(&a->used, memory_order_acquire))
			continue;
		lo = addr - (addr - a->base) % SLOT_BYTES;
		gp = slot_g(lo);
		*ret_in_guard = addr < gp->stack.lo || addr < lo + 4096;
		return gp;
	}
	return rt_segment_owner(addr, ret_in_guard);
}

/* All but the top page of a dead goroutine's stack. */
void
rt_stack_release(struct g *gp)
{
	uintptr_t top = (uintptr_t)gp & ~(uintptr_t)4095;

	/* the page below the g's may be warm too; from there down it goes */
	if (top - 4096 > gp->stack.lo)
		rt_sys_unused((void *)gp->stack.lo,
		    top - 4096 - gp->stack.lo);
}

size_t
rt_stack_bytes_inuse(void)
{
	return atomic_load_explicit(&pool.inuse, memory_order_relaxed) +
	    rt_segment_bytes_inuse();
}

size_t
rt_stack_bytes_sys(void)
{
	return atomic_load_explicit(&pool.sys, memory_order_relaxed) +
	    rt_segment_bytes_inuse();
}
