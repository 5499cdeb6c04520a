/*
 * sections.c - find the executable's packages and types; see sections.h.
 */
#include "boot/sections.h"
#include "gort.h"

extern const struct gort_package __start_gort_packages[]
    __attribute__((weak, visibility("hidden")));
extern const struct gort_package __stop_gort_packages[]
    __attribute__((weak, visibility("hidden")));
extern const struct gort_type *const __start_gort_types[]
    __attribute__((weak, visibility("hidden")));
extern const struct gort_type *const __stop_gort_types[]
    __attribute__((weak, visibility("hidden")));

const struct gort_package *
rt_section_packages(size_t *ret_n)
{
	const struct gort_package *lo = __start_gort_packages;
	const struct gort_package *hi = __stop_gort_packages;

	if (&rt_crt != NULL) {
		lo = rt_crt.packages;
		hi = rt_crt.packages_end;
	}
	*ret_n = lo == NULL ? 0 : (size_t)(hi - lo);
	return lo;
}

const struct gort_type *const *
rt_section_types(size_t *ret_n)
{
	const struct gort_type *const *lo = __start_gort_types;
	const struct gort_type *const *hi = __stop_gort_types;

	if (&rt_crt != NULL) {
		lo = rt_crt.types;
		hi = rt_crt.types_end;
	}
	*ret_n = lo == NULL ? 0 : (size_t)(hi - lo);
	return lo;
}
