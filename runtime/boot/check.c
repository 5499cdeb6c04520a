/*
 * check.c - does this machine, this compiler and this build keep the promises
 * that the rest of the runtime is built on?
 *
 * A broken promise here would show much later as a corrupted heap, so the
 * bootstrap asks before anything else and throws. Each promise is a row with
 * what we got and what must be; a group of rows is one step of the boot log.
 * Values pass through volatile, or the compiler would answer in our place.
 *
 * Rejected: static assertions alone. They see what the compiler believes, not
 * what the processor does (atomics, NaN, control words) nor what the linker
 * put together from objects of different builds.
 */
#include "boot/boot.h"
#include "arch/arch.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "os/os.h"
#include "sched/time.h"
#include "types/type.h"

#include <stdlib.h>
#include <string.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))
#define ROW(what, got, want) { what, (uint64_t)(got), (uint64_t)(want) }

void
rt_check_table(const struct rt_check_row *rows, size_t n)
{
	static char msg[160];

	for (size_t i = 0; i < n; i++) {
		if (rows[i].got == rows[i].want)
			continue;
		rt_printf("runtime: %s is 0x%lx, want 0x%lx\n", rows[i].what,
		    (unsigned long)rows[i].got, (unsigned long)rows[i].want);
		rt_snprintf(msg, sizeof msg, "runtime: check failed: %s",
		    rows[i].what);
		rt_throw(msg);
	}
}

/* ---- sizes, offsets, alignment ---- */

static size_t
check_sizes(void)
{
	const struct rt_check_row rows[] = {
		ROW("sizeof int8", sizeof(int8_t), 1),
		ROW("sizeof short", sizeof(short), 2),
		ROW("sizeof int", sizeof(int), 4),
		ROW("sizeof long", sizeof(long), 8),
		ROW("sizeof pointer", sizeof(void *), 8),
		ROW("sizeof uintptr", sizeof(uintptr_t), 8),
		ROW("sizeof float", sizeof(float), 4),
		ROW("sizeof double", sizeof(double), 8),
		ROW("sizeof string", sizeof(gort_str), 16),
		ROW("sizeof interface", sizeof(struct gort_iface), 16),
		ROW("sizeof type descriptor", sizeof(struct gort_type), 64),
		ROW("sizeof uncommon type", sizeof(struct rt_uncommon), 40),
		ROW("sizeof method", sizeof(struct rt_method), 40),
		ROW("sizeof interface method", sizeof(struct rt_imethod), 24),
		ROW("sizeof interface type", sizeof(struct rt_interface_type),
		    88),
		ROW("sizeof select case", sizeof(struct rt_scase), 16),
		ROW("sizeof atomic pointer", sizeof(_Atomic(void *)), 8),
		ROW("bytes of a char in bits", (unsigned char)~0, 255),
	};

	rt_check_table(rows, ROWS(rows));
	return ROWS(rows);
}

static size_t
check_offsets(void)
{
	struct align8 {
		char c;
		uint64_t v;
	};
	const struct rt_check_row rows[] = {
		/* compiled Go reads these in place */
		ROW("offset type.ptrdata", offsetof(struct gort_type, ptrdata),
		    8),
		ROW("offset type.hash", offsetof(struct gort_type, hash), 16),
		ROW("offset type.kind", offsetof(struct gort_type, kind), 23),
		ROW("offset type.equal", offsetof(struct gort_type, equal), 24),
		ROW("offset type.gcdata", offsetof(struct gort_type, gcdata),
		    32),
		ROW("offset type.string", offsetof(struct gort_type, str), 40),
		ROW("offset type.uncommon", offsetof(struct gort_type, u), 48),
		ROW("offset chan.count", offsetof(struct hchan, qcount), 0),
		ROW("offset chan.size", offsetof(struct hchan, dataqsiz), 8),
		ROW("offset timer.status", offsetof(struct rt_timer, status),
		    64),
		ROW("offset m.g0", offsetof(struct m, g0), 0),
		ROW("alignment of a 64-bit field", offsetof(struct align8, v),
		    8),
		/* a shared line would make owner and thieves fight over it */
		ROW("run queue head's cache line",
		    offsetof(struct p, runqhead) % RT_CACHE_LINE, 0),
		ROW("run queue tail's cache line",
		    offsetof(struct p, runqtail) % RT_CACHE_LINE, 0),
		ROW("the two in one line",
		    offsetof(struct p, runqhead) / RT_CACHE_LINE ==
		        offsetof(struct p, runqtail) / RT_CACHE_LINE,
		    0),
	};

	rt_check_table(rows, ROWS(rows));
	return ROWS(rows);
}

