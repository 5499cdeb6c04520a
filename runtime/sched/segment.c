/*
 * segment.c - the second piece of a goroutine's stack.
 *
 * A goroutine of compiled Go begins in its slot (stack.c). Each prologue
 * compares the stack pointer with the guard word, %fs:0x70; below it
 * __morestack (arch/morestack_amd64.S) goes on in a segment: up to 1 GiB of
 * address space, committed by touching. There are never more than two pieces,
 * since the segment has room for all that Go allows (1,000,000,000 bytes,
 * rt_set_max_stack).
 *
 *	slot     | guard | room for C | ............ stack <- | g |
 *	                              ^ check value       ^ splitsp
 *	segment  | guard | room | never touched | so far | stack <- | colour
 *	         lo      floor                  guard               top
 *
 * The check value. g->stackguard is the guard word while g runs; arch.h's
 * rt_setg keeps the two together. Below it C code has its room: functions of
 * the runtime and of libc check nothing. In C programs, and everywhere before
 * morestack_amd64.S is linked, it is 0 and no prologue ever calls us.
 *
 * Poison. Who wants a goroutine to stop makes the guard word of its thread
 * larger than any stack pointer (rt_poison). The next prologue calls
 * __morestack, which sees that the word is not g->stackguard, puts it right and
 * asks the scheduler. A switch writes the word too, so poison may be lost, or
 * hit who was not meant; the first is why everybody who asks asks again, the
 * second costs one slow call that finds g->preempt unset.
 *
 * Steps. A segment's own check value does not start at its floor but some
 * 256 KiB below the top and goes down fourfold each time it is hit. So we know
 * about how far a segment was ever used, without asking the kernel, and a
 * machine that refuses to overcommit 1 GiB gets it step by step.
 *
 * Hot splits. A loop that calls over the boundary switches each time: two dozen
 * instructions, no system call, no lock. The segment stays with its goroutine
 * until that ends. Then it goes to a list; its pages go back when it has lain
 * there for one to two minutes, at once only if the list has more than
 * WARM_BYTES already, or when the collector finds twice that a goroutine no
 * longer goes there (rt_segment_trim).
 *
 * Segments never become anything else and their descriptions are never freed,
 * so that rt_segment_owner needs no lock and may run in a signal handler.
 *
 * Rejected: a chain of small segments, as libgcc has it (hot splits at every
 * boundary, each with a malloc, and C callees that overrun them); growing the
 * slot by copying (C pointers into stacks); 1 GiB for every goroutine from the
 * start (131,072 fill the address space, and each costs 12 KiB of page tables
 * and page where a slot costs 4).
 */
#include "sched/sched.h"

#include <sys/mman.h>
#include <unwind.h>

#include "arch/arch.h"
#include "arch/stack_amd64.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/sched_priv.h"

#define SEGMENT_BYTES ((size_t)1 << 30)
#define SEGMENT_MIN_BYTES ((size_t)1 << 20)
#define NSEGMENT ((uint32_t)1 << 20)
#define SEGMENT_GUARD_BYTES ((size_t)64 << 10)
#define ROOM_BYTES ((size_t)256 << 10) /* for C, below the check value */
#define STEP_BYTES ((size_t)256 << 10)
#define WARM_BYTES ((size_t)64 << 20)
#define COLOURS 16

struct rt_segment {
	uintptr_t top;       /* const: where the stack begins */
	uintptr_t guard;     /* own: the check value so far; top: unused */
	uintptr_t slotguard; /* own: the slot's check value */
	uintptr_t lo;        /* const: lowest usable address */
	uintptr_t usable;    /* own: read-write from here up */
	_Atomic(struct g *) owner; /* release after attaching */
	struct rt_segment *next;   /* pool.lock */
	uint32_t age;              /* pool.lock: calls of release_idle seen */
	uint8_t unused;            /* world stopped: cycles without a split */
};

_Static_assert(offsetof(struct g, stackguard) == RT_G_STACKGUARD, "");
_Static_assert(offsetof(struct g, segment) == RT_G_SEGMENT, "");
_Static_assert(offsetof(struct g, splitsp) == RT_G_SPLITSP, "");
_Static_assert(offsetof(struct rt_segment, top) == RT_SEG_TOP, "");
_Static_assert(offsetof(struct rt_segment, guard) == RT_SEG_GUARD, "");
_Static_assert(offsetof(struct rt_segment, slotguard) == RT_SEG_SLOTGUARD, "");

