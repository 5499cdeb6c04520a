/*
 * memstats.c - runtime.GC, ReadMemStats, SetFinalizer, KeepAlive.
 *
 * struct go_memstats is MemStats as the compiler lays it out; programs read
 * its fields directly. Its numbers are mem/mstats.c's.
 *
 * SetFinalizer checks its arguments as Go does, with Go's words, which are
 * fatal and not panics. How the function is called when its time has come is
 * decided here, once, and kept in the record: a parameter of pointer type (or
 * of another type of the pointer's shape) takes the word itself, an empty
 * interface the pair (type, word), an interface with methods the pair (method
 * table, word). Results are dropped: up to 16 bytes come back in registers;
 * more want a hidden pointer to room for them in front of the arguments.
 */
#include "gccgo/gccgo.h"

#include "fault/fault.h"
#include "gc/gc.h"
#include "mem/malloc.h"
#include "mem/sizeclasses.h"
#include "sched/sched.h"

#include <errno.h>
#include <string.h>

/* ---- GC, KeepAlive ---- */

void go_gc(void) GO("runtime.GC");
void go_keepalive(struct gort_eface x) GO("runtime.KeepAlive");
GO_FUNCVAL(go_gc, "runtime.GC");
GO_FUNCVAL(go_keepalive, "runtime.KeepAlive");

void
go_gc(void)
{
	rt_gc_force();
}

/* That the call happens is all: its argument lives until here. */
RT_NOINLINE void
go_keepalive(struct gort_eface x)
{
	__asm__ volatile("" : : "r"(x.d));
}

/* ---- ReadMemStats ---- */

#define BY_SIZE 61

struct go_memstats {
	uint64_t alloc, total_alloc, sys, lookups, mallocs, frees;
	uint64_t heap_alloc, heap_sys, heap_idle, heap_inuse, heap_released,
	    heap_objects;
	uint64_t stack_inuse, stack_sys, mspan_inuse, mspan_sys, mcache_inuse,
	    mcache_sys, buck_hash_sys, gc_sys, other_sys;
	uint64_t next_gc, last_gc, pause_total_ns;
	uint64_t pause_ns[256], pause_end[256];
	uint32_t num_gc, num_forced_gc;
	double gc_cpu_fraction;
	bool enable_gc, debug_gc;
	struct {
		uint32_t size;
		uint64_t mallocs, frees;
	} by_size[BY_SIZE];
};
_Static_assert(sizeof(struct go_memstats) ==
        24 * 8 + 512 * 8 + 8 + 8 + 8 + BY_SIZE * 24,
    "MemStats as export data has it");

void go_readmemstats(struct go_memstats *ret) GO("runtime.ReadMemStats");
GO_FUNCVAL(go_readmemstats, "runtime.ReadMemStats");

static void
fill_system(struct go_memstats *ret, const struct rt_memstats *m)
{
	ret->sys = m->sys;
	ret->heap_sys = m->heap_sys;
	ret->heap_idle = m->heap_idle;
	ret->heap_inuse = m->heap_inuse;
	ret->heap_released = m->heap_released;
	ret->stack_inuse = m->stack_inuse;
	ret->stack_sys = m->stack_sys;
	ret->mspan_inuse = m->mspan_inuse;
	ret->mspan_sys = m->mspan_sys;
	ret->mcache_inuse = m->mcache_inuse;
	ret->mcache_sys = m->mcache_sys;
	ret->buck_hash_sys = m->buck_hash_sys;
	ret->gc_sys = m->gc_sys;
	ret->other_sys = m->other_sys;
}

static void
fill_gc(struct go_memstats *ret, const struct rt_memstats *m)
{
	_Static_assert(sizeof(ret->pause_ns) == sizeof(m->pause_ns), "256");
	ret->next_gc = m->next_gc;
	ret->last_gc = m->last_gc_unix_ns;
	ret->pause_total_ns = m->pause_total_ns;
	memcpy(ret->pause_ns, m->pause_ns, sizeof(ret->pause_ns));
	memcpy(ret->pause_end, m->pause_end_ns, sizeof(ret->pause_end));
	ret->num_gc = m->num_gc;
	ret->num_forced_gc = m->num_forced_gc;
	ret->gc_cpu_fraction = (double)m->gc_cpu_permille / 1000;
	ret->enable_gc = true;
	ret->debug_gc = false;
}

void
go_readmemstats(struct go_memstats *ret)
{
	/* Off the heap: some KiB are too much for a small stack, and a
	 * measurement should not measure itself. */
	struct rt_memstats *m = rt_sys_alloc(sizeof(*m), RT_STAT_OTHER);

	rt_readmemstats(m);
	ret->alloc = m->alloc;
	ret->total_alloc = m->total_alloc;
	ret->lookups = 0;
	ret->mallocs = m->mallocs;
	ret->frees = m->frees;
	ret->heap_alloc = m->heap_alloc;
	ret->heap_objects = m->heap_objects;
	fill_system(ret, m);
	fill_gc(ret, m);
	/* class 0 is "large"; Go's entry 0 is always empty */
	for (unsigned c = 0; c < BY_SIZE; c++) {
		ret->by_size[c].size = c == 0 ? 0 : rt_class_to_size[c];
		ret->by_size[c].mallocs = c == 0 ? 0 : m->class_mallocs[c];
		ret->by_size[c].frees = c == 0 ? 0 : m->class_frees[c];
	}
	rt_sys_free(m, sizeof(*m), RT_STAT_OTHER);
}

/* ---- SetFinalizer ---- */

void go_setfinalizer(struct gort_eface obj, struct gort_eface fn)
    GO("runtime.SetFinalizer");
GO_FUNCVAL(go_setfinalizer, "runtime.SetFinalizer");

