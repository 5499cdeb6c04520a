#!/bin/sh
# gotests.sh - the tests of Go's own distribution, on libgort and on libgo.
#
#	gotests.sh [-r gort|libgo|both] [-f] [-k] [-O FLAGS] [-e VAR=VAL] [TEST…]
#
# Takes from Go 1.19's test folder each file that is to be run (a first line
# "// run", "// rundir", "// runoutput" or "// errorcheckandrundir") and that
# gccgo-12 compiles; links it with the runtime, runs it, and compares the output
# with its .out file (none: no output) and the exit code with 0. TEST is a name
# in that folder (chan/select.go), or @FILE, a list of such names. Default: for
# gort what libgo passes, gotests.libgo; else all.
#
#	-r  which runtime (gort); both: libgo first
#	-f  only those that did not pass at the last time
#	-k  keep the executables
#	-O  compiler's flags instead of "-O2 -g"
#	-e  a variable for the programs, e.g. GODEBUG=gcstress=100
#
# Prints the failures with a reason each and a summary line. Below
# $builddir/tests/go/dist: obj/ (compiled once), res/ (pass, or the reason), log/
# (output of the last run). A test is run again when libgort has changed.
#
# The folder: $GOTEST_DIR, else test/ below /usr/share/go-1.19 (Debian:
# golang-1.19-src). GOTEST_LIMIT: seconds a test may take (10; who misses them
# is run once more with six times that, alone). GO_JOBS: how many at a time.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

usage() {
	sed -n '4,/^here=/s/^# \{0,1\}//p' "$0" | sed '$d'
	exit 2
}

runtimes=gort failed_only= keep= flags="-O2 -g" env= worker=
while getopts r:fkO:e:w opt; do
	case $opt in
	r) runtimes=$OPTARG ;;
	f) failed_only=yes ;;
	k) keep=yes ;;
	O) flags=$OPTARG ;;
	e) env=$OPTARG ;;
	w) worker=yes ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ "$runtimes" != both ] || runtimes="libgo gort"

dist=$builddir/tests/go/dist
what=$(printf '%s' "$flags" | tr -dc 'A-Za-z0-9')
obj=$dist/obj/$what
how=$what$(printf '%s' "${env:+-$env}" | tr -c 'A-Za-z0-9\n-' '_')
limit=${GOTEST_LIMIT:-10}

# ---- which tests there are ------------------------------------------------

# list: "NAME KIND ARG…" of each file that is to be run, from its head.
list() {
	cd "$tests" || exit 99
	find . -name '*.go' ! -path './bench/*' ! -path './stress/*' \
		! -path './*.dir/*' |
		sed 's|^\./||' | sort |
		xargs awk -f "$here/constraint.awk" -f "$here/gotests.awk"
}

# ---- one test ---------------------------------------------------------------

# compile_dir NAME: the packages of NAME.dir, in the order of their files; the
# last is main. An import of "./a" finds the object a.o in the current folder.
compile_dir() {
	mkdir -p "$obj/$1.d" && cd "$obj/$1.d" || return 1
	rm -f ./*.o
	awk 'FNR == 1 { seen = 0 }
	!seen && /^package / {
		seen = 1
		sub(/[^A-Za-z0-9_].*/, "", $2)
		if (!($2 in files))
			order[++n] = $2
		files[$2] = files[$2] " " FILENAME
	}
	END { for (i = 1; i <= n; i++) print order[i] files[order[i]] }
	' "$tests/${1%.go}.dir"/*.go >packages
	while read -r pkg files; do
		first=${files%% *}
		first=$(basename "$first" .go)
		# shellcheck disable=SC2086
		go_compile "$first.o" $flags -I . $files || return 1
	done <packages
}

# compile_output NAME: a program that prints a program; the one printed counts.
# The printer runs on libgo, so that each runtime gets the same.
compile_output() {
	o=$obj/$1
	# shellcheck disable=SC2086
	(cd "$(dirname "$tests/$1")" &&
		go_compile "$o.gen.o" $flags "$tests/$1" $more) &&
		go_link libgo "$o.gen" "$o.gen.o" &&
		(cd "$(dirname "$tests/$1")" &&
			timeout 60 "$o.gen" $args >"$o.gen.go") || return 1
	rm -f "$o.gen" "$o.gen.o"
	# shellcheck disable=SC2086
	go_compile "$o.o" $flags "$o.gen.go"
}