/* n is stored with release after the entry; rt_segment_owner's acquire. */
static struct {
	struct rt_mutex lock;
	struct rt_segment *table; /* NSEGMENT, reserved sparse */
	_Atomic uint32_t n;
	size_t bytes;             /* lock: of the next one */
	struct rt_segment *free;  /* lock: warm ones first */
	size_t warm;              /* lock: bytes that those may hold */
	_Atomic size_t inuse;     /* bytes between guard and top of all owned */
} pool = { .lock = { .rank = RANK_STACKPOOL } };

/*
 * A limit below this counts as this. Programs set limits by the frames of Go's
 * own compiler; gccgo builds a large literal in the frame before it copies it
 * where it belongs, so that one frame may be as large as the program's largest
 * type.
 */
#define LIMIT_MIN_BYTES ((size_t)4 << 20)
static _Atomic size_t max_stack_bytes = 1000000000;

/* Part of morestack_amd64.S: there only if that is linked. */
extern const char rt_morestack_text[] __attribute__((weak));
extern const char rt_morestack_etext[] __attribute__((weak));

/* Called by morestack_amd64.S only. */
int rt_morestack_slow(
    uintptr_t frame, uintptr_t args, const uintptr_t *at);
_Unwind_Reason_Code rt_morestack_personality(int version,
    _Unwind_Action actions, _Unwind_Exception_Class class,
    struct _Unwind_Exception *e, struct _Unwind_Context *ctx);

/* Do prologues of this program call our __morestack? */
bool
rt_stack_checked(void)
{
	return rt_morestack_text != NULL;
}

/* Is pc in __morestack? Such frames are nobody's: leave them out. */
bool
rt_is_morestack(uintptr_t pc)
{
	return pc - (uintptr_t)rt_morestack_text <
	    (uintptr_t)rt_morestack_etext - (uintptr_t)rt_morestack_text;
}

/*
 * The limit for each goroutine, in bytes; returns the old one. Who has grown
 * beyond a smaller limit is not stopped before it grows again.
 */
size_t
rt_set_max_stack(size_t bytes)
{
	return atomic_exchange(&max_stack_bytes, bytes);
}

/* ---- segments ---- */

/* How much to reserve: a small share of what there is, and less each when
 * there are so many that they would fill the address space (128 TiB). */
static size_t
segment_bytes(uint32_t n)
{
	uint64_t limit = rt_address_space_limit();
	size_t bytes = SEGMENT_BYTES;

	if (n >= 16384)
		bytes = n < 65536 ? bytes / 4 : bytes / 16;
	while (bytes > limit / 16 && bytes > SEGMENT_MIN_BYTES)
		bytes /= 2;
	return bytes;
}

/* Make [top - bytes, top) usable. False: the system refuses. */
static bool
segment_commit(struct rt_segment *s, size_t bytes)
{
	uintptr_t from = s->top - bytes > s->lo && s->top > bytes
	    ? (s->top - bytes) & ~(uintptr_t)4095
	    : s->lo;

	if (from >= s->usable)
		return true;
	if (rt_sys_map((void *)from, s->usable - from) != 0)
		return false;
	s->usable = from;
	return true;
}

/* All of it at once, so that neighbours merge into one mapping; where that
 * is refused (overcommit), the first step. */
static bool
segment_map(struct rt_segment *s, size_t bytes)
{
	char *p = rt_sys_reserve(bytes);
	uint32_t i = (uint32_t)(s - pool.table);

	if (p == NULL)
		return false;
	s->lo = (uintptr_t)p + SEGMENT_GUARD_BYTES;
	s->usable = (uintptr_t)p + bytes;
	s->top = s->usable - i * 5 % COLOURS * RT_CACHE_LINE;
	s->guard = s->top;
	if (rt_sys_guard_light() && rt_sys_map(p, bytes) == 0 &&
	    rt_sys_guard(p, SEGMENT_GUARD_BYTES) == 0)
		s->usable = s->lo;
	else if (!segment_commit(s, bytes) &&
	    !segment_commit(s, STEP_BYTES + ROOM_BYTES)) {
		rt_sys_release(p, bytes);
		return false;
	}
	/* advice: one touch is to cost one page */
	(void)madvise(p, bytes, MADV_NOHUGEPAGE);
	return true;
}

