/*
 * type.c - descriptors of the types that the runtime itself speaks of, and
 * that C programs name through gort.h (gort_type_int and its kin).
 */
#include "types/type.h"
#include "types/type_alg.h"

static const uint8_t first_word[8] = { 1 };

static const struct rt_funcval
    equal8 = { (void (*)(void))rt_memequal8 },
    equal32 = { (void (*)(void))rt_memequal32 },
    equal64 = { (void (*)(void))rt_memequal64 },
    equal_string = { (void (*)(void))rt_strequal };

/* clang-format off */
#define STR(s) (&(const gort_str){ s, sizeof(s) - 1 })
#define TYPE(v, text, T, ptr, h, k, eq)                                       \
	const struct gort_type v = {                                          \
		.size = sizeof(T), .ptrdata = ptr, .hash = h,                 \
		.align = _Alignof(T), .field_align = _Alignof(T),             \
		.kind = k, .equal = eq, .gcdata = first_word,                 \
		.str = STR(text),                                             \
	}

TYPE(rt_type_bool, "bool", bool, 0, 0x5c0b0001, KIND_BOOL | KIND_NOPTR, &equal8);
TYPE(rt_type_uint8, "uint8", uint8_t, 0, 0x5c0b0008, KIND_UINT8 | KIND_NOPTR, &equal8);
TYPE(rt_type_int32, "int32", int32_t, 0, 0x5c0b0004, KIND_INT32 | KIND_NOPTR, &equal32);
TYPE(rt_type_int, "int", intptr_t, 0, 0x5c0b0002, KIND_INT | KIND_NOPTR, &equal64);
TYPE(rt_type_unsafe_pointer, "unsafe.Pointer", void *, 8, 0x5c0b001a,
    KIND_UNSAFE_POINTER | KIND_DIRECT, &equal64);
TYPE(rt_type_string, "string", gort_str, 8, 0x5c0b0018, KIND_STRING, &equal_string);
/* a string that is the text of an error, e.g. runtime.errorString */
TYPE(rt_type_error_string, "runtime.errorString", gort_str, 8, 0x5c0b0118,
    KIND_STRING, &equal_string);
/* clang-format on */

size_t
rt_type_name(const struct gort_type *t, char *buf, size_t cap)
{
	bool path = false;
	size_t n = 0;

	for (ssize_t i = 0; i < t->str->n && n + 1 < cap; i++) {
		if (t->str->p[i] == '\t')
			path = !path;
		else if (!path)
			buf[n++] = t->str->p[i];
	}
	if (cap > 0)
		buf[n] = '\0';
	return n;
}
