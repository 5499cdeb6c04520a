/*
 * sections.h - what the executable's own sections hold.
 *
 * GORT_PACKAGE puts a struct into section gort_packages, GORT_TYPE a pointer to
 * its descriptor into gort_types; the linker gathers them and names the bounds. The bounds belong to the
 * executable, so a shared libgort can't name them: the start object does it
 * (rt_crt). Without the start object a static link names them directly.
 */
#ifndef RT_SECTIONS_H
#define RT_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

struct gort_package;
struct gort_type;

/* crt_linux_amd64.S fills and exports it; layout is shared with assembly. */
#define RT_CRT_ABI 0x7472637401000001u /* changes with the layout */
struct rt_crt {
	uint64_t abi;
	int64_t time_ns; /* mono, when _rt0 ran */
	uintptr_t args;  /* rsp at the entry */
	const struct gort_package *packages, *packages_end;
	const struct gort_type *const *types, *const *types_end;
};
extern struct rt_crt rt_crt __attribute__((weak));

/* What is registered, *ret_n of them; NULL and 0 when there are none. */
const struct gort_package *rt_section_packages(size_t *ret_n);
const struct gort_type *const *rt_section_types(size_t *ret_n);

#endif