static void RT_NORETURN
segment_oom(const char *what)
{
	rt_printf("runtime: no memory for %s; %zu bytes are in use by "
	          "stacks\n",
	    what, rt_stack_bytes_inuse());
	rt_throw("out of memory (stack allocation)");
}

/* pool.lock held. */
static struct rt_segment *
segment_new(void)
{
	uint32_t n = atomic_load_explicit(&pool.n, memory_order_relaxed);
	size_t bytes = segment_bytes(n);
	struct rt_segment *s;

	if (pool.table == NULL)
		pool.table = rt_sys_mmap(NSEGMENT * sizeof(*s));
	if (pool.table == NULL || n == NSEGMENT)
		segment_oom("the table of stack segments");
	s = &pool.table[n];
	while (!segment_map(s, bytes)) {
		bytes /= 2;
		if (bytes < SEGMENT_MIN_BYTES)
			segment_oom("a larger stack");
	}
	atomic_store_explicit(&pool.n, n + 1, memory_order_release);
	return s;
}

/* How far down s was used, at most. */
static size_t
segment_used(const struct rt_segment *s)
{
	return s->top - s->guard;
}

static uintptr_t
segment_floor(const struct rt_segment *s)
{
	size_t max = atomic_load_explicit(&max_stack_bytes,
	    memory_order_relaxed);

	if (max < LIMIT_MIN_BYTES)
		max = LIMIT_MIN_BYTES;
	if (max > s->top - s->lo - ROOM_BYTES)
		return s->lo + ROOM_BYTES;
	return s->top - max;
}

/* Lower the check value until it is at or below sp. False: that is below the
 * floor, or memory is not to be had. */
static bool
segment_grow(struct rt_segment *s, uintptr_t sp)
{
	uintptr_t floor = segment_floor(s);
	size_t used = segment_used(s), was = used;

	if (sp < floor)
		return false;
	if (used == 0)
		used = STEP_BYTES;
	while (used < s->top - sp)
		used *= 4;
	if (used > s->top - floor)
		used = s->top - floor;
	if (!segment_commit(s, used + ROOM_BYTES))
		segment_oom("a larger stack");
	s->guard = s->top - used;
	atomic_fetch_add_explicit(&pool.inuse, used - was,
	    memory_order_relaxed);
	return true;
}

static struct rt_segment *
segment_get(struct g *gp)
{
	struct rt_segment *s;

	rt_lock(&pool.lock);
	s = pool.free;
	if (s != NULL) {
		pool.free = s->next;
		pool.warm -= segment_used(s);
	} else {
		s = segment_new();
	}
	rt_unlock(&pool.lock);
	s->slotguard = gp->stackguard;
	s->unused = 0;
	atomic_fetch_add_explicit(&pool.inuse, segment_used(s),
	    memory_order_relaxed);
	atomic_store_explicit(&s->owner, gp, memory_order_release);
	return s;
}

/* Give the pages back. s is the caller's alone. */
static void
segment_cool(struct rt_segment *s)
{
	uintptr_t from;

	if (s->guard == s->top)
		return;
	/* C has been below the check value, in the room */
	from = s->guard - ROOM_BYTES;
	if (from < s->usable)
		from = s->usable;
	from &= ~(uintptr_t)4095;
	(void)rt_sys_unused((void *)from,
	    ((s->top + 4095) & ~(uintptr_t)4095) - from);
	s->guard = s->top;
}

