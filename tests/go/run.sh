#!/bin/sh
# run.sh - build and run the Go programs of this folder; compare what they say.
#
#	run.sh [-r libgo] [-k] [NAME…]
#
# NAME.go, or the files of a folder NAME/ (*.go, and *.c compiled by cc), is one
# program. Its standard output, standard error and exit code are held against
# NAME.out (match.awk says how). Without names: all of them.
#
# Comments before NAME.go's package clause (a folder's: main.go's) may say
#
#	//test: build FLAG…   compile with these; once for each such line. Without
#	                      one: once, with -O2 -g
#	//test: args ARG…     arguments
#	//test: env VAR=VAL…  environment
#	//test: limit N       seconds it may take (60)
#
# -r libgo runs them on libgo, to see whether an expectation is Go's; -k keeps
# the executables. Skipped as a whole without gccgo-12.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
runtime=gort keep=
one=
while getopts r:k1 opt; do
	case $opt in
	r) runtime=$OPTARG ;;
	k) keep=yes ;;
	1) one=yes ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
go_setup
work=$builddir/tests/go/prog

says() { sed -n "/^package /q;s|^//test: $1 *||p" "$main"; }

# compile FLAG…: objects of the program into $dir
compile() {
	objs=$dir/go.o
	# shellcheck disable=SC2086
	go_compile "$dir/go.o" "$@" $gofiles || return 1
	for c in $cfiles; do
		o=$dir/$(basename "$c" .c).o
		${CC:-cc} -O2 -g -c -o "$o" "$c" || return 1
		objs="$objs $o"
	done
}

# build FLAG…: $dir/prog, by gortctl where that can
build() {
	if [ "$runtime" = gort ] && [ -z "$cfiles" ]; then
		# shellcheck disable=SC2086
		"$builddir/gortctl" build -o "$dir/prog" $gofiles -- "$@"
	else
		# shellcheck disable=SC2086
		compile "$@" && go_link "$runtime" "$dir/prog" $objs
	fi
}

# attempt FLAG…: one build and one run
attempt() {
	if ! build "$@" >"$dir/log" 2>&1; then
		echo "FAIL $name ($*): can't be built"
		grep -v 'statically linked appl' "$dir/log" | head -20
		return 1
	fi
	# shellcheck disable=SC2046
	go_run "$limit" "$dir/out" env $(says env) "$dir/prog" $(says args)
	if ! go_match "$here/$name.out" "$dir/out" "$go_code" >"$dir/why"; then
		echo "FAIL $name ($*):"
		[ "$go_code" != 124 ] || echo "not within $limit seconds"
		cat "$dir/why"
		head -40 "$dir/out" | sed 's/^/  | /'
		return 1
	fi
}

run_one() {
	name=$1
	dir=$work/$name
	rm -rf "$dir"
	mkdir -p "$dir"
	cfiles=
	main=$here/$name.go gofiles=$here/$name.go
	if [ -d "$here/$name" ]; then
		main=$here/$name/main.go
		gofiles=$(ls "$here/$name"/*.go)
		cfiles=$(ls "$here/$name"/*.c 2>/dev/null)
	fi
	limit=$(says limit)
	limit=${limit:-60}
	bad=0
	says build >"$dir/flags"
	[ -s "$dir/flags" ] || echo "-O2 -g" >"$dir/flags"
	while read -r flags; do
		# shellcheck disable=SC2086
		attempt $flags || bad=1
	done <"$dir/flags"
	[ -n "$keep" ] || rm -rf "$dir"
	return $bad
}

if [ -n "$one" ]; then
	out=$(run_one "$1") && exit 0
	# One write, so that two failures' lines do not mix.
	printf '%s\n' "$out"
	exit 1
fi
if [ $# = 0 ]; then
	cd "$here" || exit 99
	for f in *.go */main.go; do
		[ -f "$f" ] || continue
		f=${f%/main.go}
		set -- "$@" "${f%.go}"
	done
fi
[ $# -gt 0 ] || go_skip "no programs here"
mkdir -p "$work"
printf '%s\n' "$@" |
	xargs -P "$go_jobs" -n 1 "$here/run.sh" -r "$runtime" ${keep:+-k} -1 >"$work/failed" 2>&1
cat "$work/failed"
failed=$(grep -c '^FAIL ' "$work/failed")
echo "$# Go programs on $runtime, $failed failures"
[ "$failed" = 0 ]
