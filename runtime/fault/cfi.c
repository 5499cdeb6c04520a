/*
 * cfi.c - call frame information, read where the program is mapped.
 *
 * Compiled Go and libc keep no frame pointers; what they have is .eh_frame,
 * which says for each instruction where the caller's registers are. The
 * unwinder of libgcc reads it too, but through a registry with a lock and
 * with a context of 600 bytes, and it stops for nothing on a bad table. This
 * reader is for tracebacks of a process that may be broken, for profiles in
 * signal handlers, and for asking at any instruction what lies below: no lock,
 * no allocation, each read checked against the mapped segment.
 *
 * Finding: .eh_frame_hdr has a table of (function, entry) sorted by address,
 * made by the linker. All linkers write it in one form (relative to the header,
 * four bytes each); another form is treated as no table.
 *
 * Interpreting: a frame's entry (FDE) is a small program that builds a row,
 * instruction by instruction, up to the pc asked for; its parent (CIE) has the
 * part common to all. Rows are kept for the 16 integer registers and the
 * return address, the others are skipped. Broken input makes rt_cfi_find say
 * false or gives a wrong row, which unwind.c survives: it checks what it reads
 * by a row against the stack's bounds.
 *
 * Remembered rows nest once in what compilers emit; four are enough.
 */
#include "fault/unwind.h"

#include <string.h>

#define REMEMBER_MAX 4

/* ---- numbers ---- */

static const uint8_t *
take(struct rt_dwbuf *b, size_t n)
{
	const uint8_t *p = b->p;

	if (b->bad || (size_t)(b->end - p) < n) {
		b->bad = true;
		return NULL;
	}
	b->p = p + n;
	return p;
}

uint8_t
rt_dw_u8(struct rt_dwbuf *b)
{
	const uint8_t *p = take(b, 1);

	return p == NULL ? 0 : *p;
}

#define FIXED(name, type)                                                      \
	type name(struct rt_dwbuf *b)                                          \
	{                                                                      \
		const uint8_t *p = take(b, sizeof(type));                      \
		type v = 0;                                                    \
                                                                               \
		if (p != NULL)                                                 \
			memcpy(&v, p, sizeof(v));                              \
		return v;                                                      \
	}
FIXED(rt_dw_u16, uint16_t)
FIXED(rt_dw_u32, uint32_t)
FIXED(rt_dw_u64, uint64_t)
#undef FIXED

uint64_t
rt_dw_uleb(struct rt_dwbuf *b)
{
	uint64_t v = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t c = rt_dw_u8(b);

		if (shift < 64)
			v |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0)
			return v;
	}
}

int64_t
rt_dw_sleb(struct rt_dwbuf *b)
{
	uint64_t v = 0;

	for (unsigned shift = 0;;) {
		uint8_t c = rt_dw_u8(b);

		if (shift < 64)
			v |= (uint64_t)(c & 0x7f) << shift;
		shift += 7;
		if (c & 0x80)
			continue;
		if (shift < 64 && (c & 0x40))
			v |= ~(uint64_t)0 << shift;
		return (int64_t)v;
	}
}

void
rt_dw_skip(struct rt_dwbuf *b, uint64_t n)
{
	if (b->bad || n > (uint64_t)(b->end - b->p))
		b->bad = true;
	else
		b->p += n;
}

/* ---- pointers ---- */

enum { /* how a pointer is encoded: low nibble the format, high the base */
	PE_ABSPTR = 0x00,
	PE_ULEB = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_FORMAT = 0x0f,
	PE_PCREL = 0x10,
	PE_DATAREL = 0x30,
	PE_BASE = 0x70,
	PE_INDIRECT = 0x80,
	PE_OMIT = 0xff,
};

static uint64_t
read_format(struct rt_dwbuf *b, uint8_t enc)
{
	switch (enc & PE_FORMAT) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return rt_dw_u64(b);
	case PE_ULEB:
		return rt_dw_uleb(b);
	case PE_SLEB:
		return (uint64_t)rt_dw_sleb(b);
	case PE_UDATA2:
		return rt_dw_u16(b);
	case PE_UDATA4:
		return rt_dw_u32(b);
	case PE_SDATA2:
		return (uint64_t)(int64_t)(int16_t)rt_dw_u16(b);
	case PE_SDATA4:
		return (uint64_t)(int64_t)(int32_t)rt_dw_u32(b);
	default:
		b->bad = true;
		return 0;
	}
}

