/*
 * errors.c - compiled Go: run-time errors, as what raises them and as values.
 *
 * The compiler's checks call the functions of the last part; fault/panicval.c
 * raises. A Go function that recovers gets an interface value that has Go's
 * type names, Go's methods and Go's texts, made here from what was raised.
 *
 * The types are descriptors written by hand in the compiler's layout, with the
 * hashes it computes. Unnamed types that a program may or may not mention
 * (func() string and the like) have one descriptor a program, which the
 * compiler emits where it needs it and the linker merges; so they are referred
 * to weakly. A type that the program does not mention is NULL then, and a
 * method of that type can't be asked for by any of its interfaces.
 *
 * Values are small heap objects, read only by Go's rules for interfaces.
 */
#include "gccgo/errors.h"

#include "fault/panic.h"
#include "gccgo/gccgo.h"
#include "mem/malloc.h"
#include "types/type_alg.h"

#include <string.h>

/* ---- the compiler's own types ---- */

#define WEAK_TYPE(cname, symbol)                                               \
	extern const struct gort_type cname GO(symbol) __attribute__((weak))

WEAK_TYPE(go_type_string, "string..d");
WEAK_TYPE(go_type_int, "int..d");
WEAK_TYPE(go_type_int64, "int64..d");
WEAK_TYPE(go_type_bool, "bool..d");
WEAK_TYPE(go_type_uint8, "uint8..d");
WEAK_TYPE(go_type_uintptr, "uintptr..d");
WEAK_TYPE(go_type_pointer, "unsafe.Pointer..d");
WEAK_TYPE(go_type_func_string, "type..func_8_9_8string_9");
WEAK_TYPE(go_type_func_uintptr, "type..func_8_9_8uintptr_9");
WEAK_TYPE(go_type_func, "type..func_8_9_8_9");

#define TEXT(name, text)                                                       \
	static const gort_str name = { text, sizeof(text) - 1 }

TEXT(runtime_path, "runtime");
TEXT(name_error, "Error");
TEXT(name_runtime_error, "RuntimeError");
TEXT(name_addr, "Addr");

/* ---- methods ---- */

/* before + text, in the heap. */
static gort_str
joined(const char *before, const char *text, size_t n)
{
	size_t k = strlen(before);
	char *d = rt_mallocgc(k + n, NULL, false, false);

	memcpy(d, before, k);
	memcpy(d + k, text, n);
	return (gort_str){ d, (intptr_t)(k + n) };
}

/* func (e errorString) Error() string, and of errorAddressString: its first
 * field is a string too. */
static gort_str
error_string_error(void *e)
{
	const gort_str *s = e;

	return joined(RT_RUNTIME_ERROR, s->p, (size_t)s->n);
}

static gort_str
plain_error_error(void *e)
{
	return *(const gort_str *)e;
}

static gort_str
bounds_error_error(void *e)
{
	char text[RT_BOUNDS_TEXT_BYTES];
	int n = rt_bounds_text(e, text, sizeof(text));

	return joined(RT_RUNTIME_ERROR, text, (size_t)n);
}

struct address_error { /* errorAddressString */
	gort_str msg;
	uintptr_t addr;
};

static uintptr_t
address_error_addr(void *e)
{
	return ((const struct address_error *)e)->addr;
}

gort_str go_assertion_error(const struct rt_assertion *e)
    GO("runtime.TypeAssertionError.Error");
void go_assertion_runtime_error(const struct rt_assertion *e)
    GO("runtime.TypeAssertionError.RuntimeError");

gort_str
go_assertion_error(const struct rt_assertion *e)
{
	const char *text = rt_assertion_text(e);

	return (gort_str){ text, (intptr_t)strlen(text) };
}

void
go_assertion_runtime_error(const struct rt_assertion *e)
{
	(void)e; /* a mark, not an action */
}

static void
runtime_error(void *e)
{
	(void)e;
}

/* ---- descriptors ---- */

/* Methods are sorted by name. A descriptor has its name as compilers write it:
 * the package's path between TABs, then the name for people. */