/* ---- the order of bytes, shifts, signs ---- */

static size_t
check_integers(void)
{
	volatile uint32_t order = 0x01020304;
	volatile int32_t neg = -5;
	volatile int64_t max = INT64_MAX;
	const unsigned char *b = (const unsigned char *)&order;
	const struct rt_check_row rows[] = {
		ROW("little end first", b[0], 4),
		ROW("shift of a negative keeps the sign", neg >> 1, -3),
		ROW("division goes to zero", neg / 2, -2),
		ROW("remainder has the dividend's sign", neg % 2, -1),
		ROW("unsigned wraps around", (uint64_t)max + 1,
		    (uint64_t)1 << 63),
	};

	rt_check_table(rows, ROWS(rows));
	return ROWS(rows);
}

/* ---- atomics ---- */

static size_t
check_atomics(void)
{
	static _Atomic uint32_t w;
	static _Atomic uint64_t d;
	static _Atomic uint8_t byte[4];
	uint32_t one = 1, two = 2, five = 5;
	bool cas_ok, cas_bad, wide;

	atomic_store(&w, 1);
	cas_ok = atomic_compare_exchange_strong(&w, &one, 2);
	cas_bad = atomic_compare_exchange_strong(&w, &five, 3);
	atomic_store(&d, UINT32_MAX);
	atomic_fetch_add(&d, 1);
	wide = atomic_load(&d) == (uint64_t)1 << 32;
	for (int i = 0; i < 4; i++)
		atomic_store(&byte[i], 0x11);
	atomic_fetch_or(&byte[1], 0xf0);
	atomic_fetch_and(&byte[2], 0x0f);
	{
		const struct rt_check_row rows[] = {
			ROW("cas stores when equal", cas_ok, true),
			ROW("cas refuses when not", cas_bad, false),
			ROW("cas tells what was there", five, 2),
			ROW("cas left the new value", atomic_load(&w), two),
			ROW("exchange gives the old", atomic_exchange(&w, 9),
			    2),
			ROW("64-bit add carries", wide, true),
			ROW("or touches one byte", byte[1], 0xf1),
			ROW("and touches one byte", byte[2], 0x01),
			ROW("the byte before", byte[0], 0x11),
			ROW("the byte after", byte[3], 0x11),
			ROW("32-bit atomics need no lock",
			    atomic_is_lock_free(&w), true),
			ROW("64-bit atomics need no lock",
			    atomic_is_lock_free(&d), true),
		};

		rt_check_table(rows, ROWS(rows));
		return ROWS(rows);
	}
}

/* ---- floats ---- */

static uint64_t
bits(double v)
{
	uint64_t u;

	memcpy(&u, &v, sizeof u);
	return u;
}

static size_t
check_floats(void)
{
	volatile double nan = 0, one = 1, zero = 0, big = 1e308;
	volatile float fnan, f = 16777216;
	uint32_t fbits = 0x7fc00000;
	uint64_t dbits = ~(uint64_t)0;
	double tmp;
	float ftmp;

	memcpy(&tmp, &dbits, sizeof tmp);
	nan = tmp;
	memcpy(&ftmp, &fbits, sizeof ftmp);
	fnan = ftmp;
	{
		const struct rt_check_row rows[] = {
			ROW("NaN equals itself", nan == nan, false),
			ROW("NaN differs from itself", nan != nan, true),
			ROW("NaN below one", nan < one, false),
			ROW("NaN above one", nan > one, false),
			ROW("one below NaN", one < nan, false),
			ROW("float NaN equals itself", fnan == fnan, false),
			ROW("float NaN differs", fnan != fnan, true),
			ROW("minus zero equals zero", -zero == zero, true),
			ROW("minus zero keeps its sign", bits(-zero),
			    (uint64_t)1 << 63),
			ROW("overflow gives infinity", bits(big * 10),
			    (uint64_t)0x7ff << 52),
			ROW("one over zero", bits(one / zero),
			    (uint64_t)0x7ff << 52),
			ROW("rounding is to even", f + 1.0f == f, true),
			ROW("no extra precision", bits(one + 0x1p-53),
			    bits(1.0)),
			ROW("subnormals are kept", 0x1p-1074 * one > 0, true),
		};

		rt_check_table(rows, ROWS(rows));
		return ROWS(rows);
	}
}

