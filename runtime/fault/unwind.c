/*
 * unwind.c - from a frame to its caller.
 *
 * A walk holds the registers of one frame and the pieces of stack it may read:
 * of a goroutine its slot and, when it grew, its second segment; of a thread
 * also its g0's and its signal stack, since rt_systemstack, __morestack and
 * signal frames lead from one to the other. Each word read lies in a piece.
 * Frames must climb: a caller's sp is above its callee's in the same piece, and
 * crossings between pieces are counted. So a walk ends whatever the stack and
 * the tables hold, and reads nothing that can fault.
 *
 * A frame is undone by a row of its function's call frame information (cfi.c).
 * Interpreting one costs some 150 ns, so simple rows are kept in a small table
 * of pcs: those where the CFA is rsp or rbp plus a constant and registers are
 * saved at small offsets, which is nearly every row that compilers make. An
 * entry is two words, packed row and packed row xor pc; a reader that sees
 * halves of two writes gets a pc that does not match, so the table needs no
 * lock and may be used and filled in any signal handler. Only modules that
 * modulesinit listed are kept: these are never unloaded.
 *
 * Code without call frame information (assembly without directives, generated
 * code) is passed by its frame pointer when that points up the stack.
 *
 * The pc of a frame is a return address, and belongs to the call before it,
 * except in the first frame, in one that a signal interrupted, and in one that
 * was made to look like a call by a fault handler; those are `exact`.
 *
 * Rejected: libgcc's unwinder (allocates nothing but trusts all it reads, walks
 * only the running stack, 700 bytes of context a frame); scanning the stack for
 * words that look like return addresses (old ones do, too).
 */
#define _GNU_SOURCE
#include "config.h"

#include "fault/fault.h"
#include "fault/unwind.h"

#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "sched/sched.h"

#include <dlfcn.h>
#include <string.h>
#include <ucontext.h>

#define FOREIGN_STACK_BYTES ((uintptr_t)64 << 10)
#define OVERSHOOT_BYTES ((uintptr_t)1 << 20) /* of an overflow's frame */
#define HOPS_MAX 16
#define EXPR_STACK 32
#define EXPR_STEPS 512

#define RAW_STACK __attribute__((no_sanitize("address", "thread")))
#define RACY __attribute__((no_sanitize("thread")))

/* ---- the stack ---- */

static const struct stack *
piece_of(const struct rt_unwind *u, uintptr_t a)
{
	for (unsigned i = 0; i < u->npieces; i++)
		if (a >= u->piece[i].lo && a <= u->piece[i].hi)
			return &u->piece[i];
	return NULL;
}

RAW_STACK static bool
read_word(const struct rt_unwind *u, uintptr_t a, uintptr_t *ret)
{
	const struct stack *s = piece_of(u, a);

	if (s == NULL || a % 8 != 0 || s->hi - a < 8)
		return false;
	*ret = *(const uintptr_t *)a;
	return true;
}

static void
add_piece(struct rt_unwind *u, uintptr_t lo, uintptr_t hi)
{
	for (unsigned i = 0; i < u->npieces; i++)
		if (u->piece[i].lo == lo)
			return;
	if (u->npieces < RT_UNWIND_PIECES && lo != 0 && lo < hi)
		u->piece[u->npieces++] = (struct stack){ lo, hi };
}

RACY static void
add_g(struct rt_unwind *u, const struct g *gp)
{
	struct stack segment;

	if (gp == NULL)
		return;
	add_piece(u, gp->stack.lo, gp->stack.hi);
	segment = rt_stack_segment(gp);
	add_piece(u, segment.lo, segment.hi);
}

/* Whose stacks these are may change while gp runs elsewhere: what is read here
 * is bounds to stay within, and stacks are never unmapped. */
