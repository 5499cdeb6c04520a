/*
 * stopplace.c - may a goroutine be stopped where a signal found it?
 *
 * A list of what may be interrupted, not of what may not. A goroutine that is
 * stopped goes to a queue with whatever its frames hold; in libc that may be a
 * lock, for which the next goroutine then waits for ever.
 *
 * Compiled Go: any instruction that was Go (rt_language_text), wherever its
 * callers are. Foreign code that calls Go back is none of ours: Go may park in
 * any call it makes, so whoever holds a lock over it is broken without us. And
 * the barrier (arch/barrier_amd64.S): up to its store nothing has happened and
 * both arguments are intact, so it begins anew; behind the store it is done.
 *
 * C programs: the executable's own functions, if every frame below is the
 * executable's or libgort's, by call frame information down to the goroutine's
 * first frame. A callback of qsort or pthread_once may have been called with
 * locks held. Libgort calls programs with its own locks held only as m->locks
 * tells, which is asked elsewhere. Where libgort is linked into the executable,
 * the symbol table tells the two apart; without one nothing is stopped. Nor in
 * an executable that holds libc as well. And what the program shares with libgort
 * is nobody's: functions whose names begin with two underscores, which are the
 * compiler's (libgcc's __popcountdi2), and the linker's stubs on the way to a
 * shared object, which no symbol covers. Libgort is there in mid-sweep, where
 * nothing is raised that would tell. Other archives that a program links count as
 * the program.
 *
 * Rejected: trusting a frame pointer where tables are missing. A libc function
 * without one would be skipped, and it is libc that we look for.
 */
#include "config.h"

#include "fault/fault.h"
#include "fault/symbols.h"
#include "fault/unwind.h"

#include "boot/mainfn.h"

#include <sys/auxv.h>
#include <ucontext.h>

#define FRAMES_MAX 8192 /* a slot has no room for more */

/* There in a program of compiled Go. */
extern const char go_barrier[] __asm__("runtime.gcWriteBarrier")
    __attribute__((weak));
extern const char rt_gcwb_stored[] __attribute__((weak));

__attribute__((no_sanitize("address", "thread"))) static uintptr_t
word_at(uintptr_t sp)
{
	return *(const uintptr_t *)sp;
}

/* Called from Go, as it is from nowhere else. */
static bool
in_barrier(uintptr_t pc, uintptr_t sp)
{
	return go_barrier != NULL && pc >= (uintptr_t)go_barrier &&
	    pc <= (uintptr_t)rt_gcwb_stored && rt_language_text(word_at(sp));
}

/* Is pc in a function of the executable that is the program's own? */
static bool
is_program(uintptr_t pc)
{
	const struct rt_module *exe = rt_modules();
	const char *name;
	bool runtime;

	if (rt_find_module(pc) != exe)
		return false;
	if (rt_find_module((uintptr_t)is_program) != exe)
		return true; /* libgort is a shared object */
	name = rt_symbol_around(pc, &runtime);
	return name != NULL && !runtime &&
	    !(name[0] == '_' && name[1] == '_');
}

static bool
no_foreign_frame(struct g *gp, const struct rt_where *w)
{
	extern char rt_ctx_entry[]; /* the goroutine's first frame */
	const struct rt_module *m;
	struct rt_unwind u;

	if (!rt_unwind_begin(&u, gp, w))
		return false;
	for (int i = 0; i < FRAMES_MAX; i++) {
		uintptr_t pc;

		if (!rt_unwind_next(&u) || u.guessed)
			return false;
		pc = u.reg[RT_UW_PC];
		if (pc - (uintptr_t)rt_ctx_entry < 16)
			return true;
		m = rt_find_module(pc);
		if (m == NULL || m->foreign)
			return false;
	}
	return false;
}

enum rt_stop_place
rt_stop_place(struct g *gp, void *ucontext)
{
	greg_t *r = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
	uintptr_t pc = (uintptr_t)r[REG_RIP];
	struct rt_where w;

	if (rt_language_text(pc))
		return RT_STOP_GO;
	if (&rt_language != NULL) {
		if (!in_barrier(pc, (uintptr_t)r[REG_RSP]))
			return RT_STOP_NOT;
		if (pc < (uintptr_t)rt_gcwb_stored)
			r[REG_RIP] = (greg_t)(uintptr_t)go_barrier;
		return RT_STOP_GO;
	}
	if (getauxval(AT_BASE) == 0 || !is_program(pc))
		return RT_STOP_NOT;
	rt_unwind_ucontext(ucontext, &w);
	return no_foreign_frame(gp, &w) ? RT_STOP_C : RT_STOP_NOT;
}
