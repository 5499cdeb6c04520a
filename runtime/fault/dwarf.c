/*
 * dwarf.c - which functions a pc belongs to: DWARF's entries, 2 to 5.
 *
 * One question is answered from the bytes as they lie in the mapped file. The
 * unit that covers pc is found by .debug_aranges, else by asking each unit's
 * first entry (clang writes no aranges). In the unit's tree only entries
 * that contain pc are entered, the others are stepped over by DW_AT_sibling.
 * What is inlined shows as entries below the function's: each says where it
 * was called, and an abstract entry has its name.
 *
 * The only memory is a scratch mapping for one question: where each of the
 * unit's abbreviations is. So this runs in a signal handler, on a small
 * stack, with any lock held by anybody. Input is not trusted: all reads are
 * bounded, depth and references are counted.
 *
 * Not read: 64-bit DWARF, compressed sections, split units (.dwo), names in
 * other units (-flto); such a pc keeps the name of the symbol table.
 *
 * Rejected: libdw and libbacktrace. Both allocate and build tables of the
 * whole program first (100 ms and 50 MB for a server in Go), both take locks,
 * and libdw would have to be loaded into a process that is dying.
 */
#include "config.h"

#include "fault/dwarf.h"

#include <string.h>
#include <sys/mman.h>

#define ABBREVS_MAX 32768
#define DEPTH_MAX 256
#define ORIGINS_MAX 8

enum {
	TAG_lexical_block = 0x0b,
	TAG_inlined_subroutine = 0x1d,
	TAG_subprogram = 0x2e,
	AT_sibling = 0x01,
	AT_name = 0x03,
	AT_stmt_list = 0x10,
	AT_low_pc = 0x11,
	AT_high_pc = 0x12,
	AT_comp_dir = 0x1b,
	AT_abstract_origin = 0x31,
	AT_specification = 0x47,
	AT_ranges = 0x55,
	AT_call_file = 0x58,
	AT_call_line = 0x59,
	AT_linkage_name = 0x6e,
	AT_str_offsets_base = 0x72,
	AT_addr_base = 0x73,
	AT_rnglists_base = 0x74,
	AT_MIPS_linkage_name = 0x2007,
	UT_compile = 1,
	UT_partial = 3,
};

struct unit {
	const struct rt_dwarf *d;
	const uint8_t *begin;   /* its header, what references count from */
	struct rt_dwbuf dies;
	const uint8_t **abbrev; /* by code: behind it; scratch */
	uint64_t nabbrev;
	uint16_t version;
	uint8_t addr_size;
	uint64_t str_base, addr_base, rnglists_base, low_pc;
};

enum value_kind { V_NONE, V_NUMBER, V_ADDR, V_STRING, V_REF, V_RNGLISTX };
struct value {
	enum value_kind kind;
	uint64_t n; /* a reference: the section's offset */
	const char *s;
};

struct die {
	const uint8_t *at;
	uint64_t tag;
	bool children;
	struct value name, linkage, low, high, ranges, origin, sibling;
	struct value call_file, call_line, stmt_list, comp_dir;
	struct value str_base, addr_base, rnglists_base;
};

/* ---- values ---- */

static uint64_t
indexed(const struct rt_section *s, uint64_t base, uint64_t i, unsigned size)
{
	struct rt_dwbuf b;

	if (i > s->n)
		return 0;
	b = rt_dw_at(s, base + i * size);
	return size == 8 ? rt_dw_u64(&b) : rt_dw_u32(&b);
}

static struct value
string_value(const char *s)
{
	return (struct value){ .kind = s == NULL ? V_NONE : V_STRING, .s = s };
}

static struct value
strx(const struct unit *u, uint64_t i)
{
	return string_value(rt_dw_string(&u->d->str,
	    indexed(&u->d->str_offsets, u->str_base, i, 4)));
}

static struct value
addrx(const struct unit *u, uint64_t i)
{
	return (struct value){ .kind = V_ADDR,
		.n = indexed(&u->d->addr, u->addr_base, i, 8) };
}