RACY bool
rt_unwind_begin(struct rt_unwind *u, struct g *gp, const struct rt_where *w)
{
	const struct m *mp = gp == NULL ? NULL : gp->m;

	memset(u, 0, sizeof(*u));
	u->reg[RT_UW_PC] = w->pc;
	u->reg[RT_UW_RSP] = w->sp;
	u->reg[RT_UW_RBP] = w->bp;
	u->reg[RT_UW_RBX] = w->bx;
	u->reg[RT_UW_R10] = w->r10;
	u->reg[RT_UW_R12] = w->r12;
	u->reg[RT_UW_R12 + 1] = w->r13;
	u->reg[RT_UW_R12 + 2] = w->r14;
	u->reg[RT_UW_R15] = w->r15;
	u->exact = w->exact;
	if (gp == NULL)
		add_piece(u, w->sp, w->sp + FOREIGN_STACK_BYTES);
	add_g(u, gp);
	if (mp != NULL) {
		add_g(u, mp->curg);
		add_g(u, mp->g0);
		add_g(u, mp->gsignal);
	}
	if (gp != NULL && w->sp < gp->stack.lo &&
	    gp->stack.lo - w->sp < OVERSHOOT_BYTES && piece_of(u, w->sp) == NULL)
		u->reg[RT_UW_RSP] = gp->stack.lo; /* the stack overflowed */
	return piece_of(u, u->reg[RT_UW_RSP]) != NULL;
}

RAW_STACK bool
rt_unwind_stopped(struct g *gp, struct rt_where *ret)
{
	uint32_t status = rt_readgstatus(gp) & ~(uint32_t)G_SCAN;

	if (status == G_SYSCALL && gp->syscallsp != 0) {
		*ret = (struct rt_where){
			.pc = gp->syscallpc,
			.sp = gp->syscallsp,
			.bx = gp->syscallregs[0],
			.bp = gp->syscallregs[1],
			.r12 = gp->syscallregs[2],
			.r13 = gp->syscallregs[3],
			.r14 = gp->syscallregs[4],
			.r15 = gp->syscallregs[5],
		};
		return true;
	}
	if (status == G_RUNNING || status == G_DEAD || status == G_IDLE)
		return false;
	return rt_unwind_saved(gp, ret);
}

RAW_STACK bool
rt_unwind_saved(struct g *gp, struct rt_where *ret)
{
	const uintptr_t *ctx = (const uintptr_t *)gp->sched.sp;
	struct stack on[2];

	if (rt_stack_pieces(gp, (uintptr_t)ctx, on) == 0 ||
	    on[0].hi - (uintptr_t)ctx < RT_CTX_BYTES)
		return false;
	*ret = (struct rt_where){
		.pc = ctx[7],
		.bp = ctx[6],
		.bx = ctx[5],
		.r12 = ctx[4],
		.r13 = ctx[3],
		.r14 = ctx[2],
		.r15 = ctx[1],
		.sp = (uintptr_t)ctx + RT_CTX_BYTES,
	};
	return true;
}

bool
rt_unwind_word(struct g *gp, uintptr_t a, uintptr_t *ret)
{
	struct rt_where w = { .sp = a };
	struct rt_unwind u;

	return rt_unwind_begin(&u, gp, &w) && read_word(&u, a, ret);
}

int
rt_unwind_pcs(struct rt_unwind *u, uintptr_t *pcs, int max)
{
	int n = 0;

	do {
		if (n == max)
			break;
		pcs[n++] = u->reg[RT_UW_PC] + u->exact;
	} while (rt_unwind_next(u));
	return n;
}

RT_SAN_OFF void
rt_unwind_ucontext(const void *ucontext, struct rt_where *ret)
{
	const greg_t *r = ((const ucontext_t *)ucontext)->uc_mcontext.gregs;

	*ret = (struct rt_where){
		.pc = (uintptr_t)r[REG_RIP],
		.sp = (uintptr_t)r[REG_RSP],
		.bp = (uintptr_t)r[REG_RBP],
		.bx = (uintptr_t)r[REG_RBX],
		.r10 = (uintptr_t)r[REG_R10],
		.r12 = (uintptr_t)r[REG_R12],
		.r13 = (uintptr_t)r[REG_R13],
		.r14 = (uintptr_t)r[REG_R14],
		.r15 = (uintptr_t)r[REG_R15],
		.exact = true,
	};
}

/* ---- expressions ---- */

struct expr {
	const struct rt_unwind *u;
	struct rt_dwbuf b;
	const uint8_t *begin;
	uint64_t v[EXPR_STACK];
	unsigned n;
	bool bad;
};

static void
push(struct expr *e, uint64_t v)
{
	if (e->n == EXPR_STACK)
		e->bad = true;
	else
		e->v[e->n++] = v;
}