#define METHOD(mname, mtype, code)                                             \
	{ &mname, NULL, &mtype, &mtype, (void *)code }

#define UNCOMMON(cname, own_name, path, methods)                               \
	static const struct rt_uncommon cname = { own_name, path, methods,     \
		sizeof(methods) / sizeof(methods[0]),                          \
		sizeof(methods) / sizeof(methods[0]) }

static const uint8_t bits_1[] = { 1 };
static const uint8_t bits_1111[] = { 15 };

static bool
bounds_equal(const void *a, const void *b)
{
	const struct rt_bounds *x = a, *y = b;

	return x->x == y->x && x->y == y->y && x->is_signed == y->is_signed &&
	    x->code == y->code;
}

static bool
address_equal(const void *a, const void *b)
{
	const struct address_error *x = a, *y = b;

	return x->addr == y->addr && rt_strequal(&x->msg, &y->msg);
}

static bool
assertion_equal(const void *a, const void *b)
{
	const struct rt_assertion *x = a, *y = b;

	return x->inter == y->inter && x->have == y->have &&
	    x->want == y->want && rt_strequal(&x->missing, &y->missing);
}

static bool
pointer_equal(const void *a, const void *b)
{
	return *(void *const *)a == *(void *const *)b;
}

#define EQUAL(cname, fn_)                                                      \
	static const struct rt_funcval cname = { (void (*)(void))fn_ }
EQUAL(string_equal_f, rt_strequal);
EQUAL(bounds_equal_f, bounds_equal);
EQUAL(address_equal_f, address_equal);
EQUAL(assertion_equal_f, assertion_equal);
EQUAL(pointer_equal_f, pointer_equal);

/* runtime.errorString */
TEXT(error_string_name, "errorString");
TEXT(error_string_str, "\truntime\truntime.errorString");
static const struct rt_method error_string_methods[] = {
	METHOD(name_error, go_type_func_string, error_string_error),
	METHOD(name_runtime_error, go_type_func, runtime_error),
};
UNCOMMON(error_string_u, &error_string_name, &runtime_path,
    error_string_methods);
extern const struct gort_type go_error_string_d GO("runtime.errorString..d");
const struct gort_type go_error_string_d = { .size = 16,
	.ptrdata = 8,
	.hash = 0x2362f57c,
	.align = 8,
	.field_align = 8,
	.kind = KIND_STRING,
	.equal = &string_equal_f,
	.gcdata = bits_1,
	.str = &error_string_str,
	.u = &error_string_u };

/* runtime.plainError */
TEXT(plain_error_name, "plainError");
TEXT(plain_error_str, "\truntime\truntime.plainError");
static const struct rt_method plain_error_methods[] = {
	METHOD(name_error, go_type_func_string, plain_error_error),
	METHOD(name_runtime_error, go_type_func, runtime_error),
};
UNCOMMON(plain_error_u, &plain_error_name, &runtime_path, plain_error_methods);
extern const struct gort_type go_plain_error_d GO("runtime.plainError..d");
const struct gort_type go_plain_error_d = { .size = 16,
	.ptrdata = 8,
	.hash = 0xff438c87,
	.align = 8,
	.field_align = 8,
	.kind = KIND_STRING,
	.equal = &string_equal_f,
	.gcdata = bits_1,
	.str = &plain_error_str,
	.u = &plain_error_u };

/* What a C function raised as an error: no run-time error, so not Go's. */
TEXT(gort_path, "gort");
TEXT(c_error_name, "errorText");
TEXT(c_error_str, "\tgort\tgort.errorText");
static const struct rt_method c_error_methods[] = {
	METHOD(name_error, go_type_func_string, plain_error_error),
};
UNCOMMON(c_error_u, &c_error_name, &gort_path, c_error_methods);
static const struct gort_type c_error_d = { .size = 16,
	.ptrdata = 8,
	.hash = 0x67657272, /* any: nobody else has this type */
	.align = 8,
	.field_align = 8,
	.kind = KIND_STRING,
	.equal = &string_equal_f,
	.gcdata = bits_1,
	.str = &c_error_str,
	.u = &c_error_u };

