/*
 * print.h - tables and numbers for people. Pure but for the final fputs.
 */
#ifndef CLIENT_PRINT_H
#define CLIENT_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- numbers; each writes into buf[0, cap) and returns buf ---- */

/* 1.2 KiB, 64.0 MiB; exact bytes below 1 KiB. */
char *print_size(char *buf, size_t cap, uint64_t bytes);
/* 830 ns, 1.25 ms, 12.3 s, 3m05s, 2h04m, 5d03h: three digits that matter. */
char *print_dur(char *buf, size_t cap, int64_t ns);
/* Unix nanoseconds as local time, to the millisecond: 2024-05-01 10:11:12.345 */
char *print_time(char *buf, size_t cap, int64_t unix_ns);
/* "3m05s ago" for ps; "-" when unix_ns is 0 or less. */
char *print_ago(char *buf, size_t cap, int64_t unix_ns, int64_t now_ns);

/*
 * Text of unknown origin, made harmless for a terminal: control characters
 * and bytes that are no UTF-8 come out as \xNN, tabs as they are when asked.
 * Returns an owned string.
 */
char *print_clean(const char *s, size_t len, bool keep_tabs);

/* ---- tables ---- */

struct table;

/*
 * Columns by their headings; a heading that starts with '>' is right-aligned.
 * heads is a NULL-terminated array. Free with table_free.
 */
struct table *table_new(const char *const *heads);
void table_free(struct table *t);
/* The next cell of the current row; copied and cleaned. NULL prints as "-". */
void table_cell(struct table *t, const char *text);
void table_cellf(struct table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
size_t table_rows(const struct table *t);
void table_print(const struct table *t, FILE *out);

/* One JSON value and a newline. */
void print_json(const json_t *v, FILE *out);
/* The same in one line, for -f and lists. */
void print_json_line(const json_t *v, FILE *out);

/*
 * A list that is one value, told item by item as it comes, so that a long
 * history needs no memory: one item a line, between brackets. One list at a
 * time. print_json_end closes it, an empty one too.
 */
void print_json_item(const json_t *v, FILE *out);
void print_json_end(FILE *out);

#endif