static uint64_t
pop(struct expr *e)
{
	if (e->n == 0) {
		e->bad = true;
		return 0;
	}
	return e->v[--e->n];
}

static uint64_t
pick(struct expr *e, unsigned depth)
{
	if (depth >= e->n) {
		e->bad = true;
		return 0;
	}
	return e->v[e->n - 1 - depth];
}

static uint64_t
register_value(struct expr *e, uint64_t reg)
{
	if (reg >= RT_UW_REGS) {
		e->bad = true;
		return 0;
	}
	return e->u->reg[reg];
}

static void
dereference(struct expr *e)
{
	uintptr_t v = 0;

	if (!read_word(e->u, pop(e), &v))
		e->bad = true;
	push(e, v);
}

/* A jump by n bytes from behind the instruction, inside the expression. */
static void
jump(struct expr *e, int16_t n)
{
	if (n < e->begin - e->b.p || n > e->b.end - e->b.p)
		e->bad = true;
	else
		e->b.p += n;
}

enum { /* DWARF's numbers, without the prefix DW_OP_ */
	OP_deref = 0x06,
	OP_const1u = 0x08,
	OP_const1s,
	OP_const2u,
	OP_const2s,
	OP_const4u,
	OP_const4s,
	OP_const8u,
	OP_const8s,
	OP_constu,
	OP_consts,
	OP_dup,
	OP_drop,
	OP_over,
	OP_pick,
	OP_swap,
	OP_rot,
	OP_abs = 0x19,
	OP_and,
	OP_div,
	OP_minus,
	OP_mod,
	OP_mul,
	OP_neg,
	OP_not,
	OP_or,
	OP_plus,
	OP_plus_uconst,
	OP_shl,
	OP_shr,
	OP_shra,
	OP_xor,
	OP_bra,
	OP_eq,
	OP_ge,
	OP_gt,
	OP_le,
	OP_lt,
	OP_ne,
	OP_skip,
	OP_lit0 = 0x30,
	OP_breg0 = 0x70,
	OP_bregx = 0x92,
	OP_nop = 0x96,
};

/* Constants. False: op is not one. */
static bool
op_const(struct expr *e, uint8_t op)
{
	struct rt_dwbuf *b = &e->b;

	if (op >= OP_lit0 && op < OP_lit0 + 32) {
		push(e, op - OP_lit0);
		return true;
	}
	switch (op) {
	case OP_const1u:
		push(e, rt_dw_u8(b));
		return true;
	case OP_const1s:
		push(e, (uint64_t)(int8_t)rt_dw_u8(b));
		return true;
	case OP_const2u:
		push(e, rt_dw_u16(b));
		return true;
	case OP_const2s:
		push(e, (uint64_t)(int16_t)rt_dw_u16(b));
		return true;
	case OP_const4u:
		push(e, rt_dw_u32(b));
		return true;
	case OP_const4s:
		push(e, (uint64_t)(int32_t)rt_dw_u32(b));
		return true;
	case OP_const8u:
	case OP_const8s:
		push(e, rt_dw_u64(b));
		return true;
	case OP_constu:
		push(e, rt_dw_uleb(b));
		return true;
	case OP_consts:
		push(e, (uint64_t)rt_dw_sleb(b));
		return true;
	default:
		return false;
	}
}

/* Words moved on the stack. False: op does not. */
static bool
op_move(struct expr *e, uint8_t op)
{
	uint64_t a, b, c;

	switch (op) {
	case OP_dup:
		push(e, pick(e, 0));
		return true;
	case OP_drop:
		pop(e);
		return true;
	case OP_over:
		push(e, pick(e, 1));
		return true;
	case OP_pick:
		push(e, pick(e, rt_dw_u8(&e->b)));
		return true;
	case OP_swap:
		a = pop(e);
		b = pop(e);
		push(e, a);
		push(e, b);
		return true;
	case OP_rot:
		a = pop(e);
		b = pop(e);
		c = pop(e);
		push(e, a);
		push(e, c);
		push(e, b);
		return true;
	default:
		return false;
	}
}