static RT_NORETURN void
refuse(const char *before, const struct gort_type *a, const char *between,
    const struct gort_type *b, const char *after)
{
	char *text = rt_persistentalloc(1024, 1, RT_STAT_OTHER);
	size_t at = (size_t)rt_snprintf(
	    text, 1024, "runtime.SetFinalizer: %s", before);

	at += rt_type_name(a, text + at, 1024 - at);
	at += (size_t)rt_snprintf(text + at, 1024 - at, "%s", between);
	if (b != NULL)
		at += rt_type_name(b, text + at, 1024 - at);
	rt_snprintf(text + at, 1024 - at, "%s", after);
	rt_fatal(text);
}

/* How many bytes of results the caller must offer in memory; 0: registers. */
static size_t
hidden_result_bytes(const struct rt_func_type *ft)
{
	size_t at = 0;

	for (intptr_t i = 0; i < ft->nout; i++) {
		const struct gort_type *t = ft->out[i];

		at = (at + t->align - 1) & ~(size_t)(t->align - 1);
		at += t->size;
	}
	return at > 16 ? at : 0;
}

/*
 * Call the func value with the object. The word and the pair differ by one
 * register only; with a hidden result all move up by one.
 */
static void
run_go(const struct rt_finalizer *how, void *obj)
{
	const struct rt_funcval *fv = how->closure;
	const struct rt_func_type *ft = how->a;
	const struct gort_type *in = ft->in[0];
	bool pair = (in->kind & KIND_MASK) == KIND_INTERFACE;
	size_t bytes = hidden_result_bytes(ft);
	void *res;

	if (bytes == 0 && pair) {
		GO_CALL(fv, void (*)(const void *, void *), how->b, obj);
	} else if (bytes == 0) {
		GO_CALL(fv, void (*)(void *), obj);
	} else {
		res = rt_mallocgc(bytes, NULL, true, true);
		if (pair)
			GO_CALL(fv,
			    void (*)(void *, const void *, void *), res,
			    how->b, obj);
		else
			GO_CALL(
			    fv, void (*)(void *, void *), res, obj);
	}
}

/*
 * The first word of what the parameter receives: the type for interface{},
 * the method table for another interface, NULL for a pointer. False: an
 * argument of type `t` can't be passed to it.
 */
static bool
assignable(const struct gort_type *param, const struct gort_type *t,
    const void **ret_first)
{
	const struct rt_interface_type *inter =
	    (const struct rt_interface_type *)param;
	const gort_str *missing;

	*ret_first = NULL;
	if (param == t)
		return true;
	if ((param->kind & KIND_MASK) == KIND_PTR)
		/* one of the two has no name, and they point to the same */
		return (param->u == NULL || param->u->name == NULL ||
		           t->u == NULL || t->u->name == NULL) &&
		    ((const struct rt_ptr_type *)param)->elem ==
		    ((const struct rt_ptr_type *)t)->elem;
	if ((param->kind & KIND_MASK) != KIND_INTERFACE)
		return false;
	*ret_first = inter->n == 0 ? (const void *)t
	                           : (const void *)rt_getitab(inter, t, &missing);
	return *ret_first != NULL;
}

static void
check_object(const struct gort_eface *obj)
{
	if (obj->t == NULL)
		rt_fatal("runtime.SetFinalizer: first argument is nil");
	if ((obj->t->kind & KIND_MASK) != KIND_PTR)
		refuse("first argument is ", obj->t, ", not pointer", NULL, "");
	if (obj->d == NULL)
		rt_fatal("runtime.SetFinalizer: pointer not in heap");
}

static const struct rt_func_type *
check_function(const struct gort_eface *obj, const struct gort_eface *fn,
    const void **ret_first)
{
	const struct rt_func_type *ft = (const struct rt_func_type *)fn->t;

	if ((fn->t->kind & KIND_MASK) != KIND_FUNC)
		refuse("second argument is ", fn->t, ", not a function", NULL,
		    "");
	if (ft->variadic)
		refuse("cannot pass ", obj->t, " to finalizer ", fn->t,
		    " because dotdotdot");
	if (ft->nin != 1 || !assignable(ft->in[0], obj->t, ret_first))
		refuse("cannot pass ", obj->t, " to finalizer ", fn->t, "");
	return ft;
}

/* An address that no heap object has: a variable of a package or a constant is
 * fine and never collected, anything else is the program's mistake. */
static void
not_in_heap(const struct gort_eface *obj)
{
	const struct gort_type *elem = ((const struct rt_ptr_type *)obj->t)->elem;
	size_t size;

	if (elem->size == 0)
		return;
	if (rt_findobject((uintptr_t)obj->d, &size) != 0)
		rt_fatal("runtime.SetFinalizer: pointer not at beginning of "
		         "allocated block");
	for (const struct rt_module *m = rt_modules(); m != NULL; m = m->next)
		if ((uintptr_t)obj->d - m->base < m->edata - m->base &&
		    (uintptr_t)obj->d >= m->base)
			return;
	rt_fatal("runtime.SetFinalizer: pointer not in heap");
}

void
go_setfinalizer(struct gort_eface obj, struct gort_eface fn)
{
	struct rt_finalizer how = { .run = run_go };
	int err;

	check_object(&obj);
	if (fn.t == NULL) {
		rt_setfinalizer(obj.d, NULL); /* no object: none to remove */
		return;
	}
	how.a = check_function(&obj, &fn, &how.b);
	how.closure = fn.d;
	err = rt_addfinalizer(obj.d, &how);
	if (err == -EEXIST)
		rt_fatal("runtime.SetFinalizer: finalizer already set");
	if (err == -EINVAL)
		not_in_heap(&obj);
}
