#!/bin/sh
# check_header.sh - gort.h by itself, as a stranger includes it: strict C11 and
# C++, no other header of ours in reach, no warning; and what must not compile.
set -u
srcdir=${srcdir:-.}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/gort-header-XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
cp "$srcdir/runtime/gort.h" "$tmp/" || exit 99

cat >"$tmp/good.c" <<'END'
#include <gort.h>
struct node {
	struct node *next;
	long key;
	gort_str text;
};
GORT_TYPE(node_type, struct node, next, text);
GORT_TYPE_DECLARE(leaf_type);
struct leaf {
	long a;
};
GORT_TYPE_NOPTR(leaf_type, struct leaf);
static void
log_init(void)
{
}
GORT_PACKAGE(log);
static void
app_init(void)
{
}
GORT_PACKAGE(app, log, net);
int
gort_main(int argc, char **argv)
{
	gort_str s = GORT_STR("abc");
	long x = argc;
	gort_case k[] = { GORT_RECV(NULL, &x), GORT_SEND(NULL, &x) };

	(void)argv;
	return s.n + gort_select(k, 2, true) + (node_type.size == 32);
}
END
cat >"$tmp/far.c" <<'END'
#include <gort.h>
struct far {
	char pad[512];
	void *p;
};
GORT_TYPE(far_type, struct far, p);
END
cat >"$tmp/odd.c" <<'END'
#include <gort.h>
struct odd {
	char c;
	void *p;
} __attribute__((packed));
GORT_TYPE(odd_type, struct odd, p);
END

fail=0
try() { # try WHAT WANT COMMAND...
	what=$1 want=$2
	shift 2
	if "$@" >"$tmp/out" 2>&1; then got=0; else got=1; fi
	if [ $got != "$want" ]; then
		echo "FAIL: $what"
		cat "$tmp/out"
		fail=1
	fi
}
warn="-Wall -Wextra -Werror -Wno-missing-field-initializers -I$tmp"
ran=0
for cc in ${CC:-cc} gcc clang; do
	command -v "$cc" >/dev/null || continue
	ran=1
	try "$cc -std=c11 -pedantic" 0 \
	    "$cc" -std=c11 -pedantic $warn -fsyntax-only "$tmp/good.c"
	try "$cc: a member out of reach" 1 "$cc" -I"$tmp" -c "$tmp/far.c" \
	    -o /dev/null
	try "$cc: a member not aligned" 1 "$cc" -I"$tmp" -c "$tmp/odd.c" \
	    -o /dev/null
done
for cxx in g++ clang++; do
	command -v "$cxx" >/dev/null || continue
	try "$cxx -std=c++11" 0 \
	    "$cxx" -x c++ -std=c++11 $warn -fsyntax-only "$tmp/good.c"
done
[ $ran = 1 ] || { echo "SKIP: neither gcc nor clang is installed"; exit 77; }
exit $fail
