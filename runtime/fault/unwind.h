/*
 * unwind.h - walking a stack by call frame information.
 *
 * Two layers. cfi.c reads .eh_frame and says how one frame was made (a row);
 * unwind.c applies rows to registers, one frame after the other.
 */
#ifndef RT_UNWIND_H
#define RT_UNWIND_H

#include "runtime2.h"

/* Registers by their DWARF numbers on x86-64. */
enum rt_unwind_reg {
	RT_UW_RAX = 0,
	RT_UW_RBX = 3,
	RT_UW_RBP = 6,
	RT_UW_RSP = 7,
	RT_UW_R10 = 10,
	RT_UW_R12 = 12,
	RT_UW_R15 = 15,
	RT_UW_PC = 16,
	RT_UW_REGS = 17,
};

/* ---- cfi.c ---- */

/* One module's tables: .eh_frame_hdr and what it points to lie in [lo, hi),
 * which is readable. shift is what to add to an address in there to get the
 * address that the tables were linked for; 0 but for copies (tests). */
struct rt_cfi {
	const uint8_t *hdr;
	const uint8_t *lo, *hi;
	uintptr_t shift;
};

enum rt_cfi_rule {
	RT_CFI_SAME,       /* the register still has the caller's value */
	RT_CFI_UNDEFINED,  /* lost; for the return address: outermost frame */
	RT_CFI_OFFSET,     /* saved at CFA + off */
	RT_CFI_VAL_OFFSET, /* is CFA + off */
	RT_CFI_REGISTER,   /* is in register off */
	RT_CFI_EXPR,       /* saved at the address the expression gives */
	RT_CFI_VAL_EXPR,   /* is what the expression gives */
};

struct rt_cfi_row {
	int64_t off[RT_UW_REGS]; /* by rule; an expression: its address */
	uint8_t rule[RT_UW_REGS];
	uint8_t cfa_reg;     /* CFA = this register + cfa_off */
	bool cfa_expr;       /* or: the expression at cfa_off */
	bool signal;         /* the return address is no return address */
	int64_t cfa_off;
};

/* The row at pc. False: no table says anything about pc, or what it says is
 * broken. Reads nothing outside [lo, hi). Async-signal-safe. */
bool rt_cfi_find(const struct rt_cfi *c, uintptr_t pc, struct rt_cfi_row *ret);

/* A bounded reader of DWARF's number formats. After an overrun bad is set and
 * everything reads as 0. */
struct rt_dwbuf {
	const uint8_t *p, *end;
	bool bad;
};
uint8_t rt_dw_u8(struct rt_dwbuf *b);
uint16_t rt_dw_u16(struct rt_dwbuf *b);
uint32_t rt_dw_u32(struct rt_dwbuf *b);
uint64_t rt_dw_u64(struct rt_dwbuf *b);
uint64_t rt_dw_uleb(struct rt_dwbuf *b);
int64_t rt_dw_sleb(struct rt_dwbuf *b);
void rt_dw_skip(struct rt_dwbuf *b, uint64_t n);

/* ---- unwind.c ---- */

#define RT_UNWIND_PIECES 6

/*
 * A walk: the frame it stands at. Registers that nobody knew are 0. The stack
 * is read inside the pieces only.
 */
struct rt_unwind {
	uintptr_t reg[RT_UW_REGS];
	bool exact;   /* pc is an instruction, not a return address */
	bool at_signal; /* the frame is a signal handler's return */
	bool guessed; /* a frame pointer was trusted since the beginning */
	uint8_t npieces, hops;
	struct stack piece[RT_UNWIND_PIECES];
};

/* Where an execution stands. Callee-saved registers may be left 0: a frame
 * whose caller's they save then restores what it has. */
struct rt_where {
	uintptr_t pc, sp, bp;
	bool exact; /* pc is the instruction itself, not a return address */
	uintptr_t bx, r10, r12, r13, r14, r15;
};

/* Begin at *w on a stack of gp's thread or of gp itself; gp NULL: no g, the
 * 64 KiB above sp. False: sp is on none of them. */
bool rt_unwind_begin(
    struct rt_unwind *u, struct g *gp, const struct rt_where *w);
/* Where a goroutine that does not run stands. False: it runs, or is dead. */
bool rt_unwind_stopped(struct g *gp, struct rt_where *ret);
/* Where gp's saved context says; it has left its stack. False: nowhere. */
bool rt_unwind_saved(struct g *gp, struct rt_where *ret);
/* The word at a, if that is on a stack of gp's thread. */
bool rt_unwind_word(struct g *gp, uintptr_t a, uintptr_t *ret);
/* The rest of a walk as pcs, leaf first. Returns n. */
int rt_unwind_pcs(struct rt_unwind *u, uintptr_t *pcs, int max);
/* Where a signal found its thread. */
void rt_unwind_ucontext(const void *ucontext, struct rt_where *ret);
/* On to the caller. False: this was the outermost frame, or what lies above
 * can't be told. All of this is async-signal-safe and takes no lock. */
bool rt_unwind_next(struct rt_unwind *u);

/* Where the caller of this function (inlined there) stands. */
static inline __attribute__((always_inline)) struct rt_where
rt_unwind_here(void)
{
	struct rt_where w = { .exact = true };

	__asm__ volatile("leaq 0(%%rip), %0" : "=r"(w.pc));
	__asm__ volatile("movq %%rsp, %0\n\tmovq %%rbp, %1\n\tmovq %%rbx, %2"
	                 : "=&r"(w.sp), "=&r"(w.bp), "=&r"(w.bx));
	__asm__ volatile("movq %%r12, %0\n\tmovq %%r13, %1\n\t"
	                 "movq %%r14, %2\n\tmovq %%r15, %3"
	                 : "=m"(w.r12), "=m"(w.r13), "=m"(w.r14), "=m"(w.r15));
	return w;
}

#endif
