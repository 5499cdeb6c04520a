#!/bin/sh
# hitpath.sh - an allocation that finds a free slot, and a map's lookup, execute
# no locked instruction: looked for in the machine code of what they run.
#
# 77 where it can't be told: no objdump, or a sanitizer's instrumentation.
set -eu
cd "${builddir:-$(pwd)}"
[ -z "${GORT_SANITIZED:-}" ] || exit 77
command -v objdump >/dev/null || exit 77

bad=0
# clean OBJECT FUNCTION…: each is there, and has none
clean() {
	o=$1
	shift
	for f; do
		code=$(objdump -d --no-show-raw-insn "$o" |
			awk -v f="<$f>:" '$2 == f { on = 1; next } /^$/ { on = 0 } on')
		if [ -z "$code" ]; then
			echo "hitpath.sh: $o has no function $f"
			bad=1
		elif echo "$code" | grep -E '[[:space:]](lock |xchg .*\(|mfence)'; then
			echo "hitpath.sh: $f: the above is a locked instruction"
			bad=1
		fi
	done
}

# the search itself works: this one has some
if objdump -d --no-show-raw-insn runtime/mem/mcache.o |
	grep -qE '[[:space:]]lock '; then :; else
	echo "hitpath.sh: no locked instruction where there are some"
	bad=1
fi
clean runtime/mem/malloc.o rt_newobject rt_mallocgc rt_newarray alloc_any \
	alloc_small
clean runtime/types/map.o rt_mapfind_32 rt_mapfind_64 rt_mapfind_str
clean runtime/types/map_iter.o rt_mapiternext
exit $bad