/* Indirect ones are personalities only, whose value nobody here wants. */
static uintptr_t
read_pointer(const struct rt_cfi *c, struct rt_dwbuf *b, uint8_t enc)
{
	uintptr_t here = (uintptr_t)b->p + c->shift, v;

	if (enc == PE_OMIT)
		return 0;
	v = read_format(b, enc);
	switch (enc & PE_BASE) {
	case PE_ABSPTR:
		return v;
	case PE_PCREL:
		return v + here;
	case PE_DATAREL:
		return v + (uintptr_t)c->hdr + c->shift;
	default:
		b->bad = true;
		return 0;
	}
}

/* ---- finding ---- */

/* The entry for pc by the sorted table; NULL: none. */
static const uint8_t *
search_table(const struct rt_cfi *c, uintptr_t pc)
{
	struct rt_dwbuf b = { c->hdr, c->hi, false };
	uintptr_t hdr = (uintptr_t)c->hdr + c->shift;
	uint8_t ptr_enc;
	uint32_t n;
	size_t lo = 0, hi;
	int32_t want = (int32_t)(pc - hdr), e[2];

	if (c->hdr < c->lo || c->hdr >= c->hi || rt_dw_u8(&b) != 1)
		return NULL;
	ptr_enc = rt_dw_u8(&b);
	if (rt_dw_u8(&b) != PE_UDATA4 ||
	    rt_dw_u8(&b) != (PE_DATAREL | PE_SDATA4))
		return NULL;
	read_pointer(c, &b, ptr_enc);
	n = rt_dw_u32(&b);
	if (b.bad || n > (size_t)(b.end - b.p) / sizeof(e) ||
	    pc - hdr != (uintptr_t)(intptr_t)want)
		return NULL;
	for (hi = n; lo < hi;) { /* first function that begins after pc */
		size_t mid = lo + (hi - lo) / 2;

		memcpy(e, b.p + mid * sizeof(e), sizeof(e));
		if (e[0] <= want)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return NULL;
	memcpy(e, b.p + (lo - 1) * sizeof(e), sizeof(e));
	if (e[1] < c->lo - c->hdr || e[1] >= c->hi - c->hdr)
		return NULL;
	return c->hdr + e[1];
}

struct cie {
	uint64_t code_align;
	int64_t data_align;
	uint8_t fde_enc;
	bool sized; /* augmentation data has its length in front */
	bool signal;
	struct rt_dwbuf init; /* initial instructions */
};

/* An entry at p: its body in *ret. False: the end mark, or broken. */
static bool
entry_body(const struct rt_cfi *c, const uint8_t *p, struct rt_dwbuf *ret)
{
	struct rt_dwbuf b = { p, c->hi, false };
	uint32_t n;

	if (p < c->lo || p >= c->hi)
		return false;
	n = rt_dw_u32(&b);
	if (b.bad || n == 0 || n == UINT32_MAX || n > (size_t)(b.end - b.p))
		return false;
	*ret = (struct rt_dwbuf){ b.p, b.p + n, false };
	return true;
}

static void
read_augmentation(
    const struct rt_cfi *c, const char *aug, struct rt_dwbuf *b, struct cie *k)
{
	for (; *aug != '\0' && !b->bad; aug++) {
		switch (*aug) {
		case 'R':
			k->fde_enc = rt_dw_u8(b);
			break;
		case 'P':
			read_pointer(c, b, rt_dw_u8(b) & (uint8_t)~PE_INDIRECT);
			break;
		case 'L':
			rt_dw_u8(b);
			break;
		case 'S':
			k->signal = true;
			break;
		default:
			return; /* unknown: its length is known, go behind */
		}
	}
}

static bool
read_cie(const struct rt_cfi *c, const uint8_t *p, struct cie *k)
{
	struct rt_dwbuf b;
	const char *aug;
	uint8_t version;
	uint64_t ra, n;

	memset(k, 0, sizeof(*k));
	if (!entry_body(c, p, &b) || rt_dw_u32(&b) != 0)
		return false;
	version = rt_dw_u8(&b);
	if (version != 1 && version != 3 && version != 4)
		return false;
	aug = (const char *)b.p;
	while (rt_dw_u8(&b) != 0)
		;
	if (b.bad || (aug[0] != 'z' && aug[0] != '\0'))
		return false;
	if (version == 4)
		rt_dw_skip(&b, 2); /* sizes of an address and a segment */
	k->code_align = rt_dw_uleb(&b);
	k->data_align = rt_dw_sleb(&b);
	ra = version == 1 ? rt_dw_u8(&b) : rt_dw_uleb(&b);
	if (ra != RT_UW_PC)
		return false;
	k->sized = aug[0] == 'z';
	if (k->sized) {
		const uint8_t *behind;

		n = rt_dw_uleb(&b);
		if (b.bad || n > (uint64_t)(b.end - b.p))
			return false;
		behind = b.p + n;
		read_augmentation(c, aug + 1, &b, k);
		b.p = behind;
	}
	k->init = b;
	return !b.bad;
}

/* ---- the program of a frame ---- */

struct machine {
	const struct rt_cfi *c;
	const struct cie *k;
	uintptr_t loc, pc;          /* the row's address, the one asked for */
	struct rt_cfi_row *row;
	struct rt_cfi_row initial;  /* after the CIE's part, for restore */
	struct rt_cfi_row kept[REMEMBER_MAX];
	unsigned nkept;
};

/* Offsets are counted in the CIE's unit. Broken ones may wrap. */
static int64_t
scaled(const struct machine *m, uint64_t n)
{
	return (int64_t)(n * (uint64_t)m->k->data_align);
}

static void
set_rule(struct machine *m, uint64_t reg, enum rt_cfi_rule rule, int64_t off)
{
	if (reg >= RT_UW_REGS)
		return; /* vector and such: nobody needs them to walk */
	m->row->rule[reg] = rule;
	m->row->off[reg] = off;
}

static void
restore_rule(struct machine *m, uint64_t reg)
{
	if (reg < RT_UW_REGS)
		set_rule(m, reg, m->initial.rule[reg], m->initial.off[reg]);
}

static void
set_cfa(struct machine *m, struct rt_dwbuf *b, uint64_t reg, int64_t off)
{
	if (reg >= RT_UW_REGS)
		b->bad = true;
	m->row->cfa_expr = false;
	m->row->cfa_reg = (uint8_t)reg;
	m->row->cfa_off = off;
}

/* The address of an expression: its length in front of its bytes. */
static int64_t
take_expr(struct rt_dwbuf *b)
{
	const uint8_t *p = b->p;

	rt_dw_skip(b, rt_dw_uleb(b));
	return (int64_t)(intptr_t)p;
}

static void
remember(struct machine *m, struct rt_dwbuf *b)
{
	if (m->nkept == REMEMBER_MAX)
		b->bad = true;
	else
		m->kept[m->nkept++] = *m->row;
}

static void
recall(struct machine *m, struct rt_dwbuf *b)
{
	if (m->nkept == 0)
		b->bad = true;
	else
		*m->row = m->kept[--m->nkept];
}

/* An advance, in code units: past pc the row is the one asked for. */
static bool
advance(struct machine *m, uint64_t units)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(units, m->k->code_align, &bytes) ||
	    bytes > m->pc - m->loc)
		return false;
	m->loc += bytes;
	return true;
}

