/*
 * dwarf.h - debug information of one module: lines and inlined calls.
 * What dwarf.c, dwline.c and lines.c share.
 */
#ifndef RT_DWARF_H
#define RT_DWARF_H

#include "fault/unwind.h"

/* A section as mapped; n 0: the module has none. */
struct rt_section {
	const uint8_t *p;
	size_t n;
};

struct rt_dwarf {
	struct rt_section info, abbrev, line, str, line_str, ranges, rnglists,
	    aranges, addr, str_offsets;
};

/* A place in a source: three parts of a path, any but name may be NULL. */
struct rt_dw_place {
	const char *comp_dir, *dir, *name;
	uint32_t line;
};

/* One function, inlined or not, that pc belongs to. */
struct rt_dw_frame {
	const char *name; /* NULL: unknown */
	bool linkage;     /* name is as in the symbol table */
	struct rt_dw_place at;
};

#define RT_DW_INLINE_MAX 32

/* What was inlined at pc (an address as linked), innermost first, the function
 * that has the code last. 0: nothing is known about pc. Reads nothing outside
 * the sections; maps a scratch page; no lock. Strings are in the sections. */
int rt_dwarf_frames(
    const struct rt_dwarf *d, uint64_t pc, struct rt_dw_frame *ret, int max);

/* ---- between dwarf.c and dwline.c ---- */

struct rt_dw_unit; /* dwarf.c */

struct rt_dw_lines { /* a unit's line program, its header read */
	const struct rt_dwarf *d;
	const char *comp_dir;
	struct rt_dwbuf prog;
	struct rt_dwbuf dirs, files; /* behind their counts (5), as they lie */
	uint64_t ndirs, nfiles;
	uint8_t dir_formats, file_formats;
	const uint8_t *dir_format, *file_format;
	uint16_t version;
	uint8_t min_length, line_range, opcode_base;
	int8_t line_base;
	const uint8_t *opcode_lengths;
};

/* Read the header at off. False: none, or broken. */
bool rt_dw_lines_open(const struct rt_dwarf *d, uint64_t off,
    const char *comp_dir, struct rt_dw_lines *ret);
/* The row of pc: number of its file, and line. */
bool rt_dw_lines_find(const struct rt_dw_lines *l, uint64_t pc,
    uint64_t *ret_file, uint32_t *ret_line);
/* The parts of a file's path; ret->line is left alone. */
void rt_dw_lines_file(
    const struct rt_dw_lines *l, uint64_t file, struct rt_dw_place *ret);

/* A string at off of a section that ends inside it; NULL otherwise. */
const char *rt_dw_string(const struct rt_section *s, uint64_t off);
/* The same for one in line; the reader goes behind it. */
const char *rt_dw_cstring(struct rt_dwbuf *b);
struct rt_dwbuf rt_dw_at(const struct rt_section *s, uint64_t off);

enum rt_dw_form {
	DW_FORM_addr = 0x01,
	DW_FORM_block2 = 0x03,
	DW_FORM_block4,
	DW_FORM_data2,
	DW_FORM_data4,
	DW_FORM_data8,
	DW_FORM_string,
	DW_FORM_block,
	DW_FORM_block1,
	DW_FORM_data1,
	DW_FORM_flag,
	DW_FORM_sdata,
	DW_FORM_strp,
	DW_FORM_udata,
	DW_FORM_ref_addr,
	DW_FORM_ref1,
	DW_FORM_ref2,
	DW_FORM_ref4,
	DW_FORM_ref8,
	DW_FORM_ref_udata,
	DW_FORM_indirect,
	DW_FORM_sec_offset,
	DW_FORM_exprloc,
	DW_FORM_flag_present,
	DW_FORM_strx,
	DW_FORM_addrx,
	DW_FORM_ref_sup4,
	DW_FORM_strp_sup,
	DW_FORM_data16,
	DW_FORM_line_strp,
	DW_FORM_ref_sig8,
	DW_FORM_implicit_const,
	DW_FORM_loclistx,
	DW_FORM_rnglistx,
	DW_FORM_ref_sup8,
	DW_FORM_strx1,
	DW_FORM_strx2,
	DW_FORM_strx3,
	DW_FORM_strx4,
	DW_FORM_addrx1,
	DW_FORM_addrx2,
	DW_FORM_addrx3,
	DW_FORM_addrx4,
	DW_FORM_GNU_ref_alt = 0x1f20,
	DW_FORM_GNU_strp_alt = 0x1f21,
};

#endif
