/*
 * dwline.c - from a pc to a line: DWARF's line number programs, 2 to 5.
 *
 * A unit's program is run from its beginning until the row that covers pc: no
 * table is built, nothing is kept. It costs a few ns a byte; who asks often
 * keeps answers (lines.c). Rows at one address: the last one counts.
 *
 * File names lie in the header, in the form of version 5 (formats, then
 * entries) or the older one (strings and numbers, counted from one). They are
 * walked when a number is to be resolved.
 */
#include "fault/dwarf.h"

#include <string.h>

const char *
rt_dw_string(const struct rt_section *s, uint64_t off)
{
	if (off >= s->n || memchr(s->p + off, 0, s->n - off) == NULL)
		return NULL;
	return (const char *)s->p + off;
}

const char *
rt_dw_cstring(struct rt_dwbuf *b)
{
	const uint8_t *p = b->p, *end;

	if (b->bad)
		return NULL;
	end = memchr(p, 0, (size_t)(b->end - p));
	if (end == NULL) {
		b->bad = true;
		return NULL;
	}
	b->p = end + 1;
	return (const char *)p;
}

struct rt_dwbuf
rt_dw_at(const struct rt_section *s, uint64_t off)
{
	if (off >= s->n)
		return (struct rt_dwbuf){ s->p, s->p, true };
	return (struct rt_dwbuf){ s->p + off, s->p + s->n, false };
}

/* ---- the header ---- */

enum { LNCT_path = 1, LNCT_directory_index = 2 };

/* One field of an entry of version 5: a string or a number. */
static void
read_field(const struct rt_dw_lines *l, struct rt_dwbuf *b, uint64_t form,
    const char **ret_s, uint64_t *ret_n)
{
	switch (form) {
	case DW_FORM_string:
		*ret_s = rt_dw_cstring(b);
		break;
	case DW_FORM_line_strp:
		*ret_s = rt_dw_string(&l->d->line_str, rt_dw_u32(b));
		break;
	case DW_FORM_strp:
		*ret_s = rt_dw_string(&l->d->str, rt_dw_u32(b));
		break;
	case DW_FORM_udata:
		*ret_n = rt_dw_uleb(b);
		break;
	case DW_FORM_data1:
		*ret_n = rt_dw_u8(b);
		break;
	case DW_FORM_data2:
		*ret_n = rt_dw_u16(b);
		break;
	case DW_FORM_data4:
		*ret_n = rt_dw_u32(b);
		break;
	case DW_FORM_data8:
		*ret_n = rt_dw_u64(b);
		break;
	case DW_FORM_data16: /* a checksum */
		rt_dw_skip(b, 16);
		break;
	case DW_FORM_block:
		rt_dw_skip(b, rt_dw_uleb(b));
		break;
	default:
		b->bad = true;
	}
}

/* The next entry of a list of version 5. */
static void
read_entry(const struct rt_dw_lines *l, struct rt_dwbuf *b,
    const uint8_t *format, uint8_t nformats, const char **ret_path,
    uint64_t *ret_dir)
{
	struct rt_dwbuf f = { format, b->end, false };

	*ret_path = NULL;
	*ret_dir = 0;
	for (unsigned i = 0; i < nformats && !b->bad; i++) {
		uint64_t type = rt_dw_uleb(&f), form = rt_dw_uleb(&f), n = 0;
		const char *s = NULL;

		read_field(l, b, form, &s, &n);
		if (type == LNCT_path)
			*ret_path = s;
		else if (type == LNCT_directory_index)
			*ret_dir = n;
	}
}

static const uint8_t *
read_formats(struct rt_dwbuf *b, uint8_t *ret_n)
{
	const uint8_t *p;

	*ret_n = rt_dw_u8(b);
	p = b->p;
	for (unsigned i = 0; i < 2u * *ret_n; i++)
		rt_dw_uleb(b);
	return p;
}

static void
read_lists(struct rt_dw_lines *l, struct rt_dwbuf *b)
{
	const char *s;
	uint64_t n;

	l->dir_format = read_formats(b, &l->dir_formats);
	l->ndirs = rt_dw_uleb(b);
	if (l->dir_formats == 0)
		l->ndirs = 0; /* of no bytes each: any number would fit */
	l->dirs = *b;
	for (uint64_t i = 0; i < l->ndirs && !b->bad; i++)
		read_entry(l, b, l->dir_format, l->dir_formats, &s, &n);
	l->file_format = read_formats(b, &l->file_formats);
	l->nfiles = rt_dw_uleb(b);
	if (l->file_formats == 0)
		l->nfiles = 0;
	l->files = *b;
}

/* Before version 5: strings, ended by an empty one. */
static void
read_old_lists(struct rt_dw_lines *l, struct rt_dwbuf *b)
{
	l->dirs = *b;
	while (!b->bad && b->p < b->end && *b->p != 0)
		rt_dw_cstring(b);
	rt_dw_u8(b);
	l->files = *b;
}

bool
rt_dw_lines_open(const struct rt_dwarf *d, uint64_t off, const char *comp_dir,
    struct rt_dw_lines *ret)
{
	struct rt_dwbuf b = rt_dw_at(&d->line, off);
	uint32_t n = rt_dw_u32(&b), header;

