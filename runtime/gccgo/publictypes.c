/*
 * publictypes.c - equality of package runtime's public types; stubs of private
 * ones.
 *
 * Their descriptors (publictypes_amd64.S) refer to these by the names that the
 * compiler gives to such functions. Each compares two values of the type at
 * the addresses; a float member makes bytes not enough, padding too.
 */
#include "gccgo/gccgo.h"

#include <string.h>

#define EQ(cname, symbol)                                                      \
	bool cname(const void *a, const void *b) GO(symbol "..eq");            \
	bool cname(const void *a, const void *b)

#define BYSIZE "struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5"

struct bysize {
	uint32_t size;
	uint64_t mallocs, frees;
};

struct memstats { /* only what equality must tell apart */
	uint64_t head[24], pauses[512];
	uint32_t num_gc, num_forced_gc;
	double fraction;
	bool enable, debug;
	struct bysize bysize[61];
};

struct func {
	gort_str name;
	uintptr_t entry;
};

struct frame {
	uintptr_t pc;
	const void *func;
	gort_str function, file;
	intptr_t line;
	uintptr_t entry;
};
_Static_assert(sizeof(struct frame) == 64, "runtime.Frame");

static bool
same_text(const gort_str *a, const gort_str *b)
{
	return a->n == b->n && memcmp(a->p, b->p, (size_t)a->n) == 0;
}

EQ(go_eq_32_uintptr, "runtime._632_7uintptr")
{
	return memcmp(a, b, 32 * sizeof(uintptr_t)) == 0;
}

EQ(go_eq_256_uint64, "runtime._6256_7uint64")
{
	return memcmp(a, b, 256 * sizeof(uint64_t)) == 0;
}

EQ(go_eq_stackrecord, "runtime.StackRecord")
{
	return memcmp(a, b, 32 * sizeof(uintptr_t)) == 0;
}

EQ(go_eq_memrecord, "runtime.MemProfileRecord")
{
	return memcmp(a, b, 36 * sizeof(uintptr_t)) == 0;
}

EQ(go_eq_blockrecord, "runtime.BlockProfileRecord")
{
	return memcmp(a, b, 34 * sizeof(uintptr_t)) == 0;
}

EQ(go_eq_bysize, "runtime." BYSIZE)
{
	const struct bysize *x = a, *y = b;

	return x->size == y->size && x->mallocs == y->mallocs &&
	    x->frees == y->frees;
}

EQ(go_eq_61_bysize, "runtime._661_7" BYSIZE)
{
	const struct bysize *x = a, *y = b;

	for (int i = 0; i < 61; i++)
		if (!go_eq_bysize(&x[i], &y[i]))
			return false;
	return true;
}

EQ(go_eq_memstats, "runtime.MemStats")
{
	const struct memstats *x = a, *y = b;

	return memcmp(x->head, y->head, sizeof(x->head)) == 0 &&
	    memcmp(x->pauses, y->pauses, sizeof(x->pauses)) == 0 &&
	    x->num_gc == y->num_gc && x->num_forced_gc == y->num_forced_gc &&
	    x->fraction == y->fraction && x->enable == y->enable &&
	    x->debug == y->debug && go_eq_61_bysize(x->bysize, y->bysize);
}

EQ(go_eq_func, "runtime.Func")
{
	const struct func *x = a, *y = b;

	return x->entry == y->entry && same_text(&x->name, &y->name);
}

EQ(go_eq_frame, "runtime.Frame")
{
	const struct frame *x = a, *y = b;

	return x->pc == y->pc && x->func == y->func && x->line == y->line &&
	    x->entry == y->entry && same_text(&x->function, &y->function) &&
	    same_text(&x->file, &y->file);
}

/*
 * Without optimization every package main carries stubs of the methods that a
 * private type of libgo's package runtime embeds. Nobody calls them, but they
 * are linked.
 */
#define NEVER_CALLED(cname, symbol)                                            \
	void cname(void) GO("runtime.gList." symbol);                          \
	void cname(void)                                                       \
	{                                                                      \
		rt_throw("a method of runtime.gList is called");               \
	}
NEVER_CALLED(go_glist_empty, "empty")
NEVER_CALLED(go_glist_pop, "pop")
NEVER_CALLED(go_glist_push, "push")
NEVER_CALLED(go_glist_push_all, "pushAll")
