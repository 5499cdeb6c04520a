/*
 * errors.c - compiled Go: run-time errors, as what raises them and as values.
 *
 * The compiler's checks call the functions of the last part; fault/panicerr.c
 * raises. A Go function that recovers gets an interface value that has Go's
 * type names, Go's methods and Go's texts, made here from what was raised. The
 * types' descriptors are publictypes_amd64.S's; their methods and equality are
 * here. A method whose receiver is a value gets a pointer to it.
 */
#include "gccgo/errors.h"

#include "fault/panic.h"
#include "gccgo/gccgo.h"
#include "mem/malloc.h"
#include "types/type_alg.h"

#include <string.h>

/* Layouts of publictypes.go.in; the others are struct rt_bounds, struct
 * rt_assertion, and a string. */
struct address_error {
	gort_str msg;
	uintptr_t addr;
};
_Static_assert(sizeof(struct rt_bounds) == 24, "runtime.boundsError");
_Static_assert(sizeof(struct rt_assertion) == 40, "TypeAssertionError");

/* ---- methods ---- */

gort_str go_error_string_error(const gort_str *e)
    GO("runtime.errorString.Error");
gort_str go_plain_error_error(const gort_str *e)
    GO("runtime.plainError.Error");
gort_str go_foreign_error_error(const gort_str *e)
    GO("runtime.foreignError.Error");
gort_str go_address_error_error(const struct address_error *e)
    GO("runtime.errorAddressString.Error");
uintptr_t go_address_error_addr(const struct address_error *e)
    GO("runtime.errorAddressString.Addr");
gort_str go_bounds_error_error(const struct rt_bounds *e)
    GO("runtime.boundsError.Error");
gort_str go_assertion_error(const struct rt_assertion *e)
    GO("runtime.TypeAssertionError.Error");

/* "runtime error: " + text, in the heap. */
static gort_str
runtime_error(const char *text, size_t n)
{
	const size_t k = sizeof(RT_RUNTIME_ERROR) - 1;
	char *d = rt_mallocgc(k + n, NULL, false, false);

	memcpy(d, RT_RUNTIME_ERROR, k);
	memcpy(d + k, text, n);
	return (gort_str){ d, (intptr_t)(k + n) };
}

gort_str
go_error_string_error(const gort_str *e)
{
	return runtime_error(e->p, (size_t)e->n);
}

gort_str
go_plain_error_error(const gort_str *e)
{
	return *e;
}

gort_str
go_foreign_error_error(const gort_str *e)
{
	return *e;
}

gort_str
go_address_error_error(const struct address_error *e)
{
	return runtime_error(e->msg.p, (size_t)e->msg.n);
}

uintptr_t
go_address_error_addr(const struct address_error *e)
{
	return e->addr;
}

gort_str
go_bounds_error_error(const struct rt_bounds *e)
{
	char text[RT_BOUNDS_TEXT_BYTES];
	int n = rt_bounds_text(e, text, sizeof(text));

	return runtime_error(text, (size_t)n);
}

gort_str
go_assertion_error(const struct rt_assertion *e)
{
	const char *text = rt_assertion_text(e);

	return (gort_str){ text, (intptr_t)strlen(text) };
}

/* RuntimeError is a mark, not an action. */
#define MARK(cname, symbol)                                                    \
	void cname(const void *e) GO(symbol ".RuntimeError");                  \
	void cname(const void *e)                                              \
	{                                                                      \
		(void)e;                                                       \
	}
MARK(go_error_string_mark, "runtime.errorString")
MARK(go_plain_error_mark, "runtime.plainError")
MARK(go_address_error_mark, "runtime.errorAddressString")
MARK(go_bounds_error_mark, "runtime.boundsError")
MARK(go_assertion_mark, "runtime.TypeAssertionError")

/* ---- equality ---- */

bool go_bounds_equal(const void *a, const void *b)
    GO("runtime.boundsError..eq");
bool go_address_equal(const void *a, const void *b)
    GO("runtime.errorAddressString..eq");
bool go_assertion_equal(const void *a, const void *b)
    GO("runtime.TypeAssertionError..eq");