static struct value
number(uint64_t n)
{
	return (struct value){ .kind = V_NUMBER, .n = n };
}

static struct value
reference(const struct unit *u, uint64_t n)
{
	return (struct value){ .kind = V_REF,
		.n = n + (uint64_t)(u->begin - u->d->info.p) };
}

static uint32_t
u24(struct rt_dwbuf *b)
{
	uint32_t lo = rt_dw_u16(b);

	return lo | (uint32_t)rt_dw_u8(b) << 16;
}

/* Forms that only take room, and the unknown. */
static struct value
skip_form(struct rt_dwbuf *b, uint64_t form)
{
	switch (form) {
	case DW_FORM_block1:
		rt_dw_skip(b, rt_dw_u8(b));
		break;
	case DW_FORM_block2:
		rt_dw_skip(b, rt_dw_u16(b));
		break;
	case DW_FORM_block4:
		rt_dw_skip(b, rt_dw_u32(b));
		break;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		rt_dw_skip(b, rt_dw_uleb(b));
		break;
	case DW_FORM_data16:
		rt_dw_skip(b, 16);
		break;
	case DW_FORM_ref_sig8:
	case DW_FORM_ref_sup8:
		rt_dw_skip(b, 8);
		break;
	case DW_FORM_ref_sup4:
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		rt_dw_skip(b, 4);
		break;
	case DW_FORM_loclistx:
		rt_dw_uleb(b);
		break;
	case DW_FORM_flag_present:
		break;
	default:
		b->bad = true;
	}
	return (struct value){ .kind = V_NONE };
}

static struct value
read_string(const struct unit *u, struct rt_dwbuf *b, uint64_t form)
{
	switch (form) {
	case DW_FORM_string:
		return string_value(rt_dw_cstring(b));
	case DW_FORM_strp:
		return string_value(rt_dw_string(&u->d->str, rt_dw_u32(b)));
	case DW_FORM_line_strp:
		return string_value(
		    rt_dw_string(&u->d->line_str, rt_dw_u32(b)));
	case DW_FORM_strx:
		return strx(u, rt_dw_uleb(b));
	case DW_FORM_strx1:
		return strx(u, rt_dw_u8(b));
	case DW_FORM_strx2:
		return strx(u, rt_dw_u16(b));
	case DW_FORM_strx3:
		return strx(u, u24(b));
	case DW_FORM_strx4:
		return strx(u, rt_dw_u32(b));
	default:
		return skip_form(b, form);
	}
}

static struct value
read_ref(const struct unit *u, struct rt_dwbuf *b, uint64_t form)
{
	switch (form) {
	case DW_FORM_ref1:
		return reference(u, rt_dw_u8(b));
	case DW_FORM_ref2:
		return reference(u, rt_dw_u16(b));
	case DW_FORM_ref4:
		return reference(u, rt_dw_u32(b));
	case DW_FORM_ref8:
		return reference(u, rt_dw_u64(b));
	case DW_FORM_ref_udata:
		return reference(u, rt_dw_uleb(b));
	case DW_FORM_ref_addr:
		return (struct value){ .kind = V_REF, .n = rt_dw_u32(b) };
	default:
		return read_string(u, b, form);
	}
}

static struct value
read_addr(const struct unit *u, struct rt_dwbuf *b, uint64_t form)
{
	switch (form) {
	case DW_FORM_addr:
		return (struct value){ .kind = V_ADDR,
			.n = u->addr_size == 8 ? rt_dw_u64(b) : rt_dw_u32(b) };
	case DW_FORM_addrx:
		return addrx(u, rt_dw_uleb(b));
	case DW_FORM_addrx1:
		return addrx(u, rt_dw_u8(b));
	case DW_FORM_addrx2:
		return addrx(u, rt_dw_u16(b));
	case DW_FORM_addrx3:
		return addrx(u, u24(b));
	case DW_FORM_addrx4:
		return addrx(u, rt_dw_u32(b));
	case DW_FORM_rnglistx:
		return (struct value){ .kind = V_RNGLISTX,
			.n = rt_dw_uleb(b) };
	default:
		return read_ref(u, b, form);
	}
}

