/*
 * alloc.c - compiled Go: objects, copies of typed memory, a package's roots.
 */
#include "gccgo/gccgo.h"

#include "gc/gc.h"
#include "mem/malloc.h"

#include <string.h>

/* ---- objects ---- */

void *go_newobject(const struct gort_type *t) GO("runtime.newobject");
void *go_mallocgc(size_t size, const struct gort_type *t, bool zero)
    GO("runtime.mallocgc");
void *go_reflect_new(const struct gort_type *t) GO("reflect.unsafe__New");
void *go_reflectlite_new(const struct gort_type *t)
    GO("internal_1reflectlite.unsafe__New");
void *go_reflect_newarray(const struct gort_type *t, intptr_t n)
    GO("reflect.unsafe__NewArray");

void *
go_newobject(const struct gort_type *t)
{
	return rt_newobject(t);
}

/* No type: no pointers inside. */
void *
go_mallocgc(size_t size, const struct gort_type *t, bool zero)
{
	return rt_mallocgc(size, t, false, zero);
}

void *
go_reflect_new(const struct gort_type *t)
{
	return rt_newobject(t);
}

void *
go_reflectlite_new(const struct gort_type *t)
{
	return rt_newobject(t);
}

void *
go_reflect_newarray(const struct gort_type *t, intptr_t n)
{
	return rt_newarray(t, n);
}

/* ---- copying and clearing ---- */

void go_typedmemmove(const struct gort_type *t, void *dst, const void *src)
    GO("runtime.typedmemmove");
void go_reflect_typedmemmove(const struct gort_type *t, void *dst,
    const void *src) GO("reflect.typedmemmove");
void go_reflectlite_typedmemmove(const struct gort_type *t, void *dst,
    const void *src) GO("internal_1reflectlite.typedmemmove");
void go_reflect_typedmemclr(const struct gort_type *t, void *p)
    GO("reflect.typedmemclr");
void go_memclr_has_pointers(void *p, size_t n) GO("runtime.memclrHasPointers");
void go_memclr_no_pointers(void *p, size_t n)
    GO("runtime.memclrNoHeapPointers");
void go_memmove(void *dst, const void *src, size_t n) GO("runtime.memmove");
void go_reflect_memmove(void *dst, const void *src, size_t n)
    GO("reflect.memmove");

void
go_typedmemmove(const struct gort_type *t, void *dst, const void *src)
{
	rt_typedmemmove(t, dst, src);
}

void
go_reflect_typedmemmove(
    const struct gort_type *t, void *dst, const void *src)
{
	rt_typedmemmove(t, dst, src);
}

void
go_reflectlite_typedmemmove(
    const struct gort_type *t, void *dst, const void *src)
{
	rt_typedmemmove(t, dst, src);
}

void
go_reflect_typedmemclr(const struct gort_type *t, void *p)
{
	rt_typedmemclr(t, p);
}

void
go_memclr_has_pointers(void *p, size_t n)
{
	rt_bulk_barrier_memclr(p, n);
}

void
go_memclr_no_pointers(void *p, size_t n)
{
	memset(p, 0, n);
}

void
go_memmove(void *dst, const void *src, size_t n)
{
	memmove(dst, src, n);
}

void
go_reflect_memmove(void *dst, const void *src, size_t n)
{
	memmove(dst, src, n);
}

/* ---- roots ---- */

void go_register_gc_roots(struct rt_root_list *l)
    GO("runtime.registerGCRoots");

void
go_register_gc_roots(struct rt_root_list *l)
{
	rt_roots_register(l);
}
