/*
 * goname.c - the names of compiled Go's functions.
 *
 * A symbol is PKGPATH.NAME or PKGPATH.TYPE.METHOD; what C's tools can't spell
 * is escaped by an underscore and a code (the table below). After two dots
 * stands what the compiler made itself: ..func1 is a closure, ..thunk1 the call
 * of a go or defer statement, ..stub a promoted method, ..r the body of a
 * function that calls recover, whose own name is then a wrapper's.
 *
 * What Go's programs see: main.f, main.T.Method, main.f.func1, main.init.0.
 * Thunks, stubs and those wrappers are nobody's functions: they are left out
 * where callers are counted or shown. A body ..r goes by its function's name.
 *
 * gcc adds words to a function that it splits or copies (f.part.0, f.cold):
 * they are taken off. What has no dot then is C's.
 */
#include "fault/symbols.h"

#include <string.h>

/* ---- what gcc appends ---- */

static bool
is_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

static bool
ends_with(const char *s, size_t n, const char *end)
{
	size_t m = strlen(end);

	return n > m && memcmp(s + n - m, end, m) == 0;
}

/* The length without the words that copies and parts of functions get. */
static size_t
plain_length(const char *s)
{
	static const char *const counted[] = { ".part", ".isra", ".constprop",
		".lto_priv", ".llvm", ".cold" };
	size_t n = strlen(s);

	for (;;) {
		size_t dot = n, before = n;

		if (ends_with(s, n, ".cold"))
			n -= 5;
		else if (ends_with(s, n, ".localalias"))
			n -= 11;
		while (dot > 0 && s[dot - 1] != '.')
			dot--;
		if (dot > 1 && dot < n && is_digits(s + dot, n - dot))
			for (size_t i = 0; i < 6; i++)
				if (ends_with(s, dot - 1, counted[i]))
					n = dot - 1 - strlen(counted[i]);
		if (n == before)
			return n;
	}
}

bool
rt_is_go_name(const char *sym)
{
	return memchr(sym, '.', plain_length(sym)) != NULL && sym[0] != '.';
}

/* ---- escapes ---- */

struct text {
	char s[RT_NAME_MAX];
	size_t n;
};

static void
put(struct text *t, char c)
{
	if (t->n < sizeof(t->s) - 1)
		t->s[t->n++] = c;
}

