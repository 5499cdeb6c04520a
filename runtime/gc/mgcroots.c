/*
 * mgcroots.c - which static memory the collector reads.
 *
 * A C program: the data and bss of every module, conservatively, and what it
 * registers itself. C stores pointers wherever it likes.
 *
 * A compiled Go program: each package registers its variables that hold
 * pointers, with their layouts, before its initialiser runs, and those are
 * read word by word as the layouts say. Of all other static memory only the
 * runtime's own variables are read, conservatively; gort_go.ld gathers them in
 * two sections (large ones without heap pointers excepted: RT_NOT_ROOT), some
 * 90 KB. Not read are
 *   variables without pointers (a 1-GiB table costs nothing)
 *   packages whose initialiser has not begun: nobody can have stored into
 *     their variables, so collections may run while packages initialise
 *   libc, other libraries and C code linked in by cgo, whose rules forbid to
 *     keep Go pointers there; a program that must, registers (rt_roots_add)
 *
 * Lists are static and never taken away. They are read as jobs of about equal
 * size: a job for the small variables of each list, and pieces of PIECE_BYTES
 * of each large variable. Both arrays grow under roots' lock, which the
 * collector holds from prepare to finish (a stopped world does not stop the
 * threads in system calls, but those register nothing of a package).
 */
#include "gc/mgc.h"

#include <string.h>

#define PIECE_BYTES ((size_t)32 << 10)

/* The runtime's own data in a Go program; absent in others. */
extern char data_start[] __asm__("__start_gort_data") __attribute__((weak));
extern char data_stop[] __asm__("__stop_gort_data") __attribute__((weak));
extern char bss_start[] __asm__("__start_gort_bss") __attribute__((weak));
extern char bss_stop[] __asm__("__stop_gort_bss") __attribute__((weak));

struct piece { /* of a large variable */
	const struct rt_root_var *v;
	size_t from; /* bytes; a multiple of PIECE_BYTES */
};

/* Growable arrays; the old one of each is small and stays (persistent). */
static struct { /* roots' lock, by rt_roots_lock */
	struct rt_root_list **list;
	uint32_t nlists, caplists;
	struct piece *piece;
	uint32_t npieces, cappieces;
	uint64_t bytes; /* that are read */
} vars;

/* What a cycle reads: packages that register later have stored nothing yet.
 * Written with the world stopped. */
static struct {
	struct rt_root_list **list;
	uint32_t nlists;
	struct piece *piece;
} seen;

static void *
grown(void *old, uint32_t n, uint32_t *cap, size_t each)
{
	void *p;

	if (n < *cap)
		return old;
	*cap = *cap == 0 ? 64 : 2 * *cap;
	p = rt_persistentalloc(*cap * each, 8, RT_STAT_GC);
	if (n != 0)
		memcpy(p, old, n * each);
	return p;
}

static void
add_pieces(const struct rt_root_var *v)
{
	for (size_t at = 0; at < v->ptrdata; at += PIECE_BYTES) {
		vars.piece = grown(vars.piece, vars.npieces, &vars.cappieces,
		    sizeof(*vars.piece));
		vars.piece[vars.npieces++] = (struct piece){ v, at };
	}
}

void
rt_roots_register(struct rt_root_list *l)
{
	rt_roots_lock();
	vars.list = grown(
	    vars.list, vars.nlists, &vars.caplists, sizeof(*vars.list));
	vars.list[vars.nlists++] = l;
	for (intptr_t i = 0; i < l->n; i++) {
		vars.bytes += l->v[i].ptrdata;
		if (l->v[i].ptrdata > PIECE_BYTES)
			add_pieces(&l->v[i]);
	}
	rt_roots_unlock();
}

static void
add_common(uintptr_t lo, uintptr_t hi, const char *from, const char *to)
{
	if (lo < (uintptr_t)from)
		lo = (uintptr_t)from;
	if (hi > (uintptr_t)to)
		hi = (uintptr_t)to;
	if (lo < hi)
		rt_roots_add_own((void *)lo, hi - lo);
}

void
rt_roots_add_data(const void *base, size_t bytes)
{
	uintptr_t lo = (uintptr_t)base, hi = lo + bytes;

	if (data_start == NULL && bss_start == NULL) {
		rt_roots_add_own(base, bytes);
		return;
	}
	add_common(lo, hi, data_start, data_stop);
	add_common(lo, hi, bss_start, bss_stop);
}

uint64_t
rt_gcroots_bytes(void)
{
	return vars.bytes;
}

uint32_t
rt_gcroots_jobs(void)
{
	seen.list = vars.list;
	seen.nlists = vars.nlists;
	seen.piece = vars.piece;
	return vars.nlists + vars.npieces;
}

/* Bytes [from, to) of the variable, multiples of 64 words but for the end. */
static RT_NO_SANITIZE void
mark_var(struct gcworker *w, const struct rt_root_var *v, size_t from,
    size_t to)
{
	w->globals_bytes += to - from;
	for (size_t at = from; at < to; at += 8 * sizeof(uintptr_t)) {
		unsigned bits = v->gcdata[at / (8 * sizeof(uintptr_t))];

		for (; bits != 0; bits &= bits - 1) {
			size_t i = at / sizeof(uintptr_t) +
			    (unsigned)__builtin_ctz(bits);

			rt_gcmark_pointer(
			    w, (uintptr_t)((uintptr_t *)v->base + i));
		}
	}
}

void
rt_gcroots_mark(struct gcworker *w, uint32_t job)
{
	const struct rt_root_list *l;

	if (job >= seen.nlists) {
		const struct piece *p = &seen.piece[job - seen.nlists];
		size_t to = p->from + PIECE_BYTES;

		mark_var(w, p->v, p->from,
		    to < p->v->ptrdata ? to : p->v->ptrdata);
		return;
	}
	l = seen.list[job];
	for (intptr_t i = 0; i < l->n; i++)
		if (l->v[i].ptrdata <= PIECE_BYTES)
			mark_var(w, &l->v[i], 0, l->v[i].ptrdata);
}

RT_NO_SANITIZE void
rt_gcroots_each(void (*fn)(uintptr_t, size_t, uintptr_t))
{
	for (uint32_t k = 0; k < seen.nlists; k++) {
		const struct rt_root_list *l = seen.list[k];

		for (intptr_t i = 0; i < l->n; i++) {
			const struct rt_root_var *v = &l->v[i];

			for (size_t at = 0; at < v->ptrdata / 8; at++)
				if (v->gcdata[at / 8] >> (at % 8) & 1)
					fn((uintptr_t)v->base, at * 8,
					    ((uintptr_t *)v->base)[at]);
		}
	}
}