	*ret = (struct rt_dw_lines){ .d = d, .comp_dir = comp_dir };
	if (b.bad || n > (size_t)(b.end - b.p))
		return false;
	b.end = b.p + n;
	ret->version = rt_dw_u16(&b);
	if (ret->version < 2 || ret->version > 5)
		return false;
	if (ret->version == 5)
		rt_dw_skip(&b, 2); /* sizes of an address and a segment */
	header = rt_dw_u32(&b);
	if (b.bad || header > (size_t)(b.end - b.p))
		return false;
	ret->prog = (struct rt_dwbuf){ b.p + header, b.end, false };
	b.end = b.p + header;
	ret->min_length = rt_dw_u8(&b);
	if (ret->version >= 4)
		rt_dw_u8(&b); /* operations an instruction: one */
	rt_dw_u8(&b);         /* default_is_stmt */
	ret->line_base = (int8_t)rt_dw_u8(&b);
	ret->line_range = rt_dw_u8(&b);
	ret->opcode_base = rt_dw_u8(&b);
	if (ret->line_range == 0 || ret->opcode_base == 0)
		return false;
	ret->opcode_lengths = b.p;
	rt_dw_skip(&b, ret->opcode_base - 1u);
	if (ret->version == 5)
		read_lists(ret, &b);
	else
		read_old_lists(ret, &b);
	return !b.bad;
}

/* ---- files ---- */

static const char *
directory(const struct rt_dw_lines *l, uint64_t dir)
{
	struct rt_dwbuf b = l->dirs;
	const char *s = NULL;
	uint64_t n;

	if (l->version < 5) {
		for (uint64_t i = 0; i < dir && !b.bad; i++) {
			s = rt_dw_cstring(&b);
			if (s == NULL || *s == '\0')
				return NULL;
		}
		return s; /* 0: the unit's own directory */
	}
	if (dir >= l->ndirs)
		return NULL;
	for (uint64_t i = 0; i <= dir && !b.bad; i++)
		read_entry(l, &b, l->dir_format, l->dir_formats, &s, &n);
	return s;
}

void
rt_dw_lines_file(
    const struct rt_dw_lines *l, uint64_t file, struct rt_dw_place *ret)
{
	struct rt_dwbuf b = l->files;
	const char *s = NULL;
	uint64_t dir = 0;

	ret->comp_dir = l->comp_dir;
	ret->dir = ret->name = NULL;
	if (l->version < 5) {
		for (uint64_t i = 0; i < file && !b.bad; i++) {
			s = rt_dw_cstring(&b);
			if (s == NULL || *s == '\0')
				return;
			dir = rt_dw_uleb(&b);
			rt_dw_uleb(&b);
			rt_dw_uleb(&b);
		}
	} else if (file < l->nfiles) {
		for (uint64_t i = 0; i <= file && !b.bad; i++)
			read_entry(
			    l, &b, l->file_format, l->file_formats, &s, &dir);
	}
	if (b.bad || s == NULL)
		return;
	ret->name = s;
	ret->dir = directory(l, dir);
}

/* ---- the program ---- */

struct row {
	uint64_t addr, file;
	uint32_t line;
};

struct runner {
	const struct rt_dw_lines *l;
	struct rt_dwbuf b;
	uint64_t pc;
	struct row now, last;
	bool have_last, found;
};

static void
new_sequence(struct runner *r)
{
	r->now = (struct row){ .file = 1, .line = 1 };
	r->have_last = false;
}

/* A row is complete: does the one before it cover pc? */
static void
emit(struct runner *r)
{
	if (r->have_last && r->pc >= r->last.addr && r->pc < r->now.addr)
		r->found = true;
	else
		r->last = r->now;
	r->have_last = true;
}

static void
extended(struct runner *r)
{
	uint64_t n = rt_dw_uleb(&r->b);
	const uint8_t *end;
	uint8_t op;

	if (r->b.bad || n == 0 || n > (uint64_t)(r->b.end - r->b.p)) {
		r->b.bad = true;
		return;
	}
	end = r->b.p + n;
	op = rt_dw_u8(&r->b);
	if (op == 1) { /* end of a sequence */
		emit(r);
		if (r->found)
			return;
		new_sequence(r);
	} else if (op == 2 && n == 9) {
		r->now.addr = rt_dw_u64(&r->b);
	}
	r->b.p = end;
}

static void
standard(struct runner *r, uint8_t op)
{
	switch (op) {
	case 1: /* copy */
		emit(r);
		break;
	case 2: /* advance pc */
		r->now.addr += rt_dw_uleb(&r->b) * r->l->min_length;
		break;
	case 3: /* advance line */
		r->now.line += (uint32_t)rt_dw_sleb(&r->b);
		break;
	case 4:
		r->now.file = rt_dw_uleb(&r->b);
		break;
	case 8: /* add what opcode 255 would */
		r->now.addr += (255u - r->l->opcode_base) / r->l->line_range *
		    r->l->min_length;
		break;
	case 9: /* fixed advance */
		r->now.addr += rt_dw_u16(&r->b);
		break;
	default: /* nothing to us: skip its operands */
		for (unsigned i = 0; i < r->l->opcode_lengths[op - 1]; i++)
			rt_dw_uleb(&r->b);
	}
}

bool
rt_dw_lines_find(const struct rt_dw_lines *l, uint64_t pc, uint64_t *ret_file,
    uint32_t *ret_line)
{
	struct runner r = { .l = l, .b = l->prog, .pc = pc };

	new_sequence(&r);
	while (!r.found && !r.b.bad && r.b.p < r.b.end) {
		uint8_t op = rt_dw_u8(&r.b);

		if (op >= l->opcode_base) {
			unsigned adj = op - l->opcode_base;

			r.now.addr += adj / l->line_range * l->min_length;
			r.now.line += (uint32_t)(
			    l->line_base + (int)(adj % l->line_range));
			emit(&r);
		} else if (op == 0) {
			extended(&r);
		} else {
			standard(&r, op);
		}
	}
	if (!r.found)
		return false;
	*ret_file = r.last.file;
	*ret_line = r.last.line;
	return true;
}