#define FIELD(name, type, offset)                                              \
	{ &name, &runtime_path, &type, NULL, (uintptr_t)(offset) << 1 }
#define STRUCT_TAIL(array)                                                     \
	.fields = array, .n = sizeof(array) / sizeof(array[0]),                \
	.cap = sizeof(array) / sizeof(array[0])

/* runtime.boundsError */
TEXT(field_x, "x");
TEXT(field_y, "y");
TEXT(field_signed, "signed");
TEXT(field_code, "code");
static const struct rt_struct_field bounds_fields[] = {
	FIELD(field_x, go_type_int64, offsetof(struct rt_bounds, x)),
	FIELD(field_y, go_type_int, offsetof(struct rt_bounds, y)),
	FIELD(field_signed, go_type_bool,
	    offsetof(struct rt_bounds, is_signed)),
	FIELD(field_code, go_type_uint8, offsetof(struct rt_bounds, code)),
};
TEXT(bounds_name, "boundsError");
TEXT(bounds_str, "\truntime\truntime.boundsError");
static const struct rt_method bounds_methods[] = {
	METHOD(name_error, go_type_func_string, bounds_error_error),
	METHOD(name_runtime_error, go_type_func, runtime_error),
};
UNCOMMON(bounds_u, &bounds_name, &runtime_path, bounds_methods);
extern const struct rt_struct_type go_bounds_error_d GO(
    "runtime.boundsError..d");
const struct rt_struct_type go_bounds_error_d = {
	.t = { .size = sizeof(struct rt_bounds),
	    .hash = 0xd605ee72,
	    .align = 8,
	    .field_align = 8,
	    .kind = KIND_STRUCT | KIND_NOPTR,
	    .equal = &bounds_equal_f,
	    .str = &bounds_str,
	    .u = &bounds_u },
	STRUCT_TAIL(bounds_fields)
};
_Static_assert(sizeof(struct rt_bounds) == 24, "the compiler's layout");

/* runtime.errorAddressString */
TEXT(field_msg, "msg");
TEXT(field_addr, "addr");
static const struct rt_struct_field address_fields[] = {
	FIELD(field_msg, go_type_string, 0),
	FIELD(field_addr, go_type_uintptr, 16),
};
TEXT(address_name, "errorAddressString");
TEXT(address_str, "\truntime\truntime.errorAddressString");
static const struct rt_method address_methods[] = {
	METHOD(name_addr, go_type_func_uintptr, address_error_addr),
	METHOD(name_error, go_type_func_string, error_string_error),
	METHOD(name_runtime_error, go_type_func, runtime_error),
};
UNCOMMON(address_u, &address_name, &runtime_path, address_methods);
extern const struct rt_struct_type go_address_error_d GO(
    "runtime.errorAddressString..d");
const struct rt_struct_type go_address_error_d = {
	.t = { .size = sizeof(struct address_error),
	    .ptrdata = 8,
	    .hash = 0xc36c13e4,
	    .align = 8,
	    .field_align = 8,
	    .kind = KIND_STRUCT,
	    .equal = &address_equal_f,
	    .gcdata = bits_1,
	    .str = &address_str,
	    .u = &address_u },
	STRUCT_TAIL(address_fields)
};

/* runtime.TypeAssertionError and its pointer */
TEXT(field_inter, "_interface");
TEXT(field_concrete, "concrete");
TEXT(field_asserted, "asserted");
TEXT(field_missing, "missingMethod");
static const struct rt_struct_field assertion_fields[] = {
	FIELD(field_inter, go_type_pointer, 0),
	FIELD(field_concrete, go_type_pointer, 8),
	FIELD(field_asserted, go_type_pointer, 16),
	FIELD(field_missing, go_type_string, 24),
};
TEXT(assertion_name, "TypeAssertionError");
TEXT(assertion_str, "\truntime\truntime.TypeAssertionError");
TEXT(assertion_ptr_str, "*\truntime\truntime.TypeAssertionError");
static const struct rt_uncommon assertion_u = { &assertion_name, &runtime_path,
	NULL, 0, 0 };
