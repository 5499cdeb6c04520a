/*
 * fault.h - how things end: throw (our bug), fatal (the program's), panic (the
 * program may recover). Texts and exit codes are Go's.
 *
 *   rt_throw   "fatal error: MSG", all goroutines at system level, exit 2
 *   rt_fatal   "fatal error: MSG", all user goroutines, exit 2
 *   rt_panic   runs defers; unrecovered: "panic: ...", GOTRACEBACK, exit 2
 */
#ifndef RT_FAULT_H
#define RT_FAULT_H

#include "runtime2.h"
#include "types/type.h"

void rt_fatal(const char *msg) RT_NORETURN;
/* rt_throw, said of gp that stands after the call before pc. */
void rt_throw_at(struct g *gp, const char *msg, uintptr_t pc, uintptr_t sp,
    uintptr_t bp) RT_NORETURN;
/* printf subset (%d %u %x %p %s %c %ld %lu %lx %zu %%) straight to fd 2, no
 * allocation, no locks but the print lock; safe in signal handlers and on g0 */
void rt_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same into a buffer; returns bytes that fit, always terminates. */
int rt_snprintf(char *buf, size_t n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void rt_printlock(void); /* nests; keeps the lines of one report together */
void rt_printunlock(void);
bool rt_print_locked(void); /* by this thread */
/* Everything printed between these also goes to the ring's text ring. */
void rt_print_capture(bool on);

/* ---- panics (panic.c); user goroutine only ---- */

enum rt_panic_kind {
	PANIC_STR,    /* text */
	PANIC_INT,    /* num */
	PANIC_PTR,    /* ptr: "(unsafe.Pointer) 0x..." */
	PANIC_ERROR,  /* text, from an error value */
	PANIC_RUNTIME, /* "runtime error: " + text, fixed texts of FORMATS 2.2 */
	PANIC_PLAIN,  /* a runtime panic without the "runtime error: " words */
	PANIC_GOEXIT, /* not a panic: Goexit running defers */
	/* rt_recover never returns what follows, but what it is for C */
	PANIC_BOUNDS,  /* bounds */
	PANIC_ADDRESS, /* text, num: a fault there, and the program said it
	                  wants to know (debug.SetPanicOnFault) */
	PANIC_ASSERT,  /* text and assertion: a failed type assertion */
	PANIC_GO,      /* go: an interface value of compiled Go */
};
/* What was checked when an index or a slice was out of range. */
enum rt_bounds_code {
	BOUNDS_INDEX,       /* s[x], y = len */
	BOUNDS_SLICE_ALEN,  /* s[:x], y = len */
	BOUNDS_SLICE_ACAP,  /* s[:x], y = cap */
	BOUNDS_SLICE_B,     /* s[x:y] */
	BOUNDS_SLICE3_ALEN, /* s[::x], y = len */
	BOUNDS_SLICE3_ACAP, /* s[::x], y = cap */
	BOUNDS_SLICE3_B,    /* s[:x:y] */
	BOUNDS_SLICE3_C,    /* s[x:y:] */
	BOUNDS_CONVERT,     /* (*[x]T)(s), y = len */
};
struct rt_bounds { /* the layout of Go's runtime.boundsError */
	int64_t x;
	intptr_t y;
	bool is_signed; /* x is; a negative one is told without y */
	uint8_t code;   /* enum rt_bounds_code */
};
struct rt_assertion { /* the layout of Go's runtime.TypeAssertionError */
	const struct gort_type *inter; /* static type; NULL: "interface" */
	const struct gort_type *have;  /* NULL: the interface was nil */
	const struct gort_type *want;
	gort_str missing; /* method, "" none */
};
struct rt_panic_value {
	enum rt_panic_kind kind;
	const char *text; /* collected or static */
	intptr_t num;
	void *ptr;
	union {
		struct rt_bounds bounds;
		const struct rt_assertion *assertion; /* collected */
		struct gort_eface go;
	};
};
void rt_panic(const struct rt_panic_value *v) RT_NORETURN;
void rt_panic_str(const char *text) RT_NORETURN; /* copies nothing */
void rt_panic_runtime(const char *text) RT_NORETURN; /* "runtime error: " */
void rt_panic_plain(const char *text) RT_NORETURN; /* "close of nil channel" */
/* Goroutines that run deferred calls because of a panic. The process should
 * not end before they had their say. */
extern _Atomic int32_t rt_panics_running;
/*
 * A *runtime.TypeAssertionError: a value of type `have` (NULL: nil) in a
 * variable of interface type `inter` (NULL: unknown) is not a `want`, because
 * it lacks the method `missing` or (NULL) for no such reason.
 */
void rt_panic_type_assertion(const struct gort_type *inter,
    const struct gort_type *have, const struct gort_type *want,
    const gort_str *missing) RT_NORETURN;
void rt_panic_index(intptr_t i, intptr_t n) RT_NORETURN;
void rt_panic_mem(void) RT_NORETURN; /* nil dereference, from sigpanic */
void rt_panic_divide(void) RT_NORETURN;
void rt_panic_overflow(void) RT_NORETURN;
void rt_panic_float(void) RT_NORETURN;
void rt_panic_shift(void) RT_NORETURN;
void rt_panic_bounds(enum rt_bounds_code code, int64_t x, bool is_signed,
    intptr_t y) RT_NORETURN;
/* "hash of unhashable type T", "comparing uncomparable type T" */
void rt_panic_unhashable(const struct gort_type *t) RT_NORETURN;
void rt_panic_uncomparable(const struct gort_type *t) RT_NORETURN;

/*
 * Defer, protect and recover for C, as gort.h tells them (panic.c). A deferred
 * call belongs to the innermost rt_protect that runs on the goroutine, or to
 * the goroutine: rt_goexit and a goroutine's end run what is left.
 *
 * rt_protect: true when body returned, false when a panic was recovered. Its
 * deferred calls have run either way.
 * rt_recover: true inside a deferred call that the current panic started and
 * that has not been recovered; *ret (may be NULL) is the panic's value. When
 * the deferred call returns, the rest of that protect's calls run and its
 * rt_protect returns false. In a call deferred to the goroutine itself, a
 * recover ends the goroutine quietly.
 */
void rt_deferproc(void (*fn)(void *), void *arg);
bool rt_protect(void (*body)(void *), void *arg);
bool rt_recover(struct rt_panic_value *ret);
/* rt_goexit's first half: run everything deferred, no panic can be recovered.
 * Returns; the caller then ends the goroutine with rt_goexit0_direct. */
void rt_goexit_defers(void);

/* Fault signal on a user goroutine: os/signal_unix.c calls this on g0/gsignal
 * terms; it decides between panic (address < 4096) and throw, rewrites the
 * ucontext so that the goroutine panics, or never returns. */
void rt_sigpanic_prepare(struct g *gp, uint32_t sig, uintptr_t code,
    uintptr_t addr, void *ucontext);
/* Is it this thread that reports the process's end? */
bool rt_crash_is_reporter(void);
/* The dump of SIGQUIT and fatal signals, then exit(2) or abort. */
void rt_fatal_signal(uint32_t sig, void *siginfo, void *ucontext)
    RT_NORETURN;

/* ---- tracebacks (traceback.c) ---- */

enum { RT_TB_NONE = 0, RT_TB_SINGLE = 1, RT_TB_ALL = 2, RT_TB_SYSTEM = 3 };
/* Level, show-all and crash as GOTRACEBACK and SetTraceback gave them. */
int32_t rt_gotraceback(bool *ret_all, bool *ret_crash);
void rt_set_traceback(const char *level, bool from_env);
void rt_traceback_g(struct g *gp); /* header and frames of a stopped g */
void rt_traceback_others(struct g *me);
/* Header and frames at system level, whatever GOTRACEBACK says: of the running
 * goroutine from the caller on; of all others, world stopped. */
void rt_traceback_here(void);
void rt_traceback_all(void);
/* pcs of a parked g or of the caller (gp == NULL); leaf first. Returns n. */
int rt_callers(struct g *gp, uintptr_t *pcs, int max);
/* The same of a goroutine that runs on another thread, which is interrupted
 * for it (hold.c); 0: it could not be, or runs no more. Any thread with a g. */
int rt_callers_running(struct g *gp, uintptr_t *pcs, int max);
/* SIGURG's handler, of a thread with an m: true when the signal was sent for
 * the above. Does not return when another thread reports a crash. */
bool rt_hold_asked(struct g *gp, const void *ucontext);
/* As runtime.Stack: this goroutine from the caller of the function that is at
 * *at, which must count as one (runtime.Stack itself does); with all also the others, for
 * whom the world is stopped. Returns the bytes of buf used. */
struct rt_where;
size_t rt_stack_text(
    const struct rt_where *at, bool all, char *buf, size_t cap);
/* ---- ancestors.c: who made gp, and whoever made that one, newest first ---- */

#define RT_ANCESTOR_PCS 100
struct rt_ancestor {
	uint64_t goid;
	uintptr_t gopc; /* where that one was made */
	int npcs;       /* where it stood when it made the next */
	uintptr_t pcs[RT_ANCESTOR_PCS];
};
/* newproc: gp is made, can't run yet, by the running goroutine. */
void rt_ancestors_save(struct g *gp);
/* Returns how many; *ret lives for ever and changes in gp's next life. */
int rt_ancestors(const struct g *gp, const struct rt_ancestor **ret);

const char *rt_status_text(struct g *gp);
const char *rt_wait_reason_text(uint8_t reason);

/* ---- stopplace.c ---- */

enum rt_stop_place {
	RT_STOP_NOT, /* or nobody can tell */
	RT_STOP_GO,  /* in compiled Go: may go on on any thread */
	RT_STOP_C,   /* in the program's C: on the same thread only */
};
/* May gp be stopped where a signal found it, as far as its code is concerned?
 * May move the pc in ucontext back to where the same work begins. In gp's
 * thread's handler; takes no lock. */
enum rt_stop_place rt_stop_place(struct g *gp, void *ucontext);

/* ---- symbols (symtab.c) ---- */

struct rt_module {
	const char *path;
	uintptr_t base;            /* load bias */
	uintptr_t text, etext;     /* executable range */
	uintptr_t data, edata;     /* hull of the writable segments */
	uintptr_t cfi;             /* .eh_frame_hdr, 0: none */
	uintptr_t rodata, erodata; /* the segment it lies in */
	bool foreign; /* neither the program nor libgort: libc and the like */
	struct rt_module *next;
};
void rt_crashinit(void); /* boot: what a report needs beforehand */
void rt_modulesinit(void); /* boot: list executable and shared objects */
const struct rt_module *rt_modules(void);
const struct rt_module *rt_find_module(uintptr_t pc);
struct rt_symbol {
	const char *func;  /* "?" when unknown; lives for ever */
	uintptr_t entry;   /* start of the function's code, 0 unknown */
	const char *file;  /* NULL unknown; lives for ever */
	uint32_t line;
	bool runtime; /* one of the runtime's own functions */
	bool go;      /* compiled Go, or named like it */
	bool inlined; /* into the next one of rt_symbolize_all's answer */
	bool wrapper; /* made by the compiler, or call machinery: not to show */
	bool body;    /* its caller of the same name is its wrapper */
	const struct rt_module *module; /* NULL unknown */
	const char *name; /* as Go's programs see it (callers.c); NULL: ask */
	bool inside; /* of the runtime, and Go's programs have no name for it */
};
/* The function that pc's code belongs to, by the module's symbol table; with
 * lines, the innermost function inlined there, with file and line. False:
 * unknown. Async-signal-safe, takes no lock. */
bool rt_symbolize(uintptr_t pc, bool with_line, struct rt_symbol *ret);
/* All functions that pc is in, what was inlined first, with file and line as
 * far as there is debug information. At least one, perhaps "?". Also
 * async-signal-safe; up to milliseconds for a pc that is new. */
#define RT_SYMBOLS_MAX 32
int rt_symbolize_all(uintptr_t pc, struct rt_symbol *ret, int max);
/* The same, from where the answer is kept, or in buf[RT_SYMBOLS_MAX]. */
const struct rt_symbol *rt_symbols_at(
    uintptr_t pc, struct rt_symbol *buf, int *ret_n);

#endif