static struct value
read_value(const struct unit *u, struct rt_dwbuf *b, uint64_t form)
{
	for (int i = 0; form == DW_FORM_indirect && i < 4; i++)
		form = rt_dw_uleb(b);
	switch (form) {
	case DW_FORM_data1:
	case DW_FORM_flag:
		return number(rt_dw_u8(b));
	case DW_FORM_data2:
		return number(rt_dw_u16(b));
	case DW_FORM_data4:
	case DW_FORM_sec_offset:
		return number(rt_dw_u32(b));
	case DW_FORM_data8:
		return number(rt_dw_u64(b));
	case DW_FORM_sdata:
		return number((uint64_t)rt_dw_sleb(b));
	case DW_FORM_udata:
		return number(rt_dw_uleb(b));
	default:
		return read_addr(u, b, form);
	}
}

/* ---- entries ---- */

static struct value *
field_of(struct die *e, uint64_t at)
{
	switch (at) {
	case AT_sibling:
		return &e->sibling;
	case AT_name:
		return &e->name;
	case AT_linkage_name:
	case AT_MIPS_linkage_name:
		return &e->linkage;
	case AT_low_pc:
		return &e->low;
	case AT_high_pc:
		return &e->high;
	case AT_ranges:
		return &e->ranges;
	case AT_abstract_origin:
	case AT_specification:
		return &e->origin;
	case AT_call_file:
		return &e->call_file;
	case AT_call_line:
		return &e->call_line;
	case AT_stmt_list:
		return &e->stmt_list;
	case AT_comp_dir:
		return &e->comp_dir;
	case AT_str_offsets_base:
		return &e->str_base;
	case AT_addr_base:
		return &e->addr_base;
	case AT_rnglists_base:
		return &e->rnglists_base;
	default:
		return NULL;
	}
}

/* The entry at b, which goes behind it. False: the end of a list, or broken
 * (then b->bad). */
static bool
read_die(const struct unit *u, struct rt_dwbuf *b, struct die *e)
{
	const uint8_t *abbrev_end = u->d->abbrev.p + u->d->abbrev.n;
	struct rt_dwbuf a;
	uint64_t code;

	memset(e, 0, sizeof(*e));
	e->at = b->p;
	code = rt_dw_uleb(b);
	if (code == 0)
		return false;
	if (code >= u->nabbrev || u->abbrev[code] == NULL) {
		b->bad = true;
		return false;
	}
	a = (struct rt_dwbuf){ u->abbrev[code], abbrev_end, false };
	e->tag = rt_dw_uleb(&a);
	e->children = rt_dw_u8(&a) != 0;
	while (!a.bad && !b->bad) {
		uint64_t at = rt_dw_uleb(&a), form = rt_dw_uleb(&a);
		struct value v, *field;

		if (at == 0 && form == 0)
			return true;
		if (form == DW_FORM_implicit_const)
			v = number((uint64_t)rt_dw_sleb(&a));
		else
			v = read_value(u, b, form);
		field = field_of(e, at);
		if (field != NULL)
			*field = v;
	}
	b->bad = true;
	return false;
}

/* ---- ranges ---- */

enum {
	RLE_end,
	RLE_base_addressx,
	RLE_startx_endx,
	RLE_startx_length,
	RLE_offset_pair,
	RLE_base_address,
	RLE_start_end,
	RLE_start_length,
};

