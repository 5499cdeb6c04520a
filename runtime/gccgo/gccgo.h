/*
 * gccgo.h - the face that gccgo-compiled code and libgo see.
 *
 * Code compiled by gccgo calls its runtime by some 380 symbols such as
 * `runtime.newobject` or `sync.runtime__Semacquire`. They are C functions with
 * the plain System V calling convention; only their names need an assembler
 * label, which GO() gives. This folder holds them and nothing else: what they
 * do lives in the rooms below, and a file here is an area of symbols (alloc,
 * chan, map, iface, ...). C names begin with go_.
 *
 * Names: PKGPATH.NAME, each part escaped: `_` is `__`, `/` is `_1`, `.` in a
 * path `_0`. `X..f` is a func value (closure) of X: a word that holds its
 * code's address; `T..d` is a type's descriptor.
 *
 * Linking. All objects of this folder become one relocatable object,
 * gort_go.o, named on the link line before libgort.a and libgo.a. So every
 * symbol is there before libgo's archive is looked into, and none of its own
 * runtime's members is ever pulled in. libgo.a itself refers to no name of
 * libgort's but these.
 *
 * Values. int is intptr_t; a string is gort_str, a slice gort_slice (passed in
 * memory, returned by a hidden pointer), an interface gort_eface or gort_iface;
 * several results are a C struct of them. A func value is a pointer to
 * struct rt_funcval whose address travels in r10, the static chain, when it is
 * called: GO_CALL.
 *
 * Pointers into a caller's frame come in (map keys, channel elements, select
 * cases, defer records) and are not kept after the return, except while the
 * goroutine is parked and for defer records.
 */
#ifndef RT_GCCGO_H
#define RT_GCCGO_H

#include "runtime2.h"
#include "types/type.h"

#define GO(symbol) __asm__(symbol)

/* Define the func value of a C function: GO_FUNCVAL(go_gc, "runtime.GC"). */
#define GO_FUNCVAL(cname, symbol)                                              \
	extern const struct rt_funcval cname##_f GO(symbol "..f");             \
	const struct rt_funcval cname##_f = { (void (*)(void))cname }

/* Call a Go func value as a function of this C type. */
#define GO_CALL(f, type, ...)                                                  \
	__builtin_call_with_static_chain(                                      \
	    ((type)(f)->fn)(__VA_ARGS__), (void *)(f))

/* ---- before the first package initialiser (main.c) ---- */
void go_cpuinit(void);  /* cpu.c */
void go_procinit(void); /* proc.c */
void go_profinit(void); /* pprof.c */

extern gort_str go_modinfo; /* os.c: what setmodinfo was given */

#endif
