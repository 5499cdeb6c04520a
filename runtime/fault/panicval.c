/*
 * panicval.c - what is panicked with: its words, and what C gets of it.
 *
 * A value is kept as what it is (an index and a length, three types, a word of
 * compiled Go), not as a text: a text is made when somebody prints it or C
 * recovers it, and compiled Go that recovers it gets a value of the right type
 * (gccgo/errors.c).
 *
 * Words of a value of compiled Go: Error() or String() if it has one, as Go
 * prints them; basic kinds as print does; kinds with a name of their own as
 * main.T(5) and main.T("x"); all else as its type and its data word. The
 * methods are Go code and run before the report begins, on the goroutine, all
 * of a chain at once; a panic in one of them is our end.
 *
 * A method is found by its name and the text of its type, "func() string":
 * there is one descriptor for that type, but C has no name for it.
 */
#include "fault/crash.h"
#include "fault/fault.h"
#include "fault/panic.h"
#include "fault/print_go.h"

#include "gc/gc.h"
#include "mem/malloc.h"

#include <string.h>

#define TYPE_NAME_BYTES 256

/* ---- values of compiled Go ---- */

static bool
str_is(const gort_str *s, const char *text)
{
	return s != NULL && (size_t)s->n == strlen(text) &&
	    memcmp(s->p, text, (size_t)s->n) == 0;
}

/* The code of t's exported method of this name and type, NULL: none. */
static void *
method_of(const struct gort_type *t, const char *name, const char *type)
{
	const struct rt_uncommon *u = t->u;

	for (intptr_t i = 0; u != NULL && i < u->n; i++)
		if (u->m[i].pkgpath == NULL && str_is(u->m[i].name, name) &&
		    u->m[i].mtyp != NULL && str_is(u->m[i].mtyp->str, type))
			return u->m[i].tfn;
	return NULL;
}

static const char *
copy_text(gort_str s)
{
	char *d = rt_mallocgc((size_t)s.n + 1, NULL, false, false);

	memcpy(d, s.p, (size_t)s.n);
	d[s.n] = '\0';
	return d;
}

/* What v says of itself; NULL: it has no such method. Runs Go code. */
static const char *
own_words(struct gort_eface v)
{
	gort_str (*say)(void *);
	void *code = NULL;

	if (v.t == NULL)
		return NULL;
	code = method_of(v.t, "Error", "func() string");
	if (code == NULL)
		code = method_of(v.t, "String", "func() string");
	if (code == NULL)
		return NULL;
	say = (gort_str(*)(void *))code;
	return copy_text(say(v.d));
}

/* A method that was asked for its value's words has panicked with v: Go says
 * what with if that is a text, else its type. */
static void RT_NORETURN
words_failed(const struct rt_panic_value *v)
{
	static const char *const types[] = { [PANIC_INT] = "int",
		[PANIC_PTR] = "unsafe.Pointer",
		[PANIC_ERROR] = "runtime.foreignError",
		[PANIC_RUNTIME] = "runtime.errorString",
		[PANIC_PLAIN] = "runtime.plainError",
		[PANIC_BOUNDS] = "runtime.boundsError",
		[PANIC_ADDRESS] = "runtime.errorAddressString",
		[PANIC_ASSERT] = "*runtime.TypeAssertionError" };
	const char *text = v->text, *what = "";
	char *line;
	size_t n;

	if (v->kind == PANIC_GO &&
	    (v->go.t->kind & KIND_MASK) == KIND_STRING &&
	    rt_type_pkgpath(v->go.t) == NULL) {
		text = copy_text(*(const gort_str *)v->go.d);
	} else if (v->kind != PANIC_STR) {
		what = "type ";
		text = v->kind == PANIC_GO ? rt_type_name_text(v->go.t) : types[v->kind];
	}
	n = strlen(text) + 64;
	line = rt_mallocgc(n, NULL, false, false);
	rt_snprintf(line, n, "panic while printing panic value: %s%s", what,
	    text);
	rt_throw(line);
}

static void
panicked_again(void *unused)
{
	const struct rt_panic *p = rt_getg()->panic;

	if (rt_recover(NULL) && !(p->v.kind == PANIC_GO && p->v.go.t == NULL))
		words_failed(&p->v);
}

static void
ask_all(void *gp)
{
	struct rt_panic *p = ((struct g *)gp)->panic;

	rt_deferproc(panicked_again, NULL);
	for (; p != NULL; p = p->link)
		if (p->v.kind == PANIC_GO)
			rt_writeptr(&p->words, (void *)own_words(p->v.go));
}

void
rt_panic_words(struct g *gp)
{
	rt_protect(ask_all, gp);
}

/* Where the bytes of v's value are. */
static const void *
data_of(const struct gort_eface *v)
{
	return v->t->kind & KIND_DIRECT ? (const void *)&v->d : v->d;
}

