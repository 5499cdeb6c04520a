/*
 * reflect.c - calling a Go function whose type is only known at run time, and
 * the call descriptions that reflect.MakeFunc wants.
 *
 * libffi, which comes inside libgo.a, does the calls. It needs to know one
 * thing of each argument: which registers it travels in. So a Go type is not
 * translated member by member. By the ABI a value of up to 16 bytes is one or
 * two "eightbytes", each of class INTEGER or SSE; anything larger goes through
 * memory. A description is therefore a scalar of libffi's, or a struct of one
 * or two words of the right class with the size and alignment of the Go type
 * put in beforehand (libffi computes them only where the size is 0). That is
 * bounded, whatever the type: no description is ever built recursively, and
 * one block of memory holds all of a signature.
 *
 * A value of no size travels nowhere: libffi's void, which has no class.
 *
 * Where results lie until they are copied: on our frame, or in collected
 * memory that is scanned conservatively when they are large. Never in
 * malloc's: between the callee's return and the copy nothing else may refer to
 * what came back, and the collector does not look there.
 *
 * Arguments of a large struct type are pushed by libffi below our frame, more
 * than the room that C has below the check value: then the call goes through
 * go_ffi_call_roomy, which asks for a larger stack (reflect_amd64.S).
 *
 * Rejected: libgo's go-reflect-call.o (results in malloc's memory, a malloc a
 * type a call); keeping signatures for later calls (a cache keyed by addresses
 * of types that reflect may have made, for 100 ns).
 */
#include "gccgo/gccgo.h"

#include "gc/gc.h"
#include "mem/malloc.h"

#include <string.h>

/* ---- libffi, as libgo.a has it ---- */

struct ffi_type {
	size_t size;
	unsigned short alignment, type;
	const struct ffi_type *const *elements; /* ends with NULL */
};

struct ffi_cif {
	uint32_t abi, nargs;
	const struct ffi_type **arg_types;
	const struct ffi_type *rtype;
	uint32_t bytes, flags; /* bytes: of arguments on the stack */
};

enum { FFI_UNIX64 = 2, FFI_TYPE_STRUCT = 13 };

extern const struct ffi_type ffi_type_void, ffi_type_uint8, ffi_type_sint8,
    ffi_type_uint16, ffi_type_sint16, ffi_type_uint32, ffi_type_sint32,
    ffi_type_uint64, ffi_type_sint64, ffi_type_float, ffi_type_double,
    ffi_type_pointer;
int ffi_prep_cif(struct ffi_cif *cif, uint32_t abi, uint32_t nargs,
    const struct ffi_type *rtype, const struct ffi_type **atypes);
void ffi_call_go(struct ffi_cif *cif, void (*fn)(void), void *rvalue,
    void **avalue, void *closure);

void go_ffi_call_roomy(struct ffi_cif *cif, void (*fn)(void), void *rvalue,
    void **avalue, void *closure, size_t bytes);

/* ---- describing types ---- */

struct aggregate { /* a struct as far as libffi must know it */
	struct ffi_type t;
	const struct ffi_type *elements[3];
};

struct signature {
	struct ffi_cif cif; /* first: reflect knows it by this address */
	size_t result_bytes;
	struct aggregate result;
	const struct ffi_type **args; /* behind aggs, one block with this */
	struct aggregate aggs[];
};

static const struct ffi_type *
scalar_of(uint8_t kind)
{
	static const struct ffi_type *const by_kind[KIND_MASK + 1] = {
		[KIND_BOOL] = &ffi_type_uint8,
		[KIND_INT] = &ffi_type_sint64,
		[KIND_INT8] = &ffi_type_sint8,
		[KIND_INT16] = &ffi_type_sint16,
		[KIND_INT32] = &ffi_type_sint32,
		[KIND_INT64] = &ffi_type_sint64,
		[KIND_UINT] = &ffi_type_uint64,
		[KIND_UINT8] = &ffi_type_uint8,
		[KIND_UINT16] = &ffi_type_uint16,
		[KIND_UINT32] = &ffi_type_uint32,
		[KIND_UINT64] = &ffi_type_uint64,
		[KIND_UINTPTR] = &ffi_type_uint64,
		[KIND_FLOAT32] = &ffi_type_float,
		[KIND_FLOAT64] = &ffi_type_double,
		[KIND_CHAN] = &ffi_type_pointer,
		[KIND_FUNC] = &ffi_type_pointer,
		[KIND_MAP] = &ffi_type_pointer,
		[KIND_PTR] = &ffi_type_pointer,
		[KIND_UNSAFE_POINTER] = &ffi_type_pointer,
	};

	return by_kind[kind & KIND_MASK];
}