/* gp ended, on g0: its segment is the next one's. */
void
rt_segment_end(struct g *gp)
{
	struct rt_segment *s = gp->segment;
	size_t used = segment_used(s);
	bool warm;

	atomic_store_explicit(&s->owner, NULL, memory_order_relaxed);
	atomic_fetch_sub_explicit(&pool.inuse, used, memory_order_relaxed);
	gp->segment = NULL;
	gp->stackguard = s->slotguard;
	gp->splitsp = RT_SPLIT_NONE;
	s->age = 0;
	rt_lock(&pool.lock);
	warm = pool.warm + used <= WARM_BYTES;
	if (warm) {
		pool.warm += used;
		s->next = pool.free;
		pool.free = s;
	}
	rt_unlock(&pool.lock);
	if (warm)
		return;
	segment_cool(s);
	rt_lock(&pool.lock);
	s->next = pool.free;
	pool.free = s;
	rt_unlock(&pool.lock);
}

/*
 * Give back what has lain in the pool since before the last call. The list is
 * taken off while we work. A goroutine with a P.
 */
void
rt_segment_release_idle(void)
{
	struct rt_segment *list, *last = NULL;
	size_t warm = 0;

	rt_lock(&pool.lock);
	list = pool.free;
	pool.free = NULL;
	pool.warm = 0;
	rt_unlock(&pool.lock);
	for (struct rt_segment *s = list; s != NULL; s = s->next) {
		if (s->age++ > 0)
			segment_cool(s);
		warm += segment_used(s);
		last = s;
	}
	if (last == NULL)
		return;
	rt_lock(&pool.lock);
	last->next = pool.free;
	pool.free = list;
	pool.warm += warm;
	rt_unlock(&pool.lock);
}

bool
rt_segment_idle_young(void)
{
	return __atomic_load_n(&pool.warm, __ATOMIC_RELAXED) != 0;
}

size_t
rt_segment_bytes_inuse(void)
{
	return atomic_load_explicit(&pool.inuse, memory_order_relaxed);
}

/* Whose segment is addr in? Lock-free, async-signal-safe. */
struct g *
rt_segment_owner(uintptr_t addr, bool *ret_in_guard)
{
	uint32_t n = atomic_load_explicit(&pool.n, memory_order_acquire);

	for (uint32_t i = 0; i < n; i++) {
		struct rt_segment *s = &pool.table[i];

		if (addr < s->lo - SEGMENT_GUARD_BYTES || addr >= s->top)
			continue;
		*ret_in_guard = addr < s->lo;
		return atomic_load_explicit(&s->owner, memory_order_acquire);
	}
	return NULL;
}

/* ---- who is where ---- */

static bool
on_slot(const struct g *gp, uintptr_t sp)
{
	return sp >= gp->stack.lo && sp <= gp->stack.hi;
}

static bool
on_segment(const struct g *gp, uintptr_t sp)
{
	return gp->segment != NULL && sp >= gp->segment->lo &&
	    sp <= gp->segment->top;
}

int
rt_stack_pieces(const struct g *gp, uintptr_t sp, struct stack ret[2])
{
	if (on_slot(gp, sp)) {
		ret[0] = (struct stack){ sp, gp->stack.hi };
		return 1;
	}
	if (!on_segment(gp, sp) || gp->splitsp <= RT_SPLIT_BEFORE)
		return 0;
	ret[0] = (struct stack){ sp, gp->segment->top };
	ret[1] = (struct stack){ gp->splitsp, gp->stack.hi };
	return 2;
}

struct stack
rt_stack_segment(const struct g *gp)
{
	const struct rt_segment *s = gp->segment;

	if (s == NULL)
		return (struct stack){ 0, 0 };
	return (struct stack){ s->usable, s->top };
}

bool
rt_stack_holds(const struct g *gp, uintptr_t sp, uintptr_t room)
{
	if (on_slot(gp, sp))
		return sp - gp->stack.lo >= room;
	return on_segment(gp, sp) && sp - gp->segment->usable >= room;
}

/* The running goroutine goes on at sp by a jump: is that back on its slot? */
void
rt_stack_unsplit(struct g *gp, uintptr_t sp)
{
	if (gp->splitsp <= RT_SPLIT_BEFORE || !on_slot(gp, sp))
		return;
	gp->splitsp = RT_SPLIT_BEFORE;
	gp->stackguard = gp->segment->slotguard;
	rt_set_guard_word(gp->stackguard);
}

/*
 * World stopped, gp not running and not in a system call: pages below what it
 * uses go back when it was so at the last cycle too.
 */