static bool
integer_of(const struct gort_eface *v, int64_t *ret)
{
	const void *d = data_of(v);

	switch (v->t->kind & KIND_MASK) {
	case KIND_INT:
	case KIND_INT64:
		*ret = *(const int64_t *)d;
		return true;
	case KIND_INT8:
		*ret = *(const int8_t *)d;
		return true;
	case KIND_INT16:
		*ret = *(const int16_t *)d;
		return true;
	case KIND_INT32:
		*ret = *(const int32_t *)d;
		return true;
	default:
		return false;
	}
}

static bool
unsigned_of(const struct gort_eface *v, uint64_t *ret)
{
	const void *d = data_of(v);

	switch (v->t->kind & KIND_MASK) {
	case KIND_UINT:
	case KIND_UINT64:
	case KIND_UINTPTR:
		*ret = *(const uint64_t *)d;
		return true;
	case KIND_UINT8:
		*ret = *(const uint8_t *)d;
		return true;
	case KIND_UINT16:
		*ret = *(const uint16_t *)d;
		return true;
	case KIND_UINT32:
		*ret = *(const uint32_t *)d;
		return true;
	default:
		return false;
	}
}

/* A float or a complex in the words of print; false: it is neither. */
static bool
float_text(const struct gort_eface *v, char *buf, size_t n)
{
	char re[RT_FLOAT_TEXT_BYTES], im[RT_FLOAT_TEXT_BYTES];
	const void *d = data_of(v);
	const float *f = d;
	const double *g = d;

	switch (v->t->kind & KIND_MASK) {
	case KIND_FLOAT32:
		rt_float_text((double)*f, re);
		rt_snprintf(buf, n, "%s", re);
		return true;
	case KIND_FLOAT64:
		rt_float_text(*g, re);
		rt_snprintf(buf, n, "%s", re);
		return true;
	case KIND_COMPLEX64:
		rt_float_text((double)f[0], re);
		rt_float_text((double)f[1], im);
		break;
	case KIND_COMPLEX128:
		rt_float_text(g[0], re);
		rt_float_text(g[1], im);
		break;
	default:
		return false;
	}
	rt_snprintf(buf, n, "(%s%si)", re, im);
	return true;
}

/* A number or a truth value in the words of print; false: it is neither. */
static bool
scalar_text(const struct gort_eface *v, char *buf, size_t n)
{
	uint64_t u;
	int64_t i;

	if (integer_of(v, &i))
		rt_snprintf(buf, n, "%ld", (long)i);
	else if (unsigned_of(v, &u))
		rt_snprintf(buf, n, "%lu", (unsigned long)u);
	else if ((v->t->kind & KIND_MASK) == KIND_BOOL)
		rt_snprintf(buf, n, "%s",
		    *(const bool *)data_of(v) ? "true" : "false");
	else
		return float_text(v, buf, n);
	return true;
}

/* ---- the words of a value ---- */

/* Three pieces: a text of any length stays where it is. */
struct words {
	char before[TYPE_NAME_BYTES + 96];
	const char *text; /* NULL: none */
	size_t n;
	const char *after;
};

static void
words_of_text(struct words *w, const char *before, const char *text)
{
	rt_snprintf(w->before, sizeof(w->before), "%s", before);
	w->text = text == NULL ? "nil" : text;
	w->n = strlen(w->text);
}

static void
words_of_go(struct words *w, const struct gort_eface *v)
{
	char name[TYPE_NAME_BYTES], scalar[96];
	const gort_str *s;
	bool own;

	if (v->t == NULL) {
		words_of_text(w, "", NULL);
		return;
	}
	own = rt_type_pkgpath(v->t) != NULL; /* not one of the basic types */
	rt_type_name(v->t, name, sizeof(name));
	if (scalar_text(v, scalar, sizeof(scalar))) {
		/* a complex has its parentheses already */
		rt_snprintf(w->before, sizeof(w->before),
		    !own                 ? "%.0s%s"
		        : *scalar == '(' ? "%s%s"
		                         : "%s(%s)",
		    name, scalar);
	} else if ((v->t->kind & KIND_MASK) == KIND_STRING) {
		s = v->d;
		rt_snprintf(w->before, sizeof(w->before),
		    own ? "%s(\"" : "%.0s", name);
		w->text = (const char *)s->p;
		w->n = (size_t)s->n;
		w->after = own ? "\")" : "";
	} else {
		rt_snprintf(
		    w->before, sizeof(w->before), "(%s) %p", name, v->d);
	}
}

