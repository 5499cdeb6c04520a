/*
 * lines.c - a program's lines, back to the streams they came from.
 *
 * On a pipe or file they come out byte for byte: the program meant it so. On
 * a terminal too; what a program prints there is its own business, as it
 * would be without gort.
 */
#include "client/lines.h"
#include "client/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
b64_value(int c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != 0 ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

unsigned char *
lines_b64(const char *s, size_t *ret_len)
{
	unsigned char *out = malloc(strlen(s) / 4 * 3 + 3);
	unsigned acc = 0, bits = 0;
	size_t n = 0;
	int v;

	if (out == NULL)
		return NULL;
	for (; *s != '\0' && *s != '='; s++) {
		v = b64_value((unsigned char)*s);
		if (v < 0) {
			free(out);
			return NULL;
		}
		acc = acc << 6 | (unsigned)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (unsigned char)(acc >> bits);
		}
	}
	*ret_len = n;
	return out;
}

int
lines_put(const json_t *item)
{
	const json_t *line = json_object_get(item, "line");
	const char *stream = j_str(item, "stream", "stdout");
	const char *b64 = j_str(item, "b64", NULL);
	FILE *to = strcmp(stream, "stdout") == 0 ? stdout : stderr;
	unsigned char *raw;
	size_t len;

	/* the two streams keep their order when they end in one file */
	if (to == stderr)
		fflush(stdout);
	if (b64 != NULL && (raw = lines_b64(b64, &len)) != NULL) {
		fwrite(raw, 1, len, to);
		free(raw);
	} else
		fwrite(json_is_string(line) ? json_string_value(line) : "", 1,
		    json_string_length(line), to);
	if (!j_bool(item, "partial"))
		fputc('\n', to);
	return ferror(to) ? -EPIPE : 0;
}