enum { /* DWARF's numbers of the instructions, without the prefix DW_CFA_ */
	CFA_set_loc = 0x01,
	CFA_advance_loc1,
	CFA_advance_loc2,
	CFA_advance_loc4,
	CFA_offset_extended,
	CFA_restore_extended,
	CFA_undefined,
	CFA_same_value,
	CFA_register,
	CFA_remember_state,
	CFA_restore_state,
	CFA_def_cfa,
	CFA_def_cfa_register,
	CFA_def_cfa_offset,
	CFA_def_cfa_expression,
	CFA_expression,
	CFA_offset_extended_sf,
	CFA_def_cfa_sf,
	CFA_def_cfa_offset_sf,
	CFA_val_offset,
	CFA_val_offset_sf,
	CFA_val_expression,
	CFA_GNU_args_size = 0x2e,
	CFA_GNU_negative_offset_extended = 0x2f,
};

/* Instructions that say where the CFA is. False: not one of them. */
static bool
step_cfa(struct machine *m, struct rt_dwbuf *b, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case CFA_def_cfa:
		reg = rt_dw_uleb(b);
		set_cfa(m, b, reg, (int64_t)rt_dw_uleb(b));
		return true;
	case CFA_def_cfa_sf:
		reg = rt_dw_uleb(b);
		set_cfa(m, b, reg, scaled(m, (uint64_t)rt_dw_sleb(b)));
		return true;
	case CFA_def_cfa_register:
		set_cfa(m, b, rt_dw_uleb(b), m->row->cfa_off);
		return true;
	case CFA_def_cfa_offset:
		m->row->cfa_off = (int64_t)rt_dw_uleb(b);
		return true;
	case CFA_def_cfa_offset_sf:
		m->row->cfa_off = scaled(m, (uint64_t)rt_dw_sleb(b));
		return true;
	case CFA_def_cfa_expression:
		m->row->cfa_expr = true;
		m->row->cfa_off = take_expr(b);
		return true;
	default:
		return false;
	}
}

