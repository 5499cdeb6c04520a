/*
 * alg.c - equality and hash functions, as compiled Go names them.
 *
 * Type descriptors point to the closures `X..f`; a map type's hasher is one of
 * them or a function the compiler made, which calls the plain symbols. The
 * closures hold the addresses of the functions in types/ themselves, so that
 * types/map_type.c recognises the standard ones and calls them directly.
 */
#include "gccgo/gccgo.h"

#include "types/type_alg.h"

/* clang-format off */
#define CLOSURE(name, symbol)                                                  \
	extern const struct rt_funcval go_##name##_f GO("runtime." symbol "..f"); \
	const struct rt_funcval go_##name##_f = { (void (*)(void))rt_##name }

CLOSURE(memequal0, "memequal0");
CLOSURE(memequal8, "memequal8");
CLOSURE(memequal16, "memequal16");
CLOSURE(memequal32, "memequal32");
CLOSURE(memequal64, "memequal64");
CLOSURE(memequal128, "memequal128");
CLOSURE(f32equal, "f32equal");
CLOSURE(f64equal, "f64equal");
CLOSURE(c64equal, "c64equal");
CLOSURE(c128equal, "c128equal");
CLOSURE(strequal, "strequal");
CLOSURE(interequal, "interequal");
CLOSURE(nilinterequal, "nilinterequal");

CLOSURE(memhash0, "memhash0");
CLOSURE(memhash8, "memhash8");
CLOSURE(memhash16, "memhash16");
CLOSURE(memhash32, "memhash32");
CLOSURE(memhash64, "memhash64");
CLOSURE(memhash128, "memhash128");
CLOSURE(f32hash, "f32hash");
CLOSURE(f64hash, "f64hash");
CLOSURE(c64hash, "c64hash");
CLOSURE(c128hash, "c128hash");
CLOSURE(strhash_at, "strhash");
CLOSURE(interhash, "interhash");
CLOSURE(nilinterhash, "nilinterhash");

#define HASH(name, symbol)                                                     \
	uint64_t go_##name(const void *p, uint64_t seed) GO("runtime." symbol); \
	uint64_t go_##name(const void *p, uint64_t seed) { return rt_##name(p, seed); }

HASH(memhash0, "memhash0")
HASH(memhash8, "memhash8")
HASH(memhash16, "memhash16")
HASH(memhash32, "memhash32")
HASH(memhash64, "memhash64")
HASH(memhash128, "memhash128")
HASH(f32hash, "f32hash")
HASH(f64hash, "f64hash")
HASH(c64hash, "c64hash")
HASH(c128hash, "c128hash")
HASH(strhash_at, "strhash")
HASH(interhash, "interhash")
HASH(nilinterhash, "nilinterhash")

#define EQUAL(name, symbol)                                                    \
	bool go_##name(const void *a, const void *b) GO("runtime." symbol);    \
	bool go_##name(const void *a, const void *b) { return rt_##name(a, b); }

EQUAL(memequal0, "memequal0")
EQUAL(memequal8, "memequal8")
EQUAL(memequal16, "memequal16")
EQUAL(memequal32, "memequal32")
EQUAL(memequal64, "memequal64")
EQUAL(memequal128, "memequal128")
EQUAL(f32equal, "f32equal")
EQUAL(f64equal, "f64equal")
EQUAL(c64equal, "c64equal")
EQUAL(c128equal, "c128equal")
EQUAL(strequal, "strequal")
EQUAL(interequal, "interequal")
EQUAL(nilinterequal, "nilinterequal")
/* clang-format on */

/* Pointers are words. */
extern const struct rt_funcval go_pointerequal_f GO("runtime.pointerequal..f");
const struct rt_funcval go_pointerequal_f = {
	(void (*)(void))rt_memequal64
};
extern const struct rt_funcval go_pointerhash_f GO("runtime.pointerhash..f");
const struct rt_funcval go_pointerhash_f = { (void (*)(void))rt_memhash64 };

/* ---- any length ---- */

bool go_memequal(const void *a, const void *b, uintptr_t n)
    GO("runtime.memequal");
bool
go_memequal(const void *a, const void *b, uintptr_t n)
{
	return memcmp(a, b, n) == 0;
}

uintptr_t go_memhash(const void *p, uintptr_t seed, uintptr_t n)
    GO("runtime.memhash");
GO_FUNCVAL(go_memhash, "runtime.memhash");
uintptr_t
go_memhash(const void *p, uintptr_t seed, uintptr_t n)
{
	return rt_memhash(p, seed, n);
}

uintptr_t go_typehash(const struct gort_type *t, const void *p, uintptr_t h)
    GO("reflect.typehash");
uintptr_t
go_typehash(const struct gort_type *t, const void *p, uintptr_t h)
{
	return rt_typehash(t, p, h);
}

/* ---- interfaces ---- */

bool go_efaceeq(struct gort_eface x, struct gort_eface y)
    GO("runtime.efaceeq");
bool
go_efaceeq(struct gort_eface x, struct gort_eface y)
{
	return rt_efaceeq(x, y);
}

bool go_ifaceeq(struct gort_iface x, struct gort_iface y)
    GO("runtime.ifaceeq");
bool
go_ifaceeq(struct gort_iface x, struct gort_iface y)
{
	return rt_ifaceeq(x, y);
}

bool go_ifaceefaceeq(struct gort_iface x, struct gort_eface y)
    GO("runtime.ifaceefaceeq");
bool
go_ifaceefaceeq(struct gort_iface x, struct gort_eface y)
{
	return rt_efaceeq(rt_iface_eface(x), y);
}

bool go_efacevaleq(struct gort_eface x, const struct gort_type *t,
    const void *p) GO("runtime.efacevaleq");
bool
go_efacevaleq(struct gort_eface x, const struct gort_type *t, const void *p)
{
	return rt_efacevaleq(x, t, p);
}

bool go_ifacevaleq(struct gort_iface x, const struct gort_type *t,
    const void *p) GO("runtime.ifacevaleq");
bool
go_ifacevaleq(struct gort_iface x, const struct gort_type *t, const void *p)
{
	return rt_efacevaleq(rt_iface_eface(x), t, p);
}
