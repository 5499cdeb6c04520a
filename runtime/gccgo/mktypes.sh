#!/bin/sh
# mktypes.sh [GCCGO] >publictypes_amd64.S - descriptors of package runtime's
# public types, as the compiler makes them from publictypes.go.in.
#
# A descriptor's hash is the compiler's own and must be the same everywhere, so
# it is not for us to invent. The result is in the tree: building libgort needs
# no Go compiler. Only data is taken; equality functions are in publictypes.c.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp publictypes.go.in "$tmp/publictypes.go"
(cd "$tmp" && "${1:-gccgo-12}" -fgo-pkgpath=runtime -O2 -g0 -S publictypes.go)
cat <<'H'
/*
 * publictypes_amd64.S - descriptors of package runtime's public types. Made by
 * mktypes.sh from publictypes.go.in, do not edit.
 */
H
# From the list of types on all is data. Sizes and types of symbols are for
# debuggers; equal directives in a row share a line.
awk '
function flush() { if (line != "") print line; line = ""; dir = "" }
/^runtime\.\.types:/ {
	on = 1
	print "\t.section .data.rel.ro,\"aw\""
	print "\t.balign 8"
	print "\t.globl\truntime..types"
}
!on || /^\t\.(type|size|ident|file)\t/ { next }
/note\.GNU/ { next }
/^\t\.(quad|long|byte)\t/ {
	if ($1 == dir && length(line) + length($2) < 70) {
		line = line ", " $2
	} else {
		flush()
		dir = $1
		line = "\t" $1 "\t" $2
	}
	next
}
{ flush(); print }
END {
	flush()
	print "\t.section\t.note.GNU-stack,\"\",@progbits"
}' "$tmp/publictypes.s"