/* Instructions that say where a register is. */
static void
step_rule(struct machine *m, struct rt_dwbuf *b, uint8_t op)
{
	uint64_t reg;

	reg = rt_dw_uleb(b);
	switch (op) {
	case CFA_offset_extended:
		set_rule(m, reg, RT_CFI_OFFSET, scaled(m, rt_dw_uleb(b)));
		return;
	case CFA_offset_extended_sf:
		set_rule(m, reg, RT_CFI_OFFSET, scaled(m, (uint64_t)rt_dw_sleb(b)));
		return;
	case CFA_GNU_negative_offset_extended:
		set_rule(m, reg, RT_CFI_OFFSET, scaled(m, 0 - rt_dw_uleb(b)));
		return;
	case CFA_val_offset:
		set_rule(m, reg, RT_CFI_VAL_OFFSET, scaled(m, rt_dw_uleb(b)));
		return;
	case CFA_val_offset_sf:
		set_rule(m, reg, RT_CFI_VAL_OFFSET, scaled(m, (uint64_t)rt_dw_sleb(b)));
		return;
	case CFA_restore_extended:
		restore_rule(m, reg);
		return;
	case CFA_undefined:
		set_rule(m, reg, RT_CFI_UNDEFINED, 0);
		return;
	case CFA_same_value:
		set_rule(m, reg, RT_CFI_SAME, 0);
		return;
	case CFA_register:
		set_rule(m, reg, RT_CFI_REGISTER, (int64_t)rt_dw_uleb(b));
		return;
	case CFA_expression:
		set_rule(m, reg, RT_CFI_EXPR, take_expr(b));
		return;
	case CFA_val_expression:
		set_rule(m, reg, RT_CFI_VAL_EXPR, take_expr(b));
		return;
	default:
		b->bad = true; /* not one that we know */
	}
}

static bool
step_set_loc(struct machine *m, struct rt_dwbuf *b)
{
	uintptr_t to = read_pointer(m->c, b, m->k->fde_enc);

	if (to > m->pc)
		return false;
	m->loc = to;
	return true;
}

/* One instruction. False: the row is ready. */
static bool
step(struct machine *m, struct rt_dwbuf *b)
{
	uint8_t op = rt_dw_u8(b);
	uint8_t low = op & 0x3f;

	switch (op & 0xc0) {
	case 0x40:
		return advance(m, low);
	case 0x80:
		set_rule(m, low, RT_CFI_OFFSET, scaled(m, rt_dw_uleb(b)));
		return true;
	case 0xc0:
		restore_rule(m, low);
		return true;
	}
	switch (op) {
	case 0: /* nop */
		return true;
	case CFA_set_loc:
		return step_set_loc(m, b);
	case CFA_advance_loc1:
		return advance(m, rt_dw_u8(b));
	case CFA_advance_loc2:
		return advance(m, rt_dw_u16(b));
	case CFA_advance_loc4:
		return advance(m, rt_dw_u32(b));
	case CFA_remember_state:
		remember(m, b);
		return true;
	case CFA_restore_state:
		recall(m, b);
		return true;
	case CFA_GNU_args_size:
		rt_dw_uleb(b);
		return true;
	}
	if (!step_cfa(m, b, op))
		step_rule(m, b, op);
	return true;
}

static bool
run(struct machine *m, struct rt_dwbuf b)
{
	while (b.p < b.end && step(m, &b))
		if (b.bad)
			return false;
	return !b.bad;
}

bool
rt_cfi_find(const struct rt_cfi *c, uintptr_t pc, struct rt_cfi_row *ret)
{
	const uint8_t *fde = search_table(c, pc);
	struct machine m;
	struct rt_dwbuf b;
	struct cie k;
	uintptr_t begin, bytes;
	uint32_t back;

	if (fde == NULL || !entry_body(c, fde, &b))
		return false;
	back = rt_dw_u32(&b);
	if (back == 0 || back > (size_t)(b.p - 4 - c->lo) ||
	    !read_cie(c, b.p - 4 - back, &k))
		return false;
	begin = read_pointer(c, &b, k.fde_enc);
	bytes = read_format(&b, k.fde_enc);
	if (k.sized)
		rt_dw_skip(&b, rt_dw_uleb(&b));
	if (b.bad || pc - begin >= bytes)
		return false;
	memset(ret, 0, sizeof(*ret)); /* RT_CFI_SAME */
	ret->signal = k.signal;
	m.c = c;
	m.k = &k;
	m.row = ret;
	m.nkept = 0;
	m.loc = m.pc = pc; /* the CIE's part is for every pc */
	m.initial = *ret;
	if (!run(&m, k.init))
		return false;
	m.initial = *ret;
	m.loc = begin;
	return run(&m, b);
}