static const struct rt_method assertion_methods[] = {
	METHOD(name_error, go_type_func_string, go_assertion_error),
	METHOD(name_runtime_error, go_type_func, go_assertion_runtime_error),
};
UNCOMMON(assertion_ptr_u, NULL, NULL, assertion_methods);
extern const struct rt_ptr_type go_assertion_error_p GO(
    "runtime.TypeAssertionError..p");
extern const struct rt_struct_type go_assertion_error_d GO(
    "runtime.TypeAssertionError..d");
const struct rt_struct_type go_assertion_error_d = {
	.t = { .size = sizeof(struct rt_assertion),
	    .ptrdata = 32,
	    .hash = 0x8fe8467b,
	    .align = 8,
	    .field_align = 8,
	    .kind = KIND_STRUCT,
	    .equal = &assertion_equal_f,
	    .gcdata = bits_1111,
	    .str = &assertion_str,
	    .u = &assertion_u,
	    .ptr_to_this = &go_assertion_error_p.t },
	STRUCT_TAIL(assertion_fields)
};
_Static_assert(sizeof(struct rt_assertion) == 40, "the compiler's layout");
const struct rt_ptr_type go_assertion_error_p = {
	.t = { .size = 8,
	    .ptrdata = 8,
	    .hash = 0xfe8467b9,
	    .tflag = 8,
	    .align = 8,
	    .field_align = 8,
	    .kind = KIND_PTR | KIND_DIRECT,
	    .equal = &pointer_equal_f,
	    .gcdata = bits_1,
	    .str = &assertion_ptr_str,
	    .u = &assertion_ptr_u },
	.elem = &go_assertion_error_d.t
};

/* ---- what was raised, as a value ---- */

static struct gort_eface
text_value(const struct gort_type *t, const char *text)
{
	gort_str *s = rt_mallocgc(sizeof(*s), NULL, true, true);

	s->p = text;
	s->n = (intptr_t)strlen(text);
	return (struct gort_eface){ t, s };
}

static const struct gort_type *
or_own(const struct gort_type *t, const struct gort_type *own)
{
	return t != NULL ? t : own;
}

static struct gort_eface
int_value(intptr_t v)
{
	intptr_t *d = rt_mallocgc(sizeof(*d), NULL, false, false);

	*d = v;
	return (struct gort_eface){ or_own(&go_type_int, &rt_type_int), d };
}

static struct gort_eface
bounds_value(const struct rt_bounds *b)
{
	struct rt_bounds *d = rt_mallocgc(sizeof(*d), NULL, false, true);

	*d = *b;
	return (struct gort_eface){ &go_bounds_error_d.t, d };
}

static struct gort_eface
address_value(const struct rt_panic_value *v)
{
	struct address_error *d = rt_mallocgc(sizeof(*d), NULL, true, true);

	d->msg = (gort_str){ v->text, (intptr_t)strlen(v->text) };
	d->addr = (uintptr_t)v->num;
	return (struct gort_eface){ &go_address_error_d.t, d };
}

struct gort_eface
go_panic_value(const struct rt_panic_value *v)
{
	switch (v->kind) {
	case PANIC_GO:
		return v->go;
	case PANIC_STR:
		return text_value(
		    or_own(&go_type_string, &rt_type_string), v->text);
	case PANIC_INT:
		return int_value(v->num);
	case PANIC_PTR:
		return (struct gort_eface){
			or_own(&go_type_pointer, &rt_type_unsafe_pointer),
			v->ptr
		};
	case PANIC_ERROR:
		return text_value(&c_error_d, v->text);
	case PANIC_RUNTIME:
		return text_value(&go_error_string_d, v->text);
	case PANIC_PLAIN:
		return text_value(&go_plain_error_d, v->text);
	case PANIC_BOUNDS:
		return bounds_value(&v->bounds);
	case PANIC_ADDRESS:
		return address_value(v);
	case PANIC_ASSERT:
		return (struct gort_eface){ &go_assertion_error_p.t,
			(void *)(uintptr_t)v->assertion };
	case PANIC_GOEXIT:
		break;
	}
	return (struct gort_eface){ NULL, NULL };
}