/* ---- assembly ---- */

#define SCRATCH_BYTES 16384
static struct {
	struct gobuf home, away;
	uintptr_t arg, sp_there, away_sp;
	uint32_t mxcsr_there;
} ctx;

/* Runs on the scratch stack; spoils what a switch must restore. */
__attribute__((no_sanitize("address", "thread"))) static void
ctx_visit(void *arg)
{
	ctx.arg = (uintptr_t)arg;
	ctx.sp_there = rt_getsp();
	ctx.mxcsr_there = __builtin_ia32_stmxcsr();
	__builtin_ia32_ldmxcsr(0x7f80); /* round to zero */
	rt_ctx_switch(&ctx.away, &ctx.home);
	__builtin_trap(); /* nobody comes back */
}

/*
 * Go to a context made by hand and come back. Registers that must survive get
 * known values first; the compiler's own are spilled by the clobber list.
 */
__attribute__((noinline, no_sanitize("address", "thread"))) static uint64_t
ctx_round_trip(void)
{
	uint64_t lost;

	__asm__ volatile("movq $0x1b, %%rbx\n\t"
	                 "movq $0x12, %%r12\n\t"
	                 "movq $0x13, %%r13\n\t"
	                 "movq $0x14, %%r14\n\t"
	                 "movq $0x15, %%r15\n\t"
	                 "leaq %[home], %%rdi\n\t"
	                 "leaq %[away], %%rsi\n\t"
	                 "call rt_ctx_switch@PLT\n\t"
	                 "xorq $0x1b, %%rbx\n\t"
	                 "xorq $0x12, %%r12\n\t"
	                 "xorq $0x13, %%r13\n\t"
	                 "xorq $0x14, %%r14\n\t"
	                 "xorq $0x15, %%r15\n\t"
	                 "movq %%rbx, %%rax\n\t"
	                 "orq %%r12, %%rax\n\t"
	                 "orq %%r13, %%rax\n\t"
	                 "orq %%r14, %%rax\n\t"
	                 "orq %%r15, %%rax\n\t"
	                 : "=&a"(lost)
	                 : [home] "m"(ctx.home), [away] "m"(ctx.away)
	                 : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
	                 "r11", "r12", "r13", "r14", "r15", "memory", "cc");
	return lost;
}

static void
check_asm(void)
{
	int step = rt_boot_begin("checkASM");
	char *stack = rt_sys_mmap(SCRATCH_BYTES);
	uint32_t mxcsr = __builtin_ia32_stmxcsr();
	uintptr_t hi = (uintptr_t)stack + SCRATCH_BYTES, frame_pc;
	uint64_t lost;

	if (stack == NULL)
		rt_throw("check: no memory for a scratch stack");
	rt_ctx_make(&ctx.away, hi, ctx_visit, (void *)(uintptr_t)0x60a7);
	lost = ctx_round_trip();
	memcpy(&frame_pc, (char *)ctx.away.sp + RT_CTX_PC_OFF,
	    sizeof frame_pc);
	{
		const struct rt_check_row rows[] = {
			ROW("callee-saved registers after a switch", lost, 0),
			ROW("argument of a fresh context", ctx.arg, 0x60a7),
			ROW("stack of a fresh context",
			    ctx.sp_there < hi && ctx.sp_there > hi - 1024, 1),
			ROW("control word over a switch",
			    __builtin_ia32_stmxcsr(), mxcsr),
			ROW("saved pc is in the visitor",
			    frame_pc - (uintptr_t)ctx_visit < 4096, 1),
		};

		rt_check_table(rows, ROWS(rows));
		rt_sys_release(stack, SCRATCH_BYTES);
		rt_boot_end(step, "%zu checks, one round trip",
		    ROWS(rows));
	}
}

void
rt_check(void)
{
	static const struct {
		const char *name;
		size_t (*fn)(void);
	} groups[] = {
		{ "checkSizes", check_sizes },
		{ "checkOffsets", check_offsets },
		{ "checkIntegers", check_integers },
		{ "checkAtomics", check_atomics },
		{ "checkFloats", check_floats },
	};
	int step = rt_boot_begin("check");
	size_t total = 0;

	for (size_t i = 0; i < ROWS(groups); i++) {
		int sub = rt_boot_begin(groups[i].name);
		size_t n = groups[i].fn();

		total += n;
		rt_boot_end(sub, "%zu checks", n);
	}
	check_asm();
	rt_boot_end(step, "%zu promises kept", total);
}