/* One operand. False: op takes another number of them. */
static bool
op_unary(struct expr *e, uint8_t op)
{
	uint64_t a;

	switch (op) {
	case OP_abs:
		a = pop(e);
		push(e, (int64_t)a < 0 ? 0 - a : a);
		return true;
	case OP_neg:
		push(e, 0 - pop(e));
		return true;
	case OP_not:
		push(e, ~pop(e));
		return true;
	case OP_plus_uconst:
		a = pop(e);
		push(e, a + rt_dw_uleb(&e->b));
		return true;
	case OP_deref:
		dereference(e);
		return true;
	default:
		return false;
	}
}

static int64_t
divide(struct expr *e, int64_t a, int64_t b)
{
	if (b == 0 || (b == -1 && a == INT64_MIN)) {
		e->bad = true;
		return 0;
	}
	return a / b;
}

static uint64_t
modulo(struct expr *e, uint64_t a, uint64_t b)
{
	if (b == 0) {
		e->bad = true;
		return 0;
	}
	return a % b;
}

/* What a and b give; a was pushed first. */
static uint64_t
binary(struct expr *e, uint8_t op, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case OP_and:
		return a & b;
	case OP_div:
		return (uint64_t)divide(e, sa, sb);
	case OP_minus:
		return a - b;
	case OP_mod:
		return modulo(e, a, b);
	case OP_mul:
		return a * b;
	case OP_or:
		return a | b;
	case OP_plus:
		return a + b;
	case OP_shl:
		return b > 63 ? 0 : a << b;
	case OP_shr:
		return b > 63 ? 0 : a >> b;
	case OP_shra:
		return (uint64_t)(sa >> (b > 63 ? 63 : b));
	case OP_xor:
		return a ^ b;
	case OP_eq:
		return sa == sb;
	case OP_ge:
		return sa >= sb;
	case OP_gt:
		return sa > sb;
	case OP_le:
		return sa <= sb;
	case OP_lt:
		return sa < sb;
	case OP_ne:
		return sa != sb;
	default:
		e->bad = true;
		return 0;
	}
}

static void
op_any(struct expr *e, uint8_t op)
{
	uint64_t a, b;
	int16_t n;

	if (op_const(e, op) || op_move(e, op) || op_unary(e, op))
		return;
	if (op >= OP_breg0 && op < OP_breg0 + 32) {
		a = register_value(e, op - OP_breg0);
		push(e, a + (uint64_t)rt_dw_sleb(&e->b));
		return;
	}
	switch (op) {
	case OP_bregx:
		a = register_value(e, rt_dw_uleb(&e->b));
		push(e, a + (uint64_t)rt_dw_sleb(&e->b));
		return;
	case OP_skip:
	case OP_bra:
		n = (int16_t)rt_dw_u16(&e->b);
		if (op == OP_skip || pop(e) != 0)
			jump(e, n);
		return;
	case OP_nop:
		return;
	}
	b = pop(e);
	a = pop(e);
	push(e, binary(e, op, a, b));
}

/* The expression at `at` was inside the tables when its row was made. */
static bool
evaluate(const struct rt_unwind *u, int64_t at, const uintptr_t *first,
    uintptr_t *ret)
{
	struct rt_dwbuf len = { (const uint8_t *)(intptr_t)at, NULL, false };
	struct expr e = { .u = u };
	uint64_t n;

	len.end = len.p + 10; /* the length itself was checked, too */
	n = rt_dw_uleb(&len);
	e.begin = len.p;
	e.b = (struct rt_dwbuf){ len.p, len.p + n, false };
	if (first != NULL)
		push(&e, *first);
	for (int i = 0; e.b.p < e.b.end; i++) {
		if (i == EXPR_STEPS)
			return false;
		op_any(&e, rt_dw_u8(&e.b));
		if (e.bad || e.b.bad)
			return false;
	}
	*ret = pop(&e);
	return !e.bad;
}

/* ---- rows ---- */

/* Where pc's tables are; false: nowhere. *ret_kept: never unloaded. */
static bool
tables_of(uintptr_t pc, struct rt_cfi *ret, bool *ret_kept)
{
	const struct rt_module *m = rt_find_module(pc);
	struct dl_find_object o;

	*ret_kept = m != NULL;
	if (m != NULL) {
		ret->hdr = (const uint8_t *)m->cfi;
		ret->lo = (const uint8_t *)m->rodata;
		ret->hi = (const uint8_t *)m->erodata;
	} else {
		if (_dl_find_object((void *)pc, &o) != 0)
			return false;
		ret->hdr = o.dlfo_eh_frame;
		ret->lo = ret->hdr;
		ret->hi = o.dlfo_map_end;
	}
	ret->shift = 0;
	return ret->hdr != NULL;
}

