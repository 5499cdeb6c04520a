/*
 * print.c - tables and numbers for people.
 *
 * No colour: the tables are read by eyes and by awk alike, and alignment does
 * the work. Everything that came from an instance is cleaned on its way into a
 * cell, so that a program can't move the cursor of who looks at it.
 */
#include "client/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#define NS_US 1000LL
#define NS_MS 1000000LL
#define NS_S 1000000000LL

char *
print_size(char *buf, size_t cap, uint64_t bytes)
{
	static const char *const unit[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	double v = (double)bytes;
	size_t i;

	if (bytes < 1024) {
		snprintf(buf, cap, "%" PRIu64 " B", bytes);
		return buf;
	}
	v /= 1024;
	/* 1023.96 would print as 1024.0: go on to the next unit before that */
	for (i = 0; v >= 1023.95 && i < 4; i++)
		v /= 1024;
	snprintf(buf, cap, "%.1f %s", v, unit[i]);
	return buf;
}

/* Three significant digits of v. */
static void
three(char *buf, size_t cap, double v, const char *unit)
{
	int dec = v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2;

	snprintf(buf, cap, "%.*f %s", dec, v, unit);
}

char *
print_dur(char *buf, size_t cap, int64_t ns)
{
	int64_t s = ns / NS_S;

	if (ns < 0)
		snprintf(buf, cap, "-");
	else if (ns < NS_US)
		snprintf(buf, cap, "%" PRId64 " ns", ns);
	else if (ns < NS_MS)
		three(buf, cap, (double)ns / (double)NS_US, "us");
	else if (ns < NS_S)
		three(buf, cap, (double)ns / (double)NS_MS, "ms");
	else if (s < 60)
		three(buf, cap, (double)ns / (double)NS_S, "s");
	else if (s < 3600)
		snprintf(buf, cap, "%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, cap, "%" PRId64 "h%02" PRId64 "m", s / 3600,
		    s / 60 % 60);
	else
		snprintf(buf, cap, "%" PRId64 "d%02" PRId64 "h", s / 86400,
		    s / 3600 % 24);
	return buf;
}

char *
print_time(char *buf, size_t cap, int64_t unix_ns)
{
	time_t t = (time_t)(unix_ns / NS_S);
	struct tm tm;
	char day[32];

	if (unix_ns <= 0 || localtime_r(&t, &tm) == NULL) {
		snprintf(buf, cap, "-");
		return buf;
	}
	strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(buf, cap, "%s.%03d", day, (int)(unix_ns % NS_S / NS_MS));
	return buf;
}

char *
print_ago(char *buf, size_t cap, int64_t unix_ns, int64_t now_ns)
{
	char d[32];

	if (unix_ns <= 0)
		snprintf(buf, cap, "-");
	else if (now_ns - unix_ns < NS_S)
		snprintf(buf, cap, "now");
	else
		snprintf(buf, cap, "%s ago",
		    print_dur(d, sizeof(d), now_ns - unix_ns));
	return buf;
}

/* ---- cleaning ---- */

/* Bytes of the valid UTF-8 character at s, or 0. */
static size_t
utf8_len(const unsigned char *s, size_t left)
{
	size_t n, i;
	uint32_t cp;

	if (s[0] < 0x80)
		return 1;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
	if (n == 0 || n > left || s[0] > 0xf4)
		return 0;
	cp = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && cp < 0x800) || (n == 4 && (cp < 0x10000 || cp > 0x10ffff)))
		return 0;
	if (cp >= 0xd800 && cp < 0xe000)
		return 0;
	/* C1 controls and the marks that reorder a line */
	if (cp < 0xa0 || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069))
		return 0;
	return n;
}