static void
put_rune(struct text *t, uint32_t r)
{
	if (r < 0x80) {
		put(t, (char)r);
		return;
	}
	if (r < 0x800) {
		put(t, (char)(0xc0 | r >> 6));
	} else {
		if (r < 0x10000) {
			put(t, (char)(0xe0 | r >> 12));
		} else {
			put(t, (char)(0xf0 | (r >> 18 & 7)));
			put(t, (char)(0x80 | (r >> 12 & 0x3f)));
		}
		put(t, (char)(0x80 | (r >> 6 & 0x3f)));
	}
	put(t, (char)(0x80 | (r & 0x3f)));
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* n hexadecimal digits at s; false: they are not. */
static bool
hex_digits(const char *s, const char *end, int n, uint32_t *ret)
{
	uint32_t v = 0;

	if (end - s < n)
		return false;
	for (int i = 0; i < n; i++) {
		int h = hex(s[i]);

		if (h < 0)
			return false;
		v = v * 16 + (uint32_t)h;
	}
	*ret = v;
	return true;
}

/* What stands at an underscore; returns how many bytes it takes. */
static size_t
put_escape(struct text *t, const char *s, const char *end)
{
	static const char codes[] = "_.01/*,{}[]()\" ;";
	static const char keys[] = "_0  123456789abc";
	static const struct {
		char key;
		int digits;
	} runes[] = { { 'x', 2 }, { 'u', 4 }, { 'U', 8 } };
	uint32_t r;

	for (size_t i = 0; s + 1 < end && keys[i] != '\0'; i++)
		if (s[1] == keys[i] && keys[i] != ' ') {
			put(t, codes[i]);
			return 2;
		}
	for (size_t i = 0; s + 1 < end && i < 3; i++)
		if (s[1] == runes[i].key &&
		    hex_digits(s + 2, end, runes[i].digits, &r)) {
			put_rune(t, r);
			return 2 + (size_t)runes[i].digits;
		}
	put(t, '_');
	return 1;
}

/* ---- names ---- */

static bool
has_prefix(const char *s, const char *end, const char *prefix)
{
	size_t n = strlen(prefix);

	return (size_t)(end - s) >= n && memcmp(s, prefix, n) == 0;
}

/* After two dots. Returns how many bytes were dealt with. */
static size_t
put_compilers_part(struct text *t, const char *s, const char *end)
{
	if (has_prefix(s, end, "init")) { /* main.init.0 */
		for (int i = 0; i < 4; i++)
			put(t, s[i]);
		if (end - s > 4)
			put(t, '.');
		return 4;
	}
	if (has_prefix(s, end, "import")) { /* a package's initialiser */
		for (const char *p = "init"; *p != '\0'; p++)
			put(t, *p);
		return 6;
	}
	return 0;
}

/*
 * The body of a method that calls recover has its whole name escaped in one,
 * behind the package path: main.main_0T_0Method..r. The path goes once.
 */
static void
drop_doubled_path(struct text *t, size_t path_bytes)
{
	if (2 * path_bytes >= t->n ||
	    memcmp(t->s, t->s + path_bytes, path_bytes) != 0)
		return;
	t->n -= path_bytes;
	memmove(t->s, t->s + path_bytes, t->n);
}

const char *
rt_go_name(const char *sym, bool linkage)
{
	size_t n = plain_length(sym);
	const char *end = sym + n, *s = sym;
	size_t path_bytes = 0; /* of the package path and its dot; 0: in it */
	struct text t;

	if (!rt_is_go_name(sym))
		return sym;
	if (ends_with(sym, n, "..r"))
		end -= 3;
	t.n = 0;
	while (s < end) {
		if (*s == '_' && (path_bytes == 0 || linkage)) {
			s += put_escape(&t, s, end);
		} else if (*s == '.') {
			put(&t, *s++);
			if (path_bytes == 0)
				path_bytes = t.n;
			if (s < end && *s == '.') {
				s++;
				s += put_compilers_part(&t, s, end);
			}
		} else {
			put(&t, *s++);
		}
	}
	if (end != sym + n)
		drop_doubled_path(&t, path_bytes);
	return rt_intern(t.s, t.n);
}

/* ---- kinds ---- */

/* A thunk or a stub: `..thunk` and a number, `..stub` and perhaps one. */
static bool
is_wrapper(const char *sym)
{
	const char *p = sym;

	while ((p = strstr(p, "..")) != NULL) {
		p += 2;
		if (strncmp(p, "thunk", 5) == 0 || strncmp(p, "stub", 4) == 0)
			return true;
	}
	return strstr(sym, "_0_0stub") != NULL;
}

/* Between compiled Go and reflection's calls: libffi's, and ours. */
static bool
is_call_machinery(const char *sym)
{
	static const char *const names[] = { "ffi_call", "ffi_call_go",
		"ffi_call_int", "ffi_call_unix64", "ffi_closure_unix64",
		"ffi_closure_unix64_inner", "ffi_closure_unix64_sse",
		"ffi_callback", "reflect.ffi_callback", "reflect.ffi__callback",
		"reflect.ffiCallbackGo", "reflect.makeFuncImpl.call",
		"runtime.reflectcall", "runtime.deferreturn",
		"__morestack", "__morestack_non_split" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(sym, names[i]) == 0)
			return true;
	return false;
}

void
rt_go_classify(struct rt_symbol *s, const char *sym)
{
	s->wrapper = is_call_machinery(sym);
	s->body = false;
	if (!rt_is_go_name(sym)) {
		s->go = false;
		return;
	}
	s->go = true;
	s->wrapper |= is_wrapper(sym);
	s->body = ends_with(sym, plain_length(sym), "..r");
	/* package runtime's, but for what programs call */
	s->runtime = strncmp(sym, "runtime.", 8) == 0 &&
	    !(sym[8] >= 'A' && sym[8] <= 'Z');
}