static bool
in_rnglist(const struct unit *u, struct rt_dwbuf b, uint64_t pc)
{
	uint64_t base = u->low_pc, lo, n;

	while (!b.bad) {
		switch (rt_dw_u8(&b)) {
		case RLE_base_addressx:
			base = addrx(u, rt_dw_uleb(&b)).n;
			continue;
		case RLE_base_address:
			base = rt_dw_u64(&b);
			continue;
		case RLE_startx_endx:
			lo = addrx(u, rt_dw_uleb(&b)).n;
			n = addrx(u, rt_dw_uleb(&b)).n - lo;
			break;
		case RLE_startx_length:
			lo = addrx(u, rt_dw_uleb(&b)).n;
			n = rt_dw_uleb(&b);
			break;
		case RLE_offset_pair:
			lo = rt_dw_uleb(&b);
			n = rt_dw_uleb(&b) - lo;
			lo += base;
			break;
		case RLE_start_end:
			lo = rt_dw_u64(&b);
			n = rt_dw_u64(&b) - lo;
			break;
		case RLE_start_length:
			lo = rt_dw_u64(&b);
			n = rt_dw_uleb(&b);
			break;
		default:
			return false;
		}
		if (!b.bad && pc - lo < n)
			return true;
	}
	return false;
}

static bool
in_old_ranges(const struct unit *u, struct rt_dwbuf b, uint64_t pc)
{
	uint64_t base = u->low_pc;

	while (!b.bad) {
		uint64_t lo = rt_dw_u64(&b), hi = rt_dw_u64(&b);

		if (b.bad || (lo == 0 && hi == 0))
			return false;
		if (lo == UINT64_MAX)
			base = hi;
		else if (pc - (base + lo) < hi - lo)
			return true;
	}
	return false;
}

static bool
in_ranges(const struct unit *u, const struct value *v, uint64_t pc)
{
	uint64_t off = v->n;

	if (u->version < 5)
		return in_old_ranges(u, rt_dw_at(&u->d->ranges, off), pc);
	if (v->kind == V_RNGLISTX)
		off = u->rnglists_base +
		    indexed(&u->d->rnglists, u->rnglists_base, off, 4);
	return in_rnglist(u, rt_dw_at(&u->d->rnglists, off), pc);
}

static bool
contains(const struct unit *u, const struct die *e, uint64_t pc)
{
	if (e->ranges.kind != V_NONE)
		return in_ranges(u, &e->ranges, pc);
	if (e->low.kind != V_ADDR || e->high.kind == V_NONE)
		return false;
	if (e->high.kind == V_ADDR)
		return pc >= e->low.n && pc < e->high.n;
	return pc - e->low.n < e->high.n;
}

/* ---- units ---- */

/* The header at off. *ret_next: where the next unit begins. */
static bool
open_unit(const struct rt_dwarf *d, uint64_t off, struct unit *u,
    uint64_t *ret_abbrev, uint64_t *ret_next)
{
	struct rt_dwbuf b = rt_dw_at(&d->info, off);
	uint32_t n = rt_dw_u32(&b);
	uint8_t type = UT_compile;

	if (b.bad || n > (size_t)(b.end - b.p))
		return false;
	b.end = b.p + n;
	*ret_next = (uint64_t)(b.end - d->info.p);
	u->d = d;
	u->begin = d->info.p + off;
	u->version = rt_dw_u16(&b);
	if (u->version >= 5) {
		type = rt_dw_u8(&b);
		u->addr_size = rt_dw_u8(&b);
		*ret_abbrev = rt_dw_u32(&b);
	} else {
		*ret_abbrev = rt_dw_u32(&b);
		u->addr_size = rt_dw_u8(&b);
	}
	u->dies = b;
	u->nabbrev = 0;
	u->str_base = u->addr_base = 8; /* behind a header of their own */
	u->rnglists_base = 12;
	u->low_pc = 0;
	return !b.bad && u->version >= 2 && u->version <= 5 &&
	    (type == UT_compile || type == UT_partial);
}