char *
print_clean(const char *s, size_t len, bool keep_tabs)
{
	const unsigned char *in = (const unsigned char *)s;
	char *out = malloc(len * 4 + 1), *p = out;
	size_t i = 0, n;

	if (out == NULL)
		return NULL;
	while (i < len) {
		n = utf8_len(in + i, len - i);
		if (in[i] == '\t' && keep_tabs)
			*p++ = '\t';
		else if (n == 0 || in[i] < 0x20 || in[i] == 0x7f) {
			p += sprintf(p, "\\x%02x", in[i]);
			n = 1;
		} else {
			memcpy(p, in + i, n);
			p += n;
		}
		i += n ? n : 1;
	}
	*p = '\0';
	return out;
}

/* Columns the string takes on a terminal; its bytes where we can't tell. */
static size_t
width(const char *s)
{
	mbstate_t st = { 0 };
	size_t w = 0, n;
	wchar_t wc;
	const char *p = s;

	while (*p != '\0') {
		n = mbrtowc(&wc, p, 8, &st);
		if (n == (size_t)-1 || n == (size_t)-2)
			return strlen(s);
		w += wcwidth(wc) > 0 ? (size_t)wcwidth(wc) : 0;
		p += n;
	}
	return w;
}

/* ---- tables ---- */

struct table {
	size_t cols, ncells, cap;
	const char *const *heads; /* borrowed */
	char **cells;             /* row by row */
};

struct table *
table_new(const char *const *heads)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	while (heads[t->cols] != NULL)
		t->cols++;
	t->heads = heads;
	return t;
}

void
table_free(struct table *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->ncells; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}

void
table_cell(struct table *t, const char *text)
{
	if (t->ncells == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		char **p = realloc(t->cells, cap * sizeof(*p));

		if (p == NULL)
			return;
		t->cells = p;
		t->cap = cap;
	}
	if (text == NULL)
		text = "-";
	t->cells[t->ncells] = print_clean(text, strlen(text), false);
	if (t->cells[t->ncells] != NULL)
		t->ncells++;
}

void
table_cellf(struct table *t, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	table_cell(t, s);
	free(s);
}

size_t
table_rows(const struct table *t)
{
	return t->cols ? t->ncells / t->cols : 0;
}

static void
print_row(const struct table *t, const char *const *cells, const size_t *w,
    FILE *out)
{
	size_t i, pad, last = t->cols - 1;

	for (i = 0; i < t->cols; i++) {
		const char *s = cells[i];
		bool right = t->heads[i][0] == '>';

		if (s[0] == '>' && cells == t->heads)
			s++;
		pad = w[i] - width(s);
		if (right)
			fprintf(out, "%*s%s", (int)pad, "", s);
		else
			fprintf(out, "%s%*s", s, i == last ? 0 : (int)pad, "");
		fputs(i == last ? "\n" : "  ", out);
	}
}

void
table_print(const struct table *t, FILE *out)
{
	size_t *w = calloc(t->cols, sizeof(*w));
	size_t i, n;

	if (w == NULL)
		return;
	for (i = 0; i < t->cols; i++)
		w[i] = width(t->heads[i] + (t->heads[i][0] == '>'));
	for (i = 0; i < t->ncells; i++) {
		n = width(t->cells[i]);
		if (n > w[i % t->cols])
			w[i % t->cols] = n;
	}
	print_row(t, t->heads, w, out);
	for (i = 0; i + t->cols <= t->ncells; i += t->cols)
		print_row(t, (const char *const *)t->cells + i, w, out);
	free(w);
}

void
print_json(const json_t *v, FILE *out)
{
	json_dumpf(v, out, JSON_INDENT(2) | JSON_ENCODE_ANY);
	fputc('\n', out);
}

static bool list_open;

void
print_json_item(const json_t *v, FILE *out)
{
	fputs(list_open ? ",\n" : "[\n", out);
	list_open = true;
	json_dumpf(v, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

void
print_json_end(FILE *out)
{
	fputs(list_open ? "\n]\n" : "[]\n", out);
	list_open = false;
}

void
print_json_line(const json_t *v, FILE *out)
{
	json_dumpf(v, out, JSON_COMPACT | JSON_ENCODE_ANY);
	fputc('\n', out);
}
