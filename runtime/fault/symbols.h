/*
 * symbols.h - what symtab.c, lines.c and goname.c share.
 */
#ifndef RT_SYMBOLS_H
#define RT_SYMBOLS_H

#include "fault/dwarf.h"
#include "fault/fault.h"

/* ---- symtab.c ---- */

/* The name in the module's symbol table and where the function begins. NULL:
 * none. *ret_runtime: one of libgort's own. */
const char *rt_symbol_of(
    uintptr_t pc, uintptr_t *ret_entry, bool *ret_runtime);
/* The same, only if the function is known to reach to pc: a symbol without a
 * size may be the last one before something that has no name. */
const char *rt_symbol_around(uintptr_t pc, bool *ret_runtime);
/* The module's debug information; NULL: no file. */
const struct rt_dwarf *rt_module_dwarf(const struct rt_module *m);

/* ---- lines.c ---- */

/* A copy that lives for ever; "?" when there is no memory left for names. Any
 * thread, signal handlers too. */
const char *rt_intern(const char *s, size_t n);
/* Zeroed memory that is never freed; NULL: used up. */
void *rt_forever_alloc(size_t n);
/* The reporter failed again: if that was inside a look-up, give the look-up
 * up (does not return); else nothing. */
void rt_lines_escape(void);

/* ---- goname.c ---- */

#define RT_NAME_MAX 512

/* Is this symbol a Go function's? */
bool rt_is_go_name(const char *sym);
/* The name as Go's programs see it. linkage: sym is as in a symbol table, else
 * only its package path is escaped. Not a Go name: sym itself. */
const char *rt_go_name(const char *sym, bool linkage);
/* What s->func says, in Go's words, about the kind of function: sets runtime
 * and wrapper from the symbol's name. */
void rt_go_classify(struct rt_symbol *s, const char *sym);

#endif