static void
words_of(struct words *w, const struct rt_panic_value *v, const char *own)
{
	w->before[0] = '\0';
	w->text = NULL;
	w->after = "";
	switch (v->kind) {
	case PANIC_INT:
		rt_snprintf(w->before, sizeof(w->before), "%ld", (long)v->num);
		break;
	case PANIC_PTR:
		rt_snprintf(w->before, sizeof(w->before),
		    "(unsafe.Pointer) %p", v->ptr);
		break;
	case PANIC_RUNTIME:
	case PANIC_ADDRESS:
		words_of_text(w, RT_RUNTIME_ERROR, v->text);
		break;
	case PANIC_STR:
	case PANIC_ERROR:
	case PANIC_PLAIN:
	case PANIC_ASSERT:
		words_of_text(w, "", v->text);
		break;
	case PANIC_BOUNDS:
		words_of_text(w, RT_RUNTIME_ERROR, "");
		rt_bounds_text(&v->bounds,
		    w->before + sizeof(RT_RUNTIME_ERROR) - 1,
		    sizeof(w->before) - sizeof(RT_RUNTIME_ERROR) + 1);
		break;
	case PANIC_GO:
		if (own != NULL)
			words_of_text(w, "", own);
		else
			words_of_go(w, &v->go);
		break;
	case PANIC_GOEXIT:
		break;
	}
}

/* A text may hold zeroes, which end a string for printf. */
static void
print_bytes(const char *p, size_t n)
{
	size_t k;

	for (; n > 0; p += k, n -= k) {
		k = strnlen(p, n);
		rt_printf("%.*s", (int)k, p);
		for (; k < n && p[k] == '\0'; k++)
			rt_printf("%c", 0);
	}
}

static void
print_value(const struct rt_panic_value *v, const char *own)
{
	struct words w;

	words_of(&w, v, own);
	rt_printlock();
	rt_printf("%s", w.before);
	if (w.text != NULL)
		print_bytes(w.text, w.n);
	rt_printf("%s", w.after);
	rt_printunlock();
}

void
rt_print_panic_value(const struct rt_panic_value *v)
{
	print_value(v, NULL);
}

/* Oldest first; each later one is indented by a tab. */
static void
print_chain(const struct rt_panic *p)
{
	if (p->link != NULL) {
		print_chain(p->link);
		if (p->link->v.kind != PANIC_GOEXIT)
			rt_printf("\t");
	}
	if (p->v.kind == PANIC_GOEXIT)
		return;
	rt_printf("panic: ");
	print_value(&p->v, p->words);
	rt_printf(p->recovered ? " [recovered]\n" : "\n");
}

void
rt_print_panics(struct g *gp)
{
	rt_printlock();
	if (gp->panic != NULL)
		print_chain(gp->panic);
	rt_printunlock();
}

/* The newest panic in one line, for the ring. */
void
rt_panic_line(struct g *gp, char *buf, size_t n)
{
	struct words w;

	words_of(&w, &gp->panic->v, gp->panic->words);
	rt_snprintf(buf, n, "panic: %s%.*s%s", w.before,
	    (int)(w.text == NULL ? 0 : w.n), w.text == NULL ? "" : w.text,
	    w.after);
}

/* ---- as C sees them ---- */

static const char *
words_joined(const struct words *w)
{
	size_t n = strlen(w->before) + (w->text == NULL ? 0 : w->n) +
	    strlen(w->after) + 1;
	char *d = rt_mallocgc(n, NULL, false, false);

	rt_snprintf(d, n, "%s%.*s%s", w->before,
	    (int)(w->text == NULL ? 0 : w->n), w->text == NULL ? "" : w->text,
	    w->after);
	return d;
}

static struct rt_panic_value
go_value_for_c(const struct gort_eface *v)
{
	struct rt_panic_value r = { .kind = PANIC_PTR };
	struct words w;
	int64_t i;
	uint64_t u;

	words_of(&w, &(struct rt_panic_value){ PANIC_GO, .go = *v }, NULL);
	if (v->t == NULL) {
		return r;
	}
	r.text = own_words(*v);
	if (r.text != NULL) {
		r.kind = PANIC_ERROR;
		if (method_of(v->t, "RuntimeError", "func()") != NULL)
			r.kind = PANIC_PLAIN;
	} else if (integer_of(v, &i)) {
		r.kind = PANIC_INT;
		r.num = (intptr_t)i;
	} else if (unsigned_of(v, &u)) {
		r.kind = PANIC_INT;
		r.num = (intptr_t)u;
	} else if ((v->t->kind & KIND_MASK) == KIND_STRING) {
		r.kind = PANIC_STR;
		r.text = copy_text(*(const gort_str *)v->d);
	} else {
		r.ptr = v->d;
	}
	if (r.text == NULL)
		r.text = words_joined(&w);
	return r;
}

struct rt_panic_value
rt_panic_value_for_c(const struct rt_panic_value *v)
{
	struct rt_panic_value r = *v;
	char *text;

	switch (v->kind) {
	case PANIC_GO:
		return go_value_for_c(&v->go);
	case PANIC_BOUNDS:
		text = rt_mallocgc(RT_BOUNDS_TEXT_BYTES, NULL, false, false);
		rt_bounds_text(&v->bounds, text, RT_BOUNDS_TEXT_BYTES);
		r.kind = PANIC_RUNTIME;
		r.text = text;
		return r;
	case PANIC_ADDRESS:
		r.kind = PANIC_RUNTIME;
		return r;
	case PANIC_ASSERT:
		r.kind = PANIC_PLAIN;
		return r;
	default:
		return r;
	}
}