/* Where each abbreviation of the table at off is, by its code. */
static void
index_abbrevs(struct unit *u, uint64_t off)
{
	struct rt_dwbuf b = rt_dw_at(&u->d->abbrev, off);
	uint64_t at, form;

	u->nabbrev = 0;
	for (;;) {
		uint64_t code = rt_dw_uleb(&b);

		if (b.bad || code == 0 || code >= ABBREVS_MAX)
			return;
		while (u->nabbrev <= code)
			u->abbrev[u->nabbrev++] = NULL;
		u->abbrev[code] = b.p;
		rt_dw_uleb(&b);
		rt_dw_u8(&b);
		do {
			at = rt_dw_uleb(&b);
			form = rt_dw_uleb(&b);
			if (form == DW_FORM_implicit_const)
				rt_dw_sleb(&b);
		} while ((at != 0 || form != 0) && !b.bad);
	}
}

static void
set_base(uint64_t *base, const struct value *v)
{
	if (v->kind == V_NUMBER)
		*base = v->n;
}

/* The unit's own entry; its bases are needed to read the rest of it. */
static bool
read_root(struct unit *u, struct die *root)
{
	struct rt_dwbuf b = u->dies;

	if (!read_die(u, &b, root))
		return false;
	set_base(&u->str_base, &root->str_base);
	set_base(&u->addr_base, &root->addr_base);
	set_base(&u->rnglists_base, &root->rnglists_base);
	b = u->dies;
	if (!read_die(u, &b, root))
		return false;
	if (root->low.kind == V_ADDR)
		u->low_pc = root->low.n;
	u->dies.p = b.p;
	return true;
}

/* By the table of address ranges: the offset of pc's unit. */
static bool
find_arange(const struct rt_dwarf *d, uint64_t pc, uint64_t *ret)
{
	struct rt_dwbuf b = { d->aranges.p, d->aranges.p + d->aranges.n, false };

	while (!b.bad && b.p < b.end) {
		const uint8_t *begin = b.p, *end;
		uint32_t n = rt_dw_u32(&b), unit;

		if (b.bad || n > (size_t)(b.end - b.p))
			return false;
		end = b.p + n;
		rt_dw_u16(&b);
		unit = rt_dw_u32(&b);
		if (rt_dw_u8(&b) != 8 || rt_dw_u8(&b) != 0)
			return false;
		rt_dw_skip(&b, (uint64_t)(16 - (b.p - begin) % 16) % 16);
		while (!b.bad && end - b.p >= 16) {
			uint64_t lo = rt_dw_u64(&b), size = rt_dw_u64(&b);

			if (pc - lo < size) {
				*ret = unit;
				return true;
			}
		}
		b.p = end;
	}
	return false;
}

/* Make *u the unit at off. */
static bool
load_unit(const struct rt_dwarf *d, uint64_t off, struct unit *u,
    struct die *root, uint64_t *ret_next)
{
	uint64_t abbrev;

	if (!open_unit(d, off, u, &abbrev, ret_next))
		return false;
	index_abbrevs(u, abbrev);
	return read_root(u, root);
}

static bool
find_unit(
    const struct rt_dwarf *d, uint64_t pc, struct unit *u, struct die *root)
{
	uint64_t off, next = 0;

	if (find_arange(d, pc, &off))
		return load_unit(d, off, u, root, &next);
	for (off = 0; off < d->info.n; off = next) {
		next = 0;
		if (load_unit(d, off, u, root, &next) && contains(u, root, pc))
			return true;
		if (next <= off)
			return false;
	}
	return false;
}

/* ---- the functions around pc ---- */

/* The name may be an abstract entry's. */
static void
name_frame(const struct unit *u, const struct die *e, struct rt_dw_frame *f)
{
	struct die origin = *e;

	for (int i = 0; i < ORIGINS_MAX; i++) {
		struct rt_dwbuf b = u->dies;
		uint64_t at = origin.origin.n;

		if (origin.linkage.kind == V_STRING) {
			f->name = origin.linkage.s;
			f->linkage = true;
			return;
		}
		if (origin.name.kind == V_STRING)
			f->name = origin.name.s;
		if (origin.origin.kind != V_REF ||
		    at >= (uint64_t)(b.end - u->d->info.p) ||
		    u->d->info.p + at < u->begin)
			return;
		b.p = u->d->info.p + at;
		if (!read_die(u, &b, &origin))
			return;
	}
}