# objects: sets $objs, compiling if need be. Fails when gccgo refuses; what it
# said is kept beside, and it is not asked again.
objects() {
	o=$obj/$name
	if [ ! -f "$o.done" ] && [ ! -f "$o.refused" ]; then
		mkdir -p "$(dirname "$o")"
		case $kind in
		run)
			# shellcheck disable=SC2086
			(ulimit -t 120; cd "$(dirname "$tests/$name")" &&
				go_compile "$o.o" $flags "$tests/$name" $more)
			;;
		runoutput) (compile_output "$name") ;;
		*) (compile_dir "$name") ;;
		esac >"$o.said" 2>&1
		if [ $? = 0 ]; then mv "$o.said" "$o.done"; else mv "$o.said" "$o.refused"; fi
	fi
	[ -f "$o.done" ] || return 1
	case $kind in
	run | runoutput) objs=$o.o ;;
	*) objs=$(ls "$o.d"/*.o) ;;
	esac
}

# verdict REASON: after go_run; why it failed, in a line, or nothing
verdict() {
	if [ "$go_code" = 124 ] || [ "$go_code" = 137 ]; then
		echo "time: not within $1 s"
	elif [ "$go_code" != 0 ]; then
		line=$(grep -m 1 -aE '^(panic|fatal error|STUB|SIG|runtime:)' "$log" ||
			grep -m 1 -av '^$' "$log")
		printf 'exit %s: %s\n' "$go_code" "$line" | cut -c 1-150 |
			tr -c '[:print:]\n' '?'
	else
		want=$tests/${name%.go}.out
		[ -f "$want" ] || want=/dev/null
		cmp -s "$want" "$log" ||
			echo "output: $(diff "$want" "$log" | grep -am 1 '^[<>]' |
				cut -c 1-120 | tr -c '[:print:]\n' '?')"
	fi
}

# run_on RUNTIME: leaves the verdict in res/
run_on() {
	res=$dist/res/$1/$how/$name log=$dist/log/$1/$how/$name
	if [ -f "$res" ] && read -r key state <"$res"; then
		case $failed_only:$state in
		yes:pass*) return ;;
		:*) [ "$key" != "$go_key" ] || return ;;
		esac
	fi
	mkdir -p "$(dirname "$res")" "$(dirname "$log")"
	prog=$go_bin/$1-$how-$(printf '%s' "$name" | tr / ,)

	# shellcheck disable=SC2086
	if ! go_link "$1" "$prog" $objs >"$log" 2>&1; then
		why="link: $(grep -m 1 -E 'undefined|multiple|error' "$log" |
			sed "s/.*\(undefined\|multiple\)/\1/" | cut -c 1-120)"
	else
		cd "$(dirname "$tests/$name")" || exit 99
		for secs in $limit $((limit * 6)); do
			# shellcheck disable=SC2086
			go_run "$secs" "$log" env GOOS=linux GOARCH=amd64 \
				$env "$prog" $args
			why=$(verdict "$secs")
			case $why in time:*) ;; *) break ;; esac
		done
	fi
	[ -n "$keep" ] || rm -f "$prog"
	echo "$go_key ${why:-pass}" >"$res"
	[ -z "$why" ] || printf 'FAIL %s %s: %s\n' "$1" "$name" "$why"
}

if [ -n "$worker" ]; then
	tests=$go_tests
	name=$1
	line=$(awk -v n="$name" '$1 == n' "$dist/list")
	line=${line#* }
	kind=${line%% *} args=
	case $line in *' '*) args=${line#* } ;; esac
	more= # a first argument *.go is a second source file
	case $args in *.go) more=$args args= ;; esac
	objects || exit 0
	for r in $runtimes; do (run_on "$r"); done
	exit 0
fi

# ---- all of them -----------------------------------------------------------

go_setup
tests=
for d in "${GOTEST_DIR:-}" /usr/share/go-1.19/test; do
	[ -z "$d" ] || [ ! -f "$d/helloworld.go" ] || { tests=$d; break; }
done
[ -n "$tests" ] || go_skip "no Go 1.19 test folder" \
	"(Debian: apt-get install golang-1.19-src; or set GOTEST_DIR)"
go_tests=$tests
go_key=$(cat "$(go_crt)" "$(go_face)" | cksum | tr ' ' -)
mkdir -p "$dist"
go_bin=$dist/bin.$$ # two drivers at once do not meet
mkdir -p "$go_bin"
export go_tests go_key go_bin
[ -s "$dist/list" ] || { (list) >"$dist/list.new" && mv "$dist/list.new" "$dist/list"; }
[ $# -gt 0 ] || case $runtimes in
gort) set -- @"$here/gotests.libgo" ;;
*) set -- @"$dist/list" ;;
esac
for t; do
	case $t in
	@*) sed 's/#.*//; /^$/d; s/ .*//' "${t#@}" ;;
	*) echo "$t" ;;
	esac
done >"$dist/todo.$$"
trap 'rm -f "$dist/todo.$$"; rmdir "$go_bin" 2>/dev/null' EXIT
total=$(grep -c . "$dist/todo.$$")

xargs -P "$go_jobs" -n 1 "$here/gotests.sh" -w -r "$runtimes" -O "$flags" \
	${env:+-e "$env"} ${failed_only:+-f} ${keep:+-k} <"$dist/todo.$$" 2>&1 |
	while read -r line; do printf '%s\n' "$line"; done

# count RUNTIME: "N passed, N failed, N skipped"; skipped: gccgo refuses it
bad=0
for r in $runtimes; do
	passed=0 failed=0
	while read -r name; do
		f=$dist/res/$r/$how/$name
		[ -f "$f" ] || continue
		read -r key state <"$f"
		case $state in pass) passed=$((passed + 1)) ;; *) failed=$((failed + 1)) ;; esac
	done <"$dist/todo.$$"
	echo "$r ($flags${env:+ $env}): $passed passed, $failed failed," \
		"$((total - passed - failed)) skipped (gccgo does not compile them)"
	[ $failed = 0 ] || bad=1
done
exit $bad