/* Values of type error: a method table of one method, and the value. */
static const void *const error_tab[] = { &go_error_string_d,
	(const void *)error_string_error };

struct gort_iface go_get_divide_error(void) GO("runtime.getDivideError");
struct gort_iface go_get_overflow_error(void) GO("runtime.getOverflowError");

struct gort_iface
go_get_divide_error(void)
{
	TEXT(text, "integer divide by zero");

	return (struct gort_iface){ error_tab, (void *)(uintptr_t)&text };
}

struct gort_iface
go_get_overflow_error(void)
{
	TEXT(text, "integer overflow");

	return (struct gort_iface){ error_tab, (void *)(uintptr_t)&text };
}

/* ---- what the compiler's checks call ---- */

#define RAISES(cname, symbol, how)                                             \
	void cname(void) GO(symbol) RT_NORETURN;                               \
	void cname(void)                                                       \
	{                                                                      \
		how();                                                         \
	}

RAISES(go_panicmem, "runtime.panicmem", rt_panic_mem)
RAISES(go_panicdivide, "runtime.panicdivide", rt_panic_divide)
RAISES(go_panicshift, "runtime.panicshift", rt_panic_shift)

void go_panicgonil(void) GO("runtime.panicgonil") RT_NORETURN;
void
go_panicgonil(void)
{
	rt_fatal("go of nil func value");
}

void go_panicdottype(const struct gort_type *want, const struct gort_type *have,
    const struct gort_type *inter) GO("runtime.panicdottype") RT_NORETURN;
void
go_panicdottype(const struct gort_type *want, const struct gort_type *have,
    const struct gort_type *inter)
{
	rt_panic_type_assertion(inter, have, want, NULL);
}

/* Each check twice: x as it is, and x known to be no negative number. */
#define BOUNDS(cname, symbol, code)                                            \
	void cname(intptr_t x, intptr_t y) GO(symbol) RT_NORETURN;             \
	void cname##_u(uintptr_t x, intptr_t y) GO(symbol "U") RT_NORETURN;    \
	void cname(intptr_t x, intptr_t y)                                     \
	{                                                                      \
		rt_panic_bounds(code, x, true, y);                             \
	}                                                                      \
	void cname##_u(uintptr_t x, intptr_t y)                                \
	{                                                                      \
		rt_panic_bounds(code, (int64_t)x, false, y);                   \
	}

BOUNDS(go_panic_index, "runtime.goPanicIndex", BOUNDS_INDEX)
BOUNDS(go_panic_slice_alen, "runtime.goPanicSliceAlen", BOUNDS_SLICE_ALEN)
BOUNDS(go_panic_slice_acap, "runtime.goPanicSliceAcap", BOUNDS_SLICE_ACAP)
BOUNDS(go_panic_slice_b, "runtime.goPanicSliceB", BOUNDS_SLICE_B)
BOUNDS(go_panic_slice3_alen, "runtime.goPanicSlice3Alen", BOUNDS_SLICE3_ALEN)
BOUNDS(go_panic_slice3_acap, "runtime.goPanicSlice3Acap", BOUNDS_SLICE3_ACAP)
BOUNDS(go_panic_slice3_b, "runtime.goPanicSlice3B", BOUNDS_SLICE3_B)
BOUNDS(go_panic_slice3_c, "runtime.goPanicSlice3C", BOUNDS_SLICE3_C)

void go_panic_slice_convert(intptr_t x, intptr_t y)
    GO("runtime.goPanicSliceConvert") RT_NORETURN;
void
go_panic_slice_convert(intptr_t x, intptr_t y)
{
	rt_panic_bounds(BOUNDS_CONVERT, x, true, y);
}

/* ---- the end ---- */

void go_sync_throw(gort_str text) GO("sync.throw") RT_NORETURN;

void
go_sync_throw(gort_str text)
{
	char buf[256];

	rt_snprintf(buf, sizeof(buf), "%.*s", (int)text.n, text.p);
	rt_fatal(buf);
}
