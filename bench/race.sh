#!/bin/sh
# race.sh - cbench and the same cases in Go, alternating, medians side by side.
#
#	GO=/path/to/go bench/race.sh [CASE…]
#
# Prints `name value unit`, Go's figures as NAME.gc and their ratio (above 1
# gort is faster) as NAME.ratio. Without a Go compiler it says so and prints
# cbench's figures alone.
set -eu
: "${srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${builddir:=$(pwd)}"
rounds=${ROUNDS:-3}
go=${GO:-go}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if command -v "$go" >/dev/null; then
	cp "$srcdir/bench/gobench.go" "$tmp/main.go"
	(cd "$tmp" && GO111MODULE=off GOCACHE=$tmp/cache "$go" build -o gobench main.go)
else
	echo "race.sh: no Go compiler (GO=…): gort's figures alone" >&2
fi
i=0
while [ $i -lt "$rounds" ]; do
	"$builddir/bench/cbench" "$@" >>"$tmp/figures"
	[ ! -x "$tmp/gobench" ] || "$tmp/gobench" "$@" >>"$tmp/figures"
	i=$((i + 1))
done
awk -f "$srcdir/bench/median.awk" "$tmp/figures" | awk '
	$1 !~ /\.gc$/ { order[++n] = $1 }
	{ med[$1] = $2 }
	END {
		for (i = 1; i <= n; i++) { k = order[i]; a = med[k]
			printf "%s %.1f ns\n", k, a
			if ((k ".gc") in med) { b = med[k ".gc"]
				printf "%s.gc %.1f ns\n%s.ratio %.2f x\n", k, b, k, b / a
			} } }'
