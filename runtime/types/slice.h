/*
 * slice.h - making, growing and copying slices, as Go's rules have it.
 */
#ifndef RT_SLICE_H
#define RT_SLICE_H

#include "runtime2.h"
#include "types/type.h"

/* No object is larger; more is "out of range", not "out of memory". */
#define RT_MAX_ALLOC_BYTES ((size_t)1 << 48)

/* Zeroed room for cap elements. Panics "makeslice: len out of range" or
 * "cap out of range". User goroutine, as all of these. */
void *rt_makeslice(const struct gort_type *elem, intptr_t len, intptr_t cap);
/* The checks of rt_makeslice alone; returns bytes. */
size_t rt_check_makeslice(
    const struct gort_type *elem, intptr_t len, intptr_t cap);
void rt_panic_makeslice_len(void) RT_NORETURN;
void rt_panic_makeslice_cap(void) RT_NORETURN;

/* Room for `need` elements, the first old_len of them copied from old, the
 * rest up to the new capacity zero. Panics "growslice: cap out of range". */
gort_slice rt_growslice(const struct gort_type *elem, void *old,
    intptr_t old_len, intptr_t old_cap, intptr_t need);

/* What an allocation of this many bytes occupies by Go's size classes: slack
 * that cap() shows. */
size_t rt_roundupsize(size_t bytes);

/* min(dn, sn) elements; they may overlap. Any stack but g0's rules hold. */
intptr_t rt_typedslicecopy(const struct gort_type *elem, void *dst,
    intptr_t dn, const void *src, intptr_t sn);

/* Panics unless [p, p + len elements) can be a slice: unsafe.Slice. */
void rt_check_unsafeslice(
    const struct gort_type *elem, const void *p, intptr_t len);

#endif
