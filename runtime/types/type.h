/*
 * type.h - type descriptors in gccgo's layout (x86-64), and what hangs on them.
 *
 * Compiled Go brings descriptors like these; C programs make them with the
 * GORT_TYPE macros of gort.h. The collector reads size, ptrdata and gcdata:
 * bit i of gcdata (little-endian bytes) set means word i of the object may
 * hold a pointer, for i < ptrdata / 8. With KIND_GCPROG it points to a program
 * that writes those bits (gc/mgctypes.c).
 */
#ifndef RT_TYPE_H
#define RT_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gort.h" /* struct gort_type, gort_str, gort_slice */

struct rt_funcval {
	void (*fn)(void);
};

struct rt_method {
	const gort_str *name, *pkgpath;
	const struct gort_type *mtyp, *typ;
	void *tfn;
};

struct rt_uncommon {
	const gort_str *name, *pkgpath;
	const struct rt_method *m;
	intptr_t n, cap;
};

_Static_assert(sizeof(struct gort_type) == 64, "gccgo's header is 64 bytes");

enum rt_kind {
	KIND_BOOL = 1, KIND_INT, KIND_INT8, KIND_INT16, KIND_INT32, KIND_INT64,
	KIND_UINT, KIND_UINT8, KIND_UINT16, KIND_UINT32, KIND_UINT64,
	KIND_UINTPTR, KIND_FLOAT32, KIND_FLOAT64, KIND_COMPLEX64,
	KIND_COMPLEX128, KIND_ARRAY, KIND_CHAN, KIND_FUNC, KIND_INTERFACE,
	KIND_MAP, KIND_PTR, KIND_SLICE, KIND_STRING, KIND_STRUCT,
	KIND_UNSAFE_POINTER,
	KIND_MASK = 0x1f,
	KIND_DIRECT = 0x20,
	KIND_GCPROG = 0x40,
	KIND_NOPTR = 0x80,
};

struct rt_imethod {
	const gort_str *name, *pkgpath;
	const struct gort_type *typ;
};

struct rt_interface_type {
	struct gort_type t;
	const struct rt_imethod *methods;
	intptr_t n, cap;
};

struct rt_ptr_type { /* and slices */
	struct gort_type t;
	const struct gort_type *elem;
};

struct rt_array_type {
	struct gort_type t;
	const struct gort_type *elem, *slice;
	uintptr_t len;
};

struct rt_chan_type {
	struct gort_type t;
	const struct gort_type *elem;
	uintptr_t dir; /* 1 receive, 2 send, 3 both */
};

struct rt_func_type {
	struct gort_type t;
	bool variadic; /* the last parameter is then listed as its slice */
	const struct gort_type *const *in;
	intptr_t nin, incap;
	const struct gort_type *const *out;
	intptr_t nout, outcap;
};

struct rt_map_type {
	struct gort_type t;
	const struct gort_type *key, *elem, *bucket;
	const struct rt_funcval *hasher; /* uintptr(void *key, uintptr seed) */
	uint8_t keysize, elemsize;       /* of gccgo's own buckets */
	uint16_t bucketsize;
	uint32_t flags; /* 4 reflexive, 8 overwrite key, 16 hash may panic */
};

struct rt_struct_field {
	const gort_str *name, *pkgpath; /* pkgpath NULL: exported */
	const struct gort_type *typ;
	const gort_str *tag;
	uintptr_t offset_embedded; /* offset << 1 | embedded */
};

struct rt_struct_type {
	struct gort_type t;
	const struct rt_struct_field *fields;
	intptr_t n, cap;
};

_Static_assert(sizeof(struct rt_func_type) == 120, "gccgo's, as is");
_Static_assert(sizeof(struct rt_map_type) == 104, "gccgo's, as is");

/*
 * A type's name as a person reads it: its reflection string without the
 * package paths that stand between TABs. Bytes written, terminated, at most
 * cap - 1; no allocation, any stack.
 */
size_t rt_type_name(const struct gort_type *t, char *buf, size_t cap);

struct gort_eface { /* interface{} */
	const struct gort_type *t;
	void *d; /* the value itself iff KIND_DIRECT, else a pointer to it */
};

struct gort_iface {
	const void *const *tab; /* [0] type, [1+i] methods in interface order */
	void *d;
};

/* types/iface.c: registries that interface assertions use */
void rt_typelinksinit(void); /* boot: collect all descriptors of the program */
void rt_itabsinit(void);     /* boot: table of known (interface, type) pairs */
size_t rt_types_count(void);
const struct gort_type *rt_type_at(size_t i);
/* Method table of t seen as inter, made on demand and kept; NULL if t lacks a
 * method, then *ret_missing is its name. Lock: RANK_ITAB. */
const void *const *rt_getitab(const struct rt_interface_type *inter,
    const struct gort_type *t, const gort_str **ret_missing);
size_t rt_itabs_count(void);
/* Compiled Go's descriptors, a list a package, static; once, in the first
 * initialiser. */
struct rt_type_list {
	intptr_t n;
	const struct gort_type *t[];
};
void rt_types_register(size_t n, struct rt_type_list *const *lists);
/* A registered type by its reflection string, package paths between TABs
 * counting only where several types have the same name; NULL: none. */
const struct gort_type *rt_type_lookup(gort_str s);

/* types/alg.c */
void rt_alginit(void); /* picks hash by cpu features, seeds it */
uint64_t rt_memhash(const void *p, uint64_t seed, size_t n);
uint64_t rt_strhash(const gort_str *s, uint64_t seed);
extern bool rt_use_aeshash;

extern const struct gort_type rt_type_string, rt_type_unsafe_pointer,
    rt_type_uint8, rt_type_int32, rt_type_int, rt_type_bool,
    rt_type_error_string;

#endif
