#!/bin/sh
# install.sh - what a user does after `make install`: build a C program with
# what pkg-config says, with the archive and with the shared object, and run it.
set -eu
command -v pkg-config >/dev/null || { echo "SKIP: no pkg-config"; exit 77; }
src=$(cd "${srcdir:-.}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if grep -q '^SAN_CFLAGS = .' "$builddir/Makefile"; then
	echo "SKIP: a sanitizer's libgort wants its flags, gort.pc has none"
	exit 77
fi

${MAKE:-make} -C "$builddir" install DESTDIR="$tmp/root" >"$tmp/log" 2>&1 ||
	{ tail -5 "$tmp/log"; exit 1; }
pc=$(find "$tmp/root" -name gort.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
get() {
	pkg-config --define-variable=prefix="$tmp/root$prefix" "$@" gort
}
check() { # check PROGRAM: runs as the source says
	st=0
	out=$("$1" x) || st=$?
	[ "$st" = 3 ] || { echo "$1: status $st"; exit 1; }
	case $out in
	"arg x
ring hidden"*) ;;
	*) echo "$1: printed $out"; exit 1 ;;
	esac
	readelf -n "$1" | grep -q 'gort  *0x' || { echo "$1: no note"; exit 1; }
}
hello=$src/tests/prog/boot_hello.c
lib=$(get --variable=libdir)

# shellcheck disable=SC2046 # words are wanted
${CC:-cc} -o "$tmp/archive" "$hello" $(get --cflags --libs)
check "$tmp/archive"
# shellcheck disable=SC2046
${CC:-cc} -o "$tmp/shared" "$hello" $(get --cflags) \
	$(get --libs | sed "s|[^ ]*libgort.a|-L$lib -lgort -Wl,-rpath,$lib|")
check "$tmp/shared"
readelf -d "$tmp/shared" | grep -q 'NEEDED.*libgort' ||
	{ echo "shared: does not use libgort.so"; exit 1; }

gccgo=${GCCGO:-gccgo-12}
command -v "$gccgo" >/dev/null || { echo "Go program skipped: no $gccgo"; exit 0; }
printf 'package main\nimport "os"\nfunc main() { println(len(os.Args)); os.Exit(3) }\n' \
	>"$tmp/prog.go"
# shellcheck disable=SC2046
"$gccgo" -O2 -static-libgo -no-pie -o "$tmp/go" "$tmp/prog.go" \
	$(get --variable=golibs)
st=0
out=$("$tmp/go" x 2>&1) || st=$?
[ "$st $out" = "3 2" ] || { echo "a Go program: status $st, printed $out"; exit 1; }
GORT_PREFIX="$tmp/root$prefix" "$builddir/gortctl" build -o "$tmp/go2" \
	"$tmp/prog.go"
st=0
"$tmp/go2" 2>/dev/null || st=$?
[ "$st" = 3 ] || { echo "built from the installed gort: status $st"; exit 1; }