bool
go_bounds_equal(const void *a, const void *b)
{
	const struct rt_bounds *x = a, *y = b;

	return x->x == y->x && x->y == y->y && x->is_signed == y->is_signed &&
	    x->code == y->code;
}

bool
go_address_equal(const void *a, const void *b)
{
	const struct address_error *x = a, *y = b;

	return x->addr == y->addr && rt_strequal(&x->msg, &y->msg);
}

bool
go_assertion_equal(const void *a, const void *b)
{
	const struct rt_assertion *x = a, *y = b;

	return x->inter == y->inter && x->have == y->have &&
	    x->want == y->want && rt_strequal(&x->missing, &y->missing);
}

/* ---- descriptors ---- */

#define TYPE(cname, symbol) extern const struct gort_type cname GO(symbol "..d")
TYPE(go_type_string, "string");
TYPE(go_type_int, "int");
TYPE(go_type_pointer, "unsafe.Pointer");
TYPE(go_error_string, "runtime.errorString");
TYPE(go_plain_error, "runtime.plainError");
TYPE(go_foreign_error, "runtime.foreignError");
TYPE(go_address_error, "runtime.errorAddressString");
TYPE(go_bounds_error, "runtime.boundsError");
extern const struct gort_type go_assertion_ptr
    GO("runtime.TypeAssertionError..p");

/* ---- what was raised, as a value ---- */

static struct gort_eface
text_value(const struct gort_type *t, const char *text)
{
	gort_str *s = rt_mallocgc(sizeof(*s), NULL, true, true);

	s->p = text;
	s->n = (intptr_t)strlen(text);
	return (struct gort_eface){ t, s };
}

static struct gort_eface
int_value(intptr_t v)
{
	intptr_t *d = rt_mallocgc(sizeof(*d), NULL, false, false);

	*d = v;
	return (struct gort_eface){ &go_type_int, d };
}

static struct gort_eface
bounds_value(const struct rt_bounds *b)
{
	struct rt_bounds *d = rt_mallocgc(sizeof(*d), NULL, false, true);

	*d = *b;
	return (struct gort_eface){ &go_bounds_error, d };
}

static struct gort_eface
address_value(const struct rt_panic_value *v)
{
	struct address_error *d = rt_mallocgc(sizeof(*d), NULL, true, true);

	d->msg = (gort_str){ v->text, (intptr_t)strlen(v->text) };
	d->addr = (uintptr_t)v->num;
	return (struct gort_eface){ &go_address_error, d };
}

struct gort_eface
go_panic_value(const struct rt_panic_value *v)
{
	switch (v->kind) {
	case PANIC_GO:
		return v->go;
	case PANIC_STR:
		return text_value(&go_type_string, v->text);
	case PANIC_INT:
		return int_value(v->num);
	case PANIC_PTR:
		return (struct gort_eface){ &go_type_pointer, v->ptr };
	case PANIC_ERROR:
		return text_value(&go_foreign_error, v->text);
	case PANIC_RUNTIME:
		return text_value(&go_error_string, v->text);
	case PANIC_PLAIN:
		return text_value(&go_plain_error, v->text);
	case PANIC_BOUNDS:
		return bounds_value(&v->bounds);
	case PANIC_ADDRESS:
		return address_value(v);
	case PANIC_ASSERT:
		return (struct gort_eface){ &go_assertion_ptr,
			(void *)(uintptr_t)v->assertion };
	case PANIC_GOEXIT:
		break;
	}
	return (struct gort_eface){ NULL, NULL };
}

/* Values of type error: a method table of one method, and the value. */
static const void *const error_tab[] = { &go_error_string,
	(const void *)go_error_string_error };

struct gort_iface go_get_divide_error(void) GO("runtime.getDivideError");
struct gort_iface go_get_overflow_error(void) GO("runtime.getOverflowError");

struct gort_iface
go_get_divide_error(void)
{
	static const gort_str text = { "integer divide by zero", 22 };

	return (struct gort_iface){ error_tab, (void *)(uintptr_t)&text };
}

struct gort_iface
go_get_overflow_error(void)
{
	static const gort_str text = { "integer overflow", 16 };

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
