#!/bin/sh
# race.sh - one Go source, three runtimes: gc, libgo and libgort side by side.
#
#	GO=/path/to/go ROUNDS=5 bench/go/race.sh [CASE…]
#
# Builds rtbench.go with each compiler that is there and runs compare.py:
# rounds alternate between the builds, medians and ratios to the first are
# printed. Without the Go toolchain libgo is the base; without gccgo there is
# nothing to race.
set -eu
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"
go=${GO:-go}
gccgo=${GCCGO:-gccgo-12}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

command -v "$gccgo" >/dev/null || {
	echo "race.sh: no gccgo (Debian package gccgo-12): nothing to race" >&2
	exit 77
}
command -v python3 >/dev/null || {
	echo "race.sh: no python3, which compare.py needs" >&2
	exit 77
}
src=$srcdir/bench/go/rtbench.go
builds=
if command -v "$go" >/dev/null; then
	cp "$src" "$tmp/main.go"
	(cd "$tmp" && GO111MODULE=off GOCACHE=$tmp/cache \
		"$go" build -o gc main.go)
	builds="gc=$tmp/gc"
else
	echo "race.sh: no Go compiler (GO=…): libgo is the base" >&2
fi
"$gccgo" -O2 -o "$tmp/libgo" "$src"
"$builddir/gortctl" build -o "$tmp/gort" "$src" -- -O2
[ $# = 0 ] || set -- -- "$@"
# shellcheck disable=SC2086
"$srcdir/bench/go/compare.py" -r "${ROUNDS:-3}" -t "${LIMIT:-40}" \
	$builds "libgo=$tmp/libgo" "gort=$tmp/gort" "$@"