static bool
apply_rule(const struct rt_unwind *u, const struct rt_cfi_row *row, int reg,
    uintptr_t cfa, uintptr_t *ret)
{
	int64_t off = row->off[reg];
	uintptr_t a;

	switch (row->rule[reg]) {
	case RT_CFI_SAME:
		*ret = u->reg[reg];
		return true;
	case RT_CFI_OFFSET:
		return read_word(u, cfa + (uintptr_t)off, ret);
	case RT_CFI_VAL_OFFSET:
		*ret = cfa + (uintptr_t)off;
		return true;
	case RT_CFI_REGISTER:
		if ((uint64_t)off >= RT_UW_REGS)
			return false;
		*ret = u->reg[off];
		return true;
	case RT_CFI_EXPR:
		return evaluate(u, off, &cfa, &a) && read_word(u, a, ret);
	case RT_CFI_VAL_EXPR:
		return evaluate(u, off, &cfa, ret);
	default:
		*ret = 0;
		return true;
	}
}

static bool
apply_row(struct rt_unwind *u, const struct rt_cfi_row *row)
{
	uintptr_t next[RT_UW_REGS], cfa;

	if (row->rule[RT_UW_PC] == RT_CFI_UNDEFINED ||
	    row->rule[RT_UW_PC] == RT_CFI_SAME)
		return false; /* outermost */
	if (!row->cfa_expr)
		cfa = u->reg[row->cfa_reg] + (uintptr_t)row->cfa_off;
	else if (!evaluate(u, row->cfa_off, NULL, &cfa))
		return false;
	for (int i = 0; i < RT_UW_REGS; i++)
		if (!apply_rule(u, row, i, cfa, &next[i]))
			return false;
	if (row->rule[RT_UW_RSP] == RT_CFI_SAME)
		next[RT_UW_RSP] = cfa;
	memcpy(u->reg, next, sizeof(next));
	u->exact = u->at_signal = row->signal;
	return true;
}

/* ---- kept rows ---- */

#define CACHE_ENTRIES 2048
#define SLOT_BITS 6 /* a save slot, counted down from the CFA; 0: not saved */

/* Registers whose saved values a packed row can tell, in its order. */
static const uint8_t saved_regs[] = { RT_UW_RBX, RT_UW_RBP, RT_UW_R12,
	RT_UW_R12 + 1, RT_UW_R12 + 2, RT_UW_R15 };
#define NSAVED 6
/* packed: 6 slots, then 1 bit rbp or rsp, 1 valid, then CFA offset / 8 */
#define PACKED_BP ((uint64_t)1 << (NSAVED * SLOT_BITS))
#define PACKED_VALID (PACKED_BP << 1)
#define PACKED_OFF_SHIFT (NSAVED * SLOT_BITS + 2)
#define PACKED_OFF_MAX ((uint64_t)1 << (64 - PACKED_OFF_SHIFT))

static struct {
	_Atomic uint64_t row;  /* relaxed, as is check: see the essay */
	_Atomic uint64_t check; /* row ^ pc */
} cache[CACHE_ENTRIES] RT_NOT_ROOT;

/* pc with its lowest bit telling how it is looked up would be ambiguous:
 * rows are kept under the address that was looked up. */
static size_t
cache_index(uintptr_t pc)
{
	return (pc * 0x9e3779b97f4a7c15u) >> 53; /* 11 bits */
}
_Static_assert(CACHE_ENTRIES == 1 << 11, "cache_index makes 11 bits");

static uint64_t
cache_get(uintptr_t pc)
{
	size_t i = cache_index(pc);
	uint64_t row = atomic_load_explicit(&cache[i].row, memory_order_relaxed);

	return (atomic_load_explicit(&cache[i].check, memory_order_relaxed) ^
		   row) == pc ? row : 0;
}

static void
cache_put(uintptr_t pc, uint64_t row)
{
	size_t i = cache_index(pc);

	atomic_store_explicit(&cache[i].row, row, memory_order_relaxed);
	atomic_store_explicit(&cache[i].check, row ^ pc, memory_order_relaxed);
}

