/*
 * types.c - compiled Go: the program's type descriptors, and the two of
 * unsafe.Pointer, which the compiler leaves to the runtime.
 */
#include "gccgo/gccgo.h"

void go_register_types(intptr_t n, struct rt_type_list *const *lists)
    GO("runtime.registerTypeDescriptors");
const struct gort_type *go_lookup_type(gort_str s) GO("reflect.lookupType");

void
go_register_types(intptr_t n, struct rt_type_list *const *lists)
{
	rt_types_register((size_t)n, lists);
}

const struct gort_type *
go_lookup_type(gort_str s)
{
	return rt_type_lookup(s);
}

/* ---- unsafe.Pointer ---- */

extern const struct rt_funcval go_pointerequal_f GO("runtime.pointerequal..f");
extern const struct gort_type go_unsafe_pointer GO("unsafe.Pointer..d");
extern const struct rt_ptr_type go_unsafe_pointer_ptr
    GO("unsafe.Pointer..p");

static const uint8_t first_word[1] = { 1 };
static const gort_str name = { "unsafe.Pointer", 14 };
static const gort_str ptr_name = { "*unsafe.Pointer", 15 };

#define TFLAG_REGULAR_MEMORY 8 /* == compares bytes */

const struct gort_type go_unsafe_pointer = {
	.size = sizeof(void *),
	.ptrdata = sizeof(void *),
	.hash = 78501163,
	.tflag = TFLAG_REGULAR_MEMORY,
	.align = _Alignof(void *),
	.field_align = _Alignof(void *),
	.kind = KIND_UNSAFE_POINTER | KIND_DIRECT,
	.equal = &go_pointerequal_f,
	.gcdata = first_word,
	.str = &name,
	.ptr_to_this = &go_unsafe_pointer_ptr.t,
};

const struct rt_ptr_type go_unsafe_pointer_ptr = {
	.t = {
		.size = sizeof(void *),
		.ptrdata = sizeof(void *),
		.hash = 1256018616,
		.tflag = TFLAG_REGULAR_MEMORY,
		.align = _Alignof(void *),
		.field_align = _Alignof(void *),
		.kind = KIND_PTR | KIND_DIRECT,
		.equal = &go_pointerequal_f,
		.gcdata = first_word,
		.str = &ptr_name,
	},
	.elem = &go_unsafe_pointer,
};
