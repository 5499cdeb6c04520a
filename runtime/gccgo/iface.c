/*
 * iface.c - compiled Go: conversions between interfaces, and assertions.
 *
 * E is interface{}, I an interface with methods, T a concrete type; a 2 at the
 * end is the form with ", ok". What must succeed panics otherwise, with a
 * *runtime.TypeAssertionError.
 */
#include "gccgo/gccgo.h"

#include "fault/fault.h"
#include "gc/gc.h"

#include <string.h>

struct eface_ok {
	struct gort_eface v;
	bool ok;
};
struct iface_ok {
	struct gort_iface v;
	bool ok;
};
struct ptr_ok {
	void *p;
	bool ok;
};

static inline const struct gort_type *
type_of(struct gort_iface i)
{
	return i.tab == NULL ? NULL : i.tab[0];
}

static inline const struct rt_interface_type *
inter_of(const struct gort_type *t)
{
	return (const struct rt_interface_type *)t;
}

/* ---- method tables ---- */

const void *go_requireitab(const struct gort_type *inter,
    const struct gort_type *t) GO("runtime.requireitab");
const void *go_assertitab(const struct gort_type *inter,
    const struct gort_type *t) GO("runtime.assertitab");
bool go_iface_t2ip(const struct gort_type *inter, const struct gort_type *t)
    GO("runtime.ifaceT2Ip");

/* t is not NULL. Returns the table or panics. */
static const void *
must_itab(const struct gort_type *inter, const struct gort_type *t)
{
	const gort_str *missing;
	const void *const *tab = rt_getitab(inter_of(inter), t, &missing);

	if (RT_UNLIKELY(tab == NULL))
		rt_panic_type_assertion(NULL, t, inter, missing);
	return tab;
}

const void *
go_requireitab(const struct gort_type *inter, const struct gort_type *t)
{
	return t == NULL ? NULL : must_itab(inter, t);
}

const void *
go_assertitab(const struct gort_type *inter, const struct gort_type *t)
{
	if (t == NULL)
		rt_panic_type_assertion(NULL, NULL, inter, NULL);
	if (inter_of(inter)->n == 0)
		return t;
	return must_itab(inter, t);
}

bool
go_iface_t2ip(const struct gort_type *inter, const struct gort_type *t)
{
	return t != NULL && (inter_of(inter)->n == 0 ||
	    rt_getitab(inter_of(inter), t, NULL) != NULL);
}

/* ---- to interfaces ---- */

struct iface_ok go_iface_e2i2(const struct gort_type *inter,
    struct gort_eface e) GO("runtime.ifaceE2I2");
struct iface_ok go_iface_i2i2(const struct gort_type *inter,
    struct gort_iface i) GO("runtime.ifaceI2I2");
struct eface_ok go_iface_e2e2(struct gort_eface e) GO("runtime.ifaceE2E2");
struct eface_ok go_iface_i2e2(struct gort_iface i) GO("runtime.ifaceI2E2");

static inline struct iface_ok
to_iface(const struct gort_type *inter, const struct gort_type *t, void *d)
{
	const void *const *tab;

	if (t == NULL)
		return (struct iface_ok){ { NULL, NULL }, false };
	tab = rt_getitab(inter_of(inter), t, NULL);
	if (tab == NULL)
		return (struct iface_ok){ { NULL, NULL }, false };
	return (struct iface_ok){ { tab, d }, true };
}

struct iface_ok
go_iface_e2i2(const struct gort_type *inter, struct gort_eface e)
{
	return to_iface(inter, e.t, e.d);
}

struct iface_ok
go_iface_i2i2(const struct gort_type *inter, struct gort_iface i)
{
	return to_iface(inter, type_of(i), i.d);
}

struct eface_ok
go_iface_e2e2(struct gort_eface e)
{
	return (struct eface_ok){ e, e.t != NULL };
}

struct eface_ok
go_iface_i2e2(struct gort_iface i)
{
	const struct gort_type *t = type_of(i);

	return (struct eface_ok){ { t, i.d }, t != NULL };
}

/* ---- to concrete types ---- */

struct ptr_ok go_iface_e2t2p(const struct gort_type *t, struct gort_eface e)
    GO("runtime.ifaceE2T2P");
struct ptr_ok go_iface_i2t2p(const struct gort_type *t, struct gort_iface i)
    GO("runtime.ifaceI2T2P");
bool go_iface_e2t2(const struct gort_type *t, struct gort_eface e, void *dst)
    GO("runtime.ifaceE2T2");
bool go_iface_i2t2(const struct gort_type *t, struct gort_iface i, void *dst)
    GO("runtime.ifaceI2T2");

static inline struct ptr_ok
to_ptr(const struct gort_type *t, const struct gort_type *have, void *d)
{
	return t == have ? (struct ptr_ok){ d, true }
	                 : (struct ptr_ok){ NULL, false };
}

/* dst may be a variable in the heap: stores go the collector's way. */
static bool
to_value(const struct gort_type *t, const struct gort_type *have, void *d,
    void *dst)
{
	if (t != have)
		rt_typedmemclr(t, dst);
	else if (t->kind & KIND_DIRECT)
		rt_writeptr(dst, d);
	else
		rt_typedmemmove(t, dst, d);
	return t == have;
}

struct ptr_ok
go_iface_e2t2p(const struct gort_type *t, struct gort_eface e)
{
	return to_ptr(t, e.t, e.d);
}

struct ptr_ok
go_iface_i2t2p(const struct gort_type *t, struct gort_iface i)
{
	return to_ptr(t, type_of(i), i.d);
}

bool
go_iface_e2t2(const struct gort_type *t, struct gort_eface e, void *dst)
{
	return to_value(t, e.t, e.d, dst);
}

bool
go_iface_i2t2(const struct gort_type *t, struct gort_iface i, void *dst)
{
	return to_value(t, type_of(i), i.d, dst);
}

/* ---- reflect ---- */

void go_reflect_iface_e2i(const struct gort_type *inter, struct gort_eface e,
    struct gort_iface *dst) GO("reflect.ifaceE2I");
void go_reflectlite_iface_e2i(const struct gort_type *inter,
    struct gort_eface e, struct gort_iface *dst)
    GO("internal_1reflectlite.ifaceE2I");

void
go_reflect_iface_e2i(const struct gort_type *inter, struct gort_eface e,
    struct gort_iface *dst)
{
	if (e.t == NULL)
		rt_panic_type_assertion(NULL, NULL, inter, NULL);
	dst->tab = must_itab(inter, e.t); /* never in the heap: no barrier */
	rt_writeptr(&dst->d, e.d);
}

void
go_reflectlite_iface_e2i(const struct gort_type *inter, struct gort_eface e,
    struct gort_iface *dst)
{
	go_reflect_iface_e2i(inter, e, dst);
}