/* Which eightbytes of a value of up to 16 bytes hold something that is not a
 * floating-point number: bit i. Recursion ends with the type's nesting. */
static unsigned
integer_words(const struct gort_type *t, size_t off)
{
	const struct rt_struct_type *st = (const struct rt_struct_type *)t;
	const struct rt_array_type *at = (const struct rt_array_type *)t;
	unsigned words = 0;

	if (t->size == 0)
		return 0;
	switch (t->kind & KIND_MASK) {
	case KIND_FLOAT32:
	case KIND_FLOAT64:
	case KIND_COMPLEX64:
	case KIND_COMPLEX128:
		return 0;
	case KIND_STRUCT:
		for (intptr_t i = 0; i < st->n; i++)
			words |= integer_words(st->fields[i].typ,
			    off + (st->fields[i].offset_embedded >> 1));
		return words;
	case KIND_ARRAY:
		for (uintptr_t i = 0; i < at->len; i++)
			words |= integer_words(at->elem, off + i * at->elem->size);
		return words;
	case KIND_STRING:
	case KIND_INTERFACE:
		return 3;
	default:
		return 1u << (off / 8);
	}
}

/* Fill a for a value of so many bytes whose non-float words are known. */
static const struct ffi_type *
aggregate_of(struct aggregate *a, size_t size, size_t align, unsigned integers)
{
	static const struct ffi_type *const in_memory[] = { &ffi_type_uint64,
		&ffi_type_uint64, &ffi_type_uint64, NULL };
	size_t n = 0;

	a->t = (struct ffi_type){ .size = size,
		.alignment = (unsigned short)align,
		.type = FFI_TYPE_STRUCT,
		.elements = a->elements };
	if (size > 16) {
		a->t.elements = in_memory;
		return &a->t;
	}
	for (size_t off = 0; off < size; off += 8)
		a->elements[n++] = (integers >> (off / 8) & 1) != 0
		    ? &ffi_type_uint64
		    : size - off <= 4 ? &ffi_type_float
		                      : &ffi_type_double;
	a->elements[n] = NULL;
	return &a->t;
}

static const struct ffi_type *
describe(const struct gort_type *t, struct aggregate *a)
{
	const struct ffi_type *f = scalar_of(t->kind);

	if (f != NULL)
		return f;
	if (t->size == 0)
		return &ffi_type_void;
	return aggregate_of(a, t->size, t->align,
	    t->size <= 16 ? integer_words(t, 0) : 0);
}

/* Results as the members of one struct. */
static size_t
align_up(size_t at, const struct gort_type *t)
{
	return (at + t->align - 1) & ~(size_t)(t->align - 1);
}

static const struct ffi_type *
describe_results(const struct rt_func_type *ft, struct signature *s)
{
	size_t at = 0, align = 1;
	unsigned integers = 0;

	s->result_bytes = 0;
	if (ft->nout == 0)
		return &ffi_type_void;
	if (ft->nout == 1) {
		s->result_bytes = ft->out[0]->size;
		return describe(ft->out[0], &s->result);
	}
	for (intptr_t i = 0; i < ft->nout; i++) {
		const struct gort_type *t = ft->out[i];

		at = align_up(at, t);
		if (at + t->size <= 16)
			integers |= integer_words(t, at);
		at += t->size;
		if (t->align > align)
			align = t->align;
	}
	at = (at + align - 1) & ~(align - 1);
	s->result_bytes = at;
	return at == 0 ? &ffi_type_void
	               : aggregate_of(&s->result, at, align, integers);
}

