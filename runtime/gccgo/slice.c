/*
 * slice.c - compiled Go: make, append, copy.
 */
#include "gccgo/gccgo.h"

#include "types/slice.h"

void *go_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap)
    GO("runtime.makeslice");
void *go_makeslice64(const struct gort_type *elem, int64_t len, int64_t cap)
    GO("runtime.makeslice64");
size_t go_check_makeslice(const struct gort_type *elem, intptr_t len,
    intptr_t cap) GO("runtime.checkMakeSlice");
void go_panic_makeslice_len(void) GO("runtime.panicmakeslicelen");
void go_panic_makeslice_cap(void) GO("runtime.panicmakeslicecap");
gort_slice go_growslice(const struct gort_type *elem, void *old,
    intptr_t old_len, intptr_t old_cap, intptr_t need)
    GO("runtime.growslice");
intptr_t go_typedslicecopy(const struct gort_type *elem, void *dst,
    intptr_t dn, const void *src, intptr_t sn) GO("runtime.typedslicecopy");
intptr_t go_reflect_typedslicecopy(const struct gort_type *elem,
    gort_slice dst, gort_slice src) GO("reflect.typedslicecopy");
void go_unsafeslice(const struct gort_type *elem, const void *p,
    intptr_t len) GO("runtime.unsafeslice");
void go_unsafeslice64(const struct gort_type *elem, const void *p,
    int64_t len) GO("runtime.unsafeslice64");

void *
go_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap)
{
	return rt_makeslice(elem, len, cap);
}

void *
go_makeslice64(const struct gort_type *elem, int64_t len, int64_t cap)
{
	return rt_makeslice(elem, len, cap);
}

size_t
go_check_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap)
{
	return rt_check_makeslice(elem, len, cap);
}

void
go_panic_makeslice_len(void)
{
	rt_panic_makeslice_len();
}

void
go_panic_makeslice_cap(void)
{
	rt_panic_makeslice_cap();
}

gort_slice
go_growslice(const struct gort_type *elem, void *old, intptr_t old_len,
    intptr_t old_cap, intptr_t need)
{
	return rt_growslice(elem, old, old_len, old_cap, need);
}

intptr_t
go_typedslicecopy(const struct gort_type *elem, void *dst, intptr_t dn,
    const void *src, intptr_t sn)
{
	return rt_typedslicecopy(elem, dst, dn, src, sn);
}

intptr_t
go_reflect_typedslicecopy(
    const struct gort_type *elem, gort_slice dst, gort_slice src)
{
	return rt_typedslicecopy(elem, dst.p, dst.n, src.p, src.n);
}

void
go_unsafeslice(const struct gort_type *elem, const void *p, intptr_t len)
{
	rt_check_unsafeslice(elem, p, len);
}

void
go_unsafeslice64(const struct gort_type *elem, const void *p, int64_t len)
{
	rt_check_unsafeslice(elem, p, len);
}
