#!/bin/sh
# readme.sh - the README's first program, run as it says, and gort.h's own.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

command -v cc >/dev/null || skip "no C compiler"
# what libgort was built with
CC="${CC:-cc}${SAN_CFLAGS:+ $SAN_CFLAGS}"
export CC
e2e_begin readme
sed -n '/^```c$/,/^```$/p' "$srcdir/README.md" | sed '1d;$d' >"$dir/square.c"
sed -n '/^ \*	#include <gort.h>/,/^ \* When gort_main/p' "$srcdir/runtime/gort.h" |
	sed '$d' | sed 's/^ \*\t\{0,1\}//' >"$dir/header.c"
gortd_start
check_eq "README's program" "$(ctl run "$dir/square.c" | tr '\n' ' ')" "0 1 4 "
check_eq "gort.h's program" "$(ctl run "$dir/header.c" | tr '\n' ' ')" "0 1 4 "
e2e_end