static size_t
nargs_of(const struct rt_func_type *ft, bool extra)
{
	return (size_t)ft->nin + (extra ? 1 : 0);
}

static size_t
signature_bytes(size_t nargs)
{
	return sizeof(struct signature) +
	    nargs * (sizeof(struct aggregate) + sizeof(struct ffi_type *));
}

/*
 * s has signature_bytes. extra: a receiver that the type does not list comes
 * first; method: the first parameter is the receiver, passed as a pointer
 * whatever its type.
 */
static void
fill_signature(struct signature *s, const struct rt_func_type *ft, bool extra,
    bool method)
{
	size_t n = nargs_of(ft, extra), at = 0;
	intptr_t i = 0;

	s->args = (const struct ffi_type **)(s->aggs + n);
	if (extra)
		s->args[at++] = &ffi_type_pointer;
	else if (method && ft->nin > 0) {
		s->args[at++] = &ffi_type_pointer;
		i = 1;
	}
	for (; i < ft->nin; i++, at++)
		s->args[at] = describe(ft->in[i], &s->aggs[at]);
	if (ffi_prep_cif(&s->cif, FFI_UNIX64, (uint32_t)n,
	        describe_results(ft, s), s->args) != 0)
		rt_throw("reflect: libffi refuses a signature");
}

/* ---- what reflect calls ---- */

void go_reflectcall(const struct rt_func_type *ft, struct rt_funcval *fn,
    bool is_interface, bool is_method, void **params, void **results)
    GO("runtime.reflectcall");
void *go_makecif(const struct rt_func_type *ft) GO("reflect.makeCIF");
bool go_verify_not_in_heap_ptr(uintptr_t p) GO("reflect.verifyNotInHeapPtr");

static void
spread(const struct rt_func_type *ft, const char *from, void **results)
{
	size_t at = 0;

	for (intptr_t i = 0; i < ft->nout; i++) {
		const struct gort_type *t = ft->out[i];

		at = align_up(at, t);
		rt_typedmemmove(t, results[i], from + at);
		at += t->size;
	}
}

/* Beyond this many bytes of arguments in memory a larger stack is asked for;
 * and how much libffi's own frames may take beside them. */
#define ARGS_IN_ROOM 2048
#define FFI_FRAMES 2048
#define RESULT_ON_FRAME 256
#define ARGS_ON_FRAME 8

void
go_reflectcall(const struct rt_func_type *ft, struct rt_funcval *fn,
    bool is_interface, bool is_method, void **params, void **results)
{
	RT_ALIGNED(16) char near_sig[sizeof(struct signature) +
	    ARGS_ON_FRAME *
	        (sizeof(struct aggregate) + sizeof(struct ffi_type *))];
	RT_ALIGNED(16) char near_res[RESULT_ON_FRAME];
	struct signature *s = (struct signature *)near_sig;
	char *res = near_res;
	size_t n = nargs_of(ft, is_interface);

	/* one block that refers to nothing collected but itself */
	if (n > ARGS_ON_FRAME)
		s = rt_mallocgc(signature_bytes(n), NULL, false, false);
	fill_signature(s, ft, is_interface, is_method);
	if (s->result_bytes > sizeof(near_res))
		res = rt_mallocgc(s->result_bytes, NULL, true, true);
	if (s->cif.bytes <= ARGS_IN_ROOM)
		ffi_call_go(&s->cif, fn->fn, res, params, fn);
	else
		go_ffi_call_roomy(&s->cif, fn->fn, res, params, fn,
		    (size_t)s->cif.bytes + FFI_FRAMES);
	spread(ft, res, results);
}

void *
go_makecif(const struct rt_func_type *ft)
{
	struct signature *s = rt_mallocgc(
	    signature_bytes(nargs_of(ft, false)), NULL, false, true);

	fill_signature(s, ft, false, false);
	return &s->cif;
}

/* May this address be put into a pointer to memory outside the heap? Objects
 * of the heap may not, and the value that clears dead variables in debugging
 * builds of Go may not. */
bool
go_verify_not_in_heap_ptr(uintptr_t p)
{
	size_t size;

	return rt_findobject(p, &size) == 0 && p != 0xdeaddeaddeaddeafu;
}