void
rt_segment_trim(struct g *gp)
{
	struct rt_segment *s = gp->segment;

	if (gp->splitsp != RT_SPLIT_NONE) {
		if (gp->splitsp == RT_SPLIT_BEFORE)
			gp->splitsp = RT_SPLIT_NONE;
		s->unused = 0;
		return;
	}
	if (s->guard == s->top || s->unused++ == 0)
		return;
	atomic_fetch_sub_explicit(&pool.inuse, segment_used(s),
	    memory_order_relaxed);
	segment_cool(s);
}

/*
 * Before a fork: the child goes on alone in this goroutine, and would wait for
 * ever for a lock that another thread held.
 */
void
rt_stack_before_fork(void)
{
	struct g *gp = rt_getg();

	if (!rt_stack_checked() || gp->stackguard == 0)
		return;
	if (gp->segment == NULL)
		gp->segment = segment_get(gp);
	if (gp->segment->guard == gp->segment->top)
		(void)segment_grow(gp->segment, gp->segment->top - 1);
}

/* ---- the slow way of __morestack ---- */

static void RT_NORETURN
overflow(struct g *gp, const uintptr_t *at)
{
	struct stack piece[2];
	uintptr_t sp = (uintptr_t)&at[2];
	size_t limit = atomic_load(&max_stack_bytes);
	const struct rt_segment *s = gp->segment;

	if (limit > s->top - s->lo - ROOM_BYTES)
		limit = s->top - s->lo - ROOM_BYTES;
	if (rt_stack_pieces(gp, sp, piece) == 0)
		piece[0] = gp->stack;
	rt_printlock();
	rt_printf("runtime: goroutine stack exceeds %zu-byte limit\n", limit);
	rt_printf("runtime: sp=%#lx stack=[%#lx, %#lx]\n", (unsigned long)sp,
	    (unsigned long)(on_slot(gp, sp) ? gp->stack.lo : s->lo),
	    (unsigned long)piece[0].hi);
	rt_printunlock();
	rt_throw_at(gp, "stack overflow", at[1], sp, at[0]);
}

/*
 * A prologue found its stack pointer below the guard word: frame bytes are
 * wanted, args bytes of arguments lie on the stack; at: what __morestack
 * pushed and found, the saved rbp, an address in the function, the function's
 * return address. 0: go on in place; 1: split, there is a segment with room.
 * All registers that may hold a pointer are on the stack.
 */
int
rt_morestack_slow(uintptr_t frame, uintptr_t args, const uintptr_t *at)
{
	struct g *gp = rt_getg();
	uintptr_t sp = (uintptr_t)&at[2], need;
	struct rt_segment *s;

	if (gp == NULL) {
		rt_set_guard_word(0);
		return 0;
	}
	rt_set_guard_word(gp->stackguard);
	rt_preempt_check();
	if (frame <= sp && sp - frame >= gp->stackguard)
		return 0;
	if (__builtin_add_overflow(frame, args + 64, &need))
		need = UINTPTR_MAX;
	if (gp->splitsp > RT_SPLIT_BEFORE) {
		s = gp->segment;
		if (!on_segment(gp, sp))
			return 0; /* a foreign stack: we know nothing */
		if (need > sp || !segment_grow(s, sp - need))
			overflow(gp, at);
		gp->stackguard = s->guard;
		rt_set_guard_word(s->guard);
		return 0;
	}
	if (!on_slot(gp, sp))
		return 0;
	if (gp->segment == NULL)
		gp->segment = segment_get(gp);
	s = gp->segment;
	if (need > s->top || !segment_grow(s, s->top - need))
		overflow(gp, at);
	return 1;
}

/*
 * An exception passes __morestack. In the second phase its handler is known to
 * be further up, on the slot: nothing between here and there checks a stack
 * pointer, the unwinder being C.
 */
_Unwind_Reason_Code
rt_morestack_personality(int version, _Unwind_Action actions,
    _Unwind_Exception_Class class, struct _Unwind_Exception *e,
    struct _Unwind_Context *ctx)
{
	struct g *gp = rt_getg();

	if ((actions & _UA_CLEANUP_PHASE) && gp != NULL)
		rt_stack_unsplit(gp, gp->splitsp);
	return _URC_CONTINUE_UNWIND;
}
