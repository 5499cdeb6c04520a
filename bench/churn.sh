#!/bin/sh
# churn.sh - churn.c's figures for gort, libc and mimalloc, in turn.
#
#	ROUNDS=3 bench/churn.sh
#
# Prints `churn.ALLOCATOR.CASE value ns` (medians) and, where there is mimalloc,
# `churn.ratio.CASE value x`: gort's figure less the loop's, divided by
# mimalloc's less the loop's. gort's objects are always zero, so its zalloc and
# zchurn stand against both of mimalloc's.
set -eu
: "${srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${builddir:=$(pwd)}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
[ -x "$builddir/bench/churn_mimalloc" ] ||
	echo "churn.sh: no mimalloc.h when this was built: not compared" >&2
i=0
while [ $i -lt "${ROUNDS:-3}" ]; do
	for a in gort libc mimalloc; do
		[ ! -x "$builddir/bench/churn_$a" ] ||
			"$builddir/bench/churn_$a" >>"$tmp/figures"
	done
	i=$((i + 1))
done
awk -f "$srcdir/bench/median.awk" "$tmp/figures" | awk '
	function less(who, what) {
		return med["churn." who "." what] - med["churn." who ".loop"] }
	function ratio(name, mine, theirs) {
		if (!(("churn.mimalloc." theirs) in med)) return
		printf "churn.ratio.%s %.2f x\n", name,
			less("gort", mine) / less("mimalloc", theirs) }
	{ med[$1] = $2; printf "%s %.1f ns\n", $1, $2 }
	END {
		ratio("alloc", "zalloc", "alloc"); ratio("zalloc", "zalloc", "zalloc")
		ratio("churn", "zchurn", "churn"); ratio("zchurn", "zchurn", "zchurn")
	}'