struct chain { /* outermost first, while walking */
	struct die e[RT_DW_INLINE_MAX];
	int n;
};

/* Behind the children of e. */
static void
skip_children(const struct unit *u, struct rt_dwbuf *b, const struct die *e)
{
	const uint8_t *to = u->d->info.p + e->sibling.n;
	struct die child;
	int depth = 1;

	if (e->sibling.kind == V_REF &&
	    e->sibling.n < u->d->info.n && to >= b->p && to < b->end) {
		b->p = to;
		return;
	}
	while (depth > 0 && b->p < b->end) {
		if (read_die(u, b, &child))
			depth += child.children;
		else if (b->bad)
			return;
		else
			depth--;
	}
}

static bool
is_code(const struct die *e)
{
	return e->tag == TAG_subprogram || e->tag == TAG_inlined_subroutine ||
	    e->tag == TAG_lexical_block;
}

static void
walk(const struct unit *u, uint64_t pc, struct chain *c)
{
	struct rt_dwbuf b = u->dies;
	int depth = 1, found_at = 0; /* depth of the function found */
	struct die e;

	while (depth > 0 && b.p < b.end) {
		if (!read_die(u, &b, &e)) {
			if (b.bad || --depth <= found_at)
				return;
			continue;
		}
		if (!is_code(&e) || !contains(u, &e, pc)) {
			if (e.children)
				skip_children(u, &b, &e);
			continue;
		}
		if (e.tag == TAG_subprogram) {
			c->n = 0;
			found_at = depth;
		}
		if (e.tag != TAG_lexical_block && c->n < RT_DW_INLINE_MAX)
			c->e[c->n++] = e;
		if (!e.children) {
			if (depth == found_at)
				return;
			continue;
		}
		if (++depth > DEPTH_MAX)
			return;
	}
}

static int
fill_frames(const struct unit *u, const struct rt_dw_lines *lines,
    const struct chain *c, uint64_t pc, struct rt_dw_frame *ret, int max)
{
	struct rt_dw_place at = { .line = 0 };
	uint64_t file;
	int n = 0;

	if (lines != NULL && rt_dw_lines_find(lines, pc, &file, &at.line))
		rt_dw_lines_file(lines, file, &at);
	for (int i = c->n; i-- > 0 && n < max; n++) {
		const struct die *e = &c->e[i];

		ret[n] = (struct rt_dw_frame){ .at = at };
		name_frame(u, e, &ret[n]);
		at = (struct rt_dw_place){
			.line = (uint32_t)e->call_line.n
		};
		if (lines != NULL && e->call_file.kind == V_NUMBER)
			rt_dw_lines_file(lines, e->call_file.n, &at);
	}
	if (c->n == 0 && max > 0 && at.name != NULL)
		ret[n++] = (struct rt_dw_frame){ .at = at };
	return n;
}

struct scratch {
	struct chain chain;
	const uint8_t *abbrev[ABBREVS_MAX];
};

int
rt_dwarf_frames(
    const struct rt_dwarf *d, uint64_t pc, struct rt_dw_frame *ret, int max)
{
	struct scratch *s;
	struct rt_dw_lines lines;
	struct unit u;
	struct die root;
	bool have_lines;
	int n = 0;

	if (d->info.n == 0 || d->abbrev.n == 0)
		return 0;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s == MAP_FAILED)
		return 0;
	u.abbrev = s->abbrev;
	if (find_unit(d, pc, &u, &root)) {
		have_lines = root.stmt_list.kind == V_NUMBER &&
		    rt_dw_lines_open(
			d, root.stmt_list.n, root.comp_dir.s, &lines);
		walk(&u, pc, &s->chain);
		n = fill_frames(
		    &u, have_lines ? &lines : NULL, &s->chain, pc, ret, max);
	}
	munmap(s, sizeof(*s));
	return n;
}