/* 0: too special. */
static uint64_t
pack(const struct rt_cfi_row *row)
{
	uint64_t r = PACKED_VALID, seen = 0;

	if (row->cfa_expr || row->signal || row->cfa_off % 8 != 0 ||
	    row->cfa_off < 0 || (uint64_t)row->cfa_off / 8 >= PACKED_OFF_MAX ||
	    (row->cfa_reg != RT_UW_RSP && row->cfa_reg != RT_UW_RBP) ||
	    row->rule[RT_UW_PC] != RT_CFI_OFFSET || row->off[RT_UW_PC] != -8)
		return 0;
	if (row->cfa_reg == RT_UW_RBP)
		r |= PACKED_BP;
	r |= (uint64_t)row->cfa_off / 8 << PACKED_OFF_SHIFT;
	for (unsigned i = 0; i < NSAVED; i++) {
		int reg = saved_regs[i];
		int64_t slot = -row->off[reg] / 8;

		seen |= (uint64_t)1 << reg;
		if (row->rule[reg] == RT_CFI_SAME)
			continue;
		if (row->rule[reg] != RT_CFI_OFFSET || row->off[reg] % 8 != 0 ||
		    slot < 1 || slot >= 1 << SLOT_BITS)
			return 0;
		r |= (uint64_t)slot << (i * SLOT_BITS);
	}
	for (int reg = 0; reg < RT_UW_PC; reg++)
		if (!(seen >> reg & 1) && row->rule[reg] != RT_CFI_SAME)
			return 0;
	return r;
}

RAW_STACK static bool
apply_packed(struct rt_unwind *u, uint64_t row)
{
	uintptr_t cfa = u->reg[row & PACKED_BP ? RT_UW_RBP : RT_UW_RSP] +
	    (row >> PACKED_OFF_SHIFT) * 8;
	const struct stack *s = piece_of(u, cfa);
	uint64_t slots = row & (PACKED_BP - 1);

	if (s == NULL || cfa % 8 != 0 || cfa - s->lo < 8 << SLOT_BITS)
		return false; /* the careful way decides */
	for (unsigned i = 0; slots != 0; i++, slots >>= SLOT_BITS) {
		unsigned slot = slots & ((1 << SLOT_BITS) - 1);

		if (slot != 0)
			u->reg[saved_regs[i]] =
			    *(const uintptr_t *)(cfa - 8 * slot);
	}
	u->reg[RT_UW_PC] = *(const uintptr_t *)(cfa - 8);
	u->reg[RT_UW_RSP] = cfa;
	u->exact = u->at_signal = false;
	return true;
}

/* By frame pointer: code that no table knows. */
static bool
apply_frame_pointer(struct rt_unwind *u)
{
	uintptr_t bp = u->reg[RT_UW_RBP], next, pc;

	if (bp < u->reg[RT_UW_RSP] || !read_word(u, bp, &next) ||
	    !read_word(u, bp + 8, &pc))
		return false;
	u->reg[RT_UW_PC] = pc;
	u->reg[RT_UW_RSP] = bp + 16;
	u->reg[RT_UW_RBP] = next;
	u->exact = u->at_signal = false;
	u->guessed = true;
	return true;
}

static bool
undo_frame(struct rt_unwind *u)
{
	uintptr_t at = u->reg[RT_UW_PC] - !u->exact;
	uint64_t packed = cache_get(at);
	struct rt_cfi_row row;
	struct rt_cfi tables;
	bool kept;

	if (packed != 0 && apply_packed(u, packed))
		return true;
	if (!tables_of(at, &tables, &kept) || !rt_cfi_find(&tables, at, &row))
		return apply_frame_pointer(u);
	packed = kept ? pack(&row) : 0;
	if (packed != 0)
		cache_put(at, packed);
	return apply_row(u, &row);
}

bool
rt_unwind_next(struct rt_unwind *u)
{
	uintptr_t sp = u->reg[RT_UW_RSP];
	const struct stack *from = piece_of(u, sp), *to;

	if (!undo_frame(u) || u->reg[RT_UW_PC] == 0)
		return false;
	to = piece_of(u, u->reg[RT_UW_RSP]);
	if (to == NULL)
		return false;
	if (to == from)
		return u->reg[RT_UW_RSP] > sp;
	return ++u->hops <= HOPS_MAX;
}
