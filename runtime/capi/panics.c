/*
 * panics.c - gort.h: panic, defer, recover on fault/panic.c.
 */
#include "capi/capi.h"

#include <stdio.h>
#include <string.h>

#include "fault/fault.h"
#include "mem/malloc.h"

/* ---- leaving ---- */

static const char *
keep(const char *text)
{
	size_t n;
	char *d;

	if (text == NULL)
		text = "";
	n = strlen(text) + 1;
	d = rt_mallocgc(n, NULL, false, false);
	memcpy(d, text, n);
	return d;
}

static RT_NORETURN void
panic_with(enum rt_panic_kind kind, const char *text, intptr_t num, void *ptr)
{
	struct rt_panic_value v = { .kind = kind,
		.text = text,
		.num = num,
		.ptr = ptr };

	rt_panic(&v);
}

void
gort_panic(const char *text)
{
	panic_with(PANIC_STR, keep(text), 0, NULL);
}

void
gort_panicf(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	text = rt_mallocgc((size_t)n + 1, NULL, false, true);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	panic_with(PANIC_STR, text, 0, NULL);
}

void
gort_panic_error(const char *text)
{
	panic_with(PANIC_ERROR, keep(text), 0, NULL);
}

void
gort_panic_int(intptr_t num)
{
	panic_with(PANIC_INT, NULL, num, NULL);
}

void
gort_panic_pointer(void *ptr)
{
	panic_with(PANIC_PTR, NULL, 0, ptr);
}

void
gort_fatal(const char *text)
{
	rt_fatal(text);
}

/* ---- coming back ---- */

void
gort_defer(void (*fn)(void *arg), void *arg)
{
	rt_deferproc(fn, arg);
}

bool
gort_protect(void (*body)(void *arg), void *arg)
{
	return rt_protect(body, arg);
}

static gort_panic_info
info_of(const struct rt_panic_value *v)
{
	gort_panic_info i = { .text = v->text, .num = v->num, .ptr = v->ptr };

	switch (v->kind) {
	case PANIC_STR:
		i.kind = GORT_PANIC_TEXT;
		break;
	case PANIC_INT:
		i.kind = GORT_PANIC_INT;
		break;
	case PANIC_PTR:
		i.kind = GORT_PANIC_POINTER;
		break;
	case PANIC_ERROR:
		i.kind = GORT_PANIC_ERROR;
		break;
	case PANIC_RUNTIME:
	case PANIC_PLAIN:
	default: /* not what rt_recover returns */
		i.kind = GORT_PANIC_RUNTIME;
		break;
	}
	return i;
}

bool
gort_recover(gort_panic_info *ret)
{
	struct rt_panic_value v;

	if (!rt_recover(&v))
		return false;
	if (ret != NULL)
		*ret = info_of(&v);
	return true;
}

struct try_call {
	void (*body)(void *arg);
	void *arg;
	gort_panic_info *ret;
};

static void
catch_all(void *p)
{
	struct try_call *c = p;

	gort_recover(c->ret);
}

/* Deferred first, so run last: the body's own deferred functions may recover
 * before. */
static void
try_body(void *p)
{
	struct try_call *c = p;

	rt_deferproc(catch_all, c);
	c->body(c->arg);
}

bool
gort_try(void (*body)(void *arg), void *arg, gort_panic_info *ret)
{
	struct try_call c = { body, arg, ret };

	return rt_protect(try_body, &c);
}
